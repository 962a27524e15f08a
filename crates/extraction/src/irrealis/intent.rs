//! What is set for a day, got ready or on its way; what headlines leave out.
//!
//! In: a trigger in sight of its governors. Out: a value and its rule, or nothing.

use watchkeeper_record::codebook::{Category, Realis};
use watchkeeper_record::document::{Dep, Tag, TokenIndex};

use crate::codebook::Kind;
use crate::frame;
use crate::irrealis::{HEADLINE_MAX, Sight, has_child, infinitive, verb_in};
use crate::realis::{Decision, decided};

impl Sight<'_, '_> {
    /// Headlines leave out verbs and confuse the parser: the words right before and after a trigger decide.
    pub(super) fn headline(&self) -> Decision {
        let doc = self.doc();
        let head = self.site.head;
        let sentence = doc.sentences()[doc.sentence_of(head) as usize].tokens.clone();
        let last = doc.token(sentence.end - 1).text.as_str();
        let short = sentence.end - sentence.start <= HEADLINE_MAX;
        if !short || matches!(last, "." | "!" | "?" | "”" | "\"" | "…" | "’" | "'" | ")" | ";" | ":") {
            return None;
        }
        let first = self.first.realis;
        if !matches!(first, Realis::Actual | Realis::Planned | Realis::Hypothetical | Realis::Generic) {
            return None;
        }
        let said = |at: TokenIndex, words: &[&str]| frame::word_is(doc, at, words);
        let foils =
            ["foil", "foils", "foiled", "thwart", "thwarts", "thwarted", "avert", "averts", "averted"];
        let before = sentence.start..head;
        let after = head + 1..sentence.end.min(head + 5);
        if before.clone().any(|at| said(at, &foils)) || after.clone().any(|at| said(at, &foils)) {
            return decided(Realis::Foiled, "headline", "");
        }
        if first != Realis::Actual {
            return None;
        }
        let near = head.saturating_sub(4).max(sentence.start)..head;
        let rules: [(&[&str], Realis); 4] = [
            (
                &[
                    "fear", "fears", "feared", "risk", "risks", "rumour", "rumours", "rumors", "could",
                    "may", "might",
                ],
                Realis::Hypothetical,
            ),
            (&["deny", "denies", "denied", "no"], Realis::Negated),
            (&["threaten", "threatens", "vow", "vows"], Realis::Threatened),
            (&["plan", "plans", "plot", "plots"], Realis::Planned),
        ];
        for (words, realis) in rules {
            if let Some(at) = near.clone().find(|&at| said(at, words)) {
                return decided(realis, "headline", &doc.token(at).text);
            }
        }
        // "Army to launch offensive"
        let verb = self.predicate()?;
        let bare = infinitive(doc, verb)
            && !sentence.clone().any(|at| {
                at < verb && matches!(doc.token(at).tag, Tag::Vbz | Tag::Vbp | Tag::Vbd | Tag::Vbn | Tag::Md)
            });
        if bare {
            return decided(Realis::Planned, "headline", "to");
        }
        None
    }

