//! Resolving one time expression: against publication, against the times told before it, or by itself.

use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::{Granularity, TimeAnchor};
use watchkeeper_record::mention::{CountedFrom, FeastRule, TimeUnit, TimeValue, Which};

use super::units::{
    Days, coarser, grain, months, shifted, unit_value, whole_month, whole_season, whole_year,
};
use super::{Told, feast};

/// A day without its year that lies ahead of publication by no more than this, and whose clause doesn't tell, is ahead.
const AHEAD_DAYS_MAX: i32 = 75;
/// The same for a month, by its first day.
const AHEAD_MONTH_DAYS_MAX: i32 = 45;
/// A date that lies ahead by no more is ahead even where the clause tells of the past: printed early, or in another time zone.
const EARLY_DAYS_MAX: i32 = 1;
/// A date that lies back by no more is the one meant even where the clause tells of what is to come.
const LATE_DAYS_MAX: i32 = 7;
/// How many blocks later a quarter told is still the one that `a year earlier` counts from.
const QUARTER_BLOCKS: u32 = 3;

/// A time that others count from.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Focus {
    days: Days,
    granularity: Granularity,
    block: u32,
    /// The sentence that told it.
    sentence: u32,
    /// It only tells when something was said.
    saying: bool,
    /// Its year is told and both its ends are, so that dates after it may leave their year out.
    absolute: bool,
}

/// What relative times count from.
pub(super) struct Anchors {
    /// First and last possible day of publication.
    published: Option<Days>,
    /// The time told last.
    text: Option<Focus>,
    /// The day told last.
    day: Option<Focus>,
    /// The quarter of a year told last: its first day, and the block.
    quarter: Option<(Date, u32)>,
    /// The block being read.
    pub(super) block: u32,
    /// The sentence being read.
    pub(super) sentence: u32,
}

impl Anchors {
    /// Nothing told yet.
    pub(super) fn new(published: Option<Days>) -> Self {
        Self { published, text: None, day: None, quarter: None, block: 0, sentence: 0 }
    }

    /// Keeps a resolved time as the one that `the next day` counts from.
    pub(super) fn remember(&mut self, value: &TimeValue, told: &Told, saying: bool) {
        if let (TimeValue::QuarterOfYear { .. }, Some(days)) = (value, told.days) {
            self.quarter = Some((days.0, self.block));
        }
        let lasting = matches!(told.granularity, Granularity::Duration | Granularity::Set);
        let timex3 = told.timex3.as_deref().unwrap_or_default();
        let Some(days) = told.days.filter(|_| !lasting && !timex3.starts_with('P') && timex3 != "FUTURE_REF")
        else {
            return;
        };
        // `The following year`, and a month told after it, go on in a year that is told.
        let goes_on = told.anchor == TimeAnchor::Text
            && matches!(value, TimeValue::Period { .. } | TimeValue::Calendar { .. })
            && self.text.is_some_and(|focus| focus.absolute);
        let absolute = (told.anchor == TimeAnchor::Absolute || goes_on) && !told.open_start && !told.open_end;
        let focus = Focus {
            days,
            granularity: told.granularity,
            block: self.block,
            sentence: self.sentence,
            saying,
            absolute,
        };
        // `The attack came on Monday, police said on Friday. Two days later …` counts from Monday.
        let better = |known: Option<Focus>| !saying || known.is_none_or(|known| known.saying);
        if better(self.text) {
            self.text = Some(focus);
        }
        if days.0 == days.1 && better(self.day) {
            self.day = Some(focus);
        }
    }

    /// The time that a count of some unit in the text counts from.
    fn focus(&self, unit: TimeUnit) -> Option<Focus> {
        let text = self.text?;
        if !coarser(text.granularity, unit) {
            return Some(text);
        }
        let near = |focus: &Focus| focus.block + 1 >= self.block;
        self.day.filter(near).or_else(|| Some(text).filter(|text| text.block == self.block))
    }

