//! First match, one packet at a time. Written from the statements of the semantics file, with
//! nothing of the engine in it: strings, bits and loops.

use crate::world::{Rule, World, Written};
use egresslint::model::{Direction, Protocol};
use std::net::IpAddr;

/// One packet; protocols without ports have 0 for both (NSG-027).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Packet {
    pub(crate) source: IpAddr,
    pub(crate) source_port: u16,
    pub(crate) destination: IpAddr,
    pub(crate) port: u16,
    pub(crate) protocol: Protocol,
}

/// Whether something matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Maybe {
    No,
    Perhaps,
    Yes,
}

/// What may become of a packet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fate {
    pub(crate) allow: bool,
    pub(crate) deny: bool,
    /// The rules that may decide it.
    pub(crate) perhaps: Vec<usize>,
}

/// What the words stand for whose members no list gives.
#[derive(Clone, Debug)]
pub(crate) enum Meaning {
    /// `VirtualNetwork` is the private ranges, all else is not known.
    Judged,
    /// Each is some set.
    Random(u64),
    /// Each is one address that nothing else holds.
    Symbols,
}

/// IANA protocol numbers.
pub(crate) const fn number(protocol: Protocol) -> u16 {
    match protocol {
        Protocol::Icmp => 1,
        Protocol::Tcp => 6,
        Protocol::Udp => 17,
        Protocol::Esp => 50,
        Protocol::Ah => 51,
        Protocol::Any => 255,
    }
}

const fn has_ports(protocol: Protocol) -> bool {
    matches!(protocol, Protocol::Tcp | Protocol::Udp)
}

/// The rules of one direction as they are tried (NSG-003), built-in ones at the end (NSG-008).
pub(crate) fn ordered(rules: &[Rule], direction: Direction) -> Vec<Rule> {
    let mut mine: Vec<Rule> =
        rules.iter().filter(|rule| rule.direction == direction).cloned().collect();
    mine.sort_by_key(|rule| rule.priority);
    let accesses: Vec<_> = mine.iter().map(|rule| (rule.priority, rule.access)).collect();
    for rule in &mut mine {
        // A rule without a number may come after the one that decides.
        rule.doubted |= rule.priority.is_none();
        // One that Azure may refuse for its access may not be there at all.
        rule.doubted |= rule.access.is_none();
        // NSG-005: Azure takes none of them, so which one will stand here is not known.
        rule.doubted |= accesses.iter().any(|&(priority, access)| {
            rule.priority.is_some() && priority == rule.priority && access != rule.access
        });
    }
    mine.extend(Rule::built_in_ones(direction));
    mine
}

/// What may become of a packet.
pub(crate) fn fate(order: &[Rule], packet: &Packet, meaning: &Meaning) -> Fate {
    let mut fate = Fate::default();
    for (at, rule) in order.iter().enumerate() {
        let matches = rule.matches(packet, meaning);
        if matches == Maybe::No {
            continue;
        }
        fate.perhaps.push(at);
        fate.allow |= rule.access != Some(false);
        fate.deny |= rule.access != Some(true);
        if matches == Maybe::Yes {
            break;
        }
    }
    fate
}

impl Rule {
    pub(crate) fn matches(&self, packet: &Packet, meaning: &Meaning) -> Maybe {
        let [protocol, source_port, port] = self.protocol_and_ports(packet);
        let fields = [
            protocol,
            source_port,
            port,
            side(&self.source, packet.source, meaning),
            side(&self.destination, packet.destination, meaning),
        ];
        let worst = fields.into_iter().min().unwrap_or(Maybe::Yes);
        if worst == Maybe::Yes && self.doubted { Maybe::Perhaps } else { worst }
    }

    fn protocol_and_ports(&self, packet: &Packet) -> [Maybe; 3] {
        let same = match self.protocol {
            None => Maybe::Perhaps,
            Some(Protocol::Any) => Maybe::Yes,
            Some(mine) if mine == packet.protocol => Maybe::Yes,
            Some(_) => Maybe::No,
        };
        if has_ports(packet.protocol) {
            let source = ports(&self.source_ports, packet.source_port);
            return [same, source, ports(&self.ports, packet.port)];
        }
        // NSG-027
        let both = [whole(&self.source_ports), whole(&self.ports)];
        let without = both.into_iter().min().unwrap_or(Maybe::Yes);
        let names_it = self.protocol.is_some_and(|mine| mine == packet.protocol);
        let without = match without {
            // Whether such a rule exists, and what it does, is not documented.
            Maybe::No if names_it => Maybe::Perhaps,
            // A rule whose protocol is not known may be one for ICMP.
            Maybe::No if self.protocol.is_none() => Maybe::Perhaps,
            other => other,
        };
        [same, without, without]
    }
}

