//! `shadowed-rule`: LINT-07, NSG-003.

use super::dead::{Kind, dead};
use crate::lint::{Check, Facts, Level, Lint, Remark};

pub(super) const LINT: Lint = Lint {
    id: "shadowed-rule",
    summary: "a deny that never decides because allows come first",
    page: include_str!("../../rules/lints/shadowed-rule.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let mine = dead(facts).into_iter().filter(|dead| dead.kind == Kind::Shadowed);
    mine.filter_map(|dead| {
        let name = dead.entry.rule.name();
        let verb = if dead.by.len() == 1 { "lets" } else { "let" };
        let message = format!(
            "`{name}` never stops anything: {} {verb} through what it is for",
            dead.blockers()
        );
        let labels = ("this deny comes too late", "this rule takes its flows");
        let first = dead.by.first().and_then(|allow| allow.priority);
        let help = first.map_or_else(
            || format!("give `{name}` a lower number than the allow"),
            |number| format!("give `{name}` a priority below {number}, or remove it"),
        );
        Some(dead.remark(facts, labels, message)?.help(help))
    })
    .collect()
}
