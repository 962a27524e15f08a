//! Place mentions: which names are said to be places, and the words that lead to them.
//!
//! In: the annotated document. Out: [`PlaceMention`]s in text order, never overlapping: the name itself, the common noun beside
//! it (`village of X`, `X province`), the place it is said to lie in, and distance phrases (`120 km north of X`). The entity
//! recogniser often takes foreign towns for people or organisations, so a locative preposition or a feature word makes a
//! mention too; `linkage` drops those its gazetteer doesn't know. A name inside the name of an organisation is no place.
//! Vocabulary: `data/lexicon/en/place_features.tsv`, `place_words.tsv`.

use std::ops::Range;

use compact_str::CompactString;
use rustc_hash::{FxHashMap, FxHashSet};
use watchkeeper_record::document::{Dep, EntityLabel, Pos, Tag, TokenIndex};
use watchkeeper_record::mention::{PlaceIndex, PlaceMention, PlaceOffset};
use watchkeeper_record::{Document, Mentions};

use crate::codebook::Codebook;

/// What a word does beside a place name.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Word {
    direction: Option<f32>,
    kilometres: Option<f32>,
    locative: bool,
    motion: bool,
    near: bool,
    body: bool,
    part: bool,
    never: bool,
    feature_before: bool,
    feature_after: bool,
}

/// The vocabulary of place phrases.
#[derive(Debug)]
pub(crate) struct Lexicon {
    words: FxHashMap<&'static str, Word>,
    /// Feature words of two or three words.
    long_features: Vec<Vec<&'static str>>,
    /// Place names that end names of groups.
    tails: FxHashSet<&'static str>,
    /// Lemmas of verbs whose object may be a place.
    verbs: FxHashSet<&'static str>,
}

impl Lexicon {
    /// Reads the tables that are built into the program.
    pub(crate) fn shipped() -> Self {
        let mut lexicon = Self {
            words: FxHashMap::default(),
            long_features: Vec::new(),
            tails: FxHashSet::default(),
            verbs: FxHashSet::default(),
        };
        for row in rows(include_str!("../../../data/lexicon/en/place_features.tsv")) {
            let (word, side) = (row[0], row.get(2).copied().unwrap_or("both"));
            if word.contains(' ') {
                lexicon.long_features.push(word.split(' ').collect());
                continue;
            }
            let entry = lexicon.words.entry(word).or_default();
            entry.feature_before = side != "after";
            entry.feature_after = side != "before";
        }
        for row in rows(include_str!("../../../data/lexicon/en/place_words.tsv")) {
            if row.get(1) == Some(&"verb") {
                lexicon.verbs.insert(row[0]);
                continue;
            }
            if row.get(1) == Some(&"tail") {
                lexicon.tails.insert(row[0]);
                continue;
            }
            let entry = lexicon.words.entry(row[0]).or_default();
            let number = row.get(2).and_then(|value| value.parse().ok());
            match row.get(1).copied().unwrap_or("") {
                "direction" => entry.direction = number,
                "kilometres" => entry.kilometres = number,
                "in" => entry.locative = true,
                "motion" => entry.motion = true,
                "near" => entry.near = true,
                "body" => entry.body = true,
                "part" => entry.part = true,
                "not" => entry.never = true,
                _ => {}
            }
        }
        lexicon
    }
}

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split('\t').collect())
}

/// Finds every place mention. The time it takes grows with the number of tokens.
pub(crate) fn run(doc: &Document, codebook: &Codebook, mentions: &mut Mentions) {
    let mut scan = Scan::new(doc, &codebook.place);
    let mut found: Vec<Range<TokenIndex>> = Vec::new();
    for entity in doc.entities() {
        if matches!(entity.label, EntityLabel::Gpe | EntityLabel::Loc | EntityLabel::Fac) {
            found.extend(scan.entity(entity.tokens.clone(), entity.label));
        }
    }
    for range in &found {
        scan.take(range);
    }
    found.extend(scan.runs());
    found.sort_by_key(|range| range.start);
    let repeated = scan.repeated(&found);
    found.extend(repeated);
    found.sort_by_key(|range| range.start);
    let first = mentions.places.len();
    for tokens in found {
        mentions.places.push(PlaceMention {
            span: doc.span(tokens.clone()),
            feature: scan.feature(&tokens),
            offset: scan.offset(tokens.start),
            within: None,
            tokens,
        });
    }
    for index in first..mentions.places.len() {
        mentions.places[index].within = scan.within(&mentions.places, index);
    }
}

