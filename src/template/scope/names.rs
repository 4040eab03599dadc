//! Parameters and variables by their names.

use super::{Evaluated, Located, Problem, Shared, Sort};
use crate::template::declared::{Declared, is_nullable};
use crate::template::given::refused;
use crate::template::loops::copied;
use crate::template::reading::Reading;
use crate::template::types::{Clearing, Type};
use crate::template::unknown::{Reason, named, placeholder};
use crate::template::value::Value;

impl<'d> Shared<'d> {
    /// The type of a parameter.
    fn type_of(&self, declared: &Declared<'d>) -> Type<'d> {
        Type::of(declared.node, self.names.definitions)
    }

    fn placeholder(&self, sort: Sort, name: &str) -> String {
        let mark = &self.names.mark;
        match sort {
            Sort::Parameter => placeholder(&format!("parameters('{name}'){mark}")),
            Sort::Variable => placeholder(&format!("variables('{name}'){mark}")),
        }
    }

    /// The value of a parameter: given, or else its default.
    pub(in crate::template) fn parameter(&self, name: &str) -> Result<Located<'d>, Problem> {
        let key = name.to_lowercase();
        let declared = self.names.parameters.get(&key);
        let written = declared.map_or(name, |declared| &declared.name);
        let text = self.placeholder(Sort::Parameter, written);
        // What is declared as a secret is never read, so it can never be printed.
        let kind = declared.map(|declared| self.type_of(declared));
        if kind.is_some_and(Type::is_secret) {
            return Err(Problem(Reason::Secret(named(written)), text));
        }
        let (value, span) = self.uncleared(name)?;
        match kind.filter(|kind| kind.holds_secret()) {
            Some(kind) => {
                let clearing = Clearing { budget: &self.names.budget, span };
                Ok((clearing.value(value, &[kind], written, 0), span))
            }
            None => Ok((value, span)),
        }
    }

    /// The value of a parameter that is no secret, with the secrets that may be in it.
    fn uncleared(&self, name: &str) -> Result<Located<'d>, Problem> {
        let key = name.to_lowercase();
        let declared = self.names.parameters.get(&key);
        let written = declared.map_or(name, |declared| &declared.name);
        let text = self.placeholder(Sort::Parameter, written);
        if let Some(given) = self.names.given.get(&key) {
            let (value, span) = self.acyclic(text.clone(), written, given)?;
            // Azure takes null for no value (its engine's authors in Azure/bicep#11532).
            if !matches!(value, Value::Null) || declared.is_none() {
                let refused = declared.and_then(|declared| {
                    refused(written, self.type_of(declared).node(), &value, self.budget())
                });
                return refused.map_or(Ok((value, span)), |reason| Err(Problem(reason, text)));
            }
        } else if let Some(rest) = &self.names.rest {
            return Err(Problem(rest.reason.clone(), rest.member(written).placeholder));
        }
        let Some(declared) = declared else {
            return Err(Problem(Reason::NoParameter(named(name)), text));
        };
        match declared.node.get("defaultValue") {
            Some(default) => {
                self.acyclic(text, written, &Reading::shared(default, &self.outside()))
            }
            // What may be left out is null without a value.
            None if self.type_of(declared).is_nullable() || is_nullable(declared.node) => {
                Ok((Value::Null, declared.node.span()))
            }
            None => Err(Problem(Reason::NoDefault(named(written)), text)),
        }
    }

    /// Is the parameter declared to be a string?
    pub(in crate::template) fn is_text_parameter(&self, name: &str) -> bool {
        let declared = self.names.parameters.get(&name.to_lowercase());
        declared.is_some_and(|declared| self.type_of(declared).is_text())
    }

    /// The value of a variable.
    pub(in crate::template) fn variable(&self, name: &str) -> Result<Located<'d>, Problem> {
        let key = name.to_lowercase();
        if let Some(declared) = self.names.variables.get(&key) {
            let text = self.placeholder(Sort::Variable, &declared.name);
            let reading = Reading::shared(declared.node, &self.outside());
            return self.acyclic(text, &declared.name, &reading);
        }
        let [_, variables] = self.names.nodes;
        let variables = variables.map(|variables| Reading::shared(variables, &self.outside()));
        match variables.and_then(|variables| copied(&variables, name)) {
            Some(copied) => Ok(copied.located()),
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
    ) -> Result<Located<'d>, Problem> {
        let running = reading.node().zip(reading.scope()).is_some_and(|(node, scope)| {
            let evaluated = scope.names.evaluated.borrow();
            matches!(evaluated.get(&scope.key(node.span().start)), Some(Evaluated::Running))
        });
        if running {
            return Err(Problem(Reason::Cycle(named(name)), placeholder));
        }
        Ok(reading.located())
    }
}
