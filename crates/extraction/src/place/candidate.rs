//! Candidates: every span of the document that may be the name of a place, far more than are.
//!
//! In: the document, the rules' finds, and what is known of names. Out: [`Draft`]s over a shared table of [`Key`]s (one a distinct
//! spelling), in order of start, then length. Only runs of capitalised words are looked at, so the cost is linear in the text.

use std::ops::Range;

use compact_str::CompactString;
use rustc_hash::FxHashMap;
use watchkeeper_record::document::{EntityLabel, Pos, Tag, TokenIndex};
use watchkeeper_record::names::{NameFacts, NameMatch, PlaceClass, PlaceNames};

use super::lexicon::{Beside, Known};
use super::scan::Scan;

/// Longest candidate, in tokens.
const TOKENS_MAX: u32 = 7;
/// Longest run of name tokens whose every part is looked at; of a longer one (a text in capitals) windows are.
const RUN_MAX: u32 = 400;

/// One span that may be a place name.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) tokens: Range<TokenIndex>,
    /// Index into [`Candidates::keys`].
    pub(super) key: u32,
    /// The run of name tokens that it is a part of.
    pub(super) run: Range<TokenIndex>,
    /// The rules take exactly this span for a place.
    pub(super) ruled: bool,
}

/// One spelling and what is known of it.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) facts: NameFacts,
    /// It abbreviates a state or province.
    pub(super) abbreviation: bool,
    pub(super) counts: Counts,
}

/// How often a spelling occurs in the document, and as what.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) all: f32,
    pub(super) place: f32,
    pub(super) person: f32,
    pub(super) organisation: f32,
    pub(super) located: f32,
    pub(super) titled: f32,
    pub(super) unit_after: f32,
    pub(super) ruled: f32,
}

/// What a token is for the name beside it, in the order of how rarely a place stands before or behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Side {
    Person,
    Given,
    Company,
    Title,
    Said,
    Month,
    OrganisationName,
    Capital,
    Verb,
    Number,
    Adjective,
    Article,
    The,
    Quote,
    Edge,
    Other,
    Stop,
    Noun,
    OrganCapital,
    Versus,
    For,
    Preposition,
    Open,
    And,
    Close,
    Comma,
    Dash,
    Slash,
    Organ,
    Possessive,
    Street,
    FeatureCapital,
    To,
    At,
    From,
    Of,
    Feature,
    People,
    Born,
    Part,
    Near,
    In,
    State,
    PlaceName,
}

/// One token, as far as place names ask.
#[derive(Debug, Clone)]
pub(super) struct Tok {
    pub(super) known: Known,
    pub(super) side: Side,
    pub(super) label: Option<EntityLabel>,
    /// Tokens of the entity that holds it; empty when none does.
    pub(super) entity: Range<TokenIndex>,
    /// It may begin, end or continue a name.
    pub(super) name: bool,
    pub(super) capital: bool,
    pub(super) all_caps: bool,
    /// The word also stands in lower case in the document.
    pub(super) lower_here: bool,
    /// The word stands as a part of a person's name of two words or more in the document.
    pub(super) in_person: bool,
    /// It begins a sentence, or stands behind an opening quote that does.
    pub(super) first: bool,
}

/// Everything that may be a place name in one document.
#[derive(Debug)]
pub(super) struct Candidates {
    pub(super) toks: Vec<Tok>,
    pub(super) keys: Vec<Key>,
    pub(super) drafts: Vec<Draft>,
    /// Longest known name that starts at a token, in tokens.
    pub(super) longest_from: Vec<u8>,
    /// Longest known name that ends with a token, in tokens.
    pub(super) longest_to: Vec<u8>,
    /// A country, first-order unit or its abbreviation starts at this token.
    pub(super) unit_from: Vec<bool>,
    /// The same, ending with this token.
    pub(super) unit_to: Vec<bool>,
}

