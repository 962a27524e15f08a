//! Names that stand for one another: `known as`, `renamed itself`, brackets, and affiliates that carry their parent's name.

use std::ops::Range;

use watchkeeper_record::Mentions;
use watchkeeper_record::codebook::{Realis, RelationKind};
use watchkeeper_record::document::{Dep, EntityLabel, Pos, TokenIndex};
use watchkeeper_record::mention::RelationMention;

use super::{Draft, Reader};
use crate::frame::{self, child, children_with, is_verb, lemma, parent};
use crate::ground::{entity, entity_label};
use crate::modality;

/// Most tokens between a word of naming and the name.
const NAME_DISTANCE_MAX: u32 = 5;

impl Reader<'_> {
    /// `X, also known as Y`, `X renamed itself Y`, `the group, formerly called Y`, `changed its name to Y`.
    pub(super) fn naming(&self, verb: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        let lists = &self.lexicon.lists;
        let word = lemma(doc, verb);
        if word == "change" {
            let name = child(doc, verb, Dep::Dobj).filter(|&object| lemma(doc, object) == "name");
            if let Some(name) = name {
                let to = frame::prep_objects(doc, verb, &["to"])
                    .into_iter()
                    .chain(frame::prep_objects(doc, name, &["to"]))
                    .find(|&other| doc.token(other).pos == Pos::Propn);
                let subject = frame::roles(doc, &self.codebook.frame, verb).doers().first().copied();
                if let (Some(new), Some(old)) = (to, subject) {
                    self.name(RelationKind::FormerlyNamed, new, old, verb, "changed its name", mentions);
                }
            }
            return;
        }
        if !lists.named.contains(word.as_ref()) {
            return;
        }
        let roles = frame::roles(doc, &self.codebook.frame, verb);
        let reflexive = doc.children(verb).iter().copied().find(|&other| {
            other > verb && frame::word_is(doc, other, &["itself", "themselves", "himself", "herself"])
        });
        let former = doc.children(verb).iter().any(|&other| {
            lists.former.contains(doc.token(other).text.to_ascii_lowercase().as_str())
                || doc.children(other).iter().any(|&inner| frame::word_is(doc, inner, &["until"]))
        }) || verb > 0
            && lists.former.contains(doc.token(verb - 1).text.to_ascii_lowercase().as_str());
        if let Some(reflexive) = reflexive {
            // Oneself is whoever does it.
            let Some(&old) = roles.doers().first() else { return };
            let Some(new) = self.name_after(reflexive) else { return };
            if former {
                self.name(RelationKind::FormerlyNamed, old, new, verb, "called itself before", mentions);
            } else if lists.renamed.contains(word.as_ref())
                || doc.children(verb).iter().any(|&other| frame::word_is(doc, other, &["now"]))
            {
                self.name(RelationKind::FormerlyNamed, new, old, verb, "renamed itself", mentions);
            } else {
                self.name(RelationKind::AliasOf, new, old, verb, "calls itself", mentions);
            }
            return;
        }
        // `known as Y`, `called Y`, `renamed Y`, of a described or passive noun.
        let passive = roles.passive || matches!(doc.token(verb).dep, Dep::Acl | Dep::Amod);
        if !passive {
            // `whom everyone calls Y`
            if word == "call" && doc.token(verb).dep == Dep::Relcl {
                let described = frame::antecedent(doc, verb);
                let name =
                    children_with(doc, verb, Dep::Oprd).find(|&other| doc.token(other).pos == Pos::Propn);
                if let (Some(described), Some(name)) = (described, name) {
                    self.name(RelationKind::AliasOf, described, name, verb, "called", mentions);
                }
            }
            return;
        }
        let Some(mut bearer) = roles.undergoers().first().copied() else { return };
        // `X, the group known as Y`
        if doc.token(bearer).dep == Dep::Appos {
            bearer = doc.token(bearer).head;
        }
        let by_as =
            frame::prep_objects(doc, verb, &["as", "to"]).into_iter().find(|&other| self.is_name(other));
        let by_as = by_as.or_else(|| {
            // `known until July as Y`: the parser hangs `as` on the date.
            let end = doc.subtree(verb).end.min(verb + 7);
            (verb + 1..end).find(|&at| frame::word_is(doc, at, &["as"])).and_then(|at| self.name_after(at))
        });
        let name = by_as
            .or_else(|| children_with(doc, verb, Dep::Oprd).find(|&other| self.is_name(other)))
            .or_else(|| if word == "know" { None } else { self.name_after(verb) });
        let Some(name) = name.filter(|&name| name != bearer) else { return };
        if former {
            self.name(RelationKind::FormerlyNamed, bearer, name, verb, "known before as", mentions);
        } else if lists.renamed.contains(word.as_ref()) {
            self.name(RelationKind::FormerlyNamed, name, bearer, verb, "renamed", mentions);
        } else {
            self.name(RelationKind::AliasOf, name, bearer, verb, "known as", mentions);
        }
    }

    fn is_name(&self, index: TokenIndex) -> bool {
        self.doc.token(index).pos == Pos::Propn
            && !matches!(
                entity_label(self.doc, index),
                Some(EntityLabel::Date | EntityLabel::Gpe | EntityLabel::Loc)
            )
    }

    /// The name that follows a word within a few tokens, quotation marks, articles and `as` between.
    pub(super) fn name_after(&self, index: TokenIndex) -> Option<TokenIndex> {
        let doc = self.doc;
        let end = doc.sentences()[doc.sentence_of(index) as usize].tokens.end;
        for at in index + 1..end.min(index + 1 + NAME_DISTANCE_MAX) {
            let tok = doc.token(at);
            if tok.pos == Pos::Propn
                || doc.token(at).text.chars().filter(|letter| letter.is_uppercase()).count() > 1
            {
                // Its head: up through compounds.
                let mut head = at;
                for _ in 0..4 {
                    match parent(doc, head) {
                        Some(up)
                            if doc.token(up).pos == Pos::Propn
                                && matches!(doc.token(head).dep, Dep::Compound | Dep::Amod | Dep::Nmod) =>
                        {
                            head = up
                        }
                        _ => break,
                    }
                }
                return Some(head);
            }
            let passes = tok.pos == Pos::Punct
                || tok.pos == Pos::Det
                || matches!(tok.pos, Pos::Adp) && frame::word_is(doc, at, &["as"]);
            if !passes {
                return None;
            }
        }
        None
    }

    fn name(
        &self,
        kind: RelationKind,
        from: TokenIndex,
        to: TokenIndex,
        site: TokenIndex,
        why: &str,
        mentions: &mut Mentions,
    ) {
        let realis = modality::of_verb(self.doc, &self.codebook.control.lists, site);
        // Only what can be an actor has names here: no film, no operation, no town.
        let actor = |index: TokenIndex| {
            self.is_group(index) || self.is_people(index) || self.doc.token(index).pos == Pos::Propn
        };
        if !(actor(from) && actor(to)) || matches!(realis, Realis::Hypothetical) {
            return;
        }
        let places = |index: TokenIndex| {
            matches!(
                entity_label(self.doc, index),
                Some(EntityLabel::Gpe | EntityLabel::Loc | EntityLabel::Fac)
            )
        };
        if places(from) && places(to) {
            return;
        }
        self.push(Draft { kind, from, to, site, realis, score: 0.8, why: why.to_owned() }, mentions);
    }

    /// `the Islamic State (Daesh)`: another name in brackets, where it isn't made of the first one's initials.
    pub(super) fn bracket(&self, open: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        if !frame::word_is(doc, open, &["("]) || open == 0 {
            return;
        }
        let sentence = &doc.sentences()[doc.sentence_of(open) as usize].tokens;
        if open <= sentence.start || open + 2 >= sentence.end {
            return;
        }
        let Some(close) = (open + 2..sentence.end.min(open + 6)).find(|&at| frame::word_is(doc, at, &[")"]))
        else {
            return;
        };
        let inner = open + 1..close;
        if inner.clone().any(|at| doc.token(at).pos != Pos::Propn) {
            return;
        }
        let Some((label, outer)) = entity(doc, open - 1) else { return };
        if outer.end != open || !matches!(label, EntityLabel::Org | EntityLabel::Norp) {
            return;
        }
        if entity(doc, inner.start).is_some_and(|(label, _)| {
            !matches!(label, EntityLabel::Org | EntityLabel::Norp | EntityLabel::Product)
        }) {
            return;
        }
        let short = doc.span(inner.clone()).of(doc.text());
        let long = doc.span(outer.clone()).of(doc.text());
        if shares_letters(long, short) || doc.token(outer.end - 1).pos != Pos::Propn {
            return;
        }
        let head_of = |range: &Range<TokenIndex>| {
            range
                .clone()
                .find(|&at| !range.contains(&doc.token(at).head) || doc.token(at).head == at)
                .unwrap_or(range.end - 1)
        };
        self.push(
            Draft {
                kind: RelationKind::AliasOf,
                from: head_of(&inner),
                to: head_of(&outer),
                site: inner.start,
                realis: Realis::Actual,
                score: 0.7,
                why: "another name in brackets".to_owned(),
            },
            mentions,
        );
    }

    /// `Islamic State in the Greater Sahara`, `al-Qaeda in the Islamic Maghreb`: affiliated with the group whose name theirs begins with.
    pub(super) fn affiliates_by_name(&self, mentions: &mut Mentions) {
        let doc = self.doc;
        let mut seen: Vec<String> = Vec::new();
        for index in 1..doc.tokens().len() as TokenIndex {
            let tok = doc.token(index);
            if tok.pos == Pos::Propn
                && self.lexicon.lists.province.contains(tok.text.to_ascii_lowercase().as_str())
                && seen.len() <= 24
            {
                seen.push(String::new());
                self.province(index, mentions);
            }
            if !frame::word_is(doc, index, &["in"]) {
                continue;
            }
            let sentence = doc.sentences()[doc.sentence_of(index) as usize].tokens.clone();
            let Some(parent_tokens) = self.umbrella_before(index, sentence.start) else { continue };
            // The name goes on over an article and capitals.
            let mut end = index + 1;
            if end < sentence.end && frame::word_is(doc, end, &["the"]) {
                end += 1;
            }
            let first = end;
            while end < sentence.end && doc.token(end).pos == Pos::Propn {
                end += 1;
            }
            if end == first {
                continue;
            }
            let quoted = parent_tokens.start > sentence.start
                && frame::word_is(doc, parent_tokens.start - 1, &["“", "\"", "``"])
                && end < sentence.end
                && frame::word_is(doc, end, &["”", "\"", "''"]);
            let one_entity = entity(doc, index).is_some_and(|(label, tokens)| {
                label == EntityLabel::Org && tokens.start <= parent_tokens.start
            });
            let after = if quoted { end + 1 } else { end };
            let acronym = after + 1 < sentence.end && frame::word_is(doc, after, &["("]) && {
                let short = doc.token(after + 1).text.as_str();
                short.len() >= 3 && short.chars().all(|letter| letter.is_ascii_uppercase())
            };
            if !(quoted || one_entity || acronym) {
                continue;
            }
            let name = parent_tokens.start..end;
            let text = doc.span(name.clone()).of(doc.text()).to_lowercase();
            if seen.contains(&text) || seen.len() > 24 {
                continue;
            }
            let Some(parent_phrase) = self.other_mention(&parent_tokens, &name, mentions) else { continue };
            seen.push(text);
            let head = parent_tokens.end - 1;
            let from = self.named_phrase(name.clone(), head, mentions);
            if from == parent_phrase {
                continue;
            }
            mentions.relations.push(RelationMention {
                kind: RelationKind::AffiliatedWith,
                from,
                to: parent_phrase,
                realis: Realis::Actual,
                since: None,
                until: None,
                asserted_by: None,
                score: 0.75,
                why: vec!["a name that begins with the other's".to_owned()],
                evidence: vec![doc.span(name)],
            });
        }
    }

    /// `Islamic State's West Africa Province`: the same with a possessive or plain modifier.
    fn province(&self, index: TokenIndex, mentions: &mut Mentions) {
        let doc = self.doc;
        let start = doc.sentences()[doc.sentence_of(index) as usize].tokens.start;
        let mut first = index;
        while first > start
            && index - first < 6
            && (doc.token(first - 1).pos == Pos::Propn || frame::word_is(doc, first - 1, &["'s", "’s"]))
        {
            first -= 1;
        }
        for at in first + 1..index {
            let Some(parent_tokens) = self.umbrella_before(at, first) else { continue };
            let name = parent_tokens.start..index + 1;
            if let Some(to) = self.other_mention(&parent_tokens, &name, mentions) {
                let from = self.named_phrase(name.clone(), index, mentions);
                if from != to {
                    mentions.relations.push(RelationMention {
                        kind: RelationKind::AffiliatedWith,
                        from,
                        to,
                        realis: Realis::Actual,
                        since: None,
                        until: None,
                        asserted_by: None,
                        score: 0.75,
                        why: vec!["a province by its name".to_owned()],
                        evidence: vec![doc.span(name)],
                    });
                }
            }
            return;
        }
    }

    /// The name of an umbrella group that ends right before a token.
    fn umbrella_before(&self, index: TokenIndex, start: TokenIndex) -> Option<Range<TokenIndex>> {
        let doc = self.doc;
        (1..=4).find_map(|length| {
            let from = index.checked_sub(length).filter(|&from| from >= start)?;
            let text = doc.span(from..index).of(doc.text()).to_lowercase();
            self.lexicon.lists.umbrella.contains(text.as_str()).then_some(from..index)
        })
    }

    /// Another mention of the same name, before or after, that isn't part of a longer one.
    fn other_mention(
        &self,
        name: &Range<TokenIndex>,
        whole: &Range<TokenIndex>,
        mentions: &mut Mentions,
    ) -> Option<u32> {
        let doc = self.doc;
        let text = doc.span(name.clone()).of(doc.text()).to_lowercase();
        let bare = |label: &EntityLabel| {
            !matches!(label, EntityLabel::Date | EntityLabel::Cardinal | EntityLabel::Money)
        };
        let fits = |tokens: &Range<TokenIndex>| {
            let entity_text = doc.span(tokens.clone()).of(doc.text()).to_lowercase();
            let entity_text = entity_text.strip_prefix("the ").unwrap_or(&entity_text);
            entity_text == text && (tokens.end <= whole.start || tokens.start >= whole.end)
        };
        let entities = doc.entities();
        let found = entities
            .iter()
            .rev()
            .find(|entity| entity.tokens.end <= whole.start && bare(&entity.label) && fits(&entity.tokens))
            .or_else(|| {
                entities.iter().find(|entity| {
                    entity.tokens.start >= whole.end && bare(&entity.label) && fits(&entity.tokens)
                })
            })?;
        let head = found
            .tokens
            .clone()
            .find(|&at| !found.tokens.contains(&doc.token(at).head))
            .unwrap_or(found.tokens.end - 1);
        let verb = is_verb(doc, head);
        (!verb).then(|| self.phrase(head, mentions))
    }
}

/// Whether a short form is made of a name's letters: all its capitals stand, in order, at the beginnings of the name's words or parts.
fn shares_letters(long: &str, short: &str) -> bool {
    let initials: String = long
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .filter_map(|word| word.chars().next())
        .flat_map(char::to_uppercase)
        .collect();
    let mut wanted = short.chars().filter(|letter| letter.is_uppercase());
    let mut rest = initials.chars();
    // Nearly all of them suffices: transliterations and left-out words differ.
    let total = wanted.clone().count();
    let hit = wanted.by_ref().filter(|letter| rest.any(|initial| initial == *letter)).count();
    total > 0 && hit * 2 >= total || long.to_lowercase().contains(&short.to_lowercase())
}
