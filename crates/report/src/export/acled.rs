//! CSV with the columns of ACLED's exports.
//!
//! Event types come by way of `data/codebook/crosswalk_acled.tsv`, which says how loose each step is. What only ACLED can know (its ids,
//! regions, scales of sources) stays empty; three columns of our own follow.

use std::io::Write;

use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::{ActorKind, IncidentType, Precision};
use watchkeeper_record::crosswalk::{Crosswalks, Direction, Scheme, Term};
use watchkeeper_record::incident::{Party, TollHistory, Whereabouts};

use super::common::{self, Side, cell, number};
use super::input::Exported;
use super::{Error, Options, ged};

const COLUMNS: &[&str] = &[
    "event_id_cnty",
    "event_date",
    "year",
    "time_precision",
    "disorder_type",
    "event_type",
    "sub_event_type",
    "actor1",
    "assoc_actor_1",
    "inter1",
    "actor2",
    "assoc_actor_2",
    "inter2",
    "interaction",
    "civilian_targeting",
    "iso",
    "region",
    "country",
    "admin1",
    "admin2",
    "admin3",
    "location",
    "latitude",
    "longitude",
    "geo_precision",
    "source",
    "source_scale",
    "notes",
    "fatalities",
    "tags",
    "timestamp",
    // Ours.
    "source_grades",
    "corrected",
    "attribution",
];

/// ACLED's code of civilians.
const CIVILIANS: u8 = 7;

/// The types of incident with ACLED's codes.
pub(super) struct Acled {
    crosswalks: Crosswalks,
}

impl Acled {
    pub(super) fn begin(out: &mut impl Write) -> Result<Self, Error> {
        let crosswalks = Crosswalks::built_in().map_err(|error| Error::Table(error.to_string()))?;
        common::header(COLUMNS, out)?;
        Ok(Self { crosswalks })
    }

    pub(super) fn incident(
        &mut self,
        told: &Exported,
        options: &Options,
        out: &mut impl Write,
    ) -> Result<(), Error> {
        let incident = &told.incident;
        let (event, sub) =
            incident.kind.map_or((String::new(), String::new()), |kind| self.types(kind, told));
        // Who is known to be somebody stands first, so that actor and code tell of the same.
        let known_first = |parties: &mut Vec<&Party>| {
            parties.sort_by_key(|party| common::side(told, party) == Side::Unknown);
        };
        let mut accused: Vec<&Party> = incident.perpetrators.iter().map(|accused| &accused.party).collect();
        known_first(&mut accused);
        let mut victims: Vec<&Party> = incident.victims.iter().collect();
        known_first(&mut victims);
        let place = incident.place.as_ref();
        let point = place.and_then(Whereabouts::point);
        let country = place.and_then(|place| place.country.as_deref());
        let codes = country.and_then(common::country);
        // ACLED's civilians are acted upon: who is only suspected as a person has no code.
        let doer = inter(told, &accused, country).filter(|code| *code != CIVILIANS);
        let inter = [doer, inter(told, &victims, country)];
        let civilians = event == "Violence against civilians"
            || (event == "Explosions/Remote violence" && common::struck(told) == Side::Civilian);
        let text = |text: Option<&String>| text.map_or_else(String::new, |text| cell(text));
        let name = |parties: &[&Party]| parties.first().map_or_else(String::new, |party| cell(&party.name));
        let others = |parties: &[&Party]| {
            let names = common::names(parties.iter().skip(1).copied());
            names.into_iter().map(cell).collect::<Vec<_>>().join("; ")
        };
        let admin2 = place.filter(|place| place.precision == Precision::Admin2);
        let outlets: Vec<String> =
            told.reports.iter().map(|report| cell(report.outlet.as_deref().unwrap_or("unknown"))).collect();
        let fields = [
            cell(&incident.id),
            incident.time.map_or_else(String::new, |(start, _)| start.to_string()),
            incident.time.map_or_else(String::new, |(start, _)| start.year().to_string()),
            incident.time.map_or_else(String::new, |time| time_precision(time).to_string()),
            disorder(&event, &sub).to_owned(),
            event,
            sub,
            name(&accused),
            others(&accused),
            inter[0].map_or_else(String::new, |code| code.to_string()),
            name(&victims),
            others(&victims),
            inter[1].map_or_else(String::new, |code| code.to_string()),
            interaction(inter, !victims.is_empty()),
            if civilians { "Civilian targeting".to_owned() } else { String::new() },
            codes.as_ref().map_or_else(String::new, |codes| codes.numeric.trim_start_matches('0').to_owned()),
            String::new(),
            codes.as_ref().map_or_else(
                || text(place.and_then(|place| place.country.as_ref())),
                |codes| cell(codes.name),
            ),
            text(place.and_then(|place| place.admin1.as_ref())),
            text(admin2.map(|place| &place.name)),
            String::new(),
            text(place.map(|place| &place.name)),
            point.map_or_else(String::new, |(lat, _)| lat.to_string()),
            point.map_or_else(String::new, |(_, lon)| lon.to_string()),
            place.map_or_else(String::new, |place| geo_precision(place.precision).to_string()),
            outlets.join("; "),
            String::new(),
            cell(&notes(told)),
            number(fatalities(incident.killed.as_ref())),
            String::new(),
            options.made.unix().to_string(),
            ged::grades(told),
            told.corrected.to_string(),
            cell(&common::attribution()),
        ];
        debug_assert_eq!(fields.len(), COLUMNS.len());
        common::row(&fields, out)
    }

