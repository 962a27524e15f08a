//! Numbers of units, recurring times and times of day: the parts of the grammar that aren't dates.

use watchkeeper_record::document::EntityLabel;
use watchkeeper_record::mention::{CountedFrom, TimeUnit, TimeValue};

use super::grammar::{Match, Scan, is_day, period, text, vague_most, whole};
use super::words::Word;

impl Scan<'_> {
    /// A number of things: `three`, `a`, `a few`, `two or three`, `10-15`, `twenty-five`, `half a`. One past it, least, most.
    pub(super) fn count(&self, at: usize) -> Option<(usize, f32, f32)> {
        let (end, low, high) = self.single_count(at)?;
        if self.is_any(end, &["to", "or", "-", "–"])
            && low == high
            && let Some((second_end, second, most)) = self.single_count(end + 1)
            && second > low
            && second == most
            && !self.is_any(at, &["a", "an"])
        {
            return Some((second_end, low, second));
        }
        // `three and a half`
        if self.is(end, "and") && self.is(end + 1, "a") && self.is(end + 2, "half") {
            return Some((end + 3, low + 0.5, high + 0.5));
        }
        Some((end, low, high))
    }

    pub(super) fn single_count(&self, at: usize) -> Option<(usize, f32, f32)> {
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

    /// A number of units: how long, or how long ago.
    pub(super) fn quantity(&self, at: usize) -> Option<Match> {
        let mut next = at;
        while self.word(next) == Word::About {
            next += 1;
        }
        let two_words = self.is_any(next, &["more", "less", "fewer"]) && self.is(next + 1, "than")
            || self.is(next, "at") && self.is_any(next + 1, &["least", "most"])
            || self.is(next, "up") && self.is(next + 1, "to");
        if two_words {
            next += 2;
        } else if self.is_any(next, &["over", "under"]) {
            next += 1;
        }
        let modified = next > at;
        let (unit_at, mut low, mut high) = match self.count(next) {
            Some(count) => count,
            // `months ago`, `for weeks`
            None if matches!(self.word(next), Word::Units(_)) && !modified => (next, f32::NAN, f32::NAN),
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
        low *= factor;
        high *= factor;
        let mut end = unit_at + 1;
        // `a year and a half`
        if self.is(end, "and") && self.is(end + 1, "a") && self.is(end + 2, "half") {
            low += 0.5;
            high += 0.5;
            end += 3;
        }
        // `nine years old`, `a nine-year-old`, `aged nine years`
        if self.is(end, "old") || (self.is_dash(end) && self.is(end + 1, "old")) || self.before(at) == "aged"
        {
            return None;
        }
        let vague = low.is_nan();
        let (from, sign) = match self.lower(end) {
            "ago" => (CountedFrom::Published, -1),
            "hence" => (CountedFrom::Published, 1),
            "earlier" | "previously" => (CountedFrom::Text, -1),
            "later" => (CountedFrom::Text, 1),
            "before" | "after" => {
                let alone = end + 1 >= self.end || self.is_any(end + 1, &[",", ".", ";", ")", "and", "but"]);
                (
                    CountedFrom::Text,
                    if !alone {
                        0
                    } else if self.is(end, "before") {
                        -1
                    } else {
                        1
                    },
                )
            }
            "from" if self.is(end + 1, "now") => {
                end += 1;
                (CountedFrom::Published, 1)
            }
            _ => (CountedFrom::Published, 0),
        };
        if sign != 0 && !hyphen {
            let (low, high) = if vague { (2.0, vague_most(unit)) } else { (low, high) };
            let (unit, low, high) = whole(unit, low, high);
            let (low, high) = if sign < 0 { (-high, -low) } else { (low, high) };
            return Some((end + 1, TimeValue::Offset { unit, low, high, from }));
        }
        if vague {
            let leads =
                matches!(self.before(at), "for" | "in" | "within" | "after" | "over" | "of" | "through");
            let of = self.is_any(end, &["of", "after", "before"]);
            return ((leads || of) && plural).then_some((end, TimeValue::Duration { unit, count: None }));
        }
        // `one day`, `the week`: adverbs and subjects more than lengths.
        if (self.is(next, "one")
            && unit == TimeUnit::Day
            && !modified
            && !matches!(self.before(at), "in" | "for" | "within"))
            || (low - 0.5).abs() < 0.01 && unit == TimeUnit::Day
        {
            return None;
        }
        let count = if low < high { None } else { Some(low) };
        Some((end, TimeValue::Duration { unit, count }))
    }

    /// `every Friday`, `daily`, `each year`, `twice a week`, `Fridays`.
    pub(super) fn set(&self, at: usize) -> Option<Match> {
        let set = |timex3: String| TimeValue::Set { timex3 };
        match self.word(at) {
            Word::Set(index) => {
                // `Daily` in the name of a newspaper is none.
                let named = self
                    .label(at)
                    .is_some_and(|label| label != EntityLabel::Date && label != EntityLabel::Time);
                return (!named).then(|| (at + 1, set(self.lexicon.sets[index as usize].clone())));
            }
            Word::Weekdays(weekday) if self.is_name(at) => {
                return Some((at + 1, set(format!("XXXX-WXX-{}", weekday + 1))));
            }
            Word::Parts(part) if self.is(at, "nights") && matches!(self.before(at), "most" | "some") => {
                return Some((at + 1, set(format!("XXXX-XX-XXT{part}"))));
            }
            Word::Every => {
                let other = self.is(at + 1, "other");
                let next = if other { at + 2 } else { at + 1 };
                let (next, count) = match self.count(next) {
                    Some((end, low, high)) if low == high => (end, low as i32),
                    _ => (next, 1),
                };
                let count = if other { 2 } else { count };
                return match self.word(next) {
                    Word::Unit(unit) | Word::Units(unit) => {
                        Some((next + 1, set(period(unit, &count.to_string()))))
                    }
                    Word::Weekday(weekday) => Some((next + 1, set(format!("XXXX-WXX-{}", weekday + 1)))),
                    Word::Part(part) => Some((next + 1, set(format!("XXXX-XX-XXT{part}")))),
                    Word::Month(month) => Some((next + 1, set(format!("XXXX-{month:02}")))),
                    Word::Season(season) => Some((
                        next + 1,
                        set(format!("XXXX-{}", ["WI", "SP", "SU", "FA"][season as usize % 4])),
                    )),
                    Word::Weekend => Some((next + 1, set("XXXX-WXX-WE".to_owned()))),
                    _ => None,
                };
            }
            _ => {}
        }
        // `a week`, `per day` after a number or `times`, `once`, `twice`.
        if self.is_any(at, &["a", "an", "per"])
            && let Word::Unit(unit) = self.word(at + 1)
        {
            let rate = matches!(self.before(at), "once" | "twice" | "times" | "time")
                || self.is(at, "per")
                || (at > self.start
                    && matches!(self.label(at - 1), Some(EntityLabel::Money | EntityLabel::Cardinal))
                    && !matches!(self.lower(at + 2), "ago" | "earlier" | "later" | "before" | "after"));
            return rate.then(|| (at + 2, set(period(unit, "1"))));
        }
        None
    }

    /// A clock time with its day, if one follows.
    pub(super) fn clock(&self, at: usize) -> Option<Match> {
        let (end, clock) = self.clock_alone(at)?;
        let TimeValue::Clock { minutes, part, .. } = clock else { return None };
        let next = if self.is(end, "on") || self.is(end, ",") { end + 1 } else { end };
        let followed = self.date(next).filter(|(_, value)| is_day(value));
        Some(match followed {
            Some((end, value)) => (end, TimeValue::Clock { minutes, part, day: Box::new(value) }),
            None => (end, TimeValue::Clock { minutes, part, day: Box::new(text(TimeUnit::Day, 0)) }),
        })
    }

    /// `5 p.m.`, `17:30`, `0930 GMT`, `noon`, `at dawn`.
    pub(super) fn clock_alone(&self, at: usize) -> Option<Match> {
        let value = |minutes, part| TimeValue::Clock { minutes, part, day: Box::new(text(TimeUnit::Day, 0)) };
        if let Word::Clock(minutes) = self.word(at) {
            return Some((at + 1, value(Some(minutes), None)));
        }
        if let Word::Part(part) = self.word(at) {
            let bare = matches!(self.before(at), "at" | "before" | "after" | "around" | "by");
            return (bare
                && self
                    .is_any(at, &["dawn", "dusk", "nightfall", "daybreak", "midday", "sunrise", "sunset"]))
            .then(|| (at + 1, value(None, Some(part))));
        }
        let word = self.lower(at);
        let (hour, minute, told) = match word.split_once([':', '.']) {
            Some((hour, minute)) if minute.len() == 2 && hour.len() <= 2 => {
                (hour.parse::<u32>().ok()?, minute.parse::<u32>().ok()?, word.contains(':'))
            }
            Some(_) => return None,
            None if word.len() == 4 && matches!(self.word(at + 1), Word::Zone) => {
                let number = self.digits(at)? as u32;
                (number / 100, number % 100, true)
            }
            None => (
                self.digits(at).filter(|_| word.len() <= 2).or(match self.word(at) {
                    Word::Number(hour) => Some(hour as i32),
                    _ => None,
                })? as u32,
                0,
                false,
            ),
        };
        if hour > 24 || minute > 59 {
            return None;
        }
        let mut end = at + 1;
        let mut hour = hour;
        let mut told = told;
        if self.word(end) == Word::OClock {
            end += 1;
            told = true;
        }
        if let Word::Meridiem(plus) = self.word(end) {
            if hour > 12 {
                return None;
            }
            // The bare word `am` is a verb unless a number stands right before it, which it does here.
            hour = hour % 12 + plus / 60;
            end += 1;
            told = true;
        }
        if !told {
            return None;
        }
        let before_zone = end;
        while self.word(end) == Word::Zone || (end > before_zone && self.is(end, "time")) {
            end += 1;
        }
        Some((end, value(Some(hour * 60 + minute), None)))
    }
}
