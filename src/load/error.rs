//! What stops a file, or a part of it, from being checked.

use crate::bicep::BuildFault;
use crate::document;
use crate::source::{Position, Span};

/// Something in a file that could not be checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct LoadError {
    /// What it is.
    pub fault: LoadFault,
    /// Where; the whole file if nowhere in particular.
    pub span: Option<Span>,
    /// The bracket, quote or comment mark that was open there.
    pub opener: Option<Span>,
}

impl LoadError {
    /// Whether it says only that the file is recognised and not checked yet.
    pub const fn is_not_yet(&self) -> bool {
        matches!(self.fault, LoadFault::NotYet(_))
    }
}

/// The kinds of [`LoadError`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadFault {
    /// The text is no JSON.
    #[error("{0}")]
    Syntax(document::Fault),
    /// No reader knows the file.
    #[error(
        "no Azure network policy was recognised in it: give an ARM template, a Terraform plan in JSON or an export of network security groups"
    )]
    NotRecognized,
    /// The file is known, and nothing in it is checked.
    #[error("recognised as {0}, which this version does not check yet")]
    NotYet(&'static str),
    /// The file is known, and another one holds what is wanted: the words say which.
    #[error("{0}")]
    Instead(&'static str),
    /// A plan or state of a format that is not known (JS-070).
    #[error(
        "the format version `{0}` of this Terraform plan or state is not known: use a version of Terraform that writes format 1, or a newer egresslint"
    )]
    TerraformFormat(String),
    /// A row of a query that is not a whole resource (JS-041).
    #[error(
        "this row does not hold a whole resource: run the query without `mv-expand`, and keep `id`, `name`, `type` and `properties`"
    )]
    PartialRow,
}

/// A file, folder or pattern that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{path}`: {fault}")]
pub struct FileError {
    /// The path as it is shown.
    pub path: String,
    /// What is wrong.
    pub fault: FileFault,
}

/// The kinds of [`FileError`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// There is no such file or folder.
    #[error("there is no such file or folder")]
    NotFound,
    /// A pattern that no file fits.
    #[error("no file fits the pattern")]
    NoMatch,
    /// A folder without any file, or with such only that git ignores.
    #[error("no file was found in it (those that git ignores are left out): nothing was checked")]
    NoFile,
    /// A pattern that is none.
    #[error("the pattern is broken: {0}")]
    Pattern(String),
    /// The system refused; the text is the system's.
    #[error("it can't be read: {0}")]
    Unreadable(String),
    /// `-` was given, and there is no standard input.
    #[error("there is no standard input")]
    NoInput,
    /// A pipe with a name, which may never end, or never begin.
    #[error("it is a named pipe: give `-` and pipe into the program instead")]
    NamedPipe,
    /// A Bicep file, and no program to build it.
    #[error("the program `bicep` is not on PATH: install it, or build the file and give the JSON")]
    NoBicep,
    /// A file of parameters in the place of a template.
    #[error("it holds parameters: give its template, and this file with `--parameters`")]
    BicepParameters,
    /// A Bicep file that is not built.
    #[error("{0}")]
    Bicep(BuildFault),
    /// More bytes than are read.
    #[error("it has more than {0} bytes: split it")]
    TooLong(u64),
    /// Bytes that are no text.
    #[error("it is not a text file")]
    Binary,
    /// A plan as Terraform saves it.
    #[error(
        "it is a saved plan of Terraform, which only Terraform reads: give what `terraform show -json FILE` prints"
    )]
    TerraformPlan,
    /// A byte that UTF-8 does not have there.
    #[error("line {}, column {}: the byte 0x{byte:02X} is not UTF-8: save the file as UTF-8", at.line, at.column)]
    NotUtf8 {
        /// The byte.
        byte: u8,
        /// Where it stands, in bytes from the start.
        offset: usize,
        /// Where it stands for people.
        at: Position,
    },
    /// Half of a character in UTF-16.
    #[error("line {}, column {}: the text is not UTF-16, though the file begins so: save the file as UTF-8", at.line, at.column)]
    NotUtf16 {
        /// Where the half stands.
        at: Position,
    },
}
