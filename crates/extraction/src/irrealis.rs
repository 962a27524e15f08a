//! Second thoughts on whether a told thing happened: what the wider sentence does to the first verdict of [`crate::realis`].
//!
//! In: a trigger, its category and the first verdict. Out: another value with its rule, or nothing. A plan that was foiled, an order that
//! was never given, a future under a condition, menace or mere intention, fiction, law and habit are told apart here. It looks at the
//! governors of the trigger, at most [`frame::CLIMB_MAX`] of them, and at their immediate dependents.

mod absence;
mod intent;
pub(crate) mod kinds;
mod menace;
mod prevention;
mod supposition;

use watchkeeper_record::codebook::{Category, Realis};
use watchkeeper_record::document::{Dep, Document, Tag, TokenIndex};

use crate::argument::{Scene, Site};
use crate::codebook::{Kind, Words};
use crate::frame;
use crate::realis::{Decision, Lexicon, Verdict};

/// Most tokens of a headline.
const HEADLINE_MAX: TokenIndex = 16;

/// What is decided anew; nothing where the first verdict stands.
pub(crate) fn revise(scene: &Scene<'_>, site: &Site, category: Category, first: &Verdict) -> Decision {
    let chain = governors(scene, site.head);
    let sight = Sight { scene, site, category, lexicon: &scene.codebook.realis, chain, first };
    // Words said happened as they were said, true or not; those to come may be set for a day.
    if matches!(category, Category::Accuse | Category::Reject | Category::Support) {
        return if first.realis == Realis::Hypothetical { sight.intended() } else { None };
    }
    sight
        .headline()
        .or_else(|| sight.prevention_failed())
        .or_else(|| sight.absent())
        .or_else(|| sight.foiled())
        .or_else(|| sight.called_off())
        .or_else(|| sight.menace())
        .or_else(|| sight.supposed())
        .or_else(|| sight.intended())
        .or_else(|| sight.kind_of_thing())
}

/// The trigger and what governs it, upwards. A plan, threat or attempt right before `to` or `for` governs, whatever the parse says.
fn governors(scene: &Scene<'_>, trigger: TokenIndex) -> Vec<TokenIndex> {
    let doc = scene.doc;
    let lexicon = &scene.codebook.realis;
    let noun_before = |word: TokenIndex| {
        let before = word.checked_sub(1).filter(|&at| doc.sentence_of(at) == doc.sentence_of(word))?;
        let lemma = frame::lemma(doc, before);
        let holds =
            [&lexicon.plan_nouns, &lexicon.threat_nouns, &lexicon.attempt_nouns, &lexicon.possible_nouns]
                .iter()
                .any(|list| list.contains(lemma.as_ref()));
        (holds && matches!(doc.token(before).tag, Tag::Nn | Tag::Nns)).then_some(before)
    };
    let mut chain = vec![trigger];
    let mut at = trigger;
    for _ in 0..frame::CLIMB_MAX {
        let Some(mut up) = frame::parent(doc, at) else { break };
        if (doc.token(at).tag == Tag::Vb || frame::infinitive(doc, at))
            && let Some(to) = doc.children(at).iter().copied().find(|&other| doc.token(other).tag == Tag::To)
            && let Some(noun) = noun_before(to)
        {
            up = noun;
        } else if doc.token(at).dep == Dep::Prep
            && frame::word_is(doc, at, &["for", "of"])
            && let Some(noun) = noun_before(at)
        {
            up = noun;
        }
        if chain.contains(&up) {
            break;
        }
        chain.push(up);
        at = up;
    }
    chain
}

/// Whether a verb, alone or with its particle, is in a list.
fn verb_in(doc: &Document, verb: TokenIndex, words: &Words) -> bool {
    let lemma = frame::lemma(doc, verb);
    words.contains(lemma.as_ref())
        || doc.children(verb).iter().any(|&member| {
            matches!(doc.token(member).dep, Dep::Prt | Dep::Advmod | Dep::Prep)
                && words.contains(format!("{lemma} {}", doc.token(member).text.to_ascii_lowercase()).as_str())
        })
}

fn has_child(doc: &Document, index: TokenIndex, words: &[&str]) -> bool {
    doc.children(index).iter().any(|&member| frame::word_is(doc, member, words))
}

fn infinitive(doc: &Document, verb: TokenIndex) -> bool {
    doc.children(verb)
        .iter()
        .any(|&other| doc.token(other).tag == Tag::To && doc.token(other).dep == Dep::Aux)
}

fn says_no(doc: &Document, noun: TokenIndex) -> bool {
    has_child(doc, noun, &["no", "neither"])
}

