//! From collected files to what is in them: texts and places, linked resources, what could not be
//! read, and the parameters that templates are deployed with.

use crate::{
    finding::{Counts, DeployedWith, RunError, Unchecked, Undeclared},
    load::{self, Collected, FileError, LoadError},
    model::Estate,
    source::{FileId, Outline, Position, SourceFile, Sources, Span},
};
use rayon::iter::{
    IndexedParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _,
};
use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::PathBuf,
};

/// What was read of a run's files.
#[derive(Debug)]
pub struct Input {
    /// The files.
    pub sources: Sources,
    /// Everything in them, linked.
    pub estate: Estate,
    /// What could not be read.
    pub errors: Vec<RunError>,
    /// How much was looked at.
    pub counts: Counts,
    /// What was recognised and is not checked yet.
    pub unchecked: Vec<Unchecked>,
    /// Which templates have values from which parameters files.
    pub deployed_with: Vec<DeployedWith>,
}

impl Input {
    /// Gives every file the name that people know it by: that of a temporary copy means nothing.
    pub fn rename(&mut self, name: impl Fn(&str) -> String) {
        self.sources.rename(&name);
        self.errors.iter_mut().for_each(|it| it.file = name(&it.file));
        self.unchecked.iter_mut().for_each(|it| it.file = name(&it.file));
        for it in &mut self.deployed_with {
            it.file = name(&it.file);
            it.parameters = name(&it.parameters);
        }
    }
}

/// Bicep, and nothing to build it with.
const UNBUILT: &str = "a Bicep file (the program `bicep` is not on PATH)";

/// Reads the collected files, in parallel; what one of them lacks costs the others nothing.
pub fn read(collected: Collected) -> Input {
    let Collected { mut inputs, mut met, errors, skipped, parameters, unbuilt } = collected;
    let mut errors: Vec<RunError> = errors.into_iter().map(unreadable).collect();
    let linked = load::Linked::follow(&mut inputs, &mut met);
    let mut offers = Offers::new(met);
    let asked: Vec<Offer> =
        parameters.into_iter().map(|file| offers.take(Some(file), &mut errors)).collect();
    let beside: Vec<Offer> =
        inputs.iter_mut().map(|input| offers.take(input.parameters.take(), &mut errors)).collect();
    let (early, alone) = linked.early(&mut inputs);
    let asked = Asked::parse(&asked, &offers, &mut errors);
    let asked_files = asked.files();
    let others = (&asked_files[..], asked.broken);
    let documents = linked.documents(&inputs);
    let links = linked.links(&documents);
    let read = |it: &load::Input, deployed: load::Deployed<'_>| {
        load::read_file(
            &it.file,
            it.id,
            it.named,
            load::Deployed { links: Some(&links), ..deployed },
        )
    };
    let loaded = each((&inputs, early), (&beside, &offers), others, read);
    let loaded = linked.undeployed(loaded, &inputs, alone, |at| {
        let (Some(input), Some(beside)) = (inputs.get(at..=at), beside.get(at..=at)) else {
            return load::Loaded::default();
        };
        each((input, vec![None]), (beside, &offers), others, read).pop().unwrap_or_default()
    });
    let used: BTreeSet<FileId> =
        loaded.iter().flat_map(|part| part.deployed_with.iter().copied()).collect();
    let used_paths = || used.iter().filter_map(|id| Some(offers.file(*id)?.path.as_str()));
    let used_files = UsedFiles::new(used_paths().collect());
    errors.extend(unused(&asked_files, &used));
    let strays = strays(&loaded, &asked_files, &used);
    let unbuilt = unbuilt.into_iter().map(|file| Unchecked { file, what: UNBUILT });
    let mut gathered = Gathered {
        estate: Estate::default(),
        errors,
        counts: Counts { skipped, ..Counts::default() },
        unchecked: unbuilt.collect(),
        deployed_with: Vec::new(),
        outlines: Vec::with_capacity(inputs.len()),
        secrets: Vec::new(),
        strays,
    };
    gathered.estate.nsgs.reserve_exact(loaded.iter().map(|part| part.estate.nsgs.len()).sum());
    for (part, input) in loaded.into_iter().zip(&inputs) {
        gathered.add(part, input, &offers, &used_files);
    }
    let Gathered { mut estate, mut errors, mut counts, mut unchecked, mut deployed_with, .. } =
        gathered;
    let (outlines, secrets) = (gathered.outlines, gathered.secrets);
    let paths = inputs.iter().map(|input| (input.id, input.file.path.as_str())).collect();
    load::link(&mut estate, &paths);
    errors.sort();
    counts.resources = estate.nsgs.len();
    deployed_with.sort();
    deployed_with.dedup();
    drop(links);
    drop(documents);
    drop(asked_files);
    drop(asked);
    for ((input, outline), secrets) in inputs.iter_mut().zip(outlines).zip(&secrets) {
        input.file.strike(secrets);
        input.file.outline(outline);
    }
    let files = inputs.into_iter().map(|input| (input.id, input.file)).chain(offers.numbered());
    let sources = Sources::numbered(files.collect());
    unchecked.sort();
    unchecked.dedup();
    errors.dedup();
    Input { sources, estate, errors, counts, unchecked, deployed_with }
}

