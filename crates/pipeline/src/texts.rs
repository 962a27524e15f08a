//! What the whole texts of two documents of the record say of whether they tell of one happening.
//!
//! In: the record, and weights learned from pairs of reports (`merge-en.wkw`). Out: probabilities, each a function of the two texts and
//! their days alone. Texts are read when they are asked for; what is kept of them is bounded.

use std::cell::RefCell;
use std::sync::{Arc, LazyLock};

use rustc_hash::FxHashMap;
use watchkeeper_linkage::merge::{Merger, ReportFeatures};
use watchkeeper_linkage::over::Likeness;
use watchkeeper_record::article::Date;
use watchkeeper_record::incident::Account;
use watchkeeper_store::Store;

/// Different words of texts that are kept at once, about 100 bytes each: of some 16,000 short reports, of 5,000 long ones.
const KEPT_TERMS: usize = 1 << 21;
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

/// Judges the texts of a record.
pub(crate) struct Texts<'s> {
    store: &'s Store,
    kept: RefCell<Kept>,
}

impl<'s> Texts<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self::with(store, Kept::default())
    }

    /// With what is kept of texts already.
    pub(crate) fn with(store: &'s Store, kept: Kept) -> Self {
        Self { store, kept: RefCell::new(kept) }
    }

    pub(crate) fn into_kept(self) -> Kept {
        self.kept.into_inner()
    }

    /// What a report is compared by; `None` where its text can't be had.
    fn features(&self, number: u32, account: &Account) -> Option<Arc<ReportFeatures>> {
        if let Some(features) = self.kept.borrow().texts.get(&number) {
            return features.clone();
        }
        let text = self.store.find_document(&account.document).and_then(|document| self.store.text(document));
        let features = text.ok().map(|text| Arc::new(features(&text, account.known, account.dated)));
        self.kept.borrow_mut().put(number, features.clone());
        features
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
