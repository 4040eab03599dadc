//! From collected files to what is in them: texts and places, linked resources, what could not be
//! read, and the parameters that templates are deployed with.

use crate::{
    finding::{Counts, DeployedWith, RunError, Unchecked},
    load::{self, Collected, FileError, LoadError},
    model::Estate,
    source::{FileId, Position, SourceFile, Sources, Span},
};
use rayon::iter::{
    IndexedParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _,
};
use std::{collections::BTreeSet, fmt::Write as _};

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

/// Bicep, and nothing to build it with.
const UNBUILT: &str = "a Bicep file (the program `bicep` is not on PATH)";

/// Reads the collected files, in parallel; what one of them lacks costs the others nothing.
pub fn read(collected: Collected) -> Input {
    let Collected { mut inputs, errors, skipped, parameters, unbuilt } = collected;
    let mut errors: Vec<RunError> = errors.into_iter().map(unreadable).collect();
    let mut offers = Offers::new(inputs.len());
    let asked: Vec<Offer> =
        parameters.into_iter().map(|file| offers.take(Some(file), &mut errors)).collect();
    let beside: Vec<Offer> =
        inputs.iter_mut().map(|input| offers.take(input.parameters.take(), &mut errors)).collect();
    let numbered: Vec<(FileId, &load::Input)> = (0..).map(FileId).zip(&inputs).collect();
    let loaded: Vec<load::Loaded> = numbered
        .par_iter()
        .zip(&beside)
        .map(|((id, input), beside)| {
            let (files, is_broken) = offers.of(asked.iter().chain([beside]));
            let deployed = load::Deployed { files: &files, is_broken };
            load::read_file(&input.file, *id, input.named, deployed)
        })
        .collect();
    let used: BTreeSet<FileId> =
        loaded.iter().flat_map(|part| part.deployed_with.iter().copied()).collect();
    let used_paths: BTreeSet<&str> =
        used.iter().filter_map(|id| Some(offers.file(*id)?.path.as_str())).collect();
    errors.extend(offers.unused(&asked, &used));
    let mut deployed_with = Vec::new();
    let mut estate = Estate::default();
    let mut counts = Counts { skipped, ..Counts::default() };
    let mut unchecked: Vec<Unchecked> =
        unbuilt.into_iter().map(|file| Unchecked { file, what: UNBUILT }).collect();
    let mut outlines = Vec::with_capacity(numbered.len());
    estate.nsgs.reserve_exact(loaded.iter().map(|part| part.estate.nsgs.len()).sum());
    let mut secrets: Vec<Vec<Span>> = Vec::new();
    for (mut part, (_, input)) in loaded.into_iter().zip(&numbered) {
        secrets.push(std::mem::take(&mut part.secrets));
        let path = &input.file.path;
        if part.kind == Some(load::PARAMETERS) && used_paths.contains(path.as_str()) {
            // It was read with its template.
            part.unchecked.clear();
            part.errors.retain(|error| !error.is_not_yet());
        }
        if part.skipped {
            counts.skipped += 1;
        } else {
            counts.files += 1;
        }
        errors.extend(part.errors.into_iter().map(|error| {
            let file = error.span.and_then(|span| offers.file(span.file));
            broken(&error, file.unwrap_or(&input.file))
        }));
        deployed_with.extend(part.deployed_with.iter().filter_map(|id| {
            Some(DeployedWith { file: path.clone(), parameters: offers.file(*id)?.path.clone() })
        }));
        unchecked.extend(
            part.unchecked.iter().map(|it| Unchecked { file: path.clone(), what: it.what }),
        );
        outlines.push(part.outline);
        estate.extend(part.estate);
    }
    let paths: Vec<&str> = inputs.iter().map(|input| input.file.path.as_str()).collect();
    load::link(&mut estate, &paths);
    errors.sort();
    counts.resources = estate.nsgs.len();
    deployed_with.sort();
    deployed_with.dedup();
    for (input, secrets) in inputs.iter_mut().zip(&secrets) {
        input.file.strike(secrets);
    }
    let files = inputs.into_iter().zip(outlines);
    let files = files.map(|(input, outline)| input.file.outlined(outline)).chain(offers.files);
    let sources = Sources::new(files.collect());
    unchecked.sort();
    unchecked.dedup();
    errors.dedup();
    Input { sources, estate, errors, counts, unchecked, deployed_with }
}

fn unreadable(error: FileError) -> RunError {
    RunError {
        message: error.fault.to_string(),
        file: error.path,
        line: None,
        column: None,
        span: None,
    }
}

fn broken(error: &LoadError, file: &SourceFile) -> RunError {
    // Nobody can look into what a program made.
    let span = error.span.filter(|_| file.made.is_none());
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
        span,
    }
}

/// A parameters file that a template may be deployed with.
enum Offer {
    /// There is none.
    None,
    /// It was read.
    Read(FileId),
    /// It could not be read, which was said.
    Broken,
}

/// The parameters files of a run. They are files like others, behind those with policy.
struct Offers {
    /// The number of the first.
    first: usize,
    files: Vec<SourceFile>,
}

impl Offers {
    const fn new(first: usize) -> Self {
        Self { first, files: Vec::new() }
    }

    fn take(
        &mut self,
        file: Option<Result<SourceFile, FileError>>,
        errors: &mut Vec<RunError>,
    ) -> Offer {
        match file {
            None => Offer::None,
            Some(Ok(file)) => {
                let id = u32::try_from(self.first + self.files.len()).map(FileId);
                self.files.push(file);
                id.map_or(Offer::Broken, Offer::Read)
            }
            Some(Err(error)) => {
                errors.push(unreadable(error));
                Offer::Broken
            }
        }
    }

    fn file(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(usize::try_from(id.0).ok()?.checked_sub(self.first)?)
    }

    /// The files of some offers, and whether one of them is broken.
    fn of<'a>(
        &self,
        offers: impl Iterator<Item = &'a Offer>,
    ) -> (Vec<(FileId, &SourceFile)>, bool) {
        let mut files = Vec::new();
        let mut is_broken = false;
        for offer in offers {
            match offer {
                Offer::None => {}
                Offer::Read(id) => files.extend(self.file(*id).map(|file| (*id, file))),
                Offer::Broken => is_broken = true,
            }
        }
        (files, is_broken)
    }

    /// Files that were asked for and that no template has a parameter for: a slip, most likely.
    fn unused(&self, asked: &[Offer], used: &BTreeSet<FileId>) -> Vec<RunError> {
        let read = asked.iter().filter_map(|offer| match offer {
            Offer::Read(id) => Some(*id),
            Offer::None | Offer::Broken => None,
        });
        read.filter(|id| !used.contains(id))
            .filter_map(|id| self.file(id))
            .map(|file| RunError {
                message:
                    "no template that was read has a parameter of this file: give a parameters \
                          file of one of them"
                        .to_owned(),
                file: file.path.clone(),
                line: None,
                column: None,
                span: None,
            })
            .collect()
    }
}
