//! Words for sets of flows. A set that a rule or a tag names is called by that name; others by
//! their prefixes.

use crate::{
    decide::{self, Extent, Family, Lexicon, NsgPolicy, Rows, RuleRef},
    model::{Address, Addresses, Direction},
    space::{Axis, Cube, Ranges},
};
use std::sync::Arc;

/// Flows, as five words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowBox {
    /// Where they come from.
    pub source: String,
    /// The ports they come from.
    pub source_ports: String,
    /// Where they go to.
    pub destination: String,
    /// The ports they go to.
    pub destination_ports: String,
    /// The protocols.
    pub protocol: String,
}

const ANY: &str = "any";

/// So many prefixes are told of one set.
const MOST_PREFIXES: usize = 4;

/// Names for sets of addresses, as the rules at hand use them.
pub(super) struct Words<V> {
    source: Vec<(String, Arc<Ranges<V>>)>,
    destination: Vec<(String, Arc<Ranges<V>>)>,
}

impl<V: Rows> Words<V> {
    /// The words of two rules, given by their groups and their places in them; `all` is what stands
    /// for any flow.
    pub(super) fn of(
        rules: [(&NsgPolicy<'_>, usize); 2],
        direction: Direction,
        all: &Cube<V>,
    ) -> Self {
        let of_axis = |axis: Axis| vec![(ANY.to_owned(), Arc::clone(all.axis(axis)))];
        let (mut source, mut destination) = (of_axis(Axis::Source), of_axis(Axis::Destination));
        for (policy, entry) in rules {
            let lexicon = policy.lexicon();
            let rule = policy.way(direction).entries.get(entry).map(|entry| entry.rule);
            if let Some(RuleRef::Written(rule)) = rule {
                names(lexicon, &rule.source, &mut source);
                names(lexicon, &rule.destination, &mut destination);
            }
            for tag in ["Internet", "VirtualNetwork"] {
                let set = decide::tag::<V>(lexicon, tag).perhaps;
                source.push((tag.to_owned(), Arc::clone(&set)));
                destination.push((tag.to_owned(), set));
            }
        }
        let within = |words: &mut Vec<(String, Arc<Ranges<V>>)>, axis: Axis| {
            for (_, set) in words {
                *set = Arc::new(set.intersection(all.axis(axis)));
            }
        };
        within(&mut source, Axis::Source);
        within(&mut destination, Axis::Destination);
        Self { source, destination }
    }

    /// The words for `flows`.
    pub(super) fn of_box(&self, flows: &Cube<V>) -> FlowBox {
        FlowBox {
            source: addresses(flows.axis(Axis::Source), &self.source),
            source_ports: ports(flows.axis(Axis::SourcePort)),
            destination: addresses(flows.axis(Axis::Destination), &self.destination),
            destination_ports: ports(flows.axis(Axis::DestinationPort)),
            protocol: protocols(flows.axis(Axis::Protocol)),
        }
    }
}

/// Adds the side as a whole, and each of its tags.
fn names<V: Rows>(
    lexicon: Lexicon<'_>,
    side: &Addresses,
    into: &mut Vec<(String, Arc<Ranges<V>>)>,
) {
    let word = |address: &Address| match address {
        Address::Any => Some("*".to_owned()),
        Address::Network(network) => Some(network.to_string()),
        Address::Tag(tag) => Some(tag.to_string()),
        Address::Unknown(_) | Address::Invalid { .. } => None,
    };
    let words: Option<Vec<String>> = side.items.iter().map(|item| word(&item.value)).collect();
    let groups: Vec<String> =
        side.groups.iter().map(|group| format!("the members of {}", group.name)).collect();
    let extent: Extent<V> = decide::addresses(lexicon, side);
    if let Some(mut words) = words
        && words.len() + groups.len() <= MOST_PREFIXES
    {
        words.extend(groups);
        if words != ["*"] {
            into.push((words.join(", "), extent.perhaps));
        }
    }
    for item in &side.items {
        if let Address::Tag(tag) = &item.value {
            into.push((tag.to_string(), decide::tag::<V>(lexicon, tag).perhaps));
        }
    }
}

/// The name of a set, or that of one less another, or its prefixes.
fn addresses<V: Family>(set: &Ranges<V>, names: &[(String, Arc<Ranges<V>>)]) -> String {
    if let Some((name, _)) = names.iter().find(|(_, named)| **named == *set) {
        return name.clone();
    }
    let mut wider: Vec<_> = names.iter().filter(|(_, named)| set.is_subset(named)).collect();
    wider.sort_by_key(|(_, named)| named.count());
    for (name, named) in &wider {
        let without = named.minus(set);
        let other = names.iter().find(|(_, other)| without == named.intersection(other));
        if let Some((other, _)) = other {
            return format!("{name} except {other}");
        }
    }
    let prefixes = prefixes(set);
    if prefixes.len() > MOST_PREFIXES {
        for (name, named) in &wider {
            let without = self::prefixes(&named.minus(set));
            if without.len() <= MOST_PREFIXES {
                return format!("{name} except {}", without.join(", "));
            }
        }
    }
    let more = prefixes.len().saturating_sub(MOST_PREFIXES);
    let mut words: Vec<String> = prefixes.into_iter().take(MOST_PREFIXES).collect();
    if more > 0 {
        words.push(format!("and {more} more prefix{}", if more == 1 { "" } else { "es" }));
    }
    words.join(", ")
}

/// The fewest prefixes that hold the set and nothing else.
fn prefixes<V: Family>(set: &Ranges<V>) -> Vec<String> {
    let highest: u128 = V::HIGHEST.into();
    let bits = u128::BITS - highest.leading_zeros();
    let mut prefixes = Vec::new();
    for (low, high) in set.iter() {
        let (mut at, high): (u128, u128) = (low.into(), high.into());
        loop {
            // The largest block that begins here and does not pass the end.
            let aligned = if at == 0 { bits } else { at.trailing_zeros().min(bits) };
            let left = (high - at).checked_add(1).map_or(u128::BITS, |count| count.ilog2());
            let size = aligned.min(left);
            prefixes.push(prefix::<V>(at, bits - size));
            let next = 1_u128.checked_shl(size).and_then(|size| at.checked_add(size));
            match next {
                Some(next) if next <= high => at = next,
                _ => break,
            }
        }
    }
    prefixes
}

fn prefix<V: Family>(at: u128, length: u32) -> String {
    let highest: u128 = V::HIGHEST.into();
    let address = if highest == u128::MAX {
        std::net::IpAddr::from(std::net::Ipv6Addr::from(at))
    } else {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        std::net::IpAddr::from(std::net::Ipv4Addr::from(at))
    };
    format!("{address}/{length}")
}

fn ports<V: Family>(set: &Ranges<V>) -> String {
    if *set == Axis::DestinationPort.full::<V>() {
        return ANY.to_owned();
    }
    let port = |value: V| -> u16 { u16::try_from(value.into()).unwrap_or(u16::MAX) };
    let words = set.iter().map(|(low, high)| match (port(low), port(high)) {
        (low, high) if low == high => low.to_string(),
        (low, high) => format!("{low}-{high}"),
    });
    words.collect::<Vec<_>>().join(",")
}

/// The protocols that rules can name.
const PROTOCOLS: [(u16, &str); 5] = [(6, "Tcp"), (17, "Udp"), (1, "Icmp"), (50, "Esp"), (51, "Ah")];

fn protocols<V: Family>(set: &Ranges<V>) -> String {
    let full = Axis::Protocol.full::<V>();
    if *set == full {
        return ANY.to_owned();
    }
    let named = |holds: bool| {
        let all = PROTOCOLS.iter().filter(|(number, _)| set.contains(V::from(*number)) == holds);
        all.map(|(_, name)| *name).collect::<Vec<_>>()
    };
    let (within, without) = (named(true), named(false));
    let rest = full.minus(set);
    if rest.count() == without.len().try_into().unwrap_or(u128::MAX) {
        return format!("any but {}", without.join(", "));
    }
    if set.count() == within.len().try_into().unwrap_or(u128::MAX) {
        return within.join(",");
    }
    let others = set.count().saturating_sub(within.len().try_into().unwrap_or(u128::MAX));
    [within, vec![&*format!("{others} other protocols")]].concat().join(",")
}
