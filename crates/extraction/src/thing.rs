//! Things: every noun phrase that points to a person, body, place, weapon, vehicle, document, count, sum or time, with that coarse kind.
//!
//! In: the annotated document, its mentions so far, and what a registry says of the names in it. Out: [`Thing`]s in text order.
//! A name's kind comes from the registry, the recogniser of places and the entity recogniser, in that order; a common noun's from
//! `data/lexicon/en/noun_kinds_own.tsv` and `noun_kinds.tsv` (after WordNet). A country that acts is a body, one that something is
//! in is a place. Not here: who or where it is (`linkage`), what it does to others (`tie`).

mod lexicon;
mod metonym;
mod name;
mod phrase;

use watchkeeper_record::Mentions;
use watchkeeper_record::document::{Dep, Document, EntityLabel, Pos, Tag, TokenIndex};
use watchkeeper_record::mention::{KnownName, Thing, ThingForm, ThingKind, TimeValue};

use crate::codebook::Codebook;
use crate::frame::{self, child, lemma};
pub(crate) use lexicon::{Lexicon, NounKind};
use name::{NameKind, Names};

/// Finds the things of a document. The time it takes grows with the number of tokens.
#[must_use]
pub fn things(doc: &Document, codebook: &Codebook, mentions: &Mentions, known: &[KnownName]) -> Vec<Thing> {
    let finder = Finder {
        doc,
        codebook,
        lexicon: &codebook.things,
        names: name::find(doc, mentions, known),
        timed: timed(doc, mentions),
    };
    let mut found = Vec::new();
    finder.times(mentions, &mut found);
    let mut inside: Vec<bool> = vec![false; doc.tokens().len()];
    for index in 0..doc.tokens().len() as TokenIndex {
        finder.count(index, &mut found);
        if finder.heads(index) && !inside[index as usize] {
            finder.phrase(index, &mut found, &mut inside);
        }
        finder.address(index, &mut found);
    }
    found.sort_by(|a, b| {
        (a.tokens.start, std::cmp::Reverse(a.tokens.end), a.kind).cmp(&(
            b.tokens.start,
            std::cmp::Reverse(b.tokens.end),
            b.kind,
        ))
    });
    found.dedup_by(|a, b| a.tokens == b.tokens && a.kind == b.kind);
    found
}

/// What the steps share.
struct Finder<'a> {
    doc: &'a Document,
    codebook: &'a Codebook,
    lexicon: &'a Lexicon,
    names: Names,
    /// Whether a token is in a time expression.
    timed: Vec<bool>,
}

/// Tokens of time expressions.
fn timed(doc: &Document, mentions: &Mentions) -> Vec<bool> {
    let mut timed = vec![false; doc.tokens().len()];
    for time in &mentions.times {
        timed[time.tokens.start as usize..time.tokens.end as usize].fill(true);
    }
    timed
}

