//! The words beside a place name: its feature word, the place it lies in, the distance to it.

use std::ops::Range;

use watchkeeper_record::document::TokenIndex;
use watchkeeper_record::mention::{PlaceIndex, PlaceMention, PlaceOffset};

use super::scan::Scan;

impl Scan<'_> {
    /// The feature word beside or at the end of a name.
    pub(super) fn feature(&self, tokens: &Range<TokenIndex>) -> Option<String> {
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

    pub(super) fn long_feature_at(&self, at: TokenIndex, end: TokenIndex) -> Option<String> {
        self.lexicon.long_features.iter().find_map(|words| {
            let fits = at + words.len() as u32 <= end
                && words.iter().zip(at..).all(|(word, index)| self.lower(index) == *word);
            fits.then(|| words.join(" "))
        })
    }

    /// The place that the words behind a name put it in: `X, Y`, `X in Y`, `X (Y)`, `Y's X`.
    pub(super) fn within(&self, places: &[PlaceMention], index: usize) -> Option<PlaceIndex> {
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
    pub(super) fn offset(&self, name: TokenIndex) -> Option<PlaceOffset> {
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
                way: false,
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
                way: false,
                span: self.doc.span(near..previous + 1),
            });
        }
        if text == "to" {
            // `on the road to X` is somewhere before X.
            let way = end.checked_sub(1).filter(|&index| index >= sentence.start);
            let way = way.filter(|&way| matches!(self.lower(way), "road" | "highway" | "motorway" | "track"));
            return way.map(|way| PlaceOffset {
                km: None,
                bearing_degrees: None,
                way: true,
                span: self.doc.span(way..previous + 1),
            });
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
        Some(PlaceOffset {
            km,
            bearing_degrees: bearing,
            way: false,
            span: self.doc.span(start..previous + 1),
        })
    }

    /// A length that ends before `end`, in kilometres, and where it begins; the first one before a bracket counts.
    pub(super) fn distance(&self, mut end: TokenIndex, limit: TokenIndex) -> (Option<f32>, TokenIndex) {
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