/// One document while it is scanned.
struct Scan<'a> {
    doc: &'a Document,
    lexicon: &'a Lexicon,
    /// What each token does, by its lower-case form.
    words: Vec<Word>,
    lower: Vec<CompactString>,
    labels: Vec<Option<EntityLabel>>,
    /// Tokens that belong to a mention.
    taken: Vec<bool>,
}

impl<'a> Scan<'a> {
    fn new(doc: &'a Document, lexicon: &'a Lexicon) -> Self {
        let lower: Vec<CompactString> = doc.tokens().iter().map(|tok| tok.text.to_lowercase()).collect();
        let words = lower
            .iter()
            .map(|word| {
                let known = lexicon.words.get(word.as_str());
                // `provinces` and `towns` are the feature words' own plurals.
                known.or_else(|| lexicon.words.get(word.strip_suffix('s')?).filter(|word| word.feature_after))
            })
            .map(|word| word.copied().unwrap_or_default())
            .collect();
        let mut labels = vec![None; lower.len()];
        for entity in doc.entities() {
            for index in entity.tokens.clone() {
                labels[index as usize] = Some(entity.label);
            }
        }
        Self { doc, lexicon, words, taken: vec![false; lower.len()], lower, labels }
    }

    fn take(&mut self, range: &Range<TokenIndex>) {
        for index in range.clone() {
            self.taken[index as usize] = true;
        }
    }

    /// The token's sentence as a range of tokens.
    fn sentence(&self, index: TokenIndex) -> Range<TokenIndex> {
        self.doc.sentences()[self.doc.sentence_of(index) as usize].tokens.clone()
    }

    fn word(&self, index: TokenIndex) -> Word {
        self.words.get(index as usize).copied().unwrap_or_default()
    }

    fn lower(&self, index: TokenIndex) -> &str {
        self.lower.get(index as usize).map_or("", CompactString::as_str)
    }

    /// Whether a token is written as a name: its first letter is a capital.
    fn capital(&self, index: TokenIndex) -> bool {
        self.doc
            .tokens()
            .get(index as usize)
            .is_some_and(|tok| tok.text.chars().next().is_some_and(char::is_uppercase))
    }

    /// Whether a token may belong to a name run.
    fn name_like(&self, index: TokenIndex) -> bool {
        let tok = self.doc.token(index);
        let proper = tok.pos == Pos::Propn || matches!(tok.tag, Tag::Nnp | Tag::Nnps);
        let known_name = !matches!(
            tok.pos,
            Pos::Det | Pos::Adp | Pos::Pron | Pos::Sconj | Pos::Cconj | Pos::Aux | Pos::Num
        );
        self.capital(index) && (proper || (known_name && index > self.sentence(index).start))
    }

    /// The place name in an entity of a place label, or nothing when it is part of another name.
    fn entity(&self, tokens: Range<TokenIndex>, label: EntityLabel) -> Option<Range<TokenIndex>> {
        let mut range = self.trim(tokens)?;
        let feature = range.end - range.start > 1
            && self.word(range.end - 1).feature_after
            && !self.capital(range.end - 1);
        if feature {
            range.end -= 1;
        }
        // Acronyms of bodies are often taken for countries.
        let one = range.end - range.start == 1;
        if one && self.word(range.start).never {
            return None;
        }
        if label == EntityLabel::Fac && one && !self.capital(range.start) {
            return None;
        }
        (!self.inside_name(&range)).then_some(range)
    }

    /// Without articles, parts (`northern`), possessive signs and punctuation at the ends; `None` when no name is left.
    fn trim(&self, mut range: Range<TokenIndex>) -> Option<Range<TokenIndex>> {
        while !range.is_empty() {
            let first = range.start;
            let small = !self.capital(first)
                && !self
                    .lower(first)
                    .starts_with(|letter: char| letter.is_alphanumeric() && !letter.is_lowercase());
            let small = small
                && !matches!(self.lower(first), "al" | "el" | "ad" | "ar" | "as" | "at" | "az" | "de" | "la")
                && !self.doc.token(first).text.contains('-');
            let article = matches!(self.lower(first), "the" | "a" | "an") && range.end - range.start > 1;
            let part = small || article;
            if !part {
                break;
            }
            range.start += 1;
        }
        while !range.is_empty() {
            let last = self.doc.token(range.end - 1);
            if matches!(last.tag, Tag::Pos)
                || last.pos == Pos::Punct
                || matches!(last.text.as_str(), "'s" | "’s" | "'" | "’")
            {
                range.end -= 1;
            } else {
                break;
            }
        }
        (!range.is_empty()).then_some(range)
    }

