//! Builds `data/gazetteer/places.wkg` from GeoNames and Who's On First tables and the hand-kept files beside it.
//!
//! `cargo xtask gazetteer --source FOLDER`. In: the gzipped tables of FOLDER (`cities500`, `admin1_geonames`, `admin2`,
//! `countries`, `wof_conflict`, `wof_more`, `wof_more_src`). Out: the file, drawn in `data/gazetteer/README.md`, and its counts.
//! `--measure` writes nothing and measures how often the loose key leads to a wrong place.

mod build;
mod measure;
mod names;
mod source;
mod write;

use std::path::Path;

use anyhow::{Context, Result, bail};
use build::Build;
use source::{hand_kept, table};

const USAGE: &str = "usage: cargo xtask gazetteer --source FOLDER [--measure]";

/// Runs the builder.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let mut args = args.iter();
    let (mut source, mut measure) = (None, false);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--source" => source = args.next(),
            "--measure" => measure = true,
            other => bail!("unknown argument `{other}`; {USAGE}"),
        }
    }
    let source = Path::new(source.context(USAGE)?);
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data");
    let own = data.join("gazetteer");
    let features = hand_kept(&data.join("lexicon/en/place_features.tsv"), 3)?;
    let mut build =
        Build { features: features.into_iter().map(|row| row[0].clone()).collect(), ..Build::default() };
    build.countries(source, &hand_kept(&own.join("countries.tsv"), 5)?)?;
    build.units(source)?;
    build.outlines("us_points.tsv", &hand_kept(&own.join("us_points.tsv"), 4)?)?;
    build.outlines("unit_points.tsv", &hand_kept(&own.join("unit_points.tsv"), 4)?)?;
    build.names_of_units(
        &hand_kept(&own.join("aliases.tsv"), 2)?,
        &hand_kept(&own.join("state_codes.tsv"), 2)?,
    )?;
    for row in table(source, "wof_more_src")? {
        let who = row.number("wof_id")?;
        if matches!(row.get("src_geom")?, "none" | "unknown") {
            build.unlicensed.insert(who);
        }
        if !matches!(row.get("src_population")?, "geonames" | "wikidata" | "wd" | "naturalearth") {
            build.unlicensed_population.insert(who);
        }
    }
    build.who_units(source)?;
    build.cities(source)?;
    build.villages(source)?;
    build.own(&hand_kept(&own.join("extra.tsv"), 8)?)?;
    build.points();
    build.peoples(&hand_kept(&own.join("demonyms.tsv"), 2)?)?;
    if measure {
        return measure::run(&build);
    }
    let (bytes, report) = build.write()?;
    let out = own.join("places.wkg");
    std::fs::write(&out, &bytes).with_context(|| format!("cannot write {}", out.display()))?;
    for line in report {
        eprintln!("{line}");
    }
    eprintln!("wrote {} bytes", bytes.len());
    Ok(())
}
