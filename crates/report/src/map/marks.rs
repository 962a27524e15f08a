//! What of a reading is drawn: its places with what happened at each, and those that can't be drawn.

use std::collections::BTreeMap;

use watchkeeper_record::codebook::{Category, Precision, Realis};
use watchkeeper_record::reading::{Event, Place};

use super::frame::{self, KM_PER_DEGREE};
use super::outlines::{Bounds, Outlines};
use crate::words::{Lookup, place_name};

/// Most places that are drawn; a text with more is a list, and its map a blot.
const MARKS_MAX: usize = 300;
/// `near` without a distance, in kilometres.
const NEAR_KM: f64 = 15.0;
/// Reach of a region whose reach isn't recorded, in kilometres.
const REGION_KM: f64 = 150.0;
/// Reach of a first-order unit as a share of the root of its country's area (a dozen units of equal size).
const ADMIN1_SHARE: f64 = 0.16;
/// The same for a second-order unit (a hundred units).
const ADMIN2_SHARE: f64 = 0.056;
/// Scores below this are shown with a question mark, 0..=1.
pub(super) const SURE_SCORE: f64 = 0.5;
/// Longest name on the map, in characters.
const NAME_MAX: usize = 30;

/// What happened at a place: the gravest of it gives the mark its colour and form. In order of gravity, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    Mentioned,
    History,
    Talks,
    Unreal,
    Conflict,
    Control,
    Attack,
}

impl Group {
    pub(super) const ALL: [Self; 7] = [
        Self::Attack,
        Self::Control,
        Self::Conflict,
        Self::Unreal,
        Self::Talks,
        Self::History,
        Self::Mentioned,
    ];

    /// The class in the style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Mentioned => "g-named",
            Self::History => "g-history",
            Self::Talks => "g-talks",
            Self::Unreal => "g-unreal",
            Self::Conflict => "g-conflict",
            Self::Control => "g-control",
            Self::Attack => "g-attack",
        }
    }

    /// What the key says.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Mentioned => "only mentioned",
            Self::History => "told as history",
            Self::Talks => "talks, aid, words",
            Self::Unreal => "did not happen: planned, threatened, foiled, denied, supposed",
            Self::Conflict => "protest, arrest, sanction, deployment",
            Self::Control => "ground held, gained or lost",
            Self::Attack => "attack, fighting",
        }
    }

    fn of(event: &Event) -> Self {
        if event.realis != Realis::Actual {
            return Self::Unreal;
        }
        if event.background {
            return Self::History;
        }
        match event.category {
            Category::Assault => Self::Attack,
            Category::Protest | Category::Sanction | Category::Mobilize | Category::Coerce => Self::Conflict,
            _ => Self::Talks,
        }
    }
}

/// How a place is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Extent {
    /// A named place: a sign of fixed size.
    Point,
    /// Within this distance of the point, as the record says.
    Within(f64),
    /// Somewhere in a unit or region of about this radius.
    About(f64),
    /// The whole country.
    Country,
}

/// One place on the map.
#[derive(Debug, Clone)]
pub(super) struct Mark<'a> {
    pub(super) place: &'a Place,
    /// Its name, as the lists show it.
    pub(super) name: String,
    pub(super) group: Group,
    /// Ids of the records that lie there: incidents, events, control, threats.
    pub(super) records: Vec<&'a str>,
    /// How many happenings: incidents don't count beside their events.
    pub(super) count: usize,
    pub(super) extent: Extent,
    pub(super) lat: f64,
    pub(super) lon: f64,
}

