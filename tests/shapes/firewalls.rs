//! One firewall policy in every shape: the model must be the same, less places and ids.

use egresslint::{
    load::{Deployed, read_file},
    model::{Estate, IpGroupRef, RuleBody, RuleCollection, Unplaced as _},
    source::{FileId, SourceFile},
};
use proptest::prelude::{Just, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

const ID: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-net/providers/Microsoft.Network";

/// The type of collections that hold no NAT rules.
const FILTER: &str = "FirewallPolicyFilterRuleCollection";

/// A resource as the REST interface has it, less its id: type, names, properties.
type Resource = (&'static str, Vec<String>, Value);

fn texts(from: &'static [&'static str]) -> impl Strategy<Value = Value> {
    subsequence(from, 0..from.len()).prop_map(|list| json!(list))
}

fn groups() -> impl Strategy<Value = Value> {
    subsequence(&["ipg-0", "ipg-1"][..], 0..=2)
        .prop_map(|list| list.iter().map(|name| json!(format!("{ID}/ipGroups/{name}"))).collect())
}

fn addresses() -> impl Strategy<Value = Value> {
    texts(&["*", "10.0.0.0/8", "10.1.2.3", "10.0.0.4-10.0.0.9", "10.0.0.9-10.0.0.4", "10.0.0.300"])
}

fn network() -> impl Strategy<Value = Value> {
    let tags = texts(&["Storage", "Sql.JapanEast", "20.60.0.0/16", "*"]);
    let ports = texts(&["443", "1-5", "70000", "*", "500-400", "http"]);
    let protocols = texts(&["TCP", "UDP", "Any", "ICMP", "GRE"]);
    let names = texts(&["time.example", "a.example"]);
    (protocols, addresses(), groups(), tags, groups(), (ports, names)).prop_map(
        |(protocols, from, from_groups, to, to_groups, (ports, names))| {
            json!({ "ruleType": "NetworkRule", "ipProtocols": protocols, "sourceAddresses": from,
                "sourceIpGroups": from_groups, "destinationAddresses": to,
                "destinationIpGroups": to_groups, "destinationPorts": ports,
                "destinationFqdns": names })
        },
    )
}

fn application() -> impl Strategy<Value = Value> {
    let protocol = select(vec![("Http", 80), ("Https", 443), ("Mssql", 1433), ("Ftp", 21)]);
    let protocol = protocol.prop_map(|(kind, port)| json!({ "protocolType": kind, "port": port }));
    let protocols = prop::collection::vec(protocol, 0..3);
    let names = texts(&["*.blob.core.windows.net", "login.example", "*"]);
    let tags = texts(&["AzureBackup", "WindowsUpdate"]);
    let more = (texts(&["www.example/a/*", "b.example"]), texts(&["SocialNetworking", "News"]));
    (protocols, addresses(), groups(), names, tags, (more, any::<bool>())).prop_map(
        |(protocols, from, from_groups, names, tags, ((urls, categories), tls))| {
            json!({ "ruleType": "ApplicationRule", "protocols": protocols, "sourceAddresses": from,
                "sourceIpGroups": from_groups, "targetFqdns": names, "fqdnTags": tags,
                "targetUrls": urls, "webCategories": categories, "terminateTLS": tls,
                "destinationAddresses": [] })
        },
    )
}

fn nat() -> impl Strategy<Value = Value> {
    (addresses(), groups(), 1_u16..63999).prop_map(|(from, from_groups, port)| {
        json!({ "ruleType": "NatRule", "ipProtocols": ["TCP"], "sourceAddresses": from,
            "sourceIpGroups": from_groups, "destinationAddresses": ["203.0.113.9"],
            "destinationPorts": [port.to_string()], "translatedAddress": "10.20.1.4",
            "translatedPort": port.to_string() })
    })
}

fn collection() -> impl Strategy<Value = Value> {
    let rules = prop_oneof![
        (Just(FILTER), prop::collection::vec(network(), 0..3)),
        (Just(FILTER), prop::collection::vec(application(), 0..3)),
        (Just("FirewallPolicyNatRuleCollection"), prop::collection::vec(nat(), 0..2)),
    ];
    (rules, select(vec!["Allow", "Deny"]), 50_i64..70_000).prop_map(
        |((kind, mut rules), action, priority)| {
            for (at, rule) in rules.iter_mut().enumerate() {
                rule["name"] = json!(format!("rule-{at}"));
            }
            let action = if kind == FILTER { action } else { "DNAT" };
            json!({ "ruleCollectionType": kind, "priority": priority,
                "action": { "type": action }, "rules": rules })
        },
    )
}

fn resources() -> impl Strategy<Value = Vec<Resource>> {
    let group = (prop::collection::vec(collection(), 0..3), 50_i64..70_000);
    let settings = (
        select(vec!["Basic", "Standard", "Premium"]),
        select(vec!["Off", "Alert", "Deny"]),
        any::<bool>(),
    );
    let all = prop::collection::vec(group, 0..3);
    let members = || texts(&["10.0.0.0/8", "10.1.2.3", "10.0.0.4-10.0.0.9", "10.0.0.0/33", "Sql"]);
    (all, settings, members(), members()).prop_map(
        |(groups, (tier, threat, proxy), first, second)| {
            let mut resources: Vec<Resource> = vec![
                ("ipGroups", vec!["ipg-0".to_owned()], json!({ "ipAddresses": first })),
                ("ipGroups", vec!["ipg-1".to_owned()], json!({ "ipAddresses": second })),
            ];
            let mut listed = Vec::new();
            let mut below = Vec::new();
            for (at, (mut collections, priority)) in groups.into_iter().enumerate() {
                for (number, collection) in collections.iter_mut().enumerate() {
                    collection["name"] = json!(format!("rc-{number}"));
                }
                let names = vec!["fwp".to_owned(), format!("rcg-{at}")];
                listed.push(json!({ "id": id("firewallPolicies/ruleCollectionGroups", &names) }));
                let properties = json!({ "priority": priority, "ruleCollections": collections });
                below.push(("firewallPolicies/ruleCollectionGroups", names, properties));
            }
            let base = json!({ "id": format!("{ID}/firewallPolicies/base") });
            let policy = json!({ "sku": { "tier": tier }, "threatIntelMode": threat,
                "basePolicy": base, "dnsSettings": { "enableProxy": proxy },
                "ruleCollectionGroups": listed });
            resources.push(("firewallPolicies", vec!["fwp".to_owned()], policy));
            resources.extend(below);
            resources
        },
    )
}

fn id(of: &str, names: &[String]) -> String {
    let parts = of.split('/').zip(names).map(|(of, name)| format!("/{of}/{name}"));
    format!("{ID}{}", parts.collect::<String>())
}

fn template(all: &[Resource]) -> Value {
    let resource = |(of, names, properties): &Resource| {
        json!({ "type": format!("Microsoft.Network/{of}"), "apiVersion": "2024-05-01",
            "name": names.join("/"), "properties": properties })
    };
    json!({ "contentVersion": "1.0.0.0", "resources": all.iter().map(resource).collect::<Vec<_>>() })
}

/// Each group inside of its policy.
fn nested(all: &[Resource]) -> Value {
    let mut whole = template(all);
    let is_below = |it: &Value| it["name"].as_str().is_some_and(|name| name.contains('/'));
    let resources = whole["resources"].as_array().cloned().unwrap_or_default();
    let (below, mut above): (Vec<Value>, Vec<Value>) = resources.into_iter().partition(is_below);
    let below: Vec<Value> = below
        .into_iter()
        .map(|mut group| {
            let name =
                group["name"].as_str().and_then(|it| it.split('/').nth(1)).map(str::to_owned);
            group["name"] = json!(name);
            group["type"] = json!("ruleCollectionGroups");
            group
        })
        .collect();
    for policy in above.iter_mut().filter(|it| it["name"] == "fwp") {
        policy["resources"] = json!(below);
    }
    whole["resources"] = json!(above);
    whole
}

fn exported((of, names, properties): &Resource) -> Value {
    json!({ "id": id(of, names), "name": names.last(), "type": format!("Microsoft.Network/{of}"),
        "properties": properties })
}

fn rows(all: &[Resource]) -> Value {
    let row = |it: &Resource| {
        let mut row = exported(it);
        row["type"] = json!(format!("microsoft.network/{}", it.0.to_lowercase()));
        row["subscriptionId"] = json!("0");
        row
    };
    json!({ "count": all.len(), "data": all.iter().map(row).collect::<Vec<_>>() })
}

fn what_if(all: &[Resource]) -> Value {
    let change = |it: &Resource| json!({ "resourceId": id(it.0, &it.1), "changeType": "Create", "after": exported(it) });
    json!({ "changes": all.iter().map(change).collect::<Vec<_>>() })
}

/// All that stands below `properties`, lifted out of them.
fn flat(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(flat).collect(),
        Value::Object(members) => {
            let mut lifted = Map::new();
            for (key, member) in members {
                match (key.as_str(), flat(member)) {
                    ("properties", Value::Object(inner)) => lifted.extend(inner),
                    (_, member) => drop(lifted.insert(key, member)),
                }
            }
            Value::Object(lifted)
        }
        single => single,
    }
}

