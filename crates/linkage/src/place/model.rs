//! The model that ranks the places a name may mean, and says how far it may be trusted.
//!
//! Two forests of boosted trees: `rank` gives every candidate a score, a softmax over a name's candidates makes shares of them;
//! `trust` says from the first candidate's row and share how likely it is that the place is within 161 km of the truth.
//! Weights: `weights/places-en.wkw`; card and recipe: `training/places`. Trained on out-of-fold ranks, so that a score of .9
//! means nine in ten.

use watchkeeper_nn::trees::{Forest, logistic};
use watchkeeper_nn::{WeightError, WeightFile, WeightFileBuilder};

use crate::gazetteer::Gazetteer;
use crate::place::rank::{Ranked, nests};
use crate::place::scene::{FEATURES, Studied, rows_km, words};

/// What stands before the first candidate's [`FEATURES`] in a row of the trust forest.
const TRUST_HEAD: [&str; 2] = ["share_near", "share_far"];
/// How near `share_near` is to the first candidate, in kilometres.
const NEAR_KM: f64 = 161.0;

/// The features of the trust forest, in order.
#[must_use]
pub fn trust_features() -> Vec<&'static str> {
    TRUST_HEAD.into_iter().chain(FEATURES).collect()
}

/// What a candidate's row has before any tree: the plain rule's score, so that the forest only has to correct the rule and the rule
/// stands where the forest has seen nothing like it (villages of the Sahel in the news of Ohio).
#[must_use]
pub fn rule_weight(row: &[f32]) -> f64 {
    let at = FEATURES.iter().position(|&feature| feature == "rule_gap").unwrap_or(0);
    RULE * f64::from(row[at].max(-FAR))
}

/// Part of the rule's score that a candidate starts with.
const RULE: f64 = 1.0;
/// How far behind the rule's best a candidate may start.
const FAR: f32 = 12.0;

/// The two forests.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranker {
    rank: Forest,
    trust: Forest,
}

/// Candidates of one name in the model's order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Shares {
    /// Index into [`Studied::rows`] and share of each, largest first; shares sum to 1.
    pub of: Vec<(usize, f64)>,
}

impl Shares {
    /// Ranks what is studied.
    #[must_use]
    pub fn new(studied: &Studied, forest: &Forest) -> Self {
        let scores: Vec<f64> = studied
            .features
            .chunks(FEATURES.len())
            .map(|row| rule_weight(row) + f64::from(forest.score(row)))
            .collect();
        let top = scores.iter().copied().fold(f64::MIN, f64::max);
        let all: f64 = scores.iter().map(|score| (score - top).exp()).sum();
        let mut of: Vec<(usize, f64)> =
            scores.iter().map(|score| (score - top).exp() / all).enumerate().collect();
        of.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        Self { of }
    }

    /// The row of the trust forest; `None` without candidates.
    #[must_use]
    pub fn trust_row(&self, studied: &Studied, gazetteer: &Gazetteer) -> Option<Vec<f32>> {
        let &(first, _) = self.of.first()?;
        let width = FEATURES.len();
        let best = gazetteer.place(studied.rows[first])?;
        let (mut near, mut far) = (0.0, 0.0_f64);
        for &(at, share) in self.of.iter().take_while(|(_, share)| *share > 0.001) {
            if rows_km(gazetteer, studied.rows[at], best.lat, best.lon) <= NEAR_KM {
                near += share;
            } else {
                far = far.max(share);
            }
        }
        let mut row = vec![near as f32, far as f32];
        row.extend_from_slice(&studied.features[first * width..][..width]);
        Some(row)
    }
}

impl Ranker {
    /// Puts two forests together.
    ///
    /// # Errors
    /// When one of them was trained on other features.
    pub fn new(rank: Forest, trust: Forest) -> Result<Self, WeightError> {
        let fits = |forest: &Forest, features: &[&str]| forest.features().iter().eq(features.iter());
        if !fits(&rank, &FEATURES) {
            return Err(WeightError::Missing("rank.features of this version".to_owned()));
        }
        if !fits(&trust, &trust_features()) {
            return Err(WeightError::Missing("trust.features of this version".to_owned()));
        }
        Ok(Self { rank, trust })
    }

