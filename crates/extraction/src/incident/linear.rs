//! Linear models over hashed features: a table of weights in eight bits with one scale a target.

use watchkeeper_nn::weights::{WeightError, WeightFile, WeightFileBuilder};

use super::sparse::{BUCKETS, GROUPS, Sparse};

/// Weights of several targets over one set of hashed features.
#[derive(Debug, Clone)]
pub struct Linear {
    targets: usize,
    /// `[BUCKETS, targets]`.
    weights: Vec<i8>,
    scales: Vec<f32>,
    bias: Vec<f32>,
}

impl Linear {
    /// Rounds weights `[BUCKETS, targets]` to eight bits.
    #[must_use]
    pub fn new(targets: usize, weights: &[f32], bias: &[f32]) -> Self {
        let mut scales = vec![1e-9_f32; targets];
        for row in weights.chunks_exact(targets) {
            for (scale, weight) in scales.iter_mut().zip(row) {
                *scale = scale.max(weight.abs() / 127.0);
            }
        }
        let weights = weights
            .chunks_exact(targets)
            .flat_map(|row| row.iter().zip(&scales).map(|(weight, scale)| (weight / scale).round() as i8))
            .collect();
        Self { targets, weights, scales, bias: bias.to_vec() }
    }

    /// Number of targets.
    #[must_use]
    pub fn targets(&self) -> usize {
        self.targets
    }

    /// Raw scores of a set of features, without groups.
    #[must_use]
    pub fn score(&self, indices: &[u32]) -> Vec<f32> {
        let mut sums = vec![0_i32; self.targets];
        self.add(indices, &mut sums);
        sums.iter()
            .zip(&self.scales)
            .zip(&self.bias)
            .map(|((sum, scale), bias)| *sum as f32 * scale + bias)
            .collect()
    }

    /// What each group of features adds to each target, `[GROUPS][targets]`; the bias is in none.
    #[must_use]
    pub fn parts(&self, sparse: &Sparse) -> Vec<f32> {
        let mut out = Vec::with_capacity(GROUPS * self.targets);
        let mut start = 0;
        let mut sums = vec![0_i32; self.targets];
        for end in sparse.ends {
            sums.fill(0);
            self.add(&sparse.indices[start..end as usize], &mut sums);
            out.extend(sums.iter().zip(&self.scales).map(|(sum, scale)| *sum as f32 * scale));
            start = end as usize;
        }
        out
    }

    /// Score of a target for no feature at all.
    #[must_use]
    pub fn bias(&self, target: usize) -> f32 {
        self.bias[target]
    }

    fn add(&self, indices: &[u32], sums: &mut [i32]) {
        for &index in indices {
            let row = &self.weights[index as usize * self.targets..][..self.targets];
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += i32::from(*weight);
            }
        }
    }

    /// Reads the entries under a prefix: tensors `.scales` and `.bias` `[targets]`, blob `.weights` (signed bytes; runs of zeros
    /// are a zero byte and their length less one).
    ///
    /// # Errors
    /// When one is missing or has another shape.
    pub fn from_weights(file: &WeightFile<'_>, prefix: &str) -> Result<Self, WeightError> {
        let scales = file.tensor(&format!("{prefix}.scales"))?.data;
        let targets = scales.len();
        let bias = file.tensor_of(&format!("{prefix}.bias"), &[targets])?;
        let name = format!("{prefix}.weights");
        let packed = file.blob(&name)?;
        let mut weights = Vec::with_capacity(BUCKETS * targets);
        let mut bytes = packed.iter();
        while let Some(&byte) = bytes.next() {
            if byte == 0 {
                let run = usize::from(bytes.next().copied().unwrap_or(0)) + 1;
                weights.resize(weights.len() + run, 0);
            } else {
                weights.push(byte as i8);
            }
        }
        if weights.len() != BUCKETS * targets {
            return Err(WeightError::Shape {
                name,
                expected: vec![BUCKETS, targets],
                found: vec![weights.len()],
            });
        }
        Ok(Self { targets, weights, scales, bias })
    }

    /// Writes the entries under a prefix.
    pub fn write(&self, prefix: &str, file: &mut WeightFileBuilder) {
        file.tensor(&format!("{prefix}.scales"), &[self.targets], &self.scales);
        file.tensor(&format!("{prefix}.bias"), &[self.targets], &self.bias);
        let mut packed = Vec::new();
        let mut zeros = 0_usize;
        for &weight in self.weights.iter().chain([&1]) {
            if weight == 0 && zeros < 256 {
                zeros += 1;
                continue;
            }
            if zeros > 0 {
                packed.extend([0, (zeros - 1) as u8]);
                zeros = 0;
            }
            if weight == 0 {
                zeros = 1;
            } else {
                packed.push(weight as u8);
            }
        }
        packed.pop();
        file.blob(&format!("{prefix}.weights"), &packed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_kept_in_a_file() {
        let mut weights = vec![0.0; BUCKETS * 2];
        weights[2 * 7] = 1.0;
        weights[2 * 700 + 1] = -0.5;
        let linear = Linear::new(2, &weights, &[0.25, 0.0]);
        let mut file = WeightFileBuilder::new();
        linear.write("linear", &mut file);
        let bytes = file.finish();
        let read = Linear::from_weights(&WeightFile::parse(&bytes).expect("sound"), "linear").expect("sound");
        let score = read.score(&[7, 700, 9]);
        assert!((score[0] - 1.25).abs() < 1e-4 && (score[1] + 0.5).abs() < 1e-4);
    }
}
