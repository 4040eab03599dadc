//! The narrowest rule that would let a required endpoint through, with a number at which it works:
//! below every deny that meets its flows, or the smallest renumbering where no number is free.

use super::{policy::NsgPolicy, requirement::Judged};
use crate::{
    model::{Access, Direction},
    profiles::{PortRange, Protocol},
    space::Axis,
};
use std::collections::BTreeSet;

/// A rule that would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Where it goes.
    pub placement: Placement,
    /// The rule as JSON, as it stands in a template, ready to paste.
    pub json: String,
}

/// Where a new rule goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placement {
    /// At a number that is free.
    Free(i64),
    /// At a number that others make free.
    Renumber {
        /// The number.
        priority: i64,
        /// Places of the rules that move up, with their new numbers.
        moves: Vec<(usize, i64)>,
    },
    /// No numbering was found: the numbers of some rules are not known, or all are used.
    Nowhere,
}

impl NsgPolicy<'_> {
    /// The rule that lets `judged` through.
    pub fn proposal(&self, judged: &Judged<'_>) -> Proposal {
        let placement = self.placement(judged);
        let priority = match &placement {
            Placement::Free(priority) | Placement::Renumber { priority, .. } => Some(*priority),
            Placement::Nowhere => None,
        };
        Proposal { json: rule(judged, priority), placement }
    }

    fn placement(&self, judged: &Judged<'_>) -> Placement {
        let entries = &self.way(Direction::Outbound).entries;
        let rows = self.rows::<u32>(Direction::Outbound);
        let meets = |at: usize| {
            let ports = judged.asked.requirement.ports.iter().map(|range| range.value);
            let mut wanted = ports.map(|PortRange { low, high }| (u32::from(low), u32::from(high)));
            rows.get(at).is_some_and(|row| {
                let set = row.perhaps.axis(Axis::DestinationPort);
                wanted.any(|(low, high)| set.intersects(&crate::space::Ranges::range(low, high)))
            })
        };
        if entries.iter().any(|entry| entry.priority.is_none()) {
            return Placement::Nowhere;
        }
        let limit = entries
            .iter()
            .enumerate()
            .filter(|(at, entry)| entry.access != Some(Access::Allow) && meets(*at))
            .filter_map(|(_, entry)| entry.priority)
            .min();
        let limit = limit.map_or(LAST + 1, |limit| limit.min(LAST + 1));
        let used: BTreeSet<i64> = entries.iter().filter_map(|entry| entry.priority).collect();
        let free = |number: &i64| !used.contains(number) && *number >= FIRST && *number < limit;
        let round = (1..=10).map(|tens| (limit - 1) / 10 * 10 - 10 * (tens - 1)).find(free);
        let any = || (FIRST..limit).rev().find(free);
        if let Some(number) = round.or_else(any) {
            return Placement::Free(number);
        }
        // All numbers below are used: take the deny's own, and move the run that starts there.
        let Some(gap) = (limit..=LAST).find(|number| !used.contains(number)) else {
            return Placement::Nowhere;
        };
        let moves = entries
            .iter()
            .enumerate()
            .filter_map(|(at, entry)| {
                let number = entry.priority?;
                (limit <= number && number < gap).then_some((at, number + 1))
            })
            .collect();
        Placement::Renumber { priority: limit, moves }
    }
}

/// NSG-004.
const FIRST: i64 = 100;
const LAST: i64 = 4096;

fn rule(judged: &Judged<'_>, priority: Option<i64>) -> String {
    let row = judged.asked.requirement;
    let ports: Vec<String> = row.ports.iter().map(|range| range.value.to_string()).collect();
    let protocol = match row.protocol.value {
        Protocol::Tcp => "Tcp",
        Protocol::Udp => "Udp",
        Protocol::Icmp => "Icmp",
        Protocol::Any => "*",
    };
    let name: String = format!("Allow-{}-{}-Outbound", judged.destination, ports.join("-"))
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(80) // NSG-051
        .collect();
    let text = |key: &str, value: &str| format!("    \"{key}\": \"{value}\"");
    let list = |singular: &str, plural: &str, values: &[String]| match values {
        [] => text(singular, "*"),
        [one] => text(singular, one),
        many => format!(
            "    \"{plural}\": [{}]",
            many.iter().map(|v| format!("\"{v}\"")).collect::<Vec<_>>().join(", ")
        ),
    };
    let destinations: Vec<String> = judged.destination.split(", ").map(ToOwned::to_owned).collect();
    let number = priority
        .map_or_else(|| "\"<a free number below the deny's>\"".to_owned(), |n| n.to_string());
    let lines = [
        format!("    \"priority\": {number}"),
        text("direction", "Outbound"),
        text("access", "Allow"),
        text("protocol", protocol),
        text("sourceAddressPrefix", "VirtualNetwork"),
        text("sourcePortRange", "*"),
        list("destinationAddressPrefix", "destinationAddressPrefixes", &destinations),
        list("destinationPortRange", "destinationPortRanges", &ports),
    ];
    format!("{{\n  \"name\": \"{name}\",\n  \"properties\": {{\n{}\n  }}\n}}", lines.join(",\n"))
}
