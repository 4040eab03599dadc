//! The engine against a slow and obvious evaluator: one flow, one rule after the other, words and
//! numbers, no sets. Firewalls are random, from a small world in which rules overlap.

use super::*;
use crate::{
    decide::FirewallPart,
    space::{Axis, Point},
};

/// Pairs of a firewall and a flow.
const PAIRS: usize = 200_000;

/// Flows that each firewall is asked about.
const FLOWS: usize = 200;

/// A small generator: the same seed gives the same worlds.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<'t>(&mut self, words: &[&'t str]) -> &'t str {
        words[self.roll(words.len())]
    }

    /// Up to `most` of the words, at least one.
    fn some(&mut self, words: &[&str], most: usize) -> String {
        let count = 1 + self.roll(most);
        let picked: Vec<&str> = (0..count).map(|_| self.pick(words)).collect();
        picked.join(" ")
    }
}

const SOURCES: &[&str] = &[
    "*",
    "*",
    "10.0.0.0/30",
    "10.0.0.2",
    "10.0.0.4/31",
    "10.0.0.1-10.0.0.5",
    "group:a",
    "group:b",
    "group:none",
    "group:gone",
    "?x",
];
const DESTINATIONS: &[&str] = &[
    "*",
    "*",
    "20.0.0.0/30",
    "20.0.0.3",
    "20.0.0.4/31",
    "20.0.0.2-20.0.0.6",
    "group:b",
    "geo:de",
    "group:none",
    "?x",
];
const PORTS: &[&str] = &["*", "443", "443", "80", "22-80", "8443", "22"];
const PROTOCOLS: &[&str] = &["tcp", "tcp", "udp", "any", "icmp"];
const SPOKEN: &[&str] =
    &["Https:443", "Https:443", "Http:80", "Https:8443", "Http:443", "Mssql:1433"];
const HOSTS: &[&str] = &[
    "a.x.test",
    "*.x.test",
    "*x.test",
    "*",
    "b.y.test",
    "*.y.test",
    "*.core.windows.net",
    "evilx.test",
];
const ASKED: &[&str] = &[
    "a.x.test",
    "x.test",
    "evilx.test",
    "c.a.x.test",
    "b.y.test",
    "z.test",
    "s.blob.core.windows.net",
];

/// A rule as words; the engine gets it through the builders of these tests.
#[derive(Clone)]
struct Words {
    name: String,
    source: String,
    /// Empty for application rules.
    destination: String,
    ports: String,
    protocols: String,
    hosts: String,
    tag: bool,
}

#[derive(Clone)]
struct Listed {
    allow: bool,
    number: i64,
    rules: Vec<Words>,
    by_name: bool,
}

/// Levels, parents first; in each, groups with their numbers.
struct World {
    levels: Vec<Vec<(i64, Vec<Listed>)>>,
    proxy: bool,
}

impl World {
    fn new(dice: &mut Dice) -> Self {
        let mut count = 0;
        let levels = (0..=dice.roll(3))
            .map(|_| {
                let mut numbers: Vec<i64> = Vec::new();
                (0..=dice.roll(2))
                    .map(|_| (fresh(dice, &mut numbers), Self::collections(dice, &mut count)))
                    .collect()
            })
            .collect();
        Self { levels, proxy: dice.roll(2) == 0 }
    }

    fn collections(dice: &mut Dice, count: &mut usize) -> Vec<Listed> {
        let mut numbers = Vec::new();
        (0..=dice.roll(3))
            .map(|_| {
                let by_name = dice.roll(2) == 0;
                let rules = (0..=dice.roll(2)).map(|_| {
                    *count += 1;
                    Self::rule(dice, by_name, format!("r{count}"))
                });
                let rules = rules.collect();
                Listed {
                    allow: dice.roll(2) == 0,
                    number: fresh(dice, &mut numbers),
                    rules,
                    by_name,
                }
            })
            .collect()
    }

    fn rule(dice: &mut Dice, by_name: bool, name: String) -> Words {
        let source = dice.some(SOURCES, 2);
        if by_name {
            let tag = dice.roll(8) == 0;
            let (protocols, hosts) = (dice.some(SPOKEN, 2), dice.some(HOSTS, 2));
            let (destination, ports) = (String::new(), String::new());
            return Words { name, source, destination, ports, protocols, hosts, tag };
        }
        let hosts = if dice.roll(8) == 0 { dice.pick(&["a.x.test", "b.y.test"]) } else { "" };
        Words {
            name,
            source,
            destination: dice.some(DESTINATIONS, 2),
            ports: dice.some(PORTS, 2),
            protocols: dice.some(PROTOCOLS, 2),
            hosts: hosts.to_owned(),
            tag: false,
        }
    }

