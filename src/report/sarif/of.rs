//! How a report becomes SARIF.

use super::{
    ArtifactChange, ArtifactLocation, Configuration, Driver, Fingerprints, Fix, Help, Invocation,
    Location, Log, Message, Notification, PhysicalLocation, Region, Replacement, ResultProperties,
    Rule, Run, RunProperties, SarifLevel, SarifResult, Tool, uri,
};
use crate::{
    finding::{Finding, Report, RunError, Severity},
    lint::{self, Level, Lint},
    report::{
        Look, clean,
        json::{Flow, Requirement, Resource, fix_edits},
        phrases,
        places::{Place, Places},
        words::{self, Words},
    },
};
use std::{borrow::Cow, collections::BTreeMap};

const HOME: &str = "https://github.com/egresslint/egresslint";
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

impl<'r> Log<'r> {
    /// `report`, with all lints of `look`: those too that found nothing.
    pub(super) fn of(report: &'r Report, look: &Look, places: &Places<'r>) -> Self {
        let indices: BTreeMap<&str, usize> =
            look.lints.iter().enumerate().map(|(index, lint)| (lint.id, index)).collect();
        let result = |finding| SarifResult::of(finding, &indices, places);
        let run = Run {
            tool: Tool {
                driver: Driver {
                    name: env!("CARGO_PKG_NAME"),
                    version: env!("CARGO_PKG_VERSION"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: HOME,
                    rules: look.lints.iter().map(|lint| Rule::of(lint)).collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: report.errors.is_empty(),
                tool_execution_notifications: report
                    .errors
                    .iter()
                    .map(|error| Notification::of(error, places))
                    .chain(phrases::deployed_with(report).map(Notification::on_file))
                    .chain(phrases::unchecked(report).map(Notification::on_file))
                    .chain(phrases::unjudged(report).map(|rows| Notification::of_unjudged(&rows)))
                    .collect(),
            }],
            results: report.findings.iter().map(result).collect(),
            column_kind: "unicodeCodePoints",
            properties: RunProperties { summary: phrases::summary(report) },
        };
        Self { schema: SCHEMA, version: "2.1.0", runs: [run] }
    }
}

impl Rule {
    fn of(lint: &Lint) -> Self {
        let (enabled, level) = match lint.level {
            // A lint that is off says notes when someone turns it on.
            Level::Off => (false, SarifLevel::Note),
            Level::Note => (true, SarifLevel::Note),
            Level::Warning => (true, SarifLevel::Warning),
            Level::Error => (true, SarifLevel::Error),
        };
        Self {
            id: lint.id,
            short_description: Message::of(lint.summary),
            full_description: Message { text: what_it_does(lint) },
            default_configuration: Configuration { enabled, level },
            help: Help { text: lint.page.trim_ascii(), markdown: lint.page.trim_ascii() },
            help_uri: format!("{HOME}/blob/main/rules/lints/{}.md", lint.id),
        }
    }
}

/// The first paragraph of the page under `What it does`, on one line.
fn what_it_does(lint: &Lint) -> Cow<'static, str> {
    let paragraph: Vec<&str> = lint
        .page
        .lines()
        .map(str::trim)
        .skip_while(|line| !line.ends_with("What it does"))
        .skip(1)
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    if paragraph.is_empty() { lint.summary.into() } else { paragraph.join(" ").into() }
}

impl<'r> SarifResult<'r> {
    fn of(finding: &'r Finding, rules: &BTreeMap<&str, usize>, places: &Places<'r>) -> Self {
        let words = Words::of(finding);
        let related = finding.related.iter().filter_map(|label| {
            Some(Location::labelled(places.of_span(label.span)?, &words.label(label)))
        });
        Self {
            rule_id: finding.lint.id,
            rule_index: rules.get(finding.lint.id).copied(),
            level: finding.severity.into(),
            message: Message { text: phrases::paragraph(finding, &words).into() },
            locations: [main_location(finding, &words, places)],
            related_locations: related
                .zip(1..)
                .map(|(location, id)| Location { id: Some(id), ..location })
                .collect(),
            partial_fingerprints: Fingerprints { egresslint: &finding.fingerprint },
            fixes: finding
                .fix
                .iter()
                .zip(&words.fix)
                .filter_map(|(fix, description)| Fix::of(fix, description, places))
                .collect(),
            properties: ResultProperties {
                resource: Resource::of(&finding.resource),
                rule: words.rule.clone(),
                witness: finding.witness.as_ref().map(Flow::of),
                requirement: finding.requirement.as_ref().map(Requirement::of),
            },
        }
    }
}

