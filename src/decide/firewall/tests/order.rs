//! FW-003, FW-010 to FW-015: which rule comes first.

use super::{super::Pass, *};
use crate::model::Condition;
use Verdict::{Allowed, Blocked, Unknown as Open};

fn any_net(name: &str, port: &str) -> FirewallRule {
    net(&format!("{name} | * | * | {port} | tcp"))
}

#[test]
fn fw_011_and_013_the_type_is_the_outermost_loop() {
    let mut estate = estate(Vec::new());
    let hosts = app("bad | * | Https:443 | x.example");
    estate.rule_collection_groups = vec![
        group("p", "a", 100, vec![deny(100, vec![hosts])]),
        group("p", "b", 900, vec![allow(900, vec![any_net("open", "443")])]),
    ];
    check(&estate, "tcp 10.20.1.4 -> 9.9.9.9:443 x.example", Allowed, "open");
}

#[test]
fn fw_004_and_012_numbers_then_the_order_of_the_file() {
    let rules = vec![net("r1 | 10.20.0.0/16 | * | 22 | tcp"), any_net("r2", "22")];
    let estate = estate(vec![allow(200, rules.clone()), deny(100, rules)]);
    check(&estate, "tcp 10.20.1.4 -> 9.9.9.9:22", Blocked, "r1");
    check(&estate, "tcp 10.21.1.4 -> 9.9.9.9:22", Blocked, "r2");
}

fn family() -> Estate {
    let mut estate = estate(Vec::new());
    estate.policies = vec![policy("p", Some("base")), policy("base", None)];
    estate.rule_collection_groups = vec![
        group("p", "child", 100, vec![allow(100, vec![any_net("child", "22 443")])]),
        group(
            "base",
            "parent",
            65_000,
            vec![
                deny(65_000, vec![any_net("parent", "22")]),
                deny(64_000, vec![app("names | * | Https:443 | *.example")]),
            ],
        ),
    ];
    estate
}

#[test]
fn fw_014_the_parent_comes_first_in_each_pass() {
    check(&family(), "tcp 10.20.1.4 -> 9.9.9.9:22", Blocked, "parent");
    check(&family(), "tcp 10.20.1.4 -> 9.9.9.9:443 a.example", Allowed, "child");
}

#[test]
fn fw_015_the_documented_example_of_ten_steps() {
    let mut estate = estate(Vec::new());
    estate.policies = vec![policy("p", Some("base")), policy("base", None)];
    let one = |name: &str, priority, kind: &str| {
        let (rule, action) = match kind {
            "net" => (any_net(name, "1"), FirewallAction::Allow),
            "app" => (app(&format!("{name} | * | Https:443 | *")), FirewallAction::Allow),
            _ => {
                let RuleBody::Network(body) = any_net(name, "1").body else { panic!() };
                let nat = RuleBody::Nat(crate::model::NatRule {
                    protocols: body.protocols,
                    destination: body.destination,
                    ports: body.ports,
                    translated_address: Field::Missing,
                    translated_fqdn: None,
                    translated_port: Field::Missing,
                });
                (rule(name, "*", nat), FirewallAction::Dnat)
            }
        };
        collection(name, priority, action, vec![rule])
    };
    estate.rule_collection_groups = vec![
        group(
            "p",
            "ChildRCG2",
            650,
            vec![one("ChNetRC2", 1100, "net"), one("ChDNATRC3", 3000, "nat")],
        ),
        group(
            "p",
            "ChildRCG1",
            300,
            vec![one("ChNetRC1", 700, "net"), one("ChAppRC1", 900, "app")],
        ),
        group(
            "base",
            "BaseRCG2",
            300,
            vec![one("AppRC2", 2000, "app"), one("NetworkRC2", 1000, "net")],
        ),
        group(
            "base",
            "BaseRCG1",
            200,
            vec![
                one("DNATRC1", 600, "nat"),
                one("DNATRC3", 610, "nat"),
                one("NetworkRC1", 800, "net"),
            ],
        ),
    ];
    let view = view(&estate);
    let names: Vec<&str> = view.entries.iter().map(super::super::FirewallEntry::name).collect();
    let wanted = [
        "DNATRC1",
        "DNATRC3",
        "ChDNATRC3",
        "NetworkRC1",
        "NetworkRC2",
        "ChNetRC1",
        "ChNetRC2",
        "AppRC2",
        "ChAppRC1",
        "the infrastructure rules",
        "the default deny",
    ];
    assert_eq!(names, wanted);
    assert!(view.entries.is_sorted_by_key(|it| it.pass));
    assert_eq!(view.entries[3].path(), [Some(200), Some(800)]);
    assert_eq!(view.entries[0].pass, Pass::Dnat);
}

