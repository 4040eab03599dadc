//! The examples of the semantics file on routes and paths, as a table.

use super::{estate, flow, traced};
use crate::{decide::Stage, verdict::Verdict};

use Verdict::{Allowed, Blocked, Partial, Unknown};

/// The two networks of section 0.1.
const BASE: &str = "
    net a 10.20.0.0/16
    net hub 10.10.0.0/16
    peer a hub
    nsg n 4000 Out Allow * *:* -> *:*
";

/// The statement, more lines, the flow from `a/app`, and what becomes of it, with the kind and the
/// rule of what stops it.
type Case = (&'static str, &'static str, &'static str, Verdict, Option<(Stage, &'static str)>);

const APP: &str = "subnet a/app 10.20.1.0/24 nsg=n rt=r";

const CASES: &[Case] = &[
    (
        "NSG-012",
        "subnet a/app 10.20.1.0/24 nsg=s
         nsg s 100 Out Deny * *:* -> *:*
         nic v a/app 10.20.1.4 nsg=n",
        "v 10.20.1.4 9.9.9.9",
        Blocked,
        Some((Stage::SubnetGroup, "100")),
    ),
    ("NSG-014", "subnet a/app 10.20.1.0/24", "a/app 10.20.1.4 9.9.9.9", Allowed, None),
    (
        "NSG-016",
        "subnet a/app 10.20.1.0/24 nsg=n
         subnet a/db 10.20.2.0/24 nsg=d
         nsg d 150 In Deny Tcp *:* -> *:443",
        "a/app 10.20.1.4 10.20.2.5",
        Blocked,
        Some((Stage::FarSubnetGroup, "150")),
    ),
    (
        "NSG-013",
        "subnet a/app 10.20.1.0/24 nsg=n
         subnet a/db 10.20.2.0/24
         nic db a/db 10.20.2.5 nsg=d
         nsg d 150 In Deny Tcp *:* -> *:443",
        "a/app 10.20.1.4 10.20.2.5",
        Blocked,
        Some((Stage::FarInterfaceGroup, "150")),
    ),
    (
        "NSG-064",
        "subnet a/app 10.20.1.0/24 nsg=d
         nsg d 100 Out Deny * *:* -> *:*",
        "a/app 10.20.1.4 23.102.135.246 1688",
        Allowed,
        None,
    ),
    (
        "NSG-064",
        "subnet a/app 10.20.1.0/24 nsg=d rt=r
         nsg d 100 Out Deny * *:* -> *:*
         table r
         route r 0.0.0.0/0 internet",
        "a/app 10.20.1.4 23.102.135.246 1688",
        Blocked,
        Some((Stage::SubnetGroup, "100")),
    ),
    (
        "RT-001",
        "subnet a/app 10.20.1.0/24 nsg=n rt=r
         table r
         route r 9.0.0.0/8 none
         route r 9.9.0.0/16 internet",
        "a/app 10.20.1.4 9.9.9.9",
        Allowed,
        None,
    ),
    (
        "RT-001",
        "subnet a/app 10.20.1.0/24 nsg=n rt=r
         table r
         route r 9.0.0.0/8 none
         route r 9.9.0.0/16 internet",
        "a/app 10.20.1.4 9.8.9.9",
        Blocked,
        Some((Stage::Routes, "r-9.0.0.0/8")),
    ),
    (
        "RT-002",
        "subnet a/app 10.20.1.0/24 nsg=n rt=r
         table r
         route r 0.0.0.0/0 none",
        "a/app 10.20.1.4 9.9.9.9",
        Blocked,
        Some((Stage::Routes, "r-0.0.0.0/0")),
    ),
    (
        "RT-003: routes of the network win over those of a gateway",
        "subnet a/app 10.20.1.0/24 nsg=n
         subnet a/GatewaySubnet 10.20.9.0/24",
        "a/app 10.20.1.4 10.20.2.4",
        Allowed,
        None,
    ),
    (
        "RT-014: what a gateway learns is not known",
        "subnet a/app 10.20.1.0/24 nsg=n
         subnet a/GatewaySubnet 10.20.9.0/24",
        "a/app 10.20.1.4 9.9.9.9",
        Unknown,
        None,
    ),
    (
        "RT-014",
        "subnet a/app 10.20.1.0/24 nsg=n rt=r
         subnet a/GatewaySubnet 10.20.9.0/24
         table r bgp=off",
        "a/app 10.20.1.4 9.9.9.9",
        Allowed,
        None,
    ),
    (
        "RT-004",
        "subnet a/app 10.20.1.0/24 nsg=n rt=r service=Microsoft.Storage
         table r
         route r Storage none",
        "a/app 10.20.1.4 13.69.40.20",
        Allowed,
        None,
    ),
    (
        "RT-006",
        APP_ALONE,
        "a/app 10.20.1.4 10.99.0.9",
        Blocked,
        Some((Stage::Routes, "private range")),
    ),
    (
        "RT-006: of several flows",
        APP_ALONE,
        "a/app 10.20.1.4 10.0.0.0/8",
        Partial,
        Some((Stage::Routes, "private range")),
    ),
    ("RT-007", APP_ALONE, "a/app 10.20.1.4 10.10.1.4", Allowed, None),
    (
        "RT-020: an appliance that is not here",
        "subnet a/app 10.20.1.0/24 nsg=n rt=r
         table r
         route r 0.0.0.0/0 appliance 10.10.0.4",
        "a/app 10.20.1.4 13.69.64.73",
        Unknown,
        None,
    ),
    (
        "RT-013: a group that stops it stops it before any route",
        "subnet a/app 10.20.1.0/24 nsg=d rt=r
         nsg d 100 Out Allow * *:* -> 10.10.0.4:*
         nsg d 200 Out Deny * *:* -> Internet:*
         table r
         route r 0.0.0.0/0 appliance 10.10.0.4",
        "a/app 10.20.1.4 9.9.9.9",
        Blocked,
        Some((Stage::SubnetGroup, "200")),
    ),
    (
        "RT-022",
        "subnet a/app 10.20.1.0/24 nsg=n rt=r service=Microsoft.Storage
         table r
         route r 0.0.0.0/0 none",
        "a/app 10.20.1.4 13.69.40.20",
        Allowed,
        None,
    ),
    (
        "RT-022: another region",
        "subnet a/app 10.20.1.0/24 nsg=n rt=r service=Microsoft.Storage
         table r
         route r 0.0.0.0/0 none",
        "a/app 10.20.1.4 13.70.208.20",
        Unknown,
        None,
    ),
    (
        "RT-023",
        "subnet a/app 10.20.1.0/24 nsg=n rt=r
         subnet a/pe 10.20.3.0/24
         endpoint e a/pe 10.20.3.7
         table r
         route r 0.0.0.0/0 none
         route r 10.20.0.0/16 none",
        "a/app 10.20.1.4 10.20.3.7",
        Allowed,
        None,
    ),
    (
        "RT-023a",
        "subnet a/app 10.20.1.0/24 nsg=n rt=r
         subnet a/pe 10.20.3.0/24 policies=routes
         endpoint e a/pe 10.20.3.7
         table r
         route r 10.20.0.0/16 none",
        "a/app 10.20.1.4 10.20.3.7",
        Blocked,
        Some((Stage::Routes, "r-10.20.0.0/16")),
    ),
    (
        "RT-023a: too short",
        "subnet a/app 10.20.1.0/24 nsg=n rt=r
         subnet a/pe 10.20.3.0/24 policies=routes
         endpoint e a/pe 10.20.3.7
         table r
         route r 0.0.0.0/0 none",
        "a/app 10.20.1.4 10.20.3.7",
        Allowed,
        None,
    ),
    (
        "NSG-059b",
        "subnet a/app 10.20.1.0/24 nsg=n
         subnet a/pe 10.20.3.0/24 policies=off nsg=d
         nsg d 100 In Deny * *:* -> *:*
         endpoint e a/pe 10.20.3.7",
        "a/app 10.20.1.4 10.20.3.7",
        Allowed,
        None,
    ),
    (
        "NSG-059b",
        "subnet a/app 10.20.1.0/24 nsg=n
         subnet a/pe 10.20.3.0/24 policies=groups nsg=d
         nsg d 100 In Deny * *:* -> *:*
         endpoint e a/pe 10.20.3.7",
        "a/app 10.20.1.4 10.20.3.7",
        Blocked,
        Some((Stage::FarSubnetGroup, "100")),
    ),
    (
        "RT-026",
        "subnet a/app 10.20.1.0/24 nsg=n rt=r
         table r
         route r 10.20.0.0/16 none",
        "a/app 10.20.1.4 10.20.1.5",
        Blocked,
        Some((Stage::Routes, "r-10.20.0.0/16")),
    ),
    (
        "RT-026",
        "subnet a/app 10.20.1.0/24 nsg=n rt=r
         table r
         route r 10.20.0.0/16 none
         route r 10.20.1.0/24 local",
        "a/app 10.20.1.4 10.20.1.5",
        Allowed,
        None,
    ),
    (
        "RT-027",
        "subnet a/app 10.20.1.0/24 nsg=n rt=r
         table r
         route r 0.0.0.0/0 none",
        "a/app 10.20.1.4 168.63.129.16",
        Allowed,
        None,
    ),
    (
        "RT-029",
        "subnet a/app 10.20.1.0/24 nsg=n rt=r
         table r
         route r AzureCloud none
         route r Storage internet",
        "a/app 10.20.1.4 13.69.40.20",
        Allowed,
        None,
    ),
    (
        "RT-029",
        "subnet a/app 10.20.1.0/24 nsg=n rt=r
         table r
         route r Storage internet
         route r Storage.WestEurope none",
        "a/app 10.20.1.4 13.69.40.20",
        Blocked,
        Some((Stage::Routes, "r-Storage.WestEurope")),
    ),
    (
        "RT-030",
        "subnet a/app 10.20.1.0/24 nsg=n out=false
         nic v a/app 10.20.1.4",
        "a/app 10.20.1.4 9.9.9.9",
        Blocked,
        Some((Stage::Outbound, "defaultOutboundAccess")),
    ),
    (
        "RT-030: machines may have a way out",
        "subnet a/app 10.20.1.0/24 nsg=n out=false",
        "a/app 10.20.1.4 9.9.9.9",
        Unknown,
        None,
    ),
    (
        "RT-030",
        "subnet a/app 10.20.1.0/24 nsg=n out=false nat=g",
        "a/app 10.20.1.4 9.9.9.9",
        Allowed,
        None,
    ),
    (
        "RT-030",
        "subnet a/app 10.20.1.0/24 nsg=n out=false
         nic v a/app 10.20.1.4 public=p",
        "v 10.20.1.4 9.9.9.9",
        Allowed,
        None,
    ),
    (
        "a route table that is not here",
        "subnet a/app 10.20.1.0/24 nsg=n rt=r",
        "a/app 10.20.1.4 9.9.9.9",
        Unknown,
        None,
    ),
    (
        "a group that is not here",
        "subnet a/app 10.20.1.0/24 nsg=elsewhere",
        "a/app 10.20.1.4 9.9.9.9",
        Unknown,
        None,
    ),
    (
        "what is stopped later is stopped, whatever a group that is not here does",
        "subnet a/app 10.20.1.0/24 nsg=elsewhere rt=r
         table r
         route r 0.0.0.0/0 none",
        "a/app 10.20.1.4 9.9.9.9",
        Blocked,
        Some((Stage::Routes, "r-0.0.0.0/0")),
    ),
    (
        "a part each: those that the group lets through the route drops",
        "subnet a/app 10.20.1.0/24 nsg=d rt=r
         nsg d 100 Out Allow * *:* -> 9.0.0.0/9:*
         nsg d 200 Out Deny * *:* -> *:*
         table r
         route r 9.0.0.0/9 none",
        "a/app 10.20.1.4 9.0.0.0/8",
        Blocked,
        Some((Stage::SubnetGroup, "200")),
    ),
];

const APP_ALONE: &str = "subnet a/app 10.20.1.0/24 nsg=n";

#[test]
fn flows_fare_as_the_semantics_say() {
    assert!(APP.starts_with(APP_ALONE));
    for (statement, lines, question, verdict, stopper) in CASES {
        let estate = estate(&format!("{BASE}\n{lines}"));
        let words: Vec<&str> = question.split_whitespace().collect();
        let (start, from, to) = (words[0], words[1], words[2]);
        let port = words.get(3).map_or(443, |port| port.parse().unwrap());
        let found = traced(&estate, start, &flow(from, to, port));
        assert_eq!(found.verdict, *verdict, "{statement}: {question}: {found:#?}");
        let at = found
            .stopper
            .as_ref()
            .map(|(at, decider)| (found.passages.get(*at).unwrap().stage, decider.rule.as_str()));
        assert_eq!(at, *stopper, "{statement}: {question}");
        if *verdict == Unknown {
            assert!(found.reason.is_some_and(|it| !it.is_empty()), "{statement}: no reason");
        }
    }
}
