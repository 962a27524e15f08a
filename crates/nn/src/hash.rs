//! The hash function of spaCy's embedding tables.
//!
//! In: 64-bit keys. Out: embedding rows. Checked against values made with spaCy.

/// Computes the four rows' hashes of a key: one block of MurmurHash3 x64-128 as thinc's `HashEmbed` uses it.
#[must_use]
pub fn embedding_hashes(key: u64, seed: u32) -> [u32; 4] {
    fn mix(mut x: u64) -> u64 {
        x = (x ^ (x >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        x = (x ^ (x >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        x ^ (x >> 33)
    }
    let mut h1 = key.wrapping_mul(0x87c3_7b91_1142_53d5).rotate_left(31).wrapping_mul(0x4cf5_ad43_2745_937f);
    h1 ^= u64::from(seed) ^ 8;
    let mut h2 = u64::from(seed) ^ 8;
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    h1 = mix(h1);
    h2 = mix(h2);
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    [h1 as u32, (h1 >> 32) as u32, h2 as u32, (h2 >> 32) as u32]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embedding_rows_are_those_of_thinc() {
        let expected = [314_455_520, 3_555_381_092, 471_683_280, 1_038_104_342];
        assert_eq!(embedding_hashes(6_082_155_222_106_332_043, 8), expected);
    }
}
