//! What the three lints about required endpoints have in common.

use super::evidence::{entry, list, named, place};
use crate::{
    decide::{Entry, Judged, Placement, Proposal},
    lint::{Facts, Fix, Level, Remark},
    model::{Access, Direction},
    profiles::Severity,
    space::{Axis, Cube},
    verdict::Verdict,
};
use std::collections::{BTreeMap, BTreeSet};

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
    let of_verdict = facts.judged.iter().enumerate().filter(|(_, it)| it.verdict == verdict);
    of_verdict
        .filter_map(|(index, judged)| {
            let level = level(judged)?;
            let (flow, at) = judged.stopped.as_ref()?;
            let stop = entry(facts.policy, Direction::Outbound, *at)?;
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
            remark.related.extend(near.as_ref().map(|near| {
                let text = match near {
                    Near::Late { entry, .. } => {
                        format!("this allow comes too late: {}", number(entry))
                    }
                    Near::Other { .. } => "this allow is for other ports".to_owned(),
                };
                place(facts.policy, near.entry(), text)
            }));
            let proposal = proposals.get(&index);
            mend(&mut remark, facts, judged, (stop, near.as_ref(), proposal));
            Some(remark)
        })
        .collect()
}

fn label(stop: &Entry<'_>) -> &'static str {
    if stop.rule.written().is_some() {
        "this rule stops it"
    } else {
        "no rule of this group lets it through"
    }
}

fn number(entry: &Entry<'_>) -> String {
    entry.priority.map_or_else(|| "priority unknown".to_owned(), |n| format!("priority {n}"))
}

/// An allow that was perhaps meant for the flows.
enum Near<'p, 'a> {
    /// It would let flows through and stands below the rule that stops them.
    Late {
        entry: &'p Entry<'a>,
        /// It would let all of them through.
        whole: bool,
    },
    /// It is for the same destination on other ports.
    Other { entry: &'p Entry<'a> },
}

impl<'p, 'a> Near<'p, 'a> {
    const fn entry(&self) -> &'p Entry<'a> {
        match self {
            Self::Late { entry, .. } | Self::Other { entry } => entry,
        }
    }
}

fn near<'p, 'a>(facts: &'p Facts<'a>, judged: &Judged<'_>, stop: usize) -> Option<Near<'p, 'a>> {
    let flows: &Cube<u32> = judged.flows.as_ref()?;
    let way = facts.policy.way(Direction::Outbound);
    let rows = facts.policy.rows::<u32>(Direction::Outbound);
    let allows = || {
        way.entries.iter().zip(rows).enumerate().filter(|(_, (entry, _))| {
            entry.access == Some(Access::Allow) && entry.rule.written().is_some()
        })
    };
    let late = allows().find(|(at, (_, row))| *at > stop && row.perhaps.intersects(flows));
    if let Some((_, (entry, row))) = late {
        let whole = row.surely().is_some_and(|cube| flows.is_subset(cube));
        return Some(Near::Late { entry, whole });
    }
    let wanted = flows.axis(Axis::Destination);
    let mut others = allows().filter(|(_, (_, row))| {
        let set = row.perhaps.axis(Axis::Destination);
        !row.perhaps.axis(Axis::DestinationPort).intersects(flows.axis(Axis::DestinationPort))
            && set.intersects(wanted)
            // An allow of everything on some port was not meant for this destination.
            && set.count() < u128::from(u32::MAX) / 2
    });
    others.next().map(|(_, (entry, _))| Near::Other { entry })
}

/// A proposal for each row that may need one. Whoever follows all of them must end with a group
/// that can be deployed, so no number is proposed twice; the same row of two profiles is one.
fn proposals(facts: &Facts<'_>) -> BTreeMap<usize, Proposal> {
    let mut proposals: BTreeMap<usize, Proposal> = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for (index, judged) in facts.judged.iter().enumerate() {
        let wanted = matches!(judged.verdict, Verdict::Blocked | Verdict::Partial);
        if !wanted || level(judged).is_none() || judged.flows.is_none() {
            continue;
        }
        let twin = facts.judged.iter().take(index).position(|other| other.what == judged.what);
        let proposal = match twin.and_then(|twin| proposals.get(&twin)) {
            Some(same) => same.clone(),
            None => facts.policy.proposal(judged, &taken),
        };
        match &proposal.placement {
            Placement::Free(numbers) => taken.extend(numbers),
            Placement::Renumber { priority, .. } => {
                taken.insert(*priority);
            }
            Placement::Nowhere => {}
        }
        proposals.insert(index, proposal);
    }
    proposals
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
        (Placement::Renumber { priority, moves }, _) => {
            let moved: Vec<String> = moves
                .iter()
                .filter_map(|(at, to)| Some(format!("`{}` to {to}", entries.get(*at)?.rule.name())))
                .collect();
            format!(
                "no lower number is free: move {}, then {add} with priority {priority}",
                list(&moved)
            )
        }
        (Placement::Nowhere, _) => format!("{add} {ahead}"),
    });
    if judged.what.contains("<region>")
        && let Some(help) = &mut remark.help
    {
        help.push_str("; `<region>` is that of the vault");
    }
    let plural = if judged.destination.contains(" and ") { "these rules" } else { "this rule" };
    remark.fix = Some(Fix {
        description: format!("add {plural} to the group:\n{}", proposal.json),
        edits: Vec::new(),
    });
}
