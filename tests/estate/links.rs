//! Which resources of several files are one.

use super::{
    Files, file,
    files::{id, network, nsg, of_template, rule, subnet, template},
    judged, verdict,
};
use egresslint::finding::Verdict::{Allowed, Blocked, Unknown};
use serde_json::{Value, json};

const DENY_ALL: &str = "4000 Deny * *";

fn child(group: &str, text: &str) -> Value {
    let mut rule = rule(text);
    let name = rule["name"].as_str().unwrap_or_default().to_owned();
    rule["type"] = json!("Microsoft.Network/networkSecurityGroups/securityRules");
    rule["apiVersion"] = json!("2024-05-01");
    rule["name"] = json!(format!("{group}/{name}"));
    rule
}

/// A deployment to the place of the exports.
fn placed(resource: Value) -> Value {
    template(vec![json!({ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01",
        "name": "d", "subscriptionId": "0000", "resourceGroup": "rg", "properties": {
            "mode": "Incremental", "template": template(vec![resource]) } })])
}

#[test]
fn a_child_rule_belongs_to_the_group_of_its_id_in_another_file() {
    let group = file("nsg.json", &nsg("n", &[DENY_ALL]));
    let allow = child("n", "100 Allow * AzureBackup");
    let files: Files = vec![group.clone(), file("rule.json", &placed(allow.clone()))];
    assert_eq!(verdict(&files, "n"), Allowed);
    assert_eq!(judged(&files).counts.resources, 1);
    // What a name alone says is a doubt, and the rule by itself stays unknown.
    let files: Files = vec![group.clone(), file("rule.json", &template(vec![allow]))];
    let report = judged(&files);
    assert_eq!(report.counts.resources, 2);
    assert!(report.coverage.iter().all(|row| row.verdict == Unknown));
    // Another name is another group.
    let other = child("m", "100 Allow * AzureBackup");
    let files: Files = vec![group, file("rule.json", &template(vec![other]))];
    assert_eq!(verdict(&files, "n"), Blocked);
}

#[test]
fn a_rule_that_two_files_write_differently_is_in_doubt() {
    let group = file("nsg.json", &nsg("n", &["100 Allow * AzureBackup", DENY_ALL]));
    let again =
        |text: &str| -> Files { vec![group.clone(), file("rule.json", &placed(child("n", text)))] };
    assert_eq!(verdict(&again("100 Allow * AzureBackup"), "n"), Allowed);
    assert_eq!(verdict(&again("100 Allow * Storage"), "n"), Unknown);
}

#[test]
fn a_rule_alone_joins_the_export_of_its_group() {
    let group = file("nsg.json", &nsg("n", &["100 Allow * AzureBackup", DENY_ALL]));
    let mut alone = rule("100 Allow * AzureBackup");
    alone["id"] = json!(format!("{}/securityRules/r100", id("networkSecurityGroups", "n")));
    alone["type"] = json!("Microsoft.Network/networkSecurityGroups/securityRules");
    let files: Files = vec![group, file("rule.json", &alone)];
    let report = judged(&files);
    assert_eq!((verdict(&files, "n"), report.counts.resources), (Allowed, 1));
}

#[test]
fn equal_names_in_two_templates_are_two_resources() {
    let narrow = nsg("n", &["100 Allow 10.20.1.0/24 AzureBackup", DENY_ALL]);
    let carrier = network("v", "10.20.0.0/16", vec![subnet("v", "s", "10.20.1.0/24", "n")], vec![]);
    let one: Files =
        vec![file("t.json", &template(vec![of_template(&narrow), of_template(&carrier)]))];
    let two: Files = vec![
        file("a.json", &template(vec![of_template(&narrow)])),
        file("b.json", &template(vec![of_template(&carrier)])),
    ];
    assert_eq!(verdict(&one, "n"), Allowed);
    assert_eq!(verdict(&two, "n"), Unknown);
    let rule = template(vec![child("n", "50 Deny * *")]);
    let with_rule: Files = vec![one[0].clone(), file("c.json", &rule)];
    let report = judged(&with_rule);
    let of = |path: &str| report.coverage.iter().filter(|row| row.file == path).collect::<Vec<_>>();
    assert!(of("t.json").iter().any(|row| row.verdict == Allowed));
    assert!(of("c.json").iter().all(|row| row.verdict == Unknown));
}

