//! Whether the clause of a time tells what has been or what is to come, and whether it tells only of speaking.
//!
//! `On Friday` is the Friday past in `was killed on Friday` and the Friday ahead in `will meet on Friday`.

use compact_str::CompactString;
use watchkeeper_record::Document;
use watchkeeper_record::document::{Dep, Pos, Tag, TokenIndex};
use watchkeeper_record::mention::{TimeValue, Which};

use super::words::{Lexicon, Use};

/// What the clause of a time tells of its place in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tense {
    /// It has been.
    Past,
    /// It is to come.
    Ahead,
    /// It was to come when it was told: `expected that they would attack in March`.
    Later,
    /// Nothing.
    Unsure,
}

/// Furthest governor that is looked at.
const STEPS_MAX: usize = 12;
/// Most dependents to each side of a verb that are looked at.
const CHILDREN_MAX: usize = 24;

/// The clause of the expression in `start..stop`.
pub(super) fn of_clause(
    doc: &Document,
    lexicon: &Lexicon,
    start: TokenIndex,
    stop: TokenIndex,
) -> (Tense, bool) {
    // The head of the expression is the token whose governor lies outside.
    let head = (start..stop).find(|&index| {
        let governor = doc.token(index).head;
        !(start..stop).contains(&governor) || governor == index
    });
    let Some(mut at) = head else { return (Tense::Unsure, false) };
    let mut direct = true;
    let before =
        if start > 0 { doc.token(start - 1).text.to_ascii_lowercase() } else { CompactString::default() };
    if before == "since" {
        return (Tense::Past, false);
    }
    let led = lexicon.used(&before, Use::AheadLead);
    let unsure = if led { Tense::Ahead } else { Tense::Unsure };
    // `Friday's vote`, `the June agreement`: nothing is told of when.
    let attribute =
        matches!(doc.token(at).dep, Dep::Poss | Dep::Compound | Dep::Amod | Dep::Nmod | Dep::Nummod);
    if attribute && matches!(doc.token(doc.token(at).head).pos, Pos::Noun | Pos::Propn) {
        return (Tense::Unsure, false);
    }
    for _ in 0..STEPS_MAX {
        let tok = doc.token(at);
        if matches!(tok.pos, Pos::Verb | Pos::Aux) {
            let saying = direct && lexicon.used(&tok.lemma, Use::Saying) && has_content(doc, at);
            match of_verb(doc, lexicon, at) {
                // `postponed until Tuesday`, `has scheduled a meeting for Friday`
                Some(Tense::Past) if before != "on" && lexicon.used(&tok.lemma, Use::Moved) => {
                    return (Tense::Ahead, saying);
                }
                // `declared a dividend payable 15 December`: the clause tells nothing of a noun's own date.
                Some(Tense::Past) if !direct => return (unsure, false),
                Some(tense) => return (tense, saying),
                None if tok.head == at || tok.dep == Dep::Root => return (unsure, saying),
                None => direct = false,
            }
        } else if lexicon.used(&tok.lemma, Use::AheadParticiple)
            || matches!(tok.lemma.as_str(), "due" | "upcoming")
        {
            return (Tense::Ahead, false);
        } else if matches!(tok.pos, Pos::Noun | Pos::Propn | Pos::Pron) && !(start..stop).contains(&at) {
            direct = false;
        }
        if tok.head == at {
            break;
        }
        at = tok.head;
    }
    (unsure, false)
}

/// Whether a verb has something said beside it: a clause, a quotation, or words before it.
fn has_content(doc: &Document, at: TokenIndex) -> bool {
    let tok = doc.token(at);
    tok.dep != Dep::Root
        || near_children(doc, at)
            .iter()
            .any(|&child| matches!(doc.token(child).dep, Dep::Ccomp | Dep::Xcomp | Dep::Parataxis))
}

/// The dependents nearest to a word, at most [`CHILDREN_MAX`] to each side: an endless list may hang on one word.
fn near_children(doc: &Document, at: TokenIndex) -> &[TokenIndex] {
    let children = doc.children(at);
    let after = children.partition_point(|&child| child < at);
    &children[after.saturating_sub(CHILDREN_MAX)..children.len().min(after + CHILDREN_MAX)]
}

