//! Which of the proposed attributions are kept.
//!
//! In: every likely cue with its likeliest content and source. Out: a row of features for each, which tells how it stands beside the
//! others (held by another's content, rival for the same words), and the set that is kept: the surest first, no words twice.

use std::ops::Range;

use watchkeeper_record::document::TokenIndex;

use super::content::{Content, Kind};
use super::scene::Scene;
use super::source::Source;
use super::{Attribution, Row, cue};

/// A cue with the content and source that suit it best.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Head of the cue.
    pub cue: TokenIndex,
    /// Log-odds that it is a cue.
    pub(super) cue_logit: f32,
    /// Best content, with its share of all candidates' probability and that of the second.
    pub(super) content: Content,
    pub(super) content_share: f32,
    pub(super) content_second: f32,
    /// Best source, likewise.
    pub(super) source: Source,
    pub(super) source_share: f32,
    pub(super) source_path: f32,
    pub(super) word: f32,
    pub(super) quoted: bool,
    /// The features of its cue, content and source, one row after the other.
    pub(super) parts: Vec<f32>,
    /// Features by which it is kept or not.
    pub features: Vec<f32>,
}

impl Proposal {
    /// The attribution that it is, with a score.
    #[must_use]
    pub fn attribution(&self, scene: &Scene<'_>, score: f32, why: String) -> Attribution {
        let source = self.source.phrase.as_ref();
        let cue = scene.cue_range(self.cue);
        let mut content = Vec::new();
        for piece in &self.content.pieces {
            // Words are the source's, the cue's or the content's.
            let mut rest = vec![piece.clone()];
            for hole in [Some(&cue), source.map(|source| &source.0)].into_iter().flatten() {
                rest = rest.into_iter().flat_map(|piece| without(scene, piece, hole)).collect();
            }
            content.extend(rest);
        }
        Attribution {
            cue,
            head: self.cue,
            source: source.map(|source| source.0.clone()),
            source_head: source.map(|source| source.1),
            content,
            score,
            why,
        }
    }
}

fn without(scene: &Scene<'_>, piece: Range<TokenIndex>, hole: &Range<TokenIndex>) -> Vec<Range<TokenIndex>> {
    if hole.end <= piece.start || piece.end <= hole.start {
        return vec![piece];
    }
    [piece.start..hole.start.max(piece.start), hole.end.min(piece.end)..piece.end]
        .into_iter()
        .map(|rest| scene.trimmed(rest))
        .filter(|rest| !rest.is_empty())
        .collect()
}

/// Words that two contents share, in shares of all words of both.
fn likeness(scene: &Scene<'_>, a: &[Range<TokenIndex>], b: &[Range<TokenIndex>]) -> f32 {
    let words = |pieces: &[Range<TokenIndex>]| pieces.iter().map(|piece| scene.words(piece)).sum::<u32>();
    let mut common = 0;
    for one in a {
        for other in b {
            let both = one.start.max(other.start)..one.end.min(other.end);
            if both.start < both.end {
                common += scene.words(&both);
            }
        }
    }
    common as f32 / (words(a) + words(b) - common).max(1) as f32
}

fn holds(pieces: &[Range<TokenIndex>], index: TokenIndex) -> bool {
    pieces.iter().any(|piece| piece.contains(&index))
}

/// Fills the features of each proposal; they are in order of their cues.
pub(super) fn fill(scene: &Scene<'_>, proposals: &mut [Proposal], names: Option<&mut Vec<&'static str>>) {
    let mut rows = Vec::with_capacity(proposals.len());
    let mut kept_names = Vec::new();
    for at in 0..proposals.len() {
        let mut row = Row::new(names.is_some());
        one(scene, proposals, at, &mut row);
        row.values.extend_from_slice(&proposals[at].parts);
        kept_names = row.names.unwrap_or_default();
        rows.push(row.values);
    }
    if let Some(names) = names {
        *names = kept_names;
    }
    for (proposal, features) in proposals.iter_mut().zip(rows) {
        proposal.features = features;
    }
}

