//! What may be the content of a cue, and what tells which of these it is.
//!
//! In: a scene, a cue. Out: candidates, each up to two pieces of text, with a row of features. Candidates are made from dependents of
//! the cue and runs of them, what governs it, quotations near it with those that go on from them, and the rest of its sentence.

use std::ops::Range;

use rustc_hash::FxHashSet;
use watchkeeper_record::document::{Dep, Pos, Tag, TokenIndex};

use super::Row;
use super::cue::word_chain;
use super::rates::{Rates, key};
use super::scene::Scene;
use crate::frame::{self, parent};

/// Most dependents behind a cue that runs are made of.
const MEMBERS_MAX: usize = 7;
/// Most candidates of one cue.
const CANDIDATES_MAX: usize = 72;
/// Most tokens of a candidate.
const TOKENS_MAX: u32 = 700;

/// How a candidate was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A run of dependents behind the cue.
    Run,
    /// The same without the preposition that it begins with.
    RunObject,
    /// A dependent before the cue.
    Before,
    /// A subject with what follows the cue.
    Around,
    /// A clause before the cue with what follows.
    Parted,
    /// What governs the cue, without the cue's own words.
    Above,
    /// The sentence before the cue's words.
    SentenceBefore,
    /// The sentence after them.
    SentenceAfter,
    /// The sentence but for them.
    Sentence,
    /// The quotation before the cue.
    QuoteBefore,
    /// The one after it.
    QuoteAfter,
    /// Both.
    QuoteAround,
    /// The next sentence.
    Next,
    /// What stands before a noun in its phrase.
    Modifier,
    /// What another verb says of a noun.
    Predicate,
    /// Another candidate without what trails behind it.
    Cut,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Run => "run",
            Kind::RunObject => "run-object",
            Kind::Before => "before",
            Kind::Around => "around",
            Kind::Parted => "parted",
            Kind::Above => "above",
            Kind::SentenceBefore => "sentence-before",
            Kind::SentenceAfter => "sentence-after",
            Kind::Sentence => "sentence",
            Kind::QuoteBefore => "quote-before",
            Kind::QuoteAfter => "quote-after",
            Kind::QuoteAround => "quote-around",
            Kind::Next => "next",
            Kind::Modifier => "modifier",
            Kind::Predicate => "predicate",
            Kind::Cut => "cut",
        }
    }
}

/// A candidate.
#[derive(Debug, Clone)]
pub struct Content {
    /// Its text, one piece or two.
    pub pieces: Vec<Range<TokenIndex>>,
    pub(super) hull: Range<TokenIndex>,
    pub(super) kind: Kind,
    /// First and last of the dependents behind the cue that it is made of.
    run: Option<(usize, usize)>,
    /// The dependent or governor that it begins with.
    lead: Option<TokenIndex>,
    /// Widened to whole quotations.
    stretched: bool,
    /// The phrase or clause that was cut off its end.
    cut: Option<TokenIndex>,
}

impl Content {
    /// A candidate of plain text.
    pub(super) fn of(tokens: Range<TokenIndex>) -> Self {
        Self {
            pieces: vec![tokens.clone()],
            hull: tokens,
            kind: Kind::Sentence,
            run: None,
            lead: None,
            stretched: false,
            cut: None,
        }
    }
}

/// A dependent behind a cue.
pub(super) struct Member {
    pub(super) index: TokenIndex,
    pub(super) tokens: Range<TokenIndex>,
    pub(super) chains: [Vec<u64>; 2],
    rate: f32,
}

/// The dependents behind a cue, in order.
pub(super) fn members(scene: &Scene<'_>, rates: &Rates, cue: TokenIndex) -> Vec<Member> {
    let doc = scene.doc;
    let verb = frame::is_verb(doc, cue);
    let mut found = Vec::new();
    for &index in doc.children(cue) {
        let tok = doc.token(index);
        if index < cue
            || matches!(
                tok.dep,
                Dep::Punct | Dep::Aux | Dep::Auxpass | Dep::Neg | Dep::Prt | Dep::Cc | Dep::Nsubj | Dep::Case
            )
        {
            continue;
        }
        if tok.dep == Dep::Conj && (verb || found.len() >= MEMBERS_MAX) || found.len() >= MEMBERS_MAX {
            break;
        }
        let tokens = doc.subtree(index);
        if tokens.contains(&cue) {
            continue;
        }
        // `The depot burned, she said; the roads are open`: what follows is another clause.
        if tokens.start > cue && doc.token(tokens.start - 1).text == ";" {
            break;
        }
        let chains = member_chains(scene, cue, index);
        let rate = (rates.logit(&chains[0]) + rates.logit(&chains[1])) / 2.0;
        found.push(Member { index, tokens, chains, rate });
    }
    found
}