    /// Whether a place name is part of a longer name: `Mali Liberation Front`, `Islamic State in the Greater Sahara`.
    fn inside_name(&self, range: &Range<TokenIndex>) -> bool {
        let sentence = self.sentence(range.start);
        let next = range.end;
        if next < sentence.end
            && self.name_like(next)
            && !self.word(next).feature_after
            && self.doc.token(range.end - 1).space_after
        {
            // `Gaza Health Ministry`, `Kabul University`: the run after it ends in the noun of a body.
            let mut end = next;
            while end < sentence.end && end < next + 5 && self.name_like(end) {
                if self.word(end).body {
                    return true;
                }
                end += 1;
            }
        }
        // `Front of X`, `State in X`: a capitalised noun of a body governs it through a preposition.
        let mut at = range.start;
        while at > sentence.start
            && (self.lower(at - 1) == "the"
                || (self.capital(at - 1) && self.word(at - 1).part)
                || matches!(self.lower(at - 1), "greater"))
        {
            at -= 1;
        }
        if at > sentence.start + 1 && matches!(self.lower(at - 1), "of" | "in" | "for") {
            let noun = at - 2;
            let named = self.capital(noun) && self.name_like(noun);
            if named
                && self.word(noun).body
                && !matches!(self.lower(noun), "government" | "embassy" | "mission" | "office" | "war")
            {
                return true;
            }
            let words: Vec<&str> =
                (at..range.end).map(|index| self.lower(index)).filter(|word| *word != "the").collect();
            if named && self.lexicon.tails.contains(words.join(" ").as_str()) {
                return true;
            }
            if named
                && self.lower(noun) == "state"
                && noun > sentence.start
                && self.lower(noun - 1) == "islamic"
            {
                return true;
            }
        }
        false
    }

    /// Names that only their context makes places.
    fn runs(&mut self) -> Vec<Range<TokenIndex>> {
        let mut found: Vec<Range<TokenIndex>> = Vec::new();
        for sentence in self.doc.sentences() {
            let mut index = sentence.tokens.start;
            while index < sentence.tokens.end {
                if self.taken[index as usize] || !self.name_like(index) {
                    index += 1;
                    continue;
                }
                let start = index;
                while index < sentence.tokens.end
                    && !self.taken[index as usize]
                    && self.joins(start, index, sentence.tokens.end)
                {
                    index += 1;
                }
                index = index.max(start + 1);
                if let Some(range) = self.run_is_place(start..index, found.last()) {
                    self.take(&range);
                    found.push(range);
                }
            }
        }
        found
    }

    /// Whether the token at `index` continues the name that began at `start`.
    fn joins(&self, start: TokenIndex, index: TokenIndex, end: TokenIndex) -> bool {
        if self.name_like(index) {
            return index == start || self.labels[index as usize] == self.labels[start as usize];
        }
        // `Deir ez-Zor`, `Tal al Abyad`, `Ain al-Arab`: hyphens and small articles inside.
        let inside = index > start && index + 1 < end && self.name_like(index + 1);
        inside
            && (self.doc.token(index).text == "-"
                || matches!(
                    self.lower(index),
                    "al" | "el" | "ez" | "az" | "ar" | "as" | "ash" | "at" | "ad" | "de" | "du" | "la"
                ))
    }

