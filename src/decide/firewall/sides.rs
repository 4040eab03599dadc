//! From the values of a firewall rule to sets: what a side surely matches, and what it may match.

use super::find;
use crate::{
    decide::{
        extent::{self, Extent, Lexicon, Why},
        family::Family,
        symbol,
    },
    model::{
        Ends, FirewallAddress, FirewallAddressItem, FirewallPorts, IpGroup, IpGroupRef, PortValue,
        names::Same,
    },
    source::FileId,
    space::Ranges,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

/// Tags that firewalls do not take (TAG-013).
const NOT_HERE: [&str; 10] = [
    "AzureContainerAppsService",
    "AzureLoadBalancer",
    "AzurePlatformDNS",
    "AzurePlatformIMDS",
    "AzurePlatformLKM",
    "GatewayManager",
    "Internet",
    "KustoAnalytics",
    "MicrosoftPurviewPolicyDistribution",
    "VirtualNetwork",
];

/// What words stand for in the rules of one firewall.
#[derive(Clone, Copy)]
pub(in crate::decide) struct Words<'a> {
    pub(super) lexicon: Lexicon<'a>,
    pub(super) groups: &'a IpGroups<'a>,
    /// Required tags of which only the names are known: a side that names one, or the tag around
    /// it, holds all public addresses as far as the question goes.
    pub(super) named: &'a [String],
}

/// One side of a rule.
pub(in crate::decide) struct Side<V> {
    pub(super) extent: Extent<V>,
    /// FW-071: it is nothing but empty IP groups, and Azure skips the rule.
    pub(super) is_skipped: bool,
    /// One of its IP groups is empty, and Azure may skip the rule.
    pub(super) may_skip: bool,
}

/// Which side it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::decide) enum Which {
    /// Tags are for destinations only (TAG-012).
    Source,
    Destination,
}

/// The IP groups of the input, by id.
#[derive(Debug)]
pub(in crate::decide) struct IpGroups<'m> {
    all: &'m [IpGroup],
    by_id: BTreeMap<&'m str, Vec<usize>>,
    file: FileId,
    v4: Vec<OnceLock<Extent<u32>>>,
}

impl<'m> IpGroups<'m> {
    /// Those that rules which stand in `file` may name.
    pub(super) fn new(all: &'m [IpGroup], file: FileId) -> Self {
        let mut by_id: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, group) in all.iter().enumerate() {
            by_id.entry(&group.id).or_default().push(at);
        }
        let v4 = all.iter().map(|_| OnceLock::new()).collect();
        Self { all, by_id, file, v4 }
    }

    /// The group of an id, that of the same file before others.
    fn find(&self, id: &str, file: FileId) -> Option<usize> {
        let fits = |at: &&usize| {
            let group = self.all.get(**at);
            group.is_some_and(|it| find::means(id, file, &it.id, it.span.file) == Same::Yes)
        };
        let here = |at: &&usize| self.all.get(**at).is_some_and(|it| it.span.file == file);
        let of_id = self.by_id.get(id)?;
        let all = of_id.iter().filter(fits);
        all.clone().find(here).or_else(|| all.clone().next()).copied()
    }

    fn extent<V: Family>(&self, words: Words<'_>, reference: &IpGroupRef, which: Which) -> Side<V> {
        let any = || Arc::clone(&V::fixed().any);
        let id = match reference {
            IpGroupRef::To(id) => id,
            IpGroupRef::Unknown(why) => {
                return Side::of(Extent::unsure(any(), Why::Value(why.reason.clone())));
            }
        };
        // Rules of a base policy stand in their own file.
        let file = if id.span.file == self.file { self.file } else { id.span.file };
        let Some(group) = self.find(&id.value, file).and_then(|at| self.all.get(at)) else {
            let reason = format!("the IP group `{}` is not in the input", find::last(&id.value));
            return Side::of(Extent::unsure(any(), Why::Value(reason.into())));
        };
        let name = &group.name.value;
        let mut extent = items::<V>(words, &group.addresses, which);
        if group.addresses.is_empty() {
            extent = Extent::exact(Arc::clone(&V::fixed().none));
        }
        let doubt = match (&group.unread, &group.condition) {
            (Some(unread), _) => Some(unread.reason.to_string()),
            (None, Some(given)) => {
                extent.surely = Arc::clone(&V::fixed().none);
                Some(format!("the IP group `{name}` is deployed on the condition {given}"))
            }
            (None, None) => None,
        };
        if let Some(reason) = doubt {
            extent.perhaps = any();
            extent.why = Some(Why::Value(reason.into()));
            return Side::of(extent);
        }
        // FW-071; the group may well have addresses of the other family only.
        let is_skipped = group.addresses.is_empty();
        Side { extent, is_skipped, may_skip: false }
    }

    fn v4(&self, words: Words<'_>, reference: &IpGroupRef, which: Which) -> Side<u32> {
        let IpGroupRef::To(id) = reference else { return self.extent(words, reference, which) };
        let place = self.find(&id.value, id.span.file);
        let cell = place.and_then(|at| Some((self.v4.get(at)?, self.all.get(at)?)));
        match cell {
            Some((cell, group)) if !group.addresses.is_empty() => {
                let make = || self.extent::<u32>(words, reference, which).extent;
                Side::of(cell.get_or_init(make).clone())
            }
            _ => self.extent(words, reference, which),
        }
    }
}

