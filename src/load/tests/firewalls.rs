//! Firewalls, their policies, and route tables.

use super::*;
use crate::model::{
    AddressFault, ApplicationProtocolKind, CollectionKind, Ends, Estate, Field, FirewallAction,
    FirewallAddress, FirewallProtocol, FirewallRule, IntrusionMode, IpGroupRef, NextHop, PortFault,
    PortValue, Reference, RouteDestination, RuleBody, RuleCollection, Texts, ThreatMode, Tier,
};

fn known<T: Clone>(field: &Field<T>) -> T {
    field.known().unwrap().clone()
}

fn texts(list: &Texts) -> Vec<&str> {
    assert_eq!(list.unknown, []);
    list.items.iter().map(|it| it.value.as_str()).collect()
}

fn last(id: &str) -> &str {
    id.rsplit('/').next().unwrap()
}

/// One side of a rule: addresses, then IP groups by their names.
fn side(ends: &Ends) -> String {
    assert_eq!((&ends.unread, &ends.opaque[..]), (&None, &[][..]));
    let addresses = ends.addresses.iter().map(|it| match &it.value {
        FirewallAddress::Any => "*".to_owned(),
        FirewallAddress::Network(network) => network.to_string(),
        FirewallAddress::Range(low, high) => format!("{low}-{high}"),
        FirewallAddress::Tag(tag) => tag.to_string(),
        other => format!("{other:?}"),
    });
    let groups = ends.ip_groups.iter().map(|it| match it {
        IpGroupRef::To(id) => format!("@{}", last(&id.value)),
        IpGroupRef::Unknown(why) => format!("?{}", why.reason),
    });
    addresses.chain(groups).collect::<Vec<_>>().join(",")
}

fn ports(items: &[crate::model::PortItem]) -> String {
    let port = |it: &crate::model::PortItem| match &it.value {
        PortValue::Any => "*".to_owned(),
        PortValue::Range(low, high) if low == high => low.to_string(),
        PortValue::Range(low, high) => format!("{low}-{high}"),
        other => format!("{other:?}"),
    };
    items.iter().map(port).collect::<Vec<_>>().join(",")
}

/// What a rule says, in a line.
fn facts(rule: &FirewallRule) -> String {
    assert_eq!(rule.faults, []);
    let protocols = |list: &crate::model::Protocols| -> Vec<FirewallProtocol> {
        assert_eq!(list.unread, None);
        list.items.iter().map(known).collect()
    };
    let what = match &rule.body {
        RuleBody::Network(it) => format!(
            "{:?} to {} {:?} on {}",
            protocols(&it.protocols),
            side(&it.destination),
            texts(&it.fqdns),
            ports(&it.ports.items)
        ),
        RuleBody::Application(it) => {
            let protocols: Vec<(ApplicationProtocolKind, i64)> =
                it.protocols.iter().map(|it| (known(&it.kind), known(&it.port))).collect();
            format!(
                "{protocols:?} to {:?} {:?} {:?} {:?} [{}] {:?}",
                texts(&it.fqdns),
                texts(&it.fqdn_tags),
                texts(&it.urls),
                texts(&it.web_categories),
                side(&it.destination),
                it.terminates_tls.known(),
            )
        }
        RuleBody::Nat(it) => format!(
            "{:?} to {} on {} sent to {} on {}",
            protocols(&it.protocols),
            side(&it.destination),
            ports(&it.ports.items),
            known(&it.translated_address),
            known(&it.translated_port),
        ),
        RuleBody::Unread(why) => why.reason.to_string(),
    };
    format!("{}: from {}: {what}", rule.name.value, side(&rule.source))
}

fn collection(it: &RuleCollection) -> (&str, CollectionKind, i64, FirewallAction, Vec<String>) {
    assert_eq!((&it.unread, &it.faults[..], &it.condition), (&None, &[][..], &None));
    let rules = it.rules.iter().map(facts).collect();
    (&it.name.value, known(&it.kind), known(&it.priority), known(&it.action), rules)
}

