//! One row of numbers for each different wording of a document, from all its mentions: what the trees that give roles read.
//!
//! In: candidates, what the linear models say of them and of the document, and, where an encoder has read the text, its
//! [`TokenRoles`]. Out: [`Wording`]s that may fill a role at all, each with features and the mention that speaks best for it.

use std::collections::BTreeMap;

use watchkeeper_nn::trees::logistic;
use watchkeeper_record::Document;
use watchkeeper_record::document::{Dep, EntityLabel, Pos, Tag, TokenIndex};
use watchkeeper_record::roles::{ROLES, TokenRoles};

use super::candidates::{Candidate, Form};
use super::known::Known;
use super::sparse::{GROUP_NAMES, GROUPS, Words, slot};
use super::strings::{plain, source};

/// Least probability in any role, by the linear model, of a wording that is looked at further.
pub const PROBABLE: f32 = 0.012;
/// The same by the encoder.
pub const PROBABLE_DEEP: f32 = 0.06;
/// Least probability of a role, by the linear model, of a wording that is scored for it.
const PROBABLE_ROLE: f32 = 0.006;
/// Targets of the linear model of candidates: the roles, and people attacked who are known by a description only.
pub const TARGETS: usize = ROLES + 1;
/// Numbers of the document model: relevance, six kinds, and whether one kind happens twice.
pub const TOLD: usize = 8;

/// One wording with its mentions.
#[derive(Debug, Clone)]
pub struct Wording {
    /// The words as they are compared.
    pub plain: String,
    /// Its mentions, as indices of candidates, in text order.
    pub mentions: Vec<u32>,
    /// The mention that speaks best for it.
    pub best: u32,
    /// Features, in the order of the names that [`wordings`] gives.
    pub features: Vec<f32>,
    /// What the linear model says at most, by role: raw scores.
    pub linear: [f32; ROLES],
    /// Whether it may fill a role at all, by role.
    pub open: [bool; ROLES],
}

/// Short names of roles in features.
pub(crate) const ROLE_NAMES: [&str; ROLES] = ["individual", "organisation", "target", "victim", "weapon"];

/// A row that is being filled, with the names of its features where they are wanted.
pub(crate) struct Row<'n> {
    pub(crate) values: Vec<f32>,
    pub(crate) names: Option<&'n mut Vec<String>>,
}

impl Row<'_> {
    pub(crate) fn put(&mut self, name: impl FnOnce() -> String, value: f32) {
        if let Some(names) = &mut self.names {
            names.push(name());
        }
        self.values.push(value);
    }

    fn flag(&mut self, name: &str, value: bool) {
        self.put(|| name.to_owned(), f32::from(u8::from(value)));
    }

    fn number(&mut self, name: &str, value: f32) {
        self.put(|| name.to_owned(), value);
    }
}

/// What is known of a document before its wordings are looked at.
pub struct Scene<'d> {
    /// The document.
    pub doc: &'d Document,
    /// Its tokens' hashes.
    pub words: &'d Words,
    /// Its candidates.
    pub candidates: &'d [Candidate],
    /// `[candidates][GROUPS * TARGETS]`: what each group of hashed features adds, for each role.
    pub parts: &'d [Vec<f32>],
    /// Scores of a candidate of no features, by role.
    pub bias: [f32; TARGETS],
    /// Raw scores of the document model.
    pub told: [f32; TOLD],
    /// Wordings that filled roles.
    pub known: &'d Known,
    /// What an encoder says.
    pub roles: Option<&'d TokenRoles>,
}

impl Scene<'_> {
    /// The linear model's raw score of a candidate for a role.
    #[must_use]
    pub fn score(&self, candidate: usize, role: usize) -> f32 {
        (0..GROUPS).fold(self.bias[role], |sum, group| sum + self.parts[candidate][group * TARGETS + role])
    }
}

