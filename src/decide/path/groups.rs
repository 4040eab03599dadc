//! What groups leave of the flows that meet them (NSG-012 to NSG-014).

use super::{
    Carried, Stage,
    ends::{Attempt, Decider},
    walk::{Cell, Followed, Walk},
};
use crate::{
    decide::{
        flow::steps,
        judge::{Sources, TOO_COMPLEX},
        platform::PlatformAnswer,
        policy::NsgPolicy,
    },
    model::{Access, Direction, Protocol},
    space::{Axis, Cube, Ranges},
    tags::Special,
    verdict::Verdict,
};

impl<'e, V: Followed> Walk<'_, 'e, V> {
    /// What a group leaves of the flows.
    pub(super) fn group(
        &mut self,
        stage: Stage,
        carried: &Carried<'e>,
        direction: Direction,
        cells: Vec<Cell<V>>,
    ) -> Vec<Cell<V>> {
        if cells.is_empty() {
            return cells;
        }
        let (policy, unread) = match carried {
            Carried::None => return cells,
            Carried::Open { name, reason } => {
                let at = self.passage(stage, name, (None, None));
                self.note(at, Verdict::Unknown, Some(reason), None);
                return cells.into_iter().map(Cell::doubted).collect();
            }
            Carried::Group(policy) => (policy, policy.unread()),
        };
        let at = self.passage(stage, &policy.nsg.name.value, (Some(policy.nsg.span), None));
        if let (true, Some(cell), Some(passage)) =
            (self.is_told, cells.first(), self.passages.get_mut(at))
        {
            passage.attempts = attempts(policy, direction, &cell.flows);
        }
        if let Some(reason) = unread {
            self.note(at, Verdict::Unknown, Some(&reason), None);
            return cells.into_iter().map(Cell::doubted).collect();
        }
        let mut left = Vec::new();
        for cell in cells {
            self.filter(policy, direction, (at, cell), &mut left);
        }
        left
    }

    fn filter(
        &mut self,
        policy: &NsgPolicy<'e>,
        direction: Direction,
        (at, cell): (usize, Cell<V>),
        left: &mut Vec<Cell<V>>,
    ) {
        if direction == Direction::Outbound
            && let Some(answer) = platform(policy, &cell.flows)
        {
            self.answered(policy, &answer, (at, cell), left);
            return;
        }
        let decision = policy.weigh(direction, &cell.flows, Sources::Exactly);
        match decision.verdict {
            Verdict::Allowed => {
                for entry in policy.deciders(direction, &cell.flows, |_| true) {
                    self.note(at, Verdict::Allowed, None, Some(rule(policy, direction, entry)));
                }
                self.note(at, Verdict::Allowed, None, None);
                left.push(cell);
                return;
            }
            Verdict::Blocked => {
                let entry = decision.stopped.map_or(0, |(_, entry)| entry);
                if direction == Direction::Outbound && self.is_spared(policy, &cell, entry) {
                    self.note(at, Verdict::Allowed, None, None);
                    left.push(cell);
                    return;
                }
                self.stop(cell, at, rule(policy, direction, entry));
                return;
            }
            Verdict::Partial | Verdict::Unknown => {}
        }
        let Some(parts) = policy.parts(direction, &cell.flows) else {
            self.note(at, Verdict::Unknown, Some(TOO_COMPLEX), None);
            left.push(cell.doubted());
            return;
        };
        for part in parts {
            let own = cell.part(part.flows);
            let decider = rule(policy, direction, part.entry);
            match part.passes {
                Some(false) => self.stop(own, at, decider),
                Some(true) => {
                    self.note(at, Verdict::Allowed, None, Some(decider));
                    left.push(own);
                }
                None => {
                    let why = part.why.map_or_else(String::new, |why| why.to_string());
                    let reason = format!("rule `{}`: {why}", decider.rule);
                    self.note(at, Verdict::Unknown, Some(&reason), None);
                    left.push(own.doubted());
                }
            }
        }
    }

    /// Flows to the platform's own addresses (NSG-060).
    fn answered(
        &mut self,
        policy: &NsgPolicy<'e>,
        answer: &PlatformAnswer,
        (at, cell): (usize, Cell<V>),
        left: &mut Vec<Cell<V>>,
    ) {
        let decider = answer.entry.map(|entry| rule(policy, Direction::Outbound, entry));
        match (answer.verdict, decider) {
            (Verdict::Blocked, Some(decider)) => self.stop(cell, at, decider),
            (Verdict::Allowed, decider) => {
                self.note(at, Verdict::Allowed, None, decider);
                left.push(cell);
            }
            _ => {
                self.note(at, Verdict::Unknown, Some(answer.reason), None);
                left.push(cell.doubted());
            }
        }
    }

    /// NSG-064: the platform lets licensing traffic through whatever groups say, unless a route
    /// sends everything elsewhere.
    fn is_spared(&self, policy: &NsgPolicy<'e>, cell: &Cell<V>, entry: usize) -> bool {
        let hosts = Special::AzurePlatformLkm.fixed().unwrap_or_default().iter();
        let hosts = hosts.filter_map(|&host| V::integer(host.into()));
        let hosts: Ranges<V> = hosts.map(|host| (host, host)).collect();
        let port = Ranges::single(V::from(1688_u16));
        cell.flows.axis(Axis::Destination).is_subset(&hosts)
            && cell.flows.axis(Axis::DestinationPort).is_subset(&port)
            && cell.flows.axis(Axis::Protocol).is_subset(&V::fixed().tcp)
            && !self.path.routes.takes_all
            && policy.licensing_stopped(entry).verdict != Verdict::Blocked
    }
}

/// What the platform does with flows to one of its own addresses, if that is all they are.
fn platform<V: Followed>(policy: &NsgPolicy<'_>, flows: &Cube<V>) -> Option<PlatformAnswer> {
    let only = |axis: Axis| {
        let set = flows.axis(axis);
        set.first().filter(|first| set.last() == Some(*first))
    };
    let wide = |axis: Axis| only(axis).map(|it| -> u128 { it.into() });
    let address = only(Axis::Destination)?.address();
    let protocol = match wide(Axis::Protocol) {
        Some(6) => Protocol::Tcp,
        Some(17) => Protocol::Udp,
        Some(1) => Protocol::Icmp,
        _ => Protocol::Any,
    };
    let port = wide(Axis::DestinationPort).and_then(|port| u16::try_from(port).ok());
    policy.platform(address, protocol, port)
}

/// The rules of a group that flows try.
fn attempts<V: Followed>(
    policy: &NsgPolicy<'_>,
    direction: Direction,
    flows: &Cube<V>,
) -> Vec<Attempt> {
    let entries = &policy.way(direction).entries;
    let steps = steps(policy.rows::<V>(direction), flows).into_iter();
    let attempts = steps.filter_map(|step| {
        let entry = entries.get(step.entry)?;
        Some(Attempt {
            rule: entry.rule.name().to_owned(),
            priority: entry.priority,
            access: entry.access,
            tried: step.tried,
        })
    });
    attempts.collect()
}

/// A rule of a group as what decides.
fn rule(policy: &NsgPolicy<'_>, direction: Direction, entry: usize) -> Decider {
    let found = policy.way(direction).entries.get(entry);
    Decider {
        rule: found.map_or_else(String::new, |it| it.rule.name().to_owned()),
        priority: found.and_then(|it| it.priority),
        span: found.and_then(|it| it.rule.span()),
        mark: found.and_then(|it| it.rule.mark()),
        effect: None,
        stops: found.is_some_and(|it| it.access == Some(Access::Deny)),
    }
}
