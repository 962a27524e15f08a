//! What a URL points to, checked before anything is asked of the network.

use std::net::IpAddr;

use url::{Host, Url};

use crate::Error;
use crate::address::refusal;
use crate::error::shown;

/// Longest URL that is fetched, in bytes.
const URL_BYTES_MAX: usize = 8_192;

/// Ports of other services, which must not be made to hear HTTP (WHATWG Fetch, "port blocking").
#[rustfmt::skip]
const PORTS_BLOCKED: &[u16] = &[
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
    111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540,
    548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566,
    6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

/// A URL that may be asked for: `http` or `https`, with a host, without user, password and fragment.
///
/// The host is in its one true spelling: `127.1`, `0x7f000001` and `１２７.0.0.1` are all `127.0.0.1` (WHATWG URL), IDN hosts are
/// in Punycode, trailing dots are gone. Ordered and compared as the URL's text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    url: Url,
}

impl Target {
    /// Reads a URL as it was typed or linked.
    ///
    /// # Errors
    /// [`Error::Url`] when it isn't an absolute http(s) URL, names a user, or a port of another service.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if text.len() > URL_BYTES_MAX {
            return Err(wrong(text, format!("longer than {URL_BYTES_MAX} bytes")));
        }
        let url = Url::parse(text).map_err(|error| wrong(text, format!("not a URL: {error}")))?;
        Self::checked(url)
    }

    /// Reads a URL relative to this one, as a redirect gives it.
    ///
    /// # Errors
    /// As [`Target::parse`].
    pub fn join(&self, reference: &str) -> Result<Self, Error> {
        if reference.len() > URL_BYTES_MAX {
            return Err(wrong(reference, format!("longer than {URL_BYTES_MAX} bytes")));
        }
        let url = self
            .url
            .join(reference.trim())
            .map_err(|error| wrong(reference, format!("not a URL: {error}")))?;
        Self::checked(url)
    }

    fn checked(mut url: Url) -> Result<Self, Error> {
        let why = |why: &str| wrong(url.as_str(), why.to_owned());
        if !matches!(url.scheme(), "http" | "https") {
            return Err(why(&format!("`{}` isn't fetched, only http and https are", url.scheme())));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(why("names a user before the host, which is not sent and often a trick"));
        }
        if url.port().is_some_and(|port| PORTS_BLOCKED.contains(&port)) {
            return Err(why("names a port of another service"));
        }
        let domain = match url.host() {
            None => return Err(why("names no host")),
            Some(Host::Domain(domain)) => Some(domain.to_owned()),
            Some(_) => None,
        };
        if let Some(domain) = domain {
            let bare = domain.trim_end_matches('.');
            let proper = !bare.is_empty()
                && bare.len() <= 253
                && bare.split('.').all(|label| (1..=63).contains(&label.len()))
                && bare
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
            if !proper {
                return Err(why("its host isn't a name"));
            }
            if bare.len() < domain.len() {
                url.set_host(Some(bare)).map_err(|error| wrong(&domain, format!("not a host: {error}")))?;
            }
        }
        url.set_fragment(None);
        Ok(Self { url })
    }

    /// Refuses what can be refused before any name is resolved: addresses in place of names, and `localhost`.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub fn check_host(&self) -> Result<(), Error> {
        let refused = |address, why| Err(Error::Refused { url: shown(self.as_str()), address, why });
        if let Some(address) = self.address() {
            return match refusal(address) {
                Some(why) => refused(Some(address), why),
                None => Ok(()),
            };
        }
        let host = self.host();
        if host == "localhost" || host.ends_with(".localhost") {
            return refused(None, "the name stands for this computer");
        }
        Ok(())
    }

    /// The address, where the URL names one in place of a name.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        match self.url.host()? {
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
            Host::Domain(_) => None,
        }
    }

    /// The whole URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// The host in lower case, IPv6 in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Scheme, host and port: what one robots.txt speaks for (RFC 9309 §2.3).
    #[must_use]
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Path and query: what the rules of a robots.txt are compared with.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.url[url::Position::BeforePath..url::Position::AfterQuery]
    }

    /// Whether it is asked for over TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.url.scheme() == "https"
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

fn wrong(url: &str, why: String) -> Error {
    Error::Url { url: shown(url), why }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_local_address_is_refused() {
        for url in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://127.0.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0x7f.1/",
            "http://017700000001/",
            "http://0177.0.0.01/",
            "http://127.0.0.1./",
            "http://127.0.0.1:8080/",
            "http://１２７.0.0.1/",
            "http://127。0。0。1/",
            "http://①②⑦.0.0.1/",
            "http://[::1]/",
            "http://[0:0:0:0:0:0:0:1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[::ffff:169.254.169.254]/latest/meta-data/",
            "http://[64:ff9b::10.0.0.1]/",
            "http://0/",
            "http://0.0.0.0/",
            "http://100.64.0.1/",
            "http://169.254.169.254/",
            "http://localhost/",
            "http://LOCALHOST./",
            "http://ｌｏｃａｌｈｏｓｔ/",
            "http://a.localhost/",
            "http:\\\\127.0.0.1\\",
            "http:127.0.0.1",
            "\thttp://127.0.\n0.1/ ",
            "https:///127.0.0.1/",
            "http://%31%32%37.0.0.1/",
        ] {
            let target = Target::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
            assert!(matches!(target.check_host(), Err(Error::Refused { .. })), "{url} is {target}");
        }
    }

    #[test]
    fn what_is_no_plain_web_address_is_not_read() {
        for url in [
            "http://good@127.0.0.1/",
            "http://example.org@10.0.0.1/",
            "http://user:pass@example.org/",
            "http://:pass@example.org/",
            "file:///etc/passwd",
            "ftp://example.org/",
            "gopher://example.org/",
            "javascript:alert(1)",
            "data:text/html,x",
            "http://",
            "http://./",
            "http://..",
            "http://1.2.3.4.5/",
            "http://256.1.1.1/",
            "http://0x100000000/",
            "http://[::1%25lo]/",
            "http://exa mple.org/",
            "http://example.org:25/",
            "http://example.org:99999/",
            "example.org",
            "//example.org/",
            "",
        ] {
            assert!(matches!(Target::parse(url), Err(Error::Url { .. })), "{url}");
        }
        let long = format!("http://example.org/{}", "a".repeat(9_000));
        assert!(Target::parse(&long).is_err());
    }

    #[test]
    fn public_hosts_pass_in_one_spelling() {
        for (url, written) in [
            ("HTTP://Example.ORG:80/a?b#c", "http://example.org/a?b"),
            ("https://example.org./x", "https://example.org/x"),
            ("https://bücher.example/", "https://xn--bcher-kva.example/"),
            ("http://8.8.8.8/", "http://8.8.8.8/"),
            ("http://0x08080808/", "http://8.8.8.8/"),
        ] {
            let target = Target::parse(url).unwrap();
            assert_eq!(target.as_str(), written);
            assert_eq!(target.check_host(), Ok(()));
        }
        let target = Target::parse("https://example.org/a/b").unwrap();
        assert_eq!(target.join("../c?d").unwrap().path(), "/c?d");
        assert!(target.join("//localhost/").unwrap().check_host().is_err());
        assert!(target.join("file:///etc/passwd").is_err());
    }
}
