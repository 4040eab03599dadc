//! `empty-application-security-group`: LINT-39, NSG-044, NSG-048.

use super::evidence::list;
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{
        GroupRef,
        names::{Same, compare},
    },
};

pub(super) const LINT: Lint = Lint {
    id: "empty-application-security-group",
    summary: "a rule for an application security group without members",
    page: include_str!("../../rules/lints/empty-application-security-group.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let estate = facts.estate;
    if estate.interfaces.is_empty() {
        return Vec::new();
    }
    // Whoever is a member is only known where every interface is (NSG-048).
    let is_told = |group: &GroupRef| {
        let mut all = estate.interfaces_for(&group.id, group.span.file).peekable();
        all.peek().is_some() && all.all(|interface| interface.groups_known)
    };
    let empty = |group: &GroupRef| {
        // Names with unknown parts may be the same.
        let is_other = |member: &GroupRef| compare(&member.id, &group.id) == Same::No;
        is_told(group)
            && estate.groups.iter().any(|other| other.id == group.id)
            && estate.interfaces.iter().all(|interface| interface.groups.iter().all(is_other))
    };
    let mut remarks = Vec::new();
    for rule in facts.rules() {
        for side in [&rule.source, &rule.destination] {
            if side.groups.is_empty() || !side.groups.iter().all(empty) {
                continue;
            }
            let names: Vec<String> =
                side.groups.iter().map(|group| format!("`{}`", group.name)).collect();
            let name = &rule.name.value;
            let message = format!("`{name}` matches nothing: no interface is in {}", list(&names));
            remarks.push(Remark::about(rule, side.span, "nobody is in it", message).help(
                "list the group in `applicationSecurityGroups` of an interface's IP configuration, \
                 or remove the rule",
            ));
        }
    }
    remarks
}
