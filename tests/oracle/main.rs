//! The engine against a slow and obvious evaluator: one packet, one rule after the other, strings
//! and bits, no sets. What both are given is random, from a small world in which rules overlap.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on has failed"
)]

mod changes;
mod model;
mod slow;
mod world;

use egresslint::{
    decide::{
        Asked, Endpoint, FlowQuery, Ground, Idle, Lexicon, NsgPolicy, Placement, Rows, Sources,
        Tried,
    },
    model::{Direction, Protocol},
    profiles::{self, Cloud},
    source::FileId,
    space::{Axis, Cube, Point, Ranges},
    verdict::Verdict,
};
use slow::{Fate, Maybe, Meaning, Packet};
use std::{collections::BTreeMap, net::IpAddr, sync::Arc};
use world::{Dice, Rule, World};

/// Pairs of a group and a packet that each of the four tests looks at, at least.
const PAIRS: usize = 250_000;

/// A group, as the engine and as the slow evaluator see it.
struct Given<'a> {
    policy: &'a NsgPolicy<'a>,
    direction: Direction,
    /// The rules in the order in which Azure tries them.
    order: &'a [Rule],
    names: &'a [&'a str],
}

/// Runs `test` on random groups until it has seen enough packets; it says how many it saw.
fn on_random_groups(seed: u64, mut test: impl FnMut(&mut Dice, &Given<'_>) -> usize) {
    let world = World::new();
    let none = BTreeMap::new();
    let mut dice = Dice::new(seed);
    let mut seen = 0;
    while seen < PAIRS {
        let rules = World::rules(&mut dice);
        let nsg = World::nsg(&rules);
        let lexicon = Lexicon { tags: &world.tags, expanded: &none, foreign: false, around: None };
        let policy = NsgPolicy::new(&nsg, lexicon);
        for direction in [Direction::Inbound, Direction::Outbound] {
            let order = slow::ordered(&rules, direction);
            let entries = policy.way(direction).entries.iter();
            let names: Vec<&str> = entries.map(|entry| entry.rule.name()).collect();
            let given = Given { policy: &policy, direction, order: &order, names: &names };
            seen += test(&mut dice, &given);
        }
    }
}

#[test]
fn a_trace_of_one_packet_tries_the_rules_one_by_one() {
    on_random_groups(1, |dice, given| {
        let Given { policy, direction, order, names } = *given;
        for _ in 0..20 {
            let packet = World::packet(dice, direction);
            let with_ports = packet.port != 0;
            let query = FlowQuery {
                direction,
                source: Endpoint::Address(packet.source),
                source_port: with_ports.then_some(packet.source_port),
                destination: Endpoint::Address(packet.destination),
                port: with_ports.then_some(packet.port),
                protocol: packet.protocol,
            };
            let traced = policy.trace(&query).unwrap();
            let fate = slow::fate(order, &packet, &Meaning::Judged);
            let context = || format!("{packet:?}\n{order:#?}\n{traced:?}\n{fate:?}");
            assert_eq!(traced.verdict, expected([&fate]), "{}", context());
            assert_eq!(traced.reason.is_some(), traced.verdict == Verdict::Unknown);
            match traced.decider {
                Some(at) => assert_eq!(names[at], order[fate.perhaps[0]].name, "{}", context()),
                None => assert_eq!(traced.verdict, Verdict::Unknown, "{}", context()),
            }
            let last = traced.steps.last().map(|step| step.entry);
            assert_eq!(last, fate.perhaps.last().copied(), "{}", context());
            for step in &traced.steps {
                let tried = match &step.tried {
                    Tried::No(_) => Maybe::No,
                    Tried::Whole => Maybe::Yes,
                    Tried::Perhaps(_) => Maybe::Perhaps,
                    Tried::Part => panic!("a part of one packet"),
                };
                let matches = order[step.entry].matches(&packet, &Meaning::Judged);
                assert_eq!(tried, matches, "{} in {}", step.entry, context());
            }
        }
        20
    });
}

#[test]
fn the_verdict_on_a_piece_is_that_on_its_packets() {
    on_random_groups(2, |dice, given| {
        let packets = World::pieces(dice, given.direction, 3);
        if packets[0].source.is_ipv6() {
            judge_piece::<u128>(given, &packets);
        } else {
            judge_piece::<u32>(given, &packets);
        }
        packets.len()
    });
}

fn judge_piece<V: Rows>(given: &Given<'_>, packets: &[Packet]) {
    let Given { policy, direction, order, names } = *given;
    let set = |number: &dyn Fn(&Packet) -> V| -> Arc<Ranges<V>> {
        Arc::new(packets.iter().map(|packet| (number(packet), number(packet))).collect())
    };
    let piece = Cube::new([
        set(&|packet| V::integer(packet.source).unwrap()),
        set(&|packet| V::from(packet.source_port)),
        set(&|packet| V::integer(packet.destination).unwrap()),
        set(&|packet| V::from(packet.port)),
        set(&|packet| V::from(slow::number(packet.protocol))),
    ]);
    let fates: Vec<Fate> =
        packets.iter().map(|packet| slow::fate(order, packet, &Meaning::Judged)).collect();
    let decision = policy.judge(direction, &piece, Sources::Exactly);
    let context = || format!("{packets:?}\n{order:#?}\n{decision:?}");
    assert_eq!(decision.verdict, expected(&fates), "{}", context());

    let mut deciders: Vec<usize> = fates.iter().flat_map(|fate| fate.perhaps.clone()).collect();
    deciders.sort_unstable();
    deciders.dedup();
    let mine: Vec<&str> = decision.deciders.iter().map(|&at| names[at]).collect();
    let theirs: Vec<&str> = deciders.iter().map(|&at| order[at].name.as_str()).collect();
    assert_eq!(mine, theirs, "{}", context());

    match &decision.stopped {
        None => assert!(fates.iter().all(|fate| !fate.deny), "{}", context()),
        Some((point, entry)) => {
            let packet = packet(point);
            assert!(packets.contains(&packet), "{}", context());
            let fate = slow::fate(order, &packet, &Meaning::Judged);
            assert!(fate.perhaps.contains(entry) && fate.deny, "{}", context());
            assert_ne!(order[*entry].access, Some(true), "{}", context());
        }
    }

    // Where the machines are only somewhere in the sources, every source has to agree.
    let mut sources: BTreeMap<IpAddr, Vec<&Fate>> = BTreeMap::new();
    for (packet, fate) in packets.iter().zip(&fates) {
        sources.entry(packet.source).or_default().push(fate);
    }
    let mut verdicts: Vec<Verdict> =
        sources.values().map(|fates| expected(fates.iter().copied())).collect();
    verdicts.dedup();
    let wanted = if let [one] = verdicts.as_slice() { *one } else { Verdict::Unknown };
    let somewhere = policy.judge(direction, &piece, Sources::SomeOf);
    assert_eq!(somewhere.verdict, wanted, "{somewhere:?}\n{}", context());
}

/// What a verdict has to be, given what may become of each packet.
fn expected<'a>(fates: impl IntoIterator<Item = &'a Fate>) -> Verdict {
    let fates: Vec<&Fate> = fates.into_iter().collect();
    if fates.iter().all(|fate| !fate.deny) {
        Verdict::Allowed
    } else if fates.iter().all(|fate| !fate.allow) {
        Verdict::Blocked
    } else if fates.iter().any(|fate| !fate.deny) && fates.iter().any(|fate| !fate.allow) {
        Verdict::Partial
    } else {
        Verdict::Unknown
    }
}

