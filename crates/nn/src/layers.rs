//! Layers of spaCy's CNN pipelines over the [`kernels`], with their weights packed once.
//!
//! In: tensors of a weight file and `f32` rows. Out: `f32` rows. Shapes are named at each layer.

use crate::hash::embedding_hashes;
use crate::kernels::{self, PANEL, Rows, WIDTH};
use crate::weights::{WeightError, WeightFile};

const PIECES: usize = 3;
const LANES: usize = 8;

/// A hashed embedding table: `[rows, 96]`; a key is the sum of four rows (thinc `HashEmbed`).
#[derive(Debug)]
pub struct HashEmbed {
    /// `[rows][96]`
    table: Vec<f32>,
    rows: u32,
    seed: u32,
}

impl HashEmbed {
    /// Loads the tensor `name`, `[rows, 96]` with at least one row.
    ///
    /// # Errors
    /// When it is missing or has another shape.
    pub fn load(file: &WeightFile<'_>, name: &str, seed: u32) -> Result<Self, WeightError> {
        let tensor = file.tensor(name)?;
        match tensor.shape[..] {
            [rows, WIDTH] if rows > 0 && u32::try_from(rows).is_ok() => {
                Ok(Self { table: tensor.data, rows: rows as u32, seed })
            }
            _ => Err(WeightError::Shape {
                name: name.to_owned(),
                expected: vec![1, WIDTH],
                found: tensor.shape,
            }),
        }
    }

    /// Writes the embedding of a key to `out`.
    pub fn embed(&self, key: u64, out: &mut [f32; WIDTH]) {
        let (table, _) = self.table.as_chunks::<WIDTH>();
        let [a, b, c, d] = embedding_hashes(key, self.seed).map(|h| &table[(h % self.rows) as usize]);
        kernels::sum_four(a, b, c, d, out);
    }
}

/// A three-piece maxout layer of 96 units with layer normalisation: `[n, inputs] → [n, 96]`.
#[derive(Debug)]
pub struct MaxoutNorm {
    inputs: usize,
    /// `[12][inputs][3][8]`
    weights: Vec<f32>,
    /// `[12][3][8]`
    bias: Box<[f32; PIECES * WIDTH]>,
    gain: Box<[f32; WIDTH]>,
    norm_bias: Box<[f32; WIDTH]>,
}

impl MaxoutNorm {
    /// Loads `prefix.W` `[96, 3, inputs]`, `prefix.b` `[96, 3]`, `prefix.gain` `[96]` and `prefix.bias` `[96]`.
    ///
    /// # Errors
    /// When one is missing or has another shape.
    pub fn load(file: &WeightFile<'_>, prefix: &str, inputs: usize) -> Result<Self, WeightError> {
        let weights = file.tensor_of(&format!("{prefix}.W"), &[WIDTH, PIECES, inputs])?;
        let bias = file.tensor_of(&format!("{prefix}.b"), &[WIDTH, PIECES])?;
        Ok(Self {
            inputs,
            weights: pack_maxout(&weights, inputs, 0, inputs),
            bias: boxed(pack_maxout(&bias, 1, 0, 1)),
            gain: boxed(file.tensor_of(&format!("{prefix}.gain"), &[WIDTH])?),
            norm_bias: boxed(file.tensor_of(&format!("{prefix}.bias"), &[WIDTH])?),
        })
    }

    /// Computes `out = norm(maxout(input))`, plus `residual` `[n, 96]` if there is one. `out` is `[n, 96]`.
    ///
    /// Rows of the input begin every `stride` values and may overlap (a window over neighbouring rows).
    pub fn apply(&self, data: &[f32], stride: usize, residual: Option<&[f32]>, out: &mut [f32]) {
        let rows = out.len() / WIDTH;
        kernels::maxout_rows(
            Rows { data, stride, inputs: self.inputs, rows },
            &self.weights,
            &self.bias[..],
            out,
        );
        kernels::normalise_rows(out, &self.gain, &self.norm_bias, residual);
    }
}

/// The first encoder layer with its product split in three: each word's share as left neighbour, centre and right neighbour
/// is computed once (`[n, 96] → [n, 3, 288]`) and the layer is then three additions a row.
#[derive(Debug)]
pub struct SplitMaxoutNorm {
    /// Three packed products, 36 panels of `[96][24]`.
    weights: Vec<f32>,
    zero: Vec<f32>,
    bias: Box<[f32; PIECES * WIDTH]>,
    gain: Box<[f32; WIDTH]>,
    norm_bias: Box<[f32; WIDTH]>,
}

/// A word's three shares of the first encoder layer, each `[12][3][8]`.
pub type Thirds = [[f32; PIECES * WIDTH]; 3];

