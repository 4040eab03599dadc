//! Evaluates the parts of an expression. A part that can't be known is an error on the inside,
//! [`Unknown`], and becomes a value as soon as somebody can go on with it.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::ops::Range;

use super::functions::{Arguments, function, literal_braces};
use super::parser::parse;
use super::reading::Reading;
use super::scope::{Located, Problem, Shared};
use super::syntax::{Call, Expression, ExpressionKind, Step, StepTo};
use super::unknown::{Limit, Reason, Unknown, named, placeholder};
use super::value::{Array, Elements, Object, Properties, Text, Value};
use crate::document::Node;
use crate::source::Span;

/// A value, or why there is none.
pub(super) type Outcome<'d> = Result<Value<'d>, Unknown>;

/// One expression in its place.
pub(super) struct Evaluator<'e, 'd> {
    pub(super) scope: &'e Shared<'d>,
    /// The string that holds the expression.
    literal: Node<'d>,
    /// The expression, with one bracket around it.
    text: &'e str,
    /// Where in the meaning of the string it begins.
    start: usize,
    /// The variables of the lambdas around what is being evaluated, the innermost last.
    frames: RefCell<Vec<(String, Value<'d>)>>,
    /// How often a lambda was evaluated.
    rounds: Cell<u32>,
}

/// The value of `text`, the expression that begins in the string `literal` at `start`.
pub(super) fn evaluate<'d>(
    scope: &Shared<'d>,
    (literal, start): (Node<'d>, usize),
    text: &str,
) -> Located<'d> {
    let (frames, rounds) = (RefCell::default(), Cell::new(0));
    let evaluator = Evaluator { scope, literal, text, start, frames, rounds };
    match parse(text) {
        Ok(expression) => evaluator.located(&expression),
        Err((fault, range)) => {
            let inside = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
            let unknown = Unknown {
                reason: Reason::Syntax(fault),
                span: evaluator.span(&range),
                placeholder: placeholder(inside),
            };
            (Value::Unknown(unknown), literal.span())
        }
    }
}

