//! Copy loops: a list of values from one that is written once (`copy` among the properties of an
//! object, or among the variables), and many resources from one. What is read in a round of a loop
//! knows the round, so that `copyIndex` has a value there and nowhere else. (JS-013)

use std::borrow::Cow;
use std::rc::Rc;

use super::reading::Reading;
use super::scope::Shared;
use super::unknown::{Limit, Reason, Unknown, named, placeholder};
use super::value::{Array, Text, Value};
use crate::document::{Kind, Node};
use crate::source::Span;

/// Azure takes no more rounds.
const MAX_COUNT: i64 = 800;

/// What one round costs at least, in bytes that are kept: what is made of it is larger than what
/// was written.
const COST_OF_A_ROUND: usize = 256;

/// A round of a copy loop, and those around it.
#[derive(Debug)]
pub(super) struct Round<'d> {
    /// The name of the loop as it was written.
    name: Cow<'d, str>,
    /// Does the loop make resources?
    of_resources: bool,
    place: Place,
    /// Tells what was evaluated in this round from the same in others.
    id: u32,
    around: Option<Rc<Self>>,
}

#[derive(Clone, Debug)]
enum Place {
    /// Counted from 0, and how many rounds there are.
    Known(i64, i64),
    /// Nobody knows how many rounds there are; this one stands for all of them. The loop is told
    /// by its place.
    Any(Unknown, u32),
}

/// Which round of which copy loop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Iteration {
    /// The name of the loop.
    pub name: Box<str>,
    /// The round, from 1.
    pub number: u32,
    /// How many rounds there are.
    pub count: u32,
    /// Does the loop make resources, and not values of one?
    pub of_resources: bool,
}

/// What a resource with a copy loop stands for.
#[derive(Debug)]
pub enum Copies<'d> {
    /// There is no loop.
    One,
    /// The resource in each round of its loop.
    Each(Vec<Reading<'d>>),
    /// How many there are is not known, and why; the reading stands for all of them.
    Any(Reading<'d>, Unknown),
}

impl<'d> Round<'d> {
    pub(super) const fn id(&self) -> u32 {
        self.id
    }

    /// The round itself, then those around it.
    fn outward(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |round| round.around.as_deref())
    }

    /// Tells expressions that ask for the round from the same in other rounds.
    pub(super) fn mark(&self) -> String {
        let rounds: Vec<String> = self
            .outward()
            .map(|round| match &round.place {
                Place::Known(index, _) => format!("{}={index}", round.name),
                Place::Any(_, place) => format!("{}@{place}", round.name),
            })
            .collect();
        rounds.join(",")
    }

    /// The number that `copyIndex` gives: of the loop of that name, or else of the innermost one
    /// that makes resources. Where it is not known, why, and the place of the loop.
    pub(super) fn index(&self, name: Option<&str>) -> Option<Result<i64, (&Unknown, u32)>> {
        let wanted = |round: &&Self| match name {
            Some(name) => round.name.eq_ignore_ascii_case(name),
            None => round.of_resources,
        };
        self.outward().find(wanted).map(|round| match &round.place {
            Place::Known(index, _) => Ok(*index),
            Place::Any(unknown, place) => Err((unknown, *place)),
        })
    }

    pub(super) fn iteration(&self) -> Option<Iteration> {
        let Place::Known(index, count) = self.place else { return None };
        Some(Iteration {
            name: named(&self.name).into(),
            number: u32::try_from(index).ok()?.saturating_add(1),
            count: u32::try_from(count).ok()?,
            of_resources: self.of_resources,
        })
    }
}

/// A copy loop as it is written.
struct Loop<'d> {
    /// The object with the name and the count.
    around: Reading<'d>,
    name: Cow<'d, str>,
    of_resources: bool,
}

impl<'d> Loop<'d> {
    fn unknown(&self, reason: Reason, span: Span) -> Unknown {
        let place = self.around.span().start;
        let rounds = self.around.scope().map_or_else(String::new, Shared::rounds_mark);
        // Two loops of one name are two values.
        let text = placeholder(&format!("copy('{}')@{place}{rounds}", self.name));
        Unknown { reason, span, placeholder: text }
    }

    /// How many rounds there are.
    fn count(&self) -> Result<i64, Unknown> {
        let Some(count) = self.around.get("count") else {
            return Err(self.unknown(Reason::Copy(named(&self.name)), self.around.span()));
        };
        let text = match count.value() {
            Value::Number(number) => number,
            // Azure takes numbers in quotes, too.
            Value::Text(Text { text, unknown: None }) => text,
            Value::Unknown(unknown) | Value::Text(Text { unknown: Some(unknown), .. }) => {
                return Err(self.unknown(unknown.reason, unknown.span));
            }
            _ => Cow::Borrowed(""),
        };
        let rounds = text.parse::<i64>().ok().filter(|rounds| (0..=MAX_COUNT).contains(rounds));
        rounds.ok_or_else(|| {
            let (name, found) = (named(&self.name), count.value());
            let found = match found {
                Value::Number(_) | Value::Text(_) => named(&text),
                other => other.describe().to_owned(),
            };
            self.unknown(Reason::CopyCount { name, found }, count.span())
        })
    }

