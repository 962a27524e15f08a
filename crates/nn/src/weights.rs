//! The weight file: named `f32` tensors and named byte blobs in one checked container.
//!
//! In: the bytes of a file (or the parts to write one). Out: borrowed blobs and copied tensors, or a [`WeightError`] that
//! says what is wrong. A damaged file is never a panic. Nothing here knows what the tensors mean.
//!
//! # Layout (version 1, little endian)
//!
//! ```text
//! offset  size  field
//!      0     8  magic "WKWEIGHT"
//!      8     4  format version, u32 = 1
//!     12     4  number of entries, u32
//!     16     8  length of the whole file in bytes, u64
//!     24     8  XXH64 (seed 0) of everything from offset 32, plus the number of entries (wrapping), u64
//!     32     …  index, one entry after another:
//!                 u16 name length, name (UTF-8), u8 kind (0 = blob, 1 = f32 tensor),
//!                 u8 rank, rank × u64 dimensions (rank 0 for a blob), u64 offset, u64 length in bytes
//!      …     …  data of the entries in index order, each starting at a multiple of 64, gaps are zero
//! ```

use std::collections::BTreeMap;
use std::fmt;

const MAGIC: &[u8; 8] = b"WKWEIGHT";
const VERSION: u32 = 1;
const HEADER: usize = 32;
const ALIGN: usize = 64;
const RANK_MAX: usize = 4;

/// What is wrong with a weight file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WeightError {
    /// The file does not begin with the magic bytes.
    NotAWeightFile,
    /// The format version is not the one this program reads.
    Version(u32),
    /// The file is shorter or longer than its header says.
    Length {
        /// Length in the header, in bytes.
        expected: u64,
        /// Length of the bytes given.
        found: u64,
    },
    /// The checksum of the content is not the one in the header.
    Checksum,
    /// The index is not readable at this byte offset.
    Index(usize),
    /// No entry of this name and kind.
    Missing(String),
    /// A tensor has another shape than the layer needs.
    Shape {
        /// Name of the tensor.
        name: String,
        /// Shape needed.
        expected: Vec<usize>,
        /// Shape in the file.
        found: Vec<usize>,
    },
}

impl fmt::Display for WeightError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAWeightFile => write!(f, "not a watchkeeper weight file"),
            Self::Version(v) => {
                write!(f, "weight file of format version {v}, this program reads version {VERSION}")
            }
            Self::Length { expected, found } => {
                write!(
                    f,
                    "weight file is {found} bytes long, its header says {expected}: truncated or damaged"
                )
            }
            Self::Checksum => write!(f, "weight file is damaged: its checksum does not match"),
            Self::Index(at) => write!(f, "weight file is damaged: unreadable index at byte {at}"),
            Self::Missing(name) => write!(f, "weight file has no entry `{name}`"),
            Self::Shape { name, expected, found } => {
                write!(f, "tensor `{name}` has shape {found:?}, expected {expected:?}")
            }
        }
    }
}

impl std::error::Error for WeightError {}

/// A dense row-major `f32` array.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Sizes, outermost first; their product is `data.len()`.
    pub shape: Vec<usize>,
    /// Values, row-major.
    pub data: Vec<f32>,
}

#[derive(Debug, Clone)]
struct Entry<'a> {
    /// `None` for a blob.
    shape: Option<Vec<usize>>,
    bytes: &'a [u8],
}

/// A parsed weight file that borrows its bytes.
#[derive(Debug, Clone)]
pub struct WeightFile<'a> {
    entries: BTreeMap<&'a str, Entry<'a>>,
}

