//! What is around the machines of one virtual network: what `VirtualNetwork` and `Internet` stand
//! for there (NSG-052 to NSG-056).

use super::{
    extent::{Extent, Why},
    family::Family,
    platform::HOST,
};
use crate::space::Ranges;
use ipnetwork::IpNetwork;
use std::{net::IpAddr, sync::Arc};

/// The surroundings of one network, in each family that it has addresses of.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// IPv4.
    pub(super) v4: Option<Space<u32>>,
    /// IPv6.
    pub(super) v6: Option<Space<u128>>,
}

/// What words stand for in one family.
#[derive(Clone, Debug)]
pub struct Space<V> {
    /// The network's own addresses.
    pub own: Arc<Ranges<V>>,
    /// `VirtualNetwork`.
    pub network: Extent<V>,
    /// `Internet`.
    pub internet: Arc<Ranges<V>>,
}

/// What else `VirtualNetwork` may hold, and why.
#[derive(Clone, Debug)]
pub(super) enum More {
    /// Other networks, of which it is assumed, as everywhere, that their addresses are private.
    Private(String),
    /// These prefixes.
    Prefixes(Vec<IpNetwork>, String),
    /// Anything: the tag may hold default routes (NSG-052).
    Anything(String),
}

impl Around {
    /// From the network's own prefixes, those of its peers, and what else there may be.
    pub(super) fn new(own: &[IpNetwork], peers: &[IpNetwork], more: &[More]) -> Self {
        Self { v4: space(own, peers, more), v6: space(own, peers, more) }
    }
}

fn set<V: Family>(prefixes: &[IpNetwork]) -> Ranges<V> {
    prefixes.iter().filter_map(|&prefix| V::bounds(prefix)).collect()
}

fn space<V: Family>(own: &[IpNetwork], peers: &[IpNetwork], more: &[More]) -> Option<Space<V>> {
    let fixed = V::fixed();
    let own: Ranges<V> = set(own);
    if own.is_empty() {
        return None;
    }
    // NSG-055
    let public = own.union(&set(peers));
    let internet = if public.intersects(&fixed.internet) {
        Arc::new(fixed.internet.minus(&public))
    } else {
        Arc::clone(&fixed.internet)
    };
    let host = V::integer(IpAddr::from(HOST)).map_or_else(Ranges::empty, Ranges::single);
    let surely = Arc::new(public.union(&host));
    let mut network = Extent::exact(surely);
    for more in more {
        let (wider, reason) = match more {
            More::Private(reason) => (network.perhaps.union(&fixed.private), reason),
            More::Prefixes(prefixes, reason) => (network.perhaps.union(&set(prefixes)), reason),
            More::Anything(reason) => (Ranges::all(), reason),
        };
        if wider != *network.perhaps {
            network.perhaps = Arc::new(wider);
            network.why.get_or_insert_with(|| Why::Network(reason.as_str().into()));
        }
    }
    Some(Space { own: Arc::new(own), network, internet })
}
