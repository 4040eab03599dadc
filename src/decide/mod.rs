//! What Azure does with a flow: rules in evaluation order, as exact sets, built-in rules included
//! (azure-semantics part 1). Knows nothing of files or output.
//!
//! [`NsgPolicy`] puts a group in order; [`NsgPolicy::judge`] answers about a set of flows,
//! [`NsgPolicy::require`] about a row of a profile, [`NsgPolicy::trace`] about one flow, rule by
//! rule, and [`NsgPolicy::idle`] names rules that decide nothing. Where the networks around a group
//! are known, [`Surroundings`] has the sites at which it is to be asked.

mod around;
mod budget;
mod built_in;
mod change;
mod cloud;
mod dead;
mod extent;
mod family;
mod firewall;
mod flow;
mod judge;
mod narrowest;
mod path;
mod pieces;
mod platform;
mod policy;

mod requirement;
mod route;
mod service;
mod site;
mod surroundings;
mod symbol;
#[cfg(test)]
mod tests;

pub use around::{Around, Space};
pub use budget::Budget;
pub use built_in::{BUILT_IN, BuiltInRule};
pub use change::{Change, Changes, changes};
pub use cloud::is_foreign;
pub use dead::{Idle, IdleRule};
pub use extent::{Extent, Lexicon, Why, addresses, ports, protocols, tag};
pub use family::{Family, Fixed};
pub use firewall::{
    FirewallEntry, FirewallField, FirewallPart, FirewallProposal, FirewallStep, FirewallTraced,
    FirewallTried, FirewallView, Home, HostNames, Pass, Says, Served, Subject,
};
pub use flow::{Endpoint, FlowQuery, Parts, Step, Traced, Tried};
pub use judge::{Decision, Doubt, Sources};
pub use narrowest::{Placement, Proposal};
pub use path::{Attempt, Decider, Passage, Path, PathJudged, PathTraced, Paths, Stage, Start};
pub use platform::{HOST, METADATA, PlatformAnswer, names};
pub use policy::{Entry, NsgPolicy, OneWay, PRIORITIES, Row, Rows, RuleRef};
pub use requirement::{Asked, Ground, Judged, flow, protocol_name};
pub use route::{Hop, Origin, RouteList, RouteRow, RouteTables, Routed, Way};
pub use site::{Site, require, trace};
pub use surroundings::{Surroundings, carrier};
