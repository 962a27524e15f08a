//! Which words may be cues of an attribution, and what tells whether they are.
//!
//! In: a scene and the shares by word. Out: candidates with a row of features. A candidate is one token, the head of the cue.

use watchkeeper_record::article::BlockKind;
use watchkeeper_record::document::{Dep, Pos, Tag, TokenIndex};

use super::Row;
use super::rates::{Rates, key};
use super::scene::Scene;
use crate::frame::{self, parent};
use crate::statement::Lexicon;

/// Longest way up that is looked at for governing cues.
const CLIMB: usize = 4;
/// Words that never open an attribution by themselves are asked only where they were seen to, in log-odds.
const SELDOM: f32 = -3.2;

/// The chain of counts of a token as a cue.
pub(super) fn word_chain(scene: &Scene<'_>, index: TokenIndex) -> [u64; 3] {
    let tok = scene.doc.token(index);
    [key('C', &[]), key('C', &[tok.pos.as_str()]), key('C', &[tok.pos.as_str(), scene.lemma(index)])]
}

/// The chain of counts of a token as a cue in its frame.
pub(super) fn frame_chain(scene: &Scene<'_>, index: TokenIndex) -> [u64; 5] {
    let tok = scene.doc.token(index);
    let (pos, lemma, letters) = (tok.pos.as_str(), scene.lemma(index), scene.frame(index));
    let [root, kind, word] = word_chain(scene, index);
    let prep = scene.first_prep(index);
    [root, kind, word, key('F', &[pos, lemma, &letters]), key('F', &[pos, lemma, &letters, prep])]
}

/// The chain of counts of a token by what governs it and how.
pub(super) fn governor_chain(scene: &Scene<'_>, index: TokenIndex) -> [u64; 3] {
    let tok = scene.doc.token(index);
    let (pos, dep) = (tok.pos.as_str(), tok.dep.as_str());
    [key('G', &[pos]), key('G', &[pos, dep]), key('G', &[pos, dep, scene.lemma(tok.head)])]
}

/// The chain of counts of a token by its subject.
pub(super) fn subject_chain(scene: &Scene<'_>, index: TokenIndex) -> [u64; 3] {
    let pos = scene.doc.token(index).pos.as_str();
    let class = scene.subject(index).map_or("-", |subject| scene.word_class(subject));
    [key('S', &[]), key('S', &[pos]), key('S', &[pos, class])]
}

/// All chains by which a candidate is counted.
pub(super) fn chains(scene: &Scene<'_>, index: TokenIndex) -> [Vec<u64>; 4] {
    let framed = frame_chain(scene, index);
    // The word's own counts are the head of this chain.
    [framed.to_vec(), governor_chain(scene, index).to_vec(), subject_chain(scene, index).to_vec(), Vec::new()]
}

/// Whether a token may be a cue at all. Without `rates` every kind of word that may be one is; for counting.
pub(super) fn may_be(scene: &Scene<'_>, rates: Option<&Rates>, index: TokenIndex) -> bool {
    let doc = scene.doc;
    let tok = doc.token(index);
    let seen = || {
        rates.is_none_or(|rates| {
            let chain = word_chain(scene, index);
            rates.seen(chain[2]) > 0.0 && rates.logit(&chain) > SELDOM
        })
    };
    match tok.pos {
        Pos::Verb => {
            !matches!(tok.dep, Dep::Aux | Dep::Auxpass)
                && rates.is_none_or(|rates| {
                    let chain = word_chain(scene, index);
                    rates.seen(chain[2]) < 8.0 || rates.logit(&chain) > -4.2
                })
        }
        Pos::Aux => !matches!(tok.dep, Dep::Aux | Dep::Auxpass) && seen(),
        Pos::Noun => {
            let senses = scene.senses.noun(scene.lemma(index));
            let clausal = doc
                .children(index)
                .iter()
                .any(|&member| member > index && matches!(doc.token(member).dep, Dep::Acl | Dep::Ccomp));
            let speech = senses[2] + senses[3] + senses[4] >= 0.3;
            (rates.is_none_or(|rates| rates.seen(word_chain(scene, index)[2]) < 4.0) && (speech || clausal))
                || seen()
        }
        Pos::Adj => {
            let complement = doc.children(index).iter().any(|&member| {
                member > index
                    && matches!(doc.token(member).dep, Dep::Ccomp | Dep::Xcomp | Dep::Prep | Dep::Pcomp)
            });
            complement || seen()
        }
        Pos::Adv | Pos::Adp | Pos::Sconj | Pos::Propn => seen(),
        Pos::Punct => {
            let beside = |at: TokenIndex| (at as usize) < doc.tokens().len() && scene.quotation(at).is_some();
            tok.text == ":"
                || matches!(tok.text.as_str(), "―" | "—" | "–" | "--")
                    && (beside(index + 1) || beside(index + 2) || index >= 2 && beside(index - 2))
        }
        _ => false,
    }
}

