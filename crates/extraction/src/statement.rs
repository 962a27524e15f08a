//! Statements: who says, judges, claims, denies, threatens, demands, condemns or promises what, in which words, how sure.
//!
//! In: the annotated document with the events, places and times found in it. Out: [`StatementMention`]s, and for every
//! event, relation and control record the innermost statement that carries it ([`attach`]). The words are data: see
//! `statement/lexicon.rs`. A plain report's own sentence is no statement; the writer's hedged judgement is one.

mod author;
mod cue;
mod hedge;
mod lexicon;
mod quotes;
mod threat;

use std::ops::Range;

use compact_str::CompactString;
use watchkeeper_record::Mentions;
use watchkeeper_record::codebook::{Category, Claim, Polarity, Realis, StatementKind};
use watchkeeper_record::document::{Dep, Document, EntityLabel, Pos, Tag, TokenIndex};
use watchkeeper_record::mention::{PhraseIndex, Speaker, StatementIndex, StatementMention};

use crate::codebook::Codebook;
use crate::frame::{self, Roles, child, children_with, is_verb, lemma, parent};
use crate::ground::{PlaceMap, entity_label};
use cue::{Content, trimmed};
pub(crate) use lexicon::Lexicon;
use lexicon::{Place, Voice};
use quotes::Quotation;

/// Most phrases that a statement is said to be about.
const ABOUT_MAX: usize = 6;
/// Most tokens of one content; the rest is left out.
const CONTENT_TOKENS_MAX: TokenIndex = 800;

/// Finds every statement. The time it takes grows with the number of tokens.
pub(crate) fn run(doc: &Document, codebook: &Codebook, mentions: &mut Mentions) {
    let mut reader = Reader::new(doc, codebook, mentions);
    for index in 0..doc.tokens().len() as TokenIndex {
        let tok = doc.token(index);
        match tok.pos {
            Pos::Verb | Pos::Aux => {
                reader.verb(index, mentions);
            }
            Pos::Noun => reader.noun(index, mentions),
            Pos::Adv => reader.adverb(index, mentions),
            _ => {}
        }
        if frame::word_is(doc, index, &["according"]) {
            reader.according(index, mentions);
        }
    }
    reader.loose_quotations(mentions);
    author::judgements(&mut reader, mentions);
    mentions
        .statements
        .sort_by_key(|statement| (statement.cue.start().min(statement.content.start()), statement.cue));
}

/// What the search for statements knows of a document.
struct Reader<'a> {
    doc: &'a Document,
    codebook: &'a Codebook,
    lexicon: &'a Lexicon,
    quotations: Vec<Quotation>,
    /// Number of the quotation that holds each token, from 1; 0 for none.
    quotation_of: Vec<u32>,
    /// Whether a statement holds each quotation.
    attributed: Vec<bool>,
    hedges: Vec<hedge::Found>,
    places: PlaceMap,
    /// Tokens that trigger an event of violence, by index.
    assault: Vec<bool>,
}

/// A statement before its last fields.
struct Draft {
    speaker: Speaker,
    kind: StatementKind,
    cue: Range<TokenIndex>,
    content: Range<TokenIndex>,
    head: TokenIndex,
    quoted: bool,
    polarity: Polarity,
    score: f32,
    why: String,
}

impl<'a> Reader<'a> {
    fn new(doc: &'a Document, codebook: &'a Codebook, mentions: &Mentions) -> Self {
        let lexicon = &codebook.statement;
        let lower: Vec<CompactString> = doc
            .tokens()
            .iter()
            .map(|tok| {
                let mut text = tok.text.clone();
                text.make_ascii_lowercase();
                text
            })
            .collect();
        let quotations = quotes::quotations(doc);
        let mut quotation_of = vec![0; lower.len()];
        for (number, quotation) in quotations.iter().enumerate() {
            for index in quotation.inner.clone() {
                quotation_of[index as usize] = number as u32 + 1;
            }
        }
        let mut assault = vec![false; lower.len()];
        for event in &mentions.events {
            if event.category == Category::Assault {
                for index in event.trigger.clone() {
                    assault[index as usize] = true;
                }
            }
        }
        Self {
            attributed: vec![false; quotations.len()],
            hedges: hedge::find(doc, lexicon, &lower),
            places: PlaceMap::new(doc, mentions),
            doc,
            codebook,
            lexicon,
            quotations,
            quotation_of,
            assault,
        }
    }

    fn quotation(&self, index: TokenIndex) -> Option<usize> {
        (self.quotation_of[index as usize] as usize).checked_sub(1)
    }