/// What the files hold together.
struct Gathered {
    estate: Estate,
    errors: Vec<RunError>,
    counts: Counts,
    unchecked: Vec<Unchecked>,
    deployed_with: Vec<DeployedWith>,
    outlines: Vec<Outline>,
    secrets: Vec<Vec<Span>>,
    /// Names in parameters files that no template declares.
    strays: BTreeMap<FileId, Undeclared>,
}

impl Gathered {
    fn add(
        &mut self,
        mut part: load::Loaded,
        input: &load::Input,
        offers: &Offers,
        used_files: &UsedFiles<'_>,
    ) {
        self.secrets.push(std::mem::take(&mut part.secrets));
        let path = &input.file.path;
        if part.kind == Some(load::PARAMETERS) && used_files.has(path) {
            // It was read with its template.
            part.unchecked.clear();
            part.errors.retain(|error| !error.is_not_yet());
        }
        if part.skipped {
            self.counts.skipped += 1;
        } else {
            self.counts.files += 1;
        }
        self.errors.extend(part.errors.into_iter().map(|error| {
            let file = error.span.and_then(|span| offers.file(span.file));
            broken(&error, file.unwrap_or(&input.file))
        }));
        part.deployed_with.sort();
        part.deployed_with.dedup();
        for id in &part.deployed_with {
            let Some(parameters) = offers.file(*id).map(|file| file.path.clone()) else { continue };
            // Once a file is enough.
            let undeclared = self.strays.remove(id);
            self.deployed_with.push(DeployedWith { file: path.clone(), parameters, undeclared });
        }
        self.unchecked.extend(
            part.unchecked.iter().map(|it| Unchecked { file: path.clone(), what: it.what }),
        );
        self.outlines.push(part.outline);
        self.estate.extend(part.estate);
    }
}

