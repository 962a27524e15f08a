//! Packed inputs: bombs, floods of members that make nothing, windows, cuts.

use super::{Hostile, case, gzip, gzip_of};

/// All of them.
pub(super) fn all() -> Vec<Hostile> {
    let megabyte = vec![b'a'; 1_000_000];
    let text = b"<html><body><p>Troops crossed the river.</p>".to_vec();
    let mut html = text.clone();
    html.resize(1_000_000, b' ');
    let page_bomb = gzip_of(&html, 120);
    let mut nested = gzip(b"Troops crossed the river on Monday.");
    for _ in 0..40 {
        nested = gzip(&nested);
    }
    let zeros = gzip_of(&vec![0; 1_000_000], 100);
    let double = gzip(&gzip_of(&megabyte, 300));
    let rows = gzip_of("{\"text\":\"\"}\n".repeat(80_000).as_bytes(), 100);
    let cut = {
        let whole = gzip("<html><body><p>Troops crossed the river on Monday.</p>".repeat(400).as_bytes());
        whole[..whole.len() - 60].to_vec()
    };
    let mut long = gzip(b"");
    // A header whose name never ends.
    long.truncate(10);
    long[3] = 8;
    long.resize(4_000_000, b'x');
    let members = gzip(b"x").repeat(200_000);
    let streams = b"BZh9\x17\x72\x45\x38\x50\x90\0\0\0\0".repeat(200_000);
    let blank = gzip_of(&[b"{\"text\":\"Troops came.\"}\n".as_slice(), &vec![b'\n'; 4_000_000]].concat(), 60);
    let records = gzip_of(&b"WARC/1.0\r\nContent-Length: 0\r\n\r\n\r\n\r\n".repeat(100_000), 80);
    vec![
        case("page-bomb.html.gz", "ratio", page_bomb),
        case("zeros.gz", "ratio", zeros),
        case("bomb-in-bomb.gz", "ratio", double),
        case("rows-bomb.jsonl.gz", "count", rows),
        case("nested-40.gz", "depth", nested),
        case("bomb.zst", "ratio", zstd_bomb(b'a', 80_000, 0x38)),
        case("window.zst", "size", vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xf8, 0x01, 0x00, 0x00, 0x61]),
        case("bomb.bz2", "ratio", BZIP2_BOMB.repeat(2000)),
        case("window-of-128-mb.zst", "ratio", zstd_bomb(b'a', 80_000, 0x88)),
        case("windows.zst", "size", zstd_in_zstd()),
        case("empty-frames.zst", "count", zstd_of_empty_blocks(1).repeat(200_000)),
        case("empty-blocks.zst", "count", zstd_of_empty_blocks(1_500_000)),
        case("short-frames.zst", "count", zstd_short(30_000)).giving(1).unrefused(),
        case("slow-bomb.bz2", "ratio", BZIP2_SLOW.repeat(2000)),
        case("cut.bz2", "structure", BZIP2_SLOW[..60].to_vec()),
        case("dictionary.xz", "size", xz_of(&[vec![0x01, 0x00, 0x00, b'a', 0x00]], 40)),
        case("bomb.xz", "ratio", xz_of(&[[XZ_LETTERS.repeat(4000), vec![0]].concat()], 28)),
        case("blocks-bomb.xz", "ratio", xz_of(&vec![[XZ_LETTERS, &[0]].concat(); 4000], 28)),
        case("empty-streams.xz", "count", xz_of(&[], 28).repeat(200_000)),
        case("empty-blocks.xz", "count", xz_of(&vec![vec![0]; 250_000], 28)),
        case("short-blocks.xz", "count", xz_of(&vec![vec![0x01, 0x00, 0x00, b'a', 0x00]; 200_000], 28))
            .giving(1)
            .unrefused(),
        case("new-tables.xz", "count", xz_of(&[[XZ_LETTER.repeat(300_000), vec![0]].concat()], 28))
            .giving(1)
            .unrefused(),
        case(
            "padding.xz",
            "count",
            [xz_of(&[vec![0x01, 0x00, 0x00, b'a', 0x00]], 28), vec![0; 40_000_000]].concat(),
        )
        .giving(1)
        .unrefused(),
        case("index-lies.xz", "size", xz_lying_index()),
        case("cut.xz", "structure", xz_cut()).giving(1).unrefused(),
        case("cut.html.gz", "structure", cut).giving(1).unrefused(),
        case("header-without-end.gz", "size", long),
        case("members.gz", "count", members).giving(1).unrefused(),
        case("empty-streams.bz2", "count", streams),
        case("blank-lines.jsonl.gz", "count", blank).giving(1),
        case("empty-records.warc.gz", "count", records),
    ]
}

