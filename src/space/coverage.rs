//! Which lines decide nothing, and because of which earlier lines.

use super::cube::{Axis, PerAxis, Point};
use super::lines::{Coverage, End, Piece, Role};
use super::questions::{Plan, Purse, is_empty};
use super::search::{Candidate, Engine, Job, Outcome};
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
        let piece = Piece::Line(line);
        let role = |earlier: usize| match takes.get(earlier) {
            Some(true) => Role::Subtract,
            _ => Role::Ignore,
        };
        let plan = Plan { piece, lines: line, roles: role, end: End::Stop };
        let answer = match plan.search(engine, &mut purse) {
            None | Some(Outcome::Over) => Coverage::Undecided,
            Some(Outcome::Nothing) if is_empty(engine, piece) == Some(true) => Coverage::Empty,
            Some(Outcome::Nothing) => {
                Blocked { engine, line, takes: &takes }.by(&mut purse, prefer)
            }
            Some(Outcome::Found(region, _)) => {
                match region.try_map(|axis, set| engine.value(axis, set)) {
                    Some(PerAxis(values)) => Coverage::Alive { point: Point(values) },
                    None => Coverage::Undecided,
                }
            }
        };
        if let Some(takes) = takes.get_mut(line) {
            let is_covered = matches!(answer, Coverage::Covered { .. } | Coverage::Empty);
            *takes = !is_covered && blocks(line);
        }
        answers.push(answer);
    }
    answers
}

/// A line that the earlier lines which take packets cover.
struct Blocked<'a, E> {
    engine: &'a E,
    line: usize,
    takes: &'a [bool],
}

impl<E> Blocked<'_, E> {
    fn by<V: Value>(&self, purse: &mut Purse, prefer: &impl Fn(usize, usize) -> bool) -> Coverage<V>
    where
        E: Engine<V>,
    {
        let Some(mut near) = self.near() else { return Coverage::Undecided };
        let single = near.iter().copied().find(|candidate| candidate.uncovered.is_empty());
        let is_preferred = |c: &Candidate<'_, E::Set>| prefer(self.line, c.line);
        if let Some(single) = single.filter(is_preferred) {
            return Coverage::Covered { by: vec![single.line] };
        }
        self.sort_by_overlap(&mut near);
        let mut by = match single {
            Some(single) => vec![single],
            None => match self.cover(purse, &near) {
                Some(some) => self.pruned(purse, some),
                // That all of them together cover the line is proved.
                None => near.clone(),
            },
        };
        if !by.iter().any(is_preferred) {
            let mut preferred = near.iter().filter(|c| is_preferred(c));
            by.extend(preferred.find(|candidate| self.decides(purse, candidate.line)));
        }
        let mut by: Vec<usize> = by.into_iter().map(|candidate| candidate.line).collect();
        by.sort_unstable();
        Coverage::Covered { by }
    }

    /// The lines that hold packets of this one, in order.
    fn near<V: Value>(&self) -> Option<Vec<Candidate<'_, E::Set>>>
    where
        E: Engine<V>,
    {
        let cube = self.engine.cube(Piece::Line(self.line))?;
        let mut near = Vec::new();
        self.engine.each_near(Piece::Line(self.line), self.line, |line, other| {
            if self.takes.get(line) == Some(&true) {
                near.extend(Candidate::new(cube, line, other, false));
            }
            true
        });
        Some(near)
    }

    /// The largest overlap with this line first; equal ones keep their order.
    fn sort_by_overlap<V: Value>(&self, near: &mut [Candidate<'_, E::Set>])
    where
        E: Engine<V>,
    {
        let Some(cube) = self.engine.cube(Piece::Line(self.line)) else { return };
        near.sort_by_cached_key(|candidate| {
            let sizes = Axis::ALL.map(|axis| {
                self.engine.shared_count(axis, cube.get(axis), candidate.cube.get(axis))
            });
            std::cmp::Reverse(sizes.into_iter().map(Size::new).fold(Size::ONE, Size::times))
        });
    }

    /// The heaviest line, then again and again the heaviest of those that hold packets which are
    /// still left, until none is left.
    fn cover<'a, V: Value>(
        &'a self,
        purse: &mut Purse,
        near: &[Candidate<'a, E::Set>],
    ) -> Option<Vec<Candidate<'a, E::Set>>>
    where
        E: Engine<V>,
    {
        let mut chosen: Vec<Candidate<'a, E::Set>> = near.iter().take(1).copied().collect();
        loop {
            match self.rest(purse, &chosen)? {
                Outcome::Nothing => return Some(chosen),
                Outcome::Over => return None,
                Outcome::Found(region, _) => {
                    let next = near.iter().find(|candidate| candidate.meets(&region))?;
                    chosen.push(*next);
                }
            }
        }
    }

    /// Leaves out lines without which the others still cover this one, the lightest first.
    fn pruned<'a, V: Value>(
        &'a self,
        purse: &mut Purse,
        mut by: Vec<Candidate<'a, E::Set>>,
    ) -> Vec<Candidate<'a, E::Set>>
    where
        E: Engine<V>,
    {
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
    fn rest<'a, V: Value>(
        &'a self,
        purse: &mut Purse,
        lines: &[Candidate<'a, E::Set>],
    ) -> Option<Outcome<'a, E::Set>>
    where
        E: Engine<V>,
    {
        let cube = self.engine.cube(Piece::Line(self.line))?;
        purse.search(|| Some(Job::new(cube, lines.to_vec(), End::Stop)))
    }

    /// Whether an earlier line is the first match of a packet of this one.
    fn decides<V: Value>(&self, purse: &mut Purse, earlier: usize) -> bool
    where
        E: Engine<V>,
    {
        let roles = |line: usize| match self.takes.get(line) {
            Some(true) if line == earlier => Role::Stop,
            Some(true) => Role::Subtract,
            _ => Role::Ignore,
        };
        let piece = Piece::Line(self.line);
        let plan = Plan { piece, lines: earlier.saturating_add(1), roles, end: End::Pass };
        matches!(plan.search(self.engine, purse), Some(Outcome::Found(..)))
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
