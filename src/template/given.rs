//! What somebody gives to the parameters of a template: a parameters file, or the deployment around
//! it. A value in a form that is not known is unknown, and never the default; so is one with which
//! Azure refuses the deployment.

use std::fmt;

use super::budget::Budget;
use super::reading::Reading;
use super::unknown::{Reason, Unknown, named, placeholder};
use super::value::{Array, Text, Value};
use crate::document::{Kind, Node};
use crate::source::Span;

/// The values that somebody gives to the parameters of a template.
#[derive(Clone, Debug, Default)]
pub struct Given<'d> {
    /// The values by name; names compare without case.
    pub values: Vec<(String, Reading<'d>)>,
    /// Why there may be values for all other parameters, which are not known.
    pub rest: Option<Unknown>,
}

impl<'d> Given<'d> {
    /// The parameters of the template at `span`, whose parameters file `file` nobody can read: any
    /// of them may have a value that is not its default.
    pub fn unreadable(span: Span, file: &str) -> Self {
        let placeholder = placeholder("parameters()");
        let rest = Unknown { reason: Reason::ParametersFile(named(file)), span, placeholder };
        Self { values: Vec::new(), rest: Some(rest) }
    }

    /// The parameters of what is around the template at `span`, of which only a part is here.
    pub fn around(span: Span) -> Self {
        let placeholder = placeholder("parameters()");
        let rest = Unknown { reason: Reason::Blueprint, span, placeholder };
        Self { values: Vec::new(), rest: Some(rest) }
    }

    /// The values that a deployment gives to the parameters of its template; all of them are
    /// unknown where they are one expression.
    pub fn by_deployment(parameters: &Reading<'d>) -> Self {
        let rest = match parameters.value() {
            Value::Object(object) => object.rest().cloned(),
            Value::Unknown(unknown) => Some(unknown),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Array(_) => {
                None
            }
        };
        let values = parameters.members().map(|member| {
            let entry = &member.value;
            let value = match (entry.get("value"), entry.get("reference")) {
                (Some(value), _) => value,
                (None, Some(reference)) => in_key_vault(&member.key, reference.span()),
                (None, None) => odd(&member.key, member.key_span, "the deployment around it"),
            };
            (member.key.into_owned(), value)
        });
        Self { values: values.collect(), rest }
    }
}

/// The value that the member `entry` of the parameters file known as `file` gives to the parameter
/// `name`.
pub fn given_value<'d>(name: &str, entry: Node<'d>, file: &str) -> Reading<'d> {
    match (entry.get("value"), entry.get("reference")) {
        (Some(value), _) => Reading::plain(value),
        (None, Some(reference)) => in_key_vault(name, reference.span()),
        (None, None) => odd(name, entry.span(), &format!("`{}`", named(file))),
    }
}

fn in_key_vault<'d>(name: &str, span: Span) -> Reading<'d> {
    unknown(name, span, Reason::KeyVault(named(name)))
}

fn odd<'d>(name: &str, span: Span, by: &str) -> Reading<'d> {
    unknown(name, span, Reason::GivenForm { by: by.to_owned(), name: named(name) })
}

fn unknown<'d>(name: &str, span: Span, reason: Reason) -> Reading<'d> {
    let placeholder = placeholder(&format!("parameters('{name}')"));
    Reading::made(Value::Unknown(Unknown { reason, span, placeholder }), span)
}

/// Why Azure refuses a value that is given to a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// What was given, and the type that is declared.
    Type(&'static str, &'static str),
    /// It is not one of those that the template lists.
    Allowed,
    /// It is less than the least, or more than the most, that the template takes.
    Range,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type(found, needed) => write!(f, "it is {found}, and the type is `{needed}`"),
            Self::Allowed => f.write_str("it is not one of its `allowedValues`"),
            Self::Range => f.write_str("it is too small or too large"),
        }
    }
}

