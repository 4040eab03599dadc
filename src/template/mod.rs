//! Values that may be expressions of an ARM template. Loaders read everything through
//! [`Reading`]: outside of a template a string is a string, inside of one it may be evaluated,
//! and what can't be known says why ([`Unknown`]) and is never replaced by a default. (JS-013)
//!
//! An expression goes through `parser` into the parts of `syntax`, and `evaluate` makes a value
//! of them with the table in `functions`; `given` is what parameters are given, `scope` holds the parameters and variables, and remembers what they
//! are; `budget` bounds it all.

mod budget;
mod declared;
mod deployments;
mod evaluate;
mod functions;
mod given;
mod leaves;
mod links;
mod loops;
mod own;
mod parser;
mod reading;
mod resources;
mod scope;
mod syntax;
#[cfg(test)]
mod tests;
mod tree;
mod types;
mod unknown;
mod value;

pub use budget::Budget;
pub use deployments::{Decided, Inner, decided};
pub use given::{Given, Misfit, given_value};
pub use leaves::{Cause, Leaf, leaves};
pub use links::{Links, Place, path};
pub use loops::{Copies, Iteration};
pub use reading::Reading;
pub use scope::Scope;
pub use syntax::{ExpressionFault, MAX_EXPRESSION_DEPTH, Token, is_expression};
pub use tree::Tree;
pub use unknown::{Limit, RESOURCE_GROUP_NAME, Reason, SUBSCRIPTION_ID, Unknown};
pub(crate) use unknown::{named, placeholder};
pub use value::{Array, Items, Member, Members, Object, Text, Value};
