//! `mixed-address-families`: LINT-52, NSG-039.

use super::written::{rules, sides, title};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Address, SecurityRule},
    source::Span,
};
use ipnetwork::IpNetwork;

pub(super) const LINT: Lint = Lint {
    id: "mixed-address-families",
    summary: "IPv4 and IPv6 in one rule",
    page: include_str!("../../rules/lints/mixed-address-families.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    rules(facts).filter_map(remark).collect()
}

fn remark(rule: &SecurityRule) -> Option<Remark> {
    let (v4, first) = networks(rule).find(|(network, _)| network.is_ipv4())?;
    let (v6, second) = networks(rule).find(|(network, _)| network.is_ipv6())?;
    let message = format!("{} names IPv4 (`{v4}`) and IPv6 (`{v6}`)", title(rule));
    let (span, label, other, other_label) = if first < second {
        (second, "IPv6 here", first, "and IPv4 here")
    } else {
        (first, "IPv4 here", second, "and IPv6 here")
    };
    let help = "make two rules of it, one with the IPv4 and one with the IPv6 prefixes";
    Some(Remark::about(rule, span, label, message).also(other, other_label).help(help))
}

/// Every address that the rule names, with its place.
fn networks(rule: &SecurityRule) -> impl Iterator<Item = (IpNetwork, Span)> {
    let items = sides(rule).into_iter().flat_map(|side| side.addresses.items.iter());
    items.filter_map(|item| match item.value {
        Address::Network(network) => Some((network, item.span)),
        Address::Any | Address::Tag(_) | Address::Unknown(_) | Address::Invalid { .. } => None,
    })
}
