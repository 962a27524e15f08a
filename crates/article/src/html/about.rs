//! What a page says of its article: headline, days, outlet, address. Each from several places, the surest first.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use watchkeeper_record::article::Date;

use super::day::{self, Order};
use super::features::{floor, folded};
use super::tree::{Key, NodeId, Tag, Tree};
use super::{Markup, linked, names};

/// Blocks around the headline in which visible days are looked for.
const NEAR: usize = 14;
/// Longest block that can hold nothing but a day and what goes with it, in bytes.
const DATE_LINE: usize = 160;

/// Days between what is shown and what the markup says, from which what is shown isn't believed.
const FAR_DAYS: i32 = 400;

/// Days by which a page must be younger than its address for the address to be believed.
const MOVED_DAYS: i32 = 30;
/// Rank from which a day is one that is shown beside the headline in an element for days.
const SHOWN: u32 = 97;
/// Ranks of days in lines and elements near the headline.
const BESIDE: [u32; 2] = [60, 62];
/// Rank of the day in the address.
const ADDRESS: u32 = 70;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct About {
    pub(crate) title: Option<Title>,
    pub(crate) authors: Vec<String>,
    pub(crate) published: Option<Date>,
    pub(crate) updated: Option<Date>,
    pub(crate) outlet: Option<String>,
    pub(crate) url: Option<String>,
}

/// A headline and where the page has it.
#[derive(Debug, Clone)]
pub(crate) struct Title {
    pub(crate) text: String,
    /// The block that is it, where it is seen on the page.
    pub(crate) block: Option<usize>,
}

/// Reads all of it. `kept` are the article's blocks; `address` is where the page came from.
pub(crate) fn find(page: &Markup<'_>, kept: &[usize], address: Option<&str>) -> About {
    let list = &page.blocks.list;
    let text = kept.iter().find(|&&i| list[i].chars >= 60).or(kept.first()).copied();
    let url = page
        .head
        .canonical
        .clone()
        .or_else(|| page.head.meta("og:url").filter(|url| url.starts_with("http")).map(str::to_owned))
        .or_else(|| page.linked.url.clone().filter(|url| url.starts_with("http")))
        .or_else(|| address.map(str::to_owned));
    let outlet = outlet(page);
    let title = title(page, text, kept.last().copied(), outlet.as_deref(), url.as_deref());
    let node = |block: usize| list.get(block).map_or(0, |block| block.first);
    let title_node = title.as_ref().and_then(|title| title.block).map(node);
    let text_node = text.map_or(0, node);
    let end = kept.last().map_or(text_node, |&last| node(last));
    let authors = names::find(page, title_node, text_node, end, outlet.as_deref());
    let order = order(page, address);
    let mut days = Days { page, order, text: text_node, found: Vec::new() };
    days.gather(title.as_ref().and_then(|title| title.block), kept, address.or(url.as_deref()));
    let published = days.best();
    let updated = [
        "article:modified_time",
        "og:updated_time",
        "last-modified",
        "datemodified",
        "dcterms.modified",
        "revised",
    ]
    .iter()
    .find_map(|name| page.head.meta(name))
    .or(page.linked.modified.as_deref())
    .and_then(|value| day::machine(value, order));
    let updated = updated.filter(|day| published.is_none_or(|published| *day >= published));
    About { title, authors, published, updated, outlet, url }
}

/// The name of the outlet.
fn outlet(page: &Markup<'_>) -> Option<String> {
    [
        "og:site_name",
        "publisher",
        "dc.publisher",
        "dcterms.publisher",
        "application-name",
        "al:android:app_name",
    ]
    .iter()
    .find_map(|name| page.head.meta(name))
    .filter(|name| name.len() < 120 && !name.starts_with("http"))
    .map(str::to_owned)
    .or_else(|| page.linked.publisher.clone())
}

/// American pages write the month first.
fn order(page: &Markup<'_>, address: Option<&str>) -> Order {
    let language = page.head.language.as_deref().unwrap_or_default().to_ascii_lowercase();
    let host = address.and_then(|url| url.split('/').nth(2)).unwrap_or_default();
    let elsewhere = host
        .rsplit('.')
        .next()
        .is_some_and(|end| end.len() == 2 && end != "us" && end != "io" && end != "tv");
    let english = language.starts_with("en") || language.is_empty();
    let american = english
        && !matches!(language.as_str(), "en-gb" | "en-au" | "en-nz" | "en-in" | "en-ie" | "en-za" | "en_gb");
    if american && !elsewhere { Order::MonthFirst } else { Order::DayFirst }
}

