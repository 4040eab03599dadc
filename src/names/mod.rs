//! Exact sets of host names, and lists of such sets that are read from the top.
//!
//! [`HostSet`] is a set of host names, made from names and patterns in several dialects, and
//! [`HostLines`] an ordered list of rows of which the first that holds a host decides it. It is to
//! host names what `space` is to packets: all questions to a list come down to one search for a
//! host (see [`HostLines::find`]), and an answer is exact or it is "undecided".
//!
//! Names and patterns such as `*.x` are kept in a tree of labels, read from the right, where most
//! questions end after a few steps. Where other patterns have a say, the search runs through the
//! product of all patterns that can matter, from the right end of the host to the left.
//!
//! The module knows no rules, actions or products. What a row can't say for sure (a set that nobody
//! publishes, an expression without a value) is a row with two sets: see [`Row`].

mod coverage;
mod glob;
mod host;
mod lines;
mod product;
mod set;
mod tree;
mod weigh;

#[cfg(test)]
mod tests;

pub use coverage::Coverage;
pub use host::{Fault, Host};
pub use lines::{Asked, Found, HostLines, Line, Reading, Row};
pub use set::HostSet;
pub use weigh::{Action, Hit, Part, Reached, Weighed};