    /// A verb of saying, in any of its constructions.
    fn verb(&mut self, verb: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        let tok = doc.token(verb);
        if matches!(tok.dep, Dep::Amod | Dep::Aux | Dep::Auxpass | Dep::Compound) {
            return;
        }
        let mut word = lemma(doc, verb).into_owned();
        if children_with(doc, verb, Dep::Prt).any(|particle| frame::word_is(doc, particle, &["out"]))
            && word == "point"
        {
            word = "point_out".to_owned();
        }
        let Some(cues) = self.lexicon.verbs.get(word.as_str()) else { return };
        let roles = frame::roles(doc, &self.codebook.frame, verb);
        let negated = frame::negation(doc, verb).is_some();
        if !self.asserted(verb, &word) {
            return;
        }
        if roles.passive && roles.agents.is_empty() {
            self.passive(verb, &word, negated, mentions);
            return;
        }
        // The first row and place with a content wins; clauses come before objects in the rows.
        let mut best: Option<(StatementKind, Content)> = None;
        for row in cues {
            for &place in &row.places {
                if best.is_none() {
                    best = cue::content(doc, self.lexicon, verb, place, &roles)
                        .map(|content| (row.kind, content));
                }
            }
        }
        let clausal = cues.iter().any(|row| row.places.contains(&Place::Clause));
        if best.is_none() && clausal {
            best = self.quoted_beside(verb).map(|content| {
                // `told reporters`: the first row is the plain one.
                (cues[0].kind, content)
            });
        }
        let Some((kind, content)) = best else { return };
        let Some((speaker, sure)) = self.speaker(verb, &roles, &word, mentions) else { return };
        if speaker == Speaker::Author && matches!(kind, StatementKind::Report) {
            return;
        }
        self.finish_verb(verb, &word, kind, content, speaker, sure, negated, mentions);
    }

    #[expect(clippy::too_many_arguments, reason = "one call, of what the caller has just worked out")]
    fn finish_verb(
        &mut self,
        verb: TokenIndex,
        word: &str,
        kind: StatementKind,
        mut content: Content,
        speaker: Speaker,
        sure: f32,
        negated: bool,
        mentions: &mut Mentions,
    ) {
        let doc = self.doc;
        let mut polarity = Polarity::Affirms;
        if negated {
            // "do not believe that": a judgement; "did not say": nothing.
            if kind != StatementKind::Assessment
                || content.place != Place::Clause && content.place != Place::ObjectInfinitive
            {
                return;
            }
            polarity = Polarity::Denies;
        }
        let object_word = content.object.map(|object| lemma(doc, object).into_owned()).unwrap_or_default();
        let mut kind = kind;
        match (word, content.place) {
            ("call", Place::ObjectPredicate) => {
                let blames = content.tokens.clone().any(|index| {
                    self.lexicon.lists.condemning.contains(lemma(doc, index).as_ref())
                        || self.lexicon.lists.condemning.contains(doc.token(index).text.as_str())
                });
                let judged = blames || self.quotes_in(&content.tokens);
                if !judged {
                    return;
                }
                if blames {
                    kind = StatementKind::Condemnation;
                }
            }
            ("denounce" | "describe" | "brand", Place::ObjectAs) => {
                let blames = content
                    .tokens
                    .clone()
                    .any(|index| self.lexicon.lists.condemning.contains(doc.token(index).text.as_str()));
                if blames || word == "denounce" {
                    kind = StatementKind::Condemnation;
                }
            }
            ("claim", Place::ObjectSpeech) => {
                let deed = self.lexicon.lists.deed_nouns.contains(object_word.as_str());
                if matches!(object_word.as_str(), "responsibility" | "credit") || deed {
                    kind = StatementKind::ResponsibilityClaim;
                } else if !matches!(object_word.as_str(), "victory" | "success") {
                    return;
                }
            }
            (_, Place::ObjectSpeech)
                if matches!(object_word.as_str(), "responsibility" | "credit")
                    && kind != StatementKind::Denial =>
            {
                return;
            }
            (
                "report" | "announce" | "confirm" | "reveal" | "disclose" | "acknowledge" | "admit"
                | "concede" | "predict" | "estimate" | "anticipate" | "forecast" | "project" | "foresee",
                Place::Object,
            ) => {
                // Only deeds and their like: "reported an attack", not "reported a profit".
                let told = content.object.is_some_and(|object| {
                    self.lexicon.lists.deed_nouns.contains(lemma(doc, object).as_ref())
                        || self.assault[object as usize]
                });
                if !told {
                    return;
                }
            }
            _ => {}
        }
        let quoted = self.stretch_over_quotation(verb, &mut content);
        let cue = verb..verb + 1;
        let draft = Draft {
            speaker,
            kind,
            cue,
            content: content.tokens.clone(),
            head: content.head,
            quoted,
            polarity,
            score: sure,
            why: format!("verb {word}, content as {:?}", content.place),
        };
        let draft = self.refined(draft, word);
        self.push(draft, mentions);
    }

    /// Whether a verb's saying is told as done: not denied as a possibility, asked, wished or only planned.
    fn asserted(&self, verb: TokenIndex, word: &str) -> bool {
        let doc = self.doc;
        if frame::modal(doc, verb).is_some() {
            return false;
        }
        let tok = doc.token(verb);
        let to = doc.children(verb).iter().any(|&other| doc.token(other).tag == Tag::To);
        if to && tok.tag == Tag::Vb {
            // "went on to say"
            let on = parent(doc, verb).is_some_and(|head| {
                matches!(lemma(doc, head).as_ref(), "go" | "continue" | "come" | "rush" | "hasten")
            });
            if !on {
                return false;
            }
        } else if tok.tag == Tag::Vb
            && !doc.children(verb).iter().any(|&other| matches!(doc.token(other).dep, Dep::Nsubj | Dep::Aux))
        {
            // An order to the reader, or a fragment.
            if tok.dep == Dep::Root {
                return false;
            }
        }
        let governed = parent(doc, verb)
            .is_some_and(|head| self.lexicon.lists.not_said_governors.contains(lemma(doc, head).as_ref()))
            && tok.dep == Dep::Xcomp;
        if governed {
            return false;
        }
        let conditional = doc.children(verb).iter().any(|&mark| {
            doc.token(mark).dep == Dep::Mark
                && frame::word_is(doc, mark, &["if", "unless", "whether", "until", "lest"])
        });
        // A question asks; only one told in quotation marks is somebody's.
        let sentence = &doc.sentences()[doc.sentence_of(verb) as usize].tokens;
        let question = tok.dep == Dep::Root
            && frame::word_is(doc, sentence.end - 1, &["?"])
            && self.quotation(sentence.end - 1).is_none();
        let _ = word;
        !conditional && !question
    }