/// The chains by which it is counted whether a dependent belongs to the content.
fn member_chains(scene: &Scene<'_>, cue: TokenIndex, member: TokenIndex) -> [Vec<u64>; 2] {
    let doc = scene.doc;
    let tok = doc.token(member);
    let pos = doc.token(cue).pos.as_str();
    let dep = tok.dep.as_str();
    let word = match tok.dep {
        Dep::Prep | Dep::Agent | Dep::Dative => scene.lemma(member),
        Dep::Advmod => scene.lemma(member),
        Dep::Advcl | Dep::Ccomp | Dep::Acl => doc.children(member).first().map_or("-", |&first| {
            if doc.token(first).dep == Dep::Mark {
                scene.lemma(first)
            } else {
                doc.token(member).tag.as_str()
            }
        }),
        _ => "-",
    };
    let object = match tok.dep {
        Dep::Prep | Dep::Dative | Dep::Agent => {
            frame::child(doc, member, Dep::Pobj).map_or("-", |object| scene.word_class(object))
        }
        Dep::Dobj | Dep::Npadvmod | Dep::Oprd | Dep::Attr => scene.word_class(member),
        _ => "-",
    };
    let lemma = scene.lemma(cue);
    let top = [key('M', &[pos]), key('M', &[pos, dep]), key('M', &[pos, dep, word])];
    let mut by_cue = top.to_vec();
    by_cue.push(key('M', &[pos, dep, word, lemma]));
    let mut by_object = top.to_vec();
    by_object.push(key('O', &[pos, dep, word, object]));
    [by_cue, by_object]
}

/// The chain by which it is counted how contents of a cue are made.
pub(super) fn kind_chain(scene: &Scene<'_>, cue: TokenIndex, content: &Content) -> [u64; 4] {
    let doc = scene.doc;
    let pos = doc.token(cue).pos.as_str();
    let dep = content.lead.map_or("-", |lead| doc.token(lead).dep.as_str());
    let kind = content.kind.name();
    [
        key('K', &[pos]),
        key('K', &[pos, kind]),
        key('K', &[pos, kind, dep]),
        key('K', &[pos, kind, dep, scene.lemma(cue)]),
    ]
}

struct Maker<'s, 'a> {
    scene: &'s Scene<'a>,
    cue: TokenIndex,
    words: Range<TokenIndex>,
    segment: Range<TokenIndex>,
    found: Vec<Content>,
    known: FxHashSet<(TokenIndex, TokenIndex, bool)>,
}

impl Maker<'_, '_> {
    fn put(
        &mut self,
        kind: Kind,
        hull: Range<TokenIndex>,
        run: Option<(usize, usize)>,
        lead: Option<TokenIndex>,
        stretched: bool,
    ) {
        let scene = self.scene;
        let mut hull = scene.trimmed(hull);
        let short = matches!(kind, Kind::Around | Kind::Modifier);
        let hole = if short { self.words.clone() } else { self.segment.clone() };
        // Cue's words at an edge are cut off.
        if hull.start >= hole.start && hull.start < hole.end && hull.contains(&self.cue) {
            hull = scene.trimmed(hole.end..hull.end.max(hole.end));
        } else if hull.end > hole.start && hull.end <= hole.end && hull.contains(&self.cue) {
            hull = scene.trimmed(hull.start..hole.start.max(hull.start));
        }
        if hull.is_empty() || hull.end - hull.start > TOKENS_MAX || self.found.len() >= CANDIDATES_MAX {
            return;
        }
        if !self.known.insert((hull.start, hull.end, short)) {
            return;
        }
        let pieces = if hull.contains(&self.cue) {
            [hull.start..hole.start, hole.end..hull.end]
                .into_iter()
                .map(|piece| scene.trimmed(piece))
                .filter(|piece| !piece.is_empty())
                .collect()
        } else {
            vec![hull.clone()]
        };
        if pieces.is_empty() {
            return;
        }
        self.found.push(Content { pieces, hull, kind, run, lead, stretched, cut: None });
    }

