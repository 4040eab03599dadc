//! Groups written in shorthand, and what Azure does with their flows.

mod cases;
mod idle;
mod proposals;
pub(crate) mod shorthand;
