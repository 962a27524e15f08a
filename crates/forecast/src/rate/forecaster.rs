//! The mixture of forecasters, and each by itself.

use std::num::NonZeroUsize;

use super::analog::{Donors, Nearest, Nearness, QUIET};
use super::around::Around;
use super::atoms::Atoms;
use super::count::{Pool, normals};
use super::features::Features;
use super::stack::Form;
use crate::panel::Panel;
use crate::parallel;
use crate::random::Stream;

/// A forecasting method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// No deaths.
    Zero,
    /// The last month again, as a Poisson-like spread around it.
    LastValue,
    /// The last twelve months as they were, each as likely ("conflictology" of VIEWS).
    Last12,
    /// All months of the unit as they were.
    Climatology,
    /// The last three months as they were.
    Last3,
    /// The last sixty months as they were, recent ones weighing more (half-life twelve).
    Long,
    /// A negative binomial around the recent mean, its spread pooled.
    NegativeBinomial,
    /// Quiet months by a share between own and pool, else log-normal.
    Hurdle,
    /// What came after the histories most like this one, moved to this level.
    Analog,
    /// The same, moved to the level of the last month or two.
    AnalogLast,
    /// The mixture.
    Mixture,
}

impl Method {
    /// The methods that the mixture is made of, in the order of its weights.
    pub const PARTS: [Self; 8] = [
        Self::Zero,
        Self::Last3,
        Self::Last12,
        Self::Long,
        Self::NegativeBinomial,
        Self::Hurdle,
        Self::Analog,
        Self::AnalogLast,
    ];
}

/// What the mixture is made with. All change results.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Share of the score on deaths, against that on `ln(1 + deaths)`, by which weights are chosen.
    pub raw_share: f64,
    /// Past origins stand this many months apart.
    pub origin_step: usize,
    /// Past origins go back this many months.
    pub origins_back: usize,
    /// Distributions whose probability of any death is below this are given as all zero.
    pub quiet_below: f64,
    /// Share of the weights that is held back for the last twelve months as they were: what was best in the past need not stay so.
    pub hedge: f64,
    /// How histories are compared.
    pub nearness: Nearness,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            raw_share: 0.0,
            origin_step: 3,
            origins_back: 600,
            quiet_below: 0.0,
            hedge: 0.3,
            nearness: Nearness {
                weights: [0.5, 1.0, 0.7, 2.0, 0.2],
                neighbours: 250,
                neighbours_quiet: 900,
                own: 8.0,
                shift: 1.0,
            },
        }
    }
}

/// Groups of level, by ln(1 + deaths) of the memory of five months.
const GROUPS: usize = 6;

fn group(features: &Features, unit: usize, origin: usize) -> usize {
    let level = features.at(unit, origin)[1];
    if level <= QUIET {
        return usize::from(features.at(unit, origin)[3] > 0.01 || features.at(unit, origin)[2] > 0.05);
    }
    2 + [0.7_f32, 2.3, 4.2].partition_point(|bound| *bound < level)
}

/// Horizons at which weights are learned; others take those of the nearest.
const LEARNED: [usize; 6] = [1, 2, 4, 7, 10, 13];

fn learned(horizon: usize) -> usize {
    (0..LEARNED.len()).min_by_key(|at| LEARNED[*at].abs_diff(horizon)).unwrap_or(0)
}

/// Forms of past origins, by group.
struct Past {
    origin: usize,
    /// By learned horizon, then group.
    forms: Vec<[Form; GROUPS]>,
}

/// A panel made ready for forecasting from any of its months.
pub struct Forecaster<'a> {
    panel: &'a Panel,
    features: Features,
    donors: Donors,
    pools: Vec<Pool>,
    normals: Vec<f64>,
    past: Vec<Past>,
    settings: Settings,
    horizons: usize,
    workers: NonZeroUsize,
}

impl<'a> Forecaster<'a> {
    /// Works through a panel once. `horizons` is the farthest month ahead. Distributions from an origin depend on nothing after it, so
    /// one forecaster serves for all origins of a backtest. Nothing is known of what lies around a unit.
    #[must_use]
    pub fn new(panel: &'a Panel, horizons: usize, settings: Settings, workers: NonZeroUsize) -> Self {
        Self::with_around(panel, &Around::default(), horizons, settings, workers)
    }

