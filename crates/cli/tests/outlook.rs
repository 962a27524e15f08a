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

/// Width and height in the head of a PNG.
fn size_of(png: &[u8]) -> (u32, u32) {
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"), "no PNG");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    (number(16), number(20))
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

#[test]
fn pictures_are_as_wide_as_asked_and_the_same_twice() {
    let example = example("attack_sizes.csv");
    let whole = File::new("whole.png", "");
    let mut bytes = Vec::new();
    for _ in 0..2 {
        let output = run(&["severity", &example, "--rounds", "20", "--png", &whole.path()]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        bytes.push(std::fs::read(whole.path()).expect("the picture"));
    }
    assert_eq!(size_of(&bytes[0]).0, 1_600);
    assert!(bytes[0] == bytes[1], "not the same bytes");
    // A directory gets a picture of each view.
    let folder = std::env::temp_dir().join(format!("watchkeeper-outlook-views-{}", std::process::id()));
    let path = format!("{}/", folder.display());
    let output = run(&["severity", &example, "--rounds", "20", "--png", &path, "--png-width", "640"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let mut names: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("the directory") {
        let entry = entry.expect("an entry");
        assert_eq!(size_of(&std::fs::read(entry.path()).expect("a picture")).0, 640);
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    let _ = std::fs::remove_dir_all(&folder);
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(
        names[0].starts_with("01-chart-share-of-events") && names[1].starts_with("02-table-"),
        "{names:?}"
    );
    // On standard output it stands alone.
    let output = run(&["severity", &example, "--rounds", "20", "--png", "-", "--png-width", "300"]);
    assert_eq!(size_of(&output.stdout).0, 300);
    let output = run(&["severity", &example, "--rounds", "20", "--csv", "-"]);
    assert!(text(&output.stdout).starts_with("tail,xmin,events,"), "{}", text(&output.stdout));
    // What can't be written is said, and where.
    let output = run(&["severity", &example, "--rounds", "20", "--png", "/nowhere/at/all.png"]);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("cannot write /nowhere/at/all.png"), "{}", text(&output.stderr));
}

#[test]
fn files_that_are_no_tables_say_what_they_are() {
    for (name, content, words) in [
        ("json", "{\"a\": 1}\n", "it is JSON"),
        ("zip", "PK\u{3}\u{4}rest", "it is a ZIP archive"),
        ("binary", "a,b\u{0}c\n", "it is no text"),
    ] {
        let file = File::new(&format!("no-table-{name}"), content);
        for command in [&["severity"][..], &["forecast"], &["score", "--backtest"]] {
            let path = file.path();
            let arguments: Vec<&str> = command.iter().copied().chain([path.as_str()]).collect();
            let output = run(&arguments);
            assert_eq!(output.status.code(), Some(3), "{name}");
            let told = text(&output.stderr);
            assert!(told.contains(words) && told.lines().count() == 1, "{name}: {told}");
        }
    }
    let folder = std::env::temp_dir();
    let output = run(&["severity", &folder.display().to_string()]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("; name a file in it"), "{}", text(&output.stderr));
}

#[test]
fn tables_parted_by_tabs_and_packed_ones_are_read() {
    let rows: String = (0..300).map(|at| format!("19{:02}\t{}\n", at % 90, 1 + at * at % 97)).collect();
    let plain = format!("year\tdeaths\n{rows}");
    let packed =
        std::env::temp_dir().join(format!("watchkeeper-outlook-packed-{}.tsv.gz", std::process::id()));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, plain.as_bytes()).expect("packed");
    std::fs::write(&packed, gzip.finish().expect("packed")).expect("a temporary file");
    let file = File::new("tabs", &plain);
    let of = |path: &str| {
        let output = run(&["severity", path, "--rounds", "20", "--json"]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        output.stdout
    };
    let (one, two) = (of(&file.path()), of(&packed.display().to_string()));
    let _ = std::fs::remove_file(&packed);
    assert_eq!(one, two);
    assert!(text(&one).contains("\"events\":300"), "{}", text(&one));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let months = example("country_months.csv");
    let sizes = example("attack_sizes.csv");
    for arguments in [
        &["severity", &sizes, "--rounds", "20"][..],
        &["forecast", &months, "--columns", "value=deaths,released=released", "--horizon", "2"],
        &[
            "score",
            "--backtest",
            &months,
            "--columns",
            "value=deaths,released=released",
            "--horizons",
            "1",
            "--from",
            "2024-09",
        ],
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_watchkeeper"));
        let output = command.args(arguments).env("COLUMNS", "60").output().expect("the program starts");
        // A path may be longer than a line.
        for line in text(&output.stdout).lines().filter(|line| !line.contains("examples/forecast")) {
            assert!(line.chars().count() <= 60, "{line}");
        }
    }
}

#[test]
fn neighbours_are_given_as_reasons() {
    let rows: String = (0..40)
        .flat_map(|at| {
            let month = format!("{}-{:02}", 2018 + at / 12, at % 12 + 1);
            let war = if at > 34 { 400 } else { 3 };
            [
                format!("Mali,{month},{}\n", at % 5),
                format!("Niger,{month},{war}\n"),
                format!("Japan,{month},0\n"),
            ]
        })
        .collect();
    let file = File::new("beside", &format!("unit,month,value\n{rows}"));
    let output = run(&["forecast", &file.path(), "--horizon", "2", "--json"]);
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let unit = |name: &str| {
        let all = told["units"].as_array().expect("units");
        all.iter().find(|one| one["unit"] == name).expect("the unit").clone()
    };
    assert_eq!(unit("Mali")["why"]["neighbours"], "Niger rising (400 a month)");
    assert_eq!(unit("Mali")["region"], "Western Africa");
    assert_eq!(unit("Japan")["why"]["neighbours"], "");
    assert_eq!(unit("Japan")["why"]["own"], "no deaths in 15 months");
    for month in unit("Mali")["months"].as_array().expect("months") {
        let asked = &month["at_least_25"];
        let p = asked["probability"].as_f64().expect("a number");
        let (low, high) = (asked["interval90"][0].as_f64(), asked["interval90"][1].as_f64());
        assert!(
            low <= Some(p) && Some(p) <= high && asked["term"].is_string() && asked["base_rate"].is_number()
        );
    }
}

#[test]
fn files_have_days_of_release_and_later_ones_are_left_out() {
    let months = |value: u32| {
        let rows: String = (1..=9).map(|month| format!("Mali,2020-{month:02},{value}\n")).collect();
        format!("unit,month,value\n{rows}")
    };
    let (early, late) = (File::new("early", &months(3)), File::new("late", &months(50)));
    let of = |more: &[&str]| {
        let files = [early.path(), late.path()];
        let mut arguments = vec!["forecast", &files[0], &files[1], "--horizon", "1", "--json"];
        arguments.extend(more);
        let output = run(&arguments);
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let days = ["--released", "2020-10-05,2021-06-01"];
    let mean = |told: &str| {
        let told: serde_json::Value = serde_json::from_str(told).expect("JSON");
        (told["units"][0]["recent_mean"].as_f64(), told["vintage"].as_str().map(str::to_owned))
    };
    let (code, told, errors) = of(&[days[0], days[1], "--as-of", "2020-12-31"]);
    assert_eq!(code, Some(0), "{errors}");
    assert_eq!(mean(&told), (Some(3.0), Some("2020-10-05".to_owned())));
    assert_eq!(mean(&of(&days).1), (Some(50.0), Some("2021-06-01".to_owned())));
    let (code, _, errors) = of(&["--released", "2020-10-05"]);
    assert_eq!(code, Some(3));
    assert!(errors.contains("(1 for 2 here)"), "{errors}");
    let (code, _, errors) = of(&["--as-of", "2020-12-31"]);
    assert!(code == Some(3) && errors.contains("--released with a day for each file"), "{errors}");
}

/// A table of counts of days from 2019-01-01 on: bursts that die away, the same every time.
fn bursts(days: u32) -> String {
    let mut state = 7_u64;
    let mut left = 0.0_f64;
    let rows: String = (0..days)
        .map(|day| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let drawn = (state >> 33) as f64 / f64::from(1_u32 << 31);
            let count = u32::from(drawn < 0.08 + left) + u32::from(drawn < (0.08 + left) / 8.0);
            left = 0.8 * left + 0.8 * 0.2 * f64::from(count);
            format!("{},{count}\n", date(day))
        })
        .collect();
    format!("date,count\n{rows}")
}

/// A day of a calendar of months of 28 days, so that every one exists; days between are gaps.
fn date(day: u32) -> String {
    format!("{}-{:02}-{:02}", 2019 + day / 336, day / 28 % 12 + 1, day % 28 + 1)
}

#[test]
fn self_excitation_is_told_in_words_with_intervals_and_the_same_bytes() {
    let file = File::new("bursts", &bursts(900));
    let path = file.path();
    let arguments = ["excitation", &path, "--sparse", "--rounds", "39"];
    let (first, second) = (run(&arguments), run(&arguments));
    assert_eq!(first.status.code(), Some(0), "{}", text(&first.stderr));
    assert_eq!(first.stdout, second.stdout);
    let told = text(&first.stdout);
    for words in [
        "branching ratio",
        "half-life, days",
        "standard error",
        "Of 100 events some",
        "Kolmogorov-Smirnov, p",
        "drift",
        "such stretches before, mean",
        "term (ICD 203)",
        "base rate",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let json = run(&[&arguments[..], &["--json", "--horizon", "7"]].concat());
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    let branching = json["parameters"]["branching"]["value"].as_f64().expect("a number");
    let interval = &json["parameters"]["branching"]["interval90"];
    assert!(interval[0].as_f64() <= Some(branching) && Some(branching) <= interval[1].as_f64(), "{json}");
    assert_eq!(json["ahead"].as_array().map(Vec::len), Some(2), "{json}");
    let any = &json["ahead"][1]["any"];
    assert!(any["term"].is_string() && any["base_rate"].is_number(), "{json}");
    // The alias, the page and the table.
    let csv = run(&["hawkes", &path, "--sparse", "--rounds", "19", "--csv", "-"]);
    let csv = text(&csv.stdout);
    assert!(csv.starts_with("date,count,rate,background,low90,high90\n2019-01-01,"), "{csv}");
    assert!(csv.lines().last().is_some_and(|last| last.contains(",,")), "{csv}");
    let page = File::new("bursts-page", "");
    run(&[&arguments[..], &["--html", &page.path()]].concat());
    let html = std::fs::read_to_string(page.path()).expect("the page");
    assert_eq!(html.matches("<figure class=\"chart\">").count(), 3);
    assert!(!html.contains("<script") && !html.contains("NaN"));
}

#[test]
fn later_days_leave_the_excitation_as_it_was() {
    let whole = bursts(700);
    let changed: String = whole
        .lines()
        .map(|line| match line.split_once(',') {
            Some((day, _)) if day > "2020-06-30" && day != "date" => format!("{day},9\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let of = |name: &str, content: &str| {
        let file = File::new(name, content);
        let path = file.path();
        let output =
            run(&["excitation", &path, "--sparse", "--until", "2020-06-30", "--rounds", "19", "--json"]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        output.stdout
    };
    assert_eq!(of("days-whole", &whole), of("days-changed", &changed));
}

#[test]
fn poor_days_are_told_by_row_and_column_with_what_to_do() {
    let good: String = (1..=28).map(|day| format!("2020-01-{day:02},{}\n", day % 3)).collect();
    let rest: String = (1..=28).map(|day| format!("2020-02-{day:02},{}\n", day % 3)).collect();
    let file = File::new(
        "poor-days",
        &format!("date,count\n{good}2020-02-30,1\n2020-01-03,2\n2020-02-29,-2\nsoon,1\n{rest}"),
    );
    let output = run(&["excitation", &file.path(), "--rounds", "19"]);
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    for words in [
        "line 29, column `date`: 2020-01-29 has no row (3 days missing): counted as 0; add rows",
        "line 30, column `date`: `2020-02-30` is no day of the calendar; correct the row",
        "line 31, column `date`: 2020-01-03 is also in line 4; keep one row a day",
        "line 32, column `count`: -2 is negative; counts are 0 or more: correct or remove",
        "line 33, column `date`: `soon` is no day; write YYYY-MM-DD",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let few = File::new("few-days", "date,count\n2020-01-01,1\n2020-01-02,1\n");
    let output = run(&["excitation", &few.path()]);
    assert_eq!(output.status.code(), Some(3));
    let told = text(&output.stderr);
    assert!(told.contains("too few for self-excitation") && told.contains("take a longer series"), "{told}");
    let none = run(&["excitation", &file.path(), "--country", "Mali"]);
    assert_eq!(none.status.code(), Some(3));
    assert!(text(&none.stderr).contains("--columns unit=NAME"), "{}", text(&none.stderr));
}

#[test]
fn events_that_a_later_release_dropped_count_as_nothing() {
    let header = "id,type_of_violence,country,country_id,date_end,best\n";
    let rows = |months: &[(u32, &str, u32)]| {
        let rows = months.iter().enumerate().map(|(at, (month, country, deaths))| {
            format!("{at},1,{country},1,2020-{month:02}-15 00:00:00.000,{deaths}\n")
        });
        format!("{header}{}", rows.collect::<String>())
    };
    // The candidate release has 90 deaths in Mali in August; the yearly one, which goes on to September, has none.
    let early = File::new("candidate", &rows(&[(7, "Mali", 5), (8, "Mali", 90), (9, "Niger", 1)]));
    let late = File::new("yearly", &rows(&[(6, "Mali", 5), (7, "Mali", 5), (9, "Niger", 1)]));
    let recent = |more: &[&str]| {
        let (early, late) = (early.path(), late.path());
        let arguments =
            [&["forecast", early.as_str(), late.as_str(), "--horizon", "1", "--json"], more].concat();
        let output = run(&arguments);
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let units = told["units"].as_array().expect("units");
        let mali = units.iter().find(|unit| unit["unit"] == "Mali").expect("Mali");
        (mali["recent_mean"].as_f64().expect("a number"), text(&output.stderr))
    };
    let days = ["--released", "2020-10-10,2021-06-01"];
    assert_eq!(recent(&[days[0], days[1], "--as-of", "2020-12-31"]).0, 95.0 / 3.0);
    let (mean, told) = recent(&days);
    assert_eq!(mean, 10.0 / 4.0);
    assert!(told.contains("1 months of a unit had events in an earlier release"), "{told}");
    // Without days of release the order of the files tells.
    assert_eq!(recent(&[]).0, 10.0 / 4.0);
}

#[test]
fn single_events_are_summed_where_the_table_or_the_user_says_so() {
    let acled: String = (1..=9)
        .flat_map(|month| {
            (1..=2).map(move |day| {
                format!(
                    "MLI{month}{day},0{day} {},Mali,3\n",
                    [
                        "January 2020",
                        "February 2020",
                        "March 2020",
                        "April 2020",
                        "May 2020",
                        "June 2020",
                        "July 2020",
                        "August 2020",
                        "September 2020"
                    ][month - 1]
                )
            })
        })
        .collect();
    let acled = File::new("acled", &format!("event_id_cnty,event_date,country,fatalities\n{acled}"));
    let plain =
        File::new("events", "country,date,deaths\nMali,2020-01-03,2\nMali,2020-01-09,4\nMali,2020-03-01,6\n");
    for (arguments, mean) in [
        (vec!["forecast", &acled.path(), "--horizon", "1", "--json"], 6.0),
        (vec!["forecast", &plain.path(), "--events", "--horizon", "1", "--json"], 4.0),
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(told["units"][0]["recent_mean"].as_f64(), Some(mean));
    }
    let output = run(&["forecast", &plain.path(), "--horizon", "1"]);
    assert!(text(&output.stderr).contains("--events"), "{}", text(&output.stderr));
}
