//! Small estates in shorthand, and what becomes of flows on their paths.

mod cases;
mod random;
mod slow;

use crate::{
    decide::{
        Endpoint, FlowQuery, PathTraced, Paths, Surroundings,
        tests::shorthand::{self, SPAN},
    },
    model::{
        Direction, EndpointPolicies, Estate, Field, NetworkInterface, NextHop, Nsg, Peering,
        Prefixes, PrivateEndpoint, Protocol, Read, Reference, Route, RouteDestination, RouteTable,
        Routes, Subnet, VirtualNetwork,
    },
    source::Spanned,
};

/// The id that such a resource has.
fn id(kind: &str, name: &str) -> String {
    format!("/subscriptions/0000/resourcegroups/rg/providers/microsoft.network/{kind}/{name}")
}

fn subnet_id(name: &str) -> String {
    let (network, subnet) = name.split_once('/').unwrap();
    format!("{}/subnets/{subnet}", id("virtualnetworks", network))
}

fn spanned(text: &str) -> Spanned<String> {
    Spanned::new(text.to_owned(), SPAN)
}

fn known<T>(value: T) -> Field<T> {
    Field::Known(Read { value, span: SPAN, spelt: None })
}

fn to(id: String) -> Reference {
    Reference::To(Spanned::new(id, SPAN))
}

fn prefixes(texts: &str) -> Prefixes {
    let items = texts.split(',').map(|text| Spanned::new(text.parse().unwrap(), SPAN));
    Prefixes { items: items.collect(), unknown: None }
}

/// An estate from lines such as `subnet a/app 10.20.1.0/24 nsg=n rt=r`.
fn estate(text: &str) -> Estate {
    let mut estate = Estate::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["net", name, space] => estate.networks.push(network(name, space)),
            ["subnet", name, prefix, more @ ..] => estate.subnets.push(subnet(name, prefix, more)),
            ["peer", from, to] => {
                estate.peerings.push(peering(from, to));
                estate.peerings.push(peering(to, from));
            }
            ["table", name, more @ ..] => estate.route_tables.push(table(name, more)),
            ["route", table, destination, hop, address @ ..] => {
                estate.table_routes.push(route(table, destination, hop, address.first().copied()));
            }
            ["nsg", name, rule @ ..] => group(&mut estate, name, &rule.join(" ")),
            ["nic", name, subnet, address, more @ ..] => {
                estate.interfaces.push(interface(name, subnet, address, more));
            }
            ["endpoint", name, subnet, address] => {
                estate.private_endpoints.push(endpoint(name, subnet, address));
            }
            other => panic!("no line: {other:?}"),
        }
    }
    for table in &estate.route_tables {
        let of_table = estate.table_routes.iter().filter(|route| route.table == table.id);
        let items = of_table.filter_map(|route| match route.destination {
            RouteDestination::Network(network) => Some(Spanned::new(network, SPAN)),
            _ => None,
        });
        let prefixes = Prefixes { items: items.collect(), unknown: None };
        estate.routes.push(Routes { table: table.id.clone(), span: SPAN, prefixes });
    }
    estate
}

fn network(name: &str, space: &str) -> VirtualNetwork {
    VirtualNetwork {
        name: spanned(name),
        id: id("virtualnetworks", name).into(),
        span: SPAN,
        prefixes: prefixes(space),
        unread: None,
        location: Some(spanned("westeurope")),
        condition: None,
    }
}

fn value<'w>(words: &[&'w str], key: &str) -> Option<&'w str> {
    words.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
}

fn carried(words: &[&str]) -> Reference {
    value(words, "nsg").map_or(Reference::None, |name| to(id("networksecuritygroups", name)))
}

fn subnet(name: &str, prefix: &str, words: &[&str]) -> Subnet {
    let (network, own) = name.split_once('/').unwrap();
    let policies = value(words, "policies").map_or(Field::Missing, |word| {
        known(match word {
            "on" => EndpointPolicies::Enabled,
            "groups" => EndpointPolicies::Groups,
            "routes" => EndpointPolicies::Routes,
            _ => EndpointPolicies::Disabled,
        })
    });
    Subnet {
        name: spanned(own),
        id: subnet_id(name).into(),
        network: id("virtualnetworks", network).into(),
        span: SPAN,
        prefixes: prefixes(prefix),
        group: carried(words),
        routes: value(words, "rt").map_or(Reference::None, |name| to(id("routetables", name))),
        endpoints: value(words, "service").map(spanned).into_iter().collect(),
        nat_gateway: value(words, "nat")
            .map_or(Reference::None, |name| to(id("natgateways", name))),
        default_outbound: value(words, "out").map_or(Field::Missing, |word| known(word == "true")),
        endpoint_policies: policies,
        condition: None,
    }
}

