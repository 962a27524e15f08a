//! The door of pages: bytes in, an article with its text, masks, metadata and the way back out.

use watchkeeper_record::Span;
use watchkeeper_record::article::{Article, BlockKind, Byline, Date, Published};
use watchkeeper_record::codebook::DateBasis;
use watchkeeper_record::diagnostic::Diagnostic;
use watchkeeper_record::map::{MapRun, TextMap};
use watchkeeper_record::page::Told;

use super::about::{self, About, Title};
use super::block::Run;
use super::decode::{Decoded, Offsets};
use super::tree::Tag;
use super::{Markup, choose, decode};
use crate::debris::Masks;
use crate::lines::Raw;
use crate::{ArticleOptions, Error, language, metadata, pieces};

/// A page may have this many times as many bytes as its text: markup, styles and scripts come on top.
const MARKUP_TIMES: usize = 4;

/// Reads a page. `address` is where it came from, `told` what its container says; `charset` is the label of the transport.
///
/// # Errors
/// [`Error::Empty`] when nothing visible is on it.
pub(crate) fn read(
    bytes: &[u8],
    told: &Told,
    charset: Option<&str>,
    address: Option<&str>,
    options: &ArticleOptions,
) -> Result<Article, Error> {
    let most = options.size_max.saturating_mul(MARKUP_TIMES);
    let given = bytes;
    let bytes = &bytes[..bytes.len().min(most)];
    let decoded = decode::decode(bytes, told.charset.as_deref().or(charset));
    let page = Markup::read(&decoded.text);
    let mut diagnostics = remarks(&decoded, &page);
    if bytes.len() < given.len() {
        let cut = format!("the page has {} bytes; the first {} were read", given.len(), bytes.len());
        diagnostics.push(Diagnostic::document("page-cut", cut));
    }
    if page.blocks.list.is_empty() {
        return Err(Error::Empty);
    }
    let rows = page.rows();
    let kept = choose::choose(&rows, &choose::scores(&rows), choose::KEEP);
    let about = about::find(&page, &kept, told.url.as_deref().or(address));
    let mut text = Text::new(&page);
    let headline = text.headline(about.title.as_ref());
    for &i in kept.iter().filter(|&&i| Some(i) != about.title.as_ref().and_then(|title| title.block)) {
        text.block(i);
    }
    if text.text.len() > options.size_max {
        return Err(Error::TooLarge { size: text.text.len(), size_max: options.size_max });
    }
    if text.text.is_empty() {
        diagnostics
            .push(Diagnostic::document("nothing-to-read", "nothing on the page looks like an article"));
    }
    let map = text.map(&decoded.offsets(bytes));
    let Text { text, raws, kinds, .. } = text;
    Ok(finish(bytes, Parts { text, raws, kinds, headline, map, diagnostics }, about, told, address, options))
}

fn remarks(decoded: &Decoded, page: &Markup<'_>) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut say = |kind: &'static str, words: String| diagnostics.push(Diagnostic::document(kind, words));
    if decoded.guessed {
        say("encoding-guessed", format!("read as {}, guessed from the bytes", decoded.encoding));
    }
    if let Some(label) = &decoded.mislabelled {
        say("encoding-mislabelled", format!("labelled `{label}`, read as {}", decoded.encoding));
    }
    if decoded.damaged {
        say("encoding-damaged", format!("some bytes mean nothing in {} and became U+FFFD", decoded.encoding));
    }
    if let Some(limit) = page.tree.limit {
        say("page-limit", format!("the page has {limit}"));
    }
    if page.blocks.cut {
        say("page-limit", "the page has more blocks of text than are read".to_owned());
    }
    diagnostics
}

/// The text while it is put together.
struct Text<'p, 'a> {
    page: &'p Markup<'a>,
    text: String,
    runs: Vec<Run>,
    raws: Vec<Raw>,
    kinds: Vec<BlockKind>,
}

impl<'p, 'a> Text<'p, 'a> {
    fn new(page: &'p Markup<'a>) -> Self {
        Self { page, text: String::new(), runs: Vec::new(), raws: Vec::new(), kinds: Vec::new() }
    }

    /// Ends the text before with a blank line, which no byte of the page stands for.
    fn part(&mut self) {
        if !self.text.is_empty() {
            let at = self.runs.last().map_or(0, |run| run.to);
            self.runs.push(Run { text: self.text.len() as u32, from: at, to: at, verbatim: false });
            self.text.push_str("\n\n");
        }
    }

    fn raw(&mut self, start: usize, kind: BlockKind) {
        self.raws.push(Raw {
            span: Span::from_range(start..self.text.len()),
            body: start,
            item: kind == BlockKind::ListItem,
            chunk: self.raws.len(),
        });
        self.kinds.push(kind);
    }

    /// The headline as the first block, where the page shows it.
    fn headline(&mut self, title: Option<&Title>) -> bool {
        let Some(block) = title.and_then(|title| title.block) else { return false };
        self.block_as(block, BlockKind::Title);
        true
    }

    fn block(&mut self, i: usize) {
        let block = &self.page.blocks.list[i];
        let tag = self.page.tree.tag(block.node);
        let kind = if self.page.heading(block.node).is_some() {
            BlockKind::Heading
        } else if tag == Tag::Li
            || self.page.tree.ancestors(block.node).take(2).any(|up| self.page.tree.tag(up) == Tag::Li)
        {
            BlockKind::ListItem
        } else {
            BlockKind::Paragraph
        };
        self.block_as(i, kind);
    }