    /// Adds each candidate so far that cuts a quotation, or ends with one that goes on, with the whole of it.
    fn stretch(&mut self) {
        let scene = self.scene;
        let own = scene.quotation(self.cue);
        for at in 0..self.found.len() {
            let Content { hull, kind, run, lead, .. } = self.found[at].clone();
            let first = scene.quotations.partition_point(|quotation| quotation.inner.end <= hull.start);
            let (mut start, mut end) = (hull.start, hull.end);
            let mut last = None;
            for (number, quotation) in scene.quotations.iter().enumerate().skip(first) {
                if quotation.inner.start >= hull.end {
                    break;
                }
                if Some(number) == own || quotation.inner.contains(&self.cue) {
                    continue;
                }
                start = start.min(quotation.inner.start);
                end = end.max(quotation.inner.end);
                last = Some(number);
            }
            let Some(last) = last else { continue };
            if start != hull.start || end != hull.end {
                self.put(kind, start..end, run, lead, true);
            }
            // The quotation at the end goes on.
            let chain = scene.chain_end(last);
            if chain > last && scene.words(&(scene.quotations[last].inner.end..end)) == 0 {
                self.put(kind, start..scene.quotations[chain].inner.end, run, lead, true);
            }
        }
    }
}

/// Most phrases that are cut off the end of a candidate, each in turn.
const CUTS_MAX: usize = 4;

impl Maker<'_, '_> {
    /// Adds each clause-like candidate without the relative clause, second clause or phrase of time that trails behind it.
    fn cuts(&mut self) {
        let scene = self.scene;
        let doc = scene.doc;
        for at in 0..self.found.len() {
            let Content { hull, kind, run, lead, stretched, .. } = self.found[at].clone();
            if !matches!(
                kind,
                Kind::Run | Kind::RunObject | Kind::Parted | Kind::Above | Kind::SentenceAfter | Kind::Before
            ) {
                continue;
            }
            if run.is_some_and(|run| run.0 != 0) || hull.end - hull.start < 4 || hull.contains(&self.cue) {
                continue;
            }
            // The right edge of the tree: everything whose subtree ends where the candidate ends, the widest first.
            let mut tops = Vec::new();
            let mut index = hull.end - 1;
            loop {
                let own = doc.subtree(index);
                if own.start <= hull.start || scene.words(&(hull.end..own.end.max(hull.end))) > 0 {
                    break;
                }
                let trails = matches!(
                    doc.token(index).dep,
                    Dep::Relcl
                        | Dep::Advcl
                        | Dep::Acl
                        | Dep::Prep
                        | Dep::Npadvmod
                        | Dep::Appos
                        | Dep::Advmod
                        | Dep::Parataxis
                        | Dep::Ccomp
                ) || doc.token(index).dep == Dep::Conj && frame::is_verb(doc, index);
                if trails {
                    tops.push(index);
                }
                let Some(head) = parent(doc, index) else { break };
                index = head;
            }
            let mut made = 0;
            for &top in tops.iter().rev() {
                if made >= CUTS_MAX {
                    break;
                }
                let mut end = doc.subtree(top).start;
                while end > hull.start
                    && (scene.words(&(end - 1..end)) == 0 || doc.token(end - 1).dep == Dep::Cc)
                {
                    end -= 1;
                }
                if end <= hull.start + 1
                    || scene.quotation(end - 1).is_some() && scene.quotation(end - 1) == scene.quotation(top)
                {
                    continue;
                }
                let before = self.found.len();
                self.put(Kind::Cut, hull.start..end, run, lead, stretched);
                if let Some(added) = self.found.get_mut(before) {
                    added.cut = Some(top);
                    made += 1;
                }
            }
        }
    }
}

/// The chain by which it is counted whether what trails behind a content is cut off.
pub(super) fn cut_chain(scene: &Scene<'_>, content: &Content) -> [u64; 4] {
    let doc = scene.doc;
    let Some(cut) = content.cut else {
        return [key('X', &[]), key('X', &["-"]), key('X', &["-", "-"]), key('X', &["-", "-", "-"])];
    };
    let start = doc.subtree(cut).start;
    let dep = doc.token(cut).dep.as_str();
    let comma = if start > 0 && doc.token(start - 1).pos == Pos::Punct { "," } else { "-" };
    [
        key('X', &[]),
        key('X', &[dep]),
        key('X', &[dep, comma]),
        key('X', &[dep, comma, scene.word_class(start)]),
    ]
}

