//! Functions that make lists, or lists of lists.

use crate::template::evaluate::Outcome;
use crate::template::reading::Reading;
use crate::template::unknown::Unknown;
use crate::template::value::{Array, Text, Value};

use super::arguments::List;
use super::objects::{members, merged};
use super::{Arguments, Function, MANY};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::of("array", 1..=1, array),
    Function::of("createArray", 0..=MANY, create_array),
    Function::of("flatten", 1..=1, flatten),
    Function::of("indexFromEnd", 2..=2, |a| from_end(a, false)),
    Function::of("intersection", 2..=MANY, intersection),
    Function::of("range", 2..=2, range),
    Function::of("tryIndexFromEnd", 2..=2, |a| from_end(a, true)),
    Function::of("union", 2..=MANY, union),
];

/// How long a `range` may be, and the greatest number in it.
const RANGE: (i64, i64) = (10_000, 2_147_483_647);

fn array<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    match arguments.get(0) {
        Some(Value::Array(_)) => Ok(arguments.values.first().cloned().unwrap_or(Value::Null)),
        Some(Value::Unknown(unknown)) => Err(arguments.absorbed(unknown)),
        _ => create_array(arguments),
    }
}

fn create_array<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let mut list = List::default();
    for value in &arguments.values {
        list.push(arguments, arguments.reading(value.clone()))?;
    }
    arguments.list(list)
}

fn range<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let (start, count) = (arguments.integer(0)?, arguments.integer(1)?);
    let (longest, greatest) = RANGE;
    if !(0..=longest).contains(&count) {
        return Err(arguments.invalid(1, "a range has up to 10000 numbers"));
    }
    let end = start.checked_add(count).filter(|end| *end <= greatest);
    let end = end.ok_or_else(|| arguments.invalid(0, "the range ends beyond 2147483647"))?;
    let mut list = List::default();
    for number in start..end {
        list.push(arguments, arguments.reading(arguments.number(&number)))?;
    }
    arguments.list(list)
}

/// The elements of the lists in a list.
fn flatten<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let mut list = List::default();
    for item in arguments.array(0)?.items() {
        match item.value() {
            Value::Array(inner) => list.extend(arguments, &inner)?,
            Value::Unknown(unknown) => list.push_any(arguments, unknown)?,
            other => return Err(arguments.wrong(0, Some(&other))),
        }
    }
    arguments.list(list)
}

/// The element counted from the end; the last one has the index 1.
fn from_end<'d>(arguments: &Arguments<'_, '_, 'd>, safe: bool) -> Outcome<'d> {
    if safe && matches!(arguments.get(0), Some(Value::Null)) {
        return Ok(Value::Null);
    }
    let (array, index) = (arguments.array(0)?, arguments.integer(1)?);
    let items: Vec<Reading<'d>> = array.items().collect();
    arguments.work(items.len())?;
    let place = usize::try_from(index).ok().filter(|index| *index > 0);
    let place = place.and_then(|index| items.len().checked_sub(index));
    if array.is_open() {
        for item in items.iter().skip(place.unwrap_or_default()) {
            if let Value::Unknown(unknown) = item.value() {
                return Err(arguments.absorbed(&unknown));
            }
        }
    }
    match place.and_then(|place| items.get(place)) {
        Some(item) => Ok(item.value()),
        None if safe => Ok(Value::Null),
        None => Err(arguments.invalid(1, "there is no such element")),
    }
}

/// Is the first argument whose kind is known a list?
fn are_arrays(arguments: &Arguments<'_, '_, '_>) -> Result<bool, Unknown> {
    let mut values = arguments.values.iter().enumerate();
    let known = values.find(|(_, value)| !matches!(value, Value::Unknown(_)));
    match known {
        Some((_, Value::Array(_))) => Ok(true),
        Some((_, Value::Object(_))) => Ok(false),
        Some((index, _)) => Err(arguments.other(index)),
        None => Err(arguments.other(0)),
    }
}

/// Is the value in the list? Not known if that depends on something unknown.
pub(super) fn holds<'d>(
    arguments: &Arguments<'_, '_, 'd>,
    array: &Array<'d>,
    value: &Value<'d>,
) -> Result<bool, Unknown> {
    let mut undecided = None;
    for item in array.items() {
        let item = item.value();
        if let (Value::Unknown(unknown), true) = (&item, array.is_open()) {
            undecided = undecided.or_else(|| Some(arguments.absorbed(unknown)));
            continue;
        }
        match arguments.equal(&item, value) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(unknown) => undecided = undecided.or(Some(unknown)),
        }
    }
    undecided.map_or(Ok(false), Err)
}

