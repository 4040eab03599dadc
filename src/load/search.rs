//! Finding files: what paths and patterns mean, and what lies in folders. Every file is met once,
//! whatever ways lead to it, and handed over as soon as it is met.

use super::collect::{Found, fault, shown, system_words};
use super::error::{FileError, FileFault};
use ignore::WalkBuilder;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// So many files are handed over together.
const BATCH: usize = 8;

/// Files that are met on the way, each handed over once.
pub(super) struct Search<'s> {
    /// Takes files to be read, each with its place among all.
    hand_over: &'s dyn Fn(Vec<(usize, Found)>),
    /// Files that wait to be handed over.
    batch: Vec<(usize, Found)>,
    /// Of all files, whether they were named.
    named: Vec<bool>,
    errors: Vec<FileError>,
    /// Places in `named`, by the one true path.
    seen: BTreeMap<PathBuf, usize>,
    /// The last folder met, and its one true path.
    folder: Option<(PathBuf, PathBuf)>,
}

impl<'s> Search<'s> {
    pub(super) fn new(hand_over: &'s dyn Fn(Vec<(usize, Found)>)) -> Self {
        Self {
            hand_over,
            batch: Vec::new(),
            named: Vec::new(),
            errors: Vec::new(),
            seen: BTreeMap::new(),
            folder: None,
        }
    }

    /// Hands over what waits; what could not be found, and which files were named.
    pub(super) fn finish(mut self) -> (Vec<FileError>, Vec<bool>) {
        (self.hand_over)(std::mem::take(&mut self.batch));
        (self.errors, self.named)
    }

    /// A file, a folder, a pattern or standard input.
    pub(super) fn path(&mut self, path: &Path) {
        if path == Path::new("-") {
            self.name(path.to_path_buf());
            return;
        }
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => self.folder(path),
            Ok(_) => self.name(path.to_path_buf()),
            Err(error) => {
                let text = path.to_string_lossy();
                let is_pattern = text.contains(['*', '?', '[']);
                if is_pattern && error.kind() != io::ErrorKind::PermissionDenied {
                    self.pattern(&text);
                } else {
                    self.error(path, fault(&error));
                }
            }
        }
    }

    /// A pattern that no shell expanded; what fits counts as named.
    fn pattern(&mut self, pattern: &str) {
        let paths = match glob::glob(pattern) {
            Ok(paths) => paths,
            Err(error) => {
                self.error(Path::new(pattern), FileFault::Pattern(error.msg.to_owned()));
                return;
            }
        };
        let mut is_empty = true;
        for path in paths {
            // Pipes and devices that a pattern meets were not meant.
            let is_odd =
                |path: &Path| std::fs::metadata(path).is_ok_and(|it| !it.is_file() && !it.is_dir());
            if path.as_deref().is_ok_and(is_odd) {
                continue;
            }
            is_empty = false;
            match path {
                Ok(path) if path.is_dir() => self.folder(&path),
                Ok(path) => self.name(path),
                Err(error) => self.error(error.path(), fault(error.error())),
            }
        }
        if is_empty {
            self.error(Path::new(pattern), FileFault::NoMatch);
        }
    }

    /// Walks a folder as git sees it. Links to folders are not followed, so that there are no
    /// loops.
    fn folder(&mut self, folder: &Path) {
        let walk = WalkBuilder::new(folder)
            .require_git(false)
            // What the user's machine ignores elsewhere must not change what is checked.
            .git_global(false)
            .ignore(false)
            .sort_by_file_name(Ord::cmp)
            .build();
        let mut is_empty = true;
        for entry in walk {
            match entry {
                Ok(entry) => {
                    let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
                    let is_link = entry.path_is_symlink();
                    if is_file || (is_link && entry.path().is_file()) {
                        is_empty = false;
                        let plain = is_file && !is_link;
                        self.file(Found { path: entry.into_path(), named: false, plain });
                    }
                }
                Err(error) => {
                    is_empty = false;
                    let path = path_of(&error).unwrap_or(folder).to_path_buf();
                    let text = error.io_error().map_or_else(|| error.to_string(), system_words);
                    self.error(&path, FileFault::Unreadable(text));
                }
            }
        }
        if is_empty {
            self.error(folder, FileFault::NoFile);
        }
    }

    fn name(&mut self, path: PathBuf) {
        self.file(Found { path, named: true, plain: false });
    }

    fn file(&mut self, found: Found) {
        let place = self.named.len();
        let is_link = || found.path.symlink_metadata().is_ok_and(|it| it.is_symlink());
        let is_link = !found.plain && is_link();
        let true_path = self.true_path(&found.path, is_link);
        let first = *self.seen.entry(true_path).or_insert(place);
        if let Some(named) = self.named.get_mut(first) {
            *named |= found.named;
            return;
        }
        self.named.push(found.named);
        self.batch.push((place, found));
        if self.batch.len() >= BATCH {
            (self.hand_over)(std::mem::take(&mut self.batch));
        }
    }

    /// The path without links and dots; what can't be resolved (a pipe) is itself.
    fn true_path(&mut self, path: &Path, is_link: bool) -> PathBuf {
        let (Some(name), false) = (path.file_name(), is_link) else {
            return path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        };
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        // Files of one folder come one after the other.
        let known = self.folder.as_ref().filter(|(last, _)| last == folder);
        let known = match known {
            Some((_, known)) => known.clone(),
            None => {
                let known = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
                self.folder = Some((folder.to_path_buf(), known.clone()));
                known
            }
        };
        known.join(name)
    }

    fn error(&mut self, path: &Path, fault: FileFault) {
        self.errors.push(FileError { path: shown(path), fault });
    }
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        _ => None,
    }
}
