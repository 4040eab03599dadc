//! egresslint proves, before anything is deployed, that the network policy of an Azure estate lets
//! required traffic through, and names the rule that stops it where it doesn't.
//!
//! The way of the data, and the order in which to read the modules:
//!
//! ```text
//! source -> document -> load (READERS) -> model -> decide -> lints (LINTS) -> finding -> report (RENDERERS)
//! text      spanned     one per           NSGs,    what      one per          what to    one per
//!           values      shape             rules    decides   module           say        format
//! ```
//!
//! `space` (exact sets of packets), `names` (exact sets of host names) and `tags` (the service tag
//! catalogue) stand beside `source` at the start of the line; `profiles` (what must be reachable) is data that `decide` judges against.

pub mod bicep;
pub mod cli;
pub mod compare;
pub mod decide;
pub mod document;
pub mod finding;
pub mod lint;
pub mod lints;
pub mod load;
pub mod model;
pub mod names;
pub mod profiles;
pub mod report;
pub mod run;
pub mod source;
pub mod space;
pub mod tags;
pub mod template;
pub mod verdict;
