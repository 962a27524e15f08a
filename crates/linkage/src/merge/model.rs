//! How likely two reports tell of one happening: a linear score and boosted trees over [`FEATURES`], averaged.

use watchkeeper_nn::trees::{Forest, logistic};
use watchkeeper_nn::{WeightError, WeightFile, WeightFileBuilder};

use super::features::ReportFeatures;
use super::pair::{FEATURES, glance, row};
use super::words::Background;

/// A linear score over standardised features.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Linear {
    /// Weight of each feature.
    pub weights: Vec<f32>,
    /// Added to the sum.
    pub base: f32,
    /// Mean of each feature.
    pub means: Vec<f32>,
    /// One over the standard deviation of each feature.
    pub scales: Vec<f32>,
}

impl Linear {
    /// The score of a row, a logit.
    #[must_use]
    pub fn score(&self, row: &[f32]) -> f32 {
        let mut sum = self.base;
        for (at, value) in row.iter().enumerate() {
            sum += self.weights[at] * (value - self.means[at]) * self.scales[at];
        }
        sum
    }
}

/// Texts less alike than this are taken for different happenings without a closer look.
pub const GLANCE_MIN: f32 = 0.06;

/// Everything learned: the background, the line and the trees.
#[derive(Debug, Clone, PartialEq)]
pub struct Merger {
    background: Background,
    linear: Linear,
    forest: Forest,
}

impl Merger {
    /// Puts the parts together.
    ///
    /// # Errors
    /// When line or trees were made for other features than [`FEATURES`].
    pub fn new(background: Background, linear: Linear, forest: Forest) -> Result<Self, WeightError> {
        let width = FEATURES.len();
        let fits =
            [&linear.weights, &linear.means, &linear.scales].into_iter().all(|list| list.len() == width);
        if !fits || !forest.features().iter().map(String::as_str).eq(FEATURES) {
            return Err(WeightError::Shape {
                name: "features of merging".to_owned(),
                expected: vec![width],
                found: vec![linear.weights.len(), forest.features().len()],
            });
        }
        Ok(Self { background, linear, forest })
    }

    /// Reads `weights/merge-en.wkw`.
    ///
    /// # Errors
    /// When the file is damaged or made for other features.
    pub fn parse(bytes: &[u8]) -> Result<Self, WeightError> {
        let file = WeightFile::parse(bytes)?;
        let width = [FEATURES.len()];
        let linear = Linear {
            weights: file.tensor_of("linear.weights", &width)?,
            base: file.tensor_of("linear.base", &[1])?.first().copied().unwrap_or(0.0),
            means: file.tensor_of("linear.means", &width)?,
            scales: file.tensor_of("linear.scales", &width)?,
        };
        Self::new(Background::from_weights(&file)?, linear, Forest::from_weights(&file, "forest")?)
    }

    /// The bytes of a weight file.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut file = WeightFileBuilder::new();
        let width = [FEATURES.len()];
        file.tensor("linear.weights", &width, &self.linear.weights);
        file.tensor("linear.base", &[1], &[self.linear.base]);
        file.tensor("linear.means", &width, &self.linear.means);
        file.tensor("linear.scales", &width, &self.linear.scales);
        self.forest.write("forest", &mut file);
        self.background.write(&mut file);
        file.finish()
    }

    /// How rare words are.
    #[must_use]
    pub fn background(&self) -> &Background {
        &self.background
    }

    /// The probability that two reports tell of one happening, 0..=1; the same whichever comes first.
    #[must_use]
    pub fn probability(&self, a: &ReportFeatures, b: &ReportFeatures) -> f64 {
        if glance(a, b) < GLANCE_MIN { 0.0 } else { self.of_row(&row(a, b)) }
    }

    /// The same of a row of [`FEATURES`].
    #[must_use]
    pub fn of_row(&self, row: &[f32]) -> f64 {
        f64::from(logistic((self.linear.score(row) + self.forest.score(row)) / 2.0))
    }
}
