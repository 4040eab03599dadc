//! From the values of a rule to sets: what a side surely matches, and what it may match. The two
//! differ wherever something is not known; nothing unknown ever becomes the empty set or `*`.

use super::{
    around::Around,
    family::{self, Family},
};
use crate::{
    model::{Address, AddressFault, AddressItem, Addresses, Form, PortValue, Ports, Protocol},
    space::Ranges,
    tags::{Catalogue, Special, special},
};
use ipnetwork::IpNetwork;
use std::{collections::BTreeMap, sync::Arc};

/// What words stand for in one group.
#[derive(Clone, Copy, Debug)]
pub struct Lexicon<'a> {
    /// The service tag list.
    pub tags: &'a Catalogue,
    /// What Azure itself said that tags stand for, by name in lower case (JS-051).
    pub expanded: &'a BTreeMap<String, Vec<IpNetwork>>,
    /// The list is of another cloud than the group (TAG-017).
    pub foreign: bool,
    /// What is around the machines; without it `VirtualNetwork` is taken for the private ranges.
    pub around: Option<&'a Around>,
}

impl<'a> Lexicon<'a> {
    /// The tag `Internet` (NSG-055).
    pub fn internet<V: Family>(self) -> &'a Arc<Ranges<V>> {
        let space = self.around.and_then(V::space);
        space.map_or(&V::fixed().internet, |space| &space.internet)
    }
}

/// What one side or port list of a rule matches.
#[derive(Clone, Debug)]
pub struct Extent<V> {
    /// What it matches whatever the unknown parts are.
    pub surely: Arc<Ranges<V>>,
    /// What it may match.
    pub perhaps: Arc<Ranges<V>>,
    /// Why the two differ.
    pub why: Option<Why>,
}

/// Why a side is not known exactly.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// A tag that is not in the list.
    UnknownTag(Box<str>),
    /// Tags are judged by the list of another cloud.
    OtherCloud(Box<str>),
    /// Members of an application security group (NSG-048).
    Group(Box<str>),
    /// A value that the input does not give, with its reason.
    Value(Box<str>),
    /// A value that Azure refuses, so the rule cannot be deployed as it stands.
    Refused(Box<str>),
    /// `0.0.0.0/0` against IPv6 (NSG-041).
    AllOfIpv4,
    /// ICMP through a rule with ports (NSG-027).
    PortlessProtocol,
    /// What `VirtualNetwork` holds besides the network (NSG-052).
    Network(Box<str>),
    /// The rule is deployed on a condition.
    Condition(Box<str>),
    /// The file's own list of what `Internet` stands for leaves public addresses out (JS-051).
    Shortened,
    /// Which names Azure's own rules let through (FW-050).
    Platform,
    /// Other rules at the same number, of which Azure takes none (NSG-005).
    SamePriority,
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownTag(tag) => write!(f, "`{tag}` is no tag of the service tag list"),
            Self::OtherCloud(tag) => {
                write!(f, "`{tag}` has other prefixes in the cloud of this group")
            }
            Self::Group(name) => {
                write!(f, "the members of application security group `{name}` are not known")
            }
            Self::Value(reason) => f.write_str(reason),
            Self::Refused(what) => write!(f, "Azure refuses {what}"),
            Self::AllOfIpv4 => f.write_str("whether `0.0.0.0/0` matches IPv6 is not documented"),
            Self::PortlessProtocol => {
                f.write_str("whether a rule with ports matches ICMP is not documented")
            }
            Self::Network(reason) => {
                write!(f, "`VirtualNetwork` may hold more than this network: {reason}")
            }
            Self::Condition(text) => write!(f, "it is deployed on the condition {text}"),
            Self::Shortened => f.write_str(
                "the prefixes that the file gives for `Internet` are not all public addresses",
            ),
            Self::Platform => f.write_str(
                "which names the built-in infrastructure rules let through is not published",
            ),
            Self::SamePriority => f.write_str("another rule has the same priority and direction"),
        }
    }
}