impl Finder<'_> {
    /// Whether a token heads a noun phrase of its own: no modifier inside another one.
    fn heads(&self, index: TokenIndex) -> bool {
        let tok = self.doc.token(index);
        if self.timed[index as usize] {
            return false;
        }
        match tok.pos {
            Pos::Noun | Pos::Propn => {
                let inner = matches!(tok.dep, Dep::Compound | Dep::Nmod | Dep::Amod)
                    && tok.head > index
                    && matches!(self.doc.token(tok.head).pos, Pos::Noun | Pos::Propn);
                !inner
            }
            Pos::Pron => true,
            // `one of the soldiers`
            Pos::Num if frame::word_is(self.doc, index, &["one"]) && self.names.at(index).is_none() => {
                self.counted_person(index).is_some()
            }
            Pos::Adj | Pos::X | Pos::Num | Pos::Verb | Pos::Intj => {
                self.names.at(index).is_some()
                    && !(matches!(tok.dep, Dep::Amod | Dep::Compound | Dep::Nmod) && tok.head > index)
            }
            Pos::Adv => frame::word_is(self.doc, index, &["here"]) && tok.dep == Dep::Advmod,
            _ => false,
        }
    }

    /// The things of one noun phrase: the phrase itself, or the names inside it where it points to nothing.
    fn phrase(&self, head: TokenIndex, found: &mut Vec<Thing>, inside: &mut [bool]) {
        let doc = self.doc;
        let tok = doc.token(head);
        if tok.pos == Pos::Pron {
            self.pronoun(head, found);
            return;
        }
        if tok.pos == Pos::Adv {
            let tokens = head..head + 1;
            found.push(Thing {
                tokens,
                head,
                kind: ThingKind::Place,
                form: ThingForm::Pronoun,
                why: "deictic place",
            });
            return;
        }
        let bounds = self.bounds(head);
        let judged = self.judge(head, &bounds);
        let nested = match judged {
            Some((kind, form, why)) if !self.points_to_nothing(head, form) => {
                let tokens = bounds.whole.clone();
                for token in bounds.consumed.clone() {
                    inside[token as usize] = true;
                }
                found.push(Thing { tokens, head, kind, form, why });
                matches!(kind, ThingKind::Document)
            }
            _ => true,
        };
        if nested {
            self.names_inside(head, &bounds, found);
            self.body_before_act(head, found);
        }
    }

    /// The person whom `one of …` is one of.
    fn counted_person(&self, one: TokenIndex) -> Option<TokenIndex> {
        let object = frame::prep_objects(self.doc, one, &["of"]).first().copied()?;
        (self.noun_kind(object) == Some(NounKind::Person)).then_some(object)
    }

    /// Kind and form of a phrase, by its name or its head noun.
    fn judge(
        &self,
        head: TokenIndex,
        bounds: &phrase::Bounds,
    ) -> Option<(ThingKind, ThingForm, &'static str)> {
        let doc = self.doc;
        let noun = self.noun_kind(head);
        if let Some(name) = self.names.at(head) {
            let last = self.noun_kind(name.tokens.end - 1);
            let kind = match (name.kind, name.sure, last) {
                (NameKind::Person, false, _)
                    if self.ends_as(name.tokens.end - 1, &self.lexicon.lists.ends_place) =>
                {
                    ThingKind::Place
                }
                (NameKind::Person | NameKind::Place | NameKind::Body, false, _)
                    if name.tokens.len() > 1
                        && self.ends_as(name.tokens.end - 1, &self.lexicon.lists.ends_body) =>
                {
                    ThingKind::Body
                }
                (NameKind::Person, ..) => ThingKind::Person,
                (NameKind::Body, true, _) => ThingKind::Body,
                // The name's own noun tells better than the recogniser: `X Hospital`, `X Brigade`.
                (NameKind::Body | NameKind::Place | NameKind::Other, false, Some(noun))
                    if doc.token(name.tokens.end - 1).pos != Pos::Adj =>
                {
                    match noun {
                        NounKind::Nothing if name.kind != NameKind::Place => return None,
                        NounKind::Place => ThingKind::Place,
                        NounKind::Body | NounKind::People => ThingKind::Body,
                        NounKind::Weapon => ThingKind::Weapon,
                        NounKind::Platform => ThingKind::Platform,
                        NounKind::Vehicle => ThingKind::Vehicle,
                        NounKind::Document => ThingKind::Document,
                        _ if name.kind == NameKind::Place => ThingKind::Place,
                        _ => ThingKind::Body,
                    }
                }
                (NameKind::Body, false, _) => ThingKind::Body,
                (NameKind::Place, ..) => ThingKind::Place,
                (NameKind::Country, ..) => {
                    if metonym::acts(doc, self.lexicon, head) {
                        ThingKind::Body
                    } else {
                        ThingKind::Place
                    }
                }
                (NameKind::People, ..) => {
                    if tok_is_adjective(doc, head) || self.bare_singular(head) {
                        ThingKind::Nationality
                    } else {
                        ThingKind::Body
                    }
                }
                (NameKind::Document, ..) => ThingKind::Document,
                (NameKind::Platform, ..) => ThingKind::Platform,
                (NameKind::Money, ..) => ThingKind::Money,
                (NameKind::Nothing, ..) => return None,
                (NameKind::Other, ..) => return None,
            };
            return Some((kind, ThingForm::Name, name.why));
        }
        let tok = doc.token(head);
        if tok.pos == Pos::Num {
            return Some((ThingKind::Person, ThingForm::Noun, "one of several"));
        }
        if tok.pos == Pos::Propn {
            // `the earlier Operation X`
            if bounds.whole.clone().any(|at| frame::word_is(doc, at, &["operation", "exercise"])) {
                return None;
            }
            // A capitalised noun that nobody took for a name: `Airmen`, `the Ministry`, `RAF Typhoons`.
            return match noun {
                Some(kind) => {
                    self.of_noun(head, kind).map(|kind| (kind, ThingForm::Noun, "capitalised noun"))
                }
                None => self.bare_name(head),
            };
        }
        // `a group of buildings` is buildings.
        let denoted = frame::denoted(doc, &self.codebook.frame, head);
        if denoted != head
            && let Some(kind) = self.noun_kind(denoted).and_then(|kind| self.of_noun(denoted, kind))
        {
            return Some((kind, ThingForm::Noun, "noun after a partitive"));
        }
        let kind = noun?;
        self.of_noun(head, kind).map(|kind| (kind, ThingForm::Noun, "common noun"))
    }

    fn ends_as(&self, index: TokenIndex, words: &crate::codebook::Words) -> bool {
        words.contains(self.doc.token(index).text.to_lowercase().as_str())
    }

    /// `Arabic`, `military`: a singular without article or any other modifier.
    fn bare_singular(&self, head: TokenIndex) -> bool {
        let doc = self.doc;
        let tok = doc.token(head);
        !matches!(tok.tag, Tag::Nns | Tag::Nnps)
            && !tok.text.ends_with('s')
            && !doc.children(head).iter().any(|&other| {
                other < head && !matches!(doc.token(other).dep, Dep::Punct | Dep::Cc | Dep::Case)
                    || matches!(doc.token(other).dep, Dep::Prep)
            })
    }

    /// A capitalised word in no list: an acronym is a body, anything else is left alone.
    fn bare_name(&self, head: TokenIndex) -> Option<(ThingKind, ThingForm, &'static str)> {
        let text = self.doc.token(head).text.as_str();
        let capitals = text.chars().filter(|letter| letter.is_uppercase()).count();
        let acronym = (3..=7).contains(&text.len()) && capitals + 1 >= text.len() && capitals >= 2;
        if acronym {
            return Some((ThingKind::Body, ThingForm::Name, "acronym"));
        }
        // A capitalised word that a preposition of place leads to.
        let tok = self.doc.token(head);
        let leads = |at: TokenIndex| {
            frame::word_is(self.doc, at, &["near", "around", "outside", "inside", "across", "at", "in"])
        };
        let start = frame::noun_phrase(self.doc, &self.codebook.frame, head).tokens.start;
        let located = tok.dep == Dep::Pobj && leads(tok.head)
            || start < head && frame::word_is(self.doc, start, &["near"]);
        let word =
            text.starts_with(|letter: char| letter.is_uppercase()) && text.len() > 2 && tok.tag == Tag::Nnp;
        (located && word).then_some((
            ThingKind::Place,
            ThingForm::Name,
            "capitals after a preposition of place",
        ))
    }

    fn of_noun(&self, head: TokenIndex, kind: NounKind) -> Option<ThingKind> {
        let tok = self.doc.token(head);
        let plural = matches!(tok.tag, Tag::Nns | Tag::Nnps) || tok.morph.contains("Number=Plur");
        Some(match kind {
            NounKind::Person if plural => ThingKind::People,
            NounKind::Person => ThingKind::Person,
            NounKind::People => ThingKind::People,
            NounKind::Body => ThingKind::Body,
            NounKind::Place => ThingKind::Place,
            NounKind::Weapon => ThingKind::Weapon,
            NounKind::Platform => ThingKind::Platform,
            NounKind::Vehicle if self.military(head) => ThingKind::Platform,
            NounKind::Vehicle => ThingKind::Vehicle,
            NounKind::Document => ThingKind::Document,
            NounKind::Money => ThingKind::Money,
            NounKind::Unit | NounKind::Number | NounKind::Time | NounKind::Nothing => return None,
        })
    }

    /// `armoured vehicles`, `tactical vehicles`.
    fn military(&self, head: TokenIndex) -> bool {
        let words = [
            "tactical",
            "armored",
            "armoured",
            "military",
            "combat",
            "fighting",
            "technical",
            "assault",
            "army",
        ];
        self.doc.children(head).iter().any(|&other| frame::word_is(self.doc, other, &words))
    }

    /// What a token denotes as a common noun: hyphenated form, word as written, base form.
    fn noun_kind(&self, index: TokenIndex) -> Option<NounKind> {
        let doc = self.doc;
        let tok = doc.token(index);
        if let Some(joined) = frame::joined(doc, index)
            && let Some(kind) = self.lexicon.get(&joined)
        {
            return Some(kind);
        }
        let text = tok.text.to_lowercase();
        if let Some(kind) = self.lexicon.get(&text) {
            return Some(kind);
        }
        let base = lemma(doc, index);
        if base != text.as_str()
            && let Some(kind) = self.lexicon.get(&base)
        {
            return Some(kind);
        }
        // Nouns with a capital keep their plural in the language layer.
        let stem = text.strip_suffix('s').filter(|stem| stem.len() > 2)?;
        if matches!(tok.tag, Tag::Nnps | Tag::Nnp | Tag::Nns) { self.lexicon.get(stem) } else { None }
    }

    /// Phrases that describe instead of pointing: `was a militant`, `as a base`, `no building`.
    fn points_to_nothing(&self, head: TokenIndex, form: ThingForm) -> bool {
        let doc = self.doc;
        if form == ThingForm::Name {
            return false;
        }
        let tok = doc.token(head);
        // `returned to base`, `, commander,`: a word without anything that picks a thing out.
        let generic = matches!(
            self.noun_kind(head),
            Some(NounKind::Person | NounKind::Place | NounKind::Document | NounKind::Vehicle)
        );
        if generic && tok.pos == Pos::Noun && self.bare_singular(head) {
            return true;
        }
        // `the statement`, `a report`: which one only a name or a date could tell.
        let document = self.noun_kind(head) == Some(NounKind::Document) && tok.pos == Pos::Noun;
        if document
            && matches!(
                lemma(doc, head).as_ref(),
                "release"
                    | "statement"
                    | "report"
                    | "list"
                    | "briefing"
                    | "photograph"
                    | "photo"
                    | "video"
                    | "website"
            )
        {
            let told = doc.children(head).iter().any(|&other| {
                matches!(doc.token(other).dep, Dep::Compound | Dep::Nmod | Dep::Poss | Dep::Nummod)
            });
            if !told {
                return true;
            }
        }
        let mut indefinite = true;
        for &other in doc.children(head) {
            let tag = doc.token(other).tag;
            if other < head && matches!(tag, Tag::Dt | Tag::PrpS) {
                if frame::word_is(doc, other, &["no", "every"]) {
                    return true;
                }
                indefinite = frame::word_is(doc, other, &["a", "an", "another", "some"]);
            }
            if doc.token(other).dep == Dep::Poss {
                indefinite = false;
            }
        }
        match tok.dep {
            Dep::Attr | Dep::Oprd => indefinite,
            Dep::Pobj => {
                indefinite
                    && frame::word_is(doc, tok.head, &["as"])
                    && !frame::word_is(doc, tok.head.saturating_sub(1), &["such"])
            }
            _ => false,
        }
    }

    /// `we` and `us` are bodies, `he` and `I` persons, `it` and `they` bodies where they act.
    fn pronoun(&self, head: TokenIndex, found: &mut Vec<Thing>) {
        let doc = self.doc;
        let tok = doc.token(head);
        let acts = matches!(tok.dep, Dep::Nsubj | Dep::Nsubjpass);
        let kind = if frame::word_is(doc, head, &["we"]) {
            ThingKind::Body
        } else if frame::word_is(doc, head, &["he", "she", "i", "him", "me"]) {
            ThingKind::Person
        } else if frame::word_is(doc, head, &["they", "them"]) {
            ThingKind::People
        } else if acts && frame::word_is(doc, head, &["it"]) && self.agentive(head) {
            ThingKind::Body
        } else {
            return;
        };
        found.push(Thing {
            tokens: head..head + 1,
            head,
            kind,
            form: ThingForm::Pronoun,
            why: "personal pronoun",
        });
    }

    /// Whether a pronoun is the subject of an act, not of `is` or of weather.
    fn agentive(&self, head: TokenIndex) -> bool {
        let doc = self.doc;
        let verb = doc.token(head).head;
        let clause =
            doc.children(verb).iter().any(|&other| matches!(doc.token(other).dep, Dep::Ccomp | Dep::Acomp));
        doc.token(verb).pos == Pos::Verb
            && !clause
            && !matches!(
                lemma(doc, verb).as_ref(),
                "seem" | "appear" | "take" | "mean" | "happen" | "become" | "make" | "remain" | "be"
            )
    }

    /// Names inside a phrase that itself points to nothing: `U.S. airstrikes`, `the Mosul operation`.
    fn names_inside(&self, head: TokenIndex, bounds: &phrase::Bounds, found: &mut Vec<Thing>) {
        let doc = self.doc;
        let mut at = bounds.whole.start;
        while at < bounds.whole.end {
            let Some(name) = self.names.at(at).filter(|name| name.tokens.start >= bounds.whole.start) else {
                at += 1;
                continue;
            };
            at = name.tokens.end.max(at + 1);
            if name.tokens.contains(&head) || self.timed[name.tokens.start as usize] {
                continue;
            }
            let kind = match name.kind {
                NameKind::Person => ThingKind::Person,
                NameKind::Body => ThingKind::Body,
                NameKind::Place => ThingKind::Place,
                NameKind::Country if self.modifies_act(&name.tokens, head) => ThingKind::Body,
                NameKind::Country => ThingKind::Place,
                NameKind::People => ThingKind::Nationality,
                NameKind::Document | NameKind::Platform | NameKind::Money => continue,
                NameKind::Nothing | NameKind::Other => continue,
            };
            let head = phrase::root(doc, &name.tokens);
            found.push(Thing {
                tokens: name.tokens.clone(),
                head,
                kind,
                form: ThingForm::Name,
                why: "name inside a phrase",
            });
        }
    }

    /// `a coalition airstrike`, `a government offensive`: a body by a common noun before an act.
    fn body_before_act(&self, head: TokenIndex, found: &mut Vec<Thing>) {
        let doc = self.doc;
        if !metonym::modifies_act(doc, self.lexicon, head) {
            return;
        }
        let bodies = [
            "coalition",
            "government",
            "regime",
            "rebel",
            "opposition",
            "militia",
            "army",
            "police",
            "insurgent",
            "alliance",
        ];
        for &other in doc.children(head) {
            if other < head
                && doc.token(other).dep == Dep::Compound
                && self.names.at(other).is_none()
                && frame::word_is(doc, other, &bodies)
            {
                found.push(Thing {
                    tokens: other..other + 1,
                    head: other,
                    kind: ThingKind::Body,
                    form: ThingForm::Noun,
                    why: "body before an act",
                });
            }
        }
    }

    /// Whether a name inside a phrase modifies an act: that of the phrase, or one inside it (`a series of U.S. airstrikes`).
    fn modifies_act(&self, name: &std::ops::Range<TokenIndex>, head: TokenIndex) -> bool {
        let inner = self.doc.token(phrase::root(self.doc, name)).head;
        metonym::modifies_act(self.doc, self.lexicon, head)
            || metonym::modifies_act(self.doc, self.lexicon, inner)
    }

    /// Counts and measures: `more than 20` militants, `7.5 kilometers`.
    fn count(&self, index: TokenIndex, found: &mut Vec<Thing>) {
        let doc = self.doc;
        let tok = doc.token(index);
        if self.timed[index as usize] || tok.tag != Tag::Cd && !self.is_number_word(index) {
            return;
        }
        // One count a run of numerals, told at its last token.
        let next = index + 1;
        let sentence = doc.sentences()[doc.sentence_of(index) as usize].tokens.clone();
        if next < sentence.end && doc.token(next).tag == Tag::Cd {
            return;
        }
        let Some(count) = self.count_bounds(index) else { return };
        found.push(Thing {
            tokens: count,
            head: index,
            kind: ThingKind::Quantity,
            form: ThingForm::Noun,
            why: "count",
        });
    }

    fn is_number_word(&self, index: TokenIndex) -> bool {
        let doc = self.doc;
        doc.token(index).tag == Tag::Nns
            && self.noun_kind(index) == Some(NounKind::Number)
            && child(doc, index, Dep::Prep).is_some_and(|prep| frame::word_is(doc, prep, &["of"]))
    }

    /// Times that point to a day, a span or a clock.
    fn times(&self, mentions: &Mentions, found: &mut Vec<Thing>) {
        for time in &mentions.times {
            if matches!(time.value, TimeValue::Vague { .. } | TimeValue::Set { .. }) {
                continue;
            }
            found.push(Thing {
                tokens: time.tokens.clone(),
                head: time.tokens.end - 1,
                kind: ThingKind::Time,
                form: ThingForm::Noun,
                why: "time expression",
            });
        }
    }

    /// Web addresses and radio frequencies, by their form.
    fn address(&self, index: TokenIndex, found: &mut Vec<Thing>) {
        let doc = self.doc;
        let tok = doc.token(index);
        let text = tok.text.as_str();
        let url = text.starts_with("http://") || text.starts_with("https://") || text.starts_with("www.");
        let hertz = matches!(text.to_ascii_lowercase().as_str(), "mhz" | "khz" | "ghz")
            && index > 0
            && doc.token(index - 1).tag == Tag::Cd;
        if url {
            let tokens = index..index + 1;
            found.push(Thing {
                tokens,
                head: index,
                kind: ThingKind::Url,
                form: ThingForm::Name,
                why: "web address",
            });
        } else if is_contact(text) {
            let tokens = index..index + 1;
            found.push(Thing {
                tokens,
                head: index,
                kind: ThingKind::Contact,
                form: ThingForm::Name,
                why: "telephone number, mail address or handle",
            });
        } else if hertz {
            let tokens = index - 1..index + 1;
            found.push(Thing {
                tokens,
                head: index,
                kind: ThingKind::Frequency,
                form: ThingForm::Noun,
                why: "radio frequency",
            });
        }
    }
}

/// `910-555-3383`, `press@example.org`, `@example`.
fn is_contact(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let telephone = (7..=15).contains(&digits)
        && text.contains('-')
        && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'(' | b')'))
        && text.split('-').filter(|part| !part.is_empty()).all(|part| part.len() >= 3)
        && text.split('-').filter(|part| !part.is_empty()).count() >= 3;
    let handle = text.len() > 3 && text.contains('@') && text.chars().any(char::is_alphabetic);
    telephone || handle
}

fn tok_is_adjective(doc: &Document, head: TokenIndex) -> bool {
    let tok = doc.token(head);
    tok.pos == Pos::Adj || matches!(tok.dep, Dep::Amod | Dep::Acomp)
}

/// The label that the entity recogniser gives a token.
fn label(doc: &Document, index: TokenIndex) -> Option<EntityLabel> {
    crate::ground::entity_label(doc, index)
}
