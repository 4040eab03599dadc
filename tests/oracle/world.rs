//! A small world in which rules overlap: a handful of words for each field, and packets from both
//! sides of every border that they draw.

use crate::slow::{Meaning, Packet};
use egresslint::{
    model::{Direction, Protocol},
    tags::Catalogue,
};
use std::net::IpAddr;

/// Service tags of this world.
const TAGS: &[(&str, &[&str])] = &[
    ("Storage", &["20.0.0.0/12", "2001:db8::/32"]),
    ("Storage.WestEurope", &["20.1.0.0/16", "2001:db8:1::/48"]),
    ("Sql", &["20.1.2.0/24", "9.9.9.9/32"]),
];

/// Words for one side of a rule: one of these, ...
const SINGULAR: &[&str] = &[
    "*",
    "*",
    "*",
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.1.0.0/16",
    "10.1.2.3",
    "20.0.0.0/8",
    "20.1.2.0/24",
    "9.9.9.9",
    "fd00::/8",
    "2001:db8::/32",
    "Internet",
    "Internet",
    "VirtualNetwork",
    "VirtualNetwork",
    "AzureLoadBalancer",
    "Storage",
    "storage.westeurope",
    "Sql",
    "Nope",
    "?",
];

/// ... or a list of some of these; the last two are refused in lists.
const PLURAL: &[&str] =
    &["10.1.0.0/16", "10.1.2.3", "172.16.0.0/12", "20.0.0.0/8", "9.9.9.9", "20.1.2.3", "Sql", "*"];

const GROUPS: &[&str] = &["asg-a", "asg-b"];

const PORTS: &[&[&str]] = &[
    &["*"],
    &["*"],
    &["*"],
    &["0-65535"],
    &["443"],
    &["443"],
    &["80"],
    &["80-443"],
    &["1024-65535"],
    &["53", "443"],
    &["0-442", "444-65535"],
    &["?"],
    &["443", "?"],
    &["80", "*"],
];

const PROTOCOLS: &[Option<Protocol>] = &[
    Some(Protocol::Any),
    Some(Protocol::Any),
    Some(Protocol::Tcp),
    Some(Protocol::Tcp),
    Some(Protocol::Udp),
    Some(Protocol::Icmp),
    Some(Protocol::Esp),
    Some(Protocol::Ah),
    None,
];

const V4: &[&str] = &[
    "10.1.2.3",
    "10.1.9.9",
    "10.2.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "9.9.9.9",
    "9.9.9.10",
    "20.1.2.3",
    "20.1.2.9",
    "20.1.9.9",
    "20.9.9.9",
    "20.99.9.9",
    "100.64.0.1",
];
const V6: &[&str] = &["fd00::1", "fc00::1", "2001:db8:1::1", "2001:db8:2::1", "2600::1", "1::1"];
const PACKET_PORTS: &[u16] = &[1, 53, 80, 81, 443, 444, 1023, 1024, 65535];
const PACKET_PROTOCOLS: &[Protocol] =
    &[Protocol::Tcp, Protocol::Udp, Protocol::Icmp, Protocol::Esp, Protocol::Ah];

/// Random numbers that are the same on every run (splitmix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX);
        usize::try_from(self.next() % end).unwrap_or_default()
    }

    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, from: &'a [impl std::borrow::Borrow<T>]) -> &'a T {
        from[self.below(from.len())].borrow()
    }

    fn some<T: Copy>(&mut self, from: &[T], most: usize) -> Vec<T> {
        let count = 1 + self.below(most);
        (0..count).map(|_| from[self.below(from.len())]).collect()
    }
}

/// A rule of this world.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) priority: Option<i64>,
    pub(crate) direction: Direction,
    /// Allow; `None` where it is not known.
    pub(crate) access: Option<bool>,
    pub(crate) protocol: Option<Protocol>,
    pub(crate) source: Written,
    pub(crate) source_ports: Vec<&'static str>,
    pub(crate) destination: Written,
    pub(crate) ports: Vec<&'static str>,
    /// Deployed on a condition, or one of several at its number.
    pub(crate) doubted: bool,
}

