//! Sets of characters.

use crate::chars;

/// A set of characters: ranges, Python's named classes, possibly negated.
#[derive(Debug, Clone, Default)]
pub(super) struct Class {
    ascii: [u64; 2],
    /// Sorted inclusive ranges above ASCII, before negation.
    ranges: Vec<(char, char)>,
    named: Vec<Named>,
    negated: bool,
}

/// One of `\d \w \s` and their negations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) kind: NamedKind,
    pub(super) negated: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NamedKind {
    Decimal,
    Word,
    Space,
}

impl Named {
    fn contains(self, c: char) -> bool {
        let hit = match self.kind {
            NamedKind::Decimal => chars::is_decimal(c),
            NamedKind::Word => chars::is_word(c),
            NamedKind::Space => chars::is_space(c),
        };
        hit != self.negated
    }
}

impl Class {
    pub(super) fn new(mut ranges: Vec<(char, char)>, named: Vec<Named>, negated: bool) -> Self {
        ranges.sort_unstable();
        let mut merged: Vec<(char, char)> = Vec::with_capacity(ranges.len());
        for (start, end) in ranges {
            match merged.last_mut() {
                Some(last) if u32::from(start) <= u32::from(last.1).saturating_add(1) => {
                    last.1 = last.1.max(end);
                }
                _ => merged.push((start, end)),
            }
        }
        let mut class = Self { ascii: [0; 2], ranges: merged, named, negated };
        for byte in 0u8..128 {
            if class.slow_contains(char::from(byte)) {
                class.ascii[usize::from(byte >> 6)] |= 1 << (byte & 63);
            }
        }
        class
    }

    pub(super) fn single(c: char) -> Self {
        Self::new(vec![(c, c)], Vec::new(), false)
    }

    /// Returns the union, if neither is negated.
    pub(super) fn union(&self, other: &Self) -> Option<Self> {
        if self.negated || other.negated {
            return None;
        }
        let ranges = self.ranges.iter().chain(&other.ranges).copied().collect();
        let named = self.named.iter().chain(&other.named).copied().collect();
        Some(Self::new(ranges, named, false))
    }

    fn slow_contains(&self, c: char) -> bool {
        let after = self.ranges.partition_point(|&(start, _)| start <= c);
        let hit =
            (after > 0 && c <= self.ranges[after - 1].1) || self.named.iter().any(|named| named.contains(c));
        hit != self.negated
    }

    #[inline]
    pub(super) fn contains(&self, c: char) -> bool {
        if c.is_ascii() {
            let c = c as usize;
            self.ascii[c >> 6] >> (c & 63) & 1 == 1
        } else {
            self.slow_contains(c)
        }
    }

    /// Returns the only character of the set, where it has exactly one.
    pub(super) fn only(&self) -> Option<char> {
        match self.ranges.as_slice() {
            [(start, end)] if start == end && self.named.is_empty() && !self.negated => Some(*start),
            _ => None,
        }
    }

    /// Tells whether a character above ASCII may be in the set (never wrongly no).
    pub(super) fn may_hold_non_ascii(&self) -> bool {
        self.negated || !self.named.is_empty() || self.ranges.last().is_some_and(|r| !r.1.is_ascii())
    }
}
