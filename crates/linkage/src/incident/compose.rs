//! Puts an incident together from the events that tell it.

use watchkeeper_record::codebook::{
    ActorKind, Category, Claim, Granularity, IncidentType, PerpetratorKind, Precision, Realis, StatementKind,
    TargetType, WeaponType,
};
use watchkeeper_record::mention::Speaker;
use watchkeeper_record::reading::{
    Count, GroupCount, Incident, Perpetrator, Place, TargetOf, Toll, Victim, VictimCount, WeaponOf,
};
use watchkeeper_record::{Document, Mentions, Reading, Span};

use crate::assemble::Traces;
use crate::incident::Cluster;
use crate::incident::evidence::Telling;
use crate::mask;

/// An actor that says it did it, and where it is named.
#[derive(Debug)]
pub(crate) struct Claimant {
    actor: Option<usize>,
    span: Span,
    claim: Claim,
    evidence: Vec<Span>,
}

/// Claims of responsibility for each happening: for the one whose event lies in the claim, else the one told last before it.
pub(crate) fn claims(
    doc: &Document,
    mentions: &Mentions,
    traces: &Traces,
    reading: &Reading,
    clusters: &[Cluster<'_>],
) -> Vec<Vec<Claimant>> {
    let mut claims: Vec<Vec<Claimant>> = clusters.iter().map(|_| Vec::new()).collect();
    for statement in mentions.statements.iter().filter(|told| told.kind == StatementKind::ResponsibilityClaim)
    {
        let Speaker::Phrase(phrase) = statement.speaker else { continue };
        let tokens = mentions.phrases[phrase as usize].tokens.clone();
        // "No group has claimed it": nobody's claim.
        let none = ["no", "nobody", "none", "neither", "nothing"];
        if none.contains(&doc.token(tokens.start).text.to_ascii_lowercase().as_str()) {
            continue;
        }
        let Some(span) = mask::clip(doc.article(), doc.span(tokens.clone())) else { continue };
        let within =
            |telling: &&Telling<'_>| statement.content_tokens.contains(&telling.mention.trigger.start);
        let holds = |cluster: &Cluster<'_>| cluster.tellings.iter().any(|telling| within(&telling));
        let before = |cluster: &Cluster<'_>| {
            cluster
                .tellings
                .iter()
                .filter(|telling| telling.mention.trigger.start < tokens.start && !telling.event.background)
                .map(|telling| telling.mention.trigger.start)
                .max()
        };
        let chosen = clusters.iter().position(holds).or_else(|| {
            (0..clusters.len())
                .filter(|&number| before(&clusters[number]).is_some())
                .max_by_key(|&number| before(&clusters[number]))
        });
        let Some(number) = chosen else { continue };
        let actor = traces.actor_of_phrase.get(phrase as usize).copied().flatten();
        if actor.is_some_and(|actor| reading.actors[actor].kind == ActorKind::Media) {
            continue;
        }
        claims[number].push(Claimant {
            actor,
            span,
            claim: Claim::Claimed,
            evidence: mask::evidence(doc.article(), &statement.evidence),
        });
    }
    accusations(doc, mentions, traces, reading, clusters, &mut claims);
    claims
}

/// Armed groups that somebody blames without naming the deed (`an officer blamed …`): for the happening told last before it.
fn accusations(
    doc: &Document,
    mentions: &Mentions,
    traces: &Traces,
    reading: &Reading,
    clusters: &[Cluster<'_>],
    claims: &mut [Vec<Claimant>],
) {
    for (event, &number) in reading.events.iter().zip(&traces.mention_of_event) {
        let told = &mentions.events[number];
        let lemma = doc.token(told.trigger.start).lemma.as_str();
        let claim = match lemma {
            "blame" | "accuse" => Claim::Accused,
            "suspect" => Claim::Suspected,
            _ => continue,
        };
        if event.category != Category::Accuse || event.realis != Realis::Actual || event.background {
            continue;
        }
        let before = |cluster: &Cluster<'_>| {
            let tellings = cluster.tellings.iter().filter(|telling| !telling.event.background);
            let starts = tellings.map(|telling| telling.mention.trigger.start);
            starts.filter(|&start| start < told.trigger.start).max()
        };
        let last = (0..clusters.len()).filter_map(|at| Some((before(&clusters[at])?, at))).max();
        let Some((start, cluster)) = last else { continue };
        if doc.sentence_of(told.trigger.start).abs_diff(doc.sentence_of(start)) > ACCUSED_WITHIN {
            continue;
        }
        for &phrase in &told.recipients {
            let actor = traces.actor_of_phrase.get(phrase as usize).copied().flatten();
            let armed = actor.is_some_and(|actor| reading.actors[actor].kind == ActorKind::ArmedGroup);
            let tokens = mentions.phrases[phrase as usize].tokens.clone();
            if let Some(span) = mask::clip(doc.article(), doc.span(tokens)).filter(|_| armed) {
                let evidence = mask::evidence(doc.article(), &told.evidence);
                claims[cluster].push(Claimant { actor, span, claim, evidence });
            }
        }
    }
}

