//! Times of day: `5 p.m.`, `17:30`, `0930 GMT`, `at dawn`, `4 in the morning`.

use watchkeeper_record::mention::{TimeUnit, TimeValue};

use super::scan::{Match, Scan, is_day, text};
use super::words::{Use, Word};

/// A time of day without its day: minutes after midnight or part of day, and whether it is UTC.
pub(super) type TimeOfDay = (Option<u32>, Option<&'static str>, bool);

impl Scan<'_> {
    /// A time of day with its day, if one follows.
    pub(super) fn clock(&self, at: usize) -> Option<Match> {
        let (end, (minutes, part, utc)) = self.time_of_day(at)?;
        let next = if self.is(end, "on") || self.is(end, ",") { end + 1 } else { end };
        let followed = self.date(next).filter(|(_, value)| is_day(value));
        let (end, day) = followed.unwrap_or_else(|| (end, text(TimeUnit::Day, 0)));
        Some((end, TimeValue::Clock { minutes, part, day: Box::new(day), utc }))
    }

    /// A time of day alone.
    pub(super) fn clock_alone(&self, at: usize) -> Option<Match> {
        let (end, (minutes, part, utc)) = self.time_of_day(at)?;
        Some((end, TimeValue::Clock { minutes, part, day: Box::new(text(TimeUnit::Day, 0)), utc }))
    }

    fn time_of_day(&self, at: usize) -> Option<(usize, TimeOfDay)> {
        if let Word::Clock(minutes) = self.word(at) {
            // `High Noon` is a film.
            return (!self.is_named(at) && self.before(at) != "high")
                .then_some((at + 1, (Some(minutes), None, false)));
        }
        if let Word::PartSure(part) = self.word(at) {
            return self.led(at, Use::PartLead).then_some((at + 1, (None, Some(part), false)));
        }
        // `at night` is of no day.
        let word = self.lower(at);
        let (hour, minute, mut told) = match word.split_once([':', '.']) {
            Some((hour, minute)) if minute.len() == 2 && hour.len() <= 2 => {
                (hour.parse::<u32>().ok()?, minute.parse::<u32>().ok()?, word.contains(':'))
            }
            Some(_) => return None,
            None if word.len() == 4
                && (matches!(self.word(at + 1), Word::Zone | Word::Utc)
                    || self.is_any(at + 1, &["hours", "hrs"])
                        && self.is_any(at.wrapping_sub(1), &["at", "by", "around"])) =>
            {
                let number = u32::try_from(self.digits(at)?).ok()?;
                (number / 100, number % 100, true)
            }
            None => {
                let hour = self.digits(at).filter(|_| word.len() <= 2).or(match self.word(at) {
                    Word::Number(hour) => Some(hour as i32),
                    _ => None,
                })?;
                (u32::try_from(hour).ok()?, 0, false)
            }
        };
        if hour > 24 || minute > 59 {
            return None;
        }
        let mut end = at + 1;
        let mut hour = hour;
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
        // `4 in the morning`
        if self.is(end, "in")
            && self.is(end + 1, "the")
            && let Word::Part(part) = self.word(end + 2)
            && matches!(self.before(at), "at" | "around" | "about" | "by" | "until" | "before" | "after")
            && hour <= 12
        {
            hour = hour % 12 + if part == "MO" { 0 } else { 12 };
            end += 3;
            told = true;
        }
        if !told {
            return None;
        }
        let before_zone = end;
        let mut utc = false;
        while matches!(self.word(end), Word::Zone | Word::Utc) || (end > before_zone && self.is(end, "time"))
        {
            utc |= self.word(end) == Word::Utc;
            end += 1;
        }
        if self.is_any(end, &["hours", "hrs"]) && word.len() == 4 {
            end += 1;
        }
        Some((end, (Some(hour * 60 + minute), None, utc)))
    }
}
