//! The answer about a set of flows: what the network rules leave goes to the application rules with
//! the names that it asks for (FW-010, FW-018).
//!
//! A flow has an address and, mostly, a name, and which names are at which addresses nobody says.
//! So every address counts with some name and every name with some address, as far as the question
//! says so; where a verdict would need to know more, it is `unknown`.

use super::{
    FirewallFamily, FirewallView,
    hosts::{Call, Heard, HeardBefore, HostList, HostNames, kind_of},
    packets::PacketRow,
    walk::{Asked, Cell, Region},
};
use crate::{
    decide::{extent::Why, family},
    model::Access,
    names::Hit,
    space::{Axis, Cube, Point, Ranges},
    verdict::Verdict,
};
use std::{collections::BTreeMap, sync::Arc};

/// What is asked.
pub(super) struct Question<'q, V> {
    pub(super) rows: &'q [PacketRow<V>],
    pub(super) hosts: &'q HostList,
    pub(super) flows: &'q Cube<V>,
    pub(super) names: &'q HostNames,
    /// Whether flows go to each of the addresses; else to some of them.
    pub(super) everywhere: bool,
    /// Whether the platform's own names may be meant (FW-050).
    pub(super) platform: bool,
    /// Sources to tell apart from others, whatever the rules say.
    pub(super) own: Option<&'q Arc<Ranges<V>>>,
}

/// One cell, and what the application rules do with what comes to them.
pub(super) struct Answered<V> {
    pub(super) cell: Cell<V>,
    /// Whether a name decides by itself, at whatever address it is: all flows of the cell come to
    /// the application rules.
    pub(super) by_name: bool,
    /// None where nothing comes to them, or no application rule is for such flows.
    pub(super) heard: Option<Heard>,
}

/// What may, and what surely does happen to flows of a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    denies: bool,
    allows: bool,
    surely_denies: bool,
    surely_allows: bool,
}

impl Tally {
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            denies: self.denies || other.denies,
            allows: self.allows || other.allows,
            surely_denies: self.surely_denies || other.surely_denies,
            surely_allows: self.surely_allows || other.surely_allows,
        }
    }

    pub(super) const fn verdict(self) -> Verdict {
        match self {
            Self { denies: false, .. } => Verdict::Allowed,
            Self { allows: false, .. } => Verdict::Blocked,
            Self { surely_denies: true, surely_allows: true, .. } => Verdict::Partial,
            Self { .. } => Verdict::Unknown,
        }
    }
}

/// What may happen to the flows of one region.
#[derive(Clone, Copy)]
struct May {
    allow: bool,
    deny: bool,
}

impl<V: FirewallFamily> Question<'_, V> {
    /// All cells of the question; `None` where they are too many.
    pub(super) fn answer(&self, view: &FirewallView<'_>) -> Option<Vec<Answered<V>>> {
        let mut cuts = Vec::new();
        if let Some(own) = self.own {
            cuts.push((Arc::clone(own), Arc::new(Ranges::empty())));
        }
        if V::HAS_NAMES {
            let number = |value: u32| V::from(value);
            let same = |set: &Ranges<u32>| -> Arc<Ranges<V>> {
                Arc::new(set.iter().map(|(low, high)| (number(low), number(high))).collect())
            };
            let mut made: BTreeMap<*const Ranges<u32>, Arc<Ranges<V>>> = BTreeMap::new();
            let mut shared = |set: &Arc<Ranges<u32>>| {
                Arc::clone(made.entry(Arc::as_ptr(set)).or_insert_with(|| same(set)))
            };
            let of_rules = self.hosts.cuts();
            cuts.extend(of_rules.iter().map(|(source, ports)| (shared(source), shared(ports))));
        }
        let asked =
            Asked { rows: self.rows, flows: self.flows, host: self.names.single(), cuts: &cuts };
        let mut heard = HeardBefore::default();
        let cells = asked.cells()?.into_iter();
        Some(
            cells
                .map(|cell| {
                    let heard = self.hear(view, &cell, &mut heard);
                    let all = cell.regions.iter().all(Region::only_falls);
                    Answered { cell, by_name: all && self.names.all, heard }
                })
                .collect(),
        )
    }

    fn hear(
        &self,
        view: &FirewallView<'_>,
        cell: &Cell<V>,
        heard: &mut HeardBefore,
    ) -> Option<Heard> {
        let falls = cell.regions.iter().any(|it| it.falls);
        if !V::HAS_NAMES || !falls || cell.protocol() != family::TCP {
            return None;
        }
        let narrow = |value: Option<V>| -> Option<u32> {
            let wide: u128 = value?.into();
            u32::try_from(wide).ok()
        };
        let port = narrow(cell.ports.first()).and_then(|it| u16::try_from(it).ok())?;
        let call = Call {
            source: narrow(cell.source.first())?,
            port,
            kind: kind_of(port),
            platform: self.platform,
        };
        Some(self.hosts.hear(self.names, call, view.end(), heard))
    }

    /// What becomes of the flows of one cell.
    pub(super) fn tally(&self, answered: &Answered<V>) -> Tally {
        let regions = &answered.cell.regions;
        let mays = || regions.iter().map(|region| answered.may(region));
        let surely_denied = |may: &May| !may.allow;
        let surely_allowed = |may: &May| !may.deny;
        let any = |of: &dyn Fn(&May) -> bool| self.everywhere && mays().any(|may| of(&may));
        // Where all goes by name, a name that is stopped is stopped at whatever address it is.
        let parted = answered.by_name && answered.verdict() == Some(Verdict::Partial);
        Tally {
            denies: mays().any(|may| may.deny),
            allows: mays().any(|may| may.allow),
            surely_denies: parted || any(&surely_denied),
            surely_allows: parted || any(&surely_allowed),
        }
    }
}