impl<'a> WeightFile<'a> {
    /// Parses and checks a whole file: magic, version, length, checksum, index.
    ///
    /// Cost: one pass over the bytes (≈ 1 ms per 10 MB).
    ///
    /// # Errors
    /// Every kind of damage has its [`WeightError`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, WeightError> {
        if bytes.len() < HEADER || &bytes[..8] != MAGIC {
            return Err(WeightError::NotAWeightFile);
        }
        let mut header = Cursor { bytes, at: 8 };
        let version = header.u32()?;
        if version != VERSION {
            return Err(WeightError::Version(version));
        }
        let count = header.u32()?;
        let expected = header.u64()?;
        let found = bytes.len() as u64;
        if expected != found {
            return Err(WeightError::Length { expected, found });
        }
        if header.u64()? != checksum(&bytes[HEADER..], count) {
            return Err(WeightError::Checksum);
        }
        let mut cursor = Cursor { bytes, at: HEADER };
        let mut entries = BTreeMap::new();
        for _ in 0..count {
            let start = cursor.at;
            let (name, entry) = cursor.entry()?;
            if entries.insert(name, entry).is_some() {
                return Err(WeightError::Index(start));
            }
        }
        Ok(Self { entries })
    }

    /// Returns the names of all entries in byte order.
    pub fn names(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.entries.keys().copied()
    }

    /// Returns a blob.
    ///
    /// # Errors
    /// [`WeightError::Missing`] when there is no blob of this name.
    pub fn blob(&self, name: &str) -> Result<&'a [u8], WeightError> {
        match self.entries.get(name) {
            Some(Entry { shape: None, bytes }) => Ok(bytes),
            _ => Err(WeightError::Missing(name.to_owned())),
        }
    }

    /// Copies a tensor out of the file.
    ///
    /// # Errors
    /// [`WeightError::Missing`] when there is no tensor of this name.
    pub fn tensor(&self, name: &str) -> Result<Tensor, WeightError> {
        match self.entries.get(name) {
            Some(Entry { shape: Some(shape), bytes }) => Ok(Tensor {
                shape: shape.clone(),
                data: bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
            }),
            _ => Err(WeightError::Missing(name.to_owned())),
        }
    }

    /// Copies a tensor that must have the given shape.
    ///
    /// # Errors
    /// [`WeightError::Missing`], or [`WeightError::Shape`] when the shape is another.
    pub fn tensor_of(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, WeightError> {
        let tensor = self.tensor(name)?;
        if tensor.shape == shape {
            Ok(tensor.data)
        } else {
            Err(WeightError::Shape { name: name.to_owned(), expected: shape.to_vec(), found: tensor.shape })
        }
    }
}

/// Reads little-endian fields; every read past the end is [`WeightError::Index`].
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], WeightError> {
        let end = self.at.checked_add(n).ok_or(WeightError::Index(self.at))?;
        let slice = self.bytes.get(self.at..end).ok_or(WeightError::Index(self.at))?;
        self.at = end;
        Ok(slice)
    }
    fn array<const N: usize>(&mut self) -> Result<[u8; N], WeightError> {
        let at = self.at;
        self.take(N)?.try_into().map_err(|_| WeightError::Index(at))
    }
    fn u16(&mut self) -> Result<u16, WeightError> {
        Ok(u16::from_le_bytes(self.array()?))
    }
    fn u32(&mut self) -> Result<u32, WeightError> {
        Ok(u32::from_le_bytes(self.array()?))
    }
    fn u64(&mut self) -> Result<u64, WeightError> {
        Ok(u64::from_le_bytes(self.array()?))
    }
    fn size(&mut self) -> Result<usize, WeightError> {
        let at = self.at;
        usize::try_from(self.u64()?).map_err(|_| WeightError::Index(at))
    }

    fn entry(&mut self) -> Result<(&'a str, Entry<'a>), WeightError> {
        let start = self.at;
        let bad = || WeightError::Index(start);
        let length = usize::from(self.u16()?);
        let name = std::str::from_utf8(self.take(length)?).map_err(|_| bad())?;
        let [kind, rank] = self.array()?;
        let rank = usize::from(rank);
        if kind > 1 || rank > RANK_MAX || (kind == 0 && rank != 0) {
            return Err(bad());
        }
        let shape = (0..rank).map(|_| self.size()).collect::<Result<Vec<_>, _>>()?;
        let offset = self.size()?;
        let length = self.size()?;
        let end = offset.checked_add(length).ok_or_else(bad)?;
        let bytes = self.bytes.get(offset..end).ok_or_else(bad)?;
        if kind == 1 {
            let values = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d)).ok_or_else(bad)?;
            if values.checked_mul(4) != Some(length) {
                return Err(bad());
            }
        }
        Ok((name, Entry { shape: (kind == 1).then_some(shape), bytes }))
    }
}

