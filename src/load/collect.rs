//! From paths to texts: files, folders, patterns and standard input, in a fixed order.

use super::compiled::{Compiled, Workshop, is_bicep};
use super::decode::{HEAD, decode, is_utf16};
use super::error::{FileError, FileFault};
use super::marks::{bears_mark, has_links, is_ours, is_worth_reading};
use super::parameters::{self, Deployed};
use super::{Loaded, read_file};
use crate::bicep::Builder;
use crate::document::MAX_LENGTH;
use crate::source::{FileId, SourceFile, Stored};
use ignore::WalkBuilder;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// How paths are read.
#[derive(Clone, Debug)]
pub struct Options {
    /// What `-` stands for.
    pub stdin: Option<Vec<u8>>,
    /// Parameters files that were asked for; without any, those beside the templates are read.
    pub parameters: Vec<OsString>,
    /// The program that builds Bicep files, if there is one.
    pub bicep: Option<Builder>,
    /// Longer files are an error where they are named, or begin with policy.
    pub max_bytes: u64,
    /// Nobody wants more than the texts.
    pub texts_only: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            stdin: None,
            parameters: Vec::new(),
            bicep: None,
            max_bytes: u64::try_from(MAX_LENGTH).unwrap_or(u64::MAX),
            texts_only: false,
        }
    }
}

/// A file to look into.
#[derive(Debug)]
pub struct Input {
    /// Its number among all files of the run.
    pub id: FileId,
    /// Its path and text.
    pub file: SourceFile,
    /// Whether it was named on the command line.
    pub named: bool,
    /// It bears no mark of policy, and is of use only if it deploys other files that do.
    pub only_links: bool,
    /// The parameters file beside it, if it may be a template and has one.
    pub parameters: Option<Result<SourceFile, FileError>>,
    /// What is in it, if nothing else had to be known for that. The text is then let go, if it can
    /// be read again.
    pub loaded: Option<Loaded>,
}

impl Input {
    /// A file alone.
    pub(super) const fn new(id: FileId, file: SourceFile, named: bool) -> Self {
        Self { id, file, named, only_links: false, parameters: None, loaded: None }
    }
}

/// What the paths led to.
#[derive(Debug, Default)]
pub struct Collected {
    /// The files, in the order of the paths, folders sorted by name.
    pub inputs: Vec<Input>,
    /// How many files were met; the ids of the inputs are below.
    pub met: usize,
    /// The parameters files that were asked for, in their order.
    pub parameters: Vec<Result<SourceFile, FileError>>,
    /// What could not be read.
    pub errors: Vec<FileError>,
    /// How many files of folders were not looked into: they bear no mark of policy.
    pub skipped: usize,
    /// The Bicep files of folders that nothing here can build.
    pub unbuilt: Vec<String>,
}

impl Collected {
    /// Files that were named, in their order.
    pub fn named(files: impl IntoIterator<Item = SourceFile>) -> Self {
        let input = |(id, file)| Input::new(id, file, true);
        let inputs: Vec<Input> = (0..).map(FileId).zip(files).map(input).collect();
        Self { met: inputs.len(), inputs, ..Self::default() }
    }
}

/// What is read besides the found files, and how much of one.
#[derive(Debug)]
pub(super) struct Reading {
    stdin: Mutex<Option<Vec<u8>>>,
    max_bytes: u64,
    /// Look for parameters files beside templates.
    pub(super) beside: bool,
    /// Take up what is in a file as soon as its text is there and still in the cache.
    early: bool,
}

/// Whether there is a pipe of that name in the file system. Opening it waits for somebody to write,
/// maybe forever. What a shell hands over for `<(…)` is open at its other end.
pub fn is_named_pipe(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        let handed_over = ["/dev/fd", "/dev/stdin", "/proc"].iter().any(|it| path.starts_with(it));
        !handed_over && std::fs::metadata(path).is_ok_and(|it| it.file_type().is_fifo())
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

/// A file that was found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) named: bool,
    /// A walk met it as a file, which is neither a link nor a pipe.
    plain: bool,
}

/// What a found file holds.
enum Held {
    Input(Box<Input>),
    /// No policy.
    Nothing,
    /// Bicep, which is built when all files are known.
    Bicep,
    /// Bicep, and no program for it.
    Unbuilt(String),
}

