//! Functions that ask the template or the deployment. What only Azure can answer is unknown, but
//! equal for equal arguments.

use crate::template::evaluate::Outcome;
use crate::template::unknown::{Reason, named};
use crate::template::value::Value;

use super::{Arguments, Function, MANY};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::of("parameters", 1..=1, parameters),
    Function::of("variables", 1..=1, variables),
    Function::of("copyIndex", 0..=2, copy_index),
    Function::lazy("deployer", 0..=0, |a| at_deployment(a, "deployer")),
    Function::lazy("deployment", 0..=0, |a| at_deployment(a, "deployment")),
    Function::lazy("environment", 0..=0, |a| at_deployment(a, "environment")),
    Function::lazy("fail", 1..=1, not_evaluated),
    Function::lazy("float", 1..=1, not_evaluated),
    Function::lazy("guid", 1..=MANY, not_evaluated),
    Function::lazy("newGuid", 0..=0, new_guid),
    Function::lazy("pickZones", 3..=5, |a| at_deployment(a, "result of `pickZones`")),
    Function::lazy("providers", 1..=2, |a| at_deployment(a, "result of `providers`")),
    Function::lazy("toLogicalZone", 3..=3, |a| at_deployment(a, "result of `toLogicalZone`")),
    Function::lazy("toLogicalZones", 3..=3, |a| at_deployment(a, "result of `toLogicalZones`")),
    Function::lazy("toPhysicalZone", 3..=3, |a| at_deployment(a, "result of `toPhysicalZone`")),
    Function::lazy("toPhysicalZones", 3..=3, |a| at_deployment(a, "result of `toPhysicalZones`")),
];

/// `listKeys` and the like.
pub(super) const LIST: Function =
    Function::lazy("list*", 1..=3, |a| at_deployment(a, "result of a `list` function"));

fn parameters<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let value = arguments.evaluator.scope.parameter(arguments.text(0)?);
    value
        .map(|(value, _)| value)
        .map_err(|problem| arguments.evaluator.problem(problem, &arguments.call.range))
}

fn variables<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let value = arguments.evaluator.scope.variable(arguments.text(0)?);
    value
        .map(|(value, _)| value)
        .map_err(|problem| arguments.evaluator.problem(problem, &arguments.call.range))
}

/// A call with a value that Azure computes, but this program does not.
pub(super) fn not_evaluated<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let reason = Reason::Function(named(&arguments.call.name));
    arguments.evaluator.opaque(arguments.call, &arguments.call.name, reason)
}

/// `copyIndex([name,] [offset])`: the round of the loop of that name, or of the resource's loop.
fn copy_index<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let (name, offset) = match (arguments.get(0), arguments.get(1)) {
        (None, _) => (None, 0),
        (Some(Value::Number(_)), None) => (None, arguments.integer(0)?),
        (Some(_), None) => (Some(arguments.text(0)?), 0),
        (Some(_), Some(_)) => (Some(arguments.text(0)?), arguments.integer(1)?),
    };
    let round = arguments.evaluator.scope.round();
    match round.and_then(|round| round.index(name)) {
        Some(Ok(index)) => match index.checked_add(offset) {
            Some(sum) => Ok(arguments.number(&sum)),
            None => Err(arguments.misfit("the number is not a whole one of 64 bits")),
        },
        Some(Err((unknown, place))) => {
            let Arguments { evaluator, call, function, ref values } = *arguments;
            let text = evaluator.placeholder(function, values, call)?;
            // Two loops of unknown length are in rounds of their own.
            let text = text.trim_end_matches('}');
            let placeholder = format!("{text}@{place}}}");
            Err(evaluator.unknown(unknown.reason.clone(), &call.range, placeholder))
        }
        None => {
            let call = arguments.call;
            let name = format!("{}{}", call.name, arguments.evaluator.scope.mark());
            arguments.evaluator.opaque(call, &name, Reason::NoLoop)
        }
    }
}

/// Each call is another value, also where one place is evaluated many times: in a lambda or a loop.
fn new_guid<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let call = arguments.call;
    let serial = arguments.evaluator.scope.budget().serial();
    let place = arguments.evaluator.span(&call.range).start;
    let name = format!("{}#{place}.{serial}", call.name);
    arguments.evaluator.opaque(call, &name, Reason::Function(named(&call.name)))
}

/// What only the deployment knows; a nested template has one of its own.
fn at_deployment<'d>(arguments: &Arguments<'_, '_, 'd>, what: &'static str) -> Outcome<'d> {
    let name = format!("{}{}", arguments.call.name, arguments.evaluator.scope.mark());
    arguments.evaluator.opaque(arguments.call, &name, Reason::Deployment(what))
}
