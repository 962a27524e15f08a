//! Time mentions → dates.
//!
//! In: what each time expression says ([`TimeValue`]), in text order, and the date of publication. Out: closed ranges of days with
//! their grain and TIMEX3 value (ISO 24617-1). A time that can't be told for want of an anchor keeps its words and has no dates.
//! Not here: finding the expressions (`extraction::timex`).

use watchkeeper_record::article::{Date, days_in_month};
use watchkeeper_record::codebook::{Granularity, TimeAnchor};
use watchkeeper_record::mention::{CountedFrom, TimeUnit, TimeValue, Which};
use watchkeeper_record::reading::Time;
use watchkeeper_record::{Document, Mentions};

/// The times of a document and which mention denotes which.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TimeLinks {
    /// Times; the door gives the ids, in order of the first mention. Mentions are source spans, sorted.
    pub times: Vec<Time>,
    /// For each mention of [`Mentions::times`] the index of its time in `times`.
    pub of_mention: Vec<Option<usize>>,
}

/// The type of a TIMEX3 expression (ISO 24617-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimexType {
    /// A calendar date, or one of the `_REF`s.
    Date,
    /// A time of day.
    Time,
    /// A length of time.
    Duration,
    /// A recurring time.
    Set,
}

impl TimexType {
    /// The type of a resolved time, from its grain and TIMEX3 value.
    #[must_use]
    pub fn of(granularity: Granularity, value: &str) -> Self {
        match granularity {
            Granularity::Set => Self::Set,
            _ if value.starts_with('P') && !value.ends_with("_REF") => Self::Duration,
            _ if value.contains('T') && !value.ends_with("_REF") => Self::Time,
            _ => Self::Date,
        }
    }

    /// As TIMEX3 writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Date => "DATE",
            Self::Time => "TIME",
            Self::Duration => "DURATION",
            Self::Set => "SET",
        }
    }
}

/// Anchors every time mention of a document. Mentions that resolve to the same dates become one time.
#[must_use]
pub fn link_times(doc: &Document, mentions: &Mentions) -> TimeLinks {
    let mut links = TimeLinks::default();
    let mut known: std::collections::BTreeMap<(Date, Date, Granularity, TimeAnchor, String), usize> =
        std::collections::BTreeMap::new();
    let mut anchors = Anchors {
        published: doc.article().published.map(|published| (published.start, published.end)),
        text: None,
        block: None,
    };
    for mention in &mentions.times {
        let block = doc.sentences()[doc.sentence_of(mention.tokens.start) as usize].block;
        anchors.block = Some(block);
        let told = anchors.resolve(&mention.value);
        anchors.remember(&told, block);
        let key = told.days.map(|(start, end)| {
            (start, end, told.granularity, told.anchor, told.timex3.clone().unwrap_or_default())
        });
        let index = match key.as_ref().and_then(|key| known.get(key)) {
            Some(&index) => index,
            None => {
                let index = links.times.len();
                links.times.push(Time {
                    id: String::new(),
                    start: told.days.filter(|_| !told.open_start).map(|days| days.0.to_string()),
                    end: told.days.filter(|_| !told.open_end).map(|days| days.1.to_string()),
                    granularity: told.granularity,
                    timex3: told.timex3.clone(),
                    anchor: told.anchor,
                    mentions: Vec::new(),
                });
                if let Some(key) = key.filter(|_| !told.open_start && !told.open_end) {
                    known.insert(key, index);
                }
                index
            }
        };
        links.times[index].mentions.push(mention.span);
        links.of_mention.push(Some(index));
    }
    links
}

/// What a time expression comes to.
#[derive(Debug, Clone, PartialEq)]
struct Told {
    /// First and last day; `None` where it can't be told.
    days: Option<(Date, Date)>,
    /// The first day isn't bounded: `until May`.
    open_start: bool,
    /// The last day isn't bounded: `since 2014`.
    open_end: bool,
    granularity: Granularity,
    timex3: Option<String>,
    anchor: TimeAnchor,
}

