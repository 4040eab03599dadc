//! `--jobs N`: on how many threads the work is done.

use super::failure::Failure;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// How many threads to use.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Jobs {
    /// How many threads to use; one for each processor if left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
}

/// The threads that do the work.
#[derive(Debug)]
pub(super) struct Threads(Option<ThreadPool>);

impl Jobs {
    /// Starts the threads, if their number was given.
    pub(super) fn threads(&self) -> Result<Threads, Failure> {
        let pool = |jobs: u16| ThreadPoolBuilder::new().num_threads(jobs.into()).build();
        match self.jobs.map(pool).transpose() {
            Ok(pool) => Ok(Threads(pool)),
            Err(error) => Err(Failure::Threads { message: error.to_string() }),
        }
    }
}

impl Threads {
    /// Does `work` on the threads.
    pub(super) fn run<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        match &self.0 {
            Some(pool) => pool.install(work),
            None => work(),
        }
    }
}
