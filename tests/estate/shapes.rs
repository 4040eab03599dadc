//! One network in every shape.

use super::{
    Files, file,
    files::{network, nsg, of_template, peering, subnet, template},
    traced, verdict,
};
use egresslint::finding::Verdict::{Allowed, Blocked, Unknown};
use serde_json::{Map, Value, json};

fn resources() -> Vec<Value> {
    let mut to_x = peering("x", true);
    to_x["properties"]["remoteAddressSpace"] = json!({ "addressPrefixes": ["10.99.0.0/16"] });
    let subnets = vec![subnet("v", "s", "10.20.1.0/24", "n")];
    vec![
        nsg("n", &["100 Allow 10.20.1.0/24 AzureBackup", "4000 Deny * Internet"]),
        network("v", "10.20.0.0/16", subnets, vec![to_x]),
    ]
}

/// What stands below `properties` is lifted (JS-020).
fn lifted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(lifted).collect(),
        Value::Object(members) => {
            let mut flat = Map::new();
            for (key, value) in members {
                match value {
                    Value::Object(inner) if key == "properties" => {
                        flat.extend(inner.iter().map(|(key, value)| (key.clone(), lifted(value))));
                    }
                    value => {
                        flat.insert(key.clone(), lifted(value));
                    }
                }
            }
            Value::Object(flat)
        }
        other => other.clone(),
    }
}

/// Keys in Pascal case, and prefixes in lists (JS-030).
fn pascal(value: &Value) -> Value {
    let is_list = |key: &str| key.ends_with("AddressPrefix") || key.ends_with("PortRange");
    match value {
        Value::Array(items) => items.iter().map(pascal).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| {
                let mut name = key.clone();
                name.get_mut(..1).into_iter().for_each(str::make_ascii_uppercase);
                let value = pascal(value);
                let value = if is_list(&name) { json!([value]) } else { value };
                (name, value)
            })
            .collect(),
        other => other.clone(),
    }
}

fn shapes() -> Vec<(&'static str, Value)> {
    let all = resources();
    let row = |resource: &Value| {
        let mut row = resource.clone();
        let kind = row["type"].as_str().unwrap_or_default().to_lowercase();
        row["type"] = json!(kind);
        row["subscriptionId"] = json!("0000");
        row
    };
    let rows: Vec<Value> = all.iter().map(row).collect();
    vec![
        ("cli", all.iter().map(lifted).collect()),
        ("powershell", all.iter().map(lifted).map(|it| pascal(&it)).collect()),
        ("graph", json!({ "count": 2, "data": rows })),
        ("rest", json!({ "value": all })),
    ]
}

#[test]
fn exports_of_one_network_say_the_same_in_every_shape() {
    for (shape, value) in shapes() {
        let files: Files = vec![file("f.json", &value)];
        assert_eq!(verdict(&files, "n"), Allowed, "{shape}");
        for (to, expected) in [
            ("10.20.9.9", Allowed),
            ("10.99.0.9", Allowed),
            ("10.98.0.9", Blocked),
            ("9.9.9.9", Blocked),
        ] {
            assert_eq!(traced(&files, None, to).verdict, expected, "{shape} {to}");
        }
    }
}

#[test]
fn a_template_says_the_same_of_what_it_deploys_and_leaves_open_what_others_add() {
    let inline: Vec<Value> = resources().iter().map(of_template).collect();
    let mut parts = inline.clone();
    let mut children = Vec::new();
    for key in ["subnets", "virtualNetworkPeerings"] {
        let list = parts[1]["properties"][key].take();
        for child in list.as_array().into_iter().flatten() {
            let mut child = child.clone();
            let name = child["name"].as_str().unwrap_or_default();
            child["name"] = json!(format!("v/{name}"));
            child["type"] = json!(format!("Microsoft.Network/virtualNetworks/{key}"));
            child["apiVersion"] = json!("2024-05-01");
            children.push(child);
        }
    }
    parts.extend(children);
    for resources in [inline, parts] {
        let files: Files = vec![file("t.json", &template(resources))];
        assert_eq!(verdict(&files, "n"), Allowed);
        for (to, expected) in [
            ("10.20.9.9", Allowed),
            ("10.99.0.9", Allowed),
            ("10.98.0.9", Unknown),
            ("9.9.9.9", Blocked),
        ] {
            assert_eq!(traced(&files, None, to).verdict, expected, "{to}");
        }
    }
}
