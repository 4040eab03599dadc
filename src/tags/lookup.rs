//! Answers to `egresslint tags QUERY`: about a tag, an address or a network.

use std::net::IpAddr;

use ipnetwork::IpNetwork;
use serde::Serialize;

use super::catalogue::Catalogue;
use super::features::{Documented, Features, Usable};
use super::near::Suggestion;
use super::special::{Special, known_internal, not_internet_v4, special};
use super::tag::{Relation, Tag};
use crate::space::Ranges;

/// What there is to say to a query.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Lookup<'a> {
    /// A tag of the list.
    Tag(TagFacts<'a>),
    /// A tag that rules may use and no list holds.
    Special {
        /// Its official spelling.
        name: &'static str,
        /// Which it is.
        tag: Special,
        /// Its addresses, where they are always the same.
        addresses: Option<Vec<IpAddr>>,
    },
    /// A tag of Microsoft's own subscriptions; its addresses are unknown.
    Internal {
        /// Its official spelling.
        name: &'static str,
    },
    /// An address.
    Address {
        /// The address.
        address: IpAddr,
        /// The tags that hold it, in the order of their names.
        tags: Vec<Held<'a>>,
    },
    /// A network.
    Network {
        /// The network, less the host bits of the query.
        network: String,
        /// The tags that share an address with it, in the order of their names.
        tags: Vec<Related<'a>>,
    },
    /// No tag, address or network.
    Unknown {
        /// The query.
        query: String,
        /// What it may have meant, the likeliest first.
        near: Vec<Suggestion<'a>>,
    },
}

/// A tag, spelt out.
#[derive(Clone, Debug, Serialize)]
pub struct TagFacts<'a> {
    /// Its official spelling.
    pub name: &'a str,
    /// The name less the region.
    pub base: &'a str,
    /// The region as the name has it.
    pub region: Option<&'a str>,
    /// The region as Azure Resource Manager spells it.
    pub location: Option<&'a str>,
    /// The list's `systemService`.
    pub system_service: Option<&'a str>,
    /// The tag's own change number.
    pub change_number: Option<u64>,
    /// The list's `networkFeatures`.
    pub features: Option<Features>,
    /// What the official table says.
    pub documented: Documented,
    /// Whether a network security group may name it.
    pub usable_in_nsg: Usable,
    /// Whether a route may name it.
    pub usable_in_route: Usable,
    /// Whether an Azure Firewall rule may name it as destination.
    pub usable_in_firewall: Usable,
    /// Its regional forms.
    pub regional: Vec<&'a str>,
    /// Those of its regional forms that no network security group may name (TAG-006).
    pub regional_not_in_nsg: Vec<&'a str>,
    /// Number of IPv4 addresses, each counted once.
    pub addresses_v4: u64,
    /// The prefixes as published, IPv4 first.
    pub prefixes: Vec<String>,
}

/// A tag that holds an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Held<'a> {
    /// The tag.
    pub tag: &'a str,
    /// The narrowest of its prefixes around the address.
    pub prefix: Option<String>,
}

/// A tag that shares an address with a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Related<'a> {
    /// The tag.
    pub tag: &'a str,
    /// How it stands to the network.
    pub relation: Relation,
}

/// Answers a query: the name of a tag in any case, an address, or a network as `address/length`.
pub fn lookup<'a>(catalogue: &'a Catalogue, query: &str) -> Lookup<'a> {
    let query = query.trim();
    if let Some(tag) = catalogue.get(query) {
        return Lookup::Tag(facts(catalogue, tag));
    }
    if let Some(tag) = special(query) {
        let addresses = tag.fixed().map(|fixed| fixed.iter().copied().map(IpAddr::V4).collect());
        return Lookup::Special { name: tag.name(), tag, addresses };
    }
    if let Some(name) = known_internal(query) {
        return Lookup::Internal { name };
    }
    if let Ok(address) = query.parse::<IpAddr>() {
        let fixed = Special::ALL.into_iter().filter(|tag| {
            let mut all = tag.fixed().unwrap_or_default().iter();
            all.any(|fixed| IpAddr::V4(*fixed) == address)
        });
        let prefix = || Some(IpNetwork::from(address).to_string());
        let fixed = fixed.map(|tag| Held { tag: tag.name(), prefix: prefix() });
        let listed = catalogue.holding(address).into_iter().map(|tag| held(tag, address));
        // NSG-055: what a virtual network holds is not in it, and no list can tell.
        let public = is_public(address, address);
        let public = public.then(|| Held { tag: Special::Internet.name(), prefix: None });
        let tags = listed.chain(fixed).chain(public).collect();
        return Lookup::Address { address, tags };
    }
    if let Some(network) = query.parse::<IpNetwork>().ok().filter(|_| query.contains('/')) {
        let related = |(tag, relation): (Tag<'a>, _)| Related { tag: tag.name(), relation };
        let public = is_public(network.network(), network.broadcast());
        let tag = Special::Internet.name();
        let public = public.then_some(Related { tag, relation: Relation::Contains });
        return Lookup::Network {
            network: format!("{}/{}", network.network(), network.prefix()),
            tags: catalogue.overlapping(network).into_iter().map(related).chain(public).collect(),
        };
    }
    Lookup::Unknown { query: query.to_owned(), near: catalogue.near(query) }
}

/// Whether all addresses from one to the other are public (NSG-056).
fn is_public(low: IpAddr, high: IpAddr) -> bool {
    match (low, high) {
        (IpAddr::V4(low), IpAddr::V4(high)) => {
            !Ranges::range(u32::from(low), u32::from(high)).intersects(&not_internet_v4())
        }
        (IpAddr::V6(low), IpAddr::V6(high)) => {
            [low, high].iter().all(|it| it.segments().first().is_some_and(|it| it >> 13 == 1))
        }
        _ => false,
    }
}

fn facts<'a>(catalogue: &'a Catalogue, tag: Tag<'a>) -> TagFacts<'a> {
    let forms = || {
        let forms = tag.region().is_none().then(|| catalogue.regional_tags(tag.base()));
        forms.into_iter().flatten()
    };
    let refused = |tag: &Tag<'_>| tag.usable_in_nsg() == Usable::No;
    TagFacts {
        name: tag.name(),
        base: tag.base(),
        region: tag.region(),
        location: tag.location(),
        system_service: tag.system_service(),
        change_number: tag.change_number(),
        features: tag.features(),
        documented: tag.documented(),
        usable_in_nsg: tag.usable_in_nsg(),
        usable_in_route: tag.usable_in_route(),
        usable_in_firewall: tag.usable_in_firewall(),
        regional: forms().map(|tag| tag.name()).collect(),
        regional_not_in_nsg: forms().filter(refused).map(|tag| tag.name()).collect(),
        addresses_v4: u64::try_from(tag.v4().count()).unwrap_or(u64::MAX),
        prefixes: tag.prefixes().iter().map(ToString::to_string).collect(),
    }
}

fn held<'a>(tag: Tag<'a>, address: IpAddr) -> Held<'a> {
    let around = tag.prefixes().into_iter().filter(|prefix| prefix.contains(address));
    let narrowest = around.max_by_key(IpNetwork::prefix);
    Held { tag: tag.name(), prefix: narrowest.map(|prefix| prefix.to_string()) }
}
