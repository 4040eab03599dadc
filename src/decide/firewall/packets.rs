//! Network rules as sets: what each surely and perhaps matches, field by field (FW-030).

use super::{
    FirewallFamily, FirewallView, Pass, Says,
    sides::{self, Grouped, Side, Which, Words},
};
use crate::{
    decide::{
        extent::{Extent, Why},
        family,
    },
    model::{Access, Ends, Field, FirewallPorts, FirewallProtocol, Protocols, RuleBody, Texts},
};
use std::sync::Arc;

/// What an entry matches, before host names are looked at.
#[derive(Clone, Debug)]
pub(in crate::decide) struct PacketRow<V> {
    /// The place of the entry.
    pub(super) entry: usize,
    pub(super) source: Extent<V>,
    pub(super) destination: Extent<V>,
    pub(super) ports: Extent<V>,
    pub(super) carried: Carried,
    /// Names that the firewall resolves by itself (FW-038), in lower case.
    pub(super) names: Vec<String>,
    pub(super) action: Option<Access>,
    /// Why it is not sure that it is here at all, whatever the flow.
    pub(super) why: Option<Why>,
}

/// Whether a rule is for a kind of flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fits {
    No,
    Perhaps,
    Yes,
}

impl Fits {
    /// Both must hold.
    pub(super) fn and(self, other: Self) -> Self {
        self.min(other)
    }
}

/// The protocols of a rule (FW-031).
#[derive(Clone, Debug)]
pub(super) struct Carried {
    tcp: Fits,
    udp: Fits,
    icmp: Fits,
    others: Fits,
    pub(super) why: Option<Why>,
}

impl Carried {
    fn of<V: family::Family>(protocols: &Protocols, ports: &Extent<V>) -> Self {
        let mut carried =
            Self { tcp: Fits::No, udp: Fits::No, icmp: Fits::No, others: Fits::No, why: None };
        let all = &V::fixed().ports;
        // FW-031: `Any` is every protocol with the port `*` and no other.
        let with_all = if *ports.surely == **all {
            Fits::Yes
        } else if *ports.perhaps == **all {
            Fits::Perhaps
        } else {
            Fits::No
        };
        let icmp = if with_all == Fits::Yes { Fits::Yes } else { Fits::Perhaps };
        for item in &protocols.items {
            match item {
                Field::Known(read) => match read.value {
                    FirewallProtocol::Tcp => carried.tcp = Fits::Yes,
                    FirewallProtocol::Udp => carried.udp = Fits::Yes,
                    FirewallProtocol::Icmp => {
                        if icmp == Fits::Perhaps {
                            carried.why.get_or_insert(Why::PortlessProtocol);
                        }
                        carried.icmp = carried.icmp.max(icmp);
                    }
                    FirewallProtocol::Any => {
                        carried.tcp = Fits::Yes;
                        carried.udp = Fits::Yes;
                        carried.icmp = carried.icmp.max(with_all);
                        carried.others = carried.others.max(with_all);
                        if with_all == Fits::Perhaps {
                            carried.why = carried.why.or_else(|| ports.why.clone());
                        }
                    }
                },
                Field::Unknown(why) => carried.may_be_any(Why::Value(why.reason.clone())),
                Field::Invalid { text, .. } => {
                    carried.may_be_any(Why::Refused(format!("`{text}`").into()));
                }
                Field::Missing => {}
            }
        }
        if let Some(unread) = &protocols.unread {
            carried.may_be_any(Why::Value(unread.reason.clone()));
        }
        if [carried.tcp, carried.udp, carried.icmp, carried.others].iter().all(|&it| it == Fits::No)
        {
            carried.may_be_any(Why::Refused("a rule without any protocol".into()));
        }
        if matches!(carried.why, Some(Why::Refused(_))) {
            for fits in [&mut carried.tcp, &mut carried.udp, &mut carried.icmp, &mut carried.others]
            {
                *fits = Fits::Perhaps;
            }
        }
        carried
    }

    fn may_be_any(&mut self, why: Why) {
        for fits in [&mut self.tcp, &mut self.udp, &mut self.icmp, &mut self.others] {
            *fits = (*fits).max(Fits::Perhaps);
        }
        self.why = Some(why);
    }

