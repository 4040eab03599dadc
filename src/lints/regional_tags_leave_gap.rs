//! `regional-tags-leave-gap`: LINT-31, TAG-005.

use super::evidence::{allowed_tags, stop};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{PortValue, SecurityRule},
    space::Ranges,
    tags::{Tag, Usable},
};
use std::{collections::BTreeMap, sync::Arc};

pub(super) const LINT: Lint = Lint {
    id: "regional-tags-leave-gap",
    summary: "regional tags that together are less than the tag of all regions",
    page: include_str!("../../rules/lints/regional-tags-leave-gap.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let mut named: BTreeMap<&str, Vec<(&SecurityRule, Tag<'_>)>> = BTreeMap::new();
    for (rule, tag) in allowed_tags(facts) {
        if tag.region().is_some() {
            let tags = named.entry(tag.base()).or_default();
            if tags.iter().all(|(_, other)| *other != tag) {
                tags.push((rule, tag));
            }
        }
    }
    named.into_iter().filter_map(|(base, tags)| gap(facts, base, &tags)).collect()
}

fn gap(facts: &Facts<'_>, base: &str, tags: &[(&SecurityRule, Tag<'_>)]) -> Option<Remark> {
    let usable = || {
        let regional = facts.tags.regional_tags(base);
        regional.filter(|tag| tag.usable_in_nsg() == Usable::Yes).count()
    };
    // Nearly every region: all of them are meant. A choice of regions is one.
    if tags.len() < 8 || tags.len() * 10 < usable() * 9 {
        return None;
    }
    let (rule, _) = tags.first()?;
    let regions =
        facts.tags.regional_tags(base).fold(Ranges::empty(), |union, tag| union.union(tag.v4()));
    let rest = facts.policy.known_tag(base)?.minus(&regions);
    let count = rest.count();
    if rest.is_empty() {
        return None;
    }
    let decision = facts.policy.reaches(Arc::new(rest), port(rule)?)?;
    let stop = stop(&decision)?;
    let message = format!(
        "{} regional tags of `{base}` are allowed, and {count} of its addresses, which no region \
         has, are blocked by {}",
        tags.len(),
        stop.by(facts)
    );
    let remark = Remark::about(rule, rule.destination.span, "one of many regions", message)
        .help(format!("replace the regional rules by one for `{base}`"));
    Some(stop.shown_in(remark, facts))
}

/// The port that the rule was written for.
fn port(rule: &SecurityRule) -> Option<u16> {
    rule.destination_ports.items.iter().find_map(|item| match item.value {
        PortValue::Range(low, _) => Some(low),
        PortValue::Any => Some(443),
        PortValue::Unknown(_) | PortValue::Invalid { .. } => None,
    })
}
