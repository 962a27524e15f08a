//! Calendar dates: months, weekdays, days of the month, years, and dates in figures.

use watchkeeper_record::document::{Dep, EntityLabel, Tag, TokenIndex};
use watchkeeper_record::mention::{TimeUnit, TimeValue, Which};

use super::scan::{Match, Scan, calendar, range, step, which};
use super::words::{Use, Word};

impl Scan<'_> {
    /// Dates with a month or weekday, and dates in figures.
    pub(super) fn calendar(&self, at: usize) -> Option<Match> {
        let mut next = at;
        let mut weekday = None;
        if self.is(next, "the") && matches!(self.word(next + 1), Word::Ordinal(_)) {
            next += 1;
        }
        if let Word::Weekday(found) | Word::WeekdayShort(found) = self.word(next) {
            weekday = Some(found);
            next += 1;
            if self.is(next, ",") || self.is(next, "the") {
                next += 1;
            }
        }
        if let Some(found) = self.month_date(next) {
            return Some(found);
        }
        if let Some(found) = self.figures(at) {
            return Some(found);
        }
        // `on the 28th`
        if let (Word::Ordinal(day @ 1..=31), true, true) =
            (self.word(next), next > at, self.led(at, Use::DayLead))
            && !self.is_noun(next + 1)
            && !matches!(self.word(next + 1), Word::Unit(_) | Word::Units(_))
            && self.lower(next).starts_with(|first: char| first.is_ascii_digit())
            && !self.is_any(next + 1, &["of", "-", "and", "most", "-", "largest"])
        {
            return Some((next + 1, calendar(None, None, Some(day))));
        }
        let weekday = weekday?;
        let short = matches!(self.word(at), Word::WeekdayShort(_));
        if short || !self.is_name(at) || self.names_another(at) {
            return None;
        }
        // `Friday last week`, `Monday of this week`
        let of = if self.is(at + 1, "of") { at + 2 } else { at + 1 };
        if let (Word::Which(nth), Word::Unit(TimeUnit::Week)) = (self.word(of), self.word(of + 1)) {
            return Some((of + 2, TimeValue::WeekdayOfWeek { weekday, week: step(nth) }));
        }
        Some((at + 1, TimeValue::Weekday { weekday, which: Which::Unmarked }))
    }

    /// `3 May 2014`, `the 3rd of May`, `May 3, 2014`, `May 3–5`, `3-5 May`, `May 2014`, `May last year`, `May`.
    fn month_date(&self, at: usize) -> Option<Match> {
        if let Some(first) = self.day_number(at) {
            return self.day_first(at, first);
        }
        let (month, short) = match self.word(at) {
            Word::Month(month) => (month, false),
            Word::MonthShort(month) => (month, true),
            _ => return None,
        };
        let date = |year, day| calendar(year, Some(month), day);
        if self.tag(at) == Some(Tag::Md) || !self.starts_upper(at) && (short || self.is_verb_too(at)) {
            return None;
        }
        let day_at = if self.is(at + 1, "the") { at + 2 } else { at + 1 };
        if let Some(day) = self.day_number(day_at).filter(|_| self.year_number(day_at).is_none()) {
            if (self.is_dash(day_at + 1) || self.is_any(day_at + 1, &["to"]))
                && self.day_number(day_at + 2).is_some_and(|last| last > day)
                && !matches!(self.word(day_at + 3), Word::Month(_))
            {
                let (end, year) = self.year_after(day_at + 3);
                let last = self.day_number(day_at + 2);
                return Some((end, range(date(year, Some(day)), date(year, last))));
            }
            let unit_follows = matches!(self.word(day_at + 1), Word::Unit(_) | Word::Units(_));
            if !unit_follows {
                let (end, year) = self.year_after(day_at + 1);
                return Some(match self.year_beside(end).filter(|_| year.is_none()) {
                    Some((end, which)) => {
                        (end, TimeValue::Calendar { year, month: Some(month), day: Some(day), which })
                    }
                    None => (end, date(year, Some(day))),
                });
            }
        }
        let (end, year) = self.year_after(at + 1);
        if year.is_some() {
            return Some((end, date(year, None)));
        }
        if let Some((end, which)) = self.year_beside(at + 1) {
            return Some((end, TimeValue::Calendar { year: None, month: Some(month), day: None, which }));
        }
        (!short && self.bare_month(at)).then(|| (at + 1, date(None, None)))
    }

    /// Whether a month in lower case would be another word: `march`, `may`.
    fn is_verb_too(&self, at: usize) -> bool {
        !matches!(self.tag(at), Some(Tag::Nnp)) || self.lower(at).len() < 6
    }

    /// `May last year`, `May of this year`: which year, and one past its words.
    fn year_beside(&self, at: usize) -> Option<(usize, Which)> {
        let of = if self.is(at, "of") { at + 1 } else { at };
        match (self.word(of), self.word(of + 1)) {
            (Word::Which(nth), Word::Unit(TimeUnit::Year)) => Some((of + 2, which(nth))),
            _ => None,
        }
    }

    /// Dates that begin with the day.
    fn day_first(&self, at: usize, first: u32) -> Option<Match> {
        let mut next = at + 1;
        let mut last = None;
        if (self.is_dash(next) || self.is_any(next, &["to", "and"]))
            && let Some(day) = self.day_number(next + 1).filter(|&day| day > first)
        {
            last = Some(day);
            next += 2;
        }
        if self.is(next, "of") {
            next += 1;
        }
        let (Word::Month(month) | Word::MonthShort(month)) = self.word(next) else { return None };
        if self.tag(next) == Some(Tag::Md) || !self.starts_upper(next) && self.is_verb_too(next) {
            return None;
        }
        let (mut end, year) = self.year_after(next + 1);
        let beside = self.year_beside(end).filter(|_| year.is_none());
        let mut date = |day| match beside {
            Some((past, which)) => {
                end = past;
                TimeValue::Calendar { year, month: Some(month), day: Some(day), which }
            }
            None => calendar(year, Some(month), Some(day)),
        };
        let first = date(first);
        let value = match last {
            Some(last) => range(first, date(last)),
            None => first,
        };
        Some((end, value))
    }

    /// Whether a month's name alone is a month and not a verb, a walk or a person.
    fn bare_month(&self, at: usize) -> bool {
        if !self.is_name(at) || self.led(at, Use::Title) || self.names_another(at) {
            return false;
        }
        let label = self.label(at);
        label == Some(EntityLabel::Date) || self.led(at, Use::MonthLead) && label.is_none()
    }

    /// `Sunday Street`, `August Wilson`: the first word of a longer name.
    fn names_another(&self, at: usize) -> bool {
        let tok = self.doc.token(at as TokenIndex);
        let head = tok.head as usize;
        tok.dep == Dep::Compound
            && head > at
            && self.tag(head) == Some(Tag::Nnp)
            && (at + 1..=head).all(|part| self.tag(part) == Some(Tag::Nnp) && self.words[part] == Word::None)
    }

    /// A year that follows a day or month, with its comma or `of`. One past it, and the year.
    pub(super) fn year_after(&self, at: usize) -> (usize, Option<i32>) {
        let next = if self.is(at, ",") || self.is(at, "of") || self.is(at, "in") { at + 1 } else { at };
        if let Some(year) = self.year_number(next) {
            return (next + 1, Some(year));
        }
        match self.year_in_words(next) {
            Some((end, year)) => (end, Some(year)),
            None => (at, None),
        }
    }

    /// `nineteen ninety-seven`, `two thousand and four`, `twenty seventeen`.
    fn year_in_words(&self, at: usize) -> Option<(usize, i32)> {
        let Word::Number(first) = self.word(at) else { return None };
        let first = first as i32;
        if first == 2 && self.word(at + 1) == Word::Hundred(1000.0) {
            let next = if self.is(at + 2, "and") { at + 3 } else { at + 2 };
            return match self.number_below_hundred(next) {
                Some((end, rest)) => Some((end, 2000 + rest)),
                None => Some((at + 2, 2000)),
            };
        }
        if !(13..=20).contains(&first) {
            return None;
        }
        let (end, rest) = self.number_below_hundred(at + 1).filter(|(_, rest)| *rest >= 10)?;
        Some((end, first * 100 + rest))
    }

    fn number_below_hundred(&self, at: usize) -> Option<(usize, i32)> {
        let Word::Number(tens) = self.word(at) else { return None };
        let tens = tens as i32;
        let next = if self.is_dash(at + 1) { at + 2 } else { at + 1 };
        match self.word(next) {
            Word::Number(ones) if (20..=90).contains(&tens) && ones < 10.0 => {
                Some((next + 1, tens + ones as i32))
            }
            _ => (tens < 100).then_some((at + 1, tens)),
        }
    }

    /// `2017-10-20`, `20/10/2017`, `10/20/17`, `20.10.2017`.
    fn figures(&self, at: usize) -> Option<Match> {
        let date = |year: i32, month: u32, day: u32| {
            let year = match year {
                0..=49 => year + 2000,
                50..=99 => year + 1900,
                _ => year,
            };
            ((1..=12).contains(&month) && (1..=31).contains(&day))
                .then(|| calendar(Some(year), Some(month), Some(day)))
        };
        // The parts stand in one token or in five.
        if let Some(year) = self.year_number(at)
            && self.is(at + 1, "-")
            && self.is(at + 3, "-")
        {
            let (month, day) = (self.digits(at + 2)?, self.digits(at + 4)?);
            return Some((at + 5, date(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)?));
        }
        let word = self.lower(at);
        if (!(8..=10).contains(&word.len()) || !word.as_bytes()[0].is_ascii_digit())
            && (!(6..=10).contains(&word.len()) || !word.contains('/'))
        {
            return None;
        }
        let separator = ['-', '/', '.'].into_iter().find(|&mark| word.matches(mark).count() == 2)?;
        let mut parts = word.split(separator).map(|part| part.parse::<u16>().ok());
        let (first, second, third) = (parts.next()??, parts.next()??, parts.next()??);
        let (year, month, day) = (i32::from(third), u32::from(first), u32::from(second));
        let value = if first > 31 {
            date(i32::from(first), u32::from(second), u32::from(third))
        } else if separator == '/' && first <= 12 {
            // Month first as in the United States, unless that is impossible.
            date(year, month, day).or_else(|| date(year, day, month))
        } else {
            date(year, day, month)
        };
        Some((at + 1, value?))
    }

    /// A year alone. `sure` where the words around already say that it is one.
    pub(super) fn year(&self, at: usize, sure: bool) -> Option<Match> {
        let of = |year| calendar(Some(year), None, None);
        let mut next = at;
        if self.is(next, "the") && self.is(next + 1, "year") {
            next += 2;
        }
        if self.is(next, "fiscal") {
            next += 1;
            if self.is(next, "year") {
                next += 1;
            }
        }
        if let Some((end, year)) = self.year_in_words(next) {
            let alone = !matches!(self.word(end), Word::Unit(_) | Word::Units(_) | Word::Hundred(_));
            let fine = sure || next > at || self.led(at, Use::YearLead) || end > next + 2;
            return (alone && fine && (1300..=2100).contains(&year) && (next > at || year != 2000))
                .then(|| (end, of(year)));
        }
        let year = self.year_number(next)?;
        let label = self.label(next);
        let other = matches!(
            label,
            Some(
                EntityLabel::Cardinal
                    | EntityLabel::Money
                    | EntityLabel::Quantity
                    | EntityLabel::Percent
                    | EntityLabel::Product
            )
        );
        if other && !sure {
            return None;
        }
        let counted = matches!(self.word(next + 1), Word::Unit(_) | Word::Units(_) | Word::Zone | Word::Utc);
        let name_follows = self.tag(next + 1) == Some(Tag::Nnp) && self.starts_upper(next + 1);
        let in_name = next == at && !sure && name_follows && self.starts_upper(next.wrapping_sub(1));
        let noun_follows = matches!(self.tag(next + 1), Some(Tag::Nns | Tag::Nn | Tag::Jj));
        let known = label == Some(EntityLabel::Date)
            || next > at
            || sure
            || (self.led(at, Use::YearLead) && !noun_follows && label.is_none());
        if counted || in_name || self.led(at, Use::SumLead) || !(1800..=2099).contains(&year) || !known {
            return None;
        }
        // `2011-14`, `2011–2014`
        if self.is_dash(next + 1) {
            let second = self.lower(next + 2);
            if second.len() == 2
                && let Some(short) = self.digits(next + 2).filter(|short| year % 100 < *short)
            {
                return Some((next + 3, range(of(year), of(year / 100 * 100 + short))));
            }
        }
        Some((next + 1, of(year)))
    }
}
