//! `azurecloud-gap`: LINT-30, TAG-007.

use super::evidence::{Stop, allowing_rule, list, stop};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    verdict::FlowEnd,
};
use std::sync::Arc;

pub(super) const LINT: Lint = Lint {
    id: "azurecloud-gap",
    summary: "`AzureCloud` is taken for all of Microsoft",
    page: include_str!("../../rules/lints/azurecloud-gap.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

/// What `AzureCloud` is most often thought to hold. Front Door matters to few machines: Azure
/// Bastion, say, asks for `AzureCloud` alone.
const PARTS: [(&str, Level); 4] = [
    ("AzureActiveDirectory", Level::Warning),
    ("Storage", Level::Warning),
    ("AzureFrontDoor.FirstParty", Level::Note),
    ("AzureFrontDoor.Frontend", Level::Note),
];

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    gap(facts).into_iter().collect()
}

fn gap(facts: &Facts<'_>) -> Option<Remark> {
    let rule = allowing_rule(facts, "AzureCloud", 443)?;
    let cloud = facts.policy.known_tag("AzureCloud")?;
    let mut outside = Vec::new();
    let mut first: Option<Stop> = None;
    let mut level = Level::Note;
    for (part, loud) in PARTS {
        let Some(set) = facts.policy.known_tag(part) else { continue };
        let rest = set.minus(&cloud);
        if rest.is_empty() {
            continue;
        }
        let decision = facts.policy.reaches(Arc::new(rest), 443);
        let Some(stop) = decision.as_ref().and_then(stop) else { continue };
        level = level.max(loud);
        outside.push(format!("`{part}`"));
        first.get_or_insert(stop);
    }
    let stop = first?;
    let what = list(&outside);
    let FlowEnd::Address(address) = stop.flow.destination else { return None };
    let held: Vec<String> =
        facts.tags.holding(address).iter().map(|tag| format!("`{}`", tag.name())).collect();
    let message =
        format!("addresses of {what} are outside `AzureCloud` and blocked by {}", stop.by(facts));
    let help = format!(
        "add an outbound allow for each of these tags that the machines need; {} is only in {}",
        address,
        list(&held)
    );
    let remark = Remark::about(rule, rule.destination.span, "not all of Microsoft", message)
        .help(help)
        .at(level);
    Some(stop.shown_in(remark, facts))
}