/// What parts a headline from the name of its site.
const BARS: [&str; 12] = [" | ", " - ", " – ", " — ", " » ", " « ", " · ", " :: ", " • ", ": ", " / ", " › "];

/// The pieces of a `title` element: all stretches that begin and end at a bar or an end.
fn stretches(title: &str) -> Vec<&str> {
    let mut cuts: Vec<(usize, usize)> =
        BARS.iter().flat_map(|bar| title.match_indices(bar).map(|(at, bar)| (at, at + bar.len()))).collect();
    cuts.sort_unstable();
    cuts.truncate(8);
    let starts: Vec<usize> = std::iter::once(0).chain(cuts.iter().map(|cut| cut.1)).collect();
    let ends: Vec<usize> = cuts.iter().map(|cut| cut.0).chain([title.len()]).collect();
    let mut found: Vec<&str> = Vec::new();
    for &start in &starts {
        for &end in ends.iter().filter(|&&end| end > start) {
            found.push(title[start..end].trim());
        }
    }
    found.retain(|piece| !piece.is_empty());
    found
}

/// The headline: of what is seen and what the head says, what agrees best.
fn title(
    page: &Markup<'_>,
    text: Option<usize>,
    end: Option<usize>,
    outlet: Option<&str>,
    url: Option<&str>,
) -> Option<Title> {
    let site: Vec<String> = outlet
        .map(folded)
        .into_iter()
        .chain(url.and_then(host).map(folded))
        .filter(|name| name.len() > 1)
        .collect();
    let is_site = |letters: &str| {
        site.iter().any(|name| {
            name == letters
                || (letters.len() >= 4 && name.contains(letters))
                || (name.len() >= 4 && letters.len() < name.len() * 2 && letters.contains(name.as_str()))
        })
    };
    let heads: Vec<&str> = page.head.titles().filter(|title| title.len() < 600).collect();
    // The longest head, bars and all, is the measure of how much of it a candidate is.
    let whole: Vec<String> = heads.iter().map(|title| folded(title)).collect();
    let linked = page.linked.headline.as_deref().map(folded).unwrap_or_default();
    let pieces: Vec<String> = heads.iter().flat_map(|title| stretches(title)).map(folded).collect();
    let agreement = |letters: &str| -> f32 {
        let mut score = 0.0;
        if letters == linked {
            score += 1.5;
        }
        if pieces.iter().any(|piece| piece == letters) {
            score += 1.5;
        }
        if let Some(longest) = whole.iter().map(String::len).max()
            && whole.iter().any(|title| title.contains(letters))
        {
            score += 1.5 * letters.len() as f32 / longest as f32;
        }
        score - if is_site(letters) { 3.5 } else { 0.0 }
    };
    let mut best: Option<(f32, Title)> = None;
    let mut offer = |score: f32, title: Title| {
        if best.as_ref().is_none_or(|(known, _)| score > *known) {
            best = Some((score, title));
        }
    };
    let list = &page.blocks.list;
    let text = text.unwrap_or(list.len());
    let end = end.unwrap_or(list.len());
    for (i, block) in list.iter().enumerate() {
        let words = page.blocks.words(block);
        if words.len() > 400 || block.chars < 2 {
            continue;
        }
        let level = page.heading(block.node);
        let marked = page.called_title(block.node);
        if level.is_none() && !marked && !(i < text + 2 && i + 12 > text) {
            continue;
        }
        let base = match level {
            Some(Tag::H1) if i <= text + 1 => 3.2,
            Some(Tag::H1) => 2.0,
            Some(Tag::H2) => 1.2,
            Some(Tag::H3) => 0.6,
            Some(_) => 0.1,
            None if marked => 0.5,
            None => -0.7,
        };
        let place = if i <= text + 1 && i + 25 > text {
            0.8
        } else if i < text {
            0.2
        } else if i > end {
            -2.0
        } else {
            -0.8
        };
        let shown = page.without_kicker(block, words);
        let letters = folded(shown);
        let linked_whole = if block.linked == block.chars && level != Some(Tag::H1) { -0.4 } else { 0.0 };
        let named = if marked { 0.5 } else { 0.0 };
        let score = base + place + named + linked_whole + agreement(&letters);
        offer(score, Title { text: shown.to_owned(), block: Some(i) });
    }
    if let Some(headline) = page.linked.headline.as_deref() {
        let headline = super::entity::decode(headline).split_whitespace().collect::<Vec<_>>().join(" ");
        if !headline.is_empty() && headline.len() < 400 {
            offer(1.2 + agreement(&folded(&headline)), Title { text: headline, block: None });
        }
    }
    for (rank, title) in heads.iter().enumerate() {
        // Without the name of the site, where it stands at an end.
        let mut rest = *title;
        for bar in BARS {
            if let Some((start, last)) = rest.rsplit_once(bar)
                && (is_site(&folded(last))
                    || (bar != ": "
                        && start.trim().len() >= 8
                        && (rank + 1 == heads.len() || bar == " | ")
                        && (last.len() <= start.len() || bar == " | ")))
            {
                rest = start.trim();
            }
            if let Some((first, end)) = rest.split_once(bar)
                && is_site(&folded(first))
            {
                rest = end.trim();
            }
        }
        let letters = folded(rest);
        if !letters.is_empty() {
            offer(
                1.0 - rank as f32 * 0.2 + agreement(&letters),
                Title { text: rest.to_owned(), block: None },
            );
        }
    }
    let mut found = best.map(|(_, title)| title)?;
    if found.block.is_none() {
        let letters = folded(&found.text);
        found.block = (0..list.len().min(end + 1))
            .find(|&i| list[i].chars < 400 && folded(page.blocks.words(&list[i])) == letters);
    }
    Some(found)
}

