//! The files that one Bicep file is made of: itself and the modules that it deploys.

use super::places::Unit;
use super::syntax::Source;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// How many modules are looked into.
const MAX_MODULES: usize = 1_000;

/// How many bytes of them.
const MAX_BYTES: usize = 64 << 20;

/// A Bicep file with its modules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Closure {
    /// The paths and texts, the file itself first.
    pub files: Vec<(PathBuf, String)>,
    /// Whether there are modules that are kept in a registry, or that could not be read.
    pub has_remote: bool,
}

/// The file at `path` with the text `text`, and all modules that it and they deploy.
pub fn closure(path: &Path, text: &str) -> Closure {
    let Units { files, has_remote, .. } = Units::of(path, text);
    Closure { files, has_remote }
}

/// The paths of the modules that the file at `path` deploys itself, as far as they are files.
pub fn modules(path: &Path, text: &str) -> Vec<PathBuf> {
    let folder = folder_of(path);
    Source::read(text).modules().filter_map(|written| local(folder, written)).collect()
}

/// The Bicep files of a build.
#[derive(Debug)]
pub(super) struct Units {
    pub(super) files: Vec<(PathBuf, String)>,
    pub(super) units: Vec<Unit>,
    has_remote: bool,
    bytes: usize,
}

impl Units {
    /// The file and all modules that it deploys from files near it; of a file of parameters, the
    /// template that it is for.
    pub(super) fn of(path: &Path, text: &str) -> Self {
        let mut all = Self { files: Vec::new(), units: Vec::new(), has_remote: false, bytes: 0 };
        let mut known = BTreeMap::new();
        all.add(path.to_path_buf(), text.to_owned(), &mut known);
        let mut next = 0;
        while let (Some(unit), Some((path, _))) = (all.units.get(next), all.files.get(next)) {
            let folder = folder_of(path).to_path_buf();
            let wanted = unit.source.modules().chain(unit.source.using());
            let wanted: Vec<String> = wanted.map(str::to_owned).collect();
            for written in wanted {
                let place =
                    local(&folder, &written).and_then(|module| all.module(module, &mut known));
                match (place, all.units.get_mut(next)) {
                    (Some(place), Some(unit)) => {
                        unit.modules.insert(written, place);
                    }
                    _ => all.has_remote = true,
                }
            }
            next += 1;
        }
        all
    }

    fn module(&mut self, path: PathBuf, known: &mut BTreeMap<PathBuf, usize>) -> Option<usize> {
        if let Some(place) = known.get(&path) {
            return Some(*place);
        }
        if self.files.len() >= MAX_MODULES || self.bytes >= MAX_BYTES {
            return None;
        }
        let text = std::fs::read_to_string(&path).ok()?;
        self.bytes += text.len();
        Some(self.add(path, text, known))
    }

    fn add(&mut self, path: PathBuf, text: String, known: &mut BTreeMap<PathBuf, usize>) -> usize {
        let place = self.files.len();
        known.insert(tidy(&path), place);
        self.units.push(Unit { source: Source::read(&text), modules: BTreeMap::new() });
        self.files.push((path, text));
        place
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or_else(|| Path::new(""))
}

/// The file that a module's path leads to, if it is none of a registry or template spec.
fn local(folder: &Path, written: &str) -> Option<PathBuf> {
    let is_remote = ["br:", "br/", "ts:", "ts/"].iter().any(|mark| written.starts_with(mark));
    let is_bicep =
        Path::new(written).extension().is_some_and(|it| it.eq_ignore_ascii_case("bicep"));
    (!is_remote && is_bicep).then(|| tidy(&folder.join(written)))
}

/// The path without `.` and, where that is plain, without `..`.
fn tidy(path: &Path) -> PathBuf {
    let mut parts: Vec<Component<'_>> = Vec::new();
    for part in path.components() {
        let is_plain = matches!(parts.last(), Some(Component::Normal(_)));
        match part {
            Component::CurDir => {}
            Component::ParentDir if is_plain => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.iter().collect()
}
