//! Time mentions → dates.

use watchkeeper_record::codebook::{Granularity, TimeAnchor};
use watchkeeper_record::reading::Time;
use watchkeeper_record::{Document, Mentions};

/// The times of a document and which mention denotes which.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TimeLinks {
    /// Times; the door gives the ids, in order of the first mention. Mentions are source spans, sorted.
    pub times: Vec<Time>,
    /// For each mention of [`Mentions::times`] the index of its time in `times`.
    pub of_mention: Vec<Option<usize>>,
}

/// Anchors every time mention of a document.
#[must_use]
pub fn link_times(_doc: &Document, mentions: &Mentions) -> TimeLinks {
    let mut links = TimeLinks::default();
    for mention in &mentions.times {
        links.of_mention.push(Some(links.times.len()));
        links.times.push(Time {
            id: String::new(),
            start: None,
            end: None,
            granularity: Granularity::Day,
            timex3: None,
            anchor: TimeAnchor::Published,
            mentions: vec![mention.span],
        });
    }
    links
}
