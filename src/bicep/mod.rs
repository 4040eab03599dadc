//! Bicep: what stands where in a `.bicep` file, and the way back to it from the template that the
//! `bicep` program makes of it.
//!
//! Nothing of the language is evaluated here; its own compiler does that. What is read are the
//! declarations and the literal objects and lists in them, because those the compiler keeps as they
//! are: the same members in the template, with the same names.

mod build;
mod files;
mod places;
mod scan;
mod syntax;

pub use build::{Build, BuildFault, Builder, Built};
pub use files::{Closure, closure, modules};

#[cfg(test)]
mod tests;
