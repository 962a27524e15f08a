//! The reading: what leaves the program for one document (the contract is `READING.md`; the schema is generated from here).
//!
//! Every type is generic over how a place in the text is given: [`Span`] (bytes) inside the program,
//! [`Quote`] (code points and words) when published. [`Reading::quoted`] is the only way from one to the other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::codebook::{
    ActorKind, Category, Claim, Context, ControlStatus, DateBasis, Granularity, IncidentType, MaskKind, Mode,
    PerpetratorKind, Polarity, Precision, Realis, RelationKind, Sector, StatementKind, TargetType,
    TimeAnchor, TollGroup, WeaponType,
};
use crate::diagnostic::Diagnostic;
use crate::span::{CodePoints, Quote, Span};

/// Name and number of the published format.
pub const SCHEMA: &str = "watchkeeper.reading/1";

/// Which program, weights and options made a reading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProducedBy {
    /// Version of the program.
    pub version: String,
    /// SHA-256 of each weight and data file, in a fixed order.
    pub weights: Vec<String>,
    /// Options that change the result.
    pub options: std::collections::BTreeMap<String, String>,
}

/// The document read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DocumentHead<S = Span> {
    /// SHA-256 of the input bytes, hex.
    pub id: String,
    /// Path or URL as given.
    pub origin: Option<String>,
    /// Who published it.
    pub outlet: Option<String>,
    /// Headline.
    pub title: Option<String>,
    /// Authors.
    pub byline: Vec<String>,
    /// When it was published.
    pub published: Option<PublishedRange>,
    /// BCP 47 primary language.
    pub language: String,
    /// The text: every span points into it.
    pub text: String,
    /// Debris.
    pub masked: Vec<Masked<S>>,
}

/// Publication date as a closed range of ISO days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PublishedRange {
    /// First possible day, `YYYY-MM-DD`.
    pub start: String,
    /// Last possible day.
    pub end: String,
    /// Where it comes from.
    pub basis: DateBasis,
}

/// A masked range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Masked<S = Span> {
    /// What is masked.
    #[serde(flatten)]
    pub span: S,
    /// Kind of debris.
    pub kind: MaskKind,
    /// The rule that decided it.
    pub why: String,
}

/// Somebody who acts, is acted upon or speaks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Actor<S = Span> {
    /// `a1`, `a2`, … in text order.
    pub id: String,
    /// Best name.
    pub name: String,
    /// What it is.
    pub kind: ActorKind,
    /// ISO 3166-1 alpha-3.
    pub country: Option<String>,
    /// PLOVER sector.
    pub sector: Option<Sector>,
    /// Key in the actor registry; null for an actor made from the text.
    pub registry: Option<String>,
    /// Other names used in the text.
    pub aliases: Vec<String>,
    /// A person without public office or group leadership: hidden by default in views and exports.
    pub private: bool,
    /// Office, as the text gives it.
    pub role: Option<String>,
    /// Names, nominals and pronouns resolved to it. Never empty.
    pub mentions: Vec<S>,
    /// Trace.
    pub why: Vec<String>,
}

/// One place that a name may mean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Candidate {
    /// GeoNames id.
    pub geonames: Option<u64>,
    /// Who's On First id, where GeoNames has none.
    pub wof: Option<u64>,
    /// Name in the gazetteer.
    pub name: String,
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// 0..=1.
    pub score: f64,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Place<S = Span> {
    /// `p1`, … in text order.
    pub id: String,
    /// As the text names it.
    pub name: String,
    /// GeoNames id of the place, or of the coarser unit that `precision` names.
    pub geonames: Option<u64>,
    /// Who's On First id, where GeoNames has none.
    pub wof: Option<u64>,
    /// Degrees north.
    pub lat: Option<f64>,
    /// Degrees east.
    pub lon: Option<f64>,
    /// ISO 3166-1 alpha-3.
    pub country: Option<String>,
    /// Name of the first-order unit.
    pub admin1: Option<String>,
    /// How precisely it is known.
    pub precision: Precision,
    /// For `near`: within this distance. For `region`: about how far it reaches, where that is known.
    pub radius_km: Option<f64>,
    /// Probability that the place is right, 0..=1.
    pub score: f64,
    /// Best first, at most five.
    pub candidates: Vec<Candidate>,
    /// Never empty.
    pub mentions: Vec<S>,
    /// Trace.
    pub why: Vec<String>,
}

