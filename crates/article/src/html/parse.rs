//! A tolerant reader of markup: from the decoded page to a [`Tree`].
//!
//! It follows the HTML standard where that changes what is read (raw text elements, implied ends, void elements, comments)
//! and is simpler where it doesn't: no adoption agency, no foster parents; a stray end tag closes nothing outside its block.
//! What is deeper than [`DEPTH_MAX`] is read as if it stood at that depth.
//!
//! One pass; every byte is looked at a bounded number of times. What has no end (a comment, a script, a quoted value) is
//! looked for once and then known to have none.

use memchr::{memchr, memchr2, memmem};

use super::tree::{Attribute, Key, NONE, NodeId, Tag, Tree};

/// Deepest nesting that is kept.
pub(crate) const DEPTH_MAX: usize = 256;
/// Most nodes of a page; what follows isn't read.
pub(crate) const NODES_MAX: usize = 600_000;
/// Most attributes of an element that are kept.
const ATTRIBUTES_MAX: usize = 16;
/// How far up an inline end tag looks for its start.
const INLINE_REACH: usize = 48;

/// Whether an element ends the run of text around it.
pub(crate) fn breaks(tag: Tag) -> bool {
    use Tag::{
        Address, Article, Aside, Audio, Blockquote, Body, Button, Canvas, Caption, Center, Dd, Details,
        Dialog, Div, Dl, Dt, Fieldset, Figcaption, Figure, Footer, Form, H1, H2, H3, H4, H5, H6, Head,
        Header, Hr, Html, Iframe, Legend, Li, Main, Menu, Nav, Object, Ol, Optgroup, Option, P, Pre, Section,
        Select, Summary, Table, Tbody, Td, Textarea, Tfoot, Th, Thead, Title, Tr, Ul, Video, Xmp,
    };
    matches!(
        tag,
        Address
            | Article
            | Aside
            | Audio
            | Blockquote
            | Body
            | Button
            | Canvas
            | Caption
            | Center
            | Dd
            | Details
            | Dialog
            | Div
            | Dl
            | Dt
            | Fieldset
            | Figcaption
            | Figure
            | Footer
            | Form
            | H1
            | H2
            | H3
            | H4
            | H5
            | H6
            | Head
            | Header
            | Hr
            | Html
            | Iframe
            | Legend
            | Li
            | Main
            | Menu
            | Nav
            | Object
            | Ol
            | Optgroup
            | Option
            | P
            | Pre
            | Section
            | Select
            | Summary
            | Table
            | Tbody
            | Td
            | Textarea
            | Tfoot
            | Th
            | Thead
            | Title
            | Tr
            | Ul
            | Video
            | Xmp
    )
}

fn void(tag: Tag) -> bool {
    use Tag::{Base, Br, Col, Embed, Hr, Img, Input, Link, Meta, Param, Source, Track, Wbr};
    matches!(tag, Base | Br | Col | Embed | Hr | Img | Input | Link | Meta | Param | Source | Track | Wbr)
}

/// Elements whose content is no markup.
fn raw_text(tag: Tag) -> bool {
    use Tag::{Iframe, Noembed, Noframes, Script, Style, Textarea, Title, Xmp};
    matches!(tag, Iframe | Noembed | Noframes | Script | Style | Textarea | Title | Xmp)
}

/// Elements that stand in a head.
fn of_head(tag: Tag) -> bool {
    use Tag::{Base, Link, Meta, Noscript, Object, Script, Style, Template, Title};
    matches!(tag, Base | Link | Meta | Noscript | Object | Script | Style | Template | Title)
}

fn heading(tag: Tag) -> bool {
    matches!(tag, Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6)
}

fn cell(tag: Tag) -> bool {
    matches!(tag, Tag::Td | Tag::Th | Tag::Caption)
}

fn in_table(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Table | Tag::Tbody | Tag::Thead | Tag::Tfoot | Tag::Tr | Tag::Td | Tag::Th | Tag::Caption
    )
}

/// Reads a page.
pub(crate) fn parse(source: &str) -> Tree<'_> {
    let mut parser = Parser {
        bytes: source.as_bytes(),
        tree: Tree::new(source),
        open: Vec::with_capacity(64),
        counts: [0; Tag::COUNT],
        beyond: [0; Tag::COUNT],
        endless: [false; Tag::COUNT],
        endless_comment: false,
        endless_quote: [false; 2],
    };
    let root = parser.tree.push(Tag::Html, NONE, 0..0, &[]);
    parser.open.push((Tag::Html, root));
    parser.counts[Tag::Html as usize] = 1;
    parser.run();
    while let Some((_, id)) = parser.open.pop() {
        let end = parser.tree.nodes.len() as NodeId;
        parser.tree.nodes[id as usize].end = end;
    }
    parser.tree
}

