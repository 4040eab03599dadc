//! Functions between values and their form as text.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::document::{Document, Kind, Node};
use crate::template::evaluate::Outcome;
use crate::template::unknown::Unknown;
use crate::template::value::{Text, Value};

use super::arguments::List;
use super::encoding::decoded;
use super::format::boolean;
use super::objects::members;
use super::{Arguments, Function};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::of("base64ToJson", 1..=1, |a| parsed(a, &decoded(a, a.text(0)?)?)),
    Function::of("json", 1..=1, |a| parsed(a, a.text(0)?)),
    Function::of("string", 1..=1, string),
];

/// The value of a JSON text.
fn parsed<'d>(arguments: &Arguments<'_, '_, 'd>, text: &str) -> Outcome<'d> {
    arguments.work(text.len().saturating_mul(4))?;
    let document = Document::parse(arguments.evaluator.whole().file, text);
    let document = document.map_err(|_| arguments.invalid(0, "the text is not JSON"))?;
    value(arguments, document.root())
}

fn value<'d>(arguments: &Arguments<'_, '_, 'd>, node: Node<'_>) -> Outcome<'d> {
    match node.kind() {
        Kind::Null => Ok(Value::Null),
        Kind::Bool => Ok(Value::Bool(node.as_bool().unwrap_or_default())),
        Kind::Number => Ok(Value::Number(Cow::Owned(node.raw().to_owned()))),
        Kind::String => arguments.made(node.text().unwrap_or_default().into_owned()),
        Kind::Array => {
            let mut list = List::default();
            for item in node.items() {
                let item = deeper(arguments, item)?;
                list.push(arguments, arguments.reading(item))?;
            }
            arguments.list(list)
        }
        Kind::Object => {
            let mut members = Vec::new();
            for (key, member) in node.members() {
                let member = deeper(arguments, member)?;
                members.push((Cow::Owned(key.text().into_owned()), arguments.reading(member)));
            }
            arguments.object_of(members, None)
        }
    }
}

fn deeper<'d>(arguments: &Arguments<'_, '_, 'd>, node: Node<'_>) -> Outcome<'d> {
    let budget = arguments.evaluator.scope.budget();
    budget.descend().map_err(|limit| arguments.limited(limit))?;
    let value = value(arguments, node);
    budget.ascend();
    value
}

/// A string as it is, lists and objects as JSON.
fn string<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    match arguments.get(0) {
        Some(Value::Text(text)) => Ok(Value::Text(text.clone())),
        Some(Value::Bool(value)) => arguments.made(boolean(*value)),
        Some(Value::Number(number)) => arguments.made(arguments.whole(0, number)?.to_string()),
        Some(value @ (Value::Array(_) | Value::Object(_))) => {
            let mut text = String::new();
            write(arguments, &mut text, value)?;
            arguments.made(text)
        }
        _ => Err(arguments.other(0)),
    }
}

fn write<'d>(
    arguments: &Arguments<'_, '_, 'd>,
    text: &mut String,
    value: &Value<'d>,
) -> Result<(), Unknown> {
    let budget = arguments.evaluator.scope.budget();
    budget.descend().map_err(|limit| arguments.limited(limit))?;
    let written = write_here(arguments, text, value);
    budget.ascend();
    written
}

fn write_here<'d>(
    arguments: &Arguments<'_, '_, 'd>,
    text: &mut String,
    value: &Value<'d>,
) -> Result<(), Unknown> {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => text.push_str(&arguments.whole(0, number)?.to_string()),
        Value::Text(Text { text: string, unknown: None }) => {
            arguments.evaluator.grow(string.len(), text.len(), &arguments.call.range)?;
            quote(text, string);
        }
        Value::Unknown(unknown) | Value::Text(Text { unknown: Some(unknown), .. }) => {
            return Err(arguments.absorbed(unknown));
        }
        Value::Array(array) => {
            text.push('[');
            for (index, item) in array.items().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                write(arguments, text, &item.value())?;
            }
            text.push(']');
        }
        Value::Object(object) => {
            if let Some(rest) = object.rest() {
                return Err(arguments.absorbed(rest));
            }
            text.push('{');
            for (index, (name, value)) in members(arguments, object)?.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                quote(text, name);
                text.push(':');
                write(arguments, text, &value.value())?;
            }
            text.push('}');
        }
    }
    Ok(())
}

/// A string as JSON, as Azure's serialiser writes it.
fn quote(text: &mut String, string: &str) {
    text.push('"');
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '\0'..='\u{1f}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                // Writing to a string can't fail.
                let _ = write!(text, "\\u{:04x}", u32::from(character));
            }
            _ => text.push(character),
        }
    }
    text.push('"');
}
