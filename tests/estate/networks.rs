//! What a group does where it is used.

use super::{
    Files, backup_of, file,
    files::{
        id, interface, network, nsg, of_template, peering, routes, subnet, subnet_id, template,
    },
    judged, traced, verdict,
};
use egresslint::finding::Verdict::{Allowed, Blocked, Partial, Unknown};
use serde_json::{Value, json};

const DENY_ALL: &str = "4000 Deny * *";

/// A group with a rule for one source, and a network with such subnets that carry it.
fn narrow(source: &str, subnets: &[&str]) -> Files {
    let rules = [&*format!("100 Allow {source} AzureBackup"), DENY_ALL];
    let subnets = subnets.iter().zip(1..);
    let subnets: Vec<Value> =
        subnets.map(|(prefix, at)| subnet("v", &format!("s{at}"), prefix, "n")).collect();
    vec![
        file("nsg.json", &nsg("n", &rules)),
        file("network.json", &network("v", "10.20.0.0/16", subnets, Vec::new())),
    ]
}

#[test]
fn machines_are_where_the_subnets_are_that_carry_the_group() {
    for (source, subnets, expected) in [
        ("10.20.1.0/24", vec!["10.20.1.0/24"], Allowed),
        ("10.20.1.0/24", vec!["10.20.2.0/24"], Blocked),
        ("10.20.1.0/25", vec!["10.20.1.0/24"], Partial),
        ("10.20.1.0/24", vec!["10.20.1.0/25", "10.20.1.128/25"], Allowed),
        ("10.20.1.0/24", vec!["10.20.1.0/24", "10.20.2.0/24"], Partial),
        ("VirtualNetwork", vec!["10.20.1.0/24", "10.20.2.0/24"], Allowed),
        // Nothing carries it, and so it is not known where it is used.
        ("10.20.1.0/24", vec![], Unknown),
    ] {
        assert_eq!(verdict(&narrow(source, &subnets), "n"), expected, "{source} {subnets:?}");
    }
}

#[test]
fn addresses_that_azure_keeps_are_no_machines() {
    let mut files = narrow("10.20.1.4/30", &["10.20.1.0/29"]);
    assert_eq!(verdict(&files, "n"), Allowed);
    files = narrow("10.20.1.0/30", &["10.20.1.0/29"]);
    assert_eq!(verdict(&files, "n"), Blocked);
}

#[test]
fn of_several_subnets_it_is_said_which_are_stopped() {
    let (verdict, reason) =
        backup_of(&narrow("10.20.1.0/24", &["10.20.1.0/24", "10.20.2.0/24"]), "n");
    assert_eq!(verdict, Partial);
    assert_eq!(reason, "from v/s2 all is stopped; from v/s1 nothing is");
}

#[test]
fn a_group_in_two_networks_is_judged_in_each() {
    let mut files = narrow("10.20.1.0/24", &["10.20.1.0/24"]);
    let other = subnet("w", "s", "10.30.1.0/24", "n");
    files.push(file("other.json", &network("w", "10.30.0.0/16", vec![other], Vec::new())));
    let (verdict, reason) = backup_of(&files, "n");
    assert_eq!(verdict, Partial);
    assert_eq!(reason, "from w/s: blocked; from v/s1: allowed");
}

#[test]
fn a_subnet_that_is_not_in_the_input_leaves_open_what_hangs_on_it() {
    let mut group = nsg("n", &["100 Allow 10.20.1.0/24 AzureBackup", DENY_ALL]);
    group["properties"]["subnets"] = json!([{ "id": subnet_id("elsewhere", "s") }]);
    let mut files = narrow("10.20.1.0/24", &["10.20.1.0/24"]);
    files[0] = file("nsg.json", &group);
    assert_eq!(verdict(&files, "n"), Unknown);
    group = nsg("n", &["100 Allow * AzureBackup", DENY_ALL]);
    group["properties"]["subnets"] = json!([{ "id": subnet_id("elsewhere", "s") }]);
    files[0] = file("nsg.json", &group);
    assert_eq!(verdict(&files, "n"), Allowed);
}

