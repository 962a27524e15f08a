//! The inner loops: matrix products with fused epilogues, layer normalisation, small vector sums.
//!
//! In and out: `f32` slices, row-major. The only module of the workspace with SIMD and `unsafe`.
//!
//! Every result row depends on its own input row and the weights alone: products are summed over the inner dimension in
//! ascending order, whatever the number of rows, so batch composition and thread count never show in the output. On x86-64
//! with AVX2 and FMA (found at run time) products are fused; elsewhere they are rounded before the sum, so the two kinds of
//! machine may differ in the last bits, never two runs on one machine.
//!
//! Weights are packed in panels of 24 output columns: `[panels][inputs][24]`, the rest of the last panel zero.
#![expect(
    unsafe_code,
    reason = "SIMD loads and stores, checked by the slice lengths asserted at each safe door"
)]

/// Output columns of one packed panel.
pub const PANEL: usize = 24;
/// Width of the rows that [`maxout_rows`] and the normalisation work on.
pub const WIDTH: usize = 96;
const LANES: usize = 8;
const PIECES: usize = 3;

/// An input matrix whose rows begin every `stride` values and may overlap: `[rows, inputs]`.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// Values; row `i` is `data[i * stride..i * stride + inputs]`.
    pub data: &'a [f32],
    /// Distance between the beginnings of two rows.
    pub stride: usize,
    /// Length of a row.
    pub inputs: usize,
    /// Number of rows.
    pub rows: usize,
}

impl Rows<'_> {
    fn check(&self) {
        if self.rows > 0 {
            let end = (self.rows - 1) * self.stride + self.inputs;
            assert!(end <= self.data.len(), "input rows end at {end} of {}", self.data.len());
        }
    }
}

/// What follows the products of a maxout layer: its bias `[12][3][8]`, and gain and bias of the normalisation.
#[derive(Debug, Clone, Copy)]
pub struct Epilogue<'a> {
    /// Added before the maximum, `[group][piece][lane]`.
    pub bias: &'a [f32; PIECES * WIDTH],
    /// Factor of the normalised values.
    pub gain: &'a [f32; WIDTH],
    /// Added to the normalised values.
    pub norm_bias: &'a [f32; WIDTH],
}

/// Computes `out[i][j] = bias[j] + Σ_k input[i][k] · W[k][j]`; `out` is `[rows, columns]`.
///
/// `weights` is `[⌈columns / 24⌉][inputs][24]`, `bias` is `[⌈columns / 24⌉][24]`.
///
/// # Panics
/// When a slice is too short.
pub fn linear_rows(input: Rows<'_>, weights: &[f32], bias: &[f32], columns: usize, out: &mut [f32]) {
    input.check();
    let panels = columns.div_ceil(PANEL);
    assert!(
        weights.len() >= panels * input.inputs * PANEL && bias.len() >= panels * PANEL,
        "weights too short"
    );
    assert!(out.len() >= input.rows * columns, "output too short");
    #[cfg(target_arch = "x86_64")]
    if fused() {
        // SAFETY: AVX2 and FMA are present; the lengths were checked above.
        unsafe { avx2::linear_rows(input, weights, bias, columns, out) };
        return;
    }
    plain::linear_rows(input, weights, bias, columns, out);
}

/// Computes `out[i][o] = max_p (bias[p][o] + Σ_k input[i][k] · W[k][p][o])`; `out` is `[rows, 96]`.
///
/// `weights` is `[12][inputs][3][8]` (group, input, piece, lane), `bias` is `[12][3][8]`.
///
/// # Panics
/// When a slice is too short.
pub fn maxout_rows(input: Rows<'_>, weights: &[f32], bias: &[f32], out: &mut [f32]) {
    input.check();
    let groups = WIDTH / LANES;
    assert!(
        weights.len() >= groups * input.inputs * PANEL && bias.len() >= groups * PANEL,
        "weights too short"
    );
    assert!(out.len() >= input.rows * WIDTH, "output too short");
    #[cfg(target_arch = "x86_64")]
    if fused() {
        // SAFETY: AVX2 and FMA are present; the lengths were checked above.
        unsafe { avx2::maxout_rows(input, weights, bias, out) };
        return;
    }
    plain::maxout_rows(input, weights, bias, out);
}

