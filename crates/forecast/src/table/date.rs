//! Days as tables write them.

use watchkeeper_record::article::Date;

use crate::panel::Day;

/// The day of a calendar; none where there is no such day.
#[must_use]
pub fn day_of(year: i32, month: u32, day: u32) -> Option<Day> {
    Date::new(year, month, day).map(|day| Day(day.days()))
}

/// `YYYY-MM-DD`; the number of the day where it lies outside the years 1 to 9999.
#[must_use]
pub fn written(day: Day) -> String {
    Date::from_days(day.0).map_or_else(|| format!("day {}", day.0), |day| day.to_string())
}

/// In which order a column of days writes `03/04/2020`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The day first.
    DayFirst,
    /// The month first.
    MonthFirst,
    /// No row tells.
    Unknown,
}

/// Three numbers parted by slashes, dots or hyphens, and what follows a blank or `T` left out.
fn numbers(text: &str) -> Option<[u32; 3]> {
    let head = text.split([' ', 'T']).next()?;
    let mut parts = head.split(['/', '.', '-']).map(|part| part.parse::<u32>().ok());
    let found = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(found)
}

/// What the rows of a column say of its order together.
pub(super) fn order<'a>(column: impl Iterator<Item = &'a str>) -> Order {
    let (mut day, mut month) = (false, false);
    for [one, two, _] in column.filter_map(|text| numbers(text.trim())).filter(|all| all[0] <= 31) {
        day |= one > 12;
        month |= two > 12;
    }
    match (day, month) {
        (true, false) => Order::DayFirst,
        (false, true) => Order::MonthFirst,
        _ => Order::Unknown,
    }
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A day as `2020-04-03`, `2020/04/03 00:00:00`, `20200403`, `3 April 2020`, `3-Apr-2020`, `April 3, 2020`, or with the order of the column
/// `03/04/2020`.
///
/// # Errors
/// What is wrong, and what to write.
pub(super) fn read(text: &str, order: Order) -> Result<Day, String> {
    let text = text.trim();
    let none = || format!("`{text}` is no day; write YYYY-MM-DD");
    let made = |year: i32, month: u32, day: u32| {
        day_of(year, month, day).ok_or_else(|| format!("`{text}` is no day of the calendar; correct the row"))
    };
    if text.len() == 8
        && let Ok(all) = text.parse::<u32>()
    {
        return made((all / 10_000) as i32, all / 100 % 100, all % 100);
    }
    if let Some([one, two, three]) = numbers(text) {
        if one > 31 {
            return made(one as i32, two, three);
        }
        if three < 100 {
            return Err(format!("`{text}` has no century; write YYYY-MM-DD"));
        }
        return match order {
            Order::DayFirst => made(three as i32, two, one),
            Order::MonthFirst => made(three as i32, one, two),
            Order::Unknown if one == two => made(three as i32, one, two),
            Order::Unknown => Err(format!(
                "`{text}` can be read with the day or the month first, and no row tells which; write YYYY-MM-DD"
            )),
        };
    }
    let words: Vec<&str> =
        text.split([' ', '-', ',', '/', '.']).filter(|word| !word.is_empty()).take(4).collect();
    let named = |word: &str| {
        let head = word.get(..3)?.to_ascii_lowercase();
        MONTHS.iter().position(|month| *month == head).map(|at| at as u32 + 1)
    };
    let [one, two, year, ..] = words[..] else { return Err(none()) };
    let (month, day) = match (named(one), named(two)) {
        (Some(month), None) => (month, two),
        (None, Some(month)) => (month, one),
        _ => return Err(none()),
    };
    let day = day.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    match (year.parse::<i32>(), day.parse::<u32>()) {
        (Ok(year), Ok(_)) if year < 100 => Err(format!("`{text}` has no century; write YYYY-MM-DD")),
        (Ok(year), Ok(day)) => made(year, month, day),
        _ => Err(none()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_the_ways_tables_write_them() {
        let wanted = day_of(2020, 4, 3);
        for text in [
            "2020-04-03",
            "2020-04-03 00:00:00.000",
            "2020-04-03T12:00:00Z",
            "2020/4/3",
            "20200403",
            "3 April 2020",
            "03 April 2020",
            "3-Apr-2020",
            "April 3, 2020",
            "Apr 3rd 2020",
        ] {
            assert_eq!(read(text, Order::Unknown).ok(), wanted, "{text}");
        }
        assert_eq!(read("03/04/2020", Order::DayFirst).ok(), wanted);
        assert_eq!(read("04/03/2020", Order::MonthFirst).ok(), wanted);
        assert!(read("03/04/2020", Order::Unknown).is_err_and(|why| why.contains("day or the month first")));
        for (text, words) in [
            ("2020-02-30", "no day of the calendar"),
            ("2020-13-01", "no day of the calendar"),
            ("2020-04", "is no day"),
            ("9-Feb-68", "no century"),
            ("9/2/68", "no century"),
            ("", "is no day"),
            ("soon", "is no day"),
            ("0000-01-01", "no"),
        ] {
            assert!(read(text, Order::Unknown).is_err_and(|why| why.contains(words)), "{text}");
        }
    }

    #[test]
    fn a_column_tells_its_order() {
        assert_eq!(order(["03/04/2020", "13/04/2020"].into_iter()), Order::DayFirst);
        assert_eq!(order(["03/04/2020", "03/14/2020"].into_iter()), Order::MonthFirst);
        assert_eq!(order(["2020-03-14"].into_iter()), Order::Unknown);
        assert_eq!(order(["13/04/2020", "04/13/2020"].into_iter()), Order::Unknown);
    }

    proptest::proptest! {
        #[test]
        fn days_come_back(number in -700_000_i32..2_900_000) {
            let day = Day(number);
            proptest::prop_assert_eq!(read(&written(day), Order::Unknown), Ok(day));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}", numbers in "[0-9/. -]{0,24}") {
            for text in [text, numbers] {
                let _ = read(&text, Order::DayFirst);
            }
        }
    }
}
