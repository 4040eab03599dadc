//! One policy in every shape that groups come in: what is found and decided must be the same, byte
//! by byte, once places and the spelling of property names are taken off.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON that was made here is known to have its members"
)]

mod firewalls;
mod plans;

use egresslint::{
    load::Collected,
    profiles::{self, Cloud},
    report::{Look, RENDERERS},
    run::{self, Chosen, Options},
    source::{FileId, SourceFile},
    tags::Catalogue,
};
use plans::{azapi, plan_again, plan_inline, plan_rules, state};
use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};
use proptest::sample::select;
use serde_json::{Map, Value, json};

const ID: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-net/providers/Microsoft.Network";
const GROUP: &str = "azurerm_network_security_group.app";
const LOCATION: &str = "japaneast";

/// A rule before it has a shape.
#[derive(Clone, Debug)]
struct Rule {
    name: String,
    priority: i64,
    direction: &'static str,
    access: &'static str,
    protocol: &'static str,
    source: Side,
    destination: Side,
    description: Option<&'static str>,
}

#[derive(Clone, Debug)]
struct Side {
    /// One, or a list of several.
    addresses: Vec<&'static str>,
    ports: Vec<&'static str>,
    /// An application security group in place of addresses.
    group: Option<&'static str>,
}

fn side() -> impl Strategy<Value = Side> {
    let single = select(vec![
        "*",
        "*",
        "Internet",
        "VirtualNetwork",
        "Storage",
        "Storage.JapanEast",
        "AzureBackup",
        "AzureActiveDirectory",
        "AzureLoadBalancer",
        "Strage",
        "10.0.0.0/8",
        "10.1.2.3/8",
        "0.0.0.0/0",
        "168.63.129.16",
        "20.60.172.0/24",
        "10.0.0.300",
        "10.0.0.1-10.0.0.9",
    ]);
    let several = prop::collection::vec(
        select(vec!["10.0.0.0/8", "20.60.0.0/16", "10.1.2.3", "13.0.0.0/8", "2001:db8::/32"]),
        2..4,
    );
    let addresses = proptest::strategy::Union::new_weighted(vec![
        (4, single.prop_map(|one| vec![one]).boxed()),
        (1, several.boxed()),
        (1, proptest::strategy::Just(Vec::new()).boxed()),
    ]);
    let port = select(vec!["*", "*", "443", "80", "22", "0-65535", "400-500", "70000", "500-400"]);
    let ports = select(vec!["443", "80", "8440-8450", "1-400"]);
    let ports = proptest::strategy::Union::new_weighted(vec![
        (4, port.prop_map(|one| vec![one]).boxed()),
        (1, prop::collection::vec(ports, 2..4).boxed()),
    ]);
    let group = prop::option::weighted(0.1, select(vec!["asg-web", "asg-db"]));
    (addresses, ports, group).prop_map(|(addresses, ports, group)| Side {
        addresses: if group.is_some() { Vec::new() } else { addresses },
        ports,
        group,
    })
}

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let rule = (
        select(vec!["Inbound", "Outbound", "Outbound"]),
        select(vec!["Allow", "Allow", "Deny"]),
        select(vec!["Tcp", "Tcp", "*", "Udp", "Icmp", "tcp"]),
        side(),
        side(),
        prop::option::of(select(vec!["", "why"])),
        50_i64..4200,
    );
    prop::collection::vec(rule, 1..7).prop_map(|rules| {
        let rules = rules.into_iter().enumerate();
        rules
            .map(
                |(
                    at,
                    (direction, access, protocol, source, destination, description, priority),
                )| {
                    let at = i64::try_from(at).unwrap_or_default();
                    Rule {
                        name: format!("rule-{at}"),
                        // No number twice: which of two is the second hangs on their places.
                        priority: priority / 10 * 10 + at,
                        direction,
                        access,
                        protocol,
                        source,
                        destination,
                        description,
                    }
                },
            )
            .collect()
    })
}

/// How a shape writes what is one or several.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lists {
    /// Only the property that is used.
    Used,
    /// Both, the other one empty.
    Both,
    /// Both, the other one null.
    Nulls,
    /// One, which is always a list.
    One,
}

