//! What rules match: FW-018 to FW-071.

use super::{super::FirewallTried, *};
use crate::{
    decide::{Endpoint, FlowQuery},
    model::{Direction, Protocol},
};
use Verdict::{Allowed, Blocked, Unknown as Open};

fn allows(rule: FirewallRule) -> Estate {
    estate(vec![allow(200, vec![rule])])
}

#[test]
fn network_rules_by_address_port_and_protocol() {
    let one = allows(net("r | 10.20.1.0/24 | 10.30.0.4-10.30.0.9 | 1000-2000 | tcp"));
    check(&one, "tcp 10.20.1.4 -> 10.30.0.9:2000", Allowed, "r");
    for other in [
        "10.20.2.4 -> 10.30.0.9:2000",
        "10.20.1.4 -> 10.30.0.10:2000",
        "10.20.1.4 -> 10.30.0.9:999",
    ] {
        check(&one, &format!("tcp {other}"), Blocked, "the default deny");
    }
    check(&one, "udp 10.20.1.4 -> 10.30.0.9:2000", Blocked, "the default deny");
    // FW-031
    let some = allows(net("r | * | * | 443 | any"));
    check(&some, "udp 10.20.1.4 -> 9.9.9.9:443", Allowed, "r");
    check(&some, "icmp 10.20.1.4 -> 9.9.9.9", Blocked, "the default deny");
    let all = allows(net("r | * | * | * | any"));
    check(&all, "esp 10.20.1.4 -> 9.9.9.9", Allowed, "r");
    check(&allows(net("r | * | * | * | icmp")), "icmp 10.20.1.4 -> 10.30.0.1", Allowed, "r");
    check(&allows(net("r | * | * | 80 | icmp")), "icmp 10.20.1.4 -> 10.30.0.1", Open, "");
    // FW-030: with tags as destinations (FW-033), FW-034
    let tags = allows(net("r | * | Storage 198.51.100.7 | 443 | tcp"));
    check(&tags, "tcp 10.20.1.4 -> 13.69.40.20:443", Allowed, "r");
    check(&tags, "tcp 10.20.1.4 -> 198.51.100.7:443", Allowed, "r");
    check(&tags, "tcp 10.20.1.4 -> 9.9.9.9:443", Blocked, "the default deny");
}

#[test]
fn tags_that_firewalls_do_not_take_and_unknown_values() {
    for rule in [
        "r | AzureCloud | * | 443 | tcp",
        "r | * | Internet | 443 | tcp",
        "r | * | VirtualNetwork | 443 | tcp",
        "r | * | Storag | 443 | tcp",
        "r | * | ?parameter | 443 | tcp",
        "r | ?parameter | * | 443 | tcp",
        "r | * | geo:DE | 443 | tcp",
        "r | group:missing | * | 443 | tcp",
        "r | - | * | 443 | tcp",
        "r | * | - | 443 | tcp",
        "r | * | * | 443 | ",
        "r | * | * | | tcp",
        "r | * | - | 443 | tcp | time.example",
    ] {
        check(&allows(net(rule)), "tcp 10.20.1.4 -> 9.9.9.9:443", Open, "the default deny");
    }
}

#[test]
fn ip_groups() {
    let one = allows(net("r | group:spoke | group:spoke | 443 | tcp"));
    check(&one, "tcp 10.20.1.4 -> 10.30.0.9:443", Allowed, "r");
    check(&one, "tcp 10.20.1.4 -> 10.30.0.10:443", Blocked, "the default deny");
    // FW-035
    let both = allows(net("r | 10.40.0.0/16 group:spoke | * | 443 | tcp"));
    check(&both, "tcp 10.40.1.4 -> 9.9.9.9:443", Allowed, "r");
    check(&both, "tcp 10.30.0.4 -> 9.9.9.9:443", Allowed, "r");
    // FW-071
    let skipped = estate(vec![
        deny(100, vec![net("no | group:empty | * | 443 | tcp")]),
        allow(200, vec![net("yes | * | * | 443 | tcp")]),
    ]);
    check(&skipped, "tcp 10.20.1.4 -> 9.9.9.9:443", Allowed, "yes");
    let half = allows(net("r | group:empty 10.20.0.0/16 | * | 443 | tcp"));
    check(&half, "tcp 10.20.1.4 -> 9.9.9.9:443", Open, "the default deny");
    let mut open = allows(net("r | group:empty | * | 443 | tcp"));
    open.ip_groups[1].unread = Some(unknown("x"));
    check(&open, "tcp 10.20.1.4 -> 9.9.9.9:443", Open, "the default deny");
    let rule = app("a | group:spoke | Https:443 | x.example");
    check(&allows(rule), "tcp 10.20.1.4 -> 9.9.9.9:443 x.example", Allowed, "a");
}

