//! What effective rules say that tags stand for (JS-051).

use super::shorthand::{lexicon, nsg};
use crate::{
    decide::{Endpoint, FlowQuery, Lexicon, NsgPolicy},
    model::{Direction, Protocol},
    verdict::Verdict,
};
use ipnetwork::IpNetwork;
use std::collections::BTreeMap;

type Expanded = BTreeMap<String, Vec<IpNetwork>>;

fn expanded(tags: &[(&str, &[&str])]) -> Expanded {
    let networks = |list: &[&str]| list.iter().map(|text| text.parse().unwrap()).collect();
    tags.iter().map(|(tag, list)| ((*tag).to_owned(), networks(list))).collect()
}

/// The verdict on a flow to an address, and the reason.
fn to(address: &str, rules: &[&str], expanded: &Expanded) -> (Verdict, String) {
    let nsg = nsg(rules);
    let policy = NsgPolicy::new(&nsg, Lexicon { expanded, ..lexicon() });
    let query = FlowQuery {
        direction: Direction::Outbound,
        source: Endpoint::AnyPrivate,
        source_port: None,
        destination: Endpoint::Address(address.parse().unwrap()),
        port: Some(443),
        protocol: Protocol::Tcp,
    };
    let traced = policy.trace(&query).unwrap();
    (traced.verdict, traced.reason.unwrap_or_default())
}

const RULES: [&str; 2] = ["200 Out Allow Tcp *:* -> Internet:443", "300 Out Deny * *:* -> *:*"];

#[test]
fn a_shortened_internet_leaves_open_what_it_leaves_out() {
    let short = expanded(&[("internet", &["32.0.0.0/3", "4.0.0.0/6"])]);
    assert_eq!(to("40.1.1.1", &RULES, &short).0, Verdict::Allowed);
    let (verdict, reason) = to("200.1.1.1", &RULES, &short);
    assert_eq!(verdict, Verdict::Unknown);
    assert!(reason.contains("`200`") && reason.contains("`Internet`"), "{reason}");
    // Private addresses are in no internet, however short the list.
    assert_eq!(to("10.1.1.1", &RULES, &short).0, Verdict::Blocked);
}

#[test]
fn what_the_export_puts_into_the_network_is_no_internet() {
    let public = [
        "1.0.0.0/8",
        "2.0.0.0/7",
        "4.0.0.0/6",
        "8.0.0.0/7",
        "11.0.0.0/8",
        "12.0.0.0/6",
        "16.0.0.0/4",
        "32.0.0.0/3",
        "64.0.0.0/2",
        "128.0.0.0/2",
        "192.0.0.0/3",
    ];
    let network = ["10.0.0.0/8", "200.0.0.0/8"];
    let all = expanded(&[("internet", &public)]);
    assert_eq!(to("200.1.1.1", &RULES, &all).0, Verdict::Allowed);
    let some: Vec<&str> = public.into_iter().filter(|prefix| *prefix != "192.0.0.0/3").collect();
    let rest = ["192.0.0.0/5", "208.0.0.0/4", "201.0.0.0/8", "202.0.0.0/7", "204.0.0.0/6"];
    let some = [&some[..], &rest].concat();
    let split = expanded(&[("internet", &some), ("virtualnetwork", &network)]);
    assert_eq!(to("200.1.1.1", &RULES, &split).0, Verdict::Blocked);
    assert_eq!(to("202.1.1.1", &RULES, &split).0, Verdict::Allowed);
}
