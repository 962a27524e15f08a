//! Reads a spaCy `en_core_web_{sm,md,lg}` 3.7/3.8 package and writes it as one weight file.
//!
//! In: the package's files as bytes (a function from relative path to content; this room opens no files). Out: the bytes of
//! a [weight file](watchkeeper_nn::weights) that [`Language::from_weights`](crate::Language::from_weights) reads. A damaged
//! or foreign package (another language, another architecture, other shapes, masked classes, a wrong number of actions) is
//! refused with a [`PackageError`] that names the file and the reason. Nothing is guessed.
//!
//! Entries of the weight file, besides the tensors listed in [`crate::language`]: blobs `config` (JSON, [`Config`]),
//! `tokenizer`, `lexeme_norm` (`vocab/lookups.bin`), `attribute_ruler` (`attribute_ruler/patterns`), `lemmatizer`
//! (`lemmatizer/lookups/lookups.bin`) exactly as in the package; `symbols` and `base_norms` (JSON objects) from
//! `data/language`; `licence`; and with static vectors `vectors.keys` (pairs of u64 key, u64 row, sorted by key).

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use watchkeeper_nn::WeightFileBuilder;

use crate::msgpack::{self, Value};

/// Width of token vectors in every supported package.
pub const WIDTH: usize = 96;
/// Pieces of the token-vector maxout layers.
pub const PIECES: usize = 3;
/// Encoder layers, each with a window of one token on both sides.
pub const DEPTH: usize = 4;
/// Width of the parser's hidden layer (two maxout pieces).
pub const HIDDEN: usize = 64;
/// State features of the dependency parser.
pub const PARSER_FEATURES: usize = 8;
/// State features of the entity recogniser.
pub const ENTITY_FEATURES: usize = 3;

/// Why a package cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PackageError {
    /// A file that every package has is not there.
    MissingFile(String),
    /// A file is there but cannot be read.
    Damaged {
        /// Path inside the package.
        file: String,
        /// What was wrong.
        reason: String,
    },
    /// The package is readable, but is not one this program can run.
    Unsupported(String),
}

impl fmt::Display for PackageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingFile(file) => write!(f, "language package has no file `{file}`"),
            Self::Damaged { file, reason } => write!(f, "language package: `{file}` is damaged: {reason}"),
            Self::Unsupported(reason) => write!(f, "language package cannot be used: {reason}"),
        }
    }
}

impl std::error::Error for PackageError {}

/// Everything inference needs that is not a tensor or a table: the `config` blob, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// Package name, for example `en_core_web_sm`.
    pub name: String,
    /// Package version.
    pub version: String,
    /// Licence as the package states it.
    pub licence: String,
    /// Embedding columns of the shared token vectors, with the seed of each table.
    pub tok2vec: Vec<(Column, u32)>,
    /// Embedding columns of the entity recogniser's own token vectors.
    pub ner: Vec<(Column, u32)>,
    /// Tags in the order of the tagger's output.
    pub tags: Vec<String>,
    /// Parser actions (move code, label) in the order of the upper layer's rows.
    pub parser_actions: Vec<(u8, String)>,
    /// Entity actions (move code, label) in the order of the upper layer's rows.
    pub ner_actions: Vec<(u8, String)>,
}

/// A lexical attribute that is hashed into an embedding table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Column {
    /// Normalised form.
    Norm,
    /// First character.
    Prefix,
    /// Last three characters.
    Suffix,
    /// Shape, for example `Xxxxx`.
    Shape,
    /// 1 when a space follows.
    Spacy,
    /// 1 when the token is white space.
    #[serde(rename = "IS_SPACE")]
    IsSpace,
}

type Files<'f> = &'f dyn Fn(&str) -> Option<Vec<u8>>;