impl<V: Family> Extent<V> {
    /// A set that is known.
    pub fn exact(set: Arc<Ranges<V>>) -> Self {
        Self { surely: Arc::clone(&set), perhaps: set, why: None }
    }

    /// Nothing for sure, and at most `bound`.
    pub fn unsure(bound: Arc<Ranges<V>>, why: Why) -> Self {
        Self { surely: Arc::clone(&V::fixed().none), perhaps: bound, why: Some(why) }
    }

    pub(super) fn union(self, other: Self) -> Self {
        Self {
            surely: union(self.surely, &other.surely),
            perhaps: union(self.perhaps, &other.perhaps),
            why: match (self.why, other.why) {
                (Some(why @ Why::Refused(_)), _) | (_, Some(why @ Why::Refused(_))) => Some(why),
                (mine, theirs) => mine.or(theirs),
            },
        }
    }
}

fn union<V: Family>(left: Arc<Ranges<V>>, right: &Arc<Ranges<V>>) -> Arc<Ranges<V>> {
    if right.is_empty() || Arc::ptr_eq(&left, right) {
        left
    } else if left.is_empty() {
        Arc::clone(right)
    } else {
        Arc::new(left.union(right))
    }
}

/// The addresses of one side.
pub fn addresses<V: Family>(lexicon: Lexicon<'_>, side: &Addresses) -> Extent<V> {
    let fixed = V::fixed();
    if side.form == Form::Groups
        && let Some(extent) = lexicon.around.and_then(|around| around.in_groups(&side.groups))
    {
        return extent;
    }
    match side.form {
        // NSG-038
        Form::None => Extent::unsure(
            Arc::clone(&fixed.any),
            Why::Refused("a rule without any address on one side".into()),
        ),
        Form::Groups => side.groups.first().map_or_else(
            || Extent::unsure(Arc::clone(&fixed.private), Why::Group("".into())),
            // NSG-044: private addresses of the interfaces that list the group.
            |group| Extent::unsure(Arc::clone(&fixed.private), Why::Group(group.name.clone())),
        ),
        // NSG-037: which of the two counts is not documented.
        Form::Several => {
            let all = items(lexicon, side);
            Extent::unsure(
                if side.groups.is_empty() { all.perhaps } else { Arc::clone(&fixed.any) },
                Why::Refused("a rule with several address properties on one side".into()),
            )
        }
        Form::Singular | Form::Plural | Form::List => items(lexicon, side),
    }
}

fn items<V: Family>(lexicon: Lexicon<'_>, side: &Addresses) -> Extent<V> {
    let fixed = V::fixed();
    if let [only] = side.items.as_slice() {
        return element(lexicon, side.form, only);
    }
    // Long lists are of prefixes: one pass over all of them instead of a union each.
    let networks = side.items.iter().filter_map(|item| match item.value {
        Address::Network(network) => V::bounds(network),
        _ => None,
    });
    let start = Extent::exact(Arc::new(networks.collect()));
    let whole = side
        .items
        .iter()
        .filter(|item| !matches!(item.value, Address::Network(network) if plain::<V>(network)))
        .map(|item| element(lexicon, side.form, item))
        .fold(start, Extent::union);
    match whole.why {
        // One element that Azure refuses, and the rule does not exist as it stands.
        Some(why @ Why::Refused(_)) => Extent::unsure(whole.perhaps, why),
        _ => whole.or_none(fixed),
    }
}

/// A prefix that says the same in both families: all but `0.0.0.0/0` seen from IPv6.
fn plain<V: Family>(network: IpNetwork) -> bool {
    V::bounds(network).is_some() || network.prefix() != 0
}

impl<V: Family> Extent<V> {
    fn or_none(self, fixed: &'static family::Fixed<V>) -> Self {
        if self.perhaps.is_empty() { Self::exact(Arc::clone(&fixed.none)) } else { self }
    }
}