#[test]
fn a_conditional_network_leaves_its_addresses_open() {
    let narrow = nsg("n", &["100 Allow 10.20.1.0/24 AzureBackup", DENY_ALL]);
    let carrier = network("v", "10.20.0.0/16", vec![subnet("v", "s", "10.20.1.0/24", "n")], vec![]);
    let mut carrier = of_template(&carrier);
    carrier["condition"] = json!("[equals(parameters('mode'), 'new')]");
    let mut whole = template(vec![of_template(&narrow), carrier]);
    whole["parameters"] = json!({ "mode": { "type": "string" } });
    assert_eq!(verdict(&vec![file("t.json", &whole)], "n"), Unknown);
}

#[test]
fn a_group_met_again_is_judged_once_only_if_it_says_the_same() {
    let lints = |again: &Value| {
        let files = vec![
            file("a.json", &nsg("n", &["100 Allow * Storage", DENY_ALL])),
            file("b.json", again),
        ];
        let report = judged(&files);
        let said: Vec<String> = report
            .findings
            .iter()
            .filter(|finding| finding.lint.id == "resource-met-twice")
            .map(|finding| finding.resource.file.clone())
            .collect();
        (report.counts.resources, said.join(" "))
    };
    let with = |rules: &[&str]| nsg("n", rules);
    assert_eq!(lints(&with(&[DENY_ALL, "100 Allow * Storage"])), (1, "a.json".to_owned()));
    assert_eq!(lints(&with(&["100 Allow * Sql", DENY_ALL])), (2, "a.json".to_owned()));
    let mut upper = with(&["100 Allow * Storage", DENY_ALL]);
    upper["id"] = json!(id("networkSecurityGroups", "N").to_uppercase());
    assert_eq!(lints(&upper), (1, "a.json".to_owned()));
    assert_eq!(lints(&nsg("m", &[DENY_ALL])), (2, String::new()));
}

#[test]
fn a_balancer_of_another_file_probes_nothing_here() {
    let group = json!({
        "type": "Microsoft.Network/networkSecurityGroups",
        "name": "nsg",
        "location": "japaneast",
        "properties": { "securityRules": [ { "name": "Deny", "properties": {
            "priority": 4000, "direction": "Inbound", "access": "Deny", "protocol": "*",
            "sourceAddressPrefix": "*", "sourcePortRange": "*",
            "destinationAddressPrefix": "*", "destinationPortRange": "*" } } ] }
    });
    let balancer = json!({
        "type": "Microsoft.Network/loadBalancers", "name": "lb", "properties": {}
    });
    let probes = |files: &Files| {
        let findings = judged(files).findings;
        findings.iter().filter(|finding| finding.lint.id == "health-probes-denied").count()
    };
    let apart = vec![file("nsg.json", &group), file("lb.json", &balancer)];
    assert_eq!(probes(&apart), 0);
    assert_eq!(probes(&vec![file("both.json", &json!([group, balancer]))]), 1);
}

#[test]
fn a_rule_that_what_if_deletes_is_gone_although_its_group_shows_it() {
    let group = id("networkSecurityGroups", "n");
    let rule = format!("{group}/securityRules/r100");
    let kept = json!({ "resourceId": group, "changeType": "Ignore",
        "before": nsg("n", &["100 Deny * *"]) });
    let deleted = json!({ "resourceId": rule, "changeType": "Delete", "before": { "id": rule } });
    let of = |changes: &[&Value]| {
        verdict(
            &vec![file("what-if.json", &json!({ "status": "Succeeded", "changes": changes }))],
            "n",
        )
    };
    assert_eq!(of(&[&kept]), Blocked);
    assert_eq!(of(&[&kept, &deleted]), Allowed);
    assert_eq!(of(&[&deleted, &kept]), Allowed);
    // What stands there beside it stays.
    let two = json!({ "resourceId": group, "changeType": "NoChange",
        "before": nsg("n", &["100 Deny * *", "110 Deny * *"]) });
    assert_eq!(of(&[&two, &deleted]), Blocked);
    let perhaps =
        json!({ "status": "Succeeded", "changes": [kept], "potentialChanges": [deleted] });
    assert_eq!(verdict(&vec![file("what-if.json", &perhaps)], "n"), Unknown);
}
