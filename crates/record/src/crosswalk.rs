//! The terms of readings beside those of other codebooks: PLOVER categories and modes and our incident types against CAMEO event codes,
//! ACLED sub-event types, UCDP types of organised violence and GTD attack types.
//!
//! In: the tables `data/codebook/terms.tsv` and `crosswalk_*.tsv`, built in. Out: [`Crosswalks`]. Every row says how loose it is and
//! which clause it follows; where no codebook was at hand it says that it rests on reasoning. `docs/crosswalks.md` tells more.
//! Not here: turning readings into records of another scheme.

use crate::codebook::{Category, IncidentType, Mode, UnknownCode, vocabulary};

vocabulary! {
    /// Another scheme's codebook.
    Scheme {
        /// Conflict and Mediation Event Observations: two to four digits.
        Cameo = "cameo",
        /// Armed Conflict Location & Event Data: event type, or event type and sub-event type, in lower case.
        Acled = "acled",
        /// Uppsala Conflict Data Program: type of organised violence, 1 to 3.
        Ucdp = "ucdp",
        /// Global Terrorism Database: attack type, 1 to 9.
        Gtd = "gtd",
    }
}

vocabulary! {
    /// What another scheme's code is to a term of ours.
    Looseness {
        /// The same.
        Exact = "exact",
        /// The code says more.
        Narrower = "narrower",
        /// The code covers other things too.
        Broader = "broader",
        /// They overlap.
        Related = "related",
        /// The scheme has no counterpart.
        None = "none",
    }
}

vocabulary! {
    /// In which direction a row may be used.
    Direction {
        /// Each may stand for the other.
        Both = "both",
        /// From the code to the term.
        From = "from",
        /// From the term to the code.
        To = "to",
        /// In none: there is no counterpart.
        Neither = "-",
    }
}

/// A term of readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Term {
    /// A PLOVER category.
    Category(Category),
    /// A PLOVER mode, which means something within its category only.
    Mode(Category, Mode),
    /// A type of incident.
    Incident(IncidentType),
}

impl std::fmt::Display for Term {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Category(category) => write!(f, "{category}"),
            Self::Mode(category, mode) => write!(f, "{category}/{mode}"),
            Self::Incident(incident) => write!(f, "incident:{incident}"),
        }
    }
}

impl std::str::FromStr for Term {
    type Err = UnknownCode;
    /// Reads `ASSAULT`, `ASSAULT/firearms` or `incident:bombing`.
    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        if let Some(incident) = text.strip_prefix("incident:") {
            return incident.parse().map(Self::Incident);
        }
        match text.split_once('/') {
            Some((category, mode)) => Ok(Self::Mode(category.parse()?, mode.parse()?)),
            None => text.parse().map(Self::Category),
        }
    }
}

/// A term with its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// The term.
    pub term: Term,
    /// What it means, in own words.
    pub meaning: &'static str,
    /// The clause it follows.
    pub clause: &'static str,
}

/// One row: a term and a code of another scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The term.
    pub term: Term,
    /// The scheme.
    pub scheme: Scheme,
    /// The scheme's code; `None` where it has no counterpart.
    pub code: Option<&'static str>,
    /// What the code is to the term.
    pub looseness: Looseness,
    /// In which direction the row may be used.
    pub direction: Direction,
    /// The clause it follows, or that there is none.
    pub clause: &'static str,
    /// The reasoning; empty where the clause says it all.
    pub why: &'static str,
}

/// A row of the tables that can't be read: a fault of the build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrosswalkError {
    /// The table.
    pub table: &'static str,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for CrosswalkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.table, self.line, self.message)
    }
}

impl std::error::Error for CrosswalkError {}

/// Terms and their counterparts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crosswalks {
    /// Terms in the order of the codebook.
    pub terms: Vec<Meaning>,
    /// Rows by scheme, in the order of the terms.
    pub links: Vec<Link>,
}

const TERMS: &str = include_str!("../../../data/codebook/terms.tsv");
const TABLES: [(Scheme, &str, &str); 4] = [
    (
        Scheme::Cameo,
        "data/codebook/crosswalk_cameo.tsv",
        include_str!("../../../data/codebook/crosswalk_cameo.tsv"),
    ),
    (
        Scheme::Acled,
        "data/codebook/crosswalk_acled.tsv",
        include_str!("../../../data/codebook/crosswalk_acled.tsv"),
    ),
    (
        Scheme::Ucdp,
        "data/codebook/crosswalk_ucdp.tsv",
        include_str!("../../../data/codebook/crosswalk_ucdp.tsv"),
    ),
    (
        Scheme::Gtd,
        "data/codebook/crosswalk_gtd.tsv",
        include_str!("../../../data/codebook/crosswalk_gtd.tsv"),
    ),
];

