//! From scored wordings to entities: one wording for each that fills a role.
//!
//! In: wordings with a probability for each role. Out: fillers. Wordings that name one thing (they overlap, share a head and words,
//! one is the other's abbreviation) are one entity; its likeliest wording stands for it.

use watchkeeper_record::document::{Document, Pos};
use watchkeeper_record::roles::ROLES;

use super::candidates::Candidate;
use super::rows::Wording;

/// An entity that fills a role.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// Index of the role.
    pub role: usize,
    /// Index of the wording that stands for it.
    pub wording: usize,
    /// Probability that it does fill the role and is worded so.
    pub score: f32,
    /// Every wording of it that was looked at, the chosen one among them.
    pub group: Vec<usize>,
}

/// Least probability with which a wording takes part.
const LEAST: f32 = 0.02;

/// The entities of a document, by role and then score. `least[role]` is the least probability of one.
#[must_use]
pub fn choose(
    doc: &Document,
    candidates: &[Candidate],
    wordings: &[Wording],
    probabilities: &[[f32; ROLES]],
    least: &[f32; ROLES],
) -> Vec<Chosen> {
    let mut out = Vec::new();
    for role in 0..ROLES {
        let mut order: Vec<usize> =
            (0..wordings.len()).filter(|&at| probabilities[at][role] >= LEAST).collect();
        order.sort_by(|&a, &b| probabilities[b][role].total_cmp(&probabilities[a][role]).then(a.cmp(&b)));
        let mut taken: Vec<Chosen> = Vec::new();
        for at in order {
            let same = taken.iter_mut().find(|chosen| {
                chosen.role == role && same(doc, candidates, &wordings[chosen.wording], &wordings[at], role)
            });
            match same {
                Some(chosen) => chosen.group.push(at),
                None if probabilities[at][role] >= least[role] => {
                    taken.push(Chosen { role, wording: at, score: probabilities[at][role], group: vec![at] });
                }
                None => {}
            }
        }
        out.extend(taken);
    }
    out
}

/// Whether two wordings name one thing, as far as can be told by their words and places.
fn same(doc: &Document, candidates: &[Candidate], a: &Wording, b: &Wording, role: usize) -> bool {
    let mentions = |wording: &Wording| -> Vec<Candidate> {
        wording.mentions.iter().map(|&at| candidates[at as usize].clone()).collect()
    };
    let (first, second) = (mentions(a), mentions(b));
    for x in &first {
        for y in &second {
            if x.tokens.start < y.tokens.end && y.tokens.start < x.tokens.end {
                return true;
            }
            if bracketed(doc, x, y) || bracketed(doc, y, x) {
                return true;
            }
        }
    }
    let words = |wording: &Wording| -> Vec<String> { wording.plain.split(' ').map(str::to_owned).collect() };
    let (x, y) = (words(a), words(b));
    let head = |wording: &Wording| doc.token(candidates[wording.best as usize].head).lemma.to_lowercase();
    let within = |small: &[String], large: &[String]| small.iter().all(|word| large.contains(word));
    let proper = |wording: &Wording| doc.token(candidates[wording.best as usize].head).pos == Pos::Propn;
    if within(&x, &y) || within(&y, &x) {
        // A name's part, or the same noun with fewer words.
        return proper(a) && proper(b) || head(a) == head(b) && role != 2;
    }
    abbreviation(&x, &y) || abbreviation(&y, &x)
}

/// Whether one word is the initials of the others, small words left out or not.
fn abbreviation(short: &[String], long: &[String]) -> bool {
    let [short] = short else { return false };
    if long.len() < 2 || short.len() < 2 {
        return false;
    }
    let all: String = long.iter().filter_map(|word| word.chars().next()).collect();
    let large: String =
        long.iter().filter(|word| word.len() > 3).filter_map(|word| word.chars().next()).collect();
    *short == all || *short == large
}

/// Whether the second stands in brackets directly behind the first.
fn bracketed(doc: &Document, first: &Candidate, second: &Candidate) -> bool {
    second.tokens.start == first.tokens.end + 1
        && matches!(doc.token(first.tokens.end).text.as_str(), "[" | "(")
        && doc
            .tokens()
            .get(second.tokens.end as usize)
            .is_some_and(|tok| matches!(tok.text.as_str(), "]" | ")"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn initials_stand_for_the_name() {
        assert!(abbreviation(&words("rlf"), &words("red liberation front")));
        assert!(abbreviation(&words("alo"), &words("army of the liberated orchards")));
        assert!(!abbreviation(&words("front"), &words("red front")));
        assert!(!abbreviation(&words("r"), &words("red")));
    }
}
