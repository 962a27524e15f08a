//! Random samples of the record for humans to judge, and what their judgements say of the whole.
//!
//! Strata are region × type × outlet, coarser where there are more of them than the sample has places. Of each stratum a number that
//! grows with the root of its size is drawn (power allocation, Bankier 1988, with power ½), so that small parts are judged too; a
//! judged thing then stands for `size / judged` of its stratum.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sha2::{Digest, Sha256};
use watchkeeper_record::correction::Action;
use watchkeeper_record::sample::{Aspect, Drawn, Judged, Sample, Sampled, Stratum};
use watchkeeper_record::share::Share;
use watchkeeper_store::{Entered, Error, Filter, Sort, Store, Window};

use crate::settle::incident_of;
use crate::texts::Texts;

/// One thing that may be drawn.
struct Member {
    id: String,
    region: String,
    kind: String,
    outlet: String,
}

/// Draws a sample: a function of what keeps the filter, the size and the seed.
///
/// # Errors
/// As [`Store::incidents`]; [`Error::Query`] when nothing keeps the filter.
pub fn draw(store: &Store, of: Sampled, filter: &Filter, size: u32, seed: u64) -> Result<Sample, Error> {
    let members = match of {
        Sampled::Incidents => incidents(store, filter)?,
        Sampled::Statements => statements(store, filter)?,
    };
    if members.is_empty() {
        return Err(Error::Query(format!("no {of} keep the filter: nothing to draw from")));
    }
    let size = size as usize;
    // A statement has no country of its own.
    let fields: &[&str] =
        if of == Sampled::Statements { &["type", "outlet"] } else { &["region", "type", "outlet"] };
    let mut chosen = (Vec::new(), BTreeMap::new());
    for depth in (0..=fields.len()).rev() {
        let mut strata: BTreeMap<String, Vec<&Member>> = BTreeMap::new();
        for member in &members {
            let values = [member.region.as_str(), &member.kind, &member.outlet];
            let values = &values[values.len() - fields.len()..][..depth];
            let name = if depth == 0 { "all".to_owned() } else { values.join(" · ") };
            strata.entry(name).or_default().push(member);
        }
        let fits = depth == 0 || strata.len() <= size || size >= members.len();
        if fits {
            chosen = (fields[..depth].iter().map(|field| (*field).to_owned()).collect(), strata);
            break;
        }
    }
    let (by, strata) = chosen;
    let counts = allocate(&strata.values().map(Vec::len).collect::<Vec<_>>(), size);
    let mut parts = Vec::with_capacity(strata.len());
    for ((name, members), count) in strata.into_iter().zip(counts) {
        let mut ranked: Vec<([u8; 32], &Member)> =
            members.iter().map(|member| (rank(seed, &member.id), *member)).collect();
        ranked.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.id.cmp(&b.1.id)));
        let mut drawn = Vec::with_capacity(count);
        for (_, member) in ranked.into_iter().take(count) {
            let is = match of {
                Sampled::Incidents => Judged::Incident { incident: member.id.clone() },
                Sampled::Statements => judged(store, &member.id)?,
            };
            drawn.push(Drawn {
                id: member.id.clone(),
                is,
                region: member.region.clone(),
                kind: member.kind.clone(),
                outlet: member.outlet.clone(),
            });
        }
        parts.push(Stratum { name, size: u32::try_from(members.len()).unwrap_or(u32::MAX), drawn });
    }
    let filter = serde_json::to_string(filter).unwrap_or_default();
    Ok(Sample { of, seed, filter, by, strata: parts })
}

/// What an id names: an incident (its key, an old key, an account) or `DOCUMENT#s1`, a record of a document.
///
/// # Errors
/// [`Error::Unknown`].
pub fn judged(store: &Store, id: &str) -> Result<Judged, Error> {
    match id.split_once('#') {
        None => Ok(Judged::Incident { incident: store.incident(id)?.id }),
        Some((document, local)) => {
            Ok(Judged::Record { target: store.target(store.find_document(document)?, local)? })
        }
    }
}

fn rank(seed: u64, id: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(id.as_bytes());
    hash.finalize().into()
}

