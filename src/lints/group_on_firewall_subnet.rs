//! `group-on-firewall-subnet`: LINT-78, NSG-021.

use super::routing::{is_firewall_subnet, on_subnet};
use crate::{
    lint::{Check, Level, Lint, Remark, Whole},
    model::Reference,
};

pub(super) const LINT: Lint = Lint {
    id: "group-on-firewall-subnet",
    summary: "a security group on the subnet of a firewall",
    page: include_str!("../../rules/lints/group-on-firewall-subnet.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Estate(check),
};

fn check(facts: &Whole<'_>) -> Vec<Remark> {
    let subnets = facts.estate.subnets.iter().filter(|subnet| is_firewall_subnet(subnet));
    subnets
        .filter_map(|subnet| {
            let Reference::To(group) = &subnet.group else { return None };
            let message = format!("`{}` carries a network security group", subnet.name.value);
            let remark = on_subnet(subnet, group.span, "not supported here", message);
            Some(remark.help("remove it: the platform protects this subnet by itself"))
        })
        .collect()
}