impl Mark<'_> {
    /// The code of the country that is shaded for it.
    pub(super) fn country(&self) -> &str {
        self.place.country.as_deref().unwrap_or_default()
    }

    /// Whether it is a region of unrecorded reach: too vague to be drawn where nothing happened there.
    pub(super) fn is_vague(&self) -> bool {
        self.place.precision == Precision::Region && self.place.radius_km.is_none()
    }

    /// Reach in kilometres; 0 for points and countries.
    pub(super) fn reach(&self) -> f64 {
        match self.extent {
            Extent::Within(km) | Extent::About(km) => km,
            Extent::Point | Extent::Country => 0.0,
        }
    }

    /// The name as the map shows it: cut if long, doubted if the score is low.
    pub(super) fn label(&self) -> String {
        let mut label: String = self.name.chars().take(NAME_MAX).collect();
        if label.len() < self.name.len() {
            label.truncate(label.trim_end().len());
            label.push('…');
        }
        if self.place.score < SURE_SCORE {
            label.push('?');
        }
        label
    }

    /// How precisely it is known, in words.
    pub(super) fn extent_words(&self) -> String {
        match (self.extent, self.place.precision) {
            (Extent::Within(km), _) => format!("within {km:.0} km"),
            (Extent::Country, _) => "somewhere in the country".to_owned(),
            (Extent::About(_), Precision::Admin1) => "somewhere in the province".to_owned(),
            (Extent::About(_), Precision::Admin2) => "somewhere in the district".to_owned(),
            (Extent::About(_), _) => "somewhere in the region".to_owned(),
            (Extent::Point, _) => "in or at the named place".to_owned(),
        }
    }

    /// How many of what.
    pub(super) fn count_words(&self) -> String {
        match self.count {
            0 => "mentioned".to_owned(),
            1 => "1 event".to_owned(),
            count => format!("{count} events"),
        }
    }

    /// The ground that a frame should show for it; none for a country.
    pub(super) fn bounds(&self) -> Option<Bounds> {
        match self.extent {
            Extent::Point => Some(frame::around(self.lat, self.lon, 0.0)),
            Extent::Within(km) | Extent::About(km) => Some(frame::around(self.lat, self.lon, km)),
            Extent::Country => None,
        }
    }

    /// Kilometres to another mark's point, coarsely.
    pub(super) fn distance_km(&self, other: &Self) -> f64 {
        let cosine = f64::midpoint(self.lat, other.lat).to_radians().cos();
        let east = frame::wrap(self.lon - other.lon) * cosine;
        (self.lat - other.lat).hypot(east) * KM_PER_DEGREE
    }
}

/// What a reading's map shows.
#[derive(Debug, Default)]
pub(super) struct Marks<'a> {
    /// Each place by itself: the gravest first, then those with more records, then in text order.
    pub(super) listed: Vec<Mark<'a>>,
    /// The same with one mark for places on the same ground.
    pub(super) drawn: Vec<Mark<'a>>,
    /// Places that can't be drawn, with the reason.
    pub(super) undrawn: Vec<(&'a Place, &'static str)>,
}

impl<'a> Marks<'a> {
    pub(super) fn of(lookup: &Lookup<'a>, outlines: &Outlines) -> Self {
        let happened = records(lookup);
        let mut marks = Self::default();
        for place in &lookup.reading.places {
            let here = happened.get(place.id.as_str());
            match Self::extent(place, outlines) {
                Ok((extent, lat, lon)) => marks.listed.push(Mark {
                    place,
                    name: name(lookup, place),
                    group: here.map_or(Group::Mentioned, |here| here.group),
                    records: here.map_or_else(Vec::new, |here| here.ids.clone()),
                    count: here.map_or(0, Here::count),
                    extent,
                    lat,
                    lon,
                }),
                Err(reason) => marks.undrawn.push((place, reason)),
            }
        }
        // Stable: places of one rank stay in text order.
        marks.listed.sort_by_key(|mark| std::cmp::Reverse((mark.group, mark.count)));
        let rest = marks.listed.split_off(marks.listed.len().min(MARKS_MAX));
        marks.undrawn.extend(rest.into_iter().map(|mark| (mark.place, "too many places")));
        marks.drawn = merge(&marks.listed, outlines);
        marks
    }

    fn extent(place: &Place, outlines: &Outlines) -> Result<(Extent, f64, f64), &'static str> {
        let point = place.lat.zip(place.lon);
        let Some((lat, lon)) = point.filter(|(lat, lon)| lat.abs() <= 90.0 && lon.abs() <= 180.0) else {
            return Err(if place.candidates.is_empty() {
                "not in the gazetteer"
            } else {
                "several places of this name"
            });
        };
        let code = place.country.as_deref().unwrap_or_default();
        let told = place.radius_km.filter(|km| (0.0..=5_000.0).contains(km)).map(|km| km.max(1.0));
        let share = |share: f64, least: f64, most: f64, unknown: f64| {
            let root = outlines.area_km2(code).sqrt();
            Extent::About(told.unwrap_or(if root > 0.0 {
                (root * share).clamp(least, most)
            } else {
                unknown
            }))
        };
        let extent = match place.precision {
            Precision::Exact => Extent::Point,
            Precision::Near => Extent::Within(told.unwrap_or(NEAR_KM)),
            Precision::Admin2 => share(ADMIN2_SHARE, 6.0, 90.0, 25.0),
            Precision::Admin1 => share(ADMIN1_SHARE, 12.0, 300.0, 80.0),
            Precision::Region => Extent::About(told.unwrap_or(REGION_KM)),
            Precision::Country if outlines.of(code).next().is_some() => Extent::Country,
            Precision::Country => return Err("no outline of it here"),
        };
        Ok((extent, lat, lon))
    }
}

