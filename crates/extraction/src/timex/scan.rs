//! The grammar of time expressions: a recursive descent over the word classes of one sentence, longest reading first.
//!
//! This file holds the sentence under the grammar and the order of its rules; each family of rules has a file of its own.

use compact_str::CompactString;
use watchkeeper_record::Document;
use watchkeeper_record::document::{EntityLabel, Pos, Tag, TokenIndex};
use watchkeeper_record::mention::{CountedFrom, TimeUnit, TimeValue, Which};

use super::words::{Lexicon, Nth, Use, Word};

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

/// An expression found: one past its last token, what it says, and for a range that names both its dates the tokens of each.
pub(super) struct Found {
    pub(super) end: usize,
    pub(super) value: TimeValue,
    pub(super) sides: Option<[std::ops::Range<usize>; 2]>,
}

/// A unit counted from the time told last.
pub(super) fn text(unit: TimeUnit, offset: i32) -> TimeValue {
    TimeValue::Period { unit, offset, from: CountedFrom::Text }
}

/// A day counted from publication.
pub(super) fn day(offset: i32) -> TimeValue {
    TimeValue::Offset { unit: TimeUnit::Day, low: offset, high: offset, from: CountedFrom::Published }
}

/// A calendar date as told.
pub(super) fn calendar(year: Option<i32>, month: Option<u32>, day: Option<u32>) -> TimeValue {
    TimeValue::Calendar { year, month, day, which: Which::Unmarked }
}

/// A time of day.
pub(super) fn clock(minutes: Option<u32>, part: Option<&'static str>, day: TimeValue) -> TimeValue {
    TimeValue::Clock { minutes, part, day: Box::new(day), utc: false }
}

/// A closed range.
pub(super) fn range(start: TimeValue, end: TimeValue) -> TimeValue {
    TimeValue::Range { start: Some(Box::new(start)), end: Some(Box::new(end)) }
}

/// Which one `last`, `this` and `next` tell.
pub(super) fn which(nth: Nth) -> Which {
    match nth {
        Nth::Last | Nth::Previous => Which::Last,
        Nth::This | Nth::Same => Which::This,
        Nth::Next | Nth::Following => Which::Next,
    }
}

/// How many units away `last`, `this` and `next` tell.
pub(super) fn step(nth: Nth) -> i32 {
    match nth {
        Nth::Last | Nth::Previous => -1,
        Nth::This | Nth::Same => 0,
        Nth::Next | Nth::Following => 1,
    }
}

/// Whether a value names one day, so that a time of day can stand beside it.
pub(super) fn is_day(value: &TimeValue) -> bool {
    match value {
        TimeValue::Calendar { day, .. } => day.is_some(),
        TimeValue::Weekday { .. } | TimeValue::WeekdayOfWeek { .. } => true,
        TimeValue::Offset { unit, .. } | TimeValue::Period { unit, .. } => *unit == TimeUnit::Day,
        TimeValue::Feast { days, .. } => *days == 1,
        _ => false,
    }
}

