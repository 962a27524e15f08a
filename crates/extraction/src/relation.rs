//! Relations between actors: pledges, wings, affiliates, members, leaders, names, splits, mergers, backers, allies and foes.
//!
//! In: the annotated document. Out: [`RelationMention`]s read from verbs, nouns, participles (`U.S.-backed`), adjectives (`loyal to`), names
//! (`X in the Greater Y`) and brackets. Only texts on armed conflict are read. Words: `data/lexicon/en/relation_verbs.tsv`,
//! `relation_nouns.tsv`, `relation.toml`. Who the phrases denote is left to `linkage`.

mod lexicon;
mod modifier;
mod name;
mod standing;

use watchkeeper_record::Mentions;
use watchkeeper_record::codebook::{Realis, RelationKind};
use watchkeeper_record::document::{Dep, Document, EntityLabel, Pos, Tag, TokenIndex};
use watchkeeper_record::mention::{Phrase, PhraseIndex, RelationMention, TimeIndex, TimeValue};

use crate::codebook::Codebook;
use crate::frame::{self, Roles, child, children_with, is_verb, lemma, parent};
use crate::ground::{entity, entity_label, time_of};
use crate::{control, modality};
pub(crate) use lexicon::Lexicon;
use lexicon::{Owner, VerbFrame};

/// Most tokens that a listed subject (`groups in A, B and C`) may have.
const LIST_TOKENS_MAX: u32 = 40;

/// Most tokens of a group's name that are looked up.
const GROUP_NAME_TOKENS_MAX: usize = 6;

/// Finds every relation. The time it takes grows with the number of tokens.
pub(crate) fn run(doc: &Document, codebook: &Codebook, mentions: &mut Mentions) {
    if !control::on_conflict(doc, &codebook.control) {
        return;
    }
    let reader = Reader { doc, codebook, lexicon: &codebook.relation };
    for index in 0..doc.tokens().len() as TokenIndex {
        let tok = doc.token(index);
        match tok.pos {
            Pos::Verb | Pos::Aux => {
                if tok.dep == Dep::Amod {
                    reader.participle(index, mentions);
                } else {
                    reader.verb(index, mentions);
                    reader.naming(index, mentions);
                }
                reader.loyal(index, mentions);
                reader.members(index, mentions);
            }
            Pos::Noun | Pos::Propn => {
                reader.noun(index, mentions);
                reader.stand(index, mentions);
            }
            Pos::Adv => reader.formerly(index, mentions),
            Pos::Adp | Pos::Sconj => reader.members(index, mentions),
            Pos::Adj => {
                reader.participle(index, mentions);
                reader.loyal(index, mentions);
            }
            Pos::Punct => reader.bracket(index, mentions),
            _ => {}
        }
    }
    reader.affiliates_by_name(mentions);
}

struct Reader<'a> {
    doc: &'a Document,
    codebook: &'a Codebook,
    lexicon: &'a Lexicon,
}

/// A relation before its phrases are made.
struct Draft {
    kind: RelationKind,
    from: TokenIndex,
    to: TokenIndex,
    site: TokenIndex,
    realis: Realis,
    score: f32,
    why: String,
}

