//! Rules that copy loops make are told one by one, at the line where each value was written.

use assert_cmd::Command;
use serde_json::{Value, json};
use std::{collections::BTreeSet, fmt::Write as _, fs};

/// The lines of the parameters file before that of the first rule.
const LINES_BEFORE: usize = 2;

const RULES: usize = 800;

/// Three deployments in each other, the innermost with a group whose rules are all made by a loop.
fn template() -> Value {
    let value = |name: &str| format!("[parameters('rules')[copyIndex('securityRules')].{name}]");
    let properties: serde_json::Map<String, Value> = [
        ("priority", "priority"),
        ("direction", "direction"),
        ("access", "access"),
        ("destinationPortRange", "port"),
    ]
    .into_iter()
    .map(|(property, name)| (property.to_owned(), json!(value(name))))
    .chain(
        [
            ("protocol", "Tcp"),
            ("sourceAddressPrefix", "*"),
            ("sourcePortRange", "*"),
            ("destinationAddressPrefix", "10.0.0.0/8"),
        ]
        .map(|(property, text)| (property.to_owned(), json!(text))),
    )
    .collect();
    let group = json!({
        "type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2024-05-01", "name": "nsg-app",
        "location": "japaneast",
        "properties": { "copy": [ {
            "name": "securityRules", "count": "[length(parameters('rules'))]",
            "input": { "name": value("name"), "properties": properties }
        } ] }
    });
    let around = |resource: Value| {
        json!({
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            "contentVersion": "1.0.0.0",
            "parameters": { "rules": { "type": "array" } },
            "resources": [resource]
        })
    };
    let nested = |template: Value| {
        json!({
            "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "inner",
            "properties": {
                "mode": "Incremental",
                "expressionEvaluationOptions": { "scope": "inner" },
                "parameters": { "rules": { "value": "[parameters('rules')]" } },
                "template": template
            }
        })
    };
    (0..3).fold(around(group), |template, _| around(nested(template)))
}

/// A rule a line; the one at `odd` has a priority that Azure refuses.
#[expect(clippy::unwrap_used, reason = "a test helper")]
fn parameters(odd: usize) -> String {
    let mut text = String::from(
        "{ \"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#\",\n  \
         \"contentVersion\": \"1.0.0.0\", \"parameters\": { \"rules\": { \"value\": [\n",
    );
    for index in 0..RULES {
        let priority = if index == odd { 5000 } else { 100 + index };
        let rule = json!({
            "name": format!("allow-{}", index + 1), "priority": priority, "direction": "Outbound",
            "access": "Allow", "port": (10_000 + index).to_string()
        });
        let comma = if index + 1 < RULES { "," } else { "" };
        writeln!(text, "    {rule}{comma}").unwrap();
    }
    text.push_str("] } } }\n");
    text
}

