//! `inline-and-child-rules`: LINT-65, JS-012.

use super::written::title;
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Built, SecurityRule, Shape, Written},
};

pub(super) const LINT: Lint = Lint {
    id: "inline-and-child-rules",
    summary: "rules in the group's own list, and others as resources of their own",
    page: include_str!("../../rules/lints/inline-and-child-rules.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let nsg = facts.nsg();
    // JS-072: Terraform says so as well.
    let list = match nsg.shape {
        Shape::Template => "securityRules",
        Shape::Terraform => "security_rule",
        _ => return Vec::new(),
    };
    if nsg.built != Built::Whole {
        return Vec::new();
    }
    // What stands in both places is in the list, and stays (JS-014).
    let is_child = |rule: &&SecurityRule| rule.written == Written::Child;
    let mut children = facts.rules().filter(is_child);
    let inline = facts.rules().filter(|rule| !is_child(rule)).count();
    let Some(child) = children.next() else { return Vec::new() };
    if inline == 0 {
        return Vec::new();
    }
    let more = children.count();
    let others = match more {
        0 => String::new(),
        1 => " and 1 other".to_owned(),
        more => format!(" and {more} others"),
    };
    let (group, its) = (&nsg.name.value, if inline == 1 { "rule" } else { "rules" });
    let subject = title(child);
    let apart = if more == 0 { "a resource of its own" } else { "resources of their own" };
    let message =
        format!("`{group}` has {inline} {its} in `{list}`, and {subject}{others} only as {apart}");
    let help = if nsg.shape == Shape::Terraform {
        format!(
            "Terraform takes {subject} for a change that somebody made to `{list}`, and removes it \
             with the next apply: write all rules of `{group}` in one way"
        )
    } else {
        format!(
            "each deployment of `{group}` puts the list in place of all its rules, and {subject} is \
             gone until its own resource is deployed again: move it into `{list}`"
        )
    };
    let remark = Remark::about(child, child.span, "not in the list of its group", message);
    vec![remark.also(nsg.name.span, "whose deployment removes it").help(help)]
}
