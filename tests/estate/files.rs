//! Exports and templates to put together.

use serde_json::{Value, json};

const PLACE: &str = "/subscriptions/0000/resourceGroups/rg/providers/Microsoft.Network";

pub(crate) fn id(kind: &str, name: &str) -> String {
    format!("{PLACE}/{kind}/{name}")
}

pub(crate) fn subnet_id(network: &str, subnet: &str) -> String {
    format!("{PLACE}/virtualNetworks/{network}/subnets/{subnet}")
}

/// A rule from `priority access source destination`, for all ports.
pub(crate) fn rule(text: &str) -> Value {
    let words: Vec<&str> = text.split_whitespace().collect();
    let word = |at: usize| words.get(at).copied().unwrap_or("*");
    let priority: u32 = word(0).parse().unwrap_or_default();
    json!({ "name": format!("r{priority}"), "properties": {
        "priority": priority, "direction": "Outbound", "access": word(1), "protocol": "*",
        "sourceAddressPrefix": word(2), "sourcePortRange": "*",
        "destinationAddressPrefix": word(3), "destinationPortRange": "*" } })
}

/// The export of a group.
pub(crate) fn nsg(name: &str, rules: &[&str]) -> Value {
    let rules: Vec<Value> = rules.iter().map(|text| rule(text)).collect();
    json!({ "type": "Microsoft.Network/networkSecurityGroups", "name": name,
        "id": id("networkSecurityGroups", name), "location": "japaneast",
        "properties": { "securityRules": rules } })
}

/// The export of a subnet inside of its network.
pub(crate) fn subnet(network: &str, name: &str, prefix: &str, group: &str) -> Value {
    let mut subnet = json!({ "name": name, "id": subnet_id(network, name),
        "properties": { "addressPrefix": prefix } });
    if !group.is_empty() {
        subnet["properties"]["networkSecurityGroup"] =
            json!({ "id": id("networkSecurityGroups", group) });
    }
    subnet
}

/// The export of a network that shows all of it.
pub(crate) fn network(
    name: &str,
    prefix: &str,
    subnets: Vec<Value>,
    peerings: Vec<Value>,
) -> Value {
    json!({ "type": "Microsoft.Network/virtualNetworks", "name": name,
        "id": id("virtualNetworks", name), "location": "japaneast",
        "properties": { "addressSpace": { "addressPrefixes": [prefix] },
            "subnets": subnets, "virtualNetworkPeerings": peerings } })
}

pub(crate) fn peering(remote: &str, access: bool) -> Value {
    json!({ "name": format!("to-{remote}"), "properties": {
        "peeringState": "Connected", "allowVirtualNetworkAccess": access,
        "useRemoteGateways": false,
        "remoteVirtualNetwork": { "id": id("virtualNetworks", remote) } } })
}

pub(crate) fn routes(name: &str, prefixes: &[&str]) -> Value {
    let route = |prefix: &&str| {
        json!({ "name": "r", "properties": {
            "addressPrefix": prefix, "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.10.0.4" } })
    };
    let routes: Vec<Value> = prefixes.iter().map(route).collect();
    json!({ "type": "Microsoft.Network/routeTables", "name": name, "id": id("routeTables", name),
        "properties": { "routes": routes } })
}

pub(crate) fn interface(name: &str, subnet: &str, configuration: Value, group: &str) -> Value {
    let mut inner = configuration;
    inner["subnet"] = json!({ "id": subnet });
    let group = if group.is_empty() { String::new() } else { id("networkSecurityGroups", group) };
    json!({ "type": "Microsoft.Network/networkInterfaces", "name": name,
        "id": id("networkInterfaces", name), "properties": {
            "networkSecurityGroup": { "id": group },
            "ipConfigurations": [{ "name": "main", "properties": inner }] } })
}

pub(crate) fn template(resources: Vec<Value>) -> Value {
    json!({ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0", "resources": resources })
}

/// A resource as a template has it: without an id, names in place of ids.
pub(crate) fn of_template(resource: &Value) -> Value {
    let text = resource.to_string();
    let mut parts = text.split(PLACE);
    let mut made = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (path, rest) = part.split_once('"').unwrap_or((part, ""));
        let words: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let kinds: Vec<&str> = words.iter().step_by(2).copied().collect();
        let names: Vec<String> =
            words.iter().skip(1).step_by(2).map(|name| format!("'{name}'")).collect();
        let (kinds, names) = (kinds.join("/"), names.join(", "));
        made.push_str(&format!("[resourceId('Microsoft.Network/{kinds}', {names})]\"{rest}"));
    }
    let mut resource: Value = serde_json::from_str(&made).unwrap_or_default();
    strip(&mut resource);
    resource["apiVersion"] = json!("2024-05-01");
    resource
}

/// Resources of a template don't know their own ids.
fn strip(resource: &mut Value) {
    if let Some(members) = resource.as_object_mut().filter(|it| it.contains_key("name")) {
        members.remove("id");
    }
    for key in ["subnets", "virtualNetworkPeerings"] {
        let children = resource.pointer_mut(&format!("/properties/{key}"));
        children.and_then(Value::as_array_mut).into_iter().flatten().for_each(strip);
    }
}
