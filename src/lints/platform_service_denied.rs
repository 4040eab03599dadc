//! `platform-service-denied`: LINT-47, NSG-062 to NSG-064.

use super::tag_names::{Named, named};
use super::written::title;
use crate::{
    decide::names,
    lint::{Facts, Level, Lint, Remark},
    model::{Access, Direction, SecurityRule},
    tags::{Special, special},
};

pub(super) const LINT: Lint = Lint {
    id: "platform-service-denied",
    summary: "a rule that denies DNS, metadata or licensing of the platform",
    page: include_str!("../../rules/lints/platform-service-denied.md"),
    level: Level::Warning,
    since: "0.1.0",
    check,
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    named(facts).filter_map(|named| remark(facts, named)).collect()
}

fn remark(facts: &Facts<'_>, named: Named<'_>) -> Option<Remark> {
    let Named { rule, side, name, span } = named;
    let tag = special(name)?;
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
    if !denies || is_let_out_before(facts, rule, tag) {
        return None;
    }
    let message = format!("{} denies `{}`: machines lose {loses}", title(rule), tag.name());
    Some(Remark::about(rule, span, "named to be denied", message).help(help))
}

/// Whether the author has let out of the tag what is needed, in a rule that may come first.
fn is_let_out_before(facts: &Facts<'_>, deny: &SecurityRule, tag: Special) -> bool {
    facts.rules().any(|rule| {
        let after = match (rule.priority.known(), deny.priority.known()) {
            (Some(mine), Some(its)) => mine > its,
            _ => false,
        };
        rule.access.known() == Some(&Access::Allow)
            && rule.direction.known() == Some(&Direction::Outbound)
            && names(&rule.destination, tag)
            && !after
    })
}
