//! Words for probabilities: the terms of the United States' Intelligence Community Directive 203 (2015, section D.6.e.2.a), always with
//! the number beside them.

/// The term of ICD 203 for a probability, with its range in words where the probability lies beyond the scale.
#[must_use]
pub fn likelihood(probability: f64) -> &'static str {
    match probability {
        p if p.is_nan() => "unknown",
        p if p < 0.05 => "almost no chance",
        p if p < 0.20 => "very unlikely",
        p if p < 0.45 => "unlikely",
        p if p < 0.55 => "roughly even chance",
        p if p < 0.80 => "likely",
        p if p < 0.95 => "very likely",
        _ => "almost certain",
    }
}

/// A probability as it is printed: at most two digits that mean something, never a false 0 or 100.
#[must_use]
pub fn percent(probability: f64) -> String {
    match probability * 100.0 {
        p if p.is_nan() => "unknown".to_owned(),
        p if p <= 0.0 => "0 %".to_owned(),
        p if p < 0.1 => "< 0.1 %".to_owned(),
        p if p < 10.0 => format!("{p:.1} %"),
        p if p > 99.9 => "> 99.9 %".to_owned(),
        p if p > 99.0 => format!("{p:.1} %"),
        p => format!("{p:.0} %"),
    }
}

/// A probability in full: term, number, interval and base rate.
#[must_use]
pub fn stated(probability: f64, interval: Option<(f64, f64)>, base_rate: &str) -> String {
    let interval = interval.map_or_else(
        || "no interval".to_owned(),
        |(low, high)| format!("90 % interval {} to {}", percent(low), percent(high)),
    );
    format!("{}, {} ({interval}; base rate: {base_rate})", likelihood(probability), percent(probability))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_change_at_the_bounds_of_the_directive() {
        for (p, term) in [
            (0.01, "almost no chance"),
            (0.05, "very unlikely"),
            (0.2, "unlikely"),
            (0.45, "roughly even chance"),
            (0.55, "likely"),
            (0.8, "very likely"),
            (0.95, "almost certain"),
        ] {
            assert_eq!(likelihood(p), term);
        }
    }

    #[test]
    fn a_probability_is_never_printed_alone() {
        assert_eq!(
            stated(0.296, Some((0.182, 0.41)), "1 in 38 years"),
            "unlikely, 30 % (90 % interval 18 % to 41 %; base rate: 1 in 38 years)"
        );
        assert_eq!(percent(0.000_3), "< 0.1 %");
        assert_eq!(percent(0.999_5), "> 99.9 %");
    }
}