/// Defines a function compiled twice from one body: for AVX2 where the machine has it, and plain. The body uses only
/// operations that round the same in both.
macro_rules! twice {
    ($(#[$doc:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),* $(,)?) $body:block) => {
        $(#[$doc])*
        $vis fn $name($($arg: $ty),*) {
            #[inline(always)]
            fn body($($arg: $ty),*) $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn wide($($arg: $ty),*) {
                    body($($arg),*);
                }
                if fused() {
                    // SAFETY: AVX2 is present.
                    unsafe { wide($($arg),*) };
                    return;
                }
            }
            body($($arg),*);
        }
    };
}

twice! {
    /// Normalises each row of `rows` (`[n, 96]`) in place: `(x − mean) / √(variance + 1e-8) · gain + bias`, then adds the
    /// row of `residual` (`[n, 96]`), if there is one.
    ///
    /// # Panics
    /// When a slice has another length.
    pub fn normalise_rows(rows: &mut [f32], gain: &[f32; WIDTH], bias: &[f32; WIDTH], residual: Option<&[f32]>) {
        let (rows, rest) = rows.as_chunks_mut::<WIDTH>();
        assert!(rest.is_empty(), "whole rows");
        match residual {
            None => {
                for row in rows {
                    normalise(row, gain, bias);
                }
            }
            Some(residual) => {
                let residual = residual.as_chunks::<WIDTH>().0;
                assert_eq!(rows.len(), residual.len(), "as many residual rows");
                for (row, add) in rows.iter_mut().zip(residual) {
                    normalise(row, gain, bias);
                    for i in 0..WIDTH {
                        row[i] += add[i];
                    }
                }
            }
        }
    }
}

twice! {
    /// Computes the first encoder layer of one row from precomputed thirds: `max_p(bias + left + centre + right)`,
    /// normalised, plus `residual`. The shares (left, centre, right) are `[12][3][8]`, `out` is `[96]`.
    pub fn maxout_thirds(
        shares: [&[f32; PIECES * WIDTH]; 3],
        layer: Epilogue<'_>,
        residual: &[f32; WIDTH],
        out: &mut [f32; WIDTH],
    ) {
        let [left, centre, right] = shares;
        let bias = layer.bias;
        for group in 0..WIDTH / LANES {
            let mut best = [f32::NEG_INFINITY; LANES];
            for piece in 0..PIECES {
                for (lane, best) in best.iter_mut().enumerate() {
                    let i = group * PANEL + piece * LANES + lane;
                    let value = ((bias[i] + left[i]) + centre[i]) + right[i];
                    *best = if value > *best { value } else { *best };
                }
            }
            out[group * LANES..(group + 1) * LANES].copy_from_slice(&best);
        }
        normalise(out, layer.gain, layer.norm_bias);
        for i in 0..WIDTH {
            out[i] += residual[i];
        }
    }
}

twice! {
    /// Adds four embedding rows in order, from zero: `out = ((a + b) + c) + d`.
    pub fn sum_four(
        a: &[f32; WIDTH],
        b: &[f32; WIDTH],
        c: &[f32; WIDTH],
        d: &[f32; WIDTH],
        out: &mut [f32; WIDTH],
    ) {
        for i in 0..WIDTH {
            out[i] = ((a[i] + b[i]) + c[i]) + d[i];
        }
    }
}

twice! {
    /// Computes a hidden layer of 64 two-piece maxout units: `out[o] = max_p (Σ_f parts[f][p][o] + bias[p][o])`, the parts
    /// added in order from zero. Each part and `bias` are `[2][64]`.
    pub fn hidden(parts: &[&[f32; 128]], bias: &[f32; 128], out: &mut [f32; 64]) {
        let mut sum = [0.0f32; 128];
        for part in parts {
            for i in 0..128 {
                sum[i] += part[i];
            }
        }
        for o in 0..64 {
            let (a, b) = (sum[o] + bias[o], sum[64 + o] + bias[64 + o]);
            out[o] = if b > a { b } else { a };
        }
    }
}

twice! {
    /// Adds `residual` to `rows` (both `[n, width]`), then normalises each row in place:
    /// `(x − mean) / √(variance + epsilon) · gain + bias` (layer normalisation, Ba et al. 2016). `width` is `gain.len()`, a multiple of 8.
    ///
    /// # Panics
    /// When a slice has another length.
    pub fn add_and_normalise(rows: &mut [f32], residual: &[f32], gain: &[f32], bias: &[f32], epsilon: f32) {
        let width = gain.len();
        assert!(rows.len() == residual.len() && bias.len() == width && width.is_multiple_of(LANES), "whole rows");
        for (row, residual) in rows.chunks_exact_mut(width).zip(residual.chunks_exact(width)) {
            let mut lanes = [0.0f32; LANES];
            for (row, residual) in row.as_chunks_mut::<LANES>().0.iter_mut().zip(residual.as_chunks::<LANES>().0) {
                for i in 0..LANES {
                    row[i] += residual[i];
                    lanes[i] += row[i];
                }
            }
            let mean = across(&lanes) / width as f32;
            let mut squares = [0.0f32; LANES];
            for chunk in row.as_chunks_mut::<LANES>().0 {
                for i in 0..LANES {
                    chunk[i] -= mean;
                    squares[i] += chunk[i] * chunk[i];
                }
            }
            let scale = 1.0 / (across(&squares) / width as f32 + epsilon).sqrt();
            for ((value, gain), bias) in row.iter_mut().zip(gain).zip(bias) {
                *value = *value * scale * gain + bias;
            }
        }
    }
}

twice! {
    /// Replaces each value by `x · Φ(x)` (the Gaussian error linear unit, Hendrycks and Gimpel 2016), with the error function of
    /// Abramowitz and Stegun 7.1.26 (absolute error under 2e-7).
    pub fn gelu(values: &mut [f32]) {
        for value in values {
            let x = *value * std::f32::consts::FRAC_1_SQRT_2;
            let magnitude = x.abs();
            let t = 1.0 / (1.0 + 0.327_591_1 * magnitude);
            let tail = ((((1.061_405_4 * t - 1.453_152) * t + 1.421_413_7) * t - 0.284_496_74) * t + 0.254_829_6) * t;
            let error = 1.0 - tail * exponential(-magnitude * magnitude);
            let error = if x < 0.0 { -error } else { error };
            *value = 0.5 * *value * (1.0 + error);
        }
    }
}

twice! {
    /// Replaces each row of `width` values by its softmax after multiplying by `scale`.
    pub fn softmax_rows(values: &mut [f32], width: usize, scale: f32) {
        for row in values.chunks_exact_mut(width) {
            let mut top = f32::NEG_INFINITY;
            for value in row.iter() {
                top = if *value > top { *value } else { top };
            }
            let mut total = 0.0f32;
            for value in row.iter_mut() {
                *value = exponential((*value - top) * scale);
            }
            for value in row.iter() {
                total += *value;
            }
            let share = 1.0 / total;
            for value in row.iter_mut() {
                *value *= share;
            }
        }
    }
}

/// `eˣ` for `x ≤ 0`, relative error under 3e-7: the fraction of the binary exponent by a polynomial (Taylor's, to the sixth power on
/// ±½ ln 2), the whole part put into the exponent bits.
#[inline(always)]
fn exponential(x: f32) -> f32 {
    let x = if x < -87.0 { -87.0 } else { x };
    let scaled = x * std::f32::consts::LOG2_E;
    // Adding and taking away 1.5 · 2²³ rounds to the nearest whole number.
    let whole = (scaled + 12_582_912.0) - 12_582_912.0;
    let r = (scaled - whole) * std::f32::consts::LN_2;
    let p = 1.0
        + r * (1.0 + r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r * (1.0 / 720.0))))));
    p * f32::from_bits((((whole as i32) + 127) as u32) << 23)
}

