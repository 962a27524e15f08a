//! What most wants a human's look: incidents by how doubtful they are and how much hangs on them, and why.
//!
//! Each doubt is worth 0 to 1 points; together `1 − Π(1 − points)`, as if each alone could make the incident wrong. Importance is 1
//! and what its deaths, reports and outlets add. The rank is doubt × importance (docs/review.md says every figure).

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use watchkeeper_linkage::over::{Cell, NoTexts, Said, cells, weigh};
use watchkeeper_record::correction::Action;
use watchkeeper_record::incident::{Account, Incident, Join, TollHistory};
use watchkeeper_record::sample::{Aspect, Judged};
use watchkeeper_store::{Error, Filter, Sort, Store, Window};

use crate::settle::incident_of;
use crate::texts::Texts;

/// Weight up to which a join counts as narrow.
const NARROW: f64 = 2.0;
/// Incidents that neighbours are looked for of: so many rank highest without them. What is nearly one with another can only rise.
const NEAR_LOOKED_FOR: usize = 500;
/// Accounts that are kept in memory while neighbours are looked for.
const KEPT_ACCOUNTS: usize = 20_000;
/// What the likeness of whole texts may add to a weight for it to be looked at here.
const TEXTS_MOST: f64 = 2.0;

/// One reason for a place in the queue.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ground {
    /// Points it gives: of doubt 0..=1, of importance from 0.
    pub points: f64,
    /// In words.
    pub words: String,
}

/// One incident that waits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Waiting {
    /// The incident.
    pub incident: Incident,
    /// Doubt × importance.
    pub rank: f64,
    /// 0..=1.
    pub doubt: f64,
    /// From 1.
    pub importance: f64,
    /// Why it is doubted, the strongest first.
    pub doubts: Vec<Ground>,
    /// Why it matters, the strongest first.
    pub weights: Vec<Ground>,
    /// Documents that tell of it.
    pub documents: Vec<String>,
}

/// The queue: at most `limit`, the highest rank first, ties by id. Incidents whose reports were all accepted or edited, or that were
/// judged as a whole, don't wait.
///
/// # Errors
/// As [`Store::incidents`].
pub fn queue(store: &Store, filter: &Filter, limit: usize) -> Result<Vec<Waiting>, Error> {
    let texts = Texts::new(store);
    let mut seen = BTreeSet::new();
    for one in store.corrections()?.into_iter().filter(|one| one.holds) {
        if let Action::Judge { of: Judged::Incident { incident }, aspect: Aspect::Whole, .. } =
            one.correction.action
        {
            seen.extend(store.incident(&incident).map(|incident| incident.id));
        }
    }
    let by_rank =
        |a: &Waiting, b: &Waiting| b.rank.total_cmp(&a.rank).then_with(|| a.incident.id.cmp(&b.incident.id));
    // The highest so far, each with the score of its leading report.
    let mut ranked: Vec<(Waiting, f64)> = Vec::new();
    let held = NEAR_LOOKED_FOR.max(limit.saturating_mul(2));
    let mut window = Window { limit: 1000, ..Window::first(Sort::Known) };
    loop {
        let listed = store.incidents(filter, &window)?;
        for item in listed.items {
            let Some(incident) = incident_of(&texts, &item).filter(|one| !seen.contains(&one.id)) else {
                continue;
            };
            // Where all reports were corrected, the leading one was.
            if item.lead.corrected.is_none() || !accepted(store, filter, &incident.id) {
                ranked.push((waiting(&incident, item.lead.score, None), item.lead.score));
            }
        }
        ranked.sort_by(|a, b| by_rank(&a.0, &b.0));
        ranked.dedup_by(|a, b| a.0.incident.id == b.0.incident.id);
        ranked.truncate(held);
        match listed.next {
            Some(next) => window.after = Some(next),
            None => break,
        }
    }
    let ties = store.ties()?;
    let said = Said { together: ties.together, apart: ties.apart };
    let mut neighbours = Neighbours { store, texts: &texts, said: &said, filter, kept: BTreeMap::new() };
    let mut found: Vec<Waiting> = Vec::with_capacity(ranked.len());
    for (number, (one, score)) in ranked.into_iter().enumerate() {
        let near = if number < NEAR_LOOKED_FOR { neighbours.of(&one.incident)? } else { None };
        found.push(if near.is_some() { waiting(&one.incident, score, near.as_ref()) } else { one });
    }
    found.sort_by(by_rank);
    found.truncate(limit);
    for one in &mut found {
        let reports = store.reports_of(&one.incident.id, filter.as_of).unwrap_or_default();
        one.documents = reports.into_iter().map(|report| report.source.document).collect();
        one.documents.dedup();
    }
    Ok(found)
}

/// Whether all reports of an incident were accepted or edited.
fn accepted(store: &Store, filter: &Filter, id: &str) -> bool {
    // A report that wasn't merged yet has none but its own.
    let reports = store.reports_of(id, filter.as_of).unwrap_or_default();
    !reports.is_empty() && reports.iter().all(|report| report.corrected.is_some())
}