/// The policy of `same-firewall`, less its places.
fn check_policy(estate: &Estate) {
    let [group] = estate.ip_groups.as_slice() else { panic!("{:?}", estate.ip_groups) };
    let addresses: Vec<String> =
        group.addresses.iter().map(|it| format!("{:?}", it.value)).collect();
    assert_eq!(
        (group.name.value.as_str(), addresses, &group.unread),
        (
            "ipg-clients",
            vec![
                "Network(V4(Ipv4Network { addr: 10.20.1.0, prefix: 24 }))".to_owned(),
                "Network(V4(Ipv4Network { addr: 10.20.4.7, prefix: 32 }))".to_owned(),
                "Range(10.30.0.4, 10.30.0.9)".to_owned(),
            ],
            &None
        )
    );
    let [policy] = estate.policies.as_slice() else { panic!("{:?}", estate.policies) };
    assert_eq!(policy.name.value, "fwp-hub");
    assert_eq!(policy.base.id().map(last), Some("fwp-base"));
    let settings = &policy.settings;
    assert_eq!(known(&settings.tier), Tier::Premium);
    assert_eq!(known(&settings.threat_intelligence), ThreatMode::Deny);
    assert_eq!(known(&settings.intrusion_detection), IntrusionMode::Alert);
    assert!(known(&settings.dns_proxy) && known(&settings.tls_inspection));
    assert_eq!((known(&settings.sql_redirect), known(&settings.explicit_proxy)), (false, true));
    let of_proxy = (known(&settings.explicit_http_port), known(&settings.explicit_https_port));
    assert_eq!(of_proxy, (8080, 8443));
    let ranges: Vec<_> = settings.private_ranges.iter().map(|it| &it.value).collect();
    assert!(
        matches!(ranges[..], [FirewallAddress::Tag(tag), FirewallAddress::Network(_)] if &**tag == "IANAPrivateRanges")
    );
    let mut groups: Vec<_> = estate.rule_collection_groups.iter().collect();
    groups.sort_by_key(|it| known(&it.priority));
    let [net, app] = groups.as_slice() else { panic!("{groups:?}") };
    for (group, name, priority) in [(net, "rcg-net", 300), (app, "rcg-app", 400)] {
        assert_eq!((group.name.value.as_str(), known(&group.priority)), (name, priority));
        assert_eq!(*group.policy, *policy.id);
        assert_eq!(*group.id, format!("{}/rulecollectiongroups/{name}", policy.id));
        assert_eq!((&group.unread, &group.condition), (&None, &None));
    }
    let collections: Vec<_> =
        groups.iter().flat_map(|it| &it.collections).map(collection).collect();
    let rules = [
        vec![
            "storage: from 10.20.0.0/16,10.21.0.0/16: [Tcp] to Storage.JapanEast [] on 443,8440-8450".to_owned(),
            "time: from @ipg-clients: [Udp, Any] to  [\"time.example\"] on 123".to_owned(),
        ],
        vec![
            "entra: from *: [(Https, 443), (Http, 80)] to [\"login.microsoftonline.com\", \"*.blob.core.windows.net\"] [] [] [\"SocialNetworking\"] [] Some(false)".to_owned(),
            "backup: from @ipg-clients: [(Https, 443)] to [] [\"AzureBackup\"] [\"www.example.com/path/*\"] [] [] Some(true)".to_owned(),
        ],
        vec!["ssh: from 198.51.100.7/32: [Tcp] to 203.0.113.9/32 on 2222 sent to 10.20.1.4 on 22".to_owned()],
    ];
    let [of_net, of_app, of_nat] = rules;
    assert_eq!(
        collections,
        [
            ("rc-net", CollectionKind::Filter, 200, FirewallAction::Allow, of_net),
            ("rc-app", CollectionKind::Filter, 300, FirewallAction::Deny, of_app),
            ("rc-nat", CollectionKind::Nat, 100, FirewallAction::Dnat, of_nat),
        ]
    );
    let source = &net.collections[0].rules[1].source.ip_groups;
    assert!(matches!(source.as_slice(), [IpGroupRef::To(id)] if id.value == *group.id));
    let [firewall] = estate.firewalls.as_slice() else { panic!("{:?}", estate.firewalls) };
    assert_eq!(firewall.policy.id(), Some(&*policy.id));
    check_place(firewall);
}

