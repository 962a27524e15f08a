//! What the whole texts of two documents of the record say of whether they tell of one happening.
//!
//! In: the record, and weights learned from pairs of reports (`merge-en.wkw`). Out: probabilities, each a function of the two texts and
//! their days alone. Texts are read when they are asked for; what is kept of them is bounded.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use rustc_hash::FxHashMap;
use watchkeeper_linkage::merge::{Merger, ReportFeatures};
use watchkeeper_linkage::over::Likeness;
use watchkeeper_record::article::Date;
use watchkeeper_record::incident::Account;
use watchkeeper_store::Store;

/// Different words of texts that are kept at once, about 100 bytes each: of some 16,000 short reports, of 5,000 long ones.
pub(crate) const KEPT_TERMS: usize = 1 << 21;
/// Pairs whose probability is kept at once.
const KEPT_PAIRS: usize = 1 << 20;

static MERGER: LazyLock<Merger> = LazyLock::new(|| {
    watchkeeper_builtin::weights("merge-en.wkw")
        .and_then(|bytes| Merger::parse(bytes).ok())
        .expect("the embedded weights of merging are read by a test")
});

/// What is kept of texts that were read or compared.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// Numbers of documents, by their SHA-256.
    numbers: FxHashMap<String, u32>,
    /// What a document is compared by, by its number; `None` where its text can't be had.
    texts: FxHashMap<u32, Option<Arc<ReportFeatures>>>,
    /// Different words of all of them.
    terms: usize,
    /// Of two numbers, the smaller first.
    pairs: FxHashMap<(u32, u32), Option<f64>>,
}

impl Kept {
    fn number(&mut self, document: &str) -> u32 {
        if let Some(number) = self.numbers.get(document) {
            return *number;
        }
        let number = self.numbers.len() as u32;
        self.numbers.insert(document.to_owned(), number);
        number
    }

    /// Keeps what a document will be compared by, while there is room.
    pub(crate) fn keep(&mut self, document: &str, features: Arc<ReportFeatures>) {
        if self.terms < KEPT_TERMS {
            let number = self.number(document);
            self.put(number, Some(features));
        }
    }

    fn put(&mut self, number: u32, features: Option<Arc<ReportFeatures>>) {
        if self.terms >= KEPT_TERMS {
            self.texts.clear();
            self.terms = 0;
        }
        self.terms += 1 + features.as_ref().map_or(0, |features| features.terms());
        self.texts.insert(number, features);
    }
}

/// Judges the texts of a record, and remembers what it read and judged.
pub struct Texts<'s> {
    store: &'s Store,
    kept: RefCell<Kept>,
    jobs: usize,
}

impl<'s> Texts<'s> {
    /// The texts of a record; none is read before it is asked for.
    #[must_use]
    pub fn new(store: &'s Store) -> Self {
        Self::with(store, Kept::default(), 1)
    }

    /// With what is kept of texts already; pairs that are prepared are judged on so many threads.
    pub(crate) fn with(store: &'s Store, kept: Kept, jobs: usize) -> Self {
        Self { store, kept: RefCell::new(kept), jobs }
    }

    pub(crate) fn into_kept(self) -> Kept {
        self.kept.into_inner()
    }

    /// What a report is compared by; `None` where its text can't be had.
    fn features(&self, number: u32, account: &Account) -> Option<Arc<ReportFeatures>> {
        if let Some(features) = self.kept.borrow().texts.get(&number) {
            return features.clone();
        }
        let features = self.text(account).map(|text| Arc::new(features(&text, account.known, account.dated)));
        self.kept.borrow_mut().put(number, features.clone());
        features
    }

    fn text(&self, account: &Account) -> Option<String> {
        self.store.find_document(&account.document).and_then(|document| self.store.text(document)).ok()
    }
}