    /// Resolves an expression.
    pub(super) fn resolve(&self, value: &TimeValue) -> Told {
        match value {
            TimeValue::Calendar { year, month, day, which } => self.calendar(*year, *month, *day, *which),
            TimeValue::Weekday { weekday, which } => self.weekday(*weekday, *which),
            TimeValue::WeekdayOfWeek { weekday, week } => {
                let days = self.published.and_then(|(_, end)| {
                    let monday = end.plus_days(-(end.weekday() as i32))?;
                    monday.plus_days(7 * week + *weekday as i32)
                });
                one_day(days, format!("XXXX-WXX-{}", weekday + 1), TimeAnchor::Published)
            }
            TimeValue::Offset { unit, low, high, from } => self.offset(*unit, *low, *high, *from),
            TimeValue::Period { unit, offset, from } => self.period(*unit, *offset, *from),
            TimeValue::Season { season, year, which, from } => self.season(*season, *year, *which, *from),
            TimeValue::QuarterOfYear { quarter, year, which } => self.quarter(*quarter, *year, *which),
            TimeValue::HalfOfYear { half, year, which } => self.half(*half, *year, *which),
            TimeValue::Decade { first_year } => {
                let days = Date::new(*first_year, 1, 1).zip(Date::new(first_year + 9, 12, 31));
                Told::new(days, Granularity::Decade, format!("{}", first_year / 10), TimeAnchor::Absolute)
            }
            TimeValue::Century { number } => {
                let days = Date::new(number * 100 - 99, 1, 1).zip(Date::new(number * 100, 12, 31));
                Told::new(days, Granularity::Decade, format!("{:02}", number - 1), TimeAnchor::Absolute)
            }
            TimeValue::Feast { rule, days, year, which } => self.feast(*rule, *days, *year, *which),
            TimeValue::Range { start, end } => self.range(start.as_deref(), end.as_deref()),
            TimeValue::Clock { minutes, part, day, utc } => self.clock(*minutes, *part, day, *utc),
            TimeValue::Duration { unit, count } => {
                Told::new(None, Granularity::Duration, duration(*unit, *count), TimeAnchor::Absolute)
            }
            TimeValue::Set { timex3 } => {
                Told::new(None, Granularity::Set, timex3.clone(), TimeAnchor::Absolute)
            }
            TimeValue::Vague { timex3, days } => {
                let days = days
                    .zip(self.published)
                    .and_then(|((low, high), (start, end))| start.plus_days(low).zip(end.plus_days(high)));
                let granularity = if days.is_some_and(|(start, end)| start == end) {
                    Granularity::Day
                } else {
                    Granularity::Duration
                };
                Told::new(days, granularity, (*timex3).to_owned(), TimeAnchor::Published)
            }
        }
    }

    fn calendar(&self, year: Option<i32>, month: Option<u32>, day: Option<u32>, which: Which) -> Told {
        let (year, anchor) = match (year, month) {
            (Some(year), _) => (Some(year), TimeAnchor::Absolute),
            (None, Some(month)) => self.year_of(month, day, which),
            (None, None) => (None, TimeAnchor::Published),
        };
        if let (None, None, Some(day)) = (year, month, day) {
            return self.day_of_month(day, which);
        }
        let year_text = year.map_or_else(|| "XXXX".to_owned(), |year| format!("{year:04}"));
        let Some(month) = month else {
            return Told::new(year.and_then(whole_year), Granularity::Year, year_text, anchor);
        };
        match day {
            Some(day) => {
                let date = year.and_then(|year| Date::new(year, month, day));
                one_day(date, format!("{year_text}-{month:02}-{day:02}"), anchor)
            }
            None => {
                let days = year.and_then(|year| whole_month(year, month));
                Told::new(days, Granularity::Month, format!("{year_text}-{month:02}"), anchor)
            }
        }
    }

    /// `on the 28th`: of the month that the passage is in, else of the latest month that had the day, or the next to come.
    fn day_of_month(&self, day: u32, which: Which) -> Told {
        let near = |focus: &Focus| {
            focus.block == self.block && matches!(focus.granularity, Granularity::Day | Granularity::Month)
        };
        if let Some(focus) = self.text.filter(near) {
            let (start, _) = focus.days;
            return one_day(
                Date::new(start.year(), start.month(), day),
                format!("XXXX-XX-{day:02}"),
                TimeAnchor::Text,
            );
        }
        let date = self.published.and_then(|(_, now)| {
            let step = if which == Which::Ahead { 1 } else { -1 };
            (0..62).filter_map(|count| now.plus_days(step * count)).find(|date| date.day() == day)
        });
        one_day(date, format!("XXXX-XX-{day:02}"), TimeAnchor::Published)
    }

