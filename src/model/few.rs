//! Lists that hold one element most often: it stands in the list itself, and only several need
//! memory of their own. An estate has hundreds of thousands of such lists.

use std::{
    ops::{Deref, DerefMut},
    slice,
};

/// A list; one of one element needs no allocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Few<T>(Store<T>);

/// `Many` never holds exactly one element, so that the derived equality is that of lists.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Store<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> Few<T> {
    /// Adds an element.
    pub fn push(&mut self, item: T) {
        self.0 = match std::mem::replace(&mut self.0, Store::Many(Vec::new())) {
            Store::One(first) => Store::Many(vec![first, item]),
            Store::Many(items) if items.is_empty() => Store::One(item),
            Store::Many(mut items) => {
                items.push(item);
                Store::Many(items)
            }
        };
    }

    /// The elements.
    pub fn as_slice(&self) -> &[T] {
        match &self.0 {
            Store::One(item) => slice::from_ref(item),
            Store::Many(items) => items,
        }
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self(Store::Many(Vec::new()))
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(mut items: Vec<T>) -> Self {
        match items.pop() {
            Some(only) if items.is_empty() => Self(Store::One(only)),
            last => {
                items.extend(last);
                items.shrink_to_fit();
                Self(Store::Many(items))
            }
        }
    }
}

impl<T> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut items = items.into_iter();
        let (Some(first), second) = (items.next(), items.next()) else { return Self::default() };
        let Some(second) = second else { return Self(Store::One(first)) };
        let mut many = vec![first, second];
        many.extend(items);
        many.shrink_to_fit();
        Self(Store::Many(many))
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.as_slice()
    }
}

impl<T> DerefMut for Few<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match &mut self.0 {
            Store::One(item) => slice::from_mut(item),
            Store::Many(items) => items,
        }
    }
}

impl<'f, T> IntoIterator for &'f Few<T> {
    type Item = &'f T;
    type IntoIter = slice::Iter<'f, T>;

    fn into_iter(self) -> slice::Iter<'f, T> {
        self.iter()
    }
}

impl<'f, T> IntoIterator for &'f mut Few<T> {
    type Item = &'f mut T;
    type IntoIter = slice::IterMut<'f, T>;

    fn into_iter(self) -> slice::IterMut<'f, T> {
        self.iter_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_the_same_however_it_was_made() {
        let mut pushed = Few::default();
        for count in 0..5 {
            let items: Vec<usize> = (0..count).collect();
            assert_eq!(pushed, Few::from(items.clone()));
            assert_eq!(pushed, items.iter().copied().collect());
            assert_eq!(pushed.as_slice(), items);
            pushed.push(count);
        }
    }
}
