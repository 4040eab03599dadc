//! `wildcard-in-network-rule`: LINT-42, FW-038.

use super::firewalls::rules;
use crate::lint::{Check, Level, Lint, Remark, Whole};

pub(super) const LINT: Lint = Lint {
    id: "wildcard-in-network-rule",
    summary: "a host name with `*` in a network rule of a firewall",
    page: include_str!("../../rules/lints/wildcard-in-network-rule.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Estate(check),
};

fn check(facts: &Whole<'_>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for placed in rules(facts.estate) {
        let Some(rule) = placed.network() else { continue };
        for name in rule.fqdns.items.iter().filter(|name| name.value.contains('*')) {
            let message = format!(
                "network rule {} names `{}`: only whole names are taken",
                placed.title(),
                name.value
            );
            remarks.push(placed.remark(name.span, "not taken by Azure", message).help(
                "name each host, or use an application rule, where a `*` may stand at the left end",
            ));
        }
    }
    remarks
}
