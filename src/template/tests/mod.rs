//! Expressions one by one.

mod documented;
mod functions;
mod laws;
mod loops;
mod own;
mod placeholders;
mod references;

use super::*;
use crate::document::Document;
use crate::source::{FileId, Span};

const TEMPLATE: &str = r#"{
  "parameters": {
    "nsgName": { "type": "string" },
    "any": {},
    "Location": { "type": "string", "defaultValue": "westeurope" },
    "fromGroup": { "type": "string", "defaultValue": "[resourceGroup().location]" },
    "empty": { "type": "string", "defaultValue": "" },
    "nothing": { "defaultValue": null },
    "port": { "type": "int", "defaultValue": 443 },
    "half": { "type": "object", "defaultValue": { "a": 1.5, "deep": [ { "x": "yes" } ] } },
    "guid1": { "defaultValue": "[newGuid()]" },
    "guid2": { "defaultValue": "[newGuid()]" },
    "loop": { "defaultValue": "[parameters('loop')]" }
  },
  "variables": {
    "name": "[concat(parameters('nsgName'), '-nsg')]",
    "shout": "[TOUPPER(parameters('location'))]",
    "list": ["10.0.0.0/8", "[parameters('location')]"],
    "more": "[concat(variables('list'), contoso.more('x'), variables('list'))]",
    "both": "[concat(variables('list'), variables('list'))]",
    "escaped": "[[not an expression]",
    "twice": "first",
    "TWICE": "second",
    "a": "[variables('b')]",
    "b": "[concat(variables('c'), '!')]",
    "c": "[variables('a')]",
    "copy": [ { "name": "rules", "count": 3, "input": 1 } ],
    "withCopy": { "known": 1, "copy": [ { "name": "made", "count": 2, "input": {} } ] }
  }
}"#;

/// A value as short text: strings in quotes, `~` before partly and wholly unknown ones.
fn show(value: &Value<'_>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(Text { text, unknown: None }) => format!("'{text}'"),
        Value::Text(Text { text, unknown: Some(_) }) => format!("~'{text}'"),
        Value::Array(array) => {
            let items: Vec<String> = array.items().map(|item| show(&item.value())).collect();
            format!("[{}]", items.join(" "))
        }
        Value::Object(object) => {
            let members = object.members();
            let members: Vec<String> =
                members.map(|m| format!("{}={}", m.key, show(&m.value.value()))).collect();
            format!("{{{}}}", members.join(" "))
        }
        Value::Unknown(unknown) => format!("~{}", unknown.placeholder),
    }
}

/// The reason of a value that is unknown or has unknown parts.
fn reason(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Unknown(unknown) | Value::Text(Text { unknown: Some(unknown), .. }) => {
            Some(unknown.reason.to_string())
        }
        _ => None,
    }
}

