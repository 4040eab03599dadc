//! Sets of values of one packet field, as sorted ranges.

use std::cmp::Ordering;
use std::slice;

use super::search::Relation;
use super::value::Value;

/// A set of values: sorted, disjoint, non-adjacent ranges with both ends included.
///
/// One set has exactly one form, so `==` is equality of sets. A single range needs no allocation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ranges<V>(Store<V>);

/// `Many` never holds exactly one range, so that the derived equality is equality of sets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Store<V> {
    One((V, V)),
    Many(Vec<(V, V)>),
}

impl<V: Value> Ranges<V> {
    /// The set without values.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Store::Many(Vec::new()))
    }

    /// Every value of the type. For a port or a protocol this is more than the field can hold:
    /// see [`Axis::full`](super::Axis::full).
    #[must_use]
    pub const fn all() -> Self {
        Self(Store::One((V::LOWEST, V::HIGHEST)))
    }

    /// The set of one value.
    #[must_use]
    pub const fn single(value: V) -> Self {
        Self(Store::One((value, value)))
    }

    /// The values from `low` to `high`, both included; no value if `low` is above `high`.
    #[must_use]
    pub fn range(low: V, high: V) -> Self {
        if low <= high { Self(Store::One((low, high))) } else { Self::empty() }
    }

    /// Takes ranges that are already sorted, disjoint and non-adjacent.
    fn from_sorted(ranges: Vec<(V, V)>) -> Self {
        match ranges.as_slice() {
            [one] => Self(Store::One(*one)),
            _ => Self(Store::Many(ranges)),
        }
    }

    pub(super) fn as_slice(&self) -> &[(V, V)] {
        match &self.0 {
            Store::One(range) => slice::from_ref(range),
            Store::Many(ranges) => ranges,
        }
    }

    /// Whether there is no value in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    /// Whether the set holds every value of the type.
    #[must_use]
    pub fn is_all(&self) -> bool {
        matches!(self.0, Store::One((low, high)) if low == V::LOWEST && high == V::HIGHEST)
    }

    /// Whether `value` is in the set.
    #[must_use]
    pub fn contains(&self, value: V) -> bool {
        match &self.0 {
            Store::One((low, high)) => *low <= value && value <= *high,
            Store::Many(ranges) => {
                let before = ranges.partition_point(|&(_, high)| high < value);
                ranges.get(before).is_some_and(|&(low, _)| low <= value)
            }
        }
    }

    /// The smallest value of the set.
    #[must_use]
    pub fn first(&self) -> Option<V> {
        self.as_slice().first().map(|&(low, _)| low)
    }

    /// The largest value of the set.
    #[must_use]
    pub fn last(&self) -> Option<V> {
        self.as_slice().last().map(|&(_, high)| high)
    }

    /// The ranges in ascending order, as (lowest, highest).
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (V, V)> + '_ {
        self.as_slice().iter().copied()
    }

    /// How many ranges (not values) the set consists of.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// How many values the set holds; stays at `u128::MAX` for all of IPv6.
    #[must_use]
    pub fn count(&self) -> u128 {
        self.iter().fold(0, |sum, (low, high)| sum.saturating_add(span(low, high)))
    }

    /// The values in this set, the other or both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        if other.is_empty() || self.is_all() {
            return self.clone();
        }
        if self.is_empty() || other.is_all() {
            return other.clone();
        }
        let (mut left, mut right) = (self.as_slice(), other.as_slice());
        let mut ranges = Vec::with_capacity(left.len() + right.len());
        loop {
            let from_left = match (left.first(), right.first()) {
                (Some(a), Some(b)) => a.0 <= b.0,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (None, None) => return Self::from_sorted(ranges),
            };
            let side = if from_left { &mut left } else { &mut right };
            if let Some((&(low, high), rest)) = side.split_first() {
                append(&mut ranges, low, high);
                *side = rest;
            }
        }
    }

    /// The values in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        if other.is_all() {
            return self.clone();
        }
        if self.is_all() {
            return other.clone();
        }
        if let (Store::One(a), Store::One(b)) = (&self.0, &other.0) {
            return Self::range(a.0.max(b.0), a.1.min(b.1));
        }
        let mut ranges = Vec::new();
        overlaps(self.as_slice(), other.as_slice(), |low, high| ranges.push((low, high)));
        Self::from_sorted(ranges)
    }

    /// How many values are in both sets, as [`Self::count`], without building the intersection.
    #[must_use]
    pub fn shared_count(&self, other: &Self) -> u128 {
        let mut sum = 0_u128;
        overlaps(self.as_slice(), other.as_slice(), |low, high| {
            sum = sum.saturating_add(span(low, high));
        });
        sum
    }

    /// The values of this set that are not in the other.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        if other.is_all() {
            return Self::empty();
        }
        let mut holes = other.as_slice();
        let mut ranges = Vec::new();
        for (low, high) in self.iter() {
            holes = skip_below(holes, low);
            let mut from = Some(low);
            while let (Some(start), Some(&(hole_low, hole_high))) = (from, holes.first()) {
                if hole_low > high {
                    break;
                }
                if let Some(end) = hole_low.previous().filter(|&end| start <= end) {
                    ranges.push((start, end));
                }
                if hole_high >= high {
                    from = None;
                } else {
                    from = hole_high.next();
                    holes = tail(holes);
                }
            }
            if let Some(start) = from {
                ranges.push((start, high));
            }
        }
        Self::from_sorted(ranges)
    }

    /// Every value of the type that is not in the set.
    #[must_use]
    pub fn complement(&self) -> Self {
        Self::all().minus(self)
    }

    /// Whether some value is in both sets. Doesn't allocate.
    #[must_use]
    pub fn intersects(&self, other: &Self) -> bool {
        let (mut left, mut right) = (self.as_slice(), other.as_slice());
        while let (Some(a), Some(b)) = (left.first(), right.first()) {
            if a.1 < b.0 {
                left = skip_below(left, b.0);
            } else if b.1 < a.0 {
                right = skip_below(right, a.0);
            } else {
                return true;
            }
        }
        false
    }

    /// Both [`Self::is_subset`] and [`Self::intersects`] in one go, for a set that is not empty.
    pub(super) fn relation(&self, other: &Self) -> Relation {
        if let (Store::One(a), Store::One(b)) = (&self.0, &other.0) {
            return if b.0 <= a.0 && a.1 <= b.1 {
                Relation::Inside
            } else if a.1 < b.0 || b.1 < a.0 {
                Relation::Apart
            } else {
                Relation::Across
            };
        }
        if other.is_all() {
            return Relation::Inside;
        }
        let (mut left, mut right) = (self.as_slice(), other.as_slice());
        let mut so_far = None;
        while let Some(&(low, high)) = left.first() {
            right = skip_below(right, low);
            let here = match right.first() {
                Some(b) if b.0 <= low && high <= b.1 => {
                    left = tail(left);
                    Relation::Inside
                }
                Some(b) if b.0 <= high => return Relation::Across,
                Some(b) => {
                    left = skip_below(left, b.0);
                    Relation::Apart
                }
                None => {
                    left = &[];
                    Relation::Apart
                }
            };
            if so_far.is_some_and(|so_far| so_far != here) {
                return Relation::Across;
            }
            so_far = Some(here);
        }
        so_far.unwrap_or(Relation::Inside)
    }

    /// Whether every value of this set is in the other. Doesn't allocate.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        if other.is_all() {
            return true;
        }
        let mut right = other.as_slice();
        self.as_slice().iter().all(|&(low, high)| {
            right = skip_below(right, low);
            // Ranges of one set never touch, so a range of ours lies in one of theirs or in none.
            right.first().is_some_and(|b| b.0 <= low && high <= b.1)
        })
    }
}

