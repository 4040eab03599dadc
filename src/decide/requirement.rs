//! What a group does to one required endpoint: the row of a profile becomes a set of flows, and
//! the answer comes back with the rules that decide and a flow that is stopped.

use super::{
    family::{self, Family},
    judge::{Decision, Doubt, Sources},
    platform::{HOST, METADATA},
    policy::NsgPolicy,
    symbol,
};
use crate::{
    model::{Direction, Protocol},
    profiles::{self, Cloud, Origin, Requirement},
    space::{Axis, Cube, Point, Ranges},
    tags::Tag,
    verdict::{Flow, FlowEnd, Verdict},
};
use ipnetwork::IpNetwork;
use std::{net::IpAddr, sync::Arc};

/// A row of a profile that was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The profile that was asked for.
    pub profile: &'a str,
    /// Its row.
    pub requirement: &'a Requirement,
    /// Asked for by name, on the command line or in a configuration; else implied (design 2).
    pub named: bool,
}

/// Where the question is asked.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The cloud.
    pub cloud: Cloud,
    /// The region that the user gave.
    pub region: Option<&'a str>,
}

/// The verdict on one required endpoint at one group.
#[derive(Clone, Debug)]
pub struct Judged<'a> {
    /// What was asked.
    pub asked: Asked<'a>,
    /// The destination and ports, for people: `Storage.JapanEast on tcp/443`.
    pub what: String,
    /// The tag or prefix that a rule would name.
    pub destination: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Places, in the list of outbound entries, of the rules that decide flows of it.
    pub deciders: Vec<usize>,
    /// A flow that is stopped, or may be, and the place of the rule that stops it.
    pub stopped: Option<(Flow, usize)>,
    /// Why it is unknown, or on what assumption it is known.
    pub reason: Option<String>,
    /// The flows that were asked about, where they are known.
    pub flows: Option<Cube<u32>>,
}

/// A destination as a set, with its name.
struct Target<V> {
    name: String,
    set: Arc<Ranges<V>>,
}