fn put(to: &mut Map<String, Value>, key: &str, values: &[&str], lists: Lists) {
    let plural = if key.ends_with("Prefix") { format!("{key}es") } else { format!("{key}s") };
    let (one, many) = match values {
        [one] => (Some(json!(one)), None),
        [] => (None, None),
        many => (None, Some(json!(many))),
    };
    match lists {
        Lists::One => drop(to.insert(key.to_owned(), json!(values))),
        Lists::Used => {
            to.extend(one.map(|it| (key.to_owned(), it)));
            to.extend(many.map(|it| (plural, it)));
        }
        Lists::Both => {
            to.insert(key.to_owned(), one.unwrap_or_else(|| json!("")));
            to.insert(plural, many.unwrap_or_else(|| json!([])));
        }
        Lists::Nulls => {
            to.insert(key.to_owned(), one.unwrap_or(Value::Null));
            to.insert(plural, many.unwrap_or(Value::Null));
        }
    }
}

/// The properties of a rule as ARM names them.
fn properties(rule: &Rule, lists: Lists) -> Map<String, Value> {
    let mut to = Map::new();
    for (key, value) in [
        ("direction", json!(rule.direction)),
        ("access", json!(rule.access)),
        ("protocol", json!(rule.protocol)),
        ("priority", json!(rule.priority)),
    ] {
        to.insert(key.to_owned(), value);
    }
    if let Some(text) = rule.description {
        to.insert("description".to_owned(), json!(text));
    }
    for (name, side) in [("source", &rule.source), ("destination", &rule.destination)] {
        put(&mut to, &format!("{name}AddressPrefix"), &side.addresses, lists);
        put(&mut to, &format!("{name}PortRange"), &side.ports, lists);
        if let Some(group) = side.group {
            let id = format!("{ID}/applicationSecurityGroups/{group}");
            let key = format!("{name}ApplicationSecurityGroups");
            to.insert(key, json!([{ "id": id }]));
        }
    }
    to
}

fn nested(rule: &Rule, lists: Lists) -> Value {
    json!({ "name": rule.name, "properties": properties(rule, lists) })
}

fn flat(rule: &Rule, lists: Lists) -> Value {
    let mut to = properties(rule, lists);
    to.insert("name".to_owned(), json!(rule.name));
    Value::Object(to)
}

fn all(rules: &[Rule], make: fn(&Rule, Lists) -> Value, lists: Lists) -> Vec<Value> {
    rules.iter().map(|rule| make(rule, lists)).collect()
}

fn pascal(rule: &Rule) -> Value {
    let Value::Object(members) = flat(rule, Lists::One) else { return Value::Null };
    let member = |(key, value): (String, Value)| {
        let (first, rest) = key.split_at(1);
        let value = match value {
            Value::Array(list) if key.ends_with("Groups") => {
                list.iter().map(|it| json!({ "Id": it["id"] })).collect()
            }
            value => value,
        };
        (format!("{}{rest}", first.to_uppercase()), value)
    };
    Value::Object(members.into_iter().map(member).collect())
}

fn terraform(rule: &Rule, lists: Lists) -> Value {
    let Value::Object(members) = flat(rule, lists) else { return Value::Null };
    let mut to = Map::new();
    for side in ["source", "destination"] {
        to.insert(format!("{side}_application_security_group_ids"), json!([]));
    }
    for (key, value) in members {
        if let Some(side) = key.strip_suffix("ApplicationSecurityGroups") {
            let ids = value.as_array().into_iter().flatten().map(|it| it["id"].clone()).collect();
            to.insert(format!("{side}_application_security_group_ids"), ids);
            continue;
        }
        let mut name = String::new();
        for letter in key.chars() {
            if letter.is_uppercase() {
                name.push('_');
            }
            name.extend(letter.to_lowercase());
        }
        to.insert(name, value);
    }
    Value::Object(to)
}

fn template(resources: &[Value]) -> Value {
    json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": resources,
    })
}

fn group(rules: &[Value]) -> Value {
    json!({
        "type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2024-05-01",
        "name": "nsg-app", "location": LOCATION, "properties": { "securityRules": rules },
    })
}

