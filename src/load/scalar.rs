//! Single values: what is not there, what is unknown and what is nonsense stay apart.

use crate::model::{Access, Direction, Fault, FaultKind, Field, Protocol, Read, Shape, Unknown};
use crate::source::{Span, Spanned};
use crate::template::{Reading, Value};
use std::borrow::Cow;

/// Longest piece of input that is kept of a value that makes no sense.
const MAX_TEXT: usize = 80;

/// Longest reason for something that is unknown.
const MAX_REASON: usize = 300;

/// How the values of a shape are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// The shape.
    pub(super) shape: Shape,
}

impl Style {
    pub(super) const fn of(shape: Shape) -> Self {
        Self { shape }
    }

    /// Shapes with one list a property, which may hold one element or many (JS-030, JS-050).
    pub(super) const fn has_lists_only(self) -> bool {
        matches!(self.shape, Shape::PowerShell | Shape::Effective)
    }
}

/// What a single value says.
pub(super) enum Scalar<'d> {
    /// `null` or the empty string (JS-003).
    Missing,
    /// A known text; numbers as they were written.
    Text(Cow<'d, str>),
    /// Not known, with the reason.
    Unknown(Box<str>),
    /// Neither text nor number: what it is, with its article.
    Other(&'static str),
}

pub(super) fn scalar<'d>(reading: &Reading<'d>, style: Style) -> Scalar<'d> {
    placed(reading, style).0
}

/// What a single value says, and where that was written: not always where it is used.
pub(super) fn placed<'d>(reading: &Reading<'d>, style: Style) -> (Scalar<'d>, Span) {
    // Nearly all: strings outside of templates.
    if let Some(text) = reading.plain_node().and_then(|node| node.text()) {
        return (known_text(text, style), reading.span());
    }
    let (value, span) = reading.placed();
    (said(value, style), span)
}

