//! What plans say besides values: what is not known yet, whose id it will be, what is secret.

mod wholes;

use crate::load::{Deployed, LoadFault, Loaded, read_file};
use crate::model::{Address, Built, Field, Nsg};
use crate::source::{FileId, SourceFile};
use serde_json::{Value, json};

fn read(plan: &Value) -> Loaded {
    let file = SourceFile::new("plan.json", plan.to_string());
    read_file(&file, FileId(0), true, Deployed::default())
}

fn groups(plan: &Value) -> Vec<Nsg> {
    let loaded = read(plan);
    assert_eq!(loaded.errors, []);
    loaded.estate.nsgs
}

/// A resource of a module (`""` for the root): address, values, what is not known, expressions.
struct Resource(&'static str, &'static str, Value, Value, Value);

impl Resource {
    fn address(&self) -> String {
        if self.0.is_empty() { self.1.to_owned() } else { format!("{}.{}", self.0, self.1) }
    }

    /// Mode, type, name and key.
    fn parts(&self) -> Value {
        let data = self.1.strip_prefix("data.");
        let (kind, rest) = data.unwrap_or(self.1).split_once('.').unwrap();
        let (name, key) = rest.split_once('[').unwrap_or((rest, ""));
        let mode = if data.is_some() { "data" } else { "managed" };
        let mut parts = json!({ "mode": mode, "type": kind, "name": name });
        if let Ok(index) = serde_json::from_str(key.trim_end_matches(']')) {
            parts["index"] = index;
        }
        parts
    }
}

#[expect(clippy::needless_pass_by_value, reason = "values are written where they are used")]
fn merged(mut value: Value, more: Value) -> Value {
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    value
}

/// A plan that makes all of the resources; `calls` are the module calls of the root, without the
/// resources in them.
#[expect(clippy::needless_pass_by_value, reason = "values are written where they are used")]
fn plan(resources: &[Resource], calls: Value) -> Value {
    let mut root = json!({ "resources": [], "child_modules": [] });
    let mut configuration = json!({ "resources": [], "module_calls": calls });
    let mut changes = Vec::new();
    for resource in resources {
        let Resource(module, _, values, unknown, expressions) = resource;
        let written =
            merged(resource.parts(), json!({ "address": resource.address(), "values": values }));
        let piece = merged(resource.parts(), json!({ "expressions": expressions }));
        let (place, pieces) = if module.is_empty() {
            (&mut root["resources"], &mut configuration["resources"])
        } else {
            let children = root["child_modules"].as_array_mut().unwrap();
            if children.iter().all(|it| it["address"] != **module) {
                children.push(json!({ "address": module, "resources": [] }));
            }
            let child = children.iter_mut().find(|it| it["address"] == **module).unwrap();
            let call = module.trim_start_matches("module.").split('[').next().unwrap();
            let below = &mut configuration["module_calls"][call]["module"];
            if below["resources"].is_null() {
                below["resources"] = json!([]);
            }
            (&mut child["resources"], &mut below["resources"])
        };
        place.as_array_mut().unwrap().push(written);
        pieces.as_array_mut().unwrap().push(piece);
        let change = json!({ "actions": ["create"], "after": values, "after_unknown": unknown });
        changes.push(json!({ "address": resource.address(), "change": change }));
    }
    json!({
        "format_version": "1.2", "planned_values": { "root_module": root },
        "resource_changes": changes, "configuration": { "root_module": configuration },
    })
}

fn rule(more: Value) -> Value {
    merged(
        json!({
            "name": "r", "priority": 200, "direction": "Outbound", "access": "Allow",
            "protocol": "Tcp", "source_address_prefix": "*", "source_port_range": "*",
            "destination_address_prefix": "Storage", "destination_port_range": "443",
        }),
        more,
    )
}

