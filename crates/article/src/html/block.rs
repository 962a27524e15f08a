//! The visible text of a page in blocks: runs of text that no element breaks, white space collapsed, references decoded,
//! each character tied to the page.

use watchkeeper_record::article::without_width;

use super::entity;
use super::parse::breaks;
use super::tree::{Key, NodeId, Tag, Tree};

/// Most blocks of a page; what follows isn't read.
pub(crate) const BLOCKS_MAX: usize = 12_000;

/// A stretch of block text and where in the decoded page it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    /// Offset in [`Blocks::text`]; it ends where the next run of the block begins.
    pub(crate) text: u32,
    /// First byte of the page.
    pub(crate) from: u32,
    /// Behind its last byte.
    pub(crate) to: u32,
    /// Whether text and page are the same bytes: an offset in one is an offset in the other.
    pub(crate) verbatim: bool,
}

/// A run of text that no element breaks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    /// Its bytes in [`Blocks::text`].
    pub(crate) from: u32,
    pub(crate) to: u32,
    /// Its runs in [`Blocks::runs`].
    pub(crate) run_from: u32,
    pub(crate) run_to: u32,
    /// The nearest element around it that breaks text.
    pub(crate) node: NodeId,
    /// Its first text node.
    pub(crate) first: NodeId,
    /// Characters, without white space.
    pub(crate) chars: u32,
    /// Of them: in links, bold, italic.
    pub(crate) linked: u32,
    pub(crate) bold: u32,
    pub(crate) italic: u32,
    /// Number of links that begin in it.
    pub(crate) links: u16,
    /// Pictures, players and frames between the block before and this one.
    pub(crate) media: u16,
    /// Whether a line break, no element, parts it from the block before.
    pub(crate) after_break: bool,
}

/// All blocks of a page.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    pub(crate) text: String,
    pub(crate) runs: Vec<Run>,
    pub(crate) list: Vec<Block>,
    /// Whether there were more than are read.
    pub(crate) cut: bool,
}

impl Blocks {
    /// The text of a block.
    pub(crate) fn words(&self, block: &Block) -> &str {
        &self.text[block.from as usize..block.to as usize]
    }
}

/// Elements whose text isn't read: code, what is shown only without scripts, what a form offers.
fn unread(tag: Tag) -> bool {
    use Tag::{
        Audio, Canvas, Head, Iframe, Math, Noembed, Noframes, Noscript, Object, Optgroup, Option, Script,
        Select, Style, Svg, Template, Textarea, Title, Video,
    };
    matches!(
        tag,
        Audio
            | Canvas
            | Head
            | Iframe
            | Math
            | Noembed
            | Noframes
            | Noscript
            | Object
            | Optgroup
            | Option
            | Script
            | Select
            | Style
            | Svg
            | Template
            | Textarea
            | Title
            | Video
    )
}

fn media(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Img | Tag::Video | Tag::Audio | Tag::Iframe | Tag::Object | Tag::Embed | Tag::Svg | Tag::Canvas
    )
}

/// Finds the blocks of a page. Linear.
pub(crate) fn blocks(tree: &Tree<'_>) -> Blocks {
    let mut reader =
        Reader { tree, out: Blocks::default(), open: None, space: None, media: 0, broken: false };
    // (end of subtree, tag, nearest breaking element before it)
    let mut stack: Vec<(NodeId, Tag, NodeId)> = Vec::new();
    let (mut within, mut links, mut bold, mut italic) = (0, 0_u32, 0_u32, 0_u32);
    let mut id = 0;
    while (id as usize) < tree.nodes.len() {
        while let Some(&(end, tag, outer)) = stack.last()
            && end <= id
        {
            stack.pop();
            match tag {
                Tag::A => links -= 1,
                Tag::B | Tag::Strong => bold -= 1,
                Tag::I | Tag::Em => italic -= 1,
                tag if breaks(tag) => {
                    reader.flush(false);
                    within = outer;
                }
                _ => {}
            }
        }
        if reader.out.list.len() >= BLOCKS_MAX {
            reader.out.cut = true;
            break;
        }
        let node = *tree.node(id);
        if media(node.tag) {
            reader.media = reader.media.saturating_add(1);
        }
        if unread(node.tag) {
            if breaks(node.tag) && !matches!(node.tag, Tag::Title) {
                reader.flush(false);
            }
            id = node.end.max(id + 1);
            continue;
        }
        match node.tag {
            Tag::Text => reader.text(id, within, links > 0, bold > 0, italic > 0),
            Tag::Br => reader.line_break(node.from, node.to),
            Tag::Hr => reader.flush(false),
            tag => {
                if breaks(tag) {
                    reader.flush(false);
                }
                if node.end > id + 1 {
                    stack.push((node.end, tag, within));
                    match tag {
                        Tag::A => {
                            links += 1;
                            reader.link();
                        }
                        Tag::B | Tag::Strong => bold += 1,
                        Tag::I | Tag::Em => italic += 1,
                        tag if breaks(tag) => within = id,
                        _ => {}
                    }
                }
            }
        }
        id += 1;
    }
    reader.flush(false);
    reader.out
}

struct Reader<'t, 'a> {
    tree: &'t Tree<'a>,
    out: Blocks,
    open: Option<Block>,
    /// White space that waits for a character behind it: its range in the page, and whether a line break is in it.
    space: Option<(u32, u32, bool)>,
    media: u16,
    /// Whether a line break ended the block before.
    broken: bool,
}

impl Reader<'_, '_> {
    fn link(&mut self) {
        if let Some(block) = &mut self.open {
            block.links = block.links.saturating_add(1);
        }
    }

