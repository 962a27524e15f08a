//! Remarks on poor text: said beside a partial result, never instead of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::span::Span;

/// One remark about a document (`S` is [`Span`] inside the program, [`crate::span::Quote`] when published).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Diagnostic<S = Span> {
    /// Stable kebab-case code, e.g. `published-unknown`.
    pub code: String,
    /// One sentence for a human.
    pub message: String,
    /// Where in the text, if at one place.
    pub span: Option<S>,
}

impl Diagnostic<Span> {
    /// Makes a remark on the whole document.
    #[must_use]
    pub fn document(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), span: None }
    }

    /// Makes a remark on one place of the text.
    #[must_use]
    pub fn at(code: &str, message: impl Into<String>, span: Span) -> Self {
        Self { code: code.to_owned(), message: message.into(), span: Some(span) }
    }
}

impl Diagnostic<Span> {
    /// Gives the place another form.
    #[must_use]
    pub fn map_spans<T>(&self, f: &mut impl FnMut(Span) -> T) -> Diagnostic<T> {
        Diagnostic { code: self.code.clone(), message: self.message.clone(), span: self.span.map(f) }
    }
}
