//! Linked data: what JSON-LD scripts of a page say of the article (schema.org `Article` and its kinds).
//!
//! Sizes and numbers of scripts and objects are bounded; a script that is no JSON says nothing.

use serde_json::{Map, Value};

use super::tree::{Key, Tag, Tree};

/// Most bytes of all scripts together.
const BYTES_MAX: usize = 2_000_000;
/// Most objects that are looked at.
const OBJECTS_MAX: usize = 20_000;

/// What linked data say of the article.
#[derive(Debug, Default, Clone)]
pub(crate) struct Linked {
    pub(crate) headline: Option<String>,
    pub(crate) published: Option<String>,
    pub(crate) created: Option<String>,
    pub(crate) modified: Option<String>,
    /// Names of persons, in order.
    pub(crate) authors: Vec<String>,
    /// Names of authors that are no persons.
    pub(crate) offices: Vec<String>,
    pub(crate) publisher: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) url: Option<String>,
    /// The whole page's own dates, where no article has one.
    pub(crate) page_published: Option<String>,
}

/// Reads all linked data of a page.
pub(crate) fn read(tree: &Tree<'_>) -> Linked {
    let mut values = Vec::new();
    let mut bytes = 0;
    for id in tree.all(Tag::Script) {
        let linked = tree.raw_value(id, Key::Type).is_some_and(|kind| {
            kind.get(..kind.len().min(40)).unwrap_or("").trim().to_ascii_lowercase().contains("ld+json")
        });
        let Some(text) = linked.then(|| tree.nodes.get(id as usize + 1)).flatten() else { continue };
        if text.tag != Tag::Text || text.parent != id {
            continue;
        }
        let source = &tree.source[text.from as usize..text.to as usize];
        bytes += source.len();
        if bytes > BYTES_MAX {
            break;
        }
        values.extend(parse(source));
    }
    gather(&values)
}

/// Parses a script, with the slips that are common: raw line ends in strings, a comment or `CDATA` around it, a semicolon behind.
fn parse(source: &str) -> Option<Value> {
    let source =
        source.trim().trim_start_matches("<!--").trim_start_matches("//").trim_start_matches("<![CDATA[");
    let source = source
        .trim_end_matches("-->")
        .trim_end_matches("//]]>")
        .trim_end_matches("]]>")
        .trim()
        .trim_end_matches(';');
    if let Ok(value) = serde_json::from_str(source) {
        return Some(value);
    }
    let clean: String = source.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    // Scripts of several objects follow one another at times.
    let mut several = serde_json::Deserializer::from_str(&clean).into_iter::<Value>();
    let found: Vec<Value> = std::iter::from_fn(|| several.next().and_then(Result::ok)).take(20).collect();
    (!found.is_empty()).then_some(Value::Array(found))
}

