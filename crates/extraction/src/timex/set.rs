//! Recurring times: `every Friday`, `daily`, `each year`, `twice a week`, `Tuesday nights`.

use watchkeeper_record::document::EntityLabel;
use watchkeeper_record::mention::TimeValue;

use super::scan::{Match, Scan};
use super::words::{Use, Word};

impl Scan<'_> {
    /// A recurring time.
    pub(super) fn set(&self, at: usize) -> Option<Match> {
        let set = |end: usize, timex3: String| Some((end, TimeValue::Set { timex3 }));
        match self.word(at) {
            Word::Set(index) => {
                // `Daily` in the name of a newspaper is none.
                let named = self
                    .label(at)
                    .is_some_and(|label| label != EntityLabel::Date && label != EntityLabel::Time);
                return (!named).then(|| set(at + 1, self.lexicon.sets[index as usize].clone())).flatten();
            }
            Word::Weekdays(weekday) if self.is_name(at) => {
                return set(at + 1, format!("XXXX-WXX-{}", weekday + 1));
            }
            Word::Weekday(weekday) if self.is_name(at) => {
                let Word::Parts(part) = self.word(at + 1) else { return None };
                return set(at + 2, format!("XXXX-WXX-{}T{part}", weekday + 1));
            }
            Word::Parts(part) if self.is(at, "nights") && self.led(at, Use::MostOf) => {
                return set(at + 1, format!("XXXX-XX-XXT{part}"));
            }
            Word::Every => return self.every(at),
            _ => {}
        }
        // `a week`, `per day` after a number or `times`, `once`, `twice`, or a counted thing: `four flights a week`.
        if self.is_any(at, &["a", "an", "per"])
            && let Word::Unit(unit) = self.word(at + 1)
        {
            let counted = at > self.start
                && (matches!(
                    self.label(at - 1),
                    Some(EntityLabel::Money | EntityLabel::Cardinal | EntityLabel::Percent)
                ) || self.is_noun(at - 1) && self.counted(at - 1))
                && !self.is_any(at + 2, &["ago", "earlier", "later", "before", "after", "or", "and"]);
            let rate = self.led(at, Use::RateLead) || self.is(at, "per") || counted;
            return rate.then(|| set(at + 2, unit.period("1"))).flatten();
        }
        None
    }

    /// Whether a plural noun, or one of the three words before it, has a number.
    fn counted(&self, at: usize) -> bool {
        (at.saturating_sub(3).max(self.start)..at).any(|before| {
            self.digits(before).is_some() || matches!(self.word(before), Word::Number(_) | Word::Hundred(_))
        }) && self.lower(at).ends_with('s')
    }

    fn every(&self, at: usize) -> Option<Match> {
        let set = |end: usize, timex3: String| Some((end, TimeValue::Set { timex3 }));
        let other = self.is(at + 1, "other");
        let next = if other { at + 2 } else { at + 1 };
        let (next, count) = match self.count(next) {
            Some((end, low, high)) if (high - low).abs() < 0.01 => (end, low as i32),
            _ => (next, 1),
        };
        let count = if other { 2 } else { count };
        match self.word(next) {
            Word::Unit(unit) | Word::Units(unit) => set(next + 1, unit.period(&count.to_string())),
            Word::Weekday(weekday) => match self.word(next + 1) {
                Word::Part(part) => set(next + 2, format!("XXXX-WXX-{}T{part}", weekday + 1)),
                _ => set(next + 1, format!("XXXX-WXX-{}", weekday + 1)),
            },
            Word::Part(part) => set(next + 1, format!("XXXX-XX-XXT{part}")),
            Word::Month(month) => set(next + 1, format!("XXXX-{month:02}")),
            Word::Season(season) => {
                set(next + 1, format!("XXXX-{}", ["WI", "SP", "SU", "FA"][season as usize % 4]))
            }
            Word::Weekend => set(next + 1, "XXXX-WXX-WE".to_owned()),
            // `each of the past three years` is a stretch.
            _ if self.is(at + 1, "of") => {
                let (end, value) = self.date(at + 2)?;
                Some((end, value))
            }
            _ => None,
        }
    }
}