/// Converts a package directory, or the directory of an installed wheel around one.
///
/// `files` maps a path relative to the directory (with `/`) to the file's content.
///
/// # Errors
/// [`PackageError`] for a missing or damaged file and for a package this program cannot run exactly.
pub fn convert(files: Files<'_>) -> Result<Vec<u8>, PackageError> {
    let meta: Meta = json("meta.json", &read(files, "meta.json")?)?;
    let inner = format!("{}_{}-{}/", meta.lang, meta.name, meta.version);
    let prefix = if files("config.cfg").is_some() { "" } else { inner.as_str() };
    let files = &|path: &str| files(&format!("{prefix}{path}"));
    check_meta(&meta)?;
    let settings = String::from_utf8(read(files, "config.cfg")?).map_err(|e| damaged("config.cfg", e))?;
    check_settings(&Settings::parse(&settings))?;

    let mut out = WeightFileBuilder::new();
    for (blob, file) in [
        ("tokenizer", "tokenizer"),
        ("lexeme_norm", "vocab/lookups.bin"),
        ("attribute_ruler", "attribute_ruler/patterns"),
        ("lemmatizer", "lemmatizer/lookups/lookups.bin"),
    ] {
        let bytes = read(files, file)?;
        msgpack::parse(&bytes).map_err(|e| damaged(file, e))?;
        out.blob(blob, &bytes);
    }
    out.blob("symbols", &table_json(include_str!("../../../data/language/symbols.tsv"), true));
    out.blob("base_norms", &table_json(include_str!("../../../data/language/base_norms.tsv"), false));
    if let Some(licence) = files("LICENSE") {
        out.blob("licence", &licence);
    }
    let vectors = vectors(files, &mut out)?;

    let bytes = read(files, "tok2vec/model")?;
    let tok2vec = embedder(&Layers::parse("tok2vec/model", &bytes)?, "tok2vec", vectors, &mut out)?;
    let cfg: TaggerCfg = json("tagger/cfg", &read(files, "tagger/cfg")?)?;
    tagger(files, cfg.labels.len(), &mut out)?;
    let parser_actions = actions("parser/moves", &read(files, "parser/moves")?)?;
    let bytes = read(files, "parser/model")?;
    let layers = Layers::parse("parser/model", &bytes)?;
    scorer(&layers, "parser", PARSER_FEATURES, parser_actions.len(), &mut out)?;
    let ner_actions = actions("ner/moves", &read(files, "ner/moves")?)?;
    let bytes = read(files, "ner/model")?;
    let layers = Layers::parse("ner/model", &bytes)?;
    scorer(&layers, "ner", ENTITY_FEATURES, ner_actions.len(), &mut out)?;
    let ner = embedder(&layers, "ner", vectors, &mut out)?;

    let config = Config {
        name: format!("{}_{}", meta.lang, meta.name),
        version: meta.version,
        licence: meta.license,
        tok2vec,
        ner,
        tags: cfg.labels,
        parser_actions,
        ner_actions,
    };
    out.blob("config", &serde_json::to_vec(&config).expect("the configuration is plain data"));
    Ok(out.finish())
}

#[derive(Deserialize)]
struct Meta {
    lang: String,
    name: String,
    version: String,
    #[serde(default)]
    license: String,
}

#[derive(Deserialize)]
struct TaggerCfg {
    labels: Vec<String>,
}

fn damaged(file: &str, reason: impl fmt::Display) -> PackageError {
    PackageError::Damaged { file: file.to_owned(), reason: reason.to_string() }
}

fn read(files: Files<'_>, path: &str) -> Result<Vec<u8>, PackageError> {
    files(path).ok_or_else(|| PackageError::MissingFile(path.to_owned()))
}

fn json<T: for<'de> Deserialize<'de>>(file: &str, bytes: &[u8]) -> Result<T, PackageError> {
    serde_json::from_slice(bytes).map_err(|e| damaged(file, e))
}

/// Turns a two-column table with `#` comments into a JSON object; `numbers` says what the second column holds.
fn table_json(tsv: &str, numbers: bool) -> Vec<u8> {
    let mut map = serde_json::Map::new();
    for (key, value) in tsv.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once('\t')) {
        let value = if numbers { value.parse::<u64>().unwrap_or(0).into() } else { value.into() };
        map.insert(key.to_owned(), value);
    }
    serde_json::to_vec(&map).expect("a JSON object of strings and numbers")
}