/// The name in an address's host: `post` of `https://www.post.example/…`.
fn host(url: &str) -> Option<&str> {
    let host = url.split('/').nth(2)?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    host.rsplit('.').nth(1)
}

/// Days with how surely each is the one of publication.
struct Days<'m, 'a> {
    page: &'m Markup<'a>,
    order: Order,
    /// First block of the text: what holds it too is no part of its own.
    text: NodeId,
    /// (rank, day) in the order of finding.
    found: Vec<(u32, Date)>,
}

const META_DAYS: &[&str] = &[
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "article:published",
    "parsely-pub-date",
    "sailthru.date",
    "rnews:datepublished",
    "article.published",
    "published_at",
    "publishdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "publicationdate",
    "pubdate",
    "published-date",
    "citation_publication_date",
    "citation_date",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.issued",
    "dc.date.created",
    "date.created",
    "datecreated",
    "created",
    "original-publish-date",
    "article_date_original",
    "cxenseparse:recs:publishtime",
    "dcterms.date",
    "bt:pubdate",
    "vr:published_time",
    "shareaholic:article_published_time",
    "og:pubdate",
    "article:post_date",
    "mediator_published_time",
    "og:regdate",
];
const META_VAGUE: &[&str] = &[
    "date",
    "dc.date",
    "dc:date",
    "timestamp",
    "last-modified",
    "og:updated_time",
    "article:modified_time",
    "revised",
];

/// What the name of an element's class or id tells of a day in it, by bit.
const DATED: u8 = 1;
const CHANGED: u8 = 2;
const PUBLISHED: u8 = 4;
const DAY_CUES: [(&str, u8); 14] = [
    ("date", DATED | PUBLISHED),
    ("publish", DATED),
    ("datum", DATED),
    ("fecha", DATED),
    ("time", DATED),
    ("posted", DATED | PUBLISHED),
    ("meta", DATED),
    ("byline", DATED),
    ("info", DATED),
    ("update", CHANGED),
    ("modif", CHANGED),
    ("aktualis", CHANGED),
    ("publi", PUBLISHED),
    ("entry-date", PUBLISHED),
];

static DAY_NAMES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(DAY_CUES.map(|(name, _)| name))
        .expect("a few short words")
});

fn day_cues(name: &str) -> u8 {
    DAY_NAMES.find_overlapping_iter(name).fold(0, |cues, found| cues | DAY_CUES[found.pattern().as_usize()].1)
}

impl Days<'_, '_> {
    fn offer(&mut self, rank: u32, value: &str) {
        if let Some(day) = day::machine(value, self.order) {
            self.found.push((rank, day));
        }
    }