impl SplitMaxoutNorm {
    /// Loads the same tensors as [`MaxoutNorm::load`] with 288 inputs.
    ///
    /// # Errors
    /// When one is missing or has another shape.
    pub fn load(file: &WeightFile<'_>, prefix: &str) -> Result<Self, WeightError> {
        let inputs = 3 * WIDTH;
        let weights = file.tensor_of(&format!("{prefix}.W"), &[WIDTH, PIECES, inputs])?;
        let bias = file.tensor_of(&format!("{prefix}.b"), &[WIDTH, PIECES])?;
        let mut packed = Vec::with_capacity(weights.len());
        for third in 0..3 {
            packed.extend_from_slice(&pack_maxout(&weights, inputs, third * WIDTH, WIDTH));
        }
        Ok(Self {
            weights: packed,
            zero: vec![0.0; 3 * PIECES * WIDTH],
            bias: boxed(pack_maxout(&bias, 1, 0, 1)),
            gain: boxed(file.tensor_of(&format!("{prefix}.gain"), &[WIDTH])?),
            norm_bias: boxed(file.tensor_of(&format!("{prefix}.bias"), &[WIDTH])?),
        })
    }

    /// Computes the shares of some words: `input` is `[n, 96]`.
    pub fn thirds(&self, input: &[f32], out: &mut [Thirds]) {
        let rows = Rows { data: input, stride: WIDTH, inputs: WIDTH, rows: out.len() };
        let columns = 3 * PIECES * WIDTH;
        kernels::linear_rows(
            rows,
            &self.weights,
            &self.zero,
            columns,
            out.as_flattened_mut().as_flattened_mut(),
        );
    }

    /// Computes one row from the shares of its left neighbour, itself and its right neighbour:
    /// `out = norm(max(bias + left + centre + right)) + residual`.
    pub fn row(&self, shares: [&[f32; PIECES * WIDTH]; 3], residual: &[f32; WIDTH], out: &mut [f32; WIDTH]) {
        let layer = kernels::Epilogue { bias: &self.bias, gain: &self.gain, norm_bias: &self.norm_bias };
        kernels::maxout_thirds(shares, layer, residual, out);
    }
}

/// A linear layer: `[n, inputs] → [n, outputs]`.
#[derive(Debug)]
pub struct Linear {
    inputs: usize,
    outputs: usize,
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Linear {
    /// Loads `prefix.W` `[outputs, inputs]` and `prefix.b` `[outputs]`.
    ///
    /// # Errors
    /// When one is missing or has another shape.
    pub fn load(
        file: &WeightFile<'_>,
        prefix: &str,
        inputs: usize,
        outputs: usize,
    ) -> Result<Self, WeightError> {
        let weights = file.tensor_of(&format!("{prefix}.W"), &[outputs, inputs])?;
        let bias = file.tensor_of(&format!("{prefix}.b"), &[outputs])?;
        Ok(Self::new(&weights, &bias, inputs))
    }

    /// Makes a layer from `weights` `[outputs, inputs]` and `bias` `[outputs]`.
    ///
    /// # Panics
    /// When the lengths disagree.
    #[must_use]
    pub fn new(weights: &[f32], bias: &[f32], inputs: usize) -> Self {
        let outputs = bias.len();
        assert_eq!(weights.len(), outputs * inputs, "weights and bias disagree");
        let panels = outputs.div_ceil(PANEL);
        let mut packed = vec![0.0; panels * inputs * PANEL];
        for (o, row) in weights.chunks_exact(inputs).enumerate() {
            for (k, &w) in row.iter().enumerate() {
                packed[((o / PANEL) * inputs + k) * PANEL + o % PANEL] = w;
            }
        }
        let mut bias = bias.to_vec();
        bias.resize(panels * PANEL, 0.0);
        Self { inputs, outputs, weights: packed, bias }
    }

    /// Number of outputs.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Computes `out = input · Wᵀ + b` for `[n, inputs]` packed rows; `out` is `[n, outputs]`.
    ///
    /// # Panics
    /// When a slice is too short.
    pub fn apply(&self, input: &[f32], out: &mut [f32]) {
        let rows = out.len() / self.outputs;
        let input = Rows { data: input, stride: self.inputs, inputs: self.inputs, rows };
        kernels::linear_rows(input, &self.weights, &self.bias, self.outputs, out);
    }
}

/// Scores of a transition system's states: projection, precomputable lower layer, upper layer
/// (spaCy's `TransitionModel` with 64 hidden units of two pieces).
#[derive(Debug)]
pub struct StateScorer {
    projection: Linear,
    lower: Linear,
    /// `[features][2][64]`: the value of a feature that is not there.
    pad: Vec<[f32; 128]>,
    lower_bias: Box<[f32; 128]>,
    /// `[64][columns]`
    upper: Vec<f32>,
    upper_bias: Vec<f32>,
    actions: usize,
}

/// Width of the projected token vectors and of the hidden layer.
pub const HIDDEN: usize = 64;

impl StateScorer {
    /// Loads `prefix.projection` `[64, 96]`, `prefix.lower.W` `[features, 64, 2, 64]`, `.b` `[64, 2]`, `.pad`
    /// `[1, features, 64, 2]` and `prefix.upper` `[actions, 64]` with `actions ≤ 128`.
    ///
    /// # Errors
    /// When one is missing or has another shape.
    pub fn load(
        file: &WeightFile<'_>,
        prefix: &str,
        features: usize,
        actions: usize,
    ) -> Result<Self, WeightError> {
        let name = |part: &str| format!("{prefix}.{part}");
        let lower = file.tensor_of(&name("lower.W"), &[features, HIDDEN, 2, HIDDEN])?;
        // The two pieces of a unit are moved apart, [unit][piece] to [piece][unit], so that the maximum is lane-wise.
        let apart = |i: usize| (i % HIDDEN) * 2 + (i % 128) / HIDDEN;
        let mut rows = Vec::with_capacity(lower.len());
        for row in 0..features * 128 {
            let from = (row / 128) * 128 + apart(row);
            rows.extend_from_slice(&lower[from * HIDDEN..(from + 1) * HIDDEN]);
        }
        let bias = file.tensor_of(&name("lower.b"), &[HIDDEN, 2])?;
        let pad = file.tensor_of(&name("lower.pad"), &[1, features, HIDDEN, 2])?;
        let upper = file.tensor_of(&name("upper.W"), &[actions, HIDDEN])?;
        let mut upper_bias = file.tensor_of(&name("upper.b"), &[actions])?;
        if actions == 0 || actions > 128 {
            let found = vec![actions, HIDDEN];
            return Err(WeightError::Shape { name: name("upper.W"), expected: vec![128, HIDDEN], found });
        }
        let columns = actions.next_multiple_of(LANES);
        let mut packed = vec![0.0; HIDDEN * columns];
        for (a, row) in upper.chunks_exact(HIDDEN).enumerate() {
            for (k, &w) in row.iter().enumerate() {
                packed[k * columns + a] = w;
            }
        }
        upper_bias.resize(columns, 0.0);
        Ok(Self {
            projection: Linear::load(file, &name("projection"), WIDTH, HIDDEN)?,
            lower: Linear::new(&rows, &vec![0.0; features * 128], HIDDEN),
            pad: pad.as_chunks::<128>().0.iter().map(|p| std::array::from_fn(|i| p[apart(i)])).collect(),
            lower_bias: Box::new(std::array::from_fn(|i| bias[apart(i)])),
            upper: packed,
            upper_bias,
            actions,
        })
    }

