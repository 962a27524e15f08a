//! Metadata and blocks of the texts in `testdata/article/metadata.toml`.

use serde::Deserialize;
use watchkeeper_article::{ArticleOptions, extract};

#[derive(Deserialize)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    text: String,
    title: Option<String>,
    byline: Option<Vec<String>>,
    published: Option<String>,
    outlet: Option<String>,
    dateline: Option<String>,
    blocks: Option<Vec<String>>,
}

#[test]
fn texts_say_about_themselves() {
    let file: File = toml::from_str(include_str!("../../../../testdata/article/metadata.toml"))
        .expect("well-formed cases");
    for case in file.case {
        for text in [case.text.clone(), case.text.replace('\n', "\r\n")] {
            let article = extract(text.as_bytes(), &ArticleOptions::default()).expect("readable text");
            let same = |what: &str, want: &Option<String>, got: Option<String>| {
                if let Some(want) = want {
                    assert_eq!(*want, got.unwrap_or_default(), "{what} of {text}");
                }
            };
            same("title", &case.title, article.title.clone());
            same(
                "published",
                &case.published,
                article.published.map(|published| published.start.to_string()),
            );
            same("outlet", &case.outlet, article.outlet.clone());
            same(
                "dateline",
                &case.dateline,
                article.dateline.as_ref().map(|line| line.span.of(&text).to_owned()),
            );
            if let Some(want) = &case.byline {
                assert_eq!(
                    *want,
                    article.byline.iter().map(|by| by.name.clone()).collect::<Vec<_>>(),
                    "{text}"
                );
            }
            if let Some(want) = &case.blocks {
                assert_eq!(
                    *want,
                    article.blocks.iter().map(|block| block.view(&text).text).collect::<Vec<_>>(),
                    "{text}"
                );
            }
        }
    }
}
