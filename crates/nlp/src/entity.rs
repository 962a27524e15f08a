//! The entity recogniser: spaCy's BILUO transition system.
//!
//! In: projected vectors of the recogniser's own network, white-space tokens and the parser's sentence starts. Out: labelled
//! token ranges, in order, not overlapping, none across a sentence start. Linear in the document.
//!
//! Source: spaCy 3.8, `spacy/pipeline/_parser_internals/ner.pyx`, behaviour only.

use watchkeeper_nn::kernels::best_masked;
use watchkeeper_nn::layers::{HIDDEN, StateScorer};
use watchkeeper_nn::{WeightError, WeightFile};
use watchkeeper_record::document::EntityLabel;

use crate::package::{ENTITY_FEATURES, PackageError, WIDTH};
use crate::shares::Shares;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    Begin(EntityLabel),
    In(EntityLabel),
    Last(EntityLabel),
    Unit(EntityLabel),
    Out,
    /// `U-` without a label, which is never valid.
    Never,
}

/// A loaded entity recogniser.
#[derive(Debug)]
pub struct Recogniser {
    scorer: StateScorer,
    actions: Vec<Move>,
    /// Outside an entity: with and without `Begin`.
    outside: [[f32; 128]; 2],
    /// Inside an entity, by label: going on or ending.
    inside: Vec<[f32; 128]>,
}

impl Recogniser {
    /// Loads the recogniser's tensors and action list.
    ///
    /// # Errors
    /// When a tensor does not fit or an action is not known.
    pub fn load(file: &WeightFile<'_>, actions: &[(u8, String)]) -> Result<Self, PackageError> {
        let bad = |e: WeightError| PackageError::Unsupported(e.to_string());
        let scorer = StateScorer::load(file, "ner", ENTITY_FEATURES, actions.len()).map_err(bad)?;
        let actions = actions.iter().map(action).collect::<Result<Vec<_>, _>>()?;
        let mask = |valid: &dyn Fn(Move) -> bool| -> [f32; 128] {
            std::array::from_fn(|a| {
                if actions.get(a).is_some_and(|&m| valid(m)) { 0.0 } else { f32::NEG_INFINITY }
            })
        };
        let outside = [
            mask(&|m| matches!(m, Move::Unit(_) | Move::Out)),
            mask(&|m| matches!(m, Move::Begin(_) | Move::Unit(_) | Move::Out)),
        ];
        let inside =
            EntityLabel::ALL.iter().map(|&l| mask(&|m| m == Move::In(l) || m == Move::Last(l))).collect();
        let known = |m: &Move| match *m {
            Move::Begin(label) => actions.contains(&Move::In(label)) && actions.contains(&Move::Last(label)),
            _ => true,
        };
        if !(actions.contains(&Move::Out) && actions.iter().all(known)) {
            return Err(PackageError::Unsupported("the entity actions are incomplete".to_owned()));
        }
        Ok(Self { scorer, actions, outside, inside })
    }

    /// Projects token vectors, `[n, 96] → [n, 64]`, appended to `out`.
    pub fn project(&self, vectors: &[f32], out: &mut Vec<f32>) {
        let at = out.len();
        out.resize(at + vectors.len() / WIDTH * HIDDEN, 0.0);
        self.scorer.project(vectors, &mut out[at..]);
    }

    /// Finds the entities of one document as (first token, one past the last, label). `projected` is `[tokens, 64]`.
    pub fn recognise(
        &self,
        projected: &[f32],
        is_space: impl Fn(usize) -> bool,
        starts: &[bool],
        shares: &mut Shares,
        found: &mut Vec<(u32, u32, EntityLabel)>,
    ) {
        shares.begin();
        let count = projected.len() / HIDDEN;
        let mut scores = [0.0; 128];
        let mut open: Option<(usize, EntityLabel)> = None;
        for i in 0..count {
            let goes_on = i + 1 < count && !starts[i + 1];
            let action = match open {
                Some((_, label)) if !goes_on => Move::Last(label),
                None if is_space(i) => Move::Out,
                _ => {
                    let features = match open {
                        Some((first, _)) => [Some(i), Some(first), Some(i - 1)],
                        None => [Some(i), None, None],
                    };
                    let mask = match open {
                        Some((_, label)) => &self.inside[label as usize],
                        None => &self.outside[usize::from(goes_on)],
                    };
                    let scores = shares.score(&self.scorer, projected, &features, &mut scores);
                    self.actions[best_masked(scores, mask)]
                }
            };
            match action {
                Move::Begin(label) => open = Some((i, label)),
                Move::Last(label) => {
                    let first = open.take().map_or(i, |(first, _)| first);
                    found.push((first as u32, i as u32 + 1, label));
                }
                Move::Unit(label) => found.push((i as u32, i as u32 + 1, label)),
                Move::In(_) | Move::Out | Move::Never => {}
            }
        }
    }
}

fn action((code, label): &(u8, String)) -> Result<Move, PackageError> {
    let unknown = || PackageError::Unsupported(format!("entity action {code} `{label}` is not known"));
    let parsed = || label.parse::<EntityLabel>().map_err(|_| unknown());
    Ok(match code {
        0 => Move::Never,
        1 => Move::Begin(parsed()?),
        2 => Move::In(parsed()?),
        3 => Move::Last(parsed()?),
        4 if label.is_empty() => Move::Never,
        4 => Move::Unit(parsed()?),
        5 => Move::Out,
        _ => return Err(unknown()),
    })
}
