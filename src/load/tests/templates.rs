//! Templates: children, conditions, loops, and what stands around groups.

use super::*;
use crate::model::{Built, Field, Nsg, Written};

pub(super) fn template(resources: &str) -> String {
    format!(
        r#"{{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "parameters": {{ "p": {{ "type": "string" }}, "on": {{ "defaultValue": true }}, "off": {{ "defaultValue": false }} }},
        "resources": [{resources}] }}"#
    )
}

pub(super) fn nsg(name: &str, more: &str, rules: &str) -> String {
    format!(
        r#"{{ "type": "Microsoft.Network/networkSecurityGroups", "name": "{name}"{more}, "properties": {{ "securityRules": [{rules}] }} }}"#
    )
}

pub(super) fn rule(name: &str, port: &str) -> String {
    format!(
        r#"{{ "name": "{name}", "properties": {{ "access": "Allow", "direction": "Outbound", "priority": 200, "protocol": "Tcp",
        "sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "Sql", "destinationPortRange": "{port}" }} }}"#
    )
}

pub(super) fn child(name: &str, more: &str, port: &str) -> String {
    let rule = rule(name, port);
    let inside = rule.trim().trim_start_matches('{');
    format!(r#"{{ "type": "Microsoft.Network/networkSecurityGroups/securityRules"{more}, {inside}"#)
}

pub(super) fn groups(resources: &[String]) -> Vec<Nsg> {
    let (_, loaded) = read_text("f", &template(&resources.join(",")));
    assert_eq!(loaded.errors, []);
    loaded.estate.nsgs
}

#[test]
fn unknown_parts_are_kept_with_their_reasons() {
    let (file, loaded) = read(Path::new("testdata/arm-template/ok/unknown-parts.json"));
    let nsgs = &loaded.estate.nsgs;
    let names: Vec<&str> = nsgs.iter().map(|nsg| nsg.name.value.as_str()).collect();
    let expected = [
        "{parameters('name')}",
        "nsg-list",
        "nsg-loop",
        "nsg-perhaps",
        "{parameters('elsewhere')}",
    ];
    assert_eq!(names, expected);
    let reason = "the parameter `properties` has no default value";
    assert_eq!(&*nsgs[0].rules[0].unread.as_ref().unwrap().reason, reason);
    assert_eq!(nsgs[0].location, None);
    assert_eq!(&*nsgs[1].unread[0].reason, "the parameter `rules` has no default value");
    let reasons: Vec<&str> = nsgs[2].unread.iter().map(|unread| &*unread.reason).collect();
    let of_loops = [
        "the parameter `rules` has no default value",
        "rules such as `rule{copyIndex()@2037}` are made by a copy loop: the parameter `rules` has no default value",
        // A child of `{parameters('elsewhere')}` may be a child of any group here.
        "a rule may belong to it: a name holds a part that is not known",
    ];
    assert_eq!(reasons, of_loops);
    let condition = nsgs[3].condition.as_ref().unwrap();
    assert_eq!(&*condition.text, "\"[parameters('deploy')]\"");
    assert_eq!(file.slice(condition.span.start, condition.span.end), &*condition.text);
    assert_eq!(nsgs[4].built, Built::Part);
    let unchecked: Vec<&str> = loaded.unchecked.iter().map(|it| it.what).collect();
    assert_eq!(
        unchecked,
        ["a network security group whose condition is false", "a linked template"]
    );
}

#[test]
fn a_rule_written_twice_counts_once_and_what_the_child_says_holds() {
    let group = nsg("g", "", &[rule("a", "443"), rule("b", "80")].join(","));
    let [merged] = &groups(&[group, child("G/A", "", "443"), child("g/b", "", "81")])[..] else {
        panic!()
    };
    let [a, b] = merged.rules.as_slice() else { panic!("{}", merged.rules.len()) };
    assert!(matches!(a.written, Written::Twice { again } if again.start > a.span.start));
    assert!(matches!(b.written, Written::Twice { again } if again.start < b.span.start));
    assert_eq!(b.destination_ports.items[0].value, crate::model::PortValue::Range(81, 81));
}

#[test]
fn a_rule_that_is_rewritten_only_perhaps_is_unknown() {
    let group = nsg("g", "", &[rule("a", "443"), rule("b", "80")].join(","));
    let condition = r#", "condition": "[equals(parameters('p'), 'x')]""#;
    let children = [child("g/a", condition, "443"), child("g/b", condition, "81")];
    let [merged] = &groups(&[group, children.join(",")])[..] else { panic!() };
    assert_eq!((merged.rules[0].unread.as_ref(), merged.rules[0].condition.as_ref()), (None, None));
    // Either of the two may be what is deployed.
    let [_, inline, again] = merged.rules.as_slice() else { panic!("{}", merged.rules.len()) };
    let port = |rule: &crate::model::SecurityRule| rule.destination_ports.items[0].value.clone();
    assert_eq!(port(inline), crate::model::PortValue::Range(80, 80));
    assert_eq!(port(again), crate::model::PortValue::Range(81, 81));
    assert!(inline.unread.is_some());
    assert!(again.condition.is_some());
}

#[test]
fn of_children_of_one_name_none_surely_holds() {
    let condition = r#", "condition": "[equals(parameters('p'), 'x')]""#;
    for (inline, first, second) in [
        ("", child("g/a", "", "81"), child("G/A", "", "82")),
        ("", child("g/a", "", "81"), child("g/a", condition, "82")),
        ("", child("g/a", condition, "81"), child("g/a", "", "82")),
        (&*rule("a", "80"), child("g/a", "", "81"), child("g/a", "", "82")),
        (&*rule("a", "80"), child("g/a", "", "80"), child("g/a", condition, "82")),
        (&*rule("a", "80"), child("g/a", condition, "81"), child("g/a", "", "80")),
    ] {
        let [merged] = &groups(&[nsg("g", "", inline), first, second])[..] else { panic!() };
        assert!(merged.rules.len() >= 2, "{inline}");
        let is_sure =
            |rule: &crate::model::SecurityRule| rule.unread.is_none() && rule.condition.is_none();
        assert_eq!(merged.rules.iter().filter(|rule| is_sure(rule)).count(), 0, "{inline}");
    }
}

#[test]
fn an_inline_rule_that_a_child_of_unknown_name_may_replace_is_in_doubt() {
    let in_doubt = |inline: &str, name: &str, port: &str| {
        let [merged] = &groups(&[nsg("g", "", &rule(inline, "80")), child(name, "", port)])[..]
        else {
            panic!()
        };
        merged.rules.iter().any(|rule| rule.unread.is_some())
    };
    assert!(in_doubt("a", "[concat('g/', parameters('p'))]", "443"));
    assert!(in_doubt("allow-x", "[concat('g/allow-', parameters('p'))]", "443"));
    assert!(in_doubt("[parameters('p')]", "g/a", "443"));
    // Whichever of the two holds, it says the same.
    assert!(!in_doubt("a", "[concat('g/', parameters('p'))]", "80"));
    // The known part rules it out.
    assert!(!in_doubt("a", "[concat('g/deny-', parameters('p'))]", "443"));
    assert!(!in_doubt("a", "g/b", "443"));
}

#[test]
fn conditions_are_decided_where_they_are_written_out() {
    let of = |condition: &str| {
        groups(&[nsg("g", &format!(r#", "condition": {condition}"#), "")])
            .first()
            .map(|nsg| nsg.condition.is_some())
    };
    assert_eq!(of("true"), Some(false));
    assert_eq!(of(r#""true""#), Some(false));
    assert_eq!(of("false"), None);
    assert_eq!(of(r#""False""#), None);
    assert_eq!(of(r#""[parameters('p')]""#), Some(true));
    assert_eq!(of(r#""[parameters('on')]""#), Some(false));
    assert_eq!(of(r#""[parameters('off')]""#), None);
    assert_eq!(of(r#""[equals(1, 2)]""#), None);
    assert_eq!(of(r#""[not(parameters('off'))]""#), Some(false));
    assert_eq!(of(r#""[and(parameters('p'), parameters('off'))]""#), None);
}

#[test]
fn what_is_not_deployed_is_left_out_and_told() {
    let off = r#", "condition": "[parameters('off')]""#;
    let deployment = |condition: &str, inner: &str| {
        format!(
            r#"{{ "type": "Microsoft.Resources/deployments", "name": "d"{condition}, "properties": {{
            "template": {{ "resources": [{inner}] }} }} }}"#
        )
    };
    let told = |resources: &[String]| {
        let (_, loaded) = read_text("f", &template(&resources.join(",")));
        assert_eq!(loaded.errors, []);
        let names = loaded.estate.nsgs.iter().map(|nsg| (nsg.name.value.clone(), nsg.rules.len()));
        let idle = loaded.unchecked.iter().filter(|it| it.idle).map(|it| it.what);
        (names.collect::<Vec<_>>(), idle.collect::<Vec<_>>())
    };
    const GROUP: &str = "a network security group whose condition is false";
    const RULE: &str = "a security rule whose condition is false";
    assert_eq!(told(&[nsg("g", off, "")]), (vec![], vec![GROUP]));
    let group = || nsg("g", "", &rule("a", "443"));
    let kept = vec![("g".to_owned(), 1)];
    assert_eq!(told(&[group(), child("g/b", off, "80")]), (kept.clone(), vec![RULE]));
    // All that is deployed by what is not deployed.
    let inner = deployment("", &nsg("h", "", ""));
    assert_eq!(told(&[group(), deployment(off, &inner)]), (kept.clone(), vec![GROUP]));
    let list = deployment(off, r#""[parameters('p')]""#);
    assert_eq!(told(&[group(), list]), (kept, vec![]));
    // The condition of a group is not that of its children.
    let below = r#", "condition": false, "resources": [{ "type": "securityRules", "name": "b",
        "properties": { "access": "Allow", "direction": "Outbound" } }]"#;
    assert_eq!(told(&[nsg("g", below, "")]), (vec![("g".to_owned(), 1)], vec![GROUP]));
}

#[test]
fn a_condition_that_is_not_known_says_why() {
    let of = |text: &str| groups(&[nsg("g", &format!(r#", "condition": "{text}""#), "")]);
    let told = of("[parameters('p')]")[0].condition.as_ref().unwrap().to_string();
    assert_eq!(told, r#"`"[parameters('p')]"` (the parameter `p` has no default value)"#);
}

#[test]
fn a_rule_of_an_unknown_group_may_be_of_any() {
    let group = nsg("g", "", &rule("a", "443"));
    let [whole, part] = &groups(&[group, child("[parameters('p')]", "", "80")])[..] else {
        panic!()
    };
    assert_eq!(whole.rules.len(), 1);
    assert_eq!(
        &*whole.unread[0].reason,
        "the rule `{parameters('p')}` may belong to it: the name of its group is an expression"
    );
    assert_eq!((part.built, part.rules.len()), (Built::Part, 1));
}

#[test]
fn a_slash_inside_of_an_expression_parts_no_names() {
    let group = nsg("[parameters('p')]", "", "");
    let child = child("[concat(parameters('p'), '/', uniqueString('a/b'))]", "", "80");
    let all = groups(&[group, child]);
    let names: Vec<&str> = all.iter().map(|nsg| nsg.name.value.as_str()).collect();
    assert_eq!(names.len(), 1, "{names:?}");
    assert_eq!(all[0].rules.len() + all[0].unread.len(), 1);
}

#[test]
fn groups_of_one_name_in_two_resource_groups_stay_apart() {
    let deployment = |group: &str, port: &str| {
        format!(
            r#"{{ "type": "Microsoft.Resources/deployments", "name": "d{group}", "resourceGroup": "{group}", "properties": {{
            "expressionEvaluationOptions": {{ "scope": "inner" }},
            "template": {{ "resources": [{}, {}] }} }} }}"#,
            nsg("g", "", ""),
            child("g/a", "", port)
        )
    };
    let all = groups(&[deployment("one", "80"), deployment("two", "81")]);
    let counts: Vec<usize> = all.iter().map(|nsg| nsg.rules.len()).collect();
    assert_eq!(counts, [1, 1]);
}

#[test]
fn the_condition_of_a_deployment_holds_for_all_in_it() {
    let text = format!(
        r#"{{ "type": "Microsoft.Resources/deployments", "condition": "[parameters('p')]", "name": "d", "properties": {{
        "template": {{ "resources": [{}] }} }} }}"#,
        nsg("g", "", "")
    );
    assert!(groups(&[text])[0].condition.is_some());
}

#[test]
fn surroundings_are_linked_to_the_group() {
    let (_, loaded) = read(Path::new("testdata/arm-template/ok/surroundings.json"));
    let estate = &loaded.estate;
    let group = &estate.groups[0];
    let nsg = &estate.nsgs[0];
    let interface = &estate.interfaces[0];
    assert_eq!(nsg.rules[0].source.groups[0].id, group.id);
    assert_eq!(&*nsg.rules[0].source.groups[0].name, "asg-app");
    assert_eq!(interface.groups[0].id, group.id);
    assert!(interface.groups_known);
    let [subnet] = nsg.subnets.as_deref().unwrap() else { panic!() };
    let [holder] = nsg.interfaces.as_deref().unwrap() else { panic!() };
    assert_eq!(interface.subnets, [subnet.value.to_lowercase().into()]);
    assert!(holder.value.ends_with("/networkInterfaces/nic-1"));
    assert_eq!(estate.load_balancers[0].name.value, "lb-1");
}

#[test]
fn doubled_brackets_of_a_policy_definition_are_not_plain_text() {
    let inner = template(&nsg("[[parameters('p')]", "", &rule("a", "[[parameters('p')]")));
    let text = format!(
        r#"{{ "properties": {{ "policyRule": {{ "then": {{ "details": {{ "deployment": {{ "properties": {{ "template": {inner} }} }} }} }} }} }} }}"#
    );
    let (_, loaded) = read_text("f", &text);
    let nsg = &loaded.estate.nsgs[0];
    assert_eq!(nsg.name.value, "{parameters('p')}");
    let port = &nsg.rules[0].destination_ports.items[0].value;
    assert!(matches!(port, crate::model::PortValue::Unknown(_)), "{port:?}");
}

#[test]
fn a_policy_definition_is_read_with_one_bracket_or_with_two() {
    let ports = |open: &str| {
        let rules = rule("a", &format!("{open}parameters('port')]"));
        let inner = format!(
            r#"{{ "$schema": "deploymentTemplate.json#", "parameters": {{ "port": {{ "defaultValue": "443" }} }}, "resources": [{}] }}"#,
            nsg("g", "", &[rules, rule("b", "[parameters('port')]")].join(","))
        );
        let text = format!(
            r#"{{ "properties": {{ "policyRule": {{ "then": {{ "details": {{ "deployment": {{ "properties": {{ "template": {inner} }} }} }} }} }} }} }}"#
        );
        let (_, loaded) = read_text("f", &text);
        let rules = &loaded.estate.nsgs[0].rules;
        let known = |rule: &crate::model::SecurityRule| {
            rule.destination_ports.items[0].value == crate::model::PortValue::Range(443, 443)
        };
        rules.iter().map(known).collect::<Vec<bool>>()
    };
    assert_eq!(ports("["), [true, true]);
    // With two, one is that of a template around the policy, which nobody gave us.
    assert_eq!(ports("[["), [true, false]);
}

#[test]
fn parameters_given_as_one_expression_are_unknown() {
    let template = template_with_port();
    let text = format!(
        r#"{{ "type": "Microsoft.Resources/deployments", "name": "d", "properties": {{
        "expressionEvaluationOptions": {{ "scope": "inner" }}, "parameters": "[parameters('p')]", "template": {template} }} }}"#
    );
    let all = groups(&[text]);
    let port = &all[0].rules[0].destination_ports.items[0].value;
    assert!(matches!(port, crate::model::PortValue::Unknown(_)), "{port:?}");
}

fn template_with_port() -> String {
    let group = nsg("g", "", &rule("r", "[parameters('port')]"));
    format!(
        r#"{{ "parameters": {{ "port": {{ "defaultValue": "443" }} }}, "resources": [{group}] }}"#
    )
}

#[test]
fn parameters_given_from_outside_are_not_their_defaults() {
    let artifact = r#"{ "kind": "template", "properties": { "parameters": { "port": { "value": "[parameters('x')]" }, "prio": { "value": 300 } },
        "template": { "$schema": "deploymentTemplate.json#",
        "parameters": { "port": { "defaultValue": "443" }, "prio": { "defaultValue": 100 } },
        "resources": [ { "type": "Microsoft.Network/networkSecurityGroups", "name": "g", "properties": { "securityRules": [
        { "name": "r", "properties": { "destinationPortRange": "[parameters('port')]", "priority": "[parameters('prio')]" } } ] } } ] } } }"#;
    let (_, loaded) = read_text("f", artifact);
    let rule = &loaded.estate.nsgs[0].rules[0];
    let port = &rule.destination_ports.items[0].value;
    assert!(matches!(port, crate::model::PortValue::Unknown(_)), "{port:?}");
    assert!(matches!(&rule.priority, Field::Known(read) if read.value == 300));
}

#[test]
fn what_belongs_to_an_extension_is_none_of_azures() {
    let more = r#", "import": "k8s""#;
    assert_eq!(groups(&[nsg("g", more, ""), nsg("h", "", "")]).len(), 1);
}

#[test]
fn the_scope_of_a_deployment_says_where_it_goes() {
    let key = |scope: &str| {
        let text = format!(
            r#"{{ "type": "Microsoft.Resources/deployments", "name": "d", "scope": "{scope}", "properties": {{
            "expressionEvaluationOptions": {{ "scope": "inner" }}, "template": {{ "resources": [{}] }} }} }}"#,
            nsg("g", "", "")
        );
        groups(&[text])[0].key.to_string()
    };
    let key_of =
        |place: &str| format!("{place}/providers/microsoft.network/networksecuritygroups/g");
    assert_eq!(
        key("/subscriptions/s1/resourceGroups/g1"),
        key_of("/subscriptions/s1/resourcegroups/g1")
    );
    assert!(key("/subscriptions/s1").starts_with("/subscriptions/s1/resourcegroups/{"));
}

#[test]
fn a_what_if_without_changes_is_one() {
    let (_, loaded) = read_text("f", r#"{ "status": "Succeeded", "changes": [] }"#);
    assert_eq!((loaded.kind, loaded.errors.len()), (Some("what-if"), 0));
    let (_, loaded) = read_text("f", r#"{ "changes": [] }"#);
    assert_eq!(loaded.kind, None);
}

#[test]
fn a_what_if_that_did_not_succeed_is_told_and_what_it_does_not_foresee_leaves_the_group_open() {
    let group =
        "/subscriptions/0/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/n";
    let text = |status: &str, rule: &str| {
        format!(
            r#"{{ "status": "{status}", "changes": [
                {{ "resourceId": "{group}", "changeType": "NoChange", "after": {{ "id": "{group}",
                   "type": "Microsoft.Network/networkSecurityGroups", "name": "n",
                   "properties": {{ "securityRules": [] }} }} }}{rule} ] }}"#
        )
    };
    let of = |text: String| {
        let (_, loaded) = read_text("f", text.as_str());
        let open = loaded.estate.nsgs.iter().map(|nsg| nsg.unread.len()).collect::<Vec<_>>();
        (loaded.errors.len(), open)
    };
    assert_eq!(of(text("Succeeded", "")), (0, vec![0]));
    assert_eq!(of(text("Failed", "")), (1, vec![0]));
    let rule = format!(
        r#", {{ "resourceId": "{group}/securityRules/r", "changeType": "Deploy", "before": null, "after": null }}"#
    );
    assert_eq!(of(text("Succeeded", &rule)), (0, vec![1]));
}
