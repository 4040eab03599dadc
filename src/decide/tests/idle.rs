//! Rules that decide nothing, by example; random groups are in `tests/oracle`.

use super::shorthand::{nsg, policy};
use crate::{
    decide::Idle,
    model::{Direction, Field},
};

/// What is idle among the outbound rules: the rule, `covered` or `repeated`, and by which.
fn idle(rules: &[&str]) -> Vec<String> {
    let nsg = nsg(rules);
    let policy = policy(&nsg);
    let entries = &policy.way(Direction::Outbound).entries;
    let names =
        |by: &[usize]| by.iter().map(|&at| entries[at].rule.name()).collect::<Vec<_>>().join(" ");
    policy
        .idle(Direction::Outbound)
        .iter()
        .map(|rule| {
            let name = entries[rule.entry].rule.name();
            match &rule.idle {
                Idle::Covered { by } => format!("{name} covered by {}", names(by)),
                Idle::Repeated { by } => format!("{name} repeated by {}", names(by)),
                Idle::Undecided => format!("{name} undecided"),
            }
        })
        .collect()
}

#[test]
fn the_pitfalls_of_the_semantics_file_are_found() {
    // LINT-01
    let rules = ["1000 Out Deny * *:* -> *:*", "2000 Out Allow Tcp *:* -> Storage:443"];
    assert_eq!(idle(&rules), ["2000 covered by 1000"]);
    // LINT-07
    let rules =
        ["100 Out Deny Tcp *:* -> Internet:*", "200 Out Allow Tcp *:* -> AzureKeyVault:443"];
    assert_eq!(idle(&rules), ["200 covered by 100"]);
    // LINT-14
    let rules = ["100 Out Allow Tcp *:* -> *:443", "200 Out Allow Tcp *:* -> Storage:443"];
    assert_eq!(idle(&rules), ["200 covered by 100"]);
    let rules = ["100 Out Allow Tcp *:* -> Storage:443", "200 Out Allow Tcp *:* -> *:443"];
    assert_eq!(idle(&rules), ["100 repeated by 200"]);
}

#[test]
fn several_rules_cover_one_together_and_one_with_the_other_access_is_named() {
    let rules = [
        "100 Out Deny Tcp *:* -> *:0-442",
        "110 Out Allow Tcp *:* -> *:443",
        "120 Out Allow Tcp *:* -> *:444-65535",
        "200 Out Allow Tcp *:* -> Storage:80,443",
    ];
    assert_eq!(idle(&rules), ["200 covered by 100 110"]);
}

#[test]
fn a_set_whose_members_are_not_known_is_covered_by_itself_and_by_everything() {
    let covered = |first: &str, second: &str| {
        let rules = [
            format!("100 Out Deny * *:* -> {first}:*"),
            format!("200 Out Allow Tcp *:* -> {second}:443"),
        ];
        !idle(&[&rules[0], &rules[1]]).is_empty()
    };
    assert!(covered("VirtualNetwork", "virtualnetwork"));
    assert!(covered("*", "VirtualNetwork"));
    assert!(covered("0.0.0.0/0", "VirtualNetwork"));
    assert!(covered("asg-a", "asg-a"));
    assert!(covered("asg-a,asg-b", "asg-b"));
    assert!(!covered("asg-a", "asg-b"));
    assert!(!covered("10.0.0.0/8", "VirtualNetwork"));
    assert!(!covered("VirtualNetwork", "10.1.0.0/16"));
    assert!(!covered("Internet", "VirtualNetwork"));
    assert!(!covered("AzureBackups", "Storage"));
    assert!(covered("AzureBackups", "AzureBackups"));
}

#[test]
fn a_deny_between_two_allows_keeps_the_first() {
    let rules = [
        "100 Out Allow Tcp *:* -> Storage:443",
        "150 Out Deny Tcp asg-a:* -> *:443",
        "200 Out Allow Tcp *:* -> *:443",
    ];
    assert_eq!(idle(&rules), [""; 0]);
    // Whoever is in the group may be in the network.
    let rules = [
        "100 Out Allow Tcp 10.1.0.0/16:* -> Storage:443",
        "150 Out Deny Tcp asg-a:* -> *:443",
        "200 Out Allow Tcp *:* -> *:443",
    ];
    assert_eq!(idle(&rules), [""; 0]);
    // What the first rule covers comes alive without it.
    let rules = [
        "100 Out Allow Tcp *:* -> *:443",
        "150 Out Deny Tcp *:* -> Storage:443",
        "200 Out Allow * *:* -> *:*",
    ];
    assert_eq!(idle(&rules), ["150 covered by 100"]);
}

#[test]
fn a_rule_of_which_too_little_is_known_disturbs_claims_about_its_neighbours() {
    let rules = [
        "100 Out Allow Tcp *:* -> Storage:443",
        "150 Out Deny Tcp *:* -> *:?",
        "200 Out Allow Tcp *:* -> *:443",
    ];
    assert_eq!(idle(&rules), [""; 0]);
    let mut nsg = nsg(&["100 Out Deny * *:* -> *:*", "200 Out Allow Tcp *:* -> Storage:443"]);
    assert_eq!(policy(&nsg).idle(Direction::Outbound).len(), 1);
    nsg.rules[0].priority = Field::Missing;
    assert_eq!(policy(&nsg).idle(Direction::Outbound), []);
}

#[test]
fn ipv6_in_a_group_does_not_mix_up_its_rules() {
    // `0.0.0.0/0` says nothing sure about IPv6 (NSG-041), so the rule drops out of one family.
    let rules = [
        "100 Out Deny * *:* -> 0.0.0.0/0:*",
        "200 Out Allow Tcp *:* -> fd00::/8:443",
        "300 Out Allow Tcp *:* -> 10.1.0.0/16:443",
        "400 Out Allow Tcp *:* -> fd00:1::/32:443",
    ];
    assert_eq!(idle(&rules), ["300 covered by 100", "400 covered by 200"]);
}
