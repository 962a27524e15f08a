//! Whether a told thing happened: negation, modality, plans, threats, prevention, conditions, kinds of things, history.
//!
//! In: a trigger at its place in the tree. Out: a [`Verdict`] after the contract's "realis", and the rule that decided it.
//! The walk goes from the trigger towards the root; the first word that settles the matter decides. It judges what the words
//! say, not whether they are true: an event in somebody's report stays actual (the statement carries it).

use serde::Deserialize;
use watchkeeper_record::article::BlockKind;
use watchkeeper_record::codebook::{Category, Realis};
use watchkeeper_record::document::{Dep, EntityLabel, Pos, Tag, TokenIndex};

use crate::argument::{Scene, Site};
use crate::codebook::{Kind, Words};
use crate::{frame, history, irrealis};

mod words;
pub(crate) use words::modifier_in;
use words::{modifier_shared, noun_words};

/// Words that decide realis; see `data/lexicon/en/realis.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lexicon {
    pub(crate) modals_possible: Words,
    pub(crate) modals_duty: Words,
    pub(crate) modals_future: Words,
    pub(crate) plan_verbs: Words,
    pub(crate) threat_verbs: Words,
    pub(crate) wish_verbs: Words,
    pub(crate) fear_verbs: Words,
    pub(crate) foil_verbs: Words,
    pub(crate) deny_verbs: Words,
    pub(crate) fail_verbs: Words,
    pub(crate) attempt_verbs: Words,
    pub(crate) implicative_verbs: Words,
    pub(crate) ready_adjectives: Words,
    pub(crate) unable_adjectives: Words,
    pub(crate) plan_nouns: Words,
    pub(crate) threat_nouns: Words,
    pub(crate) possible_nouns: Words,
    pub(crate) foil_nouns: Words,
    pub(crate) absence_nouns: Words,
    pub(crate) attempt_nouns: Words,
    pub(crate) talk_nouns: Words,
    pub(crate) occurrence_verbs: Words,
    pub(crate) false_words: Words,
    pub(crate) tale_nouns: Words,
    pub(crate) possible_modifiers: Words,
    pub(crate) planned_modifiers: Words,
    pub(crate) threatened_modifiers: Words,
    pub(crate) foiled_modifiers: Words,
    pub(crate) past_modifiers: Words,
    pub(crate) possible_adverbs: Words,
    pub(crate) habit_adverbs: Words,
    pub(crate) condition_marks: Words,
    pub(crate) present_words: Words,
    pub(crate) guard_verbs: Words,
    pub(crate) guard_nouns: Words,
    pub(crate) history_nouns: Words,
    pub(crate) history_names: Words,
    pub(crate) months: Vec<String>,
    pub(crate) past_units: Words,
    pub(crate) untruth_verbs: Words,
    pub(crate) evidence_nouns: Words,
    pub(crate) caught_verbs: Words,
    pub(crate) defuse_verbs: Words,
    pub(crate) cancel_verbs: Words,
    pub(crate) cruel_verbs: Words,
    pub(crate) opinion_verbs: Words,
    pub(crate) feigned_modifiers: Words,
    pub(crate) feign_verbs: Words,
    pub(crate) fiction_nouns: Words,
    pub(crate) scheduled_words: Words,
    pub(crate) gather_verbs: Words,
    pub(crate) penal_verbs: Words,
    pub(crate) habit_nouns: Words,
    pub(crate) habit_verbs: Words,
    pub(crate) saying_verbs: Words,
    pub(crate) means_nouns: Words,
    pub(crate) pundit_nouns: Words,
    pub(crate) grant_verbs: Words,
    pub(crate) doubt_verbs: Words,
    pub(crate) sudden_nouns: Words,
    pub(crate) arms_nouns: Words,
    pub(crate) seizure_verbs: Words,
    pub(crate) uncertain_adjectives: Words,
    pub(crate) untrue_modifiers: Words,
    pub(crate) typical_modifiers: Words,
    pub(crate) collapse_verbs: Words,
    pub(crate) exposed_adjectives: Words,
    pub(crate) crime_words: Words,
    pub(crate) absolve_verbs: Words,
    pub(crate) menacer_nouns: Words,
    pub(crate) anxious_adjectives: Words,
    pub(crate) resist_verbs: Words,
    pub(crate) time_nouns: Words,
}

/// What was decided, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) realis: Realis,
    pub(crate) background: bool,
    /// The future tense decided it: what is to come may be a promise.
    pub(crate) future: bool,
    pub(crate) why: Vec<String>,
}

