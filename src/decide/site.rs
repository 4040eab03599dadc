//! A place where a group is used. A group that is used in several places may do different things
//! there: `VirtualNetwork` is computed for each (NSG-052), and machines differ in their addresses.

use super::{
    around::Around,
    extent::Lexicon,
    family::Family,
    flow::{Endpoint, FlowQuery, Traced},
    judge::Sources,
    policy::NsgPolicy,
    requirement::{Asked, Ground, Judged},
};
use crate::{
    model::Direction,
    space::{Axis, Ranges},
    verdict::Verdict,
};
use ipnetwork::IpNetwork;
use std::{net::IpAddr, sync::Arc};

/// So many subnets are told apart where only some are let through.
const MAX_TOLD: usize = 8;

/// Subnets or interfaces of one network.
#[derive(Clone, Debug)]
pub struct Site<'m> {
    /// What is around them, if that is known.
    pub(super) around: Option<&'m Around>,
    /// Who carries the group.
    pub(super) holders: Vec<Holder>,
    /// Whether machines are at all of the addresses, or at some.
    pub(super) sources: Sources,
}

impl Site<'_> {
    /// Nobody knows where.
    pub(super) const fn anywhere() -> Self {
        Self { around: None, holders: Vec::new(), sources: Sources::SomeOf }
    }

    /// Where the machines are.
    pub(super) fn machines<V: Family>(&self) -> (Arc<Ranges<V>>, Sources) {
        let own = self.around.and_then(V::space).map(|space| Arc::clone(&space.own));
        let set: Ranges<V> = self.holders.iter().flat_map(Holder::addresses).collect();
        if set.is_empty() {
            let private = || Arc::clone(&V::fixed().private);
            return (own.unwrap_or_else(private), Sources::SomeOf);
        }
        (Arc::new(set), self.sources)
    }

    /// Whether the machines of both may be at the same addresses, with the same around them.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let around = |site: &Self| site.around.map(std::ptr::from_ref);
        let first =
            |site: &Self| site.holders.first().map(|it| (it.is_subnet, it.prefixes.clone()));
        around(self) == around(other) && first(self) == first(other)
    }
}

/// A subnet or an interface.
#[derive(Clone, Debug)]
pub(super) struct Holder {
    /// Its name for people: `vnet-a/snet-app`.
    pub(super) name: String,
    /// Its prefixes or addresses; none where they are not known.
    pub(super) prefixes: Vec<IpNetwork>,
    /// Whether they are those of a subnet, of which Azure keeps some.
    pub(super) is_subnet: bool,
}

impl Holder {
    pub(super) fn addresses<V: Family>(&self) -> impl Iterator<Item = (V, V)> {
        self.prefixes.iter().filter_map(|&prefix| {
            let (low, high) = V::bounds(prefix)?;
            match prefix {
                // Azure keeps the first four addresses of a subnet and the last; no machine has them.
                IpNetwork::V4(v4) if self.is_subnet && v4.prefix() <= 29 => {
                    let low = (0..4).try_fold(low, |low, _| low.next())?;
                    Some((low, high.previous()?))
                }
                IpNetwork::V4(_) | IpNetwork::V6(_) => Some((low, high)),
            }
        })
    }
}

impl<'m> NsgPolicy<'m> {
    /// The group at one site.
    pub fn at_site(&self, site: Site<'m>) -> Self {
        let lexicon = Lexicon { around: site.around, ..self.lexicon() };
        let mut policy = Self::new(self.nsg, lexicon);
        policy.site = Some(site);
        policy
    }

    /// Where the machines behind the group are.
    pub(super) fn machines<V: Family>(&self) -> (Arc<Ranges<V>>, Sources) {
        let private = || (Arc::clone(&V::fixed().private), Sources::SomeOf);
        self.site.as_ref().map_or_else(private, Site::machines)
    }

    /// Where a part of the flows is stopped: whose they are.
    fn told_apart(&self, judged: &Judged<'_>) -> Option<String> {
        let holders = &self.site.as_ref()?.holders;
        let flows = judged.flows.as_ref()?;
        if judged.verdict != Verdict::Partial || holders.len() < 2 || holders.len() > MAX_TOLD {
            return None;
        }
        let mut parts: [Vec<&str>; 3] = Default::default();
        let [stopped, mixed, passed] = &mut parts;
        for holder in holders {
            let own: Ranges<u32> = holder.addresses().collect();
            let piece = flows.clone().with(Axis::Source, Arc::new(own));
            match self.weigh(Direction::Outbound, &piece, Sources::Exactly).verdict {
                Verdict::Blocked => stopped.push(&holder.name),
                Verdict::Allowed => passed.push(&holder.name),
                Verdict::Partial => mixed.push(&holder.name),
                Verdict::Unknown => return None,
            }
        }
        let words = [(stopped, "all is stopped"), (mixed, "some is"), (passed, "nothing is")];
        let words = words.into_iter().filter(|(names, _)| !names.is_empty());
        let words: Vec<String> =
            words.map(|(names, what)| format!("from {} {what}", names.join(", "))).collect();
        Some(words.join("; "))
    }

    fn name_of_site(&self) -> String {
        let holders = self.site.iter().flat_map(|site| &site.holders);
        let mut names: Vec<&str> = holders.clone().take(3).map(|it| it.name.as_str()).collect();
        if holders.count() > names.len() {
            names.push("others");
        }
        if names.is_empty() { "elsewhere".to_owned() } else { format!("from {}", names.join(", ")) }
    }