fn check_place(firewall: &crate::model::Firewall) {
    let addresses: Vec<String> = firewall.addresses.iter().map(|it| it.value.to_string()).collect();
    let subnets: Vec<&str> = firewall.subnets.iter().map(|it| last(&it.value)).collect();
    assert_eq!((addresses, subnets), (vec!["10.10.0.4".to_owned()], vec!["azurefirewallsubnet"]));
    assert_eq!((&firewall.unread, &firewall.faults[..]), (&None, &[][..]));
    assert_eq!(firewall.hub, Reference::None);
}

fn check_classic(estate: &Estate) {
    let [firewall] = estate.firewalls.as_slice() else { panic!("{:?}", estate.firewalls) };
    check_place(firewall);
    assert_eq!(firewall.policy, Reference::None);
    let settings = &firewall.settings;
    assert_eq!(known(&settings.tier), Tier::Standard);
    assert_eq!(known(&settings.threat_intelligence), ThreatMode::Alert);
    assert!(known(&settings.dns_proxy));
    assert_eq!(settings.private_ranges.len(), 2);
    let mut collections: Vec<_> = firewall.collections.iter().map(collection).collect();
    collections.sort_by_key(|it| it.2);
    let rules = [
        "ssh: from 198.51.100.7/32: [Tcp] to 203.0.113.9/32 on 2222 sent to 10.20.1.4 on 22",
        "ntp: from 10.20.0.0/16: [Udp] to * [] on 123",
        "backup: from 10.20.0.0/16: [(Https, 443), (Mssql, 1433)] to [] [\"AzureBackup\"] [] [] [] None",
    ];
    let [nat, net, app] = rules.map(|rule| vec![rule.to_owned()]);
    assert_eq!(
        collections,
        [
            ("nat", CollectionKind::Nat, 100, FirewallAction::Dnat, nat),
            ("net-core", CollectionKind::Network, 200, FirewallAction::Allow, net),
            ("app-core", CollectionKind::Application, 300, FirewallAction::Allow, app),
        ]
    );
}

fn check_routes(estate: &Estate) {
    let [table] = estate.route_tables.as_slice() else { panic!("{:?}", estate.route_tables) };
    assert_eq!((table.name.value.as_str(), &table.unread), ("rt-app", &None));
    assert!(known(&table.gateway_routes_off));
    let mut routes: Vec<_> = estate
        .table_routes
        .iter()
        .map(|route| {
            assert_eq!((&*route.table, &route.faults[..]), (&*table.id, &[][..]));
            let to = match &route.destination {
                RouteDestination::Network(network) => network.to_string(),
                RouteDestination::Tag(tag) => tag.to_string(),
                other => format!("{other:?}"),
            };
            let address = route.next_hop_address.known().map(ToString::to_string);
            (route.name.value.as_str(), to, known(&route.next_hop), address)
        })
        .collect();
    routes.sort();
    assert_eq!(
        routes,
        [
            ("blackhole", "203.0.113.0/24".to_owned(), NextHop::None, None),
            (
                "default",
                "0.0.0.0/0".to_owned(),
                NextHop::VirtualAppliance,
                Some("10.10.0.4".to_owned())
            ),
            ("inside", "10.20.0.0/16".to_owned(), NextHop::VnetLocal, None),
            ("monitor", "AzureMonitor".to_owned(), NextHop::Internet, None),
        ]
    );
}

type Check = fn(&Estate);

