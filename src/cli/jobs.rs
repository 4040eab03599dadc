//! `--jobs N`: on how many threads the work is done.

use super::failure::Failure;
use rayon::ThreadPoolBuilder;

/// How many threads to use.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Jobs {
    /// How many threads to use; one for each processor if left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
}

impl Jobs {
    /// Settles the number of threads for all that this process does, if it was given.
    pub(super) fn settle(&self) -> Result<(), Failure> {
        let Some(jobs) = self.jobs else { return Ok(()) };
        let settled = ThreadPoolBuilder::new().num_threads(jobs.into()).build_global();
        settled.map_err(|error| Failure::Threads { message: error.to_string() })
    }
}
