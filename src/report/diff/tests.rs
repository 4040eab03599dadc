//! The published schema of comparisons.

use super::json::Output;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use std::{env, fs};

const PUBLISHED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/rules/schema/diff.schema.json");
const ID: &str =
    "https://raw.githubusercontent.com/egresslint/egresslint/main/rules/schema/diff.schema.json";

#[test]
fn the_published_schema_of_comparisons_is_that_of_the_types() {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<Output<'_>>();
    schema.insert("$id".to_owned(), ID.into());
    let schema = schema.to_value();
    if env::var_os("UPDATE").is_some() {
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        fs::write(PUBLISHED, text).unwrap();
    }
    let published = fs::read_to_string(PUBLISHED).unwrap_or_default();
    let published: Value = serde_json::from_str(&published).unwrap_or_default();
    let command = "UPDATE=1 cargo test --lib the_published_schema_of_comparisons";
    assert!(published == schema, "{PUBLISHED} is not current; run: {command}");
}