impl Reader<'_> {
    fn verb(&self, verb: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        let word = lemma(doc, verb);
        let Some(rows) = self.lexicon.verbs.get(word.as_ref()) else { return };
        let roles = frame::roles(doc, &self.codebook.frame, verb);
        let realis = modality::of_verb(doc, &self.codebook.control.lists, verb);
        for row in rows {
            let (froms, tos) = match &row.frame {
                VerbFrame::Object => self.object_pair(row.kind, word.as_ref(), &roles),
                VerbFrame::Prep(words) => {
                    let tos = self.prep_chain(verb, words);
                    // "is affiliated with": the surface subject, whatever the voice.
                    let froms = if roles.passive || roles.subjects.is_empty() {
                        &roles.subjects
                    } else {
                        roles.doers()
                    };
                    (froms.to_vec(), tos)
                }
                VerbFrame::Noun(words) => {
                    let Some(&object) = roles.objects.first().or(roles.undergoers().first()) else {
                        continue;
                    };
                    let noun = lemma(doc, object);
                    if !row.condition.contains(&noun.as_ref()) {
                        continue;
                    }
                    let mut tos = frame::prep_objects(doc, verb, words);
                    tos.extend(frame::prep_objects(doc, object, words));
                    // "an oath of allegiance to"
                    for inner in frame::prep_objects(doc, object, &["of"]) {
                        tos.extend(frame::prep_objects(doc, inner, words));
                    }
                    (roles.doers().to_vec(), tos)
                }
                VerbFrame::SplitIn => {
                    let split = frame::prep_objects(doc, verb, &["from"])
                        .into_iter()
                        .find(|&object| row.condition.contains(&lemma(doc, object).as_ref()));
                    let Some(split) = split else { continue };
                    (roles.doers().to_vec(), frame::prep_objects(doc, split, &["in", "within", "from", "of"]))
                }
                VerbFrame::Side => {
                    // "on the side of X", "on X's side"
                    let side = frame::prep_objects(doc, verb, &["on", "at", "by"])
                        .into_iter()
                        .find(|&object| lemma(doc, object) == "side");
                    let Some(side) = side else { continue };
                    let mut tos = frame::prep_objects(doc, side, &["of"]);
                    tos.extend(children_with(doc, side, Dep::Poss));
                    (if roles.subjects.is_empty() { Vec::new() } else { roles.subjects.clone() }, tos)
                }
                VerbFrame::Join => self.join(verb, &roles),
            };
            if matches!(word.as_ref(), "break" | "split" | "splinter") && !self.parts(verb, word.as_ref()) {
                continue;
            }
            let (froms, tos) = (self.apart(froms), self.apart(tos));
            for &from in &froms {
                for &to in &tos {
                    let kind = if row.frame == VerbFrame::Join && self.is_group(from) && !self.is_people(from)
                    {
                        RelationKind::MergedInto
                    } else {
                        row.kind
                    };
                    self.push(
                        Draft {
                            kind,
                            from,
                            to,
                            site: verb,
                            realis,
                            score: 0.85,
                            why: format!("verb {word}"),
                        },
                        mentions,
                    );
                }
            }
        }
        if word == "merge" {
            self.merged(verb, &roles, realis, mentions);
        }
    }

    /// Heads without those that one name holds together: `the Islamic State of Iraq and the Levant`.
    fn apart(&self, heads: Vec<TokenIndex>) -> Vec<TokenIndex> {
        let mut kept: Vec<TokenIndex> = Vec::new();
        for head in heads {
            let name = entity(self.doc, head).map(|(_, tokens)| tokens);
            let place = matches!(entity_label(self.doc, head), Some(EntityLabel::Gpe | EntityLabel::Loc))
                && !kept.is_empty();
            let one_name = name.is_some_and(|tokens| kept.iter().any(|other| tokens.contains(other)));
            let listed_place = place && self.doc.token(head).dep == Dep::Conj;
            if !one_name && !listed_place {
                kept.push(head);
            }
        }
        kept
    }

    /// `split from`, `broke away from`: never `broke with tradition`, `split from end to end`.
    fn parts(&self, verb: TokenIndex, word: &str) -> bool {
        let doc = self.doc;
        word != "break"
            || doc.children(verb).iter().any(|&other| frame::word_is(doc, other, &["away", "off"]))
            || child(doc, verb, Dep::Prep).is_some_and(|prep| frame::word_is(doc, prep, &["with", "from"]))
    }

    /// Objects of prepositions of a verb, also after an adverb: `broke away from X`.
    fn prep_chain(&self, verb: TokenIndex, words: &[&str]) -> Vec<TokenIndex> {
        let doc = self.doc;
        let mut found = frame::prep_objects(doc, verb, words);
        for &member in doc.children(verb) {
            if member > verb && frame::word_is(doc, member, &["away", "off", "out"]) {
                found.extend(frame::prep_objects(doc, member, &["from", "of", "with"]));
            }
        }
        found
    }

    fn object_pair(
        &self,
        kind: RelationKind,
        word: &str,
        roles: &Roles,
    ) -> (Vec<TokenIndex>, Vec<TokenIndex>) {
        let froms: Vec<TokenIndex> = roles.doers().to_vec();
        let tos: Vec<TokenIndex> = roles
            .undergoers()
            .iter()
            .copied()
            .filter(|&to| match kind {
                RelationKind::Leads => self.is_group(to) && !self.not_led(to),
                RelationKind::SplitFrom => {
                    self.is_named_group(to)
                        && roles.doers().iter().all(|&from| self.is_group(from) && !self.is_people(from))
                }
                RelationKind::Backs => {
                    self.is_group(to)
                        || word != "support" && entity_label(self.doc, to) == Some(EntityLabel::Gpe)
                        || word == "support" && entity_label(self.doc, to) == Some(EntityLabel::Norp)
                }
                _ => self.is_group(to),
            })
            .collect();
        (froms, tos)
    }

    fn join(&self, verb: TokenIndex, roles: &Roles) -> (Vec<TokenIndex>, Vec<TokenIndex>) {
        let doc = self.doc;
        let mut tos = Vec::new();
        for &object in roles.undergoers() {
            if matches!(lemma(doc, object).as_ref(), "rank" | "ranks") {
                tos.extend(frame::prep_objects(doc, object, &["of"]));
                tos.extend(children_with(doc, object, Dep::Poss));
            } else if (doc.token(object).pos == Pos::Propn && self.is_named_group(object)
                || self.names_group(object))
                && roles.doers().iter().all(|&from| {
                    self.is_people(from) || doc.token(from).pos == Pos::Noun && self.is_group(from)
                })
            {
                tos.push(object);
            }
        }
        let _ = verb;
        (roles.doers().to_vec(), tos)
    }

    /// `an affiliate of X`, `X's armed wing`, `X leader Y`.
    fn noun(&self, noun: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        let word = lemma(doc, noun);
        if self.lexicon.lists.ties.contains(word.as_ref()) {
            self.ties(noun, mentions);
        }
        if word == "merger" {
            self.merger(noun, mentions);
        }
        let Some(row) = self.lexicon.nouns.get(word.as_ref()) else { return };
        let tok = doc.token(noun);
        let mut owners: Vec<TokenIndex> = Vec::new();
        let mut denoted: Option<TokenIndex> = None;
        let mut title = false;
        if matches!(tok.dep, Dep::Compound | Dep::Nmod | Dep::Amod) {
            // `ISIS leader Abu X`: noun and owner both modify the name.
            let Some(head) = parent(doc, noun) else { return };
            if doc.token(head).pos != Pos::Propn || head < noun {
                return;
            }
            denoted = Some(head);
            title = true;
            owners.extend(
                doc.children(head)
                    .iter()
                    .copied()
                    .filter(|&other| {
                        other < noun
                            && matches!(
                                doc.token(other).dep,
                                Dep::Compound | Dep::Poss | Dep::Nmod | Dep::Amod
                            )
                    })
                    .rev()
                    .take(1),
            );
        }
        owners.extend(children_with(doc, noun, Dep::Poss));
        owners.extend(
            frame::prep_objects(doc, noun, &["of", "to"]).into_iter().filter(|&owner| !title || owner > noun),
        );
        if owners.is_empty() && matches!(row.kind, RelationKind::Leads | RelationKind::MemberOf) {
            // `a commander in X`, `a spokesman for X`
            owners.extend(
                frame::prep_objects(doc, noun, &["in", "for", "with", "within"])
                    .into_iter()
                    .filter(|&owner| self.is_named_group(owner)),
            );
        }
        if owners.is_empty() {
            // `the al-Qaeda affiliate`, `a Taliban commander`
            // The nearest modifier says whose.
            owners.extend(doc.children(noun).iter().rev().copied().find(|&other| {
                other < noun
                    && matches!(doc.token(other).dep, Dep::Compound | Dep::Amod | Dep::Nmod)
                    && doc.token(other).pos == Pos::Propn
                    && self.is_named_group(other)
            }));
        }
        if owners.is_empty() && noun >= 1 {
            // A possessive that the parser hung elsewhere: `its external operations wing`.
            let start = doc.sentences()[doc.sentence_of(noun) as usize].tokens.start;
            let mut at = noun;
            while at > start && noun - at < 5 {
                at -= 1;
                let other = doc.token(at);
                if other.tag == Tag::PrpS {
                    owners.push(at);
                    break;
                }
                if !matches!(other.pos, Pos::Adj | Pos::Noun | Pos::Adv) {
                    break;
                }
            }
        }
        owners.retain(|&owner| match row.owner {
            Owner::Any => self.is_group(owner) || self.is_state(owner),
            Owner::Group => self.is_group(owner) && !(row.kind == RelationKind::Leads && self.not_led(owner)),
            Owner::NamedGroup => self.is_named_group(owner),
        });
        let Some(&owner) = owners.first() else { return };
        // `158th Fighter Wing` is one name; `3rd Battalion` has no owner.
        let capital = tok.pos == Pos::Propn && doc.token(owner).dep == Dep::Compound && owner + 1 == noun;
        let one_name = capital && row.kind == RelationKind::WingOf
            || !title && entity(doc, noun).is_some_and(|(_, tokens)| tokens.contains(&owner));
        if one_name || !doc.token(owner).text.starts_with(char::is_alphabetic) {
            return;
        }
        if word == "arm" && (tok.tag == Tag::Nns || doc.token(owner).pos == Pos::Pron) {
            return;
        }
        if denoted.is_none() {
            denoted = self.denoted(noun);
        }
        if denoted.is_none()
            && row.denotes_from
            && !matches!(row.kind, RelationKind::Leads | RelationKind::MemberOf)
        {
            // `a breakaway faction of X (XYZ), the Y`: the parser hangs the name on the owner.
            denoted = children_with(doc, owner, Dep::Appos).find(|&other| {
                doc.token(other).pos == Pos::Propn
                    && self.is_named_group(other)
                    && frame::word_is(doc, doc.subtree(other).start.saturating_sub(1), &[","])
            });
        }
        if denoted.is_none() && row.kind == RelationKind::WingOf {
            denoted = self.named_next(noun);
        }
        let named = denoted.is_some();
        // A bare nominal is worth a record only where the noun itself makes an actor: a wing, a branch, a leader.
        let stands_alone = matches!(
            row.kind,
            RelationKind::WingOf
                | RelationKind::PartOf
                | RelationKind::AffiliatedWith
                | RelationKind::Leads
                | RelationKind::SplitFrom
        ) && !matches!(
            word.as_ref(),
            "unit" | "cell" | "province" | "brigade" | "battalion" | "founder" | "co-founder"
        );
        let plural = matches!(tok.tag, Tag::Nns | Tag::Nnps) && row.kind == RelationKind::Leads;
        if !named && (!stands_alone || plural) {
            return;
        }
        let denoted = denoted.unwrap_or(noun);
        if row.kind == RelationKind::Leads
            && doc.token(denoted).pos == Pos::Propn
            && matches!(entity_label(doc, denoted), Some(EntityLabel::Gpe | EntityLabel::Loc))
        {
            return;
        }
        let (from, to) = if row.denotes_from { (denoted, owner) } else { (owner, denoted) };
        let breakaway = doc
            .children(noun)
            .iter()
            .any(|&other| frame::word_is(doc, other, &["breakaway", "splinter", "dissident", "renegade"]));
        let kind = if breakaway { RelationKind::SplitFrom } else { row.kind };
        let former = doc
            .children(noun)
            .iter()
            .any(|&other| frame::word_is(doc, other, &["former", "ex", "late", "slain", "dead"]))
            || title && noun > 0 && frame::word_is(doc, noun - 1, &["former", "late", "slain"]);
        let realis = modality::of_noun(doc, &self.codebook.control.lists, noun);
        // A noun's relation holds though the clause around it is only thought of; only its own predicate can deny it.
        let predicate = matches!(tok.dep, Dep::Attr);
        let realis = if predicate || realis == Realis::Negated { realis } else { Realis::Actual };
        self.push(
            Draft {
                kind,
                from,
                to,
                site: noun,
                realis,
                score: if named { 0.85 } else { 0.65 },
                why: format!("noun {word}{}", if former { ", former" } else { "" }),
            },
            mentions,
        );
    }

    /// Whom a relational noun denotes besides itself: what it is set against, or what is said to be it.
    fn denoted(&self, noun: TokenIndex) -> Option<TokenIndex> {
        let doc = self.doc;
        let tok = doc.token(noun);
        let nominal = |index: TokenIndex| {
            frame::is_nominal(doc, index)
                && !matches!(entity_label(doc, index), Some(EntityLabel::Date | EntityLabel::Time))
        };
        if tok.dep == Dep::Appos && nominal(tok.head) {
            // A name right before the comma is nearer than what the parser chose.
            return Some(self.name_before(doc.subtree(noun).start).unwrap_or(tok.head));
        }
        if let Some(name) =
            children_with(doc, noun, Dep::Appos).find(|&other| doc.token(other).pos == Pos::Propn)
        {
            return Some(name);
        }
        let head = parent(doc, noun)?;
        if tok.dep == Dep::Attr && is_verb(doc, head) {
            let roles = frame::roles(doc, &self.codebook.frame, head);
            return roles.subjects.first().copied().filter(|&subject| {
                nominal(subject) && !frame::word_is(doc, subject, &["there", "this", "that"])
            });
        }
        if tok.dep == Dep::Pobj && frame::word_is(doc, head, &["as"]) {
            // `described him as a member of X`
            let verb = parent(doc, head).filter(|&verb| is_verb(doc, verb))?;
            let roles = frame::roles(doc, &self.codebook.frame, verb);
            return roles.undergoers().first().copied().or_else(|| roles.subjects.first().copied());
        }
        None
    }

    /// The name that ends right before a comma, an acronym in brackets between.
    fn name_before(&self, start: TokenIndex) -> Option<TokenIndex> {
        let doc = self.doc;
        let sentence = doc.sentences()[doc.sentence_of(start) as usize].tokens.start;
        let mut at = start.checked_sub(1).filter(|&at| at > sentence && frame::word_is(doc, at, &[","]))? - 1;
        if frame::word_is(doc, at, &[")"]) {
            let open = (sentence..at).rev().take(6).find(|&index| frame::word_is(doc, index, &["("]))?;
            at = open.checked_sub(1).filter(|&at| at >= sentence)?;
        }
        if doc.token(at).pos != Pos::Propn {
            return None;
        }
        let (label, tokens) = entity(doc, at)?;
        if !matches!(label, EntityLabel::Org | EntityLabel::Norp | EntityLabel::Person | EntityLabel::Product)
        {
            return None;
        }
        Some(tokens.clone().find(|&index| !tokens.contains(&doc.token(index).head)).unwrap_or(at))
    }

    /// Whether a noun is a group, body or people that can be in a relation: by its name, its word, or as a pronoun for one.
    fn is_group(&self, head: TokenIndex) -> bool {
        let doc = self.doc;
        let tok = doc.token(head);
        let groups = &self.lexicon.lists.groups;
        match tok.pos {
            // `Operation X` is none, whatever the recogniser says.
            Pos::Propn
                if children_with(doc, head, Dep::Compound)
                    .any(|other| frame::word_is(doc, other, &["operation", "exercise"])) =>
            {
                false
            }
            Pos::Propn => {
                self.known_group(head)
                    || matches!(
                        entity_label(doc, head),
                        Some(EntityLabel::Org | EntityLabel::Norp | EntityLabel::Product)
                    )
                    || groups.contains(tok.text.to_ascii_lowercase().as_str())
                    || entity_label(doc, head).is_none() && !tok.text.ends_with('.')
                    || entity_label(doc, head) == Some(EntityLabel::Person)
                        && tok.text.len() > 2
                        && tok.text.chars().all(|letter| letter.is_uppercase() || letter == '-')
                    || entity_label(doc, head) == Some(EntityLabel::Gpe)
                        && tok.text.len() > 2
                        && tok.text.chars().all(|letter| letter.is_uppercase() || letter == '-')
            }
            Pos::Noun => {
                groups.contains(lemma(doc, frame::denoted(doc, &self.codebook.frame, head)).as_ref())
                    || groups.contains(lemma(doc, head).as_ref())
                    || entity_label(doc, head) == Some(EntityLabel::Norp)
            }
            Pos::Pron => {
                frame::word_is(doc, head, &["it", "its", "they", "their", "them", "itself", "themselves"])
            }
            _ => false,
        }
    }

    /// `the Haqqani network`, `the Amaq channel`: a common noun that a name before it makes one of a kind.
    fn names_group(&self, head: TokenIndex) -> bool {
        let doc = self.doc;
        doc.token(head).pos == Pos::Noun
            && self.codebook.things.party(lemma(doc, head).as_ref())
            && children_with(doc, head, Dep::Compound).any(|other| {
                doc.token(other).pos == Pos::Propn
                    && !matches!(
                        entity_label(doc, other),
                        Some(EntityLabel::Date | EntityLabel::Time | EntityLabel::Event)
                    )
            })
    }

    /// `Turkish artillery`, `Russian aircraft`: arms that an adjective of nation makes somebody's.
    fn national_arms(&self, head: TokenIndex) -> bool {
        let doc = self.doc;
        self.codebook.things.arms(lemma(doc, head).as_ref())
            && doc.children(head).iter().any(|&other| {
                matches!(doc.token(other).dep, Dep::Amod | Dep::Compound)
                    && matches!(entity_label(doc, other), Some(EntityLabel::Norp | EntityLabel::Gpe))
            })
    }

    fn is_named_group(&self, head: TokenIndex) -> bool {
        let doc = self.doc;
        doc.token(head).pos == Pos::Propn
            && (matches!(
                entity_label(doc, head),
                Some(EntityLabel::Org | EntityLabel::Norp | EntityLabel::Product)
            ) || entity_label(doc, head).is_none()
                || self.known_group(head))
    }

    /// Whether the words that end in a token are a name of a known armed group, whatever the recogniser takes it for.
    fn known_group(&self, head: TokenIndex) -> bool {
        let doc = self.doc;
        let start = doc.sentences()[doc.sentence_of(head) as usize].tokens.start;
        (start..=head).rev().take(GROUP_NAME_TOKENS_MAX).any(|first| {
            let name = doc.span(first..head + 1).of(doc.text());
            name.starts_with(char::is_alphabetic) && self.lexicon.known_groups.contains(&name.to_lowercase())
        })
    }

    fn is_state(&self, head: TokenIndex) -> bool {
        matches!(entity_label(self.doc, head), Some(EntityLabel::Gpe | EntityLabel::Norp | EntityLabel::Org))
    }

    /// Whether a noun denotes persons rather than a body.
    fn is_people(&self, head: TokenIndex) -> bool {
        let doc = self.doc;
        entity_label(doc, head) == Some(EntityLabel::Person)
            || matches!(
                lemma(doc, head).as_ref(),
                "man"
                    | "woman"
                    | "fighter"
                    | "militant"
                    | "rebel"
                    | "soldier"
                    | "recruit"
                    | "people"
                    | "youth"
                    | "jihadist"
                    | "boy"
                    | "girl"
                    | "foreigner"
                    | "citizen"
                    | "member"
                    | "insurgent"
                    | "separatist"
                    | "he"
                    | "she"
                    | "who"
                    | "gunman"
                    | "volunteer"
            )
    }

    fn not_led(&self, head: TokenIndex) -> bool {
        self.lexicon.lists.not_led.contains(lemma(self.doc, head).as_ref())
    }

    /// Whether a noun can stand on either side of a relation.
    fn can_relate(&self, head: TokenIndex) -> bool {
        let doc = self.doc;
        let tok = doc.token(head);
        match tok.pos {
            Pos::Propn => !matches!(
                entity_label(doc, head),
                Some(
                    EntityLabel::Date
                        | EntityLabel::Time
                        | EntityLabel::Event
                        | EntityLabel::Law
                        | EntityLabel::Money
                        | EntityLabel::Loc
                        | EntityLabel::Language
                )
            ),
            Pos::Pron => frame::word_is(
                doc,
                head,
                &[
                    "it",
                    "its",
                    "they",
                    "their",
                    "them",
                    "he",
                    "his",
                    "she",
                    "her",
                    "him",
                    "itself",
                    "themselves",
                    "who",
                    "we",
                    "our",
                ],
            ),
            Pos::Noun => {
                let word = lemma(doc, head);
                self.codebook.ground.actors.contains(word.as_ref())
                    || self.lexicon.lists.groups.contains(word.as_ref())
                    || self.lexicon.nouns.contains_key(word.as_ref())
                    || self.is_people(head)
                    || self.codebook.things.party(word.as_ref())
                    || self.names_group(head)
                    || self.national_arms(head)
                    || matches!(
                        entity_label(doc, head),
                        Some(EntityLabel::Norp | EntityLabel::Org | EntityLabel::Person)
                    )
                    || self
                        .lexicon
                        .lists
                        .groups
                        .contains(lemma(doc, frame::denoted(doc, &self.codebook.frame, head)).as_ref())
            }
            Pos::Adj => entity_label(doc, head) == Some(EntityLabel::Norp) || tok.text.contains('-'),
            _ => tok.text.contains('-'),
        }
    }

    fn push(&self, draft: Draft, mentions: &mut Mentions) {
        let doc = self.doc;
        if draft.from == draft.to || !self.can_relate(draft.from) || !self.can_relate(draft.to) {
            return;
        }
        let from = self.phrase(draft.from, mentions);
        let to = self.phrase(draft.to, mentions);
        if from == to
            || mentions
                .relations
                .iter()
                .rev()
                .take(8)
                .any(|other| other.kind == draft.kind && other.from == from && other.to == to)
        {
            return;
        }
        let none = [draft.from, draft.to].into_iter().any(|head| frame::negation(doc, head).is_some());
        let realis = if none { Realis::Negated } else { draft.realis };
        let (since, until) = self.period(draft.site, draft.kind, mentions);
        let mut clause = frame::clause(doc, draft.site);
        // A noun's relation is in its own phrase, a name's too; the clause around it may be long.
        let naming = matches!(draft.kind, RelationKind::AliasOf | RelationKind::FormerlyNamed);
        if naming || !is_verb(doc, draft.site) && clause.end - clause.start > 30 {
            let first = draft.from.min(draft.to).min(draft.site);
            let last = draft.from.max(draft.to).max(draft.site);
            clause = first..last + 1;
        }
        clause.start = clause.start.min(draft.from).min(draft.to).min(draft.site);
        clause.end = clause.end.max(draft.from + 1).max(draft.to + 1).max(draft.site + 1);
        for phrase in [from, to] {
            let tokens = &mentions.phrases[phrase as usize].tokens;
            clause.start = clause.start.min(tokens.start);
            clause.end = clause.end.max(tokens.end);
        }
        mentions.relations.push(RelationMention {
            kind: draft.kind,
            from,
            to,
            realis,
            since,
            until,
            asserted_by: None,
            score: draft.score,
            why: vec![draft.why],
            evidence: vec![doc.span(clause)],
        });
    }

    /// The phrase of a head; one that lists places (`groups in A, B and C`) keeps them.
    fn phrase(&self, head: TokenIndex, mentions: &mut Mentions) -> PhraseIndex {
        let doc = self.doc;
        let mut phrase = frame::noun_phrase(doc, &self.codebook.frame, head);
        // `the “Emni”`: the name is what stands inside the mark.
        if let Some(mark) =
            (phrase.tokens.start..head).rev().find(|&at| frame::word_is(doc, at, &["“", "\"", "‘", "``"]))
        {
            phrase.tokens.start = mark + 1;
        }
        let listed = doc.token(head).pos == Pos::Noun
            && children_with(doc, head, Dep::Prep).any(|prep| {
                prep > head
                    && frame::word_is(doc, prep, &["in", "across", "from"])
                    && child(doc, prep, Dep::Pobj).is_some_and(|object| {
                        frame::conjuncts(doc, object).len() > 1 && doc.token(object).pos == Pos::Propn
                    })
            });
        let whole = doc.subtree(head);
        let extended = listed && whole.end - whole.start <= LIST_TOKENS_MAX;
        if extended {
            phrase.tokens.end = phrase.tokens.end.max(whole.end);
            while phrase.tokens.end > head + 1 && doc.token(phrase.tokens.end - 1).pos == Pos::Punct {
                phrase.tokens.end -= 1;
            }
        }
        let tokens = phrase.tokens.clone();
        let index = mentions.phrase(phrase);
        if extended {
            mentions.phrases[index as usize].tokens = tokens;
        }
        index
    }

    fn named_phrase(
        &self,
        tokens: std::ops::Range<TokenIndex>,
        head: TokenIndex,
        mentions: &mut Mentions,
    ) -> PhraseIndex {
        let index = mentions.phrase(Phrase { tokens: tokens.clone(), head });
        let known = &mut mentions.phrases[index as usize].tokens;
        if known.end - known.start < tokens.end - tokens.start {
            *known = tokens;
        }
        index
    }

    /// Since and until when, by the time that the site's clause tells.
    fn period(
        &self,
        site: TokenIndex,
        kind: RelationKind,
        mentions: &Mentions,
    ) -> (Option<TimeIndex>, Option<TimeIndex>) {
        let Some(time) = time_of(self.doc, mentions, site) else { return (None, None) };
        match &mentions.times[time as usize].value {
            TimeValue::Range { start: Some(_), end: None } => (Some(time), None),
            TimeValue::Range { start: None, end: Some(_) } => (None, Some(time)),
            TimeValue::Vague { .. } | TimeValue::Clock { .. } => (None, None),
            // A change has its day; a state told on a day doesn't begin with it.
            _ => match kind {
                RelationKind::PledgedTo
                | RelationKind::SplitFrom
                | RelationKind::MergedInto
                | RelationKind::FormerlyNamed => (Some(time), None),
                _ => (None, None),
            },
        }
    }
}
