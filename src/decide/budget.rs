//! How much work the questions to one group may make together. Groups that people write use a few
//! hundred nodes; the hardest made ones end with an honest "unknown" instead of after minutes.

use crate::space::{Axis, Cube, Value};
use std::sync::atomic::{AtomicU64, Ordering};

/// Nodes for verdicts.
const VERDICTS: u64 = 2_000_000;

/// Nodes for the names of the rules that decide: without them a verdict is still one.
const DECIDERS: u64 = 1_000_000;

/// So many ranges of a list cost as much to put in order as one node of a search.
const RANGES_OF_A_NODE: u64 = 8;

/// What is left. The questions to one group come one after the other, so that the same input gives
/// the same answers.
#[derive(Debug)]
pub struct Budget {
    verdicts: AtomicU64,
    deciders: AtomicU64,
}

impl Default for Budget {
    fn default() -> Self {
        Self::of(VERDICTS, DECIDERS)
    }
}

impl Budget {
    /// So many nodes for verdicts, and for the names of the rules that decide.
    pub(super) const fn of(verdicts: u64, deciders: u64) -> Self {
        Self { verdicts: AtomicU64::new(verdicts), deciders: AtomicU64::new(deciders) }
    }

    /// A search whose answer is, or leads to, a verdict.
    pub(super) fn for_verdicts<T>(&self, search: impl FnOnce(&mut u64) -> T) -> T {
        spend(&self.verdicts, search)
    }

    /// A search for a rule that has a part in a verdict.
    pub(super) fn for_deciders<T>(&self, search: impl FnOnce(&mut u64) -> T) -> T {
        spend(&self.deciders, search)
    }

    /// Takes the price of a list; false if that is not there.
    pub(super) fn pay_for_list<V: Value>(&self, cubes: &[Cube<V>]) -> bool {
        let ranges = |cube: &Cube<V>| Axis::ALL.iter().map(|&axis| cube.axis(axis).len()).sum();
        let ranges: usize = cubes.iter().map(|cube| -> usize { ranges(cube) }).sum();
        let price = u64::try_from(ranges).unwrap_or(u64::MAX) / RANGES_OF_A_NODE;
        self.for_verdicts(|nodes| match nodes.checked_sub(price) {
            Some(rest) => {
                *nodes = rest;
                true
            }
            None => false,
        })
    }
}

fn spend<T>(purse: &AtomicU64, search: impl FnOnce(&mut u64) -> T) -> T {
    let mut nodes = purse.load(Ordering::Relaxed);
    let answer = search(&mut nodes);
    purse.store(nodes, Ordering::Relaxed);
    answer
}
