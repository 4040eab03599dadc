//! Odd and broken texts one by one, and laws against `serde_json` on random ones.

use std::fmt::Write as _;

use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof};
use proptest::proptest;
use serde_json::{Value, json};

use super::*;

const FILE: FileId = FileId(3);

fn parse(text: &str) -> Document<'_> {
    Document::parse(FILE, text).unwrap_or_else(|error| panic!("{error} {error:?} in {text}"))
}

/// The error of `text`: its words, the text it points at, and the offset of what was open.
fn error(text: &str) -> (String, &str, Option<u32>) {
    let error = Document::parse(FILE, text).expect_err(text);
    assert_eq!(error.span.file, FILE);
    let at = |offset: u32| usize::try_from(offset).unwrap();
    (
        error.to_string(),
        &text[at(error.span.start)..at(error.span.end)],
        error.opener.map(|span| span.start),
    )
}

fn value(node: Node<'_>) -> Value {
    match node.kind() {
        Kind::Object => node
            .members()
            .map(|(key, member)| (key.text().into_owned(), value(member)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Kind::Array => node.items().map(value).collect(),
        Kind::String => node.text().unwrap().into_owned().into(),
        Kind::Number => serde_json::from_str(node.raw()).unwrap(),
        Kind::Bool => node.as_bool().unwrap().into(),
        Kind::Null => Value::Null,
    }
}

#[test]
fn comments_trailing_commas_and_raw_line_ends_are_read_and_noted() {
    let text = "\u{feff}// top\n{ /* a */ \"a\": [1, 2,], \"b\": \"x\n\ty\",\n} // end";
    let document = parse(text);
    assert_eq!(value(document.root()), json!({ "a": [1, 2], "b": "x\n\ty" }));
    let kinds: Vec<OddityKind> = document.oddities().iter().map(|oddity| oddity.kind).collect();
    assert_eq!(
        kinds,
        [
            OddityKind::ByteOrderMark,
            OddityKind::LineComment,
            OddityKind::BlockComment,
            OddityKind::TrailingComma,
            OddityKind::LineEndInString,
            OddityKind::TabInString,
            OddityKind::TrailingComma,
            OddityKind::LineComment,
        ]
    );
    assert_eq!(document.oddities()[2].span, Span { file: FILE, start: 12, end: 19 });
}

#[test]
fn oddities_are_counted_past_the_limit_but_not_kept() {
    let text = format!("[{}1]", "/**/".repeat(MAX_ODDITIES + 7));
    let document = parse(&text);
    assert_eq!(document.oddities().len(), MAX_ODDITIES);
    assert_eq!(document.oddity_count(), MAX_ODDITIES + 7);
}

#[test]
fn errors_say_what_and_where_and_what_was_open() {
    let cases: &[(&str, &str, &str, Option<u32>)] = &[
        ("", "the file holds no JSON value", "", None),
        (" // only\n", "the file holds no JSON value", "", None),
        ("{'a': 1}", "strings need double quotes, not single ones", "'", Some(0)),
        ("['a']", "strings need double quotes, not single ones", "'", Some(0)),
        ("{a: 1}", "a key in double quotes was expected, not `a`", "a", Some(0)),
        ("{1: 1}", "a key in double quotes was expected, not `1`", "1", Some(0)),
        ("{\"a\" 1}", "a colon was expected after the key, not `1`", "1", Some(0)),
        ("[1 2]", "a comma or `]` was expected, not `2`", "2", Some(0)),
        (" {\"a\":1 \"b\":2}", "a comma or `}` was expected, not `\"`", "\"", Some(1)),
        ("[,]", "a value was expected, not `,`", ",", Some(0)),
        ("[1,,2]", "a value was expected, not `,`", ",", Some(0)),
        ("{,}", "a key in double quotes was expected, not `,`", ",", Some(0)),
        ("{\"a\":}", "a value was expected, not `}`", "}", Some(0)),
        ("[1}", "`}` closes nothing here: the open bracket needs `]`", "}", Some(0)),
        ("{\"a\":]", "`]` closes nothing here: the open bracket needs `}`", "]", Some(0)),
        ("]", "a value was expected, not `]`", "]", None),
        ("{} {}", "the document ends here, but `{` follows", "{", None),
        ("{}é", "the document ends here, but `é` follows", "é", None),
        ("[{\"a\":[1", "the array is not closed", "", Some(6)),
        ("[{\"a\":", "the object is not closed", "", Some(1)),
        ("[{", "the object is not closed", "", Some(1)),
        ("[\"a", "the string is not closed", "", Some(1)),
        ("[\"a\\", "the string is not closed", "", Some(1)),
        ("[/* 1]", "the comment is not closed", "", Some(1)),
        ("[/ 1]", "`/` starts no comment here: comments begin with `//` or `/*`", "/", Some(0)),
        ("01", "`01` is not a JSON number: a number has no leading zeros", "01", None),
        ("[-]", "`-` is not a JSON number: a digit is missing", "-", Some(0)),
        ("[1.]", "`1.` is not a JSON number: a digit is missing", "1.", Some(0)),
        ("[1e+]", "`1e+` is not a JSON number: a digit is missing", "1e+", Some(0)),
        ("[.5]", "`.5` is not a JSON number: a digit is missing", ".5", Some(0)),
        ("[+1]", "`+1` is not a JSON number: a number has no plus sign", "+1", Some(0)),
        (
            "[1.2.3]",
            "`1.2.3` is not a JSON number: something else follows the digits",
            "1.2.3",
            Some(0),
        ),
        ("[0x1]", "`0x1` is not a JSON number: something else follows the digits", "0x1", Some(0)),
        (
            "\"a\u{1}\"",
            "the control character U+0001 must be written as an escape",
            "\u{1}",
            Some(0),
        ),
        ("[\u{0}]", "a value was expected, not U+0000", "\u{0}", Some(0)),
        ("[\u{a0}1]", "a value was expected, not U+00A0", "\u{a0}", Some(0)),
    ];
    for &(text, words, place, opener) in cases {
        assert_eq!(error(text), (words.to_owned(), place, opener), "{text}");
    }
    for word in ["NaN", "True", "truex", "nul", "undefined", "_"] {
        let (words, place, _) = error(word);
        assert!(words.starts_with(&format!("`{word}` is not a JSON value")), "{words}");
        assert_eq!(place, word);
    }
}

#[test]
fn bad_escapes_are_shown_whole() {
    for (text, escape) in [
        (r#""a\x41""#, r"\x"),
        (r#""\u12"#, r"\u12"),
        (r#""\u12" "#, r"\u12"),
        (r#""\u+123""#, r"\u+123"),
        (r#""\u12é4""#, r"\u12é4"),
        (r#""\é""#, r"\é"),
    ] {
        let (words, place, opener) = error(text);
        assert!(words.starts_with(&format!("`{escape}` is not an escape")), "{words}");
        assert_eq!((place, opener), (escape, Some(0)));
    }
}

#[test]
fn a_depth_bomb_is_an_error_and_the_limit_itself_is_not() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(Document::parse(FILE, &nested(MAX_DEPTH)).is_ok());
    for text in [nested(MAX_DEPTH + 1), "[".repeat(1_000_000), "{\"a\":".repeat(1_000_000)] {
        let error = Document::parse(FILE, &text).expect_err("too deep");
        assert_eq!(error.what, Fault::TooDeep);
        assert!(error.opener.is_some());
    }
}

#[test]
fn keys_compare_without_case_and_the_last_of_equal_ones_counts() {
    let document = parse(r#"{ "Name": 1, "other": {}, "\u006eAME": 2, "nam": 3 }"#);
    let root = document.root();
    assert_eq!(root.get("name").and_then(|node| node.as_i64()), Some(2));
    assert_eq!(root.get("names").map(|node| node.span()), None);
    let spans: Vec<&str> = root
        .duplicate_keys()
        .iter()
        .flat_map(|&(first, again)| [first, again])
        .map(|span| &document.text[wide(span.start)..wide(span.end)])
        .collect();
    assert_eq!(spans, ["\"Name\"", r#""\u006eAME""#]);
}

#[test]
fn a_hundred_thousand_equal_keys_are_found_at_once() {
    let mut text = String::from("{");
    for index in 0..100_000 {
        write!(text, "\"k{}\":0,", index % 50_000).unwrap();
    }
    text.push('}');
    assert_eq!(parse(&text).root().duplicate_keys().len(), 50_000);
}

#[test]
fn scalars_read_as_what_they_are() {
    let document =
        parse(r#"[-12, 1.0, 99999999999999999999, true, null, "\ud83d\ude00\ud800x\n\/"]"#);
    let items: Vec<Node<'_>> = document.root().items().collect();
    assert_eq!(items[0].as_i64(), Some(-12));
    assert_eq!((items[1].as_i64(), items[1].raw()), (None, "1.0"));
    assert_eq!((items[2].as_i64(), items[2].kind()), (None, Kind::Number));
    assert_eq!((items[3].as_bool(), items[0].as_bool()), (Some(true), None));
    assert_eq!((items[4].kind(), items[4].text()), (Kind::Null, None));
    assert_eq!(items[5].text().unwrap(), "\u{1f600}\u{fffd}x\n/");
    assert_eq!(document.oddities()[0].kind, OddityKind::LoneSurrogate);
}

#[test]
fn places_in_a_string_lead_back_to_what_was_written() {
    let text = r#"["ab\u00e9c", "plain"]"#;
    let document = parse(text);
    let written = |item: usize, range| {
        let span = document.root().items().nth(item).unwrap().text_span(range);
        &text[wide(span.start)..wide(span.end)]
    };
    assert_eq!(written(0, 2..4), r"\u00e9");
    assert_eq!(written(0, 1..5), r"b\u00e9c");
    assert_eq!(written(0, 9..10), "");
    assert_eq!(written(1, 1..3), "la");
    assert_eq!(written(1, 3..99), "in");
}

#[test]
fn a_broken_line_costs_only_itself() {
    let text = "{\"a\":1}\n{\"b\":2\n{\"c\":3}\n[4,\n\n{\"d\":'5'}\n{\"e\":6}";
    let Sequence { document, errors } = Document::parse_sequence(FILE, text);
    let values: Vec<Value> = document.roots().map(value).collect();
    assert_eq!(values, [json!({"a": 1}), json!({"c": 3}), json!({"e": 6})]);
    let places: Vec<(u32, Option<u32>)> = errors
        .iter()
        .map(|error| (error.span.start, error.opener.map(|opener| opener.start)))
        .collect();
    assert_eq!(places, [(15, Some(8)), (33, Some(28))]);
}

#[test]
fn concatenated_values_need_no_line_ends() {
    let Sequence { document, errors } = Document::parse_sequence(FILE, " {} [1]2 \"x\"// end");
    assert_eq!(errors, []);
    let values: Vec<Value> = document.roots().map(value).collect();
    assert_eq!(values, [json!({}), json!([1]), json!(2), json!("x")]);
    let empty = Document::parse_sequence(FILE, " \n");
    assert_eq!((empty.errors.len(), empty.document.roots().count()), (0, 0));
    assert_eq!(empty.document.root().kind(), Kind::Null);
}

#[test]
fn a_file_of_broken_lines_is_given_up() {
    let text = "[/*\n".repeat(100_000);
    let Sequence { document, errors } = Document::parse_sequence(FILE, &text);
    assert_eq!(document.roots().count(), 0);
    assert!(errors.len() <= MAX_BROKEN_VALUES + 1);
    assert_eq!(errors.last().map(|error| &error.what), Some(&Fault::TooManyBroken));
}

#[test]
fn pointers_name_the_innermost_value() {
    let text = r#"{"a/b": [10, {"~\u0041": "x"}], "c": 1}"#;
    let document = parse(text);
    let at = |needle: &str| u32::try_from(text.find(needle).unwrap()).unwrap();
    let offsets =
        [at("x"), at("1}"), 0, at("10"), at("a/b"), at("{\"~"), at("~"), 1_000, at(" 1}")];
    let expected =
        ["/a~1b/1/~0A", "/c", "", "/a~1b/0", "/a~1b", "/a~1b/1", "/a~1b/1/~0A", "", "/c"];
    assert_eq!(document.pointers(&offsets), expected);
    assert_eq!(document.pointer(at("x")), "/a~1b/1/~0A");
}

#[test]
fn every_value_is_visited_once() {
    let document = parse(r#"{"a": [1, {"b": []}], "c": "x"}"#);
    let raws: Vec<&str> = document.nodes().skip(1).map(|node| node.raw()).collect();
    assert_eq!(raws, [r#"[1, {"b": []}]"#, "1", r#"{"b": []}"#, "[]", r#""x""#]);
}

fn json_value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        Just(String::new()),
        "[a-z/~\"\\\\]{0,12}",
        "\\PC{0,20}",
        prop::collection::vec(any::<char>(), 0..6).prop_map(|chars| chars.into_iter().collect()),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1.0e9..1.0e9).prop_map(Value::from),
        text.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(text.clone(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Puts one of `fillers` where white space may stand, and commas before closing brackets.
fn decorate(text: &str, mut pick: impl FnMut() -> usize) -> String {
    let fillers = ["", " ", "\n", "\t", "/* , ] } \" */", "// \" }\n", "\r\n        "];
    let mut filler = || fillers[pick() % fillers.len()];
    let mut out = filler().to_owned();
    let (mut inside, mut escaped, mut before) = (false, false, ' ');
    for character in text.chars() {
        if inside {
            out.push(character);
            inside = escaped || character != '"';
            escaped = !escaped && character == '\\';
        } else {
            let closes = matches!(character, '}' | ']') && !matches!(before, '{' | '[');
            if closes && !filler().is_empty() {
                out.push(',');
            }
            if "{}[],:".contains(character) {
                out.push_str(filler());
                out.push(character);
                out.push_str(filler());
            } else {
                out.push(character);
            }
            inside = character == '"';
        }
        before = character;
    }
    out
}

fn check_spans(text: &str, document: &Document<'_>) {
    for node in document.nodes() {
        let span = node.span();
        assert!(text.get(wide(span.start)..wide(span.end)).is_some_and(|raw| !raw.is_empty()));
        let _ = (node.text(), node.as_i64(), node.duplicate_keys(), node.text_span(0..3));
        assert!(node.items().count() + node.members().count() < text.len());
    }
    for oddity in document.oddities() {
        assert!(text.get(wide(oddity.span.start)..wide(oddity.span.end)).is_some());
    }
}

fn check_error(text: &str, error: &SyntaxError) {
    for span in [Some(error.span), error.opener].into_iter().flatten() {
        let place = text.get(wide(span.start)..wide(span.end));
        assert!(place.is_some(), "{error:?} in {text:?}");
    }
    assert!(!error.to_string().is_empty());
}

/// Reads `text` in all ways and looks whether the answers can be true.
fn check(text: &str) {
    match Document::parse(FILE, text) {
        Ok(document) => check_spans(text, &document),
        Err(error) => check_error(text, &error),
    }
    let Sequence { document, errors } = Document::parse_sequence(FILE, text);
    check_spans(text, &document);
    errors.iter().for_each(|error| check_error(text, error));
    let strict = serde_json::from_str::<Value>(text);
    let ours = Document::parse(FILE, text).ok();
    if let Some(ours) = ours.filter(|ours| ours.oddity_count() == 0) {
        let strict = strict.as_ref().map(|strict| strict == &value(ours.root()));
        // Numbers past the range of f64 are the one thing that serde_json refuses besides.
        assert!(matches!(strict, Ok(true)) || text.contains(['e', 'E']), "{text:?}");
    } else if strict.is_ok() {
        panic!("serde_json reads {text:?}, we do not");
    }
}

proptest! {
    #[test]
    fn what_serde_json_prints_reads_back_equal(original in json_value()) {
        for text in [original.to_string(), format!("{original:#}")] {
            let document = parse(&text);
            prop_assert_eq!(value(document.root()), original.clone());
            prop_assert_eq!(document.oddity_count(), 0);
            check(&text);
        }
    }

    #[test]
    fn comments_and_trailing_commas_anywhere_change_nothing(
        original in json_value(),
        picks in prop::collection::vec(any::<usize>(), 1..40),
    ) {
        let mut picks = picks.iter().cycle().copied();
        let text = decorate(&original.to_string(), || picks.next().unwrap_or(0));
        prop_assert_eq!(value(parse(&text).root()), original);
        check(&text);
    }

    #[test]
    fn one_changed_byte_never_panics_and_spans_stay_inside(
        original in json_value(),
        at in any::<prop::sample::Index>(),
        cut in 0usize..3,
        insert in prop_oneof![Just(String::new()), "[\\[\\]{},:\"'\\\\/*\n\t0-9eE.+tu-]{1,3}", "\\PC"],
    ) {
        let text = original.to_string();
        let chars: Vec<char> = text.chars().collect();
        let at = at.index(chars.len());
        let kept = chars.iter().skip((at + cut).min(chars.len()));
        let mutated: String =
            chars.iter().take(at).copied().chain(insert.chars()).chain(kept.copied()).collect();
        check(&mutated);
    }

    #[test]
    fn soup_never_panics(text in "[\\[\\]{},:\"'\\\\/*\n\t\u{0}0-9eE.+ntrufalsd-]{0,60}") {
        check(&text);
    }

    #[test]
    fn pointers_lead_serde_json_to_the_same_value(
        original in json_value(),
        shuffle in any::<u32>(),
    ) {
        let text = format!("{original:#}");
        let document = parse(&text);
        let nodes: Vec<Node<'_>> = document.nodes().collect();
        let mut offsets: Vec<u32> = nodes.iter().map(|node| node.span().start).collect();
        let turn = wide(shuffle) % offsets.len();
        offsets.rotate_left(turn);
        let pointers = document.pointers(&offsets);
        for (pointer, offset) in pointers.iter().zip(&offsets) {
            let node = nodes.iter().find(|node| node.span().start == *offset).unwrap();
            let theirs = original.pointer(pointer);
            prop_assert!(theirs == Some(&value(*node)), "{} at {}", pointer, offset);
            prop_assert_eq!(pointer, &document.pointer(*offset));
        }
    }

    #[test]
    fn few_and_many_keys_are_compared_alike(keys in prop::collection::vec("[abAB]{1,2}", 0..60)) {
        let members: Vec<String> = keys.iter().map(|key| format!("\"{key}\":0")).collect();
        let text = format!("{{{}}}", members.join(","));
        let document = parse(&text);
        let mut expected = 0;
        for (count, key) in keys.iter().enumerate() {
            expected += usize::from(keys[..count].iter().any(|k| k.eq_ignore_ascii_case(key)));
        }
        let found = document.root().duplicate_keys();
        prop_assert_eq!(found.len(), expected);
        prop_assert!(found.is_sorted_by_key(|&(_, again)| again));
        for (first, again) in found {
            let text = |span: Span| text[wide(span.start)..wide(span.end)].to_lowercase();
            prop_assert_eq!(text(first), text(again));
        }
    }
}