/// Collects entries and writes a weight file; the same entries give the same bytes.
#[derive(Debug, Default)]
pub struct WeightFileBuilder {
    entries: BTreeMap<String, (Option<Vec<usize>>, Vec<u8>)>,
}

impl WeightFileBuilder {
    /// Makes an empty builder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds (or replaces) a blob.
    pub fn blob(&mut self, name: &str, bytes: &[u8]) {
        self.entries.insert(name.to_owned(), (None, bytes.to_vec()));
    }

    /// Adds (or replaces) a tensor.
    ///
    /// # Panics
    /// When the product of `shape` is not `data.len()`, or the rank is over 4.
    pub fn tensor(&mut self, name: &str, shape: &[usize], data: &[f32]) {
        assert!(shape.len() <= RANK_MAX, "tensor `{name}` has rank over {RANK_MAX}");
        assert_eq!(shape.iter().product::<usize>(), data.len(), "tensor `{name}`: shape and data disagree");
        let bytes = data.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.entries.insert(name.to_owned(), (Some(shape.to_vec()), bytes));
    }

    /// Writes the file.
    ///
    /// # Panics
    /// When a name is longer than 65,535 bytes.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        let index: usize = self
            .entries
            .iter()
            .map(|(name, (shape, _))| 2 + name.len() + 2 + 8 * shape.as_ref().map_or(0, Vec::len) + 16)
            .sum();
        let mut out = vec![0; HEADER];
        let mut offset = (HEADER + index).next_multiple_of(ALIGN);
        for (name, (shape, bytes)) in &self.entries {
            let length = u16::try_from(name.len()).expect("entry names are short");
            out.extend_from_slice(&length.to_le_bytes());
            out.extend_from_slice(name.as_bytes());
            let dims = shape.as_deref().unwrap_or_default();
            out.push(u8::from(shape.is_some()));
            out.push(u8::try_from(dims.len()).expect("rank is at most 4"));
            for &d in dims {
                out.extend_from_slice(&(d as u64).to_le_bytes());
            }
            out.extend_from_slice(&(offset as u64).to_le_bytes());
            out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
            offset = (offset + bytes.len()).next_multiple_of(ALIGN);
        }
        for (_, bytes) in self.entries.values() {
            out.resize(out.len().next_multiple_of(ALIGN), 0);
            out.extend_from_slice(bytes);
        }
        let count = u32::try_from(self.entries.len()).expect("entries are few");
        let length = out.len() as u64;
        let sum = checksum(&out[HEADER..], count);
        out[..8].copy_from_slice(MAGIC);
        out[8..12].copy_from_slice(&VERSION.to_le_bytes());
        out[12..16].copy_from_slice(&count.to_le_bytes());
        out[16..24].copy_from_slice(&length.to_le_bytes());
        out[24..32].copy_from_slice(&sum.to_le_bytes());
        out
    }
}

fn checksum(body: &[u8], count: u32) -> u64 {
    xxh64(body).wrapping_add(u64::from(count))
}

