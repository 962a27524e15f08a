//! What passages say, before anything is linked: the room `extraction`'s output.
//!
//! Indices point into the vectors of one [`Mentions`]; token ranges into its [`crate::Document`].
//! Nothing here knows a registry or a gazetteer: names are still words.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::codebook::{
    Category, Claim, Context, ControlStatus, IncidentType, Mode, Polarity, Realis, RelationKind,
    StatementKind,
};
use crate::diagnostic::Diagnostic;
use crate::document::TokenIndex;
use crate::reading::{Certainty, Target, Toll, Weapon};
use crate::roles::RoleFiller;
use crate::span::Span;

/// Index into [`Mentions::phrases`].
pub type PhraseIndex = u32;
/// Index into [`Mentions::places`].
pub type PlaceIndex = u32;
/// Index into [`Mentions::times`].
pub type TimeIndex = u32;
/// Index into [`Mentions::events`].
pub type EventIndex = u32;
/// Index into [`Mentions::statements`].
pub type StatementIndex = u32;

/// All that the passages of one document say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mentions {
    /// Noun phrases that fill a role of some record below. No two share a head token.
    pub phrases: Vec<Phrase>,
    /// Place names and the words that lead to them, in text order.
    pub places: Vec<PlaceMention>,
    /// Time expressions, in text order.
    pub times: Vec<TimeMention>,
    /// Event mentions, in text order of their triggers.
    pub events: Vec<EventMention>,
    /// Relations between actors.
    pub relations: Vec<RelationMention>,
    /// Changes and states of territorial control.
    pub control: Vec<ControlMention>,
    /// Statements.
    pub statements: Vec<StatementMention>,
    /// Perpetrators that learned weights find, in text order, where an event that happened tells none.
    pub fillers: Vec<RoleFiller>,
    /// Remarks.
    pub diagnostics: Vec<Diagnostic>,
    /// Which phrase has which head; kept by [`Mentions::phrase`].
    pub phrase_of_head: BTreeMap<TokenIndex, PhraseIndex>,
}

impl Mentions {
    /// Returns the index of the phrase with this head, adding it where there is none yet.
    ///
    /// Of two phrases with one head the one made first stays. Phrases are added only here.
    pub fn phrase(&mut self, phrase: Phrase) -> PhraseIndex {
        let next = PhraseIndex::try_from(self.phrases.len()).expect("fewer phrases than tokens");
        let index = *self.phrase_of_head.entry(phrase.head).or_insert(next);
        if index == next {
            self.phrases.push(phrase);
        }
        index
    }
}

/// A noun phrase that may denote an actor: `four U.S. soldiers`, `the group`, `it`, `Kenyan police`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// Its tokens, without relative clauses, appositions and trailing prepositional phrases that don't belong to the name.
    pub tokens: Range<TokenIndex>,
    /// Its head noun, pronoun or name; inside `tokens`.
    pub head: TokenIndex,
}

/// What a noun phrase points to, coarsely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ThingKind {
    /// One person.
    Person,
    /// Several persons: `the fighters`, `our people`.
    People,
    /// An organised body: a group, state, force, firm.
    Body,
    /// Somewhere: a named place, a building, an area.
    Place,
    /// An adjective of nation, people or creed.
    Nationality,
    /// Weapons and munitions.
    Weapon,
    /// Military aircraft, ships and armour.
    Platform,
    /// Other vehicles.
    Vehicle,
    /// Something written or published.
    Document,
    /// Money.
    Money,
    /// A count or measure.
    Quantity,
    /// A radio frequency.
    Frequency,
    /// An address of the web.
    Url,
    /// A telephone number, mail address or handle.
    Contact,
    /// A time.
    Time,
}

/// How a noun phrase points to its thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ThingForm {
    /// By a name.
    Name,
    /// By a common noun.
    Noun,
    /// By a pronoun.
    Pronoun,
}

