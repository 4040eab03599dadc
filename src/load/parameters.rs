//! Parameters files: what a template is deployed with, asked for with `--parameters` or found beside
//! it by the usual name.

use super::shapes::is_parameters_file;
use crate::document::{Document, Node};
use crate::source::{FileId, SourceFile};
use crate::template::{Given, given_parameters};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The parameters files that may belong to the templates of one file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Deployed<'a> {
    /// The files; of values for the same parameter the last counts.
    pub files: &'a [(FileId, &'a SourceFile)],
    /// Whether one of them could not be read: then any parameter may have another value.
    pub is_broken: bool,
}

/// `x.parameters.json` beside the template `x.json`, if `text` may be a template and there is one.
pub(super) fn beside(path: &Path, text: &str) -> Option<PathBuf> {
    let is_json = |end: &OsStr| ["json", "jsonc"].iter().any(|it| end.eq_ignore_ascii_case(it));
    path.extension().filter(|end| is_json(end))?;
    let beside = path.with_extension("parameters.json");
    // Most files have none: to look for it costs less than to look through the text.
    let has = |name: &str| memchr::memmem::find(text.as_bytes(), name.as_bytes()).is_some();
    (beside.is_file() && has("parameters") && has("resources")).then_some(beside)
}

/// Parameters files, read.
#[derive(Debug)]
pub(super) struct Files<'d> {
    /// Each file and its root object.
    pub(super) roots: Vec<(FileId, Node<'d>)>,
    pub(super) is_broken: bool,
}

impl<'d> Files<'d> {
    /// Those of `documents`, each with the file it is of.
    pub(super) fn of(documents: &'d [(FileId, Document<'d>)], is_broken: bool) -> Self {
        let roots: Vec<_> = documents.iter().map(|(id, document)| (*id, document.root())).collect();
        // What is no parameters file may be meant as one: defaults are then no more certain.
        let is_odd = roots.iter().any(|(_, root)| !is_parameters_file(root));
        Self { roots, is_broken: is_broken || is_odd }
    }

    /// The values for the parameters of `template`, and the files that have some.
    pub(super) fn given(&self, template: Node<'_>) -> (Given<'d>, Vec<FileId>) {
        let declared = template.get("parameters");
        let is_declared = |name: &str| declared.is_some_and(|all| all.get(name).is_some());
        let mut given = match self.is_broken {
            true => Given::unreadable(template.span()),
            false => Given::default(),
        };
        let mut used = Vec::new();
        for (id, root) in self.roots.iter().filter(|(_, root)| is_parameters_file(root)) {
            let mut values = given_parameters(*root);
            values.retain(|(name, _)| is_declared(name));
            if !values.is_empty() {
                used.push(*id);
                given.values.append(&mut values);
            }
        }
        (given, used)
    }
}
