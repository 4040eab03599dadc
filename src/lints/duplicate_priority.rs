//! `duplicate-priority`: LINT-05, NSG-005.

use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Direction, SecurityRule},
};
use std::collections::BTreeMap;

pub(super) const LINT: Lint = Lint {
    id: "duplicate-priority",
    summary: "two rules of one direction have the same priority",
    page: include_str!("../../rules/lints/duplicate-priority.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    if are_different(facts) {
        return Vec::new();
    }
    let mut first: BTreeMap<_, &SecurityRule> = BTreeMap::new();
    let mut remarks = Vec::new();
    for rule in facts.rules() {
        let (Some(&direction), Some(&priority)) = (rule.direction.known(), rule.priority.known())
        else {
            continue;
        };
        // Rules that only one of two conditions deploys never meet.
        if rule.condition.is_some() {
            continue;
        }
        let Some(earlier) = first.insert((direction, priority), rule) else { continue };
        let span = rule.priority.span().unwrap_or(rule.span);
        let (name, other) = (&rule.name.value, &earlier.name.value);
        let way = format!("{direction:?}").to_lowercase();
        let message =
            format!("`{name}` and `{other}` are both {way} rules with priority {priority}");
        remarks.push(
            Remark::about(rule, span, "the same number again", message)
                .also(earlier.priority.span().unwrap_or(earlier.span), "used here first")
                .help(
                    "Azure refuses the deployment with `SecurityRuleConflict`; give one of them \
                     another number",
                ),
        );
    }
    remarks
}

/// Whether no two rules of one direction have one number.
fn are_different(facts: &Facts<'_>) -> bool {
    let number = |rule: &SecurityRule| Some((*rule.direction.known()?, *rule.priority.known()?));
    let mut numbers: Vec<(Direction, i64)> = facts.rules().filter_map(number).collect();
    numbers.sort_unstable();
    numbers.array_windows().all(|[one, next]| one != next)
}
