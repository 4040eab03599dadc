//! Where groups are used: the subnets and interfaces that carry them, with their addresses, and
//! what is around these. Built once a run; it costs nothing where the input has no network.

use super::{
    around::{Around, Member, More},
    judge::Sources,
    site::{Holder, Site},
};
use crate::{
    model::{
        Estate, Field, NetworkInterface, Nsg, Peering, Prefixes, Reference, Subnet, VirtualNetwork,
        names,
        names::{Same, compare, normal},
    },
    source::FileId,
};
use ipnetwork::IpNetwork;
use std::{collections::BTreeMap, net::IpAddr, sync::OnceLock};

/// So many sites of one group are told apart; what is past them is somewhere.
const MAX_SITES: usize = 256;

/// Why a carrier has no place.
const ODD: &str = "where one of the subnets or interfaces with this group is can't be told, as the \
                   input places it differently";

/// Why places are left out.
const MANY: &str = "the group is used in more places than are told apart";

/// An id and, unless it means the same everywhere, the file that it holds in.
pub(super) type Key<'e> = (Option<FileId>, &'e str);

/// Names that are known everywhere link files; others may mean any resource of that name.
pub(super) fn key(id: &str, file: FileId) -> Key<'_> {
    ((!names::is_global(id)).then_some(file), id)
}

/// Places in a list by id.
#[derive(Debug)]
pub(super) struct Index<'e>(Vec<(Key<'e>, usize)>);

impl<'e> Index<'e> {
    pub(super) fn new(keys: impl Iterator<Item = Key<'e>>) -> Self {
        let mut all: Vec<(Key<'e>, usize)> = keys.zip(0..).collect();
        all.sort_unstable();
        Self(all)
    }

    pub(super) fn all<'l, T>(&self, list: &'l [T], key: Key<'_>) -> impl Iterator<Item = &'l T> {
        self.places(key).filter_map(|at| list.get(at))
    }

    fn places(&self, key: Key<'_>) -> impl Iterator<Item = usize> {
        let start = self.0.partition_point(|(other, _)| *other < key);
        let rest = self.0.get(start..).unwrap_or_default();
        let count = rest.partition_point(|(other, _)| *other == key);
        let found = rest.get(..count).unwrap_or_default();
        found.iter().map(|(_, at)| *at)
    }
}

/// Everything that lies around groups.
#[derive(Debug)]
pub struct Surroundings<'e> {
    pub(super) estate: &'e Estate,
    networks: Index<'e>,
    subnets: Index<'e>,
    subnets_of: Index<'e>,
    peerings_of: Index<'e>,
    interfaces: Index<'e>,
    interfaces_of: Index<'e>,
    routes: Index<'e>,
    /// For each network.
    around: Vec<OnceLock<Around>>,
    /// Where nobody can tell, for each [`Lost`].
    nowhere: [Around; 2],
}

/// Why it can't be told where a group is used.
#[derive(Clone, Copy, Debug)]
enum Lost {
    /// It is in the input, and can't be placed.
    Odd,
    /// There are too many places.
    Many,
}

/// What came of looking for who carries a group.
enum Placed<'s> {
    /// It is not in the input, or does not carry it: nothing is known of it.
    Elsewhere,
    /// It is in the input, and where it is can't be told.
    Lost,
    /// There.
    At(Key<'s>, Site<'s>),
}

