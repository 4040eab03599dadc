//! `icmp-to-internet`: LINT-56, FW-032.

use super::firewalls::{Placed, Within, policy_of, rules};
use crate::{
    lint::{Check, Level, Lint, Remark, Whole},
    model::{
        Estate, FirewallAction, FirewallAddress, FirewallAddressItem, FirewallProtocol,
        FirewallSettings,
    },
    space::Ranges,
    tags::not_internet_v4,
};
use std::net::IpAddr;

pub(super) const LINT: Lint = Lint {
    id: "icmp-to-internet",
    summary: "a firewall rule that allows ICMP to public addresses, which never works",
    page: include_str!("../../rules/lints/icmp-to-internet.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Estate(check),
};

fn check(facts: &Whole<'_>) -> Vec<Remark> {
    let inside = not_internet_v4();
    let mut remarks = Vec::new();
    for placed in rules(facts.estate) {
        let Some(rule) = placed.network() else { continue };
        let icmp = rule.protocols.items.iter().map(|protocol| protocol.known());
        let icmp_only = rule.protocols.unread.is_none()
            && !rule.protocols.items.is_empty()
            && icmp.into_iter().all(|protocol| protocol == Some(&FirewallProtocol::Icmp));
        let side = &rule.destination;
        let plain = side.ip_groups.is_empty() && side.opaque.is_empty() && side.unread.is_none();
        let public = |item: &FirewallAddressItem| is_public(&item.value, &inside);
        let Some(first) = side.addresses.first().filter(|_| side.addresses.iter().all(public))
        else {
            continue;
        };
        if icmp_only
            && plain
            && placed.does(FirewallAction::Allow)
            && translates(&placed, facts.estate)
        {
            let message = format!(
                "{} allows ICMP to public addresses, which the firewall can't translate: it never arrives",
                placed.title()
            );
            let help = "remove the rule, and test with TCP";
            remarks.push(placed.remark(first.span, "on the Internet", message).help(help));
        }
    }
    remarks
}

/// Whether the address is on the Internet.
fn is_public(address: &FirewallAddress, inside: &Ranges<u32>) -> bool {
    let (low, high) = match address {
        FirewallAddress::Network(network) => (network.network(), network.broadcast()),
        FirewallAddress::Range(low, high) => (*low, *high),
        FirewallAddress::Any
        | FirewallAddress::Tag(_)
        | FirewallAddress::Unknown(_)
        | FirewallAddress::Invalid { .. } => return false,
    };
    match (low, high) {
        (IpAddr::V4(low), IpAddr::V4(high)) => {
            low <= high && !Ranges::range(u32::from(low), u32::from(high)).intersects(inside)
        }
        _ => false,
    }
}

/// Whether flows to the Internet surely have their source translated: nobody said otherwise.
fn translates(placed: &Placed<'_>, estate: &Estate) -> bool {
    let is_default = |settings: &FirewallSettings| settings.private_ranges.is_empty();
    match placed.within {
        Within::Firewall(firewall) => is_default(&firewall.settings),
        Within::Group(group) => {
            policy_of(estate, group).is_none_or(|policy| is_default(&policy.settings))
        }
    }
}
