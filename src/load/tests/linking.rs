//! Which rules belong to which group where names, places and types are partly unknown.

use super::read_text;
use super::templates::{child, groups, nsg, rule, template};
use crate::model::{Built, Nsg};

/// What a template makes of its first group: how many rules it surely has, and whether it may
/// have more.
fn first(resources: &[String]) -> (usize, bool) {
    let all = groups(resources);
    let group = all.first().unwrap();
    assert_eq!(group.built, Built::Whole);
    (group.rules.len(), !group.unread.is_empty())
}

fn pair(group: &str, name: &str) -> (usize, bool) {
    first(&[nsg(group, "", ""), child(name, "", "80")])
}

fn nested(more: &str, scope: &str, resources: &[String]) -> String {
    format!(
        r#"{{ "type": "Microsoft.Resources/deployments", "name": "d"{more}, "properties": {{
        "expressionEvaluationOptions": {{ "scope": "{scope}" }},
        "template": {{ "resources": [{}] }} }} }}"#,
        resources.join(",")
    )
}

const SURE: (usize, bool) = (1, false);
const PERHAPS: (usize, bool) = (0, true);
const NO: (usize, bool) = (0, false);

#[test]
fn a_child_belongs_to_its_group_however_the_name_is_cased() {
    for (group, name, expected) in [
        ("N", "n/r", SURE),
        ("[toLower(parameters('p'))]", "[concat(parameters('P'), '/r')]", SURE),
        ("[parameters('p')]", "[format('{0}/r', toUpper(parameters('p')))]", SURE),
        ("[toLower(concat(parameters('p'), '-NSG'))]", "[concat(parameters('p'), '-nsg/r')]", SURE),
        ("[guid('a')]", "[concat(guid('A'), '/r')]", PERHAPS),
        ("[uniqueString('a')]", "[concat(uniqueString('A'), '/r')]", NO),
        ("[parameters('p')]", "[concat(parameters('p'), '-web/r')]", NO),
        ("[concat(parameters('p'), '-db')]", "[concat(parameters('p'), '-web/r')]", NO),
        ("[concat(parameters('p'), '-db')]", "n/r", NO),
        ("[concat(parameters('p'), '-db')]", "n-db/r", PERHAPS),
        ("[parameters('p')]", "[concat(trim(parameters('p')), '/r')]", PERHAPS),
        ("n", "[concat(parameters('p'), '/r')]", PERHAPS),
        ("n", "[parameters('p')]", PERHAPS),
        ("n", "[concat('m', parameters('p'), '/r')]", NO),
    ] {
        assert_eq!(pair(group, name), expected, "{group} {name}");
    }
}

