//! `smtp-egress`: LINT-57, NSG-067.

use super::written::{rules, title};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Access, Address, AddressItem, Direction, PortValue, Protocol, SecurityRule},
    tags::{PRIVATE_V4, Special, special},
};
use ipnetwork::{IpNetwork, Ipv4Network};

pub(super) const LINT: Lint = Lint {
    id: "smtp-egress",
    summary: "mail sent straight to the Internet on port 25",
    page: include_str!("../../rules/lints/smtp-egress.md"),
    level: Level::Off,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    rules(facts).filter_map(remark).collect()
}

fn remark(rule: &SecurityRule) -> Option<Remark> {
    let lets_out = rule.access.known() == Some(&Access::Allow)
        && rule.direction.known() == Some(&Direction::Outbound)
        && matches!(rule.protocol.known(), Some(Protocol::Tcp | Protocol::Any));
    // A wide range that holds 25 among others is not written for mail.
    let smtp =
        rule.destination_ports.items.iter().find(|port| port.value == PortValue::Range(25, 25))?;
    if !lets_out || !rule.destination.items.iter().any(is_public) {
        return None;
    }
    let message = format!("{} lets out tcp/25, which the platform may block", title(rule));
    let help = "send mail by a relay on port 587, or ask whether the subscription may use port 25";
    Some(Remark::about(rule, smtp.span, "depends on the subscription", message).help(help))
}

/// Whether addresses of the Internet are meant.
fn is_public(item: &AddressItem) -> bool {
    match &item.value {
        Address::Any => true,
        Address::Tag(name) => special(name).is_none_or(|tag| tag == Special::Internet),
        Address::Network(IpNetwork::V4(network)) => !PRIVATE_V4.iter().any(|&(start, length)| {
            Ipv4Network::new(start, length).is_ok_and(|private| network.is_subnet_of(private))
        }),
        Address::Network(IpNetwork::V6(_)) | Address::Unknown(_) | Address::Invalid { .. } => false,
    }
}