#[test]
fn fw_018_to_020_and_053_application_rules_see_declared_ports_only() {
    let one = allows(app("a | * | Https:443 Http:8080 | host.example"));
    check(&one, "tcp 10.20.1.4 -> 9.9.9.9:443 host.example", Allowed, "a");
    check(&one, "tcp 10.20.1.4 -> 9.9.9.9:443 HOST.example", Allowed, "a");
    check(&one, "tcp 10.20.1.4 -> 9.9.9.9:8080 host.example", Allowed, "a");
    for stopped in [
        "tcp 10.20.1.4 -> 9.9.9.9:22",
        "udp 10.20.1.4 -> 9.9.9.9:443",
        "tcp 10.20.1.4 -> 9.9.9.9:8443",
    ] {
        check(&one, &format!("{stopped} host.example"), Blocked, "the default deny");
    }
    // What has no name, or one that is not known, hangs on it.
    check(&one, "tcp 10.20.1.4 -> 9.9.9.9:443", Open, "the default deny");
    check(&one, "tcp 10.20.1.4 -> 9.9.9.9:22", Blocked, "the default deny");
    let wide = allows(app("a | * | Https:8443 | host.example"));
    check(&wide, "tcp 10.20.1.4 -> 9.9.9.9:8443 host.example", Allowed, "a");
    let sql = allows(app("a | * | Mssql:1433 | db.example"));
    check(&sql, "tcp 10.20.1.4 -> 9.9.9.9:1433 db.example", Allowed, "a");
    check(
        &allows(app("a | * | Http:443 | x.example")),
        "tcp 10.20.1.4 -> 9.9.9.9:443 x.example",
        Blocked,
        "",
    );
}

#[test]
fn fw_060_wildcards_stand_at_the_left() {
    for (pattern, inside, outside) in [
        ("www.contoso.com", "www.contoso.com", "contoso.com"),
        ("*.contoso.com", "a.b.contoso.com", "contoso.com"),
        ("*contoso.com", "evilcontoso.com", "contoso.com.evil"),
    ] {
        let rule = allows(app(&format!("a | * | Https:443 | {pattern}")));
        check(&rule, &format!("tcp 10.20.1.4 -> 9.9.9.9:443 {inside}"), Allowed, "a");
        check(&rule, &format!("tcp 10.20.1.4 -> 9.9.9.9:443 {outside}"), Blocked, "");
    }
    check(
        &allows(app("a | * | Https:443 | *")),
        "tcp 10.20.1.4 -> 9.9.9.9:443 x.example",
        Allowed,
        "a",
    );
    let refused = allows(app("a | * | Https:443 | www.contoso.*"));
    check(&refused, "tcp 10.20.1.4 -> 9.9.9.9:443 www.contoso.com", Open, "");
    check(&refused, "tcp 10.20.1.4 -> 9.9.9.9:443 x.example", Blocked, "");
}

#[test]
fn what_nobody_publishes_leaves_it_open() {
    let flow = "tcp 10.20.1.4 -> 9.9.9.9:443 x.example";
    for rule in [
        "a | * | Https:443 | | WindowsUpdate",
        "a | * | Https:443 | | | x.example/path/*",
        "a | * | Https:443 | | | | SocialNetworking",
        "a | * | Https:443 | x.example | | | | 10.0.0.0/8",
        "a | * | | x.example",
        "a | * | Https:443 |",
    ] {
        check(&allows(app(rule)), flow, Open, "");
    }
    // A URL is about its own host; `*` as destination says nothing.
    check(&allows(app("a | * | Https:443 | | | other.example/path")), flow, Blocked, "");
    check(&allows(app("a | * | Https:443 | x.example | | | | *")), flow, Allowed, "a");
    // A deny that may hold the name.
    let denied = estate(vec![
        deny(100, vec![app("no | * | Https:443 | | | | Gambling")]),
        allow(200, vec![app("yes | * | Https:443 | x.example")]),
    ]);
    check(&denied, flow, Open, "yes");
}

