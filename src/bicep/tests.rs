use super::build::Builder;
use super::places::{Unit, given_origins, origins};
use super::syntax::Source;
use crate::document::{Document, Node};
use crate::source::{FileId, Origin};
use proptest::prelude::proptest;
use std::collections::BTreeMap;

const BICEP: &str = r#"// a comment with a brace {
targetScope = 'resourceGroup'

@description('it''s { not } a value')
param location string = resourceGroup().location
param extra array = [
  { name: 'FromDefault', priority: 300 }
]
@allowed([
  'a'
  'b'
])
param kind string

var rules = [
  {
    name: 'Deny${kind}All'
    properties: {
      priority: 1000
    }
  }
]

resource old 'Microsoft.Network/networkSecurityGroups@2023-09-01' existing = {
  name: 'old'
}

resource nsg 'Microsoft.Network/networkSecurityGroups@2023-09-01' = if (kind == 'a') {
  name: 'nsg-a'
  location: location
  properties: {
    securityRules: [for (rule, i) in extra: {
      name: rule.name
      properties: {
        priority: rule.priority /* here */
        access: i == 0
          ? 'Allow'
          : 'Deny'
      }
    }]
  }

  resource child 'securityRules' = {
    name: 'Child'
    properties: {
      priority: 4000
    }
  }
}

resource second 'microsoft.network/networkSecurityGroups@2023-09-01' = {
  name: 'nsg-b'
  properties: { securityRules: rules }
}

module spoke 'modules/spoke.bicep' = [for i in range(0, 2): {
  name: 'spoke-${i}'
  params: {
    prefix: '10.${i}.0.0/16'
  }
}]
"#;

const MODULE: &str = "param prefix string\n\nresource nsg 'Microsoft.Network/networkSecurityGroups@2023-09-01' = {\n  name: 'spoke'\n  properties: {}\n}\n";

/// What the compiler makes of [`BICEP`], in the order and with the names that it uses.
const TEMPLATE: &str = r#"{
  "parameters": {
    "location": { "type": "string", "defaultValue": "[resourceGroup().location]" },
    "extra": { "type": "array", "defaultValue": [ { "name": "FromDefault", "priority": 300 } ] },
    "kind": { "type": "string" }
  },
  "variables": {
    "rules": [ { "name": "[format('Deny{0}All', parameters('kind'))]", "properties": { "priority": 1000 } } ]
  },
  "resources": [
    {
      "type": "Microsoft.Network/networkSecurityGroups/securityRules",
      "name": "[format('{0}/{1}', 'nsg-a', 'Child')]",
      "properties": { "priority": 4000 }
    },
    {
      "condition": "[equals(parameters('kind'), 'a')]",
      "type": "Microsoft.Network/networkSecurityGroups",
      "name": "nsg-a",
      "properties": { "copy": [ { "name": "securityRules", "count": "[length(parameters('extra'))]",
        "input": { "name": "x", "properties": { "priority": "[y]", "access": "[z]" } } } ] }
    },
    {
      "type": "microsoft.network/networkSecurityGroups",
      "name": "nsg-b",
      "properties": { "securityRules": "[variables('rules')]" }
    },
    {
      "copy": { "name": "spoke", "count": 2 },
      "type": "Microsoft.Resources/deployments",
      "name": "[format('spoke-{0}', copyIndex())]",
      "properties": {
        "parameters": { "prefix": { "value": "[format('10.{0}.0.0/16', copyIndex())]" } },
        "template": { "resources": [
          { "type": "Microsoft.Network/networkSecurityGroups", "name": "spoke", "properties": {} }
        ] }
      }
    }
  ]
}"#;

fn units() -> Vec<Unit> {
    let modules = BTreeMap::from([("modules/spoke.bicep".to_owned(), 1)]);
    vec![
        Unit { source: Source::read(BICEP), modules },
        Unit { source: Source::read(MODULE), modules: BTreeMap::new() },
    ]
}

/// The file and text that the node leads back to.
fn home<'t>(origins: &[Origin], node: Node<'_>, texts: [&'t str; 2]) -> Option<(usize, &'t str)> {
    let span = node.span();
    let origin = origins.iter().rev().find(|it| it.made == (span.start, span.end))?;
    let (start, end) = origin.written;
    let range = usize::try_from(start).ok()?..usize::try_from(end).ok()?;
    Some((origin.file, texts.get(origin.file)?.get(range)?))
}

fn at<'d>(root: Node<'d>, path: &str) -> Node<'d> {
    path.split('/').fold(root, |node, part| match part.parse::<usize>() {
        Ok(index) => node.items().nth(index).unwrap(),
        Err(_) => node.get(part).unwrap(),
    })
}

