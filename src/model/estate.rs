//! Everything of one run.

use super::{
    firewall::{Firewall, FirewallPolicy, IpGroup, RuleCollectionGroup},
    names::{self, is_global},
    network::{Peering, PrivateEndpoint, Reference, Routes, Subnet, VirtualNetwork},
    nsg::Nsg,
    route::{Route, RouteTable},
    values::GroupRef,
};
use crate::source::{FileId, Span, Spanned};
use std::net::IpAddr;

/// All resources that were read, in the order of files and places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Estate {
    /// Network security groups.
    pub nsgs: Vec<Nsg>,
    /// Application security groups.
    pub groups: Vec<ApplicationSecurityGroup>,
    /// Network interfaces.
    pub interfaces: Vec<NetworkInterface>,
    /// Load balancers: what sends health probes from the address of the platform.
    pub load_balancers: Vec<LoadBalancer>,
    /// Virtual networks.
    pub networks: Vec<VirtualNetwork>,
    /// Subnets of virtual networks, whether these are here or not.
    pub subnets: Vec<Subnet>,
    /// Peerings of virtual networks.
    pub peerings: Vec<Peering>,
    /// Private endpoints.
    pub private_endpoints: Vec<PrivateEndpoint>,
    /// Routes, as far as `VirtualNetwork` holds their prefixes.
    pub routes: Vec<Routes>,
    /// Firewalls.
    pub firewalls: Vec<Firewall>,
    /// Firewall policies.
    pub policies: Vec<FirewallPolicy>,
    /// Rule collection groups of policies, whether these are here or not.
    pub rule_collection_groups: Vec<RuleCollectionGroup>,
    /// IP groups.
    pub ip_groups: Vec<IpGroup>,
    /// Route tables.
    pub route_tables: Vec<RouteTable>,
    /// Routes of tables, whether these are here or not.
    pub table_routes: Vec<Route>,
    /// The addresses of Terraform resources, in the order of their places.
    pub addresses: Vec<TerraformAddress>,
}

impl Estate {
    /// Adds what another file holds.
    pub fn extend(&mut self, other: Self) {
        self.nsgs.extend(other.nsgs);
        self.groups.extend(other.groups);
        self.interfaces.extend(other.interfaces);
        self.load_balancers.extend(other.load_balancers);
        self.networks.extend(other.networks);
        self.subnets.extend(other.subnets);
        self.peerings.extend(other.peerings);
        self.private_endpoints.extend(other.private_endpoints);
        self.routes.extend(other.routes);
        self.firewalls.extend(other.firewalls);
        self.policies.extend(other.policies);
        self.rule_collection_groups.extend(other.rule_collection_groups);
        self.ip_groups.extend(other.ip_groups);
        self.route_tables.extend(other.route_tables);
        self.table_routes.extend(other.table_routes);
        self.addresses.extend(other.addresses);
    }

    /// Whether there is nothing in it but networks, which say what is around others.
    pub const fn is_bare(&self) -> bool {
        self.nsgs.is_empty()
            && self.groups.is_empty()
            && self.interfaces.is_empty()
            && self.load_balancers.is_empty()
            && self.firewalls.is_empty()
            && self.policies.is_empty()
            && self.rule_collection_groups.is_empty()
            && self.ip_groups.is_empty()
            && self.route_tables.is_empty()
            && self.table_routes.is_empty()
    }

    /// The interfaces for which an id that stands in `file` means the same resource.
    pub fn interfaces_for(
        &self,
        id: &str,
        file: FileId,
    ) -> impl Iterator<Item = &NetworkInterface> + Clone {
        let is_global = is_global(id);
        self.interfaces.iter().filter(move |interface| {
            if is_global { names::is_global(&interface.id) } else { interface.span.file == file }
        })
    }

    /// The address of the Terraform resource that holds a place.
    pub fn address(&self, place: Span) -> Option<&str> {
        let key = |it: &TerraformAddress| (it.span.file, it.span.start);
        let behind = self.addresses.partition_point(|it| key(it) <= (place.file, place.start));
        let before = self.addresses.get(behind.checked_sub(1)?)?;
        let holds = before.span.file == place.file && place.start < before.span.end;
        holds.then_some(&*before.address)
    }
}

/// How Terraform calls a resource, and where that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerraformAddress {
    /// The address, such as `module.x.azurerm_network_security_group.nsg["a"]`.
    pub address: Box<str>,
    /// The whole resource; none holds another.
    pub span: Span,
}

/// An application security group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationSecurityGroup {
    /// Its name.
    pub name: Spanned<String>,
    /// Its resource id in its normal form ([`super::names`]).
    pub id: Box<str>,
    /// The whole resource.
    pub span: Span,
}

/// A network interface, as far as rules care.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkInterface {
    /// Its name.
    pub name: Spanned<String>,
    /// Its resource id in its normal form ([`super::names`]).
    pub id: Box<str>,
    /// The application security groups of all its IP configurations (NSG-048).
    pub groups: Vec<GroupRef>,
    /// Whether it shows all of them; parts of their ids may be unknown ([`super::names`]).
    pub groups_known: bool,
    /// Ids of its subnets in their normal form.
    pub subnets: Vec<Box<str>>,
    /// The network security group that it carries (NSG-001).
    pub group: Reference,
    /// Its private addresses, where every IP configuration has one; else empty.
    pub addresses: Vec<Spanned<IpAddr>>,
    /// A public address of one of its configurations (RT-030).
    pub public_address: Reference,
    /// The backend pools of load balancers that it is in, in their normal form (RT-030).
    pub pools: Vec<Box<str>>,
    /// The whole resource.
    pub span: Span,
}

/// Something that sends health probes (NSG-057).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadBalancer {
    /// Its name.
    pub name: Spanned<String>,
}