/// The wordings of a document that may fill a role, in the order of their first mention.
#[must_use]
pub fn wordings(scene: &Scene<'_>, mut names: Option<&mut Vec<String>>) -> Vec<Wording> {
    let count = scene.candidates.len();
    let scores: Vec<[f32; ROLES]> =
        (0..count).map(|at| std::array::from_fn(|role| scene.score(at, role))).collect();
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut groups: Vec<(String, Vec<u32>)> = Vec::new();
    for (at, candidate) in scene.candidates.iter().enumerate() {
        let words = plain(source(scene.doc, candidate.tokens.clone()));
        if words.is_empty() {
            continue;
        }
        let number = *numbers.entry(words.clone()).or_insert(groups.len());
        if number == groups.len() {
            groups.push((words, Vec::new()));
        }
        groups[number].1.push(at as u32);
    }
    let top =
        |of: &[u32], role: usize| of.iter().map(|&at| scores[at as usize][role]).fold(f32::MIN, f32::max);
    let mut wordings: Vec<Wording> = Vec::new();
    for (plain, mentions) in groups {
        let linear: [f32; ROLES] = std::array::from_fn(|role| top(&mentions, role));
        let encoded: [f32; ROLES] = scene.roles.map_or([0.0; ROLES], |roles| {
            mentions.iter().fold([0.0_f32; ROLES], |most, &at| {
                let tokens = &scene.candidates[at as usize].tokens;
                let mean = means(roles, tokens.start, tokens.end);
                std::array::from_fn(|role| most[role].max(mean[role]))
            })
        });
        let open: [bool; ROLES] = std::array::from_fn(|role| {
            logistic(linear[role]) >= PROBABLE_ROLE || encoded[role] >= PROBABLE_DEEP
        });
        if !linear.iter().any(|&score| logistic(score) >= PROBABLE)
            && !encoded.iter().any(|&most| most >= PROBABLE_DEEP)
        {
            continue;
        }
        let strength = |at: u32| {
            let deep = scene.roles.map_or(0.0, |roles| {
                let tokens = &scene.candidates[at as usize].tokens;
                means(roles, tokens.start, tokens.end).into_iter().fold(0.0, f32::max) * 4.0
            });
            scores[at as usize].iter().copied().fold(f32::MIN, f32::max) + deep
        };
        let best = mentions
            .iter()
            .copied()
            .fold(mentions[0], |best, at| if strength(at) > strength(best) { at } else { best });
        wordings.push(Wording { plain, mentions, best, features: Vec::new(), linear, open });
    }
    let document = Surroundings::new(scene, &wordings);
    let rows: Vec<Vec<f32>> = (0..wordings.len())
        .map(|at| {
            let names = if at == 0 { names.take() } else { None };
            let mut row = Row { values: Vec::with_capacity(160), names };
            fill(scene, &document, &wordings, &scores, at, &mut row);
            row.values
        })
        .collect();
    for (wording, row) in wordings.iter_mut().zip(rows) {
        wording.features = row;
    }
    wordings
}

/// Facts of a document that every row needs.
struct Surroundings {
    /// Most and second-most score of any wording, by role, with the index of the most.
    most: [(f32, f32, usize); ROLES],
    /// Sum of probabilities, by role.
    mass: [f32; ROLES],
    /// Most of the encoder's probability of any token.
    deep: [f32; ROLES],
}

impl Surroundings {
    fn new(scene: &Scene<'_>, wordings: &[Wording]) -> Self {
        let mut most = [(-12.0_f32, -12.0_f32, usize::MAX); ROLES];
        let mut mass = [0.0; ROLES];
        for (at, wording) in wordings.iter().enumerate() {
            for role in 0..ROLES {
                let score = wording.linear[role];
                if score > most[role].0 {
                    most[role] = (score, most[role].0, at);
                } else if score > most[role].1 {
                    most[role].1 = score;
                }
                mass[role] += logistic(score);
            }
        }
        let deep = scene.roles.map_or([0.0; ROLES], |roles| {
            roles
                .rows
                .iter()
                .fold([0.0_f32; ROLES], |most, row| std::array::from_fn(|role| most[role].max(row[role])))
        });
        Self { most, mass, deep }
    }
}

/// Mean of the encoder's rows over tokens.
fn means(roles: &TokenRoles, start: TokenIndex, end: TokenIndex) -> [f32; ROLES] {
    let rows = roles.rows.get(start as usize..end as usize).unwrap_or_default();
    let count = rows.len().max(1) as f32;
    rows.iter().fold([0.0_f32; ROLES], |sum, row| std::array::from_fn(|role| sum[role] + row[role] / count))
}

fn overlap(a: &Candidate, b: &Candidate) -> bool {
    a.tokens.start < b.tokens.end && b.tokens.start < a.tokens.end
}