/// One side of a rule.
#[derive(Clone, Debug)]
pub(crate) enum Written {
    Words(Vec<&'static str>),
    Groups(Vec<&'static str>),
}

impl Written {
    fn words(&self) -> &[&'static str] {
        match self {
            Self::Words(words) => words,
            Self::Groups(_) => &[],
        }
    }
}

impl Rule {
    /// NSG-008.
    pub(crate) fn built_in_ones(direction: Direction) -> Vec<Self> {
        let rule = |priority, name: &str, from, to, access| Self {
            name: name.to_owned(),
            priority: Some(priority),
            direction,
            access: Some(access),
            protocol: Some(Protocol::Any),
            source: Written::Words(vec![from]),
            source_ports: vec!["*"],
            destination: Written::Words(vec![to]),
            ports: vec!["*"],
            doubted: false,
        };
        let network = "VirtualNetwork";
        match direction {
            Direction::Inbound => vec![
                rule(65000, "AllowVnetInBound", network, network, true),
                rule(65001, "AllowAzureLoadBalancerInBound", "AzureLoadBalancer", "*", true),
                rule(65500, "DenyAllInBound", "*", "*", false),
            ],
            Direction::Outbound => vec![
                rule(65000, "AllowVnetOutBound", network, network, true),
                rule(65001, "AllowInternetOutBound", "*", "Internet", true),
                rule(65500, "DenyAllOutBound", "*", "*", false),
            ],
        }
    }

    /// The narrowest rule for storage.
    pub(crate) fn allow_storage(priority: i64) -> Self {
        Self {
            name: "new".to_owned(),
            priority: Some(priority),
            direction: Direction::Outbound,
            access: Some(true),
            protocol: Some(Protocol::Tcp),
            source: Written::Words(vec!["VirtualNetwork"]),
            source_ports: vec!["*"],
            destination: Written::Words(vec!["Storage"]),
            ports: vec!["443"],
            doubted: false,
        }
    }

    pub(crate) fn built_in(&self) -> bool {
        self.priority.is_some_and(|priority| priority >= 65000)
    }

    /// Whether what it matches is known, words without a list apart.
    pub(crate) fn is_certain(&self) -> bool {
        let listed = |side: &Written| {
            let words = side.words();
            let refused = words.len() > 1
                && words.iter().any(|word| *word == "*" || word.starts_with(char::is_uppercase));
            !refused && !words.contains(&"?")
        };
        let ports =
            |words: &[&str]| !words.contains(&"?") && (words.len() == 1 || !words.contains(&"*"));
        let portless = matches!(self.protocol, Some(Protocol::Icmp | Protocol::Esp | Protocol::Ah));
        let numbered = |words: &[&str]| words != ["*"] && words != ["0-65535"];
        !self.doubted
            && self.access.is_some()
            && self.priority.is_some()
            && self.protocol.is_some()
            && listed(&self.source)
            && listed(&self.destination)
            && ports(&self.source_ports)
            && ports(&self.ports)
            && !(portless && (numbered(&self.ports) || numbered(&self.source_ports)))
    }

    /// Whether it holds no IPv4 packet.
    pub(crate) fn is_empty(&self) -> bool {
        let six = |side: &Written| {
            !side.words().is_empty() && side.words().iter().all(|word| word.contains(':'))
        };
        six(&self.source) || six(&self.destination)
    }
}

pub(crate) struct World {
    pub(crate) tags: Catalogue,
}

impl World {
    pub(crate) fn new() -> Self {
        let values: Vec<serde_json::Value> = TAGS
            .iter()
            .map(|(name, prefixes)| {
                let region = name.split_once('.').map_or("", |(_, region)| region).to_lowercase();
                serde_json::json!({ "name": name, "id": name, "properties": {
                    "changeNumber": 1, "region": region, "regionId": 0, "platform": "Azure",
                    "systemService": "", "addressPrefixes": prefixes,
                    "networkFeatures": ["API", "NSG"] } })
            })
            .collect();
        let file = serde_json::json!({ "changeNumber": 1, "cloud": "Public", "values": values });
        let read = Catalogue::read(file.to_string().as_bytes(), "ServiceTags_Public_20260626.json");
        Self { tags: read.unwrap_or_else(|error| panic!("{error}")) }
    }

    /// The prefixes of a service tag of this world (NSG-043: letter case aside).
    pub(crate) fn prefixes(word: &str) -> Option<&'static [&'static str]> {
        TAGS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, prefixes)| *prefixes)
    }

    /// The address that stands for a set that no list gives: no rule names it.
    pub(crate) fn symbol(name: &str) -> Option<IpAddr> {
        let last = ["VirtualNetwork", "Nope", "asg-a", "asg-b"].iter().position(|&n| n == name)?;
        Some(IpAddr::from([245, 0, 0, u8::try_from(last).unwrap_or(255)]))
    }

    pub(crate) fn rules(dice: &mut Dice) -> Vec<Rule> {
        let count = dice.below(10);
        // Half of the groups have nothing uncertain in them.
        let tame = dice.one_in(2);
        (0..count).map(|at| Self::rule(dice, at, tame)).collect()
    }

    fn rule(dice: &mut Dice, at: usize, tame: bool) -> Rule {
        loop {
            let odd = |dice: &mut Dice| !tame && dice.one_in(12);
            // Numbers far apart, and now and then one that is used.
            let number = 100 + 10 * i64::try_from(dice.below(40)).unwrap_or_default();
            let own = number + i64::try_from(at).unwrap_or_default() % 10;
            let priority = if odd(dice) { number } else { own };
            let rule = Rule {
                name: format!("r{at}"),
                priority: (!odd(dice)).then_some(priority),
                direction: if dice.one_in(3) { Direction::Inbound } else { Direction::Outbound },
                access: (!odd(dice)).then(|| dice.one_in(2)),
                protocol: *dice.pick::<Option<Protocol>>(PROTOCOLS),
                source: Self::side(dice),
                source_ports: if dice.one_in(5) { Self::ports(dice) } else { vec!["*"] },
                destination: Self::side(dice),
                ports: Self::ports(dice),
                doubted: odd(dice),
            };
            if !tame || rule.is_certain() {
                return rule;
            }
        }
    }

    fn side(dice: &mut Dice) -> Written {
        match dice.below(12) {
            0 => Written::Groups(dice.some(GROUPS, 2)),
            1 | 2 => {
                let mut words = dice.some(PLURAL, 3);
                // One value goes in the singular property.
                if words.len() == 1 {
                    words.push("10.1.9.9");
                }
                Written::Words(words)
            }
            3..=6 => Written::Words(vec!["*"]),
            _ => Written::Words(dice.some(SINGULAR, 1)),
        }
    }

    fn ports(dice: &mut Dice) -> Vec<&'static str> {
        PORTS[dice.below(PORTS.len())].to_vec()
    }

    pub(crate) fn packet(dice: &mut Dice, direction: Direction) -> Packet {
        let one = Self::pieces(dice, direction, 1);
        one.into_iter().next().unwrap_or_else(|| panic!("a piece holds a packet"))
    }

    /// Every packet of a small product.
    pub(crate) fn pieces(dice: &mut Dice, direction: Direction, most: usize) -> Vec<Packet> {
        let words = if dice.one_in(4) { V6 } else { V4 };
        let mut sources = dice.some(words, most);
        let destinations = dice.some(words, most);
        if direction == Direction::Inbound && words == V4 && dice.one_in(6) {
            sources.push("168.63.129.16");
        }
        let ported = !dice.one_in(4);
        let protocols: Vec<Protocol> = dice
            .some(PACKET_PROTOCOLS, most)
            .into_iter()
            .map(|protocol| match (ported, protocol) {
                (true, Protocol::Tcp | Protocol::Udp) => protocol,
                (true, _) => Protocol::Tcp,
                (false, Protocol::Tcp | Protocol::Udp) => Protocol::Icmp,
                (false, _) => protocol,
            })
            .collect();
        let ports = |dice: &mut Dice| {
            if ported { dice.some(PACKET_PORTS, most) } else { vec![0] }
        };
        let (source_ports, ports) = (ports(dice), ports(dice));
        let mut packets = Vec::new();
        for source in &sources {
            for destination in &destinations {
                for &source_port in &source_ports {
                    for &port in &ports {
                        for &protocol in &protocols {
                            packets.push(Packet {
                                source: address(source),
                                source_port,
                                destination: address(destination),
                                port,
                                protocol,
                            });
                        }
                    }
                }
            }
        }
        packets
    }

    /// A packet of each kind that certain rules can tell apart.
    pub(crate) fn every_packet() -> Vec<Packet> {
        const KINDS: &[(u16, Protocol)] = &[
            (1, Protocol::Tcp),
            (53, Protocol::Tcp),
            (80, Protocol::Tcp),
            (81, Protocol::Tcp),
            (443, Protocol::Tcp),
            (444, Protocol::Tcp),
            (1024, Protocol::Tcp),
            (443, Protocol::Udp),
            (53, Protocol::Udp),
            (80, Protocol::Udp),
            (81, Protocol::Udp),
            (1, Protocol::Udp),
            (444, Protocol::Udp),
            (1024, Protocol::Udp),
            (0, Protocol::Icmp),
            (0, Protocol::Esp),
            (0, Protocol::Ah),
        ];
        const SOURCE_PORTS: &[u16] = &[1, 53, 80, 81, 443, 444, 1024];
        let symbols = ["VirtualNetwork", "Nope", "asg-a", "asg-b"].into_iter();
        let mut addresses: Vec<IpAddr> = V4.iter().map(|text| address(text)).collect();
        addresses.push(address("168.63.129.16"));
        addresses.extend(symbols.filter_map(Self::symbol));
        let mut packets = Vec::new();
        for &source in &addresses {
            for &destination in &addresses {
                for &(port, protocol) in KINDS {
                    let none = [0];
                    let source_ports = if port == 0 { &none[..] } else { SOURCE_PORTS };
                    for &source_port in source_ports {
                        packets.push(Packet { source, source_port, destination, port, protocol });
                    }
                }
            }
        }
        packets
    }
}

impl Meaning {
    pub(crate) const fn random(dice: &mut Dice) -> Self {
        Self::Random(dice.next())
    }
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap_or_else(|_| panic!("no address: {text}"))
}
