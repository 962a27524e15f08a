//! Task `clean`: pages as they were fetched to text, title, day and authors.

use std::io::Read as _;
use std::path::Path;

use serde_json::{Value, json};
use watchkeeper_record::article::BlockKind;
use watchkeeper_record::page::{Form, RawPage, Told};

/// Most bytes of a page that are unpacked; what is longer is read so far.
const UNPACKED_MAX: u64 = 24_000_000;

/// The bytes of a page, gzip-packed or not.
///
/// # Errors
/// When the file can't be read. A damaged archive gives what came before the damage.
pub(crate) fn unpack(path: &Path) -> std::io::Result<Vec<u8>> {
    let file = std::fs::File::open(path)?;
    let mut bytes = Vec::new();
    if path.extension().is_some_and(|extension| extension == "gz") {
        // What is cut or damaged ends the page early; the rest counts.
        let _ = flate2::read::MultiGzDecoder::new(file).take(UNPACKED_MAX).read_to_end(&mut bytes);
    } else {
        file.take(UNPACKED_MAX).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Reads the page of a row and predicts.
///
/// # Errors
/// When the row names no page, or it can't be read.
pub(crate) fn predict_row(row: &Value) -> anyhow::Result<Value> {
    let path = row["html_path"].as_str().ok_or_else(|| anyhow::anyhow!("a line has no html_path"))?;
    let bytes = unpack(Path::new(path)).map_err(|error| anyhow::anyhow!("cannot read {path}: {error}"))?;
    Ok(predict(row, &bytes))
}

/// The prediction for a row of the input: the text without its headline.
pub(crate) fn predict(row: &Value, bytes: &[u8]) -> Value {
    let id = &row["id"];
    let mut page = RawPage::new(id.as_str().unwrap_or_default(), Form::Html, bytes.to_vec());
    page.told = Told {
        url: row["url"].as_str().filter(|url| url.starts_with("http")).map(str::to_owned),
        charset: row["charset"].as_str().map(str::to_owned),
        ..Told::default()
    };
    let article =
        match watchkeeper_article::extract_page(&page, &watchkeeper_article::ArticleOptions::default()) {
            Ok(article) => article,
            Err(error) => return json!({"id": id, "text": "", "error": error.to_string()}),
        };
    let title = article.blocks.first().filter(|block| block.kind == BlockKind::Title);
    let behind = title.and_then(|block| block.pieces.last()).map_or(0, |piece| piece.end());
    let codes: Vec<&str> = article.diagnostics.iter().map(|remark| remark.code.as_ref()).collect();
    json!({
        "id": id,
        "text": article.text[behind..].trim(),
        "title": article.title,
        "published": article.published.map(|published| published.start.to_string()),
        "authors": article.byline.iter().map(|by| by.name.as_str()).collect::<Vec<_>>(),
        "diagnostics": codes,
    })
}