fn peering(from: &str, remote: &str) -> Peering {
    Peering {
        name: spanned(&format!("to-{remote}")),
        network: id("virtualnetworks", from).into(),
        span: SPAN,
        remote: to(id("virtualnetworks", remote)),
        prefixes: Prefixes::default(),
        access: known(true),
        uses_remote_gateways: known(false),
        state: Some(spanned("Connected")),
        condition: None,
    }
}

fn table(name: &str, words: &[&str]) -> RouteTable {
    RouteTable {
        name: spanned(name),
        id: id("routetables", name).into(),
        span: SPAN,
        gateway_routes_off: known(value(words, "bgp") == Some("off")),
        peering_routes_off: Field::Missing,
        subnets: Vec::new(),
        unread: None,
        condition: None,
        faults: Vec::new(),
    }
}

fn route(table: &str, destination: &str, hop: &str, address: Option<&str>) -> Route {
    let hop = match hop {
        "appliance" => NextHop::VirtualAppliance,
        "internet" => NextHop::Internet,
        "local" => NextHop::VnetLocal,
        "gateway" => NextHop::VirtualNetworkGateway,
        "none" => NextHop::None,
        other => panic!("no hop: {other}"),
    };
    Route {
        name: spanned(&format!("r-{destination}")),
        table: id("routetables", table).into(),
        span: SPAN,
        iteration: None,
        destination: destination
            .parse()
            .map_or_else(|_| RouteDestination::Tag(destination.into()), RouteDestination::Network),
        destination_span: SPAN,
        next_hop: known(hop),
        next_hop_address: address.map_or(Field::Missing, |it| known(it.parse().unwrap())),
        overrides_gateway_routes: Field::Missing,
        condition: None,
        faults: Vec::new(),
    }
}

fn group(estate: &mut Estate, name: &str, rule: &str) {
    let key: Box<str> = id("networksecuritygroups", name).into();
    let rules: Vec<&str> = if rule.is_empty() { Vec::new() } else { vec![rule] };
    match estate.nsgs.iter_mut().find(|nsg| nsg.key == key) {
        Some(nsg) => nsg.rules.extend(rules.iter().map(|text| shorthand::rule(text))),
        None => estate.nsgs.push(Nsg { name: spanned(name), key, ..shorthand::nsg(&rules) }),
    }
}

fn interface(name: &str, subnet: &str, address: &str, words: &[&str]) -> NetworkInterface {
    let public = value(words, "public");
    NetworkInterface {
        name: spanned(name),
        id: id("networkinterfaces", name).into(),
        groups: Vec::new(),
        groups_known: true,
        subnets: vec![subnet_id(subnet).into()],
        group: carried(words),
        addresses: vec![Spanned::new(address.parse().unwrap(), SPAN)],
        public_address: public.map_or(Reference::None, |name| to(id("publicipaddresses", name))),
        pools: Vec::new(),
        span: SPAN,
    }
}

fn endpoint(name: &str, subnet: &str, address: &str) -> PrivateEndpoint {
    PrivateEndpoint {
        name: spanned(name),
        id: id("privateendpoints", name).into(),
        span: SPAN,
        subnet: to(subnet_id(subnet)),
        addresses: vec![Spanned::new(address.parse().unwrap(), SPAN)],
        services: Vec::new(),
        condition: None,
    }
}

/// One flow over TCP.
fn flow(from: &str, to: &str, port: u16) -> FlowQuery {
    let end = |text: &str| match (text, text.parse(), text.parse()) {
        ("*", ..) => Endpoint::AnyPrivate,
        (_, Ok(address), _) => Endpoint::Address(address),
        (_, _, Ok(network)) => Endpoint::Network(network),
        _ => Endpoint::Tag(text.to_owned()),
    };
    FlowQuery {
        direction: Direction::Outbound,
        source: end(from),
        source_port: None,
        destination: end(to),
        port: Some(port),
        protocol: Protocol::Tcp,
    }
}

/// What becomes of a flow from the start of that name.
fn traced(estate: &Estate, start: &str, query: &FlowQuery) -> PathTraced {
    let surroundings = Surroundings::new(estate);
    let paths = Paths::new(&surroundings, shorthand::lexicon().tags, None);
    let start = paths.everything().find(|it| it.name() == start).unwrap();
    paths.path(start, None).trace(query).unwrap()
}
