//! The command as a user meets it: exit codes, what goes to which stream, odd inputs, a pipe closed early.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const REPORT: &str =
    "Gunmen killed four soldiers in an ambush near the town of Gao in Mali on Tuesday, officials said.\n";

fn watchkeeper() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_watchkeeper"));
    command.env_remove("COLUMNS").env_remove("NO_COLOR");
    command
}

fn run(arguments: &[&str]) -> Output {
    watchkeeper().args(arguments).stdin(Stdio::null()).output().expect("the program starts")
}

/// A folder of its own for one test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("watchkeeper-cli-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a temporary folder");
        std::fs::write(&path, bytes).expect("a temporary file");
        path.display().to_string()
    }

    fn path(&self) -> String {
        self.0.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn one_report_gives_one_line_of_json() {
    let folder = Folder::new("json");
    let report = folder.file("report.txt", REPORT.as_bytes());
    let output = run(&["read", &report, "--published", "2020-11-19", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(output.stderr.is_empty());
    let lines = text(&output.stdout);
    assert_eq!(lines.lines().count(), 1);
    let reading: serde_json::Value = serde_json::from_str(&lines).expect("JSON");
    assert_eq!(reading["schema"], "watchkeeper.reading/1");
    assert_eq!(reading["document"]["origin"], report.as_str());
    assert_eq!(reading["events"][0]["category"], "ASSAULT");
    assert_eq!(reading["events"][0]["toll"]["killed"]["best"], 4);
}

#[test]
fn standard_input_is_read() {
    let mut child = watchkeeper()
        .args(["read", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(REPORT.as_bytes()).expect("the pipe takes it");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("\"origin\":\"-\""));
}

#[test]
fn files_that_cannot_be_read_are_named_and_the_rest_is_read() {
    let folder = Folder::new("odd");
    folder.file("a/report.txt", REPORT.as_bytes());
    folder.file("a/paper.pdf", b"%PDF-1.7\n\x00\x01\x02\xe2\xe3\xcf\xd3");
    folder.file("a/empty.txt", b"");
    let output = run(&["read", &folder.path(), "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout).lines().count(), 1);
    let messages = text(&output.stderr);
    assert!(messages.contains("paper.pdf") && messages.contains("empty.txt"), "{messages}");
    assert!(messages.contains("1 read: 1 text\n"), "{messages}");
    assert!(messages.contains("2 could not be read: 1 empty, 1 pdf\n"), "{messages}");
}

#[test]
fn nothing_readable_and_wrong_arguments_have_their_own_codes() {
    let folder = Folder::new("codes");
    let missing = folder.path() + "/missing.txt";
    assert_eq!(run(&["read", &missing]).status.code(), Some(3));
    assert_eq!(run(&["read"]).status.code(), Some(2));
    assert_eq!(run(&["read", &missing, "--published", "yesterday"]).status.code(), Some(2));
    assert_eq!(run(&["reed", &missing]).status.code(), Some(2));
    let report = folder.file("report.txt", REPORT.as_bytes());
    let registry = folder.file("mine.tsv", b"colour\tsize\nred\t4\n");
    let output = run(&["read", &report, "--registry", &registry]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("mine.tsv"), "{}", text(&output.stderr));
    let output = run(&["read", &report, "--language-model", &folder.path()]);
    assert_eq!(output.status.code(), Some(3));
    let output = run(&["read", &report, "--explain", "e99"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("e99"));
}

#[test]
fn an_empty_folder_makes_no_record_and_an_address_is_named_once() {
    let folder = Folder::new("nothing");
    let record = folder.path() + "/record.db";
    let empty = folder.path() + "/empty";
    std::fs::create_dir(&empty).expect("a folder can be made");
    assert_eq!(run(&["add", &empty, "--db", &record]).status.code(), Some(3));
    assert!(!std::path::Path::new(&record).exists());
    let output = run(&["read", "http://127.0.0.1/x"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(text(&output.stderr).matches("http://127.0.0.1/x").count(), 1, "{}", text(&output.stderr));
}

#[test]
fn a_long_text_is_read_up_to_a_word_and_the_place_is_named() {
    let folder = Folder::new("long");
    let report = folder.file("report.txt", format!("{REPORT}\n\nNobody else was hurt.\n").as_bytes());
    let output = run(&["read", "--json", "--words-max", "5", &report]);
    assert_eq!(output.status.code(), Some(0));
    let reading: serde_json::Value = serde_json::from_str(&text(&output.stdout)).expect("JSON");
    let remarks = reading["diagnostics"].as_array().expect("a list");
    assert!(remarks.iter().any(|remark| remark["code"] == "cut-at-words"), "{remarks:?}");
    assert!(reading["document"]["text"].as_str().is_some_and(|text| text.contains("Nobody else")));
}

#[cfg(unix)]
#[test]
fn file_names_need_not_be_utf8() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new("bytes");
    let name = std::path::Path::new(&folder.path()).join(std::ffi::OsStr::from_bytes(b"caf\xE9.txt"));
    std::fs::write(&name, REPORT).expect("the folder takes any name");
    let output = watchkeeper().arg("read").arg("--json").arg(&name).output().expect("the command runs");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("caf\u{FFFD}.txt"));
}

#[test]
fn the_number_of_threads_never_changes_a_byte() {
    let folder = Folder::new("jobs");
    for number in 0..40 {
        let report =
            format!("Report {number}\n\n{REPORT}\nA bomb wounded {number} people in Gao, the army said.\n");
        folder.file(&format!("{number:02}.txt"), report.as_bytes());
    }
    let one = run(&["read", &folder.path(), "--json", "--jobs", "1"]);
    let two = run(&["read", &folder.path(), "--json", "--jobs", "2"]);
    assert_eq!(one.status.code(), Some(0));
    assert_eq!(text(&one.stdout).lines().count(), 40);
    assert!(one.stdout == two.stdout, "one and two threads differ");
}

#[test]
fn a_pipe_closed_early_is_no_error() {
    let folder = Folder::new("pipe");
    for number in 0..30 {
        folder.file(&format!("{number}.txt"), REPORT.repeat(30).as_bytes());
    }
    let mut child = watchkeeper()
        .args(["read", &folder.path(), "--json", "--jobs", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut few = [0; 100];
    child.stdout.take().expect("a pipe").read_exact(&mut few).expect("some output");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
}

#[test]
fn the_views_fit_narrow_terminals_and_hold_no_escapes_unless_asked() {
    let folder = Folder::new("views");
    let report = folder.file(
        "report.txt",
        format!("{REPORT}\n\u{1b}[31mPolice\u{1b}[0m arrested two men in Gao.\n").as_bytes(),
    );
    let output =
        watchkeeper().args(["read", &report]).env("COLUMNS", "40").output().expect("the program starts");
    let view = text(&output.stdout);
    assert!(!view.contains('\u{1b}'));
    let words_longer_than_a_line = view.lines().filter(|line| line.chars().count() > 40).count();
    // The path of the temporary file may be longer than a line and is never cut.
    assert!(words_longer_than_a_line <= 1, "{view}");
    let own = run(&["read", &report, "--html", &report]);
    assert_eq!(own.status.code(), Some(3), "a page never replaces an input");
    assert!(std::fs::read_to_string(&report).expect("the report is still there").starts_with("Gunmen"));
    let page = folder.path() + "/page.html";
    assert_eq!(run(&["read", &report, "--html", &page]).status.code(), Some(0));
    let page = std::fs::read_to_string(page).expect("the page");
    assert!(page.starts_with("<!doctype html>") && page.contains("ASSAULT"));
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"));
}

#[test]
fn names_of_private_persons_are_hidden_in_every_view() {
    let folder = Folder::new("private");
    let story = "Gunmen shot dead a teacher, Ibrahim Sani, in Gao on Tuesday. His widow, Hauwa Sani, spoke to the police.\n";
    let report = folder.file("report.txt", story.as_bytes());
    let page = folder.path() + "/page.html";
    let screen = text(&run(&["read", &report]).stdout);
    let explained = text(&run(&["read", &report, "--explain", "e1"]).stdout);
    assert_eq!(run(&["read", &report, "--html", &page]).status.code(), Some(0));
    let page = std::fs::read_to_string(page).expect("the page");
    for view in [&screen, &explained, &page] {
        assert!(!view.contains("Ibrahim") && !view.contains("Hauwa"), "{view}");
    }
    assert!(text(&run(&["read", &report, "--reveal-private"]).stdout).contains("Ibrahim Sani"));
}

#[test]
fn help_is_what_the_snapshots_say() {
    for (name, arguments) in [
        ("watchkeeper", &["--help"][..]),
        ("read", &["read", "--help"][..]),
        ("gazetteer", &["gazetteer", "--help"][..]),
        ("codebook", &["codebook", "--help"][..]),
    ] {
        let output =
            watchkeeper().args(arguments).env("COLUMNS", "100").output().expect("the program starts");
        assert_eq!(output.status.code(), Some(0));
        insta::assert_snapshot!(name, text(&output.stdout));
    }
}

#[test]
fn a_term_of_the_codebook_is_told() {
    let output = run(&["codebook", "suicide", "bombing"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let told = text(&output.stdout);
    for part in [
        "incident:suicide_bombing",
        "CAMEO 1831",
        "ACLED explosions/remote violence: suicide bomb",
        "GTD   3 (broader)",
    ] {
        assert!(told.contains(part), "{told}");
    }
    let output = run(&["codebook", "ASSAULT/drone", "--json"]);
    let line: serde_json::Value = serde_json::from_str(&text(&output.stdout)).expect("one line of JSON");
    assert_eq!(line["term"], "ASSAULT/drone");
    assert!(line["codes"].as_array().is_some_and(|codes| codes.len() >= 4));
    let all = run(&["codebook"]);
    assert!(text(&all.stdout).lines().count() > 90);
    let none = run(&["codebook", "gardening"]);
    assert_eq!(none.status.code(), Some(3));
    assert!(none.stdout.is_empty());
}

#[test]
fn a_name_is_looked_up() {
    let output = run(&["gazetteer", "Deir", "ez-Zor", "--json", "--limit", "2"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let lines = text(&output.stdout);
    assert_eq!(lines.lines().count(), 2);
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap_or("")).expect("JSON");
    assert_eq!((first["country"].as_str(), first["how"].as_str()), (Some("SYR"), Some("main name")));
    let near = run(&["gazetteer", "Tripoli", "--near", "Beirut", "--json"]);
    assert!(text(&near.stdout).lines().next().unwrap_or("").contains("LBN"), "{}", text(&near.stdout));
    let near = run(&["gazetteer", "Tripoli", "--near", "33.9, 35.5", "--json", "--limit", "1"]);
    assert!(text(&near.stdout).contains("LBN"));
    let within = run(&["gazetteer", "Hasakah", "--country", "Syria"]);
    assert!(text(&within.stdout).contains("SYR"));
    let demonym = run(&["gazetteer", "Texan"]);
    assert!(text(&demonym.stdout).contains("Texas, USA"));
}

#[test]
fn an_unknown_name_is_nothing_found_and_likely_spellings_are_told() {
    let output = run(&["gazetteer", "Bakhmutt"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(output.stdout.is_empty());
    assert!(text(&output.stderr).contains("like it: Bakhmut"), "{}", text(&output.stderr));
    for arguments in
        [["Gao", "--country", "Atlantis"], ["Gao", "--near", "Zzyrvantobad"], ["Gao", "--near", "95,0"]]
    {
        let output = run(&[&["gazetteer"], &arguments[..]].concat());
        assert_eq!(output.status.code(), Some(3));
        assert!(text(&output.stderr).contains("is known"), "{}", text(&output.stderr));
    }
}

#[test]
fn the_table_fits_a_narrow_terminal() {
    let output =
        watchkeeper().args(["gazetteer", "San Jose"]).env("COLUMNS", "50").output().expect("it runs");
    let table = text(&output.stdout);
    assert!(table.lines().all(|line| line.chars().count() <= 50), "{table}");
    assert!(table.contains("shown"));
}

#[test]
fn places_of_the_users_own_are_read_and_told() {
    let folder = Folder::new("own-places");
    let places =
        folder.file("places.tsv", b"name\tlat\tlon\tcountry\tkind\nTamarisk Depot\t33.4\t43.1\tIRQ\tsite\n");
    let output = run(&["gazetteer", "Tamarisk Depot", "--gazetteer-extra", &places]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("own:tamarisk-depot"), "{}", text(&output.stdout));
    let report = folder.file(
        "report.txt",
        b"Rockets hit the base at Tamarisk Depot in Iraq on Monday, killing two soldiers.\n",
    );
    let output = run(&["read", &report, "--json", "--gazetteer-extra", &places]);
    let reading: serde_json::Value = serde_json::from_str(&text(&output.stdout)).expect("JSON");
    assert_eq!(reading["produced_by"]["options"]["gazetteer_extra"].as_str().map(str::len), Some(64));
    let bad = folder.file("bad.tsv", b"name\tlat\tlon\nTamarisk\tnorth\t43.1\n");
    let output = run(&["read", &report, "--gazetteer-extra", &bad]);
    assert_eq!(output.status.code(), Some(3));
    let told = text(&output.stderr);
    assert!(told.contains("bad.tsv: line 2, column `lat`: `north` is no number"), "{told}");
}
