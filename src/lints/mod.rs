//! Every lint, one module each. A lint is one constant and one pure function; its page under
//! `rules/lints/` is its documentation and its test. What several of them need to know of rules
//! stands in modules that are folders.

use crate::{
    lint::{FirewallFacts, Lint, Remark},
    verdict::Verdict,
};

mod address_range;
mod allow_below_deny;
mod ambiguous_property;
mod any_as_protocol;
mod application_deny_all;
mod application_security_groups_in_two_networks;
mod azure_services_blocked;
mod azurecloud_gap;
mod backup_without_companions;
mod broad_virtual_network;
mod classic_tag_name;
mod dead;
mod default_route_widens_virtual_network;
mod description_too_long;
mod duplicate_json_key;
mod duplicate_priority;
mod duplicate_rule_name;
mod empty_application_security_group;
mod empty_ip_group;
mod evidence;
mod firewall_without_internet_route;
mod firewalls;
mod fqdn_tag_without_https;
mod group_on_firewall_subnet;
mod health_probes_denied;
mod host_bits_set;
mod icmp_to_internet;
mod inbound_rule_to_service_tag;
mod inline_and_child_rules;
mod invalid_address;
mod invalid_enum_value;
mod invalid_port;
mod invalid_rule_name;
mod limit_exceeded;
mod limit_near;
mod limits;
mod misplaced_wildcard;
mod missing_companion_tag;
mod missing_property;
mod missing_service_port;
mod mixed_address_families;
mod network_fqdn_without_dns_proxy;
mod networks;
mod next_hop_address;
mod next_hop_in_own_subnet;
mod no_outbound_deny;
mod odd_casing;
mod platform_address_rule;
mod platform_service_denied;
mod platform_tag_misused;
mod ports_on_portless_protocol;
mod priority_out_of_range;
mod redundant_rule;
mod regional_tags_leave_gap;
mod required;
mod required_endpoint_blocked;
mod required_endpoint_partial;
mod required_endpoint_unknown;
mod resource_met_twice;
mod routing;
mod service_endpoint_past_firewall;
mod service_port_as_source_port;
mod service_tag_as_firewall_source;
mod shadowed_rule;
mod smtp_egress;
mod stale_service_tags;
mod suffix_without_dot;
mod tag_in_prefix_list;
mod tag_names;
mod tag_not_for_firewalls;
mod tag_not_for_routes;
mod tag_open_to_all_tenants;
mod tags_mixed_with_addresses;
mod unknown_service_tag;
mod unreached_application_rule;
mod unreached_application_security_group;
mod unsupported_address_family;
mod unusable_regional_tag;
mod url_without_tls_inspection;
mod wildcard_in_network_rule;
mod written;
mod wrong_json_type;
mod wrong_protocol_for_port;
mod wrong_region_spelling;
mod wrong_region_tag;

/// A lint, and what it says about one firewall.
pub type FirewallLint = (&'static Lint, fn(&FirewallFacts<'_>) -> Vec<Remark>);

/// Those of the lints that look at firewalls.
pub const FIREWALL_LINTS: &[FirewallLint] = &[
    (&required_endpoint_blocked::LINT, |facts| {
        required::firewall::remarks(facts, Verdict::Blocked)
    }),
    (&required_endpoint_partial::LINT, |facts| {
        required::firewall::remarks(facts, Verdict::Partial)
    }),
    (&required_endpoint_unknown::LINT, required::firewall::unknown),
];

/// Every lint, in the order of the lists and pages made from it.
pub const LINTS: &[&Lint] = &[
    &address_range::LINT,
    &allow_below_deny::LINT,
    &ambiguous_property::LINT,
    &any_as_protocol::LINT,
    &application_deny_all::LINT,
    &application_security_groups_in_two_networks::LINT,
    &azure_services_blocked::LINT,
    &azurecloud_gap::LINT,
    &backup_without_companions::LINT,
    &broad_virtual_network::LINT,
    &classic_tag_name::LINT,
    &default_route_widens_virtual_network::LINT,
    &description_too_long::LINT,
    &duplicate_json_key::LINT,
    &duplicate_priority::LINT,
    &duplicate_rule_name::LINT,
    &empty_application_security_group::LINT,
    &empty_ip_group::LINT,
    &firewall_without_internet_route::LINT,
    &fqdn_tag_without_https::LINT,
    &group_on_firewall_subnet::LINT,
    &health_probes_denied::LINT,
    &host_bits_set::LINT,
    &icmp_to_internet::LINT,
    &inbound_rule_to_service_tag::LINT,
    &inline_and_child_rules::LINT,
    &invalid_address::LINT,
    &invalid_enum_value::LINT,
    &invalid_port::LINT,
    &invalid_rule_name::LINT,
    &limit_exceeded::LINT,
    &limit_near::LINT,
    &misplaced_wildcard::LINT,
    &missing_companion_tag::LINT,
    &missing_property::LINT,
    &missing_service_port::LINT,
    &mixed_address_families::LINT,
    &network_fqdn_without_dns_proxy::LINT,
    &next_hop_address::LINT,
    &next_hop_in_own_subnet::LINT,
    &no_outbound_deny::LINT,
    &odd_casing::LINT,
    &platform_address_rule::LINT,
    &platform_service_denied::LINT,
    &platform_tag_misused::LINT,
    &ports_on_portless_protocol::LINT,
    &priority_out_of_range::LINT,
    &redundant_rule::LINT,
    &regional_tags_leave_gap::LINT,
    &required_endpoint_blocked::LINT,
    &required_endpoint_partial::LINT,
    &required_endpoint_unknown::LINT,
    &resource_met_twice::LINT,
    &service_endpoint_past_firewall::LINT,
    &service_port_as_source_port::LINT,
    &service_tag_as_firewall_source::LINT,
    &shadowed_rule::LINT,
    &smtp_egress::LINT,
    &stale_service_tags::LINT,
    &suffix_without_dot::LINT,
    &tag_in_prefix_list::LINT,
    &tag_not_for_firewalls::LINT,
    &tag_not_for_routes::LINT,
    &tag_open_to_all_tenants::LINT,
    &tags_mixed_with_addresses::LINT,
    &unknown_service_tag::LINT,
    &unreached_application_rule::LINT,
    &unreached_application_security_group::LINT,
    &unsupported_address_family::LINT,
    &unusable_regional_tag::LINT,
    &url_without_tls_inspection::LINT,
    &wildcard_in_network_rule::LINT,
    &wrong_json_type::LINT,
    &wrong_protocol_for_port::LINT,
    &wrong_region_spelling::LINT,
    &wrong_region_tag::LINT,
];
