//! The index that grows with every document.

use rustc_hash::FxHashMap;

use super::compare::Comparer;
use super::words::{Words, fold};
use super::{DocumentId, Link, NearOptions, Overlap, Verdict};

/// Words of an indexed shingle.
const SHINGLE: usize = 4;
/// Entries of a key that [`Index::add`] looks at, the newest first.
const CHAIN_MAX: usize = 24;
/// Documents that [`Index::add`] compares word by word.
const COMPARED_MAX: usize = 4;
/// Elements of a chunk.
const CHUNK: usize = 1 << 18;

/// A list that grows without moving what it has.
#[derive(Debug)]
pub(super) struct Chunks<T> {
    chunks: Vec<Vec<T>>,
}

impl<T: Copy> Chunks<T> {
    fn new() -> Self {
        Self { chunks: Vec::new() }
    }

    /// Number of elements, with those left unused at the ends of chunks.
    pub(super) fn len(&self) -> usize {
        self.chunks.last().map_or(0, |last| (self.chunks.len() - 1) * CHUNK + last.len())
    }

    /// Appends elements that must lie together; returns where.
    fn extend(&mut self, items: &[T]) -> usize {
        let room = self.chunks.last().map_or(0, |last| CHUNK - last.len());
        if room < items.len() || self.chunks.is_empty() {
            if let Some(last) = self.chunks.last_mut()
                && room > 0
                && let Some(&filler) = last.last()
            {
                last.resize(CHUNK, filler);
            }
            // The first chunk grows as needed: a small collection stays small.
            let capacity = if self.chunks.is_empty() { 0 } else { CHUNK };
            self.chunks.push(Vec::with_capacity(capacity));
        }
        let at = self.len();
        if let Some(last) = self.chunks.last_mut() {
            last.extend_from_slice(items);
        }
        at
    }

    pub(super) fn get(&self, at: usize) -> T {
        self.chunks[at / CHUNK][at % CHUNK]
    }

    fn slice(&self, at: usize, len: usize) -> &[T] {
        if len == 0 { &[] } else { &self.chunks[at / CHUNK][at % CHUNK..][..len] }
    }

    fn bytes(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.capacity() * size_of::<T>()).sum()
    }
}

/// One distinct text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text {
    /// Hash of all words.
    pub(super) whole: u128,
    /// The least id of the documents that have this text.
    pub(super) id: DocumentId,
    start: u64,
    len: u32,
}

/// A sampled shingle of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub(super) key: u32,
    pub(super) text: u32,
    next: u32,
}

/// All documents so far.
#[derive(Debug)]
pub struct Index {
    options: NearOptions,
    pub(super) texts: Vec<Text>,
    by_whole: FxHashMap<u128, u32>,
    /// Further documents with a text that is there.
    pub(super) copies: Chunks<(DocumentId, u32)>,
    words: Chunks<u16>,
    pub(super) keys: Chunks<Key>,
    heads: Vec<u32>,
    /// Hash of an address, and a text that was found there.
    pub(super) addresses: Chunks<(u64, u32)>,
    last_at_address: FxHashMap<u64, u32>,
    scratch: Scratch,
}

#[derive(Debug, Default)]
struct Scratch {
    words: Words,
    short: Vec<u16>,
    keys: Vec<u32>,
    met: Vec<u32>,
    comparer: Comparer,
}

impl Index {
    /// An empty index.
    #[must_use]
    pub fn new(options: NearOptions) -> Self {
        Self {
            options,
            texts: Vec::new(),
            by_whole: FxHashMap::default(),
            copies: Chunks::new(),
            words: Chunks::new(),
            keys: Chunks::new(),
            heads: vec![u32::MAX; 1 << 10],
            addresses: Chunks::new(),
            last_at_address: FxHashMap::default(),
            scratch: Scratch::default(),
        }
    }

    /// Adds a document and says what it is to those that came before.
    ///
    /// Cost: linear in its length; the number of texts compared is bounded. The verdict depends on what came before, the [`clusters`](Self::clusters) don't.
    /// An id that is added twice is two documents.
    pub fn add(&mut self, id: DocumentId, text: &str) -> Verdict {
        self.add_from(id, text, None)
    }

    /// Like [`add`](Self::add), for a document whose address (canonical URL) is known.
    pub fn add_from(&mut self, id: DocumentId, text: &str, address: Option<&str>) -> Verdict {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.words.read(text);
        let verdict = self.place(id, address, &mut scratch);
        self.scratch = scratch;
        verdict
    }

    fn place(&mut self, id: DocumentId, address: Option<&str>, scratch: &mut Scratch) -> Verdict {
        let whole = scratch.words.whole;
        let address = address.map(|address| {
            address
                .bytes()
                .fold(0x243f_6a88_85a3_08d3, |hash, byte| fold(hash ^ u64::from(byte), 0x1319_8a2e_0370_7345))
        });
        if let Some(&text) = self.by_whole.get(&whole) {
            let first = &mut self.texts[text as usize];
            let of = first.id;
            // The least id stands for the text.
            let other = if id < of { std::mem::replace(&mut first.id, id) } else { id };
            self.copies.extend(&[(other, text)]);
            self.note_address(address, text);
            return Verdict::Copy { of, link: Link::Exact };
        }
        scratch.short.clear();
        scratch.short.extend(scratch.words.hashes.iter().map(|hash| (hash >> 48) as u16));
        sample(&scratch.short, &mut scratch.keys);
        let verdict = self.nearest(address, scratch);
        let text = self.texts.len() as u32;
        let start = self.words.extend(&scratch.short) as u64;
        self.texts.push(Text { whole, id, start, len: scratch.short.len() as u32 });
        self.by_whole.insert(whole, text);
        self.note_address(address, text);
        for &key in &scratch.keys {
            if self.keys.len() >= self.heads.len() {
                self.grow();
            }
            let slot = key as usize & (self.heads.len() - 1);
            let entry = self.keys.extend(&[Key { key, text, next: self.heads[slot] }]);
            self.heads[slot] = entry as u32;
        }
        verdict
    }

