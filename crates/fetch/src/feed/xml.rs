//! RSS and Atom, read event by event. Forgiving as browsers are: tags that don't match, bare `&`, names of characters that only HTML
//! knows. What a fault cuts off is lost, what stands before it is kept.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use url::Url;
use watchkeeper_record::Diagnostic;

use super::{
    AUTHORS_MAX, CONTENT_BYTES_MAX, DEPTH_MAX, Draft, Feed, ITEMS_MAX, Kind, TEXT_BYTES_MAX, absolute, fault,
    language, plain, short, text, unescape,
};
use crate::{Error, civil};

pub(super) fn parse(xml: &str, base: Option<Url>) -> Result<Feed, Error> {
    let mut reader = Reader::from_str(xml);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    config.trim_markup_names_in_closing_tags = true;
    let mut reading = Reading::new(base);
    loop {
        let position = reader.buffer_position();
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                if !reading.start(&tag)? {
                    break;
                }
            }
            Ok(Event::Empty(tag)) => {
                if !reading.start(&tag)? {
                    break;
                }
                reading.end(tag.name().as_ref());
            }
            Ok(Event::End(tag)) => reading.end(tag.name().as_ref()),
            Ok(Event::Text(words)) => reading.text(&words, false),
            Ok(Event::CData(words)) => reading.text(&words, true),
            Ok(Event::GeneralRef(name)) => reading.entity(&name),
            Ok(Event::Eof) => break,
            Ok(Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_)) => {}
            Err(error) => {
                let message =
                    format!("the feed is broken at byte {position}: {error}; what stands before is kept");
                reading.remark("feed-broken", message);
                break;
            }
        }
    }
    reading.finish()
}

/// What an element means, by its name and the vocabulary of its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Title,
    Link,
    Id,
    Summary,
    Content,
    Author,
    Published,
    Updated,
    Language,
    Source,
    Minutes,
    Period,
}

/// Vocabularies, by namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Space {
    /// RSS, Atom, or none.
    Plain,
    DublinCore,
    Content,
    Syndication,
    /// One that isn't read: pictures, podcasts, anything else.
    Other,
}

/// How the text below an element is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// One level of escaping undone; tags below are kept, as hosts that forget to escape mean them.
    Html,
    /// Tags below and text are both HTML (Atom's `xhtml`).
    Xhtml,
    /// Plain text, which becomes HTML.
    Plain,
    /// Text of one line; tags are dropped.
    Line,
    /// Only what stands below a child of this name, or directly inside.
    Only(&'static str),
}

/// A text being gathered.
#[derive(Debug)]
struct Capture {
    field: Field,
    mode: Mode,
    /// Elements open when it began, its own included.
    depth: usize,
    text: String,
    most: usize,
    /// Depth of a child that is passed over.
    muted: Option<usize>,
}

struct Reading {
    base: Option<Url>,
    kind: Option<Kind>,
    /// Names of the open elements, prefix included.
    open: Vec<String>,
    spaces: BTreeMap<String, Space>,
    feed: Feed,
    draft: Option<Draft>,
    /// Elements open when the item began, its own included.
    draft_depth: usize,
    /// Depth of an element of the feed's head that is passed over (image, text input).
    passed: Option<usize>,
    capture: Option<Capture>,
    drafts: Vec<Draft>,
    more: bool,
    shared_authors: Vec<String>,
}

impl Reading {
    fn new(base: Option<Url>) -> Self {
        let feed = Feed {
            kind: Kind::Rss,
            title: None,
            link: None,
            language: None,
            minutes_fresh: None,
            items: Vec::new(),
            diagnostics: Vec::new(),
        };
        Self {
            base,
            kind: None,
            open: Vec::new(),
            spaces: BTreeMap::new(),
            feed,
            draft: None,
            draft_depth: 0,
            passed: None,
            capture: None,
            drafts: Vec::new(),
            more: false,
            shared_authors: Vec::new(),
        }
    }

    fn remark(&mut self, code: &str, message: String) {
        self.feed.diagnostics.push(Diagnostic::document(code, message));
    }