/// Sentences after a happening within which somebody blamed is blamed for it.
const ACCUSED_WITHIN: u32 = 3;

/// Makes the incident of one happening.
pub(crate) fn incident(
    doc: &Document,
    mentions: &Mentions,
    traces: &Traces,
    reading: &Reading,
    cluster: &Cluster<'_>,
    claims: &[Claimant],
    number: usize,
) -> Incident {
    let tellings = &cluster.tellings;
    let mut why = vec![match tellings.len() {
        1 => "told once".to_owned(),
        count => format!("{count} events tell one happening"),
    }];
    why.extend(cluster.why.iter().cloned());
    if tellings.iter().all(|telling| telling.event.background) {
        why.push("told as history, not as news of this document".to_owned());
    }
    let mut evidence: Vec<Span> =
        tellings.iter().flat_map(|telling| telling.event.evidence.iter().copied()).collect();
    evidence.extend(claims.iter().flat_map(|claim| claim.evidence.iter().copied()));
    evidence.sort_unstable();
    evidence.dedup();
    let people = People { doc, mentions, traces, reading };
    Incident {
        id: format!("i{}", number + 1),
        r#type: kind(tellings),
        events: tellings.iter().map(|telling| telling.event.id.clone()).collect(),
        place: place(tellings),
        time: time(tellings),
        perpetrators: people.perpetrators(tellings, claims),
        victims: people.victims(tellings),
        targets: targets(tellings),
        weapons: weapons(tellings),
        toll: toll(tellings),
        why,
        evidence,
    }
}

/// The type most tellings give: the first telling counts more, what may be said of any attack counts less, the first of equals.
fn kind(tellings: &[Telling<'_>]) -> Option<IncidentType> {
    use IncidentType as I;
    let worth = |kind: I| match kind {
        I::SuicideBombing | I::DroneStrike | I::Hijacking | I::HostageTaking => 2.0,
        I::ArmedAssault | I::FacilityAttack | I::Raid => 0.5,
        I::UnarmedAssault => 0.4,
        _ => 1.0,
    };
    let mut votes: Vec<(I, f64)> = Vec::new();
    for (at, kind) in tellings.iter().filter_map(|telling| telling.event.incident_type).enumerate() {
        let vote = worth(kind) * if at == 0 { 1.5 } else { 1.0 };
        match votes.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, sum)) => *sum += vote,
            None => votes.push((kind, vote)),
        }
    }
    let mut best: Option<(I, f64)> = None;
    for (kind, sum) in votes {
        if best.is_none_or(|(_, known)| sum > known + 1e-9) {
            best = Some((kind, sum));
        }
    }
    best.map(|(kind, _)| kind)
}

