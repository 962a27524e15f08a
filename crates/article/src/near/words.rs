//! Text as the hashes of its words: what stays the same when layout, case and punctuation change.

/// Words that a document keeps at most: the first [`WORDS_HEAD`], then the last ones.
pub(super) const WORDS_MAX: usize = 4000;
/// Words kept from the start of a longer document.
const WORDS_HEAD: usize = 3200;

/// The words of one text.
#[derive(Debug, Default, Clone)]
pub(super) struct Words {
    /// A 64-bit hash of each word, in text order.
    pub(super) hashes: Vec<u64>,
    /// Hash of all the words in their order: equal for texts that are equal but for layout, case and punctuation.
    pub(super) whole: u128,
}

/// One step of a hash: a product of 128 bits folded (as in `wyhash`, public domain).
pub(super) fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

const FIRST: u64 = 0xa076_1d64_78bd_642f;
const SECOND: u64 = 0xe703_7ed1_a0b4_28db;
const THIRD: u64 = 0x8ebc_6af0_9c88_c6e3;

/// What a byte is: 0 no part of a word, else the byte in lower case; 1 begins a character beyond ASCII.
const CLASSES: [u8; 256] = {
    let mut classes = [0_u8; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        classes[byte] = if b.is_ascii_alphanumeric() {
            b.to_ascii_lowercase()
        } else if b >= 128 {
            1
        } else {
            0
        };
        byte += 1;
    }
    classes
};

impl Words {
    /// Reads a text, reusing the room that `self` has. A word is a run of letters and digits in lower case; in scripts
    /// that set no spaces, every character is one. Apostrophes and hyphens part words, invisible characters don't.
    pub(super) fn read(&mut self, text: &str) {
        self.hashes.clear();
        let bytes = text.as_bytes();
        let (mut hash, mut length, mut pack, mut held) = (FIRST, 0_u32, 0_u64, 0_u32);
        let mut at = 0;
        // Eight bytes of a word are packed, then folded in.
        macro_rules! put {
            ($byte:expr) => {{
                pack |= u64::from($byte) << (8 * held);
                held += 1;
                length += 1;
                if held == 8 {
                    hash = fold(hash ^ pack, SECOND);
                    (pack, held) = (0, 0);
                }
            }};
        }
        macro_rules! close {
            () => {
                if length > 0 {
                    self.hashes.push(fold(hash ^ pack, THIRD ^ u64::from(length)));
                }
            };
        }
        macro_rules! end {
            () => {{
                close!();
                (hash, length, pack, held) = (FIRST, 0, 0, 0);
            }};
        }
        while at < bytes.len() {
            let class = CLASSES[usize::from(bytes[at])];
            if class > 1 {
                put!(class);
                at += 1;
            } else if class == 0 {
                end!();
                at += 1;
            } else {
                let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
                at += c.len_utf8();
                if spaceless(c) {
                    end!();
                    for byte in (c as u32).to_le_bytes() {
                        put!(byte);
                    }
                    end!();
                } else if c.is_alphanumeric() || mark(c) {
                    for lower in c.to_lowercase() {
                        for byte in (lower as u32).to_le_bytes() {
                            put!(byte);
                        }
                    }
                } else if !invisible(c) {
                    end!();
                }
            }
        }
        close!();
        let (mut high, mut low) = (FIRST, THIRD);
        for &word in &self.hashes {
            high = fold(high ^ word, SECOND);
            low = fold(low ^ word.rotate_left(32), FIRST);
        }
        self.whole = (u128::from(high) << 64) | u128::from(low);
        if self.hashes.len() > WORDS_MAX {
            self.hashes.drain(WORDS_HEAD..self.hashes.len() - (WORDS_MAX - WORDS_HEAD));
        }
    }
}

/// Whether a character stands for a word by itself: scripts without spaces (Thai to Burmese, Khmer, kana, Han).
fn spaceless(c: char) -> bool {
    matches!(u32::from(c), 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3040..=0x30FF | 0x3400..=0x9FFF
        | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF)
}

/// Combining marks of scripts in which they are part of words.
fn mark(c: char) -> bool {
    matches!(u32::from(c), 0x0300..=0x036F | 0x0591..=0x05C7 | 0x064B..=0x065F | 0x0900..=0x0DFF)
}

fn invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{202a}'..='\u{202e}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Words {
        let mut words = Words::default();
        words.read(text);
        words
    }

    #[test]
    fn layout_case_and_punctuation_make_no_difference() {
        assert_eq!(read("Rebels TOOK the town.").whole, read("  rebels took\r\n“the” town\u{200b}!").whole);
        assert_eq!(read("Ça Élève").whole, read("ça, élève").whole);
        assert_ne!(read("took the town").whole, read("the took town").whole);
        assert_ne!(read("ab c").whole, read("a bc").whole);
        assert_ne!(read("four dead").whole, read("five dead").whole);
    }

    #[test]
    fn scripts_without_spaces_have_a_word_a_character() {
        assert_eq!(read("警方说").hashes.len(), 3);
        assert_eq!(read("الشرطة قالت").hashes.len(), 2);
        assert_eq!(read("").hashes.len(), 0);
    }

    #[test]
    fn a_book_is_cut_but_told_apart_whole() {
        let long = "word after word ".repeat(3000);
        let longer = format!("{long} and {long}");
        assert_eq!(read(&long).hashes.len(), WORDS_MAX);
        assert_ne!(read(&long).whole, read(&longer).whole);
    }
}