#[expect(clippy::unwrap_used, reason = "a test helper")]
fn check(files: &[(&str, &str)]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let output = Command::cargo_bin("egresslint")
        .unwrap()
        .current_dir(folder.path())
        .args(["check", ".", "--format", "json", "--select", "odd-casing"])
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn findings_on_800_looped_rules_lead_to_the_line_of_the_value_through_three_deployments() {
    for odd in [0, 499, RULES - 1] {
        let template = serde_json::to_string_pretty(&template()).unwrap();
        let parameters = parameters(odd);
        let report = check(&[("app.json", &template), ("app.parameters.json", &parameters)]);
        let findings = report["findings"].as_array().unwrap();
        let found: Vec<&Value> =
            findings.iter().filter(|finding| finding["lint"] == "priority-out-of-range").collect();
        let [finding] = found.as_slice() else { panic!("{odd}: {findings:#?}") };
        let location = &finding["location"];
        assert_eq!(location["file"], "app.parameters.json");
        assert_eq!(location["line"], odd + 1 + LINES_BEFORE);
        assert_eq!(location["pointer"], format!("/parameters/rules/value/{odd}/priority"));
        assert_eq!(finding["rule"], format!("allow-{}", odd + 1));
        assert_eq!(finding["resource"]["name"], "nsg-app");
        let message = finding["message"].as_str().unwrap();
        let round = format!("(iteration {} of {RULES} of the copy loop `securityRules`)", odd + 1);
        assert!(message.contains(&round), "{message}");
        let iteration =
            json!({ "copy": "securityRules", "number": odd + 1, "count": RULES, "same": 1 });
        assert_eq!(finding["iteration"], iteration);
        assert_eq!(report["summary"]["coverage"]["unknown"], 0);
    }
}

#[test]
fn rules_of_one_place_are_told_apart() {
    let template = json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": [ {
            "type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2024-05-01", "name": "nsg-app",
            "properties": { "copy": [ { "name": "securityRules", "count": 3, "input": {
                "name": "[concat('out-', copyIndex('securityRules', 1))]",
                "properties": {
                    "priority": "[add(5000, copyIndex('securityRules'))]", "direction": "Outbound", "access": "Allow",
                    "protocol": "Tcp", "sourceAddressPrefix": "*", "sourcePortRange": "*",
                    "destinationAddressPrefix": "Sql", "destinationPortRange": "[string(add(1000, copyIndex('securityRules')))]"
                }
            } } ] }
        } ]
    });
    let report = check(&[("app.json", &template.to_string())]);
    let findings = report["findings"].as_array().unwrap();
    let found: Vec<&Value> =
        findings.iter().filter(|finding| finding["lint"] == "priority-out-of-range").collect();
    assert_eq!(found.len(), 3, "{findings:#?}");
    let places: BTreeSet<String> = found.iter().map(|it| it["location"].to_string()).collect();
    let prints: BTreeSet<String> = found.iter().map(|it| it["fingerprint"].to_string()).collect();
    let messages: BTreeSet<String> = found.iter().map(|it| it["message"].to_string()).collect();
    assert_eq!((places.len(), prints.len(), messages.len()), (1, 3, 3));
}

#[test]
fn what_is_wrong_in_every_round_is_told_once() {
    let loop_of = |protocol: &str, count: usize| {
        json!({
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            "contentVersion": "1.0.0.0",
            "resources": [ {
                "type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2024-05-01", "name": "nsg-app",
                "properties": { "copy": [ { "name": "securityRules", "count": count, "input": {
                    "name": "[concat('out-', copyIndex('securityRules', 1))]",
                    "properties": {
                        "priority": "[add(500, copyIndex('securityRules'))]", "direction": "Outbound", "access": "Allow",
                        "protocol": protocol, "sourceAddressPrefix": "*", "sourcePortRange": "*",
                        "destinationAddressPrefix": "Sql", "destinationPortRange": "[string(add(1000, copyIndex('securityRules')))]"
                    }
                } } ] }
            } ]
        })
    };
    let found = |template: Value| {
        let report = check(&[("app.json", &template.to_string())]);
        let findings = report["findings"].as_array().unwrap().clone();
        let of_lint = findings.into_iter().filter(|it| it["lint"] == "invalid-enum-value");
        (of_lint.collect::<Vec<_>>(), report["summary"]["findings"]["error"].clone())
    };
    let (findings, errors) = found(loop_of("Tpc", 7));
    let [finding] = findings.as_slice() else { panic!("{findings:#?}") };
    assert_eq!(errors, 1);
    let iteration = json!({ "copy": "securityRules", "number": 1, "count": 7, "same": 7 });
    assert_eq!((&finding["iteration"], &finding["rule"]), (&iteration, &json!("out-1")));
    let message = finding["message"].as_str().unwrap();
    let same = "(the same in 7 of 7 iterations of the copy loop `securityRules`)";
    assert!(message.contains(same), "{message}");
    // Each round has a fault of its own: each is told.
    let (findings, _) = found(loop_of("[concat('T', copyIndex('securityRules'))]", 3));
    assert_eq!(findings.len(), 3, "{findings:#?}");
    assert_eq!(findings[2]["iteration"]["same"], 1);
}
