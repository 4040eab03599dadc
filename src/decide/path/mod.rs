//! The whole path of flows: the groups of the machine, the routes of its subnet, what stands at
//! their next hop, and the groups at the other end (azure-semantics 0.3). One verdict for all of
//! it, with the element that stops a flow, and the elements that nobody can see into by name.

mod ends;
mod groups;
mod inside;
mod inspect;
mod question;
mod starts;
#[cfg(test)]
mod tests;
mod walk;

pub use ends::{Attempt, Decider, Passage, Stage};
pub use question::{PathJudged, PathTraced};
pub use starts::Start;

use super::{
    FirewallView, Subject,
    extent::Lexicon,
    policy::NsgPolicy,
    route::{RouteList, RouteTables},
    site::Site,
    surroundings::{Index, Surroundings, key},
};
use crate::{
    model::{
        Firewall, NetworkInterface, Nsg, Reference, Shape, Subnet,
        names::{is_global, normal},
    },
    profiles::Cloud,
    source::FileId,
    tags::Catalogue,
};
use ipnetwork::IpNetwork;
use std::{collections::BTreeMap, net::IpAddr, sync::OnceLock};

/// No network says otherwise what tags stand for.
static NOTHING_EXPANDED: BTreeMap<String, Vec<IpNetwork>> = BTreeMap::new();

/// All paths of a run.
#[derive(Debug)]
pub struct Paths<'e> {
    surroundings: &'e Surroundings<'e>,
    tables: RouteTables<'e>,
    tags: &'e Catalogue,
    cloud: Option<Cloud>,
    groups: Index<'e>,
    /// What exports of groups say of who carries them: holders by id, with the group.
    carriers: BTreeMap<String, usize>,
    /// For each firewall.
    views: Vec<OnceLock<FirewallView<'e>>>,
}

/// The group that a subnet or an interface carries.
#[derive(Debug)]
pub(super) enum Carried<'e> {
    /// There is none (NSG-014).
    None,
    /// This one, at a site.
    Group(Box<NsgPolicy<'e>>),
    /// There is one, or may be, and what it does is not known.
    Open {
        /// Its name, where that is known.
        name: String,
        /// Why.
        reason: String,
    },
}

/// One path, up to where it forks.
#[derive(Debug)]
pub struct Path<'e> {
    pub(super) paths: &'e Paths<'e>,
    /// Where it starts.
    pub start: Start<'e>,
    pub(super) site: Site<'e>,
    pub(super) lexicon: Lexicon<'e>,
    /// The groups of the interface and of the subnet, in the order in which flows meet them
    /// (NSG-012).
    pub(super) groups: Vec<(Stage, Carried<'e>)>,
    pub(super) routes: RouteList<'e>,
    pub(super) location: Option<&'e str>,
}

impl<'e> Paths<'e> {
    /// Sorts what there is by id.
    pub fn new(
        surroundings: &'e Surroundings<'e>,
        tags: &'e Catalogue,
        cloud: Option<Cloud>,
    ) -> Self {
        let estate = surroundings.estate;
        let groups = Index::new(estate.nsgs.iter().map(|it| key(&it.key, it.span.file)));
        let mut carriers = BTreeMap::new();
        for (at, nsg) in estate.nsgs.iter().enumerate().filter(|(_, it)| is_judged(it)) {
            let holders = nsg.subnets.iter().chain(&nsg.interfaces).flatten();
            for id in holders.map(|id| normal(&id.value)).filter(|id| is_global(id)) {
                carriers.insert(id, at);
            }
        }
        let tables = RouteTables::new(surroundings);
        let views = estate.firewalls.iter().map(|_| OnceLock::new()).collect();
        Self { surroundings, tables, tags, cloud, groups, carriers, views }
    }

    /// The path from `start`; `region` is what the user gave.
    pub fn path(&'e self, start: Start<'e>, region: Option<&'e str>) -> Path<'e> {
        let subnet = start.subnet;
        let network = key(&subnet.network, subnet.span.file);
        let location = self.location(subnet);
        let lexicon = self.lexicon(self.surroundings.around(network), location);
        let location = region.or(location);
        let site = self.site(&start);
        let mut groups = Vec::new();
        if let Some(interface) = start.interface {
            let own = (&interface.group, &*interface.id, interface.span.file);
            groups.push((Stage::InterfaceGroup, self.carried(own, &site)));
        }
        let own = (&subnet.group, &*subnet.id, subnet.span.file);
        groups.push((Stage::SubnetGroup, self.carried(own, &site)));
        let routes = self.tables.list(subnet, lexicon, location);
        Path { paths: self, start, site, lexicon, groups, routes, location }
    }

    fn site(&'e self, start: &Start<'e>) -> Site<'e> {
        let found = match start.interface {
            Some(interface) => self.surroundings.place_of(interface),
            None => {
                let found = self.surroundings.subnet_site(start.subnet, &start.subnet.id);
                found.map(|(_, site)| site)
            }
        };
        found.unwrap_or_else(Site::anywhere)
    }

