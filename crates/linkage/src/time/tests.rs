//! Tests of anchoring.

use super::anchor::Anchors;
use super::*;
use watchkeeper_record::mention::{CountedFrom, FeastRule, TimeUnit, Which};

fn date(text: &str) -> Date {
    text.parse().expect("a day")
}

fn absolute(text: &str) -> TimeValue {
    let day = date(text);
    TimeValue::Calendar {
        year: Some(day.year()),
        month: Some(day.month()),
        day: Some(day.day()),
        which: Which::Unmarked,
    }
}

/// Published on Friday 2017-10-20, after a text that has told these times.
fn told(times: &[TimeValue]) -> Anchors {
    let mut anchors = Anchors::new(Some((date("2017-10-20"), date("2017-10-20"))));
    for value in times {
        let told = anchors.resolve(value);
        anchors.remember(value, &told, false);
    }
    anchors
}

fn anchors(text: Option<&str>) -> Anchors {
    told(&text.map(absolute).into_iter().collect::<Vec<_>>())
}

fn year(year: i32) -> TimeValue {
    TimeValue::Calendar { year: Some(year), month: None, day: None, which: Which::Unmarked }
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
            TimeValue::Season { season: 0, year: None, which: Which::Last, from: CountedFrom::Published },
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
        utc: false,
        day: Box::new(TimeValue::Period { unit: TimeUnit::Day, offset: -1, from: CountedFrom::Text }),
    };
    assert_eq!(shown(&told.resolve(&night)), "2015-03-01/2015-03-01 day 2015-03-01TNI");
}

