//! `azure-services-blocked`: LINT-02, NSG-055.

use super::evidence::{entry, named, place, stop};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::Direction,
    profiles::Severity,
    verdict::Verdict,
};

pub(super) const LINT: Lint = Lint {
    id: "azure-services-blocked",
    summary: "outbound traffic to all public addresses, Azure's own included, is blocked",
    page: include_str!("../../rules/lints/azure-services-blocked.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    blocked(facts).into_iter().collect()
}

fn blocked(facts: &Facts<'_>) -> Option<Remark> {
    if facts.policy.internet_verdict()? != Verdict::Blocked {
        return None;
    }
    let decision = facts.policy.internet()?;
    let stop = stop(&decision)?;
    let deny = entry(facts.policy, Direction::Outbound, stop.entry)?;
    let rule = deny.rule.written()?;
    let message = format!(
        "{} blocks every public address, and with them all Azure services: no allow comes first",
        named(deny)
    );
    let label = place(facts.policy, deny, "this rule covers `Internet`");
    let mut remark = Remark::about(rule, label.span, label.text, message).help(
        "add an outbound allow with a lower number for the tag of each service that the machines \
         need, or say with a profile what they need",
    );
    remark.witness = Some(stop.flow);
    // Where a profile names the rows that are blocked, that says it better.
    remark.judged = facts.judged.iter().position(|judged| {
        judged.verdict == Verdict::Blocked
            && judged.asked.requirement.severity.value != Severity::None
    });
    Some(remark)
}