    fn estate(&self) -> Estate {
        let last = self.levels.len() - 1;
        let mut all = estate(Vec::new());
        all.policies.clear();
        all.rule_collection_groups.clear();
        all.firewalls = vec![firewall(Some(&format!("p{last}")), Vec::new())];
        all.ip_groups = vec![
            ip_group("a", "10.0.0.0/31 10.0.0.6"),
            ip_group("b", "10.0.0.3 20.0.0.1 20.0.0.5"),
            ip_group("none", ""),
        ];
        for (level, groups) in self.levels.iter().enumerate() {
            let parent = level.checked_sub(1).map(|it| format!("p{it}"));
            let mut policy = policy(&format!("p{level}"), parent.as_deref());
            if self.proxy {
                policy.settings.dns_proxy = known(true);
            }
            all.policies.push(policy);
            for (number, lists) in groups {
                let lists = lists.iter().map(collection_of).collect();
                let name = format!("g{number}");
                all.rule_collection_groups.push(group(&format!("p{level}"), &name, *number, lists));
            }
        }
        all
    }
}

fn fresh(dice: &mut Dice, numbers: &mut Vec<i64>) -> i64 {
    loop {
        let number = 100 + i64::try_from(dice.roll(20)).unwrap();
        if !numbers.contains(&number) {
            numbers.push(number);
            return number;
        }
    }
}

fn collection_of(listed: &Listed) -> RuleCollection {
    let rule = |words: &Words| {
        let Words { name, source, destination, ports, protocols, hosts, tag } = words;
        if listed.by_name {
            let tag = if *tag { "WindowsUpdate" } else { "" };
            app(&format!("{name} | {source} | {protocols} | {hosts} | {tag}"))
        } else {
            net(&format!("{name} | {source} | {destination} | {ports} | {protocols} | {hosts}"))
        }
    };
    let rules = listed.rules.iter().map(rule).collect();
    if listed.allow { allow(listed.number, rules) } else { deny(listed.number, rules) }
}

