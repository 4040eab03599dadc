//! What every shape of input becomes: network security groups and what stands around them, as
//! written, with the place of every value. Nothing is decided here: a port list with a fault in it
//! stays one, and what could not be read is [`Unknown`] with its reason, never a default.

mod estate;
pub mod names;
mod network;
mod nsg;
mod rule;
mod values;

pub use estate::{
    ApplicationSecurityGroup, Estate, LoadBalancer, NetworkInterface, TerraformAddress,
};
pub use network::{Peering, Prefixes, Reference, Routes, Subnet, VirtualNetwork};
pub use nsg::{Again, Built, Nsg, Shape};
pub use rule::{Condition, Iteration, SecurityRule, Written};
pub(crate) use values::ends;
pub use values::{
    Access, Address, AddressFault, AddressItem, Addresses, Direction, Fault, FaultKind, Field,
    Form, GroupRef, PortFault, PortItem, PortValue, Ports, Protocol, Read, Unknown,
};
