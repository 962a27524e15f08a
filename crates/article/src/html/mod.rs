//! HTML pages: from markup to the article's text, its headline, authors, outlet and dates.
//!
//! In: the decoded page. Out: the chosen blocks with the way back to the page's bytes, and what the markup says of the article.
//! No script runs, no address is asked, nothing is laid out: what is hidden only by a style sheet elsewhere counts as seen.
//!
//! `parse` makes a `tree::Tree`, `block` its blocks, `features` a row of numbers for each, `choose` says which are the article.
//! `linked`, `head`, `day` and `names` read what the markup says. Everything is linear in the page and bounded in depth and number.

mod about;
mod block;
mod choose;
mod context;
mod day;
mod decode;
mod entity;
mod features;
mod head;
mod linked;
mod names;
pub(crate) mod page;
mod parse;
pub mod training;
mod tree;
mod words;

use self::block::Blocks;
use self::features::{Hints, folded};
use self::head::Head;
use self::linked::Linked;
use self::tree::{Tag, Tree};

/// A page's markup, read but not judged.
struct Markup<'a> {
    tree: Tree<'a>,
    blocks: Blocks,
    linked: Linked,
    head: Head,
}

impl<'a> Markup<'a> {
    fn read(page: &'a str) -> Self {
        let tree = parse::parse(page);
        let blocks = block::blocks(&tree);
        let linked = linked::read(&tree);
        let head = head::read(&tree);
        Self { tree, blocks, linked, head }
    }

    fn rows(&self) -> features::Rows {
        let mut titles: Vec<String> =
            self.head.titles().chain(self.linked.headline.as_deref()).map(folded).collect();
        titles.extend(self.tree.all(Tag::H1).take(3).map(|id| folded(&self.tree.text(id, 300))));
        titles.retain(|title| (4..1000).contains(&title.len()));
        let description = folded(self.head.description.as_deref().unwrap_or_default());
        let body = folded(self.linked.body.as_deref().unwrap_or_default());
        features::rows(&self.tree, &self.blocks, &Hints { titles, description, body })
    }
}

impl Markup<'_> {
    /// The heading that a block stands in, if it does.
    fn heading(&self, node: tree::NodeId) -> Option<Tag> {
        std::iter::once(node)
            .chain(self.tree.ancestors(node))
            .take(3)
            .map(|up| self.tree.tag(up))
            .find(|tag| matches!(tag, Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6))
    }

    /// The text of a heading without the kicker that stands in an element of its own at its beginning.
    fn without_kicker<'w>(&self, block: &block::Block, words: &'w str) -> &'w str {
        const KICKERS: [&str; 12] = [
            "kicker",
            "overline",
            "roofline",
            "topline",
            "dachzeile",
            "supertitle",
            "pretitle",
            "suptitle",
            "headline-intro",
            "overhead",
            "vorzeile",
            "label",
        ];
        let inner = self.tree.ancestors(block.first).take_while(|&up| up != block.node).find(|&up| {
            self.tree.raw_value(up, tree::Key::Class).is_some_and(|class| {
                let class = class[..features::floor(class, 200)].to_ascii_lowercase();
                KICKERS.iter().any(|kicker| class.contains(kicker))
            })
        });
        let rest = inner.and_then(|inner| words.strip_prefix(self.tree.text(inner, 200).as_str()));
        let rest = rest.map(|rest| rest.trim_start_matches([':', '|', '–', '-', '.', ' ']).trim());
        rest.filter(|rest| rest.len() > 3).unwrap_or(words)
    }

    /// Whether a block's element or its parent is called a title.
    fn called_title(&self, node: tree::NodeId) -> bool {
        let bit = words::CLASSES.iter().position(|name| *name == "title").map_or(0, |bit| 1_u32 << bit);
        std::iter::once(node).chain(self.tree.ancestors(node)).take(2).any(|up| {
            [tree::Key::Class, tree::Key::Id, tree::Key::Itemprop]
                .iter()
                .filter_map(|&key| self.tree.raw_value(up, key))
                .any(|value| words::WORDS.classes(value) & bit != 0)
        })
    }
}
