//! `required-endpoint-unknown`: NSG-048, TAG-017; one note a group.

use super::{
    evidence::list,
    required::{level, what},
};
use crate::{
    decide::Judged,
    lint::{Check, Facts, Level, Lint, Remark},
    verdict::Verdict,
};

pub(super) const LINT: Lint = Lint {
    id: "required-endpoint-unknown",
    summary: "whether a required endpoint is let through is not known",
    page: include_str!("../../rules/lints/required-endpoint-unknown.md"),
    level: Level::Note,
    since: "0.1.0",
    check: Check::Nsg(check),
};

/// What readers say of a parameter without a value.
const NO_VALUE: &str = "` has no default value";

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let rows = || {
        let unknown =
            |judged: &Judged<'_>| judged.verdict == Verdict::Unknown && level(judged).is_some();
        facts.judged.iter().enumerate().filter(move |(_, judged)| unknown(judged))
    };
    let Some((first, _)) = rows().next() else { return Vec::new() };
    let mut names: Vec<String> = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    let mut reasons: Vec<&str> = Vec::new();
    for (_, judged) in rows() {
        let (name, reason) = (what(judged), judged.reason.as_deref().unwrap_or("not known"));
        let line = format!("{name}: {reason}");
        // Several profiles may ask for the same.
        if lines.contains(&line) {
            continue;
        }
        lines.push(line);
        if !names.contains(&name) {
            names.push(name);
        }
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    // Where one row has the reasons of all others, it says them for all.
    let whole = reasons.iter().find(|reason| reasons.iter().all(|other| reason.contains(other)));
    let Some(reason) = whole.or(reasons.first()) else { return Vec::new() };
    let mut message = format!("whether {} is let through is not known: {reason}", list(&names));
    if whole.is_none() {
        message.push_str(", among other reasons");
    }
    // Other formats of input have no parameters.
    let lacks_value = |line: &String| line.contains("the parameter `") && line.contains(NO_VALUE);
    let how =
        if lines.iter().any(lacks_value) { " (parameters with `--parameters FILE`)" } else { "" };
    let help = format!("supply what is missing{how}:\n{}", lines.join("\n"));
    let mut remark = Remark::on(facts.nsg(), "in this group", message).help(help);
    remark.judged = Some(first);
    vec![remark.at(Level::Note)]
}