    /// Whether a run of names stands where a place must stand, and which of its tokens are the name.
    fn run_is_place(
        &self,
        range: Range<TokenIndex>,
        before: Option<&Range<TokenIndex>>,
    ) -> Option<Range<TokenIndex>> {
        let range = self.trim(range)?;
        let sentence = self.sentence(range.start);
        let label = self.labels[range.start as usize];
        if matches!(
            label,
            Some(
                EntityLabel::Time
                    | EntityLabel::Language
                    | EntityLabel::Norp
                    | EntityLabel::Event
                    | EntityLabel::Law
                    | EntityLabel::Cardinal
            )
        ) {
            return None;
        }
        // A country is sometimes taken for a date; months and days are in the table of what names no place.
        let dated = label == Some(EntityLabel::Date);
        let long = range.end - range.start > if dated { 1 } else { 4 };
        let last = range.end - 1;
        if long || self.word(last).body || self.word(range.start).never || self.lower(range.start).len() < 2 {
            return None;
        }
        let mut before_name = range.start;
        while before_name > sentence.start
            && (self.lower(before_name - 1) == "the" || self.word(before_name - 1).part)
        {
            before_name -= 1;
        }
        let article =
            before_name > sentence.start && before_name < range.start && self.lower(range.start - 1) == "the";
        let previous = before_name.checked_sub(1).filter(|&index| index >= sentence.start);
        // `the village of X`, `town of X`.
        let of_feature = previous.is_some_and(|of| {
            self.lower(of) == "of"
                && of > sentence.start
                && self.word(of - 1).feature_before
                && !self.capital(of - 1)
        });
        // `X province`, `X district`; inside the run as `X Province`.
        let then = range.end;
        let feature_after = then < sentence.end
            && self.word(then).feature_after
            && !self.capital(then)
            && self.doc.token(last).space_after;
        let feature_inside = range.end - range.start > 1 && self.word(last).feature_after;
        let nobody = !matches!(label, Some(EntityLabel::Person | EntityLabel::Org));
        let locative =
            previous.is_some_and(|prep| self.word(prep).locative && self.doc.token(prep).pos == Pos::Adp);
        if of_feature
            || (feature_after && (label != Some(EntityLabel::Person) || range.end - range.start == 1))
            || (feature_inside && (nobody || locative))
        {
            return (!self.inside_name(&range)).then_some(range);
        }
        if locative && (nobody || !article) {
            return (!self.inside_name(&range)).then_some(range);
        }
        let single_acronym = range.end - range.start == 1
            && self.doc.token(range.start).text.len() <= 6
            && self.doc.token(range.start).text.chars().all(|letter| letter.is_uppercase() || letter == '.');
        if single_acronym || article {
            return None;
        }
        let motion = previous.is_some_and(|prep| {
            self.word(prep).motion
                && self.doc.token(prep).pos == Pos::Adp
                && self.lower(prep) != "of"
                && self.lower(prep) != "against"
        });
        if motion && !matches!(label, Some(EntityLabel::Person | EntityLabel::Org)) {
            return Some(range);
        }
        // `X, Y` and `X and Y` behind a place, `X, COUNTRY` before one.
        let listed = previous.is_some_and(|comma| {
            matches!(self.lower(comma), "," | "and" | "or")
                && comma > sentence.start
                && self.taken[comma as usize - 1]
                && before.is_some_and(|before| before.end == comma || self.taken[comma as usize - 1])
        });
        let followed = then + 1 < sentence.end && self.lower(then) == "," && self.taken[then as usize + 1];
        let plain = !matches!(label, Some(EntityLabel::Person | EntityLabel::Org));
        let apposed = self.doc.token(last).dep == Dep::Appos
            || self.doc.token(last).dep == Dep::Conj
            || self.doc.token(last).dep == Dep::Npadvmod;
        // `Ménaka, Mali`: one word between commas, whatever it is taken for.
        let ends = then >= sentence.end || self.doc.token(then).pos == Pos::Punct;
        let between = previous.is_some_and(|comma| self.lower(comma) == ",")
            && range.end - range.start == 1
            && ends
            && self.doc.token(last).dep != Dep::Nsubj;
        // `attacked Bama`, `overran Kidal`.
        let tok = self.doc.token(last);
        let object =
            tok.dep == Dep::Dobj && self.lexicon.verbs.contains(self.doc.token(tok.head).lemma.as_str());
        (object || (listed && ((plain && apposed) || between)) || (followed && plain)).then_some(range)
    }

    /// Further occurrences of the names found, where nothing says they are something else.
    fn repeated(&mut self, found: &[Range<TokenIndex>]) -> Vec<Range<TokenIndex>> {
        let names: FxHashSet<&str> = found
            .iter()
            .filter(|range| range.end - range.start == 1)
            .map(|range| self.doc.token(range.start).text.as_str())
            .filter(|name| name.len() > 3)
            .collect();
        let mut more = Vec::new();
        for index in 0..self.doc.tokens().len() as TokenIndex {
            let tok = self.doc.token(index);
            if self.taken[index as usize] || !names.contains(tok.text.as_str()) || !self.name_like(index) {
                continue;
            }
            let alone = |other: Option<TokenIndex>| {
                other.is_none_or(|other| {
                    !self.sentence(index).contains(&other)
                        || !self.capital(other)
                        || self.doc.token(other).pos == Pos::Punct
                })
            };
            let label = self.labels[index as usize];
            let other_name = matches!(
                label,
                Some(EntityLabel::Norp | EntityLabel::Person | EntityLabel::Language | EntityLabel::Event)
            );
            if !other_name
                && alone(index.checked_sub(1))
                && alone(Some(index + 1))
                && !self.inside_name(&(index..index + 1))
            {
                more.push(index..index + 1);
            }
        }
        for range in &more {
            self.take(range);
        }
        more
    }

