//! One flow, rule by rule: which rules were tried, on which field each fell out, and which decided.

use super::{
    budget::Budget,
    extent::{self, Lexicon, Why},
    family::Family,
    judge::{Decision, Doubt, Sources},
    policy::{NsgPolicy, Row, Rows},
    requirement::flow,
    site::{both, whole},
};
use crate::{
    model::{Direction, Protocol},
    space::{Axis, Cube, Ranges},
    verdict::{Flow, Verdict},
};
use ipnetwork::IpNetwork;
use std::{net::IpAddr, sync::Arc};

/// One end of a flow that is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// One address.
    Address(IpAddr),
    /// Every address of a prefix.
    Network(IpNetwork),
    /// Every address of a tag.
    Tag(String),
    /// Any private address: where the machine is was not said.
    AnyPrivate,
}

/// A flow that is asked about; what is left out stands for every value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowQuery {
    /// The direction.
    pub direction: Direction,
    /// Where it comes from.
    pub source: Endpoint,
    /// The port it comes from; else any that a client picks.
    pub source_port: Option<u16>,
    /// Where it goes.
    pub destination: Endpoint,
    /// The port it goes to; else any.
    pub port: Option<u16>,
    /// The protocol.
    pub protocol: Protocol,
}

impl FlowQuery {
    /// Whether it is about IPv6; `None` where one end is IPv4 and the other IPv6.
    pub(super) fn is_ipv6(&self) -> Option<bool> {
        match (self.source.is_ipv6(), self.destination.is_ipv6()) {
            (Some(true), Some(false)) | (Some(false), Some(true)) => None,
            (Some(true), _) | (_, Some(true)) => Some(true),
            _ => Some(false),
        }
    }
}

impl Endpoint {
    fn is_ipv6(&self) -> Option<bool> {
        match self {
            Self::Address(address) => Some(address.is_ipv6()),
            Self::Network(network) => Some(network.is_ipv6()),
            Self::Tag(_) | Self::AnyPrivate => None,
        }
    }
}

/// One rule that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The place of the rule.
    pub entry: usize,
    /// What came of it.
    pub tried: Tried,
}

/// What came of trying a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// It does not match: the first field that tells why.
    No(Axis),
    /// It matches every flow of the question.
    Whole,
    /// It matches some of them.
    Part,
    /// It matches or not, for a reason.
    Perhaps(Why),
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traced {
    /// The verdict.
    pub verdict: Verdict,
    /// The place of the deciding rule: the first that stops the flow, or that lets it through; none
    /// where the platform decides or the answer is unknown.
    pub decider: Option<usize>,
    /// Every rule up to the one that leaves nothing.
    pub steps: Vec<Step>,
    /// Why, where the rules alone don't tell.
    pub reason: Option<String>,
    /// Where only a part is let through, a flow that is stopped and one that is let through.
    pub parts: Option<Parts>,
}

/// One flow of each kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// A flow that is stopped.
    pub stopped: Flow,
    /// A flow that is let through.
    pub passed: Flow,
}

