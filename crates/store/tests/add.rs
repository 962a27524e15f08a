//! Adding documents and getting them back.

mod synthetic;

use synthetic::make;
use watchkeeper_record::Moment;
use watchkeeper_store::{Entry, Error, Filter, Mode, Prepared, Put, Sort, Store, Window, prepare};

fn moment(seconds: i64) -> Moment {
    Moment::from_unix(1_700_000_000 + seconds).expect("a moment")
}

fn prepared(number: u64) -> Prepared {
    let made = make(1, number);
    prepare(Entry { page: &made.page, reading: &made.reading, moment: moment(0) })
        .expect("it keeps the contract")
}

#[test]
fn a_document_comes_back_as_it_went_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("w.db");
    let mut store = Store::open(&path, Mode::Create).expect("a new record");
    let mut writer = store.writer();
    for number in 0..40 {
        let put = writer.put(&prepared(number)).expect("room");
        assert!(matches!(put, Put::New(_)));
    }
    writer.commit().expect("durable");
    drop(writer);
    drop(store);
    let store = Store::open(&path, Mode::Read).expect("it opens again");
    assert_eq!(store.count().expect("readable"), 40);
    for number in 0..40 {
        let made = make(1, number);
        let id = store.find_document(&prepared(number).sha256()[..12]).expect("known by twelve digits");
        assert!(store.page(id).expect("a page") == made.page, "{number}");
        assert!(store.reading(id).expect("a reading") == made.reading, "{number}");
        assert_eq!(store.find_document(&made.reading.document.id).expect("known by its reading"), id);
    }
}

#[test]
fn the_same_bytes_are_one_document_with_two_origins() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = Store::open(&folder.path().join("w.db"), Mode::Create).expect("a new record");
    let mut writer = store.writer();
    let first = writer.put(&prepared(1)).expect("room").document();
    assert_eq!(writer.put(&prepared(1)).expect("room"), Put::Same { document: first, new_origin: false });
    writer.commit().expect("durable");
    let mut made = make(1, 1);
    made.page.origin = "elsewhere.txt".to_owned();
    let again =
        prepare(Entry { page: &made.page, reading: &made.reading, moment: moment(5) }).expect("sound");
    assert_eq!(writer.put(&again).expect("room"), Put::Same { document: first, new_origin: true });
    made.reading.produced_by.version = "2".to_owned();
    made.reading.document.title = Some("Another headline".to_owned());
    let reread =
        prepare(Entry { page: &made.page, reading: &made.reading, moment: moment(9) }).expect("sound");
    assert_eq!(writer.put(&reread).expect("room"), Put::Reread(first));
    writer.commit().expect("durable");
    drop(writer);
    assert_eq!(store.count().expect("readable"), 1);
    assert_eq!(store.origins(first).expect("readable").len(), 2);
    let readings = store.readings(first).expect("readable");
    assert_eq!(readings.iter().map(|one| one.current).collect::<Vec<_>>(), [false, true]);
    assert!(store.reading(first).expect("a reading") == made.reading);
    assert!(store.has(&again.sha256(), "elsewhere.txt").expect("readable"));
}

#[test]
fn what_was_not_committed_is_not_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = Store::open(&folder.path().join("w.db"), Mode::Create).expect("a new record");
    let mut writer = store.writer();
    writer.put(&prepared(1)).expect("room");
    writer.commit().expect("durable");
    writer.put(&prepared(2)).expect("room");
    drop(writer);
    assert_eq!(store.count().expect("readable"), 1);
}

#[test]
fn a_fetched_page_keeps_all_that_is_known_of_it() {
    use watchkeeper_record::page::{Body, Exchange, Form, RawPage, Told};
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = Store::open(&folder.path().join("w.db"), Mode::Create).expect("a new record");
    let made = make(1, 3);
    let page = RawPage {
        origin: "day.warc.gz#17".to_owned(),
        form: Form::Pdf,
        bytes: vec![0, 255, 7, 13, 10],
        body: Some(Body { form: Form::Text, bytes: made.page.bytes.clone(), by: "pdf-text 1".to_owned() }),
        fetched: Some(moment(-500)),
        http: Some(Exchange {
            url: "https://courier.example/a".to_owned(),
            status: 200,
            redirects: vec![("http://courier.example/a".to_owned(), 301)],
            headers: vec![("content-type".to_owned(), "application/pdf".to_owned())],
        }),
        told: Told { title: Some("A headline".to_owned()), ..Told::default() },
    };
    let mut writer = store.writer();
    let ready = prepare(Entry { page: &page, reading: &made.reading, moment: moment(0) }).expect("sound");
    let id = writer.put(&ready).expect("room").document();
    writer.commit().expect("durable");
    drop(writer);
    assert!(store.page(id).expect("a page") == page);
    assert!(store.reading(id).expect("a reading") == made.reading);
    let listed = store.documents(&Filter::default(), &Window::first(Sort::Known)).expect("readable").items;
    assert_eq!(listed[0].source.url.as_deref(), Some("https://courier.example/a"));
    assert_eq!(store.verify(&mut |_, _| {}).expect("readable").findings, []);
}

#[test]
fn a_reading_that_breaks_its_contract_is_refused() {
    let mut made = make(1, 4);
    made.reading.events[0].trigger.start += 1;
    let refused = prepare(Entry { page: &made.page, reading: &made.reading, moment: moment(0) });
    assert!(matches!(refused, Err(Error::Breach { .. })));
}