/// A bzip2 stream of 50 bytes that makes 45 MB.
#[must_use]
pub fn bzip2_of_letters() -> Vec<u8> {
    BZIP2_BOMB.to_vec()
}

/// 45 MB of one letter as bzip2 packs them.
#[rustfmt::skip]
const BZIP2_BOMB: &[u8] = &[
    0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0x70, 0x76, 0x06, 0x3a, 0x01, 0x58, 0xab, 0x01,
    0x20, 0xa0, 0x00, 0x10, 0x00, 0x00, 0x08, 0x20, 0x00, 0x30, 0xcc, 0x05, 0x29, 0xa6, 0x52, 0x48, 0x52, 0x6c,
    0x54, 0x92, 0x14, 0x9e, 0x2e, 0xe4, 0x8a, 0x70, 0xa1, 0x20, 0xe0, 0xec, 0x0c, 0x74,
];

/// CRC-32 (ISO 3309), bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
        )
    })
}

/// A Zstandard frame whose blocks repeat one byte: 4 bytes make 128 KB. `window`: the descriptor (RFC 8878, §3.1.1.1.2), 0x38 for 128 KB,
/// 0x88 for 128 MB.
#[must_use]
pub fn zstd_bomb(byte: u8, blocks: usize, window: u8) -> Vec<u8> {
    let mut bytes = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, window];
    for block in 0..blocks {
        let last = u32::from(block + 1 == blocks);
        let header = last | 1 << 1 | (128 * 1024) << 3;
        bytes.extend_from_slice(&header.to_le_bytes()[..3]);
        bytes.push(byte);
    }
    bytes
}

/// 890 KB of ten letters over and over as bzip2 packs them: its slow way, where runs save nothing.
#[rustfmt::skip]
const BZIP2_SLOW: &[u8] = &[
    0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0x88, 0x29, 0x13, 0xd2, 0x00, 0xad, 0xd3, 0x81,
    0x00, 0x3f, 0xf0, 0x20, 0x00, 0x90, 0x20, 0x06, 0x01, 0x4a, 0xa1, 0x84, 0xce, 0x09, 0x2a, 0x52, 0x78, 0x24,
    0xa9, 0x49, 0xe8, 0x92, 0xa5, 0x27, 0xc2, 0x4a, 0x94, 0x98, 0x12, 0x54, 0xa4, 0xc8, 0x92, 0xa5, 0x26, 0x84,
    0x95, 0x29, 0x36, 0x24, 0xa9, 0x49, 0xf8, 0x92, 0xa5, 0x27, 0x04, 0x95, 0x29, 0x3a, 0x2e, 0xe4, 0x8a, 0x70,
    0xa1, 0x21, 0x10, 0x52, 0x27, 0xa4,
];

/// One chunk of LZMA2 that makes 256 KB of one letter from new tables.
#[rustfmt::skip]
const XZ_LETTERS: &[u8] = &[
    0xe3, 0xff, 0xff, 0x00, 0x6a, 0x5d, 0x00, 0x30, 0xef, 0xfb, 0xbf, 0xfe, 0xa3, 0xb1, 0x5e, 0xe5, 0xf8, 0x3f,
    0xb2, 0xaa, 0x26, 0x55, 0xf8, 0x68, 0x70, 0x41, 0x70, 0x15, 0x0f, 0x8d, 0xfd, 0x1e, 0x4c, 0x1b, 0x8a, 0x42,
    0xb7, 0x19, 0xf4, 0x69, 0x18, 0x71, 0xae, 0x66, 0x23, 0x8a, 0x8a, 0x4d, 0x2f, 0xa3, 0x0d, 0xd9, 0x7f, 0xa6,
    0xe3, 0x8c, 0x23, 0x11, 0x53, 0xe0, 0x59, 0x18, 0xc5, 0x75, 0x8a, 0xe2, 0x77, 0xf8, 0xb6, 0x94, 0x7f, 0x0c,
    0x6a, 0xc0, 0xde, 0x74, 0x49, 0x64, 0xe2, 0xe9, 0x5c, 0x53, 0xb2, 0x04, 0xd8, 0xf7, 0x44, 0x0c, 0xab, 0x5f,
    0x0d, 0x6d, 0x46, 0xe9, 0xe5, 0xc3, 0x76, 0x88, 0xb7, 0x96, 0x57, 0xac, 0xb6, 0x4d, 0xe1, 0x69, 0x1d, 0x6f,
    0xab, 0xfc, 0xeb, 0x3a, 0x00,
];

