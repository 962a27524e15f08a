//! A transformer encoder of the BERT kind (Devlin et al. 2019; post-norm layers as in Vaswani et al. 2017).
//!
//! In: ids of word pieces of one window. Out: one vector a piece. Weights are kept as bytes with one factor a row and unpacked
//! once, at loading; the embedding tables stay packed and are unpacked a row at a time. Several encoders may share their
//! embeddings and first layers: [`Embeddings`] and each [`EncoderLayer`] load by themselves.
//!
//! # In a weight file
//!
//! A matrix `N` `[rows, columns]` is a blob `N.q` (one signed byte a value, row-major) and a tensor `N.scale` (`[rows]`):
//! the value is `byte · scale`. Vectors are plain tensors.

use crate::kernels::{self, PANEL, Rows};
use crate::layers::Linear;
use crate::weights::{WeightError, WeightFile};

/// Width of an attention head.
const HEAD: usize = 32;
/// Added to the variance in layer normalisation, as the reference has it.
const EPSILON: f32 = 1e-12;

/// A matrix of signed bytes with one factor a row.
#[derive(Debug)]
struct Packed {
    columns: usize,
    bytes: Vec<i8>,
    scale: Vec<f32>,
}

impl Packed {
    fn load(file: &WeightFile<'_>, name: &str, columns: usize) -> Result<Self, WeightError> {
        let bytes: Vec<i8> = file.blob(&format!("{name}.q"))?.iter().map(|&byte| byte as i8).collect();
        let scale = file.tensor(&format!("{name}.scale"))?;
        if bytes.is_empty() || bytes.len() != scale.data.len() * columns {
            return Err(WeightError::Shape {
                name: name.to_owned(),
                expected: vec![scale.data.len(), columns],
                found: vec![bytes.len()],
            });
        }
        Ok(Self { columns, bytes, scale: scale.data })
    }

    fn rows(&self) -> usize {
        self.scale.len()
    }

    fn row(&self, row: usize) -> impl Iterator<Item = f32> + '_ {
        let scale = self.scale[row];
        self.bytes[row * self.columns..][..self.columns].iter().map(move |&byte| f32::from(byte) * scale)
    }

    fn unpacked(&self) -> Vec<f32> {
        (0..self.rows()).flat_map(|row| self.row(row)).collect()
    }
}

fn linear(file: &WeightFile<'_>, name: &str, inputs: usize, outputs: usize) -> Result<Linear, WeightError> {
    let matrix = Packed::load(file, &format!("{name}.W"), inputs)?;
    let bias = file.tensor_of(&format!("{name}.b"), &[outputs])?;
    if matrix.rows() != outputs {
        let (expected, found) = (vec![outputs, inputs], vec![matrix.rows(), inputs]);
        return Err(WeightError::Shape { name: name.to_owned(), expected, found });
    }
    Ok(Linear::new(&matrix.unpacked(), &bias, inputs))
}

/// Gain and bias of a layer normalisation.
#[derive(Debug)]
struct Norm {
    gain: Vec<f32>,
    bias: Vec<f32>,
}

impl Norm {
    fn load(file: &WeightFile<'_>, name: &str, width: usize) -> Result<Self, WeightError> {
        let part = |part: &str| file.tensor_of(&format!("{name}.{part}"), &[width]);
        Ok(Self { gain: part("gain")?, bias: part("bias")? })
    }

    fn apply(&self, rows: &mut [f32], residual: &[f32]) {
        kernels::add_and_normalise(rows, residual, &self.gain, &self.bias, EPSILON);
    }
}

/// The vectors of word pieces and positions: ids → `[n, width]`.
#[derive(Debug)]
pub struct Embeddings {
    words: Packed,
    positions: Packed,
    kind: Vec<f32>,
    norm: Norm,
}

impl Embeddings {
    /// Loads `prefix.words`, `prefix.positions` (matrices), `prefix.kind` `[width]` and `prefix.norm.gain`, `.bias`.
    ///
    /// # Errors
    /// When one is missing or has another shape, or `width` isn't a multiple of 32.
    pub fn load(file: &WeightFile<'_>, prefix: &str, width: usize) -> Result<Self, WeightError> {
        let name = |part: &str| format!("{prefix}.{part}");
        let kind = file.tensor_of(&name("kind"), &[width])?;
        if width == 0 || !width.is_multiple_of(HEAD) {
            return Err(WeightError::Shape { name: name("kind"), expected: vec![HEAD], found: vec![width] });
        }
        Ok(Self {
            words: Packed::load(file, &name("words"), width)?,
            positions: Packed::load(file, &name("positions"), width)?,
            kind,
            norm: Norm::load(file, &name("norm"), width)?,
        })
    }

    /// Length of a vector.
    #[must_use]
    pub fn width(&self) -> usize {
        self.kind.len()
    }

    /// Most pieces of a window.
    #[must_use]
    pub fn window_max(&self) -> usize {
        self.positions.rows()
    }

    /// Embeds a window: `[n, width]`. An id that the table lacks counts as piece 0; pieces past [`Embeddings::window_max`] are left out.
    #[must_use]
    pub fn embed(&self, ids: &[u32]) -> Vec<f32> {
        let ids = &ids[..ids.len().min(self.window_max())];
        let mut rows = Vec::with_capacity(ids.len() * self.width());
        let mut places = Vec::with_capacity(ids.len() * self.width());
        for (at, &id) in ids.iter().enumerate() {
            let id = if (id as usize) < self.words.rows() { id as usize } else { 0 };
            rows.extend(self.words.row(id).zip(&self.kind).map(|(word, kind)| word + kind));
            places.extend(self.positions.row(at));
        }
        self.norm.apply(&mut rows, &places);
        rows
    }
}

