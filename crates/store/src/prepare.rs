//! Everything that adding a document needs and that needs no database: checking, hashing, packing. Runs in any thread.

use watchkeeper_record::article::Date;
use watchkeeper_record::reading::Reading;
use watchkeeper_record::span::Quote;
use watchkeeper_record::{Moment, RawPage, check};

use crate::error::Error;
use crate::pack::{digest, hex, pack, sha256};
use crate::rows::{Rows, rows};

/// A document as the other rooms made it.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// As it came in.
    pub page: &'a RawPage,
    /// What was read out of it.
    pub reading: &'a Reading<Quote>,
    /// Now.
    pub moment: Moment,
}

/// A document ready to be written. Holds packed bytes and the rows that queries need.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub(crate) moment: Moment,
    pub(crate) sha256: [u8; 32],
    pub(crate) origin: Origin,
    pub(crate) page: PagePart,
    pub(crate) article: ArticlePart,
    pub(crate) pipeline: PipelinePart,
    pub(crate) json: Vec<u8>,
    pub(crate) json_size: i64,
    pub(crate) rows: Rows,
}

/// Where a page came from.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) origin: String,
    pub(crate) fetched: Option<i64>,
    pub(crate) http: Option<String>,
    pub(crate) told: Option<String>,
}

/// The page's bytes.
#[derive(Debug, Clone)]
pub(crate) struct PagePart {
    pub(crate) form: String,
    pub(crate) size: i64,
    pub(crate) bytes: Vec<u8>,
    pub(crate) body: Option<(String, String, i64, Vec<u8>)>,
}

/// The clean text and its head.
#[derive(Debug, Clone)]
pub(crate) struct ArticlePart {
    pub(crate) digest: [u8; 32],
    pub(crate) reading_id: String,
    pub(crate) title: Option<String>,
    pub(crate) byline: String,
    pub(crate) outlet: Option<String>,
    pub(crate) published: Option<(i32, i32, &'static str)>,
    pub(crate) updated: Option<i32>,
    pub(crate) language: String,
    pub(crate) url: Option<String>,
    pub(crate) text: String,
    /// `None`: the page's readable bytes are the text.
    pub(crate) packed: Option<Vec<u8>>,
}

/// Program, weights and options.
#[derive(Debug, Clone)]
pub(crate) struct PipelinePart {
    pub(crate) version: String,
    pub(crate) weights: String,
    pub(crate) options: String,
    pub(crate) digest: [u8; 32],
}

impl Prepared {
    /// SHA-256 of the page's bytes, hex: the document's id in the record.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex(&self.sha256)
    }

    /// From when the document counts if it is new: its last possible day of publication, or the day on which it is added; and whether
    /// that is its own day.
    #[must_use]
    pub fn known(&self) -> (Date, bool) {
        let own = self.article.published.and_then(|published| Date::from_days(published.1));
        (own.unwrap_or_else(|| self.moment.date()), own.is_some())
    }
}

/// Checks a document and makes it ready to be written.
///
/// Cost: linear in page and reading; about a millisecond for an ordinary article.
///
/// # Errors
/// [`Error::Breach`] when the reading breaks its contract.
pub fn prepare(entry: Entry<'_>) -> Result<Prepared, Error> {
    let Entry { page, reading, moment } = entry;
    let sha = sha256(&page.bytes);
    let mut breaches = check::breaches(reading);
    let published = reading.document.published.as_ref().and_then(|range| {
        let (start, end) = (range.start.parse::<Date>().ok()?, range.end.parse::<Date>().ok()?);
        (start <= end).then(|| (start.days(), end.days(), range.basis.as_str()))
    });
    if published.is_none() && reading.document.published.is_some() {
        breaches.push("document: the range of its publication is not two days in order".to_owned());
    }
    if !breaches.is_empty() {
        return Err(Error::Breach { document: hex(&sha), breaches });
    }
    let head = &reading.document;
    let text = head.text.clone();
    let packed = (page.readable().1 != text.as_bytes()).then(|| pack(text.as_bytes()));
    let url =
        page.told.url.clone().or_else(|| page.http.as_ref().map(|http| http.url.clone())).or_else(|| {
            ["http://", "https://"]
                .iter()
                .any(|scheme| page.origin.starts_with(scheme))
                .then(|| page.origin.clone())
        });
    let updated = page.told.updated.map(Date::days);
    let byline = json(&head.byline);
    let days = published.map_or(String::new(), |(start, end, basis)| format!("{start} {end} {basis}"));
    let digest_of_article = digest(&[
        head.id.as_bytes(),
        json(&head.title).as_bytes(),
        byline.as_bytes(),
        json(&head.outlet).as_bytes(),
        days.as_bytes(),
        json(&updated).as_bytes(),
        head.language.as_bytes(),
        json(&url).as_bytes(),
        text.as_bytes(),
    ]);
    let made_by = &reading.produced_by;
    let (weights, options) = (json(&made_by.weights), json(&made_by.options));
    let pipeline = PipelinePart {
        digest: digest(&[made_by.version.as_bytes(), weights.as_bytes(), options.as_bytes()]),
        version: made_by.version.clone(),
        weights,
        options,
    };
    let mut bare = reading.clone();
    bare.document.text = String::new();
    let bare = json(&bare);
    Ok(Prepared {
        moment,
        sha256: sha,
        origin: Origin {
            origin: page.origin.clone(),
            fetched: page.fetched.map(Moment::unix),
            http: page.http.as_ref().map(json),
            told: (page.told != watchkeeper_record::page::Told::default()).then(|| json(&page.told)),
        },
        page: PagePart {
            form: form_word(page.form),
            size: page.bytes.len() as i64,
            bytes: pack(&page.bytes),
            body: page.body.as_ref().map(|body| {
                (form_word(body.form), body.by.clone(), body.bytes.len() as i64, pack(&body.bytes))
            }),
        },
        article: ArticlePart {
            digest: digest_of_article,
            reading_id: head.id.clone(),
            title: head.title.clone(),
            byline,
            outlet: head.outlet.clone(),
            published,
            updated,
            language: head.language.clone(),
            url,
            text,
            packed,
        },
        pipeline,
        json_size: bare.len() as i64,
        json: pack(bare.as_bytes()),
        rows: rows(reading),
    })
}

/// The word of a form as it is written in the file.
fn form_word(form: watchkeeper_record::page::Form) -> String {
    json(&form).trim_matches('"').to_owned()
}

pub(crate) fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("the record's types are plain: no map with keys that aren't strings")
}