    fn flush(&mut self, broken: bool) {
        self.space = None;
        if let Some(mut block) = self.open.take() {
            block.to = self.out.text.len() as u32;
            block.run_to = self.out.runs.len() as u32;
            block.after_break = self.broken;
            self.out.list.push(block);
        }
        self.broken = broken;
    }

    /// A line break parts blocks where the line before ends a sentence or nothing stands on it; elsewhere it is a blank.
    fn line_break(&mut self, from: u32, to: u32) {
        let Some(block) = &self.open else { return };
        let line = &self.out.text[block.from as usize..];
        let twice = self.space.is_some_and(|(_, _, broken)| broken);
        // A line all bold is a heading of its own.
        let heading = block.bold == block.chars;
        if twice || heading || crate::lines::ends_sentence(line) {
            self.flush(true);
        } else {
            let from = self.space.map_or(from, |space| space.0);
            self.space = Some((from, to, true));
        }
    }

    fn text(&mut self, id: NodeId, within: NodeId, linked: bool, bold: bool, italic: bool) {
        let node = *self.tree.node(id);
        let source = &self.tree.source[..node.to as usize];
        let mut at = node.from as usize;
        while at < source.len() {
            let c = source[at..].chars().next().unwrap_or('\0');
            let mut length = c.len_utf8();
            let found = if c == '&' && !node.raw { entity::reference(&source[at..]) } else { None };
            if let Some(found) = found {
                length = found.length;
                for c in found.text.chars() {
                    self.push(c, at, at + length, false, id, within, (linked, bold, italic));
                }
            } else {
                self.push(c, at, at + length, true, id, within, (linked, bold, italic));
            }
            at += length;
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the innermost step of one loop")]
    fn push(
        &mut self,
        c: char,
        from: usize,
        to: usize,
        verbatim: bool,
        id: NodeId,
        within: NodeId,
        (linked, bold, italic): (bool, bool, bool),
    ) {
        let (from, to) = (from as u32, to as u32);
        if c.is_whitespace() {
            if self.open.is_some() {
                let (start, broken) = self.space.map_or((from, false), |(start, _, broken)| (start, broken));
                self.space = Some((start, to, broken));
            }
            return;
        }
        // Control characters and byte order marks inside a page are nobody's text.
        if c.is_control() || c == '\u{FEFF}' {
            return;
        }
        if self.open.is_none() && without_width(c) {
            return;
        }
        let Blocks { text, runs, .. } = &mut self.out;
        let block = self.open.get_or_insert_with(|| Block {
            from: text.len() as u32,
            to: 0,
            run_from: runs.len() as u32,
            run_to: 0,
            node: within,
            first: id,
            chars: 0,
            linked: 0,
            bold: 0,
            italic: 0,
            links: u16::from(linked),
            media: std::mem::take(&mut self.media),
            after_break: false,
        });
        if let Some((start, end, _)) = self.space.take() {
            let plain = end - start == 1 && self.tree.source.as_bytes()[start as usize] == b' ';
            add(runs, block.run_from, Run { text: text.len() as u32, from: start, to: end, verbatim: plain });
            text.push(' ');
        }
        add(runs, block.run_from, Run { text: text.len() as u32, from, to, verbatim });
        text.push(c);
        block.chars += 1;
        block.linked += u32::from(linked);
        block.bold += u32::from(bold);
        block.italic += u32::from(italic);
    }
}

/// Adds a run, or lengthens the last one of the block where it goes on.
fn add(runs: &mut Vec<Run>, first: u32, run: Run) {
    let fresh = runs.len() == first as usize;
    if let (false, Some(last)) = (fresh, runs.last_mut())
        && last.verbatim
        && run.verbatim
        && last.to == run.from
    {
        last.to = run.to;
        return;
    }
    runs.push(run);
}

/// Whether an element says of itself that it isn't seen.
pub(crate) fn says_hidden(tree: &Tree<'_>, id: NodeId) -> bool {
    if tree.raw_value(id, Key::Hidden).is_some()
        || tree.raw_value(id, Key::AriaHidden).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    {
        return true;
    }
    tree.raw_value(id, Key::Style).is_some_and(|style| {
        let style: String =
            style.chars().take(300).filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        style.contains("display:none") || style.contains("visibility:hidden")
    })
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    fn read(source: &str) -> Vec<String> {
        let found = blocks(&parse(source));
        found.list.iter().map(|block| found.words(block).to_owned()).collect()
    }

    #[test]
    fn blocks_are_what_a_reader_sees_as_one() {
        assert_eq!(
            read(
                "<body><h1>A <b>big</b>\n\n title</h1><p>One&nbsp;two<br>three.<br>Four<br><br>five<script>x</script><ul><li>six<li>se<i>ven</i></ul>tail"
            ),
            ["A big title", "One two three.", "Four", "five", "six", "seven", "tail"]
        );
        assert_eq!(read("<p>\0a\0b\u{FEFF}c&#0;</p>"), ["abc\u{FFFD}"]);
    }

    #[test]
    fn runs_lead_back_to_the_page() {
        let source = "<p>Caf&eacute;  <b>in</b>\n the&#32;<i> town</i>&hellip; ends";
        let found = blocks(&parse(source));
        assert_eq!(found.text, "Café in the town… ends");
        let runs = &found.runs;
        for (i, run) in runs.iter().enumerate() {
            let end = runs.get(i + 1).map_or(found.text.len(), |next| next.text as usize);
            let text = &found.text[run.text as usize..end];
            let page = &source[run.from as usize..run.to as usize];
            if run.verbatim {
                assert_eq!(text, page);
            }
        }
    }
}
