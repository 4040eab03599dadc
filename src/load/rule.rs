//! One rule, of whatever shape.

use super::lists::{Lists, Named};
use super::properties::{Entry, Properties};
use super::scalar::{
    Style, access, direction, effective_protocol, field, length, name, priority, protocol, unknown,
    wrong_type,
};
use crate::model::{
    Address, AddressItem, Field, Iteration, PortItem, SecurityRule, Shape, Unknown, Written,
};
use crate::source::{Span, Spanned};
use crate::template::{self, Reading, Value};

const SOURCE: ([&str; 2], [&str; 3]) = (
    ["sourcePortRange", "sourcePortRanges"],
    ["sourceAddressPrefix", "sourceAddressPrefixes", "sourceApplicationSecurityGroups"],
);

const DESTINATION: ([&str; 2], [&str; 3]) = (
    ["destinationPortRange", "destinationPortRanges"],
    [
        "destinationAddressPrefix",
        "destinationAddressPrefixes",
        "destinationApplicationSecurityGroups",
    ],
);

/// The rule that `reading` holds.
pub(super) fn rule(reading: &Reading<'_>, style: Style, written: Written) -> SecurityRule {
    let mut rule = of_properties(&mut Properties::of(reading), reading.span(), style, written);
    // What is written in a group that a loop makes is told by the name of the group.
    let found = reading.iteration().filter(|found| !found.of_resources);
    rule.iteration = found.map(iteration);
    rule
}

/// The round of a loop, as the model has it.
pub(super) fn iteration(found: template::Iteration) -> Box<Iteration> {
    let template::Iteration { name, number, count, .. } = found;
    Box::new(Iteration { name, number, count })
}

/// The rule with these properties.
pub(super) fn of_properties(
    found: &mut Properties<'_>,
    span: Span,
    style: Style,
    written: Written,
) -> SecurityRule {
    let mut faults = std::mem::take(&mut found.faults);
    let unread = found.properties.as_ref().and_then(|entry| {
        let place = entry.value.span();
        match entry.value.value() {
            Value::Object(_) | Value::Null => None,
            Value::Unknown(reason) => Some(unknown(place, reason.reason.to_string())),
            Value::Text(text) if text.unknown.is_some() => Some(unknown(
                place,
                text.unknown.map_or_else(String::new, |u| u.reason.to_string()),
            )),
            other @ (Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Array(_)) => {
                faults.push(wrong_type("properties", "an object", other.describe(), place));
                Some(unknown(place, format!("its properties are {}", other.describe())))
            }
        }
    });
    let word = |property: &'static str| (property, "a string");
    let read_protocol = if style.shape == Shape::Effective { effective_protocol } else { protocol };
    let named = |(ports, addresses)| Named { ports, addresses, rule: span };
    let rule_name = value(&found.name).and_then(|reading| name(reading, style));
    let access = field(value(&found.access), style, word("access"), &mut faults, access);
    let direction =
        field(value(&found.direction), style, word("direction"), &mut faults, direction);
    let number = ("priority", "a number");
    let priority = field(value(&found.priority), style, number, &mut faults, priority);
    let protocol =
        field(value(&found.protocol), style, word("protocol"), &mut faults, read_protocol);
    let mut lists = Lists { style, faults: &mut faults };
    SecurityRule {
        name: rule_name.unwrap_or_else(|| Spanned::new(String::new(), span)),
        span,
        written,
        iteration: None,
        condition: None,
        description: value(&found.description).and_then(|reading| length(reading, style)),
        access,
        direction,
        priority,
        protocol,
        source: lists.addresses(&found.source, &named(SOURCE)),
        destination: lists.addresses(&found.destination, &named(DESTINATION)),
        source_ports: lists.ports(&found.source, &named(SOURCE)),
        destination_ports: lists.ports(&found.destination, &named(DESTINATION)),
        faults,
        unread,
    }
}

const fn value<'e, 'd>(entry: &'e Option<Entry<'d>>) -> Option<&'e Reading<'d>> {
    match entry {
        Some(entry) => Some(&entry.value),
        None => None,
    }
}

/// Whether two rules say the same, wherever they stand and however they are spelt.
pub(super) fn same(a: &SecurityRule, b: &SecurityRule) -> bool {
    a.access.known() == b.access.known()
        && a.direction.known() == b.direction.known()
        && a.priority.known() == b.priority.known()
        && a.protocol.known() == b.protocol.known()
        && is_known(a) == is_known(b)
        && same_addresses(&a.source.items, &b.source.items)
        && same_addresses(&a.destination.items, &b.destination.items)
        && same_groups(a, b)
        && same_ports(&a.source_ports.items, &b.source_ports.items)
        && same_ports(&a.destination_ports.items, &b.destination_ports.items)
        && a.unread.as_ref().map(reason) == b.unread.as_ref().map(reason)
}

const fn reason(unknown: &Unknown) -> &str {
    &unknown.reason
}

const fn is_known(rule: &SecurityRule) -> [bool; 4] {
    [
        matches!(rule.access, Field::Known(_)),
        matches!(rule.direction, Field::Known(_)),
        matches!(rule.priority, Field::Known(_)),
        matches!(rule.protocol, Field::Known(_)),
    ]
}

fn same_addresses(a: &[AddressItem], b: &[AddressItem]) -> bool {
    let values = |items: &[AddressItem]| -> Vec<Address> {
        items.iter().map(|item| item.value.clone()).collect()
    };
    a.len() == b.len() && values(a) == values(b)
}

fn same_ports(a: &[PortItem], b: &[PortItem]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.value == b.value)
}

fn same_groups(a: &SecurityRule, b: &SecurityRule) -> bool {
    let ids = |rule: &SecurityRule| -> Vec<Box<str>> {
        let groups = rule.source.groups.iter().chain(&rule.destination.groups);
        groups.map(|group| group.id.clone()).collect()
    };
    a.source.groups.len() == b.source.groups.len() && ids(a) == ids(b)
}
