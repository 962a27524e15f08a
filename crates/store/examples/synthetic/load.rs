//! Loads invented readings with their accounts and incidents, quickly.
//!
//! What adding costs here is keeping some forty indexes in order: each document touches a hundred of their pages, and each commit writes
//! every page that was touched. So transactions are large, and indexes that only queries need are dropped first and made anew, sorted, at
//! the end. The record is the same as one that was added to.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc;
use std::time::Instant;

use watchkeeper_linkage::over::{Counted, NoTexts, Said, accounts, cells, merge};
use watchkeeper_record::Moment;
use watchkeeper_record::article::Date;
use watchkeeper_record::incident::{Account, Incident};
use watchkeeper_store::{DocumentId, Entry, Filed, Mode, OpenOptions, Prepared, Store, prepare};

use crate::Run;
use crate::synthetic::{Dice, FIRST_DAY, make, published};

/// Documents of a transaction.
const BATCH: usize = 8_192;
/// Days from the first to the last report of an invented incident.
const SPAN_DAYS: i32 = 7;
/// Most reports of one.
const REPORTS_MAX: usize = 8;
/// Indexes that adding itself asks.
const ASKED: [&str; 1] = ["incident_document"];

/// A document on its way in.
struct Ready {
    prepared: Prepared,
    told: Vec<Account>,
}

/// What documents tell.
type Told = Vec<(DocumentId, Vec<Account>)>;

/// Loads documents `from..to` of the world 1.
pub(crate) fn load(path: &Path, from: u64, to: u64) -> Run {
    let start = Instant::now();
    let moment = Moment::start_of(Date::from_days(FIRST_DAY + 5_000).ok_or("a day")?);
    let indexes = indexes()?;
    drop_indexes(path, &indexes)?;
    let mut store =
        Store::open_with(path, &OpenOptions { cache_kib: 524_288, ..OpenOptions::new(Mode::Write) })?;
    store.refile(watchkeeper_linkage::over::CELLS, |_| Vec::new())?;
    // In the order of their days, as archives come.
    let mut numbers: Vec<u64> = (0..to).collect();
    numbers.sort_by_key(|number| (published(1, *number), *number));
    let numbers = &numbers[usize::try_from(from)?..];
    let mut done = 0;
    for batch in numbers.chunks(BATCH) {
        let told = put(&mut store, batch, moment)?;
        join(&mut store, told, moment)?;
        done += batch.len();
        let seconds = start.elapsed().as_secs_f64();
        let cpu = cpu_seconds();
        println!(
            "{done} documents in {seconds:.0} s ({cpu:.0} on the processor), {:.0} a second",
            done as f64 / seconds
        );
    }
    let loaded = start.elapsed().as_secs_f64();
    store.optimise()?;
    let optimised = start.elapsed().as_secs_f64();
    drop(store);
    make_indexes(path, &indexes)?;
    println!(
        "loaded {} in {:.1} s ({:.1} on the processor): {loaded:.1} for the rows, {:.1} for the index of words, {:.1} for the others",
        to - from,
        start.elapsed().as_secs_f64(),
        cpu_seconds(),
        optimised - loaded,
        start.elapsed().as_secs_f64() - optimised,
    );
    Ok(())
}

