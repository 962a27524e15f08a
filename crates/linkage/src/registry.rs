//! The actor registry: who is known, by which names, how they stand to each other, and the words for actors without a name.
//!
//! In: the texts of the tables under `data/registry` and `data/lexicon/en` (the caller reads them; [`TABLES`] lists them), and
//! any table of a user's own, merged over them. Out: [`Registry`], which the linker asks. What a table holds is told by its
//! header line, so that files can be split, joined and renamed. The format of each is described in `data/registry/README.md`.

mod alias;
pub mod holders;
mod partly;
mod table;
mod words;

use rustc_hash::FxHashMap;
use watchkeeper_record::codebook::{ActorKind, RelationKind, Sector};

use alias::{Alias, Aliases, Target};
pub use alias::{Case, Hit, Mark, Piece, pieces_of};
use holders::Holders;
pub use holders::{Holder, Standing};
pub use partly::PartlyRecognised;
pub use table::RegistryError;
use table::Rows;
pub use words::{ActorWord, WordRole};

/// Names of the tables under `data/` that the program is built with, in the order they are loaded.
pub const TABLES: &[&str] = &[
    "registry/states.tsv",
    "registry/groups.tsv",
    "registry/organs.tsv",
    "registry/international.tsv",
    "registry/media.tsv",
    "registry/figures.tsv",
    "registry/organisations.tsv",
    "registry/office_holders.tsv",
    "registry/ucdp.tsv",
    "registry/communities.tsv",
    "registry/relations.tsv",
    "registry/ucdp_relations.tsv",
    "lexicon/en/agents.tsv",
    "lexicon/en/offices.tsv",
    "lexicon/en/body_words.tsv",
    "lexicon/en/actor_words.tsv",
];

/// Index of an actor in the registry.
pub type ActorIndex = u32;
/// Index of a state in the registry.
pub type StateIndex = u16;

/// A known actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownActor {
    /// Stable key, lower case with hyphens.
    pub key: String,
    /// The name to show.
    pub name: String,
    /// What it is.
    pub kind: ActorKind,
    /// ISO 3166-1 alpha-3.
    pub country: Option<String>,
    /// PLOVER sector.
    pub sector: Option<Sector>,
    /// ISO year, month or day of its beginning.
    pub start: Option<String>,
    /// ISO year, month or day of its end.
    pub end: Option<String>,
    /// Where the row's facts can be checked.
    pub source: String,
    /// Order of trust among actors of one name: 0 for hand-kept tables and a user's own, 1 for generated ones.
    pub rank: u8,
}

/// A known relation between two known actors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRelation {
    /// First actor.
    pub from: ActorIndex,
    /// Kind.
    pub kind: RelationKind,
    /// Second actor.
    pub to: ActorIndex,
    /// ISO year, month or day.
    pub since: Option<String>,
    /// ISO year, month or day.
    pub until: Option<String>,
    /// Where it can be checked.
    pub source: String,
}

/// A state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// ISO 3166-1 alpha-3.
    pub iso3: String,
    /// Short English name.
    pub name: String,
    /// First adjective, `Burkinabe`; the name where there is none.
    pub adjective: String,
    /// The state as an actor.
    pub actor: ActorIndex,
}

/// What kind of word denotes an actor without a name (`data/lexicon/en/agents.tsv`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentClass {
    /// An organ of a state: joined with that of its country.
    Organ,
    /// A body or a member of one, with an actor of its own.
    Body,
    /// Armed non-state actors.
    Group,
    /// People, and bodies of a kind.
    People,
    /// Only points back to an actor named before.
    Nominal,
    /// Counts what follows it with `of`: `dozens of rebels`.
    Quantity,
}

/// A noun that denotes actors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agent {
    /// What kind of word.
    pub class: AgentClass,
    /// What it denotes.
    pub kind: ActorKind,
    /// PLOVER sector.
    pub sector: Option<Sector>,
    /// Which organ of a state it names: `military` and the like, as in [`Registry::organ`].
    pub organ: Option<&'static str>,
}

/// The organs that each state has, as the ends of their keys.
pub const ORGANS: [&str; 6] =
    ["government", "military", "police", "intelligence", "judiciary", "legislature"];

/// A title or office of persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Office {
    /// PLOVER sector; `None` where it is that of the body the person belongs to.
    pub sector: Option<Sector>,
    /// Whether who bears it counts as a public actor.
    pub public: bool,
}