/// A time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Time<S = Span> {
    /// `t1`, … in text order.
    pub id: String,
    /// First day, `YYYY-MM-DD`; null when unresolvable.
    pub start: Option<String>,
    /// Last day.
    pub end: Option<String>,
    /// Grain.
    pub granularity: Granularity,
    /// TIMEX3 value.
    pub timex3: Option<String>,
    /// What it was resolved against.
    pub anchor: TimeAnchor,
    /// Never empty.
    pub mentions: Vec<S>,
}

/// A weapon named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Weapon<S = Span> {
    /// Coarse type.
    pub r#type: WeaponType,
    /// The words.
    pub span: S,
}

/// A target named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Target<S = Span> {
    /// Coarse type.
    pub r#type: TargetType,
    /// The words.
    pub span: S,
}

/// A number of persons as told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Count<S = Span> {
    /// At least.
    pub low: Option<u32>,
    /// As told.
    pub best: Option<u32>,
    /// At most.
    pub high: Option<u32>,
    /// The words.
    pub span: S,
}

/// The part of the killed that one group lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GroupCount {
    /// Whose.
    pub group: TollGroup,
    /// At least.
    pub low: Option<u32>,
    /// As told.
    pub best: Option<u32>,
    /// At most.
    pub high: Option<u32>,
}

/// Losses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Toll<S = Span> {
    /// Deaths.
    pub killed: Option<Count<S>>,
    /// Deaths by group.
    pub by: Vec<GroupCount>,
    /// Wounded.
    pub wounded: Option<Count<S>>,
    /// Abducted.
    pub abducted: Option<Count<S>>,
    /// Arrested.
    pub arrested: Option<Count<S>>,
    /// Displaced.
    pub displaced: Option<Count<S>>,
}

/// One happening as one passage tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event<S = Span> {
    /// `e1`, … in text order.
    pub id: String,
    /// PLOVER category.
    pub category: Category,
    /// PLOVER mode.
    pub mode: Option<Mode>,
    /// PLOVER contexts.
    pub contexts: Vec<Context>,
    /// Type of incident.
    pub incident_type: Option<IncidentType>,
    /// The trigger.
    pub trigger: S,
    /// Ids of who did it.
    pub actors: Vec<String>,
    /// Ids of to whom.
    pub recipients: Vec<String>,
    /// Id of where it happened.
    pub place: Option<String>,
    /// Id of when.
    pub time: Option<String>,
    /// Weapons.
    pub weapons: Vec<Weapon<S>>,
    /// Targets.
    pub targets: Vec<Target<S>>,
    /// Losses.
    pub toll: Toll<S>,
    /// Whether it happened.
    pub realis: Realis,
    /// Told as history.
    pub background: bool,
    /// Id of the statement that carries it; null for the outlet's own voice.
    pub asserted_by: Option<String>,
    /// Calibrated probability that the event is as coded.
    pub score: f64,
    /// Trace.
    pub why: Vec<String>,
    /// Never empty.
    pub evidence: Vec<S>,
}

/// A relation between two actors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Relation<S = Span> {
    /// `r1`, …
    pub id: String,
    /// Kind.
    pub kind: RelationKind,
    /// Actor id.
    pub from: String,
    /// Actor id.
    pub to: String,
    /// Whether it holds.
    pub realis: Realis,
    /// Time id.
    pub since: Option<String>,
    /// Time id.
    pub until: Option<String>,
    /// Statement id.
    pub asserted_by: Option<String>,
    /// 0..=1.
    pub score: f64,
    /// Trace.
    pub why: Vec<String>,
    /// Never empty.
    pub evidence: Vec<S>,
}

/// Who holds ground.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Control<S = Span> {
    /// `c1`, …
    pub id: String,
    /// Place id.
    pub place: String,
    /// Actor id.
    pub holder: String,
    /// What became of it.
    pub status: ControlStatus,
    /// Actor id of the other side.
    pub counterpart: Option<String>,
    /// Time id.
    pub time: Option<String>,
    /// Whether it happened.
    pub realis: Realis,
    /// Statement id.
    pub asserted_by: Option<String>,
    /// 0..=1.
    pub score: f64,
    /// Trace.
    pub why: Vec<String>,
    /// Never empty.
    pub evidence: Vec<S>,
}

/// Who speaks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SpeakerOf<S = Span> {
    /// Actor id.
    pub actor: Option<String>,
    /// The writer's own judgement.
    pub author: bool,
    /// Unnamed on purpose or by the text.
    pub anonymous: bool,
    /// The words that name the speaker.
    pub span: Option<S>,
}

