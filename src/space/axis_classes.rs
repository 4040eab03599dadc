//! One field of a long list: its values in classes that no set of the field tells apart.

use std::sync::Arc;

use super::bits::{Bits, ones, word_and_bit};
use super::ranges::Ranges;
use super::search::AxisSet as _;
use super::value::Value;

/// The classes of one field.
#[derive(Debug)]
pub(super) struct AxisClasses<V> {
    /// Where the stretches of values of one class start, ascending, and their class; values in no
    /// set have none.
    stretches: Vec<(V, Option<usize>)>,
    /// For each class its smallest value and how many values it holds.
    classes: Vec<(V, u128)>,
}

/// The classes, and each of the given sets as a set of classes.
pub(super) struct Compressed<V> {
    pub(super) axis: AxisClasses<V>,
    pub(super) sets: Vec<Arc<Bits>>,
    /// The sets that hold a class, for each class.
    pub(super) members: Members,
}

/// A table with one row of bits for each class.
#[derive(Debug)]
pub(super) struct Members {
    width: usize,
    bits: Vec<u64>,
}

impl Members {
    const fn new(columns: usize) -> Self {
        Self { width: columns.div_ceil(64), bits: Vec::new() }
    }

    pub(super) fn zeroed(rows: usize, columns: usize) -> Self {
        let width = columns.div_ceil(64);
        Self { width, bits: vec![0; rows * width] }
    }

    /// Words in a row.
    pub(super) const fn width(&self) -> usize {
        self.width
    }

    pub(super) fn row(&self, class: usize) -> &[u64] {
        self.bits.get(class * self.width..(class + 1) * self.width).unwrap_or_default()
    }

