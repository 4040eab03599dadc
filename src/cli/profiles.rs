//! `egresslint profiles`: what must be reachable, and who says so. Also where names and files of
//! `--profile` become profiles.

use super::{
    Status, bounded,
    failure::{Failure, Placed, shown},
    json::{self, Format},
    near::Hint,
    terminal::Terminal,
};
use crate::{
    profiles::{
        self, Cloud, FormView, Profile, ProfileError, ProfileView, RequirementView, built_in,
    },
    report::{clean, paint::Paint},
    source::{FileId, SourceFile},
};
use serde::Serialize;
use std::{
    io::{self, Write},
    path::Path,
};

/// Show what must be reachable: every profile, or what one of them asks for and who says so
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A built-in profile, or a TOML file (its name has a slash or ends in `.toml`)
    #[arg(value_name = "NAME|FILE")]
    profile: Option<String>,

    /// Only what holds in this cloud
    #[arg(long, value_name = "CLOUD", value_enum)]
    cloud: Option<CloudName>,

    /// The form of the output
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
}

/// A cloud on the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum CloudName {
    /// The public cloud
    #[default]
    Public,
    /// Azure US Government
    #[value(name = "usgov")]
    UsGov,
    /// Azure operated by 21Vianet
    China,
}

impl From<CloudName> for Cloud {
    fn from(name: CloudName) -> Self {
        match name {
            CloudName::Public => Self::Public,
            CloudName::UsGov => Self::UsGov,
            CloudName::China => Self::China,
        }
    }
}

/// A profile in the list of all.
#[derive(Serialize)]
struct Row {
    name: String,
    title: String,
    extends: Vec<String>,
    requirements: usize,
}

impl Arguments {
    /// Prints the list or one profile.
    pub(super) fn run(self, terminal: Terminal, out: &mut dyn Write) -> Result<Status, Failure> {
        let cloud = self.cloud.map(Cloud::from);
        let Some(name) = &self.profile else {
            let rows = rows(cloud)?;
            match self.format {
                Format::Human => list(&rows, out)?,
                Format::Json => json::write(&rows, out)?,
            }
            return Ok(Status::Clean);
        };
        let profile = named(name)?;
        let view = ProfileView::new(&profile, cloud);
        match self.format {
            Format::Human => show(&view, Paint(terminal.color), out)?,
            Format::Json => json::write(&view, out)?,
        }
        Ok(Status::Clean)
    }
}

/// The profile that `--profile` or `egresslint profiles` was given: a built-in name, or a file.
pub(super) fn named(name: &str) -> Result<Profile, Failure> {
    if name.contains(['/', '\\']) || name.ends_with(".toml") {
        return read(Path::new(name));
    }
    match built_in(name) {
        Some(profile) => profile.map_err(|errors| faults(name, "", &errors)),
        None => {
            let known = profiles::PROFILES.iter().map(|file| file.name);
            let path = Path::new(name);
            let otherwise = if path.exists() {
                format!("to read the file of that name, write `./{}`", clean::line(name))
            } else {
                "`egresslint profiles` lists them".to_owned()
            };
            Err(Failure::UnknownProfile {
                name: name.to_owned(),
                hint: Hint::new(name, known, otherwise),
            })
        }
    }
}

/// Files of the user are none of the run: reports name profiles, and show no excerpt of them.
const USER_FILE: FileId = FileId(u32::MAX - 1);

fn read(path: &Path) -> Result<Profile, Failure> {
    let bytes = bounded::read(path, bounded::PROFILE)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let message = format!("byte {at} is not UTF-8; save the file as UTF-8");
        Failure::Profile(vec![Placed { path: shown(path), at: None, message }])
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    profiles::read(USER_FILE, text).map_err(|errors| faults(&shown(path), text, &errors))
}

fn faults(path: &str, text: &str, errors: &[ProfileError]) -> Failure {
    let source = SourceFile::new(path, text);
    let placed = |error: &ProfileError| {
        let position = source.position(error.span.start);
        Placed {
            path: path.to_owned(),
            at: Some((position.line, position.column)),
            message: error.to_string(),
        }
    };
    Failure::Profile(errors.iter().map(placed).collect())
}

fn rows(cloud: Option<Cloud>) -> Result<Vec<Row>, Failure> {
    let row = |file: &profiles::BuiltIn| {
        let profile = named(file.name)?;
        let view = ProfileView::new(&profile, cloud);
        Ok(Row {
            name: view.name.to_owned(),
            title: view.title.to_owned(),
            extends: view.extends.iter().map(|&base| base.to_owned()).collect(),
            requirements: view.requirements.len(),
        })
    };
    profiles::PROFILES.iter().map(row).collect()
}

fn list(rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    let widest = rows.iter().map(|row| row.name.len()).max().unwrap_or_default();
    for Row { name, title, requirements, .. } in rows {
        writeln!(out, "{name:widest$}  {requirements:>2}  {title}")?;
    }
    writeln!(out, "\nname, number of destinations, title; `egresslint profiles NAME` shows one")
}

fn show(view: &ProfileView<'_>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}: {}", paint.strong(&clean::line(view.name)), clean::line(view.title))?;
    if !view.extends.is_empty() {
        writeln!(out, "extends {}", clean::line(&view.extends.join(", ")))?;
    }
    for row in &view.requirements {
        writeln!(out)?;
        requirement(view, row, paint, out)?;
    }
    writeln!(
        out,
        "\nthe words on the left are keys of `[[require]]` in a file for `--profile FILE`"
    )
}

fn requirement(
    view: &ProfileView<'_>,
    row: &RequirementView<'_>,
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let ports: Vec<String> = row.ports.iter().map(ToString::to_string).collect();
    let on = if ports.is_empty() {
        row.protocol.to_string()
    } else {
        format!("{}/{}", row.protocol, ports.join(","))
    };
    let id = paint.strong(&clean::line(row.id));
    let from_profile =
        if row.profile == view.name { String::new() } else { format!(", from `{}`", row.profile) };
    let severity = row.severity;
    writeln!(out, "{id} on {on} (severity {severity}{})", clean::line(&from_profile))?;
    for (name, forms) in [
        ("tags", &row.tags),
        ("fqdns", &row.fqdns),
        ("addresses", &row.addresses),
        ("witnesses", &row.witnesses),
    ] {
        for form in forms {
            writeln!(out, "  {name:16}  {}", clean::line(&value(row, form)))?;
        }
    }
    let mut line = |name: &str, text: &str| writeln!(out, "  {name:16}  {}", clean::line(text));
    if !row.from.is_empty() {
        line("from", &row.from.join(", "))?;
    }
    let clouds: Vec<String> = row.clouds.iter().map(|cloud| cloud.to_string()).collect();
    line("cloud", &clouds.join(", "))?;
    if row.private_endpoint {
        line("private-endpoint", "true: a private endpoint of the vault does as well")?;
    }
    if let Some(note) = row.note {
        line("note", note)?;
    }
    line("source", row.source)?;
    line("as_of", &row.as_of.to_string())
}

/// The value, with what is not the same as in the whole row.
fn value(row: &RequirementView<'_>, form: &FormView<'_>) -> String {
    let mut text = form.value.clone();
    if form.clouds != row.clouds {
        let clouds: Vec<String> = form.clouds.iter().map(|cloud| cloud.to_string()).collect();
        text.push_str(&format!(" [{}]", clouds.join(", ")));
    }
    if (form.source, form.as_of) != (row.source, row.as_of) {
        text.push_str(&format!(" ({}, {})", form.source, form.as_of));
    }
    text
}
