//! Follows flows from element to element. At each they fall into parts: those that are stopped, and
//! those that go on, of which it may not be known whether they do.

use super::{
    Path, Stage,
    ends::{Decider, End, Passage},
    starts::title,
};
use crate::{
    decide::{
        HostNames,
        firewall::FirewallFamily,
        policy::Rows,
        route::{Hop, Origin, RouteList, Routed, Way},
    },
    model::{Direction, Field, Reference, Subnet},
    source::Span,
    space::{Axis, Cube, Ranges},
    verdict::Verdict,
};
use std::{net::IpAddr, sync::Arc};

/// So many appliances are followed one behind the other.
const FARTHEST: usize = 4;

/// A walk along one path.
#[derive(Debug)]
pub(super) struct Walk<'w, 'e, V> {
    pub(super) path: &'w Path<'e>,
    /// The elements that were met, in order.
    pub(super) passages: Vec<Passage>,
    pub(super) ends: Vec<End<V>>,
    /// What is taken for granted.
    pub(super) assumed: Vec<String>,
    /// Whether it is told which rules were tried.
    pub(super) is_told: bool,
    /// What flows ask for by name.
    pub(super) wanted: &'w Wanted,
}

/// What flows ask for by name.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) names: HostNames,
    /// The tags of the row that asks; FQDN tags of that name hold the names.
    pub(super) tags: Option<Vec<String>>,
}

/// Flows on their way.
#[derive(Clone, Debug)]
pub(super) struct Cell<V> {
    /// As they are now.
    pub(super) flows: Cube<V>,
    /// As they set out.
    origin: Cube<V>,
    /// Whether their source is no longer that of the machine (FW-072).
    is_translated: bool,
    /// Whether it is not known that they got here.
    pub(super) is_doubted: bool,
}

/// A subnet whose routes are asked.
#[derive(Clone, Copy)]
pub(super) struct Home<'e> {
    pub(super) subnet: &'e Subnet,
    /// How many appliances are behind.
    pub(super) depth: usize,
    /// The appliance whose subnet it is.
    pub(super) own: Option<IpAddr>,
}

/// Families that paths are followed in.
pub(super) trait Followed: Rows + Routed + FirewallFamily {}
impl<V: Rows + Routed + FirewallFamily> Followed for V {}

impl<V: Followed> Cell<V> {
    /// A part of the flows.
    pub(super) fn part(&self, flows: Cube<V>) -> Self {
        if !self.is_translated {
            let (origin, is_translated) = (flows.clone(), false);
            return Self { flows, origin, is_translated, is_doubted: self.is_doubted };
        }
        let axes = [Axis::SourcePort, Axis::Destination, Axis::DestinationPort, Axis::Protocol];
        let origin = axes
            .into_iter()
            .fold(self.origin.clone(), |all, axis| all.with(axis, Arc::clone(flows.axis(axis))));
        // Which client has which of the addresses of the appliance nobody can tell.
        let is_split = flows.axis(Axis::Source) != self.flows.axis(Axis::Source);
        let is_doubted = self.is_doubted || is_split;
        Self { flows, origin, is_translated: true, is_doubted }
    }

    pub(super) fn to(&self, destinations: Ranges<V>) -> Self {
        self.part(self.flows.clone().with(Axis::Destination, Arc::new(destinations)))
    }

    pub(super) fn doubted(self) -> Self {
        Self { is_doubted: true, ..self }
    }

    /// With other sources than they had.
    pub(super) fn translated(self, sources: Arc<Ranges<V>>) -> Self {
        Self { flows: self.flows.with(Axis::Source, sources), is_translated: true, ..self }
    }
}

impl<'w, 'e, V: Followed> Walk<'w, 'e, V> {
    pub(super) const fn new(path: &'w Path<'e>, is_told: bool, wanted: &'w Wanted) -> Self {
        Self { path, passages: Vec::new(), ends: Vec::new(), assumed: Vec::new(), is_told, wanted }
    }

    /// Follows flows that set out.
    pub(super) fn out(&mut self, flows: &Cube<V>) {
        let mut cells = vec![first(flows)];
        for (stage, carried) in &self.path.groups {
            cells = self.group(*stage, carried, Direction::Outbound, cells);
        }
        let home = Home { subnet: self.path.start.subnet, depth: 0, own: None };
        self.route(&self.path.routes, home, cells);
    }

    /// Follows flows that come in (NSG-013).
    pub(super) fn back(&mut self, flows: &Cube<V>) {
        let mut cells = vec![first(flows)];
        for (stage, carried) in self.path.groups.iter().rev() {
            cells = self.group(*stage, carried, Direction::Inbound, cells);
        }
        cells.into_iter().for_each(|cell| self.arrive(cell));
    }

    pub(super) fn arrive(&mut self, cell: Cell<V>) {
        let arrives = (!cell.is_doubted).then_some(true);
        self.ends.push(End { flows: cell.origin, arrives, stopper: None });
    }

