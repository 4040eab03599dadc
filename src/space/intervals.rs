//! Short lists: the sets stay ranges, so that making a list costs nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use super::cube::{Axes, Axis, Cube, PerAxis, Point};
use super::lines::Piece;
use super::ranges::Ranges;
use super::search::{AxisSet, Engine, Relation, compare};
use super::value::Value;

#[derive(Debug)]
pub(super) struct Intervals<V> {
    lines: Vec<Cube<V>>,
    probes: Vec<Cube<V>>,
    /// The fields with more than one range, of the lines, then of the probes; `None` for a cube
    /// without packets.
    broken: Vec<Option<Axes>>,
    known: Known,
}

/// What is known of two lines, for each pair: each question compares the same ones again. An entry
/// is a fact whoever writes it, so that threads need no order among them.
#[derive(Debug)]
struct Known {
    lines: usize,
    pairs: Vec<AtomicU8>,
}

const UNKNOWN: u8 = 0;
const APART: u8 = 1;
/// Of lines that share packets: this plus the uncovered fields.
const NEAR: u8 = 2;

/// Longer lists than this (which are searched as ranges only if somebody wants that) go without.
const KNOWN_UP_TO: usize = 256;

impl Known {
    fn new(lines: usize) -> Self {
        let pairs = if lines > KNOWN_UP_TO { 0 } else { lines * lines };
        Self { lines, pairs: (0..pairs).map(|_| AtomicU8::new(UNKNOWN)).collect() }
    }

    fn pair(&self, line: usize, other: usize) -> Option<&AtomicU8> {
        self.pairs.get(line.checked_mul(self.lines)?.checked_add(other)?)
    }

    /// As the answer of [`Engine::uncovered`].
    fn get(&self, line: usize, other: usize) -> Option<Option<Axes>> {
        match self.pair(line, other)?.load(Ordering::Relaxed) {
            UNKNOWN => None,
            APART => Some(None),
            near => Some(Some(Axes::from_bits(near.wrapping_sub(NEAR)))),
        }
    }

    fn set(&self, line: usize, other: usize, uncovered: Option<Axes>) {
        let store = |line, other, entry| {
            if let Some(pair) = self.pair(line, other) {
                pair.store(entry, Ordering::Relaxed);
            }
        };
        match uncovered {
            Some(axes) => store(line, other, axes.bits() + NEAR),
            None => {
                store(line, other, APART);
                store(other, line, APART);
            }
        }
    }
}

impl<V: Value> Intervals<V> {
    pub(super) fn new(lines: Vec<Cube<V>>, probes: Vec<Cube<V>>) -> Self {
        let broken = |cube: &Cube<V>| {
            (!cube.is_empty()).then(|| Axes::that(|axis| cube.axis(axis).len() > 1))
        };
        let broken = lines.iter().chain(&probes).map(broken).collect();
        let known = Known::new(lines.len());
        Self { lines, probes, broken, known }
    }

    fn place(&self, piece: Piece) -> Option<(&Cube<V>, Axes)> {
        let (cube, place) = match piece {
            Piece::Line(line) => (self.lines.get(line)?, line),
            Piece::Probe(probe) => (self.probes.get(probe)?, self.lines.len().checked_add(probe)?),
        };
        Some((cube, (*self.broken.get(place)?)?))
    }

    fn compare(&self, piece: Piece, line: usize) -> Option<Axes> {
        let (mine, my_broken) = self.place(piece)?;
        let (theirs, their_broken) = self.place(Piece::Line(line))?;
        if mine.hull.is_apart(&theirs.hull) {
            return None;
        }
        let sticks_out = mine.hull.sticking_out(&theirs.hull);
        // A range that meets another overlaps it, and one that lies in it is covered. Where there
        // are several ranges, the ends don't say that.
        let open = their_broken.or(my_broken.and(sticks_out));
        let uncovered = sticks_out.minus(open);
        if open.is_empty() {
            return Some(uncovered);
        }
        Some(uncovered.or(compare(&mine.sets, &theirs.sets, open)?))
    }
}

impl<V: Value> Engine<V> for Intervals<V> {
    type Set = Ranges<V>;

    fn len(&self) -> usize {
        self.lines.len()
    }

    fn cube(&self, piece: Piece) -> Option<&PerAxis<Arc<Ranges<V>>>> {
        match piece {
            Piece::Line(line) => self.lines.get(line),
            Piece::Probe(probe) => self.probes.get(probe),
        }
        .map(|cube| &cube.sets)
    }

    fn each_near(&self, _piece: Piece, lines: usize, visit: impl FnMut(usize) -> bool) {
        // Asking whether a line is near costs no more than any answer would spare.
        let _all_visited = (0..lines.min(self.lines.len())).all(visit);
    }

    fn uncovered(&self, piece: Piece, line: usize) -> Option<Axes> {
        let Piece::Line(mine) = piece else { return self.compare(piece, line) };
        if let Some(known) = self.known.get(mine, line) {
            return known;
        }
        let uncovered = self.compare(piece, line);
        self.known.set(mine, line, uncovered);
        uncovered
    }

    fn value(&self, _axis: Axis, set: &Ranges<V>) -> Option<V> {
        set.first()
    }

    fn shared_count(&self, _axis: Axis, a: &Ranges<V>, b: &Ranges<V>) -> u128 {
        a.shared_count(b)
    }

    fn first_match(&self, point: &Point<V>) -> Option<usize> {
        self.lines.iter().position(|cube| cube.contains(point))
    }
}

impl<V: Value> AxisSet for Ranges<V> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn and(&self, other: &Self) -> Self {
        self.intersection(other)
    }

    fn minus(&self, other: &Self) -> Self {
        self.minus(other)
    }

    fn intersects(&self, other: &Self) -> bool {
        self.intersects(other)
    }

    fn relation(&self, other: &Self) -> Relation {
        self.relation(other)
    }

    fn is_quick(&self, other: &Self) -> bool {
        self.len() + other.len() < 4
    }

    fn halves<'a>(&self, cutters: impl Iterator<Item = &'a Self>) -> Option<(usize, Self, Self)>
    where
        Self: 'a,
    {
        let (first, last) = (self.first()?, self.last()?);
        // A place to cut is the first value of the upper half.
        let mut places: Vec<V> = cutters
            .flat_map(Self::iter)
            .flat_map(|(low, high)| [Some(low), high.next()])
            .flatten()
            .filter(|&place| first < place && place <= last)
            .collect();
        places.sort_unstable();
        places.dedup();
        let median = *places.get(places.len() / 2)?;
        let low = self.intersection(&Self::range(V::LOWEST, median.previous()?));
        let high = self.intersection(&Self::range(median, V::HIGHEST));
        Some((places.len(), low, high))
    }
}
