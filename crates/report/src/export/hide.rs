//! Taking out of an incident what an export may not show, before any format sees it.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use watchkeeper_record::codebook::Precision;
use watchkeeper_record::incident::{Account, Incident, Party, Whereabouts};

use super::input::{Actor, Exported, Report};
use super::{Options, common};
use crate::privacy::{HIDDEN, is_name, surname};

const KM_PER_DEGREE: f64 = 111.32;
const PLACE: &str = "[place]";

/// Whole words to replace by a sign.
pub(super) struct Veil {
    matcher: Option<AhoCorasick>,
    words: Vec<String>,
    sign: &'static str,
}

impl Veil {
    /// Hides names as written, in capitals and in small letters.
    fn over<'a>(names: impl Iterator<Item = &'a str>, sign: &'static str) -> Self {
        let mut words = Vec::new();
        for name in names.map(str::trim).filter(|name| name.chars().count() > 1) {
            words.extend([name.to_owned(), name.to_uppercase()]);
            if name.contains(char::is_whitespace) {
                words.push(name.to_lowercase());
            }
        }
        words.sort();
        words.dedup();
        let matcher = if words.is_empty() {
            None
        } else {
            // Built for one incident: what is soonest built is fastest.
            let kind = Some(AhoCorasickKind::NoncontiguousNFA);
            let mut builder = AhoCorasick::builder();
            builder.match_kind(MatchKind::LeftmostLongest).kind(kind).prefilter(false).build(&words).ok()
        };
        Self { matcher, words, sign }
    }

    /// Hides the full names and surnames of persons.
    pub(super) fn persons<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let names: Vec<&str> = names.collect();
        let surnames = names.iter().filter_map(|name| surname(name));
        Self::over(names.iter().copied().chain(surnames), HIDDEN)
    }

    pub(super) fn text(&self, text: &str) -> String {
        let Some(matcher) = &self.matcher else { return text.to_owned() };
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for found in matcher.find_iter(text) {
            let before = text[..found.start()].chars().next_back();
            let after = text[found.end()..].chars().next();
            if before.is_some_and(char::is_alphanumeric) || after.is_some_and(char::is_alphanumeric) {
                continue;
            }
            out.push_str(&text[at..found.start()]);
            out.push_str(self.sign);
            at = found.end();
        }
        out.push_str(&text[at..]);
        out
    }

    fn in_place(&self, text: &mut Option<String>) {
        if let Some(text) = text {
            *text = self.text(text);
        }
    }

    /// An address of which only the host is left when its path spells one of the words.
    fn address(&self, url: &str) -> String {
        let plain = |text: &str| -> String {
            let small = text.to_lowercase();
            let parts = small.split(|character: char| !character.is_alphanumeric());
            format!("-{}-", parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-"))
        };
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        let Some((host, path)) = rest.split_once('/') else { return url.to_owned() };
        let path = plain(path);
        if self.words.iter().any(|word| path.contains(&plain(word))) {
            format!("{scheme}://{host}/")
        } else {
            url.to_owned()
        }
    }

    pub(super) fn report(&self, report: &mut Report) {
        self.in_place(&mut report.title);
        self.in_place(&mut report.quote);
        report.url = report.url.as_deref().map(|url| self.address(url));
    }
}

/// Whether a private party is told by a name: its key is made of the name then.
fn named(party: &Party) -> bool {
    party.private && (party.key.is_some() || is_name(&party.name))
}

/// The names to hide in everything that is told of private persons.
fn private_names(exported: &Exported) -> Vec<&str> {
    let incident = &exported.incident;
    let accused = incident.perpetrators.iter().map(|accused| &accused.party);
    let accounts =
        exported.accounts.iter().flat_map(|account| account.perpetrators.iter().chain(&account.victims));
    let speakers = exported.statements.iter().filter_map(|statement| statement.speaker.as_ref());
    let parties = accused.chain(&incident.victims).chain(accounts).chain(speakers);
    let parties = parties.filter(|party| named(party)).map(|party| party.name.as_str());
    let actors = exported.actors.iter().filter(|actor| actor.private).map(|actor| actor.name.as_str());
    // Further names may be any words that stand for somebody, "he" among them; scripts without capitals are names throughout.
    let uncased = |name: &str| !name.chars().any(|letter| letter.is_lowercase() || letter.is_uppercase());
    let further = exported.private_names.iter().map(String::as_str);
    parties.chain(actors).chain(further.filter(|name| is_name(name) || uncased(name))).collect()
}

/// The names of towns and spots, hidden where places are made coarse.
fn fine_places(exported: &Exported) -> Vec<&str> {
    let places = exported.accounts.iter().filter_map(|account| account.place.as_ref());
    let places = places.chain(&exported.incident.place);
    places.filter(|place| fine(place)).map(|place| place.name.as_str()).collect()
}