    /// Number of features of a state.
    #[must_use]
    pub fn features(&self) -> usize {
        self.pad.len()
    }

    /// Number of actions.
    #[must_use]
    pub fn actions(&self) -> usize {
        self.actions
    }

    /// Projects token vectors: `[n, 96] → [n, 64]`.
    pub fn project(&self, vectors: &[f32], out: &mut [f32]) {
        self.projection.apply(vectors, out);
    }

    /// Computes each token's share for each feature: `[n, 64] → [n, features, 2, 64]`.
    pub fn precompute(&self, projected: &[f32], out: &mut [f32]) {
        self.lower.apply(projected, out);
    }

    /// Value of feature `feature` where there is no token.
    #[must_use]
    pub fn pad(&self, feature: usize) -> &[f32; 128] {
        &self.pad[feature]
    }

    /// Computes the scores of one state from the shares of its features in order; `out` has at least `actions` values
    /// rounded up to a multiple of 8. Returns the scores.
    ///
    /// # Panics
    /// When `out` is too short.
    pub fn score<'o>(&self, parts: &[&[f32; 128]], out: &'o mut [f32; 128]) -> &'o [f32] {
        let mut hidden = [0.0; HIDDEN];
        kernels::hidden(parts, &self.lower_bias, &mut hidden);
        kernels::scores(&hidden, &self.upper, &self.upper_bias, &mut out[..self.upper_bias.len()]);
        &out[..self.actions]
    }
}

/// Packs `[96, 3, inputs]` columns `first..first + count` as `[12][count][3][8]`.
fn pack_maxout(weights: &[f32], inputs: usize, first: usize, count: usize) -> Vec<f32> {
    let mut packed = vec![0.0; WIDTH * PIECES * count];
    for (unit, row) in weights.chunks_exact(PIECES * inputs).enumerate() {
        let (group, lane) = (unit / LANES, unit % LANES);
        for (piece, row) in row.chunks_exact(inputs).enumerate() {
            for (k, &w) in row[first..first + count].iter().enumerate() {
                packed[(group * count + k) * PANEL + piece * LANES + lane] = w;
            }
        }
    }
    packed
}

fn boxed<const N: usize>(values: Vec<f32>) -> Box<[f32; N]> {
    values.into_boxed_slice().try_into().expect("the loader checked the shape")
}
