//! Who wrote it: names in linked data, `meta` elements, marked elements and visible bylines.
//!
//! What is found is cleaned: `By`, offices, dates and addresses go. Of several sources the surest that gives a name decides.

use std::sync::LazyLock;

use regex::Regex;

use super::Markup;
use super::features::floor;
use super::tree::{Key, NodeId, Tag, Tree};

/// Longest text that can be a byline, in bytes.
const BYLINE_MAX: usize = 200;
/// Most names of a page.
const NAMES_MAX: usize = 20;

struct Patterns {
    label: Regex,
    visible: Regex,
    cut: Regex,
    joint: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let compile = |pattern: &str| crate::lexicon::compile(pattern).expect("a constant pattern");
    Patterns {
        label: compile(
            r"(?xi)^(?:[\W\d]*)(?:
              (?:(?:written|posted|published|reported|story|words|text|article|analysis|opinion|created|submitted|geschrieben|verfasst|veröffentlicht|erstellt|ein\s+beitrag|ein\s+artikel|eine\s+analyse|ein\s+kommentar|ein\s+gastbeitrag|artikel|beitrag|publié|écrit|escrito|publicado|redigé|gepostet|eingestellt|text\s+und\s+fotos?|interview|protokoll)\s+)?
              (?:by|von|vom|par|por|di|door|av|af|od)\b\s*:?
              | (?:author|authors|autor|autorin|autoren|auteur|auteurs|autores|autore|autori|verfasser|verfasserin|redakteur|redakteurin|text|texte|texto|foto|contributor|writer|redaktion|redacción)\s*(?:\(in\)|:in|/in)?\s*:
            )\s*",
        ),
        visible: compile(
            r"(?x)^(?:(?i:(?:written|posted|reported|story|words|analysis|geschrieben|verfasst|veröffentlicht|erstellt|ein\ beitrag|ein\ artikel|ein\ gastbeitrag|publié|écrit|publicado|escrito|text|interview)\s+)?
              (?i:by|von|par|por|di)\b|(?i:author|autor|autorin|auteur|verfasser|text|texto|texte)\s*:)\s*:?\s*
              (?P<names>\p{Lu}[\p{L}\p{M}'’.-]*(?:\s+(?:(?:de|da|do|van|von|der|den|del|della|di|la|le|el|al|bin|zu|y)\s+){0,2}\p{Lu}[\p{L}\p{M}'’.-]*){1,3}(?:\s*(?:,|und|and|et|y|&|/)\s*\p{Lu}[\p{L}\p{M}'’.-]*(?:\s+(?:(?:de|da|van|von|der|den)\s+){0,2}\p{Lu}[\p{L}\p{M}'’.-]*){1,3})*)",
        ),
        cut: compile(
            r"(?xi)\s*(?:[|•·»«–—(\[\n]|\s-\s|\b(?:am|on|le|el)\s+\d|\b\d{1,2}[./:]\d|\b\d{1,2}\.?\s+\p{L}+\.?\s+(?:19|20)\d\d|\b(?:19|20)\d\d\b|,?\s*\b(?:published|updated|veröffentlicht|aktualisiert|posted|follow|contact|email|e-mail|senior|staff|reporter|correspondent|korrespondent\w*|editor|redakteur\w*|chefredakteur\w*|in\s+\p{Lu}|for\s+the|special\s+to|über\s+die\s+autor\w*|freier|freie|leave\s+a\s+comment|comments?|kommentare?|uhr|stand)\b).*$",
        ),
        joint: compile(r"(?i)\s*(?:,|;|/|&|\+|\s(?:und|and|et|y|e|with|mit)\s)\s*"),
    }
});

/// Words that are no author by themselves: who runs a site, not who writes.
const NOBODY: &[&str] = &[
    "admin",
    "administrator",
    "webmaster",
    "root",
    "user",
    "guest",
    "gast",
    "anonymous",
    "author",
    "autor",
    "autoren",
    "unknown",
    "null",
    "none",
    "undefined",
    "editor",
    "www",
    "wordpress",
    "posted",
    "name",
    "about",
    "more",
    "redaktion online",
    "n/a",
    "mehr",
];