fn kinds(object: &Map<String, Value>) -> Vec<&str> {
    match object.get("@type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// How surely an object is the article: 0 not at all.
fn article(object: &Map<String, Value>) -> u32 {
    let rank = |kind: &&str| {
        let kind = kind.rsplit('/').next().unwrap_or(kind);
        match kind {
            "NewsArticle"
            | "ReportageNewsArticle"
            | "AnalysisNewsArticle"
            | "OpinionNewsArticle"
            | "BackgroundNewsArticle"
            | "ReviewNewsArticle"
            | "AskPublicNewsArticle"
            | "LiveBlogPosting" => 4,
            "Article"
            | "BlogPosting"
            | "Report"
            | "ScholarlyArticle"
            | "TechArticle"
            | "AdvertiserContentArticle" => 3,
            "SocialMediaPosting"
            | "Review"
            | "Recipe"
            | "DiscussionForumPosting"
            | "CreativeWork"
            | "Blog" => 2,
            "WebPage" | "ItemPage" => 1,
            _ => 0,
        }
    };
    kinds(object).iter().map(rank).max().unwrap_or(0)
}

fn gather(values: &[Value]) -> Linked {
    let mut queue: Vec<&Value> = values.iter().collect();
    let mut objects: Vec<&Map<String, Value>> = Vec::new();
    let mut at = 0;
    while at < queue.len() && queue.len() < OBJECTS_MAX {
        match queue[at] {
            Value::Array(list) => queue.extend(list.iter().take(OBJECTS_MAX)),
            Value::Object(object) => {
                objects.push(object);
                queue.extend(object.values().filter(|value| value.is_object() || value.is_array()));
            }
            _ => {}
        }
        at += 1;
    }
    let mut found = Linked::default();
    let mut ranked: Vec<(u32, &Map<String, Value>)> =
        objects.iter().map(|object| (article(object), *object)).filter(|(rank, _)| *rank > 0).collect();
    ranked.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
    ranked.truncate(30);
    let best = ranked.first().map_or(0, |(rank, _)| *rank);
    for (rank, object) in ranked {
        let string = |key: &str| {
            let value = object.get(key)?;
            let value = if let Value::Array(list) = value { list.first()? } else { value };
            value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let fill = |slot: &mut Option<String>, value: Option<String>| {
            if slot.is_none() {
                *slot = value;
            }
        };
        if rank == 1 && best > 1 {
            fill(&mut found.page_published, string("datePublished"));
            continue;
        }
        // Of several articles on a page the first is its own; a list of others follows.
        fill(&mut found.headline, string("headline").or_else(|| string("name").filter(|_| rank > 1)));
        fill(&mut found.published, string("datePublished"));
        fill(&mut found.created, string("dateCreated").or_else(|| string("uploadDate")));
        fill(&mut found.modified, string("dateModified"));
        fill(&mut found.language, string("inLanguage"));
        fill(&mut found.url, string("url").or_else(|| string("mainEntityOfPage")));
        fill(&mut found.body, string("articleBody").or_else(|| string("text").filter(|_| rank > 1)));
        if found.publisher.is_none() {
            let publisher = object.get("publisher").map(|value| resolve(value, &objects));
            found.publisher = publisher.and_then(|value| name(value)).map(str::to_owned);
        }
        if found.authors.is_empty() && found.offices.is_empty() {
            let author = object.get("author").or_else(|| object.get("creator"));
            let list = match author {
                Some(Value::Array(list)) => list.iter().take(30).collect(),
                Some(one) => vec![one],
                None => Vec::new(),
            };
            for one in list {
                let one = resolve(one, &objects);
                let person = one.as_object().is_none_or(|object| {
                    let kinds = kinds(object);
                    kinds.is_empty() || kinds.contains(&"Person")
                });
                let Some(name) = name(one) else { continue };
                let to = if person { &mut found.authors } else { &mut found.offices };
                if !to.iter().any(|known| known == name) {
                    to.push(name.to_owned());
                }
            }
        }
    }
    found
}

/// An object that is only referred to by its `@id`, where the page defines it.
fn resolve<'v>(value: &'v Value, objects: &[&'v Map<String, Value>]) -> ResolvedOr<'v> {
    let object = match value {
        Value::Object(object) if !object.contains_key("name") => object,
        _ => return ResolvedOr::Value(value),
    };
    let id = object.get("@id").and_then(Value::as_str);
    let target = id.and_then(|id| {
        objects
            .iter()
            .find(|other| other.contains_key("name") && other.get("@id").and_then(Value::as_str) == Some(id))
    });
    target.map_or(ResolvedOr::Value(value), |target| ResolvedOr::Object(target))
}

/// A value, or the object that it refers to.
#[derive(Clone, Copy)]
enum ResolvedOr<'v> {
    Value(&'v Value),
    Object(&'v Map<String, Value>),
}

impl<'v> ResolvedOr<'v> {
    fn as_object(self) -> Option<&'v Map<String, Value>> {
        match self {
            Self::Value(value) => value.as_object(),
            Self::Object(object) => Some(object),
        }
    }
}

/// The name of a person or body: a string, or its `name`.
fn name(value: ResolvedOr<'_>) -> Option<&str> {
    let text = match value {
        ResolvedOr::Value(Value::String(text)) => text,
        other => match other.as_object()?.get("name")? {
            Value::String(text) => text,
            Value::Array(list) => list.first()?.as_str()?,
            _ => return None,
        },
    };
    Some(text.trim()).filter(|text| !text.is_empty() && text.len() < 400)
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse as page;
    use super::*;

    #[test]
    fn the_article_is_found_in_a_graph() {
        let source = r##"<script type="application/ld+json">{"@graph":[{"@type":"WebPage","datePublished":"2019-01-01"},
            {"@type":["Thing","NewsArticle"],"headline":"Dam
            breached","datePublished":"2020-02-03T10:00:00Z","author":[{"@id":"#p"},{"@type":"Organization","name":"Post"}],"publisher":{"name":"Daily Post"}},
            {"@type":"Person","@id":"#p","name":"Ana Ruiz"}]}</script>"##;
        let found = read(&page(source));
        assert_eq!(found.published.as_deref(), Some("2020-02-03T10:00:00Z"));
        assert_eq!((found.authors, found.offices), (vec!["Ana Ruiz".to_owned()], vec!["Post".to_owned()]));
        assert_eq!(found.publisher.as_deref(), Some("Daily Post"));
    }

    #[test]
    fn broken_and_deep_scripts_say_nothing() {
        let deep = format!("<script type='application/ld+json'>{}</script>", "[".repeat(100_000));
        assert!(read(&page(&deep)).headline.is_none());
        assert!(read(&page("<script type='application/ld+json'>{'a':</script>")).headline.is_none());
    }
}
