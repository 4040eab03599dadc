//! `ambiguous-property`: LINT-50, NSG-037.

use super::written::{Side, property, rules, sides, title};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Address, Form, GroupRef, PortValue, SecurityRule},
};

pub(super) const LINT: Lint = Lint {
    id: "ambiguous-property",
    summary: "two spellings of one property, both filled",
    page: include_str!("../../rules/lints/ambiguous-property.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for rule in rules(facts) {
        for side in sides(rule) {
            if side.ports.form == Form::Several {
                remarks.extend(ports(facts, rule, side));
            }
            if side.addresses.form == Form::Several {
                remarks.extend(addresses(facts, rule, side));
            }
        }
    }
    remarks
}

fn ports(facts: &Facts<'_>, rule: &SecurityRule, side: Side<'_>) -> Option<Remark> {
    let items = &side.ports.items;
    // What is unknown may turn out empty.
    let is_known = items.iter().all(|item| !matches!(item.value, PortValue::Unknown(_)));
    if !is_known {
        return None;
    }
    let [one, many] = [side.names.port, side.names.ports].map(|name| property(facts, name));
    let message = format!("{} has both `{one}` and `{many}`", title(rule));
    let help = format!("leave one of them empty: `{one}` takes one port or range, `{many}` a list");
    let first = items.first().map(|item| &item.value);
    let remark = Remark::about(rule, side.ports.span, "filled twice", message).help(help);
    Some(level(remark, items.iter().all(|item| Some(&item.value) == first)))
}

fn addresses(facts: &Facts<'_>, rule: &SecurityRule, side: Side<'_>) -> Option<Remark> {
    let (items, groups) = (&side.addresses.items, &side.addresses.groups);
    let is_known = items.iter().all(|item| !matches!(item.value, Address::Unknown(_)))
        && groups.iter().all(is_group);
    if !is_known {
        return None;
    }
    let [one, many, group] = [side.names.prefix, side.names.prefixes, side.names.groups]
        .map(|name| property(facts, name));
    let (message, help) = if groups.is_empty() {
        (
            format!("{} has both `{one}` and `{many}`", title(rule)),
            format!(
                "leave one of them empty: `{one}` takes one value, `{many}` a list of prefixes"
            ),
        )
    } else {
        (
            format!("{} has both `{group}` and address prefixes on one side", title(rule)),
            format!(
                "leave `{group}` or the prefixes empty, and give what is left a rule of its own"
            ),
        )
    };
    let first = items.first().map(|item| &item.value);
    let is_same = groups.is_empty() && items.iter().all(|item| Some(&item.value) == first);
    let remark = Remark::about(rule, side.addresses.span, "filled twice", message).help(help);
    Some(level(remark, is_same))
}

/// Where both say the same, it makes no difference which of them Azure takes.
const fn level(remark: Remark, is_same: bool) -> Remark {
    if is_same { remark.at(Level::Warning) } else { remark }
}

/// Whether the reference is one for sure, and not an expression that may turn out empty.
fn is_group(group: &GroupRef) -> bool {
    group.id.contains("applicationsecuritygroups/")
}
