//! `required-endpoint-partial`: NSG-003, TAG-004.

use super::{
    evidence::named,
    required::{remarks, what},
};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    verdict::Verdict,
};

pub(super) const LINT: Lint = Lint {
    id: "required-endpoint-partial",
    summary: "a required endpoint is let through in part only",
    page: include_str!("../../rules/lints/required-endpoint-partial.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    remarks(facts, Verdict::Partial, |judged, stop| {
        format!("{} is let through in part only: {} stops the rest", what(judged), named(stop))
    })
}
