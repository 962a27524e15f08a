//! Words that tell the sector of an actor phrase (`data/lexicon/en/actor_words.tsv`), beside the nouns and offices that a
//! text's phrases are linked by.

use watchkeeper_record::codebook::Sector;

use super::table::{RegistryError, Rows};
use super::{AgentClass, Registry};

/// What a word does in an actor phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordRole {
    /// Decides the sector.
    Head,
    /// Takes the sector of what stands before it (`CIA official`); its own sector counts where nothing does.
    Light,
    /// Tells the sector where it stands before a light or unknown noun: `medical staff`.
    Modifier,
    /// A person or thing of no kind: `men`, `individuals`.
    Generic,
    /// No longer in office: `former`, `ousted`.
    Former,
    /// Counts what follows it with `of`.
    Quantity,
}

/// What the lexicon says of a word or phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActorWord {
    /// Its part.
    pub role: WordRole,
    /// PLOVER sector.
    pub sector: Option<Sector>,
    /// A second sector, as `MIL` of a minister of defence.
    pub sector2: Option<Sector>,
}

impl Registry {
    pub(super) fn add_words(&mut self, rows: &Rows<'_>) -> Result<(), RegistryError> {
        for row in rows.iter() {
            let row = row?;
            let role = match row.get("role") {
                "head" => WordRole::Head,
                "light" => WordRole::Light,
                "modifier" => WordRole::Modifier,
                "generic" => WordRole::Generic,
                "former" => WordRole::Former,
                "quantity" => WordRole::Quantity,
                other => {
                    return Err(row.error(format!(
                        "`role`: `{other}` is none of head, light, modifier, generic, former, quantity"
                    )));
                }
            };
            let word = ActorWord { role, sector: row.parsed("sector")?, sector2: row.parsed("sector2")? };
            for phrase in row.get("phrase").split('|').map(str::trim).filter(|phrase| !phrase.is_empty()) {
                // The possessive mark is no word of a phrase.
                let phrase = phrase.replace("'s ", " ").replace(" s ", " ");
                self.longest_word = self.longest_word.max(phrase.split(' ').count());
                self.words.entry(phrase).or_insert(word);
            }
        }
        Ok(())
    }

    /// Words of the longest phrase that [`Self::actor_word`] may know.
    #[must_use]
    pub fn longest_actor_word(&self) -> usize {
        self.longest_word.max(self.longest_agent).max(self.longest_office)
    }

    /// What the words of actor phrases alone say of a phrase.
    #[must_use]
    pub fn own_actor_word(&self, phrase: &str, is_name: bool) -> Option<ActorWord> {
        let mut word = *self.words.get(phrase)?;
        // `Northern Territory` is a name and no region in general.
        if is_name && word.sector == Some(Sector::Unk) {
            return None;
        }
        // In a name a light word tells what the words of bodies' names do: `Hudson Institute`.
        if is_name && word.role == WordRole::Light && word.sector.is_none() {
            word.sector = self.body_words.get(phrase).and_then(|(_, _, sector)| *sector);
        }
        Some(word)
    }

    /// What the lexicons say of a phrase in base form, lower case, words apart by one blank: the words of actor phrases first,
    /// then the nouns of actors, then offices. `is_name` (a capital) also asks the words of bodies' names.
    #[must_use]
    pub fn actor_word(&self, phrase: &str, is_name: bool) -> Option<ActorWord> {
        if let Some(word) = self.own_actor_word(phrase, is_name) {
            return Some(word);
        }
        if let Some(agent) = self.agents.get(phrase) {
            let (role, sector) = match agent.class {
                AgentClass::Nominal => (WordRole::Light, None),
                AgentClass::Quantity => (WordRole::Quantity, None),
                _ => (WordRole::Head, agent.sector),
            };
            return Some(ActorWord { role, sector, sector2: None });
        }
        if let Some(office) = self.offices.get(phrase) {
            let role = if office.sector.is_some() { WordRole::Head } else { WordRole::Light };
            return Some(ActorWord { role, sector: office.sector, sector2: None });
        }
        let (_, _, sector) = self.body_words.get(phrase).filter(|_| is_name)?;
        Some(ActorWord { role: WordRole::Head, sector: *sector, sector2: None })
    }
}
