//! The walk of flows through the network rules: which destinations each rule takes, for sources,
//! ports and protocols that no rule tells apart. Exact, and with no search: one field is left.

use super::{
    FirewallFamily,
    classes::classes,
    packets::{Fits, PacketRow},
};
use crate::{
    decide::{extent::Why, family},
    model::Access,
    space::{Axis, Cube, Ranges},
};
use std::sync::Arc;

/// So many cells are told apart in one question before the answer is `unknown`.
const MOST_CELLS: usize = 8_192;

/// Flows that the rules tell apart by their destination alone.
#[derive(Clone, Debug)]
pub(super) struct Cell<V> {
    pub(super) source: Arc<Ranges<V>>,
    pub(super) ports: Arc<Ranges<V>>,
    pub(super) protocols: Arc<Ranges<V>>,
    /// All of its destinations, each in one region.
    pub(super) regions: Vec<Region<V>>,
}

impl<V: family::Family> Cell<V> {
    /// A protocol that stands for all of the cell.
    pub(super) fn protocol(&self) -> u16 {
        let first: u128 = self.protocols.first().map_or(0, Into::into);
        u16::try_from(first).unwrap_or_default()
    }
}

/// Destinations with which the network rules do the same.
#[derive(Clone, Debug)]
pub(super) struct Region<V> {
    pub(super) destinations: Ranges<V>,
    /// Whether a network rule may let flows through.
    pub(super) allows: bool,
    /// Whether one may stop them.
    pub(super) denies: bool,
    /// Whether they may go on to the application rules (FW-018).
    pub(super) falls: bool,
    /// The entries that may decide, in order.
    pub(super) entries: Vec<usize>,
    /// Why more than one thing may happen.
    pub(super) doubts: Vec<(usize, Why)>,
}

impl<V> Region<V> {
    /// Whether no network rule takes any of it.
    pub(super) const fn only_falls(&self) -> bool {
        self.falls && !self.allows && !self.denies
    }

    const fn new(destinations: Ranges<V>) -> Self {
        Self {
            destinations,
            allows: false,
            denies: false,
            falls: false,
            entries: Vec::new(),
            doubts: Vec::new(),
        }
    }
}

/// A set of sources and one of ports.
pub(super) type Cut<V> = (Arc<Ranges<V>>, Arc<Ranges<V>>);

/// The flows of a question, as the network rules see them.
pub(super) struct Asked<'q, V> {
    pub(super) rows: &'q [PacketRow<V>],
    pub(super) flows: &'q Cube<V>,
    /// The host name that all flows have, where there is one: what the firewall resolves is then
    /// what the client does (FW-038, FW-039).
    pub(super) host: Option<&'q str>,
    /// Sets of sources and ports that others tell apart.
    pub(super) cuts: &'q [Cut<V>],
}

impl<V: FirewallFamily> Asked<'_, V> {
    /// The cells of the question; `None` where they are too many.
    pub(super) fn cells(&self) -> Option<Vec<Cell<V>>> {
        let flows = self.flows;
        let near: Vec<&PacketRow<V>> = self.rows.iter().filter(|row| self.is_near(row)).collect();
        let of_rows = |set: fn(&PacketRow<V>) -> &crate::decide::extent::Extent<V>| {
            near.iter().flat_map(move |row| {
                let extent = set(row);
                [Arc::clone(&extent.perhaps), Arc::clone(&extent.surely)]
            })
        };
        let mut sources: Vec<_> = of_rows(|row| &row.source).collect();
        let mut ports: Vec<_> = of_rows(|row| &row.ports).collect();
        sources.extend(self.cuts.iter().map(|(source, _)| Arc::clone(source)));
        ports.extend(self.cuts.iter().map(|(_, ports)| Arc::clone(ports)));
        let protocols = protocols(flows.axis(Axis::Protocol));
        let sources = classes(flows.axis(Axis::Source), &sources, MOST_CELLS)?;
        let ports = classes(flows.axis(Axis::DestinationPort), &ports, MOST_CELLS)?;
        let count = sources.len().checked_mul(ports.len())?.checked_mul(protocols.len())?;
        if count > MOST_CELLS {
            return None;
        }
        let mut cells = Vec::with_capacity(count);
        for source in &sources {
            for port in &ports {
                for protocol in &protocols {
                    let regions = self.walk(&near, [source, port, protocol])?;
                    cells.push(Cell {
                        source: Arc::clone(source),
                        ports: Arc::clone(port),
                        protocols: Arc::clone(protocol),
                        regions,
                    });
                }
            }
        }
        Some(cells)
    }

    fn is_near(&self, row: &PacketRow<V>) -> bool {
        row.destination.perhaps.intersects(self.flows.axis(Axis::Destination))
            && row.source.perhaps.intersects(self.flows.axis(Axis::Source))
    }

    fn walk(
        &self,
        rows: &[&PacketRow<V>],
        [source, port, protocol]: [&Arc<Ranges<V>>; 3],
    ) -> Option<Vec<Region<V>>> {
        let (source, port) = (source.first()?, port.first()?);
        let protocol: u128 = protocol.first()?.into();
        let protocol = u16::try_from(protocol).ok()?;
        let mut open = vec![Region::new(self.flows.axis(Axis::Destination).as_ref().clone())];
        let mut closed = Vec::new();
        for row in rows {
            let fits = fits(row, source, port, protocol);
            if fits == Fits::No {
                continue;
            }
            let is_named = self.host.is_some_and(|host| row.names.iter().any(|it| it == host));
            let mut next = Vec::with_capacity(open.len() + 1);
            for region in open {
                take(region, row, (fits, is_named), &mut next, &mut closed);
            }
            open = merged(next);
            if open.is_empty() {
                break;
            }
        }
        closed.extend(open.into_iter().map(|region| Region { falls: true, ..region }));
        Some(closed)
    }
}

