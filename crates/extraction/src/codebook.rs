//! The words and codes that the extraction goes by, read once from data files.
//!
//! In: the text of files under `data/codebook` and `data/lexicon/en`. Out: maps keyed by lemma. Not in here: any rule.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use watchkeeper_nn::WeightFile;
use watchkeeper_nn::trees::Forest;
use watchkeeper_record::codebook::{
    Category, Context, IncidentType, Mode, TargetType, TollGroup, WeaponType,
};

use crate::incident::reader::Reader;
use crate::{
    attribution, control, domain, frame, ground, place, quantity, realis, relation, statement, thing, tie,
    timex,
};

/// Name of the recogniser's trees in their weight file.
pub const PLACE_WEIGHTS: &str = "recognise";

/// A set of lemmas.
pub(crate) type Words = FxHashSet<String>;

/// Everything read from data that extraction needs; made once, then shared by all documents.
#[derive(Debug)]
pub struct Codebook {
    pub(crate) frame: frame::Lexicon,
    pub(crate) place: place::Lexicon,
    pub(crate) timex: timex::Lexicon,
    pub(crate) ground: ground::Lexicon,
    pub(crate) control: control::Lexicon,
    pub(crate) relation: relation::Lexicon,
    pub(crate) statement: statement::Lexicon,
    pub(crate) things: thing::Lexicon,
    pub(crate) ties: tie::Lexicon,
    pub(crate) senses: attribution::Senses,
    pub(crate) attribution: Option<attribution::Weights>,
    pub(crate) events: EventLexicon,
    pub(crate) nouns: NounLexicon,
    pub(crate) realis: realis::Lexicon,
    pub(crate) quantity: quantity::Lexicon,
    pub(crate) domains: domain::Lexicon,
    /// The reader of incidents with the name of its weights, where they were given.
    pub(crate) incidents: Option<(String, Reader)>,
}

/// A data file that can't be read as what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodebookError {
    /// Which file.
    pub file: &'static str,
    /// What is wrong with it.
    pub message: String,
}

impl std::fmt::Display for CodebookError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "data file {}: {}", self.file, self.message)
    }
}

impl std::error::Error for CodebookError {}

impl Codebook {
    /// Takes the weights that score what may be the name of a place. Without them rules alone decide.
    ///
    /// # Errors
    /// When the bytes are no weight file, or one for other features.
    pub fn with_place_weights(self, bytes: &[u8]) -> Result<Self, CodebookError> {
        let wrong = |message: String| CodebookError { file: "weights of the recogniser of places", message };
        let file = WeightFile::parse(bytes).map_err(|error| wrong(error.to_string()))?;
        let forest = Forest::from_weights(&file, PLACE_WEIGHTS).map_err(|error| wrong(error.to_string()))?;
        self.with_place_forest(forest)
    }

    /// The same with trees that are already there, as training has them.
    ///
    /// # Errors
    /// When they are for other features.
    pub fn with_place_forest(mut self, forest: Forest) -> Result<Self, CodebookError> {
        self.place
            .set_forest(forest)
            .map_err(|message| CodebookError { file: "weights of the recogniser of places", message })?;
        Ok(self)
    }

    /// Takes the weights of the reader of incidents, and what they are called. Without them no missing perpetrator is filled.
    ///
    /// # Errors
    /// When the bytes are no weight file, or lack something.
    pub fn with_incident_weights(mut self, name: &str, bytes: &[u8]) -> Result<Self, CodebookError> {
        let reader = Reader::from_weights(bytes).map_err(|error| CodebookError {
            file: "weights of the reader of incidents",
            message: error.to_string(),
        })?;
        self.incidents = Some((name.to_owned(), reader));
        Ok(self)
    }

    /// Takes the weights that find who said what. Without them rules alone decide.
    ///
    /// # Errors
    /// When the bytes are no weight file, or one for other features.
    pub fn with_attribution_weights(self, bytes: &[u8]) -> Result<Self, CodebookError> {
        let weights = attribution::Weights::read(bytes, &self)
            .map_err(|message| CodebookError { file: "weights of attributions", message })?;
        Ok(self.with_attribution(weights))
    }

    /// The same with weights that are already there, as training has them.
    #[must_use]
    pub fn with_attribution(mut self, weights: attribution::Weights) -> Self {
        self.attribution = Some(weights);
        self
    }

