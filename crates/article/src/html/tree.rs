//! A page as a flat list of nodes in document order.
//!
//! No node owns another: an element knows its parent and where its subtree ends, so nothing here recurses and dropping a
//! page costs one free. Offsets are bytes of the decoded page.

use std::borrow::Cow;
use std::ops::Range;

use super::entity;

/// Number of a node: its position in document order.
pub(crate) type NodeId = u32;

/// No node: the parent of the root.
pub(crate) const NONE: NodeId = NodeId::MAX;

macro_rules! names {
    ($kind:ident, $what:literal, $($variant:ident = $name:literal),* $(,)?) => {
        #[doc = $what]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum $kind { $(#[doc = $name] $variant),* }
        impl $kind {
            /// The name, if it is a known one; any case.
            pub(crate) fn of(name: &[u8]) -> Option<Self> {
                const LONGEST: usize = 24;
                if name.len() > LONGEST {
                    return None;
                }
                let mut lower = [0_u8; LONGEST];
                for (to, from) in lower.iter_mut().zip(name) {
                    *to = from.to_ascii_lowercase();
                }
                match &lower[..name.len()] {
                    $(name if name == $name.as_bytes() => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

names!(
    Tag,
    "Kinds of elements; those that nothing here tells apart are `Other` (inline) or `Custom` (with a hyphen).",
    A = "a",
    Abbr = "abbr",
    Address = "address",
    Article = "article",
    Aside = "aside",
    Audio = "audio",
    B = "b",
    Base = "base",
    Big = "big",
    Blockquote = "blockquote",
    Body = "body",
    Br = "br",
    Button = "button",
    Canvas = "canvas",
    Caption = "caption",
    Center = "center",
    Cite = "cite",
    Code = "code",
    Col = "col",
    Dd = "dd",
    Del = "del",
    Details = "details",
    Dialog = "dialog",
    Div = "div",
    Dl = "dl",
    Dt = "dt",
    Em = "em",
    Embed = "embed",
    Fieldset = "fieldset",
    Figcaption = "figcaption",
    Figure = "figure",
    Font = "font",
    Footer = "footer",
    Form = "form",
    H1 = "h1",
    H2 = "h2",
    H3 = "h3",
    H4 = "h4",
    H5 = "h5",
    H6 = "h6",
    Head = "head",
    Header = "header",
    Hr = "hr",
    Html = "html",
    I = "i",
    Iframe = "iframe",
    Img = "img",
    Input = "input",
    Ins = "ins",
    Label = "label",
    Legend = "legend",
    Li = "li",
    Link = "link",
    Main = "main",
    Mark = "mark",
    Math = "math",
    Menu = "menu",
    Meta = "meta",
    Nav = "nav",
    Noembed = "noembed",
    Noframes = "noframes",
    Noscript = "noscript",
    Object = "object",
    Ol = "ol",
    Optgroup = "optgroup",
    Option = "option",
    P = "p",
    Param = "param",
    Pre = "pre",
    Q = "q",
    S = "s",
    Script = "script",
    Section = "section",
    Select = "select",
    Small = "small",
    Source = "source",
    Span = "span",
    Strong = "strong",
    Style = "style",
    Sub = "sub",
    Summary = "summary",
    Sup = "sup",
    Svg = "svg",
    Table = "table",
    Tbody = "tbody",
    Td = "td",
    Template = "template",
    Textarea = "textarea",
    Tfoot = "tfoot",
    Th = "th",
    Thead = "thead",
    Time = "time",
    Title = "title",
    Tr = "tr",
    Track = "track",
    U = "u",
    Ul = "ul",
    Video = "video",
    Wbr = "wbr",
    Xmp = "xmp",
    Custom = "-custom",
    Other = "-other",
    Text = "-text",
);

names!(
    Key,
    "Attributes that are kept.",
    Class = "class",
    Id = "id",
    Itemprop = "itemprop",
    Itemtype = "itemtype",
    Rel = "rel",
    Href = "href",
    Style = "style",
    Hidden = "hidden",
    AriaHidden = "aria-hidden",
    Role = "role",
    Datetime = "datetime",
    Content = "content",
    Name = "name",
    Property = "property",
    HttpEquiv = "http-equiv",
    Charset = "charset",
    Type = "type",
    Lang = "lang",
    XmlLang = "xml:lang",
    Title = "title",
    AriaLabel = "aria-label",
    TestId = "data-testid",
    Component = "data-component",
    Src = "src",
);

impl Tag {
    /// Number of kinds.
    pub(crate) const COUNT: usize = Self::Text as usize + 1;
}

/// An attribute; its value is raw, entities in it not decoded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attribute {
    pub(crate) key: Key,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// An element or a run of text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    pub(crate) tag: Tag,
    pub(crate) parent: NodeId,
    /// The first node behind the subtree.
    pub(crate) end: NodeId,
    /// First of its attributes.
    attribute: u32,
    attributes: u16,
    /// Raw text without entities: scripts, styles.
    pub(crate) raw: bool,
    /// Text: its bytes. Element: its start tag.
    pub(crate) from: u32,
    pub(crate) to: u32,
}

/// A page.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    /// The decoded page.
    pub(crate) source: &'a str,
    pub(crate) nodes: Vec<Node>,
    attributes: Vec<Attribute>,
    /// Whether a limit cut it short or flattened it, and which.
    pub(crate) limit: Option<&'static str>,
}

impl<'a> Tree<'a> {
    pub(crate) fn new(source: &'a str) -> Self {
        Self { source, nodes: Vec::new(), attributes: Vec::new(), limit: None }
    }

    /// Adds a node behind all others.
    pub(crate) fn push(
        &mut self,
        tag: Tag,
        parent: NodeId,
        range: Range<usize>,
        kept: &[Attribute],
    ) -> NodeId {
        let id = self.nodes.len() as NodeId;
        self.nodes.push(Node {
            tag,
            parent,
            end: id + 1,
            attribute: self.attributes.len() as u32,
            attributes: kept.len() as u16,
            raw: false,
            from: range.start as u32,
            to: range.end as u32,
        });
        self.attributes.extend_from_slice(kept);
        id
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    pub(crate) fn tag(&self, id: NodeId) -> Tag {
        self.nodes[id as usize].tag
    }

    /// All attributes of an element, in their order, each kind once.
    pub(crate) fn attributes(&self, id: NodeId) -> &[Attribute] {
        let node = self.node(id);
        &self.attributes[node.attribute as usize..][..usize::from(node.attributes)]
    }

    fn attribute(&self, id: NodeId, key: Key) -> Option<Attribute> {
        self.attributes(id).iter().copied().find(|attribute| attribute.key == key)
    }

    /// Where an attribute's value stands.
    pub(crate) fn value_range(&self, id: NodeId, key: Key) -> Option<Range<usize>> {
        self.attribute(id, key).map(|attribute| attribute.start as usize..attribute.end as usize)
    }

    /// An attribute's value as it stands in the page.
    pub(crate) fn raw_value(&self, id: NodeId, key: Key) -> Option<&'a str> {
        self.value_range(id, key).map(|range| &self.source[range])
    }

    /// An attribute's value with entities decoded.
    pub(crate) fn value(&self, id: NodeId, key: Key) -> Option<Cow<'a, str>> {
        self.raw_value(id, key).map(entity::decode)
    }

    /// The text of a subtree: entities decoded, white space collapsed, at most `most` bytes and little more.
    pub(crate) fn text(&self, id: NodeId, most: usize) -> String {
        let mut text = String::new();
        for node in &self.nodes[id as usize..self.node(id).end as usize] {
            if text.len() >= most {
                break;
            }
            match node.tag {
                Tag::Text if !matches!(self.tag(node.parent), Tag::Script | Tag::Style) => {
                    let raw = &self.source[node.from as usize..node.to as usize];
                    let cut = raw.len().min(most * 4);
                    let cut = (cut..=raw.len()).find(|&at| raw.is_char_boundary(at)).unwrap_or(raw.len());
                    let part =
                        if node.raw { Cow::Borrowed(&raw[..cut]) } else { entity::decode(&raw[..cut]) };
                    for c in part.chars() {
                        if c.is_whitespace() {
                            if !text.ends_with(' ') && !text.is_empty() {
                                text.push(' ');
                            }
                        } else if !c.is_control() {
                            text.push(c);
                        }
                    }
                }
                tag if super::parse::breaks(tag) && !text.ends_with(' ') && !text.is_empty() => {
                    text.push(' ')
                }
                _ => {}
            }
        }
        text.truncate(text.trim_end().len());
        text
    }

    /// Ancestors of a node, the nearest first; itself not among them.
    pub(crate) fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(Some(self.node(id).parent), |&at| (at != NONE).then(|| self.node(at).parent))
            .take_while(|&at| at != NONE)
    }

    /// All elements of a kind.
    pub(crate) fn all(&self, tag: Tag) -> impl Iterator<Item = NodeId> + '_ {
        (0..self.nodes.len() as NodeId).filter(move |&id| self.tag(id) == tag)
    }
}
