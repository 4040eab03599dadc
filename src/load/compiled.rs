//! Bicep files: which of those that were found are built, and what becomes of them.

use super::collect::{Found, Reading, text_of};
use super::error::{FileError, FileFault};
use super::marks::bears_mark;
use super::parameters;
use crate::bicep::{self, Build, Builder, Built};
use crate::source::{Made, SourceFile};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Is it a Bicep file, or one of parameters in Bicep?
pub(super) fn is_bicep(path: &Path) -> bool {
    has_end(path, "bicep") || has_end(path, "bicepparam")
}

fn has_end(path: &Path, end: &str) -> bool {
    path.extension().is_some_and(|it| it.eq_ignore_ascii_case(end))
}

/// What is needed to build the Bicep files of a run.
#[derive(Debug)]
pub(super) struct Workshop {
    builder: Option<Builder>,
    /// The true paths of files that others of the run deploy as their modules: they are judged
    /// there, with the values that they get there.
    modules: BTreeSet<PathBuf>,
}

/// What became of a Bicep file.
pub(super) enum Compiled {
    /// A template, and the parameters beside it.
    Template(Box<SourceFile>, Option<Box<Result<SourceFile, FileError>>>),
    /// It holds no policy, or is judged as a part of others.
    Nothing,
    /// It holds policy, and nothing here can build it.
    NoBuilder,
}

impl Workshop {
    /// Looks through the Bicep files among `found`.
    pub(super) fn new<'f>(
        found: impl Iterator<Item = &'f Found>,
        builder: Option<Builder>,
    ) -> Self {
        let mut modules = BTreeSet::new();
        for path in found.map(|it| &it.path).filter(|path| has_end(path, "bicep")) {
            // What cannot be read is said when it is its turn.
            let Ok(text) = std::fs::read_to_string(path) else { continue };
            modules
                .extend(bicep::modules(path, &text).iter().filter_map(|it| it.canonicalize().ok()));
        }
        Self { builder, modules }
    }

    /// Builds a file, or finds a reason not to.
    pub(super) fn compile(&self, found: &Found, reading: &Reading) -> Result<Compiled, FileError> {
        let path = &found.path;
        let is_module = || path.canonicalize().is_ok_and(|path| self.modules.contains(&path));
        let is_parameters = has_end(path, "bicepparam");
        // Parameters are read with their templates.
        if !found.named && (is_parameters || is_module()) {
            return Ok(Compiled::Nothing);
        }
        let known_as = super::collect::shown(path);
        let fault = |fault| FileError { path: known_as.clone(), fault };
        if is_parameters {
            return Err(fault(FileFault::BicepParameters));
        }
        let text = text_of(path, reading).map_err(fault)?;
        if !found.named && !holds_policy(path, &text) {
            return Ok(Compiled::Nothing);
        }
        let Some(builder) = &self.builder else {
            return if found.named {
                Err(fault(FileFault::NoBicep))
            } else {
                Ok(Compiled::NoBuilder)
            };
        };
        let build = builder.build(path, &text).map_err(|error| fault(FileFault::Bicep(error)))?;
        let Build { template: Some(template), files, .. } = build else {
            return Err(fault(FileFault::Bicep(bicep::BuildFault::Output)));
        };
        let beside = path.with_extension("bicepparam");
        let parameters = reading.beside && parameters::is_there(&beside);
        let parameters = parameters.then(|| {
            let odd = parameters::not_a_file(&beside, super::collect::shown(&beside));
            odd.map_or_else(|| self.parameters(&beside, reading), Err)
        });
        Ok(Compiled::Template(Box::new(made(template, files)), parameters.map(Box::new)))
    }

    /// The values in a Bicep file of parameters.
    pub(super) fn parameters(
        &self,
        path: &Path,
        reading: &Reading,
    ) -> Result<SourceFile, FileError> {
        let fault = |fault| FileError { path: super::collect::shown(path), fault };
        let text = text_of(path, reading).map_err(fault)?;
        let Some(builder) = &self.builder else { return Err(fault(FileFault::NoBicep)) };
        let build = builder.build(path, &text).map_err(|error| fault(FileFault::Bicep(error)))?;
        let Build { parameters: Some(parameters), files, .. } = build else {
            return Err(fault(FileFault::Bicep(bicep::BuildFault::Output)));
        };
        Ok(made(parameters, files))
    }
}

/// Whether the file or a module of it bears a mark of policy. What a registry holds is not known.
fn holds_policy(path: &Path, text: &str) -> bool {
    if bears_mark(text.as_bytes()) {
        return true;
    }
    let closure = bicep::closure(path, text);
    closure.has_remote || closure.files.iter().any(|(_, text)| bears_mark(text.as_bytes()))
}

fn made(built: Built, files: Vec<(PathBuf, String)>) -> SourceFile {
    let from: Vec<SourceFile> = files
        .into_iter()
        .map(|(path, text)| SourceFile::new(super::collect::shown(&path), text))
        .collect();
    let known_as = from.first().map_or_else(String::new, |file| file.path.clone());
    let mut file = SourceFile::new(known_as, built.json);
    file.made = Some(Box::new(Made { from, origins: built.origins }));
    file
}