#[test]
fn an_interface_is_at_its_address_or_somewhere_in_its_subnet() {
    let of = |configuration: Value| {
        let mut files = narrow("10.20.1.4/32", &[]);
        let subnets = vec![subnet("v", "s", "10.20.1.0/24", "")];
        files[1] = file("network.json", &network("v", "10.20.0.0/16", subnets, Vec::new()));
        let nic = interface("nic", &subnet_id("v", "s"), configuration, "n");
        files.push(file("nic.json", &nic));
        verdict(&files, "n")
    };
    assert_eq!(of(json!({ "privateIPAddress": "10.20.1.4" })), Allowed);
    assert_eq!(of(json!({ "privateIPAddress": "10.20.1.5" })), Blocked);
    assert_eq!(of(json!({})), Unknown);
}

/// The fixtures of the semantics: vnet-a, its hub, and what hangs on them.
fn hub_and_spoke(rules: &[&str], peerings: Vec<Value>) -> Files {
    let app = subnet("vnet-a", "snet-app", "10.20.1.0/24", "nsg-app");
    let spoke = network("vnet-a", "10.20.0.0/16", vec![app], peerings);
    let hub = network("vnet-hub", "10.10.0.0/16", Vec::new(), Vec::new());
    vec![
        file("nsg.json", &nsg("nsg-app", rules)),
        file("networks.json", &Value::Array(vec![spoke, hub])),
    ]
}

#[test]
fn virtual_network_holds_the_network_and_its_peers_and_no_others() {
    // NSG-052, NSG-054
    let files = hub_and_spoke(&[], vec![peering("vnet-hub", true)]);
    for (to, expected) in [
        ("10.20.2.4", Allowed),
        ("10.10.1.4", Allowed),
        ("10.99.0.9", Blocked),
        ("9.9.9.9", Allowed),
    ] {
        assert_eq!(traced(&files, None, to).verdict, expected, "{to}");
    }
    for peerings in [Vec::new(), vec![peering("vnet-hub", false)]] {
        let files = hub_and_spoke(&[], peerings);
        assert_eq!(traced(&files, None, "10.10.1.4").verdict, Blocked);
        assert_eq!(traced(&files, Some("10.20.1.4"), "10.20.2.4").verdict, Allowed);
    }
}

#[test]
fn what_may_be_in_virtual_network_leaves_flows_open() {
    // A peer that is not here, one that is not connected, and a template, to which others may add.
    let unknown = hub_and_spoke(&[], vec![peering("vnet-x", true)]);
    assert_eq!(traced(&unknown, None, "10.99.0.9").verdict, Unknown);
    let mut loose = peering("vnet-hub", true);
    loose["properties"]["peeringState"] = json!("Disconnected");
    assert_eq!(traced(&hub_and_spoke(&[], vec![loose]), None, "10.10.1.4").verdict, Unknown);
    // One of some subnets only, one in a state that nobody can read, one that cannot be told.
    let mut some = peering("vnet-hub", true);
    some["properties"]["peerCompleteVnets"] = json!(false);
    assert_eq!(traced(&hub_and_spoke(&[], vec![some]), None, "10.10.1.4").verdict, Unknown);
    let mut odd = peering("vnet-hub", true);
    odd["properties"]["peeringState"] = json!(["Connected"]);
    assert_eq!(traced(&hub_and_spoke(&[], vec![odd]), None, "10.10.1.4").verdict, Unknown);
    let mut nameless = peering("vnet-hub", true);
    nameless["name"] = json!(null);
    if let Some(members) = nameless.as_object_mut() {
        members.retain(|key, _| key == "properties");
    }
    assert_eq!(traced(&hub_and_spoke(&[], vec![nameless]), None, "10.10.1.4").verdict, Unknown);
    let app = subnet("vnet-a", "snet-app", "10.20.1.0/24", "nsg-app");
    let resources = [nsg("nsg-app", &[]), network("vnet-a", "10.20.0.0/16", vec![app], Vec::new())];
    let template = vec![file("t.json", &template(resources.iter().map(of_template).collect()))];
    let traced_there = traced(&template, None, "10.99.0.9");
    assert_eq!(traced_there.verdict, Unknown);
    assert_eq!(
        traced_there.reason.as_deref(),
        Some(
            "rule `AllowVnetOutBound`: `VirtualNetwork` may hold more than this network: other \
             templates may add peerings and subnets to the network"
        )
    );
    assert_eq!(traced(&template, None, "10.20.2.4").verdict, Allowed);
    assert_eq!(traced(&template, None, "9.9.9.9").verdict, Allowed);
}

