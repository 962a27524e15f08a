//! The large files that lie in the program: weights (`weights.toml`), the gazetteer (`data/gazetteer`) and the archive of ministers
//! (`data/registry`).
//!
//! In: files of the repository, at build time. Out: their bytes.
//!
//! They have a crate of their own for the sake of building. A crate that embeds some ninety megabytes is written to disk with them, several
//! times over where a `const` names them, at each of its builds; so the crate that does must be one that hardly ever changes. For the same
//! reason each file is handed out by a function that isn't inlined, and never by a `pub const`: then importers' metadata doesn't hold it.

/// Bytes of the embedded file of weights that `weights.toml` calls `name`; `None` where the program has no such file.
#[inline(never)]
#[must_use]
pub fn weights(name: &str) -> Option<&'static [u8]> {
    macro_rules! files {
        ($($name:literal)*) => {
            match name {
                $($name => {
                    static BYTES: &[u8] = include_bytes!(concat!("../../../weights/", $name));
                    Some(BYTES)
                })*
                _ => None,
            }
        };
    }
    files! {
        "en_core_web_sm-3.8.0.wkw"
        "incidents-deep.wkw"
        "incidents-fast.wkw"
        "merge-en.wkw"
        "places-en.wkw"
        "places-recognise.wkw"
        "roles-encoder-1.wkw"
        "roles-encoder-2.wkw"
        "roles-encoder-base.wkw"
        "statements-en.wkw"
        "truecase-en.wkw"
    }
}

/// The gazetteer, to be used in place (`data/gazetteer/README.md`).
#[inline(never)]
#[must_use]
pub fn gazetteer() -> &'static [u8] {
    static BYTES: &[u8] = include_bytes!("../../../data/gazetteer/places.wkg");
    BYTES
}

/// Ministers of 2003 to 2014, tab-separated (`data/registry/README.md`).
#[inline(never)]
#[must_use]
pub fn ministers() -> &'static str {
    static TEXT: &str = include_str!("../../../data/registry/ministers.tsv");
    TEXT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_isnt_there_is_none() {
        assert!(weights("places-en.wkw").is_some_and(|bytes| bytes.len() > 1_000));
        assert!(weights("nothing.wkw").is_none());
        assert!(gazetteer().len() > 1_000_000);
        assert!(ministers().lines().count() > 1_000);
    }
}
