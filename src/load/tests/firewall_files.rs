//! Firewalls where parts of them are elsewhere, made by loops, or not known.

use super::*;
use crate::model::{Field, FirewallAddress, IpGroupRef, Reference, RuleBody};
use serde_json::{Value, json};

fn estate(value: &Value) -> Estate {
    let (_, loaded) = read_text("f", &value.to_string());
    assert_eq!(loaded.errors, []);
    loaded.estate
}

fn id(of: &str) -> String {
    format!(
        "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Network/{of}"
    )
}

fn group(priority: u32) -> String {
    let group = json!({ "id": id("firewallPolicies/p/ruleCollectionGroups/g"), "name": "g",
        "type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
        "properties": { "priority": priority, "ruleCollections": [] } });
    group.to_string()
}

#[test]
fn what_several_files_say_alike_is_one_and_what_they_say_differently_is_in_doubt() {
    let of = |texts: &[String]| {
        let mut estate = Estate::default();
        let paths: Vec<String> = (0..texts.len()).map(|at| format!("{at}.json")).collect();
        for (at, text) in (0..).zip(texts) {
            let file = SourceFile::new("f", text.as_str());
            let loaded = read_file(&file, FileId(at), true, Deployed::default());
            estate.extend(loaded.estate);
        }
        let paths = (0..).map(FileId).zip(paths.iter().map(String::as_str)).collect();
        link(&mut estate, &paths);
        let groups = estate.rule_collection_groups;
        groups.iter().map(|it| (it.span.file.0, it.condition.is_some())).collect::<Vec<_>>()
    };
    assert_eq!(of(&[group(100), format!(" {}", group(100))]), [(0, false)]);
    assert_eq!(of(&[group(100), group(200)]), [(0, true), (1, true)]);
    let local = |priority: u32| group(priority).replace("/subscriptions/0", "/subscriptions/{s}0");
    assert_eq!(of(&[local(100), local(200)]), [(0, false), (1, false)]);
}

#[test]
fn children_that_an_export_shows_inside_of_their_policy_are_read() {
    let estate = estate(&json!([{
        "Id": id("firewallPolicies/p"), "Name": "p", "ResourceGroupName": "rg",
        "ResourceType": "Microsoft.Network/firewallPolicies", "Properties": {},
        "Resources": [{ "Name": "g", "ResourceType": "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
            "Type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
            "Properties": { "priority": 200, "ruleCollections": [] } }]
    }]));
    let [group] = estate.rule_collection_groups.as_slice() else { panic!() };
    assert_eq!(*group.id, id("firewallPolicies/p/ruleCollectionGroups/g").to_lowercase());
    assert_eq!(group.policy, estate.policies[0].id);
    let why = estate.policies[0].unread.as_ref().unwrap();
    assert_eq!(&*why.reason, "the policy does not show its rule collection groups");
}

fn template(resources: &Value) -> Value {
    json!({ "contentVersion": "1.0.0.0", "parameters": { "n": { "type": "int" } },
        "resources": resources })
}

#[test]
fn groups_of_a_loop_of_unknown_length_may_be_there_and_may_be_more() {
    let name = "[format('p/g{0}', copyIndex())]";
    let group = |count: Value| {
        json!({ "type": "Microsoft.Network/firewallPolicies/ruleCollectionGroups", "apiVersion": "1",
            "name": name, "copy": { "name": "l", "count": count },
            "properties": { "priority": "[add(100, copyIndex())]", "ruleCollections": [{
                "ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "c",
                "copy": [{ "name": "rules", "count": 2, "input": {
                    "ruleType": "NetworkRule", "name": "[format('r{0}', copyIndex('rules'))]",
                    "ipProtocols": ["TCP"], "sourceAddresses": ["*"],
                    "destinationAddresses": ["*"],
                    "destinationPorts": ["[string(add(440, copyIndex('rules')))]"] } }] }] } })
    };
    let known = estate(&template(&json!([group(json!(2))])));
    let priorities: Vec<_> =
        known.rule_collection_groups.iter().map(|it| it.priority.known().copied()).collect();
    assert_eq!(priorities, [Some(100), Some(101)]);
    let rules = &known.rule_collection_groups[1].collections[0].rules;
    assert_eq!((rules.len(), rules[1].name.value.as_str()), (2, "r1"));
    let round = rules[1].iteration.as_ref().unwrap();
    assert_eq!((&*round.name, round.number, round.count), ("rules", 2, 2));
    let open = estate(&template(&json!([group(json!("[parameters('n')]"))])));
    let [any] = open.rule_collection_groups.as_slice() else { panic!() };
    assert!(any.condition.is_some() && any.unread.is_some());
    assert!(matches!(any.priority, Field::Unknown(_)));
}

