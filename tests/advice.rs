//! Lints on what rules say: that their advice mends what they found, and that they leave alone what
//! is sound or unknown.

use egresslint::{
    finding::Finding,
    load::Collected,
    profiles::Cloud,
    run::{self, Options},
    source::SourceFile,
    tags::Catalogue,
};

/// A sound rule.
const SOUND: [(&str, &str); 9] = [
    ("name", r#""rule""#),
    ("priority", "200"),
    ("direction", r#""Outbound""#),
    ("access", r#""Allow""#),
    ("protocol", r#""Tcp""#),
    ("sourceAddressPrefix", r#""VirtualNetwork""#),
    ("sourcePortRange", r#""*""#),
    ("destinationAddressPrefix", r#""Storage""#),
    ("destinationPortRange", r#""443""#),
];

/// What is said about a template with these parts, less opinions on sound policy.
fn said_in(resources: &str, parameters: &str) -> Vec<Finding> {
    let text = format!(
        r#"{{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0", "parameters": {{{parameters}}}, "resources": [{resources}]}}"#
    );
    let options = Options {
        profiles: Vec::new(),
        region: None,
        cloud: Cloud::Public,
        select: vec!["odd-casing".to_owned(), "wrong-protocol-for-port".to_owned()],
        ignore: Vec::new(),
        today: None,
    };
    let collected = Collected::named([SourceFile::new("template.json", text)]);
    let report = run::check(collected, &options, Catalogue::embedded());
    assert!(report.errors.is_empty(), "{:?}", report.errors);
    report.findings
}

/// The sound rule with other properties: `null` takes one away.
fn rule(changes: &[(&str, &str)]) -> String {
    let kept = SOUND.iter().filter(|(key, _)| changes.iter().all(|(other, _)| other != key));
    let all: Vec<String> =
        kept.chain(changes).map(|(key, value)| format!("\"{key}\": {value}")).collect();
    let (names, properties): (Vec<String>, Vec<String>) =
        all.into_iter().partition(|property| property.starts_with("\"name\""));
    format!("{{{}, \"properties\": {{{}}}}}", names.join(","), properties.join(","))
}

fn group(location: &str, rules: &[String]) -> String {
    format!(
        r#"{{"type": "Microsoft.Network/networkSecurityGroups", "name": "nsg",
        "location": "{location}", "properties": {{"securityRules": [{}]}}}}"#,
        rules.join(",")
    )
}

/// What the lint says about the sound rule with those changes.
fn said(lint: &str, changes: &[(&str, &str)]) -> Vec<Finding> {
    let mut findings = said_in(&group("japaneast", &[rule(changes)]), "");
    findings.retain(|finding| finding.lint.id == lint);
    findings
}

/// What stands in the first pair of backticks after `write`.
fn advised(help: &str) -> Option<&str> {
    help.split_once("write `")?.1.split('`').next()
}

#[test]
fn the_sound_rule_is_sound() {
    let findings = said_in(&group("japaneast", &[rule(&[])]), "");
    let ids: Vec<&str> = findings.iter().map(|finding| finding.lint.id).collect();
    assert_eq!(ids, Vec::<&str>::new());
}

#[test]
fn what_the_help_says_to_write_mends_the_rule() {
    let (port, prefix) = ("destinationPortRange", "destinationAddressPrefix");
    let wrong = [
        ("invalid-port", port, "80,443"),
        ("invalid-port", port, "80, 443 ,8000-8100"),
        ("invalid-port", port, "443,"),
        ("invalid-port", port, " 443"),
        ("invalid-port", port, "8000 - 8100"),
        ("invalid-port", port, "90-80"),
        ("invalid-port", port, "1024-65536"),
        ("invalid-port", port, "0443"),
        ("invalid-port", port, "000-099"),
        ("invalid-port", port, "8000:8100"),
        ("invalid-port", port, "Any"),
        ("invalid-address", prefix, "10.56.2.5,10.56.2.6"),
        ("invalid-address", prefix, "10.0.0.0/8, 172.16.0.0/12"),
        ("invalid-address", prefix, "10.56.2.5,"),
        ("invalid-address", prefix, " 10.56.2.5"),
        ("invalid-address", prefix, "Azure Cloud"),
        ("invalid-address", prefix, "10.20.0.0/255.255.0.0"),
        ("invalid-address", prefix, "10.0.0.0/08"),
        ("invalid-address", prefix, "10.20.*.*"),
        ("address-range", prefix, "10.0.0.4-10.0.0.9"),
        ("address-range", prefix, "10.0.0.0-10.0.0.255"),
        ("address-range", prefix, "fd00::-fd00::ff"),
        ("host-bits-set", prefix, "10.20.1.4/24"),
        ("host-bits-set", prefix, "fd00::1/64"),
        ("unknown-service-tag", prefix, "AzureBackups"),
        ("unknown-service-tag", prefix, "Storge"),
        ("unknown-service-tag", prefix, "Internet.WestEurope"),
        ("unknown-service-tag", prefix, "Storage.JapanEst"),
        ("unknown-service-tag", prefix, "AzureActiveDirectroy"),
        ("unknown-service-tag", prefix, "storage.weurope"),
        ("unknown-service-tag", prefix, "STORAGE.jpeast"),
        ("unknown-service-tag", prefix, "AzureBackup.JapanEst"),
        ("unknown-service-tag", prefix, "Any"),
        ("wrong-region-spelling", prefix, "AzureCloud.francecentral"),
        ("wrong-region-spelling", prefix, "Sql.norwaye"),
        ("unusable-regional-tag", prefix, "AzureBackup.JapanEast"),
        ("classic-tag-name", prefix, "VIRTUAL_NETWORK"),
        ("platform-tag-misused", prefix, "AzurePlatformDNS.JapanEast"),
        ("odd-casing", prefix, "azurecloud.JAPANEAST"),
        ("odd-casing", "protocol", "TCP"),
        ("any-as-protocol", "protocol", "Any"),
        ("invalid-enum-value", "protocol", "ALL"),
        ("invalid-enum-value", "access", "block"),
        ("invalid-enum-value", "direction", "egress"),
        ("service-port-as-source-port", "sourcePortRange", "443"),
    ];
    for (lint, property, value) in wrong {
        let quoted = format!("\"{value}\"");
        let found = said(lint, &[(property, &quoted)]);
        let [finding] = found.as_slice() else { panic!("{lint} on {value}: {found:?}") };
        let help = finding.help.as_deref().unwrap();
        let advice = advised(help).unwrap_or_else(|| panic!("{value}: no advice in: {help}"));
        let mended = match advice.strip_prefix('"').and_then(|rest| rest.split_once("\": ")) {
            Some((key, value)) if key == property => rule(&[(key, value)]),
            Some((key, value)) => rule(&[(property, "null"), (key, value)]),
            None => rule(&[(property, &format!("\"{advice}\""))]),
        };
        let left = said_in(&group("japaneast", &[mended]), "");
        let left: Vec<String> =
            left.iter().map(|left| format!("{}: {}", left.lint.id, left.message)).collect();
        assert!(left.is_empty(), "{value}: {help}, and then: {left:?}");
    }
}

#[test]
fn lists_of_one_tag_become_single_tags() {
    let list = [("destinationAddressPrefix", "null"), ("destinationAddressPrefixes", r#"["Sql"]"#)];
    let found = said("tag-in-prefix-list", &list);
    let advice = advised(found[0].help.as_deref().unwrap()).unwrap();
    assert_eq!(advice, r#""destinationAddressPrefix": "Sql""#);
}

#[test]
fn a_free_priority_is_proposed() {
    let numbered = |name: &str, number: &str| {
        rule(&[("name", name), ("priority", number), ("destinationPortRange", number)])
    };
    let rules = [
        numbered("\"a\"", "100"),
        numbered("\"b\"", "101"),
        numbered("\"c\"", "7"),
        numbered("\"d\"", "4096"),
        numbered("\"e\"", "9000"),
    ];
    let found = said_in(&group("japaneast", &rules), "");
    let helps: Vec<&str> = found
        .iter()
        .filter(|finding| finding.lint.id == "priority-out-of-range")
        .filter_map(|finding| finding.help.as_deref()?.split("such as ").nth(1))
        .collect();
    assert_eq!(helps, ["102", "4095"]);
}

#[test]
fn what_is_unknown_is_never_a_fault() {
    let parameters = ["text", "list", "number"].map(|name| {
        let kind = match name {
            "list" => "array",
            "number" => "int",
            _ => "string",
        };
        format!("\"{name}\": {{\"type\": \"{kind}\"}}")
    });
    let (text, list, number) =
        (r#""[parameters('text')]""#, r#""[parameters('list')]""#, r#""[parameters('number')]""#);
    let module = rule(&[
        ("name", text),
        ("description", text),
        ("priority", number),
        ("direction", text),
        ("access", text),
        ("protocol", text),
        ("sourceAddressPrefix", text),
        ("sourceAddressPrefixes", list),
        ("sourceApplicationSecurityGroups", list),
        ("sourcePortRange", text),
        ("sourcePortRanges", list),
        ("destinationAddressPrefix", text),
        ("destinationAddressPrefixes", list),
        ("destinationPortRange", text),
        ("destinationPortRanges", list),
    ]);
    let rules = [module.clone(), module];
    let found = said_in(&group("japaneast", &rules), &parameters.join(","));
    let ids: Vec<&str> = found.iter().map(|finding| finding.lint.id).collect();
    assert_eq!(ids, Vec::<&str>::new());
}

#[test]
fn a_module_may_leave_to_its_users_what_its_defaults_leave_empty() {
    let parameters =
        r#""name": {"type": "string"}, "ports": {"type": "array", "defaultValue": []}"#;
    let with = |name: &str| {
        let ports = r#""[parameters('ports')]""#;
        rule(&[("name", name), ("destinationPortRange", "null"), ("destinationPortRanges", ports)])
    };
    let ids = |rule: String| -> Vec<&str> {
        let found = said_in(&group("japaneast", &[rule]), parameters);
        found.iter().map(|finding| finding.lint.id).collect()
    };
    assert_eq!(ids(with(r#""[parameters('name')]""#)), Vec::<&str>::new());
    assert_eq!(ids(with(r#""rule""#)), ["missing-property"]);
}

#[test]
fn lists_of_other_clouds_say_nothing_about_tags() {
    let tag = |name: &str| rule(&[("destinationAddressPrefix", &format!("\"{name}\""))]);
    for location in ["chinanorth3", "China East 2", "usgovvirginia", "usdodeast"] {
        let found = said_in(&group(location, &[tag("AzureBackups"), tag("Sql.norwaye")]), "");
        let about_tags = found.iter().any(|finding| {
            ["unknown-service-tag", "wrong-region-spelling", "unusable-regional-tag"]
                .contains(&finding.lint.id)
        });
        assert!(!about_tags, "{location}: {found:?}");
    }
    assert_eq!(
        said("unknown-service-tag", &[("destinationAddressPrefix", r#""Sql.usgovtexas""#)]).len(),
        0
    );
}

#[test]
fn a_name_that_may_be_newer_than_the_list_is_no_error() {
    use egresslint::finding::Severity;
    let worst = |name: &str| {
        let found =
            said("unknown-service-tag", &[("destinationAddressPrefix", &format!("\"{name}\""))]);
        found.first().map(|finding| finding.severity)
    };
    for new in ["Storage.EastUS7", "Storage.NorwaySouth", "Storage.JapanCentral", "ContosoBackup"] {
        assert_eq!(worst(new), Some(Severity::Warning), "{new}");
    }
    for slip in [
        "Storge",
        "AzureAD",
        "AzureActiveDirectroy",
        "Storage.JapanEats",
        "storage.weurope",
        "azurebackp",
        "EntraID.JapanEast",
    ] {
        let expected =
            if slip == "EntraID.JapanEast" { Severity::Warning } else { Severity::Error };
        assert_eq!(worst(slip), Some(expected), "{slip}");
    }
    for known in [
        "storage",
        "AzureFrontDoor.Frontend",
        "azuremonitor.core",
        "Internet",
        "AzureContainerAppsService.JapanEast",
    ] {
        assert_eq!(worst(known), None, "{known}");
    }
}

#[test]
fn one_place_has_one_remark_about_its_tag() {
    let lints = [
        "unknown-service-tag",
        "wrong-region-spelling",
        "unusable-regional-tag",
        "classic-tag-name",
        "platform-tag-misused",
        "odd-casing",
    ];
    for name in [
        "AzureCloud.francecentral",
        "AzurePlatformDNS.WestEurope",
        "AzureBackup.WestEurope",
        "VIRTUAL_NETWORK",
        "Storage.japan-east",
        "AzureAD",
        "storage",
        "Any",
    ] {
        let found = said_in(
            &group("japaneast", &[rule(&[("destinationAddressPrefix", &format!("\"{name}\""))])]),
            "",
        );
        let ids: Vec<&str> =
            found.iter().map(|finding| finding.lint.id).filter(|id| lints.contains(id)).collect();
        assert_eq!(ids.len(), 1, "{name}: {ids:?}");
    }
}

#[test]
fn more_than_azure_takes_is_counted_exactly() {
    let many = |count: u32| {
        let addresses: Vec<String> = (0..count)
            .map(|at| format!("\"{}\"", std::net::Ipv4Addr::from(0x0a00_0000 + 2 * at)))
            .collect();
        let list = format!("[{}]", addresses.join(","));
        let rule =
            rule(&[("destinationAddressPrefix", "null"), ("destinationAddressPrefixes", &list)]);
        let found = said_in(&group("japaneast", &[rule]), "");
        found
            .into_iter()
            .map(|finding| finding.lint.id)
            .filter(|id| id.starts_with("limit"))
            .collect::<Vec<_>>()
    };
    assert_eq!(many(3_799), Vec::<&str>::new());
    assert_eq!(many(3_800), ["limit-near"]);
    assert_eq!(many(4_000), ["limit-near"]);
    assert_eq!(many(4_001), ["limit-exceeded"]);
    let rules = |count: u32| {
        let one = |at: u32| {
            rule(&[
                ("name", &format!("\"r{at}\"")),
                ("priority", &(100 + at).to_string()),
                ("destinationPortRange", &(1024 + at).to_string()),
            ])
        };
        let found = said_in(&group("japaneast", &(0..count).map(one).collect::<Vec<_>>()), "");
        found
            .into_iter()
            .map(|finding| finding.lint.id)
            .filter(|id| id.starts_with("limit"))
            .collect::<Vec<_>>()
    };
    assert_eq!(rules(949), Vec::<&str>::new());
    assert_eq!(rules(1_000), ["limit-near"]);
    assert_eq!(rules(1_001), ["limit-exceeded"]);
}

#[test]
fn rules_that_never_meet_may_share_a_name() {
    let conditional = |condition: &str, priority: &str| {
        format!(
            r#"{{"type": "Microsoft.Network/networkSecurityGroups/securityRules", "name": "nsg/r",
            "condition": "{condition}", "properties": {{"priority": {priority}, "direction": "Outbound",
            "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "*", "sourcePortRange": "*",
            "destinationAddressPrefix": "Sql", "destinationPortRange": "1433"}}}}"#
        )
    };
    let resources = [
        group("japaneast", &[]),
        conditional("[parameters('a')]", "200"),
        conditional("[not(parameters('a'))]", "300"),
    ];
    let found = said_in(&resources.join(","), r#""a": {"type": "bool"}"#);
    let ids: Vec<&str> = found.iter().map(|finding| finding.lint.id).collect();
    assert!(!ids.contains(&"duplicate-rule-name"), "{ids:?}");
}

/// NSG-029, read without the program's own reader.
fn is_port(text: &str) -> bool {
    let number = |part: &str| part.parse::<u16>().ok().filter(|n| n.to_string() == part);
    let ends: Vec<&str> = text.split('-').collect();
    match ends.as_slice() {
        ["*"] => true,
        [one] => number(one).is_some(),
        [low, high] => number(low).zip(number(high)).is_some_and(|(low, high)| low <= high),
        _ => false,
    }
}

proptest::proptest! {
    #[test]
    fn a_port_is_reported_if_and_only_if_it_is_none(text in "[0-9]{1,6}|[0-9*, :-]{1,9}|[0-9]{1,5}-[0-9]{1,5}") {
        let found = said("invalid-port", &[("destinationPortRange", &format!("\"{text}\""))]);
        proptest::prop_assert_eq!(found.is_empty(), is_port(&text), "{}", text);
    }

    #[test]
    fn no_text_is_too_odd(text in "\\PC{0,40}") {
        let quoted = format!("\"{}\"", text.replace(['\\', '"'], "'"));
        for (property, _) in SOUND {
            said("invalid-rule-name", &[(property, &quoted)]);
        }
    }
}

/// What is said of a PowerShell export with these rules.
#[expect(clippy::unwrap_used, reason = "a helper of tests")]
fn said_of_export(rules: &str) -> (Vec<String>, Vec<String>) {
    let text = format!(
        r#"{{"Name": "nsg", "ResourceGroupName": "rg", "Location": "japaneast",
        "ProvisioningState": "Succeeded", "SecurityRules": {rules}}}"#
    );
    let profile = egresslint::profiles::built_in("azure-backup").unwrap().unwrap();
    let options = Options {
        profiles: vec![run::Chosen { profile, named: true }],
        region: None,
        cloud: Cloud::Public,
        select: Vec::new(),
        ignore: Vec::new(),
        today: None,
    };
    let collected = Collected::named([SourceFile::new("export.json", text)]);
    let report = run::check(collected, &options, Catalogue::embedded());
    let ids = report.findings.iter().map(|finding| finding.lint.id.to_owned()).collect();
    let words = report.findings.iter().map(|it| format!("{} {:?}", it.message, it.help)).collect();
    (ids, words)
}

#[test]
fn an_export_that_powershell_cut_off_is_to_be_made_again() {
    let rule = r#"{"Name": "r", "Priority": 200, "Direction": "Outbound", "Access": "Deny",
        "Protocol": "*", "SourceAddressPrefix": ["*"], "DestinationAddressPrefix": "*",
        "SourcePortRange": "System.Collections.Generic.List`1[System.String]",
        "DestinationPortRange": ["443"]}"#;
    let type_name = r#""Microsoft.Azure.Commands.Network.Models.PSSecurityRule""#;
    let cut = [
        (type_name.to_owned(), true),
        (format!("[{type_name}, {type_name}, {type_name}]"), true),
        (format!("[{rule}]"), false),
    ];
    for (rules, warned) in cut {
        let (ids, words) = said_of_export(&rules);
        let mut expected = vec!["wrong-json-type"; usize::from(warned)];
        expected.push("required-endpoint-unknown");
        expected.sort_unstable();
        let mut ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        ids.sort_unstable();
        assert_eq!(ids, expected, "{rules}: {words:?}");
        for word in &words {
            assert!(word.contains("ConvertTo-Json -Depth 20"), "{word}");
        }
    }
}