/// Known actors by name, and the words for actors without one.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    actors: Vec<KnownActor>,
    by_key: FxHashMap<String, ActorIndex>,
    states: Vec<State>,
    state_by_iso3: FxHashMap<String, StateIndex>,
    relations: Vec<KnownRelation>,
    aliases: Aliases,
    agents: FxHashMap<String, Agent>,
    offices: FxHashMap<String, Office>,
    longest_agent: usize,
    longest_office: usize,
    /// Rank, kind and sector by word.
    body_words: FxHashMap<String, (usize, ActorKind, Option<Sector>)>,
    holders: Holders,
    words: FxHashMap<String, ActorWord>,
    longest_word: usize,
}

impl Registry {
    /// Loads tables in order: (name to show in errors, text).
    ///
    /// # Errors
    /// At the first row that can't be read, naming file and line.
    pub fn from_tables(tables: &[(&str, &str)]) -> Result<Self, RegistryError> {
        let mut registry = Self::default();
        for (file, text) in tables {
            registry.add_table(file, text)?;
        }
        Ok(registry)
    }

    /// Adds one table over what is there: a row with a known key changes the fields it gives and adds its aliases.
    ///
    /// # Errors
    /// At the first row that can't be read, naming file and line. The registry then holds the rows before it.
    pub fn add_table(&mut self, file: &str, text: &str) -> Result<(), RegistryError> {
        let rows = Rows::open(file, text)?;
        if rows.has("person") {
            self.holders.add(&rows)
        } else if rows.has("phrase") {
            self.add_words(&rows)
        } else if rows.has("noun") {
            self.add_agents(&rows)
        } else if rows.has("word") {
            self.add_body_words(&rows)
        } else if rows.has("title") {
            self.add_offices(&rows)
        } else if rows.has("from") && rows.has("to") {
            self.add_relations(&rows)
        } else if rows.has("iso3") {
            self.add_states(&rows)
        } else if rows.has("key") {
            self.add_actors(&rows)
        } else {
            Err(rows.error(
                rows.header_line,
                "no table of the registry has these columns; a table of actors has `key`, `name`, `kind`",
            ))
        }
    }

    /// Every known actor.
    #[must_use]
    pub fn actors(&self) -> &[KnownActor] {
        &self.actors
    }

    /// One known actor.
    ///
    /// # Panics
    /// When the index is not of this registry.
    #[must_use]
    pub fn actor(&self, index: ActorIndex) -> &KnownActor {
        &self.actors[index as usize]
    }

    /// The actor with a key.
    #[must_use]
    pub fn by_key(&self, key: &str) -> Option<ActorIndex> {
        self.by_key.get(key).copied()
    }

    /// Every state.
    #[must_use]
    pub fn states(&self) -> &[State] {
        &self.states
    }

    /// The state with an ISO 3166-1 alpha-3 code.
    #[must_use]
    pub fn state(&self, iso3: &str) -> Option<&State> {
        self.state_by_iso3.get(iso3).map(|&index| &self.states[index as usize])
    }

    /// The index of the state with an ISO 3166-1 alpha-3 code.
    #[must_use]
    pub fn state_index(&self, iso3: &str) -> Option<StateIndex> {
        self.state_by_iso3.get(iso3).copied()
    }

    /// The organ of a state (`government`, `military`, `police`, `intelligence`, `judiciary`, `legislature`).
    #[must_use]
    pub fn organ(&self, iso3: &str, organ: &str) -> Option<ActorIndex> {
        self.by_key(&format!("{}-{organ}", iso3.to_ascii_lowercase()))
    }

    /// Every known relation.
    #[must_use]
    pub fn relations(&self) -> &[KnownRelation] {
        &self.relations
    }

    /// The noun with this base form, words apart by one blank, lower case.
    #[must_use]
    pub fn agent(&self, noun: &str) -> Option<Agent> {
        self.agents.get(noun).copied()
    }

    /// The office with this title, lower case.
    #[must_use]
    pub fn office(&self, title: &str) -> Option<Office> {
        self.offices.get(title).copied()
    }

    /// What a body is, by the words of its name.
    #[must_use]
    pub fn kind_by_name(&self, name: &str) -> Option<(ActorKind, Option<Sector>)> {
        let lower = name.to_lowercase();
        let words = lower.split(|character: char| character.is_whitespace() || character == '-');
        let known = words.filter_map(|word| self.body_words.get(word)).min_by_key(|(rank, ..)| *rank);
        known.map(|(_, kind, sector)| (*kind, *sector))
    }

    /// Words of the longest noun.
    #[must_use]
    pub fn longest_agent(&self) -> usize {
        self.longest_agent
    }

    /// Words of the longest title.
    #[must_use]
    pub fn longest_office(&self) -> usize {
        self.longest_office
    }

