//! `invalid-port`: LINT-51, NSG-029, NSG-031, NSG-032.

use super::written::{Side, each, list_to_paste, ports, property, shown, title};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Form, PortFault, PortItem, PortValue, SecurityRule},
};

pub(super) const LINT: Lint = Lint {
    id: "invalid-port",
    summary: "a port that Azure does not take",
    page: include_str!("../../rules/lints/invalid-port.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    each(facts, ports, |rule, side, item| remark(facts, rule, side, item))
}

fn remark(
    facts: &Facts<'_>,
    rule: &SecurityRule,
    side: Side<'_>,
    item: &PortItem,
) -> Option<Remark> {
    let (text, fault) = match &item.value {
        PortValue::Any if side.ports.form == Form::Plural => {
            return Some(star(facts, rule, side, item));
        }
        PortValue::Invalid { text, fault } => (text.as_ref(), *fault),
        PortValue::Any | PortValue::Range(..) | PortValue::Unknown(_) => return None,
    };
    let port = shown(text);
    let (message, label, help) = match fault {
        PortFault::CommaList => (
            format!("{port} is one string, not a list"),
            "several in one",
            commas(facts, side, text),
        ),
        PortFault::Spaces => {
            let help = match without_spaces(text) {
                Some(right) => format!("write `{right}`"),
                None => "write a port, a range such as `8000-8100`, or `*`".to_owned(),
            };
            (format!("{port} holds white space"), "Azure takes no white space here", help)
        }
        PortFault::TooLarge => {
            let help = too_large(text);
            (format!("{port} is above 65535, the last port"), "no such port", help)
        }
        PortFault::Reversed => {
            let right = text.split_once('-').map(|(low, high)| format!("write `{high}-{low}`"));
            let help = right.unwrap_or_default();
            (format!("{port} begins above its end"), "the lower port comes first", help)
        }
        PortFault::NotAPort if has_leading_zeros(text) => {
            (format!("{port} has leading zeros"), "read as decimal, if at all", not_a_port(text))
        }
        PortFault::NotAPort => {
            let label = "not a port";
            (format!("{port} is not a port, a range of ports or `*`"), label, not_a_port(text))
        }
    };
    let remark = Remark::about(rule, item.span, label, message).help(help);
    // Whether Azure minds leading zeros is not documented.
    Some(if has_leading_zeros(text) { remark.at(Level::Warning) } else { remark })
}

fn star(facts: &Facts<'_>, rule: &SecurityRule, side: Side<'_>, item: &PortItem) -> Remark {
    let [one, many] = [side.names.port, side.names.ports].map(|name| property(facts, name));
    let message = format!("`{many}` of {} holds `*`", title(rule));
    let help = format!("write `\"{one}\": \"*\"` and leave `{many}` out");
    Remark::about(rule, item.span, "only the singular property takes this", message).help(help)
}

fn commas(facts: &Facts<'_>, side: Side<'_>, text: &str) -> String {
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    if !parts.iter().all(|part| is_port(part)) {
        return "give each port or range a string of its own".to_owned();
    }
    match (side.ports.form, parts.as_slice()) {
        (_, [part]) => format!("write `{part}`"),
        (Form::Singular, _) => {
            let list = list_to_paste(&property(facts, side.names.ports), &parts);
            format!("write {list} and leave `{}` out", property(facts, side.names.port))
        }
        _ => {
            let quoted: Vec<String> = parts.iter().map(|part| format!("\"{part}\"")).collect();
            format!("give each a string of its own: `{}`", quoted.join(", "))
        }
    }
}

fn without_spaces(text: &str) -> Option<String> {
    let right: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    // `80 443` is two ports and not one.
    let is_one = text.split_whitespace().count() == 1 || text.contains('-');
    (is_one && is_port(&right)).then_some(right)
}

fn too_large(text: &str) -> String {
    match text.split_once('-') {
        Some((low, _)) if number(low).is_some() => format!("write `{low}-65535`"),
        _ => "write a port from 0 to 65535".to_owned(),
    }
}

fn not_a_port(text: &str) -> String {
    let parts = || text.split('-').map(|part| part.trim_start_matches('0'));
    if text.eq_ignore_ascii_case("any") || text.eq_ignore_ascii_case("all") {
        return "write `*` for every port".to_owned();
    }
    if has_leading_zeros(text) {
        let right: Vec<&str> =
            parts().map(|part| if part.is_empty() { "0" } else { part }).collect();
        return format!("write `{}`", right.join("-"));
    }
    let range = text.replace([':', '–', '—'], "-");
    if range != text && is_port(&range) {
        return format!("write `{range}`");
    }
    "write a number from 0 to 65535, a range such as `8000-8100`, or `*`".to_owned()
}

fn has_leading_zeros(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (low, high) = text.split_once('-').unwrap_or((text, "0"));
    digits(low)
        && digits(high)
        && [low, high].into_iter().any(|part| part.len() > 1 && part.starts_with('0'))
}

fn is_port(text: &str) -> bool {
    match text.split_once('-') {
        Some((low, high)) => {
            matches!((number(low), number(high)), (Some(low), Some(high)) if low <= high)
        }
        None => number(text).is_some(),
    }
}

fn number(text: &str) -> Option<u16> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}