    /// `is believed to be`, `it was reported that`: the text names nobody.
    fn passive(&mut self, verb: TokenIndex, word: &str, negated: bool, mentions: &mut Mentions) {
        let doc = self.doc;
        let kind = match word {
            "believe" | "think" | "expect" | "suspect" | "fear" | "estimate" | "consider" | "assume"
            | "presume" | "predict" | "judge" | "assess" => StatementKind::Assessment,
            "say" | "report" | "allege" | "claim" => StatementKind::Report,
            "deny" | "dismiss" | "reject" => return,
            _ => return,
        };
        let infinitive = children_with(doc, verb, Dep::Xcomp)
            .chain(children_with(doc, verb, Dep::Ccomp))
            .find(|&other| other > verb)
            .or_else(|| children_with(doc, verb, Dep::Oprd).find(|&other| other > verb));
        let Some(infinitive) = infinitive else { return };
        let finite = children_with(doc, infinitive, Dep::Mark).next().is_some();
        let subject = child(doc, verb, Dep::Nsubjpass);
        let tokens = match subject {
            Some(subject) if !finite && !matches!(lemma(doc, subject).as_ref(), "it") => {
                doc.subtree(subject).start.min(verb)..doc.subtree(infinitive).end
            }
            _ => doc.subtree(infinitive),
        };
        let end = if frame::word_is(doc, verb + 1, &["to"]) { verb + 2 } else { verb + 1 };
        // The words of the writer who expects: a schedule is no judgement.
        if word == "expect" && !self.violent(&doc.subtree(infinitive)) {
            return;
        }
        self.push(
            Draft {
                speaker: Speaker::Anonymous(None),
                kind,
                cue: verb..end,
                content: trimmed(doc, tokens),
                head: infinitive,
                quoted: false,
                polarity: if negated { Polarity::Denies } else { Polarity::Affirms },
                score: 0.7,
                why: format!("passive {word} without an agent"),
            },
            mentions,
        );
    }

    /// Whether a token range holds a word of violence.
    fn violent(&self, tokens: &Range<TokenIndex>) -> bool {
        tokens.clone().any(|index| {
            self.assault[index as usize]
                || self.lexicon.lists.deed_nouns.contains(lemma(self.doc, index).as_ref())
        })
    }

    fn quotes_in(&self, tokens: &Range<TokenIndex>) -> bool {
        tokens.clone().any(|index| self.quotation(index).is_some())
    }

    /// A quotation beside a verb that governs no clause: `"…," said the minister` where the parser lost the link.
    fn quoted_beside(&self, verb: TokenIndex) -> Option<Content> {
        let doc = self.doc;
        if self.quotation(verb).is_some() {
            return None;
        }
        let sentence = doc.sentences()[doc.sentence_of(verb) as usize].tokens.clone();
        let at = self.quotations.partition_point(|quotation| quotation.inner.end <= verb);
        let before = at.checked_sub(1).map(|index| &self.quotations[index]);
        let after = self.quotations.get(at);
        let near_before = before.filter(|quotation| {
            quotation.inner.end >= sentence.start
                && verb - quotation.inner.end <= 12
                && quotation.inner.end - quotation.inner.start >= 3
        });
        let near_after = after.filter(|quotation| {
            let next_sentence =
                quotation.inner.start <= sentence.end + 2 && doc.token(sentence.end - 1).text == ":";
            (quotation.inner.start < sentence.end && quotation.inner.start - verb <= 25 || next_sentence)
                && quotation.inner.end - quotation.inner.start >= 3
        });
        let chosen = near_before.or(near_after)?;
        let tokens = trimmed(doc, chosen.inner.clone());
        let head = root_of(doc, &tokens);
        Some(Content { tokens, place: Place::Clause, object: None, head })
    }

    /// Widens a content to the whole quotation that it is part of. Returns whether any of it is quoted.
    fn stretch_over_quotation(&mut self, verb: TokenIndex, content: &mut Content) -> bool {
        let inside = self.quotation(verb);
        let first = self.quotations.partition_point(|quotation| quotation.inner.end <= content.tokens.start);
        let mut quoted = false;
        for number in first..self.quotations.len() {
            let inner = self.quotations[number].inner.clone();
            if inner.start >= content.tokens.end {
                break;
            }
            if Some(number) == inside || inner.contains(&verb) {
                continue;
            }
            quoted = true;
            self.attributed[number] = true;
            if content.place == Place::Clause || content.place == Place::Infinitive {
                let start = content.tokens.start.min(inner.start);
                let end = content.tokens.end.max(inner.end);
                let joined = trimmed(self.doc, start..end);
                // A quotation on the far side of the verb is another piece.
                if !joined.contains(&verb) || content.tokens.contains(&verb) {
                    content.tokens = joined;
                }
            } else if content.tokens.end < inner.end {
                content.tokens.end = inner.end;
            }
        }
        quoted
    }

