//! Strings in the making, and strings that are known in part.

use std::borrow::Cow;

use crate::template::unknown::Unknown;
use crate::template::value::{Text, Value};

use super::Arguments;

/// A text in the making.
#[derive(Default)]
pub(super) struct Joined {
    pub(super) text: String,
    pub(super) unknown: Option<Unknown>,
    /// How much of it is counted as work.
    counted: usize,
}

impl Joined {
    /// A text, and why a part of it is unknown.
    pub(super) const fn new(text: String, unknown: Option<Unknown>) -> Self {
        Self { text, unknown, counted: 0 }
    }

    /// Adds the value if it has a form as text that is surely Azure's.
    pub(super) fn push(&mut self, value: &Value<'_>) -> bool {
        match value {
            Value::Text(Text { text, unknown: None }) => self.push_known(text),
            Value::Text(Text { text, unknown: Some(unknown) }) => self.push_unknown(text, unknown),
            Value::Unknown(unknown) => self.push_unknown(&unknown.placeholder, unknown),
            Value::Number(number) if number.parse::<i64>().is_ok() => self.text.push_str(number),
            Value::Number(_)
            | Value::Null
            | Value::Bool(_)
            | Value::Array(_)
            | Value::Object(_) => return false,
        }
        true
    }

    /// Adds a text that is known. Beside a placeholder its braces are marked as such: they must not
    /// look like one.
    pub(super) fn push_known(&mut self, text: &str) {
        if self.unknown.is_some() {
            self.text.push_str(&literal_braces(text));
        } else {
            self.text.push_str(text);
        }
    }

    fn push_unknown(&mut self, text: &str, unknown: &Unknown) {
        if self.unknown.is_none() {
            if let Cow::Owned(marked) = literal_braces(&self.text) {
                self.text = marked;
            }
            self.unknown = Some(unknown.clone());
        }
        self.text.push_str(text);
    }

    /// Counts what was added since the last time.
    pub(super) fn grown(&mut self, arguments: &Arguments<'_, '_, '_>) -> Result<(), Unknown> {
        let length = self.text.len();
        let added = length.saturating_sub(std::mem::replace(&mut self.counted, length));
        arguments.evaluator.grow(added, length, &arguments.call.range)
    }

    pub(super) fn value<'d>(self) -> Value<'d> {
        Value::Text(Text { text: self.text.into(), unknown: self.unknown })
    }
}

/// A known text where others have placeholders: its braces as placeholders for themselves.
pub(in crate::template) fn literal_braces(text: &str) -> Cow<'_, str> {
    if !text.contains(['{', '}']) {
        return Cow::Borrowed(text);
    }
    let mut marked = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '{' => marked.push_str("{'{'}"),
            '}' => marked.push_str("{'}'}"),
            other => marked.push(other),
        }
    }
    Cow::Owned(marked)
}

/// The part of a string before all that is unknown: every placeholder begins with a brace.
pub(super) fn known_start<'t>(text: &'t Text<'_>) -> &'t str {
    match text.unknown {
        None => &text.text,
        Some(_) => text.text.split('{').next().unwrap_or_default(),
    }
}

/// The part of a string after all that is unknown: every placeholder ends with a brace.
pub(super) fn known_end<'t>(text: &'t Text<'_>) -> &'t str {
    match text.unknown {
        None => &text.text,
        Some(_) => text.text.rsplit('}').next().unwrap_or_default(),
    }
}

/// How long Azure takes a text for, in UTF-16 units.
pub(super) fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// Where the text has so many UTF-16 units before it, in bytes; `None` if it has fewer, or if the
/// place is inside of a character.
pub(super) fn place(text: &str, units: usize) -> Option<usize> {
    let mut before = 0;
    for (at, character) in text.char_indices() {
        if before >= units {
            return (before == units).then_some(at);
        }
        before += character.len_utf16();
    }
    (before == units).then_some(text.len())
}

/// The text as it compares where case does not count: one character for each.
pub(super) fn folded(text: &str) -> String {
    text.chars().map(|c| one(c, c.to_uppercase())).collect()
}

/// Azure maps one character to one, whatever the language: what would become several, such as
/// `ß`, stays, and so does the Turkish `ı`.
pub(super) fn one(character: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(only), None) if character != 'ı' => only,
        _ => character,
    }
}
