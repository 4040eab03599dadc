//! `unreached-application-security-group`: LINT-40, NSG-044.

use super::evidence::list;
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{
        Direction, NetworkInterface, SecurityRule,
        names::{Same, compare, normal},
    },
    source::Spanned,
};

pub(super) const LINT: Lint = Lint {
    id: "unreached-application-security-group",
    summary: "a rule for an application security group whose members are elsewhere",
    page: include_str!("../../rules/lints/unreached-application-security-group.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let nsg = facts.nsg();
    // The members are in the input with what they carry, so what is not said of them is not there.
    let subnets = nsg.subnets.as_deref().unwrap_or_default();
    let interfaces = nsg.interfaces.as_deref().unwrap_or_default();
    if subnets.is_empty() && interfaces.is_empty() {
        return Vec::new();
    }
    let last = |id: &Spanned<String>| normal(id.value.rsplit('/').next().unwrap_or(&id.value));
    let names: Vec<String> = interfaces.iter().map(last).collect();
    let ids: Vec<String> = subnets.iter().map(|id| normal(&id.value)).collect();
    // Where a member is must be known, else it may be here.
    let here = |member: &NetworkInterface| {
        let name = normal(&member.name.value);
        let inside = |id: &String| member.subnets.iter().any(|subnet| may_be(id, subnet));
        member.subnets.is_empty()
            || names.iter().any(|carrier| may_be(carrier, &name))
            || ids.iter().any(inside)
    };
    facts.rules().filter_map(|rule| unreached(facts, rule, here)).collect()
}

fn may_be(a: &str, b: &str) -> bool {
    compare(a, b) != Same::No
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
    let group = side.groups.first()?;
    let all: Vec<&NetworkInterface> =
        facts.estate.interfaces_for(&group.id, group.span.file).collect();
    if !all.iter().all(|interface| interface.groups_known) {
        return None;
    }
    let is_member = |interface: &NetworkInterface, same: fn(&str, &str) -> bool| {
        let mut groups = interface.groups.iter();
        groups.any(|member| side.groups.iter().any(|group| same(&group.id, &member.id)))
    };
    // One member at least is sure, and none that may be one is here.
    let first = all.iter().find(|interface| is_member(interface, |a, b| a == b))?;
    if all.iter().any(|interface| is_member(interface, may_be) && here(interface)) {
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
