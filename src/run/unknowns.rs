//! How much of the policy in the files of a run is known, and why the rest is not.

use super::input::{Asked, Offer, Offers, broken, each, unreadable};
use crate::{
    finding::RunError,
    load::{self, Census, Collected},
    source::{FileId, Sources},
};

/// What is known of all the policy that the files hold.
#[derive(Debug)]
pub struct Unknowns {
    /// The files.
    pub sources: Sources,
    /// How many of them hold a template or a plan.
    pub files: usize,
    /// What is known, of all of them.
    pub census: Census,
    /// What could not be read.
    pub errors: Vec<RunError>,
}

/// Counts what is known in the collected files.
pub fn unknowns(collected: Collected) -> Unknowns {
    let Collected { mut inputs, errors, parameters, .. } = collected;
    let mut errors: Vec<RunError> = errors.into_iter().map(unreadable).collect();
    let mut offers = Offers::new(inputs.len());
    let asked: Vec<Offer> =
        parameters.into_iter().map(|file| offers.take(Some(file), &mut errors)).collect();
    let beside: Vec<Offer> =
        inputs.iter_mut().map(|input| offers.take(input.parameters.take(), &mut errors)).collect();
    let numbered: Vec<(FileId, &load::Input)> = (0..).map(FileId).zip(&inputs).collect();
    let asked = Asked::parse(&asked, &offers, &mut errors);
    let asked_files = asked.files();
    let counted =
        each(&numbered, &beside, &offers, (&asked_files, asked.broken), |it, deployed| {
            load::census(&it.1.file, it.0, it.1.named, deployed)
        });
    let (mut census, mut files) = (Census::default(), 0);
    for (part, (_, input)) in counted.into_iter().zip(&numbered) {
        match part {
            Ok(part) => {
                files += usize::from(part.is_some());
                census.extend(part.unwrap_or_default());
            }
            Err(error) => errors.push(broken(&error, &input.file)),
        }
    }
    drop(asked_files);
    drop(asked);
    errors.sort();
    errors.dedup();
    let files_read = inputs.into_iter().map(|input| input.file).chain(offers.files);
    Unknowns { sources: Sources::new(files_read.collect()), files, census, errors }
}
