//! `allow-below-deny`: LINT-01, NSG-003.

use super::dead::{Dead, Kind, dead};
use crate::lint::{Check, Facts, Level, Lint, Remark};
use std::collections::BTreeSet;

/// NSG-004.
const FIRST_PRIORITY: i64 = 100;

pub(super) const LINT: Lint = Lint {
    id: "allow-below-deny",
    summary: "an allow that never decides because a deny comes first",
    page: include_str!("../../rules/lints/allow-below-deny.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let mine = dead(facts).into_iter().filter(|dead| dead.kind == Kind::AllowBelowDeny);
    mine.filter_map(|dead| {
        let name = dead.entry.rule.name();
        let message = format!("`{name}` never lets anything through: {} first", comes(&dead));
        let labels = ("this allow comes too late", "this rule takes its flows");
        let help = help(facts, &dead);
        Some(dead.remark(facts, labels, message)?.help(help))
    })
    .collect()
}

/// Which way to turn the two: where no number is left below the deny, the deny has to go up.
fn help(facts: &Facts<'_>, dead: &Dead<'_, '_>) -> String {
    let name = dead.entry.rule.name();
    let Some(deny) = dead.by.first() else { return format!("remove `{name}`") };
    let Some(number) = deny.priority else {
        return format!("give `{name}` a lower number than the deny");
    };
    let direction = dead.entry.rule.written().and_then(|rule| rule.direction.known());
    let used: BTreeSet<i64> = facts
        .rules()
        .filter(|rule| rule.direction.known() == direction)
        .filter_map(|rule| rule.priority.known().copied())
        .collect();
    let is_free = |number: i64| !used.contains(&number);
    match (dead.by.as_slice(), dead.entry.priority) {
        _ if (FIRST_PRIORITY..number).any(is_free) => {
            format!("give `{name}` a priority below {number}, or remove it")
        }
        ([deny], Some(own)) => {
            let deny = deny.rule.name();
            format!(
                "no number below {number} is free: give `{deny}` one above {own}, or remove `{name}`"
            )
        }
        _ => {
            format!("no number below {number} is free: make room for `{name}` there, or remove it")
        }
    }
}

fn comes(dead: &Dead<'_, '_>) -> String {
    let verb = if dead.by.len() == 1 { "comes" } else { "come" };
    format!("{} {verb}", dead.blockers())
}
