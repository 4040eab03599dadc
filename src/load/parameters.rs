//! Parameters files: what a template is deployed with, asked for with `--parameters` or found beside
//! it by the usual name.

use super::error::{FileError, LoadError};
use super::private;
use crate::document::{Document, Kind, Node};
use crate::source::{FileId, SourceFile};
use crate::template::{Given, Links, given_value, named};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// Longer parameters files are refused, in bytes: Azure takes four million.
pub(super) const MAX_PARAMETERS_LENGTH: u64 = 64 << 20;

/// A file of this name says what a template is deployed with, even if it cannot be read.
pub(super) fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// `x.parameters.json` beside the template `x.json`, if `text` may be a template and there is one.
pub(super) fn beside(path: &Path, text: &str) -> Option<PathBuf> {
    let is_json = |end: &OsStr| ["json", "jsonc"].iter().any(|it| end.eq_ignore_ascii_case(it));
    path.extension().filter(|end| is_json(end))?;
    let beside = path.with_extension("parameters.json");
    // Most files have none: to look for it costs less than to look through the text.
    let has = |name: &str| memchr::memmem::find(text.as_bytes(), name.as_bytes()).is_some();
    (is_there(&beside) && has("parameters") && has("resources")).then_some(beside)
}

/// The one true form of the path of a file that is there.
pub fn true_path(path: &str) -> Option<PathBuf> {
    Path::new(path).canonicalize().ok()
}

/// The parameters files that may belong to the templates of one file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Deployed<'a> {
    /// Those that were asked for; of values for the same parameter the last counts.
    pub asked: &'a [Offered<'a>],
    /// The one beside the file.
    pub beside: Option<(FileId, &'a SourceFile)>,
    /// The path of one that could not be read: then any parameter may have another value.
    pub unreadable: Option<&'a str>,
    /// What the deployments of the templates link to.
    pub links: Option<&'a Links<'a>>,
}

impl<'a> Deployed<'a> {
    /// The file beside the template, parsed.
    pub(super) fn parse_beside(&self) -> Option<Result<Parsed<'a>, LoadError>> {
        self.beside.map(|(id, file)| Parsed::new(id, file))
    }
}

/// A parameters file, read, and which of its values templates have a use for.
#[derive(Debug)]
pub struct Offered<'d> {
    id: FileId,
    path: &'d str,
    /// By the name in lower case.
    entries: BTreeMap<String, Entry<'d>>,
    /// What is no parameters file may be meant as one: then defaults are no more certain.
    is_odd: bool,
}

#[derive(Debug)]
struct Entry<'d> {
    name: String,
    node: Node<'d>,
    is_declared: AtomicBool,
}

/// A parameters file and its document.
#[derive(Debug)]
pub struct Parsed<'f> {
    id: FileId,
    file: &'f SourceFile,
    document: Document<'f>,
}

impl<'f> Parsed<'f> {
    /// The document of `file`.
    ///
    /// # Errors
    ///
    /// Where it is no JSON; what stands there may be a secret, and the error does not show it.
    pub fn new(id: FileId, file: &'f SourceFile) -> Result<Self, LoadError> {
        let document = Document::parse(id, file.text()).map_err(private::syntax)?;
        Ok(Self { id, file, document })
    }
}

impl<'d> Offered<'d> {
    /// What is in the file.
    pub fn of(parsed: &'d Parsed<'d>) -> Self {
        let given = entries(parsed.document.root());
        let entry = |(name, node): (String, Node<'d>)| {
            (name.to_lowercase(), Entry { name, node, is_declared: AtomicBool::new(false) })
        };
        let is_odd = given.is_none();
        let entries = given.into_iter().flatten().map(entry).collect();
        Self { id: parsed.id, path: &parsed.file.path, entries, is_odd }
    }

    /// The path as it is shown.
    pub const fn path(&self) -> &str {
        self.path
    }

    /// Its number.
    pub const fn id(&self) -> FileId {
        self.id
    }

    /// Whether it holds something else than parameters.
    pub const fn is_odd(&self) -> bool {
        self.is_odd
    }

    /// Its name for a parameter that no template declares, if there is one.
    pub fn stray(&self) -> Option<&str> {
        let mut entries = self.entries.values();
        let stray = entries.find(|entry| !entry.is_declared.load(Ordering::Relaxed))?;
        Some(&stray.name)
    }
}

