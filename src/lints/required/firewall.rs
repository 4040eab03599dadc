//! Required endpoints at firewalls: the same three lints, and the same words where they fit.

use super::{super::evidence::list, level, what};
use crate::{
    decide::{FirewallEntry, Judged},
    lint::{FirewallFacts, Fix, Label, Level, Remark},
    profiles::Severity,
    verdict::Verdict,
};

/// A remark for each row with that verdict.
pub(in crate::lints) fn remarks(facts: &FirewallFacts<'_>, verdict: Verdict) -> Vec<Remark> {
    let mut said: Vec<(&Judged<'_>, usize)> = Vec::new();
    let mut remarks: Vec<Remark> = Vec::new();
    for (index, judged) in facts.judged.iter().enumerate().filter(|(_, it)| it.verdict == verdict) {
        let (Some(level), Some((flow, at))) = (level(judged), judged.stopped.as_ref()) else {
            continue;
        };
        let Some(stop) = facts.view.entries.get(*at).filter(|_| is_meant(facts, judged)) else {
            continue;
        };
        // What several profiles ask for is one thing to mend.
        let twin =
            said.iter().find(|(it, _)| it.what == judged.what && it.stopped == judged.stopped);
        if let Some(first) = twin.and_then(|(_, place)| remarks.get_mut(*place)) {
            first.also_judged.push(index);
            first.level = first.level.max(Some(level));
            continue;
        }
        let name = named(stop);
        let message = if verdict == Verdict::Partial {
            format!("{} is let through in part only: {name} stops the rest", what(judged))
        } else {
            format!("{} is blocked by {name}", what(judged))
        };
        let (span, text) = match stop.mark() {
            Some(mark) => (mark, "this rule stops it"),
            None => (facts.view.subject.name_span(), "no rule of this firewall lets it through"),
        };
        let mut remark = Remark {
            message,
            rule: stop.rule().map(|rule| rule.name.value.clone()),
            primary: Some(Label { span, text: text.to_owned() }),
            witness: Some(flow.clone()),
            level: Some(level),
            judged: Some(index),
            ..Remark::default()
        };
        if let Some(proposal) = facts.view.proposal(judged, facts.cloud) {
            remark.help = Some(format!("add an allow for {} {}", what(judged), proposal.place));
            let description = format!("add this rule collection:\n{}", proposal.text);
            remark.fix = Some(Fix { description, edits: Vec::new() });
        }
        said.push((judged, remarks.len()));
        remarks.push(remark);
    }
    remarks
}

/// One note for all that is not known.
pub(in crate::lints) fn unknown(facts: &FirewallFacts<'_>) -> Vec<Remark> {
    let is_open = |judged: &Judged<'_>| {
        judged.verdict == Verdict::Unknown && level(judged).is_some() && is_meant(facts, judged)
    };
    let rows: Vec<(usize, &Judged<'_>)> =
        facts.judged.iter().enumerate().filter(|(_, judged)| is_open(judged)).collect();
    let Some((first, one)) = rows.first() else { return Vec::new() };
    let mut names: Vec<String> = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    for (_, judged) in &rows {
        let name = what(judged);
        let line = format!("{name}: {}", judged.reason.as_deref().unwrap_or("not known"));
        if !lines.contains(&line) {
            lines.push(line);
        }
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let reason = one.reason.as_deref().unwrap_or("not known");
    let others =
        if lines.iter().any(|line| !line.ends_with(reason)) { ", among other reasons" } else { "" };
    let message = format!("whether {} is let through is not known: {reason}{others}", list(&names));
    let span = facts.view.subject.name_span();
    let remark = Remark {
        message,
        primary: Some(Label { span, text: "in this firewall".to_owned() }),
        judged: Some(*first),
        help: Some(format!("supply what is missing:\n{}", lines.join("\n"))),
        ..Remark::default()
    };
    vec![remark.at(Level::Note)]
}

/// Whether a firewall is to be held to a row. Most have nothing to do with a backup: who did not ask
/// for the profile by name hears only of those that let a part of it through.
fn is_meant(facts: &FirewallFacts<'_>, judged: &Judged<'_>) -> bool {
    let asked = &judged.asked;
    let serves = |other: &Judged<'_>| {
        other.asked.profile == asked.profile
            && other.asked.requirement.severity.value != Severity::None
            && matches!(other.verdict, Verdict::Allowed | Verdict::Partial)
    };
    asked.named || facts.judged.iter().any(serves)
}

/// `` `rule` (collection `c`, priority 200) ``, or words for what is built in.
fn named(entry: &FirewallEntry<'_>) -> String {
    let Some(rule) = entry.rule() else { return entry.name().to_owned() };
    let name = &rule.name.value;
    let collection = entry.home.collection.map_or("", |it| it.name.value.as_str());
    match entry.priority() {
        Some(number) => format!("`{name}` (collection `{collection}`, priority {number})"),
        None => format!("`{name}` (collection `{collection}`)"),
    }
}
