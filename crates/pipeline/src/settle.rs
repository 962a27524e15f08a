//! New documents among the old ones: copies of one story are found, and what reports tell of one happening is put together.
//!
//! Everything here is a function of the documents in the record and of what humans said of them: neither the order in which they
//! came nor how they were parted into runs shows in the result, once all are settled. What still has to be done stands in the record,
//! so it can be stopped at any moment.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::fmt;

use watchkeeper_article::near;
use watchkeeper_linkage::over::{Around, CELLS, Counted, Said, merge};
use watchkeeper_record::Moment;
use watchkeeper_record::article::Date;
use watchkeeper_record::incident::Incident;
use watchkeeper_store::{Cluster, DocumentId, Error, Filed, Head, OverItem, Store};

use crate::recorder::Recorder;
use crate::texts::{Kept, Texts, parallel};
use crate::told::{Told, Untold, rows};

/// Copies of a story come out within this many days of one another.
const COPY_DAYS: i32 = 7;
/// Days of a block; copies lie in one block or in two that follow one another.
const BLOCK_DAYS: i32 = COPY_DAYS + 1;
/// Windows of days that are searched together, for each thread.
const WINDOWS_A_JOB: usize = 4;
/// Documents whose accounts are filed together.
const FILED: usize = 1024;
/// Fresh accounts that are merged together: so few, in the order of their days, that the texts of a round fit among those kept.
const MERGED: u32 = 4096;

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
        match copies {
            0 => Ok(()),
            1 => write!(f, ", 1 copy of a story"),
            _ => write!(f, ", {copies} copies of stories"),
        }
    }
}

/// How far settling has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settling {
    /// What is being done, in words.
    pub step: &'static str,
    /// Done of it.
    pub done: usize,
    /// To do in all.
    pub total: usize,
}

impl Recorder {
    /// Settles every document that waits for it.
    ///
    /// Cost: grows with the new documents, with those that came out in the days around them, and with the accounts that share a cell of
    /// time and place with theirs; not with the record.
    ///
    /// # Errors
    /// When the record can't be read or written to.
    pub fn settle(&mut self, now: Moment) -> Result<Settled, Error> {
        self.settle_with(now, &mut |_| true)
    }

    /// As [`Recorder::settle`]; `heard` is told how far it has come and answers whether to go on. Stopped in the middle, or killed, the
    /// next call goes on.
    ///
    /// # Errors
    /// As [`Recorder::settle`].
    pub fn settle_with(
        &mut self,
        now: Moment,
        heard: &mut dyn FnMut(Settling) -> bool,
    ) -> Result<Settled, Error> {
        let Self { store, told: untold, jobs, .. } = self;
        let jobs = *jobs;
        let (mut settled, mut kept) = (Settled::default(), Kept::default());
        store.refile(CELLS, rows)?;
        let waiting = store.waiting()?;
        settled.documents = waiting.len();
        if !waiting.is_empty() && !copies(store, &waiting, now, jobs, heard)? {
            return Ok(settled);
        }
        let fresh: BTreeSet<DocumentId> = waiting.iter().map(|head| head.document).collect();
        // Documents that were settled before may have got another one to stand for them.
        let waiting = store.waiting()?;
        for (number, part) in waiting.chunks(FILED).enumerate() {
            let mut told: Vec<(DocumentId, Vec<Filed>)> = Vec::with_capacity(part.len());
            let snapshot = store.snapshot()?;
            for head in part {
                let found = told_by(store, untold, &mut kept, head)?;
                if fresh.contains(&head.document) {
                    settled.copies += usize::from(found.1);
                    settled.accounts += found.0.len();
                }
                told.push((head.document, found.0));
            }
            drop(snapshot);
            store.put_accounts(&told)?;
            let done = (number * FILED + part.len()).min(waiting.len());
            if !heard(Settling { step: "documents told", done, total: waiting.len() }) {
                return Ok(settled);
            }
        }
        settled.incidents = merged(store, kept, now, jobs, heard)?;
        Ok(settled)
    }

    /// Settles what waits and puts together anew what humans have said something of.
    ///
    /// # Errors
    /// As [`Recorder::settle`].
    pub fn settle_said(&mut self, now: Moment) -> Result<Settled, Error> {
        // Also what an undone correction named: it may part again.
        let named = self.store().ties()?.named;
        self.store_mut().make_fresh(&named)?;
        self.settle(now)
    }
}

