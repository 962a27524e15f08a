//! Statements: who says, judges, claims, denies, threatens, demands, condemns or promises what, in which words, how sure.
//!
//! In: the annotated document with the events, places and times found in it. Out: [`StatementMention`]s, and for every
//! event, relation and control record the innermost statement that carries it ([`attach`]). The words are data: see
//! `statement/lexicon.rs`. A plain report's own sentence is no statement; the writer's hedged judgement is one.

mod attach;
mod author;
mod cue;
mod hedge;
mod kind;
mod learned;
mod lexicon;
mod other;
mod quoted;
pub(crate) mod quotes;
mod speaker;
mod threat;

use std::ops::Range;

use compact_str::CompactString;
use watchkeeper_record::Mentions;
use watchkeeper_record::codebook::{Category, Polarity, Realis, StatementKind};
use watchkeeper_record::document::{Dep, Document, EntityLabel, Pos, Tag, TokenIndex};
use watchkeeper_record::mention::{PhraseIndex, Speaker, StatementMention};

use crate::codebook::Codebook;
use crate::frame::{self, children_with, is_verb, lemma, parent};
use crate::ground::PlaceMap;
pub(crate) use attach::attach;
use cue::Content;
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
    learned::add(&mut reader, mentions);
    reader.labels(mentions);
    reader.loose_quotations(mentions);
    reader.quoted_acts(mentions);
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
    /// Whether the text is about armed conflict.
    on_conflict: bool,
    /// Acts of speech in the first person inside quotations, until it is known who is quoted.
    pending: Vec<(TokenIndex, String, StatementKind, Content)>,
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
            on_conflict: crate::control::on_conflict(doc, &codebook.control),
            pending: Vec::new(),
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
        if word == "rule"
            && children_with(doc, verb, Dep::Prt).any(|particle| frame::word_is(doc, particle, &["out"]))
        {
            word = "rule_out".to_owned();
        }
        // A pledge of allegiance is a relation.
        let pledges = children_with(doc, verb, Dep::Dobj).any(|object| {
            matches!(
                lemma(doc, object).as_ref(),
                "allegiance" | "loyalty" | "fealty" | "oath" | "bayah" | "obedience"
            )
        });
        if pledges {
            return;
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
        let first_person = roles.doers().first().is_some_and(|&doer| frame::word_is(doc, doer, &["i", "we"]));
        if first_person && self.quotation(verb).is_some() {
            // "We deny any part": an act of whoever is quoted, who isn't known yet.
            let act = !matches!(kind, StatementKind::Report | StatementKind::Assessment) || word == "warn";
            if act && !negated {
                self.pending.push((verb, word, kind, content));
            }
            return;
        }
        let Some((speaker, sure)) = self.speaker(verb, &roles, &word, mentions) else { return };
        let past = tok.tag == Tag::Vbd || tok.tag == Tag::Vbn;
        if speaker == Speaker::Author && (kind == StatementKind::Report || past) {
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
            } else {
                polarity = Polarity::Denies;
            }
        }
        let object_word = content.object.map(|object| lemma(doc, object).into_owned()).unwrap_or_default();
        let mut kind = kind;
        match (word, content.place) {
            ("call", Place::ObjectPredicate) => {
                let blames = content.tokens.clone().any(|index| {
                    self.lexicon.lists.condemning.contains(lemma(doc, index).as_ref())
                        || self.lexicon.lists.condemning.contains(doc.token(index).text.as_str())
                });
                let untrue = self.untrue_in(&content.tokens);
                let judged = blames || untrue || self.quotes_in(&content.tokens);
                if !judged {
                    return;
                }
                if untrue {
                    kind = StatementKind::Denial;
                } else if blames {
                    kind = StatementKind::Condemnation;
                }
            }
            ("denounce" | "describe" | "brand", Place::ObjectAs) => {
                let blames = content
                    .tokens
                    .clone()
                    .any(|index| self.lexicon.lists.condemning.contains(doc.token(index).text.as_str()));
                if self.untrue_in(&content.tokens) {
                    kind = StatementKind::Denial;
                } else if blames || word == "denounce" {
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
            (_, Place::ObjectClaim) | ("admit", Place::ObjectSpeech)
                if matches!(object_word.as_str(), "responsibility" | "credit") =>
            {
                kind = StatementKind::ResponsibilityClaim;
            }
            ("claim" | "admit", Place::Infinitive | Place::Gerund) if self.violent(&content.tokens) => {
                kind = StatementKind::ResponsibilityClaim;
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
        content.tokens = closed(doc, content.tokens);
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
        // What is promised as a noun is no act of violence: `promised the end of the war`.
        let draft = if content.place == Place::ObjectSpeech { draft } else { self.refined(draft, word) };
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
        let neither = doc
            .children(verb)
            .iter()
            .any(|&other| frame::word_is(doc, other, &["neither", "rarely", "seldom", "nor"]))
            || verb > 0 && frame::word_is(doc, verb - 1, &["neither", "nor", "rarely", "seldom"]);
        if neither {
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

    /// Whether a token range holds a word of violence.
    fn violent(&self, tokens: &Range<TokenIndex>) -> bool {
        tokens.clone().any(|index| {
            self.assault[index as usize]
                || self.lexicon.lists.deed_nouns.contains(lemma(self.doc, index).as_ref())
        })
    }

    /// Whether a token range calls something untrue.
    fn untrue_in(&self, tokens: &Range<TokenIndex>) -> bool {
        tokens.clone().any(|index| self.lexicon.lists.untrue.contains(lemma(self.doc, index).as_ref()))
    }

    fn quotes_in(&self, tokens: &Range<TokenIndex>) -> bool {
        tokens.clone().any(|index| self.quotation(index).is_some())
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
        if kind == StatementKind::ResponsibilityClaim
            && let Speaker::Phrase(phrase) = draft.speaker
        {
            let tokens = mentions.phrases[phrase as usize].tokens.clone();
            let state = tokens.clone().any(|index| {
                self.lexicon.lists.state_words.contains(doc.token(index).text.to_ascii_lowercase().as_str())
            });
            if state && draft.why.contains("own deed") {
                kind = StatementKind::Report;
                why.push("an army's own report".to_owned());
            }
        }
        // What is denied, or told as a denial, isn't affirmed.
        if kind == StatementKind::Denial {
            draft.polarity = Polarity::Denies;
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
            // A rating in passing, in a relative clause, leaves the statement a report.
            let rated = threat.as_ref().and_then(|threat| threat.words).is_some_and(|words| {
                let index = doc.tokens().partition_point(|tok| tok.span.end() <= words.start());
                hedge::in_main_clause(doc, index as TokenIndex, &draft.content)
            });
            if hedged || rated {
                kind = StatementKind::Assessment;
                why.push("a judgement: hedged or rated".to_owned());
            }
        }
        if kind == StatementKind::Report && self.tells_what_may_come(&draft.content, mentions) {
            kind = StatementKind::Assessment;
            why.push("a judgement: violence that may come".to_owned());
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
            kind::claim_events(doc, mentions, &draft);
        }
        true
    }

    /// Whether the violence that a content tells is all planned, threatened or possible.
    fn tells_what_may_come(&self, content: &Range<TokenIndex>, mentions: &Mentions) -> bool {
        let first = mentions.events.partition_point(|event| event.trigger.start < content.start);
        let mut ahead = false;
        for event in mentions.events[first..].iter().take_while(|event| event.trigger.start < content.end) {
            match (event.category, event.realis) {
                (Category::Assault, Realis::Planned | Realis::Threatened | Realis::Hypothetical) => {
                    ahead = true
                }
                (_, Realis::Actual) => return false,
                _ => {}
            }
        }
        ahead
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

/// A token range with the quotation mark that closes one opened inside it.
fn closed(doc: &Document, mut tokens: Range<TokenIndex>) -> Range<TokenIndex> {
    let mark = |index: TokenIndex| frame::word_is(doc, index, &["“", "”", "\"", "``", "''", "«", "»"]);
    let open = tokens.clone().filter(|&index| mark(index)).count() % 2 == 1;
    let mut next = tokens.end;
    // The full stop may stand inside the marks.
    while open && (next as usize) < doc.tokens().len() && next < tokens.end + 2 {
        if mark(next) {
            tokens.end = next + 1;
            break;
        }
        next += 1;
    }
    tokens
}
