//! Feasts and observances: `Eid al-Fitr 2016`, `Easter Sunday`, `the first day of Ramadan`.

use watchkeeper_record::document::EntityLabel;
use watchkeeper_record::mention::{TimeUnit, TimeValue, Which};

use super::scan::{Match, Scan, which};
use super::words::{FeastName, Use, Word, first_word};

impl Scan<'_> {
    /// A feast with its year, if one is told, and a `first day of` before it.
    pub(super) fn feast(&self, at: usize) -> Option<Match> {
        // `the first day of Ramadan`, `the last week of Ramadan`
        let next = if self.is(at, "the") { at + 1 } else { at };
        if let (Word::Ordinal(nth), Word::Unit(TimeUnit::Day)) = (self.word(next), self.word(next + 1))
            && self.is(next + 2, "of")
        {
            let (end, mut value) = self.feast_alone(next + 3)?;
            if let TimeValue::Feast { rule, days, .. } = &mut value {
                if nth == 0 || nth > *days {
                    return None;
                }
                *days = 1;
                *rule = later(*rule, nth - 1)?;
            }
            return Some((end, value));
        }
        let nth = match self.word(at) {
            Word::Which(nth) => Some(nth),
            _ => None,
        };
        let next = if nth.is_some() { at + 1 } else { next };
        let (end, mut value) = self.feast_alone(next)?;
        if let (Some(nth), TimeValue::Feast { which: told, year: None, .. }) = (nth, &mut value) {
            *told = which(nth);
        }
        Some((end, value))
    }

    fn feast_alone(&self, at: usize) -> Option<Match> {
        if at >= self.end || !self.starts_upper(at) && !self.is(at, "al") {
            return None;
        }
        let list = self.lexicon.feasts.get(first_word(self.lower(at)))?;
        let (end, feast) = list.iter().find_map(|feast| Some((self.spells(at, feast)?, feast)))?;
        // `a Christmas market` may be held on any day.
        if self.used(end, Use::FeastThing) || self.is_named(at) && self.label(at) != Some(EntityLabel::Org) {
            return None;
        }
        let (end, year) = self.year_after(end);
        let (end, which) = match (self.word(end), self.word(end + 1)) {
            (Word::Which(nth), Word::Unit(TimeUnit::Year)) if year.is_none() => (end + 2, which(nth)),
            _ => (end, Which::Unmarked),
        };
        Some((end, TimeValue::Feast { rule: feast.rule, days: feast.days, year, which }))
    }

    /// Whether the words from here spell a name, whatever the tokens: one past them.
    fn spells(&self, at: usize, feast: &FeastName) -> Option<usize> {
        let mut rest = feast.name.as_str();
        let mut next = at;
        while !rest.is_empty() {
            let word = self.lower(next);
            rest = rest.strip_prefix(word).filter(|_| !word.is_empty())?.trim_start_matches(' ');
            next += 1;
        }
        Some(next)
    }
}

/// A rule some days later.
fn later(
    rule: watchkeeper_record::mention::FeastRule,
    days: u32,
) -> Option<watchkeeper_record::mention::FeastRule> {
    use watchkeeper_record::mention::FeastRule;
    let plus = i32::try_from(days).ok()?;
    Some(match rule {
        FeastRule::Easter(offset) => FeastRule::Easter(offset + plus),
        FeastRule::OrthodoxEaster(offset) => FeastRule::OrthodoxEaster(offset + plus),
        FeastRule::Equinox(offset) => FeastRule::Equinox(offset + plus),
        FeastRule::Islamic(month, day) if day + days <= 30 => FeastRule::Islamic(month, day + days),
        FeastRule::Hebrew(month, day) if day + days <= 30 => FeastRule::Hebrew(month, day + days),
        FeastRule::Fixed { month, day } if day + days <= 28 => FeastRule::Fixed { month, day: day + days },
        FeastRule::Weekday { month, weekday, nth, plus: base } => {
            FeastRule::Weekday { month, weekday, nth, plus: base + plus }
        }
        FeastRule::NewMoon { month, day, half_hours, plus: base } => {
            FeastRule::NewMoon { month, day, half_hours, plus: base + plus }
        }
        _ => return None,
    })
}