#[test]
fn fw_050_platform_names_may_pass_unless_something_stops_them() {
    let none = estate(Vec::new());
    check(&none, "tcp 10.20.1.4 -> 9.9.9.9:443 x.blob.core.windows.net", Open, "the default deny");
    check(&none, "tcp 10.20.1.4 -> 9.9.9.9:443 x.example", Blocked, "the default deny");
    check(&none, "tcp 10.20.1.4 -> 9.9.9.9:8443 x.blob.core.windows.net", Blocked, "");
    let all = estate(vec![deny(65_000, vec![app("no | * | Http:80 Https:443 | *")])]);
    check(&all, "tcp 10.20.1.4 -> 9.9.9.9:443 x.blob.core.windows.net", Blocked, "no");
}

#[test]
fn fw_038_and_039_names_in_network_rules() {
    let mut one = allows(net("r | * | - | 443 | tcp | time.example"));
    let flow = "tcp 10.20.1.4 -> 9.9.9.9:443 time.example";
    check(&one, flow, Open, "");
    one.policies[0].settings.dns_proxy = known(true);
    check(&one, flow, Allowed, "r");
    // Another name may have the same address.
    check(&one, "tcp 10.20.1.4 -> 9.9.9.9:443 other.example", Open, "");
    check(&one, "tcp 10.20.1.4 -> 9.9.9.9:80 time.example", Blocked, "");
}

fn traced(
    estate: &Estate,
    source: Endpoint,
    port: u16,
    name: Option<&str>,
) -> (Verdict, Vec<String>) {
    let view = view(estate);
    let query = FlowQuery {
        direction: Direction::Outbound,
        source,
        source_port: None,
        destination: Endpoint::Address("13.69.40.20".parse().unwrap()),
        port: Some(port),
        protocol: Protocol::Tcp,
    };
    let traced = view.trace(&query, name);
    let steps = traced.steps.iter().map(|step| {
        let mark = if traced.decider == Some(step.entry) { "> " } else { "" };
        let word = match step.tried {
            FirewallTried::No(_) => "no",
            FirewallTried::Whole => "all",
            FirewallTried::Part => "part",
            FirewallTried::Perhaps(_) => "perhaps",
        };
        format!("{mark}{} {word}", view.entries[step.entry].name())
    });
    (traced.verdict, steps.collect())
}

#[test]
fn a_trace_tries_rules_up_to_the_one_that_decides() {
    let one = estate(vec![
        allow(
            100,
            vec![
                net("r1 | * | Storage | 8443 | tcp"),
                net("r2 | 10.20.0.0/16 | Storage | 443 | tcp"),
            ],
        ),
        deny(200, vec![app("a1 | * | Https:443 | | | | Gambling")]),
        allow(300, vec![app("a2 | * | Https:443 | *.x.test")]),
    ]);
    let at = |text: &str| Endpoint::Address(text.parse().unwrap());
    let (verdict, steps) = traced(&one, at("10.20.1.4"), 443, None);
    assert_eq!((verdict, steps), (Allowed, vec!["r1 no".to_owned(), "> r2 all".to_owned()]));
    let (verdict, steps) = traced(&one, at("10.30.1.4"), 8080, None);
    assert_eq!(verdict, Blocked);
    assert_eq!(steps, ["r1 no", "r2 no", "a1 no", "a2 no", "> the default deny all"]);
    let (verdict, steps) = traced(&one, at("10.30.1.4"), 443, Some("a.x.test"));
    // The category may hold it.
    assert_eq!(verdict, Open);
    assert_eq!(steps, ["r1 no", "r2 no", "a1 perhaps", "a2 all"]);
    // From anywhere: for the sources that its rules name.
    let (verdict, _) = traced(&one, Endpoint::AnyPrivate, 443, None);
    assert_eq!(verdict, Allowed);
}
