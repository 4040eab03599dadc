//! Functions on address ranges, of IPv4 and IPv6.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::template::evaluate::Outcome;
use crate::template::unknown::Unknown;

use super::{Arguments, Function};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::of("cidrHost", 2..=2, cidr_host),
    Function::of("cidrSubnet", 3..=3, cidr_subnet),
    Function::of("parseCidr", 1..=1, parse_cidr),
];

/// The longest IPv4 prefix whose first and last address are not for hosts.
const LONGEST_WITH_HOSTS: u32 = 30;

/// An address range.
#[derive(Clone, Copy)]
struct Network {
    is_v4: bool,
    /// The first address.
    first: u128,
    prefix: u32,
}

impl Network {
    const fn bits(self) -> u32 {
        if self.is_v4 { 32 } else { 128 }
    }

    /// All bits beyond the prefix.
    fn hosts(self) -> u128 {
        ones(self.bits() - self.prefix)
    }

    fn last(self) -> u128 {
        self.first | self.hosts()
    }

    fn address(self, address: u128) -> IpAddr {
        match u32::try_from(address) {
            Ok(address) if self.is_v4 => Ipv4Addr::from(address).into(),
            _ => Ipv6Addr::from(address).into(),
        }
    }
}

/// A number whose last `count` bits are set.
fn ones(count: u32) -> u128 {
    1_u128.checked_shl(count).map_or(u128::MAX, |one| one - 1)
}

/// The range that is the first argument.
fn network(arguments: &Arguments<'_, '_, '_>) -> Result<Network, Unknown> {
    let parsed = arguments.text(0)?.split_once('/').and_then(|(address, prefix)| {
        let is_number = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let prefix = prefix.parse().ok().filter(|_| is_number)?;
        let (is_v4, first) = match address.parse().ok()? {
            IpAddr::V4(address) => (true, u128::from(u32::from(address))),
            IpAddr::V6(address) => (false, u128::from(address)),
        };
        let network = Network { is_v4, first, prefix };
        (prefix <= network.bits()).then_some(network)
    });
    let network = parsed.ok_or_else(|| arguments.invalid(0, "it is not an address range"))?;
    if network.first & network.hosts() == 0 {
        Ok(network)
    } else {
        Err(arguments.invalid(0, "the address has bits beyond its prefix"))
    }
}

/// The range of that length, counted from the first in a longer one.
fn cidr_subnet<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let network = network(arguments)?;
    let (prefix, index) = (arguments.integer(1)?, arguments.integer(2)?);
    let prefix = u32::try_from(prefix).ok();
    let prefix = prefix.filter(|prefix| (network.prefix..=network.bits()).contains(prefix));
    let prefix = prefix.ok_or_else(|| {
        arguments.invalid(1, "the prefix is shorter than that of the range, or too long")
    })?;
    let index = u128::try_from(index).ok().filter(|index| *index <= ones(prefix - network.prefix));
    let index =
        index.ok_or_else(|| arguments.invalid(2, "there is no such subnet in the range"))?;
    // No subnet but the first is as long as the address.
    let offset = index.checked_shl(network.bits() - prefix).unwrap_or_default();
    arguments.made(format!("{}/{prefix}", network.address(network.first + offset)))
}

/// An address for hosts, counted from the first.
fn cidr_host<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let network = network(arguments)?;
    if network.is_v4 && network.prefix > LONGEST_WITH_HOSTS {
        return Err(arguments.invalid(0, "the hosts of so small a range are not documented"));
    }
    let last = network.last() - u128::from(network.is_v4);
    let index = u128::try_from(arguments.integer(1)?).ok();
    let host = index.and_then(|index| network.first.checked_add(1)?.checked_add(index));
    let host = host.filter(|host| *host <= last);
    let host = host.ok_or_else(|| arguments.invalid(1, "there is no such host in the range"))?;
    arguments.made(network.address(host).to_string())
}

fn parse_cidr<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let network = network(arguments)?;
    if network.is_v4 && network.prefix > LONGEST_WITH_HOSTS {
        return Err(arguments.invalid(0, "the hosts of so small a range are not documented"));
    }
    let mask = ones(network.bits()) ^ network.hosts();
    let edge = u128::from(network.is_v4);
    let mut parts = vec![
        ("network", network.first),
        ("netmask", mask),
        ("firstUsable", network.first + edge),
        ("lastUsable", network.last() - edge),
    ];
    if network.is_v4 {
        parts.insert(2, ("broadcast", network.last()));
    }
    let mut members = Vec::new();
    for (name, address) in parts {
        let address = arguments.made(network.address(address).to_string())?;
        members.push((Cow::Borrowed(name), arguments.reading(address)));
    }
    let prefix = arguments.reading(arguments.number(&network.prefix));
    members.push((Cow::Borrowed("cidr"), prefix));
    arguments.object_of(members, None)
}