    /// Gives the archive of ministers (`data/registry/ministers.tsv`), which is searched in place.
    #[must_use]
    pub fn with_archive(mut self, text: &'static str) -> Self {
        self.holders.set_archive(text);
        self
    }

    /// Who bears a name, given as its folded pieces ([`pieces_of`]); several where several do.
    #[must_use]
    pub fn holders(&self, pieces: &[String]) -> Vec<Holder> {
        self.holders.by_name(pieces)
    }

    /// Who of the hand-kept table has a surname and had an office of a sector by a day (`yyyymmdd`).
    pub fn holders_by_surname(
        &self,
        surname: &str,
        sector: Option<Sector>,
        day: Option<u32>,
    ) -> impl Iterator<Item = &Holder> {
        self.holders.by_surname(surname, sector, day)
    }

    /// Number of hand-kept office holders.
    #[must_use]
    pub fn holder_count(&self) -> usize {
        self.holders.len()
    }

    /// All longest names in a text's pieces, left to right, not overlapping.
    #[must_use]
    pub fn find(&self, pieces: &[Piece<'_>]) -> Vec<Hit> {
        self.aliases.find(pieces)
    }

    fn add_actors(&mut self, rows: &Rows<'_>) -> Result<(), RegistryError> {
        let generated = rows.generated();
        for row in rows.iter() {
            let row = row?;
            let key = row.get("key");
            if key.is_empty()
                || !key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            {
                return Err(
                    row.error(format!("`{key}` is not a key: lower-case letters, digits and hyphens"))
                );
            }
            let kind = row.parsed::<ActorKind>("kind")?;
            let sector = row.parsed::<Sector>("sector")?;
            let country = row.country("country")?;
            let start = row.date("start")?;
            let end = row.date("end")?;
            let name = row.get("name");
            let index = match self.by_key.get(key) {
                Some(&index) => {
                    let actor = &mut self.actors[index as usize];
                    if !name.is_empty() {
                        name.clone_into(&mut actor.name);
                    }
                    actor.kind = kind.unwrap_or(actor.kind);
                    actor.sector = sector.or(actor.sector);
                    actor.country = country.or(actor.country.take());
                    actor.start = start.or(actor.start.take());
                    actor.end = end.or(actor.end.take());
                    index
                }
                None if name.is_empty() => {
                    return Err(row.error(format!("`{key}` is not known yet: a new actor needs a `name`")));
                }
                None => {
                    let actor = KnownActor {
                        key: key.to_owned(),
                        name: name.to_owned(),
                        kind: kind.unwrap_or(ActorKind::Other),
                        country,
                        sector,
                        start,
                        end,
                        source: row.get("source").to_owned(),
                        rank: u8::from(generated),
                    };
                    self.push(actor)
                }
            };
            if !name.is_empty() && !generated {
                // `Ansar al-Sharia (Libya)`: what stands in brackets tells namesakes apart and is no part of the name.
                let bare = name.split(" (").next().unwrap_or(name);
                let mark = if bare == name { Mark::Plain } else { Mark::Country };
                self.aliases.add(bare, Alias { target: Target::Actor(index), mark });
            }
            for alias in row.get("aliases").split('|').filter(|alias| !alias.is_empty()) {
                let (text, mark) = alias::parse(alias);
                if !text.contains(char::is_alphanumeric) {
                    return Err(row.error(format!("`{alias}` has no letter or digit")));
                }
                self.aliases.add(text, Alias { target: Target::Actor(index), mark });
            }
        }
        Ok(())
    }

    fn push(&mut self, actor: KnownActor) -> ActorIndex {
        let index = ActorIndex::try_from(self.actors.len()).expect("fewer actors than u32 holds");
        self.by_key.insert(actor.key.clone(), index);
        self.actors.push(actor);
        index
    }

    fn add_states(&mut self, rows: &Rows<'_>) -> Result<(), RegistryError> {
        const NAMES: [(&str, &str, ActorKind, Sector); 6] = [
            ("government", "government", ActorKind::Government, Sector::Gov),
            ("military", "armed forces", ActorKind::Military, Sector::Mil),
            ("police", "police", ActorKind::Police, Sector::Cop),
            ("intelligence", "intelligence services", ActorKind::Intelligence, Sector::Spy),
            ("judiciary", "judiciary", ActorKind::Judiciary, Sector::Jud),
            ("legislature", "parliament", ActorKind::Government, Sector::Leg),
        ];
        for row in rows.iter() {
            let row = row?;
            let Some(iso3) = row.country("iso3")? else { return Err(row.error("no `iso3`".to_owned())) };
            let key = iso3.to_ascii_lowercase();
            let name = row.get("name");
            let adjective =
                row.get("people").split('|').next().filter(|word| !word.is_empty()).unwrap_or(name);
            let source = "data/registry/states.tsv";
            let state = KnownActor {
                key: key.clone(),
                name: name.to_owned(),
                kind: ActorKind::State,
                country: Some(iso3.clone()),
                sector: None,
                start: None,
                end: None,
                source: source.to_owned(),
                rank: 0,
            };
            let actor = self.push(state.clone());
            for (organ, words, kind, sector) in NAMES {
                let organ = KnownActor {
                    key: format!("{key}-{organ}"),
                    name: format!("{adjective} {words}"),
                    kind,
                    sector: Some(sector),
                    ..state.clone()
                };
                self.push(organ);
            }
            let index = StateIndex::try_from(self.states.len()).expect("fewer states than u16 holds");
            let mut add = |texts: &str, target: fn(StateIndex) -> Target| {
                for text in texts.split('|').filter(|text| !text.is_empty()) {
                    let (text, mark) = alias::parse(text);
                    self.aliases.add(text, Alias { target: target(index), mark });
                }
            };
            if !row.get("aliases").contains(&format!("{name}~")) {
                add(name, Target::State);
            }
            add(row.get("aliases"), Target::State);
            add(row.get("people"), Target::People);
            add(row.get("seats"), Target::Seat);
            add(row.get("regions"), Target::Region);
            self.state_by_iso3.insert(iso3.clone(), index);
            self.states.push(State { iso3, name: name.to_owned(), adjective: adjective.to_owned(), actor });
        }
        Ok(())
    }

    fn add_relations(&mut self, rows: &Rows<'_>) -> Result<(), RegistryError> {
        for row in rows.iter() {
            let row = row?;
            let end = |column: &str| {
                let key = row.get(column);
                self.by_key(key).ok_or_else(|| row.error(format!("`{column}`: no actor has the key `{key}`")))
            };
            let relation = KnownRelation {
                from: end("from")?,
                kind: row.parsed("kind")?.ok_or_else(|| row.error("no `kind`".to_owned()))?,
                to: end("to")?,
                since: row.date("since")?,
                until: row.date("until")?,
                source: row.get("source").to_owned(),
            };
            self.relations.push(relation);
        }
        Ok(())
    }

    fn add_agents(&mut self, rows: &Rows<'_>) -> Result<(), RegistryError> {
        for row in rows.iter() {
            let row = row?;
            let class = match row.get("class") {
                "organ" => AgentClass::Organ,
                "body" => AgentClass::Body,
                "group" => AgentClass::Group,
                "people" => AgentClass::People,
                "nominal" => AgentClass::Nominal,
                "quantity" => AgentClass::Quantity,
                other => {
                    return Err(row.error(format!(
                        "`class`: `{other}` is none of organ, body, group, people, nominal, quantity"
                    )));
                }
            };
            let noun = row.get("noun");
            let kind = row.parsed("kind")?.ok_or_else(|| row.error("no `kind`".to_owned()))?;
            self.longest_agent = self.longest_agent.max(noun.split(' ').count());
            let organ = match row.get("organ") {
                "" => None,
                text => Some(
                    *ORGANS
                        .iter()
                        .find(|organ| **organ == text)
                        .ok_or_else(|| row.error(format!("`organ`: `{text}` is none of {ORGANS:?}")))?,
                ),
            };
            let agent = Agent { class, kind, sector: row.parsed("sector")?, organ };
            self.agents.entry(noun.to_owned()).or_insert(agent);
        }
        Ok(())
    }

    fn add_body_words(&mut self, rows: &Rows<'_>) -> Result<(), RegistryError> {
        for row in rows.iter() {
            let row = row?;
            let kind = row.parsed("kind")?.ok_or_else(|| row.error("no `kind`".to_owned()))?;
            let rank = self.body_words.len();
            self.body_words.entry(row.get("word").to_owned()).or_insert((rank, kind, row.parsed("sector")?));
        }
        Ok(())
    }

    fn add_offices(&mut self, rows: &Rows<'_>) -> Result<(), RegistryError> {
        for row in rows.iter() {
            let row = row?;
            let title = row.get("title");
            self.longest_office = self.longest_office.max(title.split(' ').count());
            let office = Office { sector: row.parsed("sector")?, public: row.get("public") != "no" };
            self.offices.entry(title.to_owned()).or_insert(office);
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests;