    /// The feature word beside or at the end of a name.
    fn feature(&self, tokens: &Range<TokenIndex>) -> Option<String> {
        let sentence = self.sentence(tokens.start);
        if let Some(words) = self.long_feature_at(tokens.end, sentence.end) {
            return Some(words);
        }
        let singular = |word: &str| -> String {
            if self.lexicon.words.get(word).is_some_and(|word| word.feature_after || word.feature_before) {
                word.to_owned()
            } else {
                word.strip_suffix('s').unwrap_or(word).to_owned()
            }
        };
        if tokens.end < sentence.end
            && self.word(tokens.end).feature_after
            && !self.taken[tokens.end as usize]
        {
            return Some(singular(self.lower(tokens.end)));
        }
        let last = tokens.end - 1;
        let plural = self.lower(last).ends_with('s') && !self.lexicon.words.contains_key(self.lower(last));
        if tokens.end - tokens.start > 1 && self.word(last).feature_after && !plural {
            return Some(singular(self.lower(last)));
        }
        let mut at = tokens.start;
        if at > sentence.start && self.lower(at - 1) == "the" {
            at -= 1;
        }
        if at > sentence.start + 1 && self.lower(at - 1) == "of" && self.word(at - 2).feature_before {
            return Some(singular(self.lower(at - 2)));
        }
        // `the town X`, `Lake X`, `the capital, X`.
        if at > sentence.start
            && at == tokens.start
            && self.word(at - 1).feature_before
            && !self.capital(at - 1)
        {
            return Some(singular(self.lower(at - 1)));
        }
        if at > sentence.start + 2
            && self.lower(at - 1) == ","
            && self.word(at - 2).feature_before
            && !self.capital(at - 2)
            && !self.capital(at - 3)
        {
            return Some(singular(self.lower(at - 2)));
        }
        if tokens.end - tokens.start > 1 && self.word(tokens.start).feature_before {
            return Some(singular(self.lower(tokens.start)));
        }
        None
    }

    fn long_feature_at(&self, at: TokenIndex, end: TokenIndex) -> Option<String> {
        self.lexicon.long_features.iter().find_map(|words| {
            let fits = at + words.len() as u32 <= end
                && words.iter().zip(at..).all(|(word, index)| self.lower(index) == *word);
            fits.then(|| words.join(" "))
        })
    }

    /// The place that the words behind a name put it in: `X, Y`, `X in Y`, `X (Y)`, `Y's X`.
    fn within(&self, places: &[PlaceMention], index: usize) -> Option<PlaceIndex> {
        let place = &places[index];
        let sentence = self.sentence(place.tokens.start);
        if let Some(next) = places.get(index + 1).filter(|next| sentence.contains(&next.tokens.start)) {
            let mut at = place.tokens.end;
            let mut linked = false;
            while at < next.tokens.start && at < place.tokens.end + 9 {
                let word = self.lower(at);
                let fits = match word {
                    "," | "(" | "in" | "of" => {
                        linked = true;
                        true
                    }
                    "the" | "a" | "an" => true,
                    _ => {
                        self.word(at).part
                            || self.word(at).feature_after
                            || self.word(at).feature_before
                            || self.word(at).direction.is_some()
                            || matches!(word, "country" | "city" | "'s")
                    }
                };
                if !fits {
                    linked = false;
                    break;
                }
                at += 1;
            }
            if linked && at == next.tokens.start {
                return PlaceIndex::try_from(index + 1).ok();
            }
        }
        let previous = index
            .checked_sub(1)
            .map(|index| &places[index])
            .filter(|previous| sentence.contains(&previous.tokens.start))?;
        let mut at = previous.tokens.end;
        let possessive = matches!(self.lower(at), "'s" | "’s" | "'" | "’");
        at += 1;
        while possessive && at < place.tokens.start && at < previous.tokens.end + 6 {
            let word = self.word(at);
            let fits = word.part
                || word.feature_before
                || word.feature_after
                || word.direction.is_some()
                || matches!(self.lower(at), "of" | "the" | "restive" | "city" | "capital" | ",");
            if !fits {
                return None;
            }
            at += 1;
        }
        (possessive && at == place.tokens.start).then(|| PlaceIndex::try_from(index - 1).ok()).flatten()
    }

