//! `limit-exceeded`: NSG-047, NSG-050.

use super::limits::{Counted, counted};
use crate::lint::{Check, Facts, Level, Lint, Remark};

pub(super) const LINT: Lint = Lint {
    id: "limit-exceeded",
    summary: "more rules, addresses or groups than Azure takes",
    page: include_str!("../../rules/lints/limit-exceeded.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let exceeded = counted(facts).into_iter().filter(Counted::is_exceeded);
    exceeded.map(|counted| counted.remark(|limit| format!("and Azure takes {limit}"))).collect()
}
