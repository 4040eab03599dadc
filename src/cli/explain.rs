//! `egresslint lints` and `egresslint explain`: what is looked for, and the page of each.

use super::{Status, failure::Failure, json, near::Hint};
use crate::{
    lint::{Level, Lint},
    lints::LINTS,
};
use serde::Serialize;
use std::io::Write;

/// Show the page of a lint: what it finds, why it matters, an example, how to fix it
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The lint, as `egresslint lints` lists it
    #[arg(value_name = "LINT")]
    lint: String,
}

/// List the lints with their levels
#[derive(Debug, clap::Args)]
pub(super) struct ListArguments {
    /// The form of the output
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: json::Format,
}

impl Arguments {
    /// Prints the page.
    pub(super) fn run(self, out: &mut dyn Write) -> Result<Status, Failure> {
        let lint = named(&self.lint)?;
        let Lint { id, summary, page, since, .. } = lint;
        writeln!(out, "# {id}\n\n{summary}\n")?;
        writeln!(out, "Level: {}. Since {since}.\n\n{}", word(lint.level), page.trim_end())?;
        Ok(Status::Clean)
    }
}

/// The name that stands for every lint in `--select` and `--ignore`.
pub(super) const ALL: &str = "all";

/// The lint called `name`.
pub(super) fn named(name: &str) -> Result<&'static Lint, Failure> {
    LINTS.iter().copied().find(|lint| lint.id == name).ok_or_else(|| Failure::UnknownLint {
        name: name.to_owned(),
        hint: Hint::new(name, LINTS.iter().map(|lint| lint.id), "`egresslint lints` lists them"),
    })
}

/// A lint in the JSON list.
#[derive(Serialize)]
struct Row {
    id: &'static str,
    level: &'static str,
    summary: &'static str,
    since: &'static str,
}

impl ListArguments {
    /// Prints the list.
    pub(super) fn run(self, out: &mut dyn Write) -> Result<Status, Failure> {
        match self.format {
            json::Format::Human => {
                let widest = LINTS.iter().map(|lint| lint.id.len()).max().unwrap_or_default();
                for lint in LINTS {
                    let (id, level) = (lint.id, word(lint.level));
                    writeln!(out, "{id:widest$}  {level:7}  {}", lint.summary)?;
                }
            }
            json::Format::Json => {
                let row = |lint: &&Lint| Row {
                    id: lint.id,
                    level: word(lint.level),
                    summary: lint.summary,
                    since: lint.since,
                };
                json::write(&LINTS.iter().map(row).collect::<Vec<_>>(), out)?;
            }
        }
        Ok(Status::Clean)
    }
}

const fn word(level: Level) -> &'static str {
    match level {
        Level::Off => "off",
        Level::Note => "note",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}