/// Decides a trigger.
pub(crate) fn decide(scene: &Scene<'_>, site: &Site, category: Category, told_number: bool) -> Verdict {
    let mut verdict = Verdict { realis: Realis::Actual, background: false, future: false, why: Vec::new() };
    let start = match site.light {
        Some((verb, _)) => {
            // The noun's own words first, then the verb that carries it.
            if let Some((realis, why)) = noun_words(scene, site.head) {
                verdict.realis = realis;
                verdict.why.push(why);
            }
            verb
        }
        None => match site.kind {
            Kind::Adjective => frame::governing_verb(scene.doc, site.head).unwrap_or(site.head),
            _ => site.head,
        },
    };
    if verdict.realis == Realis::Actual {
        let mut walk = Walk { scene, future: false, told_number };
        // "planned an attack": the carrying verb itself says that it has not happened.
        let carried = match site.light {
            Some(_) => match walk.above_noun(site.head, site) {
                Step::Decided(decision) => decision,
                _ => None,
            },
            None => None,
        };
        if let Some((realis, why)) = carried.or_else(|| walk.up(start, site)) {
            verdict.realis = realis;
            verdict.why.push(why);
        }
        verdict.future = walk.future;
        let modal = verdict.why.last().is_some_and(|why| {
            [": modal can", ": modal must", ": modal should", ": modal need", ": modal ought"]
                .iter()
                .any(|rule| why.contains(rule))
        });
        if modal
            && site.kind == Kind::Noun
            && site.light.is_none()
            && let Some((realis, why)) = irrealis::kinds::generic_noun(scene, site.head)
        {
            verdict.realis = realis;
            verdict.why.push(why);
        }
    }
    // "no civilians had been hurt or killed": the negated participant is the whole coordination's.
    if verdict.realis == Realis::Actual {
        let nobody = site.roles.subjects.iter().chain(&site.roles.objects).any(|&head| {
            scene.doc.children(head).iter().any(|&member| {
                scene.doc.token(member).dep == Dep::Det
                    && frame::word_is(scene.doc, member, &["no", "neither"])
            }) || frame::word_is(scene.doc, head, &["nobody", "none"])
        });
        if nobody {
            verdict.realis = Realis::Negated;
            verdict.why.push("realis negated: negated participant".to_owned());
        }
    }
    if let Some((realis, why)) = irrealis::revise(scene, site, category, &verdict) {
        verdict.realis = realis;
        verdict.why.push(why);
    }
    if verdict.future || matches!(verdict.realis, Realis::Planned | Realis::Threatened) {
        return verdict;
    }
    if let Some(why) = history::background(scene, site, start) {
        verdict.background = true;
        verdict.why.push(why);
    }
    verdict
}

struct Walk<'s, 'a> {
    scene: &'s Scene<'a>,
    future: bool,
    told_number: bool,
}

/// A value and the rule that gave it.
pub(crate) type Decision = Option<(Realis, String)>;

pub(crate) fn decided(realis: Realis, rule: &str, word: &str) -> Decision {
    Some((realis, format!("realis {realis}: {rule} {word}")))
}

impl Walk<'_, '_> {
    fn up(&mut self, start: TokenIndex, site: &Site) -> Decision {
        let doc = self.scene.doc;
        let mut at = start;
        let mut first = true;
        for _ in 0..frame::CLIMB_MAX {
            let verbal = frame::is_verb(doc, at);
            let own = if verbal {
                self.verb(at, first && site.kind != Kind::Noun)
            } else if site.kind == Kind::Noun && at == site.head {
                noun_words(self.scene, at)
            } else {
                None
            };
            if own.is_some() {
                return own;
            }
            let step = if verbal { self.above_verb(at) } else { self.above_noun(at, site) };
            match step {
                Step::Decided(decision) => return decision,
                Step::Up(next) => at = next,
                Step::Stop => break,
            }
            first = false;
        }
        if site.kind != Kind::Noun || site.light.is_some() {
            return self.habit(start);
        }
        if site.kind == Kind::Noun && site.light.is_none() && !self.told_number {
            return irrealis::kinds::generic_noun(self.scene, site.head);
        }
        None
    }