fn check_meta(meta: &Meta) -> Result<(), PackageError> {
    if meta.lang != "en" {
        return Err(PackageError::Unsupported(format!("its language is `{}`, not English", meta.lang)));
    }
    if !(meta.version.starts_with("3.7.") || meta.version.starts_with("3.8.")) {
        let version = &meta.version;
        return Err(PackageError::Unsupported(format!(
            "its version is {version}, supported are 3.7 and 3.8"
        )));
    }
    Ok(())
}

/// `config.cfg`: values by (section, key), as written.
struct Settings<'t>(BTreeMap<(&'t str, &'t str), &'t str>);

impl<'t> Settings<'t> {
    fn parse(text: &'t str) -> Self {
        let mut section = "";
        let mut values = BTreeMap::new();
        for line in text.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                section = name;
            } else if let Some((key, value)) = line.split_once('=') {
                values.insert((section, key.trim()), value.trim());
            }
        }
        Self(values)
    }

    /// Returns a value as written. An object may stand inline (`tokenizer = {"@tokenizers":"x"}`) or, where spaCy saved the
    /// package again, as a section of its own; both read as the first.
    fn get(&self, section: &str, key: &str) -> Option<String> {
        if let Some(&value) = self.0.get(&(section, key)) {
            return Some(value.to_owned());
        }
        let own = format!("{section}.{key}");
        let fields: Vec<String> = self
            .0
            .iter()
            .filter(|((section, _), _)| *section == own)
            .map(|((_, key), value)| format!("\"{key}\":{value}"))
            .collect();
        (!fields.is_empty()).then(|| format!("{{{}}}", fields.join(",")))
    }
}

/// Settings that inference depends on; anything else is another program's package.
const REQUIRED: &[(&str, &str, &str)] = &[
    ("nlp", "lang", "\"en\""),
    ("nlp", "tokenizer", "{\"@tokenizers\":\"spacy.Tokenizer.v1\"}"),
    ("components.tok2vec.model", "@architectures", "\"spacy.Tok2Vec.v2\""),
    ("components.tok2vec.model.embed", "@architectures", "\"spacy.MultiHashEmbed.v2\""),
    ("components.tok2vec.model.encode", "@architectures", "\"spacy.MaxoutWindowEncoder.v2\""),
    ("components.tok2vec.model.encode", "width", "96"),
    ("components.tok2vec.model.encode", "depth", "4"),
    ("components.tok2vec.model.encode", "window_size", "1"),
    ("components.tok2vec.model.encode", "maxout_pieces", "3"),
    ("components.ner.model.tok2vec", "@architectures", "\"spacy.Tok2Vec.v2\""),
    ("components.ner.model.tok2vec.embed", "@architectures", "\"spacy.MultiHashEmbed.v2\""),
    ("components.ner.model.tok2vec.encode", "@architectures", "\"spacy.MaxoutWindowEncoder.v2\""),
    ("components.ner.model.tok2vec.encode", "width", "96"),
    ("components.ner.model.tok2vec.encode", "depth", "4"),
    ("components.ner.model.tok2vec.encode", "window_size", "1"),
    ("components.ner.model.tok2vec.encode", "maxout_pieces", "3"),
    ("components.tagger.model", "@architectures", "\"spacy.Tagger.v2\""),
    ("components.parser.model", "@architectures", "\"spacy.TransitionBasedParser.v2\""),
    ("components.parser.model", "state_type", "\"parser\""),
    ("components.parser.model", "extra_state_tokens", "false"),
    ("components.parser.model", "hidden_width", "64"),
    ("components.parser.model", "maxout_pieces", "2"),
    ("components.parser.model", "use_upper", "true"),
    ("components.parser", "learn_tokens", "false"),
    ("components.ner.model", "@architectures", "\"spacy.TransitionBasedParser.v2\""),
    ("components.ner.model", "state_type", "\"ner\""),
    ("components.ner.model", "extra_state_tokens", "false"),
    ("components.ner.model", "hidden_width", "64"),
    ("components.ner.model", "maxout_pieces", "2"),
    ("components.ner.model", "use_upper", "true"),
    ("components.lemmatizer", "mode", "\"rule\""),
];

