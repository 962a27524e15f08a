//! Tails, outlooks and hindcasts as a user meets them: exit codes, messages, the same bytes again, nothing after the as-of date.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_watchkeeper"));
    command.args(arguments).stdin(Stdio::null()).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn example(name: &str) -> String {
    format!("{}/../../examples/forecast/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// A file of its own for one test, removed at its end.
struct File(PathBuf);

impl File {
    fn new(name: &str, content: &str) -> Self {
        let path = std::env::temp_dir().join(format!("watchkeeper-outlook-{name}-{}", std::process::id()));
        std::fs::write(&path, content).expect("a temporary file");
        Self(path)
    }

    fn path(&self) -> String {
        self.0.display().to_string()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn all_tails_stand_side_by_side() {
    let arguments = ["severity", &example("attack_sizes.csv"), "--rounds", "50"];
    let (first, second) = (run(&arguments), run(&arguments));
    assert_eq!(first.status.code(), Some(0));
    assert_eq!(first.stdout, second.stdout);
    let told = text(&first.stdout);
    for name in ["power law with cut-off", "log-normal", "stretched exponential", "exponential", "base rate:"]
    {
        assert!(told.contains(name), "{told}");
    }
    assert!(told.contains("from 5 on: alpha 2.328"), "{told}");
}

#[test]
fn poor_rows_are_told_and_the_rest_is_used() {
    let file = File::new(
        "poor",
        "unit,month,value\nA,2020-01,1\nA,2020-13,2\nA,2020-02,-3\nA,2020-02,4\nA,2020-03,2\n",
    );
    let output = run(&["forecast", &file.path(), "--horizon", "2"]);
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    assert!(told.contains("line 3, column `month`: `2020-13` has month 13"), "{told}");
    assert!(told.contains("line 4, column `value`: -3 is not a count"), "{told}");
}

#[test]
fn what_cannot_be_used_says_what_to_do() {
    for (content, command, words) in [
        ("1,2020-01,3\n", "forecast", "the header is missing"),
        ("land,month,value\nA,2020-01,3\n", "forecast", "no column `unit`"),
        ("deaths\n4\n4\n4\n", "severity", "too few events for a tail"),
        ("unit,month,value\nA,2020-01,3\n", "score", "13 are needed"),
    ] {
        let file = File::new(&format!("unusable-{command}-{}", words.len()), content);
        let mut arguments = vec![command];
        let path = file.path();
        arguments.push(&path);
        if command == "score" {
            arguments.extend(["--backtest", "--horizons", "1"]);
        }
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(3), "{words}");
        let told = text(&output.stderr);
        assert!(told.contains(words) || (command == "score" && told.contains("are needed")), "{told}");
    }
}

#[test]
fn later_rows_leave_an_outlook_as_it_was() {
    let path = example("country_months.csv");
    let whole = std::fs::read_to_string(&path).expect("the example");
    let changed: String = whole
        .lines()
        .map(|line| match line.split(',').collect::<Vec<_>>()[..] {
            [unit, month, _, released] if month > "2023-06" && month != "month" => {
                format!("{unit},{month},99999,{released}\n")
            }
            _ => format!("{line}\n"),
        })
        .collect();
    let file = File::new("changed", &changed);
    let of = |path: &str| {
        let output = run(&[
            "forecast",
            path,
            "--columns",
            "value=deaths,released=released",
            "--until",
            "2023-06",
            "--as-of",
            "2023-07-31",
            "--horizon",
            "3",
            "--json",
        ]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        output.stdout
    };
    assert_eq!(of(&path), of(&file.path()));
}
