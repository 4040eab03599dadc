//! What is said about required endpoints of whole groups: the cause beside the verdict, one finding
//! for what several profiles ask, and verdicts by name where addresses are not known.

use egresslint::{
    finding::{
        Coverage, Finding, FlowEnd, Report, Severity, Verdict,
        Verdict::{Allowed, Blocked, Unknown},
    },
    load::Collected,
    profiles::{self, Cloud},
    report::{Look, RENDERERS},
    run::{self, Chosen, Options},
    source::{FileId, SourceFile},
    tags::Catalogue,
};

const DENY_ALL: &str = "1000 Deny * * *";

/// A rule from `priority access protocol destination ports`.
fn rule(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [priority, access, protocol, destination, port] = words.as_slice() else {
        return format!("no rule: {text}");
    };
    format!(
        r#"{{"name": "r{priority}", "properties": {{"priority": {priority}, "direction": "Outbound",
        "access": "{access}", "protocol": "{protocol}", "sourceAddressPrefix": "*",
        "sourcePortRange": "*", "destinationAddressPrefix": "{destination}",
        "destinationPortRange": "{port}"}}}}"#
    )
}

fn group(location: &str, rules: &[&str]) -> String {
    let rules: Vec<String> = rules.iter().map(|text| rule(text)).collect();
    let location =
        if location.is_empty() { String::new() } else { format!(r#""location": "{location}","#) };
    format!(
        r#"{{"type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2023-09-01",
        "name": "nsg", {location} "properties": {{"securityRules": [{}]}}}}"#,
        rules.join(",")
    )
}

fn options(names: &[&str], cloud: Cloud) -> Options {
    let chosen = |name: &&str| {
        let profile = profiles::built_in(name)?.ok()?;
        Some(Chosen { profile, named: true })
    };
    Options {
        profiles: names.iter().filter_map(chosen).collect(),
        region: None,
        cloud,
        select: Vec::new(),
        ignore: Vec::new(),
        today: None,
    }
}

fn judged(text: &str, options: &Options) -> Report {
    let collected = Collected::named([SourceFile::new("nsg.json", text)]);
    run::check(collected, options, Catalogue::embedded())
}

fn report(location: &str, rules: &[&str]) -> Report {
    judged(&group(location, rules), &options(&["azure-backup"], Cloud::Public))
}

fn of<'r>(report: &'r Report, lint: &str) -> Vec<&'r Finding> {
    report.findings.iter().filter(|finding| finding.lint.id == lint).collect()
}

fn row<'r>(report: &'r Report, requirement: &str) -> Option<&'r Coverage> {
    report.coverage.iter().find(|row| row.requirement == requirement)
}

fn verdicts(report: &Report) -> Vec<Verdict> {
    report.coverage.iter().filter(|row| row.required).map(|row| row.verdict).collect()
}

#[test]
fn a_misspelt_tag_is_an_error_and_the_reason_of_what_is_unknown() {
    for (name, right) in [
        ("AzureActiveDirectroy", "AzureActiveDirectory"),
        ("storge", "Storage"),
        ("Storge.JapanEast", "Storage.JapanEast"),
        ("storage.weurope", "Storage.WestEurope"),
        ("STORAGE.JPEAST", "Storage.JapanEast"),
    ] {
        let allow = format!("200 Allow Tcp {name} 443");
        let report = report("japaneast", &[&allow, "210 Allow Tcp AzureBackup 443", DENY_ALL]);
        let found = of(&report, "unknown-service-tag");
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!(found[0].severity, Severity::Error, "{name}");
        let help = found[0].help.as_deref().unwrap_or_default();
        assert!(help.contains(&format!("`{right}`")), "{name}: {help}");
        // What surely decides is named first.
        let backup = row(&report, "backup-443").map(|row| row.decided_by[0].rule.as_str());
        assert_eq!(backup, Some("r210"), "{name}");
        let unknown = report.coverage.iter().filter(|row| row.verdict == Unknown);
        for row in unknown {
            let reason = row.reason.as_deref().unwrap_or_default();
            assert!(reason.contains("`r200`") && reason.contains(name), "{name}: {reason}");
        }
    }
}

