//! `tag-not-for-firewalls`: LINT-29, TAG-013.

use super::firewalls::rules;
use crate::{
    lint::{Check, Level, Lint, Remark, Whole},
    model::FirewallAddress,
    tags::{Special, special},
};

pub(super) const LINT: Lint = Lint {
    id: "tag-not-for-firewalls",
    summary: "a tag of security groups in a firewall rule",
    page: include_str!("../../rules/lints/tag-not-for-firewalls.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Estate(check),
};

fn check(facts: &Whole<'_>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for placed in rules(facts.estate) {
        for item in placed.destinations() {
            let FirewallAddress::Tag(name) = &item.value else { continue };
            let Some(special) = special(name) else { continue };
            let message = format!(
                "{} has the destination `{name}`, which firewalls don't know",
                placed.title()
            );
            let help = match special {
                Special::Internet => {
                    "firewalls have no tag for the Internet: `*` holds private addresses, too, so stop those in a rule before"
                }
                Special::VirtualNetwork => "write the address space of the networks",
                _ => "remove it: the platform's own flows don't pass a firewall",
            };
            remarks.push(placed.remark(item.span, "not taken by Azure", message).help(help));
        }
    }
    remarks
}
