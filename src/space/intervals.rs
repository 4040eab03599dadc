//! Short lists: the sets stay ranges, so that making a list costs nothing.

use std::sync::Arc;

use super::cube::{Axis, Cube, PerAxis, Point};
use super::lines::Piece;
use super::ranges::Ranges;
use super::search::{AxisSet, Engine};
use super::value::Value;

#[derive(Debug)]
pub(super) struct Intervals<V> {
    lines: Vec<Cube<V>>,
    probes: Vec<Cube<V>>,
}

impl<V: Value> Intervals<V> {
    pub(super) const fn new(lines: Vec<Cube<V>>, probes: Vec<Cube<V>>) -> Self {
        Self { lines, probes }
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
        .map(|cube| &cube.0)
    }

    fn each_near<'a>(
        &'a self,
        _piece: Piece,
        lines: usize,
        mut visit: impl FnMut(usize, &'a PerAxis<Arc<Ranges<V>>>) -> bool,
    ) {
        // The search compares each line with the piece anyway.
        let lines = self.lines.iter().take(lines).enumerate();
        let _stopped = lines.map(|(line, cube)| visit(line, &cube.0)).any(|on| !on);
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

    fn is_subset(&self, other: &Self) -> bool {
        self.is_subset(other)
    }

    fn halves<'a>(&self, cutters: impl Iterator<Item = &'a Self>) -> Option<(usize, Self, Self)>
    where
        Self: 'a,
    {
        let (first, last) = (self.first()?, self.as_slice().last()?.1);
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
