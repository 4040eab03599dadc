//! `egresslint unknowns`: how much of the policy in templates and plans can be known before it is
//! deployed, and what stands in the way of the rest.

use super::{
    Status,
    failure::Failure,
    input::{self, Parameters, RunError},
    json::{self, Format},
    terminal,
};
use crate::{
    load::{Tally, UnknownField},
    report::clean,
    run::{Unknowns, unknowns},
    source::{Sources, Span},
};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    ffi::OsString,
    io::{self, Write},
};

/// Show how many fields of the policy in templates and plans are unknown, and why
///
/// Counts the fields of network security groups, firewalls, firewall policies, IP groups, route
/// tables and virtual networks in ARM templates and Terraform plans, as evaluation leaves them. A
/// field is a property with a value or a list of values. An id that lacks no more than the
/// subscription and the group that is deployed to counts as known.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Files, folders and patterns; `-` reads standard input; the current folder if left out
    #[arg(value_name = "PATH")]
    paths: Vec<OsString>,

    #[command(flatten)]
    parameters: Parameters,

    /// How many places to show of each cause
    #[arg(long, value_name = "COUNT", default_value_t = 3)]
    places: usize,

    /// The form of the output
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
}

/// The answer.
#[derive(Serialize)]
struct Answer<'u> {
    /// Files with a template or a plan.
    files: usize,
    resources: usize,
    fields: usize,
    unknown: usize,
    /// In percent of the fields.
    unknown_percent: f64,
    /// The same less the parameters without a value, above and below the line.
    unknown_percent_less_parameters: f64,
    /// Ids that are known but for the place of the deployment.
    known_in_place: usize,
    causes: Vec<Cause<'u>>,
    types: Vec<Type<'u>>,
    /// What may hold more policy.
    unread: Vec<Unread<'u>>,
}

#[derive(Serialize)]
struct Cause<'u> {
    cause: &'static str,
    #[serde(skip)]
    words: &'static str,
    count: usize,
    places: Vec<Place<'u>>,
}

#[derive(Serialize)]
struct Place<'u> {
    file: &'u str,
    line: Option<u32>,
    column: Option<u32>,
    resource: String,
    field: &'u str,
    reason: String,
}

#[derive(Serialize)]
struct Type<'u> {
    #[serde(rename = "type")]
    name: &'u str,
    resources: usize,
    fields: usize,
    unknown: usize,
}

#[derive(Serialize)]
struct Unread<'u> {
    what: &'u str,
    count: usize,
}

impl Arguments {
    /// Reads, counts and tells.
    pub(super) fn run(self, out: &mut dyn Write) -> Result<Status, Failure> {
        let paths =
            if self.paths.is_empty() { vec![OsString::from(".")] } else { self.paths.clone() };
        let found = unknowns(input::texts(&paths, &self.parameters)?);
        let answer = answer(&found, self.places);
        match self.format {
            Format::Human => tell(&answer, out)?,
            Format::Json => json::write(&answer, out)?,
        }
        for error in &found.errors {
            terminal::say_error(&RunError(error));
        }
        Ok(if found.errors.is_empty() { Status::Clean } else { Status::Failed })
    }
}

fn answer(found: &Unknowns, places: usize) -> Answer<'_> {
    let Unknowns { sources, files, census, .. } = found;
    let sum = |of: fn(&Tally) -> usize| census.kinds.values().map(of).sum();
    let (resources, fields): (usize, usize) = (sum(|it| it.resources), sum(|it| it.fields));
    let mut causes: BTreeMap<_, Vec<&UnknownField>> = BTreeMap::new();
    for field in &census.unknown {
        causes.entry(field.cause).or_default().push(field);
    }
    let parameters =
        census.unknown.iter().filter(|field| field.cause.word() == "parameter").count();
    let causes = causes.into_iter().map(|(cause, fields)| Cause {
        cause: cause.word(),
        words: cause.words(),
        count: fields.len(),
        places: fields.iter().take(places).map(|field| place(field, sources)).collect(),
    });
    let mut causes: Vec<Cause<'_>> = causes.collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.count));
    let types = census.kinds.iter().map(|(&name, tally)| {
        let Tally { resources, fields, unknown } = *tally;
        Type { name, resources, fields, unknown }
    });
    let mut unread: BTreeMap<&str, usize> = BTreeMap::new();
    for (what, _) in &census.unread {
        *unread.entry(what).or_default() += 1;
    }
    let unknown = census.unknown.len();
    Answer {
        files: *files,
        resources,
        fields,
        unknown,
        unknown_percent: percent(unknown, fields),
        unknown_percent_less_parameters: percent(unknown - parameters, fields - parameters),
        known_in_place: census.in_place,
        causes,
        types: types.collect(),
        unread: unread.into_iter().map(|(what, count)| Unread { what, count }).collect(),
    }
}

fn place<'u>(field: &'u UnknownField, sources: &'u Sources) -> Place<'u> {
    let Span { file, .. } = sources.written(field.span).unwrap_or(field.span);
    let position = sources.position(field.span);
    Place {
        file: sources.get(sources.author(file)).map_or("", |file| &file.path),
        line: position.map(|position| position.line),
        column: position.map(|position| position.column),
        resource: clean::without_secrets(&field.resource),
        field: &field.field,
        reason: clean::without_secrets(&field.reason),
    }
}

/// With one digit behind the point, rounded.
fn percent(part: usize, whole: usize) -> f64 {
    let tenths = (part * 2000 + whole).checked_div(whole * 2).unwrap_or_default();
    f64::from(u32::try_from(tenths).unwrap_or(u32::MAX)) / 10.0
}

fn tell(answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Answer { files, resources, fields, unknown, known_in_place, .. } = answer;
    let files = number(*files, "file");
    let resources = number(*resources, "resource");
    let share = answer.unknown_percent;
    writeln!(
        out,
        "{files} with templates or plans, {resources} of policy, {}: {unknown} unknown ({share:.1} %)",
        number(*fields, "field")
    )?;
    let share = answer.unknown_percent_less_parameters;
    writeln!(out, "without the parameters that nobody gives a value: {share:.1} %")?;
    for Cause { words, count, places, .. } in &answer.causes {
        writeln!(out, "\n{count:>6}  {words}")?;
        for it in places {
            let at = match (it.line, it.column) {
                (Some(line), Some(column)) => format!(":{line}:{column}"),
                _ => String::new(),
            };
            let [file, resource, field, reason] =
                [it.file, &it.resource, it.field, &it.reason].map(clean::line);
            writeln!(out, "        {file}{at}  {resource} {field}: {reason}")?;
        }
        if count > &places.len() && !places.is_empty() {
            writeln!(out, "        and {} more; `--places` shows them", count - places.len())?;
        }
    }
    let widest = answer.types.iter().map(|it| it.name.len()).max().unwrap_or_default();
    for (at, it) in answer.types.iter().enumerate() {
        let line = if at == 0 { "\n" } else { "" };
        let Type { name, fields, unknown, .. } = it;
        writeln!(out, "{line}  {name:widest$}  {unknown:>6} of {fields:>6} unknown")?;
    }
    if *known_in_place > 0 {
        writeln!(
            out,
            "\n{} known but for the subscription and group that is deployed to",
            number(*known_in_place, "id")
        )?;
    }
    for Unread { what, count } in &answer.unread {
        writeln!(out, "not counted: what is in {what} ({count})")?;
    }
    Ok(())
}

/// `1 file`, `2 files`.
fn number(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