/// Does something with each of the files, with the parameters files that were asked for and the one
/// beside it; for those where it was done early, that is the answer.
pub(super) fn each<T: Send>(
    (inputs, early): (&[load::Input], Vec<Option<T>>),
    (beside, offers): (&[Offer], &Offers),
    (asked, unreadable): (&[load::Offered<'_>], Option<&str>),
    read: impl Fn(&load::Input, load::Deployed<'_>) -> T + Sync,
) -> Vec<T> {
    let read = |(input, beside): (&load::Input, &Offer)| {
        let (beside, broken) = match beside {
            Offer::None => (None, None),
            Offer::Read(id) => (offers.file(*id).map(|file| (*id, file)), None),
            Offer::Broken(path) => (None, Some(path.as_str())),
        };
        let deployed =
            load::Deployed { asked, beside, unreadable: unreadable.or(broken), links: None };
        read(input, deployed)
    };
    let both = inputs.par_iter().zip(beside).zip(early);
    both.map(|(input, early)| early.unwrap_or_else(|| read(input))).collect()
}

pub(super) fn unreadable(error: FileError) -> RunError {
    RunError {
        message: error.fault.to_string(),
        file: error.path,
        line: None,
        column: None,
        span: None,
    }
}

pub(super) fn broken(error: &LoadError, file: &SourceFile) -> RunError {
    // Nobody can look into what a program made.
    let span = error.span.filter(|_| file.made.is_none());
    let is_shown = !error.is_private();
    let position = span.map(|span| file.position(span.start));
    let opener = error.opener.map(|span| file.position(span.start));
    let mut message = error.to_string();
    if let Some(Position { line, column }) = opener {
        // Writing to a String cannot fail.
        let _ = write!(message, " (opened at line {line}, column {column})");
    }
    RunError {
        file: file.path.clone(),
        line: position.map(|position| position.line),
        column: position.map(|position| position.column),
        message,
        span: span.filter(|_| is_shown),
    }
}

/// The names in the parameters files that no template declares, by the file.
fn strays(
    loaded: &[load::Loaded],
    asked: &[load::Offered<'_>],
    used: &BTreeSet<FileId>,
) -> BTreeMap<FileId, Undeclared> {
    let declared = || loaded.iter().flat_map(|part| part.declared.iter().map(String::as_str));
    let asked = asked.iter().filter(|file| used.contains(&file.id()));
    let asked = asked.filter_map(|file| load::Stray::of(file, declared()));
    let beside = loaded.iter().filter_map(|part| part.stray.clone());
    let undeclared = |load::Stray { file, name, nearest }| (file, Undeclared { name, nearest });
    beside.chain(asked).map(undeclared).collect()
}

/// The parameters files that templates were read with, by their paths.
struct UsedFiles<'f> {
    paths: BTreeSet<&'f str>,
    /// The same in the one true form, which takes the file system to know.
    true_paths: OnceCell<BTreeSet<PathBuf>>,
}

impl<'f> UsedFiles<'f> {
    const fn new(paths: BTreeSet<&'f str>) -> Self {
        Self { paths, true_paths: OnceCell::new() }
    }

    fn has(&self, path: &str) -> bool {
        let true_paths =
            || self.paths.iter().filter_map(|path| load::true_path(path)).collect::<BTreeSet<_>>();
        let is_known = |path: &PathBuf| self.true_paths.get_or_init(true_paths).contains(path);
        self.paths.contains(path) || load::true_path(path).as_ref().is_some_and(is_known)
    }
}

/// A parameters file that a template may be deployed with.
pub(super) enum Offer {
    /// There is none.
    None,
    /// It was read.
    Read(FileId),
    /// It, which is known by this path, could not be read, which was said.
    Broken(String),
}

/// The parameters files that were asked for, parsed once for all templates.
pub(super) struct Asked<'f> {
    documents: Vec<load::Parsed<'f>>,
    /// The path of one that cannot be read.
    pub(super) broken: Option<&'f str>,
}

impl<'f> Asked<'f> {
    pub(super) fn parse(
        asked: &'f [Offer],
        offers: &'f Offers,
        errors: &mut Vec<RunError>,
    ) -> Self {
        let mut all = Self { documents: Vec::new(), broken: None };
        for offer in asked {
            match offer {
                Offer::None => {}
                Offer::Broken(path) => all.broken = Some(path),
                Offer::Read(id) => {
                    let Some(file) = offers.file(*id) else { continue };
                    match load::Parsed::new(*id, file) {
                        Ok(document) => all.documents.push(document),
                        Err(error) => {
                            errors.push(broken(&error, file));
                            all.broken = Some(&file.path);
                        }
                    }
                }
            }
        }
        all
    }

    pub(super) fn files(&'f self) -> Vec<load::Offered<'f>> {
        self.documents.iter().map(load::Offered::of).collect()
    }
}

/// Files that no template has a parameter for: a slip, most likely.
fn unused(asked: &[load::Offered<'_>], used: &BTreeSet<FileId>) -> Vec<RunError> {
    let unused = asked.iter().filter(|file| !used.contains(&file.id()));
    unused
        .map(|file| RunError {
            message: if file.is_odd() { ODD } else { UNUSED }.to_owned(),
            file: file.path().to_owned(),
            line: None,
            column: None,
            span: None,
        })
        .collect()
}

const UNUSED: &str = "no template that was read has a parameter of this file: give a parameters \
                      file of one of them";

const ODD: &str =
    "it is no parameters file: it needs an object of parameters, each with its `value`";

/// The parameters files of a run. They are files like others, behind those with policy.
pub(super) struct Offers {
    /// The number of the first.
    first: usize,
    pub(super) files: Vec<SourceFile>,
}

impl Offers {
    pub(super) const fn new(first: usize) -> Self {
        Self { first, files: Vec::new() }
    }

    pub(super) fn take(
        &mut self,
        file: Option<Result<SourceFile, FileError>>,
        errors: &mut Vec<RunError>,
    ) -> Offer {
        match file {
            None => Offer::None,
            Some(Ok(file)) => {
                let id = u32::try_from(self.first + self.files.len()).map(FileId);
                self.files.push(file);
                id.map_or(Offer::None, Offer::Read)
            }
            Some(Err(error)) => {
                let path = error.path.clone();
                errors.push(unreadable(error));
                Offer::Broken(path)
            }
        }
    }

    /// The files with their ids.
    pub(super) fn numbered(self) -> impl Iterator<Item = (FileId, SourceFile)> {
        let first = u32::try_from(self.first).unwrap_or(u32::MAX);
        (first..).map(FileId).zip(self.files)
    }

    pub(super) fn file(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(usize::try_from(id.0).ok()?.checked_sub(self.first)?)
    }
}