impl NsgPolicy<'_> {
    /// Follows one flow. Flows between IPv4 and IPv6 can't be asked about: then `None`.
    pub fn trace(&self, query: &FlowQuery) -> Option<Traced> {
        match query.is_ipv6()? {
            true => Some(self.follow::<u128>(query)),
            false => Some(self.follow::<u32>(query)),
        }
    }

    fn follow<V: Rows>(&self, query: &FlowQuery) -> Traced {
        if let Some(answer) = self.platform_answer(query) {
            return answer;
        }
        let unknown = |reason| Traced {
            verdict: Verdict::Unknown,
            decider: None,
            steps: Vec::new(),
            reason: Some(reason),
            parts: None,
        };
        let (source, destination) =
            match (self.end::<V>(&query.source), self.end::<V>(&query.destination)) {
                (Ok(source), Ok(destination)) => (source, destination),
                (Err(reason), _) | (_, Err(reason)) => return unknown(reason),
            };
        let piece = piece(query, source, destination);
        if piece.is_empty() {
            return unknown("the question holds no flow of this address family".to_owned());
        }
        // Without a source the machine is somewhere; with one, the question is about just that.
        let sources = if query.source == Endpoint::AnyPrivate {
            self.machines::<V>().1
        } else {
            Sources::Exactly
        };
        // Of many flows none is to hang on those before it.
        let budget = Budget::default();
        let decision = self.judge_within(&budget, query.direction, &piece, sources);
        let steps = steps(self.rows::<V>(query.direction), &piece);
        let mut traced = Traced {
            verdict: decision.verdict,
            decider: decider(&decision),
            steps,
            reason: self.doubts(query.direction, &decision),
            parts: parts(&decision),
        };
        if query.protocol == Protocol::Any && query.port.is_none() && query.source_port.is_none() {
            self.portless(&mut traced, query, (&piece, sources, &decision));
        }
        if let Some(reason) = self.unread() {
            traced.verdict = Verdict::Unknown;
            traced.decider = None;
            traced.parts = None;
            traced.reason = Some(reason);
        }
        self.licensing_answer(query, traced)
    }

    /// NSG-027: what has no ports is asked about on its own, as a rule whose protocol is not known
    /// matches it, whatever ports the rule lists.
    fn portless<V: Rows>(
        &self,
        traced: &mut Traced,
        query: &FlowQuery,
        (piece, sources, ported): (&Cube<V>, Sources, &Decision<V>),
    ) {
        let fixed = V::fixed();
        let none = || Arc::new(Ranges::single(V::from(0_u16)));
        let protocols = Arc::new(fixed.protocols.minus(&fixed.ported));
        let piece = piece
            .clone()
            .with(Axis::SourcePort, none())
            .with(Axis::DestinationPort, none())
            .with(Axis::Protocol, protocols);
        let decision = self.judge_within(&Budget::default(), query.direction, &piece, sources);
        let Some(verdict) = whole(&[traced.verdict, decision.verdict]) else { return };
        let steps = steps(self.rows::<V>(query.direction), &piece);
        for (known, more) in traced.steps.iter_mut().zip(steps) {
            let is_missed = |step: &Step| matches!(step.tried, Tried::No(_));
            if is_missed(known) && !is_missed(&more) {
                known.tried = match more.tried {
                    Tried::Whole => Tried::Part,
                    other => other,
                };
            }
        }
        if verdict == traced.verdict {
            return;
        }
        traced.verdict = verdict;
        let stopped = decision.stopped.as_ref().or(ported.stopped.as_ref());
        let passed = ported.passed.as_ref().or(decision.passed.as_ref());
        traced.parts = stopped
            .zip(passed)
            .filter(|_| verdict == Verdict::Partial)
            .map(|((stopped, _), passed)| Parts { stopped: flow(*stopped), passed: flow(*passed) });
        traced.decider = match verdict {
            Verdict::Partial => decider(&decision).or(traced.decider),
            _ => None,
        };
        let reason = self.doubts(query.direction, &decision);
        traced.reason = both(traced.reason.take(), reason);
    }

    fn platform_answer(&self, query: &FlowQuery) -> Option<Traced> {
        let Endpoint::Address(destination) = query.destination else { return None };
        if query.direction != Direction::Outbound {
            return None;
        }
        let answer = self.platform(destination, query.protocol, query.port)?;
        Some(Traced {
            verdict: answer.verdict,
            decider: answer.entry,
            steps: Vec::new(),
            reason: Some(answer.reason.to_owned()),
            parts: None,
        })
    }

    /// NSG-064: a stop means something else for licensing traffic.
    fn licensing_answer(&self, query: &FlowQuery, traced: Traced) -> Traced {
        let Endpoint::Address(destination) = query.destination else { return traced };
        let outbound = query.direction == Direction::Outbound;
        if !outbound || !self.licensing(destination, query.protocol, query.port) {
            return traced;
        }
        match (traced.verdict, traced.decider) {
            (Verdict::Blocked, Some(entry)) => {
                let answer = self.licensing_stopped(entry);
                Traced { verdict: answer.verdict, reason: Some(answer.reason.to_owned()), ..traced }
            }
            _ => traced,
        }
    }

    fn end<V: Family>(&self, it: &Endpoint) -> Result<Arc<Ranges<V>>, String> {
        end(self.lexicon(), it, || self.machines().0)
    }

    fn doubts<V>(&self, direction: Direction, decision: &Decision<V>) -> Option<String> {
        let entries = &self.way(direction).entries;
        let words: Vec<String> = decision
            .doubts
            .iter()
            .map(|doubt| match doubt {
                Doubt::Budget => super::judge::TOO_COMPLEX.to_owned(),
                Doubt::Source => "it depends on the source address".to_owned(),
                Doubt::Rule(entry, why) => {
                    let name = entries.get(*entry).map_or("", |entry| entry.rule.name());
                    format!("rule `{name}`: {why}")
                }
            })
            .collect();
        (!words.is_empty()).then(|| words.join("; "))
    }
}

