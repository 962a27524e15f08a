//! What a document tells of happenings, as merging needs it: made where it is read, so that settling needn't read it once more.
//!
//! What is kept here can be made again from the record at any time ([`Told::of`] is a function of the reading alone), and is kept of
//! so many documents only that memory stays bounded.

use std::collections::BTreeMap;
use std::sync::Arc;

use watchkeeper_linkage::merge::ReportFeatures;
use watchkeeper_linkage::over::{Counted, GIST, accounts};
use watchkeeper_record::Reading;
use watchkeeper_record::incident::Account;
use watchkeeper_record::span::Quote;
use watchkeeper_store::{DocumentId, Head};

use crate::texts::{Kept, features};

/// Accounts that are kept at once, one or two kilobytes each.
const KEPT_ACCOUNTS: usize = 1 << 15;

/// What one document tells.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Each of its own story.
    pub(crate) accounts: Vec<Account>,
    counted: Option<Counted>,
    /// What its text is compared by; `None` where it tells nothing.
    features: Option<Arc<ReportFeatures>>,
}

impl Told {
    /// What a reading tells of the document with these bytes.
    pub(crate) fn of(reading: &Reading<Quote>, sha256: &str, counted: Counted) -> Self {
        let mut accounts = accounts(reading, counted);
        if accounts.is_empty() {
            return Self { accounts, counted: Some(counted), features: None };
        }
        let features = features(&reading.document.text, counted.known, counted.dated);
        let gist = features.gist(GIST);
        for account in &mut accounts {
            account.gist.clone_from(&gist);
            sha256.clone_into(&mut account.document);
            sha256.clone_into(&mut account.story);
        }
        Self { accounts, counted: Some(counted), features: Some(Arc::new(features)) }
    }
}

/// What new documents tell that wasn't settled yet.
#[derive(Debug, Default)]
pub(crate) struct Untold {
    told: BTreeMap<DocumentId, Told>,
    accounts: usize,
}

impl Untold {
    /// Keeps what a document tells, while there is room.
    pub(crate) fn keep(&mut self, document: DocumentId, told: Told) {
        if self.accounts + told.accounts.len() <= KEPT_ACCOUNTS {
            self.accounts += told.accounts.len();
            self.told.insert(document, told);
        }
    }

    /// Takes what a document tells, if it is kept and counts from the same day; its text's features go to `kept`.
    pub(crate) fn take(&mut self, head: &Head, kept: &mut Kept) -> Option<Vec<Account>> {
        let told = self.told.remove(&head.document)?;
        self.accounts -= told.accounts.len();
        if told.counted != Some(Counted { known: head.known, dated: head.dated }) {
            return None;
        }
        if let Some(features) = told.features {
            kept.keep(&head.sha256, features);
        }
        Some(told.accounts)
    }
}
