//! Keeps what is published out of the masked ranges.

use watchkeeper_record::{Article, Span};

/// The readable parts of a span in order, without white space at either end; empty when all of it is masked.
pub(crate) fn split(article: &Article, span: Span) -> Vec<Span> {
    let mut parts = Vec::new();
    let mut at = span.start();
    let first = article.masked.partition_point(|mask| mask.span.end() <= span.start());
    for mask in &article.masked[first..] {
        if mask.span.start() >= span.end() {
            break;
        }
        if mask.span.start() > at {
            parts.push(Span::from_range(at..mask.span.start()));
        }
        at = at.max(mask.span.end());
    }
    if at < span.end() {
        parts.push(Span::from_range(at..span.end()));
    }
    parts.iter().filter_map(|&part| trim(&article.text, part)).collect()
}

/// The longest readable part of a span (the first of two of equal length); `None` when all of it is masked.
pub(crate) fn clip(article: &Article, span: Span) -> Option<Span> {
    let mut best: Option<Span> = None;
    for part in split(article, span) {
        if best.is_none_or(|known| part.len() > known.len()) {
            best = Some(part);
        }
    }
    best
}

/// Evidence: every span split at the masks, sorted, each once.
pub(crate) fn evidence(article: &Article, spans: &[Span]) -> Vec<Span> {
    let mut parts: Vec<Span> = spans.iter().flat_map(|&span| split(article, span)).collect();
    parts.sort_unstable();
    parts.dedup();
    parts
}

/// A span without white space at its ends; `None` when nothing is left.
fn trim(text: &str, span: Span) -> Option<Span> {
    let words = span.of(text);
    let start = span.start() + (words.len() - words.trim_start().len());
    let end = span.start() + words.trim_end().len();
    (start < end).then(|| Span::from_range(start..end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use watchkeeper_record::article::Mask;
    use watchkeeper_record::codebook::MaskKind;

    fn article(text: &str, masked: &[(u32, u32)]) -> Article {
        let masked = masked.iter().map(|&(start, end)| Mask {
            span: Span::new(start, end),
            kind: MaskKind::Widget,
            why: String::new(),
        });
        Article { masked: masked.collect(), ..Article::of_blocks(text, Vec::new()) }
    }

    #[test]
    fn spans_are_split_at_masks() {
        let article = article("one two  three four", &[(4, 8), (15, 19)]);
        let words: Vec<&str> =
            split(&article, Span::new(0, 19)).iter().map(|part| part.of(&article.text)).collect();
        assert_eq!(words, ["one", "three"]);
        assert_eq!(clip(&article, Span::new(0, 19)), Some(Span::new(9, 14)));
        assert_eq!(clip(&article, Span::new(4, 7)), None);
        assert!(split(&article, Span::new(16, 18)).is_empty());
    }
}
