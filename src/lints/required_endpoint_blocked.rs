//! `required-endpoint-blocked`: NSG-003, NSG-055.

use super::{
    evidence::named,
    required::{remarks, what},
};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    verdict::Verdict,
};

pub(super) const LINT: Lint = Lint {
    id: "required-endpoint-blocked",
    summary: "a required endpoint is blocked",
    page: include_str!("../../rules/lints/required-endpoint-blocked.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    remarks(facts, Verdict::Blocked, |judged, stop| {
        format!("{} is blocked by {}", what(judged), named(stop))
    })
}