impl<'d> Evaluator<'_, 'd> {
    /// The span of the whole string.
    pub(super) fn whole(&self) -> Span {
        self.literal.span()
    }

    /// The value of `expression`, and where it was written: elsewhere, if the expression does
    /// nothing but lead there. What is not known has its place here.
    fn located(&self, expression: &Expression) -> Located<'d> {
        if let Err(limit) = self.scope.budget().descend() {
            return (Value::Unknown(self.limited(limit, &expression.range)), self.whole());
        }
        let (value, span) = match &expression.kind {
            ExpressionKind::Call(call) => match self.led(call) {
                Some(located) => located,
                None => (self.call(call).unwrap_or_else(Value::Unknown), self.whole()),
            },
            ExpressionKind::Steps(base, steps) => {
                steps.iter().fold(self.located(base), |(value, _), step| {
                    let whole = expression.range.start..step.range.end;
                    let part = self.step(value, step, &whole);
                    part.unwrap_or_else(|unknown| (Value::Unknown(unknown), self.whole()))
                })
            }
            ExpressionKind::Text(_)
            | ExpressionKind::Number(_)
            | ExpressionKind::Bool(_)
            | ExpressionKind::Null => (self.value(expression), self.whole()),
        };
        self.scope.budget().ascend();
        match value {
            Value::Unknown(_) | Value::Text(Text { unknown: Some(_), .. }) => (value, self.whole()),
            value => (value, span),
        }
    }

    /// The value of a call that leads to a value without changing it.
    fn led(&self, call: &Call) -> Option<Located<'d>> {
        let is = |name: &str| call.name.eq_ignore_ascii_case(name);
        let found = match call.arguments.as_slice() {
            [name] if is("parameters") || is("variables") => {
                let Value::Text(Text { text, unknown: None }) = self.value(name) else {
                    return None;
                };
                if is("parameters") {
                    self.scope.parameter(&text)
                } else {
                    self.scope.variable(&text)
                }
            }
            [condition, yes, no] if is("if") => match self.value(condition) {
                Value::Bool(true) => return Some(self.located(yes)),
                Value::Bool(false) => return Some(self.located(no)),
                _ => return None,
            },
            _ => return None,
        };
        Some(found.unwrap_or_else(|problem| {
            (Value::Unknown(self.problem(problem, &call.range)), self.whole())
        }))
    }

    /// The value of `expression`; unknown ones are errors.
    pub(super) fn known(&self, expression: &Expression) -> Outcome<'d> {
        match self.value(expression) {
            Value::Unknown(unknown) => Err(unknown),
            value => Ok(value),
        }
    }

    /// The value of `expression`.
    pub(super) fn value(&self, expression: &Expression) -> Value<'d> {
        if let Err(limit) = self.scope.budget().descend() {
            return Value::Unknown(self.limited(limit, &expression.range));
        }
        let outcome = match &expression.kind {
            ExpressionKind::Text(text) => self
                .grow(text.len(), text.len(), &expression.range)
                .map(|()| Value::Text(Text::known(text.clone()))),
            ExpressionKind::Number(number) => Ok(Value::Number(Cow::Owned(number.clone()))),
            ExpressionKind::Bool(value) => Ok(Value::Bool(*value)),
            ExpressionKind::Null => Ok(Value::Null),
            ExpressionKind::Call(call) => self.call(call),
            ExpressionKind::Steps(base, steps) => {
                Ok(steps.iter().fold(self.value(base), |value, step| {
                    let whole = expression.range.start..step.range.end;
                    self.step(value, step, &whole).map_or_else(Value::Unknown, |(value, _)| value)
                }))
            }
        };
        self.scope.budget().ascend();
        outcome.unwrap_or_else(Value::Unknown)
    }

    fn call(&self, call: &Call) -> Outcome<'d> {
        if let Some(own) = self.scope.own_function(&call.name) {
            return self.own_call(call, own);
        }
        let Some(function) = function(&call.name) else {
            return self.opaque(call, &call.name, Reason::Function(named(&call.name)));
        };
        let count = call.arguments.len();
        if !function.arguments.contains(&count) {
            let reason = Reason::ArgumentCount { function: function.name, count };
            return Err(self.unwritten(reason, &call.range));
        }
        let values = if function.eager { self.arguments(call) } else { Vec::new() };
        (function.evaluate)(&Arguments { evaluator: self, call, function: function.name, values })
    }

    /// A call whose value is not known whatever its arguments are, but equal for equal ones.
    pub(super) fn opaque(&self, call: &Call, name: &str, reason: Reason) -> Outcome<'d> {
        let arguments = self.arguments(call);
        let text = self.placeholder(name, &arguments, call)?;
        Err(self.unknown(reason, &call.range, text))
    }

    /// The values of all arguments.
    pub(super) fn arguments(&self, call: &Call) -> Vec<Value<'d>> {
        call.arguments.iter().map(|argument| self.value(argument)).collect()
    }

    fn step(
        &self,
        base: Value<'d>,
        step: &Step,
        whole: &Range<usize>,
    ) -> Result<Located<'d>, Unknown> {
        let index = match &step.to {
            StepTo::Name(name) => Value::Text(Text::known(name.clone())),
            StepTo::Index(index) => self.value(index),
        };
        self.part(base, index, step.safe, whole)
    }

    /// The member or element of `base` at `index`, written as `whole`; if absence is safe, it is
    /// null.
    pub(super) fn part(
        &self,
        base: Value<'d>,
        index: Value<'d>,
        safe: bool,
        whole: &Range<usize>,
    ) -> Result<Located<'d>, Unknown> {
        let fault = |reason| self.unwritten(reason, whole);
        match (base, index) {
            (Value::Unknown(base), Value::Text(name)) if name.unknown.is_none() => {
                Err(base.member(&name.text))
            }
            (Value::Unknown(base), index) => {
                let index = self.shown(&index, whole)?;
                let text = placeholder(&format!("{}[{index}]", base.expression()));
                Err(Unknown { placeholder: text, ..base })
            }
            (_, Value::Unknown(index)) => {
                Err(Unknown { placeholder: self.written(whole), ..index })
            }
            (Value::Null, _) if safe => Ok((Value::Null, self.whole())),
            (Value::Object(object), Value::Text(Text { text, unknown })) => match unknown {
                Some(unknown) => Err(Unknown { placeholder: self.written(whole), ..unknown }),
                None => match object.get(&text) {
                    Some(member) => Ok(member.located()),
                    None if safe => Ok((Value::Null, self.whole())),
                    None => Err(fault(Reason::NoProperty(named(&text)))),
                },
            },
            (Value::Array(array), Value::Number(index)) => {
                self.element(&array, &index, safe, whole)
            }
            (Value::Array(_) | Value::Object(_), index) => {
                Err(fault(Reason::Index(index.describe())))
            }
            (base, _) => Err(fault(Reason::NoParts(base.describe()))),
        }
    }

    fn element(
        &self,
        array: &Array<'d>,
        index: &str,
        safe: bool,
        whole: &Range<usize>,
    ) -> Result<Located<'d>, Unknown> {
        let wanted = index.parse::<usize>().unwrap_or(usize::MAX);
        let mut length = 0;
        for item in array.items() {
            self.work(1, whole)?;
            // In an open list an unknown element may stand for several, so that the ones after it
            // can't be counted.
            let value = (length == wanted || array.is_open()).then(|| item.located());
            match value {
                Some((Value::Unknown(unknown), _)) if array.is_open() => {
                    return Err(Unknown { placeholder: self.written(whole), ..unknown });
                }
                Some(located) if length == wanted => return Ok(located),
                _ => length += 1,
            }
        }
        if safe {
            return Ok((Value::Null, self.whole()));
        }
        let reason = Reason::NoElement { index: named(index), length };
        Err(self.unwritten(reason, whole))
    }

    /// Where the bytes `range` of the text were written.
    pub(super) fn span(&self, range: &Range<usize>) -> Span {
        self.literal.text_span(range.start + self.start..range.end + self.start)
    }

    /// The placeholder of the bytes `range` of the text, as they were written. What is written
    /// once in a lambda may have many values: the lambda's variables tell one from another.
    pub(super) fn written(&self, range: &Range<usize>) -> String {
        let text = self.text.get(range.clone()).unwrap_or_default();
        let mark = self.scope.mark();
        let frames = self.frames.borrow();
        let mut variables = String::new();
        for (name, value) in frames.iter() {
            // Without work left, nothing is compared any more.
            let value = self.shown(value, range).unwrap_or_default();
            variables.push_str(&format!(", {name}={value}"));
        }
        // So may what is written once in a copy loop, if it asks for the round.
        let asks = text.to_ascii_lowercase().contains("copyindex");
        let rounds = if asks { self.scope.rounds_mark() } else { String::new() };
        placeholder(&format!("{text}{mark}{variables}{rounds}"))
    }

    /// Unknown because of what stands at `range`.
    pub(super) fn unknown(&self, reason: Reason, range: &Range<usize>, text: String) -> Unknown {
        Unknown { reason, span: self.span(range), placeholder: text }
    }

    /// Unknown because of what stands at `range`, shown as it was written.
    pub(super) fn unwritten(&self, reason: Reason, range: &Range<usize>) -> Unknown {
        self.unknown(reason, range, self.written(range))
    }

    pub(super) fn problem(&self, Problem(reason, text): Problem, range: &Range<usize>) -> Unknown {
        self.unknown(reason, range, text)
    }

    pub(super) fn limited(&self, limit: Limit, range: &Range<usize>) -> Unknown {
        let text = self.text.get(range.clone()).unwrap_or_default();
        let rounds = self.scope.rounds_mark();
        let text = match self.rounds.get() {
            0 => placeholder(&format!("{text}{rounds}")),
            round => placeholder(&format!("{text}{rounds}#{round}")),
        };
        self.unknown(Reason::Limit(limit), range, text)
    }

    /// The value of `body` where `variables` have the given values.
    pub(super) fn with_variables(
        &self,
        variables: Vec<(String, Value<'d>)>,
        body: &Expression,
    ) -> Value<'d> {
        self.rounds.set(self.rounds.get().saturating_add(1));
        let before = self.frames.borrow().len();
        self.frames.borrow_mut().extend(variables);
        let value = self.value(body);
        self.frames.borrow_mut().truncate(before);
        value
    }

    /// The value of a variable of a lambda around the call.
    pub(super) fn lambda_variable(&self, name: &str) -> Option<Value<'d>> {
        let frames = self.frames.borrow();
        let found = frames.iter().rev().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone())
    }

    /// Counts work done for what stands at `range`.
    pub(super) fn work(&self, units: usize, range: &Range<usize>) -> Result<(), Unknown> {
        self.scope.budget().work(units).map_err(|limit| self.limited(limit, range))
    }

    /// Counts the work of adding so many bytes to a text that then has `length`.
    pub(super) fn grow(
        &self,
        added: usize,
        length: usize,
        range: &Range<usize>,
    ) -> Result<(), Unknown> {
        self.scope.budget().text(added, length).map_err(|limit| self.limited(limit, range))
    }

    /// Pays for an element of a list that then has `length`.
    pub(super) fn element_made(&self, length: usize, range: &Range<usize>) -> Result<(), Unknown> {
        self.scope.budget().element(length).map_err(|limit| self.limited(limit, range))
    }

    /// The placeholder of a call, from the values of its arguments, so that the same call has the
    /// same one wherever the arguments came from.
    pub(super) fn placeholder(
        &self,
        name: &str,
        arguments: &[Value<'d>],
        call: &Call,
    ) -> Result<String, Unknown> {
        let mut shown = Vec::new();
        for argument in arguments {
            shown.push(self.shown(argument, &call.range)?);
        }
        Ok(placeholder(&format!("{name}({})", shown.join(", "))))
    }

    /// A value as it would be written in an expression.
    fn shown(&self, value: &Value<'d>, range: &Range<usize>) -> Result<String, Unknown> {
        let text = match value {
            Value::Null => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Text(Text { text, unknown }) => {
                // Only what is in braces looks like a placeholder.
                let is_plain = unknown.is_some() || !text.replace("{}", "").contains('{');
                let text = if is_plain { Cow::Borrowed(&**text) } else { literal_braces(text) };
                format!("'{}'", text.replace('\'', "''"))
            }
            Value::Unknown(unknown) => unknown.expression().to_owned(),
            Value::Array(Array(Elements::Written(reading)))
            | Value::Object(Object(Properties::Written(reading))) => {
                reading.node().map_or_else(String::new, |node| short(node.raw()))
            }
            Value::Array(Array(Elements::Made(made))) => {
                let mut shown = Vec::new();
                for item in &made.items {
                    shown.push(self.item_shown(item, range)?);
                }
                short(&format!("[{}]", shown.join(", ")))
            }
            Value::Object(Object(Properties::Made(made))) => {
                let mut shown = Vec::new();
                for (name, value) in &made.members {
                    shown.push(format!("'{name}': {}", self.item_shown(value, range)?));
                }
                shown.extend(made.rest.iter().map(|rest| rest.expression().to_owned()));
                short(&format!("{{{}}}", shown.join(", ")))
            }
        };
        self.grow(text.len(), text.len(), range)?;
        Ok(text)
    }

    /// A part of a value that evaluation made.
    fn item_shown(&self, item: &Reading<'d>, range: &Range<usize>) -> Result<String, Unknown> {
        match item.node() {
            Some(node) => Ok(short(node.raw())),
            None => self.shown(&item.value(), range),
        }
    }
}

/// Long texts are shown by their beginning and a fingerprint.
fn short(text: &str) -> String {
    let text = placeholder(text);
    text.get(1..text.len().saturating_sub(1)).unwrap_or_default().to_owned()
}
