//! Every lint, one module each. A lint is one constant and one pure function; its page under
//! `rules/lints/` is its documentation and its test.

use crate::lint::Lint;

mod allow_below_deny;
mod azure_services_blocked;
mod azurecloud_gap;
mod backup_without_companions;
mod broad_virtual_network;
mod dead;
mod duplicate_priority;
mod empty_application_security_group;
mod evidence;
mod health_probes_denied;
mod inbound_rule_to_service_tag;
mod missing_companion_tag;
mod missing_service_port;
mod no_outbound_deny;
mod redundant_rule;
mod regional_tags_leave_gap;
mod required;
mod required_endpoint_blocked;
mod required_endpoint_partial;
mod required_endpoint_unknown;
mod shadowed_rule;
mod tag_open_to_all_tenants;
mod unreached_application_security_group;
mod wrong_region_tag;

/// Every lint, in the order of the lists and pages made from it.
pub const LINTS: &[&Lint] = &[
    &allow_below_deny::LINT,
    &azure_services_blocked::LINT,
    &azurecloud_gap::LINT,
    &backup_without_companions::LINT,
    &broad_virtual_network::LINT,
    &duplicate_priority::LINT,
    &empty_application_security_group::LINT,
    &health_probes_denied::LINT,
    &inbound_rule_to_service_tag::LINT,
    &missing_companion_tag::LINT,
    &missing_service_port::LINT,
    &no_outbound_deny::LINT,
    &redundant_rule::LINT,
    &regional_tags_leave_gap::LINT,
    &required_endpoint_blocked::LINT,
    &required_endpoint_partial::LINT,
    &required_endpoint_unknown::LINT,
    &shadowed_rule::LINT,
    &tag_open_to_all_tenants::LINT,
    &unreached_application_security_group::LINT,
    &wrong_region_tag::LINT,
];
