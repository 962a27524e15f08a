//! Reports of one happening: which articles tell of the same thing, and why.
//!
//! In: [`ReportFeatures`], made from plain text and the day of publication. Out: [`Group`]s of reports with the reasons of each join in words.
//! A pure function of the *set* of reports: the order of arrival changes no byte. Nothing is counted over the collection: how rare a word is comes from a
//! fixed background, and a pair's probability from the two reports alone, so the size of the collection changes no probability.
//!
//! A pair is scored by learned weights ([`Merger`], `weights/merge-en.wkw`, card `training/merge/CARD.md`) over [`FEATURES`]: likeness of all words, of names, of rare words, of
//! headlines and beginnings (of each with the whole of the other, both directions), whether each report's weightiest names and words are in the other, pairs of words, numbers, days,
//! weekdays and years that agree or contradict each other, tolls. Groups are made by average linkage ([`average_linkage`]) while the mean probability is [`PROBABILITY_MIN`] or more.
//!
//! What it does not do: incidents (which need clauses, places and types; see [`over`](crate::over)), copies of one text (`article::near`), languages other than English.

mod cluster;
mod features;
mod model;
mod pair;
mod words;

pub use cluster::{Tie, average_linkage};
pub use features::ReportFeatures;
pub use model::{GLANCE_MIN, Linear, Merger};
pub use pair::{FEATURES, glance, row, words as reason};
pub use words::{Background, stem, words};

/// Least mean probability of two groups that are joined, 0..=1.
pub const PROBABILITY_MIN: f64 = 0.5;

/// The caller's name for a report; it should say nothing about the order of arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReportId(pub u64);

/// A report and why it is in its group.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// The report.
    pub report: ReportId,
    /// The report of the group that it is most likely one with.
    pub with: ReportId,
    /// Probability of the pair, 0..=1.
    pub probability: f64,
    /// What the two have in common and where they disagree, in words.
    pub why: String,
}

/// Reports of one happening.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Members in order of id.
    pub reports: Vec<ReportId>,
    /// For each member of a group of two and more, its strongest tie.
    pub joins: Vec<Join>,
}

impl Merger {
    /// Groups reports, in order of their least id. Of reports with one id, the first by content counts.
    ///
    /// Cost: all pairs are looked at once; of many reports, give [`groups_among`](Self::groups_among) only pairs that are near in time.
    #[must_use]
    pub fn groups(&self, reports: &[(ReportId, ReportFeatures)]) -> Vec<Group> {
        self.groups_among(reports, |_, _| true)
    }

    /// The same where only some pairs may be one happening. `near` must not depend on the order of its arguments.
    #[must_use]
    pub fn groups_among(
        &self,
        reports: &[(ReportId, ReportFeatures)],
        near: impl Fn(&ReportFeatures, &ReportFeatures) -> bool,
    ) -> Vec<Group> {
        let mut sorted: Vec<&(ReportId, ReportFeatures)> = reports.iter().collect();
        sorted.sort_by_key(|(id, features)| (*id, features.whole));
        sorted.dedup_by_key(|(id, _)| *id);
        let mut ties = Vec::new();
        for (b, (_, two)) in sorted.iter().enumerate() {
            for (a, (_, one)) in sorted[..b].iter().enumerate() {
                if !near(one, two) {
                    continue;
                }
                let probability = self.probability(one, two);
                if probability > 0.0 {
                    ties.push(Tie { a: a as u32, b: b as u32, probability });
                }
            }
        }
        average_linkage(sorted.len() as u32, &ties, PROBABILITY_MIN)
            .into_iter()
            .map(|members| self.group(&members, &sorted))
            .collect()
    }

    fn group(&self, members: &[u32], sorted: &[&(ReportId, ReportFeatures)]) -> Group {
        let reports = members.iter().map(|&at| sorted[at as usize].0).collect();
        let mut joins = Vec::new();
        for &at in members {
            let (id, features) = sorted[at as usize];
            let best = members
                .iter()
                .filter(|&&other| other != at)
                .map(|&other| (self.probability(features, &sorted[other as usize].1), other))
                .max_by(|x, y| x.0.total_cmp(&y.0).then(y.1.cmp(&x.1)));
            if let Some((probability, other)) = best {
                let (with, other) = sorted[other as usize];
                joins.push(Join { report: *id, with: *with, probability, why: reason(features, other) });
            }
        }
        Group { reports, joins }
    }
}

#[cfg(test)]
mod tests;