    /// The words of a verb itself: negation, modals, conditions, questions.
    fn verb(&mut self, verb: TokenIndex, is_trigger: bool) -> Decision {
        let doc = self.scene.doc;
        let lexicon = &self.scene.codebook.realis;
        for &member in doc.children(verb) {
            let tok = doc.token(member);
            let word = tok.text.to_ascii_lowercase();
            if matches!(tok.dep, Dep::Mark | Dep::Advmod) && lexicon.condition_marks.contains(word.as_str()) {
                return decided(Realis::Hypothetical, "condition", &word);
            }
        }
        // "no one can rule out a return to fighting"
        let excludes = matches!(frame::lemma(doc, verb).as_ref(), "exclude" | "discount" | "preclude")
            || frame::word_is(doc, verb, &["rule", "ruled", "ruling"])
                && doc.children(verb).iter().any(|&other| frame::word_is(doc, other, &["out"]));
        let nobody = frame::child(doc, verb, Dep::Nsubj).is_some_and(|subject| {
            frame::word_is(doc, subject, &["nobody", "none"])
                || doc.children(subject).iter().any(|&other| frame::word_is(doc, other, &["no"]))
        });
        if !is_trigger && excludes && (nobody || frame::negation(doc, verb).is_some()) {
            return decided(Realis::Hypothetical, "not excluded", &doc.token(verb).text);
        }
        // "once the boy was abducted", of a plan
        let once = doc.token(verb).dep == Dep::Advcl
            && doc.children(verb).iter().any(|&member| frame::word_is(doc, member, &["once"]))
            && frame::parent(doc, verb).is_some_and(|up| {
                frame::infinitive(doc, up)
                    || frame::modal(doc, up).is_some()
                    || lexicon.plan_verbs.contains(frame::lemma(doc, up).as_ref())
                    || frame::word_is(doc, up, &["agreed"])
            });
        if once {
            return decided(Realis::Planned, "once", "");
        }
        if let Some(word) = frame::negation(doc, verb) {
            let only = word + 1 < doc.tokens().len() as TokenIndex
                && frame::word_is(doc, word + 1, &["only", "just", "merely"]);
            if !only {
                return decided(Realis::Negated, "negation", &doc.token(word).text);
            }
        }
        for &member in doc.children(verb) {
            let tok = doc.token(member);
            let word = tok.text.to_ascii_lowercase();
            match tok.dep {
                Dep::Mark | Dep::Advmod if lexicon.condition_marks.contains(word.as_str()) => {
                    return decided(Realis::Hypothetical, "condition", &word);
                }
                Dep::Advmod if lexicon.possible_adverbs.contains(word.as_str()) => {
                    return decided(Realis::Hypothetical, "adverb", &word);
                }
                Dep::Nsubj | Dep::Nsubjpass | Dep::Dobj
                    if matches!(word.as_str(), "nobody" | "none" | "nothing")
                        || doc.children(member).iter().any(|&det| {
                            frame::word_is(doc, det, &["no"]) && doc.token(det).dep == Dep::Det
                        })
                        || word == "no" =>
                {
                    return decided(Realis::Negated, "negated participant", &word);
                }
                _ => {}
            }
        }
        if let Some(modal) = frame::modal(doc, verb) {
            let word = doc.token(modal).lemma.to_ascii_lowercase();
            let text = doc.token(modal).text.to_ascii_lowercase();
            let perfect =
                frame::auxiliaries(doc, verb).iter().any(|&other| frame::word_is(doc, other, &["have"]));
            if lexicon.modals_future.contains(text.as_str())
                || lexicon.modals_future.contains(word.as_str()) && text != "would"
            {
                self.future = true;
                return decided(Realis::Planned, "future", &text);
            }
            let asked = frame::governing_verb(doc, verb).is_some_and(|up| {
                matches!(
                    frame::lemma(doc, up).as_ref(),
                    "ask" | "wonder" | "imagine" | "explore" | "consider" | "speculate"
                )
            });
            if text == "would" && !perfect && !asked && self.reported_in_past(verb) {
                self.future = true;
                return decided(Realis::Planned, "future in the past", &text);
            }
            if lexicon.modals_possible.contains(text.as_str())
                || lexicon.modals_possible.contains(word.as_str())
                || text == "would"
            {
                return decided(Realis::Hypothetical, "modal", &text);
            }
            if lexicon.modals_duty.contains(text.as_str()) || lexicon.modals_duty.contains(word.as_str()) {
                return decided(Realis::Hypothetical, "modal", &text);
            }
        }
        let sentence = &doc.sentences()[doc.sentence_of(verb) as usize];
        if is_trigger || doc.token(verb).dep == Dep::Root {
            let asks = doc.token(sentence.tokens.end - 1).text == "?";
            if asks {
                return decided(Realis::Hypothetical, "question", "?");
            }
        }
        None
    }

    fn reported_in_past(&self, verb: TokenIndex) -> bool {
        let doc = self.scene.doc;
        doc.token(verb).dep == Dep::Ccomp
            || frame::governing_verb(doc, verb)
                .is_some_and(|up| doc.token(verb).dep == Dep::Conj && doc.token(up).dep == Dep::Ccomp)
    }

