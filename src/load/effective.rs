//! Effective security rules of an interface (JS-050, JS-051): what Azure itself made of the
//! groups, tags expanded.

use super::Intake;
use super::addresses::prefix;
use super::envelope::{entries, sample};
use super::group::{file_name, object};
use super::lists::last_part;
use super::properties::{Properties, Side};
use super::resources::{Resources, is_built_in_priority};
use super::rule::of_properties;
use super::scalar::{Style, known, name, unknown, wrong_type};
use crate::document::Node;
use crate::model::names::normal;
use crate::model::{Address, Addresses, Built, Nsg, Shape, Written};
use crate::source::Spanned;
use crate::template::{Reading, Value};
use ipnetwork::IpNetwork;
use std::collections::BTreeMap;

const STYLE: Style = Style::of(Shape::Effective);

pub(super) fn recognizes(root: &Node<'_>) -> bool {
    sample(*root).into_iter().any(|entry| entry.get("effectiveSecurityRules").is_some())
}

pub(super) fn read(root: Node<'_>, intake: &mut Intake<'_>) {
    for entry in entries(root) {
        let entry = Reading::plain(entry);
        let association = entry.get("association");
        let held_by = |key: &str| {
            let id = association.as_ref()?.get(key)?.get("id")?;
            name(&id, STYLE)
        };
        if held_by("networkManager").is_some() {
            Resources::new(intake, STYLE).unchecked("security admin rules", &entry);
            continue;
        }
        let Some(rules) = entry.get("effectiveSecurityRules") else { continue };
        let mut group = group(&entry, intake.file);
        if association.is_some() {
            group.subnets = Some(held_by("subnet").into_iter().collect());
            group.interfaces = Some(held_by("networkInterface").into_iter().collect());
        }
        self::rules(&rules, &mut group);
        if let Some(map) = entry.get("tagMap") {
            for member in map.members() {
                let tag = member.key.to_lowercase();
                if let Some(prefixes) = prefixes(&member.value) {
                    group.expanded.entry(tag).or_insert(prefixes);
                }
            }
        }
        intake.loaded.estate.nsgs.push(group);
    }
}

fn group(entry: &Reading<'_>, file: &str) -> Nsg {
    let span = entry.span();
    let id = entry.get("networkSecurityGroup").and_then(|group| group.get("id"));
    let id = id.and_then(|id| known(&id, STYLE));
    let name = match &id {
        Some(id) => Spanned::new(last_part(&id.value).to_owned(), id.span),
        None => Spanned::new(file_name(file).to_owned(), span),
    };
    let key = id.as_ref().map_or_else(String::new, |id| normal(&id.value));
    Nsg {
        name,
        id,
        key: key.into(),
        location: None,
        span,
        shape: Shape::Effective,
        rules: Vec::new(),
        built: Built::Whole,
        unread: Vec::new(),
        condition: None,
        subnets: None,
        interfaces: None,
        expanded: BTreeMap::new(),
        faults: Vec::new(),
        again: Vec::new(),
    }
}

fn rules(list: &Reading<'_>, group: &mut Nsg) {
    let found = list.value();
    if !matches!(found, Value::Array(_) | Value::Null) {
        let reason = format!("the list of rules is {}", found.describe());
        let fault = wrong_type("effectiveSecurityRules", "an array", found.describe(), list.span());
        group.faults.push(fault);
        group.unread.push(unknown(list.span(), reason));
        return;
    }
    for item in list.items() {
        let Some(item) = object(&item, &mut group.unread, &mut group.faults) else { continue };
        let mut properties = Properties::of(item);
        let expansions = [&properties.source, &properties.destination].map(expansion);
        let mut rule = of_properties(&mut properties, item.span(), STYLE, Written::Inline);
        for (side, prefixes) in [&rule.source, &rule.destination].into_iter().zip(expansions) {
            if let (Some(tag), Some(prefixes)) = (tag(side), prefixes) {
                group.expanded.entry(tag).or_insert(prefixes);
            }
        }
        let (list, own) = match rule.name.value.split_once('/') {
            Some((list, own)) => (list, own.to_owned()),
            None => ("", rule.name.value.clone()),
        };
        // Built-in rules are told by their list or priority, never by name (NSG-010).
        if list.eq_ignore_ascii_case("defaultSecurityRules") || is_built_in_priority(&rule) {
            continue;
        }
        if list.eq_ignore_ascii_case("securityRules") {
            rule.name.value = own;
        }
        group.rules.push(rule);
    }
}

/// The one tag of a side, in lower case.
fn tag(side: &Addresses) -> Option<String> {
    match side.items.as_slice() {
        [item] => match &item.value {
            Address::Tag(tag) => Some(tag.to_lowercase()),
            Address::Any | Address::Network(_) | Address::Unknown(_) | Address::Invalid { .. } => {
                None
            }
        },
        _ => None,
    }
}

fn expansion(side: &Side<'_>) -> Option<Vec<IpNetwork>> {
    prefixes(&side.expanded.as_ref()?.value).filter(|prefixes| !prefixes.is_empty())
}

/// A list of prefixes; `None` unless each of them is one: half an expansion would be a wrong one.
fn prefixes(list: &Reading<'_>) -> Option<Vec<IpNetwork>> {
    if !matches!(list.value(), Value::Array(_)) {
        return None;
    }
    list.items().map(|item| prefix(&item.text()?.text)).collect()
}
