//! What stands around groups: application security groups, interfaces, subnets, load balancers.

use super::group::properties;
use super::lists::groups;
use super::network::reference;
use super::scalar::{Scalar, Style, known, name, scalar};
use crate::model::names::normal;
use crate::model::{
    ApplicationSecurityGroup, LoadBalancer, NetworkInterface, PrivateEndpoint, Reference,
};
use crate::source::Spanned;
use crate::template::{Reading, Value};
use std::net::IpAddr;

/// A reference to a network security group, and who has it.
#[derive(Debug)]
pub(super) struct Link {
    /// The id of the group in its normal form.
    pub(super) group: String,
    /// The id of the subnet or interface.
    pub(super) holder: Spanned<String>,
    /// What the holder is.
    pub(super) is_subnet: bool,
}

pub(super) fn application_group(
    name: Spanned<String>,
    id: &Spanned<String>,
    resource: &Reading<'_>,
) -> ApplicationSecurityGroup {
    ApplicationSecurityGroup { name, id: normal(&id.value).into(), span: resource.span() }
}

pub(super) const fn load_balancer(name: Spanned<String>) -> LoadBalancer {
    LoadBalancer { name }
}

/// NSG-048
pub(super) fn interface(
    name: Spanned<String>,
    id: String,
    resource: &Reading<'_>,
    style: Style,
) -> NetworkInterface {
    let inner = properties(resource);
    let mut interface = NetworkInterface {
        name,
        id: id.into(),
        groups: Vec::new(),
        groups_known: true,
        subnets: Vec::new(),
        group: reference(&inner, "networkSecurityGroup", style),
        addresses: Vec::new(),
        public_address: Reference::None,
        pools: Vec::new(),
        span: resource.span(),
    };
    let Some(configurations) = inner.get("ipConfigurations") else {
        // An interface has at least one.
        interface.groups_known = false;
        return interface;
    };
    if !matches!(configurations.value(), Value::Array(_)) {
        interface.groups_known = false;
        return interface;
    }
    let mut addresses = Some(Vec::new());
    for configuration in configurations.items() {
        let inner = properties(&configuration);
        interface.groups_known &= matches!(configuration.value(), Value::Object(_))
            && matches!(inner.value(), Value::Object(_));
        if let Some(list) = inner.get("applicationSecurityGroups") {
            let mut faults = Vec::new();
            interface.groups.append(&mut groups(&list, "applicationSecurityGroups", &mut faults));
            interface.groups_known &= faults.is_empty() && is_known(&list);
        }
        let subnet = inner.get("subnet").and_then(|subnet| subnet.get("id"));
        if let Some(id) = subnet.and_then(|id| id.text()).filter(|id| !id.text.is_empty()) {
            // Several addresses of one interface stand in one subnet most often.
            let id: Box<str> = normal(&id.text).into();
            if !interface.subnets.contains(&id) {
                interface.subnets.push(id);
            }
        }
        outbound(&inner, &mut interface, style);
        let address = address(&inner, style);
        addresses = addresses.zip(address).map(|(mut all, address)| {
            all.push(address);
            all
        });
    }
    interface.addresses = addresses.unwrap_or_default();
    interface
}

/// What may let the machine out to the Internet (RT-030).
fn outbound(configuration: &Reading<'_>, interface: &mut NetworkInterface, style: Style) {
    if interface.public_address == Reference::None {
        interface.public_address = reference(configuration, "publicIPAddress", style);
    }
    let pools = configuration.get("loadBalancerBackendAddressPools");
    let pools = pools.iter().flat_map(|list| list.items().collect::<Vec<_>>());
    let ids = pools.filter_map(|pool| Some(normal(&pool.get("id")?.text()?.text).into()));
    interface.pools.extend(ids);
}

/// The private address of a configuration: that which a template fixes, or an export shows.
fn address(configuration: &Reading<'_>, style: Style) -> Option<Spanned<IpAddr>> {
    let address = known(&configuration.get("privateIPAddress")?, style)?;
    Some(Spanned::new(address.value.parse().ok()?, address.span))
}

/// Whether the list shows every group. Parts of the ids may be unknown: who compares them sees.
fn is_known(list: &Reading<'_>) -> bool {
    match list.value() {
        Value::Null => true,
        Value::Array(items) => items.items().all(|item| {
            let id = item.get("id").and_then(|id| id.text());
            matches!(item.value(), Value::Object(_)) && id.is_some()
        }),
        Value::Bool(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Object(_)
        | Value::Unknown(_) => false,
    }
}

/// The link from a subnet or interface to its group (JS-015).
pub(super) fn link(
    holder: &Reading<'_>,
    id: Spanned<String>,
    is_subnet: bool,
    style: Style,
) -> Option<Link> {
    let group = properties(holder).get("networkSecurityGroup")?.get("id")?;
    if matches!(scalar(&group, style), Scalar::Missing) {
        return None;
    }
    let group = normal(&name(&group, style)?.value);
    Some(Link { group, holder: id, is_subnet })
}

/// The links of all subnets of a virtual network with that id.
pub(super) fn subnet_links(network: &Reading<'_>, id: &str, style: Style) -> Vec<Link> {
    let Some(list) = properties(network).get("subnets") else { return Vec::new() };
    list.items()
        .filter_map(|subnet| {
            let own = subnet.get("id").and_then(|own| known(&own, style));
            let own = own.or_else(|| {
                let name = name(&subnet.get("name")?, style)?;
                let id = format!("{id}/subnets/{}", name.value);
                Some(Spanned::new(id, name.span))
            })?;
            link(&subnet, own, true, style)
        })
        .collect()
}

/// A private endpoint. Its address stands in its configurations, or in what Azure says of its names.
pub(super) fn private_endpoint(
    name: Spanned<String>,
    id: String,
    resource: &Reading<'_>,
    style: Style,
) -> PrivateEndpoint {
    let inner = properties(resource);
    let items = |key: &str| -> Vec<Reading<'_>> {
        inner.get(key).iter().flat_map(|list| list.items().collect::<Vec<_>>()).collect()
    };
    let parsed = |address: &Reading<'_>| {
        let address = known(address, style)?;
        Some(Spanned::new(address.value.parse().ok()?, address.span))
    };
    let mut addresses: Vec<Spanned<IpAddr>> = items("ipConfigurations")
        .iter()
        .filter_map(|it| parsed(&properties(it).get("privateIPAddress")?))
        .collect();
    for names in items("customDnsConfigs").iter().filter_map(|it| it.get("ipAddresses")) {
        addresses.extend(names.items().filter_map(|address| parsed(&address)));
    }
    let mut seen = Vec::new();
    addresses.retain(|address| {
        let is_new = !seen.contains(&address.value);
        seen.push(address.value);
        is_new
    });
    let connections = ["privateLinkServiceConnections", "manualPrivateLinkServiceConnections"];
    let connections = connections.into_iter().flat_map(items);
    let services = connections
        .filter_map(|it| properties(&it).get("groupIds"))
        .flat_map(|list| list.items().filter_map(|group| known(&group, style)).collect::<Vec<_>>());
    PrivateEndpoint {
        name,
        id: id.into(),
        span: resource.span(),
        subnet: reference(&inner, "subnet", style),
        addresses,
        services: services.collect(),
        condition: None,
    }
}
