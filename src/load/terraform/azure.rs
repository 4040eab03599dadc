//! Which resources of the Azure providers matter, and what they are.

/// The type of rules that are resources of their own.
pub(super) const RULE: &str = "azurerm_network_security_rule";

/// The type of routes that are resources of their own.
pub(super) const ROUTE: &str = "azurerm_route";

/// What a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Group,
    Rule,
    ApplicationGroup,
    Interface,
    Network,
    Subnet,
    Peering,
    LoadBalancer,
    /// Only its name and id matter, to others.
    ResourceGroup,
    /// A subnet carries a group.
    SubnetAssociation,
    /// An interface carries a group.
    InterfaceAssociation,
    /// An interface is in an application security group.
    Membership,
    /// An ARM resource in the words of ARM.
    Azapi,
    /// Changes to an ARM resource that is managed elsewhere.
    AzapiUpdate,
    Firewall,
    /// Rules of a classic firewall, which stand in this list of it.
    FirewallCollection(&'static str),
    FirewallPolicy,
    RuleCollectionGroup,
    IpGroup,
    /// One prefix of an IP group.
    IpGroupPrefix,
    RouteTable,
    Route,
    /// A subnet carries a route table.
    RouteTableAssociation,
    /// Policy that is not checked yet.
    Unchecked(&'static str),
}

const KINDS: &[(&str, Kind)] = &[
    ("azurerm_network_security_group", Kind::Group),
    (RULE, Kind::Rule),
    ("azurerm_application_security_group", Kind::ApplicationGroup),
    ("azurerm_network_interface", Kind::Interface),
    ("azurerm_virtual_network", Kind::Network),
    ("azurerm_subnet", Kind::Subnet),
    ("azurerm_virtual_network_peering", Kind::Peering),
    ("azurerm_lb", Kind::LoadBalancer),
    ("azurerm_resource_group", Kind::ResourceGroup),
    ("azurerm_subnet_network_security_group_association", Kind::SubnetAssociation),
    ("azurerm_network_interface_security_group_association", Kind::InterfaceAssociation),
    ("azurerm_network_interface_application_security_group_association", Kind::Membership),
    ("azapi_resource", Kind::Azapi),
    ("azapi_update_resource", Kind::AzapiUpdate),
    ("azurerm_firewall", Kind::Firewall),
    (
        "azurerm_firewall_network_rule_collection",
        Kind::FirewallCollection("networkRuleCollections"),
    ),
    (
        "azurerm_firewall_application_rule_collection",
        Kind::FirewallCollection("applicationRuleCollections"),
    ),
    ("azurerm_firewall_nat_rule_collection", Kind::FirewallCollection("natRuleCollections")),
    ("azurerm_firewall_policy", Kind::FirewallPolicy),
    ("azurerm_firewall_policy_rule_collection_group", Kind::RuleCollectionGroup),
    ("azurerm_route_table", Kind::RouteTable),
    (ROUTE, Kind::Route),
    ("azurerm_subnet_route_table_association", Kind::RouteTableAssociation),
    ("azurerm_ip_group", Kind::IpGroup),
    ("azurerm_ip_group_cidr", Kind::IpGroupPrefix),
    ("azurerm_network_manager_admin_rule", Kind::Unchecked("security admin rules")),
    ("azurerm_policy_definition", Kind::Unchecked("an Azure Policy definition")),
    ("azurerm_template_deployment", Kind::Unchecked(TEMPLATE)),
    ("azurerm_resource_group_template_deployment", Kind::Unchecked(TEMPLATE)),
    ("azurerm_subscription_template_deployment", Kind::Unchecked(TEMPLATE)),
    ("azurerm_management_group_template_deployment", Kind::Unchecked(TEMPLATE)),
    ("azurerm_tenant_template_deployment", Kind::Unchecked(TEMPLATE)),
];

/// What a resource that deploys a template holds.
const TEMPLATE: &str = "an ARM template in a Terraform resource";

/// What a resource of that type is, if it matters.
pub(super) fn kind_of(resource_type: &str) -> Option<Kind> {
    KINDS.iter().find(|(name, _)| *name == resource_type).map(|(_, kind)| *kind)
}

/// Whether resources of that type are read.
pub(super) fn is_of_interest(resource_type: &str) -> bool {
    let is_azure = ["azurerm_", "azapi_"].into_iter().any(|it| resource_type.starts_with(it));
    is_azure && kind_of(resource_type).is_some()
}