fn children(rules: &[Rule]) -> Value {
    let child = |rule: &Rule| {
        json!({
            "type": "Microsoft.Network/networkSecurityGroups/securityRules",
            "apiVersion": "2024-05-01", "name": format!("nsg-app/{}", rule.name),
            "properties": properties(rule, Lists::Used),
        })
    };
    let mut resources = vec![group(&[])];
    resources.extend(rules.iter().map(child));
    template(&resources)
}

/// An export of the portal: every rule in both places.
fn exported(rules: &[Rule]) -> Value {
    let mut resources = vec![group(&all(rules, nested, Lists::Both))];
    resources
        .extend(children(rules)["resources"].as_array().into_iter().flatten().skip(1).cloned());
    template(&resources)
}

fn with_id(mut value: Value, id: &str) -> Value {
    value["id"] = json!(format!("{ID}/{id}"));
    value
}

fn of_group(value: Value) -> Value {
    with_id(value, "networkSecurityGroups/nsg-app")
}

fn show(rules: &[Rule]) -> Value {
    of_group(json!({
        "name": "nsg-app", "location": LOCATION, "resourceGroup": "rg-net",
        "type": "Microsoft.Network/networkSecurityGroups",
        "securityRules": all(rules, flat, Lists::Both),
    }))
}

fn powershell(rules: &[Rule]) -> Value {
    json!({
        "Name": "nsg-app", "Id": format!("{ID}/networkSecurityGroups/nsg-app"),
        "ResourceGroupName": "rg-net", "Location": LOCATION,
        "SecurityRules": rules.iter().map(pascal).collect::<Vec<_>>(),
    })
}

fn row(rules: &[Rule]) -> Value {
    let row = of_group(json!({
        "name": "nsg-app", "type": "microsoft.network/networksecuritygroups",
        "location": LOCATION, "resourceGroup": "rg-net", "subscriptionId": "0", "tenantId": "0",
        "properties": { "securityRules": all(rules, nested, Lists::Used) },
    }));
    json!({ "count": 1, "data": [row], "skip_token": null, "total_records": 1 })
}

fn what_if(rules: &[Rule]) -> Value {
    let (first, rest) = rules.split_at(rules.len() / 2);
    let change = |how: &str, resource: Value| {
        let mut change = json!({ "resourceId": resource["id"], "changeType": how });
        change[if how == "NoChange" { "before" } else { "after" }] = resource;
        change
    };
    let gone = with_id(
        nested(&blanket(), Lists::Used),
        "networkSecurityGroups/nsg-app/securityRules/gone",
    );
    let mut changes = vec![
        change("NoChange", of_group(group(&all(first, nested, Lists::Used)))),
        json!({ "resourceId": gone["id"], "changeType": "Delete", "before": gone }),
    ];
    changes.extend(rest.iter().map(|rule| {
        let id = format!("networkSecurityGroups/nsg-app/securityRules/{}", rule.name);
        change("Create", with_id(nested(rule, Lists::Used), &id))
    }));
    json!({ "status": "Succeeded", "properties": { "changes": changes } })
}

/// A rule that would decide everything.
fn blanket() -> Rule {
    let any = Side { addresses: vec!["*"], ports: vec!["*"], group: None };
    Rule {
        name: "gone".to_owned(),
        priority: 100,
        direction: "Outbound",
        access: "Deny",
        protocol: "*",
        source: any.clone(),
        destination: any,
        description: None,
    }
}

/// Every shape, by name.
fn shapes(rules: &[Rule]) -> Vec<(&'static str, Value)> {
    vec![
        ("template", template(&[group(&all(rules, nested, Lists::Used))])),
        ("children", children(rules)),
        ("portal export", exported(rules)),
        ("resource", of_group(group(&all(rules, nested, Lists::Both)))),
        ("cli show", show(rules)),
        ("cli list", json!([show(rules)])),
        ("powershell", powershell(rules)),
        ("resource graph", row(rules)),
        ("what-if", what_if(rules)),
        ("plan, inline", plan_inline(rules)),
        ("plan, rules", plan_rules(rules)),
        ("plan, again", plan_again(rules)),
        ("state", state(rules)),
        ("azapi", azapi(rules)),
    ]
}

