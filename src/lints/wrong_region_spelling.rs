//! `wrong-region-spelling`: LINT-66, TAG-021.

use super::tag_names::{Named, is_of_other_cloud, named, respelt};
use super::written::shown;
use crate::lint::{Check, Facts, Level, Lint, Remark};

pub(super) const LINT: Lint = Lint {
    id: "wrong-region-spelling",
    summary: "a regional tag whose region is spelt as another tag spells it",
    page: include_str!("../../rules/lints/wrong-region-spelling.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    named(facts).filter_map(|named| remark(facts, named)).collect()
}

fn remark(facts: &Facts<'_>, named: Named<'_>) -> Option<Remark> {
    let Named { rule, name, span, tag, .. } = named;
    if tag.is_some() {
        return None;
    }
    let right = respelt(facts.tags, name)?;
    if is_of_other_cloud(facts, name) {
        return None;
    }
    let message =
        format!("{} is not in the service tag list, which spells it `{right}`", shown(name));
    let remark = Remark::about(rule, span, "a region spelt otherwise", message);
    Some(remark.help(format!("write `{right}`")))
}
