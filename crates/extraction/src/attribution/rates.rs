//! Shares by word: how often a lemma, alone or in its surroundings, was an attribution's cue, content or source.
//!
//! In: counts made in training, keyed by hashes of lemmas and labels. Out: log-odds, each level smoothed to the one above it, so that
//! what was never seen falls back to what is known of its kind. Holds no text.

use rustc_hash::FxHashMap;

/// Weight of the level above, in observations.
const SMOOTH: f32 = 4.0;

/// Hash of a kind of count and its parts (FNV-1a).
pub(super) fn key(kind: char, parts: &[&str]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut eat = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    eat(kind as u8);
    for part in parts {
        eat(0);
        part.bytes().for_each(&mut eat);
    }
    hash
}

/// Counts by key: how often, and how often it was so.
#[derive(Debug, Clone, Default)]
pub struct Rates {
    counts: FxHashMap<u64, (f32, f32)>,
}

impl Rates {
    /// Counts one observation under each of a chain of keys.
    pub fn add(&mut self, chain: &[u64], hit: bool) {
        for &key in chain {
            let count = self.counts.entry(key).or_default();
            count.0 += 1.0;
            count.1 += f32::from(u8::from(hit));
        }
    }

    /// Forgets what was seen but once: it says no more than the level above.
    pub fn prune(&mut self) {
        self.counts.retain(|_, count| count.0 >= 2.0);
    }

    /// Log-odds along a chain from the general to the special.
    pub(super) fn logit(&self, chain: &[u64]) -> f32 {
        let mut share = 0.1;
        for key in chain {
            if let Some(&(all, hits)) = self.counts.get(key) {
                share = (hits + SMOOTH * share) / (all + SMOOTH);
            }
        }
        let share = share.clamp(0.0005, 0.9995);
        (share / (1.0 - share)).ln()
    }

    /// How often a key was seen.
    pub(super) fn seen(&self, key: u64) -> f32 {
        self.counts.get(&key).map_or(0.0, |count| count.0)
    }

    /// The counts as bytes: key, number, hits, 12 bytes each, little-endian, in order of keys.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut rows: Vec<(u64, (f32, f32))> = Vec::with_capacity(self.counts.len());
        #[expect(clippy::iter_over_hash_type, reason = "sorted below")]
        for (&key, &count) in &self.counts {
            rows.push((key, count));
        }
        rows.sort_unstable_by_key(|row| row.0);
        let mut bytes = Vec::with_capacity(rows.len() * 14);
        for (key, (all, hits)) in rows {
            bytes.extend(key.to_le_bytes());
            bytes.extend((all.min(65_535.0) as u16).to_le_bytes());
            let hits = if all > 65_535.0 { hits * 65_535.0 / all } else { hits };
            bytes.extend((hits as u16).to_le_bytes());
        }
        bytes
    }

    /// Reads [`Self::to_bytes`].
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let mut counts = FxHashMap::default();
        for row in bytes.chunks_exact(12) {
            let mut key = [0; 8];
            key.copy_from_slice(&row[..8]);
            let number = |at: usize| f32::from(u16::from_le_bytes([row[at], row[at + 1]]));
            counts.insert(u64::from_le_bytes(key), (number(8), number(10)));
        }
        Self { counts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unseen_falls_back_to_its_kind() {
        let (kind, word) = (key('w', &[]), key('w', &["say"]));
        let mut rates = Rates::default();
        for count in 0..20 {
            rates.add(&[kind, word], count % 10 != 0);
        }
        for _ in 0..80 {
            rates.add(&[kind, key('w', &["walk"])], false);
        }
        assert!(rates.logit(&[kind, word]) > 1.0);
        assert_eq!(rates.logit(&[kind, key('w', &["hum"])]), rates.logit(&[kind]));
        let again = Rates::from_bytes(&rates.to_bytes());
        assert_eq!(again.logit(&[kind, word]), rates.logit(&[kind, word]));
    }

    #[test]
    fn parts_are_kept_apart() {
        assert_ne!(key('a', &["bc"]), key('a', &["b", "c"]));
    }
}
