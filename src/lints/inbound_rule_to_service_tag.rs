//! `inbound-rule-to-service-tag`: LINT-18, NSG-003, NSG-011.

use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Address, Direction, SecurityRule},
};

pub(super) const LINT: Lint = Lint {
    id: "inbound-rule-to-service-tag",
    summary: "an inbound rule for flows to a service",
    page: include_str!("../../rules/lints/inbound-rule-to-service-tag.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let inbound = facts.rules().filter(|rule| rule.direction.known() == Some(&Direction::Inbound));
    inbound.filter_map(|rule| useless(facts, rule)).collect()
}

fn useless(facts: &Facts<'_>, rule: &SecurityRule) -> Option<Remark> {
    let [item] = rule.destination.items.as_slice() else { return None };
    let Address::Tag(tag) = &item.value else { return None };
    let destination = facts.policy.known_tag(tag).filter(|set| !set.is_empty())?;
    // NSG-011: inbound rules see the private address of the machine.
    let private = facts.policy.known_tag("VirtualNetwork")?;
    if destination.intersects(&private) {
        return None;
    }
    let name = &rule.name.value;
    let message =
        format!("`{name}` is inbound and to `{tag}`: no inbound flow has such a destination");
    let help = format!(
        "make `{name}` outbound if it is for flows to the service; if it is for flows from it, put \
         `{tag}` in the source"
    );
    Some(Remark::about(rule, item.span, "not an address of this network", message).help(help))
}
