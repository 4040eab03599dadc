//! Paths decided packet by packet, from lists of prefixes, with nothing of the program but words.

use ipnetwork::IpNetwork;
use std::{fmt::Write as _, net::IpAddr};

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Arrives,
    Stops,
    Open,
}

/// A group: its rules in order, or one that is not in the input.
#[derive(Clone, Debug)]
pub(super) enum Group {
    Missing,
    /// Outbound, allow, source, destination, ports.
    Rules(Vec<(bool, bool, &'static str, &'static str, &'static str)>),
}

/// One estate: networks `a` and `hub`, which may be peered, and `far`, a peer of the hub.
#[derive(Clone, Debug)]
pub(super) struct World {
    /// Of the interface, of its subnet `app`, of `db`, of an interface there, and of the hub's.
    pub(super) groups: [Option<Group>; 5],
    pub(super) is_peered: bool,
    pub(super) has_gateway: bool,
    /// The routes of `app` (prefix or tag, hop); `None` where the table is not in the input.
    pub(super) table: Option<Vec<(&'static str, &'static str)>>,
    pub(super) has_table: bool,
    pub(super) is_bgp_off: bool,
    pub(super) has_service: bool,
    pub(super) endpoint: Option<&'static str>,
    pub(super) has_interfaces: bool,
    pub(super) is_private: bool,
    pub(super) has_nat: bool,
}

const NAMES: [&str; 5] = ["v", "app", "db", "d", "svc"];
pub(super) const V: usize = 0;
const APP: usize = 1;
const DB: usize = 2;
const D: usize = 3;
const SVC: usize = 4;

fn is_in(prefix: &str, address: IpAddr) -> bool {
    prefix.parse::<IpNetwork>().is_ok_and(|network| network.contains(address))
}

fn length(prefix: &str) -> u8 {
    prefix.parse::<IpNetwork>().map_or(0, |network| network.prefix())
}

/// The addresses that the list of tags in the examples has.
fn tagged(name: &str, address: IpAddr) -> Option<bool> {
    let all: &[&str] = match name {
        "Storage" => &["13.69.40.20", "13.70.208.20", "52.239.191.5", "20.60.44.5"],
        "Storage.WestEurope" => &["13.69.40.20"],
        "AzureCloud" => &["13.69.40.20", "13.70.208.20", "20.60.44.5"],
        _ => return None,
    };
    Some(all.iter().any(|it| it.parse() == Ok(address)))
}

const PRIVATE: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

impl World {
    /// The lines for the program.
    pub(super) fn text(&self) -> String {
        let mut text = String::from(
            "net a 10.20.0.0/16\nnet hub 10.10.0.0/16\nnet far 10.40.0.0/16\npeer far hub\n",
        );
        let group = |at: usize| match self.groups[at] {
            None => String::new(),
            Some(_) => format!(" nsg={}", NAMES[at]),
        };
        let table = if self.has_table { " rt=r" } else { "" };
        let service = if self.has_service { " service=Microsoft.Storage" } else { "" };
        let out = if self.is_private { " out=false" } else { "" };
        let nat = if self.has_nat { " nat=g" } else { "" };
        let policies = self.endpoint.map_or(String::new(), |word| format!(" policies={word}"));
        let _ = writeln!(text, "subnet a/app 10.20.1.0/24{}{table}{service}{out}{nat}", group(APP));
        let _ = writeln!(text, "subnet a/db 10.20.2.0/24{}{policies}", group(DB));
        let _ = writeln!(text, "subnet hub/svc 10.10.1.0/24{}", group(SVC));
        if self.is_peered {
            text.push_str("peer a hub\n");
        }
        if self.has_gateway {
            text.push_str("subnet a/GatewaySubnet 10.20.9.0/24\n");
        }
        if self.has_interfaces {
            let _ = writeln!(text, "nic v a/app 10.20.1.4{}", group(V));
            let _ = writeln!(text, "nic d a/db 10.20.2.5{}", group(D));
        }
        if self.endpoint.is_some() {
            text.push_str("endpoint e a/db 10.20.2.7\n");
        }
        if let Some(routes) = self.table.as_ref().filter(|_| self.has_table) {
            let _ = writeln!(text, "table r bgp={}", if self.is_bgp_off { "off" } else { "on" });
            for (prefix, hop) in routes {
                let _ = writeln!(text, "route r {prefix} {hop}");
            }
        }
        for (at, group) in self.groups.iter().enumerate() {
            let Some(Group::Rules(rules)) = group else { continue };
            let _ = writeln!(text, "nsg {}", NAMES[at]);
            for ((is_out, allow, from, to, ports), number) in rules.iter().zip(1..) {
                let way = if *is_out { "Out" } else { "In" };
                let access = if *allow { "Allow" } else { "Deny" };
                let name = NAMES[at];
                let number = number * 100;
                let _ =
                    writeln!(text, "nsg {name} {number} {way} {access} * {from}:* -> {to}:{ports}");
            }
        }
        text
    }

    /// Whether a word holds an address, seen from a network; nothing where that is not known.
    fn holds(&self, home: &str, word: &str, address: IpAddr) -> Option<bool> {
        let near: &[&str] = match (home, self.is_peered) {
            ("hub", true) => &["10.10.0.0/16", "10.40.0.0/16", "10.20.0.0/16"],
            ("hub", false) => &["10.10.0.0/16", "10.40.0.0/16"],
            (_, true) => &["10.20.0.0/16", "10.10.0.0/16"],
            (_, false) => &["10.20.0.0/16"],
        };
        let is_near = near.iter().any(|prefix| is_in(prefix, address));
        match word {
            "*" => Some(true),
            "VirtualNetwork" if is_near || is_in("168.63.129.16/32", address) => Some(true),
            "VirtualNetwork" if home == "hub" => Some(false),
            "VirtualNetwork" if self.has_gateway => None,
            "VirtualNetwork" => match (&self.table, self.has_table) {
                (_, false) => Some(false),
                (None, true) => None,
                (Some(routes), true) => {
                    let is_routed = routes.iter().any(|(prefix, _)| is_in(prefix, address));
                    if is_routed { None } else { Some(false) }
                }
            },
            "Internet" => {
                let is_kept =
                    PRIVATE.iter().chain(&["168.63.129.16/32"]).any(|it| is_in(it, address));
                Some(!is_near && !is_kept)
            }
            _ => tagged(word, address).or_else(|| Some(is_in(word, address))),
        }
    }

    /// Whether a group may let a packet through, and whether it may stop it.
    fn filter(&self, at: usize, is_out: bool, (from, to, port): Packet) -> (bool, bool) {
        let home = if at == SVC { "hub" } else { "a" };
        let rules = match &self.groups[at] {
            None => return (true, false),
            Some(Group::Missing) => return (true, true),
            Some(Group::Rules(rules)) => rules,
        };
        if is_out && is_in("168.63.129.16/32", to) {
            return (true, false);
        }
        let built_in = [
            (true, true, "VirtualNetwork", "VirtualNetwork", "*"),
            (true, true, "*", "Internet", "*"),
            (false, true, "VirtualNetwork", "VirtualNetwork", "*"),
            (false, true, "168.63.129.16/32", "*", "*"),
        ];
        let (mut passes, mut stops) = (false, false);
        for (way, allow, source, destination, ports) in rules.iter().copied().chain(built_in) {
            let on_port = match ports.split_once('-') {
                _ if ports == "*" => true,
                Some((low, high)) => {
                    low.parse().is_ok_and(|low| port >= low)
                        && high.parse().is_ok_and(|high| port <= high)
                }
                None => ports.parse() == Ok(port),
            };
            if way != is_out || !on_port {
                continue;
            }
            let sides = (self.holds(home, source, from), self.holds(home, destination, to));
            if let (Some(false), _) | (_, Some(false)) = sides {
                continue;
            }
            passes |= allow;
            stops |= !allow;
            if sides == (Some(true), Some(true)) {
                return (passes, stops);
            }
        }
        (passes, true)
    }

    /// The next hops of which one takes the destination from `app`.
    fn hops(&self, to: IpAddr) -> Vec<&'static str> {
        let routes: &[(&str, &'static str)] = match &self.table {
            Some(routes) if self.has_table => routes,
            _ => &[],
        };
        if is_in("168.63.129.16/32", to) {
            return vec!["platform"];
        }
        let mut hops = Vec::new();
        if self.has_service && tagged("Storage", to) == Some(true) {
            hops.push("service");
            if tagged("Storage.WestEurope", to) == Some(true) {
                return hops;
            }
        }
        if self.endpoint.is_some() && is_in("10.20.2.7/32", to) {
            let takes = |prefix: &str| is_in(prefix, to) && length(prefix) >= 16;
            let is_taken = matches!(self.endpoint, Some("on" | "routes"))
                && routes.iter().any(|(prefix, _)| takes(prefix));
            if !is_taken {
                hops.push("endpoint");
                return hops;
            }
        }
        if self.has_table && self.table.is_none() {
            hops.push("unread");
        }
        let has_here = self.has_table && self.table.is_some();
        let learns = self.has_gateway && !(has_here && self.is_bgp_off);
        let is_near = is_in("10.20.0.0/16", to) || (self.is_peered && is_in("10.10.0.0/16", to));
        if learns && !is_near {
            hops.push("gateway");
        }
        let is_open = learns || routes.iter().any(|(prefix, _)| *prefix == "0.0.0.0/0");
        // Length, maker, kind of tag; larger is better.
        let mut found: Vec<((u8, u8, u8), &'static str, bool)> = Vec::new();
        for (prefix, hop) in routes {
            let best = match (*prefix, tagged(prefix, to)) {
                (_, Some(false)) => continue,
                ("Storage.WestEurope", _) => (32, 3, 3),
                ("Storage", _) => (32, 3, 2),
                ("AzureCloud", _) => (32, 3, 0),
                _ if is_in(prefix, to) => (length(prefix), 3, 4),
                _ => continue,
            };
            found.push((best, hop, true));
        }
        let system = [("10.20.0.0/16", "a", true), ("10.10.0.0/16", "hub", self.is_peered)];
        for (prefix, hop, is_there) in system {
            if is_there && is_in(prefix, to) {
                found.push(((16, 2, 0), hop, true));
            }
        }
        for prefix in PRIVATE.into_iter().filter(|prefix| is_in(prefix, to)) {
            found.push(((length(prefix), 1, 0), "none", !is_open));
        }
        found.push(((0, 1, 0), "internet", true));
        while let Some(best) = found.iter().map(|(rank, ..)| *rank).max() {
            let at = found.iter().position(|(rank, ..)| *rank == best).unwrap();
            let (_, hop, is_sure) = found.remove(at);
            hops.push(hop);
            if is_sure {
                break;
            }
        }
        hops
    }

    /// What becomes of a packet that goes this way.
    fn follow(&self, hop: &str, packet: Packet) -> Fate {
        let (_, to, _) = packet;
        match hop {
            "none" => Fate::Stops,
            "internet" => match (self.is_private && !self.has_nat, self.has_interfaces) {
                (false, _) => Fate::Arrives,
                (true, true) => Fate::Stops,
                (true, false) => Fate::Open,
            },
            "service" | "platform" => Fate::Arrives,
            "endpoint" => match self.endpoint {
                Some("on" | "groups") => through(&[self.filter(DB, false, packet)]),
                _ => Fate::Arrives,
            },
            "a" | "local" => {
                let mut met = Vec::new();
                if is_in("10.20.1.0/24", to) {
                    met.push(self.filter(APP, false, packet));
                } else if is_in("10.20.2.0/24", to) {
                    met.push(self.filter(DB, false, packet));
                }
                let at = [("10.20.1.4/32", V), ("10.20.2.5/32", D)];
                for (_, group) in at.into_iter().filter(|(own, _)| is_in(own, to)) {
                    if self.has_interfaces {
                        met.push(self.filter(group, false, packet));
                    }
                }
                through(&met)
            }
            "hub" if is_in("10.10.1.0/24", to) => through(&[self.filter(SVC, false, packet)]),
            "hub" => Fate::Arrives,
            _ => Fate::Open,
        }
    }

    /// What becomes of a packet from the interface, or from its subnet.
    pub(super) fn fate(&self, from_interface: bool, packet: Packet) -> Fate {
        let mut met = vec![self.filter(APP, true, packet)];
        if from_interface {
            met.insert(0, self.filter(V, true, packet));
        }
        let out = through(&met);
        let fates: Vec<Fate> =
            self.hops(packet.1).into_iter().map(|hop| self.follow(hop, packet)).collect();
        let all = |fate: Fate| fates.iter().all(|it| *it == fate);
        match out {
            Fate::Stops => Fate::Stops,
            _ if all(Fate::Stops) => Fate::Stops,
            Fate::Arrives if all(Fate::Arrives) => Fate::Arrives,
            _ => Fate::Open,
        }
    }
}

/// Source, destination, port.
pub(super) type Packet = (IpAddr, IpAddr, u16);

/// One group behind the other.
fn through(met: &[(bool, bool)]) -> Fate {
    if met.iter().any(|(passes, _)| !passes) {
        Fate::Stops
    } else if met.iter().any(|(_, stops)| *stops) {
        Fate::Open
    } else {
        Fate::Arrives
    }
}