    fn block_as(&mut self, i: usize, kind: BlockKind) {
        self.part();
        let start = self.text.len();
        let blocks = &self.page.blocks;
        let block = &blocks.list[i];
        for run in &blocks.runs[block.run_from as usize..block.run_to as usize] {
            self.runs.push(Run { text: run.text - block.from + start as u32, ..*run });
        }
        self.text.push_str(blocks.words(block));
        self.raw(start, kind);
    }

    /// The way from the text to the page's bytes.
    fn map(&self, offsets: &Offsets) -> TextMap {
        let mut runs: Vec<MapRun> = Vec::with_capacity(self.runs.len());
        for run in &self.runs {
            let (from, to) = (run.from as usize, run.to as usize);
            let mut push = |text: usize, from: usize, to: usize, verbatim: bool| {
                runs.push(MapRun {
                    text: text as u32,
                    page: offsets.byte(from) as u32,
                    page_end: offsets.byte(to) as u32,
                    verbatim,
                });
            };
            if !run.verbatim || offsets.same() {
                push(run.text as usize, from, to, run.verbatim);
                continue;
            }
            // Where text and bytes fall out of step, each stretch is a run of its own.
            let mut at = from;
            for cut in offsets.breaks(from..to).chain([to]) {
                if cut > at {
                    let same = self.page.tree.source.as_bytes()[at].is_ascii()
                        && offsets.byte(cut) - offsets.byte(at) == cut - at;
                    push(run.text as usize + (at - from), at, cut, same);
                }
                at = cut;
            }
        }
        TextMap::new(runs).unwrap_or_default()
    }
}

struct Parts {
    text: String,
    raws: Vec<Raw>,
    kinds: Vec<BlockKind>,
    headline: bool,
    map: TextMap,
    diagnostics: Vec<Diagnostic>,
}

/// Masks debris in the text and puts the article together. What the caller gives wins, then the container, the markup, the text.
fn finish(
    bytes: &[u8],
    parts: Parts,
    about: About,
    told: &Told,
    address: Option<&str>,
    options: &ArticleOptions,
) -> Article {
    let Parts { text, raws, kinds, headline, map, mut diagnostics } = parts;
    let title =
        options.title.clone().or_else(|| told.title.clone()).or_else(|| about.title.map(|title| title.text));
    let mut masks = Masks::default();
    let outlet = options.outlet.clone().or_else(|| told.outlet.clone()).or(about.outlet);
    let given =
        metadata::Given { title: title.as_deref(), outlet: outlet.as_deref(), published: options.published };
    let mut found = metadata::read(&text, &raws, &given, crate::in_capitals(&text), &mut masks);
    if headline {
        found.title_block = Some(0);
    }
    crate::debris::find(&text, &raws, &found, &mut masks);
    let masked = masks.finish(&text, found.dateline.as_ref().map(|dateline| dateline.span));
    let mut blocks = pieces::blocks(&text, &raws, &masked, &found);
    for block in &mut blocks {
        let at = raws.partition_point(|raw| raw.span.end() <= block.pieces[0].start());
        if block.kind != BlockKind::Title
            && let Some(&kind) = kinds.get(at)
            && kind != BlockKind::Paragraph
        {
            block.kind = kind;
        }
    }
    let named = |names: &[String]| -> Option<Vec<Byline>> {
        let list: Vec<Byline> =
            names.iter().map(|name| Byline { name: name.clone(), span: spot(&text, name) }).collect();
        (!list.is_empty()).then_some(list)
    };
    let byline = named(&told.authors).or_else(|| named(&about.authors)).unwrap_or(found.byline);
    let whole = |day: Date, basis: DateBasis| Published { start: day, end: day, basis };
    let published = options
        .published
        .map(|day| whole(day, DateBasis::Given))
        .or_else(|| told.published.or(about.published).map(|day| whole(day, DateBasis::Metadata)))
        .or(found.published);
    let guessed = language::language(&text);
    let spoken = told.language.as_deref().map(primary).filter(|code| !code.is_empty());
    let language = if guessed == "und" { spoken.unwrap_or(guessed) } else { guessed };
    crate::remark_on_reading(
        &language,
        published.is_some(),
        blocks.is_empty() && !text.is_empty(),
        &mut diagnostics,
    );
    Article {
        id: crate::digest(bytes),
        origin: options.origin.clone(),
        outlet: outlet.or(found.outlet),
        title,
        byline,
        published,
        updated: told.updated.or(about.updated),
        url: told.url.clone().or(about.url).or_else(|| address.map(str::to_owned)),
        dateline: found.dateline,
        language,
        text,
        masked,
        blocks,
        diagnostics,
        map: Some(map),
    }
}

/// Where the text gives a name, if it does.
fn spot(text: &str, name: &str) -> Option<Span> {
    (name.len() > 3).then(|| text.find(name)).flatten().map(|at| Span::from_range(at..at + name.len()))
}

/// The primary subtag of a BCP 47 tag.
fn primary(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().trim().to_ascii_lowercase()
}
