//! Tensors, layers and weight files; knows no domain.
//!
//! In: weight bytes and plain `f32` slices. Out: plain `f32` slices. All `unsafe` and SIMD of the workspace is in the
//! `kernels` module. It does not read files, does not start threads and does not know what a token is.

pub mod encoder;
pub mod hash;
pub mod kernels;
pub mod layers;
pub mod trees;
pub mod weights;

pub use trees::Forest;
pub use weights::{Tensor, WeightError, WeightFile, WeightFileBuilder};
