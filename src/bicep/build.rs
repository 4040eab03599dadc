//! Runs the `bicep` program.

use super::files::Units;
use super::places::{Unit, given_origins, origins};
use crate::document::Document;
use crate::source::{FileId, Origin};
use std::ffi::OsStr;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long one file may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is read of the program's output: Azure takes templates of four million bytes.
const MAX_OUTPUT: u64 = 32 << 20;

/// What is read of the program's complaints.
const MAX_COMPLAINTS: u64 = 1 << 20;

/// How often a look is taken whether the program is done.
const LOOK: Duration = Duration::from_millis(5);

/// The program that compiles Bicep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Builder {
    program: PathBuf,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// The template, as JSON.
    pub template: Option<Built>,
    /// The values of its parameters, as JSON, where the file was one of parameters.
    pub parameters: Option<Built>,
    /// The Bicep files that places lead back to, the built one first.
    pub files: Vec<(PathBuf, String)>,
}

/// A text that was made from Bicep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The text.
    pub json: String,
    /// Where its pieces come from; see [`crate::source::Made`].
    pub origins: Vec<Origin>,
}

/// Why there is no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildFault {
    /// The program did not start.
    #[error("`{program}` could not be started: {why}")]
    Start {
        /// Its path.
        program: String,
        /// The system's words.
        why: String,
    },
    /// It found faults, or could not go on.
    #[error("`bicep` could not build it: {0}")]
    Refused(String),
    /// It did not end.
    #[error("`bicep` took longer than {} seconds", PATIENCE.as_secs())]
    TooSlow,
    /// Its output has no end, or one that is far away.
    #[error("`bicep` printed more than {} MiB for it", MAX_OUTPUT >> 20)]
    TooLong,
    /// Its output is not what it is known to print.
    #[error(
        "`bicep` printed no template for it: update it, or build the file yourself and check the JSON"
    )]
    Output,
}

impl Builder {
    /// The program on `path` (the value of `PATH`), or else the one that `az bicep install` puts
    /// below `azure`, the folder of the Azure command line. Programs in the current folder or in
    /// ones named relative to it are not looked at: they may come with what is checked.
    pub fn find(path: Option<&OsStr>, azure: Option<&Path>) -> Option<Self> {
        let names: &[&str] = if cfg!(windows) { &["bicep.exe", "bicep.cmd"] } else { &["bicep"] };
        let folders = path.into_iter().flat_map(std::env::split_paths);
        let folders = folders.chain(azure.map(|folder| folder.join("bin")));
        folders
            .filter(|folder| folder.is_absolute())
            .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
            .find(|program| is_program(program))
            .map(|program| Self { program })
    }

    /// Builds a `.bicep` or `.bicepparam` file with the text `text`. Nothing is fetched: modules
    /// of registries must have been restored before.
    ///
    /// # Errors
    ///
    /// If the program does not start, refuses the file, does not end or prints something else.
    pub fn build(&self, path: &Path, text: &str) -> Result<Build, BuildFault> {
        let is_parameters =
            path.extension().is_some_and(|it| it.eq_ignore_ascii_case("bicepparam"));
        let verb = if is_parameters { "build-params" } else { "build" };
        let output = self.run(verb, path)?;
        let units = Units::of(path, text);
        if is_parameters {
            return parameters(&output, units);
        }
        let template = template(&units.units, 0, output)?;
        Ok(Build { template: Some(template), parameters: None, files: units.files })
    }

    fn run(&self, verb: &str, path: &Path) -> Result<String, BuildFault> {
        // A path that begins with a dash must not be taken for an option.
        let path = if path.is_relative() { Path::new(".").join(path) } else { path.to_path_buf() };
        let mut child = Command::new(&self.program)
            .arg(verb)
            .arg(&path)
            .args(["--stdout", "--no-restore"])
            .env("BICEP_TRACING_ENABLED", "false")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| BuildFault::Start {
                program: self.program.to_string_lossy().into_owned(),
                why: error.to_string(),
            })?;
        let streams = (child.stdout.take(), child.stderr.take());
        let is_full = Arc::new(AtomicBool::new(false));
        let full = Arc::clone(&is_full);
        let output = std::thread::spawn(move || {
            let bytes = read(streams.0, MAX_OUTPUT.saturating_add(1));
            let is_long = u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_OUTPUT);
            full.store(is_long, Ordering::Relaxed);
            bytes
        });
        let errors = std::thread::spawn(move || read(streams.1, MAX_COMPLAINTS));
        let status = wait(&mut child, &is_full)?;
        let [output, errors] = [output, errors].map(|it| it.join().unwrap_or_default());
        if is_full.load(Ordering::Relaxed) {
            return Err(BuildFault::TooLong);
        }
        if status.success() {
            return Ok(text(output));
        }
        let why = first_error(&text(errors)).unwrap_or_else(|| ended(status));
        Err(BuildFault::Refused(why))
    }
}