    /// The past year that the passage being read is in, if it is in one.
    fn year_of_text(&self, now: Date) -> Option<i32> {
        let near = |focus: &Focus| {
            focus.absolute && focus.block == self.block && focus.sentence + 1 >= self.sentence
        };
        let focus = self.text.filter(near)?;
        let (start, end) = focus.days;
        let fine = matches!(
            focus.granularity,
            Granularity::Day | Granularity::Month | Granularity::Season | Granularity::Year
        );
        (fine && start.year() == end.year() && start.year() < now.year()).then(|| start.year())
    }

    /// The year of a date told without it: of the text's own year where it goes on in it, else the latest past, or the next to come.
    fn year_of(&self, month: u32, day: Option<u32>, which: Which) -> (Option<i32>, TimeAnchor) {
        let Some((_, now)) = self.published else {
            // `On 3 May 2014 … On 7 May …` needs no date of publication.
            let focus = self.text.filter(|focus| focus.block == self.block && !focus.saying);
            let year = focus.filter(|focus| focus.days.0.year() == focus.days.1.year());
            return match year.filter(|_| matches!(which, Which::Unmarked | Which::Nearest)) {
                Some(focus) => (Some(focus.days.0.year()), TimeAnchor::Text),
                None => (None, TimeAnchor::Published),
            };
        };
        let at = (month, day.unwrap_or(1));
        let today = (now.month(), if day.is_some() { now.day() } else { 1 });
        if which == Which::Unmarked
            && let Some(year) = self.year_of_text(now)
            // `The war began in March 2011. In April …`: a month follows the year the paragraph is in.
            && (now.year() - year > 1 || at > today)
        {
            return (Some(year), TimeAnchor::Text);
        }
        let ahead_days = |year| {
            // A month lies as far ahead as its first day.
            Date::new(year, month, day.unwrap_or(1)).map_or(0, |date| date.days() - now.days())
        };
        let ahead_max = if day.is_some() { AHEAD_DAYS_MAX } else { AHEAD_MONTH_DAYS_MAX };
        let past = now.year() - i32::from(at > today);
        let next = past + i32::from(at != today);
        let year = match which {
            Which::Last => now.year() - i32::from(at >= today || day.is_none() && now.month() <= month),
            Which::This => now.year(),
            Which::Next => now.year() + i32::from(at < today),
            // `by 14 January`, printed on the 15th
            Which::Ahead if day.is_some() && ahead_days(past) >= -LATE_DAYS_MAX => past,
            Which::Ahead => next,
            Which::Unmarked if ahead_days(next) <= EARLY_DAYS_MAX => next,
            Which::Nearest if ahead_days(next) <= ahead_max => next,
            Which::Unmarked | Which::Nearest => past,
        };
        (Some(year), TimeAnchor::Published)
    }

    fn weekday(&self, weekday: u32, which: Which) -> Told {
        // `Consider last week. On Monday …`
        let week = |focus: &Focus| {
            focus.granularity == Granularity::Week
                && focus.block == self.block
                && focus.sentence != self.sentence
                && focus.sentence + 1 >= self.sentence
        };
        if let (Some(focus), Which::Unmarked | Which::Nearest) = (self.text.filter(week), which) {
            let date = focus.days.0.plus_days(weekday as i32);
            return one_day(date, format!("XXXX-WXX-{}", weekday + 1), TimeAnchor::Text);
        }
        let date = self.published.and_then(|(_, now)| {
            let back = ((now.weekday() + 7 - weekday) % 7) as i32;
            let days = match which {
                Which::Last => -(if back == 0 { 7 } else { back }),
                Which::This => weekday as i32 - now.weekday() as i32,
                Which::Next => 7 - back,
                Which::Ahead => (7 - back) % 7,
                Which::Unmarked | Which::Nearest => -back,
            };
            now.plus_days(days)
        });
        one_day(date, format!("XXXX-WXX-{}", weekday + 1), TimeAnchor::Published)
    }