impl<V> Side<V> {
    const fn of(extent: Extent<V>) -> Self {
        Self { extent, is_skipped: false, may_skip: false }
    }
}

/// One of the two families, where group sets of IPv4 are made once.
pub(in crate::decide) trait Grouped: Family {
    fn of_group(words: Words<'_>, reference: &IpGroupRef, which: Which) -> Side<Self>;
}

impl Grouped for u32 {
    fn of_group(words: Words<'_>, reference: &IpGroupRef, which: Which) -> Side<Self> {
        words.groups.v4(words, reference, which)
    }
}

impl Grouped for u128 {
    fn of_group(words: Words<'_>, reference: &IpGroupRef, which: Which) -> Side<Self> {
        words.groups.extent(words, reference, which)
    }
}

/// The addresses of one side; `has_names` where names stand beside them.
pub(super) fn side<V: Grouped>(
    words: Words<'_>,
    ends: &Ends,
    which: Which,
    has_names: bool,
) -> Side<V> {
    let fixed = V::fixed();
    let any = || Arc::clone(&fixed.any);
    let mut whole = if ends.addresses.is_empty() {
        Extent::exact(Arc::clone(&fixed.none))
    } else {
        items::<V>(words, &ends.addresses, which)
    };
    let mut skipped = 0_usize;
    for reference in &ends.ip_groups {
        let group = V::of_group(words, reference, which);
        skipped += usize::from(group.is_skipped);
        whole = whole.union(group.extent);
    }
    if let Some(opaque) = ends.opaque.first() {
        // FW-040
        let reason = format!("what `{}` stands for is not published", opaque.value);
        whole = whole.union(Extent::unsure(any(), Why::Value(reason.into())));
    }
    if let Some(unread) = &ends.unread {
        whole = whole.union(Extent::unsure(any(), Why::Value(unread.reason.clone())));
    }
    let others = !ends.addresses.is_empty()
        || ends.ip_groups.len() > skipped
        || !ends.opaque.is_empty()
        || ends.unread.is_some();
    if skipped > 0 {
        if others || has_names {
            // FW-071 says of rules that use an emptied group that they are skipped, and nothing of
            // what else they name.
            let reason = "one of its IP groups is empty, for which Azure may skip the rule";
            whole.surely = Arc::clone(&fixed.none);
            whole.why.get_or_insert_with(|| Why::Value(reason.into()));
        }
        let is_skipped = !others && !has_names;
        return Side { extent: whole, is_skipped, may_skip: true };
    }
    if !others && !has_names {
        let what = match which {
            Which::Source => "a rule without any source",
            Which::Destination => "a rule without any destination",
        };
        whole = Extent::unsure(any(), Why::Refused(what.into()));
    }
    if let Some(why @ Why::Refused(_)) = &whole.why {
        // One element that Azure refuses, and the rule does not exist as it stands.
        whole = Extent::unsure(Arc::clone(&whole.perhaps), why.clone());
    }
    Side::of(whole)
}

fn items<V: Family>(words: Words<'_>, list: &[FirewallAddressItem], which: Which) -> Extent<V> {
    let fixed = V::fixed();
    if let [only] = list {
        return element(words, &only.value, which);
    }
    // Long lists are of prefixes: one pass over all of them instead of a union each.
    let plain = |value: &FirewallAddress| match value {
        FirewallAddress::Network(network) if network.prefix() > 0 => V::bounds(*network),
        _ => None,
    };
    let start = Extent::exact(Arc::new(list.iter().filter_map(|it| plain(&it.value)).collect()));
    let others = list.iter().filter(|it| plain(&it.value).is_none());
    let whole =
        others.map(|it| element(words, &it.value, which)).fold(start, |all, it| all.union(it));
    if whole.perhaps.is_empty() { Extent::exact(Arc::clone(&fixed.none)) } else { whole }
}

/// FW-033
fn element<V: Family>(words: Words<'_>, value: &FirewallAddress, which: Which) -> Extent<V> {
    let fixed = V::fixed();
    let any = || Arc::clone(&fixed.any);
    let none = || Extent::exact(Arc::clone(&fixed.none));
    match value {
        FirewallAddress::Any => Extent::exact(any()),
        FirewallAddress::Network(network) => match V::bounds(*network) {
            Some(_) if network.prefix() == 0 => Extent::exact(any()),
            Some((low, high)) => Extent::exact(Arc::new(Ranges::range(low, high))),
            None => none(),
        },
        FirewallAddress::Range(low, high) => match (V::integer(*low), V::integer(*high)) {
            (Some(low), Some(high)) if low <= high => {
                Extent::exact(Arc::new(Ranges::range(low, high)))
            }
            (Some(_), Some(_)) => {
                let what = format!("the range `{low}-{high}`: its ends are reversed");
                Extent::unsure(any(), Why::Refused(what.into()))
            }
            _ => none(),
        },
        FirewallAddress::Tag(name) => tag(words, name, which),
        FirewallAddress::Unknown(reason) => Extent::unsure(any(), Why::Value(reason.clone())),
        FirewallAddress::Invalid { text, .. } => {
            Extent::unsure(any(), Why::Refused(format!("`{text}`").into()))
        }
    }
}

fn tag<V: Family>(words: Words<'_>, name: &str, which: Which) -> Extent<V> {
    let fixed = V::fixed();
    // TAG-012
    if which == Which::Source {
        let what = format!("the tag `{name}` as the source of a firewall rule");
        return Extent::unsure(Arc::clone(&fixed.any), Why::Refused(what.into()));
    }
    // TAG-013
    if NOT_HERE.iter().any(|it| it.eq_ignore_ascii_case(name)) {
        let what = format!("the tag `{name}` in a firewall rule");
        return Extent::unsure(Arc::clone(&fixed.any), Why::Refused(what.into()));
    }
    if words.named.iter().any(|it| symbol::holds(name, it)) {
        return Extent::exact(Arc::clone(&fixed.internet));
    }
    extent::tag(words.lexicon, name)
}

/// The ports of a network or NAT rule (FW-037).
pub(super) fn ports<V: Family>(list: &FirewallPorts) -> Extent<V> {
    let fixed = V::fixed();
    let all = || Arc::clone(&fixed.ports);
    let mut whole = false;
    let mut why = None;
    let mut ranges = Vec::new();
    for item in &list.items {
        match &item.value {
            PortValue::Any => whole = true,
            PortValue::Range(low, high) => ranges.push((V::from(*low), V::from(*high))),
            PortValue::Unknown(reason) => {
                why.get_or_insert_with(|| Why::Value(reason.clone()));
            }
            PortValue::Invalid { text, .. } => {
                return Extent::unsure(all(), Why::Refused(format!("`{text}`").into()));
            }
        }
    }
    if let Some(unread) = &list.unread {
        why.get_or_insert_with(|| Why::Value(unread.reason.clone()));
    }
    let surely = if whole { all() } else { Arc::new(ranges.into_iter().collect::<Ranges<V>>()) };
    match why {
        Some(why) => Extent { surely, perhaps: all(), why: Some(why) },
        None if surely.is_empty() => {
            Extent::unsure(all(), Why::Refused("a rule without any port".into()))
        }
        None => Extent::exact(surely),
    }
}
