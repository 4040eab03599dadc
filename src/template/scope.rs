//! What the expressions of one template can refer to: its parameters and variables.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::budget::Budget;
use super::evaluate::evaluate;
use super::given::{Given, refused};
use super::reading::{Reading, copied};
use super::syntax::{Form, form};
use super::unknown::{Reason, Unknown, cut, named, placeholder};
use super::value::{Text, Value};
use crate::document::Node;

/// The parameters and variables of a template. Keep it while readings of it are in use: it
/// remembers what was evaluated.
#[derive(Debug)]
pub struct Scope<'d>(Shared<'d>);

/// The handle to a scope that readings have.
#[derive(Clone, Debug)]
pub(super) struct Shared<'d>(Rc<Names<'d>>);

#[derive(Debug)]
struct Names<'d> {
    parameters: BTreeMap<String, Declared<'d>>,
    variables: BTreeMap<String, Declared<'d>>,
    /// The objects that hold the parameters and variables.
    nodes: [Option<Node<'d>>; 2],
    given: BTreeMap<String, Reading<'d>>,
    rest: Option<Unknown>,
    /// What was evaluated, by its place.
    evaluated: RefCell<BTreeMap<u32, Evaluated<'d>>>,
    /// Is the [`Scope`] gone?
    closed: Cell<bool>,
    budget: Budget,
    /// Do expressions have two brackets, because a template deploys the policy that they are in?
    doubled: bool,
    /// Tells the names of nested templates from those around them.
    mark: String,
}

impl Drop for Scope<'_> {
    /// Lists and objects hold the scope that they belong to: kept in it, neither would ever be
    /// freed.
    fn drop(&mut self) {
        self.0.0.closed.set(true);
        self.0.0.evaluated.take();
    }
}

/// A parameter or variable, and its name as declared.
#[derive(Debug)]
struct Declared<'d> {
    name: String,
    node: Node<'d>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Parameter,
    Variable,
}

#[derive(Clone, Debug)]
enum Evaluated<'d> {
    Running,
    Done(Value<'d>),
}

impl<'d> Scope<'d> {
    /// The scope of a template, whose root object is `template`; parameters have their defaults.
    pub fn new(template: Node<'d>, budget: &Budget) -> Self {
        Self::with_parameters(template, Given::default(), budget)
    }

    /// The scope of a template, whose root object is `template`, with some parameters given; the
    /// others have their defaults.
    pub fn with_parameters(template: Node<'d>, given: Given<'d>, budget: &Budget) -> Self {
        Self::make(template, given, budget, (false, String::new()))
    }

    /// The scope of a template inside of a policy definition. Some are kept as the piece of a
    /// template that they will be deployed by: then every bracket of theirs is doubled, so that it
    /// is left over for the inner template (JS-013).
    pub fn of_policy(template: Node<'d>, given: Given<'d>, budget: &Budget) -> Self {
        let doubled = memchr::memmem::find(template.raw().as_bytes(), b"\"[[").is_some();
        Self::make(template, given, budget, (doubled, String::new()))
    }

    /// The scope of a template that `around`, a deployment of another one, holds.
    pub fn nested(template: Node<'d>, given: Given<'d>, around: &Reading<'d>) -> Self {
        let mark = format!("@{}", template.span().start);
        match around.scope() {
            Some(outer) => Self::make(template, given, &outer.0.budget, (outer.0.doubled, mark)),
            None => Self::make(template, given, &Budget::of_length(0), (false, mark)),
        }
    }

    fn make(
        template: Node<'d>,
        given: Given<'d>,
        budget: &Budget,
        (doubled, mark): (bool, String),
    ) -> Self {
        let nodes = ["parameters", "variables"].map(|key| template.get(key));
        let [parameters, variables] = nodes;
        let lower = |(name, value): (String, Reading<'d>)| (name.to_lowercase(), value);
        Self(Shared(Rc::new(Names {
            parameters: declared(parameters),
            variables: declared(variables),
            nodes,
            given: given.values.into_iter().map(lower).collect(),
            rest: given.rest,
            evaluated: RefCell::default(),
            closed: Cell::new(false),
            budget: budget.clone(),
            doubled,
            mark,
        })))
    }

    pub(super) fn shared(&self) -> Shared<'d> {
        self.0.clone()
    }
}

impl<'d> Shared<'d> {
    pub(super) fn budget(&self) -> &Budget {
        &self.0.budget
    }

