//! Apache Parquet: one row an incident, with lists for those who did it, reports, statements and figures.
//!
//! Written column by column through `parquet`'s own writer, without Arrow. Days are `DATE`s, counts 32-bit integers, words UTF-8.
//! Rows go out in groups of [`GROUP`], so memory doesn't grow with the record. Attribution, licence, version and what was asked for
//! stand in the file's key-value metadata.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnDescriptor;
use watchkeeper_record::article::Date;

use super::input::Exported;
use super::{ATTRIBUTION, Error, LICENCE, Options, common, ged};

/// Rows that are written together.
const GROUP: usize = 4096;

/// Name and version of the columns; the number rises when a column changes its meaning or goes.
const FORM: &str = "watchkeeper/parquet/1";

const SCHEMA: &str = "message incident {
  required binary id (STRING);
  required binary name (STRING);
  optional binary incident_type (STRING);
  optional int32 date_start (DATE);
  optional int32 date_end (DATE);
  optional int32 date_prec (INTEGER(32,true));
  optional binary place (STRING);
  optional binary place_precision (STRING);
  optional double radius_km;
  optional double latitude;
  optional double longitude;
  optional int64 geonames (INTEGER(64,true));
  optional binary country (STRING);
  optional binary admin1 (STRING);
  optional double place_score;
  required group perpetrators (LIST) { repeated group list { required group element {
    required binary name (STRING);
    optional binary key (STRING);
    required binary claim (STRING);
    required int32 accounts (INTEGER(32,true));
  } } }
  required group victims (LIST) { repeated group list { required group element {
    required binary name (STRING);
    optional binary key (STRING);
  } } }
  required group targets (LIST) { repeated group list { required binary element (STRING); } }
  required group weapons (LIST) { repeated group list { required binary element (STRING); } }
  optional int32 killed_low (INTEGER(32,true));
  optional int32 killed_best (INTEGER(32,true));
  optional int32 killed_high (INTEGER(32,true));
  optional int32 wounded_low (INTEGER(32,true));
  optional int32 wounded_best (INTEGER(32,true));
  optional int32 wounded_high (INTEGER(32,true));
  optional int32 abducted_low (INTEGER(32,true));
  optional int32 abducted_best (INTEGER(32,true));
  optional int32 abducted_high (INTEGER(32,true));
  required group figures (LIST) { repeated group list { required group element {
    required binary of (STRING);
    required int32 known (DATE);
    optional binary outlet (STRING);
    optional int32 low (INTEGER(32,true));
    optional int32 best (INTEGER(32,true));
    optional int32 high (INTEGER(32,true));
    required boolean stands;
  } } }
  required int32 independent_reports (INTEGER(32,true));
  required int32 known_from (DATE);
  required int32 known_until (DATE);
  required group reports (LIST) { repeated group list { required group element {
    required binary document (STRING);
    optional binary title (STRING);
    optional binary outlet (STRING);
    required binary reliability (STRING);
    required int32 credibility (INTEGER(32,true));
    required int32 known (DATE);
    required boolean dated;
    optional binary url (STRING);
    optional binary quote (STRING);
  } } }
  required group statements (LIST) { repeated group list { required group element {
    required binary id (STRING);
    required binary document (STRING);
    required binary kind (STRING);
    optional binary speaker (STRING);
    required boolean author;
    required binary polarity (STRING);
    optional binary hedge (STRING);
    required binary content (STRING);
    required int32 known (DATE);
  } } }
  required group join_reasons (LIST) { repeated group list { required binary element (STRING); } }
  required boolean corrected;
}";

impl From<ParquetError> for Error {
    fn from(error: ParquetError) -> Self {
        match error {
            ParquetError::External(inner) => Self::Write(std::io::Error::other(inner)),
            other => Self::Write(std::io::Error::other(other.to_string())),
        }
    }
}

/// A file under way: what the writer made and nobody took yet, and the rows of the group to come.
pub(super) struct Parquet {
    writer: SerializedFileWriter<Vec<u8>>,
    columns: Vec<Column>,
    rows: usize,
}

