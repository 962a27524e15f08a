//! Which tail: Vuong's comparison of two, and weights over families and smallest sizes by the Bayesian information criterion.

use super::{Error, Family, FittedTail, Sample, fit};

/// One tail beside another on the same sizes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// The first family.
    pub first: Family,
    /// The second family.
    pub second: Family,
    /// ln of the ratio of likelihoods; positive speaks for the first.
    pub ln_ratio: f64,
    /// The ratio over its standard deviation; 0 for nested families.
    pub normalised: f64,
    /// Two-sided p: how likely a ratio as far from 0 were if neither were better (for nested families: if the smaller one held).
    pub p: f64,
}

/// Compares two fits on the same sizes (Vuong 1989; Clauset, Shalizi, Newman 2009, §5 and appendix C). The power law is nested in the
/// one with cut-off: twice their ratio is chi-squared with one degree of freedom.
#[must_use]
pub fn vuong(sample: &Sample, first: &FittedTail, second: &FittedTail) -> Comparison {
    let counts = sample.from(first.tail.xmin.max(second.tail.xmin));
    let n: f64 = counts.iter().map(|(_, count)| *count as f64).sum();
    let gaps: Vec<(f64, f64)> = counts
        .iter()
        .map(|(size, count)| (first.tail.ln_share(*size) - second.tail.ln_share(*size), *count as f64))
        .collect();
    let ln_ratio: f64 = gaps.iter().map(|(gap, count)| gap * count).sum();
    let mean = ln_ratio / n;
    let deviation = gaps.iter().map(|(gap, count)| (gap - mean).powi(2) * count).sum::<f64>().sqrt();
    let families = (first.tail.family, second.tail.family);
    let nested = matches!(
        families,
        (Family::PowerLaw | Family::Exponential, Family::CutOff)
            | (Family::CutOff, Family::PowerLaw | Family::Exponential)
    );
    let normalised = if nested || deviation <= 0.0 { 0.0 } else { ln_ratio / deviation };
    let p = if nested {
        libm::erfc(ln_ratio.abs().sqrt())
    } else {
        libm::erfc(normalised.abs() / std::f64::consts::SQRT_2)
    };
    Comparison { first: families.0, second: families.1, ln_ratio, normalised, p }
}

/// A tail and how much speaks for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighed {
    /// The tail.
    pub fitted: FittedTail,
    /// Its weight; all weights sum to 1.
    pub weight: f64,
}

/// All tails that were weighed.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Those of some weight, the heaviest first.
    pub weighed: Vec<Weighed>,
    /// The family of most weight.
    pub family: Family,
}

impl Choice {
    /// Weight of a family over all smallest sizes.
    #[must_use]
    pub fn weight(&self, family: Family) -> f64 {
        self.weighed.iter().filter(|one| one.fitted.tail.family == family).map(|one| one.weight).sum()
    }
}

/// Smallest sizes that are tried: each of the first, then ever fewer.
fn candidates(sample: &Sample) -> Vec<u64> {
    let counts = sample.counts();
    let needed = 30.max(sample.events() / 50);
    let mut tried: Vec<u64> = Vec::new();
    let mut next = 0;
    for (at, (size, _)) in counts.iter().enumerate() {
        if counts.len() - at < 3 || (sample.events_from(*size) < needed && !tried.is_empty()) {
            break;
        }
        if at >= next {
            tried.push(*size);
            next = if at < 15 { at + 1 } else { at + at / 5 };
        }
    }
    tried
}

/// Weighs families, each at several smallest sizes, as models of the *whole* sample: sizes below `xmin` are told by one free share each,
/// and every parameter costs half the ln of the number of events (Schwarz 1978). So a tail that also tells the body wins over one that has
/// to leave it out. `xmin` holds the smallest size where it is given.
///
/// # Errors
/// When no tail can be fitted.
pub fn choose(sample: &Sample, families: &[Family], xmin: Option<u64>) -> Result<Choice, Error> {
    let tried = xmin.map_or_else(|| candidates(sample), |xmin| vec![xmin]);
    let n = sample.events() as f64;
    let mut scored: Vec<(FittedTail, f64)> = Vec::new();
    let mut near: Vec<Option<[f64; 2]>> = vec![None; families.len()];
    for xmin in &tried {
        let body = sample.counts().iter().take_while(|(size, _)| size < xmin);
        let (mut cells, mut ln_body) = (0.0, 0.0);
        for (_, count) in body {
            cells += 1.0;
            ln_body += *count as f64 * (*count as f64 / n).ln();
        }
        for (family, near) in families.iter().zip(&mut near) {
            let Ok(fitted) = fit(sample, *family, *xmin, *near) else { continue };
            *near = Some(fitted.tail.parameters);
            let events = fitted.events as f64;
            let ln_likelihood = fitted.ln_likelihood + ln_body + events * (events / n).ln();
            let parameters = cells + family.parameters().len() as f64;
            scored.push((fitted, ln_likelihood - 0.5 * parameters * n.ln()));
        }
    }
    let Some(best) = scored.iter().map(|(_, score)| *score).max_by(f64::total_cmp) else {
        return Err(Error::TooFew {
            xmin: xmin.unwrap_or(1),
            events: sample.events(),
            sizes: sample.counts().len(),
        });
    };
    let total: f64 = scored.iter().map(|(_, score)| (score - best).exp()).sum();
    let mut weighed: Vec<Weighed> = scored
        .into_iter()
        .map(|(fitted, score)| Weighed { fitted, weight: (score - best).exp() / total })
        .filter(|one| one.weight > 1e-6)
        .collect();
    weighed.sort_by(|one, two| two.weight.total_cmp(&one.weight));
    let mut choice = Choice { weighed, family: Family::PowerLaw };
    choice.family = families
        .iter()
        .copied()
        .max_by(|one, two| choice.weight(*one).total_cmp(&choice.weight(*two)))
        .unwrap_or(Family::PowerLaw);
    Ok(choice)
}
