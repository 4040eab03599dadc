//! `host-bits-set`: LINT-53.

use super::written::{rules, sides};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Address, AddressItem, SecurityRule},
};
use ipnetwork::IpNetwork;

pub(super) const LINT: Lint = Lint {
    id: "host-bits-set",
    summary: "a prefix whose address is not its first",
    page: include_str!("../../rules/lints/host-bits-set.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for rule in rules(facts) {
        for side in sides(rule) {
            remarks.extend(side.addresses.items.iter().filter_map(|item| remark(rule, item)));
        }
    }
    remarks
}

fn remark(rule: &SecurityRule, item: &AddressItem) -> Option<Remark> {
    let Address::Network(network) = item.value else { return None };
    let meant = IpNetwork::new(network.network(), network.prefix()).ok()?;
    let host = network.ip();
    if host == meant.ip() {
        return None;
    }
    let message = format!("`{network}` is an address inside of `{meant}`, not a prefix");
    let help = format!("write `{meant}` for the whole network, or `{host}` for the one address");
    Some(Remark::about(rule, item.span, "bits are set beyond the prefix", message).help(help))
}
