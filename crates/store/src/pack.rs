//! Compression and digests.

use sha2::{Digest, Sha256};

use crate::error::damaged;

/// Level of zstd: about as fast as the disk, and small.
const LEVEL: i32 = 3;
/// Largest size that is unpacked: a damaged length must not ask for all memory.
const UNPACKED_MAX: usize = 1 << 30;

/// Packs bytes with zstd.
pub(crate) fn pack(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, LEVEL).expect("memory is the only thing that compressing needs")
}

/// Unpacks bytes of a known size.
pub(crate) fn unpack(packed: &[u8], size: i64, what: &str) -> rusqlite::Result<Vec<u8>> {
    let size = usize::try_from(size).ok().filter(|size| *size <= UNPACKED_MAX);
    let bytes = size.and_then(|size| Some((size, zstd::bulk::decompress(packed, size).ok()?)));
    match bytes {
        Some((size, bytes)) if bytes.len() == size => Ok(bytes),
        _ => Err(damaged(format!("{what} can't be unpacked"))),
    }
}

/// SHA-256 of pieces, each preceded by its length so that no two lists of pieces run together.
pub(crate) fn digest(pieces: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for piece in pieces {
        hasher.update((piece.len() as u64).to_le_bytes());
        hasher.update(piece);
    }
    hasher.finalize().into()
}

/// Plain SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Bytes of lower- or upper-case hex of even length.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
