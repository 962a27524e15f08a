//! Control of ground: who takes, loses, holds or contests which place.
//!
//! In: the annotated document with the places and times found in it. Out: [`ControlMention`]s, one for the side that loses and one for the
//! side that gains where both are named. Only texts on armed conflict are read: a club that captures a title holds no ground.
//! Words: `data/lexicon/en/control_verbs.tsv`, `control.toml`, `ground.toml`.

mod grounds;

use compact_str::CompactString;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use watchkeeper_record::Mentions;
use watchkeeper_record::codebook::{ControlStatus, Realis};
use watchkeeper_record::document::{Dep, Document, EntityLabel, Pos, TokenIndex};
use watchkeeper_record::mention::{ControlMention, PhraseIndex, PlaceIndex};
use watchkeeper_record::names::PlaceNames;

use crate::codebook::{Codebook, CodebookError, Words, parse};
use crate::frame::{self, child, children_with, is_verb, lemma, parent};
use crate::ground::{PlaceMap, entity_label, time_of};
use crate::modality;

/// Fewest different words of armed conflict in a text that is read for control and relations.
const CONFLICT_WORDS_MIN: usize = 3;
/// Most sentences after a heading inside its paragraph that it still stands over.
const HEADING_DISTANCE_MAX: usize = 6;

/// How a verb moves ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pattern {
    Take,
    TakeFrom,
    Lose,
    Hold,
    Contest,
    Leave,
    LeaveObject,
    Push,
    Fall,
}

/// Word lists of `control.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lists {
    take_nouns: Words,
    lose_nouns: Words,
    fall_nouns: Words,
    leave_nouns: Words,
    contest_nouns: Words,
    control_nouns: Words,
    gain_verbs: Words,
    lose_verbs: Words,
    hold_verbs: Words,
    contest_verbs: Words,
    held_participles: Words,
    state_verbs: Words,
    come_verbs: Words,
    conflict_words: Words,
    pub(crate) meant_nouns: Words,
    pub(crate) planned_verbs: Words,
    pub(crate) threatened_verbs: Words,
    pub(crate) foiled_verbs: Words,
    pub(crate) done_verbs: Words,
    pub(crate) denied_verbs: Words,
}

/// What control goes by.
#[derive(Debug)]
pub(crate) struct Lexicon {
    verbs: FxHashMap<CompactString, Vec<Pattern>>,
    pub(crate) lists: Lists,
}

impl Lexicon {
    /// Reads the tables that ship with the program.
    ///
    /// # Errors
    /// When one of them is malformed.
    pub(crate) fn shipped() -> Result<Self, CodebookError> {
        let mut verbs: FxHashMap<CompactString, Vec<Pattern>> = FxHashMap::default();
        let table = include_str!("../../../data/lexicon/en/control_verbs.tsv");
        for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let bad = || CodebookError { file: "lexicon/en/control_verbs.tsv", message: line.to_owned() };
            let (lemma, pattern) = line.split_once('\t').ok_or_else(bad)?;
            let pattern = match pattern.trim_end() {
                "take" => Pattern::Take,
                "take-from" => Pattern::TakeFrom,
                "lose" => Pattern::Lose,
                "hold" => Pattern::Hold,
                "contest" => Pattern::Contest,
                "leave" => Pattern::Leave,
                "leave-object" => Pattern::LeaveObject,
                "push" => Pattern::Push,
                "fall" => Pattern::Fall,
                _ => return Err(bad()),
            };
            verbs.entry(CompactString::from(lemma)).or_default().push(pattern);
        }
        Ok(Self {
            verbs,
            lists: parse("lexicon/en/control.toml", include_str!("../../../data/lexicon/en/control.toml"))?,
        })
    }
}

/// Whether a text is about armed conflict, by how many different words of it stand there.
pub(crate) fn on_conflict(doc: &Document, lexicon: &Lexicon) -> bool {
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    for tok in doc.tokens() {
        let word = tok.lemma.as_str();
        if lexicon.lists.conflict_words.contains(word) {
            seen.insert(word);
        } else if matches!(tok.pos, Pos::Propn) {
            let lower = tok.text.to_ascii_lowercase();
            if let Some(word) = lexicon.lists.conflict_words.get(lower.as_str()) {
                seen.insert(word);
            }
        }
        if seen.len() >= CONFLICT_WORDS_MIN {
            return true;
        }
    }
    false
}

