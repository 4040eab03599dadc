//! What every shape of input becomes: network security groups, firewalls, routes and what stands
//! around them, as written, with the place of every value. Nothing is decided here: a port list with
//! a fault in it stays one, and what could not be read is [`Unknown`] with its reason, never a
//! default.

mod estate;
mod few;
mod firewall;
pub mod names;
mod network;
mod nsg;
mod route;
mod rule;
mod unplaced;
mod values;

pub use estate::{
    ApplicationSecurityGroup, Estate, LoadBalancer, NetworkInterface, TerraformAddress,
};
pub use few::Few;
pub use firewall::{
    ApplicationProtocol, ApplicationProtocolKind, ApplicationRule, CollectionKind, Ends, Firewall,
    FirewallAction, FirewallAddress, FirewallAddressItem, FirewallPolicy, FirewallPorts,
    FirewallProtocol, FirewallRule, FirewallSettings, IntrusionMode, IpGroup, IpGroupRef, NatRule,
    NetworkRule, Protocols, RuleBody, RuleCollection, RuleCollectionGroup, Texts, ThreatMode, Tier,
};
pub use network::{
    EndpointPolicies, Peering, Prefixes, PrivateEndpoint, Reference, Routes, Subnet, VirtualNetwork,
};
pub use nsg::{Again, Built, Nsg, Shape};
pub use route::{NextHop, Route, RouteDestination, RouteTable};
pub use rule::{Condition, Iteration, SecurityRule, Written};
pub use unplaced::Unplaced;
pub(crate) use values::ends;
pub use values::{
    Access, Address, AddressFault, AddressItem, Addresses, Direction, Fault, FaultKind, Field,
    Form, GroupRef, PortFault, PortItem, PortValue, Ports, Protocol, Read, Unknown,
};
