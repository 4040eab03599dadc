//! The question that lints ask most: do machines behind the group reach a service on a port?

use super::{
    extent,
    family::Family as _,
    judge::{Decision, Sources},
    policy::{Entry, NsgPolicy, Rows},
};
use crate::{
    model::Direction,
    space::{Axis, Cube, Point, Ranges},
    verdict::Verdict,
};
use std::{net::IpAddr, sync::Arc};

impl NsgPolicy<'_> {
    /// The IPv4 addresses that the tag `name` stands for here, where they are known exactly.
    pub fn known_tag(&self, name: &str) -> Option<Arc<Ranges<u32>>> {
        let extent = extent::tag::<u32>(self.lexicon(), name);
        extent.why.is_none().then_some(extent.surely)
    }

    /// Flows of machines behind the group to some addresses, over TCP on one port.
    pub fn to_service(&self, destination: Arc<Ranges<u32>>, port: u16) -> Cube<u32> {
        let fixed = u32::fixed();
        Cube::new([
            // Where the group is used is not in the input: somewhere in the private ranges.
            Arc::clone(&fixed.private),
            Arc::clone(&fixed.ephemeral),
            destination,
            Arc::new(Ranges::single(port.into())),
            Arc::clone(&fixed.tcp),
        ])
    }

    /// Whether machines behind the group reach the tag `name` over TCP on `port`; `None` where the
    /// tag's addresses or the rules of the group are not known.
    pub fn service(&self, name: &str, port: u16) -> Option<Decision<u32>> {
        let destination = self.known_tag(name).filter(|set| !set.is_empty())?;
        self.reaches(destination, port)
    }

    /// The verdict of [`Self::service`] alone.
    pub fn service_verdict(&self, name: &str, port: u16) -> Option<Verdict> {
        let destination = self.known_tag(name).filter(|set| !set.is_empty())?;
        let flows = self.to_service(destination, port);
        let is_known = self.unread().is_none();
        is_known.then(|| self.weigh(Direction::Outbound, &flows, Sources::SomeOf).verdict)
    }

    /// The rules that decide flows of machines behind the group to the tag `name` over TCP on
    /// `port`, as far as they are `wanted`, by their places in the list of outbound entries.
    pub fn service_deciders(
        &self,
        name: &str,
        port: u16,
        wanted: impl Fn(&Entry<'_>) -> bool,
    ) -> Vec<usize> {
        let known = self.known_tag(name).filter(|set| !set.is_empty() && self.unread().is_none());
        let Some(destination) = known else { return Vec::new() };
        let flows = self.to_service(destination, port);
        self.deciders(Direction::Outbound, &flows, wanted)
    }

    /// Whether machines behind the group reach some addresses over TCP on `port`; `None` where the
    /// rules of the group are not known.
    pub fn reaches(&self, destination: Arc<Ranges<u32>>, port: u16) -> Option<Decision<u32>> {
        self.sure(Direction::Outbound, &self.to_service(destination, port), Sources::SomeOf)
    }

    /// Whether machines behind the group reach public addresses at all, over TCP or UDP on any
    /// port; `None` where the rules of the group are not known.
    pub fn internet(&self) -> Option<Decision<u32>> {
        self.sure(Direction::Outbound, &to_internet(), Sources::Exactly)
    }

    /// The verdict of [`Self::internet`] alone.
    pub fn internet_verdict(&self) -> Option<Verdict> {
        let is_known = self.unread().is_none();
        let verdict = || self.verdict(Direction::Outbound, &to_internet());
        is_known.then(|| *self.internet.get_or_init(verdict))
    }

    /// The rules that decide flows to public addresses, by their places in the list of outbound
    /// entries.
    pub fn internet_deciders(&self) -> Vec<usize> {
        self.deciders(Direction::Outbound, &to_internet(), |_| true)
    }

    /// Whether health probes reach machines behind the group, over TCP on any port (NSG-057);
    /// `None` where the rules of the group are not known.
    pub fn probes(&self) -> Option<Decision<u32>> {
        let fixed = u32::fixed();
        let flows = Cube::new([
            self.known_tag("AzureLoadBalancer")?,
            Arc::clone(&fixed.ephemeral),
            Arc::clone(&fixed.private),
            Arc::clone(&fixed.ports),
            Arc::clone(&fixed.tcp),
        ]);
        self.sure(Direction::Inbound, &flows, Sources::Exactly)
    }

    fn sure(
        &self,
        direction: Direction,
        flows: &Cube<u32>,
        sources: Sources,
    ) -> Option<Decision<u32>> {
        if self.unread().is_some() {
            return None;
        }
        let decision = self.weigh(direction, flows, sources);
        let stopped = decision.stopped.map(|found| self.plainer(direction, flows, found));
        Some(Decision { stopped, ..decision })
    }

    /// A stopped packet that looks like one, if the same rule stops such a packet too.
    pub(super) fn plainer<V: Rows>(
        &self,
        direction: Direction,
        flows: &Cube<V>,
        found: (Point<V>, usize),
    ) -> (Point<V>, usize) {
        let mut plain = flows.clone();
        let mut narrow = |axis: Axis, value: Option<V>| {
            if let Some(value) = value.filter(|&value| flows.axis(axis).contains(value)) {
                plain = plain.clone().with(axis, Arc::new(Ranges::single(value)));
            }
        };
        let machine = V::integer(IpAddr::from([10, 0, 0, 4]));
        narrow(Axis::SourcePort, Some(V::from(50_000_u16)));
        narrow(Axis::DestinationPort, Some(V::from(443_u16)));
        match direction {
            Direction::Outbound => narrow(Axis::Source, machine),
            Direction::Inbound => narrow(Axis::Destination, machine),
        }
        let again = self.weigh(direction, &plain, Sources::Exactly).stopped;
        again.filter(|(_, entry)| *entry == found.1).unwrap_or(found)
    }
}

fn to_internet() -> Cube<u32> {
    let fixed = u32::fixed();
    Cube::new([
        Arc::clone(&fixed.private),
        Arc::clone(&fixed.ephemeral),
        Arc::clone(&fixed.internet),
        Arc::clone(&fixed.ports),
        Arc::clone(&fixed.ported),
    ])
}
