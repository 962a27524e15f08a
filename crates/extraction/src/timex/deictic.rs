//! Times counted from publication or from the text: `yesterday`, `last week`, `the previous night`, `the same day`, `the past three years`.

use watchkeeper_record::document::{Pos, TokenIndex};
use watchkeeper_record::mention::{CountedFrom, TimeUnit, TimeValue, Which};

use super::scan::{Match, Scan, clock, day, range, step, text, which};
use super::words::{Nth, Use, Word};

impl Scan<'_> {
    /// A time that counts from publication or from another.
    pub(super) fn deictic(&self, at: usize) -> Option<Match> {
        match self.word(at) {
            Word::Day(offset) => return Some((at + 1, day(offset))),
            Word::Tonight => return Some((at + 1, clock(None, Some("NI"), day(0)))),
            Word::Overnight if self.doc.token(at as TokenIndex).pos == Pos::Adv => {
                return Some((at + 1, clock(None, Some("NI"), day(-1))));
            }
            _ => {}
        }
        let mut next = at;
        if self.is(next, "the") {
            next += 1;
            if let Some(found) = self.definite(next) {
                return Some(found);
            }
        }
        let nth = match self.word(next) {
            Word::Which(nth) => nth,
            Word::Weekend if next > at => return Some((next + 1, weekend(Which::Unmarked))),
            _ if self.is(next, "that") => return self.that(next + 1),
            _ => return None,
        };
        // `this same day`, `that very night`
        let told_in_text = matches!(nth, Nth::Previous | Nth::Following | Nth::Same)
            || (matches!(nth, Nth::Next) && self.is(next + 1, "day"));
        let from = if told_in_text { CountedFrom::Text } else { CountedFrom::Published };
        let step = step(nth);
        let mut following = next + 1;
        // `this past spring`, `this coming Friday`
        let mut nth = nth;
        if nth == Nth::This && self.is_any(following, &["past", "coming"]) {
            nth = if self.is(following, "past") { Nth::Last } else { Nth::Next };
            following += 1;
            if let Word::Season(season) = self.word(following) {
                // The latest one, which may not be over.
                let which = if nth == Nth::Last { Which::Unmarked } else { Which::Next };
                return Some((
                    following + 1,
                    TimeValue::Season { season, year: None, which, from: CountedFrom::Published },
                ));
            }
        } else if self.is_any(next, &["present", "current", "coming", "past"])
            && !matches!(
                self.word(following),
                Word::Unit(_) | Word::Month(_) | Word::Weekend | Word::Season(_) | Word::Weekday(_)
            )
            && !self.is(following, "fiscal")
        {
            // `the present day`, `current` and the like aren't dates of their own.
            return self.counted_span(next, step);
        }
        if self.is(following, "fiscal") && matches!(self.word(following + 1), Word::Unit(_)) {
            following += 1;
        }
        match self.word(following) {
            Word::Unit(TimeUnit::Minute | TimeUnit::Hour) => None,
            Word::Unit(TimeUnit::Day) if nth == Nth::Last => None,
            Word::Unit(unit) => {
                // `the past year` is the span up to now, not the calendar year before.
                if self.is(next, "past") {
                    return Some((following + 1, span_of(unit, 1, -1)));
                }
                Some((following + 1, TimeValue::Period { unit, offset: step, from }))
            }
            Word::Part(part) | Word::PartSure(part) => {
                let day = TimeValue::Period { unit: TimeUnit::Day, offset: step, from };
                Some((following + 1, clock(None, Some(part), day)))
            }
            Word::Month(month) if self.starts_upper(following) => {
                let day = self.day_number(following + 1);
                let end = following + 1 + usize::from(day.is_some());
                Some((end, TimeValue::Calendar { year: None, month: Some(month), day, which: which(nth) }))
            }
            Word::Weekday(weekday) if self.starts_upper(following) => {
                let value = TimeValue::Weekday { weekday, which: which(nth) };
                Some(match self.word(following + 1) {
                    Word::Part(part) => (following + 2, clock(None, Some(part), value)),
                    _ => (following + 1, value),
                })
            }
            Word::Season(season) => Some((
                following + 1,
                match from {
                    CountedFrom::Published => TimeValue::Season {
                        season,
                        year: None,
                        which: which(nth),
                        from: CountedFrom::Published,
                    },
                    CountedFrom::Text => season_beside(season, step),
                },
            )),
            Word::Weekend => Some((following + 1, weekend(which(nth)))),
            Word::Fortnight => Some((following + 1, span_of(TimeUnit::Week, 2, step))),
            _ => self.counted_span(next, step),
        }
    }

    /// `that day`, `that same night`, `that year`: of the time told last.
    fn that(&self, at: usize) -> Option<Match> {
        let next = if self.is_any(at, &["same", "very"]) { at + 1 } else { at };
        match self.word(next) {
            Word::Unit(TimeUnit::Hour | TimeUnit::Minute) => None,
            Word::Unit(unit) => Some((next + 1, text(unit, 0))),
            Word::Part(part) => Some((next + 1, clock(None, Some(part), text(TimeUnit::Day, 0)))),
            Word::Season(season) => Some((next + 1, season_beside(season, 0))),
            Word::Month(month) if self.starts_upper(next) => Some((
                next + 1,
                TimeValue::Calendar { year: None, month: Some(month), day: None, which: Which::Unmarked },
            )),
            _ => None,
        }
    }

    /// After `the`: `day before yesterday`, `week before`, `year` alone, `morning` alone.
    fn definite(&self, next: usize) -> Option<Match> {
        if self.is(next, "day") && self.is(next + 2, "yesterday") && self.is(next + 1, "before") {
            return Some((next + 3, day(-2)));
        }
        if self.is(next, "day") && self.is(next + 2, "tomorrow") && self.is(next + 1, "after") {
            return Some((next + 3, day(2)));
        }
        // `in the morning`, `during the night`
        if let Word::Part(part) = self.word(next) {
            let led = next > self.start + 1
                && matches!(self.before(next - 1), "in" | "during" | "through" | "throughout" | "by");
            let alone = !self.is_any(next + 1, &["of", "on", "when", "that"]) && !self.is_noun(next + 1);
            let recurring = part == "NI" && self.before(next - 1) == "in";
            return (led && alone && !recurring)
                .then(|| (next + 1, clock(None, Some(part), text(TimeUnit::Day, 0))));
        }
        let mut unit_at = next;
        if self.is_any(next, &["full", "fiscal", "whole", "entire", "latest"]) {
            unit_at += 1;
        }
        let Word::Unit(unit) = self.word(unit_at) else { return None };
        let offset = match self.lower(unit_at + 1) {
            // `the day before`, `the week after`, where nothing follows that they count from.
            "before" | "earlier" => -1,
            "after" | "later" => 1,
            _ => 0,
        };
        if offset != 0 {
            let alone = unit_at + 2 >= self.end || self.used(unit_at + 2, Use::ClauseEnd);
            return (alone && unit_at == next).then(|| {
                let value = TimeValue::Offset { unit, low: offset, high: offset, from: CountedFrom::Text };
                (unit_at + 2, value)
            });
        }
        // `the year ended 30 June` is a length.
        if self.is_any(unit_at + 1, &["ended", "ending", "to"]) && unit == TimeUnit::Year {
            return Some((unit_at + 1, TimeValue::Duration { unit, count: Some(1.0) }));
        }
        let led = next > self.start + 1 && self.led(next - 1, Use::WholeLead);
        let alone =
            unit_at > next || led && !self.used(unit_at + 1, Use::AfterWhole) && !self.is_noun(unit_at + 1);
        let from = match unit {
            TimeUnit::Year | TimeUnit::Month | TimeUnit::Week => CountedFrom::Published,
            TimeUnit::Day if matches!(self.before(next - 1), "of" | "in" | "into") => CountedFrom::Text,
            TimeUnit::Quarter => CountedFrom::Text,
            _ => return None,
        };
        alone.then_some((unit_at + 1, TimeValue::Period { unit, offset: 0, from }))
    }

    /// `the past three days`, `the next few weeks`, `the last several years`: a stretch that ends or begins at publication.
    fn counted_span(&self, which_at: usize, step: i32) -> Option<Match> {
        if step == 0 {
            return None;
        }
        let (unit_at, low, high) = self.count(which_at + 1)?;
        let (Word::Units(unit) | Word::Unit(unit)) = self.word(unit_at) else { return None };
        let mut end = unit_at + 1;
        if self.is(end, "or") && self.is(end + 1, "so") {
            end += 2;
        }
        if low < high {
            let days = days_of(unit) * high as i32;
            let days = Some(if step < 0 { (-days, 0) } else { (0, days) });
            return Some((end, TimeValue::Vague { timex3: vague_period(unit), days }));
        }
        Some((end, span_of(unit, low as i32, step)))
    }
}