/// One chunk of LZMA2 that makes twenty letters from new tables.
#[rustfmt::skip]
const XZ_LETTER: &[u8] = &[0xe0, 0x00, 0x13, 0x00, 0x06, 0x5d, 0x00, 0x30, 0xed, 0xfe, 0x00, 0x00, 0x00];

/// An xz file (xz-file-format 1.2) of one stream without checks. `blocks`: the LZMA2 chunks of each; `dictionary`: its size's code,
/// 28 for 64 MB, 40 for 4 GB.
#[must_use]
pub fn xz_of(blocks: &[Vec<u8>], dictionary: u8) -> Vec<u8> {
    let mut bytes = xz_opening();
    let mut index = vec![0];
    varint(&mut index, blocks.len() as u64);
    for block in blocks {
        let header = [0x02, 0x00, 0x21, 0x01, dictionary, 0, 0, 0];
        bytes.extend_from_slice(&header);
        bytes.extend_from_slice(&crc32(&header).to_le_bytes());
        bytes.extend_from_slice(block);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        varint(&mut index, 12 + block.len() as u64);
        varint(&mut index, 1);
    }
    index.resize(index.len().next_multiple_of(4), 0);
    bytes.extend_from_slice(&index);
    bytes.extend_from_slice(&crc32(&index).to_le_bytes());
    let mut footer = u32::try_from(index.len() / 4).unwrap_or(u32::MAX).to_le_bytes().to_vec();
    footer.extend_from_slice(&[0, 0]);
    bytes.extend_from_slice(&crc32(&footer).to_le_bytes());
    bytes.extend_from_slice(&footer);
    bytes.extend_from_slice(b"YZ");
    bytes
}

fn xz_opening() -> Vec<u8> {
    let mut bytes = b"\xfd7zXZ\0\0\0".to_vec();
    bytes.extend_from_slice(&crc32(&[0, 0]).to_le_bytes());
    bytes
}

fn varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// An index that announces 2^62 records.
fn xz_lying_index() -> Vec<u8> {
    let mut bytes = xz_opening();
    bytes.push(0);
    varint(&mut bytes, 1 << 62);
    bytes.resize(bytes.len() + 30_000_000, 1);
    bytes
}

/// A page that breaks off within its second block.
fn xz_cut() -> Vec<u8> {
    let text = b"<html><body><p>Troops crossed the river on Monday.</p></body></html>";
    let block = [&[0x01, 0x00, u8::try_from(text.len() - 1).unwrap_or(0)], text.as_slice(), &[0]].concat();
    let mut bytes = xz_of(&[block.clone(), block], 28);
    bytes.truncate(12 + 2 * 12 + text.len() + 4 + 20);
    bytes
}

/// A block of a Zstandard frame as it is.
fn zstd_raw(bytes: &mut Vec<u8>, block: &[u8], last: bool) {
    let header = u32::from(last) | u32::try_from(block.len()).unwrap_or(0) << 3;
    bytes.extend_from_slice(&header.to_le_bytes()[..3]);
    bytes.extend_from_slice(block);
}

fn zstd_of_empty_blocks(blocks: usize) -> Vec<u8> {
    let mut bytes = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88];
    for block in 0..blocks {
        zstd_raw(&mut bytes, b"", block + 1 == blocks);
    }
    bytes
}

/// Frames of 200 bytes that ask for windows of 128 MB.
fn zstd_short(frames: usize) -> Vec<u8> {
    let mut bytes = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88];
    zstd_raw(&mut bytes, &[b'a'; 200], true);
    bytes.repeat(frames)
}

/// A frame with a window of 128 MB within another: the outer fills its window with what the inner skips, the inner with a bomb.
fn zstd_in_zstd() -> Vec<u8> {
    let mut bytes = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88];
    let (noise, run) = (40u32, 1040u32);
    let skipped = (noise + run) * 128 * 1024;
    zstd_raw(&mut bytes, &[b"\x50\x2a\x4d\x18".as_slice(), &skipped.to_le_bytes()].concat(), false);
    for _ in 0..noise {
        zstd_raw(&mut bytes, &[b'x'; 128 * 1024], false);
    }
    for _ in 0..run {
        bytes.extend_from_slice(&(1u32 << 1 | (128 * 1024) << 3).to_le_bytes()[..3]);
        bytes.push(0);
    }
    zstd_raw(&mut bytes, &zstd_bomb(b'a', 1200, 0x88), true);
    bytes
}
