//! Trains and scores the truecaser (`training/truecase`).
//!
//!     truecase train TRAIN.txt OUT.wkw BITS EPOCHS
//!     truecase score MODEL.wkw TEST.txt
//!     truecase agree MODEL.wkw LANGUAGE.wkw TEST.txt
//!     truecase apply MODEL.wkw < text
//!
//! Text files hold one paragraph in ordinary case a line.

use std::error::Error;
use std::io::{Read, Write};

use watchkeeper_nlp::truecase::model::{Case, Model, Trainer, case_of};
use watchkeeper_nlp::truecase::restore;
use watchkeeper_nlp::truecase::words::{Word, words};
use watchkeeper_nlp::{Annotator, Language, Options, TextAnnotation};

/// Averaged weights are stored in steps of 1/16.
const SCALE: f64 = 16.0;

/// Keeps paragraphs in running text: no headlines in title case, nothing in capitals or without capitals.
fn usable(text: &str, words: &[Word]) -> bool {
    let inner: Vec<_> = words.iter().filter(|w| !w.starts_sentence).collect();
    let lower = inner.iter().filter(|w| case_of(&text[w.start..w.end]) == Case::Lower).count();
    inner.len() < 5 || (lower * 10 >= inner.len() * 4 && text.contains(char::is_uppercase))
}

/// A paragraph and its words.
type Paragraph = (String, Vec<Word>);

fn paragraphs(path: &str) -> Result<Vec<Paragraph>, Box<dyn Error>> {
    let text = std::fs::read_to_string(path)?;
    let rows = text.lines().map(|line| (line.to_owned(), words(line)));
    Ok(rows.filter(|(line, words)| usable(line, words)).collect())
}

fn train(input: &str, output: &str, bits: u32, epochs: usize) -> Result<String, Box<dyn Error>> {
    let mut rows = paragraphs(input)?;
    let total: usize = rows.iter().map(|(_, words)| words.len()).sum();
    let mut trainer = Trainer::new(bits);
    let mut state = 1u64;
    let mut report = format!("{} paragraphs, {total} words", rows.len());
    for epoch in 0..epochs {
        for i in (1..rows.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            rows.swap(i, (state >> 33) as usize % (i + 1));
        }
        let wrong: usize = rows.iter().map(|(text, words)| trainer.learn(text, words)).sum();
        report += &format!("\nepoch {epoch}: {:.3} % wrong", 100.0 * wrong as f64 / total as f64);
    }
    std::fs::write(output, trainer.finish(SCALE))?;
    Ok(report)
}

/// Puts a text in capitals, keeping the length of every character.
fn in_capitals(text: &str) -> String {
    let upper = |c: char| {
        let mut upper = c.to_uppercase();
        match (upper.next(), upper.next()) {
            (Some(other), None) if other.len_utf8() == c.len_utf8() => other,
            _ => c,
        }
    };
    text.chars().map(upper).collect()
}

/// Annotates the text, its capitals and its restored capitals; says how far the latter two agree with the first.
fn agree(model: &Model, language: &Language, input: &str) -> Result<String, Box<dyn Error>> {
    let rows = paragraphs(input)?;
    let mut annotator = Annotator::new(language, &Options::default());
    let mut report = String::new();
    for (name, restored) in [("in capitals", false), ("restored", true)] {
        let (mut tokens, mut same) = (0usize, [0usize; 4]);
        let (mut ours, mut theirs, mut both) = (0usize, 0usize, 0usize);
        for (text, _) in &rows {
            let capitals = in_capitals(text);
            let changed = if restored { restore(&capitals, model).unwrap_or(capitals) } else { capitals };
            let (a, b) = (annotator.annotate_text(text), annotator.annotate_text(&changed));
            let spans = |annotation: &TextAnnotation| -> Vec<_> {
                let at = |i: u32| annotation.tokens[i as usize].start;
                annotation.entities.iter().map(|e| (at(e.0), at(e.1 - 1), e.2)).collect()
            };
            let (left, right) = (spans(&a), spans(&b));
            ours += right.len();
            theirs += left.len();
            both += left.iter().filter(|entity| right.contains(entity)).count();
            tokens += a.tokens.len();
            let mut j = 0;
            for x in &a.tokens {
                while j < b.tokens.len() && b.tokens[j].start < x.start {
                    j += 1;
                }
                let Some(y) = b.tokens.get(j).filter(|y| y.start == x.start && y.len == x.len) else {
                    continue;
                };
                let head = a.tokens[x.head as usize].start == b.tokens[y.head as usize].start;
                for (count, hit) in
                    same.iter_mut().zip([true, x.tag == y.tag, x.pos == y.pos, head && x.dep == y.dep])
                {
                    *count += usize::from(hit);
                }
            }
        }
        let percent = |part: usize| 100.0 * part as f64 / tokens.max(1) as f64;
        report += &format!(
            "{name}: {tokens} tokens; same boundaries {:.2} %, tag {:.2} %, coarse tag {:.2} %, head and label {:.2} %; entities F1 {:.2} %\n",
            percent(same[0]),
            percent(same[1]),
            percent(same[2]),
            percent(same[3]),
            200.0 * both as f64 / (ours + theirs).max(1) as f64,
        );
    }
    Ok(report)
}

/// Compares the restored capitals with the text, word by word and character by character.
fn score(model: &Model, input: &str) -> Result<String, Box<dyn Error>> {
    let (mut total, mut exact, mut inner, mut inner_exact, mut lower_bound) = (0, 0, 0, 0, 0);
    let mut confusion = [[0usize; 3]; 3];
    for (text, words) in paragraphs(input)? {
        let capitals = in_capitals(&text);
        let restored = restore(&capitals, model).unwrap_or(capitals);
        for word in &words {
            let (gold, ours) = (&text[word.start..word.end], &restored[word.start..word.end]);
            let right = usize::from(gold == ours);
            total += 1;
            exact += right;
            if !word.starts_sentence {
                inner += 1;
                inner_exact += right;
                lower_bound += usize::from(gold == gold.to_lowercase());
                confusion[case_of(gold) as usize][case_of(ours) as usize] += 1;
            }
        }
    }
    let percent = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
    Ok(format!(
        "{total} words, {:.2} % exact; inside sentences {inner} words, {:.2} % exact (all lower: {:.2} %)\n\
         rows: true lower, title, capitals; columns: ours\n{confusion:?}",
        percent(exact, total),
        percent(inner_exact, inner),
        percent(lower_bound, inner),
    ))
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let text = match args.as_slice() {
        ["train", input, output, bits, epochs] => train(input, output, bits.parse()?, epochs.parse()?)?,
        ["score", model, input] => score(&Model::from_weights(&std::fs::read(model)?)?, input)?,
        ["agree", model, language, input] => agree(
            &Model::from_weights(&std::fs::read(model)?)?,
            &Language::from_weights(&std::fs::read(language)?)?,
            input,
        )?,
        ["apply", model] => {
            let model = Model::from_weights(&std::fs::read(model)?)?;
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            restore(&text, &model).unwrap_or(text)
        }
        _ => return Err("usage: truecase train|score|agree|apply …".into()),
    };
    writeln!(std::io::stdout(), "{text}")?;
    Ok(())
}
