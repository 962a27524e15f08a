//! Task `toponyms`: place names and their points, and the training of the model that ranks candidates.
//!
//! In: texts, for training with gold toponyms. Out: predictions in the scorer's form, out-of-fold figures with a reliability
//! table and an ablation, a weight file. Development sets: LGL and GeoVirus (`toponyms/README.md` of the benchmarks).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use watchkeeper_linkage::actor::{self, ActorLinks};
use watchkeeper_linkage::gazetteer::{Gazetteer, Kind, PlaceId};
use watchkeeper_linkage::place::{self, FEATURES, Part, PlaceLinks, Ranker, Shares, Studied, trust_features};
use watchkeeper_linkage::{LinkOptions, Resources};
use watchkeeper_nn::Forest;
use watchkeeper_pipeline::{Engine, EngineOptions, ReadOptions};
use watchkeeper_record::mention::{PlaceKind, PlaceMention};
use watchkeeper_record::span::CodePoints;
use watchkeeper_record::{Document, Mentions};

use crate::boost::{self, Objective};
use crate::distance;
use crate::metric::Figures;
use crate::recognition;
use crate::task::{keyed, lines};

/// The development sets.
const SETS: [&str; 2] = ["lgl", "geovirus"];
/// Folds by which the resolver's training data are recognised.
const FOLDS: usize = 5;
/// A prediction this near is right, in kilometres.
const RIGHT_KM: f64 = 161.0;
/// How far a country's point may lie from the gold's point of the same country, in kilometres: conventions differ.
const COUNTRY_KM: f64 = 700.0;
/// The same for first-order units.
const UNIT_KM: f64 = 400.0;

/// How the ranking forest is grown.
const RANK: boost::Options = boost::Options {
    trees: 200,
    leaves: 16,
    rate: 0.05,
    ridge: 5.0,
    least_weight: 2.0,
    sample: 1.0,
    columns: 1.0,
};
/// How the trust forest is grown.
const TRUST: boost::Options = boost::Options {
    trees: 60,
    leaves: 6,
    rate: 0.1,
    ridge: 4.0,
    least_weight: 8.0,
    sample: 1.0,
    columns: 1.0,
};

/// Features that tell of one thing, left out together in the ablation.
const GROUPS: [(&str, &[&str]); 11] = [
    ("the plain rule", &["rule_gap", "rule", "rule_share"]),
    ("size", &["population", "population_gap", "population_rank"]),
    ("rivals", &["candidates", "same_country_rivals", "first_of_kind", "namesake_unit"]),
    ("kind", &["kind", "unit_level", "reach", "of_id"]),
    ("spelling", &["name_match", "same_spelling", "words", "capitals"]),
    ("feature words", &["feature_fit", "feature_class"]),
    ("`X, Y` and `X in Y`", &["inside_told", "inside_anywhere"]),
    (
        "countries of the text",
        &["country_share", "country_named", "gap_country", "context", "demonyms", "actors"],
    ),
    ("units of the text", &["unit_votes", "unit_named", "district_named", "holds_names"]),
    (
        "surroundings",
        &["near_40km", "near_120km", "near_400km", "nearest_name_km", "gap_near", "before_km", "after_km"],
    ),
    ("dateline", &["dateline_km", "dateline_country", "dateline_name"]),
];

/// Makes the prediction for one document: place names, those inside other names (`kind` is `inside`) and demonyms (`adjective`). A
/// reading counts neither of the latter as places; all four corpora count the former, three the latter.
pub(crate) fn predict(id: &str, doc: &Document, mentions: &Mentions, resources: &Resources) -> Value {
    let actors = actor::link_actors(doc, mentions, &resources.registry);
    let links = place::link_places(
        doc,
        mentions,
        &actors,
        &resources.gazetteer,
        &resources.ranker,
        &LinkOptions::default(),
    );
    predicted(id, doc, mentions, &links, &resources.gazetteer)
}

