//! Own sentences in, records out: what each passage says, line by line (`testdata/extraction/*.toml`).
//!
//! A case lists all records of the kinds that it names, so that a record too many fails it as one too few does.

use std::sync::LazyLock;

use serde::Deserialize;
use watchkeeper_extraction::{Codebook, extract, things, ties};
use watchkeeper_nlp::{Annotator, Language, Options};
use watchkeeper_record::article::{Block, BlockKind};
use watchkeeper_record::codebook::{Polarity, Realis};
use watchkeeper_record::mention::{KnownName, NameBearer, PhraseIndex, Speaker, Thing, ThingKind, Tie};
use watchkeeper_record::names::NoNames;
use watchkeeper_record::{Article, Document, Mentions, Span};

static WEIGHTS: &[u8] = include_bytes!("../../../weights/en_core_web_sm-3.8.0.wkw");
static LANGUAGE: LazyLock<Language> =
    LazyLock::new(|| Language::from_weights(WEIGHTS).expect("the shipped weights load"));
static CODEBOOK: LazyLock<Codebook> =
    LazyLock::new(|| Codebook::english().expect("the shipped data is well-formed"));

#[derive(Deserialize)]
struct Suite {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    text: String,
    /// `kind | speaker | cue | content`, and after it `denies`, `certainty: …`, `threat: …` where there are such.
    statements: Option<Vec<String>>,
    /// `from KIND to`, and the realis unless it is actual.
    relations: Option<Vec<String>>,
    /// `holder STATUS place`, `against` the counterpart, and the realis unless it is actual.
    control: Option<Vec<String>>,
    /// The words of each time expression.
    times: Option<Vec<String>>,
    /// `kind: words` for each thing.
    things: Option<Vec<String>>,
    /// `first TIE second` for each tie.
    ties: Option<Vec<String>>,
    /// `trigger < speaker` for each event that a statement carries.
    asserted: Option<Vec<String>>,
}

fn document(text: &str) -> Document {
    let mut blocks = Vec::new();
    let mut start = 0;
    for part in text.split("\n\n") {
        let lead = part.len() - part.trim_start().len();
        let trimmed = part.trim();
        if !trimmed.is_empty() {
            let from = start + lead;
            blocks.push(Block {
                kind: BlockKind::Paragraph,
                pieces: vec![Span::from_range(from..from + trimmed.len())],
            });
        }
        start += part.len() + 2;
    }
    let article = Article::of_blocks(text, blocks);
    Annotator::new(&LANGUAGE, &Options::default()).annotate(&[article]).remove(0)
}

struct Shown<'a> {
    doc: &'a Document,
    mentions: &'a Mentions,
}

