//! The deeper reader: a transformer encoder that says which role in an incident each token fills.
//!
//! In: a document. Out: [`TokenRoles`]. Several taggers, each trained on another part of the texts, share their vocabulary,
//! embeddings and first layers; their probabilities are averaged. Only loaded where the user asks for it.
//!
//! # In the weight files
//!
//! The base: blob `vocabulary`, `embeddings.*`, `layer.0.*` …; each tagger: `layer.N.*` on from where the base ends, and `head`
//! (`[16, width]`: inside for five roles, first token for five, kind of incident for six). Recipe: `training/incidents`.

use watchkeeper_nn::encoder::{self, Embeddings, EncoderLayer};
use watchkeeper_nn::layers::Linear;
use watchkeeper_nn::trees::logistic;
use watchkeeper_nn::{WeightError, WeightFile};
use watchkeeper_record::Document;
use watchkeeper_record::roles::{KINDS, ROLES, TokenRoles};

use crate::pieces::Pieces;

/// Length of a vector.
const WIDTH: usize = 384;
/// Outputs a token.
const OUTPUTS: usize = 2 * ROLES + KINDS;
/// Word pieces of one token that are read: a run of a thousand dashes tells no more than one of sixty.
const TOKEN_MAX: usize = 64;
/// Word pieces that two neighbouring windows share at most.
const OVERLAP: usize = 128;

/// A stack of taggers on one base.
#[derive(Debug)]
pub struct RoleTagger {
    pieces: Pieces,
    embeddings: Embeddings,
    base: Vec<EncoderLayer>,
    taggers: Vec<Tagger>,
}

#[derive(Debug)]
struct Tagger {
    layers: Vec<EncoderLayer>,
    head: Linear,
}

impl RoleTagger {
    /// Loads the base and the taggers from the bytes of their weight files.
    ///
    /// # Errors
    /// When one is damaged, lacks something or doesn't fit the base.
    pub fn from_weights(base: &[u8], taggers: &[&[u8]]) -> Result<Self, WeightError> {
        let file = WeightFile::parse(base)?;
        let layers = stack(&file, 0)?;
        let taggers = taggers
            .iter()
            .map(|bytes| {
                let file = WeightFile::parse(bytes)?;
                Ok(Tagger {
                    layers: stack(&file, layers.len())?,
                    head: encoder::head(&file, "head", WIDTH, OUTPUTS)?,
                })
            })
            .collect::<Result<_, WeightError>>()?;
        Ok(Self {
            pieces: Pieces::new(file.blob("vocabulary")?)?,
            embeddings: Embeddings::load(&file, "embeddings", WIDTH)?,
            base: layers,
            taggers,
        })
    }

    /// Tags a document. About a thousand tokens a second.
    #[must_use]
    pub fn tag(&self, doc: &Document) -> TokenRoles {
        let count = doc.tokens().len();
        let mut roles = TokenRoles {
            rows: vec![[0.0; ROLES]; count],
            begins: vec![[0.0; ROLES]; count],
            kinds: [0.0; KINDS],
        };
        let ids: Vec<Vec<u32>> = doc
            .tokens()
            .iter()
            .map(|tok| {
                let mut ids = self.pieces.of(&tok.text);
                ids.truncate(TOKEN_MAX);
                ids
            })
            .collect();
        let mut parts: Vec<TokenRoles> = self.taggers.iter().map(|_| roles.clone()).collect();
        for window in windows(&ids, self.embeddings.window_max().saturating_sub(2)) {
            self.tag_window(&ids, &window, &mut parts);
        }
        let share = 1.0 / self.taggers.len().max(1) as f32;
        for part in &parts {
            for (sum, row) in
                roles.rows.iter_mut().zip(&part.rows).chain(roles.begins.iter_mut().zip(&part.begins))
            {
                for (sum, value) in sum.iter_mut().zip(row) {
                    *sum += value * share;
                }
            }
            for (sum, value) in roles.kinds.iter_mut().zip(&part.kinds) {
                *sum += value * share;
            }
        }
        // Four digits: what trees learn from; rounding in the last bits must not move a value over a threshold.
        for value in roles.rows.iter_mut().chain(&mut roles.begins).flatten() {
            *value = (*value * 1e4).round() / 1e4;
        }
        roles
    }