fn predicted(
    id: &str,
    doc: &Document,
    mentions: &Mentions,
    links: &PlaceLinks,
    gazetteer: &Gazetteer,
) -> Value {
    let points = CodePoints::new(doc.text());
    let mut toponyms: Vec<Value> = Vec::new();
    for (mention, index) in mentions.places.iter().zip(&links.of_mention) {
        let (start, end) = (points.at(mention.span.start()), points.at(mention.span.end()));
        let name = mention.span.of(doc.text());
        if mention.kind == PlaceKind::Demonym {
            let row = gazetteer
                .demonym_row(name)
                .or_else(|| name.strip_suffix('s').and_then(|word| gazetteer.demonym_row(word)));
            let place = row.and_then(|row| gazetteer.place(row));
            toponyms.push(json!({
                "start": start,
                "end": end,
                "name": name,
                "lat": place.map(|place| place.lat),
                "lon": place.map(|place| place.lon),
                "geonames": place.and_then(|place| match place.id { PlaceId::GeoNames(id) => Some(id), _ => None }),
                "country": place.and_then(|place| place.country).and_then(|country| gazetteer.iso3(country)),
                "kind": "adjective",
            }));
            continue;
        }
        let place = index.map(|index| &links.places[index]);
        toponyms.push(json!({
            "start": start,
            "end": end,
            "name": name,
            "lat": place.and_then(|place| place.lat),
            "lon": place.and_then(|place| place.lon),
            "geonames": place.and_then(|place| place.geonames),
            "country": place.and_then(|place| place.country.as_deref()),
            "precision": place.map(|place| place.precision),
            "score": place.map(|place| place.score),
            "kind": if mention.kind == PlaceKind::Inside { "inside" } else { "name" },
        }));
    }
    toponyms.sort_by_key(|toponym| toponym["start"].as_u64());
    json!({"id": id, "toponyms": toponyms})
}

/// A gold toponym with a point.
#[derive(Debug, Clone)]
struct Gold {
    lat: f64,
    lon: f64,
    id: Option<u64>,
}

/// One document of a set, with what is told of each place mention.
struct Doc {
    id: String,
    doc: Document,
    mentions: Mentions,
    actors: ActorLinks,
    studied: Vec<Studied>,
    gold: Vec<Option<Gold>>,
}

/// A development set.
struct Set {
    name: &'static str,
    gold: BTreeMap<String, Value>,
    docs: Vec<Doc>,
}

/// Reads a set; `recognised` are its place mentions by document, found by recognisers that haven't learned from that document.
fn load(
    engine: &Engine,
    data: &Path,
    name: &'static str,
    mut recognised: Vec<Vec<PlaceMention>>,
) -> Result<Set> {
    let mut worker = engine.worker();
    let resources = engine.resources();
    let gold = keyed(lines(&data.join(format!("toponyms/{name}.gold.jsonl")))?)?;
    let mut docs = Vec::new();
    for (number, line) in lines(&data.join(format!("toponyms/{name}.in.jsonl")))?.iter().enumerate() {
        let id = line["id"].as_str().context("a line has no id")?.to_owned();
        let text = line["text"].as_str().context("a line has no text")?;
        let (doc, mut mentions) = worker.passages(text.as_bytes(), &ReadOptions::default())?;
        mentions.places = std::mem::take(&mut recognised[number]);
        let actors = actor::link_actors(&doc, &mentions, &resources.registry);
        let studied = place::study(&doc, &mentions, &actors, &resources.gazetteer, None);
        let points = CodePoints::new(doc.text());
        let wanted = gold[&id]["toponyms"].as_array().map(Vec::as_slice).unwrap_or_default();
        let gold = mentions
            .places
            .iter()
            .map(|mention| {
                let range = (points.at(mention.span.start()), points.at(mention.span.end()));
                let shared = |gold: &&Value| {
                    let (from, to) = (gold["start"].as_u64().unwrap_or(0), gold["end"].as_u64().unwrap_or(0));
                    u64::from(range.1).min(to).saturating_sub(u64::from(range.0).max(from))
                };
                let gold = wanted.iter().filter(|gold| shared(gold) > 0).max_by_key(shared)?;
                Some(Gold {
                    lat: gold["lat"].as_f64()?,
                    lon: gold["lon"].as_f64()?,
                    id: gold["geonames"].as_u64(),
                })
            })
            .collect();
        docs.push(Doc { id, doc, mentions, actors, studied, gold });
    }
    Ok(Set { name, gold, docs })
}

/// Reads the sets, with the place mentions of recognisers trained on the other of `folds` folds.
fn load_all(data: &Path, folds: usize) -> Result<(Engine, Vec<Set>)> {
    let engine =
        Engine::open(&EngineOptions { ranker: Some(Ranker::untrained()), ..EngineOptions::default() })?;
    let recognised = recognition::out_of_fold(data, folds)?;
    let sets = SETS
        .iter()
        .zip(recognised)
        .map(|(name, recognised)| load(&engine, data, name, recognised))
        .collect::<Result<Vec<_>>>()?;
    Ok((engine, sets))
}