/// A threat as a speaker rates it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Threat<S = Span> {
    /// The level in the speaker's own words.
    pub words: Option<String>,
    /// What is said to be threatened.
    pub targets: Vec<Target<S>>,
    /// Place id.
    pub area: Option<String>,
}

/// Hedging words and the range a named scale gives them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Certainty {
    /// The speaker's words.
    pub words: String,
    /// Lower probability, 0..=1.
    pub low: Option<f64>,
    /// Upper probability.
    pub high: Option<f64>,
    /// Name of the scale.
    pub scale: Option<String>,
}

/// Who said what, how sure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Statement<S = Span> {
    /// `s1`, …
    pub id: String,
    /// Who.
    pub speaker: SpeakerOf<S>,
    /// What kind of saying.
    pub kind: StatementKind,
    /// The words that mark it.
    pub cue: S,
    /// What is said.
    pub content: S,
    /// Inside quotation marks.
    pub quoted: bool,
    /// Actor ids.
    pub about: Vec<String>,
    /// A stated level or target of a threat.
    pub threat: Option<Threat<S>>,
    /// Null where nothing hedges.
    pub certainty: Option<Certainty>,
    /// Affirmed or denied.
    pub polarity: Polarity,
    /// 0..=1.
    pub score: f64,
    /// Trace.
    pub why: Vec<String>,
    /// Never empty.
    pub evidence: Vec<S>,
}

/// Who did an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Perpetrator<S = Span> {
    /// Individual or organisation.
    pub kind: PerpetratorKind,
    /// Actor id.
    pub actor: Option<String>,
    /// The words.
    pub spans: Vec<S>,
    /// How it is known.
    pub claim: Claim,
}

/// A number of victims.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VictimCount {
    /// At least.
    pub low: Option<u32>,
    /// As told.
    pub best: Option<u32>,
    /// At most.
    pub high: Option<u32>,
}

/// Who suffered an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Victim<S = Span> {
    /// Actor id.
    pub actor: Option<String>,
    /// The words.
    pub spans: Vec<S>,
    /// How many.
    pub count: Option<VictimCount>,
}

/// A target of an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TargetOf<S = Span> {
    /// Coarse type.
    pub r#type: TargetType,
    /// The words.
    pub spans: Vec<S>,
}

/// A weapon of an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WeaponOf<S = Span> {
    /// Coarse type.
    pub r#type: WeaponType,
    /// The words.
    pub spans: Vec<S>,
}

/// The document's events on one happening.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Incident<S = Span> {
    /// `i1`, …
    pub id: String,
    /// Type.
    pub r#type: Option<IncidentType>,
    /// Event ids.
    pub events: Vec<String>,
    /// Place id.
    pub place: Option<String>,
    /// Time id.
    pub time: Option<String>,
    /// Who did it.
    pub perpetrators: Vec<Perpetrator<S>>,
    /// Who suffered it.
    pub victims: Vec<Victim<S>>,
    /// What was hit.
    pub targets: Vec<TargetOf<S>>,
    /// With what.
    pub weapons: Vec<WeaponOf<S>>,
    /// Losses.
    pub toll: Toll<S>,
    /// Why the events were joined.
    pub why: Vec<String>,
    /// Never empty.
    pub evidence: Vec<S>,
}

/// The reading of one document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reading<S = Span> {
    /// [`SCHEMA`].
    pub schema: String,
    /// Program, weights, options.
    pub produced_by: ProducedBy,
    /// The document.
    pub document: DocumentHead<S>,
    /// Actors.
    pub actors: Vec<Actor<S>>,
    /// Places.
    pub places: Vec<Place<S>>,
    /// Times.
    pub times: Vec<Time<S>>,
    /// Events.
    pub events: Vec<Event<S>>,
    /// Relations.
    pub relations: Vec<Relation<S>>,
    /// Control.
    pub control: Vec<Control<S>>,
    /// Statements.
    pub statements: Vec<Statement<S>>,
    /// Incidents.
    pub incidents: Vec<Incident<S>>,
    /// Remarks.
    pub diagnostics: Vec<Diagnostic<S>>,
}

impl DocumentHead<Span> {
    /// Gives every place in the text another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> DocumentHead<T> {
        DocumentHead {
            id: self.id.clone(),
            origin: self.origin.clone(),
            outlet: self.outlet.clone(),
            title: self.title.clone(),
            byline: self.byline.clone(),
            published: self.published.clone(),
            language: self.language.clone(),
            text: self.text.clone(),
            masked: self.masked.iter().map(|item| item.map_spans(f)).collect(),
        }
    }
}

impl Masked<Span> {
    /// Gives every place in the text another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> Masked<T> {
        Masked { span: f(self.span), kind: self.kind, why: self.why.clone() }
    }
}

