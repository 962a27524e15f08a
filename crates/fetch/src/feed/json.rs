//! JSON Feed (jsonfeed.org/version/1.1), with unknown fields skipped unread and lists bounded while they are read.

use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use url::Url;
use watchkeeper_record::Diagnostic;

use super::{
    AUTHORS_MAX, CONTENT_BYTES_MAX, Draft, Feed, ITEMS_MAX, Kind, absolute, cut, fault, language, plain,
    short, text,
};
use crate::{Error, civil};

pub(super) fn parse(json: &str, base: Option<&Url>) -> Result<Feed, Error> {
    let top: Top =
        serde_json::from_str(json).map_err(|error| fault(format!("the feed is broken JSON: {error}")))?;
    let is_feed = top.version.0.as_deref().is_some_and(|version| version.contains("jsonfeed.org/version/1"));
    if !is_feed {
        return Err(fault("not a feed: JSON without the version of JSON Feed".to_owned()));
    }
    let tongue = top.language.0.as_deref().and_then(language);
    let base = top.feed_url.0.as_deref().and_then(|url| Url::parse(url).ok()).or_else(|| base.cloned());
    let shared = names(top.authors, top.author);
    let mut diagnostics = Vec::new();
    if top.items.more {
        let message = format!("of the feed's items the first {ITEMS_MAX} were read");
        diagnostics.push(Diagnostic::document("feed-items-cut", message));
    }
    let items = top
        .items
        .list
        .into_iter()
        .filter_map(|item| draft(item, &shared).finish(base.as_ref(), tongue.as_deref()));
    Ok(Feed {
        kind: Kind::Json,
        title: top.title.0.as_deref().and_then(|title| short(&text::one_line(title))),
        link: top.home_page_url.0.as_deref().and_then(|link| absolute(link, base.as_ref())),
        items: items.collect(),
        language: tongue,
        minutes_fresh: None,
        diagnostics,
    })
}

fn draft(json: Item, shared: &[String]) -> Draft {
    let mut draft = Draft { link: json.url.0, spare: json.external_url.0, ..Draft::default() };
    let item = &mut draft.item;
    item.id = json.id.0.as_deref().and_then(short).unwrap_or_default();
    item.title = json.title.0.as_deref().and_then(|title| short(&plain(title)));
    item.authors = names(json.authors, json.author);
    if item.authors.is_empty() {
        item.authors = shared.to_vec();
    }
    item.published = json.date_published.0.as_deref().and_then(civil::parse);
    item.updated = json.date_modified.0.as_deref().and_then(civil::parse);
    item.language = json.language.0.as_deref().and_then(language);
    let filled = |text: &String| !text.trim().is_empty();
    let plainly = |text: String| paragraphs(&text);
    let content = json.content_html.0.filter(filled).or(json.content_text.0.filter(filled).map(plainly));
    item.content = content.map(|text| cut(text, CONTENT_BYTES_MAX));
    item.summary = json.summary.0.filter(filled).map(|text| cut(plainly(text), CONTENT_BYTES_MAX));
    draft
}

/// Plain text as HTML, an empty line between paragraphs.
fn paragraphs(text: &str) -> String {
    text.split("\n\n")
        .map(|part| format!("<p>{}</p>", text::escape(part.trim())))
        .collect::<Vec<_>>()
        .join("\n")
}