    fn best(&self) -> Option<Date> {
        // A day beside the headline far from what the markup says is one that the story tells of.
        let said = self
            .found
            .iter()
            .filter(|(rank, _)| (84..=95).contains(rank))
            .max_by_key(|(rank, _)| *rank)
            .map(|(_, day)| *day);
        let apart = |day: &Date, other: Date| (day.days() - other.days()).abs();
        let far = |(rank, day): &(u32, Date)| {
            *rank >= SHOWN && said.is_some_and(|said| apart(day, said) > FAR_DAYS)
        };
        let found: Vec<(u32, Date)> = self.found.iter().filter(|found| !far(found)).copied().collect();
        let top = found.iter().map(|(rank, _)| *rank).max()?;
        let mut best = found.iter().find(|(rank, _)| *rank == top).map(|(_, day)| *day)?;
        let shown = found.iter().any(|(rank, _)| *rank >= SHOWN);
        if let Some(said) = said {
            let near = |rank: &u32| *rank >= SHOWN || BESIDE.contains(rank) || matches!(*rank, 73 | 76 | 82);
            if shown && found.iter().any(|(rank, day)| near(rank) && *day == said) {
                // Of several days beside the headline one is today's, or the number's.
                best = said;
            } else if !shown && best == said {
                // What a reader sees beside the headline, here in a line that no markup calls a day.
                let mut beside = found
                    .iter()
                    .filter(|(rank, day)| BESIDE.contains(rank) && apart(day, said) <= FAR_DAYS)
                    .map(|(_, day)| *day);
                if let Some(first) = beside.next()
                    && first != said
                    && beside.all(|day| day != said)
                {
                    best = first;
                }
            }
        }
        // An address is given once; pages that were moved or written anew keep it.
        let address = found.iter().find(|(rank, _)| *rank == ADDRESS).map(|(_, day)| *day);
        Some(address.filter(|address| best.days() - address.days() > MOVED_DAYS).unwrap_or(best))
    }

    fn gather(&mut self, title: Option<usize>, kept: &[usize], address: Option<&str>) {
        let page = self.page;
        let linked::Linked { published, created, modified, page_published, .. } = &page.linked;
        for (rank, value) in [(95, published), (50, created), (44, page_published), (15, modified)] {
            self.offer(rank, value.as_deref().unwrap_or_default());
        }
        for (name, value, _) in &page.head.metas {
            if META_DAYS.contains(&name.as_str()) {
                self.offer(90, value);
            } else if let Some(at) = META_VAGUE.iter().position(|vague| vague == name) {
                self.offer(if at < 4 { 84 } else { 12 }, value);
            }
        }
        if let Some(day) = address.and_then(day::address) {
            self.found.push((ADDRESS, day));
        }
        let list = &page.blocks.list;
        let first = kept.first().copied().unwrap_or(0);
        let text = kept.iter().copied().find(|&i| list[i].chars >= 60).unwrap_or(first);
        let last = kept.last().copied().unwrap_or(text);
        let start = title.filter(|&title| title <= text).unwrap_or(text);
        self.elements(start, text, last);
        self.visible(start, text, last);
    }

    fn elements(&mut self, start: usize, text: usize, last: usize) {
        let (page, order) = (self.page, self.order);
        let tree = &page.tree;
        let node = |i: usize| page.blocks.list.get(i).map_or(0, |block| block.first);
        let (from, to, end) = (node(start.saturating_sub(NEAR)), node(text + 3), node(last));
        let (tight_from, tight_to) = (node(start.saturating_sub(3)), node(text + 1));
        let mut vague = 0;
        for id in 0..tree.nodes.len() as NodeId {
            let tag = tree.tag(id);
            if matches!(tag, Tag::Text | Tag::Meta) {
                continue;
            }
            let prop = tree.raw_value(id, Key::Itemprop).unwrap_or_default();
            let cues = [Key::Class, Key::Id, Key::TestId]
                .iter()
                .filter_map(|&key| tree.raw_value(id, key))
                .fold(0, |cues, value| cues | day_cues(&value[..floor(value, 120)]));
            let dated = cues & DATED != 0;
            if tag != Tag::Time && prop.is_empty() && !dated {
                continue;
            }
            let near = from <= id && id <= to;
            let changed = cues & CHANGED != 0 || prop.to_ascii_lowercase().contains("modified");
            let value = tree
                .value(id, Key::Datetime)
                .or_else(|| tree.value(id, Key::Content))
                .filter(|value| !value.is_empty());
            let published = prop.split_ascii_whitespace().any(|word| {
                word.eq_ignore_ascii_case("datePublished") || word.eq_ignore_ascii_case("dateCreated")
            });
            let small = tree.node(id).end - id < 60;
            if !small || vague > 400 {
                continue;
            }
            let found = value.and_then(|value| day::machine(&value, order)).or_else(|| {
                vague += 1;
                day::visible(&tree.text(id, 200), order).first().copied()
            });
            let Some(day) = found else { continue };
            if self.aside(id) {
                self.found.push((5, day));
                continue;
            }
            // What a reader sees beside the headline is the day that the page gives itself; markup often has a later one.
            let shown = tight_from <= id
                && id <= tight_to
                && tree.text(id, 100).len() < 80
                && !tree.text(id, 100).is_empty();
            let rank = match (tag == Tag::Time, published, near, changed) {
                (_, _, _, true) => 14,
                _ if shown && !day::visible(&tree.text(id, 100), order).is_empty() => {
                    97 + u32::from(published)
                }
                (_, true, true, _) => 82,
                (_, true, false, _) => {
                    if id < end {
                        74
                    } else {
                        35
                    }
                }
                (true, _, true, _) if cues & PUBLISHED != 0 => 76,
                (true, _, true, _) => 73,
                (true, _, false, _) => {
                    if id < end {
                        42
                    } else {
                        28
                    }
                }
                (false, _, true, _) => 62,
                _ => {
                    if id < end {
                        24
                    } else {
                        22
                    }
                }
            };
            self.found.push((rank, day));
        }
    }

