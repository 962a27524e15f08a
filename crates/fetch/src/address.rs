//! Which addresses are never connected to.
//!
//! The ranges are those of the IANA special-purpose registries (RFC 6890 and successors) that aren't globally reachable,
//! addresses under which cloud hosts serve secrets, and IPv6 forms that carry an IPv4 address of either kind. When in
//! doubt an address is refused: of IPv6 only 2000::/3 (what IANA gives out) and the forms named below are connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Says what an address is, if it is one that nothing is fetched from; `None` for a public one.
///
/// ```
/// use watchkeeper_fetch::address::refusal;
/// assert!(refusal("169.254.169.254".parse().unwrap()).is_some());
/// assert!(refusal("::ffff:10.0.0.1".parse().unwrap()).is_some());
/// assert!(refusal("93.184.215.14".parse().unwrap()).is_none());
/// ```
#[must_use]
pub fn refusal(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => refusal_v4(address),
        IpAddr::V6(address) => refusal_v6(address),
    }
}

fn refusal_v4(address: Ipv4Addr) -> Option<&'static str> {
    let why = match address.octets() {
        [0, 0, 0, 0] => "the unspecified address",
        [0, ..] => "of this network only",
        [127, ..] => "this computer (loopback)",
        [169, 254, 169, 254]
        | [169, 254, 170, 2]
        | [169, 254, 169, 123]
        | [100, 100, 100, 200]
        | [192, 0, 0, 192] => "a cloud host's metadata service",
        [168, 63, 129, 16] => "a cloud host's inner service",
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => "a private network",
        [100, 64..=127, ..] => "a carrier's inner network (CGNAT)",
        [169, 254, ..] => "link-local",
        [192, 0, 0, _] => "reserved for protocols",
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => "for documentation only",
        [192, 88, 99, _] => "a 6to4 relay, no longer in use",
        [198, 18..=19, ..] => "for benchmarks only",
        [224..=239, ..] => "multicast",
        [255, 255, 255, 255] => "the broadcast address",
        [240..=255, ..] => "reserved",
        _ => return None,
    };
    Some(why)
}

