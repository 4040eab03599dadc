//! Sets of classes of values, one bit a class.

use super::search::AxisSet;

/// All sets of one axis have the same number of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bits(Box<[u64]>);

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
    pub(super) fn none(words: usize) -> Self {
        Self(vec![0; words].into())
    }

    pub(super) fn insert(&mut self, place: usize) {
        let (word, bit) = word_and_bit(place);
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    pub(super) const fn words(&self) -> &[u64] {
        &self.0
    }

    pub(super) fn count(&self) -> usize {
        self.0.iter().map(|word| usize::try_from(word.count_ones()).unwrap_or(0)).sum()
    }

    pub(super) fn first(&self) -> Option<usize> {
        ones(&self.0).next()
    }

    pub(super) fn shared<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (usize, u64)> + 'a {
        self.0.iter().zip(&other.0).map(|(a, b)| a & b).enumerate().filter(|&(_, word)| word != 0)
    }
}

impl AxisSet for Bits {
    fn is_empty(&self) -> bool {
        self.0.iter().all(|&word| word == 0)
    }

    fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a & b).collect())
    }

    fn minus(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a & !b).collect())
    }

    fn intersects(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    fn is_subset(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| a & !b == 0)
    }

    fn halves<'a>(&self, _cutters: impl Iterator<Item = &'a Self>) -> Option<(usize, Self, Self)>
    where
        Self: 'a,
    {
        let count = self.count();
        let places = count.checked_sub(1).filter(|&places| places > 0)?;
        // Classes are numbered in the order of their smallest values.
        let mut low = Self::none(self.0.len());
        ones(&self.0).take(count / 2).for_each(|class| low.insert(class));
        let high = self.minus(&low);
        Some((places, low, high))
    }
}