    /// Tells what is written in a nested template from the same outside of it.
    pub(super) fn mark(&self) -> &str {
        &self.0.mark
    }

    /// Is it the scope of a nested template?
    pub(super) fn is_nested(&self) -> bool {
        !self.0.mark.is_empty()
    }

    fn placeholder(&self, sort: Sort, name: &str) -> String {
        let mark = &self.0.mark;
        match sort {
            Sort::Parameter => placeholder(&format!("parameters('{name}'){mark}")),
            Sort::Variable => placeholder(&format!("variables('{name}'){mark}")),
        }
    }

    /// The value of a parameter: given, or else its default.
    pub(super) fn parameter(&self, name: &str) -> Result<Value<'d>, Problem> {
        let key = name.to_lowercase();
        let declared = self.0.parameters.get(&key);
        let written = declared.map_or(name, |declared| &declared.name);
        let text = self.placeholder(Sort::Parameter, written);
        // What is declared as a secret is never read, so it can never be printed.
        let kind = declared.and_then(|declared| declared.node.get("type")?.text());
        if kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("secure")) {
            return Err(Problem(Reason::Secret(named(written)), text));
        }
        if let Some(given) = self.0.given.get(&key) {
            let value = self.acyclic(text.clone(), written, given)?;
            let refused = declared
                .and_then(|declared| refused(written, declared.node, &value, self.budget()));
            return refused.map_or(Ok(value), |reason| Err(Problem(reason, text)));
        }
        if let Some(rest) = &self.0.rest {
            return Err(Problem(rest.reason.clone(), rest.member(written).placeholder));
        }
        let Some(declared) = declared else {
            return Err(Problem(Reason::NoParameter(named(name)), text));
        };
        match declared.node.get("defaultValue") {
            Some(default) => self.acyclic(text, written, &Reading::shared(default, self)),
            None => Err(Problem(Reason::NoDefault(named(written)), text)),
        }
    }

    /// Is the parameter declared to be a string?
    pub(super) fn is_text_parameter(&self, name: &str) -> bool {
        let declared = self.0.parameters.get(&name.to_lowercase());
        let kind = declared.and_then(|declared| declared.node.get("type")?.text());
        kind.is_some_and(|kind| {
            ["string", "securestring"].iter().any(|text| kind.eq_ignore_ascii_case(text))
        })
    }

    /// The value of a variable.
    pub(super) fn variable(&self, name: &str) -> Result<Value<'d>, Problem> {
        let key = name.to_lowercase();
        if let Some(declared) = self.0.variables.get(&key) {
            let text = self.placeholder(Sort::Variable, &declared.name);
            return self.acyclic(text, &declared.name, &Reading::shared(declared.node, self));
        }
        let [_, variables] = self.0.nodes;
        match variables.and_then(|variables| copied(variables, name)) {
            Some(copied) => Ok(copied.value()),
            None => {
                let text = self.placeholder(Sort::Variable, name);
                Err(Problem(Reason::NoVariable(named(name)), text))
            }
        }
    }

    /// The value of what has that name, unless it is just being evaluated.
    fn acyclic(
        &self,
        placeholder: String,
        name: &str,
        reading: &Reading<'d>,
    ) -> Result<Value<'d>, Problem> {
        let running = reading.node().zip(reading.scope()).is_some_and(|(node, scope)| {
            let evaluated = scope.0.evaluated.borrow();
            matches!(evaluated.get(&node.span().start), Some(Evaluated::Running))
        });
        if running {
            return Err(Problem(Reason::Cycle(named(name)), placeholder));
        }
        Ok(reading.value())
    }

    /// The value of a string. What several expressions may refer to is evaluated once: all inside
    /// of parameters and variables, and what is given to a nested template.
    pub(super) fn string(&self, node: Node<'d>) -> Value<'d> {
        let is_literal = !matches!(node.raw().as_bytes().get(1), Some(b'[' | b'\\'));
        let place = node.span().start;
        if is_literal || !self.is_shared(place) {
            return self.evaluated(node);
        }
        let before = self.0.evaluated.borrow().get(&place).cloned();
        match before {
            Some(Evaluated::Done(value)) => return self.hand_out(node, value),
            Some(Evaluated::Running) => {
                let reason = Reason::Cycle(named(self.name_of(place)));
                return unknown(node, reason);
            }
            None => {}
        }
        self.0.evaluated.borrow_mut().insert(place, Evaluated::Running);
        let mut value = self.evaluated(node);
        if let Value::Text(text) = &value
            && let Err(limit) = self.0.budget.keep(text.text.len())
        {
            value = unknown(node, Reason::Limit(limit));
        }
        let mut evaluated = self.0.evaluated.borrow_mut();
        if self.0.closed.get() {
            evaluated.remove(&place);
        } else {
            evaluated.insert(place, Evaluated::Done(value.clone()));
        }
        value
    }

    fn is_shared(&self, place: u32) -> bool {
        let holds = |node: &Node<'_>| {
            let span = node.span();
            (span.start..span.end).contains(&place)
        };
        self.0.budget.is_inside() || self.0.nodes.iter().flatten().any(holds)
    }

    /// The name of the parameter or variable that what stands there is a part of.
    fn name_of(&self, place: u32) -> &str {
        let holds = |declared: &&Declared<'_>| {
            let span = declared.node.span();
            (span.start..span.end).contains(&place)
        };
        let mut all = self.0.parameters.values().chain(self.0.variables.values());
        all.find(holds).map_or("it", |declared| &declared.name)
    }

    fn evaluated(&self, node: Node<'d>) -> Value<'d> {
        let text = node.text().unwrap_or_default();
        let form = form(&text);
        if form == Form::Literal && matches!(text, Cow::Borrowed(_)) {
            return Value::Text(Text::known(text));
        }
        if let Err(limit) = self.0.budget.work(node.raw().len()) {
            return unknown(node, Reason::Limit(limit));
        }
        let without_first = || text.get(1..).unwrap_or_default();
        let evaluated = match (form, self.0.doubled) {
            (Form::Literal, _) => Value::Text(Text::known(text)),
            (Form::Escaped, false) => Value::Text(Text::known(without_first().to_owned())),
            (Form::Escaped, true) => evaluate(self, (node, 1), without_first()),
            (Form::Expression, false) => evaluate(self, (node, 0), &text),
            (Form::Expression, true) => unknown(node, Reason::Outside),
        };
        self.hand_out(node, evaluated)
    }

    /// Pays for the reading of all that is in the value, if it goes to a loader.
    fn hand_out(&self, node: Node<'d>, value: Value<'d>) -> Value<'d> {
        let is_read = !self.0.budget.is_inside() || matches!(value, Value::Text(_));
        match self.0.budget.work(if is_read { value.cost() } else { 0 }) {
            Ok(()) => value,
            Err(limit) => unknown(node, Reason::Limit(limit)),
        }
    }
}