/// How a program ended that said nothing.
fn ended(status: ExitStatus) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        if let Some(signal) = status.signal() {
            return format!("it was ended by signal {signal}, and said nothing");
        }
    }
    match status.code() {
        Some(code) => format!("it said nothing, and ended with status {code}"),
        None => "it said nothing".to_owned(),
    }
}

fn is_program(path: &Path) -> bool {
    let Ok(metadata) = std::fs::metadata(path) else { return false };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        metadata.is_file() && metadata.permissions().mode() & 0o111 != 0
    }
    #[cfg(not(unix))]
    {
        metadata.is_file()
    }
}

fn read(stream: Option<impl std::io::Read>, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(stream) = stream {
        // What came before a broken pipe is still worth reading.
        let _ = stream.take(most).read_to_end(&mut bytes);
    }
    bytes
}

/// The bytes as text, without a copy where they are one.
fn text(bytes: Vec<u8>) -> String {
    let mut text = String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    let mark = text.len() - text.trim_start_matches('\u{feff}').len();
    text.drain(..mark);
    text
}

/// How the program ended; it is ended if it takes too long or prints too much.
fn wait(child: &mut Child, is_full: &AtomicBool) -> Result<ExitStatus, BuildFault> {
    let start = Instant::now();
    let mut fault = BuildFault::TooSlow;
    while start.elapsed() < PATIENCE {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if is_full.load(Ordering::Relaxed) => {
                fault = BuildFault::TooLong;
                break;
            }
            Ok(None) => std::thread::sleep(LOOK),
            Err(_) => break,
        }
    }
    // It may have ended just now.
    let _ = child.kill();
    let _ = child.wait();
    Err(fault)
}

/// The first fault that was printed, or the first line; warnings are no reason.
fn first_error(errors: &str) -> Option<String> {
    let is_fault = |line: &&str| line.contains(": Error ") || line.contains(" : Error ");
    let line = errors.lines().find(is_fault);
    let line = line.or_else(|| errors.lines().find(|line| !line.trim().is_empty()));
    line.map(|line| line.trim().to_owned())
}

/// What `build-params` prints: the texts of two files in one object.
fn parameters(output: &str, units: Units) -> Result<Build, BuildFault> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Printed {
        parameters_json: Option<String>,
        template_json: Option<String>,
    }
    let printed = serde_json::from_str::<Printed>(output).map_err(|_| BuildFault::Output)?;
    let json = match printed.parameters_json {
        Some(json) => json,
        // Older versions print the parameters alone.
        None if output.contains("\"parameters\"") => output.to_owned(),
        None => return Err(BuildFault::Output),
    };
    let unit = units.units.first().ok_or(BuildFault::Output)?;
    let document = Document::parse(FileId(0), &json).map_err(|_| BuildFault::Output)?;
    let origins = given_origins(document.root(), &unit.source);
    drop(document);
    let given = Built { json, origins };
    let named = unit.source.using().and_then(|using| unit.modules.get(using)).copied();
    let template = match (printed.template_json, named) {
        (Some(json), Some(file)) => Some(template(&units.units, file, json)?),
        (Some(json), None) => Some(Built { json, origins: Vec::new() }),
        (None, _) => None,
    };
    Ok(Build { template, parameters: Some(given), files: units.files })
}

/// The template that was made from the unit number `file`.
fn template(units: &[Unit], file: usize, json: String) -> Result<Built, BuildFault> {
    let document = Document::parse(FileId(0), &json).map_err(|_| BuildFault::Output)?;
    let origins = origins(document.root(), units, file);
    drop(document);
    Ok(Built { json, origins })
}