impl Actor<Span> {
    /// Gives every place in the text another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> Actor<T> {
        Actor {
            id: self.id.clone(),
            name: self.name.clone(),
            kind: self.kind,
            country: self.country.clone(),
            sector: self.sector,
            registry: self.registry.clone(),
            aliases: self.aliases.clone(),
            private: self.private,
            role: self.role.clone(),
            mentions: self.mentions.iter().copied().map(&mut *f).collect(),
            why: self.why.clone(),
        }
    }
}

impl Place<Span> {
    /// Gives every place in the text another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> Place<T> {
        Place {
            id: self.id.clone(),
            name: self.name.clone(),
            geonames: self.geonames,
            wof: self.wof,
            lat: self.lat,
            lon: self.lon,
            country: self.country.clone(),
            admin1: self.admin1.clone(),
            precision: self.precision,
            radius_km: self.radius_km,
            score: self.score,
            candidates: self.candidates.clone(),
            mentions: self.mentions.iter().copied().map(&mut *f).collect(),
            why: self.why.clone(),
        }
    }
}

impl Time<Span> {
    /// Gives every place in the text another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> Time<T> {
        Time {
            id: self.id.clone(),
            start: self.start.clone(),
            end: self.end.clone(),
            granularity: self.granularity,
            timex3: self.timex3.clone(),
            anchor: self.anchor,
            mentions: self.mentions.iter().copied().map(&mut *f).collect(),
        }
    }
}

impl Weapon<Span> {
    /// Gives every place in the text another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> Weapon<T> {
        Weapon { r#type: self.r#type, span: f(self.span) }
    }
}

impl Target<Span> {
    /// Gives every place in the text another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> Target<T> {
        Target { r#type: self.r#type, span: f(self.span) }
    }
}

impl Count<Span> {
    /// Gives every place in the text another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> Count<T> {
        Count { low: self.low, best: self.best, high: self.high, span: f(self.span) }
    }
}

impl Toll<Span> {
    /// Gives every place in the text another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> Toll<T> {
        Toll {
            killed: self.killed.as_ref().map(|item| item.map_spans(f)),
            by: self.by.clone(),
            wounded: self.wounded.as_ref().map(|item| item.map_spans(f)),
            abducted: self.abducted.as_ref().map(|item| item.map_spans(f)),
            arrested: self.arrested.as_ref().map(|item| item.map_spans(f)),
            displaced: self.displaced.as_ref().map(|item| item.map_spans(f)),
        }
    }
}

impl Event<Span> {
    /// Gives every place in the text another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> Event<T> {
        Event {
            id: self.id.clone(),
            category: self.category,
            mode: self.mode,
            contexts: self.contexts.clone(),
            incident_type: self.incident_type,
            trigger: f(self.trigger),
            actors: self.actors.clone(),
            recipients: self.recipients.clone(),
            place: self.place.clone(),
            time: self.time.clone(),
            weapons: self.weapons.iter().map(|item| item.map_spans(f)).collect(),
            targets: self.targets.iter().map(|item| item.map_spans(f)).collect(),
            toll: self.toll.map_spans(f),
            realis: self.realis,
            background: self.background,
            asserted_by: self.asserted_by.clone(),
            score: self.score,
            why: self.why.clone(),
            evidence: self.evidence.iter().copied().map(&mut *f).collect(),
        }
    }
}

impl Relation<Span> {
    /// Gives every place in the text another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> Relation<T> {
        Relation {
            id: self.id.clone(),
            kind: self.kind,
            from: self.from.clone(),
            to: self.to.clone(),
            realis: self.realis,
            since: self.since.clone(),
            until: self.until.clone(),
            asserted_by: self.asserted_by.clone(),
            score: self.score,
            why: self.why.clone(),
            evidence: self.evidence.iter().copied().map(&mut *f).collect(),
        }
    }
}

impl Control<Span> {
    /// Gives every place in the text another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> Control<T> {
        Control {
            id: self.id.clone(),
            place: self.place.clone(),
            holder: self.holder.clone(),
            status: self.status,
            counterpart: self.counterpart.clone(),
            time: self.time.clone(),
            realis: self.realis,
            asserted_by: self.asserted_by.clone(),
            score: self.score,
            why: self.why.clone(),
            evidence: self.evidence.iter().copied().map(&mut *f).collect(),
        }
    }
}

