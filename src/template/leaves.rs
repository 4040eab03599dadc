//! The leaves of a value: its strings, numbers and the like, each with the way to it and, where it
//! is not known, the cause. A list of them is one leaf, as people write it as one property.

use super::budget::Budget;
use super::loops;
use super::reading::Reading;
use super::unknown::{Limit, RESOURCE_GROUP_NAME, Reason, SUBSCRIPTION_ID, Unknown};
use super::value::{Text, Value};
use crate::source::Span;

/// Values are followed this deep.
const MAX_DEPTH: usize = 100;

/// What kind of reason it is for which something is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A parameter without a value.
    Parameter,
    /// A parameter that the template does not declare.
    Undeclared,
    /// A secret, which is never read.
    Secret,
    /// `reference`.
    Reference,
    /// `listKeys` and the like.
    List,
    /// Known only at deployment.
    Deployment,
    /// Known to Terraform only after apply.
    Apply,
    /// A function that is not evaluated, such as `newGuid`.
    Function,
    /// Of a template around the one that is here.
    Outside,
    /// An expression that Azure would refuse.
    Fault,
    /// Evaluation was stopped.
    Limit,
}

impl Cause {
    /// Its name for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Parameter => "parameter",
            Self::Undeclared => "undeclared",
            Self::Secret => "secret",
            Self::Reference => "reference",
            Self::List => "list",
            Self::Deployment => "deployment",
            Self::Apply => "apply",
            Self::Function => "function",
            Self::Outside => "outside",
            Self::Fault => "fault",
            Self::Limit => "limit",
        }
    }

    /// What it is.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Parameter => "a parameter that nobody gives a value",
            Self::Undeclared => "a parameter that is not declared",
            Self::Secret => "a secret, which is not read",
            Self::Reference => "the result of `reference`",
            Self::List => "the result of `listKeys` and the like",
            Self::Deployment => "what Azure knows at deployment",
            Self::Apply => "what Terraform knows after apply",
            Self::Function => "a function that is not evaluated",
            Self::Outside => "what another file holds",
            Self::Fault => "an expression that Azure refuses",
            Self::Limit => "evaluation was stopped",
        }
    }
}

impl Reason {
    /// What kind of reason it is.
    pub fn cause(&self) -> Cause {
        match self {
            Self::NoDefault(_) | Self::Blueprint => Cause::Parameter,
            Self::NoParameter(_) => Cause::Undeclared,
            Self::Secret(_)
            | Self::KeyVault(_)
            | Self::SecretOutput(_)
            | Self::Sensitive { .. } => Cause::Secret,
            Self::Reference(_) | Self::NotHere(_) | Self::NotDeployed(_) => Cause::Reference,
            Self::Deployment(what) if what.contains("`list`") => Cause::List,
            Self::Deployment(_) => Cause::Deployment,
            Self::AfterApply { .. } => Cause::Apply,
            Self::Function(_) => Cause::Function,
            Self::Outside | Self::ParametersFile(_) => Cause::Outside,
            Self::Limit(_) => Cause::Limit,
            _ => Cause::Fault,
        }
    }
}

/// How far a leaf is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaf {
    /// It is.
    Known,
    /// An id in the subscription and the group that is deployed to, and known but for these: that
    /// is enough to link it.
    InPlace,
    /// It is not.
    Unknown(Cause, String),
}

/// Tells every leaf of `reading` with the way to it and its place; what holds nothing has none.
pub fn leaves(reading: &Reading<'_>, budget: &Budget, tell: &mut impl FnMut(&str, Leaf, Span)) {
    Walk { budget, tell }.value(reading, &mut String::new(), 0);
}

struct Walk<'w, F> {
    budget: &'w Budget,
    tell: &'w mut F,
}

