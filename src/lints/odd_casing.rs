//! `odd-casing`: LINT-67, NSG-022, NSG-023, NSG-043.

use super::{tag_names::named, written};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Field, Protocol, Read, SecurityRule},
    tags::is_classic_spelling,
};

pub(super) const LINT: Lint = Lint {
    id: "odd-casing",
    summary: "a word that Azure spells with other capitals",
    page: include_str!("../../rules/lints/odd-casing.md"),
    level: Level::Off,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let mut remarks: Vec<Remark> = written::rules(facts)
        .flat_map(|rule| {
            // `Any` for `*` is the business of `any-as-protocol`.
            let protocol = match &rule.protocol {
                Field::Known(Read { value: Protocol::Any, .. }) => None,
                field => remark(rule, field, written::protocol),
            };
            let access = remark(rule, &rule.access, written::access);
            let direction = remark(rule, &rule.direction, written::direction);
            [access, direction, protocol]
        })
        .flatten()
        .collect();
    for tag in named(facts) {
        let special = tag.special.filter(|_| !is_classic_spelling(tag.name));
        let listed = tag.tag.map(|tag| tag.name());
        if let Some(right) = listed.or(special.map(|tag| tag.name()))
            && right != tag.name
        {
            remarks.push(casing(tag.rule, tag.span, tag.name, right));
        }
    }
    remarks
}

fn remark<T: Copy>(
    rule: &SecurityRule,
    field: &Field<T>,
    spelling: impl Fn(T) -> &'static str,
) -> Option<Remark> {
    let Field::Known(Read { value, span, spelt: Some(spelt) }) = field else { return None };
    Some(casing(rule, *span, spelt, spelling(*value)))
}

fn casing(rule: &SecurityRule, span: crate::source::Span, text: &str, right: &str) -> Remark {
    let message = format!("`{text}` is `{right}` in other capitals");
    Remark::about(rule, span, "other capitals", message).help(format!("write `{right}`"))
}