/// One flow.
struct Flow {
    source: u32,
    destination: u32,
    port: u16,
    protocol: u8,
    host: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Maybe {
    No,
    Perhaps,
    Yes,
}
use Maybe::{No, Perhaps, Yes};

fn maybe(is: bool) -> Maybe {
    if is { Yes } else { No }
}

fn number(text: &str) -> u32 {
    text.parse::<Ipv4Addr>().unwrap().into()
}

/// Whether an address is in one word of a list.
fn in_word(word: &str, value: u32) -> Maybe {
    match word {
        "*" => Yes,
        "group:a" => {
            maybe(["10.0.0.0", "10.0.0.1", "10.0.0.6"].iter().any(|it| number(it) == value))
        }
        "group:b" => {
            maybe(["10.0.0.3", "20.0.0.1", "20.0.0.5"].iter().any(|it| number(it) == value))
        }
        "group:none" => No,
        "group:gone" | "?x" | "geo:de" => Perhaps,
        _ => {
            if let Some((low, high)) = word.split_once('-') {
                return maybe(number(low) <= value && value <= number(high));
            }
            let (base, length) = word.split_once('/').unwrap_or((word, "32"));
            let size = 1_u32 << (32 - length.parse::<u32>().unwrap());
            maybe(value >= number(base) && value < number(base) + size)
        }
    }
}

/// A side: any word that holds the address, and what empty groups do to the rule.
fn in_side(text: &str, value: u32) -> Maybe {
    let words: Vec<&str> = text.split_whitespace().collect();
    let empty = words.iter().filter(|word| **word == "group:none").count();
    let best = words.iter().map(|word| in_word(word, value)).max().unwrap();
    if empty == words.len() {
        No
    } else if empty > 0 {
        best.min(Perhaps)
    } else {
        best
    }
}

fn in_ports(text: &str, port: u16) -> bool {
    text.split_whitespace().any(|word| match word.split_once('-') {
        _ if word == "*" => true,
        Some((low, high)) => (low.parse().unwrap()..=high.parse().unwrap()).contains(&port),
        None => word.parse::<u16>().unwrap() == port,
    })
}

fn network(rule: &Words, flow: &Flow, proxy: bool) -> Maybe {
    let all_ports = rule.ports.split_whitespace().any(|word| word == "*");
    let carried = rule.protocols.split_whitespace().map(|word| match (word, flow.protocol) {
        ("tcp", 6) | ("udp", 17) => Yes,
        ("any", 6 | 17) => Yes,
        ("any", _) => maybe(all_ports),
        ("icmp", 1) => {
            if all_ports {
                Yes
            } else {
                Perhaps
            }
        }
        _ => No,
    });
    let ported = matches!(flow.protocol, 6 | 17);
    let port = maybe(!ported || in_ports(&rule.ports, flow.port));
    let mut there = in_side(&rule.destination, flow.destination);
    let only_empty = rule.destination.split_whitespace().all(|word| word == "group:none");
    let some_empty = rule.destination.contains("group:none");
    if !rule.hosts.is_empty() {
        let named = proxy && rule.hosts == flow.host;
        there = if named { Yes } else { there.max(Perhaps) };
    } else if only_empty {
        return No;
    }
    if some_empty {
        there = there.min(Perhaps);
    }
    carried.max().unwrap().min(port).min(there).min(in_side(&rule.source, flow.source))
}

fn application(rule: &Words, flow: &Flow) -> Maybe {
    let kind = match flow.port {
        80 => "Http",
        1433 => "Mssql",
        _ => "Https",
    };
    let wanted = format!("{kind}:{}", flow.port);
    let spoken = rule.protocols.split_whitespace().any(|word| word == wanted);
    let holds = rule.hosts.split_whitespace().any(|pattern| match pattern.strip_prefix('*') {
        Some(end) => {
            flow.host.ends_with(end) && (!end.starts_with('.') || flow.host.len() > end.len())
        }
        None => flow.host == pattern,
    });
    let named = if holds {
        Yes
    } else if rule.tag {
        Perhaps
    } else {
        No
    };
    maybe(flow.protocol == 6 && spoken).min(named).min(in_side(&rule.source, flow.source))
}

/// What may become of a flow: let through, stopped.
fn slow(world: &World, flow: &Flow) -> (bool, bool) {
    let mut may = (false, false);
    for by_name in [false, true] {
        for level in &world.levels {
            let mut groups: Vec<_> = level.iter().collect();
            groups.sort_by_key(|(number, _)| *number);
            for (_, lists) in groups {
                let mut lists: Vec<&Listed> = lists.iter().collect();
                lists.sort_by_key(|it| it.number);
                for list in lists.into_iter().filter(|it| it.by_name == by_name) {
                    for rule in &list.rules {
                        let matches = if by_name {
                            application(rule, flow)
                        } else {
                            network(rule, flow, world.proxy)
                        };
                        if matches != No {
                            if list.allow { may.0 = true } else { may.1 = true }
                        }
                        if matches == Yes {
                            return may;
                        }
                    }
                }
            }
        }
    }
    let platform = flow.host.ends_with(".core.windows.net");
    if flow.protocol == 6 && platform && matches!(flow.port, 80 | 443) {
        may.0 = true;
    }
    (may.0, true)
}

fn flow(dice: &mut Dice, host: &'static str) -> Flow {
    let protocol = [6, 6, 6, 17, 1, 50][dice.roll(6)];
    let port = [443, 443, 80, 8443, 22, 1433, 79][dice.roll(7)];
    Flow {
        source: number("10.0.0.0") + u32::try_from(dice.roll(8)).unwrap(),
        destination: number("20.0.0.0") + u32::try_from(dice.roll(8)).unwrap(),
        port: if matches!(protocol, 6 | 17) { port } else { 0 },
        protocol,
        host,
    }
}

fn whole() -> Cube<u32> {
    let set = |low, high| Arc::new(Ranges::range(low, high));
    Cube::new([
        set(number("10.0.0.0"), number("10.0.0.7")),
        set(1024, 65_535),
        set(number("20.0.0.0"), number("20.0.0.7")),
        set(0, 65_535),
        set(0, 255),
    ])
}

#[test]
fn the_engine_and_a_slow_evaluator_agree_on_every_flow() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let (mut seen, mut open, mut allowed) = (0, 0, 0);
    while seen < PAIRS {
        let world = World::new(&mut dice);
        let estate = world.estate();
        let view = view(&estate);
        let host = ASKED[dice.roll(ASKED.len())];
        let names = HostNames::of(&[host.to_owned()]).unwrap();
        let parts: Vec<FirewallPart<u32>> = view.parts(&whole(), &names).unwrap();
        for _ in 0..FLOWS {
            let flow = flow(&mut dice, host);
            let point = Point([
                flow.source,
                50_000,
                flow.destination,
                flow.port.into(),
                flow.protocol.into(),
            ]);
            let holding: Vec<_> = parts.iter().filter(|part| part.flows.contains(&point)).collect();
            let [part] = holding.as_slice() else { panic!("{} parts hold it", holding.len()) };
            let wanted = match slow(&world, &flow) {
                (true, false) => Verdict::Allowed,
                (false, true) => Verdict::Blocked,
                _ => Verdict::Unknown,
            };
            let (axis, tried) = (Axis::Destination, point);
            assert_eq!(
                part.verdict,
                wanted,
                "{host} {tried:?} {:?}: {:#?}",
                part.flows.axis(axis),
                view.entries.iter().map(|it| it.name()).collect::<Vec<_>>()
            );
            seen += 1;
            open += usize::from(wanted == Verdict::Unknown);
            allowed += usize::from(wanted == Verdict::Allowed);
        }
    }
    // A world in which everything is open, or nothing is, would show nothing.
    assert!(
        open * 10 < seen * 8 && allowed * 10 > seen,
        "{open} open, {allowed} allowed of {seen}"
    );
}
