//! Moments: when a page was fetched, a reading made, a correction entered.

use serde::{Deserialize, Serialize};

use crate::article::Date;

/// A moment in whole seconds since 1970-01-01T00:00:00Z; years 1 to 9999.
///
/// Written as RFC 3339 in UTC, `2017-10-20T14:05:00Z`. Ordered by time. No clock is read here: whoever has one passes it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Moment(i64);

const DAY: i64 = 86_400;

impl Moment {
    /// Makes a moment of seconds since 1970; `None` outside the years 1 to 9999.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Option<Self> {
        let days = i32::try_from(seconds.div_euclid(DAY)).ok()?;
        Date::from_days(days).map(|_| Self(seconds))
    }

    /// The first second of a day, UTC.
    #[must_use]
    pub fn start_of(day: Date) -> Self {
        Self(i64::from(day.days()) * DAY)
    }

    /// Seconds since 1970, UTC.
    #[must_use]
    pub fn unix(self) -> i64 {
        self.0
    }

    /// The day, UTC.
    #[must_use]
    pub fn date(self) -> Date {
        i32::try_from(self.0.div_euclid(DAY))
            .ok()
            .and_then(Date::from_days)
            .expect("checked when it was made")
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rest = self.0.rem_euclid(DAY);
        write!(f, "{}T{:02}:{:02}:{:02}Z", self.date(), rest / 3600, rest / 60 % 60, rest % 60)
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        moment.to_string()
    }
}

impl TryFrom<String> for Moment {
    type Error = NotAMoment;
    fn try_from(text: String) -> Result<Self, NotAMoment> {
        text.parse()
    }
}

impl std::str::FromStr for Moment {
    type Err = NotAMoment;
    /// Reads RFC 3339: `2017-10-20T14:05:00Z`, fractions of a second (dropped), offsets such as `+02:00`, a blank for the `T`.
    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        parse(text).ok_or_else(|| NotAMoment(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Moment> {
    let day: Date = text.get(..10)?.parse().ok()?;
    let rest = text.get(10..)?.strip_prefix(['T', 't', ' '])?;
    let bytes = rest.as_bytes();
    if bytes.len() < 9 || bytes[2] != b':' || bytes[5] != b':' {
        return None;
    }
    let (hour, minute, second) =
        (number(&rest[..2], 23)?, number(rest.get(3..5)?, 59)?, number(rest.get(6..8)?, 60)?);
    let mut zone = rest.get(8..)?;
    if let Some(fraction) = zone.strip_prefix('.') {
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return None;
        }
        zone = &fraction[digits..];
    }
    let offset = match zone {
        "Z" | "z" => 0,
        _ => {
            let sign = if zone.starts_with('-') { -1 } else { 1 };
            let zone = zone.strip_prefix(['+', '-'])?;
            if zone.len() != 5 || zone.as_bytes()[2] != b':' {
                return None;
            }
            sign * (number(zone.get(..2)?, 23)? * 3600 + number(zone.get(3..5)?, 59)? * 60)
        }
    };
    Moment::from_unix(i64::from(day.days()) * DAY + hour * 3600 + minute * 60 + second.min(59) - offset)
}

/// Two digits of at most `most`.
fn number(text: &str, most: i64) -> Option<i64> {
    let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && *number <= most)
}

/// A text that isn't an existing moment written as RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAMoment(pub String);

impl std::fmt::Display for NotAMoment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is not a moment written YYYY-MM-DDThh:mm:ssZ", self.0)
    }
}

impl std::error::Error for NotAMoment {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_with_offsets_and_written_in_utc() {
        for (text, written) in [
            ("2017-10-20T14:05:00Z", "2017-10-20T14:05:00Z"),
            ("2017-10-20T01:05:59.250+02:00", "2017-10-19T23:05:59Z"),
            ("1969-12-31 23:59:59-00:30", "1970-01-01T00:29:59Z"),
        ] {
            let moment: Moment = text.parse().expect("a moment");
            assert_eq!(moment.to_string(), written);
            assert_eq!(Moment::from_unix(moment.unix()), Some(moment));
        }
        for text in [
            "2017-10-20",
            "2017-10-20T25:00:00Z",
            "2017-10-20T14:05:00",
            "2017-10-20T14:05:00.Z",
            "2017-10-20T1é:05:00Z",
        ] {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
        assert!("0001-01-01T00:00:00+01:00".parse::<Moment>().is_err());
    }
}