fn element<V: Family>(lexicon: Lexicon<'_>, form: Form, item: &AddressItem) -> Extent<V> {
    let fixed = V::fixed();
    let any = || Arc::clone(&fixed.any);
    match &item.value {
        Address::Any if form == Form::Plural => {
            Extent::unsure(any(), Why::Refused("`*` in a list of prefixes".into()))
        }
        Address::Any => Extent::exact(any()),
        Address::Network(network) => match V::bounds(*network) {
            Some((low, high)) => {
                if network.prefix() == 0 {
                    Extent::exact(any())
                } else {
                    Extent::exact(Arc::new(Ranges::range(low, high)))
                }
            }
            // NSG-041
            None if network.is_ipv4() && network.prefix() == 0 => {
                Extent::unsure(any(), Why::AllOfIpv4)
            }
            None => Extent::exact(Arc::clone(&fixed.none)),
        },
        Address::Tag(name) => {
            let extent = tag(lexicon, name);
            if form == Form::Plural {
                // NSG-035: the deployment is refused, so the rule never exists as it stands.
                let what = format!("the tag `{name}` in a list of prefixes");
                return Extent::unsure(extent.perhaps, Why::Refused(what.into()));
            }
            extent
        }
        Address::Unknown(reason) => Extent::unsure(any(), Why::Value(reason.clone())),
        // NSG-034: unconfirmed whether Azure takes it.
        Address::Invalid { text, fault: AddressFault::Range } => {
            let ends = item.value.range();
            let range = ends.and_then(|(low, high)| V::integer(low).zip(V::integer(high)));
            let set = range.map_or_else(
                || Arc::clone(&fixed.none),
                |(low, high)| Arc::new(Ranges::range(low, high)),
            );
            Extent::unsure(set, Why::Refused(format!("`{text}`").into()))
        }
        Address::Invalid { text, .. } => {
            Extent::unsure(any(), Why::Refused(format!("`{text}`").into()))
        }
    }
}

/// What a tag stands for.
pub fn tag<V: Family>(lexicon: Lexicon<'_>, name: &str) -> Extent<V> {
    let fixed = V::fixed();
    if !lexicon.expanded.is_empty()
        && let Some(networks) = lexicon.expanded.get(&name.to_ascii_lowercase())
    {
        // JS-051: the truth for this interface at that time.
        let bounds = networks.iter().filter_map(|&network| V::bounds(network));
        let set = Arc::new(bounds.collect());
        return match special(name) {
            Some(Special::Internet) => internet(lexicon, set),
            _ => Extent::exact(set),
        };
    }
    match special(name) {
        Some(Special::Internet) => return Extent::exact(Arc::clone(lexicon.internet())),
        Some(Special::VirtualNetwork) => {
            let space = lexicon.around.and_then(V::space);
            let private = || Extent::exact(Arc::clone(&fixed.private));
            return space.map_or_else(private, |space| space.network.clone());
        }
        // NSG-060, NSG-066: only the tag acts on these flows, and on nothing else; see `platform`.
        Some(Special::AzurePlatformDns | Special::AzurePlatformImds) => {
            return Extent::exact(Arc::clone(&fixed.none));
        }
        Some(special @ (Special::AzureLoadBalancer | Special::AzurePlatformLkm)) => {
            let fixed = special.fixed().unwrap_or_default().iter();
            let points = fixed.filter_map(|&address| V::integer(address.into()));
            return Extent::exact(Arc::new(points.map(|point| (point, point)).collect()));
        }
        Some(Special::AzureContainerAppsService) => {
            return Extent::unsure(Arc::clone(&fixed.any), Why::UnknownTag(name.into()));
        }
        None => {}
    }
    match lexicon.tags.get(name) {
        Some(_) if lexicon.foreign => {
            Extent::unsure(Arc::clone(&fixed.any), Why::OtherCloud(name.into()))
        }
        Some(tag) => Extent::exact(V::of_tag(&tag)),
        None => Extent::unsure(bound(lexicon, name), Why::UnknownTag(name.into())),
    }
}

