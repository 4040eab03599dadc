//! `egresslint check`: files in, a report out, and whether it passes.

mod outputs;

use super::{
    Status,
    explain::{self, ALL},
    failure::Failure,
    input,
    jobs::Jobs,
    near::Hint,
    profiles::{self, CloudName},
    service_tags::ServiceTags,
    terminal::{self, Terminal},
};
use crate::{
    finding::{Report, Severity, Verdict},
    lints::LINTS,
    profiles::{Cloud, DEFAULT},
    report::{Look, RENDERERS, Renderer},
    run::{self, Chosen, Options},
    tags::Catalogue,
};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use outputs::Output;
use std::{
    collections::BTreeSet, env, ffi::OsString, io, io::Write, mem::ManuallyDrop, path::Path,
    time::SystemTime,
};

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

    /// What must be reachable: built-in profiles (`egresslint profiles`) or TOML files (a name with
    /// a slash or ending in `.toml`); may be repeated
    #[arg(long = "profile", value_name = "NAME|FILE", value_delimiter = ',')]
    profiles: Vec<String>,

    /// The region of the machines, such as `japaneast` or `Japan East`; else each group's location
    #[arg(long, value_name = "REGION")]
    region: Option<String>,

    /// The cloud
    #[arg(long, value_name = "CLOUD", value_enum, default_value_t)]
    cloud: CloudName,

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
        let profiles = self.profiles.iter().map(Path::new);
        paths.chain(profiles).chain(self.service_tags.path())
    }

    fn options(&self, tags: &Catalogue) -> Result<Options, Failure> {
        let cloud = Cloud::from(self.cloud);
        let known = |names: &[String]| names.iter().try_for_each(|name| lint_or_all(name));
        known(&self.select)?;
        known(&self.ignore)?;
        let ours = is_of(cloud, tags);
        if !ours {
            terminal::say_note(&format!(
                "the service tags are those of the cloud {}, not of `{cloud}`; give the right list \
                 with `--service-tags`",
                tags.cloud()
            ));
        }
        let region = match &self.region {
            Some(region) if ours => Some(location(region, tags)?),
            // A list of another cloud knows nothing of the regions of this one.
            Some(region) => Some(squeezed(region)),
            None => None,
        };
        Ok(Options {
            profiles: self.chosen()?,
            region,
            cloud,
            select: self.select.clone(),
            ignore: self.ignore.clone(),
            today: today(),
        })
    }

    fn chosen(&self) -> Result<Vec<Chosen>, Failure> {
        if self.profiles.is_empty() {
            let profile = profiles::named(DEFAULT)?;
            return Ok(vec![Chosen { profile, named: false }]);
        }
        let mut given = BTreeSet::new();
        let mut names = BTreeSet::new();
        let mut chosen = Vec::new();
        for name in self.profiles.iter().filter(|&name| given.insert(name)) {
            let profile = profiles::named(name)?;
            if !names.insert(profile.name.value.clone()) {
                return Err(Failure::TwinProfiles { name: profile.name.value });
            }
            chosen.push(Chosen { profile, named: true });
        }
        Ok(chosen)
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

/// Whether the list is that of the cloud (TAG-017).
fn is_of(cloud: Cloud, tags: &Catalogue) -> bool {
    let list = tags.cloud().to_ascii_lowercase();
    match cloud {
        Cloud::Public => list == "public",
        Cloud::UsGov => list.contains("gov"),
        Cloud::China => list.contains("china"),
    }
}

/// The location that a person means: one that some tag of the list has a form for.
fn location(text: &str, tags: &Catalogue) -> Result<String, Failure> {
    let known = tags.locations();
    let plain = squeezed(text);
    if known.binary_search(&plain.as_str()).is_ok() {
        return Ok(plain);
    }
    // The codes of `AzureCloud`, such as `centralfrance` (TAG-021).
    let by_code = tags.tag_for_region("AzureCloud", text).and_then(|tag| tag.location());
    if let Some(location) = by_code {
        return Ok(location.to_owned());
    }
    let otherwise = "`egresslint tags Storage` lists the regions of a tag";
    let hint = Hint::new(&plain, known.iter().copied(), otherwise);
    Err(Failure::UnknownRegion { name: text.to_owned(), hint })
}

/// `japaneast` for `Japan East`.
fn squeezed(text: &str) -> String {
    let letters = text.chars().filter(|letter| !matches!(letter, ' ' | '-' | '_'));
    letters.flat_map(char::to_lowercase).collect()
}

/// Days since 1970-01-01; `SOURCE_DATE_EPOCH` stands in for the clock where builds must be the
/// same on any day (reproducible-builds.org).
fn today() -> Option<u32> {
    let fixed = env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    let seconds: u64 = fixed.or_else(|| {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some(since.as_secs())
    })?;
    u32::try_from(seconds / 86_400).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_known_by_any_of_its_spellings() {
        let tags = Catalogue::embedded();
        for text in ["japaneast", "Japan East", "JapanEast", "japan-east"] {
            assert_eq!(location(text, tags).unwrap(), "japaneast");
        }
        assert_eq!(location("centralfrance", tags).unwrap(), "francecentral");
        let message = location("japaneats", tags).unwrap_err().to_string();
        assert!(message.contains("did you mean `japaneast`?"), "{message}");
    }

    #[test]
    fn a_list_belongs_to_one_cloud() {
        let tags = Catalogue::embedded();
        let clouds = [Cloud::Public, Cloud::UsGov, Cloud::China];
        assert_eq!(clouds.map(|cloud| is_of(cloud, tags)), [true, false, false]);
    }
}