impl Shown<'_> {
    fn words(&self, span: Span) -> String {
        span.of(self.doc.text()).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn phrase(&self, phrase: PhraseIndex) -> String {
        self.words(self.doc.span(self.mentions.phrases[phrase as usize].tokens.clone()))
    }

    fn speaker(&self, speaker: Speaker) -> String {
        match speaker {
            Speaker::Author => "AUTHOR".to_owned(),
            Speaker::Phrase(phrase) => self.phrase(phrase),
            Speaker::Anonymous(None) => "ANONYMOUS".to_owned(),
            Speaker::Anonymous(Some(phrase)) => format!("ANONYMOUS {}", self.phrase(phrase)),
        }
    }

    fn statements(&self) -> Vec<String> {
        let line = |statement: &watchkeeper_record::mention::StatementMention| {
            let mut line = format!(
                "{} | {} | {} | {}",
                statement.kind,
                self.speaker(statement.speaker),
                self.words(statement.cue),
                self.words(statement.content)
            );
            if statement.polarity == Polarity::Denies {
                line.push_str(" | denies");
            }
            if let Some(certainty) = &statement.certainty {
                line.push_str(&format!(" | certainty: {}", certainty.words));
            }
            if let Some(threat) = &statement.threat {
                let mut parts: Vec<String> = threat.words.iter().map(|&words| self.words(words)).collect();
                parts.extend(
                    threat
                        .targets
                        .iter()
                        .map(|target| format!("to {} ({})", self.words(target.span), target.r#type)),
                );
                parts.extend(
                    threat
                        .area
                        .map(|area| format!("for {}", self.words(self.mentions.places[area as usize].span))),
                );
                line.push_str(&format!(" | threat: {}", parts.join(", ")));
            }
            line
        };
        self.mentions.statements.iter().map(line).collect()
    }

    fn relations(&self) -> Vec<String> {
        let line = |relation: &watchkeeper_record::mention::RelationMention| {
            let mut line =
                format!("{} {} {}", self.phrase(relation.from), relation.kind, self.phrase(relation.to));
            if relation.realis != Realis::Actual {
                line.push_str(&format!(" | {}", relation.realis));
            }
            line
        };
        self.mentions.relations.iter().map(line).collect()
    }

    fn things(&self) -> Vec<String> {
        let line =
            |thing: &Thing| format!("{:?}: {}", thing.kind, self.words(self.doc.span(thing.tokens.clone())));
        self.found_things().iter().map(line).collect()
    }

    fn ties(&self) -> Vec<String> {
        let found = self.found_things();
        let words = |thing: usize| self.words(self.doc.span(found[thing].tokens.clone()));
        let line = |tie: &Tie| format!("{} {:?} {}", words(tie.from), tie.kind, words(tie.to));
        ties(self.doc, &CODEBOOK, &found).iter().map(line).collect()
    }

    fn found_things(&self) -> Vec<Thing> {
        things(self.doc, &CODEBOOK, self.mentions, &[])
    }

    fn control(&self) -> Vec<String> {
        let line = |control: &watchkeeper_record::mention::ControlMention| {
            let place = self.words(self.mentions.places[control.place as usize].span);
            let mut line = format!("{} {} {place}", self.phrase(control.holder), control.status);
            if let Some(counterpart) = control.counterpart {
                line.push_str(&format!(" against {}", self.phrase(counterpart)));
            }
            if control.realis != Realis::Actual {
                line.push_str(&format!(" | {}", control.realis));
            }
            line
        };
        self.mentions.control.iter().map(line).collect()
    }

    fn times(&self) -> Vec<String> {
        self.mentions.times.iter().map(|time| self.words(time.span)).collect()
    }

    fn asserted(&self) -> Vec<String> {
        self.mentions
            .events
            .iter()
            .filter_map(|event| {
                let statement = &self.mentions.statements[event.asserted_by? as usize];
                let trigger = self.words(self.doc.span(event.trigger.clone()));
                Some(format!("{trigger} < {}", self.speaker(statement.speaker)))
            })
            .collect()
    }
}

fn check(name: &str, suite: &str) {
    let suite: Suite = toml::from_str(suite).expect("the suite is well-formed");
    let mut wrong = String::new();
    for case in &suite.case {
        let doc = document(&case.text);
        let mentions = extract(&doc, &CODEBOOK, &NoNames);
        let shown = Shown { doc: &doc, mentions: &mentions };
        let mut compare = |kind: &str, wanted: &Option<Vec<String>>, got: Vec<String>| {
            if let Some(wanted) = wanted
                && *wanted != got
            {
                wrong.push_str(&format!("{}\n  {kind} wanted {wanted:#?}\n  got {got:#?}\n", case.text));
            }
        };
        compare("statements", &case.statements, shown.statements());
        compare("relations", &case.relations, shown.relations());
        compare("control", &case.control, shown.control());
        if case.things.is_some() {
            compare("things", &case.things, shown.things());
        }
        if case.ties.is_some() {
            compare("ties", &case.ties, shown.ties());
        }
        compare("times", &case.times, shown.times());
        compare("asserted", &case.asserted, shown.asserted());
    }
    assert!(wrong.is_empty(), "{name}:\n{wrong}");
}

#[test]
fn statements() {
    check("statements", include_str!("../../../testdata/extraction/statements.toml"));
}

#[test]
fn relations() {
    check("relations", include_str!("../../../testdata/extraction/relations.toml"));
}

#[test]
fn control() {
    check("control", include_str!("../../../testdata/extraction/control.toml"));
}

#[test]
fn things_and_ties() {
    check("things", include_str!("../../../testdata/extraction/things.toml"));
}

/// A country that acts is a body, one that something is in is a place.
#[test]
fn countries_act_or_are_places() {
    let doc =
        document("Kenya sent its envoys. The talks were held in Kenya, and they supported Kenya's decision.");
    let mentions = extract(&doc, &CODEBOOK, &NoNames);
    let known: Vec<KnownName> = (0..doc.tokens().len() as u32)
        .filter(|&token| doc.token(token).text == "Kenya")
        .map(|token| KnownName { tokens: token..token + 1, bearer: NameBearer::State, sure: true })
        .collect();
    let kinds: Vec<ThingKind> = things(&doc, &CODEBOOK, &mentions, &known)
        .iter()
        .filter(|thing| doc.token(thing.head).text == "Kenya")
        .map(|thing| thing.kind)
        .collect();
    assert_eq!(kinds, [ThingKind::Body, ThingKind::Place, ThingKind::Body]);
}

#[test]
fn times() {
    check("times", include_str!("../../../testdata/extraction/times.toml"));
}

/// Odd texts: nothing panics, every span lies in the text, every index in its list.
#[test]
fn odd_texts() {
    let texts = [
        "",
        " \n\n ",
        "\"",
        "“ “ “ said said said said said",
        "”””said the ‘’ minister”",
        "He said he said he said he said he said that she denied that they claimed responsibility.",
        "SINCE UNTIL 9999999 YEARS AGO 31 FEBRUARY 2017-99-99 25:61 P.M.",
        "2017-02-30 to 99/99/9999 and 4000000000 weeks later, -5 May.",
        "Ünal: «Нет». 🚚 said—“no”… (X) (Y) (Z",
        "The loss of to from by the capture of by of.",
        "under the control of under the control of in the hands of",
        "Islamic State in in the in Province 's Province",
        "rebel-held - held - backed -led",
        "(SDF) ( (X), 12 20 % of 3.5 km of , near Near near , we it, including such as including",
        "commander, commander of, commander of of the of, formerly ( formerly X",
    ];
    let long = "The rebels said the town fell to the army, the army said it held it, and ".repeat(300);
    for text in texts.iter().copied().chain([long.as_str()]) {
        let doc = document(text);
        let mentions = extract(&doc, &CODEBOOK, &NoNames);
        let tokens = doc.tokens().len() as u32;
        let found = things(&doc, &CODEBOOK, &mentions, &[]);
        for thing in &found {
            assert!(thing.tokens.contains(&thing.head) && thing.tokens.end <= tokens, "{text}: {thing:?}");
        }
        for tie in ties(&doc, &CODEBOOK, &found) {
            assert!(tie.from != tie.to && tie.from.max(tie.to) < found.len(), "{text}");
        }
        for statement in &mentions.statements {
            assert!(!statement.content_tokens.is_empty() && statement.content_tokens.end <= tokens);
            assert!(!statement.evidence.is_empty());
            let _ = (statement.cue.of(text), statement.content.of(text));
        }
        for control in &mentions.control {
            assert!((control.place as usize) < mentions.places.len() && !control.evidence.is_empty());
        }
        for relation in &mentions.relations {
            assert!(relation.from != relation.to && !relation.evidence.is_empty());
        }
        for time in &mentions.times {
            assert!(!time.span.of(text).is_empty());
        }
    }
}

/// Words of the time vocabulary in any order: nothing panics, mentions keep their order and never overlap.
#[test]
fn soups_of_time_words() {
    let tables = [
        include_str!("../../../data/lexicon/en/time/words.tsv"),
        include_str!("../../../data/lexicon/en/time/phrases.tsv"),
        include_str!("../../../data/lexicon/en/time/feasts.tsv"),
    ];
    let mut words: Vec<&str> = tables
        .iter()
        .flat_map(|table| table.lines().filter(|line| !line.starts_with('#')))
        .filter_map(|line| line.split(['\t', '|']).next())
        .collect();
    words.extend([
        "the",
        "a",
        "of",
        "to",
        "from",
        "between",
        "and",
        "-",
        "–",
        "on",
        "at",
        "in",
        ",",
        "2017",
        "31",
        "0",
        "99999999",
        "5:30",
        "1/2",
        "'s",
        "'80s",
        "2017-02-30",
        "May",
        "Monday",
        "Ramadan",
        "since",
        "until",
        "than",
        "more",
        "or",
        "so",
        "was",
        "will",
        "killed",
        "said",
        "ended",
        "fiscal",
        "year",
        "half",
        ".",
        "\n\n",
    ]);
    let mut seed = 7_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize
    };
    for _ in 0..40 {
        let text: Vec<&str> = (0..120).map(|_| words[next() % words.len()]).collect();
        let text = text.join(" ");
        let doc = document(&text);
        let mentions = extract(&doc, &CODEBOOK, &NoNames);
        for pair in mentions.times.windows(2) {
            assert!(pair[0].tokens.end <= pair[1].tokens.start, "{text}");
        }
        for time in &mentions.times {
            assert!(time.tokens.start < time.tokens.end && !time.span.of(&text).is_empty(), "{text}");
            for side in &time.sides {
                assert!(side.start() >= time.span.start() && side.end() <= time.span.end(), "{text}");
            }
        }
    }
}
