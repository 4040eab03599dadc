//! The numbers a packet field can hold.

use std::fmt::{Debug, Display};
use std::hash::Hash;

mod sealed {
    pub trait Sealed {}
    impl Sealed for u32 {}
    impl Sealed for u128 {}
}

/// A value of one packet field: `u32` in the IPv4 family, `u128` in the IPv6 family.
///
/// Ports and protocols use the type of their family, so that the five axes of a cube are alike.
/// Sealed: the algebra needs nothing but these two.
pub trait Value:
    sealed::Sealed
    + Copy
    + Ord
    + Hash
    + Debug
    + Display
    + From<u8>
    + From<u16>
    + From<u32>
    + Into<u128>
    + Send
    + Sync
    + 'static
{
    /// The smallest value, zero.
    const LOWEST: Self;
    /// The largest value of the type.
    const HIGHEST: Self;

    /// The value after this one, if there is one.
    fn next(self) -> Option<Self>;

    /// The value before this one, if there is one.
    fn previous(self) -> Option<Self>;
}

impl Value for u32 {
    const LOWEST: Self = Self::MIN;
    const HIGHEST: Self = Self::MAX;

    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }

    fn previous(self) -> Option<Self> {
        self.checked_sub(1)
    }
}

impl Value for u128 {
    const LOWEST: Self = Self::MIN;
    const HIGHEST: Self = Self::MAX;

    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }

    fn previous(self) -> Option<Self> {
        self.checked_sub(1)
    }
}