/// Every candidate for the content of a cue.
pub(super) fn candidates(scene: &Scene<'_>, cue: TokenIndex, members: &[Member]) -> Vec<Content> {
    let doc = scene.doc;
    let tok = doc.token(cue);
    let sentence = scene.sentence(cue);
    let segment = scene.segment(cue);
    let mut maker = Maker {
        scene,
        cue,
        words: scene.cue_range(cue),
        segment: segment.clone(),
        found: Vec::new(),
        known: FxHashSet::default(),
    };
    for (i, first) in members.iter().enumerate() {
        for (j, last) in members.iter().enumerate().skip(i) {
            let hull = first.tokens.start.max(cue + 1)..last.tokens.end;
            maker.put(Kind::Run, hull.clone(), Some((i, j)), Some(first.index), false);
            if matches!(doc.token(first.index).dep, Dep::Prep | Dep::Agent)
                && first.tokens.start == first.index
            {
                maker.put(Kind::RunObject, first.index + 1..hull.end, Some((i, j)), Some(first.index), false);
            }
        }
    }
    let behind = members.last().map(|last| last.tokens.end);
    for &member in doc.children(cue).iter().filter(|&&member| member < cue) {
        let dep = doc.token(member).dep;
        if matches!(
            dep,
            Dep::Ccomp
                | Dep::Nsubjpass
                | Dep::Nsubj
                | Dep::Dobj
                | Dep::Advcl
                | Dep::Csubj
                | Dep::Dep
                | Dep::Parataxis
                | Dep::Xcomp
                | Dep::Csubjpass
        ) {
            maker.put(Kind::Before, doc.subtree(member), None, Some(member), false);
        }
        match dep {
            Dep::Ccomp => {
                if let Some(behind) = behind {
                    maker.put(Kind::Parted, doc.subtree(member).start..behind, None, Some(member), false);
                }
            }
            Dep::Nsubjpass | Dep::Nsubj => {
                for (j, last) in members.iter().enumerate().take(4) {
                    maker.put(
                        Kind::Around,
                        doc.subtree(member).start..last.tokens.end,
                        Some((0, j)),
                        Some(member),
                        false,
                    );
                }
            }
            Dep::Poss | Dep::Compound | Dep::Amod | Dep::Nmod => {
                maker.put(Kind::Modifier, doc.subtree(member), None, Some(member), false);
            }
            _ => {}
        }
    }
    let mut at = cue;
    for _ in 0..3 {
        let Some(head) = parent(doc, at) else { break };
        let (whole, own) = (doc.subtree(head), doc.subtree(at));
        let lead = Some(at);
        if own.end >= whole.end {
            maker.put(Kind::Above, whole.start..own.start, None, lead, false);
        } else if own.start <= whole.start {
            maker.put(Kind::Above, own.end..whole.end, None, lead, false);
        }
        maker.put(Kind::Above, whole, None, lead, false);
        at = head;
    }
    if !frame::is_verb(doc, cue) {
        // `the claim is that …`, `made the claim that …`
        if let Some(head) = parent(doc, cue).filter(|&head| frame::is_verb(doc, head)) {
            for &member in doc.children(head) {
                if member > cue
                    && matches!(
                        doc.token(member).dep,
                        Dep::Ccomp | Dep::Attr | Dep::Xcomp | Dep::Acomp | Dep::Prep | Dep::Advcl
                    )
                {
                    maker.put(Kind::Predicate, doc.subtree(member), None, Some(member), false);
                }
            }
        }
    }
    maker.put(Kind::SentenceBefore, sentence.start..segment.start, None, None, false);
    if segment.end >= sentence.end || doc.token(segment.end).text != ";" {
        maker.put(Kind::SentenceAfter, segment.end..sentence.end, None, None, false);
    }
    maker.put(Kind::Sentence, sentence.clone(), None, None, false);
    maker.cuts();
    maker.stretch();
    quotes(scene, cue, &mut maker);
    let last = sentence.end as usize;
    if (tok.text == ":" || doc.token(sentence.end - 1).text == ":") && last < doc.tokens().len() {
        let next = scene.sentence(sentence.end);
        maker.put(Kind::Next, next, None, None, false);
        let at = scene.quotations.partition_point(|quotation| quotation.inner.end <= sentence.end);
        if let Some(quotation) =
            scene.quotations.get(at).filter(|quotation| quotation.inner.start <= sentence.end + 1)
        {
            let end = scene.quotations[scene.chain_end(at)].inner.end;
            maker.put(Kind::Next, quotation.inner.clone(), None, None, false);
            maker.put(Kind::Next, quotation.inner.start..end, None, None, true);
        }
    }
    maker.found
}