/// One layer: self-attention and a feed-forward network, each followed by a sum with its input and a normalisation.
#[derive(Debug)]
pub struct EncoderLayer {
    width: usize,
    /// Queries, keys and values: `width → 3 · width`.
    projections: Linear,
    joined: Linear,
    attention_norm: Norm,
    up: Linear,
    down: Linear,
    norm: Norm,
}

impl EncoderLayer {
    /// Loads `prefix.projections` (`[3 · width, width]`), `.joined`, `.up` (`[4 · width, width]`), `.down`, and the two norms.
    ///
    /// # Errors
    /// When one is missing or has another shape.
    pub fn load(file: &WeightFile<'_>, prefix: &str, width: usize) -> Result<Self, WeightError> {
        let name = |part: &str| format!("{prefix}.{part}");
        Ok(Self {
            width,
            projections: linear(file, &name("projections"), width, 3 * width)?,
            joined: linear(file, &name("joined"), width, width)?,
            attention_norm: Norm::load(file, &name("attention_norm"), width)?,
            up: linear(file, &name("up"), width, 4 * width)?,
            down: linear(file, &name("down"), 4 * width, width)?,
            norm: Norm::load(file, &name("norm"), width)?,
        })
    }

    /// Takes the rows of one window through the layer: `[n, width] → [n, width]`.
    #[must_use]
    pub fn apply(&self, rows: &[f32]) -> Vec<f32> {
        let count = rows.len() / self.width;
        let mut projected = vec![0.0; count * 3 * self.width];
        self.projections.apply(rows, &mut projected);
        let context = attend(&projected, count, self.width);
        let mut middle = vec![0.0; rows.len()];
        self.joined.apply(&context, &mut middle);
        self.attention_norm.apply(&mut middle, rows);
        let mut wide = vec![0.0; count * 4 * self.width];
        self.up.apply(&middle, &mut wide);
        kernels::gelu(&mut wide);
        let mut out = vec![0.0; rows.len()];
        self.down.apply(&wide, &mut out);
        self.norm.apply(&mut out, &middle);
        out
    }
}

/// Scaled dot-product attention, head by head: `[n, 3 · width]` (queries, keys, values) → `[n, width]`.
fn attend(projected: &[f32], count: usize, width: usize) -> Vec<f32> {
    let stride = 3 * width;
    let mut out = vec![0.0; count * width];
    let zero = vec![0.0; count.max(HEAD).next_multiple_of(PANEL)];
    let mut keys = vec![0.0; count.div_ceil(PANEL) * HEAD * PANEL];
    let value_panels = HEAD.div_ceil(PANEL);
    let mut values = vec![0.0; value_panels * count * PANEL];
    let mut scores = vec![0.0; count * count];
    let mut context = vec![0.0; count * HEAD];
    for first in (0..width).step_by(HEAD) {
        for row in 0..count {
            let from = &projected[row * stride..][..stride];
            for k in 0..HEAD {
                keys[((row / PANEL) * HEAD + k) * PANEL + row % PANEL] = from[width + first + k];
                values[((k / PANEL) * count + row) * PANEL + k % PANEL] = from[2 * width + first + k];
            }
        }
        let queries = Rows { data: &projected[first..], stride, inputs: HEAD, rows: count };
        kernels::linear_rows(queries, &keys, &zero, count, &mut scores);
        kernels::softmax_rows(&mut scores, count, 1.0 / (HEAD as f32).sqrt());
        let shares = Rows { data: &scores, stride: count, inputs: count, rows: count };
        kernels::linear_rows(shares, &values, &zero, HEAD, &mut context);
        for (row, part) in context.chunks_exact(HEAD).enumerate() {
            out[row * width + first..][..HEAD].copy_from_slice(part);
        }
    }
    out
}

/// Loads a linear layer stored as bytes, for whatever stands on top of an encoder: `prefix.W` `[outputs, inputs]`, `prefix.b`.
///
/// # Errors
/// When one is missing or has another shape.
pub fn head(
    file: &WeightFile<'_>,
    prefix: &str,
    inputs: usize,
    outputs: usize,
) -> Result<Linear, WeightError> {
    linear(file, prefix, inputs, outputs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attention_agrees_with_the_definition() {
        let (count, width) = (30, 64);
        let mut state = 7u32;
        let projected: Vec<f32> = (0..count * 3 * width)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / 8_388_608.0 - 1.0
            })
            .collect();
        let out = attend(&projected, count, width);
        let at = |row: usize, column: usize| f64::from(projected[row * 3 * width + column]);
        for row in 0..count {
            for head in 0..width / HEAD {
                let dot = |other: usize| -> f64 {
                    (0..HEAD).map(|k| at(row, head * HEAD + k) * at(other, width + head * HEAD + k)).sum()
                };
                let mass: Vec<f64> = (0..count).map(|other| (dot(other) / 32f64.sqrt()).exp()).collect();
                let total: f64 = mass.iter().sum();
                for k in 0..HEAD {
                    let exact: f64 =
                        (0..count).map(|o| mass[o] / total * at(o, 2 * width + head * HEAD + k)).sum();
                    assert!((exact - f64::from(out[row * width + head * HEAD + k])).abs() < 1e-5);
                }
            }
        }
    }

    #[test]
    fn a_damaged_matrix_is_an_error() {
        let mut file = crate::WeightFileBuilder::new();
        file.blob("x.W.q", &[1, 2, 3]);
        file.tensor("x.W.scale", &[2], &[0.5, 0.5]);
        file.tensor("x.b", &[2], &[0.0, 0.0]);
        let bytes = file.finish();
        let file = WeightFile::parse(&bytes).expect("a whole file");
        assert!(matches!(head(&file, "x", 2, 2), Err(WeightError::Shape { .. })));
    }
}
