//! Wordings that filled roles in the texts learned from, with how often they did and in how many documents they stood.
//!
//! Only hashes are kept. It says little of texts of other times and regions; the figures without it are in `evaluation/muc4.md`.

use rustc_hash::FxHashMap;
use watchkeeper_nn::weights::{WeightError, WeightFile, WeightFileBuilder};
use watchkeeper_record::roles::ROLES;

use super::sparse::hash;

/// Numbers of a row: documents in which it filled each role, and documents in which it stood.
const WIDTH: usize = ROLES + 1;

/// How often wordings filled roles.
#[derive(Debug, Clone, Default)]
pub struct Known {
    rows: FxHashMap<u64, [f32; WIDTH]>,
}

impl Known {
    /// Counts one document's wordings, each once: its words and the roles it fills as bits.
    pub fn add(&mut self, words: &str, bits: u8) {
        let row = self.rows.entry(hash(words)).or_default();
        for (role, count) in row.iter_mut().take(ROLES).enumerate() {
            *count += f32::from(bits >> role & 1);
        }
        row[ROLES] += 1.0;
    }

    /// Forgets wordings that never filled a role.
    pub fn prune(&mut self) {
        self.rows.retain(|_, row| row[..ROLES].iter().any(|count| *count > 0.0));
    }

    /// The share of documents with these words in which they filled a role, drawn towards 0 where there were few, and the number.
    #[must_use]
    pub fn share(&self, words: &str, role: usize) -> (f32, f32) {
        self.rows.get(&hash(words)).map_or((0.0, 0.0), |row| (row[role] / (row[ROLES] + 2.0), row[role]))
    }

    /// Reads the entries under a prefix.
    ///
    /// # Errors
    /// When one is missing or has another shape.
    pub fn from_weights(file: &WeightFile<'_>, prefix: &str) -> Result<Self, WeightError> {
        let keys = file.blob(&format!("{prefix}.keys"))?;
        let keys: Vec<u64> = keys.as_chunks::<8>().0.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect();
        let counts = file.tensor_of(&format!("{prefix}.counts"), &[keys.len(), WIDTH])?;
        let rows = keys
            .into_iter()
            .zip(counts.chunks_exact(WIDTH))
            .map(|(key, row)| (key, std::array::from_fn(|at| row[at])))
            .collect();
        Ok(Self { rows })
    }

    /// Writes the entries under a prefix, by key.
    pub fn write(&self, prefix: &str, file: &mut WeightFileBuilder) {
        let mut rows: Vec<(u64, [f32; WIDTH])> = self.rows.iter().map(|(key, row)| (*key, *row)).collect();
        rows.sort_by_key(|(key, _)| *key);
        let keys: Vec<u8> = rows.iter().flat_map(|(key, _)| key.to_le_bytes()).collect();
        let counts: Vec<f32> = rows.iter().flat_map(|(_, row)| *row).collect();
        file.blob(&format!("{prefix}.keys"), &keys);
        file.tensor(&format!("{prefix}.counts"), &[rows.len(), WIDTH], &counts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_kept_in_a_file() {
        let mut known = Known::default();
        known.add("lorry", 0b100);
        known.add("lorry", 0);
        known.add("tree", 0);
        known.prune();
        let mut file = WeightFileBuilder::new();
        known.write("known", &mut file);
        let bytes = file.finish();
        let file = WeightFile::parse(&bytes).expect("sound");
        let read = Known::from_weights(&file, "known").expect("sound");
        assert_eq!(read.share("lorry", 2), (0.25, 1.0));
        assert_eq!(read.share("tree", 2), (0.0, 0.0));
    }
}
