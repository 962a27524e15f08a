//! What is known of each block of a page: the row of numbers by which it is judged.
//!
//! In: the tree, its blocks, and the hints of the page's markup. Out: [`NAMES`]`.len()` numbers a block. Sums over containers
//! come from prefix sums over blocks, so that a row costs the same however large its containers are.

use rustc_hash::{FxHashMap, FxHashSet};

use super::block::{Block, Blocks, says_hidden};
use super::tree::{Key, NONE, NodeId, Tag, Tree};
use super::words::{CLASSES, CUES, FUNCTION_WORD, WORDS};

/// How far up classes of ancestors are remembered, in elements.
const FAR: u8 = 12;
/// Words of a block that are looked at.
const WORDS_MAX: usize = 400;

/// Length of the stretch of a block that is looked for in the text of linked data, in bytes of folded letters.
const PROBE: usize = 24;
/// Most bytes of that text.
const BODY_MAX: usize = 300_000;
/// Share of the page's prose from which an element is too large for a widget.
const WIDGET_SHARE: f32 = 0.4;
/// Share of the page's prose from which the `article` around the headline is the story and its neighbours are others.
const STORY_SHARE: f32 = 0.1;
/// Most bytes of a class attribute that tell templates apart.
const CLASS_MAX: usize = 120;

/// Hints of the page's markup.
#[derive(Debug, Default)]
pub(crate) struct Hints {
    /// Letters of the headline's candidates, folded.
    pub(crate) titles: Vec<String>,
    /// Letters of the description, folded.
    pub(crate) description: String,
    /// Letters of the article's text in linked data, folded.
    pub(crate) body: String,
}

/// Letters and figures in lower case: what two printings of one text share.
pub(crate) fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What is known of an element, by its place among all nodes.
#[derive(Debug, Clone, Copy)]
struct Element {
    /// Class bits of its own.
    own: u32,
    /// Steps up to the nearest element with each class, itself 0, at most [`FAR`].
    near: [u8; CLASSES.len()],
    hidden: bool,
    /// Called a widget.
    widget: bool,
    /// Inside `itemprop="articleBody"` or its like.
    body: bool,
    /// Structural elements around it, by bit.
    around: u16,
    depth: u16,
    /// First block at or behind it.
    first: u32,
}

/// Structural elements whose presence around a block is a feature, by bit.
const AROUND: [(&str, &[Tag]); 14] = [
    ("article", &[Tag::Article]),
    ("main", &[Tag::Main]),
    ("section", &[Tag::Section]),
    ("aside", &[Tag::Aside]),
    ("nav", &[Tag::Nav]),
    ("header", &[Tag::Header]),
    ("footer", &[Tag::Footer]),
    ("form", &[Tag::Form, Tag::Button, Tag::Fieldset, Tag::Label]),
    ("table", &[Tag::Table]),
    ("list", &[Tag::Ul, Tag::Ol, Tag::Menu]),
    ("figure", &[Tag::Figure, Tag::Figcaption]),
    ("quote", &[Tag::Blockquote]),
    ("link", &[Tag::A]),
    ("definition", &[Tag::Dl]),
];

/// Sums over all blocks before one.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    blocks: f32,
    chars: f32,
    linked: f32,
    /// Characters of paragraphs of running text.
    prose: f32,
    /// Number of such paragraphs.
    paragraphs: f32,
}

/// What a block's own words tell.
#[derive(Debug, Clone, Copy, Default)]
struct Shape {
    words: f32,
    function: f32,
    sentences: f32,
    commas: f32,
    digits: f32,
    upper: f32,
    capitalised: f32,
    cues: [f32; CUES.len()],
    ends: bool,
    colon: bool,
    question: bool,
    lower: bool,
    quote: bool,
    bar: bool,
    arrow: bool,
    address: bool,
    clock: bool,
}

/// Classes of which it counts how much of the page's prose the nearest element so called holds.
const HELD: [&str; 8] = ["comment", "related", "side", "list", "signup", "hidden", "footer", "body"];