    fn note_address(&mut self, address: Option<u64>, text: u32) {
        if let Some(address) = address
            && self.last_at_address.insert(address, text) != Some(text)
        {
            self.addresses.extend(&[(address, text)]);
        }
    }

    /// Doubles the table of heads.
    fn grow(&mut self) {
        let size = self.heads.len() * 2;
        self.heads = Vec::new();
        self.heads.resize(size, u32::MAX);
        for (at, entry) in self.keys.chunks.iter_mut().flatten().enumerate() {
            let slot = entry.key as usize & (size - 1);
            entry.next = std::mem::replace(&mut self.heads[slot], at as u32);
        }
    }

    /// The text among those so far that a new one is most like.
    fn nearest(&self, address: Option<u64>, scratch: &mut Scratch) -> Verdict {
        let Scratch { keys, met, comparer, short, .. } = scratch;
        met.clear();
        for &key in keys.iter() {
            let mut entry = self.heads[key as usize & (self.heads.len() - 1)];
            let mut looked = 0;
            while entry != u32::MAX && looked < CHAIN_MAX {
                let found = self.keys.get(entry as usize);
                if found.key == key {
                    met.push(found.text);
                }
                entry = found.next;
                looked += 1;
            }
        }
        met.sort_unstable();
        let mut ranked: Vec<(usize, u32)> = met
            .chunk_by(|a, b| a == b)
            .filter(|group| enough(group.len(), short.len(), self.length(group[0])))
            .map(|group| (group.len(), group[0]))
            .collect();
        ranked.sort_unstable_by(|a, b| b.cmp(a));
        let mut best: Option<(u32, u32, Overlap)> = None;
        for &(_, text) in ranked.iter().take(COMPARED_MAX) {
            let overlap = comparer.compare(short, self.words_of(text));
            let shared = overlap.shared[0] + overlap.shared[1];
            if self.options.alike(&overlap) && best.is_none_or(|(most, ..)| shared > most) {
                best = Some((shared, text, overlap));
            }
        }
        if let Some((_, text, overlap)) = best {
            return Verdict::Copy { of: self.texts[text as usize].id, link: Link::Near(overlap) };
        }
        if let Some(&text) = address.and_then(|address| self.last_at_address.get(&address)) {
            let overlap = comparer.compare(short, self.words_of(text));
            if self.options.versions(&overlap) {
                return Verdict::Copy { of: self.texts[text as usize].id, link: Link::Version(overlap) };
            }
        }
        Verdict::New
    }

    /// The words of a text.
    pub(super) fn words_of(&self, text: u32) -> &[u16] {
        let text = &self.texts[text as usize];
        self.words.slice(text.start as usize, text.len as usize)
    }

    /// Number of words of a text that are kept.
    pub(super) fn length(&self, text: u32) -> usize {
        self.texts[text as usize].len as usize
    }

    /// What makes texts alike here.
    #[must_use]
    pub fn options(&self) -> &NearOptions {
        &self.options
    }

    /// Number of documents.
    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.len() + self.copies.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Memory held, bytes, without the allocator's own.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.texts.capacity() * size_of::<Text>()
            + self.by_whole.capacity() * (size_of::<(u128, u32)>() + 1)
            + self.copies.bytes()
            + self.words.bytes()
            + self.keys.bytes()
            + self.heads.capacity() * size_of::<u32>()
            + self.addresses.bytes()
            + self.last_at_address.capacity() * (size_of::<(u64, u32)>() + 1)
    }
}

/// Zeros that the hash of a sampled shingle must end in.
fn level(words: usize) -> u32 {
    if words < 24 { 0 } else { (words.max(48) / 48).ilog2() + 1 }
}

/// Sampled shingles of a text, each once.
fn sample(words: &[u16], keys: &mut Vec<u32>) {
    keys.clear();
    let mask = (1_u64 << level(words.len())) - 1;
    for shingle in words.windows(SHINGLE) {
        let packed = shingle.iter().fold(0, |packed, &word| (packed << 16) | u64::from(word));
        let hash = fold(packed ^ 0x4528_21e6_38d0_1377, 0xbe54_66cf_34e9_0c6d);
        if hash & mask == 0 {
            keys.push((hash >> 32) as u32);
        }
    }
    keys.sort_unstable();
    keys.dedup();
}

/// Whether two texts of these lengths that share so many sampled shingles are worth comparing: a tenth of what the longer one has on average.
pub(super) fn enough(shared: usize, a: usize, b: usize) -> bool {
    let longer = a.max(b);
    shared >= ((longer >> level(longer)) / 10).clamp(1, 40)
}
