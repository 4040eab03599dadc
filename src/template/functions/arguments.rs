//! What a function sees of its call: the arguments by kind, and what to say where they are not of
//! that kind, or not known.

use std::borrow::Cow;

use crate::template::evaluate::{Evaluator, Outcome};
use crate::template::reading::Reading;
use crate::template::syntax::Call;
use crate::template::unknown::{Limit, Reason, Unknown};
use crate::template::value::{Array, Object, Text, Value};

/// A call that is being evaluated.
pub(in crate::template) struct Arguments<'c, 'e, 'd> {
    pub(in crate::template) evaluator: &'c Evaluator<'e, 'd>,
    pub(in crate::template) call: &'c Call,
    /// The name of the function as Azure writes it.
    pub(in crate::template) function: &'static str,
    /// The values of the arguments; none if the function is lazy.
    pub(in crate::template) values: Vec<Value<'d>>,
}

impl<'d> Arguments<'_, '_, 'd> {
    pub(super) fn get(&self, index: usize) -> Option<&Value<'d>> {
        self.values.get(index)
    }

    /// The argument as a string that is wholly known.
    pub(super) fn text(&self, index: usize) -> Result<&str, Unknown> {
        match self.get(index) {
            Some(Value::Text(Text { text, unknown: None })) => Ok(text),
            _ => Err(self.other(index)),
        }
    }

    /// The argument as a string, parts of which may be unknown.
    pub(super) fn partly(&self, index: usize) -> Result<&Text<'d>, Unknown> {
        match self.get(index) {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(self.other(index)),
        }
    }

    /// The argument as an integer.
    pub(super) fn integer(&self, index: usize) -> Result<i64, Unknown> {
        match self.get(index) {
            Some(Value::Number(number)) => self.whole(index, number),
            _ => Err(self.other(index)),
        }
    }

    /// The number, which is argument `index` or comes from it, as an integer.
    pub(super) fn whole(&self, index: usize, number: &str) -> Result<i64, Unknown> {
        let parsed = number.parse();
        parsed.map_err(|_| self.invalid(index, "the number is not a whole one of 64 bits"))
    }

    /// The argument as a list.
    pub(super) fn array(&self, index: usize) -> Result<&Array<'d>, Unknown> {
        match self.get(index) {
            Some(Value::Array(array)) => Ok(array),
            _ => Err(self.other(index)),
        }
    }

    /// The argument as an object.
    pub(super) fn object(&self, index: usize) -> Result<&Object<'d>, Unknown> {
        match self.get(index) {
            Some(Value::Object(object)) => Ok(object),
            _ => Err(self.other(index)),
        }
    }

    /// What the call is worth if the argument is not of the kind that it has to be: unknown, or
    /// something that the function does not take.
    pub(super) fn other(&self, index: usize) -> Unknown {
        match self.get(index) {
            Some(Value::Unknown(unknown) | Value::Text(Text { unknown: Some(unknown), .. })) => {
                self.absorbed(unknown)
            }
            value => self.wrong(index, value),
        }
    }

    /// The call has an argument (or a part of one) that it does not take.
    pub(super) fn wrong(&self, index: usize, value: Option<&Value<'d>>) -> Unknown {
        let found = value.map_or("nothing", Value::describe);
        let reason = Reason::Argument { function: self.function, position: index + 1, found };
        self.fault(Some(index), reason)
    }

    /// The call has an argument of the right kind, but wrong.
    pub(super) fn invalid(&self, index: usize, why: &'static str) -> Unknown {
        self.fault(Some(index), Reason::Invalid { function: self.function, why })
    }

    /// The arguments do not fit together.
    pub(super) fn misfit(&self, why: &'static str) -> Unknown {
        self.fault(None, Reason::Invalid { function: self.function, why })
    }

    /// The call has no value because of an argument, or of all of them.
    pub(super) fn fault(&self, index: Option<usize>, reason: Reason) -> Unknown {
        let argument = index.and_then(|index| self.call.arguments.get(index));
        let range = argument.map_or(&self.call.range, |argument| &argument.range);
        self.evaluator.unknown(reason, range, self.evaluator.written(&self.call.range))
    }

    /// The call is unknown because of something in its arguments.
    pub(super) fn absorbed(&self, because: &Unknown) -> Unknown {
        match self.evaluator.placeholder(self.function, &self.values, self.call) {
            Ok(placeholder) => Unknown { placeholder, ..because.clone() },
            Err(limit) => limit,
        }
    }

    /// Counts work.
    pub(super) fn work(&self, units: usize) -> Result<(), Unknown> {
        self.evaluator.work(units, &self.call.range)
    }

    /// Counts the work of making a text of that length.
    pub(super) fn grow(&self, length: usize) -> Result<(), Unknown> {
        self.evaluator.grow(length, length, &self.call.range)
    }

    /// Evaluation has come to a limit.
    pub(super) fn limited(&self, limit: Limit) -> Unknown {
        self.evaluator.limited(limit, &self.call.range)
    }

    /// A string that was made.
    pub(super) fn made(&self, text: impl Into<Cow<'d, str>>) -> Outcome<'d> {
        let text = text.into();
        self.grow(text.len())?;
        Ok(Value::Text(Text::known(text)))
    }

    /// A number that was made.
    pub(super) fn number(&self, number: &impl ToString) -> Value<'d> {
        Value::Number(Cow::Owned(number.to_string()))
    }

    /// A value as a part of a list or object.
    pub(super) fn reading(&self, value: Value<'d>) -> Reading<'d> {
        Reading::of(value, self.evaluator.whole())
    }

    /// A list that was made.
    pub(super) fn list(&self, list: List<'d>) -> Outcome<'d> {
        let array = Array::made(list.items, list.open).map_err(|limit| self.limited(limit))?;
        Ok(Value::Array(array))
    }

    /// An object that was made; if there is a rest, all other members are unknown for that reason.
    pub(super) fn object_of(
        &self,
        members: Vec<(Cow<'d, str>, Reading<'d>)>,
        rest: Option<Unknown>,
    ) -> Outcome<'d> {
        for (place, (name, _)) in members.iter().enumerate() {
            self.grow(name.len())?;
            self.evaluator.element_made(place, &self.call.range)?;
        }
        let object = Object::made(members, rest).map_err(|limit| self.limited(limit))?;
        Ok(Value::Object(object))
    }
}

/// A list in the making.
#[derive(Default)]
pub(super) struct List<'d> {
    items: Vec<Reading<'d>>,
    open: bool,
}

impl<'d> List<'d> {
    /// Adds an element.
    pub(super) fn push(
        &mut self,
        arguments: &Arguments<'_, '_, 'd>,
        item: Reading<'d>,
    ) -> Result<(), Unknown> {
        self.items.push(item);
        arguments.evaluator.element_made(self.items.len(), &arguments.call.range)
    }

    /// Adds elements of which neither number nor values are known.
    pub(super) fn push_any(
        &mut self,
        arguments: &Arguments<'_, '_, 'd>,
        unknown: Unknown,
    ) -> Result<(), Unknown> {
        self.open = true;
        self.push(arguments, arguments.reading(Value::Unknown(unknown)))
    }

    /// Adds the elements of another list.
    pub(super) fn extend(
        &mut self,
        arguments: &Arguments<'_, '_, 'd>,
        array: &Array<'d>,
    ) -> Result<(), Unknown> {
        self.open |= array.is_open();
        array.items().try_for_each(|item| self.push(arguments, item))
    }

    /// Says that each unknown element may stand for any number of them, if `array` says so.
    pub(super) const fn open_as(&mut self, open: bool) {
        self.open |= open;
    }
}
