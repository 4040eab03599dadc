//! What a run has to say, as text: one small file a format, all of them in [`RENDERERS`]. Nothing
//! is decided here; a renderer shows what [`Report`] holds, with secrets masked and with nothing
//! that a terminal, a browser or a build server would take for a command.

pub(crate) mod clean;
mod columns;
mod concise;
mod diff;
pub(crate) mod escape;
mod excerpt;
mod github;
pub(crate) mod guard;
mod human;
mod json;
pub(crate) mod paint;
mod phrases;
mod places;
mod sarif;
mod secrets;
mod table;
#[cfg(test)]
mod tests;
mod words;

pub use diff::{DIFF_RENDERERS, DiffRenderer};
pub(crate) use phrases::parameters_file;
pub(crate) use secrets::masked_json;

use crate::{finding::Report, lint::Lint};
use std::io;

/// How a report is to look.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Colours and line drawing; else plain text.
    pub color: bool,
    /// Characters a line of prose may have.
    pub width: usize,
    /// Findings and errors only: no table, no summary.
    pub quiet: bool,
    /// Every row of the coverage table, however many.
    pub verbose: bool,
    /// All lints there are, for formats that carry the rules with them.
    pub lints: &'static [&'static Lint],
}

/// An output format.
#[derive(Debug)]
pub struct Renderer {
    /// The word for `--format`.
    pub name: &'static str,
    /// One line for `--help`.
    pub summary: &'static str,
    /// Writes the report, in many small pieces: the writer should be buffered. The only errors are
    /// those of the writer.
    pub render: fn(&Report, &Look, &mut dyn io::Write) -> io::Result<()>,
}

/// Every output format, in the order of `--help`.
pub const RENDERERS: &[&Renderer] =
    &[&human::RENDERER, &concise::RENDERER, &json::RENDERER, &sarif::RENDERER, &github::RENDERER];
