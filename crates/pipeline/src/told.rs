//! What a document tells of happenings, as merging needs it: made where it is read, so that settling needn't read it once more.
//!
//! What is kept here can be made again from the record at any time ([`Told::of`] is a function of the reading alone), and is kept of
//! so many documents only that memory stays bounded.

use std::collections::BTreeMap;
use std::sync::Arc;

use watchkeeper_linkage::merge::ReportFeatures;
use watchkeeper_linkage::over::{Cell, Counted, GIST, accounts, cells};
use watchkeeper_record::Reading;
use watchkeeper_record::incident::Account;
use watchkeeper_record::span::Quote;
use watchkeeper_store::{DocumentId, Filed, Head};

use crate::texts::{KEPT_TERMS, Kept, features};

/// Accounts that are kept at once, one or two kilobytes each.
const KEPT_ACCOUNTS: usize = 1 << 15;

/// What one document tells.
#[derive(Debug)]
pub(crate) struct Told {
    /// Each of its own story.
    pub(crate) filed: Vec<Filed>,
    counted: Counted,
    /// What its text is compared by; `None` where it tells nothing.
    features: Option<Arc<ReportFeatures>>,
}

impl Told {
    /// What a reading tells of the document with these bytes.
    pub(crate) fn of(reading: &Reading<Quote>, sha256: &str, counted: Counted) -> Self {
        let mut accounts = accounts(reading, counted);
        if accounts.is_empty() {
            return Self { filed: Vec::new(), counted, features: None };
        }
        let features = features(&reading.document.text, counted.known, counted.dated);
        let gist = features.gist(GIST);
        for account in &mut accounts {
            account.gist.clone_from(&gist);
            sha256.clone_into(&mut account.document);
            sha256.clone_into(&mut account.story);
        }
        let filed = accounts.into_iter().map(|account| Filed { rows: rows(&account), account });
        Self { filed: filed.collect(), counted, features: Some(Arc::new(features)) }
    }

    /// Different words of its text.
    fn terms(&self) -> usize {
        self.features.as_ref().map_or(0, |features| features.terms())
    }
}

/// The rows of an account's cells.
pub(crate) fn rows(account: &Account) -> Vec<i64> {
    cells(account).into_iter().map(Cell::row).collect()
}

/// What new documents tell that wasn't settled yet.
#[derive(Debug, Default)]
pub(crate) struct Untold {
    told: BTreeMap<DocumentId, Told>,
    accounts: usize,
    /// Different words of all texts.
    terms: usize,
}

impl Untold {
    /// Keeps what a document tells, while there is room.
    pub(crate) fn keep(&mut self, document: DocumentId, told: Told) {
        let (accounts, terms) = (self.accounts + told.filed.len(), self.terms + told.terms());
        if accounts <= KEPT_ACCOUNTS && terms <= KEPT_TERMS {
            (self.accounts, self.terms) = (accounts, terms);
            self.told.insert(document, told);
        }
    }

    /// Takes what a document tells, if it is kept and counts from the same day; its text's features go to `kept`.
    pub(crate) fn take(&mut self, head: &Head, kept: &mut Kept) -> Option<Vec<Filed>> {
        let told = self.told.remove(&head.document)?;
        self.accounts -= told.filed.len();
        self.terms -= told.terms();
        if told.counted != (Counted { known: head.known, dated: head.dated }) {
            return None;
        }
        if let Some(features) = told.features {
            kept.keep(&head.sha256, features);
        }
        Some(told.filed)
    }
}
