//! A list of service tags as read from a file, before it is packed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnetwork::{Ipv4Network, Ipv6Network};

use super::error::{Fault, shown};
use super::features::{Documented, Features};

/// The most bytes of a service tag file; the largest known one has 5 million.
pub(super) const MAX_BYTES: usize = 64 << 20;

/// Longest tag name; the longest known one has 56 bytes.
pub(super) const MAX_NAME: usize = 160;

/// A whole list.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct List {
    /// `Public`, `AzureGovernment`, …
    pub cloud: String,
    /// The day of the list, `YYYY-MM-DD`.
    pub as_of: Option<String>,
    /// The list's change number.
    pub change_number: Option<u64>,
    /// The file it was read from, without folders.
    pub source: String,
    /// The tags in the order of the file.
    pub entries: Vec<Entry>,
}

/// One tag of a list.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// The name as published.
    pub name: String,
    /// `properties.region`: Azure's code for the region, empty for a tag without one.
    pub region_code: String,
    /// `properties.systemService`, empty where unknown.
    pub system_service: String,
    /// Which features take the tag; nothing where the file doesn't say.
    pub features: Option<Features>,
    /// What the documentation says of the tag.
    pub documented: Documented,
    /// The tag's change number.
    pub change_number: Option<u64>,
    /// IPv4 prefixes: first address and length, in order, each once.
    pub v4: Vec<(u32, u8)>,
    /// IPv6 prefixes: first address and length, in order, each once.
    pub v6: Vec<(u128, u8)>,
}

impl Entry {
    /// An entry by the name of `name`, which is checked.
    pub(super) fn new(index: usize, name: &str) -> Result<Self, Fault> {
        if !is_name(name) {
            return Err(Fault::Name { index, name: shown(name) });
        }
        Ok(Self { name: name.to_owned(), ..Self::default() })
    }

    /// Adds a prefix as written in a file. A bare address is a prefix of one address.
    pub(super) fn add(&mut self, text: &str) -> Result<(), Fault> {
        let broken = || Fault::Prefix { tag: self.name.clone(), prefix: shown(text) };
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(decimal(length).ok_or_else(broken)?)),
            None => (text, None),
        };
        let host_bits = |network: String| Fault::HostBits {
            tag: self.name.clone(),
            prefix: text.to_owned(),
            network,
        };
        match address.parse().map_err(|_| broken())? {
            IpAddr::V4(address) => {
                let length = length.unwrap_or(32);
                let network = Ipv4Network::new(address, length).map_err(|_| broken())?;
                if network.network() != address {
                    return Err(host_bits(format!("{}/{length}", network.network())));
                }
                self.v4.push((u32::from(address), length));
            }
            IpAddr::V6(address) => {
                let length = length.unwrap_or(128);
                let network = Ipv6Network::new(address, length).map_err(|_| broken())?;
                if network.network() != address {
                    return Err(host_bits(format!("{}/{length}", network.network())));
                }
                self.v6.push((u128::from(address), length));
            }
        }
        Ok(())
    }

    /// Puts the prefixes in order, each once.
    pub(super) fn tidy(&mut self) {
        self.v4.sort_unstable();
        self.v4.dedup();
        self.v6.sort_unstable();
        self.v6.dedup();
    }

    /// The name less its region. TAG-003: a dot alone is no sign of a region, so only a tag with a
    /// region code has its last part taken off.
    pub(super) fn split(&self) -> (&str, Option<&str>) {
        match self.name.rsplit_once('.') {
            Some((base, region)) if !self.region_code.is_empty() => (base, Some(region)),
            _ => (&self.name, None),
        }
    }
}

/// Whether `name` may be the name of a tag: ASCII without blanks, with something on either side of
/// every dot.
pub(super) fn is_name(name: &str) -> bool {
    name.len() <= MAX_NAME
        && name.bytes().all(|byte| byte.is_ascii_graphic())
        && name.split('.').all(|part| !part.is_empty())
}

/// A prefix length without sign or leading zero.
fn decimal(text: &str) -> Option<u8> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let leading = text.len() > 1 && text.starts_with('0');
    text.parse().ok().filter(|_| plain && !leading)
}

/// `date` if it is a date of the form `YYYY-MM-DD`.
pub(super) fn day(date: &str) -> Option<String> {
    let mut parts = date.splitn(3, '-');
    let mut next = |digits: usize| {
        let part = parts.next()?;
        let plain = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u16>().ok().filter(|_| plain)
    };
    let (_, month, day) = (next(4)?, next(2)?, next(2)?);
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then(|| date.to_owned())
}

/// The day in a file name such as `ServiceTags_Public_20261026.json` (TAG-030).
pub(super) fn day_in_name(file_name: &str) -> Option<String> {
    let stem = file_name.rsplit(['/', '\\']).next()?.split('.').next()?;
    let (_, digits) = stem.rsplit_once('_')?;
    let (year, month, rest) = (digits.get(..4)?, digits.get(4..6)?, digits.get(6..)?);
    day(&format!("{year}-{month}-{rest}"))
}

/// The first and last address of a prefix.
pub(super) fn bounds_v4((start, length): (u32, u8)) -> (u32, u32) {
    (start, start | u32::MAX.checked_shr(u32::from(length)).unwrap_or(0))
}

/// The first and last address of a prefix.
pub(super) fn bounds_v6((start, length): (u128, u8)) -> (u128, u128) {
    (start, start | u128::MAX.checked_shr(u32::from(length)).unwrap_or(0))
}

/// The prefix as a network; nothing where the length is too great.
pub(super) fn network_v4((start, length): (u32, u8)) -> Option<ipnetwork::IpNetwork> {
    Ipv4Network::new(Ipv4Addr::from(start), length).ok().map(Into::into)
}

/// The prefix as a network; nothing where the length is too great.
pub(super) fn network_v6((start, length): (u128, u8)) -> Option<ipnetwork::IpNetwork> {
    Ipv6Network::new(Ipv6Addr::from(start), length).ok().map(Into::into)
}