/// A noun phrase and the coarse kind of what it points to, whether or not a record of the reading rests on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// Its tokens, without possessor and count.
    pub tokens: Range<TokenIndex>,
    /// Its head; inside `tokens`.
    pub head: TokenIndex,
    /// What it points to.
    pub kind: ThingKind,
    /// How.
    pub form: ThingForm,
    /// Which rule or list decided.
    pub why: &'static str,
}

/// What a sentence says two things have to do with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TieKind {
    /// The first is at the second, a place.
    At,
    /// The first is away from the second, or leaves it.
    Apart,
    /// The first is a part or member of the second.
    PartOf,
    /// The first leads, holds, owns or uses the second.
    Commands,
    /// The second counts or qualifies the first.
    Counts,
    /// Both are one.
    Same,
    /// The first fights or harms the second.
    Fights,
    /// The first helps the second or is its ally.
    Helps,
    /// The first speaks to the second.
    Addresses,
    /// The first approves of the second.
    Likes,
    /// The first disapproves of the second.
    Dislikes,
}

/// A tie between two things of one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// What ties them.
    pub kind: TieKind,
    /// Index of the first thing.
    pub from: usize,
    /// Index of the second thing.
    pub to: usize,
    /// Which rule decided.
    pub why: &'static str,
}

/// What a registry of actors says of a name in the text, as `extraction` may be told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownName {
    /// The name's tokens.
    pub tokens: Range<TokenIndex>,
    /// What bears it.
    pub bearer: NameBearer,
    /// Whether a row of the registry says so, rather than the text alone.
    pub sure: bool,
}

/// What bears a known name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameBearer {
    /// A person.
    Person,
    /// A group, force, firm, international body.
    Body,
    /// A state.
    State,
    /// A people, as a name or an adjective.
    People,
    /// A town or region that may stand for a state.
    Place,
}

/// One trigger with its arguments in one sentence (an event mention in the ACE/ERE sense).
#[derive(Debug, Clone, PartialEq)]
pub struct EventMention {
    /// Number of the sentence.
    pub sentence: u32,
    /// The trigger's tokens.
    pub trigger: Range<TokenIndex>,
    /// PLOVER category.
    pub category: Category,
    /// PLOVER mode.
    pub mode: Option<Mode>,
    /// PLOVER contexts, sorted.
    pub contexts: Vec<Context>,
    /// Type of incident, where it is one.
    pub incident_type: Option<IncidentType>,
    /// Who did it, in text order.
    pub actors: Vec<PhraseIndex>,
    /// To whom, in text order.
    pub recipients: Vec<PhraseIndex>,
    /// How the actors are known to have done it.
    pub claim: Claim,
    /// Places that the clause itself attaches to the event, best first.
    pub places: Vec<PlaceIndex>,
    /// The time that the clause itself attaches to the event.
    pub time: Option<TimeIndex>,
    /// Weapons named.
    pub weapons: Vec<Weapon>,
    /// Targets named.
    pub targets: Vec<Target>,
    /// Losses told.
    pub toll: Toll,
    /// Whether it happened.
    pub realis: Realis,
    /// Told as history, not as this document's news.
    pub background: bool,
    /// The statement that carries it; `None` for the outlet's own voice.
    pub asserted_by: Option<StatementIndex>,
    /// How sure the program is of this reading, 0..=1.
    pub score: f32,
    /// Which frame, rule or weights decided each field.
    pub why: Vec<String>,
    /// The words it rests on: at least the clause of the trigger. Never empty.
    pub evidence: Vec<Span>,
}

/// A relation between two actors as one passage tells it: `from` KIND `to`.
#[derive(Debug, Clone, PartialEq)]
pub struct RelationMention {
    /// Kind.
    pub kind: RelationKind,
    /// First actor.
    pub from: PhraseIndex,
    /// Second actor.
    pub to: PhraseIndex,
    /// Whether it holds.
    pub realis: Realis,
    /// Since when.
    pub since: Option<TimeIndex>,
    /// Until when.
    pub until: Option<TimeIndex>,
    /// The statement that carries it.
    pub asserted_by: Option<StatementIndex>,
    /// How sure the program is, 0..=1.
    pub score: f32,
    /// Trace.
    pub why: Vec<String>,
    /// The words it rests on. Never empty.
    pub evidence: Vec<Span>,
}