macro_rules! row {
    ($($name:literal),* $(,)?) => {
        /// Names of the features, in the order of a row.
        pub(crate) fn names() -> Vec<String> {
            let mut names: Vec<String> = vec![$($name.to_owned()),*];
            for (name, _) in AROUND { names.push(format!("around.{name}")); }
            for class in CLASSES { names.push(format!("near.{class}")); }
            for cue in CUES { names.push(format!("cue.{cue}")); }
            for level in ["up1", "up2", "up3", "best", "branch"] {
                for what in ["blocks", "chars", "share", "linked", "prose", "paragraphs"] {
                    names.push(format!("{level}.{what}"));
                }
            }
            for side in ["before2", "before1", "after1", "after2"] {
                for what in ["chars", "linked", "function", "ends", "heading", "sibling"] {
                    names.push(format!("{side}.{what}"));
                }
            }
            for class in CLASSES { names.push(format!("branch.{class}")); }
            for class in HELD { names.push(format!("hold.{class}")); }
            names
        }
    };
}

row!(
    "tag.p",
    "tag.li",
    "tag.heading",
    "tag.level",
    "tag.div",
    "tag.cell",
    "tag.quote",
    "tag.caption",
    "chars",
    "words",
    "word.length",
    "function",
    "sentences",
    "commas",
    "digits",
    "upper",
    "capitalised",
    "ends",
    "colon",
    "question",
    "lower",
    "quote",
    "bar",
    "arrow",
    "address",
    "clock",
    "linked",
    "links",
    "bold",
    "italic",
    "media",
    "broken",
    "index",
    "at",
    "since.title",
    "is.title",
    "title.known",
    "title.overlap",
    "is.description",
    "in.body",
    "body.known",
    "itemprop",
    "hidden",
    "depth",
    "template.blocks",
    "template.chars",
    "template.linked",
    "template.share",
    "repeated",
    "best.inside",
    "best.depth",
    "best.before",
    "best.after",
    "branch.first",
    "page.blocks",
    "page.chars",
    "page.linked",
    "page.prose",
    "page.articles",
    "best.articles",
    "best.proseshare",
    "since.prose",
    "until.prose",
    "again",
    "title.up",
    "title.share",
    "article.share",
    "article.title",
);

/// Containers of a block whose other blocks' scores are looked at: three steps up, the child of the best container, that
/// container, the nearest `article`.
pub(crate) const LEVELS: usize = 6;

/// Rows of all blocks, and what the second look needs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    /// One row after the other.
    pub(crate) values: Vec<f32>,
    /// First block and the one behind the last, of each container of each block.
    pub(crate) containers: Vec<[(u32, u32); LEVELS]>,
    /// Which template each block comes from.
    pub(crate) templates: Vec<u64>,
    /// Characters of each block.
    pub(crate) chars: Vec<u32>,
    /// The block that is the headline.
    pub(crate) title: Option<usize>,
    /// Blocks whose text stood in an earlier one.
    pub(crate) again: Vec<bool>,
    /// Blocks of widgets inside the article's container, and notices of consent.
    pub(crate) widget: Vec<bool>,
}

/// Makes the rows of all blocks.
pub(crate) fn rows(tree: &Tree<'_>, blocks: &Blocks, hints: &Hints) -> Rows {
    let page = Page::new(tree, blocks, hints);
    let mut rows = Rows { values: Vec::with_capacity(blocks.list.len() * 256), ..Rows::default() };
    for i in 0..blocks.list.len() {
        page.row(i, &mut rows.values);
        rows.containers.push(page.containers(i));
        rows.widget.push(page.widget(i));
    }
    debug_assert_eq!(rows.values.len(), names().len() * blocks.list.len(), "a value for each name");
    rows.chars = blocks.list.iter().map(|block| block.chars).collect();
    rows.templates = page.signatures;
    rows.title = page.title;
    rows.again = page.again;
    rows
}

struct Template {
    blocks: f32,
    chars: f32,
    linked: f32,
}

