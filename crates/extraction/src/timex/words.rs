//! The vocabulary of time expressions: reads the tables of `data/lexicon/en/time/` and gives each token its class.

use compact_str::CompactString;
use rustc_hash::FxHashMap;
use watchkeeper_record::Document;
use watchkeeper_record::mention::{FeastRule, TimeUnit};

/// Words and fixed expressions of time.
#[derive(Debug)]
pub(crate) struct Lexicon {
    words: FxHashMap<CompactString, Word>,
    /// TIMEX3 values of [`Word::Set`].
    pub(super) sets: Vec<String>,
    /// Fixed expressions by their first word, longest first.
    pub(super) phrases: FxHashMap<CompactString, Vec<FixedPhrase>>,
    /// Names of feasts by their first word, longest first.
    pub(super) feasts: FxHashMap<CompactString, Vec<FeastName>>,
    /// Words that decide beside an expression, with the [`Use`]s of each as bits.
    uses: FxHashMap<CompactString, u32>,
}

/// A fixed expression: `at present`.
#[derive(Debug)]
pub(super) struct FixedPhrase {
    pub(super) words: Vec<CompactString>,
    pub(super) timex3: &'static str,
    pub(super) days: Option<(i32, i32)>,
    /// The one word counts as an adjective before a noun.
    pub(super) adjective: bool,
}

/// The name of a feast, in lower case.
#[derive(Debug)]
pub(super) struct FeastName {
    /// The name with single blanks.
    pub(super) name: CompactString,
    pub(super) rule: FeastRule,
    pub(super) days: u32,
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
    /// A part of day that needs a day or `the` beside it.
    Part(&'static str),
    /// A part of day that a preposition alone makes a time.
    PartSure(&'static str),
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
    Long(TimeUnit),
    Zone,
    Utc,
    Meridiem(u32),
    OClock,
    Tens(i32),
    About,
}

/// What words beside an expression decide; the rows of `context.tsv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Leads to a bare month.
    MonthLead,
    /// Leads to a bare year.
    YearLead,
    /// Comes before a person's name.
    Title,
    /// Leads to a bare season.
    SeasonLead,
    /// Leads to a bare part of day.
    PartLead,
    /// Leads to a plural without its number.
    VagueLead,
    /// Makes a following number no year.
    SumLead,
    /// Leads to `the year` alone.
    WholeLead,
    /// After `the year`, makes it no time of its own.
    AfterWhole,
    /// Closes an expression that counts from the text.
    ClauseEnd,
    /// Makes a following `a day` a rate.
    RateLead,
    /// Makes following `nights` a recurring time.
    MostOf,
    /// Leads to what is to come.
    AheadLead,
    /// Verbs whose infinitive is to come.
    AheadVerb,
    /// Verbs whose participle tells what is to come.
    AheadParticiple,
    /// Verbs whose simple present tells what is to come.
    Schedulable,
    /// Verbs of saying.
    Saying,
    /// Modal verbs of what is to come.
    AheadModal,
    /// Verbs that give a thing a new date: `postponed until`.
    Moved,
    /// Things that have a feast's name on any day.
    FeastThing,
    /// Leads to a bare day of the month.
    DayLead,
    /// What lasts, and so has an age that is a length of time.
    Lasting,
}

const USES: [(&str, Use); 22] = [
    ("month_lead", Use::MonthLead),
    ("year_lead", Use::YearLead),
    ("title", Use::Title),
    ("season_lead", Use::SeasonLead),
    ("part_lead", Use::PartLead),
    ("vague_lead", Use::VagueLead),
    ("sum_lead", Use::SumLead),
    ("whole_lead", Use::WholeLead),
    ("after_whole", Use::AfterWhole),
    ("clause_end", Use::ClauseEnd),
    ("rate_lead", Use::RateLead),
    ("most_of", Use::MostOf),
    ("ahead_lead", Use::AheadLead),
    ("ahead_verb", Use::AheadVerb),
    ("ahead_participle", Use::AheadParticiple),
    ("schedulable", Use::Schedulable),
    ("saying", Use::Saying),
    ("ahead_modal", Use::AheadModal),
    ("lasting", Use::Lasting),
    ("moved", Use::Moved),
    ("day_lead", Use::DayLead),
    ("feast_thing", Use::FeastThing),
];
const PARTS: [&str; 6] = ["MO", "MI", "AF", "EV", "NI", "DT"];
const VALUES: [&str; 10] =
    ["PAST_REF", "PRESENT_REF", "FUTURE_REF", "PXD", "PXW", "PXM", "PXY", "PXDE", "PTXH", "PTXM"];

impl Lexicon {
    /// Reads the tables that ship with the program.
    pub(crate) fn shipped() -> Self {
        let mut lexicon = Self {
            words: FxHashMap::default(),
            sets: Vec::new(),
            phrases: FxHashMap::default(),
            feasts: FxHashMap::default(),
            uses: FxHashMap::default(),
        };
        lexicon.read_words(include_str!("../../../../data/lexicon/en/time/words.tsv"));
        lexicon.read_phrases(include_str!("../../../../data/lexicon/en/time/phrases.tsv"));
        lexicon.read_feasts(include_str!("../../../../data/lexicon/en/time/feasts.tsv"));
        lexicon.read_uses(include_str!("../../../../data/lexicon/en/time/context.tsv"));
        lexicon
    }

