//! The functions that are evaluated: a table for each subject, one row a function. A function
//! that Azure documents and that has no value here has a row too, which says why.

mod arguments;
mod arrays;
mod comparison;
mod dates;
mod deployment;
mod encoding;
mod format;
mod json;
mod lambda;
mod logic;
mod network;
mod numbers;
mod objects;
mod reference;
mod scope;
mod sequences;
mod strings;
mod text;
mod unique;

use std::ops::RangeInclusive;

pub(super) use arguments::Arguments;
pub(super) use text::literal_braces;

use super::evaluate::Outcome;

/// A function of the template language.
pub(super) struct Function {
    pub(super) name: &'static str,
    /// How many arguments it takes.
    pub(super) arguments: RangeInclusive<usize>,
    /// Are its arguments evaluated before it is?
    pub(super) eager: bool,
    /// Its value.
    pub(super) evaluate: for<'d> fn(&Arguments<'_, '_, 'd>) -> Outcome<'d>,
}

impl Function {
    /// A function of the values of its arguments.
    const fn of(
        name: &'static str,
        arguments: RangeInclusive<usize>,
        evaluate: for<'d> fn(&Arguments<'_, '_, 'd>) -> Outcome<'d>,
    ) -> Self {
        Self { name, arguments, eager: true, evaluate }
    }

    /// A function that evaluates its arguments itself, as far as it needs them.
    const fn lazy(
        name: &'static str,
        arguments: RangeInclusive<usize>,
        evaluate: for<'d> fn(&Arguments<'_, '_, 'd>) -> Outcome<'d>,
    ) -> Self {
        Self { name, arguments, eager: false, evaluate }
    }
}

const MANY: usize = usize::MAX;

const FUNCTIONS: &[&[Function]] = &[
    deployment::FUNCTIONS,
    strings::FUNCTIONS,
    format::FUNCTIONS,
    scope::FUNCTIONS,
    arrays::FUNCTIONS,
    sequences::FUNCTIONS,
    logic::FUNCTIONS,
    comparison::FUNCTIONS,
    objects::FUNCTIONS,
    reference::FUNCTIONS,
    numbers::FUNCTIONS,
    lambda::FUNCTIONS,
    network::FUNCTIONS,
    json::FUNCTIONS,
    encoding::FUNCTIONS,
    dates::FUNCTIONS,
    unique::FUNCTIONS,
];

/// The function of that name, without case.
pub(super) fn function(name: &str) -> Option<&'static Function> {
    let mut all = FUNCTIONS.iter().copied().flatten();
    let found = all.find(|function| function.name.eq_ignore_ascii_case(name));
    // `listKeys`, `listSecrets`: each kind of resource has its own.
    let is_list = || name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("list"));
    found.or_else(|| is_list().then_some(&deployment::LIST))
}
