//! The stable JSON output. The types here are the published contract (`rules/schema`), apart from
//! those of the program, which may change.

use super::{Look, Renderer, escape, phrases, places::Places, secrets};
use crate::{
    finding::{self, Report, Severity, Verdict},
    source::Span,
};
use serde::Serialize;
use std::{borrow::Cow, io};

/// `--format json`
pub(super) const RENDERER: Renderer = Renderer {
    name: "json",
    summary: "one object with findings, coverage and errors; stable, with a published JSON Schema",
    render,
};

fn render(report: &Report, _: &Look, out: &mut dyn io::Write) -> io::Result<()> {
    escape::write_json(&Output::of(report, &Places::with_pointers(report)), out)
}

/// What `egresslint check --format json` prints. Lines and columns count from 1, columns in Unicode
/// characters. Secrets are masked with `*` in all texts.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "EgresslintReport"))]
pub(super) struct Output<'r> {
    /// The version of this format: 1. Members may be added, none goes away or changes its meaning.
    schema_version: u32,
    tool: Tool<'r>,
    summary: Summary,
    /// By file, position and lint.
    findings: Vec<Finding<'r>>,
    /// By file, resource, profile and requirement.
    coverage: Vec<Coverage<'r>>,
    /// What could not be read or done; the rest of the report does not cover it.
    errors: Vec<Error<'r>>,
}

/// What judged, and by which data.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Tool<'r> {
    name: &'static str,
    version: &'static str,
    service_tags: ServiceTags<'r>,
}

/// The list of service tags.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ServiceTags<'r> {
    /// The name of the cloud as Microsoft's list has it, such as `Public`.
    cloud: &'r str,
    /// The date of the list.
    as_of: Option<&'r str>,
    /// Microsoft's number of the list.
    change_number: Option<u64>,
}

/// How much was looked at and what came of it.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Summary {
    /// Files read and understood.
    files: usize,
    /// Resources judged.
    resources: usize,
    findings: FindingCounts,
    coverage: VerdictCounts,
}

/// Findings by severity.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct FindingCounts {
    error: usize,
    warning: usize,
    note: usize,
}

/// Rows of the coverage by verdict.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct VerdictCounts {
    allowed: usize,
    blocked: usize,
    partial: usize,
    unknown: usize,
}

/// Something to act on.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Finding<'r> {
    /// Id of the lint; `egresslint explain` has its page.
    lint: &'static str,
    severity: SeverityWord,
    /// One sentence: what is.
    message: Cow<'r, str>,
    resource: Resource<'r>,
    /// Name of the rule it is about.
    rule: Option<Cow<'r, str>>,
    /// Where it was written; built-in rules and absent things are nowhere.
    location: Option<Location<'r>>,
    /// Other places that matter.
    related: Vec<Related<'r>>,
    /// A packet that shows it.
    witness: Option<Flow<'r>>,
    /// The requirement that is not met.
    requirement: Option<Requirement<'r>>,
    fix: Option<Fix<'r>>,
    /// Stays the same when lines move.
    fingerprint: &'r str,
    /// What to do.
    help: Option<Cow<'r, str>>,
}

/// How bad a finding is.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Severity"))]
enum SeverityWord {
    Error,
    Warning,
    Note,
}

/// A resource of the input.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Resource<'r> {
    /// The Azure resource type.
    #[serde(rename = "type")]
    kind: &'static str,
    name: Cow<'r, str>,
    file: &'r str,
}

/// A part of a file.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Location<'r> {
    file: &'r str,
    line: u32,
    column: u32,
    end_line: u32,
    /// The column after the last character.
    end_column: u32,
    /// RFC 6901 pointer of the innermost value; null where the file is not one JSON value.
    pointer: Option<String>,
}

/// Another place that matters.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Related<'r> {
    message: Cow<'r, str>,
    location: Option<Location<'r>>,
}

/// One concrete packet.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Flow<'r> {
    /// Source address.
    source: String,
    /// Null for protocols without ports.
    source_port: Option<u16>,
    /// Destination address.
    destination: String,
    /// Host name that was asked for.
    fqdn: Option<Cow<'r, str>>,
    /// `Tcp`, `Udp`, `Icmp`, `Esp`, `Ah`, or a number.
    protocol: &'r str,
    /// Destination port; null for protocols without ports.
    port: Option<u16>,
}