    /// Opens an element; `false` when reading should end.
    fn start(&mut self, tag: &BytesStart<'_>) -> Result<bool, Error> {
        let name = tag.name();
        let name = name.as_ref();
        if self.open.len() >= DEPTH_MAX {
            self.remark(
                "feed-deep",
                format!("the feed nests deeper than {DEPTH_MAX} elements; what stands before is kept"),
            );
            return Ok(false);
        }
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        self.open.push(name.to_owned());
        let Some(kind) = self.kind else {
            self.root(tag, local)?;
            return Ok(true);
        };
        self.declare(tag);
        if let Some(capture) = &mut self.capture {
            capture.start(tag, local, self.open.len());
            return Ok(true);
        }
        if self.passed.is_some() {
            return Ok(true);
        }
        let space = self.space(prefix);
        if space == Space::Plain && matches!(local, "item" | "entry") {
            if self.draft.is_some() {
                // The item before was never closed.
                self.open.truncate(self.draft_depth - 1);
                self.open.push(name.to_owned());
                self.close_draft();
            }
            if self.drafts.len() >= ITEMS_MAX {
                self.more = true;
                return Ok(false);
            }
            let about = attribute(tag, "rdf:about").unwrap_or_default();
            let mut draft = Draft::default();
            draft.item.id = short(&about).unwrap_or_default();
            draft.item.language = attribute(tag, "xml:lang").as_deref().and_then(language);
            self.draft = Some(draft);
            self.draft_depth = self.open.len();
            return Ok(true);
        }
        if self.draft.is_none()
            && space == Space::Plain
            && matches!(local, "image" | "textinput" | "textInput")
        {
            self.passed = Some(self.open.len());
            return Ok(true);
        }
        let parent = if self.draft.is_some() { self.draft_depth + 1 } else { usize::MAX };
        // Elements of an item are its children; those of the feed stand below `channel` or `feed`.
        if self.draft.is_some() && self.open.len() != parent {
            return Ok(true);
        }
        if space == Space::Plain && local == "link" && self.link(tag) {
            return Ok(true);
        }
        if let Some(field) = field(space, local) {
            self.capture = Some(self.capture_of(kind, field, local, tag));
        }
        Ok(true)
    }

    fn root(&mut self, tag: &BytesStart<'_>, local: &str) -> Result<(), Error> {
        let kind = match local.to_ascii_lowercase().as_str() {
            "rss" | "rdf" | "channel" => Kind::Rss,
            "feed" => Kind::Atom,
            "html" | "head" | "body" => return Err(fault("not a feed but an HTML page".to_owned())),
            "opml" => {
                return Err(fault(
                    "not a feed but a list of feeds, which are followed by `watch`".to_owned(),
                ));
            }
            other => {
                let other = crate::error::shown(other);
                return Err(fault(format!("not a feed: its outermost element is `{other}`")));
            }
        };
        self.kind = Some(kind);
        self.feed.kind = kind;
        self.declare(tag);
        self.feed.language = attribute(tag, "xml:lang").as_deref().and_then(language);
        if let Some(base) = attribute(tag, "xml:base") {
            self.base = match &self.base {
                Some(own) => own.join(&base).ok(),
                None => Url::parse(&base).ok(),
            }
            .or(self.base.take());
        }
        Ok(())
    }

    /// Takes note of namespaces; the first 64 prefixes count, wherever they stand.
    fn declare(&mut self, tag: &BytesStart<'_>) {
        if !tag.attributes_raw().contains("xmlns:") {
            return;
        }
        for attribute in tag.attributes().with_checks(false).take(64).flatten() {
            let Some(prefix) = attribute.key.as_ref().strip_prefix("xmlns:") else { continue };
            if self.spaces.len() < 64 {
                self.spaces.insert(prefix.to_owned(), space_of(&attribute.value));
            }
        }
    }