/// Adds documents in one transaction; gives back what they tell, by document.
fn put(store: &mut Store, numbers: &[u64], moment: Moment) -> Result<Told, Box<dyn std::error::Error>> {
    let (send, receive) = mpsc::sync_channel::<Ready>(512);
    std::thread::scope(|scope| {
        for worker in 0..2 {
            let send = send.clone();
            scope.spawn(move || {
                for number in numbers.iter().skip(worker).step_by(2) {
                    let Some(ready) = ready(*number, moment) else { continue };
                    if send.send(ready).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        let mut told = Vec::with_capacity(numbers.len());
        let mut writer = store.writer();
        for ready in receive {
            let document = writer.put(&ready.prepared)?.document();
            told.push((document, ready.told));
        }
        writer.commit()?;
        Ok(told)
    })
}

fn ready(number: u64, moment: Moment) -> Option<Ready> {
    let made = make(1, number);
    let prepared = prepare(Entry { page: &made.page, reading: &made.reading, moment }).ok()?;
    let (known, dated) = prepared.known();
    let mut told = accounts(&made.reading, Counted { known, dated });
    let mut dice = Dice(number ^ 0x6157);
    let gist: Vec<u64> = (0..5).map(|_| Dice(dice.zipf(60_000)).next()).collect();
    told.iter_mut().for_each(|account| account.gist.clone_from(&gist));
    Some(Ready { prepared, told })
}

/// Joins a third of the accounts to others of the same country in the same week, files all and puts their incidents.
fn join(store: &mut Store, told: Told, moment: Moment) -> Run {
    let mut all: Vec<(DocumentId, Account)> = told
        .iter()
        .flat_map(|(document, accounts)| accounts.iter().map(|account| (*document, account.clone())))
        .collect();
    all.sort_by(|a, b| (a.1.known, &a.1.id).cmp(&(b.1.known, &b.1.id)));
    let mut groups: Vec<Vec<Account>> = Vec::new();
    let mut last: BTreeMap<Option<String>, usize> = BTreeMap::new();
    let mut filed: BTreeMap<DocumentId, Vec<Filed>> =
        told.iter().map(|(document, _)| (*document, Vec::new())).collect();
    for (document, mut account) in all {
        let country = account.place.as_ref().and_then(|place| place.country.clone());
        let mut dice = Dice(account.gist.first().copied().unwrap_or(0) ^ account.known.days() as u64);
        let like = last.get(&country).copied().filter(|at| {
            let group = &groups[*at];
            let founder = &group[0];
            group.len() < REPORTS_MAX
                && account.known.days() - founder.known.days() <= SPAN_DAYS
                && group.iter().all(|other| other.document != account.document)
                && dice.below(3) == 0
        });
        match like {
            Some(at) => {
                let founder = &groups[at][0];
                account.kind = founder.kind;
                account.place.clone_from(&founder.place);
                account.time = founder.time;
                account.perpetrators.clone_from(&founder.perpetrators);
                account.victims.clone_from(&founder.victims);
                groups[at].push(account.clone());
            }
            None => {
                last.insert(country, groups.len());
                groups.push(vec![account.clone()]);
            }
        }
        let mut rows: Vec<i64> = cells(&account).into_iter().map(|cell| cell.row()).collect();
        rows.sort_unstable();
        rows.dedup();
        filed.entry(document).or_default().push(Filed { account, rows });
    }
    let said = Said::default();
    let incidents: Vec<Incident> = groups.iter().flat_map(|group| merge(group, &said, &NoTexts)).collect();
    store.put_accounts(&filed.into_iter().collect::<Vec<_>>())?;
    store.put_incidents(&incidents, moment)?;
    Ok(())
}

/// Name and definition of each index that queries alone need, as today's schema has them.
fn indexes() -> Result<Vec<(String, String)>, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("empty.db");
    drop(Store::open(&path, Mode::Create)?);
    let db = rusqlite::Connection::open(&path)?;
    let mut select =
        db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql LIKE 'CREATE INDEX%'")?;
    let found: Vec<(String, String)> =
        select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
    Ok(found.into_iter().filter(|(name, _)| !ASKED.contains(&name.as_str())).collect())
}

fn drop_indexes(path: &Path, indexes: &[(String, String)]) -> Run {
    let db = rusqlite::Connection::open(path)?;
    for (name, _) in indexes {
        db.execute_batch(&format!("DROP INDEX IF EXISTS {name}"))?;
    }
    Ok(())
}

fn make_indexes(path: &Path, indexes: &[(String, String)]) -> Run {
    let db = rusqlite::Connection::open(path)?;
    db.execute_batch("PRAGMA cache_size = -262144; PRAGMA temp_store = FILE")?;
    for (name, sql) in indexes {
        if !db.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?1")?.exists([name])? {
            db.execute_batch(sql)?;
        }
    }
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

/// Seconds that this process has run on processors; 0 elsewhere than on Linux.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |at: usize| after.split_whitespace().nth(at).and_then(|text| text.parse::<f64>().ok());
    (ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0)) / 100.0
}