fn refusal_v6(address: Ipv6Addr) -> Option<&'static str> {
    let segments = address.segments();
    let carried = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        refusal_v4(Ipv4Addr::new(a, b, c, d))
    };
    let why = match segments {
        [0, 0, 0, 0, 0, 0, 0, 0] => "the unspecified address",
        [0, 0, 0, 0, 0, 0, 0, 1] => "this computer (loopback)",
        // IPv4-mapped and NAT64 lead to the address they carry.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            return carried(high, low);
        }
        [0, 0, 0, 0, 0, 0, _, _] => "an IPv4-compatible address, no longer in use",
        [0x64, 0xff9b, 1, ..] => "a local NAT64 address",
        [0x2001, 0, ..] => "a Teredo tunnel",
        [0x2001, 2, 0, ..] => "for benchmarks only",
        [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => "for documentation only",
        [0x2001, 0..=0x01ff, ..] => "reserved for protocols",
        [0x2002, high, low, ..] => return carried(high, low).or(Some("a 6to4 tunnel, no longer in use")),
        [0xfc00..=0xfdff, ..] => "a private network (unique local)",
        [0xfe80..=0xfebf, ..] => "link-local",
        [0xfec0..=0xfeff, ..] => "site-local",
        [0xff00..=0xffff, ..] => "multicast",
        // ISATAP carries an IPv4 address in its lower half (RFC 5214 §6.1).
        [0x2000..=0x3fff, _, _, _, 0 | 0x0200, 0x5efe, high, low] => return carried(high, low),
        [0x2000..=0x3fff, ..] => return None,
        _ => "not given out to anyone",
    };
    Some(why)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The plain table: what must be refused, as CIDR.
    const TABLE: &[&str] = &[
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    ];

    /// IPv6 outside 2000::/3 that is let through when the IPv4 address in its last 32 bits is.
    const CARRIERS: &[&str] = &["::ffff:0:0/96", "64:ff9b::/96"];

    fn inside(address: IpAddr, cidr: &str) -> bool {
        let (network, length) = cidr.split_once('/').unwrap();
        let (network, length): (IpAddr, u32) = (network.parse().unwrap(), length.parse().unwrap());
        match (address, network) {
            (IpAddr::V4(a), IpAddr::V4(n)) => (a.to_bits() ^ n.to_bits()).leading_zeros() >= length,
            (IpAddr::V6(a), IpAddr::V6(n)) => (a.to_bits() ^ n.to_bits()).leading_zeros() >= length,
            _ => false,
        }
    }

    fn last(address: Ipv6Addr) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(address.to_bits() & 0xffff_ffff).unwrap()))
    }

    fn refused_by_table(address: IpAddr) -> bool {
        if TABLE.iter().any(|cidr| inside(address, cidr)) {
            return true;
        }
        let IpAddr::V6(v6) = address else { return false };
        if CARRIERS.iter().any(|cidr| inside(address, cidr)) {
            return refused_by_table(last(v6));
        }
        let isatap = matches!(v6.segments()[4..6], [0 | 0x200, 0x5efe]);
        !inside(address, "2000::/3") || (isatap && refused_by_table(last(v6)))
    }

    #[test]
    fn known_addresses_are_told_apart() {
        for (text, refused) in [
            ("127.0.0.1", true),
            ("100.64.0.1", true),
            ("100.127.255.255", true),
            ("100.128.0.1", false),
            ("172.32.0.1", false),
            ("169.254.169.254", true),
            ("255.255.255.255", true),
            ("8.8.8.8", false),
            ("::1", true),
            ("::", true),
            ("::127.0.0.1", true),
            ("::ffff:169.254.169.254", true),
            ("::ffff:8.8.8.8", false),
            ("::ffff:0:127.0.0.1", true),
            ("64:ff9b::7f00:1", true),
            ("64:ff9b::808:808", false),
            ("64:ff9b:1::808:808", true),
            ("2002:7f00:1::", true),
            ("2002:808:808::1", true),
            ("2001:0:4136:e378:8000:63bf:3fff:fdd2", true),
            ("fd00:ec2::254", true),
            ("fe80::1", true),
            ("fec0::1", true),
            ("ff02::1", true),
            ("2a00:1450:4001::5efe:7f00:1", true),
            ("2a00:1450:4001:1:1:5efe:7f00:1", false),
            ("2a00:1450:4001:0:0:5efe:127.0.0.1", true),
            ("2a00:1450:4001:0:200:5efe:8.8.8.8", false),
            ("2606:4700::6810:84e5", false),
            ("2001:db8::1", true),
            ("2001:4860:4860::8888", false),
            ("4000::1", true),
        ] {
            let address: IpAddr = text.parse().unwrap();
            assert_eq!(refusal(address).is_some(), refused, "{text}");
            assert_eq!(refused_by_table(address), refused, "table: {text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        #[test]
        fn any_v4_is_judged_as_the_table_says(bits: u32) {
            let address = IpAddr::V4(Ipv4Addr::from_bits(bits));
            prop_assert_eq!(refusal(address).is_some(), refused_by_table(address), "{}", address);
        }

        #[test]
        fn any_v6_is_judged_as_the_table_says(
            prefix in prop::sample::select(vec![
                "::", "::ffff:0:0", "64:ff9b::", "64:ff9b:1::", "2001::", "2001:2::", "2001:db8::", "2002::", "3fff::",
                "2a00:1450::", "2a00:0:0:0:0:5efe::", "fc00::", "fe80::", "fec0::", "ff00::", "100::", "5f00::",
            ]),
            kept in 0u32..=128,
            bits: u128,
        ) {
            // A known prefix with random bits behind it, so that the edges of every range are met.
            let prefix: Ipv6Addr = prefix.parse().unwrap();
            let mask = if kept == 0 { 0 } else { u128::MAX << (128 - kept) };
            let address = IpAddr::V6(Ipv6Addr::from_bits((prefix.to_bits() & mask) | (bits & !mask)));
            prop_assert_eq!(refusal(address).is_some(), refused_by_table(address), "{}", address);
        }
    }
}
