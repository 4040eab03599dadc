//! Functions on strings.

use crate::template::evaluate::Outcome;
use crate::template::syntax::{Call, Expression, ExpressionKind};
use crate::template::unknown::Unknown;
use crate::template::value::{Text, Value};

use super::arguments::List;
use super::arrays::concatenated;
use super::text::{Joined, folded, known_end, known_start, length, one, place};
use super::{Arguments, Function, MANY};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::of("concat", 1..=MANY, concat),
    Function::of("endsWith", 2..=2, ends_with),
    Function::of("join", 2..=2, join),
    Function::of("padLeft", 2..=3, pad_left),
    Function::of("replace", 3..=3, replace),
    Function::of("split", 2..=2, split),
    Function::of("startsWith", 2..=2, starts_with),
    Function::of("substring", 2..=3, substring),
    Function::of("toLower", 1..=1, |a| with_case(a, |c| one(c, c.to_lowercase()))),
    Function::of("toUpper", 1..=1, |a| with_case(a, |c| one(c, c.to_uppercase()))),
    Function::of("trim", 1..=1, |a| a.made(a.text(0)?.trim().to_owned())),
];

/// Strings side by side, or lists one after the other.
fn concat<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let values = &arguments.values;
    if values.iter().any(|argument| matches!(argument, Value::Array(_))) {
        return concatenated(arguments);
    }
    // A string by itself is what it is; of a number `concat` makes a string.
    if let ([Value::Unknown(only)], [argument]) =
        (values.as_slice(), arguments.call.arguments.as_slice())
        && is_text(arguments, argument)
    {
        return Err(only.clone());
    }
    // Of nothing but unknown values not even the type is known.
    let mut unknowns = values.iter().map(|argument| match argument {
        Value::Unknown(unknown) => Some(unknown),
        _ => None,
    });
    let first = unknowns.next().flatten();
    if let Some(first) = first.filter(|_| unknowns.all(|unknown| unknown.is_some())) {
        return Err(arguments.absorbed(first));
    }
    let mut joined = Joined::default();
    for (index, argument) in values.iter().enumerate() {
        if !joined.push(argument) {
            return Err(arguments.wrong(index, Some(argument)));
        }
        joined.grown(arguments)?;
    }
    Ok(joined.value())
}

/// Is it a parameter that is declared to be a string?
fn is_text(arguments: &Arguments<'_, '_, '_>, argument: &Expression) -> bool {
    let ExpressionKind::Call(Call { name, arguments: names, .. }) = &argument.kind else {
        return false;
    };
    match names.as_slice() {
        [Expression { kind: ExpressionKind::Text(parameter), .. }] => {
            name.eq_ignore_ascii_case("parameters")
                && arguments.evaluator.scope.is_text_parameter(parameter)
        }
        _ => false,
    }
}

/// The elements of a list as one string.
fn join<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let (array, delimiter) = (arguments.array(0)?, arguments.partly(1)?);
    let delimiter = Value::Text(delimiter.clone());
    let mut joined = Joined::default();
    for (index, item) in array.items().enumerate() {
        let item = item.value();
        match &item {
            Value::Unknown(unknown) if array.is_open() => return Err(arguments.absorbed(unknown)),
            _ => {}
        }
        if index > 0 {
            joined.push(&delimiter);
        }
        if !joined.push(&item) {
            return Err(arguments.wrong(0, Some(&item)));
        }
        joined.grown(arguments)?;
    }
    Ok(joined.value())
}

/// The pieces between the delimiters, one or several; of two at one place the first counts.
fn split<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let delimiters = delimiters(arguments)?;
    let text = arguments.text(0)?;
    arguments.work(text.len().saturating_mul(delimiters.len()))?;
    let mut list = List::default();
    let (mut start, mut at) = (0, 0);
    let mut push = |piece: Option<&str>| {
        let piece = arguments.made(piece.unwrap_or_default().to_owned())?;
        list.push(arguments, arguments.reading(piece))
    };
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        match delimiters.iter().find(|delimiter| rest.starts_with(delimiter.as_str())) {
            Some(delimiter) => {
                push(text.get(start..at))?;
                at += delimiter.len();
                start = at;
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    push(text.get(start..))?;
    arguments.list(list)
}

fn delimiters(arguments: &Arguments<'_, '_, '_>) -> Result<Vec<String>, Unknown> {
    let mut delimiters = Vec::new();
    match arguments.get(1) {
        Some(Value::Array(array)) => {
            for item in array.items() {
                match item.value() {
                    Value::Text(Text { text, unknown: None }) => {
                        delimiters.push(text.into_owned());
                    }
                    Value::Unknown(unknown) | Value::Text(Text { unknown: Some(unknown), .. }) => {
                        return Err(arguments.absorbed(&unknown));
                    }
                    other => return Err(arguments.wrong(1, Some(&other))),
                }
            }
        }
        _ => delimiters.push(arguments.text(1)?.to_owned()),
    }
    if delimiters.is_empty() || delimiters.iter().any(String::is_empty) {
        return Err(arguments.invalid(1, "the delimiter is empty"));
    }
    Ok(delimiters)
}

fn replace<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let (text, old, new) = (arguments.text(0)?, arguments.text(1)?, arguments.text(2)?);
    if old.is_empty() {
        return Err(arguments.invalid(1, "an empty string can't be replaced"));
    }
    arguments.work(text.len().saturating_add(old.len()))?;
    let count = text.matches(old).count();
    // Whether case counts is not documented.
    if count != folded(text).matches(&folded(old)).count() {
        return Err(arguments.misfit("the text has the string also in another case"));
    }
    arguments.grow(text.len().saturating_add(count.saturating_mul(new.len())))?;
    Ok(Value::Text(Text::known(text.replace(old, new))))
}

