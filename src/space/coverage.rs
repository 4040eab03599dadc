//! Which lines decide nothing, and because of which earlier lines.

use std::sync::Arc;

use super::cube::{Axis, PerAxis};
use super::lines::{Coverage, End, Found, Piece, Role};
use super::questions::{Plan, Purse, found, is_empty};
use super::search::{AxisSet, Candidate, Engine, Job, Outcome};
use super::value::Value;

/// Lists of blocking lines longer than this are not made minimal: nobody reads them.
const PRUNED_UP_TO: usize = 32;

pub(super) fn coverage<V: Value, E: Engine<V>>(
    engine: &E,
    nodes: u64,
    blocks: &impl Fn(usize) -> bool,
    prefer: &impl Fn(usize, usize) -> bool,
) -> Vec<Coverage<V>> {
    let mut purse = Purse::for_list(nodes);
    let mut answers = Vec::with_capacity(engine.len());
    // Lines that take packets away. A covered line takes none that isn't taken before.
    let mut takes = vec![false; engine.len()];
    for line in 0..engine.len() {
        let answer = judge(engine, line, &takes, &mut purse, prefer);
        if let Some(takes) = takes.get_mut(line) {
            let is_covered = matches!(answer, Coverage::Covered { .. } | Coverage::Empty);
            *takes = !is_covered && blocks(line);
        }
        answers.push(answer);
    }
    answers
}

fn judge<V: Value, E: Engine<V>>(
    engine: &E,
    line: usize,
    takes: &[bool],
    purse: &mut Purse,
    prefer: &impl Fn(usize, usize) -> bool,
) -> Coverage<V> {
    let piece = Piece::Line(line);
    let roles = |earlier: usize| match takes.get(earlier) {
        Some(true) => Role::Subtract,
        _ => Role::Ignore,
    };
    let plan = Plan { piece, lines: line, roles, end: End::Stop };
    let (Some(cube), Some(empty), Some(Job { list: near, .. })) =
        (engine.cube(piece), is_empty(engine, piece), plan.job(engine))
    else {
        return Coverage::Undecided;
    };
    if empty {
        return Coverage::Empty;
    }
    let single = near.last().copied().filter(|candidate| candidate.uncovered.is_empty());
    let outcome = match single {
        Some(_) => Some(Outcome::Nothing),
        None => purse.search(|| Some(Job::new(cube, near.clone(), End::Stop))),
    };
    match found(engine, outcome) {
        Found::Undecided => Coverage::Undecided,
        Found::Packet { point, .. } => Coverage::Alive { point },
        Found::Nothing => {
            let preferred = |earlier: usize| prefer(line, earlier);
            let by = Blocked { engine, cube, near }.by(purse, single, &preferred);
            Coverage::Covered { by }
        }
    }
}

/// A line that the earlier lines near it cover.
struct Blocked<'a, E, S> {
    engine: &'a E,
    cube: &'a PerAxis<Arc<S>>,
    /// In order, and none of them after the first that covers the line alone.
    near: Vec<Candidate<'a, S>>,
}

impl<'a, E, S: AxisSet> Blocked<'a, E, S> {
    fn by<V: Value>(
        mut self,
        purse: &mut Purse,
        single: Option<Candidate<'a, S>>,
        preferred: &impl Fn(usize) -> bool,
    ) -> Vec<usize>
    where
        E: Engine<V, Set = S>,
    {
        if let Some(single) = single.filter(|single| preferred(single.line)) {
            return vec![single.line];
        }
        self.sort_by_overlap();
        let mut by = match single {
            Some(single) => vec![single],
            None => match self.cover(purse) {
                Some(some) => self.pruned(purse, some),
                // That all of them together cover the line is proved.
                None => self.near.clone(),
            },
        };
        if !by.iter().any(|candidate| preferred(candidate.line)) {
            let mut others = self.near.iter().filter(|candidate| preferred(candidate.line));
            by.extend(others.find(|candidate| self.decides(purse, candidate)));
        }
        let mut by: Vec<usize> = by.into_iter().map(|candidate| candidate.line).collect();
        by.sort_unstable();
        by
    }

