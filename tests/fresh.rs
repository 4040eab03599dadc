//! Files made from the tables are up to date. `UPDATE=1 cargo test --test fresh` rewrites them.

use egresslint::{lint::Level, lints::LINTS, profiles::PROFILES};
use std::fmt::Write as _;

#[test]
fn the_list_of_lints_is_that_of_the_table() -> Result<(), std::fmt::Error> {
    let mut text = "<!-- Made from the tables by `UPDATE=1 cargo test --test fresh`. -->\n\n\
                    # Lints\n\n\
                    Levels can be changed with `--select` and `--ignore`; a lint that is off is an \
                    opinion that\nfires on sound policy. `egresslint explain LINT` shows a page.\n\n\
                    | lint | level | what it reports |\n|---|---|---|\n"
        .to_owned();
    for lint in LINTS {
        let level = match lint.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
            Level::Off => "off",
        };
        let (id, summary) = (lint.id, lint.summary);
        writeln!(text, "| [`{id}`](lints/{id}.md) | {level} | {summary} |")?;
    }
    text.push_str("\n# Profiles\n\n");
    for profile in PROFILES {
        let name = profile.name;
        writeln!(text, "- [`{name}`](profiles/{name}.toml)")?;
    }
    fresh("rules/README.md", &text);
    Ok(())
}

/// Checks that the file at `path` holds `text`, or makes it so under `UPDATE=1`.
#[track_caller]
#[expect(clippy::expect_used, reason = "a part of tests, which clippy does not know for one")]
fn fresh(path: &str, text: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, text).expect("the repository is writable");
    }
    assert_eq!(
        std::fs::read_to_string(path).unwrap_or_default(),
        text,
        "{path} is stale: run `UPDATE=1 cargo test --test fresh`"
    );
}
