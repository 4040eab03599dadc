//! What the expressions of one template can refer to: its parameters and variables.

mod names;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::budget::Budget;
use super::declared::{Declared, declared, members};
use super::evaluate::evaluate;
use super::given::Given;
use super::links::Links;
use super::loops::Round;
use super::own::Own;
use super::reading::Reading;
use super::resources::Catalogue;
use super::syntax::{Form, form};
use super::unknown::{Reason, Unknown, cut, named};
use super::value::{Text, Value};
use crate::document::Node;
use crate::source::{FileId, Span};

/// The parameters and variables of a template. Keep it while readings of it are in use: it
/// remembers what was evaluated.
#[derive(Debug)]
pub struct Scope<'d>(Shared<'d>);

/// The handle to a scope that readings have.
#[derive(Clone, Debug)]
pub(super) struct Shared<'d> {
    names: Rc<Names<'d>>,
    /// The round of a copy loop that a reading belongs to.
    round: Option<Rc<Round<'d>>>,
}

#[derive(Debug)]
struct Names<'d> {
    parameters: BTreeMap<String, Declared<'d>>,
    variables: BTreeMap<String, Declared<'d>>,
    /// What deployments link to.
    links: Option<&'d Links<'d>>,
    /// The files around a linked template, each linked by the one before.
    around: Vec<FileId>,
    /// The template itself; a function has none.
    template: Option<Node<'d>>,
    /// Its resources, once something asks for one.
    catalogue: RefCell<Stage<'d>>,
    /// The objects that hold the parameters and variables.
    nodes: [Option<Node<'d>>; 2],
    /// The lists of functions and the definitions of types.
    functions: Option<Node<'d>>,
    definitions: Option<Node<'d>>,
    /// The functions of the template that are being evaluated, in lower case.
    within: Vec<String>,
    given: BTreeMap<String, Reading<'d>>,
    rest: Option<Unknown>,
    /// What was evaluated, by its place and the round of a copy loop.
    evaluated: RefCell<BTreeMap<(u32, u32), Evaluated<'d>>>,
    /// How many rounds of copy loops there were.
    rounds: Cell<u32>,
    /// Is the [`Scope`] gone?
    closed: Cell<bool>,
    budget: Budget,
    /// Do expressions have two brackets, because a template deploys the policy that they are in?
    doubled: bool,
    /// Tells the names of nested templates from those around them.
    mark: String,
    nested: bool,
    /// Its template is a whole file, and no part of another one: `deployment()` in it knows where it
    /// was linked from.
    is_file: bool,
}

impl Drop for Scope<'_> {
    /// Lists and objects hold the scope that they belong to: kept in it, neither would ever be
    /// freed.
    fn drop(&mut self) {
        self.0.names.closed.set(true);
        self.0.names.evaluated.take();
        self.0.names.catalogue.replace(Stage::Closed);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Parameter,
    Variable,
}

/// How far the resources of a template are known to its expressions.
#[derive(Debug)]
enum Stage<'d> {
    /// Nobody has asked yet.
    Unasked,
    /// They are being looked for, or nobody may ask any more.
    Closed,
    Known(Rc<Catalogue<'d>>),
}

#[derive(Clone, Debug)]
enum Evaluated<'d> {
    Running,
    Done(Located<'d>),
}

