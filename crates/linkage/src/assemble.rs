//! Puts linked mentions together into the records of a reading: ids in text order, spans outside masks, nothing dangling.

use std::collections::BTreeMap;

use watchkeeper_record::mention::{EventMention, Speaker, StatementMention};
use watchkeeper_record::reading::{
    Actor, Control, Count, Event, Place, Relation, SpeakerOf, Statement, Target, Threat, Time, Toll, Weapon,
};
use watchkeeper_record::{Article, Document, Mentions, Reading, Span};

use crate::actor::ActorLinks;
use crate::attach::describes_another;
use crate::mask;
use crate::place::PlaceLinks;
use crate::time::TimeLinks;

/// Which record of the reading each mention became; indices into the reading's vectors.
#[derive(Debug, Default)]
pub(crate) struct Traces {
    /// For each phrase.
    pub(crate) actor_of_phrase: Vec<Option<usize>>,
    /// For each place mention.
    pub(crate) place_of_mention: Vec<Option<usize>>,
    /// For each time mention.
    pub(crate) time_of_mention: Vec<Option<usize>>,
    /// For each event of the reading its mention.
    pub(crate) mention_of_event: Vec<usize>,
    /// For each event of the reading whether it is told by its distance from another one: `four days after a raid`.
    pub(crate) beside: Vec<bool>,
}

/// Fills the reading's records from linked mentions.
pub(crate) fn assemble(
    doc: &Document,
    mentions: &Mentions,
    actors: ActorLinks,
    places: PlaceLinks,
    times: TimeLinks,
    reading: &mut Reading,
) -> Traces {
    let article = doc.article();
    let mut traces = Traces::default();

    let (list, order) = in_text_order(article, actors.actors, |actor: &mut Actor| &mut actor.mentions);
    reading.actors = list;
    for (number, actor) in reading.actors.iter_mut().enumerate() {
        actor.id = id('a', number);
    }
    traces.actor_of_phrase = remap(&actors.of_phrase, &order);

    let (list, order) = in_text_order(article, places.places, |place: &mut Place| &mut place.mentions);
    reading.places = list;
    for (number, place) in reading.places.iter_mut().enumerate() {
        place.id = id('p', number);
        place.score = round(place.score);
        for candidate in &mut place.candidates {
            candidate.score = round(candidate.score);
        }
    }
    traces.place_of_mention = remap(&places.of_mention, &order);

    let (list, order) = in_text_order(article, times.times, |time: &mut Time| &mut time.mentions);
    reading.times = list;
    for (number, time) in reading.times.iter_mut().enumerate() {
        time.id = id('t', number);
    }
    traces.time_of_mention = remap(&times.of_mention, &order);

    let mut ids = Ids { doc, mentions, reading, traces: &traces, statements: Vec::new() };
    let statements = statements(&mut ids);
    let (events, mention_of_event) = events(&ids);
    let relations = relations(&ids);
    let control = control(&ids);
    reading.statements = statements;
    reading.events = events;
    reading.relations = relations;
    reading.control = control;
    traces.mention_of_event = mention_of_event;
    traces
}

/// Looks up the published id of what a mention became.
struct Ids<'a> {
    doc: &'a Document,
    mentions: &'a Mentions,
    /// The id of what each statement mention became.
    statements: Vec<Option<String>>,
    reading: &'a Reading,
    traces: &'a Traces,
}

