//! What a deployment inside of a template deploys, and in which scope its expressions are (JS-013).

use super::given::Given;
use super::links;
use super::reading::Reading;
use super::unknown::Unknown;
use super::value::{Text, Value};
use crate::document::{Kind, Node};

/// Whether a resource is deployed, as its `condition` says.
#[derive(Debug)]
pub enum Decided {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// That can't be known, and why if the condition has no value.
    Open(Option<Unknown>),
}

/// Whether `resource` is deployed.
pub fn decided(resource: &Reading<'_>) -> Decided {
    let Some(condition) = resource.get("condition") else { return Decided::Yes };
    match condition.value() {
        Value::Bool(true) => Decided::Yes,
        Value::Bool(false) => Decided::No,
        Value::Text(Text { unknown: Some(unknown), .. }) | Value::Unknown(unknown) => {
            Decided::Open(Some(unknown))
        }
        Value::Text(text) if text.text.eq_ignore_ascii_case("true") => Decided::Yes,
        Value::Text(text) if text.text.eq_ignore_ascii_case("false") => Decided::No,
        Value::Null | Value::Number(_) | Value::Text(_) | Value::Array(_) | Value::Object(_) => {
            Decided::Open(None)
        }
    }
}

/// The template of a deployment.
#[derive(Debug)]
pub enum Inner<'d> {
    /// There is none.
    None,
    /// A template whose expressions belong to the template around it.
    Shared(Reading<'d>),
    /// A template with a scope of its own, and what its parameters are given.
    Own(Node<'d>, Given<'d>),
    /// An expression makes the template.
    Expression,
    /// The template is in another file that is not known; the link.
    Linked(Reading<'d>),
}

impl<'d> Inner<'d> {
    /// The template of `deployment`, a resource. With symbolic names around it, a nested template
    /// has a scope of its own unless it says otherwise.
    pub fn of(deployment: &Reading<'d>, symbolic: bool) -> Self {
        let Some(properties) = deployment.get("properties") else { return Self::None };
        let Some(template) = properties.get("template") else {
            let Some(link) = properties.get("templateLink") else { return Self::None };
            return match links::template(deployment, &link) {
                Some(node) => Self::Own(node, given(deployment, &properties)),
                None => Self::Linked(link),
            };
        };
        let scope = properties
            .get("expressionEvaluationOptions")
            .and_then(|options| options.get("scope"))
            .and_then(|scope| scope.text());
        if !scope.map_or(symbolic, |scope| scope.text.eq_ignore_ascii_case("inner")) {
            return Self::Shared(template);
        }
        match template.node().filter(|node| node.kind() == Kind::Object) {
            Some(node) => Self::Own(node, given(deployment, &properties)),
            None => Self::Expression,
        }
    }
}

/// What a deployment with these `properties` gives to the parameters of its template.
fn given<'d>(deployment: &Reading<'d>, properties: &Reading<'d>) -> Given<'d> {
    match (properties.get("parameters"), properties.get("parametersLink")) {
        (Some(given), _) => Given::by_deployment(&given),
        (None, Some(link)) => links::given(deployment, &link),
        (None, None) => Given::default(),
    }
}
