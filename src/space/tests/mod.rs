//! The algebra against slow models that enumerate every packet of a small universe.

mod lists;
mod ranges;