fn check_settings(settings: &Settings<'_>) -> Result<(), PackageError> {
    for &(section, key, expected) in REQUIRED {
        match settings.get(section, key) {
            Some(found) if found == expected => {}
            found => {
                let found = found.unwrap_or_else(|| "nothing".to_owned());
                return Err(PackageError::Unsupported(format!(
                    "config.cfg [{section}] {key} is {found}, supported is {expected}"
                )));
            }
        }
    }
    let pipeline: String = settings.0.get(&("nlp", "pipeline")).copied().unwrap_or_default().replace(' ', "");
    let order = ["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "ner"];
    let found: Vec<&str> = pipeline
        .trim_matches(['[', ']'])
        .split(',')
        .map(|name| name.trim_matches('"'))
        .filter(|&name| name != "senter")
        .collect();
    if found != order {
        return Err(PackageError::Unsupported(format!("its pipeline is {pipeline}, supported is {order:?}")));
    }
    Ok(())
}

/// The layers of one `model` file, in file order.
struct Layers<'a> {
    file: &'static str,
    root: Value<'a>,
}

/// One layer: its attributes (still packed) and its arrays.
#[derive(Clone, Copy)]
struct Layer<'l, 'a> {
    attrs: &'l Value<'a>,
    params: &'l Value<'a>,
}

/// A decoded array.
struct Array {
    shape: Vec<usize>,
    data: Vec<f32>,
}

impl<'a> Layers<'a> {
    fn parse(file: &'static str, bytes: &'a [u8]) -> Result<Self, PackageError> {
        let root = msgpack::parse(bytes).map_err(|e| damaged(file, e))?;
        let length = |key| root.get(key).and_then(Value::list).map(<[_]>::len);
        let lengths = [length("nodes"), length("attrs"), length("params")];
        if lengths[0].is_none() || lengths.iter().any(|&l| l != lengths[0]) {
            return Err(damaged(file, "lists of layers, attributes and arrays differ in length"));
        }
        Ok(Self { file, root })
    }

    fn list(&self, key: &str) -> &[Value<'a>] {
        self.root.get(key).and_then(Value::list).unwrap_or_default()
    }

    /// Layers of this name, in file order.
    fn named(&self, name: &str) -> Vec<Layer<'_, 'a>> {
        let rows = self.list("nodes").iter().zip(self.list("attrs")).zip(self.list("params"));
        rows.filter(|((node, _), _)| node.get("name").and_then(Value::text) == Some(name))
            .map(|((_, attrs), params)| Layer { attrs, params })
            .collect()
    }

    fn one(&self, name: &str) -> Result<Layer<'_, 'a>, PackageError> {
        self.exactly(name, 1).map(|layers| layers[0])
    }

    fn exactly(&self, name: &str, count: usize) -> Result<Vec<Layer<'_, 'a>>, PackageError> {
        let layers = self.named(name);
        if layers.len() == count {
            return Ok(layers);
        }
        let (file, found) = (self.file, layers.len());
        Err(PackageError::Unsupported(format!("`{file}` has {found} layers `{name}`, supported is {count}")))
    }