#[test]
fn every_shape_of_firewalls_and_route_tables_says_the_same() {
    let mut counts = [0; 3];
    for reader in READERS {
        for path in test_files(reader.name, "ok") {
            let file_name = path.file_name().unwrap().to_string_lossy().into_owned();
            let checks: [(&str, Check); 3] = [
                ("same-firewall", check_policy),
                ("same-classic-firewall", check_classic),
                ("same-route-table", check_routes),
            ];
            for ((start, check), count) in checks.into_iter().zip(&mut counts) {
                if file_name.starts_with(start) {
                    *count += 1;
                    println!("{}", path.display());
                    check(&read(&path).1.estate);
                }
            }
        }
    }
    assert_eq!(counts, [8, 7, 7]);
}

/// Faults as `property: kind`.
fn faults(list: &[crate::model::Fault]) -> Vec<String> {
    let kind = |fault: &crate::model::Fault| match &fault.kind {
        crate::model::FaultKind::DuplicateKey { .. } => format!("{} twice", fault.property),
        crate::model::FaultKind::WrongType { expected, found } => {
            format!("{} {expected} {found}", fault.property)
        }
    };
    list.iter().map(kind).collect()
}

const NO_NAME: &str = "the parameter `name` has no default value";

#[test]
fn nothing_odd_in_a_firewall_becomes_something_else() {
    let (_, loaded) = read(Path::new("testdata/arm-template/err/odd-firewall.json"));
    let estate = &loaded.estate;
    let [group, old] = estate.rule_collection_groups.as_slice() else { panic!() };
    assert_eq!(&*group.condition.as_ref().unwrap().text, "\"[parameters('deploy')]\"");
    assert!(matches!(&group.priority, Field::Invalid { text, .. } if &**text == "high"));
    assert_eq!(faults(&group.faults), ["ruleCollections an object a number"]);
    assert_eq!(&*group.unread.as_ref().unwrap().reason, "`ruleCollections` holds a number");
    let reason = &*old.unread.as_ref().unwrap().reason;
    assert!(reason.starts_with("it is in the form of an API version before 2020"), "{reason}");
    let [filter, typeless] = group.collections.as_slice() else { panic!() };
    assert!(matches!(&filter.action, Field::Invalid { text, .. } if &**text == "Allow"));
    assert_eq!(faults(&filter.faults), ["action an object a string", "rules an object a string"]);
    assert!(matches!(&typeless.action, Field::Invalid { text, .. } if &**text == "Permit"));
    assert_eq!((&typeless.kind, &typeless.priority), (&Field::Missing, &Field::Missing));
    let reason = &*typeless.unread.as_ref().unwrap().reason;
    assert_eq!(reason, "the parameter `ports` has no default value");
    let [odd, open, new, none, old, app] = filter.rules.as_slice() else { panic!() };
    check_odd(odd);
    let RuleBody::Network(network) = &open.body else { panic!() };
    assert_eq!(faults(&open.faults), ["ipProtocols an array a string"]);
    assert_eq!(network.protocols.items.len(), 1);
    assert_eq!(open.source.opaque[0].value, "DE");
    assert_eq!(&*network.ports.unread.as_ref().unwrap().reason, reason);
    assert!(network.ports.items.is_empty());
    let unread = |rule: &FirewallRule| {
        let RuleBody::Unread(why) = &rule.body else { panic!() };
        why.reason.to_string()
    };
    assert_eq!(unread(new), "`PacketRule` is no type of rules of firewall policies");
    assert_eq!(unread(none), "it does not say what it is: it has no `ruleType`");
    assert!(unread(old).starts_with("it is in the form of an API version before 2020"));
    let RuleBody::Application(body) = &app.body else { panic!() };
    assert!(matches!(&body.protocols[0].kind, Field::Invalid { text, .. } if &**text == "Ftp"));
    assert!(matches!(&body.protocols[1].port, Field::Unknown(why) if &*why.reason == NO_NAME));
    assert_eq!(&*body.protocols_unread.as_ref().unwrap().reason, "`protocols` holds a number");
    assert_eq!(body.fqdns.unknown[0].reason, NO_NAME.into());
    let names: Vec<&str> = body.fqdns.items.iter().map(|it| it.value.as_str()).collect();
    assert_eq!(names, ["a.example", "5"]);
    assert!(
        matches!(&body.terminates_tls, Field::Invalid { text, .. } if text.contains("perhaps"))
    );
    let values: Vec<_> = estate.ip_groups[0].addresses.iter().map(|it| &it.value).collect();
    assert!(matches!(
        values.as_slice(),
        [
            FirewallAddress::Invalid { fault: AddressFault::PrefixLength, .. },
            FirewallAddress::Invalid { fault: AddressFault::NotAnAddress, .. },
            FirewallAddress::Unknown(why)
        ] if &**why == NO_NAME
    ));
}