/// How many rules a group surely has, and whether it may have more.
fn certain(nsg: &Nsg) -> (&str, usize, bool) {
    assert_eq!(nsg.built, Built::Whole);
    (nsg.name.value.as_str(), nsg.rules.len(), !nsg.unread.is_empty())
}

const GROUP: &str = "azurerm_network_security_group.app";

/// What is not known of a group that has no rules in its configuration.
fn bare() -> Value {
    json!({ "id": true, "security_rule": true })
}

fn refers(to: &[&str]) -> Value {
    json!({ "references": to })
}

#[test]
fn a_list_that_is_left_to_azure_is_unknown_unless_rules_are_resources_of_their_own() {
    let group = |unknown, expressions| {
        let values = json!({ "name": "nsg", "resource_group_name": "rg" });
        Resource("", GROUP, values, unknown, expressions)
    };
    let child = || {
        let values =
            rule(json!({ "network_security_group_name": "NSG", "resource_group_name": "RG" }));
        Resource("", "azurerm_network_security_rule.r", values, json!({}), json!({}))
    };
    let declared = || json!({ "security_rule": refers(&["data.x.y.rules", "data.x.y"]) });
    for (resources, expected) in [
        (vec![group(bare(), json!({}))], ("nsg", 0, true)),
        (vec![group(json!({}), json!({}))], ("nsg", 0, true)),
        (vec![group(bare(), json!({})), child()], ("nsg", 1, false)),
        (vec![group(bare(), declared()), child()], ("nsg", 1, true)),
    ] {
        let all = groups(&plan(&resources, json!({})));
        assert_eq!(all.iter().map(certain).collect::<Vec<_>>(), [expected]);
    }
    let mut silent = plan(&[group(bare(), json!({})), child()], json!({}));
    silent["configuration"] = Value::Null;
    assert_eq!(certain(&groups(&silent)[0]), ("nsg", 1, true));
    let reason = &groups(&silent)[0].unread[0].reason;
    assert_eq!(
        &**reason,
        "`security_rule` of `azurerm_network_security_group.app` is known only after apply"
    );
}

#[test]
fn rules_find_their_group_by_reference_where_no_name_is_known() {
    let group = |module, address, expressions| {
        let unknown = merged(bare(), json!({ "name": true, "resource_group_name": true }));
        Resource(module, address, json!({}), unknown, expressions)
    };
    let child = |module, address, name: Value| {
        let unknown = json!({ "network_security_group_name": true, "resource_group_name": true });
        let expressions = json!({ "network_security_group_name": name });
        Resource(module, address, rule(json!({})), unknown, expressions)
    };
    // By each.key, through a variable of a module, and through an output of one.
    let resources = [
        group("", "azurerm_network_security_group.app[\"a\"]", json!({})),
        group("", "azurerm_network_security_group.app[\"B\"]", json!({})),
        group("", "azurerm_network_security_group.app[\"b\"]", json!({})),
        child("", "azurerm_network_security_rule.r[\"B\"]", refers(&["each.key", GROUP])),
        child("module.rules[0]", "azurerm_network_security_rule.r", refers(&["var.group"])),
        group("module.net", "azurerm_network_security_group.inner", json!({})),
        child("", "azurerm_network_security_rule.s", refers(&["module.net.name", "module.net"])),
    ];
    let of = "azurerm_network_security_group.app[\"a\"]";
    let calls = json!({
        "rules": { "expressions": { "group": refers(&[&format!("{of}.name"), of, GROUP]) }, "module": {} },
        "net": { "module": { "outputs": { "name": { "expression": refers(&[
            "azurerm_network_security_group.inner.name", "azurerm_network_security_group.inner",
        ]) } } } },
    });
    let all = groups(&plan(&resources, calls));
    let counts: Vec<(&str, usize, bool)> = all.iter().map(certain).collect();
    assert_eq!(
        counts,
        [
            ("{azurerm_network_security_group.app[\"a\"].name}", 1, false),
            ("{'azurerm_network_security_group.app[\"B\"].name'}", 1, false),
            // No rule of its own, and so nothing is known of its list.
            ("{azurerm_network_security_group.app[\"b\"].name}", 0, true),
            ("{module.net.azurerm_network_security_group.inner.name}", 1, false),
        ]
    );
}