#[test]
fn every_literal_piece_leads_back_to_where_it_was_written() {
    let document = Document::parse(FileId(0), TEMPLATE).unwrap();
    let origins = origins(document.root(), &units(), 0);
    let found = |path: &str| home(&origins, at(document.root(), path), [BICEP, MODULE]);
    let expected: [(&str, usize, &str); 12] = [
        ("parameters/location/defaultValue", 0, "resourceGroup().location"),
        ("parameters/kind", 0, "param kind string"),
        ("parameters/extra/defaultValue/0/priority", 0, "300"),
        ("variables/rules/0/name", 0, "'Deny${kind}All'"),
        ("variables/rules/0/properties/priority", 0, "1000"),
        ("resources/0", 0, "resource child 'securityRules' = {"),
        ("resources/0/properties/priority", 0, "4000"),
        ("resources/1/properties/copy/0/input/properties/priority", 0, "rule.priority /* here */"),
        (
            "resources/1/properties/copy/0/input/properties/access",
            0,
            "i == 0\n          ? 'Allow'\n          : 'Deny'",
        ),
        ("resources/2/properties/securityRules", 0, "rules"),
        ("resources/3/properties/parameters/prefix/value", 0, "'10.${i}.0.0/16'"),
        ("resources/3/properties/template/resources/0/name", 1, "'spoke'"),
    ];
    for (path, file, text) in expected {
        assert_eq!(found(path), Some((file, text)), "{path}");
    }
}

#[test]
fn symbolic_names_tell_resources_apart() {
    let bicep = "resource b 'T/x@1' = {\n  name: n\n  resource c 'y' = { name: m }\n}\n\
                 resource a 'T/x@1' = {\n  name: o\n}\n";
    let template = r#"{ "languageVersion": "2.0", "resources": {
        "a": { "type": "T/x", "name": "[o]" },
        "b": { "type": "T/x", "name": "[n]" },
        "b::c": { "type": "T/x/y", "name": "[m]" } } }"#;
    let document = Document::parse(FileId(0), template).unwrap();
    let units = [Unit { source: Source::read(bicep), modules: BTreeMap::new() }];
    let origins = origins(document.root(), &units, 0);
    let found = |path: &str| home(&origins, at(document.root(), path), [bicep, ""]);
    assert_eq!(found("resources/a/name"), Some((0, "o")));
    assert_eq!(found("resources/b/name"), Some((0, "n")));
    assert_eq!(found("resources/b::c/name"), Some((0, "m")));
}

#[test]
fn names_that_disagree_are_not_paired_by_their_order() {
    let bicep = "resource a 'T/x@1' = { name: 'one' }\nresource b 'T/x@1' = { name: 'two' }\n";
    let template = r#"{ "resources": [
        { "type": "T/x", "name": "two" }, { "type": "T/x", "name": "one" } ] }"#;
    let document = Document::parse(FileId(0), template).unwrap();
    let units = [Unit { source: Source::read(bicep), modules: BTreeMap::new() }];
    let origins = origins(document.root(), &units, 0);
    let found = |path: &str| home(&origins, at(document.root(), path), [bicep, ""]);
    assert_eq!(found("resources/0/name"), Some((0, "'two'")));
    assert_eq!(found("resources/1/name"), Some((0, "'one'")));
}

#[test]
fn values_of_a_parameters_file_lead_back_to_it() {
    let bicep = "using './main.bicep'\nparam rules = [\n  { name: 'a' }\n]\nparam size = 3\n";
    let json = r#"{ "parameters": { "rules": { "value": [ { "name": "a" } ] }, "size": { "value": 3 } } }"#;
    let source = Source::read(bicep);
    assert_eq!(source.using(), Some("./main.bicep"));
    let document = Document::parse(FileId(0), json).unwrap();
    let origins = given_origins(document.root(), &source);
    let found = |path: &str| home(&origins, at(document.root(), path), [bicep, ""]);
    assert_eq!(found("parameters/rules/value/0/name"), Some((0, "'a'")));
    assert_eq!(found("parameters/size/value"), Some((0, "3")));
}

#[test]
fn programs_in_relative_folders_are_not_run() {
    let here = std::ffi::OsString::from(if cfg!(windows) { ".;bin" } else { ".:bin" });
    assert_eq!(Builder::find(Some(&here), None), None);
}

proptest! {
    #[test]
    fn any_text_is_read_to_its_end(text in r"[a{}\[\]()' $:=\n,/*@]{0,200}") {
        Source::read(&text);
    }

    #[test]
    fn any_broken_file_is_read(at in 0..BICEP.len(), with in r"[{}\[\]'\n]") {
        let text: String = [&BICEP[..at], &with, &BICEP[at..]].concat();
        let read = Source::read(&text);
        assert!(read.modules().count() <= 1);
    }

    #[test]
    fn deep_nesting_ends(depth in 1_usize..5_000) {
        Source::read(&format!("var x = {}", "[".repeat(depth)));
        Source::read(&format!("var x = {}1", "{a:".repeat(depth)));
    }
}
