//! Functions on objects.

use std::borrow::Cow;

use crate::template::evaluate::Outcome;
use crate::template::loops;
use crate::template::reading::Reading;
use crate::template::unknown::Unknown;
use crate::template::value::{Object, Properties, Value};

use super::arguments::List;
use super::text::folded;
use super::{Arguments, Function, MANY};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::of("createObject", 0..=MANY, create_object),
    Function::of("items", 1..=1, items),
    Function::of("null", 0..=0, |_| Ok(Value::Null)),
    Function::of("objectKeys", 1..=1, object_keys),
    Function::of("shallowMerge", 1..=1, shallow_merge),
    Function::of("tryGet", 2..=MANY, try_get),
];

/// Members by name.
pub(super) type Named<'d> = Vec<(Cow<'d, str>, Reading<'d>)>;

/// The members of an object that are known by name: each name once, and those that copy loops
/// make in place of the loops.
///
/// # Errors
///
/// If the name of a copy loop is not known, or the budget is spent.
pub(super) fn members<'d>(
    arguments: &Arguments<'_, '_, 'd>,
    object: &Object<'d>,
) -> Result<Named<'d>, Unknown> {
    let loops = loops_of(object);
    let mut found: Named<'d> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for member in object.members() {
        arguments.work(member.key.len().max(1))?;
        if loops.is_some() && member.key.eq_ignore_ascii_case("copy") {
            continue;
        }
        let place = *places.entry(folded(&member.key)).or_insert(found.len());
        match found.get_mut(place) {
            Some(earlier) => earlier.1 = member.value,
            None => found.push((member.key, member.value)),
        }
    }
    for entry in loops.unwrap_or_default() {
        let name = loops::name_of(&entry);
        if let Some(unknown) = &name.unknown {
            return Err(arguments.absorbed(unknown));
        }
        // As everywhere, what is written as a member comes first.
        if !places.contains_key(&folded(&name.text)) {
            found.push((name.text, loops::made(&entry)));
        }
    }
    Ok(found)
}

/// The copy loops in an object that is written.
fn loops_of<'d>(object: &Object<'d>) -> Option<Vec<Reading<'d>>> {
    match object {
        Object(Properties::Written(reading)) => loops::loops(reading),
        Object(Properties::Made(_)) => None,
    }
}

fn create_object<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    if arguments.values.len() % 2 == 1 {
        return Err(arguments.misfit("the last name has no value"));
    }
    let mut members: Named<'d> = Vec::new();
    for (pair, values) in arguments.values.chunks_exact(2).enumerate() {
        let name = arguments.text(pair * 2)?.to_owned();
        let value = values.get(1).cloned().unwrap_or(Value::Null);
        members.push((Cow::Owned(name), arguments.reading(value)));
    }
    arguments.object_of(members, None)
}

/// The members by name, as Azure sorts them.
fn sorted<'d>(arguments: &Arguments<'_, '_, 'd>) -> Result<Named<'d>, Unknown> {
    let object = arguments.object(0)?;
    if let Some(rest) = object.rest() {
        return Err(arguments.absorbed(rest));
    }
    let mut members = members(arguments, object)?;
    members.sort_by_cached_key(|(name, _)| folded(name));
    Ok(members)
}

/// An object for each member, with its name as `key` and its value as `value`.
fn items<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let mut list = List::default();
    for (key, value) in sorted(arguments)? {
        let key = arguments.made(key)?;
        let members =
            vec![(Cow::Borrowed("key"), arguments.reading(key)), (Cow::Borrowed("value"), value)];
        let item = arguments.object_of(members, None)?;
        list.push(arguments, arguments.reading(item))?;
    }
    arguments.list(list)
}

fn object_keys<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let mut list = List::default();
    for (key, _) in sorted(arguments)? {
        let key = arguments.made(key)?;
        list.push(arguments, arguments.reading(key))?;
    }
    arguments.list(list)
}

/// The members of all objects in a list; of equal names the last counts.
fn shallow_merge<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let mut all = Vec::new();
    for item in arguments.array(0)?.items() {
        match item.value() {
            Value::Object(object) => {
                if let Some(rest) = object.rest() {
                    return Err(arguments.absorbed(rest));
                }
                all.extend(members(arguments, &object)?);
            }
            Value::Unknown(unknown) => return Err(arguments.absorbed(&unknown)),
            other => return Err(arguments.wrong(0, Some(&other))),
        }
    }
    arguments.object_of(all, None)
}

/// What the names and indexes lead to, and null where there is nothing.
fn try_get<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let Some((first, rest)) = arguments.values.split_first() else {
        return Err(arguments.other(0));
    };
    let mut value = first.clone();
    for index in rest {
        if let Value::Unknown(unknown) = &value {
            return Err(arguments.absorbed(unknown));
        }
        (value, _) = arguments.evaluator.part(value, index.clone(), true, &arguments.call.range)?;
    }
    Ok(value)
}

/// The members of both objects; where both have one, that of the second, but objects are merged.
pub(super) fn merged<'d>(
    arguments: &Arguments<'_, '_, 'd>,
    first: &Value<'d>,
    second: &Value<'d>,
) -> Outcome<'d> {
    let budget = arguments.evaluator.scope.budget();
    budget.descend().map_err(|limit| arguments.limited(limit))?;
    let merged = merged_here(arguments, first, second);
    budget.ascend();
    merged
}

fn merged_here<'d>(
    arguments: &Arguments<'_, '_, 'd>,
    first: &Value<'d>,
    second: &Value<'d>,
) -> Outcome<'d> {
    let Value::Object(over) = second else { return Ok(second.clone()) };
    let (base, rest) = match first {
        Value::Object(base) => (members(arguments, base)?, base.rest().cloned()),
        Value::Unknown(unknown) => (Vec::new(), Some(unknown.clone())),
        _ => return Ok(second.clone()),
    };
    let overs = members(arguments, over)?;
    let mut all: Named<'d> = Vec::new();
    for (name, value) in base {
        // The second object may have another value for it.
        let value = match over.rest() {
            Some(rest) if over.get(&name).is_none_or(|member| is_rest(&member, rest, &name)) => {
                arguments.reading(Value::Unknown(rest.member(&name)))
            }
            _ => value,
        };
        all.push((name, value));
    }
    let base = Object::made(all.iter().cloned(), rest.clone())
        .map_err(|limit| arguments.limited(limit))?;
    for (name, value) in overs {
        let value = match base.get(&name).map(|member| member.value()) {
            Some(before @ (Value::Object(_) | Value::Unknown(_))) => match value.value() {
                after @ Value::Object(_) => arguments.reading(merged(arguments, &before, &after)?),
                _ => value,
            },
            _ => value,
        };
        all.push((name, value));
    }
    let rest = match (rest, over.rest()) {
        (Some(_), Some(rest)) => Some(arguments.absorbed(rest)),
        (rest, over) => rest.or_else(|| over.cloned()),
    };
    arguments.object_of(all, rest)
}

/// Is the member one that is not known to be there?
fn is_rest(member: &Reading<'_>, rest: &Unknown, name: &str) -> bool {
    matches!(member.value(), Value::Unknown(unknown) if unknown == rest.member(name))
}
