//! What findings about flows have in common: naming the rule that decides, and finding the rules
//! that name a tag.

use crate::{
    decide::{Decision, Entry, NsgPolicy, flow},
    lint::{Facts, Label, Remark},
    model::{Access, Address, AddressItem, Direction, PortValue, SecurityRule},
    profiles,
    tags::{Tag, special},
    verdict::{Flow, Verdict},
};

/// `` `Deny_All` (priority 1000) ``
pub(super) fn named(entry: &Entry<'_>) -> String {
    let name = entry.rule.name();
    match (entry.priority, entry.rule.written()) {
        (Some(number), Some(_)) => format!("`{name}` (priority {number})"),
        (Some(number), None) => format!("the built-in rule `{name}` (priority {number})"),
        (None, _) => format!("`{name}`"),
    }
}

/// `priority 1000`
pub(super) fn named_number(entry: &Entry<'_>) -> String {
    entry.priority.map_or_else(|| "priority unknown".to_owned(), |n| format!("priority {n}"))
}

/// The rule at a place of one direction.
pub(super) fn entry<'p, 'a>(
    policy: &'p NsgPolicy<'a>,
    direction: Direction,
    at: usize,
) -> Option<&'p Entry<'a>> {
    policy.way(direction).entries.get(at)
}

/// The place of a rule in an excerpt: its number, which is what decides. The name of the group for
/// a built-in rule, which is written nowhere.
pub(super) fn place(policy: &NsgPolicy<'_>, entry: &Entry<'_>, text: impl Into<String>) -> Label {
    let span = entry.rule.mark().unwrap_or(policy.nsg.name.span);
    Label { span, text: text.into() }
}

/// `a`, `b` and `c`; of long lists the first three and the count of the others.
pub(super) fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., last] if words.len() <= 4 => format!("{} and {last}", init.join(", ")),
        _ => {
            let shown: Vec<&str> = words.iter().take(3).map(String::as_str).collect();
            format!("{} and {} more", shown.join(", "), words.len() - 3)
        }
    }
}

/// The customer's outbound allows whose access is known.
pub(super) fn outbound_allows<'a>(facts: &Facts<'a>) -> impl Iterator<Item = &'a SecurityRule> {
    facts.rules().filter(|rule| is_outbound_allow(rule))
}

fn is_outbound_allow(rule: &SecurityRule) -> bool {
    rule.direction.known() == Some(&Direction::Outbound)
        && rule.access.known() == Some(&Access::Allow)
}

/// The service tags of the list that are destinations of a rule.
pub(super) fn destination_tags<'a>(facts: &Facts<'a>, rule: &'a SecurityRule) -> Vec<Tag<'a>> {
    let named = rule.destination.items.iter().filter_map(|item| match &item.value {
        Address::Tag(name) if special(name).is_none() => facts.tags.get(name),
        _ => None,
    });
    named.collect()
}

/// The service tags of the list that outbound allows have as destinations, with their rules, in the
/// order of the file.
pub(super) fn allowed_tags<'a>(
    facts: &Facts<'a>,
) -> impl Iterator<Item = (&'a SecurityRule, Tag<'a>)> {
    let listed = facts.mentions.iter().filter(|it| !it.is_source && it.special.is_none());
    listed.filter(|it| is_outbound_allow(it.rule)).filter_map(|it| Some((it.rule, it.tag?)))
}

/// Whether a rule certainly lists a port.
pub(super) fn lists_port(rule: &SecurityRule, port: u16) -> bool {
    rule.destination_ports.items.iter().any(|item| match item.value {
        PortValue::Any => true,
        PortValue::Range(low, high) => (low..=high).contains(&port),
        PortValue::Unknown(_) | PortValue::Invalid { .. } => false,
    })
}

/// Why flows don't pass: the rule that stops one of them, and the flow.
pub(super) struct Stop {
    /// The place of the rule among the outbound entries.
    pub(super) entry: usize,
    /// A flow that it stops.
    pub(super) flow: Flow,
}

/// The stop of flows that are certainly not let through, or not all of them.
pub(super) fn stop(decision: &Decision<u32>) -> Option<Stop> {
    if !matches!(decision.verdict, Verdict::Blocked | Verdict::Partial) {
        return None;
    }
    decision.stopped.map(|(point, entry)| Stop { entry, flow: flow(point) })
}

/// The row of a profile, if one was asked for, that is not met and is about this destination.
pub(super) fn row(facts: &Facts<'_>, tag: &str, port: u16) -> Option<usize> {
    facts.judged.iter().position(|judged| {
        let row = judged.asked.requirement;
        let base = |name: &str| facts.tags.get(name).map(|tag| tag.base());
        let same = judged.destination.split(" and ").any(|name| {
            name.eq_ignore_ascii_case(tag) || (base(name).is_some() && base(name) == base(tag))
        });
        matches!(judged.verdict, Verdict::Blocked | Verdict::Partial)
            && row.severity.value != profiles::Severity::None
            && same
            && row.ports.iter().any(|range| (range.value.low..=range.value.high).contains(&port))
    })
}

impl Stop {
    /// Adds the evidence to a remark: the flow, and the rule that stops it.
    pub(super) fn shown_in(self, mut remark: Remark, facts: &Facts<'_>) -> Remark {
        if let Some(entry) = entry(facts.policy, Direction::Outbound, self.entry) {
            remark.related.push(place(facts.policy, entry, "stopped here"));
        }
        remark.witness = Some(self.flow);
        remark
    }

    /// The rule's name and number.
    pub(super) fn by(&self, facts: &Facts<'_>) -> String {
        entry(facts.policy, Direction::Outbound, self.entry).map_or_else(String::new, named)
    }
}

/// The outbound allow that names a tag (in any region) and lets a flow to it through on `port`,
/// where the rules of the group are known.
pub(super) fn allowing_rule<'a>(
    facts: &Facts<'a>,
    tag: &str,
    port: u16,
) -> Option<&'a SecurityRule> {
    // Most groups name no such tag: then there is nothing to decide.
    let names_it = |item: &AddressItem| match &item.value {
        Address::Tag(name) => {
            name.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag))
        }
        _ => false,
    };
    facts.mentions.iter().find(|it| {
        !it.is_source
            && it.name.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag))
            && is_outbound_allow(it.rule)
    })?;
    let entries = &facts.policy.way(Direction::Outbound).entries;
    let wanted = |entry: &Entry<'_>| {
        let written = entry.rule.written();
        entry.access == Some(Access::Allow)
            && entry.why.is_none()
            && written.is_some_and(|rule| rule.destination.items.iter().any(names_it))
    };
    let deciders = facts.policy.service_deciders(tag, port, wanted);
    deciders
        .iter()
        .filter_map(|&at| entries.get(at)?.rule.written())
        .find(|rule| destination_tags(facts, rule).iter().any(|other| other.base() == tag))
}

/// The tag `base` of the region of the machines, where that is known.
pub(super) fn home(facts: &Facts<'_>, base: &str) -> Option<String> {
    let own = facts.nsg().location.as_ref().map(|location| location.value.as_str());
    let location = facts.region.or(own)?;
    facts.tags.tag_for_region(base, location).map(|tag| tag.name().to_owned())
}
