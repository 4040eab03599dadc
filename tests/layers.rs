//! Which module may look at which. The table is the architecture; the tests keep it true.

use std::path::Path;

/// Each module, with the modules it may use. Leaves first; nothing points down.
const LAYERS: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("space", &[]),
    ("verdict", &[]),
    ("names", &["space", "verdict"]),
    ("document", &["source"]),
    ("bicep", &["document", "source"]),
    ("template", &["document", "source"]),
    ("tags", &["space"]),
    ("model", &["source"]),
    ("profiles", &["source"]),
    ("load", &["bicep", "document", "model", "source", "template"]),
    ("decide", &["model", "names", "profiles", "source", "space", "tags", "verdict"]),
    ("lint", &["decide", "model", "profiles", "source", "tags", "verdict"]),
    (
        "lints",
        &["decide", "lint", "model", "names", "profiles", "source", "space", "tags", "verdict"],
    ),
    ("finding", &["lint", "source", "verdict"]),
    (
        "run",
        &[
            "decide", "finding", "lint", "lints", "load", "model", "profiles", "source", "tags",
            "template",
        ],
    ),
    ("compare", &["decide", "finding", "model", "profiles", "run", "source", "space", "tags"]),
    ("report", &["compare", "document", "finding", "lint", "model", "source", "verdict"]),
    (
        "cli",
        &[
            "bicep", "compare", "decide", "finding", "lint", "lints", "load", "model", "profiles",
            "report", "run", "source", "space", "tags", "verdict",
        ],
    ),
    ("lib", &[]),
    ("main", &[]),
];

#[test]
fn the_table_has_no_cycle() {
    for (at, (name, allowed)) in LAYERS.iter().enumerate() {
        for used in *allowed {
            let below = LAYERS[..at].iter().any(|(lower, _)| lower == used);
            assert!(below, "{name} uses {used}, which is not listed above it");
        }
    }
}

#[test]
fn every_module_uses_only_what_its_layer_may() {
    let mut files = 0;
    for path in glob::glob("src/**/*.rs").unwrap() {
        let path = path.unwrap();
        let wrong = violations(&path, &std::fs::read_to_string(&path).unwrap());
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        files += 1;
    }
    assert!(files > 50, "the sources were not found");
}

#[test]
fn a_planted_import_is_found() {
    let planted = "use crate::{lint::Lint, load::{Loaded, Reader}};";
    let wrong = violations(Path::new("src/lints/shadowed_rule.rs"), planted);
    assert_eq!(wrong, ["src/lints/shadowed_rule.rs: lints may not use load"]);
    let direct = violations(Path::new("src/space/ranges.rs"), "fn f() { crate::tags::lookup() }");
    assert_eq!(direct, ["src/space/ranges.rs: space may not use tags"]);
}

#[test]
fn every_module_of_the_table_exists() {
    for (name, _) in LAYERS {
        let file = format!("src/{name}.rs");
        let folder = format!("src/{name}/mod.rs");
        assert!(Path::new(&file).exists() || Path::new(&folder).exists(), "{name} is gone");
    }
}

/// What `text`, standing at `path`, uses against the table.
fn violations(path: &Path, text: &str) -> Vec<String> {
    let module = module(path);
    let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == module) else {
        return vec![format!("{}: {module} has no layer", path.display())];
    };
    // Tests of a module may look further: they compare it with others.
    let tests = path.iter().any(|part| part == "tests" || part == "tests.rs");
    let code: Vec<&str> = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    used(&code.join("\n"))
        .into_iter()
        .filter(|used| !tests && *used != module && !allowed.contains(&used.as_str()))
        .map(|used| format!("{}: {module} may not use {used}", path.display()))
        .collect()
}

/// The top module that `path` belongs to.
fn module(path: &Path) -> String {
    let first = path.iter().nth(1).unwrap_or_default();
    Path::new(first).with_extension("").display().to_string()
}

/// The names that follow `crate::` in `text`, one `use` tree deep.
fn used(text: &str) -> Vec<String> {
    let name = |part: &str| {
        part.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
    };
    let mut names: Vec<String> = text
        .split("crate::")
        .skip(1)
        .flat_map(|rest| match rest.strip_prefix('{') {
            None => vec![name(rest)],
            Some(tree) => branches(tree).map(name).collect(),
        })
        .filter(|name| !name.is_empty())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The branches of a `use` tree whose opening brace is already read.
fn branches(tree: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    let end = tree
        .char_indices()
        .find(|(_, c)| match c {
            '{' => {
                depth += 1;
                false
            }
            '}' if depth == 0 => true,
            '}' => {
                depth -= 1;
                false
            }
            _ => false,
        })
        .map_or(tree.len(), |(at, _)| at);
    let mut inside = 0_i32;
    tree[..end].split(move |c| {
        inside += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && inside == 0
    })
}
