//! The answer about one flow: plain values to serialize or to print (design 2).

use super::{
    group::Group,
    question::{Flow, Query, Question},
};
use crate::{
    decide::{Step, Traced, Tried},
    model::{Access, Direction},
    space::Axis,
    verdict::Verdict,
};
use serde::{Serialize, Serializer};

/// How much to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// Every rule that was tried.
    Everything,
    /// Only those that match, or may.
    Matches,
}

/// The answer.
#[derive(Debug, Serialize)]
pub(super) struct Answer<'a> {
    #[serde(serialize_with = "word")]
    pub(super) verdict: Verdict,
    /// The resource whose rule decides.
    pub(super) resource: &'a str,
    /// The rule that decides, built-in ones included.
    pub(super) rule: Option<&'a str>,
    pub(super) priority: Option<i64>,
    /// Why, where rules alone do not tell.
    pub(super) reason: Option<String>,
    /// The line of the record, where there is a file of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<u64>,
    pub(super) flow: &'a Flow,
    /// The elements on the way, in order.
    pub(super) hops: [Hop<'a>; 1],
}

/// One element on the way.
#[derive(Debug, Serialize)]
pub(super) struct Hop<'a> {
    pub(super) kind: &'static str,
    pub(super) name: &'a str,
    pub(super) file: &'a str,
    #[serde(serialize_with = "word")]
    pub(super) verdict: Verdict,
    pub(super) rule: Option<&'a str>,
    pub(super) priority: Option<i64>,
    /// The place of the rule; built-in ones are nowhere.
    pub(super) location: Option<Location<'a>>,
    pub(super) reason: Option<String>,
    /// Rules in the order in which they were tried.
    pub(super) tried: Vec<TriedRule<'a>>,
}

/// Where a rule was written.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Location<'a> {
    pub(super) file: &'a str,
    pub(super) line: u32,
    pub(super) column: u32,
}

/// A rule that was tried.
#[derive(Debug, Serialize)]
pub(super) struct TriedRule<'a> {
    pub(super) rule: &'a str,
    pub(super) priority: Option<i64>,
    /// Nothing where it is not known.
    pub(super) access: Option<&'static str>,
    pub(super) matches: Matches,
    /// The first field that does not fit.
    pub(super) field: Option<&'static str>,
    /// Why it is not known whether it matches.
    pub(super) reason: Option<String>,
    /// Whether it decides.
    pub(super) decides: bool,
}

/// How much of a question a rule matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Matches {
    None,
    Some,
    All,
    Unknown,
}

fn word<S: Serializer>(verdict: &Verdict, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(verdict.word())
}

impl<'a> Answer<'a> {
    /// Asks `group`.
    pub(super) fn of(
        question: &'a Question,
        group: &'a Group<'a>,
        line: Option<u64>,
        detail: Detail,
    ) -> Self {
        let (traced, direction) = match &question.query {
            Query::Flow(query) => {
                let families = || unknown("one end is IPv4 and the other IPv6".to_owned());
                (group.policy.trace(query).unwrap_or_else(families), query.direction)
            }
            Query::Host(host) => {
                let reason = format!(
                    "`{host}` is a host name, and a network security group sees addresses only; \
                     ask for its address or its service tag"
                );
                (unknown(reason), Direction::Outbound)
            }
        };
        let hop = Hop::of(&traced, direction, group, detail);
        Self {
            line,
            verdict: hop.verdict,
            resource: hop.name,
            rule: hop.rule,
            priority: hop.priority,
            reason: hop.reason.clone(),
            flow: &question.flow,
            hops: [hop],
        }
    }

    /// Whether every flow of the question is let through.
    pub(super) fn is_allowed(&self) -> bool {
        self.verdict == Verdict::Allowed
    }
}

fn unknown(reason: String) -> Traced {
    Traced { verdict: Verdict::Unknown, decider: None, steps: Vec::new(), reason: Some(reason) }
}

impl<'a> Hop<'a> {
    fn of(traced: &Traced, direction: Direction, group: &'a Group<'a>, detail: Detail) -> Self {
        let entries = &group.policy.way(direction).entries;
        let decider = traced.decider.and_then(|at| entries.get(at));
        let location = traced
            .decider
            .and_then(|at| group.place(direction, at))
            .map(|place| Location { file: group.file, line: place.line, column: place.column });
        let told =
            |step: &&Step| detail == Detail::Everything || !matches!(step.tried, Tried::No(_));
        let tried = traced.steps.iter().filter(told).filter_map(|step| {
            let entry = entries.get(step.entry)?;
            let (matches, field, reason) = match &step.tried {
                Tried::No(axis) => (Matches::None, Some(field(*axis)), None),
                Tried::Part => (Matches::Some, None, None),
                Tried::Whole => (Matches::All, None, None),
                Tried::Perhaps(why) => (Matches::Unknown, None, Some(why.to_string())),
            };
            Some(TriedRule {
                rule: entry.rule.name(),
                priority: entry.priority,
                access: entry.access.map(access),
                matches,
                field,
                reason,
                decides: traced.decider == Some(step.entry),
            })
        });
        Self {
            kind: "nsg",
            name: &group.policy.nsg.name.value,
            file: group.file,
            verdict: traced.verdict,
            rule: decider.map(|entry| entry.rule.name()),
            priority: decider.and_then(|entry| entry.priority),
            location,
            reason: traced.reason.clone(),
            tried: tried.collect(),
        }
    }
}

const fn access(access: Access) -> &'static str {
    match access {
        Access::Allow => "Allow",
        Access::Deny => "Deny",
    }
}

/// The column of a flow that the field is.
const fn field(axis: Axis) -> &'static str {
    match axis {
        Axis::Source => "source",
        Axis::SourcePort => "source_port",
        Axis::Destination => "destination",
        Axis::DestinationPort => "port",
        Axis::Protocol => "protocol",
    }
}
