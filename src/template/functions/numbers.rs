//! Functions on integers, which have 64 bits.

use crate::template::evaluate::Outcome;
use crate::template::unknown::Unknown;
use crate::template::value::{Text, Value};

use super::{Arguments, Function, MANY};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::of("add", 2..=2, |a| of_two(a, i64::checked_add)),
    Function::of("div", 2..=2, |a| of_quotient(a, i64::checked_div)),
    Function::of("int", 1..=1, integer),
    Function::of("max", 1..=MANY, |a| extreme(a, i64::max)),
    Function::of("min", 1..=MANY, |a| extreme(a, i64::min)),
    Function::of("mod", 2..=2, |a| of_quotient(a, i64::checked_rem)),
    Function::of("mul", 2..=2, |a| of_two(a, i64::checked_mul)),
    Function::of("sub", 2..=2, |a| of_two(a, i64::checked_sub)),
];

fn of_two<'d>(
    arguments: &Arguments<'_, '_, 'd>,
    operation: fn(i64, i64) -> Option<i64>,
) -> Outcome<'d> {
    let result = operation(arguments.integer(0)?, arguments.integer(1)?);
    let result = result.ok_or_else(|| arguments.misfit("the result does not fit 64 bits"))?;
    Ok(arguments.number(&result))
}

fn of_quotient<'d>(
    arguments: &Arguments<'_, '_, 'd>,
    operation: fn(i64, i64) -> Option<i64>,
) -> Outcome<'d> {
    if matches!(arguments.get(1), Some(Value::Number(number)) if number.parse() == Ok(0_i64)) {
        return Err(arguments.invalid(1, "there is no division by zero"));
    }
    of_two(arguments, operation)
}

fn integer<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let Some(Value::Text(Text { text, unknown: None })) = arguments.get(0) else {
        return Ok(arguments.number(&arguments.integer(0)?));
    };
    let number = text.trim().parse::<i64>();
    let number = number.map_err(|_| arguments.invalid(0, "the text is not a whole number"))?;
    Ok(arguments.number(&number))
}

/// The least or greatest of the arguments, or of the elements of a list.
fn extreme<'d>(arguments: &Arguments<'_, '_, 'd>, choose: fn(i64, i64) -> i64) -> Outcome<'d> {
    let mut numbers: Vec<i64> = Vec::new();
    match arguments.values.as_slice() {
        [Value::Array(array)] => {
            for item in array.items() {
                arguments.work(1)?;
                numbers.push(element(arguments, &item.value())?);
            }
        }
        values => {
            for index in 0..values.len() {
                numbers.push(arguments.integer(index)?);
            }
        }
    }
    let result = numbers.into_iter().reduce(choose);
    let result = result.ok_or_else(|| arguments.invalid(0, "the list is empty"))?;
    Ok(arguments.number(&result))
}

fn element(arguments: &Arguments<'_, '_, '_>, value: &Value<'_>) -> Result<i64, Unknown> {
    match value {
        Value::Number(number) => arguments.whole(0, number),
        Value::Unknown(unknown) => Err(arguments.absorbed(unknown)),
        _ => Err(arguments.invalid(0, "the list has elements that are no numbers")),
    }
}