#[test]
fn a_rule_whose_group_can_not_be_told_may_be_of_any() {
    let group = |address, name: &str| {
        let values = json!({ "name": name, "resource_group_name": "rg", "security_rule": [] });
        Resource("", address, values, json!({ "id": true }), json!({}))
    };
    let values = rule(json!({ "resource_group_name": "rg" }));
    let unknown = json!({ "network_security_group_name": true });
    let expressions = json!({ "network_security_group_name": refers(&["local.name"]) });
    let child = Resource("", "azurerm_network_security_rule.r", values, unknown, expressions);
    let resources = [group(GROUP, "a"), group("azurerm_network_security_group.other", "b"), child];
    let all = groups(&plan(&resources, json!({})));
    assert_eq!(all.len(), 3);
    assert_eq!(
        all.iter().take(2).map(certain).collect::<Vec<_>>(),
        [("a", 0, true), ("b", 0, true)]
    );
}

#[test]
fn nothing_is_read_of_a_resource_that_is_secret_as_a_whole() {
    let values = json!({
        "name": "nsg", "resource_group_name": "rg",
        "security_rule": [rule(json!({ "destination_address_prefix": "S3CRET" }))],
    });
    let mut plan = plan(&[Resource("", GROUP, values, json!({}), json!({}))], json!({}));
    plan["planned_values"]["root_module"]["resources"][0]["sensitive_values"] = json!(true);
    plan["resource_changes"][0]["change"]["after_sensitive"] = json!(true);
    let loaded = read(&plan);
    assert!(!format!("{:?}", loaded.estate).contains("S3CRET"), "{:?}", loaded.estate);
    let mut file = SourceFile::new("f", plan.to_string());
    file.strike(&loaded.secrets);
    assert!(!file.text().contains("S3CRET"), "{}", file.text());
}

#[test]
fn values_that_are_not_known_or_secret_say_so_and_their_neighbours_stay() {
    let mut inline = rule(json!({ "destination_port_range": "80" }));
    inline.as_object_mut().unwrap().remove("destination_address_prefix");
    let values = json!({
        "name": "nsg", "resource_group_name": "rg",
        "security_rule": [rule(json!({})), inline],
    });
    let unknown = json!({ "id": true, "security_rule": [
        { "source_address_prefixes": [] }, { "destination_address_prefix": true },
    ] });
    let expressions = json!({ "security_rule": {} });
    let mut plan = plan(&[Resource("", GROUP, values, unknown, expressions)], json!({}));
    plan["planned_values"]["root_module"]["resources"][0]["sensitive_values"] =
        json!({ "security_rule": [{ "source_address_prefix": true, "priority": true }, {}] });
    let text = plan.to_string();
    let loaded = read(&plan);
    let [first, second] = loaded.estate.nsgs[0].rules.as_slice() else { panic!() };
    let Address::Unknown(reason) = &first.source.items[0].value else { panic!() };
    assert_eq!(
        &**reason,
        "`security_rule[0].source_address_prefix` of `azurerm_network_security_group.app` is \
         sensitive, and its value is not read"
    );
    assert!(matches!(first.priority, Field::Unknown(_)));
    let Address::Unknown(reason) = &second.destination.items[0].value else { panic!() };
    assert!(reason.ends_with("is known only after apply"), "{reason}");
    assert_eq!(second.priority.known(), Some(&200));
    // Struck out, the file shows neither, and all else as it was.
    let mut file = SourceFile::new("f", text.clone());
    file.strike(&loaded.secrets);
    assert_eq!(file.text().len(), text.len());
    let struck: Value = serde_json::from_str(file.text()).unwrap();
    let rules = &struck["planned_values"]["root_module"]["resources"][0]["values"]["security_rule"];
    assert_eq!(rules[0]["source_address_prefix"], "*");
    assert_eq!((&rules[0]["priority"], &rules[1]["priority"]), (&json!(111), &json!(200)));
}