    /// Takes one window through every tagger; where windows overlap the higher probability counts.
    fn tag_window(&self, ids: &[Vec<u32>], window: &std::ops::Range<usize>, parts: &mut [TokenRoles]) {
        let longest = self.embeddings.window_max();
        let mut sequence = vec![self.pieces.first];
        let mut places = Vec::with_capacity(window.len());
        for ids in &ids[window.clone()] {
            places.push(sequence.len());
            sequence.extend(ids);
        }
        sequence.truncate(longest - 1);
        sequence.push(self.pieces.last);
        let mut rows = self.embeddings.embed(&sequence);
        for layer in &self.base {
            rows = layer.apply(&rows);
        }
        for (tagger, part) in self.taggers.iter().zip(parts) {
            let mut rows = rows.clone();
            for layer in &tagger.layers {
                rows = layer.apply(&rows);
            }
            let mut scores = vec![0.0; sequence.len() * OUTPUTS];
            tagger.head.apply(&rows, &mut scores);
            for (token, &at) in window.clone().zip(&places) {
                if at + 1 >= sequence.len() {
                    break;
                }
                let scores = &scores[at * OUTPUTS..][..OUTPUTS];
                for role in 0..ROLES {
                    let (inside, begin) = (logistic(scores[role]), logistic(scores[ROLES + role]));
                    part.rows[token][role] = part.rows[token][role].max(inside);
                    part.begins[token][role] = part.begins[token][role].max(begin);
                }
            }
            for (kind, best) in part.kinds.iter_mut().enumerate() {
                let values = || scores.chunks_exact(OUTPUTS).map(|row| row[2 * ROLES + kind]);
                let top = values().fold(f32::NEG_INFINITY, f32::max);
                let sum = top + values().map(|value| (value - top).exp()).sum::<f32>().ln();
                *best = best.max(logistic(sum));
            }
        }
    }
}

/// Loads the layers `layer.first`, `layer.first + 1` … as far as the file has them.
fn stack(file: &WeightFile<'_>, first: usize) -> Result<Vec<EncoderLayer>, WeightError> {
    let names: Vec<&str> = file.names().collect();
    let has = |number: usize| names.iter().any(|name| name.starts_with(&format!("layer.{number}.")));
    (first..)
        .take_while(|&number| has(number))
        .map(|number| EncoderLayer::load(file, &format!("layer.{number}"), WIDTH))
        .collect()
}

/// Runs of tokens whose pieces fit into `longest`; the next begins at most [`OVERLAP`] pieces before the end of the last. The same as in
/// `training/incidents/encoder.py`.
fn windows(ids: &[Vec<u32>], longest: usize) -> Vec<std::ops::Range<usize>> {
    let mut out = Vec::new();
    let mut first = 0;
    while first < ids.len() {
        let (mut count, mut last) = (0, first);
        while last < ids.len() && count + ids[last].len() <= longest {
            count += ids[last].len();
            last += 1;
        }
        last = last.max(first + 1);
        out.push(first..last);
        if last == ids.len() {
            break;
        }
        let (mut back, mut next) = (0, last);
        while next > first + 1 && back + ids[next - 1].len() <= OVERLAP {
            next -= 1;
            back += ids[next].len();
        }
        first = next;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_cover_every_token_and_move_on() {
        let ids: Vec<Vec<u32>> =
            (0..3000).map(|i| vec![0; if i % 7 == 0 { TOKEN_MAX } else { 1 + i % 4 }]).collect();
        let windows = windows(&ids, 510);
        let mut covered = 0;
        for window in &windows {
            assert!(window.start <= covered && window.end > covered, "{window:?} after {covered}");
            covered = window.end;
        }
        assert_eq!(covered, 3000);
    }
}