    pub(super) fn stop(&mut self, cell: Cell<V>, at: usize, decider: Decider) {
        if let Some(passage) = self.passages.get_mut(at) {
            passage.met(Verdict::Blocked, None);
            passage.decided(decider.clone());
        }
        let stopper = Some((at, decider));
        self.ends.push(End { flows: cell.origin, arrives: Some(false), stopper });
    }

    /// Flows of which it is not known what becomes of them.
    pub(super) fn lose(&mut self, cell: Cell<V>, at: usize, reason: &str) {
        self.note(at, Verdict::Unknown, Some(reason), None);
        self.ends.push(End { flows: cell.origin, arrives: None, stopper: None });
    }

    pub(super) fn note(
        &mut self,
        at: usize,
        verdict: Verdict,
        reason: Option<&str>,
        decider: Option<Decider>,
    ) {
        if let Some(passage) = self.passages.get_mut(at) {
            passage.met(verdict, reason);
            decider.into_iter().for_each(|decider| passage.decided(decider));
        }
    }

    pub(super) fn assume(&mut self, what: String) {
        if !self.assumed.contains(&what) {
            self.assumed.push(what);
        }
    }

    /// The place of an element among those that were met.
    pub(super) fn passage(
        &mut self,
        stage: Stage,
        resource: &str,
        (span, holder): (Option<Span>, Option<String>),
    ) -> usize {
        let is = |it: &Passage| {
            (it.stage, it.resource.as_str(), it.span, &it.holder)
                == (stage, resource, span, &holder)
        };
        if let Some(at) = self.passages.iter().position(is) {
            return at;
        }
        self.passages.push(Passage {
            stage,
            resource: resource.to_owned(),
            span,
            holder,
            verdicts: Vec::new(),
            deciders: Vec::new(),
            reasons: Vec::new(),
            attempts: Vec::new(),
        });
        self.passages.len() - 1
    }

    /// Sends each of the flows where its route leads.
    pub(super) fn route(&mut self, routes: &RouteList<'e>, home: Home<'e>, cells: Vec<Cell<V>>) {
        for cell in cells {
            for choice in routes.split(cell.flows.axis(Axis::Destination)) {
                let part = cell.to(choice.destinations);
                let ways: Vec<&Way<'e>> =
                    choice.ways.iter().filter_map(|&at| routes.ways.get(at)).collect();
                match ways.as_slice() {
                    [] => {}
                    [way] => self.follow(way, home, part),
                    ways => self.fork(ways, home, &part),
                }
            }
        }
    }

