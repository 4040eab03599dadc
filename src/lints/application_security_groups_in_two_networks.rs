//! `application-security-groups-in-two-networks`: LINT-39, NSG-045, NSG-046.

use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{
        Addresses, GroupRef, NetworkInterface, SecurityRule,
        names::{Same, compare},
    },
};
use std::collections::BTreeSet;

pub(super) const LINT: Lint = Lint {
    id: "application-security-groups-in-two-networks",
    summary: "application security groups of one rule with members in two virtual networks",
    page: include_str!("../../rules/lints/application-security-groups-in-two-networks.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

/// A member of a group, and the id of its network.
type Member<'a> = (&'a str, &'a NetworkInterface);

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let mut told = BTreeSet::new();
    let mut remarks = Vec::new();
    for rule in facts.rules() {
        for side in [&rule.source, &rule.destination] {
            for group in side.groups.iter().filter(|group| told.insert(&group.id)) {
                remarks.extend(split(facts, rule, (side, group)));
            }
        }
        remarks.extend(crossing(facts, rule));
    }
    remarks
}

/// The interfaces that are in the group for sure, and whose network is told.
fn members<'a>(facts: &Facts<'a>, group: &GroupRef) -> Vec<Member<'a>> {
    let all = facts.estate.interfaces_for(&group.id, group.span.file);
    let is_in = |it: &&NetworkInterface| it.groups.iter().any(|own| own.id == group.id);
    let network =
        |it: &'a NetworkInterface| Some((it.subnets.first()?.split_once("/subnets/")?.0, it));
    all.filter(is_in).filter_map(network).collect()
}

/// Two of them in networks that surely differ.
fn apart<'a>(one: &[Member<'a>], two: &[Member<'a>]) -> Option<(Member<'a>, Member<'a>)> {
    let other = |a: &Member<'a>| two.iter().find(|b| compare(a.0, b.0) == Same::No).copied();
    one.iter().find_map(|a| Some((*a, other(a)?)))
}

fn last(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// NSG-045
fn split(
    facts: &Facts<'_>,
    rule: &SecurityRule,
    (side, group): (&Addresses, &GroupRef),
) -> Option<Remark> {
    let all = members(facts, group);
    let ((first, one), (second, two)) = apart(all.get(..1)?, &all)?;
    let message = format!(
        "`{}` has members in two virtual networks, `{}` and `{}`: Azure takes those of one",
        group.name,
        last(first),
        last(second)
    );
    Some(
        Remark::about(rule, side.span, "its members are in two networks", message)
            .also(one.name.span, format!("a member in `{}`", last(first)))
            .also(two.name.span, format!("a member in `{}`", last(second)))
            .help("make an application security group for each virtual network"),
    )
}

/// NSG-046
fn crossing(facts: &Facts<'_>, rule: &SecurityRule) -> Option<Remark> {
    let pairs = rule
        .source
        .groups
        .iter()
        .flat_map(|from| rule.destination.groups.iter().map(move |to| (from, to)))
        .filter(|(from, to)| from.id != to.id);
    for (from, to) in pairs {
        let (sources, destinations) = (members(facts, from), members(facts, to));
        let is_whole = |all: &[Member<'_>]| apart(all, all).is_none();
        if !is_whole(&sources) || !is_whole(&destinations) {
            continue;
        }
        let Some(((first, one), (second, two))) = apart(&sources, &destinations) else { continue };
        let (name, from, to) = (&rule.name.value, &from.name, &to.name);
        let (first, second) = (last(first), last(second));
        let message = format!(
            "`{name}` names `{from}` in `{first}` and `{to}` in `{second}`: Azure takes \
             application security groups of one virtual network in a rule"
        );
        return Some(
            Remark::about(rule, rule.destination.span, "of another network", message)
                .also(one.name.span, format!("a member of `{from}`"))
                .also(two.name.span, format!("a member of `{to}`"))
                .help("name the prefixes of the other network in place of its group"),
        );
    }
    None
}
