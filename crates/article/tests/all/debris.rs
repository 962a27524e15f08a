//! Debris and decoys of `testdata/article`: all debris masked, nothing else.

use std::fmt::Write;

use watchkeeper_article::{ArticleOptions, extract};

/// A text without its marks, with what they say of each byte.
struct Case {
    name: String,
    title: Option<String>,
    text: String,
    /// For each byte: `None` article, `Some("?")` either, `Some(kind)` debris.
    marks: Vec<Option<String>>,
}

fn cases(file: &str) -> Vec<Case> {
    file.split("=== ")
        .skip(1)
        .map(|part| {
            let (name, rest) = part.split_once('\n').expect("a name and a text");
            let (title, rest) = match rest.strip_prefix("title: ") {
                Some(rest) => {
                    let (title, rest) = rest.split_once('\n').expect("a text under the title");
                    (Some(title.to_owned()), rest)
                }
                None => (None, rest),
            };
            let mut case = Case { name: name.to_owned(), title, text: String::new(), marks: Vec::new() };
            let mut kind: Option<String> = None;
            for piece in rest.split('⟦') {
                let plain = match piece.split_once('⟧') {
                    Some((mark, plain)) => {
                        kind = (mark != "/").then(|| mark.to_owned());
                        plain
                    }
                    None => piece,
                };
                case.text.push_str(plain);
                case.marks.resize(case.text.len(), kind.clone());
            }
            case
        })
        .collect()
}

/// Masks every case and reports: debris bytes, masked debris bytes, and a line for each fault.
fn run(file: &str) -> (usize, usize, String) {
    let (mut debris, mut masked, mut faults) = (0, 0, String::new());
    for case in cases(file) {
        let options = ArticleOptions { title: case.title.clone(), ..ArticleOptions::default() };
        let article = extract(case.text.as_bytes(), &options).expect("readable text");
        let mut got = vec![None; case.text.len()];
        for mask in &article.masked {
            got[mask.span.range()].fill(Some(&mask.why));
        }
        let (mut missed, mut wrong) = (String::new(), String::new());
        for (at, c) in case.text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
            match (&case.marks[at], &got[at]) {
                (Some(mark), _) if mark == "?" => {}
                (Some(_), hit) => {
                    debris += 1;
                    masked += usize::from(hit.is_some());
                    if hit.is_none() {
                        missed.push(c);
                    }
                }
                (None, Some(_)) => wrong.push(c),
                (None, None) => {}
            }
        }
        if !missed.is_empty() || !wrong.is_empty() {
            writeln!(faults, "{}: missed `{missed}`, wrong `{wrong}`", case.name).expect("strings grow");
        }
    }
    (debris, masked, faults)
}

#[test]
fn debris_is_masked_and_nothing_else() {
    let (debris, masked, faults) = run(include_str!("../../../../testdata/article/debris.txt"));
    println!("{masked} of {debris} bytes of debris masked\n{faults}");
    assert!(faults.lines().all(|line| line.ends_with("wrong ``")), "{faults}");
    assert!(masked * 100 >= debris * 95, "{masked} of {debris}\n{faults}");
}

#[test]
fn decoys_are_left_alone() {
    let (_, _, faults) = run(include_str!("../../../../testdata/article/decoys.txt"));
    assert!(faults.is_empty(), "{faults}");
}
