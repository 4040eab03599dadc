//! `duplicate-rule-name`: NSG-051.

use super::written::{is_known_name, rules};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{SecurityRule, Written},
};
use std::{borrow::Cow, collections::BTreeMap};

pub(super) const LINT: Lint = Lint {
    id: "duplicate-rule-name",
    summary: "two rules of one group have the same name",
    page: include_str!("../../rules/lints/duplicate-rule-name.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    if are_surely_different(facts) {
        return Vec::new();
    }
    let mut first: BTreeMap<(bool, Cow<'_, str>), &SecurityRule> = BTreeMap::new();
    let mut remarks = Vec::new();
    for rule in rules(facts) {
        let name = &rule.name.value;
        // Rules that only one of two conditions deploys never meet.
        if !is_known_name(name) || rule.condition.is_some() {
            continue;
        }
        // A child of the name of an inline rule takes its place; nothing is refused (JS-011).
        let is_child = rule.written == Written::Child;
        let Some(earlier) = first.insert((is_child, lower(name)), rule) else { continue };
        let message = format!("`{}` has two rules named `{name}`", facts.nsg().name.value);
        remarks.push(
            Remark::about(rule, rule.name.span, "the same name again", message)
                .also(earlier.name.span, "used here first")
                .help("Azure takes a name once in a group, letter case aside; rename one of them"),
        );
    }
    remarks
}

/// Whether no two rules can have one name: of ASCII names, a number made of the small letters tells.
fn are_surely_different(facts: &Facts<'_>) -> bool {
    let mut numbers = Vec::with_capacity(facts.nsg().rules.len());
    for rule in rules(facts) {
        if !rule.name.value.is_ascii() {
            return false;
        }
        let letters = rule.name.value.bytes().map(|byte| u64::from(byte.to_ascii_lowercase()));
        // FNV-1a.
        numbers.push(letters.fold(0xcbf2_9ce4_8422_2325, |hash: u64, letter| {
            (hash ^ letter).wrapping_mul(0x0100_0000_01b3)
        }));
    }
    numbers.sort_unstable();
    numbers.array_windows().all(|[one, next]| one != next)
}

/// The name in small letters; most names have no others.
fn lower(name: &str) -> Cow<'_, str> {
    let is_lower = name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_lower { Cow::Borrowed(name) } else { Cow::Owned(name.to_lowercase()) }
}
