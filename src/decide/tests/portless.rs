//! Flows of any protocol: those without ports are asked about, too.

use super::shorthand::{nsg, policy};
use crate::{
    decide::{Endpoint, FlowQuery, Traced, Tried},
    model::{Direction, Field, Nsg, Protocol, Unknown},
    verdict::Verdict,
};

fn traced(group: &Nsg, protocol: Protocol) -> Traced {
    let query = FlowQuery {
        direction: Direction::Outbound,
        source: Endpoint::Address("10.20.1.4".parse().unwrap()),
        source_port: None,
        destination: Endpoint::Address("9.9.9.9".parse().unwrap()),
        port: None,
        protocol,
    };
    policy(group).trace(&query).unwrap()
}

#[test]
fn a_rule_of_unknown_protocol_may_stop_what_has_no_ports_whatever_it_lists() {
    // NSG-027: 80 is no port that a client picks, and ICMP has none.
    let mut group = nsg(&["100 Out Deny Tcp *:80 -> *:*"]);
    assert_eq!(traced(&group, Protocol::Any).verdict, Verdict::Allowed);
    let (span, reason) = (group.span, "it is a parameter".into());
    group.rules[0].protocol = Field::Unknown(Unknown { span, reason });
    assert_eq!(traced(&group, Protocol::Tcp).verdict, Verdict::Allowed);
    assert_eq!(traced(&group, Protocol::Icmp).verdict, Verdict::Unknown);
    let any = traced(&group, Protocol::Any);
    assert_eq!((any.verdict, any.decider), (Verdict::Unknown, None));
    assert!(matches!(any.steps[0].tried, Tried::Perhaps(_)));
}
