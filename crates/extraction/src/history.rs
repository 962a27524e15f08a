//! What is told as history: older years, anniversaries, the pluperfect, a passage that is set in the past.
//!
//! In: a trigger at its place, or a sentence. Out: whether its happening is background and not the document's news. Days are not
//! resolved here (that is `linkage`); only years, months and words such as `ago` are read.

use watchkeeper_record::document::{Dep, Tag, TokenIndex};

use crate::argument::{Scene, Site};
use crate::codebook::Kind;
use crate::{frame, realis};

/// Whether it is told as history; gives the rule.
pub(crate) fn background(scene: &Scene<'_>, site: &Site, start: TokenIndex) -> Option<String> {
    let doc = scene.doc;
    let lexicon = &scene.codebook.realis;
    let published =
        doc.article().published.map(|published| (published.start.year(), published.start.month()));
    if site.kind == Kind::Noun {
        if realis::modifier_in(scene, site.head, &lexicon.past_modifiers) {
            return Some("background: past modifier".to_owned());
        }
        let mut at = site.head;
        for _ in 0..4 {
            let Some(up) = frame::parent(doc, at) else { break };
            if lexicon.history_nouns.contains(frame::lemma(doc, up).as_ref()) {
                return Some(format!("background: {}", doc.token(up).text));
            }
            at = up;
        }
    }
    let mut anchors = vec![site.head, start];
    // What a clause tells belongs to the time of the clause that it hangs on: "in 2019 after gunmen attacked".
    let mut at = start;
    for _ in 0..3 {
        let tok = doc.token(at);
        if !matches!(tok.dep, Dep::Advcl | Dep::Pcomp | Dep::Prep | Dep::Acl | Dep::Conj | Dep::Relcl)
            || tok.head == at
        {
            break;
        }
        if tok.dep == Dep::Conj && frame::subject(scene.doc, at).is_some() {
            break;
        }
        at = tok.head;
        let when = doc.children(start).iter().any(|&member| frame::word_is(doc, member, &["when", "where"]));
        if frame::is_verb(doc, at) || when {
            anchors.push(at);
        }
    }
    let governor = frame::governing_verb(doc, site.head);
    let sentence = doc.sentences()[doc.sentence_of(site.head) as usize].tokens.clone();
    let window = sentence.start.max(site.head.saturating_sub(60))..sentence.end.min(site.head + 60);
    for index in window {
        let tok = doc.token(index);
        let text = tok.text.as_str();
        let year = (text.len() == 4)
            .then(|| text.parse::<i32>().ok())
            .flatten()
            .filter(|year| (1500..2100).contains(year));
        let decade = (text.len() == 5 && text.ends_with('s'))
            .then(|| text.get(..4).and_then(|digits| digits.parse::<i32>().ok()))
            .flatten()
            .filter(|year| (1500..2100).contains(year));
        let lower = text.to_ascii_lowercase();
        let name = lexicon.history_names.contains(lower.as_str());
        let month = lexicon.months.iter().position(|month| *month == lower).filter(|_| tok.tag == Tag::Nnp);
        let unit = lexicon.past_units.contains(lower.as_str());
        if year.is_none() && decade.is_none() && !name && month.is_none() && !unit {
            continue;
        }
        // "in December 2016, when a man drove …"
        let when = doc
            .children(start)
            .iter()
            .copied()
            .find(|&member| frame::word_is(doc, member, &["when", "where"]));
        let before_when = when.is_some_and(|when| index < when && when - index <= 4);
        if !before_when && !attached(scene, index, &anchors, governor, site) {
            continue;
        }
        if name && site.kind == Kind::Noun && index.abs_diff(site.head) <= 3 {
            return Some(format!("background: {text}"));
        }
        if let Some(year) = year.or(decade)
            && (published.is_some_and(|(now, _)| year < now)
                || decade.is_some()
                || (published.is_none() && year < 2000))
        {
            return Some(format!("background: {text}"));
        }
        if let (Some(month), Some((now_year, now_month))) = (month, published) {
            let told_year = (index + 1..(index + 4).min(sentence.end)).find_map(|next| {
                doc.token(next).text.parse::<i32>().ok().filter(|year| (1500..2100).contains(year))
            });
            let month = month as i32 % 12 + 1;
            let year = told_year.unwrap_or(if month > now_month as i32 { now_year - 1 } else { now_year });
            let age = (now_year - year) * 12 + now_month as i32 - month;
            if age >= 2 {
                return Some(format!("background: {text}"));
            }
        }
        if unit {
            let before = index
                .checked_sub(1)
                .filter(|&at| at >= sentence.start)
                .map(|at| doc.token(at).text.to_ascii_lowercase());
            let after = (index + 1 < sentence.end).then(|| doc.token(index + 1).text.to_ascii_lowercase());
            let last = before.as_deref() == Some("last") && lower != "months";
            let ago = after.as_deref() == Some("ago") || after.as_deref() == Some("earlier");
            if (last && (lower == "year" || lower == "decade" || lower == "century")) || ago {
                return Some(format!("background: {text}"));
            }
        }
    }
    // Pluperfect of the outlet's own narrative.
    let verb = if site.kind == Kind::Noun { site.light.map(|(verb, _)| verb) } else { Some(start) };
    if let Some(verb) = verb {
        let had = frame::auxiliaries(doc, verb).iter().any(|&aux| frame::word_is(doc, aux, &["had"]));
        let before = doc.children(verb).iter().any(|&other| {
            frame::word_is(doc, other, &["previously", "before", "earlier", "already", "once", "formerly"])
                && doc.token(other).dep == Dep::Advmod
        });
        let own_voice = matches!(doc.token(verb).dep, Dep::Root | Dep::Relcl);
        if had && own_voice && (before || doc.token(verb).dep == Dep::Relcl)
            || before && frame::word_is(doc, verb, &["formerly"])
        {
            return Some("background: pluperfect".to_owned());
        }
    }
    None
}