    /// Reads the English data that is built into the program.
    ///
    /// Cost: some milliseconds; keep it.
    ///
    /// # Errors
    /// When a data file is malformed: a bug that the tests catch.
    pub fn english() -> Result<Self, CodebookError> {
        let classes: FxHashMap<String, Words> =
            parse("lexicon/en/classes.toml", include_str!("../../../data/lexicon/en/classes.toml"))?;
        let mut nouns =
            NounLexicon::read("lexicon/en/nouns.tsv", include_str!("../../../data/lexicon/en/nouns.tsv"))?;
        nouns.add_actors(include_str!("../../../data/lexicon/en/agents.tsv"));
        Ok(Self {
            frame: parse("lexicon/en/frame.toml", include_str!("../../../data/lexicon/en/frame.toml"))?,
            place: place::Lexicon::shipped(),
            timex: timex::Lexicon::shipped(),
            ground: parse("lexicon/en/ground.toml", include_str!("../../../data/lexicon/en/ground.toml"))?,
            control: control::Lexicon::shipped()?,
            relation: relation::Lexicon::shipped()?,
            statement: statement::Lexicon::shipped()?,
            things: thing::Lexicon::shipped()?,
            ties: parse("lexicon/en/tie.toml", include_str!("../../../data/lexicon/en/tie.toml"))?,
            senses: attribution::Senses::shipped(),
            attribution: None,
            events: EventLexicon::read(
                "codebook/events.tsv",
                include_str!("../../../data/codebook/events.tsv"),
                classes,
            )?,
            nouns,
            realis: parse("lexicon/en/realis.toml", include_str!("../../../data/lexicon/en/realis.toml"))?,
            quantity: parse(
                "lexicon/en/quantity.toml",
                include_str!("../../../data/lexicon/en/quantity.toml"),
            )?,
            domains: parse("lexicon/en/domains.toml", include_str!("../../../data/lexicon/en/domains.toml"))?,
            incidents: None,
        })
    }
}

/// Reads one TOML data file.
///
/// # Errors
/// When the text isn't what the type asks for.
pub(crate) fn parse<T: for<'a> Deserialize<'a>>(file: &'static str, text: &str) -> Result<T, CodebookError> {
    toml::from_str(text).map_err(|error| CodebookError { file, message: error.to_string() })
}

/// Where an argument of a trigger is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Who does it (the subject of an active verb, the agent of a passive one).
    Subject,
    /// Who undergoes it.
    Object,
    /// Indirect object.
    Dative,
    /// Subject of the complement clause (`demanded that X leave`).
    Complement,
    /// Possessor of a noun.
    Possessor,
    /// A name or nationality that modifies a noun (`Israeli strikes`).
    Modifier,
    /// Object of a preposition.
    Preposition(String),
    /// Whoever the governing light verb has as its subject.
    Light,
    /// Whoever stands inside an object that is nobody: `rejected the minister's offer`.
    Inside,
    /// Any lemma of the clause (conditions only).
    Near,
    /// The modal of the complement clause (conditions only).
    ComplementModal,
}

impl Slot {
    fn read(word: &str) -> Self {
        match word {
            "subj" => Self::Subject,
            "obj" => Self::Object,
            "iobj" => Self::Dative,
            "comp" => Self::Complement,
            "poss" => Self::Possessor,
            "mod" => Self::Modifier,
            "light" => Self::Light,
            "inside" => Self::Inside,
            "near" => Self::Near,
            "cmodal" => Self::ComplementModal,
            other => Self::Preposition(other.to_owned()),
        }
    }
}

/// A condition of a row: one of these words (or any word) in a slot, or none of them.
#[derive(Debug, Clone)]
pub(crate) struct Need {
    pub(crate) slot: Slot,
    /// Empty: anything will do.
    pub(crate) words: Words,
    /// The condition is that it is absent.
    pub(crate) absent: bool,
}

/// Whose losses a trigger counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TollKind {
    Killed,
    Wounded,
    Abducted,
    Arrested,
    Displaced,
}

/// Verb, noun or adjective.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Verb,
    Noun,
    Adjective,
}

/// One row of `data/codebook/events.tsv`.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Line in the file, for the trace.
    pub(crate) line: u32,
    /// The triggers as written, for the trace.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) needs: Vec<Need>,
    pub(crate) category: Option<Category>,
    pub(crate) mode: Option<Mode>,
    pub(crate) incident: Option<IncidentType>,
    pub(crate) actor: Vec<Slot>,
    pub(crate) recipient: Vec<Slot>,
    pub(crate) weapon: Option<WeaponType>,
    pub(crate) toll: Option<TollKind>,
    pub(crate) contexts: Vec<Context>,
    /// Needs an argument or a document that speaks of conflict.
    pub(crate) weak: bool,
    /// Tells what came of an attack; joined to it where the sentence names one.
    pub(crate) result: bool,
    /// All sides are actors.
    pub(crate) reciprocal: bool,
    /// The complement is what is asked, promised, refused or threatened: its events aren't facts.
    pub(crate) speech: bool,
    /// Multiplies the score.
    pub(crate) score: f32,
}