/// Finds and reads the files that `paths` mean. Those met in folders are left out unless their
/// content bears a mark of policy.
pub fn collect(paths: &[OsString], mut options: Options) -> Collected {
    let reading = Reading {
        stdin: Mutex::new(options.stdin.take()),
        max_bytes: options.max_bytes,
        beside: options.parameters.is_empty(),
        early: options.parameters.is_empty() && !options.texts_only,
    };
    let done = Mutex::new(Vec::new());
    let (mut errors, named) = rayon::scope(|scope| {
        // Files are read while the walk goes on.
        let hand_over = |batch: Vec<(usize, Found)>| {
            let (done, reading) = (&done, &reading);
            scope.spawn(move |_| {
                let read = |(place, found)| {
                    let result = read(place, &found, reading);
                    (place, found, result)
                };
                let mut results: Vec<_> = batch.into_iter().map(read).collect();
                if let Ok(mut done) = done.lock() {
                    done.append(&mut results);
                }
            });
        };
        let mut search = Search::new(&hand_over);
        for path in paths {
            search.path(Path::new(path));
        }
        search.finish()
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_unstable_by_key(|(place, ..)| *place);
    for (place, found, result) in &mut done {
        // A file that a walk met may have been named later on.
        if !found.named && named.get(*place) == Some(&true) {
            found.named = true;
            *result = read(*place, found, &reading);
        }
    }
    let workshop = build(&mut done, options.bicep, &reading);
    let mut collected = Collected { met: named.len(), ..Collected::default() };
    collected.inputs.reserve_exact(done.len());
    for (.., result) in done {
        match result {
            Ok(Held::Input(input)) => collected.inputs.push(*input),
            Ok(Held::Nothing | Held::Bicep) => collected.skipped += 1,
            Ok(Held::Unbuilt(path)) => collected.unbuilt.push(path),
            Err(error) => errors.push(error),
        }
    }
    let asked = options.parameters.into_iter().map(PathBuf::from);
    let asked = asked.map(|path| match is_bicep(&path) {
        true => workshop.parameters(&path, &reading),
        false => whole(&path, &reading),
    });
    collected.parameters = asked.collect();
    collected.errors = errors;
    collected
}

/// So many files are handed over together.
const BATCH: usize = 8;

struct Search<'s> {
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
    fn new(hand_over: &'s dyn Fn(Vec<(usize, Found)>)) -> Self {
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
    fn finish(mut self) -> (Vec<FileError>, Vec<bool>) {
        (self.hand_over)(std::mem::take(&mut self.batch));
        (self.errors, self.named)
    }

    fn path(&mut self, path: &Path) {
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

/// The path with `/` between its parts, less a leading `./`.
pub(super) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    match text.strip_prefix("./") {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => text,
    }
}

fn fault(error: &io::Error) -> FileFault {
    match error.kind() {
        io::ErrorKind::NotFound => FileFault::NotFound,
        _ => FileFault::Unreadable(system_words(error)),
    }
}

/// The system's words, less the number that Rust adds.
fn system_words(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}

/// The text of a file.
pub(super) fn text_of(path: &Path, reading: &Reading) -> Result<String, FileFault> {
    text_up_to(path, reading, reading.max_bytes)
}

fn text_up_to(path: &Path, reading: &Reading, most: u64) -> Result<String, FileFault> {
    let found = Found { path: path.to_path_buf(), named: true, plain: false };
    decode(bytes(&found, reading, most)?.unwrap_or_default().bytes)
}

/// Builds the Bicep files among those that were found.
fn build(
    done: &mut [(usize, Found, Result<Held, FileError>)],
    builder: Option<Builder>,
    reading: &Reading,
) -> Workshop {
    let bicep: Vec<_> =
        done.iter_mut().filter(|(.., held)| matches!(held, Ok(Held::Bicep))).collect();
    let workshop = Workshop::new(bicep.iter().map(|(_, found, _)| found), builder);
    bicep.into_par_iter().for_each(|(place, found, held)| {
        *held = workshop.compile(found, reading).map(|compiled| match compiled {
            Compiled::Template(file, parameters) => {
                let (id, named) = (number(*place), found.named);
                let (file, parameters) = (*file, parameters.map(|it| *it));
                Held::Input(Box::new(Input { parameters, ..Input::new(id, file, named) }))
            }
            Compiled::Nothing => Held::Nothing,
            Compiled::NoBuilder => Held::Unbuilt(shown(&found.path)),
        });
    });
    workshop
}

/// Longer files that were only met are read on only if they begin as policy does.
const SMALL: u64 = 256 * 1024;

/// The id of the file that was met at `place`.
fn number(place: usize) -> FileId {
    FileId(u32::try_from(place).unwrap_or(u32::MAX))
}

/// Reads a file, if it is not one that was only met and bears no mark of policy.
fn read(place: usize, found: &Found, reading: &Reading) -> Result<Held, FileError> {
    if is_bicep(&found.path) {
        return Ok(Held::Bicep);
    }
    let path = shown(&found.path);
    let result = bytes(found, reading, reading.max_bytes).and_then(|raw| match raw {
        Some(Raw { bytes, stored }) => Ok(Some((decode(bytes)?, stored))),
        None => Ok(None),
    });
    match result {
        // Marks of policy are looked for in bytes, but those of UTF-16 look otherwise.
        Ok(Some((text, _))) if !found.named && !is_ours(text.as_bytes()) => Ok(Held::Nothing),
        Ok(Some((text, stored))) => {
            let beside = parameters::beside(&found.path, &text).filter(|_| reading.beside);
            let parameters = beside.map(|path| {
                let odd = parameters::not_a_file(&path, shown(&path));
                odd.map_or_else(|| whole(&path, reading), Err)
            });
            let mut file = SourceFile::new(path, text);
            let (id, named) = (number(place), found.named);
            let only_links = !named && !bears_mark(file.text().as_bytes());
            let is_alone =
                reading.early && parameters.is_none() && !has_links(file.text().as_bytes());
            let loaded = is_alone.then(|| {
                let mut loaded = read_file(&file, id, named, Deployed::default());
                file.outline(std::mem::take(&mut loaded.outline));
                // What must not be seen is struck out of the text, which is then another.
                if let Some(stored) = stored.filter(|_| loaded.secrets.is_empty()) {
                    file.let_go(stored);
                }
                loaded
            });
            Ok(Held::Input(Box::new(Input { id, file, named, only_links, parameters, loaded })))
        }
        Ok(None) => Ok(Held::Nothing),
        Err(fault) => Err(FileError { path, fault }),
    }
}

/// The text of a parameters file, which is wanted whatever is in it.
fn whole(path: &Path, reading: &Reading) -> Result<SourceFile, FileError> {
    let known_as = shown(path);
    let most = parameters::MAX_PARAMETERS_LENGTH;
    match text_up_to(path, reading, most.min(reading.max_bytes)) {
        Ok(text) => Ok(SourceFile::new(known_as, text)),
        Err(FileFault::TooLong(limit)) if limit == most => {
            Err(FileError { path: known_as, fault: FileFault::ParametersTooLong(most) })
        }
        Err(fault) => Err(FileError { path: known_as, fault }),
    }
}

/// The bytes of a file, and which they are.
#[derive(Default)]
struct Raw {
    bytes: Vec<u8>,
    stored: Option<Stored>,
}

fn bytes(found: &Found, reading: &Reading, limit: u64) -> Result<Option<Raw>, FileFault> {
    if found.path == Path::new("-") {
        // It is among the found only once; its bytes are handed on, being many.
        let bytes = reading.stdin.lock().ok().and_then(|mut bytes| bytes.take());
        let bytes = bytes.ok_or(FileFault::NoInput)?;
        let is_too_long = u64::try_from(bytes.len()).is_ok_and(|it| it > limit);
        let raw = Raw { bytes, stored: None };
        return if is_too_long { Err(FileFault::TooLong(limit)) } else { Ok(Some(raw)) };
    }
    if !found.plain && is_named_pipe(&found.path) {
        return Err(FileFault::NamedPipe);
    }
    let mut file = File::open(&found.path).map_err(|error| fault(&error))?;
    let mut bytes = Vec::new();
    let metadata = file.metadata().ok();
    let length = metadata.as_ref().map_or(0, Metadata::len);
    let stored = metadata.as_ref().and_then(|it| Stored::new(found.path.clone(), it));
    let is_small =
        metadata.is_some_and(|it| it.is_file()) && (1..=SMALL.min(limit)).contains(&length);
    if is_small {
        // In one piece: most files are small, and many of them are read.
        file.read_to_end(&mut bytes).map_err(|error| fault(&error))?;
        let head = bytes.get(..HEAD).unwrap_or(&bytes);
        if !found.named && !is_worth_reading(head) {
            return Ok(None);
        }
    } else if !found.named {
        let head = u64::try_from(HEAD).unwrap_or(u64::MAX);
        file.by_ref().take(head).read_to_end(&mut bytes).map_err(|error| fault(&error))?;
        if !is_worth_reading(&bytes) {
            return Ok(None);
        }
    }
    if length <= limit && !is_small {
        let rest = usize::try_from(length).unwrap_or_default().saturating_sub(bytes.len());
        bytes.reserve_exact(rest.saturating_add(1));
        let room = limit.saturating_add(1).saturating_sub(u64::try_from(bytes.len()).unwrap_or(0));
        file.take(room).read_to_end(&mut bytes).map_err(|error| fault(&error))?;
    }
    let is_too_long = length.max(u64::try_from(bytes.len()).unwrap_or(u64::MAX)) > limit;
    let is_ours = found.named || is_utf16(&bytes) || is_ours(&bytes);
    match (is_ours, is_too_long) {
        (false, _) => Ok(None),
        (true, true) => Err(FileFault::TooLong(limit)),
        (true, false) => Ok(Some(Raw { bytes, stored })),
    }
}