impl Candidates {
    /// Finds them. `ruled` are the rules' finds.
    pub(super) fn new(scan: &Scan<'_>, ruled: &[Range<TokenIndex>], names: &dyn PlaceNames) -> Self {
        let toks = tokens(scan);
        let mut made = Self {
            keys: Vec::new(),
            drafts: Vec::new(),
            longest_from: vec![0; toks.len()],
            longest_to: vec![0; toks.len()],
            unit_from: vec![false; toks.len()],
            unit_to: vec![false; toks.len()],
            toks,
        };
        let mut known: FxHashMap<CompactString, u32> = FxHashMap::default();
        let mut next_ruled = 0;
        for sentence in scan.doc.sentences() {
            let mut from = sentence.tokens.start;
            while from < sentence.tokens.end {
                if !made.starts(scan, from, sentence.tokens.end) {
                    from += 1;
                    continue;
                }
                let run = from..made.run_end(scan, from, sentence.tokens.end);
                for start in run.clone() {
                    while ruled.get(next_ruled).is_some_and(|range| range.end <= start) {
                        next_ruled += 1;
                    }
                    if !made.starts(scan, start, run.end) {
                        continue;
                    }
                    let longest = run.end.min(start + TOKENS_MAX);
                    for end in start + 1..=longest {
                        if made.ends(scan, start, end) {
                            made.add(scan, start..end, &run, &ruled[next_ruled..], &mut known, names);
                        }
                    }
                }
                from = run.end;
            }
        }
        // What the rules alone find: descriptions in lower case.
        for range in ruled.iter().filter(|range| !is_link(scan, range.end)) {
            let at = made
                .drafts
                .partition_point(|draft| (draft.tokens.start, draft.tokens.end) < (range.start, range.end));
            if made.drafts.get(at).is_none_or(|draft| draft.tokens != *range) {
                let key = made.key(scan, range.clone(), &mut known, names);
                let run = range.clone();
                made.drafts.insert(at, Draft { tokens: range.clone(), key, run, ruled: true });
            }
        }
        made.note(scan);
        made
    }

    fn starts(&self, scan: &Scan<'_>, index: TokenIndex, end: TokenIndex) -> bool {
        let tok = &self.toks[index as usize];
        if index.checked_sub(3).is_some_and(|hyphen| is_link(scan, hyphen)) {
            return false;
        }
        // `al-Zour`: a small article that a hyphen joins to a name.
        tok.name
            || (index + 2 < end
                && is_article(scan.lower(index))
                && scan.doc.token(index + 1).text == "-"
                && self.toks[index as usize + 2].name)
    }

    fn ends(&self, scan: &Scan<'_>, start: TokenIndex, end: TokenIndex) -> bool {
        let last = end - 1;
        let tok = &self.toks[last as usize];
        if is_link(scan, end) {
            return false;
        }
        if last == start {
            return tok.name;
        }
        tok.name
            || matches!(scan.doc.token(last).tag, Tag::Pos)
            || self.is_stop_of(scan, last)
            || (tok.side == Side::Number && self.toks[last as usize - 1].known.beside == Some(Beside::Street))
    }

    /// Whether a token is the full stop of an abbreviated state that was cut off from it: `W.Va` `.`.
    fn is_stop_of(&self, scan: &Scan<'_>, index: TokenIndex) -> bool {
        let Some(before) = index.checked_sub(1).map(|before| scan.doc.token(before)) else { return false };
        if scan.doc.token(index).text != "." || before.space_after {
            return false;
        }
        let mut whole = before.text.clone();
        whole.push('.');
        scan.lexicon.abbreviations.contains_key(whole.as_str())
    }

    /// One past the last token of the run of names that begins at a token.
    fn run_end(&self, scan: &Scan<'_>, from: TokenIndex, limit: TokenIndex) -> TokenIndex {
        let limit = limit.min(from + RUN_MAX);
        let mut end = from + 1;
        while end < limit {
            let tok = &self.toks[end as usize];
            let behind = |step: u32| end + step < limit && self.toks[(end + step) as usize].name;
            let text = scan.lower(end);
            let joins = tok.name
                || self.is_stop_of(scan, end)
                || (tok.side == Side::Number
                    && self.toks[end as usize - 1].known.beside == Some(Beside::Street))
                || (matches!(scan.doc.token(end).tag, Tag::Pos)
                    && (behind(1) || tok.side == Side::Possessive))
                || ((matches!(text, "of" | "and" | "&" | "-" | "–" | "/" | "upon" | "on")
                    || is_article(text))
                    && (behind(1)
                        || (behind(2)
                            && (is_article(scan.lower(end + 1))
                                || matches!(scan.lower(end + 1), "-" | "the")))));
            let inner = end > from + 1 && is_article(text) && behind(1);
            let inner = inner || (text == "the" && behind(1) && scan.lower(end - 1) == "of");
            let hyphen = text == "-" && end > from && is_article(scan.lower(end - 1)) && behind(1);
            if !(joins || inner || hyphen) {
                break;
            }
            end += 1;
        }
        end
    }

