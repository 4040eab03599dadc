//! Functions that compare, and what it means for two values to be equal.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::template::evaluate::Outcome;
use crate::template::unknown::{RESOURCE_GROUP_NAME, SUBSCRIPTION_ID, Unknown};
use crate::template::value::{Array, Object, Text, Value};

use super::objects::members;
use super::text::{folded, known_end, known_start};
use super::{Arguments, Function, MANY};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::of("coalesce", 1..=MANY, coalesce),
    Function::of("equals", 2..=2, equals),
    Function::of("less", 2..=2, |a| ordered(a, Ordering::is_lt)),
    Function::of("lessOrEquals", 2..=2, |a| ordered(a, Ordering::is_le)),
    Function::of("greater", 2..=2, |a| ordered(a, Ordering::is_gt)),
    Function::of("greaterOrEquals", 2..=2, |a| ordered(a, Ordering::is_ge)),
];

/// The first argument that is not null.
fn coalesce<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    for value in &arguments.values {
        match value {
            Value::Null => {}
            Value::Unknown(unknown) if arguments.values.len() > 1 => {
                return Err(arguments.absorbed(unknown));
            }
            value => return Ok(value.clone()),
        }
    }
    Ok(Value::Null)
}

fn equals<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    match arguments.values.as_slice() {
        [left, right] => arguments.equal(left, right).map(Value::Bool),
        _ => Err(arguments.other(0)),
    }
}

fn ordered<'d>(arguments: &Arguments<'_, '_, 'd>, wanted: fn(Ordering) -> bool) -> Outcome<'d> {
    let order = match arguments.get(0) {
        Some(Value::Text(_)) => {
            let (left, right) = (arguments.text(0)?, arguments.text(1)?);
            collated(left, right)
                .ok_or_else(|| arguments.misfit("the order of the two strings is not known"))?
        }
        _ => arguments.integer(0)?.cmp(&arguments.integer(1)?),
    };
    Ok(Value::Bool(wanted(order)))
}

/// The order of two strings for people: digits, then letters, of which case tells only where all
/// else is equal, with the small ones first. What becomes of other characters is not documented.
fn collated(left: &str, right: &str) -> Option<Ordering> {
    if left == right {
        return Some(Ordering::Equal);
    }
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_plain(left) || !is_plain(right) {
        return None;
    }
    let lower = |text: &str| text.to_ascii_lowercase();
    // In ASCII the capitals come first.
    Some(lower(left).cmp(&lower(right)).then_with(|| right.cmp(left)))
}

impl<'d> Arguments<'_, '_, 'd> {
    /// Are the two values equal? Strings are so with their case only.
    ///
    /// # Errors
    ///
    /// If it depends on something unknown.
    pub(super) fn equal(&self, left: &Value<'d>, right: &Value<'d>) -> Result<bool, Unknown> {
        let budget = self.evaluator.scope.budget();
        budget.descend().map_err(|limit| self.limited(limit))?;
        let equal = self.equal_here(left, right);
        budget.ascend();
        equal
    }

    fn equal_here(&self, left: &Value<'d>, right: &Value<'d>) -> Result<bool, Unknown> {
        match (left, right) {
            (Value::Unknown(left), Value::Unknown(right))
                if left.placeholder == right.placeholder && self.is_one(&left.placeholder) =>
            {
                Ok(true)
            }
            (Value::Unknown(unknown), _) | (_, Value::Unknown(unknown)) => {
                Err(self.absorbed(unknown))
            }
            (Value::Null, Value::Null) => Ok(true),
            (Value::Bool(left), Value::Bool(right)) => Ok(left == right),
            (Value::Number(left), Value::Number(right)) => self.equal_numbers(left, right),
            (Value::Text(left), Value::Text(right)) => self.equal_texts(left, right),
            (Value::Array(left), Value::Array(right)) => self.equal_arrays(left, right),
            (Value::Object(left), Value::Object(right)) => self.equal_objects(left, right),
            (
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::Text(_)
                | Value::Array(_)
                | Value::Object(_),
                _,
            ) => Ok(false),
        }
    }

    /// Does the placeholder stand for one value wherever it is written? In a nested template the
    /// group that is deployed to may be another one.
    fn is_one(&self, placeholder: &str) -> bool {
        let inner = [RESOURCE_GROUP_NAME, SUBSCRIPTION_ID, "resourceGroup()", "subscription()"];
        !self.evaluator.scope.is_nested() || !inner.iter().any(|part| placeholder.contains(part))
    }