impl Parquet {
    pub(super) fn begin(options: &Options, out: &mut impl Write) -> Result<Self, Error> {
        let schema = Arc::new(parse_message_type(SCHEMA)?);
        let told = |key: &str, value: Option<String>| {
            value.map(|value| KeyValue::new(format!("watchkeeper.{key}"), value))
        };
        let metadata = [
            told("schema", Some(FORM.to_owned())),
            told("version", Some(options.version.clone())),
            told("made", Some(options.made.to_string())),
            told("as_of", options.as_of.map(|day| day.to_string())),
            told("query", options.query.clone()),
            told("private_hidden", Some((!options.reveal_private).to_string())),
            told("coarsened_km", options.coarsen_km.map(|km| km.to_string())),
            told("licence", Some(LICENCE.to_owned())),
            told("attribution", Some(ATTRIBUTION.join("\n"))),
        ];
        let properties = WriterProperties::builder()
            .set_created_by(format!("watchkeeper version {}", options.version))
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(6)?))
            .set_key_value_metadata(Some(metadata.into_iter().flatten().collect()))
            .build();
        let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
        let columns = writer.schema_descr().columns().iter().map(|told| Column::new(told)).collect();
        drain(&mut writer, out)?;
        Ok(Self { writer, columns, rows: 0 })
    }

    pub(super) fn incident(&mut self, told: &Exported, out: &mut impl Write) -> Result<(), Error> {
        let mut row = Row { columns: self.columns.iter_mut() };
        fill(&mut row, told)?;
        row.end()?;
        self.rows += 1;
        if self.rows == GROUP {
            self.group(out)?;
        }
        Ok(())
    }

    pub(super) fn end(mut self, out: &mut impl Write) -> Result<(), Error> {
        if self.rows > 0 {
            self.group(out)?;
        }
        self.writer.finish()?;
        drain(&mut self.writer, out)
    }

    /// Writes the rows at hand as one group.
    fn group(&mut self, out: &mut impl Write) -> Result<(), Error> {
        let mut group = self.writer.next_row_group()?;
        let mut columns = self.columns.iter_mut();
        while let (Some(mut writer), Some(column)) = (group.next_column()?, columns.next()) {
            column.write(writer.untyped())?;
            writer.close()?;
        }
        group.close()?;
        self.rows = 0;
        drain(&mut self.writer, out)
    }
}

/// Hands on what the writer made.
fn drain(writer: &mut SerializedFileWriter<Vec<u8>>, out: &mut impl Write) -> Result<(), Error> {
    writer.flush()?;
    let made = std::mem::take(writer.inner_mut());
    Ok(out.write_all(&made)?)
}