/// A row of a profile.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Requirement<'r> {
    profile: &'r str,
    id: &'r str,
    /// The document that asks for it.
    source: &'r str,
    /// The date of that document.
    as_of: &'r str,
}

/// A change that mends a finding.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Fix<'r> {
    /// What to do; may hold a rule ready to paste.
    description: Cow<'r, str>,
    /// Empty where the change is left to the reader.
    edits: Vec<Edit<'r>>,
}

/// Text to put in the place of other text.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Edit<'r> {
    file: &'r str,
    /// Offset of the first byte to go, in UTF-8 without a byte order mark.
    start: u32,
    /// Offset after the last byte to go; equal to `start` where text is only added.
    end: u32,
    text: &'r str,
}

/// The verdict on one requirement in one place.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Coverage<'r> {
    profile: &'r str,
    /// Id of the requirement.
    requirement: &'r str,
    scope: Scope<'r>,
    verdict: VerdictWord,
    /// The rules that decide flows of the requirement, in order.
    decided_by: Vec<Decider<'r>>,
    /// A flow that is not let through, or may not be.
    witness: Option<Flow<'r>>,
    /// Why it is unknown, or on what assumption it is known.
    reason: Option<Cow<'r, str>>,
}

/// The element that decided.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Scope<'r> {
    kind: ScopeWord,
    name: Cow<'r, str>,
    file: &'r str,
}

/// A kind of element.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ScopeKind"))]
enum ScopeWord {
    Nsg,
}

/// Is every flow let through (`allowed`), none (`blocked`), some (`partial`)?
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Verdict"))]
enum VerdictWord {
    Allowed,
    Blocked,
    Partial,
    Unknown,
}

/// A rule that decided something.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Decider<'r> {
    /// Name of the resource whose rule it is.
    resource: Cow<'r, str>,
    /// Name of the rule, built-in ones included.
    rule: Cow<'r, str>,
    priority: Option<i64>,
    /// Null for built-in rules.
    location: Option<Location<'r>>,
}

/// Something that could not be read or done.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Error<'r> {
    file: &'r str,
    line: Option<u32>,
    column: Option<u32>,
    /// What is wrong, and what to do.
    message: Cow<'r, str>,
}

impl<'r> Output<'r> {
    /// `report` in the words of this format.
    fn of(report: &'r Report, places: &Places<'r>) -> Self {
        let severity = |severity| phrases::findings_of(&report.findings, severity);
        let verdict = |verdict| phrases::rows_of(report, verdict);
        Self {
            schema_version: 1,
            tool: Tool {
                name: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
                service_tags: ServiceTags {
                    cloud: &report.tags.cloud,
                    as_of: report.tags.as_of.as_deref(),
                    change_number: report.tags.change_number,
                },
            },
            summary: Summary {
                files: report.counts.files,
                resources: report.counts.resources,
                findings: FindingCounts {
                    error: severity(Severity::Error),
                    warning: severity(Severity::Warning),
                    note: severity(Severity::Note),
                },
                coverage: VerdictCounts {
                    allowed: verdict(Verdict::Allowed),
                    blocked: verdict(Verdict::Blocked),
                    partial: verdict(Verdict::Partial),
                    unknown: verdict(Verdict::Unknown),
                },
            },
            findings: report.findings.iter().map(|it| Finding::of(it, report, places)).collect(),
            coverage: report.coverage.iter().map(|row| Coverage::of(row, places)).collect(),
            errors: report.errors.iter().map(|error| Error::of(error, places)).collect(),
        }
    }
}

