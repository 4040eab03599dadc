//! `description-too-long`: NSG-051.

use super::written::{rules, title};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::SecurityRule,
};

pub(super) const LINT: Lint = Lint {
    id: "description-too-long",
    summary: "a description of more than 140 characters",
    page: include_str!("../../rules/lints/description-too-long.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Nsg(check),
};

/// NSG-051.
const MAX_DESCRIPTION: usize = 140;

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    rules(facts).filter_map(remark).collect()
}

fn remark(rule: &SecurityRule) -> Option<Remark> {
    let description = rule.description.as_ref()?;
    let length = description.value;
    let over = length.checked_sub(MAX_DESCRIPTION).filter(|over| *over > 0)?;
    let message = format!(
        "the description of {} is {length} characters long, and Azure takes {MAX_DESCRIPTION}",
        title(rule)
    );
    let help = format!("shorten it by {over} characters");
    Some(Remark::about(rule, description.span, "too long", message).help(help))
}
