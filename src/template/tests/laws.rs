//! Laws on random expressions, and templates that mean harm.

use std::fmt::Write as _;

use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq};
use proptest::proptest;

use super::{TEMPLATE, evaluate_in, evaluated, reason};
use crate::document::Document;
use crate::source::FileId;
use crate::template::{Budget, Given, Reading, Scope, Value};

#[test]
fn doubling_variables_end_at_a_limit() {
    for (first, call) in [("'x'", "concat"), ("variables('list')", "concat"), ("'y'", "toLower")] {
        let mut variables = format!(r#""list": [], "v0": "[{first}]""#);
        for index in 1..300 {
            let before = index - 1;
            write!(
                variables,
                r#", "v{index}": "[{call}(concat(variables('v{before}'), variables('v{before}')))]""#
            )
            .unwrap();
        }
        let template = format!(r#"{{ "variables": {{ {variables} }} }}"#);
        let (value, why, _) = evaluate_in(&template, "[variables('v40')]");
        if first.starts_with('\'') {
            assert_eq!(
                why.as_deref(),
                Some("evaluation was stopped: a text or list grows too long")
            );
        } else {
            assert_eq!(value, "[]");
        }
        let (_, why, _) = evaluate_in(&template, "[variables('v299')]");
        assert_eq!(why.as_deref(), Some("evaluation was stopped: values are nested too deep"));
    }
}

#[test]
fn the_work_for_one_template_has_an_end() {
    let big = "x".repeat(1_000_000);
    let template = format!(r#"{{ "variables": {{ "big": "[concat('{big}')]" }} }}"#);
    let text = |count| {
        format!("[format('{{{count}}}', {}'end')]", "concat(variables('big')), ".repeat(count))
    };
    assert_eq!(evaluate_in(&template, &text(10)).0, "'end'");
    let whole =
        format!(r#"{{ "variables": {{ "big": "[concat('{big}')]" }}, "it": "{}" }}"#, text(300));
    let document = Document::parse(FileId(0), &whole).unwrap();
    let scope = Scope::new(document.root(), &Budget::of_length(0));
    let it = Reading::in_scope(document.root(), &scope).get("it").unwrap();
    let stopped =
        Some("evaluation was stopped: the templates of the file take too many steps".to_owned());
    assert_eq!(reason(&it.value()), stopped);
    assert_eq!(reason(&it.value()), stopped);
}

#[test]
fn what_several_expressions_refer_to_is_evaluated_once() {
    let mut variables = r#""v0": { "p": "" }"#.to_owned();
    for index in 1..60 {
        let before = format!("variables('v{}').p", index - 1);
        write!(variables, r#", "v{index}": {{ "p": "[concat({before}, {before})]" }}"#).unwrap();
    }
    let template = format!(r#"{{ "variables": {{ {variables} }} }}"#);
    assert_eq!(evaluate_in(&template, "[variables('v59').p]").0, "''");
}

#[test]
fn a_member_that_needs_itself_is_a_cycle() {
    let template = r#"{ "variables": { "o": { "p": "[concat(variables('o').q, 'x')]",
        "q": "[concat(variables('o').p, variables('o').p)]", "r": ["[variables('o').r[0]]"] } } }"#;
    for text in ["[variables('o').p]", "[variables('o').q]", "[variables('o').r[0]]"] {
        let (_, why, _) = evaluate_in(template, text);
        assert_eq!(why.as_deref(), Some("the value of `o` needs itself"), "{text}");
    }
}

/// How many of the rules in `template` can refer to the list `list` before all is unknown.
fn known_references(list: &str, count: usize) -> usize {
    let references = vec![r#""[variables('list')]""#; count].join(",");
    let text = format!(
        r#"{{ "variables": {{ "half": [{list}], "list": "[concat(variables('half'), variables('half'))]" }},
        "rules": [{references}] }}"#
    );
    let document = Document::parse(FileId(0), &text).unwrap();
    let scope = Scope::new(document.root(), &Budget::of_length(text.len()));
    let rules = Reading::in_scope(document.root(), &scope).get("rules").unwrap();
    let known: Vec<bool> =
        rules.items().map(|rule| matches!(rule.value(), Value::Array(_))).collect();
    assert!(known.is_sorted_by(|before, after| before >= after), "once spent is spent for good");
    known.into_iter().filter(|known| *known).count()
}

#[test]
fn a_list_can_be_referred_to_often_but_not_without_end() {
    let list = |length: usize| vec![r#""10.0.0.0/8""#; length].join(",");
    assert_eq!(known_references(&list(100), 2_000), 2_000);
    let known = known_references(&list(20_000), 2_000);
    assert!((10..500).contains(&known), "{known}");
}

#[test]
fn nested_templates_draw_on_the_budget_of_their_file() {
    let mut variables = r#""v0": [1]"#.to_owned();
    for index in 1..16 {
        let before = format!("variables('v{}')", index - 1);
        write!(variables, r#", "v{index}": "[concat({before}, {before})]""#).unwrap();
    }
    let text = format!(r#"{{ "variables": {{ {variables} }}, "it": "[variables('v15')]" }}"#);
    let document = Document::parse(FileId(0), &text).unwrap();
    let budget = Budget::of_length(text.len());
    let outer = Scope::new(document.root(), &budget);
    let around = Reading::in_scope(document.root(), &outer);
    let known = |_: &usize| {
        let inner = Scope::nested(document.root(), Given::default(), &around);
        let value = Reading::in_scope(document.root(), &inner).get("it").unwrap().value();
        let why = reason(&value);
        assert!(why.is_none_or(|why| why.starts_with("evaluation was stopped: ")));
        matches!(value, Value::Array(_))
    };
    assert_eq!((0..100).filter(known).count(), 8);
}

#[test]
fn reasons_and_placeholders_are_short_whatever_the_input() {
    let long = "x".repeat(100_000);
    let many = [
        format!("[{long}(1)]"),
        format!("[{long}]"),
        format!("[parameters('{long}')]"),
        format!("[variables('{long}')]"),
        format!("[variables('list').{long}]"),
        format!("[parameters('half').{long}]"),
        format!("[variables('list')[{}]]", "1".repeat(100_000)),
        format!("[format('{long}{{')]"),
        format!("[format('{{{}}}')]", "1".repeat(100_000)),
        format!("[resourceId('a/{long}')]"),
        format!("[resourceId('a/{long}', 'b', 'c')]"),
        format!("[concat(true, '{long}')]"),
        format!("[{long}"),
    ];
    for text in many {
        let (value, why, _) = evaluated(&text);
        let length = why.map_or(0, |why| why.len() + value.len());
        assert!(length < 1_000, "{length} {text:.40}");
    }
}

#[test]
fn names_of_nested_templates_are_not_those_around_them() {
    let text = r#"{ "parameters": { "p": { "type": "string" } }, "it": "[parameters('p')]" }"#;
    let document = Document::parse(FileId(0), text).unwrap();
    let outer = Scope::new(document.root(), &Budget::of_length(0));
    let around = Reading::in_scope(document.root(), &outer);
    let inner = Scope::nested(document.root(), Given::default(), &around);
    let [outer, inner] = [&outer, &inner].map(|scope| {
        let it = Reading::in_scope(document.root(), scope).get("it").unwrap();
        it.text().unwrap().text.into_owned()
    });
    assert_eq!(outer, "{parameters('p')}");
    assert_ne!(inner, outer);
}

#[test]
fn long_and_deep_expressions_do_no_harm() {
    let deep = |calls: usize| format!("[{}1{}]", "toLower(".repeat(calls), ")".repeat(calls));
    assert_eq!(
        evaluated(&deep(100_000)).1.as_deref(),
        Some("the expression is nested more than 100 deep")
    );
    let unknown = |calls| deep(calls).replace('1', "parameters('nsgName')");
    assert!(evaluated(&unknown(90)).0.len() < 400);
    assert!(evaluated(&format!("[{}]", "variables('list')[".repeat(10_000))).1.is_some());
    assert!(evaluated(&format!("[{}]", "a.".repeat(50_000))).1.is_some());
    assert!(evaluated(&format!("[{}]", "'".repeat(100_001))).1.is_some());
    let steps = format!("[parameters('nsgName'){}]", ".a".repeat(50_000));
    assert!(evaluated(&steps).0.len() < 400);
    let wide = format!("[concat({}'x')]", "'x',".repeat(25_000));
    assert_eq!(evaluated(&wide).0.len(), 25_003);
    let formats = format!("[format('{}', 'x')]", "{0}".repeat(30_000));
    assert_eq!(evaluated(&formats).0.len(), 30_002);
}

#[test]
fn values_that_hold_each_other_without_end_are_stopped() {
    let text =
        "[string(reduce(range(0, 10000), 0, lambda('a', 'n', createArray(lambdaVariables('a')))))]";
    let (_, why, _) = evaluated(text);
    assert_eq!(why.as_deref(), Some("evaluation was stopped: values are nested too deep"));
    let mut body = "lambdaVariables('x0')".to_owned();
    for depth in (0..20).rev() {
        body = format!("map(range(0, 100), lambda('x{depth}', {body}))");
    }
    let text = format!(r#"{{ "it": "[string({body})]" }}"#);
    let document = Document::parse(FileId(0), &text).unwrap();
    let scope = Scope::new(document.root(), &Budget::of_length(0));
    let value = Reading::in_scope(document.root(), &scope).get("it").unwrap().value();
    assert!(reason(&value).is_some_and(|why| why.starts_with("evaluation was stopped: ")));
}

/// The name of every function, those of lists more than once.
fn function_names() -> Vec<&'static str> {
    let all = super::functions::DOCUMENTED.split_whitespace().filter(|name| *name != "newGuid");
    all.chain(["concat", "createArray", "createObject", "createArray", "other"]).collect()
}

fn expression() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "'a'",
        "'-'",
        "1",
        "true",
        "null",
        "parameters('nsgName')",
        "parameters('location')",
        "variables('list')",
        "variables('a')",
        "resourceGroup().id",
        "copyIndex()",
        "'{0}{1}'",
        "'A.B/c'",
        "parameters('half')",
        "variables('more')",
        "variables('withCopy')",
        "'10.0.0.0/8'",
        "lambdaVariables('x')",
        "lambda('x', lambdaVariables('x'))",
        "lambda('x', 'y', equals(lambdaVariables('x'), lambdaVariables('y')))",
        "9223372036854775807",
        "-1",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(4, 24, 3, |inner| {
        let function = prop::sample::select(function_names());
        let step = prop::sample::select(vec!["", "", ".a", "[0]", "['deep']", "[?1]"]);
        (function, prop::collection::vec(inner, 0..4), step)
            .prop_map(|(name, arguments, step)| format!("{name}({}){step}", arguments.join(", ")))
    })
}

fn list_of(numbers: &[i32]) -> String {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    format!("createArray({})", numbers.join(", "))
}

/// Expressions with a `?` for what is not known.
fn known_in_part() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec!["?", "?", "'a'", "''", "'b'", "'ab'", "1", "0", "true()"])
        .prop_map(str::to_owned);
    leaf.prop_recursive(4, 20, 3, |inner| {
        let names =
            "concat concat createArray createArray createObject contains empty first last indexOf
            lastIndexOf length skip take union intersection flatten equals coalesce and or not if
            startsWith endsWith substring join split tryGet indexFromEnd tryIndexFromEnd array
            items objectKeys shallowMerge";
        let names: Vec<&str> = names.split_whitespace().collect();
        let call = (prop::sample::select(names), prop::collection::vec(inner.clone(), 1..4))
            .prop_map(|(name, arguments)| format!("{name}({})", arguments.join(", ")));
        let lambdas = vec![
            "map(@, lambda('x', concat(lambdaVariables('x'), 'b')))",
            "map(@, lambda('x', 'i', createArray(lambdaVariables('i'))))",
            "filter(@, lambda('x', equals(lambdaVariables('x'), 'a')))",
            "filter(@, lambda('x', 'i', equals(lambdaVariables('x'), ?)))",
            "reduce(@, '', lambda('s', 'x', concat(lambdaVariables('s'), lambdaVariables('x'))))",
            "toObject(@, lambda('x', lambdaVariables('x')))",
            "groupBy(@, lambda('x', lambdaVariables('x')))",
            "mapValues(@, lambda('x', createArray(lambdaVariables('x'))))",
        ];
        let lambda = (prop::sample::select(lambdas), inner)
            .prop_map(|(text, inner)| text.replace('@', &inner));
        proptest::prop_oneof![4 => call, 1 => lambda]
    })
}

proptest! {
    #[test]
    fn every_expression_has_a_value_or_a_reason_and_always_the_same(inner in expression()) {
        let text = format!("[{inner}]");
        let first = evaluated(&text);
        prop_assert_eq!(&first, &evaluated(&text));
        prop_assert_eq!(first.0.starts_with('~'), first.1.is_some());
        prop_assert!(!first.1.unwrap_or_default().contains("expected"), "{}", text);
    }

    #[test]
    fn a_variable_between_changes_nothing(inner in expression()) {
        let template = TEMPLATE.replace(
            "\"variables\": {",
            &format!("\"variables\": {{ \"between\": {},", serde_json::Value::from(format!("[{inner}]"))),
        );
        let (direct, why, _) = evaluated(&format!("[{inner}]"));
        let (through, why_through, _) = evaluate_in(&template, "[variables('between')]");
        prop_assert_eq!(direct, through);
        prop_assert_eq!(why, why_through);
    }

    #[test]
    fn joining_keeps_the_known_parts(before in "[a-z]{0,5}", after in "[a-z]{0,5}") {
        let (value, ..) = evaluated(&format!("[concat('{before}', parameters('nsgName'), '{after}')]"));
        prop_assert_eq!(value, format!("~'{before}{{parameters('nsgName')}}{after}'"));
    }

    #[test]
    fn what_is_split_can_be_joined(text in "[a-c,]{0,12}") {
        let joined = evaluated(&format!("[join(split('{text}', ','), ',')]")).0;
        prop_assert_eq!(joined, format!("'{text}'"));
    }

    #[test]
    fn base64_and_uri_components_lead_back(text in "[^'\\\\\\p{Cc}]{0,12}") {
        for (there, back) in [
            ("base64", "base64ToString"),
            ("uriComponent", "uriComponentToString"),
            ("dataUri", "dataUriToString"),
        ] {
            let (value, why, _) = evaluated(&format!("[{back}({there}('{text}'))]"));
            prop_assert_eq!((value, why), (format!("'{text}'"), None));
        }
    }

    #[test]
    fn what_is_taken_and_what_is_skipped_is_all(numbers in prop::collection::vec(0..4, 0..6), at in -1..8) {
        let list = list_of(&numbers);
        let whole = evaluated(&format!("[{list}]")).0;
        prop_assert_eq!(evaluated(&format!("[concat(take({list}, {at}), skip({list}, {at}))]")).0, whole);
        let text = list.replace(['\'', '(', ')'], "");
        let both = evaluated(&format!("[concat(take('{text}', {at}), skip('{text}', {at}))]")).0;
        prop_assert_eq!(both, format!("'{text}'"));
    }

    #[test]
    fn a_union_has_each_value_once_and_an_intersection_is_part_of_both(
        one in prop::collection::vec(0..4, 0..6),
        other in prop::collection::vec(0..4, 0..6),
    ) {
        let mut union: Vec<i32> = Vec::new();
        for number in one.iter().chain(&other) {
            if !union.contains(number) {
                union.push(*number);
            }
        }
        let common: Vec<i32> =
            union.iter().copied().filter(|n| one.contains(n) && other.contains(n)).collect();
        let (one, other) = (list_of(&one), list_of(&other));
        for (name, expected) in [("union", union), ("intersection", common)] {
            let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
            let value = evaluated(&format!("[{name}({one}, {other})]")).0;
            prop_assert_eq!(&value, &format!("[{}]", expected.join(" ")));
            let again = evaluated(&format!("[{name}({name}({one}, {other}), {name}({one}, {other}))]")).0;
            prop_assert_eq!(again, value);
        }
    }

    #[test]
    fn what_is_sorted_is_in_order_and_all_there(mut numbers in prop::collection::vec(-9..9, 0..20)) {
        let list = list_of(&numbers);
        let value = evaluated(&format!(
            "[sort({list}, lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))]"
        )).0;
        numbers.sort_unstable();
        let expected: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        prop_assert_eq!(value, format!("[{}]", expected.join(" ")));
    }

    #[test]
    fn subnets_tile_their_range(address in any::<u32>(), prefix in 0_u32..=32, longer in 0_u32..4) {
        let longer = (prefix + longer).min(32);
        let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or_default();
        let mut next = u64::from(address & mask);
        let range = format!("{}/{prefix}", std::net::Ipv4Addr::from(address & mask));
        for index in 0..1_u32 << (longer - prefix) {
            let value = evaluated(&format!("[cidrSubnet('{range}', {longer}, {index})]")).0;
            let first = std::net::Ipv4Addr::from(u32::try_from(next).unwrap());
            prop_assert_eq!(value, format!("'{first}/{longer}'"));
            next += 1 << (32 - longer);
        }
        prop_assert_eq!(next, u64::from(address & mask) + (1 << (32 - prefix)));
    }

    #[test]
    fn a_second_since_1970_leads_to_its_date_and_back(second in 0_i64..253_402_300_800) {
        let value = evaluated(&format!("[dateTimeToEpoch(dateTimeFromEpoch({second}))]")).0;
        prop_assert_eq!(value, second.to_string());
    }

    /// What is said of a call with an unknown argument holds whatever the argument turns out to be.
    #[test]
    fn what_is_known_of_a_call_is_so_for_every_value(
        text in known_in_part(),
        given in prop::sample::select(vec!["'a'", "''", "'ab'", "true()", "createArray('a', 'b')", "createArray()", "createObject('a', 1)", "1", "null()"]),
    ) {
        let (value, why, _) = evaluated(&format!("[string({})]", text.replace('?', "parameters('any')")));
        let (whole, fault, _) = evaluated(&format!("[string({})]", text.replace("?", given)));
        // A value that Azure refuses proves nothing.
        if why.is_none() && fault.is_none() {
            prop_assert_eq!(value, whole, "{} for {}", text, given);
        }
    }

    #[test]
    fn changed_expressions_never_panic(
        inner in expression(),
        at in any::<prop::sample::Index>(),
        insert in "[\\[\\]().,'?é0-9a-z ]{0,2}",
    ) {
        let mut chars: Vec<char> = inner.chars().collect();
        chars.remove(at.index(chars.len()));
        let at = at.index(chars.len() + 1);
        let text: String =
            chars[..at].iter().copied().chain(insert.chars()).chain(chars[at..].iter().copied()).collect();
        let (value, why, _) = evaluated(&format!("[{text}]"));
        prop_assert_eq!(value.starts_with('~'), why.is_some() && !value.starts_with('['));
    }
}
