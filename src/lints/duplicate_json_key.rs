//! `duplicate-json-key`: two values where Azure takes one.

use crate::{
    lint::{Check, Facts, Label, Level, Lint, Remark},
    model::{Fault, FaultKind},
};

pub(super) const LINT: Lint = Lint {
    id: "duplicate-json-key",
    summary: "a property that is written twice in one object",
    page: include_str!("../../rules/lints/duplicate-json-key.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let of_group = facts.nsg().faults.iter().filter_map(|fault| remark(fault, None));
    let of_rules = facts.rules().flat_map(|rule| {
        rule.faults.iter().filter_map(|fault| remark(fault, Some(&rule.name.value)))
    });
    of_group.chain(of_rules).collect()
}

fn remark(fault: &Fault, rule: Option<&String>) -> Option<Remark> {
    let FaultKind::DuplicateKey { first } = fault.kind else { return None };
    let remark = Remark {
        message: format!("`{}` is written twice in one object", fault.property),
        rule: rule.cloned(),
        primary: Some(Label {
            span: fault.span,
            text: "Azure takes this one, the last".to_owned(),
        }),
        ..Remark::default()
    };
    Some(remark.also(first, "and not this one").help("remove the one that is not meant"))
}