    /// Who speaks, and how sure that is; `None` where nobody does.
    fn speaker(
        &self,
        verb: TokenIndex,
        roles: &Roles,
        word: &str,
        mentions: &mut Mentions,
    ) -> Option<(Speaker, f32)> {
        let doc = self.doc;
        let mut head = roles.doers().first().copied();
        if head.is_none() {
            // Inverted after a quotation: `"…," said the minister` with the subject read as something else.
            head = doc.children(verb).iter().copied().find(|&other| {
                other > verb
                    && matches!(doc.token(other).dep, Dep::Dobj | Dep::Attr | Dep::Npadvmod | Dep::Oprd)
                    && self.person_like(other)
            });
        }
        let head = head?;
        self.speaker_of(head, word, self.quotation(verb).is_some(), mentions)
    }

    /// The speaker that a noun denotes.
    fn speaker_of(
        &self,
        head: TokenIndex,
        word: &str,
        in_quotation: bool,
        mentions: &mut Mentions,
    ) -> Option<(Speaker, f32)> {
        let doc = self.doc;
        let lists = &self.lexicon.lists;
        let name = lemma(doc, head).into_owned();
        let text = doc.token(head).text.to_ascii_lowercase();
        if doc.token(head).pos == Pos::Pron && matches!(text.as_str(), "i" | "we") {
            // Inside a quotation it is the quoted one, who is a speaker already.
            return (!in_quotation).then_some((Speaker::Author, 0.8));
        }
        if lists.no_subjects.contains(text.as_str()) || frame::negation(doc, head).is_some() {
            return None;
        }
        if matches!(text.as_str(), "you" | "this" | "that" | "these" | "those")
            && doc.token(head).pos == Pos::Pron
        {
            return None;
        }
        if lists.document_nouns.contains(name.as_str()) {
            let owner = frame::noun_owner(doc, &self.codebook.frame, head, 1)
                .and_then(|owners| owners.first().copied())
                .or_else(|| {
                    frame::prep_objects(doc, head, &["by", "from", "of"])
                        .into_iter()
                        .find(|&other| self.person_like(other))
                })
                .or_else(|| {
                    // `an army statement`
                    children_with(doc, head, Dep::Compound).chain(children_with(doc, head, Dep::Amod)).find(
                        |&other| {
                            other < head
                                && (self.person_like(other)
                                    || entity_label(doc, other)
                                        .is_some_and(|label| label == EntityLabel::Norp))
                        },
                    )
                });
            let owner = owner.unwrap_or(head);
            return Some((Speaker::Phrase(self.phrase(owner, mentions)), 0.8));
        }
        let needs_person = matches!(
            word,
            "suggest"
                | "indicate"
                | "show"
                | "find"
                | "see"
                | "consider"
                | "feel"
                | "hope"
                | "imply"
                | "signal"
                | "view"
                | "regard"
                | "reveal"
                | "understand"
                | "learn"
                | "determine"
                | "press"
                | "agree"
                | "hint"
                | "threaten"
                | "identify"
                | "reject"
                | "dismiss"
                | "call"
                | "speak"
                | "talk"
                | "demand"
                | "ask"
                | "promise"
                | "commit"
                | "think"
        );
        if needs_person && !self.person_like(head) {
            return None;
        }
        if matches!(text.as_str(), "it")
            && matches!(word, "suggest" | "show" | "indicate" | "find" | "feel" | "see" | "think")
        {
            return None;
        }
        let phrase = self.phrase(head, mentions);
        if self.is_anonymous(head, &name) {
            return Some((Speaker::Anonymous(Some(phrase)), 0.85));
        }
        Some((Speaker::Phrase(phrase), 0.9))
    }

    fn phrase(&self, head: TokenIndex, mentions: &mut Mentions) -> PhraseIndex {
        mentions.phrase(frame::noun_phrase(self.doc, &self.codebook.frame, head))
    }

    /// A common noun for a person, with no name in its phrase or set against it.
    fn is_anonymous(&self, head: TokenIndex, name: &str) -> bool {
        let doc = self.doc;
        let lists = &self.lexicon.lists;
        let sentence = &doc.sentences()[doc.sentence_of(head) as usize].tokens;
        let shy =
            sentence.clone().any(|index| lists.anonymity_words.contains(doc.token(index).text.as_str()));
        if doc.token(head).pos == Pos::Propn {
            return false;
        }
        if shy && self.person_like(head) && doc.token(head).pos == Pos::Noun {
            return true;
        }
        if !lists.anonymous_nouns.contains(name) {
            return false;
        }
        let named = doc.children(head).iter().any(|&other| {
            let tok = doc.token(other);
            tok.dep == Dep::Appos && tok.pos == Pos::Propn
                || tok.dep == Dep::Compound && entity_label(doc, other) == Some(EntityLabel::Person)
        });
        !named
    }