/// Why `value`, which is not null, can't be that of the parameter `name` of the type that `node`
/// declares.
pub(super) fn refused(
    name: &str,
    node: Node<'_>,
    value: &Value<'_>,
    budget: &Budget,
) -> Option<Reason> {
    let refused = |why| Some(Reason::Refused { name: named(name), why });
    if matches!(value, Value::Unknown(_)) {
        return None;
    }
    if let Some(needed) = needed(node)
        && !is_of(value, needed)
    {
        return refused(Misfit::Type(value.describe(), needed));
    }
    if let Some(allowed) = node.get("allowedValues").filter(|it| it.kind() == Kind::Array) {
        if let Err(limit) = budget.work(allowed.raw().len()) {
            return Some(Reason::Limit(limit));
        }
        if !is_allowed(value, allowed) {
            return refused(Misfit::Allowed);
        }
    }
    if is_in_range(node, value) { None } else { refused(Misfit::Range) }
}

/// The declared type, if it is one that every value can be held against.
fn needed(node: Node<'_>) -> Option<&'static str> {
    let declared = node.get("type")?;
    let declared = declared.text()?;
    let known = [("securestring", "string"), ("secureobject", "object")].into_iter().chain(
        ["string", "int", "bool", "array", "object"].into_iter().map(|known| (known, known)),
    );
    let mut known = known.filter(|(written, _)| declared.eq_ignore_ascii_case(written));
    known.next().map(|(_, needed)| needed)
}

fn is_of(value: &Value<'_>, needed: &str) -> bool {
    match value {
        Value::Text(_) => needed == "string",
        Value::Number(number) => {
            needed == "int" && !number.contains(['.', 'e', 'E']) && number.len() < 40
        }
        Value::Bool(_) => needed == "bool",
        Value::Array(_) => needed == "array",
        Value::Object(_) => needed == "object",
        Value::Null | Value::Unknown(_) => true,
    }
}

/// Of a list every element may be one of the allowed, or the whole.
fn is_allowed(value: &Value<'_>, allowed: Node<'_>) -> bool {
    match value {
        Value::Array(array) => is_list_allowed(array, allowed),
        Value::Object(_) | Value::Null | Value::Unknown(_) => true,
        Value::Text(Text { unknown: Some(_), .. }) => true,
        value => allowed.items().any(|item| same(value, item)),
    }
}

fn is_list_allowed(array: &Array<'_>, allowed: Node<'_>) -> bool {
    /// Longer lists would take a while against each other.
    const MOST: usize = 200;
    let items: Vec<Value<'_>> = array.items().take(MOST).map(|item| item.value()).collect();
    let is_plain = |value: &Value<'_>| {
        matches!(value, Value::Text(Text { unknown: None, .. }) | Value::Number(_) | Value::Bool(_))
    };
    if items.len() == MOST || !items.iter().all(is_plain) || allowed.items().nth(MOST).is_some() {
        return true;
    }
    let is_whole = |whole: Node<'_>| {
        whole.kind() == Kind::Array
            && whole.items().count() == items.len()
            && whole.items().zip(&items).all(|(item, value)| same(value, item))
    };
    items.iter().all(|value| allowed.items().any(|item| same(value, item)))
        || allowed.items().any(is_whole)
}

fn same(value: &Value<'_>, item: Node<'_>) -> bool {
    match value {
        Value::Text(text) => item.text().is_some_and(|item| item == text.text),
        Value::Number(number) => item.kind() == Kind::Number && item.raw() == number,
        Value::Bool(known) => item.as_bool() == Some(*known),
        Value::Null | Value::Array(_) | Value::Object(_) | Value::Unknown(_) => false,
    }
}

fn is_in_range(node: Node<'_>, value: &Value<'_>) -> bool {
    let (size, keys) = match value {
        Value::Number(number) => match number.parse::<i64>() {
            Ok(number) => (number, ["minValue", "maxValue"]),
            Err(_) => return true,
        },
        Value::Text(Text { text, unknown: None }) => {
            (i64::try_from(text.encode_utf16().count()).unwrap_or(i64::MAX), LENGTHS)
        }
        Value::Array(array) if !array.is_open() => {
            (i64::try_from(array.items().count()).unwrap_or(i64::MAX), LENGTHS)
        }
        _ => return true,
    };
    let [least, most] = keys.map(|key| node.get(key).and_then(|it| it.as_i64()));
    least.is_none_or(|least| least <= size) && most.is_none_or(|most| size <= most)
}

const LENGTHS: [&str; 2] = ["minLength", "maxLength"];
