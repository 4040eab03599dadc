//! Path rows of the coverage, and the findings that no group tells of.

use super::{
    Files, collected, file,
    files::{id, network, nsg, subnet},
    judged, options,
};
use egresslint::{
    finding::{Report, ScopeKind, Severity, Verdict},
    run,
    tags::Catalogue,
};
use serde_json::{Value, json};

/// A network with two subnets that have the route table `rt`, whose one route drops everything.
fn files(rules: &[&str], more: &Value) -> Files {
    let subnets: Vec<Value> = [("s0", "10.20.1.0/24"), ("s1", "10.20.2.0/24")]
        .into_iter()
        .map(|(name, prefix)| {
            let mut subnet = subnet("v", name, prefix, "n");
            subnet["properties"]["routeTable"] = json!({ "id": id("routeTables", "rt") });
            subnet
        })
        .collect();
    let table = json!({ "type": "Microsoft.Network/routeTables", "name": "rt",
        "id": id("routeTables", "rt"), "properties": { "routes": [{ "name": "drop",
            "properties": { "addressPrefix": "0.0.0.0/0", "nextHopType": "None" } }] } });
    vec![
        file("n.json", &nsg("n", rules)),
        file("v.json", &network("v", "10.20.0.0/16", subnets, Vec::new())),
        file("rt.json", if more.is_null() { &table } else { more }),
    ]
}

fn paths(report: &Report) -> Vec<(&str, Verdict)> {
    let rows = report.coverage.iter().filter(|row| row.scope == ScopeKind::Path);
    let backup = rows.filter(|row| row.what.starts_with("AzureBackup "));
    backup.map(|row| (row.name.as_str(), row.verdict)).collect()
}

#[test]
fn a_route_to_nowhere_is_told_once_for_all_subnets() {
    let report = judged(&files(&[], &Value::Null));
    assert_eq!(report.errors, []);
    assert_eq!(paths(&report), [("v/s0", Verdict::Blocked), ("v/s1", Verdict::Blocked)]);
    let row = report.coverage.iter().find(|row| row.scope == ScopeKind::Path).unwrap();
    let first = row.decided_by.first().unwrap();
    assert_eq!((first.resource.as_str(), first.rule.as_str()), ("rt", "drop"));
    let told: Vec<_> =
        report.findings.iter().filter(|it| it.lint.id.starts_with("required-endpoint-")).collect();
    let backup: Vec<_> = told.iter().filter(|it| it.message.contains("AzureBackup")).collect();
    let [finding] = backup.as_slice() else { panic!("{told:#?}") };
    assert_eq!(finding.severity, Severity::Error);
    assert_eq!((finding.resource.name.as_str(), finding.resource.file.as_str()), ("rt", "rt.json"));
    assert!(finding.message.contains("from v/s0, v/s1"), "{}", finding.message);
    assert!(finding.witness.is_some() && finding.primary.is_some());
}

#[test]
fn the_implied_profile_makes_no_error_of_a_path() {
    let mut options = options();
    options.profiles.iter_mut().for_each(|chosen| chosen.named = false);
    let report = run::check(collected(&files(&[], &Value::Null)), &options, Catalogue::embedded());
    assert!(paths(&report).iter().all(|(_, verdict)| *verdict == Verdict::Blocked));
    assert!(
        report.findings.iter().all(|it| it.severity < Severity::Error),
        "{:#?}",
        report.findings
    );
}

#[test]
fn what_a_group_stops_is_told_at_the_group_alone() {
    let report = judged(&files(&["100 Deny * *"], &Value::Null));
    assert_eq!(paths(&report), [("v/s0", Verdict::Blocked), ("v/s1", Verdict::Blocked)]);
    let told = report.findings.iter().filter(|it| it.lint.id == "required-endpoint-blocked");
    assert!(told.clone().count() > 0);
    assert!(told.clone().all(|it| it.resource.name == "n"), "{:#?}", told.collect::<Vec<_>>());
}

#[test]
fn an_appliance_that_is_not_here_leaves_one_note() {
    let table = json!({ "type": "Microsoft.Network/routeTables", "name": "rt",
        "id": id("routeTables", "rt"), "properties": { "routes": [{ "name": "out",
            "properties": { "addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance",
                "nextHopIpAddress": "10.9.9.9" } }] } });
    let report = judged(&files(&[], &table));
    assert_eq!(paths(&report), [("v/s0", Verdict::Unknown), ("v/s1", Verdict::Unknown)]);
    let notes: Vec<_> =
        report.findings.iter().filter(|it| it.lint.id == "required-endpoint-unknown").collect();
    let [note] = notes.as_slice() else { panic!("{notes:#?}") };
    assert_eq!(note.severity, Severity::Note);
    assert!(note.message.contains("10.9.9.9"), "{}", note.message);
}