/// Spaces, or what is given, until the text has that length.
fn pad_left<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let text = match arguments.get(0) {
        Some(Value::Number(number)) => arguments.whole(0, number)?.to_string(),
        _ => arguments.text(0)?.to_owned(),
    };
    let wanted = usize::try_from(arguments.integer(1)?)
        .map_err(|_| arguments.invalid(1, "the length is below zero"))?;
    let filler = if arguments.get(2).is_some() { arguments.text(2)? } else { " " };
    if length(filler) != 1 {
        return Err(arguments.invalid(2, "it has to be one character"));
    }
    let missing = wanted.saturating_sub(length(&text));
    arguments.grow(missing.saturating_mul(filler.len()).saturating_add(text.len()))?;
    Ok(Value::Text(Text::known(format!("{}{text}", filler.repeat(missing)))))
}

fn substring<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let text = arguments.partly(0)?;
    let number = |index| {
        let number = arguments.integer(index)?;
        usize::try_from(number).map_err(|_| arguments.invalid(index, "it is below zero"))
    };
    let start = number(1)?;
    let outside = || match text.unknown {
        Some(_) => arguments.other(0),
        None => arguments.misfit("there is no such part in the string"),
    };
    let known = known_start(text);
    let from = place(known, start).ok_or_else(outside)?;
    if arguments.get(2).is_none() {
        let rest = text.text.get(from..).unwrap_or_default().to_owned();
        arguments.grow(rest.len())?;
        return Ok(Value::Text(Text { text: rest.into(), unknown: text.unknown.clone() }));
    }
    let end = start.saturating_add(number(2)?);
    let to = place(known, end).ok_or_else(outside)?;
    arguments.made(known.get(from..to).unwrap_or_default().to_owned())
}

/// Does it begin so, case aside?
fn starts_with<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let (text, wanted) = (arguments.partly(0)?, arguments.partly(1)?);
    arguments.work(text.text.len().saturating_add(wanted.text.len()))?;
    let (start, wanted_start) = (folded(known_start(text)), folded(known_start(wanted)));
    let found = match (&text.unknown, &wanted.unknown) {
        (_, None) if start.starts_with(&wanted_start) => Some(true),
        (None, None) => Some(false),
        _ if !wanted_start.starts_with(&start) && !start.starts_with(&wanted_start) => Some(false),
        (None, Some(_)) if !start.starts_with(&wanted_start) => Some(false),
        _ => None,
    };
    decided(arguments, found)
}

/// Does it end so, case aside?
fn ends_with<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let (text, wanted) = (arguments.partly(0)?, arguments.partly(1)?);
    arguments.work(text.text.len().saturating_add(wanted.text.len()))?;
    let (end, wanted_end) = (folded(known_end(text)), folded(known_end(wanted)));
    let found = match (&text.unknown, &wanted.unknown) {
        (_, None) if end.ends_with(&wanted_end) => Some(true),
        (None, None) => Some(false),
        _ if !wanted_end.ends_with(&end) && !end.ends_with(&wanted_end) => Some(false),
        (None, Some(_)) if !end.ends_with(&wanted_end) => Some(false),
        _ => None,
    };
    decided(arguments, found)
}

fn decided<'d>(arguments: &Arguments<'_, '_, 'd>, found: Option<bool>) -> Outcome<'d> {
    found.map(Value::Bool).ok_or_else(|| match arguments.get(0) {
        Some(Value::Text(Text { unknown: Some(unknown), .. })) => arguments.absorbed(unknown),
        _ => arguments.other(1),
    })
}

fn with_case<'d>(arguments: &Arguments<'_, '_, 'd>, map: fn(char) -> char) -> Outcome<'d> {
    let text = arguments.text(0)?;
    arguments.made(text.chars().map(map).collect::<String>())
}
