//! Laws of [`Ranges`], against a list of truth values.

use proptest::prelude::*;

use super::super::search::Relation;
use super::super::{Ranges, Value};

/// Values 0 to 22 stand for themselves, the 23rd for everything above.
const SIZE: usize = 24;

type Model = [bool; SIZE];

fn value<V: Value>(place: usize) -> V {
    V::from(u32::try_from(place).unwrap())
}

fn is_rest(place: usize) -> bool {
    place + 1 == SIZE
}

fn build<V: Value>(model: &Model) -> Ranges<V> {
    let held = (0..SIZE).filter(|&place| model[place]);
    held.map(|p| (value(p), if is_rest(p) { V::HIGHEST } else { value(p) })).collect()
}

fn model<V: Value>(set: &Ranges<V>) -> Model {
    std::array::from_fn(|place| {
        let held = set.contains(value(place));
        if is_rest(place) {
            assert_eq!(held, set.contains(V::HIGHEST));
        }
        held
    })
}

fn zip(a: &Model, b: &Model, f: impl Fn(bool, bool) -> bool) -> Model {
    std::array::from_fn(|place| f(a[place], b[place]))
}

/// The one form that a set may have.
fn assert_canonical<V: Value>(set: &Ranges<V>) {
    let pairs: Vec<(V, V)> = set.iter().collect();
    assert!(pairs.iter().all(|(low, high)| low <= high), "{pairs:?}");
    assert!(pairs.windows(2).all(|w| w[0].1.next().is_some_and(|n| n < w[1].0)), "{pairs:?}");
    assert_eq!(set, &pairs.into_iter().collect());
}

fn assert_laws<V: Value>(a: &Model, b: &Model) {
    let (x, y): (Ranges<V>, Ranges<V>) = (build(a), build(b));
    for (set, expected) in [
        (x.clone(), *a),
        (x.union(&y), zip(a, b, |p, q| p || q)),
        (x.intersection(&y), zip(a, b, |p, q| p && q)),
        (x.minus(&y), zip(a, b, |p, q| p && !q)),
        (x.complement(), zip(a, a, |p, _| !p)),
    ] {
        assert_canonical(&set);
        assert_eq!(model(&set), expected, "{x:?} {y:?}");
        assert_eq!(set, build(&expected));
        assert_eq!(set.is_empty(), !expected.contains(&true));
        assert_eq!(set.is_all(), !expected.contains(&false));
        assert_eq!(set.first(), expected.iter().position(|&held| held).map(value));
        assert_eq!(set.len(), set.iter().count());
    }
    assert_eq!(x.intersects(&y), (0..SIZE).any(|i| a[i] && b[i]));
    assert_eq!(x.is_subset(&y), (0..SIZE).all(|i| !a[i] || b[i]));
    if !x.is_empty() {
        let relation = match (x.is_subset(&y), x.intersects(&y)) {
            (true, _) => Relation::Inside,
            (false, true) => Relation::Across,
            (false, false) => Relation::Apart,
        };
        assert_eq!(x.relation(&y), relation);
    }
    assert_eq!(x.shared_count(&y), x.intersection(&y).count());
    assert_eq!(x.cmp(&y).is_eq(), a == b);
    let rest: u128 = V::HIGHEST.into() - value::<u128>(SIZE - 1);
    let count = (0..SIZE).map(|i| u128::from(a[i]) * if is_rest(i) { rest + 1 } else { 1 });
    assert_eq!(x.count(), count.fold(0, u128::saturating_add));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn ranges_keep_the_laws_of_sets(a in any::<Model>(), b in any::<Model>()) {
        assert_laws::<u32>(&a, &b);
        assert_laws::<u128>(&a, &b);
    }

    #[test]
    fn any_list_of_pairs_makes_the_union_of_the_pairs(
        pairs in prop::collection::vec((0_u32..40, 0_u32..40), 0..12)
    ) {
        let set: Ranges<u32> = pairs.iter().copied().collect();
        assert_canonical(&set);
        for value in 0..42 {
            let held = pairs.iter().any(|&(low, high)| low <= value && value <= high);
            prop_assert_eq!(set.contains(value), held);
        }
    }

    /// Long sets against short ones, where whole stretches are skipped.
    #[test]
    fn sets_of_very_different_length_are_compared_right(
        gap in 2_u32..5, ranges in 100_u32..300, few in prop::collection::vec(0_u32..1600, 1..4)
    ) {
        let long: Ranges<u32> = (0..ranges).map(|i| (i * gap, i * gap)).collect();
        let short: Ranges<u32> = few.iter().map(|&v| (v, v + 1)).collect();
        let held = |v: u32| v.is_multiple_of(gap) && v / gap < ranges;
        let values = || short.iter().flat_map(|(low, high)| low..=high);
        prop_assert_eq!(long.intersects(&short), values().any(held));
        prop_assert_eq!(short.intersects(&long), values().any(held));
        prop_assert_eq!(short.is_subset(&long), values().all(held));
        prop_assert_eq!(short.intersection(&long).count(), values().map(|v| u128::from(held(v))).sum());
        prop_assert_eq!(&long.intersection(&short), &short.intersection(&long));
        let parted = short.minus(&long).union(&short.intersection(&long));
        prop_assert_eq!(&parted, &short);
        prop_assert_eq!(long.minus(&short).union(&long.intersection(&short)), long);
    }
}

#[test]
fn the_ends_of_the_number_type_are_values_like_any_other() {
    let top = Ranges::single(u128::MAX);
    assert_eq!(top.complement(), Ranges::range(0, u128::MAX - 1));
    assert_eq!(top.complement().union(&top), Ranges::all());
    assert_eq!(Ranges::<u128>::all().count(), u128::MAX);
    assert_eq!(Ranges::<u32>::all().count(), 1 << 32);
    assert_eq!(Ranges::single(0_u32).complement(), Ranges::range(1, u32::MAX));
}

#[test]
fn a_range_written_backwards_holds_nothing() {
    assert!(Ranges::range(2_u32, 1).is_empty());
    assert!([(2_u32, 1)].into_iter().collect::<Ranges<u32>>().is_empty());
}