    /// A present tense that tells a habit, not a happening: `the group attacks villages`.
    fn habit(&self, verb: TokenIndex) -> Decision {
        let doc = self.scene.doc;
        let lexicon = &self.scene.codebook.realis;
        for &member in doc.children(verb) {
            let tok = doc.token(member);
            if tok.dep == Dep::Advmod
                && lexicon.habit_adverbs.contains(tok.text.to_ascii_lowercase().as_str())
            {
                return decided(Realis::Generic, "habit", &tok.text);
            }
        }
        let finite = frame::auxiliaries(doc, verb).into_iter().next().unwrap_or(verb);
        let told_to = doc.token(verb).dep == Dep::Ccomp || doc.token(verb).dep == Dep::Xcomp;
        let present = if told_to {
            matches!(doc.token(finite).tag, Tag::Vbz | Tag::Vbp)
        } else {
            frame::simple_present(doc, finite)
        };
        if !present || doc.token(verb).tag == Tag::Vbg {
            return None;
        }
        if finite != verb && !frame::word_is(doc, finite, &["is", "are", "'s", "'re", "do", "does"]) {
            return None;
        }
        let sentence = &doc.sentences()[doc.sentence_of(verb) as usize];
        let block = doc.article().blocks.get(sentence.block as usize);
        let last = doc.token(sentence.tokens.end - 1);
        let headline = block.is_some_and(|block| matches!(block.kind, BlockKind::Title | BlockKind::Heading))
            || !matches!(last.text.as_str(), "." | "!" | "”" | "\"" | "…" | "’" | "'" | ")" | ";" | ":");
        let settled = self.told_number
            || headline
            || doc
                .children(verb)
                .iter()
                .any(|&member| self.scene.entity[member as usize] == Some(EntityLabel::Date));
        if settled || doc.token(verb).dep == Dep::Ccomp && finite != verb {
            return None;
        }
        decided(Realis::Generic, "present tense", &doc.token(finite).text)
    }

    /// What governs a verb: who wants, plans, fears, stops it.
    fn above_verb(&mut self, verb: TokenIndex) -> Step {
        let doc = self.scene.doc;
        let lexicon = &self.scene.codebook.realis;
        let tok = doc.token(verb);
        let Some(head) = frame::parent(doc, verb) else { return Step::Stop };
        let infinitive = frame::infinitive(doc, verb);
        match tok.dep {
            Dep::Acl | Dep::Ccomp | Dep::Relcl if self.untrue_tale(head) => {
                Step::Decided(decided(Realis::Negated, "untrue", &doc.token(head).text))
            }
            // "To take hostages is a crime"
            Dep::Csubj if infinitive && frame::subject(doc, head).is_none() => {
                Step::Decided(decided(Realis::Generic, "infinitive subject of", &doc.token(head).text))
            }
            Dep::Xcomp | Dep::Ccomp | Dep::Advcl | Dep::Oprd | Dep::Csubj | Dep::Csubjpass => {
                if !frame::is_verb(doc, head) {
                    if infinitive || tok.dep == Dep::Xcomp {
                        return self.under_adjective(head);
                    }
                    return if tok.dep == Dep::Ccomp { self.under_noun(head, head) } else { Step::Stop };
                }
                if tok.dep == Dep::Advcl && !infinitive {
                    return Step::Stop;
                }
                // "He is due to hold talks; the committees have refused to …": two sentences, whatever the parse says.
                let aside = tok.dep == Dep::Ccomp
                    && verb < head
                    && !infinitive
                    && (frame::word_is(doc, head, &["refused", "refuse", "refuses", "declined"])
                        || (verb..head).any(|at| doc.token(at).text == ";"));
                if aside {
                    return Step::Stop;
                }
                let word = frame::lemma(doc, head);
                // "threatened to have the reporter beaten", "want the killers hanged"
                if tok.dep == Dep::Ccomp && tok.tag == Tag::Vbn && frame::auxiliaries(doc, verb).is_empty() {
                    if matches!(word.as_ref(), "have" | "get" | "see") {
                        return Step::Up(head);
                    }
                    if matches!(word.as_ref(), "want" | "order" | "demand" | "need") {
                        return Step::Decided(decided(Realis::Hypothetical, "wanted:", &word));
                    }
                }
                let passive_report = frame::is_passive(doc, head);
                let perfect = frame::auxiliaries(doc, verb)
                    .iter()
                    .any(|&other| frame::word_is(doc, other, &["have", "having"]));
                if tok.dep == Dep::Advcl {
                    if lexicon.plan_verbs.contains(word.as_ref())
                        || lexicon.threat_verbs.contains(word.as_ref())
                    {
                        return self.under_verb(head, infinitive, perfect, passive_report);
                    }
                    // "asked for troops to be deployed"
                    if lexicon.wish_verbs.contains(word.as_ref()) {
                        return Step::Decided(decided(Realis::Hypothetical, "asked under", &word));
                    }
                    return Step::Decided(decided(Realis::Planned, "purpose", "to"));
                }
                self.under_verb(head, infinitive, perfect, passive_report)
            }
            Dep::Pcomp => self.under_preposition(head),
            // "defused a bomb that had been placed"
            Dep::Relcl | Dep::Acl
                if frame::parent(doc, head).is_some_and(|up| {
                    frame::word_is(doc, up, &["defused", "defuse", "dismantled", "disarmed", "intercepted"])
                }) =>
            {
                Step::Decided(decided(Realis::Foiled, "on what was", "defused"))
            }
            Dep::Acl if infinitive => self.under_noun(head, verb),
            // "the risk of militants attacking the town": the noun that the participle describes stands under a risk.
            Dep::Acl if tok.tag == Tag::Vbg => {
                let Some(preposition) = frame::parent(doc, head).filter(|_| doc.token(head).dep == Dep::Pobj)
                else {
                    return Step::Stop;
                };
                match frame::parent(doc, preposition) {
                    Some(up)
                        if !frame::is_verb(doc, up) && frame::word_is(doc, preposition, &["of", "for"]) =>
                    {
                        self.under_noun(up, preposition)
                    }
                    _ => Step::Stop,
                }
            }
            Dep::Relcl if infinitive => self.under_noun(head, verb),
            Dep::Conj if frame::is_verb(doc, head) => {
                let own_subject = frame::subject(doc, verb).is_some();
                // "to rob and beat", "being robbed and shot": a past tense by its form alone.
                let alike = tok.tag == Tag::Vbd
                    && !own_subject
                    && (doc.token(head).tag == Tag::Vb && tok.text.eq_ignore_ascii_case(&tok.lemma)
                        || doc.token(head).tag == Tag::Vbn && doc.token(head).dep != Dep::Root);
                if alike {
                    return self.above_verb(head);
                }
                let shares = tok.tag == Tag::Vbn && frame::auxiliaries(doc, verb).is_empty();
                if own_subject && shares {
                    // "would be crushed and their leaders killed"
                    return Step::Up(head);
                }
                if own_subject || !matches!(tok.tag, Tag::Vb | Tag::Vbg | Tag::Vbn) {
                    return match doc.token(head).dep {
                        // "said X attacked and Y fled": both are what is said.
                        Dep::Ccomp | Dep::Pcomp => self.above_verb(head),
                        _ => Step::Stop,
                    };
                }
                if matches!(tok.tag, Tag::Vb) || doc.token(head).tag == tok.tag {
                    return self.above_verb(head);
                }
                Step::Stop
            }
            _ => Step::Stop,
        }
    }

