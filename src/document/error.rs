//! What can be wrong with a file, and what is odd about it but let pass.

use std::fmt;

use crate::source::Span;

/// Brackets may be nested this deep; Azure itself stops far earlier.
pub const MAX_DEPTH: usize = 512;

/// Files may be this long, in bytes: offsets are 32 bits wide.
pub const MAX_LENGTH: usize = 1 << 30;

/// So many oddities are kept, the others are only counted.
pub const MAX_ODDITIES: usize = 1_000;

/// So many broken values of a sequence are reported before reading stops.
pub const MAX_BROKEN_VALUES: usize = 100;

/// Why a text is not a JSON document, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct SyntaxError {
    /// What is wrong.
    pub what: Fault,
    /// The text that is wrong; empty at the end of the file.
    pub span: Span,
    /// The bracket, quote or comment mark that was open there.
    pub opener: Option<Span>,
}

/// A kind of syntax error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nothing but white space and comments.
    #[error("the file holds no JSON value")]
    Empty,
    /// Something else stands where a value has to.
    #[error("a value was expected, not {0}")]
    Value(Found),
    /// Something else stands where a key has to.
    #[error("a key in double quotes was expected, not {0}")]
    Key(Found),
    /// No colon after a key.
    #[error("a colon was expected after the key, not {0}")]
    Colon(Found),
    /// Two members or elements without a comma between them.
    #[error("a comma or `{closer}` was expected, not {found}")]
    Comma {
        /// What stands there.
        found: Found,
        /// The bracket that would close the container.
        closer: char,
    },
    /// A bracket that does not close the one that is open.
    #[error("`{found}` closes nothing here: the open bracket needs `{closer}`")]
    Closer {
        /// The bracket that stands there.
        found: char,
        /// The bracket that would close the container.
        closer: char,
    },
    /// The file ends too early.
    #[error("the {0} is not closed")]
    Unclosed(Construct),
    /// The document is over, the file is not.
    #[error("the document ends here, but {0} follows")]
    TextAfter(Found),
    /// A string in single quotes.
    #[error("strings need double quotes, not single ones")]
    SingleQuotes,
    /// A word that is not `true`, `false` or `null`.
    #[error(
        "`{0}` is not a JSON value: a string needs double quotes, the words are `true`, `false` and `null`"
    )]
    Word(String),
    /// Digits that are not a number.
    #[error("`{text}` is not a JSON number: {fault}")]
    Number {
        /// The text, cut off if it is long.
        text: String,
        /// What is wrong with it.
        fault: NumberFault,
    },
    /// An unknown escape, or `\u` without four hexadecimal digits.
    #[error(r#"`{0}` is not an escape: JSON knows \" \\ \/ \b \f \n \r \t and \u with four hexadecimal digits"#)]
    Escape(String),
    /// A control character other than line ends and tabs, raw in a string.
    #[error("the control character U+{0:04X} must be written as an escape")]
    ControlCharacter(u8),
    /// A slash that starts no comment.
    #[error("`/` starts no comment here: comments begin with `//` or `/*`")]
    Slash,
    /// Brackets nested deeper than [`MAX_DEPTH`].
    #[error("brackets are nested more than {MAX_DEPTH} deep")]
    TooDeep,
    /// A file longer than [`MAX_LENGTH`]; the number is its length in bytes.
    #[error("the file has {0} bytes, more than the {MAX_LENGTH} that can be read: split it")]
    TooLong(usize),
    /// More than [`MAX_BROKEN_VALUES`] broken values in a sequence; the rest was not read.
    #[error("more than {MAX_BROKEN_VALUES} values are broken, the rest of the file was not read")]
    TooManyBroken,
}

impl Fault {
    /// The same without a character of the file, which may be one of a secret.
    pub fn without_text(&self) -> String {
        match self {
            Self::Value(_) => "a value was expected here".to_owned(),
            Self::Key(_) => "a key in double quotes was expected here".to_owned(),
            Self::Colon(_) => "a colon was expected after the key".to_owned(),
            Self::Comma { closer, .. } => format!("a comma or `{closer}` was expected here"),
            Self::TextAfter(_) => "the document ends here, but more text follows".to_owned(),
            Self::Word(_) => "this word is not a JSON value: a string needs double quotes, the \
                              words are `true`, `false` and `null`"
                .to_owned(),
            Self::Number { fault, .. } => format!("this is not a JSON number: {fault}"),
            Self::Escape(_) => "this is not an escape of JSON".to_owned(),
            Self::ControlCharacter(_) => {
                "a control character must be written as an escape".to_owned()
            }
            Self::Empty
            | Self::Closer { .. }
            | Self::Unclosed(_)
            | Self::SingleQuotes
            | Self::Slash
            | Self::TooDeep
            | Self::TooLong(_)
            | Self::TooManyBroken => self.to_string(),
        }
    }
}

/// What a number lacks or has too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberFault {
    /// `01`
    #[error("a number has no leading zeros")]
    LeadingZero,
    /// `+1`
    #[error("a number has no plus sign")]
    PlusSign,
    /// `.5`, `1.`, `-`, `1e`
    #[error("a digit is missing")]
    NoDigit,
    /// `1x`, `1.2.3`
    #[error("something else follows the digits")]
    Tail,
}

/// What stood in a place: a character, or the end of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found(pub Option<char>);

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            // What can't be seen, such as a no-break space, is named by its number.
            Some(c) if c.is_control() || c.is_whitespace() || c == '\u{feff}' => {
                write!(f, "U+{:04X}", u32::from(c))
            }
            Some(c) => write!(f, "`{c}`"),
            None => f.write_str("the end of the file"),
        }
    }
}

/// Something with a beginning and an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Construct {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// `/*…*/`
    Comment,
}

impl fmt::Display for Construct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Object => "object",
            Self::Array => "array",
            Self::String => "string",
            Self::Comment => "comment",
        })
    }
}

/// Something that Azure takes and strict JSON does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Oddity {
    /// What it is.
    pub kind: OddityKind,
    /// Where it stands.
    pub span: Span,
}

/// A kind of oddity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OddityKind {
    /// U+FEFF at the start of the text.
    ByteOrderMark,
    /// `// …`
    LineComment,
    /// `/* … */`
    BlockComment,
    /// A comma before a closing bracket.
    TrailingComma,
    /// A raw line end in a string; the first of each string is noted.
    LineEndInString,
    /// A raw tab in a string; the first of each string is noted.
    TabInString,
    /// Half of a surrogate pair, written as `\u` escape; read as U+FFFD.
    LoneSurrogate,
}
