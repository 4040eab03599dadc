//! Lists for tests and benchmarks: like real ones, and as hard to decide as we know how.

use std::sync::Arc;

use super::cube::{Axis, Cube};
use super::ranges::Ranges;
use super::value::Value;

/// A small generator of random numbers that gives the same ones everywhere (`SplitMix64`).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Starts a sequence.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 random bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`; 0 if that is 0.
    pub fn below(&mut self, limit: u32) -> u32 {
        let rest = self.bits().checked_rem(u64::from(limit)).unwrap_or(0);
        u32::try_from(rest).unwrap_or(0)
    }

    /// A place in a list of `len` things; 0 if it is empty.
    pub fn index(&mut self, len: usize) -> usize {
        let limit = u32::try_from(len).unwrap_or(u32::MAX);
        usize::try_from(self.below(limit)).unwrap_or(0)
    }

    /// True in `percent` of 100 cases.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of the things; `fallback` if there is none.
    pub fn pick<T: Clone>(&mut self, things: &[T], fallback: T) -> T {
        things.get(self.index(things.len())).cloned().unwrap_or(fallback)
    }
}

/// What kind of list to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Private sources; destinations from lists of a thousand ranges to single addresses, a few
    /// shared sets; usual ports; TCP more often than not.
    Realistic,
    /// One wide range in each field.
    Wide,
    /// Four ranges in each field, in one crowded area.
    Dense,
    /// Each line fixes two fields, in turn each of the six pairs of four fields.
    Pillars,
    /// Each line fixes either source and source port or destination and destination port, both
    /// times along a diagonal: what is left of the space are about n²/4 pieces.
    Diagonals,
    /// Each line holds a random 70 % of 64 stretches of each field, like clauses of a formula.
    Subsets,
}

impl Shape {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Realistic, Self::Wide, Self::Dense, Self::Pillars, Self::Diagonals, Self::Subsets];
}

/// The fields with many values.
const WIDE: [Axis; 4] = [Axis::Source, Axis::SourcePort, Axis::Destination, Axis::DestinationPort];

/// Makes lists. Those of one maker share their large sets, as rules share service tags.
#[derive(Debug)]
pub struct Maker<V> {
    tags: Vec<Arc<Ranges<V>>>,
    ports: Vec<Arc<Ranges<V>>>,
    tcp: Arc<Ranges<V>>,
    full: Cube<V>,
}

impl<V: Value> Default for Maker<V> {
    /// One large tag, sixty parts of it that stand for its regions, and sixty other tags.
    fn default() -> Self {
        let mut random = Random::new(0);
        let base: Vec<(u32, u32)> = (0..1000).map(|_| prefix(&mut random, 14, 28)).collect();
        let mut region = |_| {
            let part = base.iter().filter(|_| random.chance(3)).copied().collect::<Vec<_>>();
            set(part, Axis::Destination)
        };
        let mut tags: Vec<Arc<Ranges<V>>> = (0..60).map(&mut region).collect();
        tags.push(set(base, Axis::Destination));
        tags.extend((0..60).map(|_| {
            let count = 1 + random.below(200);
            let ranges = (0..count).map(|_| prefix(&mut random, 18, 32)).collect::<Vec<_>>();
            set(ranges, Axis::Destination)
        }));
        let ports = PORTS.iter().map(|&port| set([(port, port)], Axis::DestinationPort)).collect();
        Self { tags, ports, tcp: set([(6, 6)], Axis::Protocol), full: Cube::full() }
    }
}

impl<V: Value> Maker<V> {
    /// A list of `n` lines, each with whether it allows.
    #[must_use]
    pub fn list(&self, shape: Shape, n: u32, seed: u64) -> Vec<(Cube<V>, bool)> {
        let mut random = Random::new(seed);
        let line = |index: u32| match shape {
            Shape::Realistic => (self.realistic(&mut random), random.chance(70)),
            Shape::Wide => {
                let cube = each_wide(&self.full, |axis| {
                    let top = top(axis);
                    let low = random.below(top);
                    set([(low, low.saturating_add(random.below(top / 3)))], axis)
                });
                (protocol(&mut random, cube), random.chance(50))
            }
            Shape::Dense => {
                let cube = each_wide(&self.full, |axis| {
                    let step = (top(axis) / 4096).max(1);
                    let ranges = [(); 4].map(|()| {
                        let low = random.below(4000) * step;
                        (low, low.saturating_add(step * (1 + random.below(600))))
                    });
                    set(ranges, axis)
                });
                (protocol(&mut random, cube), random.chance(50))
            }
            Shape::Pillars => {
                let [a, b, c, d] = WIDE;
                let pairs = [(a, b), (c, d), (a, c), (b, d), (a, d), (b, c)];
                let pair = pairs.into_iter().cycle().nth(usize::try_from(index % 6).unwrap_or(0));
                (fixed(&self.full, pair.unwrap_or((a, b)), index / 6, n / 6), true)
            }
            Shape::Diagonals => {
                let [a, b, c, d] = WIDE;
                let pair = if index.is_multiple_of(2) { (a, b) } else { (c, d) };
                (fixed(&self.full, pair, index / 2, n / 2), true)
            }
            Shape::Subsets => {
                let cube = each_wide(&self.full, |axis| {
                    let step = top(axis) / 64;
                    let stretches = (0..64).filter(|_| random.chance(70));
                    let ranges: Vec<(u32, u32)> = stretches
                        .map(|k| (k * step, if k == 63 { u32::MAX } else { k * step + step - 1 }))
                        .collect();
                    set(ranges, axis)
                });
                (cube, random.chance(90))
            }
        };
        (0..n).map(line).collect()
    }