#[test]
fn secrets_are_struck_wherever_they_stand() {
    let plan = json!({
        "format_version": "1.0",
        "variables": { "key": { "value": "s3cret-a" }, "open": { "value": "shown" } },
        "planned_values": { "outputs": { "o": { "sensitive": true, "value": ["s3cret-b", { "x": "s3cret-c" }] } } },
        "resource_changes": [{ "address": "x.y", "change": {
            "before": { "password": "s3cret-d" }, "before_sensitive": { "password": true },
            "after": { "list": ["shown", "s3cret-e\u{e9}\n"] }, "after_sensitive": { "list": [false, true] },
        } }],
        "configuration": { "root_module": { "variables": { "key": { "sensitive": true, "default": "s3cret-f" } } } },
    });
    let mut file = SourceFile::new("f", plan.to_string());
    file.strike(&read(&plan).secrets);
    assert!(!file.text().contains("s3cret"), "{}", file.text());
    assert_eq!(file.text().matches("shown").count(), 2);
    assert_eq!(file.text().len(), plan.to_string().len());
    assert!(serde_json::from_str::<Value>(file.text()).is_ok());
}

#[test]
fn associations_carry_groups_that_have_no_id_yet() {
    let named = |address, values: Value| {
        let values = merged(json!({ "resource_group_name": "rg" }), values);
        Resource("", address, values, json!({ "id": true }), json!({}))
    };
    let link = |address, unknown: Value, expressions: Value| {
        Resource("", address, json!({}), unknown, expressions)
    };
    let of = |kind: &str| refers(&[&format!("{kind}.app.id"), &format!("{kind}.app")]);
    let resources = [
        named(GROUP, json!({ "name": "nsg", "security_rule": [] })),
        named(
            "azurerm_virtual_network.app",
            json!({ "name": "vnet", "address_space": ["10.0.0.0/16"] }),
        ),
        named("azurerm_subnet.app", json!({ "name": "snet", "virtual_network_name": "vnet" })),
        named(
            "azurerm_network_interface.app",
            json!({ "name": "nic", "ip_configuration": [{ "name": "x" }] }),
        ),
        named("azurerm_application_security_group.app", json!({ "name": "asg" })),
        link(
            "azurerm_subnet_network_security_group_association.x",
            json!({ "subnet_id": true, "network_security_group_id": true }),
            json!({ "subnet_id": of("azurerm_subnet"), "network_security_group_id": of("azurerm_network_security_group") }),
        ),
        link(
            "azurerm_network_interface_security_group_association.x",
            json!({ "network_interface_id": true, "network_security_group_id": true }),
            json!({ "network_interface_id": of("azurerm_network_interface"), "network_security_group_id": of("azurerm_network_security_group") }),
        ),
        link(
            "azurerm_network_interface_application_security_group_association.x",
            json!({ "network_interface_id": true, "application_security_group_id": true }),
            json!({ "network_interface_id": of("azurerm_network_interface"), "application_security_group_id": of("azurerm_application_security_group") }),
        ),
        Resource(
            "",
            "azurerm_network_security_rule.r",
            merged(
                rule(json!({ "source_address_prefix": null })),
                json!({ "network_security_group_name": "nsg", "resource_group_name": "rg" }),
            ),
            json!({ "source_application_security_group_ids": true }),
            json!({ "source_application_security_group_ids": of("azurerm_application_security_group") }),
        ),
    ];
    let loaded = read(&plan(&resources, json!({})));
    let group = &loaded.estate.nsgs[0];
    let ends = |list: &Option<Vec<crate::source::Spanned<String>>>| -> Vec<String> {
        let parts = |id: &str| id.rsplit('/').take(3).collect::<Vec<_>>().join(" ");
        list.iter().flatten().map(|id| parts(&id.value)).collect()
    };
    assert_eq!(ends(&group.subnets), ["snet subnets vnet"]);
    assert_eq!(ends(&group.interfaces), ["nic networkInterfaces Microsoft.Network"]);
    let interface = &loaded.estate.interfaces[0];
    assert!(interface.groups_known);
    assert_eq!(interface.groups[0].id, loaded.estate.groups[0].id);
    assert_eq!(group.rules[0].source.groups[0].id, loaded.estate.groups[0].id);
}

