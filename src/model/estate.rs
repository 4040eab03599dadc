//! Everything of one run.

use super::{nsg::Nsg, values::GroupRef};
use crate::source::{Span, Spanned};

/// All resources that were read, in the order of files and places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Estate {
    /// Network security groups.
    pub nsgs: Vec<Nsg>,
    /// Application security groups.
    pub groups: Vec<ApplicationSecurityGroup>,
    /// Network interfaces.
    pub interfaces: Vec<NetworkInterface>,
    /// Load balancers and application gateways: whatever sends health probes.
    pub load_balancers: Vec<LoadBalancer>,
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
        self.addresses.extend(other.addresses);
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
    /// The application security groups of all its IP configurations (NSG-048).
    pub groups: Vec<GroupRef>,
    /// Whether it shows all of them; parts of their ids may be unknown ([`super::names`]).
    pub groups_known: bool,
    /// Ids of its subnets in their normal form.
    pub subnets: Vec<Box<str>>,
    /// The whole resource.
    pub span: Span,
}

/// Something that sends health probes (NSG-057).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadBalancer {
    /// Its name.
    pub name: Spanned<String>,
}
