//! The answer about one flow: plain values to serialize or to print (design 2).

use super::{
    group::Group,
    question::{Flow, Query, Question},
};
use crate::{
    decide::{Step, Traced, Tried},
    model::{Access, Direction},
    report::clean,
    space::Axis,
    verdict::{self, FlowEnd, Verdict},
};
use serde::{Serialize, Serializer};
use std::{borrow::Cow, net::IpAddr};

/// How much to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// Every rule that was tried.
    Everything,
    /// Only those that match, or may.
    Matches,
}

/// What `egresslint trace --format json` prints for a flow, on one line. Secrets are masked with `*`
/// in all texts. Members may be added; none goes away or changes its meaning.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "EgresslintTrace"))]
pub(super) struct Answer<'a> {
    /// What becomes of the flow: every packet of it is let through (`allowed`), none (`blocked`),
    /// some (`partial`), or it hangs on what the input does not say (`unknown`).
    #[serde(serialize_with = "word")]
    #[cfg_attr(test, schemars(with = "tests::VerdictWord"))]
    pub(super) verdict: Verdict,
    /// The resource whose rule decides.
    pub(super) resource: Cow<'a, str>,
    /// The rule that decides, built-in ones included.
    pub(super) rule: Option<Cow<'a, str>>,
    /// Its priority; null for the rules of the platform.
    pub(super) priority: Option<i64>,
    /// Why, where rules alone do not tell.
    pub(super) reason: Option<String>,
    /// Where the verdict is `partial`, a packet that is stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stopped: Option<Packet>,
    /// Where the verdict is `partial`, a packet that is let through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) passed: Option<Packet>,
    /// The line of the record, where there is a file of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<u64>,
    /// The flow that was asked about.
    pub(super) flow: &'a Flow,
    /// The elements on the way, in order.
    pub(super) hops: Vec<Hop<'a>>,
}

/// One element on the way.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Hop<'a> {
    /// What it is: `nsg`, `route`, `firewall`, or `outbound`, the way out to the Internet.
    pub(super) kind: &'static str,
    /// Its name.
    pub(super) name: Cow<'a, str>,
    /// The path of its file; empty where the input does not have it.
    pub(super) file: &'a str,
    /// The subnets (`network/subnet`) and interfaces that carry it, as far as the input says.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub(super) attached_to: Cow<'a, [String]>,
    /// What it does to the flow.
    #[serde(serialize_with = "word")]
    #[cfg_attr(test, schemars(with = "tests::VerdictWord"))]
    pub(super) verdict: Verdict,
    /// The rule or route that decides, built-in ones included.
    pub(super) rule: Option<Cow<'a, str>>,
    /// Its priority.
    pub(super) priority: Option<i64>,
    /// Where a route leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_hop: Option<String>,
    /// The place of the rule; built-in ones are nowhere.
    pub(super) location: Option<Location<'a>>,
    /// Why, where rules alone do not tell.
    pub(super) reason: Option<String>,
    /// Rules in the order in which they were tried.
    pub(super) tried: Vec<TriedRule<'a>>,
}

/// Where a rule was written.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Location<'a> {
    /// The path of the file.
    pub(super) file: &'a str,
    /// The line, from 1.
    pub(super) line: u32,
    /// The column in Unicode characters, from 1.
    pub(super) column: u32,
}

/// One concrete packet.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Packet {
    /// Source address.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(super) source: IpAddr,
    /// Null for protocols without ports.
    pub(super) source_port: Option<u16>,
    /// Destination address.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(super) destination: IpAddr,
    /// Destination port; null for protocols without ports.
    pub(super) port: Option<u16>,
    /// `Tcp`, `Udp`, `Icmp`, `Esp`, `Ah`, or a number.
    pub(super) protocol: String,
}

impl Packet {
    /// Traces ask about addresses, so their packets have some.
    pub(super) fn of(flow: &verdict::Flow) -> Option<Self> {
        let FlowEnd::Address(destination) = flow.destination else { return None };
        Some(Self {
            source: flow.source,
            source_port: flow.source_port,
            destination,
            port: flow.port,
            protocol: flow.protocol.clone(),
        })
    }
}

