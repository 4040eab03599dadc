//! Functions and types that templates declare for themselves.

use super::{evaluate_in, show};
use crate::document::Document;
use crate::source::FileId;
use crate::template::{Budget, Given, Reading, Scope, given_parameters};

const TEMPLATE: &str = r##"{
  "functions": [
    { "namespace": "net", "members": {
      "name": {
        "parameters": [ { "name": "prefix", "type": "string" }, { "name": "number", "type": "int" } ],
        "output": { "type": "string", "value": "[format('{0}-{1}', parameters('prefix'), parameters('number'))]" }
      },
      "rule": {
        "parameters": [ { "name": "port", "type": "string" } ],
        "output": { "type": "object", "value": { "port": "[parameters('port')]", "list": [ "[parameters('port')]", 1 ] } }
      },
      "outside": { "parameters": [], "output": { "value": "[parameters('word')]" } },
      "variable": { "output": { "value": "[variables('word')]" } },
      "round": { "parameters": [], "output": { "value": "[copyIndex()]" } },
      "again": { "parameters": [ { "name": "n" } ], "output": { "value": "[net.again(parameters('n'))]" } },
      "tree": { "parameters": [], "output": { "value": { "in": "[net.tree()]" } } },
      "deep": { "parameters": [ { "name": "x" } ], "output": { "value": "[net.name(parameters('x'), 2)]" } },
      "lost": { "parameters": [ { "name": "x" } ], "output": { "value": "[createObject('a', 1)[parameters('x')]]" } },
      "empty": {}
    } },
    { "namespace": "list", "members": { "one": { "output": { "value": "one" } } } }
  ],
  "definitions": {
    "name": { "type": "string", "nullable": true },
    "alias": { "$ref": "#/definitions/secret" },
    "secret": { "type": "secureString" },
    "login": { "type": "object", "properties": {
      "user": { "type": "string" },
      "password": { "$ref": "#/definitions/alias" },
      "inner": { "$ref": "#/definitions/login", "nullable": true }
    } },
    "loop": { "$ref": "#/definitions/loop" },
    "form": { "type": "object", "discriminator": { "propertyName": "kind", "mapping": {
      "key": { "properties": { "kind": {}, "value": { "type": "securestring" } } },
      "none": { "properties": { "kind": {} } }
    } } }
  },
  "parameters": {
    "word": { "type": "string", "defaultValue": "w" },
    "open": { "type": "string" },
    "secret": { "$ref": "#/definitions/alias", "defaultValue": "hunter2" },
    "login": { "$ref": "#/definitions/login", "defaultValue": {
      "user": "u", "password": "hunter2", "inner": { "user": "v", "password": "hunter2" } } },
    "logins": { "type": "array", "items": { "$ref": "#/definitions/login" }, "defaultValue": [ { "user": "u", "PASSWORD": "hunter2" } ] },
    "any": { "type": "object", "additionalProperties": { "type": "secureObject" }, "defaultValue": { "a": { "b": "hunter2" } } },
    "form": { "$ref": "#/definitions/form", "defaultValue": { "kind": "key", "value": "hunter2" } },
    "typed": { "$ref": "#/definitions/name", "defaultValue": "known" },
    "none": { "$ref": "#/definitions/name" },
    "nothing": { "type": "string", "nullable": true },
    "loop": { "$ref": "#/definitions/loop", "defaultValue": 1 }
  },
  "variables": { "word": "v" }
}"##;

#[test]
fn functions_of_a_template_are_evaluated() {
    for (text, expected) in [
        ("[net.name('nsg', 7)]", "'nsg-7'"),
        ("[NET.Name(toUpper('nsg'), add(1, 1))]", "'NSG-2'"),
        ("[net.rule('443').list[0]]", "'443'"),
        ("[net.rule('443')]", "{port='443' list=['443' 1]}"),
        ("[equals(net.rule('1').port, net.rule('1').port)]", "true"),
        ("[equals(net.rule('1').port, net.rule('2').port)]", "false"),
        ("[net.deep('x')]", "'x-2'"),
        ("[net.name(parameters('word'), 1)]", "'w-1'"),
        ("[list.one()]", "'one'"),
        (
            "[map(createArray('a', 'b'), lambda('x', net.deep(lambdaVariables('x'))))]",
            "['a-2' 'b-2']",
        ),
    ] {
        assert_eq!(
            evaluate_in(TEMPLATE, text),
            (expected.to_owned(), None, String::new()),
            "{text}"
        );
    }
}

