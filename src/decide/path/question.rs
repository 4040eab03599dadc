//! Questions to a path: a row of a profile, or one flow.

use super::{
    Path,
    ends::{Decider, Passage, Stage, packet, verdict},
    walk::{Followed, Walk, Wanted},
};
use crate::{
    decide::{
        HostNames, extent,
        family::Family,
        flow::{Endpoint, FlowQuery, Parts, end, piece},
        judge::Sources,
        platform::{HOST, METADATA},
        requirement::{Asked, Ground, flow, networks, ports, protocols, single, what},
    },
    model::Direction,
    profiles::{Cloud, Origin, Requirement},
    space::{Cube, Ranges},
    tags::Tag,
    verdict::{Flow, Verdict},
};
use ipnetwork::IpNetwork;
use std::{net::IpAddr, sync::Arc};

/// The verdict on one required endpoint on one path.
#[derive(Clone, Debug)]
pub struct PathJudged<'a> {
    /// What was asked.
    pub asked: Asked<'a>,
    /// The destination and ports, for people: `Storage.JapanEast on tcp/443`.
    pub what: String,
    /// The verdict on the whole path.
    pub verdict: Verdict,
    /// The elements that the flows meet, in order.
    pub passages: Vec<Passage>,
    /// A flow that is stopped, with the place of the element and the rule.
    pub stopped: Option<(Flow, usize, Decider)>,
    /// Why it is unknown, or on what assumption it is known.
    pub reason: Option<String>,
}

/// What becomes of one flow on a path.
#[derive(Clone, Debug)]
pub struct PathTraced {
    /// The verdict on the whole path.
    pub verdict: Verdict,
    /// The elements that the flow meets, in order.
    pub passages: Vec<Passage>,
    /// The place of the element that stops it, and the rule.
    pub stopper: Option<(usize, Decider)>,
    /// Why it is unknown, or on what assumption it is known.
    pub reason: Option<String>,
    /// Where only a part arrives, a flow of each kind.
    pub parts: Option<Parts>,
}

/// What there is to say where the machines differ.
const SOURCE: &str =
    "only some sources are let through, and which of them the machines have is not known";

/// What there is to say where only names are known.
const ADDRESSES: &str = "which addresses the names have is not known";

/// How flows fared.
struct Outcome {
    verdict: Verdict,
    passages: Vec<Passage>,
    stopped: Option<(Flow, usize, Decider)>,
    passed: Option<Flow>,
    reason: Option<String>,
}