/// How many of each stratum: one each as far as it goes, then each further one where the root of the size counts most.
fn allocate(sizes: &[usize], total: usize) -> Vec<usize> {
    let mut counts = vec![0usize; sizes.len()];
    for _ in 0..total.min(sizes.iter().sum()) {
        let claim = |at: usize| (sizes[at] as f64).sqrt() / (counts[at] + 1) as f64;
        let empty = |at: usize| counts[at] == 0;
        let open = (0..sizes.len()).filter(|at| counts[*at] < sizes[*at]);
        let next = open
            .max_by(|a, b| empty(*a).cmp(&empty(*b)).then(claim(*a).total_cmp(&claim(*b))).then(b.cmp(a)));
        match next {
            Some(at) => counts[at] += 1,
            None => break,
        }
    }
    counts
}

fn incidents(store: &Store, filter: &Filter) -> Result<Vec<Member>, Error> {
    // By the day it was known: the first report that keeps the filter comes first.
    let mut window = Window { sort: Sort::Known, ascending: true, limit: 1000, after: None };
    let mut members = Vec::new();
    let mut seen = BTreeSet::new();
    let texts = Texts::new(store);
    loop {
        let listed = store.incidents(filter, &window)?;
        for item in &listed.items {
            let Some(incident) = incident_of(&texts, item) else { continue };
            if !seen.insert(incident.id.clone()) {
                continue;
            }
            members.push(Member {
                region: incident
                    .place
                    .as_ref()
                    .and_then(|place| place.country.clone())
                    .unwrap_or_else(|| "-".to_owned()),
                kind: incident.kind.map_or("-", |kind| kind.as_str()).to_owned(),
                outlet: item.lead.source.outlet.clone().unwrap_or_else(|| "unknown outlet".to_owned()),
                id: incident.id,
            });
        }
        match listed.next {
            Some(next) => window.after = Some(next),
            None => break,
        }
    }
    members.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(members)
}

fn statements(store: &Store, filter: &Filter) -> Result<Vec<Member>, Error> {
    let mut window = Window { sort: Sort::Known, ascending: true, limit: 1000, after: None };
    let mut members = Vec::new();
    loop {
        let listed = store.statements(filter, &window)?;
        members.extend(listed.items.into_iter().map(|saying| Member {
            id: saying.id,
            region: "-".to_owned(),
            kind: saying.kind,
            outlet: saying.source.outlet.unwrap_or_else(|| "unknown outlet".to_owned()),
        }));
        match listed.next {
            Some(next) => window.after = Some(next),
            None => break,
        }
    }
    members.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(members)
}

/// A sample as the log keeps it, and what was judged of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Appraised {
    /// Id of the draw.
    pub id: String,
    /// Who drew it.
    pub author: String,
    /// When.
    pub moment: watchkeeper_record::Moment,
    /// From what.
    pub of: Sampled,
    /// The seed.
    pub seed: u64,
    /// By what its strata are told apart.
    pub by: Vec<String>,
    /// How many the filter kept.
    pub population: u64,
    /// How many were drawn.
    pub drawn: usize,
    /// How many of these were judged as a whole.
    pub judged: usize,
    /// Strata of which none was judged yet, and how many they hold: no figure speaks for them.
    pub silent: (usize, u64),
    /// Shares that are right, by what was judged: over all, then by region, type, outlet.
    pub aspects: Vec<Appraisal>,
    /// Each thing drawn.
    pub items: Vec<Item>,
}

/// One thing drawn and what was said of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Item {
    /// What was drawn.
    #[serde(flatten)]
    pub drawn: Drawn,
    /// Its stratum.
    pub stratum: String,
    /// How many of its stratum it stands for when all drawn are judged.
    pub weight: f64,
    /// The judgements that hold, the last of each side.
    pub said: BTreeMap<&'static str, bool>,
}

/// Shares that are right in one respect.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Appraisal {
    /// In which.
    pub aspect: Aspect,
    /// Over all judged, weighted by stratum.
    pub all: Share,
    /// By region.
    pub regions: Vec<(String, Share)>,
    /// By type.
    pub types: Vec<(String, Share)>,
    /// By outlet.
    pub outlets: Vec<(String, Share)>,
}

/// The draws that hold, first first.
///
/// # Errors
/// When the file can't be read.
pub fn draws(store: &Store) -> Result<Vec<(Entered, Sample)>, Error> {
    let entered = store.corrections()?.into_iter().filter(|entered| entered.holds);
    Ok(entered
        .filter_map(|entered| match entered.correction.action.clone() {
            Action::Draw { sample } => Some((entered, sample)),
            _ => None,
        })
        .collect())
}

