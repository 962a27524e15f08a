//! Threats as a speaker rates them: the level in the speaker's words, what is threatened, and where.

use std::ops::Range;

use watchkeeper_record::document::{Dep, Document, EntityLabel, Pos, TokenIndex};
use watchkeeper_record::mention::{PlaceIndex, ThreatMention};
use watchkeeper_record::reading::Target;
use watchkeeper_record::{Mentions, Span};

use super::lexicon::Lexicon;
use crate::frame::{child, children_with, conjuncts, lemma, parent};
use crate::ground::{GROUND, PlaceMap, entity_label};

/// What a threat or plot inside a token range comes to; `None` where neither its level nor its target is told.
pub(super) fn read(
    doc: &Document,
    lexicon: &Lexicon,
    mentions: &mut Mentions,
    content: &Range<TokenIndex>,
    cue: &Range<TokenIndex>,
    places: &mut PlaceMap,
) -> Option<ThreatMention> {
    let lists = &lexicon.lists;
    let whole = content.start.min(cue.start)..content.end.max(cue.end);
    let mut words = None;
    let mut targets: Vec<Target> = Vec::new();
    let mut area = None;
    for index in whole.clone() {
        let tok = doc.token(index);
        if tok.pos != Pos::Noun {
            continue;
        }
        let word = lemma(doc, index);
        let threat = lists.threat_nouns.contains(word.as_ref());
        let plot = lists.plot_nouns.contains(word.as_ref());
        if !threat && !plot {
            continue;
        }
        if word == "level" && !names_threat(doc, lexicon, index) {
            continue;
        }
        if threat && words.is_none() {
            words = level(doc, lexicon, index, &whole);
        }
        // A target is one of a threat or plot, not of an attack that happened.
        if threat || matches!(word.as_ref(), "plot" | "plotting" | "plan") {
            let before = targets.len();
            for object in aims(doc, index) {
                target(doc, lexicon, object, &mut targets);
            }
            if (targets.len() > before || words.is_some()) && area.is_none() {
                area = place(doc, lexicon, mentions, places, index);
            }
        }
    }
    if words.is_none() && targets.is_empty() {
        return None;
    }
    targets.dedup_by_key(|target| target.span);
    Some(ThreatMention { words, targets, area })
}

/// Whether `level` is that of a threat: `threat level`, `level of threat`.
fn names_threat(doc: &Document, lexicon: &Lexicon, level: TokenIndex) -> bool {
    doc.children(level).iter().any(|&other| {
        let word = lemma(doc, other);
        (doc.token(other).dep == Dep::Compound && lexicon.lists.threat_nouns.contains(word.as_ref()))
            || (doc.token(other).dep == Dep::Prep
                && child(doc, other, Dep::Pobj)
                    .is_some_and(|object| lexicon.lists.threat_nouns.contains(lemma(doc, object).as_ref())))
    })
}

/// The words of level: before the noun, after a verb that puts it on a level, or in quotation marks.
fn level(doc: &Document, lexicon: &Lexicon, noun: TokenIndex, whole: &Range<TokenIndex>) -> Option<Span> {
    let lists = &lexicon.lists;
    let is_level = |index: TokenIndex| {
        let text = doc.token(index).text.to_ascii_lowercase();
        lists.level_words.contains(text.as_str()) && doc.token(index).pos != Pos::Verb
    };
    // `an elevated threat`, `a continuing critical threat`, `"heightened" risk`
    let before: Vec<TokenIndex> = doc
        .children(noun)
        .iter()
        .copied()
        .filter(|&other| {
            other < noun
                && (matches!(doc.token(other).dep, Dep::Amod | Dep::Advmod))
                && lists.level_words.contains(doc.token(other).text.to_ascii_lowercase().as_str())
        })
        .collect();
    if let (Some(&first), Some(&last)) = (before.first(), before.last()) {
        let start = doc.subtree(first).start;
        return Some(doc.span(start.max(whole.start).min(last)..last + 1));
    }
    // `the threat is high`, `assessed the threat as "extremely high"`, `rates the risk severe`
    let top = parent(doc, noun).map(|head| match doc.token(noun).dep {
        // `the level of the threat`, `the risk of attacks remains high`
        Dep::Pobj => parent(doc, head).unwrap_or(head),
        _ => head,
    })?;
    let mut verb = top;
    for _ in 0..4 {
        if matches!(doc.token(verb).pos, Pos::Verb | Pos::Aux) {
            break;
        }
        verb = parent(doc, verb)?;
    }
    let word = lemma(doc, verb);
    if !lists.level_verbs.contains(word.as_ref()) {
        return None;
    }
    let mut candidates: Vec<TokenIndex> = Vec::new();
    for &member in doc.children(verb) {
        if member <= noun {
            continue;
        }
        match doc.token(member).dep {
            Dep::Acomp | Dep::Attr | Dep::Oprd | Dep::Amod | Dep::Advmod | Dep::Xcomp => {
                candidates.push(member)
            }
            Dep::Prep if matches!(lemma(doc, member).as_ref(), "as" | "at" | "to") => {
                candidates.extend(doc.children(member).iter().copied());
            }
            Dep::Ccomp => candidates.extend(doc.children(member).iter().copied()),
            _ => {}
        }
    }
    // The parser may hang the words of level on the noun itself: `the threat level as "high"`.
    candidates.extend(
        children_with(doc, noun, Dep::Prep)
            .filter(|&prep| prep > noun && matches!(lemma(doc, prep).as_ref(), "as" | "at" | "to"))
            .flat_map(|prep| doc.children(prep).to_vec()),
    );
    for candidate in candidates {
        if !whole.contains(&candidate) {
            continue;
        }
        // `level four`, `four, the highest`
        let number = lists.level_numbers.contains(doc.token(candidate).text.to_ascii_lowercase().as_str());
        if is_level(candidate) || number && word != "be" {
            let start = doc
                .children(candidate)
                .iter()
                .copied()
                .filter(|&other| other < candidate && doc.token(other).dep == Dep::Advmod)
                .min()
                .unwrap_or(candidate);
            // Coordinated levels: `moderate today, high within two years`.
            let last = conjuncts(doc, candidate)
                .into_iter()
                .filter(|&other| is_level(other))
                .max()
                .unwrap_or(candidate);
            return Some(doc.span(start..last + 1));
        }
        if lemma(doc, candidate) == "level" {
            let number = doc.children(candidate).iter().copied().find(|&other| {
                lists.level_numbers.contains(doc.token(other).text.to_ascii_lowercase().as_str())
                    || is_level(other)
            });
            if let Some(number) = number {
                return Some(doc.span(candidate.min(number)..candidate.max(number) + 1));
            }
        }
    }
    None
}