    /// `An attack is likely`: an indefinite noun of which the present tense says what it is.
    fn only_a_kind(&self, noun: TokenIndex, verb: TokenIndex) -> bool {
        let doc = self.scene.doc;
        let indefinite = doc.children(noun).iter().any(|&member| {
            doc.token(member).dep == Dep::Det && frame::word_is(doc, member, &["a", "an", "another", "any"])
        });
        indefinite
            && !self.told_number
            && matches!(doc.token(verb).tag, Tag::Vbz | Tag::Vbp)
            && matches!(
                frame::lemma(doc, verb).as_ref(),
                "be" | "remain" | "represent" | "pose" | "require" | "constitute"
            )
    }

    /// `The claim that … is false.`
    fn untrue_tale(&self, noun: TokenIndex) -> bool {
        let doc = self.scene.doc;
        let lexicon = &self.scene.codebook.realis;
        lexicon.tale_nouns.contains(frame::lemma(doc, noun).as_ref())
            && frame::parent(doc, noun).is_some_and(|copula| {
                let word = frame::lemma(doc, copula);
                let denied = matches!(doc.token(noun).dep, Dep::Dobj | Dep::Nsubjpass)
                    && (lexicon.deny_verbs.contains(word.as_ref())
                        || lexicon.untruth_verbs.contains(word.as_ref()));
                denied
                    || doc.children(copula).iter().any(|&member| {
                        matches!(doc.token(member).dep, Dep::Acomp | Dep::Attr)
                            && lexicon.false_words.contains(frame::lemma(doc, member).as_ref())
                    })
            })
    }