impl<'r> Finding<'r> {
    fn of(finding: &'r finding::Finding, report: &'r Report, places: &Places<'r>) -> Self {
        Self {
            lint: finding.lint.id,
            severity: match finding.severity {
                Severity::Error => SeverityWord::Error,
                Severity::Warning => SeverityWord::Warning,
                Severity::Note => SeverityWord::Note,
            },
            message: secrets::masked(&finding.message),
            resource: Resource::of(&finding.resource),
            rule: masked(finding.rule.as_ref()),
            location: finding.primary.as_ref().and_then(|it| Location::of(it.span, places)),
            related: finding
                .related
                .iter()
                .map(|label| Related {
                    message: secrets::masked(&label.text),
                    location: Location::of(label.span, places),
                })
                .collect(),
            witness: finding.witness.as_ref().map(Flow::of),
            requirement: finding.requirement.as_ref().map(Requirement::of),
            fix: finding.fix.as_ref().map(|fix| Fix {
                description: secrets::masked(&fix.description),
                edits: fix_edits(fix).iter().filter_map(|it| Edit::of(it, report)).collect(),
            }),
            fingerprint: &finding.fingerprint,
            help: masked(finding.help.as_ref()),
        }
    }
}

/// The edits of a fix; none if one of them would print a secret.
pub(super) fn fix_edits(fix: &crate::lint::Fix) -> &[crate::lint::Edit] {
    if fix.edits.iter().any(|edit| secrets::any(&edit.text)) { &[] } else { &fix.edits }
}

impl<'r> Edit<'r> {
    fn of(edit: &'r crate::lint::Edit, report: &'r Report) -> Option<Self> {
        let Span { file, start, end } = edit.span;
        Some(Self { file: &report.sources.get(file)?.path, start, end, text: &edit.text })
    }
}

impl<'r> Resource<'r> {
    /// `resource` in the words of this format.
    pub(super) fn of(resource: &'r finding::ResourceRef) -> Self {
        let name = secrets::masked(&resource.name);
        Self { kind: resource.kind, name, file: &resource.file }
    }
}

impl<'r> Location<'r> {
    fn of(span: Span, places: &Places<'r>) -> Option<Self> {
        let place = places.of_span(span)?;
        Some(Self {
            file: place.file,
            line: place.start.line,
            column: place.start.column,
            end_line: place.end.line,
            end_column: place.end.column,
            pointer: places.pointer(span).map(str::to_owned),
        })
    }
}

impl<'r> Flow<'r> {
    /// `flow` in the words of this format.
    pub(super) fn of(flow: &'r finding::Flow) -> Self {
        Self {
            source: flow.source.to_string(),
            source_port: flow.source_port,
            destination: flow.destination.to_string(),
            fqdn: masked(flow.fqdn.as_ref()),
            protocol: &flow.protocol,
            port: flow.port,
        }
    }
}

impl<'r> Requirement<'r> {
    /// `requirement` in the words of this format.
    pub(super) fn of(requirement: &'r finding::RequirementRef) -> Self {
        let finding::RequirementRef { profile, id, source, as_of } = requirement;
        Self { profile, id, source, as_of }
    }
}

impl<'r> Coverage<'r> {
    fn of(row: &'r finding::Coverage, places: &Places<'r>) -> Self {
        Self {
            profile: &row.profile,
            requirement: &row.requirement,
            scope: Scope {
                kind: match row.scope {
                    finding::ScopeKind::Nsg => ScopeWord::Nsg,
                },
                name: secrets::masked(&row.name),
                file: &row.file,
            },
            verdict: match row.verdict {
                Verdict::Allowed => VerdictWord::Allowed,
                Verdict::Blocked => VerdictWord::Blocked,
                Verdict::Partial => VerdictWord::Partial,
                Verdict::Unknown => VerdictWord::Unknown,
            },
            decided_by: row
                .decided_by
                .iter()
                .map(|decider| Decider {
                    resource: secrets::masked(&decider.resource),
                    rule: secrets::masked(&decider.rule),
                    priority: decider.priority,
                    location: decider.span.and_then(|span| Location::of(span, places)),
                })
                .collect(),
            witness: row.witness.as_ref().map(Flow::of),
            reason: masked(row.reason.as_ref()),
        }
    }
}

impl<'r> Error<'r> {
    fn of(error: &'r finding::RunError, places: &Places<'r>) -> Self {
        let start = error.span.and_then(|span| places.of_span(span)).map(|place| place.start);
        Self {
            file: &error.file,
            line: error.line.or(start.map(|start| start.line)),
            column: error.column.or(start.map(|start| start.column)),
            message: secrets::masked(&error.message),
        }
    }
}

fn masked(text: Option<&String>) -> Option<Cow<'_, str>> {
    text.map(|text| secrets::masked(text))
}
