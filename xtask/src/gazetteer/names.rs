//! Which names are kept, and names of Cyrillic script in Latin letters.

use watchkeeper_linkage::fold::{fold, loose};

/// Longest alternate name that is kept, in bytes.
const NAME_BYTES_MAX: usize = 40;

/// Whether an alternate name is worth a key: no code, no sentence, no consonants without vowels (`tkht qysr`).
pub(super) fn keeps(name: &str, key: &str) -> bool {
    let code =
        name.len() <= 4 && name.chars().all(|character| character.is_uppercase() || character.is_numeric());
    let voiced = key.contains(|letter: char| !letter.is_ascii() || "aeiou".contains(letter))
        || key.len() < 5
        || (key.contains('y') && !key.contains(' '));
    key.len() >= 3 && !code && voiced && name.len() <= NAME_BYTES_MAX && key.split(' ').count() <= 5
}

/// Whether every letter of a name is Latin.
pub(super) fn is_latin(name: &str) -> bool {
    name.chars().all(|letter| {
        !letter.is_alphabetic()
            || (letter as u32) < 0x2B0
            || (0x1E00..0x1F00).contains(&(letter as u32))
            || matches!(letter, 'ʻ' | 'ʼ' | 'ʾ' | 'ʿ')
    })
}

/// The Latin names of a list joined by bars.
pub(super) fn latin_names(joined: &str) -> Vec<String> {
    joined.split('|').filter(|name| !name.is_empty() && is_latin(name)).map(str::to_owned).collect()
}

/// Latin names, and the Cyrillic ones in Latin letters.
pub(super) fn readable_names(joined: &str, country: &str) -> Vec<String> {
    let mut names = latin_names(joined);
    if reads_cyrillic(country) {
        for name in joined.split('|').filter(|name| is_cyrillic(name)) {
            names.extend(romanised(name, country));
        }
    }
    names
}

/// A Latin main name for a place: its own, else the one of `others` that is most like its letters, else its letters in Latin.
pub(super) fn main_name(name: &str, joined: &str, country: &str) -> Option<String> {
    if is_latin(name) {
        return Some(name.to_owned());
    }
    let others = latin_names(joined);
    if is_cyrillic(name) {
        let letters = romanised(name, country);
        let first = letters.first()?;
        let like = others.iter().find(|other| fold(other) == fold(first));
        let like = like.or_else(|| others.iter().find(|other| loose(&fold(other)) == loose(&fold(first))));
        return Some(like.unwrap_or(first).clone());
    }
    others.into_iter().find(|other| keeps(other, &fold(other)))
}

/// Countries whose own names are written in Cyrillic letters, or were.
fn reads_cyrillic(country: &str) -> bool {
    matches!(
        country,
        "UA" | "RU"
            | "BY"
            | "KZ"
            | "KG"
            | "TJ"
            | "UZ"
            | "TM"
            | "MD"
            | "GE"
            | "AM"
            | "AZ"
            | "RS"
            | "XK"
            | "BG"
            | "MK"
    )
}

fn is_cyrillic(name: &str) -> bool {
    let mut letters = name.chars().filter(|letter| letter.is_alphabetic()).peekable();
    letters.peek().is_some() && letters.all(|letter| ('\u{400}'..='\u{52F}').contains(&letter))
}

/// A Cyrillic name in Latin letters as the press writes them: after the Ukrainian national table of 2010, the Russian one of the
/// United States Board on Geographic Names without its signs, or both where the letters don't tell.
fn romanised(name: &str, country: &str) -> Vec<String> {
    let ukrainian = name.contains(['і', 'ї', 'є', 'ґ', 'І', 'Ї', 'Є', 'Ґ']);
    let russian = name.contains(['ы', 'э', 'ё', 'ъ', 'Ы', 'Э', 'Ё']);
    let mut names = Vec::new();
    if country == "UA" && !russian || ukrainian {
        names.push(letters(name, true));
    }
    if !ukrainian {
        names.push(letters(name, false));
    }
    names
}

