//! One flow, rule by rule: which rules of a firewall were tried, and which decided.

use super::{
    FirewallEntry, FirewallView, Pass,
    answer::{Answered, Question},
    hosts::{Call, HostNames, kind_of},
    packets::{Fits, PacketRow},
    requirement::Machines,
};
use crate::{
    decide::{
        extent::{self, Why},
        family::{self, Family as _},
        flow::{Endpoint, FlowQuery, piece},
        judge::Sources,
    },
    space::{Axis, Cube, Ranges},
    verdict::Verdict,
};
use std::sync::Arc;

/// One rule that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirewallStep {
    /// The place of the entry.
    pub entry: usize,
    /// How much of the flow it matches.
    pub tried: FirewallTried,
}

/// What came of trying a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FirewallTried {
    /// It does not match: the field that tells why.
    No(FirewallField),
    /// It matches all of it.
    Whole,
    /// It matches some of it.
    Part,
    /// It matches or not, for a reason.
    Perhaps(Why),
}

/// A field of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirewallField {
    /// An address, a port or the protocol.
    Packet(Axis),
    /// The source, the protocol, the port or the name: what application rules look at.
    Name,
}

/// The answer about one flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirewallTraced {
    /// The verdict.
    pub verdict: Verdict,
    /// The place of the entry that decides; none where that is not known.
    pub decider: Option<usize>,
    /// Every rule up to the one that leaves nothing.
    pub steps: Vec<FirewallStep>,
    /// Why it is not known, or what is taken for granted.
    pub reason: Option<String>,
}

impl FirewallView<'_> {
    /// Follows one flow; with a name, to whatever address that has. Over IPv4.
    pub fn trace(&self, query: &FlowQuery, name: Option<&str>) -> FirewallTraced {
        let unknown = |reason: String| FirewallTraced {
            verdict: Verdict::Unknown,
            decider: None,
            steps: Vec::new(),
            reason: Some(reason),
        };
        if let Some(reason) = self.unread() {
            return unknown(reason);
        }
        let names = match name {
            Some(name) => match HostNames::of(&[name.to_owned()]) {
                Some(names) => names,
                None => return unknown(format!("`{name}` is no host name")),
            },
            None => HostNames::unknown(),
        };
        let ends = (self.end_of(&query.source), self.end_of(&query.destination));
        let (source, destination) = match ends {
            (Ok(source), Ok(destination)) => (source, destination),
            (Err(reason), _) | (_, Err(reason)) => return unknown(reason),
        };
        let destination =
            if name.is_some() { Arc::clone(&u32::fixed().internet) } else { destination };
        let machines = if query.source == Endpoint::AnyPrivate {
            self.somewhere()
        } else {
            Machines { set: source, sources: Sources::Exactly, own: None }
        };
        let flows = piece(query, Arc::clone(&machines.set), destination);
        if flows.is_empty() {
            return unknown("the question holds no flow over IPv4".to_owned());
        }
        let question = Question {
            rows: self.packet_rows(),
            hosts: self.host_list(),
            flows: &flows,
            names: &names,
            everywhere: name.is_none(),
            platform: name.is_some(),
            own: machines.own.as_ref(),
        };
        let Some(answered) = question.answer(self) else {
            return unknown(crate::decide::judge::TOO_COMPLEX.to_owned());
        };
        let all: Vec<_> = answered.into_iter().map(|it| (question.tally(&it), it)).collect();
        let found = self.weigh(&machines, all, &names);
        let stopped = self.stopped(&flows, &found.answered, self.host_list());
        let decider = match found.verdict {
            Verdict::Allowed => self.deciders(&found.answered).first().copied(),
            Verdict::Blocked | Verdict::Partial => stopped.map(|it| it.entry),
            Verdict::Unknown => None,
        };
        let mut words: Vec<String> = found
            .reason
            .into_iter()
            .chain(found.assumption.filter(|_| found.verdict != Verdict::Unknown))
            .collect();
        words.extend(self.assumptions(found.verdict, &found.answered, false));
        FirewallTraced {
            verdict: found.verdict,
            decider,
            steps: self.steps(&flows, &names, &found.answered),
            reason: (!words.is_empty()).then(|| words.join("; ")),
        }
    }

    fn end_of(&self, end: &Endpoint) -> Result<Arc<Ranges<u32>>, String> {
        let set = match end {
            Endpoint::Address(address) => {
                u32::integer(*address).map_or_else(Ranges::empty, Ranges::single)
            }
            Endpoint::Network(network) => u32::bounds(*network)
                .map_or_else(Ranges::empty, |(low, high)| Ranges::range(low, high)),
            Endpoint::AnyPrivate => return Ok(Arc::clone(&u32::fixed().private)),
            Endpoint::Tag(name) => {
                let extent = extent::tag::<u32>(self.lexicon, name);
                return extent.why.map_or(Ok(extent.surely), |why| Err(why.to_string()));
            }
        };
        Ok(Arc::new(set))
    }

    fn steps(
        &self,
        flows: &Cube<u32>,
        names: &HostNames,
        answered: &[Answered<u32>],
    ) -> Vec<FirewallStep> {
        let mut steps = Vec::new();
        for row in self.packet_rows::<u32>() {
            let tried = packet_tried(row, flows, names);
            let whole = tried == FirewallTried::Whole;
            steps.push(FirewallStep { entry: row.entry, tried });
            if whole {
                return steps;
            }
        }
        let single = |axis| flows.axis(axis).first().unwrap_or_default();
        let port = u16::try_from(single(Axis::DestinationPort)).unwrap_or_default();
        let call =
            Call { source: single(Axis::Source), port, kind: kind_of(port), platform: names.all };
        let listens = answered.iter().any(|it| it.heard.is_some());
        let is_one =
            flows.axis(Axis::Source).count() == 1 && flows.axis(Axis::DestinationPort).count() == 1;
        for (place, row) in self.host_list().rows.iter().enumerate() {
            if self.entries.get(row.entry).is_some_and(|it| it.pass == Pass::Infrastructure) {
                continue;
            }
            let no = FirewallTried::No(FirewallField::Name);
            let tried = match self.host_list().tried(place, call, names) {
                _ if !listens => no,
                (Fits::No, _) if is_one => no,
                (Fits::Yes, _) if is_one => FirewallTried::Whole,
                (_, Some(why)) => FirewallTried::Perhaps(why),
                _ => FirewallTried::Part,
            };
            let whole = tried == FirewallTried::Whole;
            steps.push(FirewallStep { entry: row.entry, tried });
            if whole {
                return steps;
            }
        }
        steps.push(FirewallStep { entry: self.end(), tried: FirewallTried::Whole });
        steps
    }

    /// Whether an entry has a part in the order of a flow that leaves the network.
    pub fn is_tried(entry: &FirewallEntry<'_>) -> bool {
        matches!(entry.pass, Pass::Network | Pass::Application)
    }
}