#[test]
fn an_allow_for_another_region_is_named_beside_what_is_blocked() {
    let rules = [
        "200 Allow Tcp AzureActiveDirectory 443",
        "210 Allow Tcp AzureBackup 443",
        "220 Allow Tcp Storage.JapanWest 443",
        DENY_ALL,
    ];
    let report = report("japaneast", &rules);
    let found = of(&report, "required-endpoint-blocked");
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].related.iter().map(|label| label.text.as_str()).collect::<Vec<_>>(),
        ["this allow is for `Storage.JapanWest`: the group's location is `japaneast`"]
    );
    let help = found[0].help.as_deref().unwrap_or_default();
    assert!(help.contains("write `Storage.JapanEast` for `Storage.JapanWest` in `r220`"), "{help}");
    assert_eq!(of(&report, "wrong-region-tag").len(), 0);
    // Who asks for the lint by name gets its words too.
    let mut options = options(&["azure-backup"], Cloud::Public);
    options.select.push("wrong-region-tag".to_owned());
    assert_eq!(of(&judged(&group("japaneast", &rules), &options), "wrong-region-tag").len(), 1);
}

#[test]
fn a_port_is_added_to_the_rule_that_lacks_nothing_else() {
    let rules = [
        "200 Allow Tcp AzureActiveDirectory 443",
        "210 Allow Tcp AzureBackup 443",
        "220 Allow Tcp Storage.JapanEast 80",
        DENY_ALL,
    ];
    let blocked = report("japaneast", &rules);
    let found = of(&blocked, "required-endpoint-blocked");
    assert_eq!(found.len(), 1);
    let help = found[0].help.as_deref().unwrap_or_default();
    assert!(help.starts_with("add the port to `r220` (priority 220)"), "{help}");
    let fix = found[0].fix.as_ref().map_or("", |fix| fix.description.as_str());
    assert!(fix.ends_with("    \"destinationPortRanges\": [\"80\", \"443\"]"), "{fix}");
    // Whoever does so is through.
    let text = group("japaneast", &rules)
        .replace(r#""destinationPortRange": "80""#, fix.lines().last().map_or("", str::trim));
    let mended = judged(&text, &options(&["azure-backup"], Cloud::Public));
    assert_eq!(verdicts(&mended), [Allowed; 3]);
    // A wider rule, or one below the deny, is left alone: a new rule lets less through.
    for other in [
        "220 Allow Tcp Storage 80",
        "220 Allow * Storage.JapanEast 80",
        "1020 Allow Tcp Storage.JapanEast 80",
    ] {
        let report = report("japaneast", &[rules[0], rules[1], other, DENY_ALL]);
        let found = of(&report, "required-endpoint-blocked");
        let help = found[0].help.as_deref().unwrap_or_default();
        assert!(help.starts_with("add an outbound allow"), "{other}: {help}");
    }
}

#[test]
fn what_several_profiles_ask_for_is_one_finding_and_a_row_each() {
    let text = group("japaneast", &["210 Allow Tcp AzureBackup 443", DENY_ALL]);
    let names = ["azure-backup", "mars", "sql-in-vm"];
    let report = judged(&text, &options(&names, Cloud::Public));
    let found = of(&report, "required-endpoint-blocked");
    let mut messages: Vec<&str> = found.iter().map(|finding| finding.message.as_str()).collect();
    let all = messages.len();
    messages.dedup();
    assert_eq!(messages.len(), all, "{messages:?}");
    let entra = found.iter().find(|finding| finding.message.contains("AzureActiveDirectory"));
    let rows = entra.map_or(0, |finding| 1 + finding.also_required.len());
    let blocked = report
        .coverage
        .iter()
        .filter(|row| row.what == "AzureActiveDirectory on tcp/443" && row.verdict == Blocked);
    assert_eq!(rows, blocked.count());
    assert!(rows > 1);
}

#[test]
fn another_cloud_is_judged_by_the_names_of_its_tags() {
    let on = |rules: &[&str]| {
        let options = options(&["azure-backup"], Cloud::UsGov);
        judged(&group("usgovvirginia", rules), &options)
    };
    let sound = [
        "200 Allow Tcp azureactivedirectory 443",
        "210 Allow Tcp AzureBackup 443",
        "220 Allow Tcp Storage.USGovVirginia 443",
        DENY_ALL,
    ];
    let report = on(&sound);
    assert_eq!(verdicts(&report), [Allowed; 3]);
    let deciders = report.coverage.iter().filter(|row| row.required).map(|row| &row.decided_by[0]);
    assert_eq!(deciders.map(|it| it.rule.as_str()).collect::<Vec<_>>(), ["r210", "r220", "r200"]);
    assert_eq!(verdicts(&on(&["100 Allow * * *", DENY_ALL])), [Allowed; 3]);
    assert_eq!(verdicts(&on(&["100 Allow Tcp Internet 443", DENY_ALL])), [Allowed; 3]);
    assert_eq!(
        verdicts(&on(&["100 Allow Tcp Storage 443", DENY_ALL])),
        [Unknown, Allowed, Unknown]
    );
    assert_eq!(verdicts(&on(&["100 Allow Tcp VirtualNetwork 443", DENY_ALL])), [Blocked; 3]);
    // What other tags and prefixes hold is not known.
    for other in ["AzureCloud", "Storage.USGovArizona", "20.60.0.0/16", "Sql"] {
        let allow = format!("100 Allow Tcp {other} 443");
        let report = on(&[&allow, DENY_ALL]);
        assert_eq!(verdicts(&report)[1], Unknown, "{other}");
        let reason = row(&report, "storage-443").and_then(|row| row.reason.as_deref());
        assert!(reason.is_some_and(|reason| reason.contains("`r100`")), "{other}: {reason:?}");
    }
    let report = on(&[DENY_ALL]);
    let found = of(&report, "required-endpoint-blocked");
    assert_eq!(found.len(), 3);
    let witnesses: Vec<String> = found
        .iter()
        .filter_map(|finding| finding.witness.as_ref())
        .filter(|flow| matches!(flow.destination, FlowEnd::Tag(_)))
        .map(|flow| flow.destination.to_string())
        .collect();
    assert_eq!(witnesses, ["AzureActiveDirectory", "AzureBackup", "Storage.USGovVirginia"]);
}

#[test]
fn no_region_in_another_cloud_leaves_the_tag_of_any_one_enough() {
    let options = options(&["azure-backup"], Cloud::China);
    let rules = ["220 Allow Tcp Storage.ChinaEast2 443", DENY_ALL];
    let report = judged(&group("", &rules), &options);
    let storage = row(&report, "storage-443");
    assert_eq!(storage.map(|row| row.verdict), Some(Allowed));
    let reason = storage.and_then(|row| row.reason.as_deref()).unwrap_or_default();
    assert!(reason.contains("`Storage.ChinaEast2` alone"), "{reason}");
}

#[test]
fn a_deny_at_the_first_number_is_moved_and_all_advice_goes_together() {
    let blocked = report(
        "westeurope",
        &[
            "100 Deny * * *",
            "200 Allow Tcp AzureBackup 443",
            "210 Allow Tcp Storage.WestEurope 443",
        ],
    );
    let helps = |lint: &str| -> Vec<String> {
        of(&blocked, lint).into_iter().filter_map(|finding| finding.help.clone()).collect()
    };
    assert_eq!(
        helps("required-endpoint-blocked"),
        [
            "no lower number is free: move `r100` to 103, then add an outbound allow for \
             `AzureActiveDirectory` on tcp/443 with priority 102",
            "no lower number is free: move `r100` to 103, then give `r200` the priority 100",
            "no lower number is free: move `r100` to 103, then give `r210` the priority 101",
        ]
    );
    let fixes =
        of(&blocked, "required-endpoint-blocked").into_iter().filter_map(|it| it.fix.as_ref());
    let heads: Vec<&str> = fixes.filter_map(|fix| fix.description.lines().next()).collect();
    // Whoever gives the number to the allow that is there has none left for a new rule.
    let instead = "add this rule to the group instead:";
    assert_eq!(heads, ["add this rule to the group:", instead, instead]);
    assert_eq!(
        helps("allow-below-deny"),
        [
            "no number below 100 is free: give `r100` one above 200, or remove `r200`",
            "no number below 100 is free: give `r100` one above 210, or remove `r210`",
        ]
    );
    let followed = report(
        "westeurope",
        &[
            "100 Allow Tcp AzureBackup 443",
            "101 Allow Tcp Storage.WestEurope 443",
            "102 Allow Tcp AzureActiveDirectory 443",
            "103 Deny * * *",
        ],
    );
    assert_eq!(followed.findings.len(), 0, "{:?}", followed.findings);
}

const HOSTS: &str = r#"
name = "payroll"
title = "a bank and its address"
[[require]]
id = "bank"
fqdns = ["bank.example.com"]
ports = [443]
protocol = "tcp"
severity = "error"
source = "a contract"
as_of = "2026-01-01"
[[require]]
id = "by-address"
addresses = ["198.51.100.7"]
ports = [443]
protocol = "tcp"
severity = "error"
source = "a contract"
as_of = "2026-01-01"
"#;

#[test]
fn a_row_with_host_names_only_is_said_not_to_be_judged_in_every_format() {
    let profile = profiles::read(FileId(0), HOSTS).unwrap();
    let options =
        Options { profiles: vec![Chosen { profile, named: true }], ..options(&[], Cloud::Public) };
    let report = judged(&group("", &["200 Allow * * *"]), &options);
    assert_eq!(verdicts(&report), [Allowed]);
    for renderer in RENDERERS {
        let look = Look { color: false, width: 100, quiet: false, verbose: false, lints: &[] };
        let mut out = Vec::new();
        (renderer.render)(&report, &look, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let name = renderer.name;
        assert!(text.contains("judged") && text.contains("bank"), "{name}: {text}");
        assert!(!text.contains("all clear: "), "{name}: {text}");
    }
    let silent = judged(r#"{"resources": []}"#, &options);
    assert!(silent.unjudged.is_empty(), "there is no group that could have judged it");
}

#[test]
fn the_rows_that_are_required_are_counted_on_their_own() {
    let report = report("westeurope", &["200 Allow Tcp * 443", DENY_ALL]);
    let look = Look { color: false, width: 100, quiet: false, verbose: false, lints: &[] };
    let json = RENDERERS.iter().find(|renderer| renderer.name == "json").unwrap();
    let mut out = Vec::new();
    (json.render)(&report, &look, &mut out).unwrap();
    let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(value["summary"]["coverage"]["blocked"], 2);
    assert_eq!(value["summary"]["required"]["blocked"], 0);
    assert_eq!(value["summary"]["required"]["allowed"], 3);
}

#[test]
fn other_reasons_are_only_spoken_of_where_there_are_some() {
    let two = ["200 Allow Tcp storage.weurope 443", "210 Allow Tcp AzureActiveDirectroy 443"];
    let message = |rules: &[&str]| {
        let report = report("westeurope", rules);
        let found = of(&report, "required-endpoint-unknown");
        found.first().map(|finding| finding.message.clone()).unwrap_or_default()
    };
    let nested = message(&[two[0], two[1], DENY_ALL]);
    assert!(nested.contains("`r200`") && nested.contains("`r210`"), "{nested}");
    assert!(!nested.contains("other reasons"), "{nested}");
    let apart = message(&["200 Allow Tcp AzureBackup 443,80", two[0], "1000 Deny Tcp * 443"]);
    assert!(apart.contains("other reasons"), "{apart}");
}