    fn period(&self, unit: TimeUnit, offset: i32, from: CountedFrom) -> Told {
        match (unit, from, self.published) {
            // `last decade`, `this century` are whole ones.
            (TimeUnit::Decade | TimeUnit::Century, CountedFrom::Published, Some((_, now))) => {
                let days = shifted(now, unit, offset);
                let timex3 = days.map_or_else(|| "XXX".to_owned(), |days| unit_value(days.0, unit));
                Told::new(days, Granularity::Decade, timex3, TimeAnchor::Published)
            }
            (TimeUnit::Year, CountedFrom::Published, _) => self.year_from_now(offset),
            _ => self.offset(unit, offset, offset, from),
        }
    }

    fn year_from_now(&self, offset: i32) -> Told {
        let year = self.published.and_then(|(_, now)| now.year().checked_add(offset));
        let reference = ["PAST_REF", "PRESENT_REF", "FUTURE_REF"][(offset.signum() + 1) as usize];
        let timex3 = year.map_or_else(|| reference.to_owned(), |year| format!("{year:04}"));
        Told::new(year.and_then(whole_year), Granularity::Year, timex3, TimeAnchor::Published)
    }

    fn offset(&self, unit: TimeUnit, low: i32, high: i32, from: CountedFrom) -> Told {
        if let (TimeUnit::Year, -1, -1, Some((quarter, block))) = (unit, low, high, self.quarter)
            && self.block <= block + QUARTER_BLOCKS
            && let Some(days) = shifted(quarter, TimeUnit::Quarter, -4)
        {
            // `In the third quarter sales rose to … from … a year earlier`: the quarter a year before.
            return Told::new(
                Some(days),
                Granularity::Season,
                unit_value(days.0, TimeUnit::Quarter),
                TimeAnchor::Text,
            );
        }
        // `the quarter` is the one told last, whatever was compared with it since.
        if let (TimeUnit::Quarter, 0, 0, CountedFrom::Text, Some((quarter, _))) =
            (unit, low, high, from, self.quarter)
            && let Some(days) = shifted(quarter, TimeUnit::Quarter, 0)
        {
            let timex3 = unit_value(days.0, TimeUnit::Quarter);
            return Told::new(Some(days), Granularity::Season, timex3, TimeAnchor::Text);
        }
        // `a decade ago` is a year, give or take one a decade.
        let (unit, low, high, beside) = match unit {
            TimeUnit::Decade if low != 0 => {
                (TimeUnit::Year, low.saturating_mul(10), high.saturating_mul(10), low.saturating_abs())
            }
            TimeUnit::Century if low != 0 => (
                TimeUnit::Year,
                low.saturating_mul(100),
                high.saturating_mul(100),
                low.saturating_abs().saturating_mul(10),
            ),
            unit => (unit, low, high, 0),
        };
        let focus = if from == CountedFrom::Text { self.focus(unit) } else { None };
        let (base, anchor) = match focus {
            Some(focus) => (Some(focus.days), TimeAnchor::Text),
            // A text that has told no time yet counts back from publication; what comes later than nothing stays open.
            None if from == CountedFrom::Text && high > 0 => (None, TimeAnchor::Text),
            None => (self.published, TimeAnchor::Published),
        };
        let unknown = || {
            let value = match (low, high) {
                (0, 0) => "PRESENT_REF",
                (_, ..=0) => "PAST_REF",
                _ => "FUTURE_REF",
            };
            Told::new(None, grain(unit), value.to_owned(), anchor)
        };
        let Some((start, end)) = base else { return unknown() };
        // Later than a stretch is later than its end, earlier is earlier than its beginning.
        let (start, end) = match focus {
            Some(focus) if !coarser(focus.granularity, unit) && low > 0 => (end, end),
            Some(focus) if !coarser(focus.granularity, unit) && high < 0 => (start, start),
            _ => (start, end),
        };
        let Some((first, last)) = shifted(start, unit, low).zip(shifted(end, unit, high)) else {
            return unknown();
        };
        let widened =
            |date: Date, years: i32| Date::new(date.year().saturating_add(years), date.month(), date.day());
        let days = match widened(first.0, -beside).zip(widened(last.1, beside)) {
            Some(days) if beside > 0 => days,
            _ => (first.0, last.1),
        };
        if let Some(focus) = focus.filter(|focus| coarser(focus.granularity, unit)) {
            // `Two days later`, after a month: as coarse as the month.
            let known = format!("{:04}-XX-XX", first.0.year());
            return Told::new(Some(days), focus.granularity, known, anchor);
        }
        let timex3 = if low == high && matches!(unit, TimeUnit::Minute | TimeUnit::Hour) && low != 0 {
            unit.period(&low.unsigned_abs().to_string())
        } else if low == high {
            unit_value(first.0, unit)
        } else if high <= 0 {
            "PAST_REF".to_owned()
        } else {
            "FUTURE_REF".to_owned()
        };
        Told::new(Some(days), grain(unit), timex3, anchor)
    }