fn said(value: Value<'_>, style: Style) -> Scalar<'_> {
    match value {
        Value::Null => Scalar::Missing,
        Value::Number(number) => Scalar::Text(number),
        Value::Text(text) => match text.unknown {
            Some(unknown) => Scalar::Unknown(unknown.reason.to_string().into()),
            None => known_text(text.text, style),
        },
        Value::Unknown(unknown) => Scalar::Unknown(unknown.reason.to_string().into()),
        other @ (Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
            Scalar::Other(other.describe())
        }
    }
}

fn known_text(text: Cow<'_, str>, style: Style) -> Scalar<'_> {
    if text.is_empty() {
        return Scalar::Missing;
    }
    if style.shape == Shape::PowerShell && is_cut_off(&text) {
        return Scalar::Unknown(CUT_OFF.into());
    }
    match unreplaced(&text) {
        Some(reason) => Scalar::Unknown(reason),
        None => Scalar::Text(text),
    }
}

/// What to do about an export that PowerShell cut off (JS-030).
pub(super) const CUT_OFF: &str =
    "PowerShell cut the export off: export again with `ConvertTo-Json -Depth 20`";

/// Whether PowerShell wrote the name of a type for a value below its depth.
pub(super) fn is_cut_off(text: &str) -> bool {
    ["System.", "Microsoft.Azure.Commands."].into_iter().any(|start| text.starts_with(start))
}

/// Why a text is not what will be deployed: another tool fills it in later.
fn unreplaced(text: &str) -> Option<Box<str>> {
    // Nearly all texts end here.
    memchr::memchr(b'{', text.as_bytes())?;
    let marks = [("{{", "}}"), ("${", "}"), ("#{", "}")];
    let (open, close) = marks.into_iter().find(|(open, close)| {
        text.split_once(open).is_some_and(|(_, rest)| rest.contains(close))
    })?;
    Some(format!("`{open}…{close}` is filled in by another tool").into())
}

/// The text of a value that makes no sense, on one line and cut off where it is long.
pub(super) fn excerpt(reading: &Reading<'_>) -> Box<str> {
    let Some(node) = reading.node() else { return reading.value().describe().into() };
    let mut text = String::new();
    for word in node.raw().split_whitespace() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
        if text.len() > MAX_TEXT {
            text.truncate(text.floor_char_boundary(MAX_TEXT));
            text.push('…');
            break;
        }
    }
    text.into()
}

pub(super) fn unknown(span: Span, reason: impl Into<Box<str>>) -> Unknown {
    Unknown { span, reason: short(reason.into()) }
}

/// The reason, cut off where it is long: names in it are the input's.
fn short(reason: Box<str>) -> Box<str> {
    if reason.len() <= MAX_REASON {
        return reason;
    }
    let start = reason.get(..reason.floor_char_boundary(MAX_REASON)).unwrap_or_default();
    format!("{start}…").into()
}

pub(super) fn wrong_type(
    property: &str,
    expected: &'static str,
    found: &'static str,
    span: Span,
) -> Fault {
    Fault { kind: FaultKind::WrongType { expected, found }, property: property.into(), span }
}

/// One property: `parse` gives the value and whether it is spelt as usual.
pub(super) fn field<T>(
    reading: Option<&Reading<'_>>,
    style: Style,
    (property, expected): (&str, &'static str),
    faults: &mut Vec<Fault>,
    parse: impl Fn(&str) -> Option<(T, bool)>,
) -> Field<T> {
    let Some(reading) = reading else { return Field::Missing };
    let (said, span) = placed(reading, style);
    match said {
        Scalar::Missing => Field::Missing,
        Scalar::Unknown(reason) => Field::Unknown(unknown(span, reason)),
        Scalar::Text(text) => match parse(&text) {
            Some((value, usual)) => {
                let spelt = (!usual).then(|| Box::from(text.as_ref()));
                Field::Known(Read { value, span, spelt })
            }
            None => Field::Invalid { text: text.into(), span },
        },
        Scalar::Other(found) => {
            faults.push(wrong_type(property, expected, found, span));
            Field::Invalid { text: excerpt(reading), span }
        }
    }
}

/// NSG-022
pub(super) fn access(text: &str) -> Option<(Access, bool)> {
    named(text, [("Allow", Access::Allow), ("Deny", Access::Deny)])
}

/// NSG-022
pub(super) fn direction(text: &str) -> Option<(Direction, bool)> {
    named(text, [("Inbound", Direction::Inbound), ("Outbound", Direction::Outbound)])
}

/// NSG-023; `Any` is only the display word for `*` (NSG-024).
pub(super) fn protocol(text: &str) -> Option<(Protocol, bool)> {
    if text.eq_ignore_ascii_case("Any") {
        return Some((Protocol::Any, false));
    }
    named(
        text,
        [
            ("*", Protocol::Any),
            ("Tcp", Protocol::Tcp),
            ("Udp", Protocol::Udp),
            ("Icmp", Protocol::Icmp),
            ("Esp", Protocol::Esp),
            ("Ah", Protocol::Ah),
        ],
    )
}

/// Effective rules have a word of their own for `*` (JS-050).
pub(super) fn effective_protocol(text: &str) -> Option<(Protocol, bool)> {
    if text.eq_ignore_ascii_case("All") { Some((Protocol::Any, true)) } else { protocol(text) }
}

/// Azure takes numbers in quotes, too.
pub(super) fn priority(text: &str) -> Option<(i64, bool)> {
    Some((text.parse().ok()?, true))
}

/// The value of that name, and whether the name is spelt as usual; one value may have several.
pub(super) fn named<T, const N: usize>(text: &str, names: [(&str, T); N]) -> Option<(T, bool)> {
    let is_usual = names.iter().any(|(name, _)| *name == text);
    let (_, value) = names.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(text))?;
    Some((value, is_usual))
}

/// A text that is shown: unknown parts of it stand as placeholders. `None` where there is none.
pub(super) fn name(reading: &Reading<'_>, _style: Style) -> Option<Spanned<String>> {
    if let Some(text) = reading.plain_node().and_then(|node| node.text()) {
        return (!text.is_empty()).then(|| Spanned::new(text.into_owned(), reading.span()));
    }
    let (text, span) = reading.placed_text()?;
    if text.text.is_empty() {
        return None;
    }
    Some(Spanned::new(text.text.into_owned(), span))
}

/// The name of a resource, where the resource is: readers are sent there, and not to the default of
/// the parameter that the name comes from.
pub(super) fn title(reading: &Reading<'_>, style: Style) -> Option<Spanned<String>> {
    name(reading, style).map(|name| Spanned::new(name.value, reading.span()))
}

/// A text, if all of it is known.
pub(super) fn known(reading: &Reading<'_>, style: Style) -> Option<Spanned<String>> {
    let (said, span) = placed(reading, style);
    match said {
        Scalar::Text(text) => Some(Spanned::new(text.into_owned(), span)),
        Scalar::Missing | Scalar::Unknown(_) | Scalar::Other(_) => None,
    }
}

/// How many characters a text has, if all of it is known.
pub(super) fn length(reading: &Reading<'_>, style: Style) -> Option<Spanned<usize>> {
    let (said, span) = placed(reading, style);
    match said {
        Scalar::Text(text) => Some(Spanned::new(text.chars().count(), span)),
        Scalar::Missing | Scalar::Unknown(_) | Scalar::Other(_) => None,
    }
}