impl SpeakerOf<Span> {
    /// Gives every place in the text another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> SpeakerOf<T> {
        SpeakerOf {
            actor: self.actor.clone(),
            author: self.author,
            anonymous: self.anonymous,
            span: self.span.map(&mut *f),
        }
    }
}

impl Threat<Span> {
    /// Gives every place in the text another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> Threat<T> {
        Threat {
            words: self.words.clone(),
            targets: self.targets.iter().map(|item| item.map_spans(f)).collect(),
            area: self.area.clone(),
        }
    }
}

impl Statement<Span> {
    /// Gives every place in the text another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> Statement<T> {
        Statement {
            id: self.id.clone(),
            speaker: self.speaker.map_spans(f),
            kind: self.kind,
            cue: f(self.cue),
            content: f(self.content),
            quoted: self.quoted,
            about: self.about.clone(),
            threat: self.threat.as_ref().map(|item| item.map_spans(f)),
            certainty: self.certainty.clone(),
            polarity: self.polarity,
            score: self.score,
            why: self.why.clone(),
            evidence: self.evidence.iter().copied().map(&mut *f).collect(),
        }
    }
}

impl Perpetrator<Span> {
    /// Gives every place in the text another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> Perpetrator<T> {
        Perpetrator {
            kind: self.kind,
            actor: self.actor.clone(),
            spans: self.spans.iter().copied().map(&mut *f).collect(),
            claim: self.claim,
        }
    }
}

impl Victim<Span> {
    /// Gives every place in the text another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> Victim<T> {
        Victim {
            actor: self.actor.clone(),
            spans: self.spans.iter().copied().map(&mut *f).collect(),
            count: self.count.clone(),
        }
    }
}

impl TargetOf<Span> {
    /// Gives every place in the text another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> TargetOf<T> {
        TargetOf { r#type: self.r#type, spans: self.spans.iter().copied().map(&mut *f).collect() }
    }
}

impl WeaponOf<Span> {
    /// Gives every place in the text another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> WeaponOf<T> {
        WeaponOf { r#type: self.r#type, spans: self.spans.iter().copied().map(&mut *f).collect() }
    }
}

impl Incident<Span> {
    /// Gives every place in the text another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> Incident<T> {
        Incident {
            id: self.id.clone(),
            r#type: self.r#type,
            events: self.events.clone(),
            place: self.place.clone(),
            time: self.time.clone(),
            perpetrators: self.perpetrators.iter().map(|item| item.map_spans(f)).collect(),
            victims: self.victims.iter().map(|item| item.map_spans(f)).collect(),
            targets: self.targets.iter().map(|item| item.map_spans(f)).collect(),
            weapons: self.weapons.iter().map(|item| item.map_spans(f)).collect(),
            toll: self.toll.map_spans(f),
            why: self.why.clone(),
            evidence: self.evidence.iter().copied().map(&mut *f).collect(),
        }
    }
}

impl Reading<Span> {
    /// Gives every place in the text another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> Reading<T> {
        Reading {
            schema: self.schema.clone(),
            produced_by: self.produced_by.clone(),
            document: self.document.map_spans(f),
            actors: self.actors.iter().map(|item| item.map_spans(f)).collect(),
            places: self.places.iter().map(|item| item.map_spans(f)).collect(),
            times: self.times.iter().map(|item| item.map_spans(f)).collect(),
            events: self.events.iter().map(|item| item.map_spans(f)).collect(),
            relations: self.relations.iter().map(|item| item.map_spans(f)).collect(),
            control: self.control.iter().map(|item| item.map_spans(f)).collect(),
            statements: self.statements.iter().map(|item| item.map_spans(f)).collect(),
            incidents: self.incidents.iter().map(|item| item.map_spans(f)).collect(),
            diagnostics: self.diagnostics.iter().map(|item| item.map_spans(f)).collect(),
        }
    }
}

impl<S> Default for Toll<S> {
    fn default() -> Self {
        Self { killed: None, by: Vec::new(), wounded: None, abducted: None, arrested: None, displaced: None }
    }
}

impl<S> Toll<S> {
    /// Whether no count is told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.killed.is_none()
            && self.by.is_empty()
            && self.wounded.is_none()
            && self.abducted.is_none()
            && self.arrested.is_none()
            && self.displaced.is_none()
    }
}

impl Reading<Span> {
    /// The published form: code points and words in place of byte offsets.
    ///
    /// # Panics
    /// When a span doesn't lie on character boundaries of the text: a bug of a room.
    #[must_use]
    pub fn quoted(&self) -> Reading<Quote> {
        let index = CodePoints::new(&self.document.text);
        self.map_spans(&mut |span| index.quote(span))
    }
}
