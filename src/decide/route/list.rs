//! The list of a subnet's routes, and which of them takes which destinations.

use super::Way;
use crate::{decide::family::Family, space::Ranges};
use std::{collections::BTreeMap, sync::Arc};

/// The routes of one subnet in the order in which they win.
#[derive(Clone, Debug, Default)]
pub struct RouteList<'e> {
    /// The routes; rows name them by place.
    pub ways: Vec<Way<'e>>,
    pub(super) v4: Vec<RouteRow<u32>>,
    pub(super) v6: Vec<RouteRow<u128>>,
    /// Whether a route for everything was written, or may have been (NSG-064).
    pub takes_all: bool,
}

/// Destinations of a route: all of one prefix length.
#[derive(Clone, Debug)]
pub struct RouteRow<V> {
    /// The place of the route.
    pub(super) way: usize,
    pub(super) destinations: Arc<Ranges<V>>,
    /// Whether it is in force for all of them.
    pub(super) is_sure: bool,
}

/// Destinations, and the routes of which one takes them: several where that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice<V> {
    /// The destinations.
    pub destinations: Ranges<V>,
    /// Places of routes; the last of them is in force if none of the others is.
    pub ways: Vec<usize>,
}

/// Families that a list keeps rows for.
pub trait Routed: Family {
    /// The rows of the family.
    fn rows<'l>(list: &'l RouteList<'_>) -> &'l [RouteRow<Self>];
}

impl Routed for u32 {
    fn rows<'l>(list: &'l RouteList<'_>) -> &'l [RouteRow<Self>] {
        &list.v4
    }
}

impl Routed for u128 {
    fn rows<'l>(list: &'l RouteList<'_>) -> &'l [RouteRow<Self>] {
        &list.v6
    }
}

impl RouteList<'_> {
    /// Which routes take which of `destinations`. What no route takes has none: it is dropped.
    pub fn split<V: Routed>(&self, destinations: &Ranges<V>) -> Vec<Choice<V>> {
        // By the routes that may already have taken them.
        let mut open: BTreeMap<Vec<usize>, Ranges<V>> = BTreeMap::new();
        let mut done: BTreeMap<Vec<usize>, Ranges<V>> = BTreeMap::new();
        open.insert(Vec::new(), destinations.clone());
        for row in V::rows(self) {
            if open.values().all(|set| !set.intersects(&row.destinations)) {
                continue;
            }
            for (mut ways, set) in std::mem::take(&mut open) {
                let taken = set.intersection(&row.destinations);
                let rest = set.minus(&row.destinations);
                if !rest.is_empty() {
                    add(&mut open, ways.clone(), &rest);
                }
                if taken.is_empty() {
                    continue;
                }
                if !ways.contains(&row.way) {
                    ways.push(row.way);
                }
                add(if row.is_sure { &mut done } else { &mut open }, ways, &taken);
            }
            if open.is_empty() {
                break;
            }
        }
        for (ways, set) in open {
            add(&mut done, ways, &set);
        }
        done.into_iter().map(|(ways, destinations)| Choice { destinations, ways }).collect()
    }
}

fn add<V: Family>(cells: &mut BTreeMap<Vec<usize>, Ranges<V>>, ways: Vec<usize>, set: &Ranges<V>) {
    let known = cells.entry(ways).or_insert_with(Ranges::empty);
    *known = known.union(set);
}
