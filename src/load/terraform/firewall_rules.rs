//! Rules of firewalls in the words of ARM (JS-071): those of classic firewalls and those of
//! policies, which Terraform names differently.

use super::arm::{Arm, each, list, text};
use crate::template::{Reading, Text, Value};

/// Properties that all rules have.
const COMMON: [(&str, &str); 10] = [
    ("name", "name"),
    ("source_addresses", "sourceAddresses"),
    ("source_ip_groups", "sourceIpGroups"),
    ("destination_addresses", "destinationAddresses"),
    ("destination_ip_groups", "destinationIpGroups"),
    ("destination_ports", "destinationPorts"),
    ("translated_address", "translatedAddress"),
    ("translated_fqdn", "translatedFqdn"),
    ("translated_port", "translatedPort"),
    ("web_categories", "webCategories"),
];

/// Those of network and NAT rules.
const NETWORK: [(&str, &str); 2] =
    [("protocols", "protocols"), ("destination_fqdns", "destinationFqdns")];

/// Those of application rules: of policies, then of classic firewalls.
const APPLICATION: [(&str, &str); 6] = [
    ("destination_fqdns", "targetFqdns"),
    ("target_fqdns", "targetFqdns"),
    ("destination_fqdn_tags", "fqdnTags"),
    ("fqdn_tags", "fqdnTags"),
    ("destination_urls", "targetUrls"),
    ("terminate_tls", "terminateTLS"),
];

/// The kinds of collections of policies: the block, the type of the collection and of its rules.
pub(super) const OF_POLICY: [(&str, &str, &str); 3] = [
    ("application_rule_collection", "FirewallPolicyFilterRuleCollection", "ApplicationRule"),
    ("network_rule_collection", "FirewallPolicyFilterRuleCollection", "NetworkRule"),
    ("nat_rule_collection", "FirewallPolicyNatRuleCollection", "NatRule"),
];

/// What kind of rules a list of a classic firewall holds.
pub(super) fn sort_of(list: &str) -> &'static str {
    match list {
        "applicationRuleCollections" => "ApplicationRule",
        "natRuleCollections" => "NatRule",
        _ => "NetworkRule",
    }
}

/// Text that Terraform does not write, but ARM does.
pub(super) fn word<'d>(word: &'static str, near: &Reading<'_>) -> Reading<'d> {
    text(Text::known(word), near.span())
}

/// A collection with the rules in its list `rule`; `groups` makes ids of IP groups of what is not
/// known of them, by the number of the rule and the name of the property.
pub(super) fn collection<'d>(
    values: &Reading<'d>,
    (kind, sort): (Option<&'static str>, &'static str),
    groups: &impl Fn(usize, &'static str, Reading<'d>) -> Reading<'d>,
) -> Reading<'d> {
    if !matches!(values.value(), Value::Object(_)) {
        return values.clone();
    }
    let action = values.get("action").map(|it| Arm::at(it.span()).with("type", Some(it)).made());
    // Collections of NAT rules of policies have one action only.
    let is_dnat = sort == "NatRule" && action.is_none();
    let action = action.or_else(|| {
        let dnat = word("Dnat", values);
        is_dnat.then(|| Arm::at(values.span()).with("type", Some(dnat)).made())
    });
    let rules = values.get("rule").map(|rules| {
        each(&rules, |at, it| Some(rule(&it, sort, &|name, list| groups(at, name, list))))
    });
    let properties = Arm::at(values.span())
        .with("priority", values.get("priority"))
        .with("action", action)
        .with("rules", rules);
    let named = Arm::at(values.span()).with("name", values.get("name"));
    match kind {
        // In policies there is no `properties` around them.
        Some(kind) => {
            let mut flat = named.with("ruleCollectionType", Some(word(kind, values)));
            flat.append(properties);
            flat.made()
        }
        None => named.with("properties", Some(properties.made())).made(),
    }
}

fn rule<'d>(
    values: &Reading<'d>,
    sort: &'static str,
    groups: &impl Fn(&'static str, Reading<'d>) -> Reading<'d>,
) -> Reading<'d> {
    let value = values.value();
    let Value::Object(object) = &value else { return values.clone() };
    let mut made = Arm::at(values.span()).with("ruleType", Some(word(sort, values)));
    made.rest_of(object);
    let is_application = sort == "ApplicationRule";
    let own: &'static [(&'static str, &'static str)] =
        if is_application { &APPLICATION } else { &NETWORK };
    for member in object.members() {
        let key = member.key.as_ref();
        let is = |(name, _): &&'static (&'static str, &'static str)| *name == key;
        match COMMON.iter().find(is).or_else(|| own.iter().find(is)) {
            Some(&(name, to)) if name.ends_with("ip_groups") => {
                made = made.with(to, Some(groups(name, member.value)));
            }
            Some(&(_, to)) => made = made.with(to, Some(member.value)),
            None if is_application && matches!(key, "protocol" | "protocols") => {
                let protocols = each(&member.value, |_, it| Some(protocol(&it)));
                made = made.with("protocols", Some(protocols));
            }
            // NAT rules of policies have one.
            None if key == "destination_address" => {
                let one = list(vec![member.value.clone()], member.value.span());
                made = made.with("destinationAddresses", Some(one));
            }
            None => {}
        }
    }
    made.made()
}

fn protocol<'d>(values: &Reading<'d>) -> Reading<'d> {
    if !matches!(values.value(), Value::Object(_)) {
        return values.clone();
    }
    Arm::at(values.span())
        .with("protocolType", values.get("type"))
        .with("port", values.get("port"))
        .made()
}