/// Who holds, takes or loses ground, as one passage tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct ControlMention {
    /// The ground.
    pub place: PlaceIndex,
    /// Whose control is told.
    pub holder: PhraseIndex,
    /// What became of it.
    pub status: ControlStatus,
    /// The other side, if named.
    pub counterpart: Option<PhraseIndex>,
    /// When.
    pub time: Option<TimeIndex>,
    /// Whether it happened.
    pub realis: Realis,
    /// The statement that carries it.
    pub asserted_by: Option<StatementIndex>,
    /// How sure the program is, 0..=1.
    pub score: f32,
    /// Trace.
    pub why: Vec<String>,
    /// The words it rests on. Never empty.
    pub evidence: Vec<Span>,
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// A phrase of the text.
    Phrase(PhraseIndex),
    /// The writer.
    Author,
    /// Somebody the text doesn't name: `officials said on condition of anonymity`, `reportedly`.
    Anonymous(Option<PhraseIndex>),
}

/// Who said what, how sure.
#[derive(Debug, Clone, PartialEq)]
pub struct StatementMention {
    /// Who.
    pub speaker: Speaker,
    /// What kind of saying.
    pub kind: StatementKind,
    /// The words that mark it: `said`, `according to`, `most likely`.
    pub cue: Span,
    /// What is said.
    pub content: Span,
    /// The tokens of the content, for finding what it holds.
    pub content_tokens: Range<TokenIndex>,
    /// Whether the content is, wholly or in part, inside quotation marks.
    pub quoted: bool,
    /// Whom it is about.
    pub about: Vec<PhraseIndex>,
    /// A stated threat level or target.
    pub threat: Option<ThreatMention>,
    /// Hedging words and their range.
    pub certainty: Option<Certainty>,
    /// Affirmed or denied.
    pub polarity: Polarity,
    /// How sure the program is, 0..=1.
    pub score: f32,
    /// Trace.
    pub why: Vec<String>,
    /// The words it rests on. Never empty.
    pub evidence: Vec<Span>,
}

/// A threat as a speaker rates it.
#[derive(Debug, Clone, PartialEq)]
pub struct ThreatMention {
    /// The level in the speaker's own words.
    pub words: Option<Span>,
    /// What is said to be threatened.
    pub targets: Vec<Target>,
    /// The area the level is for, where a place is named.
    pub area: Option<PlaceIndex>,
}

/// What a place name is in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlaceKind {
    /// The name of a place, said as such. Readings hold no other kind.
    Name,
    /// A place's name inside the name of something else: `Georgia Bureau of Investigation`.
    Inside,
    /// People or things of a place: `Nigerien`, `Russians`.
    Demonym,
}

/// A place name in the text.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceMention {
    /// What the name is.
    pub kind: PlaceKind,
    /// How sure the recogniser is that it names a place, 0..=1.
    pub score: f32,
    /// What made the recogniser take it for a place.
    pub why: String,
    /// The name's tokens.
    pub tokens: Range<TokenIndex>,
    /// The name's source span.
    pub span: Span,
    /// Feature words beside it: `village`, `province`, `airbase`, in lower case.
    pub feature: Option<String>,
    /// The place it is said to lie in (`X, Y province`, `X in Y`).
    pub within: Option<PlaceIndex>,
    /// `120 km north of`: distance in kilometres and bearing in degrees from north, each if told.
    pub offset: Option<PlaceOffset>,
}

/// A distance phrase before a place name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlaceOffset {
    /// Kilometres, if told; `near` has none.
    pub km: Option<f32>,
    /// Bearing in degrees clockwise from north, if told.
    pub bearing_degrees: Option<f32>,
    /// Whether only a way leads to the name: `on the road to`.
    pub way: bool,
    /// The whole phrase.
    pub span: Span,
}

