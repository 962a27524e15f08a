//! Foreign and damaged packages are refused with a reason; a sound one becomes a weight file.
//!
//! The package is made here: the shapes of a small package with tiny embedding tables and zeros for weights.

use std::collections::BTreeMap;

use serde_json::json;
use watchkeeper_nlp::package::{PackageError, convert};
use watchkeeper_nn::WeightFile;

type Files = BTreeMap<String, Vec<u8>>;

/// MessagePack, written by hand: enough for a model file.
enum Pack {
    Text(String),
    Number(u32),
    Bytes(Vec<u8>),
    List(Vec<Pack>),
    Map(Vec<(&'static str, Pack)>),
}

impl Pack {
    fn write(&self, out: &mut Vec<u8>) {
        let mut head = |tag: u8, n: usize| {
            out.push(tag);
            out.extend_from_slice(&(n as u32).to_be_bytes());
        };
        match self {
            Pack::Text(text) => {
                head(0xdb, text.len());
                out.extend_from_slice(text.as_bytes());
            }
            Pack::Number(n) => head(0xce, *n as usize),
            Pack::Bytes(bytes) => {
                head(0xc6, bytes.len());
                out.extend_from_slice(bytes);
            }
            Pack::List(items) => {
                head(0xdd, items.len());
                items.iter().for_each(|item| item.write(out));
            }
            Pack::Map(items) => {
                head(0xdf, items.len());
                for (key, value) in items {
                    Pack::Text((*key).to_owned()).write(out);
                    value.write(out);
                }
            }
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }
}

fn text(text: &str) -> Pack {
    Pack::Text(text.to_owned())
}

fn array(shape: &[u32], value: f32) -> Pack {
    let count = shape.iter().product::<u32>() as usize;
    let data = value.to_le_bytes().repeat(count);
    let shape = Pack::List(shape.iter().map(|&n| Pack::Number(n)).collect());
    Pack::Map(vec![("type", text("<f4")), ("shape", shape), ("data", Pack::Bytes(data))])
}

type Layer = (&'static str, Vec<(&'static str, Pack)>, Vec<(&'static str, Pack)>);

fn model(layers: Vec<Layer>) -> Vec<u8> {
    let (mut nodes, mut attrs, mut params) = (Vec::new(), Vec::new(), Vec::new());
    for (name, attr, param) in layers {
        nodes.push(Pack::Map(vec![("name", text(name))]));
        attrs.push(Pack::Map(attr.into_iter().map(|(k, v)| (k, Pack::Bytes(v.bytes()))).collect()));
        params.push(Pack::Map(param));
    }
    Pack::Map(vec![
        ("nodes", Pack::List(nodes)),
        ("attrs", Pack::List(attrs)),
        ("params", Pack::List(params)),
    ])
    .bytes()
}

fn embedder(columns: &[&str]) -> Vec<Layer> {
    let names = Pack::List(columns.iter().map(|name| text(name)).collect());
    let mut layers: Vec<Layer> = vec![("extract_features", vec![("columns", names)], vec![])];
    for column in 0..columns.len() as u32 {
        let attrs = vec![("seed", Pack::Number(8 + column)), ("column", Pack::Number(column))];
        layers.push(("hashembed", attrs, vec![("E", array(&[3, 96], 0.5))]));
    }
    for k in 0..5 {
        let inputs = if k == 0 { columns.len() as u32 * 96 } else { 288 };
        let maxout = vec![("W", array(&[96, 3, inputs], 0.0)), ("b", array(&[96, 3], 0.0))];
        layers.push(("maxout", vec![], maxout));
        layers.push(("layernorm", vec![], vec![("G", array(&[96], 1.0)), ("b", array(&[96], 0.0))]));
    }
    layers
}

fn scorer(features: u32, actions: u32, value: f32, unseen: &[u32]) -> Vec<Layer> {
    let linear =
        |rows: u32, columns: u32| vec![("W", array(&[rows, columns], 0.0)), ("b", array(&[rows], 0.0))];
    let lower = vec![
        ("W", array(&[features, 64, 2, 64], value)),
        ("b", array(&[64, 2], 0.0)),
        ("pad", array(&[1, features, 64, 2], 0.0)),
    ];
    let unseen = Pack::List(unseen.iter().map(|&n| Pack::Number(n)).collect());
    vec![
        ("parser_model", vec![("unseen_classes", unseen)], vec![]),
        ("linear", vec![], linear(actions, 64)),
        ("linear", vec![], linear(64, 96)),
        ("precomputable_affine", vec![], lower),
    ]
}

fn moves(moves: &serde_json::Value) -> Vec<u8> {
    Pack::Map(vec![("moves", text(&moves.to_string()))]).bytes()
}

const CONFIG: &str = r#"
[nlp]
lang = "en"
pipeline = ["tok2vec","tagger","parser","senter","attribute_ruler","lemmatizer","ner"]
tokenizer = {"@tokenizers":"spacy.Tokenizer.v1"}
[components.lemmatizer]
mode = "rule"
[components.tok2vec.model]
@architectures = "spacy.Tok2Vec.v2"
[components.tok2vec.model.embed]
@architectures = "spacy.MultiHashEmbed.v2"
[components.tok2vec.model.encode]
@architectures = "spacy.MaxoutWindowEncoder.v2"
width = 96
depth = 4
window_size = 1
maxout_pieces = 3
[components.ner.model]
@architectures = "spacy.TransitionBasedParser.v2"
state_type = "ner"
extra_state_tokens = false
hidden_width = 64
maxout_pieces = 2
use_upper = true
[components.ner.model.tok2vec]
@architectures = "spacy.Tok2Vec.v2"
[components.ner.model.tok2vec.embed]
@architectures = "spacy.MultiHashEmbed.v2"
[components.ner.model.tok2vec.encode]
@architectures = "spacy.MaxoutWindowEncoder.v2"
width = 96
depth = 4
window_size = 1
maxout_pieces = 3
[components.tagger.model]
@architectures = "spacy.Tagger.v2"
[components.parser]
learn_tokens = false
[components.parser.model]
@architectures = "spacy.TransitionBasedParser.v2"
state_type = "parser"
extra_state_tokens = false
hidden_width = 64
maxout_pieces = 2
use_upper = true
"#;

fn package() -> Files {
    let mut ner = scorer(3, 5, 0.0, &[]);
    ner.extend(embedder(&["NORM", "PREFIX", "SUFFIX", "SHAPE"]));
    let tagger = vec![("softmax", vec![], vec![("W", array(&[2, 96], 0.0)), ("b", array(&[2], 0.0))])];
    let meta = json!({"lang": "en", "name": "core_web_sm", "version": "3.8.0", "license": "MIT"});
    let parser_moves =
        json!({"0": {"": 9}, "1": {"": 9}, "2": {"nsubj": 5, "det": 7}, "3": {}, "4": {"ROOT": 1}});
    let ner_moves =
        json!({"0": {}, "1": {"ORG": 1}, "2": {"ORG": 1}, "3": {"ORG": 1}, "4": {"ORG": 1}, "5": {"": 1}});
    let empty = Pack::Map(vec![]).bytes();
    let attributes = ["NORM", "PREFIX", "SUFFIX", "SHAPE", "SPACY", "IS_SPACE"];
    [
        ("meta.json", meta.to_string().into_bytes()),
        ("config.cfg", CONFIG.into()),
        ("tokenizer", empty.clone()),
        ("vocab/lookups.bin", empty.clone()),
        ("attribute_ruler/patterns", empty.clone()),
        ("lemmatizer/lookups/lookups.bin", empty),
        ("tok2vec/model", model(embedder(&attributes))),
        ("tagger/cfg", br#"{"labels": ["NN", "VB"]}"#.to_vec()),
        ("tagger/model", model(tagger)),
        ("parser/moves", moves(&parser_moves)),
        ("parser/model", model(scorer(8, 5, 0.0, &[]))),
        ("ner/moves", moves(&ner_moves)),
        ("ner/model", model(ner)),
    ]
    .into_iter()
    .map(|(path, bytes)| (path.to_owned(), bytes))
    .collect()
}

fn run(files: &Files) -> Result<Vec<u8>, PackageError> {
    convert(&|path| files.get(path).cloned())
}

#[test]
fn a_sound_package_is_converted() {
    let files = package();
    let bytes = run(&files).unwrap();
    let weights = WeightFile::parse(&bytes).unwrap();
    assert_eq!(weights.tensor("parser.upper.W").unwrap().shape, [5, 64]);
    let config: serde_json::Value = serde_json::from_slice(weights.blob("config").unwrap()).unwrap();
    // Codes ascending; labels by frequency, then name, descending.
    assert_eq!(config["parser_actions"], json!([[0, ""], [1, ""], [2, "det"], [2, "nsubj"], [4, "ROOT"]]));
    // The folder of an installed wheel holds the package one level down, beside a copy of its meta.json.
    let mut wheel: Files =
        files.iter().map(|(p, b)| (format!("en_core_web_sm-3.8.0/{p}"), b.clone())).collect();
    wheel.insert("meta.json".to_owned(), files["meta.json"].clone());
    assert_eq!(run(&wheel), Ok(bytes));
}

#[test]
fn every_missing_file_is_named() {
    for path in package().keys() {
        let mut files = package();
        files.remove(path);
        match run(&files) {
            Err(PackageError::MissingFile(missing)) => assert!(missing.ends_with(path.as_str())),
            other => panic!("{path}: {:?}", other.map(|bytes| bytes.len())),
        }
    }
}

#[test]
fn damage_is_refused_without_a_panic() {
    for (path, bytes) in package() {
        for keep in [0, 1, bytes.len() / 3, bytes.len() - 1] {
            let mut files = package();
            files.insert(path.clone(), bytes[..keep].to_vec());
            // A shorter config may still hold every setting that is asked for.
            assert!(run(&files).is_err() || path == "config.cfg", "{path} cut to {keep}");
        }
    }
}

#[test]
fn changed_bytes_never_panic() {
    let files = package();
    let mut state = 5u32;
    let mut next = |n: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % n
    };
    for (path, bytes) in &files {
        for _ in 0..12 {
            let mut changed = bytes.clone();
            // The head of a file holds its structure, the rest mostly numbers.
            let at = if next(2) == 0 { next(changed.len()) } else { next(changed.len().min(200)) };
            changed[at] ^= 1 << next(8);
            let _ =
                convert(&|name| if name == path { Some(changed.clone()) } else { files.get(name).cloned() });
        }
    }
}

#[test]
fn foreign_packages_are_refused() {
    let refused = |change: &dyn Fn(&mut Files), reason: &str| {
        let mut files = package();
        change(&mut files);
        let error = run(&files).expect_err(reason).to_string();
        assert!(error.contains(reason), "`{error}` does not say `{reason}`");
    };
    let replace = |path: &'static str, from: &'static str, to: &'static str| {
        move |files: &mut Files| {
            let changed = String::from_utf8(files[path].clone()).unwrap().replacen(from, to, 1);
            files.insert(path.to_owned(), changed.into_bytes());
        }
    };
    refused(&replace("meta.json", "\"en\"", "\"de\""), "language is `de`");
    refused(&replace("meta.json", "3.8.0", "3.4.1"), "3.4.1");
    refused(
        &replace("config.cfg", "extra_state_tokens = false", "extra_state_tokens = true"),
        "extra_state_tokens",
    );
    refused(&replace("config.cfg", "use_upper = true", "use_upper = false"), "use_upper");
    refused(&replace("config.cfg", "spacy.MultiHashEmbed.v2", "spacy.CharacterEmbed.v2"), "CharacterEmbed");
    refused(&replace("config.cfg", "\"lemmatizer\",", ""), "pipeline");
    refused(&replace("tagger/cfg", "\"NN\", ", ""), "shape");
    let set = |path: &'static str, bytes: fn() -> Vec<u8>| {
        move |files: &mut Files| {
            files.insert(path.to_owned(), bytes());
        }
    };
    refused(&set("parser/model", || model(scorer(8, 6, 0.0, &[]))), "shape");
    refused(&set("parser/model", || model(scorer(13, 5, 0.0, &[]))), "shape");
    refused(&set("parser/model", || model(scorer(8, 5, 0.0, &[3]))), "unseen");
    refused(&set("parser/model", || model(scorer(8, 5, f32::NAN, &[]))), "not numbers");
    refused(&set("tok2vec/model", || model(embedder(&["NORM", "LEMMA"]))), "LEMMA");
}
