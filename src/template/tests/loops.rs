//! Copy loops among properties and variables, and `copyIndex`.

use super::{evaluate_in, show};
use crate::document::Document;
use crate::source::FileId;
use crate::template::{Budget, Copies, Reading, Scope};

const TEMPLATE: &str = r#"{
  "parameters": {
    "ports": { "type": "array", "defaultValue": ["443", "8443", "1433"] },
    "open": { "type": "int" },
    "many": { "type": "int", "defaultValue": 801 },
    "indexed": { "type": "string", "defaultValue": "[copyIndex('rules')]" }
  },
  "variables": {
    "copy": [
      { "name": "numbers", "count": 3, "input": "[copyIndex('numbers', 1)]" },
      {
        "name": "rules", "count": "[length(parameters('ports'))]",
        "input": { "name": "[concat('r', copyIndex('RULES'))]", "port": "[parameters('ports')[copyIndex('rules')]]" }
      },
      { "name": "none", "count": 0, "input": "[fail('never')]" },
      { "name": "quoted", "count": "2", "input": "x" },
      { "name": "open", "count": "[parameters('open')]", "input": 1 },
      { "name": "many", "count": "[parameters('many')]", "input": 1 },
      { "name": "less", "count": -1, "input": 1 },
      { "name": "odd", "count": true, "input": 1 },
      { "name": "empty", "count": 1 },
      { "name": "self", "count": 2, "input": "[concat('a', variables('self')[copyIndex('self')])]" },
      { "name": "before", "count": 3, "input": "[if(equals(copyIndex('before'), 0), 1, add(variables('before')[sub(copyIndex('before'), 1)], 1))]" },
      { "name": "counted", "count": "[length(variables('counted'))]", "input": 1 },
      { "name": "bare", "count": 1, "input": "[copyIndex()]" },
      { "name": "stranger", "count": 1, "input": "[copyIndex('other')]" },
      { "name": "outside", "count": 1, "input": "[variables('asks')]" },
      { "name": "fault", "count": 2, "input": "[createObject('a', copyIndex('fault')).b]" }
    ],
    "asks": "[copyIndex('outside')]",
    "plain": 7,
    "object": {
      "kept": true,
      "copy": [
        { "name": "pairs", "count": 2, "input": {
          "at": "[copyIndex('pairs')]",
          "copy": [ { "name": "inner", "count": 2, "input": "[add(mul(10, copyIndex('pairs')), copyIndex('inner'))]" } ]
        } },
        { "name": "[concat('na', 'med')]", "count": 1, "input": "y" }
      ]
    },
    "unnamed": { "copy": [ { "name": "[parameters('open')]", "count": 1, "input": 1 } ] },
    "noLoop": { "copy": [ { "name": "x" } ] },
    "copyText": { "copy": "text" }
  }
}"#;

#[test]
fn loops_make_lists() {
    for (text, expected) in [
        ("[variables('numbers')]", "[1 2 3]"),
        ("[variables('NUMBERS')[1]]", "2"),
        (
            "[variables('rules')]",
            "[{name='r0' port='443'} {name='r1' port='8443'} {name='r2' port='1433'}]",
        ),
        ("[variables('rules')[2].port]", "'1433'"),
        ("[length(variables('none'))]", "0"),
        ("[variables('quoted')]", "['x' 'x']"),
        ("[variables('before')]", "[1 2 3]"),
        ("[variables('plain')]", "7"),
        ("[variables('object').pairs[1].inner]", "[10 11]"),
        ("[variables('object').named]", "['y']"),
        ("[objectKeys(variables('object'))]", "['kept' 'named' 'pairs']"),
        ("[contains(variables('object'), 'PAIRS')]", "true"),
        ("[map(variables('rules'), lambda('r', lambdaVariables('r').name))]", "['r0' 'r1' 'r2']"),
        (
            "[string(variables('object'))]",
            "'{\"kept\":true,\"pairs\":[{\"at\":0,\"inner\":[0,1]},{\"at\":1,\"inner\":[10,11]}],\"named\":[\"y\"]}'",
        ),
        ("[union(variables('object'), createObject('kept', 1)).pairs[0].at]", "0"),
        ("[variables('copyText').copy]", "'text'"),
        ("[length(variables('noLoop').copy)]", "1"),
    ] {
        assert_eq!(
            evaluate_in(TEMPLATE, text),
            (expected.to_owned(), None, String::new()),
            "{text}"
        );
    }
}

