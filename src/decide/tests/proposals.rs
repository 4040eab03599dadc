//! What is required, and the rule that is proposed where it is not let through.

use super::shorthand::{lexicon, nsg, policy};
use crate::{
    decide::{Asked, Ground, Judged, Lexicon, NsgPolicy, Placement},
    model::{Built, Nsg},
    profiles::{self, Cloud},
    source::{FileId, Spanned},
    tags::Catalogue,
    verdict::Verdict,
};

const PROFILE: &str = r#"
name = "test"
title = "two services"

[[require]]
id = "storage"
tags = ["Storage.{region}"]
ports = [443]
protocol = "tcp"
severity = "error"
source = "a document"
as_of = "2026-01-01"

[[require]]
id = "pair"
tags = ["AzureBackup", "AzureActiveDirectory"]
ports = [80, 443]
protocol = "tcp"
severity = "error"
source = "a document"
as_of = "2026-01-01"

[[require]]
id = "addresses"
addresses = ["203.0.113.0/24", "198.51.100.7/32"]
ports = ["5000-5010"]
protocol = "udp"
severity = "error"
source = "a document"
as_of = "2026-01-01"

[[require]]
id = "echo"
addresses = ["203.0.113.7/32"]
from = ["10.0.0.4/32"]
protocol = "icmp"
severity = "error"
source = "a document"
as_of = "2026-01-01"

[[require]]
id = "either"
addresses = ["203.0.113.7/32"]
from = ["10.0.0.4/32"]
ports = [443]
protocol = "any"
severity = "error"
source = "a document"
as_of = "2026-01-01"
"#;

