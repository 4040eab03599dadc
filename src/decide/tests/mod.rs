//! Groups written in shorthand, and what Azure does with their flows.

mod budget;
mod cases;
mod expanded;
mod idle;
mod portless;
mod proposals;
pub(crate) mod shorthand;
