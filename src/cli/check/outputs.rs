//! `--format` and `--output`: where reports go, and in which form.

use super::super::{failure::Failure, near::Hint};
use crate::{
    finding::Report,
    report::{Look, RENDERERS, Renderer},
};
use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs::File,
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

/// Formats that show what could not be read where people look; others are read by programs.
pub(super) const FOR_PEOPLE: [&str; 2] = ["human", "concise"];

/// Characters a line of prose may have in a file.
const WIDTH: usize = 100;

/// The format of that name.
pub(super) fn renderer(name: &str) -> Option<&'static Renderer> {
    RENDERERS.iter().copied().find(|format| format.name == name)
}

/// A file to write a report to.
#[derive(Debug)]
pub(super) struct Output {
    /// The format, if one was named.
    pub(super) format: Option<&'static Renderer>,
    path: PathBuf,
}

impl Output {
    /// `FILE`, or `FORMAT=FILE`.
    pub(super) fn of(text: &OsStr) -> Result<Self, Failure> {
        let split = text.to_str().and_then(|text| text.split_once('='));
        // A path may have a `=` of its own: behind what can be no format.
        let is_word = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let (format, path) = match split.filter(|(name, _)| is_word(name)) {
            None => (None, PathBuf::from(text)),
            Some((name, path)) => {
                let format = renderer(name).ok_or_else(|| {
                    let names = RENDERERS.iter().map(|format| format.name);
                    let known: Vec<&str> = names.clone().collect();
                    let otherwise =
                        format!("known are {}; a file of that name is `./…`", known.join(", "));
                    Failure::UnknownFormat {
                        name: name.to_owned(),
                        hint: Hint::new(name, names, otherwise),
                    }
                })?;
                (Some(format), PathBuf::from(path))
            }
        };
        if path.as_os_str().is_empty() || path.as_os_str() == "-" {
            return Err(Failure::OutputWithoutFile { text: text.to_string_lossy().into_owned() });
        }
        Ok(Self { format, path })
    }

    /// Whether each report has a file of its own, and none of them is a file that is read.
    pub(super) fn check<'p>(
        outputs: &[Self],
        inputs: impl Iterator<Item = &'p Path>,
    ) -> Result<(), Failure> {
        if outputs.is_empty() {
            return Ok(());
        }
        let mut places = BTreeMap::new();
        for output in outputs.iter().filter(|output| is_file(&output.path)) {
            if places.insert(place(&output.path), &output.path).is_some() {
                return Err(Failure::SameOutput { path: output.path.clone() });
            }
        }
        for input in inputs {
            if let Some(&path) = places.get(&place(input)) {
                return Err(Failure::OutputIsInput { path: path.clone() });
            }
        }
        Ok(())
    }

    /// Writes the report, in plain text.
    pub(super) fn write(
        &self,
        format: &'static Renderer,
        report: &Report,
        look: &Look,
    ) -> Result<(), Failure> {
        let look = Look { color: false, width: WIDTH, ..*look };
        let write = || -> io::Result<()> {
            let mut out = BufWriter::new(File::create(&self.path)?);
            (self.format.unwrap_or(format).render)(report, &look, &mut out)?;
            out.flush()
        };
        write().map_err(|error| Failure::WriteFile { path: self.path.clone(), error })
    }
}

/// Is there a file, or may there be one? Devices and pipes take more than one report.
fn is_file(path: &Path) -> bool {
    path.metadata().is_ok_and(|it| it.is_file()) || !path.exists()
}

/// The path without links and dots, also of a file that is not there yet.
fn place(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| {
        let folder = path.parent().filter(|it| *it != Path::new("")).unwrap_or(Path::new("."));
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
        path.file_name().map_or(folder.clone(), |name| folder.join(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_is_a_file_or_a_format_and_a_file() {
        let of = |text: &str| Output::of(OsStr::new(text));
        let named = |text: &str| {
            let output = of(text).unwrap();
            (output.format.map(|format| format.name), output.path.display().to_string())
        };
        assert_eq!(named("sarif=out/x.sarif"), (Some("sarif"), "out/x.sarif".to_owned()));
        assert_eq!(named("report.txt"), (None, "report.txt".to_owned()));
        assert_eq!(named("./a=b.json"), (None, "./a=b.json".to_owned()));
        assert_eq!(named("json=a=b.json"), (Some("json"), "a=b.json".to_owned()));
        let message = of("sariff=x").unwrap_err().to_string();
        assert!(message.contains("did you mean `sarif`?"), "{message}");
        for text in ["-", "json=", "json=-", ""] {
            assert!(matches!(of(text), Err(Failure::OutputWithoutFile { .. })), "{text}");
        }
    }
}
