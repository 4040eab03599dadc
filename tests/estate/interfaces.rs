//! Interfaces with several addresses, in several files, and networks that share addresses.

use super::{
    Files, file,
    files::{interface, network, nsg, peering, subnet, subnet_id},
    traced,
};
use egresslint::finding::Verdict::{Blocked, Partial, Unknown};
use serde_json::{Value, json};

/// The address space of the network is all that the machine reaches; 192.168.5.5 is not in it.
fn lone(interfaces: &[Value]) -> Files {
    let subnets = vec![subnet("v", "s", "10.20.1.0/24", "")];
    let mut files = vec![
        file("nsg.json", &nsg("n", &[])),
        file("network.json", &network("v", "10.20.0.0/16", subnets, Vec::new())),
    ];
    for (at, interface) in interfaces.iter().enumerate() {
        files.push(file(&format!("nic-{at}.json"), interface));
    }
    files
}

fn nic() -> Value {
    interface("nic", &subnet_id("v", "s"), json!({ "privateIPAddress": "10.20.1.4" }), "n")
}

#[test]
fn an_interface_with_two_addresses_is_in_one_network() {
    let mut two = nic();
    let list = &mut two["properties"]["ipConfigurations"];
    let mut second = list[0].clone();
    second["properties"]["privateIPAddress"] = json!("10.20.1.5");
    if let Some(list) = list.as_array_mut() {
        list.push(second);
    }
    for files in [lone(&[nic()]), lone(&[two])] {
        assert_eq!(traced(&files, Some("10.20.1.4"), "192.168.5.5").verdict, Blocked);
    }
}

#[test]
fn an_interface_that_stands_in_two_files_is_one() {
    let files = lone(&[nic(), nic()]);
    assert_eq!(traced(&files, Some("10.20.1.4"), "192.168.5.5").verdict, Blocked);
}

#[test]
fn an_address_that_two_networks_have_may_be_in_either() {
    let with = |name: &str, peerings: Vec<Value>| {
        let subnets = vec![subnet(name, "s", "10.20.1.0/24", "n")];
        file(&format!("{name}.json"), &network(name, "10.20.0.0/16", subnets, peerings))
    };
    for (alone, peered) in [("va", "vb"), ("vz", "vb")] {
        let files = vec![
            file("nsg.json", &nsg("n", &[])),
            with(alone, Vec::new()),
            with(peered, vec![peering("hub", true)]),
            file("hub.json", &network("hub", "10.30.0.0/16", Vec::new(), Vec::new())),
        ];
        assert_eq!(traced(&files, Some("10.20.1.4"), "10.30.0.5").verdict, Partial);
    }
}

#[test]
fn of_what_the_input_places_differently_only_that_is_sure_which_holds_anywhere() {
    let mut other = nic();
    other["properties"]["ipConfigurations"][0]["properties"]["privateIPAddress"] =
        json!("10.20.1.9");
    let mut files = lone(&[nic(), other]);
    let found = traced(&files, Some("10.20.1.4"), "192.168.5.5");
    assert_eq!(found.verdict, Unknown);
    let reason = found.reason.unwrap_or_default();
    assert!(reason.contains("the input places it differently"), "{reason}");
    files[0] = file("nsg.json", &nsg("n", &["100 Deny * *"]));
    assert_eq!(traced(&files, Some("10.20.1.4"), "192.168.5.5").verdict, Blocked);
}

#[test]
fn an_interface_in_two_subnets_is_in_the_network_of_both() {
    let with = |second: &str| {
        let mut two = interface("nic", &subnet_id("v", "s"), json!({}), "n");
        let list = &mut two["properties"]["ipConfigurations"];
        let mut more = list[0].clone();
        more["properties"]["subnet"]["id"] = json!(second);
        if let Some(list) = list.as_array_mut() {
            list.push(more);
        }
        let subnets = ["s", "t"].map(|name| subnet("v", name, "10.20.1.0/24", "")).to_vec();
        let network = network("v", "10.20.0.0/16", subnets, Vec::new());
        vec![
            file("nsg.json", &nsg("n", &[])),
            file("network.json", &network),
            file("nic.json", &two),
        ]
    };
    let traced = |files| traced(&files, Some("10.20.1.4"), "192.168.5.5").verdict;
    assert_eq!(traced(with(&subnet_id("v", "t"))), Blocked);
    assert_eq!(traced(with(&subnet_id("w", "t"))), Unknown);
}

#[test]
fn past_so_many_networks_only_that_is_sure_which_holds_anywhere() {
    let with = |rules: &[&str], count: usize| {
        let networks = (0..count).map(|at| {
            let name = format!("v{at}");
            let subnets = vec![subnet(&name, "s", "10.20.1.0/24", "n")];
            network(&name, "10.20.0.0/16", subnets, Vec::new())
        });
        let networks = Value::Array(networks.collect());
        vec![file("nsg.json", &nsg("n", rules)), file("networks.json", &networks)]
    };
    let traced = |files| traced(&files, Some("10.20.1.4"), "192.168.5.5");
    assert_eq!(traced(with(&[], 256)).verdict, Blocked);
    let past = traced(with(&[], 257));
    assert_eq!(past.verdict, Unknown);
    assert!(past.reason.unwrap_or_default().contains("more places than are told apart"));
    assert_eq!(traced(with(&["100 Deny * *"], 257)).verdict, Blocked);
}