#[test]
fn references_of_a_nested_template_mean_the_place_that_it_is_deployed_to() {
    let inner = json!([
        { "type": "Microsoft.Network/ipGroups", "apiVersion": "1", "name": "i",
            "properties": { "ipAddresses": ["10.0.0.0/8"] } },
        { "type": "Microsoft.Network/firewallPolicies", "apiVersion": "1", "name": "p",
            "properties": { "basePolicy": { "id": "[resourceId('Microsoft.Network/firewallPolicies', 'b')]" } },
            "resources": [{ "type": "ruleCollectionGroups", "apiVersion": "1", "name": "g",
                "properties": { "priority": 100, "ruleCollections": [{
                    "ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "c",
                    "rules": [{ "ruleType": "NetworkRule", "name": "r",
                        "sourceIpGroups": ["[resourceId('Microsoft.Network/ipGroups', 'i')]"] }] }] } }] },
    ]);
    let estate = estate(&template(&json!([{
        "type": "Microsoft.Resources/deployments", "apiVersion": "1", "name": "d",
        "resourceGroup": "other", "properties": {
            "expressionEvaluationOptions": { "scope": "inner" },
            "template": { "resources": inner } } }])));
    let [group] = estate.rule_collection_groups.as_slice() else { panic!() };
    assert_eq!(group.policy, estate.policies[0].id);
    assert!(group.policy.contains("/resourcegroups/other/"), "{}", group.policy);
    assert_eq!(
        estate.policies[0].base.id(),
        Some(&*format!("{}b", estate.policies[0].id.strip_suffix('p').unwrap()))
    );
    let IpGroupRef::To(used) = &group.collections[0].rules[0].source.ip_groups[0] else { panic!() };
    assert_eq!(*used.value, *estate.ip_groups[0].id);
}

fn plan(resources: &[(&str, &str, Value, Value)]) -> Value {
    let each = |make: fn(&(&str, &str, Value, Value)) -> Value| -> Vec<Value> {
        resources.iter().map(make).collect()
    };
    let planned = each(|(kind, name, values, _)| {
        json!({ "address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name,
            "values": values })
    });
    let changes = each(|(kind, name, values, unknown)| {
        json!({ "address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name,
            "change": { "actions": ["update"], "after": values, "after_unknown": unknown } })
    });
    json!({ "format_version": "1.2", "resource_changes": changes,
        "planned_values": { "root_module": { "resources": planned } } })
}

