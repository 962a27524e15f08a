//! Undoes content codings under caps: the number of codings, the bytes that come out, and how many times the bytes that
//! went in.

use std::io::Read;

use crate::transport::Limits;

/// What came out, or why nothing did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// More than the limit of bytes.
    TooLarge,
    /// Anything else, in words.
    Broken(String),
}

/// Bytes that a coded body may always unpack to, whatever its ratio.
const FREE: u64 = 1 << 20;

/// Undoes the codings of a `content-encoding` header (RFC 9110 §8.4), outermost last.
///
/// With `cut`, the bytes up to the limit are given instead of a fault.
pub(crate) fn undo(body: Vec<u8>, encodings: &str, limits: &Limits, cut: bool) -> Result<Vec<u8>, Fault> {
    let codings: Vec<String> = encodings
        .split(',')
        .map(|coding| coding.trim().to_ascii_lowercase())
        .filter(|coding| !coding.is_empty() && coding != "identity")
        .collect();
    if codings.len() > limits.codings_max {
        return Err(Fault::Broken(format!("{} codings on top of one another", codings.len())));
    }
    if codings.is_empty() || body.is_empty() {
        return Ok(body);
    }
    let ratio_most = (body.len() as u64).saturating_mul(limits.ratio_max).max(FREE);
    let mut bytes = body;
    for coding in codings.iter().rev() {
        let out = match coding.as_str() {
            // Some hosts say gzip and send plain bytes; no gzip starts otherwise.
            "gzip" | "x-gzip" if !bytes.starts_with(&[0x1f, 0x8b]) => continue,
            "gzip" | "x-gzip" => gunzip(&bytes, limits.body_bytes_max.min(ratio_most)),
            "deflate" => inflate(&bytes, limits.body_bytes_max.min(ratio_most)),
            "br" => drain(
                brotli_decompressor::Decompressor::new(bytes.as_slice(), 16 << 10),
                limits.body_bytes_max.min(ratio_most),
            ),
            "zstd" => unzstd(&bytes, limits.body_bytes_max.min(ratio_most)),
            other => {
                return Err(Fault::Broken(format!("`{}` is unknown", crate::error::shown(other))));
            }
        };
        bytes = match out {
            Ok(Out { bytes, full: false }) => bytes,
            Ok(Out { bytes, full: true }) if cut => bytes,
            Ok(_) if ratio_most < limits.body_bytes_max => {
                return Err(Fault::Broken(format!(
                    "it unpacks to more than {} times its size",
                    limits.ratio_max
                )));
            }
            Ok(_) => return Err(Fault::TooLarge),
            Err(why) => return Err(Fault::Broken(format!("{coding}: {why}"))),
        };
    }
    Ok(bytes)
}

/// Bytes, and whether there were more than allowed.
struct Out {
    bytes: Vec<u8>,
    full: bool,
}

