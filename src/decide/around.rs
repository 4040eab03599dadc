//! What is around the machines of one virtual network: what `VirtualNetwork` and `Internet` stand
//! for there (NSG-052 to NSG-056).

use super::{
    extent::{Extent, Why},
    family::Family,
    platform::HOST,
};
use crate::{
    model::{
        GroupRef,
        names::{self, Same},
    },
    source::FileId,
    space::Ranges,
};
use ipnetwork::IpNetwork;
use std::{net::IpAddr, sync::Arc};

/// The surroundings of one network, in each family that it has addresses of.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// IPv4.
    pub(super) v4: Option<Space<u32>>,
    /// IPv6.
    pub(super) v6: Option<Space<u128>>,
    /// The interfaces in it whose addresses are known.
    pub(super) members: Vec<Member>,
}

/// An interface, and the application security groups that it is in (NSG-048).
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// Its private addresses.
    pub(super) addresses: Vec<IpAddr>,
    /// The ids of its groups in their normal form.
    pub(super) groups: Vec<Box<str>>,
    /// Whether these are all.
    pub(super) is_known: bool,
    /// Its file.
    pub(super) file: FileId,
}

impl Member {
    /// Whether it is in one of the groups; `Perhaps` where that is not known.
    fn is_in(&self, groups: &[GroupRef]) -> Same {
        let mut open = !self.is_known;
        for (own, group) in
            self.groups.iter().flat_map(|own| groups.iter().map(move |it| (own, it)))
        {
            let here = names::is_global(own) || self.file == group.span.file;
            match names::compare(own, &group.id) {
                Same::Yes if here => return Same::Yes,
                Same::No => {}
                Same::Yes | Same::Perhaps => open = true,
            }
        }
        if open { Same::Perhaps } else { Same::No }
    }
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
        let (v4, v6) = (space(own, peers, more), space(own, peers, more));
        Self { v4, v6, members: Vec::new() }
    }

    /// Around machines of which it is only known that they are somewhere (design 2).
    pub(super) fn nowhere(reason: &str) -> Self {
        Self { v4: Some(anywhere(reason)), v6: Some(anywhere(reason)), members: Vec::new() }
    }

    /// The machines in application security groups (NSG-044): those that are here and in them, and
    /// perhaps any that is not here.
    pub(super) fn in_groups<V: Family>(&self, groups: &[GroupRef]) -> Option<Extent<V>> {
        let space = V::space(self)?;
        let of = |wanted: Same| -> Ranges<V> {
            let members = self.members.iter().filter(|it| it.is_in(groups) == wanted);
            let addresses = members.flat_map(|it| &it.addresses);
            addresses.filter_map(|&it| V::integer(it)).map(|it| (it, it)).collect()
        };
        let surely = of(Same::Yes);
        let perhaps = V::fixed().private.union(&space.own).minus(&of(Same::No)).union(&surely);
        let name = groups.first().map_or_else(Box::default, |group| group.name.clone());
        let (surely, perhaps) = (Arc::new(surely), Arc::new(perhaps));
        Some(Extent { surely, perhaps, why: Some(Why::Group(name)) })
    }
}

fn set<V: Family>(prefixes: &[IpNetwork]) -> Ranges<V> {
    prefixes.iter().filter_map(|&prefix| V::bounds(prefix)).collect()
}

fn anywhere<V: Family>(reason: &str) -> Space<V> {
    let all = Arc::new(Ranges::all());
    let mut network = Extent::exact(Arc::new(host()));
    network.perhaps = Arc::clone(&all);
    network.why = Some(Why::Network(reason.into()));
    Space { own: all, network, internet: Arc::clone(&V::fixed().internet) }
}

/// The address of the platform.
fn host<V: Family>() -> Ranges<V> {
    V::integer(IpAddr::from(HOST)).map_or_else(Ranges::empty, Ranges::single)
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
    let surely = Arc::new(public.union(&host()));
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