fn pascal(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(pascal).collect(),
        Value::Object(members) => {
            let member = |(key, value): (String, Value)| {
                let (first, rest) = key.split_at(1);
                let key = match key.as_str() {
                    "ipProtocols" => "Protocols".to_owned(),
                    "ruleCollections" => "RuleCollection".to_owned(),
                    _ => format!("{}{rest}", first.to_uppercase()),
                };
                (key, pascal(value))
            };
            Value::Object(members.into_iter().map(member).collect())
        }
        single => single,
    }
}

fn powershell(all: &[Resource]) -> Value {
    all.iter()
        .map(|it| {
            let is_group = it.1.len() > 1;
            let mut whole = exported(it);
            if let Some(members) = whole.as_object_mut() {
                members.remove("type");
            }
            // Groups come in a wrapper with their properties.
            pascal(if is_group { whole } else { flat(whole) })
        })
        .collect()
}

/// A rule or collection with the names of Terraform.
fn renamed(value: &Value, names: &[(&str, &str)]) -> Map<String, Value> {
    let name = |(from, to): &(&str, &str)| Some(((*to).to_owned(), value.get(*from)?.clone()));
    names.iter().filter_map(name).collect()
}

fn terraform_rule(rule: &Value) -> Value {
    let is_application = rule["ruleType"] == "ApplicationRule";
    let mut made = renamed(
        rule,
        &[
            ("name", "name"),
            ("ipProtocols", "protocols"),
            ("sourceAddresses", "source_addresses"),
            ("sourceIpGroups", "source_ip_groups"),
            ("destinationAddresses", "destination_addresses"),
            ("destinationIpGroups", "destination_ip_groups"),
            ("destinationPorts", "destination_ports"),
            ("destinationFqdns", "destination_fqdns"),
            ("targetFqdns", "destination_fqdns"),
            ("fqdnTags", "destination_fqdn_tags"),
            ("targetUrls", "destination_urls"),
            ("webCategories", "web_categories"),
            ("terminateTLS", "terminate_tls"),
            ("translatedAddress", "translated_address"),
            ("translatedPort", "translated_port"),
        ],
    );
    if is_application {
        let protocols = rule["protocols"].as_array().into_iter().flatten();
        let protocols = protocols
            .map(|it| Value::Object(renamed(it, &[("protocolType", "type"), ("port", "port")])));
        made.insert("protocols".to_owned(), protocols.collect());
    }
    if rule["ruleType"] == "NatRule" {
        let address = made.remove("destination_addresses").map(|list| list[0].clone());
        made.insert("destination_address".to_owned(), json!(address));
    }
    Value::Object(made)
}