    /// One of the routes is in force, and which is not known: where flows fare the same on all of
    /// them, it makes no difference.
    fn fork(&mut self, ways: &[&Way<'e>], home: Home<'e>, cell: &Cell<V>) {
        let mut first: Option<Self> = None;
        let mut fate = None;
        let mut is_open = false;
        for way in ways {
            let mut walk = Self::new(self.path, self.is_told, self.wanted);
            walk.follow(way, home, cell.clone());
            for end in &walk.ends {
                is_open |= end.arrives.is_none() || *fate.get_or_insert(end.arrives) != end.arrives;
            }
            first.get_or_insert(walk);
        }
        if let Some(walk) = first.filter(|_| !is_open) {
            self.absorb(walk);
            return;
        }
        let why = ways.iter().find_map(|way| way.why.as_deref()).unwrap_or_default();
        let written = ways.iter().find(|way| matches!(way.origin, Origin::Written(..)));
        let at = self.routes_of(written.or(ways.first()).copied(), home);
        self.lose(cell.clone(), at, why);
    }

    fn absorb(&mut self, walk: Self) {
        let mut places = Vec::new();
        for passage in walk.passages {
            let known = (passage.span, passage.holder.clone());
            let at = self.passage(passage.stage, &passage.resource, known);
            if let Some(own) = self.passages.get_mut(at) {
                own.absorb(passage);
            }
            places.push(at);
        }
        self.ends.extend(walk.ends.into_iter().map(|end| {
            let stopper = end.stopper.and_then(|(at, it)| Some((*places.get(at)?, it)));
            End { stopper, ..end }
        }));
        walk.assumed.into_iter().for_each(|it| self.assume(it));
    }

    fn routes_of(&mut self, way: Option<&Way<'e>>, home: Home<'e>) -> usize {
        let (name, span) = match way.map(|way| way.origin) {
            Some(Origin::Written(table, _)) => (table.name.value.as_str(), Some(table.span)),
            _ => ("system routes", None),
        };
        let holder = Some(title(home.subnet));
        self.passage(Stage::Routes, name, (span, holder))
    }

    pub(super) fn follow(&mut self, way: &Way<'e>, home: Home<'e>, cell: Cell<V>) {
        let at = self.routes_of(Some(way), home);
        let decider = route(way);
        match &way.hop {
            Hop::Nowhere => self.stop(cell, at, Decider { stops: true, ..decider }),
            Hop::Unknown(reason) => self.lose(cell, at, reason),
            Hop::Gateway => {
                self.note(at, Verdict::Unknown, None, Some(decider));
                self.lose(cell, at, "what is behind the gateway is not known");
            }
            Hop::Platform | Hop::Service(_) => {
                self.note(at, Verdict::Allowed, None, Some(decider));
                self.arrive(cell);
            }
            Hop::Internet => {
                self.note(at, Verdict::Allowed, None, Some(decider));
                self.leave(home, cell);
            }
            Hop::Network(network) => {
                self.note(at, Verdict::Allowed, None, Some(decider));
                self.inside(*network, home, &cell);
            }
            Hop::Endpoint(endpoint) => {
                self.note(at, Verdict::Allowed, None, Some(decider));
                self.endpoint(endpoint, cell);
            }
            Hop::Appliance(Some(address)) if home.own == Some(*address) => {
                // RT-024
                self.stop(cell, at, Decider { stops: true, ..decider });
            }
            Hop::Appliance(address) => {
                self.note(at, Verdict::Allowed, None, Some(decider));
                self.appliance(*address, home, (at, cell));
            }
        }
    }

    fn appliance(&mut self, address: Option<IpAddr>, home: Home<'e>, (at, cell): (usize, Cell<V>)) {
        let Some(address) = address else {
            self.lose(cell, at, "the address of the appliance is not known");
            return;
        };
        if home.depth >= FARTHEST {
            self.lose(cell, at, "it leads from appliance to appliance");
            return;
        }
        match self.path.paths.firewall(address, home.subnet) {
            Ok(firewall) => self.firewall((firewall, address), home, cell),
            Err(reason) => self.lose(cell, at, &reason),
        }
    }

    /// RT-030: what the source of flows to the Internet is turned into.
    fn leave(&mut self, home: Home<'e>, cell: Cell<V>) {
        let subnet = home.subnet;
        let is_off = subnet.default_outbound.known() == Some(&false);
        if home.depth > 0 || !is_off || subnet.nat_gateway != Reference::None {
            self.arrive(cell);
            return;
        }
        let name = title(subnet);
        let interfaces: Vec<_> = match self.path.start.interface {
            Some(interface) => vec![interface],
            None => self.path.paths.interfaces_in(subnet).collect(),
        };
        let has_own =
            |at: usize| interfaces.get(at).is_some_and(|it| it.public_address != Reference::None);
        if self.path.start.interface.is_some() && has_own(0) {
            self.arrive(cell);
            return;
        }
        let at = self.passage(Stage::Outbound, &name, (Some(subnet.name.span), None));
        let is_open = interfaces.is_empty()
            || (0..interfaces.len()).any(has_own)
            || interfaces.iter().any(|it| !it.pools.is_empty());
        if is_open {
            let reason = "the subnet has no way out of its own (`defaultOutboundAccess` is false, \
                          and there is no NAT gateway), and whether its machines have one is not \
                          known";
            self.lose(cell, at, reason);
            return;
        }
        let span = match &subnet.default_outbound {
            Field::Known(read) => Some(read.span),
            Field::Unknown(_) | Field::Invalid { .. } | Field::Missing => None,
        };
        let decider = Decider {
            rule: "defaultOutboundAccess".to_owned(),
            priority: None,
            span,
            mark: span,
            effect: Some("no NAT gateway, no public address".to_owned()),
            stops: true,
        };
        self.stop(cell, at, decider);
    }
}

fn first<V: Followed>(flows: &Cube<V>) -> Cell<V> {
    let (flows, origin) = (flows.clone(), flows.clone());
    Cell { flows, origin, is_translated: false, is_doubted: false }
}

/// A route as what decides.
fn route(way: &Way<'_>) -> Decider {
    let effect = match &way.hop {
        Hop::Platform => "the host".to_owned(),
        Hop::Network(_) => "virtual network".to_owned(),
        Hop::Internet => "Internet".to_owned(),
        Hop::Service(service) => format!("service endpoint {service}"),
        Hop::Endpoint(endpoint) => format!("private endpoint {}", endpoint.name.value),
        Hop::Appliance(Some(address)) => format!("appliance {address}"),
        Hop::Appliance(None) => "an appliance".to_owned(),
        Hop::Gateway => "gateway".to_owned(),
        Hop::Nowhere => "none: dropped".to_owned(),
        Hop::Unknown(_) => "not known".to_owned(),
    };
    let (rule, span, mark) = match way.origin {
        Origin::Written(_, route) => {
            let mark = route.next_hop.span().unwrap_or(route.name.span);
            (route.name.value.clone(), Some(route.span), Some(mark))
        }
        Origin::System(what) => (what.to_owned(), None, None),
        Origin::Learned => ("learned from the gateway".to_owned(), None, None),
        Origin::Unread => ("not in the input".to_owned(), None, None),
    };
    Decider { rule, priority: None, span, mark, effect: Some(effect), stops: false }
}