    /// Whether a noun can speak: a person, a body, a state, a pronoun for one.
    fn person_like(&self, head: TokenIndex) -> bool {
        let doc = self.doc;
        let tok = doc.token(head);
        match tok.pos {
            Pos::Propn => !matches!(
                entity_label(doc, head),
                Some(
                    EntityLabel::Date
                        | EntityLabel::Time
                        | EntityLabel::Event
                        | EntityLabel::WorkOfArt
                        | EntityLabel::Law
                        | EntityLabel::Language
                )
            ),
            Pos::Pron => frame::word_is(
                doc,
                head,
                &[
                    "he", "she", "they", "i", "we", "who", "it", "some", "many", "others", "both", "one",
                    "most", "those",
                ],
            ),
            Pos::Noun => {
                let name = lemma(doc, head);
                matches!(
                    entity_label(doc, head),
                    Some(EntityLabel::Person | EntityLabel::Org | EntityLabel::Gpe | EntityLabel::Norp)
                ) || self.codebook.ground.actors.contains(name.as_ref())
                    || self.lexicon.lists.anonymous_nouns.contains(name.as_ref())
                    || self.lexicon.lists.state_words.contains(name.as_ref())
                    || self.lexicon.lists.document_nouns.contains(name.as_ref())
            }
            Pos::Num | Pos::Adj | Pos::Det => {
                matches!(tok.dep, Dep::Nsubj | Dep::Nsubjpass | Dep::Agent | Dep::Conj)
            }
            _ => false,
        }
    }

    /// The kind in the light of what is said.
    fn refined(&self, mut draft: Draft, word: &str) -> Draft {
        let doc = self.doc;
        let lists = &self.lexicon.lists;
        let content = draft.content.clone();
        let says = matches!(draft.kind, StatementKind::Report);
        let head = draft.head;
        let subject = if is_verb(doc, head) {
            child(doc, head, Dep::Nsubj).or_else(|| child(doc, head, Dep::Nsubjpass))
        } else {
            None
        };
        let own = subject.is_some_and(|subject| {
            doc.subtree(subject).any(|index| {
                frame::word_is(
                    doc,
                    index,
                    &["its", "his", "her", "their", "our", "my", "we", "i", "they", "it", "he", "she"],
                )
            })
        });
        let negated = frame::negation(doc, head).is_some()
            || subject.is_some_and(|subject| {
                doc.subtree(subject)
                    .any(|index| frame::word_is(doc, index, &["no", "none", "neither", "nobody", "not"]))
            })
            || child(doc, head, Dep::Dobj).is_some_and(|object| frame::negation(doc, object).is_some());
        let modal = frame::modal(doc, head).map(|modal| doc.token(modal).text.to_ascii_lowercase());
        let future =
            modal.as_deref().is_some_and(|modal| matches!(modal, "will" | "would" | "'ll" | "’ll" | "shall"));
        let violent = content.clone().any(|index| {
            self.assault[index as usize]
                || is_verb(doc, index) && lists.violent_verbs.contains(lemma(doc, index).as_ref())
                || lists.threat_contents.contains(doc.token(index).text.as_str())
        });
        match draft.kind {
            StatementKind::Promise if violent => {
                draft.kind = StatementKind::Threat;
                draft.why.push_str("; violence vowed");
            }
            StatementKind::Assessment if word == "warn" && violent && future && (own || draft.quoted) => {
                draft.kind = StatementKind::Threat;
                draft.why.push_str("; violence ahead");
            }
            _ if says && negated && own && !future => {
                draft.kind = StatementKind::Denial;
                draft.polarity = Polarity::Denies;
                draft.why.push_str("; own part denied");
            }
            _ if says && own && self.deed_done(head, &content) && self.may_claim(&draft) => {
                draft.kind = StatementKind::ResponsibilityClaim;
                draft.why.push_str("; own deed told");
            }
            _ if says
                && own
                && future
                && matches!(word, "say" | "add" | "announce" | "state" | "declare" | "insist" | "tell") =>
            {
                let pronoun = subject.is_some_and(|subject| doc.token(subject).pos == Pos::Pron);
                if pronoun && !negated {
                    draft.kind = if violent && self.may_claim_speaker(draft.speaker) {
                        StatementKind::Threat
                    } else {
                        StatementKind::Promise
                    };
                    draft.why.push_str("; own act ahead");
                }
            }
            _ => {}
        }
        draft
    }

    /// Whether a content tells a done act of violence as its main clause.
    fn deed_done(&self, head: TokenIndex, content: &Range<TokenIndex>) -> bool {
        let doc = self.doc;
        let main = self.assault[head as usize]
            || children_with(doc, head, Dep::Dobj)
                .chain(children_with(doc, head, Dep::Xcomp))
                .chain(children_with(doc, head, Dep::Conj))
                .any(|other| content.contains(&other) && self.assault[other as usize]);
        main && frame::modal(doc, head).is_none()
            && frame::negation(doc, head).is_none()
            && !frame::is_passive(doc, head)
    }

    fn may_claim(&self, draft: &Draft) -> bool {
        self.may_claim_speaker(draft.speaker)
    }

    /// Whether a speaker is one whose own attacks are claims of responsibility rather than an army's report.
    fn may_claim_speaker(&self, speaker: Speaker) -> bool {
        // Judged on the words alone; linkage knows better who it is.
        match speaker {
            Speaker::Phrase(_) => true,
            Speaker::Anonymous(_) | Speaker::Author => false,
        }
    }

