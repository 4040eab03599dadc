//! Where Azure sends the flows that leave a subnet: its routes as a list over destinations of which
//! the first match decides (azure-semantics part 4). What may be in force, such as what a gateway
//! learns, stands in the list as "perhaps", with its reason.

mod list;
mod making;
mod rows;

pub use list::{RouteList, RouteRow, Routed};
pub use rows::RouteTables;

use crate::model::{NextHop, PrivateEndpoint, Route, RouteTable, VirtualNetwork};
use std::net::IpAddr;

/// One route of a subnet: written by somebody, or Azure's own.
#[derive(Clone, Debug)]
pub struct Way<'e> {
    /// Where it sends flows.
    pub hop: Hop<'e>,
    /// Who made it.
    pub origin: Origin<'e>,
    /// Why it is not known whether it is in force, or for what.
    pub why: Option<Box<str>>,
}

/// Who made a route.
#[derive(Clone, Copy, Debug)]
pub enum Origin<'e> {
    /// Somebody wrote it (RT-002).
    Written(&'e RouteTable, &'e Route),
    /// Azure, for the reason that the word tells (RT-006, RT-007).
    System(&'static str),
    /// A gateway may have learnt it (RT-002).
    Learned,
    /// A table, or routes of it, that the input does not show.
    Unread,
}

/// Where a route sends flows.
#[derive(Clone, Debug)]
pub enum Hop<'e> {
    /// To the host: the platform's own addresses (RT-027).
    Platform,
    /// Into the own network, or a peered one; its resource where the input has it.
    Network(Option<&'e VirtualNetwork>),
    /// To the Internet (RT-021).
    Internet,
    /// To a service, past all other routes (RT-022).
    Service(&'e str),
    /// To a private endpoint (RT-023).
    Endpoint(&'e PrivateEndpoint),
    /// To an appliance; its address where it is known.
    Appliance(Option<IpAddr>),
    /// To the gateway of the network.
    Gateway,
    /// Nowhere: dropped (RT-010).
    Nowhere,
    /// What the input does not say.
    Unknown(Box<str>),
}

impl Hop<'_> {
    /// What a written route says.
    fn written(route: &Route) -> Self {
        let unread = |what: &str| Self::Unknown(what.into());
        let Some(&hop) = route.next_hop.known() else {
            return match &route.next_hop {
                crate::model::Field::Unknown(unknown) => Self::Unknown(unknown.reason.clone()),
                _ => unread("Azure takes no route with that next hop"),
            };
        };
        let address = route.next_hop_address.known().copied();
        match hop {
            NextHop::VirtualNetworkGateway => Self::Gateway,
            NextHop::VnetLocal => Self::Network(None),
            NextHop::Internet => Self::Internet,
            NextHop::VirtualAppliance => Self::Appliance(address),
            NextHop::VirtualApplianceEcmp => {
                unread("it leads to several appliances, which are not looked at")
            }
            NextHop::None => Self::Nowhere,
        }
    }
}
