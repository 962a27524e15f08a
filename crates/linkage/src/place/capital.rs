//! `The capital`: of which country.
//!
//! In: the place mentions of a document and what they may mean. Out: the gazetteer's row of the capital, where the words beside it, its sentence or
//! its paragraph name one country, or most of the text's places lie in one. Else it stays a description.

use std::collections::BTreeMap;

use watchkeeper_record::Document;
use watchkeeper_record::document::{Dep, TokenIndex};
use watchkeeper_record::mention::PlaceMention;
use watchkeeper_record::reading::Place;

use super::rank::Ranked;
use super::{blank, put};
use crate::gazetteer::{CountryIndex, Gazetteer, Kind, RowIndex};

/// Least score of a place whose country counts.
const SURE: f64 = 0.6;
/// Share of a text's places that must lie in the country that it is about.
const ABOUT: f64 = 0.6;
/// How sure the capital of a country is that stands beside it, and of one that the text around it names.
const SCORE: f64 = 0.8;

/// Rows of the mentions that are `capital`.
pub(super) fn capitals(
    doc: &Document,
    mentions: &[PlaceMention],
    found: &[Ranked],
    gazetteer: &Gazetteer,
) -> BTreeMap<usize, RowIndex> {
    let is_capital = |mention: &PlaceMention| {
        mention.tokens.len() == 1 && doc.token(mention.tokens.start).text == "capital"
    };
    let mut rows = BTreeMap::new();
    if !mentions.iter().any(is_capital) {
        return rows;
    }
    let mut told: Vec<(TokenIndex, CountryIndex)> = Vec::new();
    let mut named: Vec<(TokenIndex, CountryIndex)> = Vec::new();
    for (mention, ranked) in mentions.iter().zip(found).filter(|(_, ranked)| ranked.score() >= SURE) {
        let Some(place) = ranked.best().and_then(|row| gazetteer.place(row)) else { continue };
        let Some(country) = place.country else { continue };
        told.push((mention.tokens.start, country));
        if place.kind == Kind::Capital {
            named.push((mention.tokens.start, country));
        }
    }
    told.extend((0..doc.tokens().len() as TokenIndex).filter_map(|at| {
        let token = doc.token(at);
        let word = token.text.starts_with(char::is_uppercase).then_some(token.text.as_str())?;
        let country = gazetteer.demonym(word).or_else(|| gazetteer.demonym(word.strip_suffix('s')?))?;
        Some((at, country))
    }));
    told.sort_unstable();
    for (number, mention) in mentions.iter().enumerate().filter(|(_, mention)| is_capital(mention)) {
        let country = country_of(doc, mention.tokens.start, &told, &named);
        if let Some(row) = country.and_then(|country| gazetteer.capital(country)) {
            rows.insert(number, row);
        }
    }
    rows
}

/// The country that `capital` is of; `told` are countries named, `named` those whose capitals are, in text order.
fn country_of(
    doc: &Document,
    capital: TokenIndex,
    told: &[(TokenIndex, CountryIndex)],
    named: &[(TokenIndex, CountryIndex)],
) -> Option<CountryIndex> {
    let beside = doc.children(capital).iter().find_map(|&child| {
        let owns = matches!(doc.token(child).dep, Dep::Poss | Dep::Amod | Dep::Compound | Dep::Nmod);
        let range = doc.subtree(child);
        told.iter().rev().find(|(at, _)| owns && range.contains(at)).map(|(_, country)| *country)
    });
    if beside.is_some() {
        return beside;
    }
    let one = |told: &[(TokenIndex, CountryIndex)], within: &dyn Fn(TokenIndex) -> bool| {
        let mut countries = told.iter().filter(|(at, _)| within(*at)).map(|(_, country)| *country);
        let first = countries.next()?;
        countries.all(|country| country == first).then_some(first)
    };
    let sentence = doc.sentence_of(capital);
    let block = doc.sentences()[sentence as usize].block;
    let here = |at: TokenIndex| doc.sentence_of(at) == sentence;
    let before =
        |at: TokenIndex| at < capital && doc.sentences()[doc.sentence_of(at) as usize].block == block;
    // A capital named before in the paragraph is the one that is meant, whatever countries are named beside it.
    one(told, &here).or_else(|| one(named, &before)).or_else(|| one(told, &before)).or_else(|| {
        let mut counts: BTreeMap<CountryIndex, usize> = BTreeMap::new();
        told.iter().for_each(|(_, country)| *counts.entry(*country).or_default() += 1);
        let (country, count) =
            counts.into_iter().max_by_key(|(country, count)| (*count, std::cmp::Reverse(*country)))?;
        (count as f64 >= ABOUT * told.len() as f64).then_some(country)
    })
}

/// The place of a capital's row, without its mentions.
pub(super) fn place(gazetteer: &Gazetteer, row: RowIndex) -> Option<Place> {
    let mut place = blank(gazetteer.place(row)?.name.to_owned(), SCORE);
    place.why.push("the capital of the country that the words around it name".to_owned());
    put(gazetteer, row, &mut place);
    Some(place)
}