/// The cells of an incident, in the order of the schema.
fn fill(row: &mut Row<'_>, told: &Exported) -> Result<(), Error> {
    let incident = &told.incident;
    let place = incident.place.as_ref();
    // As on the map: the centre of a unit would be read as the place.
    let point = place.filter(|place| place.is_fine()).and_then(|place| place.point());
    row.one("id", text(&incident.id))?;
    row.one("name", text(common::heading(incident)))?;
    row.one("incident_type", incident.kind.map(|kind| kind.to_string()).and_then(text))?;
    row.one("date_start", incident.time.and_then(|(start, _)| day(start)))?;
    row.one("date_end", incident.time.and_then(|(_, end)| day(end)))?;
    row.one("date_prec", incident.time.and_then(|time| int(ged::date_prec(time))))?;
    row.one("place", place.and_then(|place| text(&place.name)))?;
    row.one("place_precision", place.and_then(|place| text(place.precision.as_str())))?;
    row.one("radius_km", place.and_then(|place| place.radius_km).map(Cell::Double))?;
    row.one("latitude", point.map(|(lat, _)| Cell::Double(lat)))?;
    row.one("longitude", point.map(|(_, lon)| Cell::Double(lon)))?;
    let geonames = place.and_then(|place| place.geonames).and_then(|id| i64::try_from(id).ok());
    row.one("geonames", geonames.map(Cell::Long))?;
    row.one("country", place.and_then(|place| place.country.as_ref()).and_then(text))?;
    row.one("admin1", place.and_then(|place| place.admin1.as_ref()).and_then(text))?;
    row.one("place_score", place.map(|place| Cell::Double(place.score)))?;

    let who = &incident.perpetrators;
    row.many("perpetrators.name", who, |who| text(&who.party.name))?;
    row.many("perpetrators.key", who, |who| who.party.key.as_ref().and_then(text))?;
    row.many("perpetrators.claim", who, |who| text(who.party.claim.as_str()))?;
    row.many("perpetrators.accounts", who, |who| int(u32::try_from(who.accounts.len()).unwrap_or(u32::MAX)))?;
    row.many("victims.name", &incident.victims, |whom| text(&whom.name))?;
    row.many("victims.key", &incident.victims, |whom| whom.key.as_ref().and_then(text))?;
    row.many("targets", &incident.targets, |target| text(target.to_string()))?;
    row.many("weapons", &incident.weapons, |weapon| text(weapon.to_string()))?;

    let tolls =
        [("killed", &incident.killed), ("wounded", &incident.wounded), ("abducted", &incident.abducted)];
    for (of, toll) in tolls {
        let toll = toll.as_ref();
        row.one(&format!("{of}_low"), toll.and_then(|toll| toll.low).and_then(int))?;
        row.one(&format!("{of}_best"), toll.and_then(|toll| toll.best).and_then(int))?;
        row.one(&format!("{of}_high"), toll.and_then(|toll| toll.high).and_then(int))?;
    }
    let figures: Vec<_> = tolls
        .iter()
        .flat_map(|(of, toll)| toll.iter().flat_map(|toll| &toll.told).map(move |told| (*of, told)))
        .collect();
    row.many("figures.of", &figures, |(of, _)| text(of))?;
    row.many("figures.known", &figures, |(_, told)| day(told.known))?;
    row.many("figures.outlet", &figures, |(_, told)| told.outlet.as_ref().and_then(text))?;
    row.many("figures.low", &figures, |(_, told)| told.figure.low.and_then(int))?;
    row.many("figures.best", &figures, |(_, told)| told.figure.best.and_then(int))?;
    row.many("figures.high", &figures, |(_, told)| told.figure.high.and_then(int))?;
    row.many("figures.stands", &figures, |(_, told)| Some(Cell::Truth(told.current)))?;

    row.one("independent_reports", int(u32::try_from(incident.independent).unwrap_or(u32::MAX)))?;
    row.one("known_from", day(incident.known.0))?;
    row.one("known_until", day(incident.known.1))?;
    let reports = &told.reports;
    row.many("reports.document", reports, |report| text(&report.document))?;
    row.many("reports.title", reports, |report| report.title.as_ref().and_then(text))?;
    row.many("reports.outlet", reports, |report| report.outlet.as_ref().and_then(text))?;
    row.many("reports.reliability", reports, |report| text(report.grade.to_string()))?;
    row.many("reports.credibility", reports, |report| int(report.credibility))?;
    row.many("reports.known", reports, |report| day(report.known))?;
    row.many("reports.dated", reports, |report| Some(Cell::Truth(report.dated)))?;
    row.many("reports.url", reports, |report| report.url.as_ref().and_then(text))?;
    row.many("reports.quote", reports, |report| report.quote.as_ref().and_then(text))?;
    let said = &told.statements;
    row.many("statements.id", said, |one| text(&one.id))?;
    row.many("statements.document", said, |one| text(&one.document))?;
    row.many("statements.kind", said, |one| text(one.kind.as_str()))?;
    row.many("statements.speaker", said, |one| one.speaker.as_ref().and_then(|who| text(&who.name)))?;
    row.many("statements.author", said, |one| Some(Cell::Truth(one.author)))?;
    row.many("statements.polarity", said, |one| text(one.polarity.to_string()))?;
    row.many("statements.hedge", said, |one| one.certainty.as_ref().and_then(text))?;
    row.many("statements.content", said, |one| text(&one.content))?;
    row.many("statements.known", said, |one| day(one.known))?;
    let reasons: Vec<&String> = incident.joins.iter().flat_map(|join| &join.reasons).collect();
    row.many("join_reasons", &reasons, |reason| text(reason))?;
    row.one("corrected", Some(Cell::Truth(told.corrected)))
}

/// One value.
enum Cell {
    Truth(bool),
    Int(i32),
    Long(i64),
    Double(f64),
    Text(ByteArray),
}

fn text(text: impl AsRef<str>) -> Option<Cell> {
    Some(Cell::Text(ByteArray::from(text.as_ref())))
}

/// A count; one too large for the column is left out rather than cut.
fn int(number: impl Into<u32>) -> Option<Cell> {
    i32::try_from(number.into()).ok().map(Cell::Int)
}

fn day(day: Date) -> Option<Cell> {
    Some(Cell::Int(day.days()))
}

/// The columns that an incident has still to fill.
struct Row<'c> {
    columns: std::slice::IterMut<'c, Column>,
}

