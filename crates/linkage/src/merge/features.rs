//! What a report's text gives for comparing it with others.

use std::collections::BTreeMap;

use watchkeeper_record::article::Date;

use super::words::{Background, hash, month, stem, words};

/// Words of the text that count as its beginning.
const LEAD_WORDS: usize = 70;
/// Rarity that a term's weight starts from.
const RARITY_BASE: f32 = 0.5;
/// Share of documents above which a word is too common for pairs of words.
const COMMON_RARITY: f32 = 1.386;
/// How many of a report's weightiest terms are looked for in another.
pub(super) const TOPS: [usize; 3] = [3, 8, 16];

/// Parts of a report in which terms are counted.
pub(super) const VIEWS: usize = 5;
/// All words; names; the first 70 words; the first line; words that are no names.
pub(super) const ALL: usize = 0;
pub(super) const NAMES: usize = 1;
pub(super) const LEAD: usize = 2;
pub(super) const HEAD: usize = 3;
pub(super) const PLAIN: usize = 4;

/// A stem of a report.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    pub(super) hash: u32,
    /// Logarithm of how rare it is, see [`Background::rarity`].
    pub(super) rarity: f32,
    /// Weight in each view; 0 where it doesn't occur.
    pub(super) weights: [f32; VIEWS],
    /// Bits: among the first 3, 8, 16 of all terms; then of the names.
    pub(super) top: u8,
    /// As first written.
    pub(super) word: String,
}

/// A number, day or pair of words with its weight.
pub(super) type Keyed = (u32, f32);

/// What a report is compared by. Made from plain text and the day of publication, so it can be made again at any time from what is stored.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReportFeatures {
    pub(super) terms: Vec<Term>,
    /// Length of each view's vector.
    pub(super) norms: [f32; VIEWS],
    /// Length of the vector of squared rarity.
    pub(super) norm_rare: f32,
    /// Sum of rarities: of all terms, of the lead, of the head.
    pub(super) sums: [f32; 3],
    /// Sums of the weights of the first terms and names.
    pub(super) tops: [f32; 6],
    pub(super) pairs: Vec<Keyed>,
    pub(super) pairs_norm: f32,
    pub(super) name_pairs: Vec<Keyed>,
    pub(super) name_pairs_norm: f32,
    /// Numbers with their text; years and days left out.
    pub(super) numbers: Vec<(u32, f32, String)>,
    pub(super) numbers_norm: f32,
    /// Month and day, as `month * 32 + day`.
    pub(super) days: Vec<u16>,
    pub(super) years: Vec<u16>,
    /// Days of the week named, as bits from Monday.
    pub(super) weekdays: u8,
    /// People killed or hurt, as the text numbers them.
    pub(super) tolls: Vec<u32>,
    /// Number of words.
    pub(super) length: u32,
    /// Hash of the whole text.
    pub(super) whole: u64,
    /// Day of publication, where it is known.
    pub published: Option<Date>,
}

#[derive(Default)]
struct Counts {
    of: [u32; VIEWS],
    word: String,
}

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const SMALL_NUMBERS: [&str; 12] =
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
const HARM: [&str; 16] = [
    "kill",
    "kills",
    "killed",
    "dead",
    "died",
    "deaths",
    "wounded",
    "injured",
    "injuring",
    "killing",
    "hurt",
    "bodies",
    "fatalities",
    "casualties",
    "victims",
    "lives",
];

impl ReportFeatures {
    /// How many different words it holds: what it takes in memory grows with them, about 100 bytes each.
    #[must_use]
    pub fn terms(&self) -> usize {
        self.terms.len()
    }

