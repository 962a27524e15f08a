//! Copies of one story: the same text, the same text trimmed, reordered, edited or under a new headline, and versions of one address.
//!
//! In: documents one at a time ([`Index::add`]), in any order. Out: a [`Verdict`] at once, against what came before, and at
//! any time the [`Clusters`] of all that came so far. The clusters are a function of the *set* of documents: whatever the
//! order of arrival, they are the same to the byte. A copy is a member of its cluster and never dropped.
//!
//! How: a text is the hashes of its words. *Exact* copies have the same hash of all words. For *near* copies, four-word shingles whose
//! hash ends in zeros (min-wise sampling "mod m", Broder 1997, "On the resemblance and containment of documents"; the number of zeros
//! grows with the text, so that a long and a short text still share those of the longer one's level) are keys of an inverted index, which does what
//! the bands of MinHash with LSH do but also finds a short text inside a long one. Whoever shares enough keys is compared word by word ([`Overlap`]).
//!
//! What counts as a copy: the shared stretches must make up most of one text and a good part of the other, and not both may have a long stretch of their own. So a story
//! that borrows the background of another (its own lead, a part of the other at the end), or two stories under one standing notice (each has its own
//! story), stay apart, while a trimmed story (all of it in the other) joins. No count over the collection enters, so neither its size nor its
//! make-up changes a decision about two texts.
//!
//! What it does not do: tell that two *different* reports are about one happening (that is merging, in `linkage`), translate, see through OCR noise.
//!
//! Memory: about `2 × words + 20 × words / 8 + 60` bytes a distinct text, 24 bytes an exact copy; see `evaluation/duplicates.md`.

mod cluster;
mod compare;
mod index;
mod words;

#[cfg(test)]
mod tests;

pub use cluster::{Cluster, Clusters, Member};
pub use compare::Overlap;
pub use index::Index;

/// The caller's name for a document. Ties are decided by it, so it should say nothing about the order of arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId(pub u64);

/// What makes two texts copies of one story.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NearOptions {
    /// Least share of the text that is more contained in the other, 0..=1.
    pub contained_min: f64,
    /// Least share of the text that is less contained in the other, 0..=1.
    pub covered_min: f64,
    /// Where both texts have a run of their own longer than this share of their words, they are different stories, 0..=1.
    pub own_max: f64,
    /// Least share of the less contained text for two versions of one address, 0..=1.
    pub version_min: f64,
}

impl Default for NearOptions {
    fn default() -> Self {
        Self { contained_min: 0.58, covered_min: 0.4, own_max: 0.28, version_min: 0.2 }
    }
}

impl NearOptions {
    /// Whether two texts are copies of one story.
    #[must_use]
    pub fn alike(&self, overlap: &Overlap) -> bool {
        let own = |side: usize| f64::from(overlap.own[side]) / f64::from(overlap.words[side].max(1));
        overlap.contained() >= self.contained_min
            && overlap.covered() >= self.covered_min
            && own(0).min(own(1)) <= self.own_max
    }

    /// Whether two texts from one address are versions of one story.
    #[must_use]
    pub fn versions(&self, overlap: &Overlap) -> bool {
        overlap.covered() >= self.version_min
    }
}

/// How a document is tied to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Link {
    /// The same words in the same order.
    Exact,
    /// A copy of one story. The overlap is seen from the document, then from the other.
    Near(Overlap),
    /// Another version of the text at the same address.
    Version(Overlap),
}

impl Link {
    /// The tie in words, e.g. `78 % of its words are in common stretches (31 % of the other's), longest run 212 words`.
    #[must_use]
    pub fn words(&self) -> String {
        let common = |overlap: &Overlap| {
            let percent = |side| (overlap.share(side) * 100.0).round();
            let changed = match overlap.changed[0] {
                0 => String::new(),
                1 => ", 1 word changed within them".to_owned(),
                count => format!(", {count} words changed within them"),
            };
            format!(
                "{} % of its words are in common stretches ({} % of the other's), longest run {} words{changed}",
                percent(0),
                percent(1),
                overlap.longest
            )
        };
        match self {
            Self::Exact => "the same words in the same order".to_owned(),
            Self::Near(overlap) => common(overlap),
            Self::Version(overlap) => format!("another version from the same address: {}", common(overlap)),
        }
    }
}

/// What a document is to those that came before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// Like nothing so far.
    New,
    /// A copy of a story that is there.
    Copy {
        /// The document that it is most like.
        of: DocumentId,
        /// In what way.
        link: Link,
    },
}