    fn space(&self, prefix: &str) -> Space {
        if prefix.is_empty() {
            return Space::Plain;
        }
        self.spaces.get(prefix).copied().unwrap_or(match prefix {
            "dc" => Space::DublinCore,
            "content" => Space::Content,
            "sy" => Space::Syndication,
            "atom" | "rss" => Space::Plain,
            _ => Space::Other,
        })
    }

    /// Takes an Atom link; `false` for RSS's, whose text is the link.
    fn link(&mut self, tag: &BytesStart<'_>) -> bool {
        let Some(href) = attribute(tag, "href") else { return false };
        let relation = attribute(tag, "rel").unwrap_or_default();
        let Some(draft) = &mut self.draft else {
            if matches!(relation.as_str(), "" | "alternate") && self.feed.link.is_none() {
                self.feed.link = absolute(&href, self.base.as_ref());
            }
            return true;
        };
        let is_page = attribute(tag, "type").is_none_or(|kind| kind.contains("html") || kind.is_empty());
        match relation.as_str() {
            "" | "alternate" if is_page => drop(draft.link.get_or_insert(href)),
            "" | "alternate" | "related" | "via" => drop(draft.spare.get_or_insert(href)),
            _ => {}
        }
        true
    }

    fn capture_of(&self, kind: Kind, field: Field, local: &str, tag: &BytesStart<'_>) -> Capture {
        let given = attribute(tag, "type").unwrap_or_default();
        let marked = match given.as_str() {
            "xhtml" | "application/xhtml+xml" => Mode::Xhtml,
            "html" | "text/html" => Mode::Html,
            _ if kind == Kind::Atom && matches!(local, "content" | "summary") => Mode::Plain,
            _ => Mode::Html,
        };
        let mode = match field {
            Field::Summary | Field::Content => marked,
            // A title's tags and entities are undone by `plain`, unless it is plain text already.
            Field::Title if kind == Kind::Atom && marked != Mode::Xhtml && !given.contains("html") => {
                Mode::Line
            }
            Field::Title => marked,
            Field::Author => Mode::Only("name"),
            Field::Source => Mode::Only("title"),
            _ => Mode::Line,
        };
        let most = if matches!(field, Field::Summary | Field::Content) {
            CONTENT_BYTES_MAX
        } else {
            TEXT_BYTES_MAX * 5
        };
        Capture { field, mode, depth: self.open.len(), text: String::new(), most, muted: None }
    }

    /// Closes an element: the innermost open one of that name, and with it those that were left open inside.
    fn end(&mut self, name: &str) {
        let Some(at) = self.open.iter().rposition(|open| open == name) else { return };
        if let Some(capture) = self.capture.as_mut().filter(|capture| at + 1 > capture.depth) {
            capture.end(name, at + 1);
        }
        self.open.truncate(at);
        let left = self.open.len();
        if let Some(capture) = self.capture.take_if(|capture| capture.depth > left) {
            self.keep(capture);
        }
        if self.passed.is_some_and(|depth| depth > left) {
            self.passed = None;
        }
        if self.draft.is_some() && self.draft_depth > left {
            self.close_draft();
        }
    }

    fn text(&mut self, words: &str, literal: bool) {
        if let Some(capture) = &mut self.capture {
            capture.text(words, literal);
        }
    }

    fn entity(&mut self, name: &str) {
        let Some(capture) = &mut self.capture else { return };
        match text::entity(name) {
            Some(character) => capture.text(&character, true),
            None => capture.text(&format!("&{name};"), true),
        }
    }

    fn close_draft(&mut self) {
        self.drafts.extend(self.draft.take());
    }