/// What the expression in the string `node` is worth if it can't be evaluated. Its placeholder
/// is that of no other one.
fn unknown<'d>(node: Node<'d>, reason: Reason) -> Value<'d> {
    const SHOWN: usize = 40;
    let span = node.span();
    let placeholder =
        cut(node.raw().trim_start_matches(['"', '[']), SHOWN, &format!("@{}", span.start));
    Value::Unknown(Unknown { reason, span, placeholder })
}

/// Why there is no value, and the placeholder for it; the caller knows the place.
pub(super) struct Problem(pub(super) Reason, pub(super) String);

/// The members of `node` by name in lower case; of equal names the last counts.
fn declared(node: Option<Node<'_>>) -> BTreeMap<String, Declared<'_>> {
    let members = node.into_iter().flat_map(|node| node.members());
    members
        .map(|(key, node)| {
            let name = key.text().into_owned();
            (name.to_lowercase(), Declared { name, node })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::source::FileId;

    #[test]
    fn a_scope_is_freed_although_it_remembers_lists_that_hold_it() {
        let text = r#"{ "variables": { "a": [1], "b": "[concat(variables('a'))]" } }"#;
        let document = Document::parse(FileId(0), text).unwrap();
        let scope = Scope::new(document.root(), &Budget::of_length(text.len()));
        let weak = Rc::downgrade(&scope.0.0);
        let reading = Reading::in_scope(document.root(), &scope).get("variables").unwrap();
        assert_eq!(reading.get("b").unwrap().items().count(), 1);
        assert!(matches!(scope.0.variable("B"), Ok(Value::Array(_))));
        drop(scope);
        assert!(matches!(reading.get("b").unwrap().value(), Value::Array(_)));
        drop(reading);
        assert_eq!(weak.strong_count(), 0);
    }
}
