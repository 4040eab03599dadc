//! What can't be known from the files alone, why, and how it is shown. A value that is unknown
//! is never left out or replaced by a default: it says so.

use sha2::{Digest as _, Sha256};

use super::given::Misfit;
use super::syntax::ExpressionFault;
use crate::source::Span;

/// Stands for the id of the subscription that is deployed to.
pub const SUBSCRIPTION_ID: &str = "{subscription().subscriptionId}";

/// Stands for the name of the resource group that is deployed to.
pub const RESOURCE_GROUP_NAME: &str = "{resourceGroup().name}";

/// Placeholders over so many bytes are shown by their beginning and a fingerprint.
const MAX_PLACEHOLDER: usize = 200;

/// A value, or part of one, that can't be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Why.
    pub reason: Reason,
    /// The part of the text that makes it unknown.
    pub span: Span,
    /// Stands for the value, such as `{parameters('name')}`: equal expressions of one template
    /// have equal ones.
    pub placeholder: String,
}

/// Why a value is unknown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// A function that is not known or not evaluated.
    #[error("the function `{0}` is not evaluated")]
    Function(String),
    /// A parameter that is declared as a secret.
    #[error("the parameter `{0}` is a secret, and its value is not read")]
    Secret(String),
    /// A parameter that is declared without a default and not given.
    #[error("the parameter `{0}` has no default value")]
    NoDefault(String),
    /// A parameter that the template does not declare.
    #[error("the parameter `{0}` is not declared")]
    NoParameter(String),
    /// A parameter whose value the parameters file takes from a key vault.
    #[error("the value of the parameter `{0}` is in a key vault")]
    KeyVault(String),
    /// Any parameter of a template whose parameters file, which is named, is broken.
    #[error("the parameters file `{0}` can not be read")]
    ParametersFile(String),
    /// A parameter that is given something, and not as a value or a reference.
    #[error("{by} gives the parameter `{name}` in a form that is not read")]
    GivenForm {
        /// The file in backticks, or what else gives it.
        by: String,
        /// The parameter.
        name: String,
    },
    /// A parameter with a value that Azure does not deploy the template with.
    #[error("Azure refuses the value given to the parameter `{name}`: {why}")]
    Refused {
        /// The parameter.
        name: String,
        /// What is wrong with the value.
        why: Misfit,
    },
    /// A variable that the template does not have.
    #[error("the variable `{0}` is not declared")]
    NoVariable(String),
    /// A copy loop without a count, or without anything to copy.
    #[error("the copy loop `{0}` has no count or no input")]
    Copy(String),
    /// A copy loop with a count that Azure does not take.
    #[error("the copy loop `{name}` can not have {found} rounds: Azure takes 0 to 800")]
    CopyCount {
        /// The name of the loop.
        name: String,
        /// What stands for the count.
        found: String,
    },
    /// `copyIndex` where no copy loop is around, or none of that name.
    #[error("there is no such copy loop around `copyIndex`")]
    NoLoop,
    /// Parameters or variables that need themselves.
    #[error("the value of `{0}` needs itself")]
    Cycle(String),
    /// Known only when the template is deployed.
    #[error("the {0} is known only at deployment")]
    Deployment(&'static str),
    /// What only Azure can tell of a resource of the template.
    #[error("what Azure tells of `{0}` is known only at deployment")]
    Reference(String),
    /// A resource that is asked for, and that the template does not deploy.
    #[error("`{0}` is asked for, and the template does not deploy it")]
    NotHere(String),
    /// A resource that is asked for, and whose condition is false.
    #[error("`{0}` is asked for, and it is not deployed: its condition is false")]
    NotDeployed(String),
    /// An output of a deployment that is declared as a secret.
    #[error("the output `{0}` is a secret, and its value is not read")]
    SecretOutput(String),
    /// A property that a known object does not have.
    #[error("there is no property `{0}`")]
    NoProperty(String),
    /// An element that a known array does not have.
    #[error("there is no element {index} in an array of {length}")]
    NoElement {
        /// The index as it was written.
        index: String,
        /// How many elements there are.
        length: usize,
    },
    /// A property or element of something that has none.
    #[error("{0} has no properties or elements")]
    NoParts(&'static str),
    /// An indexer that is no integer or name.
    #[error("{0} can't be an index")]
    Index(&'static str),
    /// An argument that the function does not take.
    #[error("`{function}` does not take {found} as argument {position}")]
    Argument {
        /// The function.
        function: &'static str,
        /// Which argument, from 1.
        position: usize,
        /// What the argument is, with its article.
        found: &'static str,
    },
    /// Too few or too many arguments.
    #[error("`{function}` does not take {count} arguments")]
    ArgumentCount {
        /// The function.
        function: &'static str,
        /// How many there are.
        count: usize,
    },
    /// Too few or too many arguments of a function that the template declares.
    #[error("`{function}` does not take {count} arguments")]
    OwnArgumentCount {
        /// The function, with its namespace.
        function: String,
        /// How many there are.
        count: usize,
    },
    /// Arguments that are of the right kind, but wrong: out of range, or not of the right form.
    #[error("`{function}`: {why}")]
    Invalid {
        /// The function.
        function: &'static str,
        /// What is wrong with them.
        why: &'static str,
    },
    /// A format string with a stray brace, or with a placeholder of a kind that is not evaluated.
    #[error("the format `{0}` is not evaluated")]
    Format(String),
    /// A format string that asks for an argument that is not there.
    #[error("the format asks for argument {index}, but there are {count}")]
    FormatArgument {
        /// The index as it was written.
        index: String,
        /// How many arguments there are to format.
        count: usize,
    },
    /// A `resourceId` whose type and names do not fit together.
    #[error("the type `{resource_type}` needs {needed} names, not {count}")]
    ResourceId {
        /// The resource type, such as `Microsoft.Network/networkSecurityGroups`.
        resource_type: String,
        /// How many names the type needs.
        needed: usize,
        /// How many there are.
        count: usize,
    },
    /// The string is not an expression, but has the brackets of one.
    #[error(transparent)]
    Syntax(ExpressionFault),
    /// Inside of a policy definition, an expression of the template that deploys the policy.
    #[error("it belongs to a template around the policy definition, which is not in the input")]
    Outside,
    /// Around a template that is part of a blueprint, a parameter of the blueprint.
    #[error("it is given by what is around the template (a blueprint), which is not in the input")]
    Blueprint,
    /// An attribute that Terraform learns from Azure (JS-070).
    #[error("`{attribute}` of `{address}` is known only after apply")]
    AfterApply {
        /// The attribute, with its path.
        attribute: String,
        /// The address of the resource.
        address: String,
    },
    /// An attribute that Terraform says is sensitive.
    #[error("`{attribute}` of `{address}` is sensitive, and its value is not read")]
    Sensitive {
        /// The attribute, with its path.
        attribute: String,
        /// The address of the resource.
        address: String,
    },
    /// Evaluation was stopped.
    #[error("evaluation was stopped: {0}")]
    Limit(Limit),
}

/// What stopped an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// Values that need values, too deep.
    #[error("values are nested too deep")]
    Depth,
    /// Too much work for the templates of one file.
    #[error("the templates of the file take too many steps")]
    Work,
    /// Values that are too large, taken together.
    #[error("the values in the templates of the file grow too large")]
    Room,
    /// A text or list that grew too long.
    #[error("a text or list grows too long")]
    Length,
}

/// A piece of the input as part of a reason: long ones are cut off.
pub(crate) fn named(text: &str) -> String {
    if text.len() <= MAX_PLACEHOLDER {
        return text.to_owned();
    }
    let start = text.get(..text.floor_char_boundary(MAX_PLACEHOLDER)).unwrap_or_default();
    format!("{start}…")
}

/// The placeholder of `expression`, shortened if need be.
pub(crate) fn placeholder(expression: &str) -> String {
    if expression.len() <= MAX_PLACEHOLDER {
        return format!("{{{expression}}}");
    }
    let digest = Sha256::digest(expression.as_bytes());
    let print: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    cut(expression, MAX_PLACEHOLDER / 2, &format!("#{print}"))
}

/// The placeholder of what begins as `expression` and is told from all others by `mark`. Quotes
/// and braces are closed, so that everybody sees where the placeholder ends.
pub(super) fn cut(expression: &str, length: usize, mark: &str) -> String {
    let start = expression.get(..expression.floor_char_boundary(length)).unwrap_or_default();
    let mut quoted = false;
    let mut open = 0_usize;
    let mut closed = String::from("{");
    for character in start.chars() {
        match character {
            '\'' => quoted = !quoted,
            '{' if !quoted => open += 1,
            // It would end the placeholder.
            '}' if !quoted && open == 0 => continue,
            '}' if !quoted => open -= 1,
            _ => {}
        }
        closed.push(character);
    }
    closed.push('…');
    closed.push_str(if quoted { "'" } else { "" });
    closed.push_str(&"}".repeat(open));
    closed.push_str(mark);
    closed.push('}');
    closed
}

impl Unknown {
    /// The placeholder without its braces, for use in that of a larger expression.
    pub(super) fn expression(&self) -> &str {
        let inner = self.placeholder.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
        inner.unwrap_or(&self.placeholder)
    }

    /// The member `key` of what is unknown.
    pub(super) fn member(&self, key: &str) -> Self {
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'$');
        // `x['a.b']` and `x.a.b` are two values.
        let step = match key.bytes().all(is_plain) && !key.is_empty() {
            true => format!(".{key}"),
            false => format!("['{}']", key.replace('\'', "''")),
        };
        Self { placeholder: placeholder(&format!("{}{step}", self.expression())), ..self.clone() }
    }
}