/// Fills the features of a candidate.
pub(super) fn fill(scene: &Scene<'_>, rates: &Rates, lexicon: &Lexicon, index: TokenIndex, row: &mut Row) {
    let doc = scene.doc;
    let tok = doc.token(index);
    let framed = frame_chain(scene, index);
    row.put("word", rates.logit(&framed[..3]));
    row.put("word_seen", rates.seen(framed[2]).ln_1p());
    row.put("word_frame", rates.logit(&framed[..4]));
    row.put("word_frame_prep", rates.logit(&framed));
    row.put("governor_rate", rates.logit(&governor_chain(scene, index)));
    row.put("subject_rate", rates.logit(&subject_chain(scene, index)));
    let (verb, noun) = (tok.pos == Pos::Verb || tok.pos == Pos::Aux, tok.pos == Pos::Noun);
    let senses = if verb {
        scene.senses.verb(scene.lemma(index))
    } else if noun {
        scene.senses.noun(scene.lemma(index))
    } else {
        Default::default()
    };
    let pick = |at: usize, wanted: bool| if wanted { senses[at] } else { 0.0 };
    row.put("verb_cognition", pick(0, verb));
    row.put("verb_communication", pick(1, verb));
    row.put("verb_emotion", pick(2, verb));
    row.put("verb_perception", pick(3, verb));
    row.put("verb_social", pick(4, verb));
    row.put("noun_communication", pick(2, noun));
    row.put("noun_cognition", pick(3, noun));
    row.put("noun_feeling", pick(4, noun));
    row.put("noun_act", pick(5, noun));
    row.flag("in_lexicon", lexicon.knows(scene.lemma(index), noun));
    row.put(
        "pos",
        match tok.pos {
            Pos::Verb => 0.0,
            Pos::Aux => 1.0,
            Pos::Noun => 2.0,
            Pos::Adj => 3.0,
            Pos::Adv => 4.0,
            Pos::Punct => 5.0,
            _ => 6.0,
        },
    );
    row.put(
        "tag",
        match tok.tag {
            Tag::Vbd => 0.0,
            Tag::Vbz => 1.0,
            Tag::Vbp => 2.0,
            Tag::Vbg => 3.0,
            Tag::Vbn => 4.0,
            Tag::Vb => 5.0,
            _ => 6.0,
        },
    );
    row.put(
        "dep",
        match tok.dep {
            Dep::Root => 0.0,
            Dep::Parataxis => 1.0,
            Dep::Ccomp => 2.0,
            Dep::Conj => 3.0,
            Dep::Advcl => 4.0,
            Dep::Relcl => 5.0,
            Dep::Acl => 6.0,
            Dep::Xcomp => 7.0,
            Dep::Pcomp => 8.0,
            Dep::Amod => 9.0,
            Dep::Dobj => 10.0,
            Dep::Nsubj => 11.0,
            Dep::Pobj => 12.0,
            Dep::Acomp => 13.0,
            Dep::Advmod => 14.0,
            Dep::Prep => 15.0,
            _ => 16.0,
        },
    );
    complements(scene, rates, index, row);
    subject(scene, index, row);
    surroundings(scene, rates, index, row);
}

