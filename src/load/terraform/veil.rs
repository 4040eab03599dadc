//! Lays over the values of a resource what Terraform says besides: which of them it does not know
//! yet, and which are secret. What is neither stays as written, in its place.

use crate::document::{Kind, Node};
use crate::source::Span;
use crate::template::{Array, Object, Reading, Reason, Unknown, Value, named, placeholder};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Marks deeper than this are not followed: what holds them is unknown as a whole.
const MAX_DEPTH: usize = 32;

/// What is said of the values of one resource.
pub(super) struct Veil<'a, 'd> {
    /// The address of the resource.
    pub(super) address: &'a str,
    /// `after_unknown`: `true` in the places of values that are not known yet.
    pub(super) unknown: Option<Node<'d>>,
    /// `sensitive_values` or `after_sensitive`: `true` in the places of secrets.
    pub(super) sensitive: [Option<Node<'d>>; 2],
    /// Nothing is said of what is not known, so that whatever is not there may be unknown.
    pub(super) is_silent: bool,
}

/// The marks on one value.
#[derive(Clone, Copy)]
struct Marks<'d> {
    unknown: Option<Node<'d>>,
    sensitive: [Option<Node<'d>>; 2],
}

impl<'d> Marks<'d> {
    /// Those that say anything.
    fn less_empty(self) -> Self {
        let says = |node: &Node<'d>| holds_true(*node);
        Self {
            unknown: self.unknown.filter(says),
            sensitive: self.sensitive.map(|it| it.filter(says)),
        }
    }

    fn is_empty(self) -> bool {
        self.unknown.is_none() && self.sensitive.iter().all(Option::is_none)
    }

    fn is_secret(self) -> bool {
        self.sensitive.into_iter().flatten().any(is_true)
    }
}

/// The members of an object by name.
fn by_name(node: Option<Node<'_>>) -> BTreeMap<Cow<'_, str>, Node<'_>> {
    node.iter().flat_map(Node::members).map(|(key, value)| (key.text(), value)).collect()
}

impl<'d> Veil<'_, 'd> {
    /// The values as they can be read.
    pub(super) fn over(&self, values: Node<'d>) -> Reading<'d> {
        let marks = Marks { unknown: self.unknown, sensitive: self.sensitive }.less_empty();
        if marks.is_empty() && !self.is_silent {
            return Reading::plain(values);
        }
        if marks.is_secret() {
            return self.cover(values, marks, "");
        }
        let rest = self.is_silent.then(|| self.not_known("", values.span()));
        self.object(values, marks, "", rest)
    }

    fn cover(&self, value: Node<'d>, marks: Marks<'d>, path: &str) -> Reading<'d> {
        let marks = marks.less_empty();
        let span = value.span();
        if marks.is_secret() {
            let (attribute, address) = (named(path), named(self.address));
            return self.made(path, span, Reason::Sensitive { attribute, address });
        }
        if marks.is_empty() {
            return Reading::plain(value);
        }
        let is_too_deep =
            path.bytes().filter(|byte| matches!(byte, b'.' | b'[')).count() > MAX_DEPTH;
        match value.kind() {
            Kind::Object if !is_too_deep && !marks.unknown.is_some_and(is_true) => {
                self.object(value, marks, path, None)
            }
            Kind::Array if !is_too_deep && !marks.unknown.is_some_and(is_true) => {
                self.array(value, marks, path)
            }
            _ => Reading::made(Value::Unknown(self.not_known(path, span)), span),
        }
    }

    fn object(
        &self,
        value: Node<'d>,
        marks: Marks<'d>,
        path: &str,
        rest: Option<Unknown>,
    ) -> Reading<'d> {
        let span = value.span();
        let below = |key: &str| {
            if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
        };
        let mut unknown = by_name(marks.unknown);
        let sensitive = marks.sensitive.map(by_name);
        let mut members: Vec<(Cow<'d, str>, Reading<'d>)> = Vec::new();
        for (key, member) in value.members() {
            let key = key.text();
            let marks = Marks {
                unknown: unknown.remove(&key),
                sensitive: sensitive.each_ref().map(|map| map.get(&key).copied()),
            };
            let member = self.cover(member, marks, &below(&key));
            members.push((key, member));
        }
        // What is not known is left out of the values.
        for (key, _) in unknown.into_iter().filter(|(_, mark)| holds_true(*mark)) {
            let unknown = self.not_known(&below(&key), span);
            members.push((key, Reading::made(Value::Unknown(unknown), span)));
        }
        match Object::made(members, rest) {
            Ok(object) => Reading::made(Value::Object(object), span),
            Err(limit) => self.made(path, span, Reason::Limit(limit)),
        }
    }

    fn array(&self, value: Node<'d>, marks: Marks<'d>, path: &str) -> Reading<'d> {
        let span = value.span();
        let length = value.items().count();
        let [first, second] = marks.sensitive;
        let lists = [marks.unknown, first, second];
        // Sets have no keys: an element and its mark share a place in two lists.
        let fits = |list: Node<'d>| list.items().count() == length;
        if !lists.into_iter().flatten().all(fits) {
            return Reading::made(Value::Unknown(self.not_known(path, span)), span);
        }
        let mut columns = lists.map(|list| list.map(|list| list.items()));
        let items = value.items().enumerate().map(|(index, item)| {
            let [unknown, first, second] =
                columns.each_mut().map(|column| column.as_mut().and_then(Iterator::next));
            let marks = Marks { unknown, sensitive: [first, second] };
            self.cover(item, marks, &format!("{path}[{index}]"))
        });
        match Array::made(items.collect(), false) {
            Ok(array) => Reading::made(Value::Array(array), span),
            Err(limit) => self.made(path, span, Reason::Limit(limit)),
        }
    }

    fn made(&self, path: &str, span: Span, reason: Reason) -> Reading<'d> {
        let placeholder = stand_in(self.address, path);
        Reading::made(Value::Unknown(Unknown { reason, span, placeholder }), span)
    }

    fn not_known(&self, path: &str, span: Span) -> Unknown {
        not_known(self.address, path, span)
    }
}

/// An attribute that is known after apply.
pub(super) fn not_known(address: &str, attribute: &str, span: Span) -> Unknown {
    let reason = Reason::AfterApply { attribute: named(attribute), address: named(address) };
    Unknown { reason, span, placeholder: stand_in(address, attribute) }
}

/// Stands for the value of an attribute. Addresses differ by case, and the keys in them may hold
/// what has a meaning in placeholders.
fn stand_in(address: &str, attribute: &str) -> String {
    let mut text = String::with_capacity(address.len() + attribute.len() + 1);
    for character in address.chars().chain(".".chars()).chain(attribute.chars()) {
        match character {
            '{' => text.push_str("%7B"),
            '}' => text.push_str("%7D"),
            '\'' => text.push_str("%27"),
            '%' => text.push_str("%25"),
            other => text.push(other),
        }
    }
    if text.chars().any(char::is_uppercase) {
        text = format!("'{text}'");
    }
    placeholder(&text)
}

fn is_true(node: Node<'_>) -> bool {
    node.as_bool() == Some(true)
}

/// Whether there is a `true` anywhere in it.
fn holds_true(node: Node<'_>) -> bool {
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        if is_true(node) {
            return true;
        }
        open.extend(node.items());
        open.extend(node.members().map(|(_, member)| member));
    }
    false
}
