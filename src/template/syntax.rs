//! The syntax of template expressions: what `[concat('a', parameters('b').c[0])]` consists of.

use std::fmt;
use std::ops::Range;

/// Calls, indexers and the like may be nested this deep in one expression.
pub const MAX_EXPRESSION_DEPTH: usize = 100;

/// A part of an expression and the bytes of the string that it was read from.
#[derive(Debug)]
pub(super) struct Expression {
    pub(super) kind: ExpressionKind,
    pub(super) range: Range<usize>,
}

/// What a part is.
#[derive(Debug)]
pub(super) enum ExpressionKind {
    Text(String),
    /// The number as written.
    Number(String),
    Bool(bool),
    Null,
    Call(Call),
    /// `base.a[0].b`, flat, so that a long chain needs no deep tree.
    Steps(Box<Expression>, Vec<Step>),
}

/// `name(arguments)`; the name has dots where it is a template's own function.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) arguments: Vec<Expression>,
    pub(super) range: Range<usize>,
}

/// `.name` or `[index]`; `safe` if a question mark says that absence is null.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) to: StepTo,
    pub(super) safe: bool,
    pub(super) range: Range<usize>,
}

/// Where a step leads.
#[derive(Debug)]
pub(super) enum StepTo {
    Name(String),
    Index(Expression),
}

/// What is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionFault {
    /// Something else stands where a value has to.
    #[error("a value was expected in the expression, not {0}")]
    Value(Token),
    /// Something else stands where a property name has to.
    #[error("a property name was expected, not {0}")]
    Name(Token),
    /// A bare word.
    #[error(
        "`{0}` is neither a call nor a value: strings need single quotes, functions parentheses"
    )]
    Word(String),
    /// Something between two arguments, or no closing parenthesis.
    #[error("a comma or `)` was expected, not {0}")]
    Argument(Token),
    /// No closing bracket of an indexer.
    #[error("`]` was expected, not {0}")]
    Indexer(Token),
    /// No second single quote.
    #[error("the string in single quotes is not closed")]
    UnclosedText,
    /// The expression is over, the string is not.
    #[error("the expression ends here, but {0} follows")]
    TextAfter(Token),
    /// Nested deeper than [`MAX_EXPRESSION_DEPTH`].
    #[error("the expression is nested more than {MAX_EXPRESSION_DEPTH} deep")]
    TooDeep,
}

/// What stood in a place: a character, or the end of the expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token(pub Option<char>);

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(c) => write!(f, "`{c}`"),
            None => f.write_str("the end of the expression"),
        }
    }
}

/// How ARM takes a string of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Means itself.
    Literal,
    /// `[[…]`: means itself less the first bracket.
    Escaped,
    /// `[…]`
    Expression,
}

/// How ARM takes `text`: an expression has a bracket at both ends (JS-013).
pub(super) fn form(text: &str) -> Form {
    if !text.starts_with('[') || !text.ends_with(']') {
        Form::Literal
    } else if text.starts_with("[[") {
        Form::Escaped
    } else {
        Form::Expression
    }
}

/// Would ARM evaluate this string of a template?
pub fn is_expression(text: &str) -> bool {
    form(text) == Form::Expression
}