impl Crosswalks {
    /// Reads the built-in tables.
    ///
    /// # Errors
    /// At the first row that can't be read; a test keeps the shipped ones readable.
    pub fn built_in() -> Result<Self, CrosswalkError> {
        let mut terms = Vec::new();
        for (line, [term, meaning, clause]) in rows::<3>("data/codebook/terms.tsv", TERMS)? {
            let fault = |error: UnknownCode| fault("data/codebook/terms.tsv", line, error.to_string());
            terms.push(Meaning { term: term.parse().map_err(fault)?, meaning, clause });
        }
        let mut links = Vec::new();
        for (scheme, table, text) in TABLES {
            for (line, [term, code, looseness, direction, clause, why]) in rows::<6>(table, text)? {
                let bad = |error: UnknownCode| fault(table, line, error.to_string());
                let code = Some(code).filter(|code| *code != "-");
                if code.is_some_and(|code| !scheme.is_well_formed(code)) {
                    return Err(fault(table, line, format!("not a code of {scheme}")));
                }
                links.push(Link {
                    term: term.parse().map_err(bad)?,
                    scheme,
                    code,
                    looseness: looseness.parse().map_err(bad)?,
                    direction: direction.parse().map_err(bad)?,
                    clause,
                    why: if why == "-" { "" } else { why },
                });
            }
        }
        Ok(Self { terms, links })
    }

    /// The rows of a term.
    pub fn of(&self, term: Term) -> impl Iterator<Item = &Link> {
        self.links.iter().filter(move |link| link.term == term)
    }

    /// The rows of another scheme's code, upper and lower case alike.
    pub fn with_code<'a>(&'a self, scheme: Scheme, code: &'a str) -> impl Iterator<Item = &'a Link> {
        self.links.iter().filter(move |link| {
            link.scheme == scheme && link.code.is_some_and(|own| own.eq_ignore_ascii_case(code))
        })
    }

    /// The terms that a user may mean by a name: a whole term, a mode or a type by itself, upper and lower case alike, blanks and
    /// hyphens for underscores; `SCHEME:CODE` means the terms of that code.
    #[must_use]
    pub fn named(&self, name: &str) -> Vec<&Meaning> {
        let lower = name.trim().to_lowercase();
        if let Some((scheme, code)) = lower.split_once(':')
            && let Ok(scheme) = scheme.trim().parse::<Scheme>()
        {
            let terms: Vec<Term> = self.with_code(scheme, code.trim()).map(|link| link.term).collect();
            return self.terms.iter().filter(|meaning| terms.contains(&meaning.term)).collect();
        }
        let same = |text: &str| {
            let plain = |text: &str| text.to_lowercase().replace(['_', ' '], "-");
            plain(text) == plain(&lower)
        };
        let fits = |term: Term| match term {
            Term::Category(_) => same(&term.to_string()),
            Term::Mode(_, mode) => same(&term.to_string()) || same(mode.as_str()),
            Term::Incident(incident) => same(&term.to_string()) || same(incident.as_str()),
        };
        self.terms.iter().filter(|meaning| fits(meaning.term)).collect()
    }
}

impl Scheme {
    /// Whether a code has the form of the scheme's codes.
    #[must_use]
    pub fn is_well_formed(self, code: &str) -> bool {
        let digits = code.bytes().all(|byte| byte.is_ascii_digit());
        match self {
            Self::Cameo => digits && (2..=4).contains(&code.len()) && ("01".."21").contains(&&code[..2]),
            Self::Acled => {
                const TYPES: [&str; 6] = [
                    "battles",
                    "protests",
                    "riots",
                    "explosions/remote violence",
                    "violence against civilians",
                    "strategic developments",
                ];
                let event = code.split_once(": ").map_or(code, |(event, _)| event);
                TYPES.contains(&event)
            }
            Self::Ucdp => matches!(code, "1" | "2" | "3"),
            Self::Gtd => digits && code.len() == 1 && code != "0",
        }
    }
}

fn fault(table: &'static str, line: usize, message: String) -> CrosswalkError {
    CrosswalkError { table, line, message }
}