    /// `node` in each round.
    fn rounds(&self, node: Node<'d>) -> Result<Vec<Reading<'d>>, Unknown> {
        let count = self.count()?;
        let Some(scope) = self.around.scope() else { return Ok(Vec::new()) };
        let mut readings = Vec::new();
        for index in 0..count {
            self.pay(node).map_err(|limit| {
                let place = self.around.span();
                self.unknown(Reason::Limit(limit), place)
            })?;
            readings.push(self.round(scope, node, Place::Known(index, count)));
        }
        Ok(readings)
    }

    fn pay(&self, node: Node<'d>) -> Result<(), Limit> {
        let Some(scope) = self.around.scope() else { return Ok(()) };
        let length = node.raw().len().max(COST_OF_A_ROUND);
        scope.budget().work(length)?;
        scope.budget().keep(length)
    }

    fn round(&self, scope: &Shared<'d>, node: Node<'d>, place: Place) -> Reading<'d> {
        let round = Round {
            name: self.name.clone(),
            of_resources: self.of_resources,
            place,
            id: scope.next_round(),
            around: scope.round().cloned(),
        };
        Reading::shared(node, &scope.within(Rc::new(round)))
    }
}

/// The resources that one with a copy loop stands for.
pub(super) fn copies<'d>(resource: &Reading<'d>) -> Copies<'d> {
    let (Some(node), Some(scope)) = (resource.node(), resource.scope()) else {
        return Copies::One;
    };
    let Some(written) = node.get("copy") else { return Copies::One };
    if written.kind() == Kind::Null {
        return Copies::One;
    }
    let around = resource.beside(written);
    let name = around.get("name").and_then(|name| name.text());
    let name = name.map_or(Cow::Borrowed(""), |name| name.text);
    let found = Loop { around, name, of_resources: true };
    match found.rounds(node) {
        Ok(readings) => Copies::Each(readings),
        Err(unknown) => {
            let place = Place::Any(unknown.clone(), found.around.span().start);
            Copies::Any(found.round(scope, node, place), unknown)
        }
    }
}

/// The copy loops among the members of an object of a template.
pub(super) fn loops<'d>(object: &Reading<'d>) -> Option<Vec<Reading<'d>>> {
    object.scope()?;
    let list = object.node()?.get("copy").filter(|list| list.kind() == Kind::Array)?;
    let is_loop = |item: &Node<'_>| item.get("name").is_some() && item.get("count").is_some();
    let loops: Vec<Reading<'d>> = list.items().map(|item| object.beside(item)).collect();
    let all = loops.iter().filter_map(Reading::node).all(|item| is_loop(&item));
    (all && !loops.is_empty()).then_some(loops)
}

/// The name of a loop among members: that of the member that it makes.
pub(super) fn name_of<'d>(found: &Reading<'d>) -> Text<'d> {
    let name = found.get("name").and_then(|name| name.text());
    name.unwrap_or_else(|| Text::known(""))
}

/// The list that a loop among members makes.
pub(super) fn made<'d>(found: &Reading<'d>) -> Reading<'d> {
    let Some(scope) = found.scope() else { return found.clone() };
    let value = scope.remembered(found, || {
        let name = name_of(found).text;
        let written = Loop { around: found.clone(), name, of_resources: false };
        let list = match found.node().and_then(|node| node.get("input")) {
            Some(input) => written.rounds(input),
            None => Err(written.unknown(Reason::Copy(named(&written.name)), found.span())),
        };
        list.and_then(|items| {
            let limited = |limit| written.unknown(Reason::Limit(limit), found.span());
            Array::made(items, false).map_err(limited)
        })
        .map_or_else(Value::Unknown, Value::Array)
    });
    Reading::made(value, found.span())
}

/// The list that an output makes with a loop of its own.
pub(super) fn of_output<'d>(output: &Reading<'d>) -> Option<Value<'d>> {
    let written = output.node()?.get("copy").filter(|copy| copy.kind() == Kind::Object)?;
    let around = output.beside(written);
    let found = Loop { around, name: Cow::Borrowed(""), of_resources: true };
    let list = match written.get("input") {
        Some(input) => found.rounds(input),
        None => Err(found.unknown(Reason::Copy("outputs".to_owned()), output.span())),
    };
    let limited = |limit| found.unknown(Reason::Limit(limit), output.span());
    let list = list.and_then(|items| Array::made(items, false).map_err(limited));
    Some(list.map_or_else(Value::Unknown, Value::Array))
}

/// The member `key` of a template's object if a copy loop makes it, or may.
pub(super) fn copied<'d>(object: &Reading<'d>, key: &str) -> Option<Reading<'d>> {
    // Most objects have no loops.
    object.node()?.get("copy")?;
    let loops = loops(object)?;
    let names: Vec<Text<'d>> = loops.iter().map(name_of).collect();
    let is_key = |name: &Text<'_>| name.unknown.is_none() && name.text.eq_ignore_ascii_case(key);
    if let Some(at) = names.iter().position(is_key) {
        return loops.get(at).map(made);
    }
    let unknown = names.into_iter().find_map(|name| name.unknown)?;
    Some(Reading::made(Value::Unknown(unknown.member(key)), object.span()))
}