    fn attr<T>(
        &self,
        layer: Layer<'_, 'a>,
        name: &str,
        read: impl Fn(&Value<'_>) -> Option<T>,
    ) -> Result<T, PackageError> {
        let packed = layer.attrs.get(name).and_then(Value::bytes);
        let packed = packed.ok_or_else(|| damaged(self.file, format_args!("no attribute `{name}`")))?;
        let value = msgpack::parse(packed).map_err(|e| damaged(self.file, e))?;
        read(&value).ok_or_else(|| damaged(self.file, format_args!("attribute `{name}` is unreadable")))
    }

    /// Decodes an array; `shape` entries of 0 accept any size.
    fn array(&self, layer: Layer<'_, 'a>, name: &str, shape: &[usize]) -> Result<Array, PackageError> {
        let array = layer.params.get(name).and_then(numpy_array);
        let array = array.ok_or_else(|| damaged(self.file, format_args!("array `{name}` is unreadable")))?;
        let fits = array.shape.len() == shape.len()
            && array.shape.iter().zip(shape).all(|(&found, &wanted)| wanted == 0 || found == wanted);
        if fits {
            return Ok(array);
        }
        let (file, found) = (self.file, array.shape);
        Err(PackageError::Unsupported(format!(
            "`{file}`: array `{name}` has shape {found:?}, supported is {shape:?}"
        )))
    }

    /// Copies an array into the weight file.
    fn copy(
        &self,
        layer: Layer<'_, 'a>,
        name: &str,
        shape: &[usize],
        to: &str,
        out: &mut WeightFileBuilder,
    ) -> Result<Vec<usize>, PackageError> {
        let array = self.array(layer, name, shape)?;
        if !array.data.iter().all(|v| v.is_finite()) {
            return Err(damaged(self.file, format_args!("array `{name}` holds values that are not numbers")));
        }
        out.tensor(to, &array.shape, &array.data);
        Ok(array.shape)
    }
}

/// Decodes a little-endian `f32` array of the msgpack-numpy convention.
fn numpy_array(value: &Value<'_>) -> Option<Array> {
    if value.get("type")?.bytes()? != b"<f4" {
        return None;
    }
    let shape = value.get("shape")?.list()?;
    let shape: Vec<usize> =
        shape.iter().map(|d| d.unsigned().and_then(|d| usize::try_from(d).ok())).collect::<Option<_>>()?;
    let data = value.get("data")?.bytes()?;
    let values = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d))?;
    if values.checked_mul(4)? != data.len() {
        return None;
    }
    Some(Array { shape, data: floats(data) })
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect()
}

/// Copies a token-vector network; returns its columns with their seeds.
fn embedder(
    layers: &Layers<'_>,
    to: &str,
    vectors: Option<usize>,
    out: &mut WeightFileBuilder,
) -> Result<Vec<(Column, u32)>, PackageError> {
    let names = layers.attr(layers.one("extract_features")?, "columns", |v| {
        v.list()?.iter().map(|c| c.text().map(str::to_owned)).collect::<Option<Vec<String>>>()
    })?;
    let tables = layers.exactly("hashembed", names.len())?;
    let mut columns = Vec::new();
    for (k, &table) in tables.iter().enumerate() {
        let number = |v: &Value<'_>| v.unsigned().and_then(|n| u32::try_from(n).ok());
        let seed = layers.attr(table, "seed", number)?;
        let column = layers.attr(table, "column", number)?;
        let column = match names.get(column as usize).map(String::as_str) {
            Some("NORM") => Column::Norm,
            Some("PREFIX") => Column::Prefix,
            Some("SUFFIX") => Column::Suffix,
            Some("SHAPE") => Column::Shape,
            Some("SPACY") => Column::Spacy,
            Some("IS_SPACE") => Column::IsSpace,
            other => {
                return Err(PackageError::Unsupported(format!("embedding column {other:?} is not known")));
            }
        };
        let shape = layers.copy(table, "E", &[0, WIDTH], &format!("{to}.embed.{k}"), out)?;
        if shape[0] == 0 || u32::try_from(shape[0]).is_err() {
            return Err(damaged(layers.file, "an embedding table has no rows"));
        }
        columns.push((column, seed));
    }
    let statics = layers.named("static_vectors");
    let mut inputs = columns.len() * WIDTH;
    match (statics.as_slice(), vectors) {
        ([], _) => {}
        (&[layer], Some(width)) => {
            layers.copy(layer, "W", &[WIDTH, width], &format!("{to}.static"), out)?;
            inputs += WIDTH;
        }
        _ => {
            return Err(PackageError::Unsupported(
                "it needs static vectors that it does not have".to_owned(),
            ));
        }
    }
    let maxout = layers.exactly("maxout", 1 + DEPTH)?;
    let norm = layers.exactly("layernorm", 1 + DEPTH)?;
    for (k, (&maxout, &norm)) in maxout.iter().zip(&norm).enumerate() {
        let width = if k == 0 { inputs } else { 3 * WIDTH };
        let to = format!("{to}.layer.{k}");
        layers.copy(maxout, "W", &[WIDTH, PIECES, width], &format!("{to}.W"), out)?;
        layers.copy(maxout, "b", &[WIDTH, PIECES], &format!("{to}.b"), out)?;
        layers.copy(norm, "G", &[WIDTH], &format!("{to}.gain"), out)?;
        layers.copy(norm, "b", &[WIDTH], &format!("{to}.bias"), out)?;
    }
    Ok(columns)
}

