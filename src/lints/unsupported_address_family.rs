//! `unsupported-address-family`: LINT-73, FW-073.

use super::firewalls::{Within, rules};
use crate::{
    lint::{Check, Level, Lint, Remark, Whole},
    model::{FirewallAddress, RuleBody},
};

pub(super) const LINT: Lint = Lint {
    id: "unsupported-address-family",
    summary: "IPv6 where a firewall has none",
    page: include_str!("../../rules/lints/unsupported-address-family.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Estate(check),
};

fn check(facts: &Whole<'_>) -> Vec<Remark> {
    let is_ipv6 = |value: &FirewallAddress| match value {
        FirewallAddress::Network(network) => network.is_ipv6(),
        FirewallAddress::Range(low, _) => low.is_ipv6(),
        FirewallAddress::Any
        | FirewallAddress::Tag(_)
        | FirewallAddress::Unknown(_)
        | FirewallAddress::Invalid { .. } => false,
    };
    let mut remarks = Vec::new();
    for placed in rules(facts.estate) {
        let place = match (&placed.rule.body, placed.within) {
            (RuleBody::Application(_), _) => "application rules",
            (RuleBody::Nat(_), _) => "NAT rules",
            (RuleBody::Network(_), Within::Firewall(_)) => "firewalls without a policy",
            (RuleBody::Network(_) | RuleBody::Unread(_), _) => continue,
        };
        let items = placed.rule.source.addresses.iter().chain(placed.destinations());
        let Some(item) = items.into_iter().find(|item| is_ipv6(&item.value)) else { continue };
        let message = format!("{} has an IPv6 address: {place} have only IPv4", placed.title());
        let help = "IPv6 is for network rules of a policy (preview, 2026)";
        remarks.push(placed.remark(item.span, "IPv6", message).help(help));
    }
    remarks
}
