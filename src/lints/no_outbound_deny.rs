//! `no-outbound-deny`: LINT-03, NSG-008.

use super::evidence::{entry, named};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::Direction,
    verdict::Verdict,
};

pub(super) const LINT: Lint = Lint {
    id: "no-outbound-deny",
    summary: "nothing stops outbound traffic",
    page: include_str!("../../rules/lints/no-outbound-deny.md"),
    level: Level::Off,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    open(facts).into_iter().collect()
}

fn open(facts: &Facts<'_>) -> Option<Remark> {
    if facts.policy.internet_verdict()? != Verdict::Allowed {
        return None;
    }
    let built_in = facts
        .policy
        .internet_deciders()
        .into_iter()
        .filter_map(|at| entry(facts.policy, Direction::Outbound, at))
        .find(|entry| entry.rule.written().is_none())?;
    let message = format!("nothing stops traffic to the Internet: {} lets it out", named(built_in));
    Some(Remark::on(facts.nsg(), "no outbound deny here", message).help(
        "close the list with an outbound deny of `Internet` or `*` at a high number, after the \
         allows for what the machines need",
    ))
}
