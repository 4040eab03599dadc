//! Exact sets of packets, and lists of such sets that are read from the top.
//!
//! [`Ranges`] is a set of values of one packet field, [`Cube`] a product of five such sets, and
//! [`Lines`] an ordered list of cubes of which the first match decides. All questions to a list
//! come down to one search for a packet: see [`Lines::find`]. An answer is exact or it is
//! "undecided"; nothing is sampled or rounded.
//!
//! The module knows no rules, actions or address notations. The two IP families are kept apart:
//! `u32` values for IPv4, `u128` for IPv6.

#[doc(hidden)]
pub mod adversarial;
mod axis_classes;
mod bits;
mod classes;
mod coverage;
mod cube;
mod intervals;
mod lines;
mod questions;
mod ranges;
mod search;
mod value;

#[cfg(test)]
mod tests;

pub use cube::{Axis, Cube, Point};
pub use lines::{Coverage, End, Found, Limits, Lines, Piece, Reached, Removal, Role};
pub use ranges::Ranges;
pub use value::Value;
