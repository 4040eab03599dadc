//! Functions that evaluate an expression for each element of a list.

use std::borrow::Cow;

use crate::template::evaluate::Outcome;
use crate::template::reading::Reading;
use crate::template::syntax::{Call, Expression, ExpressionKind};
use crate::template::unknown::{Unknown, placeholder};
use crate::template::value::{Array, Text, Value};

use super::arguments::List;
use super::objects::{Named, members};
use super::text::folded;
use super::{Arguments, Function, MANY};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::lazy("filter", 2..=2, filter),
    Function::lazy("groupBy", 2..=2, group_by),
    Function::lazy("lambda", 1..=MANY, |a| {
        Err(a.misfit("it can only be an argument of `map` and the like"))
    }),
    Function::of("lambdaVariables", 1..=1, variable),
    Function::lazy("map", 2..=2, map),
    Function::lazy("mapValues", 2..=2, map_values),
    Function::lazy("reduce", 3..=3, reduce),
    Function::lazy("sort", 2..=2, sort),
    Function::lazy("toObject", 2..=3, to_object),
];

/// `lambda('name', …, body)`
struct Lambda<'c> {
    names: Vec<String>,
    body: &'c Expression,
}

impl Lambda<'_> {
    /// The value of the body; there may be fewer variables than values.
    fn of<'d>(&self, arguments: &Arguments<'_, '_, 'd>, values: Vec<Value<'d>>) -> Value<'d> {
        let variables = self.names.iter().cloned().zip(values).collect();
        arguments.evaluator.with_variables(variables, self.body)
    }
}

fn variable<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let value = arguments.evaluator.lambda_variable(arguments.text(0)?);
    value.ok_or_else(|| arguments.invalid(0, "no lambda around it has such a variable"))
}

/// The argument as a lambda with a number of variables that is one of `counts`.
fn lambda<'c>(
    arguments: &Arguments<'c, '_, '_>,
    index: usize,
    counts: std::ops::RangeInclusive<usize>,
) -> Result<Lambda<'c>, Unknown> {
    let call: &'c Call = arguments.call;
    let not_one = || arguments.invalid(index, "the argument has to be a lambda");
    let argument = call.arguments.get(index).ok_or_else(not_one)?;
    let ExpressionKind::Call(inner) = &argument.kind else { return Err(not_one()) };
    if !inner.name.eq_ignore_ascii_case("lambda") {
        return Err(not_one());
    }
    let (body, variables) = inner.arguments.split_last().ok_or_else(not_one)?;
    let mut names = Vec::new();
    for variable in variables {
        match &variable.kind {
            ExpressionKind::Text(name) => names.push(name.clone()),
            _ => return Err(arguments.invalid(index, "the lambda's variables have to be names")),
        }
    }
    if !counts.contains(&names.len()) {
        return Err(arguments.invalid(index, "the lambda has too few or too many variables"));
    }
    Ok(Lambda { names, body })
}

impl<'d> Arguments<'_, '_, 'd> {
    /// The value of an argument of a lazy function.
    fn lazy(&self, index: usize) -> Value<'d> {
        let argument = self.call.arguments.get(index);
        argument.map_or(Value::Null, |argument| self.evaluator.value(argument))
    }

    /// The list that is the first argument of a lazy function.
    fn lazy_array(&self) -> Result<Array<'d>, Unknown> {
        match self.lazy(0) {
            Value::Array(array) => Ok(array),
            Value::Unknown(unknown) => Err(self.because(&unknown)),
            other => Err(self.wrong(0, Some(&other))),
        }
    }

    /// The call is unknown because of something that comes out of an argument.
    fn because(&self, unknown: &Unknown) -> Unknown {
        let placeholder = self.evaluator.written(&self.call.range);
        Unknown { placeholder, ..unknown.clone() }
    }
}

/// An element with its place in the list; unknown elements of an open list have no place, and
/// neither have those after them.
struct Placed<'d> {
    item: Reading<'d>,
    value: Value<'d>,
    place: Option<usize>,
    /// Why it may stand for any number of elements, if it may.
    spread: Option<Unknown>,
}