impl Likeness for Texts<'_> {
    fn probability(&self, one: &Account, other: &Account) -> Option<f64> {
        let [a, b] = [one, other].map(|account| self.kept.borrow_mut().number(&account.document));
        let pair = (a.min(b), a.max(b));
        if let Some(probability) = self.kept.borrow().pairs.get(&pair) {
            return *probability;
        }
        let both = self.features(a, one).zip(self.features(b, other));
        let probability = both.map(|(one, other)| MERGER.probability(&one, &other));
        let pairs = &mut self.kept.borrow_mut().pairs;
        if pairs.len() >= KEPT_PAIRS {
            pairs.clear();
        }
        pairs.insert(pair, probability);
        probability
    }

    fn prepare(&self, pairs: &[(&Account, &Account)]) {
        let mut kept = self.kept.borrow_mut();
        let mut missing: BTreeMap<u32, &Account> = BTreeMap::new();
        let mut asked: BTreeSet<(u32, u32)> = BTreeSet::new();
        for (one, other) in pairs {
            let [a, b] = [one, other].map(|account| kept.number(&account.document));
            let pair = (a.min(b), a.max(b));
            if kept.pairs.contains_key(&pair) || !asked.insert(pair) {
                continue;
            }
            for (number, account) in [(a, one), (b, other)] {
                if !kept.texts.contains_key(&number) {
                    missing.insert(number, account);
                }
            }
        }
        let texts: Vec<(u32, &Account, Option<String>)> =
            missing.into_iter().map(|(number, account)| (number, account, self.text(account))).collect();
        let read = parallel(self.jobs, A_THREAD, &texts, |(_, account, text)| {
            text.as_ref().map(|text| Arc::new(features(text, account.known, account.dated)))
        });
        for ((number, ..), features) in texts.iter().zip(read) {
            kept.put(*number, features);
        }
        // What had to make room is looked up again when it is asked for.
        let there = |number: &u32| kept.texts.get(number).is_some_and(Option::is_some);
        let judged: Vec<(u32, u32)> = asked.into_iter().filter(|(a, b)| there(a) && there(b)).collect();
        let texts = &kept.texts;
        let found = parallel(self.jobs, A_THREAD, &judged, |(a, b)| {
            let [one, other] = [a, b].map(|number| texts.get(number)?.as_deref());
            Some(MERGER.probability(one?, other?))
        });
        if kept.pairs.len() >= KEPT_PAIRS {
            kept.pairs.clear();
        }
        kept.pairs.extend(judged.into_iter().zip(found));
    }
}

/// Texts or pairs for which a thread is worth its start.
const A_THREAD: usize = 64;

/// What `of` makes of each item, in their order, on so many threads, each with `least` items or more.
pub(crate) fn parallel<T: Sync, R: Send>(
    jobs: usize,
    least: usize,
    items: &[T],
    of: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let jobs = jobs.min(items.len() / least).max(1);
    if jobs == 1 {
        return items.iter().map(of).collect();
    }
    let of = &of;
    std::thread::scope(|scope| {
        let parts: Vec<_> = items
            .chunks(items.len().div_ceil(jobs))
            .map(|part| scope.spawn(move || part.iter().map(of).collect::<Vec<R>>()))
            .collect();
        let made = parts.into_iter().map(|part| part.join());
        made.flat_map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}

/// What a report is compared by.
pub(crate) fn features(text: &str, known: Date, dated: bool) -> ReportFeatures {
    ReportFeatures::read(text, dated.then_some(known), MERGER.background())
}

#[cfg(test)]
mod tests {
    use watchkeeper_linkage::over::GIST;

    use super::*;

    #[test]
    fn the_gist_of_a_report_is_its_telling_words() {
        let day = Date::new(2021, 3, 4).expect("a day");
        let report = "Bombing in Gao kills four\n\nA bomb killed four soldiers of Mali's army near Gao on Thursday, an officer said.";
        let other = "Mali: four soldiers die near Gao\n\nFour soldiers were killed by a bomb near Gao in northern Mali, the army said on Thursday.";
        let [report, other] = [report, other].map(|text| features(text, day, true));
        let (one, two) = (report.gist(GIST), other.gist(GIST));
        assert_eq!(one.len(), GIST);
        assert!(one.iter().filter(|word| two.contains(word)).count() >= 2);
        assert!(MERGER.probability(&report, &other) > 0.5);
    }
}
