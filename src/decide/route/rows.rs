//! From route tables, networks, peerings and endpoints to the list of one subnet.

use super::{
    Hop, Origin,
    list::RouteList,
    making::{FALLBACK, LEARNED, LONGEST, Making, Rank, SYSTEM, WRITTEN, is_everything},
};
use crate::{
    decide::{
        extent::Lexicon,
        surroundings::{Index, Surroundings, key},
    },
    model::{
        EndpointPolicies, Field, Peering, PrivateEndpoint, Reference, Route, RouteDestination,
        RouteTable, Subnet, VirtualNetwork,
        names::{is_global, normal},
    },
    tags::Tag,
};
use ipnetwork::IpNetwork;
use std::{collections::BTreeMap, net::IpAddr};

/// The route tables of the input by id.
#[derive(Debug)]
pub struct RouteTables<'e> {
    surroundings: &'e Surroundings<'e>,
    tables: Index<'e>,
    routes: Index<'e>,
    /// What exports of tables say of who carries them: subnets by id, with the table.
    carriers: BTreeMap<String, usize>,
}

/// Service endpoints, with the tag that holds their prefixes (RT-022).
const SERVICES: &[(&str, &str)] = &[
    ("Microsoft.Storage", "Storage"),
    ("Microsoft.Storage.Global", "Storage"),
    ("Microsoft.Sql", "Sql"),
    ("Microsoft.AzureCosmosDB", "AzureCosmosDB"),
    ("Microsoft.KeyVault", "AzureKeyVault"),
    ("Microsoft.ServiceBus", "ServiceBus"),
    ("Microsoft.EventHub", "EventHub"),
    ("Microsoft.Web", "AppService"),
    ("Microsoft.ContainerRegistry", "AzureContainerRegistry"),
];

/// RT-006
const PRIVATE: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/// RT-027
const PLATFORM: [&str; 2] = ["168.63.129.16/32", "169.254.0.0/16"];

/// What a table adds to the list of a subnet.
#[derive(Default)]
struct Written<'e> {
    table: Option<&'e RouteTable>,
    routes: Vec<&'e Route>,
}

impl Written<'_> {
    fn has(&self, field: impl Fn(&RouteTable) -> &Field<bool>) -> bool {
        self.table.is_some_and(|table| field(table).known() == Some(&true))
    }
}

impl<'e> RouteTables<'e> {
    /// Sorts the tables by id.
    pub fn new(surroundings: &'e Surroundings<'e>) -> Self {
        let estate = surroundings.estate;
        let tables = estate.route_tables.iter().map(|it| key(&it.id, it.span.file));
        let routes = estate.table_routes.iter().map(|it| key(&it.table, it.span.file));
        let mut carriers = BTreeMap::new();
        for (at, table) in estate.route_tables.iter().enumerate() {
            for id in table.subnets.iter().filter(|id| is_global(&id.value)) {
                carriers.insert(normal(&id.value), at);
            }
        }
        Self { surroundings, tables: Index::new(tables), routes: Index::new(routes), carriers }
    }

    /// Whether the input shows the route table of the subnet.
    pub fn is_here(&self, subnet: &Subnet) -> bool {
        let at = subnet.routes.id().map(|id| key(id, subnet.span.file));
        let tables = &self.surroundings.estate.route_tables;
        self.carriers.contains_key(&*subnet.id)
            || at.is_some_and(|at| self.tables.all(tables, at).next().is_some())
    }

