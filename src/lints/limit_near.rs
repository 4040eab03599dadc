//! `limit-near`: LINT-75, NSG-047, NSG-050.

use super::limits::counted;
use crate::lint::{Check, Facts, Level, Lint, Remark};

pub(super) const LINT: Lint = Lint {
    id: "limit-near",
    summary: "almost as many rules, addresses or groups as Azure takes",
    page: include_str!("../../rules/lints/limit-near.md"),
    level: Level::Note,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let near = counted(facts).into_iter().filter(|count| count.is_near() && !count.is_exceeded());
    near.map(|counted| counted.remark(|limit| format!("of the {limit} that Azure takes"))).collect()
}