impl<F: FnMut(&str, Leaf, Span)> Walk<'_, F> {
    fn value(&mut self, reading: &Reading<'_>, path: &mut String, depth: usize) {
        let stopped = if depth > MAX_DEPTH { Err(Limit::Depth) } else { self.budget.element(0) };
        if let Err(limit) = stopped {
            let leaf = Leaf::Unknown(Cause::Limit, Reason::Limit(limit).to_string());
            (self.tell)(path, leaf, reading.span());
            return;
        }
        let value = reading.value();
        if let Some(leaf) = plain(&value) {
            (self.tell)(path, leaf, reading.span());
            return;
        }
        let length = path.len();
        match value {
            Value::Array(list) => {
                // Of many plain values the least known one speaks.
                let mut whole: Option<(Leaf, Span)> = None;
                for (at, item) in list.items().enumerate() {
                    match plain(&item.value()) {
                        Some(leaf) if whole.as_ref().is_none_or(|(known, _)| *known < leaf) => {
                            whole = Some((leaf, item.span()));
                        }
                        Some(_) => {}
                        None => {
                            path.push_str(&format!("[{at}]"));
                            self.value(&item, path, depth + 1);
                            path.truncate(length);
                        }
                    }
                }
                if let Some((leaf, span)) = whole {
                    (self.tell)(path, leaf, span);
                }
            }
            Value::Object(object) => {
                let made = Reading::of(Value::Object(object.clone()), reading.span());
                let loops = loops::loops(&made);
                let is_loop = |name: &str| loops.is_some() && name.eq_ignore_ascii_case("copy");
                for member in object.members().filter(|member| !is_loop(&member.key)) {
                    self.member(&member.key, &member.value, path, depth);
                }
                for found in loops.iter().flatten() {
                    let name = loops::name_of(found).text;
                    self.member(&name, &loops::made(found), path, depth);
                }
                if let Some(rest) = object.rest() {
                    path.push_str(if path.is_empty() { "*" } else { ".*" });
                    (self.tell)(path, of_unknown(rest), reading.span());
                    path.truncate(length);
                }
            }
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::Unknown(_) => {}
        }
    }

    fn member(&mut self, key: &str, value: &Reading<'_>, path: &mut String, depth: usize) {
        let length = path.len();
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(key);
        self.value(value, path, depth + 1);
        path.truncate(length);
    }
}

/// The value as a leaf, if it is one.
fn plain(value: &Value<'_>) -> Option<Leaf> {
    match value {
        Value::Bool(_) | Value::Number(_) => Some(Leaf::Known),
        Value::Text(Text { text, unknown: None }) if text.is_empty() => None,
        Value::Text(Text { unknown: None, .. }) => Some(Leaf::Known),
        Value::Text(Text { text, unknown: Some(unknown) }) => Some(of_text(text, unknown)),
        Value::Unknown(unknown) => Some(of_unknown(unknown)),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn of_unknown(unknown: &Unknown) -> Leaf {
    Leaf::Unknown(unknown.reason.cause(), unknown.reason.to_string())
}

/// A text with unknown parts. The reason is that of the first, which in an id is the place of the
/// deployment, and tells nothing of the others.
fn of_text(text: &str, unknown: &Unknown) -> Leaf {
    let is_place = |it: &str| it == SUBSCRIPTION_ID || it == RESOURCE_GROUP_NAME;
    let rest = text.replace(SUBSCRIPTION_ID, "").replace(RESOURCE_GROUP_NAME, "");
    let Some(start) = rest.find('{') else { return Leaf::InPlace };
    if !is_place(&unknown.placeholder) {
        return of_unknown(unknown);
    }
    let open = rest.get(start..).unwrap_or_default();
    let asks = |function: &str| open.contains(function);
    let cause = match () {
        () if asks("uniqueString(") => Cause::Function,
        () if asks("reference(") => Cause::Reference,
        () if asks("parameters(") => Cause::Parameter,
        () if asks("{list") => Cause::List,
        () => Cause::Deployment,
    };
    Leaf::Unknown(cause, format!("a part of `{text}` is not known"))
}