fn plan(all: &[Resource]) -> Value {
    let mut planned = Vec::new();
    for (at, (of, names, properties)) in all.iter().enumerate() {
        let (kind, mut values) = match *of {
            "ipGroups" => ("azurerm_ip_group", json!({ "cidrs": properties["ipAddresses"] })),
            "firewallPolicies" => (
                "azurerm_firewall_policy",
                json!({ "sku": properties["sku"]["tier"],
                    "base_policy_id": properties["basePolicy"]["id"],
                    "threat_intelligence_mode": properties["threatIntelMode"],
                    "dns": [{ "proxy_enabled": properties["dnsSettings"]["enableProxy"] }] }),
            ),
            _ => ("azurerm_firewall_policy_rule_collection_group", group(properties)),
        };
        values["name"] = json!(names.last());
        values["resource_group_name"] = json!("rg-net");
        values["id"] = json!(id(of, names));
        planned.push(json!({ "address": format!("{kind}.x{at}"), "mode": "managed",
            "type": kind, "name": format!("x{at}"), "values": values }));
    }
    json!({ "format_version": "1.0", "values": { "root_module": { "resources": planned } } })
}

fn group(properties: &Value) -> Value {
    let mut values = json!({ "priority": properties["priority"],
        "firewall_policy_id": format!("{ID}/firewallPolicies/fwp"),
        "network_rule_collection": [], "application_rule_collection": [],
        "nat_rule_collection": [] });
    for collection in properties["ruleCollections"].as_array().into_iter().flatten() {
        let rules: Vec<Value> =
            collection["rules"].as_array().into_iter().flatten().map(terraform_rule).collect();
        let is_nat = collection["ruleCollectionType"] == "FirewallPolicyNatRuleCollection";
        let block = match collection["rules"][0]["ruleType"].as_str() {
            _ if is_nat => "nat_rule_collection",
            Some("ApplicationRule") => "application_rule_collection",
            _ => "network_rule_collection",
        };
        let mut made = renamed(collection, &[("name", "name"), ("priority", "priority")]);
        let action = if is_nat { json!("Dnat") } else { collection["action"]["type"].clone() };
        made.insert("action".to_owned(), action);
        made.insert("rule".to_owned(), json!(rules));
        if let Some(list) = values[block].as_array_mut() {
            list.push(Value::Object(made));
        }
    }
    values
}

