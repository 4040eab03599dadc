//! `--service-tags FILE`: the list that takes the place of the built-in one.

use super::{
    bounded,
    failure::{Failure, shown},
};
use crate::tags::Catalogue;
use serde::Serialize;
use std::{ops::Deref, path::Path, path::PathBuf};

/// Which service tag list to use.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ServiceTags {
    /// Service tags to use instead of the built-in list: Microsoft's `ServiceTags_*.json`, the
    /// output of `az network list-service-tags`, or a list made by `egresslint tags pack`
    #[arg(long, value_name = "FILE")]
    service_tags: Option<PathBuf>,
}

/// A list in use.
#[derive(Debug)]
pub(super) enum List {
    /// The one that is built in.
    BuiltIn(&'static Catalogue),
    /// One that was read.
    Given(Box<Catalogue>),
}

impl Deref for List {
    type Target = Catalogue;

    fn deref(&self) -> &Catalogue {
        match self {
            Self::BuiltIn(list) => list,
            Self::Given(list) => list,
        }
    }
}

impl ServiceTags {
    /// The file that was given.
    pub(super) fn path(&self) -> Option<&Path> {
        self.service_tags.as_deref()
    }

    /// Reads the list. The built-in one costs next to nothing until it is asked.
    pub(super) fn list(&self) -> Result<List, Failure> {
        let Some(path) = &self.service_tags else {
            return Ok(List::BuiltIn(Catalogue::embedded()));
        };
        let bytes = bounded::read(path, bounded::SERVICE_TAGS)?;
        Ok(List::Given(Box::new(Catalogue::read(&bytes, &shown(path))?)))
    }
}

/// A list by its cloud and date.
#[derive(Debug, Serialize)]
pub(super) struct Edition<'a> {
    cloud: &'a str,
    as_of: Option<&'a str>,
    change_number: Option<u64>,
}

impl<'a> Edition<'a> {
    /// Which list `list` is.
    pub(super) fn of(list: &'a Catalogue) -> Self {
        Self { cloud: list.cloud(), as_of: list.as_of(), change_number: list.change_number() }
    }

    /// `service tags: Public, 2026-10-26`
    pub(super) fn line(&self) -> String {
        let as_of = self.as_of.unwrap_or("of unknown date");
        format!("service tags: {}, {as_of}", self.cloud)
    }
}
