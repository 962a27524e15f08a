//! Happenings that are told by their distance from another one: `It came four days after a grenade attack killed three people`.
//!
//! In: the document and an event mention. Out: that it is told so, how far from what, and so that it is no telling of that other one. The
//! day is a count from the other's day; the words (`four days`) stay what they are, a length of time.

use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::{Granularity, TimeAnchor};
use watchkeeper_record::document::{Dep, Pos, TokenIndex};
use watchkeeper_record::mention::{EventMention, TimeUnit, TimeValue};
use watchkeeper_record::reading::Time;
use watchkeeper_record::{Document, Mentions};

/// Steps from the trigger up to the word that counts from another happening.
const STEPS: usize = 6;
/// Verbs that say when what was told before took place.
const COME: [&str; 5] = ["come", "follow", "happen", "occur", "be"];
/// The longest distance that a day is counted from, in days: a year ago to the day is an anniversary, told by its own date.
const DAYS_MAX: f32 = 60.0;

/// How an event is told by another one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Beside {
    /// The verb of the clause that it is counted from.
    pub(crate) verb: TokenIndex,
    /// Whether that verb only refers to what was told before: `It came`.
    pub(crate) refers: bool,
    /// The length of time between them, as its mention and in days: negative where this one was before. `None` where it isn't told.
    pub(crate) days: Option<(usize, i32)>,
}

/// The word of a trigger that hangs outside it.
pub(crate) fn trigger_head(doc: &Document, told: &EventMention) -> TokenIndex {
    let outside =
        |at: &TokenIndex| doc.token(*at).head == *at || !told.trigger.contains(&doc.token(*at).head);
    told.trigger.clone().find(outside).unwrap_or(told.trigger.start)
}

/// Whether an event is told by its distance from another: a noun with a definite article points to what was told, and counts for nothing.
pub(crate) fn beside(doc: &Document, mentions: &Mentions, told: &EventMention) -> Option<Beside> {
    let head = trigger_head(doc, told);
    let definite = doc.children(head).iter().any(|&child| {
        let word = doc.token(child);
        word.dep == Dep::Poss
            || matches!(word.text.to_lowercase().as_str(), "the" | "this" | "that" | "these" | "those")
    });
    if definite && doc.token(head).pos != Pos::Verb {
        return None;
    }
    let (word, clause) = counting_word(doc, head)?;
    let after = doc.token(word).text.eq_ignore_ascii_case("after");
    let verb = verb_of(doc, clause)?;
    let refers = COME.contains(&doc.token(verb).lemma.as_str());
    let length = mentions.times.iter().position(|time| time.tokens.end == word).and_then(|number| {
        match &mentions.times[number].value {
            TimeValue::Duration { unit, count } => Some((number, *unit, *count)),
            _ => None,
        }
    });
    if length.is_none() && !(refers && doc.token(verb).lemma != "be") {
        return None;
    }
    let days = length.and_then(|(number, unit, count)| {
        let days = match unit {
            TimeUnit::Day => count?,
            TimeUnit::Week => 7.0 * count?,
            _ => return None,
        };
        let whole = days.round() as i32;
        (days <= DAYS_MAX && whole > 0).then_some((number, if after { -whole } else { whole }))
    });
    Some(Beside { verb, refers, days })
}

/// The `after` or `before` that a happening hangs under, and what that hangs on.
fn counting_word(doc: &Document, head: TokenIndex) -> Option<(TokenIndex, TokenIndex)> {
    let counts = |at: TokenIndex| {
        matches!(doc.token(at).text.to_lowercase().as_str(), "after" | "before") && at < head
    };
    let mut at = head;
    for _ in 0..STEPS {
        let tok = doc.token(at);
        let mark = doc.children(at).iter().copied().find(|&child| {
            counts(child) && matches!(doc.token(child).dep, Dep::Mark | Dep::Advmod | Dep::Prep)
        });
        if let Some(mark) = mark {
            return (tok.head != at).then_some((mark, tok.head));
        }
        if counts(at) && matches!(tok.dep, Dep::Prep) {
            return (tok.head != at).then_some((at, tok.head));
        }
        if tok.head == at || matches!(tok.dep, Dep::Relcl | Dep::Root) {
            return None;
        }
        at = tok.head;
    }
    None
}

/// The verb at or above a word.
fn verb_of(doc: &Document, from: TokenIndex) -> Option<TokenIndex> {
    let mut at = from;
    for _ in 0..STEPS {
        let tok = doc.token(at);
        if matches!(tok.pos, Pos::Verb | Pos::Aux) {
            return Some(at);
        }
        if tok.head == at {
            return None;
        }
        at = tok.head;
    }
    None
}

/// Sets the length of time between two happenings to the day of the one that it counts to.
pub(crate) fn count(length: &mut Time, from: &Time, days: i32) -> bool {
    let fine = matches!(from.granularity, Granularity::Day | Granularity::Instant);
    let day = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<Date>().ok());
    let (Some(start), Some(end), true) = (day(&from.start), day(&from.end), fine && length.start.is_none())
    else {
        return false;
    };
    let (Some(start), Some(end)) = (start.plus_days(days), end.plus_days(days)) else { return false };
    length.start = Some(start.to_string());
    length.end = Some(end.to_string());
    length.granularity = Granularity::Day;
    length.timex3 = Some(start.to_string());
    length.anchor = TimeAnchor::Text;
    true
}