/// Judges one row and gives the answer to `look`.
fn on<T>(nsg: &Nsg, id: &str, region: Option<&str>, look: impl Fn(&Judged<'_>) -> T) -> T {
    let profile = profiles::read(FileId(0), PROFILE).unwrap();
    let row = profile.requirements.iter().find(|row| row.id.value == id).unwrap();
    let asked = Asked { profile: "test", requirement: row, named: true };
    let ground = Ground { cloud: Cloud::Public, region };
    look(&policy(nsg).require(asked, ground).unwrap())
}

fn verdict(nsg: &Nsg, id: &str) -> Verdict {
    on(nsg, id, Some("westeurope"), |judged| judged.verdict)
}

fn proposal(nsg: &Nsg, id: &str) -> (Placement, serde_json::Value) {
    on(nsg, id, Some("westeurope"), |judged| {
        let proposal = policy(nsg).proposals(&[judged]).remove(0);
        let json = serde_json::from_str(&format!("[{}]", proposal.text)).unwrap();
        (proposal.placement, json)
    })
}

#[test]
fn a_rule_goes_to_a_round_number_ahead_of_the_deny() {
    let nsg = nsg(&["990 Out Allow Tcp *:* -> *:80", "1000 Out Deny * *:* -> Internet:*"]);
    let (placement, json) = proposal(&nsg, "storage");
    assert_eq!(placement, Placement::Free(vec![980]));
    assert_eq!(
        json,
        serde_json::json!([{ "name": "Allow-Storage-WestEurope-443-Outbound", "properties": {
            "priority": 980, "direction": "Outbound", "access": "Allow", "protocol": "Tcp",
            "sourceAddressPrefix": "VirtualNetwork", "sourcePortRange": "*",
            "destinationAddressPrefix": "Storage.WestEurope", "destinationPortRange": "443" } }])
    );
}

#[test]
fn a_deny_for_other_flows_does_not_push_the_rule_down() {
    let nsg = nsg(&["100 Out Deny Udp *:* -> *:*", "1000 Out Deny * *:* -> *:*"]);
    assert_eq!(proposal(&nsg, "storage").0, Placement::Free(vec![990]));
    assert!(
        matches!(proposal(&nsg, "addresses").0, Placement::Renumber { priorities, .. } if priorities == [100])
    );
}

#[test]
fn where_no_number_is_free_the_run_at_the_deny_moves_up() {
    let nsg = nsg(&[
        "100 Out Deny * *:* -> Internet:*",
        "101 Out Allow * *:* -> VirtualNetwork:*",
        "103 Out Deny * *:* -> *:*",
    ]);
    let moves = vec![(0, 101), (1, 102)];
    assert_eq!(proposal(&nsg, "storage").0, Placement::Renumber { priorities: vec![100], moves });
}

#[test]
fn rows_that_need_the_same_number_share_one_renumbering() {
    let nsg = nsg(&[
        "100 Out Deny * *:* -> *:*",
        "101 Out Allow * *:* -> VirtualNetwork:*",
        "105 Out Deny * *:* -> *:*",
    ]);
    let profile = profiles::read(FileId(0), PROFILE).unwrap();
    let policy = policy(&nsg);
    let ground = Ground { cloud: Cloud::Public, region: Some("westeurope") };
    let judged: Vec<Judged<'_>> = profile
        .requirements
        .iter()
        .take(3)
        .map(|requirement| Asked { profile: "test", requirement, named: true })
        .map(|asked| policy.require(asked, ground).unwrap())
        .collect();
    let rows: Vec<&Judged<'_>> = judged.iter().chain(judged.first()).collect();
    let placements: Vec<Placement> =
        policy.proposals(&rows).into_iter().map(|proposal| proposal.placement).collect();
    let moves = vec![(0, 104), (1, 105), (2, 106)];
    let at = |priorities: &[i64]| {
        let (priorities, moves) = (priorities.to_vec(), moves.clone());
        Placement::Renumber { priorities, moves }
    };
    assert_eq!(placements, [at(&[100]), at(&[101, 102]), at(&[103]), at(&[100])]);
}

#[test]
fn a_rule_whose_number_is_not_known_leaves_no_place_to_name() {
    let mut nsg = nsg(&["100 Out Deny * *:* -> Internet:*"]);
    nsg.rules[0].priority = crate::model::Field::Missing;
    assert_eq!(proposal(&nsg, "storage").0, Placement::Nowhere);
}

#[test]
fn a_rule_of_unknown_protocol_may_decide_icmp_whatever_its_ports() {
    for ports in ["22 -> *:443", "* -> *:443", "22 -> *:*"] {
        let mut nsg = nsg(&[&format!("100 Out Deny * *:{ports}")]);
        assert_eq!(verdict(&nsg, "echo"), Verdict::Allowed, "{ports}");
        nsg.rules[0].protocol = crate::model::Field::Missing;
        assert_eq!(verdict(&nsg, "echo"), Verdict::Unknown, "{ports}");
    }
}

#[test]
fn any_protocol_on_a_port_is_every_protocol_that_has_ports() {
    let rules = ["100 Out Allow * *:* -> *:443", "200 Out Deny * *:* -> *:*"];
    assert_eq!(verdict(&nsg(&rules), "either"), Verdict::Allowed);
    let rules = ["100 Out Allow Tcp *:* -> *:443", "200 Out Deny * *:* -> *:*"];
    assert_eq!(verdict(&nsg(&rules), "either"), Verdict::Partial);
}

#[test]
fn two_tags_need_two_rules() {
    let nsg = nsg(&["200 Out Deny * *:* -> *:*"]);
    let (placement, json) = proposal(&nsg, "pair");
    assert_eq!(placement, Placement::Free(vec![190, 180]));
    let tags: Vec<&serde_json::Value> = json
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| &rule["properties"]["destinationAddressPrefix"])
        .collect();
    assert_eq!(tags, ["AzureBackup", "AzureActiveDirectory"]);
}

#[test]
fn one_of_two_tags_is_a_part() {
    let nsg = nsg(&["200 Out Allow Tcp *:* -> AzureBackup:80,443", "300 Out Deny * *:* -> *:*"]);
    assert_eq!(verdict(&nsg, "pair"), Verdict::Partial);
    assert_eq!(verdict(&nsg, "addresses"), Verdict::Blocked);
}

#[test]
fn the_region_is_the_users_else_the_groups_else_any() {
    let mut nsg =
        nsg(&["200 Out Allow Tcp *:* -> Storage.WestEurope:443", "300 Out Deny * *:* -> *:*"]);
    let at = |nsg: &Nsg, region| {
        on(nsg, "storage", region, |judged| (judged.verdict, judged.reason.is_some()))
    };
    assert_eq!(at(&nsg, Some("westeurope")), (Verdict::Allowed, false));
    assert_eq!(at(&nsg, Some("North Europe")), (Verdict::Blocked, false));
    assert_eq!(at(&nsg, Some("mars")), (Verdict::Unknown, true));
    // One region is enough, and that is said.
    assert_eq!(at(&nsg, None), (Verdict::Allowed, true));
    nsg.location = Some(Spanned::new("NorthEurope".to_owned(), nsg.span));
    assert_eq!(at(&nsg, None), (Verdict::Blocked, false));
    assert_eq!(at(&nsg, Some("westeurope")), (Verdict::Allowed, false));
}

