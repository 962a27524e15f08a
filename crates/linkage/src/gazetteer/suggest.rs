//! Names like one that the gazetteer lacks.

use super::{Gazetteer, Hit, RowIndex};
use crate::fold;

/// Letters that a name may have lost or gained.
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz ";
/// Longest name that is tried, in letters: the number of tries grows with it.
const LETTERS_MAX: usize = 40;

impl Gazetteer {
    /// Places whose name is one letter off (one more, one fewer, another one, or two swapped), the more populous first, each
    /// place once, at most `limit`. Takes some hundred look-ups.
    #[must_use]
    pub fn near_spellings(&self, name: &str, limit: usize) -> Vec<Hit> {
        let key = fold::fold(name);
        let letters: Vec<char> = key.chars().collect();
        if !(3..=LETTERS_MAX).contains(&letters.len()) {
            return Vec::new();
        }
        let mut tries: Vec<String> = Vec::new();
        let spell = |letters: &[char]| letters.iter().collect::<String>();
        for at in 0..=letters.len() {
            for letter in LETTERS.chars() {
                let mut more = letters.clone();
                more.insert(at, letter);
                tries.push(spell(&more));
                if at < letters.len() && letter != letters[at] {
                    let mut other = letters.clone();
                    other[at] = letter;
                    tries.push(spell(&other));
                }
            }
            if at < letters.len() {
                let mut fewer = letters.clone();
                fewer.remove(at);
                tries.push(spell(&fewer));
            }
            if at + 1 < letters.len() {
                let mut swapped = letters.clone();
                swapped.swap(at, at + 1);
                tries.push(spell(&swapped));
            }
        }
        tries.sort_unstable();
        tries.dedup();
        let mut found: Vec<(i64, RowIndex, Hit)> = Vec::new();
        for spelling in tries.iter().filter(|spelling| !spelling.starts_with(' ') && !spelling.ends_with(' '))
        {
            for hit in self.find_spelled(spelling) {
                let size = self.place(hit.row).map_or(0.0, |place| place.ln_population);
                found.push((-(size * 1000.0) as i64, hit.row, hit));
            }
        }
        found.sort_unstable();
        found.dedup_by_key(|(_, row, _)| *row);
        found.into_iter().take(limit).map(|(_, _, hit)| hit).collect()
    }
}