    pub(super) fn row_mut(&mut self, class: usize) -> &mut [u64] {
        self.bits.get_mut(class * self.width..(class + 1) * self.width).unwrap_or_default()
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &[u64]> {
        self.bits.chunks_exact(self.width.max(1))
    }
}

/// Words in one table: 64 MiB. Input that needs more is searched as ranges.
pub(super) const TABLE_LIMIT: usize = 8 << 20;

/// Puts the values of a field into classes. `None` if the tables would grow beyond
/// [`TABLE_LIMIT`].
pub(super) fn compress<V: Value>(sets: &[&Ranges<V>]) -> Option<Compressed<V>> {
    compress_with(sets, spread)
}

/// A random-looking number for each set (the finisher of `SplitMix64`).
fn spread(set: u32) -> u64 {
    let z = u64::from(set).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// `key` spreads signatures over the hash table (Zobrist's way: the keys of the active sets,
/// xored). Two stretches get one class only if the same sets hold them: the keys can make this
/// slow, not wrong.
fn compress_with<V: Value>(sets: &[&Ranges<V>], key: impl Fn(u32) -> u64) -> Option<Compressed<V>> {
    let mut sweep = Sweep::new(sets.len());
    let mut events: Vec<(V, u32)> = Vec::with_capacity(sets.iter().map(|s| 2 * s.len()).sum());
    for (set, ranges) in (0..).zip(sets) {
        for (low, high) in ranges.iter() {
            events.push((low, set));
            events.extend(high.next().map(|after| (after, set)));
        }
    }
    // The events of one set are sorted, and a stable sort merges what is sorted.
    events.sort_unstable_by_key(|&(value, _)| value);
    let mut events = events.chunk_by(|a, b| a.0 == b.0).peekable();
    while let Some(group) = events.next() {
        let Some(&(low, _)) = group.first() else { continue };
        for &(_, set) in group {
            // A set comes and goes: each of its events is the one or the other.
            sweep.toggle(usize::try_from(set).ok()?, key(set));
        }
        let high = match events.peek().and_then(|next| next.first()) {
            Some((next, _)) => next.previous().unwrap_or(low),
            None => V::HIGHEST,
        };
        sweep.stretch(low, high)?;
    }
    let mut bits = vec![Bits::none(sweep.classes.len()); sets.len()];
    for (class, row) in sweep.members.rows().enumerate() {
        for set in ones(row) {
            if let Some(bits) = bits.get_mut(set) {
                bits.insert(class);
            }
        }
    }
    Some(Compressed {
        axis: AxisClasses { stretches: sweep.stretches, classes: sweep.classes },
        sets: bits.into_iter().map(Arc::new).collect(),
        members: sweep.members,
    })
}

impl<V: Value> AxisClasses<V> {
    /// How many classes there are.
    pub(super) const fn len(&self) -> usize {
        self.classes.len()
    }

    /// The class of a value; `None` if no set holds it.
    pub(super) fn class_of(&self, value: V) -> Option<usize> {
        let after = self.stretches.partition_point(|&(low, _)| low <= value);
        self.stretches.get(after.checked_sub(1)?).and_then(|&(_, class)| class)
    }

    /// The smallest value of a set of classes.
    pub(super) fn first_value(&self, set: &Bits) -> Option<V> {
        self.classes.get(set.first()?).map(|&(value, _)| value)
    }

    /// How many values are in both sets, up to `u128::MAX`.
    pub(super) fn shared_count(&self, a: &Bits, b: &Bits) -> u128 {
        ones(a.and(b).words())
            .filter_map(|class| self.classes.get(class))
            .fold(0, |sum, &(_, count)| sum.saturating_add(count))
    }
}

/// A walk over the values of a field from the lowest to the highest.
struct Sweep<V> {
    /// The sets that hold the present value.
    active: Vec<u64>,
    hash: u64,
    stretches: Vec<(V, Option<usize>)>,
    classes: Vec<(V, u128)>,
    members: Members,
    hashes: Vec<u64>,
    /// Places in `classes` by hash, open addressing with linear probing.
    table: Vec<Option<u32>>,
}

impl<V: Value> Sweep<V> {
    fn new(sets: usize) -> Self {
        Self {
            active: vec![0; sets.div_ceil(64)],
            hash: 0,
            stretches: Vec::new(),
            classes: Vec::new(),
            members: Members::new(sets),
            hashes: Vec::new(),
            table: vec![None; 64],
        }
    }

    fn toggle(&mut self, set: usize, key: u64) {
        let (word, bit) = word_and_bit(set);
        if let Some(word) = self.active.get_mut(word) {
            *word ^= bit;
        }
        self.hash ^= key;
    }

    /// Takes in the values from `low` to `high`, which the active sets hold.
    fn stretch(&mut self, low: V, high: V) -> Option<()> {
        let class = if self.active.iter().all(|&word| word == 0) {
            None
        } else {
            let class = self.class()?;
            let (from, to): (u128, u128) = (low.into(), high.into());
            let count = to.saturating_sub(from).saturating_add(1);
            match self.classes.get_mut(class) {
                Some((_, sum)) => *sum = sum.saturating_add(count),
                None => self.classes.push((low, count)),
            }
            Some(class)
        };
        self.stretches.push((low, class));
        Some(())
    }

    /// The class of the active sets, which may be a new one.
    fn class(&mut self) -> Option<usize> {
        let mut slot = self.slot(self.hash);
        while let Some(&Some(class)) = self.table.get(slot) {
            let class = usize::try_from(class).ok()?;
            if self.hashes.get(class) == Some(&self.hash)
                && self.members.row(class).iter().eq(&self.active)
            {
                return Some(class);
            }
            slot = (slot + 1) % self.table.len();
        }
        let class = self.hashes.len();
        if self.members.bits.len() + self.active.len() > TABLE_LIMIT {
            return None;
        }
        self.hashes.push(self.hash);
        self.members.bits.extend_from_slice(&self.active);
        *self.table.get_mut(slot)? = Some(u32::try_from(class).ok()?);
        if self.hashes.len() * 2 > self.table.len() {
            self.grow();
        }
        Some(class)
    }

    /// The length of the table is a power of two.
    fn slot(&self, hash: u64) -> usize {
        let mask = self.table.len() - 1;
        // On a 32-bit machine the upper half of the hash isn't needed.
        usize::try_from(hash & u64::from(u32::MAX)).unwrap_or(0) & mask
    }

    fn grow(&mut self) {
        self.table = vec![None; self.table.len() * 4];
        for (class, &hash) in (0..).zip(&self.hashes) {
            let mut slot = self.slot(hash);
            while let Some(Some(_)) = self.table.get(slot) {
                slot = (slot + 1) % self.table.len();
            }
            if let Some(free) = self.table.get_mut(slot) {
                *free = Some(class);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn classes_are_exact_even_if_every_signature_collides(
            lists in prop::collection::vec(prop::collection::vec((0_u32..60, 0_u32..60), 0..8), 1..90)
        ) {
            let sets: Vec<Ranges<u32>> =
                lists.into_iter().map(|pairs| pairs.into_iter().collect()).collect();
            let sets: Vec<&Ranges<u32>> = sets.iter().collect();
            let apart = compress_with(&sets, spread).unwrap();
            let colliding = compress_with(&sets, |_| 0).unwrap();
            for compressed in [&apart, &colliding] {
                for value in 0..62 {
                    let class = compressed.axis.class_of(value);
                    for (set, bits) in sets.iter().zip(&compressed.sets) {
                        let held = class.is_some_and(|class| ones(bits.words()).any(|c| c == class));
                        prop_assert_eq!(held, set.contains(value));
                    }
                }
                for (a, x) in sets.iter().zip(&compressed.sets) {
                    prop_assert_eq!(compressed.axis.first_value(x), a.first());
                    for (b, y) in sets.iter().zip(&compressed.sets) {
                        prop_assert_eq!(compressed.axis.shared_count(x, y), a.shared_count(b));
                    }
                }
            }
            // No two classes that no set tells apart.
            let mut rows: Vec<&[u64]> = apart.members.rows().collect();
            rows.sort_unstable();
            prop_assert!(rows.windows(2).all(|pair| pair[0] != pair[1]));
            prop_assert_eq!(apart.axis.stretches, colliding.axis.stretches);
        }
    }
}
