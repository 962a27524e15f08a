//! Token vectors: hashed embeddings, a mixer and four convolutional layers (spaCy `Tok2Vec`, width 96).
//!
//! In: tokens of documents as words of a [`Lexicon`]. Out: one 96-value vector a token. A vector depends on the token and
//! the four tokens on either side in its own document, never on other documents or on the batch.
//!
//! What depends on a word alone (the mixer's output and its shares of the first encoder layer) is computed once and kept in
//! a bounded [`WordCache`]; a cached value equals a fresh one bit for bit.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use watchkeeper_nn::layers::{HashEmbed, Linear, MaxoutNorm, SplitMaxoutNorm, Thirds};
use watchkeeper_nn::{WeightError, WeightFile};

use crate::lexeme::{Attributes, LexemeId, Lexicon};
use crate::package::{Column, WIDTH};
use crate::tokenize::Token;

/// Tokens of context on either side, and zero rows beyond the ends of a document.
const CONTEXT: usize = 4;
/// Words whose values are kept; about 4 KB each.
const CACHE_WORDS_MAX: usize = 8192;
/// Words computed together.
const BLOCK: usize = 48;
/// A row beyond the ends of a document.
const PAD: u32 = u32::MAX;

/// Static word vectors of a package (md, lg), shared by both networks.
#[derive(Debug)]
pub struct StaticVectors {
    rows: FxHashMap<u64, u32>,
    table: Vec<f32>,
    width: usize,
}

impl StaticVectors {
    /// Loads `vectors` `[rows, width]` and the blob `vectors.keys`; `None` when the file has none.
    ///
    /// # Errors
    /// When keys and table disagree.
    pub fn load(file: &WeightFile<'_>) -> Result<Option<Self>, WeightError> {
        let Ok(tensor) = file.tensor("vectors") else { return Ok(None) };
        let &[rows, width] = tensor.shape.as_slice() else {
            let expected = vec![0, 0];
            return Err(WeightError::Shape { name: "vectors".to_owned(), expected, found: tensor.shape });
        };
        let mut map = FxHashMap::default();
        for pair in file.blob("vectors.keys")?.as_chunks::<16>().0 {
            let (key, row) = pair.split_at(8);
            let word = |b: &[u8]| u64::from_le_bytes(b.try_into().expect("eight bytes"));
            match u32::try_from(word(row)) {
                Ok(row) if (row as usize) < rows => map.insert(word(key), row),
                _ => return Err(WeightError::Missing(format!("vectors row {}", word(row)))),
            };
        }
        Ok(Some(Self { rows: map, table: tensor.data, width }))
    }

    fn get(&self, key: u64) -> Option<&[f32]> {
        let row = *self.rows.get(&key)? as usize;
        Some(&self.table[row * self.width..(row + 1) * self.width])
    }
}

#[derive(Debug)]
struct Statics {
    vectors: Arc<StaticVectors>,
    projection: Linear,
}

/// A token-vector network.
#[derive(Debug)]
pub struct Tok2Vec {
    embeds: Vec<(Column, HashEmbed)>,
    statics: Option<Statics>,
    mixer: MaxoutNorm,
    first: SplitMaxoutNorm,
    rest: [MaxoutNorm; 3],
    by_space: bool,
}

/// Values that depend on a word alone, for one network and one worker. Bounded.
#[derive(Debug, Default)]
pub struct WordCache {
    generation: u64,
    /// Slot by word and `space_after`; [`PAD`] where there is none.
    slots: Vec<u32>,
    mixed: Vec<[f32; WIDTH]>,
    thirds: Vec<Thirds>,
}

impl WordCache {
    /// Forgets everything if the lexicon was cleared or the cache could overflow with `tokens` more words.
    fn prepare(&mut self, lexicon: &Lexicon, tokens: usize) {
        if self.generation != lexicon.generation() || self.mixed.len() + tokens > CACHE_WORDS_MAX {
            self.slots.clear();
            self.mixed.clear();
            self.thirds.clear();
            self.generation = lexicon.generation();
        }
        self.slots.resize(lexicon.len() * 2, PAD);
    }
}

