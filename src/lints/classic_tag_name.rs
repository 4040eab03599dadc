//! `classic-tag-name`: TAG-016.

use super::tag_names::named;
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    tags::is_classic_spelling,
};

pub(super) const LINT: Lint = Lint {
    id: "classic-tag-name",
    summary: "a tag as the classic deployment model spelt it",
    page: include_str!("../../rules/lints/classic-tag-name.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    named(facts)
        .filter(|tag| is_classic_spelling(tag.name))
        .filter_map(|tag| {
            let right = tag.special?.name();
            let message = format!("`{}` is the classic name of `{right}`", tag.name);
            let remark = Remark::about(tag.rule, tag.span, "an old spelling", message);
            Some(remark.help(format!("write `{right}`")))
        })
        .collect()
}
