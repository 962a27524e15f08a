//! What came after months like this one, anywhere: the nearest of all earlier histories and their outcomes, moved to this unit's level.

use super::atoms::Atoms;
use super::features::{FEATURES, Features};
use crate::panel::Panel;

/// How the nearest are found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nearness {
    /// How much a squared difference counts in the memories of 1, 5 and 30 months (of ln(1 + deaths)), in the share of months with deaths, and
    /// in the greatest memory of 5 months among the neighbours.
    pub weights: [f32; FEATURES],
    /// Neighbours of a unit with recent deaths.
    pub neighbours: usize,
    /// Neighbours of a quiet unit: rare things need many.
    pub neighbours_quiet: usize,
    /// How many times more a donor weighs that is the unit itself at an earlier time.
    pub own: f64,
    /// Share of the difference of levels by which outcomes are moved.
    pub shift: f64,
}

/// Of quiet months only one in this many is a donor.
const QUIET_STEP: usize = 6;
/// Level below which a unit is quiet, in ln(1 + deaths).
pub(crate) const QUIET: f32 = 0.02;

/// Months that may be drawn on, in order of time.
pub(crate) struct Donors {
    active: Vec<(u32, u32)>,
    quiet: Vec<(u32, u32)>,
}

/// The nearest donors of one unit at one origin, with their weights.
pub(crate) struct Nearest {
    donors: Vec<(u32, u32, f64)>,
    shift: f64,
}

impl Donors {
    /// All months of a panel that have features.
    pub(crate) fn of(panel: &Panel, features: &Features) -> Self {
        let (mut active, mut quiet) = (Vec::new(), Vec::new());
        for month in 0..panel.months() {
            for unit in 0..panel.units().len() {
                if panel.at(unit, month).is_none() {
                    continue;
                }
                let pair = (unit as u32, month as u32);
                if features.at(unit, month)[1] > QUIET {
                    active.push(pair);
                } else if (unit * 7 + month) % QUIET_STEP == 0 {
                    quiet.push(pair);
                }
            }
        }
        Self { active, quiet }
    }

    /// The donors before an origin that are most like a unit then.
    pub(crate) fn nearest(&self, features: &Features, unit: usize, origin: usize, how: &Nearness) -> Nearest {
        let here_unit = unit;
        let here = features.at(unit, origin);
        let is_quiet = here[1] <= QUIET;
        let (all, count) =
            if is_quiet { (&self.quiet, how.neighbours_quiet) } else { (&self.active, how.neighbours) };
        let all = &all[..all.partition_point(|(_, month)| (*month as usize) < origin)];
        let mut near: Vec<(f32, u32)> = all
            .iter()
            .enumerate()
            .map(|(at, (unit, month))| {
                let there = features.at(*unit as usize, *month as usize);
                let far: f32 =
                    (0..FEATURES).map(|k| how.weights[k] * (here[k] - there[k]) * (here[k] - there[k])).sum();
                (far, at as u32)
            })
            .collect();
        // Of equals those that a scattering of their number puts first, so that no unit or time is favoured.
        let order = |one: &(f32, u32), two: &(f32, u32)| {
            one.0
                .total_cmp(&two.0)
                .then(one.1.wrapping_mul(0x9e37_79b1).cmp(&two.1.wrapping_mul(0x9e37_79b1)))
        };
        if near.len() > count {
            near.select_nth_unstable_by(count - 1, order);
            near.truncate(count);
        }
        near.sort_unstable_by(order);
        let reach = f64::from(near.last().map_or(0.0, |last| last.0)).max(1e-6) * 1.3;
        let donors = near
            .into_iter()
            .map(|(far, at)| {
                let (unit, month) = all[at as usize];
                let own = if unit as usize == here_unit { how.own } else { 1.0 };
                (unit, month, own * (1.0 - f64::from(far) / reach))
            })
            .collect();
        Nearest { donors, shift: how.shift }
    }
}

impl Nearest {
    /// No donors.
    pub(crate) fn none() -> Self {
        Self { donors: Vec::new(), shift: 0.0 }
    }

    /// What came `horizon` months after each donor, where that was known at the origin, moved by the difference of levels.
    pub(crate) fn outcomes(
        &self,
        panel: &Panel,
        features: &Features,
        unit: usize,
        origin: usize,
        horizon: usize,
        memory: usize,
    ) -> Atoms {
        let here = f64::from(features.at(unit, origin)[memory]);
        let points = self
            .donors
            .iter()
            .filter_map(|(donor, month, weight)| {
                let (donor, month) = (*donor as usize, *month as usize);
                if month + horizon > origin {
                    return None;
                }
                let outcome = panel.at(donor, month + horizon)?;
                if outcome <= 0.0 {
                    return Some((0.0, *weight));
                }
                let moved =
                    outcome.ln_1p() + self.shift * (here - f64::from(features.at(donor, month)[memory]));
                Some((moved.exp_m1().clamp(1.0, 1e7), *weight))
            })
            .collect();
        Atoms::new(points)
    }
}
