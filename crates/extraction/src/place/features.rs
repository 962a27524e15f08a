//! What the scorer of candidates is told about each: names and numbers.
//!
//! In: candidates with what is known of their words and names. Out: rows of features, always in the same order. Not here: weights.

use rustc_hash::FxHashMap;
use watchkeeper_record::document::{Dep, EntityLabel, Pos, Tag};
use watchkeeper_record::names::{NameMatch, PlaceClass};

use super::candidate::{Candidates, Draft, Side};
use super::lexicon::Beside;
use super::scan::Scan;

/// Names of the features, in the order of a row.
pub const PLACE_FEATURES: [&str; 88] = [
    "tokens",
    "letters",
    "all_caps",
    "stop_inside",
    "ends_possessive",
    "inner_small",
    "run_before",
    "run_after",
    "first_side",
    "last_side",
    "feature_first",
    "feature_last",
    "street_last",
    "body_last",
    "never",
    "known",
    "known_places",
    "known_population",
    "known_country",
    "known_admin1",
    "known_admin2",
    "known_town",
    "known_village",
    "known_nature",
    "known_site",
    "demonym",
    "abbreviation",
    "longer_from",
    "longer_to",
    "known_within",
    "country_share",
    "unit_share",
    "places_here",
    "label",
    "label_last",
    "entity_equal",
    "entity_before",
    "entity_after",
    "ruled",
    "ruled_part",
    "inside_name",
    "tag",
    "pos_first",
    "dep",
    "head_side",
    "head_behind",
    "head_pos",
    "given_first",
    "family_first",
    "given_last",
    "family_last",
    "common_first",
    "common_last",
    "lower_here",
    "in_person",
    "first",
    "before_1",
    "before_2",
    "before_3",
    "after_1",
    "after_2",
    "after_3",
    "before_capital",
    "after_capital",
    "before_label",
    "after_label",
    "before_given",
    "after_family",
    "after_common",
    "before_common",
    "glued_before",
    "glued_after",
    "unit_after",
    "place_before",
    "known_before",
    "place_after",
    "known_after",
    "dateline",
    "here",
    "here_place",
    "here_person",
    "here_organisation",
    "here_located",
    "here_located_share",
    "here_titled",
    "here_unit_after",
    "here_ruled",
    "here_ruled_count",
];

/// Shares of the document's places by country and by first-order unit.
#[derive(Debug, Default)]
pub(super) struct Ground {
    countries: FxHashMap<u16, f32>,
    units: FxHashMap<u32, f32>,
    all: f32,
}

impl Ground {
    /// Counts the names that the rules take for places, each spelling once.
    pub(super) fn new(candidates: &Candidates) -> Self {
        let mut ground = Self::default();
        for key in &candidates.keys {
            let units = &key.facts.units;
            if units.is_empty() || units.len() > 8 || key.counts.ruled == 0.0 {
                continue;
            }
            let share = 1.0 / units.len() as f32;
            for unit in units {
                *ground.countries.entry(unit.country).or_default() += share;
                *ground.units.entry(unit.admin1).or_default() += share;
            }
            ground.all += 1.0;
        }
        ground
    }

    /// The largest share that one of a name's countries and one of its units has among the other names.
    fn shares(&self, candidates: &Candidates, draft: &Draft) -> (f32, f32) {
        let key = &candidates.keys[draft.key as usize];
        let units = &key.facts.units;
        let counted = !units.is_empty() && units.len() <= 8 && key.counts.ruled > 0.0;
        let own = if counted { 1.0 / units.len() as f32 } else { 0.0 };
        let others = self.all - f32::from(u8::from(counted));
        if others < 1.0 {
            return (-1.0, -1.0);
        }
        let mut best = (0.0_f32, 0.0_f32);
        for unit in units {
            let country = self.countries.get(&unit.country).copied().unwrap_or(0.0) - own;
            best.0 = best.0.max(country / others);
            if unit.admin1 != 0 {
                let unit = self.units.get(&unit.admin1).copied().unwrap_or(0.0) - own;
                best.1 = best.1.max(unit / others);
            }
        }
        best
    }
}

