//! Runs the `bicep` program.

use super::files::Units;
use super::places::{Unit, given_origins, origins};
use crate::document::Document;
use crate::source::{FileId, Origin};
use std::ffi::OsStr;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long one file may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is read of a file or of the program's output.
const MAX_BYTES: u64 = 256 << 20;

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
        let output = std::thread::spawn(move || read(streams.0));
        let errors = std::thread::spawn(move || read(streams.1));
        let status = wait(&mut child)?;
        let [output, errors] = [output, errors].map(|it| it.join().unwrap_or_default());
        if status { Ok(output) } else { Err(BuildFault::Refused(first_error(&errors))) }
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

fn read(stream: Option<impl std::io::Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(stream) = stream {
        // What came before a broken pipe is still worth reading.
        let _ = stream.take(MAX_BYTES).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').to_owned()
}

/// Whether the program ended well; it is ended if it takes too long.
fn wait(child: &mut Child) -> Result<bool, BuildFault> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) => std::thread::sleep(LOOK),
            Err(_) => break,
        }
    }
    // It may have ended just now.
    let _ = child.kill();
    let _ = child.wait();
    Err(BuildFault::TooSlow)
}

/// The first fault that was printed, or the first line; warnings are no reason.
fn first_error(errors: &str) -> String {
    let is_fault = |line: &&str| line.contains(": Error ") || line.contains(" : Error ");
    let line = errors.lines().find(is_fault);
    let line = line.or_else(|| errors.lines().find(|line| !line.trim().is_empty()));
    line.map_or_else(|| "it said nothing".to_owned(), |line| line.trim().to_owned())
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