fn drain(reader: impl Read, most: u64) -> Result<Out, String> {
    let mut bytes = Vec::new();
    reader.take(most + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    let full = bytes.len() as u64 > most;
    bytes.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Ok(Out { bytes, full })
}

/// All members one after another; bytes after the last that are no member are dropped, as browsers do.
fn gunzip(bytes: &[u8], most: u64) -> Result<Out, String> {
    let mut rest = bytes;
    let mut out = Vec::new();
    while rest.starts_with(&[0x1f, 0x8b]) {
        let left = most - out.len() as u64;
        let mut member = flate2::bufread::GzDecoder::new(rest);
        let mut reader = (&mut member).take(left + 1);
        reader.read_to_end(&mut out).map_err(|error| error.to_string())?;
        if out.len() as u64 > most {
            out.truncate(usize::try_from(most).unwrap_or(usize::MAX));
            return Ok(Out { bytes: out, full: true });
        }
        rest = member.into_inner();
    }
    Ok(Out { bytes: out, full: false })
}

/// zlib as the standard says, or bare deflate as some hosts send.
fn inflate(bytes: &[u8], most: u64) -> Result<Out, String> {
    let is_zlib = matches!(bytes, [head, flags, ..]
        if head & 0x0f == 8 && (u16::from(*head) << 8 | u16::from(*flags)).is_multiple_of(31));
    if is_zlib {
        return drain(flate2::bufread::ZlibDecoder::new(bytes), most);
    }
    drain(flate2::bufread::DeflateDecoder::new(bytes), most)
}

fn unzstd(bytes: &[u8], most: u64) -> Result<Out, String> {
    let mut reader = zstd::stream::read::Decoder::with_buffer(bytes).map_err(|error| error.to_string())?;
    // RFC 9659: windows of zstd on the web are of 8 MiB at most.
    reader.window_log_max(23).map_err(|error| error.to_string())?;
    drain(reader, most)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    fn brotli(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let parameters = brotli::enc::BrotliEncoderParams { quality: 5, ..Default::default() };
        brotli::BrotliCompress(&mut &bytes[..], &mut out, &parameters).unwrap();
        out
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        zstd::encode_all(bytes, 3).unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    fn small() -> Limits {
        Limits { body_bytes_max: 4 << 20, ..Limits::default() }
    }

    #[test]
    fn each_coding_is_undone() {
        let text = "Shelling was heard near the river. ".repeat(40).into_bytes();
        for (name, coded) in [
            ("gzip", gzip(&text)),
            ("X-GZIP", gzip(&text)),
            ("deflate", zlib(&text)),
            ("deflate", deflate(&text)),
            ("br", brotli(&text)),
            ("zstd", zstd(&text)),
            ("br, gzip", gzip(&brotli(&text))),
            ("identity", text.clone()),
            ("gzip", text.clone()),
            ("", text.clone()),
        ] {
            assert_eq!(undo(coded, name, &small(), false), Ok(text.clone()), "{name}");
        }
        let mut members = gzip(&text[..100]);
        members.extend(gzip(&text[100..]));
        members.extend(b"trailing");
        assert_eq!(undo(members, "gzip", &small(), false), Ok(text));
    }

    #[test]
    fn bombs_end_at_a_cap() {
        let zeros = vec![0; 24 << 20];
        for (name, bomb) in [
            ("gzip", gzip(&zeros)),
            ("br", brotli(&zeros)),
            ("zstd", zstd(&zeros)),
            ("deflate", zlib(&zeros)),
        ] {
            assert!(undo(bomb.clone(), name, &small(), false).is_err(), "{name}");
            let cut = undo(bomb, name, &small(), true).unwrap();
            assert!(cut.len() <= 4 << 20, "{name}");
        }
        let twice = gzip(&gzip(&zeros));
        assert!(undo(twice, "gzip, gzip", &small(), false).is_err());
        let mut members = Vec::new();
        let member = gzip(&zeros[..1 << 20]);
        for _ in 0..2_000 {
            members.extend(&member);
        }
        assert!(undo(members, "gzip", &small(), false).is_err());
    }

    #[test]
    fn broken_and_stacked_codings_are_told() {
        let text = vec![b'x'; 10_000];
        let mut cut = gzip(&text);
        cut.truncate(20);
        for (name, bytes) in [
            ("gzip", cut),
            ("br", vec![0xff; 64]),
            ("zstd", b"\x28\xb5\x2f\xfdxxxxxxxx".to_vec()),
            ("zstd", text.clone()),
            ("deflate", vec![0xff; 64]),
            ("gzip, gzip, gzip", text.clone()),
            ("compress", text.clone()),
        ] {
            assert!(matches!(undo(bytes, name, &small(), false), Err(Fault::Broken(_))), "{name}");
        }
    }

    #[test]
    fn a_zstd_window_beyond_the_webs_is_refused() {
        // Magic, a descriptor without single segment, and a window of 2^31 bytes; then an empty last block.
        let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 0x01, 0x00, 0x00];
        assert!(matches!(undo(frame.to_vec(), "zstd", &small(), false), Err(Fault::Broken(_))));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, name in proptest::sample::select(vec!["gzip", "br", "zstd", "deflate"]), head: bool) {
            let mut bytes = bytes;
            if head && name == "gzip" {
                bytes.splice(0..0, [0x1f, 0x8b, 8, 0]);
            }
            if let Ok(out) = undo(bytes, name, &small(), true) {
                proptest::prop_assert!(out.len() <= 4 << 20);
            }
        }
    }
}
