//! The grammar of time expressions: a recursive descent over the word classes of one sentence, longest reading first.

use compact_str::CompactString;
use watchkeeper_record::Document;
use watchkeeper_record::document::{EntityLabel, Pos, Tag, TokenIndex};
use watchkeeper_record::mention::{CountedFrom, TimeUnit, TimeValue, Which};

use super::words::{Lexicon, Nth, Word};

/// One past the last token of a match, and what it says.
pub(super) type Match = (usize, TimeValue);

/// A sentence under the grammar. Positions are token indices of the document.
pub(super) struct Scan<'a> {
    pub(super) doc: &'a Document,
    pub(super) lexicon: &'a Lexicon,
    pub(super) lower: &'a [CompactString],
    /// Word classes of the whole document.
    pub(super) words: &'a [Word],
    /// Entity label of each token.
    pub(super) labels: &'a [Option<EntityLabel>],
    /// The sentence.
    pub(super) start: usize,
    pub(super) end: usize,
}

pub(super) fn text(unit: TimeUnit, offset: i32) -> TimeValue {
    TimeValue::Period { unit, offset, from: CountedFrom::Text }
}

fn day(offset: i32) -> TimeValue {
    TimeValue::Offset { unit: TimeUnit::Day, low: offset, high: offset, from: CountedFrom::Published }
}

fn which(nth: Nth) -> Which {
    match nth {
        Nth::Last | Nth::Previous => Which::Last,
        Nth::This | Nth::Same => Which::This,
        Nth::Next | Nth::Following => Which::Next,
    }
}

/// Whether a value names one day, so that a time of day can stand beside it.
pub(super) fn is_day(value: &TimeValue) -> bool {
    match value {
        TimeValue::Calendar { day, .. } => day.is_some(),
        TimeValue::Weekday { .. } => true,
        TimeValue::Offset { unit, .. } | TimeValue::Period { unit, .. } => *unit == TimeUnit::Day,
        _ => false,
    }
}