/// Evaluates the string `text` in the template above; what it is, why it is unknown, and the text
/// that makes it so.
fn evaluate_in(template: &str, text: &str) -> (String, Option<String>, String) {
    let whole = format!(r#"{{ "it": {}, "template": {template} }}"#, serde_json::Value::from(text));
    let document = Document::parse(FileId(0), &whole).unwrap();
    let scope =
        Scope::new(document.root().get("template").unwrap(), &Budget::of_length(whole.len()));
    let reading = Reading::in_scope(document.root().get("it").unwrap(), &scope);
    let value = reading.value();
    // Every `newGuid()` is another one.
    if !text.contains("newGuid") {
        assert_eq!(show(&value), show(&reading.value()), "the second time it is the same");
    }
    let at = |span: Span| {
        whole[usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap()].to_owned()
    };
    let place = match &value {
        Value::Unknown(unknown) | Value::Text(Text { unknown: Some(unknown), .. }) => {
            at(unknown.span)
        }
        _ => String::new(),
    };
    (show(&value), reason(&value), place)
}

fn evaluated(text: &str) -> (String, Option<String>, String) {
    evaluate_in(TEMPLATE, text)
}

#[test]
fn known_expressions_have_their_values() {
    for (text, expected) in [
        ("plain", "'plain'"),
        ("[plain", "'[plain'"),
        ("plain]", "'plain]'"),
        ("[[literal]", "'[literal]'"),
        ("[[open", "'[[open'"),
        ("", "''"),
        ("['it''s']", "'it's'"),
        ("[ 'a' ]", "'a'"),
        ("[-12]", "-12"),
        ("[1.5]", "1.5"),
        ("[true]", "true"),
        ("[FALSE()]", "false"),
        ("[null]", "null"),
        ("[parameters('location')]", "'westeurope'"),
        ("[PARAMETERS( 'LOCATION' )]", "'westeurope'"),
        ("[parameters('empty')]", "''"),
        ("[parameters('nothing')]", "null"),
        ("[parameters('port')]", "443"),
        ("[parameters(concat('loc', 'ation'))]", "'westeurope'"),
        ("[parameters('half').A]", "1.5"),
        ("[parameters('half')['deep'][0].x]", "'yes'"),
        ("[parameters('half').?b]", "null"),
        ("[parameters('half').?b.?c[?0]]", "null"),
        ("[parameters('half').deep[?7]]", "null"),
        ("[variables('shout')]", "'WESTEUROPE'"),
        ("[variables('list')]", "['10.0.0.0/8' 'westeurope']"),
        ("[variables('both')]", "['10.0.0.0/8' 'westeurope' '10.0.0.0/8' 'westeurope']"),
        ("[variables('both')[3]]", "'westeurope'"),
        ("[variables('escaped')]", "'[not an expression]'"),
        ("[variables('twice')]", "'second'"),
        ("[concat('a', 1, 'b')]", "'a1b'"),
        ("[concat('')]", "''"),
        ("[format('{0}/{1}/{0} {{x}}', 'a', parameters('port'))]", "'a/443/a {x}'"),
        ("[format('none')]", "'none'"),
        ("[toLower('ÄB')]", "'äb'"),
        ("[toUpper('straße ı')]", "'STRAßE ı'"),
        (
            "[resourceId('s', 'g', 'A.B/c/', 'n')]",
            "'/subscriptions/s/resourceGroups/g/providers/A.B/c/n'",
        ),
        (
            "[resourceId('s', 'g', 'Microsoft.Network/networkSecurityGroups/securityRules', 'n', 'r')]",
            "'/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/n/securityRules/r'",
        ),
    ] {
        assert_eq!(evaluated(text), (expected.to_owned(), None, String::new()), "{text}");
    }
}

const NO_NAME: &str = "the parameter `nsgName` has no default value";
const GROUP: &str = "the resource group is known only at deployment";
const PARAMETER: &str = "parameters('nsgname')";

/// Expression, value, reason, and the text that is the reason.
const UNKNOWN: &[(&str, &str, &str, &str)] = &[
    ("[parameters('nsgname')]", "~{parameters('nsgName')}", NO_NAME, PARAMETER),
    ("[variables('name')]", "~'{parameters('nsgName')}-nsg'", NO_NAME, "parameters('nsgName')"),
    ("[concat('a', parameters('nsgname'))]", "~'a{parameters('nsgName')}'", NO_NAME, PARAMETER),
    (
        "[format('{0}/x', parameters('nsgname'))]",
        "~'{parameters('nsgName')}/x'",
        NO_NAME,
        PARAMETER,
    ),
    ("[toUpper(parameters('nsgname'))]", "~{toUpper(parameters('nsgName'))}", NO_NAME, PARAMETER),
    (
        "[toupper(variables('name'))]",
        "~{toUpper('{parameters(''nsgName'')}-nsg')}",
        NO_NAME,
        "parameters('nsgName')",
    ),
    ("[parameters('nsgname').x[0]['y']]", "~{parameters('nsgName').x[0].y}", NO_NAME, PARAMETER),
    (
        "[variables(parameters('nsgname'))]",
        "~{variables(parameters('nsgName'))}",
        NO_NAME,
        PARAMETER,
    ),
    (
        "[variables('list')[parameters('nsgname')]]",
        "~{variables('list')[parameters('nsgname')]}",
        NO_NAME,
        PARAMETER,
    ),
    ("[concat(parameters('nsgname'))]", "~{parameters('nsgName')}", NO_NAME, PARAMETER),
    (
        "[resourceId('Microsoft.Network/networkSecurityGroups', 'n')]",
        "~'/subscriptions/{subscription().subscriptionId}/resourceGroups/{resourceGroup().name}/providers/Microsoft.Network/networkSecurityGroups/n'",
        GROUP,
        "resourceId('Microsoft.Network/networkSecurityGroups', 'n')",
    ),
    (
        "[resourceId('g', 'A.B/c', parameters('nsgname'))]",
        "~'/subscriptions/{subscription().subscriptionId}/resourceGroups/g/providers/A.B/c/{parameters('nsgName')}'",
        "the subscription is known only at deployment",
        "resourceId('g', 'A.B/c', parameters('nsgname'))",
    ),
    ("[resourceGroup().location]", "~{resourceGroup().location}", GROUP, "resourceGroup()"),
    ("[parameters('fromGroup')]", "~{resourceGroup().location}", GROUP, "resourceGroup()"),
    ("[resourcegroup().name]", "~{resourceGroup().name}", GROUP, "resourcegroup()"),
    (
        "[resourceGroup().id]",
        "~'/subscriptions/{subscription().subscriptionId}/resourceGroups/{resourceGroup().name}'",
        GROUP,
        "resourceGroup()",
    ),
    (
        "[copyIndex()]",
        "~{copyIndex()}",
        "there is no such copy loop around `copyIndex`",
        "copyIndex()",
    ),
    (
        "[concat('r', copyIndex('x', 1))]",
        "~'r{copyIndex('x', 1)}'",
        "there is no such copy loop around `copyIndex`",
        "copyIndex('x', 1)",
    ),
    (
        "[contoso.make(1, null).x]",
        "~{contoso.make(1, null).x}",
        "the function `contoso.make` is not evaluated",
        "contoso.make(1, null)",
    ),
    ("[concat(variables('list'), parameters('nsgname'))[0]]", "'10.0.0.0/8'", "", ""),
    (
        "[parameters('no')]",
        "~{parameters('no')}",
        "the parameter `no` is not declared",
        "parameters('no')",
    ),
    (
        "[variables('no')]",
        "~{variables('no')}",
        "the variable `no` is not declared",
        "variables('no')",
    ),
    (
        "[parameters('half').no]",
        "~{parameters('half').no}",
        "there is no property `no`",
        "parameters('half').no",
    ),
    (
        "[variables('list')[2]]",
        "~{variables('list')[2]}",
        "there is no element 2 in an array of 2",
        "variables('list')[2]",
    ),
    (
        "[variables('list')[-1]]",
        "~{variables('list')[-1]}",
        "there is no element -1 in an array of 2",
        "variables('list')[-1]",
    ),
    (
        "[variables('list').x]",
        "~{variables('list').x}",
        "a string can't be an index",
        "variables('list').x",
    ),
    (
        "[parameters('port').x]",
        "~{parameters('port').x}",
        "a number has no properties or elements",
        "parameters('port').x",
    ),
    (
        "[concat('a', true)]",
        "~{concat('a', true)}",
        "`concat` does not take a boolean as argument 2",
        "true",
    ),
    (
        "[concat(variables('list'), 'a')]",
        "~{concat(variables('list'), 'a')}",
        "`concat` does not take a string as argument 2",
        "'a'",
    ),
    ("[toLower(1)]", "~{toLower(1)}", "`toLower` does not take a number as argument 1", "1"),
    (
        "[toLower('a', 'b')]",
        "~{toLower('a', 'b')}",
        "`toLower` does not take 2 arguments",
        "toLower('a', 'b')",
    ),
    (
        "[format('{9999999999999999999999}', 1)]",
        "~{format('{9999999999999999999999}', 1)}",
        "the format asks for argument 9999999999999999999999, but there are 1",
        "format('{9999999999999999999999}', 1)",
    ),
    (
        "[format('{0:C2}', 1)]",
        "~{format('{0:C2}', 1)}",
        "the format `{0:C2}` is not evaluated",
        "format('{0:C2}', 1)",
    ),
    ("[format('}', 1)]", "~{format('}', 1)}", "the format `}` is not evaluated", "format('}', 1)"),
    (
        "[resourceId('A.B/c/d', 'n')]",
        "~{resourceId('A.B/c/d', 'n')}",
        "the type `A.B/c/d` needs 2 names, not 1",
        "resourceId('A.B/c/d', 'n')",
    ),
    ("[variables('a')]", "~'{variables('a')}!'", "the value of `a` needs itself", "variables('a')"),
    (
        "[parameters('loop')]",
        "~{parameters('loop')}",
        "the value of `loop` needs itself",
        "parameters('loop')",
    ),
];

#[test]
fn unknown_values_say_why_and_keep_what_is_known() {
    for &(text, expected, why, place) in UNKNOWN {
        let why = (!why.is_empty()).then(|| why.to_owned());
        assert_eq!(evaluated(text), (expected.to_owned(), why, place.to_owned()), "{text}");
    }
}

#[test]
fn syntax_errors_point_at_the_character() {
    for (text, why, place) in [
        ("[]", "a value was expected in the expression, not the end of the expression", ""),
        (
            "[a-z]",
            "`a` is neither a call nor a value: strings need single quotes, functions parentheses",
            "a",
        ),
        ("[concat('a' 'b')]", "a comma or `)` was expected, not `'`", "'"),
        ("[concat('a',)]", "a value was expected in the expression, not `)`", ")"),
        ("[concat('a'] ]", "a comma or `)` was expected, not `]`", "]"),
        ("[concat('a']", "a comma or `)` was expected, not the end of the expression", ""),
        ("[concat('a]", "the string in single quotes is not closed", "'"),
        ("[variables('a')[0]", "`]` was expected, not the end of the expression", ""),
        ("[variables('a')é]", "the expression ends here, but `é` follows", "é"),
        ("[variables('a').]", "a property name was expected, not the end of the expression", ""),
        ("[\"a\"]", "a value was expected in the expression, not `\"`", "\\\""),
        (
            "[\u{e9}\n\u{1f600}]",
            "`é` is neither a call nor a value: strings need single quotes, functions parentheses",
            "é",
        ),
    ] {
        let (_, found, at) = evaluated(text);
        assert_eq!((found.as_deref(), at.as_str()), (Some(why), place), "{text}");
    }
}

#[test]
fn an_id_put_together_by_hand_equals_that_of_the_function() {
    let by_function = evaluated("[resourceId('A.B/c', parameters('nsgName'))]").0;
    for by_hand in [
        "[concat(resourceGroup().id, '/providers/A.B/c/', parameters('NSGNAME'))]",
        "[format('{0}/resourceGroups/{1}/providers/A.B/c/{2}', subscription().id, resourceGroup().name, parameters('nsgName'))]",
        "[resourceId(subscription().subscriptionId, resourceGroup().name, 'A.B/c', parameters('nsgName'))]",
    ] {
        assert_eq!(evaluated(by_hand).0, by_function);
    }
}

#[test]
fn an_unknown_part_of_a_list_is_an_element_of_its_own() {
    let (value, ..) = evaluated("[variables('more')]");
    assert_eq!(value, "['10.0.0.0/8' 'westeurope' ~{contoso.more('x')} '10.0.0.0/8' 'westeurope']");
    assert!(evaluated("[variables('more')[2]]").0.starts_with('~'));
    assert!(evaluated("[variables('more')[3]]").0.starts_with('~'));
}

#[test]
fn two_new_guids_are_not_equal() {
    assert_ne!(evaluated("[parameters('guid1')]").0, evaluated("[parameters('guid2')]").0);
    assert_eq!(evaluated("[parameters('guid1')]").0, evaluated("[parameters('GUID1')]").0);
}

#[test]
fn what_a_copy_loop_makes_is_a_member() {
    assert_eq!(evaluated("[variables('rules')]").0, "[1 1 1]");
    assert_eq!(evaluated("[variables('withCopy').made]").0, "[{} {}]");
    assert_eq!(evaluated("[variables('withCopy').known]").0, "1");
    assert_eq!(
        evaluated("[variables('withCopy').other]").1.as_deref(),
        Some("there is no property `other`")
    );
}

#[test]
fn readings_lead_to_where_each_value_was_written() {
    let text = r#"{
      "variables": { "rules": [ { "name": "one" } ], "more": "[concat(variables('rules'), variables('rules'))]" },
      "properties": "[contoso.make('{}')]",
      "rules": "[variables('more')]",
      "plain": { "Name": "[literal]" }
    }"#;
    let document = Document::parse(FileId(0), text).unwrap();
    let scope = Scope::new(document.root(), &Budget::of_length(0));
    let root = Reading::in_scope(document.root(), &scope);
    let at = |span: Span| {
        &text[usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap()]
    };
    let rules = root.get("RULES").unwrap();
    assert_eq!(at(rules.span()), "\"[variables('more')]\"");
    let spans: Vec<&str> = rules.items().map(|rule| at(rule.get("name").unwrap().span())).collect();
    assert_eq!(spans, ["\"one\"", "\"one\""]);
    let access = root.get("properties").and_then(|properties| properties.get("access")).unwrap();
    assert_eq!(show(&access.value()), "~{contoso.make('{}').access}");
    assert_eq!(at(access.span()), "\"[contoso.make('{}')]\"");
    assert_eq!(access.items().count(), 1);
    let text = access.text().unwrap();
    assert_eq!((&*text.text, text.unknown.is_some()), ("{contoso.make('{}').access}", true));
    assert!(root.get("nowhere").is_none());
    let plain = Reading::plain(document.root()).get("plain").unwrap();
    let member = plain.members().next().unwrap();
    assert_eq!((&*member.key, show(&member.value.value())), ("Name", "'[literal]'".to_owned()));
}

