//! Which ground a noun stands for, and who can hold it.

use watchkeeper_record::Mentions;
use watchkeeper_record::document::{Dep, EntityLabel, Pos, TokenIndex};
use watchkeeper_record::mention::PlaceIndex;
use watchkeeper_record::names::{NameMatch, PlaceClass};

use super::{HEADING_DISTANCE_MAX, Reader, Trust};
use crate::frame::{self, child, children_with, is_verb, lemma, parent};
use crate::ground::{GROUND, entity, entity_label};

impl Reader<'_> {
    /// Places that nouns name, or stand for where they are definite: `the town` for the place told last.
    pub(super) fn grounds(&mut self, heads: &[TokenIndex], mentions: &mut Mentions) -> Vec<PlaceIndex> {
        let mut found = self.named_grounds(heads);
        self.new_grounds(heads, &mut found, mentions);
        if found.is_empty() {
            for &head in heads {
                if let Some(place) = self.meant_place(head, mentions) {
                    found.push(place);
                    break;
                }
            }
        }
        found
    }

    /// Names that nothing has called a place yet, beside one that is: `took Nyala, Zalingei and El Geneina`; or alone, where the recogniser
    /// has no other use for them. The gazetteer decides in the end.
    pub(super) fn new_grounds(
        &mut self,
        heads: &[TokenIndex],
        found: &mut Vec<PlaceIndex>,
        mentions: &mut Mentions,
    ) {
        let doc = self.doc;
        let beside = !found.is_empty();
        for &head in heads.iter().take(frame::CONJUNCTS_MAX) {
            let tok = doc.token(head);
            // `the town of X`: the noun says what X is.
            let word = lemma(doc, head);
            if tok.pos == Pos::Noun && self.codebook.ground.places.contains(word.as_ref()) {
                for name in frame::prep_objects(doc, head, &["of"]) {
                    let named = doc.token(name).pos == Pos::Propn;
                    let start = doc.subtree(name).start.min(name);
                    if named && self.places.at(name).is_none() && start == head + 2 {
                        found.push(self.places.add(
                            doc,
                            mentions,
                            start..name + 1,
                            Some(word.to_string()),
                            GROUND,
                        ));
                    }
                }
                continue;
            }
            if tok.pos != Pos::Propn || self.places.at(head).is_some() {
                continue;
            }
            let group = self.codebook.ground.holders.contains(tok.text.to_ascii_lowercase().as_str());
            // The recogniser often takes a foreign town of one word for a person or a body.
            let single = entity(doc, head).is_none_or(|(_, tokens)| tokens.end - tokens.start == 1);
            let known = self.known_place(head);
            let fits = match entity_label(doc, head) {
                None if known => true,
                Some(EntityLabel::Org | EntityLabel::Norp | EntityLabel::Product) if known && single => true,
                Some(EntityLabel::Person) if known && single && !self.takes_persons => true,
                Some(EntityLabel::Gpe | EntityLabel::Loc | EntityLabel::Fac) => true,
                None => beside || self.trust >= Trust::Likely,
                Some(EntityLabel::Person) => beside || single && self.trust >= Trust::Likely,
                Some(EntityLabel::Org | EntityLabel::Norp | EntityLabel::Product) => {
                    beside || single && self.trust == Trust::Ground
                }
                _ => false,
            };
            if !fits || group || !tok.text.starts_with(char::is_uppercase) {
                continue;
            }
            let mut start = head;
            while start > 0
                && doc.token(start - 1).head == head
                && doc.token(start - 1).pos == Pos::Propn
                && doc.token(start - 1).dep == Dep::Compound
            {
                start -= 1;
            }
            found.push(self.places.add(doc, mentions, start..head + 1, None, GROUND));
        }
    }

    /// Whether the gazetteer has the name that ends in a token as the name of a place that somebody could hold.
    fn known_place(&self, head: TokenIndex) -> bool {
        let doc = self.doc;
        let mut start = head;
        while start > 0 && doc.token(start - 1).head == head && doc.token(start - 1).dep == Dep::Compound {
            start -= 1;
        }
        let name = doc.span(start..head + 1).of(doc.text());
        let facts = self.names.facts(name);
        facts.matched >= Some(NameMatch::Alternate) && !facts.demonym && !facts.is(PlaceClass::Country)
    }

    /// The place that a paragraph opens with as its heading: `Manbij. Firmly in the hands of …`.
    pub(super) fn heading(&mut self, site: TokenIndex, mentions: &mut Mentions) -> Option<PlaceIndex> {
        let doc = self.doc;
        let sentence = doc.sentence_of(site) as usize;
        let block = doc.sentences()[sentence].block;
        let mut first = sentence;
        while first > 0
            && doc.sentences()[first - 1].block == block
            && sentence - first < HEADING_DISTANCE_MAX
        {
            first -= 1;
        }
        let opens = first == 0 || doc.sentences()[first - 1].block != block;
        let tokens = doc.sentences()[first].tokens.clone();
        let short = tokens.end - tokens.start <= 7
            && first < sentence
            && !tokens.clone().any(|index| is_verb(doc, index));
        if !opens || !short {
            return None;
        }
        if let Some(place) = tokens.clone().find_map(|index| self.places.at(index)) {
            mentions.places[place as usize].feature.get_or_insert_with(|| "place".to_owned());
            return Some(place);
        }
        let start = tokens.clone().find(|&index| doc.token(index).pos == Pos::Propn)?;
        let mut end = start + 1;
        while end < tokens.end
            && (doc.token(end).pos == Pos::Propn || frame::word_is(doc, end, &["-"]) && end + 1 < tokens.end)
        {
            end += 1;
        }
        Some(self.places.add(doc, mentions, start..end, Some("place".to_owned()), GROUND))
    }

    pub(super) fn named_grounds(&self, heads: &[TokenIndex]) -> Vec<PlaceIndex> {
        let doc = self.doc;
        let mut found = Vec::new();
        for &head in heads {
            if let Some(place) = self.places.at(head) {
                // `the Abdullah Star`: a ship or a thing, unless the name is known for a place.
                let known = matches!(
                    entity_label(doc, head),
                    Some(EntityLabel::Gpe | EntityLabel::Loc | EntityLabel::Fac)
                );
                let thing = doc.children(head).iter().any(|&other| frame::word_is(doc, other, &["the"]));
                let feature = self.codebook.ground.places.contains(lemma(doc, head).as_ref())
                    || self
                        .codebook
                        .ground
                        .places
                        .contains(doc.token(head).text.to_ascii_lowercase().as_str());
                if (known || !thing || feature) && !found.contains(&place) {
                    found.push(place);
                }
                continue;
            }
            let word = lemma(doc, head);
            if !self.codebook.ground.places.contains(word.as_ref()) {
                continue;
            }
            // `the village of X`, `X airport`; else `pockets in X and Y`: of `the village of X in Y`, Y isn't held.
            let named: Vec<TokenIndex> = frame::prep_objects(doc, head, &["of"])
                .into_iter()
                .chain(children_with(doc, head, Dep::Compound))
                .chain(children_with(doc, head, Dep::Appos))
                .chain(children_with(doc, head, Dep::Poss))
                .chain(children_with(doc, head, Dep::Amod))
                .chain(children_with(doc, head, Dep::Nmod))
                .collect();
            let around = frame::prep_objects(doc, head, &["in", "near", "around", "across"]);
            let is_named = named.iter().any(|&other| self.places.at(other).is_some());
            for other in if is_named { named } else { around } {
                if let Some(place) = self.places.at(other)
                    && !found.contains(&place)
                {
                    found.push(place);
                }
            }
        }
        found
    }

    /// The place that `the town` or `it` stands for: the last one told before in the same paragraph, or after in the same sentence's opening.
    pub(super) fn meant_place(&mut self, head: TokenIndex, mentions: &mut Mentions) -> Option<PlaceIndex> {
        let doc = self.doc;
        let word = lemma(doc, head);
        let pronoun = doc.token(head).pos == Pos::Pron && frame::word_is(doc, head, &["it", "which"]);
        if (pronoun || self.codebook.ground.places.contains(word.as_ref()))
            && let Some(place) = self.heading(head, mentions)
        {
            return Some(place);
        }
        let definite =
            doc.children(head).iter().any(|&other| frame::word_is(doc, other, &["the", "that", "this"]));
        if !(pronoun
            || self.codebook.ground.places.contains(word.as_ref())
                && definite
                && doc.token(head).pos == Pos::Noun)
        {
            return None;
        }
        if matches!(
            word.as_ref(),
            "area"
                | "position"
                | "territory"
                | "part"
                | "ground"
                | "road"
                | "border"
                | "front"
                | "post"
                | "building"
                | "south"
                | "north"
                | "east"
                | "west"
        ) {
            return None;
        }
        let number = doc.sentence_of(head);
        let block = doc.sentences()[number as usize].block;
        let last = mentions.places.partition_point(|place| place.tokens.start < head);
        let place = last.checked_sub(1)?;
        let before = doc.sentence_of(mentions.places[place].tokens.start);
        let told_in = doc.sentences()[before as usize].block;
        ((told_in == block || told_in + 1 == block) && number - before <= 2).then_some(place as PlaceIndex)
    }

    /// Whether a noun can hold ground at all.
    pub(super) fn holder(&self, head: TokenIndex) -> bool {
        let doc = self.doc;
        let tok = doc.token(head);
        match tok.pos {
            Pos::Pron => {
                frame::word_is(doc, head, &["it", "they", "he", "them", "who", "we", "its", "their", "both"])
            }
            Pos::Propn if self.codebook.statement.is_deed(&tok.text.to_ascii_lowercase()) => false,
            Pos::Propn => {
                matches!(
                    entity_label(doc, head),
                    Some(
                        EntityLabel::Org
                            | EntityLabel::Norp
                            | EntityLabel::Person
                            | EntityLabel::Gpe
                            | EntityLabel::Product
                    ) | None
                ) || self.strong_holder(head)
            }
            Pos::Noun => {
                self.strong_holder(head)
                    || matches!(entity_label(doc, head), Some(EntityLabel::Org | EntityLabel::Norp))
            }
            Pos::Adj => entity_label(doc, head) == Some(EntityLabel::Norp),
            _ => false,
        }
    }

    /// Whether a noun is a force: a common noun for one, a name that holds one, or a name or pronoun in a text on conflict that isn't a place.
    pub(super) fn strong_holder(&self, head: TokenIndex) -> bool {
        let doc = self.doc;
        let tok = doc.token(head);
        let word = frame::denoted(doc, &self.codebook.frame, head);
        let word = lemma(doc, word);
        if self.codebook.ground.holders.contains(word.as_ref())
            || self.codebook.ground.holders.contains(tok.text.to_ascii_lowercase().as_str())
        {
            return true;
        }
        match tok.pos {
            Pos::Propn => {
                matches!(entity_label(doc, head), Some(EntityLabel::Org | EntityLabel::Norp) | None)
                    || entity_label(doc, head) == Some(EntityLabel::Gpe)
            }
            Pos::Pron => frame::word_is(doc, head, &["it", "they", "them", "who"]),
            Pos::Adj => entity_label(doc, head) == Some(EntityLabel::Norp),
            _ => false,
        }
    }

    /// Whether `both sides` or `each` claim what the verb says.
    pub(super) fn both_claim(&self, verb: TokenIndex) -> bool {
        let doc = self.doc;
        let Some(head) = parent(doc, verb) else { return false };
        is_verb(doc, head)
            && lemma(doc, head) == "claim"
            && child(doc, head, Dep::Nsubj).is_some_and(|subject| {
                doc.subtree(subject)
                    .any(|index| frame::word_is(doc, index, &["both", "each", "sides", "rival"]))
            })
    }
}