/// A value, and where it was written: the place of the expression if evaluation made it.
pub(super) type Located<'d> = (Value<'d>, Span);

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
        let Some(outer) = around.scope() else {
            let mark = format!("@{}", template.span().start);
            return Self::make(template, given, &Budget::of_length(0), (false, mark));
        };
        let (names, rounds) = (&outer.names, outer.rounds_mark());
        let file = template.span().file;
        let is_linked = names.around.last() != Some(&file);
        // Places in another file are told by the deployment that links to it.
        let (start, before) = match is_linked {
            true => (around.span().start, names.mark.as_str()),
            false => (template.span().start, if names.around.len() > 1 { &names.mark } else { "" }),
        };
        let mark = format!("{before}@{start}{rounds}");
        let mut scope = Self::make(template, given, &names.budget, (names.doubled, mark));
        if let Some(inner) = Rc::get_mut(&mut scope.0.names) {
            inner.links = names.links;
            inner.is_file = is_linked;
            inner.around = names.around.iter().copied().chain(is_linked.then_some(file)).collect();
        }
        scope
    }

    /// The same with what deployments link to.
    #[must_use]
    pub fn linked(mut self, links: Option<&'d Links<'d>>) -> Self {
        if let Some(names) = Rc::get_mut(&mut self.0.names) {
            names.links = links;
        }
        self
    }

    /// The scope of a function of the template of `outer`, called by that name: its parameters and
    /// nothing else. `shown` is the call as it is shown.
    pub(super) fn of_function(
        outer: &Shared<'d>,
        (called, own): (&str, Own<'d>),
        given: Vec<(String, Reading<'d>)>,
        shown: &str,
    ) -> Self {
        let around = &outer.names;
        let lower = |(name, value): (String, Reading<'d>)| (name.to_lowercase(), value);
        let within = around.within.iter().cloned().chain([called.to_ascii_lowercase()]).collect();
        let names = Names {
            parameters: declared(own.parameters()),
            variables: BTreeMap::new(),
            links: None,
            around: Vec::new(),
            template: None,
            catalogue: RefCell::new(Stage::Closed),
            nodes: [own.output(), None],
            functions: around.functions,
            definitions: around.definitions,
            within,
            given: given.into_iter().map(lower).collect(),
            rest: None,
            evaluated: RefCell::default(),
            rounds: Cell::new(0),
            closed: Cell::new(false),
            budget: around.budget.clone(),
            doubled: around.doubled,
            // The same words of it have another value in another call.
            mark: format!("@{}", shown.trim_matches(['{', '}'])),
            nested: around.nested,
            is_file: false,
        };
        Self(Shared { names: Rc::new(names), round: None })
    }

    fn make(
        template: Node<'d>,
        given: Given<'d>,
        budget: &Budget,
        (doubled, mark): (bool, String),
    ) -> Self {
        let nodes = ["parameters", "variables"].map(|key| template.get(key));
        let [parameters, variables] = nodes.map(members);
        let lower = |(name, value): (String, Reading<'d>)| (name.to_lowercase(), value);
        let names = Names {
            parameters: declared(parameters),
            variables: declared(variables),
            links: None,
            around: vec![template.span().file],
            template: Some(template),
            catalogue: RefCell::new(Stage::Unasked),
            nodes,
            functions: template.get("functions"),
            definitions: template.get("definitions"),
            within: Vec::new(),
            given: given.values.into_iter().map(lower).collect(),
            rest: given.rest,
            evaluated: RefCell::default(),
            rounds: Cell::new(0),
            closed: Cell::new(false),
            budget: budget.clone(),
            doubled,
            nested: !mark.is_empty(),
            is_file: mark.is_empty(),
            mark,
        };
        Self(Shared { names: Rc::new(names), round: None })
    }

    pub(super) fn shared(&self) -> Shared<'d> {
        self.0.clone()
    }
}

impl<'d> Shared<'d> {
    pub(super) fn budget(&self) -> &Budget {
        &self.names.budget
    }

    /// Tells what is written in a nested template from the same outside of it.
    pub(super) fn mark(&self) -> &str {
        &self.names.mark
    }

    /// How `deployment()` is shown where it knows what its template was linked from.
    pub(super) fn linked_deployment(&self) -> Option<String> {
        self.names.is_file.then(|| format!("deployment{}()", self.names.mark))
    }

    pub(super) fn links(&self) -> Option<&'d Links<'d>> {
        self.names.links
    }

    /// Does the template belong to that file, or is it linked from there?
    pub(super) fn is_around(&self, file: FileId) -> bool {
        self.names.around.contains(&file)
    }

    /// The round of a copy loop that is being read.
    pub(super) const fn round(&self) -> Option<&Rc<Round<'d>>> {
        self.round.as_ref()
    }

    /// Tells what depends on the round of a copy loop from the same in other rounds.
    pub(super) fn rounds_mark(&self) -> String {
        self.round.as_ref().map_or_else(String::new, |round| format!("#{}", round.mark()))
    }

    /// The same scope in a round of a copy loop.
    pub(super) fn within(&self, round: Rc<Round<'d>>) -> Self {
        Self { names: Rc::clone(&self.names), round: Some(round) }
    }

    /// The scope that parameters and variables are in: in no round of any loop.
    fn outside(&self) -> Self {
        Self { names: Rc::clone(&self.names), round: None }
    }

    /// A number for another round.
    pub(super) fn next_round(&self) -> u32 {
        let number = self.names.rounds.get().saturating_add(1);
        self.names.rounds.set(number);
        number
    }

    /// What to remember under that a value was evaluated at `place`.
    fn key(&self, place: u32) -> (u32, u32) {
        (place, self.round.as_ref().map_or(0, |round| round.id()))
    }

    /// The value of a copy loop among members, made once where several expressions may refer to
    /// it.
    pub(super) fn remembered(
        &self,
        found: &Reading<'d>,
        make: impl FnOnce() -> Value<'d>,
    ) -> Value<'d> {
        let span = found.span();
        if !self.is_shared(span.start) {
            return make();
        }
        let key = self.key(span.start);
        if let Some(Evaluated::Done((value, _))) = self.names.evaluated.borrow().get(&key) {
            return value.clone();
        }
        let value = make();
        if !self.names.closed.get() {
            let done = Evaluated::Done((value.clone(), span));
            self.names.evaluated.borrow_mut().insert(key, done);
        }
        value
    }

    /// Is it the scope of a nested template?
    pub(super) fn is_nested(&self) -> bool {
        self.names.nested
    }

    /// The resources of the template; `None` where they can't be asked for: in a function, and while
    /// they are being named.
    pub(super) fn catalogue(&self) -> Option<Rc<Catalogue<'d>>> {
        let names = &self.names;
        let stage = names.catalogue.replace(Stage::Closed);
        let catalogue = match stage {
            Stage::Closed => return None,
            Stage::Known(catalogue) => catalogue,
            Stage::Unasked => {
                let template = Reading::shared(names.template?, &self.outside());
                Rc::new(Catalogue::of(&template, &names.budget))
            }
        };
        names.catalogue.replace(Stage::Known(Rc::clone(&catalogue)));
        Some(catalogue)
    }

    /// The function that the template declares under that name.
    pub(super) fn own_function(&self, called: &str) -> Option<Own<'d>> {
        Own::find(self.names.functions?, called)
    }

    /// Is that function of the template being evaluated?
    pub(super) fn is_within(&self, called: &str) -> bool {
        self.names.within.iter().any(|name| name.eq_ignore_ascii_case(called))
    }

    /// The value of a string. What several expressions may refer to is evaluated once: all inside
    /// of parameters and variables, and what is given to a nested template.
    pub(super) fn string(&self, node: Node<'d>) -> Located<'d> {
        let is_literal = !matches!(node.raw().as_bytes().get(1), Some(b'[' | b'\\'));
        let place = node.span().start;
        if is_literal || !self.is_shared(place) {
            return self.evaluated(node);
        }
        let key = self.key(place);
        let before = self.names.evaluated.borrow().get(&key).cloned();
        match before {
            Some(Evaluated::Done((value, span))) => return (self.hand_out(node, value), span),
            Some(Evaluated::Running) => {
                let reason = Reason::Cycle(named(&self.name_of(place)));
                return (self.unknown(node, reason), node.span());
            }
            None => {}
        }
        self.names.evaluated.borrow_mut().insert(key, Evaluated::Running);
        let (mut value, span) = self.evaluated(node);
        if let Value::Text(text) = &value
            && let Err(limit) = self.names.budget.keep(text.text.len())
        {
            value = self.unknown(node, Reason::Limit(limit));
        }
        let mut evaluated = self.names.evaluated.borrow_mut();
        if self.names.closed.get() {
            evaluated.remove(&key);
        } else {
            evaluated.insert(key, Evaluated::Done((value.clone(), span)));
        }
        (value, span)
    }

    fn is_shared(&self, place: u32) -> bool {
        let holds = |node: &Node<'_>| {
            let span = node.span();
            (span.start..span.end).contains(&place)
        };
        self.names.budget.is_inside() || self.names.nodes.iter().flatten().any(holds)
    }

    /// The name of the parameter or variable that what stands there is a part of.
    fn name_of(&self, place: u32) -> Cow<'_, str> {
        let holds = |node: &Node<'_>| {
            let span = node.span();
            (span.start..span.end).contains(&place)
        };
        let mut all = self.names.parameters.values().chain(self.names.variables.values());
        let Some(declared) = all.find(|declared| holds(&declared.node)) else {
            return Cow::Borrowed("it");
        };
        let mut loops =
            declared.node.items().filter(|_| declared.name.eq_ignore_ascii_case("copy"));
        let name = loops.find(holds).and_then(|found| found.get("name")?.text());
        name.unwrap_or(Cow::Borrowed(&declared.name))
    }

    fn evaluated(&self, node: Node<'d>) -> Located<'d> {
        let text = node.text().unwrap_or_default();
        let form = form(&text);
        if form == Form::Literal && matches!(text, Cow::Borrowed(_)) {
            return (Value::Text(Text::known(text)), node.span());
        }
        if let Err(limit) = self.names.budget.work(node.raw().len()) {
            return (self.unknown(node, Reason::Limit(limit)), node.span());
        }
        let without_first = || text.get(1..).unwrap_or_default();
        let made = |value| (value, node.span());
        let (value, span) = match (form, self.names.doubled) {
            (Form::Literal, _) => made(Value::Text(Text::known(text))),
            (Form::Escaped, false) => made(Value::Text(Text::known(without_first().to_owned()))),
            (Form::Escaped, true) => evaluate(self, (node, 1), without_first()),
            (Form::Expression, false) => evaluate(self, (node, 0), &text),
            (Form::Expression, true) => made(self.unknown(node, Reason::Outside)),
        };
        (self.hand_out(node, value), span)
    }

    /// Pays for the reading of all that is in the value, if it goes to a loader.
    fn hand_out(&self, node: Node<'d>, value: Value<'d>) -> Value<'d> {
        let is_read = !self.names.budget.is_inside() || matches!(value, Value::Text(_));
        match self.names.budget.work(if is_read { value.cost() } else { 0 }) {
            Ok(()) => value,
            Err(limit) => self.unknown(node, Reason::Limit(limit)),
        }
    }

    /// What the expression in the string `node` is worth if it can't be evaluated. Its placeholder
    /// is that of no other one.
    fn unknown(&self, node: Node<'d>, reason: Reason) -> Value<'d> {
        const SHOWN: usize = 40;
        let span = node.span();
        let mark = format!("@{}{}", span.start, self.rounds_mark());
        let placeholder = cut(node.raw().trim_start_matches(['"', '[']), SHOWN, &mark);
        Value::Unknown(Unknown { reason, span, placeholder })
    }
}

/// Why there is no value, and the placeholder for it; the caller knows the place.
pub(super) struct Problem(pub(super) Reason, pub(super) String);

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
        let weak = Rc::downgrade(&scope.0.names);
        let reading = Reading::in_scope(document.root(), &scope).get("variables").unwrap();
        assert_eq!(reading.get("b").unwrap().items().count(), 1);
        assert!(matches!(scope.0.variable("B"), Ok((Value::Array(_), _))));
        drop(scope);
        assert!(matches!(reading.get("b").unwrap().value(), Value::Array(_)));
        drop(reading);
        assert_eq!(weak.strong_count(), 0);
    }
}