/// The rows of a mention that are right: the gold id; or else the nearest within reach; or else the unit or country, whose
/// point the gold may have put elsewhere in it.
fn right_rows(gazetteer: &Gazetteer, studied: &Studied, gold: &Gold) -> Vec<bool> {
    let rows = &studied.rows;
    let same = |id: u64| {
        move |&row: &_| {
            gazetteer
                .place(row)
                .is_some_and(|place| matches!(place.id, PlaceId::GeoNames(known) if u64::from(known) == id))
        }
    };
    if let Some(id) = gold.id {
        let same: Vec<bool> = rows.iter().map(same(id)).collect();
        if same.contains(&true) {
            return same;
        }
    }
    let away: Vec<f64> = rows.iter().map(|&row| place::rows_km(gazetteer, row, gold.lat, gold.lon)).collect();
    let nearest = away.iter().copied().fold(f64::INFINITY, f64::min);
    if nearest <= RIGHT_KM {
        return away.iter().map(|&km| km <= (nearest + 10.0).max(25.0)).collect();
    }
    let wide = rows.iter().zip(&away).map(|(&row, &km)| {
        gazetteer.place(row).is_some_and(|place| match place.kind {
            Kind::Country => km <= COUNTRY_KM,
            Kind::Admin1 => km <= UNIT_KM,
            Kind::Region => km <= place.radius_km.unwrap_or(0.0),
            _ => false,
        })
    });
    wide.collect()
}

/// A document with what is studied of its mentions.
type Lesson<'a> = (&'a Doc, &'a [Studied]);