/// A time expression in the text.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeMention {
    /// Its tokens.
    pub tokens: Range<TokenIndex>,
    /// Its source span.
    pub span: Span,
    /// What it says, before it is anchored.
    pub value: TimeValue,
    /// Source spans of the two dates of a range that names both: `from [May 3] to [June 5]`. Empty for any other.
    pub sides: Vec<Span>,
    /// It says when something was said, not when it happened: `police said on [Friday]`. Nothing later counts from it.
    pub saying: bool,
}

/// Calendar units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimeUnit {
    /// Minute.
    Minute,
    /// Hour.
    Hour,
    /// Day.
    Day,
    /// Week, Monday to Sunday.
    Week,
    /// Month.
    Month,
    /// Quarter of a year.
    Quarter,
    /// Year.
    Year,
    /// Decade.
    Decade,
    /// Century.
    Century,
}

impl TimeUnit {
    /// The TIMEX3 period of `count` of these: `P3D`, `PT2H`, `PXW`.
    #[must_use]
    pub fn period(self, count: &str) -> String {
        let (lead, letter) = match self {
            Self::Minute => ("PT", "M"),
            Self::Hour => ("PT", "H"),
            Self::Day => ("P", "D"),
            Self::Week => ("P", "W"),
            Self::Month => ("P", "M"),
            Self::Quarter => ("P", "Q"),
            Self::Year => ("P", "Y"),
            Self::Decade => ("P", "DE"),
            Self::Century => ("P", "CE"),
        };
        format!("{lead}{count}{letter}")
    }
}

/// Which one of a recurring thing is meant: `last Friday`, `this week`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Which {
    /// `last`, `past`, `previous`.
    Last,
    /// `this`, `current`.
    This,
    /// `next`, `coming`, `following`.
    Next,
    /// Not said, and the clause tells what has been: `was killed on Friday`.
    Unmarked,
    /// Not said, and the clause tells what is to come: `will meet on Friday`.
    Ahead,
    /// Not said, and neither does the clause tell: the nearest one.
    Nearest,
}

/// How the day of a feast is found. Days of reckoned lunar calendars may differ by one from those observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeastRule {
    /// The same day each year.
    Fixed {
        /// 1..=12.
        month: u32,
        /// 1..=31.
        day: u32,
    },
    /// The `nth` weekday of a month, plus days: Thanksgiving is the fourth Thursday of November.
    Weekday {
        /// 1..=12.
        month: u32,
        /// 0 = Monday … 6 = Sunday.
        weekday: u32,
        /// 1..=5, or −1 for the last.
        nth: i32,
        /// Days later.
        plus: i32,
    },
    /// Days from Western Easter Sunday.
    Easter(i32),
    /// Days from Orthodox Easter Sunday.
    OrthodoxEaster(i32),
    /// A day of the tabular Islamic calendar (civil epoch): month 1..=12, day 1..=30. Moon sighting may move it by a day.
    Islamic(u32, u32),
    /// A day of the Hebrew calendar: month 1..=13 counted from Nisan, day 1..=30.
    Hebrew(u32, u32),
    /// The day of the March equinox in Tehran, plus days.
    Equinox(i32),
    /// The new moon that falls latest on or before a day of the year in some time zone, plus days: month, day, hours east of UTC times two.
    NewMoon {
        /// Month of the latest day, 1..=12.
        month: u32,
        /// Latest day, 1..=31.
        day: u32,
        /// Half hours east of Greenwich.
        half_hours: i32,
        /// Days later.
        plus: i32,
    },
}

/// What a relative time counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CountedFrom {
    /// The publication date: `yesterday`, `three days ago`.
    Published,
    /// The time told last in the text: `two days later`, `the same day`.
    Text,
}