/// A rule that was tried.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct TriedRule<'a> {
    /// Its name.
    pub(super) rule: Cow<'a, str>,
    /// Its priority.
    pub(super) priority: Option<i64>,
    /// `Allow` or `Deny`; nothing where it is not known.
    pub(super) access: Option<&'static str>,
    /// How much of the flow it matches.
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
                (group.trace(query).unwrap_or_else(families), query.direction)
            }
            Query::Host(host, _) => {
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
            resource: hop.name.clone(),
            rule: hop.rule.clone(),
            priority: hop.priority,
            reason: hop.reason.clone(),
            stopped: traced.parts.as_ref().and_then(|parts| Packet::of(&parts.stopped)),
            passed: traced.parts.as_ref().and_then(|parts| Packet::of(&parts.passed)),
            flow: &question.flow,
            hops: vec![hop],
        }
    }

    /// Whether every flow of the question is let through.
    pub(super) fn is_allowed(&self) -> bool {
        self.verdict == Verdict::Allowed
    }
}

fn unknown(reason: String) -> Traced {
    let reason = Some(reason);
    Traced { verdict: Verdict::Unknown, decider: None, steps: Vec::new(), reason, parts: None }
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
            let (matches, field, reason) = outcome(&step.tried);
            Some(TriedRule {
                rule: Cow::Borrowed(group.rule_name(direction, step.entry)),
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
            name: Cow::Borrowed(&group.name),
            file: group.file,
            attached_to: Cow::Borrowed(&group.attached_to),
            verdict: traced.verdict,
            rule: traced.decider.map(|at| Cow::Borrowed(group.rule_name(direction, at))),
            next_hop: None,
            priority: decider.and_then(|entry| entry.priority),
            location,
            reason: traced.reason.as_deref().map(clean::without_secrets),
            tried: tried.collect(),
        }
    }
}

/// What came of trying a rule, in the words of the answer.
pub(super) fn outcome(tried: &Tried) -> (Matches, Option<&'static str>, Option<String>) {
    match tried {
        Tried::No(axis) => (Matches::None, Some(field(*axis)), None),
        Tried::Part => (Matches::Some, None, None),
        Tried::Whole => (Matches::All, None, None),
        Tried::Perhaps(why) => {
            (Matches::Unknown, None, Some(clean::without_secrets(&why.to_string())))
        }
    }
}

pub(super) const fn access(access: Access) -> &'static str {
    match access {
        Access::Allow => "Allow",
        Access::Deny => "Deny",
    }
}

/// The column of a flow that the field is.
pub(super) const fn field(axis: Axis) -> &'static str {
    match axis {
        Axis::Source => "source",
        Axis::SourcePort => "source_port",
        Axis::Destination => "destination",
        Axis::DestinationPort => "port",
        Axis::Protocol => "protocol",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemars::{JsonSchema, generate::SchemaSettings};
    use serde_json::Value;
    use std::{env, fs};

    /// A verdict as it is written.
    #[derive(JsonSchema)]
    #[schemars(rename = "Verdict", rename_all = "lowercase")]
    #[expect(dead_code, reason = "only its schema is of use")]
    pub(super) enum VerdictWord {
        Allowed,
        Blocked,
        Partial,
        Unknown,
    }

    const PUBLISHED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/rules/schema/trace.schema.json");
    const ID: &str = "https://raw.githubusercontent.com/egresslint/egresslint/main/rules/schema/trace.schema.json";

    #[test]
    fn the_published_schema_of_traces_is_that_of_the_types() {
        let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
        let mut schema = generator.into_root_schema_for::<Answer<'_>>();
        schema.insert("$id".to_owned(), ID.into());
        let schema = schema.to_value();
        if env::var_os("UPDATE").is_some() {
            let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
            fs::write(PUBLISHED, text).unwrap();
        }
        let published = fs::read_to_string(PUBLISHED).unwrap_or_default();
        let published: Value = serde_json::from_str(&published).unwrap_or_default();
        let command = "UPDATE=1 cargo test --lib the_published_schema_of_traces";
        assert!(published == schema, "{PUBLISHED} is not current; run: {command}");
    }
}