fn letters(name: &str, ukrainian: bool) -> String {
    let mut out = String::with_capacity(name.len());
    let mut start = true;
    let mut previous = ' ';
    for letter in name.chars() {
        let upper = letter.is_uppercase();
        let low = letter.to_lowercase().next().unwrap_or(letter);
        let vowel = "аеиоуыэюяєіїё".contains(previous) || matches!(previous, 'ь' | 'ъ') || start;
        let latin: &str = match (low, ukrainian) {
            ('а', _) => "a",
            ('б', _) => "b",
            ('в', _) => "v",
            ('г', true) => "h",
            ('г' | 'ґ', _) => "g",
            ('д', _) => "d",
            ('е', true) => "e",
            ('е' | 'ё', false) => {
                if vowel {
                    "ye"
                } else {
                    "e"
                }
            }
            ('є', _) => {
                if start {
                    "ye"
                } else {
                    "ie"
                }
            }
            ('ж', _) => "zh",
            ('з', _) => "z",
            ('и', true) => "y",
            ('и', false) | ('і', _) => "i",
            ('ї', _) => {
                if start {
                    "yi"
                } else {
                    "i"
                }
            }
            ('й', true) => {
                if start {
                    "y"
                } else {
                    "i"
                }
            }
            ('й', false) => "y",
            ('к' | 'қ', _) => "k",
            ('л', _) => "l",
            ('м', _) => "m",
            ('н' | 'ң', _) => "n",
            ('о' | 'ө', _) => "o",
            ('п', _) => "p",
            ('р', _) => "r",
            ('с', _) => "s",
            ('т', _) => "t",
            ('у' | 'ү' | 'ұ', _) => "u",
            ('ф', _) => "f",
            ('х' | 'ҳ', _) => "kh",
            ('ц', _) => "ts",
            ('ч', _) => "ch",
            ('ш', _) => "sh",
            ('щ', _) => "shch",
            ('ъ' | 'ь' | '\'' | '’', _) => "",
            ('ы', _) => "y",
            ('э' | 'ә', _) => "e",
            ('ю', true) => {
                if start {
                    "yu"
                } else {
                    "iu"
                }
            }
            ('ю', false) => "yu",
            ('я', true) => {
                if start {
                    "ya"
                } else {
                    "ia"
                }
            }
            ('я', false) => "ya",
            ('ј', _) => "j",
            ('љ', _) => "lj",
            ('њ', _) => "nj",
            ('ћ', _) => "c",
            ('ђ', _) => "dj",
            ('џ', _) => "dz",
            _ => {
                out.push(letter);
                start = !letter.is_alphabetic();
                previous = ' ';
                continue;
            }
        };
        for (at, sign) in latin.chars().enumerate() {
            out.push(if upper && at == 0 { sign.to_ascii_uppercase() } else { sign });
        }
        start = false;
        previous = low;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cyrillic_names_are_written_as_the_press_does() {
        for (name, country, latin) in [
            ("Харків", "UA", &["Kharkiv"][..]),
            ("Бахмут", "UA", &["Bakhmut", "Bakhmut"]),
            ("Київ", "UA", &["Kyiv"]),
            ("Маріуполь", "UA", &["Mariupol"]),
            ("Волгоград", "RU", &["Volgograd"]),
            ("Енергодар", "UA", &["Enerhodar", "Yenergodar"]),
        ] {
            assert_eq!(romanised(name, country), latin, "{name}");
        }
    }

    #[test]
    fn codes_and_bare_consonants_are_no_names() {
        for name in ["KAC", "OSKL", "tkht qysr", "12"] {
            assert!(!keeps(name, &fold(name)), "{name}");
        }
        for name in ["Qamishli", "Brno", "Sar-e Pol"] {
            assert!(keeps(name, &fold(name)), "{name}");
        }
    }
}