impl<'e> Path<'e> {
    /// Judges one row; `None` where a path has no say in it.
    pub fn require<'a>(&self, asked: Asked<'a>, ground: Ground<'_>) -> Option<PathJudged<'a>> {
        let row = asked.requirement;
        if !row.clouds.contains(ground.cloud) || is_platform(row, ground.cloud) {
            return None;
        }
        let patterns: Vec<_> = row.tags(ground.cloud).map(|form| &form.value).collect();
        let Some(regional) = patterns.iter().find(|pattern| pattern.regional) else {
            let names: Vec<String> = patterns.iter().map(|pattern| pattern.text.clone()).collect();
            return self.judged(asked, ground, &names);
        };
        let base = regional.global();
        let refill = |tag: Tag<'_>| -> Vec<String> {
            let suffix = tag.region().unwrap_or("");
            patterns.iter().map(|pattern| pattern.fill(suffix)).collect()
        };
        let tags = self.lexicon.tags;
        if let Some(location) = self.location {
            let Some(tag) = tags.tag_for_region(base, location) else {
                let reason =
                    format!("the service tag list has no `{base}` for the region `{location}`");
                return Some(unknown(asked, base, reason));
            };
            return self.judged(asked, ground, &refill(tag));
        }
        let whole = self.judged(asked, ground, &[base.to_owned()])?;
        let whole = PathJudged { what: what(&format!("{base}.<region>"), row), ..whole };
        if matches!(whole.verdict, Verdict::Allowed | Verdict::Blocked) {
            return Some(whole);
        }
        // No region is known: the tag of any one region is enough (design 2).
        let regional = tags.regional_tags(base).find_map(|tag| {
            let judged = self.judged(asked, ground, &refill(tag))?;
            let assumed =
                format!("no region is known: `{}` alone is taken to be enough", tag.name());
            (judged.verdict == Verdict::Allowed)
                .then_some(PathJudged { reason: Some(assumed), ..judged })
        });
        Some(regional.unwrap_or(whole))
    }

    fn judged<'a>(
        &self,
        asked: Asked<'a>,
        ground: Ground<'_>,
        names: &[String],
    ) -> Option<PathJudged<'a>> {
        let row = asked.requirement;
        let cloud = ground.cloud;
        let region = ground.region.or(self.location);
        let tags = row.tags(cloud).map(|form| form.value.global().to_owned()).collect();
        let wanted = Wanted {
            names: crate::decide::firewall::names(row, Ground { cloud, region }),
            tags: Some(tags),
        };
        let mut name = names.join(" and ");
        let mut set: Ranges<u32> = Ranges::empty();
        for tag in names {
            let extent = extent::tag::<u32>(self.lexicon, tag);
            if let Some(why) = extent.why {
                return Some(unknown(asked, &name, why.to_string()));
            }
            set = set.union(&extent.surely);
        }
        if names.is_empty() {
            let addresses = || row.addresses(cloud).map(|form| form.value);
            name = networks(addresses());
            set = addresses().filter_map(Family::bounds).collect();
        }
        // Where names are all there is, their addresses may be any.
        let by_name = set.is_empty();
        if by_name {
            let mut hosts = row.fqdns(cloud).map(|form| form.value.text.as_str());
            name = hosts.next()?.to_owned();
            let more = hosts.count();
            if more > 0 {
                name.push_str(&format!(" (+{more})"));
            }
            set = Ranges::clone(&u32::fixed().internet);
        }
        let (source, is_exact) = self.sources(row)?;
        let (source_ports, ports) = if row.ports.is_empty() {
            (single(0), single(0))
        } else {
            (Arc::clone(&u32::fixed().ephemeral), ports(row))
        };
        let flows = Cube::new([source, source_ports, Arc::new(set), ports, protocols(row)]);
        let mut outcome = self.follow(&flows, Direction::Outbound, ((is_exact, false), &wanted));
        if by_name && matches!(outcome.verdict, Verdict::Partial | Verdict::Unknown) {
            // Without a firewall nobody sees names.
            outcome.passages.iter().find(|it| it.stage == Stage::Firewall)?;
            outcome.verdict = Verdict::Unknown;
            outcome.reason.get_or_insert_with(|| ADDRESSES.to_owned());
        }
        Some(PathJudged {
            asked,
            what: what(&name, row),
            verdict: outcome.verdict,
            passages: outcome.passages,
            stopped: outcome.stopped,
            reason: outcome.reason,
        })
    }

    /// The sources of a row that are on this path; `None` where the row is about others.
    fn sources(&self, row: &Requirement) -> Option<(Arc<Ranges<u32>>, bool)> {
        let (machines, sources) = self.site.machines::<u32>();
        let is_exact = sources == Sources::Exactly;
        let mut given: Vec<(u32, u32)> = Vec::new();
        for origin in &row.from {
            match &origin.value {
                Origin::Address(network) => given.extend(u32::bounds(*network)),
                // Machines of the network are in it.
                Origin::Tag(_) => return Some((machines, is_exact)),
            }
        }
        if given.is_empty() {
            return Some((machines, is_exact));
        }
        let own = machines.intersection(&given.into_iter().collect());
        (!own.is_empty()).then(|| (Arc::new(own), is_exact))
    }

    fn follow<V: Followed>(
        &self,
        flows: &Cube<V>,
        direction: Direction,
        ((is_exact, is_told), wanted): ((bool, bool), &Wanted),
    ) -> Outcome {
        let mut walk = Walk::new(self, is_told, wanted);
        match direction {
            Direction::Outbound => walk.out(flows),
            Direction::Inbound => walk.back(flows),
        }
        let (verdict, by_source) = verdict(&walk.ends, is_exact);
        let stopped = walk.ends.iter().find_map(|end| {
            let (at, decider) = end.stopper.clone()?;
            Some((flow(packet(&end.flows)?), at, decider))
        });
        let arrived = walk.ends.iter().find(|end| end.arrives == Some(true));
        let passed = arrived.and_then(|end| packet(&end.flows)).map(flow);
        let mut reasons: Vec<String> = Vec::new();
        if by_source {
            reasons.push(SOURCE.to_owned());
        }
        if verdict == Verdict::Unknown {
            reasons.extend(walk.passages.iter().flat_map(|it| it.reasons.iter().cloned()));
        }
        reasons.extend(walk.assumed);
        let more = reasons.len().saturating_sub(3);
        reasons.truncate(3);
        if more > 0 {
            reasons.push(format!("and {more} more reason{}", if more == 1 { "" } else { "s" }));
        }
        let reason = (!reasons.is_empty()).then(|| reasons.join("; "));
        Outcome { verdict, passages: walk.passages, stopped, passed, reason }
    }

    /// Follows one flow. Flows between IPv4 and IPv6 can't be asked about: then `None`.
    pub fn trace(&self, query: &FlowQuery) -> Option<PathTraced> {
        match query.is_ipv6()? {
            false => Some(self.traced::<u32>(query)),
            true => Some(self.traced::<u128>(query)),
        }
    }

    fn traced<V: Followed>(&self, query: &FlowQuery) -> PathTraced {
        let unknown = |reason: String| PathTraced {
            verdict: Verdict::Unknown,
            passages: Vec::new(),
            stopper: None,
            reason: Some(reason),
            parts: None,
        };
        let (machines, sources) = self.site.machines::<V>();
        let ends = [&query.source, &query.destination]
            .map(|it| end::<V>(self.lexicon, it, || Arc::clone(&machines)));
        let (source, destination) = match ends {
            [Ok(source), Ok(destination)] => (source, destination),
            [Err(reason), _] | [_, Err(reason)] => return unknown(reason),
        };
        let flows = piece(query, source, destination);
        if flows.is_empty() {
            return unknown("the question holds no flow of this address family".to_owned());
        }
        let own = match query.direction {
            Direction::Outbound => &query.source,
            Direction::Inbound => &query.destination,
        };
        let wanted = Wanted { names: HostNames::unknown(), tags: None };
        let is_exact = *own != Endpoint::AnyPrivate || sources == Sources::Exactly;
        let outcome = self.follow(&flows, query.direction, ((is_exact, true), &wanted));
        let parts = (outcome.verdict == Verdict::Partial)
            .then(|| {
                let (stopped, passed) = (outcome.stopped.as_ref()?.0.clone(), outcome.passed?);
                Some(Parts { stopped, passed })
            })
            .flatten();
        let is_stopped = matches!(outcome.verdict, Verdict::Blocked | Verdict::Partial);
        PathTraced {
            verdict: outcome.verdict,
            passages: outcome.passages,
            stopper: outcome.stopped.filter(|_| is_stopped).map(|(_, at, rule)| (at, rule)),
            reason: outcome.reason,
            parts,
        }
    }
}

/// Rows about the platform's own addresses: groups alone decide those (NSG-060).
fn is_platform(row: &Requirement, cloud: Cloud) -> bool {
    let networks: Vec<IpNetwork> = row.addresses(cloud).map(|form| form.value).collect();
    let own = [IpAddr::from(HOST), IpAddr::from(METADATA)];
    row.tags(cloud).next().is_none()
        && !networks.is_empty()
        && networks.iter().all(|network| own.contains(&network.ip()))
}

fn unknown<'a>(asked: Asked<'a>, name: &str, reason: String) -> PathJudged<'a> {
    PathJudged {
        asked,
        what: what(name, asked.requirement),
        verdict: Verdict::Unknown,
        passages: Vec::new(),
        stopped: None,
        reason: Some(reason),
    }
}
