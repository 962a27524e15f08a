//! Seasons, decades, centuries, quarters and halves of a year.

use watchkeeper_record::document::Tag;
use watchkeeper_record::mention::{CountedFrom, TimeUnit, TimeValue, Which};

use super::scan::{Match, Scan, which};
use super::words::{Use, Word};

impl Scan<'_> {
    /// `spring 2014`, `the summer of last year`, `in winter`.
    pub(super) fn season(&self, at: usize) -> Option<Match> {
        let next = if self.is(at, "the") { at + 1 } else { at };
        let Word::Season(season) = self.word(next) else { return None };
        let (end, year) = self.year_after(next + 1);
        if year.is_some() {
            return Some((
                end,
                TimeValue::Season { season, year, which: Which::Unmarked, from: CountedFrom::Published },
            ));
        }
        let of = if self.is(next + 1, "of") { next + 2 } else { next + 1 };
        if let (Word::Which(nth), Word::Unit(TimeUnit::Year)) = (self.word(of), self.word(of + 1)) {
            return Some((
                of + 2,
                TimeValue::Season { season, year: None, which: which(nth), from: CountedFrom::Published },
            ));
        }
        // `spring` and `fall` are also verbs and waters: alone they need a preposition of time and the noun.
        let noun =
            matches!(self.tag(next), Some(Tag::Nn | Tag::Nnp)) && (!self.is(next, "fall") || next > at);
        let end = self.is(next + 1, "of") || self.is_noun(next + 1);
        (noun && self.led(at, Use::SeasonLead) && !end && !self.is_named(next)).then(|| {
            (
                next + 1,
                TimeValue::Season {
                    season,
                    year: None,
                    which: Which::Unmarked,
                    from: CountedFrom::Published,
                },
            )
        })
    }

    /// `the 1990s`, `the late '80s`, `the nineties`, `the 19th century`.
    pub(super) fn decade(&self, at: usize) -> Option<Match> {
        let mut next = at;
        if self.is(next, "the") {
            next += 1;
        }
        if self.word(next) == Word::Early {
            next += 1;
            if self.is_dash(next) {
                next += 1;
            }
        }
        if let (Word::Ordinal(number), Word::Unit(TimeUnit::Century)) = (self.word(next), self.word(next + 1))
        {
            let number = i32::try_from(number).ok().filter(|number| (1..=22).contains(number))?;
            return Some((next + 2, TimeValue::Century { number }));
        }
        if let Word::Tens(decade) = self.word(next) {
            return (next > at).then(|| (next + 1, TimeValue::Decade { first_year: 1900 + decade }));
        }
        let mut apostrophe = false;
        if self.is_any(next, &["'", "’", "‘", "`"]) {
            apostrophe = true;
            next += 1;
        }
        let word = self.lower(next).trim_start_matches("mid-");
        apostrophe |= word.starts_with(['\'', '’', '‘']);
        let (number, mut end) = match word.strip_suffix("s").or_else(|| word.strip_suffix("'s")) {
            Some(number) => (number, next + 1),
            // `1990's` is two tokens.
            None if self.is_any(next + 1, &["'s", "’s"]) && self.is(at, "the") => (word, next + 2),
            None => return None,
        };
        let number = number.trim_end_matches(['\'', '’']).trim_start_matches(['\'', '’', '‘']);
        let year: i32 = number.parse().ok()?;
        let first_year = match (number.len(), year) {
            (4, 1000..=2200) => year,
            (2, 10..=99) if next > at || apostrophe || self.before(at) == "and" => 1900 + year,
            _ => return None,
        };
        if end > next + 1 && first_year % 10 != 0 {
            end = next;
        }
        (first_year % 10 == 0 && end > next).then_some((end, TimeValue::Decade { first_year }))
    }

    /// `the third quarter of 2014`, `next year's first quarter`, `the second half of this year`, `the year-earlier quarter`.
    pub(super) fn quarter(&self, at: usize) -> Option<Match> {
        if let Some(found) = self.year_earlier(at) {
            return Some(found);
        }
        // `next year's first quarter`, `2014's second half`
        let (owner_end, owner) = match (self.word(at), self.word(at + 1)) {
            (Word::Which(nth), Word::Unit(TimeUnit::Year)) => (at + 2, Some((None, which(nth)))),
            _ => match self.year_number(at) {
                Some(year) => (at + 1, Some((Some(year), Which::Unmarked))),
                None => (at, None),
            },
        };
        let owned = owner.filter(|_| self.is_any(owner_end, &["'s", "’s"]));
        let mut next = if owned.is_some() { owner_end + 1 } else { at };
        if owned.is_none() {
            if self.is(next, "the") {
                next += 1;
            }
            if self.is(next, "fiscal") {
                next += 1;
            }
        }
        let (number, unit) = match self.word(next) {
            Word::Ordinal(number) => (number, self.after_dash(next + 1)),
            Word::Which(super::words::Nth::Last) if next > at => (2, self.after_dash(next + 1)),
            _ => return None,
        };
        let half = self.is(unit, "half");
        if !(half && number <= 2 || self.word(unit) == Word::Unit(TimeUnit::Quarter) && number <= 4)
            || matches!(self.word(next), Word::Which(_)) && !half
        {
            return None;
        }
        let (mut end, mut year) = self.year_after(unit + 1);
        let mut told = Which::Unmarked;
        if let Some((owned_year, owned_which)) = owned {
            (year, told) = (owned_year, owned_which);
            end = unit + 1;
        } else if year.is_none() {
            let of = if self.is(unit + 1, "of") { unit + 2 } else { unit + 1 };
            if let (Word::Which(nth), Word::Unit(TimeUnit::Year)) = (self.word(of), self.word(of + 1)) {
                told = which(nth);
                end = of + 2;
            }
        }
        if half {
            // `the first half` alone is of a match or a list.
            let sure = year.is_some() || told != Which::Unmarked;
            return sure.then_some((end, TimeValue::HalfOfYear { half: number, year, which: told }));
        }
        Some((end, TimeValue::QuarterOfYear { quarter: number, year, which: told }))
    }

    /// `the year-earlier quarter`, `the year-ago period`, `the same period a year earlier`: a year before the time told last.
    fn year_earlier(&self, at: usize) -> Option<Match> {
        let next = if self.is(at, "the") { at + 1 } else { at };
        let earlier = TimeValue::Offset { unit: TimeUnit::Year, low: -1, high: -1, from: CountedFrom::Text };
        if self.is(next, "year") && self.is_dash(next + 1) && self.is_any(next + 2, &["ago", "earlier"]) {
            let mut end = next + 3;
            if let (Word::Ordinal(1..=4), Word::Unit(TimeUnit::Quarter)) =
                (self.word(end), self.word(end + 1))
            {
                end += 2;
            } else if self.is_any(end, &["period", "quarter"]) {
                end += 1;
            }
            return Some((end, earlier));
        }
        if self.is(next, "year") && self.is_dash(next + 1) && self.is(next + 2, "end") {
            let end_of_year =
                TimeValue::Calendar { year: None, month: Some(12), day: Some(31), which: Which::This };
            return Some((next + 3, end_of_year));
        }
        let same = self.is(next, "same")
            && (self.is(next + 1, "period") || matches!(self.word(next + 1), Word::Unit(_)))
            && next > at;
        let of_year = |of: usize| match (self.word(of), self.word(of + 1)) {
            (
                Word::Which(super::words::Nth::Last | super::words::Nth::Previous),
                Word::Unit(TimeUnit::Year),
            ) => Some(of + 2),
            _ if self.is_any(of, &["a", "one"])
                && self.is(of + 1, "year")
                && self.is_any(of + 2, &["ago", "earlier", "before"]) =>
            {
                Some(of + 3)
            }
            _ => None,
        };
        let of = if self.is_any(next + 2, &["of", "in"]) { next + 3 } else { next + 2 };
        let the = if self.is(of, "the") { of + 1 } else { of };
        same.then(|| of_year(the)).flatten().map(|end| (end, earlier))
    }

    fn after_dash(&self, at: usize) -> usize {
        if self.is_dash(at) { at + 1 } else { at }
    }
}
