//! Sets of classes of values, one bit a class.

use std::slice;

use super::search::{AxisSet, Relation};

/// All sets of one axis have the same number of words. One word needs no allocation: the fields of
/// most lists have no more than 64 classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bits {
    One(u64),
    Many(Box<[u64]>),
}

/// The word and the bit in it.
pub(super) const fn word_and_bit(place: usize) -> (usize, u64) {
    (place / 64, 1 << (place % 64))
}

/// The places of the bits that are set, ascending.
pub(super) fn ones(words: &[u64]) -> impl Iterator<Item = usize> + '_ {
    words.iter().enumerate().flat_map(|(index, &word)| {
        let mut left = word;
        std::iter::from_fn(move || {
            let bit = usize::try_from(left.trailing_zeros()).ok().filter(|_| left != 0)?;
            left &= left - 1;
            Some(index * 64 + bit)
        })
    })
}

impl Bits {
    /// The empty set with room for so many classes.
    pub(super) fn none(classes: usize) -> Self {
        if classes <= 64 { Self::One(0) } else { Self::Many(vec![0; classes.div_ceil(64)].into()) }
    }

    pub(super) const fn words(&self) -> &[u64] {
        match self {
            Self::One(word) => slice::from_ref(word),
            Self::Many(words) => words,
        }
    }

    pub(super) fn insert(&mut self, place: usize) {
        let (word, bit) = word_and_bit(place);
        let words = match self {
            Self::One(word) => slice::from_mut(word),
            Self::Many(words) => words,
        };
        if let Some(word) = words.get_mut(word) {
            *word |= bit;
        }
    }

    pub(super) fn count(&self) -> usize {
        self.words().iter().map(|word| usize::try_from(word.count_ones()).unwrap_or(0)).sum()
    }

    pub(super) fn first(&self) -> Option<usize> {
        ones(self.words()).next()
    }

    fn pairs<'a>(&'a self, other: &'a Self) -> impl ExactSizeIterator<Item = (u64, u64)> + 'a {
        self.words().iter().copied().zip(other.words().iter().copied())
    }

    fn combine(&self, other: &Self, f: impl Fn(u64, u64) -> u64) -> Self {
        match (self, other) {
            (Self::One(a), Self::One(b)) => Self::One(f(*a, *b)),
            _ => Self::Many(self.pairs(other).map(|(a, b)| f(a, b)).collect()),
        }
    }
}

impl AxisSet for Bits {
    fn is_empty(&self) -> bool {
        self.words().iter().all(|&word| word == 0)
    }

    fn and(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a & b)
    }

    fn minus(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a & !b)
    }

    fn intersects(&self, other: &Self) -> bool {
        self.pairs(other).any(|(a, b)| a & b != 0)
    }

    fn relation(&self, other: &Self) -> Relation {
        let (mut inside, mut outside) = (0, 0);
        for (a, b) in self.pairs(other) {
            inside |= a & b;
            outside |= a & !b;
            if inside != 0 && outside != 0 {
                return Relation::Across;
            }
        }
        if outside == 0 { Relation::Inside } else { Relation::Apart }
    }

    fn is_quick(&self, _other: &Self) -> bool {
        matches!(self, Self::One(_))
    }

    fn halves<'a>(&self, _cutters: impl Iterator<Item = &'a Self>) -> Option<(usize, Self, Self)>
    where
        Self: 'a,
    {
        let count = self.count();
        let places = count.checked_sub(1).filter(|&places| places > 0)?;
        // Classes are numbered in the order of their smallest values.
        let mut low = self.combine(self, |_, _| 0);
        ones(self.words()).take(count / 2).for_each(|class| low.insert(class));
        let high = self.minus(&low);
        Some((places, low, high))
    }
}