/// Whether a row is for a source, a port and a protocol.
fn fits<V: family::Family>(row: &PacketRow<V>, source: V, port: V, protocol: u16) -> Fits {
    let is_in = |extent: &crate::decide::extent::Extent<V>, value: V| {
        if extent.surely.contains(value) {
            Fits::Yes
        } else if extent.perhaps.contains(value) {
            Fits::Perhaps
        } else {
            Fits::No
        }
    };
    let ported = matches!(protocol, family::TCP | family::UDP);
    let port = if ported { is_in(&row.ports, port) } else { Fits::Yes };
    let here = if row.why.is_some() { Fits::Perhaps } else { Fits::Yes };
    is_in(&row.source, source).and(port).and(row.carried.fits(protocol)).and(here)
}

/// What a row takes of a region: what it surely takes is closed, what it may take knows of it.
fn take<V: family::Family>(
    region: Region<V>,
    row: &PacketRow<V>,
    (fits, is_named): (Fits, bool),
    next: &mut Vec<Region<V>>,
    closed: &mut Vec<Region<V>>,
) {
    let extent = &row.destination;
    let surely = match fits {
        Fits::Yes if is_named => Some(&extent.perhaps),
        Fits::Yes => Some(&extent.surely),
        Fits::Perhaps | Fits::No => None,
    };
    let mut part = |destinations: Ranges<V>, is_sure: bool| {
        if destinations.is_empty() {
            return;
        }
        let mut taken = Region { destinations, ..region.clone() };
        taken.entries.push(row.entry);
        taken.allows |= row.action != Some(Access::Deny);
        taken.denies |= row.action != Some(Access::Allow);
        if !is_sure || row.action.is_none() {
            taken.doubts.extend(row.doubt().map(|why| (row.entry, why)));
        }
        if is_sure { closed.push(taken) } else { next.push(taken) }
    };
    let mut rest = region.destinations.clone();
    if let Some(surely) = surely.filter(|set| set.intersects(&rest)) {
        part(rest.intersection(surely), true);
        rest = rest.minus(surely);
    }
    if extent.perhaps.intersects(&rest) {
        part(rest.intersection(&extent.perhaps), false);
        rest = rest.minus(&extent.perhaps);
    }
    if !rest.is_empty() {
        next.push(Region { destinations: rest, ..region });
    }
}

/// Open regions with which the same may have happened become one, so that there are never many.
fn merged<V: family::Family>(regions: Vec<Region<V>>) -> Vec<Region<V>> {
    let mut merged: Vec<Region<V>> = Vec::with_capacity(4);
    for region in regions {
        let like =
            merged.iter_mut().find(|it| it.allows == region.allows && it.denies == region.denies);
        let Some(like) = like else {
            merged.push(region);
            continue;
        };
        like.destinations = like.destinations.union(&region.destinations);
        like.entries.extend(region.entries);
        like.entries.sort_unstable();
        like.entries.dedup();
        for doubt in region.doubts {
            if !like.doubts.contains(&doubt) {
                like.doubts.push(doubt);
            }
        }
    }
    merged
}

/// TCP, UDP, ICMP, and what is none of them: no rule tells more apart.
fn protocols<V: family::Family>(whole: &Arc<Ranges<V>>) -> Vec<Arc<Ranges<V>>> {
    let single = |number: u16| Arc::new(Ranges::single(V::from(number)));
    let named = [family::TCP, family::UDP, family::ICMP].map(single);
    classes(whole, &named, usize::MAX).unwrap_or_default()
}