/// The trigger lexicon.
#[derive(Debug)]
pub(crate) struct EventLexicon {
    pub(crate) rows: Vec<Row>,
    /// Lemma, or lemma and particle, → rows.
    pub(crate) verbs: FxHashMap<String, Vec<u32>>,
    /// First words of the verbs above that have two.
    pub(crate) phrasal: Words,
    pub(crate) nouns: FxHashMap<String, Vec<u32>>,
    pub(crate) adjectives: FxHashMap<String, Vec<u32>>,
    pub(crate) classes: FxHashMap<String, Words>,
}

impl EventLexicon {
    fn read(
        file: &'static str,
        text: &str,
        classes: FxHashMap<String, Words>,
    ) -> Result<Self, CodebookError> {
        let mut lexicon = Self {
            rows: Vec::new(),
            verbs: FxHashMap::default(),
            phrasal: Words::default(),
            nouns: FxHashMap::default(),
            adjectives: FxHashMap::default(),
            classes,
        };
        let mut defaults: FxHashMap<(char, Category), (Vec<Slot>, Vec<Slot>)> = FxHashMap::default();
        for (line, row) in table(text) {
            let fault =
                |message: &str| CodebookError { file, message: format!("line {line}: {message}: {row:?}") };
            let [triggers, needs, category, mode, incident, roles, flags] = row.as_slice() else {
                return Err(fault("seven columns are needed"));
            };
            let (kind, triggers) = triggers.split_once(' ').ok_or_else(|| fault("a kind and triggers"))?;
            let letter = kind.chars().next().unwrap_or(' ');
            let kind = match letter {
                'v' => Kind::Verb,
                'n' => Kind::Noun,
                'a' => Kind::Adjective,
                _ => return Err(fault("kind is v, n or a")),
            };
            let code = |error: watchkeeper_record::codebook::UnknownCode| fault(&error.to_string());
            let category: Option<Category> =
                if *category == "-" { None } else { Some(category.parse().map_err(code)?) };
            let (actor, recipient) = match roles.split_once('>') {
                Some((actor, recipient)) => (slots(actor), slots(recipient)),
                None => category
                    .and_then(|category| defaults.get(&(letter, category)).cloned())
                    .unwrap_or_default(),
            };
            if triggers == "*" {
                let category = category.ok_or_else(|| fault("a default has a category"))?;
                defaults.insert((letter, category), (actor, recipient));
                continue;
            }
            let mut entry = Row {
                line,
                name: triggers.to_owned(),
                kind,
                needs: lexicon.needs(needs).map_err(|message| fault(&message))?,
                category,
                mode: optional(mode).map_err(code)?,
                incident: optional(incident).map_err(code)?,
                actor,
                recipient,
                weapon: None,
                toll: None,
                contexts: Vec::new(),
                weak: false,
                result: false,
                reciprocal: false,
                speech: false,
                score: 1.0,
            };
            for flag in flags.split(',').map(str::trim).filter(|flag| *flag != "-" && !flag.is_empty()) {
                match flag.split_once('=') {
                    None => match flag {
                        "weak" => entry.weak = true,
                        "result" => entry.result = true,
                        "recip" => entry.reciprocal = true,
                        "speech" => entry.speech = true,
                        _ => return Err(fault("unknown flag")),
                    },
                    Some(("weapon", value)) => entry.weapon = Some(value.parse().map_err(code)?),
                    Some(("ctx", value)) => entry.contexts.push(value.parse().map_err(code)?),
                    Some(("score", value)) => {
                        entry.score = value.parse().map_err(|_| fault("score is a number"))?;
                    }
                    Some(("toll", value)) => {
                        entry.toll = Some(match value {
                            "killed" => TollKind::Killed,
                            "wounded" => TollKind::Wounded,
                            "abducted" => TollKind::Abducted,
                            "arrested" => TollKind::Arrested,
                            "displaced" => TollKind::Displaced,
                            _ => return Err(fault("unknown toll")),
                        });
                    }
                    Some(_) => return Err(fault("unknown flag")),
                }
            }
            let number = u32::try_from(lexicon.rows.len()).expect("a small table");
            let map = match kind {
                Kind::Verb => &mut lexicon.verbs,
                Kind::Noun => &mut lexicon.nouns,
                Kind::Adjective => &mut lexicon.adjectives,
            };
            for trigger in triggers.split('|') {
                if let (Kind::Verb, Some((first, _))) = (kind, trigger.split_once(' ')) {
                    lexicon.phrasal.insert(first.to_owned());
                }
                map.entry(trigger.to_owned()).or_default().push(number);
            }
            lexicon.rows.push(entry);
        }
        Ok(lexicon)
    }

