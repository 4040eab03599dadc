//! Route tables as written (azure-semantics part 4). Routes lie flat in the estate and know their
//! table by its id, since one may be a resource of its own.

use super::{
    rule::{Condition, Iteration},
    values::{AddressFault, Fault, Field, Unknown},
};
use crate::source::{Span, Spanned};
use ipnetwork::IpNetwork;
use std::net::IpAddr;

/// A route table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteTable {
    /// Its name.
    pub name: Spanned<String>,
    /// Its resource id in the normal form ([`super::names`]).
    pub id: Box<str>,
    /// The whole resource.
    pub span: Span,
    /// `disableBgpRoutePropagation` (RT-014): true where routes of gateways stay away.
    pub gateway_routes_off: Field<bool>,
    /// `disablePeeringRoute` is `All` (RT-014).
    pub peering_routes_off: Field<bool>,
    /// Subnets that carry it, in their normal form, where an export lists them.
    pub subnets: Vec<Spanned<String>>,
    /// Why there may be routes that are not here; `None` where the input shows all of them.
    pub unread: Option<Unknown>,
    /// The condition on which it is deployed, where that can't be known.
    pub condition: Option<Condition>,
    /// Duplicate keys and wrong types.
    pub faults: Vec<Fault>,
}

/// A route of a table: in its list, or a resource of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Its name, without that of its table.
    pub name: Spanned<String>,
    /// The id of its table in the normal form.
    pub table: Box<str>,
    /// The whole route.
    pub span: Span,
    /// Which round of which copy loop made it, where its place alone does not tell.
    pub iteration: Option<Box<Iteration>>,
    /// `addressPrefix`.
    pub destination: RouteDestination,
    /// Where `addressPrefix` was written; the route where it was not.
    pub destination_span: Span,
    /// The kind of its next hop (RT-008).
    pub next_hop: Field<NextHop>,
    /// The address of the appliance (RT-009).
    pub next_hop_address: Field<IpAddr>,
    /// `hasBgpOverride` (RT-014).
    pub overrides_gateway_routes: Field<bool>,
    /// The condition on which it is deployed, where that can't be known.
    pub condition: Option<Condition>,
    /// Duplicate keys and wrong types.
    pub faults: Vec<Fault>,
}

/// What a route is for (RT-028).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouteDestination {
    /// A prefix, host bits as written.
    Network(IpNetwork),
    /// A service tag, known or not.
    Tag(Box<str>),
    /// Not known from the input.
    Unknown(Box<str>),
    /// Nothing that Azure takes.
    Invalid {
        /// What was written.
        text: Box<str>,
        /// What is wrong with it.
        fault: AddressFault,
    },
    /// It is not there.
    Missing,
}

/// Where a route sends flows: what users can write (RT-008).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NextHop {
    /// The gateway of the network.
    VirtualNetworkGateway,
    /// The network itself.
    VnetLocal,
    /// The Internet.
    Internet,
    /// An appliance at an address.
    VirtualAppliance,
    /// Several appliances at once (API version 2026-03-01).
    VirtualApplianceEcmp,
    /// Nowhere: flows are dropped (RT-010).
    None,
}
