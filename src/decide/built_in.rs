//! The six rules that every group ends with, whatever the input says (NSG-008, NSG-009).

use crate::model::{Access, Direction};

/// A rule that Azure adds.
#[derive(Debug, PartialEq, Eq)]
pub struct BuiltInRule {
    /// Its name as the JSON spells it (NSG-010).
    pub name: &'static str,
    /// The direction.
    pub direction: Direction,
    /// The priority, from 65000.
    pub priority: i64,
    /// Source: a tag, or `*`.
    pub source: &'static str,
    /// Destination: a tag, or `*`.
    pub destination: &'static str,
    /// What it does.
    pub access: Access,
}

const fn rule(
    direction: Direction,
    priority: i64,
    name: &'static str,
    sides: (&'static str, &'static str),
    access: Access,
) -> BuiltInRule {
    BuiltInRule { name, direction, priority, source: sides.0, destination: sides.1, access }
}

/// NSG-008.
pub static BUILT_IN: [BuiltInRule; 6] = [
    rule(Direction::Inbound, 65000, "AllowVnetInBound", (NETWORK, NETWORK), Access::Allow),
    rule(Direction::Inbound, 65001, "AllowAzureLoadBalancerInBound", (PROBES, "*"), Access::Allow),
    rule(Direction::Inbound, 65500, "DenyAllInBound", ("*", "*"), Access::Deny),
    rule(Direction::Outbound, 65000, "AllowVnetOutBound", (NETWORK, NETWORK), Access::Allow),
    rule(Direction::Outbound, 65001, "AllowInternetOutBound", ("*", "Internet"), Access::Allow),
    rule(Direction::Outbound, 65500, "DenyAllOutBound", ("*", "*"), Access::Deny),
];

const NETWORK: &str = "VirtualNetwork";
const PROBES: &str = "AzureLoadBalancer";