fn waiting(incident: &Incident, score: f64, near: Option<&(f64, String)>) -> Waiting {
    let mut doubts = doubts(incident, score, near);
    let mut weights = weights(incident);
    for grounds in [&mut doubts, &mut weights] {
        grounds.retain(|ground| ground.points >= 0.05);
        grounds.sort_by(|a, b| b.points.total_cmp(&a.points).then_with(|| a.words.cmp(&b.words)));
    }
    let doubt = 1.0 - doubts.iter().map(|ground| 1.0 - ground.points.clamp(0.0, 1.0)).product::<f64>();
    let importance = 1.0 + weights.iter().map(|ground| ground.points).sum::<f64>();
    Waiting {
        rank: doubt * importance,
        doubt,
        importance,
        doubts,
        weights,
        documents: Vec::new(),
        incident: incident.clone(),
    }
}

fn doubts(incident: &Incident, score: f64, near: Option<&(f64, String)>) -> Vec<Ground> {
    let mut grounds = Vec::new();
    let mut add = |points: f64, words: String| grounds.push(Ground { points, words });
    // A score is a probability: 1/2 says nothing, 1 everything.
    add(0.9 * (1.0 - (2.0 * score - 1.0).max(0.0)), format!("score {score:.2}"));
    let narrowest = incident.joins.iter().min_by(|a, b| a.weight.total_cmp(&b.weight));
    if let Some(join) = narrowest.filter(|join| join.weight < Join::NEEDED + NARROW) {
        let points = ((Join::NEEDED + NARROW - join.weight) / (2.0 * NARROW)).clamp(0.0, 1.0);
        add(
            points,
            format!("{} joined by {:.1} where {:.1} are needed", join.account, join.weight, Join::NEEDED),
        );
    }
    if let Some((weight, other)) = near {
        let points = ((weight - (Join::NEEDED - NARROW)) / (2.0 * NARROW)).clamp(0.0, 0.8);
        add(points, format!("nearly one with {other} ({weight:.1} of {:.1})", Join::NEEDED));
    }
    for (word, toll) in
        [("killed", &incident.killed), ("wounded", &incident.wounded), ("abducted", &incident.abducted)]
    {
        let Some((low, high)) = toll.as_ref().and_then(range) else { continue };
        let ratio = f64::from(high + 1) / f64::from(low + 1);
        if high > low {
            add((ratio.ln() / 4_f64.ln()).min(0.8), format!("{word} {low} by one report, {high} by another"));
        }
    }
    let mut accused: Vec<&str> = Vec::new();
    let mut keys = BTreeSet::new();
    for who in &incident.perpetrators {
        if who.party.key.as_ref().is_some_and(|key| keys.insert(key)) {
            accused.push(if who.party.private { "a private person" } else { &who.party.name });
        }
    }
    if accused.len() > 1 {
        add(0.5, format!("{} held responsible: {}", accused.len(), accused.join("; ")));
    }
    let contrary: BTreeSet<&str> = incident
        .joins
        .iter()
        .flat_map(|join| &join.reasons)
        .map(String::as_str)
        .filter(|reason| {
            reason.contains(" is not ") || reason.starts_with("different ") || reason.ends_with("apart")
        })
        .collect();
    if !contrary.is_empty() {
        let told: Vec<&str> = contrary.into_iter().take(3).collect();
        add(0.25 * told.len() as f64, format!("reports disagree: {}", told.join(", ")));
    }
    match &incident.place {
        None => add(0.3, "place unknown".to_owned()),
        Some(place) if place.score < 0.9 => {
            add(0.9 * (1.0 - place.score), format!("place {} at {:.2}", place.name, place.score));
        }
        Some(_) => {}
    }
    if incident.time.is_none() {
        add(0.2, "day unknown".to_owned());
    }
    grounds
}

fn range(toll: &TollHistory) -> Option<(u32, u32)> {
    let one = toll.best.or(toll.low).or(toll.high)?;
    Some((toll.low.unwrap_or(one).min(one), toll.high.unwrap_or(one).max(one)))
}

fn weights(incident: &Incident) -> Vec<Ground> {
    let mut grounds = Vec::new();
    let mut add = |points: f64, words: String| grounds.push(Ground { points, words });
    if let Some((_, high)) = incident.killed.as_ref().and_then(range)
        && high > 0
    {
        add(f64::from(high + 1).log2() / 2.0, format!("up to {high} killed"));
    }
    let others = incident.wounded.as_ref().and_then(range).map_or(0, |range| range.1)
        + incident.abducted.as_ref().and_then(range).map_or(0, |range| range.1);
    if others > 0 {
        add(f64::from(others + 1).log2() / 6.0, format!("up to {others} wounded or abducted"));
    }
    if incident.independent > 1 {
        add(
            (incident.independent as f64).log2() / 2.0,
            format!("{} independent reports", incident.independent),
        );
    }
    if incident.outlets.len() > 1 {
        add((incident.outlets.len() as f64).log2() / 4.0, format!("{} outlets", incident.outlets.len()));
    }
    let named = incident
        .perpetrators
        .iter()
        .map(|who| &who.party)
        .chain(&incident.victims)
        .any(|party| party.key.as_ref().is_some_and(|key| !key.starts_with('~')));
    if named {
        add(0.3, "a known actor takes part".to_owned());
    }
    grounds
}