fn one(scene: &Scene<'_>, proposals: &[Proposal], at: usize, row: &mut Row) {
    let this = &proposals[at];
    row.put("cue", this.cue_logit);
    row.put("content", this.content_share);
    row.put("content_lead", this.content_share - this.content_second);
    row.put("source", this.source_share);
    row.flag("no_source", this.source.phrase.is_none());
    row.put("source_path", this.source_path);
    row.put("source_speaks", this.source.phrase.as_ref().map_or(0.5, |phrase| cue::speaks(scene, phrase.1)));
    row.put("kind", f32::from(this.content.kind as u8));
    let words: u32 = this.content.pieces.iter().map(|piece| scene.words(piece)).sum();
    row.put("words", words as f32);
    row.put("pieces", this.content.pieces.len() as f32);
    let quoted: u32 = this.content.pieces.iter().map(|piece| scene.quoted(piece)).sum();
    row.put("quoted_share", quoted as f32 / words.max(1) as f32);
    row.put("word", this.word);
    row.flag("quoted", this.quoted);
    row.flag("run", matches!(this.content.kind, Kind::Run | Kind::RunObject));
    let [mut held, mut held_content, mut holding, mut rival, mut same_source, mut likest] =
        [-9.0_f32, 0.0, -9.0, -9.0, 0.0, 0.0];
    let (mut count_held, mut count_holding) = (0.0, 0.0);
    let (mut before, mut after) = (-9.0_f32, -9.0_f32);
    // Contents reach over sentences, but seldom far.
    let from = at.saturating_sub(40);
    for (number, other) in proposals.iter().enumerate().skip(from).take(80) {
        if number == at {
            continue;
        }
        if holds(&other.content.pieces, this.cue) {
            count_held += 1.0;
            if other.cue_logit > held {
                held = other.cue_logit;
                held_content = other.content_share;
            }
        }
        if holds(&this.content.pieces, other.cue) {
            count_holding += 1.0;
            holding = holding.max(other.cue_logit);
        }
        let alike = likeness(scene, &this.content.pieces, &other.content.pieces);
        if alike > 0.3 {
            rival = rival.max(other.cue_logit);
            likest = f32::max(likest, alike);
        }
        let head = |proposal: &Proposal| proposal.source.phrase.as_ref().map(|phrase| phrase.1);
        if head(this).is_some() && head(this) == head(other) {
            same_source = f32::max(same_source, other.cue_logit + 9.0);
        }
        if scene.doc.sentence_of(other.cue) == scene.doc.sentence_of(this.cue) {
            if number < at {
                before = before.max(other.cue_logit);
            } else {
                after = after.max(other.cue_logit);
            }
        }
    }
    row.put("held", held);
    row.put("held_content", held_content);
    row.put("count_held", count_held);
    row.put("held_lead", this.cue_logit - held);
    row.put("holding", holding);
    row.put("count_holding", count_holding);
    row.put("holding_lead", this.cue_logit - holding);
    row.put("rival", rival);
    row.put("rival_lead", this.cue_logit - rival);
    row.put("rival_likeness", likest);
    row.put("same_source", same_source);
    row.put("others_before", before);
    row.put("others_after", after);
    let block = scene.doc.article().blocks.get(scene.block(this.cue) as usize);
    row.flag(
        "heading",
        block.is_some_and(|block| !matches!(block.kind, watchkeeper_record::article::BlockKind::Paragraph)),
    );
}

/// The attributions that are kept: those that score `enough`, the surest first, but no rival of one that is kept.
#[must_use]
pub fn choose(
    scene: &Scene<'_>,
    proposals: &[Proposal],
    scores: &[f32],
    enough: f32,
    why: &dyn Fn(usize) -> String,
) -> Vec<Attribution> {
    let mut order: Vec<usize> = (0..proposals.len()).filter(|&at| scores[at] >= enough).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
    let mut kept: Vec<usize> = Vec::new();
    for at in order {
        let pieces = &proposals[at].content.pieces;
        let rival = kept.iter().any(|&other| {
            let apart = proposals[other].cue.abs_diff(proposals[at].cue);
            apart < 900 && likeness(scene, pieces, &proposals[other].content.pieces) > 0.5
        });
        if !rival {
            kept.push(at);
        }
    }
    kept.sort_unstable();
    kept.into_iter()
        .map(|at| proposals[at].attribution(scene, scores[at], why(at)))
        .filter(|one| !one.content.is_empty())
        .collect()
}