/// Candidates from the quotations around a cue.
fn quotes(scene: &Scene<'_>, cue: TokenIndex, maker: &mut Maker<'_, '_>) {
    let sentence = scene.sentence(cue);
    let quotations = &scene.quotations;
    let own = scene.quotation(cue);
    let at = quotations.partition_point(|quotation| quotation.inner.end <= cue);
    let before = at.checked_sub(1).filter(|&number| {
        quotations[number].inner.end >= sentence.start.saturating_sub(2) && Some(number) != own
    });
    let after_at = at + usize::from(own.is_some());
    let after = (after_at < quotations.len())
        .then_some(after_at)
        .filter(|&number| quotations[number].inner.start <= sentence.end + 2);
    // Quotations that lead up to the one before.
    let first = before.map(|number| {
        let mut first = number;
        while first > 0 && scene.chain_end(first - 1) >= number {
            first -= 1;
        }
        first
    });
    if let Some(before) = before {
        maker.put(Kind::QuoteBefore, quotations[before].inner.clone(), None, None, false);
    }
    if let (Some(before), Some(first)) = (before, first.filter(|&first| Some(first) != before)) {
        maker.put(
            Kind::QuoteBefore,
            quotations[first].inner.start..quotations[before].inner.end,
            None,
            None,
            true,
        );
    }
    let Some(after) = after else { return };
    let end = quotations[scene.chain_end(after)].inner.end;
    maker.put(Kind::QuoteAfter, quotations[after].inner.clone(), None, None, false);
    maker.put(Kind::QuoteAfter, quotations[after].inner.start..end, None, None, true);
    if let Some(before) = before {
        let start = quotations[before].inner.start;
        maker.put(Kind::QuoteAround, start..quotations[after].inner.end, None, None, false);
        maker.put(Kind::QuoteAround, start..end, None, None, true);
    }
}

/// What all candidates of a cue share.
pub(super) struct Ground {
    word: f32,
    framed: f32,
    pos: f32,
    clause: bool,
    object: bool,
    passive: bool,
    quoted: bool,
    quote_before: bool,
    quote_after: bool,
    segment: Range<TokenIndex>,
    sentence: Range<TokenIndex>,
}

/// Works out what all candidates of a cue share.
pub(super) fn ground(scene: &Scene<'_>, rates: &Rates, cue: TokenIndex) -> Ground {
    let doc = scene.doc;
    let segment = scene.segment(cue);
    let has = |dep: &[Dep]| {
        doc.children(cue).iter().any(|&member| member > cue && dep.contains(&doc.token(member).dep))
    };
    let own = scene.quotation(cue);
    let other = |at: TokenIndex| {
        (at as usize) < doc.tokens().len() && scene.quotation(at).is_some_and(|number| Some(number) != own)
    };
    let chain = super::cue::frame_chain(scene, cue);
    Ground {
        word: rates.logit(&chain[..3]),
        framed: rates.logit(&chain[..4]),
        pos: match doc.token(cue).pos {
            Pos::Verb | Pos::Aux => 0.0,
            Pos::Noun => 1.0,
            Pos::Adj => 2.0,
            Pos::Adv => 3.0,
            Pos::Punct => 4.0,
            _ => 5.0,
        },
        clause: has(&[Dep::Ccomp, Dep::Xcomp]),
        object: has(&[Dep::Dobj, Dep::Oprd, Dep::Attr, Dep::Acomp]),
        passive: frame::is_passive(doc, cue),
        quoted: own.is_some(),
        quote_before: segment.start >= 2 && (other(segment.start - 1) || other(segment.start - 2)),
        quote_after: other(segment.end) || other(segment.end + 1),
        segment,
        sentence: scene.sentence(cue),
    }
}