fn names(authors: Bounded<Author, AUTHORS_MAX>, author: Author) -> Vec<String> {
    let authors = authors.list.into_iter().chain([author]);
    let mut names: Vec<String> =
        authors.filter_map(|author| short(&text::one_line(author.name.0.as_deref()?))).collect();
    names.dedup();
    names
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Top {
    version: Text,
    title: Text,
    home_page_url: Text,
    feed_url: Text,
    language: Text,
    author: Author,
    authors: Bounded<Author, AUTHORS_MAX>,
    items: Bounded<Item, ITEMS_MAX>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Item {
    id: Text,
    url: Text,
    external_url: Text,
    title: Text,
    content_html: Text,
    content_text: Text,
    summary: Text,
    date_published: Text,
    date_modified: Text,
    language: Text,
    author: Author,
    authors: Bounded<Author, AUTHORS_MAX>,
}

/// A string; numbers as written; anything else is as if it weren't there.
#[derive(Default)]
struct Text(Option<String>);

/// `{"name": "…"}`; a bare string is a name too.
#[derive(Default)]
struct Author {
    name: Text,
}

/// The first `N` of a list, and whether there were more; anything but a list is an empty one.
struct Bounded<T, const N: usize> {
    list: Vec<T>,
    more: bool,
}

impl<T, const N: usize> Default for Bounded<T, N> {
    fn default() -> Self {
        Self { list: Vec::new(), more: false }
    }
}

/// Visits a value of any type; what a type doesn't care for is skipped unread.
macro_rules! skip {
    ($($method:ident: $argument:ty),*) => {
        $(fn $method<E>(self, _: $argument) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        })*
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
    };
}

fn skip_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<(), A::Error> {
    while list.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

fn skip_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<(), A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyText;
        impl<'de> Visitor<'de> for AnyText {
            type Value = Text;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a value")
            }
            skip!(visit_bool: bool);
            fn visit_str<E>(self, text: &str) -> Result<Text, E> {
                Ok(Text(Some(text.to_owned())))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Text, E> {
                Ok(Text(Some(number.to_string())))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Text, E> {
                Ok(Text(Some(number.to_string())))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Text, E> {
                Ok(Text(Some(number.to_string())))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Text, A::Error> {
                skip_list(list).map(|()| Text(None))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Text, A::Error> {
                skip_map(map).map(|()| Text(None))
            }
        }
        deserializer.deserialize_any(AnyText)
    }
}

impl<'de> Deserialize<'de> for Author {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyAuthor;
        impl<'de> Visitor<'de> for AnyAuthor {
            type Value = Author;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a value")
            }
            skip!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64);
            fn visit_str<E>(self, text: &str) -> Result<Author, E> {
                Ok(Author { name: Text(Some(text.to_owned())) })
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Author, A::Error> {
                skip_list(list).map(|()| Author::default())
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Author, A::Error> {
                let mut author = Author::default();
                while let Some(key) = map.next_key::<Text>()? {
                    if key.0.as_deref() == Some("name") {
                        author.name = map.next_value()?;
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(author)
            }
        }
        deserializer.deserialize_any(AnyAuthor)
    }
}

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for Bounded<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyList<T, const N: usize>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for AnyList<T, N> {
            type Value = Bounded<T, N>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a value")
            }
            skip!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut bounded = Bounded::default();
                while bounded.list.len() < N {
                    match seq.next_element()? {
                        Some(element) => bounded.list.push(element),
                        None => return Ok(bounded),
                    }
                }
                while seq.next_element::<IgnoredAny>()?.is_some() {
                    bounded.more = true;
                }
                Ok(bounded)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                skip_map(map).map(|()| Bounded::default())
            }
        }
        deserializer.deserialize_any(AnyList(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse as parse_feed;
    use super::*;

    #[test]
    fn a_feed_is_read_with_its_oddities() {
        let json = r#"{"version":"https://jsonfeed.org/version/1.1","title":" Valley  Post ","language":"en-GB","home_page_url":"/",
            "author":{"name":"Desk"},"_x":[{"deep":[1,2]}],
            "items":[
              {"id":7,"url":"https://v.example/7","title":"Bridge &amp; dam","content_text":"One.\n\nTwo <3.","date_published":"2023-04-05T06:07:08+02:00","authors":[{"name":"A. Reporter","url":"x"},"B. Writer"]},
              {"id":{"odd":1},"url":null,"external_url":"b.html","content_html":"<p>x</p>","tags":"none"},
              {"id":"empty"}
            ]}"#;
        let feed = parse_feed(json.as_bytes(), Some("https://v.example/feed/f.json"), None).unwrap();
        assert_eq!(
            (feed.kind, feed.title.as_deref(), feed.items.len()),
            (Kind::Json, Some("Valley Post"), 2)
        );
        let first = &feed.items[0];
        assert_eq!((first.id.as_str(), first.title.as_deref()), ("7", Some("Bridge & dam")));
        assert_eq!(first.authors, ["A. Reporter", "B. Writer"]);
        assert_eq!(first.content.as_deref(), Some("<p>One.</p>\n<p>Two &lt;3.</p>"));
        assert_eq!(first.published.unwrap().to_string(), "2023-04-05T04:07:08Z");
        assert_eq!(first.language.as_deref(), Some("en-GB"));
        let second = &feed.items[1];
        assert_eq!(second.url.as_deref(), Some("https://v.example/feed/b.html"));
        assert_eq!(
            (second.id.as_str(), second.authors.as_slice()),
            ("https://v.example/feed/b.html", ["Desk".to_owned()].as_slice())
        );
    }

    #[test]
    fn hostile_json_is_bounded() {
        for json in [
            format!("{{\"version\":{}", "[".repeat(1_000_000)),
            "{}".to_owned(),
            r#"{"version":"https://example.org/"}"#.to_owned(),
            r#"{"version":"https://jsonfeed.org/version/1","items":[{"id":"a"#.to_owned(),
        ] {
            assert!(matches!(parse_feed(json.as_bytes(), None, None), Err(Error::Feed { .. })));
        }
        let many = format!(
            r#"{{"version":"https://jsonfeed.org/version/1","items":[{}{{"id":1,"title":"last"}}]}}"#,
            r#"{"title":"x"},"#.repeat(300_000)
        );
        let feed = parse_feed(many.as_bytes(), None, None).unwrap();
        assert_eq!(feed.items.len(), ITEMS_MAX);
        assert_eq!(feed.diagnostics[0].code, "feed-items-cut");
    }
}