impl<V: Value> FromIterator<(V, V)> for Ranges<V> {
    /// The union of the ranges, in any order, overlapping or not. A range whose low end is above
    /// its high end holds no value.
    fn from_iter<I: IntoIterator<Item = (V, V)>>(pairs: I) -> Self {
        let mut pairs: Vec<(V, V)> = pairs.into_iter().filter(|(low, high)| low <= high).collect();
        pairs.sort_unstable();
        let mut ranges = Vec::with_capacity(pairs.len());
        for (low, high) in pairs {
            append(&mut ranges, low, high);
        }
        Self::from_sorted(ranges)
    }
}

impl<V: Value> PartialOrd for Ranges<V> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<V: Value> Ord for Ranges<V> {
    /// Shorter lists of ranges first: any total order will do, and this one is quick to tell.
    fn cmp(&self, other: &Self) -> Ordering {
        self.len().cmp(&other.len()).then_with(|| self.as_slice().cmp(other.as_slice()))
    }
}

/// How many values there are from `low` to `high`, which is not below `low`.
fn span<V: Value>(low: V, high: V) -> u128 {
    let (low, high): (u128, u128) = (low.into(), high.into());
    high.saturating_sub(low).saturating_add(1)
}

/// Adds a range that starts at or after the start of the last one.
fn append<V: Value>(ranges: &mut Vec<(V, V)>, low: V, high: V) {
    if let Some(last) = ranges.last_mut()
        && last.1.next().is_none_or(|after| low <= after)
    {
        last.1 = last.1.max(high);
    } else {
        ranges.push((low, high));
    }
}

/// Calls `visit` with each range of the intersection, in order.
fn overlaps<V: Value>(mut left: &[(V, V)], mut right: &[(V, V)], mut visit: impl FnMut(V, V)) {
    while let (Some(a), Some(b)) = (left.first(), right.first()) {
        if a.1 < b.0 {
            left = skip_below(left, b.0);
        } else if b.1 < a.0 {
            right = skip_below(right, a.0);
        } else {
            visit(a.0.max(b.0), a.1.min(b.1));
            if a.1 < b.1 {
                left = tail(left);
            } else {
                right = tail(right);
            }
        }
    }
}

fn tail<T>(ranges: &[T]) -> &[T] {
    ranges.get(1..).unwrap_or_default()
}

/// Leaves out the ranges that end below `value`: galloping, so that a small set against a service
/// tag of a thousand ranges costs a few comparisons.
fn skip_below<V: Value>(ranges: &[(V, V)], value: V) -> &[(V, V)] {
    let mut bound = 1;
    if ranges.first().is_none_or(|range| range.1 >= value) {
        return ranges;
    }
    while ranges.get(bound).is_some_and(|range| range.1 < value) {
        bound *= 2;
    }
    let near = ranges.get(..bound).unwrap_or(ranges);
    let below = near.partition_point(|range| range.1 < value);
    ranges.get(below..).unwrap_or_default()
}