#[test]
fn an_allow_for_some_private_sources_is_unknown_and_not_a_part() {
    let narrow =
        nsg(&["200 Out Allow Tcp 10.20.1.0/24:* -> Storage:443", "300 Out Deny * *:* -> *:*"]);
    assert_eq!(verdict(&narrow, "storage"), Verdict::Unknown);
    let public =
        nsg(&["200 Out Allow Tcp 203.0.113.9:* -> Storage:443", "300 Out Deny * *:* -> *:*"]);
    assert_eq!(verdict(&public, "storage"), Verdict::Blocked);
}

#[test]
fn the_stopped_flow_looks_like_one_of_a_machine() {
    let nsg = nsg(&["300 Out Deny * *:* -> *:*"]);
    let (flow, entry) =
        on(&nsg, "storage", Some("westeurope"), |judged| judged.stopped.clone()).unwrap();
    assert_eq!(entry, 0);
    assert_eq!(
        (flow.source.to_string(), flow.source_port, flow.destination.to_string(), flow.port),
        ("10.0.0.4".to_owned(), Some(50_000), "13.69.40.20".to_owned(), Some(443))
    );
}

#[test]
fn a_destination_has_its_name_even_where_the_group_can_not_be_judged() {
    let mut nsg = nsg(&["100 Out Allow * *:* -> *:*"]);
    nsg.built = Built::Part;
    let what = |id: &str| on(&nsg, id, None, |judged| (judged.verdict, judged.what.clone()));
    let expected = "203.0.113.0/24, 198.51.100.7/32 on udp/5000-5010".to_owned();
    assert_eq!(what("addresses"), (Verdict::Unknown, expected));
    assert_eq!(what("storage"), (Verdict::Unknown, "Storage.<region> on tcp/443".to_owned()));
    assert_eq!(
        on(&nsg, "storage", Some("West Europe"), |judged| judged.what.clone()),
        "Storage.WestEurope on tcp/443"
    );
    let pair = "AzureBackup and AzureActiveDirectory on tcp/80,443".to_owned();
    assert_eq!(what("pair"), (Verdict::Unknown, pair));
}

#[test]
fn a_group_that_names_ipv6_is_told_that_it_is_judged_over_ipv4() {
    let reason = |nsg: &Nsg, id: &str| on(nsg, id, Some("westeurope"), |it| it.reason.clone());
    let plain = nsg(&["300 Out Deny * *:* -> *:*"]);
    assert_eq!(reason(&plain, "addresses"), None);
    let six = nsg(&["200 Out Allow * *:* -> 2001:db8::/32:*", "300 Out Deny * *:* -> *:*"]);
    // The prefixes of that row are all IPv4, and so are the tags of the examples.
    assert_eq!(reason(&six, "addresses"), None);
    assert_eq!(reason(&six, "storage"), None);
    let policy = NsgPolicy::new(&six, Lexicon { tags: Catalogue::embedded(), ..lexicon() });
    let profile = profiles::read(FileId(0), PROFILE).unwrap();
    let asked = Asked { profile: "test", requirement: &profile.requirements[0], named: true };
    let ground = Ground { cloud: Cloud::Public, region: Some("westeurope") };
    let reason = policy.require(asked, ground).unwrap().reason.unwrap();
    assert!(reason.starts_with("judged over IPv4") && reason.contains("`Storage"), "{reason}");
}

#[test]
fn where_no_region_is_known_a_region_that_may_be_let_through_leaves_it_open() {
    let nsg = nsg(&[
        "200 Out Allow Tcp 10.20.1.0/24:* -> Storage.WestEurope:443",
        "210 Out Allow Tcp *:* -> 20.60.44.5:443",
        "300 Out Deny * *:* -> *:*",
    ]);
    let (verdict, reason) = on(&nsg, "storage", None, |it| (it.verdict, it.reason.clone()));
    assert_eq!(verdict, Verdict::Unknown);
    assert!(reason.is_some_and(|reason| reason.contains("private sources")));
}
