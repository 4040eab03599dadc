//! What the expressions of one template can refer to: its parameters and variables.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::reading::{Reading, copied};
use super::unknown::{Limit, Reason, Unknown, placeholder};
use super::value::Value;
use crate::document::{Kind, Node};

/// Expressions may need each other this deep, and hold each other; far below what the stack bears.
const MAX_DEPTH: u32 = 200;

/// So much work may one template cause: an expression costs its parts and the bytes it makes.
const MAX_WORK: usize = 1 << 28;

/// What one part of an expression costs.
const WORK_OF_A_PART: usize = 16;

/// No text or list that evaluation makes is longer than this, in bytes or elements.
const MAX_MADE: usize = 1 << 20;

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
    /// The object that holds the variables, for its copy loops.
    variables_node: Option<Node<'d>>,
    given: BTreeMap<String, Reading<'d>>,
    evaluated: RefCell<BTreeMap<(Sort, String), Evaluated<'d>>>,
    /// Is the [`Scope`] gone?
    closed: Cell<bool>,
    depth: Cell<u32>,
    work: Cell<usize>,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Parameter,
    Variable,
}

impl Sort {
    fn placeholder(self, name: &str) -> String {
        match self {
            Self::Parameter => placeholder(&format!("parameters('{name}')")),
            Self::Variable => placeholder(&format!("variables('{name}')")),
        }
    }
}

#[derive(Clone, Debug)]
enum Evaluated<'d> {
    Running,
    Done(Value<'d>),
}

impl<'d> Scope<'d> {
    /// The scope of a template, whose root object is `template`; parameters have their defaults.
    pub fn new(template: Node<'d>) -> Self {
        Self::with_parameters(template, [])
    }

    /// The scope of a template, whose root object is `template`, with some parameters given; the
    /// others have their defaults. Names compare without case.
    pub fn with_parameters(
        template: Node<'d>,
        given: impl IntoIterator<Item = (String, Reading<'d>)>,
    ) -> Self {
        let variables = template.get("variables");
        Self(Shared(Rc::new(Names {
            parameters: declared(template.get("parameters")),
            variables: declared(variables),
            variables_node: variables,
            given: given.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect(),
            evaluated: RefCell::default(),
            closed: Cell::new(false),
            depth: Cell::new(0),
            work: Cell::new(0),
        })))
    }

    pub(super) fn shared(&self) -> Shared<'d> {
        self.0.clone()
    }
}

impl<'d> Shared<'d> {
    /// The value of a parameter: given, or else its default.
    pub(super) fn parameter(&self, name: &str) -> Result<Value<'d>, Problem> {
        let key = name.to_lowercase();
        let declared = self.0.parameters.get(&key);
        let written = declared.map_or(name, |declared| &declared.name);
        let text = Sort::Parameter.placeholder(written);
        if let Some(given) = self.0.given.get(&key) {
            return self.once(Sort::Parameter, key, written, given);
        }
        let Some(declared) = declared else {
            return Err(Problem(Reason::NoParameter(name.to_owned()), text));
        };
        // What is declared as a secret is never read, so it can never be printed.
        let kind = declared.node.get("type").and_then(|kind| kind.text());
        if kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("secure")) {
            return Err(Problem(Reason::Secret(written.to_owned()), text));
        }
        match declared.node.get("defaultValue") {
            Some(default) => {
                self.once(Sort::Parameter, key, written, &Reading::shared(default, self))
            }
            None => Err(Problem(Reason::NoDefault(written.to_owned()), text)),
        }
    }

    /// The value of a variable.
    pub(super) fn variable(&self, name: &str) -> Result<Value<'d>, Problem> {
        let key = name.to_lowercase();
        if let Some(declared) = self.0.variables.get(&key) {
            let reading = Reading::shared(declared.node, self);
            return self.once(Sort::Variable, key, &declared.name, &reading);
        }
        match self.0.variables_node.and_then(|variables| copied(variables, name)) {
            Some(copied) => Ok(copied.value()),
            None => {
                Err(Problem(Reason::NoVariable(name.to_owned()), Sort::Variable.placeholder(name)))
            }
        }
    }

    /// Evaluates `reading` unless that was done before, and sees when it needs itself.
    fn once(
        &self,
        sort: Sort,
        key: String,
        name: &str,
        reading: &Reading<'d>,
    ) -> Result<Value<'d>, Problem> {
        if reading.node().is_none_or(|node| node.kind() != Kind::String) {
            return Ok(reading.value());
        }
        let key = (sort, key);
        let before = self.0.evaluated.borrow().get(&key).cloned();
        match before {
            Some(Evaluated::Done(value)) => {
                if let Value::Text(text) = &value {
                    self.work(text.text.len())
                        .map_err(|limit| Problem(Reason::Limit(limit), sort.placeholder(name)))?;
                }
                return Ok(value);
            }
            Some(Evaluated::Running) => {
                return Err(Problem(Reason::Cycle(name.to_owned()), sort.placeholder(name)));
            }
            None => {}
        }
        self.0.evaluated.borrow_mut().insert(key.clone(), Evaluated::Running);
        let value = reading.value();
        let mut evaluated = self.0.evaluated.borrow_mut();
        if self.0.closed.get() {
            evaluated.remove(&key);
        } else {
            evaluated.insert(key, Evaluated::Done(value.clone()));
        }
        Ok(value)
    }

    /// Goes one level deeper; every success needs an [`Self::ascend`].
    pub(super) fn descend(&self) -> Result<(), Limit> {
        self.work(WORK_OF_A_PART)?;
        if self.0.depth.get() >= MAX_DEPTH {
            return Err(Limit::Depth);
        }
        self.0.depth.set(self.0.depth.get() + 1);
        Ok(())
    }

    /// Comes back up.
    pub(super) fn ascend(&self) {
        self.0.depth.set(self.0.depth.get().saturating_sub(1));
    }

    /// Counts work.
    pub(super) fn work(&self, units: usize) -> Result<(), Limit> {
        let done = self.0.work.get().saturating_add(units);
        self.0.work.set(done);
        if done > MAX_WORK { Err(Limit::Work) } else { Ok(()) }
    }

    /// Counts the work of adding so many bytes or elements to what then has `length`.
    pub(super) fn grow(&self, added: usize, length: usize) -> Result<(), Limit> {
        if length > MAX_MADE { Err(Limit::Length) } else { self.work(added) }
    }
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

/// The values in the parameters file with the root object `file`.
pub fn given_parameters(file: Node<'_>) -> Vec<(String, Reading<'_>)> {
    let parameters = file.get("parameters").into_iter().flat_map(|node| node.members());
    parameters
        .filter_map(|(key, parameter)| {
            let name = key.text().into_owned();
            let value = match (parameter.get("value"), parameter.get("reference")) {
                (Some(value), _) => Reading::plain(value),
                (None, Some(reference)) => {
                    let span = reference.span();
                    let unknown = Unknown {
                        placeholder: Sort::Parameter.placeholder(&name),
                        reason: Reason::KeyVault(name.clone()),
                        span,
                    };
                    Reading::made(Value::Unknown(unknown), span)
                }
                (None, None) => return None,
            };
            Some((name, value))
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
        let scope = Scope::new(document.root());
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