struct Sight<'s, 'a> {
    scene: &'s Scene<'a>,
    site: &'s Site,
    category: Category,
    lexicon: &'s Lexicon,
    chain: Vec<TokenIndex>,
    first: &'s Verdict,
}

impl Sight<'_, '_> {
    fn doc(&self) -> &Document {
        self.scene.doc
    }

    /// Links of the chain: below and above, as far as no report lies between.
    fn links(&self) -> impl Iterator<Item = (TokenIndex, TokenIndex)> + '_ {
        self.chain.windows(2).map(|pair| (pair[0], pair[1])).take_while(|&(below, above)| {
            let reported = self.doc().token(below).dep == Dep::Ccomp
                && frame::is_verb(self.doc(), above)
                && !infinitive(self.doc(), below)
                && !verb_in(self.doc(), above, &self.lexicon.foil_verbs);
            !reported
        })
    }

    /// Whether a verb of stopping does its work: neither denied, failed nor only meant.
    fn works(&self, verb: TokenIndex) -> bool {
        let doc = self.doc();
        let meant = infinitive(doc, verb)
            && !frame::parent(doc, verb).is_some_and(|up| {
                doc.token(verb).dep == Dep::Xcomp
                    && matches!(
                        frame::lemma(doc, up).as_ref(),
                        "manage" | "help" | "succeed" | "be" | "say" | "claim" | "enable"
                    )
                    // "the tip allowed police to stop it"
                    || matches!(doc.token(up).tag, Tag::Vbd | Tag::Vbn)
                        && frame::modal(doc, up).is_none()
                        && matches!(frame::lemma(doc, up).as_ref(), "allow" | "enable" | "let" | "help")
            });
        frame::negation(doc, verb).is_none() && frame::modal(doc, verb).is_none() && !meant
    }

    fn violent(&self) -> bool {
        matches!(
            self.category,
            Category::Assault
                | Category::Coerce
                | Category::Threaten
                | Category::Sanction
                | Category::Mobilize
        )
    }

    /// The verb whose mood is judged: the trigger, its light verb, or the verb of which it is an argument.
    fn predicate(&self) -> Option<TokenIndex> {
        match self.site.kind {
            Kind::Verb => Some(self.site.head),
            _ => self
                .site
                .light
                .map(|(verb, _)| verb)
                .or_else(|| frame::governing_verb(self.doc(), self.site.head)),
        }
    }

    /// Whether a clause of condition hangs on a verb.
    fn conditional(&self, verb: TokenIndex) -> bool {
        let doc = self.doc();
        doc.children(verb).iter().any(|&member| {
            doc.token(member).dep == Dep::Advcl
                && (has_child(doc, member, &["if", "unless", "lest"]) || self.inverted(member))
        })
    }

    /// `had they attacked`, `were the town to fall`: the auxiliary stands before its subject.
    fn inverted(&self, verb: TokenIndex) -> bool {
        let doc = self.doc();
        let Some(subject) = frame::subject(doc, verb) else { return false };
        doc.token(verb).dep == Dep::Advcl
            && doc.children(verb).iter().any(|&other| {
                other < subject
                    && matches!(doc.token(other).dep, Dep::Aux | Dep::Auxpass)
                    && frame::word_is(doc, other, &["had", "were", "should"])
            })
    }

    /// Whether a clause tells a day or hour.
    fn dated(&self, verb: TokenIndex) -> bool {
        let doc = self.doc();
        use watchkeeper_record::document::EntityLabel;
        let label = |index: TokenIndex| {
            matches!(
                self.scene.entity[index as usize],
                Some(EntityLabel::Date | EntityLabel::Time | EntityLabel::Gpe | EntityLabel::Loc)
            )
        };
        let inside = |at: TokenIndex| {
            doc.children(at)
                .iter()
                .any(|&member| label(member) || frame::child(doc, member, Dep::Pobj).is_some_and(label))
        };
        inside(verb) || inside(self.site.head)
    }

    fn definite(&self) -> bool {
        has_child(self.doc(), self.site.head, &["the", "this", "that", "these", "those"])
    }

    /// Simple present, or a passive in it.
    fn present(&self, verb: TokenIndex) -> bool {
        let doc = self.doc();
        let finite = frame::auxiliaries(doc, verb).into_iter().next().unwrap_or(verb);
        frame::simple_present(doc, finite)
            && !frame::word_is(doc, finite, &["has", "have", "'ve"])
            && doc.token(verb).tag != Tag::Vbg
    }
}
