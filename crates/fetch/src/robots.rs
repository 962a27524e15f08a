//! robots.txt as RFC 9309 defines it, with `Crawl-delay` as hosts use it.
//!
//! Own code instead of a crate: the crates at hand compile rules into regular expressions (500 kB of rules in `texting_robots` 0.2.2
//! took 190 MB and a second) or aren't kept up. Here matching is linear in rule and URL, and nothing is compiled.

use std::time::Duration;

/// Bytes of a robots.txt that are read (RFC 9309 §2.5 asks for at least 500 KiB).
pub(crate) const BYTES_MAX: u64 = 512 << 10;
/// Wildcards of one rule that are heeded.
const STARS_MAX: usize = 16;

/// What one robots.txt says to one program.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rules {
    rules: Vec<Rule>,
    delay: Option<Duration>,
}

#[derive(Debug, Clone, PartialEq)]
struct Rule {
    /// Normalised, `*` and a closing `$` as they were.
    pattern: String,
    allow: bool,
}

impl Rules {
    /// Reads the groups that speak to `product` (RFC 9309 §2.2.1), or those for `*` when none does. Lines that are no rule are
    /// skipped; bytes that are no UTF-8 are replaced.
    #[must_use]
    pub fn parse(bytes: &[u8], product: &str) -> Self {
        let most = bytes.len().min(usize::try_from(BYTES_MAX).unwrap_or(usize::MAX));
        let text = String::from_utf8_lossy(&bytes[..most]);
        let text = text.trim_start_matches('\u{feff}');
        let (mut ours, mut anyones) = (None::<Self>, None::<Self>);
        // Who the present group speaks to: (us, anyone), and whether a rule has closed its list of agents.
        let (mut us, mut anyone, mut closed) = (false, false, true);
        for line in text.split(['\n', '\r']) {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else { continue };
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            if matches!(key.as_str(), "user-agent" | "useragent" | "user agent") {
                if closed {
                    (us, anyone, closed) = (false, false, false);
                }
                let end = value.find(|c: char| !(c.is_ascii_alphabetic() || matches!(c, '_' | '-')));
                us |= value[..end.unwrap_or(value.len())].eq_ignore_ascii_case(product);
                anyone |= value.starts_with('*');
                if us {
                    ours.get_or_insert_default();
                }
                if anyone {
                    anyones.get_or_insert_default();
                }
                continue;
            }
            if !matches!(key.as_str(), "allow" | "disallow" | "crawl-delay") {
                continue;
            }
            closed = true;
            for rules in
                [us.then_some(&mut ours), anyone.then_some(&mut anyones)].into_iter().flatten().flatten()
            {
                rules.add(&key, value);
            }
        }
        ours.or(anyones).unwrap_or_default()
    }

    fn add(&mut self, key: &str, value: &str) {
        if key == "crawl-delay" {
            let seconds = value.parse::<f64>().ok().filter(|seconds| (0.0..=1e9).contains(seconds));
            self.delay = self.delay.max(seconds.map(Duration::from_secs_f64));
            return;
        }
        let allow = key == "allow";
        // An empty rule says nothing; a rule that starts with neither `/` nor `*` can match no path.
        let value = match value.chars().next() {
            Some('/' | '*') => value.to_owned(),
            Some(_) => format!("/{value}"),
            None => return,
        };
        let mut pattern = normalised(&value);
        while pattern.contains("**") {
            pattern = pattern.replace("**", "*");
        }
        if let Some((end, _)) = pattern.match_indices('*').nth(STARS_MAX) {
            // Cut, a rule matches more: fine for a prohibition, not for a permission.
            if allow {
                return;
            }
            pattern.truncate(end);
        }
        self.rules.push(Rule { pattern, allow });
    }

    /// Whether a path with its query may be asked for: the longest rule that matches decides, a permission before a prohibition of
    /// the same length (RFC 9309 §2.2.2).
    #[must_use]
    pub fn allows(&self, path: &str) -> bool {
        let path = normalised(path);
        if path == "/robots.txt" {
            return true;
        }
        self.rules
            .iter()
            .filter(|rule| matches(&rule.pattern, &path))
            .map(|rule| (rule.pattern.len(), rule.allow))
            .max()
            .is_none_or(|(_, allow)| allow)
    }

    /// The pause between requests that it asks for.
    #[must_use]
    pub fn delay(&self) -> Option<Duration> {
        self.delay
    }

    /// How many rules apply.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether anything is allowed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

/// Octets compared as RFC 9309 §2.2.2 says: unreserved characters bare, all others that need it percent-encoded in upper case.
fn normalised(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut out = String::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        let escaped = bytes.get(at + 1..at + 3).filter(|_| byte == b'%').and_then(|digits| {
            let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
            u8::from_str_radix(digits, 16).ok()
        });
        let (octet, was_escaped) = escaped.map_or((byte, false), |octet| (octet, true));
        at += if was_escaped { 3 } else { 1 };
        let unreserved = octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~');
        if unreserved || (!was_escaped && octet.is_ascii_graphic()) {
            out.push(char::from(octet));
        } else {
            out.push_str(&format!("%{octet:02X}"));
        }
    }
    out
}