    /// Called for a day, about to begin, gathered for: planned.
    pub(super) fn intended(&self) -> Decision {
        let doc = self.doc();
        let lexicon = self.lexicon;
        let first = self.first.realis;
        let head = self.site.head;
        let asked = self.first.why.iter().any(|why| why.contains("question") || why.contains("condition"));
        if let Some(decision) = self.announced() {
            return Some(decision);
        }
        if first == Realis::Hypothetical && !asked {
            for (below, above) in self.links() {
                let word = frame::lemma(doc, above);
                let to = infinitive(doc, below)
                    && matches!(doc.token(below).dep, Dep::Xcomp | Dep::Advcl | Dep::Ccomp);
                let free = frame::modal(doc, above).is_none() && frame::negation(doc, above).is_none();
                if to && free && lexicon.scheduled_words.contains(word.as_ref()) {
                    return decided(Realis::Planned, "scheduled:", &word);
                }
                if word == "call"
                    && (matches!(doc.token(below).dep, Dep::Dobj | Dep::Nsubjpass)
                        || doc.token(below).dep == Dep::Prep && frame::word_is(doc, below, &["for"]))
                    && self.category == Category::Protest
                    && free
                {
                    return decided(Realis::Planned, "called", "");
                }
                if word == "mean"
                    && (to || doc.token(below).dep == Dep::Prep && frame::word_is(doc, below, &["for"]))
                    && frame::is_passive(doc, above)
                    && !frame::is_verb(doc, self.chain[0]) | to
                {
                    return decided(Realis::Planned, "meant for", "");
                }
            }
        }
        let by_day = |verb: TokenIndex| self.dated(verb) && frame::is_passive(doc, verb);
        if first == Realis::Hypothetical
            && self.links().take(4).any(|(below, above)| {
                frame::lemma(doc, above) == "expect"
                    && matches!(doc.token(below).dep, Dep::Nsubjpass | Dep::Xcomp)
                    && by_day(above)
            })
        {
            return decided(Realis::Planned, "expected on a day", "");
        }
        if first == Realis::Actual
            && let Some(verb) = self.predicate()
        {
            let finite = frame::auxiliaries(doc, verb).into_iter().next().unwrap_or(verb);
            let present = matches!(doc.token(finite).tag, Tag::Vbz | Tag::Vbp)
                && !frame::word_is(doc, finite, &["has", "have"]);
            if present && self.tells_of_days_to_come(verb) {
                return decided(Realis::Planned, "days to come", "");
            }
        }
        let told =
            self.site.kind == Kind::Noun && matches!(self.category, Category::Protest | Category::Mobilize);
        let set = self.chain.get(1).is_some_and(|&verb| {
            doc.token(head).dep == Dep::Dobj
                && matches!(frame::lemma(doc, verb).as_ref(), "set" | "announce" | "call" | "schedule")
                && doc.token(verb).tag != Tag::Vb
        });
        let due = head >= 2
            && frame::word_is(doc, head - 1, &["to"])
            && frame::word_is(doc, head - 2, &["due", "set", "scheduled"])
            && first == Realis::Actual;
        if told && set && matches!(first, Realis::Actual | Realis::Hypothetical) || due {
            return decided(Realis::Planned, "set for a day", "");
        }
        if matches!(first, Realis::Actual | Realis::Hypothetical | Realis::Generic) {
            for (below, above) in self.links().take(3) {
                let word = frame::lemma(doc, above);
                let to = doc.token(below).dep == Dep::Prep && frame::word_is(doc, below, &["to"]);
                let ahead = doc.token(below).dep == Dep::Prep
                    && frame::word_is(doc, below, &["of"])
                    && word == "ahead";
                let bent = matches!(word.as_ref(), "intent" | "bent" | "hellbent")
                    && doc.token(below).dep == Dep::Prep
                    && frame::word_is(doc, below, &["on"]);
                let object = doc.token(below).dep == Dep::Dobj || doc.token(below).dep == Dep::Nsubjpass;
                let granted =
                    object && below == head && verb_in(doc, above, &lexicon.grant_verbs) && self.works(above);
                let means = doc.token(below).dep == Dep::Prep
                    && frame::word_is(doc, below, &["for"])
                    && !self.definite()
                    && first == Realis::Actual
                    && !frame::is_verb(doc, above)
                    && (lexicon.arms_nouns.contains(word.as_ref())
                        || lexicon.means_nouns.contains(word.as_ref()));
                if bent || granted || means {
                    return decided(Realis::Planned, "towards:", &word);
                }
                if (ahead || to && matches!(word.as_ref(), "agree" | "commit" | "view")) && !self.definite() {
                    return decided(Realis::Planned, "towards:", &word);
                }
            }
        }
        if first == Realis::Actual {
            for (at, (below, above)) in self.links().enumerate() {
                let word = frame::lemma(doc, above);
                let object = self.chain.get(at.wrapping_sub(1)).copied();
                let definite = object
                    .is_some_and(|noun| has_child(doc, noun, &["the", "this", "that", "these", "those"]));
                if doc.token(below).dep == Dep::Prep
                    && frame::word_is(doc, below, &["for"])
                    && frame::is_verb(doc, above)
                    && at <= 2
                    && (!definite || matches!(word.as_ref(), "hire" | "recruit" | "train"))
                    && lexicon.gather_verbs.contains(word.as_ref())
                {
                    return decided(Realis::Planned, "gathers for", &word);
                }
                if doc.token(below).dep == Dep::Prep
                    && frame::word_is(doc, below, &["for", "of"])
                    && lexicon.plan_nouns.contains(word.as_ref())
                {
                    return decided(Realis::Planned, "under", &word);
                }
            }
            // "The march is scheduled for Monday", "begins tomorrow"
            let noun = self.site.kind == Kind::Noun;
            if let Some(verb) = frame::parent(doc, head).filter(|&verb| noun && frame::is_verb(doc, verb)) {
                let subject = matches!(doc.token(head).dep, Dep::Nsubj | Dep::Nsubjpass);
                let words = doc.children(verb).iter().any(|&other| {
                    matches!(doc.token(other).dep, Dep::Acomp | Dep::Oprd)
                        && lexicon.scheduled_words.contains(frame::lemma(doc, other).as_ref())
                }) || lexicon.scheduled_words.contains(frame::lemma(doc, verb).as_ref());
                let timed = matches!(doc.token(head).dep, Dep::Nsubjpass)
                    && matches!(
                        frame::lemma(doc, verb).as_ref(),
                        "set" | "time" | "schedule" | "fix" | "slate" | "pencil" | "book"
                    )
                    && doc.children(verb).iter().any(|&prep| frame::word_is(doc, prep, &["for", "to", "on"]));
                if timed {
                    return decided(Realis::Planned, "timed:", &doc.token(verb).text);
                }
                let past = matches!(doc.token(verb).tag, Tag::Vbd);
                if subject && words && !past && frame::lemma(doc, verb) != "set" {
                    return decided(Realis::Planned, "scheduled:", &doc.token(verb).text);
                }
            }
        }
        None
    }