fn check_odd(odd: &FirewallRule) {
    let RuleBody::Network(network) = &odd.body else { panic!() };
    assert_eq!(
        faults(&odd.faults),
        ["destinationAddresses twice", "sourceIpGroups a string an object"]
    );
    let protocols = &network.protocols.items;
    assert_eq!(protocols[0].known(), Some(&FirewallProtocol::Tcp));
    assert!(matches!(&protocols[1], Field::Invalid { text, .. } if &**text == "GRE"));
    assert!(matches!(&protocols[2], Field::Unknown(why) if &*why.reason == NO_NAME));
    let sources: Vec<_> = odd.source.addresses.iter().map(|it| &it.value).collect();
    assert!(matches!(
        sources.as_slice(),
        [
            FirewallAddress::Range(low, high),
            FirewallAddress::Invalid { .. },
            FirewallAddress::Invalid { .. },
            FirewallAddress::Invalid { .. }
        ] if low > high
    ));
    let [known_in_part, wrong] = odd.source.ip_groups.as_slice() else { panic!() };
    assert!(
        matches!(known_in_part, IpGroupRef::To(id) if id.value.ends_with("/ipgroups/{parameters('name')}"))
    );
    assert!(matches!(wrong, IpGroupRef::Unknown(_)));
    // Of two equal keys the last counts.
    assert_eq!(side(&network.destination), "Sql");
    let ports: Vec<_> = network.ports.items.iter().map(|it| &it.value).collect();
    assert!(matches!(
        ports.as_slice(),
        [
            PortValue::Range(443, 443),
            PortValue::Invalid { fault: PortFault::Reversed, .. },
            PortValue::Invalid { fault: PortFault::TooLarge, .. },
            PortValue::Invalid { fault: PortFault::NotAPort, .. },
            PortValue::Unknown(why)
        ] if &**why == NO_NAME
    ));
}

#[test]
fn nothing_odd_in_a_route_table_becomes_something_else() {
    let (_, loaded) = read(Path::new("testdata/arm-template/err/odd-routes.json"));
    let [table, open] = loaded.estate.route_tables.as_slice() else { panic!() };
    assert!(matches!(table.gateway_routes_off, Field::Invalid { .. }));
    assert_eq!(faults(&table.faults), ["routes an object a string"]);
    assert_eq!(&*table.unread.as_ref().unwrap().reason, "a route is a string");
    let [a, b, c, made] = loaded.estate.table_routes.as_slice() else {
        panic!("{:?}", loaded.estate.table_routes)
    };
    assert!(matches!(a.destination, RouteDestination::Invalid { .. }));
    assert!(matches!(&a.next_hop, Field::Invalid { text, .. } if &**text == "VNetPeering"));
    assert!(matches!(b.destination, RouteDestination::Unknown(_)));
    assert!(matches!(b.next_hop, Field::Unknown(_)));
    assert!(matches!(b.next_hop_address, Field::Invalid { .. }));
    assert!(matches!(c.destination, RouteDestination::Invalid { .. }));
    assert_eq!(
        (c.next_hop.known(), faults(&c.faults)),
        (Some(&NextHop::VnetLocal), vec!["nextHopType twice".to_owned()])
    );
    // One is known of a list that may hold more.
    assert_eq!((made.name.value.as_str(), &*made.table), ("x", &*open.id));
    assert_eq!(&*open.unread.as_ref().unwrap().reason, "the parameter `more` has no default value");
}
