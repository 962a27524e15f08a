//! The vocabulary of time expressions: reads `data/lexicon/en/time.tsv` and `time_phrases.tsv`, and gives each token its class.

use compact_str::CompactString;
use rustc_hash::FxHashMap;
use watchkeeper_record::Document;
use watchkeeper_record::mention::TimeUnit;

/// Words and fixed expressions of time.
#[derive(Debug)]
pub(crate) struct Lexicon {
    words: FxHashMap<CompactString, Word>,
    /// TIMEX3 values of [`Word::Set`].
    pub(super) sets: Vec<String>,
    /// Fixed expressions by their first word, longest first.
    pub(super) phrases: FxHashMap<CompactString, Vec<FixedPhrase>>,
}

/// A fixed expression: `at the moment`.
#[derive(Debug)]
pub(super) struct FixedPhrase {
    pub(super) words: Vec<CompactString>,
    pub(super) timex3: &'static str,
    pub(super) days: Option<(i32, i32)>,
}

/// `last`, `this`, `next` and their kin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nth {
    Last,
    This,
    Next,
    Previous,
    Following,
    Same,
}

/// What a token may be in a time expression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Word {
    None,
    Month(u32),
    MonthShort(u32),
    Weekday(u32),
    WeekdayShort(u32),
    Weekdays(u32),
    Unit(TimeUnit),
    Units(TimeUnit),
    Fortnight,
    Weekend,
    Number(f32),
    VagueNumber(i32, i32),
    Couple,
    Hundred(f32),
    Ordinal(u32),
    Season(u32),
    Part(&'static str),
    Parts(&'static str),
    Clock(u32),
    Day(i32),
    Tonight,
    Overnight,
    Which(Nth),
    AfterCount,
    Set(u32),
    Every,
    Early,
    Edge,
    Zone,
    Meridiem(u32),
    OClock,
    Tens(i32),
    About,
}

const PARTS: [&str; 6] = ["MO", "MI", "AF", "EV", "NI", "DT"];
const REFERENCES: [&str; 3] = ["PAST_REF", "PRESENT_REF", "FUTURE_REF"];

impl Lexicon {
    /// Reads the two tables that ship with the program.
    pub(crate) fn shipped() -> Self {
        Self::parse(
            include_str!("../../../../data/lexicon/en/time.tsv"),
            include_str!("../../../../data/lexicon/en/time_phrases.tsv"),
        )
    }

    fn parse(words: &str, phrases: &str) -> Self {
        let mut lexicon =
            Self { words: FxHashMap::default(), sets: Vec::new(), phrases: FxHashMap::default() };
        for line in rows(words) {
            let mut columns = line.split('\t');
            let mut column = || columns.next().unwrap_or_default();
            let (word, class, first, second) = (column(), column(), column(), column());
            let entry = lexicon.entry(class, first, second);
            assert!(entry != Word::None, "time.tsv: a class that exists: {line}");
            // The first row of a word counts: `second` is an ordinal before it is anything else.
            lexicon.words.entry(CompactString::from(word)).or_insert(entry);
        }
        for line in rows(phrases) {
            let columns: Vec<&str> = line.split('\t').collect();
            let words: Vec<CompactString> = columns[0].split(' ').map(CompactString::from).collect();
            let timex3 = REFERENCES.into_iter().find(|&known| known == columns[1]);
            let day = |column: usize| columns.get(column).and_then(|text| text.parse::<i32>().ok());
            lexicon.phrases.entry(words[0].clone()).or_default().push(FixedPhrase {
                words,
                timex3: timex3.expect("time_phrases.tsv: a TIMEX3 reference"),
                days: day(2).zip(day(3)),
            });
        }
        #[expect(
            clippy::iter_over_hash_type,
            reason = "each list is sorted by itself; their order doesn't matter"
        )]
        for list in lexicon.phrases.values_mut() {
            list.sort_by_key(|phrase| std::cmp::Reverse(phrase.words.len()));
        }
        lexicon
    }

    fn entry(&mut self, class: &str, first: &str, second: &str) -> Word {
        let number = || first.parse::<u32>().unwrap_or_default();
        let unit = || unit_of(first).expect("time.tsv: a unit that exists");
        let part = || PARTS.into_iter().find(|&known| known == first).expect("time.tsv: a part of day");
        match class {
            "month" => Word::Month(number()),
            "month_short" => Word::MonthShort(number()),
            "weekday" => Word::Weekday(number()),
            "weekday_short" => Word::WeekdayShort(number()),
            "weekdays" => Word::Weekdays(number()),
            "unit" => Word::Unit(unit()),
            "units" => Word::Units(unit()),
            "fortnight" => Word::Fortnight,
            "weekend" | "weekends" => Word::Weekend,
            "number" => Word::Number(number() as f32),
            "vague_number" => Word::VagueNumber(first.parse().unwrap_or(2), second.parse().unwrap_or(9)),
            "couple" => Word::Couple,
            "hundred" => Word::Hundred(number() as f32),
            "ordinal" => Word::Ordinal(number()),
            "season" | "seasons" => Word::Season(number()),
            "part" => Word::Part(part()),
            "parts" => Word::Parts(part()),
            "clock" => Word::Clock(number()),
            "day" => Word::Day(first.parse().unwrap_or_default()),
            "tonight" => Word::Tonight,
            "overnight" => Word::Overnight,
            "which" => Word::Which(match first {
                "last" => Nth::Last,
                "this" => Nth::This,
                "next" => Nth::Next,
                "previous" => Nth::Previous,
                "following" => Nth::Following,
                _ => Nth::Same,
            }),
            "after_count" => Word::AfterCount,
            "set" => {
                self.sets.push(first.to_owned());
                Word::Set(self.sets.len() as u32 - 1)
            }
            "every" => Word::Every,
            "early" => Word::Early,
            "edge" => Word::Edge,
            "zone" => Word::Zone,
            "meridiem" => Word::Meridiem(number()),
            "oclock" => Word::OClock,
            "decade" => Word::Tens(number() as i32),
            "about" => Word::About,
            _ => Word::None,
        }
    }

    /// The class of a word in lower case.
    pub(super) fn class(&self, lower: &str) -> Word {
        self.words.get(lower).copied().unwrap_or(Word::None)
    }
}

/// Data rows of a table: no comments, no empty lines.
fn rows(table: &str) -> impl Iterator<Item = &str> {
    table
        .lines()
        .map(|line| line.trim_end_matches('\r'))
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn unit_of(name: &str) -> Option<TimeUnit> {
    Some(match name {
        "minute" => TimeUnit::Minute,
        "hour" => TimeUnit::Hour,
        "day" => TimeUnit::Day,
        "week" => TimeUnit::Week,
        "month" => TimeUnit::Month,
        "quarter" => TimeUnit::Quarter,
        "year" => TimeUnit::Year,
        "decade" => TimeUnit::Decade,
        "century" => TimeUnit::Century,
        _ => return None,
    })
}

/// Every token in lower case.
pub(super) fn lower_case(doc: &Document) -> Vec<CompactString> {
    doc.tokens()
        .iter()
        .map(|tok| {
            let mut text = tok.text.clone();
            if text.is_ascii() {
                text.make_ascii_lowercase();
                text
            } else {
                text.to_lowercase()
            }
        })
        .collect()
}
