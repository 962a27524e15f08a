//! Incidents over time, with changes of control and what was said beside them: bars for a terminal, a page with a drawing, rows.
//!
//! In: what happened on which day ([`Entry`]) and what is marked ([`Mark`]), names of private persons hidden already. Out: text, one
//! self-contained page, or rows. Nothing here reads a record.

mod page;
mod screen;

use serde::Serialize;
use watchkeeper_record::article::Date;

pub use page::page;
pub use screen::screen;

/// Most bins of one timeline.
pub const BINS_MAX: usize = 1200;

/// How long a bin is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A day.
    Day,
    /// A week from Monday.
    Week,
    /// A month.
    Month,
}

impl Step {
    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The step that shows a span of days in some sixty bins or fewer, where one does.
    #[must_use]
    pub fn fitting(first: Date, last: Date) -> Self {
        match last.days() - first.days() {
            ..=62 => Self::Day,
            63..=434 => Self::Week,
            _ => Self::Month,
        }
    }

    /// First day of the bin that holds a day.
    #[must_use]
    pub fn start(self, day: Date) -> Date {
        let back = match self {
            Self::Day => 0,
            // 1970-01-01 was a Thursday.
            Self::Week => (day.days() + 3).rem_euclid(7),
            Self::Month => i32::try_from(day.day()).unwrap_or(1) - 1,
        };
        day.plus_days(-back).unwrap_or(day)
    }

    /// First day of the next bin.
    fn next(self, start: Date) -> Option<Date> {
        match self {
            Self::Day => start.plus_days(1),
            Self::Week => start.plus_days(7),
            Self::Month => {
                Date::new(start.year() + i32::from(start.month() == 12), start.month() % 12 + 1, 1)
            }
        }
    }

    /// A bin's name by its first day: `2021-03-09`, `week of 2021-03-08`, `2021-03`.
    #[must_use]
    pub fn name(self, start: Date) -> String {
        match self {
            Self::Day => start.to_string(),
            Self::Week => format!("week of {start}"),
            Self::Month => start.to_string().get(..7).unwrap_or_default().to_owned(),
        }
    }
}

/// One incident.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// First day.
    pub day: Date,
    /// Last day.
    pub end: Date,
    /// Type.
    pub kind: String,
    /// Where.
    pub place: String,
    /// Deaths, as told best.
    pub killed: Option<u32>,
    /// Who is held responsible, and how.
    pub who: String,
    /// Independent reports.
    pub independent: usize,
}

/// What a mark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Ground changes hands, or is said to be held.
    Control,
    /// Somebody says they did it.
    Claim,
    /// Somebody says something else: a denial, a threat, a demand.
    Statement,
}

impl What {
    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Claim => "claim",
            Self::Statement => "statement",
        }
    }

    /// The sign on a screen.
    fn sign(self) -> char {
        match self {
            Self::Control => '▲',
            Self::Claim => '●',
            Self::Statement => '○',
        }
    }
}

/// What is marked beside the bars.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mark {
    /// `DOCUMENT#c1` or `DOCUMENT#s1`.
    pub id: String,
    /// The day on which it happened, or for what was said on which it was published.
    pub day: Date,
    /// What it is.
    pub what: What,
    /// In words: who holds what; who says what kind of thing.
    pub words: String,
    /// The words of the report.
    pub quote: String,
    /// Who published it.
    pub outlet: String,
}

/// One bin.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bin {
    /// Its name.
    pub name: String,
    /// First day.
    pub start: Date,
    /// Last day.
    pub end: Date,
    /// Its incidents, by day, then id.
    pub incidents: Vec<Entry>,
    /// Deaths of those that tell them.
    pub killed: u32,
    /// Its marks, by day, then id.
    pub marks: Vec<Mark>,
}

/// Incidents over time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Timeline {
    /// Length of a bin.
    pub step: Step,
    /// Bins from the first to the last that holds something, empty ones between them too.
    pub bins: Vec<Bin>,
    /// Incidents that lasted, or whose day is known, only within more than a month: in no bin.
    pub vague: Vec<Entry>,
    /// What was asked for and what was left out.
    pub notes: Vec<String>,
}

