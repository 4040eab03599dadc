//! What a firewall does to one required endpoint.
//!
//! The forms of a row are one destination: its flows go to the addresses of its tags and ask for its
//! host names. Network rules see the addresses and come first; what they leave, application rules
//! decide by name.

use super::{
    FirewallView,
    answer::{Answered, Question, Tally},
    hosts::{HostList, HostNames},
    packets::PacketRow,
};
use crate::{
    decide::{
        Asked, Ground, Judged, extent,
        family::Family as _,
        judge::Sources,
        platform::{HOST, METADATA},
        requirement::{self, flow, networks, what},
        symbol,
    },
    model::{FirewallAddress, RuleBody},
    names::{Host, HostSet},
    profiles::{Origin, Requirement, geo_code},
    space::{Cube, Ranges},
    verdict::Verdict,
};
use std::{borrow::Cow, collections::BTreeMap, net::IpAddr, sync::Arc};

/// The tags of a row for the suffix of a region.
type Fill<'f> = &'f dyn Fn(&str) -> Vec<String>;

/// The destination of a row.
struct Target {
    name: String,
    addresses: Arc<Ranges<u32>>,
    /// Whether there are flows to each of the addresses.
    everywhere: bool,
    /// Tags of which only the names are known, and why.
    named: Vec<String>,
    why: Option<String>,
}

/// Where flows of a row come from.
pub(super) struct Machines {
    pub(super) set: Arc<Ranges<u32>>,
    pub(super) sources: Sources,
    /// Those of them that its rules name.
    pub(super) own: Option<Arc<Ranges<u32>>>,
}

/// What is known of the flows of a row at one destination.
pub(super) struct Found {
    pub(super) verdict: Verdict,
    pub(super) reason: Option<String>,
    pub(super) assumption: Option<String>,
    pub(super) answered: Vec<Answered<u32>>,
}