#[test]
fn a_network_with_groups_alone_has_no_path_rows() {
    let subnets = vec![subnet("v", "s0", "10.20.1.0/24", "n")];
    let report = judged(&vec![
        file("n.json", &nsg("n", &[])),
        file("v.json", &network("v", "10.20.0.0/16", subnets, Vec::new())),
    ]);
    assert_eq!(paths(&report), []);
}

/// The files of the demo: a hub with a firewall, its policy with a base policy, and two spokes.
#[expect(clippy::unwrap_used, reason = "without its files the test has failed")]
fn demo() -> Files {
    let names = ["networks", "groups", "routes", "firewall"];
    let path = |name: &str| format!("testdata/hub-and-spokes/{name}.json");
    let read = |name: &str| (path(name), std::fs::read_to_string(path(name)).unwrap());
    names.into_iter().map(read).collect()
}

#[test]
fn the_demo_is_decided_by_groups_routes_and_the_firewall_together() {
    let report = judged(&demo());
    assert_eq!(report.errors, []);
    let rows = report.coverage.iter().filter(|row| row.scope == ScopeKind::Path && row.required);
    let found: Vec<(&str, &str, Verdict, &str)> = rows
        .map(|row| {
            let first = row.decided_by.first().unwrap();
            (&*row.name, &*row.requirement, row.verdict, &*first.resource)
        })
        .collect();
    let (sql, web, jobs) = ("vnet-sales/snet-sql", "vnet-shop/snet-web", "vnet-shop/snet-jobs");
    let expected = [
        (sql, "backup-443", Verdict::Allowed, "fw-hub"),
        // RT-022: past the firewall, which would stop it.
        (sql, "storage-443", Verdict::Allowed, "system routes"),
        (sql, "entra-443", Verdict::Allowed, "fw-hub"),
        (web, "backup-443", Verdict::Allowed, "fw-hub"),
        (web, "storage-443", Verdict::Blocked, "fw-hub"),
        (web, "entra-443", Verdict::Allowed, "fw-hub"),
        // No route table: the group alone has a say (RT-006).
        (jobs, "backup-443", Verdict::Allowed, "nsg-jobs"),
        (jobs, "storage-443", Verdict::Allowed, "nsg-jobs"),
        (jobs, "entra-443", Verdict::Allowed, "nsg-jobs"),
    ];
    assert_eq!(found, expected);
    // What the firewall stops is told at the firewall.
    let told = report.findings.iter().filter(|it| it.lint.id == "required-endpoint-blocked");
    let at: Vec<&str> = told.map(|it| it.resource.name.as_str()).collect();
    assert_eq!(at, ["fw-hub"]);
}

/// A hub with a firewall and its spokes, in one template: its ids mean nothing elsewhere.
#[expect(clippy::unwrap_used, reason = "without its file the test has failed")]
fn hub() -> String {
    std::fs::read_to_string("testdata/two-hubs/main.json").unwrap()
}

fn path_rows(report: &Report, file: &str) -> Vec<(String, String, Verdict)> {
    let rows = report.coverage.iter().filter(|row| row.scope == ScopeKind::Path);
    let own = rows.filter(|row| row.file == file);
    own.map(|row| (row.name.clone(), row.requirement.clone(), row.verdict)).collect()
}

#[test]
fn a_path_meets_the_firewall_of_its_own_template_and_not_its_twin_in_another() {
    let dev = ("dev.json".to_owned(), hub());
    let prod = ("prod.json".to_owned(), hub().replace("\"AzureActiveDirectory\"", "\"Sql\""));
    let alone = path_rows(&judged(&vec![prod.clone()]), "prod.json");
    let both = judged(&vec![dev.clone(), prod]);
    assert!(!alone.is_empty());
    assert_eq!(path_rows(&both, "prod.json"), alone);
    let dev_alone = path_rows(&judged(&vec![dev]), "dev.json");
    assert_eq!(path_rows(&both, "dev.json"), dev_alone);
    assert_ne!(dev_alone, alone);
}

#[test]
fn what_a_firewall_stops_of_one_subnet_only_is_an_error_of_a_profile_that_is_named() {
    let report = judged(&vec![("main.json".to_owned(), hub())]);
    let is_it = |it: &&egresslint::finding::Finding| {
        it.lint.id == "required-endpoint-blocked" && it.message.contains("vnet-sales/snet-a")
    };
    let found: Vec<_> = report.findings.iter().filter(is_it).collect();
    let [finding] = found.as_slice() else { panic!("{found:#?}") };
    assert_eq!(finding.severity, Severity::Error);
    assert_eq!(finding.rule.as_deref(), Some("no-backup-from-sales"));
}