#[test]
fn what_a_plan_does_not_know_of_a_firewall_is_unknown() {
    let policy = id("firewallPolicies/p");
    let estate = estate(&plan(&[
        (
            "azurerm_firewall",
            "f",
            json!({ "name": "f", "resource_group_name": "rg", "id": id("azureFirewalls/f") }),
            json!({ "firewall_policy_id": true }),
        ),
        (
            "azurerm_firewall_policy_rule_collection_group",
            "g",
            json!({ "name": "g", "firewall_policy_id": policy, "priority": 100 }),
            json!({ "network_rule_collection": true }),
        ),
        (
            "azurerm_firewall_network_rule_collection",
            "c",
            json!({ "name": "c", "azure_firewall_name": "elsewhere", "resource_group_name": "rg",
                "priority": 100, "action": "Deny", "rule": [{ "name": "r", "protocols": ["TCP"],
                    "source_addresses": ["*"], "destination_ports": ["22"] }] }),
            json!({ "rule": [{ "destination_addresses": true }] }),
        ),
        (
            "azurerm_ip_group",
            "i",
            json!({ "name": "i", "resource_group_name": "rg", "id": id("ipGroups/i") }),
            json!({ "cidrs": true }),
        ),
    ]));
    let [firewall, other] = estate.firewalls.as_slice() else { panic!() };
    assert!(matches!(firewall.policy, Reference::Unknown(_)), "{:?}", firewall.policy);
    let reason = |why: &Option<crate::model::Unknown>| why.as_ref().unwrap().reason.to_string();
    assert!(reason(&firewall.unread).contains("managed elsewhere"));
    assert!(
        other
            .id
            .ends_with("/resourcegroups/rg/providers/microsoft.network/azurefirewalls/elsewhere")
    );
    assert!(reason(&other.unread).contains("and not the firewall"));
    let RuleBody::Network(rule) = &other.collections[0].rules[0].body else { panic!() };
    assert!(reason(&rule.destination.unread).contains("destination_addresses"));
    let [group] = estate.rule_collection_groups.as_slice() else { panic!() };
    assert_eq!(*group.policy, policy.to_lowercase());
    assert!(reason(&group.unread).contains("network_rule_collection"));
    let [addresses] = estate.ip_groups.as_slice() else { panic!() };
    let is_open = matches!(
        addresses.addresses.as_slice(),
        [item] if matches!(item.value, FirewallAddress::Unknown(_))
    );
    assert!(is_open, "{addresses:?}");
}

#[test]
fn a_route_of_its_own_replaces_that_of_the_list_and_subnets_carry_tables() {
    let route = |to: &str| {
        json!({ "name": "r", "address_prefix": to, "next_hop_type": "None",
            "next_hop_in_ip_address": "", "route_table_name": "t", "resource_group_name": "rg" })
    };
    let estate = estate(&plan(&[
        (
            "azurerm_route_table",
            "t",
            json!({ "name": "t", "resource_group_name": "rg", "id": id("routeTables/t"),
                "bgp_route_propagation_enabled": true, "route": [route("10.0.0.0/8")] }),
            json!({}),
        ),
        ("azurerm_route", "r", route("10.1.0.0/16"), json!({})),
        (
            "azurerm_subnet",
            "s",
            json!({ "name": "s", "virtual_network_name": "v", "resource_group_name": "rg",
                "id": id("virtualNetworks/v/subnets/s"), "address_prefixes": ["10.2.0.0/24"] }),
            json!({}),
        ),
        (
            "azurerm_subnet_route_table_association",
            "a",
            json!({ "subnet_id": id("virtualNetworks/v/subnets/s"),
                "route_table_id": id("routeTables/t") }),
            json!({}),
        ),
        (
            "azurerm_subnet_route_table_association",
            "b",
            json!({ "subnet_id": id("virtualNetworks/v/subnets/elsewhere"),
                "route_table_id": id("routeTables/t") }),
            json!({}),
        ),
    ]));
    let [table] = estate.route_tables.as_slice() else { panic!() };
    assert_eq!(table.gateway_routes_off.known(), Some(&false));
    let subnets: Vec<&str> = table.subnets.iter().map(|it| it.value.as_str()).collect();
    assert_eq!(subnets, [id("virtualNetworks/v/subnets/elsewhere").to_lowercase()]);
    assert_eq!(estate.subnets[0].routes.id(), Some(&*table.id));
    let [route] = estate.table_routes.as_slice() else { panic!("{:?}", estate.table_routes) };
    assert_eq!(*route.table, *table.id);
    let to = crate::model::RouteDestination::Network("10.1.0.0/16".parse().unwrap());
    assert_eq!(route.destination, to);
}