    fn season(&self, season: u32, year: Option<i32>, which: Which, from: CountedFrom) -> Told {
        let code = ["WI", "SP", "SU", "FA"][season as usize % 4];
        let focus = self.text.filter(|_| from == CountedFrom::Text && year.is_none());
        let mut anchor = match (year, focus) {
            (Some(_), _) => TimeAnchor::Absolute,
            (None, Some(_)) => TimeAnchor::Text,
            (None, None) => TimeAnchor::Published,
        };
        let span = |year: i32| whole_season(year, season);
        let year = year.or_else(|| {
            if let Some(Focus { days: (start, end), .. }) = focus {
                // `the following spring`: the first that begins after the time told last.
                let first = start.year() - 2;
                let found = match which {
                    Which::Last => {
                        (first..=end.year()).rev().find(|&year| span(year).is_some_and(|days| days.1 < start))
                    }
                    Which::Next | Which::Ahead => {
                        (first..=end.year() + 2).find(|&year| span(year).is_some_and(|days| days.0 > end))
                    }
                    _ => {
                        (first..=end.year() + 1).find(|&year| span(year).is_some_and(|days| days.1 >= start))
                    }
                };
                return found;
            }
            let (_, now) = self.published?;
            let this = now.year() - i32::from(season == 0 && now.month() <= 2);
            let started = span(this).is_some_and(|(start, _)| start <= now);
            let over = span(this).is_some_and(|(_, end)| end < now);
            if which == Which::Unmarked
                && let Some(year) = self.year_of_text(now)
            {
                anchor = TimeAnchor::Text;
                return Some(year);
            }
            Some(match which {
                Which::This => this,
                Which::Last => this - i32::from(!over),
                Which::Next => this + i32::from(started),
                Which::Ahead => this + i32::from(over),
                Which::Unmarked | Which::Nearest => this - i32::from(!started),
            })
        });
        let text = year.map_or_else(|| "XXXX".to_owned(), |year| format!("{year:04}"));
        Told::new(year.and_then(span), Granularity::Season, format!("{text}-{code}"), anchor)
    }

    /// The year of a part of the year that is the `current` one now, of parts counted from 1.
    fn year_of_part(&self, part: u32, current: u32, which: Which, now: Date) -> i32 {
        match which {
            Which::This => now.year(),
            // Figures are given once the quarter is over: `will report its third-quarter results`.
            Which::Ahead => {
                now.year() + i32::from(part < current)
                    - i32::from(part == 4 && current == 1)
                    - i32::from(part + 1 == current)
            }
            Which::Next => now.year() + i32::from(part < current),
            Which::Last => now.year() - i32::from(part >= current),
            Which::Unmarked | Which::Nearest => now.year() - i32::from(part > current),
        }
    }

