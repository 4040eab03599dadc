//! How much of the policy in the files of a run is known, and why the rest is not.

use super::input::{Asked, Offer, Offers, broken, each, unreadable};
use crate::{
    finding::RunError,
    load::{self, Census, Collected},
    source::Sources,
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
    let Collected { mut inputs, met, errors, parameters, .. } = collected;
    let mut errors: Vec<RunError> = errors.into_iter().map(unreadable).collect();
    let mut offers = Offers::new(met);
    let asked: Vec<Offer> =
        parameters.into_iter().map(|file| offers.take(Some(file), &mut errors)).collect();
    let beside: Vec<Offer> =
        inputs.iter_mut().map(|input| offers.take(input.parameters.take(), &mut errors)).collect();
    let asked = Asked::parse(&asked, &offers, &mut errors);
    let asked_files = asked.files();
    let others = (&asked_files[..], asked.broken);
    let early = inputs.iter().map(|_| None).collect();
    let counted = each((&inputs, early), (&beside, &offers), others, |it, deployed| {
        load::census(&it.file, it.id, it.named, deployed)
    });
    let (mut census, mut files) = (Census::default(), 0);
    for (part, input) in counted.into_iter().zip(&inputs) {
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
    let read = inputs.into_iter().map(|input| (input.id, input.file)).chain(offers.numbered());
    Unknowns { sources: Sources::numbered(read.collect()), files, census, errors }
}