/// Sums eight lanes pairwise.
#[inline(always)]
fn across(lanes: &[f32; LANES]) -> f32 {
    let [a, b, c, d, e, f, g, h] = *lanes;
    ((a + e) + (b + f)) + ((c + g) + (d + h))
}

/// Computes the scores of one state: `out[j] = bias[j] + Σ_k hidden[k] · W[k][j]`.
///
/// `weights` is `[64][columns]`, `bias` and `out` are `[columns]`, `columns` a multiple of 8 of at most 128.
///
/// # Panics
/// When a slice has another length.
pub fn scores(hidden: &[f32; 64], weights: &[f32], bias: &[f32], out: &mut [f32]) {
    let columns = bias.len();
    assert!(columns.is_multiple_of(LANES) && columns <= 128, "{columns} columns");
    assert!(weights.len() == 64 * columns && out.len() == columns, "weights of another size");
    #[cfg(target_arch = "x86_64")]
    if fused() {
        // SAFETY: AVX2 and FMA are present; the lengths were checked above.
        unsafe { avx2::scores(hidden, weights, bias, out) };
        return;
    }
    out.copy_from_slice(bias);
    for (&h, row) in hidden.iter().zip(weights.chunks_exact(columns)) {
        for (o, &w) in out.iter_mut().zip(row) {
            *o += h * w;
        }
    }
}