#[test]
fn ranges_may_be_open() {
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
    let unknown = Anchors::new(None);
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

#[test]
fn times_count_from_a_passage_about_another_year() {
    let about_2012 = [year(2012)];
    let following = |unit| TimeValue::Period { unit, offset: 1, from: CountedFrom::Text };
    let cases: [(&[TimeValue], TimeValue, &str); 10] = [
        (&about_2012, following(TimeUnit::Year), "2013-01-01/2013-12-31 year 2013"),
        (&about_2012, offset(TimeUnit::Year, 2, CountedFrom::Text), "2014-01-01/2014-12-31 year 2014"),
        (&about_2012, calendar(None, 3, None, Which::Unmarked), "2012-03-01/2012-03-31 month 2012-03"),
        // An open range is told too: `since 2012 … the following year`.
        (
            &[TimeValue::Range { start: Some(Box::new(year(2012))), end: None }],
            following(TimeUnit::Year),
            "2013-01-01/2013-12-31 year 2013",
        ),
        (
            &[calendar(Some(2012), 7, None, Which::Unmarked)],
            TimeValue::Season { season: 1, year: None, which: Which::Next, from: CountedFrom::Text },
            "2013-03-01/2013-05-31 season 2013-SP",
        ),
        (
            &[calendar(Some(2012), 7, None, Which::Unmarked)],
            TimeValue::Season { season: 0, year: None, which: Which::Last, from: CountedFrom::Text },
            "2011-12-01/2012-02-29 season 2011-WI",
        ),
        // `The following year the group grew. In March …`
        (
            &[year(2012), following(TimeUnit::Year)],
            calendar(None, 3, None, Which::Unmarked),
            "2013-03-01/2013-03-31 month 2013-03",
        ),
        // Two days after a month are as coarse as the month.
        (
            &[calendar(Some(2012), 7, None, Which::Unmarked)],
            offset(TimeUnit::Day, 2, CountedFrom::Text),
            "2012-07-03/2012-08-02 month 2012-XX-XX",
        ),
        // The day told before still counts.
        (
            &[absolute("2012-07-04"), year(2012)],
            offset(TimeUnit::Day, 2, CountedFrom::Text),
            "2012-07-06/2012-07-06 day 2012-07-06",
        ),
        // Later than nothing told is unknown.
        (&[], offset(TimeUnit::Day, 2, CountedFrom::Text), "null day FUTURE_REF"),
    ];
    for (before, value, wanted) in cases {
        assert_eq!(shown(&told(before).resolve(&value)), wanted, "{before:?} {value:?}");
    }
}

#[test]
fn what_was_said_when_is_no_anchor() {
    let mut anchors = told(&[absolute("2017-10-16")]);
    let friday = TimeValue::Weekday { weekday: 4, which: Which::Unmarked };
    let said = anchors.resolve(&friday);
    anchors.remember(&friday, &said, true);
    let later = anchors.resolve(&offset(TimeUnit::Day, 2, CountedFrom::Text));
    assert_eq!(shown(&later), "2017-10-18/2017-10-18 day 2017-10-18");
}

#[test]
fn the_clause_tells_which_one_is_meant() {
    let weekday = |which| TimeValue::Weekday { weekday: 0, which };
    let cases = [
        (weekday(Which::Ahead), "2017-10-23/2017-10-23 day 2017-10-23"),
        (weekday(Which::Nearest), "2017-10-16/2017-10-16 day 2017-10-16"),
        (TimeValue::Weekday { weekday: 4, which: Which::Ahead }, "2017-10-20/2017-10-20 day 2017-10-20"),
        (calendar(None, 12, Some(1), Which::Nearest), "2017-12-01/2017-12-01 day 2017-12-01"),
        (calendar(None, 12, Some(1), Which::Unmarked), "2016-12-01/2016-12-01 day 2016-12-01"),
        (calendar(None, 5, Some(1), Which::Nearest), "2017-05-01/2017-05-01 day 2017-05-01"),
        (calendar(None, 5, Some(1), Which::Ahead), "2018-05-01/2018-05-01 day 2018-05-01"),
        (calendar(None, 10, Some(18), Which::Ahead), "2017-10-18/2017-10-18 day 2017-10-18"),
        (
            TimeValue::QuarterOfYear { quarter: 3, year: None, which: Which::Ahead },
            "2017-07-01/2017-09-30 season 2017-Q3",
        ),
        (
            TimeValue::QuarterOfYear { quarter: 1, year: None, which: Which::Ahead },
            "2018-01-01/2018-03-31 season 2018-Q1",
        ),
        (
            TimeValue::HalfOfYear { half: 1, year: Some(2014), which: Which::Unmarked },
            "2014-01-01/2014-06-30 season 2014-H1",
        ),
        (TimeValue::Century { number: 19 }, "1801-01-01/1900-12-31 decade 18"),
        (offset(TimeUnit::Decade, -1, CountedFrom::Published), "2006-01-01/2008-12-31 year 2007"),
        (offset(TimeUnit::Hour, -2, CountedFrom::Published), "2017-10-19/2017-10-19 instant PT2H"),
    ];
    for (value, wanted) in cases {
        assert_eq!(shown(&anchors(None).resolve(&value)), wanted, "{value:?}");
    }
}

#[test]
fn a_year_earlier_than_a_quarter_is_a_quarter() {
    let quarter = TimeValue::QuarterOfYear { quarter: 3, year: None, which: Which::Unmarked };
    let earlier = offset(TimeUnit::Year, -1, CountedFrom::Text);
    let mut anchors = told(&[quarter]);
    for _ in 0..2 {
        let told = anchors.resolve(&earlier);
        assert_eq!(shown(&told), "2016-07-01/2016-09-30 season 2016-Q3");
        anchors.remember(&earlier, &told, false);
    }
    let the_quarter = TimeValue::Period { unit: TimeUnit::Quarter, offset: 0, from: CountedFrom::Text };
    assert_eq!(shown(&anchors.resolve(&the_quarter)), "2017-07-01/2017-09-30 season 2017-Q3");
}

#[test]
fn feasts_are_found_near_publication() {
    let feast = |rule, days, which| TimeValue::Feast { rule, days, year: None, which };
    let easter = FeastRule::Easter(0);
    let cases = [
        (feast(easter, 1, Which::Unmarked), "2017-04-16/2017-04-16 day 2017-04-16"),
        (feast(easter, 1, Which::Ahead), "2018-04-01/2018-04-01 day 2018-04-01"),
        (feast(easter, 1, Which::Nearest), "2017-04-16/2017-04-16 day 2017-04-16"),
        (
            feast(FeastRule::Islamic(9, 1), 30, Which::Unmarked),
            "2017-05-26/2017-06-26 month 2017-05-27/2017-06-25",
        ),
        (
            feast(FeastRule::Fixed { month: 12, day: 25 }, 1, Which::Nearest),
            "2017-12-25/2017-12-25 day 2017-12-25",
        ),
        (
            TimeValue::Feast { rule: easter, days: 1, year: Some(2016), which: Which::Unmarked },
            "2016-03-27/2016-03-27 day 2016-03-27",
        ),
    ];
    for (value, wanted) in cases {
        assert_eq!(shown(&anchors(None).resolve(&value)), wanted, "{value:?}");
    }
    let unknown = Anchors::new(None).resolve(&feast(easter, 1, Which::Unmarked));
    assert_eq!(unknown.days, None);
}
