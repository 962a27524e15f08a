//! What the whole texts of two documents of the record say of whether they tell of one happening.
//!
//! In: the record, and weights learned from pairs of reports (`merge-en.wkw`). Out: probabilities, each a function of the two texts and
//! their days alone. Texts are read when they are asked for; what is kept of them is bounded.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::LazyLock;

use watchkeeper_linkage::merge::{Merger, ReportFeatures};
use watchkeeper_linkage::over::{GIST, Likeness};
use watchkeeper_record::article::Date;
use watchkeeper_record::incident::Account;
use watchkeeper_store::Store;

/// Texts whose features are kept at once, some tens of kilobytes each.
const KEPT_TEXTS: usize = 4096;
/// Pairs whose probability is kept at once.
const KEPT_PAIRS: usize = 1 << 20;

static MERGER: LazyLock<Merger> = LazyLock::new(|| {
    watchkeeper_builtin::weights("merge-en.wkw")
        .and_then(|bytes| Merger::parse(bytes).ok())
        .expect("the embedded weights of merging are read by a test")
});

/// Judges the texts of a record.
pub(crate) struct Texts<'s> {
    store: &'s Store,
    texts: RefCell<BTreeMap<String, Option<Rc<ReportFeatures>>>>,
    pairs: RefCell<BTreeMap<(String, String), Option<f64>>>,
}

impl<'s> Texts<'s> {
    pub(crate) fn new(store: &'s Store) -> Self {
        Self { store, texts: RefCell::default(), pairs: RefCell::default() }
    }

    /// What a report is compared by; `None` where its text can't be had.
    fn features(&self, account: &Account) -> Option<Rc<ReportFeatures>> {
        if let Some(features) = self.texts.borrow().get(&account.document) {
            return features.clone();
        }
        let text = self.store.find_document(&account.document).and_then(|document| self.store.text(document));
        let features = text.ok().map(|text| Rc::new(features(&text, account.known, account.dated)));
        let mut texts = self.texts.borrow_mut();
        if texts.len() >= KEPT_TEXTS {
            texts.clear();
        }
        texts.insert(account.document.clone(), features.clone());
        features
    }
}

impl Likeness for Texts<'_> {
    fn probability(&self, one: &Account, other: &Account) -> Option<f64> {
        let pair = match one.document <= other.document {
            true => (one.document.clone(), other.document.clone()),
            false => (other.document.clone(), one.document.clone()),
        };
        if let Some(probability) = self.pairs.borrow().get(&pair) {
            return *probability;
        }
        let probability =
            self.features(one).zip(self.features(other)).map(|(one, other)| MERGER.probability(&one, &other));
        let mut pairs = self.pairs.borrow_mut();
        if pairs.len() >= KEPT_PAIRS {
            pairs.clear();
        }
        pairs.insert(pair, probability);
        probability
    }
}

/// The few most telling words of a report, as [`Account::gist`] keeps them.
pub(crate) fn gist(text: &str, known: Date, dated: bool) -> Vec<u64> {
    features(text, known, dated).gist(GIST)
}

fn features(text: &str, known: Date, dated: bool) -> ReportFeatures {
    ReportFeatures::read(text, dated.then_some(known), MERGER.background())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gist_of_a_report_is_its_telling_words() {
        let day = Date::new(2021, 3, 4).expect("a day");
        let report = "Bombing in Gao kills four\n\nA bomb killed four soldiers of Mali's army near Gao on Thursday, an officer said.";
        let other = "Mali: four soldiers die near Gao\n\nFour soldiers were killed by a bomb near Gao in northern Mali, the army said on Thursday.";
        let (one, two) = (gist(report, day, true), gist(other, day, true));
        assert_eq!(one.len(), GIST);
        assert!(one.iter().filter(|word| two.contains(word)).count() >= 2);
        let [report, other] = [report, other].map(|text| features(text, day, true));
        assert!(MERGER.probability(&report, &other) > 0.5);
    }
}