/// Returns the index of the greatest `scores[i] + mask[i]`, the first of equals; a mask is 0 or −∞.
#[must_use]
pub fn best_masked(scores: &[f32], mask: &[f32; 128]) -> usize {
    let mut best = 0;
    find_best(scores, mask, &mut best);
    best
}

twice! {
    fn find_best(scores: &[f32], mask: &[f32; 128], best: &mut usize) {
        let mut values = [f32::NEG_INFINITY; 128];
        for ((v, s), m) in values.iter_mut().zip(scores).zip(mask) {
            *v = s + m;
        }
        let mut lanes = [f32::NEG_INFINITY; LANES];
        for chunk in values.as_chunks::<LANES>().0 {
            for i in 0..LANES {
                lanes[i] = if chunk[i] > lanes[i] { chunk[i] } else { lanes[i] };
            }
        }
        let top = lanes.iter().fold(f32::NEG_INFINITY, |a, &b| if b > a { b } else { a });
        *best = values.iter().position(|&v| v == top).unwrap_or(0);
    }
}

/// Whether the machine has AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
#[inline]
fn fused() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
}

#[inline(always)]
fn normalise(row: &mut [f32; WIDTH], gain: &[f32; WIDTH], bias: &[f32; WIDTH]) {
    let mean = sum(row) / WIDTH as f32;
    let mut squares = [0.0f32; WIDTH];
    for i in 0..WIDTH {
        let d = row[i] - mean;
        row[i] = d;
        squares[i] = d * d;
    }
    let scale = 1.0 / (sum(&squares) / WIDTH as f32 + 1e-8).sqrt();
    for i in 0..WIDTH {
        row[i] = row[i] * scale * gain[i] + bias[i];
    }
}

/// Sums 96 values in eight lanes, then pairwise.
#[inline(always)]
fn sum(row: &[f32; WIDTH]) -> f32 {
    let mut lanes = [0.0f32; LANES];
    for chunk in row.as_chunks::<LANES>().0 {
        for i in 0..LANES {
            lanes[i] += chunk[i];
        }
    }
    across(&lanes)
}

mod plain {
    use super::{LANES, PANEL, Rows, WIDTH};

    fn panel(row: &[f32], weights: &[f32], bias: &[f32]) -> [f32; PANEL] {
        let mut acc: [f32; PANEL] = bias[..PANEL].try_into().expect("a panel of bias");
        for (&x, w) in row.iter().zip(weights.as_chunks::<PANEL>().0) {
            for j in 0..PANEL {
                acc[j] += x * w[j];
            }
        }
        acc
    }

    pub(super) fn linear_rows(
        input: Rows<'_>,
        weights: &[f32],
        bias: &[f32],
        columns: usize,
        out: &mut [f32],
    ) {
        for p in 0..columns.div_ceil(PANEL) {
            let weights = &weights[p * input.inputs * PANEL..][..input.inputs * PANEL];
            let width = PANEL.min(columns - p * PANEL);
            for i in 0..input.rows {
                let row = &input.data[i * input.stride..][..input.inputs];
                let acc = panel(row, weights, &bias[p * PANEL..]);
                out[i * columns + p * PANEL..][..width].copy_from_slice(&acc[..width]);
            }
        }
    }

