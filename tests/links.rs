//! Templates that deploy others by a path beside them: judged where they are deployed, with the
//! values that they get there, and told about at their own lines.

#![expect(clippy::indexing_slicing, reason = "a missing member of JSON is null")]

use assert_cmd::Command;
use serde_json::{Value, json};
use std::{fs, path::Path};

fn template(parameters: &Value, resources: &[Value], outputs: &Value) -> String {
    let template = json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": parameters, "resources": resources, "outputs": outputs
    });
    format!("{template:#}")
}

fn deployment(name: &str, link: &Value, port: &str) -> Value {
    json!({
        "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": name,
        "properties": { "mode": "Incremental", "templateLink": link, "parameters": { "port": { "value": port } } }
    })
}

/// A group whose allow has the port of a parameter, above a deny of everything.
fn group() -> String {
    let rule = |name: &str, access: &str, priority: u32, to: &str, port: &str| {
        json!({ "name": name, "properties": {
            "priority": priority, "direction": "Outbound", "access": access, "protocol": "*",
            "sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": to, "destinationPortRange": port
        } })
    };
    let rules = [
        rule("allow", "Allow", 200, "*", "[parameters('port')]"),
        rule("deny", "Deny", 300, "*", "*"),
    ];
    let group = json!({
        "type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2024-05-01",
        "name": "[concat('nsg-', parameters('port'))]", "properties": { "securityRules": rules }
    });
    let outputs =
        json!({ "name": { "type": "string", "value": "[concat('nsg-', parameters('port'))]" } });
    template(&json!({ "port": { "type": "string", "defaultValue": "1" } }), &[group], &outputs)
}

/// A group that stands in the template itself.
fn own() -> Value {
    json!({
        "type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2024-05-01", "name": "own",
        "properties": { "securityRules": [] }
    })
}

#[expect(clippy::unwrap_used, reason = "a test helper")]
fn run(files: &[(&str, &str)], paths: &[&str]) -> (Value, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    (check(folder.path(), paths), folder)
}

