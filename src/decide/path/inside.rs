//! What stands at the other end: the groups of a network in the input, and private endpoints.

use super::{
    Carried, Stage, Start,
    walk::{Cell, Followed, Home, Walk},
};
use crate::{
    decide::surroundings::key,
    model::{Direction, Field, NetworkInterface, PrivateEndpoint, Subnet, VirtualNetwork},
    space::{Axis, Ranges},
};

impl<'e, V: Followed> Walk<'_, 'e, V> {
    /// Flows into a network, the own one if none is named (NSG-016).
    pub(super) fn inside(
        &mut self,
        network: Option<&'e VirtualNetwork>,
        home: Home<'e>,
        cell: &Cell<V>,
    ) {
        let paths = self.path.paths;
        let id = match network {
            Some(network) => key(&network.id, network.span.file),
            None => key(&home.subnet.network, home.subnet.span.file),
        };
        let mut rest = Ranges::clone(cell.flows.axis(Axis::Destination));
        for subnet in paths.surroundings.subnets_of(id) {
            let prefixes = subnet.prefixes.known();
            let own: Ranges<V> = prefixes.into_iter().flatten().filter_map(V::bounds).collect();
            let part = rest.intersection(&own);
            if part.is_empty() {
                continue;
            }
            rest = rest.minus(&own);
            let part = cell.to(part);
            self.enter_subnet(subnet, part);
        }
        if !rest.is_empty() {
            let part = cell.to(rest);
            self.arrive(part);
        }
    }

    /// The group of the subnet, and then those of its interfaces (NSG-013).
    fn enter_subnet(&mut self, subnet: &'e Subnet, cell: Cell<V>) {
        let paths = self.path.paths;
        let site = paths.site(&Start { subnet, interface: None });
        let own = (&subnet.group, &*subnet.id, subnet.span.file);
        let carried = paths.carried(own, &site);
        let mut cells = self.group(Stage::FarSubnetGroup, &carried, Direction::Inbound, vec![cell]);
        for interface in paths.interfaces_in(subnet) {
            let addresses = interface.addresses.iter();
            let own: Ranges<V> = addresses
                .filter_map(|address| V::integer(address.value))
                .map(|address| (address, address))
                .collect();
            if own.is_empty() || cells.is_empty() {
                continue;
            }
            cells = self.enter_interface(interface, &own, cells, &site);
        }
        cells.into_iter().for_each(|cell| self.arrive(cell));
    }

    fn enter_interface(
        &mut self,
        interface: &'e NetworkInterface,
        own: &Ranges<V>,
        cells: Vec<Cell<V>>,
        site: &crate::decide::Site<'e>,
    ) -> Vec<Cell<V>> {
        let reference = (&interface.group, &*interface.id, interface.span.file);
        let carried = self.path.paths.carried(reference, site);
        if matches!(carried, Carried::None) {
            return cells;
        }
        let mut left = Vec::new();
        for cell in cells {
            let whole = cell.flows.axis(Axis::Destination);
            let (inner, outer) = (whole.intersection(own), whole.minus(own));
            if !outer.is_empty() {
                left.push(cell.to(outer));
            }
            if !inner.is_empty() {
                let part = vec![cell.to(inner)];
                let stage = Stage::FarInterfaceGroup;
                left.extend(self.group(stage, &carried, Direction::Inbound, part));
            }
        }
        left
    }

    /// NSG-059b: the group of its subnet acts only where the subnet says so.
    pub(super) fn endpoint(&mut self, endpoint: &'e PrivateEndpoint, cell: Cell<V>) {
        let paths = self.path.paths;
        let subnet = endpoint.subnet.id().map(|id| key(id, endpoint.span.file));
        let Some(subnet) = subnet.and_then(|at| paths.surroundings.subnet(at)) else {
            self.arrive(cell);
            return;
        };
        let is_filtered = match &subnet.endpoint_policies {
            Field::Known(read) => Some(read.value.with_groups()),
            Field::Missing => Some(false),
            Field::Unknown(_) | Field::Invalid { .. } => None,
        };
        if is_filtered == Some(false) {
            self.arrive(cell);
            return;
        }
        let site = paths.site(&Start { subnet, interface: None });
        let own = (&subnet.group, &*subnet.id, subnet.span.file);
        let carried = match (is_filtered, paths.carried(own, &site)) {
            (None, Carried::Group(policy)) => Carried::Open {
                name: policy.nsg.name.value.clone(),
                reason: "whether groups act on the private endpoint is not known".to_owned(),
            },
            (_, carried) => carried,
        };
        let left = self.group(Stage::FarSubnetGroup, &carried, Direction::Inbound, vec![cell]);
        left.into_iter().for_each(|cell| self.arrive(cell));
    }
}