impl NsgPolicy<'_> {
    /// Judges one row; `None` where the group cannot decide it (only host names, other cloud).
    pub fn require<'a>(&self, asked: Asked<'a>, ground: Ground<'_>) -> Option<Judged<'a>> {
        let row = asked.requirement;
        if !row.clouds.contains(ground.cloud) {
            return None;
        }
        if let Some(judged) = self.platform_row(asked, ground.cloud) {
            return Some(judged);
        }
        let location = ground
            .region
            .or_else(|| self.nsg.location.as_ref().map(|location| location.value.as_str()));
        let patterns: Vec<_> = row.tags(ground.cloud).map(|form| &form.value).collect();
        if patterns.is_empty() && row.addresses(ground.cloud).next().is_none() {
            return None;
        }
        if let Some(reason) = self.unread() {
            let names: Vec<String> = patterns
                .iter()
                .map(|pattern| {
                    let tags = self.lexicon().tags;
                    let tag = location.and_then(|at| tags.tag_for_region(pattern.global(), at));
                    pattern.fill(tag.and_then(|tag| tag.region()).unwrap_or("<region>"))
                })
                .collect();
            let name = match names.as_slice() {
                [] => networks(row.addresses(ground.cloud).map(|form| form.value)),
                names => names.join(" and "),
            };
            return Some(unknown(asked, name, reason));
        }
        let Some(regional) = patterns.iter().find(|pattern| pattern.regional) else {
            let names: Vec<String> = patterns.iter().map(|pattern| pattern.text.clone()).collect();
            return Some(self.at(asked, ground.cloud, &names, None));
        };
        let base = regional.global();
        let refill = |suffix: &str| -> Vec<String> {
            patterns.iter().map(|pattern| pattern.fill(suffix)).collect()
        };
        let fill = |tag: Tag<'_>| refill(tag.region().unwrap_or(""));
        match location
            .map(|location| (location, self.lexicon().tags.tag_for_region(base, location)))
        {
            Some((_, Some(tag))) => Some(self.at(asked, ground.cloud, &fill(tag), None)),
            Some((location, None)) => {
                let reason =
                    format!("the service tag list has no `{base}` for the region `{location}`");
                let spelt = self.spelling_in_rules(base, location).map(ToOwned::to_owned);
                let name = spelt.unwrap_or_else(|| symbol::regional_name(base, location));
                let suffix = name.split_once('.').map_or("", |(_, suffix)| suffix);
                Some(self.by_name(asked, &refill(suffix), &reason))
            }
            None => Some(self.any_region(asked, ground.cloud, base, refill)),
        }
    }

    /// No region is known: the tag of any one is enough, and that is said (design 2).
    fn any_region<'a>(
        &self,
        asked: Asked<'a>,
        cloud: Cloud,
        base: &str,
        refill: impl Fn(&str) -> Vec<String>,
    ) -> Judged<'a> {
        let whole = self.at(asked, cloud, &[base.to_owned()], None);
        let name = format!("{base}.<region>");
        let whole =
            Judged { what: what(&name, asked.requirement), destination: base.to_owned(), ..whole };
        if matches!(whole.verdict, Verdict::Allowed | Verdict::Blocked) {
            return whole;
        }
        let mut tags: Vec<Tag<'_>> = self.lexicon().tags.regional_tags(base).collect();
        if self.lexicon().foreign {
            // The regions of the list are not those of this cloud.
            let mut named = self.regional_names(base).map(|name| {
                let suffix = name.split_once('.').map_or("", |(_, suffix)| suffix);
                let why = format!("no region is known: `{name}` alone is taken to be enough");
                self.by_name(asked, &refill(suffix), &why)
            });
            let enough = named.find(|judged| judged.verdict == Verdict::Allowed);
            return enough.unwrap_or(whole);
        }
        // Regions that a rule names come first: with one of them the search mostly ends.
        tags.sort_by_key(|tag| !self.names_tag(tag.name()));
        let mut open = None;
        for tag in tags {
            let names = refill(tag.region().unwrap_or(""));
            let assumption =
                format!("no region is known: `{}` alone is taken to be enough", tag.name());
            match self.weigh_row(asked, cloud, &names) {
                Some(Verdict::Allowed) => return self.at(asked, cloud, &names, Some(assumption)),
                Some(Verdict::Unknown) => open = open.or(Some(names)),
                _ => {}
            }
        }
        // One region may be let through: then it is not sure that no region is.
        match open.filter(|_| whole.verdict == Verdict::Partial) {
            Some(names) => {
                let reason = self.at(asked, cloud, &names, None).reason;
                Judged { verdict: Verdict::Unknown, reason, ..whole }
            }
            None => whole,
        }
    }

    /// The verdict alone, for many tags.
    fn weigh_row(&self, asked: Asked<'_>, cloud: Cloud, names: &[String]) -> Option<Verdict> {
        let target = self.target(asked.requirement, cloud, names).ok()?;
        let (piece, sources) = self.piece(asked.requirement, target.set);
        Some(self.weigh(Direction::Outbound, &piece, sources).verdict)
    }

    /// The flows of a row, and what is known of their sources.
    pub(super) fn piece(
        &self,
        row: &Requirement,
        destination: Arc<Ranges<u32>>,
    ) -> (Cube<u32>, Sources) {
        let (source, sources) = self.sources(row);
        let protocols = protocols(row);
        // NSG-027: what has no ports has them at 0, and no other packets.
        let (source_ports, ports) = if row.ports.is_empty() {
            (single(0), single(0))
        } else {
            (Arc::clone(&u32::fixed().ephemeral), ports(row))
        };
        (Cube::new([source, source_ports, destination, ports, protocols]), sources)
    }

    fn names_tag(&self, name: &str) -> bool {
        let named = |side: &crate::model::Addresses| {
            side.items.iter().any(|item| {
                matches!(&item.value, crate::model::Address::Tag(tag) if tag.eq_ignore_ascii_case(name))
            })
        };
        self.nsg.rules.iter().any(|rule| named(&rule.destination))
    }

    /// Judges the row for the tags of `names`; without any, for its prefixes.
    fn at<'a>(
        &self,
        asked: Asked<'a>,
        cloud: Cloud,
        names: &[String],
        assumption: Option<String>,
    ) -> Judged<'a> {
        let row = asked.requirement;
        let target: Target<u32> = match self.target(row, cloud, names) {
            Ok(target) => target,
            Err((_, reason)) if self.lexicon().foreign && !names.is_empty() => {
                return self.by_name(asked, names, &reason);
            }
            Err((name, reason)) => return unknown(asked, name, reason),
        };
        let (piece, sources) = self.piece(row, target.set);
        let decision = self.judge(Direction::Outbound, &piece, sources);
        let stopped =
            decision.stopped.map(|found| self.plainer(Direction::Outbound, &piece, found));
        let mut reason = reasons(self, &decision);
        if reason.is_none() {
            let assumptions: Vec<String> =
                assumption.into_iter().chain(self.only_ipv4(names)).collect();
            reason = (!assumptions.is_empty()).then(|| assumptions.join("; "));
        }
        Judged {
            asked,
            what: what(&target.name, row),
            destination: target.name,
            verdict: decision.verdict,
            deciders: decision.deciders,
            stopped: stopped.map(|(point, entry)| (flow(point), entry)),
            reason,
            flows: Some(piece),
        }
    }

    /// Rows are judged over IPv4; where the group tells that its network has IPv6 too, that is said.
    fn only_ipv4(&self, names: &[String]) -> Option<String> {
        let has_ipv6 =
            |name: &&String| !super::extent::tag::<u128>(self.lexicon(), name).perhaps.is_empty();
        let name = names.iter().find(has_ipv6).filter(|_| self.names_ipv6())?;
        Some(format!(
            "judged over IPv4: the group names IPv6 addresses and `{name}` has some, and the two may \
             be let through differently"
        ))
    }

    fn target<V: Family>(
        &self,
        row: &Requirement,
        cloud: Cloud,
        names: &[String],
    ) -> Result<Target<V>, (String, String)> {
        if names.is_empty() {
            let addresses = || row.addresses(cloud).map(|form| form.value);
            let set = addresses().filter_map(V::bounds).collect();
            return Ok(Target { name: networks(addresses()), set: Arc::new(set) });
        }
        let name = names.join(" and ");
        let mut set = Arc::clone(&V::fixed().none);
        for tag in names {
            let extent = super::extent::tag::<V>(self.lexicon(), tag);
            if let Some(why) = extent.why {
                return Err((name, why.to_string()));
            }
            set = if set.is_empty() { extent.surely } else { Arc::new(set.union(&extent.surely)) };
        }
        Ok(Target { name, set })
    }

    fn sources<V: Family>(&self, row: &Requirement) -> (Arc<Ranges<V>>, Sources) {
        let mut addresses = Vec::new();
        for origin in &row.from {
            match &origin.value {
                Origin::Address(network) => addresses.extend(V::bounds(*network)),
                Origin::Tag(pattern) if !pattern.regional => {
                    let extent = super::extent::tag::<V>(self.lexicon(), &pattern.text);
                    // Machines are in what the tag surely holds.
                    let set = if extent.surely.is_empty() { extent.perhaps } else { extent.surely };
                    return (set, Sources::SomeOf);
                }
                Origin::Tag(_) => {}
            }
        }
        if addresses.is_empty() {
            self.machines()
        } else {
            (Arc::new(addresses.into_iter().collect()), Sources::Exactly)
        }
    }

    /// Rows about the platform's own addresses.
    fn platform_row<'a>(&self, asked: Asked<'a>, cloud: Cloud) -> Option<Judged<'a>> {
        let row = asked.requirement;
        if row.tags(cloud).next().is_some() {
            return None;
        }
        let networks: Vec<IpNetwork> = row.addresses(cloud).map(|form| form.value).collect();
        let [network] = networks.as_slice() else { return None };
        let address = network.ip();
        if address != IpAddr::from(HOST) && address != IpAddr::from(METADATA) {
            return None;
        }
        let protocol = match row.protocol.value {
            profiles::Protocol::Tcp => Protocol::Tcp,
            profiles::Protocol::Udp => Protocol::Udp,
            profiles::Protocol::Icmp => Protocol::Icmp,
            profiles::Protocol::Any => Protocol::Any,
        };
        let mut worst = None;
        for port in row.ports.iter().flat_map(|range| [range.value.low, range.value.high]) {
            let answer = self.platform(address, protocol, Some(port))?;
            let rank = |verdict: Verdict| match verdict {
                Verdict::Blocked => 3,
                Verdict::Partial => 2,
                Verdict::Unknown => 1,
                Verdict::Allowed => 0,
            };
            if worst.as_ref().is_none_or(|(before, _): &(super::platform::PlatformAnswer, u16)| {
                rank(answer.verdict) > rank(before.verdict)
            }) {
                worst = Some((answer, port));
            }
        }
        let (answer, port) = worst?;
        let stopped = answer.entry.filter(|_| answer.verdict != Verdict::Allowed).map(|entry| {
            let flow = Flow {
                source: IpAddr::from([10, 0, 0, 4]),
                source_port: Some(50_000),
                destination: FlowEnd::Address(address),
                fqdn: None,
                protocol: protocol_name(protocol).to_owned(),
                port: Some(port),
            };
            (flow, entry)
        });
        Some(Judged {
            asked,
            what: what(&address.to_string(), row),
            destination: address.to_string(),
            verdict: answer.verdict,
            deciders: answer.entry.into_iter().collect(),
            stopped,
            reason: Some(answer.reason.to_owned()),
            flows: None,
        })
    }
}