    fn under_verb(&mut self, verb: TokenIndex, infinitive: bool, perfect: bool, passive: bool) -> Step {
        let doc = self.scene.doc;
        let lexicon = &self.scene.codebook.realis;
        let word = frame::lemma(doc, verb);
        let word = word.as_ref();
        if lexicon.foil_verbs.contains(word) {
            return Step::Decided(decided(Realis::Foiled, "under", word));
        }
        if lexicon.fail_verbs.contains(word) {
            return Step::Decided(decided(Realis::Negated, "under", word));
        }
        if lexicon.deny_verbs.contains(word) {
            return Step::Decided(decided(Realis::Negated, "under", word));
        }
        if infinitive && !perfect {
            if lexicon.attempt_verbs.contains(word) && frame::modal(doc, verb).is_none() {
                return Step::Decided(decided(Realis::Foiled, "attempt under", word));
            }
            if lexicon.threat_verbs.contains(word) {
                return Step::Decided(decided(Realis::Threatened, "under", word));
            }
            if lexicon.plan_verbs.contains(word) {
                return Step::Decided(decided(Realis::Planned, "under", word));
            }
            if lexicon.implicative_verbs.contains(word) {
                return Step::Up(verb);
            }
            if word == "be" {
                // "is to attack"
                return Step::Decided(decided(Realis::Planned, "is to", word));
            }
            if passive && matches!(word, "say" | "believe" | "report" | "know" | "think" | "see" | "allege") {
                return Step::Up(verb);
            }
            return Step::Decided(decided(Realis::Hypothetical, "infinitive under", word));
        }
        if perfect {
            return Step::Up(verb);
        }
        if lexicon.threat_verbs.contains(word) {
            self.future = false;
            return Step::Decided(decided(Realis::Threatened, "under", word));
        }
        if lexicon.fear_verbs.contains(word) || lexicon.plan_verbs.contains(word) && word != "go" {
            return Step::Decided(decided(Realis::Hypothetical, "under", word));
        }
        if lexicon.wish_verbs.contains(word)
            && !infinitive
            && matches!(
                word,
                "urge" | "demand" | "request" | "recommend" | "propose" | "suggest" | "advocate"
            )
        {
            return Step::Decided(decided(Realis::Hypothetical, "under", word));
        }
        if lexicon.implicative_verbs.contains(word) {
            return Step::Up(verb);
        }
        // A reporting verb: what it reports is told; the report's own condition still counts.
        let negated = frame::negation(doc, verb).is_some();
        if negated && !matches!(word, "know" | "say" | "realize" | "realise" | "see") {
            return Step::Decided(decided(Realis::Hypothetical, "not", word));
        }
        Step::Stop
    }

    fn under_adjective(&mut self, adjective: TokenIndex) -> Step {
        let doc = self.scene.doc;
        let lexicon = &self.scene.codebook.realis;
        let word = frame::lemma(doc, adjective);
        if lexicon.unable_adjectives.contains(word.as_ref()) {
            return Step::Decided(decided(Realis::Negated, "under", &word));
        }
        if lexicon.ready_adjectives.contains(word.as_ref()) || doc.token(adjective).pos == Pos::Adj {
            return Step::Decided(decided(Realis::Hypothetical, "under", &word));
        }
        self.under_noun(adjective, adjective)
    }

    fn under_preposition(&mut self, preposition: TokenIndex) -> Step {
        let doc = self.scene.doc;
        let lexicon = &self.scene.codebook.realis;
        let word = doc.token(preposition).text.to_ascii_lowercase();
        if word == "without" || word == "instead" {
            return Step::Decided(decided(Realis::Negated, "under", &word));
        }
        let Some(mut up) = frame::parent(doc, preposition) else { return Step::Stop };
        if word == "of" && frame::word_is(doc, up, &["out"]) {
            up = frame::parent(doc, up).unwrap_or(up);
        }
        if frame::is_verb(doc, up) {
            let verb = frame::lemma(doc, up);
            if word == "by" {
                return Step::Up(up);
            }
            if word == "from"
                && (lexicon.foil_verbs.contains(verb.as_ref())
                    || lexicon.deny_verbs.contains(verb.as_ref())
                    || matches!(
                        verb.as_ref(),
                        "keep" | "bar" | "dissuade" | "prohibit" | "discourage" | "restrain"
                    ))
            {
                return Step::Decided(decided(Realis::Foiled, "from under", &verb));
            }
            if lexicon.foil_verbs.contains(verb.as_ref()) && word != "by" {
                return Step::Decided(decided(Realis::Foiled, "under", &verb));
            }
            // "talked the boy out of shooting"
            let out = doc.children(up).iter().any(|&other| {
                frame::word_is(doc, other, &["out"]) && doc.children(other).contains(&preposition)
            });
            if out && matches!(verb.as_ref(), "talk" | "argue" | "scare" | "frighten" | "coax" | "shame") {
                return Step::Decided(decided(Realis::Foiled, "out of under", &verb));
            }
            if matches!(word.as_str(), "of" | "about" | "on" | "against" | "to" | "for" | "at")
                && (lexicon.threat_verbs.contains(verb.as_ref())
                    || lexicon.fear_verbs.contains(verb.as_ref()) && verb != "suspect"
                    || lexicon.plan_verbs.contains(verb.as_ref())
                        && !matches!(verb.as_ref(), "send" | "train" | "recruit" | "go" | "dispatch")
                    || matches!(verb.as_ref(), "think" | "dream" | "talk" | "call" | "insist"))
            {
                return Step::Decided(decided(Realis::Planned, "under", &verb));
            }
            if lexicon.guard_verbs.contains(verb.as_ref()) && word == "against" {
                return Step::Decided(decided(Realis::Hypothetical, "against under", &verb));
            }
            return Step::Stop;
        }
        if matches!(word.as_str(), "of" | "for" | "at" | "about" | "to" | "against" | "in") {
            return self.under_noun(up, preposition);
        }
        Step::Stop
    }