/// Part of a document whose vectors are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'t> {
    /// All tokens of the document.
    pub tokens: &'t [Token],
    /// First token wanted.
    pub start: usize,
    /// One past the last token wanted.
    pub end: usize,
}

/// Buffers of one worker, kept to save allocations.
#[derive(Debug, Default)]
pub struct Scratch {
    rows: Vec<u32>,
    first_row: Vec<usize>,
    missing: Vec<(LexemeId, u32)>,
    input: Vec<f32>,
    a: Vec<f32>,
    b: Vec<f32>,
}

impl Tok2Vec {
    /// Loads the network whose tensors begin with `prefix`.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub fn load(
        file: &WeightFile<'_>,
        prefix: &str,
        columns: &[(Column, u32)],
        vectors: Option<&Arc<StaticVectors>>,
    ) -> Result<Self, WeightError> {
        let embeds = columns
            .iter()
            .enumerate()
            .map(|(k, &(column, seed))| {
                Ok((column, HashEmbed::load(file, &format!("{prefix}.embed.{k}"), seed)?))
            })
            .collect::<Result<Vec<_>, WeightError>>()?;
        let statics = match vectors {
            Some(vectors) => {
                let name = format!("{prefix}.static");
                let weights = file.tensor_of(&name, &[WIDTH, vectors.width])?;
                let projection = Linear::new(&weights, &[0.0; WIDTH], vectors.width);
                Some(Statics { vectors: Arc::clone(vectors), projection })
            }
            None => None,
        };
        let inputs = (embeds.len() + usize::from(statics.is_some())) * WIDTH;
        let layer = |k: usize| MaxoutNorm::load(file, &format!("{prefix}.layer.{k}"), 3 * WIDTH);
        Ok(Self {
            by_space: columns.iter().any(|&(column, _)| column == Column::Spacy),
            embeds,
            statics,
            mixer: MaxoutNorm::load(file, &format!("{prefix}.layer.0"), inputs)?,
            first: SplitMaxoutNorm::load(file, &format!("{prefix}.layer.1"))?,
            rest: [layer(2)?, layer(3)?, layer(4)?],
        })
    }

    /// Computes the vectors of the pieces, one after another: `out` becomes `[tokens, 96]`.
    pub fn encode(
        &self,
        pieces: &[Piece<'_>],
        lexicon: &Lexicon,
        cache: &mut WordCache,
        scratch: &mut Scratch,
        out: &mut Vec<f32>,
    ) {
        self.lay_out(pieces, lexicon, cache, scratch);
        self.fill(lexicon, cache, scratch);
        let rows = scratch.rows.len();
        // One zero row before and one after all others stand for whatever lies outside.
        for buffer in [&mut scratch.a, &mut scratch.b] {
            buffer.clear();
            buffer.resize((rows + 2) * WIDTH, 0.0);
        }
        self.first_layer(cache, scratch);
        for layer in &self.rest {
            let inner = WIDTH..(rows + 1) * WIDTH;
            layer.apply(&scratch.a, WIDTH, Some(&scratch.a[inner.clone()]), &mut scratch.b[inner]);
            std::mem::swap(&mut scratch.a, &mut scratch.b);
        }
        out.clear();
        for (piece, &row) in pieces.iter().zip(&scratch.first_row) {
            let count = piece.end - piece.start;
            out.extend_from_slice(&scratch.a[(row + 1) * WIDTH..(row + 1 + count) * WIDTH]);
        }
    }

    /// Lists the rows to compute (each a slot of the cache or [`PAD`]) and the words that have no slot yet.
    ///
    /// Four rows of context stand on either side of a piece. Where both neighbours end in padding they share it: what one
    /// document writes into the shared rows reaches the other's side only after the fourth layer.
    fn lay_out(&self, pieces: &[Piece<'_>], lexicon: &Lexicon, cache: &mut WordCache, scratch: &mut Scratch) {
        let tokens: usize = pieces.iter().map(|p| p.end - p.start + 2 * CONTEXT).sum();
        cache.prepare(lexicon, tokens);
        scratch.rows.clear();
        scratch.first_row.clear();
        scratch.missing.clear();
        let mut shared = false;
        for piece in pieces {
            let Piece { tokens, start, end } = *piece;
            if !(shared && start == 0) {
                scratch.rows.extend(std::iter::repeat_n(PAD, CONTEXT - start.min(CONTEXT)));
            }
            let from = start - start.min(CONTEXT);
            let to = tokens.len().min(end + CONTEXT);
            scratch.first_row.push(scratch.rows.len() + (start - from));
            for token in &tokens[from..to] {
                let key = token.lexeme.index() * 2 + usize::from(self.by_space && token.space_after);
                if cache.slots[key] == PAD {
                    let slot = cache.mixed.len() + scratch.missing.len();
                    cache.slots[key] = u32::try_from(slot).expect("the cache is bounded");
                    scratch.missing.push((token.lexeme, u32::from(token.space_after)));
                }
                scratch.rows.push(cache.slots[key]);
            }
            scratch.rows.extend(std::iter::repeat_n(PAD, CONTEXT - (to - end)));
            shared = to == end;
        }
    }

    /// Computes the values of the words that have none yet.
    fn fill(&self, lexicon: &Lexicon, cache: &mut WordCache, scratch: &mut Scratch) {
        let inputs = (self.embeds.len() + usize::from(self.statics.is_some())) * WIDTH;
        for words in scratch.missing.chunks(BLOCK) {
            scratch.input.clear();
            scratch.input.resize(words.len() * inputs, 0.0);
            for (&(lexeme, space), row) in words.iter().zip(scratch.input.chunks_exact_mut(inputs)) {
                let attributes = lexicon.attributes(lexeme);
                let (columns, _) = row.as_chunks_mut::<WIDTH>();
                for ((column, embed), out) in self.embeds.iter().zip(columns.iter_mut()) {
                    embed.embed(key(*column, &attributes, space), out);
                }
                if let (Some(statics), Some(out)) = (&self.statics, columns.last_mut())
                    && let Some(vector) = statics.vectors.get(attributes.orth)
                {
                    statics.projection.apply(vector, out);
                }
            }
            let first = cache.mixed.len();
            cache.mixed.resize(first + words.len(), [0.0; WIDTH]);
            cache.thirds.resize(first + words.len(), [[0.0; 3 * WIDTH]; 3]);
            let mixed = cache.mixed[first..].as_flattened_mut();
            self.mixer.apply(&scratch.input, inputs, None, mixed);
            self.first.thirds(mixed, &mut cache.thirds[first..]);
        }
    }

    /// Computes the first encoder layer from the words' shares into `scratch.a`.
    fn first_layer(&self, cache: &WordCache, scratch: &mut Scratch) {
        const NOTHING: &Thirds = &[[0.0; 3 * WIDTH]; 3];
        const ZERO: &[f32; WIDTH] = &[0.0; WIDTH];
        let share = |slot: u32| if slot == PAD { NOTHING } else { &cache.thirds[slot as usize] };
        let out = scratch.a.as_chunks_mut::<WIDTH>().0;
        for (i, &slot) in scratch.rows.iter().enumerate() {
            let left = if i == 0 { PAD } else { scratch.rows[i - 1] };
            let right = scratch.rows.get(i + 1).copied().unwrap_or(PAD);
            let mixed = if slot == PAD { ZERO } else { &cache.mixed[slot as usize] };
            let shares = [&share(left)[0], &share(slot)[1], &share(right)[2]];
            self.first.row(shares, mixed, &mut out[i + 1]);
        }
    }
}

/// Returns the key that enters a column's embedding table.
fn key(column: Column, attributes: &Attributes, space: u32) -> u64 {
    match column {
        Column::Norm => attributes.norm,
        Column::Prefix => attributes.prefix,
        Column::Suffix => attributes.suffix,
        Column::Shape => attributes.shape,
        Column::Spacy => u64::from(space),
        Column::IsSpace => u64::from(attributes.is_space),
    }
}