/// The elements of a list with their places.
fn placed<'d>(
    arguments: &Arguments<'_, '_, 'd>,
    array: &Array<'d>,
) -> Result<Vec<Placed<'d>>, Unknown> {
    let mut placed = Vec::new();
    let mut next = Some(0);
    for item in array.items() {
        arguments.evaluator.element_made(placed.len(), &arguments.call.range)?;
        let value = item.value();
        let spread = match &value {
            Value::Unknown(unknown) if array.is_open() => Some(unknown.clone()),
            _ => None,
        };
        next = next.filter(|_| spread.is_none());
        placed.push(Placed { item, value, place: next, spread });
        next = next.map(|next| next + 1);
    }
    Ok(placed)
}

/// The place as a value for a lambda's second variable.
fn index<'d>(arguments: &Arguments<'_, '_, 'd>, placed: &Placed<'d>, at: usize) -> Value<'d> {
    match placed.place {
        Some(place) => arguments.number(&place),
        None => {
            let why = "the place of the element is not known";
            let unknown = arguments.invalid(0, why);
            let text = placeholder(&format!("{}#{at}", unknown.expression()));
            Value::Unknown(Unknown { placeholder: text, ..unknown })
        }
    }
}

/// What the lambda makes of each element. What it makes of elements whose number is not known
/// stands for any number of them too.
fn map<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let lambda = lambda(arguments, 1, 1..=2)?;
    let array = arguments.lazy_array()?;
    let mut list = List::default();
    for (at, placed) in placed(arguments, &array)?.into_iter().enumerate() {
        if let Some(unknown) = &placed.spread {
            list.push_any(arguments, each(arguments, unknown))?;
            continue;
        }
        let index = index(arguments, &placed, at);
        let value = lambda.of(arguments, vec![placed.value, index]);
        if array.is_open()
            && let Value::Unknown(unknown) = value
        {
            list.push_any(arguments, unknown)?;
        } else {
            list.push(arguments, arguments.reading(value))?;
        }
    }
    arguments.list(list)
}

/// What becomes of elements that are not known.
fn each(arguments: &Arguments<'_, '_, '_>, unknown: &Unknown) -> Unknown {
    let whole = arguments.because(unknown);
    let text = placeholder(&format!("{} of {}", whole.expression(), unknown.expression()));
    Unknown { placeholder: text, ..whole }
}

/// The elements for which the lambda is true; where it is unknown, the element may be there.
fn filter<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let lambda = lambda(arguments, 1, 1..=2)?;
    let array = arguments.lazy_array()?;
    let mut list = List::default();
    list.open_as(array.is_open());
    for (at, placed) in placed(arguments, &array)?.into_iter().enumerate() {
        if let Some(unknown) = &placed.spread {
            list.push_any(arguments, each(arguments, unknown))?;
            continue;
        }
        let index = index(arguments, &placed, at);
        match lambda.of(arguments, vec![placed.value.clone(), index]) {
            Value::Bool(true) => list.push(arguments, placed.item)?,
            Value::Bool(false) => {}
            Value::Unknown(unknown) => list.push_any(arguments, each(arguments, &unknown))?,
            other => return Err(arguments.wrong(1, Some(&other))),
        }
    }
    arguments.list(list)
}

/// The lambda on what came before and each element.
fn reduce<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let lambda = lambda(arguments, 2, 2..=3)?;
    let array = arguments.lazy_array()?;
    let mut value = arguments.lazy(1);
    for (at, placed) in placed(arguments, &array)?.into_iter().enumerate() {
        if let Some(unknown) = &placed.spread {
            value = Value::Unknown(arguments.because(unknown));
            continue;
        }
        let index = index(arguments, &placed, at);
        value = lambda.of(arguments, vec![value, placed.value, index]);
    }
    match value {
        Value::Unknown(unknown) => Err(unknown),
        value => Ok(value),
    }
}

/// The elements in the order that the lambda gives: true if the first comes before the second.
fn sort<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let lambda = lambda(arguments, 1, 2..=2)?;
    let array = arguments.lazy_array()?;
    let items = placed(arguments, &array)?;
    if let Some(unknown) = items.iter().find_map(|placed| placed.spread.as_ref()) {
        return Err(arguments.because(unknown));
    }
    let mut list = List::default();
    for placed in merge_sorted(arguments, &lambda, items)? {
        list.push(arguments, placed.item)?;
    }
    arguments.list(list)
}