    /// Adds a statement with its certainty, threat and subjects; tells whether it did.
    fn push(&mut self, mut draft: Draft, mentions: &mut Mentions) -> bool {
        let doc = self.doc;
        draft.content.end = draft.content.end.min(draft.content.start + CONTENT_TOKENS_MAX);
        if draft.content.is_empty() {
            return false;
        }
        let mut kind = draft.kind;
        let mut why = vec![draft.why.clone()];
        if kind == StatementKind::ResponsibilityClaim {
            if let Speaker::Phrase(phrase) = draft.speaker {
                let tokens = mentions.phrases[phrase as usize].tokens.clone();
                let state = tokens.clone().any(|index| {
                    self.lexicon
                        .lists
                        .state_words
                        .contains(doc.token(index).text.to_ascii_lowercase().as_str())
                });
                if state && draft.why.contains("own deed") {
                    kind = StatementKind::Report;
                    why.push("an army's own report".to_owned());
                }
            }
        }
        let certainty = hedge::certainty(doc, self.lexicon, &self.hedges, &draft.content, &draft.cue);
        let threat =
            if matches!(kind, StatementKind::Assessment | StatementKind::Report | StatementKind::Threat) {
                threat::read(doc, self.lexicon, mentions, &draft.content, &draft.cue, &mut self.places)
            } else {
                None
            };
        if kind == StatementKind::Report {
            let hedged = certainty.as_ref().is_some_and(|(_, tokens, voice)| {
                *voice <= Voice::Modal && draft.content.contains(&tokens.start)
            });
            if hedged || threat.as_ref().is_some_and(|threat| threat.words.is_some()) {
                kind = StatementKind::Assessment;
                why.push("a judgement: hedged or rated".to_owned());
            }
        }
        if let Some((certainty, ..)) = &certainty {
            why.push(format!("certainty word {:?}", certainty.words));
        }
        let about = self.about(&draft, mentions);
        let cue = doc.span(draft.cue.clone());
        let content = doc.span(draft.content.clone());
        let mut evidence = vec![cue.cover(content)];
        if let Speaker::Phrase(phrase) | Speaker::Anonymous(Some(phrase)) = draft.speaker {
            let tokens = mentions.phrases[phrase as usize].tokens.clone();
            let span = doc.span(tokens);
            if !evidence[0].contains(span) {
                if doc.sentence_of(mentions.phrases[phrase as usize].head) == doc.sentence_of(draft.cue.start)
                {
                    evidence[0] = evidence[0].cover(span);
                } else {
                    evidence.push(span);
                }
            }
        }
        mentions.statements.push(StatementMention {
            speaker: draft.speaker,
            kind,
            cue,
            content,
            content_tokens: draft.content.clone(),
            quoted: draft.quoted,
            about,
            threat,
            certainty: certainty.map(|(certainty, ..)| certainty),
            polarity: draft.polarity,
            score: draft.score,
            why,
            evidence,
        });
        for index in draft.content.clone() {
            if let Some(number) = self.quotation(index) {
                self.attributed[number] = true;
            }
        }
        if kind == StatementKind::ResponsibilityClaim && draft.polarity == Polarity::Affirms {
            claim_events(doc, mentions, &draft);
        }
        true
    }

    /// Whom a content is about: its main subject, and the groups, bodies and persons it names.
    fn about(&self, draft: &Draft, mentions: &mut Mentions) -> Vec<PhraseIndex> {
        let doc = self.doc;
        let mut heads: Vec<TokenIndex> = Vec::new();
        if is_verb(doc, draft.head) {
            heads.extend(
                children_with(doc, draft.head, Dep::Nsubj)
                    .chain(children_with(doc, draft.head, Dep::Nsubjpass))
                    .filter(|&subject| {
                        draft.content.contains(&subject)
                            && self.person_like(subject)
                            && doc.token(subject).pos != Pos::Pron
                    }),
            );
        }
        let first = doc.entities().partition_point(|entity| entity.tokens.end <= draft.content.start);
        for entity in &doc.entities()[first..] {
            if entity.tokens.start >= draft.content.end || heads.len() >= ABOUT_MAX {
                break;
            }
            if !matches!(entity.label, EntityLabel::Org | EntityLabel::Person | EntityLabel::Norp) {
                continue;
            }
            let head = entity
                .tokens
                .clone()
                .find(|&index| !entity.tokens.contains(&doc.token(index).head))
                .unwrap_or(entity.tokens.end - 1);
            // `U.S.-backed`, `Kenyan police`: the noun is the actor.
            if matches!(doc.token(head).dep, Dep::Amod | Dep::Compound | Dep::Npadvmod) {
                continue;
            }
            heads.push(head);
        }
        let mut about = Vec::new();
        for head in heads {
            if !draft.content.contains(&head) {
                continue;
            }
            let phrase = self.phrase(head, mentions);
            if !about.contains(&phrase) {
                about.push(phrase);
            }
        }
        about
    }

    /// `according to X`
    fn according(&mut self, index: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        let to = doc.children(index).iter().copied().find(|&other| frame::word_is(doc, other, &["to"]));
        let Some(object) = to.and_then(|to| child(doc, to, Dep::Pobj)) else { return };
        let Some(governor) = parent(doc, index) else { return };
        let clause_head = if is_verb(doc, governor) {
            governor
        } else {
            frame::governing_verb(doc, governor).unwrap_or(governor)
        };
        let clause_head = same_clause_top(doc, clause_head);
        let whole = doc.subtree(clause_head);
        let own = doc.subtree(index);
        let tokens = if own.start <= whole.start + 1 && own.end < whole.end {
            own.end..whole.end
        } else if own.end + 2 >= whole.end && own.start > whole.start {
            whole.start..own.start
        } else {
            whole
        };
        let mut content =
            Content { tokens: trimmed(doc, tokens), place: Place::Clause, object: None, head: clause_head };
        let Some((speaker, score)) =
            self.speaker_of(object, "say", self.quotation(index).is_some(), mentions)
        else {
            return;
        };
        let quoted = self.stretch_over_quotation(index, &mut content);
        let draft = Draft {
            speaker,
            kind: StatementKind::Report,
            cue: index..index + 2,
            content: content.tokens.clone(),
            head: content.head,
            quoted,
            polarity: Polarity::Affirms,
            score,
            why: "according to".to_owned(),
        };
        self.push(draft, mentions);
    }

