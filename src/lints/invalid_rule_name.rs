//! `invalid-rule-name`: NSG-051.

use super::written::{is_known_name, rules, shown};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{SecurityRule, Shape},
};

pub(super) const LINT: Lint = Lint {
    id: "invalid-rule-name",
    summary: "a name that Azure does not take for a rule",
    page: include_str!("../../rules/lints/invalid-rule-name.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Nsg(check),
};

/// NSG-051.
const MAX_NAME: usize = 80;

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    rules(facts).filter_map(|rule| remark(facts, rule)).collect()
}

fn remark(facts: &Facts<'_>, rule: &SecurityRule) -> Option<Remark> {
    let whole = rule.name.value.as_str();
    let name = match facts.nsg().shape {
        Shape::Template => whole,
        // Some exports put the name of the group in front.
        _ => whole.rsplit('/').next().unwrap_or(whole),
    };
    if !is_known_name(name) {
        return None;
    }
    if is_plain(name.as_bytes()) {
        return None;
    }
    let length = name.chars().count();
    let wrong = name.chars().find(|letter| !is_inner(*letter));
    let what = if length > MAX_NAME {
        format!("is {length} characters long, and Azure takes {MAX_NAME}")
    } else if let Some(letter) = wrong {
        format!("holds {}, which names of rules cannot", spelt(letter))
    } else if !name.starts_with(is_word) {
        "does not begin with a letter, a digit or `_`".to_owned()
    } else if !name.ends_with(is_word) {
        "does not end with a letter, a digit or `_`".to_owned()
    } else {
        return None;
    };
    let message = format!("the rule name {} {what}", shown(name));
    let right = mended(name);
    let help = if right.is_empty() {
        "use letters, digits, `_`, `-` and `.`".to_owned()
    } else {
        format!("rename it, such as to `{right}`")
    };
    Some(Remark::about(rule, rule.name.span, "not a name for a rule", message).help(help))
}

/// Nearly every name: short, and of letters and digits of ASCII with `_`, `-` and `.` inside.
fn is_plain(name: &[u8]) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    name.len() <= MAX_NAME
        && name.iter().all(|byte| is_word(byte) || matches!(byte, b'.' | b'-'))
        && name.first().is_some_and(is_word)
        && name.last().is_some_and(is_word)
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn is_inner(letter: char) -> bool {
    is_word(letter) || matches!(letter, '.' | '-')
}

fn spelt(letter: char) -> String {
    if letter == ' ' {
        "a space".to_owned()
    } else if letter.is_control() || letter.is_whitespace() {
        format!("the character U+{:04X}", u32::from(letter))
    } else {
        format!("`{letter}`")
    }
}

/// The name with what is wrong replaced by hyphens and cut off.
fn mended(name: &str) -> String {
    let kept = name.chars().take(MAX_NAME);
    let inner: String = kept.map(|letter| if is_inner(letter) { letter } else { '-' }).collect();
    inner.trim_matches(|letter| !is_word(letter)).to_owned()
}
