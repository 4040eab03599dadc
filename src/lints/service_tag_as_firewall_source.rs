//! `service-tag-as-firewall-source`: LINT-28, TAG-012.

use super::firewalls::rules;
use crate::{
    lint::{Check, Level, Lint, Remark, Whole},
    model::FirewallAddress,
    tags::special,
};

pub(super) const LINT: Lint = Lint {
    id: "service-tag-as-firewall-source",
    summary: "a service tag as the source of a firewall rule",
    page: include_str!("../../rules/lints/service-tag-as-firewall-source.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Estate(check),
};

fn check(facts: &Whole<'_>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for placed in rules(facts.estate) {
        for item in &placed.rule.source.addresses {
            let FirewallAddress::Tag(name) = &item.value else { continue };
            if facts.tags.get(name).is_some() || special(name).is_some() {
                let message = format!(
                    "{} has the service tag `{name}` as its source: firewalls take tags as destinations only",
                    placed.title()
                );
                let help = "write the prefixes of the sources, or an IP group that holds them";
                remarks.push(placed.remark(item.span, "not taken by Azure", message).help(help));
            }
        }
    }
    remarks
}
