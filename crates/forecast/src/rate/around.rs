//! What lies around units: wars spill over borders, and lulls end where the neighbour's war comes in.

use std::collections::BTreeMap;

use crate::panel::Panel;

/// Neighbours of units, by the units' names, so that it serves panels of any units. What is not in a panel is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Around {
    /// Names of the neighbours of each unit; one without any needs no entry.
    pub neighbours: BTreeMap<String, Vec<String>>,
}

impl Around {
    /// Neighbours of units given by place, as `[[1], [0]]` for two that border on one another. Further lists and places beyond the units
    /// are left out.
    #[must_use]
    pub fn of<'a>(units: &[String], neighbours: impl IntoIterator<Item = &'a [usize]>) -> Self {
        let name = |place: &usize| units.get(*place).cloned();
        let named = units.iter().zip(neighbours).filter(|(_, others)| !others.is_empty());
        Self {
            neighbours: named
                .map(|(unit, others)| (unit.clone(), others.iter().filter_map(name).collect()))
                .collect(),
        }
    }

    /// Neighbours by places in a panel.
    pub(crate) fn places(&self, panel: &Panel) -> Vec<Vec<usize>> {
        let of = |unit: &String| {
            let names = self.neighbours.get(unit).map_or(&[][..], Vec::as_slice);
            names.iter().filter_map(|other| panel.unit(other)).collect()
        };
        panel.units().iter().map(of).collect()
    }
}