/// The value, for a list in which it is perhaps.
fn perhaps(value: &Value<'_>, because: Unknown) -> Unknown {
    match value {
        Value::Unknown(unknown) => unknown.clone(),
        Value::Text(Text { text, unknown: Some(unknown) }) => {
            Unknown { placeholder: text.clone().into_owned(), ..unknown.clone() }
        }
        _ => because,
    }
}

fn union<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    if !are_arrays(arguments)? {
        let mut all = Value::Null;
        for (index, value) in arguments.values.iter().enumerate() {
            all = match value {
                Value::Object(_) if index == 0 => value.clone(),
                Value::Object(_) => merged(arguments, &all, value)?,
                // It may have any member, and any value for those before.
                Value::Unknown(unknown) => Value::Unknown(unknown.clone()),
                other => return Err(arguments.wrong(index, Some(other))),
            };
        }
        return match all {
            Value::Unknown(unknown) => Err(arguments.absorbed(&unknown)),
            all => Ok(all),
        };
    }
    let mut list = Distinct::default();
    for (index, value) in arguments.values.iter().enumerate() {
        match value {
            Value::Array(array) => {
                for item in array.items() {
                    list.push(arguments, item, array.is_open())?;
                }
            }
            Value::Unknown(unknown) => list.list.push_any(arguments, unknown.clone())?,
            other => return Err(arguments.wrong(index, Some(other))),
        }
    }
    arguments.list(list.list)
}

/// A list in the making that has each value once.
#[derive(Default)]
struct Distinct<'d> {
    list: List<'d>,
    /// The values that are known to be in it.
    values: Vec<Value<'d>>,
}

impl<'d> Distinct<'d> {
    /// Adds the element if it is not there; if it comes from an open list, an unknown one stands
    /// for any number of them.
    fn push(
        &mut self,
        arguments: &Arguments<'_, '_, 'd>,
        item: Reading<'d>,
        from_open: bool,
    ) -> Result<(), Unknown> {
        let value = item.value();
        if let (Value::Unknown(unknown), true) = (&value, from_open) {
            return self.list.push_any(arguments, unknown.clone());
        }
        let mut undecided = None;
        for before in &self.values {
            match arguments.equal(before, &value) {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(unknown) => undecided = Some(unknown),
            }
        }
        self.values.push(value.clone());
        match undecided {
            Some(because) => self.list.push_any(arguments, perhaps(&value, because)),
            None => self.list.push(arguments, item),
        }
    }
}

fn intersection<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    if !are_arrays(arguments)? {
        return common_members(arguments);
    }
    let Some((first, others)) = arguments.values.split_first() else {
        return Err(arguments.other(0));
    };
    let Value::Array(first) = first else { return Err(arguments.other(0)) };
    let mut list = Distinct::default();
    for item in first.items() {
        let value = item.value();
        let mut is_in_all = Ok(true);
        for (index, other) in others.iter().enumerate() {
            let holds = match other {
                Value::Array(other) => holds(arguments, other, &value),
                Value::Unknown(unknown) => Err(arguments.absorbed(unknown)),
                other => return Err(arguments.wrong(index + 1, Some(other))),
            };
            is_in_all = match (is_in_all, holds) {
                (Ok(true), holds) => holds,
                (Err(_), Ok(false)) => Ok(false),
                (before, _) => before,
            };
        }
        match is_in_all {
            Ok(true) => list.push(arguments, item, first.is_open())?,
            Ok(false) => {}
            Err(because) => list.list.push_any(arguments, perhaps(&value, because))?,
        }
    }
    arguments.list(list.list)
}

/// The members that all objects have, with one value.
fn common_members<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let mut common = Vec::new();
    let first = arguments.object(0)?;
    if let Some(rest) = first.rest() {
        return Err(arguments.absorbed(rest));
    }
    'members: for (name, value) in members(arguments, first)? {
        for index in 1..arguments.values.len() {
            let other = arguments.object(index)?;
            let Some(counterpart) = other.get(&name) else { continue 'members };
            if !arguments.equal(&value.value(), &counterpart.value())? {
                continue 'members;
            }
        }
        common.push((name, value));
    }
    arguments.object_of(common, None)
}

/// The lists one after the other; of an unknown one it is not known how many elements it has.
pub(super) fn concatenated<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let mut list = List::default();
    for (index, value) in arguments.values.iter().enumerate() {
        match value {
            Value::Array(array) => list.extend(arguments, array)?,
            Value::Unknown(unknown) => list.push_any(arguments, unknown.clone())?,
            other => return Err(arguments.wrong(index, Some(other))),
        }
    }
    arguments.list(list)
}
