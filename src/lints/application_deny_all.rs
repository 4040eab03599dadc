//! `application-deny-all`: LINT-76, FW-050.

use super::firewalls::rules;
use crate::{
    lint::{Check, Level, Lint, Remark, Whole},
    model::FirewallAction,
};

pub(super) const LINT: Lint = Lint {
    id: "application-deny-all",
    summary: "an application rule that denies every name stops what the platform needs",
    page: include_str!("../../rules/lints/application-deny-all.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Estate(check),
};

fn check(facts: &Whole<'_>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for placed in rules(facts.estate) {
        let Some(rule) = placed.application() else { continue };
        let all = rule.fqdns.items.iter().find(|name| name.value.trim() == "*");
        if let Some(all) = all.filter(|_| placed.does(FirewallAction::Deny)) {
            let message = format!(
                "{} denies every name, and with them what the built-in infrastructure collection would let through",
                placed.title()
            );
            let help =
                "remove it: what no rule allows is denied anyhow, after the built-in collection";
            remarks.push(placed.remark(all.span, "every name", message).help(help));
        }
    }
    remarks
}
