//! The days of feasts: fixed, counted by weekday, from Easter, of lunar calendars and of the equinox.
//!
//! Sources: Anonymous Gregorian computus (Meeus, Jones and Butcher); Meeus's Julian computus; the tabular Islamic calendar with the
//! civil epoch and the Hebrew calendar after Reingold and Dershowitz, "Calendrical Calculations"; new moons and equinoxes after Meeus,
//! "Astronomical Algorithms", chapters 49 and 27. Days of the Islamic calendar, new moons and the equinox may differ by one from those observed.

use watchkeeper_record::article::{Date, days_in_month};
use watchkeeper_record::mention::FeastRule;

/// Julian day number of 1970-01-01 at midnight.
const EPOCH: f64 = 2_440_587.5;

/// How many days a feast may lie beside the day reckoned.
pub(super) fn tolerance_days(rule: FeastRule) -> i32 {
    i32::from(matches!(rule, FeastRule::Islamic(..) | FeastRule::NewMoon { .. } | FeastRule::Equinox(_)))
}

/// First days of a feast in a Gregorian year, in order: none, one, or two for a lunar calendar.
pub(super) fn in_year(rule: FeastRule, year: i32) -> Vec<Date> {
    if !(1..=9998).contains(&year) {
        return Vec::new();
    }
    let one = |date: Option<Date>| date.into_iter().collect();
    match rule {
        FeastRule::Fixed { month, day } => one(Date::new(year, month, day)),
        FeastRule::Weekday { month, weekday, nth, plus } => {
            one(nth_weekday(year, month, weekday, nth).and_then(|date| date.plus_days(plus)))
        }
        FeastRule::Easter(plus) => one(easter(year).and_then(|date| date.plus_days(plus))),
        FeastRule::OrthodoxEaster(plus) => one(orthodox_easter(year).and_then(|date| date.plus_days(plus))),
        FeastRule::Islamic(month, day) => {
            // 33 Islamic years are a little more than 32 Gregorian ones.
            let about = (year - 622) * 33 / 32;
            (about - 1..=about + 3)
                .filter_map(|hijri| Date::from_days(islamic_days(hijri, month, day)))
                .filter(|date| date.year() == year)
                .collect()
        }
        FeastRule::Hebrew(month, day) => (year + 3759..=year + 3762)
            .filter_map(|hebrew| Date::from_days(hebrew_days(hebrew, month, day)))
            .filter(|date| date.year() == year)
            .collect(),
        FeastRule::Equinox(plus) => one(march_equinox(year).and_then(|date| date.plus_days(plus))),
        FeastRule::NewMoon { month, day, half_hours, plus } => {
            one(new_moon_before(year, month, day, half_hours).and_then(|date| date.plus_days(plus)))
        }
    }
}

fn nth_weekday(year: i32, month: u32, weekday: u32, nth: i32) -> Option<Date> {
    if nth < 0 {
        let last = Date::new(year, month, days_in_month(year, month))?;
        return last.plus_days(-(((last.weekday() + 7 - weekday) % 7) as i32));
    }
    let first = Date::new(year, month, 1)?;
    first.plus_days(((weekday + 7 - first.weekday()) % 7) as i32 + 7 * (nth - 1))
}

/// Western Easter Sunday.
fn easter(year: i32) -> Option<Date> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    Date::new(year, u32::try_from(n / 31).ok()?, u32::try_from(n % 31 + 1).ok()?)
}

/// Orthodox Easter Sunday, in the Gregorian calendar.
fn orthodox_easter(year: i32) -> Option<Date> {
    let d = (19 * (year % 19) + 15) % 30;
    let e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7;
    let n = d + e + 114;
    let julian = Date::new(year, u32::try_from(n / 31).ok()?, u32::try_from(n % 31 + 1).ok()?)?;
    julian.plus_days(year / 100 - year / 400 - 2)
}

