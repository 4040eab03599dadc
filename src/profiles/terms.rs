//! The small words of a requirement: protocol, severity, cloud, ports, date.

use std::fmt;

use serde::{Serialize, Serializer};

/// An enumeration that files write as one of a few words.
pub(super) trait Choice: Copy + 'static {
    /// Every value.
    const ALL: &'static [Self];

    /// How it is written.
    fn word(self) -> &'static str;

    /// The value written as `text`, whatever its case: Azure itself writes `Tcp` and `TCP`.
    fn of(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|choice| choice.word().eq_ignore_ascii_case(text))
    }
}

/// The protocol of a required flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP; has no ports.
    Icmp,
    /// Every protocol.
    Any,
}

impl Choice for Protocol {
    const ALL: &'static [Self] = &[Self::Tcp, Self::Udp, Self::Icmp, Self::Any];

    fn word(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Icmp => "icmp",
            Self::Any => "any",
        }
    }
}

/// The level of the finding when a requirement of a named profile is blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A row of the coverage table only, no finding.
    None,
    /// Worth knowing.
    Note,
    /// Likely to hurt.
    Warning,
    /// The workload does not work.
    Error,
}

impl Choice for Severity {
    const ALL: &'static [Self] = &[Self::Error, Self::Warning, Self::Note, Self::None];

    fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// An Azure cloud. Tag names are shared by all clouds, prefixes and host names are not (TAG-017).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Cloud {
    /// The public cloud.
    Public,
    /// Azure US Government.
    UsGov,
    /// Azure operated by 21Vianet.
    China,
}

impl Cloud {
    const fn bit(self) -> u8 {
        match self {
            Self::Public => 1,
            Self::UsGov => 2,
            Self::China => 4,
        }
    }
}

impl Choice for Cloud {
    const ALL: &'static [Self] = &[Self::Public, Self::UsGov, Self::China];

    fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::UsGov => "usgov",
            Self::China => "china",
        }
    }
}

macro_rules! display_as_word {
    ($($choice:ty)*) => {$(
        impl fmt::Display for $choice {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.word())
            }
        }
    )*};
}

display_as_word!(Protocol Severity Cloud);

/// A set of clouds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clouds(u8);

impl Clouds {
    /// All clouds.
    pub const ALL: Self = Self(Cloud::Public.bit() | Cloud::UsGov.bit() | Cloud::China.bit());

    /// Is `cloud` one of these?
    pub const fn contains(self, cloud: Cloud) -> bool {
        self.0 & cloud.bit() != 0
    }

    /// The clouds in both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Is there none?
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The clouds, in the order public, usgov, china.
    pub fn iter(self) -> impl Iterator<Item = Cloud> {
        Cloud::ALL.iter().copied().filter(move |&cloud| self.contains(cloud))
    }
}

impl FromIterator<Cloud> for Clouds {
    fn from_iter<I: IntoIterator<Item = Cloud>>(clouds: I) -> Self {
        Self(clouds.into_iter().fold(0, |bits, cloud| bits | cloud.bit()))
    }
}

impl Serialize for Clouds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// A range of ports, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PortRange {
    /// The lowest port.
    pub low: u16,
    /// The highest port, not below `low`.
    pub high: u16,
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { low, high } = self;
        if low == high { write!(f, "{low}") } else { write!(f, "{low}-{high}") }
    }
}

impl Serialize for PortRange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The date of a document; many give no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AsOf {
    /// The year, four digits.
    pub year: u16,
    /// The month, from 1.
    pub month: u8,
    /// The day, from 1.
    pub day: Option<u8>,
}

impl AsOf {
    /// The date, where the calendar has it.
    pub fn new(year: u16, month: u8, day: Option<u8>) -> Option<Self> {
        let leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        let right =
            (1000..=9999).contains(&year) && day.is_none_or(|day| (1..=days).contains(&day));
        right.then_some(Self { year, month, day })
    }

    /// The date written `yyyy-mm` or `yyyy-mm-dd`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |part: &str, count: usize| {
            let all = part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
            all.then(|| part.parse::<u16>().ok()).flatten()
        };
        let two = |part: &str| digits(part, 2).and_then(|number| u8::try_from(number).ok());
        let mut parts = text.split('-');
        let (year, month) = (digits(parts.next()?, 4)?, two(parts.next()?)?);
        let day = match parts.next() {
            Some(day) => Some(two(day)?),
            None => None,
        };
        if parts.next().is_some() {
            return None;
        }
        Self::new(year, month, day)
    }
}

impl fmt::Display for AsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day } = self;
        write!(f, "{year:04}-{month:02}")?;
        day.map_or(Ok(()), |day| write!(f, "-{day:02}"))
    }
}

impl Serialize for AsOf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for good in ["2023-05-24", "2019-02", "2024-02-29", "2000-02-29"] {
            assert_eq!(AsOf::parse(good).map(|date| date.to_string()).as_deref(), Some(good));
        }
        for bad in [
            "",
            "2023",
            "2023-13",
            "2023-00",
            "2023-02-29",
            "1900-02-29",
            "2023-04-31",
            "2023-4-1",
            "23-04-01",
            "2023-05-24-1",
            "2023-05-",
            "0999-01",
            "2023-05-00",
            "+023-05",
            "２０２３-05",
        ] {
            assert_eq!(AsOf::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_date_without_a_day_is_older_than_any_day_of_its_month() {
        assert!(AsOf::parse("2023-05") < AsOf::parse("2023-05-01"));
        assert!(AsOf::parse("2023-05-31") < AsOf::parse("2023-06"));
    }

    #[test]
    fn clouds_are_a_set() {
        let gov: Clouds = [Cloud::UsGov, Cloud::UsGov].into_iter().collect();
        assert_eq!(gov.iter().collect::<Vec<_>>(), [Cloud::UsGov]);
        assert_eq!(Clouds::ALL.iter().count(), Cloud::ALL.len());
        assert_eq!(Clouds::ALL.intersection(gov), gov);
        assert!(gov.intersection([Cloud::China].into_iter().collect()).is_empty());
    }
}
