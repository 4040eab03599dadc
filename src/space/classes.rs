//! Long lists: the values of each field in classes, the sets as bit sets over them, and for each
//! class the lines that hold it.

use std::sync::{Arc, OnceLock};

use super::axis_classes::{AxisClasses, Members, TABLE_LIMIT, compress};
use super::bits::{Bits, ones, word_and_bit};
use super::cube::{Axis, Cube, PerAxis, Point};
use super::lines::Piece;
use super::ranges::Ranges;
use super::search::{AxisSet as _, Engine};
use super::value::Value;

#[derive(Debug)]
pub(super) struct Classes<V> {
    lines: Vec<Compiled>,
    probes: Vec<Compiled>,
    axes: PerAxis<Index<V>>,
    /// One bit for each line that holds a packet.
    holding: Vec<u64>,
}

/// A cube in classes.
#[derive(Debug)]
struct Compiled {
    sets: PerAxis<Arc<Bits>>,
    /// Places of the sets in the index of their axis.
    places: PerAxis<usize>,
}

/// One field of the list.
#[derive(Debug)]
struct Index<V> {
    classes: AxisClasses<V>,
    sets: Vec<Indexed>,
    /// The lines that hold a class, for each class.
    lines: Members,
}

#[derive(Debug)]
struct Indexed {
    set: Arc<Bits>,
    /// Holds every class.
    is_full: bool,
    /// One bit for each line that shares a class with the set.
    near: OnceLock<Box<[u64]>>,
}

impl<V: Value> Classes<V> {
    /// `None` if the tables would grow too large.
    pub(super) fn new(lines: &[Cube<V>], probes: &[Cube<V>]) -> Option<Self> {
        let mut places: Vec<PerAxis<usize>> = vec![PerAxis([0; 5]); lines.len() + probes.len()];
        let mut index = |axis: Axis| {
            let cubes = lines.iter().chain(probes);
            let distinct = Distinct::new(cubes.map(|cube| cube.axis(axis)));
            for (place, group) in distinct.groups().enumerate() {
                for &cube in group {
                    places.get_mut(cube)?.set(axis, place);
                }
            }
            Index::new(&distinct, lines.len())
        };
        let [a, b, c, d, e] = Axis::ALL.map(&mut index);
        let axes = PerAxis([a?, b?, c?, d?, e?]);
        let mut compiled = places.into_iter().map(|places| {
            let set = |axis, place: &usize| {
                axes.get(axis).sets.get(*place).map(|indexed| Arc::clone(&indexed.set))
            };
            Some(Compiled { sets: places.try_map(set)?, places })
        });
        let lines = compiled.by_ref().take(lines.len()).collect::<Option<Vec<_>>>()?;
        let probes = compiled.collect::<Option<Vec<_>>>()?;
        let mut holding = vec![0; lines.len().div_ceil(64)];
        for (line, compiled) in lines.iter().enumerate() {
            let (word, bit) = word_and_bit(line);
            let is_empty = Axis::ALL.iter().any(|&axis| compiled.sets.get(axis).is_empty());
            if let Some(word) = holding.get_mut(word).filter(|_| !is_empty) {
                *word |= bit;
            }
        }
        Some(Self { lines, probes, axes, holding })
    }

    fn compiled(&self, piece: Piece) -> Option<&Compiled> {
        match piece {
            Piece::Line(line) => self.lines.get(line),
            Piece::Probe(probe) => self.probes.get(probe),
        }
    }
}

/// The sets of one axis of all lines and probes, those that are one `Arc` brought together. Equal
/// sets in different `Arc`s stay apart: that costs a little, comparing all would cost more.
struct Distinct<'a, V> {
    sets: Vec<&'a Ranges<V>>,
    /// For each set in `sets` how many cubes share it.
    counts: Vec<usize>,
    /// The places of those cubes, probes after lines, in the order of `sets`.
    cubes: Vec<usize>,
}

