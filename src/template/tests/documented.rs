//! The cases of the public reference, one a line.

use super::evaluated;
use std::collections::BTreeSet;

/// The cases of `documented.txt`: the heading, the expression and the value.
fn documented() -> Vec<(&'static str, &'static str, &'static str)> {
    let mut heading = "";
    let mut cases = Vec::new();
    for line in include_str!("documented.txt").lines().filter(|line| !line.trim().is_empty()) {
        if let Some(name) = line.strip_prefix("## ") {
            heading = name;
        } else if !line.starts_with("# ") {
            let (text, expected) = line.split_once(" => ").unwrap();
            cases.push((heading, text, expected));
        }
    }
    cases
}

#[test]
fn the_cases_of_the_public_reference_hold() {
    let cases = documented();
    let mut wrong = Vec::new();
    for (heading, text, expected) in &cases {
        let (value, why, _) = evaluated(&format!("[{text}]"));
        let is_right = match *expected {
            "~" => value.starts_with('~') && why.is_some(),
            known => value == known && why.is_none(),
        };
        if !is_right {
            wrong.push(format!("{heading}: {text} is {value} ({why:?}), not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let distinct: BTreeSet<&str> = cases.iter().map(|(_, text, _)| *text).collect();
    assert_eq!(distinct.len(), cases.len(), "a case stands twice");
    assert!(cases.len() >= 400, "only {} cases are left", cases.len());
}