#[test]
fn a_peering_of_a_template_holds_where_the_other_network_has_one_back() {
    let new = |remote: &str| {
        let mut peering = peering(remote, true);
        if let Some(members) = peering["properties"].as_object_mut() {
            members.remove("peeringState");
        }
        peering
    };
    let files = |back: Vec<Value>| {
        let app = subnet("vnet-a", "snet-app", "10.20.1.0/24", "nsg-app");
        let resources = [
            nsg("nsg-app", &[]),
            network("vnet-a", "10.20.0.0/16", vec![app], vec![new("vnet-hub")]),
            network("vnet-hub", "10.10.0.0/16", Vec::new(), back),
        ];
        vec![file("t.json", &template(resources.iter().map(of_template).collect()))]
    };
    assert_eq!(traced(&files(vec![new("vnet-a")]), None, "10.10.1.4").verdict, Allowed);
    for back in [Vec::new(), vec![new("vnet-b")]] {
        let alone = traced(&files(back), None, "10.10.1.4");
        assert_eq!(alone.verdict, Unknown);
        let reason = alone.reason.unwrap_or_default();
        assert!(reason.contains("the one back from the other network"), "{reason}");
    }
}

#[test]
fn an_export_of_a_peering_tells_the_address_space_of_the_other_end() {
    let mut known = peering("vnet-x", true);
    known["properties"]["remoteAddressSpace"] = json!({ "addressPrefixes": ["10.99.0.0/16"] });
    let files = hub_and_spoke(&[], vec![known]);
    assert_eq!(traced(&files, None, "10.99.0.9").verdict, Allowed);
    assert_eq!(traced(&files, None, "10.98.0.9").verdict, Blocked);
}

/// A group that lets the network through and stops the rest.
fn routed(tables: &[Value], subnet_more: &Value, name: &str) -> Files {
    let mut app = subnet("v", name, "10.20.1.0/24", "");
    if let Some(more) = subnet_more.as_object() {
        for (key, value) in more {
            app["properties"][key] = value.clone();
        }
    }
    let own = subnet("v", "s", "10.20.2.0/24", "n");
    let others = tables.iter().cloned().chain([nsg("other", &[])]);
    let rules = ["100 Allow VirtualNetwork VirtualNetwork", DENY_ALL];
    vec![
        file("nsg.json", &nsg("n", &rules)),
        file("v.json", &network("v", "10.20.0.0/16", vec![own, app], Vec::new())),
        file("routes.json", &others.collect()),
    ]
}

#[test]
fn routes_and_gateways_may_widen_virtual_network_to_public_addresses() {
    // NSG-053
    let table = json!({ "routeTable": { "id": id("routeTables", "rt") } });
    for (tables, more, name, expected) in [
        (vec![], json!({}), "t", Blocked),
        (vec![routes("rt", &["10.0.0.0/8"])], table.clone(), "t", Blocked),
        (vec![routes("rt", &["0.0.0.0/0"])], table.clone(), "t", Unknown),
        (vec![routes("rt", &["AzureBackup"])], table.clone(), "t", Unknown),
        (vec![], table, "t", Unknown),
        (vec![routes("rt", &["0.0.0.0/0"])], json!({}), "t", Blocked),
        (vec![], json!({}), "GatewaySubnet", Unknown),
    ] {
        let (verdict, reason) = backup_of(&routed(&tables, &more, name), "n");
        assert_eq!(verdict, expected, "{tables:?} {name} {reason}");
        assert_eq!(reason.contains("`VirtualNetwork` may hold more"), verdict == Unknown);
    }
}

