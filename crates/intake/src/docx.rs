//! Text documents of word processors (Office Open XML, ECMA-376 part 1 §17).
//!
//! Paragraphs in order, headings and cells as paragraphs of their own, points of lists after `- `. Deleted passages, codes of
//! fields, comments and footnotes are left out. Entities of a document's own are not read.

use std::io::BufRead;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use watchkeeper_record::Diagnostic;
use watchkeeper_record::page::{Body, Form, Told};

use crate::error::Error;
use crate::sniff::Kind;
use crate::told::{day, plausible_name, plausible_title};
use crate::walk::{Flow, Place, Walk};

impl Walk<'_> {
    pub(crate) fn docx_page(
        &mut self,
        mut place: Place,
        bytes: Vec<u8>,
        document: &[u8],
        core: Option<&[u8]>,
    ) -> Flow {
        let mut text = String::new();
        let mut remarks = Vec::new();
        if let Err(error) = paragraphs(document, &mut text) {
            if text.trim().is_empty() {
                return self.refuse(&place, Some(Kind::Docx), error);
            }
            remarks.push(Diagnostic::document("page-cut", format!("{error}; read up to there")));
        }
        if text.trim().is_empty() {
            return self.refuse(&place, Some(Kind::Docx), Error::NoText);
        }
        if let Some(core) = core {
            properties(core, &mut place.told);
        }
        let mut page = place.page(Form::Docx, bytes);
        page.body = Some(Body { form: Form::Text, bytes: text.into_bytes(), by: "docx-text 1".to_owned() });
        self.page(page, remarks)
    }
}

fn reader<R: BufRead>(bytes: R) -> quick_xml::Reader<R> {
    let mut reader = quick_xml::Reader::from_reader(bytes);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    reader
}

/// Appends a document's paragraphs, an empty line between any two.
fn paragraphs(document: &[u8], text: &mut String) -> Result<(), Error> {
    let mut reader = reader(document);
    let mut buffer = Vec::new();
    let (mut paragraph, mut listed, mut in_text) = (String::new(), false, false);
    // Elements whose content isn't the document's text, and how many of them are open.
    let mut hidden = 0u64;
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(|error| Error::Damaged(error.to_string()))?;
        match event {
            Event::Start(start) => match local(&start) {
                "del" | "moveFrom" | "instrText" | "Fallback" | "delText" | "pict" => hidden += 1,
                "t" => in_text = hidden == 0,
                "p" => flush(&mut paragraph, &mut listed, text),
                "numPr" => listed = true,
                _ => {}
            },
            Event::Empty(start) if hidden == 0 => match local(&start) {
                "tab" => paragraph.push(' '),
                "br" | "cr" => paragraph.push('\n'),
                "noBreakHyphen" => paragraph.push('-'),
                "p" => flush(&mut paragraph, &mut listed, text),
                _ => {}
            },
            Event::End(end) => match end.local_name().as_ref() {
                "del" | "moveFrom" | "instrText" | "Fallback" | "delText" | "pict" => {
                    hidden = hidden.saturating_sub(1);
                }
                "t" => in_text = false,
                "p" => flush(&mut paragraph, &mut listed, text),
                _ => {}
            },
            Event::Text(part) if in_text => paragraph.push_str(&part.xml_content(XmlVersion::Implicit1_0)),
            Event::CData(part) if in_text => paragraph.push_str(&part.xml_content(XmlVersion::Implicit1_0)),
            Event::GeneralRef(name) if in_text => paragraph.extend(character(&name)),
            Event::Eof => break,
            _ => {}
        }
    }
    flush(&mut paragraph, &mut listed, text);
    Ok(())
}

fn flush(paragraph: &mut String, listed: &mut bool, text: &mut String) {
    let trimmed = paragraph.trim();
    if !trimmed.is_empty() {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        if *listed {
            text.push_str("- ");
        }
        text.push_str(trimmed);
    }
    paragraph.clear();
    *listed = false;
}

fn local<'a>(start: &'a BytesStart<'_>) -> &'a str {
    start.local_name().into_inner()
}

/// A numeric reference or one of XML's five names; others stay unread, so that no entity of the document's own is.
fn character(name: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(c)) = name.resolve_char_ref() {
        return Some(c);
    }
    Some(match name.as_ref() {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// Title, author and days of `docProps/core.xml` (ECMA-376 part 2 §8.3). The day of making counts only when it is the day of the
/// last change: templates keep theirs for years.
fn properties(core: &[u8], told: &mut Told) {
    let mut reader = reader(core);
    let mut buffer = Vec::new();
    let (mut field, mut value) = (String::new(), String::new());
    let (mut created, mut modified) = (None, None);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(start)) => {
                field = local(&start).to_owned();
                value.clear();
            }
            Ok(Event::Text(part)) if value.len() < 1000 => {
                value.push_str(&part.xml_content(XmlVersion::Implicit1_0));
            }
            Ok(Event::GeneralRef(name)) => value.extend(character(&name)),
            Ok(Event::End(_)) => {
                let said = value.trim();
                match field.as_str() {
                    "title" if told.title.is_none() => told.title = plausible_title(said),
                    "creator" if told.authors.is_empty() => told.authors.extend(plausible_name(said)),
                    "created" => created = day(said),
                    "modified" => modified = day(said),
                    "language" if said.len() >= 2 => told.language = Some(said.to_owned()),
                    _ => {}
                }
                field.clear();
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    told.updated = told.updated.or(modified);
    if created.is_some() && created == modified {
        told.published = told.published.or(created);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_lists_and_what_is_left_out() {
        let xml = r#"<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>
            <w:document><w:body><w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>A raid</w:t></w:r></w:p>
            <w:p><w:r><w:t xml:space="preserve">Troops </w:t></w:r><w:del><w:r><w:delText>never</w:delText></w:r></w:del>
            <w:r><w:t>came &amp; left&#33;&e;</w:t><w:tab/><w:t>x</w:t></w:r></w:p>
            <w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>one</w:t></w:r></w:p></w:body></w:document>"#;
        let mut text = String::new();
        paragraphs(xml.as_bytes(), &mut text).unwrap();
        assert_eq!(text, "A raid\n\nTroops came & left! x\n\none");
        let mut text = String::new();
        paragraphs(xml.replace("<w:numPr/>", "<w:numPr></w:numPr>").as_bytes(), &mut text).unwrap();
        assert!(text.ends_with("- one"));
    }

    #[test]
    fn properties_tell_what_is_plausible() {
        let mut told = Told::default();
        let core = "<c><dc:title>Raid &amp; reply</dc:title><dc:creator>Admin</dc:creator><x:created>2020-05-03T10:00:00Z</x:created><x:modified>2020-05-03T11:00:00Z</x:modified></c>";
        properties(core.as_bytes(), &mut told);
        assert_eq!(told.title.as_deref(), Some("Raid & reply"));
        assert!(told.authors.is_empty());
        assert_eq!(told.published.map(|day| day.to_string()).as_deref(), Some("2020-05-03"));
    }
}
