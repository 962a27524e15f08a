//! Numbers of units: how long something lasts, and how long ago or how much later it was.

use watchkeeper_record::mention::{CountedFrom, TimeUnit, TimeValue};

use super::scan::{Match, Scan};
use super::words::{Nth, Use, Word};

/// A counted number: one past it, least, most.
type Count = (usize, f32, f32);

impl Scan<'_> {
    /// A number of things: `three`, `a`, `a few`, `two or three`, `10-15`, `twenty-five`, `half a`.
    pub(super) fn count(&self, at: usize) -> Option<Count> {
        let (end, low, high) = self.single_count(at)?;
        let same = (high - low).abs() < 0.01;
        if self.is_any(end, &["to", "or", "-", "–"])
            && same
            && let Some((second_end, second, most)) = self.single_count(end + 1)
            && second > low
            && (most - second).abs() < 0.01
            && !self.is_any(at, &["a", "an"])
        {
            return Some((second_end, low, second));
        }
        // `three and a half`, `5 1/2`
        if self.is(end, "and") && self.is(end + 1, "a") && self.is(end + 2, "half") {
            return Some((end + 3, low + 0.5, high + 0.5));
        }
        if self.is_any(end, &["1/2", "½"]) && same {
            return Some((end + 1, low + 0.5, high + 0.5));
        }
        Some((end, low, high))
    }

    fn single_count(&self, at: usize) -> Option<Count> {
        match self.word(at) {
            Word::Number(number) => {
                let mut end = at + 1;
                let mut value = number;
                // `twenty-five`, `twenty five`
                if number >= 20.0 {
                    let next = if self.is_dash(end) { end + 1 } else { end };
                    if let Word::Number(ones) = self.word(next)
                        && ones < 10.0
                    {
                        value += ones;
                        end = next + 1;
                    }
                }
                while let Word::Hundred(times) = self.word(end) {
                    value *= times;
                    end += 1;
                }
                if self.is(end, "dozen") {
                    value *= 12.0;
                    end += 1;
                }
                return Some((end, value, value));
            }
            Word::VagueNumber(low, high) => return Some((at + 1, low as f32, high as f32)),
            Word::Couple => {
                let end = if self.is(at + 1, "of") { at + 2 } else { at + 1 };
                return Some((end, 2.0, 2.0));
            }
            _ => {}
        }
        if self.is(at, "half") && self.is_any(at + 1, &["a", "an"]) {
            return Some((at + 2, 0.5, 0.5));
        }
        if self.is_any(at, &["a", "an"]) {
            return match self.word(at + 1) {
                Word::VagueNumber(..) | Word::Couple | Word::Number(_) => self.single_count(at + 1),
                Word::Hundred(times) => Some((at + 2, times, times)),
                Word::Unit(_) | Word::Fortnight => Some((at + 1, 1.0, 1.0)),
                _ if self.is(at + 1, "half") => Some((at + 2, 0.5, 0.5)),
                _ if self.is_any(at + 1, &["full", "whole", "entire", "single", "additional"])
                    && matches!(self.word(at + 2), Word::Unit(_)) =>
                {
                    Some((at + 2, 1.0, 1.0))
                }
                _ => None,
            };
        }
        if let Some(number) = self.digits(at) {
            let mut value = number as f32;
            let mut end = at + 1;
            while let Word::Hundred(times) = self.word(end) {
                value *= times;
                end += 1;
            }
            return Some((end, value, value));
        }
        let word = self.lower(at);
        let decimal =
            word.len() <= 5 && word.as_bytes().first().is_some_and(u8::is_ascii_digit) && word.contains('.');
        let value: f32 = decimal.then(|| word.parse().ok()).flatten()?;
        Some((at + 1, value, value))
    }

    /// Words that bound or blur a number and stay in the expression: `nearly`, `at least`. One past them.
    fn blurred(&self, at: usize) -> usize {
        let mut next = at;
        while self.word(next) == Word::About {
            next += 1;
        }
        let two_words = self.is_any(next, &["more", "less", "fewer"]) && self.is(next + 1, "than")
            || self.is(next, "at") && self.is_any(next + 1, &["least", "most"])
            || self.is(next, "up") && self.is(next + 1, "to");
        if two_words {
            return next + 2;
        }
        // `over three years` may be the preposition, `over a decade` hardly.
        let over = self.is_any(next, &["over", "under"])
            && (self.is_any(next + 1, &["a", "an"])
                || matches!(self.before(next), "for" | "after" | "in" | "of" | "just" | "well" | "by"));
        if over { next + 1 } else { next }
    }

    /// A number of units: how long, or how long ago.
    pub(super) fn quantity(&self, at: usize) -> Option<Match> {
        // `weeklong`, `a year-long siege`
        if let Word::Long(unit) = self.word(at) {
            return Some((at + 1, TimeValue::Duration { unit, count: Some(1.0) }));
        }
        let mut next = self.blurred(at);
        let modified = next > at;
        // `the first nine months`, `the four days`
        let definite = self.is(next, "the") && !modified;
        if definite {
            next += 1;
            if matches!(self.word(next), Word::Ordinal(1) | Word::Which(Nth::Last))
                || self.is_any(next, &["final", "opening"])
            {
                next += 1;
            } else if !matches!(self.word(next), Word::Number(_)) {
                return None;
            }
        }
        let (unit_at, mut low, mut high) = match self.count(next) {
            Some(count) => count,
            // `months ago`, `for weeks`
            None if matches!(self.word(next), Word::Units(_))
                && !modified
                && !self.is_dash(at.wrapping_sub(1)) =>
            {
                (next, f32::NAN, f32::NAN)
            }
            None => return None,
        };
        let hyphen = self.is_dash(unit_at);
        let unit_at = if hyphen { unit_at + 1 } else { unit_at };
        let (unit, plural, factor) = match self.word(unit_at) {
            Word::Unit(unit) => (unit, false, 1.0),
            Word::Units(unit) => (unit, true, 1.0),
            Word::Fortnight => (TimeUnit::Week, false, 2.0),
            _ => return None,
        };
        // `a two-year siege`: the article is the noun's.
        let singular_article = self.is_any(at, &["a", "an"]) && next == at && !plural;
        if singular_article && self.counts_more(at + 1) {
            return None;
        }
        if definite && (!plural || hyphen) {
            return None;
        }
        // `a quarter of the army`
        if unit == TimeUnit::Quarter && (!plural || hyphen) {
            return None;
        }
        low *= factor;
        high *= factor;
        let mut end = unit_at + 1;
        // `a year and a half`, `weeks or months`
        if self.is(end, "and") && self.is(end + 1, "a") && self.is(end + 2, "half") {
            low += 0.5;
            high += 0.5;
            end += 3;
        } else if self.is(end, "or")
            && (self.is(end + 1, "so") || low.is_nan() && matches!(self.word(end + 1), Word::Units(_)))
        {
            end += 2;
        }
        // `nine years old`, `a nine-year-old`, `aged nine years`
        if self.is(end, "old") || (self.is_dash(end) && self.is(end + 1, "old")) || self.before(at) == "aged"
        {
            return self.war_of_years(end, unit, low).filter(|_| hyphen && low >= high);
        }
        // `years-long` where it is three tokens
        if self.is_dash(end) && self.is(end + 1, "long") {
            end += 2;
            let count = (!low.is_nan() && low >= high).then_some(low);
            return Some((end, TimeValue::Duration { unit, count }));
        }
        let vague = low.is_nan();
        let (from, sign, past) = self.direction(end);
        if sign != 0 && !hyphen && !definite {
            let (low, high) = if vague { (2.0, vague_most(unit)) } else { (low, high) };
            let (unit, low, high) = whole(unit, low, high);
            let (low, high) = if sign < 0 { (-high, -low) } else { (low, high) };
            return Some((past, TimeValue::Offset { unit, low, high, from }));
        }
        if vague {
            let of = self.is_any(end, &["of", "after", "before"]);
            return ((self.led(at, Use::VagueLead) || of) && plural)
                .then_some((end, TimeValue::Duration { unit, count: None }));
        }
        // `one day`, `the week`: adverbs and subjects more than lengths.
        if (self.is(next, "one")
            && unit == TimeUnit::Day
            && !modified
            && !hyphen
            && !matches!(self.before(at), "in" | "for" | "within"))
            || (low - 0.5).abs() < 0.01 && unit == TimeUnit::Day
        {
            return None;
        }
        let count = if low < high { None } else { Some(low) };
        Some((end, TimeValue::Duration { unit, count }))
    }

    /// Whether a number of its own stands after an article: `a [two]-year siege`.
    fn counts_more(&self, at: usize) -> bool {
        self.digits(at).is_some() || matches!(self.word(at), Word::Number(number) if number != 12.0)
    }

    /// `a two-year-old war`: as long as it has lasted; a person's age is no time.
    fn war_of_years(&self, end: usize, unit: TimeUnit, count: f32) -> Option<Match> {
        let noun = if self.is_dash(end) { end + 2 } else { end + 1 };
        let told = (noun..noun + 3).any(|next| self.used(next, Use::Lasting));
        told.then_some((noun, TimeValue::Duration { unit, count: Some(count) }))
    }

    /// `ago`, `later`, `from now`: what a count is from, its sign, and one past the words.
    fn direction(&self, end: usize) -> (CountedFrom, i32, usize) {
        match self.lower(end) {
            "ago" => (CountedFrom::Published, -1, end + 1),
            "hence" => (CountedFrom::Published, 1, end + 1),
            "earlier" | "previously" | "beforehand" => (CountedFrom::Text, -1, end + 1),
            "later" | "afterwards" | "afterward" => (CountedFrom::Text, 1, end + 1),
            "before" | "after" => {
                let alone = end + 1 >= self.end || self.used(end + 1, Use::ClauseEnd);
                let sign = if self.is(end, "before") { -1 } else { 1 };
                (CountedFrom::Text, if alone { sign } else { 0 }, end + 1)
            }
            "from" if self.is(end + 1, "now") => (CountedFrom::Published, 1, end + 2),
            _ => (CountedFrom::Published, 0, end),
        }
    }
}