    /// A noun of saying with its owner: `the group's threat to attack`, `a warning by the army that …`.
    fn noun(&mut self, noun: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        let word = lemma(doc, noun).into_owned();
        let Some(cues) = self.lexicon.nouns.get(word.as_str()) else { return };
        if frame::negation(doc, noun).is_some() {
            return;
        }
        let owner = child(doc, noun, Dep::Poss)
            .or_else(|| frame::prep_objects(doc, noun, &["by", "from"]).first().copied());
        let Some(owner) = owner else { return };
        let Some(row) = cues.first() else { return };
        let mut found = None;
        for &place in &row.places {
            let head = match place {
                Place::Clause => children_with(doc, noun, Dep::Acl)
                    .chain(children_with(doc, noun, Dep::Ccomp))
                    .find(|&other| {
                        other > noun
                            && children_with(doc, other, Dep::Mark)
                                .any(|mark| frame::word_is(doc, mark, &["that"]))
                    }),
                Place::Infinitive => children_with(doc, noun, Dep::Acl)
                    .chain(children_with(doc, noun, Dep::Relcl))
                    .find(|&other| {
                        other > noun && doc.children(other).iter().any(|&to| doc.token(to).tag == Tag::To)
                    }),
                Place::Of => children_with(doc, noun, Dep::Prep)
                    .find(|&prep| prep > noun && frame::word_is(doc, prep, &["of"]))
                    .and_then(|prep| child(doc, prep, Dep::Pobj)),
                _ => None,
            };
            if found.is_none() {
                found = head.map(|head| Content {
                    tokens: trimmed(doc, doc.subtree(head)),
                    place,
                    object: None,
                    head,
                });
            }
        }
        let Some(mut content) = found else { return };
        let Some((speaker, score)) = self.speaker_of(owner, "noun", self.quotation(noun).is_some(), mentions)
        else {
            return;
        };
        if speaker == Speaker::Author || !self.person_like(owner) {
            return;
        }
        let quoted = self.stretch_over_quotation(noun, &mut content);
        let draft = Draft {
            speaker,
            kind: row.kind,
            cue: noun..noun + 1,
            content: content.tokens.clone(),
            head: content.head,
            quoted,
            polarity: if row.kind == StatementKind::Denial { Polarity::Denies } else { Polarity::Affirms },
            score: score - 0.1,
            why: format!("noun {word}, content as {:?}", content.place),
        };
        let draft = self.refined(draft, &word);
        self.push(draft, mentions);
    }

    /// `reportedly`, `allegedly`: somebody says so whom the text doesn't name.
    fn adverb(&mut self, adverb: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        if !frame::word_is(doc, adverb, &["reportedly", "allegedly", "purportedly", "supposedly"]) {
            return;
        }
        let Some(head) = parent(doc, adverb) else { return };
        let verb = if is_verb(doc, head) { Some(head) } else { None };
        let tokens = match verb {
            Some(verb) => frame::clause(doc, verb),
            None => doc.subtree(head),
        };
        let tokens = trimmed(doc, tokens);
        self.push(
            Draft {
                speaker: Speaker::Anonymous(None),
                kind: StatementKind::Report,
                cue: adverb..adverb + 1,
                content: tokens,
                head,
                quoted: false,
                polarity: Polarity::Affirms,
                score: 0.7,
                why: "adverb of hearsay".to_owned(),
            },
            mentions,
        );
    }

    /// Quotations that no verb took: they go on from the speaker before, in the same paragraph or as a paragraph of their own.
    fn loose_quotations(&mut self, mentions: &mut Mentions) {
        let doc = self.doc;
        mentions.statements.sort_by_key(|statement| statement.content.start());
        let count = mentions.statements.len();
        let mut last: Option<(usize, u32)> = None;
        let mut next = 0;
        for number in 0..self.quotations.len() {
            let inner = self.quotations[number].inner.clone();
            while next < count && mentions.statements[next].content_tokens.start < inner.start {
                let statement = &mentions.statements[next];
                if statement.quoted && !matches!(statement.speaker, Speaker::Author) {
                    let block =
                        doc.sentences()[doc.sentence_of(statement.content_tokens.end - 1) as usize].block;
                    last = Some((next, block));
                }
                next += 1;
            }
            if self.attributed[number] {
                continue;
            }
            let sentence = doc.sentence_of(inner.start) as usize;
            let block = doc.sentences()[sentence].block;
            let opens_sentence = inner.start <= doc.sentences()[sentence].tokens.start + 1;
            let says_something =
                inner.end - inner.start >= 4 && inner.clone().any(|index| is_verb(doc, index));
            let Some((from, from_block)) = last else { continue };
            let statement = &mentions.statements[from];
            let near = if block == from_block {
                sentence as u32 <= doc.sentence_of(statement.content_tokens.end - 1) + 2
            } else {
                block == from_block + 1 && self.fills_block(&inner)
            };
            if !(near && opens_sentence && says_something) {
                continue;
            }
            let cue_span = statement.cue;
            let speaker = statement.speaker;
            let tokens = trimmed(doc, inner);
            let head = root_of(doc, &tokens);
            self.push(
                Draft {
                    speaker,
                    kind: StatementKind::Report,
                    cue: tokens.start..tokens.start + 1,
                    content: tokens,
                    head,
                    quoted: true,
                    polarity: Polarity::Affirms,
                    score: 0.65,
                    why: "quotation that goes on from the speaker before".to_owned(),
                },
                mentions,
            );
            if let Some(added) = mentions.statements.last_mut() {
                added.cue = cue_span;
            }
            last = Some((mentions.statements.len() - 1, block));
        }
    }

