//! Functions that take lists and strings alike, and some of them objects.

use crate::template::evaluate::Outcome;
use crate::template::reading::Reading;
use crate::template::unknown::Unknown;
use crate::template::value::{Array, Object, Text, Value};

use super::arguments::List;
use super::arrays::holds;
use super::objects::members;
use super::text::{folded, known_end, known_start, length, place};
use super::{Arguments, Function};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::of("contains", 2..=2, contains),
    Function::of("empty", 1..=1, empty),
    Function::of("first", 1..=1, first),
    Function::of("indexOf", 2..=2, |a| index_of(a, false)),
    Function::of("last", 1..=1, last),
    Function::of("lastIndexOf", 2..=2, |a| index_of(a, true)),
    Function::of("length", 1..=1, length_of),
    Function::of("skip", 2..=2, skip),
    Function::of("take", 2..=2, take),
];

/// Is there such an element (with its case), member (without) or part of a string (with)?
fn contains<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let found = match (arguments.get(0), arguments.get(1)) {
        (Some(Value::Array(array)), Some(wanted)) => holds(arguments, array, wanted)?,
        (Some(Value::Object(object)), Some(Value::Number(number))) => {
            has_member(arguments, object, number)?
        }
        (Some(Value::Object(object)), _) => has_member(arguments, object, arguments.text(1)?)?,
        (Some(Value::Text(text)), _) => {
            let wanted = arguments.partly(1)?;
            arguments.work(text.text.len())?;
            has_part(text, wanted)
                .ok_or_else(|| arguments.other(usize::from(text.unknown.is_none())))?
        }
        _ => return Err(arguments.other(0)),
    };
    Ok(Value::Bool(found))
}

fn has_member<'d>(
    arguments: &Arguments<'_, '_, 'd>,
    object: &Object<'d>,
    name: &str,
) -> Result<bool, Unknown> {
    let members = members(arguments, object)?;
    let wanted = folded(name);
    match object.rest() {
        _ if members.iter().any(|(name, _)| folded(name) == wanted) => Ok(true),
        Some(rest) => Err(arguments.absorbed(rest)),
        None => Ok(false),
    }
}

/// Is the one string a part of the other? `None` if that depends on what is unknown.
fn has_part(text: &Text<'_>, wanted: &Text<'_>) -> Option<bool> {
    let known = |text: &Text<'_>, part: &str| {
        known_start(text).contains(part) || known_end(text).contains(part)
    };
    match (&text.unknown, &wanted.unknown) {
        (None, None) => Some(text.text.contains(&*wanted.text)),
        (Some(_), None) => known(text, &wanted.text).then_some(true),
        (None, Some(_)) => {
            let all = [known_start(wanted), known_end(wanted)];
            all.iter().any(|part| !text.text.contains(part)).then_some(false)
        }
        (Some(_), Some(_)) => None,
    }
}

fn empty<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let is_empty = match arguments.get(0) {
        Some(Value::Null) => true,
        Some(Value::Text(text)) if text.unknown.is_some() => {
            if known_start(text).is_empty() && known_end(text).is_empty() {
                return Err(arguments.other(0));
            }
            false
        }
        Some(Value::Text(text)) => text.text.is_empty(),
        Some(Value::Array(array)) => match count(arguments, array)? {
            (0, Some(unknown)) => return Err(arguments.absorbed(&unknown)),
            (known, _) => known == 0,
        },
        Some(Value::Object(object)) => match (members(arguments, object)?.len(), object.rest()) {
            (0, Some(rest)) => return Err(arguments.absorbed(rest)),
            (known, _) => known == 0,
        },
        _ => return Err(arguments.other(0)),
    };
    Ok(Value::Bool(is_empty))
}

/// How many elements there are for certain, and why there may be more.
fn count<'d>(
    arguments: &Arguments<'_, '_, 'd>,
    array: &Array<'d>,
) -> Result<(usize, Option<Unknown>), Unknown> {
    let mut known = 0;
    let mut more = None;
    for item in array.items() {
        arguments.work(1)?;
        match array.is_open().then(|| item.value()) {
            Some(Value::Unknown(unknown)) => more = more.or(Some(unknown)),
            _ => known += 1,
        }
    }
    Ok((known, more))
}

fn length_of<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let (length, more) = match arguments.get(0) {
        Some(Value::Array(array)) => count(arguments, array)?,
        Some(Value::Object(object)) => (members(arguments, object)?.len(), object.rest().cloned()),
        _ => {
            let text = arguments.text(0)?;
            arguments.work(text.len())?;
            (length(text), None)
        }
    };
    match more {
        Some(unknown) => Err(arguments.absorbed(&unknown)),
        None => Ok(arguments.number(&length)),
    }
}

fn first<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    match arguments.get(0) {
        Some(Value::Array(array)) => end(arguments, array, array.items().next()),
        _ => {
            let start = known_start(arguments.partly(0)?);
            character(arguments, start.chars().next())
        }
    }
}

fn last<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    match arguments.get(0) {
        Some(Value::Array(array)) => {
            let (known, _) = count(arguments, array)?;
            arguments.work(known)?;
            end(arguments, array, array.items().last())
        }
        _ => {
            let end = known_end(arguments.partly(0)?);
            character(arguments, end.chars().next_back())
        }
    }
}