/// Fills the features of a candidate.
pub(super) fn fill(
    scene: &Scene<'_>,
    rates: &Rates,
    ground: &Ground,
    members: &[Member],
    cue: TokenIndex,
    content: &Content,
    row: &mut Row,
) {
    let doc = scene.doc;
    let hull = &content.hull;
    row.put("kind", f32::from(content.kind as u8));
    row.put("kind_rate", rates.logit(&kind_chain(scene, cue, content)));
    row.flag("stretched", content.stretched);
    row.flag("cut", content.cut.is_some());
    row.put("cut_rate", rates.logit(&cut_chain(scene, content)));
    row.put("cut_dep", content.cut.map_or(-1.0, |cut| dep_number(doc.token(cut).dep)));
    row.put("cut_words", content.cut.map_or(0.0, |cut| scene.words(&doc.subtree(cut)) as f32));
    row.put("cue_word", ground.word);
    row.put("cue_frame", ground.framed);
    row.put("cue_pos", ground.pos);
    row.flag("cue_clause", ground.clause);
    row.flag("cue_object", ground.object);
    row.flag("cue_passive", ground.passive);
    row.flag("cue_quoted", ground.quoted);
    row.flag("cue_quote_before", ground.quote_before);
    row.flag("cue_quote_after", ground.quote_after);
    // Dependents inside and outside.
    let inside = |member: &&Member| member.index >= hull.start && member.index < hull.end;
    let (mut least_in, mut most_out, mut first_in, mut last_in, mut count_in, mut count_out) =
        (9.0_f32, -9.0_f32, -9.0, -9.0, 0.0, 0.0);
    let mut skipped = -9.0_f32;
    for member in members {
        if inside(&member)
            || content.kind == Kind::RunObject
                && content.run.is_some_and(|run| members[run.0].index == member.index)
        {
            least_in = least_in.min(member.rate);
            if count_in < 0.5 {
                first_in = member.rate;
            }
            last_in = member.rate;
            count_in += 1.0;
        } else {
            if member.index < hull.start {
                skipped = skipped.max(member.rate);
            }
            most_out = most_out.max(member.rate);
            count_out += 1.0;
        }
    }
    row.put("member_least_in", least_in);
    row.put("member_first_in", first_in);
    row.put("member_last_in", last_in);
    row.put("member_most_out", most_out);
    row.put("member_skipped", skipped);
    row.put("members_in", count_in);
    row.put("members_out", count_out);
    row.put("lead_dep", content.lead.map_or(-1.0, |lead| dep_number(doc.token(lead).dep)));
    let words: u32 = content.pieces.iter().map(|piece| scene.words(piece)).sum();
    row.put("words", words as f32);
    row.put("pieces", content.pieces.len() as f32);
    let sentence = scene.words(&ground.sentence).max(1);
    row.put("share_of_sentence", words as f32 / sentence as f32);
    let outside = sentence.saturating_sub(words) as f32;
    row.put("words_outside", outside);
    row.put(
        "distance",
        if hull.start > cue {
            scene.words(&(cue..hull.start)) as f32
        } else if hull.end <= cue {
            -(scene.words(&(hull.end..cue)) as f32)
        } else {
            0.0
        },
    );
    row.put(
        "side",
        if hull.start > cue {
            1.0
        } else if hull.end <= cue {
            -1.0
        } else {
            0.0
        },
    );
    // Quotations.
    let quoted: u32 = content.pieces.iter().map(|piece| scene.quoted(piece)).sum();
    row.put("quoted_share", quoted as f32 / words.max(1) as f32);
    row.put("quoted_words", quoted as f32);
    let around = hull.start.min(ground.sentence.start)..hull.end.max(ground.sentence.end);
    row.put("quoted_outside", scene.quoted(&around).saturating_sub(quoted) as f32);
    let cut = |at: TokenIndex, before: bool| {
        let number = scene.quotation(at);
        number.is_some_and(|number| {
            let inner = scene.trimmed(scene.quotations[number].inner.clone());
            !inner.contains(&cue) && if before { inner.start < at } else { inner.end > at + 1 }
        })
    };
    row.flag("cuts_quote_start", cut(hull.start, true));
    row.flag("cuts_quote_end", cut(hull.end - 1, false));
    let mark = |at: Option<TokenIndex>| {
        at.is_some_and(|at| frame::word_is(doc, at, &["\"", "“", "''", "``", "‘", "”"]))
    };
    row.flag("opens_with_quote", mark(hull.start.checked_sub(1)));
    row.flag(
        "ends_with_quote",
        mark(Some(hull.end).filter(|&end| (end as usize) < doc.tokens().len()))
            || mark(Some(hull.end + 1).filter(|&end| (end as usize) < doc.tokens().len())),
    );
    let first = doc.sentence_of(hull.start);
    let last = doc.sentence_of(hull.end - 1);
    row.put("sentences", (last - first) as f32);
    row.flag(
        "same_block",
        scene.block(hull.start) == scene.block(cue) && scene.block(hull.end - 1) == scene.block(cue),
    );
    row.put("left_in_sentence", scene.words(&(hull.end..scene.sentence(hull.end - 1).end)) as f32);
    row.put("left_before", scene.words(&(scene.sentence(hull.start).start..hull.start)) as f32);
    // How it begins and ends.
    let open = doc.token(hull.start);
    row.put(
        "opens_with",
        if frame::word_is(doc, hull.start, &["that"]) {
            1.0
        } else if open.tag == Tag::To {
            2.0
        } else if matches!(open.tag, Tag::Wp | Tag::Wrb | Tag::Wdt)
            || frame::word_is(doc, hull.start, &["whether", "if"])
        {
            3.0
        } else if open.dep == Dep::Prep {
            4.0
        } else if open.dep == Dep::Mark {
            5.0
        } else if open.tag == Tag::Vbg {
            6.0
        } else if matches!(open.pos, Pos::Noun | Pos::Propn | Pos::Pron | Pos::Det) {
            7.0
        } else {
            0.0
        },
    );
    let before = hull.start.checked_sub(1).map_or(0.0, |at| boundary(scene, at));
    row.put("before", before);
    row.put("after", if (hull.end as usize) < doc.tokens().len() { boundary(scene, hull.end) } else { 0.0 });
    row.flag(
        "beside_segment",
        hull.start <= ground.segment.end + 2 && hull.start >= ground.segment.start
            || hull.end + 2 >= ground.segment.start && hull.end <= ground.segment.end,
    );
    let mut finite = false;
    let mut rate = -8.0_f32;
    for at in hull.clone().take(40) {
        let tok = doc.token(at);
        finite |= matches!(tok.tag, Tag::Vbd | Tag::Vbz | Tag::Vbp | Tag::Md);
        if tok.pos == Pos::Verb && at != cue {
            rate = rate.max(rates.logit(&word_chain(scene, at)));
        }
    }
    row.flag("finite", finite);
    row.put("other_cue", rate);
    let subject = scene.subject(cue);
    row.flag(
        "holds_subject",
        subject.is_some_and(|subject| content.pieces.iter().any(|piece| piece.contains(&subject))),
    );
}

