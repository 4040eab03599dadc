//! The narrowest rule that would let a required endpoint through, with a number at which it works:
//! below every deny that meets its flows, or the smallest renumbering where no number is free.

use super::{
    policy::{NsgPolicy, PRIORITIES},
    requirement::Judged,
};
use crate::{
    model::{Access, Direction, PortValue, Shape},
    profiles::{Protocol, Severity},
    space::Axis,
    verdict::Verdict,
};
use std::collections::BTreeSet;

/// A rule that would do; several where the row asks for several tags (NSG-036).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Where it goes.
    pub placement: Placement,
    /// The rules, ready to paste: as JSON, as they stand in a template, a comma between them; for a
    /// group of Terraform as blocks of its language.
    pub text: String,
}

/// Places of rules, with their new numbers.
type Moves = Vec<(usize, i64)>;

/// Where new rules go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placement {
    /// At numbers that are free, one for each rule.
    Free(Vec<i64>),
    /// At numbers that others make free, one for each rule.
    Renumber {
        /// The numbers.
        priorities: Vec<i64>,
        /// Places of the rules that move up, with their new numbers.
        moves: Moves,
    },
    /// No numbering was found: the numbers of some rules are not known, or all are used.
    Nowhere,
}

impl NsgPolicy<'_> {
    /// For each row the rules that let it through. Whoever follows all of them must end with a
    /// group that can be deployed: no number is proposed twice, all renumber the same way, and rows
    /// for the same destination and ports have one rule.
    pub fn proposals(&self, rows: &[&Judged<'_>]) -> Vec<Proposal> {
        let mut taken = BTreeSet::new();
        let mut placements: Vec<Placement> = Vec::with_capacity(rows.len());
        let mut crowded: Vec<(usize, i64, usize)> = Vec::new();
        let twins = |judged: &Judged<'_>| {
            let what = judged.what.clone();
            rows.iter().enumerate().filter(move |(_, other)| other.what == what)
        };
        let first = |judged: &Judged<'_>| twins(judged).next().map_or(0, |(first, _)| first);
        for (at, judged) in rows.iter().enumerate() {
            if first(judged) < at {
                placements.push(Placement::Nowhere);
                continue;
            }
            let count = destinations(judged).len();
            let limit = twins(judged)
                .map(|(_, twin)| self.limit(twin))
                .try_fold(i64::MAX, |lowest, limit| Some(lowest.min(limit?)));
            let free = limit.and_then(|limit| self.free(limit, count, &taken));
            if let (Some(limit), None) = (limit, &free) {
                crowded.push((at, limit, count));
            }
            taken.extend(free.iter().flatten());
            placements.push(free.map_or(Placement::Nowhere, Placement::Free));
        }
        let count = crowded.iter().map(|(.., count)| count).sum();
        let lowest = crowded.iter().map(|(_, limit, _)| *limit).min();
        if let Some((made, moves)) = lowest.and_then(|at| self.renumbering(at, count, &taken)) {
            let mut made = made.into_iter();
            for (at, _, count) in crowded {
                let (priorities, moves) = (made.by_ref().take(count).collect(), moves.clone());
                if let Some(placement) = placements.get_mut(at) {
                    *placement = Placement::Renumber { priorities, moves };
                }
            }
        }
        rows.iter()
            .map(|judged| {
                let placement = placements.get(first(judged)).cloned();
                proposal(judged, placement.unwrap_or(Placement::Nowhere), self.nsg.shape)
            })
            .collect()
    }

    /// The place of an allow that lets `judged` through if it lists its ports too, and lets nothing
    /// else through then, and the ports that it must list: also for those of `all` that it would do
    /// for.
    pub fn widened(&self, judged: &Judged<'_>, all: &[Judged<'_>]) -> Option<(usize, String)> {
        let at = self.lacks_ports(judged)?;
        let rule = self.way(Direction::Outbound).entries.get(at)?.rule.written()?;
        let listed = rule.destination_ports.items.iter().map(|item| match item.value {
            PortValue::Range(low, high) if low == high => Some(low.to_string()),
            PortValue::Range(low, high) => Some(format!("{low}-{high}")),
            PortValue::Any | PortValue::Unknown(_) | PortValue::Invalid { .. } => None,
        });
        let mut ports: Vec<String> = listed.collect::<Option<_>>()?;
        let severe = |row: &&Judged<'_>| row.asked.requirement.severity.value != Severity::None;
        let alike = all.iter().filter(severe).filter(|row| self.lacks_ports(row) == Some(at));
        for port in alike.chain([judged]).flat_map(|row| &row.asked.requirement.ports) {
            let port = port.value.to_string();
            if !ports.contains(&port) {
                ports.push(port);
            }
        }
        let quoted: Vec<String> = ports.iter().map(|port| format!("\"{port}\"")).collect();
        let list = quoted.join(", ");
        let line = match self.nsg.shape {
            Shape::Terraform => format!("  destination_port_ranges = [{list}]"),
            _ => format!("    \"destinationPortRanges\": [{list}]"),
        };
        Some((at, line))
    }

    fn lacks_ports(&self, judged: &Judged<'_>) -> Option<usize> {
        let flows = judged.flows.as_ref()?;
        if judged.verdict != Verdict::Blocked || judged.asked.requirement.ports.is_empty() {
            return None;
        }
        let rows = self.rows::<u32>(Direction::Outbound);
        let entries = || self.way(Direction::Outbound).entries.iter().zip(rows);
        // Nothing that stops the flows may stand before it.
        let first_stop = entries().position(|(entry, row)| {
            entry.access != Some(Access::Allow) && row.perhaps.intersects(flows)
        })?;
        let mut above = entries().take(first_stop).enumerate().filter(|(_, (entry, row))| {
            let holds = |axis| flows.axis(axis).is_subset(row.perhaps.axis(axis));
            let same = |axis| holds(axis) && row.perhaps.axis(axis).is_subset(flows.axis(axis));
            entry.access == Some(Access::Allow)
                && entry.rule.written().is_some()
                && row.why.is_none()
                && holds(Axis::Source)
                && holds(Axis::SourcePort)
                && same(Axis::Destination)
                && same(Axis::Protocol)
        });
        above.next().map(|(at, _)| at)
    }

    /// The number of the first rule that may stop the flows, or the one behind all; `None` where it
    /// is not known.
    fn limit(&self, judged: &Judged<'_>) -> Option<i64> {
        let flows = judged.flows.as_ref()?;
        let entries = &self.way(Direction::Outbound).entries;
        let mut limit = PRIORITIES.end() + 1;
        for (entry, row) in entries.iter().zip(self.rows::<u32>(Direction::Outbound)) {
            if entry.access != Some(Access::Allow) && row.perhaps.intersects(flows) {
                limit = limit.min(entry.number()?);
            }
        }
        Some(limit)
    }

    /// As many numbers below the limit that no rule and no other proposal has.
    fn free(&self, limit: i64, count: usize, taken: &BTreeSet<i64>) -> Option<Vec<i64>> {
        let entries = &self.way(Direction::Outbound).entries;
        let used: BTreeSet<i64> = entries.iter().filter_map(|entry| entry.priority).collect();
        let free = |number: &i64| {
            let open = !used.contains(number) && !taken.contains(number);
            PRIORITIES.contains(number) && *number < limit && open
        };
        // A round number near the rule that stops the flows leaves room on both sides.
        let round = (0..10).map(|tens| (limit - 1) / 10 * 10 - 10 * tens).filter(free);
        let any = (*PRIORITIES.start()..limit).rev().filter(free);
        let mut found: Vec<i64> = Vec::new();
        for number in round.chain(any) {
            if found.len() < count && !found.contains(&number) {
                found.push(number);
            }
        }
        (found.len() == count).then_some(found)
    }

    /// As many numbers from the limit on, and where the rules go that stood there: each to the next
    /// number that is left, so that their order stays. `None` where they would not all fit.
    fn renumbering(
        &self,
        limit: i64,
        count: usize,
        taken: &BTreeSet<i64>,
    ) -> Option<(Vec<i64>, Moves)> {
        let open = |from: i64| (from..=*PRIORITIES.end()).filter(|number| !taken.contains(number));
        let made: Vec<i64> = open(limit).take(count).collect();
        let mut last = *made.last().filter(|_| made.len() == count)?;
        let entries = &self.way(Direction::Outbound).entries;
        let mut behind: Vec<(i64, usize)> = entries
            .iter()
            .enumerate()
            .filter_map(|(at, entry)| Some((entry.number()?, at)))
            .filter(|(number, _)| *number >= limit && PRIORITIES.contains(number))
            .collect();
        behind.sort_unstable();
        let mut moves = Vec::new();
        for (number, at) in behind {
            if number > last {
                break;
            }
            last = open(last + 1).next()?;
            moves.push((at, last));
        }
        Some((made, moves))
    }
}

