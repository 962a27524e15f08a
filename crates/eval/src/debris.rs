//! Task `debris`: what the article room masks, in the form that the benchmark's scorer reads.

use serde_json::{Value, json};
use watchkeeper_article::ArticleOptions;
use watchkeeper_record::span::CodePoints;

/// Masks of one text as `[{start, end, kind}]` in code points. `title` is the page's own title, where one is known.
///
/// A text that can't be read at all has no mask.
#[must_use]
pub(crate) fn predict(text: &str, title: Option<&str>) -> Value {
    let options = ArticleOptions { title: title.map(str::to_owned), ..ArticleOptions::default() };
    let Ok(article) = watchkeeper_article::extract(text.as_bytes(), &options) else { return json!([]) };
    let points = CodePoints::new(&article.text);
    let masks = article.masked.iter().map(|mask| {
        json!({"start": points.at(mask.span.start()), "end": points.at(mask.span.end()), "kind": mask.kind})
    });
    masks.collect()
}