/// The members of a parameters file. The tools of Azure take them with the object around them and
/// without it.
pub(super) fn entries(root: Node<'_>) -> Option<Vec<(String, Node<'_>)>> {
    let is_object = |node: Node<'_>| node.kind() == Kind::Object;
    if !is_object(root) || root.get("resources").is_some() {
        return None;
    }
    let inner = root.get("parameters");
    let is_given = |node: Node<'_>| node.get("value").or_else(|| node.get("reference")).is_some();
    let all = match inner {
        Some(inner) if is_object(inner) => inner,
        Some(_) => return None,
        None if root.members().all(|(key, node)| key.is("$schema") || is_given(node)) => root,
        None => return None,
    };
    let members = all.members().map(|(key, node)| (key.text().into_owned(), node));
    Some(members.filter(|(_, node)| inner.is_some() || is_object(*node)).collect())
}

/// What the templates of one file may be deployed with.
#[derive(Debug, Default)]
pub(super) struct Files<'d> {
    pub(super) asked: &'d [Offered<'d>],
    pub(super) beside: Option<Offered<'d>>,
    pub(super) unreadable: Option<&'d str>,
    pub(super) links: Option<&'d Links<'d>>,
}

/// What templates have of parameters files.
#[derive(Debug, Default)]
pub(super) struct Used {
    /// The files that have a part in the values.
    pub(super) files: Vec<FileId>,
    /// The names of the parameters of the template, in lower case, if there are files at all.
    pub(super) declared: BTreeSet<String>,
}

impl<'d> Files<'d> {
    /// Those of `deployed`, whose file beside the template is `beside`.
    pub(super) fn of(
        deployed: Deployed<'d>,
        beside: Option<&'d Result<Parsed<'d>, LoadError>>,
    ) -> Self {
        let Deployed { asked, beside: file, unreadable, links } = deployed;
        let broken = file.filter(|_| matches!(beside, Some(Err(_))));
        let unreadable = broken.map(|(_, file)| file.path.as_str()).or(unreadable);
        let beside = beside.and_then(|parsed| parsed.as_ref().ok()).map(Offered::of);
        Self { asked, beside, unreadable, links }
    }

    fn all(&self) -> impl Iterator<Item = &Offered<'d>> {
        self.asked.iter().chain(&self.beside)
    }

    /// The values for the parameters of `template`.
    pub(super) fn given(&self, template: Node<'_>) -> (Given<'d>, Used) {
        let odd = self.all().find(|file| file.is_odd).map(|file| file.path);
        let mut given = match self.unreadable.or(odd) {
            Some(file) => Given::unreadable(template.span(), file),
            None => Given::default(),
        };
        let mut used = Used::default();
        if self.all().next().is_none() {
            return (given, used);
        }
        let declared = template.get("parameters").into_iter().flat_map(|all| all.members());
        used.declared = declared.map(|(key, _)| key.text().to_lowercase()).collect();
        for file in self.all() {
            let own = used.declared.iter().filter_map(|name| file.entries.get(name));
            let before = given.values.len();
            given.values.extend(own.map(|entry| {
                entry.is_declared.store(true, Ordering::Relaxed);
                (entry.name.clone(), given_value(&entry.name, entry.node, file.path))
            }));
            let is_beside = self.beside.as_ref().is_some_and(|beside| beside.id == file.id);
            if given.values.len() > before || (is_beside && !file.entries.is_empty()) {
                used.files.push(file.id);
            }
        }
        (given, used)
    }
}

/// A name in a parameters file that no template declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// The parameters file.
    pub file: FileId,
    /// The name.
    pub name: String,
    /// The parameter that may be meant.
    pub nearest: Option<String>,
}

impl Stray {
    /// The first name of `file` that none of its templates declares; `declared` are theirs.
    pub fn of<'n>(file: &Offered<'_>, declared: impl Iterator<Item = &'n str>) -> Option<Self> {
        let name = file.stray()?;
        let nearest = nearest(name, declared);
        Some(Self { file: file.id, name: named(name), nearest })
    }
}

/// The one of `names` that `name` is most likely a slip for.
fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<String> {
    /// Longer names are not compared: it takes the product of two lengths.
    const MAX_NAME: usize = 80;
    /// Azure takes 256 parameters.
    const MAX_NAMES: usize = 1_000;
    let lower = name.to_lowercase();
    if lower.len() > MAX_NAME {
        return None;
    }
    let near = names.take(MAX_NAMES).filter(|other| other.len() <= MAX_NAME).filter_map(|other| {
        let distance = strsim::osa_distance(&lower, other);
        (distance <= 1.max(lower.chars().count() / 3)).then_some((distance, other))
    });
    near.min().map(|(_, name)| name.to_owned())
}

/// The text of a parameters file is asked for, and this is no file.
pub(super) fn not_a_file(path: &Path, shown: String) -> Option<FileError> {
    let metadata = std::fs::metadata(path).ok()?;
    let fault = super::error::FileFault::NotAFile;
    (!metadata.is_file()).then_some(FileError { path: shown, fault })
}