#[expect(clippy::unwrap_used, reason = "a test helper")]
fn check(folder: &Path, paths: &[&str]) -> Value {
    let output = Command::cargo_bin("egresslint")
        .unwrap()
        .current_dir(folder)
        .args(["check", "--format", "json", "--profile", "azure-backup"])
        .args(paths)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Group, file and verdict of the rows of one requirement.
fn verdicts(report: &Value) -> Vec<(String, String, String)> {
    let rows = report["coverage"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    rows.filter(|row| row["requirement"] == "entra-443")
        .map(|row| {
            (text(&row["scope"]["name"]), text(&row["scope"]["file"]), text(&row["verdict"]))
        })
        .collect()
}

fn row(name: &str, file: &str, verdict: &str) -> (String, String, String) {
    (name.to_owned(), file.to_owned(), verdict.to_owned())
}

#[test]
fn a_linked_template_is_judged_where_it_is_deployed() {
    let none = json!({});
    let relative = |path: &str| json!({ "relativePath": path });
    let uri =
        json!({ "uri": "[uri(deployment().properties.templateLink.uri, 'nested/group.json')]" });
    let main = template(
        &none,
        &[deployment("one", &relative("nested/group.json"), "443"), deployment("two", &uri, "80")],
        &none,
    );
    let files = [("net/main.json", main.as_str()), ("net/nested/group.json", &group())];
    let both = [
        row("nsg-443", "net/nested/group.json", "allowed"),
        row("nsg-80", "net/nested/group.json", "blocked"),
    ];
    let (report, folder) = run(&files, &["net"]);
    assert_eq!(verdicts(&report), both, "{report:#}");
    assert_eq!(report["unchecked"], Value::Null);
    let blocked = report["findings"].as_array().unwrap();
    let blocked = blocked.iter().find(|it| it["lint"] == "required-endpoint-blocked").unwrap();
    assert_eq!(blocked["location"]["file"], "net/nested/group.json");
    // The linked file is read although nobody named it.
    let alone = check(folder.path(), &["net/main.json"]);
    assert_eq!(verdicts(&alone), both);
    // Named, it is judged by itself, too.
    let named = check(folder.path(), &["net/main.json", "net/nested/group.json"]);
    assert_eq!(verdicts(&named).len(), 3);
}

#[test]
fn a_linked_template_links_on_from_its_own_place() {
    let none = json!({});
    let uri = |path: &str| json!({ "uri": format!("[uri(deployment().properties.templateLink.uri, '{path}')]") });
    let first = |link: Value| template(&none, &[deployment("d1", &link, "2")], &none);
    let parameters = json!({ "port": { "type": "string" } });
    let second = template(&parameters, &[deployment("d2", &uri("group.json"), "443")], &none);
    for link in [uri("sub/second.json"), json!({ "relativePath": "sub/second.json" })] {
        let main = first(link);
        let files = [
            ("main.json", main.as_str()),
            ("sub/second.json", second.as_str()),
            ("sub/group.json", &group()),
        ];
        let (report, _folder) = run(&files, &["main.json"]);
        assert_eq!(verdicts(&report), [row("nsg-443", "sub/group.json", "allowed")], "{report}");
        assert_eq!(report["unchecked"], Value::Null, "{report}");
    }
}

#[test]
fn what_a_condition_leaves_out_is_judged_alone() {
    let none = json!({});
    let mut off = deployment("one", &json!({ "relativePath": "group.json" }), "443");
    off["condition"] = json!(false);
    let main = template(&none, &[off], &none);
    let (report, _) = run(&[("net/main.json", &main), ("net/group.json", &group())], &["net"]);
    assert_eq!(verdicts(&report), [row("nsg-1", "net/group.json", "blocked")]);
}

#[test]
fn linked_parameters_and_outputs_are_known() {
    let none = json!({});
    let parameters = json!({ "parameters": { "port": { "value": "443" } } }).to_string();
    let mut linked = deployment("one", &json!({ "relativePath": "group.json" }), "");
    linked["properties"].as_object_mut().unwrap().remove("parameters");
    linked["properties"]["parametersLink"] = json!({ "relativePath": "values.json" });
    let named = json!({
        "type": "Microsoft.Network/networkSecurityGroups", "apiVersion": "2024-05-01",
        "name": "[concat(reference('one').outputs.name.value, '-more')]", "properties": { "securityRules": [] }
    });
    let main = template(&none, &[linked, named], &none);
    let files = [
        ("net/main.json", main.as_str()),
        ("net/group.json", &group()),
        ("net/values.json", &parameters),
    ];
    let (report, _) = run(&files, &["net"]);
    let names: Vec<String> = verdicts(&report).into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["nsg-443", "nsg-443-more"], "{report:#}");
}

#[test]
fn templates_that_deploy_each_other_end() {
    let none = json!({});
    let link = |path: &str| deployment("d", &json!({ "relativePath": path }), "1");
    let one = template(&none, &[link("two.json"), link("two.json"), own()], &none);
    let two = template(&none, &[link("one.json"), link("two.json")], &none);
    let (report, _) = run(&[("net/one.json", &one), ("net/two.json", &two)], &["net"]);
    assert_eq!(report["errors"], json!([]));
    assert_eq!(report["unchecked"][0]["what"], "a linked template");
}

#[test]
fn what_a_link_leads_to_and_nobody_has_is_said() {
    let none = json!({});
    for link in [
        json!({ "relativePath": "nothing.json" }),
        json!({ "relativePath": "folder" }),
        json!({ "uri": "https://contoso.example/group.json" }),
        json!({ "uri": "[concat(deployment().properties.templateLink.uri, '/group.json')]" }),
    ] {
        let main = template(&none, &[deployment("one", &link, "443"), own()], &none);
        let files = [
            ("net/main.json", main.as_str()),
            ("net/folder/x.txt", ""),
            ("net/group.json", &group()),
        ];
        let (report, _) = run(&files, &["net"]);
        assert_eq!(report["unchecked"][0]["what"], "a linked template", "{link}");
        let both =
            [row("nsg-1", "net/group.json", "blocked"), row("own", "net/main.json", "allowed")];
        assert_eq!(verdicts(&report), both, "{link}");
        // What deploys nothing that is here is of no use.
        let main = template(&none, &[deployment("one", &link, "443")], &none);
        let (report, _) =
            run(&[("net/main.json", main.as_str()), ("net/group.json", &group())], &["net"]);
        assert_eq!((&report["summary"]["files"], &report["unchecked"]), (&json!(1), &Value::Null));
    }
}

#[test]
fn a_version_of_a_template_spec_is_a_template() {
    let main: Value = serde_json::from_str(&group()).unwrap();
    let spec = json!({ "type": "Microsoft.Resources/templateSpecs/versions", "name": "s/1", "properties": { "mainTemplate": main } });
    let (report, _) = run(&[("net/spec.json", &spec.to_string())], &["net/spec.json"]);
    assert_eq!(verdicts(&report), [row("nsg-1", "net/spec.json", "blocked")]);
}
