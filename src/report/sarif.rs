//! SARIF 2.1.0 (OASIS Standard, 27 March 2020), for code scanning. Only the parts in use, as types.

mod of;
mod uri;

use super::{
    Look, Renderer, escape,
    json::{Flow, Requirement, Resource},
    places::Places,
};
use crate::finding::Report;
use serde::Serialize;
use std::{borrow::Cow, io};

/// `--format sarif`
pub(super) const RENDERER: Renderer =
    Renderer { name: "sarif", summary: "SARIF 2.1.0, for code scanning", render };

fn render(report: &Report, look: &Look, out: &mut dyn io::Write) -> io::Result<()> {
    escape::write_json(&Log::of(report, look, &Places::of(report)), out)
}

/// The file (3.13).
#[derive(Serialize)]
struct Log<'r> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'r>; 1],
}

/// One run of the tool (3.14).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'r> {
    tool: Tool,
    invocations: [Invocation<'r>; 1],
    results: Vec<SarifResult<'r>>,
    column_kind: &'static str,
    properties: RunProperties,
}

/// What the format has no member for (3.8).
#[derive(Serialize)]
struct RunProperties {
    summary: String,
}

/// The tool (3.18).
#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

/// The program (3.19).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<Rule>,
}

/// A lint (3.49).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Message<'static>,
    full_description: Message<'static>,
    default_configuration: Configuration,
    help: Help,
    help_uri: String,
}

/// How loud a lint is (3.50).
#[derive(Serialize)]
struct Configuration {
    enabled: bool,
    level: SarifLevel,
}

/// `level` (3.27.10).
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum SarifLevel {
    Error,
    Warning,
    Note,
}

/// The page of a lint (3.12).
#[derive(Serialize)]
struct Help {
    text: &'static str,
    markdown: &'static str,
}

/// Text (3.11).
#[derive(Serialize)]
struct Message<'r> {
    text: Cow<'r, str>,
}

/// How the run went (3.20).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'r> {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification<'r>>,
}

/// Something that could not be read or done, or that is not checked yet (3.58).
#[derive(Serialize)]
struct Notification<'r> {
    level: SarifLevel,
    message: Message<'r>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location<'r>>,
}

/// A finding (3.27).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'r> {
    rule_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: SarifLevel,
    message: Message<'r>,
    locations: [Location<'r>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'r>>,
    partial_fingerprints: Fingerprints<'r>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Fix<'r>>,
    properties: ResultProperties<'r>,
}

/// What stays the same when lines move (3.27.17).
#[derive(Serialize)]
struct Fingerprints<'r> {
    #[serde(rename = "egresslint/v1")]
    egresslint: &'r str,
}

/// The evidence, as in the JSON format.
#[derive(Serialize)]
struct ResultProperties<'r> {
    resource: Resource<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<Cow<'r, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    witness: Option<Flow<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requirement: Option<Requirement<'r>>,
}

/// A place and what to say there (3.28).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'r> {
    /// Distinguishes related locations (3.28.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message<'r>>,
}

/// A file, or a part of it (3.29).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

/// A file (3.4).
#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

/// A part of a file (3.30); the end column is that after the last character.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<u32>,
}

/// A change that mends a finding (3.55).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fix<'r> {
    description: Message<'r>,
    artifact_changes: Vec<ArtifactChange<'r>>,
}

/// The changes of one file (3.56).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange<'r> {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement<'r>>,
}

/// Text to put in the place of other text (3.57).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'r> {
    deleted_region: Region,
    inserted_content: Message<'r>,
}
