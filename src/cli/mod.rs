//! The command line (design 2): arguments in, text and an exit status out. One module a command;
//! each reads what it was given, asks the library and prints the answer. Nothing is decided here.

mod bounded;
mod check;
mod diff;
mod expand;
mod explain;
mod failure;
mod git;
mod input;
mod jobs;
mod json;
mod judging;
mod near;
mod profiles;
mod service_tags;
mod tags;
mod terminal;
mod trace;
mod unknowns;

use crate::{report::guard::Guard, tags::Catalogue};
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand, error::ErrorKind};
use failure::Failure;
use std::{
    ffi::OsString,
    io::{self, BufWriter, Write},
    process::ExitCode,
};
use terminal::{ColorChoice, Terminal};

/// Proves that Azure network policy lets required traffic through, and names the rule that stops it
///
/// Reads network security groups as they are kept in repositories and exported from Azure, and
/// answers before anything is deployed: will this traffic get through, and if not, which rule stops
/// it? Nothing is ever fetched from the network.
#[derive(Debug, Parser)]
#[command(
    name = "egresslint",
    arg_required_else_help = true,
    disable_version_flag = true,
    after_help = EXIT_STATUS
)]
struct Arguments {
    /// Print the version and which service tag list is built in
    #[arg(short = 'V', long)]
    version: bool,

    /// Whether to use colors; `auto` asks `NO_COLOR`, `CLICOLOR_FORCE` and the terminal
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t)]
    color: ColorChoice,

    #[command(subcommand)]
    command: Option<Command>,
}

const EXIT_STATUS: &str = "\
Exit status: 0 nothing found, 1 something found, 2 the command could not be done, in whole or in \
part; then a message says what, where, and what to do.";

/// What can be asked.
#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Arguments),
    Trace(trace::Arguments),
    Diff(diff::Arguments),
    Expand(expand::Arguments),
    Unknowns(unknowns::Arguments),
    Tags(tags::Arguments),
    Profiles(profiles::Arguments),
    Lints(explain::ListArguments),
    Explain(explain::Arguments),
}

/// How a command went that could be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    /// Nothing to act on.
    Clean,
    /// Something to act on: findings, flows that are stopped, a name that is not known.
    Found,
    /// A part could not be done; what and why has been said.
    Failed,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        match status {
            Status::Clean => Self::SUCCESS,
            Status::Found => Self::from(1),
            Status::Failed => Self::from(2),
        }
    }
}

/// Runs the program on the arguments of the process.
pub fn main() -> ExitCode {
    run(std::env::args_os())
}

/// The whole command line, for pages and tests made from it.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Runs the program on `arguments`, of which the first is its own name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let parsed = Arguments::command()
        .try_get_matches_from(arguments)
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let done = arguments.run(&mut out);
    let done = done.and_then(|status| match out.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Write(error)),
        _ => Ok(status),
    });
    // What is left in the buffer could not be written, and would be tried again.
    let _ = out.into_parts();
    match done {
        Ok(status) => status.into(),
        // Whoever read has seen enough: `egresslint tags | head`.
        Err(Failure::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(failure) => {
            terminal::say_error(&failure);
            Status::Failed.into()
        }
    }
}

/// Help that was asked for, or what is wrong with the arguments.
fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        terminal::say_usage(error);
        return Status::Failed.into();
    }
    // A stream that takes no text takes no message about it either.
    let _ = error.print();
    Status::Clean.into()
}

impl Arguments {
    fn run(self, out: &mut dyn Write) -> Result<Status, Failure> {
        if self.version {
            return version(out);
        }
        let terminal = Terminal::of(self.color);
        // The renderers of reports have a guard each: they write to files too.
        if matches!(self.command, Some(Command::Check(_) | Command::Diff(_))) {
            return Self::answer(self.command, terminal, out);
        }
        let mut out = Guard::new(out);
        let done = Self::answer(self.command, terminal, &mut out)?;
        out.flush()?;
        Ok(done)
    }

    fn answer(
        command: Option<Command>,
        terminal: Terminal,
        out: &mut dyn Write,
    ) -> Result<Status, Failure> {
        match command {
            Some(Command::Check(arguments)) => arguments.run(terminal, out),
            Some(Command::Trace(arguments)) => arguments.run(terminal, out),
            Some(Command::Diff(arguments)) => arguments.run(terminal, out),
            Some(Command::Expand(arguments)) => arguments.run(out),
            Some(Command::Unknowns(arguments)) => arguments.run(out),
            Some(Command::Tags(arguments)) => arguments.run(out),
            Some(Command::Profiles(arguments)) => arguments.run(terminal, out),
            Some(Command::Lints(arguments)) => arguments.run(out),
            Some(Command::Explain(arguments)) => arguments.run(out),
            None => {
                let words = "a command is needed; `egresslint --help` lists them";
                Ok(usage_failure(&Self::command().error(ErrorKind::MissingSubcommand, words)))
            }
        }
    }
}

fn usage_failure(error: &clap::Error) -> Status {
    terminal::say_usage(error);
    Status::Failed
}

/// Not clap's own: its text would be made at every start, and with it the tag list read.
fn version(out: &mut dyn Write) -> Result<Status, Failure> {
    let tags = Catalogue::embedded();
    let (name, version) = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    let as_of = tags.as_of().unwrap_or("of unknown date");
    writeln!(out, "{name} {version} (service tags: {}, {as_of})", tags.cloud())?;
    Ok(Status::Clean)
}