fn tagger(files: Files<'_>, tags: usize, out: &mut WeightFileBuilder) -> Result<(), PackageError> {
    let bytes = read(files, "tagger/model")?;
    let layers = Layers::parse("tagger/model", &bytes)?;
    let softmax = layers.one("softmax")?;
    layers.copy(softmax, "W", &[tags, WIDTH], "tagger.W", out)?;
    layers.copy(softmax, "b", &[tags], "tagger.b", out)?;
    Ok(())
}

/// Copies the projection, lower and upper layers of a transition system.
fn scorer(
    layers: &Layers<'_>,
    to: &str,
    features: usize,
    actions: usize,
    out: &mut WeightFileBuilder,
) -> Result<(), PackageError> {
    let linear = layers.exactly("linear", 2)?;
    layers.copy(linear[0], "W", &[actions, HIDDEN], &format!("{to}.upper.W"), out)?;
    layers.copy(linear[0], "b", &[actions], &format!("{to}.upper.b"), out)?;
    layers.copy(linear[1], "W", &[HIDDEN, WIDTH], &format!("{to}.projection.W"), out)?;
    layers.copy(linear[1], "b", &[HIDDEN], &format!("{to}.projection.b"), out)?;
    let lower = layers.one("precomputable_affine")?;
    layers.copy(lower, "W", &[features, HIDDEN, 2, HIDDEN], &format!("{to}.lower.W"), out)?;
    layers.copy(lower, "b", &[HIDDEN, 2], &format!("{to}.lower.b"), out)?;
    layers.copy(lower, "pad", &[1, features, HIDDEN, 2], &format!("{to}.lower.pad"), out)?;
    for attrs in layers.list("attrs") {
        let Some(packed) = attrs.get("unseen_classes").and_then(Value::bytes) else { continue };
        let classes = msgpack::parse(packed).map_err(|e| damaged(layers.file, e))?;
        let empty = match &classes {
            Value::List(items) => items.is_empty(),
            Value::Map(items) => items.is_empty(),
            other => matches!(other, Value::Nil),
        };
        if !empty {
            return Err(PackageError::Unsupported(format!("`{}` masks unseen classes", layers.file)));
        }
    }
    Ok(())
}

/// Reads the action inventory in the order of the upper layer's rows: move codes ascending, labels by (frequency, label)
/// descending; negative frequencies (labels added later) after all others.
fn actions(file: &'static str, bytes: &[u8]) -> Result<Vec<(u8, String)>, PackageError> {
    let root = msgpack::parse(bytes).map_err(|e| damaged(file, e))?;
    let text = root.get("moves").and_then(Value::text).ok_or_else(|| damaged(file, "no `moves`"))?;
    let moves: BTreeMap<String, BTreeMap<String, i64>> = json(file, text.as_bytes())?;
    let mut coded = Vec::new();
    for (code, labels) in moves {
        coded.push((code.parse::<u8>().map_err(|e| damaged(file, e))?, labels));
    }
    coded.sort_by_key(|&(code, _)| code);
    let (mut actions, mut late) = (Vec::new(), Vec::new());
    for (code, labels) in coded {
        let mut labels: Vec<(i64, String)> =
            labels.into_iter().map(|(label, count)| (count, label)).collect();
        labels.sort_by(|a, b| b.cmp(a));
        for (count, label) in labels {
            if count < 0 { late.push((count, label, code)) } else { actions.push((code, label)) }
        }
    }
    late.sort_by(|a, b| (b.0, &b.1).cmp(&(a.0, &a.1)));
    actions.extend(late.into_iter().map(|(_, label, code)| (code, label)));
    Ok(actions)
}