    fn key(
        &mut self,
        scan: &Scan<'_>,
        tokens: Range<TokenIndex>,
        known: &mut FxHashMap<CompactString, u32>,
        names: &dyn PlaceNames,
    ) -> u32 {
        let mut text = CompactString::default();
        for index in tokens.clone() {
            let tok = scan.doc.token(index);
            text.push_str(&tok.text);
            if tok.space_after && index + 1 < tokens.end {
                text.push(' ');
            }
        }
        if let Some(&key) = known.get(&text) {
            return key;
        }
        let key = self.keys.len() as u32;
        self.keys.push(Key {
            facts: names.facts(&text),
            abbreviation: scan.lexicon.abbreviations.contains_key(text.as_str()),
            counts: Counts::default(),
        });
        known.insert(text, key);
        key
    }

    fn add(
        &mut self,
        scan: &Scan<'_>,
        tokens: Range<TokenIndex>,
        run: &Range<TokenIndex>,
        ruled: &[Range<TokenIndex>],
        known: &mut FxHashMap<CompactString, u32>,
        names: &dyn PlaceNames,
    ) {
        let is_ruled = ruled.iter().take(3).any(|range| *range == tokens);
        let key = self.key(scan, tokens.clone(), known, names);
        let Key { facts, abbreviation, .. } = &self.keys[key as usize];
        let first = &self.toks[tokens.start as usize];
        let last = &self.toks[tokens.end as usize - 1];
        let entity = !first.entity.is_empty()
            && first.entity.end == tokens.end
            && (first.entity.start == tokens.start
                || (first.entity.start + 1 == tokens.start && scan.lower(first.entity.start) == "the"));
        let entity = entity
            && matches!(
                first.label,
                Some(
                    EntityLabel::Gpe
                        | EntityLabel::Loc
                        | EntityLabel::Fac
                        | EntityLabel::Norp
                        | EntityLabel::Org
                        | EntityLabel::Person
                        | EntityLabel::Product
                        | EntityLabel::WorkOfArt
                )
            );
        let feature = |tok: &Tok| {
            matches!(tok.known.beside, Some(Beside::Feature | Beside::Street)) || tok.side == Side::Number
        };
        let one = tokens.end - tokens.start == 1;
        let featured = !one && (feature(last) || feature(first));
        let inner = tokens.clone().skip(1).any(|index| !self.toks[index as usize].name);
        let spelled = facts.matched > Some(NameMatch::Loose);
        let keep = is_ruled
            || spelled
            || facts.demonym
            || *abbreviation
            || (facts.matched.is_some() && !inner && tokens.end - tokens.start <= 2)
            || entity
            || (featured && !inner && tokens.end - tokens.start <= 4)
            || (featured && last.side == Side::Number && one)
            || (featured && last.side == Side::Number && tokens.end - tokens.start <= 4)
            || (one && first.known.common < 2)
            || (tokens == *run && !inner && tokens.end - tokens.start <= 3);
        if keep {
            self.drafts.push(Draft { tokens, key, run: run.clone(), ruled: is_ruled });
        }
    }