    /// Whether an element belongs to a comment or to another story.
    fn aside(&self, id: NodeId) -> bool {
        let tree: &Tree<'_> = &self.page.tree;
        let apart = |up: NodeId| !(up <= self.text && self.text < tree.node(up).end);
        std::iter::once(id).chain(tree.ancestors(id)).take(12).take_while(|&up| apart(up)).any(|up| {
            [Key::Class, Key::Id].iter().filter_map(|&key| tree.raw_value(up, key)).any(|value| {
                let value = value[..floor(value, 200)].to_ascii_lowercase();
                ["comment", "kommentar", "related", "recommend", "sidebar", "widget", "teaser", "recent"]
                    .iter()
                    .any(|word| value.contains(word))
            })
        })
    }

    fn visible(&mut self, start: usize, text: usize, last: usize) {
        let page = self.page;
        let list = &page.blocks.list;
        let line = |i: usize| page.blocks.words(&list[i]);
        let cue = |words: &str| {
            let lower = words[..floor(words, DATE_LINE)].to_lowercase();
            [
                "publi",
                "veröffentlicht",
                "posted",
                "erstellt",
                "vom ",
                "am ",
                "on ",
                "stand",
                "uhr",
                "datum",
                "date",
                "geschrieben",
                "written",
                "eingestellt",
                "von ",
                "by ",
            ]
            .iter()
            .any(|word| lower.contains(word))
        };
        for (i, block) in list.iter().enumerate().take(text + 4).skip(start.saturating_sub(6)) {
            let words = line(i);
            if words.len() > DATE_LINE {
                // A dateline opens the text.
                if i >= start
                    && i <= text + 1
                    && let Some(day) = day::visible(&words[..floor(words, 70)], self.order).first()
                {
                    self.found.push((46, *day));
                }
                continue;
            }
            if self.aside(block.node) {
                continue;
            }
            if let Some(day) = day::visible(words, self.order).first() {
                let changed =
                    words.to_lowercase().contains("updat") || words.to_lowercase().contains("aktualisiert");
                let rank = if changed && day::visible(words, self.order).len() == 1 {
                    45
                } else if i < start {
                    48
                } else if i <= text || cue(words) {
                    60
                } else {
                    47
                };
                self.found.push((rank, *day));
            }
        }
        for (i, block) in list.iter().enumerate().take(last + 10).skip(last.saturating_sub(1)) {
            let words = line(i);
            if words.len() <= DATE_LINE * 2
                && !self.aside(block.node)
                && cue(words)
                && let Some(day) = day::visible(words, self.order).first()
            {
                self.found.push((32, *day));
            }
        }
        // Where nothing better is found: a line that is little more than a day, wherever it stands.
        if self.found.iter().all(|(rank, _)| *rank < 12) {
            let lines = (0..list.len().min(4000)).filter(|&i| line(i).len() <= 60);
            let day = lines.filter_map(|i| day::visible(line(i), self.order).first().copied()).next();
            self.found.extend(day.map(|day| (4, day)));
        }
    }
}