    /// Reads a text whose first line is its headline.
    #[must_use]
    pub fn read(text: &str, published: Option<Date>, background: &Background) -> Self {
        let mut counts: BTreeMap<u32, Counts> = BTreeMap::new();
        let mut pairs: BTreeMap<u32, (u32, f32)> = BTreeMap::new();
        let mut name_pairs: BTreeMap<u32, (u32, f32)> = BTreeMap::new();
        let mut features =
            Self { published, whole: watchkeeper_nn::weights::xxh64(text.as_bytes()), ..Self::default() };
        let mut seen = 0;
        for (number, line) in text.lines().filter(|line| !line.trim().is_empty()).enumerate() {
            let list = words(line);
            let lettered = || list.iter().filter(|word| word.starts_with(char::is_alphabetic));
            let capitals = lettered().filter(|word| word.starts_with(char::is_uppercase)).count();
            let titled = capitals * 10 > lettered().count() * 6;
            let mut before: Option<(f32, String)> = None;
            let mut name_before: Option<(f32, String)> = None;
            for (at, &word) in list.iter().enumerate() {
                let stemmed = stem(word);
                let key = hash(&stemmed);
                let rarity = background.rarity(key);
                let common = rarity < COMMON_RARITY;
                let numeral = word.starts_with(|c: char| c.is_ascii_digit());
                let entry = counts.entry(key).or_default();
                if entry.word.is_empty()
                    || (entry.word.starts_with(char::is_lowercase) && !word.starts_with(char::is_lowercase))
                {
                    word.clone_into(&mut entry.word);
                }
                entry.of[ALL] += 1;
                entry.of[HEAD] += u32::from(number == 0);
                entry.of[LEAD] += u32::from(seen < LEAD_WORDS);
                seen += 1;
                let capital = word.starts_with(char::is_uppercase) && word.chars().count() > 1;
                let small = background.small(hash(&word.to_lowercase())).unwrap_or(if at == 0 || titled {
                    0.3
                } else {
                    0.0
                });
                let placed = at > 0 && !titled && list[at - 1] != "The";
                let is_name =
                    capital && (placed || small <= 0.5) && small <= 0.75 && month(word).is_none() && !common;
                if is_name {
                    entry.of[NAMES] += 1;
                    if let Some((weight, first)) = &name_before {
                        let both = name_pairs.entry(hash(&format!("{first} {stemmed}"))).or_default();
                        *both = (both.0 + 1, weight.max(rarity) + 1.0);
                    }
                    name_before = Some((rarity, stemmed.clone()));
                } else {
                    name_before = None;
                    entry.of[PLAIN] += u32::from(!numeral && !common);
                }
                if let Some((weight, first)) = &before
                    && !(*weight < COMMON_RARITY && common)
                {
                    let both = pairs.entry(hash(&format!("{first} {stemmed}"))).or_default();
                    *both = (both.0 + 1, weight.max(rarity) + 1.0);
                }
                before = Some((rarity, stemmed));
                features.note(&list, at, rarity, numeral);
            }
        }
        features.length = seen as u32;
        if let Some(day) = published {
            features.days.push(day.month() as u16 * 32 + day.day() as u16);
            features.years.push(day.year() as u16);
        }
        features.days.sort_unstable();
        features.days.dedup();
        features.years.sort_unstable();
        features.years.dedup();
        features.tolls.sort_unstable();
        features.tolls.dedup();
        features.numbers.sort_by_key(|entry| entry.0);
        features.numbers.dedup_by_key(|entry| entry.0);
        features.numbers_norm = features.numbers.iter().map(|entry| entry.1 * entry.1).sum::<f32>().sqrt();
        (features.pairs, features.pairs_norm) = weighed(&pairs);
        (features.name_pairs, features.name_pairs_norm) = weighed(&name_pairs);
        features.weigh(counts, background);
        features
    }

