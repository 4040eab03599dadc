//! `any-as-protocol`: NSG-024.

use super::written::{rules, title};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Field, Protocol, Read, SecurityRule},
};

pub(super) const LINT: Lint = Lint {
    id: "any-as-protocol",
    summary: "the word `Any` where the protocol is `*`",
    page: include_str!("../../rules/lints/any-as-protocol.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    rules(facts).filter_map(remark).collect()
}

fn remark(rule: &SecurityRule) -> Option<Remark> {
    let Field::Known(Read { value: Protocol::Any, span, spelt: Some(spelt) }) = &rule.protocol
    else {
        return None;
    };
    let message =
        format!("the protocol of {} is `{spelt}`, a word of the portal for `*`", title(rule));
    Some(Remark::about(rule, *span, "not a value of the API", message).help("write `*`"))
}