    /// A noun that says what the thing under it is: a plan, a threat, a risk.
    fn under_noun(&mut self, noun: TokenIndex, below: TokenIndex) -> Step {
        let doc = self.scene.doc;
        let lexicon = &self.scene.codebook.realis;
        let word = frame::lemma(doc, noun);
        let word = word.as_ref();
        if lexicon.foil_nouns.contains(word) {
            return Step::Decided(decided(Realis::Foiled, "under", word));
        }
        if lexicon.plan_nouns.contains(word) {
            // A plan that was foiled.
            let stopped = frame::governing_verb(doc, noun)
                .filter(|&verb| lexicon.foil_verbs.contains(frame::lemma(doc, verb).as_ref()));
            if stopped.is_some() || modifier_in(self.scene, noun, &lexicon.foiled_modifiers) {
                return Step::Decided(decided(Realis::Foiled, "stopped", word));
            }
            return Step::Decided(decided(Realis::Planned, "under", word));
        }
        if lexicon.threat_nouns.contains(word) {
            return Step::Decided(decided(Realis::Threatened, "under", word));
        }
        if lexicon.attempt_nouns.contains(word) {
            return Step::Decided(decided(Realis::Foiled, "attempt under", word));
        }
        if lexicon.possible_nouns.contains(word) {
            return Step::Decided(decided(Realis::Hypothetical, "under", word));
        }
        if lexicon.absence_nouns.contains(word) {
            return Step::Decided(decided(Realis::Negated, "under", word));
        }
        if lexicon.talk_nouns.contains(word)
            && frame::word_is(doc, below, &["on", "for", "about", "over", "of"])
        {
            return Step::Decided(decided(Realis::Hypothetical, "matter of", word));
        }
        let infinitive = doc.token(below).tag == Tag::Vb || frame::infinitive(doc, below);
        if infinitive && doc.token(noun).dep == Dep::Dobj {
            return Step::Decided(decided(Realis::Planned, "purpose after", word));
        }
        if infinitive {
            return Step::Decided(decided(Realis::Hypothetical, "infinitive under", word));
        }
        if doc.token(below).text.eq_ignore_ascii_case("against") && lexicon.guard_nouns.contains(word) {
            return Step::Decided(decided(Realis::Hypothetical, "against under", word));
        }
        Step::Stop
    }