/// The most precise place told, the first of equals; of two that are near something, one that the headline doesn't shorten.
fn place(tellings: &[Telling<'_>]) -> Option<String> {
    let rank = |precision: Precision| match precision {
        Precision::Exact => 0,
        Precision::Near => 1,
        Precision::Admin2 => 2,
        Precision::Admin1 => 3,
        Precision::Region => 4,
        Precision::Country => 5,
    };
    let places = tellings.iter().filter_map(|telling| Some((telling.place?, telling.title)));
    let short = |place: &Place, title: bool| title && place.precision == Precision::Near;
    places
        .min_by_key(|(place, title)| (place.lat.is_none(), rank(place.precision), short(place, *title)))
        .map(|(place, _)| place.id.clone())
}

/// The shortest time told that has days, else the first one.
fn time(tellings: &[Telling<'_>]) -> Option<String> {
    let rank = |granularity: Granularity| match granularity {
        Granularity::Instant => 0,
        Granularity::Day => 1,
        Granularity::Week => 2,
        Granularity::Month => 3,
        Granularity::Season => 4,
        Granularity::Year => 5,
        Granularity::Decade => 6,
        Granularity::Duration | Granularity::Set => 7,
    };
    let times = tellings.iter().filter_map(|telling| telling.time);
    times.min_by_key(|time| (time.start.is_none(), rank(time.granularity))).map(|time| time.id.clone())
}

/// Looks actors of phrases up.
struct People<'a> {
    doc: &'a Document,
    mentions: &'a Mentions,
    traces: &'a Traces,
    reading: &'a Reading,
}

impl People<'_> {
    fn actor(&self, phrase: u32) -> Option<usize> {
        self.traces.actor_of_phrase.get(phrase as usize).copied().flatten()
    }

    fn span(&self, phrase: u32) -> Option<Span> {
        let phrase = self.mentions.phrases.get(phrase as usize)?;
        mask::clip(self.doc.article(), self.doc.span(phrase.tokens.clone()))
    }

    fn id(&self, actor: Option<usize>) -> Option<String> {
        actor.map(|actor| self.reading.actors[actor].id.clone())
    }

    /// Who did it, each once, with the strongest claim.
    fn perpetrators(&self, tellings: &[Telling<'_>], claims: &[Claimant]) -> Vec<Perpetrator> {
        let mut list: Vec<(Option<usize>, Perpetrator)> = Vec::new();
        let told = tellings
            .iter()
            .flat_map(|telling| telling.mention.actors.iter().map(|&phrase| (phrase, telling.mention.claim)))
            .filter_map(|(phrase, claim)| Some((self.actor(phrase), self.span(phrase)?, claim)));
        let claimed = claims.iter().map(|claim| (claim.actor, claim.span, claim.claim));
        for (actor, span, claim) in told.chain(claimed) {
            let known = list.iter_mut().find(|(known, other)| {
                (actor.is_some() && *known == actor) || (actor.is_none() && other.spans.contains(&span))
            });
            match known {
                Some((_, known)) => {
                    known.claim = stronger(known.claim, claim);
                    if !known.spans.contains(&span) {
                        known.spans.push(span);
                    }
                }
                None => {
                    let person =
                        actor.is_some_and(|actor| self.reading.actors[actor].kind == ActorKind::Person);
                    let kind =
                        if person { PerpetratorKind::Individual } else { PerpetratorKind::Organization };
                    list.push((actor, Perpetrator { kind, actor: self.id(actor), spans: vec![span], claim }));
                }
            }
        }
        list.into_iter().map(|(_, perpetrator)| perpetrator).collect()
    }

    /// Who suffered it, each once; a number where the telling gives one for this phrase alone.
    fn victims(&self, tellings: &[Telling<'_>]) -> Vec<Victim> {
        let mut list: Vec<(Option<usize>, Victim)> = Vec::new();
        for telling in tellings {
            let toll = &telling.event.toll;
            for &phrase in &telling.mention.recipients {
                let Some(span) = self.span(phrase) else { continue };
                let actor = self.actor(phrase);
                let losses = [&toll.killed, &toll.abducted, &toll.wounded, &toll.arrested];
                let count =
                    losses.into_iter().flatten().find(|count| count.span.overlaps(span)).or_else(|| {
                        let alone = telling.mention.recipients.len() == 1;
                        toll.killed.as_ref().filter(|_| alone)
                    });
                let count =
                    count.map(|count| VictimCount { low: count.low, best: count.best, high: count.high });
                let known = list.iter_mut().find(|(known, other)| {
                    (actor.is_some() && *known == actor) || (actor.is_none() && other.spans.contains(&span))
                });
                match known {
                    Some((_, known)) => {
                        known.count = known.count.take().or(count);
                        if !known.spans.contains(&span) {
                            known.spans.push(span);
                        }
                    }
                    None => {
                        list.push((actor, Victim { actor: self.id(actor), spans: vec![span], count }));
                    }
                }
            }
        }
        list.into_iter().map(|(_, victim)| victim).collect()
    }
}

/// Of two ways to know a perpetrator the one that says more.
fn stronger(one: Claim, other: Claim) -> Claim {
    let rank = |claim: Claim| match claim {
        Claim::Claimed => 4,
        Claim::Confirmed => 3,
        Claim::Accused => 2,
        Claim::Suspected => 1,
        Claim::Unknown => 0,
    };
    if rank(other) > rank(one) { other } else { one }
}

fn targets(tellings: &[Telling<'_>]) -> Vec<TargetOf> {
    let mut list: Vec<(TargetType, Vec<Span>)> = Vec::new();
    for target in tellings.iter().flat_map(|telling| &telling.event.targets) {
        add(&mut list, target.r#type, target.span);
    }
    list.into_iter().map(|(r#type, spans)| TargetOf { r#type, spans }).collect()
}

fn weapons(tellings: &[Telling<'_>]) -> Vec<WeaponOf> {
    let mut list: Vec<(WeaponType, Vec<Span>)> = Vec::new();
    for weapon in tellings.iter().flat_map(|telling| &telling.event.weapons) {
        add(&mut list, weapon.r#type, weapon.span);
    }
    list.into_iter().map(|(r#type, spans)| WeaponOf { r#type, spans }).collect()
}

fn add<T: PartialEq>(list: &mut Vec<(T, Vec<Span>)>, kind: T, span: Span) {
    match list.iter_mut().find(|(known, _)| *known == kind) {
        Some((_, spans)) if spans.contains(&span) => {}
        Some((_, spans)) => spans.push(span),
        None => list.push((kind, vec![span])),
    }
}

/// The losses over all tellings: of each kind the most definite count, the latest of equals, with the range that all of them span.
///
/// Deaths of different victims (the raided and the raiders) are not tellings of one number: the first victims' count is taken.
fn toll(tellings: &[Telling<'_>]) -> Toll {
    let counts = |field: fn(&Toll) -> &Option<Count>| -> Option<Count> {
        let told: Vec<&Telling<'_>> =
            tellings.iter().filter(|telling| field(&telling.event.toll).is_some()).collect();
        let first = told.first()?;
        let same: Vec<&Count> = told
            .iter()
            .filter(|telling| {
                let (one, other) = (&first.event.recipients, &telling.event.recipients);
                one.is_empty() || other.is_empty() || one.iter().any(|id| other.contains(id))
            })
            .filter_map(|telling| field(&telling.event.toll).as_ref())
            .collect();
        range(&same)
    };
    let mut by: Vec<GroupCount> = Vec::new();
    for group in tellings.iter().flat_map(|telling| &telling.event.toll.by) {
        if !by.iter().any(|known| known.group == group.group) {
            by.push(group.clone());
        }
    }
    Toll {
        killed: counts(|toll| &toll.killed),
        by,
        wounded: counts(|toll| &toll.wounded),
        abducted: counts(|toll| &toll.abducted),
        arrested: counts(|toll| &toll.arrested),
        displaced: counts(|toll| &toll.displaced),
    }
}

/// One count from several tellings of it.
fn range(told: &[&Count]) -> Option<Count> {
    let definite = |count: &Count| match (count.low, count.best, count.high) {
        (Some(low), Some(best), Some(high)) if low == best && best == high => 2,
        (_, Some(_), _) => 1,
        _ => 0,
    };
    // A part of a greater number (`four of them soldiers`) doesn't replace it.
    let greatest = told.iter().filter_map(|count| count.best.or(count.low)).max()?;
    let near = |count: &Count| {
        count.best.or(count.low).is_some_and(|value| f64::from(value) >= 0.5 * f64::from(greatest))
    };
    let chosen = told.iter().filter(|count| near(count)).max_by_key(|count| definite(count))?;
    let low = told.iter().filter(|count| near(count)).filter_map(|count| count.low).min();
    let values = told.iter().flat_map(|count| [count.high, count.best]).flatten();
    let open = told.iter().all(|count| count.high.is_none());
    let several = told.iter().any(|count| count.best != chosen.best);
    let high = if open && !several { None } else { values.max() };
    Some(Count { low, best: chosen.best, high, span: chosen.span })
}
