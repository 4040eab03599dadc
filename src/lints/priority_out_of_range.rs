//! `priority-out-of-range`: LINT-20, NSG-004.

use super::written::{rules, shown, title};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Direction, Field, SecurityRule},
};
use std::{cell::OnceCell, collections::BTreeSet, ops::RangeInclusive};

pub(super) const LINT: Lint = Lint {
    id: "priority-out-of-range",
    summary: "a priority that is not a number from 100 to 4096",
    page: include_str!("../../rules/lints/priority-out-of-range.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Nsg(check),
};

/// NSG-004.
const PRIORITIES: RangeInclusive<i64> = 100..=4096;

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let free = [Direction::Inbound, Direction::Outbound].map(|way| (way, OnceCell::new()));
    let free_for = |rule: &SecurityRule| {
        let direction = rule.direction.known()?;
        let (way, free) = free.iter().find(|(way, _)| way == direction)?;
        Some(*free.get_or_init(|| Free::of(facts, *way)))
    };
    rules(facts).filter_map(|rule| remark(rule, || free_for(rule).unwrap_or_default())).collect()
}

fn remark(rule: &SecurityRule, free: impl Fn() -> Free) -> Option<Remark> {
    let (span, message, number) = match &rule.priority {
        Field::Known(read) if !PRIORITIES.contains(&read.value) => {
            let is_last = read.value > *PRIORITIES.end();
            let message = format!("the priority of {} is {}", title(rule), read.value);
            (read.span, message, if is_last { free().last } else { free().first })
        }
        Field::Invalid { text, span } => {
            let message = format!("the priority of {} is {}, no number", title(rule), shown(text));
            (*span, message, free().first)
        }
        Field::Known(_) | Field::Unknown(_) | Field::Missing => return None,
    };
    let help = match number {
        Some(number) => format!("give it a free number from 100 to 4096, such as {number}"),
        None => "give it a free number from 100 to 4096".to_owned(),
    };
    Some(Remark::about(rule, span, "not from 100 to 4096", message).help(help))
}

/// The first and last numbers that no rule of a direction has, as far as the numbers are known.
#[derive(Clone, Copy, Debug, Default)]
struct Free {
    first: Option<i64>,
    last: Option<i64>,
}

impl Free {
    fn of(facts: &Facts<'_>, direction: Direction) -> Self {
        let taken: BTreeSet<i64> = facts
            .rules()
            .filter(|rule| rule.direction.known() == Some(&direction))
            .filter_map(|rule| rule.priority.known().copied())
            .collect();
        let is_free = |number: &i64| !taken.contains(number);
        let (mut from_first, from_last) = (PRIORITIES, PRIORITIES.rev());
        Self { first: from_first.find(is_free), last: from_last.into_iter().find(is_free) }
    }
}