    /// The largest overlap with this line first; equal ones keep their order.
    fn sort_by_overlap<V: Value>(&mut self)
    where
        E: Engine<V, Set = S>,
    {
        let (engine, cube) = (self.engine, self.cube);
        self.near.sort_by_cached_key(|candidate| {
            let sizes = Axis::ALL
                .map(|axis| engine.shared_count(axis, cube.get(axis), candidate.cube.get(axis)));
            std::cmp::Reverse(sizes.into_iter().map(Size::new).fold(Size::ONE, Size::times))
        });
    }

    /// The heaviest line, then again and again the heaviest of those that hold packets which are
    /// still left, until none is left. `None` if that is out of reach.
    fn cover(&self, purse: &mut Purse) -> Option<Vec<Candidate<'a, S>>> {
        let mut chosen: Vec<Candidate<'a, S>> = self.near.iter().take(1).copied().collect();
        loop {
            match self.rest(purse, &chosen)? {
                Outcome::Nothing => return Some(chosen),
                Outcome::Over => return None,
                Outcome::Found(region, _) => {
                    let before = chosen.len();
                    let next = self.near.iter().filter(|candidate| candidate.meets(&region));
                    // More at a time when there are many, or hard lists would take minutes.
                    chosen.extend(next.take(1 + before / 8));
                    if chosen.len() == before {
                        return None;
                    }
                }
            }
        }
    }

    /// Leaves out lines without which the others still cover this one, the lightest first.
    fn pruned(&self, purse: &mut Purse, mut by: Vec<Candidate<'a, S>>) -> Vec<Candidate<'a, S>> {
        if by.len() > PRUNED_UP_TO {
            return by;
        }
        for place in (0..by.len()).rev() {
            let mut fewer = by.clone();
            fewer.remove(place);
            if matches!(self.rest(purse, &fewer), Some(Outcome::Nothing)) {
                by = fewer;
            }
        }
        by
    }

    /// What of this line the given lines leave.
    fn rest(&self, purse: &mut Purse, lines: &[Candidate<'a, S>]) -> Option<Outcome<'a, S>> {
        purse.search(|| Some(Job::new(self.cube, lines.to_vec(), End::Stop)))
    }

    /// Whether a line is the first match of a packet of this one.
    fn decides(&self, purse: &mut Purse, stop: &Candidate<'a, S>) -> bool {
        let earlier = self.near.iter().filter(|candidate| candidate.line < stop.line);
        let mut list: Vec<Candidate<'a, S>> = earlier.copied().collect();
        list.sort_unstable_by_key(|candidate| candidate.line);
        list.push(Candidate { stop: true, ..*stop });
        let outcome = purse.search(|| Some(Job::new(self.cube, list.clone(), End::Pass)));
        matches!(outcome, Some(Outcome::Found(..)))
    }
}

/// The number of packets in a cube, up to 2^640, to 64 significant bits: enough to order overlaps
/// the same way on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Size {
    bits: u32,
    /// The top bit is set unless the size is zero.
    leading: u64,
}

impl Size {
    const ONE: Self = Self { bits: 1, leading: 1 << 63 };

    fn new(count: u128) -> Self {
        let zeros = count.leading_zeros();
        let top = count.checked_shl(zeros).unwrap_or(0) >> 64;
        Self { bits: u128::BITS - zeros, leading: u64::try_from(top).unwrap_or(u64::MAX) }
    }

    fn times(self, other: Self) -> Self {
        let product = Self::new(u128::from(self.leading) * u128::from(other.leading));
        // 2^64 in each factor stands for one place after its leading bit.
        Self { bits: (product.bits + self.bits + other.bits).saturating_sub(128), ..product }
    }
}
