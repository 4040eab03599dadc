//! `platform-address-rule`: LINT-48, NSG-066.

use super::written::{rules, title};
use crate::{
    decide::{HOST, METADATA},
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Address, AddressItem, Direction, SecurityRule},
    tags::Special,
};
use std::net::IpAddr;

pub(super) const LINT: Lint = Lint {
    id: "platform-address-rule",
    summary: "a rule on an address of the platform, which only tags act on",
    page: include_str!("../../rules/lints/platform-address-rule.md"),
    level: Level::Note,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    // Inbound, 168.63.129.16 is the source of health probes, which rules do act on (NSG-057).
    let outbound = |rule: &&SecurityRule| rule.direction.known() == Some(&Direction::Outbound);
    rules(facts)
        .filter(outbound)
        .flat_map(|rule| rule.destination.items.iter().filter_map(|item| remark(rule, item)))
        .collect()
}

fn remark(rule: &SecurityRule, item: &AddressItem) -> Option<Remark> {
    let Address::Network(network) = item.value else { return None };
    let IpAddr::V4(address) = network.ip() else { return None };
    let (tag, what) = match address {
        HOST => (Special::AzurePlatformDns, "DNS"),
        METADATA => (Special::AzurePlatformImds, "the metadata service"),
        _ => return None,
    };
    if network.prefix() != 32 {
        return None;
    }
    let message = format!(
        "`{address}` in {} has no effect: rules reach platform services by tag only",
        title(rule)
    );
    let help = format!(
        "leave the address out; traffic to it passes, and to deny {what} name `{}`",
        tag.name()
    );
    Some(Remark::about(rule, item.span, "an address of the platform", message).help(help))
}