    /// A strike that was called, a march that people are expected at, a date for the withdrawal.
    fn announced(&self) -> Decision {
        let doc = self.doc();
        let head = self.site.head;
        if !matches!(self.first.realis, Realis::Actual | Realis::Hypothetical | Realis::Generic) {
            return None;
        }
        // "called a two-day strike"
        if self.site.kind == Kind::Verb
            && self.category == Category::Protest
            && self.first.realis == Realis::Actual
            && frame::word_is(doc, head, &["called", "calling", "announced"])
            && !has_child(doc, head, &["off"])
        {
            return decided(Realis::Planned, "called", "");
        }
        if self.site.kind != Kind::Noun {
            return None;
        }
        // "next month's strike"
        let ahead = doc.children(head).iter().any(|&member| {
            doc.token(member).dep == Dep::Poss
                && doc
                    .subtree(member)
                    .take(4)
                    .any(|at| frame::word_is(doc, at, &["next", "tomorrow", "coming"]))
        });
        if ahead {
            return decided(Realis::Planned, "days to come", "");
        }
        for (below, above) in self.links().take(4) {
            let word = frame::lemma(doc, above);
            let day = doc.token(below).dep == Dep::Prep
                && frame::word_is(doc, below, &["of"])
                && matches!(word.as_ref(), "day" | "date" | "hour" | "start" | "eve")
                && frame::governing_verb(doc, above).is_some_and(|verb| {
                    matches!(
                        frame::lemma(doc, verb).as_ref(),
                        "set" | "fix" | "choose" | "announce" | "name" | "pick"
                    )
                });
            if day {
                return decided(Realis::Planned, "a day set for it", "");
            }
            let preposition = doc.token(below).dep == Dep::Prep;
            let forward = preposition
                && frame::word_is(doc, below, &["for"])
                && (matches!(
                    word.as_ref(),
                    "date" | "timetable" | "schedule" | "deadline" | "roadmap" | "calendar"
                ) || matches!(word.as_ref(), "set" | "fix") && frame::is_passive(doc, above));
            let awaited = word == "expect"
                && matches!(self.category, Category::Protest | Category::Consult)
                && self.present(above)
                && frame::negation(doc, above).is_none();
            if forward || awaited {
                return decided(Realis::Planned, "towards:", &word);
            }
        }
        None
    }

    /// `tomorrow`, `next week`, on a verb or at its side.
    pub(super) fn tells_of_days_to_come(&self, verb: TokenIndex) -> bool {
        let doc = self.doc();
        doc.children(verb).iter().chain(doc.children(self.site.head)).any(|&member| {
            let range = doc.subtree(member);
            matches!(doc.token(member).dep, Dep::Npadvmod | Dep::Advmod | Dep::Prep | Dep::Dobj)
                && range.take(6).any(|at| {
                    frame::word_is(doc, at, &["tomorrow"])
                        || frame::word_is(doc, at, &["next"])
                            && at + 1 < doc.tokens().len() as TokenIndex
                            && frame::word_is(
                                doc,
                                at + 1,
                                &[
                                    "week",
                                    "month",
                                    "year",
                                    "spring",
                                    "summer",
                                    "autumn",
                                    "winter",
                                    "weekend",
                                    "monday",
                                    "tuesday",
                                    "wednesday",
                                    "thursday",
                                    "friday",
                                    "saturday",
                                    "sunday",
                                ],
                            )
                })
        })
    }
}
