//! 200,000 pairs of an estate and a flow: the program against the slow evaluator.

use super::{
    estate, flow,
    slow::{Fate, Group, World},
};
use crate::{
    decide::{Paths, Surroundings, tests::shorthand},
    verdict::Verdict,
};

/// Numbers that look random, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(mixed).unwrap_or_default() % sides.max(1)
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.roll(all.len())]
    }
}

const SOURCES: &[&str] = &["*", "VirtualNetwork", "10.20.1.0/24", "10.20.1.4/32", "Internet"];
const DESTINATIONS: &[&str] = &[
    "*",
    "VirtualNetwork",
    "Internet",
    "10.20.0.0/16",
    "10.20.2.5/32",
    "9.9.0.0/16",
    "Storage",
    "AzureCloud",
    "10.10.0.0/16",
];
const PORTS: &[&str] = &["*", "443", "80-90"];
const ROUTED: &[&str] = &[
    "0.0.0.0/0",
    "9.0.0.0/8",
    "9.9.0.0/16",
    "10.0.0.0/8",
    "10.20.0.0/16",
    "10.20.2.0/24",
    "10.10.0.0/16",
    "13.69.40.20/32",
    "Storage",
    "Storage.WestEurope",
    "AzureCloud",
];
const HOPS: &[&str] =
    &["none", "internet", "local", "gateway", "appliance 10.10.0.4", "none", "internet"];
const FROM: &[&str] = &["10.20.1.4", "10.20.1.9"];
const TO: &[&str] = &[
    "9.9.9.9",
    "9.1.1.1",
    "8.8.8.8",
    "13.69.40.20",
    "13.70.208.20",
    "52.239.191.5",
    "10.20.1.9",
    "10.20.1.4",
    "10.20.2.5",
    "10.20.2.7",
    "10.20.2.9",
    "10.20.3.9",
    "10.10.1.4",
    "10.10.7.7",
    "10.40.1.1",
    "10.99.0.9",
    "192.168.1.1",
    "168.63.129.16",
];

fn group(dice: &mut Dice) -> Option<Group> {
    match dice.roll(8) {
        0 => Some(Group::Missing),
        1 | 2 => None,
        _ => {
            let count = dice.roll(4);
            let rule = |dice: &mut Dice| {
                let (source, destination) = (dice.of(SOURCES), dice.of(DESTINATIONS));
                (dice.one_in(2), dice.one_in(2), source, destination, dice.of(PORTS))
            };
            Some(Group::Rules((0..count).map(|_| rule(dice)).collect()))
        }
    }
}

fn world(dice: &mut Dice) -> World {
    let mut routes: Vec<(&str, &str)> = Vec::new();
    for _ in 0..dice.roll(5) {
        let prefix = dice.of(ROUTED);
        if routes.iter().all(|(known, _)| *known != prefix) {
            routes.push((prefix, dice.of(HOPS)));
        }
    }
    World {
        groups: std::array::from_fn(|_| group(dice)),
        is_peered: !dice.one_in(4),
        has_gateway: dice.one_in(5),
        table: (!dice.one_in(10)).then_some(routes),
        has_table: !dice.one_in(4),
        is_bgp_off: dice.one_in(2),
        has_service: dice.one_in(3),
        endpoint: dice.one_in(2).then(|| dice.of(&["on", "off", "groups", "routes"])),
        has_interfaces: !dice.one_in(4),
        is_private: dice.one_in(4),
        has_nat: dice.one_in(3),
    }
}

/// How the program calls that.
fn word(fate: Fate) -> Verdict {
    match fate {
        Fate::Arrives => Verdict::Allowed,
        Fate::Stops => Verdict::Blocked,
        Fate::Open => Verdict::Unknown,
    }
}

#[test]
fn two_hundred_thousand_flows_fare_as_the_slow_evaluator_says() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut seen = [0_usize; 3];
    for _ in 0..1700 {
        let world = world(&mut dice);
        let text = world.text();
        let estate = estate(&text);
        let surroundings = Surroundings::new(&estate);
        let paths = Paths::new(&surroundings, shorthand::lexicon().tags, None);
        for start in paths.everything().filter(|it| ["v", "a/app"].contains(&it.name().as_str())) {
            let is_interface = start.interface.is_some();
            let path = paths.path(start, None);
            for (from, to) in FROM.iter().flat_map(|from| TO.iter().map(move |to| (from, to))) {
                for port in [443, 80] {
                    let packet = (from.parse().unwrap(), to.parse().unwrap(), port);
                    let expected = world.fate(is_interface, packet);
                    let found = path.trace(&flow(from, to, port)).unwrap();
                    assert_eq!(
                        found.verdict,
                        word(expected),
                        "{from} -> {to}:{port}, from the interface: {is_interface}\n{text}\n{found:#?}"
                    );
                    seen[match expected {
                        Fate::Arrives => 0,
                        Fate::Stops => 1,
                        Fate::Open => 2,
                    }] += 1;
                }
            }
        }
    }
    assert!(seen.iter().sum::<usize>() >= 200_000, "{seen:?}");
    assert!(seen.iter().all(|count| *count > 10_000), "{seen:?}");
}