    /// The same where neighbours are known: histories are then compared by what went on around them, too.
    #[must_use]
    pub fn with_around(
        panel: &'a Panel,
        around: &Around,
        horizons: usize,
        settings: Settings,
        workers: NonZeroUsize,
    ) -> Self {
        let features = Features::of(panel, around);
        let donors = Donors::of(panel, &features);
        let pools = parallel::map(workers, horizons, |at| Pool::of(panel, &features, at + 1));
        let mut made = Self {
            panel,
            features,
            donors,
            pools,
            normals: normals(24),
            past: Vec::new(),
            settings,
            horizons,
            workers,
        };
        let first_month = panel.months().min(24);
        // Origins are fixed in the calendar, so that those of a shorter panel are among those of a longer one.
        let origins: Vec<usize> = (first_month..panel.months())
            .filter(|place| panel.month(*place).0.rem_euclid(settings.origin_step.max(1) as i32) == 0)
            .collect();
        made.past = parallel::map(workers, origins.len(), |at| made.past_of(origins[at]));
        made
    }

    fn past_of(&self, origin: usize) -> Past {
        let mut forms = vec![[Form::default(); GROUPS]; LEARNED.len()];
        for unit in 0..self.panel.units().len() {
            if self.panel.at(unit, origin).is_none() {
                continue;
            }
            let group = group(&self.features, unit, origin);
            // Quiet units are many and alike: one in six stands for all.
            if group == 0 && !(unit + origin).is_multiple_of(6) {
                continue;
            }
            let mut nearest = None;
            for (at, horizon) in LEARNED.iter().enumerate() {
                let Some(outcome) =
                    self.panel.at(unit, origin + horizon).filter(|_| *horizon <= self.horizons)
                else {
                    continue;
                };
                let nearest = nearest.get_or_insert_with(|| {
                    self.donors.nearest(&self.features, unit, origin, &self.settings.nearness)
                });
                let parts = self.parts(unit, origin, *horizon, nearest);
                let level = f64::from(self.features.at(unit, origin)[1]).exp_m1();
                let form = Form::of(&parts, outcome, self.settings.raw_share, level + 3.0);
                forms[at][group].add(&form, 1.0);
            }
        }
        Past { origin, forms }
    }

    /// The distributions of all parts.
    fn parts(&self, unit: usize, origin: usize, horizon: usize, nearest: &Nearest) -> Vec<Atoms> {
        Method::PARTS.iter().map(|method| self.part(*method, unit, origin, horizon, nearest)).collect()
    }

    fn part(&self, method: Method, unit: usize, origin: usize, horizon: usize, nearest: &Nearest) -> Atoms {
        let pool = &self.pools[horizon - 1];
        match method {
            Method::Zero | Method::Mixture => Atoms::zero(),
            Method::LastValue => self.own(unit, origin, 1, f64::INFINITY),
            Method::Last3 => self.own(unit, origin, 3, f64::INFINITY),
            Method::Last12 => self.own(unit, origin, 12, f64::INFINITY),
            Method::Long => self.own(unit, origin, 60, 12.0),
            Method::Climatology => self.own(unit, origin, usize::MAX, f64::INFINITY),
            Method::NegativeBinomial => pool.negative_binomial(self.panel, unit, origin),
            Method::Hurdle => pool.hurdle(self.panel, &self.features, unit, origin, &self.normals),
            Method::Analog => nearest.outcomes(self.panel, &self.features, unit, origin, horizon, 1),
            Method::AnalogLast => nearest.outcomes(self.panel, &self.features, unit, origin, horizon, 0),
        }
    }

    /// The unit's own last months as they were.
    fn own(&self, unit: usize, origin: usize, months: usize, half_life: f64) -> Atoms {
        Atoms::new(
            (0..months.min(origin + 1))
                .filter_map(|back| {
                    let value = self.panel.at(unit, origin - back)?;
                    Some((value, 0.5_f64.powf(back as f64 / half_life)))
                })
                .collect(),
        )
    }

