//! `suffix-without-dot`: LINT-24, FW-060.

use super::firewalls::rules;
use crate::{
    lint::{Check, Level, Lint, Remark, Whole},
    model::FirewallAction,
    names::HostSet,
};

pub(super) const LINT: Lint = Lint {
    id: "suffix-without-dot",
    summary: "`*contoso.com` lets through `evilcontoso.com`, too",
    page: include_str!("../../rules/lints/suffix-without-dot.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Estate(check),
};

fn check(facts: &Whole<'_>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for placed in rules(facts.estate) {
        let Some(rule) = placed.application() else { continue };
        if !placed.does(FirewallAction::Allow) {
            continue;
        }
        for name in &rule.fqdns.items {
            let Some(domain) = domain(&name.value) else { continue };
            let message =
                format!("`{}` of {} lets through `evil{domain}`, too", name.value, placed.title());
            let help = format!("write `*.{domain}`, and `{domain}` beside it where that is needed");
            remarks.push(placed.remark(name.span, "no dot after the `*`", message).help(help));
        }
    }
    remarks
}

/// The domain after the star, where anybody may register a name that ends with it. Under a longer
/// suffix such as `*-prod.azure.com` all names belong to the one who has the domain.
fn domain(text: &str) -> Option<&str> {
    let domain = text.strip_prefix('*').filter(|rest| HostSet::exact(rest).is_ok())?;
    let labels: Vec<&str> = domain.split('.').collect();
    let registered = match labels.as_slice() {
        [_, _] => true,
        // `contoso.co.jp`
        [_, second, top] => top.len() == 2 && second.len() <= 3,
        _ => false,
    };
    (registered && !domain.starts_with('-')).then_some(domain)
}