    fn above_noun(&mut self, noun: TokenIndex, site: &Site) -> Step {
        let doc = self.scene.doc;
        let lexicon = &self.scene.codebook.realis;
        let top = frame::coordination_head(doc, noun);
        if top != noun
            && let Some((realis, why)) =
                noun_words(self.scene, top).filter(|(realis, _)| *realis != Realis::Actual)
            && modifier_shared(self.scene, top, noun)
        {
            return Step::Decided(Some((realis, why)));
        }
        let tok = doc.token(top);
        let Some(head) = frame::parent(doc, top) else { return Step::Stop };
        let definite = doc.children(noun).iter().chain(doc.children(top)).any(|&other| {
            matches!(doc.token(other).dep, Dep::Det)
                && frame::word_is(doc, other, &["the", "this", "that", "these", "those"])
                || doc.token(other).dep == Dep::Poss
        });
        // "to paralyse the ports with a strike": of any one deed, what the verb above says holds.
        let any_one =
            doc.children(site.head).iter().any(|&other| frame::word_is(doc, other, &["a", "an", "another"]));
        let definite = definite && (noun == site.head || !any_one);
        match tok.dep {
            Dep::Compound | Dep::Nmod | Dep::Amod | Dep::Poss if !frame::is_verb(doc, head) => {
                let step = self.under_noun(head, top);
                match step {
                    Step::Stop => Step::Up(head),
                    other => other,
                }
            }
            Dep::Pobj => {
                let word = doc.token(head).text.to_ascii_lowercase();
                if matches!(word.as_str(), "without" | "barring") {
                    return Step::Decided(decided(Realis::Negated, "under", &word));
                }
                if word == "than" {
                    return Step::Decided(decided(Realis::Hypothetical, "compared", "than"));
                }
                let Some(up) = frame::parent(doc, head) else { return Step::Stop };
                if frame::is_verb(doc, up) {
                    let verb = frame::lemma(doc, up);
                    let verb = verb.as_ref();
                    if word == "against" && lexicon.guard_verbs.contains(verb) && !definite {
                        return Step::Decided(decided(Realis::Hypothetical, "against under", verb));
                    }
                    if !definite
                        && matches!(word.as_str(), "for" | "with" | "of" | "to" | "from")
                        && lexicon.threat_verbs.contains(verb)
                    {
                        return Step::Decided(decided(Realis::Threatened, "under", verb));
                    }
                    if !definite
                        && matches!(word.as_str(), "for" | "of" | "against" | "about")
                        && (lexicon.plan_verbs.contains(verb)
                            || lexicon.fear_verbs.contains(verb)
                            || lexicon.wish_verbs.contains(verb))
                        && !matches!(verb, "suspect" | "send" | "go" | "recruit" | "train")
                    {
                        return Step::Decided(decided(Realis::Hypothetical, "under", verb));
                    }
                    if site.light.is_some() {
                        return Step::Up(up);
                    }
                    if definite {
                        return Step::Stop;
                    }
                    return Step::Up(up);
                }
                // "in the event of an attack"
                if matches!(word.as_str(), "of" | "for" | "to" | "about" | "over" | "against" | "on") {
                    if frame::word_is(doc, up, &["event", "case"]) && word == "of" {
                        return Step::Decided(decided(Realis::Hypothetical, "in case of", ""));
                    }
                    let step = self.under_noun(up, head);
                    if !matches!(step, Step::Stop) {
                        return step;
                    }
                    if definite {
                        return Step::Stop;
                    }
                    return Step::Up(up);
                }
                if any_one && noun == site.head && matches!(word.as_str(), "with" | "by") {
                    return Step::Up(up);
                }
                Step::Stop
            }
            Dep::Dobj | Dep::Nsubjpass => {
                if !frame::is_verb(doc, head) {
                    return Step::Stop;
                }
                let verb = frame::lemma(doc, head);
                let verb = verb.as_ref();
                if lexicon.foil_verbs.contains(verb) {
                    return Step::Decided(decided(Realis::Foiled, "under", verb));
                }
                if lexicon.threat_verbs.contains(verb) {
                    return Step::Decided(decided(Realis::Threatened, "under", verb));
                }
                if lexicon.plan_verbs.contains(verb)
                    && !matches!(verb, "expect" | "direct" | "order" | "fund" | "finance")
                {
                    return Step::Decided(decided(Realis::Planned, "under", verb));
                }
                if !definite && lexicon.fear_verbs.contains(verb) {
                    return Step::Decided(decided(Realis::Hypothetical, "under", verb));
                }
                if !definite && lexicon.wish_verbs.contains(verb) {
                    return Step::Decided(decided(Realis::Hypothetical, "under", verb));
                }
                if definite && site.light.is_none() {
                    return Step::Stop;
                }
                Step::Up(head)
            }
            Dep::Nsubj | Dep::Attr if self.only_a_kind(noun, head) => {
                // "A hunger strike is a form of protest" says what it is; "An attack is likely" that it may come.
                let defined = tok.dep == Dep::Nsubj
                    && frame::child(doc, head, Dep::Attr).is_some_and(|attr| {
                        matches!(
                            frame::lemma(doc, attr).as_ref(),
                            "form"
                                | "kind"
                                | "way"
                                | "means"
                                | "weapon"
                                | "tool"
                                | "crime"
                                | "method"
                                | "type"
                                | "act"
                                | "tactic"
                                | "offence"
                                | "offense"
                                | "business"
                                | "violation"
                                | "sign"
                        )
                    });
                let realis = if defined { Realis::Generic } else { Realis::Hypothetical };
                Step::Decided(decided(realis, "any one", &doc.token(noun).text))
            }
            Dep::Nsubj | Dep::Attr => {
                let occurs = tok.dep == Dep::Nsubj
                    && lexicon.occurrence_verbs.contains(frame::lemma(doc, head).as_ref());
                if (!definite || occurs) && frame::is_verb(doc, head) {
                    return Step::Up(head);
                }
                Step::Stop
            }
            _ => Step::Stop,
        }
    }
}

enum Step {
    Decided(Decision),
    Up(TokenIndex),
    Stop,
}