    /// Where the network of a subnet lies, as far as it or its group says.
    fn location(&self, subnet: &Subnet) -> Option<&'e str> {
        let network = self.surroundings.network(key(&subnet.network, subnet.span.file));
        let of_network = network.and_then(|it| it.location.as_ref());
        let of_group = || {
            let group = self.find(&subnet.group, &subnet.id, subnet.span.file).ok()??;
            group.location.as_ref()
        };
        of_network.or_else(of_group).map(|location| location.value.as_str())
    }

    fn lexicon(
        &self,
        around: Option<&'e super::around::Around>,
        location: Option<&str>,
    ) -> Lexicon<'e> {
        let foreign = super::cloud::is_foreign(self.tags, location, self.cloud);
        Lexicon { tags: self.tags, expanded: &NOTHING_EXPANDED, foreign, around }
    }

    /// The group in `reference`, or that an export says to be carried by `holder`.
    fn find(
        &self,
        reference: &Reference,
        holder: &str,
        file: FileId,
    ) -> Result<Option<&'e Nsg>, (String, String)> {
        let estate = self.surroundings.estate;
        let id = match reference {
            Reference::None => {
                let at = self.carriers.get(holder);
                return Ok(at.and_then(|&at| estate.nsgs.get(at)));
            }
            Reference::Unknown(why) => return Err((String::new(), why.reason.to_string())),
            Reference::To(id) => id,
        };
        let mut all =
            self.groups.all(&estate.nsgs, key(&id.value, file)).filter(|it| is_judged(it));
        let name = id.value.rsplit('/').next().unwrap_or(&id.value).to_owned();
        match (all.next(), all.next()) {
            (Some(one), None) => Ok(Some(one)),
            (None, _) => {
                let reason = format!("the network security group `{name}` is not in the input");
                Err((name, reason))
            }
            (Some(_), Some(_)) => {
                let reason =
                    format!("the network security group `{name}` is not the same in all files");
                Err((name, reason))
            }
        }
    }

    /// The same, ready to be asked.
    pub(super) fn carried(
        &self,
        (reference, holder, file): (&Reference, &str, FileId),
        site: &Site<'e>,
    ) -> Carried<'e> {
        match self.find(reference, holder, file) {
            Ok(None) => Carried::None,
            Ok(Some(nsg)) => {
                let location = nsg.location.as_ref().map(|it| it.value.as_str());
                let lexicon =
                    Lexicon { expanded: &nsg.expanded, ..self.lexicon(site.around, location) };
                Carried::Group(Box::new(NsgPolicy::new(nsg, lexicon).at_site(site.clone())))
            }
            Err((name, reason)) => Carried::Open { name, reason },
        }
    }

    /// The firewall at an address that flows of `subnet` reach: one in its own network or in one
    /// that is peered with it, by their ids; else one of its own file. Private addresses say
    /// little: every second hub has its firewall at the same one.
    pub(super) fn firewall(
        &self,
        address: IpAddr,
        subnet: &Subnet,
    ) -> Result<&'e Firewall, String> {
        let has = |it: &&Firewall| it.addresses.iter().any(|own| own.value == address);
        let all: Vec<&Firewall> = self.surroundings.estate.firewalls.iter().filter(has).collect();
        let own = key(&subnet.network, subnet.span.file);
        let connected: Vec<_> = self
            .surroundings
            .peerings_of(own)
            .filter_map(|it| Some(key(it.remote.id()?, it.span.file)))
            .chain([own])
            .collect();
        let is_near = |it: &&&Firewall| {
            let networks = it.subnets.iter().filter_map(|id| id.value.split_once("/subnets/"));
            let mut networks = networks.map(|(network, _)| key(network, it.span.file));
            networks.any(|network| connected.contains(&network))
        };
        let is_beside = |it: &&&Firewall| it.span.file == subnet.span.file;
        let mut chosen: Vec<&Firewall> = all.iter().filter(is_near).copied().collect();
        if chosen.is_empty() {
            chosen = all.iter().filter(is_beside).copied().collect();
        }
        let id = |it: &Firewall| (key(&it.id, it.span.file).0, it.id.clone());
        match chosen.as_slice() {
            [] if all.is_empty() => {
                Err(format!("what the appliance at {address} does is not in the input"))
            }
            [] => Err(format!(
                "the input has a firewall at {address}, and nothing says that its network and this \
                 one are connected"
            )),
            [first, others @ ..] if others.iter().all(|other| id(other) == id(first)) => Ok(first),
            _ => Err(format!("several firewalls of the input have the address {address}")),
        }
    }

    /// The same, ready to be asked.
    pub(super) fn view(&self, firewall: &'e Firewall) -> Option<&FirewallView<'e>> {
        let estate = self.surroundings.estate;
        let at = estate.firewalls.iter().position(|it| std::ptr::eq(it, firewall))?;
        let foreign = super::cloud::is_foreign(self.tags, None, self.cloud);
        let make = || FirewallView::new(Subject::Firewall(firewall), estate, self.tags, foreign);
        Some(self.views.get(at)?.get_or_init(make))
    }

    /// The interfaces whose subnet it is.
    pub(super) fn interfaces_in(
        &self,
        subnet: &'e Subnet,
    ) -> impl Iterator<Item = &'e NetworkInterface> {
        let network = key(&subnet.network, subnet.span.file);
        let all = self.surroundings.interfaces_of(network);
        all.filter(|interface| interface.subnets.contains(&subnet.id))
    }
}

/// What Azure said of one interface at one time is no group of its own.
fn is_judged(nsg: &Nsg) -> bool {
    nsg.shape != Shape::Effective
}
