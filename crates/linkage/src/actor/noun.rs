//! The words of a noun phrase looked up in the lexicon: which noun heads it, in which number, and how it is pointed to.

use std::ops::Range;

use watchkeeper_record::Document;
use watchkeeper_record::document::{Dep, Pos, Tag, TokenIndex};

use crate::registry::{Agent, Office, Registry};

/// The longest noun of the lexicon that ends at a token, with the token it begins at.
pub(super) fn agent(
    doc: &Document,
    registry: &Registry,
    head: TokenIndex,
    from: TokenIndex,
) -> Option<(TokenIndex, Agent)> {
    let mut best = None;
    let mut words = String::new();
    for length in 0..registry.longest_agent() as TokenIndex {
        let Some(start) = head.checked_sub(length).filter(|start| *start >= from) else { break };
        let word = doc.token(start);
        if length > 0
            && !matches!(
                word.pos,
                Pos::Noun | Pos::Propn | Pos::Adj | Pos::Verb | Pos::Adp | Pos::Punct | Pos::Part
            )
        {
            break;
        }
        let form = if length == 0 { lemma(doc, start) } else { word.text.as_str().to_lowercase() };
        let joined = if words.is_empty() {
            form
        } else if form == "-" || words.starts_with('-') || words.starts_with("'s") {
            format!("{form}{words}")
        } else {
            format!("{form} {words}")
        };
        words = joined;
        // A form of its own counts before the base form: `forces` isn't `force`.
        let own = (length == 0).then(|| registry.agent(&word.text.to_lowercase())).flatten();
        if let Some(agent) = own.or_else(|| registry.agent(&words)) {
            best = Some((start, agent));
        }
    }
    best
}

/// The base form of a token in lower case; nouns with a capital, which the language layer leaves as they are, lose a plural `s`.
pub(super) fn lemma(doc: &Document, token: TokenIndex) -> String {
    let word = doc.token(token);
    let lower = word.lemma.as_str().to_lowercase();
    if word.pos == Pos::Propn && word.tag == Tag::Nnps && lower.ends_with('s') && lower.len() > 3 {
        lower[..lower.len() - 1].to_owned()
    } else {
        lower
    }
}

/// The longest title that begins at the start of a range: its number of tokens and what it is.
pub(super) fn longest_office(
    doc: &Document,
    registry: &Registry,
    tokens: Range<TokenIndex>,
) -> Option<(TokenIndex, Office)> {
    let mut words = String::new();
    let mut best = None;
    for token in tokens.clone().take(registry.longest_office() + 2) {
        let form = lemma(doc, token);
        let text = doc.token(token).text.to_lowercase();
        let hyphen = text == "-";
        if !(words.is_empty() || words.ends_with('-') || hyphen) {
            words.push(' ');
        }
        let before = words.len();
        words.push_str(&text);
        let length = token + 1 - tokens.start;
        if let Some(office) = registry.office(&words) {
            best = Some((length, office));
        } else if form != text {
            let base = format!("{}{form}", &words[..before]);
            if let Some(office) = registry.office(&base) {
                best = Some((length, office));
            }
        }
    }
    best
}

/// The longest title of a public actor that ends at a token.
pub(super) fn office_at(
    doc: &Document,
    registry: &Registry,
    head: TokenIndex,
    from: TokenIndex,
) -> Option<(TokenIndex, Office)> {
    let first = from.max((head + 1).saturating_sub(registry.longest_office() as TokenIndex + 2));
    (first..=head).find_map(|start| {
        let (length, office) = longest_office(doc, registry, start..head + 1)?;
        (start + length == head + 1 && office.public).then_some((start, office))
    })
}

/// Whether a phrase speaks of several.
pub(super) fn is_plural(doc: &Document, head: TokenIndex) -> bool {
    let token = doc.token(head);
    matches!(token.tag, Tag::Nns | Tag::Nnps)
        || token.morph.contains("Number=Plur")
        || doc.children(head).iter().any(|&child| doc.token(child).dep == Dep::Conj)
}

/// How a phrase points to what it speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pointing {
    /// `the`, `this`, `those`, `its`.
    Definite,
    /// `a`, `another`, `some`, a number.
    Indefinite,
    /// Nothing before it.
    Bare,
}

/// How a phrase points, by the determiners of its head.
pub(super) fn pointing(doc: &Document, head: TokenIndex) -> Pointing {
    let mut pointing = Pointing::Bare;
    for &child in doc.children(head) {
        let token = doc.token(child);
        if child > head {
            break;
        }
        match token.tag {
            Tag::Dt => {
                let definite = matches!(&*token.lemma, "the" | "this" | "that" | "these" | "those" | "both");
                return if definite { Pointing::Definite } else { Pointing::Indefinite };
            }
            Tag::PrpS => return Pointing::Definite,
            Tag::Cd => pointing = Pointing::Indefinite,
            _ => {}
        }
    }
    pointing
}

/// A phrase's words without what only counts or points: `two of the`, `at least 12`, `several`.
pub(super) fn name_tokens(doc: &Document, tokens: Range<TokenIndex>, head: TokenIndex) -> Range<TokenIndex> {
    let mut start = tokens.start;
    while start < head {
        let token = doc.token(start);
        let counts =
            matches!(
                token.tag,
                Tag::Dt | Tag::Cd | Tag::Pdt | Tag::PrpS | Tag::WpS | Tag::OpenQuote | Tag::Jjs | Tag::Jjr
            ) || matches!(token.pos, Pos::Punct | Pos::Adp | Pos::Adv | Pos::Num | Pos::Sconj | Pos::Space)
                || matches!(token.dep, Dep::Quantmod | Dep::Nummod | Dep::Predet)
                || matches!(
                    &*token.lemma,
                    "several"
                        | "many"
                        | "other"
                        | "few"
                        | "such"
                        | "more"
                        | "same"
                        | "so"
                        | "numerous"
                        | "various"
                );
        if !counts {
            break;
        }
        start += 1;
    }
    let mut end = tokens.end.max(head + 1).min(start + 12).max(head + 1);
    while end > head + 1 && (doc.token(end - 1).tag == Tag::Pos || doc.token(end - 1).pos == Pos::Punct) {
        end -= 1;
    }
    start..end
}

/// Whether a token is subject of its clause, itself or through a conjunction.
pub(super) fn is_subject(doc: &Document, mut token: TokenIndex) -> bool {
    for _ in 0..4 {
        match doc.token(token).dep {
            Dep::Nsubj | Dep::Nsubjpass | Dep::Root => return true,
            Dep::Conj | Dep::Appos => token = doc.token(token).head,
            _ => return false,
        }
    }
    false
}

/// The verb or noun that a phrase is an argument of: a preposition is passed through.
pub(super) fn governor(doc: &Document, token: TokenIndex) -> TokenIndex {
    let mut head = doc.token(token).head;
    for _ in 0..4 {
        let above = doc.token(head);
        if matches!(above.pos, Pos::Adp) || matches!(doc.token(token).dep, Dep::Conj) && head != above.head {
            head = above.head;
        } else {
            break;
        }
    }
    head
}
