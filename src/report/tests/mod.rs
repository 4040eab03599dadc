//! One rich report through every format, and what must hold for all of them.

mod json;
mod rich;
mod text;

use super::{Look, RENDERERS};
use crate::finding::Report;

/// Plain, 100 wide.
pub(super) const PLAIN: Look =
    Look { color: false, width: 100, quiet: false, verbose: false, lints: rich::LINTS };

/// What the format `name` makes of `report`.
pub(super) fn rendered(name: &str, report: &Report, look: &Look) -> String {
    let renderer = RENDERERS.iter().find(|renderer| renderer.name == name).unwrap();
    let mut out = Vec::new();
    (renderer.render)(report, look, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}
