//! The catalogue of service tags: which addresses a tag stands for, which tags hold an address,
//! and what a misspelt tag was meant to be.
//!
//! A snapshot of the public cloud is compiled in (`rules/tags/public.tags`); a file given by the
//! user replaces it as a whole. How tags relate to one another is computed from the list in use:
//! nothing about it is written down here (TAG-008).
//!
//! ```text
//! official, cloudip -> list -> usable -> pack -> packed -> catalogue -> near, lookup
//! the known files             what rules          bytes    look-ups
//!                             may use
//! ```

mod catalogue;
mod cloudip;
mod error;
mod features;
mod list;
mod lookup;
mod msgpack;
mod near;
mod official;
mod pack;
mod packed;
mod regions;
mod shortened;
mod special;
mod tag;
#[cfg(test)]
mod tests;
mod usable;

pub use catalogue::Catalogue;
pub use error::{Fault, TagsError};
pub use features::{Documented, Features, Usable};
pub use lookup::{Held, Lookup, Related, TagFacts, lookup};
pub use near::{Closeness, Suggestion};
pub use pack::{PackOptions, pack};
pub use special::{
    PRIVATE_V4, PRIVATE_V6, Special, is_classic_spelling, known_internal, not_internet_v4,
    private_v4, private_v6, special,
};
pub use tag::{Gap, Relation, Tag, gap};
