//! Values that are not the same must not be taken for it because they look alike.

use super::evaluate_in;

const TEMPLATE: &str = r#"{
  "parameters": {
    "o": { "type": "object" },
    "p": { "type": "string" },
    "q": { "type": "string" },
    "ids": { "type": "array", "defaultValue": "[map(range(0, 2), lambda('i', newGuid()))]" },
    "id": { "type": "string", "defaultValue": "[newGuid()]" }
  }
}"#;

#[test]
fn unknown_values_that_look_alike_are_not_equal() {
    for expression in [
        "[equals(parameters('o')['web.allow'].p, parameters('o').web.allow.p)]",
        "[equals(reference('a').x['b.c'], reference('a').x.b.c)]",
        "[equals(parameters('ids')[0], parameters('ids')[1])]",
        "[equals(concat('{parameters(''q'')}', parameters('p')), concat(parameters('q'), '{parameters(''p'')}'))]",
        "[equals(format('{{parameters(''q'')}}{0}', parameters('p')), format('{0}{{parameters(''p'')}}', parameters('q')))]",
        "[equals(guid(concat('a', parameters('p'))), guid('a{parameters(''p'')}'))]",
    ] {
        let (value, why, _) = evaluate_in(TEMPLATE, expression);
        assert!(why.is_some(), "{expression}: {value}");
    }
}

#[test]
fn the_same_unknown_value_is_equal_to_itself() {
    for expression in [
        "[equals(parameters('o')['web.allow'].p, parameters('o')['web.allow'].p)]",
        "[equals(parameters('id'), parameters('id'))]",
        "[equals(concat('{x}', parameters('p')), concat('{x', '}', parameters('p')))]",
        "[equals(parameters('o').web, parameters('o')['web'])]",
    ] {
        let (value, why, _) = evaluate_in(TEMPLATE, expression);
        assert_eq!((value.as_str(), why), ("true", None), "{expression}");
    }
}