impl Told {
    fn new(days: Option<(Date, Date)>, granularity: Granularity, timex3: String, anchor: TimeAnchor) -> Self {
        Self { days, open_start: false, open_end: false, granularity, timex3: Some(timex3), anchor }
    }
}

/// What relative times count from.
struct Anchors {
    /// First and last possible day of publication.
    published: Option<(Date, Date)>,
    /// The time told last, with the block that told it.
    text: Option<((Date, Date), Granularity, u32)>,
    /// The block being read.
    block: Option<u32>,
}

impl Anchors {
    /// Keeps a resolved time as the one that `the next day` counts from.
    fn remember(&mut self, told: &Told, block: u32) {
        let lasting = matches!(told.granularity, Granularity::Duration | Granularity::Set);
        if let (Some(days), false, false, false) = (told.days, lasting, told.open_start, told.open_end) {
            let vague = told.timex3.as_deref().is_some_and(|value| value.ends_with("_REF"));
            if !vague {
                self.text = Some((days, told.granularity, block));
            }
        }
    }

    /// The anchor of a count, and where it comes from. A text that has told no time yet counts from publication.
    fn anchor(&self, from: CountedFrom) -> (Option<(Date, Date)>, TimeAnchor) {
        match (from, self.text) {
            (CountedFrom::Text, Some((days, ..))) => (Some(days), TimeAnchor::Text),
            (CountedFrom::Text, None) => (self.published, TimeAnchor::Published),
            (CountedFrom::Published, _) => (self.published, TimeAnchor::Published),
        }
    }

