//! How the words of the program become those of the format.

use super::{
    Coverage, Decider, DeployedWith, Edit, Error, Finding, FindingCounts, Fix, Flow, Iteration,
    Location, Output, Related, Requirement, Resource, Scope, ScopeWord, ServiceTags, SeverityWord,
    Summary, Tool, Unchecked, Undeclared, Unjudged, VerdictCounts, VerdictWord,
};
use crate::{
    finding::{self, Report, Severity, Verdict},
    lint,
    report::{
        phrases,
        places::Places,
        secrets,
        words::{self, Words},
    },
    source::Span,
};
use std::borrow::Cow;

impl<'r> Output<'r> {
    /// `report` in the words of this format, less the two long lists.
    pub(super) fn frame(report: &'r Report, places: &Places<'r>) -> Self {
        let severity = |severity| phrases::findings_of(&report.findings, severity);
        let verdicts = |required: bool| {
            let of = |verdict| {
                let rows = report.coverage.iter().filter(|row| row.required || !required);
                rows.filter(|row| row.verdict == verdict).count()
            };
            VerdictCounts {
                allowed: of(Verdict::Allowed),
                blocked: of(Verdict::Blocked),
                partial: of(Verdict::Partial),
                unknown: of(Verdict::Unknown),
            }
        };
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
                coverage: verdicts(false),
                required: verdicts(true),
            },
            findings: Vec::new(),
            coverage: Vec::new(),
            errors: report.errors.iter().map(|error| Error::of(error, places)).collect(),
            unchecked: report
                .unchecked
                .iter()
                .map(|it| Unchecked { file: &it.file, what: it.what })
                .collect(),
            deployed_with: report
                .deployed_with
                .iter()
                .map(|it| DeployedWith {
                    file: &it.file,
                    parameters: &it.parameters,
                    undeclared: it.undeclared.as_ref().map(|undeclared| Undeclared {
                        name: &undeclared.name,
                        nearest: undeclared.nearest.as_deref(),
                    }),
                })
                .collect(),
            unjudged: report
                .unjudged
                .iter()
                .map(|it| Unjudged { profile: &it.profile, requirements: &it.requirements })
                .collect(),
        }
    }
}

impl<'r> Finding<'r> {
    /// `finding` in the words of this format.
    pub(super) fn of(
        finding: &'r finding::Finding,
        report: &'r Report,
        places: &Places<'r>,
    ) -> Self {
        let words = Words::of(finding);
        let related = finding
            .related
            .iter()
            .map(|label| Related {
                message: words.label(label),
                location: Location::of(label.span, places),
            })
            .collect();
        Self {
            lint: finding.lint.id,
            severity: match finding.severity {
                Severity::Error => SeverityWord::Error,
                Severity::Warning => SeverityWord::Warning,
                Severity::Note => SeverityWord::Note,
            },
            message: words.message,
            resource: Resource::of(&finding.resource),
            address: words.address,
            rule: words.rule,
            iteration: finding.iteration.as_ref().map(Iteration::of),
            location: finding.primary.as_ref().and_then(|it| Location::of(it.span, places)),
            related,
            witness: finding.witness.as_ref().map(Flow::of),
            requirement: finding.requirement.as_ref().map(Requirement::of),
            also_required_by: finding.also_required.iter().map(Requirement::of).collect(),
            fix: finding.fix.as_ref().zip(words.fix).map(|(fix, description)| Fix {
                description,
                edits: fix_edits(fix).iter().filter_map(|it| Edit::of(it, report)).collect(),
            }),
            fingerprint: &finding.fingerprint,
            help: words.help,
        }
    }
}

impl<'r> Iteration<'r> {
    fn of(round: &'r finding::Round) -> Self {
        let finding::Round { name, number, count, same } = round;
        Self { copy: secrets::masked(name), number: *number, count: *count, same: *same }
    }
}

/// The edits of a fix; none if one of them would print a secret.
pub(in crate::report) fn fix_edits(fix: &lint::Fix) -> &[lint::Edit] {
    if fix.edits.iter().any(|edit| secrets::any(&edit.text)) { &[] } else { &fix.edits }
}

impl<'r> Edit<'r> {
    fn of(edit: &'r lint::Edit, report: &'r Report) -> Option<Self> {
        let Span { file, start, end } = edit.span;
        Some(Self { file: &report.sources.get(file)?.path, start, end, text: &edit.text })
    }
}

impl<'r> Resource<'r> {
    /// `resource` in the words of this format.
    pub(in crate::report) fn of(resource: &'r finding::ResourceRef) -> Self {
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
    pub(in crate::report) fn of(flow: &'r finding::Flow) -> Self {
        Self {
            source: flow.source.to_string(),
            source_port: flow.source_port,
            destination: secrets::masked(&flow.destination.to_string()).into_owned(),
            fqdn: masked(flow.fqdn.as_ref()),
            protocol: &flow.protocol,
            port: flow.port,
        }
    }
}

impl<'r> Requirement<'r> {
    /// `requirement` in the words of this format.
    pub(in crate::report) fn of(requirement: &'r finding::RequirementRef) -> Self {
        let finding::RequirementRef { profile, id, source, as_of } = requirement;
        Self { profile, id, source, as_of }
    }
}

impl<'r> Coverage<'r> {
    /// `row` in the words of this format.
    pub(super) fn of(row: &'r finding::Coverage, places: &Places<'r>) -> Self {
        Self {
            profile: &row.profile,
            requirement: &row.requirement,
            scope: Scope {
                kind: match row.scope {
                    finding::ScopeKind::Nsg => ScopeWord::Nsg,
                    finding::ScopeKind::Path => ScopeWord::Path,
                    finding::ScopeKind::Firewall => ScopeWord::Firewall,
                },
                name: secrets::masked(&row.name),
                file: &row.file,
                attached_to: row.attached_to.iter().map(|name| secrets::masked(name)).collect(),
            },
            required: row.required,
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
            message: words::message(&error.message),
        }
    }
}

fn masked(text: Option<&String>) -> Option<Cow<'_, str>> {
    text.map(|text| secrets::masked(text))
}