impl<'a, V: Value> Distinct<'a, V> {
    fn new(sets: impl Iterator<Item = &'a Arc<Ranges<V>>>) -> Self {
        let mut sorted: Vec<(&Arc<Ranges<V>>, usize)> = sets.zip(0..).collect();
        sorted.sort_unstable_by_key(|&(set, cube)| (Arc::as_ptr(set), cube));
        let mut distinct = Self {
            sets: Vec::new(),
            counts: Vec::new(),
            cubes: sorted.iter().map(|&(_, cube)| cube).collect(),
        };
        for group in sorted.chunk_by(|(a, _), (b, _)| Arc::ptr_eq(a, b)) {
            distinct.sets.extend(group.first().map(|(set, _)| &***set));
            distinct.counts.push(group.len());
        }
        distinct
    }

    /// The cubes of each set.
    fn groups(&self) -> impl Iterator<Item = &[usize]> {
        let mut rest = self.cubes.as_slice();
        self.counts.iter().map_while(move |&count| {
            let (group, after) = rest.split_at_checked(count)?;
            rest = after;
            Some(group)
        })
    }
}

impl<V: Value> Index<V> {
    fn new(distinct: &Distinct<'_, V>, line_count: usize) -> Option<Self> {
        let compressed = compress(&distinct.sets)?;
        let classes = compressed.axis.len();
        if classes.saturating_mul(line_count.div_ceil(64)) > TABLE_LIMIT {
            return None;
        }
        let groups: Vec<&[usize]> = distinct.groups().collect();
        let mut lines = Members::zeroed(classes, line_count);
        for (class, members) in compressed.members.rows().enumerate() {
            let row = lines.row_mut(class);
            for &cube in ones(members).filter_map(|set| groups.get(set).copied()).flatten() {
                let (word, bit) = word_and_bit(cube);
                if let Some(word) = row.get_mut(word).filter(|_| cube < line_count) {
                    *word |= bit;
                }
            }
        }
        let indexed = |set: Arc<Bits>| {
            let is_full = set.count() == classes;
            Indexed { set, is_full, near: OnceLock::new() }
        };
        let sets = compressed.sets.into_iter().map(indexed).collect();
        Some(Self { classes: compressed.axis, sets, lines })
    }

    /// The lines that share a class with the set, one bit a line; `None` if all do that hold
    /// packets at all.
    fn near(&self, place: usize) -> Option<&[u64]> {
        let indexed = self.sets.get(place).filter(|indexed| !indexed.is_full)?;
        Some(indexed.near.get_or_init(|| {
            let mut near = vec![0; self.lines.width()];
            for class in ones(indexed.set.words()) {
                near.iter_mut().zip(self.lines.row(class)).for_each(|(near, row)| *near |= row);
            }
            near.into()
        }))
    }
}

impl<V: Value> Engine<V> for Classes<V> {
    type Set = Bits;

    fn len(&self) -> usize {
        self.lines.len()
    }

    fn cube(&self, piece: Piece) -> Option<&PerAxis<Arc<Bits>>> {
        self.compiled(piece).map(|compiled| &compiled.sets)
    }

    fn each_near(&self, piece: Piece, lines: usize, visit: impl FnMut(usize) -> bool) {
        let Some(compiled) = self.compiled(piece) else { return };
        let words = lines.div_ceil(64).min(self.holding.len());
        let mut near = self.holding.get(..words).unwrap_or_default().to_vec();
        for axis in Axis::TELLING {
            if let Some(row) = self.axes.get(axis).near(*compiled.places.get(axis)) {
                near.iter_mut().zip(row).for_each(|(near, row)| *near &= row);
            }
        }
        let _all_visited = ones(&near).take_while(|&line| line < lines).all(visit);
    }

    fn value(&self, axis: Axis, set: &Bits) -> Option<V> {
        self.axes.get(axis).classes.first_value(set)
    }

    fn shared_count(&self, axis: Axis, a: &Bits, b: &Bits) -> u128 {
        self.axes.get(axis).classes.shared_count(a, b)
    }

    fn first_match(&self, point: &Point<V>) -> Option<usize> {
        let rows = self.axes.try_map(|axis, index| {
            Some(index.lines.row(index.classes.class_of(point.at(axis))?))
        })?;
        let PerAxis([a, b, c, d, e]) = rows;
        let both = a.iter().zip(b).zip(c).zip(d).zip(e);
        let mut words = both.map(|((((a, b), c), d), e)| a & b & c & d & e).enumerate();
        let (index, word) = words.find(|&(_, word)| word != 0)?;
        ones(&[word]).next().map(|bit| index * 64 + bit)
    }
}
