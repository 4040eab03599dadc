//! `allow-below-deny`: LINT-01, NSG-003.

use super::dead::{Kind, dead};
use crate::lint::{Facts, Level, Lint, Remark};

pub(super) const LINT: Lint = Lint {
    id: "allow-below-deny",
    summary: "an allow that never decides because a deny comes first",
    page: include_str!("../../rules/lints/allow-below-deny.md"),
    level: Level::Warning,
    since: "0.1.0",
    check,
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let mine = dead(facts).into_iter().filter(|dead| dead.kind == Kind::AllowBelowDeny);
    mine.filter_map(|dead| {
        let name = dead.entry.rule.name();
        let message = format!("`{name}` never lets anything through: {} first", comes(&dead));
        let labels = ("this allow comes too late", "this rule takes its flows");
        let deny = dead.by.first().and_then(|deny| deny.priority);
        let help = deny.map_or_else(
            || format!("give `{name}` a lower number than the deny"),
            |number| format!("give `{name}` a priority below {number}, or remove it"),
        );
        Some(dead.remark(facts, labels, message)?.help(help))
    })
    .collect()
}

fn comes(dead: &super::dead::Dead<'_, '_>) -> String {
    let verb = if dead.by.len() == 1 { "comes" } else { "come" };
    format!("{} {verb}", dead.blockers())
}