    /// Days, years, weekdays, numbers and tolls of one word.
    fn note(&mut self, list: &[&str], at: usize, rarity: f32, numeral: bool) {
        let word = list[at];
        let around = |place: Option<usize>| place.and_then(|place| list.get(place)).copied();
        if let Some(month) = month(word) {
            let day = [around(Some(at + 1)), around(at.checked_sub(1))]
                .into_iter()
                .flatten()
                .find_map(|word| word.parse::<u16>().ok().filter(|day| (1..=31).contains(day)));
            self.days.extend(day.map(|day| u16::from(month) * 32 + day));
        }
        if let Some(day) = WEEKDAYS.iter().position(|day| *day == word) {
            self.weekdays |= 1 << day;
        }
        let plain = word.replace(',', "");
        let year = numeral
            && word.len() == 4
            && plain.parse::<u16>().is_ok_and(|year| (1900..=2099).contains(&year));
        if year {
            self.years.extend(plain.parse::<u16>());
        } else if numeral {
            let weight = if word.len() > 1 { rarity.max(0.5) } else { 1.0 };
            self.numbers.push((hash(word), weight, word.to_owned()));
        }
        let lower = word.to_lowercase();
        let value = if numeral {
            plain.parse::<u32>().ok().filter(|_| !year)
        } else {
            SMALL_NUMBERS.iter().position(|small| *small == lower).map(|at| at as u32 + 1)
        };
        let harm = |word: &&str| HARM.contains(&word.to_lowercase().as_str());
        let number = |word: &&&str| word.starts_with(|c: char| c.is_ascii_digit());
        let a_day = at > 0 && month(list[at - 1]).is_some();
        if let Some(value) = value
            && !a_day
            && (list[at + 1..].iter().take_while(|word| !number(word)).take(4).any(harm)
                || list[at.saturating_sub(2)..at].iter().any(harm))
        {
            self.tolls.push(value);
        }
    }

    /// Makes vectors of the counts.
    fn weigh(&mut self, counts: BTreeMap<u32, Counts>, background: &Background) {
        for (hash, counted) in counts {
            let rarity = background.rarity(hash);
            let idf = (rarity - RARITY_BASE).max(0.0);
            let weights =
                counted.of.map(|count| if count == 0 { 0.0 } else { (1.0 + (count as f32).ln()) * idf });
            for (norm, weight) in self.norms.iter_mut().zip(weights) {
                *norm += weight * weight;
            }
            let rare = rare_weight(weights[ALL], rarity);
            self.norm_rare += rare * rare;
            for (sum, view) in self.sums.iter_mut().zip([ALL, LEAD, HEAD]) {
                *sum += if weights[view] > 0.0 { idf } else { 0.0 };
            }
            self.terms.push(Term { hash, rarity, weights, top: 0, word: counted.word });
        }
        for norm in &mut self.norms {
            *norm = norm.sqrt();
        }
        self.norm_rare = self.norm_rare.sqrt();
        for (kind, view) in [ALL, NAMES].into_iter().enumerate() {
            let mut order: Vec<usize> =
                (0..self.terms.len()).filter(|&at| self.terms[at].weights[view] > 0.0).collect();
            order.sort_by(|&a, &b| {
                let [one, two] = [&self.terms[a], &self.terms[b]];
                two.weights[view].total_cmp(&one.weights[view]).then(one.hash.cmp(&two.hash))
            });
            for (bit, most) in TOPS.into_iter().enumerate() {
                for &at in order.iter().take(most) {
                    self.terms[at].top |= 1 << (kind * TOPS.len() + bit);
                    self.tops[kind * TOPS.len() + bit] += self.terms[at].weights[view];
                }
            }
        }
    }

    /// Hashes of the weightiest terms, the weightiest first.
    #[must_use]
    pub fn gist(&self, count: usize) -> Vec<u64> {
        let mut terms: Vec<(f32, u32)> = self
            .terms
            .iter()
            .filter(|term| term.weights[ALL] > 0.0)
            .map(|term| (term.weights[ALL], term.hash))
            .collect();
        terms.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        terms.truncate(count);
        terms.into_iter().map(|(_, hash)| u64::from(hash)).collect()
    }

    /// Weightiest terms with their weights, for looking at.
    #[must_use]
    pub fn weightiest(&self, count: usize) -> Vec<(&str, f32)> {
        let mut terms: Vec<(&str, f32)> =
            self.terms.iter().map(|term| (term.word.as_str(), term.weights[ALL])).collect();
        terms.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
        terms.truncate(count);
        terms
    }
}

/// Weight of a term where rare ones count more.
pub(super) fn rare_weight(weight: f32, rarity: f32) -> f32 {
    weight * (rarity - 1.0).max(0.0)
}

fn weighed(counts: &BTreeMap<u32, (u32, f32)>) -> (Vec<Keyed>, f32) {
    let list: Vec<Keyed> =
        counts.iter().map(|(&key, &(count, weight))| (key, (1.0 + (count as f32).ln()) * weight)).collect();
    let norm = list.iter().map(|entry| entry.1 * entry.1).sum::<f32>().sqrt();
    (list, norm)
}