/// A season beside the time told last: the one it lies in, the one before or after.
fn season_beside(season: u32, step: i32) -> TimeValue {
    let which = match step {
        -1 => Which::Last,
        0 => Which::This,
        _ => Which::Next,
    };
    TimeValue::Season { season, year: None, which, from: CountedFrom::Text }
}

fn weekend(which: Which) -> TimeValue {
    range(TimeValue::Weekday { weekday: 5, which }, TimeValue::Weekday { weekday: 6, which })
}

/// The stretch of `count` units that ends (`step` < 0) or begins at publication.
fn span_of(unit: TimeUnit, count: i32, step: i32) -> TimeValue {
    let now = day(0);
    let far = TimeValue::Offset { unit, low: count * step, high: count * step, from: CountedFrom::Published };
    if step < 0 { range(far, now) } else { range(now, far) }
}

/// Days of a unit, roughly.
fn days_of(unit: TimeUnit) -> i32 {
    match unit {
        TimeUnit::Minute | TimeUnit::Hour | TimeUnit::Day => 1,
        TimeUnit::Week => 7,
        TimeUnit::Month => 31,
        TimeUnit::Quarter => 92,
        TimeUnit::Year => 366,
        TimeUnit::Decade => 3653,
        TimeUnit::Century => 36_525,
    }
}

/// The TIMEX3 period of an untold number of units.
pub(super) fn vague_period(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Minute => "PTXM",
        TimeUnit::Hour => "PTXH",
        TimeUnit::Day => "PXD",
        TimeUnit::Week => "PXW",
        TimeUnit::Month => "PXM",
        TimeUnit::Quarter => "PXQ",
        TimeUnit::Year => "PXY",
        TimeUnit::Decade => "PXDE",
        TimeUnit::Century => "PXCE",
    }
}