    /// Event and sub-event type. Where the crosswalk has several rows the sides decide: both armed or not, harm or none.
    fn types(&self, kind: IncidentType, told: &Exported) -> (String, String) {
        let links = self.crosswalks.of(Term::Incident(kind));
        let codes: Vec<&str> = links
            .filter(|link| {
                link.scheme == Scheme::Acled && matches!(link.direction, Direction::Both | Direction::To)
            })
            .filter_map(|link| link.code)
            .collect();
        // Whoever attacks with arms is armed: the side that was struck decides between battles and violence against civilians.
        let armed = matches!(common::struck(told), Side::State | Side::Group);
        let both_armed = armed && matches!(common::striking(told), Side::State | Side::Group);
        let harm = [&told.incident.killed, &told.incident.wounded].into_iter().flatten();
        let harm = harm.filter_map(|toll| toll.best.or(toll.low).or(toll.high)).any(|count| count > 0);
        let wanted: &[&str] = match kind {
            IncidentType::ArmedAssault
            | IncidentType::Assassination
            | IncidentType::VehicleAttack
            | IncidentType::Stabbing
                if armed =>
            {
                &["battles"]
            }
            IncidentType::UnarmedAssault if armed => &["riots"],
            IncidentType::FacilityAttack | IncidentType::Arson if harm && armed => &["battles"],
            IncidentType::FacilityAttack | IncidentType::Arson if harm => &["violence against civilians"],
            IncidentType::FacilityAttack | IncidentType::Arson => &["strategic developments"],
            IncidentType::ArmedAssault | IncidentType::Assassination | IncidentType::UnarmedAssault => {
                &["violence against civilians"]
            }
            IncidentType::Battle => &["battles: armed clash"],
            IncidentType::Raid if harm || both_armed => &["battles"],
            IncidentType::Raid => &["strategic developments"],
            _ => &[],
        };
        let fits = |code: &&&str| wanted.iter().any(|wanted| code.starts_with(wanted));
        let code = codes.iter().find(fits).or(codes.first()).copied().unwrap_or_default();
        let (event, sub) = code.split_once(": ").unwrap_or((code, ""));
        (capitals(event), capitals(sub))
    }
}

/// A code of the crosswalk as ACLED writes it.
fn capitals(code: &str) -> String {
    match code {
        "explosions/remote violence" => "Explosions/Remote violence".to_owned(),
        "remote explosive/landmine/ied" => "Remote explosive/landmine/IED".to_owned(),
        _ => {
            let mut letters = code.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        }
    }
}

fn disorder(event: &str, sub: &str) -> &'static str {
    match (event, sub) {
        ("Battles" | "Explosions/Remote violence" | "Violence against civilians", _)
        | ("Riots", "Mob violence") => "Political violence",
        ("Strategic developments", _) => "Strategic developments",
        ("Riots" | "Protests", _) => "Demonstrations",
        _ => "",
    }
}

/// ACLED: 1 the day, 2 a week, 3 a month or worse.
fn time_precision((start, end): (Date, Date)) -> u8 {
    match i64::from(end.days()) - i64::from(start.days()) {
        ..=0 => 1,
        1..=6 => 2,
        _ => 3,
    }
}

/// ACLED: 1 the town, 2 a part of a region, 3 a larger region.
fn geo_precision(precision: Precision) -> u8 {
    match precision {
        Precision::Exact => 1,
        Precision::Near | Precision::Admin2 => 2,
        Precision::Admin1 | Precision::Region | Precision::Country => 3,
    }
}

/// ACLED's code of the first party's type: 1 forces of the state, 2 rebels, 4 identity militia, 7 civilians, 8 forces from abroad.
/// `None` where the record doesn't tell; political militias (3) can't be told from rebels.
fn inter(told: &Exported, parties: &[&Party], country: Option<&str>) -> Option<u8> {
    let party = parties.first()?;
    let known = common::actor(told, party);
    match common::side(told, party) {
        Side::Civilian => Some(CIVILIANS),
        Side::State => {
            let home = known?.country.as_deref()?;
            Some(if country? == home { 1 } else { 8 })
        }
        Side::Group => (known?.sector.as_deref() == Some("REB")).then_some(2),
        Side::Unknown => (known?.kind == Some(ActorKind::InternationalOrg)).then_some(8),
    }
}

/// Both codes, the smaller one first; one side alone with 0.
fn interaction(inter: [Option<u8>; 2], second: bool) -> String {
    match inter {
        [Some(one), Some(two)] => format!("{}{}", one.min(two), one.max(two)),
        [Some(one), None] if !second => format!("{one}0"),
        _ => String::new(),
    }
}

/// ACLED counts the most conservative figure told.
fn fatalities(toll: Option<&TollHistory>) -> Option<u32> {
    let toll = toll?;
    toll.low.or(toll.best)
}

fn notes(told: &Exported) -> String {
    let mut parts = vec![format!("{}.", common::heading(&told.incident))];
    let quote = told.reports.iter().find_map(|report| report.quote.as_ref());
    parts.extend(quote.map(|quote| format!("“{}”", common::line(quote))));
    let tolls = [
        ("Killed", &told.incident.killed),
        ("Wounded", &told.incident.wounded),
        ("Abducted", &told.incident.abducted),
    ];
    for (word, toll) in tolls {
        parts.extend(toll.as_ref().and_then(common::toll).map(|figure| format!("{word}: {figure}.")));
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_the_columns_of_acled() {
        assert_eq!(COLUMNS.len(), 31 + 3);
    }

    #[test]
    fn interactions_put_the_smaller_code_first() {
        assert_eq!(interaction([Some(7), Some(2)], true), "27");
        assert_eq!(interaction([Some(2), None], false), "20");
        assert_eq!(interaction([Some(2), None], true), "");
    }
}