    fn resolve(&self, value: &TimeValue) -> Told {
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
            TimeValue::Period { unit, offset, from } => self.offset(*unit, *offset, *offset, *from),
            TimeValue::Season { season, year, which } => self.season(*season, *year, *which),
            TimeValue::QuarterOfYear { quarter, year, which } => self.quarter(*quarter, *year, *which),
            TimeValue::Decade { first_year } => {
                let days = Date::new(*first_year, 1, 1).zip(Date::new(first_year + 9, 12, 31));
                Told::new(days, Granularity::Decade, format!("{}", first_year / 10), TimeAnchor::Absolute)
            }
            TimeValue::Range { start, end } => self.range(start.as_deref(), end.as_deref()),
            TimeValue::Clock { minutes, part, day } => self.clock(*minutes, *part, day),
            TimeValue::Duration { unit, count } => {
                let count = count.map_or_else(|| "X".to_owned(), |count| format!("{count}"));
                Told::new(None, Granularity::Duration, period(*unit, &count), TimeAnchor::Absolute)
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
            (None, Some(month)) => (self.year_of(month, day, which), TimeAnchor::Published),
            (None, None) => (None, TimeAnchor::Published),
        };
        let Some(month) = month else {
            let timex3 = year.map_or_else(|| "XXXX".to_owned(), |year| format!("{year:04}"));
            return Told::new(year.and_then(whole_year), Granularity::Year, timex3, anchor);
        };
        let year_text = year.map_or_else(|| "XXXX".to_owned(), |year| format!("{year:04}"));
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

    /// The year of a date told without it: of the text's own year where it goes on in it, else the latest past, or the next to come.
    fn year_of(&self, month: u32, day: Option<u32>, which: Which) -> Option<i32> {
        let (_, now) = self.published?;
        let at = (month, day.unwrap_or(1));
        let today = (now.month(), if day.is_some() { now.day() } else { 1 });
        if which == Which::Unmarked {
            // `The war began in March 2011. In April …`: a month follows the year the paragraph is in.
            if let (Some(((start, end), granularity, block)), true) = (self.text, self.block.is_some()) {
                let same_place = self.block == Some(block);
                let told_year = start.year() == end.year() && start.year() < now.year();
                let fine = matches!(granularity, Granularity::Day | Granularity::Month | Granularity::Year);
                if same_place && told_year && fine && (now.year() - start.year() > 1 || at > today) {
                    return Some(start.year());
                }
            }
        }
        Some(match which {
            Which::Last => now.year() - i32::from(at >= today || day.is_none() && now.month() <= month),
            Which::This => now.year(),
            Which::Next => now.year() + i32::from(at < today),
            Which::Unmarked => {
                // A few days ahead are ahead: an announcement printed early.
                let soon = day.is_some_and(|day| {
                    Date::new(now.year(), month, day)
                        .is_some_and(|date| (0..=14).contains(&(date.days() - now.days())))
                });
                now.year() - i32::from(at > today && !soon)
            }
        })
    }

    fn weekday(&self, weekday: u32, which: Which) -> Told {
        let date = self.published.and_then(|(_, now)| {
            let back = (now.weekday() + 7 - weekday) % 7;
            let days = match which {
                Which::Last => -(if back == 0 { 7 } else { back as i32 }),
                Which::This => weekday as i32 - now.weekday() as i32,
                Which::Next => {
                    if back == 0 {
                        7
                    } else {
                        7 - back as i32
                    }
                }
                Which::Unmarked => -(back as i32),
            };
            now.plus_days(days)
        });
        one_day(date, format!("XXXX-WXX-{}", weekday + 1), TimeAnchor::Published)
    }

    fn offset(&self, unit: TimeUnit, low: i32, high: i32, from: CountedFrom) -> Told {
        let (base, anchor) = self.anchor(from);
        let unknown = || {
            let value = if low == 0 && high == 0 {
                "PRESENT_REF"
            } else if high <= 0 {
                "PAST_REF"
            } else {
                "FUTURE_REF"
            };
            Told::new(None, grain(unit), value.to_owned(), anchor)
        };
        let Some((start, end)) = base else { return unknown() };
        let Some((first, last)) = shifted(start, unit, low).zip(shifted(end, unit, high)) else {
            return unknown();
        };
        let days = (first.0, last.1);
        let timex3 = if low == high {
            unit_value(first.0, unit)
        } else if high <= 0 {
            "PAST_REF".to_owned()
        } else {
            "FUTURE_REF".to_owned()
        };
        Told::new(Some(days), grain(unit), timex3, anchor)
    }

    fn season(&self, season: u32, year: Option<i32>, which: Which) -> Told {
        let code = ["WI", "SP", "SU", "FA"][season as usize % 4];
        let first_month = [12, 3, 6, 9][season as usize % 4];
        let anchor = if year.is_some() { TimeAnchor::Absolute } else { TimeAnchor::Published };
        // The winter of a year begins in December before it ends in February.
        let span = |year: i32| {
            let last_year = year + i32::from(season == 0);
            let last_month = if season == 0 { 2 } else { first_month + 2 };
            Date::new(year, first_month, 1).zip(Date::new(
                last_year,
                last_month,
                days_in_month(last_year, last_month),
            ))
        };
        let year = year.or_else(|| {
            let (_, now) = self.published?;
            let this = now.year() - i32::from(season == 0 && now.month() <= 2);
            let started = span(this).is_some_and(|(start, _)| start <= now);
            let over = span(this).is_some_and(|(_, end)| end < now);
            Some(match which {
                Which::This => this,
                Which::Last => this - i32::from(!over),
                Which::Next => this + i32::from(started),
                Which::Unmarked => this - i32::from(!started),
            })
        });
        let text = year.map_or_else(|| "XXXX".to_owned(), |year| format!("{year:04}"));
        Told::new(year.and_then(span), Granularity::Season, format!("{text}-{code}"), anchor)
    }

    fn quarter(&self, quarter: u32, year: Option<i32>, which: Which) -> Told {
        let anchor = if year.is_some() { TimeAnchor::Absolute } else { TimeAnchor::Published };
        let year = year.or_else(|| {
            let (_, now) = self.published?;
            let current = (now.month() - 1) / 3 + 1;
            Some(match which {
                Which::This => now.year(),
                Which::Next => now.year() + i32::from(quarter < current),
                Which::Last => now.year() - i32::from(quarter >= current),
                Which::Unmarked => now.year() - i32::from(quarter > current),
            })
        });
        let days = year.and_then(|year| {
            whole_month(year, quarter * 3 - 2)
                .zip(whole_month(year, quarter * 3))
                .map(|(first, last)| (first.0, last.1))
        });
        let text = year.map_or_else(|| "XXXX".to_owned(), |year| format!("{year:04}"));
        Told::new(days, Granularity::Season, format!("{text}-Q{quarter}"), anchor)
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
            period(unit, &count.to_string())
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

    fn clock(&self, minutes: Option<u32>, part: Option<&'static str>, day: &TimeValue) -> Told {
        let told = match day {
            // `the previous night`, with no time told before, is the night before publication; a bare clock time is of the day told last.
            TimeValue::Period { unit: TimeUnit::Day, offset: 0, from: CountedFrom::Text } => {
                self.day_told_last()
            }
            day => self.resolve(day),
        };
        let base = told.timex3.unwrap_or_else(|| "XXXX-XX-XX".to_owned());
        let tail = match (minutes, part) {
            (Some(minutes), _) => format!("{:02}:{:02}", minutes / 60, minutes % 60),
            (None, Some(part)) => part.to_owned(),
            (None, None) => "XX".to_owned(),
        };
        let granularity = if minutes.is_some() { Granularity::Instant } else { Granularity::Day };
        Told::new(told.days, granularity, format!("{base}T{tail}"), told.anchor)
    }

    fn day_told_last(&self) -> Told {
        match self.text {
            Some(((start, end), Granularity::Day | Granularity::Instant, _)) if start == end => {
                Told::new(Some((start, end)), Granularity::Day, start.to_string(), TimeAnchor::Text)
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

fn whole_year(year: i32) -> Option<(Date, Date)> {
    Date::new(year, 1, 1).zip(Date::new(year, 12, 31))
}

fn whole_month(year: i32, month: u32) -> Option<(Date, Date)> {
    Date::new(year, month, 1).zip(Date::new(year, month, days_in_month(year, month)))
}

fn grain(unit: TimeUnit) -> Granularity {
    match unit {
        TimeUnit::Minute | TimeUnit::Hour => Granularity::Instant,
        TimeUnit::Day => Granularity::Day,
        TimeUnit::Week => Granularity::Week,
        TimeUnit::Month => Granularity::Month,
        TimeUnit::Quarter => Granularity::Season,
        TimeUnit::Year => Granularity::Year,
        TimeUnit::Decade | TimeUnit::Century => Granularity::Decade,
    }
}

/// The whole unit that lies `count` units from a day.
fn shifted(date: Date, unit: TimeUnit, count: i32) -> Option<(Date, Date)> {
    match unit {
        TimeUnit::Minute => {
            let day = date.plus_days(count / 1440)?;
            Some((day, day))
        }
        TimeUnit::Hour => {
            let day = date.plus_days(count / 24)?;
            Some((day, day))
        }
        TimeUnit::Day => {
            let day = date.plus_days(count)?;
            Some((day, day))
        }
        TimeUnit::Week => {
            let monday = date.plus_days(count.checked_mul(7)?.checked_sub(date.weekday() as i32)?)?;
            Some((monday, monday.plus_days(6)?))
        }
        TimeUnit::Month | TimeUnit::Quarter => {
            let (step, width) = if unit == TimeUnit::Month { (1, 1) } else { (3, 3) };
            let month = date.year() * 12 + date.month() as i32 - 1;
            let first = (month / width * width).checked_add(count.checked_mul(step)?)?;
            let last = first.checked_add(width - 1)?;
            let start = whole_month(first.div_euclid(12), first.rem_euclid(12) as u32 + 1)?.0;
            let end = whole_month(last.div_euclid(12), last.rem_euclid(12) as u32 + 1)?.1;
            Some((start, end))
        }
        TimeUnit::Year => whole_year(date.year().checked_add(count)?),
        TimeUnit::Decade => {
            let first = (date.year().div_euclid(10) * 10).checked_add(count.checked_mul(10)?)?;
            Some((whole_year(first)?.0, whole_year(first.checked_add(9)?)?.1))
        }
        TimeUnit::Century => {
            let first = (date.year().div_euclid(100) * 100).checked_add(count.checked_mul(100)?)?;
            Some((whole_year(first)?.0, whole_year(first.checked_add(99)?)?.1))
        }
    }
}

/// The TIMEX3 value of the unit that begins on a day.
fn unit_value(start: Date, unit: TimeUnit) -> String {
    match unit {
        TimeUnit::Minute | TimeUnit::Hour | TimeUnit::Day => start.to_string(),
        TimeUnit::Week => {
            let (year, week) = iso_week(start);
            format!("{year:04}-W{week:02}")
        }
        TimeUnit::Month => format!("{:04}-{:02}", start.year(), start.month()),
        TimeUnit::Quarter => format!("{:04}-Q{}", start.year(), (start.month() - 1) / 3 + 1),
        TimeUnit::Year => format!("{:04}", start.year()),
        TimeUnit::Decade => format!("{:03}", start.year() / 10),
        TimeUnit::Century => format!("{:02}", start.year() / 100),
    }
}

/// ISO 8601 week-numbering year and week of a day.
fn iso_week(date: Date) -> (i32, i32) {
    // The Thursday of a week decides its year.
    let thursday = date.plus_days(3 - date.weekday() as i32).unwrap_or(date);
    let first = Date::new(thursday.year(), 1, 1).map_or(thursday.days(), Date::days);
    (thursday.year(), (thursday.days() - first) / 7 + 1)
}

/// `P3D`, `PT2H`.
fn period(unit: TimeUnit, count: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// 2017-10-20 was a Friday.
    fn anchors(text: Option<&str>) -> Anchors {
        let day = |text: &str| text.parse::<Date>().expect("a day");
        Anchors {
            published: Some((day("2017-10-20"), day("2017-10-20"))),
            text: text.map(|text| ((day(text), day(text)), Granularity::Day, 0)),
            block: Some(0),
        }
    }

    fn shown(told: &Told) -> String {
        let end = |open: bool, date: Date| if open { "…".to_owned() } else { date.to_string() };
        let days = told.days.map_or_else(
            || "null".to_owned(),
            |(first, last)| format!("{}/{}", end(told.open_start, first), end(told.open_end, last)),
        );
        format!("{days} {} {}", told.granularity, told.timex3.clone().unwrap_or_default())
    }

    fn calendar(year: Option<i32>, month: u32, day: Option<u32>, which: Which) -> TimeValue {
        TimeValue::Calendar { year, month: Some(month), day, which }
    }

    fn offset(unit: TimeUnit, count: i32, from: CountedFrom) -> TimeValue {
        TimeValue::Offset { unit, low: count, high: count, from }
    }

    #[test]
    fn times_are_anchored_to_publication() {
        let weekday = |weekday, which| TimeValue::Weekday { weekday, which };
        let cases = [
            (weekday(1, Which::Unmarked), "2017-10-17/2017-10-17 day 2017-10-17"),
            (weekday(4, Which::Unmarked), "2017-10-20/2017-10-20 day 2017-10-20"),
            (weekday(4, Which::Last), "2017-10-13/2017-10-13 day 2017-10-13"),
            (weekday(0, Which::Next), "2017-10-23/2017-10-23 day 2017-10-23"),
            (offset(TimeUnit::Day, -1, CountedFrom::Published), "2017-10-19/2017-10-19 day 2017-10-19"),
            (offset(TimeUnit::Week, 0, CountedFrom::Published), "2017-10-16/2017-10-22 week 2017-W42"),
            (offset(TimeUnit::Month, -3, CountedFrom::Published), "2017-07-01/2017-07-31 month 2017-07"),
            (offset(TimeUnit::Year, -1, CountedFrom::Published), "2016-01-01/2016-12-31 year 2016"),
            (calendar(None, 5, Some(3), Which::Unmarked), "2017-05-03/2017-05-03 day 2017-05-03"),
            (calendar(None, 12, None, Which::Unmarked), "2016-12-01/2016-12-31 month 2016-12"),
            (calendar(None, 12, None, Which::Next), "2017-12-01/2017-12-31 month 2017-12"),
            (calendar(Some(2014), 2, Some(30), Which::Unmarked), "null day 2014-02-30"),
            (
                TimeValue::Season { season: 0, year: None, which: Which::Last },
                "2016-12-01/2017-02-28 season 2016-WI",
            ),
            (TimeValue::Decade { first_year: 1990 }, "1990-01-01/1999-12-31 decade 199"),
            (TimeValue::Duration { unit: TimeUnit::Week, count: Some(3.0) }, "null duration P3W"),
        ];
        for (value, wanted) in cases {
            assert_eq!(shown(&anchors(None).resolve(&value)), wanted, "{value:?}");
        }
    }

    #[test]
    fn times_are_anchored_to_the_text() {
        let told = anchors(Some("2015-03-02"));
        let later = told.resolve(&offset(TimeUnit::Day, 2, CountedFrom::Text));
        assert_eq!(shown(&later), "2015-03-04/2015-03-04 day 2015-03-04");
        assert_eq!(later.anchor, TimeAnchor::Text);
        let night = TimeValue::Clock {
            minutes: None,
            part: Some("NI"),
            day: Box::new(TimeValue::Period { unit: TimeUnit::Day, offset: -1, from: CountedFrom::Text }),
        };
        assert_eq!(shown(&told.resolve(&night)), "2015-03-01/2015-03-01 day 2015-03-01TNI");
    }

    #[test]
    fn ranges_may_be_open() {
        let year =
            |year| TimeValue::Calendar { year: Some(year), month: None, day: None, which: Which::Unmarked };
        let since = TimeValue::Range { start: Some(Box::new(year(2014))), end: None };
        assert_eq!(shown(&anchors(None).resolve(&since)), "2014-01-01/… year 2014");
        let both = TimeValue::Range { start: Some(Box::new(year(2011))), end: Some(Box::new(year(2014))) };
        assert_eq!(shown(&anchors(None).resolve(&both)), "2011-01-01/2014-12-31 year 2011/2014");
        let over = calendar(None, 11, None, Which::Unmarked);
        let winter = TimeValue::Range {
            start: Some(Box::new(over)),
            end: Some(Box::new(calendar(Some(2017), 3, None, Which::Unmarked))),
        };
        assert_eq!(shown(&anchors(None).resolve(&winter)), "2016-11-01/2017-03-31 month 2016-11/2017-03");
    }

    #[test]
    fn without_a_date_of_publication_relative_times_stay_open() {
        let unknown = Anchors { published: None, text: None, block: Some(0) };
        for value in [
            offset(TimeUnit::Day, -1, CountedFrom::Published),
            TimeValue::Weekday { weekday: 2, which: Which::Unmarked },
            calendar(None, 5, Some(3), Which::Unmarked),
        ] {
            assert_eq!(unknown.resolve(&value).days, None, "{value:?}");
        }
        let absolute = unknown.resolve(&calendar(Some(2014), 5, Some(3), Which::Unmarked));
        assert!(absolute.days.is_some());
    }

    #[test]
    fn far_counts_are_unknown() {
        for unit in [TimeUnit::Day, TimeUnit::Week, TimeUnit::Month, TimeUnit::Year, TimeUnit::Century] {
            for count in [i32::MIN, -100_000_000, i32::MAX] {
                let _ = anchors(None).resolve(&offset(unit, count, CountedFrom::Published));
            }
        }
    }
}
