//! Who may be the source of a cue, and what tells who of these it is; that the text names none is one of the candidates.
//!
//! In: a scene, a cue. Out: candidates with a row of features. Candidates are the nominals in reach of the cue along dependencies,
//! those nearest to it, and the subject of the sentence before.

use std::ops::Range;

use rustc_hash::FxHashSet;
use watchkeeper_record::document::{Dep, EntityLabel, Pos, TokenIndex};

use super::Row;
use super::cue::{self, frame_chain};
use super::rates::{Rates, key};
use super::scene::Scene;
use crate::frame::{self, parent};

/// Longest way up from a cue.
const CLIMB: usize = 4;
/// Most candidates of one cue.
const CANDIDATES_MAX: usize = 24;

/// A candidate.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its phrase and head; `None` says that no source is named.
    pub phrase: Option<(Range<TokenIndex>, TokenIndex)>,
    /// How it is reached from the cue.
    path: String,
}

/// The chain by which ways from cue to source are counted.
pub(super) fn path_chain(scene: &Scene<'_>, cue: TokenIndex, source: &Source) -> [u64; 4] {
    let pos = scene.doc.token(cue).pos.as_str();
    let passive = if frame::is_passive(scene.doc, cue) { "v" } else { "a" };
    let path = source.path.as_str();
    [
        key('P', &[]),
        key('P', &[path]),
        key('P', &[pos, passive, path]),
        key('P', &[pos, passive, path, scene.lemma(cue)]),
    ]
}

/// The chain by which words are counted as sources.
pub(super) fn word_chain(scene: &Scene<'_>, source: &Source) -> [u64; 3] {
    let Some((_, head)) = source.phrase else {
        return [key('W', &[]), key('W', &["-"]), key('W', &["-", "-"])];
    };
    let pos = scene.doc.token(head).pos.as_str();
    [key('W', &[]), key('W', &[pos]), key('W', &[pos, scene.word_class(head)])]
}

/// The chain by which it is counted how often a cue names no source.
pub(super) fn none_chain(scene: &Scene<'_>, cue: TokenIndex) -> [u64; 4] {
    let tok = scene.doc.token(cue);
    let passive = if frame::is_passive(scene.doc, cue) { "v" } else { "a" };
    let subject = if scene.subject(cue).is_some() { "s" } else { "-" };
    let pos = tok.pos.as_str();
    [
        key('Z', &[]),
        key('Z', &[pos, passive]),
        key('Z', &[pos, passive, subject]),
        key('Z', &[pos, passive, subject, scene.lemma(cue)]),
    ]
}

struct Maker<'s, 'a> {
    scene: &'s Scene<'a>,
    cue: TokenIndex,
    found: Vec<Source>,
    known: FxHashSet<TokenIndex>,
}

impl Maker<'_, '_> {
    fn put(&mut self, head: TokenIndex, path: String) {
        let scene = self.scene;
        let tok = scene.doc.token(head);
        let nominal = matches!(tok.pos, Pos::Noun | Pos::Propn | Pos::Pron | Pos::Num)
            || matches!(tok.pos, Pos::Adj | Pos::Det)
                && !matches!(tok.dep, Dep::Amod | Dep::Det | Dep::Acomp)
            || tok.pos == Pos::Adj && scene.label(head).is_some();
        if !nominal || head == self.cue || self.found.len() >= CANDIDATES_MAX || !self.known.insert(head) {
            return;
        }
        let tokens = phrase(scene, head, self.cue);
        if tokens.contains(&self.cue) || tokens.is_empty() {
            return;
        }
        self.found.push(Source { phrase: Some((tokens, head)), path });
    }