/// What the judgements that hold say of a sample.
///
/// # Errors
/// When the file can't be read.
pub fn appraise(store: &Store, entered: &Entered, sample: &Sample) -> Result<Appraised, Error> {
    let mut verdicts: Vec<(Judged, Aspect, bool)> = Vec::new();
    for one in store.corrections()?.into_iter().filter(|one| one.holds) {
        if let Action::Judge { of, aspect, right } = one.correction.action {
            verdicts.push((now(store, of), aspect, right));
        }
    }
    let (mut items, mut cases) = (Vec::new(), BTreeMap::<Aspect, Vec<(f64, bool, &Drawn)>>::new());
    let mut silent = (0, 0);
    for stratum in &sample.strata {
        let mut said: Vec<BTreeMap<Aspect, bool>> = Vec::with_capacity(stratum.drawn.len());
        for drawn in &stratum.drawn {
            let is = now(store, drawn.is.clone());
            let of_it = verdicts.iter().filter(|(of, ..)| *of == is);
            said.push(of_it.map(|(_, aspect, right)| (*aspect, *right)).collect());
        }
        for aspect in Aspect::ALL {
            let judged = said.iter().filter(|said| said.contains_key(aspect)).count();
            for (drawn, said) in stratum.drawn.iter().zip(&said) {
                if let Some(right) = said.get(aspect) {
                    let weight = f64::from(stratum.size) / judged as f64;
                    cases.entry(*aspect).or_default().push((weight, *right, drawn));
                }
            }
        }
        if !said.iter().any(|said| said.contains_key(&Aspect::Whole)) {
            silent.0 += 1;
            silent.1 += u64::from(stratum.size);
        }
        for (drawn, said) in stratum.drawn.iter().zip(said) {
            items.push(Item {
                drawn: drawn.clone(),
                stratum: stratum.name.clone(),
                weight: f64::from(stratum.size) / stratum.drawn.len() as f64,
                said: said.into_iter().map(|(aspect, right)| (aspect.as_str(), right)).collect(),
            });
        }
    }
    let aspects = cases
        .into_iter()
        .map(|(aspect, cases)| Appraisal {
            aspect,
            all: Share::weighted(cases.iter().map(|(weight, right, _)| (*weight, *right))),
            regions: by(&cases, |drawn| &drawn.region),
            types: by(&cases, |drawn| &drawn.kind),
            outlets: by(&cases, |drawn| &drawn.outlet),
        })
        .collect();
    Ok(Appraised {
        id: entered.id.clone(),
        author: entered.correction.author.clone(),
        moment: entered.correction.moment,
        of: sample.of,
        seed: sample.seed,
        by: sample.by.clone(),
        population: sample.strata.iter().map(|stratum| u64::from(stratum.size)).sum(),
        drawn: items.len(),
        judged: items.iter().filter(|item| item.said.contains_key(Aspect::Whole.as_str())).count(),
        silent,
        aspects,
        items,
    })
}

/// What a thing is now: an incident that went into another one is that one.
fn now(store: &Store, of: Judged) -> Judged {
    match of {
        Judged::Incident { incident } => {
            let now = store.incident(&incident).map(|now| now.id);
            Judged::Incident { incident: now.unwrap_or(incident) }
        }
        record @ Judged::Record { .. } => record,
    }
}

fn by(cases: &[(f64, bool, &Drawn)], of: impl Fn(&Drawn) -> &String) -> Vec<(String, Share)> {
    let mut groups: BTreeMap<&String, Vec<(f64, bool)>> = BTreeMap::new();
    for (weight, right, drawn) in cases {
        groups.entry(of(drawn)).or_default().push((*weight, *right));
    }
    let mut shares: Vec<(String, Share)> =
        groups.into_iter().map(|(name, cases)| (name.clone(), Share::weighted(cases))).collect();
    shares.sort_by(|a, b| b.1.of.cmp(&a.1.of).then_with(|| a.0.cmp(&b.0)));
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_strata_are_drawn_from_too() {
        assert_eq!(allocate(&[900, 90, 1], 20), [15, 4, 1]);
        assert_eq!(allocate(&[3, 2], 10), [3, 2], "all of it");
        assert_eq!(allocate(&[5, 5, 5], 2), [1, 1, 0]);
        assert_eq!(allocate(&[], 5), [0_usize; 0]);
    }

    #[test]
    fn the_order_is_that_of_the_seed() {
        let order = |seed| {
            let mut ids: Vec<String> = (0..50).map(|at| format!("I{at}")).collect();
            ids.sort_by_key(|id| rank(seed, id));
            ids
        };
        assert_eq!(order(1), order(1));
        assert_ne!(order(1), order(2));
    }
}
