//! One network security group as written.

use super::{rule::Condition, rule::SecurityRule, values::Fault, values::Unknown};
use crate::source::{Span, Spanned};
use ipnetwork::IpNetwork;
use std::collections::BTreeMap;

/// A network security group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nsg {
    /// Its name; unknown parts stand as `{parameters('x')}`. A bare list of rules has the name of
    /// its file.
    pub name: Spanned<String>,
    /// Its resource id, where the input gives one.
    pub id: Option<Spanned<String>>,
    /// Its resource id in the one form that all spellings share ([`super::names`]), given or made
    /// up of what a template says; empty where nothing tells.
    pub key: Box<str>,
    /// Its location, where that is known, as written (`japaneast`, `Japan East`).
    pub location: Option<Spanned<String>>,
    /// The whole resource.
    pub span: Span,
    /// The shape it was read from.
    pub shape: Shape,
    /// The customer's rules, in the order of the file, child resources after inline ones.
    pub rules: Vec<SecurityRule>,
    /// Whether the group itself was seen, or only rules of it (a child whose group is elsewhere).
    pub built: Built,
    /// Where rules may stand that could not be read: a list that is an expression, a copy loop.
    pub unread: Vec<Unknown>,
    /// The condition on which the group is deployed, where that can't be known.
    pub condition: Option<Condition>,
    /// Ids of the subnets that carry it, or may where a reference has unknown parts, as far as the
    /// input says; `None` where it does not say.
    pub subnets: Option<Vec<Spanned<String>>>,
    /// Ids of the interfaces that carry it, as far as the input says.
    pub interfaces: Option<Vec<Spanned<String>>>,
    /// What Azure itself said the tags stand for, by tag name in lower case (JS-051).
    pub expanded: BTreeMap<String, Vec<IpNetwork>>,
    /// Duplicate keys and wrong types outside its rules.
    pub faults: Vec<Fault>,
    /// Where it stands again, in other files.
    pub again: Vec<Again>,
}

/// A place where a group stands again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Again {
    /// The name, or the whole resource.
    pub span: Span,
    /// It says the same there, and is judged once.
    pub same: bool,
}

/// How much of the group is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Built {
    /// The group with its rules.
    Whole,
    /// Rules that belong to a group which is not in the input: others may exist.
    Part,
}

/// The shape that a group was read from (azure-semantics 5.0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// A resource inside an ARM template.
    Template,
    /// A resource as the REST interface prints it, alone or in a list.
    Resource,
    /// Azure CLI output, flattened.
    Cli,
    /// PowerShell `ConvertTo-Json`.
    PowerShell,
    /// Rows of a Resource Graph query.
    ResourceGraph,
    /// Effective security rules of an interface.
    Effective,
    /// A bare list of rules.
    RuleList,
    /// Plans and states of Terraform.
    Terraform,
}
