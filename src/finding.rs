//! What a run has to say: findings, the verdict on every required endpoint, and what could not be
//! read. Renderers turn a [`Report`] into text and decide nothing.

use crate::{
    lint::{Fix, Label, Level, Lint},
    source::{Sources, Span},
};

use std::sync::Arc;

pub use crate::verdict::{Flow, FlowEnd, Verdict};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Likely not what was meant.
    Warning,
    /// Cannot be deployed, or stops traffic that was asked for by name.
    Error,
}

impl Severity {
    /// The word for it in every output format.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The severity that a level stands for; `None` when it is off.
    pub const fn of(level: Level) -> Option<Self> {
        match level {
            Level::Error => Some(Self::Error),
            Level::Warning => Some(Self::Warning),
            Level::Note => Some(Self::Note),
            Level::Off => None,
        }
    }
}

/// A resource that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResourceRef {
    /// The Azure resource type, such as `Microsoft.Network/networkSecurityGroups`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// The path of the file it stands in.
    pub file: String,
}

/// The requirement that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequirementRef {
    /// Name of the profile.
    pub profile: String,
    /// Id of its row.
    pub id: String,
    /// The document that asks for it.
    pub source: String,
    /// The date of that document.
    pub as_of: String,
}

/// The round of a copy loop of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// The name of the loop.
    pub name: Box<str>,
    /// The round, from 1.
    pub number: u32,
    /// How many rounds there are.
    pub count: u32,
    /// In how many of them it is the same.
    pub same: u32,
}

/// A remark of a lint, judged.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The lint.
    pub lint: &'static Lint,
    /// How bad it is in this run.
    pub severity: Severity,
    /// One sentence: what is.
    pub message: String,
    /// The resource it is about.
    pub resource: ResourceRef,
    /// How Terraform calls the resource that holds the place, where it comes from Terraform.
    pub address: Option<String>,
    /// The rule it is about.
    pub rule: Option<String>,
    /// The round of a copy loop that made the rule; of several that are the same, the first.
    pub iteration: Option<Round>,
    /// The place, with what to say there.
    pub primary: Option<Label>,
    /// Other places that matter.
    pub related: Vec<Label>,
    /// A packet that shows it.
    pub witness: Option<Flow>,
    /// The requirement that is not met.
    pub requirement: Option<RequirementRef>,
    /// Rows of other profiles that ask for the same.
    pub also_required: Vec<RequirementRef>,
    /// What to do.
    pub help: Option<String>,
    /// A change that mends it.
    pub fix: Option<Fix>,
    /// Stays the same when lines move: lint, resource, rule and requirement, hashed.
    pub fingerprint: String,
    /// How many others it stands for, which are only counted.
    pub more: usize,
}

/// A rule that decided something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecidedBy {
    /// Name of the resource whose rule it is.
    pub resource: String,
    /// Name of the rule, built-in ones included.
    pub rule: String,
    /// Its priority, where known.
    pub priority: Option<i64>,
    /// Where it was written; built-in rules are nowhere.
    pub span: Option<Span>,
    /// The place in it that findings point at.
    pub mark: Option<Span>,
}

/// What kind of element a verdict is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScopeKind {
    /// A network security group by itself.
    Nsg,
    /// All that the flows of a subnet or an interface meet on their way.
    Path,
    /// A firewall, or a policy that no firewall of the input uses.
    Firewall,
}

impl ScopeKind {
    /// The word for it in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nsg => "nsg",
            Self::Path => "path",
            Self::Firewall => "firewall",
        }
    }
}

/// The verdict on one required endpoint in one place.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// Name of the profile.
    pub profile: String,
    /// Id of the requirement.
    pub requirement: String,
    /// What is required, for people: `Storage.JapanEast on tcp/443`.
    pub what: String,
    /// What kind of element decided.
    pub scope: ScopeKind,
    /// Its name.
    pub name: String,
    /// The file it stands in.
    pub file: String,
    /// The subnets (`network/subnet`) and interfaces that carry it, as far as the input says.
    pub attached_to: Arc<[String]>,
    /// Whether its verdict can become a finding; a row that today's documents no longer ask for is
    /// shown and not counted against anybody.
    pub required: bool,
    /// The verdict.
    pub verdict: Verdict,
    /// The rules that decide flows of the requirement, in order. On a path the rule that stops flows
    /// comes first, or else the last one that lets them through, and then the others along the path.
    pub decided_by: Vec<DecidedBy>,
    /// A flow that is not let through (or may not be).
    pub witness: Option<Flow>,
    /// Why it is unknown, or on what assumption it is known.
    pub reason: Option<String>,
}

/// Something that could not be read or done. Never hides what others found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunError {
    /// The path as shown.
    pub file: String,
    /// Line from 1, where one is known.
    pub line: Option<u32>,
    /// Column in characters from 1.
    pub column: Option<u32>,
    /// What is wrong, and what to do.
    pub message: String,
    /// The place, where the file could be kept, for an excerpt.
    pub span: Option<Span>,
}

/// Which data the run judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagData {
    /// The cloud of the service tag list, such as `Public`.
    pub cloud: String,
    /// The date of the list.
    pub as_of: Option<String>,
    /// Microsoft's change number, where the list has one.
    pub change_number: Option<u64>,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files read and understood.
    pub files: usize,
    /// Files met in a walk that hold no policy.
    pub skipped: usize,
    /// Resources judged.
    pub resources: usize,
}

/// Policy that was recognised and that this version does not check: said, never passed over.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unchecked {
    /// The path as shown.
    pub file: String,
    /// What it is, with its article: `a route table`.
    pub what: &'static str,
}

/// A template that has values from a parameters file: the verdicts on it hold for these.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeployedWith {
    /// The path of the template's file as shown.
    pub file: String,
    /// The path of the parameters file as shown.
    pub parameters: String,
    /// A value in the file that no template has a parameter for: Azure refuses it.
    pub undeclared: Option<Undeclared>,
}

/// A name in a parameters file that no template declares.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Undeclared {
    /// The name, as it was written.
    pub name: String,
    /// The parameter that may be meant, in lower case.
    pub nearest: Option<String>,
}

/// Rows of a profile that the resources of the input cannot decide: said, never passed over.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unjudged {
    /// Name of the profile.
    pub profile: String,
    /// Ids of its rows.
    pub requirements: Vec<String>,
}

/// Everything a run has to say.
#[derive(Debug)]
pub struct Report {
    /// The files, for excerpts and positions.
    pub sources: Sources,
    /// The service tag list.
    pub tags: TagData,
    /// How much was looked at.
    pub counts: Counts,
    /// Findings by file, position, lint.
    pub findings: Vec<Finding>,
    /// Verdicts by file, resource, profile, requirement.
    pub coverage: Vec<Coverage>,
    /// What could not be read, by file and line.
    pub errors: Vec<RunError>,
    /// What was recognised and not checked, by file.
    pub unchecked: Vec<Unchecked>,
    /// Which templates have values from which parameters files, by file.
    pub deployed_with: Vec<DeployedWith>,
    /// What was asked for and not judged, by profile.
    pub unjudged: Vec<Unjudged>,
}