/// What a document tells, and whether it is a copy of another.
fn told_by(
    store: &Store,
    untold: &mut Untold,
    kept: &mut Kept,
    head: &Head,
) -> Result<(Vec<Filed>, bool), Error> {
    let kept = untold.take(head, kept);
    let mut told = match kept.filter(|_| !store.is_corrected(head.document).unwrap_or(true)) {
        Some(told) => told,
        None => {
            let shown = store.corrected(head.document)?;
            Told::of(&shown.reading, &head.sha256, Counted { known: head.known, dated: head.dated }).filed
        }
    };
    let story = store.story(head.document)?.filter(|story| *story != head.sha256);
    if let Some(story) = &story {
        for filed in &mut told {
            filed.account.story.clone_from(story);
            filed.rows = rows(&filed.account);
        }
    }
    Ok((told, story.is_some()))
}

/// Merges around the fresh accounts; how many incidents are new or have changed.
fn merged(
    store: &mut Store,
    mut kept: Kept,
    now: Moment,
    jobs: usize,
    heard: &mut dyn FnMut(Settling) -> bool,
) -> Result<usize, Error> {
    let total = store.fresh_count()?;
    if total == 0 {
        return Ok(0);
    }
    let ties = store.ties()?;
    let said = Said { together: ties.together, apart: ties.apart };
    let mut changed = 0;
    // Also those of later rounds: what hung on another may hang on them now.
    let waiting = store.fresh_numbers()?;
    loop {
        let fresh = store.fresh_accounts(MERGED)?;
        if fresh.is_empty() {
            return Ok(changed);
        }
        let snapshot = store.snapshot()?;
        let texts = Texts::with(store, std::mem::take(&mut kept), jobs);
        let mut there: BTreeSet<i64> = fresh.iter().map(|(number, _)| *number).collect();
        let mut around = Around::new(fresh.into_iter().map(|(_, account)| account).collect(), &said);
        while let Some(wanted) = around.wanted() {
            let mut numbers = store.numbers_of(&wanted.rows, &wanted.ids)?;
            numbers.retain(|number| there.insert(*number));
            let accounts = store.accounts_numbered(&numbers)?.into_iter().zip(&numbers);
            around.take(accounts.map(|(one, number)| (one, waiting.contains(number))).collect(), &texts);
        }
        let incidents = around.incidents(&texts);
        kept = texts.into_kept();
        drop(snapshot);
        changed += store.put_incidents(&incidents, now)?;
        let done = total.saturating_sub(store.fresh_count()?);
        if !heard(Settling { step: "accounts merged", done, total }) {
            return Ok(changed);
        }
    }
}

/// The incident of a list's item: as it was merged, or merged anew of what was known by the day that was asked for. `texts` are those of
/// the record that the list is of: hold them over the whole list, since items share reports.
#[must_use]
pub fn incident_of(texts: &Texts<'_>, item: &OverItem) -> Option<Incident> {
    item.whole.clone().or_else(|| {
        let merged = merge(&item.accounts, &Said::default(), texts);
        merged.into_iter().max_by_key(|incident| incident.accounts.len())
    })
}

/// Sets of documents that are copies of one another.
#[derive(Default)]
struct Sets {
    parents: BTreeMap<DocumentId, DocumentId>,
    /// Why a document is in its set: the share of its words, and in words.
    why: BTreeMap<DocumentId, (f64, String)>,
}

impl Sets {
    fn find(&mut self, of: DocumentId) -> DocumentId {
        let mut at = of;
        while let Some(up) = self.parents.get(&at).copied().filter(|up| *up != at) {
            at = up;
        }
        self.parents.insert(of, at);
        at
    }

    fn join(&mut self, one: DocumentId, other: DocumentId) {
        let (one, other) = (self.find(one), self.find(other));
        self.parents.insert(one.max(other), one.min(other));
    }

    fn join_all(&mut self, group: Alike) {
        let first = group[0].0;
        for (document, share, why) in group {
            self.why.entry(document).or_insert((share, why));
            self.join(first, document);
        }
    }
}