    /// Puts a gathered text where it belongs.
    fn keep(&mut self, capture: Capture) {
        let Capture { field, mode, text, .. } = capture;
        let Some(draft) = &mut self.draft else {
            return self.keep_of_feed(field, mode, &text);
        };
        let item = &mut draft.item;
        let filled = || Some(text.clone()).filter(|text| !text.trim().is_empty());
        match field {
            Field::Title => item.title = item.title.take().or_else(|| short(&line(mode, &text))),
            Field::Link => drop(short(&text).map(|link| draft.link.get_or_insert(link).len())),
            Field::Id => {
                if let Some(id) = short(&text) {
                    // A guid is the item's address where there is no other.
                    draft.spare.get_or_insert_with(|| id.clone());
                    item.id = id;
                }
            }
            Field::Summary => item.summary = item.summary.take().or_else(filled),
            Field::Content => {
                // Of two contents the longer is the whole one.
                let longer = item.content.as_ref().is_none_or(|content| content.len() < text.len());
                item.content = if longer { filled().or(item.content.take()) } else { item.content.take() };
            }
            Field::Author => {
                let name = author(&text).filter(|name| !item.authors.contains(name));
                item.authors.extend(name.filter(|_| item.authors.len() < AUTHORS_MAX));
            }
            Field::Published => item.published = item.published.or_else(|| civil::parse(&text)),
            Field::Updated => item.updated = item.updated.or_else(|| civil::parse(&text)),
            Field::Language => item.language = language(&text).or(item.language.take()),
            Field::Source => item.source = item.source.take().or_else(|| short(&text::one_line(&text))),
            Field::Minutes | Field::Period => {}
        }
    }

    fn keep_of_feed(&mut self, field: Field, mode: Mode, text: &str) {
        let feed = &mut self.feed;
        match field {
            Field::Title => feed.title = feed.title.take().or_else(|| short(&line(mode, text))),
            Field::Link => feed.link = feed.link.take().or_else(|| absolute(text, self.base.as_ref())),
            Field::Language => feed.language = feed.language.take().or_else(|| language(text)),
            Field::Minutes => feed.minutes_fresh = text.trim().parse().ok().or(feed.minutes_fresh),
            Field::Period => {
                let minutes = match text.trim() {
                    "hourly" => 60,
                    "daily" => 1_440,
                    "weekly" => 10_080,
                    _ => return,
                };
                feed.minutes_fresh = feed.minutes_fresh.or(Some(minutes));
            }
            // Atom's authors of the feed speak for entries that name none; RSS's editors don't.
            Field::Author if feed.kind == Kind::Atom && self.shared_authors.len() < AUTHORS_MAX => {
                self.shared_authors.extend(author(text));
            }
            _ => {}
        }
    }

    fn finish(mut self) -> Result<Feed, Error> {
        if self.draft.is_some() {
            // Cut off inside an item: what was read of it isn't all that it says.
            self.remark("feed-broken", "the feed ends inside an item, which is left out".to_owned());
            self.draft = None;
        }
        if self.more {
            self.remark("feed-items-cut", format!("of the feed's items the first {ITEMS_MAX} were read"));
        }
        if self.kind.is_none() {
            return Err(fault("not a feed: no element in it".to_owned()));
        }
        let Self { base, mut feed, drafts, shared_authors, .. } = self;
        let tongue = feed.language.clone();
        feed.items =
            drafts.into_iter().filter_map(|draft| draft.finish(base.as_ref(), tongue.as_deref())).collect();
        for item in feed.items.iter_mut().filter(|item| item.authors.is_empty()) {
            item.authors.clone_from(&shared_authors);
        }
        if let Some(remark) =
            feed.diagnostics.first().filter(|_| feed.items.is_empty() && feed.title.is_none())
        {
            return Err(fault(remark.message.clone()));
        }
        Ok(feed)
    }
}

impl Capture {
    /// An element opens below. `depth` counts it.
    fn start(&mut self, tag: &BytesStart<'_>, local: &str, depth: usize) {
        if self.muted.is_some() {
            return;
        }
        match self.mode {
            Mode::Only(name) if local == name => self.text.clear(),
            Mode::Only(_) => self.muted = Some(depth),
            Mode::Html | Mode::Xhtml => {
                let raw = tag.attributes_raw();
                let tag = format!("<{local}{}>", raw.trim_end().trim_end_matches('/'));
                self.push(&tag);
            }
            Mode::Plain | Mode::Line => self.push(" "),
        }
    }

