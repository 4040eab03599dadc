//! One security rule as written.

use super::values::{
    Access, Address, Addresses, Direction, Fault, Field, Ports, Protocol, Unknown,
};
use crate::source::{Span, Spanned};
use std::fmt;

/// A security rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityRule {
    /// Its name, without that of its group. Unknown parts stand as `{parameters('x')}`.
    pub name: Spanned<String>,
    /// The whole rule.
    pub span: Span,
    /// In the group's own list, or as a resource of its own.
    pub written: Written,
    /// Which round of which copy loop made it, where its place alone does not tell.
    pub iteration: Option<Box<Iteration>>,
    /// The condition on which it is deployed, where that can't be known.
    pub condition: Option<Condition>,
    /// The length of its description in characters, if there is one that is known: no more of it
    /// is needed, and exports are full of them.
    pub description: Option<Spanned<usize>>,
    /// Allow or Deny.
    pub access: Field<Access>,
    /// Inbound or Outbound.
    pub direction: Field<Direction>,
    /// The number as written; NSG-004 allows 100 to 4096.
    pub priority: Field<i64>,
    /// The protocol.
    pub protocol: Field<Protocol>,
    /// Where flows come from.
    pub source: Addresses,
    /// Where flows go to.
    pub destination: Addresses,
    /// The ports they come from.
    pub source_ports: Ports,
    /// The ports they go to.
    pub destination_ports: Ports,
    /// Duplicate keys and wrong types inside the rule.
    pub faults: Vec<Fault>,
    /// The whole rule is unknown (its `properties` are an expression); all else is then empty.
    pub unread: Option<Unknown>,
}

/// How a rule came to its group (JS-010, JS-011).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// In `securityRules`.
    Inline,
    /// As a child resource.
    Child,
    /// Both, under one name: counted once.
    Twice {
        /// The other place.
        again: Span,
    },
}

/// A round of a copy loop of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Iteration {
    /// The name of the loop.
    pub name: Box<str>,
    /// The round, from 1.
    pub number: u32,
    /// How many rounds there are.
    pub count: u32,
}

/// A deployment condition that was not decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The expression or value as written.
    pub text: Box<str>,
    /// Why its value is not known, if that is known.
    pub why: Option<Box<str>>,
    /// Where.
    pub span: Span,
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.text)?;
        self.why.as_ref().map_or(Ok(()), |why| write!(f, " ({why})"))
    }
}

impl SecurityRule {
    /// Whether one of its sides holds an IPv6 address or prefix.
    pub fn names_ipv6(&self) -> bool {
        [&self.source, &self.destination].into_iter().any(|side| {
            side.items
                .iter()
                .any(|item| matches!(item.value, Address::Network(network) if network.is_ipv6()))
        })
    }
}