fn last(id: &mut String) {
    *id = id.rsplit('/').next().unwrap_or_default().to_owned();
}

/// Ids by their last parts: a template does not know its subscription.
fn less_ids(collections: &mut [RuleCollection]) {
    // Terraform has a list for each kind of rules.
    collections.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    for rule in collections.iter_mut().flat_map(|it| &mut it.rules) {
        let mut sides = vec![&mut rule.source];
        match &mut rule.body {
            RuleBody::Network(rule) => sides.push(&mut rule.destination),
            RuleBody::Application(rule) => sides.push(&mut rule.destination),
            RuleBody::Nat(rule) => sides.push(&mut rule.destination),
            RuleBody::Unread(_) => {}
        }
        for group in sides.into_iter().flat_map(|it| &mut it.ip_groups) {
            if let IpGroupRef::To(id) = group {
                last(&mut id.value);
            }
        }
    }
}

/// What the model says, less places and ids.
fn said(shape: &str, value: &Value) -> Vec<String> {
    let file = SourceFile::new("f", value.to_string());
    let loaded = read_file(&file, FileId(0), true, Deployed::default());
    assert!(loaded.errors.is_empty(), "{shape}: {:?}", loaded.errors);
    let Estate { mut policies, mut rule_collection_groups, mut ip_groups, .. } = loaded.estate;
    policies.unplace();
    rule_collection_groups.unplace();
    ip_groups.unplace();
    let mut lines = Vec::new();
    for mut policy in policies {
        let base = policy.base.id().map(str::to_owned).unwrap_or_default();
        let base = base.rsplit('/').next().unwrap_or_default().to_owned();
        policy.faults.clear();
        lines.push(format!("{} {base} {:?}", policy.name.value, policy.settings));
    }
    for mut group in rule_collection_groups {
        assert!(group.policy.ends_with("/firewallpolicies/fwp"), "{shape}: {}", group.policy);
        less_ids(&mut group.collections);
        let parts = (&group.name.value, &group.priority, &group.collections, &group.unread);
        lines.push(format!("{parts:?} {:?} {:?}", group.condition, group.faults));
    }
    for group in ip_groups {
        lines.push(format!("{} {:?} {:?}", group.name.value, group.addresses, group.unread));
    }
    lines.sort();
    lines
}

proptest! {
    #[test]
    fn every_shape_of_one_firewall_policy_gives_the_same_model(all in resources()) {
        let expected = said("template", &template(&all));
        prop_assert_eq!(expected.len(), all.len());
        let exports: Vec<Value> = all.iter().map(exported).collect();
        for (shape, value) in [
            ("nested", nested(&all)),
            ("resources", json!(exports.clone())),
            ("cli", flat(json!(exports))),
            ("powershell", powershell(&all)),
            ("resource graph", rows(&all)),
            ("what-if", what_if(&all)),
            ("state", plan(&all)),
        ] {
            prop_assert_eq!(&said(shape, &value), &expected, "{}", shape);
        }
    }
}
