//! What is answered when the work that a group may make runs out.

use super::shorthand::{nsg, policy};
use crate::{
    decide::{Budget, Decision, Doubt, Endpoint, Family as _, FlowQuery, Sources},
    model::{Direction, Nsg, Protocol},
    space::{Cube, Ranges},
    verdict::Verdict,
};
use std::sync::Arc;

/// Rules that overlap in every field, so that each question takes a search.
fn crowded(count: u32) -> Nsg {
    let rule = |at: u32| {
        let access = if at.is_multiple_of(3) { "Deny" } else { "Allow" };
        let (source, port) = (at * 37 % 64, at * 911 % 60_000);
        let part = at * 53 % 200;
        format!(
            "{} Out {access} Tcp 10.{source}.0.0/10:{port}-{} -> {part}.0.0.0/2:{}-{}",
            100 + at,
            port + 5_000,
            at * 17 % 400,
            at * 17 % 400 + 100
        )
    };
    let rules: Vec<String> = (0..count).map(rule).collect();
    nsg(&rules.iter().map(String::as_str).collect::<Vec<_>>())
}

fn piece(port: u32) -> Cube<u32> {
    let fixed = u32::fixed();
    Cube::new([
        Arc::clone(&fixed.private),
        Arc::clone(&fixed.ephemeral),
        Arc::clone(&fixed.internet),
        Arc::new(Ranges::single(port)),
        Arc::clone(&fixed.tcp),
    ])
}

#[test]
fn less_work_gives_the_same_answer_or_none() {
    let mut given_up = 0;
    let mut answered = 0;
    for count in [5, 40, 80] {
        let nsg = crowded(count);
        let policy = policy(&nsg);
        for sources in [Sources::Exactly, Sources::SomeOf] {
            for port in [80, 443] {
                let piece = piece(port);
                let judge = |budget: &Budget| -> Decision<u32> {
                    policy.judge_within(budget, Direction::Outbound, &piece, sources)
                };
                let whole = judge(&Budget::default());
                assert!(!whole.doubts.contains(&Doubt::Budget));
                for nodes in [0, 3, 10, 30, 100, 300, 1_000, 10_000] {
                    let less = judge(&Budget::of(nodes, nodes));
                    if less.doubts.contains(&Doubt::Budget) {
                        assert_eq!(less.verdict, Verdict::Unknown);
                        given_up += 1;
                    } else {
                        assert_eq!(less.verdict, whole.verdict, "{count} rules, {nodes} nodes");
                        answered += 1;
                    }
                    assert!(less.deciders.iter().all(|decider| whole.deciders.contains(decider)));
                }
            }
        }
    }
    assert!(given_up > 10 && answered > 10, "{given_up} and {answered}");
}

#[test]
fn questions_to_one_group_share_its_budget() {
    let nsg = crowded(80);
    let policy = policy(&nsg);
    let budget = Budget::of(200, 200);
    let verdicts: Vec<Verdict> = (0..50)
        .map(|_| {
            policy.judge_within(&budget, Direction::Outbound, &piece(443), Sources::Exactly).verdict
        })
        .collect();
    assert_ne!(verdicts[0], Verdict::Unknown);
    assert_eq!(verdicts[49], Verdict::Unknown);
}

#[test]
fn a_flow_is_traced_the_same_however_many_came_before() {
    let nsg = crowded(80);
    let policy = policy(&nsg);
    let query = FlowQuery {
        direction: Direction::Outbound,
        source: Endpoint::AnyPrivate,
        source_port: None,
        destination: Endpoint::Network("0.0.0.0/1".parse().unwrap()),
        port: Some(443),
        protocol: Protocol::Tcp,
    };
    let first = policy.trace(&query);
    // As if others had used up all there is.
    policy.budget().for_verdicts(|nodes| *nodes = 0);
    assert_eq!(policy.trace(&query), first);
}
