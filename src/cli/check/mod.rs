//! `egresslint check`: files in, a report out, and whether it passes.

mod outputs;

use super::{
    Status,
    explain::{self, ALL},
    failure::Failure,
    input,
    jobs::Jobs,
    judging::Judging,
    service_tags::ServiceTags,
    terminal::{self, Terminal},
};
use crate::{
    finding::{Report, Severity, Verdict},
    lints::LINTS,
    report::{Look, RENDERERS, Renderer},
    run::{self, Options},
    tags::Catalogue,
};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use outputs::Output;
use std::{ffi::OsString, io, io::Write, mem::ManuallyDrop, path::Path};

/// Lint policy files and folders, and prove that what must be reachable is
///
/// A folder is walked, files that git ignores left out; files are told by what is in them, not by
/// their names. A file that is named and holds no network policy is an error; one met in a walk is
/// skipped and counted. A broken file never hides what is found in the others.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
With no `--profile`, `azure-backup` is implied: what it finds is a warning at most. Where no region \
is known, the tag of any one region is enough, and the report says so.

Exit status: 0 nothing at or above `--fail-on`; 1 findings; 2 something could not be read or done, \
whatever was found.")]
pub(super) struct Arguments {
    /// Files, folders and patterns; `-` reads standard input; the current folder if left out
    #[arg(value_name = "PATH")]
    paths: Vec<OsString>,

    #[command(flatten)]
    judging: Judging,

    /// The form of the report on standard output
    #[arg(long, value_name = "FORMAT", value_parser = format_parser(), default_value = "human")]
    format: &'static Renderer,

    /// Write the report to FILE. With `FORMAT=FILE`, in that format, and standard output keeps its
    /// own; with FILE alone, what standard output would have had, and that stays empty. May be
    /// repeated
    #[arg(long = "output", value_name = "[FORMAT=]FILE")]
    outputs: Vec<OsString>,

    /// Lints to run although they are off or ignored; `all` for every one; may be repeated
    #[arg(long, value_name = "LINT", value_delimiter = ',')]
    select: Vec<String>,

    /// Lints to leave out; `all` for every one; may be repeated
    #[arg(long, value_name = "LINT", value_delimiter = ',')]
    ignore: Vec<String>,

    /// The least severity that makes the exit status 1
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t)]
    fail_on: FailOn,

    /// Make the exit status 1 where a verdict is `unknown`
    #[arg(long)]
    fail_on_unknown: bool,

    #[command(flatten)]
    parameters: input::Parameters,

    #[command(flatten)]
    service_tags: ServiceTags,

    #[command(flatten)]
    jobs: Jobs,

    /// Findings and errors only: no table, no summary
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,

    /// Every row of the table of what is reachable, however many
    #[arg(short, long)]
    verbose: bool,
}

/// The least severity that counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    #[default]
    Error,
    Warning,
    Note,
    Never,
}

impl FailOn {
    const fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Note => Some(Severity::Note),
            Self::Never => None,
        }
    }
}

/// The formats are those of the library; this keeps no list of its own.
fn format_parser() -> impl TypedValueParser<Value = &'static Renderer> {
    let values =
        RENDERERS.iter().map(|format| PossibleValue::new(format.name).help(format.summary));
    PossibleValuesParser::new(values).try_map(|name| outputs::renderer(&name).ok_or("no format"))
}

impl Arguments {
    /// Reads, judges and reports.
    pub(super) fn run(self, terminal: Terminal, out: &mut dyn Write) -> Result<Status, Failure> {
        let outputs: Vec<Output> =
            self.outputs.iter().map(|text| Output::of(text)).collect::<Result<_, _>>()?;
        Output::check(&outputs, self.given())?;
        let tags = self.service_tags.list()?;
        let options = self.options(&tags)?;
        self.jobs.settle()?;
        let paths =
            if self.paths.is_empty() { vec![OsString::from(".")] } else { self.paths.clone() };
        let read = run::read(input::read(&paths, &self.parameters)?);
        // The process is about to end: what it holds need not be taken apart piece by piece.
        let kept = ManuallyDrop::new(run::judge_and_keep(read, &options, &tags));
        let (report, _) = &*kept;
        Output::check(&outputs, judged(report))?;
        let look = Look {
            color: terminal.color,
            width: terminal.width,
            quiet: self.quiet,
            verbose: self.verbose,
            lints: LINTS,
        };
        let shown = outputs.iter().all(|output| output.format.is_some());
        let mut heard = Ok(());
        if shown {
            heard = (self.format.render)(report, &look, out).and_then(|()| out.flush());
        }
        if !(shown && outputs::FOR_PEOPLE.contains(&self.format.name)) {
            for error in &report.errors {
                terminal::say_error(&input::RunError(error));
            }
        }
        let silent = self.quiet || !outputs::FOR_PEOPLE.contains(&self.format.name) || !shown;
        if silent && report.counts.resources == 0 && report.errors.is_empty() {
            terminal::say_note(&"0 groups judged: nothing was proved");
        }
        for output in &outputs {
            output.write(self.format, report, &look)?;
        }
        match heard {
            // Whoever read has seen enough, and the answer is still the answer.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Write(error)),
            _ => Ok(self.status(report)),
        }
    }

    /// The files that the arguments name.
    fn given(&self) -> impl Iterator<Item = &Path> {
        let paths = self.paths.iter().filter(|path| *path != "-").map(Path::new);
        paths.chain(self.judging.given()).chain(self.service_tags.path())
    }

    fn options(&self, tags: &Catalogue) -> Result<Options, Failure> {
        let known = |names: &[String]| names.iter().try_for_each(|name| lint_or_all(name));
        known(&self.select)?;
        known(&self.ignore)?;
        let options = self.judging.options(tags)?;
        Ok(Options { select: self.select.clone(), ignore: self.ignore.clone(), ..options })
    }

    /// Failure wins over findings (design 2).
    fn status(&self, report: &Report) -> Status {
        if !report.errors.is_empty() {
            return Status::Failed;
        }
        let worst = report.findings.iter().map(|finding| finding.severity).max();
        let found = self.fail_on.severity().is_some_and(|least| worst >= Some(least));
        let unknown = || report.coverage.iter().any(|row| row.verdict == Verdict::Unknown);
        if found || (self.fail_on_unknown && unknown()) { Status::Found } else { Status::Clean }
    }
}

/// The files that hold what was judged: a report of yesterday in the folder does not.
fn judged(report: &Report) -> impl Iterator<Item = &Path> {
    let judged = report.coverage.iter().map(|row| row.file.as_str());
    let files = judged.chain(report.findings.iter().map(|finding| finding.resource.file.as_str()));
    let mut files: Vec<&str> = files.collect();
    files.dedup();
    files.into_iter().map(Path::new)
}

fn lint_or_all(name: &str) -> Result<(), Failure> {
    if name == ALL { Ok(()) } else { explain::named(name).map(|_| ()) }
}