    pub(super) fn maxout_rows(input: Rows<'_>, weights: &[f32], bias: &[f32], out: &mut [f32]) {
        for group in 0..WIDTH / LANES {
            let weights = &weights[group * input.inputs * PANEL..][..input.inputs * PANEL];
            for i in 0..input.rows {
                let row = &input.data[i * input.stride..][..input.inputs];
                let acc = panel(row, weights, &bias[group * PANEL..]);
                let out = &mut out[i * WIDTH + group * LANES..][..LANES];
                for lane in 0..LANES {
                    let (a, b, c) = (acc[lane], acc[LANES + lane], acc[2 * LANES + lane]);
                    let ab = if b > a { b } else { a };
                    out[lane] = if c > ab { c } else { ab };
                }
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::{LANES, PANEL, PIECES, Rows, WIDTH};
    use std::arch::x86_64::{
        __m256, _mm256_broadcast_ss, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_max_ps, _mm256_storeu_ps,
    };

    /// Rows worked on at once: nine sums, three panels of weights and one input leave registers to spare; with four rows the
    /// compiler keeps one sum in memory, which halves the speed.
    const TILE: usize = 3;
    /// Rows that are worked on together, so that they stay in the first-level cache while the panels pass.
    const BLOCK: usize = 48;

    /// Accumulates `R` rows times one panel.
    ///
    /// SAFETY: `row` must be readable for `R` rows of `inputs` values every `stride`, `weights` for `inputs · 24`, `bias` for 24.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn tile<const R: usize>(
        row: *const f32,
        stride: usize,
        inputs: usize,
        weights: *const f32,
        bias: *const f32,
    ) -> [[__m256; PIECES]; R] {
        // SAFETY: as the function's own condition.
        unsafe {
            let start = [
                _mm256_loadu_ps(bias),
                _mm256_loadu_ps(bias.add(LANES)),
                _mm256_loadu_ps(bias.add(2 * LANES)),
            ];
            let mut acc = [start; R];
            for k in 0..inputs {
                let w = weights.add(k * PANEL);
                let w =
                    [_mm256_loadu_ps(w), _mm256_loadu_ps(w.add(LANES)), _mm256_loadu_ps(w.add(2 * LANES))];
                for (r, acc) in acc.iter_mut().enumerate() {
                    let x = _mm256_broadcast_ss(&*row.add(r * stride + k));
                    for (acc, w) in acc.iter_mut().zip(w) {
                        *acc = _mm256_fmadd_ps(x, w, *acc);
                    }
                }
            }
            acc
        }
    }

    /// SAFETY: AVX2 and FMA; slice lengths as checked by the safe function of this name.
    #[target_feature(enable = "avx2,fma")]
    pub(super) unsafe fn maxout_rows(input: Rows<'_>, weights: &[f32], bias: &[f32], out: &mut [f32]) {
        /// SAFETY: as `tile`, and `out` writable for `R` rows of 8 values every 96.
        #[inline]
        #[target_feature(enable = "avx2,fma")]
        unsafe fn step<const R: usize>(
            row: *const f32,
            input: Rows<'_>,
            w: *const f32,
            b: *const f32,
            out: *mut f32,
        ) {
            // SAFETY: as the function's own condition.
            unsafe {
                let acc = tile::<R>(row, input.stride, input.inputs, w, b);
                for (r, [x, y, z]) in acc.into_iter().enumerate() {
                    _mm256_storeu_ps(out.add(r * WIDTH), _mm256_max_ps(_mm256_max_ps(x, y), z));
                }
            }
        }
        for block in (0..input.rows).step_by(BLOCK) {
            let end = (block + BLOCK).min(input.rows);
            for group in 0..WIDTH / LANES {
                let mut i = block;
                while i < end {
                    let count = (end - i).min(TILE);
                    // SAFETY: rows `i..i + count` and this group lie in the slices, whose lengths were checked.
                    unsafe {
                        let row = input.data.as_ptr().add(i * input.stride);
                        let w = weights.as_ptr().add(group * input.inputs * PANEL);
                        let b = bias.as_ptr().add(group * PANEL);
                        let out = out.as_mut_ptr().add(i * WIDTH + group * LANES);
                        match count {
                            3 => step::<3>(row, input, w, b, out),
                            2 => step::<2>(row, input, w, b, out),
                            _ => step::<1>(row, input, w, b, out),
                        }
                    }
                    i += count;
                }
            }
        }
    }

    /// SAFETY: AVX2 and FMA; slice lengths as checked by the safe function of this name.
    #[target_feature(enable = "avx2,fma")]
    pub(super) unsafe fn linear_rows(
        input: Rows<'_>,
        weights: &[f32],
        bias: &[f32],
        columns: usize,
        out: &mut [f32],
    ) {
        #[inline]
        #[target_feature(enable = "avx2,fma")]
        unsafe fn step<const R: usize>(
            row: *const f32,
            input: Rows<'_>,
            w: *const f32,
            b: *const f32,
            columns: usize,
            out: &mut [f32],
        ) {
            // SAFETY: as `tile`.
            let acc = unsafe { tile::<R>(row, input.stride, input.inputs, w, b) };
            for (r, panel) in acc.iter().enumerate() {
                let mut values = [0.0f32; PANEL];
                for (p, &v) in panel.iter().enumerate() {
                    // SAFETY: `values` holds 24 values.
                    unsafe { _mm256_storeu_ps(values.as_mut_ptr().add(p * LANES), v) };
                }
                let out = &mut out[r * columns..];
                let width = PANEL.min(out.len());
                out[..width].copy_from_slice(&values[..width]);
            }
        }
        for block in (0..input.rows).step_by(BLOCK) {
            let end = (block + BLOCK).min(input.rows);
            for p in 0..columns.div_ceil(PANEL) {
                let width = PANEL.min(columns - p * PANEL);
                let mut i = block;
                while i < end {
                    let count = (end - i).min(TILE);
                    // The last row of a tile ends with its own columns, so that a partial panel never spills over.
                    let first = i * columns + p * PANEL;
                    let out = &mut out[first..first + (count - 1) * columns + width];
                    // SAFETY: rows `i..i + count` and this panel lie in the slices, whose lengths were checked.
                    unsafe {
                        let row = input.data.as_ptr().add(i * input.stride);
                        let w = weights.as_ptr().add(p * input.inputs * PANEL);
                        let b = bias.as_ptr().add(p * PANEL);
                        if width < PANEL {
                            for r in 0..count {
                                let row = row.add(r * input.stride);
                                step::<1>(row, input, w, b, columns, &mut out[r * columns..][..width]);
                            }
                        } else {
                            match count {
                                3 => step::<3>(row, input, w, b, columns, out),
                                2 => step::<2>(row, input, w, b, columns, out),
                                _ => step::<1>(row, input, w, b, columns, out),
                            }
                        }
                    }
                    i += count;
                }
            }
        }
    }

    /// SAFETY: AVX2 and FMA; slice lengths as checked by the safe function of this name.
    #[target_feature(enable = "avx2,fma")]
    pub(super) unsafe fn scores(hidden: &[f32; 64], weights: &[f32], bias: &[f32], out: &mut [f32]) {
        #[inline]
        #[target_feature(enable = "avx2,fma")]
        unsafe fn run<const V: usize>(
            hidden: &[f32; 64],
            weights: &[f32],
            bias: &[f32],
            out: &mut [f32],
            at: usize,
        ) {
            let columns = bias.len();
            // SAFETY: columns `at..at + 8 V` exist in all three, as the caller chose them.
            unsafe {
                let mut acc: [__m256; V] =
                    std::array::from_fn(|v| _mm256_loadu_ps(bias.as_ptr().add(at + v * LANES)));
                for (k, h) in hidden.iter().enumerate() {
                    let x = _mm256_broadcast_ss(h);
                    let w = weights.as_ptr().add(k * columns + at);
                    for (v, acc) in acc.iter_mut().enumerate() {
                        *acc = _mm256_fmadd_ps(x, _mm256_loadu_ps(w.add(v * LANES)), *acc);
                    }
                }
                for (v, &value) in acc.iter().enumerate() {
                    _mm256_storeu_ps(out.as_mut_ptr().add(at + v * LANES), value);
                }
            }
        }
        let mut at = 0;
        while at < bias.len() {
            let vectors = (bias.len() - at) / LANES;
            // SAFETY: `vectors` whole vectors remain.
            unsafe {
                match vectors {
                    14.. => {
                        run::<14>(hidden, weights, bias, out, at);
                        at += 14 * LANES;
                    }
                    10.. => {
                        run::<10>(hidden, weights, bias, out, at);
                        at += 10 * LANES;
                    }
                    4.. => {
                        run::<4>(hidden, weights, bias, out, at);
                        at += 4 * LANES;
                    }
                    _ => {
                        run::<1>(hidden, weights, bias, out, at);
                        at += LANES;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(n: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        (0..n)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / 8_388_608.0 - 1.0
            })
            .collect()
    }

    #[test]
    fn products_agree_with_the_definition() {
        for (rows, inputs, columns) in
            [(7usize, 96usize, 50usize), (5, 64, 64), (9, 64, 1024), (3, 10, 24), (1, 4, 3)]
        {
            let panels = columns.div_ceil(PANEL);
            let (x, w, b) =
                (noise(rows * inputs, 1), noise(panels * inputs * PANEL, 2), noise(panels * PANEL, 3));
            let mut out = vec![0.0; rows * columns];
            linear_rows(Rows { data: &x, stride: inputs, inputs, rows }, &w, &b, columns, &mut out);
            for i in 0..rows {
                for j in 0..columns {
                    let (p, lane) = (j / PANEL, j % PANEL);
                    let exact: f64 = (0..inputs)
                        .map(|k| f64::from(x[i * inputs + k]) * f64::from(w[(p * inputs + k) * PANEL + lane]))
                        .sum::<f64>()
                        + f64::from(b[p * PANEL + lane]);
                    assert!(
                        (exact - f64::from(out[i * columns + j])).abs() < 1e-4,
                        "{rows} {columns} {i} {j}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_row_does_not_know_its_neighbours() {
        let (x, w, b) = (noise(300 * WIDTH, 1), noise(12 * 288 * PANEL, 2), noise(12 * PANEL, 3));
        let rows = |first: usize, rows: usize| {
            let mut out = vec![0.0; rows * WIDTH];
            let input = Rows { data: &x[first * WIDTH..], stride: WIDTH, inputs: 288, rows };
            maxout_rows(input, &w, &b, &mut out);
            out
        };
        let all = rows(0, 298);
        for (first, count) in [(0, 1), (5, 2), (7, 3), (90, 50), (295, 3)] {
            assert_eq!(rows(first, count), all[first * WIDTH..(first + count) * WIDTH]);
        }
    }

    #[test]
    fn gelu_and_softmax_agree_with_the_definition() {
        // Φ from tables of the normal distribution.
        for (x, phi) in
            [(0.0f32, 0.5f32), (1.0, 0.841_344_7), (-1.0, 0.158_655_3), (2.5, 0.993_790_3), (-6.0, 0.0)]
        {
            let mut value = [x];
            gelu(&mut value);
            assert!((value[0] - x * phi).abs() < 2e-6, "{x}");
        }
        let mut row = [1.0f32, 2.0, 3.0, -200.0];
        softmax_rows(&mut row, 4, 1.0);
        for (value, exact) in row.iter().zip([0.090_030_57, 0.244_728_47, 0.665_240_94, 0.0]) {
            assert!((value - exact).abs() < 1e-6);
        }
    }

    #[test]
    fn a_normalised_row_has_mean_zero_and_variance_one() {
        let (mut x, residual) = (noise(3 * 384, 1), noise(3 * 384, 2));
        add_and_normalise(&mut x, &residual, &[1.0; 384], &[0.0; 384], 1e-12);
        for row in x.chunks_exact(384) {
            let mean = row.iter().sum::<f32>() / 384.0;
            let variance = row.iter().map(|v| v * v).sum::<f32>() / 384.0;
            assert!(mean.abs() < 1e-5 && (variance - 1.0).abs() < 1e-4);
        }
    }

    #[test]
    fn plain_and_fused_agree() {
        let (x, w, b) = (noise(6 * 288, 1), noise(12 * 288 * PANEL, 2), noise(12 * PANEL, 3));
        let input = Rows { data: &x, stride: 288, inputs: 288, rows: 6 };
        let (mut a, mut c) = (vec![0.0; 6 * WIDTH], vec![0.0; 6 * WIDTH]);
        maxout_rows(input, &w, &b, &mut a);
        plain::maxout_rows(input, &w, &b, &mut c);
        assert!(a.iter().zip(&c).all(|(a, c)| (a - c).abs() < 1e-4));
    }

    #[test]
    fn scores_agree_with_the_definition() {
        for columns in [8, 80, 112, 128] {
            let (h, w, b) = (noise(64, 1), noise(64 * columns, 2), noise(columns, 3));
            let mut out = vec![0.0; columns];
            scores(h.as_slice().try_into().unwrap(), &w, &b, &mut out);
            for j in 0..columns {
                let exact: f32 = (0..64).map(|k| h[k] * w[k * columns + j]).sum::<f32>() + b[j];
                assert!((exact - out[j]).abs() < 1e-4);
            }
        }
    }
}
