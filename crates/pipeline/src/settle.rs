//! New documents among the old ones: copies of one story are found, and what reports tell of one happening is put together.
//!
//! Everything here is a function of the documents in the record and of what humans said of them: neither the order in which they
//! came nor how they were parted into runs shows in the result, once all are settled.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use watchkeeper_article::near;
use watchkeeper_linkage::over::{Counted, Said, accounts, merge, merge_around};
use watchkeeper_record::Moment;
use watchkeeper_record::article::Date;
use watchkeeper_record::incident::{Account, Incident};
use watchkeeper_store::{Cluster, DocumentId, Error, Filter, OverItem, Sort, Store, Window};

use crate::recorder::Recorder;
use crate::texts::{Texts, gist};

/// Copies of a story come out within this many days of one another.
const COPY_DAYS: i32 = 7;
/// Documents whose accounts are filed together.
const FILED: usize = 512;

/// What settling came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settled {
    /// Documents settled.
    pub documents: usize,
    /// Of these, those that are copies of another one.
    pub copies: usize,
    /// What they tell of happenings.
    pub accounts: usize,
    /// Incidents that are new or have changed.
    pub incidents: usize,
}

impl fmt::Display for Settled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { documents, copies, accounts, incidents } = self;
        write!(
            f,
            "{documents} put among the others: {accounts} accounts of {incidents} new or changed incidents"
        )?;
        if *copies > 0 {
            write!(f, ", {copies} copies of stories")?;
        }
        Ok(())
    }
}

impl Recorder {
    /// Settles every document that waits for it. Stopped in the middle, the next call goes on.
    ///
    /// Cost: grows with the new documents and with those of the days around them; the accounts of the whole record are looked through once.
    ///
    /// # Errors
    /// When the record can't be read or written to.
    pub fn settle(&mut self, now: Moment) -> Result<Settled, Error> {
        let store = self.store_mut();
        let mut settled = Settled::default();
        let mut fresh: BTreeSet<String> = BTreeSet::new();
        let stories = stories(store, now)?;
        let waiting = waiting(store)?;
        if waiting.is_empty() {
            return Ok(settled);
        }
        let mut touched: BTreeSet<DocumentId> = waiting.iter().copied().collect();
        settled.documents = touched.len();
        settled.copies = touched
            .iter()
            .filter(|document| {
                store
                    .copies(**document)
                    .is_ok_and(|copies| copies.first().is_some_and(|first| first.0 != **document))
            })
            .count();
        // Documents that were settled before may have got another one to stand for them.
        touched.extend(stories.keys());
        let touched: Vec<DocumentId> = touched.into_iter().collect();
        for part in touched.chunks(FILED) {
            let mut told: Vec<(DocumentId, Vec<Account>)> = Vec::with_capacity(part.len());
            for document in part {
                let shown = store.corrected(*document)?;
                let counted = counted(store, *document)?;
                let mut found = accounts(&shown.reading, counted);
                let sha = store.sha256(*document)?;
                let story = stories.get(document);
                let gist = gist(&shown.reading.document.text, counted.known, counted.dated);
                for account in &mut found {
                    account.document.clone_from(&sha);
                    account.gist.clone_from(&gist);
                    account.story = story.unwrap_or(&sha).clone();
                    // Those that were with it before may part now.
                    if let Ok(before) = store.incident(&account.id) {
                        fresh.extend(before.accounts);
                    }
                    fresh.insert(account.id.clone());
                }
                settled.accounts += found.len();
                told.push((*document, found));
            }
            store.put_accounts(&told)?;
        }
        settled.incidents = merged(store, fresh, now)?;
        Ok(settled)
    }

    /// Settles what waits and puts together anew what humans have said something of.
    ///
    /// # Errors
    /// As [`Recorder::settle`].
    pub fn settle_said(&mut self, now: Moment) -> Result<Settled, Error> {
        let mut settled = self.settle(now)?;
        // An undone correction names nothing any more: everything is looked at.
        let fresh = self.store().accounts(None)?.into_iter().map(|account| account.id).collect();
        settled.incidents += merged(self.store_mut(), fresh, now)?;
        Ok(settled)
    }
}

/// Merges around accounts; how many incidents are new or have changed.
fn merged(store: &mut Store, mut fresh: BTreeSet<String>, now: Moment) -> Result<usize, Error> {
    let ties = store.ties()?;
    let said = Said { together: ties.together, apart: ties.apart };
    fresh.extend(said.together.iter().flatten().cloned());
    fresh.extend(said.apart.iter().flat_map(|(one, other)| one.iter().chain(other)).cloned());
    let all = store.accounts(None)?;
    let merged = merge_around(&all, &fresh, &said, &Texts::new(store));
    store.put_incidents(&merged, now)
}