/// What is said of a file, as JSON, less places and spellings.
fn said(shape: &str, value: &Value) -> (String, String) {
    let profile = profiles::read(FileId(0), include_str!("../../rules/profiles/azure-backup.toml"));
    let options = Options {
        profiles: profile.into_iter().map(|profile| Chosen { profile, named: true }).collect(),
        region: None,
        cloud: Cloud::Public,
        select: vec!["all".to_owned()],
        ignore: Vec::new(),
        today: None,
    };
    let file = SourceFile::new("file", value.to_string());
    let collected = Collected::named([file]);
    let report = run::check(collected, &options, Catalogue::embedded());
    assert!(report.errors.is_empty(), "{shape}: {:?}", report.errors);
    assert!(!report.coverage.is_empty(), "{shape}");
    let mut out = Vec::new();
    let look = Look { color: false, width: 100, quiet: false, verbose: true, lints: &[] };
    for renderer in RENDERERS.iter().filter(|it| it.name == "json") {
        assert!((renderer.render)(&report, &look, &mut out).is_ok());
    }
    let told: Value = serde_json::from_slice(&out).unwrap_or_default();
    let mut findings: Vec<String> =
        told["findings"].as_array().into_iter().flatten().map(|it| less_place(it, shape)).collect();
    findings.sort();
    let rows = told["coverage"].as_array().into_iter().flatten();
    let rows: Vec<String> = rows.map(|row| less_place(row, shape)).collect();
    (rows.join("\n"), findings.join("\n"))
}

/// A part of a report without what tells its place, and without advice, which shows how the shape
/// writes it.
fn less_place(part: &Value, shape: &str) -> String {
    const PLACES: [&str; 5] = ["location", "address", "related", "fix", "help"];
    let mut part = part.clone();
    if let Some(part) = part.as_object_mut() {
        part.retain(|key, _| !PLACES.contains(&key.as_str()));
    }
    for decider in part["decided_by"].as_array_mut().into_iter().flatten() {
        decider["location"] = Value::Null;
    }
    let is_spelt = shape == "powershell" || shape.starts_with("plan") || shape == "state";
    if let Some(message) = part["message"].as_str() {
        let plain = message.to_lowercase().replace('_', "");
        part["message"] = json!(if is_spelt { plain.replace("groupids", "groups") } else { plain });
    }
    part.to_string()
}

proptest! {
    #[test]
    fn every_shape_of_one_policy_gets_the_same_verdicts_and_findings(rules in rules()) {
        let mut shapes = shapes(&rules).into_iter();
        let first = shapes.next().map(|(name, value)| said(name, &value));
        for (name, value) in shapes {
            let (rows, findings) = said(name, &value);
            let (first_rows, first_findings) = first.clone().unwrap_or_default();
            prop_assert_eq!(rows, first_rows, "{}", name);
            prop_assert_eq!(findings, first_findings, "{}", name);
        }
    }

    #[test]
    fn a_value_that_is_not_known_is_never_taken_for_another(
        rules in rules(), which in any::<prop::sample::Index>(), key in select(vec![
            "access", "direction", "priority", "protocol", "source_address_prefix",
            "destination_address_prefix", "destination_port_range",
        ]),
    ) {
        // Whatever it turns out to be, the verdict must have left room for it.
        let known = said("known", &plan_rules(&rules)).0;
        let mut plan = plan_rules(&rules);
        let at = 1 + which.index(rules.len());
        let resource = &mut plan["planned_values"]["root_module"]["resources"][at];
        if resource["values"][key].is_null() {
            return Ok(());
        }
        if let Some(values) = resource["values"].as_object_mut() {
            values.remove(key);
        }
        plan["resource_changes"][at]["change"]["after_unknown"][key] = json!(true);
        let unknown = said("unknown", &plan).0;
        for (known, unknown) in known.lines().zip(unknown.lines()) {
            let verdict = |row: &str| {
                let row: Value = serde_json::from_str(row).unwrap_or_default();
                row["verdict"].as_str().unwrap_or_default().to_owned()
            };
            let (known, unknown) = (verdict(known), verdict(unknown));
            prop_assert!(unknown == "unknown" || unknown == known, "{} {}", known, unknown);
        }
    }
}