fn train_rank(gazetteer: &Gazetteer, lessons: &[Lesson<'_>]) -> Result<Forest> {
    let (mut rows, mut right, mut starts) = (Vec::new(), Vec::new(), vec![0]);
    for (doc, studied) in lessons {
        for (gold, studied) in doc.gold.iter().zip(*studied) {
            let Some(gold) = gold.as_ref().filter(|_| !studied.rows.is_empty()) else { continue };
            rows.extend_from_slice(&studied.features);
            right.extend(right_rows(gazetteer, studied, gold));
            starts.push(right.len());
        }
    }
    let offsets: Vec<f32> = rows.chunks(FEATURES.len()).map(|row| place::rule_weight(row) as f32).collect();
    boost::train(
        &FEATURES,
        &rows,
        Some(&offsets),
        &Objective::Groups { starts: &starts, right: &right },
        &RANK,
    )
}

/// Trains the ranking forest on all lessons, and the trust forest on what halves say of each other.
fn train_ranker(gazetteer: &Gazetteer, lessons: &[Lesson<'_>]) -> Result<Ranker> {
    let half = |part: usize| -> Vec<Lesson<'_>> {
        lessons
            .iter()
            .enumerate()
            .filter(|(number, _)| number % 2 == part)
            .map(|(_, lesson)| *lesson)
            .collect()
    };
    let (mut rows, mut right) = (Vec::new(), Vec::new());
    for part in 0..2 {
        let forest = train_rank(gazetteer, &half(1 - part))?;
        for (doc, studied) in half(part) {
            for (gold, studied) in doc.gold.iter().zip(studied) {
                let Some(gold) = gold else { continue };
                let shares = Shares::new(studied, &forest);
                let Some(row) = shares.trust_row(studied, gazetteer) else { continue };
                rows.extend(row);
                right.push(right_rows(gazetteer, studied, gold)[shares.of[0].0]);
            }
        }
    }
    let trust = boost::train(&trust_features(), &rows, None, &Objective::Binary(&right), &TRUST)?;
    Ok(Ranker::new(train_rank(gazetteer, lessons)?, trust)?)
}

/// Trains on the whole development sets.
///
/// # Errors
/// When the sets can't be read or the weights can't be written.
pub(crate) fn train(data: &Path, output: &Path) -> Result<()> {
    let (engine, sets) = load_all(data, FOLDS)?;
    let lessons: Vec<Lesson<'_>> =
        sets.iter().flat_map(|set| &set.docs).map(|doc| (doc, doc.studied.as_slice())).collect();
    let ranker = train_ranker(&engine.resources().gazetteer, &lessons)?;
    let bytes = ranker.to_weights();
    std::fs::write(output, &bytes).with_context(|| format!("cannot write {}", output.display()))?;
    println!("{}: {} bytes, trained on {} documents", output.display(), bytes.len(), lessons.len());
    Ok(())
}

/// Out-of-fold outcome of one set.
struct Outcome {
    figures: Figures,
    /// Score and whether it is within reach, of every place with a score that a gold toponym with a point answers to.
    scored: Vec<(f64, bool)>,
    /// Lines of false pins.
    pins: Vec<String>,
}

/// Trains on the other folds and predicts, for each fold.
fn out_of_fold(
    gazetteer: &Gazetteer,
    sets: &[Set],
    studied: &[Vec<Vec<Studied>>],
    folds: usize,
) -> Result<Vec<Outcome>> {
    let mut rankers = Vec::new();
    for fold in 0..folds {
        let lessons: Vec<Lesson<'_>> = sets
            .iter()
            .zip(studied)
            .flat_map(|(set, studied)| set.docs.iter().zip(studied).enumerate())
            .filter(|(number, _)| number % folds != fold)
            .map(|(_, (doc, studied))| (doc, studied.as_slice()))
            .collect();
        rankers.push(train_ranker(gazetteer, &lessons)?);
    }
    sets.iter().zip(studied).map(|(set, studied)| outcome(gazetteer, set, studied, &rankers)).collect()
}

fn outcome(
    gazetteer: &Gazetteer,
    set: &Set,
    studied: &[Vec<Studied>],
    rankers: &[Ranker],
) -> Result<Outcome> {
    let mut outcome = Outcome { figures: Figures::new(), scored: Vec::new(), pins: Vec::new() };
    let mut answers = Vec::new();
    for (number, (doc, studied)) in set.docs.iter().zip(studied).enumerate() {
        let ranker = &rankers[number % rankers.len()];
        let options = LinkOptions::default();
        let links =
            place::link_studied(&doc.doc, &doc.mentions, &doc.actors, gazetteer, ranker, studied, &options);
        for (mention, (index, gold)) in doc.mentions.places.iter().zip(links.of_mention.iter().zip(&doc.gold))
        {
            let (Some(place), Some(gold)) = (index.map(|index| &links.places[index]), gold) else { continue };
            let (Some(lat), Some(lon)) = (place.lat, place.lon) else { continue };
            let km = place::distance_km((gold.lat, gold.lon), (lat, lon));
            outcome.scored.push((place.score, km <= RIGHT_KM));
            if km > RIGHT_KM {
                let name = mention.span.of(doc.doc.text());
                outcome.pins.push(format!(
                    "{}\t{}\t{name}\t{km:.0}\t{:.2}\t{:?}\t{lat:.2},{lon:.2}\t{:.2},{:.2}\t{}",
                    set.name,
                    doc.id,
                    place.score,
                    place.precision,
                    gold.lat,
                    gold.lon,
                    place.why.join("; ")
                ));
            }
        }
        answers.push(predicted(&doc.id, &doc.doc, &doc.mentions, &links, gazetteer));
    }
    outcome.figures = distance::score(&set.gold, &keyed(answers)?)?;
    Ok(outcome)
}

/// Cross-validation over documents: prints figures, reliability and, if asked, what each part brings.
///
/// # Errors
/// When the sets can't be read or the list of false pins can't be written.
pub(crate) fn cross_validate(data: &Path, folds: usize, ablate: bool, pins: Option<&Path>) -> Result<()> {
    let (engine, sets) = load_all(data, folds)?;
    let gazetteer = &engine.resources().gazetteer;
    let whole: Vec<Vec<Vec<Studied>>> =
        sets.iter().map(|set| set.docs.iter().map(|doc| doc.studied.clone()).collect()).collect();
    let outcomes = out_of_fold(gazetteer, &sets, &whole, folds)?;
    println!("Out of fold, {folds} folds over documents\n");
    print!("{}", figures_table(&sets, &outcomes));
    print!("{}", reliability_table(&sets, &outcomes));
    if let Some(path) = pins {
        let mut text = "set\tdocument\tname\tkm\tscore\tprecision\tgiven\tgold\twhy\n".to_owned();
        for line in outcomes.iter().flat_map(|outcome| &outcome.pins) {
            let _ = writeln!(text, "{line}");
        }
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if !ablate {
        return Ok(());
    }
    println!(
        "\n| left out | acc161_e2e LGL | GeoVirus | acc161_resolved LGL | GeoVirus |\n|---|---|---|---|---|"
    );
    let row = |name: &str, outcomes: &[Outcome]| {
        let figure = |set: usize, name: &str| outcomes[set].figures.get(name).copied().unwrap_or(0.0);
        println!(
            "| {name} | {:.3} | {:.3} | {:.3} | {:.3} |",
            figure(0, "acc161_e2e"),
            figure(1, "acc161_e2e"),
            figure(0, "acc161_resolved"),
            figure(1, "acc161_resolved")
        );
    };
    row("nothing", &outcomes);
    for (name, features) in GROUPS {
        let mut without = whole.clone();
        for studied in without.iter_mut().flatten().flatten() {
            for (at, value) in studied.features.iter_mut().enumerate() {
                if features.contains(&FEATURES[at % FEATURES.len()]) {
                    *value = 0.0;
                }
            }
        }
        row(name, &out_of_fold(gazetteer, &sets, &without, folds)?);
    }
    for part in Part::ALL {
        let without: Vec<Vec<Vec<Studied>>> = sets
            .iter()
            .map(|set| {
                let studied =
                    |doc: &Doc| place::study(&doc.doc, &doc.mentions, &doc.actors, gazetteer, Some(part));
                set.docs.iter().map(studied).collect()
            })
            .collect();
        row(&format!("gazetteer: {part:?}"), &out_of_fold(gazetteer, &sets, &without, folds)?);
    }
    Ok(())
}

/// Out-of-fold figures for the gate, each set's with its name before them; `confident_right` is the share of places scored .9 or
/// more that are within reach, over both sets.
///
/// # Errors
/// When the sets can't be read.
pub(crate) fn out_of_fold_figures(data: &Path, folds: usize) -> Result<Figures> {
    let (engine, sets) = load_all(data, folds)?;
    let whole: Vec<Vec<Vec<Studied>>> =
        sets.iter().map(|set| set.docs.iter().map(|doc| doc.studied.clone()).collect()).collect();
    let outcomes = out_of_fold(&engine.resources().gazetteer, &sets, &whole, folds)?;
    let mut figures = Figures::new();
    for (set, outcome) in sets.iter().zip(&outcomes) {
        figures.extend(outcome.figures.iter().map(|(name, value)| (format!("{}_{name}", set.name), *value)));
    }
    let confident: Vec<bool> = outcomes
        .iter()
        .flat_map(|outcome| &outcome.scored)
        .filter(|(score, _)| *score >= 0.9)
        .map(|(_, right)| *right)
        .collect();
    let right = confident.iter().filter(|right| **right).count();
    figures.insert("confident_right".to_owned(), right as f64 / confident.len().max(1) as f64);
    Ok(figures)
}

fn figures_table(sets: &[Set], outcomes: &[Outcome]) -> String {
    let mut text = "| figure |".to_owned();
    for set in sets {
        let _ = write!(text, " {} |", set.name);
    }
    let _ = writeln!(text, "\n|---|{}", "---|".repeat(sets.len()));
    for name in outcomes[0].figures.keys() {
        let _ = write!(text, "| {name} |");
        for outcome in outcomes {
            let _ = write!(text, " {:.4} |", outcome.figures[name]);
        }
        text.push('\n');
    }
    text
}

fn reliability_table(sets: &[Set], outcomes: &[Outcome]) -> String {
    let mut text = "\nReliability: share of places within 161 km by their score\n\n| score |".to_owned();
    let both: Vec<(f64, bool)> = outcomes.iter().flat_map(|outcome| outcome.scored.iter().copied()).collect();
    let columns: Vec<(&str, &[(f64, bool)])> = sets
        .iter()
        .zip(outcomes)
        .map(|(set, outcome)| (set.name, outcome.scored.as_slice()))
        .chain([("all", both.as_slice())])
        .collect();
    for (name, _) in &columns {
        let _ = write!(text, " {name} places | mean score | right |");
    }
    let _ = writeln!(text, "\n|---|{}", "---|".repeat(3 * columns.len()));
    for bin in 0..10 {
        let (low, high) = (f64::from(bin) / 10.0, f64::from(bin + 1) / 10.0);
        let _ = write!(text, "| {low:.1}–{high:.1} |");
        for (_, scored) in &columns {
            let inside: Vec<&(f64, bool)> =
                scored.iter().filter(|(score, _)| *score >= low && (*score < high || bin == 9)).collect();
            let count = inside.len().max(1) as f64;
            let mean = inside.iter().map(|(score, _)| score).sum::<f64>() / count;
            let right = inside.iter().filter(|(_, right)| *right).count() as f64 / count;
            let _ = write!(text, " {} | {mean:.3} | {right:.3} |", inside.len());
        }
        text.push('\n');
    }
    text
}