/// The name of a destination that is given as prefixes.
pub(super) fn networks(all: impl Iterator<Item = IpNetwork>) -> String {
    let words: Vec<String> = all.map(|network| network.to_string()).collect();
    words.join(", ")
}

pub(super) fn single<V: Family>(value: V) -> Arc<Ranges<V>> {
    Arc::new(Ranges::single(value))
}

pub(super) fn unknown<'a>(asked: Asked<'a>, name: String, reason: String) -> Judged<'a> {
    Judged {
        asked,
        what: what(&name, asked.requirement),
        destination: name,
        verdict: Verdict::Unknown,
        deciders: Vec::new(),
        stopped: None,
        reason: Some(reason),
        flows: None,
    }
}

pub(super) fn reasons<V>(policy: &NsgPolicy<'_>, decision: &Decision<V>) -> Option<String> {
    if decision.verdict != Verdict::Unknown {
        return None;
    }
    let entries = &policy.way(Direction::Outbound).entries;
    let mut words: Vec<String> = decision
        .doubts
        .iter()
        .map(|doubt| match doubt {
            Doubt::Budget => super::judge::TOO_COMPLEX.to_owned(),
            Doubt::Source => {
                "only some private sources are let through, and which of them the machines have is \
                 not known: a profile row with `from` says so"
                    .to_owned()
            }
            Doubt::Rule(entry, why) => {
                let name = entries.get(*entry).map_or("", |entry| entry.rule.name());
                format!("rule `{name}`: {why}")
            }
        })
        .collect();
    let more = words.len().saturating_sub(3);
    words.truncate(3);
    if more > 0 {
        words.push(format!("and {more} more reason{}", if more == 1 { "" } else { "s" }));
    }
    Some(words.join("; "))
}

