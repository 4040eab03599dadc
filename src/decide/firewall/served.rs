//! Which subnets a firewall serves: those with a route to its private address (RT-013).

use super::find;
use crate::{
    decide::{site::Holder, surroundings::carrier},
    model::{
        Estate, Firewall, NextHop, Prefixes, Reference, Route, RouteTable, Subnet, names::Same,
    },
};
use ipnetwork::IpNetwork;

/// A subnet whose routes lead to the firewall.
#[derive(Clone, Debug)]
pub struct Served<'m> {
    /// The subnet.
    pub subnet: &'m Subnet,
    /// Its prefixes, where they are known.
    pub prefixes: Vec<IpNetwork>,
}

impl Served<'_> {
    /// Its name for people: `vnet-a/snet-app`.
    pub fn name(&self) -> String {
        carrier(&self.subnet.id)
    }

    /// Where its machines may be.
    pub(super) fn addresses(&self) -> Vec<(u32, u32)> {
        Holder { name: self.name(), prefixes: self.prefixes.clone(), is_subnet: true }
            .addresses()
            .collect()
    }
}

/// The subnets that a route table sends to an address of `firewall`.
pub(super) fn served<'m>(firewall: &Firewall, estate: &'m Estate) -> Vec<Served<'m>> {
    if firewall.addresses.is_empty() {
        return Vec::new();
    }
    let leads_here = |route: &&Route| {
        let hop = route.next_hop.known() == Some(&NextHop::VirtualAppliance);
        let address = route.next_hop_address.known();
        hop && address.is_some_and(|it| firewall.addresses.iter().any(|own| own.value == *it))
    };
    let routes: Vec<&Route> = estate.table_routes.iter().filter(leads_here).collect();
    let sends_here = |table: &RouteTable| {
        routes.iter().any(|route| {
            find::means(&route.table, route.span.file, &table.id, table.span.file) == Same::Yes
        })
    };
    let tables: Vec<&RouteTable> =
        estate.route_tables.iter().filter(|table| sends_here(table)).collect();
    let carries = |subnet: &&Subnet| {
        tables.iter().any(|table| {
            let own = match &subnet.routes {
                Reference::To(id) => {
                    find::means(&id.value, subnet.span.file, &table.id, table.span.file)
                }
                Reference::None | Reference::Unknown(_) => Same::No,
            };
            own == Same::Yes
                || table.subnets.iter().any(|id| {
                    find::means(&id.value, table.span.file, &subnet.id, subnet.span.file)
                        == Same::Yes
                })
        })
    };
    let prefixes = |prefixes: &Prefixes| -> Vec<IpNetwork> {
        prefixes.known().map(Iterator::collect).unwrap_or_default()
    };
    let subnets = estate.subnets.iter().filter(carries);
    subnets.map(|subnet| Served { subnet, prefixes: prefixes(&subnet.prefixes) }).collect()
}