fn packet<V: Rows>(point: &Point<V>) -> Packet {
    let number = |axis: Axis| -> u16 {
        let value: u128 = point.at(axis).into();
        u16::try_from(value).unwrap()
    };
    Packet {
        source: point.at(Axis::Source).address(),
        source_port: number(Axis::SourcePort),
        destination: point.at(Axis::Destination).address(),
        port: number(Axis::DestinationPort),
        protocol: match number(Axis::Protocol) {
            1 => Protocol::Icmp,
            6 => Protocol::Tcp,
            17 => Protocol::Udp,
            50 => Protocol::Esp,
            51 => Protocol::Ah,
            other => panic!("nobody asked about protocol {other}"),
        },
    }
}

#[test]
fn a_rule_called_idle_can_go_whatever_the_unknown_sets_are() {
    let mut found = [0_usize; 2];
    on_random_groups(3, |dice, given| {
        let Given { policy, direction, order, .. } = *given;
        let mut seen = 0;
        for idle in policy.idle(direction) {
            let mut without = order.to_vec();
            without.remove(idle.entry);
            found[usize::from(matches!(idle.idle, Idle::Repeated { .. }))] += 1;
            for _ in 0..40 {
                let meaning = Meaning::random(dice);
                let packet = World::packet(dice, direction);
                // Without IPv6 in a group its networks are taken for IPv4.
                if packet.source.is_ipv6() && !policy.names_ipv6() {
                    continue;
                }
                let with = slow::fate(order, &packet, &meaning);
                let less = slow::fate(&without, &packet, &meaning);
                let context = || format!("{idle:?}\n{packet:?}\n{meaning:?}\n{order:#?}");
                assert_eq!(expected([&with]), expected([&less]), "{}", context());
                match &idle.idle {
                    Idle::Covered { by } => {
                        assert!(!with.perhaps.contains(&idle.entry), "{}", context());
                        assert!(by.iter().all(|&at| at < idle.entry), "{}", context());
                    }
                    Idle::Repeated { by } => {
                        assert!(by.iter().all(|&at| at > idle.entry), "{}", context());
                    }
                    Idle::Undecided => panic!("{}", context()),
                }
                seen += 1;
            }
        }
        seen
    });
    assert!(found.iter().all(|&count| count > 100), "the world is too tame: {found:?}");
}