    /// The nominals that depend on a token, and those behind its prepositions.
    fn below(&mut self, top: TokenIndex, up: &str) {
        let doc = self.scene.doc;
        for &member in doc.children(top) {
            let tok = doc.token(member);
            let side = if member < self.cue { "<" } else { ">" };
            match tok.dep {
                Dep::Prep | Dep::Agent | Dep::Dative => {
                    if let Some(object) = frame::child(doc, member, Dep::Pobj) {
                        self.put(
                            object,
                            format!("{up}{side}{}:{}", tok.dep.as_str(), self.scene.lemma(member)),
                        );
                    }
                    // `according to X`: a preposition further.
                    if let Some(next) = frame::child(doc, member, Dep::Prep)
                        && let Some(object) = frame::child(doc, next, Dep::Pobj)
                    {
                        self.put(
                            object,
                            format!(
                                "{up}{side}{}:{} {}",
                                tok.dep.as_str(),
                                self.scene.lemma(member),
                                self.scene.lemma(next)
                            ),
                        );
                    }
                }
                Dep::Nsubj
                | Dep::Nsubjpass
                | Dep::Dobj
                | Dep::Poss
                | Dep::Compound
                | Dep::Amod
                | Dep::Appos
                | Dep::Attr
                | Dep::Npadvmod
                | Dep::Pobj
                | Dep::Nmod
                | Dep::Csubj
                | Dep::Oprd
                | Dep::Dep => {
                    self.put(member, format!("{up}{side}{}", tok.dep.as_str()));
                }
                Dep::Ccomp | Dep::Advcl | Dep::Xcomp
                    if self.scene.subject(member).is_some() && up.is_empty() =>
                {
                    // `said Ban`, read as a clause of its own.
                    if let Some(subject) = self.scene.subject(member) {
                        self.put(subject, format!("{side}{}>nsubj", tok.dep.as_str()));
                    }
                }
                _ => {}
            }
        }
    }
}

/// The phrase of a head, without what holds the cue.
fn phrase(scene: &Scene<'_>, head: TokenIndex, cue: TokenIndex) -> Range<TokenIndex> {
    let doc = scene.doc;
    let mut tokens = doc.subtree(head);
    if tokens.contains(&cue) {
        // The dependent of the head whose subtree the cue is in.
        for &member in doc.children(head) {
            let own = doc.subtree(member);
            if own.contains(&cue) {
                if member > head {
                    tokens.end = own.start.max(head + 1);
                } else {
                    tokens.start = own.end.min(head);
                }
            }
        }
    }
    let trimmed = scene.trimmed(tokens.clone());
    if trimmed.is_empty() { tokens } else { trimmed }
}

/// Every candidate for the source of a cue; the last one is that none is named.
pub(super) fn candidates(scene: &Scene<'_>, cue: TokenIndex) -> Vec<Source> {
    let doc = scene.doc;
    let sentence = scene.sentence(cue);
    let mut maker = Maker { scene, cue, found: Vec::new(), known: FxHashSet::default() };
    maker.below(cue, "");
    let (mut at, mut up) = (cue, String::new());
    for _ in 0..CLIMB {
        let Some(head) = parent(doc, at) else { break };
        up.push('^');
        up.push_str(doc.token(at).dep.as_str());
        if frame::is_verb(doc, head) {
            maker.below(head, &up);
        } else {
            maker.put(head, up.clone());
            maker.below(head, &up);
        }
        at = head;
    }
    // The nearest that could speak, on each side.
    let speaks = |index: TokenIndex| {
        matches!(scene.label(index), Some(EntityLabel::Person | EntityLabel::Org))
            || doc.token(index).pos == Pos::Pron && cue::speaks(scene, index) > 0.9
    };
    let own = scene.quotation(cue);
    let fits = |index: TokenIndex| speaks(index) && scene.quotation(index) == own;
    let before = (sentence.start..cue).rev().find(|&index| fits(index));
    let after = (cue + 1..sentence.end).find(|&index| fits(index));
    for (index, path) in [(before, "near<"), (after, "near>")] {
        if let Some(mut index) = index {
            // The head of the name.
            while scene.label(index).is_some()
                && doc.token(index).dep == Dep::Compound
                && doc.token(index).head > index
            {
                index = doc.token(index).head;
            }
            maker.put(index, path.to_owned());
        }
    }
    if let Some(number) = doc.sentence_of(cue).checked_sub(1) {
        let other = doc.sentences()[number as usize].tokens.clone();
        let root = other.clone().find(|&index| doc.token(index).dep == Dep::Root);
        if let Some(subject) =
            root.and_then(|root| scene.subject(root)).filter(|&subject| scene.quotation(subject).is_none())
        {
            maker.put(subject, "previous".to_owned());
        }
    }
    maker.found.push(Source { phrase: None, path: "none".to_owned() });
    maker.found
}

/// What all candidates of a cue share.
pub(super) struct Ground {
    pos: f32,
    passive: bool,
    none: f32,
    word: f32,
    best_path: f32,
    roles: Vec<TokenIndex>,
    count: f32,
}