#[test]
fn what_a_data_source_read_is_a_group_that_rules_can_belong_to() {
    let id =
        "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/nsg";
    let values = json!({
        "id": id, "name": "nsg", "resource_group_name": "rg",
        "security_rule": [rule(json!({ "name": "old" }))],
    });
    let data =
        Resource("", "data.azurerm_network_security_group.app", values, json!({}), json!({}));
    let child = Resource(
        "",
        "azurerm_network_security_rule.r",
        rule(
            json!({ "network_security_group_name": "nsg", "resource_group_name": "rg", "priority": 300 }),
        ),
        json!({ "id": true }),
        json!({}),
    );
    let prior = plan(&[data], json!({}));
    let mut plan = plan(&[child], json!({}));
    plan["prior_state"] = json!({ "values": prior["planned_values"] });
    assert_eq!(groups(&plan).iter().map(certain).collect::<Vec<_>>(), [("nsg", 2, false)]);
}

#[test]
fn resources_that_go_are_not_there_and_changes_alone_will_do() {
    let values =
        json!({ "name": "nsg", "resource_group_name": "rg", "security_rule": [rule(json!({}))] });
    let made = plan(&[Resource("", GROUP, values, json!({}), json!({}))], json!({}));
    let mut gone = made.clone();
    gone["resource_changes"][0]["change"]["actions"] = json!(["delete"]);
    assert_eq!(groups(&gone), []);
    let mut changes = made.clone();
    changes.as_object_mut().unwrap().remove("planned_values");
    let parts =
        json!({ "mode": "managed", "type": "azurerm_network_security_group", "name": "app" });
    changes["resource_changes"][0] = merged(changes["resource_changes"][0].clone(), parts);
    assert_eq!(certain(&groups(&changes)[0]), ("nsg", 1, false));
    // Without a word on what is not known, nothing that is left out is certain.
    let mut silent = made;
    silent["resource_changes"] = Value::Null;
    assert_eq!(certain(&groups(&silent)[0]), ("nsg", 1, false));
    silent["planned_values"]["root_module"]["resources"][0]["values"]
        .as_object_mut()
        .unwrap()
        .remove("security_rule");
    assert_eq!(certain(&groups(&silent)[0]), ("nsg", 0, true));
}

#[test]
fn places_know_the_address_of_their_resource() {
    let values =
        json!({ "name": "nsg", "resource_group_name": "rg", "security_rule": [rule(json!({}))] });
    let address = "azurerm_network_security_group.app[\"a\"]";
    let loaded = read(&plan(
        &[Resource("module.net[0]", address, values, json!({}), json!({}))],
        json!({ "net": {} }),
    ));
    let rule = &loaded.estate.nsgs[0].rules[0];
    let expected = format!("module.net[0].{address}");
    assert_eq!(loaded.estate.address(rule.priority.span().unwrap()), Some(expected.as_str()));
    let mut before = rule.span;
    before.start = 0;
    assert_eq!(loaded.estate.address(before), None);
}