/// A merge sort: it ends whatever the lambda says.
fn merge_sorted<'d>(
    arguments: &Arguments<'_, '_, 'd>,
    lambda: &Lambda<'_>,
    mut items: Vec<Placed<'d>>,
) -> Result<Vec<Placed<'d>>, Unknown> {
    if items.len() < 2 {
        return Ok(items);
    }
    let right = items.split_off(items.len() / 2);
    let mut left = merge_sorted(arguments, lambda, items)?.into_iter().peekable();
    let mut right = merge_sorted(arguments, lambda, right)?.into_iter().peekable();
    let mut merged = Vec::new();
    while let (Some(first), Some(second)) = (left.peek(), right.peek()) {
        let next = if comes_before(arguments, lambda, first, second)? {
            left.next()
        } else {
            right.next()
        };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}

/// Does the first element come before the second? If neither does and they differ, their order is
/// not documented.
fn comes_before<'d>(
    arguments: &Arguments<'_, '_, 'd>,
    lambda: &Lambda<'_>,
    first: &Placed<'d>,
    second: &Placed<'d>,
) -> Result<bool, Unknown> {
    let before = |one: &Placed<'d>, other: &Placed<'d>| match lambda
        .of(arguments, vec![one.value.clone(), other.value.clone()])
    {
        Value::Bool(before) => Ok(before),
        Value::Unknown(unknown) => Err(arguments.because(&unknown)),
        other => Err(arguments.wrong(1, Some(&other))),
    };
    match (before(first, second)?, before(second, first)?) {
        (true, false) => Ok(true),
        (false, true) => Ok(false),
        _ if arguments.equal(&first.value, &second.value) == Ok(true) => Ok(true),
        _ => Err(arguments
            .invalid(1, "the order of elements that the lambda takes for equal is not documented")),
    }
}

/// The name that a lambda gives to an element.
fn key<'d>(
    arguments: &Arguments<'_, '_, 'd>,
    lambda: &Lambda<'_>,
    placed: &Placed<'d>,
) -> Result<String, Unknown> {
    if let Some(unknown) = &placed.spread {
        return Err(arguments.because(unknown));
    }
    match lambda.of(arguments, vec![placed.value.clone()]) {
        Value::Text(Text { text, unknown: None }) => Ok(text.into_owned()),
        Value::Unknown(unknown) | Value::Text(Text { unknown: Some(unknown), .. }) => {
            Err(arguments.because(&unknown))
        }
        other => Err(arguments.wrong(1, Some(&other))),
    }
}

/// A member for each element, with the name that the first lambda gives and the value that the
/// second does.
fn to_object<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let name = lambda(arguments, 1, 1..=1)?;
    let value = match arguments.call.arguments.len() {
        3 => Some(lambda(arguments, 2, 1..=1)?),
        _ => None,
    };
    let array = arguments.lazy_array()?;
    let mut members: Named<'d> = Vec::new();
    for placed in placed(arguments, &array)? {
        let key = key(arguments, &name, &placed)?;
        let item = match &value {
            Some(value) => arguments.reading(value.of(arguments, vec![placed.value])),
            None => placed.item,
        };
        members.push((Cow::Owned(key), item));
    }
    arguments.object_of(members, None)
}

/// A list for each name that the lambda gives, of the elements with that name.
fn group_by<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let name = lambda(arguments, 1, 1..=1)?;
    let array = arguments.lazy_array()?;
    let mut places = std::collections::BTreeMap::new();
    let mut groups: Vec<(String, List<'d>)> = Vec::new();
    for placed in placed(arguments, &array)? {
        let key = key(arguments, &name, &placed)?;
        let place = *places.entry(folded(&key)).or_insert(groups.len());
        if groups.len() == place {
            groups.push((key, List::default()));
        }
        if let Some((_, group)) = groups.get_mut(place) {
            group.push(arguments, placed.item)?;
        }
    }
    let mut members: Named<'d> = Vec::new();
    for (key, group) in groups {
        members.push((Cow::Owned(key), arguments.reading(arguments.list(group)?)));
    }
    arguments.object_of(members, None)
}

/// The object with what the lambda makes of each value.
fn map_values<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let lambda = lambda(arguments, 1, 1..=1)?;
    let object = match arguments.lazy(0) {
        Value::Object(object) => object,
        Value::Unknown(unknown) => return Err(arguments.because(&unknown)),
        other => return Err(arguments.wrong(0, Some(&other))),
    };
    let mut all: Named<'d> = Vec::new();
    for (name, value) in members(arguments, &object)? {
        let value = lambda.of(arguments, vec![value.value()]);
        all.push((name, arguments.reading(value)));
    }
    let rest = object.rest().map(|rest| each(arguments, rest));
    arguments.object_of(all, rest)
}
