//! The algebra against slow models that enumerate every packet of a small universe.

mod engines;
mod lists;
mod ranges;
