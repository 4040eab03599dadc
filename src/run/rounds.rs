//! Findings on what copy loops make. All rounds of a loop stand in one place: a finding names its
//! round, and where the same is to be said of several rounds, it is said once.

use crate::{
    finding::{Finding, Round},
    lint::Facts,
    model::{Iteration, SecurityRule},
    source::Span,
};
use std::collections::BTreeMap;

/// The round of a copy loop that made the rule of that name.
pub(super) fn of_rule(rule: Option<&str>, facts: &Facts<'_>) -> Option<Round> {
    let name = rule?;
    let rule: &SecurityRule = facts.rules().find(|rule| {
        rule.name.value == name && rule.iteration.as_ref().is_some_and(|it| it.count > 1)
    })?;
    let Iteration { name, number, count } = rule.iteration.as_deref()?.clone();
    Some(Round { name, number, count, same: 1 })
}

/// What one finding for all rounds is told by: lint, resource, place, loop, and what is said.
type Key<'f> = (&'static str, &'f str, Span, String, String);

/// Of findings that say the same of several rounds of a loop, keeps the first, and counts the
/// others.
pub(super) fn once(findings: &mut Vec<Finding>) {
    let mut first: BTreeMap<Key<'_>, usize> = BTreeMap::new();
    let mut same: BTreeMap<usize, u32> = BTreeMap::new();
    let mut others: Vec<bool> = vec![false; findings.len()];
    for (at, finding) in findings.iter().enumerate() {
        let (Some(round), Some(label), Some(rule)) =
            (&finding.iteration, &finding.primary, &finding.rule)
        else {
            continue;
        };
        // A witness or a requirement is about this very rule.
        if finding.requirement.is_some() {
            continue;
        }
        let said = finding.message.replace(&format!("`{rule}`"), "`*`");
        let key = (
            finding.lint.id,
            finding.resource.name.as_str(),
            label.span,
            format!("{}/{}", round.name, round.count),
            said,
        );
        match first.get(&key) {
            Some(&kept) => {
                *same.entry(kept).or_insert(1) += 1;
                if let Some(is_other) = others.get_mut(at) {
                    *is_other = true;
                }
            }
            None => {
                first.insert(key, at);
            }
        }
    }
    for (at, count) in same {
        if let Some(round) = findings.get_mut(at).and_then(|it| it.iteration.as_mut()) {
            round.same = count;
        }
    }
    let mut at = 0..;
    findings.retain(|_| {
        let is_other = at.next().and_then(|at: usize| others.get(at)).copied();
        !is_other.unwrap_or_default()
    });
}

/// Says in every message which round it is about, or how many.
pub(super) fn tell(findings: &mut [Finding]) {
    for finding in findings {
        let Some(Round { name, number, count, same }) = &finding.iteration else { continue };
        let round = match same {
            1 => format!("(iteration {number} of {count} of the copy loop `{name}`)"),
            same => format!("(the same in {same} of {count} iterations of the copy loop `{name}`)"),
        };
        let title = finding.rule.as_ref().map(|rule| format!("`{rule}`"));
        let split = title.as_ref().and_then(|title| finding.message.split_once(title.as_str()));
        finding.message = match (split, title) {
            (Some((before, after)), Some(title)) => format!("{before}{title} {round}{after}"),
            _ => format!("{} {round}", finding.message),
        };
    }
}