fn fine(place: &Whereabouts) -> bool {
    matches!(place.precision, Precision::Exact | Precision::Near)
}

/// The incident as it may be shown.
pub(super) fn hidden(exported: &Exported, options: &Options) -> Exported {
    let mut told = exported.clone();
    if !options.reveal_private {
        let veil = Veil::persons(private_names(exported).into_iter());
        over_words(&mut told, &veil);
        each_party(&mut told, |party| {
            if named(party) {
                party.name = HIDDEN.to_owned();
                party.key = None;
            } else if party.key.is_none() {
                // Only words that describe may hold a name; a public actor keeps its own though it be somebody's surname too.
                party.name = veil.text(&party.name);
            }
        });
        told.actors.retain(|actor: &Actor| !actor.private);
        told.accounts.iter_mut().for_each(without_hashes);
        told.private_names.clear();
    }
    if let Some(km) = options.coarsen_km.filter(|km| km.is_finite() && *km > 0.0) {
        let veil = Veil::over(fine_places(exported).into_iter(), PLACE);
        over_words(&mut told, &veil);
        each_party(&mut told, |party| party.name = veil.text(&party.name));
        told.accounts.iter_mut().for_each(without_hashes);
        each_place(&mut told, |place| coarsen(place, km));
    }
    each_place(&mut told, |place| {
        if !place.point().is_some_and(common::is_on_earth) {
            (place.lat, place.lon) = (None, None);
        }
    });
    told
}

/// Takes out the hashes of words: they could be compared with those of a guessed name.
fn without_hashes(account: &mut Account) {
    account.words.clear();
    account.gist.clear();
}

fn over_words(told: &mut Exported, veil: &Veil) {
    told.reports.iter_mut().for_each(|report| veil.report(report));
    for statement in &mut told.statements {
        statement.content = veil.text(&statement.content);
        veil.in_place(&mut statement.certainty);
    }
    for reason in told.incident.joins.iter_mut().flat_map(|join| &mut join.reasons) {
        *reason = veil.text(reason);
    }
    told.accounts.iter_mut().for_each(|account| veil.in_place(&mut account.refers));
}

fn each_party(told: &mut Exported, mut change: impl FnMut(&mut Party)) {
    let Incident { perpetrators, victims, .. } = &mut told.incident;
    perpetrators.iter_mut().for_each(|accused| change(&mut accused.party));
    victims.iter_mut().for_each(&mut change);
    for account in &mut told.accounts {
        account.perpetrators.iter_mut().chain(&mut account.victims).for_each(&mut change);
    }
    told.statements.iter_mut().filter_map(|statement| statement.speaker.as_mut()).for_each(change);
}

fn each_place(told: &mut Exported, mut change: impl FnMut(&mut Whereabouts)) {
    told.incident.place.iter_mut().for_each(&mut change);
    told.accounts.iter_mut().filter_map(|account| account.place.as_mut()).for_each(change);
}

/// Moves a town or spot to the nearest corner of a grid and calls it by its unit.
fn coarsen(place: &mut Whereabouts, km: f64) {
    if !fine(place) {
        return;
    }
    let unit = place.admin1.clone().or_else(|| place.country.clone());
    place.name = unit.unwrap_or_else(|| PLACE.to_owned());
    place.geonames = None;
    place.precision = Precision::Near;
    // A corner is at most half a diagonal away.
    place.radius_km = Some(place.radius_km.unwrap_or(0.0).max(0.0) + km);
    if let Some((lat, lon)) = place.point() {
        let step = km / KM_PER_DEGREE;
        let lat = (snap(lat, step)).clamp(-89.9, 89.9);
        let step = km / (KM_PER_DEGREE * lat.to_radians().cos().max(0.001));
        let lon = snap(lon, step).clamp(-180.0, 180.0);
        (place.lat, place.lon) = (Some(common::rounded(lat)), Some(common::rounded(lon)));
    }
}

fn snap(degrees: f64, step: f64) -> f64 {
    (degrees / step).round() * step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_surnames_capitals_and_addresses_are_hidden() {
        let veil = Veil::persons(["Ana Lind"].into_iter());
        assert_eq!(
            veil.text("ANA LIND died; Lind, 34, of Lindholm"),
            "[name hidden] died; [name hidden], 34, of Lindholm"
        );
        assert_eq!(veil.text("a lind tree"), "a lind tree");
        assert_eq!(veil.address("https://example.org/2021/ana-lind-killed.html"), "https://example.org/");
        assert_eq!(veil.address("https://example.org/2021/lindholm"), "https://example.org/2021/lindholm");
        assert_eq!(veil.address("not a url"), "not a url");
    }
}