/// The longer of two matches, the first where they are alike.
pub(super) fn longer(first: Option<Match>, second: Option<Match>) -> Option<Match> {
    match (first, second) {
        (Some(first), Some(second)) => Some(if second.0 > first.0 { second } else { first }),
        (first, second) => first.or(second),
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

    /// The word before a position, empty at the start of the sentence.
    pub(super) fn before(&self, at: usize) -> &str {
        if at > self.start { &self.lower[at - 1] } else { "" }
    }

    /// Whether the word at a position has a use.
    pub(super) fn used(&self, at: usize, what: Use) -> bool {
        at < self.end && self.lexicon.used(&self.lower[at], what)
    }

    /// Whether the word before a position has a use.
    pub(super) fn led(&self, at: usize, what: Use) -> bool {
        at > self.start && self.lexicon.used(&self.lower[at - 1], what)
    }

    pub(super) fn label(&self, at: usize) -> Option<EntityLabel> {
        if at < self.end { self.labels[at] } else { None }
    }

    pub(super) fn tag(&self, at: usize) -> Option<Tag> {
        (at < self.end).then(|| self.doc.token(at as TokenIndex).tag)
    }

    pub(super) fn pos(&self, at: usize) -> Option<Pos> {
        (at < self.end).then(|| self.doc.token(at as TokenIndex).pos)
    }

    pub(super) fn is_noun(&self, at: usize) -> bool {
        matches!(self.tag(at), Some(Tag::Nn | Tag::Nns | Tag::Nnp | Tag::Nnps))
    }

    pub(super) fn is_dash(&self, at: usize) -> bool {
        self.is_any(at, &["-", "–", "—", "‑"])
    }

    pub(super) fn starts_upper(&self, at: usize) -> bool {
        at < self.end && self.doc.token(at as TokenIndex).text.starts_with(char::is_uppercase)
    }

    /// Whether a token is written like a name and isn't part of a person's or another's.
    pub(super) fn is_name(&self, at: usize) -> bool {
        self.starts_upper(at) && !self.is_named(at)
    }

    /// Whether a token is part of the name of something that is no time.
    pub(super) fn is_named(&self, at: usize) -> bool {
        matches!(
            self.label(at),
            Some(
                EntityLabel::Person
                    | EntityLabel::Org
                    | EntityLabel::Gpe
                    | EntityLabel::WorkOfArt
                    | EntityLabel::Fac
                    | EntityLabel::Product
            )
        )
    }

    /// A whole number written in digits.
    pub(super) fn digits(&self, at: usize) -> Option<i32> {
        let word = self.lower(at);
        let plain = !word.is_empty()
            && word.len() <= 7
            && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b',');
        (plain && word.as_bytes()[0].is_ascii_digit()).then(|| word.replace(',', "").parse().ok()).flatten()
    }

    /// A year in four digits.
    pub(super) fn year_number(&self, at: usize) -> Option<i32> {
        let word = self.lower(at);
        if word.len() != 4 || !word.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        word.parse().ok().filter(|year| (1000..=2200).contains(year))
    }

    /// A day of the month, in digits or as an ordinal.
    pub(super) fn day_number(&self, at: usize) -> Option<u32> {
        if let Word::Ordinal(day) = self.word(at) {
            return (day <= 31).then_some(day);
        }
        let word = self.lower(at);
        (word.len() <= 2).then(|| word.parse().ok()).flatten().filter(|day| (1..=31).contains(day))
    }

    /// The longest expression that starts here.
    pub(super) fn expression(&self, at: usize) -> Option<Found> {
        if !self.may_start(at) {
            return None;
        }
        let single = longer(self.open(at), self.point(at)).filter(|_| !self.in_title(at));
        let both = self.between(at);
        match (both, single) {
            (Some(both), Some((end, _))) if both.end >= end => Some(both),
            (Some(both), None) => Some(both),
            (_, single) => single.map(|(end, value)| Found { end, value, sides: None }),
        }
    }

    /// A cheap look at the first token.
    fn may_start(&self, at: usize) -> bool {
        if self.words[at] != Word::None {
            return true;
        }
        let word = self.lower(at);
        let first = word.as_bytes().first().copied().unwrap_or(b' ');
        first.is_ascii_digit()
            || matches!(first, b'\'' | 0x80..)
            || self.is_any(
                at,
                &[
                    "the", "a", "an", "that", "half", "between", "from", "at", "up", "more", "less", "fewer",
                    "over", "under", "per", "fiscal", "mid",
                ],
            )
            || word.starts_with("mid-")
            || self.lexicon.phrases.contains_key(word)
            || self.lexicon.feasts.contains_key(super::words::first_word(word))
    }

    /// `"This Week"`, `"60 Minutes"`: a title in quotation marks.
    fn in_title(&self, at: usize) -> bool {
        at > self.start
            && self.starts_upper(at + 1)
            && matches!(self.word(at + 1), Word::Unit(_) | Word::Units(_))
            && (matches!(self.before(at), "\"" | "``" | "“" | "''" | "‘" | "'") || self.is_named(at + 1))
    }

    /// One time: an optional modifier, the date, a time of day.
    pub(super) fn point(&self, at: usize) -> Option<Match> {
        let mut best = self.modified(at);
        for other in [self.timed(at), self.quantity(at), self.set(at)] {
            if let (Some((end, _)), Some((longest, _))) = (&other, &best)
                && end < longest
            {
                continue;
            }
            best = other.or(best);
        }
        longer(best, self.fixed(at))
    }

    /// `at present`, `in recent weeks`: expressions that the table gives whole.
    fn fixed(&self, at: usize) -> Option<Match> {
        let list = self.lexicon.phrases.get(self.lower(at))?;
        let phrase = list.iter().find(|phrase| {
            let words = &phrase.words;
            words.iter().enumerate().all(|(step, word)| self.lower(at + step) == word)
                && (words.len() > 1 || self.stands_alone(at, phrase.adjective))
        })?;
        Some((at + phrase.words.len(), TimeValue::Vague { timex3: phrase.timex3, days: phrase.days }))
    }

    /// Whether one word of a fixed expression tells a time here.
    fn stands_alone(&self, at: usize, adjective: bool) -> bool {
        if adjective {
            return self.pos(at) == Some(Pos::Adj)
                && (self.is_noun(at + 1) || self.pos(at + 1) == Some(Pos::Adj))
                && !self.is_named(at);
        }
        // `as soon as`, `soon after`
        self.pos(at) == Some(Pos::Adv)
            && !matches!(self.before(at), "as" | "most")
            && !self.is_any(at + 1, &["after", "afterwards", "afterward", "as", "enough"])
            || self.lower(at).contains('-') && self.pos(at) != Some(Pos::Adv)
    }

    /// `early this week`, `late 2014`, `mid-October`, `the end of last year`, `the night of 3 May`.
    pub(super) fn modified(&self, at: usize) -> Option<Match> {
        let mut next = at;
        if self.is(next, "the") {
            next += 1;
        }
        let early = self.word(next) == Word::Early || self.is_any(next, &["earlier", "later"]);
        if early && (next == at || self.is(next + 1, "hours") || self.is(next + 1, "part")) {
            if self.is_any(next + 1, &["hours", "part"]) {
                return self.early_hours(next);
            }
            next += 1;
            while next < at + 3 && (self.is_dash(next) || self.is_any(next, &["in", "on"])) {
                next += 1;
            }
            let (end, value) = self.timed(next).or_else(|| self.year(next, true))?;
            return (!matches!(value, TimeValue::Duration { .. })).then_some((end, value));
        }
        if early && next > at {
            // `the early summer`
            let season = if self.is_dash(next + 1) { next + 2 } else { next + 1 };
            if let Word::Season(season_name) = self.word(season) {
                let (end, year) = self.year_after(season + 1);
                return Some((
                    end,
                    TimeValue::Season {
                        season: season_name,
                        year,
                        which: Which::Unmarked,
                        from: CountedFrom::Published,
                    },
                ));
            }
        }
        if self.word(next) == Word::Edge && self.is(next + 1, "of") {
            let (end, value) = self.timed(next + 2).or_else(|| self.year(next + 2, true))?;
            return Some((end, value));
        }
        if self.word(next) == Word::Edge && self.is_dash(next + 1) {
            return None;
        }
        if let Word::Part(part) | Word::PartSure(part) = self.word(next)
            && self.is_any(next + 1, &["of", "on"])
        {
            let (end, value) = self.date(next + 2)?;
            return is_day(&value).then(|| (end, clock(None, Some(part), value)));
        }
        // `mid-afternoon yesterday`
        if let (Word::Part(part), Word::Day(offset)) = (self.word(at), self.word(at + 1)) {
            return Some((at + 2, clock(None, Some(part), day(offset))));
        }
        // `mid-2016` and `mid-March` are one token.
        let rest = self.lower(at).strip_prefix("mid-")?;
        if let Some(year) = rest.parse::<i32>().ok().filter(|year| (1000..=2200).contains(year)) {
            return Some((at + 1, calendar(Some(year), None, None)));
        }
        if let Word::Month(month) = self.lexicon.class(rest) {
            let (end, year) = self.year_after(at + 1);
            return Some((end, calendar(year, Some(month), None)));
        }
        None
    }

    /// `the early hours of Sunday`, `the latter part of 2014`.
    fn early_hours(&self, at: usize) -> Option<Match> {
        if !self.is(at + 2, "of") {
            return None;
        }
        if self.is(at + 1, "part") {
            return self.timed(at + 3).or_else(|| self.year(at + 3, true));
        }
        let (end, value) = self.date(at + 3)?;
        is_day(&value).then(|| (end, clock(None, Some("MO"), value)))
    }

    /// A date with a time of day before or after it, or a time of day alone.
    pub(super) fn timed(&self, at: usize) -> Option<Match> {
        if let Some((end, clock)) = self.clock(at) {
            return Some((end, clock));
        }
        let (end, value) = self.date(at)?;
        if !is_day(&value) {
            return Some((end, value));
        }
        // `Friday night`, `yesterday at 5 p.m.`, `Friday at dawn`
        if let Word::Part(part) = self.word(end) {
            return Some((end + 1, clock(None, Some(part), value)));
        }
        if let (true, Word::PartSure(part)) = (self.used(end, Use::PartLead), self.word(end + 1)) {
            return Some((end + 2, clock(None, Some(part), value)));
        }
        let clock_at = if self.is(end, "at") || self.is(end, ",") { end + 1 } else { end };
        if let Some((clock_end, TimeValue::Clock { minutes: Some(minutes), part, utc, .. })) =
            self.clock_alone(clock_at)
        {
            let day = Box::new(value);
            return Some((clock_end, TimeValue::Clock { minutes: Some(minutes), part, day, utc }));
        }
        Some((end, value))
    }

    /// A date without a time of day: a day, week, month, season, year, decade, century, quarter or feast.
    pub(super) fn date(&self, at: usize) -> Option<Match> {
        [
            self.calendar(at),
            self.deictic(at),
            self.season(at),
            self.decade(at),
            self.year(at, false),
            self.quarter(at),
            self.feast(at),
        ]
        .into_iter()
        .fold(None, |best, found| match (best, found) {
            (Some(best), Some(found)) => {
                let (one, other): (Match, Match) = (best, found);
                Some(if other.0 >= one.0 { other } else { one })
            }
            (best, found) => best.or(found),
        })
    }
}