    /// A model that has learned nothing: every candidate has the same share. For making what a model is trained on.
    #[must_use]
    pub fn untrained() -> Self {
        Self { rank: Forest::default(), trust: Forest::default() }
    }

    /// Reads the forests from the bytes of a weight file.
    ///
    /// # Errors
    /// When the file is damaged or holds forests over other features.
    pub fn from_weights(bytes: &[u8]) -> Result<Self, WeightError> {
        let file = WeightFile::parse(bytes)?;
        Self::new(Forest::from_weights(&file, "rank")?, Forest::from_weights(&file, "trust")?)
    }

    /// The bytes of a weight file.
    #[must_use]
    pub fn to_weights(&self) -> Vec<u8> {
        let mut file = WeightFileBuilder::new();
        self.rank.write("rank", &mut file);
        self.trust.write("trust", &mut file);
        file.finish()
    }

    /// Probability that the first candidate is right; 0 without candidates.
    #[must_use]
    pub fn trust(&self, studied: &Studied, shares: &Shares, gazetteer: &Gazetteer) -> f64 {
        shares.trust_row(studied, gazetteer).map_or(0.0, |row| f64::from(logistic(self.trust.score(&row))))
    }

    /// Ranks what is studied.
    #[must_use]
    pub fn shares(&self, studied: &Studied) -> Shares {
        Shares::new(studied, &self.rank)
    }

    /// Puts a name's candidates in the model's order, with the model's probabilities.
    pub(crate) fn apply(&self, ranked: &mut Ranked, studied: &Studied, gazetteer: &Gazetteer) {
        let mut shares = self.shares(studied);
        // Of a town and the unit around it the model can't tell which is meant: their points lie together. The rule can.
        let raw = |at: usize| {
            ranked
                .candidates
                .iter()
                .find(|candidate| candidate.row == studied.rows[at])
                .map(|candidate| candidate.raw)
        };
        if let [(one, _), (other, _), ..] = shares.of[..]
            && raw(other) > raw(one)
            && nests(gazetteer, studied.rows[one], studied.rows[other])
            && gazetteer
                .place(studied.rows[one])
                .is_some_and(|place| rows_km(gazetteer, studied.rows[other], place.lat, place.lon) <= NEAR_KM)
        {
            shares.of.swap(0, 1);
        }
        let shares = shares;
        let Some(&(first, share)) = shares.of.first() else { return };
        let trust = self.trust(studied, &shares, gazetteer);
        let old = std::mem::take(&mut ranked.candidates);
        ranked.candidates = shares
            .of
            .iter()
            .filter_map(|&(at, part)| {
                let mut candidate = *old.iter().find(|candidate| candidate.row == studied.rows[at])?;
                // The first gets its trust, the others what is left, by their shares.
                let rest = (1.0 - trust) * part / (1.0 - share).max(1e-9);
                candidate.score = if at == first { trust } else { rest.min(trust) };
                Some(candidate)
            })
            .collect();
        let width = FEATURES.len();
        let row = |at: usize| &studied.features[at * width..][..width];
        let reasons = match shares.of.get(1) {
            Some(&(second, _)) => {
                let (one, other) = (self.rank.explain(row(first)), self.rank.explain(row(second)));
                one.iter().zip(&other).map(|(one, other)| one - other).collect()
            }
            None => vec![0.0; width],
        };
        let mut order: Vec<usize> = (0..width).filter(|&feature| reasons[feature] > 0.1).collect();
        order.sort_by(|&a, &b| reasons[b].total_cmp(&reasons[a]).then(a.cmp(&b)));
        let mut told: Vec<&str> = Vec::new();
        for words in order.into_iter().map(words) {
            if !told.contains(&words) && told.len() < 3 {
                told.push(words);
            }
        }
        ranked.why.push(match shares.of.len() {
            1 => format!("model places-en: the only place of that name; trust {trust:.2}"),
            count => format!(
                "model places-en: first of {count} by that name (share {share:.2}, trust {trust:.2}){}{}",
                if told.is_empty() { "" } else { ", before the next by " },
                told.join(", ")
            ),
        });
    }
}
