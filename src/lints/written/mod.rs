//! A rule as its author wrote it: its sides, and what its properties are called in its shape.

use crate::{
    lint::{Facts, Remark},
    model::{
        Access, AddressItem, Addresses, Direction, PortItem, Ports, Protocol, SecurityRule, Shape,
    },
};
use std::borrow::Cow;

/// Longer values are cut in messages; the excerpt of the file shows them in full.
const MAX_SHOWN: usize = 60;

/// Most elements of a list that a message spells out.
const MAX_LISTED: usize = 6;

/// One side of a rule, and the words for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side<'a> {
    pub(super) addresses: &'a Addresses,
    pub(super) ports: &'a Ports,
    pub(super) names: &'static Names,
}

/// The properties of one side as a template spells them.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) prefix: &'static str,
    pub(super) prefixes: &'static str,
    pub(super) groups: &'static str,
    pub(super) port: &'static str,
    pub(super) ports: &'static str,
}

static SOURCE: Names = Names {
    prefix: "sourceAddressPrefix",
    prefixes: "sourceAddressPrefixes",
    groups: "sourceApplicationSecurityGroups",
    port: "sourcePortRange",
    ports: "sourcePortRanges",
};

static DESTINATION: Names = Names {
    prefix: "destinationAddressPrefix",
    prefixes: "destinationAddressPrefixes",
    groups: "destinationApplicationSecurityGroups",
    port: "destinationPortRange",
    ports: "destinationPortRanges",
};

/// Source, then destination.
pub(super) const fn sides(rule: &SecurityRule) -> [Side<'_>; 2] {
    [
        Side { addresses: &rule.source, ports: &rule.source_ports, names: &SOURCE },
        Side { addresses: &rule.destination, ports: &rule.destination_ports, names: &DESTINATION },
    ]
}

/// The rules that somebody wrote and that were read. Effective rules are what Azure prints: it
/// spells, counts and numbers them its own way (JS-050).
pub(super) fn rules<'a>(facts: &Facts<'a>) -> impl Iterator<Item = &'a SecurityRule> {
    let is_written = facts.nsg().shape != Shape::Effective;
    facts.rules().filter(move |rule| is_written && rule.unread.is_none())
}

/// What `remark` says of each element of the lists that `items` picks from every side.
pub(super) fn each<T>(
    facts: &Facts<'_>,
    items: fn(Side<'_>) -> &[T],
    remark: impl Fn(&SecurityRule, Side<'_>, &T) -> Option<Remark>,
) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for rule in rules(facts) {
        for side in sides(rule) {
            remarks.extend(items(side).iter().filter_map(|item| remark(rule, side, item)));
        }
    }
    remarks
}

/// The addresses of a side.
pub(super) fn addresses(side: Side<'_>) -> &[AddressItem] {
    &side.addresses.items
}

/// The ports of a side.
pub(super) fn ports(side: Side<'_>) -> &[PortItem] {
    &side.ports.items
}

/// A property as the shape spells it: PowerShell begins with a capital (JS-030), Terraform has
/// small letters and underscores (JS-055).
pub(super) fn property(facts: &Facts<'_>, name: &'static str) -> Cow<'static, str> {
    match facts.nsg().shape {
        Shape::PowerShell => {
            let mut letters = name.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            Cow::Owned(first.chain(letters).collect())
        }
        Shape::Terraform => {
            let mut spelt = String::with_capacity(name.len() + 3);
            for letter in name.chars() {
                if letter.is_ascii_uppercase() {
                    spelt.push('_');
                }
                spelt.push(letter.to_ascii_lowercase());
            }
            // Groups are given by their ids.
            Cow::Owned(spelt.replace("security_groups", "security_group_ids"))
        }
        _ => Cow::Borrowed(name),
    }
}

/// Whether a name is known in full: unknown parts stand in braces, as do marks that other tools
/// fill in.
pub(super) fn is_known_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(['{', '['])
}

/// What a rule is called in a message.
pub(super) fn title(rule: &SecurityRule) -> String {
    let name = &rule.name.value;
    if name.is_empty() { "a rule without a name".to_owned() } else { format!("`{name}`") }
}

/// A value from the input, in backticks, cut where it is long.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("`{}…`", text.get(..end).unwrap_or_default()),
        None => format!("`{text}`"),
    }
}

/// Values from the input in backticks, with commas, the first few of them.
pub(super) fn listed<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(shown).collect();
    let more = texts.len().saturating_sub(MAX_LISTED);
    let first = texts.get(..texts.len() - more).unwrap_or_default().join(", ");
    if more == 0 { first } else { format!("{first} and {more} more") }
}

/// A property with a list of texts, ready to paste if it is short.
pub(super) fn list_to_paste(property: &str, texts: &[&str]) -> String {
    let quoted: Vec<String> =
        texts.iter().take(MAX_LISTED).map(|text| format!("\"{text}\"")).collect();
    let more = if texts.len() > MAX_LISTED { ", …" } else { "" };
    format!("`\"{property}\": [{}{more}]`", quoted.join(", "))
}

/// The official spelling (NSG-023).
pub(super) const fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Any => "*",
        Protocol::Tcp => "Tcp",
        Protocol::Udp => "Udp",
        Protocol::Icmp => "Icmp",
        Protocol::Esp => "Esp",
        Protocol::Ah => "Ah",
    }
}

/// The official spelling (NSG-022).
pub(super) const fn access(access: Access) -> &'static str {
    match access {
        Access::Allow => "Allow",
        Access::Deny => "Deny",
    }
}

/// The official spelling (NSG-022).
pub(super) const fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "Inbound",
        Direction::Outbound => "Outbound",
    }
}