    fn quarter(&self, quarter: u32, year: Option<i32>, which: Which) -> Told {
        let anchor = if year.is_some() { TimeAnchor::Absolute } else { TimeAnchor::Published };
        let year = year.or_else(|| {
            let (_, now) = self.published?;
            // `next year's first quarter`, `the third quarter of last year`
            Some(match which {
                Which::Next => now.year() + 1,
                Which::Last => now.year() - 1,
                _ => self.year_of_part(quarter, (now.month() - 1) / 3 + 1, which, now),
            })
        });
        let days = year.and_then(|year| months(year, quarter * 3 - 2, quarter * 3));
        let text = year.map_or_else(|| "XXXX".to_owned(), |year| format!("{year:04}"));
        Told::new(days, Granularity::Season, format!("{text}-Q{quarter}"), anchor)
    }

    fn half(&self, half: u32, year: Option<i32>, which: Which) -> Told {
        let anchor = if year.is_some() { TimeAnchor::Absolute } else { TimeAnchor::Published };
        let year = year.or_else(|| {
            let (_, now) = self.published?;
            Some(
                now.year()
                    + match which {
                        Which::Next => 1,
                        Which::Last => -1,
                        _ => 0,
                    },
            )
        });
        let days = year.and_then(|year| months(year, half * 6 - 5, half * 6));
        let text = year.map_or_else(|| "XXXX".to_owned(), |year| format!("{year:04}"));
        Told::new(days, Granularity::Season, format!("{text}-H{half}"), anchor)
    }

    fn feast(&self, rule: FeastRule, lasts: u32, year: Option<i32>, which: Which) -> Told {
        let lasts_days = i32::try_from(lasts).unwrap_or(1) - 1;
        let over = |first: Date| first.plus_days(lasts_days).unwrap_or(first);
        let mut anchor = if year.is_some() { TimeAnchor::Absolute } else { TimeAnchor::Published };
        let first = match (year, self.published) {
            (Some(year), _) => feast::in_year(rule, year).first().copied(),
            (None, Some((_, now))) => {
                let all: Vec<Date> =
                    (now.year() - 2..=now.year() + 2).flat_map(|year| feast::in_year(rule, year)).collect();
                let text = self.year_of_text(now).filter(|_| which == Which::Unmarked);
                let told = text.and_then(|year| feast::in_year(rule, year).first().copied());
                if told.is_some() {
                    anchor = TimeAnchor::Text;
                }
                let last = all.iter().copied().rfind(|&first| first <= now);
                let next = all.iter().copied().find(|&first| over(first) >= now);
                told.or(match which {
                    Which::Last => all.iter().copied().rfind(|&first| over(first) < now),
                    Which::This => feast::in_year(rule, now.year()).first().copied(),
                    Which::Next => all.iter().copied().find(|&first| first > now),
                    Which::Ahead => next,
                    Which::Unmarked => last,
                    Which::Nearest => next.filter(|next| next.days() - now.days() <= AHEAD_DAYS_MAX).or(last),
                })
            }
            (None, None) => None,
        };
        let beside = feast::tolerance_days(rule);
        let days = first.and_then(|first| first.plus_days(-beside).zip(over(first).plus_days(beside)));
        let granularity = match lasts {
            0..=1 => Granularity::Day,
            2..=10 => Granularity::Week,
            _ => Granularity::Month,
        };
        let timex3 = match first {
            None => "XXXX-XX-XX".to_owned(),
            Some(first) if lasts <= 1 => first.to_string(),
            Some(first) => format!("{first}/{}", over(first)),
        };
        Told::new(days, granularity, timex3, anchor)
    }

