//! Packets decided one by one, with sets that are lists of prefixes, against what the program says.

use super::{
    Files, file,
    files::{id, network, nsg, peering, routes, subnet},
    traced,
};
use egresslint::finding::Verdict;
use ipnetwork::IpNetwork;
use proptest::prelude::{Strategy, prop};
use serde_json::{Value, json};
use std::net::IpAddr;

/// What is around the group.
#[derive(Clone, Debug)]
struct World {
    subnets: Vec<&'static str>,
    /// Peers with whether they are let in.
    peers: Vec<(&'static str, bool)>,
    routes: Vec<&'static str>,
    /// Allow, source, destination.
    rules: Vec<(bool, &'static str, &'static str)>,
}

/// What a side of a rule may name.
const SIDES: &[&str] =
    &["*", "VirtualNetwork", "Internet", "10.20.1.0/24", "10.30.0.0/17", "9.9.9.0/24"];

const OWN: &str = "10.20.0.0/16";

fn world() -> impl Strategy<Value = World> {
    let some = |of: &'static [&'static str], most: usize| {
        prop::sample::subsequence(of, 0..=most.min(of.len()))
    };
    let rule = (prop::bool::ANY, prop::sample::select(SIDES), prop::sample::select(SIDES));
    let subnets = some(&["10.20.1.0/24", "10.20.2.0/25", "10.20.3.0/28"], 3);
    let peers = some(&["10.30.0.0/16", "10.40.0.0/16", "9.9.8.0/23"], 3);
    (
        subnets.prop_filter("a subnet carries the group", |all| !all.is_empty()),
        peers.prop_flat_map(|peers| {
            let access = prop::collection::vec(prop::bool::ANY, peers.len());
            access.prop_map(move |access| peers.iter().copied().zip(access).collect())
        }),
        some(&["10.50.0.0/16", "9.0.0.0/8", "0.0.0.0/0"], 2),
        prop::collection::vec(rule, 0..5),
    )
        .prop_map(|(subnets, peers, routes, rules)| World { subnets, peers, routes, rules })
}

impl World {
    fn files(&self) -> Files {
        let rules = self.rules.iter().zip(1..).map(|((allow, source, destination), at)| {
            let access = if *allow { "Allow" } else { "Deny" };
            format!("{} {access} {source} {destination}", at * 100)
        });
        let rules: Vec<String> = rules.collect();
        let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
        let table = json!({ "id": id("routeTables", "rt") });
        let subnets = self.subnets.iter().zip(0..).map(|(prefix, at)| {
            let mut subnet = subnet("v", &format!("s{at}"), prefix, "n");
            if at == 0 && !self.routes.is_empty() {
                subnet["properties"]["routeTable"] = table.clone();
            }
            subnet
        });
        let subnets: Vec<Value> = subnets.collect();
        let peerings =
            self.peers.iter().zip(0..).map(|((_, access), at)| peering(&format!("p{at}"), *access));
        let mut all = vec![
            nsg("n", &rules),
            routes("rt", &self.routes),
            network("v", OWN, subnets, peerings.collect()),
        ];
        for ((prefix, _), at) in self.peers.iter().zip(0..) {
            all.push(network(&format!("p{at}"), prefix, Vec::new(), Vec::new()));
        }
        vec![file("all.json", &Value::Array(all))]
    }

    /// Whether the side holds the address; nothing where that is not known.
    fn holds(&self, side: &str, address: IpAddr) -> Option<bool> {
        let is_in = |prefix: &str| {
            prefix.parse::<IpNetwork>().is_ok_and(|network| network.contains(address))
        };
        let peers = || self.peers.iter().filter(|(_, access)| *access).map(|(prefix, _)| *prefix);
        let is_near = || is_in(OWN) || peers().any(is_in);
        match side {
            "*" => Some(true),
            "VirtualNetwork" if is_near() => Some(true),
            "VirtualNetwork" if self.routes.iter().any(|route| is_in(route)) => None,
            "VirtualNetwork" => Some(false),
            "Internet" => Some(!is_near() && !is_in("10.0.0.0/8")),
            prefix => Some(is_in(prefix)),
        }
    }

    /// Whether it may be let through, and whether it may be stopped.
    fn decide(&self, from: IpAddr, to: IpAddr) -> (bool, bool) {
        let built_in = [(true, "VirtualNetwork", "VirtualNetwork"), (true, "*", "Internet")];
        let (mut passes, mut stops) = (false, false);
        for (allow, source, destination) in self.rules.iter().copied().chain(built_in) {
            let matched = match (self.holds(source, from), self.holds(destination, to)) {
                (Some(false), _) | (_, Some(false)) => continue,
                (Some(true), Some(true)) => true,
                _ => false,
            };
            passes |= allow;
            stops |= !allow;
            if matched {
                return (passes, stops);
            }
        }
        (passes, true)
    }

    /// Machines of every subnet: at both ends and in the middle.
    fn machines(&self) -> impl Iterator<Item = IpAddr> {
        let ends = self.subnets.iter().filter_map(|prefix| prefix.parse::<IpNetwork>().ok());
        ends.flat_map(|network| match network {
            IpNetwork::V4(v4) => {
                let (low, high) = (u32::from(v4.network()), u32::from(v4.broadcast()));
                [low + 4, low + 7, high - 1].map(|it| IpAddr::from(it.to_be_bytes()))
            }
            IpNetwork::V6(v6) => [IpAddr::from(v6.ip()); 3],
        })
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(150))]
    #[test]
    fn every_packet_fares_as_prefixes_tell(
        world in world(),
        to in prop::sample::select(vec![
            "10.20.1.9", "10.20.200.1", "10.30.0.1", "10.30.200.1", "10.40.0.1", "10.50.0.1",
            "10.99.0.1", "9.9.9.9", "9.9.8.1", "9.1.1.1", "8.8.8.8",
        ]),
    ) {
        let files = world.files();
        let address: IpAddr = to.parse().unwrap();
        let mut all = (false, false);
        let mut is_open = false;
        for from in world.machines() {
            let (passes, stops) = world.decide(from, address);
            let expected = match (passes, stops) {
                (true, true) => Verdict::Unknown,
                (true, false) => Verdict::Allowed,
                _ => Verdict::Blocked,
            };
            is_open |= expected == Verdict::Unknown;
            all = (all.0 || expected == Verdict::Allowed, all.1 || expected == Verdict::Blocked);
            let found = traced(&files, Some(&from.to_string()), to).verdict;
            proptest::prop_assert_eq!(found, expected, "{} -> {}", from, to);
        }
        // The sets are cut so that the machines stand for all of their subnets.
        let expected = match (all, is_open) {
            ((true, true), _) => Verdict::Partial,
            (_, true) => Verdict::Unknown,
            ((true, false), false) => Verdict::Allowed,
            _ => Verdict::Blocked,
        };
        proptest::prop_assert_eq!(traced(&files, None, to).verdict, expected, "{}", to);
    }
}
