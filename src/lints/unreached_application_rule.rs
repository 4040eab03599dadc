//! `unreached-application-rule`: LINT-16, LINT-17, FW-011, FW-013.

use super::firewalls::{Placed, Within, rules};
use crate::{
    lint::{Check, Level, Lint, Remark, Whole},
    model::{
        ApplicationRule, Ends, FirewallAction, FirewallAddress, FirewallProtocol, IpGroupRef,
        NetworkRule, PortValue, names::is_global,
    },
    source::Span,
    space::Ranges,
};
use std::net::IpAddr;

pub(super) const LINT: Lint = Lint {
    id: "unreached-application-rule",
    summary: "an application rule for flows that a network rule decides first",
    page: include_str!("../../rules/lints/unreached-application-rule.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Estate(check),
};

fn check(facts: &Whole<'_>) -> Vec<Remark> {
    let open = rules(facts.estate).filter_map(|placed| {
        let rule = placed.network()?;
        let surely = !is_conditional(&placed) && placed.does(FirewallAction::Allow);
        (surely && goes_anywhere(rule)).then_some((placed, rule))
    });
    let open: Vec<(Placed<'_>, &NetworkRule)> = open.collect();
    let mut remarks = Vec::new();
    for placed in rules(facts.estate) {
        let Some(rule) = placed.application() else { continue };
        // Network rules come before all application rules (FW-011): one that lets everything
        // through leaves nothing for these, whatever other network rules stand before it.
        let taker = open.iter().find(|(other, network)| {
            is_one_firewall(other, &placed)
                && holds_ports(network, rule)
                && holds_sources(&other.rule.source, &placed.rule.source)
        });
        let Some((taker, _)) = taker else { continue };
        let verb = match placed.collection.action.known() {
            Some(FirewallAction::Allow) => "filters",
            Some(FirewallAction::Deny) => "stops",
            _ => continue,
        };
        let message = format!(
            "{} {verb} nothing: network rule {} lets its sources reach every destination on these ports, and network rules come first",
            placed.title(),
            taker.title()
        );
        let remark = placed.remark(placed.rule.name.span, "never asked", message);
        remarks.push(
            remark
                .also(taker.rule.name.span, "this rule takes its flows")
                .help("give the network rule the destinations that it is for, or drop its port"),
        );
    }
    remarks
}

fn is_conditional(placed: &Placed<'_>) -> bool {
    let outer = match placed.within {
        Within::Firewall(firewall) => firewall.condition.is_some(),
        Within::Group(group) => group.condition.is_some(),
    };
    outer || placed.collection.condition.is_some()
}

/// Whether two rules surely stand in the same firewall or policy.
fn is_one_firewall(one: &Placed<'_>, other: &Placed<'_>) -> bool {
    let key = |placed: &Placed<'_>| -> (Box<str>, Span) {
        match placed.within {
            Within::Firewall(firewall) => (firewall.id.clone(), firewall.span),
            Within::Group(group) => (group.policy.clone(), group.span),
        }
    };
    let ((id, place), (other, other_place)) = (key(one), key(other));
    id == other && !id.is_empty() && (is_global(&id) || place.file == other_place.file)
}

/// Whether the rule surely holds TCP to every destination.
fn goes_anywhere(rule: &NetworkRule) -> bool {
    let tcp = rule.protocols.items.iter().any(|protocol| {
        matches!(protocol.known(), Some(FirewallProtocol::Tcp | FirewallProtocol::Any))
    });
    tcp && is_any(&rule.destination)
}

fn is_any(ends: &Ends) -> bool {
    ends.addresses.iter().any(|item| match &item.value {
        FirewallAddress::Any => true,
        FirewallAddress::Network(network) => network.is_ipv4() && network.prefix() == 0,
        _ => false,
    })
}

/// Whether all ports of the application rule are surely among those of the network rule.
fn holds_ports(network: &NetworkRule, rule: &ApplicationRule) -> bool {
    let holds = |port: i64| {
        network.ports.items.iter().any(|item| match item.value {
            PortValue::Any => true,
            PortValue::Range(low, high) => (i64::from(low)..=i64::from(high)).contains(&port),
            PortValue::Unknown(_) | PortValue::Invalid { .. } => false,
        })
    };
    rule.protocols_unread.is_none()
        && !rule.protocols.is_empty()
        && rule
            .protocols
            .iter()
            .all(|protocol| protocol.port.known().is_some_and(|&port| holds(port)))
}

/// Whether `all` surely holds every source of `some`.
fn holds_sources(all: &Ends, some: &Ends) -> bool {
    let is_among = |reference: &IpGroupRef| match reference {
        IpGroupRef::To(id) => all.ip_groups.iter().any(|other| match other {
            IpGroupRef::To(other) => other.value == id.value,
            IpGroupRef::Unknown(_) => false,
        }),
        IpGroupRef::Unknown(_) => false,
    };
    let known =
        some.unread.is_none() && some.opaque.is_empty() && some.ip_groups.iter().all(is_among);
    let something = !some.addresses.is_empty() || !some.ip_groups.is_empty();
    let (held, _) = ranges(all);
    let (asked, whole) = ranges(some);
    is_any(all) || (known && something && whole && asked.is_subset(&held))
}

/// The addresses that are known, and whether these are all.
fn ranges(ends: &Ends) -> (Ranges<u32>, bool) {
    let mut pairs = Vec::new();
    let mut whole = true;
    for item in &ends.addresses {
        let pair = match &item.value {
            FirewallAddress::Any => Some((IpAddr::from([0; 4]), IpAddr::from([255; 4]))),
            FirewallAddress::Network(network) => Some((network.network(), network.broadcast())),
            FirewallAddress::Range(low, high) => Some((*low, *high)),
            FirewallAddress::Tag(_)
            | FirewallAddress::Unknown(_)
            | FirewallAddress::Invalid { .. } => None,
        };
        match pair {
            Some((IpAddr::V4(low), IpAddr::V4(high))) if low <= high => {
                pairs.push((u32::from(low), u32::from(high)));
            }
            _ => whole = false,
        }
    }
    (pairs.into_iter().collect(), whole)
}