    /// Whether a quotation is all that its block says.
    fn fills_block(&self, inner: &Range<TokenIndex>) -> bool {
        let doc = self.doc;
        let first = doc.sentence_of(inner.start) as usize;
        let last = doc.sentence_of(inner.end - 1) as usize;
        let sentences = doc.sentences();
        let block = sentences[first].block;
        let opens = inner.start <= sentences[first].tokens.start + 1
            && (first == 0 || sentences[first - 1].block != block);
        let closes = inner.end + 3 >= sentences[last].tokens.end
            && sentences.get(last + 1).is_none_or(|sentence| sentence.block != block);
        opens && closes
    }
}

/// The top of the clause that a verb belongs to, without leaving it: `was killed and buried`, from `buried` to `killed`.
fn same_clause_top(doc: &Document, verb: TokenIndex) -> TokenIndex {
    let mut at = verb;
    for _ in 0..4 {
        let tok = doc.token(at);
        if !matches!(tok.dep, Dep::Xcomp | Dep::Conj | Dep::Pcomp) || !is_verb(doc, tok.head) {
            break;
        }
        at = tok.head;
    }
    at
}

/// The token of a range whose governor lies outside: the first of them.
fn root_of(doc: &Document, tokens: &Range<TokenIndex>) -> TokenIndex {
    tokens
        .clone()
        .find(|&index| {
            let head = doc.token(index).head;
            (head == index || !tokens.contains(&head)) && doc.token(index).pos != Pos::Punct
        })
        .unwrap_or(tokens.start)
}

/// Marks the violence inside a claim of responsibility as claimed by its speaker.
fn claim_events(doc: &Document, mentions: &mut Mentions, draft: &Draft) {
    let Speaker::Phrase(claimer) = draft.speaker else { return };
    let sentence = doc.sentence_of(draft.cue.start);
    let inside = |event: &watchkeeper_record::mention::EventMention| {
        event.category == Category::Assault && draft.content.contains(&event.trigger.start)
    };
    let mut touched: Vec<usize> =
        (0..mentions.events.len()).filter(|&index| inside(&mentions.events[index])).collect();
    if touched.is_empty() {
        // "claimed responsibility": for the attack of this sentence, or of the one before.
        let nearest = mentions.events.iter().rposition(|event| {
            event.category == Category::Assault
                && event.realis == Realis::Actual
                && (event.sentence == sentence || event.sentence + 1 == sentence)
                && event.trigger.start < draft.cue.start
        });
        touched.extend(nearest);
    }
    for index in touched {
        let event = &mut mentions.events[index];
        event.claim = Claim::Claimed;
        if event.actors.is_empty() {
            event.actors.push(claimer);
        }
        event.why.push("claimed by the speaker of a statement".to_owned());
    }
}

/// Gives each event, relation and control record the innermost statement whose content holds it.
pub(crate) fn attach(doc: &Document, mentions: &mut Mentions) {
    // Innermost first: the shortest content that holds a token wins.
    let mut order: Vec<usize> = (0..mentions.statements.len()).collect();
    order.sort_by_key(|&index| {
        let tokens = &mentions.statements[index].content_tokens;
        (std::cmp::Reverse(tokens.end - tokens.start), std::cmp::Reverse(index))
    });
    let mut holder: Vec<Option<StatementIndex>> = vec![None; doc.tokens().len()];
    for index in order {
        let statement = &mentions.statements[index];
        // The writer's own judgement is the outlet's own voice.
        let carrier = match statement.speaker {
            Speaker::Author => None,
            _ => StatementIndex::try_from(index).ok(),
        };
        for token in statement.content_tokens.clone() {
            holder[token as usize] = carrier.or(holder[token as usize]);
        }
    }
    for event in &mut mentions.events {
        event.asserted_by = holder[event.trigger.start as usize];
    }
    let at = |span: watchkeeper_record::Span, fallback: TokenIndex| {
        let index = doc.tokens().partition_point(|tok| tok.span.end() <= span.start());
        holder.get(index).copied().flatten().or(holder[fallback as usize])
    };
    for relation in &mut mentions.relations {
        let head = mentions.phrases[relation.to as usize].head;
        relation.asserted_by = relation.evidence.first().and_then(|&span| at(span, head));
    }
    for control in &mut mentions.control {
        let head = mentions.places[control.place as usize].tokens.start;
        control.asserted_by = control.evidence.first().and_then(|&span| at(span, head));
    }
}