/// Finds the copies of stories among the waiting documents and those of the days around them, and keeps them. `false`: stopped.
///
/// Texts are compared that came out within one block of days or two that follow one another; those alike are parted where more than
/// [`COPY_DAYS`] lie between one and the next. So what is a copy of what depends on these documents alone.
fn copies(
    store: &mut Store,
    waiting: &[Head],
    now: Moment,
    jobs: usize,
    heard: &mut dyn FnMut(Settling) -> bool,
) -> Result<bool, Error> {
    let fresh: BTreeSet<DocumentId> = waiting.iter().map(|head| head.document).collect();
    let block = |head: &Head| head.known.days().div_euclid(BLOCK_DAYS);
    let windows: BTreeSet<i32> = waiting.iter().flat_map(|head| [block(head) - 1, block(head)]).collect();
    let windows: Vec<i32> = windows.into_iter().collect();
    let mut sets = Sets::default();
    // The texts of blocks: the second block of a window is the first of the next.
    let mut texts: BTreeMap<i32, Vec<(Head, String)>> = BTreeMap::new();
    let mut done = 0;
    for part in windows.chunks(WINDOWS_A_JOB * jobs) {
        let snapshot = store.snapshot()?;
        texts.retain(|block, _| *block >= part[0]);
        for block in part.iter().flat_map(|window| [*window, window + 1]) {
            if let Entry::Vacant(empty) = texts.entry(block) {
                empty.insert(texts_of(store, block)?);
            }
        }
        drop(snapshot);
        let pairs: Vec<[&[(Head, String)]; 2]> =
            part.iter().map(|window| [*window, window + 1].map(|block| texts[&block].as_slice())).collect();
        for found in parallel(jobs, 1, &pairs, |[first, second]| alike(first, second, &fresh)) {
            found.into_iter().for_each(|group| sets.join_all(group));
        }
        done += part.len();
        if !heard(Settling { step: "weeks searched for copies", done, total: windows.len() }) {
            return Ok(false);
        }
    }
    for document in sets.parents.keys().copied().collect::<Vec<_>>() {
        // Copies found before may lie outside these days.
        for (copy, share, why) in store.copies(document)? {
            sets.why.entry(copy).or_insert((share, why));
            sets.join(document, copy);
        }
    }
    let mut members: BTreeMap<DocumentId, Vec<DocumentId>> = BTreeMap::new();
    for document in sets.parents.keys().copied().collect::<Vec<_>>() {
        members.entry(sets.find(document)).or_default().push(document);
    }
    let mut clusters = Vec::new();
    for set in members.into_values() {
        let mut heads = set.iter().map(|document| store.head(*document)).collect::<Result<Vec<Head>, _>>()?;
        // The one that came out first stands for all.
        heads.sort();
        let first = heads[0].document;
        let before = store.copies(first)?;
        let same = before.first().is_some_and(|copy| copy.0 == first)
            && before.iter().map(|copy| copy.0).collect::<BTreeSet<_>>() == set.iter().copied().collect();
        if same {
            continue;
        }
        let copies = set.into_iter().filter(|document| *document != first);
        let why = |document: DocumentId| sets.why.get(&document).cloned().unwrap_or((1.0, String::new()));
        clusters.push(Cluster {
            representative: first,
            copies: copies.map(|document| (document, why(document).0, why(document).1)).collect(),
        });
    }
    if !clusters.is_empty() {
        store.put_clusters(&clusters, now)?;
    }
    Ok(true)
}

/// The documents of a block of days with their texts.
fn texts_of(store: &Store, block: i32) -> Result<Vec<(Head, String)>, Error> {
    let day = |days: i32| Date::from_days(days);
    let first = block.saturating_mul(BLOCK_DAYS);
    let (Some(since), Some(until)) = (day(first), day(first.saturating_add(BLOCK_DAYS - 1))) else {
        return Ok(Vec::new());
    };
    let heads = store.known_between(since, until)?;
    heads
        .into_iter()
        .map(|head| Ok((store.text(head.document)?, head)))
        .map(|one| one.map(|(text, head)| (head, text)))
        .collect()
}

/// Documents that are copies of one another, the first of them first: the share of its words that each has, and why.
type Alike = Vec<(DocumentId, f64, String)>;

/// The documents of a window that are copies, where a fresh one is among them.
fn alike(first: &[(Head, String)], second: &[(Head, String)], fresh: &BTreeSet<DocumentId>) -> Vec<Alike> {
    let texts: Vec<&(Head, String)> = first.iter().chain(second).collect();
    if texts.len() < 2 || !texts.iter().any(|(head, _)| fresh.contains(&head.document)) {
        return Vec::new();
    }
    let mut index = near::Index::new(near::NearOptions::default());
    // In an order that is theirs, not that of their coming: it decides between equals.
    for (number, (head, text)) in texts.iter().enumerate() {
        index.add_from(near::DocumentId(number as u64), text, head.url.as_deref());
    }
    let mut found = Vec::new();
    for cluster in index.clusters().clusters.iter().filter(|cluster| cluster.members.len() > 1) {
        let of = |member: &near::Member| &texts[member.id.0 as usize].0;
        // Members stand in the order of their days.
        let near_days =
            |a: &near::Member, b: &near::Member| of(b).known.days() - of(a).known.days() <= COPY_DAYS;
        for group in cluster.members.chunk_by(near_days).filter(|group| group.len() > 1) {
            if !group.iter().any(|member| fresh.contains(&of(member).document)) {
                continue;
            }
            let members = group.iter().map(|member| {
                let share = match member.link {
                    Some(near::Link::Near(overlap) | near::Link::Version(overlap)) => overlap.share(0),
                    _ => 1.0,
                };
                (of(member).document, share, member.why())
            });
            found.push(members.collect());
        }
    }
    found
}