/// `Internet` as an export has it. Exports are shortened for reading, and what is left out of them
/// is still the internet unless the export puts it into the network.
fn internet<V: Family>(lexicon: Lexicon<'_>, given: Arc<Ranges<V>>) -> Extent<V> {
    let missing = V::fixed().internet.minus(&given);
    let network = lexicon.expanded.get("virtualnetwork").into_iter().flatten();
    let network: Ranges<V> = network.filter_map(|&network| V::bounds(network)).collect();
    if missing.is_subset(&network) {
        return Extent::exact(given);
    }
    let perhaps = Arc::new(given.union(&missing.minus(&network)));
    Extent { surely: given, perhaps, why: Some(Why::Shortened) }
}

/// What a tag that is not in the list can stand for at most: `Storage.Somewhere`, if there is such
/// a thing, lies in `Storage` (TAG-004); any other may hold anything.
fn bound<V: Family>(lexicon: Lexicon<'_>, name: &str) -> Arc<Ranges<V>> {
    let base = name.split_once('.').and_then(|(base, _)| lexicon.tags.get(base));
    base.map_or_else(|| Arc::clone(&V::fixed().any), |base| V::of_tag(&base))
}

/// The ports of one side.
pub fn ports<V: Family>(list: &Ports) -> Extent<V> {
    let fixed = V::fixed();
    let all = || Arc::clone(&fixed.ports);
    // Nearly all lists: one port, or all of them.
    if let ([only], Form::Singular | Form::List) = (list.items.as_slice(), list.form) {
        match only.value {
            PortValue::Any | PortValue::Range(0, u16::MAX) => return Extent::exact(all()),
            PortValue::Range(low, high) => {
                return Extent::exact(Arc::new(Ranges::range(V::from(low), V::from(high))));
            }
            PortValue::Unknown(_) | PortValue::Invalid { .. } => {}
        }
    }
    match list.form {
        Form::None => {
            Extent::unsure(all(), Why::Refused("a rule without any port on one side".into()))
        }
        Form::Several => Extent::unsure(
            all(),
            Why::Refused("a rule with two port properties on one side".into()),
        ),
        Form::Singular | Form::Plural | Form::List | Form::Groups => {
            let mut why = None;
            let mut whole = false;
            let mut ranges = Vec::new();
            for item in &list.items {
                match &item.value {
                    PortValue::Any if list.form == Form::Plural => {
                        // NSG-031
                        why = Some(Why::Refused("`*` in a list of ports".into()));
                    }
                    PortValue::Any => whole = true,
                    PortValue::Range(low, high) => {
                        whole |= (*low, *high) == (0, u16::MAX);
                        ranges.push((V::from(*low), V::from(*high)));
                    }
                    PortValue::Unknown(reason) => {
                        why.get_or_insert_with(|| Why::Value(reason.clone()));
                    }
                    PortValue::Invalid { text, .. } => {
                        why = Some(Why::Refused(format!("`{text}`").into()));
                    }
                }
            }
            let surely =
                if whole { all() } else { Arc::new(ranges.into_iter().collect::<Ranges<V>>()) };
            match why {
                Some(why @ Why::Refused(_)) => Extent::unsure(all(), why),
                Some(why) => Extent { surely, perhaps: all(), why: Some(why) },
                None => Extent::exact(surely),
            }
        }
    }
}

/// The protocols of a rule, given whether it lists ports: only TCP and UDP have any (NSG-027).
pub fn protocols<V: Family>(protocol: Protocol, with_ports: bool) -> Extent<V> {
    let fixed = V::fixed();
    let number = |number: u16| Arc::new(Ranges::single(V::from(number)));
    match protocol {
        Protocol::Any if with_ports => Extent::exact(Arc::clone(&fixed.ported)),
        Protocol::Any => Extent::exact(Arc::clone(&fixed.protocols)),
        Protocol::Tcp => Extent::exact(Arc::clone(&fixed.tcp)),
        Protocol::Udp => Extent::exact(Arc::clone(&fixed.udp)),
        Protocol::Icmp | Protocol::Esp | Protocol::Ah => {
            let set = number(match protocol {
                Protocol::Icmp => family::ICMP,
                Protocol::Esp => family::ESP,
                _ => family::AH,
            });
            if with_ports { Extent::unsure(set, Why::PortlessProtocol) } else { Extent::exact(set) }
        }
    }
}
