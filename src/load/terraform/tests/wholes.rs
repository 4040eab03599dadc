//! Networks that a plan shows all of, what a plan leaves out, and subnets in their networks.

use super::{GROUP, Resource, bare, groups, plan, read, refers, rule};
use serde_json::{Value, json};

fn network(more: Value) -> Resource {
    let values =
        json!({ "name": "v", "resource_group_name": "rg", "address_space": ["10.20.0.0/16"] });
    let unknown = json!({ "id": true, "subnet": true });
    Resource("", "azurerm_virtual_network.v", super::merged(values, more), unknown, json!({}))
}

fn subnet() -> Resource {
    let values = json!({ "name": "s", "resource_group_name": "rg", "virtual_network_name": "v",
        "address_prefixes": ["10.20.1.0/24"] });
    Resource("", "azurerm_subnet.s", values, json!({ "id": true }), json!({}))
}

fn unread(plan: &Value) -> Option<String> {
    let loaded = read(plan);
    let network = loaded.estate.networks.into_iter().next().unwrap();
    network.unread.map(|unknown| unknown.reason.into())
}

#[test]
fn a_network_that_the_plan_makes_has_no_more_than_the_plan_shows() {
    let mut whole = plan(&[network(json!({})), subnet()], json!({}));
    assert_eq!(unread(&whole), None);
    // Blocks of the network itself may be what is not known.
    let alone = plan(&[network(json!({}))], json!({}));
    assert_eq!(unread(&alone).as_deref(), Some("the network does not show its `subnets`"));
    let mut old = whole.clone();
    old["resource_changes"][0]["change"]["actions"] = json!(["update"]);
    assert!(unread(&old).is_some());
    whole["complete"] = json!(false);
    assert!(unread(&whole).is_some());
    assert!(read(&whole).unchecked.iter().any(|it| it.what.contains("-target")));
}

#[test]
fn a_plan_that_ended_with_an_error_is_no_answer() {
    let mut errored = plan(&[network(json!({})), subnet()], json!({}));
    errored["errored"] = json!(true);
    let errors = read(&errored).errors;
    let text = errors[0].to_string();
    assert!(text.contains("stopped with an error") && text.contains("give the new plan"), "{text}");
    assert!(errors[0].span.is_some());
    errored["errored"] = json!(false);
    assert_eq!(read(&errored).errors, []);
}

#[test]
fn a_rule_that_waits_leaves_its_group_open_and_no_other() {
    let group = |place: &'static str, name: &str| {
        let values = json!({ "name": name, "resource_group_name": "rg", "security_rule": [rule(json!({}))] });
        Resource("", place, values, json!({ "id": true }), json!({ "security_rule": [] }))
    };
    let mut waiting =
        plan(&[group(GROUP, "app"), group("azurerm_network_security_group.db", "db")], json!({}));
    waiting["deferred_changes"] = json!([{ "reason": "resource_config_unknown", "resource_change": {
        "address": "azurerm_network_security_rule.late", "type": "azurerm_network_security_rule",
        "change": { "actions": ["create"], "after": {
            "network_security_group_name": "app", "resource_group_name": "rg" } } } }]);
    let open: Vec<(String, bool)> = groups(&waiting)
        .into_iter()
        .map(|nsg| (nsg.name.value, nsg.unread.iter().any(|it| it.reason.contains("defers"))))
        .collect();
    assert_eq!(open, [("app".to_owned(), true), ("db".to_owned(), false)]);
}

#[test]
fn a_subnet_in_its_network_carries_the_group_that_its_block_names() {
    let with = |first: &str, second: &str| {
        let Resource(module, address, values, mut unknown, _) = network(json!({ "subnet": [
            { "name": first, "address_prefixes": ["10.20.1.0/24"] },
            { "name": second, "address_prefixes": ["10.20.2.0/24"] } ] }));
        unknown["subnet"] = json!([{ "security_group": true }, { "id": true }]);
        let block = |name: &str, group: Value| json!({ "name": { "constant_value": name }, "security_group": group });
        let blocks = json!({ "subnet": [
            block("b", json!({})), block("a", refers(&["azurerm_network_security_group.app.id",
                "azurerm_network_security_group.app"])) ] });
        let group = json!({ "name": "app", "resource_group_name": "rg" });
        let plan = plan(
            &[
                Resource("", GROUP, group, bare(), json!({})),
                Resource(module, address, values, unknown, blocks),
            ],
            json!({}),
        );
        let subnets = read(&plan).estate.subnets;
        subnets[0].group.id().unwrap_or_default().to_owned()
    };
    assert!(with("a", "b").ends_with("/networksecuritygroups/app"));
    // Which block that is can't be told, and the groups of the two differ.
    assert!(with("x", "b").starts_with("{azurerm_virtual_network.v.subnet[0]"));
}

#[test]
fn an_update_of_azapi_gives_a_subnet_its_group() {
    const PLACE: &str = "/subscriptions/0000/resourceGroups/rg/providers/Microsoft.Network";
    let group = json!({ "name": "app", "resource_group_name": "rg",
        "id": format!("{PLACE}/networkSecurityGroups/app"), "security_rule": [] });
    let update = json!({ "type": "Microsoft.Network/virtualNetworks/subnets@2024-05-01",
        "resource_id": format!("{PLACE}/virtualNetworks/v/subnets/s"),
        "body": { "properties": { "networkSecurityGroup": {
            "id": format!("{PLACE}/networkSecurityGroups/app") } } } });
    let plan = plan(
        &[
            Resource("", GROUP, group, json!({}), json!({})),
            Resource("", "azapi_update_resource.s", update, json!({ "id": true }), json!({})),
        ],
        json!({}),
    );
    let nsg = groups(&plan).into_iter().next().unwrap();
    assert!(nsg.subnets.unwrap_or_default()[0].value.ends_with("/subnets/s"));
}