#[test]
fn loops_that_can_not_be_made_say_why() {
    for (text, why) in [
        ("[variables('open')]", "the parameter `open` has no default value"),
        ("[length(variables('open'))]", "the parameter `open` has no default value"),
        (
            "[variables('many')]",
            "the copy loop `many` can not have 801 rounds: Azure takes 0 to 800",
        ),
        (
            "[variables('less')]",
            "the copy loop `less` can not have -1 rounds: Azure takes 0 to 800",
        ),
        (
            "[variables('odd')]",
            "the copy loop `odd` can not have a boolean rounds: Azure takes 0 to 800",
        ),
        ("[variables('empty')]", "the copy loop `empty` has no count or no input"),
        ("[variables('self')[1]]", "the value of `self` needs itself"),
        ("[variables('counted')]", "the value of `counted` needs itself"),
        ("[variables('bare')[0]]", "there is no such copy loop around `copyIndex`"),
        ("[variables('stranger')[0]]", "there is no such copy loop around `copyIndex`"),
        ("[variables('outside')[0]]", "there is no such copy loop around `copyIndex`"),
        ("[parameters('indexed')]", "there is no such copy loop around `copyIndex`"),
        ("[variables('unnamed').any]", "the parameter `open` has no default value"),
    ] {
        let (_, found, _) = evaluate_in(TEMPLATE, text);
        assert_eq!(found.as_deref(), Some(why), "{text}");
    }
    let (value, ..) =
        evaluate_in(TEMPLATE, "[equals(variables('fault')[0], variables('fault')[1])]");
    assert!(value.starts_with('~'), "two rounds have one value: {value}");
}

/// The members of `resource`, read in the round of its loop that `at` counts.
fn in_round(resource: &str, keys: &[&str]) -> Vec<Vec<String>> {
    let text = format!(r#"{{ "parameters": {{ "n": {{}} }}, "resource": {resource} }}"#);
    let document = Document::parse(FileId(0), &text).unwrap();
    let scope = Scope::new(document.root(), &Budget::of_length(text.len()));
    let reading = Reading::in_scope(document.root().get("resource").unwrap(), &scope);
    let rounds = match reading.copies() {
        Copies::One => vec![reading.clone()],
        Copies::Each(rounds) => rounds,
        Copies::Any(round, unknown) => {
            assert_eq!(unknown.reason.to_string(), "the parameter `n` has no default value");
            vec![round]
        }
    };
    let read = |round: &Reading<'_>| {
        keys.iter().map(|key| show(&round.get(key).unwrap().value())).collect()
    };
    rounds.iter().map(read).collect()
}

#[test]
fn a_resource_is_read_once_for_each_round_of_its_loop() {
    let resource = r#"{
        "copy": { "name": "Web", "count": 2, "mode": "serial", "batchSize": 1 },
        "plain": "[copyIndex()]",
        "offset": "[copyIndex(5)]",
        "named": "[copyIndex('web')]",
        "both": "[copyIndex('web', -1)]",
        "deep": { "copy": [ { "name": "list", "count": "[add(copyIndex(), 1)]", "input": "[concat(copyIndex(), '.', copyIndex('list'))]" } ] }
    }"#;
    assert_eq!(
        in_round(resource, &["plain", "offset", "named", "both"]),
        [["0", "5", "0", "-1"], ["1", "6", "1", "0"]]
    );
    let deep: Vec<String> = in_round(resource, &["deep"]).concat();
    assert_eq!(deep.len(), 2);
    assert_eq!(
        in_round(r#"{ "copy": { "name": "w", "count": 0 }, "name": "x" }"#, &["name"]).len(),
        0
    );
    assert_eq!(in_round(r#"{ "copy": null, "name": "x" }"#, &["name"]), [["'x'"]]);
    assert_eq!(in_round(r#"{ "name": "x" }"#, &["name"]), [["'x'"]]);
    let open = in_round(
        r#"{ "copy": { "name": "w", "count": "[parameters('n')]" }, "name": "[concat('x', copyIndex())]", "at": "[equals(copyIndex(), copyIndex('w'))]" }"#,
        &["name", "at"],
    );
    assert!(open[0][0].starts_with("~'x{copyIndex()@"), "{open:?}");
}
