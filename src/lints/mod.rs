//! Every lint, one module each. A lint is one constant and one pure function; its page under
//! `rules/lints/` is its documentation and its test. What several of them need to know of rules
//! stands in modules that are folders.

use crate::lint::Lint;

mod address_range;
mod ambiguous_property;
mod any_as_protocol;
mod classic_tag_name;
mod description_too_long;
mod duplicate_json_key;
mod duplicate_priority;
mod duplicate_rule_name;
mod host_bits_set;
mod inline_and_child_rules;
mod invalid_address;
mod invalid_enum_value;
mod invalid_port;
mod invalid_rule_name;
mod limit_exceeded;
mod limit_near;
mod limits;
mod missing_property;
mod mixed_address_families;
mod odd_casing;
mod platform_address_rule;
mod platform_service_denied;
mod platform_tag_misused;
mod ports_on_portless_protocol;
mod priority_out_of_range;
mod service_port_as_source_port;
mod smtp_egress;
mod stale_service_tags;
mod tag_in_prefix_list;
mod tag_names;
mod unknown_service_tag;
mod unusable_regional_tag;
mod written;
mod wrong_json_type;
mod wrong_protocol_for_port;
mod wrong_region_spelling;

/// Every lint, in the order of the lists and pages made from it.
pub const LINTS: &[&Lint] = &[
    &unknown_service_tag::LINT,
    &wrong_region_spelling::LINT,
    &unusable_regional_tag::LINT,
    &classic_tag_name::LINT,
    &tag_in_prefix_list::LINT,
    &platform_tag_misused::LINT,
    &platform_service_denied::LINT,
    &platform_address_rule::LINT,
    &duplicate_priority::LINT,
    &priority_out_of_range::LINT,
    &ambiguous_property::LINT,
    &missing_property::LINT,
    &invalid_enum_value::LINT,
    &any_as_protocol::LINT,
    &invalid_port::LINT,
    &invalid_address::LINT,
    &address_range::LINT,
    &host_bits_set::LINT,
    &mixed_address_families::LINT,
    &ports_on_portless_protocol::LINT,
    &service_port_as_source_port::LINT,
    &wrong_protocol_for_port::LINT,
    &smtp_egress::LINT,
    &duplicate_rule_name::LINT,
    &invalid_rule_name::LINT,
    &description_too_long::LINT,
    &limit_exceeded::LINT,
    &limit_near::LINT,
    &inline_and_child_rules::LINT,
    &duplicate_json_key::LINT,
    &wrong_json_type::LINT,
    &odd_casing::LINT,
    &stale_service_tags::LINT,
];