impl Row<'_> {
    fn next(&mut self, name: &str) -> Result<&mut Column, Error> {
        match self.columns.next() {
            Some(column) if column.name == name => Ok(column),
            other => Err(Error::Table(format!(
                "parquet: column `{name}` where `{}` is wanted",
                other.map_or("none", |column| column.name.as_str())
            ))),
        }
    }

    fn one(&mut self, name: &str, cell: Option<Cell>) -> Result<(), Error> {
        self.next(name)?.put(cell, 0, 0)
    }

    fn many<T>(&mut self, name: &str, items: &[T], cell: impl Fn(&T) -> Option<Cell>) -> Result<(), Error> {
        let column = self.next(name)?;
        if items.is_empty() {
            // An empty list: not even its first level is there.
            column.definition.push(0);
            column.repetition.push(0);
        }
        for (number, item) in items.iter().enumerate() {
            column.put(cell(item), 1, i16::from(number > 0))?;
        }
        Ok(())
    }

    fn end(mut self) -> Result<(), Error> {
        self.columns.next().map_or(Ok(()), |column| {
            Err(Error::Table(format!("parquet: nothing for column `{}`", column.name)))
        })
    }
}

/// The values of one kind.
enum Values {
    Truth(Vec<bool>),
    Int(Vec<i32>),
    Long(Vec<i64>),
    Double(Vec<f64>),
    Text(Vec<ByteArray>),
}

/// A leaf of the schema with its values, as Dremel's levels (Melnik and others 2010) put them.
struct Column {
    /// `killed_best`, `reports.title`.
    name: String,
    values: Values,
    /// How much of the way to the value is there; `deepest` where the value is.
    definition: Vec<i16>,
    /// 1 where a value goes on with a list.
    repetition: Vec<i16>,
    deepest: i16,
}

impl Column {
    fn new(told: &ColumnDescriptor) -> Self {
        use parquet::basic::Type;
        let steps = told.path().parts().iter().filter(|step| !matches!(step.as_str(), "list" | "element"));
        let values = match told.physical_type() {
            Type::BOOLEAN => Values::Truth(Vec::new()),
            Type::INT32 => Values::Int(Vec::new()),
            Type::INT64 => Values::Long(Vec::new()),
            Type::DOUBLE => Values::Double(Vec::new()),
            _ => Values::Text(Vec::new()),
        };
        Self {
            name: steps.map(String::as_str).collect::<Vec<_>>().join("."),
            values,
            definition: Vec::new(),
            repetition: Vec::new(),
            deepest: told.max_def_level(),
        }
    }

    /// Appends a value or its lack; `there`: how deep the way leads without it.
    fn put(&mut self, cell: Option<Cell>, there: i16, repeated: i16) -> Result<(), Error> {
        let level = if cell.is_some() { self.deepest } else { there };
        if cell.is_none() && there == self.deepest {
            return Err(Error::Table(format!("parquet: column `{}` wants a value", self.name)));
        }
        match (&mut self.values, cell) {
            (_, None) => {}
            (Values::Truth(values), Some(Cell::Truth(value))) => values.push(value),
            (Values::Int(values), Some(Cell::Int(value))) => values.push(value),
            (Values::Long(values), Some(Cell::Long(value))) => values.push(value),
            (Values::Double(values), Some(Cell::Double(value))) => values.push(value),
            (Values::Text(values), Some(Cell::Text(value))) => values.push(value),
            _ => return Err(Error::Table(format!("parquet: column `{}` is of another kind", self.name))),
        }
        self.definition.push(level);
        self.repetition.push(repeated);
        Ok(())
    }

    /// Writes the values and forgets them.
    fn write(&mut self, writer: &mut ColumnWriter<'_>) -> Result<(), Error> {
        let levels = (Some(self.definition.as_slice()), Some(self.repetition.as_slice()));
        let written = match (&mut self.values, writer) {
            (Values::Truth(values), ColumnWriter::BoolColumnWriter(to)) => {
                to.write_batch(&std::mem::take(values), levels.0, levels.1)
            }
            (Values::Int(values), ColumnWriter::Int32ColumnWriter(to)) => {
                to.write_batch(&std::mem::take(values), levels.0, levels.1)
            }
            (Values::Long(values), ColumnWriter::Int64ColumnWriter(to)) => {
                to.write_batch(&std::mem::take(values), levels.0, levels.1)
            }
            (Values::Double(values), ColumnWriter::DoubleColumnWriter(to)) => {
                to.write_batch(&std::mem::take(values), levels.0, levels.1)
            }
            (Values::Text(values), ColumnWriter::ByteArrayColumnWriter(to)) => {
                to.write_batch(&std::mem::take(values), levels.0, levels.1)
            }
            _ => return Err(Error::Table(format!("parquet: column `{}` is of another kind", self.name))),
        };
        written?;
        self.definition.clear();
        self.repetition.clear();
        Ok(())
    }
}