    fn equal_numbers(&self, left: &str, right: &str) -> Result<bool, Unknown> {
        match (left.parse::<i64>(), right.parse::<i64>()) {
            (Ok(left), Ok(right)) => Ok(left == right),
            _ if left == right => Ok(true),
            _ => Err(self.misfit("numbers that are not whole are not compared")),
        }
    }

    fn equal_texts(&self, left: &Text<'d>, right: &Text<'d>) -> Result<bool, Unknown> {
        self.work(left.text.len().min(right.text.len()))?;
        let unknown = match (&left.unknown, &right.unknown) {
            (None, None) => return Ok(left.text == right.text),
            (Some(_), Some(_)) if left.text == right.text && self.is_one(&left.text) => {
                return Ok(true);
            }
            (Some(unknown), _) | (None, Some(unknown)) => unknown,
        };
        let [starts, ends] = [known_start, known_end].map(|part| [part(left), part(right)]);
        let [a, b] = starts;
        let differ = !(a.starts_with(b) || b.starts_with(a));
        let [a, b] = ends;
        let differ = differ || !(a.ends_with(b) || b.ends_with(a));
        let is_shorter = |whole: &Text<'d>, other: &Text<'d>| {
            let least = known_start(other).len() + known_end(other).len();
            whole.unknown.is_none() && other.unknown.is_some() && whole.text.len() < least
        };
        if differ || is_shorter(left, right) || is_shorter(right, left) {
            return Ok(false);
        }
        Err(self.absorbed(unknown))
    }

    fn equal_arrays(&self, left: &Array<'d>, right: &Array<'d>) -> Result<bool, Unknown> {
        let (mut lefts, mut rights) = (left.items(), right.items());
        let mut undecided = None;
        loop {
            match (lefts.next(), rights.next()) {
                (None, None) => break,
                (Some(left_item), Some(right_item)) => {
                    let (one, other) = (left_item.value(), right_item.value());
                    let spread =
                        [(left, &one), (right, &other)].into_iter().find_map(|pair| match pair {
                            (array, Value::Unknown(unknown)) if array.is_open() => Some(unknown),
                            _ => None,
                        });
                    // From here on it is not known which elements meet.
                    if let Some(unknown) = spread {
                        return Err(self.absorbed(unknown));
                    }
                    match self.equal(&one, &other) {
                        Ok(true) => {}
                        Ok(false) => return Ok(false),
                        Err(unknown) => undecided = undecided.or(Some(unknown)),
                    }
                }
                (Some(item), None) => return self.nothing_more(left, item, lefts),
                (None, Some(item)) => return self.nothing_more(right, item, rights),
            }
        }
        undecided.map_or(Ok(true), Err)
    }

    /// One list is over; the other one still has `item` and `rest`, which may be nothing.
    fn nothing_more(
        &self,
        array: &Array<'d>,
        item: crate::template::Reading<'d>,
        rest: crate::template::Items<'d>,
    ) -> Result<bool, Unknown> {
        if !array.is_open() {
            return Ok(false);
        }
        let mut undecided = None;
        for item in std::iter::once(item).chain(rest) {
            self.work(1)?;
            match item.value() {
                Value::Unknown(unknown) => undecided = Some(unknown),
                _ => return Ok(false),
            }
        }
        undecided.map_or(Ok(false), |unknown| Err(self.absorbed(&unknown)))
    }

    fn equal_objects(&self, left: &Object<'d>, right: &Object<'d>) -> Result<bool, Unknown> {
        let (lefts, rights) = (members(self, left)?, members(self, right)?);
        let mut undecided = left.rest().or_else(|| right.rest()).map(|rest| self.absorbed(rest));
        if undecided.is_none() && lefts.len() != rights.len() {
            return Ok(false);
        }
        let rights: BTreeMap<String, _> =
            rights.iter().map(|member| (folded(&member.0), member)).collect();
        for (key, value) in &lefts {
            self.work(key.len())?;
            let Some((other, counterpart)) = rights.get(&folded(key)) else {
                if right.rest().is_some() {
                    continue;
                }
                return Ok(false);
            };
            if other != key {
                let unknown = self.misfit("names that differ in case are not compared");
                undecided = undecided.or(Some(unknown));
            }
            match self.equal(&value.value(), &counterpart.value()) {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(unknown) => undecided = undecided.or(Some(unknown)),
            }
        }
        undecided.map_or(Ok(true), Err)
    }
}