struct Page<'p, 'a> {
    tree: &'p Tree<'a>,
    blocks: &'p Blocks,
    elements: Vec<Element>,
    shapes: Vec<Shape>,
    sums: Vec<Sums>,
    templates: FxHashMap<u64, Template>,
    signatures: Vec<u64>,
    repeats: Vec<f32>,
    again: Vec<bool>,
    best: NodeId,
    articles: f32,
    /// The block that is the headline.
    title: Option<usize>,
    is_title: Vec<bool>,
    is_description: Vec<bool>,
    in_body: Vec<f32>,
    body_known: bool,
    overlap: Vec<f32>,
    /// Blocks since the last, until the next paragraph of running text, and length of the present run.
    since: Vec<f32>,
    until: Vec<f32>,
}

fn log(x: f32) -> f32 {
    (1.0 + x).ln()
}

fn part(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn prose(block: &Block, shape: &Shape) -> bool {
    block.chars >= 70 && block.linked * 3 < block.chars && (shape.ends || block.chars > 200)
}

impl<'p, 'a> Page<'p, 'a> {
    fn new(tree: &'p Tree<'a>, blocks: &'p Blocks, hints: &Hints) -> Self {
        let list = &blocks.list;
        let elements = elements(tree, blocks);
        let shapes: Vec<Shape> = list.iter().map(|block| shape(blocks.words(block))).collect();
        let mut sums = Vec::with_capacity(list.len() + 1);
        let mut sum = Sums::default();
        sums.push(sum);
        for (block, shape) in list.iter().zip(&shapes) {
            sum.blocks += 1.0;
            sum.chars += block.chars as f32;
            sum.linked += block.linked as f32;
            if prose(block, shape) {
                sum.prose += block.chars as f32;
                sum.paragraphs += 1.0;
            }
            sums.push(sum);
        }
        let (mut templates, mut signatures, mut again) =
            (FxHashMap::<u64, Template>::default(), Vec::new(), Vec::new());
        let mut texts: FxHashMap<&str, f32> = FxHashMap::default();
        for block in list {
            let signature = signature(tree, block.node);
            signatures.push(signature);
            let template =
                templates.entry(signature).or_insert(Template { blocks: 0.0, chars: 0.0, linked: 0.0 });
            template.blocks += 1.0;
            template.chars += block.chars as f32;
            template.linked += block.linked as f32;
            let count = texts.entry(blocks.words(block)).or_default();
            again.push(*count > 0.0);
            *count += 1.0;
        }
        let repeats = list.iter().map(|block| texts[blocks.words(block)]).collect();
        // All stretches of the linked text by their hash: one look-up a block, however long the text.
        let body: FxHashSet<u64> = hints.body.as_bytes().windows(PROBE).take(BODY_MAX).map(hash).collect();
        let (mut is_title, mut is_description, mut in_body, mut overlap) = (vec![], vec![], vec![], vec![]);
        for block in list {
            let words = blocks.words(block);
            let bounded = words.len() <= 600;
            let letters = if bounded || !hints.body.is_empty() { folded(words) } else { String::new() };
            is_title.push(bounded && letters.len() > 3 && hints.titles.contains(&letters));
            is_description.push(
                letters.len() > 20 && hints.description.len() > 20 && {
                    let stem = &hints.description[..floor(&hints.description, 60)];
                    letters.starts_with(stem) || (hints.description.starts_with(&letters))
                },
            );
            let middle = floor(&letters, letters.len() / 3);
            let body = letters.len() > PROBE
                && letters.as_bytes()[middle..]
                    .windows(PROBE)
                    .next()
                    .is_some_and(|probe| body.contains(&hash(probe)));
            in_body.push(f32::from(u8::from(body)));
            overlap.push(if bounded { title_overlap(words, hints.titles.first()) } else { 0.0 });
        }
        let (mut since, mut until) = (vec![99.0; list.len()], vec![99.0; list.len()]);
        let mut last = 99.0;
        for i in 0..list.len() {
            since[i] = last;
            last = if prose(&list[i], &shapes[i]) { 0.0 } else { last + 1.0 };
        }
        last = 99.0;
        for i in (0..list.len()).rev() {
            until[i] = last;
            last = if prose(&list[i], &shapes[i]) { 0.0 } else { last + 1.0 };
        }
        let mut page = Self {
            tree,
            blocks,
            elements,
            shapes,
            sums,
            templates,
            signatures,
            repeats,
            again,
            best: 0,
            articles: tree.all(Tag::Article).count() as f32,
            title: is_title.iter().position(|&is| is),
            is_title,
            is_description,
            body_known: in_body.contains(&1.0),
            in_body,
            overlap,
            since,
            until,
        };
        // The headline proper stands in an h1 more often than in a crumb above it.
        let heading = |i: &usize| page.is_title[*i] && tree.tag(list[*i].node) == Tag::H1;
        page.title = (0..list.len()).find(heading).or(page.title);
        page.best = page.best_container();
        page
    }

    fn sum(&self, node: NodeId) -> Sums {
        let (first, last) = self.range(node);
        let (a, b) = (self.sums[first as usize], self.sums[last as usize]);
        Sums {
            blocks: b.blocks - a.blocks,
            chars: b.chars - a.chars,
            linked: b.linked - a.linked,
            prose: b.prose - a.prose,
            paragraphs: b.paragraphs - a.paragraphs,
        }
    }

    /// The element that holds the article by the common rule: paragraphs vote for their parents, half for grandparents.
    fn best_container(&self) -> NodeId {
        let mut votes: FxHashMap<NodeId, f32> = FxHashMap::default();
        let mut order = Vec::new();
        for (block, shape) in self.blocks.list.iter().zip(&self.shapes) {
            if !prose(block, shape) || self.elements[block.node as usize].hidden {
                continue;
            }
            let worth = 1.0 + shape.commas.min(5.0) + (block.chars as f32 / 100.0).min(4.0);
            let mut weight = 1.0;
            for node in self.up(block.node).take(4) {
                let vote = votes.entry(node).or_insert_with(|| {
                    order.push(node);
                    0.0
                });
                *vote += worth * weight;
                weight *= 0.6;
            }
        }
        let mut best = (0.0, 0);
        for node in order {
            let sum = self.sum(node);
            let element = &self.elements[node as usize];
            let mut score = votes[&node] * (1.0 - part(sum.linked, sum.chars));
            let bit = |kind: &str| element.own & class_bit(kind) != 0;
            if bit("comment") || bit("related") || bit("footer") || bit("consent") || element.hidden {
                score *= 0.3;
            }
            if element.body || bit("body") || self.tree.tag(node) == Tag::Article {
                score *= 1.3;
            }
            if score > best.0 {
                best = (score, node);
            }
        }
        best.1
    }

    /// The element around a block and on: for a paragraph its parent, for text right in a container that container.
    fn up(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let leaf = matches!(
            self.tree.tag(node),
            Tag::P
                | Tag::H1
                | Tag::H2
                | Tag::H3
                | Tag::H4
                | Tag::H5
                | Tag::H6
                | Tag::Li
                | Tag::Pre
                | Tag::Dt
                | Tag::Dd
        );
        let start = if leaf { self.tree.node(node).parent } else { node };
        std::iter::successors((start != NONE).then_some(start), |&at| {
            let parent = self.tree.node(at).parent;
            (parent != NONE).then_some(parent)
        })
    }

    fn row(&self, i: usize, out: &mut Vec<f32>) {
        let block = &self.blocks.list[i];
        let shape = &self.shapes[i];
        let element = &self.elements[block.node as usize];
        let tag = self.tree.tag(block.node);
        let all = self.sums[self.sums.len() - 1];
        let is = |yes: bool| f32::from(u8::from(yes));
        let chars = block.chars as f32;
        let words = shape.words.max(1.0);
        let template = &self.templates[&self.signatures[i]];
        let best = self.tree.node(self.best);
        let best_sum = self.sum(self.best);
        let inside = self.best <= block.node && block.node < best.end;
        let branch = if inside { self.branch(block.node) } else { block.node };
        let level = match tag {
            Tag::H1 => 1.0,
            Tag::H2 => 2.0,
            Tag::H3 => 3.0,
            Tag::H4 => 4.0,
            Tag::H5 => 5.0,
            Tag::H6 => 6.0,
            _ => 0.0,
        };
        let title_node = self.title.map(|title| self.blocks.list[title].first);
        let holds =
            |node: NodeId| title_node.is_some_and(|title| node <= title && title < self.tree.node(node).end);
        let (mut title_up, mut title_share) = (20.0, 0.0);
        if let Some((up, node)) = self.up(block.node).take(20).enumerate().find(|(_, node)| holds(*node)) {
            (title_up, title_share) = (up as f32, part(self.sum(node).chars, all.chars));
        }
        let (mut article_share, mut article_title) = (-1.0, -1.0);
        if let Some(node) = self.article(block.node) {
            (article_share, article_title) = (part(self.sum(node).prose, all.prose), is(holds(node)));
        }
        let since_title = self.title.map_or(-999.0, |title| i as f32 - title as f32);
        out.extend([
            is(tag == Tag::P),
            is(tag == Tag::Li),
            is(level > 0.0),
            level,
            is(matches!(tag, Tag::Div | Tag::Section | Tag::Article | Tag::Main | Tag::Body)),
            is(matches!(tag, Tag::Td | Tag::Th | Tag::Table)),
            is(tag == Tag::Blockquote),
            is(matches!(tag, Tag::Figcaption | Tag::Figure | Tag::Caption)),
            log(chars),
            log(shape.words),
            chars / words,
            shape.function / words,
            shape.sentences,
            shape.commas / words,
            part(shape.digits, chars),
            part(shape.upper, chars),
            shape.capitalised / words,
            is(shape.ends),
            is(shape.colon),
            is(shape.question),
            is(shape.lower),
            is(shape.quote),
            is(shape.bar),
            is(shape.arrow),
            is(shape.address),
            is(shape.clock),
            part(block.linked as f32, chars),
            f32::from(block.links),
            part(block.bold as f32, chars),
            part(block.italic as f32, chars),
            f32::from(block.media),
            is(block.after_break),
            part(i as f32, all.blocks),
            part(self.sums[i].chars, all.chars),
            since_title,
            is(self.is_title[i]),
            is(self.title.is_some()),
            self.overlap[i],
            is(self.is_description[i]),
            self.in_body[i],
            is(self.body_known),
            is(element.body),
            is(element.hidden),
            f32::from(element.depth),
            log(template.blocks),
            part(template.chars, template.blocks).ln_1p(),
            part(template.linked, template.chars),
            part(template.chars, all.chars),
            self.repeats[i],
            is(inside),
            f32::from(element.depth) - f32::from(self.elements[self.best as usize].depth),
            is(block.node < self.best),
            is(block.node >= best.end),
            part(
                self.elements[branch as usize].first as f32 - self.elements[self.best as usize].first as f32,
                best_sum.blocks,
            ),
            log(all.blocks),
            log(all.chars),
            part(all.linked, all.chars),
            part(all.prose, all.chars),
            self.articles,
            is(self.elements[self.best as usize].around & 1 != 0),
            part(best_sum.prose, best_sum.chars),
            self.since[i].min(30.0),
            self.until[i].min(30.0),
            is(self.again[i]),
            title_up,
            title_share,
            article_share,
            article_title,
        ]);
        for bit in 0..AROUND.len() {
            out.push(is(element.around >> bit & 1 == 1));
        }
        out.extend(element.near.iter().map(|&steps| f32::from(steps)));
        out.extend(shape.cues);
        let mut ups = self.up(block.node);
        for _ in 0..3 {
            self.container(ups.next().unwrap_or(0), &all, out);
        }
        self.container(self.best, &all, out);
        self.container(branch, &all, out);
        for step in [-2_isize, -1, 1, 2] {
            let other = i.checked_add_signed(step).filter(|&other| other < self.blocks.list.len());
            match other {
                None => out.extend([-1.0; 6]),
                Some(other) => {
                    let (block, shape) = (&self.blocks.list[other], &self.shapes[other]);
                    let parent = self.tree.node(block.node).parent;
                    let own = self.blocks.list[i].node;
                    out.extend([
                        log(block.chars as f32),
                        part(block.linked as f32, block.chars as f32),
                        shape.function / shape.words.max(1.0),
                        is(shape.ends),
                        is(matches!(
                            self.tree.tag(block.node),
                            Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6
                        )),
                        is(parent == self.tree.node(own).parent || block.node == own),
                    ]);
                }
            }
        }
        let mut held = Vec::with_capacity(HELD.len());
        for class in HELD {
            let bit = class_bit(class);
            let holder = std::iter::once(block.node)
                .chain(self.tree.ancestors(block.node))
                .take(usize::from(FAR))
                .filter(|&node| !matches!(self.tree.tag(node), Tag::Body | Tag::Html))
                .find(|&node| self.elements[node as usize].own & bit != 0);
            held.push(holder.map_or(-1.0, |node| part(self.sum(node).prose, all.prose)));
        }
        let own = self.elements[branch as usize].own;
        for bit in 0..CLASSES.len() {
            out.push(is(own >> bit & 1 == 1));
        }
        out.extend(held);
    }

    /// The nearest `article` around a node.
    fn article(&self, node: NodeId) -> Option<NodeId> {
        if self.elements[node as usize].around & 1 == 0 {
            return None;
        }
        self.up(node).find(|&at| self.tree.tag(at) == Tag::Article)
    }

    /// Whether a block belongs to a widget: an element around it, far smaller than the article, is called one; or its words ask
    /// for consent to cookies.
    fn widget(&self, i: usize) -> bool {
        let block = &self.blocks.list[i];
        let prose = self.sums[self.sums.len() - 1].prose;
        let first = std::iter::once(block.node).chain(self.tree.ancestors(block.node)).take(6);
        let mut inside = first.take_while(|&node| {
            !matches!(self.tree.tag(node), Tag::Body | Tag::Html | Tag::Main | Tag::Article)
                && node != self.best
                && self.sum(node).prose < prose * WIDGET_SHARE
        });
        inside.any(|node| self.elements[node as usize].widget)
            || asks_for_consent(self.blocks.words(block))
            || self.other_story(block.node)
    }

    /// Whether a node stands in an `article` beside the one that holds the headline and enough of the page's prose.
    fn other_story(&self, node: NodeId) -> bool {
        let own = self.title.and_then(|title| self.article(self.blocks.list[title].node));
        let (Some(own), Some(other)) = (own, self.article(node)) else { return false };
        let within = |inner: NodeId, outer: NodeId| outer <= inner && inner < self.tree.node(outer).end;
        let all = self.sums[self.sums.len() - 1];
        !within(other, own) && !within(own, other) && self.sum(own).prose > all.prose * STORY_SHARE
    }

    fn containers(&self, i: usize) -> [(u32, u32); LEVELS] {
        let node = self.blocks.list[i].node;
        let mut ups = self.up(node);
        let best = self.best <= node && node < self.tree.node(self.best).end;
        let branch = if best { self.branch(node) } else { node };
        [ups.next(), ups.next(), ups.next(), Some(branch), Some(self.best), self.article(node)]
            .map(|node| self.range(node.unwrap_or(0)))
    }

    /// The blocks of a subtree.
    fn range(&self, node: NodeId) -> (u32, u32) {
        let end = self.tree.node(node).end as usize;
        let first = self.elements[node as usize].first;
        let last = self.elements.get(end).map_or(self.blocks.list.len() as u32, |element| element.first);
        (first, last.max(first))
    }

    /// The child of the best container under which a node lies.
    fn branch(&self, node: NodeId) -> NodeId {
        let mut at = node;
        while at != self.best {
            let parent = self.tree.node(at).parent;
            if parent == self.best || parent == NONE {
                break;
            }
            at = parent;
        }
        at
    }

    fn container(&self, node: NodeId, all: &Sums, out: &mut Vec<f32>) {
        let sum = self.sum(node);
        out.extend([
            log(sum.blocks),
            log(sum.chars),
            part(sum.chars, all.chars),
            part(sum.linked, sum.chars),
            part(sum.prose, sum.chars),
            log(sum.paragraphs),
        ]);
    }
}

/// The last boundary of characters at or before `at`.
pub(crate) fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

fn class_bit(kind: &str) -> u32 {
    CLASSES.iter().position(|name| *name == kind).map_or(0, |bit| 1 << bit)
}

/// Share of the words of a block that the headline has too.
fn title_overlap(words: &str, title: Option<&String>) -> f32 {
    let Some(title) = title else { return 0.0 };
    let (mut all, mut shared) = (0.0, 0.0);
    for word in words.split_whitespace().take(40) {
        let word = folded(word);
        if word.chars().count() >= 4 {
            all += 1.0;
            shared += f32::from(u8::from(title.contains(&word)));
        }
    }
    part(shared, all)
}

fn elements(tree: &Tree<'_>, blocks: &Blocks) -> Vec<Element> {
    let mut cache: FxHashMap<&str, u32> = FxHashMap::default();
    let mut widgets: FxHashMap<&str, bool> = FxHashMap::default();
    let mut elements: Vec<Element> = Vec::with_capacity(tree.nodes.len());
    let mut next = 0;
    for (id, node) in tree.nodes.iter().enumerate() {
        let id = id as NodeId;
        while next < blocks.list.len() && blocks.list[next].first < id {
            next += 1;
        }
        let mut element = Element {
            own: 0,
            near: [FAR; CLASSES.len()],
            hidden: false,
            widget: false,
            body: false,
            around: 0,
            depth: 0,
            first: next as u32,
        };
        if let Some(parent) = elements.get(node.parent as usize) {
            element.near = parent.near.map(|steps| (steps + 1).min(FAR));
            element.hidden = parent.hidden;
            element.body = parent.body;
            element.around = parent.around;
            element.depth = parent.depth + 1;
        }
        if node.tag != Tag::Text {
            for key in
                [Key::Class, Key::Id, Key::Itemprop, Key::Role, Key::AriaLabel, Key::TestId, Key::Component]
            {
                if let Some(value) = tree.raw_value(id, key) {
                    element.own |= *cache.entry(value).or_insert_with(|| WORDS.classes(value));
                }
            }
            element.widget = [Key::Class, Key::Id]
                .iter()
                .filter_map(|&key| tree.raw_value(id, key))
                .any(|value| *widgets.entry(value).or_insert_with(|| WORDS.widget(value)));
            // What the root and the body are called tells of the page, not of a part.
            if !matches!(node.tag, Tag::Body | Tag::Html) {
                for (bit, steps) in element.near.iter_mut().enumerate() {
                    if element.own >> bit & 1 == 1 {
                        *steps = 0;
                    }
                }
            }
            element.hidden |= says_hidden(tree, id);
            element.body |= tree.raw_value(id, Key::Itemprop).is_some_and(|value| {
                value.split_whitespace().any(|word| {
                    ["articlebody", "text", "blogpost"].contains(&word.to_ascii_lowercase().as_str())
                })
            });
            for (bit, (_, tags)) in AROUND.iter().enumerate() {
                element.around |= u16::from(tags.contains(&node.tag)) << bit;
            }
        }
        elements.push(element);
    }
    elements
}

/// Whether a short text asks for consent to cookies.
fn asks_for_consent(words: &str) -> bool {
    if words.len() > 400 {
        return false;
    }
    let lower = words.to_lowercase();
    let asks = [
        "settings",
        "third part",
        "accept",
        "consent",
        "privacy",
        "partner",
        "personali",
        "einstellungen",
        "einwillig",
        "akzeptier",
        "zustimm",
        "datenschutz",
        "dritt",
        "acept",
        "privacidad",
        "terceros",
        "tiers",
        "confidentialit",
    ];
    (lower.contains("cookie") || lower.contains("einwillig"))
        && asks.iter().filter(|word| lower.contains(*word)).count() >= 2
}

fn hash(bytes: &[u8]) -> u64 {
    use std::hash::Hasher;
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(bytes);
    hasher.finish()
}

/// The template that an element comes from: its kind and class and those of its parent.
fn signature(tree: &Tree<'_>, node: NodeId) -> u64 {
    use std::hash::{Hash, Hasher};
    let mut hasher = rustc_hash::FxHasher::default();
    for id in std::iter::once(node).chain(tree.ancestors(node)).take(3) {
        tree.tag(id).hash(&mut hasher);
        let class = tree.raw_value(id, Key::Class).unwrap_or_default().as_bytes();
        class[..class.len().min(CLASS_MAX)].hash(&mut hasher);
    }
    hasher.finish()
}

fn shape(text: &str) -> Shape {
    let mut shape = Shape { ends: crate::lines::ends_sentence(text), ..Shape::default() };
    let end = text.trim_end_matches(['"', '”', '“', '»', ')', ' ']);
    shape.colon = end.ends_with(':');
    shape.ends &= !shape.colon;
    shape.question = end.ends_with('?');
    shape.lower = text.chars().next().is_some_and(char::is_lowercase);
    shape.quote = text.contains(['"', '“', '”', '„', '«', '»']);
    shape.bar = text.contains(['|', '•', '·']) || text.contains(" / ");
    shape.arrow = text.contains(['»', '›', '→', '►', '▶', '❯', '…']) || text.starts_with('>');
    shape.address = text.contains('@') || text.contains("http") || text.contains("www.");
    shape.clock = clock(text.as_bytes());
    let mut word = String::new();
    let mut all = 0;
    for raw in text.split(|c: char| c.is_whitespace() || c == '/') {
        let trimmed = raw.trim_matches(|c: char| !c.is_alphanumeric() && c != '©');
        if trimmed.is_empty() {
            continue;
        }
        all += 1;
        if all > WORDS_MAX {
            continue;
        }
        shape.words += 1.0;
        shape.commas += f32::from(u8::from(raw.ends_with(',')));
        shape.sentences += f32::from(u8::from(raw.ends_with(['.', '!', '?'])));
        shape.capitalised += f32::from(u8::from(trimmed.chars().next().is_some_and(char::is_uppercase)));
        word.clear();
        for c in trimmed.chars().take(24) {
            shape.digits += f32::from(u8::from(c.is_ascii_digit()));
            shape.upper += f32::from(u8::from(c.is_uppercase()));
            if c.is_ascii() { word.push(c.to_ascii_lowercase()) } else { word.extend(c.to_lowercase()) }
        }
        let bits = WORDS.visible(&word);
        if bits != 0 {
            shape.function += f32::from(u8::from(bits & FUNCTION_WORD != 0));
            for (bit, cue) in shape.cues.iter_mut().enumerate() {
                *cue += f32::from(u8::from(bits >> bit & 1 == 1));
            }
        }
    }
    // Cues count by their share: one in a long paragraph says nothing.
    for cue in &mut shape.cues {
        *cue /= shape.words.max(1.0);
    }
    shape
}

/// Whether a time of day or a year stands in a short text.
fn clock(text: &[u8]) -> bool {
    text.len() < 200
        && text.windows(5).any(|five| {
            let digit = |at: usize| five[at].is_ascii_digit();
            (digit(0) && digit(1) && five[2] == b':' && digit(3) && digit(4))
                || ((five.starts_with(b"19") || five.starts_with(b"20")) && digit(2) && digit(3) && !digit(4))
        })
        || (text.len() < 200 && (text.ends_with(b"ago") || text.starts_with(b"vor ")))
}
