//! What a lint is: one constant with its page, and one pure function from facts to remarks.

use crate::source::Span;

/// How loud a lint is by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Says nothing unless selected: an opinion that fires on sound policy.
    Off,
    /// A note.
    Note,
    /// A warning.
    Warning,
    /// An error.
    Error,
}

/// A place, and what to say there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// A few words for the caret line.
    pub text: String,
}

/// A change to the text of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What to replace; an empty span inserts.
    pub span: Span,
    /// The new text.
    pub text: String,
}

/// A change that mends a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, for a person; may hold a rule ready to paste.
    pub description: String,
    /// The edits, all in files of the run; empty where pasting is left to the reader.
    pub edits: Vec<Edit>,
}

/// A lint.
#[derive(Debug)]
pub struct Lint {
    /// Kebab-case, names the fault, never changes.
    pub id: &'static str,
    /// One line for lists.
    pub summary: &'static str,
    /// The whole page, from `rules/lints/<id>.md`.
    pub page: &'static str,
    /// How loud it is unless the user says otherwise.
    pub level: Level,
    /// The release that brought it.
    pub since: &'static str,
}