fn decider<V>(decision: &Decision<V>) -> Option<usize> {
    match decision.verdict {
        Verdict::Allowed => decision.deciders.first().copied(),
        Verdict::Blocked | Verdict::Partial => decision.stopped.as_ref().map(|(_, entry)| *entry),
        Verdict::Unknown => None,
    }
}

fn parts<V: Family>(decision: &Decision<V>) -> Option<Parts> {
    if decision.verdict != Verdict::Partial {
        return None;
    }
    let ((stopped, _), passed) = decision.stopped.zip(decision.passed)?;
    Some(Parts { stopped: flow(stopped), passed: flow(passed) })
}

/// The addresses of one end; `machines` where nothing is said of it.
pub(super) fn end<V: Family>(
    lexicon: Lexicon<'_>,
    end: &Endpoint,
    machines: impl Fn() -> Arc<Ranges<V>>,
) -> Result<Arc<Ranges<V>>, String> {
    match end {
        Endpoint::Address(address) => {
            Ok(Arc::new(V::integer(*address).map_or_else(Ranges::empty, Ranges::single)))
        }
        Endpoint::Network(network) => Ok(Arc::new(
            V::bounds(*network).map_or_else(Ranges::empty, |(low, high)| Ranges::range(low, high)),
        )),
        Endpoint::AnyPrivate => Ok(machines()),
        Endpoint::Tag(name) => {
            let extent = extent::tag::<V>(lexicon, name);
            extent.why.map_or(Ok(extent.surely), |why| Err(why.to_string()))
        }
    }
}

/// The flows of a question.
pub(super) fn piece<V: Family>(
    query: &FlowQuery,
    source: Arc<Ranges<V>>,
    destination: Arc<Ranges<V>>,
) -> Cube<V> {
    let fixed = V::fixed();
    let ported = matches!(query.protocol, Protocol::Tcp | Protocol::Udp | Protocol::Any);
    let port = |port: Option<u16>, any: &Arc<Ranges<V>>| match port {
        Some(port) => Arc::new(Ranges::single(V::from(port))),
        None => Arc::clone(any),
    };
    // NSG-027: ICMP, ESP and AH have no ports; 0 stands for none.
    let none = || Arc::new(Ranges::single(V::from(0_u16)));
    let (source_ports, ports) = if ported {
        (port(query.source_port, &fixed.ephemeral), port(query.port, &fixed.ports))
    } else {
        (none(), none())
    };
    let with_ports = ported && (query.port.is_some() || query.source_port.is_some());
    let protocols = extent::protocols(query.protocol, with_ports).surely;
    Cube::new([source, source_ports, destination, ports, protocols])
}

/// The rules that flows try, up to the one that leaves nothing.
pub(super) fn steps<V: Family>(rows: &[Row<V>], piece: &Cube<V>) -> Vec<Step> {
    let mut steps = Vec::new();
    for (entry, row) in rows.iter().enumerate() {
        let missed = Axis::ALL
            .into_iter()
            .find(|&axis| !row.perhaps.axis(axis).intersects(piece.axis(axis)));
        let whole = row.surely().is_some_and(|cube| piece.is_subset(cube));
        let tried = match (missed, whole, &row.why) {
            (Some(axis), ..) => Tried::No(axis),
            (None, true, _) => Tried::Whole,
            (None, false, Some(why)) => Tried::Perhaps(why.clone()),
            (None, false, None) => Tried::Part,
        };
        steps.push(Step { entry, tried });
        if whole {
            break;
        }
    }
    steps
}