#[test]
fn given_parameters_come_before_defaults_and_are_no_expressions() {
    let template = Document::parse(FileId(0), TEMPLATE).unwrap();
    let file = r#"{ "parameters": {
        "NSGNAME": { "value": "[given]" },
        "location": { "reference": { "keyVault": { "id": "x" }, "secretName": "y" } },
        "port": {}, "other": "bare"
    } }"#;
    let file = Document::parse(FileId(1), file).unwrap();
    let members = file.root().get("parameters").unwrap().members();
    let values =
        members.map(|(key, entry)| (key.text().into_owned(), given_value(&key.text(), entry, "f")));
    let scope = Scope::with_parameters(
        template.root(),
        Given { values: values.collect(), rest: None },
        &Budget::of_length(0),
    );
    let variables = Reading::in_scope(template.root().get("variables").unwrap(), &scope);
    let value = |name| variables.get(name).unwrap().value();
    assert_eq!(show(&value("name")), "'[given]-nsg'");
    assert_eq!(
        reason(&value("shout")).as_deref(),
        Some("the value of the parameter `location` is in a key vault")
    );
}

#[test]
fn a_scope_that_is_gone_leaves_its_readings_in_order() {
    let document = Document::parse(FileId(0), TEMPLATE).unwrap();
    let reading = {
        let scope = Scope::new(document.root(), &Budget::of_length(0));
        Reading::in_scope(document.root().get("variables").unwrap(), &scope)
    };
    assert_eq!(reading.get("both").unwrap().items().count(), 4);
    assert_eq!(reading.get("shout").unwrap().text().unwrap().text, "WESTEUROPE");
}

#[test]
fn a_secret_is_never_read() {
    let text = r#"{
        "parameters": {"p": {"type": "secureString", "defaultValue": "hunter2"}},
        "name": "[concat('a', parameters('p'))]"
    }"#;
    let document = Document::parse(FileId(0), text).unwrap();
    let scope = Scope::new(document.root(), &Budget::of_length(0));
    let name = Reading::in_scope(document.root().get("name").unwrap(), &scope).text().unwrap();
    assert_eq!(name.text, "a{parameters('p')}");
    let reason = name.unknown.unwrap().reason.to_string();
    assert_eq!(reason, "the parameter `p` is a secret, and its value is not read");
}