    fn end(&mut self, name: &str, depth: usize) {
        if let Some(muted) = self.muted {
            if depth <= muted {
                self.muted = None;
            }
            return;
        }
        match self.mode {
            Mode::Html | Mode::Xhtml => {
                let local = name.split_once(':').map_or(name, |(_, local)| local);
                if !matches!(local, "br" | "img" | "hr" | "input" | "meta" | "link") {
                    self.push(&format!("</{local}>"));
                }
            }
            // What follows the child that was wanted isn't.
            Mode::Only(_) => self.muted = Some(0),
            Mode::Plain | Mode::Line => self.push(" "),
        }
    }

    /// `literal`: from CDATA or a resolved entity.
    fn text(&mut self, words: &str, literal: bool) {
        if self.muted.is_some() {
            return;
        }
        match self.mode {
            Mode::Plain => self.push(&text::escape(words)),
            Mode::Xhtml if literal => self.push(&text::escape(words)),
            _ => self.push(words),
        }
    }

    fn push(&mut self, words: &str) {
        let left = self.most.saturating_sub(self.text.len());
        let end = words.floor_char_boundary(left.min(words.len()));
        self.text.push_str(&words[..end]);
    }
}

fn space_of(uri: &str) -> Space {
    let uri = uri.trim_end_matches('/');
    match uri {
        "http://purl.org/dc/elements/1.1" | "http://purl.org/dc/terms" => Space::DublinCore,
        "http://purl.org/rss/1.0/modules/content" => Space::Content,
        "http://purl.org/rss/1.0/modules/syndication" => Space::Syndication,
        "http://www.w3.org/2005/Atom" | "http://purl.org/atom/ns#" | "http://purl.org/rss/1.0" => {
            Space::Plain
        }
        _ => Space::Other,
    }
}

fn field(space: Space, local: &str) -> Option<Field> {
    let field = match (space, local) {
        (Space::Plain | Space::DublinCore, "title") => Field::Title,
        (Space::Plain, "link") => Field::Link,
        (Space::Plain, "guid" | "id") => Field::Id,
        (Space::Plain | Space::DublinCore, "description" | "summary" | "abstract") => Field::Summary,
        (Space::Plain, "content" | "fulltext") | (Space::Content, "encoded") => Field::Content,
        (Space::Plain, "author") | (Space::DublinCore, "creator") => Field::Author,
        (Space::Plain, "pubDate" | "pubdate" | "published" | "issued") => Field::Published,
        (Space::DublinCore, "date" | "created" | "issued") => Field::Published,
        (Space::Plain, "updated" | "modified") | (Space::DublinCore, "modified") => Field::Updated,
        (Space::Plain | Space::DublinCore, "language") => Field::Language,
        (Space::Plain, "source") => Field::Source,
        (Space::Plain, "ttl") => Field::Minutes,
        (Space::Syndication, "updatePeriod") => Field::Period,
        _ => return None,
    };
    Some(field)
}

/// An attribute's value, entities undone.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag
        .attributes()
        .with_checks(false)
        .take(64)
        .flatten()
        .find(|attribute| attribute.key.as_ref() == name)?;
    Some(unescape(&found.value))
}

/// A title on one line.
fn line(mode: Mode, text: &str) -> String {
    if mode == Mode::Line { text::one_line(text) } else { plain(text) }
}

/// The name in `Jane Doe`, `jane@x.example (Jane Doe)`, `Jane Doe <jane@x.example>`; addresses alone are no name.
fn author(text: &str) -> Option<String> {
    let text = plain(text);
    let mut name = String::new();
    for word in text.split_whitespace() {
        let bare =
            word.trim_matches(|c: char| matches!(c, '(' | ')' | '[' | ']' | '<' | '>' | '"' | ',' | ';'));
        let bare = bare.strip_prefix("mailto:").unwrap_or(bare);
        if bare.contains('@') && bare.len() > 1 {
            continue;
        }
        if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(word);
    }
    let name = name.replace("()", "");
    let name = name.trim();
    let name = name.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(name).trim();
    name.chars().any(char::is_alphabetic).then(|| short(name)).flatten()
}
