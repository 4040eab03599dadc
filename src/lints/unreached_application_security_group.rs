//! `unreached-application-security-group`: LINT-40, NSG-044.

use super::evidence::list;
use crate::{
    lint::{Facts, Level, Lint, Remark},
    model::{Direction, NetworkInterface, SecurityRule},
    source::Spanned,
};

pub(super) const LINT: Lint = Lint {
    id: "unreached-application-security-group",
    summary: "a rule for an application security group whose members are elsewhere",
    page: include_str!("../../rules/lints/unreached-application-security-group.md"),
    level: Level::Warning,
    since: "0.1.0",
    check,
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let nsg = facts.nsg();
    // The members are in the input with what they carry, so what is not said of them is not there.
    let subnets = nsg.subnets.as_deref().unwrap_or_default();
    let interfaces = nsg.interfaces.as_deref().unwrap_or_default();
    if subnets.is_empty() && interfaces.is_empty() {
        return Vec::new();
    }
    let here = |member: &NetworkInterface| {
        let carries = |id: &Spanned<String>| {
            let last = id.value.rsplit('/').next().unwrap_or(&id.value);
            last.eq_ignore_ascii_case(&member.name.value)
        };
        let inside = |id: &Spanned<String>| {
            member.subnets.iter().any(|subnet| id.value.eq_ignore_ascii_case(subnet))
        };
        // Where a member is must be known, else it may be here.
        member.subnets.is_empty() || interfaces.iter().any(carries) || subnets.iter().any(inside)
    };
    facts.rules().filter_map(|rule| unreached(facts, rule, here)).collect()
}

fn unreached(
    facts: &Facts<'_>,
    rule: &SecurityRule,
    here: impl Fn(&NetworkInterface) -> bool,
) -> Option<Remark> {
    // NSG-044: the group stands for machines behind this list on one side only.
    let side = match rule.direction.known()? {
        Direction::Inbound => &rule.destination,
        Direction::Outbound => &rule.source,
    };
    let all = &facts.estate.interfaces;
    if side.groups.is_empty() || !all.iter().all(|interface| interface.groups_known) {
        return None;
    }
    let mut members = all.iter().filter(|interface| {
        interface.groups.iter().any(|member| side.groups.iter().any(|group| group.id == member.id))
    });
    let first = members.next()?;
    if here(first) || members.any(here) {
        return None;
    }
    let names: Vec<String> = side.groups.iter().map(|group| format!("`{}`", group.name)).collect();
    let (name, nsg) = (&rule.name.value, &facts.nsg().name.value);
    let message = format!(
        "`{name}` is skipped: no interface of {} is in a subnet that `{nsg}` guards",
        list(&names)
    );
    Some(
        Remark::about(rule, side.span, "its members are elsewhere", message)
            .also(first.name.span, "a member in another subnet")
            .help("put the rule in the group that guards the members, or associate this one there"),
    )
}