/// What a time expression says, before it is anchored (after TIMEX3, ISO-TimeML).
#[derive(Debug, Clone, PartialEq)]
pub enum TimeValue {
    /// A calendar date with the parts that are told: `3 May`, `October 2017`, `2014`.
    Calendar {
        /// Year, if told.
        year: Option<i32>,
        /// Month 1..=12, if told.
        month: Option<u32>,
        /// Day of the month, if told.
        day: Option<u32>,
        /// For a date without its year (`in May`), or with `last`/`next`.
        which: Which,
    },
    /// A weekday, 0 = Monday.
    Weekday {
        /// 0 = Monday … 6 = Sunday.
        weekday: u32,
        /// Which one.
        which: Which,
    },
    /// A count of units from an anchor, negative for the past: `yesterday` is −1 day. A closed range where vague.
    Offset {
        /// Unit.
        unit: TimeUnit,
        /// Earliest.
        low: i32,
        /// Latest.
        high: i32,
        /// Anchor.
        from: CountedFrom,
    },
    /// The whole unit that holds the anchor, or a neighbour of it: `this week` 0, `last month` −1.
    Period {
        /// Unit.
        unit: TimeUnit,
        /// Number of units away.
        offset: i32,
        /// Anchor.
        from: CountedFrom,
    },
    /// A season: 0 = winter, 1 = spring, 2 = summer, 3 = autumn.
    Season {
        /// 0..=3.
        season: u32,
        /// Year, if told.
        year: Option<i32>,
        /// Which one where no year is told.
        which: Which,
        /// What it is counted from where no year is told.
        from: CountedFrom,
    },
    /// A weekday of a week counted from the week of publication: `Friday last week` is 4, −1.
    WeekdayOfWeek {
        /// 0 = Monday … 6 = Sunday.
        weekday: u32,
        /// Number of weeks away.
        week: i32,
    },
    /// A quarter of a calendar year: `the third quarter of 2014`.
    QuarterOfYear {
        /// 1..=4.
        quarter: u32,
        /// Year, if told.
        year: Option<i32>,
        /// Which one where no year is told.
        which: Which,
    },
    /// A half of a calendar year: `the first half of 2014`.
    HalfOfYear {
        /// 1 or 2.
        half: u32,
        /// Year, if told.
        year: Option<i32>,
        /// Which one where no year is told.
        which: Which,
    },
    /// A century by its number: `the 19th century` is 19.
    Century {
        /// 1..=22.
        number: i32,
    },
    /// A feast or observance: `Eid al-Fitr`, `Easter Sunday`, `Ramadan`.
    Feast {
        /// How its day is found.
        rule: FeastRule,
        /// Days it lasts, 1 or more.
        days: u32,
        /// Year, if told.
        year: Option<i32>,
        /// Which one where no year is told.
        which: Which,
    },
    /// A decade by its first year: `the 1990s` is 1990.
    Decade {
        /// First year.
        first_year: i32,
    },
    /// From one time to another; either end may be open (`since 2014`).
    Range {
        /// First.
        start: Option<Box<TimeValue>>,
        /// Last.
        end: Option<Box<TimeValue>>,
    },
    /// A time of day on another time: minutes after midnight, with the day it belongs to.
    Clock {
        /// Minutes after midnight, 0..=1440; `None` for `morning`, `night`.
        minutes: Option<u32>,
        /// TIMEX3 part of day (`MO`, `AF`, `EV`, `NI`, `DT`), if told.
        part: Option<&'static str>,
        /// The day.
        day: Box<TimeValue>,
        /// Whether the time is told in Coordinated Universal Time.
        utc: bool,
    },
    /// A length of time: `for three weeks`.
    Duration {
        /// Unit.
        unit: TimeUnit,
        /// How many; `None` where vague.
        count: Option<f32>,
    },
    /// A recurring time: `every Friday`, `daily`.
    Set {
        /// TIMEX3 value, e.g. `P1D`, `XXXX-WXX-5`.
        timex3: String,
    },
    /// Words only: `recently`, `now`; days back from publication, earliest and latest, where the words allow it.
    Vague {
        /// TIMEX3 value: `PAST_REF`, `PRESENT_REF`, `FUTURE_REF`, or a period without its number: `PXW`.
        timex3: &'static str,
        /// Days from publication, earliest and latest.
        days: Option<(i32, i32)>,
    },
}