impl Ids<'_> {
    fn actor(&self, phrase: u32) -> Option<String> {
        let index = (*self.traces.actor_of_phrase.get(phrase as usize)?)?;
        Some(self.reading.actors[index].id.clone())
    }

    /// The ids of several phrases in order, each once.
    fn actors(&self, phrases: &[u32]) -> Vec<String> {
        let mut ids = Vec::new();
        for id in phrases.iter().filter_map(|&phrase| self.actor(phrase)) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    fn place(&self, mention: u32) -> Option<String> {
        let index = (*self.traces.place_of_mention.get(mention as usize)?)?;
        Some(self.reading.places[index].id.clone())
    }

    fn time(&self, mention: u32) -> Option<String> {
        let index = (*self.traces.time_of_mention.get(mention as usize)?)?;
        Some(self.reading.times[index].id.clone())
    }

    fn statement(&self, mention: Option<u32>) -> Option<String> {
        self.statements.get(mention? as usize)?.clone()
    }

    fn article(&self) -> &Article {
        self.doc.article()
    }

    /// The readable words of a phrase.
    fn phrase_span(&self, phrase: u32) -> Option<Span> {
        let phrase = self.mentions.phrases.get(phrase as usize)?;
        mask::clip(self.article(), self.doc.span(phrase.tokens.clone()))
    }

    /// Evidence outside masks; `instead` where nothing is left of it.
    fn evidence(&self, spans: &[Span], instead: Option<Span>) -> Vec<Span> {
        let mut evidence = mask::evidence(self.article(), spans);
        if evidence.is_empty() {
            evidence.extend(instead);
        }
        evidence
    }
}

fn statements(ids: &mut Ids<'_>) -> Vec<Statement> {
    let mut kept: Vec<(usize, Statement)> = ids
        .mentions
        .statements
        .iter()
        .enumerate()
        .filter_map(|(number, mention)| Some((number, statement(ids, mention)?)))
        .collect();
    kept.sort_by_key(|(number, statement)| (statement.evidence[0].start(), statement.cue, *number));
    ids.statements = vec![None; ids.mentions.statements.len()];
    for (position, (number, statement)) in kept.iter_mut().enumerate() {
        statement.id = id('s', position);
        ids.statements[*number] = Some(statement.id.clone());
    }
    kept.into_iter().map(|(_, statement)| statement).collect()
}

fn statement(ids: &Ids<'_>, mention: &StatementMention) -> Option<Statement> {
    let article = ids.article();
    let cue = mask::clip(article, mention.cue)?;
    let content = mask::clip(article, mention.content)?;
    let (phrase, author, anonymous) = match mention.speaker {
        Speaker::Author => (None, true, false),
        Speaker::Phrase(phrase) => (Some(phrase), false, false),
        Speaker::Anonymous(phrase) => (phrase, false, true),
    };
    Some(Statement {
        id: String::new(),
        speaker: SpeakerOf {
            actor: phrase.and_then(|phrase| ids.actor(phrase)),
            author,
            anonymous,
            span: phrase.and_then(|phrase| ids.phrase_span(phrase)),
        },
        kind: mention.kind,
        cue,
        content,
        quoted: mention.quoted,
        about: ids.actors(&mention.about),
        threat: mention.threat.as_ref().map(|threat| Threat {
            words: threat.words.and_then(|span| mask::clip(article, span)).map(|span| words(article, span)),
            targets: targets(article, &threat.targets),
            area: threat.area.and_then(|place| ids.place(place)),
        }),
        certainty: mention.certainty.clone(),
        polarity: mention.polarity,
        score: round(f64::from(mention.score)),
        why: mention.why.clone(),
        evidence: ids.evidence(&mention.evidence, Some(content)),
    })
}

/// The events in order of their triggers, and the mention of each. An event whose trigger is masked is dropped.
fn events(ids: &Ids<'_>) -> (Vec<Event>, Vec<usize>) {
    let mut kept: Vec<(usize, Event)> = ids
        .mentions
        .events
        .iter()
        .enumerate()
        .filter_map(|(number, mention)| Some((number, event(ids, mention)?)))
        .collect();
    kept.sort_by_key(|(number, event)| (event.trigger, *number));
    for (position, (_, event)) in kept.iter_mut().enumerate() {
        event.id = id('e', position);
    }
    let of_event = kept.iter().map(|(number, _)| *number).collect();
    (kept.into_iter().map(|(_, event)| event).collect(), of_event)
}

