//! One network security group, of whatever shape.

use super::rule::rule;
use super::scalar::{
    CUT_OFF, Scalar, Style, is_cut_off, known, name, scalar, title, unknown, wrong_type,
};
use crate::model::{Built, Fault, FaultKind, Nsg, Shape, Unknown, Written};
use crate::source::Spanned;
use crate::template::{Reading, Value};
use std::collections::BTreeMap;

/// More places that could not be read are not noted.
const MAX_UNREAD: usize = 1_000;

/// The properties of a resource: below `properties`, or lifted out of it (JS-020).
pub(super) fn properties<'d>(resource: &Reading<'d>) -> Reading<'d> {
    resource.get("properties").unwrap_or_else(|| resource.clone())
}

/// The group that `resource` holds. Its name, where it has none, is the last part of its id or
/// else `file`.
pub(super) fn group(resource: &Reading<'_>, style: Style, file: &str) -> Nsg {
    let span = resource.span();
    let id = resource.get("id").or_else(|| resource.get("ResourceId"));
    let id = id.and_then(|id| known(&id, style));
    let own_name = resource.get("name").and_then(|reading| title(&reading, style));
    let mut group = Nsg {
        name: own_name.unwrap_or_else(|| name_of(id.as_ref(), file, span)),
        location: resource.get("location").and_then(|location| known(&location, style)),
        id,
        span,
        shape: style.shape,
        rules: Vec::new(),
        built: Built::Whole,
        unread: Vec::new(),
        condition: None,
        subnets: None,
        interfaces: None,
        expanded: BTreeMap::new(),
        faults: duplicate_keys(resource),
        key: "".into(),
        again: Vec::new(),
    };
    let inner = properties(resource);
    if resource.get("properties").is_some() {
        group.faults.append(&mut duplicate_keys(&inner));
    }
    match inner.value() {
        Value::Object(_) => {}
        Value::Null => return group,
        Value::Unknown(reason) => {
            group.unread.push(unknown(inner.span(), reason.reason.to_string()));
            return group;
        }
        other @ (Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Array(_)) => {
            let found = other.describe();
            group.faults.push(wrong_type("properties", "an object", found, inner.span()));
            group.unread.push(unknown(inner.span(), format!("the properties are {found}")));
            return group;
        }
    }
    if let Some(list) = inner.get("securityRules") {
        rules(&list, style, &mut group);
    }
    group.subnets = inner.get("subnets").and_then(|list| ids(&list, style));
    group.interfaces = inner.get("networkInterfaces").and_then(|list| ids(&list, style));
    group
}

fn name_of(id: Option<&Spanned<String>>, file: &str, span: crate::source::Span) -> Spanned<String> {
    match id {
        Some(id) => Spanned::new(super::lists::last_part(&id.value).to_owned(), id.span),
        None => Spanned::new(file_name(file).to_owned(), span),
    }
}

/// The last part of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Reads the list of rules into the group; what is not a list of objects may be anything.
pub(super) fn rules(list: &Reading<'_>, style: Style, group: &mut Nsg) {
    let span = list.span();
    match list.value() {
        Value::Null => return,
        Value::Array(_) => {}
        Value::Unknown(reason) => {
            group.unread.push(unknown(span, reason.reason.to_string()));
            return;
        }
        other @ (Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Object(_)) => {
            if matches!(scalar(list, style), Scalar::Missing) {
                return;
            }
            let reason = match style.shape {
                Shape::PowerShell => CUT_OFF.to_owned(),
                _ => format!("the list of rules is {}", other.describe()),
            };
            group.faults.push(wrong_type("securityRules", "an array", other.describe(), span));
            group.unread.push(unknown(span, reason));
            return;
        }
    }
    group.rules.reserve_exact(list.node().map_or(0, |node| node.items().count()));
    for item in list.items() {
        if let Some(rule) = object(&item, &mut group.unread, &mut group.faults) {
            group.rules.push(self::rule(rule, style, Written::Inline));
        }
    }
}

/// The element of a list of rules if it is an object; what else it is goes into the notes.
pub(super) fn object<'r, 'd>(
    item: &'r Reading<'d>,
    unread: &mut Vec<Unknown>,
    faults: &mut Vec<Fault>,
) -> Option<&'r Reading<'d>> {
    let reason = match item.value() {
        Value::Object(_) => return Some(item),
        Value::Unknown(reason) => reason.reason.to_string(),
        Value::Text(text) if text.unknown.is_some() => {
            text.unknown.map_or_else(String::new, |unknown| unknown.reason.to_string())
        }
        other @ (Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Array(_)) => {
            let found = other.describe();
            faults.push(wrong_type("securityRules", "an object", found, item.span()));
            match other {
                Value::Text(text) if is_cut_off(&text.text) => CUT_OFF.to_owned(),
                _ => format!("the rule is {found}"),
            }
        }
    };
    // A thousand of them leave no more known than one does.
    if unread.len() < MAX_UNREAD {
        unread.push(unknown(item.span(), reason));
    }
    None
}

/// The ids in a list of references; `None` where there is no list.
pub(super) fn ids(list: &Reading<'_>, style: Style) -> Option<Vec<Spanned<String>>> {
    list.is_array().then(|| list.items().filter_map(|item| name(&item.get("id")?, style)).collect())
}

/// The keys that stand in an object twice; not those of its members.
pub(super) fn duplicate_keys(object: &Reading<'_>) -> Vec<Fault> {
    let Some(node) = object.node() else { return Vec::new() };
    // Both are in the order of the text.
    let mut members = node.members();
    let fault = |(first, again)| {
        let key = members.find(|(key, _)| key.span() == again);
        let property = key.map_or_else(String::new, |(key, _)| key.text().into_owned());
        Fault { kind: FaultKind::DuplicateKey { first }, property: property.into(), span: again }
    };
    node.duplicate_keys().into_iter().map(fault).collect()
}