pub(super) fn ports(row: &Requirement) -> Arc<Ranges<u32>> {
    let ranges = row.ports.iter().map(|range| (range.value.low.into(), range.value.high.into()));
    Arc::new(ranges.collect())
}

pub(super) fn protocols(row: &Requirement) -> Arc<Ranges<u32>> {
    let fixed = u32::fixed();
    match row.protocol.value {
        profiles::Protocol::Tcp => Arc::clone(&fixed.tcp),
        profiles::Protocol::Udp => Arc::clone(&fixed.udp),
        profiles::Protocol::Icmp => single(family::ICMP.into()),
        // There are ports, and so it is a protocol that has some.
        profiles::Protocol::Any => Arc::clone(&fixed.ported),
    }
}

pub(super) fn what(name: &str, row: &Requirement) -> String {
    let ports: Vec<String> = row.ports.iter().map(|range| range.value.to_string()).collect();
    let protocol = row.protocol.value.to_string();
    if ports.is_empty() {
        format!("{name} on {protocol}")
    } else {
        format!("{name} on {protocol}/{}", ports.join(","))
    }
}

/// The word for a protocol in flows.
pub const fn protocol_name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Any => "Any",
        Protocol::Tcp => "Tcp",
        Protocol::Udp => "Udp",
        Protocol::Icmp => "Icmp",
        Protocol::Esp => "Esp",
        Protocol::Ah => "Ah",
    }
}

/// A packet of the engine as people write one.
pub fn flow<V: Family>(point: Point<V>) -> Flow {
    let number = |axis: Axis| -> u128 { point.at(axis).into() };
    let port = |axis: Axis| u16::try_from(number(axis)).ok();
    let protocol = u16::try_from(number(Axis::Protocol)).unwrap_or_default();
    let ported = protocol == family::TCP || protocol == family::UDP;
    let word = match protocol {
        family::TCP => "Tcp".to_owned(),
        family::UDP => "Udp".to_owned(),
        family::ICMP => "Icmp".to_owned(),
        family::ESP => "Esp".to_owned(),
        family::AH => "Ah".to_owned(),
        other => other.to_string(),
    };
    Flow {
        source: point.at(Axis::Source).address(),
        source_port: port(Axis::SourcePort).filter(|_| ported),
        destination: FlowEnd::Address(point.at(Axis::Destination).address()),
        fqdn: None,
        protocol: word,
        port: port(Axis::DestinationPort).filter(|_| ported),
    }
}
