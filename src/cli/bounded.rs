//! Whole files and standard input, up to a limit: what has no end is refused, not waited for.

use super::failure::Failure;
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// The most bytes of a profile.
pub(super) const PROFILE: u64 = 4 << 20;

/// The most bytes of a service tag file.
pub(super) const SERVICE_TAGS: u64 = 64 << 20;

/// The most bytes of a file of flows.
pub(super) const FLOWS: u64 = 1 << 30;

/// The bytes of the file at `path`, or of standard input where it is `-`.
pub(super) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let bytes = if path == Path::new("-") {
        whole(io::stdin().lock(), limit)
    } else {
        no_named_pipe(path)?;
        File::open(path).and_then(|file| whole(file, limit))
    };
    let bytes = bytes.map_err(|error| Failure::Read { path: path.to_owned(), error })?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= limit) {
        Ok(bytes)
    } else {
        Err(Failure::TooLong { path: path.to_owned(), limit })
    }
}

/// One byte more than may be, so that too long a text is seen as one.
pub(super) fn whole(input: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Nobody may ever write to a pipe that has a name.
fn no_named_pipe(path: &Path) -> Result<(), Failure> {
    if crate::load::is_named_pipe(path) {
        return Err(Failure::NamedPipe { path: path.to_owned() });
    }
    Ok(())
}