#[test]
fn a_format_that_is_not_known_is_refused() {
    for (version, is_known) in
        [("0.1", true), ("1.2", true), ("1", true), ("2.0", false), ("x", false)]
    {
        let loaded = read(&json!({ "format_version": version, "values": { "root_module": {} } }));
        let refused = LoadFault::TerraformFormat(version.to_owned());
        assert_eq!(loaded.errors.iter().any(|it| it.fault == refused), !is_known, "{version}");
    }
    // An empty state has nothing to say, and that is no error.
    assert_eq!(read(&json!({ "format_version": "1.0" })).errors, []);
    assert_ne!(read(&json!({ "format_version": "1.0", "provider_schemas": {} })).errors, []);
}

#[test]
fn policy_that_is_not_checked_is_named() {
    let resources = [
        Resource("", "azurerm_route_table.x", json!({ "name": "a" }), json!({}), json!({})),
        Resource("", "azurerm_firewall.x", json!({ "name": "a" }), json!({}), json!({})),
        Resource("", "data.azurerm_firewall.x", json!({ "name": "a" }), json!({}), json!({})),
    ];
    let loaded = read(&plan(&resources, json!({})));
    assert!(loaded.unchecked.is_empty());
}

#[test]
fn json_in_a_body_is_read_in_its_place() {
    let body = r#"{"properties": {"securityRules": [{"name": "\u00e9\ud83d\ude00\"", "properties": {"priority": 321, "access": "Allow"}}]}}"#;
    let values = json!({
        "type": "Microsoft.Network/networkSecurityGroups@2024-05-01", "name": "nsg",
        "parent_id": "/subscriptions/s/resourceGroups/rg", "body": body,
    });
    let resource = Resource("", "azapi_resource.x", values, json!({ "id": true }), json!({}));
    let plan = plan(&[resource], json!({}));
    let loaded = read(&plan);
    let rule = &loaded.estate.nsgs[0].rules[0];
    let span = rule.priority.span().unwrap();
    let file = SourceFile::new("f", plan.to_string());
    assert_eq!(file.slice(span.start, span.end), "321");
    assert_eq!(
        file.slice(rule.name.span.start, rule.name.span.end),
        r#"\"\\u00e9\\ud83d\\ude00\\\"\""#
    );
}

#[test]
fn a_plan_that_refers_to_itself_ends() {
    let values =
        json!({ "type": "Microsoft.Network/networkSecurityGroups@2024-05-01", "name": "nsg" });
    let unknown = json!({ "id": true, "parent_id": true });
    let expressions =
        json!({ "parent_id": refers(&["azapi_resource.x.id", "azapi_resource.x", "var.a"]) });
    let call = json!({ "a": { "expressions": { "a": refers(&["var.a", "module.a.o"]) }, "module": {
        "outputs": { "o": { "expression": refers(&["var.a", "module.a.o"]) } } } } });
    let own = json!({ "parent_id": refers(&["azapi_resource.x.id", "azapi_resource.x"]) });
    let resources = [
        Resource("module.a", "azapi_resource.x", values.clone(), unknown.clone(), expressions),
        Resource("", "azapi_resource.x", values, unknown, own),
    ];
    assert_eq!(groups(&plan(&resources, call)).len(), 2);
}

#[test]
fn a_rule_of_a_plan_may_belong_to_a_group_that_an_export_shows() {
    let doubts = |resource_group: &str| {
        let place =
            json!({ "network_security_group_name": "nsg", "resource_group_name": resource_group });
        let child = Resource(
            "",
            "azurerm_network_security_rule.r",
            rule(place),
            json!({ "id": true }),
            json!({}),
        );
        let id = "/subscriptions/0000/resourceGroups/RG/providers/Microsoft.Network/networkSecurityGroups/nsg";
        let export = json!({ "id": id, "name": "nsg", "securityRules": [] });
        let mut estate = read(&export).estate;
        estate.extend(read(&plan(&[child], json!({}))).estate);
        crate::load::link::link(&mut estate, &[(FileId(0), "export.json")].into());
        estate.nsgs[0].unread.len()
    };
    assert_eq!((doubts("rg"), doubts("other")), (1, 0));
}