/// Code scanning refuses results without a location: the file has to do where there is no place.
fn main_location<'r>(finding: &'r Finding, words: &Words<'r>, places: &Places<'r>) -> Location<'r> {
    let primary = finding.primary.as_ref();
    primary
        .and_then(|label| {
            Some(Location::labelled(places.of_span(label.span)?, &words.label(label)))
        })
        .unwrap_or(Location {
            id: None,
            physical_location: file(&finding.resource.file, None),
            message: None,
        })
}

impl<'r> Location<'r> {
    fn labelled(place: Place<'r>, label: &str) -> Self {
        let message = (!label.is_empty()).then(|| Message::of(label));
        let physical_location = file(place.file, Some(Region::of(place)));
        Self { id: None, physical_location, message }
    }
}

fn file(path: &str, region: Option<Region>) -> PhysicalLocation {
    PhysicalLocation { artifact_location: ArtifactLocation { uri: uri::of_path(path) }, region }
}

impl Region {
    fn of(place: Place<'_>) -> Self {
        Self {
            start_line: place.start.line,
            start_column: Some(place.start.column),
            end_line: Some(place.end.line),
            end_column: Some(place.end.column),
        }
    }
}

impl<'r> Message<'r> {
    fn of(text: &str) -> Self {
        Self { text: clean::lines(text).join("\n").into() }
    }
}

impl<'r> Notification<'r> {
    fn of(error: &'r RunError, places: &Places<'r>) -> Self {
        let region = match (error.span.and_then(|span| places.of_span(span)), error.line) {
            (Some(place), _) => Some(Region::of(place)),
            (None, Some(start_line)) => {
                let start_column = error.column;
                Some(Region { start_line, start_column, end_line: None, end_column: None })
            }
            (None, None) => None,
        };
        let physical_location = file(&error.file, region);
        Self {
            level: SarifLevel::Error,
            message: Message::of(&words::message(&error.message)),
            locations: vec![Location { id: None, physical_location, message: None }],
        }
    }

    fn on_file((path, message): (&str, String)) -> Self {
        Self {
            level: SarifLevel::Note,
            message: Message { text: message.into() },
            locations: vec![Location {
                id: None,
                physical_location: file(path, None),
                message: None,
            }],
        }
    }

    fn of_unjudged(rows: &str) -> Self {
        let text = format!("not judged: {rows}").into();
        Self { level: SarifLevel::Note, message: Message { text }, locations: Vec::new() }
    }
}

impl<'r> Fix<'r> {
    /// Nothing where the change is left to the reader: the format asks for one at least.
    fn of(fix: &'r lint::Fix, description: &str, places: &Places<'r>) -> Option<Self> {
        let mut files: BTreeMap<&str, Vec<Replacement<'r>>> = BTreeMap::new();
        for edit in fix_edits(fix) {
            let place = places.of_span(edit.span)?;
            files.entry(place.file).or_default().push(Replacement {
                deleted_region: Region::of(place),
                inserted_content: Message { text: edit.text.as_str().into() },
            });
        }
        let artifact_changes: Vec<_> = files
            .into_iter()
            .map(|(path, replacements)| ArtifactChange {
                artifact_location: ArtifactLocation { uri: uri::of_path(path) },
                replacements,
            })
            .collect();
        (!artifact_changes.is_empty())
            .then(|| Self { description: Message::of(description), artifact_changes })
    }
}

impl From<Severity> for SarifLevel {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Error,
            Severity::Warning => Self::Warning,
            Severity::Note => Self::Note,
        }
    }
}