    fn range(&self, start: Option<&TimeValue>, end: Option<&TimeValue>) -> Told {
        let first = start.map(|value| self.resolve(value));
        let last = end.map(|value| self.resolve(value));
        let (Some(first), Some(last)) = (first.clone(), last.clone()) else {
            let open_end = first.is_some();
            let side = first.or(last);
            return match side {
                Some(side) => Told { open_start: !open_end, open_end, ..side },
                None => Told::new(None, Granularity::Duration, "PXX".to_owned(), TimeAnchor::Absolute),
            };
        };
        let mut days =
            first.days.zip(last.days).map(|(first, last)| (first.0, last.1)).filter(|(a, b)| a <= b);
        if days.is_none() {
            // `from November to March`: the first one lies in the year before.
            days = first.days.zip(last.days).and_then(|(first, last)| {
                let earlier = Date::new(first.0.year() - 1, first.0.month(), first.0.day())?;
                (earlier <= last.1).then_some((earlier, last.1))
            });
        }
        let stretch = [(start, -1), (end, 1)].into_iter().find_map(|(side, sign)| match side {
            Some(TimeValue::Offset { unit, low, .. }) if *low != 0 && low.signum() == sign => {
                Some((*unit, low.saturating_abs()))
            }
            _ => None,
        });
        let weekend = matches!(
            (start, end),
            (Some(TimeValue::Weekday { weekday: 5, .. }), Some(TimeValue::Weekday { weekday: 6, .. }))
        );
        let timex3 = if let Some((unit, count)) = stretch {
            unit.period(&count.to_string())
        } else if weekend {
            days.map_or_else(
                || "XXXX-WXX-WE".to_owned(),
                |(start, _)| format!("{}-WE", unit_value(start, TimeUnit::Week)),
            )
        } else {
            match (&first.timex3, &last.timex3) {
                (Some(first), Some(last)) => format!("{first}/{last}"),
                _ => "PXX".to_owned(),
            }
        };
        let granularity =
            if stretch.is_some() { Granularity::Duration } else { first.granularity.max(last.granularity) };
        let anchor = if first.anchor == TimeAnchor::Absolute { last.anchor } else { first.anchor };
        Told::new(days, granularity, timex3, anchor)
    }

    fn clock(&self, minutes: Option<u32>, part: Option<&'static str>, day: &TimeValue, utc: bool) -> Told {
        let told = match day {
            // A bare clock time is of the day told last.
            TimeValue::Period { unit: TimeUnit::Day, offset: 0, from: CountedFrom::Text } => {
                self.day_told_last()
            }
            day => self.resolve(day),
        };
        let base = told.timex3.filter(|value| !value.ends_with("_REF"));
        let base = base.unwrap_or_else(|| "XXXX-XX-XX".to_owned());
        let tail = match (minutes, part) {
            (Some(minutes), _) => format!("{:02}:{:02}", minutes / 60, minutes % 60),
            (None, Some(part)) => part.to_owned(),
            (None, None) => "XX".to_owned(),
        };
        let granularity = if minutes.is_some() { Granularity::Instant } else { Granularity::Day };
        let zone = if utc { "Z" } else { "" };
        Told::new(told.days, granularity, format!("{base}T{tail}{zone}"), told.anchor)
    }

    fn day_told_last(&self) -> Told {
        match self.day {
            Some(focus) if focus.block + 1 >= self.block => {
                let (start, _) = focus.days;
                Told::new(Some(focus.days), Granularity::Day, start.to_string(), TimeAnchor::Text)
            }
            _ => {
                let day = self.published.filter(|(start, end)| start == end).map(|days| days.1);
                one_day(day, "XXXX-XX-XX".to_owned(), TimeAnchor::Published)
            }
        }
    }
}

/// A day, or its form without one.
fn one_day(date: Option<Date>, unknown: String, anchor: TimeAnchor) -> Told {
    let timex3 = date.map_or(unknown, |date| date.to_string());
    Told::new(date.map(|date| (date, date)), Granularity::Day, timex3, anchor)
}

/// `P3D`, `P2.5Y`, `PT1H30M`.
fn duration(unit: TimeUnit, count: Option<f32>) -> String {
    let Some(count) = count else { return unit.period("X") };
    let half = (count.fract() - 0.5).abs() < 0.01;
    let whole = count.trunc();
    let hours = if whole > 0.0 { format!("{whole}H") } else { String::new() };
    let minutes = if whole > 0.0 { format!("{whole}M") } else { String::new() };
    match unit {
        TimeUnit::Hour if half => format!("PT{hours}30M"),
        TimeUnit::Minute if half => format!("PT{minutes}30S"),
        TimeUnit::Year if half && whole < 1.0 => "P6M".to_owned(),
        unit => unit.period(&format!("{count}")),
    }
}
