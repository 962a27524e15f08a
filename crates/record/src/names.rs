//! What is known of a name, as the recogniser of places asks it; the gazetteer answers.
//!
//! In: a name as written. Out: [`NameFacts`]. `extraction` asks through [`PlaceNames`], `linkage` implements it, `pipeline` brings the
//! two together: so neither room imports the other. Not here: which of several places is meant.

/// How a name is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameMatch {
    /// It is like a name of a place: another spelling from another script.
    Loose,
    /// It is another name of a place.
    Alternate,
    /// It is the main name of a place, but for case, accents and punctuation.
    Main,
}

/// What kind of place a name may mean. The order is that of [`NameFacts::classes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PlaceClass {
    /// A country or territory.
    Country,
    /// First-order administrative unit.
    Admin1,
    /// Second-order administrative unit.
    Admin2,
    /// Capital of a country.
    Capital,
    /// Any other settlement with an administration of its own.
    Settlement,
    /// A village.
    Village,
    /// A part of a settlement.
    Quarter,
    /// A region without an administration, or one over several countries.
    Region,
    /// A base, dam, camp, airport, crossing or another site.
    Site,
    /// Water or mountains.
    Nature,
}

impl PlaceClass {
    /// The class's bit in [`NameFacts::classes`].
    #[must_use]
    pub fn bit(self) -> u16 {
        1 << (self as u8)
    }
}

/// Where one of the places of a name lies. The numbers are the gazetteer's own: only good for comparing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit {
    /// Country; 0 for none or several.
    pub country: u16,
    /// First-order unit; 0 for none.
    pub admin1: u32,
}

/// What is known of one name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NameFacts {
    /// How it is known; `None` when it isn't.
    pub matched: Option<NameMatch>,
    /// Number of places that it may mean.
    pub places: u16,
    /// Natural logarithm of one plus the largest population among them.
    pub ln_population: f32,
    /// Classes of all of them: the [`PlaceClass::bit`]s.
    pub classes: u16,
    /// Where they lie, each unit once, ascending; those of the most populous ones only where there are many.
    pub units: Vec<Unit>,
    /// It denotes people or things of a country: `Syrian`.
    pub demonym: bool,
}

impl NameFacts {
    /// Whether one of the places is of a class.
    #[must_use]
    pub fn is(&self, class: PlaceClass) -> bool {
        self.classes & class.bit() != 0
    }
}

/// Who knows names of places.
pub trait PlaceNames {
    /// Tells what is known of a name. Cost: about a microsecond for an unknown one, more where many places share it.
    fn facts(&self, name: &str) -> NameFacts;
}

/// Knows no name. With it only the words around a name tell what it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoNames;

impl PlaceNames for NoNames {
    fn facts(&self, _: &str) -> NameFacts {
        NameFacts::default()
    }
}