/// Computes XXH64 with seed 0 (Yann Collet's xxHash specification, 64-bit variant).
#[must_use]
pub fn xxh64(bytes: &[u8]) -> u64 {
    const P1: u64 = 0x9E37_79B1_85EB_CA87;
    const P2: u64 = 0xC2B2_AE3D_27D4_EB4F;
    const P3: u64 = 0x1656_67B1_9E37_79F9;
    const P4: u64 = 0x85EB_CA77_C2B2_AE63;
    const P5: u64 = 0x27D4_EB2F_1656_67C5;
    fn round(acc: u64, input: u64) -> u64 {
        acc.wrapping_add(input.wrapping_mul(P2)).rotate_left(31).wrapping_mul(P1)
    }
    let (stripes, rest) = bytes.as_chunks::<32>();
    let mut h = if stripes.is_empty() {
        P5
    } else {
        let mut lanes = [P1.wrapping_add(P2), P2, 0, 0u64.wrapping_sub(P1)];
        for stripe in stripes {
            for (lane, word) in lanes.iter_mut().zip(stripe.as_chunks::<8>().0) {
                *lane = round(*lane, u64::from_le_bytes(*word));
            }
        }
        let [a, b, c, d] = lanes;
        let sum = a.rotate_left(1).wrapping_add(b.rotate_left(7));
        let sum = sum.wrapping_add(c.rotate_left(12)).wrapping_add(d.rotate_left(18));
        lanes.iter().fold(sum, |h, &lane| (h ^ round(0, lane)).wrapping_mul(P1).wrapping_add(P4))
    };
    h = h.wrapping_add(bytes.len() as u64);
    let (words, rest) = rest.as_chunks::<8>();
    for word in words {
        h = (h ^ round(0, u64::from_le_bytes(*word))).rotate_left(27).wrapping_mul(P1).wrapping_add(P4);
    }
    let (halves, rest) = rest.as_chunks::<4>();
    for half in halves {
        h ^= u64::from(u32::from_le_bytes(*half)).wrapping_mul(P1);
        h = h.rotate_left(23).wrapping_mul(P2).wrapping_add(P3);
    }
    for &byte in rest {
        h = (h ^ u64::from(byte).wrapping_mul(P5)).rotate_left(11).wrapping_mul(P1);
    }
    h = (h ^ (h >> 33)).wrapping_mul(P2);
    h = (h ^ (h >> 29)).wrapping_mul(P3);
    h ^ (h >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        let mut b = WeightFileBuilder::new();
        b.blob("labels", b"one two");
        b.tensor("layer.W", &[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.5]);
        b.finish()
    }

    #[test]
    fn reads_back_what_was_written() {
        let bytes = sample();
        let file = WeightFile::parse(&bytes).unwrap();
        assert_eq!(file.names().collect::<Vec<_>>(), ["labels", "layer.W"]);
        assert_eq!(file.blob("labels").unwrap(), b"one two");
        assert_eq!(file.tensor_of("layer.W", &[2, 3]).unwrap()[5], 6.5);
        assert!(matches!(file.tensor_of("layer.W", &[3, 2]), Err(WeightError::Shape { .. })));
        assert!(matches!(file.blob("layer.W"), Err(WeightError::Missing(_))));
        assert!(matches!(file.tensor("labels"), Err(WeightError::Missing(_))));
    }

    #[test]
    fn every_truncation_and_every_flipped_byte_is_refused() {
        let bytes = sample();
        for n in 0..bytes.len() {
            assert!(WeightFile::parse(&bytes[..n]).is_err(), "truncated to {n}");
            for bit in 0..8 {
                let mut bad = bytes.clone();
                bad[n] ^= 1 << bit;
                assert!(WeightFile::parse(&bad).is_err(), "bit {bit} of byte {n} flipped");
            }
        }
    }

    #[test]
    fn xxh64_of_known_strings() {
        assert_eq!(xxh64(b""), 0xEF46_DB37_51D8_E999);
        assert_eq!(xxh64(b"a"), 0xD24E_C4F1_A98C_6E5B);
        assert_eq!(xxh64(b"abc"), 0x44BC_2CF5_AD77_0999);
        assert_eq!(xxh64(b"Nobody inspects the spammish repetition"), 0xFBCE_A83C_8A37_8BF1);
    }
}
