//! Values of one field that no rule tells apart.

use crate::space::{Ranges, Value};
use std::{collections::BTreeMap, sync::Arc};

/// Cuts `whole` into the classes of values that lie in the same of the `sets`, the lowest value of
/// each in ascending order; `None` where there are more than `most`.
pub(super) fn classes<V: Value>(
    whole: &Arc<Ranges<V>>,
    sets: &[Arc<Ranges<V>>],
    most: usize,
) -> Option<Vec<Arc<Ranges<V>>>> {
    let sets = telling(whole, sets);
    if sets.is_empty() {
        return Some(vec![Arc::clone(whole)]);
    }
    // Where each set begins and ends, in order: one walk over all of them.
    let mut turns: Vec<(V, usize)> = Vec::new();
    for (at, set) in sets.iter().enumerate() {
        for (low, high) in set.iter() {
            turns.push((low, at));
            turns.extend(high.next().map(|after| (after, at)));
        }
    }
    turns.sort_unstable();
    let mut inside = vec![0_u64; sets.len().div_ceil(64)];
    let mut found: BTreeMap<Vec<u64>, Vec<(V, V)>> = BTreeMap::new();
    let mut start = Some(V::LOWEST);
    for chunk in turns.chunk_by(|a, b| a.0 == b.0) {
        let Some(&(here, _)) = chunk.first() else { continue };
        if let (Some(low), Some(high)) = (start, here.previous())
            && low <= high
        {
            push(&mut found, &inside, (low, high));
        }
        for &(_, at) in chunk {
            if let Some(word) = inside.get_mut(at / 64) {
                *word ^= 1 << (at % 64);
            }
        }
        start = Some(here);
    }
    if let Some(low) = start {
        push(&mut found, &inside, (low, V::HIGHEST));
    }
    let mut classes: Vec<Arc<Ranges<V>>> = found
        .into_values()
        .map(|ranges| ranges.into_iter().collect::<Ranges<V>>().intersection(whole))
        .filter(|class| !class.is_empty())
        .map(Arc::new)
        .collect();
    if classes.len() > most {
        return None;
    }
    classes.sort_by_key(|class| class.first());
    Some(classes)
}

/// The sets that tell values of `whole` apart, each once.
fn telling<'s, V: Value>(whole: &Ranges<V>, sets: &'s [Arc<Ranges<V>>]) -> Vec<&'s Arc<Ranges<V>>> {
    let mut telling: Vec<&Arc<Ranges<V>>> = Vec::new();
    // Most rules share their set with others: that is told without looking into it.
    let mut sorted: Vec<&Arc<Ranges<V>>> = sets.iter().collect();
    sorted.sort_by_key(|set| Arc::as_ptr(set));
    sorted.dedup_by(|a, b| Arc::ptr_eq(a, b));
    for set in sorted {
        if set.intersects(whole) && !whole.is_subset(set) {
            telling.push(set);
        }
    }
    telling.sort();
    telling.dedup();
    telling
}

fn push<V: Value>(found: &mut BTreeMap<Vec<u64>, Vec<(V, V)>>, key: &[u64], range: (V, V)) {
    match found.get_mut(key) {
        Some(ranges) => ranges.push(range),
        None => {
            found.insert(key.to_vec(), vec![range]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop::collection::vec, proptest};

    fn set(ranges: &[(u8, u8)]) -> Arc<Ranges<u32>> {
        Arc::new(ranges.iter().map(|&(a, b)| (a.min(b).into(), a.max(b).into())).collect())
    }

    proptest! {
        #[test]
        fn two_values_share_a_class_exactly_if_no_set_tells_them_apart(
            whole in vec(any::<(u8, u8)>(), 1..3),
            sets in vec(vec(any::<(u8, u8)>(), 0..4), 0..6),
        ) {
            let whole = set(&whole);
            let sets: Vec<_> = sets.iter().map(|it| set(it)).collect();
            let classes = classes(&whole, &sets, usize::MAX).unwrap();
            let class_of = |value: u32| classes.iter().position(|it| it.contains(value));
            let key = |value: u32| sets.iter().map(|it| it.contains(value)).collect::<Vec<_>>();
            let values: Vec<u32> = (0..=260).filter(|&it| whole.contains(it)).collect();
            for &value in &values {
                assert!(class_of(value).is_some());
                let first = values.iter().find(|&&it| class_of(it) == class_of(value)).unwrap();
                assert_eq!(key(value), key(*first));
            }
            let mut keys: Vec<_> = values.iter().map(|&it| key(it)).collect();
            keys.sort();
            keys.dedup();
            assert_eq!(keys.len(), classes.len());
            assert_eq!(classes.iter().map(|it| it.count()).sum::<u128>(), whole.count());
        }

        #[test]
        fn the_same_values_twice_are_no_more_classes(sets in vec(vec(any::<(u8, u8)>(), 0..4), 0..6)) {
            let whole = set(&[(0, 255)]);
            let sets: Vec<_> = sets.iter().map(|it| set(it)).collect();
            let again: Vec<_> = sets.iter().chain(&sets).map(|it| Arc::new(it.as_ref().clone())).collect();
            assert_eq!(classes(&whole, &sets, 99), classes(&whole, &again, 99));
        }
    }
}