    /// Notes by token and by spelling what the candidates tell of each other.
    fn note(&mut self, scan: &Scan<'_>) {
        for draft in &self.drafts {
            let key = &self.keys[draft.key as usize];
            let (start, last) = (draft.tokens.start as usize, draft.tokens.end as usize - 1);
            let length = (draft.tokens.end - draft.tokens.start).min(255) as u8;
            if key.facts.matched > Some(NameMatch::Loose) {
                self.longest_from[start] = self.longest_from[start].max(length);
                self.longest_to[last] = self.longest_to[last].max(length);
            }
            let unit = key.abbreviation
                || (key.facts.matched > Some(NameMatch::Loose)
                    && (key.facts.is(PlaceClass::Country) || key.facts.is(PlaceClass::Admin1)));
            if unit {
                self.unit_from[start] = true;
                self.unit_to[last] = true;
            }
        }
        for number in 0..self.drafts.len() {
            let draft = &self.drafts[number];
            let tokens = draft.tokens.clone();
            let sentence = scan.sentence(tokens.start);
            let first = &self.toks[tokens.start as usize];
            let before = if tokens.start > sentence.start {
                self.toks[tokens.start as usize - 1].side
            } else {
                Side::Edge
            };
            let yes = |is: bool| f32::from(u8::from(is));
            let place = matches!(first.label, Some(EntityLabel::Gpe | EntityLabel::Loc | EntityLabel::Fac));
            let located = matches!(before, Side::In | Side::At | Side::Near | Side::From | Side::To);
            let titled = matches!(before, Side::Title | Side::Given | Side::Person);
            let after = self.unit_behind_comma(scan, &tokens);
            let ruled = draft.ruled;
            let label = first.label;
            let counts = &mut self.keys[draft.key as usize].counts;
            counts.all += 1.0;
            counts.place += yes(place);
            counts.person += yes(label == Some(EntityLabel::Person));
            counts.organisation += yes(label == Some(EntityLabel::Org));
            counts.located += yes(located);
            counts.titled += yes(titled);
            counts.unit_after += yes(after);
            counts.ruled += yes(ruled);
        }
    }

    /// Whether `, UNIT` follows.
    pub(super) fn unit_behind_comma(&self, scan: &Scan<'_>, tokens: &Range<TokenIndex>) -> bool {
        let end = scan.sentence(tokens.start).end;
        tokens.end + 1 < end
            && self.toks[tokens.end as usize].side == Side::Comma
            && self.unit_from[tokens.end as usize + 1]
    }
}

/// Whether a hyphen begins the link of a name in two parts, of which neither is a name by itself: `Dand-e-Ghori`.
fn is_link(scan: &Scan<'_>, hyphen: TokenIndex) -> bool {
    let text = |at: TokenIndex| scan.doc.tokens().get(at as usize).map_or("", |token| token.text.as_str());
    text(hyphen) == "-"
        && matches!(text(hyphen + 1), "e" | "i" | "ye" | "yi" | "o")
        && text(hyphen + 2) == "-"
        && hyphen.checked_sub(1).is_some_and(|before| !scan.doc.token(before).space_after)
}

/// Small words inside names.
fn is_article(word: &str) -> bool {
    matches!(
        word,
        "al" | "el"
            | "ez"
            | "az"
            | "ar"
            | "as"
            | "ash"
            | "at"
            | "ad"
            | "an"
            | "de"
            | "du"
            | "des"
            | "del"
            | "della"
            | "di"
            | "da"
            | "do"
            | "dos"
            | "la"
            | "le"
            | "les"
            | "los"
            | "las"
            | "van"
            | "von"
            | "der"
            | "den"
            | "sur"
            | "en"
            | "y"
    )
}

fn tokens(scan: &Scan<'_>) -> Vec<Tok> {
    let doc = scan.doc;
    let count = doc.tokens().len();
    let mut in_lower: FxHashMap<&str, bool> = FxHashMap::default();
    let mut in_person: FxHashMap<&str, bool> = FxHashMap::default();
    for (index, tok) in doc.tokens().iter().enumerate() {
        if tok.text.starts_with(char::is_lowercase) {
            in_lower.insert(scan.lower[index].as_str(), true);
        }
    }
    let mut entity = vec![0..0; count];
    let mut labels = vec![None; count];
    for ent in doc.entities() {
        for index in ent.tokens.clone() {
            entity[index as usize] = ent.tokens.clone();
            labels[index as usize] = Some(ent.label);
            if ent.label == EntityLabel::Person && ent.tokens.len() > 1 {
                in_person.insert(scan.lower[index as usize].as_str(), true);
            }
        }
    }
    (0..count as TokenIndex)
        .map(|index| {
            let tok = doc.token(index);
            let lower = scan.lower(index);
            let known = scan.lexicon.known.get(lower).copied().unwrap_or_default();
            let capital = scan.capital(index)
                || tok.text.trim_start_matches(['\'', '’', '‘']).starts_with(char::is_uppercase);
            let sentence = scan.sentence(index);
            let first = index == sentence.start
                || (index == sentence.start + 1 && doc.token(sentence.start).pos == Pos::Punct);
            let function = matches!(
                tok.pos,
                Pos::Det | Pos::Adp | Pos::Pron | Pos::Sconj | Pos::Cconj | Pos::Aux | Pos::Part | Pos::Punct
            );
            let letters = tok.text.chars().filter(|letter| letter.is_alphabetic());
            let all_caps = tok.text.chars().filter(|letter| letter.is_alphabetic()).count() > 1
                && letters.clone().all(char::is_uppercase);
            let place_label = matches!(labels[index as usize], Some(EntityLabel::Gpe | EntityLabel::Loc));
            Tok {
                side: side(scan, index, &known, capital, labels[index as usize]),
                known,
                label: labels[index as usize],
                entity: entity[index as usize].clone(),
                name: capital && (!function || place_label) && tok.tag != Tag::Pos,
                capital,
                all_caps,
                lower_here: in_lower.contains_key(lower),
                in_person: in_person.contains_key(lower),
                first,
            }
        })
        .collect()
}

