//! TADDA, the score of the first VIEWS competition for changes of `ln(1 + deaths)`.

/// Width of what counts as no change, in units of `ln(1 + deaths)` (the competition's epsilon).
const EPSILON: f64 = 0.048;

/// Which penalty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tadda {
    /// Falls where change and forecast lie beyond epsilon on opposite sides.
    One,
    /// Falls wherever change and forecast lie in different thirds.
    Two,
}

/// Which third a change lies in: fall, none, rise. The middle is closed.
fn third(change: f64) -> f64 {
    if change < -EPSILON {
        -1.0
    } else if change > EPSILON {
        1.0
    } else {
        0.0
    }
}

/// The targeted absolute distance with direction augmentation of one change and its forecast: their distance, and a penalty for
/// the wrong direction: the forecast's distance from the bound it should not have crossed (Vesco and others 2022, appendix; the
/// competition's `evallib`).
#[must_use]
pub fn tadda(change: f64, forecast: f64, kind: Tadda) -> f64 {
    let (came, said) = (third(change), third(forecast));
    let mut penalty = 0.0;
    if came != said {
        let bound = match kind {
            Tadda::One if came * said < 0.0 => Some(said * EPSILON),
            Tadda::One => None,
            Tadda::Two => Some(if came == 0.0 { said * EPSILON } else { came * EPSILON }),
        };
        penalty = bound.map_or(0.0, |bound| (forecast - bound).abs());
    }
    (change - forecast).abs() + penalty
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn penalties() {
        assert!((tadda(-1.0, 0.5, Tadda::One) - (1.5 + 0.5 - EPSILON)).abs() < 1e-12);
        assert!((tadda(0.0, 0.5, Tadda::One) - 0.5).abs() < 1e-12);
        assert!((tadda(0.0, 0.5, Tadda::Two) - (1.0 - EPSILON)).abs() < 1e-12);
        assert!((tadda(-1.0, 0.0, Tadda::Two) - (1.0 + EPSILON)).abs() < 1e-12);
        assert!(tadda(0.3, 0.3, Tadda::Two).abs() < 1e-12);
    }
}
