//! The stable JSON output. The types here are the published contract (`rules/schema`), apart from
//! those of the program, which may change.

mod of;

pub(super) use of::fix_edits;

use super::{
    Look, Renderer,
    escape::{self, Elements},
    places::Places,
};
use crate::finding::Report;
use serde::Serialize;
use std::{borrow::Cow, io};

/// `--format json`
pub(super) const RENDERER: Renderer = Renderer {
    name: "json",
    summary: "one object with findings, coverage and errors; stable, with a published JSON Schema",
    render,
};

fn render(report: &Report, _: &Look, out: &mut dyn io::Write) -> io::Result<()> {
    let places = Places::with_pointers(report);
    let lists = [
        ("findings", Elements::of(&report.findings, |it| Finding::of(it, report, &places))),
        ("coverage", Elements::of(&report.coverage, |row| Coverage::of(row, &places))),
    ];
    escape::write_json_with(&Output::frame(report, &places), lists, out)
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
    /// By file, position and lint; at the end those that stand for others.
    findings: Vec<Finding<'r>>,
    /// By file, resource, profile and requirement.
    coverage: Vec<Coverage<'r>>,
    /// What could not be read or done; the rest of the report does not cover it.
    errors: Vec<Error<'r>>,
    /// Policy that was recognised and that this version does not check, by file; absent where there
    /// is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unchecked: Vec<Unchecked<'r>>,
    /// Templates that have values from parameters files; absent where there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    deployed_with: Vec<DeployedWith<'r>>,
    /// Rows of profiles that ask for host names only, which network security groups do not see;
    /// absent where there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unjudged: Vec<Unjudged<'r>>,
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
    /// All rows of the coverage by verdict, those that are not required included.
    coverage: VerdictCounts,
    /// Rows of the coverage that are required, by verdict.
    required: VerdictCounts,
}

/// Findings by severity, those too that are only counted: of one lint in one file, `findings` has the
/// first thousand, and one that says how many more there are.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct FindingCounts {
    error: usize,
    warning: usize,
    note: usize,
}

/// Numbers of rows of the coverage.
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
    /// How Terraform calls the resource that holds the place; absent where it does not come from
    /// Terraform.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<Cow<'r, str>>,
    /// Name of the rule it is about.
    rule: Option<Cow<'r, str>>,
    /// The round of a copy loop that made the rule; absent where none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    iteration: Option<Iteration<'r>>,
    /// Where it was written; built-in rules and absent things are nowhere.
    location: Option<Location<'r>>,
    /// Other places that matter.
    related: Vec<Related<'r>>,
    /// A packet that shows it.
    witness: Option<Flow<'r>>,
    /// The requirement that is not met.
    requirement: Option<Requirement<'r>>,
    /// Rows of other profiles that ask for the same; absent where there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also_required_by: Vec<Requirement<'r>>,
    fix: Option<Fix<'r>>,
    /// Stays the same when lines move.
    fingerprint: &'r str,
    /// What to do.
    help: Option<Cow<'r, str>>,
}

/// A round of a copy loop of a template.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Iteration<'r> {
    /// The name of the loop.
    copy: Cow<'r, str>,
    /// The round, from 1.
    number: u32,
    /// How many rounds there are.
    count: u32,
    /// In how many rounds the finding is the same: it is told once, in the first of them.
    same: u32,
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
    /// Destination address; the name of a service tag where its addresses are not known.
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
    /// Whether the verdict can become a finding; `false` where no document of today asks for it.
    required: bool,
    verdict: VerdictWord,
    /// The rules that decide flows of the requirement, in order; those that may, behind them. On a
    /// path the rule that stops flows comes first, or else the last one that lets them through, and
    /// then one of each other element in the order of the path.
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
    /// The subnets (`network/subnet`) and interfaces that carry it, as far as the input says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attached_to: Vec<Cow<'r, str>>,
}

/// A kind of element.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ScopeKind"))]
enum ScopeWord {
    /// A network security group by itself.
    Nsg,
    /// All that the flows of a subnet or an interface meet on their way.
    Path,
    /// A firewall, or a policy that no firewall of the input uses.
    Firewall,
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

/// Rows of one profile that were not judged.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Unjudged<'r> {
    profile: &'r str,
    /// Ids of the rows.
    requirements: &'r [String],
}

/// Policy that is not checked yet.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Unchecked<'r> {
    file: &'r str,
    /// What it is, with its article, such as `a route table`.
    what: &'static str,
}

/// A template and a parameters file that gives it values.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct DeployedWith<'r> {
    /// The path of the template's file.
    file: &'r str,
    /// The path of the parameters file.
    parameters: &'r str,
    /// A value in the parameters file that no template has a parameter for: Azure refuses it.
    #[serde(skip_serializing_if = "Option::is_none")]
    undeclared: Option<Undeclared<'r>>,
}

/// A name in a parameters file that no template declares.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Undeclared<'r> {
    name: &'r str,
    /// The parameter that may be meant, in lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    nearest: Option<&'r str>,
}
