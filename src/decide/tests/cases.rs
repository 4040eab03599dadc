//! The examples of the semantics file that concern one group, as a table.

use super::shorthand::{nsg, policy};
use crate::{
    decide::{Endpoint, FlowQuery},
    model::{Direction, Protocol},
    verdict::Verdict,
};

/// The statement, the rules (one a line), the flow, the verdict and the rule that decides.
type Case = (&'static str, &'static str, &'static str, Verdict, Option<&'static str>);

use Verdict::{Allowed, Blocked, Partial, Unknown};

// Addresses of the fixtures in section 0.1.
const CASES: &[Case] = &[
    (
        "NSG-003",
        "200 Out Deny Tcp *:* -> Internet:443
                 300 Out Allow Tcp *:* -> Storage:443",
        "Out 10.20.1.4 -> 13.69.40.20 Tcp 443",
        Blocked,
        Some("200"),
    ),
    (
        "NSG-006",
        "210 In Deny * *:* -> *:*
                 210 Out Allow Tcp *:* -> Storage:443",
        "Out 10.20.1.4 -> 13.69.40.20 Tcp 443",
        Allowed,
        Some("210"),
    ),
    (
        "NSG-007",
        "200 Out Allow Tcp *:* -> 9.9.9.9:443
                 300 Out Deny * *:* -> *:*",
        "Out 10.20.1.4 -> 9.9.9.9 Tcp 443",
        Allowed,
        Some("200"),
    ),
    ("NSG-008", "", "Out 10.20.1.4 -> 9.9.9.9 Udp 4500", Allowed, Some("AllowInternetOutBound")),
    ("NSG-008", "", "In 9.9.9.9 -> 10.20.1.4 Tcp 22", Blocked, Some("DenyAllInBound")),
    ("NSG-008", "", "In 10.20.1.5 -> 10.20.1.4 Tcp 22", Allowed, Some("AllowVnetInBound")),
    (
        "NSG-010",
        "DenyAllOutBound=4000 Out Deny * *:* -> *:*",
        "Out 10.20.1.4 -> 9.9.9.9 Tcp 443",
        Blocked,
        Some("DenyAllOutBound"),
    ),
    (
        "NSG-011",
        "100 Out Deny * 203.0.113.9:* -> *:*",
        "Out 10.20.1.4 -> 9.9.9.9 Tcp 443",
        Allowed,
        Some("AllowInternetOutBound"),
    ),
    (
        "NSG-015",
        "100 Out Deny * *:* -> *:*",
        "Out 10.20.1.4 -> 10.20.1.5 Tcp 22",
        Blocked,
        Some("100"),
    ),
    (
        "NSG-020",
        "200 In Allow Tcp 198.51.100.7:* -> *:8443",
        "In 198.51.100.7 -> 10.20.2.4 Tcp 8443",
        Allowed,
        Some("200"),
    ),
    (
        "NSG-020",
        "200 In Allow Tcp 198.51.100.7:* -> *:443",
        "In 198.51.100.7 -> 10.20.2.4 Tcp 8443",
        Blocked,
        Some("DenyAllInBound"),
    ),
    ("NSG-025", "", "Out 10.20.1.4 -> 10.20.2.4 Esp", Allowed, Some("AllowVnetOutBound")),
    (
        "NSG-026",
        "200 Out Deny Esp *:* -> *:*",
        "Out 10.20.1.4 -> 9.9.9.9 Esp",
        Blocked,
        Some("200"),
    ),
    (
        "NSG-026",
        "200 Out Deny Esp *:* -> *:*",
        "Out 10.20.1.4 -> 9.9.9.9 Ah",
        Allowed,
        Some("AllowInternetOutBound"),
    ),
    (
        "NSG-027",
        "200 Out Allow * *:* -> *:443
                 300 Out Deny * *:* -> *:*",
        "Out 10.20.1.4 -> 10.20.1.5 Icmp",
        Blocked,
        Some("300"),
    ),
    (
        "NSG-027",
        "200 Out Allow Icmp *:* -> *:8
                 300 Out Deny * *:* -> *:*",
        "Out 10.20.1.4 -> 10.20.1.5 Icmp",
        Unknown,
        None,
    ),
    (
        "NSG-028",
        "200 Out Allow Icmp *:* -> *:*
                 300 Out Deny * *:* -> *:*",
        "Out 10.20.1.4 -> 10.20.1.5 Icmp",
        Allowed,
        Some("200"),
    ),
    (
        "NSG-029",
        "200 Out Deny Tcp *:* -> *:1024-65535",
        "Out 10.20.1.4 -> 9.9.9.9 Tcp 1024",
        Blocked,
        Some("200"),
    ),
    (
        "NSG-029",
        "200 Out Deny Tcp *:* -> *:1024-65535",
        "Out 10.20.1.4 -> 9.9.9.9 Tcp 65535",
        Blocked,
        Some("200"),
    ),
    (
        "NSG-029",
        "200 Out Deny Tcp *:* -> *:1024-65535",
        "Out 10.20.1.4 -> 9.9.9.9 Tcp 1023",
        Allowed,
        Some("AllowInternetOutBound"),
    ),
    (
        "NSG-030",
        "200 Out Deny Tcp *:* -> *:80,8000-8100",
        "Out 10.20.1.4 -> 9.9.9.9 Tcp 8050",
        Blocked,
        Some("200"),
    ),
    (
        "NSG-033",
        "200 Out Allow Tcp *:443 -> Storage:443
                 300 Out Deny * *:* -> *:*",
        "Out 10.20.1.4:50123 -> 13.69.40.20 Tcp 443",
        Blocked,
        Some("300"),
    ),
    (
        "NSG-034",
        "200 Out Deny * *:* -> 10.20.2.4:*",
        "Out 10.20.1.4 -> 10.20.2.5 Tcp 443",
        Allowed,
        Some("AllowVnetOutBound"),
    ),
    (
        "NSG-034",
        "200 Out Deny * *:* -> 10.20.2.0/24:*",
        "Out 10.20.1.4 -> 10.20.2.255 Tcp 443",
        Blocked,
        Some("200"),
    ),
    (
        "NSG-035",
        "200 Out Allow * *:* -> Storage,10.0.0.0/8:443
                 300 Out Deny * *:* -> *:*",
        "Out 10.20.1.4 -> 13.69.40.20 Tcp 443",
        Unknown,
        None,
    ),
    (
        "NSG-041",
        "100 Out Deny * *:* -> 0.0.0.0/0:*",
        "Out 10.20.1.4 -> 9.9.9.9 Tcp 443",
        Blocked,
        Some("100"),
    ),
    (
        "NSG-041",
        "100 Out Deny * *:* -> 0.0.0.0/0:*",
        "Out fd00::4 -> fd00::5 Tcp 443",
        Unknown,
        None,
    ),
    (
        "NSG-042",
        "200 Out Allow Tcp *:* -> AzureBackups:443
                 300 Out Deny * *:* -> *:*",
        "Out 10.20.1.4 -> 13.69.40.20 Tcp 443",
        Unknown,
        None,
    ),
    (
        "NSG-043",
        "200 Out Allow Tcp *:* -> storage.westeurope:443
                 300 Out Deny * *:* -> *:*",
        "Out 10.20.1.4 -> 13.69.40.20 Tcp 443",
        Allowed,
        Some("200"),
    ),
    (
        "NSG-048",
        "200 Out Allow Tcp asg-app:* -> Storage:443
                 300 Out Deny * *:* -> *:*",
        "Out 10.20.1.4 -> 13.69.40.20 Tcp 443",
        Unknown,
        None,
    ),
    (
        "NSG-048",
        "200 Out Allow Tcp asg-app:* -> Storage:443
                 300 Out Deny * *:* -> *:*",
        "Out 10.20.1.4 -> 9.9.9.9 Tcp 443",
        Blocked,
        Some("300"),
    ),
    ("NSG-052", "", "Out 10.20.1.4 -> 172.16.5.5 Tcp 22", Allowed, Some("AllowVnetOutBound")),
    (
        "NSG-053",
        "4000 Out Deny * *:* -> Internet:*",
        "Out 10.20.1.4 -> 9.9.9.9 Tcp 443",
        Blocked,
        Some("4000"),
    ),
    (
        "NSG-055",
        "400 Out Deny * *:* -> Internet:*",
        "Out 10.20.1.4 -> 13.69.40.20 Tcp 443",
        Blocked,
        Some("400"),
    ),
    (
        "NSG-057",
        "300 In Deny * AzureLoadBalancer:* -> *:*",
        "In 168.63.129.16 -> 10.20.1.4 Tcp 80",
        Blocked,
        Some("300"),
    ),
    (
        "NSG-057",
        "",
        "In 168.63.129.16 -> 10.20.1.4 Tcp 80",
        Allowed,
        Some("AllowAzureLoadBalancerInBound"),
    ),
    (
        "NSG-059",
        "200 Out Deny * *:* -> Internet:*
                 150 Out Allow Tcp *:* -> Storage:443",
        "Out 10.20.1.4 -> 13.69.40.20 Tcp 443",
        Allowed,
        Some("150"),
    ),
    (
        "NSG-059a",
        "150 Out Allow Tcp *:* -> Storage:443
                  4000 Out Deny * *:* -> *:*",
        "Out 10.20.1.4 -> 10.20.3.7 Tcp 443",
        Blocked,
        Some("4000"),
    ),
    (
        "NSG-060",
        "100 Out Deny * *:* -> *:*",
        "Out 10.20.1.4 -> 168.63.129.16 Udp 53",
        Allowed,
        None,
    ),
    (
        "NSG-061",
        "100 Out Deny * *:* -> *:*",
        "Out 10.20.1.4 -> 168.63.129.16 Tcp 32526",
        Allowed,
        None,
    ),
    (
        "NSG-062",
        "100 Out Deny * *:* -> AzurePlatformDNS:*",
        "Out 10.20.1.4 -> 168.63.129.16 Udp 53",
        Blocked,
        Some("100"),
    ),
    (
        "NSG-062",
        "100 Out Deny Udp *:* -> AzurePlatformDNS:53",
        "Out 10.20.1.4 -> 168.63.129.16 Udp 53",
        Unknown,
        Some("100"),
    ),
    (
        "NSG-063",
        "100 Out Deny * *:* -> AzurePlatformIMDS:*",
        "Out 10.20.1.4 -> 169.254.169.254 Tcp 80",
        Blocked,
        Some("100"),
    ),
    (
        "NSG-064",
        "100 Out Deny * *:* -> *:*",
        "Out 10.20.1.4 -> 23.102.135.246 Tcp 1688",
        Unknown,
        Some("100"),
    ),
    (
        "NSG-066",
        "100 Out Deny * *:* -> 168.63.129.16/32:*",
        "Out 10.20.1.4 -> 168.63.129.16 Udp 53",
        Allowed,
        None,
    ),
    (
        "TAG-003",
        "200 Out Deny * *:* -> AzureMonitor.Mars:*",
        "Out 10.20.1.4 -> 9.9.9.9 Tcp 443",
        Unknown,
        None,
    ),
    (
        "TAG-004",
        "200 Out Allow Tcp *:* -> Storage.WestEurope:443
                 300 Out Deny * *:* -> Internet:*",
        "Out 10.20.1.4 -> 13.70.208.20 Tcp 443",
        Blocked,
        Some("300"),
    ),
    (
        "TAG-004",
        "200 Out Allow Tcp *:* -> Storage.WestEurope:443
                 300 Out Deny * *:* -> Internet:*",
        "Out 10.20.1.4 -> 13.69.40.20 Tcp 443",
        Allowed,
        Some("200"),
    ),
    (
        "TAG-004",
        "200 Out Allow Tcp *:* -> Storage.WestEurope:443
                 300 Out Deny * *:* -> Internet:*",
        "Out 10.20.1.4 -> Storage Tcp 443",
        Partial,
        Some("300"),
    ),
    (
        "TAG-007",
        "200 Out Allow Tcp *:* -> AzureCloud:443
                 300 Out Deny * *:* -> Internet:*",
        "Out 10.20.1.4 -> 20.190.138.200 Tcp 443",
        Blocked,
        Some("300"),
    ),
    (
        "TAG-005",
        "200 Out Allow Tcp *:* -> Storage.WestEurope:443
                 210 Out Allow Tcp *:* -> Storage.NorthEurope:443
                 300 Out Deny * *:* -> Internet:*",
        "Out 10.20.1.4 -> 20.60.44.5 Tcp 443",
        Blocked,
        Some("300"),
    ),
    (
        "TAG-007",
        "200 Out Allow Tcp *:* -> AzureCloud:443
                 300 Out Deny * *:* -> Internet:*",
        "Out 10.20.1.4 -> 13.107.3.9 Tcp 443",
        Blocked,
        Some("300"),
    ),
    (
        "TAG-007",
        "200 Out Allow Tcp *:* -> AzureCloud:443
                 300 Out Deny * *:* -> Internet:*",
        "Out 10.20.1.4 -> 52.239.191.5 Tcp 443",
        Blocked,
        Some("300"),
    ),
    (
        "TAG-007",
        "200 Out Allow Tcp *:* -> AzureCloud:443
                 300 Out Deny * *:* -> Internet:*",
        "Out 10.20.1.4 -> Storage Tcp 443",
        Partial,
        Some("300"),
    ),
    (
        "TAG-007",
        "200 Out Allow Tcp *:* -> AzureCloud:443
                 300 Out Deny * *:* -> Internet:*",
        "Out 10.20.1.4 -> AzureBackup Tcp 443",
        Allowed,
        Some("200"),
    ),
    (
        "TAG-008",
        "200 Out Allow Tcp *:* -> AzureBackup:443
                 300 Out Deny * *:* -> Internet:*",
        "Out 10.20.1.4 -> Storage Tcp 443",
        Blocked,
        Some("300"),
    ),
    (
        "TAG-010",
        "200 Out Allow Tcp *:* -> AzureBackup:443
                 300 Out Deny * *:* -> Internet:*",
        "Out 10.20.1.4 -> AzureActiveDirectory Tcp 443",
        Blocked,
        Some("300"),
    ),
    (
        "TAG-010",
        "200 Out Allow Tcp *:* -> AzureBackup:443
                 300 Out Deny * *:* -> Internet:*",
        "Out 10.20.1.4 -> 4.172.96.200 Tcp 443",
        Allowed,
        Some("200"),
    ),
    (
        "TAG-016",
        "200 Out Deny * *:* -> INTERNET:*
                 300 Out Deny * *:* -> VIRTUAL_NETWORK:*",
        "Out 10.20.1.4 -> 10.20.2.4 Tcp 443",
        Blocked,
        Some("300"),
    ),
];

