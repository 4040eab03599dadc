//! `egresslint diff`: what a change newly blocks or opens, with witnesses.

use super::{
    Status,
    failure::Failure,
    git::Revision,
    input,
    jobs::Jobs,
    judging::Judging,
    service_tags::ServiceTags,
    terminal::{self, Terminal},
};
use crate::{
    compare::{self, Comparison, Root, Turn, Version},
    lints::LINTS,
    load::Collected,
    report::{DIFF_RENDERERS, DiffRenderer, Look},
    run,
};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use std::{
    ffi::OsString,
    io::{self, Write},
    path::Path,
};

/// Tell what a change of policy newly blocks or opens, with a flow that shows each
///
/// Both versions are judged as `check` judges them. Groups of one resource id, or of one file and
/// name, are compared flow by flow: what one version lets through and the other stops, exactly, with
/// the rules on both sides that decide it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
With `--git`, the old version is that of a revision: `egresslint diff --git main infra/`. Nothing is \
written to the repository, and nothing is fetched.

Exit status: 0 no required endpoint is newly blocked (or what `--fail-when` says); 1 some are; 2 \
something could not be read or done.")]
pub(super) struct Arguments {
    /// OLD and NEW: two files or folders; with `--git`, what to look at in both versions (the
    /// current folder if left out)
    #[arg(value_name = "PATH")]
    paths: Vec<OsString>,

    /// Compare the working tree with this revision of its repository
    #[arg(long, value_name = "REV")]
    git: Option<String>,

    #[command(flatten)]
    judging: Judging,

    /// The form of the output
    #[arg(long, value_name = "FORMAT", value_parser = format_parser(), default_value = "human")]
    format: &'static DiffRenderer,

    /// What makes the exit status 1: a required endpoint that is newly blocked, any flow that is
    /// newly blocked or opened, any of these, or nothing
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    fail_when: FailWhen,

    #[command(flatten)]
    parameters: input::Parameters,

    #[command(flatten)]
    service_tags: ServiceTags,

    #[command(flatten)]
    jobs: Jobs,

    /// Changes and errors only: no summary
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,

    /// Every change, however many, and rows that no document of today asks for
    #[arg(short, long)]
    verbose: bool,
}

/// What counts as found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum FailWhen {
    /// A required endpoint is newly blocked
    #[default]
    Required,
    /// A required endpoint or any flow is newly blocked
    Blocked,
    /// A required endpoint or any flow is newly opened
    Opened,
    /// Anything changes, or could not be compared
    Any,
    /// Never
    Never,
}

fn format_parser() -> impl TypedValueParser<Value = &'static DiffRenderer> {
    let values =
        DIFF_RENDERERS.iter().map(|format| PossibleValue::new(format.name).help(format.summary));
    PossibleValuesParser::new(values).try_map(|name| {
        let found = DIFF_RENDERERS.iter().copied().find(|format| format.name == name);
        found.ok_or("no format")
    })
}

impl Arguments {
    /// Reads both versions, compares and reports.
    pub(super) fn run(self, terminal: Terminal, out: &mut dyn Write) -> Result<Status, Failure> {
        let tags = self.service_tags.list()?;
        let options = self.judging.options(&tags)?;
        self.jobs.settle()?;
        // The files of a revision are there as long as somebody may look into them.
        let mut revision = None;
        let (before, after) = match &self.git {
            Some(name) => self.versions_of(name, &mut revision)?,
            None => match self.paths.as_slice() {
                [old, new] if old == "-" && new == "-" => return Err(Failure::StdinForBoth),
                [old, new] => (self.version(old)?, self.version(new)?),
                _ => return Err(Failure::NotTwo { count: self.paths.len() }),
            },
        };
        let comparison = compare::compare(before, after, &options, &tags);
        let look = Look {
            color: terminal.color,
            width: terminal.width,
            quiet: self.quiet,
            verbose: self.verbose,
            lints: LINTS,
        };
        let heard = (self.format.render)(&comparison, &look, out).and_then(|()| out.flush());
        let errors = comparison.before.errors.iter().chain(&comparison.after.errors);
        for error in errors.clone() {
            terminal::say_error(&input::RunError(error));
        }
        let failed = errors.count() > 0;
        if comparison.compared == 0 && !failed {
            terminal::say_note(&"0 groups compared: nothing was proved");
        }
        match heard {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Write(error)),
            _ if failed => Ok(Status::Failed),
            _ => Ok(self.status(&comparison)),
        }
    }

    fn version(&self, path: &OsString) -> Result<Version, Failure> {
        let input = run::read(input::read(std::slice::from_ref(path), &self.parameters)?);
        Ok(Version { input, roots: vec![Root::new(Path::new(path))] })
    }

    /// The working tree, and what it was at the revision `name`.
    fn versions_of(
        &self,
        name: &str,
        kept: &mut Option<Revision>,
    ) -> Result<(Version, Version), Failure> {
        let paths =
            if self.paths.is_empty() { vec![OsString::from(".")] } else { self.paths.clone() };
        if paths.iter().any(|path| path == "-") {
            return Err(Failure::StdinAtRevision);
        }
        let old = kept.insert(Revision::read(name, &paths)?);
        // What is gone from the working tree is there only before.
        let is_gone = |path: &&OsString| !Path::new(path).exists() && !old.paths.is_empty();
        let new: Vec<OsString> = paths.iter().filter(|path| !is_gone(path)).cloned().collect();
        let read = |paths: &[OsString]| match paths {
            [] => Ok(run::read(Collected::default())),
            paths => Ok::<_, Failure>(run::read(input::read(paths, &self.parameters)?)),
        };
        let copies: Vec<OsString> = old.paths.iter().map(OsString::from).collect();
        let mut before = read(&copies)?;
        before.rename(|path| old.title(path));
        let roots = |paths: &[OsString]| paths.iter().map(|it| Root::new(Path::new(it))).collect();
        let titles = old.paths.iter().map(|path| old.title(&path.to_string_lossy()));
        let old_roots = titles.map(|title| Root::new(Path::new(&title))).collect();
        let before = Version { input: before, roots: old_roots };
        let after = Version { input: read(&new)?, roots: roots(&new) };
        Ok((before, after))
    }

    fn status(&self, comparison: &Comparison) -> Status {
        let required = |turn| comparison.required(turn) > 0;
        let turned = |turn| required(turn) || comparison.turned(turn) > 0;
        let found = match self.fail_when {
            FailWhen::Required => required(Turn::Blocked),
            FailWhen::Blocked => turned(Turn::Blocked),
            FailWhen::Opened => turned(Turn::Opened),
            FailWhen::Any => {
                let alone = comparison.gone.len() + comparison.added.len();
                [Turn::Blocked, Turn::Opened, Turn::Unproved].into_iter().any(turned)
                    || alone + comparison.undecided.len() > 0
            }
            FailWhen::Never => false,
        };
        if found { Status::Found } else { Status::Clean }
    }
}
