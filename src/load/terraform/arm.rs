//! Resources of Terraform in the words of ARM (JS-055), value by value, each in its place.

use crate::document::{self, Document, Node};
use crate::source::Span;
use crate::template::{Array, Object, Reading, Reason, Text, Unknown, Value};
use std::borrow::Cow;

/// The properties of a rule.
const RULE: [(&str, &str); 15] = [
    ("name", "name"),
    ("description", "description"),
    ("access", "access"),
    ("direction", "direction"),
    ("priority", "priority"),
    ("protocol", "protocol"),
    ("source_port_range", "sourcePortRange"),
    ("source_port_ranges", "sourcePortRanges"),
    ("source_address_prefix", "sourceAddressPrefix"),
    ("source_address_prefixes", "sourceAddressPrefixes"),
    ("destination_port_range", "destinationPortRange"),
    ("destination_port_ranges", "destinationPortRanges"),
    ("destination_address_prefix", "destinationAddressPrefix"),
    ("destination_address_prefixes", "destinationAddressPrefixes"),
    ("id", "id"),
];

/// Those that refer to application security groups by their ids.
const OF_GROUPS: [(&str, &str); 2] = [
    ("source_application_security_group_ids", "sourceApplicationSecurityGroups"),
    ("destination_application_security_group_ids", "destinationApplicationSecurityGroups"),
];

/// An object in the making.
#[derive(Debug)]
pub(super) struct Arm<'d> {
    span: Span,
    members: Vec<(Cow<'d, str>, Reading<'d>)>,
    rest: Option<Unknown>,
}

impl<'d> Arm<'d> {
    pub(super) const fn at(span: Span) -> Self {
        Self { span, members: Vec::new(), rest: None }
    }

    /// With a member, if there is one.
    pub(super) fn with(mut self, key: &'static str, value: Option<Reading<'d>>) -> Self {
        self.members.extend(value.map(|value| (Cow::Borrowed(key), value)));
        self
    }

    /// Takes over what is not known of another object.
    pub(super) fn rest_of(&mut self, object: &Object<'d>) {
        self.rest = object.rest().cloned();
    }

    /// With the members of another one.
    pub(super) fn append(&mut self, mut other: Self) {
        self.members.append(&mut other.members);
    }

    pub(super) fn made(self) -> Reading<'d> {
        let Self { span, members, rest } = self;
        match Object::made(members, rest) {
            Ok(object) => Reading::made(Value::Object(object), span),
            Err(limit) => too_deep(limit, span),
        }
    }
}

fn too_deep<'d>(limit: crate::template::Limit, span: Span) -> Reading<'d> {
    let (reason, placeholder) = (Reason::Limit(limit), "{too deep}".to_owned());
    Reading::made(Value::Unknown(Unknown { reason, span, placeholder }), span)
}

pub(super) fn list<'d>(items: Vec<Reading<'d>>, span: Span) -> Reading<'d> {
    match Array::made(items, false) {
        Ok(array) => Reading::made(Value::Array(array), span),
        Err(limit) => too_deep(limit, span),
    }
}

pub(super) fn text<'d>(text: Text<'d>, span: Span) -> Reading<'d> {
    Reading::made(Value::Text(text), span)
}

/// An object with an id.
pub(super) fn reference<'d>(id: Reading<'d>) -> Reading<'d> {
    Arm::at(id.span()).with("id", Some(id)).made()
}

/// A rule; `groups` makes references of the ids in a list that is not known.
pub(super) fn rule<'d>(
    values: &Reading<'d>,
    groups: &impl Fn(&'static str, Reading<'d>) -> Reading<'d>,
) -> Reading<'d> {
    let value = values.value();
    let Value::Object(object) = &value else { return values.clone() };
    let mut rule = Arm::at(values.span());
    rule.rest_of(object);
    for member in object.members() {
        let is = |(name, _): &&(&str, &'static str)| *name == member.key;
        if let Some((_, key)) = RULE.iter().find(is) {
            rule = rule.with(key, Some(member.value));
        } else if let Some((name, key)) = OF_GROUPS.iter().find(is) {
            let ids = match member.value.value() {
                Value::Unknown(_) => groups(name, member.value),
                Value::Array(ids) => {
                    list(ids.items().map(reference).collect(), member.value.span())
                }
                _ => member.value,
            };
            rule = rule.with(key, Some(ids));
        }
    }
    rule.made()
}