impl Scan<'_> {
    pub(super) fn word(&self, at: usize) -> Word {
        if at < self.end { self.words[at] } else { Word::None }
    }

    pub(super) fn lower(&self, at: usize) -> &str {
        if at < self.end { &self.lower[at] } else { "" }
    }

    pub(super) fn is(&self, at: usize, word: &str) -> bool {
        self.lower(at) == word
    }

    pub(super) fn is_any(&self, at: usize, words: &[&str]) -> bool {
        words.contains(&self.lower(at))
    }

    pub(super) fn before(&self, at: usize) -> &str {
        if at > self.start { &self.lower[at - 1] } else { "" }
    }

    pub(super) fn label(&self, at: usize) -> Option<EntityLabel> {
        self.labels[at]
    }

    fn tag(&self, at: usize) -> Option<Tag> {
        (at < self.end).then(|| self.doc.token(at as TokenIndex).tag)
    }

    pub(super) fn is_dash(&self, at: usize) -> bool {
        self.is_any(at, &["-", "–", "—", "‑"])
    }

    /// A whole number written in digits.
    pub(super) fn digits(&self, at: usize) -> Option<i32> {
        let word = self.lower(at);
        let plain = !word.is_empty()
            && word.len() <= 7
            && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b',');
        (plain && word.as_bytes()[0].is_ascii_digit()).then(|| word.replace(',', "").parse().ok()).flatten()
    }

    fn year_number(&self, at: usize) -> Option<i32> {
        let word = self.lower(at);
        if word.len() != 4 || !word.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        word.parse().ok().filter(|year| (1000..=2200).contains(year))
    }

    fn day_number(&self, at: usize) -> Option<u32> {
        if let Word::Ordinal(day) = self.word(at) {
            return (day <= 31).then_some(day);
        }
        let word = self.lower(at);
        (word.len() <= 2).then(|| word.parse().ok()).flatten().filter(|day| (1..=31).contains(day))
    }

    /// The longest expression that starts here.
    pub(super) fn expression(&self, at: usize) -> Option<Match> {
        [self.between(at), self.open(at), self.point(at)]
            .into_iter()
            .flatten()
            .max_by_key(|(end, value)| (*end, matches!(value, TimeValue::Range { .. })))
    }

    /// `between A and B`, `from A to B`, `A to B`, `A–B`.
    fn between(&self, at: usize) -> Option<Match> {
        let (first, joins): (usize, &[&str]) = match self.lower(at) {
            "between" => (at + 1, &["and"]),
            "from" => (at + 1, &["to", "until", "till", "through", "-", "–"]),
            _ => (at, &["to", "through", "until", "-", "–"]),
        };
        // `between 3 and 5 May`: the first day borrows the month of the second.
        if let Some(low) = self.day_number(first).filter(|_| !matches!(self.word(first), Word::Number(_)))
            && self.is_any(first + 1, joins)
            && let Some((end, TimeValue::Calendar { year, month: Some(month), day: Some(high), which })) =
                self.date(first + 2)
        {
            let side =
                |day| Some(Box::new(TimeValue::Calendar { year, month: Some(month), day: Some(day), which }));
            return (low < high).then(|| (end, TimeValue::Range { start: side(low), end: side(high) }));
        }
        let (join, start) = self.range_side(first)?;
        if !self.is_any(join, joins) {
            return None;
        }
        let (end, mut stop) = self.range_side(join + 1)?;
        let mut start = start;
        // `from May to July 2014`: the first date borrows the year of the second, or the other way round.
        if let (
            TimeValue::Calendar { year: first_year, .. },
            TimeValue::Calendar { year: second_year, month: Some(_), .. },
        ) = (&mut start, &mut stop)
            && first_year.is_none()
        {
            *first_year = *second_year;
        }
        Some((end, TimeValue::Range { start: Some(Box::new(start)), end: Some(Box::new(stop)) }))
    }

    /// A date that may bound a range: never a bare count.
    fn range_side(&self, at: usize) -> Option<Match> {
        if self.year_number(at).is_some()
            && !self.is_any(at.wrapping_sub(1), &["to", "and"])
            && let Some(year) = self.year(at, true)
        {
            return Some(year);
        }
        let (end, value) = self.date(at).or_else(|| self.year(at, true)).or_else(|| self.clock(at))?;
        Some((end, value))
    }

    /// `since 2014`, `until Friday`: the words of the date alone, open at one end.
    fn open(&self, at: usize) -> Option<Match> {
        let starts = match self.before(at) {
            "since" => true,
            "until" | "till" => false,
            _ => return None,
        };
        let (end, value) = self.point(at)?;
        if matches!(value, TimeValue::Duration { .. } | TimeValue::Set { .. } | TimeValue::Range { .. }) {
            return Some((end, value));
        }
        let value = Some(Box::new(value));
        Some((
            end,
            if starts {
                TimeValue::Range { start: value, end: None }
            } else {
                TimeValue::Range { start: None, end: value }
            },
        ))
    }

    /// One time: an optional modifier, the date, a time of day.
    fn point(&self, at: usize) -> Option<Match> {
        let fixed = self.fixed(at);
        let mut best = [self.modified(at), self.timed(at), self.set(at), self.quantity(at)]
            .into_iter()
            .flatten()
            .max_by_key(|(end, _)| *end);
        if let Some((end, _)) = &fixed
            && best.as_ref().is_none_or(|(other, _)| other < end)
        {
            best = fixed;
        }
        best
    }

    fn fixed(&self, at: usize) -> Option<Match> {
        let list = self.lexicon.phrases.get(self.lower(at))?;
        let phrase = list.iter().find(|phrase| {
            phrase.words.iter().enumerate().all(|(step, word)| self.lower(at + step) == word)
        })?;
        if phrase.words.len() == 1 && self.doc.token(at as TokenIndex).pos != Pos::Adv {
            return None;
        }
        Some((at + phrase.words.len(), TimeValue::Vague { timex3: phrase.timex3, days: phrase.days }))
    }

    /// `early this week`, `late 2014`, `mid-October`, `the end of last year`, `the night of 3 May`.
    fn modified(&self, at: usize) -> Option<Match> {
        let mut next = at;
        if self.is(next, "the") {
            next += 1;
        }
        let early = self.word(next) == Word::Early || self.is_any(next, &["earlier", "later"]);
        if early && (next == at || self.is(next + 1, "hours")) {
            // `the early hours of Sunday`
            if self.is(next + 1, "hours") {
                let (end, value) = if self.is(next + 2, "of") { self.date(next + 3)? } else { return None };
                return is_day(&value).then(|| {
                    (end, TimeValue::Clock { minutes: None, part: Some("MO"), day: Box::new(value) })
                });
            }
            next += 1;
            while self.is_any(next, &["-", "in", "on"]) && next < at + 3 {
                next += 1;
            }
            let (end, value) = self.timed(next).or_else(|| self.year(next, true))?;
            return (!matches!(value, TimeValue::Duration { .. })).then_some((end, value));
        }
        if self.word(next) == Word::Edge && self.is(next + 1, "of") {
            let (end, value) = self.timed(next + 2).or_else(|| self.year(next + 2, true))?;
            return Some((end, value));
        }
        if self.word(next) == Word::Edge && self.is_dash(next + 1) {
            return None;
        }
        if let Word::Part(part) = self.word(next)
            && self.is(next + 1, "of")
        {
            let (end, value) = self.date(next + 2)?;
            return is_day(&value)
                .then(|| (end, TimeValue::Clock { minutes: None, part: Some(part), day: Box::new(value) }));
        }
        // `mid-2016` is one token.
        let word = self.lower(at);
        if let Some(year) = word.strip_prefix("mid-").and_then(|rest| rest.parse::<i32>().ok())
            && (1000..=2200).contains(&year)
        {
            return Some((
                at + 1,
                TimeValue::Calendar { year: Some(year), month: None, day: None, which: Which::Unmarked },
            ));
        }
        None
    }

    /// A date with a time of day before or after it, or a time of day alone.
    fn timed(&self, at: usize) -> Option<Match> {
        if let Some((end, clock)) = self.clock(at) {
            return Some((end, clock));
        }
        let (end, value) = self.date(at)?;
        if !is_day(&value) {
            return Some((end, value));
        }
        // `Friday night`, `yesterday at 5 p.m.`
        if let Word::Part(part) = self.word(end) {
            return Some((
                end + 1,
                TimeValue::Clock { minutes: None, part: Some(part), day: Box::new(value) },
            ));
        }
        let clock_at = if self.is(end, "at") || self.is(end, ",") { end + 1 } else { end };
        if let Some((clock_end, TimeValue::Clock { minutes: Some(minutes), part, .. })) =
            self.clock_alone(clock_at)
        {
            return Some((
                clock_end,
                TimeValue::Clock { minutes: Some(minutes), part, day: Box::new(value) },
            ));
        }
        Some((end, value))
    }

    /// A date without a time of day: a day, week, month, season, year, decade, century or quarter.
    pub(super) fn date(&self, at: usize) -> Option<Match> {
        [
            self.calendar(at),
            self.deictic(at),
            self.season(at),
            self.decade(at),
            self.year(at, false),
            self.quarter(at),
        ]
        .into_iter()
        .flatten()
        .max_by_key(|(end, _)| *end)
    }

    /// Dates with a month or weekday, and dates in figures.
    fn calendar(&self, at: usize) -> Option<Match> {
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
        let weekday = weekday?;
        let short = matches!(self.word(at), Word::WeekdayShort(_));
        if short || !self.is_name(at) {
            return None;
        }
        // `Friday last week`, `Monday this week`
        if let (Word::Which(nth), Word::Unit(TimeUnit::Week)) = (self.word(at + 1), self.word(at + 2)) {
            let week = match nth {
                Nth::Last | Nth::Previous => -1,
                Nth::Next | Nth::Following => 1,
                Nth::This | Nth::Same => 0,
            };
            return Some((at + 3, weekday_of_week(weekday, week)));
        }
        Some((at + 1, TimeValue::Weekday { weekday, which: Which::Unmarked }))
    }

    /// `3 May 2014`, `the 3rd of May`, `May 3, 2014`, `May 3–5`, `3-5 May`, `May 2014`, `May last year`, `May`.
    fn month_date(&self, at: usize) -> Option<Match> {
        let calendar =
            |year, month, day| TimeValue::Calendar { year, month: Some(month), day, which: Which::Unmarked };
        // Day first.
        if let Some(first) = self.day_number(at) {
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
            if let Word::Month(month) | Word::MonthShort(month) = self.word(next) {
                if self.tag(next) == Some(Tag::Md) {
                    return None;
                }
                let (end, year) = self.year_after(next + 1);
                let first = calendar(year, month, Some(first));
                return Some(match last {
                    Some(last) => (end, range(first, calendar(year, month, Some(last)))),
                    None => (end, first),
                });
            }
            return None;
        }
        let (month, short) = match self.word(at) {
            Word::Month(month) => (month, false),
            Word::MonthShort(month) => (month, true),
            _ => return None,
        };
        if self.tag(at) == Some(Tag::Md) || (short && !self.starts_upper(at)) {
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
                return Some((end, range(calendar(year, month, Some(day)), calendar(year, month, last))));
            }
            let unit_follows = matches!(self.word(day_at + 1), Word::Unit(_) | Word::Units(_));
            if !unit_follows {
                let (end, year) = self.year_after(day_at + 1);
                return Some((end, calendar(year, month, Some(day))));
            }
        }
        let (end, year) = self.year_after(at + 1);
        if year.is_some() {
            return Some((end, calendar(year, month, None)));
        }
        // `May last year`, `May of this year`
        let of = if self.is(at + 1, "of") { at + 2 } else { at + 1 };
        if let (Word::Which(nth), Word::Unit(TimeUnit::Year)) = (self.word(of), self.word(of + 1)) {
            let which = match nth {
                Nth::Last | Nth::Previous => Which::Last,
                Nth::Next | Nth::Following => Which::Next,
                Nth::This | Nth::Same => Which::This,
            };
            return Some((of + 2, TimeValue::Calendar { year: None, month: Some(month), day: None, which }));
        }
        (!short && self.bare_month(at)).then(|| (at + 1, calendar(None, month, None)))
    }

    /// Whether a month's name alone is a month and not a verb, a walk or a person.
    fn bare_month(&self, at: usize) -> bool {
        if !self.is_name(at) {
            return false;
        }
        if matches!(
            self.before(at),
            "mr" | "mr."
                | "mrs"
                | "mrs."
                | "ms"
                | "ms."
                | "dr"
                | "dr."
                | "minister"
                | "president"
                | "secretary"
        ) {
            return false;
        }
        let label = self.label(at);
        if label == Some(EntityLabel::Date) {
            return true;
        }
        let leads = matches!(
            self.before(at),
            "in" | "since"
                | "until"
                | "till"
                | "by"
                | "during"
                | "from"
                | "before"
                | "after"
                | "last"
                | "this"
                | "next"
                | "early"
                | "late"
                | "mid"
                | "-"
                | "through"
                | "to"
                | "between"
                | "and"
        );
        leads && label.is_none()
    }

    fn starts_upper(&self, at: usize) -> bool {
        at < self.end && self.doc.token(at as TokenIndex).text.starts_with(|first: char| first.is_uppercase())
    }

    /// Whether a token is written like a name and isn't part of a person's.
    pub(super) fn is_name(&self, at: usize) -> bool {
        self.starts_upper(at)
            && !matches!(
                self.label(at),
                Some(
                    EntityLabel::Person
                        | EntityLabel::Org
                        | EntityLabel::Gpe
                        | EntityLabel::WorkOfArt
                        | EntityLabel::Fac
                )
            )
    }

    /// A year that follows a day or month, with its comma or `of`.
    fn year_after(&self, at: usize) -> (usize, Option<i32>) {
        let next = if self.is(at, ",") || self.is(at, "of") || self.is(at, "in") { at + 1 } else { at };
        match self.year_number(next).filter(|year| *year >= 1000) {
            Some(year) => (next + 1, Some(year)),
            None => (at, None),
        }
    }

    /// `2017-10-20`, `20/10/2017`, `10/20/17`, `20.10.2017`.
    fn figures(&self, at: usize) -> Option<Match> {
        let calendar = |year: i32, month: u32, day: u32| {
            let year = match year {
                0..=49 => year + 2000,
                50..=99 => year + 1900,
                _ => year,
            };
            ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some(TimeValue::Calendar {
                year: Some(year),
                month: Some(month),
                day: Some(day),
                which: Which::Unmarked,
            })
        };
        // The parts stand in one token or in five.
        if let Some(year) = self.year_number(at)
            && self.is(at + 1, "-")
            && self.is(at + 3, "-")
        {
            let (month, day) = (self.digits(at + 2)? as u32, self.digits(at + 4)? as u32);
            return Some((at + 5, calendar(year, month, day)?));
        }
        let word = self.lower(at);
        if (!(8..=10).contains(&word.len()) || !word.as_bytes()[0].is_ascii_digit())
            && (!(6..=10).contains(&word.len()) || !word.contains('/'))
        {
            return None;
        }
        let separator = ['-', '/', '.'].into_iter().find(|&mark| word.matches(mark).count() == 2)?;
        let mut parts = word.split(separator).map(|part| part.parse::<i32>().ok());
        let (first, second, third) = (parts.next()??, parts.next()??, parts.next()??);
        let value = if first > 31 {
            calendar(first, second as u32, third as u32)
        } else if separator == '/' && first <= 12 {
            // Month first as in the United States, unless that is impossible.
            calendar(third, first as u32, second as u32)
                .or_else(|| calendar(third, second as u32, first as u32))
        } else {
            calendar(third, second as u32, first as u32)
        };
        Some((at + 1, value?))
    }

    /// Counted from publication or from the text: `yesterday`, `last week`, `the previous night`, `the same day`, `that night`.
    fn deictic(&self, at: usize) -> Option<Match> {
        match self.word(at) {
            Word::Day(offset) => return Some((at + 1, day(offset))),
            Word::Tonight => return Some((at + 1, part_of(day(0), "NI"))),
            Word::Overnight if self.doc.token(at as TokenIndex).pos == Pos::Adv => {
                return Some((at + 1, part_of(day(-1), "NI")));
            }
            _ => {}
        }
        let mut next = at;
        if self.is(next, "the") {
            next += 1;
            if self.is(next, "day") {
                if self.is(next + 1, "before") && self.is(next + 2, "yesterday") {
                    return Some((next + 3, day(-2)));
                }
                if self.is(next + 1, "after") && self.is(next + 2, "tomorrow") {
                    return Some((next + 3, day(2)));
                }
            }
            // `the day before`, `the week after`, where nothing follows that they count from.
            if let Word::Unit(unit) = self.word(next) {
                let step = match self.lower(next + 1) {
                    "before" | "earlier" => -1,
                    "after" | "later" => 1,
                    _ => return None,
                };
                let alone = next + 2 >= self.end
                    || self.is_any(next + 2, &[",", ".", ";", ")", "and", "but", "when", "in", "at", "by"]);
                return alone.then(|| {
                    (next + 2, TimeValue::Offset { unit, low: step, high: step, from: CountedFrom::Text })
                });
            }
        }
        let nth = match self.word(next) {
            Word::Which(nth) => nth,
            Word::Weekend if next > at => return Some((next + 1, weekend(Which::Unmarked))),
            _ if self.is(next, "that") => {
                // `that day`, `that night`: of the time told last.
                return match self.word(next + 1) {
                    Word::Unit(TimeUnit::Hour | TimeUnit::Minute) => None,
                    Word::Unit(unit) => Some((next + 2, text(unit, 0))),
                    Word::Part(part) => Some((next + 2, part_of(text(TimeUnit::Day, 0), part))),
                    _ => None,
                };
            }
            _ => return None,
        };
        let step = match nth {
            Nth::Last | Nth::Previous => -1,
            Nth::This | Nth::Same => 0,
            Nth::Next | Nth::Following => 1,
        };
        let told_in_text = matches!(nth, Nth::Previous | Nth::Following | Nth::Same)
            || (next > at && matches!(nth, Nth::Next) && self.is(next + 1, "day"))
            || (next == at && matches!(nth, Nth::Next) && self.is(next + 1, "day"));
        let from = if told_in_text { CountedFrom::Text } else { CountedFrom::Published };
        let following = next + 1;
        // `the present day`, `current` and the like aren't dates of their own.
        if self.is_any(next, &["present", "current", "coming", "past"])
            && !matches!(self.word(following), Word::Unit(_) | Word::Month(_) | Word::Weekend)
        {
            return self.counted_span(next, step);
        }
        match self.word(following) {
            Word::Unit(TimeUnit::Minute | TimeUnit::Hour) => None,
            Word::Unit(TimeUnit::Day) if nth == Nth::Last => None,
            Word::Unit(unit) => {
                // `the past year` is the span up to now, not the calendar year before.
                if self.is(next, "past") {
                    return Some((following + 1, span_of(unit, 1, -1)));
                }
                let value = TimeValue::Period { unit, offset: step, from };
                Some((following + 1, value))
            }
            Word::Part(part) => Some((
                following + 1,
                part_of(TimeValue::Period { unit: TimeUnit::Day, offset: step, from }, part),
            )),
            Word::Month(month) if self.starts_upper(following) => {
                if let Some(day) = self.day_number(following + 1) {
                    return Some((
                        following + 2,
                        TimeValue::Calendar {
                            year: None,
                            month: Some(month),
                            day: Some(day),
                            which: which(nth),
                        },
                    ));
                }
                Some((
                    following + 1,
                    TimeValue::Calendar { year: None, month: Some(month), day: None, which: which(nth) },
                ))
            }
            Word::Weekday(weekday) if self.starts_upper(following) => {
                Some((following + 1, TimeValue::Weekday { weekday, which: which(nth) }))
            }
            Word::Season(season) => {
                Some((following + 1, TimeValue::Season { season, year: None, which: which(nth) }))
            }
            Word::Weekend => Some((following + 1, weekend(which(nth)))),
            Word::Fortnight => Some((following + 1, span_of(TimeUnit::Week, 2, step))),
            _ => self.counted_span(next, step),
        }
    }

    /// `the past three days`, `the next few weeks`: a stretch that ends or begins at publication.
    fn counted_span(&self, which_at: usize, step: i32) -> Option<Match> {
        if step == 0 {
            return None;
        }
        let (unit_at, low, high) = self.count(which_at + 1)?;
        let Word::Units(unit) = self.word(unit_at) else {
            let Word::Unit(unit) = self.word(unit_at) else { return None };
            return (low == high).then(|| (unit_at + 1, span_of(unit, low as i32, step)));
        };
        if low != high {
            return Some((unit_at + 1, span_of(unit, high as i32, step)));
        }
        Some((unit_at + 1, span_of(unit, low as i32, step)))
    }

    fn season(&self, at: usize) -> Option<Match> {
        let next = if self.is(at, "the") { at + 1 } else { at };
        let Word::Season(season) = self.word(next) else { return None };
        let (end, year) = self.year_after(next + 1);
        if year.is_some() {
            return Some((end, TimeValue::Season { season, year, which: Which::Unmarked }));
        }
        let of = if self.is(next + 1, "of") { next + 2 } else { next + 1 };
        if let (Word::Which(nth), Word::Unit(TimeUnit::Year)) = (self.word(of), self.word(of + 1)) {
            return Some((of + 2, TimeValue::Season { season, year: None, which: which(nth) }));
        }
        // `spring` and `fall` are also verbs and waters: alone they need a preposition of time and the noun.
        let noun = matches!(self.tag(next), Some(Tag::Nn | Tag::Nnp)) && !self.is(next, "fall");
        let leads =
            matches!(self.before(at), "in" | "since" | "until" | "by" | "during" | "before" | "after");
        (noun
            && leads
            && !self.is(next + 1, "of")
            && !matches!(self.tag(next + 1), Some(Tag::Nn | Tag::Nns | Tag::Nnp)))
        .then(|| (next + 1, TimeValue::Season { season, year: None, which: Which::Unmarked }))
    }

    /// `the 1990s`, `the late '80s`, `the nineties`, `the 19th century`.
    fn decade(&self, at: usize) -> Option<Match> {
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
            let first = (i32::try_from(number).ok()? - 1) * 100;
            let year = |year| TimeValue::Calendar {
                year: Some(year),
                month: None,
                day: None,
                which: Which::Unmarked,
            };
            return Some((next + 2, range(year(first + 1), year(first + 100))));
        }
        if let Word::Tens(decade) = self.word(next) {
            return (next > at).then(|| (next + 1, TimeValue::Decade { first_year: 1900 + decade }));
        }
        let word = self.lower(next).trim_start_matches("mid-");
        let number = word.strip_suffix("s").or_else(|| word.strip_suffix("'s"))?;
        let number = number.trim_start_matches(['\'', '’']);
        let year: i32 = number.parse().ok()?;
        let first_year = match (number.len(), year) {
            (4, 1000..=2200) => year,
            (2, 10..=99) if next > at => 1900 + year,
            _ => return None,
        };
        (first_year % 10 == 0).then(|| (next + 1, TimeValue::Decade { first_year }))
    }

    /// A year alone. `sure` where the words around already say that it is one.
    fn year(&self, at: usize, sure: bool) -> Option<Match> {
        let of =
            |year| TimeValue::Calendar { year: Some(year), month: None, day: None, which: Which::Unmarked };
        let mut next = at;
        if self.is(next, "fiscal") {
            next += 1;
            if self.is(next, "year") {
                next += 1;
            }
        }
        let year = self.year_number(next)?;
        let label = self.label(next);
        if matches!(
            label,
            Some(
                EntityLabel::Cardinal
                    | EntityLabel::Money
                    | EntityLabel::Quantity
                    | EntityLabel::Percent
                    | EntityLabel::Product
            )
        ) && !sure
        {
            return None;
        }
        let counted = matches!(self.word(next + 1), Word::Unit(_) | Word::Units(_) | Word::Zone);
        let money = matches!(self.before(at), "$" | "£" | "€" | "#" | "no." | "flight" | "route");
        let leads = matches!(
            self.before(at),
            "in" | "since"
                | "until"
                | "till"
                | "by"
                | "during"
                | "from"
                | "before"
                | "after"
                | "of"
                | "early"
                | "late"
                | "mid"
                | "-"
                | "to"
                | "between"
                | "and"
                | "("
        );
        let noun_follows = matches!(self.tag(next + 1), Some(Tag::Nns | Tag::Nn | Tag::Jj));
        let plausible = (1800..=2099).contains(&year);
        let known = label == Some(EntityLabel::Date)
            || next > at
            || sure
            || (leads && !noun_follows && label.is_none());
        if counted || money || !plausible || !known {
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
            if let Some(last) = self.year_number(next + 2).filter(|last| *last > year) {
                return Some((next + 3, range(of(year), of(last))));
            }
        }
        Some((next + 1, of(year)))
    }

    /// `the third quarter of 2014`, `this quarter` is a period.
    fn quarter(&self, at: usize) -> Option<Match> {
        let next = if self.is(at, "the") { at + 1 } else { at };
        let Word::Ordinal(quarter @ 1..=4) = self.word(next) else { return None };
        let unit = if self.is_dash(next + 1) { next + 2 } else { next + 1 };
        if self.word(unit) != Word::Unit(TimeUnit::Quarter) {
            return None;
        }
        let (end, year) = self.year_after(unit + 1);
        Some((end, TimeValue::QuarterOfYear { quarter, year, which: Which::Unmarked }))
    }
}

