//! `format`, which fills the holes of a text as .NET does.

use crate::template::evaluate::Outcome;
use crate::template::unknown::{Reason, Unknown, named, placeholder};
use crate::template::value::{Text, Value};

use super::text::{Joined, length};
use super::{Arguments, Function, MANY};

pub(super) const FUNCTIONS: &[Function] = &[Function::of("format", 1..=MANY, format_text)];

/// No number is written with more digits.
const MAX_DIGITS: usize = 1_000;

/// `{0}` is the first argument after the format, `{{` and `}}` are braces.
fn format_text<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let format = arguments.text(0)?;
    let values = arguments.values.get(1..).unwrap_or_default();
    let mut joined = Joined::default();
    let mut rest = format;
    while let Some(brace) = rest.find(['{', '}']) {
        let (before, after) = rest.split_at(brace);
        joined.push_known(before);
        if let Some(tail) = after.strip_prefix("{{").or_else(|| after.strip_prefix("}}")) {
            joined.push_known(after.get(..1).unwrap_or_default());
            rest = tail;
            continue;
        }
        let hole = after.strip_prefix('{').and_then(|after| after.split_once('}'));
        let hole = hole.and_then(|(hole, tail)| Some((Hole::read(hole)?, tail)));
        let (hole, tail) =
            hole.ok_or_else(|| arguments.fault(None, Reason::Format(named(format))))?;
        let place = hole.index.parse::<usize>().ok();
        let value = place.and_then(|place| Some((place + 1, values.get(place)?)));
        let (position, value) = value.ok_or_else(|| {
            let (index, count) = (named(hole.index), values.len());
            arguments.fault(None, Reason::FormatArgument { index, count })
        })?;
        let filled = hole.filled(arguments, position, value)?;
        let filled = filled.ok_or_else(|| arguments.fault(None, Reason::Format(named(format))))?;
        if !joined.push(&filled) {
            return Err(arguments.wrong(position, Some(value)));
        }
        joined.grown(arguments)?;
        rest = tail;
    }
    joined.push_known(rest);
    Ok(joined.value())
}

/// `{index,width:form}`
struct Hole<'f> {
    index: &'f str,
    /// How wide it is at least, and whether what fills it stands at the left.
    width: Option<(usize, bool)>,
    form: &'f str,
}

impl<'f> Hole<'f> {
    fn read(hole: &'f str) -> Option<Self> {
        let (place, form) = hole.split_once(':').unwrap_or((hole, ""));
        let (index, width) = place.split_once(',').map_or((place, None), |(i, w)| (i, Some(w)));
        let is_digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let width = match width.map(str::trim) {
            None => None,
            Some(width) => {
                let digits = width.strip_prefix('-');
                let number = digits.unwrap_or(width);
                let number = is_digits(number).then(|| number.parse().ok()).flatten()?;
                Some((number, digits.is_some()))
            }
        };
        let index = index.trim_end();
        (is_digits(index) && !form.contains(['{', '\''])).then_some(Self { index, width, form })
    }

    /// What fills the hole; `None` for forms that are not evaluated.
    fn filled<'d>(
        &self,
        arguments: &Arguments<'_, '_, 'd>,
        position: usize,
        value: &Value<'d>,
    ) -> Result<Option<Value<'d>>, Unknown> {
        let text = match value {
            Value::Number(number) => {
                let Ok(number) = number.parse::<i64>() else { return Ok(Some(value.clone())) };
                match formatted(number, self.form) {
                    Some(text) => text,
                    None => return Ok(None),
                }
            }
            Value::Bool(value) => boolean(*value).to_owned(),
            // A string has one form.
            Value::Text(Text { text, unknown: None }) => text.clone().into_owned(),
            Value::Text(_) if self.width.is_none() => return Ok(Some(value.clone())),
            Value::Unknown(_) if self.width.is_none() && self.form.is_empty() => {
                return Ok(Some(value.clone()));
            }
            Value::Text(Text { unknown: Some(unknown), .. }) | Value::Unknown(unknown) => {
                let (width, left) = self.width.unwrap_or_default();
                let sign = if left { "-" } else { "" };
                let hole = format!("{},{sign}{width}:{}", unknown.expression(), self.form);
                let placeholder = placeholder(&format!("format({hole})"));
                return Ok(Some(Value::Unknown(Unknown { placeholder, ..unknown.clone() })));
            }
            Value::Null | Value::Array(_) | Value::Object(_) => {
                return Err(arguments.wrong(position, Some(value)));
            }
        };
        let (width, left) = self.width.unwrap_or_default();
        let missing = width.saturating_sub(length(&text));
        arguments.grow(text.len().saturating_add(missing))?;
        let space = " ".repeat(missing);
        let text = if left { format!("{text}{space}") } else { format!("{space}{text}") };
        Ok(Some(Value::Text(Text::known(text))))
    }
}

/// A number in one of the forms of .NET that need no language.
fn formatted(number: i64, form: &str) -> Option<String> {
    let sign = if number < 0 { "-" } else { "" };
    let digits = number.unsigned_abs();
    if !form.is_empty() && form.len() <= MAX_DIGITS && form.bytes().all(|byte| byte == b'0') {
        return Some(format!("{sign}{digits:0width$}", width = form.len()));
    }
    let mut characters = form.chars();
    let Some(letter) = characters.next() else { return Some(number.to_string()) };
    let precision = match characters.as_str() {
        "" => None,
        text if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(text.parse::<usize>().ok().filter(|digits| *digits <= MAX_DIGITS)?)
        }
        _ => return None,
    };
    let width = precision.unwrap_or_default();
    let decimals = precision.unwrap_or(2);
    let fraction = if decimals == 0 { String::new() } else { format!(".{}", "0".repeat(decimals)) };
    Some(match letter {
        'D' | 'd' => format!("{sign}{digits:0width$}"),
        'G' | 'g' if precision.is_none() => number.to_string(),
        'F' | 'f' => format!("{number}{fraction}"),
        'N' | 'n' => format!("{sign}{}{fraction}", grouped(&digits.to_string())),
        'X' => format!("{number:0width$X}"),
        'x' => format!("{number:0width$x}"),
        _ => return None,
    })
}

/// The digits in groups of three.
fn grouped(digits: &str) -> String {
    let mut grouped = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A boolean as .NET writes it.
pub(super) const fn boolean(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}