/// What one verb tells, if it is finite or says so itself.
fn of_verb(doc: &Document, lexicon: &Lexicon, at: TokenIndex) -> Option<Tense> {
    let tok = doc.token(at);
    let mut helpers = [None; 4];
    let auxiliaries = near_children(doc, at)
        .iter()
        .filter(|&&child| matches!(doc.token(child).dep, Dep::Aux | Dep::Auxpass) && child < at);
    for (slot, &child) in helpers.iter_mut().zip(auxiliaries) {
        *slot = Some(doc.token(child));
    }
    let helper = |wanted: &dyn Fn(&watchkeeper_record::document::Token) -> bool| {
        helpers.iter().flatten().any(|&tok| wanted(tok))
    };
    let perfect = helper(&|tok| tok.lemma == "have" && tok.tag != Tag::Vb);
    if helper(&|tok| tok.tag == Tag::Md && lexicon.used(&tok.text.to_lowercase(), Use::AheadModal)) {
        // `may have killed`
        let over = helper(&|tok| tok.lemma == "have" && tok.tag == Tag::Vb);
        let later = helper(&|tok| tok.tag == Tag::Md && tok.text.eq_ignore_ascii_case("would"));
        return Some(match (over, later) {
            (true, _) => Tense::Past,
            (false, true) => Tense::Later,
            (false, false) => Tense::Ahead,
        });
    }
    let to = helper(&|tok| tok.tag == Tag::To);
    if to && tok.tag == Tag::Vb {
        return of_infinitive(doc, lexicon, at);
    }
    if perfect || helper(&|tok| tok.tag == Tag::Vbd) {
        // `was to meet`, `had been due`
        let due = lexicon.used(&tok.lemma, Use::AheadParticiple) && tok.tag == Tag::Vbn && !perfect;
        return Some(if due { Tense::Ahead } else { Tense::Past });
    }
    let present = helper(&|tok| matches!(tok.tag, Tag::Vbz | Tag::Vbp));
    match tok.tag {
        Tag::Vbd => Some(Tense::Past),
        Tag::Vbn if lexicon.used(&tok.lemma, Use::AheadParticiple) => Some(Tense::Ahead),
        // `is held on Friday`
        Tag::Vbn if present => Some(Tense::Ahead),
        Tag::Vbn => Some(Tense::Past),
        Tag::Vbg if present => Some(Tense::Ahead),
        Tag::Vbz | Tag::Vbp if lexicon.used(&tok.lemma, Use::Schedulable) => Some(Tense::Ahead),
        Tag::Vbz | Tag::Vbp => Some(Tense::Unsure),
        _ => None,
    }
}

/// `agreed to meet on Friday` is ahead, `managed to escape on Friday` is past.
fn of_infinitive(doc: &Document, lexicon: &Lexicon, at: TokenIndex) -> Option<Tense> {
    let tok = doc.token(at);
    let governor = doc.token(tok.head);
    if tok.head == at {
        return Some(Tense::Ahead);
    }
    if lexicon.used(&governor.lemma, Use::AheadVerb) || matches!(governor.pos, Pos::Adj | Pos::Noun) {
        return Some(Tense::Ahead);
    }
    None
}

/// Makes an unmarked weekday or calendar date one to come, or the nearest.
pub(super) fn point(value: &mut TimeValue, tense: Tense) {
    let wanted = match tense {
        Tense::Past => return,
        Tense::Later if matches!(value, TimeValue::Weekday { .. }) => Which::Ahead,
        Tense::Later => Which::Nearest,
        Tense::Ahead => Which::Ahead,
        Tense::Unsure => Which::Nearest,
    };
    match value {
        TimeValue::Calendar { year: None, which, .. }
        | TimeValue::Weekday { which, .. }
        | TimeValue::Season { year: None, which, .. }
        | TimeValue::HalfOfYear { year: None, which, .. }
        | TimeValue::Feast { year: None, which, .. }
            if *which == Which::Unmarked =>
        {
            *which = wanted;
        }
        // A quarter is told after it is over; only what is plainly to come is one to come.
        TimeValue::QuarterOfYear { year: None, which, .. } if *which == Which::Unmarked => {
            *which = wanted;
        }
        TimeValue::Clock { day, .. } => point(day, tense),
        TimeValue::Range { start, end } => {
            for side in [start, end].into_iter().flatten() {
                point(side, tense);
            }
        }
        _ => {}
    }
}