#[test]
fn functions_of_a_template_see_nothing_but_their_parameters() {
    for (text, why) in [
        ("[net.outside()]", "the parameter `word` is not declared"),
        ("[net.variable()]", "the variable `word` is not declared"),
        ("[net.round()]", "there is no such copy loop around `copyIndex`"),
        ("[net.again(1)]", "the value of `net.again` needs itself"),
        ("[net.tree().in]", "the value of `net.tree` needs itself"),
        ("[net.name('x')]", "`net.name` does not take 1 arguments"),
        ("[net.empty()]", "the function `net.empty` is not evaluated"),
        ("[net.other()]", "the function `net.other` is not evaluated"),
        ("[net.name(parameters('open'), 1)]", "the parameter `open` has no default value"),
    ] {
        let (value, found, _) = evaluate_in(TEMPLATE, text);
        assert!(value.starts_with('~'), "{text}: {value}");
        assert_eq!(found.as_deref(), Some(why), "{text}");
    }
    let (value, ..) = evaluate_in(TEMPLATE, "[equals(net.lost('b'), net.lost('c'))]");
    assert!(value.starts_with('~'), "two calls have one value: {value}");
}

#[test]
fn types_of_parameters_may_be_defined_elsewhere() {
    for (text, expected) in [
        ("[parameters('typed')]", "'known'"),
        ("[parameters('none')]", "null"),
        ("[parameters('nothing')]", "null"),
        ("[coalesce(parameters('none'), 'x')]", "'x'"),
        ("[parameters('loop')]", "1"),
        ("[parameters('login').user]", "'u'"),
        ("[parameters('login').inner.user]", "'v'"),
        ("[parameters('logins')[0].user]", "'u'"),
        ("[parameters('form').kind]", "'key'"),
    ] {
        assert_eq!(
            evaluate_in(TEMPLATE, text),
            (expected.to_owned(), None, String::new()),
            "{text}"
        );
    }
}

#[test]
fn a_secret_is_never_read_wherever_its_type_says_so() {
    for text in [
        "parameters('secret')",
        "parameters('login')",
        "parameters('login').password",
        "parameters('login').inner.password",
        "parameters('logins')",
        "parameters('any')",
        "parameters('form')",
        "string(parameters('login'))",
        "items(parameters('login'))",
        "net.rule(parameters('login').password)",
    ] {
        let (value, ..) = evaluate_in(TEMPLATE, &format!("[{text}]"));
        assert!(!value.contains("hunter2") && value.contains('~'), "{text}: {value}");
    }
    let (_, why, _) = evaluate_in(TEMPLATE, "[parameters('login').password]");
    assert_eq!(
        why.as_deref(),
        Some("the parameter `login.password` is a secret, and its value is not read")
    );
    let template = Document::parse(FileId(0), TEMPLATE).unwrap();
    let file =
        r#"{ "parameters": { "login": { "value": { "user": "g", "password": "hunter2" } } } }"#;
    let file = Document::parse(FileId(1), file).unwrap();
    let whole = r#"{ "it": "[parameters('login')]" }"#;
    let whole = Document::parse(FileId(2), whole).unwrap();
    let given = Given { values: given_parameters(file.root()), rest: None };
    let scope = Scope::with_parameters(template.root(), given, &Budget::of_length(0));
    let shown = show(&Reading::in_scope(whole.root().get("it").unwrap(), &scope).value());
    assert_eq!(shown, "{user='g' password=~{login.password}}");
}