/// A day of a week counted from this one.
fn weekday_of_week(weekday: u32, week: i32) -> TimeValue {
    TimeValue::WeekdayOfWeek { weekday, week }
}

fn range(start: TimeValue, end: TimeValue) -> TimeValue {
    TimeValue::Range { start: Some(Box::new(start)), end: Some(Box::new(end)) }
}

fn weekend(which: Which) -> TimeValue {
    range(TimeValue::Weekday { weekday: 5, which }, TimeValue::Weekday { weekday: 6, which })
}

fn part_of(day: TimeValue, part: &'static str) -> TimeValue {
    TimeValue::Clock { minutes: None, part: Some(part), day: Box::new(day) }
}

/// The stretch of `count` units that ends (`step` < 0) or begins at publication.
fn span_of(unit: TimeUnit, count: i32, step: i32) -> TimeValue {
    let now = TimeValue::Offset { unit: TimeUnit::Day, low: 0, high: 0, from: CountedFrom::Published };
    let far = TimeValue::Offset { unit, low: count * step, high: count * step, from: CountedFrom::Published };
    if step < 0 { range(far, now) } else { range(now, far) }
}

/// The most that a bare plural is taken for: `months ago` is under a year.
pub(super) fn vague_most(unit: TimeUnit) -> f32 {
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
pub(super) fn whole(unit: TimeUnit, low: f32, high: f32) -> (TimeUnit, i32, i32) {
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

/// `P3D`, `PT2H`: a TIMEX3 period.
pub(super) fn period(unit: TimeUnit, count: &str) -> String {
    let (lead, letter) = match unit {
        TimeUnit::Minute => ("PT", "M"),
        TimeUnit::Hour => ("PT", "H"),
        TimeUnit::Day => ("P", "D"),
        TimeUnit::Week => ("P", "W"),
        TimeUnit::Month => ("P", "M"),
        TimeUnit::Quarter => ("P", "Q"),
        TimeUnit::Year => ("P", "Y"),
        TimeUnit::Decade => ("P", "DE"),
        TimeUnit::Century => ("P", "CE"),
    };
    format!("{lead}{count}{letter}")
}