/// Looks for what is nearly one with an incident.
struct Neighbours<'q> {
    store: &'q Store,
    texts: &'q Texts<'q>,
    said: &'q Said,
    filter: &'q Filter,
    /// Accounts by their numbers in the record.
    kept: BTreeMap<i64, Account>,
}

impl Neighbours<'_> {
    /// The weight of the heaviest account of another incident that isn't joined with this one, and that incident's id.
    fn of(&mut self, incident: &Incident) -> Result<Option<(f64, String)>, Error> {
        let mut best: Option<(f64, String)> = None;
        for account in self.store.accounts_with(&incident.accounts)? {
            let rows: BTreeSet<i64> = cells(&account).into_iter().flat_map(Cell::asks).collect();
            let rows: Vec<i64> = rows.into_iter().collect();
            for number in self.store.numbers_of(&rows, &[])? {
                let Some(weight) = self.weight(&account, number, incident)? else { continue };
                let Some(other) = self.kept.get(&number) else { continue };
                let home = match self.store.incident(&other.id) {
                    Ok(home) => home.id,
                    // It wasn't merged yet.
                    Err(Error::Unknown { .. }) => continue,
                    Err(error) => return Err(error),
                };
                let heavier = best.as_ref().is_none_or(|(known, id)| {
                    weight > *known || weight >= *known && home.as_str() < id.as_str()
                });
                if heavier && home != incident.id {
                    best = Some((weight, home));
                }
            }
        }
        Ok(best)
    }

    /// What an account weighs with one of another incident; `None` where that is little, or a human has parted them.
    fn weight(&mut self, account: &Account, number: i64, incident: &Incident) -> Result<Option<f64>, Error> {
        if !self.kept.contains_key(&number) {
            if self.kept.len() >= KEPT_ACCOUNTS {
                self.kept.clear();
            }
            self.kept.extend(self.store.accounts_numbered(&[number])?.into_iter().map(|one| (number, one)));
        }
        let Some(other) = self.kept.get(&number) else { return Ok(None) };
        let later = self.filter.as_of.is_some_and(|day| other.known > day);
        if later || incident.accounts.contains(&other.id) || self.parted(&account.id, &other.id) {
            return Ok(None);
        }
        // Whole texts are costly to compare: only where the rest comes near.
        if weigh(account, other, &NoTexts).sum <= Join::NEEDED - NARROW - TEXTS_MOST {
            return Ok(None);
        }
        let weight = weigh(account, other, self.texts).sum;
        Ok((weight > Join::NEEDED - NARROW).then_some(weight))
    }

    fn parted(&self, one: &str, other: &str) -> bool {
        let holds = |list: &[String], id: &str| list.iter().any(|own| own == id);
        let mut apart = self.said.apart.iter();
        apart.any(|(a, b)| (holds(a, one) && holds(b, other)) || (holds(a, other) && holds(b, one)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incident(killed: Option<(u32, u32)>, independent: usize) -> Incident {
        let day = "2021-03-09".parse().expect("a day");
        Incident {
            id: "I1".to_owned(),
            kind: None,
            place: None,
            time: Some((day, day)),
            perpetrators: Vec::new(),
            victims: Vec::new(),
            targets: Vec::new(),
            weapons: Vec::new(),
            killed: killed.map(|(low, high)| TollHistory {
                low: Some(low),
                best: Some(high),
                high: Some(high),
                told: Vec::new(),
            }),
            wounded: None,
            abducted: None,
            accounts: vec!["I1".to_owned()],
            independent,
            outlets: vec!["Wire".to_owned()],
            joins: Vec::new(),
            undated: Vec::new(),
            known: (day, day),
        }
    }

    #[test]
    fn doubt_and_importance_both_raise_the_rank() {
        let sure = waiting(&incident(None, 1), 0.95, None);
        let unsure = waiting(&incident(None, 1), 0.55, None);
        let disputed = waiting(&incident(Some((9, 40)), 3), 0.55, None);
        assert!(sure.rank < unsure.rank && unsure.rank < disputed.rank);
        assert!(disputed.doubts.iter().any(|ground| ground.words.contains("9 by one report, 40 by another")));
        assert!(disputed.weights.iter().any(|ground| ground.words == "up to 40 killed"));
        assert!(disputed.doubt <= 1.0 && disputed.importance > 1.0);
        let nearly = waiting(&incident(None, 1), 0.95, Some(&(4.8, "I2".to_owned())));
        assert!(nearly.doubts[0].words.starts_with("nearly one with I2"), "{:?}", nearly.doubts);
    }
}
