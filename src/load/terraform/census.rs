//! How much of the policy in a plan is known. What Azure alone decides, and the configuration does
//! not ask for, is no field of the policy.

use super::arm::body;
use super::identity::Identities;
use super::plan::{Plan, Resource};
use crate::document::Node;
use crate::load::unknowns::{Census, kind_of};
use crate::template::{Budget, Cause, Leaf, leaves};

/// The types of resources with policy, and what they are in Azure.
const KINDS: [(&str, &str); 19] = [
    ("azurerm_network_security_group", "networkSecurityGroups"),
    ("azurerm_network_security_rule", "networkSecurityGroups/securityRules"),
    ("azurerm_firewall", "azureFirewalls"),
    ("azurerm_firewall_network_rule_collection", "azureFirewalls"),
    ("azurerm_firewall_application_rule_collection", "azureFirewalls"),
    ("azurerm_firewall_nat_rule_collection", "azureFirewalls"),
    ("azurerm_firewall_policy", "firewallPolicies"),
    ("azurerm_firewall_policy_rule_collection_group", "firewallPolicies/ruleCollectionGroups"),
    ("azurerm_ip_group", "ipGroups"),
    ("azurerm_ip_group_cidr", "ipGroups"),
    ("azurerm_route_table", "routeTables"),
    ("azurerm_route", "routeTables/routes"),
    ("azurerm_subnet_route_table_association", "virtualNetworks/subnets"),
    ("azurerm_virtual_network", "virtualNetworks"),
    ("azurerm_virtual_network_dns_servers", "virtualNetworks"),
    ("azurerm_subnet", "virtualNetworks/subnets"),
    ("azurerm_subnet_network_security_group_association", "virtualNetworks/subnets"),
    ("azurerm_virtual_network_peering", "virtualNetworks/virtualNetworkPeerings"),
    ("azapi_resource", ""),
];

/// Counts the fields of a plan or state.
pub(in crate::load) fn census(root: Node<'_>, budget: &Budget) -> Census {
    let plan = Plan::of(root);
    let identities = Identities::of(&plan);
    let mut census = Census::default();
    for (at, resource) in plan.resources.iter().enumerate() {
        let is = |(name, _): &&(&str, &str)| *name == resource.kind;
        if resource.is_data {
            continue;
        }
        match KINDS.iter().find(is) {
            Some((_, "")) => azapi(resource, &mut census, budget),
            Some((_, kind)) => native(at, kind, &identities, &mut census, budget),
            None => {}
        }
    }
    census
}

fn azapi(resource: &Resource<'_>, census: &mut Census, budget: &Budget) {
    let written = resource.values.get("type").and_then(|it| it.text());
    let written = written.map(|it| it.text.into_owned()).unwrap_or_default();
    let Some(kind) = kind_of(written.split('@').next().unwrap_or_default()) else { return };
    census.resource(kind);
    if let Some(written) = resource.values.get("body") {
        census.add(kind, (&resource.address, "body"), &body(&written), budget);
    }
}

fn native(
    at: usize,
    kind: &'static str,
    identities: &Identities<'_, '_>,
    census: &mut Census,
    budget: &Budget,
) {
    let Some(resource) = identities.resource(at) else { return };
    census.resource(kind);
    let address = &resource.address;
    leaves(&resource.values, budget, &mut |path, leaf, span| {
        let steps: Vec<&str> = path.split(['.', '[', ']']).filter(|it| !it.is_empty()).collect();
        let is_open = matches!(leaf, Leaf::Unknown(Cause::Apply, _));
        let first = steps.first().copied().unwrap_or_default();
        // Azure makes it up, as it does ids.
        let is_asked = resource.expression(&[first]).is_some() && first != "id";
        if is_open && resource.config.is_some() && !is_asked {
            return;
        }
        // Where it is deployed to is no part of what it lets through.
        if matches!(first, "id" | "resource_group_name" | "resource_group_id") {
            return;
        }
        // A resource of the plan is linked by what will be its id or name, whatever that is.
        let names = |it: &str| matches!(it, "id" | "name");
        let is_linked = is_open
            && first != "name"
            && identities
                .single(at, &steps)
                .is_some_and(|it| it.attribute.is_none_or(|it| names(&it)));
        let leaf = if is_linked { Leaf::InPlace } else { leaf };
        census.field(kind, address, path.to_owned(), (leaf, span));
    });
}