/// Authors of a page. `title` and `text` are nodes: where the headline and the first kept block stand; `end` the last kept one.
pub(crate) fn find(
    page: &Markup<'_>,
    title: Option<NodeId>,
    text: NodeId,
    end: NodeId,
    outlet: Option<&str>,
) -> Vec<String> {
    let own = |names: Vec<String>| -> Vec<String> {
        names.into_iter().filter(|name| outlet.is_none_or(|outlet| !same(outlet, name))).collect()
    };
    let linked = own(split(page.linked.authors.iter().map(String::as_str)));
    if !linked.is_empty() {
        return linked;
    }
    let near = title.unwrap_or(text).min(text).saturating_sub(150)..end.saturating_add(120);
    let marked = own(marked(&page.tree, near, text));
    let metas = [
        "parsely-author",
        "sailthru.author",
        "byl",
        "article:author",
        "og:article:author",
        "citation_author",
        "dc.creator",
        "dcterms.creator",
        "author",
        "article:author_name",
        "cxenseparse:author",
        "vr:author",
        "dcsext.author",
        "authors",
    ];
    let metas: Vec<String> = metas
        .iter()
        .map(|name| {
            own(split(
                page.head.all(name).filter(|value| !value.contains("http") && !value.contains(".com/")),
            ))
        })
        .find(|names| !names.is_empty())
        .unwrap_or_default();
    // A site's own name or owner stands in `meta` on every page; who is marked beside the headline wrote this one.
    let full = |names: &[String]| names.iter().any(|name| name.contains(' '));
    if !metas.is_empty() && (full(&metas) || !full(&marked)) {
        return metas;
    }
    if !marked.is_empty() {
        return marked;
    }
    let visible = own(visible(page, title, text, end));
    if !visible.is_empty() {
        return visible;
    }
    split(page.linked.offices.iter().map(String::as_str))
}

fn same(a: &str, b: &str) -> bool {
    super::folded(a) == super::folded(b)
}

/// Names of elements that say they hold the author: `rel`, `itemprop`, classes.
fn marked(tree: &Tree<'_>, near: std::ops::Range<NodeId>, text: NodeId) -> Vec<String> {
    let mut best: Option<(u32, NodeId, Vec<String>)> = None;
    let last = near.end.min(tree.nodes.len() as NodeId);
    let mut skip = 0;
    for id in near.start.min(last)..last {
        if id < skip || tree.tag(id) == Tag::Text {
            continue;
        }
        let Some(rank) = rank(tree, id) else { continue };
        if in_comment(tree, id, text) {
            continue;
        }
        let node = tree.node(id);
        if node.end - id > 80 {
            continue;
        }
        let content = tree.text(id, BYLINE_MAX + 1);
        if content.len() > BYLINE_MAX {
            continue;
        }
        // Links inside a byline are the names, where they look like names.
        let links: Vec<String> = (id..node.end)
            .filter(|&at| tree.tag(at) == Tag::A && at != id)
            .map(|at| tree.text(at, 80))
            .filter(|name| looks_like_name(name))
            .collect();
        let names = if links.is_empty() {
            split(std::iter::once(content.as_str()))
        } else {
            split(links.iter().map(String::as_str))
        };
        if names.is_empty() {
            continue;
        }
        // Before the text is better than behind it.
        let rank = rank + if id <= text { 2 } else { 0 };
        match &mut best {
            Some((known, at, list)) if *known == rank && siblings(tree, *at, id) => {
                list.extend(names.into_iter().filter(|name| !list.contains(name)).collect::<Vec<_>>());
                *at = id;
            }
            Some((known, _, _)) if *known >= rank => {}
            _ => best = Some((rank, id, names)),
        }
        skip = node.end;
    }
    let mut names = best.map(|(_, _, names)| names).unwrap_or_default();
    names.truncate(NAMES_MAX);
    names
}

/// Whether two marked elements stand in one list: a parent or grandparent is shared.
fn siblings(tree: &Tree<'_>, a: NodeId, b: NodeId) -> bool {
    let up = |id: NodeId| tree.ancestors(id).take(2).collect::<Vec<_>>();
    let (a_up, b_up) = (up(a), up(b));
    b - a < 40 && a_up.iter().any(|node| b_up.contains(node))
}

/// How surely an element holds the author.
fn rank(tree: &Tree<'_>, id: NodeId) -> Option<u32> {
    let has = |key: Key, words: &[&str]| {
        tree.raw_value(id, key).is_some_and(|value| {
            value.len() < 300
                && value
                    .split_ascii_whitespace()
                    .any(|word| words.iter().any(|want| word.eq_ignore_ascii_case(want)))
        })
    };
    if has(Key::Itemprop, &["author", "creator"]) || has(Key::Rel, &["author"]) {
        return Some(3);
    }
    let classes = [Key::Class, Key::Id, Key::TestId, Key::Component];
    let mut found = None;
    for value in classes.iter().filter_map(|&key| tree.raw_value(id, key)).filter(|value| value.len() < 300) {
        for word in value.split_ascii_whitespace() {
            let word = word.to_ascii_lowercase();
            let parts: Vec<&str> =
                word.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
            let ends = |names: &[&str]| {
                parts.iter().any(|part| names.contains(part))
                    || names.iter().any(|name| name.len() > 5 && word.contains(name))
            };
            let not = [
                "bio",
                "box",
                "image",
                "avatar",
                "img",
                "photo",
                "info",
                "description",
                "about",
                "date",
                "comment",
                "social",
                "share",
                "list",
                "more",
                "link",
            ];
            if ends(&[
                "author",
                "byline",
                "autor",
                "auteur",
                "autore",
                "verfasser",
                "redakteur",
                "authors",
                "autoren",
                "writer",
                "authorname",
            ]) {
                let weak = parts.iter().any(|part| not.contains(part));
                found = found.max(Some(if weak { 1 } else { 2 }));
            } else if matches!(word.as_str(), "fn" | "vcard" | "creator" | "username" | "contributor") {
                found = found.max(Some(1));
            }
        }
    }
    found
}

