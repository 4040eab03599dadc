//! Why a command could not be done: data here, words in `Display`, each with what to do.

use super::near::Hint;
use crate::{report::clean, tags::TagsError};
use std::{collections::BTreeSet, fmt, io, path::Path, path::PathBuf};

/// Why a command could not be done. `Display` may have several lines, each a message of its own.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// Standard output takes nothing more.
    #[error("cannot write to standard output: {0}")]
    Write(#[from] io::Error),
    /// A file could not be read.
    #[error("cannot read `{}`: {}", shown(path), reason(error))]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file with more bytes than are read.
    #[error("`{}` has more than {limit} bytes, which is the limit", shown(path))]
    TooLong {
        /// The file.
        path: PathBuf,
        /// The most bytes.
        limit: u64,
    },
    /// A pipe that somebody may never write to.
    #[error("`{}` is a named pipe; give `-` and pipe into the program instead", shown(path))]
    NamedPipe {
        /// The pipe.
        path: PathBuf,
    },
    /// A file could not be written.
    #[error("cannot write `{}`: {}", shown(path), reason(error))]
    WriteFile {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A service tag file that is none.
    #[error(transparent)]
    Tags(#[from] TagsError),
    /// A profile that is not built in.
    #[error("there is no built-in profile `{}`; {hint}", clean::line(name))]
    UnknownProfile {
        /// The name as given.
        name: String,
        /// What to do.
        hint: Hint,
    },
    /// A profile with faults.
    #[error("{}", joined(.0))]
    Profile(Vec<Placed>),
    /// A template that cannot be expanded.
    #[error("{0}")]
    Template(Placed),
    /// Two profiles of one name: no report could tell them apart.
    #[error("two profiles are called `{}`; rename one of them", clean::line(name))]
    TwinProfiles {
        /// Their name.
        name: String,
    },
    /// A region that the service tag list does not have.
    #[error("the service tag list has no region `{}`; {hint}", clean::line(name))]
    UnknownRegion {
        /// The region as given.
        name: String,
        /// What to do.
        hint: Hint,
    },
    /// An output format that does not exist.
    #[error("there is no format `{}`; {hint}", clean::line(name))]
    UnknownFormat {
        /// The name as given.
        name: String,
        /// What to do.
        hint: Hint,
    },
    /// `--output` without a file to write to.
    #[error("`--output {}` names no file; `--format` is for standard output", clean::line(text))]
    OutputWithoutFile {
        /// The value as given.
        text: String,
    },
    /// The threads could not be started.
    #[error("cannot start the threads: {message}; try fewer with `--jobs`")]
    Threads {
        /// What the system says.
        message: String,
    },
    /// What to trace was not said.
    #[error(
        "nothing to trace: give a flow with `--to` (or `--from` and `--direction inbound`), or a \
         file of flows with `--flows`"
    )]
    NoFlow,
    /// A flow that cannot be asked about.
    #[error(transparent)]
    Flow(#[from] super::trace::Fault),
    /// A flows file whose header is none.
    #[error("{path}:1: {message}")]
    Header {
        /// The file, fit to be shown.
        path: String,
        /// What is wrong, and what to do.
        message: String,
    },
    /// Two reports in one file.
    #[error("two reports go to `{}`; give each `--output` a file of its own", shown(path))]
    SameOutput {
        /// The file.
        path: PathBuf,
    },
    /// A report in the place of what is judged.
    #[error("`--output {}` would overwrite a file that is read; name another one", shown(path))]
    OutputIsInput {
        /// The file.
        path: PathBuf,
    },
    /// Standard input for two things.
    #[error("`-` can be read only once: for a PATH or for `--flows`")]
    StdinTwice,
    /// Standard input for both versions.
    #[error("`-` can be read only once: give a file or folder for OLD or NEW")]
    StdinForBoth,
    /// Standard input has no revisions.
    #[error("`-` has no revisions: give files or folders of the repository with `--git`")]
    StdinAtRevision,
    /// Not two versions.
    #[error("diff takes two paths, OLD and NEW, and {count} were given; `--git REV` takes any")]
    NotTwo {
        /// How many there were.
        count: usize,
    },
    /// A revision that could not be read.
    #[error(transparent)]
    Git(#[from] super::git::GitFault),
    /// Nothing to ask.
    #[error("no network security group was found; name the files or folders that hold it")]
    NoGroup,
    /// A group that is not there.
    #[error(
        "there is no network security group, subnet or interface `{}`; {hint}",
        clean::line(at)
    )]
    NoSuchGroup {
        /// The name or id as given.
        at: String,
        /// What to do.
        hint: Hint,
    },
    /// More than one group would do.
    #[error("{}", several(.0, "network security groups"))]
    SeveralGroups(Vec<GroupPlace>),
    /// More than one subnet or interface would do.
    #[error("{}", several(.0, "subnets or interfaces"))]
    SeveralStarts(Vec<GroupPlace>),
    /// A lint that does not exist.
    #[error("there is no lint `{}`; {hint}", clean::line(name))]
    UnknownLint {
        /// The name as given.
        name: String,
        /// What to do.
        hint: Hint,
    },
}

/// A message about a place in a file.
#[derive(Debug)]
pub(super) struct Placed {
    /// The file as it was given.
    pub(super) path: String,
    /// Line and column, from 1.
    pub(super) at: Option<(u32, u32)>,
    /// What is wrong, and what to do.
    pub(super) message: String,
}

impl fmt::Display for Placed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&clean::line(&self.path))?;
        if let Some((line, column)) = self.at {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", clean::line(&clean::bounded(&self.message, MAX_MESSAGE)))
    }
}

/// A message quotes the file, whose lines may be of any length; so many bytes of it are told.
const MAX_MESSAGE: usize = 600;

/// A group, and where it stands.
#[derive(Debug)]
pub(super) struct GroupPlace {
    /// Its name.
    pub(super) name: String,
    /// Its id, where the input gives one.
    pub(super) id: Option<String>,
    /// Where it stands, as `--at` takes it: `net/nsg.json:3:5`.
    pub(super) place: String,
}

/// So many groups are named in a message.
const MAX_GROUPS: usize = 20;

/// Whether each has an id of its own.
fn differ(groups: &[GroupPlace]) -> bool {
    let ids = groups.iter().filter_map(|group| group.id.as_ref());
    let ids: BTreeSet<String> = ids.map(|id| id.to_lowercase()).collect();
    ids.len() == groups.len()
}

fn several(groups: &[GroupPlace], what: &str) -> String {
    let alike = groups.iter().all(|group| {
        groups.first().is_some_and(|first| first.name.eq_ignore_ascii_case(&group.name))
    });
    let mut text = format!("{} {what} would do; ", groups.len());
    text.push_str(match alike {
        false => "name one with `--at`",
        true if differ(groups) => "give the id of one to `--at`, or its place",
        true => "give the place of one to `--at`",
    });
    for group in groups.iter().take(MAX_GROUPS) {
        let name = if alike { group.id.as_ref().unwrap_or(&group.name) } else { &group.name };
        text.push_str(&format!("\n  {} in {}", clean::line(name), clean::line(&group.place)));
    }
    let more = groups.len().saturating_sub(MAX_GROUPS);
    if more > 0 {
        text.push_str(&format!("\n  and {more} more"));
    }
    text
}

fn joined(placed: &[Placed]) -> String {
    placed.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// A path on one line, for messages.
pub(super) fn shown(path: &Path) -> String {
    clean::line(&path.display().to_string())
}

/// The words of the system, without its numbers.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file; check the path".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied; check who may use it".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder; name a file".to_owned(),
        _ => error.to_string(),
    }
}
