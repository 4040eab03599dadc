//! `PATH…`: the files, folders and patterns of a run, and standard input.

use super::{bounded, failure::Failure};
use crate::{
    bicep::Builder,
    load::{Collected, Options, collect},
    report::clean,
};
use std::{env, ffi::OsString, fmt, io, path::PathBuf};

/// What stands for standard input.
const STDIN: &str = "-";

/// What templates are deployed with.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Parameters {
    /// A parameters file that the templates are deployed with; may be repeated, and of several
    /// values for a parameter the last counts. Without it `x.parameters.json` beside `x.json` and
    /// `x.bicepparam` beside `x.bicep` are read
    #[arg(long = "parameters", value_name = "FILE")]
    pub(super) files: Vec<OsString>,
}

/// Finds and reads what `paths` mean. What cannot be read is among the errors of the answer.
pub(super) fn read(paths: &[OsString], parameters: &Parameters) -> Result<Collected, Failure> {
    collected(paths, parameters, false)
}

/// As [`read`], for those who want no more than the texts.
pub(super) fn texts(paths: &[OsString], parameters: &Parameters) -> Result<Collected, Failure> {
    collected(paths, parameters, true)
}

fn collected(
    paths: &[OsString],
    parameters: &Parameters,
    texts_only: bool,
) -> Result<Collected, Failure> {
    let parameters = parameters.files.clone();
    let mut options = Options { parameters, bicep: bicep(), texts_only, ..Options::default() };
    if paths.iter().any(|path| path == STDIN) {
        let bytes = bounded::whole(io::stdin().lock(), options.max_bytes)
            .map_err(|error| Failure::Read { path: PathBuf::from(STDIN), error })?;
        options.stdin = Some(bytes);
    }
    Ok(collect(paths, options))
}

/// The program that builds Bicep files: on PATH, or where `az bicep install` puts it.
fn bicep() -> Option<Builder> {
    let home = env::var_os("HOME").or_else(|| env::var_os("USERPROFILE"));
    let azure = env::var_os("AZURE_CONFIG_DIR").map(PathBuf::from);
    let azure = azure.or_else(|| home.map(|home| PathBuf::from(home).join(".azure")));
    Builder::find(env::var_os("PATH").as_deref(), azure.as_deref())
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