fn complements(scene: &Scene<'_>, rates: &Rates, index: TokenIndex, row: &mut Row) {
    let doc = scene.doc;
    let [mut ccomp, mut ccomp_left, mut xcomp, mut dobj, mut prep, mut advcl, mut acomp] = [false; 7];
    let [
        mut agent,
        mut dative,
        mut passive,
        mut negated,
        mut modal,
        mut acl,
        mut poss,
        mut marked,
        mut wh,
        mut to,
        mut conj,
    ] = [false; 11];
    let mut below = -8.0_f32;
    let mut object = None;
    for &member in doc.children(index) {
        let tok = doc.token(member);
        let right = member > index;
        match tok.dep {
            Dep::Ccomp => {
                ccomp |= right;
                ccomp_left |= !right;
                let first = doc.subtree(member).start;
                marked |= right && frame::word_is(doc, first, &["that"]);
                wh |= right
                    && (matches!(doc.token(first).tag, Tag::Wrb | Tag::Wp | Tag::Wdt)
                        || frame::word_is(doc, first, &["whether", "if"]));
            }
            Dep::Xcomp => xcomp = true,
            Dep::Dobj | Dep::Oprd => {
                dobj = true;
                object = Some(member);
            }
            Dep::Prep => prep |= right,
            Dep::Advcl => advcl |= right,
            Dep::Acomp | Dep::Attr => acomp = true,
            Dep::Agent => agent = true,
            Dep::Dative => dative = true,
            Dep::Nsubjpass | Dep::Auxpass => passive = true,
            Dep::Neg => negated = true,
            Dep::Aux => {
                modal |= tok.tag == Tag::Md;
                to |= tok.tag == Tag::To;
            }
            Dep::Acl | Dep::Relcl => acl |= right,
            Dep::Poss => poss = true,
            Dep::Conj => conj = true,
            _ => {}
        }
        if right && matches!(tok.dep, Dep::Xcomp | Dep::Ccomp) {
            below = below.max(rates.logit(&word_chain(scene, member)));
        }
    }
    for (name, value) in [
        ("ccomp", ccomp),
        ("ccomp_before", ccomp_left),
        ("xcomp", xcomp),
        ("dobj", dobj),
        ("prep", prep),
        ("advcl", advcl),
        ("acomp", acomp),
        ("agent", agent),
        ("dative", dative),
        ("passive", passive),
        ("negated", negated),
        ("modal", modal),
        ("acl", acl),
        ("poss", poss),
        ("that", marked),
        ("wh", wh),
        ("to", to),
        ("conj", conj),
    ] {
        row.flag(name, value);
    }
    row.put("rate_below", below);
    let object = object.map(|object| scene.senses.noun(scene.lemma(object))).unwrap_or_default();
    row.put("object_speech", object[2] + object[3]);
    row.put("object_person", object[0] + object[1]);
}

fn subject(scene: &Scene<'_>, index: TokenIndex, row: &mut Row) {
    let doc = scene.doc;
    let subject = scene.subject(index);
    row.put("subject_person", subject.map_or(0.0, |subject| speaks(scene, subject)));
    row.put("subject_side", subject.map_or(0.0, |subject| if subject < index { -1.0 } else { 1.0 }));
    let first = subject.is_some_and(|subject| frame::word_is(doc, subject, &["i", "we"]));
    let second = subject.is_some_and(|subject| frame::word_is(doc, subject, &["you"]));
    row.flag("subject_first_person", first);
    row.flag("subject_second_person", second);
    row.flag(
        "subject_it",
        subject.is_some_and(|subject| frame::word_is(doc, subject, &["it", "that", "this", "there"])),
    );
}