impl FirewallView<'_> {
    /// Judges one row; `None` where the row is of another cloud, or never comes to a firewall.
    pub fn require<'a>(&self, asked: Asked<'a>, ground: Ground<'_>) -> Option<Judged<'a>> {
        let row = asked.requirement;
        let cloud = ground.cloud;
        if !row.clouds.contains(cloud) {
            return None;
        }
        let addresses: Vec<_> = row.addresses(cloud).map(|form| form.value).collect();
        let platform = [HOST, METADATA].map(IpAddr::from);
        if addresses.iter().any(|it| platform.contains(&it.ip())) {
            // RT-002: no route leads such flows to an appliance.
            return None;
        }
        let patterns: Vec<_> = row.tags(cloud).map(|form| &form.value).collect();
        let names = names(row, ground);
        if patterns.is_empty() && addresses.is_empty() && names.patterns.is_empty() {
            return None;
        }
        if let Some(reason) = self.unread() {
            let texts: Vec<String> =
                patterns.iter().map(|it| it.fill(ground.region.unwrap_or("<region>"))).collect();
            let name =
                if texts.is_empty() { title(&names, &addresses) } else { texts.join(" and ") };
            return Some(requirement::unknown(asked, name, reason));
        }
        let Some(regional) = patterns.iter().find(|it| it.regional) else {
            let target = if patterns.is_empty() {
                Self::untagged(&names, &addresses)
            } else {
                let tags: Vec<String> = patterns.iter().map(|it| it.text.clone()).collect();
                self.tagged(&tags)
            };
            return Some(self.judged(asked, ground, &target, &names));
        };
        let base = regional.global();
        let fill = |suffix: &str| -> Vec<String> {
            patterns.iter().map(|pattern| pattern.fill(suffix)).collect()
        };
        let Some(region) = ground.region else {
            return Some(self.any_region(asked, ground, (base, &fill), &names));
        };
        let known = self.lexicon.tags.tag_for_region(base, region);
        let suffix = match known.and_then(|tag| tag.region()) {
            Some(suffix) => suffix.to_owned(),
            None => {
                let spelt = symbol::regional_name(base, region);
                spelt.split_once('.').map_or_else(String::new, |(_, suffix)| suffix.to_owned())
            }
        };
        Some(self.judged(asked, ground, &self.tagged(&fill(&suffix)), &names))
    }

    /// No region is known: the tag of any one is enough, and that is said (design 2).
    fn any_region<'a>(
        &self,
        asked: Asked<'a>,
        ground: Ground<'_>,
        (base, fill): (&str, Fill<'_>),
        names: &HostNames,
    ) -> Judged<'a> {
        let mut whole = self.judged(asked, ground, &self.tagged(&[base.to_owned()]), names);
        whole.what = what(&format!("{base}.<region>"), asked.requirement);
        if matches!(whole.verdict, Verdict::Allowed | Verdict::Blocked) {
            return whole;
        }
        for name in self.regions_named(base) {
            let suffix = name.split_once('.').map_or("", |(_, suffix)| suffix);
            let mut judged = self.judged(asked, ground, &self.tagged(&fill(suffix)), names);
            if judged.verdict == Verdict::Allowed {
                let assumption =
                    format!("no region is known: `{name}` alone is taken to be enough");
                judged.reason = both(Some(assumption), judged.reason.take());
                return judged;
            }
        }
        whole
    }

    /// The regional forms of a tag that rules name.
    fn regions_named(&self, base: &str) -> Vec<String> {
        let rules = self.entries.iter().filter_map(super::FirewallEntry::rule);
        let items = rules.flat_map(|rule| match &rule.body {
            RuleBody::Network(body) => body.destination.addresses.as_slice(),
            _ => &[],
        });
        let mut names: Vec<String> = items
            .filter_map(|item| match &item.value {
                FirewallAddress::Tag(tag) => {
                    let (own, _) = tag.split_once('.')?;
                    own.eq_ignore_ascii_case(base).then(|| tag.to_string())
                }
                _ => None,
            })
            .collect();
        names.sort();
        names.dedup();
        names
    }

    fn tagged(&self, tags: &[String]) -> Target {
        let name = tags.join(" and ");
        let mut set = Ranges::empty();
        for tag in tags {
            let extent = extent::tag::<u32>(self.lexicon, tag);
            if let Some(why) = extent.why {
                return Target {
                    name,
                    addresses: Arc::clone(&u32::fixed().internet),
                    everywhere: false,
                    named: tags.to_vec(),
                    why: Some(why.to_string()),
                };
            }
            set = set.union(&extent.surely);
        }
        Target { name, addresses: Arc::new(set), everywhere: true, named: Vec::new(), why: None }
    }

    fn untagged(names: &HostNames, addresses: &[ipnetwork::IpNetwork]) -> Target {
        let known: Ranges<u32> = addresses.iter().filter_map(|&it| u32::bounds(it)).collect();
        let everywhere = !known.is_empty();
        let addresses_of =
            if everywhere { Arc::new(known) } else { Arc::clone(&u32::fixed().internet) };
        Target {
            name: title(names, addresses),
            addresses: addresses_of,
            everywhere,
            named: Vec::new(),
            why: None,
        }
    }

    fn judged<'a>(
        &self,
        asked: Asked<'a>,
        ground: Ground<'_>,
        target: &Target,
        names: &HostNames,
    ) -> Judged<'a> {
        let row = asked.requirement;
        let machines = self.machines(row);
        let flows = cube(row, &machines, &target.addresses);
        let rows: Cow<'_, [PacketRow<u32>]> = if target.named.is_empty() {
            Cow::Borrowed(self.packet_rows())
        } else {
            Cow::Owned(self.packet_rows_as(&target.named))
        };
        let tags: Vec<String> =
            row.tags(ground.cloud).map(|form| form.value.global().to_owned()).collect();
        let list = self.host_list();
        // FW-066, FW-068: the documents name the FQDN tag for what the row asks for.
        let renamed = list.names_any(&tags).then(|| HostList::new(self, Some((&tags, &names.set))));
        let hosts = renamed.as_ref().unwrap_or(list);
        let mut all = Vec::new();
        for names in apart(names, &rows) {
            let question = Question {
                rows: &rows,
                hosts,
                flows: &flows,
                names: &names,
                everywhere: target.everywhere,
                platform: false,
                own: machines.own.as_ref(),
            };
            let Some(answered) = question.answer(self) else {
                let reason = crate::decide::judge::TOO_COMPLEX.to_owned();
                return requirement::unknown(asked, target.name.clone(), reason);
            };
            all.extend(answered.into_iter().map(|it| (question.tally(&it), it)));
        }
        let found = self.weigh(&machines, all, names);
        let stopped = (found.verdict != Verdict::Allowed)
            .then(|| self.stopped(&flows, &found.answered, hosts))
            .flatten();
        let stopped = stopped.map(|stopped| {
            let mut flow = flow(stopped.point);
            flow.fqdn = stopped.host;
            (flow, stopped.entry)
        });
        let is_known = found.verdict != Verdict::Unknown;
        let mut assumptions: Vec<String> =
            found.assumption.iter().filter(|_| is_known).cloned().collect();
        assumptions.extend(self.assumptions(found.verdict, &found.answered, renamed.is_some()));
        let assumptions = (!assumptions.is_empty()).then(|| assumptions.join("; "));
        let reason =
            both(target.why.clone().filter(|_| found.verdict == Verdict::Unknown), found.reason);
        Judged {
            asked,
            what: what(&target.name, row),
            destination: target.name.clone(),
            verdict: found.verdict,
            deciders: self.deciders(&found.answered),
            stopped,
            reason: both(reason, assumptions),
            flows: Some(flows),
        }
    }

    /// Where the machines are: where the row says, behind routes to the firewall, or somewhere.
    fn machines(&self, row: &Requirement) -> Machines {
        let given: Ranges<u32> = row
            .from
            .iter()
            .filter_map(|origin| match &origin.value {
                Origin::Address(network) => u32::bounds(*network),
                Origin::Tag(_) => None,
            })
            .collect();
        if !given.is_empty() {
            return Machines { set: Arc::new(given), sources: Sources::Exactly, own: None };
        }
        let served = self.served();
        if !served.is_empty() && served.iter().all(|it| !it.prefixes.is_empty()) {
            let set = served.iter().flat_map(super::Served::addresses).collect();
            return Machines { set: Arc::new(set), sources: Sources::Exactly, own: None };
        }
        self.somewhere()
    }

    /// Machines of which no more is known than what rules say.
    pub(super) fn somewhere(&self) -> Machines {
        let private = &u32::fixed().private;
        let named = self.named_sources().intersection(private);
        let own = (!named.is_empty() && named != **private).then(|| Arc::new(named));
        Machines { set: Arc::clone(private), sources: Sources::SomeOf, own }
    }

    /// The sources that rules name, other than `*`.
    fn named_sources(&self) -> Ranges<u32> {
        let network = self.packet_rows::<u32>().iter().map(|row| &row.source.surely);
        let sets = network.chain(self.host_list().sources());
        let mut seen: Vec<&Arc<Ranges<u32>>> = sets.filter(|set| !set.is_all()).collect();
        seen.sort_by_key(|set| Arc::as_ptr(set));
        seen.dedup_by(|a, b| Arc::ptr_eq(a, b));
        seen.into_iter().flat_map(|set| set.iter().collect::<Vec<_>>()).collect()
    }

    /// One verdict from all cells.
    pub(super) fn weigh(
        &self,
        machines: &Machines,
        all: Vec<(Tally, Answered<u32>)>,
        names: &HostNames,
    ) -> Found {
        let whole = all.iter().fold(Tally::default(), |sum, (tally, _)| sum.and(*tally));
        let settled = |all: Vec<(Tally, Answered<u32>)>, verdict, assumption| {
            let answered: Vec<_> = all.into_iter().map(|(_, it)| it).collect();
            let reason = (verdict == Verdict::Unknown).then(|| self.reasons(&answered, names));
            Found { verdict, reason, assumption, answered }
        };
        if machines.sources == Sources::Exactly {
            return settled(all, whole.verdict(), None);
        }
        let by_source = |all: &[(Tally, Answered<u32>)]| -> Vec<(u32, Verdict)> {
            let mut sums: BTreeMap<u32, Tally> = BTreeMap::new();
            for (tally, answered) in all {
                let Some(first) = answered.cell.source.first() else { continue };
                let sum = sums.entry(first).or_default();
                *sum = sum.and(*tally);
            }
            sums.into_iter().map(|(first, sum)| (first, sum.verdict())).collect()
        };
        let agreed = |kinds: &[(u32, Verdict)]| -> Option<Verdict> {
            let (_, first) = kinds.first()?;
            kinds.iter().all(|(_, it)| it == first).then_some(*first)
        };
        if let Some(verdict) = agreed(&by_source(&all)) {
            return settled(all, verdict, None);
        }
        let (own, words) = match &machines.own {
            Some(own) => {
                let is_own = |it: &(Tally, Answered<u32>)| it.1.cell.source.is_subset(own);
                (all.into_iter().filter(is_own).collect(), self.sources_in_words())
            }
            None => (all, "any private address".to_owned()),
        };
        let kinds = by_source(&own);
        if let Some(verdict) = agreed(&kinds) {
            let assumption = format!("for the sources that its rules name: {words}");
            return settled(own, verdict, Some(assumption));
        }
        let example = |wanted: &dyn Fn(Verdict) -> bool| {
            kinds.iter().find(|(_, it)| wanted(*it)).map(|(first, _)| first.address())
        };
        let passed = example(&|it| it == Verdict::Allowed);
        let stopped = example(&|it| it != Verdict::Allowed);
        let mut reason = "it depends on the source, and which of the machines behind the firewall \
                          need it is not known"
            .to_owned();
        if let Some((passed, stopped)) = passed.zip(stopped) {
            reason.push_str(&format!(" (let through from {passed}, and from {stopped} not)"));
        }
        let mut found = settled(own, Verdict::Unknown, None);
        found.reason = Some(reason);
        found
    }

    /// The entries that may decide, in order.
    pub(super) fn deciders(&self, answered: &[Answered<u32>]) -> Vec<usize> {
        let mut all: Vec<usize> = answered.iter().flat_map(|it| it.deciders(self.end())).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The names of a row. Without any, none are known.
pub(in crate::decide) fn names(row: &Requirement, ground: Ground<'_>) -> HostNames {
    let location = ground.region.map(|it| it.replace(' ', "").to_ascii_lowercase());
    let geo = location.as_deref().and_then(geo_code);
    let mut names = HostNames { patterns: Vec::new(), ..HostNames::unknown() };
    let mut sets = Vec::new();
    let mut is_open = false;
    for form in row.fqdns(ground.cloud) {
        let filled = form.value.fill(location.as_deref(), geo);
        let text = filled.unwrap_or_else(|| {
            // Any label, as far as anybody knows.
            is_open = true;
            form.value.text.replace("{region}", "*").replace("{geo}", "*")
        });
        sets.extend(HostSet::left_star(&text).or_else(|_| HostSet::glob(&text)));
        names.patterns.push(text);
    }
    if !sets.is_empty() {
        names.set = sets.into_iter().collect();
        names.all = !is_open;
    }
    let witnesses = row.witnesses(ground.cloud);
    names.examples = witnesses.filter_map(|form| Host::parse(&form.value).ok()).collect();
    names
}

/// The names that the firewall resolves itself, one by one (FW-038), and all others together.
fn apart(names: &HostNames, rows: &[PacketRow<u32>]) -> Vec<HostNames> {
    let resolved = |name: &String| rows.iter().any(|row| row.names.contains(name));
    let (single, rest): (Vec<String>, Vec<String>) =
        names.patterns.iter().cloned().partition(|name| names.all && resolved(name));
    if single.is_empty() {
        return vec![names.clone()];
    }
    let mut parts: Vec<HostNames> =
        single.into_iter().filter_map(|name| HostNames::of(&[name])).collect();
    if !rest.is_empty()
        && let Some(rest) = HostNames::of(&rest)
    {
        parts.push(HostNames { examples: names.examples.clone(), ..rest });
    }
    parts
}

fn title(names: &HostNames, addresses: &[ipnetwork::IpNetwork]) -> String {
    match names.patterns.as_slice() {
        [] => networks(addresses.iter().copied()),
        [one] => one.clone(),
        [first, others @ ..] => format!("{first} (+{})", others.len()),
    }
}

fn cube(row: &Requirement, machines: &Machines, addresses: &Arc<Ranges<u32>>) -> Cube<u32> {
    let ports = if row.ports.is_empty() {
        [Arc::new(Ranges::single(0)), Arc::new(Ranges::single(0))]
    } else {
        [Arc::clone(&u32::fixed().ephemeral), requirement::ports(row)]
    };
    let [source_ports, ports] = ports;
    Cube::new([
        Arc::clone(&machines.set),
        source_ports,
        Arc::clone(addresses),
        ports,
        requirement::protocols(row),
    ])
}

fn both(first: Option<String>, second: Option<String>) -> Option<String> {
    match (first, second) {
        (Some(first), Some(second)) => Some(format!("{first}; {second}")),
        (one, other) => one.or(other),
    }
}