/// The first or last element of a list.
fn end<'d>(
    arguments: &Arguments<'_, '_, 'd>,
    array: &Array<'d>,
    item: Option<Reading<'d>>,
) -> Outcome<'d> {
    match item.map(|item| item.value()) {
        Some(Value::Unknown(unknown)) if array.is_open() => Err(arguments.absorbed(&unknown)),
        Some(value) => Ok(value),
        None => Err(arguments.invalid(0, "the list is empty")),
    }
}

/// The first or last character of a string.
fn character<'d>(arguments: &Arguments<'_, '_, 'd>, character: Option<char>) -> Outcome<'d> {
    match (character, arguments.get(0)) {
        (Some(character), _) if character.len_utf16() == 1 => arguments.made(character.to_string()),
        (Some(_), _) => Err(arguments.invalid(0, "a character would be cut in two")),
        (None, Some(Value::Text(Text { unknown: None, .. }))) => {
            Err(arguments.invalid(0, "the string is empty"))
        }
        (None, _) => Err(arguments.other(0)),
    }
}

/// The place of an element (with its case) or of a part of a string (without); -1 if there is
/// none.
fn index_of<'d>(arguments: &Arguments<'_, '_, 'd>, from_end: bool) -> Outcome<'d> {
    if let (Some(Value::Array(array)), Some(wanted)) = (arguments.get(0), arguments.get(1)) {
        return index_in(arguments, array, wanted, from_end);
    }
    let (text, wanted) = (arguments.text(0)?, arguments.text(1)?);
    if wanted.is_empty() {
        return Err(arguments.invalid(1, "the place of an empty string is not documented"));
    }
    arguments.work(text.len().saturating_add(wanted.len()))?;
    let (text, wanted) = (folded(text), folded(wanted));
    let found = if from_end { text.rfind(&wanted) } else { text.find(&wanted) };
    let before = found.and_then(|at| text.get(..at));
    Ok(before.map_or_else(|| arguments.number(&-1), |before| arguments.number(&length(before))))
}

fn index_in<'d>(
    arguments: &Arguments<'_, '_, 'd>,
    array: &Array<'d>,
    wanted: &Value<'d>,
    from_end: bool,
) -> Outcome<'d> {
    if let (_, Some(more)) = count(arguments, array)? {
        return Err(arguments.absorbed(&more));
    }
    let mut found = None;
    for (index, item) in array.items().enumerate() {
        match arguments.equal(&item.value(), wanted) {
            Ok(true) if !from_end => return Ok(arguments.number(&index)),
            Ok(true) => found = Some(Ok(index)),
            Ok(false) => {}
            Err(unknown) if !from_end => return Err(unknown),
            Err(unknown) => found = Some(Err(unknown)),
        }
    }
    match found {
        Some(Ok(index)) => Ok(arguments.number(&index)),
        Some(Err(unknown)) => Err(unknown),
        None => Ok(arguments.number(&-1)),
    }
}

/// How many to take or skip: numbers below zero are none.
fn amount(arguments: &Arguments<'_, '_, '_>) -> Result<usize, Unknown> {
    Ok(usize::try_from(arguments.integer(1)?.max(0)).unwrap_or(usize::MAX))
}

fn take<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let Some(Value::Array(array)) = arguments.get(0) else {
        let text = arguments.partly(0)?;
        let units = amount(arguments)?;
        return match place(known_start(text), units) {
            Some(at) => arguments.made(text.text.get(..at).unwrap_or_default().to_owned()),
            None if text.unknown.is_some() => Err(arguments.other(0)),
            None if length(&text.text) <= units => Ok(Value::Text(text.clone())),
            None => Err(arguments.invalid(1, "a character would be cut in two")),
        };
    };
    let wanted = amount(arguments)?;
    let mut list = List::default();
    for item in array.items().take(wanted) {
        if array.is_open()
            && let Value::Unknown(unknown) = item.value()
        {
            // How many of the ones after it belong to the result is not known.
            list.push_any(arguments, arguments.absorbed(&unknown))?;
            break;
        }
        list.push(arguments, item)?;
    }
    arguments.list(list)
}

fn skip<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let Some(Value::Array(array)) = arguments.get(0) else {
        let text = arguments.partly(0)?;
        let units = amount(arguments)?;
        return match place(known_start(text), units) {
            Some(at) => {
                arguments.grow(text.text.len())?;
                let rest = text.text.get(at..).unwrap_or_default().to_owned();
                Ok(Value::Text(Text { text: rest.into(), unknown: text.unknown.clone() }))
            }
            None if text.unknown.is_some() => Err(arguments.other(0)),
            None if length(&text.text) <= units => arguments.made(""),
            None => Err(arguments.invalid(1, "a character would be cut in two")),
        };
    };
    let unwanted = amount(arguments)?;
    let mut list = List::default();
    for (place, item) in array.items().enumerate() {
        arguments.work(1)?;
        if array.is_open()
            && let Value::Unknown(unknown) = item.value()
        {
            if place < unwanted {
                // How many of the ones after it belong to the result is not known.
                list.push_any(arguments, arguments.absorbed(&unknown))?;
                break;
            }
            list.push_any(arguments, unknown)?;
        } else if place >= unwanted {
            list.push(arguments, item)?;
        }
    }
    arguments.list(list)
}
