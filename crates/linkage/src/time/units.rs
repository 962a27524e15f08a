//! Calendar arithmetic: whole units that hold a day, their neighbours, and how TIMEX3 writes them.

use watchkeeper_record::article::{Date, days_in_month};
use watchkeeper_record::codebook::Granularity;
use watchkeeper_record::mention::TimeUnit;

/// First and last day of a stretch.
pub(super) type Days = (Date, Date);

pub(super) fn whole_year(year: i32) -> Option<Days> {
    Date::new(year, 1, 1).zip(Date::new(year, 12, 31))
}

pub(super) fn whole_month(year: i32, month: u32) -> Option<Days> {
    Date::new(year, month, 1).zip(Date::new(year, month, days_in_month(year, month)))
}

/// The months `first..=last` of a year.
pub(super) fn months(year: i32, first: u32, last: u32) -> Option<Days> {
    whole_month(year, first).zip(whole_month(year, last)).map(|(first, last)| (first.0, last.1))
}

/// A season: 0 = winter, which begins in December of its year and ends in February of the next.
pub(super) fn whole_season(year: i32, season: u32) -> Option<Days> {
    match season % 4 {
        0 => whole_month(year, 12).zip(whole_month(year + 1, 2)).map(|(first, last)| (first.0, last.1)),
        season => months(year, season * 3, season * 3 + 2),
    }
}

/// The grain of a unit.
pub(super) fn grain(unit: TimeUnit) -> Granularity {
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

/// Whether a time of one grain is too coarse to count units of another from.
pub(super) fn coarser(granularity: Granularity, unit: TimeUnit) -> bool {
    let rank = |granularity| match granularity {
        Granularity::Instant | Granularity::Day => 0,
        Granularity::Week => 1,
        Granularity::Month => 2,
        Granularity::Season => 3,
        Granularity::Year => 4,
        Granularity::Decade => 5,
        Granularity::Duration | Granularity::Set => 6,
    };
    rank(granularity) > rank(grain(unit))
}

/// The whole unit that lies `count` units from a day.
pub(super) fn shifted(date: Date, unit: TimeUnit, count: i32) -> Option<Days> {
    match unit {
        TimeUnit::Minute => {
            let day = date.plus_days(count.div_euclid(1440))?;
            Some((day, day))
        }
        TimeUnit::Hour => {
            let day = date.plus_days(count.div_euclid(24))?;
            Some((day, day))
        }
        TimeUnit::Day => {
            let day = date.plus_days(count)?;
            Some((day, day))
        }
        TimeUnit::Week => {
            let monday = date.plus_days(-(date.weekday() as i32))?.plus_days(count.checked_mul(7)?)?;
            Some((monday, monday.plus_days(6)?))
        }
        TimeUnit::Month | TimeUnit::Quarter => {
            let size = if unit == TimeUnit::Month { 1 } else { 3 };
            let index = date.year() * 12 + date.month() as i32 - 1;
            let first = index.div_euclid(size).checked_add(count)?.checked_mul(size)?;
            let last = first.checked_add(size - 1)?;
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
pub(super) fn unit_value(start: Date, unit: TimeUnit) -> String {
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
pub(super) fn iso_week(date: Date) -> (i32, i32) {
    // The Thursday of a week decides its year.
    let thursday = date.plus_days(3 - date.weekday() as i32).unwrap_or(date);
    let first = Date::new(thursday.year(), 1, 1).map_or(thursday.days(), Date::days);
    (thursday.year(), (thursday.days() - first) / 7 + 1)
}
