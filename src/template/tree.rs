//! Evaluated values as JSON. What is not known is an object with the reason.

use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};

use super::budget::Budget;
use super::loops;
use super::reading::Reading;
use super::unknown::{Limit, Unknown};
use super::value::{Text, Value};

/// Values are followed this deep.
const MAX_DEPTH: usize = 100;

/// A value with all that is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as it was written.
    Number(String),
    /// A string that is known.
    Text(String),
    /// Elements.
    Array(Vec<Self>),
    /// Members in order.
    Object(Vec<(String, Self)>),
    /// Not known: `{"unknown": reason}`, and what is known of a string as `text`.
    Unknown {
        /// The reason.
        reason: String,
        /// The string with a placeholder for what is not known in it.
        text: Option<String>,
    },
}

impl Tree {
    /// The value of `reading`, as far as `budget` reaches.
    pub fn of(reading: &Reading<'_>, budget: &Budget) -> Self {
        Self::deep(reading, budget, 0)
    }

    /// The members of `object` less those that are called as one of `without`; nothing but the
    /// reason where they are not known.
    pub fn without(object: &Reading<'_>, without: &[&str], budget: &Budget) -> Self {
        let mut tree = Self::of(object, budget);
        if let Self::Object(members) = &mut tree {
            members.retain(|(name, _)| !without.iter().any(|it| name.eq_ignore_ascii_case(it)));
        }
        tree
    }

    fn limited(limit: Limit) -> Self {
        Self::Unknown { reason: format!("evaluation was stopped: {limit}"), text: None }
    }

    fn unknown(unknown: &Unknown) -> Self {
        Self::Unknown { reason: unknown.reason.to_string(), text: None }
    }

    fn deep(reading: &Reading<'_>, budget: &Budget, depth: usize) -> Self {
        if depth > MAX_DEPTH {
            return Self::limited(Limit::Depth);
        }
        if let Err(limit) = budget.element(0) {
            return Self::limited(limit);
        }
        match reading.value() {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Number(number) => Self::Number(number.into_owned()),
            Value::Text(Text { text, unknown: None }) => Self::Text(text.into_owned()),
            Value::Text(Text { text, unknown: Some(unknown) }) => {
                Self::Unknown { reason: unknown.reason.to_string(), text: Some(text.into_owned()) }
            }
            Value::Unknown(unknown) => Self::unknown(&unknown),
            Value::Array(list) => {
                Self::Array(list.items().map(|item| Self::deep(&item, budget, depth + 1)).collect())
            }
            Value::Object(object) => {
                let made = Reading::of(Value::Object(object.clone()), reading.span());
                let loops = loops::loops(&made);
                let is_loop = |name: &str| loops.is_some() && name.eq_ignore_ascii_case("copy");
                let mut members: Vec<(String, Self)> = object
                    .members()
                    .filter(|member| !is_loop(&member.key))
                    .map(|it| (it.key.into_owned(), Self::deep(&it.value, budget, depth + 1)))
                    .collect();
                for found in loops.iter().flatten() {
                    let name = loops::name_of(found).text.into_owned();
                    let list = loops::made(found);
                    members.push((name, Self::deep(&list, budget, depth + 1)));
                }
                // Others may be there.
                members.extend(object.rest().map(|rest| ("*".to_owned(), Self::unknown(rest))));
                Self::Object(members)
            }
        }
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => match number.parse::<serde_json::Number>() {
                Ok(number) => number.serialize(serializer),
                Err(_) => serializer.serialize_str(number),
            },
            Self::Text(text) => serializer.serialize_str(text),
            Self::Array(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
            Self::Unknown { reason, text } => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("unknown", reason)?;
                if let Some(text) = text {
                    map.serialize_entry("text", text)?;
                }
                map.end()
            }
        }
    }
}
