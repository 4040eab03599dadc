//! `tag-in-prefix-list`: LINT-10, NSG-035.

use super::written::{Side, listed, property, rules, sides, title};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Address, AddressItem, Form, SecurityRule},
    tags::special,
};

pub(super) const LINT: Lint = Lint {
    id: "tag-in-prefix-list",
    summary: "a service tag or `*` in a list of prefixes",
    page: include_str!("../../rules/lints/tag-in-prefix-list.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    rules(facts)
        .flat_map(|rule| sides(rule).into_iter().filter_map(|side| remark(facts, rule, side)))
        .collect()
}

fn remark(facts: &Facts<'_>, rule: &SecurityRule, side: Side<'_>) -> Option<Remark> {
    if side.addresses.form != Form::Plural {
        return None;
    }
    let wrong: Vec<(&AddressItem, &str)> = side
        .addresses
        .items
        .iter()
        .filter_map(|item| Some((item, refused(facts, &item.value)?)))
        .collect();
    let (first, _) = wrong.first()?;
    let names = listed(wrong.iter().map(|(_, name)| *name));
    let [list, single] = [side.names.prefixes, side.names.prefix].map(|name| property(facts, name));
    let message = format!("`{list}` of {} holds {names}", title(rule));
    let help = match wrong.as_slice() {
        [(_, name)] if side.addresses.items.len() == 1 => {
            format!("write `\"{single}\": \"{name}\"` instead of the list")
        }
        [(_, "*"), ..] => format!("`*` holds the rest: write `\"{single}\": \"*\"` alone"),
        _ => format!("give each tag a rule of its own with `{single}`; the list takes addresses"),
    };
    let label = "only the singular property takes this";
    Some(Remark::about(rule, first.span, label, message).help(help))
}

/// Names that neither the list nor the platform knows are the business of `unknown-service-tag`.
fn refused<'a>(facts: &Facts<'_>, value: &'a Address) -> Option<&'a str> {
    match value {
        Address::Any => Some("*"),
        Address::Tag(name) => {
            (facts.tags.get(name).is_some() || special(name).is_some()).then_some(name)
        }
        Address::Network(_) | Address::Unknown(_) | Address::Invalid { .. } => None,
    }
}
