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
            json!([{ "file": "app.json", "parameters": "app.parameters.json",
                "undeclared": { "name": "other" } }])
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
    assert!(
        reason.contains("the parameters file `app.parameters.json` can not be read"),
        "{reason}"
    );
}

#[test]
fn a_file_beside_a_template_that_is_no_parameters_file_leaves_every_parameter_unknown() {
    let template = TEMPLATE.replace(
        r#""backupAccess": { "type": "string" }"#,
        r#""backupAccess": { "type": "string", "defaultValue": "Allow" }"#,
    );
    let odd = r#"{ "backupAccess": "Deny" }"#;
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
    fs::write(folder.path().join("broken.json"), "{").unwrap();
    fs::write(folder.path().join("odd.json"), "[1]").unwrap();
    for file in ["other.json", "missing.json", "broken.json", "odd.json"] {
        let (status, report) = run(folder.path(), &["app.json", "--parameters", file]);
        assert_eq!((status, &report["errors"][0]["file"]), (2, &json!(file)));
        // What is wrong is said once.
        assert_eq!(report["errors"].as_array().unwrap().len(), 1, "{report}");
        let reason = report["coverage"][0]["reason"].as_str().unwrap();
        let is_read = file == "other.json";
        assert_eq!(!is_read, reason.contains(&format!("`{file}` can not be read")), "{reason}");
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

/// The template, with `Deny` as the value of the parameter where nothing else is given.
fn with_default() -> String {
    TEMPLATE.replace(
        r#""backupAccess": { "type": "string" }"#,
        r#""backupAccess": { "type": "string", "defaultValue": "Deny", "allowedValues": ["Allow", "Deny"] }"#,
    )
}

#[test]
fn the_forms_that_the_tools_of_azure_take_are_read_beside_and_asked_for() {
    for form in [
        r#"{ "backupAccess": { "value": "Allow" } }"#,
        r#"{ "parameters": { "backupAccess": { "value": "Allow" } } }"#,
        r#"{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
            "parameters": { "backupAccess": { "value": "Allow" } } }"#,
    ] {
        let folder = folder(&[
            ("app.json", &with_default()),
            ("app.parameters.json", form),
            ("other.json", form),
        ]);
        for arguments in [&["app.json"][..], &["app.json", "--parameters", "other.json"]] {
            let (status, report) = run(folder.path(), arguments);
            assert_eq!((status, verdict(&report)), (0, &json!("allowed")), "{form}");
        }
    }
}

#[test]
fn a_value_in_a_form_that_is_not_known_is_not_the_default() {
    for value in [r#"{ "expression": "[json('1')]" }"#, r#""Allow""#, "{}", "null"] {
        let values = format!(
            r#"{{ "contentVersion": "1.0.0.0", "parameters": {{ "backupAccess": {value} }} }}"#
        );
        let folder = folder(&[("app.json", &with_default()), ("app.parameters.json", &values)]);
        let (_, report) = run(folder.path(), &["app.json"]);
        assert_eq!(verdict(&report), "unknown", "{value}");
        let reason = report["coverage"][0]["reason"].as_str().unwrap();
        let words = "`app.parameters.json` gives the parameter `backupAccess` in a form";
        assert!(reason.contains(words), "{reason}");
    }
}

#[test]
fn a_nested_deployment_never_gets_a_default_for_what_it_is_given() {
    let around = |given: &str| {
        format!(
            r#"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [{{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01",
    "name": "inner", "properties": {{
      "mode": "Incremental", "expressionEvaluationOptions": {{ "scope": "inner" }},
      "template": {}, "parameters": {{ "backupAccess": {given} }} }} }}] }}"#,
            with_default()
        )
    };
    for (given, reason) in [
        (r#"{ "expression": "[json('1')]" }"#, "gives the parameter `backupAccess` in a form"),
        (r#""Allow""#, "the deployment around it gives the parameter `backupAccess`"),
        (
            r#"{ "reference": { "keyVault": { "id": "x" }, "secretName": "y" } }"#,
            "the value of the parameter `backupAccess` is in a key vault",
        ),
    ] {
        let folder = folder(&[("app.json", &around(given))]);
        let (status, report) = run(folder.path(), &["app.json"]);
        assert_eq!((status, verdict(&report)), (0, &json!("unknown")), "{report}");
        let said = report["coverage"][0]["reason"].as_str().unwrap();
        assert!(said.contains(reason), "{said}");
    }
}

#[test]
fn null_is_no_value_given() {
    let values = parameters(&[("backupAccess", json!(null))]);
    for (template, expected) in [(&with_default(), "blocked"), (&TEMPLATE.to_owned(), "unknown")] {
        let folder = folder(&[("app.json", template), ("app.parameters.json", &values)]);
        let (_, report) = run(folder.path(), &["app.json"]);
        assert_eq!(verdict(&report), expected, "{report}");
    }
}

#[test]
fn a_value_that_azure_refuses_is_no_value() {
    let ranged = |bounds: &str| TEMPLATE.replace(r#""backupAccess": { "type": "string" }"#, bounds);
    let listed = with_default();
    let short = ranged(r#""backupAccess": { "type": "string", "maxLength": 4 }"#);
    let array = ranged(r#""backupAccess": { "type": "Array" }"#);
    let nullable = ranged(r#""backupAccess": { "type": "string", "nullable": true }"#);
    for (template, value, why) in [
        (&listed, json!("Perhaps"), "it is not one of its `allowedValues`"),
        (&listed, json!(["Allow"]), "it is an array, and the type is `string`"),
        (&short, json!("Allow"), "it is too small or too large"),
        (&array, json!("Allow"), "it is a string, and the type is `array`"),
    ] {
        let values = parameters(&[("backupAccess", value)]);
        let folder = folder(&[("app.json", template), ("app.parameters.json", &values)]);
        let (_, report) = run(folder.path(), &["app.json"]);
        assert_eq!(verdict(&report), "unknown", "{why}");
        let reason = report["coverage"][0]["reason"].as_str().unwrap();
        assert!(reason.contains(why), "{reason}");
    }
    let allowed = [(&listed, "backupAccess", json!("Allow")), (&nullable, "priority", json!(7))];
    for (template, name, value) in allowed {
        let values = parameters(&[(name, value)]);
        let folder = folder(&[("app.json", template), ("app.parameters.json", &values)]);
        let (_, report) = run(folder.path(), &["app.json"]);
        let reason = report["coverage"][0].get("reason").map(ToString::to_string);
        assert!(!reason.is_some_and(|it| it.contains("refuses the value")));
    }
}

#[test]
fn a_value_for_a_parameter_that_no_template_has_is_told_with_the_nearest_name() {
    let slip = parameters(&[("backupAcess", json!("Deny"))]);
    let folder = folder(&[
        ("app.json", &with_default()),
        ("app.parameters.json", &slip),
        ("other.json", &with_default().replace("backupAccess", "colour")),
        ("shared.json", &parameters(&[("backupAccess", json!("Deny")), ("colour", json!("Deny"))])),
        ("slip.json", &parameters(&[("backupAccess", json!("Deny")), ("color", json!("Deny"))])),
    ]);
    let (_, report) = run(folder.path(), &["app.json"]);
    assert_eq!(
        report["deployed_with"][0]["undeclared"],
        json!({ "name": "backupAcess", "nearest": "backupaccess" })
    );
    let both = |file| run(folder.path(), &["app.json", "other.json", "--parameters", file]).1;
    for used in both("shared.json")["deployed_with"].as_array().unwrap() {
        assert_eq!(used.get("undeclared"), None);
    }
    let report = both("slip.json");
    let told: Vec<&Value> = report["deployed_with"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it.get("undeclared"))
        .collect();
    assert_eq!(told, [&json!({ "name": "color", "nearest": "colour" })]);
    for format in ["human", "concise", "sarif", "github"] {
        let text = stdout(folder.path(), &["app.json", "--format", format]);
        assert!(text.contains("did you mean `backupaccess`?"), "{format}: {text}");
        assert!(text.contains("judged with `app.parameters.json`"), "{format}: {text}");
    }
}

#[test]
fn a_path_that_is_written_in_another_way_is_the_same_file() {
    let values = parameters(&[("backupAccess", json!("Allow"))]);
    let folder = folder(&[("app.json", TEMPLATE), ("app.parameters.json", &values)]);
    fs::create_dir(folder.path().join("b")).unwrap();
    let (status, report) = run(folder.path(), &["app.json", "b/../app.parameters.json"]);
    assert_eq!((status, &report["errors"]), (0, &json!([])));
}

#[cfg(unix)]
#[test]
fn what_stands_beside_a_template_and_is_no_file_leaves_every_parameter_unknown() {
    use std::os::unix::fs::symlink;
    for sort in ["folder", "dangling", "device"] {
        let folder = folder(&[("app.json", &with_default())]);
        let beside = folder.path().join("app.parameters.json");
        match sort {
            "folder" => fs::create_dir(&beside).unwrap(),
            "dangling" => symlink("nowhere", &beside).unwrap(),
            _ => symlink("/dev/zero", &beside).unwrap(),
        }
        let (status, report) = run(folder.path(), &["app.json"]);
        assert_eq!((status, verdict(&report)), (2, &json!("unknown")), "{sort}");
        assert_eq!(report["errors"][0]["file"], "app.parameters.json", "{sort}");
    }
}

#[cfg(unix)]
#[test]
fn a_parameters_file_has_a_limit_of_its_own() {
    let folder = folder(&[("app.json", TEMPLATE)]);
    let (status, report) = run(folder.path(), &["app.json", "--parameters", "/dev/zero"]);
    assert_eq!(status, 2);
    let message = report["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("more than 64 MiB"), "{message}");
}

#[test]
fn a_parameter_without_a_value_is_helped_with_the_option_for_it() {
    let folder = folder(&[("app.json", TEMPLATE)]);
    let text = stdout(folder.path(), &["app.json", "--format", "concise"]);
    assert!(text.contains("has no default value"), "{text}");
    let text = stdout(folder.path(), &["app.json", "--format", "json"]);
    assert!(
        text.contains("supply what is missing (parameters with `--parameters FILE`)"),
        "{text}"
    );
}

#[expect(clippy::unwrap_used, reason = "a test helper")]
fn stdout(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::cargo_bin("egresslint")
        .unwrap()
        .current_dir(folder)
        .args(["check", "--profile", "azure-backup"])
        .args(arguments)
        .output()
        .unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

const LIST: &str = r#"Prefixes": "[parameters('there')]""#;

const FORMATS: [&str; 5] = ["human", "concise", "json", "sarif", "github"];

#[test]
fn what_stands_beside_a_finding_in_a_parameters_file_is_not_shown() {
    let template = TEMPLATE
        .replace(r#"Prefix": "AzureBackup""#, r#"Prefixes": "[parameters('there')]""#)
        .replace(
            r#""priority": {"#,
            r#""there": { "type": "array" }, "foo": { "type": "securestring" }, "priority": {"#,
        );
    let values = r#"{ "contentVersion": "1.0.0.0", "parameters": {
        "foo": { "value": "hunter2xyz" },
        "bare": "hunter2xyz",
        "there": { "value": ["10.0.0.300"] },
        "bar": { "value": { "x": ["hunter2xyz"], "number": 4711471147 } }, // hunter2xyz
        "backupAccess": { "value": "Deny" } } }"#;
    let folder = folder(&[("app.json", &template), ("app.parameters.json", values)]);
    for format in FORMATS {
        let text = stdout(folder.path(), &["app.json", "--format", format]);
        assert!(text.contains("10.0.0.300"), "{format}: {text}");
        assert!(!text.contains("hunter2xyz") && !text.contains("4711471147"), "{format}: {text}");
    }
    let text = stdout(folder.path(), &["app.json"]);
    let shown = r#""there": { "value": ["10.0.0.300"] },"#;
    assert!(text.contains(shown) && text.contains(r#""foo": { "value": "**********" }"#), "{text}");
    let text = stdout(folder.path(), &["app.parameters.json"]);
    assert!(text.contains("app.parameters.json") && !text.contains("hunter2xyz"), "{text}");
}

#[test]
fn what_a_nested_template_is_given_is_not_shown_beside_a_finding() {
    let given = r#""parameters": {
        "foo": { "value": "hunter2xyz" },
        "there": { "value": ["10.0.0.300"] },
        "backupAccess": { "value": "Deny" } }"#;
    let template = TEMPLATE.replace(r#"Prefix": "AzureBackup""#, LIST).replace(
        r#""priority": {"#,
        r#""there": { "type": "array" }, "foo": { "type": "securestring" }, "priority": {"#,
    );
    let around = format!(
        r#"{{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [{{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01",
    "name": "inner", "properties": {{ "mode": "Incremental",
      "expressionEvaluationOptions": {{ "scope": "inner" }},
      {given}, "template": {template} }} }}] }}"#
    );
    let folder =
        folder(&[("app.json", &around), ("broken.json", &around.replace("300\"] }", "300\"]"))]);
    for file in ["app.json", "broken.json"] {
        for format in FORMATS {
            let text = stdout(folder.path(), &[file, "--format", format]);
            assert!(!text.contains("hunter2xyz"), "{format}: {text}");
        }
    }
    let text = stdout(folder.path(), &["app.json"]);
    assert!(text.contains(r#""foo": { "value": "**********" }"#), "{text}");
}

#[test]
fn a_syntax_error_in_a_parameters_file_does_not_show_what_stands_there() {
    for broken in [
        r#"{ "parameters": { "foo": { "value": hunter2xyz } } }"#,
        r#"{ "parameters": { "foo": { "value": 12hunter2xyz } } }"#,
        "{ \"parameters\": { \"foo\": { \"value\": \"hunter2xyz\"\n \"a\": 1 } } }",
        r#"{ "foo": { "value": "hunter2xyz" "#,
    ] {
        let folder = folder(&[
            ("app.json", TEMPLATE),
            ("app.parameters.json", broken),
            ("other.json", broken),
        ]);
        for arguments in
            [&["app.json"][..], &["app.json", "--parameters", "other.json"], &["other.json"]]
        {
            for format in FORMATS {
                let text = stdout(folder.path(), &[arguments, &["--format", format]].concat());
                let is_told =
                    ["app.parameters.json", "other.json"].iter().any(|it| text.contains(it));
                assert!(is_told && !text.contains("hunter2"), "{format}: {text}");
            }
        }
    }
}
