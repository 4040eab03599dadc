//! `empty-ip-group`: LINT-69, FW-071.

use super::firewalls::rules;
use crate::{
    lint::{Check, Level, Lint, Remark, Whole},
    model::{IpGroup, IpGroupRef, RuleBody, names::is_global},
};

pub(super) const LINT: Lint = Lint {
    id: "empty-ip-group",
    summary: "a firewall rule with an IP group that holds nothing is skipped",
    page: include_str!("../../rules/lints/empty-ip-group.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Estate(check),
};

fn check(facts: &Whole<'_>) -> Vec<Remark> {
    let empty = |group: &&IpGroup| {
        group.addresses.is_empty() && group.unread.is_none() && group.condition.is_none()
    };
    let groups: Vec<&IpGroup> = facts.estate.ip_groups.iter().filter(empty).collect();
    if groups.is_empty() {
        return Vec::new();
    }
    let mut remarks = Vec::new();
    for placed in rules(facts.estate) {
        let destinations = match &placed.rule.body {
            RuleBody::Network(rule) => rule.destination.ip_groups.as_slice(),
            RuleBody::Application(_) | RuleBody::Nat(_) | RuleBody::Unread(_) => &[],
        };
        for reference in placed.rule.source.ip_groups.iter().chain(destinations) {
            let IpGroupRef::To(id) = reference else { continue };
            let is_it = |group: &&&IpGroup| {
                *group.id == *id.value && (is_global(&id.value) || group.span.file == id.span.file)
            };
            let Some(group) = groups.iter().find(is_it) else { continue };
            let message = format!(
                "{} is skipped: the IP group `{}` is empty",
                placed.title(),
                group.name.value
            );
            let remark = placed.remark(id.span, "holds nothing", message);
            let remark = remark.also(group.name.span, "the group");
            remarks.push(remark.help("fill the group, or remove the rule"));
        }
    }
    remarks
}
