//! Ranges: `between May and July`, `from 2011 to 2014`, `since 2014`, `until Friday`.

use watchkeeper_record::mention::TimeValue;

use super::scan::{Found, Match, Scan, calendar, range};
use super::words::Word;

impl Scan<'_> {
    /// `between A and B`, `from A to B`, `A to B`, `A–B`, `May 3 and 5`.
    pub(super) fn between(&self, at: usize) -> Option<Found> {
        let (first, joins): (usize, &[&str]) = match self.lower(at) {
            "between" => (at + 1, &["and"]),
            "from" => (at + 1, &["to", "until", "till", "through", "-", "–"]),
            _ => (at, &["to", "through", "until", "-", "–"]),
        };
        // `between 3 and 5 May`: the first day borrows the month of the second.
        if let Some(low) = self.day_number(first).filter(|_| !matches!(self.word(first), Word::Number(_)))
            && self.is_any(first + 1, joins)
            && let Some((end, TimeValue::Calendar { year, month: Some(month), day: Some(high), .. })) =
                self.date(first + 2)
        {
            let side = |day| calendar(year, Some(month), Some(day));
            return (low < high).then(|| Found { end, value: range(side(low), side(high)), sides: None });
        }
        let (join, mut start) = self.range_side(first)?;
        // `May 3 and 5`: the second day borrows the month of the first.
        if let (true, &TimeValue::Calendar { year: None, month: Some(month), day: Some(low), .. }) =
            (self.is(join, "and"), &start)
            && let Some(high) = self.day_number(join + 1).filter(|&high| high > low)
            && !matches!(self.word(join + 2), Word::Month(_) | Word::MonthShort(_))
            && !self.is_noun(join + 2)
            && self.digits(join + 1).is_some()
        {
            let value = range(start, calendar(None, Some(month), Some(high)));
            return Some(Found { end: join + 2, value, sides: Some([first..join, join + 1..join + 2]) });
        }
        if !self.is_any(join, joins) {
            return None;
        }
        let (end, mut stop) = self.range_side(join + 1)?;
        // `from May to July 2014`: the first date borrows the year of the second, or the other way round.
        if let (
            TimeValue::Calendar { year: first_year, .. },
            TimeValue::Calendar { year: second_year, month: Some(_), .. },
        ) = (&mut start, &mut stop)
            && first_year.is_none()
        {
            *first_year = *second_year;
        }
        Some(Found { end, value: range(start, stop), sides: Some([first..join, join + 1..end]) })
    }

    /// A date that may bound a range: never a bare count.
    fn range_side(&self, at: usize) -> Option<Match> {
        let early = if self.word(at) == Word::Early { at + 1 } else { at };
        if self.year_number(early).is_some()
            && !self.is_any(early.wrapping_sub(1), &["to", "and"])
            && let Some(year) = self.year(early, true)
        {
            return Some(year);
        }
        self.date(early)
            .or_else(|| self.year(early, true))
            .or_else(|| self.clock(early))
            .or_else(|| self.modified(at))
    }

    /// `since 2014`, `until Friday`: the words of the date alone, open at one end.
    pub(super) fn open(&self, at: usize) -> Option<Match> {
        let starts = match self.before(at) {
            "since" => true,
            "until" | "till" => false,
            _ => return None,
        };
        let (end, value) = self.point(at)?;
        if matches!(
            value,
            TimeValue::Duration { .. }
                | TimeValue::Set { .. }
                | TimeValue::Range { .. }
                | TimeValue::Vague { .. }
        ) {
            return Some((end, value));
        }
        let value = Some(Box::new(value));
        let (start, stop) = if starts { (value, None) } else { (None, value) };
        Some((end, TimeValue::Range { start, end: stop }))
    }
}