fn event(ids: &Ids<'_>, mention: &EventMention) -> Option<Event> {
    let article = ids.article();
    let trigger = mask::clip(article, ids.doc.span(mention.trigger.clone()))?;
    Some(Event {
        id: String::new(),
        category: mention.category,
        mode: mention.mode,
        contexts: mention.contexts.clone(),
        incident_type: mention.incident_type,
        trigger,
        actors: ids.actors(&mention.actors),
        recipients: ids.actors(&mention.recipients),
        place: event_place(ids, mention),
        time: mention.time.and_then(|time| ids.time(time)),
        weapons: mention
            .weapons
            .iter()
            .filter_map(|weapon| {
                Some(Weapon { r#type: weapon.r#type, span: mask::clip(article, weapon.span)? })
            })
            .collect(),
        targets: targets(article, &mention.targets),
        toll: toll(article, &mention.toll),
        realis: mention.realis,
        background: mention.background,
        asserted_by: ids.statement(mention.asserted_by),
        score: round(f64::from(mention.score)),
        why: mention.why.clone(),
        evidence: ids.evidence(&mention.evidence, Some(trigger)),
    })
}

/// The first place of an event that isn't merely the landmark of another; else the first.
fn event_place(ids: &Ids<'_>, mention: &EventMention) -> Option<String> {
    let own = mention.places.iter().filter(|&&place| {
        let place = ids.mentions.places.get(place as usize);
        place.is_some_and(|place| !describes_another(ids.doc, place))
    });
    own.chain(&mention.places).find_map(|&place| ids.place(place))
}

/// The relations in text order. What several passages tell alike is one relation with the evidence of all.
fn relations(ids: &Ids<'_>) -> Vec<Relation> {
    let mut list: Vec<Relation> = Vec::new();
    let mut known = BTreeMap::new();
    for mention in &ids.mentions.relations {
        let (Some(from), Some(to)) = (ids.actor(mention.from), ids.actor(mention.to)) else { continue };
        let evidence = ids.evidence(&mention.evidence, ids.phrase_span(mention.from));
        if from == to || evidence.is_empty() {
            continue;
        }
        let relation = Relation {
            id: String::new(),
            kind: mention.kind,
            from,
            to,
            realis: mention.realis,
            since: mention.since.and_then(|time| ids.time(time)),
            until: mention.until.and_then(|time| ids.time(time)),
            asserted_by: ids.statement(mention.asserted_by),
            score: round(f64::from(mention.score)),
            why: mention.why.clone(),
            evidence,
        };
        let key = (
            relation.kind,
            relation.from.clone(),
            relation.to.clone(),
            relation.realis,
            relation.asserted_by.clone(),
        );
        let told = known.get(&key).map(|&index: &usize| &mut list[index]);
        match told {
            Some(known) => {
                known.since = known.since.take().or(relation.since);
                known.until = known.until.take().or(relation.until);
                known.score = known.score.max(relation.score);
                merge(&mut known.evidence, relation.evidence);
                add_new(&mut known.why, relation.why);
            }
            None => {
                known.insert(key, list.len());
                list.push(relation);
            }
        }
    }
    list.sort_by(|a, b| a.evidence.cmp(&b.evidence));
    for (number, relation) in list.iter_mut().enumerate() {
        relation.id = id('r', number);
    }
    list
}

/// The control records in text order. What several passages tell alike is one record with the evidence of all.
fn control(ids: &Ids<'_>) -> Vec<Control> {
    let mut list: Vec<Control> = Vec::new();
    let mut known: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for mention in &ids.mentions.control {
        let (Some(place), Some(holder)) = (ids.place(mention.place), ids.actor(mention.holder)) else {
            continue;
        };
        let evidence = ids.evidence(&mention.evidence, ids.phrase_span(mention.holder));
        if evidence.is_empty() {
            continue;
        }
        let counterpart =
            mention.counterpart.and_then(|phrase| ids.actor(phrase)).filter(|actor| *actor != holder);
        let control = Control {
            id: String::new(),
            place,
            holder,
            status: mention.status,
            counterpart,
            time: mention.time.and_then(|time| ids.time(time)),
            realis: mention.realis,
            asserted_by: ids.statement(mention.asserted_by),
            score: round(f64::from(mention.score)),
            why: mention.why.clone(),
            evidence,
        };
        let key = (
            control.place.clone(),
            control.holder.clone(),
            control.status,
            control.realis,
            control.asserted_by.clone(),
        );
        let alike: &mut Vec<usize> = known.entry(key).or_default();
        let same_time = |index: &&usize| {
            let other: &Control = &list[**index];
            other.time == control.time || other.time.is_none() || control.time.is_none()
        };
        let told = alike.iter().take(16).find(same_time).copied();
        if told.is_none() {
            alike.push(list.len());
        }
        let told = told.map(|index| &mut list[index]);
        match told {
            Some(known) => {
                known.time = known.time.take().or(control.time);
                known.counterpart = known.counterpart.take().or(control.counterpart);
                known.score = known.score.max(control.score);
                merge(&mut known.evidence, control.evidence);
                add_new(&mut known.why, control.why);
            }
            None => list.push(control),
        }
    }
    list.sort_by(|a, b| a.evidence.cmp(&b.evidence));
    for (number, control) in list.iter_mut().enumerate() {
        control.id = id('c', number);
    }
    list
}

fn targets(article: &Article, targets: &[Target]) -> Vec<Target> {
    targets
        .iter()
        .filter_map(|target| Some(Target { r#type: target.r#type, span: mask::clip(article, target.span)? }))
        .collect()
}

/// A toll without the counts that are masked.
fn toll(article: &Article, toll: &Toll) -> Toll {
    let count = |count: &Option<Count>| -> Option<Count> {
        let count = count.as_ref()?;
        Some(Count { span: mask::clip(article, count.span)?, ..count.clone() })
    };
    Toll {
        killed: count(&toll.killed),
        by: toll.by.clone(),
        wounded: count(&toll.wounded),
        abducted: count(&toll.abducted),
        arrested: count(&toll.arrested),
        displaced: count(&toll.displaced),
    }
}

/// Cleans each record's mentions of masked text, drops records that have none left, and sorts the rest by their first mention.
/// Returns them with the new place of each old index.
fn in_text_order<R>(
    article: &Article,
    records: Vec<R>,
    mentions: impl Fn(&mut R) -> &mut Vec<Span>,
) -> (Vec<R>, Vec<Option<usize>>) {
    let mut order = vec![None; records.len()];
    let mut kept: Vec<(Span, usize, R)> = Vec::with_capacity(records.len());
    for (number, mut record) in records.into_iter().enumerate() {
        let spans = mentions(&mut record);
        let mut clean: Vec<Span> = spans.iter().filter_map(|&span| mask::clip(article, span)).collect();
        clean.sort_unstable();
        clean.dedup();
        let first = clean.first().copied();
        *spans = clean;
        if let Some(first) = first {
            kept.push((first, number, record));
        }
    }
    kept.sort_by_key(|&(first, number, _)| (first, number));
    for (position, (_, number, _)) in kept.iter().enumerate() {
        order[*number] = Some(position);
    }
    (kept.into_iter().map(|(_, _, record)| record).collect(), order)
}

fn remap(links: &[Option<usize>], order: &[Option<usize>]) -> Vec<Option<usize>> {
    links.iter().map(|link| order.get((*link)?).copied().flatten()).collect()
}

fn merge(evidence: &mut Vec<Span>, more: Vec<Span>) {
    evidence.extend(more);
    evidence.sort_unstable();
    evidence.dedup();
}

fn add_new(why: &mut Vec<String>, more: Vec<String>) {
    for reason in more {
        if !why.contains(&reason) {
            why.push(reason);
        }
    }
}

fn words(article: &Article, span: Span) -> String {
    span.of(&article.text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn id(letter: char, index: usize) -> String {
    format!("{letter}{}", index + 1)
}

/// A score as it is published: three digits, inside 0..=1.
fn round(score: f64) -> f64 {
    if score.is_nan() { 0.0 } else { (score.clamp(0.0, 1.0) * 1000.0).round() / 1000.0 }
}
