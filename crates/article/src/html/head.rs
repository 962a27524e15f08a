//! What a page's head says: `meta` elements and `title`.

use std::ops::Range;

use super::tree::{Key, NodeId, Tag, Tree};

/// Most `meta` elements that are looked at.
const METAS_MAX: usize = 400;
/// Longest value that is kept, in bytes.
const VALUE_MAX: usize = 2000;

/// The head's fields. All are trimmed and not empty.
#[derive(Debug, Default, Clone)]
pub(crate) struct Head {
    /// (name in lower case, value, where it stands in the page), in order.
    pub(crate) metas: Vec<(String, String, Range<usize>)>,
    /// The `title` element's text and node.
    pub(crate) title: Option<(String, NodeId)>,
    pub(crate) description: Option<String>,
    pub(crate) canonical: Option<String>,
    pub(crate) language: Option<String>,
}

/// Reads the head's fields, wherever they stand.
pub(crate) fn read(tree: &Tree<'_>) -> Head {
    let mut head = Head::default();
    for id in tree.all(Tag::Meta).take(METAS_MAX) {
        let Some(range) = tree.value_range(id, Key::Content) else { continue };
        if range.len() > VALUE_MAX * 4 {
            continue;
        }
        let value = tree.value(id, Key::Content).unwrap_or_default();
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if value.is_empty() || value.len() > VALUE_MAX {
            continue;
        }
        for key in [Key::Property, Key::Name, Key::Itemprop, Key::HttpEquiv] {
            if let Some(name) = tree.raw_value(id, key).filter(|name| !name.is_empty() && name.len() < 80) {
                head.metas.push((name.trim().to_ascii_lowercase(), value.clone(), range.clone()));
            }
        }
    }
    head.description = ["og:description", "description", "twitter:description"]
        .iter()
        .find_map(|name| head.meta(name))
        .map(str::to_owned);
    head.title = tree
        .all(Tag::Title)
        .find(|&id| tree.ancestors(id).all(|up| tree.tag(up) != Tag::Svg))
        .map(|id| (tree.text(id, 600), id))
        .filter(|(text, _)| !text.is_empty());
    head.canonical = tree
        .all(Tag::Link)
        .take(METAS_MAX)
        .find(|&id| {
            tree.raw_value(id, Key::Rel)
                .is_some_and(|rel| rel.split_whitespace().any(|word| word.eq_ignore_ascii_case("canonical")))
        })
        .and_then(|id| tree.value(id, Key::Href))
        .map(|href| href.trim().to_owned())
        .filter(|href| href.starts_with("http") && href.len() < VALUE_MAX);
    head.language = tree
        .all(Tag::Html)
        .find_map(|id| tree.raw_value(id, Key::Lang).or_else(|| tree.raw_value(id, Key::XmlLang)))
        .map(str::to_owned);
    head
}

impl Head {
    /// The first value of a name.
    pub(crate) fn meta(&self, name: &str) -> Option<&str> {
        self.metas.iter().find(|(known, _, _)| known == name).map(|(_, value, _)| value.as_str())
    }

    /// All values of a name.
    pub(crate) fn all<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h str> + 'h {
        self.metas.iter().filter(move |(known, _, _)| known == name).map(|(_, value, _)| value.as_str())
    }

    /// Headlines of the head, the surest first.
    pub(crate) fn titles(&self) -> impl Iterator<Item = &str> {
        let names = ["og:title", "twitter:title"];
        names
            .into_iter()
            .filter_map(|name| self.meta(name))
            .chain(self.title.iter().map(|(text, _)| text.as_str()))
    }
}
