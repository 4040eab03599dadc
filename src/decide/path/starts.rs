//! Where paths start: the subnets and interfaces for which more than one group has a say.

use super::Paths;
use crate::{
    decide::surroundings::{Key, key},
    model::{NetworkInterface, Reference, Subnet},
    source::{FileId, Span},
};
use std::collections::BTreeSet;

/// A subnet, or an interface in it, whose flows are followed.
#[derive(Clone, Copy, Debug)]
pub struct Start<'e> {
    /// The subnet.
    pub subnet: &'e Subnet,
    /// The interface, where the path is that of one.
    pub interface: Option<&'e NetworkInterface>,
}

/// Subnets that Azure keeps for its own machines.
const PLATFORM: [&str; 6] = [
    "AzureFirewallSubnet",
    "AzureFirewallManagementSubnet",
    "GatewaySubnet",
    "AzureBastionSubnet",
    "RouteServerSubnet",
    "AzureApplicationGatewaySubnet",
];

fn is_platform(subnet: &Subnet) -> bool {
    PLATFORM.iter().any(|name| subnet.name.value.eq_ignore_ascii_case(name))
}

/// The name of a subnet with that of its network.
pub(super) fn title(subnet: &Subnet) -> String {
    let network = subnet.network.rsplit('/').next().unwrap_or_default();
    format!("{network}/{}", subnet.name.value)
}

impl Start<'_> {
    /// Its name: `vnet-a/snet-app`, or that of the interface.
    pub fn name(&self) -> String {
        self.interface.map_or_else(|| title(self.subnet), |it| it.name.value.clone())
    }

    /// Where it stands.
    pub fn span(&self) -> Span {
        self.interface.map_or(self.subnet.name.span, |it| it.name.span)
    }

    /// Its type in Azure.
    pub const fn kind(&self) -> &'static str {
        match self.interface {
            None => "Microsoft.Network/virtualNetworks/subnets",
            Some(_) => "Microsoft.Network/networkInterfaces",
        }
    }
}

impl<'e> Paths<'e> {
    /// The subnets of networks in which something besides one group has a say, and the interfaces
    /// there that carry groups of their own. Where nothing has, the groups alone tell all.
    pub fn starts(&self) -> Vec<Start<'e>> {
        let estate = self.surroundings.estate;
        let home = |subnet: &'e Subnet| key(&subnet.network, subnet.span.file);
        let mut networks: BTreeSet<Key<'e>> = BTreeSet::new();
        for subnet in &estate.subnets {
            let has_say =
                subnet.routes != Reference::None || subnet.default_outbound.known() == Some(&false);
            if has_say && !is_platform(subnet) {
                networks.insert(home(subnet));
            }
        }
        let with_firewall = estate.firewalls.iter().flat_map(|firewall| {
            let file = firewall.span.file;
            let networks =
                firewall.subnets.iter().filter_map(|id| id.value.split_once("/subnets/"));
            networks.map(move |(network, _)| key(network, file))
        });
        networks.extend(with_firewall);
        let mut starts: Vec<Start<'e>> = Vec::new();
        let mut seen: BTreeSet<Key<'e>> = BTreeSet::new();
        for subnet in &estate.subnets {
            let own = key(&subnet.id, subnet.span.file);
            if is_platform(subnet)
                || !networks.contains(&home(subnet))
                || self.is_elsewhere(&subnet.group, subnet.span.file)
                || !seen.insert(own)
            {
                continue;
            }
            starts.push(Start { subnet, interface: None });
        }
        for interface in &estate.interfaces {
            let [id] = interface.subnets.as_slice() else { continue };
            if interface.group == Reference::None {
                continue;
            }
            let at = key(id, interface.span.file);
            let Some(subnet) = self.surroundings.subnet(at) else { continue };
            if self.is_elsewhere(&interface.group, interface.span.file)
                || self.is_elsewhere(&subnet.group, subnet.span.file)
            {
                continue;
            }
            let is_doubled = subnet.group != Reference::None;
            let own = key(&interface.id, interface.span.file);
            if (is_doubled || networks.contains(&home(subnet))) && seen.insert(own) {
                starts.push(Start { subnet, interface: Some(interface) });
            }
        }
        starts
    }

    /// Whether the input does not have the group: then nobody asks what it does.
    fn is_elsewhere(&self, group: &Reference, file: FileId) -> bool {
        group.id().is_some_and(|_| self.find(group, "", file).is_err())
    }

    /// The subnets and interfaces that somebody may ask about by name or id.
    pub fn everything(&self) -> impl Iterator<Item = Start<'e>> {
        let estate = self.surroundings.estate;
        let subnets = estate.subnets.iter().map(|subnet| Start { subnet, interface: None });
        let interfaces = estate.interfaces.iter().filter_map(|interface| {
            let [id] = interface.subnets.as_slice() else { return None };
            let subnet = self.surroundings.subnet(key(id, interface.span.file))?;
            Some(Start { subnet, interface: Some(interface) })
        });
        subnets.chain(interfaces)
    }
}