/// Finds every record of control. The time it takes grows with the number of tokens.
pub(crate) fn run(doc: &Document, codebook: &Codebook, names: &dyn PlaceNames, mentions: &mut Mentions) {
    if !on_conflict(doc, &codebook.control) {
        return;
    }
    let mut reader = Reader {
        doc,
        codebook,
        lexicon: &codebook.control,
        places: PlaceMap::new(doc, mentions),
        trust: Trust::Little,
        names,
        takes_persons: false,
    };
    for index in 0..doc.tokens().len() as TokenIndex {
        let tok = doc.token(index);
        match tok.pos {
            Pos::Verb | Pos::Aux => {
                reader.verb(index, mentions);
                reader.participle(index, mentions);
            }
            Pos::Noun => reader.noun(index, mentions),
            Pos::Adj => reader.participle(index, mentions),
            _ => {}
        }
    }
}

struct Reader<'a> {
    doc: &'a Document,
    codebook: &'a Codebook,
    lexicon: &'a Lexicon,
    places: PlaceMap,
    /// How surely the word being read takes nothing but ground.
    trust: Trust,
    /// Who knows names of places.
    names: &'a dyn PlaceNames,
    /// Whether the word being read is said of persons too: `capture`, `hold`.
    takes_persons: bool,
}

/// How surely a word of change takes a place where it takes a name: `recapture` always, `withdraw from` mostly, `take` seldom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Trust {
    Little,
    Likely,
    Ground,
}

/// A change or state before its records are written.
struct Change {
    /// The word that tells it.
    site: TokenIndex,
    places: Vec<PlaceIndex>,
    gainer: Option<TokenIndex>,
    loser: Option<TokenIndex>,
    /// For a state: who holds or contests.
    state: Option<(TokenIndex, ControlStatus)>,
    realis: Realis,
    score: f32,
    why: String,
}

