//! The shapes of Terraform: plans with rules inline, as resources of their own and over
//! `azapi_resource`, a second plan for what is there, and a state.

use super::{GROUP, ID, LOCATION, Lists, Rule, all, blanket, nested, terraform};
use serde_json::{Value, json};

/// A resource of Terraform: address, values and what is not known.
pub(super) struct Resource(String, Value, Value);

impl Resource {
    fn planned(&self) -> Value {
        let (kind, rest) = self.0.split_once('.').unwrap_or_default();
        let (name, key) = rest.split_once('[').unwrap_or((rest, ""));
        let mut value = json!({
            "address": self.0, "mode": "managed", "type": kind, "name": name, "values": self.1,
            "sensitive_values": {},
        });
        if let Ok(index) = serde_json::from_str(key.trim_end_matches(']')) {
            value["index"] = index;
        }
        value
    }

    fn change(&self, action: &str) -> Value {
        json!({ "address": self.0, "change": {
            "actions": [action], "after": self.1, "after_unknown": self.2, "after_sensitive": {},
        } })
    }
}

pub(super) fn terraform_group(inline: Option<Vec<Value>>, is_known: bool) -> Resource {
    let mut values = json!({
        "name": "nsg-app", "resource_group_name": "rg-net", "location": LOCATION, "tags": null,
    });
    let mut unknown = json!({});
    match inline {
        Some(rules) => values["security_rule"] = Value::Array(rules),
        None => unknown["security_rule"] = json!(true),
    }
    if is_known {
        values["id"] = json!(format!("{ID}/networkSecurityGroups/nsg-app"));
    } else {
        unknown["id"] = json!(true);
    }
    Resource(GROUP.to_owned(), values, unknown)
}

pub(super) fn terraform_rule(rule: &Rule) -> Resource {
    let mut values = terraform(rule, Lists::Nulls);
    values["network_security_group_name"] = json!("nsg-app");
    values["resource_group_name"] = json!("rg-net");
    Resource(
        format!("azurerm_network_security_rule.all[\"{}\"]", rule.name),
        values,
        json!({ "id": true }),
    )
}

pub(super) fn plan(resources: &[Resource], action: &str, expressions: &Value) -> Value {
    let planned: Vec<Value> = resources.iter().map(Resource::planned).collect();
    let changes: Vec<Value> = resources.iter().map(|it| it.change(action)).collect();
    json!({
        "format_version": "1.2", "terraform_version": "1.9.4",
        "planned_values": { "root_module": { "resources": planned } },
        "resource_changes": changes,
        "configuration": { "root_module": { "resources": [
            { "address": GROUP, "mode": "managed", "type": "azurerm_network_security_group",
              "name": "app", "expressions": expressions },
            { "address": "azurerm_network_security_rule.all", "mode": "managed",
              "type": "azurerm_network_security_rule", "name": "all", "expressions": {
                "network_security_group_name": { "references": [format!("{GROUP}.name"), GROUP] } } },
        ] } },
    })
}

pub(super) fn plan_inline(rules: &[Rule]) -> Value {
    // A set has an order of its own.
    let list: Vec<Value> = rules.iter().rev().map(|rule| terraform(rule, Lists::Both)).collect();
    let expressions = json!({ "security_rule": { "references": ["var.rules"] } });
    plan(&[terraform_group(Some(list), false)], "create", &expressions)
}

pub(super) fn plan_rules(rules: &[Rule]) -> Value {
    let mut resources = vec![terraform_group(None, false)];
    resources.extend(rules.iter().map(terraform_rule));
    plan(&resources, "create", &json!({ "name": { "constant_value": "nsg-app" } }))
}

/// A plan for what is there: the list shows the rules of yesterday, one of which goes.
pub(super) fn plan_again(rules: &[Rule]) -> Value {
    let known =
        rules.iter().skip(1).chain([&blanket()]).map(|it| terraform(it, Lists::Both)).collect();
    let mut resources = vec![terraform_group(Some(known), true)];
    resources.extend(rules.iter().map(terraform_rule));
    let mut plan = plan(&resources, "update", &json!({}));
    if let Some(changes) = plan["resource_changes"].as_array_mut() {
        changes.push(json!({
            "address": "azurerm_network_security_rule.gone",
            "type": "azurerm_network_security_rule",
            "change": { "actions": ["delete"], "before": {
                "name": "gone", "network_security_group_name": "nsg-app",
                "resource_group_name": "RG-NET",
            }, "after": null },
        }));
    }
    plan
}

pub(super) fn state(rules: &[Rule]) -> Value {
    let known = all(rules, terraform, Lists::Both);
    let mut resources = vec![terraform_group(Some(known), true)];
    resources.extend(rules.iter().take(2).map(terraform_rule));
    let planned: Vec<Value> = resources.iter().map(Resource::planned).collect();
    json!({
        "format_version": "1.0",
        "values": { "root_module": { "child_modules": [
            { "address": "module.a[0]", "resources": planned }
        ] } },
    })
}

pub(super) fn azapi(rules: &[Rule]) -> Value {
    let body = json!({ "properties": { "securityRules": all(rules, nested, Lists::Used) } });
    let group = Resource(
        "azapi_resource.app".to_owned(),
        json!({
            "type": "Microsoft.Network/networkSecurityGroups@2024-05-01", "name": "nsg-app",
            "parent_id": "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-net",
            "location": LOCATION, "body": body.to_string(),
        }),
        json!({ "id": true }),
    );
    plan(&[group], "create", &json!({}))
}