fn proposal(judged: &Judged<'_>, placement: Placement, shape: Shape) -> Proposal {
    let number = |at: usize| match &placement {
        Placement::Free(priorities) | Placement::Renumber { priorities, .. } => {
            priorities.get(at).copied()
        }
        Placement::Nowhere => None,
    };
    let is_block = shape == Shape::Terraform;
    let write = if is_block { block } else { rule };
    let rules: Vec<String> = destinations(judged)
        .iter()
        .enumerate()
        .map(|(at, destination)| write(judged, destination, number(at)))
        .collect();
    Proposal { text: rules.join(if is_block { "\n" } else { ",\n" }), placement }
}

/// What each rule names: a tag, or all the prefixes of the row.
fn destinations<'a>(judged: &'a Judged<'_>) -> Vec<Vec<&'a str>> {
    let tags: Vec<&str> = judged.destination.split(" and ").collect();
    match tags.as_slice() {
        [prefixes] => vec![prefixes.split(", ").collect()],
        _ => tags.into_iter().map(|tag| vec![tag]).collect(),
    }
}

/// A rule as JSON.
fn rule(judged: &Judged<'_>, destinations: &[&str], priority: Option<i64>) -> String {
    let [name, properties @ ..] = properties(judged, destinations, priority);
    let lines: Vec<String> =
        properties.iter().map(|(key, value)| format!("    \"{key}\": {value}")).collect();
    format!("{{\n  \"name\": {},\n  \"properties\": {{\n{}\n  }}\n}}", name.1, lines.join(",\n"))
}