fn dep_number(dep: Dep) -> f32 {
    match dep {
        Dep::Ccomp => 0.0,
        Dep::Xcomp => 1.0,
        Dep::Dobj => 2.0,
        Dep::Prep => 3.0,
        Dep::Acomp | Dep::Attr | Dep::Oprd => 4.0,
        Dep::Advcl => 5.0,
        Dep::Acl | Dep::Relcl => 6.0,
        Dep::Nsubjpass => 7.0,
        Dep::Nsubj => 8.0,
        Dep::Pobj | Dep::Pcomp => 9.0,
        Dep::Parataxis => 10.0,
        Dep::Conj => 11.0,
        Dep::Amod | Dep::Compound => 12.0,
        Dep::Advmod | Dep::Npadvmod => 13.0,
        Dep::Dative => 14.0,
        _ => 15.0,
    }
}

/// What kind of boundary a token beside a content is.
fn boundary(scene: &Scene<'_>, index: TokenIndex) -> f32 {
    let tok = scene.doc.token(index);
    match tok.text.as_str() {
        "," => 1.0,
        "\"" | "“" | "”" | "''" | "``" => 2.0,
        ":" => 3.0,
        "." | "!" | "?" => 4.0,
        "—" | "–" | "--" | "-" | "(" | ")" => 5.0,
        _ => match tok.pos {
            Pos::Punct => 6.0,
            Pos::Adp | Pos::Sconj => 7.0,
            Pos::Verb => 8.0,
            Pos::Cconj => 9.0,
            _ => 10.0,
        },
    }
}