const REQUIRED: &str = r#"
name = "random"
title = "what random groups are asked for"
[[require]]
id = "storage"
tags = ["Storage"]
ports = [443]
protocol = "tcp"
severity = "error"
source = "a document"
as_of = "2026-01-01"
"#;

#[test]
fn a_proposed_rule_lets_the_endpoint_through() {
    let profile = profiles::read(FileId(0), REQUIRED).unwrap();
    let requirement = &profile.requirements[0];
    let asked = Asked { profile: "random", requirement, named: true };
    let ground = Ground { cloud: Cloud::Public, region: None };
    let mut found = [0_usize; 3];
    on_random_groups(5, |_, given| {
        if given.direction == Direction::Inbound {
            return 0;
        }
        let judged = given.policy.require(asked, ground).unwrap();
        let placement = given.policy.proposals(&[&judged]).remove(0).placement;
        let mut rules = given.order.to_vec();
        rules.retain(|rule| !rule.built_in());
        let priority = match placement {
            _ if judged.verdict == Verdict::Allowed => return 1,
            Placement::Free(numbers) => {
                found[0] += 1;
                numbers[0]
            }
            Placement::Renumber { priorities, moves } => {
                found[1] += 1;
                for (at, to) in moves {
                    rules[at].priority = Some(to);
                }
                priorities[0]
            }
            Placement::Nowhere => {
                found[2] += 1;
                return 1;
            }
        };
        rules.push(Rule::allow_storage(priority));
        let nsg = World::nsg(&rules);
        let policy = NsgPolicy::new(&nsg, given.policy.lexicon());
        let again = policy.require(asked, ground).unwrap();
        assert_eq!(again.verdict, Verdict::Allowed, "{priority} in {:#?}", given.order);
        // A test of a few thousand groups is enough here.
        100
    });
    assert!(found.iter().all(|&count| count > 20), "the world is too tame: {found:?}");
}

#[test]
fn a_rule_that_never_decides_is_called_idle() {
    on_random_groups(4, |_, given| {
        let Given { policy, direction, order, .. } = *given;
        // Completeness is promised where every rule is certain.
        if order.len() < 5 || order.iter().any(|rule| !rule.is_certain()) || policy.names_ipv6() {
            return 0;
        }
        let packets = World::every_packet();
        let mut alive = vec![false; order.len()];
        for packet in &packets {
            for at in slow::fate(order, packet, &Meaning::Symbols).perhaps {
                alive[at] = true;
            }
        }
        let idle = policy.idle(direction);
        for (at, rule) in order.iter().enumerate() {
            if rule.built_in() || rule.is_empty() {
                continue;
            }
            let covered = |idle: &egresslint::decide::IdleRule| {
                idle.entry == at && matches!(idle.idle, Idle::Covered { .. })
            };
            assert_eq!(idle.iter().any(covered), !alive[at], "{rule:#?}\n{order:#?}");
        }
        packets.len()
    });
}