fn in_comment(tree: &Tree<'_>, id: NodeId, text: NodeId) -> bool {
    let apart = |up: NodeId| !(up <= text && text < tree.node(up).end);
    std::iter::once(id).chain(tree.ancestors(id)).take(12).take_while(|&up| apart(up)).any(|up| {
        if matches!(tree.tag(up), Tag::Aside | Tag::Footer | Tag::Nav) && tree.tag(up) != Tag::Body {
            return !tree.ancestors(up).any(|node| tree.tag(node) == Tag::Article);
        }
        [Key::Class, Key::Id].iter().filter_map(|&key| tree.raw_value(up, key)).any(|value| {
            let value = value[..floor(value, 200)].to_ascii_lowercase();
            tree.tag(up) != Tag::Body
                && ["comment", "kommentar", "related", "recommend", "sidebar", "teaser", "widget", "trending"]
                    .iter()
                    .any(|word| value.contains(word))
        })
    })
}

/// Bylines that only their words show, near the headline first, then behind the text.
fn visible(page: &Markup<'_>, title: Option<NodeId>, text: NodeId, end: NodeId) -> Vec<String> {
    let blocks = &page.blocks;
    let at = |node: NodeId| blocks.list.partition_point(|block| block.first < node);
    let (first, last) = (at(title.unwrap_or(text).min(text)), at(end));
    let start = first.saturating_sub(4);
    let before = start..(at(text) + 3).min(start + 40).min(blocks.list.len());
    let after = last.saturating_sub(2)..(last + 8).min(blocks.list.len());
    for i in before.chain(after) {
        let words = blocks.words(&blocks.list[i]);
        let words = &words[..floor(words, BYLINE_MAX)];
        if let Some(found) = PATTERNS.visible.captures(words)
            && let Some(names) = found.name("names")
        {
            let rest = words[names.end()..].trim_start();
            let ends = rest.is_empty() || rest.starts_with(|c: char| !c.is_alphabetic()) || words.len() < 90;
            let split = split(std::iter::once(names.as_str()));
            if ends && !split.is_empty() {
                return split;
            }
        }
    }
    Vec::new()
}

fn looks_like_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    (2..=5).contains(&words.len())
        && words.iter().filter(|word| word.starts_with(char::is_uppercase)).count() * 2 > words.len()
        && !text.contains(|c: char| c.is_ascii_digit() || "@:/|".contains(c))
}

/// Cleans and splits names.
fn split<'n>(texts: impl Iterator<Item = &'n str>) -> Vec<String> {
    let patterns = &*PATTERNS;
    let mut names: Vec<String> = Vec::new();
    for text in texts.take(NAMES_MAX).filter(|text| !text.contains("://")) {
        let text =
            super::entity::decode(&text[..floor(text, 400)]).split_whitespace().collect::<Vec<_>>().join(" ");
        let mut text = text.as_str();
        while let Some(found) =
            patterns.label.find(text).filter(|found| !found.is_empty() && found.end() < text.len())
        {
            text = &text[found.end()..];
        }
        let text = patterns.cut.replace(text, "");
        for name in patterns.joint.split(&text) {
            let name =
                name.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | ')' | '\'')).trim();
            let name = name.trim_end_matches([',', ':', ';']).trim_end_matches(['.']).trim();
            let words = name.split_whitespace().count();
            let letters = name.chars().filter(|c| c.is_alphabetic()).count();
            let fits = (1..=6).contains(&words)
                && letters >= 2
                && name.len() <= 80
                && !name.contains(['@', '{', '<', '=', '…'])
                && !name.contains("http")
                && !NOBODY.contains(&name.to_lowercase().as_str());
            let initials = if name.len() < text.trim().len()
                && name.ends_with(|c: char| c.is_uppercase())
                && text.contains(&format!("{name}."))
            {
                format!("{name}.")
            } else {
                name.to_owned()
            };
            if fits && !names.contains(&initials) {
                names.push(initials);
            }
        }
    }
    names.truncate(NAMES_MAX);
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cleaned() {
        for (text, want) in [
            ("By Mara Ellisand and Imi Dane", vec!["Mara Ellisand", "Imi Dane"]),
            ("Von: Jörg Maßmann, Korrespondentin in Ostrand", vec!["Jörg Maßmann"]),
            ("Ana Ruiz | 18.11.2019", vec!["Ana Ruiz"]),
            ("Text von Li Wei am 3. Mai 2020", vec!["Li Wei"]),
            ("admin", vec![]),
            ("https://post.example/u/7", vec![]),
        ] {
            assert_eq!(split(std::iter::once(text)), want, "{text}");
        }
    }
}
