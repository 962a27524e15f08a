//! From a text back to the bytes of the page that it was read from.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::span::Span;

/// A stretch of text and the bytes of the page that stand for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapRun {
    /// First byte of the text; the stretch ends where the next one begins.
    pub text: u32,
    /// First byte of the page.
    pub page: u32,
    /// Behind the last byte of the page. Equal to `page` for what the page doesn't hold: the blank lines between blocks.
    pub page_end: u32,
    /// Whether both are the same bytes, so that an offset in one is an offset in the other. Elsewhere the whole stretch of the
    /// page stands for the whole stretch of the text: a character reference, white space made one blank, another encoding.
    pub verbatim: bool,
}

/// The way from every byte of a text back to its page.
///
/// Offsets of the page are bytes as they came, in whatever encoding; a byte order mark counts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TextMap {
    runs: Vec<MapRun>,
}

impl TextMap {
    /// Makes a map of runs in the order of the text; `None` when they aren't in order, or one ends before it begins.
    #[must_use]
    pub fn new(runs: Vec<MapRun>) -> Option<Self> {
        let ordered = runs.windows(2).all(|pair| pair[0].text < pair[1].text);
        (ordered && runs.iter().all(|run| run.page <= run.page_end)).then_some(Self { runs })
    }

    /// The runs, in the order of the text.
    #[must_use]
    pub fn runs(&self) -> &[MapRun] {
        &self.runs
    }

    /// The bytes of the page that stand for a span of the text, from the first to the last; `None` where the page holds nothing
    /// of it. Cost: logarithmic in the runs, and the runs of the span.
    #[must_use]
    pub fn page(&self, span: Span) -> Option<Range<usize>> {
        let (start, end) = (span.start() as u32, span.end() as u32);
        if start >= end {
            return None;
        }
        let first = self.runs.partition_point(|run| run.text <= start).checked_sub(1)?;
        let mut found: Option<Range<usize>> = None;
        for (i, run) in self.runs.iter().enumerate().skip(first).take_while(|(_, run)| run.text < end) {
            if run.page == run.page_end {
                continue;
            }
            let (mut from, mut to) = (run.page, run.page_end);
            if run.verbatim {
                from = run.page + start.saturating_sub(run.text);
                let run_end = self.runs.get(i + 1).map_or(u32::MAX, |next| next.text);
                if end < run_end {
                    to = run.page + (end - run.text);
                }
            }
            let range = from.min(to) as usize..to.min(run.page_end) as usize;
            found =
                Some(found.map_or(range.clone(), |all| all.start.min(range.start)..all.end.max(range.end)));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_lead_to_the_page() {
        // Page: `<p>Caf&eacute; shut</p>`, text: `Café shut` and a blank line.
        let run = |text, page, page_end, verbatim| MapRun { text, page, page_end, verbatim };
        let map = TextMap::new(vec![
            run(0, 3, 6, true),
            run(3, 6, 14, false),
            run(5, 14, 19, true),
            run(10, 19, 19, false),
        ])
        .expect("in order");
        let page = |start, end| map.page(Span::new(start, end));
        assert_eq!(page(0, 5), Some(3..14));
        assert_eq!(page(1, 2), Some(4..5));
        assert_eq!(page(4, 5), Some(6..14));
        assert_eq!(page(6, 10), Some(15..19));
        assert_eq!(page(10, 12), None);
        assert_eq!(page(2, 2), None);
        assert!(TextMap::new(vec![run(1, 0, 1, true), run(1, 1, 2, true)]).is_none());
        let json = serde_json::to_string(&map).expect("serialises");
        assert_eq!(serde_json::from_str::<TextMap>(&json).expect("reads"), map);
    }
}
