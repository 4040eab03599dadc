//! `misplaced-wildcard`: LINT-26, FW-060.

use super::firewalls::rules;
use crate::{
    lint::{Check, Level, Lint, Remark, Whole},
    names::{Fault, HostSet},
};

pub(super) const LINT: Lint = Lint {
    id: "misplaced-wildcard",
    summary: "a `*` inside or at the right of a host name of a firewall rule",
    page: include_str!("../../rules/lints/misplaced-wildcard.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Estate(check),
};

fn check(facts: &Whole<'_>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for placed in rules(facts.estate) {
        let Some(rule) = placed.application() else { continue };
        for name in &rule.fqdns.items {
            if HostSet::left_star(&name.value) == Err(Fault::Star) {
                let message = format!(
                    "`{}` of {} has a `*` that is not at its left end",
                    name.value,
                    placed.title()
                );
                remarks.push(placed.remark(name.span, "not taken by Azure", message).help(
                    "write the names out, or let the `*` stand for all that is left of a suffix: `*.contoso.com`",
                ));
            }
        }
    }
    remarks
}