impl<'e> Surroundings<'e> {
    /// Sorts what there is by id.
    pub fn new(estate: &'e Estate) -> Self {
        let networks = || estate.networks.iter().map(|it| key(&it.id, it.span.file));
        let subnets = estate.subnets.iter();
        Self {
            estate,
            networks: Index::new(networks()),
            subnets: Index::new(subnets.clone().map(|it| key(&it.id, it.span.file))),
            subnets_of: Index::new(subnets.map(|it| key(&it.network, it.span.file))),
            peerings_of: Index::new(
                estate.peerings.iter().map(|it| key(&it.network, it.span.file)),
            ),
            interfaces: Index::new(estate.interfaces.iter().map(|it| key(&it.id, it.span.file))),
            interfaces_of: Index::new(estate.interfaces.iter().map(|it| {
                let subnet = it.subnets.first().and_then(|id| id.split_once("/subnets/"));
                key(subnet.map_or("", |(network, _)| network), it.span.file)
            })),
            routes: Index::new(estate.routes.iter().map(|it| key(&it.table, it.span.file))),
            around: estate.networks.iter().map(|_| OnceLock::new()).collect(),
            nowhere: [ODD, MANY].map(Around::nowhere),
        }
    }

    /// The places where the group is used, as far as their addresses are known; empty where
    /// nothing is known of any. Where it is used elsewhere, too, one of them is nowhere.
    pub fn sites(&self, nsg: &Nsg) -> Vec<Site<'_>> {
        if self.subnets.0.is_empty() && self.interfaces.0.is_empty() {
            return Vec::new();
        }
        let mut found = Found::default();
        let file = nsg.span.file;
        for id in nsg.subnets.iter().flatten() {
            let normal = normal(&id.value);
            found.add(match self.subnet(key(&normal, file)) {
                Some(subnet) if carries(&subnet.group, nsg) => {
                    self.subnet_site(subnet, &id.value).map_or(Placed::Elsewhere, Placed::at)
                }
                None if self.subnets.places(key(&normal, file)).next().is_some() => Placed::Lost,
                _ => Placed::Elsewhere,
            });
        }
        for id in nsg.interfaces.iter().flatten() {
            let id = normal(&id.value);
            let mut all = self.interfaces.all(&self.estate.interfaces, key(&id, file));
            found.add(match all.next() {
                // What stands in several files and says the same everywhere is one.
                Some(first) if !all.all(|other| is_same(first, other)) => Placed::Lost,
                Some(one) if carries(&one.group, nsg) => self.interface_site(one),
                _ => Placed::Elsewhere,
            });
        }
        found.sites(|lost| match lost {
            Lost::Odd => self.nowhere.first(),
            Lost::Many => self.nowhere.last(),
        })
    }

    /// The subnet of that id, if all that stands there of it says the same.
    pub(super) fn subnet(&self, key: Key<'_>) -> Option<&'e Subnet> {
        let mut all = self.subnets.all(&self.estate.subnets, key);
        let first = all.next()?;
        all.all(|other| same(&first.prefixes, &other.prefixes)).then_some(first)
    }

    pub(super) fn subnet_site<'s>(
        &'s self,
        subnet: &'s Subnet,
        id: &str,
    ) -> Option<(Key<'s>, Site<'s>)> {
        let network = key(&subnet.network, subnet.span.file);
        let around = self.around(network);
        let name = carrier(id);
        let is_sure = subnet.condition.is_none();
        let (prefixes, sources) = match subnet.prefixes.known().filter(|_| is_sure) {
            Some(prefixes) => (prefixes.collect(), Sources::Exactly),
            None if around.is_some() => (Vec::new(), Sources::SomeOf),
            None => return None,
        };
        let holder = Holder { name, prefixes, is_subnet: true };
        Some((network, Site { around, holders: vec![holder], sources }))
    }

    /// Its addresses; where they are dynamic, one of those of its subnet.
    fn interface_site<'s>(&'s self, interface: &'s NetworkInterface) -> Placed<'s> {
        let file = interface.span.file;
        let network = |id: &'s str| id.split_once("/subnets/").map(|(network, _)| network);
        let mut networks = interface.subnets.iter().map(|id| network(id));
        let first = match networks.next() {
            Some(Some(first)) => first,
            // Its subnet is given elsewhere.
            Some(None) | None => return Placed::Elsewhere,
        };
        // Azure takes no interface with addresses in two networks.
        if !networks.all(|other| other == Some(first)) {
            return Placed::Lost;
        }
        let network = key(first, file);
        let around = self.around(network);
        let (prefixes, sources) = if interface.addresses.is_empty() {
            let known = |id: &str| {
                let subnet = self.subnet(key(id, file)).filter(|it| it.condition.is_none())?;
                subnet.prefixes.known().map(Iterator::collect::<Vec<_>>)
            };
            let known: Option<Vec<_>> = interface.subnets.iter().map(|id| known(id)).collect();
            (known.unwrap_or_default().concat(), Sources::SomeOf)
        } else {
            let addresses = interface.addresses.iter();
            (addresses.map(|address| address.value.into()).collect(), Sources::Exactly)
        };
        if prefixes.is_empty() && around.is_none() {
            return Placed::Elsewhere;
        }
        let is_subnet = sources == Sources::SomeOf;
        let name = interface.name.value.clone();
        let holder = Holder { name, prefixes, is_subnet };
        Placed::At(network, Site { around, holders: vec![holder], sources })
    }

    /// What is around a network, if its address space is known.
    pub(super) fn around<'s>(&'s self, key: Key<'_>) -> Option<&'s Around> {
        let mut all = self.networks.all(&self.estate.networks, key);
        let network = all.next()?;
        let is_one = all.all(|other| {
            same(&network.prefixes, &other.prefixes) && network.condition == other.condition
        });
        // Where it is not deployed, another network takes its place.
        if !is_one || network.condition.is_some() {
            return None;
        }
        let own: Vec<IpNetwork> = network.prefixes.known()?.collect();
        let place = self.networks.places(key).next()?;
        Some(self.around.get(place)?.get_or_init(|| self.look(network, &own)))
    }

    /// Where an interface is, if that can be told.
    pub(super) fn place_of<'s>(&'s self, interface: &'s NetworkInterface) -> Option<Site<'s>> {
        match self.interface_site(interface) {
            Placed::At(_, site) => Some(site),
            Placed::Elsewhere | Placed::Lost => None,
        }
    }

    /// The network of that id, if it is surely there and all files that show it say the same.
    pub(super) fn network(&self, key: Key<'_>) -> Option<&'e VirtualNetwork> {
        let mut all = self.networks.all(&self.estate.networks, key);
        let network = all.next()?;
        let is_one = network.condition.is_none()
            && all.all(|other| same(&network.prefixes, &other.prefixes));
        is_one.then_some(network)
    }

    /// The subnets that a network has in the input.
    pub(super) fn subnets_of(&self, key: Key<'_>) -> impl Iterator<Item = &'e Subnet> {
        self.subnets_of.all(&self.estate.subnets, key)
    }

    /// The peerings of a network.
    pub(super) fn peerings_of(&self, key: Key<'_>) -> impl Iterator<Item = &'e Peering> {
        self.peerings_of.all(&self.estate.peerings, key)
    }

    /// The interfaces in a network.
    pub(super) fn interfaces_of(&self, key: Key<'_>) -> impl Iterator<Item = &'e NetworkInterface> {
        self.interfaces_of.all(&self.estate.interfaces, key)
    }

    fn look(&self, network: &VirtualNetwork, own: &[IpNetwork]) -> Around {
        let mut more: Vec<More> = Vec::new();
        let mut peers = Vec::new();
        let file = network.span.file;
        let id = key(&network.id, file);
        for peering in self.peerings_of.all(&self.estate.peerings, id) {
            self.peer(peering, &mut peers, &mut more);
        }
        for subnet in self.subnets_of.all(&self.estate.subnets, id) {
            // NSG-052: what is learned from a gateway may be a default route.
            if subnet.name.value.eq_ignore_ascii_case("GatewaySubnet") {
                more.push(More::Anything("what its gateway learns is not known".to_owned()));
            }
            more.extend(self.routed(subnet));
        }
        more.extend(network.unread.iter().map(|why| More::Private(why.reason.to_string())));
        let mut around = Around::new(own, &peers, &more);
        let interfaces = self.interfaces_of.all(&self.estate.interfaces, id);
        around.members = interfaces.filter(|it| !it.addresses.is_empty()).map(member).collect();
        around
    }

    /// NSG-054
    fn peer(&self, peering: &Peering, peers: &mut Vec<IpNetwork>, more: &mut Vec<More>) {
        if peering.access.known() == Some(&false) {
            return;
        }
        let name = &peering.name.value;
        let remote = peering.remote.id();
        let mut remotes = remote
            .into_iter()
            .flat_map(|id| self.networks.all(&self.estate.networks, key(id, peering.span.file)));
        let remote = remotes.next().filter(|first| {
            first.condition.is_none() && remotes.all(|it| same(&first.prefixes, &it.prefixes))
        });
        let prefixes = remote
            .and_then(|remote| remote.prefixes.known())
            .or_else(|| peering.prefixes.known())
            .map(Iterator::collect::<Vec<_>>);
        let is_connected =
            peering.state.as_ref().is_none_or(|it| it.value.eq_ignore_ascii_case("Connected"));
        let open = match &peering.access {
            Field::Unknown(why) => Some(why.reason.to_string()),
            _ if peering.access.known() != Some(&true) => Some(String::new()),
            _ if !is_connected || peering.condition.is_some() => Some(String::new()),
            // Only an export says how far a peering has come.
            _ if peering.state.is_none() && !self.is_returned(peering) => {
                Some("the one back from the other network is not in the input".to_owned())
            }
            _ => None,
        };
        match (prefixes, open) {
            (Some(prefixes), None) => peers.extend(prefixes),
            (Some(prefixes), Some(why)) => {
                let why = if why.is_empty() { why } else { format!(": {why}") };
                let reason = format!("whether the peering `{name}` holds is not known{why}");
                more.push(More::Prefixes(prefixes, reason));
            }
            (None, _) => more.push(More::Private(format!(
                "the address space at the other end of the peering `{name}` is not known"
            ))),
        }
        if peering.uses_remote_gateways.known() == Some(&true) {
            let reason =
                format!("what the gateway behind the peering `{name}` learns is not known");
            more.push(More::Anything(reason));
        }
    }

    /// Whether the other network has a peering with this one. Azure connects two networks only
    /// where both have one.
    fn is_returned(&self, peering: &Peering) -> bool {
        let file = peering.span.file;
        let Some(remote) = peering.remote.id() else { return false };
        let mut back = self.peerings_of.all(&self.estate.peerings, key(remote, file));
        back.any(|it| it.condition.is_none() && it.remote.id() == Some(&*peering.network))
    }

    /// NSG-053
    fn routed(&self, subnet: &Subnet) -> Option<More> {
        let id = match &subnet.routes {
            Reference::None => return None,
            Reference::Unknown(why) => return Some(More::Anything(why.reason.to_string())),
            Reference::To(id) => id,
        };
        let name = id.value.rsplit('/').next().unwrap_or(&id.value);
        let unknown = || More::Anything(format!("the routes of `{name}` are not known"));
        let mut tables =
            self.routes.all(&self.estate.routes, key(&id.value, subnet.span.file)).peekable();
        if tables.peek().is_none() {
            return Some(unknown());
        }
        let mut prefixes = Vec::new();
        for table in tables {
            if table.prefixes.unknown.is_some() {
                return Some(unknown());
            }
            prefixes.extend(table.prefixes.items.iter().map(|item| item.value));
        }
        let reason = format!("the prefixes of the routes of `{name}` count as that, too");
        Some(More::Prefixes(prefixes, reason))
    }
}

fn member(interface: &NetworkInterface) -> Member {
    Member {
        addresses: interface.addresses.iter().map(|address| address.value).collect(),
        groups: interface.groups.iter().map(|group| group.id.clone()).collect(),
        is_known: interface.groups_known,
        file: interface.span.file,
    }
}

/// Whether the holder surely carries the group: what it says itself, if it says it, or what an
/// export of the group says.
fn carries(own: &Reference, nsg: &Nsg) -> bool {
    match own {
        Reference::To(id) => compare(&id.value, &nsg.key) == Same::Yes,
        Reference::None => nsg.id.is_some(),
        Reference::Unknown(_) => false,
    }
}

fn same(a: &Prefixes, b: &Prefixes) -> bool {
    let values = |prefixes: &Prefixes| -> Vec<IpNetwork> {
        prefixes.items.iter().map(|item| item.value).collect()
    };
    values(a) == values(b) && a.unknown.is_some() == b.unknown.is_some()
}

/// Whether two files say the same of where an interface is and what it carries.
fn is_same(a: &NetworkInterface, b: &NetworkInterface) -> bool {
    let addresses = |it: &NetworkInterface| -> Vec<IpAddr> {
        it.addresses.iter().map(|address| address.value).collect()
    };
    let group = |it: &NetworkInterface| match &it.group {
        Reference::To(id) => Some(Some(id.value.clone())),
        Reference::None => Some(None),
        Reference::Unknown(_) => None,
    };
    a.subnets == b.subnets
        && addresses(a) == addresses(b)
        && group(a).is_some()
        && group(a) == group(b)
}

/// The name of a subnet (`vnet-a/snet-app`) or an interface from its id.
pub fn carrier(id: &str) -> String {
    let mut parts = id.rsplit('/');
    match [parts.next(), parts.next(), parts.next()] {
        [Some(subnet), Some(list), Some(network)] if list.eq_ignore_ascii_case("subnets") => {
            format!("{network}/{subnet}")
        }
        [last, ..] => last.unwrap_or(id).to_owned(),
    }
}

/// The sites found so far, by network and by what is known of their machines.
#[derive(Default)]
struct Found<'s> {
    exact: BTreeMap<Key<'s>, Site<'s>>,
    others: Vec<Site<'s>>,
    elsewhere: bool,
    lost: bool,
}

impl<'s> Placed<'s> {
    fn at((key, site): (Key<'s>, Site<'s>)) -> Self {
        Self::At(key, site)
    }
}

impl<'s> Found<'s> {
    fn add(&mut self, placed: Placed<'s>) {
        let (key, site) = match placed {
            Placed::At(key, site) => (key, site),
            Placed::Elsewhere => {
                self.elsewhere = true;
                return;
            }
            Placed::Lost => {
                self.lost = true;
                return;
            }
        };
        if site.sources == Sources::SomeOf {
            // Somewhere in one subnet is one question, however many interfaces there are.
            match self.others.iter_mut().find(|known| known.is_like(&site)) {
                Some(known) => known.holders.extend(site.holders),
                None => self.others.push(site),
            }
            return;
        }
        match self.exact.get_mut(&key) {
            Some(known) => known.holders.extend(site.holders),
            None => {
                self.exact.insert(key, site);
            }
        }
    }

    fn sites(self, nowhere: impl Fn(Lost) -> Option<&'s Around>) -> Vec<Site<'s>> {
        let mut sites: Vec<Site<'s>> = self.exact.into_values().collect();
        sites.extend(self.others);
        let is_past = sites.len() > MAX_SITES;
        sites.truncate(MAX_SITES);
        let site = |around| Site { around, holders: Vec::new(), sources: Sources::SomeOf };
        if self.elsewhere && !sites.is_empty() {
            sites.push(site(None));
        }
        for (is_lost, why) in [(self.lost, Lost::Odd), (is_past, Lost::Many)] {
            if is_lost {
                sites.push(site(nowhere(why)));
            }
        }
        sites
    }
}