    /// The routes of `subnet`, in the order in which they win. `location` is that of its network.
    pub fn list(
        &self,
        subnet: &'e Subnet,
        lexicon: Lexicon<'_>,
        location: Option<&str>,
    ) -> RouteList<'e> {
        let mut making = Making::new();
        let platform = making.way(Hop::Platform, Origin::System("platform address"), None);
        making.add(platform, Rank::first(), parsed(&PLATFORM));
        let written = self.written(subnet, &mut making);
        for service in &subnet.endpoints {
            service_route(&mut making, &service.value, lexicon, location);
        }
        for &route in &written.routes {
            written_route(&mut making, &written, route, lexicon);
        }
        self.own_and_peers(subnet, &written, &mut making);
        making.finish()
    }

    /// The table of the subnet; where it is not here, that is put into the list (RT-005).
    fn written(&self, subnet: &'e Subnet, making: &mut Making<'e>) -> Written<'e> {
        let estate = self.surroundings.estate;
        let id = match &subnet.routes {
            Reference::None => {
                let at = self.carriers.get(&*subnet.id);
                let table = at.and_then(|&at| estate.route_tables.get(at));
                return table.map_or_else(Written::default, |it| self.of_table(it, making));
            }
            Reference::Unknown(why) => {
                unread(making, why.reason.clone());
                return Written::default();
            }
            Reference::To(id) => id,
        };
        let at = key(&id.value, subnet.span.file);
        let mut tables = self.tables.all(&estate.route_tables, at);
        let name = id.value.rsplit('/').next().unwrap_or(&id.value);
        let (Some(table), None) = (tables.next(), tables.next()) else {
            unread(making, format!("the route table `{name}` is not in the input once").into());
            return Written::default();
        };
        self.of_table(table, making)
    }

    fn of_table(&self, table: &'e RouteTable, making: &mut Making<'e>) -> Written<'e> {
        let estate = self.surroundings.estate;
        if let Some(why) = &table.unread {
            unread(making, why.reason.clone());
        }
        let routes = self.routes.all(&estate.table_routes, key(&table.id, table.span.file));
        Written { table: Some(table), routes: routes.collect() }
    }

    /// RT-003, RT-006, RT-007
    fn own_and_peers(&self, subnet: &'e Subnet, written: &Written<'e>, making: &mut Making<'e>) {
        let file = subnet.span.file;
        let at = key(&subnet.network, file);
        let network = self.surroundings.network(at);
        let own: Vec<IpNetwork> =
            network.and_then(|it| it.prefixes.known()).map_or_else(Vec::new, Iterator::collect);
        let mut near = own.clone();
        let unknown =
            own.is_empty().then(|| "the address space of the network is not known".into());
        let way = making.way(Hop::Network(network), Origin::System("virtual network"), unknown);
        if own.is_empty() {
            making.add(way, Rank::of(LONGEST, SYSTEM), parsed(&PRIVATE));
        }
        for &prefix in &own {
            making.prefix(way, prefix, SYSTEM);
        }
        self.endpoints(network, written, &own, making);
        let mut gateway = self.surroundings.subnets_of(at).any(is_gateway);
        for peering in self.surroundings.peerings_of(at) {
            gateway |= peering.uses_remote_gateways.known() == Some(&true);
            if !written.has(|table| &table.peering_routes_off) {
                near.extend(self.peer(peering, written, making));
            }
        }
        let learns = gateway && !written.has(|table| &table.gateway_routes_off);
        if learns {
            // RT-002, RT-003: longer prefixes win, and which there are nobody says.
            for route in &written.routes {
                if let RouteDestination::Network(prefix) = route.destination
                    && route.overrides_gateway_routes.known() == Some(&true)
                {
                    near.push(prefix);
                }
            }
            let why = "what the gateway learns is not known".into();
            let way = making.way(Hop::Gateway, Origin::Learned, Some(why));
            making.all(way, Rank::of(LONGEST, LEARNED), &near);
        }
        let open = learns || written.routes.iter().any(|route| is_everything(route));
        fallbacks(making, &own, open);
    }

    /// The route to the network at the other end; what is sure of it.
    fn peer(
        &self,
        peering: &'e Peering,
        written: &Written<'e>,
        making: &mut Making<'e>,
    ) -> Vec<IpNetwork> {
        if peering.access.known() == Some(&false) {
            return Vec::new();
        }
        let name = &peering.name.value;
        let remote = peering.remote.id().map(|id| key(id, peering.span.file));
        let remote = remote.and_then(|at| self.surroundings.network(at));
        let prefixes = remote.and_then(|remote| remote.prefixes.known());
        let prefixes = prefixes.or_else(|| peering.prefixes.known());
        let prefixes: Vec<IpNetwork> = prefixes.map_or_else(Vec::new, Iterator::collect);
        let is_connected =
            peering.state.as_ref().is_none_or(|it| it.value.eq_ignore_ascii_case("Connected"));
        let is_kept = match written.table.map(|table| &table.peering_routes_off) {
            None | Some(Field::Missing | Field::Known(_)) => true,
            Some(Field::Unknown(_) | Field::Invalid { .. }) => false,
        };
        let is_sure = is_connected
            && is_kept
            && peering.access.known() == Some(&true)
            && peering.condition.is_none();
        let why: Option<Box<str>> = if prefixes.is_empty() {
            Some(format!("the address space at the other end of the peering `{name}` is not known"))
        } else {
            (!is_sure).then(|| format!("whether the peering `{name}` holds is not known"))
        }
        .map(String::into);
        let is_known = why.is_none();
        let way = making.way(Hop::Network(remote), Origin::System("peering"), why);
        if prefixes.is_empty() {
            making.add(way, Rank::of(LONGEST, SYSTEM), parsed(&PRIVATE));
        }
        for &prefix in &prefixes {
            making.prefix(way, prefix, SYSTEM);
        }
        if is_known { prefixes } else { Vec::new() }
    }

    /// RT-023: the private endpoints of the network and of its peers.
    fn endpoints(
        &self,
        network: Option<&'e VirtualNetwork>,
        written: &Written<'e>,
        own: &[IpNetwork],
        making: &mut Making<'e>,
    ) {
        let Some(network) = network else { return };
        let estate = self.surroundings.estate;
        let at = key(&network.id, network.span.file);
        for endpoint in &estate.private_endpoints {
            let file = endpoint.span.file;
            let Some(id) = endpoint.subnet.id() else { continue };
            let Some(home) = id.split_once("/subnets/").map(|(home, _)| key(home, file)) else {
                continue;
            };
            let is_peer = || {
                self.surroundings.peerings_of(at).any(|peering| {
                    peering.remote.id().is_some_and(|id| key(id, peering.span.file) == home)
                        && peering.access.known() == Some(&true)
                })
            };
            if home != at && !is_peer() {
                continue;
            }
            let policies = self.surroundings.subnet(key(id, file)).map(|it| &it.endpoint_policies);
            let mut space: Vec<IpNetwork> = own.to_vec();
            if home != at {
                let remote = self.surroundings.network(home).and_then(|it| it.prefixes.known());
                space = remote.map_or_else(Vec::new, Iterator::collect);
            }
            endpoint_route(making, endpoint, policies, (written, &space));
        }
    }
}