/// How likely a noun is to be somebody who can speak, 0..=1.
pub(super) fn speaks(scene: &Scene<'_>, index: TokenIndex) -> f32 {
    use watchkeeper_record::document::EntityLabel as Label;
    let tok = scene.doc.token(index);
    match (tok.pos, scene.label(index)) {
        (_, Some(Label::Person)) => 1.0,
        (_, Some(Label::Org | Label::Norp)) => 0.9,
        (_, Some(Label::Gpe)) => 0.7,
        (_, Some(Label::Cardinal)) => 0.4,
        (_, Some(_)) => 0.1,
        (Pos::Pron, _) => {
            if frame::word_is(
                scene.doc,
                index,
                &["he", "she", "i", "we", "they", "him", "her", "his", "their", "who"],
            ) {
                1.0
            } else if frame::word_is(scene.doc, index, &["it", "that", "this", "which", "what", "there"]) {
                0.1
            } else {
                0.5
            }
        }
        (Pos::Propn, _) => 0.8,
        (Pos::Noun, _) => {
            let senses = scene.senses.noun(scene.lemma(index));
            (senses[0] + senses[1] + 0.3 * senses[2]).min(1.0)
        }
        _ => 0.3,
    }
}

fn surroundings(scene: &Scene<'_>, rates: &Rates, index: TokenIndex, row: &mut Row) {
    let doc = scene.doc;
    let sentence = scene.sentence(index);
    let inside = scene.quotation(index);
    row.flag("quoted", inside.is_some());
    let at = scene.quotations.partition_point(|quotation| quotation.inner.end <= index);
    let before = at
        .checked_sub(1)
        .map(|number| &scene.quotations[number].inner)
        .filter(|inner| inner.end > sentence.start);
    let after_at = if inside.is_some() { at + 1 } else { at };
    let after = scene.quotations.get(after_at).map(|quotation| &quotation.inner);
    let after = after.filter(|inner| inner.start <= sentence.end + 1);
    row.put("quote_before", before.map_or(40.0, |inner| scene.words(&(inner.end..index)) as f32));
    row.put("quote_before_words", before.map_or(0.0, |inner| scene.words(inner) as f32));
    row.put("quote_after", after.map_or(40.0, |inner| scene.words(&(index..inner.start.max(index))) as f32));
    row.put("quote_after_words", after.map_or(0.0, |inner| scene.words(inner) as f32));
    let whole = scene.words(&sentence).max(1);
    row.put("sentence_words", whole as f32);
    row.put("sentence_quoted", scene.quoted(&sentence) as f32 / whole as f32);
    row.put("place_in_sentence", scene.words(&(sentence.start..index)) as f32 / whole as f32);
    row.put("words_before", scene.words(&(sentence.start..index)) as f32);
    row.put("subtree_words", scene.words(&doc.subtree(index)) as f32);
    row.flag("last_of_sentence", scene.words(&(index + 1..sentence.end)) == 0);
    row.flag("next_colon", (index as usize + 1) < doc.tokens().len() && doc.token(index + 1).text == ":");
    let block = &doc.article().blocks[scene.block(index) as usize];
    row.flag("heading", matches!(block.kind, BlockKind::Title | BlockKind::Heading));
    // The governors: their shares as cues, and whether this lies in the complement of one.
    let (mut highest, mut complement, mut nearest) = (-8.0_f32, -8.0_f32, -8.0_f32);
    let (mut at, mut depth, mut inner) = (index, 0.0, false);
    for step in 0..CLIMB {
        let Some(head) = parent(doc, at) else { break };
        inner |= matches!(doc.token(at).dep, Dep::Ccomp | Dep::Xcomp | Dep::Dobj | Dep::Pobj | Dep::Pcomp);
        depth += 1.0;
        let rate = if matches!(doc.token(head).pos, Pos::Verb | Pos::Noun | Pos::Adj) {
            rates.logit(&frame_chain(scene, head)[..4])
        } else {
            -8.0
        };
        if step == 0 {
            nearest = rate;
        }
        highest = highest.max(rate);
        if inner {
            complement = complement.max(rate);
        }
        at = head;
    }
    row.put("rate_above", nearest);
    row.put("rate_above_highest", highest);
    row.put("rate_above_complement", complement);
    row.put("depth", depth);
    let head = doc.token(index).head;
    row.flag("head_to_left", head < index);
    row.flag("head_aux", doc.token(head).pos == Pos::Aux);
}