    /// Pieces to ask about: one destination behind usual ports, and every packet.
    #[must_use]
    pub fn probes(&self, seed: u64) -> Vec<Cube<V>> {
        let mut random = Random::new(seed);
        let web = set([(80, 80), (443, 443), (8443, 8443)], Axis::DestinationPort);
        let private = set([(0x0a00_0000, 0x0aff_ffff)], Axis::Source);
        let backup = self
            .full
            .clone()
            .with(Axis::Source, private)
            .with(Axis::Destination, random.pick(&self.tags, Arc::new(Ranges::all())))
            .with(Axis::DestinationPort, web)
            .with(Axis::Protocol, Arc::clone(&self.tcp));
        vec![backup, self.full.clone()]
    }

    fn realistic(&self, random: &mut Random) -> Cube<V> {
        let private = |random: &mut Random, axis| {
            let count = 1 + random.below(3);
            let ranges = (0..count).map(|_| {
                let host = random.pick(&[0xffff, 0xfff, 0xff, 0xff, 0x3f, 0xf, 0], 0);
                let address = 0x0a00_0000 | random.below(1 << 20) << 4;
                (address & !host, address | host)
            });
            set(ranges.collect::<Vec<_>>(), axis)
        };
        let mut cube = self.full.clone();
        if random.chance(70) {
            let source = private(random, Axis::Source);
            cube = cube.with(Axis::Source, source);
        }
        let destination = match random.below(20) {
            0..=1 => None,
            2..=6 => Some(random.pick(&self.tags, Arc::new(Ranges::all()))),
            7..=10 => Some(private(random, Axis::Destination)),
            _ => {
                let count = 1 + random.below(3);
                let ranges: Vec<_> = (0..count).map(|_| prefix(random, 16, 32)).collect();
                Some(set(ranges, Axis::Destination))
            }
        };
        if let Some(destination) = destination {
            cube = cube.with(Axis::Destination, destination);
        }
        let port = match random.below(10) {
            0..=1 => None,
            2..=6 => Some(random.pick(&self.ports, Arc::new(Ranges::all()))),
            7..=8 => {
                let count = 2 + random.below(4);
                let ports: Vec<_> = (0..count).map(|_| random.pick(&PORTS, 0)).collect();
                Some(set(ports.into_iter().map(|port| (port, port)), Axis::DestinationPort))
            }
            _ => {
                let low = random.below(60_000);
                Some(set([(low, low + random.below(5000))], Axis::DestinationPort))
            }
        };
        if let Some(port) = port {
            cube = cube.with(Axis::DestinationPort, port);
        }
        if random.chance(70) {
            cube = cube.with(Axis::Protocol, Arc::clone(&self.tcp));
        }
        cube
    }
}

/// The largest value in use.
const fn top(axis: Axis) -> u32 {
    match axis {
        Axis::Source | Axis::Destination => u32::MAX,
        Axis::SourcePort | Axis::DestinationPort => 65_535,
        Axis::Protocol => 255,
    }
}

fn set<V: Value>(pairs: impl IntoIterator<Item = (u32, u32)>, axis: Axis) -> Arc<Ranges<V>> {
    let top = top(axis);
    let pairs = pairs.into_iter().map(|(low, high)| (V::from(low), V::from(high.min(top))));
    Arc::new(pairs.collect())
}

fn each_wide<V: Value>(full: &Cube<V>, mut f: impl FnMut(Axis) -> Arc<Ranges<V>>) -> Cube<V> {
    WIDE.into_iter().fold(full.clone(), |cube, axis| cube.with(axis, f(axis)))
}

fn protocol<V: Value>(random: &mut Random, cube: Cube<V>) -> Cube<V> {
    match random.below(4) {
        0 => cube.with(Axis::Protocol, set([(6, 6)], Axis::Protocol)),
        1 => cube.with(Axis::Protocol, set([(17, 17)], Axis::Protocol)),
        _ => cube,
    }
}

/// The `index`th of `count` steps of a diagonal through two fields.
fn fixed<V: Value>(full: &Cube<V>, (a, b): (Axis, Axis), index: u32, count: u32) -> Cube<V> {
    [a, b].into_iter().fold(full.clone(), |cube, axis| {
        let step = (top(axis) / (count + 3)).max(1);
        let low = (index + 1) * step;
        cube.with(axis, set([(low, low + step / 2)], axis))
    })
}

const PORTS: [u32; 12] = [22, 25, 53, 80, 123, 443, 445, 1433, 3389, 5671, 8443, 12_000];

/// A prefix of `short` to `long` bits.
fn prefix(random: &mut Random, short: u32, long: u32) -> (u32, u32) {
    let bits = short + random.below(long - short + 1);
    let host = u32::MAX.checked_shr(bits).unwrap_or(0);
    let address = random.below(u32::MAX);
    (address & !host, address | host)
}