/// Routes that the input does not show.
fn unread(making: &mut Making<'_>, reason: Box<str>) {
    let way = making.way(Hop::Unknown(reason.clone()), Origin::Unread, Some(reason));
    making.all(way, Rank::of(LONGEST, WRITTEN), &[]);
}

/// RT-023a: unless a written route takes it over.
fn endpoint_route<'e>(
    making: &mut Making<'e>,
    endpoint: &'e PrivateEndpoint,
    policies: Option<&Field<EndpointPolicies>>,
    (written, space): (&Written<'e>, &[IpNetwork]),
) {
    for address in &endpoint.addresses {
        let address = address.value;
        let length = space.iter().filter(|it| it.contains(address)).map(|it| it.prefix()).max();
        let takes = |route: &&Route| {
            matches!(route.destination, RouteDestination::Network(prefix)
                if prefix.contains(address) && length.is_some_and(|it| prefix.prefix() >= it))
        };
        let is_contested = written.routes.iter().any(takes);
        let why = match policies {
            Some(Field::Known(read)) if read.value.with_routes() && is_contested => continue,
            Some(Field::Unknown(why)) if is_contested => Some(why.reason.clone()),
            _ => endpoint.condition.as_ref().map(|given| given.text.clone()),
        };
        let way = making.way(Hop::Endpoint(endpoint), Origin::System("private endpoint"), why);
        making.add(way, Rank::first(), std::iter::once(single(address)));
    }
}

fn single(address: IpAddr) -> IpNetwork {
    address.into()
}

fn is_gateway(subnet: &Subnet) -> bool {
    subnet.name.value.eq_ignore_ascii_case("GatewaySubnet")
}

/// RT-006. Whether the routes to nowhere stand beside a route for everything nobody has confirmed.
fn fallbacks(making: &mut Making<'_>, own: &[IpNetwork], open: bool) {
    let why = "whether Azure drops private addresses beside a route for 0.0.0.0/0 is not confirmed";
    let why = open.then(|| why.into());
    let way = making.way(Hop::Nowhere, Origin::System("private range"), why);
    for prefix in parsed(&PRIVATE) {
        let is_held = |network: &IpNetwork| {
            network.prefix() <= prefix.prefix() && network.contains(prefix.network())
        };
        if !own.iter().any(is_held) {
            making.prefix(way, prefix, FALLBACK);
        }
    }
    let way = making.way(Hop::Internet, Origin::System("default"), None);
    making.all(way, Rank::of(0, FALLBACK), &[]);
}