fn packet_tried(row: &PacketRow<u32>, flows: &Cube<u32>, names: &HostNames) -> FirewallTried {
    let sets = [
        (Axis::Source, &row.source),
        (Axis::Destination, &row.destination),
        (Axis::DestinationPort, &row.ports),
    ];
    let protocols = flows.axis(Axis::Protocol);
    let first = protocols.first().and_then(|it| u16::try_from(it).ok()).unwrap_or_default();
    let ported = matches!(first, family::TCP | family::UDP);
    let sets = sets.into_iter().filter(|(axis, _)| ported || *axis != Axis::DestinationPort);
    let miss = sets
        .clone()
        .find(|(axis, extent)| !extent.perhaps.intersects(flows.axis(*axis)))
        .map(|(axis, _)| axis);
    if let Some(axis) = miss {
        return FirewallTried::No(FirewallField::Packet(axis));
    }
    let kinds = [family::TCP, family::UDP, family::ICMP, family::ESP];
    let asked = kinds.iter().filter(|kind| protocols.contains(u32::from(**kind)));
    let fits: Vec<Fits> = asked.map(|kind| row.carried.fits(*kind)).collect();
    if fits.iter().all(|it| *it == Fits::No) {
        return FirewallTried::No(FirewallField::Packet(Axis::Protocol));
    }
    let is_named = names.single().is_some_and(|host| row.names.iter().any(|it| it == host));
    let holds = |(axis, extent): (Axis, &extent::Extent<u32>)| {
        let set =
            if is_named && axis == Axis::Destination { &extent.perhaps } else { &extent.surely };
        flows.axis(axis).is_subset(set)
    };
    let all = sets.clone().all(holds);
    if row.why.is_none() && all && fits.iter().all(|it| *it == Fits::Yes) {
        return FirewallTried::Whole;
    }
    match row.doubt() {
        Some(why) => FirewallTried::Perhaps(why),
        None => FirewallTried::Part,
    }
}