#[test]
fn internet_begins_where_the_network_and_its_peers_end() {
    // NSG-055: the network has public addresses of its own.
    let files = |prefix: &str| {
        let own = subnet("v", "s", prefix, "n");
        vec![
            file("nsg.json", &nsg("n", &["100 Deny * Internet"])),
            file("v.json", &network("v", prefix, vec![own], Vec::new())),
        ]
    };
    assert_eq!(traced(&files("203.0.0.0/16"), None, "203.0.113.9").verdict, Allowed);
    assert_eq!(traced(&files("10.0.0.0/16"), None, "203.0.113.9").verdict, Blocked);
}

#[test]
fn who_carries_a_group_is_told() {
    let report = judged(&narrow("10.20.1.0/24", &["10.20.1.0/24"]));
    assert!(report.coverage.iter().all(|row| *row.attached_to == ["v/s1".to_owned()]));
    assert!(!report.coverage.is_empty());
}

#[test]
fn machines_in_an_application_security_group_are_those_whose_interfaces_say_so() {
    // NSG-048
    let asg = |name: &str| id("applicationSecurityGroups", name);
    let mut group = nsg("n", &["100 Allow * *", DENY_ALL]);
    let rule = &mut group["properties"]["securityRules"][0]["properties"];
    rule["sourceApplicationSecurityGroups"] = json!([{ "id": asg("app") }]);
    rule["sourceAddressPrefix"].take();
    let machine = |name: &str, address: &str, of: &str| {
        let configuration = json!({ "privateIPAddress": address,
            "applicationSecurityGroups": [{ "id": asg(of) }] });
        interface(name, &subnet_id("v", "s"), configuration, "")
    };
    let files = vec![
        file("nsg.json", &group),
        file(
            "network.json",
            &network("v", "10.20.0.0/16", vec![subnet("v", "s", "10.20.1.0/24", "n")], vec![]),
        ),
        file(
            "nics.json",
            &json!([machine("a", "10.20.1.4", "APP"), machine("b", "10.20.1.5", "db")]),
        ),
    ];
    for (from, expected) in [("10.20.1.4", Allowed), ("10.20.1.5", Blocked), ("10.20.1.6", Unknown)]
    {
        assert_eq!(traced(&files, Some(from), "9.9.9.9").verdict, expected, "{from}");
    }
}

#[test]
fn subnets_and_peerings_below_their_network_in_a_template_are_its_own() {
    let part = |kind: &str, mut part: Value| {
        part["type"] = json!(kind);
        if let Some(members) = part.as_object_mut() {
            members.remove("id");
        }
        if let Some(members) = part["properties"].as_object_mut() {
            members.remove("peeringState");
        }
        part
    };
    let with = |name: &str, prefix: &str, remote: &str, subnets: Vec<Value>| {
        let mut network = of_template(&network(name, prefix, Vec::new(), Vec::new()));
        let peering = part("virtualNetworkPeerings", of_template(&peering(remote, true)));
        let subnets = subnets.iter().map(|it| part("subnets", of_template(it)));
        network["resources"] = Value::Array(subnets.chain([peering]).collect());
        network
    };
    let app = subnet("vnet-a", "snet-app", "10.20.1.0/24", "nsg-app");
    let rules = ["100 Allow 10.20.1.0/24 9.9.9.0/24", "200 Deny * Internet"];
    let resources = vec![
        of_template(&nsg("nsg-app", &rules)),
        with("vnet-a", "10.20.0.0/16", "vnet-hub", vec![app]),
        with("vnet-hub", "10.10.0.0/16", "vnet-a", Vec::new()),
    ];
    let files = vec![file("t.json", &template(resources))];
    assert_eq!(traced(&files, None, "9.9.9.9").verdict, Allowed);
    assert_eq!(traced(&files, None, "10.10.1.4").verdict, Allowed);
}
