//! `missing-property`: LINT-50, NSG-038.

use super::written::{is_known_name, property, rules, sides, title};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Address, Field, Form, PortValue, SecurityRule, Written},
    source::Span,
};

pub(super) const LINT: Lint = Lint {
    id: "missing-property",
    summary: "a rule without a property that every rule needs",
    page: include_str!("../../rules/lints/missing-property.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    rules(facts).filter_map(|rule| remark(facts, rule)).collect()
}

/// A property that is not there, and what to write.
type Missing = (&'static str, &'static str);

fn remark(facts: &Facts<'_>, rule: &SecurityRule) -> Option<Remark> {
    let missing = missing(rule);
    let (first, others) = missing.split_first()?;
    let names: Vec<String> =
        missing.iter().map(|(name, _)| format!("`{}`", property(facts, name))).collect();
    let message = format!("{} has no {}", title(rule), names.join(", no "));
    let what = |(name, value): &Missing| format!("`{}`: {value}", property(facts, name));
    let mut help = format!("add {}", what(first));
    for other in others {
        help.push_str("; ");
        help.push_str(&what(other));
    }
    // NSG-038 is about addresses; that a rule without ports is refused is not documented.
    let only_ports = missing.iter().all(|(name, _)| name.to_ascii_lowercase().contains("port"));
    if only_ports {
        let label = "every client writes it, and Azure may refuse a rule without";
        return Some(Remark::about(rule, rule.span, label, message).help(help).at(Level::Warning));
    }
    Some(Remark::about(rule, rule.span, "Azure refuses it as it stands", message).help(help))
}

fn missing(rule: &SecurityRule) -> Vec<Missing> {
    // With the defaults of a module, much is empty that its users fill in; and a condition often
    // asks for the very value that is empty here.
    let is_open = rule.condition.is_some() || has_unknown(rule);
    let none = |form: Form, span: Span| form == Form::None && (span == rule.span || !is_open);
    let mut missing = Vec::new();
    let mut add = |is_missing: bool, name, value| {
        if is_missing {
            missing.push((name, value));
        }
    };
    add(
        rule.name.value.is_empty() && rule.written == Written::Inline,
        "name",
        "a name of its own in the group",
    );
    add(is_missing(&rule.priority), "priority", "a free number from 100 to 4096");
    add(is_missing(&rule.direction), "direction", "`Inbound` or `Outbound`");
    add(is_missing(&rule.access), "access", "`Allow` or `Deny`");
    add(
        is_missing(&rule.protocol),
        "protocol",
        "`Tcp`, `Udp`, `Icmp`, `Esp`, `Ah`, or `*` for all",
    );
    for side in sides(rule) {
        let address = "an address, a prefix, a service tag, or `*` for all";
        add(none(side.addresses.form, side.addresses.span), side.names.prefix, address);
        let port = "a port, a range, or `*` for all";
        add(none(side.ports.form, side.ports.span), side.names.port, port);
    }
    missing
}

const fn is_missing<T>(field: &Field<T>) -> bool {
    matches!(field, Field::Missing)
}

/// Whether anything in the rule is only known when it is deployed.
fn has_unknown(rule: &SecurityRule) -> bool {
    const fn of<T>(field: &Field<T>) -> bool {
        matches!(field, Field::Unknown(_))
    }
    let in_sides = sides(rule).into_iter().any(|side| {
        side.addresses.items.iter().any(|item| matches!(item.value, Address::Unknown(_)))
            || side.ports.items.iter().any(|item| matches!(item.value, PortValue::Unknown(_)))
    });
    !is_known_name(&rule.name.value)
        || of(&rule.access)
        || of(&rule.direction)
        || of(&rule.priority)
        || of(&rule.protocol)
        || in_sides
}