impl<V> Answered<V> {
    /// What the application rules do; without them, the default deny.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        self.heard.as_ref().map(|it| it.weighed.verdict)
    }

    fn may(&self, region: &Region<V>) -> May {
        let verdict = self.verdict().unwrap_or(Verdict::Blocked);
        May {
            allow: region.allows || (region.falls && verdict != Verdict::Blocked),
            deny: region.denies || (region.falls && verdict != Verdict::Allowed),
        }
    }

    /// The verdict on the flows of one region.
    fn of_region(&self, region: &Region<V>) -> Verdict {
        match self.may(region) {
            May { deny: false, .. } => Verdict::Allowed,
            May { allow: false, .. } => Verdict::Blocked,
            May { .. } if self.by_name => self.verdict().unwrap_or(Verdict::Blocked),
            May { .. } if region.only_falls() => match self.verdict() {
                Some(Verdict::Partial) | None => Verdict::Unknown,
                Some(verdict) => verdict,
            },
            May { .. } => Verdict::Unknown,
        }
    }

    /// The entries that may decide flows of a region, in order.
    fn entries(&self, region: &Region<V>, end: usize) -> Vec<usize> {
        let mut entries = region.entries.clone();
        if region.falls {
            match &self.heard {
                Some(heard) => entries.extend(&heard.entries),
                None => entries.push(end),
            }
        }
        entries.sort_unstable();
        entries.dedup();
        entries
    }

    /// The reasons of all its regions.
    pub(super) fn all_doubts(&self) -> Vec<(usize, Why)> {
        self.cell.regions.iter().flat_map(|region| self.doubts(region)).collect()
    }

    /// The entries that may decide flows of it.
    pub(super) fn deciders(&self, end: usize) -> Vec<usize> {
        self.cell.regions.iter().flat_map(|region| self.entries(region, end)).collect()
    }

    fn doubts(&self, region: &Region<V>) -> Vec<(usize, Why)> {
        let mut doubts = region.doubts.clone();
        if let Some(heard) = self.heard.as_ref().filter(|_| region.falls) {
            doubts.extend(heard.doubts.iter().cloned());
        }
        doubts
    }
}

/// Flows with which the firewall does one thing.
#[derive(Clone, Debug)]
pub struct FirewallPart<V> {
    /// The flows.
    pub flows: Cube<V>,
    /// What becomes of them; `partial` where some names are let through and others are not.
    pub verdict: Verdict,
    /// The entries that decide, or may, in order.
    pub entries: Vec<usize>,
    /// A name that is stopped, or may be, and the entry that stops it.
    pub stopped: Option<(String, usize)>,
    /// Where the verdict is `partial`, a name that is let through.
    pub passed: Option<String>,
    /// Whether application rules have a part in it: then the firewall's own address is what others
    /// see as the source (FW-058).
    pub by_name: bool,
    /// Why the verdict is unknown: entries with reasons.
    pub doubts: Vec<(usize, Why)>,
}

