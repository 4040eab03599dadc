//! `platform-service-denied`: LINT-47, NSG-062 to NSG-064.

use super::tag_names::{Named, named};
use super::written::title;
use crate::{
    decide::names,
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Access, Direction, SecurityRule},
    tags::Special,
};

pub(super) const LINT: Lint = Lint {
    id: "platform-service-denied",
    summary: "a rule that denies DNS, metadata or licensing of the platform",
    page: include_str!("../../rules/lints/platform-service-denied.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    named(facts).filter_map(|named| remark(facts, named)).collect()
}

fn remark(facts: &Facts<'_>, named: Named<'_>) -> Option<Remark> {
    let Named { rule, side, span, .. } = named;
    let tag = named.special?;
    let (loses, help) = match tag {
        Special::AzurePlatformDns => (
            "the DNS of Azure at 168.63.129.16",
            "remove the rule, unless every machine has a DNS server of its own",
        ),
        Special::AzurePlatformImds => (
            "the metadata service at 169.254.169.254, and managed identities with it",
            "remove the rule, unless nothing on the machines uses a managed identity",
        ),
        Special::AzurePlatformLkm => (
            "the activation of Windows",
            "remove the rule, unless no machine runs Windows from the marketplace",
        ),
        Special::Internet
        | Special::VirtualNetwork
        | Special::AzureLoadBalancer
        | Special::AzureContainerAppsService => return None,
    };
    let denies = rule.access.known() == Some(&Access::Deny)
        && rule.direction.known() == Some(&Direction::Outbound)
        && std::ptr::eq(side.addresses, &rule.destination);
    // The author has let out what is needed in a rule that comes first, or may.
    let is_before = |(of, allow): &(Special, Option<i64>)| {
        let after = allow.zip(rule.priority.known().copied()).is_some_and(|(its, mine)| its > mine);
        *of == tag && !after
    };
    if !denies || let_out(facts).iter().any(is_before) {
        return None;
    }
    let message = format!("{} denies `{}`: machines lose {loses}", title(rule), tag.name());
    Some(Remark::about(rule, span, "named to be denied", message).help(help))
}

/// The platform tags that outbound rules allow, each with the lowest priority (`None`, unknown,
/// first).
fn let_out(facts: &Facts<'_>) -> Vec<(Special, Option<i64>)> {
    let allowing: Vec<&SecurityRule> = facts
        .rules()
        .filter(|rule| rule.access.known() == Some(&Access::Allow))
        .filter(|rule| rule.direction.known() == Some(&Direction::Outbound))
        .collect();
    let first = |tag: Special| {
        let naming = allowing.iter().filter(|rule| names(&rule.destination, tag));
        Some((tag, naming.map(|rule| rule.priority.known().copied()).min()?))
    };
    Special::ALL.into_iter().filter(|tag| tag.outbound_only()).filter_map(first).collect()
}