/// Works out what all candidates of a cue share.
pub(super) fn ground(
    scene: &Scene<'_>,
    rates: &Rates,
    lexicon: &frame::Lexicon,
    cue: TokenIndex,
    sources: &[Source],
) -> Ground {
    let doc = scene.doc;
    let verb = frame::is_verb(doc, cue);
    let best_path = sources
        .iter()
        .filter(|source| source.phrase.is_some())
        .map(|source| rates.logit(&path_chain(scene, cue, source)))
        .fold(-9.0_f32, f32::max);
    Ground {
        pos: if verb {
            0.0
        } else if doc.token(cue).pos == Pos::Noun {
            1.0
        } else {
            2.0
        },
        passive: frame::is_passive(doc, cue),
        none: rates.logit(&none_chain(scene, cue)),
        word: rates.logit(&frame_chain(scene, cue)[..4]),
        best_path,
        roles: if verb { frame::roles(doc, lexicon, cue).doers().to_vec() } else { Vec::new() },
        count: sources.len() as f32,
    }
}

/// Fills the features of a candidate; `content` is what the cue is taken to have as its content.
pub(super) fn fill(
    scene: &Scene<'_>,
    rates: &Rates,
    ground: &Ground,
    cue: TokenIndex,
    content: &[Range<TokenIndex>],
    source: &Source,
    row: &mut Row,
) {
    let doc = scene.doc;
    row.put("path", rates.logit(&path_chain(scene, cue, source)));
    row.put("path_kind", rates.logit(&path_chain(scene, cue, source)[..2]));
    row.put("word", rates.logit(&word_chain(scene, source)));
    row.put("best_path", ground.best_path);
    row.put("none_rate", ground.none);
    row.put("cue_word", ground.word);
    row.put("cue_pos", ground.pos);
    row.flag("cue_passive", ground.passive);
    row.put("count", ground.count);
    row.flag("is_none", source.phrase.is_none());
    row.put("climb", source.path.matches('^').count() as f32);
    let head = source.phrase.as_ref().map(|phrase| phrase.1);
    row.put("speaks", head.map_or(0.5, |head| cue::speaks(scene, head)));
    row.put(
        "pos",
        head.map_or(-1.0, |head| match doc.token(head).pos {
            Pos::Pron => 0.0,
            Pos::Propn => 1.0,
            Pos::Noun => 2.0,
            Pos::Num => 3.0,
            _ => 4.0,
        }),
    );
    row.put(
        "dep",
        head.map_or(-1.0, |head| match doc.token(head).dep {
            Dep::Nsubj => 0.0,
            Dep::Nsubjpass => 1.0,
            Dep::Pobj => 2.0,
            Dep::Dobj => 3.0,
            Dep::Poss => 4.0,
            Dep::Compound => 5.0,
            Dep::Conj => 6.0,
            Dep::Appos => 7.0,
            Dep::Attr => 8.0,
            Dep::Amod => 9.0,
            _ => 10.0,
        }),
    );
    let distance = source.phrase.as_ref().map_or(0.0, |(tokens, _)| {
        if tokens.end <= cue {
            -(scene.words(&(tokens.end..cue)) as f32)
        } else {
            scene.words(&(cue..tokens.start.max(cue))) as f32
        }
    });
    row.put("distance", distance);
    row.put("distance_abs", distance.abs());
    row.put("words", source.phrase.as_ref().map_or(0.0, |(tokens, _)| scene.words(tokens) as f32));
    let held = head.is_some_and(|head| content.iter().any(|piece| piece.contains(&head)));
    row.flag("in_content", held);
    row.flag("role", head.is_some_and(|head| ground.roles.contains(&head)));
    row.flag("any_role", !ground.roles.is_empty());
    row.flag("own_subject", head.is_some_and(|head| scene.subject(cue) == Some(head)));
    row.flag("same_quote", head.is_none_or(|head| scene.quotation(head) == scene.quotation(cue)));
    row.flag("quoted", head.is_some_and(|head| scene.quotation(head).is_some()));
    row.flag(
        "beside_content",
        source.phrase.as_ref().is_some_and(|(tokens, _)| {
            content.iter().any(|piece| {
                piece.end <= tokens.start && piece.end + 3 > tokens.start
                    || tokens.end <= piece.start && tokens.end + 3 > piece.start
            })
        }),
    );
}
