//! Functions that a template declares for itself (`functions`). They see their own parameters and
//! nothing else of the template: no parameters, no variables, no round of a copy loop.

use super::evaluate::{Evaluator, Outcome};
use super::reading::Reading;
use super::scope::Scope;
use super::syntax::Call;
use super::unknown::{Reason, named};
use super::value::Value;
use crate::document::Node;

/// A function as a template declares it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own<'d>(Node<'d>);

impl<'d> Own<'d> {
    /// The function `namespace.name` among `functions`.
    pub(super) fn find(functions: Node<'d>, called: &str) -> Option<Self> {
        let (namespace, name) = called.split_once('.')?;
        let is_of_namespace = |group: &Node<'d>| {
            let text = group.get("namespace").and_then(|text| text.text());
            text.is_some_and(|text| text.eq_ignore_ascii_case(namespace))
        };
        let groups = functions.items().filter(is_of_namespace);
        groups.filter_map(|group| group.get("members")?.get(name)).last().map(Self)
    }

    /// Its parameters: an object for each, with its name.
    pub(super) fn parameters(self) -> impl Iterator<Item = (String, Node<'d>)> {
        let list = self.0.get("parameters");
        list.into_iter().flat_map(|list| list.items()).map(|parameter| {
            let name = parameter.get("name").and_then(|name| name.text());
            (name.unwrap_or_default().into_owned(), parameter)
        })
    }

    /// What it is worth, as written.
    pub(super) fn output(self) -> Option<Node<'d>> {
        self.0.get("output")?.get("value")
    }
}

impl<'d> Evaluator<'_, 'd> {
    /// The value of a call of a function that the template declares.
    pub(super) fn own_call(&self, call: &Call, own: Own<'d>) -> Outcome<'d> {
        let unwritten = |reason| Err(self.unwritten(reason, &call.range));
        let Some(output) = own.output() else {
            return unwritten(Reason::Function(named(&call.name)));
        };
        if self.scope.is_within(&call.name) {
            return unwritten(Reason::Cycle(named(&call.name)));
        }
        let values = self.arguments(call);
        let names: Vec<String> = own.parameters().map(|(name, _)| name).collect();
        if names.len() != values.len() {
            let (function, count) = (named(&call.name), values.len());
            return unwritten(Reason::OwnArgumentCount { function, count });
        }
        let shown = self.placeholder(&call.name, &values, call)?;
        let readings = values.into_iter().map(|value| Reading::of(value, self.whole()));
        let given = names.into_iter().zip(readings).collect();
        let scope = Scope::of_function(self.scope, (&call.name, own), given, &shown);
        match Reading::in_scope(output, &scope).value() {
            Value::Unknown(unknown) => Err(unknown),
            value => Ok(value),
        }
    }
}
