//! Functions on booleans.

use crate::template::evaluate::Outcome;
use crate::template::unknown::Unknown;
use crate::template::value::{Text, Value};

use super::{Arguments, Function, MANY};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::of("and", 1..=MANY, |a| all(a, false)),
    Function::of("bool", 1..=1, boolean),
    Function::of("false", 0..=0, |_| Ok(Value::Bool(false))),
    Function::lazy("if", 3..=3, choice),
    Function::of("not", 1..=1, not),
    Function::of("or", 1..=MANY, |a| all(a, true)),
    Function::of("true", 0..=0, |_| Ok(Value::Bool(true))),
];

/// `decisive` if one argument is so, whatever the others are.
fn all<'d>(arguments: &Arguments<'_, '_, 'd>, decisive: bool) -> Outcome<'d> {
    let mut unknown = None;
    let mut is_decided = false;
    for (index, value) in arguments.values.iter().enumerate() {
        match value {
            Value::Bool(value) => is_decided |= *value == decisive,
            Value::Unknown(because) => unknown = unknown.or(Some(because)),
            other => return Err(arguments.wrong(index, Some(other))),
        }
    }
    match unknown {
        Some(unknown) if !is_decided => Err(arguments.absorbed(unknown)),
        _ => Ok(Value::Bool(is_decided == decisive)),
    }
}

fn not<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    match arguments.get(0) {
        Some(Value::Bool(value)) => Ok(Value::Bool(!value)),
        _ => Err(arguments.other(0)),
    }
}

fn boolean<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let value = match arguments.get(0) {
        Some(Value::Bool(value)) => Some(*value),
        Some(Value::Text(Text { text, unknown: None })) => ["false", "true"]
            .iter()
            .position(|word| text.eq_ignore_ascii_case(word))
            .map(|at| at == 1),
        Some(Value::Number(number)) => match number.as_ref() {
            "0" => Some(false),
            "1" => Some(true),
            _ => None,
        },
        _ => return Err(arguments.other(0)),
    };
    value.map(Value::Bool).ok_or_else(|| arguments.invalid(0, "it is neither true nor false"))
}

/// Only the value that is chosen is evaluated; if the choice is not known, both are, and it makes
/// no difference if they are equal.
fn choice<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let [condition, yes, no] = arguments.call.arguments.as_slice() else {
        return Err(arguments.other(0));
    };
    let evaluator = arguments.evaluator;
    match evaluator.value(condition) {
        Value::Bool(true) => evaluator.known(yes),
        Value::Bool(false) => evaluator.known(no),
        Value::Unknown(unknown) => {
            let values =
                vec![Value::Unknown(unknown.clone()), evaluator.value(yes), evaluator.value(no)];
            undecided(&Arguments { values, ..*arguments }, &unknown)
        }
        other => Err(arguments.wrong(0, Some(&other))),
    }
}

fn undecided<'d>(arguments: &Arguments<'_, '_, 'd>, unknown: &Unknown) -> Outcome<'d> {
    match arguments.values.as_slice() {
        [_, yes, no] if matches!(arguments.equal(yes, no), Ok(true)) => Ok(yes.clone()),
        _ => Err(arguments.absorbed(unknown)),
    }
}
