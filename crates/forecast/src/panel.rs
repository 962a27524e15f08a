//! Panels: a count for each unit (a country, a province) and month, as it was known on a day.
//!
//! In: rows with the day on which they were published. Out: a table without holes, and what was wrong with the rows. What it does not do:
//! read files, guess what a hole means (it stays unknown) or look past its as-of day.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// A month, counted as VIEWS counts them: 1 is January 1980.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Month(pub i32);

impl Month {
    /// The month of a year; none where the month isn't 1 to 12.
    #[must_use]
    pub fn of(year: i32, month: u32) -> Option<Self> {
        if !(1..=12).contains(&month) || !(1..=9_999).contains(&year) {
            return None;
        }
        Some(Self((year - 1980) * 12 + month as i32))
    }

    /// Year and month of the year.
    #[must_use]
    pub fn parts(self) -> (i32, u32) {
        let at = self.0 - 1;
        (1980 + at.div_euclid(12), at.rem_euclid(12) as u32 + 1)
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month) = self.parts();
        write!(out, "{year:04}-{month:02}")
    }
}

/// A day, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Day(pub i32);

/// One figure as it was published.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Number of the row in its file, 1 being the first line.
    pub line: usize,
    /// The unit: a country's code, or `country/province`.
    pub unit: String,
    /// The month.
    pub month: Month,
    /// Deaths, or events; at least 0.
    pub value: f64,
    /// The day it was published, where that is known. Rows without it count as always known.
    pub released: Option<Day>,
}

/// What is wrong with a row, in words for the one who made the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line of the file, where it is one line's.
    pub line: Option<usize>,
    /// The column.
    pub column: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(out, "line {line}, column `{}`: {}", self.column, self.message),
            None => write!(out, "column `{}`: {}", self.column, self.message),
        }
    }
}

/// How rows become a panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Rows released later are left out. None takes all.
    pub as_of: Option<Day>,
    /// Rows of later months are left out. None takes all.
    pub until: Option<Month>,
    /// Rows of one unit, month and release: summed where true (rows are events), else a problem (rows are totals).
    pub sum: bool,
    /// What a unit has in months without a row between the panel's first and last: 0 where true (rows are events), else unknown.
    pub zero_fill: bool,
}

impl Options {
    /// Whether a row is of a month and of a release that count.
    fn takes(&self, row: &Row) -> bool {
        self.until.is_none_or(|until| row.month <= until)
            && self.as_of.is_none_or(|as_of| row.released.is_none_or(|day| day <= as_of))
    }
}

/// A count for each unit and month.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    units: Vec<String>,
    first: Month,
    months: usize,
    /// By unit, then month; NaN where nothing is known.
    values: Vec<f64>,
    vintage: Option<Day>,
    revised: usize,
}

/// Which months each release of events covers: those from its first to its last row, of any unit. Within them a unit without a row had no
/// event, whatever an earlier release told.
///
/// UCDP's yearly release covers all years, a candidate release a month or a few. Single rows far off (an event of January in the release of
/// March) don't make a release cover what lies between: months at both ends with less than a fiftieth of its mean rows a month are left off.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage(Vec<(Option<Day>, Month, Month)>);

impl Coverage {
    /// Coverage by the rows of each release.
    #[must_use]
    pub fn of<'a>(rows: impl Iterator<Item = &'a Row>) -> Self {
        let mut releases: BTreeMap<Option<Day>, BTreeMap<Month, usize>> = BTreeMap::new();
        for row in rows {
            *releases.entry(row.released).or_default().entry(row.month).or_default() += 1;
        }
        let span = |(released, months): (Option<Day>, BTreeMap<Month, usize>)| {
            let (first, last) = (months.keys().next()?, months.keys().next_back()?);
            let rows: usize = months.values().sum();
            let mean = rows as f64 / f64::from(last.0 - first.0 + 1);
            let kept = |(month, count): (&Month, &usize)| (*count as f64 >= mean / 50.0).then_some(*month);
            Some((released, months.iter().find_map(kept)?, months.iter().rev().find_map(kept)?))
        };
        Self(releases.into_iter().filter_map(span).collect())
    }

    /// Whether a release later than this one covers the month.
    #[must_use]
    pub fn later(&self, released: Option<Day>, month: Month) -> bool {
        self.0.iter().any(|(day, first, last)| *day > released && (*first..=*last).contains(&month))
    }
}