#[test]
fn a_child_in_a_nested_deployment_belongs_here_only_if_the_place_does_not_rule_it_out() {
    let elsewhere = |of_group: &str, of_child: &str| {
        let rule = child("n/r", "", "80");
        let inner = |more: &str, it: String| {
            if more.is_empty() { it } else { nested(more, "inner", &[it]) }
        };
        first(&[inner(of_group, nsg("n", "", "")), inner(of_child, rule)])
    };
    for (group, child, expected) in [
        ("", "", SURE),
        ("", r#", "resourceGroup": "[resourceGroup().name]""#, SURE),
        ("", r#", "subscriptionId": "[subscription().subscriptionId]""#, SURE),
        ("", r#", "resourceGroup": "[parameters('p')]""#, PERHAPS),
        ("", r#", "resourceGroup": "other""#, PERHAPS),
        ("", r#", "subscriptionId": "other""#, PERHAPS),
        (r#", "resourceGroup": "ONE""#, r#", "resourceGroup": "one""#, SURE),
        (r#", "resourceGroup": "one""#, r#", "resourceGroup": "two""#, NO),
        (r#", "resourceGroup": "one""#, r#", "resourceGroup": "[parameters('p')]""#, PERHAPS),
        (
            r#", "resourceGroup": "[toLower(parameters('p'))]""#,
            r#", "resourceGroup": "[parameters('p')]""#,
            SURE,
        ),
    ] {
        assert_eq!(elsewhere(group, child), expected, "{group} {child}");
    }
}

#[test]
fn the_own_place_of_a_nested_template_is_that_of_its_deployment() {
    let deeper = nested(
        r#", "resourceGroup": "[resourceGroup().name]""#,
        "inner",
        &[child("n/r", "", "80")],
    );
    let all = [nsg("n", "", ""), deeper];
    assert_eq!(first(&[nested(r#", "resourceGroup": "x""#, "inner", &all)]), SURE);
}

#[test]
fn expressions_that_may_be_rules_leave_no_group_certain() {
    let with = |resource: &str| first(&[nsg("n", "", ""), resource.to_owned()]);
    let of_type = |resource_type: &str, name: &str| {
        let it = child(name, "", "80");
        with(&it.replace("Microsoft.Network/networkSecurityGroups/securityRules", resource_type))
    };
    assert_eq!(with(r#""[parameters('p')]""#), PERHAPS);
    let all = groups(&[nsg("n", "", ""), r#""[parameters('p')]""#.to_owned()]);
    assert_eq!(&*all[0].unread[0].reason, "a resource that is an expression may hold rules of it");
    assert_eq!(of_type("[parameters('p')]", "n/r"), PERHAPS);
    assert_eq!(of_type("[concat('Microsoft.Network/', parameters('p'))]", "n/r"), PERHAPS);
    // Another group's, another type, and something that is no rule.
    assert_eq!(of_type("[parameters('p')]", "m/r"), NO);
    assert_eq!(of_type("[concat(parameters('p'), '/providers/locks')]", "n/r"), NO);
    assert_eq!(
        with(r#"{ "type": "[parameters('p')]", "name": "n/r", "properties": { "a": 1 } }"#),
        NO
    );
    let inner = r#"{ "type": "Microsoft.Resources/deployments", "name": "d", "properties": {
        "expressionEvaluationOptions": { "scope": "inner" }, "template": "[parameters('p')]" } }"#;
    assert_eq!(with(inner), PERHAPS);
    let within = |more: &str| first(&[nsg("n", more, "")]);
    assert_eq!(within(r#", "resources": "[parameters('p')]""#), PERHAPS);
    assert_eq!(within(r#", "resources": ["[parameters('p')]"]"#), PERHAPS);
}

#[test]
fn what_a_list_of_another_resource_holds_is_no_rule() {
    let network = r#"{ "type": "Microsoft.Network/virtualNetworks", "name": "v", "resources": "[parameters('p')]" }"#;
    assert_eq!(first(&[nsg("n", "", ""), network.to_owned()]), NO);
}

#[test]
fn a_linked_template_is_noted_and_changes_no_verdict() {
    let linked = r#"{ "type": "Microsoft.Resources/deployments", "name": "d", "properties": {
        "templateLink": { "uri": "x" }, "parameters": { "nsg": { "value": "n" } } } }"#;
    let text = template(&[nsg("n", "", ""), linked.to_owned()].join(","));
    let (_, loaded) = read_text("f", &text);
    assert_eq!(loaded.estate.nsgs[0].unread, []);
    let unchecked: Vec<&str> = loaded.unchecked.iter().map(|it| it.what).collect();
    assert_eq!(unchecked, ["a linked template"]);
}

fn rules_and_doubts(all: &[Nsg]) -> (usize, usize) {
    (all.iter().map(|nsg| nsg.rules.len()).sum(), all.iter().map(|nsg| nsg.unread.len()).sum())
}

#[test]
fn many_resources_of_one_name_do_not_multiply_their_children() {
    let template = |twins: usize| {
        let mut resources = vec![nsg("n", "", &rule("inline", "1")); twins];
        resources.extend((0..100).map(|index| child(&format!("n/r{index}"), "", "80")));
        groups(&resources)
    };
    assert_eq!(rules_and_doubts(&template(2)), (2 * 101, 0));
    // Whose the children are is not known, and each says so once.
    assert_eq!(rules_and_doubts(&template(100)), (100, 100));
}

#[test]
fn every_group_keeps_one_doubt_and_no_more() {
    let mut resources: Vec<String> = (0..50).map(|i| nsg(&format!("n{i}"), "", "")).collect();
    resources
        .extend((0..50).map(|i| child(&format!("[concat(parameters('p{i}'), '/r')]"), "", "80")));
    let all = groups(&resources);
    assert_eq!(rules_and_doubts(&all), (50, 50));
    assert!(all.iter().take(50).all(|nsg| nsg.unread.len() == 1));
}

#[test]
fn every_key_that_stands_twice_is_named() {
    let keys: String = (0..40).map(|i| format!(r#", "k{i}": 1, "K{i}": 2"#)).collect();
    let all = groups(&[nsg("n", &keys, "")]);
    let named: Vec<&str> = all[0].faults.iter().map(|fault| &*fault.property).collect();
    let expected: Vec<String> = (0..40).map(|i| format!("K{i}")).collect();
    assert_eq!(named, expected);
}

#[test]
fn a_subnet_whose_group_is_unknown_may_carry_any() {
    let carriers = |id: &str| {
        let subnet = format!(
            r#"{{ "type": "Microsoft.Network/virtualNetworks/subnets", "name": "v/s",
            "properties": {{ "networkSecurityGroup": {{ "id": "{id}" }} }} }}"#
        );
        let all = groups(&[nsg("n-db", "", ""), subnet]);
        all[0].subnets.as_ref().map_or(0, Vec::len)
    };
    let id =
        |name: &str| format!("[resourceId('Microsoft.Network/networkSecurityGroups', {name})]");
    assert_eq!(carriers(&id("'N-DB'")), 1);
    assert_eq!(carriers(&id("parameters('p')")), 1);
    assert_eq!(carriers("[parameters('p')]"), 1);
    assert_eq!(carriers(&id("concat(parameters('p'), '-web')")), 0);
}
