//! Every lint, one module each. A lint is one constant and one pure function; its page under
//! `rules/lints/` is its documentation and its test.

use crate::lint::Lint;

mod duplicate_priority;

/// Every lint, in the order of the lists and pages made from it.
pub const LINTS: &[&Lint] = &[&duplicate_priority::LINT];
