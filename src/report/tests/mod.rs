//! One rich report through every format, and what must hold for all of them.

mod hostile;
mod json;
mod rich;
mod sarif;
mod text;
mod windows;

use super::{Look, RENDERERS};
use crate::finding::Report;
use serde_json::Value;

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

/// What is wrong with `instance` by `schema`.
fn errors(schema: &Value, instance: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).unwrap();
    validator
        .iter_errors(instance)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect()
}

#[test]
fn every_format_has_a_snapshot_of_the_rich_report() {
    let tests =
        [include_str!("json.rs"), include_str!("sarif.rs"), include_str!("text.rs")].concat();
    for renderer in RENDERERS {
        let call =
            format!("assert_snapshot!(rendered({:?}, &rich::report(), &PLAIN)", renderer.name);
        assert!(tests.contains(&call), "no snapshot test of the format `{}`", renderer.name);
    }
}

#[test]
fn names_are_unique_and_fit_the_command_line() {
    let mut names: Vec<&str> = RENDERERS.iter().map(|renderer| renderer.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), RENDERERS.len());
    assert!(names.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')));
}
