//! What copy loops of templates make.

use super::templates::{child, groups, nsg, rule, template};
use super::*;
use crate::model::{Iteration, Nsg};
use crate::source::Span;

/// A group with rules from a loop over `count`, named by `name`, at `priority`.
fn looped(count: &str, name: &str, priority: &str) -> String {
    format!(
        r#"{{ "type": "Microsoft.Network/networkSecurityGroups", "name": "g", "properties": {{ "copy": [ {{
            "name": "securityRules", "count": {count}, "input": {{ "name": "{name}", "properties": {{
            "access": "Deny", "direction": "Outbound", "priority": "{priority}", "protocol": "*",
            "sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "*"
        }} }} }} ] }} }}"#
    )
}

fn names(group: &Nsg) -> Vec<&str> {
    group.rules.iter().map(|rule| rule.name.value.as_str()).collect()
}

fn priorities(group: &Nsg) -> Vec<i64> {
    group.rules.iter().filter_map(|rule| rule.priority.known().copied()).collect()
}

#[test]
fn rules_of_a_loop_among_properties_are_rules_of_the_group() {
    let group = looped(
        "3",
        "[concat('deny-', copyIndex('securityRules', 1))]",
        "[add(100, copyIndex('securityRules'))]",
    );
    let [group] = &groups(&[group])[..] else { panic!() };
    assert_eq!(names(group), ["deny-1", "deny-2", "deny-3"]);
    assert_eq!(priorities(group), [100, 101, 102]);
    assert_eq!(group.unread, []);
    let round = group.rules[2].iteration.as_deref();
    assert_eq!(round, Some(&Iteration { name: "securityRules".into(), number: 3, count: 3 }));
    let [group] = &groups(&[looped("0", "x", "100")])[..] else { panic!() };
    assert_eq!((group.rules.len(), group.unread.len()), (0, 0));
}

#[test]
fn a_loop_of_unknown_length_leaves_the_group_open_and_says_why() {
    let [group] = &groups(&[looped("\"[length(parameters('p'))]\"", "x", "100")])[..] else {
        panic!()
    };
    assert_eq!(&*group.unread[0].reason, "the parameter `p` has no default value");
    let [group] = &groups(&[looped("801", "x", "100")])[..] else { panic!() };
    let reason = "the copy loop `securityRules` can not have 801 rounds: Azure takes 0 to 800";
    assert_eq!(&*group.unread[0].reason, reason);
}

#[test]
fn child_rules_of_a_loop_are_rules_of_their_groups() {
    let copy = |count: &str| format!(r#", "copy": {{ "name": "more", "count": {count} }}"#);
    let group = nsg("g", "", &rule("own", "443"));
    let looped =
        child("[concat('g/r', copyIndex(1))]", &copy("2"), "[string(add(80, copyIndex()))]");
    let [group] = &groups(&[group, looped])[..] else { panic!() };
    assert_eq!(names(group), ["own", "r1", "r2"]);
    let round = group.rules[1].iteration.as_deref();
    assert_eq!(round, Some(&Iteration { name: "more".into(), number: 1, count: 2 }));
    assert_eq!(group.rules[0].iteration, None);
}

#[test]
fn groups_of_a_loop_are_groups_with_children_of_their_own() {
    let more = r#", "copy": { "name": "groups", "count": 2 }, "resources": [ {
        "type": "securityRules", "name": "[concat('c', copyIndex())]", "properties": { "access": "Allow", "direction": "Inbound",
        "priority": 300, "protocol": "*", "sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "*" } } ]"#;
    let found = groups(&[nsg(
        "[concat('g', copyIndex())]",
        more,
        &rule("[concat('r', copyIndex('groups'))]", "1"),
    )]);
    let all: Vec<(&str, Vec<&str>)> =
        found.iter().map(|group| (group.name.value.as_str(), names(group))).collect();
    assert_eq!(all, [("g0", vec!["r0", "c0"]), ("g1", vec!["r1", "c1"])]);
    // The name of the group tells which round it is.
    assert_eq!(found[1].rules[0].iteration, None);
}

/// A deployment with a loop, whose template holds a group named by `name`.
fn deployment(scope: &str, given: &str, template: &str) -> String {
    format!(
        r#"{{ "type": "Microsoft.Resources/deployments", "name": "[concat('d', copyIndex())]",
            "copy": {{ "name": "nested", "count": 2 }},
            "properties": {{ "expressionEvaluationOptions": {{ "scope": "{scope}" }}, "parameters": {given}, "template": {template} }} }}"#
    )
}

#[test]
fn deployments_of_a_loop_are_made_in_the_scope_that_they_ask_for() {
    let outer = template(&nsg("[concat('o', copyIndex('nested', 1))]", "", ""));
    let inner = format!(
        r#"{{ "parameters": {{ "n": {{ "type": "int" }} }}, "resources": [{}] }}"#,
        nsg("[concat('i', parameters('n'))]", "", &rule("[concat('r', copyIndex())]", "1"))
    );
    let found = groups(&[
        deployment("outer", "{}", &outer),
        deployment("inner", r#"{ "n": { "value": "[copyIndex(7)]" } }"#, &inner),
    ]);
    let all: Vec<&str> = found.iter().map(|group| group.name.value.as_str()).collect();
    assert_eq!(all, ["o1", "o2", "i7", "i8"]);
    // Inside, no loop is around.
    assert!(
        found[3].rules[0].name.value.starts_with("r{copyIndex"),
        "{:?}",
        found[3].rules[0].name
    );
}

#[test]
fn values_are_where_they_were_written() {
    let text = r#"{
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "parameters": {
        "rules": { "type": "array", "defaultValue": [ { "name": "first", "priority": 100 }, { "name": "second", "priority": 4097 } ] },
        "port": { "type": "string", "defaultValue": "99999" },
        "group": { "type": "string", "defaultValue": "g" }
      },
      "variables": { "one": "[parameters('rules')[1]]" },
      "resources": [ {
        "type": "Microsoft.Network/networkSecurityGroups", "name": "[parameters('group')]", "properties": { "copy": [ {
          "name": "securityRules", "count": "[length(parameters('rules'))]", "input": {
            "name": "[parameters('rules')[copyIndex('securityRules')].name]",
            "properties": {
              "priority": "[if(equals(copyIndex('securityRules'), 1), variables('one').priority, parameters('rules')[copyIndex('securityRules')].priority)]",
              "destinationPortRange": "[parameters('port')]",
              "sourceAddressPrefix": "[concat(parameters('port'), '')]",
              "access": "Deny"
      } } } ] } } ]
    }"#;
    let (file, loaded) = read_text("f", text);
    let at = |span: Span| file.slice(span.start, span.end);
    let [group] = loaded.estate.nsgs.as_slice() else { panic!() };
    assert_eq!(at(group.name.span), "\"[parameters('group')]\"");
    let [first, second] = group.rules.as_slice() else { panic!() };
    assert_eq!(at(first.name.span), "\"first\"");
    assert_eq!(at(second.name.span), "\"second\"");
    assert_eq!(second.priority.span().map(at), Some("4097"));
    assert_eq!(at(second.destination_ports.items[0].span), "\"[parameters('port')]\"");
    assert_eq!(at(second.source.items[0].span), "\"[concat(parameters('port'), '')]\"");
    assert_eq!(at(second.access.span().unwrap()), "\"Deny\"");
    assert!(at(second.span).starts_with('{'));
    assert_eq!(first.span, second.span);
}