struct Parser<'a> {
    bytes: &'a [u8],
    tree: Tree<'a>,
    /// Open elements, the root first.
    open: Vec<(Tag, NodeId)>,
    /// How many of each kind are open.
    counts: [u32; Tag::COUNT],
    /// How many of each kind were opened below the greatest depth and not closed.
    beyond: [u32; Tag::COUNT],
    /// Kinds of raw text elements that have no end tag in the rest of the page.
    endless: [bool; Tag::COUNT],
    endless_comment: bool,
    /// No further `"` (0) or `'` (1) in the rest of the page.
    endless_quote: [bool; 2],
}

impl Parser<'_> {
    fn run(&mut self) {
        let mut at = 0;
        let mut text_from = 0;
        while at < self.bytes.len() {
            if self.tree.nodes.len() >= NODES_MAX {
                self.tree.limit = Some("more elements than are read");
                return;
            }
            let Some(next) = memchr(b'<', &self.bytes[at..]) else { break };
            let start = at + next;
            let after = match self.bytes.get(start + 1) {
                Some(byte) if byte.is_ascii_alphabetic() => {
                    self.text(text_from, start);
                    self.start_tag(start)
                }
                Some(b'/') if self.bytes.get(start + 2).is_some_and(u8::is_ascii_alphabetic) => {
                    self.text(text_from, start);
                    self.end_tag(start)
                }
                Some(b'!' | b'?' | b'/') => {
                    self.text(text_from, start);
                    self.declaration(start)
                }
                _ => {
                    at = start + 1;
                    continue;
                }
            };
            at = after;
            text_from = after;
        }
        self.text(text_from, self.bytes.len());
    }

    fn parent(&self) -> NodeId {
        self.open.last().map_or(0, |&(_, id)| id)
    }

    fn text(&mut self, from: usize, to: usize) {
        if from < to {
            let parent = self.parent();
            self.tree.push(Tag::Text, parent, from..to, &[]);
        }
    }

    /// A comment, doctype, processing instruction or `CDATA` section; the offset behind it.
    fn declaration(&mut self, start: usize) -> usize {
        let bytes = self.bytes;
        if bytes[start..].starts_with(b"<!--") && !self.endless_comment {
            // `<!-->` and `<!--->` are whole comments.
            if bytes[start + 4..].starts_with(b">") || bytes[start + 4..].starts_with(b"->") {
                return start + 5 + usize::from(bytes[start + 4] == b'-');
            }
            if let Some(end) = memmem::find(&bytes[start + 4..], b"-->") {
                return start + 4 + end + 3;
            }
            self.endless_comment = true;
        }
        memchr(b'>', &bytes[start..]).map_or(bytes.len(), |end| start + end + 1)
    }

    /// The name of a tag and the offset behind it.
    fn name(&self, from: usize) -> (Tag, usize) {
        let length = self.bytes[from..]
            .iter()
            .take_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'>' | b'/'))
            .count();
        let name = &self.bytes[from..from + length];
        let tag =
            Tag::of(name).unwrap_or_else(|| if name.contains(&b'-') { Tag::Custom } else { Tag::Other });
        (tag, from + length)
    }

    fn end_tag(&mut self, start: usize) -> usize {
        let (tag, behind) = self.name(start + 2);
        let after = memchr(b'>', &self.bytes[behind..]).map_or(self.bytes.len(), |end| behind + end + 1);
        if self.beyond[tag as usize] > 0 {
            self.beyond[tag as usize] -= 1;
        } else if tag == Tag::Br {
            let parent = self.parent();
            self.tree.push(Tag::Br, parent, start..after, &[]);
        } else if self.counts[tag as usize] > 0 && !matches!(tag, Tag::Html | Tag::Body) {
            self.close(tag);
        }
        after
    }

    /// Closes the nearest open element of a kind, if its end tag may reach it.
    fn close(&mut self, tag: Tag) {
        let inline = !breaks(tag) && !matches!(tag, Tag::Noscript | Tag::Template | Tag::Svg | Tag::Math);
        let reach = if inline { INLINE_REACH } else { DEPTH_MAX + 2 };
        let mut blocks = 0;
        for depth in (1..self.open.len()).rev().take(reach) {
            let open = self.open[depth].0;
            let same = open == tag || (heading(tag) && heading(open));
            if same {
                self.pop_to(depth);
                return;
            }
            if (cell(open) && !in_table(tag)) || (open == Tag::Table && tag != Tag::Table) {
                return;
            }
            if inline && breaks(open) {
                blocks += 1;
                // An unclosed block inside a link ends with the link; other inline elements don't reach so far.
                if tag != Tag::A || blocks > 4 {
                    return;
                }
            }
        }
    }

    /// Closes all open elements from a depth on.
    fn pop_to(&mut self, depth: usize) {
        let end = self.tree.nodes.len() as NodeId;
        for (tag, id) in self.open.drain(depth..) {
            self.counts[tag as usize] -= 1;
            self.tree.nodes[id as usize].end = end;
        }
        if self.open.len() < DEPTH_MAX {
            self.beyond = [0; Tag::COUNT];
        }
    }

    /// Closes the nearest open element that `wanted` names, unless one that `stops` names lies above it.
    fn imply(&mut self, wanted: fn(Tag) -> bool, stops: fn(Tag) -> bool) {
        for depth in (1..self.open.len()).rev().take(32) {
            let tag = self.open[depth].0;
            if wanted(tag) {
                self.pop_to(depth);
                return;
            }
            if stops(tag) {
                return;
            }
        }
    }

    fn start_tag(&mut self, start: usize) -> usize {
        let (tag, behind) = self.name(start + 1);
        let mut kept = [Attribute { key: Key::Class, start: 0, end: 0 }; ATTRIBUTES_MAX];
        let (after, count, closed) = self.read_attributes(behind, &mut kept);
        self.imply_ends(tag);
        if tag == Tag::Html || (tag == Tag::Body && self.counts[Tag::Body as usize] > 0) {
            // The root is there already; what it says of the language is kept as an empty element.
            let parent = self.parent();
            self.tree.push(tag, parent, start..after, &kept[..count]);
            return after;
        }
        if tag == Tag::Body && self.counts[Tag::Head as usize] > 0 {
            self.imply(|tag| tag == Tag::Head, |_| false);
        }
        let foreign = self.counts[Tag::Svg as usize] + self.counts[Tag::Math as usize] > 0;
        let parent = self.parent();
        let id = self.tree.push(tag, parent, start..after, &kept[..count]);
        if void(tag)
            || (closed && (foreign || matches!(tag, Tag::Svg | Tag::Math | Tag::Script | Tag::Iframe)))
        {
            return after;
        }
        if raw_text(tag) {
            return self.raw_text(tag, id, after);
        }
        if self.open.len() >= DEPTH_MAX {
            self.beyond[tag as usize] += 1;
            self.tree.limit = self.tree.limit.or(Some("deeper nesting than is read"));
            return after;
        }
        self.open.push((tag, id));
        self.counts[tag as usize] += 1;
        after
    }

    /// Closes what a start tag ends without saying so.
    fn imply_ends(&mut self, tag: Tag) {
        // A head without an end ends where the first thing stands that is no head's.
        if self.open.last().is_some_and(|&(open, _)| open == Tag::Head) && !of_head(tag) {
            self.pop_to(self.open.len() - 1);
        }
        let count = |tag: Tag| self.counts[tag as usize] > 0;
        match tag {
            Tag::Li if count(Tag::Li) => {
                self.imply(
                    |tag| tag == Tag::Li,
                    |tag| matches!(tag, Tag::Ul | Tag::Ol | Tag::Menu) || cell(tag),
                );
            }
            Tag::Dt | Tag::Dd => {
                self.imply(|tag| matches!(tag, Tag::Dt | Tag::Dd), |tag| tag == Tag::Dl || cell(tag));
            }
            Tag::Td | Tag::Th => self.imply(cell, |tag| matches!(tag, Tag::Tr | Tag::Table)),
            Tag::Tr => self.imply(|tag| tag == Tag::Tr, |tag| tag == Tag::Table),
            Tag::Tbody | Tag::Thead | Tag::Tfoot => {
                self.imply(
                    |tag| matches!(tag, Tag::Tbody | Tag::Thead | Tag::Tfoot),
                    |tag| tag == Tag::Table,
                );
            }
            Tag::Option | Tag::Optgroup => {
                self.imply(
                    |tag| tag == Tag::Option,
                    |tag| tag == Tag::Select || breaks(tag) && tag != Tag::Option,
                );
            }
            Tag::A if count(Tag::A) => self.imply(|tag| tag == Tag::A, breaks),
            Tag::Button if count(Tag::Button) => self.imply(|tag| tag == Tag::Button, cell),
            tag if heading(tag) && self.open.last().is_some_and(|&(open, _)| heading(open)) => {
                self.pop_to(self.open.len() - 1);
            }
            _ => {}
        }
        if breaks(tag) && self.counts[Tag::P as usize] > 0 {
            self.imply(|tag| tag == Tag::P, |tag| breaks(tag) && tag != Tag::P);
        }
    }

    /// Takes the text of an element that holds no markup; the offset behind its end tag.
    fn raw_text(&mut self, tag: Tag, id: NodeId, from: usize) -> usize {
        let end = if self.endless[tag as usize] { None } else { self.find_end(tag, from) };
        let (to, after) = match end {
            Some((to, after)) => (to, after),
            None => {
                self.endless[tag as usize] = true;
                match tag {
                    // Code without an end takes the rest of the page; a title or text field ends where markup begins.
                    Tag::Script | Tag::Style => (self.bytes.len(), self.bytes.len()),
                    _ => {
                        let to = memchr(b'<', &self.bytes[from..]).map_or(self.bytes.len(), |at| from + at);
                        (to, to)
                    }
                }
            }
        };
        if from < to {
            let text = self.tree.push(Tag::Text, id, from..to, &[]);
            self.tree.nodes[text as usize].raw = !matches!(tag, Tag::Title | Tag::Textarea);
        }
        self.tree.nodes[id as usize].end = self.tree.nodes.len() as NodeId;
        after
    }

    /// Where the end tag of a raw text element begins, and the offset behind it.
    fn find_end(&self, tag: Tag, from: usize) -> Option<(usize, usize)> {
        let mut at = from;
        loop {
            let start = at + memmem::find(&self.bytes[at..], b"</")?;
            let (name, behind) = self.bounded_name(start + 2);
            if name == Some(tag) {
                let after =
                    memchr(b'>', &self.bytes[behind..]).map_or(self.bytes.len(), |end| behind + end + 1);
                return Some((start, after));
            }
            at = start + 2;
        }
    }

    fn bounded_name(&self, from: usize) -> (Option<Tag>, usize) {
        let length = self.bytes[from..].iter().take(12).take_while(|byte| byte.is_ascii_alphabetic()).count();
        (Tag::of(&self.bytes[from..from + length]), from + length)
    }

    /// Reads attributes up to the end of the tag: the offset behind it, how many were kept, whether it ended with `/>`.
    fn read_attributes(
        &mut self,
        from: usize,
        kept: &mut [Attribute; ATTRIBUTES_MAX],
    ) -> (usize, usize, bool) {
        let bytes = self.bytes;
        let (mut at, mut count) = (from, 0);
        loop {
            while bytes.get(at).is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b'/') {
                at += 1;
            }
            match bytes.get(at) {
                None => return (bytes.len(), count, false),
                Some(b'>') => return (at + 1, count, bytes[at - 1] == b'/'),
                _ => {}
            }
            let name_from = at;
            at += 1;
            while bytes
                .get(at)
                .is_some_and(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'=' | b'>' | b'/'))
            {
                at += 1;
            }
            let name = &bytes[name_from..at];
            let mut value = at;
            while bytes.get(value).is_some_and(u8::is_ascii_whitespace) {
                value += 1;
            }
            let mut range = (at, at);
            if bytes.get(value) == Some(&b'=') {
                (range, at) = self.attribute_value(value + 1);
            }
            if count < ATTRIBUTES_MAX
                && let Some(key) = Key::of(name)
                && kept[..count].iter().all(|attribute| attribute.key != key)
            {
                kept[count] = Attribute { key, start: range.0 as u32, end: range.1 as u32 };
                count += 1;
            }
        }
    }

    /// The range of a value and the offset behind it.
    fn attribute_value(&mut self, from: usize) -> ((usize, usize), usize) {
        let bytes = self.bytes;
        let start = from + bytes[from..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if let Some(&quote @ (b'"' | b'\'')) = bytes.get(start) {
            let kind = usize::from(quote == b'\'');
            if !self.endless_quote[kind] {
                if let Some(length) = memchr(quote, &bytes[start + 1..]) {
                    let end = start + 1 + length;
                    return ((start + 1, end), end + 1);
                }
                self.endless_quote[kind] = true;
            }
            let end =
                memchr2(b'>', b'<', &bytes[start + 1..]).map_or(bytes.len(), |length| start + 1 + length);
            return ((start + 1, end), end);
        }
        let length =
            bytes[start..].iter().take_while(|byte| !byte.is_ascii_whitespace() && **byte != b'>').count();
        ((start, start + length), start + length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Elements with their depth, and texts in quotes.
    fn shape(source: &str) -> String {
        let tree = parse(source);
        let mut out = Vec::new();
        for id in 1..tree.nodes.len() as NodeId {
            let node = tree.node(id);
            let depth = tree.ancestors(id).count() - 1;
            let what = match node.tag {
                Tag::Text => format!("{:?}", &source[node.from as usize..node.to as usize]),
                tag => format!("{tag:?}").to_lowercase(),
            };
            out.push(format!("{}{what}", "-".repeat(depth)));
        }
        out.join(" ")
    }

    #[test]
    fn ends_are_implied() {
        assert_eq!(shape("<p>a<p>b<div>c"), "p -\"a\" p -\"b\" div -\"c\"");
        assert_eq!(
            shape("<ul><li>a<li>b<ul><li>c</ul></ul>d"),
            "ul -li --\"a\" -li --\"b\" --ul ---li ----\"c\" \"d\""
        );
        assert_eq!(
            shape("<table><tr><td>a<td>b<tr><td>c</table>"),
            "table -tr --td ---\"a\" --td ---\"b\" -tr --td ---\"c\""
        );
        assert_eq!(shape("<a>x<a>y"), "a -\"x\" a -\"y\"");
        assert_eq!(shape("<head><title>t</title><div>a"), "head -title --\"t\" div -\"a\"");
    }

    #[test]
    fn stray_ends_close_nothing_outside() {
        assert_eq!(shape("<div><p>a</b></span></section>b</p></div>c"), "div -p --\"a\" --\"b\" \"c\"");
        assert_eq!(
            shape("<div><table><tr><td>a</div>b</table>c"),
            "div -table --tr ---td ----\"a\" ----\"b\" -\"c\""
        );
        assert_eq!(shape("<b><p>a</b>b</p>c</b>d"), "b -p --\"a\" --\"b\" -\"c\" \"d\"");
    }

    #[test]
    fn raw_text_holds_no_markup() {
        assert_eq!(shape("<script>if (a<b) '</p>'</script>x"), "script -\"if (a<b) '</p>'\" \"x\"");
        assert_eq!(shape("<title>a <b> c</TITLE >x"), "title -\"a <b> c\" \"x\"");
        assert_eq!(shape("<p>a<script>b"), "p -\"a\" -script --\"b\"");
        assert_eq!(shape("<title>a<p>b"), "title -\"a\" p -\"b\"");
        assert_eq!(
            shape("a<!-- <p> -->b<!-->c<!--->d<!-- e>f<!-- g>h"),
            "\"a\" \"b\" \"c\" \"d\" \"f\" \"h\""
        );
    }

    #[test]
    fn attributes_are_kept_once() {
        let source = "<p class=a ID='b c' class=\"d\" data-x=1 hidden / itemprop = articleBody>x";
        let tree = parse(source);
        assert_eq!(tree.raw_value(1, Key::Class), Some("a"));
        assert_eq!(tree.raw_value(1, Key::Id), Some("b c"));
        assert_eq!(tree.raw_value(1, Key::Hidden), Some(""));
        assert_eq!(tree.raw_value(1, Key::Itemprop), Some("articleBody"));
        assert_eq!(tree.raw_value(1, Key::Href), None);
    }

    #[test]
    fn depth_is_bounded_and_ends_still_match() {
        let deep = format!("<main>{}x{}</main><p>y", "<div>".repeat(10_000), "</div>".repeat(10_000));
        let tree = parse(&deep);
        assert_eq!(tree.limit, Some("deeper nesting than is read"));
        let last = tree.nodes.len() as NodeId - 2;
        assert_eq!((tree.tag(last), tree.node(last).parent), (Tag::P, 0));
    }
}
