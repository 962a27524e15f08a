//! Characters, entities and tags in the texts of feeds.

use quick_xml::escape::{resolve_html5_entity, resolve_predefined_entity};

/// Longest name of a character that HTML knows, with room.
const NAME_BYTES_MAX: usize = 40;

/// What `&name;` or `&#number;` stands for; `None` for what only a document type could tell.
pub(crate) fn entity(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        let c = char::from_u32(code)?;
        // Control characters have no place in a text.
        let c = if c.is_control() && !matches!(c, '\n' | '\t' | '\r') { ' ' } else { c };
        return Some(c.to_string());
    }
    resolve_predefined_entity(name).or_else(|| resolve_html5_entity(name)).map(str::to_owned)
}

/// Undoes one level of escaping; what isn't an entity stays as it is.
pub(crate) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let most = rest.floor_char_boundary(NAME_BYTES_MAX);
        let found = rest[..most].find(';').and_then(|end| Some((end, entity(&rest[1..end])?)));
        match found {
            Some((end, character)) => {
                out.push_str(&character);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// Makes plain text fit to stand in HTML.
pub(crate) fn escape(text: &str) -> String {
    quick_xml::escape::minimal_escape(text).into_owned()
}

/// The text of HTML on one line: tags dropped, entities undone, white space made single. `5 < 6` has no tag.
pub(crate) fn plain(html: &str) -> String {
    let mut bare = String::with_capacity(html.len());
    let mut rest = html;
    let last = html.rfind('>').unwrap_or(0);
    while let Some(at) = rest.find('<') {
        bare.push_str(&rest[..at]);
        rest = &rest[at..];
        let is_closed = html.len() - rest.len() < last;
        let is_tag =
            is_closed && rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
        match is_tag.then(|| rest.find('>')).flatten() {
            Some(end) => {
                bare.push(' ');
                rest = &rest[end + 1..];
            }
            None => {
                bare.push('<');
                rest = &rest[1..];
            }
        }
    }
    bare.push_str(rest);
    one_line(&unescape(&bare))
}

/// White space made single, none at the ends.
pub(crate) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_made_plain() {
        for (html, text) in [
            ("Troops <b>cross</b> the river", "Troops cross the river"),
            ("5 < 6 &amp; 7 > 3", "5 < 6 & 7 > 3"),
            ("A&nbsp;B &#8211; &#x41; &bogus; &", "A B – A &bogus; &"),
            ("<!-- x -->a<br/>b", "a b"),
            ("an open <a href='x", "an open <a href='x"),
            ("&ééééééééééééééééééééééééééééééé;", "&ééééééééééééééééééééééééééééééé;"),
            ("&#0;&#xd800;x", "&#xd800;x"),
        ] {
            assert_eq!(plain(html), text, "{html}");
        }
    }

    #[test]
    fn unclosed_marks_take_no_quadratic_time() {
        let started = std::time::Instant::now();
        let _ = plain(&"<a".repeat(500_000));
        let _ = plain(&"&a".repeat(500_000));
        assert!(started.elapsed() < std::time::Duration::from_secs(2), "{:?}", started.elapsed());
    }
}