    /// Whether the protocol of this number is among them.
    pub(super) const fn fits(&self, protocol: u16) -> Fits {
        match protocol {
            family::TCP => self.tcp,
            family::UDP => self.udp,
            family::ICMP => self.icmp,
            _ => self.others,
        }
    }
}

impl FirewallView<'_> {
    /// The rules that decide by addresses alone, in order.
    pub(super) fn packet_rows<V: FirewallFamily>(&self) -> &[PacketRow<V>] {
        V::rows(self).get_or_init(|| self.packet_rows_as(&[]))
    }

    /// The same where some tags are no more than their names.
    pub(super) fn packet_rows_as<V: FirewallFamily>(&self, named: &[String]) -> Vec<PacketRow<V>> {
        let words = Words { lexicon: self.lexicon, groups: &self.groups, named };
        let proxy = self.settings().and_then(|it| it.dns_proxy.known().copied()) == Some(true);
        let network = self.entries.iter().enumerate().filter(|(_, it)| it.pass == Pass::Network);
        let row = |(entry, it): (usize, &super::FirewallEntry<'_>)| {
            let mut row = match &it.says {
                Says::Rule(rule) => {
                    let RuleBody::Network(body) = &rule.body else { return None };
                    let fields = Fields {
                        source: &rule.source,
                        destination: &body.destination,
                        ports: &body.ports,
                        protocols: &body.protocols,
                        names: &body.fqdns,
                    };
                    fields.row::<V>(words, proxy)?
                }
                Says::Gap(_) => PacketRow::anything(),
                Says::Infrastructure | Says::Default => return None,
            };
            row.entry = entry;
            row.action = it.action;
            row.why.clone_from(&it.why);
            Some(row)
        };
        network.filter_map(row).collect()
    }
}

/// What a network rule says.
struct Fields<'r> {
    source: &'r Ends,
    destination: &'r Ends,
    ports: &'r FirewallPorts,
    protocols: &'r Protocols,
    names: &'r Texts,
}

impl Fields<'_> {
    /// `None` where Azure skips the rule (FW-071).
    fn row<V: Grouped>(&self, words: Words<'_>, proxy: bool) -> Option<PacketRow<V>> {
        let fixed = V::fixed();
        let source: Side<V> = sides::side(words, self.source, Which::Source, false);
        let has_names = !self.names.is_empty();
        let destination: Side<V> =
            sides::side(words, self.destination, Which::Destination, has_names);
        if source.is_skipped || destination.is_skipped {
            return None;
        }
        let mut source = source.extent;
        if destination.may_skip {
            // FW-071: then it is skipped whatever its names are.
            source.surely = Arc::clone(&fixed.none);
            source.why = source.why.or_else(|| destination.extent.why.clone());
        }
        let mut destination = destination.extent;
        let mut names = Vec::new();
        if has_names {
            // FW-038: whatever addresses the names have, and others may share them.
            let reason = "the addresses of the names in its destination are not known";
            let why = Why::Value(reason.into());
            destination.perhaps = Arc::clone(&fixed.any);
            destination.why.get_or_insert(why);
            if proxy {
                let known = self.names.items.iter().map(|it| it.value.to_ascii_lowercase());
                names = known.collect();
            }
        }
        let ports = sides::ports::<V>(self.ports);
        let carried = Carried::of(self.protocols, &ports);
        Some(PacketRow {
            entry: 0,
            source,
            destination,
            ports,
            carried,
            names,
            action: None,
            why: None,
        })
    }
}

impl<V: family::Family> PacketRow<V> {
    /// Why it is not known exactly what it matches.
    pub(super) fn doubt(&self) -> Option<Why> {
        let fields = [
            &self.why,
            &self.source.why,
            &self.destination.why,
            &self.ports.why,
            &self.carried.why,
        ];
        fields.into_iter().find_map(Clone::clone)
    }

    /// A rule of which nothing is known.
    fn anything() -> Self {
        let fixed = V::fixed();
        Self {
            entry: 0,
            source: Extent::exact(Arc::clone(&fixed.any)),
            destination: Extent::exact(Arc::clone(&fixed.any)),
            ports: Extent::exact(Arc::clone(&fixed.ports)),
            carried: Carried {
                tcp: Fits::Yes,
                udp: Fits::Yes,
                icmp: Fits::Yes,
                others: Fits::Yes,
                why: None,
            },
            names: Vec::new(),
            action: None,
            why: None,
        }
    }
}
