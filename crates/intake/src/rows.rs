//! Rows of tables and objects of JSON: which column is what, and the page of a row.

use std::ops::ControlFlow;

use watchkeeper_record::Diagnostic;
use watchkeeper_record::page::{Body, Form};

use crate::error::Error;
use crate::limits::Columns;
use crate::sniff::{Kind, sniff};
use crate::told::{day, one_line};
use crate::walk::{Flow, Link, Place, Walk};

/// Usual names, in the order in which they are tried; blanks and hyphens count as `_`.
const TEXT: &[&str] = &[
    "text",
    "body",
    "content",
    "full_text",
    "fulltext",
    "article_text",
    "article_body",
    "articlebody",
    "article",
    "story",
    "content_text",
    "content_html",
    "maintext",
    "main_text",
    "raw_text",
    "html",
    "raw_html",
    "document",
    "report",
    "notes",
    "description",
    "summary",
];
const TITLE: &[&str] = &["title", "headline", "heading", "name", "subject"];
const DATE: &[&str] = &[
    "published",
    "published_at",
    "publish_date",
    "published_date",
    "date_published",
    "datepublished",
    "publication_date",
    "pub_date",
    "pubdate",
    "date",
    "event_date",
    "datetime",
    "timestamp",
    "created_at",
    "time",
];
const URL: &[&str] =
    &["url", "link", "href", "uri", "canonical_url", "source_url", "article_url", "web_url", "permalink"];
const OUTLET: &[&str] = &[
    "outlet",
    "publisher",
    "publication",
    "source_name",
    "source",
    "site",
    "site_name",
    "newspaper",
    "domain",
];
const AUTHOR: &[&str] = &["author", "authors", "byline", "creator", "writer"];
const ID: &[&str] = &["id", "doc_id", "document_id", "article_id", "uuid", "guid", "key"];
const LANGUAGE: &[&str] = &["language", "lang"];

/// Which column is what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Roles {
    pub(crate) text: Option<usize>,
    pub(crate) title: Option<usize>,
    pub(crate) date: Option<usize>,
    pub(crate) url: Option<usize>,
    pub(crate) outlet: Option<usize>,
    pub(crate) author: Option<usize>,
    pub(crate) id: Option<usize>,
    pub(crate) language: Option<usize>,
}

impl Roles {
    /// Finds the columns by the names asked for, else by usual ones.
    ///
    /// # Errors
    /// [`Error::NoColumn`] where one asked for isn't there, or there is neither a text nor an address.
    pub(crate) fn find(names: &[String], asked: &Columns) -> Result<Self, Error> {
        let plain: Vec<String> = names.iter().map(|name| normal(name)).collect();
        let column = |asked: &Option<String>, usual: &[&str]| match asked {
            Some(name) => {
                let exact = names.iter().position(|there| there == name);
                let at = exact.or_else(|| plain.iter().position(|there| *there == normal(name)));
                let missing =
                    || Error::NoColumn { wanted: format!("column `{name}`"), columns: names.to_vec() };
                at.map(Some).ok_or_else(missing)
            }
            None => Ok(usual.iter().find_map(|usual| plain.iter().position(|there| there == usual))),
        };
        let roles = Self {
            text: column(&asked.text, TEXT)?,
            title: column(&asked.title, TITLE)?,
            date: column(&asked.date, DATE)?,
            url: column(&asked.url, URL)?,
            outlet: column(&asked.outlet, OUTLET)?,
            author: column(&asked.author, AUTHOR)?,
            id: column(&asked.id, ID)?,
            language: column(&asked.language, LANGUAGE)?,
        };
        if roles.text.is_none() && roles.url.is_none() {
            return Err(Error::NoColumn {
                wanted: "text column (name it with --text-column)".to_owned(),
                columns: names.to_vec(),
            });
        }
        Ok(roles)
    }
}

fn normal(name: &str) -> String {
    name.trim().trim_matches('"').to_lowercase().replace([' ', '-'], "_")
}

/// The values of one row; what isn't there is empty.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) text: String,
    pub(crate) title: String,
    pub(crate) date: String,
    pub(crate) url: String,
    pub(crate) outlet: String,
    pub(crate) authors: Vec<String>,
    pub(crate) id: String,
    pub(crate) language: String,
    /// The row as a JSON object.
    pub(crate) source: Vec<u8>,
}

impl Walk<'_> {
    /// Gives a row as a page, or as a link where it has an address and no text.
    pub(crate) fn row(&mut self, place: &Place, number: u64, row: Row, kind: Option<Kind>) -> Flow {
        let id = one_line(&row.id, 100);
        let mut record = if id.is_empty() { place.record(number) } else { place.record(&id) };
        let mut remarks = Vec::new();
        let told = &mut record.told;
        let said = |value: &str, most| Some(one_line(value, most)).filter(|value| !value.is_empty());
        told.title = said(&row.title, 500);
        told.outlet = said(&row.outlet, 200);
        told.url = said(&row.url, 4000);
        told.language = said(&row.language, 35);
        told.authors = row.authors.iter().filter_map(|author| said(author, 200)).collect();
        if !row.date.trim().is_empty() {
            told.published = day(&row.date);
            if told.published.is_none() {
                let message = format!("the date `{}` was not read", one_line(&row.date, 60));
                remarks.push(Diagnostic::document("told-date-unread", message));
            }
        }
        if row.text.trim().is_empty() {
            return match record.told.url.clone() {
                Some(url) => self.link(Link { origin: record.origin, url, told: record.told }),
                None => self.refuse(&record, kind, Error::NoText),
            };
        }
        let head = &row.text.as_bytes()[..row.text.len().min(4096)];
        let tags = ["</p>", "<br", "</div>", "<p>", "</a>"];
        let html = sniff(head, None) == Kind::Html
            || tags.iter().filter(|tag| memchr::memmem::find(head, tag.as_bytes()).is_some()).count() >= 2;
        let form = if html { Form::Html } else { Form::Text };
        if html {
            record.told.charset = Some("utf-8".to_owned());
        }
        let mut page = record.page(Form::Row, row.source);
        page.body = Some(Body { form, bytes: row.text.into_bytes(), by: "row-text 1".to_owned() });
        self.page(page, remarks)?;
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name_or_guess() {
        let names = ["ID", "Full Text", "Head-Line", "headline", "URL"].map(str::to_owned);
        let roles = Roles::find(&names, &Columns::default()).unwrap();
        assert_eq!((roles.text, roles.title, roles.url, roles.id), (Some(1), Some(3), Some(4), Some(0)));
        let asked = Columns { text: Some("body".to_owned()), ..Columns::default() };
        let error = Roles::find(&names, &asked).unwrap_err().to_string();
        assert_eq!(error, "has no column `body`; its columns are: ID, Full Text, Head-Line, headline, URL");
        assert!(Roles::find(&["a".to_owned()], &Columns::default()).is_err());
    }
}
