//! `PATH…`: the files, folders and patterns of a run, and standard input.

use super::{bounded, failure::Failure};
use crate::{
    load::{Collected, Options, collect},
    report::clean,
};
use std::{ffi::OsString, fmt, io, path::PathBuf};

/// What stands for standard input.
const STDIN: &str = "-";

/// What templates are deployed with.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Parameters {
    /// A parameters file that the templates are deployed with; may be repeated, and of several
    /// values for a parameter the last counts. Without it `x.parameters.json` beside `x.json` is
    /// read
    #[arg(long = "parameters", value_name = "FILE")]
    pub(super) files: Vec<OsString>,
}

/// Finds and reads what `paths` mean. What cannot be read is among the errors of the answer.
pub(super) fn read(paths: &[OsString], parameters: &Parameters) -> Result<Collected, Failure> {
    let mut options = Options { parameters: parameters.files.clone(), ..Options::default() };
    if paths.iter().any(|path| path == STDIN) {
        let bytes = bounded::whole(io::stdin().lock(), options.max_bytes)
            .map_err(|error| Failure::Read { path: PathBuf::from(STDIN), error })?;
        options.stdin = Some(bytes);
    }
    Ok(collect(paths, options))
}

/// An error of a run on one line: `net/nsg.json:3:1: …`.
#[derive(Debug)]
pub(super) struct RunError<'e>(pub(super) &'e crate::finding::RunError);

impl fmt::Display for RunError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(error) = self;
        f.write_str(&clean::line(&error.file))?;
        for number in error.line.iter().chain(&error.column) {
            write!(f, ":{number}")?;
        }
        write!(f, ": {}", clean::line(&error.message))
    }
}
