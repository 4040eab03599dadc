//! The values that a template is deployed with.

use super::reading::Reading;
use super::unknown::{Reason, Unknown, named, placeholder};
use super::value::Value;
use crate::document::Node;
use crate::source::Span;

/// The values that somebody gives to the parameters of a template.
#[derive(Clone, Debug, Default)]
pub struct Given<'d> {
    /// The values by name; names compare without case.
    pub values: Vec<(String, Reading<'d>)>,
    /// Why there may be values for all other parameters, which are not known.
    pub rest: Option<Unknown>,
}

impl Given<'_> {
    /// The parameters of the template at `span`, whose parameters file nobody can read: any of them
    /// may have a value that is not its default.
    pub fn unreadable(span: Span) -> Self {
        let placeholder = placeholder("parameters()");
        let rest = Unknown { reason: Reason::ParametersFile, span, placeholder };
        Self { values: Vec::new(), rest: Some(rest) }
    }
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
                        placeholder: placeholder(&format!("parameters('{name}')")),
                        reason: Reason::KeyVault(named(&name)),
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