/// Copies the static vectors, if the package has any; returns their width.
fn vectors(files: Files<'_>, out: &mut WeightFileBuilder) -> Result<Option<usize>, PackageError> {
    const TABLE: &str = "vocab/vectors";
    const KEYS: &str = "vocab/key2row";
    let Some(bytes) = files(TABLE) else { return Ok(None) };
    let bad = |reason: &str| damaged(TABLE, reason);
    let (rows, width, data) =
        npy(&bytes).ok_or_else(|| bad("not a two-dimensional little-endian f32 array"))?;
    if rows == 0 || width == 0 {
        return Ok(None);
    }
    if let Some(cfg) = files("vocab/vectors.cfg") {
        #[derive(Deserialize)]
        struct VectorsCfg {
            mode: Option<String>,
        }
        let cfg: VectorsCfg = json("vocab/vectors.cfg", &cfg)?;
        if cfg.mode.as_deref().is_some_and(|mode| mode != "default") {
            return Err(PackageError::Unsupported(
                "its static vectors are not of the default kind".to_owned(),
            ));
        }
    }
    let packed = read(files, KEYS)?;
    let map = msgpack::parse(&packed).map_err(|e| damaged(KEYS, e))?;
    let Value::Map(entries) = &map else { return Err(damaged(KEYS, "not a map")) };
    let mut keys = Vec::with_capacity(entries.len());
    for (key, row) in entries {
        match (key.unsigned(), row.unsigned()) {
            (Some(key), Some(row)) if row < rows as u64 => keys.push((key, row)),
            // A key without a vector has row -1.
            (Some(_), None) => {}
            _ => return Err(damaged(KEYS, "a key or a row is out of range")),
        }
    }
    keys.sort_unstable();
    let flat: Vec<u8> = keys.iter().flat_map(|&(k, r)| [k, r]).flat_map(u64::to_le_bytes).collect();
    out.blob("vectors.keys", &flat);
    out.tensor("vectors", &[rows, width], &floats(data));
    Ok(Some(width))
}

/// Reads the header of a NumPy `.npy` file: rows, columns, data. `None` unless C-ordered little-endian f32 of rank 2.
fn npy(bytes: &[u8]) -> Option<(usize, usize, &[u8])> {
    let rest = bytes.strip_prefix(b"\x93NUMPY")?;
    let (&[major, _minor], rest) = rest.split_first_chunk::<2>()?;
    let (length, rest) = if major == 1 {
        let (length, rest) = rest.split_first_chunk::<2>()?;
        (usize::from(u16::from_le_bytes(*length)), rest)
    } else {
        let (length, rest) = rest.split_first_chunk::<4>()?;
        (usize::try_from(u32::from_le_bytes(*length)).ok()?, rest)
    };
    let (header, data) = rest.split_at_checked(length)?;
    let header = std::str::from_utf8(header).ok()?;
    if !header.contains("'<f4'") || !header.contains("'fortran_order': False") {
        return None;
    }
    let shape = header.split_once("'shape': (")?.1.split_once(')')?.0;
    let mut sizes = shape.split(',').map(str::trim).filter(|s| !s.is_empty()).map(str::parse::<usize>);
    let (rows, columns) = (sizes.next()?.ok()?, sizes.next()?.ok()?);
    let values = rows.checked_mul(columns)?.checked_mul(4)?;
    (sizes.next().is_none() && data.len() == values).then_some((rows, columns, data))
}
