//! Which language a text is in: by script, by letters, by a profile of function words.
//!
//! Good enough to keep other languages from being misread as English; it doesn't find languages inside a mixed text
//! and knows only the languages of `data/lexicon/languages.toml` and those that have a script of their own.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// Characters that are looked at: enough for a sure answer, bounded for huge texts.
const SAMPLE_CHARACTERS: usize = 20_000;
/// Share of function words below which a profile doesn't count as met.
const SHARE_MIN: f64 = 0.08;

#[derive(Deserialize)]
struct Lexicon {
    words: BTreeMap<String, String>,
    letters: BTreeMap<String, Vec<(String, String)>>,
}

struct Profiles {
    codes: Vec<String>,
    /// Word → languages that list it, one bit each by position in `codes`.
    words: BTreeMap<String, u64>,
    letters: BTreeMap<String, Vec<(String, String)>>,
}

static PROFILES: LazyLock<Profiles> = LazyLock::new(|| {
    let lexicon: Lexicon = toml::from_str(include_str!("../../../data/lexicon/languages.toml"))
        .expect("the language lexicon is part of the program and tested");
    let mut profiles = Profiles { codes: Vec::new(), words: BTreeMap::new(), letters: lexicon.letters };
    for (bit, (code, words)) in lexicon.words.into_iter().enumerate() {
        profiles.codes.push(code);
        for word in words.split_whitespace() {
            *profiles.words.entry(word.to_owned()).or_default() |= 1 << bit;
        }
    }
    profiles
});

/// Tells the language of a text: a BCP 47 primary language, `und` where it can't be told.
///
/// Cost: linear in the first 20,000 characters.
pub(crate) fn language(text: &str) -> String {
    let sample: String = text.chars().take(SAMPLE_CHARACTERS).collect();
    let mut scripts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for c in sample.chars().filter(|c| c.is_alphabetic()) {
        *scripts.entry(script(c)).or_default() += 1;
    }
    // Kana beside Han is Japanese even where Han prevails.
    let count = |name: &str| scripts.get(name).copied().unwrap_or(0);
    if count("ja") * 10 > count("zh") && count("ja") > count("Latin") / 4 {
        return "ja".to_owned();
    }
    let Some((main, _)) = scripts.iter().max_by_key(|(name, count)| (**count, std::cmp::Reverse(**name)))
    else {
        return "und".to_owned();
    };
    match *main {
        "Latin" => by_words(&sample),
        "other" => "und".to_owned(),
        name => match PROFILES.letters.get(name) {
            None => name.to_owned(),
            Some(letters) => {
                let total = count(name);
                let found = letters.iter().find(|(_, letters)| {
                    sample.chars().flat_map(char::to_lowercase).filter(|c| letters.contains(*c)).count() * 500
                        > total
                });
                found.map_or("und", |(code, _)| code).to_owned()
            }
        },
    }
}

fn by_words(sample: &str) -> String {
    let profiles = &*PROFILES;
    let mut hits = vec![0usize; profiles.codes.len()];
    let mut total = 0usize;
    for word in sample.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        total += 1;
        let bits = profiles.words.get(&word.to_lowercase()).copied().unwrap_or(0);
        for (bit, hits) in hits.iter_mut().enumerate() {
            *hits += usize::from(bits >> bit & 1 == 1);
        }
    }
    let best = (0..hits.len()).max_by_key(|&i| (hits[i], std::cmp::Reverse(i)));
    match best {
        Some(i) if hits[i] > 0 && hits[i] as f64 >= SHARE_MIN * total as f64 => {
            // A tie can't be told, unless English is in it: the program's own language.
            let english = profiles.codes.iter().position(|code| code == "en");
            let tied = hits.iter().filter(|&&other| other == hits[i]).count() > 1;
            match english {
                Some(en) if hits[en] == hits[i] => "en".to_owned(),
                _ if tied => "und".to_owned(),
                _ => profiles.codes[i].clone(),
            }
        }
        _ => "und".to_owned(),
    }
}

/// The script of a letter, or the language where the script has only one big one.
fn script(c: char) -> &'static str {
    match u32::from(c) {
        0x41..=0x24F | 0x1E00..=0x1EFF => "Latin",
        0x370..=0x3FF | 0x1F00..=0x1FFF => "el",
        0x400..=0x52F => "Cyrillic",
        0x530..=0x58F => "hy",
        0x590..=0x5FF => "he",
        0x600..=0x6FF | 0x750..=0x77F | 0x8A0..=0x8FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFF => "Arabic",
        0x900..=0x97F => "Devanagari",
        0x980..=0x9FF => "bn",
        0xA00..=0xA7F => "pa",
        0xA80..=0xAFF => "gu",
        0xB80..=0xBFF => "ta",
        0xC00..=0xC7F => "te",
        0xD00..=0xD7F => "ml",
        0xD80..=0xDFF => "si",
        0xE00..=0xE7F => "th",
        0x1000..=0x109F => "my",
        0x10A0..=0x10FF => "ka",
        0x1200..=0x137F => "am",
        0x1780..=0x17FF => "km",
        0x3040..=0x30FF => "ja",
        0x3400..=0x4DBF | 0x4E00..=0x9FFF => "zh",
        0x1100..=0x11FF | 0xAC00..=0xD7AF => "ko",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn big_languages_are_told_apart() {
        for (text, want) in [
            ("The army said on Monday that it had retaken the town.", "en"),
            ("TERRORISTS ATTACKED THE POLICE STATION IN THE CENTER OF THE TOWN.", "en"),
            ("L’armée a repris la ville, selon un porte-parole du gouvernement.", "fr"),
            ("El ejército dijo que los guerrilleros atacaron el cuartel de la ciudad.", "es"),
            ("Die Armee hat die Stadt nach Angaben der Regierung eingenommen.", "de"),
            ("O exército disse que não houve mortos no ataque de ontem.", "pt"),
            ("Tentara mengatakan bahwa serangan itu terjadi pada hari Senin di kota.", "id"),
            ("Jeshi limesema kuwa wapiganaji hao walishambulia kituo cha polisi na kuua watu wanne.", "sw"),
            ("Армия заявила, что боевики были убиты в ходе операции.", "ru"),
            ("Українські військові повідомили про обстріл міста.", "uk"),
            ("قال الجيش إنه استعاد المدينة", "ar"),
            ("ارتش گفت که شهر را پس گرفته است", "fa"),
            ("軍は町を奪還したと発表した。", "ja"),
            ("军方说已经夺回该镇。", "zh"),
            ("12345 !!", "und"),
        ] {
            assert_eq!(language(text), want, "{text}");
        }
    }
}