/// A rule as a block of Terraform's language (JS-055).
fn block(judged: &Judged<'_>, destinations: &[&str], priority: Option<i64>) -> String {
    let mut text = "security_rule {\n".to_owned();
    for (key, value) in properties(judged, destinations, priority) {
        let mut name = String::new();
        for letter in key.chars() {
            if letter.is_ascii_uppercase() {
                name.push('_');
            }
            name.push(letter.to_ascii_lowercase());
        }
        text.push_str(&format!("  {name:<26} = {value}\n"));
    }
    text.push('}');
    text
}

/// The name of a rule and its properties, each with its value as it is written.
fn properties(
    judged: &Judged<'_>,
    destinations: &[&str],
    priority: Option<i64>,
) -> [(&'static str, String); 9] {
    let row = judged.asked.requirement;
    let ports: Vec<String> = row.ports.iter().map(|range| range.value.to_string()).collect();
    let ports: Vec<&str> = ports.iter().map(String::as_str).collect();
    let protocol = match row.protocol.value {
        Protocol::Tcp => "Tcp",
        Protocol::Udp => "Udp",
        Protocol::Icmp => "Icmp",
        Protocol::Any => "*",
    };
    let first = destinations.first().copied().unwrap_or_default();
    let mut words = vec!["Allow", first];
    words.extend(&ports);
    words.push("Outbound");
    let name: String = words
        .join("-")
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(80) // NSG-051
        .collect();
    let quoted = |value: &str| format!("\"{value}\"");
    let list = |singular, plural, values: &[&str]| match values {
        [] => (singular, quoted("*")),
        [one] => (singular, quoted(one)),
        many => {
            let many: Vec<String> = many.iter().map(|value| quoted(value)).collect();
            (plural, format!("[{}]", many.join(", ")))
        }
    };
    let number = priority
        .map_or_else(|| "\"<a free number below the deny's>\"".to_owned(), |n| n.to_string());
    [
        ("name", quoted(&name)),
        ("priority", number),
        ("direction", quoted("Outbound")),
        ("access", quoted("Allow")),
        ("protocol", quoted(protocol)),
        ("sourceAddressPrefix", quoted("VirtualNetwork")),
        ("sourcePortRange", quoted("*")),
        list("destinationAddressPrefix", "destinationAddressPrefixes", destinations),
        list("destinationPortRange", "destinationPortRanges", &ports),
    ]
}
