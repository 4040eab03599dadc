//! The allow that was perhaps meant for flows that are stopped.

use super::super::evidence::named_number;
use crate::{
    decide::{Entry, Judged},
    lint::Facts,
    model::{Access, Address, Direction},
    space::{Axis, Cube},
};

/// An allow that was perhaps meant for the flows.
pub(super) enum Near<'p, 'a> {
    /// It would let flows through and stands below the rule that stops them.
    Late {
        entry: &'p Entry<'a>,
        /// It would let all of them through.
        whole: bool,
    },
    /// It is for the same tag in another region.
    Region { entry: &'p Entry<'a>, tag: &'p str },
    /// It is for the same destination on other ports.
    Port {
        entry: &'p Entry<'a>,
        /// The ports that it would have to list, where nothing else is missing.
        widened: Option<String>,
    },
}

impl<'p, 'a> Near<'p, 'a> {
    pub(super) const fn entry(&self) -> &'p Entry<'a> {
        match self {
            Self::Late { entry, .. } | Self::Region { entry, .. } | Self::Port { entry, .. } => {
                entry
            }
        }
    }

    /// What to say at the rule.
    pub(super) fn label(&self, facts: &Facts<'_>) -> String {
        match self {
            Self::Late { entry, .. } => {
                format!("this allow comes too late: {}", named_number(entry))
            }
            Self::Region { tag, .. } => {
                let own = facts.nsg().location.as_ref().map(|location| location.value.as_str());
                let home = match (facts.region, own) {
                    (Some(region), _) => format!("`--region` is `{region}`"),
                    (None, Some(own)) => format!("the group's location is `{own}`"),
                    (None, None) => "no region is known".to_owned(),
                };
                format!("this allow is for `{tag}`: {home}")
            }
            Self::Port { .. } => "this allow is for other ports".to_owned(),
        }
    }
}

/// The likeliest one, if any.
pub(super) fn near<'p, 'a>(
    facts: &'p Facts<'a>,
    judged: &Judged<'_>,
    stop: usize,
) -> Option<Near<'p, 'a>> {
    let flows: &Cube<u32> = judged.flows.as_ref()?;
    let way = facts.policy.way(Direction::Outbound);
    let rows = facts.policy.rows::<u32>(Direction::Outbound);
    let allows = || {
        way.entries.iter().zip(rows).enumerate().filter(|(_, (entry, _))| {
            entry.access == Some(Access::Allow) && entry.rule.written().is_some()
        })
    };
    // Where only the name of the tag is known, a rule that may hold anything was not meant for it.
    let meant = |entry: &Entry<'_>| !facts.policy.lexicon().foreign || names(entry, judged);
    let late = allows().find(|(at, (entry, row))| {
        *at > stop && row.perhaps.intersects(flows) && (row.why.is_none() || meant(entry))
    });
    if let Some((_, (entry, row))) = late {
        let whole = row.surely().is_some_and(|cube| flows.is_subset(cube));
        return Some(Near::Late { entry, whole });
    }
    let on_ports = |row: &crate::decide::Row<u32>| {
        row.perhaps.axis(Axis::DestinationPort).intersects(flows.axis(Axis::DestinationPort))
    };
    let mut regions =
        allows().filter(|(_, (_, row))| on_ports(row)).filter_map(|(_, (entry, _))| {
            Some(Near::Region { entry, tag: other_region(entry, judged)? })
        });
    if let Some(region) = regions.next() {
        return Some(region);
    }
    if let Some((at, ports)) = facts.policy.widened(judged, facts.judged) {
        return Some(Near::Port { entry: way.entries.get(at)?, widened: Some(ports) });
    }
    let wanted = flows.axis(Axis::Destination);
    let mut others = allows().filter(|(_, (entry, row))| {
        let set = row.perhaps.axis(Axis::Destination);
        !on_ports(row)
            && set.intersects(wanted)
            // An allow of everything on some port was not meant for this destination.
            && (names(entry, judged) || set.count() < u128::from(u32::MAX) / 2)
    });
    others.next().map(|(_, (entry, _))| Near::Port { entry, widened: None })
}

/// Whether a rule names what is asked for.
fn names(entry: &Entry<'_>, judged: &Judged<'_>) -> bool {
    tags_of(entry)
        .any(|tag| judged.destination.split(" and ").any(|name| name.eq_ignore_ascii_case(tag)))
}

/// The tag of the rule that is the one asked for, in another region.
fn other_region<'p>(entry: &'p Entry<'_>, judged: &Judged<'_>) -> Option<&'p str> {
    let regional = judged.asked.requirement.tags.iter().find(|form| form.value.regional)?;
    let base = regional.value.global();
    let mut others = tags_of(entry)
        .filter(|tag| tag.split_once('.').is_some_and(|(own, _)| own.eq_ignore_ascii_case(base)));
    others.find(|_| !names(entry, judged) && judged.destination.contains('.'))
}

fn tags_of<'p>(entry: &'p Entry<'_>) -> impl Iterator<Item = &'p str> {
    let items = entry.rule.written().map(|rule| &rule.destination.items);
    items.into_iter().flatten().filter_map(|item| match &item.value {
        Address::Tag(tag) => Some(&**tag),
        _ => None,
    })
}