/// The incident of a list's item: as it was merged, or merged anew of what was known by the day that was asked for.
#[must_use]
pub fn incident_of(store: &Store, item: &OverItem) -> Option<Incident> {
    item.whole.clone().or_else(|| {
        let merged = merge(&item.accounts, &Said::default(), &Texts::new(store));
        merged.into_iter().max_by_key(|incident| incident.accounts.len())
    })
}

/// Every document that waits.
fn waiting(store: &Store) -> Result<Vec<DocumentId>, Error> {
    store.unmerged(u32::MAX)
}

/// The day from which a document counts.
fn counted(store: &Store, document: DocumentId) -> Result<Counted, Error> {
    let item = store.show_document(document)?.item;
    Ok(Counted { known: item.source.known, dated: item.source.dated })
}

/// Finds the copies of stories among the waiting documents and those of the days around them, keeps them, and says for each
/// document that has copies which one stands for it (its SHA-256).
fn stories(store: &mut Store, now: Moment) -> Result<BTreeMap<DocumentId, String>, Error> {
    let fresh: BTreeSet<DocumentId> = waiting(store)?.into_iter().collect();
    let mut days: BTreeSet<Date> = BTreeSet::new();
    for document in &fresh {
        let known = counted(store, *document)?.known;
        for shift in -COPY_DAYS..=COPY_DAYS {
            days.extend(known.plus_days(shift));
        }
    }
    // In an order that is theirs, not that of their coming: it decides between equals.
    let mut around: Vec<(Date, String, DocumentId, Option<String>)> = Vec::new();
    for (from, until) in spans(&days) {
        let filter = Filter { known_since: Some(from), known_until: Some(until), ..Filter::default() };
        let mut window = Window { limit: 500, ..Window::first(Sort::Known) };
        loop {
            let listed = store.documents(&filter, &window)?;
            around.extend(listed.items.into_iter().map(|item| {
                (item.source.known, item.source.document, DocumentId(item.number), item.source.url)
            }));
            match listed.next {
                Some(next) => window.after = Some(next),
                None => break,
            }
        }
    }
    around.sort();
    let mut index = near::Index::new(near::NearOptions::default());
    for (number, (_, _, document, url)) in around.iter().enumerate() {
        let text = store.reading(*document)?.document.text;
        index.add_from(near::DocumentId(number as u64), &text, url.as_deref());
    }
    let mut stories = BTreeMap::new();
    let mut clusters = Vec::new();
    for cluster in index.clusters().clusters.iter().filter(|cluster| cluster.members.len() > 1) {
        let of = |id: near::DocumentId| &around[id.0 as usize];
        if !cluster.members.iter().any(|member| fresh.contains(&of(member.id).2)) {
            continue;
        }
        let mut members: BTreeMap<DocumentId, (f64, String)> = BTreeMap::new();
        for member in &cluster.members {
            let share = match member.link {
                Some(near::Link::Near(overlap) | near::Link::Version(overlap)) => overlap.share(0),
                _ => 1.0,
            };
            let document = of(member.id).2;
            members.insert(document, (share, member.why()));
            // Copies found before lie outside these days, perhaps.
            for (copy, share, why) in store.copies(document)? {
                members.entry(copy).or_insert((share, why));
            }
        }
        // The one that came out first stands for all.
        let mut dated = Vec::with_capacity(members.len());
        for document in members.keys() {
            dated.push((counted(store, *document)?.known, store.sha256(*document)?, *document));
        }
        let Some((_, story, first)) = dated.into_iter().min() else { continue };
        stories.extend(members.keys().map(|document| (*document, story.clone())));
        let copies = members.into_iter().filter(|(document, _)| *document != first);
        clusters.push(Cluster {
            representative: first,
            copies: copies.map(|(document, (share, why))| (document, share, why)).collect(),
        });
    }
    if !clusters.is_empty() {
        store.put_clusters(&clusters, now)?;
    }
    Ok(stories)
}

/// Runs of days.
fn spans(days: &BTreeSet<Date>) -> Vec<(Date, Date)> {
    let mut spans: Vec<(Date, Date)> = Vec::new();
    for day in days {
        match spans.last_mut() {
            Some((_, until)) if until.days() + 1 == day.days() => *until = *day,
            _ => spans.push((*day, *day)),
        }
    }
    spans
}
