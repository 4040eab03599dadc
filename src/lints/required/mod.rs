//! What the three lints about required endpoints have in common.

pub(super) mod firewall;
mod near;

use super::evidence::{entry, list, named, place};
use crate::{
    decide::{Entry, Judged, Placement, Proposal},
    lint::{Facts, Fix, Level, Remark},
    model::Direction,
    profiles::Severity,
    verdict::Verdict,
};
use near::{Near, near};
use std::collections::BTreeMap;

/// `` `Storage.JapanEast` on tcp/443 ``
pub(super) fn what(judged: &Judged<'_>) -> String {
    let (names, ports) = judged.what.rsplit_once(" on ").unwrap_or((&judged.what, ""));
    let names: Vec<String> = names.split(" and ").map(|name| format!("`{name}`")).collect();
    format!("{} on {ports}", names.join(" and "))
}

/// How loud a row is that is not met; `None` where it is only counted.
pub(super) fn level(judged: &Judged<'_>) -> Option<Level> {
    let own = match judged.asked.requirement.severity.value {
        Severity::None => return None,
        Severity::Note => Level::Note,
        Severity::Warning => Level::Warning,
        Severity::Error => Level::Error,
    };
    // Who did not ask for the profile by name gets no errors from it (design 2).
    let most = if judged.asked.named && judged.verdict == Verdict::Blocked {
        Level::Error
    } else {
        Level::Warning
    };
    Some(own.min(most))
}

/// A remark for each row with that verdict.
pub(super) fn remarks(
    facts: &Facts<'_>,
    verdict: Verdict,
    say: impl Fn(&Judged<'_>, &Entry<'_>) -> String,
) -> Vec<Remark> {
    if facts.judged.iter().all(|judged| judged.verdict != verdict) {
        return Vec::new();
    }
    let proposals = proposals(facts);
    let mut said: Vec<&Judged<'_>> = Vec::new();
    let mut remarks: Vec<Remark> = Vec::new();
    for (index, judged) in facts.judged.iter().enumerate().filter(|(_, it)| it.verdict == verdict) {
        let (Some(level), Some((flow, at))) = (level(judged), judged.stopped.as_ref()) else {
            continue;
        };
        // What several profiles ask for is one thing to mend.
        let twin =
            said.iter().position(|it| it.what == judged.what && it.stopped == judged.stopped);
        if let Some(first) = twin.and_then(|twin| remarks.get_mut(twin)) {
            first.also_judged.push(index);
            first.level = first.level.max(Some(level));
            continue;
        }
        let Some(stop) = entry(facts.policy, Direction::Outbound, *at) else { continue };
        let mut remark = Remark {
            message: say(judged, stop),
            rule: stop.rule.written().map(|rule| rule.name.value.clone()),
            primary: Some(place(facts.policy, stop, label(stop))),
            witness: Some(flow.clone()),
            level: Some(level),
            judged: Some(index),
            ..Remark::default()
        };
        let near = near(facts, judged, *at);
        let text = near.as_ref().map(|near| (near.entry(), near.label(facts)));
        remark.related.extend(text.map(|(entry, text)| place(facts.policy, entry, text)));
        mend(&mut remark, facts, judged, (stop, near.as_ref(), proposals.get(&index)));
        said.push(judged);
        remarks.push(remark);
    }
    remarks
}

fn label(stop: &Entry<'_>) -> &'static str {
    if stop.rule.written().is_some() {
        "this rule stops it"
    } else {
        "no rule of this group lets it through"
    }
}

/// A proposal for each row that may need one.
fn proposals(facts: &Facts<'_>) -> BTreeMap<usize, Proposal> {
    let wanted = |judged: &Judged<'_>| {
        let missed = matches!(judged.verdict, Verdict::Blocked | Verdict::Partial);
        missed && level(judged).is_some() && judged.flows.is_some()
    };
    let rows = facts.judged.iter().enumerate().filter(|(_, judged)| wanted(judged));
    let (places, rows): (Vec<usize>, Vec<&Judged<'_>>) = rows.unzip();
    places.into_iter().zip(facts.policy.proposals(&rows)).collect()
}

/// What to do, with a rule ready to paste.
fn mend(
    remark: &mut Remark,
    facts: &Facts<'_>,
    judged: &Judged<'_>,
    (stop, near, proposal): (&Entry<'_>, Option<&Near<'_, '_>>, Option<&Proposal>),
) {
    let what = what(judged);
    let Some(proposal) = proposal.filter(|_| judged.flows.is_some()) else {
        remark.help = Some(format!("remove {} or its tag", named(stop)));
        return;
    };
    let ahead = format!("ahead of {}", named(stop));
    let add = format!("add an outbound allow for {what}");
    if let Some(Near::Port { entry, widened: Some(ports) }) = near {
        let name = entry.rule.name();
        remark.help =
            Some(format!("add the port to {}: {what} is all that it lacks", named(entry)));
        remark.fix = Some(Fix {
            description: format!("in `{name}`, write in place of its ports:\n{ports}"),
            edits: Vec::new(),
        });
        return;
    }
    let late = match near {
        Some(Near::Late { entry, whole: true }) => Some(entry),
        _ => None,
    };
    let entries = &facts.policy.way(Direction::Outbound).entries;
    remark.help = Some(match (&proposal.placement, late) {
        (Placement::Free(numbers), Some(late)) => match numbers.first() {
            Some(to) => format!("give `{}` the priority {to}, {ahead}", late.rule.name()),
            None => format!("{add} {ahead}"),
        },
        (Placement::Free(numbers), None) => {
            let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            format!("{add} with priority {}, {ahead}", list(&words))
        }
        (Placement::Renumber { priorities, moves }, late) => {
            let moved: Vec<String> = moves
                .iter()
                .filter_map(|(at, to)| Some(format!("`{}` to {to}", entries.get(*at)?.rule.name())))
                .collect();
            let numbers: Vec<String> = priorities.iter().map(ToString::to_string).collect();
            let then = late.map_or_else(
                || format!("{add} with priority {}", list(&numbers)),
                |late| format!("give `{}` the priority {}", late.rule.name(), list(&numbers)),
            );
            format!("no lower number is free: move {}, then {then}", list(&moved))
        }
        (Placement::Nowhere, _) => format!("{add} {ahead}"),
    });
    if let Some(Near::Region { entry, tag, .. }) = near
        && let Some(help) = &mut remark.help
    {
        let name = entry.rule.name();
        help.push_str(&format!(
            "; or write `{}` for `{tag}` in `{name}` if no machine needs that region",
            judged.destination
        ));
    }
    if judged.what.contains("<region>")
        && let Some(help) = &mut remark.help
    {
        help.push_str("; `<region>` is that of the vault");
    }
    let plural = if judged.destination.contains(" and ") { "these rules" } else { "this rule" };
    // The number is the one that the help gives to the allow that is there.
    let instead = if late.is_some() { " instead" } else { "" };
    remark.fix = Some(Fix {
        description: format!("add {plural} to the group{instead}:\n{}", proposal.text),
        edits: Vec::new(),
    });
}