fn parsed<'t>(texts: &'t [&'t str]) -> impl Iterator<Item = IpNetwork> + Clone + 't {
    texts.iter().filter_map(|text| text.parse().ok())
}

fn written_route<'e>(
    making: &mut Making<'e>,
    written: &Written<'e>,
    route: &'e Route,
    lexicon: Lexicon<'_>,
) {
    let Some(table) = written.table else { return };
    let condition = route.condition.as_ref().or(table.condition.as_ref());
    let why: Option<Box<str>> =
        condition.map(|it| format!("it is deployed on the condition `{}`", it.text).into());
    let origin = Origin::Written(table, route);
    let anything = |making: &mut Making<'e>, why: Box<str>| {
        let way = making.way(Hop::written(route), origin, Some(why));
        making.all(way, Rank::of(LONGEST, WRITTEN), &[]);
    };
    match &route.destination {
        RouteDestination::Network(prefix) => {
            let way = making.way(Hop::written(route), origin, why);
            making.prefix(way, *prefix, WRITTEN);
        }
        RouteDestination::Tag(name) => match lexicon.tags.get(name) {
            Some(tag) if !lexicon.foreign => {
                let way = making.way(Hop::written(route), origin, why);
                tag_rows(making, way, &tag);
            }
            Some(_) => {
                anything(making, format!("`{name}` has other prefixes in this cloud").into());
            }
            None => anything(making, format!("`{name}` is no tag of the list").into()),
        },
        RouteDestination::Unknown(reason) => anything(making, reason.clone()),
        // Azure takes no such route.
        RouteDestination::Invalid { .. } | RouteDestination::Missing => {
            anything(making, "Azure takes no route with that prefix".into());
        }
    }
}

/// RT-029: a tag stands for all its prefixes, each with its own length.
fn tag_rows(making: &mut Making<'_>, way: usize, tag: &Tag<'_>) {
    let kind = match (tag.base().eq_ignore_ascii_case("AzureCloud"), tag.region().is_some()) {
        (false, true) => 1,
        (false, false) => 2,
        (true, true) => 3,
        (true, false) => 4,
    };
    let prefixes = tag.prefixes();
    let mut lengths: Vec<u8> = prefixes.iter().map(IpNetwork::prefix).collect();
    lengths.sort_unstable();
    lengths.dedup();
    for length in lengths {
        let of_length = prefixes.iter().copied().filter(|it| it.prefix() == length);
        let rank = Rank { tag: kind, ..Rank::of(length.into(), WRITTEN) };
        making.add(way, rank, of_length);
    }
}

/// RT-004, RT-022: in front of everything else. Which regions it is for is not confirmed, except
/// that it is for its own.
fn service_route<'e>(
    making: &mut Making<'e>,
    service: &'e str,
    lexicon: Lexicon<'_>,
    location: Option<&str>,
) {
    let of = |(name, _): &&(&str, &str)| name.eq_ignore_ascii_case(service);
    let origin = Origin::System("service endpoint");
    // Entra ID has none but by name: the endpoint is for what else signs in there.
    if service.eq_ignore_ascii_case("Microsoft.AzureActiveDirectory") {
        return;
    }
    let tag = SERVICES.iter().find(of).and_then(|(_, tag)| lexicon.tags.get(tag));
    let Some(tag) = tag.filter(|_| !lexicon.foreign) else {
        let why = format!("the prefixes of the service endpoint `{service}` are not known");
        let way = making.way(Hop::Service(service), origin, Some(why.into()));
        making.all(way, Rank::first(), &parsed(&PRIVATE).collect::<Vec<_>>());
        return;
    };
    let regional = location.and_then(|at| lexicon.tags.tag_for_region(tag.base(), at));
    if let Some(regional) = regional {
        let way = making.way(Hop::Service(service), origin, None);
        making.add(way, Rank::first(), regional.prefixes().into_iter());
    }
    let why = "whether a service endpoint is for all regions is not confirmed";
    let way = making.way(Hop::Service(service), origin, Some(why.into()));
    let rank = Rank { maker: SYSTEM, ..Rank::first() };
    making.add(way, rank, tag.prefixes().into_iter());
}
