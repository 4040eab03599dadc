//! Templates and parameters files that the templates of a run link to by a path beside them. They
//! are found before anything is judged, so that a template can be judged where it is deployed, with
//! the values that it gets there (as Bicep modules are). A path is followed if it leads to a file on
//! this machine, be it outside of what is checked.

use super::Loaded;
use super::arm_template::in_template;
use super::collect::{self, Input};
use super::marks;
use super::parameters::{Files, entries};
use super::resources::{Kind, Terms};
use super::walk::{Parent, Resource, Visitor, walk};
use crate::document::Document;
use crate::source::{FileId, SourceFile};
use crate::template::{self, Budget, Links, Reading};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// No more files are taken up because others link to them.
const MOST: usize = 500;

/// Longer files are not followed: Azure takes four million bytes.
const MAX_LENGTH: u64 = 16 << 20;

/// The links of a run, as files.
#[derive(Debug, Default)]
pub struct Linked {
    templates: BTreeMap<template::Place, FileId>,
    parameters: BTreeMap<template::Place, FileId>,
}

/// The documents of the files that links lead to.
#[derive(Debug, Default)]
pub struct LinkedDocuments<'f>(BTreeMap<FileId, (&'f SourceFile, Document<'f>)>);

impl Linked {
    /// Follows the links in `inputs`; files that are not among them are added behind them.
    pub fn follow(inputs: &mut Vec<Input>, met: &mut usize) -> Self {
        let mut linked = Self::default();
        let has_links = |it: &Input| {
            it.loaded.is_none()
                && it.file.made.is_none()
                && marks::has_links(it.file.read().as_bytes())
        };
        if !inputs.iter().any(has_links) {
            return linked;
        }
        let mut known: BTreeMap<PathBuf, FileId> = BTreeMap::new();
        for input in inputs.iter() {
            if let Ok(path) = Path::new(&input.file.path).canonicalize() {
                known.entry(path).or_insert(input.id);
            }
        }
        let most = met.saturating_add(MOST);
        let mut at = 0;
        while let Some(input) = inputs.get(at) {
            at += 1;
            if !has_links(input) {
                continue;
            }
            let id = input.id;
            let folder = Path::new(&input.file.path).parent().map(Path::to_path_buf);
            let folder = folder.unwrap_or_default();
            for (path, is_template) in paths(&input.file, id) {
                let mut add = |file: SourceFile| {
                    let id = FileId(u32::try_from(*met).ok().filter(|_| *met < most)?);
                    *met += 1;
                    inputs.push(Input::new(id, file, false));
                    Some(id)
                };
                let Some(to) = target(&folder.join(&path), &mut known, &mut add) else { continue };
                let list = if is_template { &mut linked.templates } else { &mut linked.parameters };
                list.insert((id, path), to);
            }
        }
        linked
    }

    /// The files that links lead to.
    fn targets(&self) -> BTreeSet<FileId> {
        self.templates.values().chain(self.parameters.values()).copied().collect()
    }

    /// Whether links in that file lead to other files.
    fn leads_on(&self, from: FileId) -> bool {
        self.templates.keys().any(|(file, _)| *file == from)
    }

    /// What was read of the files early; of those that others link to, by themselves, it is put
    /// aside, with nothing in its place.
    pub fn early(
        &self,
        inputs: &mut [Input],
    ) -> (Vec<Option<Loaded>>, BTreeMap<FileId, Option<Loaded>>) {
        let targets = self.targets();
        let mut alone = BTreeMap::new();
        let mut early = Vec::with_capacity(inputs.len());
        for input in inputs {
            let own = input.loaded.take();
            early.push(if !input.named && targets.contains(&input.id) {
                alone.insert(input.id, own);
                Some(Loaded::default())
            } else if input.only_links && !self.leads_on(input.id) {
                Some(Loaded { skipped: true, ..Loaded::default() })
            } else {
                own
            });
        }
        (early, alone)
    }