impl Timeline {
    /// Sorts incidents and marks into bins. What spans more than 31 days is in none; what spans several bins is in that of its first day.
    ///
    /// # Errors
    /// In words, when there would be more than [`BINS_MAX`] bins.
    pub fn new(
        entries: Vec<Entry>,
        marks: Vec<Mark>,
        step: Option<Step>,
        notes: Vec<String>,
    ) -> Result<Self, String> {
        let (vague, mut entries): (Vec<Entry>, Vec<Entry>) =
            entries.into_iter().partition(|entry| entry.end.days() - entry.day.days() > 31);
        entries.sort_by(|a, b| a.day.cmp(&b.day).then_with(|| a.id.cmp(&b.id)));
        let mut marks = marks;
        marks.sort_by(|a, b| (a.day, a.what, &a.id).cmp(&(b.day, b.what, &b.id)));
        let days = entries.iter().map(|entry| entry.day).chain(marks.iter().map(|mark| mark.day));
        let (first, last) = days.fold((None, None), |(first, last): (Option<Date>, Option<Date>), day| {
            (Some(first.map_or(day, |first| first.min(day))), Some(last.map_or(day, |last| last.max(day))))
        });
        let (Some(first), Some(last)) = (first, last) else {
            return Ok(Self { step: step.unwrap_or(Step::Day), bins: Vec::new(), vague, notes });
        };
        let step = step.unwrap_or_else(|| Step::fitting(first, last));
        let mut bins: Vec<Bin> = Vec::new();
        let mut start = step.start(first);
        while start <= last {
            if bins.len() == BINS_MAX {
                return Err(format!(
                    "more than {BINS_MAX} bins by {} between {first} and {last}: choose a longer step or fewer days",
                    step.as_str()
                ));
            }
            let Some(next) = step.next(start) else { break };
            bins.push(Bin {
                name: step.name(start),
                start,
                end: next.plus_days(-1).unwrap_or(start),
                incidents: Vec::new(),
                killed: 0,
                marks: Vec::new(),
            });
            start = next;
        }
        let at = |day: Date| bins.partition_point(|bin| bin.end < day).min(bins.len() - 1);
        let places: Vec<usize> = entries.iter().map(|entry| at(entry.day)).collect();
        let marked: Vec<usize> = marks.iter().map(|mark| at(mark.day)).collect();
        for (entry, at) in entries.into_iter().zip(places) {
            bins[at].killed = bins[at].killed.saturating_add(entry.killed.unwrap_or(0));
            bins[at].incidents.push(entry);
        }
        for (mark, at) in marks.into_iter().zip(marked) {
            bins[at].marks.push(mark);
        }
        Ok(Self { step, bins, vague, notes })
    }

    fn most(&self) -> usize {
        self.bins.iter().map(|bin| bin.incidents.len()).max().unwrap_or(0)
    }

    /// Names of the cells of [`Timeline::rows`].
    pub const COLUMNS: [&'static str; 8] =
        ["start", "end", "incidents", "killed", "control", "claims", "statements", "ids"];

    /// One row a bin.
    #[must_use]
    pub fn rows(&self) -> Vec<[String; 8]> {
        let row = |bin: &Bin| {
            let count = |what| bin.marks.iter().filter(|mark| mark.what == what).count().to_string();
            let ids: Vec<&str> = bin.incidents.iter().map(|entry| entry.id.as_str()).collect();
            [
                bin.start.to_string(),
                bin.end.to_string(),
                bin.incidents.len().to_string(),
                bin.killed.to_string(),
                count(What::Control),
                count(What::Claim),
                count(What::Statement),
                ids.join(" "),
            ]
        };
        self.bins.iter().map(row).collect()
    }
}

fn plural(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    pub(super) fn example() -> Timeline {
        let entry = |id: &str, from: &str, to: &str, killed| Entry {
            id: id.to_owned(),
            day: day(from),
            end: day(to),
            kind: "bombing".to_owned(),
            place: "Gao, MLI <north>".to_owned(),
            killed,
            who: "gunmen (accused)".to_owned(),
            independent: 2,
        };
        let entries = vec![
            entry("I2", "2021-03-10", "2021-03-10", Some(3)),
            entry("I1", "2021-03-09", "2021-03-09", None),
            entry("I3", "2021-05-01", "2021-05-02", Some(1)),
            entry("I4", "2021-01-01", "2021-12-31", Some(90)),
        ];
        let marks = vec![Mark {
            id: "abc#c1".to_owned(),
            day: day("2021-03-17"),
            what: What::Control,
            words: "Farabougou: gained by JNIM".to_owned(),
            quote: "seized the town & held it".to_owned(),
            outlet: "Wire".to_owned(),
        }];
        Timeline::new(entries, marks, Some(Step::Week), vec!["as known by 2021-06-01".to_owned()])
            .expect("bins")
    }

    #[test]
    fn weeks_begin_on_monday_and_empty_ones_stay() {
        let timeline = example();
        assert_eq!(timeline.bins.len(), 8);
        assert_eq!(timeline.bins[0].start, day("2021-03-08"));
        assert_eq!(timeline.bins[0].incidents.len(), 2);
        assert_eq!((timeline.bins[0].killed, timeline.bins[1].marks.len()), (3, 1));
        assert_eq!(timeline.vague.len(), 1, "a year is no bar");
        assert_eq!(timeline.rows()[0][7], "I1 I2");
        assert_eq!(Step::Month.start(day("2021-02-28")), day("2021-02-01"));
        assert_eq!(Step::fitting(day("2021-01-01"), day("2021-02-01")), Step::Day);
        let none = Timeline::new(Vec::new(), Vec::new(), None, Vec::new()).expect("empty");
        assert!(none.bins.is_empty());
        let far = |text: &str| Mark { day: day(text), ..timeline.bins[1].marks[0].clone() };
        let wide = Timeline::new(
            Vec::new(),
            vec![far("1900-01-01"), far("2021-01-01")],
            Some(Step::Day),
            Vec::new(),
        );
        assert!(wide.expect_err("too many").contains("longer step"));
    }
}
