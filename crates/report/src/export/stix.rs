//! A STIX 2.1 bundle (OASIS standard of 10 June 2021).
//!
//! Ids are UUIDs of version 5 over what an object is, in a namespace of our own (the standard keeps its namespace for observables), so
//! the same record gives the same ids. Evidence goes into a property extension with its definition in the bundle. `confidence` is never
//! written: how sure the program is of its reading, how far a source may be relied on and how likely a speaker finds something are
//! three other things. Those held responsible are `identity` objects: `threat-actor` would be a judgement that a press report
//! doesn't make; the kind of claim stands in the extension.

use std::collections::BTreeSet;
use std::io::Write;

use serde::Serialize;
use uuid::Uuid;
use watchkeeper_record::Moment;
use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::{
    ActorKind, Claim, IncidentType, Polarity, Precision, StatementKind, TargetType, WeaponType,
};
use watchkeeper_record::incident::{Party, TollHistory, Whereabouts};

use super::input::{Exported, Report, Statement};
use super::{ATTRIBUTION, Error, Options, common};

/// Namespace of our ids: a random UUID, fixed for ever.
const NAMESPACE: Uuid = Uuid::from_u128(0x6d3c_26b1_8f0e_4b57_9a41_c2d5_70e8_913f);
/// When objects without a day of their own count as created: fixed, so that they are the same in every bundle.
const EPOCH: &str = "2026-01-01T00:00:00.000Z";

/// Ids written so far, and those that every object names.
pub(super) struct Stix {
    seen: BTreeSet<String>,
    tool: String,
    marking: String,
    extension: String,
    any: bool,
}

/// An object; what is `None` isn't written.
#[derive(Serialize, Default)]
struct Object<'a> {
    r#type: &'static str,
    spec_version: &'static str,
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by_ref: Option<String>,
    created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity_class: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    definition_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    definition: Option<Definition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extension_types: Option<[&'static str; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latitude: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    longitude: Option<f64>,
    /// Metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    precision: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    administrative_area: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    relationship_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_ref: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_ref: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    opinion: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    object_refs: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    external_references: Vec<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    object_marking_refs: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<Extensions<'a>>,
}

#[derive(Serialize)]
struct Definition {
    statement: String,
}

#[derive(Serialize)]
struct Reference<'a> {
    source_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hashes: Option<Hashes<'a>>,
    external_id: &'a str,
}

#[derive(Serialize)]
struct Hashes<'a> {
    #[serde(rename = "SHA-256")]
    sha256: &'a str,
}

/// The one extension under its id.
struct Extensions<'a> {
    id: String,
    evidence: Evidence<'a>,
}

impl Serialize for Extensions<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(&self.id, &self.evidence)?;
        map.end()
    }
}

/// What our extension tells. The standard allows no empty lists and no nulls.
#[derive(Serialize, Default)]
struct Evidence<'a> {
    extension_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    record_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incident_type: Option<IncidentType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_day: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_day: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place_precision: Option<Precision>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    perpetrators: Vec<Claimed<'a>>,
    #[serde(skip_serializing_if = "slice_is_empty")]
    targets: &'a [TargetType],
    #[serde(skip_serializing_if = "slice_is_empty")]
    weapons: &'a [WeaponType],
    #[serde(skip_serializing_if = "Option::is_none")]
    killed: Option<Toll<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wounded: Option<Toll<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    abducted: Option<Toll<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    independent_reports: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    join_reasons: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    corrected: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claim: Option<Claim>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_kind: Option<ActorKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outlet_reliability: Option<char>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report_credibility: Option<u8>,
    /// Whether the day of publication is the report's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    dated: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statement_kind: Option<StatementKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    polarity: Option<Polarity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hedge: Option<&'a str>,
}

#[derive(Serialize)]
struct Claimed<'a> {
    name: &'a str,
    claim: Claim,
    accounts: usize,
}

#[derive(Serialize)]
struct Toll<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    low: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    best: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    told: Vec<Told<'a>>,
}

#[derive(Serialize)]
struct Told<'a> {
    known: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    outlet: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    low: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    best: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<u32>,
    current: bool,
}

fn slice_is_empty<T>(slice: &&[T]) -> bool {
    slice.is_empty()
}

fn toll(history: Option<&TollHistory>) -> Option<Toll<'_>> {
    let history = history?;
    let told = history.told.iter().map(|told| Told {
        known: told.known,
        outlet: told.outlet.as_deref(),
        low: told.figure.low,
        best: told.figure.best,
        high: told.figure.high,
        current: told.current,
    });
    Some(Toll { low: history.low, best: history.best, high: history.high, told: told.collect() })
}