/// What a noun of threat is aimed at: objects of its prepositions, conjuncts expanded.
fn aims(doc: &Document, noun: TokenIndex) -> Vec<TokenIndex> {
    let mut found = Vec::new();
    for prep in children_with(doc, noun, Dep::Prep) {
        if matches!(
            lemma(doc, prep).as_ref(),
            "to" | "against" | "on" | "for" | "upon" | "toward" | "towards"
        ) {
            for object in children_with(doc, prep, Dep::Pobj) {
                found.extend(conjuncts(doc, object));
            }
        }
    }
    found
}

fn target(doc: &Document, lexicon: &Lexicon, head: TokenIndex, targets: &mut Vec<Target>) {
    let text = doc.token(head).text.to_ascii_lowercase();
    let kind = lexicon.targets.get(text.as_str()).copied().or_else(|| {
        // `aviation security`: the modifier tells.
        children_with(doc, head, Dep::Compound).find_map(|other| {
            lexicon.targets.get(doc.token(other).text.to_ascii_lowercase().as_str()).copied()
        })
    });
    let Some(kind) = kind else { return };
    let first = doc
        .children(head)
        .iter()
        .copied()
        .filter(|&other| other < head && matches!(doc.token(other).dep, Dep::Amod | Dep::Compound))
        .min()
        .unwrap_or(head);
    targets.push(Target { r#type: kind, span: doc.span(first..head + 1) });
}

/// The area that a threat is for: `against the homeland`, `to the West`, `in Europe`.
fn place(
    doc: &Document,
    lexicon: &Lexicon,
    mentions: &mut Mentions,
    places: &mut PlaceMap,
    noun: TokenIndex,
) -> Option<PlaceIndex> {
    let mut preps: Vec<TokenIndex> = children_with(doc, noun, Dep::Prep).collect();
    // The parser often hangs the area on the noun beside (`threat level against the homeland`) or on the verb.
    if let Some(head) = parent(doc, noun) {
        preps.extend(children_with(doc, head, Dep::Prep).filter(|&prep| prep > noun));
    }
    for prep in preps {
        if !matches!(lemma(doc, prep).as_ref(), "to" | "against" | "in" | "for" | "on" | "across" | "facing")
        {
            continue;
        }
        for object in children_with(doc, prep, Dep::Pobj) {
            for head in conjuncts(doc, object) {
                if let Some(known) = places.at(head) {
                    return Some(known);
                }
                let word = lemma(doc, head);
                let named = matches!(
                    entity_label(doc, head),
                    Some(EntityLabel::Gpe | EntityLabel::Loc | EntityLabel::Norp)
                );
                if named || lexicon.lists.area_words.contains(word.as_ref()) {
                    let feature = (!named).then(|| word.into_owned());
                    return Some(places.add(doc, mentions, head..head + 1, feature, GROUND));
                }
            }
        }
    }
    None
}