fn query(text: &str) -> FlowQuery {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (way, from, to, protocol, port) = match words.as_slice() {
        [way, from, "->", to, protocol] => (*way, *from, *to, *protocol, None),
        [way, from, "->", to, protocol, port] => (*way, *from, *to, *protocol, Some(*port)),
        _ => panic!("no flow: {text}"),
    };
    let (from, source_port) = match from.split_once(':') {
        Some((address, port)) if !port.contains(':') => (address, Some(port.parse().unwrap())),
        _ => (from, None),
    };
    let end = |text: &str| {
        text.parse().map_or_else(|_| Endpoint::Tag(text.to_owned()), Endpoint::Address)
    };
    FlowQuery {
        direction: if way == "In" { Direction::Inbound } else { Direction::Outbound },
        source: end(from),
        source_port,
        destination: end(to),
        port: port.map(|port| port.parse().unwrap()),
        protocol: match protocol {
            "Tcp" => Protocol::Tcp,
            "Udp" => Protocol::Udp,
            "Icmp" => Protocol::Icmp,
            "Esp" => Protocol::Esp,
            "Ah" => Protocol::Ah,
            other => panic!("no protocol: {other}"),
        },
    }
}

#[test]
fn the_examples_of_the_semantics_file_come_out_as_it_says() {
    for (item, rules, flow, verdict, decider) in CASES {
        let rules: Vec<&str> =
            rules.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let nsg = nsg(&rules);
        let policy = policy(&nsg);
        let query = query(flow);
        let traced = policy.trace(&query).unwrap();
        let entries = &policy.way(query.direction).entries;
        let name = traced.decider.map(|at| entries[at].rule.name());
        assert_eq!((traced.verdict, name), (*verdict, *decider), "{item}: {rules:?}, {flow}");
        assert!(traced.verdict != Unknown || traced.reason.is_some(), "{item}: without a reason");
    }
}
