//! The kinds of resources that are read, by their types.

/// The kinds of resources that matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Group,
    Rule,
    ApplicationGroup,
    Interface,
    Network,
    Subnet,
    Peering,
    RouteTable,
    Route,
    Firewall,
    FirewallPolicy,
    RuleCollectionGroup {
        /// From before API version 2020-05-01.
        is_old: bool,
    },
    IpGroup,
    LoadBalancer,
    PrivateEndpoint,
    Deployment,
    /// Policy that is not checked yet.
    Unchecked(&'static str),
    Other,
}

/// The type of groups.
pub(super) const GROUP: &str = "Microsoft.Network/networkSecurityGroups";

/// The type of rules that are resources of their own.
pub(super) const RULE: &str = "Microsoft.Network/networkSecurityGroups/securityRules";

const KINDS: &[(&str, Kind)] = &[
    (GROUP, Kind::Group),
    (RULE, Kind::Rule),
    ("Microsoft.Network/applicationSecurityGroups", Kind::ApplicationGroup),
    ("Microsoft.Network/networkInterfaces", Kind::Interface),
    ("Microsoft.Network/virtualNetworks", Kind::Network),
    ("Microsoft.Network/virtualNetworks/subnets", Kind::Subnet),
    ("Microsoft.Network/virtualNetworks/virtualNetworkPeerings", Kind::Peering),
    ("Microsoft.Network/loadBalancers", Kind::LoadBalancer),
    ("Microsoft.Network/privateEndpoints", Kind::PrivateEndpoint),
    ("Microsoft.Resources/deployments", Kind::Deployment),
    ("Microsoft.Network/azureFirewalls", Kind::Firewall),
    ("Microsoft.Network/firewallPolicies", Kind::FirewallPolicy),
    (
        "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
        Kind::RuleCollectionGroup { is_old: false },
    ),
    ("Microsoft.Network/firewallPolicies/ruleGroups", Kind::RuleCollectionGroup { is_old: true }),
    ("Microsoft.Network/routeTables", Kind::RouteTable),
    ("Microsoft.Network/routeTables/routes", Kind::Route),
    ("Microsoft.Network/ipGroups", Kind::IpGroup),
    (
        "Microsoft.Network/networkManagers/securityAdminConfigurations",
        Kind::Unchecked("security admin rules"),
    ),
    (
        "Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections/rules",
        Kind::Unchecked("security admin rules"),
    ),
    ("Microsoft.Authorization/policyDefinitions", Kind::Unchecked("an Azure Policy definition")),
    (
        "Microsoft.ClassicNetwork/networkSecurityGroups",
        Kind::Unchecked("a classic network security group"),
    ),
];

/// The kind of a resource type, without case (JS-002).
pub(super) fn kind_of(resource_type: &str) -> Kind {
    let same = |(name, _): &&(&str, Kind)| name.eq_ignore_ascii_case(resource_type);
    KINDS.iter().find(same).map_or(Kind::Other, |(_, kind)| *kind)
}