/// Whether a time word belongs to the event: it hangs on the trigger, its light verb or, for a noun, the verb that governs it.
fn attached(
    scene: &Scene<'_>,
    index: TokenIndex,
    anchors: &[TokenIndex],
    governor: Option<TokenIndex>,
    site: &Site,
) -> bool {
    let doc = scene.doc;
    let mut at = index;
    for _ in 0..frame::CLIMB_MAX {
        if anchors.contains(&at) {
            return true;
        }
        if frame::is_verb(doc, at) {
            let shares = site.kind == Kind::Noun && governor == Some(at);
            // A verb coordinated with the dated one shares its date only if it comes without one; that is not checked.
            let conjunct = doc.token(anchors[1]).dep == Dep::Conj && doc.token(anchors[1]).head == at
                || matches!(doc.token(anchors[1]).dep, Dep::Advcl | Dep::Xcomp | Dep::Ccomp)
                    && doc.token(anchors[1]).head == at
                    && index < at.min(anchors[1]);
            return shares || conjunct;
        }
        match frame::parent(doc, at) {
            Some(up) => at = up,
            None => return false,
        }
    }
    false
}

/// What a sentence does to the time of the sentences after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tide {
    /// Its main clause is set in a past year: what follows in the past tense is set there too.
    Back,
    /// It speaks of these days.
    Present,
    /// It leaves the time as it is.
    Still,
}

/// Reads a sentence's own words on time.
pub(crate) fn tide(scene: &Scene<'_>, sentence: std::ops::Range<TokenIndex>) -> Tide {
    let doc = scene.doc;
    let lexicon = &scene.codebook.realis;
    let published = doc.article().published.map(|published| published.start.year());
    let mut tide = Tide::Still;
    for index in sentence {
        let tok = doc.token(index);
        if tok.dep == Dep::Root
            && (matches!(tok.tag, Tag::Vbz | Tag::Vbp)
                || frame::auxiliaries(doc, index)
                    .first()
                    .is_some_and(|&aux| matches!(doc.token(aux).tag, Tag::Vbz | Tag::Vbp)))
        {
            tide = Tide::Present;
        }
        if lexicon.present_words.contains(tok.text.to_ascii_lowercase().as_str()) {
            return Tide::Present;
        }
        let year = (tok.text.len() == 4)
            .then(|| tok.text.parse::<i32>().ok())
            .flatten()
            .filter(|year| (1500..2100).contains(year) && published.is_some_and(|now| *year < now));
        if year.is_some()
            && tide == Tide::Still
            && frame::governing_verb(doc, index)
                .is_some_and(|verb| doc.token(verb).dep == Dep::Root && doc.token(verb).tag == Tag::Vbd)
        {
            tide = Tide::Back;
        }
    }
    tide
}

/// Whether a document as a whole looks back: its opening speaks of an anniversary or the like.
pub(crate) fn looks_back(scene: &Scene<'_>) -> bool {
    let doc = scene.doc;
    let words = &scene.codebook.realis.history_nouns;
    let opening = doc.sentences().iter().take_while(|sentence| sentence.block < 4).take(6);
    opening.flat_map(|sentence| sentence.tokens.clone()).take(160).any(|index| {
        words.contains(frame::lemma(doc, index).as_ref())
            || frame::word_is(doc, index, &["years"])
                && index + 1 < doc.tokens().len() as TokenIndex
                && frame::word_is(doc, index + 1, &["after", "on", "later"])
    })
}

/// Whether a trigger is told in the past tense.
pub(crate) fn told_in_past(scene: &Scene<'_>, site: &Site) -> bool {
    let doc = scene.doc;
    let verb = match site.kind {
        Kind::Noun => site.light.map(|(verb, _)| verb).or_else(|| frame::governing_verb(doc, site.head)),
        _ => Some(site.head),
    };
    verb.is_some_and(|verb| {
        let finite = frame::auxiliaries(doc, verb).first().copied().unwrap_or(verb);
        matches!(doc.token(finite).tag, Tag::Vbd | Tag::Vbn | Tag::Vbg)
    })
}