    /// Adds what is in the files that others link to and nothing deploys; `read` reads the one at
    /// that place.
    pub fn undeployed(
        &self,
        mut loaded: Vec<Loaded>,
        inputs: &[Input],
        mut alone: BTreeMap<FileId, Option<Loaded>>,
        read: impl Fn(usize) -> Loaded,
    ) -> Vec<Loaded> {
        let mut deployed: BTreeSet<FileId> = self.parameters.values().copied().collect();
        deployed.extend(loaded.iter().flat_map(|part| part.deploys.iter().copied()));
        for (at, input) in inputs.iter().enumerate() {
            let Some(own) = alone.remove(&input.id).filter(|_| !deployed.contains(&input.id))
            else {
                continue;
            };
            let own = own.unwrap_or_else(|| read(at));
            deployed.extend(own.deploys.iter().copied());
            if let Some(part) = loaded.get_mut(at) {
                *part = own;
            }
        }
        loaded
    }

    /// The documents of those files.
    pub fn documents<'f>(&self, inputs: &'f [Input]) -> LinkedDocuments<'f> {
        let targets = self.targets();
        let parsed =
            inputs.iter().filter(|input| targets.contains(&input.id)).filter_map(|input| {
                let document = Document::parse(input.id, input.file.text()).ok()?;
                Some((input.id, (&input.file, document)))
            });
        LinkedDocuments(parsed.collect())
    }

    /// What the links lead to.
    pub fn links<'d>(&self, documents: &'d LinkedDocuments<'d>) -> Links<'d> {
        let root = |id: &FileId| documents.0.get(id).map(|(file, it)| (*file, it.root()));
        let templates = self.templates.iter().filter_map(|(place, id)| {
            let (_, root) = root(id)?;
            super::arm_template::recognizes(&root).then(|| (place.clone(), root))
        });
        let parameters = self.parameters.iter().filter_map(|(place, id)| {
            let (file, root) = root(id)?;
            Some((place.clone(), (file.path.clone(), entries(root)?)))
        });
        Links { templates: templates.collect(), parameters: parameters.collect() }
    }
}

/// The file at `path`; one that is new is read and added.
fn target(
    path: &Path,
    known: &mut BTreeMap<PathBuf, FileId>,
    add: &mut dyn FnMut(SourceFile) -> Option<FileId>,
) -> Option<FileId> {
    let true_path = path.canonicalize().ok()?;
    if let Some(id) = known.get(&true_path) {
        return Some(*id);
    }
    let metadata = true_path.metadata().ok()?;
    if !metadata.is_file() || metadata.len() > MAX_LENGTH {
        return None;
    }
    let text =
        std::fs::read(&true_path).ok().and_then(|bytes| super::decode::decode(bytes).ok())?;
    let id = add(SourceFile::new(collect::shown(&tidy(path)), text))?;
    known.insert(true_path, id);
    Some(id)
}

/// The path without the dots in it, as far as they can be taken out.
fn tidy(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut tidy = PathBuf::new();
    for part in path.components() {
        let is_plain = matches!(tidy.components().next_back(), Some(Component::Normal(_)));
        match part {
            Component::CurDir => {}
            Component::ParentDir if is_plain => {
                tidy.pop();
            }
            part => tidy.push(part),
        }
    }
    tidy
}

/// The paths that the deployments of a file give, and whether they are of templates.
fn paths(file: &SourceFile, id: FileId) -> Vec<(String, bool)> {
    let Ok(document) = Document::parse(id, file.text()) else { return Vec::new() };
    let mut found = Paths(Vec::new());
    let budget = Budget::of_length(file.text().len());
    in_template(document.root(), &budget, &Files::default(), |template, _| {
        walk(template, &mut found);
    });
    found.0
}

/// The paths that were met.
struct Paths(Vec<(String, bool)>);

impl Visitor for Paths {
    const TAKES_ALL: bool = false;

    fn resource(&mut self, resource: &Resource<'_, '_>) {
        if resource.kind != Kind::Deployment {
            return;
        }
        let Some(properties) = resource.reading.get("properties") else { return };
        for (key, is_template) in [("templateLink", true), ("parametersLink", false)] {
            let path = properties.get(key).and_then(|link| template::path(&link));
            self.0.extend(path.map(|path| (path, is_template)));
        }
    }

    /// Whether a condition is false depends on the parameters, which may be others.
    fn idle(&mut self, resource: &Resource<'_, '_>, _: &str) {
        self.resource(resource);
    }

    fn expression(&mut self, _: &'static str, _: &Reading<'_>, _: Parent<'_>, _: &Terms) {}

    fn linked(&mut self, _: &Reading<'_>, _: &Terms) {}
}
