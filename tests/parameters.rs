//! Templates are judged with the parameters files that they are deployed with.

use assert_cmd::Command;
use serde_json::{Value, json};
use std::{fs, path::Path};

const TEMPLATE: &str = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {
    "backupAccess": { "type": "string" },
    "priority": { "type": "int", "defaultValue": 200 },
    "ruleName": { "type": "securestring" }
  },
  "resources": [
    {
      "type": "Microsoft.Network/networkSecurityGroups",
      "apiVersion": "2024-05-01",
      "name": "nsg-app",
      "location": "japaneast",
      "properties": {
        "securityRules": [
          {
            "name": "backup",
            "properties": {
              "priority": "[parameters('priority')]",
              "direction": "Outbound",
              "access": "[parameters('backupAccess')]",
              "protocol": "Tcp",
              "sourceAddressPrefix": "*",
              "sourcePortRange": "*",
              "destinationAddressPrefix": "AzureBackup",
              "destinationPortRange": "443"
            }
          }
        ]
      }
    }
  ]
}"#;

fn parameters(values: &[(&str, Value)]) -> String {
    let values: serde_json::Map<String, Value> = values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!({ "value": value })))
        .collect();
    json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
        "contentVersion": "1.0.0.0",
        "parameters": values,
    })
    .to_string()
}

#[expect(clippy::unwrap_used, reason = "a test helper")]
fn run(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let output = Command::cargo_bin("egresslint")
        .unwrap()
        .current_dir(folder)
        .args(["check", "--profile", "azure-backup", "--format", "json"])
        .args(arguments)
        .output()
        .unwrap();
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap())
}

#[expect(clippy::unwrap_used, reason = "a test helper")]
fn verdict(report: &Value) -> &Value {
    report.pointer("/coverage/0/verdict").unwrap()
}

#[expect(clippy::unwrap_used, reason = "a test helper")]
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn a_parameters_file_beside_a_template_gives_its_values() {
    let deny = parameters(&[("BACKUPACCESS", json!("Deny")), ("other", json!(1))]);
    let folder = folder(&[("app.json", TEMPLATE), ("app.parameters.json", &deny)]);
    for arguments in [&["app.json"][..], &["app.json", "app.parameters.json"], &["*.json"], &["."]]
    {
        let (status, report) = run(folder.path(), arguments);
        assert_eq!((status, verdict(&report)), (1, &json!("blocked")), "{arguments:?}");
        assert_eq!(
            report["deployed_with"],
            json!([{ "file": "app.json", "parameters": "app.parameters.json" }])
        );
        assert_eq!(report["errors"], json!([]), "{arguments:?}");
        assert_eq!(report.get("unchecked"), None, "{arguments:?}");
    }
}

#[test]
fn without_a_parameters_file_a_parameter_without_default_is_unknown() {
    let folder = folder(&[("app.json", TEMPLATE)]);
    let (_, report) = run(folder.path(), &["app.json"]);
    assert_eq!(verdict(&report), "unknown");
    assert_eq!(report.get("deployed_with"), None);
}

#[test]
fn parameters_files_that_are_asked_for_come_in_place_of_the_one_beside() {
    let deny = parameters(&[("backupAccess", json!("Deny"))]);
    let allow = parameters(&[("backupAccess", json!("Allow"))]);
    let late = parameters(&[("priority", json!(300))]);
    let files = [("app.json", TEMPLATE), ("app.parameters.json", &deny), ("late.json", &late)];
    let folder = folder(&[&files[..], &[("allow.json", &allow), ("deny.json", &deny)]].concat());
    let asked = |files: &[&str]| {
        let options = files.iter().flat_map(|file| ["--parameters", file]);
        run(folder.path(), &["app.json"].into_iter().chain(options).collect::<Vec<_>>())
    };
    let (_, report) = asked(&["deny.json", "allow.json", "late.json"]);
    assert_eq!(verdict(&report), "allowed");
    assert_eq!(report["coverage"][0]["decided_by"][0]["priority"], 300);
    // The last value counts.
    assert_eq!(verdict(&asked(&["allow.json", "deny.json"]).1), "blocked");
    // What lacks in them is not taken from the one beside.
    assert_eq!(verdict(&asked(&["late.json"]).1), "unknown");
}

#[test]
fn a_parameters_file_that_is_broken_leaves_every_parameter_unknown() {
    let template = TEMPLATE.replace(
        r#""backupAccess": { "type": "string" }"#,
        r#""backupAccess": { "type": "string", "defaultValue": "Allow" }"#,
    );
    let broken = "{ \"parameters\": { \"backupAccess\": }";
    let folder = folder(&[("app.json", &template), ("app.parameters.json", broken)]);
    let (status, report) = run(folder.path(), &["app.json"]);
    assert_eq!((status, verdict(&report)), (2, &json!("unknown")));
    let error = &report["errors"][0];
    assert_eq!((&error["file"], &error["line"]), (&json!("app.parameters.json"), &json!(1)));
    let reason = report["coverage"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("the parameters file beside the template can not be read"), "{reason}");
}

#[test]
fn a_file_beside_a_template_that_is_no_parameters_file_leaves_every_parameter_unknown() {
    let template = TEMPLATE.replace(
        r#""backupAccess": { "type": "string" }"#,
        r#""backupAccess": { "type": "string", "defaultValue": "Allow" }"#,
    );
    let odd = r#"{ "backupAccess": { "value": "Deny" } }"#;
    let folder = folder(&[("app.json", &template), ("app.parameters.json", odd)]);
    let (_, report) = run(folder.path(), &["app.json"]);
    assert_eq!(verdict(&report), "unknown");
}

#[test]
fn a_trace_says_which_parameters_file_it_hangs_on() {
    let values = parameters(&[("backupAccess", json!("Deny"))]);
    let folder = folder(&[("app.json", TEMPLATE), ("app.parameters.json", &values)]);
    let output = Command::cargo_bin("egresslint")
        .unwrap()
        .current_dir(folder.path())
        .args(["trace", "app.json", "--to", "AzureBackup", "--port", "443", "--protocol", "tcp"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("app.json is judged with `app.parameters.json`"), "{text}");
}

#[test]
fn a_parameters_file_that_no_template_has_a_use_for_is_an_error() {
    let other = parameters(&[("colour", json!("green"))]);
    let folder = folder(&[("app.json", TEMPLATE), ("other.json", &other)]);
    for file in ["other.json", "missing.json"] {
        let (status, report) = run(folder.path(), &["app.json", "--parameters", file]);
        assert_eq!((status, &report["errors"][0]["file"]), (2, &json!(file)));
    }
}

#[test]
fn a_secret_in_a_parameters_file_is_never_printed() {
    let template = TEMPLATE.replace(r#""name": "backup""#, r#""name": "[parameters('ruleName')]""#);
    let values = parameters(&[("ruleName", json!("hunter2xyz")), ("backupAccess", json!("Deny"))]);
    let folder = folder(&[("app.json", &template), ("app.parameters.json", &values)]);
    for format in ["human", "concise", "json", "sarif", "github"] {
        let output = Command::cargo_bin("egresslint")
            .unwrap()
            .current_dir(folder.path())
            .args(["check", "--profile", "azure-backup", "--format", format, "app.json"])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("ruleName") && !text.contains("hunter2xyz"), "{format}: {text}");
    }
}