/// Tells every feature of one candidate, always the same names in the same order.
pub(super) fn fill(
    scan: &Scan<'_>,
    candidates: &Candidates,
    ground: &Ground,
    draft: &Draft,
    mut put: impl FnMut(&'static str, f32),
) {
    let yes = |is: bool| f32::from(u8::from(is));
    let toks = &candidates.toks;
    let (start, end) = (draft.tokens.start, draft.tokens.end);
    let last = end - 1;
    let (first_tok, last_tok) = (&toks[start as usize], &toks[last as usize]);
    let sentence = scan.sentence(start);
    let key = &candidates.keys[draft.key as usize];
    let facts = &key.facts;
    let length = end - start;
    let inner = || draft.tokens.clone();

    // The span itself.
    put("tokens", length as f32);
    let letters: usize = inner().map(|index| scan.doc.token(index).text.chars().count()).sum();
    put("letters", letters.min(12) as f32);
    put("all_caps", yes(inner().all(|index| !toks[index as usize].capital || toks[index as usize].all_caps)));
    put("stop_inside", yes(scan.doc.token(last).text.ends_with('.')));
    put("ends_possessive", yes(scan.doc.token(last).tag == Tag::Pos));
    put("inner_small", yes(inner().any(|index| !toks[index as usize].name)));
    put("run_before", (start - draft.run.start).min(6) as f32);
    put("run_after", (draft.run.end - end).min(6) as f32);
    put("first_side", f32::from(first_tok.side as u8));
    put("last_side", f32::from(last_tok.side as u8));
    let featured = |side: &Option<Beside>| *side == Some(Beside::Feature);
    put("feature_first", yes(length > 1 && featured(&first_tok.known.beside)));
    put("feature_last", yes(length > 1 && featured(&last_tok.known.beside)));
    put(
        "street_last",
        yes(length > 1
            && inner().skip(1).any(|index| toks[index as usize].known.beside == Some(Beside::Street))),
    );
    put("body_last", yes(scan.word(last).body || last_tok.known.beside == Some(Beside::Organ)));
    put("never", yes(scan.word(start).never));

    // The gazetteer.
    let matched = match facts.matched {
        None => 0.0,
        Some(NameMatch::Loose) => 1.0,
        Some(NameMatch::Alternate) => 2.0,
        Some(NameMatch::Main) => 3.0,
    };
    put("known", matched);
    // Coarse, so that no one name can be told by its numbers.
    put("known_places", f32::from(facts.places + 1).log2().ceil());
    put("known_population", (facts.ln_population / 1.5).round());
    put("known_country", yes(facts.is(PlaceClass::Country)));
    put("known_admin1", yes(facts.is(PlaceClass::Admin1)));
    put("known_admin2", yes(facts.is(PlaceClass::Admin2)));
    put("known_town", yes(facts.is(PlaceClass::Capital) || facts.is(PlaceClass::Settlement)));
    put("known_village", yes(facts.is(PlaceClass::Village)));
    put("known_nature", yes(facts.is(PlaceClass::Nature) || facts.is(PlaceClass::Region)));
    put("known_site", yes(facts.is(PlaceClass::Site)));
    put("demonym", yes(facts.demonym));
    put("abbreviation", yes(key.abbreviation));
    let longer = |longest: u8| (f32::from(longest) - length as f32).max(0.0);
    put("longer_from", longer(candidates.longest_from[start as usize]));
    put("longer_to", longer(candidates.longest_to[last as usize]));
    let within = inner().skip(1).any(|index| candidates.longest_from[index as usize] > 0)
        || candidates.longest_from[start as usize] > 0;
    put("known_within", yes(length > 1 && within));
    let (country, unit) = ground.shares(candidates, draft);
    put("country_share", country);
    put("unit_share", unit);
    put("places_here", ground.all.min(30.0));

    // The entity recogniser.
    put("label", label_rank(first_tok.label));
    put("label_last", label_rank(last_tok.label));
    let entity = &first_tok.entity;
    put("entity_equal", yes(*entity == draft.tokens));
    let covered = !entity.is_empty() && entity.end >= end;
    put("entity_before", if covered { (start - entity.start).min(6) as f32 } else { -1.0 });
    put("entity_after", if covered { (entity.end - end).min(6) as f32 } else { -1.0 });
    put("ruled", yes(draft.ruled));
    let around = |index: u32| scan.taken.get(index as usize).copied().unwrap_or(false);
    put("ruled_part", yes(inner().any(around)));
    put("inside_name", yes(scan.inside_name(&draft.tokens)));

    // The words.
    put("tag", tag_rank(scan.doc.token(last).tag));
    put("pos_first", pos_rank(scan.doc.token(start).pos));
    let head = scan.doc.token(last);
    put("dep", dep_rank(head.dep));
    let governor = head.head;
    put("head_side", f32::from(toks[governor as usize].side as u8));
    put("head_behind", (governor as f32 - last as f32).clamp(-5.0, 5.0));
    put("head_pos", pos_rank(scan.doc.token(governor).pos));
    put("given_first", f32::from(first_tok.known.given));
    put("family_first", f32::from(first_tok.known.family));
    put("given_last", f32::from(last_tok.known.given));
    put("family_last", f32::from(last_tok.known.family));
    put("common_first", f32::from(first_tok.known.common));
    put("common_last", f32::from(last_tok.known.common));
    put("lower_here", yes(first_tok.lower_here) + yes(length > 1 && last_tok.lower_here));
    put("in_person", yes(first_tok.in_person) + yes(length > 1 && last_tok.in_person));
    put("first", yes(first_tok.first));

    // The words around.
    let side =
        |at: Option<u32>| at.filter(|index| sentence.contains(index)).map(|index| &toks[index as usize]);
    let rank =
        |at: Option<u32>| side(at).map_or(f32::from(Side::Edge as u8), |tok| f32::from(tok.side as u8));
    let previous = start.checked_sub(1);
    put("before_1", rank(previous));
    put("before_2", rank(start.checked_sub(2)));
    put("before_3", rank(start.checked_sub(3)));
    put("after_1", rank(Some(end)));
    put("after_2", rank(Some(end + 1)));
    put("after_3", rank(Some(end + 2)));
    let before = side(previous);
    let after = side(Some(end));
    put("before_capital", yes(before.is_some_and(|tok| tok.capital)));
    put("after_capital", yes(after.is_some_and(|tok| tok.capital)));
    put("before_label", before.map_or(-1.0, |tok| label_rank(tok.label)));
    put("after_label", after.map_or(-1.0, |tok| label_rank(tok.label)));
    put("before_given", before.map_or(0.0, |tok| if tok.capital { f32::from(tok.known.given) } else { 0.0 }));
    put("after_family", after.map_or(0.0, |tok| if tok.capital { f32::from(tok.known.family) } else { 0.0 }));
    put("after_common", after.map_or(0.0, |tok| f32::from(tok.known.common)));
    put("before_common", before.map_or(0.0, |tok| f32::from(tok.known.common)));
    let joined = start > 0 && !scan.doc.token(start - 1).space_after && start > sentence.start;
    put("glued_before", yes(joined));
    put("glued_after", yes(!scan.doc.token(last).space_after && end < sentence.end));
    let comma = after.is_some_and(|tok| tok.side == Side::Comma);
    put("unit_after", yes(comma && candidates.unit_behind_comma(scan, &draft.tokens)));
    let listed =
        before.is_some_and(|tok| matches!(tok.side, Side::Comma | Side::And)) && start > sentence.start + 1;
    put("place_before", if listed { label_rank(toks[start as usize - 2].label) } else { -1.0 });
    put("known_before", yes(listed && candidates.longest_to[start as usize - 2] > 0));
    let lists =
        after.is_some_and(|tok| matches!(tok.side, Side::Comma | Side::And)) && end + 1 < sentence.end;
    put("place_after", if lists { label_rank(toks[end as usize + 1].label) } else { -1.0 });
    put("known_after", yes(lists && candidates.longest_from[end as usize + 1] > 0));
    let dash = (end..sentence.end.min(end + 5)).find(|&index| toks[index as usize].side == Side::Dash);
    put(
        "dateline",
        if start == sentence.start { dash.map_or(-1.0, |dash| (dash - end) as f32) } else { -2.0 },
    );

    // The document.
    let counts = key.counts;
    put("here", counts.all.min(20.0));
    let share = |count: f32| count / counts.all.max(1.0);
    put("here_place", share(counts.place));
    put("here_person", share(counts.person));
    put("here_organisation", share(counts.organisation));
    put("here_located", counts.located.min(5.0));
    put("here_located_share", share(counts.located));
    put("here_titled", share(counts.titled));
    put("here_unit_after", counts.unit_after.min(3.0));
    put("here_ruled", share(counts.ruled));
    put("here_ruled_count", counts.ruled.min(10.0));
}

/// Labels, the likelier a place the higher.
fn label_rank(label: Option<EntityLabel>) -> f32 {
    match label {
        None => 4.0,
        Some(EntityLabel::Gpe) => 10.0,
        Some(EntityLabel::Loc) => 9.0,
        Some(EntityLabel::Fac) => 8.0,
        Some(EntityLabel::Norp) => 7.0,
        Some(EntityLabel::Org) => 6.0,
        Some(EntityLabel::Product | EntityLabel::WorkOfArt) => 5.0,
        Some(EntityLabel::Person) => 3.0,
        Some(EntityLabel::Event | EntityLabel::Law | EntityLabel::Language) => 2.0,
        Some(_) => 1.0,
    }
}

fn tag_rank(tag: Tag) -> f32 {
    match tag {
        Tag::Nnp => 5.0,
        Tag::Nnps => 4.0,
        Tag::Jj => 3.0,
        Tag::Nn => 2.0,
        Tag::Nns => 1.0,
        _ => 0.0,
    }
}

fn pos_rank(pos: Pos) -> f32 {
    match pos {
        Pos::Propn => 6.0,
        Pos::Adp => 5.0,
        Pos::Noun => 4.0,
        Pos::Adj => 3.0,
        Pos::Verb => 2.0,
        Pos::Num => 1.0,
        _ => 0.0,
    }
}

fn dep_rank(dep: Dep) -> f32 {
    match dep {
        Dep::Pobj => 10.0,
        Dep::Npadvmod => 9.0,
        Dep::Appos => 8.0,
        Dep::Poss => 7.0,
        Dep::Compound | Dep::Nmod => 6.0,
        Dep::Conj => 5.0,
        Dep::Dobj => 4.0,
        Dep::Amod => 3.0,
        Dep::Root | Dep::Dep => 2.0,
        Dep::Nsubj | Dep::Nsubjpass => 1.0,
        _ => 0.0,
    }
}