    /// A distance phrase that ends before a name: `about 120 km (75 miles) north of`, `near`, `on the outskirts of`.
    fn offset(&self, name: TokenIndex) -> Option<PlaceOffset> {
        let sentence = self.sentence(name);
        let mut at = name;
        // Skip `the town of`, `the capital`, `northern` and the like between the phrase and the name.
        let mut skipped = 0;
        while at > sentence.start && skipped < 6 {
            let word = self.word(at - 1);
            let text = self.lower(at - 1);
            let feature_of = text == "of"
                && at > sentence.start + 1
                && self.word(at - 2).feature_before
                && self.word(at - 2).direction.is_none();
            let filler = matches!(text, "the" | "a" | "its" | "'s" | ",") && text != ","
                || word.part
                || (word.feature_before && !self.capital(at - 1))
                || feature_of;
            if !filler {
                break;
            }
            at -= 1;
            skipped += 1;
        }
        let previous = at.checked_sub(1).filter(|&index| index >= sentence.start)?;
        let text = self.lower(previous);
        if self.word(previous).near && (text == "near" || text == "outside") {
            return Some(PlaceOffset {
                km: None,
                bearing_degrees: None,
                span: self.doc.span(previous..previous + 1),
            });
        }
        if !matches!(text, "of" | "from" | "to") {
            return None;
        }
        let mut end = previous;
        let near = end.checked_sub(1).filter(|&index| index >= sentence.start && self.word(index).near);
        if let Some(near) = near.filter(|_| text != "from") {
            return Some(PlaceOffset {
                km: None,
                bearing_degrees: None,
                span: self.doc.span(near..previous + 1),
            });
        }
        if text == "to" {
            return None;
        }
        let mut bearing = None;
        if let Some(index) = end.checked_sub(1).filter(|&index| index >= sentence.start)
            && let Some(degrees) = self.word(index).direction
        {
            bearing = Some(degrees);
            end = index;
            // `north - east`, `south east`.
            let joined = |a: f32, b: f32| {
                if (a - b).abs() > 180.0 { ((a + b + 360.0) / 2.0) % 360.0 } else { (a + b) / 2.0 }
            };
            let mut other = end;
            if other > sentence.start && self.lower(other - 1) == "-" {
                other -= 1;
            }
            if other > sentence.start
                && let Some(first) = self.word(other - 1).direction
            {
                bearing = Some(joined(first, degrees));
                end = other - 1;
            }
        }
        let (km, start) = self.distance(end, sentence.start);
        // `in the north of X` is a part of X.
        let part = km.is_none() && end > sentence.start && matches!(self.lower(end - 1), "the" | "far");
        if (km.is_none() && bearing.is_none()) || part {
            return None;
        }
        Some(PlaceOffset { km, bearing_degrees: bearing, span: self.doc.span(start..previous + 1) })
    }

    /// A length that ends before `end`, in kilometres, and where it begins; the first one before a bracket counts.
    fn distance(&self, mut end: TokenIndex, limit: TokenIndex) -> (Option<f32>, TokenIndex) {
        let whole = end;
        if end > limit && matches!(self.lower(end - 1), "away" | "to" | "the") {
            while end > limit && matches!(self.lower(end - 1), "away" | "to" | "the") {
                end -= 1;
            }
        }
        if end > limit && self.lower(end - 1) == ")" {
            let mut at = end - 1;
            while at > limit && end - at < 7 && self.lower(at) != "(" {
                at -= 1;
            }
            if self.lower(at) == "(" {
                end = at;
            }
        }
        let Some(unit) = end.checked_sub(1).filter(|&index| index >= limit) else { return (None, whole) };
        let Some(factor) = self.word(unit).kilometres else { return (None, whole) };
        let mut number = unit.checked_sub(1);
        if number.is_some_and(|index| self.lower(index) == "-") {
            number = number.and_then(|index| index.checked_sub(1));
        }
        let Some(number) = number.filter(|&index| index >= limit) else { return (None, whole) };
        match amount(self.lower(number)) {
            Some(value) => (Some(value * factor), number),
            None => (None, whole),
        }
    }
}

/// A written number: digits with commas or a point, or a small number word.
fn amount(word: &str) -> Option<f32> {
    let digits: String = word.chars().filter(|&letter| letter != ',').collect();
    if let Ok(value) = digits.parse::<f32>() {
        return value.is_finite().then_some(value);
    }
    const WORDS: [&str; 13] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    WORDS.iter().position(|known| *known == word).map(|value| value as f32)
}
