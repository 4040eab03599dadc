//! `priority-out-of-range`: LINT-20, NSG-004.

use super::written::{rules, shown, title};
use crate::{
    lint::{Facts, Level, Lint, Remark},
    model::{Field, SecurityRule},
};
use std::ops::RangeInclusive;

pub(super) const LINT: Lint = Lint {
    id: "priority-out-of-range",
    summary: "a priority that is not a number from 100 to 4096",
    page: include_str!("../../rules/lints/priority-out-of-range.md"),
    level: Level::Error,
    since: "0.1.0",
    check,
};

/// NSG-004.
const PRIORITIES: RangeInclusive<i64> = 100..=4096;

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    rules(facts).filter_map(|rule| remark(facts, rule)).collect()
}

fn remark(facts: &Facts<'_>, rule: &SecurityRule) -> Option<Remark> {
    let (span, message, last) = match &rule.priority {
        Field::Known(read) if !PRIORITIES.contains(&read.value) => {
            let last = read.value > *PRIORITIES.end();
            let message = format!("the priority of {} is {}", title(rule), read.value);
            (read.span, message, last)
        }
        Field::Invalid { text, span } => {
            let message = format!("the priority of {} is {}, no number", title(rule), shown(text));
            (*span, message, false)
        }
        Field::Known(_) | Field::Unknown(_) | Field::Missing => return None,
    };
    let help = match free(facts, rule, last) {
        Some(free) => format!("give it a free number from 100 to 4096, such as {free}"),
        None => "give it a free number from 100 to 4096".to_owned(),
    };
    Some(Remark::about(rule, span, "not from 100 to 4096", message).help(help))
}

/// The first or last number that no rule of the direction has, as far as the numbers are known.
fn free(facts: &Facts<'_>, rule: &SecurityRule, last: bool) -> Option<i64> {
    let direction = rule.direction.known()?;
    let taken: Vec<i64> = facts
        .rules()
        .filter(|other| other.direction.known() == Some(direction))
        .filter_map(|other| other.priority.known().copied())
        .collect();
    let mut numbers = PRIORITIES;
    let is_free = |number: &i64| !taken.contains(number);
    if last { numbers.rev().find(is_free) } else { numbers.find(is_free) }
}
