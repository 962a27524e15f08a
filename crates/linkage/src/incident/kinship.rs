//! Which types of incident may be two words for one happening.

use watchkeeper_record::codebook::IncidentType;

/// How near two types of incident are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kinship {
    /// One type.
    Same,
    /// Two words for what may be one happening.
    Compatible,
    /// Two things.
    Foreign,
}

/// How near two types are; symmetric.
pub(crate) fn kinship(one: IncidentType, other: IncidentType) -> Kinship {
    use IncidentType as I;
    if one == other {
        return Kinship::Same;
    }
    let family = |kind: I| match kind {
        I::Bombing | I::SuicideBombing => 1,
        I::Kidnapping | I::HostageTaking | I::Hijacking => 2,
        I::Airstrike | I::DroneStrike | I::Shelling => 3,
        I::ArmedAssault | I::FacilityAttack | I::Battle | I::Raid | I::Assassination | I::UnarmedAssault => 4,
        I::VehicleAttack => 5,
        I::Stabbing => 6,
        I::Arson => 7,
    };
    let any = |kind: I| matches!(kind, I::ArmedAssault | I::FacilityAttack);
    if family(one) == family(other) || any(one) || any(other) {
        return Kinship::Compatible;
    }
    match (family(one).min(family(other)), family(one).max(family(other))) {
        // A bomb in a battle or an assassination by bomb; people taken in a raid; ramming, then stabbing; fire set in a raid.
        (1, 3..=5 | 7) | (2, 4) | (3, 4) | (4, 5..=7) | (5, 6) => Kinship::Compatible,
        _ => Kinship::Foreign,
    }
}