impl Reader<'_> {
    fn verb(&mut self, verb: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        let tok = doc.token(verb);
        if matches!(tok.dep, Dep::Amod | Dep::Aux | Dep::Auxpass | Dep::Compound) {
            return;
        }
        let word = lemma(doc, verb);
        let Some(patterns) = self.lexicon.verbs.get(word.as_ref()) else { return };
        self.trust = match word.as_ref() {
            "recapture" | "retake" | "overrun" | "reconquer" | "liberate" | "fall" | "besiege"
            | "encircle" => Trust::Ground,
            "withdraw" | "retreat" | "push" | "drive" | "oust" | "expel" | "dislodge" | "rout" | "pull" => {
                Trust::Likely
            }
            _ => Trust::Little,
        };
        let roles = frame::roles(doc, &self.codebook.frame, verb);
        self.takes_persons = !matches!(
            word.as_ref(),
            "control"
                | "retake"
                | "recapture"
                | "overrun"
                | "besiege"
                | "encircle"
                | "surround"
                | "fall"
                | "recover"
                | "regain"
        );
        // What is held or controlled by a force is ground, be it in a gazetteer or not.
        if roles.passive
            && matches!(word.as_ref(), "hold" | "control" | "administer")
            && roles.doers().iter().any(|&doer| doc.token(doer).pos == Pos::Noun && self.strong_holder(doer))
        {
            self.trust = Trust::Likely;
        }
        let realis = modality::of_verb(doc, &self.lexicon.lists, verb);
        for &pattern in patterns {
            let why = format!("verb {word}");
            let doers: Vec<TokenIndex> =
                roles.doers().iter().copied().filter(|&head| self.holder(head)).collect();
            let undergoers = roles.undergoers();
            let doer = doers.first().copied();
            let mut change = Change {
                site: verb,
                places: Vec::new(),
                gainer: None,
                loser: None,
                state: None,
                realis,
                score: 0.85,
                why,
            };
            match pattern {
                Pattern::Take | Pattern::TakeFrom => {
                    if matches!(word.as_ref(), "occupy") && matches!(tok.tag.as_str(), "VBZ" | "VBP") {
                        continue;
                    }
                    change.places = self.grounds(undergoers, mentions);
                    change.gainer = doer;
                    change.loser =
                        self.taken_from(verb, undergoers).or_else(|| self.holder_before(undergoers, doer));
                    if pattern == Pattern::TakeFrom && change.loser.is_none() {
                        continue;
                    }
                    // `took Paris by storm`, `take X as an example`: only a force takes with so light a verb.
                    if matches!(word.as_ref(), "take" | "recover" | "regain")
                        && !doer.is_some_and(|doer| self.strong_holder(doer))
                    {
                        continue;
                    }
                    let part = undergoers.iter().any(|&object| {
                        matches!(lemma(doc, object).as_ref(), "part" | "place" | "position" | "road")
                    });
                    if word == "take" && (part || !frame::prep_objects(doc, verb, &["to"]).is_empty()) {
                        continue;
                    }
                }
                Pattern::Lose => {
                    change.places = self.grounds(undergoers, mentions);
                    change.loser = doer;
                    change.gainer = frame::prep_objects(doc, verb, &["to"])
                        .into_iter()
                        .chain(
                            undergoers.iter().flat_map(|&object| frame::prep_objects(doc, object, &["to"])),
                        )
                        .find(|&head| self.holder(head));
                }
                Pattern::Hold => {
                    if matches!(word.as_ref(), "occupy") && !matches!(tok.tag.as_str(), "VBZ" | "VBP") {
                        continue;
                    }
                    if matches!(word.as_ref(), "govern" | "rule" | "administer" | "dominate")
                        && !doer.is_some_and(|doer| self.strong_holder(doer))
                    {
                        continue;
                    }
                    change.places = self.grounds(undergoers, mentions);
                    let Some(holder) = doer else { continue };
                    let longer = no_longer(doc, verb);
                    if longer {
                        change.realis = Realis::Actual;
                        change.loser = Some(holder);
                    } else {
                        let status = if self.both_claim(verb) {
                            ControlStatus::Contested
                        } else {
                            ControlStatus::Holds
                        };
                        change.state = Some((holder, status));
                    }
                }
                Pattern::Contest => {
                    change.places = self.grounds(undergoers, mentions);
                    let Some(holder) = doer else { continue };
                    change.state = Some((holder, ControlStatus::Contested));
                }
                Pattern::Leave | Pattern::LeaveObject => {
                    let out = frame::prep_objects(doc, verb, &["from"])
                        .into_iter()
                        .chain(self.out_of(verb))
                        .collect::<Vec<_>>();
                    let mut heads = out;
                    if pattern == Pattern::LeaveObject {
                        heads.extend(undergoers.iter().copied());
                    }
                    // A state's troops that leave another place: only forces lose ground this way, and not people who flee.
                    if !doer.is_some_and(|doer| self.strong_holder(doer)) {
                        continue;
                    }
                    change.places = self.grounds(&heads, mentions);
                    change.loser = doer;
                    change.score = 0.7;
                }
                Pattern::Push => {
                    let heads: Vec<TokenIndex> = frame::prep_objects(doc, verb, &["from"])
                        .into_iter()
                        .chain(self.out_of(verb))
                        .collect();
                    change.places = self.grounds(&heads, mentions);
                    change.gainer = doer;
                    change.loser = undergoers.iter().copied().find(|&head| self.holder(head));
                    if matches!(word.as_ref(), "clear") {
                        // `cleared the town of militants`
                        change.places = self.grounds(undergoers, mentions);
                        change.loser = frame::prep_objects(doc, verb, &["of"])
                            .into_iter()
                            .chain(
                                undergoers
                                    .iter()
                                    .flat_map(|&object| frame::prep_objects(doc, object, &["of"])),
                            )
                            .find(|&head| self.holder(head));
                    }
                    if change.loser.is_none() || !change.loser.is_some_and(|loser| self.strong_holder(loser))
                    {
                        continue;
                    }
                }
                Pattern::Fall => {
                    change.places = self.grounds(&roles.subjects, mentions);
                    let hands = frame::prep_objects(doc, verb, &["into"])
                        .into_iter()
                        .filter(|&head| matches!(lemma(doc, head).as_ref(), "hand"))
                        .flat_map(|hand| {
                            frame::prep_objects(doc, hand, &["of"]).into_iter().chain(
                                children_with(doc, hand, Dep::Compound)
                                    .chain(children_with(doc, hand, Dep::Poss))
                                    .chain(children_with(doc, hand, Dep::Amod)),
                            )
                        })
                        .next();
                    change.gainer = frame::prep_objects(doc, verb, &["to"])
                        .into_iter()
                        .find(|&head| self.holder(head))
                        .or(hands);
                    if change.gainer.is_none() {
                        continue;
                    }
                }
            }
            if self.write(change, mentions) {
                return;
            }
        }
    }

    /// `the loss of X to Y`, `Y's capture of X`, `control of X`, `under the control of Y`.
    fn noun(&mut self, noun: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        self.trust = Trust::Ground;
        let lists = &self.lexicon.lists;
        let word = lemma(doc, noun).into_owned();
        let is = |words: &Words| words.contains(word.as_str());
        let take = is(&lists.take_nouns);
        let lose = is(&lists.lose_nouns);
        let fall = is(&lists.fall_nouns);
        let leave = is(&lists.leave_nouns);
        let contest = is(&lists.contest_nouns);
        if is(&lists.control_nouns) || word == "hand" {
            self.control_noun(noun, &word, mentions);
            return;
        }
        if !(take || lose || fall || leave || contest) {
            return;
        }
        let of = frame::prep_objects(doc, noun, &["of"]);
        let owner = child(doc, noun, Dep::Poss).filter(|&head| self.holder(head));
        let by = frame::prep_objects(doc, noun, &["by"]).into_iter().find(|&head| self.holder(head));
        let to = frame::prep_objects(doc, noun, &["to"]).into_iter().find(|&head| self.holder(head)).or_else(
            || {
                // The parser hangs `to Y` on the place: `the loss of X to Y`.
                of.iter()
                    .flat_map(|&place| frame::prep_objects(doc, place, &["to"]))
                    .find(|&head| self.holder(head))
            },
        );
        let from = frame::prep_objects(doc, noun, &["from"]);
        let mut change = Change {
            site: noun,
            places: Vec::new(),
            gainer: None,
            loser: None,
            state: None,
            realis: modality::of_noun(doc, lists, noun),
            score: 0.8,
            why: format!("noun {word}"),
        };
        // Whoever the main clause is about did it, where the noun opens the sentence: `With the loss of X, Y is finished`.
        let about = self.subject_beside(noun);
        if take {
            change.places = self.grounds(&of, mentions);
            change.gainer = owner.or(by).or_else(|| self.light_subject(noun));
            change.loser = from.iter().copied().find(|&head| self.holder(head));
        } else if lose || fall {
            change.places = self.grounds(&of, mentions);
            change.gainer = to.or(if fall { by } else { None });
            change.loser = owner.or_else(|| if lose { self.light_subject(noun).or(about) } else { None });
            if lose && change.gainer.is_none() && change.loser.is_none() || fall && change.gainer.is_none() {
                return;
            }
        } else if leave {
            change.places = self.grounds(&from, mentions);
            change.loser = owner
                .or_else(|| of.iter().copied().find(|&head| self.holder(head)))
                .or(by)
                .filter(|&head| self.strong_holder(head));
            change.score = 0.65;
        } else {
            change.places = self.grounds(&of, mentions);
            let Some(holder) = owner.or(by).or_else(|| self.light_subject(noun)) else { return };
            change.state = Some((holder, ControlStatus::Contested));
        }
        if take && change.gainer.is_none() || leave && change.loser.is_none() {
            return;
        }
        self.write(change, mentions);
    }

    /// `took control of X`, `X is under the control of Y`, `X is in rebel hands`.
    fn control_noun(&mut self, noun: TokenIndex, word: &str, mentions: &mut Mentions) {
        let doc = self.doc;
        let lists = &self.lexicon.lists;
        let Some(head) = parent(doc, noun) else { return };
        let tok = doc.token(noun);
        let of = frame::prep_objects(doc, noun, &["of", "over", "in", "on"]);
        let modifier = children_with(doc, noun, Dep::Poss)
            .chain(children_with(doc, noun, Dep::Compound))
            .chain(children_with(doc, noun, Dep::Amod))
            .find(|&other| self.holder(other) || entity_label(doc, other) == Some(EntityLabel::Norp));
        let mut change = Change {
            site: noun,
            places: Vec::new(),
            gainer: None,
            loser: None,
            state: None,
            realis: Realis::Actual,
            score: 0.85,
            why: format!("noun {word}"),
        };
        // under the control of, in the hands of
        if tok.dep == Dep::Pobj
            && frame::word_is(doc, head, &["under", "in", "into"])
            && (word != "hand" || !frame::word_is(doc, head, &["under"]))
        {
            let holder = frame::prep_objects(doc, noun, &["of"])
                .into_iter()
                .find(|&head| self.holder(head))
                .or(modifier);
            let Some(up) = parent(doc, head) else {
                // A fragment under a heading.
                if let (Some(holder), Some(place)) = (holder, self.heading(noun, mentions)) {
                    change.places = vec![place];
                    change.state = Some((holder, ControlStatus::Holds));
                    self.write(change, mentions);
                }
                return;
            };
            if !is_verb(doc, up) && !frame::is_nominal(doc, up) {
                if let (Some(holder), Some(place)) = (holder, self.heading(noun, mentions)) {
                    change.places = vec![place];
                    change.state = Some((holder, ControlStatus::Holds));
                    self.write(change, mentions);
                }
                return;
            }
            if let (Some(holder), true) = (holder, !frame::word_is(doc, head, &["in"]) || word == "hand") {
                let (subjects, come, realis) = if is_verb(doc, up) {
                    if !lists.state_verbs.contains(lemma(doc, up).as_ref()) {
                        return;
                    }
                    let roles = frame::roles(doc, &self.codebook.frame, up);
                    (
                        roles.subjects,
                        lists.come_verbs.contains(lemma(doc, up).as_ref()),
                        modality::of_verb(doc, lists, up),
                    )
                } else {
                    (vec![up], false, Realis::Actual)
                };
                change.places = self.grounds(&subjects, mentions);
                change.realis = realis;
                if come {
                    change.gainer = Some(holder);
                } else {
                    change.state = Some((holder, ControlStatus::Holds));
                }
                self.write(change, mentions);
                return;
            }
            // in control of X
            if frame::word_is(doc, head, &["in"]) && word == "control" {
                let place = frame::prep_objects(doc, noun, &["of"]);
                let subject = if is_verb(doc, up) {
                    frame::roles(doc, &self.codebook.frame, up).subjects.first().copied()
                } else {
                    Some(up)
                };
                if let Some(holder) = subject.filter(|&head| self.holder(head)) {
                    change.places = self.grounds(&place, mentions);
                    change.realis =
                        if is_verb(doc, up) { modality::of_verb(doc, lists, up) } else { Realis::Actual };
                    change.state = Some((holder, ControlStatus::Holds));
                    self.write(change, mentions);
                }
            }
            return;
        }
        if word == "control" && of.is_empty() && tok.dep == Dep::Nsubj && is_verb(doc, head) {
            // `Government control is firm`, under a heading.
            if let (Some(holder), Some(place)) = (modifier, self.heading(noun, mentions)) {
                let realis = modality::of_verb(doc, &self.lexicon.lists, head);
                if matches!(lemma(doc, head).as_ref(), "be" | "remain" | "continue")
                    && realis == Realis::Actual
                {
                    change.places = vec![place];
                    change.state = Some((holder, ControlStatus::Holds));
                    change.score = 0.65;
                    self.write(change, mentions);
                }
            }
            return;
        }
        if word == "hand" || of.is_empty() {
            return;
        }
        change.places = self.grounds(&of, mentions);
        // The verb whose object the control is, also through `pockets of control`, `effective control`.
        let mut top = noun;
        for _ in 0..3 {
            let Some(up) = parent(doc, top) else { break };
            if doc.token(top).dep == Dep::Pobj && frame::word_is(doc, up, &["of"]) {
                top = parent(doc, up).unwrap_or(up);
            } else {
                break;
            }
        }
        if let Some(verb) = parent(doc, top)
            .filter(|&verb| is_verb(doc, verb) && matches!(doc.token(top).dep, Dep::Dobj | Dep::Nsubjpass))
        {
            let act = lemma(doc, verb);
            let roles = frame::roles(doc, &self.codebook.frame, verb);
            let doer = roles.doers().iter().copied().find(|&head| self.holder(head));
            change.realis = modality::of_verb(doc, lists, verb);
            change.why = format!("verb {act} with {word}");
            let longer = no_longer(doc, verb);
            if lists.gain_verbs.contains(act.as_ref()) {
                change.gainer = doer;
                change.loser = self.taken_from(verb, &[noun]);
            } else if lists.lose_verbs.contains(act.as_ref()) {
                change.loser = doer;
                change.gainer =
                    frame::prep_objects(doc, verb, &["to"]).into_iter().find(|&head| self.holder(head));
            } else if lists.hold_verbs.contains(act.as_ref()) {
                if longer {
                    change.realis = Realis::Actual;
                    change.loser = doer;
                } else {
                    change.state = doer.map(|doer| (doer, ControlStatus::Holds));
                }
            } else if lists.contest_verbs.contains(act.as_ref()) {
                change.state = doer.map(|doer| (doer, ControlStatus::Contested));
            } else {
                return;
            }
            self.write(change, mentions);
            return;
        }
        // `rebel control of the town`
        if let Some(holder) = modifier {
            change.realis = modality::of_noun(doc, lists, noun);
            change.state = Some((holder, ControlStatus::Holds));
            change.score = 0.7;
            self.write(change, mentions);
        }
    }

    /// `rebel-held Aleppo`, `Houthi-controlled territory in Yemen`.
    fn participle(&mut self, index: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        let tok = doc.token(index);
        if tok.dep != Dep::Amod {
            return;
        }
        let text = tok.text.to_ascii_lowercase();
        let lists = &self.lexicon.lists;
        // In one token, or after a hyphen.
        let (holder, last) = match text.rsplit_once('-') {
            Some((_, last)) if lists.held_participles.contains(last) => (Some(index), true),
            _ if lists.held_participles.contains(text.as_str()) => {
                let start = doc.sentences()[doc.sentence_of(index) as usize].tokens.start;
                let hyphen = index > start + 1 && frame::word_is(doc, index - 1, &["-", "–"]);
                (hyphen.then(|| index - 2), false)
            }
            _ => return,
        };
        let Some(holder) = holder else { return };
        let named = matches!(
            entity_label(doc, holder),
            Some(EntityLabel::Norp | EntityLabel::Gpe | EntityLabel::Org)
        ) || doc.token(holder).pos == Pos::Propn;
        let holds = last || named || self.holder(holder);
        if !holds {
            return;
        }
        let Some(noun) = parent(doc, index) else { return };
        let mut heads = frame::conjuncts(doc, noun);
        heads.extend(frame::prep_objects(doc, noun, &["of", "in"]));
        let mut places = self.named_grounds(&heads);
        self.trust = Trust::Ground;
        self.new_grounds(&heads, &mut places, mentions);
        self.write(
            Change {
                site: index,
                places,
                gainer: None,
                loser: None,
                state: Some((holder, ControlStatus::Holds)),
                realis: Realis::Actual,
                score: 0.75,
                why: format!("participle {text}"),
            },
            mentions,
        );
    }

    /// `from Y` of a verb or its object, where Y can hold ground.
    fn taken_from(&self, verb: TokenIndex, objects: &[TokenIndex]) -> Option<TokenIndex> {
        let doc = self.doc;
        frame::prep_objects(doc, verb, &["from"])
            .into_iter()
            .chain(objects.iter().flat_map(|&object| frame::prep_objects(doc, object, &["from"])))
            .find(|&head| self.holder(head) && self.places.at(head).is_none())
    }

    /// Who held what is taken, by a clause on it: `the town, which Y had held`, `that had been in the hands of Y`.
    fn holder_before(&self, objects: &[TokenIndex], doer: Option<TokenIndex>) -> Option<TokenIndex> {
        let doc = self.doc;
        let clauses = objects.iter().flat_map(|&object| {
            let inner = frame::prep_objects(doc, object, &["of"]);
            std::iter::once(object)
                .chain(inner)
                .flat_map(|head| children_with(doc, head, Dep::Relcl))
                .collect::<Vec<_>>()
        });
        for clause in clauses {
            let roles = frame::roles(doc, &self.codebook.frame, clause);
            let found = match lemma(doc, clause).as_ref() {
                "hold" | "control" | "rule" | "occupy" | "capture" | "seize" | "take" => {
                    roles.doers().to_vec()
                }
                "be" | "remain" => frame::preps(doc, clause)
                    .filter(|&(prep, _)| frame::word_is(doc, prep, &["in", "under"]))
                    .filter_map(|(_, object)| object)
                    .filter(|&object| matches!(lemma(doc, object).as_ref(), "hand" | "control" | "rule"))
                    .flat_map(|object| frame::prep_objects(doc, object, &["of"]))
                    .collect(),
                _ => continue,
            };
            let holder = found.into_iter().find(|&head| self.holder(head) && Some(head) != doer);
            if holder.is_some() {
                return holder;
            }
        }
        None
    }

    /// Objects of `out of` after a verb.
    fn out_of(&self, verb: TokenIndex) -> Vec<TokenIndex> {
        let doc = self.doc;
        let mut found = Vec::new();
        for &member in doc.children(verb) {
            if member > verb && frame::word_is(doc, member, &["out", "back"]) {
                found.extend(frame::prep_objects(doc, member, &["of", "from"]));
            }
        }
        if found.is_empty() && doc.children(verb).iter().any(|&member| frame::word_is(doc, member, &["out"]))
        {
            found.extend(frame::prep_objects(doc, verb, &["of"]));
        }
        found
    }

    /// The subject of a verb that takes a noun as object or opens the sentence with it.
    fn light_subject(&self, noun: TokenIndex) -> Option<TokenIndex> {
        let doc = self.doc;
        let (verb, _) = frame::light_verb(doc, &self.codebook.frame, noun)?;
        frame::roles(doc, &self.codebook.frame, verb).doers().iter().copied().find(|&head| self.holder(head))
    }

    fn subject_beside(&self, noun: TokenIndex) -> Option<TokenIndex> {
        let doc = self.doc;
        let prep = parent(doc, noun)?;
        if doc.token(noun).dep != Dep::Pobj
            || !frame::word_is(doc, prep, &["with", "after", "following", "despite", "since", "by", "from"])
        {
            return None;
        }
        let verb = parent(doc, prep).filter(|&verb| is_verb(doc, verb))?;
        frame::roles(doc, &self.codebook.frame, verb)
            .subjects
            .iter()
            .copied()
            .find(|&head| self.holder(head) && doc.token(head).pos != Pos::Pron || self.strong_holder(head))
    }

    /// Writes the records of a change; tells whether there was one.
    fn write(&mut self, change: Change, mentions: &mut Mentions) -> bool {
        let doc = self.doc;
        if change.places.is_empty()
            || (change.gainer.is_none() && change.loser.is_none() && change.state.is_none())
        {
            return false;
        }
        let time = time_of(doc, mentions, change.site);
        if self.trust >= Trust::Likely {
            // The clause itself says that it is a place, be it in a gazetteer or not.
            for &place in &change.places {
                mentions.places[place as usize].feature.get_or_insert_with(|| "place".to_owned());
            }
        }
        let clause = frame::clause(doc, change.site);
        let evidence = vec![doc.span(clause)];
        let gainer = change.gainer.map(|head| self.phrase(head, mentions));
        let loser = change.loser.map(|head| self.phrase(head, mentions));
        let state = change.state.map(|(head, status)| (self.phrase(head, mentions), status));
        let mut rows: Vec<(PhraseIndex, ControlStatus, Option<PhraseIndex>)> = Vec::new();
        if let Some((holder, status)) = state {
            rows.push((holder, status, None));
        }
        if let Some(loser) = loser.filter(|loser| Some(*loser) != gainer) {
            rows.push((loser, ControlStatus::Lost, gainer));
        }
        if let Some(gainer) = gainer {
            rows.push((gainer, ControlStatus::Gained, loser.filter(|loser| *loser != gainer)));
        }
        for &place in &change.places {
            for &(holder, status, counterpart) in &rows {
                // A place doesn't hold itself.
                let tokens = &mentions.phrases[holder as usize].tokens;
                if mentions.places[place as usize].tokens.contains(&mentions.phrases[holder as usize].head)
                    || tokens.is_empty()
                {
                    continue;
                }
                mentions.control.push(ControlMention {
                    place,
                    holder,
                    status,
                    counterpart,
                    time,
                    realis: change.realis,
                    asserted_by: None,
                    score: change.score,
                    why: vec![change.why.clone()],
                    evidence: evidence.clone(),
                });
            }
        }
        true
    }

    fn phrase(&self, head: TokenIndex, mentions: &mut Mentions) -> PhraseIndex {
        mentions.phrase(frame::noun_phrase(self.doc, &self.codebook.frame, head))
    }
}

/// `no longer` beside a verb.
fn no_longer(doc: &Document, verb: TokenIndex) -> bool {
    doc.children(verb).iter().any(|&other| {
        other > 0 && frame::word_is(doc, other, &["longer"]) && frame::word_is(doc, other - 1, &["no"])
    })
}