fn side(
    scan: &Scan<'_>,
    index: TokenIndex,
    known: &Known,
    capital: bool,
    label: Option<EntityLabel>,
) -> Side {
    let tok = scan.doc.token(index);
    let lower = scan.lower(index);
    let word = scan.word(index);
    match lower {
        "," => return Side::Comma,
        "(" | "[" => return Side::Open,
        ")" | "]" => return Side::Close,
        "-" | "–" | "—" | "--" => return Side::Dash,
        "/" => return Side::Slash,
        "in" => return Side::In,
        "at" => return Side::At,
        "from" => return Side::From,
        "to" | "into" | "toward" | "towards" | "through" => return Side::To,
        "of" => return Side::Of,
        "near" | "outside" | "around" | "across" | "throughout" => return Side::Near,
        "for" => return Side::For,
        "the" => return Side::The,
        "a" | "an" => return Side::Article,
        "and" | "or" | "&" => return Side::And,
        "'s" | "’s" | "'" | "’" if tok.tag == Tag::Pos => return Side::Possessive,
        "\"" | "“" | "”" | "''" | "``" | "'" | "’" | "‘" => return Side::Quote,
        _ => {}
    }
    if tok.pos == Pos::Punct {
        return Side::Stop;
    }
    if tok.text.starts_with(|letter: char| letter.is_ascii_digit()) {
        return Side::Number;
    }
    if capital && scan.lexicon.abbreviations.contains_key(tok.text.as_str()) {
        return Side::State;
    }
    match known.beside {
        Some(Beside::Title) => return Side::Title,
        Some(Beside::People) => return Side::People,
        Some(Beside::Organ) => return if capital { Side::OrganCapital } else { Side::Organ },
        Some(Beside::Street) => return Side::Street,
        Some(Beside::Said) => return Side::Said,
        Some(Beside::Month) => return Side::Month,
        Some(Beside::Near) => return Side::Near,
        Some(Beside::Born) => return Side::Born,
        Some(Beside::Versus) => return Side::Versus,
        Some(Beside::Company) => return Side::Company,
        Some(Beside::Feature) => return if capital { Side::FeatureCapital } else { Side::Feature },
        None => {}
    }
    if word.direction.is_some() || word.part {
        return Side::Part;
    }
    if word.body {
        return if capital { Side::OrganCapital } else { Side::Organ };
    }
    if word.feature_after || word.feature_before {
        return if capital { Side::FeatureCapital } else { Side::Feature };
    }
    if capital {
        return match label {
            Some(EntityLabel::Gpe | EntityLabel::Loc) => Side::PlaceName,
            Some(EntityLabel::Person) => Side::Person,
            Some(EntityLabel::Org) => Side::OrganisationName,
            _ if known.given > 1 => Side::Given,
            _ => Side::Capital,
        };
    }
    match tok.pos {
        Pos::Adp => Side::Preposition,
        Pos::Verb | Pos::Aux => Side::Verb,
        Pos::Noun => Side::Noun,
        Pos::Adj => Side::Adjective,
        _ => Side::Other,
    }
}