/// Makes one mark of places on the same ground: two names of one town, or several places of which only the country is known.
fn merge<'a>(marks: &[Mark<'a>], outlines: &Outlines) -> Vec<Mark<'a>> {
    type Ground<'b> = (i64, i64, i64, &'b str);
    let mut first: BTreeMap<Ground<'_>, usize> = BTreeMap::new();
    let mut kept: Vec<Mark<'a>> = Vec::new();
    for mark in marks {
        let point = |size: i64| -> Ground<'_> {
            ((mark.lat * 100.0).round() as i64, (mark.lon * 100.0).round() as i64, size, "")
        };
        let ground = match mark.extent {
            Extent::Point => point(0),
            Extent::Within(km) | Extent::About(km) => point((km * 10.0) as i64),
            Extent::Country => (0, 0, -1, mark.country()),
        };
        match first.get(&ground) {
            Some(&index) => {
                let into = &mut kept[index];
                into.count += mark.count;
                into.records.extend(&mark.records);
                let both = into.name.chars().count() + mark.name.chars().count() < NAME_MAX;
                if into.name != mark.name && into.extent != Extent::Country && both {
                    into.name = format!("{} / {}", into.name, mark.name);
                }
            }
            None => {
                first.insert(ground, kept.len());
                let mut new = mark.clone();
                // A place of which only the country is known has the country's name on the map, its own in the list.
                if mark.extent == Extent::Country
                    && let Some(shape) = outlines.of(mark.country()).find(|shape| !shape.label.is_empty())
                {
                    shape.label.clone_into(&mut new.name);
                }
                kept.push(new);
            }
        }
    }
    kept
}

/// Directions, from the north on.
const DIRECTIONS: [&str; 8] = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"];
/// Distance from which a place near another is told by its distance, in kilometres.
const APART_KM: f64 = 3.0;

/// A place's name; a place known only by another says so: `near Kunduz`, `250 km N of Kabul`.
fn name(lookup: &Lookup<'_>, place: &Place) -> String {
    let name = place_name(&lookup.privacy, place);
    if place.precision != Precision::Near {
        return name;
    }
    let landmark = place.candidates.first().filter(|one| one.lat.is_finite() && one.lon.is_finite());
    let (Some(landmark), Some(lat), Some(lon)) = (landmark, place.lat, place.lon) else {
        return format!("near {name}");
    };
    let cosine = f64::midpoint(lat, landmark.lat).to_radians().cos();
    let (north, east) = (lat - landmark.lat, frame::wrap(lon - landmark.lon) * cosine);
    let km = north.hypot(east) * KM_PER_DEGREE;
    if km < APART_KM {
        return format!("near {name}");
    }
    let eighth = (east.atan2(north).to_degrees() / 45.0).round().rem_euclid(8.0) as usize;
    format!("{km:.0} km {} of {name}", DIRECTIONS[eighth % 8])
}

/// What lies at one place.
struct Here<'a> {
    group: Group,
    ids: Vec<&'a str>,
    happenings: usize,
}

impl Here<'_> {
    fn count(&self) -> usize {
        if self.happenings == 0 { self.ids.len() } else { self.happenings }
    }
}

/// What lies at each place, by its id.
fn records<'a>(lookup: &Lookup<'a>) -> BTreeMap<&'a str, Here<'a>> {
    let reading = lookup.reading;
    let mut happened: BTreeMap<&str, Here<'a>> = BTreeMap::new();
    let mut add = |place: &'a Option<String>, id: &'a str, group: Group, counts: bool| {
        let Some(place) = place.as_deref() else { return };
        let here = happened.entry(place).or_insert(Here { group, ids: Vec::new(), happenings: 0 });
        here.group = here.group.max(group);
        here.ids.push(id);
        here.happenings += usize::from(counts);
    };
    let groups: BTreeMap<&str, Group> =
        reading.events.iter().map(|event| (event.id.as_str(), Group::of(event))).collect();
    for incident in &reading.incidents {
        let group = incident.events.iter().filter_map(|id| groups.get(id.as_str())).max();
        add(&incident.place, &incident.id, group.copied().unwrap_or(Group::Attack), false);
    }
    for event in &reading.events {
        add(&event.place, &event.id, Group::of(event), true);
    }
    for statement in &reading.statements {
        if let Some(threat) = &statement.threat {
            add(&threat.area, &statement.id, Group::Unreal, true);
        }
    }
    for control in &reading.control {
        let group = if control.realis == Realis::Actual { Group::Control } else { Group::Unreal };
        let here = happened.entry(&control.place).or_insert(Here { group, ids: Vec::new(), happenings: 0 });
        here.group = here.group.max(group);
        here.ids.push(&control.id);
        here.happenings += 1;
    }
    happened
}