/// Days since 1970-01-01 of a day of the tabular Islamic calendar (civil epoch, Friday 16 July 622 of the Julian calendar).
fn islamic_days(year: i32, month: u32, day: u32) -> i32 {
    let month = month as i32;
    day as i32 + 29 * (month - 1) + month / 2 + (year - 1) * 354 + (3 + 11 * year).div_euclid(30) - 492_149
}

/// Days since 1970-01-01 of a day of the Hebrew calendar; months count from Nisan, years begin in Tishri (month 7).
fn hebrew_days(year: i32, month: u32, day: u32) -> i32 {
    let new_year = hebrew_new_year(year);
    let length = hebrew_new_year(year + 1) - new_year;
    let leap = hebrew_leap(year);
    let months = 12 + i32::from(leap);
    let size = |month: i32| match month {
        2 | 4 | 6 | 10 | 13 => 29,
        12 if !leap => 29,
        8 if length % 10 != 5 => 29,
        9 if length % 10 == 3 => 29,
        _ => 30,
    };
    // Purim is in the second Adar of a leap year.
    let month = if month == 12 && leap { 13 } else { month as i32 };
    let before: i32 =
        if month >= 7 { (7..month).map(size).sum() } else { (7..=months).chain(1..month).map(size).sum() };
    new_year + before + day as i32 - 1
}

fn hebrew_leap(year: i32) -> bool {
    (7 * year + 1).rem_euclid(19) < 7
}

/// Days since 1970-01-01 of 1 Tishri.
fn hebrew_new_year(year: i32) -> i32 {
    let elapsed = |year: i32| {
        let months = (235 * i64::from(year) - 234).div_euclid(19);
        let parts = 12_084 + 13_753 * months;
        let day = 29 * months + parts.div_euclid(25_920);
        if (3 * (day + 1)).rem_euclid(7) < 3 { day + 1 } else { day }
    };
    let (before, this, after) = (elapsed(year - 1), elapsed(year), elapsed(year + 1));
    let delay = if after - this == 356 { 2 } else { i64::from(this - before == 382) };
    // The epoch is R.D. −1373427 and 1970-01-01 is R.D. 719163.
    i32::try_from(this + delay - 1_373_427 - 719_163).unwrap_or(i32::MIN)
}

/// Degrees to radians.
fn sine(degrees: f64) -> f64 {
    degrees.to_radians().sin()
}

/// The day of the March equinox in Tehran's reckoning: the next day where it falls after noon.
fn march_equinox(year: i32) -> Option<Date> {
    let y = (f64::from(year) - 2000.0) / 1000.0;
    let julian = 2_451_623.809_84 + y * (365_242.374_04 + y * (0.051_69 - y * 0.004_11));
    // Three and a half hours east; half a day later, so that the afternoon belongs to the next day.
    day_of(julian + 3.5 / 24.0 + 0.5)
}

/// The day that holds a Julian date.
fn day_of(julian: f64) -> Option<Date> {
    let days = (julian - EPOCH).floor();
    (days.abs() < 1e7).then(|| Date::from_days(days as i32)).flatten()
}

/// The day of the latest new moon on or before a day of the year, `half_hours` east of Greenwich.
fn new_moon_before(year: i32, month: u32, day: u32, half_hours: i32) -> Option<Date> {
    let latest = Date::new(year, month, day)?;
    let years = f64::from(year) + (f64::from(month) - 0.5) / 12.0;
    let around = ((years - 2000.0) * 12.368_5).round();
    let found = (-2..=2)
        .rev()
        .filter_map(|step| day_of(new_moon(around + f64::from(step)) + f64::from(half_hours) / 48.0));
    found.into_iter().find(|date| *date <= latest)
}

