//! `unusable-regional-tag`: LINT-09, TAG-006.

use super::tag_names::{Named, is_of_other_cloud, named};
use super::written::shown;
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    tags::Usable,
};

pub(super) const LINT: Lint = Lint {
    id: "unusable-regional-tag",
    summary: "a regional tag that the list has and rules cannot use",
    page: include_str!("../../rules/lints/unusable-regional-tag.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    named(facts).filter_map(|named| remark(facts, named)).collect()
}

fn remark(facts: &Facts<'_>, named: Named<'_>) -> Option<Remark> {
    let Named { rule, name, span, tag, .. } = named;
    let tag = tag?;
    let is_unusable = tag.region().is_some() && tag.usable_in_nsg() == Usable::No;
    if !is_unusable || is_of_other_cloud(facts, name) {
        return None;
    }
    let message = format!("{} is in the service tag list, but not for rules of NSGs", shown(name));
    let whole = facts.tags.get(tag.base());
    let help = if whole.is_some_and(|whole| whole.usable_in_nsg() != Usable::No) {
        format!("write `{}`, which holds the addresses of every region", tag.base())
    } else {
        "name the addresses themselves".to_owned()
    };
    let remark = Remark::about(rule, span, "no region can be chosen here", message);
    Some(remark.help(help))
}