    fn read_words(&mut self, table: &str) {
        for line in rows(table) {
            let mut columns = line.split('\t');
            let mut column = || columns.next().unwrap_or_default();
            let (word, class, first, second) = (column(), column(), column(), column());
            let entry = self.entry(class, first, second);
            assert!(entry != Word::None, "words.tsv: a class that exists: {line}");
            // The first row of a word counts: `second` is an ordinal before it is anything else.
            self.words.entry(CompactString::from(word)).or_insert(entry);
        }
    }

    fn read_phrases(&mut self, table: &str) {
        for line in rows(table) {
            let columns: Vec<&str> = line.split('\t').collect();
            let words: Vec<CompactString> = columns[0].split(' ').map(CompactString::from).collect();
            let timex3 = VALUES.into_iter().find(|&known| known == columns[1]);
            let day = |column: usize| columns.get(column).and_then(|text| text.parse::<i32>().ok());
            self.phrases.entry(words[0].clone()).or_default().push(FixedPhrase {
                words,
                timex3: timex3.expect("phrases.tsv: a TIMEX3 value that exists"),
                days: day(2).zip(day(3)),
                adjective: columns.get(4) == Some(&"adj"),
            });
        }
        #[expect(
            clippy::iter_over_hash_type,
            reason = "each list is sorted by itself; their order doesn't matter"
        )]
        for list in self.phrases.values_mut() {
            list.sort_by_key(|phrase| std::cmp::Reverse(phrase.words.len()));
        }
    }

    fn read_feasts(&mut self, table: &str) {
        for line in rows(table) {
            let columns: Vec<&str> = line.split('\t').collect();
            let rule =
                columns.get(1).and_then(|text| feast_rule(text)).expect("feasts.tsv: a rule that exists");
            let days = columns.get(2).and_then(|text| text.parse().ok()).unwrap_or(1);
            for name in columns[0].split('|') {
                let first = first_word(name);
                let name = CompactString::from(name);
                self.feasts.entry(CompactString::from(first)).or_default().push(FeastName {
                    name,
                    rule,
                    days,
                });
            }
        }
        #[expect(
            clippy::iter_over_hash_type,
            reason = "each list is sorted by itself; their order doesn't matter"
        )]
        for list in self.feasts.values_mut() {
            list.sort_by_key(|feast| std::cmp::Reverse(feast.name.len()));
        }
    }

    fn read_uses(&mut self, table: &str) {
        for line in rows(table) {
            let (name, words) = line.split_once('\t').unwrap_or((line, ""));
            let (_, known) =
                USES.iter().find(|(known, _)| *known == name).expect("context.tsv: a use that exists");
            for word in words.split(' ') {
                *self.uses.entry(CompactString::from(word)).or_default() |= 1 << *known as u32;
            }
        }
    }

    fn entry(&mut self, class: &str, first: &str, second: &str) -> Word {
        let number = || first.parse::<u32>().unwrap_or_default();
        let unit = || unit_of(first).expect("words.tsv: a unit that exists");
        let part = || PARTS.into_iter().find(|&known| known == first).expect("words.tsv: a part of day");
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
            "part_sure" => Word::PartSure(part()),
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
            "long" => Word::Long(unit()),
            "zone" => Word::Zone,
            "utc" => Word::Utc,
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

    /// Whether a word in lower case, or a lemma, has a use.
    pub(super) fn used(&self, word: &str, what: Use) -> bool {
        self.uses.get(word).is_some_and(|bits| bits & (1 << what as u32) != 0)
    }
}

/// Data rows of a table: no comments, no empty lines.
fn rows(table: &str) -> impl Iterator<Item = &str> {
    table
        .lines()
        .map(|line| line.trim_end_matches('\r'))
        .filter(|line| !line.is_empty() && !line.starts_with("# "))
}

/// What a name is filed under: its first letters and marks, up to a blank, hyphen or apostrophe.
pub(super) fn first_word(name: &str) -> &str {
    name.split([' ', '-', '\'', '’']).next().unwrap_or(name)
}

fn feast_rule(text: &str) -> Option<FeastRule> {
    let mut words = text.split(' ');
    let kind = words.next()?;
    let numbers: Vec<i32> = if kind == "fixed" {
        words.next()?.split('-').filter_map(|part| part.parse().ok()).collect()
    } else {
        words.filter_map(|part| part.parse().ok()).collect()
    };
    let number = |index: usize| numbers.get(index).copied();
    let small = |index: usize| number(index).and_then(|value| u32::try_from(value).ok());
    Some(match kind {
        "fixed" => FeastRule::Fixed { month: small(0)?, day: small(1)? },
        "weekday" => {
            FeastRule::Weekday { month: small(0)?, weekday: small(1)?, nth: number(2)?, plus: number(3)? }
        }
        "easter" => FeastRule::Easter(number(0)?),
        "orthodox" => FeastRule::OrthodoxEaster(number(0)?),
        "islamic" => FeastRule::Islamic(small(0)?, small(1)?),
        "hebrew" => FeastRule::Hebrew(small(0)?, small(1)?),
        "equinox" => FeastRule::Equinox(number(0)?),
        "newmoon" => {
            FeastRule::NewMoon { month: small(0)?, day: small(1)?, half_hours: number(2)?, plus: number(3)? }
        }
        _ => return None,
    })
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
