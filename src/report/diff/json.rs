//! The stable JSON output of comparisons. The types here are the published contract
//! (`rules/schema/diff.schema.json`), apart from those of the program, which may change.

use super::{DiffRenderer, word};
use crate::{
    compare::{self, Comparison, Turn, direction_word},
    finding::{self, DecidedBy, Report},
    report::{Look, escape, secrets},
};
use serde::Serialize;
use std::{borrow::Cow, io};

pub(super) const RENDERER: DiffRenderer = DiffRenderer {
    name: "json",
    summary: "one object; stable, with a published JSON Schema",
    render,
};

fn render(comparison: &Comparison, _: &Look, out: &mut dyn io::Write) -> io::Result<()> {
    escape::write_json(&Output::of(comparison), out)
}

/// What `egresslint diff --format json` prints. Lines and columns count from 1, columns in Unicode
/// characters. Secrets are masked with `*` in all texts.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "EgresslintDiff"))]
pub(super) struct Output<'c> {
    /// The version of this format: 1. Members may be added, none goes away or changes its meaning.
    schema_version: u32,
    summary: Summary,
    /// Required endpoints that are treated differently, those newly blocked first.
    requirements: Vec<Row<'c>>,
    /// Flows, by group, direction and turn.
    flows: Vec<Flows<'c>>,
    /// Groups whose flows could not be compared, or not all of them.
    undecided: Vec<Undecided<'c>>,
    /// Groups that only the old version has.
    gone: Vec<Element<'c>>,
    /// Groups that only the new version has.
    added: Vec<Element<'c>>,
    /// What could not be read of either version.
    errors: Vec<Error<'c>>,
}

/// How much has changed.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Summary {
    /// Groups that both versions have.
    compared: usize,
    /// Required endpoints.
    required: Counts,
    /// Sets of flows.
    flows: Counts,
}

/// Numbers by turn.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Counts {
    newly_blocked: usize,
    newly_opened: usize,
    no_longer_proved: usize,
}

/// A required endpoint in one place.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Row<'c> {
    /// `newly blocked`, `newly opened` or `no longer proved`.
    turn: &'static str,
    profile: Cow<'c, str>,
    /// Id of the requirement.
    requirement: Cow<'c, str>,
    /// What is required, for people.
    what: Cow<'c, str>,
    /// Whether a document of today asks for it.
    required: bool,
    scope: Element<'c>,
    before: Side<'c>,
    after: Side<'c>,
}

/// The verdict in one version.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Side<'c> {
    /// `allowed`, `blocked`, `partial` or `unknown`.
    verdict: &'static str,
    decided_by: Vec<Rule<'c>>,
    /// A flow that is not let through, or may not be.
    witness: Option<Flow<'c>>,
    reason: Option<Cow<'c, str>>,
}

/// An element of one version.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Element<'c> {
    /// `nsg`, and others to come.
    kind: &'static str,
    name: Cow<'c, str>,
    file: Cow<'c, str>,
}

/// Flows that one pair of rules treats differently.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Flows<'c> {
    /// `newly blocked` or `newly opened`.
    turn: &'static str,
    scope: Element<'c>,
    /// The file in the old version.
    before_file: Cow<'c, str>,
    /// `inbound` or `outbound`, as seen from the machine.
    direction: &'static str,
    /// Whether the change is there whatever is not known.
    certain: bool,
    /// The flows; no flow is in two of them.
    boxes: Vec<Box<'c>>,
    /// There are more than these.
    more: bool,
    /// One of the flows.
    witness: Flow<'c>,
    before: Rule<'c>,
    after: Rule<'c>,
}

/// A set of flows, as words: `any`, names of tags, prefixes, ports.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Box<'c> {
    source: Cow<'c, str>,
    source_ports: &'c str,
    destination: Cow<'c, str>,
    destination_ports: &'c str,
    protocol: &'c str,
}

/// A rule that decides.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Rule<'c> {
    /// Name of the rule, built-in ones included.
    rule: Cow<'c, str>,
    priority: Option<i64>,
    /// Null for built-in rules.
    location: Option<Location<'c>>,
}

/// A place in a file.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Location<'c> {
    file: Cow<'c, str>,
    line: u32,
    column: u32,
}

/// One concrete packet.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Flow<'c> {
    source: String,
    source_port: Option<u16>,
    destination: String,
    /// Host name that was asked for.
    fqdn: Option<Cow<'c, str>>,
    protocol: &'c str,
    port: Option<u16>,
}

/// A group that was not compared.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Undecided<'c> {
    scope: Element<'c>,
    reason: Cow<'c, str>,
}