/// An id made of what an object is.
fn id(kind: &str, parts: &[&str]) -> String {
    let mut name = kind.to_owned();
    for part in parts {
        name.push('\u{1f}');
        name.push_str(part);
    }
    format!("{kind}--{}", Uuid::new_v5(&NAMESPACE, name.as_bytes()))
}

fn midnight(day: Date) -> String {
    format!("{day}T00:00:00.000Z")
}

fn moment(moment: Moment) -> String {
    format!("{}.000Z", moment.to_string().trim_end_matches('Z'))
}

fn sentence(text: &str) -> Option<String> {
    Some(common::line(text)).filter(|text| !text.is_empty())
}

impl Stix {
    pub(super) fn begin(options: &Options, out: &mut impl Write) -> Result<Self, Error> {
        let as_of = options.as_of.map_or_else(String::new, |day| day.to_string());
        let made = options.made.to_string();
        let bundle = id("bundle", &[&made, &as_of, &options.version, &options.reveal_private.to_string()]);
        let mut stix = Self {
            seen: BTreeSet::new(),
            tool: id("identity", &["watchkeeper"]),
            marking: id("marking-definition", ATTRIBUTION),
            extension: id("extension-definition", &["evidence", "1"]),
            any: false,
        };
        write!(out, "{{\"type\":\"bundle\",\"id\":\"{bundle}\",\"objects\":[")?;
        let tool = Object {
            name: Some("watchkeeper".to_owned()),
            description: Some("A program that reads reports of conflict into a checkable record.".to_owned()),
            identity_class: Some("system"),
            ..stix.object("identity", stix.tool.clone(), EPOCH.to_owned(), Some(EPOCH.to_owned()))
        };
        stix.put(Object { created_by_ref: None, ..tool }, out)?;
        let marking = Object {
            definition_type: Some("statement"),
            definition: Some(Definition { statement: common::attribution() }),
            ..stix.object("marking-definition", stix.marking.clone(), EPOCH.to_owned(), None)
        };
        stix.put(Object { object_marking_refs: Vec::new(), ..marking }, out)?;
        let extension = Object {
            name: Some("watchkeeper evidence".to_owned()),
            description: Some(
                "What the record holds beside the properties of the standard: type, time, place, tolls and who told them, claims of responsibility, why reports are one incident, Admiralty grades, kinds of statements. None of it is a confidence or a likelihood."
                    .to_owned(),
            ),
            schema: Some(
                "Properties are those of docs/exports.md, section STIX, of watchkeeper; every one is optional.",
            ),
            version: Some("1.0.0"),
            extension_types: Some(["property-extension"]),
            ..stix.object("extension-definition", stix.extension.clone(), EPOCH.to_owned(), Some(EPOCH.to_owned()))
        };
        stix.put(extension, out)?;
        Ok(stix)
    }