/// Whether a pattern matches the start of a path, or all of it where it ends in `$`; `*` stands for any characters.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, whole) = pattern.strip_suffix('$').map_or((pattern, false), |pattern| (pattern, true));
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return !whole || rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if whole && parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(text: &str, path: &str) -> bool {
        Rules::parse(text.as_bytes(), "watchkeeper").allows(path)
    }

    #[test]
    fn the_longest_rule_decides() {
        let text = "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c$\nDisallow: /*.pdf$\nAllow:/x\nDisallow:/x\n";
        for (path, expected) in [
            ("/", true),
            ("/a", false),
            ("/ab", false),
            ("/a/b", true),
            ("/a/b/c", false),
            ("/a/b/c/d", true),
            ("/y/z.pdf", false),
            ("/y/z.pdf?q", true),
            ("/x", true),
            ("/robots.txt", true),
        ] {
            assert_eq!(allows(text, path), expected, "{path}");
        }
        assert!(!allows("user-agent: *\ndisallow: /", "/a"));
        assert!(allows("user-agent: *\ndisallow: /", "/robots.txt"));
        assert!(allows("user-agent: *\ndisallow:", "/a"));
        assert!(allows("", "/a"));
    }

    #[test]
    fn groups_speak_to_whom_they_name() {
        let text = "User-agent: other\nDisallow: /\n\nUser-agent: one\nUser-agent: WatchKeeper/2.0 # us\nCrawl-delay: 7\nDisallow: /no\n\nUser-agent: *\nDisallow: /\n\nUser-Agent: watchkeeper\nDisallow: /never\n";
        let rules = Rules::parse(text.as_bytes(), "watchkeeper");
        assert!(rules.allows("/yes") && !rules.allows("/no") && !rules.allows("/never"));
        assert_eq!(rules.delay(), Some(Duration::from_secs(7)));
        assert_eq!(rules.len(), 2);
        let rules = Rules::parse(text.as_bytes(), "someone");
        assert!(!rules.allows("/yes"));
        // A group of ours without rules still keeps the one for all away.
        assert!(allows("User-agent: watchkeeper\nDisallow:\nUser-agent: *\nDisallow: /", "/a"));
        // `watchkeeperbot` is someone else.
        assert!(allows("User-agent: watchkeeperbot\nDisallow: /", "/a"));
        // Rules before any agent speak to nobody.
        assert!(allows("Disallow: /\nUser-agent: x\nDisallow: /", "/a"));
        // Sitemaps between agents and rules break no group.
        assert!(!allows("User-agent: *\nSitemap: https://a.example/s.xml\nDisallow: /a", "/a"));
        assert!(!allows("\u{feff}User-agent: *\rDisallow: /a\r", "/a"));
    }

    #[test]
    fn octets_are_compared_as_the_standard_says() {
        for (rule, path, matches) in [
            ("/foo/bar/ツ", "/foo/bar/%E3%83%84", true),
            ("/foo/bar/%e3%83%84", "/foo/bar/ツ", true),
            ("/foo/bar/%62%61%7A", "/foo/bar/baz", true),
            ("/a%2Fb", "/a/b", false),
            ("/a%2Fb", "/a%2fb", true),
            ("/a%2A", "/a*", false),
            ("/a b", "/a%20b", true),
            ("/%zz", "/%zz", true),
            ("/*/x/*/y", "/1/x/2/y/3", true),
            ("/*/x/*/y$", "/1/x/2/y/3", false),
            ("*.php", "/index.php?a", true),
            ("page", "/page", true),
            ("/a*$", "/abc", true),
            ("/a$b", "/a$b", true),
        ] {
            assert_eq!(!allows(&format!("user-agent: *\ndisallow: {rule}"), path), matches, "{rule} {path}");
        }
    }

    #[test]
    fn a_hostile_file_is_read_and_asked_quickly() {
        let mut text = String::from("User-agent: *\n");
        while text.len() < 480_000 {
            text.push_str("Disallow: /*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b$\n");
        }
        text.push_str(&format!("Disallow: /{}\n", "*".repeat(10_000)));
        let started = std::time::Instant::now();
        let rules = Rules::parse(text.as_bytes(), "watchkeeper");
        for _ in 0..10 {
            let _ = rules.allows(&format!("/{}", "a".repeat(8_000)));
        }
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, lines in "((user-agent|disallow|allow|crawl-delay): ?[a-z*$/%0-9é]{0,12}\n){0,8}", path in "/[a-z*$%0-9é]{0,12}") {
            let _ = Rules::parse(&bytes, "watchkeeper").allows(&path);
            let _ = Rules::parse(lines.as_bytes(), "watchkeeper").allows(&path);
        }

        /// Against a matcher of the plainest kind, which tries everything.
        #[test]
        fn matching_agrees_with_trying_everything(pattern in "/[ab*]{0,8}[$]?", path in "/[ab]{0,8}") {
            fn tries(pattern: &[u8], path: &[u8]) -> bool {
                match pattern.first() {
                    None => true,
                    Some(b'$') if pattern.len() == 1 => path.is_empty(),
                    Some(b'*') => (0..=path.len()).any(|skip| tries(&pattern[1..], &path[skip..])),
                    Some(byte) => path.first() == Some(byte) && tries(&pattern[1..], &path[1..]),
                }
            }
            proptest::prop_assert_eq!(matches(&pattern, &path), tries(pattern.as_bytes(), path.as_bytes()));
        }
    }
}
