//! `egresslint tags`: what a tag stands for, which tags hold an address, and packing of lists.

mod pack;
mod text;

use super::{
    Status,
    failure::Failure,
    json::{self, Format},
    service_tags::{Edition, ServiceTags},
};
use crate::tags::{Catalogue, Lookup, Tag, lookup};
use serde::Serialize;
use std::io::Write;

/// Look up a service tag, an address or a prefix in the service tag list
///
/// Without QUERY, lists every tag and how large it is. A name that no tag has gets suggestions and
/// the exit status 1.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    /// A tag (`Storage.JapanEast`, in any case), an address or a prefix
    #[arg(value_name = "QUERY")]
    query: Option<String>,

    /// The form of the output
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,

    #[command(flatten)]
    service_tags: ServiceTags,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Pack(pack::Arguments),
}

/// An answer, and the list that it is from.
#[derive(Serialize)]
struct Answer<'a> {
    service_tags: Edition<'a>,
    #[serde(flatten)]
    lookup: &'a Lookup<'a>,
}

/// All tags, and the list that they are from.
#[derive(Serialize)]
struct Listing<'a> {
    service_tags: Edition<'a>,
    tags: Vec<Row<'a>>,
}

/// A tag of all regions and its size.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    /// Number of IPv4 prefixes.
    prefixes_v4: u64,
    /// Number of IPv6 prefixes.
    prefixes_v6: u64,
    /// Number of regional forms.
    regional: usize,
}

impl Arguments {
    /// Answers the query.
    pub(super) fn run(self, out: &mut dyn Write) -> Result<Status, Failure> {
        if let Some(Command::Pack(arguments)) = self.command {
            return arguments.run(out);
        }
        let list = self.service_tags.list()?;
        let Some(query) = &self.query else {
            let listing = Listing { service_tags: Edition::of(&list), tags: rows(&list) };
            match self.format {
                Format::Human => text::listing(&listing, out)?,
                Format::Json => json::write(&listing, out)?,
            }
            return Ok(Status::Clean);
        };
        let lookup = lookup(&list, query);
        let service_tags = Edition::of(&list);
        match self.format {
            Format::Human => text::answer(&lookup, &service_tags, out)?,
            Format::Json => json::write(&Answer { service_tags, lookup: &lookup }, out)?,
        }
        let unknown = matches!(lookup, Lookup::Unknown { .. });
        Ok(if unknown { Status::Found } else { Status::Clean })
    }
}

fn rows<'a>(list: &'a Catalogue) -> Vec<Row<'a>> {
    let row = |tag: Tag<'a>| Row {
        name: tag.name(),
        prefixes_v4: tag.prefix_counts().0,
        prefixes_v6: tag.prefix_counts().1,
        regional: list.regional_tags(tag.base()).count(),
    };
    list.iter().filter(|tag| tag.region().is_none()).map(row).collect()
}
