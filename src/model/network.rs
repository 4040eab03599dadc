//! Virtual networks as written: address space, subnets, peerings, and the prefixes of routes. They
//! lie flat in the estate and know each other by resource id, so that one file may hold a network
//! and another its subnets.

use super::{rule::Condition, values::Field, values::Unknown};
use crate::source::{Span, Spanned};
use ipnetwork::IpNetwork;
use std::net::IpAddr;

/// A list of prefixes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefixes {
    /// Those that were read, host bits as written.
    pub items: Vec<Spanned<IpNetwork>>,
    /// Why there may be others, or none at all.
    pub unknown: Option<Unknown>,
}

impl Prefixes {
    /// The prefixes, if there are some and no others.
    pub fn known(&self) -> Option<impl Iterator<Item = IpNetwork> + Clone> {
        let is_known = self.unknown.is_none() && !self.items.is_empty();
        is_known.then(|| self.items.iter().map(|item| item.value))
    }
}

/// A resource that another one refers to by its id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reference {
    /// There is none.
    #[default]
    None,
    /// Its id in the normal form ([`super::names`]), of which parts may be unknown.
    To(Spanned<String>),
    /// There may be one, and which is not known.
    Unknown(Unknown),
}

impl Reference {
    /// The id, as far as it is known.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::To(id) => Some(&id.value),
            Self::None | Self::Unknown(_) => None,
        }
    }
}

/// A virtual network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VirtualNetwork {
    /// Its name.
    pub name: Spanned<String>,
    /// Its resource id in the normal form ([`super::names`]).
    pub id: Box<str>,
    /// The whole resource.
    pub span: Span,
    /// Its address space.
    pub prefixes: Prefixes,
    /// Why it may have subnets or peerings that are not here; `None` where it shows all of them.
    pub unread: Option<Unknown>,
    /// Its location, where that is known, as written.
    pub location: Option<Spanned<String>>,
    /// The condition on which it is deployed, where that can't be known.
    pub condition: Option<Condition>,
}

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subnet {
    /// Its name, without that of its network.
    pub name: Spanned<String>,
    /// Its resource id in the normal form.
    pub id: Box<str>,
    /// The id of its network in the normal form.
    pub network: Box<str>,
    /// The whole resource.
    pub span: Span,
    /// Its prefixes.
    pub prefixes: Prefixes,
    /// The network security group that it carries (NSG-001).
    pub group: Reference,
    /// Its route table (RT-005).
    pub routes: Reference,
    /// The services of its service endpoints, as written (JS-015).
    pub endpoints: Vec<Spanned<String>>,
    /// Its NAT gateway (RT-030).
    pub nat_gateway: Reference,
    /// `defaultOutboundAccess` (RT-030): false where machines need an outbound method of their own.
    pub default_outbound: Field<bool>,
    /// `privateEndpointNetworkPolicies` (NSG-059b, RT-023a).
    pub endpoint_policies: Field<EndpointPolicies>,
    /// The condition on which it is deployed, where that can't be known.
    pub condition: Option<Condition>,
}

/// What acts on flows to the private endpoints of a subnet (NSG-059b, RT-023a).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EndpointPolicies {
    /// Nothing: neither groups nor routes.
    Disabled,
    /// Groups and routes.
    Enabled,
    /// Groups alone.
    Groups,
    /// Routes alone.
    Routes,
}

impl EndpointPolicies {
    /// Whether groups act.
    pub const fn with_groups(self) -> bool {
        matches!(self, Self::Enabled | Self::Groups)
    }

    /// Whether routes act.
    pub const fn with_routes(self) -> bool {
        matches!(self, Self::Enabled | Self::Routes)
    }
}

/// A private endpoint: an address of a network that stands for a service (NSG-059a).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateEndpoint {
    /// Its name.
    pub name: Spanned<String>,
    /// Its resource id in the normal form.
    pub id: Box<str>,
    /// The whole resource.
    pub span: Span,
    /// Its subnet.
    pub subnet: Reference,
    /// Its addresses, where the input shows them.
    pub addresses: Vec<Spanned<IpAddr>>,
    /// `groupIds` of its connections: what part of the service it stands for.
    pub services: Vec<Spanned<String>>,
    /// The condition on which it is deployed, where that can't be known.
    pub condition: Option<Condition>,
}

/// A peering of one network with another, seen from one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peering {
    /// Its name, without that of its network.
    pub name: Spanned<String>,
    /// The id of its network in the normal form.
    pub network: Box<str>,
    /// The whole resource.
    pub span: Span,
    /// The other network.
    pub remote: Reference,
    /// The address space of the other network, where an export says it.
    pub prefixes: Prefixes,
    /// `allowVirtualNetworkAccess` (NSG-054).
    pub access: Field<bool>,
    /// `useRemoteGateways`.
    pub uses_remote_gateways: Field<bool>,
    /// `peeringState`, where an export says it: `Connected`, `Initiated`, `Disconnected`.
    pub state: Option<Spanned<String>>,
    /// The condition on which it is deployed, where that can't be known.
    pub condition: Option<Condition>,
}

/// Routes of a table: what it lists, or one that is a resource of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routes {
    /// The id of the table in the normal form.
    pub table: Box<str>,
    /// The whole resource.
    pub span: Span,
    /// The prefixes that have a route (NSG-053).
    pub prefixes: Prefixes,
}
