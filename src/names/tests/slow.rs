//! Host patterns and lists, decided in the plainest way, for a few thousand short hosts.

use super::super::{Action, Fault, Host, HostSet, Part, Row};
use crate::space::adversarial::Random;

/// A pattern as text with its dialect.
#[derive(Clone, Debug)]
pub(super) enum Written {
    All,
    Plain,
    Exact(String),
    Under(String),
    Ending(String),
    Domain(String),
    Glob(String),
}

impl Written {
    pub(super) fn holds(&self, host: &str) -> bool {
        match self {
            Self::All => true,
            Self::Plain => !host.contains('.'),
            Self::Exact(name) => host == name,
            Self::Under(name) => host.ends_with(&format!(".{name}")),
            Self::Ending(name) => host.ends_with(name),
            Self::Domain(name) => host == name || host.ends_with(&format!(".{name}")),
            Self::Glob(glob) => is_match(glob.as_bytes(), host.as_bytes()),
        }
    }

    pub(super) fn set(&self) -> Result<HostSet, Fault> {
        match self {
            Self::All => Ok(HostSet::all()),
            Self::Plain => Ok(HostSet::plain()),
            Self::Exact(name) => HostSet::exact(name),
            Self::Under(name) => HostSet::under(name),
            Self::Ending(name) => HostSet::ending(name),
            Self::Domain(name) => HostSet::domain(name),
            Self::Glob(glob) => HostSet::glob(glob),
        }
    }
}

fn is_match(glob: &[u8], text: &[u8]) -> bool {
    match glob.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => (0..=text.len()).any(|at| is_match(rest, &text[at..])),
        Some((b'?', rest)) => !text.is_empty() && is_match(rest, &text[1..]),
        Some((byte, rest)) => text.first() == Some(byte) && is_match(rest, &text[1..]),
    }
}

/// Every host of up to six characters of `a`, `b`, `c` and the dot.
pub(super) fn hosts() -> Vec<String> {
    let mut hosts = Vec::new();
    let mut texts = vec![String::new()];
    for _ in 0..6 {
        texts = texts
            .iter()
            .flat_map(|text| "abc.".chars().map(move |c| format!("{text}{c}")))
            .filter(|text| !text.starts_with('.') && !text.contains(".."))
            .collect();
        hosts.extend(texts.iter().filter(|text| !text.ends_with('.')).cloned());
    }
    hosts
}

/// Random patterns over `a`, `b` and the dot.
pub(super) fn pattern(random: &mut Random) -> Written {
    let name = |random: &mut Random| {
        let labels = (0..=random.below(3)).map(|_| random.pick(&["a", "b", "ab", "a", "b"], "a"));
        labels.collect::<Vec<_>>().join(".")
    };
    match random.below(16) {
        0 => Written::All,
        1 => Written::Plain,
        2..=4 => Written::Exact(name(random)),
        5..=7 => Written::Under(name(random)),
        8 => Written::Ending(name(random)),
        9 => Written::Domain(name(random)),
        _ => {
            let len = 1 + random.below(5);
            Written::Glob(
                (0..len).map(|_| random.pick(&['a', 'a', 'b', '.', '*', '*', '?'], 'a')).collect(),
            )
        }
    }
}

/// The hosts of a set, as bits.
pub(super) type Bits = Vec<u64>;

pub(super) fn and(a: &[u64], b: &[u64]) -> Bits {
    a.iter().zip(b).map(|(a, b)| a & b).collect()
}

pub(super) fn or(a: &[u64], b: &[u64]) -> Bits {
    a.iter().zip(b).map(|(a, b)| a | b).collect()
}

pub(super) fn minus(a: &[u64], b: &[u64]) -> Bits {
    a.iter().zip(b).map(|(a, b)| a & !b).collect()
}

pub(super) fn any(bits: &[u64]) -> bool {
    bits.iter().any(|&word| word != 0)
}

/// Patterns with the hosts that they hold.
pub(super) struct Pool {
    patterns: Vec<(Written, HostSet, Bits)>,
}

/// A set of hosts in all three forms.
#[derive(Clone, Debug)]
pub(super) struct Slow {
    pub(super) written: Vec<Written>,
    pub(super) set: HostSet,
    pub(super) bits: Bits,
}

impl Slow {
    pub(super) fn holds(&self, host: &Host) -> bool {
        self.written.iter().any(|written| written.holds(host.as_str()))
    }
}

impl Pool {
    pub(super) fn new(random: &mut Random, size: usize) -> Self {
        let hosts = hosts();
        let compiled = |written: Written| {
            let mut bits = vec![0; hosts.len().div_ceil(64)];
            for (at, host) in hosts.iter().enumerate() {
                bits[at / 64] |= u64::from(written.holds(host)) << (at % 64);
            }
            let set = written.set().unwrap();
            (written, set, bits)
        };
        Self { patterns: (0..size).map(|_| compiled(pattern(random))).collect() }
    }

    pub(super) fn words(&self) -> usize {
        self.patterns[0].2.len()
    }

    pub(super) fn none(&self) -> Slow {
        Slow { written: Vec::new(), set: HostSet::none(), bits: vec![0; self.words()] }
    }

    /// The union of up to `most` patterns.
    pub(super) fn set(&self, random: &mut Random, most: u32) -> Slow {
        let mut slow = self.none();
        let mut sets = Vec::new();
        for _ in 0..=random.below(most) {
            let (written, set, bits) = &self.patterns[random.index(self.patterns.len())];
            slow.written.push(written.clone());
            sets.push(set.clone());
            slow.bits = or(&slow.bits, bits);
        }
        Slow { set: sets.into_iter().collect(), ..slow }
    }

    pub(super) fn row(&self, random: &mut Random) -> SlowRow {
        let surely = if random.chance(20) { self.none() } else { self.set(random, 2) };
        let perhaps = random.chance(50).then(|| self.set(random, 2));
        let action = random.pick(&[Action::Allow, Action::Deny], Action::Deny);
        let action = if random.chance(5) { Action::Unknown } else { action };
        let part = match random.below(10) {
            0 => Part::Absent,
            1 => Part::Perhaps(action),
            _ => Part::Surely(action),
        };
        SlowRow { surely, perhaps, part }
    }
}

/// A row whose hosts may not be known, and its part.
#[derive(Clone, Debug)]
pub(super) struct SlowRow {
    pub(super) surely: Slow,
    /// What it may hold besides.
    pub(super) perhaps: Option<Slow>,
    pub(super) part: Part,
}

impl SlowRow {
    pub(super) fn row(&self) -> Row {
        match &self.perhaps {
            Some(perhaps) => Row::between(self.surely.set.clone(), &perhaps.set),
            None => Row::exact(self.surely.set.clone()),
        }
    }

    pub(super) fn may_hold(&self) -> Bits {
        match &self.perhaps {
            Some(perhaps) => or(&self.surely.bits, &perhaps.bits),
            None => self.surely.bits.clone(),
        }
    }

    /// Whether the host may be in the row, and whether it surely is.
    pub(super) fn holds(&self, host: &Host) -> (bool, bool) {
        let surely = self.surely.holds(host);
        (surely || self.perhaps.as_ref().is_some_and(|perhaps| perhaps.holds(host)), surely)
    }
}