/// Something that could not be read.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Error<'c> {
    file: Cow<'c, str>,
    line: Option<u32>,
    column: Option<u32>,
    message: Cow<'c, str>,
}

fn masked(text: &str) -> Cow<'_, str> {
    secrets::masked(text)
}

impl<'c> Output<'c> {
    pub(super) fn of(comparison: &'c Comparison) -> Self {
        let counts = |count: &dyn Fn(Turn) -> usize| Counts {
            newly_blocked: count(Turn::Blocked),
            newly_opened: count(Turn::Opened),
            no_longer_proved: count(Turn::Unproved),
        };
        let errors = comparison.before.errors.iter().chain(&comparison.after.errors);
        let subjects = |subjects: &'c [compare::Subject]| {
            subjects.iter().map(|it| Element::of(it.scope, &it.name, &it.file)).collect()
        };
        Self {
            schema_version: 1,
            summary: Summary {
                compared: comparison.compared,
                required: counts(&|turn| comparison.required(turn)),
                flows: counts(&|turn| comparison.turned(turn)),
            },
            requirements: comparison.rows.iter().map(|it| Row::of(it, comparison)).collect(),
            flows: comparison.flows.iter().map(Flows::of).collect(),
            undecided: comparison
                .undecided
                .iter()
                .map(|it| Undecided {
                    scope: Element::of(it.scope, &it.name, &it.file),
                    reason: masked(&it.reason),
                })
                .collect(),
            gone: subjects(&comparison.gone),
            added: subjects(&comparison.added),
            errors: errors
                .map(|it| Error {
                    file: masked(&it.file),
                    line: it.line,
                    column: it.column,
                    message: masked(&it.message),
                })
                .collect(),
        }
    }
}

impl<'c> Element<'c> {
    fn of(scope: finding::ScopeKind, name: &'c str, file: &'c str) -> Self {
        Self { kind: scope.word(), name: masked(name), file: masked(file) }
    }
}

impl<'c> Row<'c> {
    fn of(change: &'c compare::RowChange, comparison: &'c Comparison) -> Self {
        let compare::RowChange { turn, before, after } = change;
        Self {
            turn: word(*turn),
            profile: masked(&after.profile),
            requirement: masked(&after.requirement),
            what: masked(&after.what),
            required: after.required,
            scope: Element::of(after.scope, &after.name, &after.file),
            before: Side::of(before, &comparison.before),
            after: Side::of(after, &comparison.after),
        }
    }
}

impl<'c> Side<'c> {
    fn of(row: &'c finding::Coverage, report: &'c Report) -> Self {
        Self {
            verdict: row.verdict.word(),
            decided_by: row.decided_by.iter().map(|it| Rule::of_row(it, report)).collect(),
            witness: row.witness.as_ref().map(Flow::of),
            reason: row.reason.as_deref().map(masked),
        }
    }
}

impl<'c> Rule<'c> {
    fn of_row(decider: &'c DecidedBy, report: &'c Report) -> Self {
        let place = decider.mark.or(decider.span).and_then(|span| {
            let position = report.sources.position(span)?;
            let span = report.sources.written(span)?;
            let file = masked(&report.sources.get(span.file)?.path);
            Some(Location { file, line: position.line, column: position.column })
        });
        Self { rule: masked(&decider.rule), priority: decider.priority, location: place }
    }

    fn of(decider: &'c compare::Decider) -> Self {
        let location = decider.place.as_ref().map(|it| Location {
            file: masked(&it.file),
            line: it.line,
            column: it.column,
        });
        Self { rule: masked(&decider.rule), priority: decider.priority, location }
    }
}

impl<'c> Flows<'c> {
    fn of(change: &'c compare::FlowChange) -> Self {
        let boxes = change.boxes.iter().map(|it| Box {
            source: masked(&it.source),
            source_ports: &it.source_ports,
            destination: masked(&it.destination),
            destination_ports: &it.destination_ports,
            protocol: &it.protocol,
        });
        Self {
            turn: word(change.turn),
            scope: Element::of(change.scope, &change.name, &change.after_file),
            before_file: masked(&change.before_file),
            direction: direction_word(change.direction),
            certain: change.certain,
            boxes: boxes.collect(),
            more: change.more,
            witness: Flow::of(&change.witness),
            before: Rule::of(&change.before),
            after: Rule::of(&change.after),
        }
    }
}

impl<'c> Flow<'c> {
    fn of(flow: &'c finding::Flow) -> Self {
        Self {
            source: flow.source.to_string(),
            source_port: flow.source_port,
            destination: masked(&flow.destination.to_string()).into_owned(),
            fqdn: flow.fqdn.as_deref().map(masked),
            protocol: &flow.protocol,
            port: flow.port,
        }
    }
}
