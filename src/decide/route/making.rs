//! The list of a subnet while it is made: rows with what they win by.

use super::{
    Hop, Origin, Way,
    list::{RouteList, RouteRow},
};
use crate::{
    decide::family::Family,
    model::{Route, RouteDestination},
    space::Ranges,
};
use ipnetwork::IpNetwork;
use std::{cmp::Reverse, sync::Arc};

/// In front of every prefix: what may take any destination.
pub(super) const LONGEST: u16 = 200;

/// Where a row stands: what wins whatever its length, then the longer prefix, then the one who made
/// it (RT-002), then the kind of tag (RT-029).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    pub(super) group: u8,
    pub(super) length: Reverse<u16>,
    pub(super) maker: u8,
    pub(super) tag: u8,
}

impl Rank {
    pub(super) const fn first() -> Self {
        Self { group: 0, length: Reverse(LONGEST), maker: 0, tag: 0 }
    }

    pub(super) const fn of(length: u16, maker: u8) -> Self {
        Self { group: 1, length: Reverse(length), maker, tag: 0 }
    }
}

pub(super) const WRITTEN: u8 = 0;
pub(super) const LEARNED: u8 = 1;
pub(super) const SYSTEM: u8 = 2;
pub(super) const FALLBACK: u8 = 3;

/// What is put into the list, before it is one.
pub(super) struct Making<'e> {
    ways: Vec<Way<'e>>,
    v4: Vec<(Rank, RouteRow<u32>)>,
    v6: Vec<(Rank, RouteRow<u128>)>,
}

impl<'e> Making<'e> {
    /// Nothing yet.
    pub(super) const fn new() -> Self {
        Self { ways: Vec::new(), v4: Vec::new(), v6: Vec::new() }
    }

    pub(super) fn way(&mut self, hop: Hop<'e>, origin: Origin<'e>, why: Option<Box<str>>) -> usize {
        self.ways.push(Way { hop, origin, why });
        self.ways.len() - 1
    }

    /// Adds destinations of a route; those of a route that may not be in force are not sure.
    pub(super) fn add(
        &mut self,
        way: usize,
        rank: Rank,
        prefixes: impl Iterator<Item = IpNetwork> + Clone,
    ) {
        let is_sure = self.ways.get(way).is_some_and(|way| way.why.is_none());
        let v4: Ranges<u32> = prefixes.clone().filter_map(Family::bounds).collect();
        let v6: Ranges<u128> = prefixes.filter_map(Family::bounds).collect();
        if !v4.is_empty() {
            self.v4.push((rank, RouteRow { way, destinations: Arc::new(v4), is_sure }));
        }
        if !v6.is_empty() {
            self.v6.push((rank, RouteRow { way, destinations: Arc::new(v6), is_sure }));
        }
    }

    /// Adds a prefix by its length.
    pub(super) fn prefix(&mut self, way: usize, prefix: IpNetwork, maker: u8) {
        self.add(way, Rank::of(prefix.prefix().into(), maker), std::iter::once(prefix));
    }

    /// Adds every destination, less those given.
    pub(super) fn all(&mut self, way: usize, rank: Rank, less: &[IpNetwork]) {
        let is_sure = self.ways.get(way).is_some_and(|way| way.why.is_none());
        let v4: Ranges<u32> = less.iter().filter_map(|&it| Family::bounds(it)).collect();
        let v6: Ranges<u128> = less.iter().filter_map(|&it| Family::bounds(it)).collect();
        self.v4.push((rank, RouteRow { way, destinations: Arc::new(v4.complement()), is_sure }));
        self.v6.push((rank, RouteRow { way, destinations: Arc::new(v6.complement()), is_sure }));
    }

    pub(super) fn finish(mut self) -> RouteList<'e> {
        self.v4.sort_by_key(|(rank, _)| *rank);
        self.v6.sort_by_key(|(rank, _)| *rank);
        let takes_all = self.ways.iter().any(|way| match way.origin {
            Origin::Written(_, route) => is_everything(route),
            Origin::Learned | Origin::Unread => true,
            Origin::System(_) => false,
        });
        RouteList {
            ways: self.ways,
            v4: self.v4.into_iter().map(|(_, row)| row).collect(),
            v6: self.v6.into_iter().map(|(_, row)| row).collect(),
            takes_all,
        }
    }
}

/// Whether it is a route for every destination.
pub(super) fn is_everything(route: &Route) -> bool {
    matches!(route.destination, RouteDestination::Network(network) if network.prefix() == 0)
}