#[test]
fn fw_003_a_policy_puts_classic_rules_aside() {
    let mut estate = estate(vec![deny(100, vec![any_net("no", "22")])]);
    let mut left = allow(100, vec![any_net("left", "22 23")]);
    left.kind = known(CollectionKind::Network);
    estate.firewalls[0].collections = vec![left];
    check(&estate, "tcp 10.20.1.4 -> 9.9.9.9:22", Blocked, "no");
    check(&estate, "tcp 10.20.1.4 -> 9.9.9.9:23", Blocked, "the default deny");
    estate.firewalls[0].policy = Reference::None;
    check(&estate, "tcp 10.20.1.4 -> 9.9.9.9:22", Allowed, "left");
}

#[test]
fn missing_policies_bases_and_groups_leave_it_open() {
    let flow = "tcp 10.20.1.4 -> 9.9.9.9:22";
    let mut estate = family();
    estate.policies.remove(1);
    check(&estate, flow, Open, "child");
    let (_, entries) = ask(&estate, flow);
    assert_eq!(entries, ["rules that are not in the input", "child"]);
    estate.policies[0].base = Reference::To(at(id("firewallpolicies", "p")));
    check(&estate, flow, Open, "child");
    estate.policies.clear();
    check(&estate, flow, Open, "the default deny");

    let mut estate = family();
    estate.policies[0].listed_groups =
        vec![at(format!("{}/rulecollectiongroups/other", id("firewallpolicies", "p")))];
    // The parent comes first, whatever the child lists.
    check(&estate, flow, Blocked, "parent");
    check(&estate, "tcp 10.20.1.4 -> 9.9.9.9:443", Open, "child");
    estate.policies[0].listed_groups =
        vec![at(format!("{}/rulecollectiongroups/child", id("firewallpolicies", "p")))];
    check(&estate, "tcp 10.20.1.4 -> 9.9.9.9:443", Allowed, "child");
}

#[test]
fn numbers_actions_and_conditions_that_are_not_known() {
    let flow = "tcp 10.20.1.4 -> 9.9.9.9:22";
    let rules = |name: &str| vec![any_net(name, "22")];
    let with = |change: &dyn Fn(&mut RuleCollection)| {
        let mut first = deny(100, rules("first"));
        change(&mut first);
        estate(vec![first, allow(200, rules("second"))])
    };
    check(&with(&|_| {}), flow, Blocked, "first");
    check(&with(&|it| it.priority = Field::Unknown(unknown("x"))), flow, Open, "second");
    check(&with(&|it| it.action = Field::Unknown(unknown("x"))), flow, Open, "second");
    check(&with(&|it| it.priority = known(99)), flow, Open, "second");
    check(&with(&|it| it.priority = known(200)), flow, Open, "");
    let condition = Condition { text: "x".into(), why: None, span: HERE };
    check(&with(&|it| it.condition = Some(condition.clone())), flow, Open, "second");
    // FW-006
    let mixed = |it: &mut RuleCollection| it.rules.push(app("a | * | Https:443 | x.example"));
    check(&with(&mixed), flow, Open, "second");
    check(&with(&|it| it.unread = Some(unknown("x"))), flow, Blocked, "first");
    // What a deny may hold besides changes nothing where the end of the list denies, too.
    let other = "tcp 10.20.1.4 -> 9.9.9.9:23";
    check(&with(&|it| it.unread = Some(unknown("x"))), other, Blocked, "the default deny");
    let open = |it: &mut RuleCollection| {
        it.action = known(FirewallAction::Allow);
        it.unread = Some(unknown("x"));
    };
    check(&with(&open), other, Open, "the default deny");
    // Two groups of one number: which comes first is not known.
    let mut two = estate(vec![deny(100, rules("first"))]);
    two.rule_collection_groups.push(group("p", "h", 200, vec![allow(150, rules("other"))]));
    check(&two, flow, Open, "");
}

#[test]
fn a_policy_by_itself_is_asked_only_where_nothing_uses_it() {
    let mut estate = family();
    let names = |estate: &Estate| -> Vec<String> {
        FirewallView::subjects(estate).iter().map(|it| it.name().to_owned()).collect()
    };
    assert_eq!(names(&estate), ["fw"]);
    estate.firewalls.clear();
    assert_eq!(names(&estate), ["p"]);
    estate.policies[0].base = Reference::None;
    assert_eq!(names(&estate), ["p", "base"]);
}