    fn needs(&self, text: &str) -> Result<Vec<Need>, String> {
        let mut needs = Vec::new();
        for part in text.split(' ').filter(|part| !part.is_empty() && *part != "-") {
            let (absent, part) = part.strip_prefix('!').map_or((false, part), |rest| (true, rest));
            let (slot, words) = match part.split_once(':') {
                Some((slot, words)) => (slot, Some(words)),
                None => (part.trim_end_matches('?'), None),
            };
            let mut set = Words::default();
            for word in words.into_iter().flat_map(|words| words.split('|')) {
                match word.strip_prefix('@') {
                    Some(class) => {
                        let members = self.classes.get(class).ok_or_else(|| format!("no class {class}"))?;
                        let mut members: Vec<_> = members.iter().cloned().collect();
                        members.sort();
                        set.extend(members);
                    }
                    None => {
                        set.insert(word.to_owned());
                    }
                }
            }
            needs.push(Need { slot: Slot::read(slot), words: set, absent });
        }
        Ok(needs)
    }

    /// Whether a lemma belongs to a class of words.
    pub(crate) fn is(&self, class: &str, lemma: &str) -> bool {
        self.classes.get(class).is_some_and(|words| words.contains(lemma))
    }
}

/// What a noun denotes where it stands in a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct NounSense {
    /// What it is as a target.
    pub(crate) target: Option<TargetType>,
    /// Whose loss its death is.
    pub(crate) group: Option<TollGroup>,
    /// What it is as a weapon.
    pub(crate) weapon: Option<WeaponType>,
    /// Bears arms: soldier, militant, police.
    pub(crate) armed: bool,
    /// A human being or a body of them.
    pub(crate) human: bool,
}

/// Nouns by lemma; see `data/lexicon/en/nouns.tsv`.
#[derive(Debug, Default)]
pub(crate) struct NounLexicon {
    by_lemma: FxHashMap<String, NounSense>,
}

impl NounLexicon {
    fn read(file: &'static str, text: &str) -> Result<Self, CodebookError> {
        let mut lexicon = Self::default();
        for (line, row) in table(text) {
            let fault =
                |message: &str| CodebookError { file, message: format!("line {line}: {message}: {row:?}") };
            let [words, target, group, weapon, marks] = row.as_slice() else {
                return Err(fault("five columns are needed"));
            };
            let code = |error: watchkeeper_record::codebook::UnknownCode| fault(&error.to_string());
            let sense = NounSense {
                target: optional(target).map_err(code)?,
                group: optional(group).map_err(code)?,
                weapon: optional(weapon).map_err(code)?,
                armed: marks.contains("armed"),
                human: marks.contains("human"),
            };
            for word in words.split('|') {
                lexicon.by_lemma.insert(word.to_owned(), sense);
            }
        }
        Ok(lexicon)
    }

    /// Adds nouns that denote people or bodies of people: the first column of a table, by its last word.
    fn add_actors(&mut self, text: &str) {
        for (_, row) in table(text).skip(1) {
            let (Some(noun), Some(class)) = (row.first(), row.get(1)) else { continue };
            let word = noun.rsplit(' ').next().unwrap_or(noun);
            if matches!(*class, "organ" | "body" | "group" | "people") && !self.by_lemma.contains_key(word) {
                let sense = NounSense { human: true, armed: *class == "group", ..NounSense::default() };
                self.by_lemma.insert(word.to_owned(), sense);
            }
        }
    }

    /// What a noun denotes.
    pub(crate) fn sense(&self, lemma: &str) -> Option<NounSense> {
        self.by_lemma.get(lemma).copied()
    }
}

fn slots(text: &str) -> Vec<Slot> {
    text.split(',').map(str::trim).filter(|word| !word.is_empty() && *word != "-").map(Slot::read).collect()
}

fn optional<T: std::str::FromStr>(text: &str) -> Result<Option<T>, T::Err> {
    if text == "-" { Ok(None) } else { text.parse().map(Some) }
}

/// Rows of a table of tab-separated columns: blank lines and lines that begin with `#` are left out.
pub(crate) fn table(text: &str) -> impl Iterator<Item = (u32, Vec<&str>)> {
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#')).map(
        |(number, line)| (number, line.split('\t').map(str::trim).filter(|cell| !cell.is_empty()).collect()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_english_data_is_well_formed() {
        let codebook = Codebook::english().expect("the built-in data");
        assert!(codebook.events.rows.len() > 100);
    }
}