/// Julian date of the new moon `k` lunations after that of 6 January 2000 (Meeus 49.1, the main periodic terms).
fn new_moon(k: f64) -> f64 {
    let t = k / 1236.85;
    let mean = 2_451_550.097_66 + 29.530_588_861 * k + 0.000_154_37 * t * t;
    let sun = 2.5534 + 29.105_356_70 * k;
    let moon = 201.5643 + 385.816_935_28 * k + 0.010_758_2 * t * t;
    let latitude = 160.7108 + 390.670_502_84 * k;
    mean - 0.407_20 * sine(moon)
        + 0.172_41 * sine(sun)
        + 0.016_08 * sine(2.0 * moon)
        + 0.010_39 * sine(2.0 * latitude)
        + 0.007_39 * sine(moon - sun)
        - 0.005_14 * sine(moon + sun)
        + 0.002_08 * sine(2.0 * sun)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(rule: FeastRule, year: i32) -> Vec<String> {
        in_year(rule, year).iter().map(Date::to_string).collect()
    }

    #[test]
    fn known_days_are_found() {
        let thanksgiving = FeastRule::Weekday { month: 11, weekday: 3, nth: 4, plus: 0 };
        let memorial_day = FeastRule::Weekday { month: 5, weekday: 0, nth: -1, plus: 0 };
        let diwali = FeastRule::NewMoon { month: 11, day: 15, half_hours: 11, plus: -1 };
        let lunar = FeastRule::NewMoon { month: 2, day: 20, half_hours: 16, plus: 0 };
        let cases: [(FeastRule, i32, &str); 28] = [
            (FeastRule::Easter(0), 2016, "2016-03-27"),
            (FeastRule::Easter(0), 2019, "2019-04-21"),
            (FeastRule::Easter(-2), 1998, "1998-04-10"),
            (FeastRule::OrthodoxEaster(0), 2016, "2016-05-01"),
            (FeastRule::OrthodoxEaster(0), 2022, "2022-04-24"),
            (thanksgiving, 2023, "2023-11-23"),
            (memorial_day, 2015, "2015-05-25"),
            (FeastRule::Islamic(9, 1), 2017, "2017-05-27"),
            (FeastRule::Islamic(9, 1), 2021, "2021-04-13"),
            (FeastRule::Islamic(10, 1), 2016, "2016-07-07"),
            (FeastRule::Islamic(12, 10), 2017, "2017-09-01"),
            (FeastRule::Islamic(1, 10), 2019, "2019-09-10"),
            (FeastRule::Islamic(3, 12), 2014, "2014-01-14"),
            (FeastRule::Hebrew(1, 15), 2002, "2002-03-28"),
            (FeastRule::Hebrew(1, 15), 2022, "2022-04-16"),
            (FeastRule::Hebrew(7, 1), 2023, "2023-09-16"),
            (FeastRule::Hebrew(7, 10), 1973, "1973-10-06"),
            (FeastRule::Hebrew(7, 22), 2023, "2023-10-07"),
            (FeastRule::Hebrew(9, 25), 2016, "2016-12-25"),
            (FeastRule::Hebrew(12, 14), 2014, "2014-03-16"),
            (FeastRule::Equinox(0), 2017, "2017-03-21"),
            (FeastRule::Equinox(0), 2020, "2020-03-20"),
            (diwali, 2017, "2017-10-19"),
            (diwali, 2018, "2018-11-07"),
            (diwali, 2021, "2021-11-04"),
            (lunar, 2017, "2017-01-28"),
            (lunar, 2021, "2021-02-12"),
            (lunar, 2024, "2024-02-10"),
        ];
        for (rule, year, wanted) in cases {
            let found = in_year(rule, year);
            let wanted: Date = wanted.parse().expect("a day");
            let near = found.iter().any(|date| (date.days() - wanted.days()).abs() <= tolerance_days(rule));
            assert!(near, "{rule:?} {year}: {:?}, wanted {wanted}", days(rule, year));
        }
    }

    #[test]
    fn a_lunar_feast_may_come_twice_a_year() {
        assert_eq!(in_year(FeastRule::Islamic(9, 1), 2030).len(), 2);
        assert!(in_year(FeastRule::Islamic(9, 1), 1).len() < 2);
        for rule in [FeastRule::Easter(0), FeastRule::Hebrew(7, 1), FeastRule::Equinox(0)] {
            for year in [i32::MIN, -5, 0, 1, 9998, 9999, i32::MAX] {
                let _ = in_year(rule, year);
            }
        }
    }
}
