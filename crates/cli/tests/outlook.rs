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

#[test]
fn every_kind_of_poor_input_names_row_and_column_and_says_what_to_do() {
    for (name, rows, place, words) in [
        (
            "gap",
            "A,2020-01,1\nA,2020-04,2\n",
            "column `month`: `A` has no row for 2020-02 (2 months missing)",
            "add rows with 0",
        ),
        (
            "double",
            "A,2020-01,1\nA,2020-01,2\n",
            "line 3, column `month`: 2020-01 of `A` is also in line 2",
            "keep one row a month",
        ),
        (
            "negative",
            "A,2020-01,1\nA,2020-02,-2\n",
            "line 3, column `value`: -2 is not a count",
            "correct or remove",
        ),
        (
            "thirteenth",
            "A,2020-01,1\nA,2020-13,2\n",
            "line 3, column `month`: `2020-13` has month 13",
            "months are 01 to 12",
        ),
        ("words", "A,2020-01,1\nA,2020-02,many\n", "line 3, column `value`: `many` is no number", "write 0"),
        (
            "short",
            "A,2020-01,1\nA,2020-02\n",
            "line 3, column `unit`: 2 fields where the header has 3",
            "check quotes",
        ),
        (
            "nameless",
            "A,2020-01,1\n,2020-02,3\n",
            "line 3, column `unit`: the unit is empty",
            "name a country",
        ),
    ] {
        let file = File::new(&format!("each-{name}"), &format!("unit,month,value\n{rows}"));
        let output = run(&["forecast", &file.path(), "--horizon", "1"]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        let told = text(&output.stderr);
        assert!(told.contains(place) && told.contains(words), "{name}: {told}");
    }
    let rows = "unit,month,value\nMali,2020-01,1\nChad,2020-01,0\nNigr,2020-01,2\n";
    let file = File::new("stranger", rows);
    let output = run(&["forecast", &file.path(), "--horizon", "1"]);
    let told = text(&output.stderr);
    assert!(told.contains("line 4, column `unit`: `Nigr` is no country that is known; correct it"), "{told}");
    let output = run(&["forecast", &file.path(), "--only", "Male"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        text(&output.stderr).contains("no unit `Male` in the tables; like it: Mali"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn probabilities_stand_with_term_interval_and_base_rate_at_every_width() {
    let arguments = [
        "forecast",
        &example("country_months.csv"),
        "--columns",
        "value=deaths,released=released",
        "--horizon",
        "2",
    ];
    for columns in ["60", "80", "120"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_watchkeeper"));
        let output = command.args(arguments).env("COLUMNS", columns).output().expect("the program starts");
        let told = text(&output.stdout);
        let width: usize = columns.parse().expect("a number");
        for line in told.lines().filter(|line| line.contains("term (ICD 203):")) {
            assert!(line.chars().count() <= width, "{line}");
        }
        for words in ["base rate", "90 % interval", "term (ICD 203)", "25 or more"] {
            assert!(told.contains(words), "{columns}: {told}");
        }
    }
}

#[test]
fn the_page_has_a_map_where_units_are_countries() {
    let rows: String = (0..30)
        .flat_map(|at| {
            let month = format!("{}-{:02}", 2018 + at / 12, at % 12 + 1);
            [format!("Mali,{month},{}\n", at * 7 % 60), format!("Niger,{month},{}\n", at % 3)]
        })
        .collect();
    let file = File::new("map", &format!("unit,month,value\n{rows}"));
    let page = File::new("map-page", "");
    let output = run(&["forecast", &file.path(), "--horizon", "2", "--html", &page.path()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let html = std::fs::read_to_string(page.path()).expect("the page");
    assert!(html.contains("<figure class=\"world\">") && html.contains("<title>Mali: 25 or more:"));
    assert!(!html.contains("<script") && !html.contains("src="));
}