    /// Whether nobody can tell where the machines are: then any may be there.
    fn is_lost(&self) -> bool {
        self.site.as_ref().is_some_and(|site| site.around.is_some() && site.holders.is_empty())
    }

    fn is_home(&self, end: &Endpoint) -> bool {
        let holders = || self.site.iter().flat_map(|site| &site.holders);
        let holds = |low: IpAddr, high: IpAddr| {
            holders().any(|it| it.prefixes.iter().any(|p| p.contains(low) && p.contains(high)))
        };
        match end {
            Endpoint::Address(address) => holds(*address, *address),
            Endpoint::Network(network) => holds(network.network(), network.broadcast()),
            Endpoint::Tag(_) | Endpoint::AnyPrivate => false,
        }
    }
}

/// The verdict on what has these verdicts in its parts.
pub(super) fn whole(parts: &[Verdict]) -> Option<Verdict> {
    let has = |verdict: Verdict| parts.contains(&verdict);
    let stops = has(Verdict::Blocked) || has(Verdict::Partial);
    let passes = has(Verdict::Allowed) || has(Verdict::Partial);
    match (stops, passes, has(Verdict::Unknown)) {
        (true, true, _) => Some(Verdict::Partial),
        (_, _, true) => Some(Verdict::Unknown),
        (true, false, false) => Some(Verdict::Blocked),
        (false, true, false) => Some(Verdict::Allowed),
        (false, false, false) => None,
    }
}

/// The part that tells most of the whole, and where the others differ.
fn telling(
    policies: &[&NsgPolicy<'_>],
    verdicts: &[Verdict],
    whole: Verdict,
) -> (usize, Option<String>) {
    let rank = |verdict: &Verdict| match (whole, verdict) {
        (Verdict::Unknown, Verdict::Unknown) => 0,
        (Verdict::Partial, Verdict::Blocked) => 1,
        (Verdict::Partial, Verdict::Partial) => 2,
        _ => 3,
    };
    let first = (0..verdicts.len()).min_by_key(|&at| verdicts.get(at).map_or(4, rank)).unwrap_or(0);
    let other = verdicts.iter().position(|it| Some(it) != verdicts.get(first));
    let say = |at: usize| {
        let word = verdicts.get(at)?.word();
        Some(format!("{}: {word}", policies.get(at)?.name_of_site()))
    };
    let reason = other.and_then(|other| Some(format!("{}; {}", say(first)?, say(other)?)));
    (first, reason)
}

pub(super) fn both(first: Option<String>, second: Option<String>) -> Option<String> {
    match (first, second) {
        (Some(first), Some(second)) => Some(format!("{first}; {second}")),
        (one, other) => one.or(other),
    }
}

/// Judges a row at every site of a group: it is met where all of them meet it (design 2).
pub fn require<'a>(
    sites: &[NsgPolicy<'_>],
    asked: Asked<'a>,
    ground: Ground<'_>,
) -> Option<Judged<'a>> {
    let mut all: Vec<Judged<'a>> =
        sites.iter().map(|policy| policy.require(asked, ground)).collect::<Option<_>>()?;
    for (policy, judged) in sites.iter().zip(&mut all) {
        judged.reason = both(policy.told_apart(judged), judged.reason.take());
    }
    let verdicts: Vec<Verdict> = all.iter().map(|judged| judged.verdict).collect();
    let verdict = whole(&verdicts)?;
    let (first, apart) = telling(&sites.iter().collect::<Vec<_>>(), &verdicts, verdict);
    let mut deciders: Vec<usize> = Vec::new();
    for decider in all.iter().flat_map(|judged| &judged.deciders) {
        if !deciders.contains(decider) {
            deciders.push(*decider);
        }
    }
    let mut judged = all.into_iter().nth(first)?;
    if sites.len() > 1 {
        deciders.sort_unstable();
        judged.deciders = deciders;
    }
    judged.verdict = verdict;
    judged.reason = both(apart, judged.reason.take());
    Some(judged)
}

/// Follows one flow at the sites of a group that its own end may be at.
pub fn trace(sites: &[NsgPolicy<'_>], query: &FlowQuery) -> Option<Traced> {
    let own = match query.direction {
        Direction::Outbound => &query.source,
        Direction::Inbound => &query.destination,
    };
    // Networks that are not peered may have the same addresses: the end may be in any of them.
    let homes: Vec<&NsgPolicy<'_>> = sites.iter().filter(|policy| policy.is_home(own)).collect();
    let lost = sites.iter().filter(|policy| policy.is_lost());
    let sites: Vec<&NsgPolicy<'_>> = if homes.is_empty() {
        sites.iter().collect()
    } else {
        homes.into_iter().chain(lost).collect()
    };
    let mut all: Vec<Traced> =
        sites.iter().map(|policy| policy.trace(query)).collect::<Option<_>>()?;
    let verdicts: Vec<Verdict> = all.iter().map(|traced| traced.verdict).collect();
    let verdict = whole(&verdicts)?;
    let (first, apart) = telling(&sites, &verdicts, verdict);
    let mut traced = (first < all.len()).then(|| all.swap_remove(first))?;
    if verdict != traced.verdict {
        traced.parts = None;
    }
    traced.verdict = verdict;
    traced.reason = both(apart, traced.reason.take());
    Some(traced)
}
