//! The record's incidents as what the commands about the future count: months of countries or provinces, and sizes.
//!
//! A record made from reports is no census; what that means for the figures is said beside them.

use std::collections::BTreeSet;

use watchkeeper_forecast::panel::{Month, Row};
use watchkeeper_pipeline::{Texts, incident_of};
use watchkeeper_record::article::Date;
use watchkeeper_record::codebook::Realis;
use watchkeeper_store::{Area, Error, Filter, OverItem, Sort, Store, Who, Window};

/// Incidents read at a time.
const WINDOW: u32 = 2_000;

/// Which figure of an incident's killed counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Toll {
    /// The lowest that stands.
    Low,
    /// The newest that stands.
    Best,
    /// The highest that stands.
    High,
}

/// One happening, as far as it can be counted.
struct Happening {
    country: Option<String>,
    admin1: Option<String>,
    time: Option<(Date, Date)>,
    /// Killed: lowest, newest, highest.
    killed: [Option<u32>; 3],
    known: Date,
}

/// What the record gave.
pub(crate) struct Counted {
    /// A row for each incident whose country and month are known.
    pub(crate) rows: Vec<Row>,
    /// The killed of each incident that tells of any.
    pub(crate) sizes: Vec<u64>,
    /// What was and wasn't counted, and what the figures are not.
    pub(crate) note: String,
}

/// Counts all incidents that happened and are not told as history, as they were known by a day.
pub(crate) fn counted(
    store: &Store,
    as_of: Option<Date>,
    admin1: bool,
    toll: Toll,
) -> Result<Counted, Error> {
    let happenings = happenings(store, everything(as_of))?;
    let (mut rows, mut sizes) = (Vec::new(), Vec::new());
    let (mut placeless, mut timeless, mut tollless) = (0, 0, 0);
    let mut latest: Option<Date> = None;
    for (number, one) in happenings.iter().enumerate() {
        latest = latest.max(Some(one.known));
        let killed = one.killed(toll);
        sizes.extend(killed.filter(|killed| *killed > 0).map(u64::from));
        let (unit, month) = (one.unit(admin1), one.month());
        placeless += usize::from(unit.is_none());
        timeless += usize::from(unit.is_some() && month.is_none());
        if let (Some(unit), Some(month)) = (unit, month) {
            tollless += usize::from(killed.is_none());
            rows.push(Row {
                line: number + 1,
                unit,
                month,
                value: killed.map_or(0.0, f64::from),
                released: None,
            });
        }
    }
    let units: BTreeSet<&str> = rows.iter().map(|row| row.unit.as_str()).collect();
    let mut note = format!(
        "{} incidents that happened, {} counted in {} {}",
        happenings.len(),
        rows.len(),
        units.len(),
        if admin1 { "provinces" } else { "countries" }
    );
    for (count, words) in [
        (placeless, if admin1 { "without a known province" } else { "without a known country" }),
        (timeless, "whose month isn't known"),
        (tollless, "that tell no number of killed count as 0"),
    ] {
        if count > 0 {
            note.push_str(&format!("; {count} {words}"));
        }
    }
    if let (Some(last), Some(latest)) = (rows.iter().map(|row| row.month).max(), latest)
        && last >= month_of(latest)
    {
        note.push_str(&format!("; {last} isn't over at the latest report ({latest}): --until leaves it out"));
    }
    note.push_str(
        ". A record made from reports is no census: what nobody reported or added counts as nothing, and levels can't be set beside UCDP's.",
    );
    Ok(Counted { rows, sizes, note })
}

/// What the record gave of days.
pub(crate) struct Daily {
    /// The day of each incident that is known to have been on one day, ascending.
    pub(crate) days: Vec<Date>,
    /// The latest day of publication of what counts.
    pub(crate) known: Option<Date>,
    /// What was and wasn't counted, and what the figures are not.
    pub(crate) note: String,
}

/// The days of incidents that happened and are not told as history, in a country or by an actor where that is asked for.
pub(crate) fn daily(
    store: &Store,
    as_of: Option<Date>,
    area: Option<Area>,
    who: Option<Who>,
) -> Result<Daily, Error> {
    let happenings = happenings(store, Filter { area, who, ..everything(as_of) })?;
    let mut days: Vec<Date> = happenings
        .iter()
        .filter_map(|one| one.time.filter(|(start, end)| start == end).map(|(day, _)| day))
        .collect();
    days.sort();
    let mut note = format!("{} incidents that happened, {} counted", happenings.len(), days.len());
    let loose = happenings.len() - days.len();
    if loose > 0 {
        note.push_str(&format!("; {loose} left out, since their day isn't known"));
    }
    note.push_str(". A record made from reports is no census: reporting that comes in waves looks like attacks that bring attacks.");
    Ok(Daily { days, known: happenings.iter().map(|one| one.known).max(), note })
}

/// All that happened and is not told as history.
fn everything(as_of: Option<Date>) -> Filter {
    Filter { as_of, realis: vec![Realis::Actual], background: Some(false), ..Filter::default() }
}

fn happenings(store: &Store, filter: Filter) -> Result<Vec<Happening>, Error> {
    let mut window = Window { sort: Sort::Known, ascending: true, limit: WINDOW, after: None };
    let mut found = Vec::new();
    let texts = Texts::new(store);
    loop {
        let listed = store.incidents(&filter, &window)?;
        found.extend(listed.items.iter().map(|item| happening(&texts, item)));
        match listed.next {
            None => return Ok(found),
            next => window.after = next,
        }
    }
}

fn happening(texts: &Texts<'_>, item: &OverItem) -> Happening {
    match incident_of(texts, item) {
        Some(incident) => {
            let place = incident.place;
            Happening {
                country: place.as_ref().and_then(|place| place.country.clone()),
                admin1: place.and_then(|place| place.admin1),
                time: incident.time,
                killed: incident.killed.map_or([None; 3], |toll| [toll.low, toll.best, toll.high]),
                known: incident.known.1,
            }
        }
        // A report that was not merged yet stands for itself.
        None => {
            let lead = &item.lead;
            let place = lead.place.as_ref();
            Happening {
                country: place.and_then(|place| place.country.clone()),
                admin1: place.and_then(|place| place.admin1.clone()),
                time: lead.start.zip(lead.end.or(lead.start)),
                killed: lead.killed,
                known: lead.source.known,
            }
        }
    }
}

impl Happening {
    fn unit(&self, admin1: bool) -> Option<String> {
        let country = self.country.as_deref().filter(|country| !country.is_empty())?;
        if !admin1 {
            return Some(country.to_owned());
        }
        Some(format!("{country}/{}", self.admin1.as_deref().filter(|name| !name.is_empty())?))
    }

    /// The month in which it ended, as UCDP counts; none where that is known too loosely.
    fn month(&self) -> Option<Month> {
        let (start, end) = self.time?;
        (end.days() - start.days() <= 31).then(|| month_of(end))
    }

    /// The figure asked for, else the nearest one told.
    fn killed(&self, toll: Toll) -> Option<u32> {
        let [low, best, high] = self.killed;
        match toll {
            Toll::Low => low.or(best).or(high),
            Toll::Best => best.or(low).or(high),
            Toll::High => high.or(best).or(low),
        }
    }
}

fn month_of(day: Date) -> Month {
    Month::of(day.year(), day.month()).unwrap_or(Month(1))
}