/// The most that a bare plural is taken for: `months ago` is under two years.
fn vague_most(unit: TimeUnit) -> f32 {
    match unit {
        TimeUnit::Minute => 59.0,
        TimeUnit::Hour => 23.0,
        TimeUnit::Day => 13.0,
        TimeUnit::Week => 10.0,
        TimeUnit::Month | TimeUnit::Quarter => 23.0,
        TimeUnit::Year => 30.0,
        TimeUnit::Decade => 9.0,
        TimeUnit::Century => 20.0,
    }
}

/// Whole numbers of a unit that is small enough for the fraction: half a year is six months.
fn whole(unit: TimeUnit, low: f32, high: f32) -> (TimeUnit, i32, i32) {
    let fraction = (low - low.round()).abs() > 0.01;
    let (unit, factor) = match unit {
        TimeUnit::Year if fraction => (TimeUnit::Month, 12.0),
        TimeUnit::Decade if fraction => (TimeUnit::Year, 10.0),
        TimeUnit::Month if fraction => (TimeUnit::Week, 4.0),
        TimeUnit::Day if fraction => (TimeUnit::Hour, 24.0),
        TimeUnit::Hour if fraction => (TimeUnit::Minute, 60.0),
        TimeUnit::Week if fraction => (TimeUnit::Day, 7.0),
        unit => (unit, 1.0),
    };
    let bounded = |count: f32| (count * factor).round().clamp(-100_000.0, 100_000.0) as i32;
    (unit, bounded(low), bounded(high))
}
