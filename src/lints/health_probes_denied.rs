//! `health-probes-denied`: LINT-49, NSG-057.

use super::evidence::{entry, named, place};
use crate::{
    decide::flow,
    lint::{Check, Facts, Level, Lint, Remark},
    model::Direction,
    verdict::Verdict,
};

pub(super) const LINT: Lint = Lint {
    id: "health-probes-denied",
    summary: "an inbound deny stops health probes",
    page: include_str!("../../rules/lints/health-probes-denied.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    denied(facts).into_iter().collect()
}

fn denied(facts: &Facts<'_>) -> Option<Remark> {
    // A deny of everything is sound where nothing is probed, and a balancer of another file most
    // often probes other machines.
    let file = facts.nsg().span.file;
    let balancer = facts.estate.load_balancers.iter().find(|it| it.name.span.file == file)?;
    let decision = facts.policy.probes()?;
    if decision.verdict != Verdict::Blocked {
        return None;
    }
    let (point, at) = decision.stopped?;
    let deny = entry(facts.policy, Direction::Inbound, at)?;
    let rule = deny.rule.written()?;
    let message = format!(
        "{} stops the health probes of `{}`, which come from `AzureLoadBalancer`",
        named(deny),
        balancer.name.value
    );
    let label = place(facts.policy, deny, "probes end here");
    let mut remark = Remark::about(rule, label.span, label.text, message).help(
        "add an inbound allow from `AzureLoadBalancer` with a lower number, unless no machine \
         behind this group is probed",
    );
    remark.witness = Some(flow(point));
    Some(remark)
}