impl FirewallView<'_> {
    /// The place of the deny at the end.
    pub(super) fn end(&self) -> usize {
        self.entries.len().saturating_sub(1)
    }

    /// What the firewall does with a set of flows that ask for these names, part by part: the parts
    /// have no flow in common, and together they hold all of them. `None` where they are too many.
    /// NAT rules are not looked at (FW-016), and the firewall is taken to be there: see
    /// [`Self::unread`].
    pub fn parts(&self, flows: &Cube<u32>, names: &HostNames) -> Option<Vec<FirewallPart<u32>>> {
        self.parts_in(flows, names)
    }

    /// As [`Self::parts`], in either family.
    pub(in crate::decide) fn parts_in<V: FirewallFamily>(
        &self,
        flows: &Cube<V>,
        names: &HostNames,
    ) -> Option<Vec<FirewallPart<V>>> {
        // Flows of which no name is known are not taken for the platform's own.
        self.parts_by(self.host_list(), flows, (names, names.all))
    }

    /// As [`Self::parts`], for a row of a profile with these tags: FQDN tags of that name hold the
    /// names of the row (FW-066, FW-068), and those of the platform are not meant.
    pub(in crate::decide) fn parts_of_row<V: FirewallFamily>(
        &self,
        flows: &Cube<V>,
        names: &HostNames,
        tags: &[String],
    ) -> Option<Vec<FirewallPart<V>>> {
        let list = self.host_list();
        let renamed = list.names_any(tags).then(|| HostList::new(self, Some((tags, &names.set))));
        self.parts_by(renamed.as_ref().unwrap_or(list), flows, (names, false))
    }

    fn parts_by<V: FirewallFamily>(
        &self,
        hosts: &HostList,
        flows: &Cube<V>,
        (names, platform): (&HostNames, bool),
    ) -> Option<Vec<FirewallPart<V>>> {
        let question = Question {
            rows: self.packet_rows(),
            hosts,
            flows,
            names,
            everywhere: true,
            platform,
            own: None,
        };
        let answered = question.answer(self)?;
        let parts = answered.iter().flat_map(|answered| {
            let of_region = |region: &Region<V>| self.part(flows, answered, region);
            answered.cell.regions.iter().map(of_region).collect::<Vec<_>>()
        });
        Some(parts.collect())
    }

    fn part<V: FirewallFamily>(
        &self,
        flows: &Cube<V>,
        answered: &Answered<V>,
        region: &Region<V>,
    ) -> FirewallPart<V> {
        let cell = &answered.cell;
        let cube = flows
            .clone()
            .with(Axis::Source, Arc::clone(&cell.source))
            .with(Axis::Destination, Arc::new(region.destinations.clone()))
            .with(Axis::DestinationPort, Arc::clone(&cell.ports))
            .with(Axis::Protocol, Arc::clone(&cell.protocols));
        let verdict = answered.of_region(region);
        let heard = answered.heard.as_ref().filter(|_| region.falls);
        let hit =
            |hit: &Hit| (hit.host.as_str().to_owned(), self.host_list().entry(hit.row, self.end()));
        let weighed = heard.map(|it| &it.weighed);
        let unknown = verdict == Verdict::Unknown;
        FirewallPart {
            flows: cube,
            verdict,
            entries: answered.entries(region, self.end()),
            stopped: weighed.and_then(|it| it.stopped.as_ref()).map(hit),
            passed: weighed.and_then(|it| it.passed.as_ref()).map(|it| hit(it).0),
            by_name: region.falls && answered.verdict().is_some_and(|it| it != Verdict::Blocked),
            doubts: if unknown { answered.doubts(region) } else { Vec::new() },
        }
    }

    /// A flow that is stopped, or may be, with the entry that stops it: one that surely is before
    /// others.
    pub(super) fn stopped<V: FirewallFamily>(
        &self,
        flows: &Cube<V>,
        answered: &[Answered<V>],
        hosts: &HostList,
    ) -> Option<Stopped<V>> {
        let regions = || {
            answered.iter().flat_map(|it| it.cell.regions.iter().map(move |region| (it, region)))
        };
        let is_sure = |(answered, region): &(&Answered<V>, &Region<V>)| {
            matches!(answered.of_region(region), Verdict::Blocked | Verdict::Partial)
        };
        let found = regions()
            .find(is_sure)
            .or_else(|| regions().find(|(answered, region)| answered.may(region).deny))?;
        let (answered, region) = found;
        let denies =
            |at: &&usize| self.entries.get(**at).is_some_and(|it| it.action != Some(Access::Allow));
        let by_rule = region.entries.iter().rfind(denies).filter(|_| region.denies);
        let hit = answered.heard.as_ref().and_then(|it| it.weighed.stopped.as_ref());
        let (entry, host) = match (by_rule, hit) {
            (Some(entry), _) => (*entry, None),
            (None, Some(hit)) => {
                (hosts.entry(hit.row, self.end()), Some(hit.host.as_str().to_owned()))
            }
            (None, None) => (self.end(), None),
        };
        let cell = &answered.cell;
        let point = [
            plain(&cell.source)?,
            V::from(50_000_u16),
            plain(&region.destinations)?,
            cell.ports.first()?,
            cell.protocols.first()?,
        ];
        let source_port = flows.axis(Axis::SourcePort);
        let point = match point {
            [source, port, ..] if !source_port.contains(port) => {
                Point([source, source_port.first()?, point[2], point[3], point[4]])
            }
            point => Point(point),
        };
        Some(Stopped { point, entry, host })
    }
}

/// A flow that is stopped.
pub(super) struct Stopped<V> {
    pub(super) point: Point<V>,
    pub(super) entry: usize,
    pub(super) host: Option<String>,
}

/// An address that a reader takes for that of a machine: not the first of a range, if there are more.
fn plain<V: family::Family>(set: &Ranges<V>) -> Option<V> {
    let first = set.first()?;
    let fifth = (0..4).try_fold(first, |value, _| value.next());
    Some(fifth.filter(|it| set.contains(*it)).unwrap_or(first))
}
