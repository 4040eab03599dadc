//! `wrong-json-type`: a property of another JSON type than it has in Azure.

use super::written::sides;
use crate::{
    lint::{Check, Facts, Label, Level, Lint, Remark},
    model::{Address, Fault, FaultKind, Field, PortValue, SecurityRule, Shape},
    source::Span,
};

pub(super) const LINT: Lint = Lint {
    id: "wrong-json-type",
    summary: "a property of another JSON type than Azure expects",
    page: include_str!("../../rules/lints/wrong-json-type.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let faults = &facts.nsg().faults;
    let cut = |fault: &&Fault| facts.nsg().shape == Shape::PowerShell && is_cut(fault);
    let of_group =
        faults.iter().filter(|fault| !cut(fault)).filter_map(|fault| remark(fault, None));
    // PowerShell cuts all rules off or none.
    let of_group = faults.iter().find(cut).map(cut_off).into_iter().chain(of_group);
    let of_rules = facts.rules().flat_map(|rule| {
        let faults = rule.faults.iter().filter(move |fault| !is_told(rule, fault.span));
        faults.filter_map(move |fault| remark(fault, Some(&rule.name.value)))
    });
    Remark::first(of_group.chain(of_rules))
}

/// Below its depth PowerShell writes objects as texts (JS-030).
fn is_cut(fault: &Fault) -> bool {
    fault.property.eq_ignore_ascii_case("securityRules")
        && matches!(fault.kind, FaultKind::WrongType { found: "a string", .. })
}

fn cut_off(fault: &Fault) -> Remark {
    Remark {
        message: "the rules of this export were cut off by PowerShell".to_owned(),
        primary: Some(Label { span: fault.span, text: "text in place of rules".to_owned() }),
        ..Remark::default()
    }
    .help("export again with `ConvertTo-Json -Depth 20`")
}

fn remark(fault: &Fault, rule: Option<&String>) -> Option<Remark> {
    let FaultKind::WrongType { expected, found } = fault.kind else { return None };
    let property = &fault.property;
    let remark = Remark {
        message: format!("`{property}` is {found} and should be {expected}"),
        rule: rule.cloned(),
        primary: Some(Label { span: fault.span, text: format!("{expected} goes here") }),
        ..Remark::default()
    };
    let help = match (found, plural(property)) {
        ("an array", Some(plural)) => format!("give the list to `{plural}`"),
        ("a string", None) if expected == "an array" => {
            "put the value into brackets, `[…]`".to_owned()
        }
        _ => format!("write {expected}"),
    };
    Some(remark.help(help))
}

fn plural(property: &str) -> Option<String> {
    let low = property.to_ascii_lowercase();
    if low.ends_with("portrange") {
        Some(format!("{property}s"))
    } else if low.ends_with("addressprefix") {
        Some(format!("{property}es"))
    } else {
        None
    }
}

/// Whether a lint on the value itself says more about that place.
fn is_told(rule: &SecurityRule, span: Span) -> bool {
    let fields = [invalid(&rule.access), invalid(&rule.direction), invalid(&rule.protocol)];
    fields.into_iter().chain([invalid(&rule.priority)]).flatten().any(|place| place == span)
        || sides(rule).into_iter().any(|side| {
            let addresses = side.addresses.items.iter();
            let ports = side.ports.items.iter();
            addresses
                .filter(|item| matches!(item.value, Address::Invalid { .. }))
                .any(|item| item.span == span)
                || ports
                    .filter(|item| matches!(item.value, PortValue::Invalid { .. }))
                    .any(|item| item.span == span)
        })
}

const fn invalid<T>(field: &Field<T>) -> Option<Span> {
    match field {
        Field::Invalid { span, .. } => Some(*span),
        Field::Known(_) | Field::Unknown(_) | Field::Missing => None,
    }
}