impl Panel {
    /// Makes a panel from rows in any order. Rows that can't be used are told as problems and left out; of several releases of
    /// a cell the last one by the as-of day counts, and where rows are events a later release that covers the month (`Coverage`) without a
    /// row of the unit makes it 0.
    #[must_use]
    pub fn from_rows(rows: &[Row], options: &Options) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut cells: BTreeMap<(&str, Month), (Option<Day>, f64, usize)> = BTreeMap::new();
        for row in rows {
            if !options.takes(row) {
                continue;
            }
            if !row.value.is_finite() || row.value < 0.0 {
                problems.push(Problem {
                    line: Some(row.line),
                    column: "value",
                    message: format!("{} is not a count of 0 or more; correct or remove the row", row.value),
                });
                continue;
            }
            match cells.get_mut(&(row.unit.as_str(), row.month)) {
                None => {
                    cells.insert((&row.unit, row.month), (row.released, row.value, row.line));
                }
                Some(cell) if cell.0 == row.released && options.sum => cell.1 += row.value,
                Some(cell) if cell.0 == row.released => problems.push(Problem {
                    line: Some(row.line),
                    column: "month",
                    message: format!(
                        "{} of `{}` is also in line {}; keep one row a month, or give each its release; where rows are single events, say --events",
                        row.month, row.unit, cell.2
                    ),
                }),
                Some(cell) if cell.0 < row.released => *cell = (row.released, row.value, row.line),
                Some(_) => {}
            }
        }
        let mut revised = 0;
        if options.zero_fill {
            let coverage = Coverage::of(rows.iter().filter(|row| options.takes(row)));
            for ((_, month), cell) in &mut cells {
                if coverage.later(cell.0, *month) {
                    revised += usize::from(cell.1 > 0.0);
                    cell.1 = 0.0;
                }
            }
        }
        let first = cells.keys().map(|(_, month)| *month).min().unwrap_or(Month(1));
        let last = cells.keys().map(|(_, month)| *month).max();
        let months = last.map_or(0, |last| (last.0 - first.0) as usize + 1);
        let mut units: Vec<String> = cells.keys().map(|(unit, _)| (*unit).to_owned()).collect();
        units.dedup();
        let fill = if options.zero_fill { 0.0 } else { f64::NAN };
        let mut values = vec![fill; units.len() * months];
        let mut unit = 0;
        for ((name, month), (_, value, _)) in &cells {
            while units[unit] != *name {
                unit += 1;
            }
            values[unit * months + (month.0 - first.0) as usize] = *value;
        }
        let vintage = cells.values().filter_map(|(day, _, _)| *day).max();
        let panel = Self { units, first, months, values, vintage, revised };
        panel.gaps(&mut problems);
        (panel, problems)
    }

    /// Holes inside a series: each is told once, by its first month.
    fn gaps(&self, problems: &mut Vec<Problem>) {
        for (unit, name) in self.units.iter().enumerate() {
            let known: Vec<usize> =
                (0..self.months).filter(|month| self.at(unit, *month).is_some()).collect();
            for pair in known.windows(2).filter(|pair| pair[1] > pair[0] + 1) {
                problems.push(Problem {
                    line: None,
                    column: "month",
                    message: format!(
                        "`{name}` has no row for {} ({} months missing); add rows with 0 if nothing happened, else the months stay unknown",
                        self.month(pair[0] + 1),
                        pair[1] - pair[0] - 1
                    ),
                });
            }
        }
    }

    /// The units, ascending.
    #[must_use]
    pub fn units(&self) -> &[String] {
        &self.units
    }

    /// Place of a unit.
    #[must_use]
    pub fn unit(&self, name: &str) -> Option<usize> {
        self.units.binary_search_by(|unit| unit.as_str().cmp(name)).ok()
    }

    /// Number of months from the first to the last with a row.
    #[must_use]
    pub fn months(&self) -> usize {
        self.months
    }

    /// The month at a place.
    #[must_use]
    pub fn month(&self, place: usize) -> Month {
        Month(self.first.0 + place as i32)
    }

    /// Place of a month, where the panel holds it.
    #[must_use]
    pub fn place(&self, month: Month) -> Option<usize> {
        usize::try_from(month.0 - self.first.0).ok().filter(|place| *place < self.months)
    }

    /// The last month with a row.
    #[must_use]
    pub fn last(&self) -> Option<Month> {
        self.months.checked_sub(1).map(|last| self.month(last))
    }

    /// What is known of a unit in a month, both by place.
    #[must_use]
    pub fn at(&self, unit: usize, month: usize) -> Option<f64> {
        if month >= self.months {
            return None;
        }
        self.values.get(unit * self.months + month).copied().filter(|value| !value.is_nan())
    }

    /// The latest release that is in it.
    #[must_use]
    pub fn vintage(&self) -> Option<Day> {
        self.vintage
    }

    /// Number of units' months that an earlier release had events of and a later one, which covers them, hasn't: they count as 0.
    #[must_use]
    pub fn revised(&self) -> usize {
        self.revised
    }

    /// The same without the months after `last`.
    #[must_use]
    pub fn until(&self, last: Month) -> Self {
        let months = usize::try_from(last.0 - self.first.0 + 1).unwrap_or(0).min(self.months);
        let values = (0..self.units.len())
            .flat_map(|unit| self.values[unit * self.months..unit * self.months + months].iter().copied())
            .collect();
        Self {
            units: self.units.clone(),
            first: self.first,
            months,
            values,
            vintage: self.vintage,
            revised: self.revised,
        }
    }

    /// SHA-256 of all units, months and values: what a forecast names as its input.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.first.0.to_le_bytes());
        hash.update((self.months as u64).to_le_bytes());
        for (unit, name) in self.units.iter().enumerate() {
            hash.update((name.len() as u64).to_le_bytes());
            hash.update(name.as_bytes());
            for month in 0..self.months {
                hash.update(self.at(unit, month).unwrap_or(-1.0).to_le_bytes());
            }
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(line: usize, unit: &str, month: i32, value: f64, released: Option<i32>) -> Row {
        Row { line, unit: unit.to_owned(), month: Month(month), value, released: released.map(Day) }
    }

    const TOTALS: Options = Options { as_of: None, until: None, sum: false, zero_fill: false };

    #[test]
    fn the_last_release_by_the_day_counts() {
        let rows =
            [row(2, "A", 5, 3.0, Some(10)), row(3, "A", 5, 9.0, Some(20)), row(4, "A", 6, 1.0, Some(20))];
        let at = |day| Panel::from_rows(&rows, &Options { as_of: Some(Day(day)), ..TOTALS }).0;
        assert_eq!(at(10).at(0, 0), Some(3.0));
        assert_eq!(at(10).months(), 1);
        assert_eq!(at(25).at(0, 0), Some(9.0));
        assert_eq!(at(25).vintage(), Some(Day(20)));
        assert_eq!(at(5).units().len(), 0);
    }

    #[test]
    fn what_a_later_release_no_longer_has_counts_as_zero() {
        // A candidate release (day 10) of months 5 to 7, then a yearly one (day 20) to month 6.
        let rows = [
            row(2, "A", 5, 3.0, Some(10)),
            row(3, "A", 6, 4.0, Some(10)),
            row(4, "A", 7, 5.0, Some(10)),
            row(5, "A", 5, 2.0, Some(20)),
            row(6, "B", 6, 1.0, Some(20)),
        ];
        let events = Options { sum: true, zero_fill: true, ..TOTALS };
        let at = |day, options: Options| {
            let panel = Panel::from_rows(&rows, &Options { as_of: Some(Day(day)), ..options }).0;
            ((0..panel.months()).map(|month| panel.at(0, month)).collect::<Vec<_>>(), panel.revised())
        };
        assert_eq!(at(15, events), (vec![Some(3.0), Some(4.0), Some(5.0)], 0));
        assert_eq!(at(20, events), (vec![Some(2.0), Some(0.0), Some(5.0)], 1));
        // Of totals a missing row tells nothing.
        assert_eq!(at(20, TOTALS), (vec![Some(2.0), Some(4.0), Some(5.0)], 0));
    }

    #[test]
    fn single_rows_far_off_cover_nothing() {
        let mut rows: Vec<Row> = (0..400).map(|line| row(line, "B", 9, 1.0, Some(20))).collect();
        rows.push(row(900, "C", 5, 1.0, Some(20)));
        rows.push(row(901, "A", 7, 6.0, Some(10)));
        rows.push(row(902, "A", 9, 6.0, Some(10)));
        let coverage = Coverage::of(rows.iter());
        let at = |month| coverage.later(Some(Day(10)), Month(month));
        assert_eq!([5, 7, 9, 10].map(at), [false, false, true, false]);
        // Where rows are few, every one tells.
        let few = [row(1, "A", 5, 1.0, Some(20)), row(2, "A", 9, 1.0, Some(20))];
        assert!(Coverage::of(few.iter()).later(None, Month(7)));
    }

    #[test]
    fn poor_rows_are_named() {
        let rows = [
            row(2, "A", 5, 3.0, None),
            row(3, "A", 5, 4.0, None),
            row(4, "A", 8, -1.0, None),
            row(5, "A", 9, 1.0, None),
        ];
        let (panel, problems) = Panel::from_rows(&rows, &TOTALS);
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(told[0].starts_with("line 3, column `month`: 1980-05 of `A` is also in line 2"), "{told:?}");
        assert!(told[1].starts_with("line 4, column `value`: -1"), "{told:?}");
        assert!(told[2].contains("no row for 1980-06 (3 months missing)"), "{told:?}");
        assert_eq!(panel.at(0, 0), Some(3.0));
    }

    #[test]
    fn months_read_as_dates() {
        assert_eq!(Month::of(1980, 1), Some(Month(1)));
        assert_eq!(Month(504).to_string(), "2021-12");
        assert_eq!(Month::of(2020, 13), None);
        assert_eq!(Month(0).to_string(), "1979-12");
    }
}