/// Whether a list of ports is no restriction at all.
fn whole(words: &[&str]) -> Maybe {
    if words.contains(&"?") || (words.len() > 1 && words.contains(&"*")) {
        Maybe::Perhaps
    } else if words.contains(&"*") || words.contains(&"0-65535") {
        Maybe::Yes
    } else {
        Maybe::No
    }
}

fn ports(words: &[&str], port: u16) -> Maybe {
    // NSG-031
    if words.len() > 1 && words.contains(&"*") {
        return Maybe::Perhaps;
    }
    let one = |word: &&str| {
        let (low, high) = word.split_once('-').unwrap_or((word, word));
        match (low.parse::<u16>(), high.parse::<u16>()) {
            (Ok(low), Ok(high)) if low <= port && port <= high => Maybe::Yes,
            (Ok(_), Ok(_)) => Maybe::No,
            _ if *word == "*" => Maybe::Yes,
            _ => Maybe::Perhaps,
        }
    };
    words.iter().map(one).max().unwrap_or(Maybe::No)
}

fn side(side: &Written, address: IpAddr, meaning: &Meaning) -> Maybe {
    match side {
        Written::Groups(names) => {
            names.iter().map(|name| group(name, address, meaning)).max().unwrap_or(Maybe::No)
        }
        Written::Words(words) => {
            let best = words.iter().map(|word| element(word, address, meaning)).max();
            let best = best.unwrap_or(Maybe::No);
            // NSG-035: only one tag, and never in a list.
            let refused = words.len() > 1
                && words.iter().any(|word| *word == "*" || word.starts_with(char::is_uppercase));
            if refused { best.min(Maybe::Perhaps) } else { best }
        }
    }
}

fn element(word: &str, address: IpAddr, meaning: &Meaning) -> Maybe {
    let yes = |is: bool| if is { Maybe::Yes } else { Maybe::No };
    match word {
        "*" => Maybe::Yes,
        "?" => Maybe::Perhaps,
        // NSG-041
        "0.0.0.0/0" if address.is_ipv6() => Maybe::Perhaps,
        "Internet" => yes(is_internet(address)),
        "AzureLoadBalancer" => yes(in_prefix("168.63.129.16/32", address)),
        "VirtualNetwork" => match meaning {
            Meaning::Judged => yes(is_private(address)),
            _ => set(word, address, meaning),
        },
        _ => match World::prefixes(word) {
            Some(prefixes) => yes(prefixes.iter().any(|prefix| in_prefix(prefix, address))),
            None if word.contains(['.', ':']) => yes(in_prefix(word, address)),
            None => match meaning {
                Meaning::Judged => Maybe::Perhaps,
                _ => set(word, address, meaning),
            },
        },
    }
}

/// NSG-044, NSG-048.
fn group(name: &str, address: IpAddr, meaning: &Meaning) -> Maybe {
    match meaning {
        Meaning::Judged if is_private(address) => Maybe::Perhaps,
        Meaning::Judged => Maybe::No,
        _ => set(name, address, meaning),
    }
}

/// A set that no list gives.
fn set(name: &str, address: IpAddr, meaning: &Meaning) -> Maybe {
    let holds = match meaning {
        Meaning::Random(salt) => {
            let mut hash = *salt;
            for byte in name.bytes().chain(address.to_string().bytes()) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
            (hash >> 32) & 1 == 1
        }
        Meaning::Symbols | Meaning::Judged => Some(address) == World::symbol(name),
    };
    if holds { Maybe::Yes } else { Maybe::No }
}

fn is_private(address: IpAddr) -> bool {
    ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]
        .iter()
        .any(|prefix| in_prefix(prefix, address))
}

/// NSG-056; of IPv6, global unicast.
fn is_internet(address: IpAddr) -> bool {
    const NOT: [&str; 7] = [
        "0.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "168.63.129.16/32",
    ];
    if address.is_ipv6() {
        return in_prefix("2000::/3", address);
    }
    !is_private(address) && !NOT.iter().any(|prefix| in_prefix(prefix, address))
}

/// Compares bit by bit.
fn in_prefix(prefix: &str, address: IpAddr) -> bool {
    let (network, length) = match prefix.split_once('/') {
        Some((network, length)) => (network, length.parse::<usize>().ok()),
        None => (prefix, None),
    };
    let Ok(network) = network.parse::<IpAddr>() else { return false };
    let (network, address) = (bits(network), bits(address));
    let length = length.unwrap_or(network.len());
    network.len() == address.len() && network.iter().zip(&address).take(length).all(|(a, b)| a == b)
}

fn bits(address: IpAddr) -> Vec<bool> {
    let octets = match address {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    };
    octets.iter().flat_map(|octet| (0..8).rev().map(move |bit| octet >> bit & 1 == 1)).collect()
}