    /// Weights of the parts for an origin, by learned horizon and group.
    fn weights(&self, origin: usize) -> Vec<Vec<Vec<f64>>> {
        (0..LEARNED.len())
            .map(|at| {
                let mut sums = [Form::default(); GROUPS];
                for past in &self.past {
                    let known = past.origin + LEARNED[at] <= origin;
                    if known && past.origin + self.settings.origins_back >= origin {
                        for (sum, form) in sums.iter_mut().zip(&past.forms[at]) {
                            sum.add(form, 1.0);
                        }
                    }
                }
                sums.iter().map(|sum| self.hedged(sum.weights(Method::PARTS.len()))).collect()
            })
            .collect()
    }

    /// Weights with the share that is held back.
    fn hedged(&self, mut weights: Vec<f64>) -> Vec<f64> {
        let held = self.settings.hedge.clamp(0.0, 1.0);
        for (weight, method) in weights.iter_mut().zip(Method::PARTS) {
            *weight = (1.0 - held) * *weight + if method == Method::Last12 { held } else { 0.0 };
        }
        weights
    }

    /// Distributions of all units, by unit and then horizon `1..=horizons`, from the end of the month at place `origin`. A unit without
    /// any month known by then is forecast as a quiet one.
    #[must_use]
    pub fn forecast(&self, method: Method, origin: usize) -> Vec<Vec<Atoms>> {
        let horizons: Vec<usize> = (1..=self.horizons).collect();
        self.several(method, origin, &horizons)
    }

    /// The same for one horizon.
    #[must_use]
    pub fn forecast_at(&self, method: Method, origin: usize, horizon: usize) -> Vec<Atoms> {
        self.several(method, origin, &[horizon.clamp(1, self.horizons)]).into_iter().flatten().collect()
    }

    fn several(&self, method: Method, origin: usize, horizons: &[usize]) -> Vec<Vec<Atoms>> {
        let weights = if method == Method::Mixture { self.weights(origin) } else { Vec::new() };
        let compares = matches!(method, Method::Mixture | Method::Analog | Method::AnalogLast);
        parallel::map(self.workers, self.panel.units().len(), |unit| {
            let nearest = if compares {
                self.donors.nearest(&self.features, unit, origin, &self.settings.nearness)
            } else {
                Nearest::none()
            };
            let group = group(&self.features, unit, origin);
            horizons
                .iter()
                .map(|horizon| {
                    if method != Method::Mixture {
                        return self.part(method, unit, origin, *horizon, &nearest);
                    }
                    let parts = self.parts(unit, origin, *horizon, &nearest);
                    let weights = weights[learned(*horizon)][group].iter().copied();
                    let mixed = Atoms::mixed(parts.iter().zip(weights));
                    if mixed.at_least(0.5) < self.settings.quiet_below { Atoms::zero() } else { mixed }
                })
                .collect()
        })
    }

    /// Why the mixture says what it says: for each unit and horizon the parts, their weights and what each says by itself.
    #[must_use]
    pub fn explained(&self, origin: usize, horizons: &[usize]) -> Vec<Vec<Vec<Part>>> {
        let weights = self.weights(origin);
        parallel::map(self.workers, self.panel.units().len(), |unit| {
            let nearest = self.donors.nearest(&self.features, unit, origin, &self.settings.nearness);
            let group = group(&self.features, unit, origin);
            let of = |horizon: &usize| {
                let horizon = (*horizon).clamp(1, self.horizons);
                let parts = self.parts(unit, origin, horizon, &nearest);
                let weights = weights[learned(horizon)][group].iter().copied();
                let named = Method::PARTS.iter().copied().zip(weights).zip(parts);
                named.map(|((method, weight), said)| Part { method, weight, said }).collect()
            };
            horizons.iter().map(of).collect()
        })
    }
}

/// One part of a mixture.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The method.
    pub method: Method,
    /// Its weight; those of all parts sum to 1.
    pub weight: f64,
    /// What it says by itself.
    pub said: Atoms,
}

/// Draws of a distribution: its quantiles in an order shuffled by seed and labels, so that draws of one number in different cells have
/// nothing to do with one another.
#[must_use]
pub fn draws(atoms: &Atoms, count: usize, seed: u64, labels: &[u64]) -> Vec<f64> {
    let mut values = atoms.quantiles(count);
    let mut stream = Stream::new(seed, labels);
    for at in (1..values.len()).rev() {
        values.swap(at, stream.below(at + 1));
    }
    values
}