fn fill(
    scene: &Scene<'_>,
    document: &Surroundings,
    wordings: &[Wording],
    scores: &[[f32; ROLES]],
    at: usize,
    row: &mut Row<'_>,
) {
    let doc = scene.doc;
    let wording = &wordings[at];
    let best = wording.best as usize;
    let candidate = &scene.candidates[best];
    let count = wording.mentions.len() as f32;
    for role in 0..ROLES {
        let name = ROLE_NAMES[role];
        row.put(|| format!("linear.{name}.max"), wording.linear[role]);
        row.put(|| format!("linear.{name}.best"), scores[best][role]);
        let mean = wording.mentions.iter().map(|&m| scores[m as usize][role]).sum::<f32>() / count;
        row.put(|| format!("linear.{name}.mean"), mean);
        for (group, words) in GROUP_NAMES.iter().enumerate() {
            row.put(|| format!("{words}.{name}"), scene.parts[best][group * TARGETS + role]);
        }
        let (share, number) = scene.known.share(&wording.plain, role);
        row.put(|| format!("known.{name}.share"), share);
        row.put(|| format!("known.{name}.number"), number);
        // Where the role's own best mention stands, if it is another.
        let most = if document.most[role].2 == at { document.most[role].1 } else { document.most[role].0 };
        row.put(|| format!("rivals.{name}.others"), most);
        row.put(|| format!("rivals.{name}.mass"), document.mass[role]);
        let rank = wordings.iter().filter(|other| other.linear[role] > wording.linear[role]).count();
        row.put(|| format!("rivals.{name}.rank"), rank as f32);
    }
    let described = |at: u32| scene.score(at as usize, ROLES);
    row.number("linear.described.best", described(wording.best));
    row.number(
        "linear.described.max",
        wording.mentions.iter().map(|&at| described(at)).fold(f32::MIN, f32::max),
    );
    for (group, words) in GROUP_NAMES.iter().enumerate() {
        row.put(|| format!("{words}.described"), scene.parts[best][group * TARGETS + ROLES]);
    }
    for (number, told) in scene.told.iter().enumerate() {
        row.put(|| format!("told.{number}"), *told);
    }
    rivals(scene, wordings, at, row);
    let head = doc.token(candidate.head);
    let sent = doc.sentence_of(candidate.tokens.start);
    let first = &scene.candidates[wording.mentions[0] as usize];
    let tokens = doc.tokens().len().max(1) as f32;
    row.number("place.sentence", sent as f32);
    row.number("place.first_sentence", doc.sentence_of(first.tokens.start) as f32);
    row.number("place.share", candidate.tokens.start as f32 / tokens);
    row.number("place.block", doc.sentences()[sent as usize].block as f32);
    row.number("place.tokens", tokens);
    row.number("place.sentences", doc.sentences().len() as f32);
    row.number("place.mentions", count);
    row.number("place.heads", scene.words.count[candidate.head as usize] as f32);
    let length = (candidate.tokens.end - candidate.tokens.start) as f32;
    row.number("form.length", length);
    row.number(
        "form.before",
        (candidate.tokens.start.max(candidate.chunk.start) - candidate.chunk.start) as f32,
    );
    row.number("form.behind", (candidate.tokens.end.max(candidate.chunk.end) - candidate.chunk.end) as f32);
    row.number("form.short", (candidate.chunk.end.max(candidate.tokens.end) - candidate.tokens.end) as f32);
    for (name, form) in [
        ("form.whole", Form::Whole),
        ("form.suffix", Form::Suffix),
        ("form.extended", Form::Extended),
        ("form.inside", Form::Inside),
        ("form.entity", Form::Entity),
        ("form.run", Form::Run),
        ("form.bracket", Form::Bracket),
    ] {
        row.flag(name, candidate.form == form);
    }
    let tagged =
        |pos: Pos| candidate.tokens.clone().filter(|&index| doc.token(index).pos == pos).count() as f32;
    row.number("form.proper", tagged(Pos::Propn) / length);
    row.number("form.adjectives", tagged(Pos::Adj));
    row.flag("form.plural", matches!(head.tag, Tag::Nns | Tag::Nnps));
    row.flag("form.head_proper", head.pos == Pos::Propn);
    let start = doc.token(candidate.tokens.start);
    row.flag("form.number_first", start.tag == Tag::Cd);
    row.flag("form.adjective_first", start.pos == Pos::Adj);
    row.flag("form.determiner_first", start.pos == Pos::Det);
    row.number("form.letters", wording.plain.len() as f32);
    row.flag(
        "form.acronym",
        wording.plain.len() <= 5 && head.pos == Pos::Propn && head.text.chars().all(char::is_uppercase),
    );
    let label = doc.entities().partition_point(|entity| entity.tokens.end <= candidate.head);
    let label = doc.entities().get(label).filter(|entity| entity.tokens.contains(&candidate.head));
    for (name, wanted) in [
        ("entity.person", EntityLabel::Person),
        ("entity.org", EntityLabel::Org),
        ("entity.gpe", EntityLabel::Gpe),
        ("entity.norp", EntityLabel::Norp),
        ("entity.fac", EntityLabel::Fac),
        ("entity.product", EntityLabel::Product),
        ("entity.loc", EntityLabel::Loc),
    ] {
        row.flag(name, label.is_some_and(|entity| entity.label == wanted));
    }
    row.flag("entity.exact", label.is_some_and(|entity| entity.tokens == candidate.tokens));
    row.flag("entity.none", label.is_none());
    let within = |entity: &watchkeeper_record::document::Entity| {
        candidate.tokens.start <= entity.tokens.start && entity.tokens.end <= candidate.tokens.end
    };
    row.flag("entity.cut", label.is_some_and(|entity| !within(entity)));
    let stands = slot(doc, candidate.head);
    for class in 1..8_u64 {
        row.put(|| format!("slot.{class}"), f32::from(u8::from(stands.class() == class)));
    }
    row.flag("slot.verb", stands.governor.is_some_and(|governor| doc.token(governor).pos == Pos::Verb));
    row.flag("slot.conjunct", head.dep == Dep::Conj);
    row.flag("slot.apposition", head.dep == Dep::Appos);
    row.flag("slot.quoted", candidate.tokens.start > 0 && doc.token(candidate.tokens.start - 1).text == "\"");
    if let Some(roles) = scene.roles {
        deep(scene, roles, document, wording, row);
    }
}

