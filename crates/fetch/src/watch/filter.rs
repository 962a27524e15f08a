//! Which items a user wants, by words.

use std::fmt::Write as _;

use crate::feed::{FeedItem, plain};

/// Words and phrases that an item must or must not hold. Whole words, whatever their case; `ceasefire` isn't in `ceasefires`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    include: Vec<String>,
    exclude: Vec<String>,
}

impl Filter {
    /// Makes a filter: an item passes when it holds any of `include` (or that is empty) and none of `exclude`. A phrase
    /// matches its words in a row, whatever stands between them but letters and digits. Terms without a letter or
    /// digit are passed over.
    #[must_use]
    pub fn new<'a>(
        include: impl IntoIterator<Item = &'a str>,
        exclude: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        fn gathered<'a>(terms: impl IntoIterator<Item = &'a str>) -> Vec<String> {
            terms.into_iter().map(words).filter(|words| words.len() > 1).collect()
        }
        Self { include: gathered(include), exclude: gathered(exclude) }
    }

    /// Makes a filter of terms as typed: one that starts with `-` excludes.
    #[must_use]
    pub fn of_terms<'a>(terms: impl IntoIterator<Item = &'a str>) -> Self {
        let (exclude, include): (Vec<&str>, Vec<&str>) =
            terms.into_iter().partition(|term| term.trim_start().starts_with('-'));
        Self::new(include, exclude)
    }

    /// Whether an item is wanted, by its title, summary and content.
    #[must_use]
    pub fn wants(&self, item: &FeedItem) -> bool {
        if self.include.is_empty() && self.exclude.is_empty() {
            return true;
        }
        let mut text = item.title.clone().unwrap_or_default();
        for html in [&item.summary, &item.content].into_iter().flatten() {
            let _ = write!(text, "\n{}", plain(html));
        }
        let text = words(&text);
        let holds = |term: &String| text.contains(term.as_str());
        (self.include.is_empty() || self.include.iter().any(holds)) && !self.exclude.iter().any(holds)
    }
}

/// Words in lower case, each with a blank before and after: ` no fly zone `.
fn words(text: &str) -> String {
    let mut out = String::from(" ");
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        out.extend(word.chars().flat_map(char::to_lowercase));
        out.push(' ');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_in_any_case_decide() {
        let item = FeedItem {
            title: Some("CEASEFIRE talks resume".to_owned()),
            summary: Some("<p>Envoys met near the no-fly zone in Ägäis&nbsp;port.</p>".to_owned()),
            ..FeedItem::default()
        };
        for (terms, wanted) in [
            (vec![], true),
            (vec!["ceasefire"], true),
            (vec!["cease"], false),
            (vec!["No Fly Zone"], true),
            (vec!["ägäis"], true),
            (vec!["ägäis port"], true),
            (vec!["shelling", "envoys"], true),
            (vec!["shelling"], false),
            (vec!["-football"], true),
            (vec!["talks", "-envoys"], false),
            (vec!["-talks"], false),
            (vec!["p"], false),
            (vec!["!?"], true),
        ] {
            assert_eq!(Filter::of_terms(terms.iter().copied()).wants(&item), wanted, "{terms:?}");
        }
    }
}
