//! How spans are compared as words: in lower case, without punctuation and articles, as scorers of the task compare them.

use std::ops::Range;

use watchkeeper_record::Document;
use watchkeeper_record::document::TokenIndex;

/// Lower case, no ASCII punctuation, no articles, single spaces.
#[must_use]
pub fn plain(text: &str) -> String {
    let bare: String =
        text.chars().flat_map(char::to_lowercase).filter(|char| !char.is_ascii_punctuation()).collect();
    let mut out = String::with_capacity(bare.len());
    for word in bare.split_whitespace().filter(|word| !matches!(*word, "a" | "an" | "the")) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// The source text of a range of tokens.
#[must_use]
pub fn source(doc: &Document, tokens: Range<TokenIndex>) -> &str {
    let span = doc.span(tokens);
    doc.text().get(span.start()..span.end()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn case_punctuation_and_articles_do_not_count() {
        assert_eq!(plain("THE U.S. CONSUL'S\n   car-park"), "us consuls carpark");
        assert_eq!(plain("A theory of an anchor"), "theory of anchor");
        assert_eq!(plain("[--]"), "");
    }
}
