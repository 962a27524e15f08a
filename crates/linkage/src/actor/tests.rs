//! Own sentences with their annotation (`testdata/actors.txt`, `actors.tsv`): which phrase is linked to which actor.

use watchkeeper_record::article::{Block, BlockKind};
use watchkeeper_record::codebook::ActorKind;
use watchkeeper_record::document::{Entity, Sentence, Token};
use watchkeeper_record::mention::Phrase;
use watchkeeper_record::{Article, Document, Mentions, Span};

use super::*;
use crate::registry::tests::shipped;

struct Case {
    name: String,
    doc: Document,
    mentions: Mentions,
    gold: Vec<String>,
}

fn article(text: &str) -> Article {
    Article::of_blocks(
        text,
        vec![Block { kind: BlockKind::Paragraph, pieces: vec![Span::new(0, text.len() as u32)] }],
    )
}

fn cases() -> Vec<Case> {
    let data = include_str!("../../testdata/actors.tsv");
    let mut cases = Vec::new();
    for part in data.split("\n= ").skip(1) {
        let mut lines = part.lines();
        let name = lines.next().expect("a name").to_owned();
        let text = lines.next().and_then(|line| line.strip_prefix("@ ")).expect("a text");
        let (mut tokens, mut sentences, mut entities) =
            (Vec::new(), Vec::<Sentence>::new(), Vec::<Entity>::new());
        let (mut phrases, mut gold) = (Vec::new(), Vec::new());
        for line in lines {
            if let Some(phrase) = line.strip_prefix("> ") {
                let fields: Vec<&str> = phrase.split('\t').collect();
                let number = |index: usize| fields[index].parse::<u32>().expect("a number");
                phrases.push(Phrase { tokens: number(0)..number(1), head: number(2) });
                gold.push(fields[3].to_owned());
                continue;
            }
            let fields: Vec<&str> = line.split('\t').collect();
            let index = tokens.len() as u32;
            tokens.push(Token {
                span: Span::new(fields[0].parse().expect("a start"), fields[1].parse().expect("an end")),
                text: fields[2].into(),
                lemma: fields[3].into(),
                morph: fields[4].into(),
                tag: fields[5].parse().expect("a tag"),
                pos: fields[6].parse().expect("a coarse tag"),
                dep: fields[7].parse().expect("a label"),
                head: fields[8].parse().expect("a head"),
                space_after: fields[9] == "1",
            });
            if fields[10] == "1" {
                sentences.push(Sentence { tokens: index..index, block: 0 });
            }
            sentences.last_mut().expect("a sentence").tokens.end = index + 1;
            match fields[11] {
                "" => {}
                "I" => entities.last_mut().expect("an entity").tokens.end = index + 1,
                label => {
                    entities.push(Entity { tokens: index..index + 1, label: label.parse().expect("a label") })
                }
            }
        }
        let doc = Document::new(article(text), tokens, sentences, entities);
        cases.push(Case { name, doc, mentions: Mentions { phrases, ..Mentions::default() }, gold });
    }
    cases
}

/// Whether an actor is what the gold says; the text that says what is wrong otherwise.
fn wrong(gold: &str, actor: Option<&Actor>, same: impl Fn(usize) -> bool) -> Option<String> {
    let mut facts = gold.split(';').map(str::trim);
    let main = facts.next().expect("a gold");
    let shown = actor.map_or("nothing".to_owned(), |actor| {
        format!(
            "{} [{}] {} {:?} {:?} private {} role {:?}",
            actor.name,
            actor.registry.as_deref().unwrap_or("-"),
            actor.kind,
            actor.country,
            actor.sector,
            actor.private,
            actor.role
        )
    });
    let good = if matches!(main, "any" | "none-or-any") {
        true
    } else if main == "none" {
        actor.is_none()
    } else if let Some(number) = main.strip_prefix('=') {
        same(number.parse::<usize>().expect("a number") - 1)
    } else if let Some(words) = main.strip_prefix("new ") {
        let words: Vec<&str> = words.split(' ').collect();
        let none = |text: &str| (text != "-").then(|| text.to_owned());
        actor.is_some_and(|actor| {
            actor.registry.is_none()
                && actor.kind == words[0].parse::<ActorKind>().expect("a kind")
                && actor.country == none(words[1])
                && actor.sector.map(|sector| sector.as_str().to_owned()) == none(words[2])
        })
    } else {
        actor.is_some_and(|actor| actor.registry.as_deref() == Some(main))
    };
    let facts_good = facts.all(|fact| {
        actor.is_some_and(|actor| match fact.split_once(' ') {
            Some(("role", role)) => actor.role.as_deref() == Some(role),
            _ if fact == "private" => actor.private,
            _ if fact == "public" => !actor.private,
            _ => panic!("unknown fact {fact}"),
        })
    });
    (!(good && facts_good)).then_some(shown)
}

#[test]
fn phrases_are_linked_to_their_actors() {
    let registry = shipped();
    let mut failures = Vec::new();
    for case in cases() {
        let links = link_actors(&case.doc, &case.mentions, &registry);
        for (index, gold) in case.gold.iter().enumerate() {
            let actor = links.of_phrase[index].map(|actor| &links.actors[actor]);
            let same = |other: usize| {
                links.of_phrase[index].is_some() && links.of_phrase[other] == links.of_phrase[index]
            };
            if let Some(shown) = wrong(gold, actor, same) {
                let words = case.doc.span(case.mentions.phrases[index].tokens.clone()).of(case.doc.text());
                failures.push(format!("{}: [{words}] should be {gold}, is {shown}", case.name));
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn every_actor_has_mentions_in_order_and_none_lies_in_another() {
    let registry = shipped();
    for case in cases() {
        let links = link_actors(&case.doc, &case.mentions, &registry);
        assert_eq!(links, link_actors(&case.doc, &case.mentions, &registry));
        assert_eq!(links.of_phrase.len(), case.mentions.phrases.len());
        for actor in &links.actors {
            assert!(!actor.mentions.is_empty(), "{}", actor.name);
            assert!(
                actor.mentions.windows(2).all(|pair| pair[0].end() <= pair[1].start()),
                "{}: {:?}",
                actor.name,
                actor.mentions
            );
        }
    }
}