/// The rows of a table with their lines; comments and the header are left out.
fn rows<const N: usize>(
    table: &'static str,
    text: &'static str,
) -> Result<Vec<(usize, [&'static str; N])>, CrosswalkError> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines
        .skip(1)
        .map(|(number, line)| {
            let fields: Vec<&str> = line.split('\t').collect();
            let count = fields.len();
            let fields = <[&str; N]>::try_from(fields)
                .map_err(|_| fault(table, number + 1, format!("{count} fields, not {N}")))?;
            Ok((number + 1, fields))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn shipped() -> Crosswalks {
        Crosswalks::built_in().expect("the shipped tables load")
    }

    #[test]
    fn every_term_is_told_and_has_a_row_in_every_scheme() {
        let shipped = shipped();
        let terms: BTreeSet<Term> = shipped.terms.iter().map(|meaning| meaning.term).collect();
        assert_eq!(terms.len(), shipped.terms.len(), "a term is told twice");
        for category in Category::ALL {
            assert!(terms.contains(&Term::Category(*category)), "{category}");
        }
        for incident in IncidentType::ALL {
            assert!(terms.contains(&Term::Incident(*incident)), "{incident}");
        }
        for mode in Mode::ALL {
            assert!(terms.iter().any(|term| matches!(term, Term::Mode(_, own) if own == mode)), "{mode}");
        }
        for term in terms {
            for scheme in Scheme::ALL {
                assert!(shipped.of(term).any(|link| link.scheme == *scheme), "{term} has no row of {scheme}");
            }
        }
        assert!(
            shipped.terms.iter().all(|meaning| !meaning.meaning.is_empty() && !meaning.clause.is_empty())
        );
    }

    #[test]
    fn rows_are_consistent() {
        let shipped = shipped();
        for link in &shipped.links {
            let none = link.looseness == Looseness::None;
            assert_eq!(link.code.is_none(), none, "{link:?}");
            assert_eq!(link.direction == Direction::Neither, none, "{link:?}");
            assert!(!link.clause.is_empty(), "{link:?}");
            // A row that follows no clause tells its reasoning.
            assert!(!link.clause.starts_with("no clause") || !link.why.is_empty(), "{link:?}");
            if link.looseness == Looseness::Exact {
                assert_eq!(link.direction, Direction::Both, "{link:?}");
            }
        }
    }

    /// The categories of cue codes in the manual's table "PLOVER equivalents to CAMEO cue categories", and the codes that the
    /// conversion table of 2021 puts elsewhere.
    #[test]
    fn cameo_codes_come_back_to_the_category_of_the_conversion_table() {
        let cue = |code: &str| -> &[Category] {
            use Category as C;
            match &code[..2] {
                "02" | "10" => &[C::Request],
                "03" => &[C::Agree],
                "04" => &[C::Consult],
                "05" => &[C::Support],
                "06" => &[C::Cooperate],
                "07" => &[C::Aid],
                "08" => match code {
                    "08" => &[C::Concede, C::Retreat],
                    "0813" | "0814" => &[C::Retreat],
                    _ if code >= "084" => &[C::Retreat],
                    _ => &[C::Concede],
                },
                "09" | "11" => &[C::Accuse],
                "12" => &[C::Reject],
                "13" => &[C::Threaten],
                "14" => &[C::Protest],
                "15" => &[C::Mobilize],
                "16" if code == "163" => &[C::Coerce],
                "16" => &[C::Sanction],
                "17" if code == "175" || code == "1712" => &[C::Assault],
                "17" => &[C::Coerce],
                "19" if code == "191" || code == "192" => &[C::Coerce],
                _ => &[C::Assault],
            }
        };
        let shipped = shipped();
        let mut codes = BTreeSet::new();
        for link in shipped.links.iter().filter(|link| link.scheme == Scheme::Cameo) {
            let code = link.code.expect("every term has a code of CAMEO");
            let category = match link.term {
                Term::Category(category) | Term::Mode(category, _) => category,
                Term::Incident(_) => continue,
            };
            if matches!(link.direction, Direction::From | Direction::Both) {
                assert!(cue(code).contains(&category), "{link:?}");
                codes.insert(code);
            }
        }
        assert!(codes.len() > 240, "{} codes", codes.len());
        for cue in 3..=20 {
            assert!(codes.contains(format!("{cue:02}").as_str()), "cue {cue:02}");
        }
    }

    #[test]
    fn names_are_understood() {
        let shipped = shipped();
        let named = |name: &str| {
            shipped.named(name).iter().map(|meaning| meaning.term.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(named("assault"), ["ASSAULT"]);
        assert_eq!(named("ASSAULT/Firearms"), ["ASSAULT/firearms"]);
        assert_eq!(named("withdraw"), ["RETREAT/withdraw", "SANCTION/withdraw"]);
        assert_eq!(named("suicide bombing"), ["incident:suicide_bombing"]);
        assert_eq!(named("gtd:4"), ["ASSAULT/abduct", "incident:hijacking"]);
        assert!(named("cameo:195").contains(&"incident:airstrike".to_owned()));
        assert!(named("nothing of the kind").is_empty());
        assert!("ASSAULT/".parse::<Term>().is_err());
    }
}
