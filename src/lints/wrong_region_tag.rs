//! `wrong-region-tag`: LINT-08, TAG-004.

use super::evidence::{allowed_tags, home, row, stop};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{PortValue, SecurityRule},
    tags::Tag,
};

pub(super) const LINT: Lint = Lint {
    id: "wrong-region-tag",
    summary: "a regional tag is of another region than the machines",
    page: include_str!("../../rules/lints/wrong-region-tag.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let allowed: Vec<(&SecurityRule, Tag<'_>)> = allowed_tags(facts).collect();
    let rules = allowed.chunk_by(|(rule, _), (next, _)| std::ptr::eq(*rule, *next));
    rules.filter_map(|tags| wrong(facts, tags)).collect()
}

fn wrong(facts: &Facts<'_>, tags: &[(&SecurityRule, Tag<'_>)]) -> Option<Remark> {
    let [(rule, tag)] = tags else { return None };
    tag.region()?;
    let home = home(facts, tag.base())?;
    if home.eq_ignore_ascii_case(tag.name()) {
        return None;
    }
    // The port that the rule was written for.
    let port = rule.destination_ports.items.iter().find_map(|item| match item.value {
        PortValue::Range(low, _) => Some(low),
        PortValue::Any => Some(443),
        PortValue::Unknown(_) | PortValue::Invalid { .. } => None,
    })?;
    let decision = facts.policy.service(&home, port)?;
    let stop = stop(&decision)?;
    let message = format!(
        "`{}` is for `{}`, and `{home}`, the tag of the region of the machines, is blocked by {}",
        rule.name.value,
        tag.name(),
        stop.by(facts)
    );
    let remark = Remark::about(rule, rule.destination.span, "another region", message).help(format!(
        "use `{home}`, or add an allow for it; where the other region is meant, name it with `--region`"
    ));
    let remark = Remark { judged: row(facts, &home, port), ..remark };
    Some(stop.shown_in(remark, facts))
}