/// How much better or worse wordings that overlap it or share its head are.
fn rivals(scene: &Scene<'_>, wordings: &[Wording], at: usize, row: &mut Row<'_>) {
    let wording = &wordings[at];
    let candidate = &scene.candidates[wording.best as usize];
    let lemma = scene.words.lemma[candidate.head as usize];
    let mut longer = [-12.0_f32; ROLES];
    let mut shorter = [-12.0_f32; ROLES];
    let mut alike = [-12.0_f32; ROLES];
    let (mut longer_count, mut shorter_count) = (0.0, 0.0);
    for (number, other) in wordings.iter().enumerate() {
        if number == at {
            continue;
        }
        let mention =
            other.mentions.iter().map(|&m| &scene.candidates[m as usize]).find(|m| overlap(m, candidate));
        let into = match mention {
            Some(m) if m.tokens.end - m.tokens.start > candidate.tokens.end - candidate.tokens.start => {
                longer_count += 1.0;
                &mut longer
            }
            Some(_) => {
                shorter_count += 1.0;
                &mut shorter
            }
            None if scene.words.lemma[scene.candidates[other.best as usize].head as usize] == lemma => {
                &mut alike
            }
            None => continue,
        };
        for (into, score) in into.iter_mut().zip(&other.linear) {
            *into = into.max(*score);
        }
    }
    for role in 0..ROLES {
        let name = ROLE_NAMES[role];
        row.put(|| format!("rivals.{name}.longer"), longer[role] - wording.linear[role]);
        row.put(|| format!("rivals.{name}.shorter"), shorter[role] - wording.linear[role]);
        row.put(|| format!("rivals.{name}.alike"), alike[role] - wording.linear[role]);
    }
    row.number("rivals.longer", longer_count);
    row.number("rivals.shorter", shorter_count);
}

/// What the encoder says of a wording's mentions.
fn deep(
    scene: &Scene<'_>,
    roles: &TokenRoles,
    document: &Surroundings,
    wording: &Wording,
    row: &mut Row<'_>,
) {
    let candidate = &scene.candidates[wording.best as usize];
    let (start, end) = (candidate.tokens.start as usize, candidate.tokens.end as usize);
    let none = [0.0; ROLES];
    let at = |index: usize| roles.rows.get(index).unwrap_or(&none);
    let mean = means(roles, candidate.tokens.start, candidate.tokens.end);
    for role in 0..ROLES {
        let name = ROLE_NAMES[role];
        let inside = (start..end).map(|index| at(index)[role]);
        row.put(|| format!("deep.{name}.head"), at(candidate.head as usize)[role]);
        row.put(|| format!("deep.{name}.mean"), mean[role]);
        row.put(|| format!("deep.{name}.min"), inside.clone().fold(1.0, f32::min));
        row.put(|| format!("deep.{name}.max"), inside.fold(0.0, f32::max));
        row.put(|| format!("deep.{name}.begin"), roles.begins.get(start).unwrap_or(&none)[role]);
        let later =
            (start + 1..end).map(|index| roles.begins.get(index).unwrap_or(&none)[role]).fold(0.0, f32::max);
        row.put(|| format!("deep.{name}.begin_inside"), later);
        row.put(|| format!("deep.{name}.left"), if start > 0 { at(start - 1)[role] } else { 0.0 });
        row.put(|| format!("deep.{name}.right"), at(end)[role]);
        let after = roles.begins.get(end).unwrap_or(&none)[role];
        row.put(|| format!("deep.{name}.begin_right"), after);
        row.put(|| format!("deep.{name}.document"), document.deep[role]);
        let most = wording
            .mentions
            .iter()
            .map(|&m| {
                let tokens = &scene.candidates[m as usize].tokens;
                means(roles, tokens.start, tokens.end)[role]
            })
            .fold(0.0, f32::max);
        row.put(|| format!("deep.{name}.mentions"), most);
    }
    for (number, kind) in roles.kinds.iter().enumerate() {
        row.put(|| format!("deep.kind.{number}"), *kind);
    }
}
