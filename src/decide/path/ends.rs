//! What a walk along a path leaves behind: the elements that were met, and how flows ended.

use crate::{
    decide::{family::Family, flow::Tried, site::whole},
    model::Access,
    source::Span,
    space::{Axis, Cube, Point, Ranges},
    verdict::Verdict,
};
use std::sync::Arc;

/// What kind of element it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The group of the interface, on the way out.
    InterfaceGroup,
    /// The group of the subnet, on the way out.
    SubnetGroup,
    /// The routes of a subnet.
    Routes,
    /// The way out to the Internet (RT-030).
    Outbound,
    /// A firewall.
    Firewall,
    /// The group of the subnet at the other end.
    FarSubnetGroup,
    /// The group of the interface at the other end.
    FarInterfaceGroup,
}

impl Stage {
    /// The word for it in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::InterfaceGroup
            | Self::SubnetGroup
            | Self::FarSubnetGroup
            | Self::FarInterfaceGroup => "nsg",
            Self::Routes => "route",
            Self::Outbound => "outbound",
            Self::Firewall => "firewall",
        }
    }

    /// The type of the element in Azure.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::InterfaceGroup
            | Self::SubnetGroup
            | Self::FarSubnetGroup
            | Self::FarInterfaceGroup => "Microsoft.Network/networkSecurityGroups",
            Self::Routes => "Microsoft.Network/routeTables",
            Self::Outbound => "Microsoft.Network/virtualNetworks/subnets",
            Self::Firewall => "Microsoft.Network/azureFirewalls",
        }
    }
}

/// A rule or route that decides flows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decider {
    /// Its name.
    pub rule: String,
    /// Its priority, where it has one.
    pub priority: Option<i64>,
    /// Where it was written; Azure's own are nowhere.
    pub span: Option<Span>,
    /// The place in it that findings point at.
    pub mark: Option<Span>,
    /// What it does with them: `next hop 10.0.1.4`.
    pub effect: Option<String>,
    /// Whether it stops flows.
    pub stops: bool,
}

/// A rule of a group that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its name.
    pub rule: String,
    /// Its priority.
    pub priority: Option<i64>,
    /// What it does; nothing where that is not known.
    pub access: Option<Access>,
    /// What came of it.
    pub tried: Tried,
}

/// An element that flows met.
#[derive(Clone, Debug)]
pub struct Passage {
    /// What kind of element it is.
    pub stage: Stage,
    /// Its name.
    pub resource: String,
    /// Where it stands; nothing where the input does not have it.
    pub span: Option<Span>,
    /// Who carries it, where that tells it from others: the subnet or interface.
    pub holder: Option<String>,
    /// What becomes here of the flows that get here.
    pub verdicts: Vec<Verdict>,
    /// The rules that decide, those that stop flows first.
    pub deciders: Vec<Decider>,
    /// What is not known, and what is assumed.
    pub reasons: Vec<String>,
    /// The rules that were tried, where one flow is followed.
    pub attempts: Vec<Attempt>,
}

impl Passage {
    /// What becomes here of the flows that get here.
    pub fn verdict(&self) -> Verdict {
        whole(&self.verdicts).unwrap_or(Verdict::Unknown)
    }

    pub(super) fn decided(&mut self, decider: Decider) {
        if !self.deciders.contains(&decider) {
            let at = self.deciders.iter().take_while(|it| it.stops || !decider.stops).count();
            self.deciders.insert(at, decider);
        }
    }

    /// Takes over what another walk met here.
    pub(super) fn absorb(&mut self, other: Self) {
        other.verdicts.into_iter().for_each(|verdict| self.met(verdict, None));
        other.deciders.into_iter().for_each(|decider| self.decided(decider));
        if self.attempts.is_empty() {
            self.attempts = other.attempts;
        }
        for reason in other.reasons {
            if !self.reasons.contains(&reason) {
                self.reasons.push(reason);
            }
        }
    }

    pub(super) fn met(&mut self, verdict: Verdict, reason: Option<&str>) {
        if !self.verdicts.contains(&verdict) {
            self.verdicts.push(verdict);
        }
        if let Some(reason) = reason
            && self.reasons.iter().all(|it| it != reason)
        {
            self.reasons.push(reason.to_owned());
        }
    }
}

/// How a part of the flows ends.
#[derive(Clone, Debug)]
pub(super) struct End<V> {
    /// The flows as they set out.
    pub(super) flows: Cube<V>,
    /// Whether they arrive; `None` where that is not known.
    pub(super) arrives: Option<bool>,
    /// The place of the element that stops them, and of the rule.
    pub(super) stopper: Option<(usize, Decider)>,
}

/// The verdict on flows that end like this, from all machines or from some.
pub(super) fn verdict<V: Family>(ends: &[End<V>], is_exact: bool) -> (Verdict, bool) {
    let of = |ends: &mut dyn Iterator<Item = &End<V>>| {
        let words = ends.map(|end| match end.arrives {
            Some(true) => Verdict::Allowed,
            Some(false) => Verdict::Blocked,
            None => Verdict::Unknown,
        });
        whole(&words.collect::<Vec<_>>()).unwrap_or(Verdict::Unknown)
    };
    let all = of(&mut ends.iter());
    if is_exact || all != Verdict::Partial {
        return (all, false);
    }
    // The machines are at some of these addresses: it is enough that all fare the same.
    let sources = ends.iter().flat_map(|end| end.flows.axis(Axis::Source).iter());
    let mut cuts: Vec<V> = sources.map(|(low, _)| low).collect();
    let after = ends.iter().flat_map(|end| end.flows.axis(Axis::Source).iter());
    cuts.extend(after.filter_map(|(_, high)| high.next()));
    cuts.sort_unstable();
    cuts.dedup();
    let mut first = None;
    for cut in cuts {
        let has = |end: &&End<V>| end.flows.axis(Axis::Source).contains(cut);
        if !ends.iter().any(|end| has(&end)) {
            continue;
        }
        let own = of(&mut ends.iter().filter(has));
        if *first.get_or_insert(own) != own {
            return (Verdict::Unknown, true);
        }
    }
    (first.unwrap_or(all), false)
}

/// A packet of the flows, its client port one that people know.
pub(super) fn packet<V: Family>(flows: &Cube<V>) -> Option<Point<V>> {
    let usual = V::from(50_000_u16);
    let ports = flows.axis(Axis::SourcePort);
    if ports.contains(usual) {
        let one = Arc::new(Ranges::single(usual));
        return flows.clone().with(Axis::SourcePort, one).witness();
    }
    flows.witness()
}