/// The elements of a list, each as `make` has it; what is no list stays as it is.
pub(super) fn each<'d>(
    list: &Reading<'d>,
    make: impl FnMut(usize, Reading<'d>) -> Option<Reading<'d>>,
) -> Reading<'d> {
    let mut make = make;
    match list.value() {
        Value::Array(items) => {
            let items = items.items().enumerate();
            self::list(items.filter_map(|(at, item)| make(at, item)).collect(), list.span())
        }
        _ => list.clone(),
    }
}

/// How deep JSON in a string may be.
const MAX_DEPTH: usize = 60;

/// A value, or the JSON that a string holds, every part of it in its place in the string.
pub(super) fn body<'d>(reading: &Reading<'d>) -> Reading<'d> {
    let Value::Text(held) = reading.value() else { return reading.clone() };
    let span = reading.span();
    let Ok(document) = Document::parse(span.file, &held.text) else { return reading.clone() };
    let offsets = reading.node().and_then(|node| offsets(node, held.text.len()));
    let place = |inner: Span| {
        let at = |offset: u32| {
            let offsets = offsets.as_ref()?;
            offsets.get(usize::try_from(offset).ok()?).map(|at| span.start.saturating_add(*at))
        };
        match (at(inner.start), at(inner.end)) {
            (Some(start), Some(end)) => Span { start, end, ..span },
            _ => span,
        }
    };
    copy(document.root(), &place, MAX_DEPTH)
}

fn copy<'d>(node: Node<'_>, place: &impl Fn(Span) -> Span, depth: usize) -> Reading<'d> {
    let span = place(node.span());
    let Some(depth) = depth.checked_sub(1) else {
        return too_deep(crate::template::Limit::Depth, span);
    };
    let value = match node.kind() {
        document::Kind::Null => Value::Null,
        document::Kind::Bool => Value::Bool(node.as_bool().unwrap_or_default()),
        document::Kind::Number => Value::Number(Cow::Owned(node.raw().to_owned())),
        document::Kind::String => {
            Value::Text(Text::known(node.text().unwrap_or_default().into_owned()))
        }
        document::Kind::Array => {
            let items = node.items().map(|item| copy(item, place, depth)).collect();
            return list(items, span);
        }
        document::Kind::Object => {
            let mut object = Arm::at(span);
            object.members = node
                .members()
                .map(|(key, value)| {
                    (Cow::Owned(key.text().into_owned()), copy(value, place, depth))
                })
                .collect();
            return object.made();
        }
    };
    Reading::made(value, span)
}

/// Where each byte of the text of a string was written, and its end, from the opening quote on;
/// `None` if that can't be told.
fn offsets(node: Node<'_>, length: usize) -> Option<Vec<u32>> {
    let raw = node.raw().as_bytes();
    let mut offsets = Vec::with_capacity(length + 1);
    let mut at = 1;
    let end = raw.len().checked_sub(1)?;
    while at < end {
        let (written, read) = match raw.get(at..)? {
            [b'\\', b'u', rest @ ..] => {
                let (unit, low) = (unit(rest)?, rest.strip_prefix(rest.get(..4)?)?);
                match char::from_u32(unit) {
                    Some(character) => (6, character.len_utf8()),
                    None if unit < 0xDC00 && low.starts_with(b"\\u") => (12, 4),
                    None => (6, char::REPLACEMENT_CHARACTER.len_utf8()),
                }
            }
            [b'\\', ..] => (2, 1),
            _ => (1, 1),
        };
        offsets.extend(std::iter::repeat_n(u32::try_from(at).ok()?, read));
        at += written;
    }
    offsets.push(u32::try_from(end).ok()?);
    (offsets.len() == length + 1).then_some(offsets)
}

/// The four digits of an escape.
fn unit(digits: &[u8]) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(digits.get(..4)?).ok()?, 16).ok()
}