    fn object<'a>(
        &self,
        kind: &'static str,
        id: String,
        created: String,
        modified: Option<String>,
    ) -> Object<'a> {
        Object {
            r#type: kind,
            spec_version: "2.1",
            id,
            created_by_ref: Some(self.tool.clone()),
            created,
            modified,
            object_marking_refs: vec![self.marking.clone()],
            ..Object::default()
        }
    }

    /// An object of a day; it counts as changed when the export is made.
    fn of_day<'a>(&self, kind: &'static str, id: String, day: Option<Date>, options: &Options) -> Object<'a> {
        let created = day.map_or_else(|| EPOCH.to_owned(), midnight);
        let modified = moment(options.made).max(created.clone());
        self.object(kind, id, created, Some(modified))
    }

    fn evidence<'a>(&self, evidence: Evidence<'a>) -> Option<Extensions<'a>> {
        let evidence = Evidence { extension_type: "property-extension", ..evidence };
        Some(Extensions { id: self.extension.clone(), evidence })
    }

    /// Writes an object unless one of its id is written.
    fn put(&mut self, object: Object<'_>, out: &mut impl Write) -> Result<String, Error> {
        let id = object.id.clone();
        if self.seen.insert(id.clone()) {
            out.write_all(if self.any { b",\n" } else { b"\n" })?;
            self.any = true;
            serde_json::to_writer(&mut *out, &object)?;
        }
        Ok(id)
    }

    pub(super) fn incident(
        &mut self,
        told: &Exported,
        options: &Options,
        out: &mut impl Write,
    ) -> Result<(), Error> {
        let incident = &told.incident;
        let own = id("incident", &[&incident.id]);
        let known = Some(incident.known.0);
        let reasons = incident.joins.iter().map(|join| common::line(&join.reasons.join("; ")));
        let perpetrators = incident.perpetrators.iter().map(|accused| Claimed {
            name: &accused.party.name,
            claim: accused.party.claim,
            accounts: accused.accounts.len(),
        });
        let object = Object {
            name: Some(common::heading(incident)),
            description: told.reports.iter().find_map(|report| report.quote.as_deref().and_then(sentence)),
            extensions: self.evidence(Evidence {
                record_id: Some(&incident.id),
                incident_type: incident.kind,
                first_day: incident.time.map(|(start, _)| start),
                last_day: incident.time.map(|(_, end)| end),
                place: incident.place.as_ref().map(|place| place.name.as_str()),
                place_precision: incident.place.as_ref().map(|place| place.precision),
                perpetrators: perpetrators.collect(),
                targets: &incident.targets,
                weapons: &incident.weapons,
                killed: toll(incident.killed.as_ref()),
                wounded: toll(incident.wounded.as_ref()),
                abducted: toll(incident.abducted.as_ref()),
                independent_reports: Some(incident.independent),
                join_reasons: reasons.filter(|reason| !reason.is_empty()).collect(),
                corrected: Some(told.corrected),
                ..Evidence::default()
            }),
            ..self.of_day("incident", own.clone(), known, options)
        };
        self.put(object, out)?;
        if let Some(place) = &incident.place
            && let Some(object) = self.location(place, options)
        {
            let target = self.put(object, out)?;
            self.relation("located-at", &own, target, None, known, options, out)?;
        }
        for (number, accused) in incident.perpetrators.iter().enumerate() {
            let target = self.party(told, &accused.party, &format!("did{number}"), options, out)?;
            let claim = Some(accused.party.claim);
            self.relation("attributed-to", &own, target, claim, known, options, out)?;
        }
        for (number, party) in incident.victims.iter().enumerate() {
            let target = self.party(told, party, &format!("suffered{number}"), options, out)?;
            self.relation("targets", &own, target, None, known, options, out)?;
        }
        for report in &told.reports {
            self.report(report, &incident.id, &own, options, out)?;
        }
        for statement in &told.statements {
            self.statement(statement, &incident.id, &own, options, out)?;
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "a relationship has as many parts")]
    fn relation(
        &mut self,
        kind: &'static str,
        source: &str,
        target: String,
        claim: Option<Claim>,
        known: Option<Date>,
        options: &Options,
        out: &mut impl Write,
    ) -> Result<(), Error> {
        let object = Object {
            relationship_type: Some(kind),
            source_ref: Some(source.to_owned()),
            description: claim.map(|claim| format!("As told by the reports: {claim}.")),
            extensions: claim
                .and_then(|claim| self.evidence(Evidence { claim: Some(claim), ..Evidence::default() })),
            ..self.of_day("relationship", id("relationship", &[kind, source, &target]), known, options)
        };
        self.put(Object { target_ref: Some(target), ..object }, out)?;
        Ok(())
    }

    /// A place; `None` where neither coordinates of a town nor a country are known, which the standard asks for.
    fn location<'a>(&self, place: &Whereabouts, options: &Options) -> Option<Object<'a>> {
        let point = place.point().filter(|_| place.is_fine());
        let country = place.country.as_deref().and_then(common::country);
        // The standard wants codes in force: those have a number.
        let country = country.filter(|country| !country.numeric.is_empty()).map(|country| country.iso2);
        if point.is_none() && country.is_none() {
            return None;
        }
        let text = |number: Option<f64>| number.map_or_else(String::new, |number| number.to_string());
        let parts = [
            place.name.clone(),
            text(point.map(|(lat, _)| lat)),
            text(point.map(|(_, lon)| lon)),
            text(place.radius_km),
            place.country.clone().unwrap_or_default(),
            place.admin1.clone().unwrap_or_default(),
            place.precision.to_string(),
        ];
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let own = id("location", &parts);
        Some(Object {
            name: sentence(&common::whereabouts(place)),
            latitude: point.map(|(lat, _)| lat),
            longitude: point.map(|(_, lon)| lon),
            precision: place
                .radius_km
                .filter(|km| point.is_some() && km.is_finite() && *km > 0.0)
                .map(|km| km * 1000.0),
            country,
            administrative_area: place.admin1.as_deref().and_then(sentence),
            extensions: self
                .evidence(Evidence { place_precision: Some(place.precision), ..Evidence::default() }),
            ..self.of_day("location", own, None, options)
        })
    }

    /// Who did or suffered it. Somebody only described (`gunmen`) or hidden is another one in every incident.
    fn party(
        &mut self,
        told: &Exported,
        party: &Party,
        role: &str,
        options: &Options,
        out: &mut impl Write,
    ) -> Result<String, Error> {
        let actor = common::actor(told, party);
        let kind = actor.and_then(|actor| actor.kind);
        let own = match &party.key {
            Some(key) => id("identity", &["actor", key]),
            None => id("identity", &["described", &told.incident.id, role]),
        };
        let name = sentence(actor.map_or(party.name.as_str(), |actor| actor.name.as_str()));
        let object = Object {
            name: Some(name.unwrap_or_else(|| "unnamed".to_owned())),
            identity_class: Some(match kind {
                Some(ActorKind::Person) => "individual",
                Some(ActorKind::PopulationGroup) => "class",
                Some(ActorKind::Other) => "unknown",
                Some(_) => "organization",
                None if party.private => "individual",
                None if party.key.is_none() => "class",
                None => "unknown",
            }),
            extensions: kind
                .and_then(|kind| self.evidence(Evidence { actor_kind: Some(kind), ..Evidence::default() })),
            ..self.of_day("identity", own, None, options)
        };
        self.put(object, out)
    }

    fn report(
        &mut self,
        report: &Report,
        record: &str,
        incident: &str,
        options: &Options,
        out: &mut impl Write,
    ) -> Result<(), Error> {
        let outlet = match report.outlet.as_deref().and_then(sentence) {
            Some(name) => {
                let object = Object {
                    identity_class: Some("organization"),
                    extensions: self
                        .evidence(Evidence { outlet_reliability: Some(report.grade), ..Evidence::default() }),
                    ..self.of_day("identity", id("identity", &["outlet", &name]), None, options)
                };
                self.put(Object { name: Some(name), ..object }, out)?
            }
            None => self.tool.clone(),
        };
        let hash =
            report.document.len() == 64 && report.document.bytes().all(|byte| byte.is_ascii_hexdigit());
        let source_name =
            report.outlet.as_deref().and_then(sentence).unwrap_or_else(|| "unknown outlet".to_owned());
        let url = report.url.as_deref().filter(|url| hash && is_plain_url(url));
        let reference = Reference {
            source_name,
            url,
            hashes: hash.then_some(Hashes { sha256: &report.document }),
            external_id: &report.document,
        };
        let title =
            report.title.as_deref().and_then(sentence).unwrap_or_else(|| "untitled report".to_owned());
        let own = id("report", &[&report.document, record]);
        let object = Object {
            name: Some(title),
            description: report.quote.as_deref().and_then(sentence),
            published: Some(midnight(report.known)),
            object_refs: vec![incident.to_owned()],
            external_references: vec![reference],
            extensions: self.evidence(Evidence {
                outlet_reliability: Some(report.grade),
                report_credibility: Some(report.credibility),
                dated: Some(report.dated),
                ..Evidence::default()
            }),
            ..self.of_day("report", own.clone(), Some(report.known), options)
        };
        self.put(Object { created_by_ref: Some(outlet), ..object }, out)?;
        let (opinion, words) = match report.credibility {
            1 => ("strongly-agree", "confirmed by other sources"),
            2 => ("agree", "probably true"),
            3 => ("neutral", "possibly true"),
            4 => ("disagree", "doubtful"),
            5 => ("strongly-disagree", "improbable"),
            _ => return Ok(()),
        };
        let object = Object {
            opinion: Some(opinion),
            explanation: Some(format!(
                "Credibility {} of 6 on the Admiralty scale, {words}; an analyst's entry.",
                report.credibility
            )),
            object_refs: vec![own.clone()],
            ..self.of_day("opinion", id("opinion", &[&own]), Some(report.known), options)
        };
        self.put(object, out)?;
        Ok(())
    }

    fn statement(
        &mut self,
        statement: &Statement,
        record: &str,
        incident: &str,
        options: &Options,
        out: &mut impl Write,
    ) -> Result<(), Error> {
        let Some(content) = sentence(&statement.content) else { return Ok(()) };
        let author = match &statement.speaker {
            Some(speaker) => sentence(&speaker.name),
            None => Some(if statement.author { "the writer of the report" } else { "unnamed" }.to_owned()),
        };
        let object = Object {
            content: Some(content),
            authors: author.into_iter().collect(),
            object_refs: vec![incident.to_owned()],
            extensions: self.evidence(Evidence {
                record_id: Some(&statement.id),
                statement_kind: Some(statement.kind),
                polarity: Some(statement.polarity),
                hedge: statement.certainty.as_deref(),
                ..Evidence::default()
            }),
            ..self.of_day("note", id("note", &[&statement.id, record]), Some(statement.known), options)
        };
        self.put(object, out)?;
        Ok(())
    }
}

/// Whether an address keeps to what every reader of STIX takes for one.
fn is_plain_url(url: &str) -> bool {
    const SIGNS: &[u8] = b"-._~:/?#[]@!$&'()*+,;=%";
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        rest.starts_with(|character: char| character.is_ascii_alphanumeric())
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || SIGNS.contains(&byte))
    })
}
