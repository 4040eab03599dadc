//! Rules that decide nothing, sorted to the three lints about them: each such rule gets one.

use super::evidence::{entry, list, named, place};
use crate::{
    decide::{Entry, Idle, IdleRule},
    lint::{Facts, Remark},
    model::{Access, Direction},
};
use std::collections::BTreeSet;

/// Which lint a rule belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An allow that earlier rules cover, a deny among them.
    AllowBelowDeny,
    /// A deny that earlier rules cover, an allow among them.
    Shadowed,
    /// Earlier rules with the same access cover it.
    Covered,
    /// Later rules with the same access would take over.
    Repeated,
    /// The search gave up.
    Undecided,
}

/// A rule that decides nothing, or that nobody would miss.
pub(super) struct Dead<'p, 'a> {
    /// Which lint it belongs to.
    pub(super) kind: Kind,
    /// The rule.
    pub(super) entry: &'p Entry<'a>,
    /// The rules because of which it is idle, those with the other access first.
    pub(super) by: Vec<&'p Entry<'a>>,
}

/// The idle rules of a group, in the order of evaluation.
pub(super) fn dead<'p, 'a>(facts: &'p Facts<'a>) -> Vec<Dead<'p, 'a>> {
    let idle = || facts.idle.iter().flat_map(|(way, rules)| rules.iter().map(|rule| (*way, rule)));
    let covered: BTreeSet<(Direction, usize)> = idle()
        .filter(|(_, rule)| matches!(rule.idle, Idle::Covered { .. }))
        .map(|(way, rule)| (way, rule.entry))
        .collect();
    // Of two rules that say the same the later one is dead; that the earlier one could go instead
    // need not be said as well.
    let has_dead_heir = |way: Direction, rule: &IdleRule| match &rule.idle {
        Idle::Repeated { by } => by.iter().any(|&at| covered.contains(&(way, at))),
        Idle::Covered { .. } | Idle::Undecided => false,
    };
    idle()
        .filter(|(way, rule)| !has_dead_heir(*way, rule))
        .filter_map(|(way, rule)| sorted(facts, way, rule))
        .collect()
}

fn sorted<'p, 'a>(facts: &'p Facts<'a>, way: Direction, rule: &IdleRule) -> Option<Dead<'p, 'a>> {
    let at = |at: &usize| entry(facts.policy, way, *at);
    let entry = at(&rule.entry)?;
    let places: &[usize] = match &rule.idle {
        Idle::Covered { by } | Idle::Repeated { by } => by,
        Idle::Undecided => &[],
    };
    let mut by: Vec<&Entry<'_>> = places.iter().filter_map(at).collect();
    // Of two rules at one number none is deployed, and that is said elsewhere (NSG-005).
    if by.iter().any(|other| other.priority == entry.priority) {
        return None;
    }
    by.sort_by_key(|other| other.access == entry.access);
    let turned = by.iter().any(|other| other.access != entry.access);
    let kind = match (&rule.idle, turned, entry.access) {
        (Idle::Undecided, ..) => Kind::Undecided,
        (Idle::Repeated { .. }, ..) => Kind::Repeated,
        (Idle::Covered { .. }, false, _) => Kind::Covered,
        (Idle::Covered { .. }, true, Some(Access::Allow)) => Kind::AllowBelowDeny,
        (Idle::Covered { .. }, true, _) => Kind::Shadowed,
    };
    Some(Dead { kind, entry, by })
}

impl Dead<'_, '_> {
    /// The rules because of which it is idle.
    pub(super) fn blockers(&self) -> String {
        let names: Vec<String> = self.by.iter().map(|entry| named(entry)).collect();
        list(&names)
    }

    /// A remark that shows the rule and its blockers.
    pub(super) fn remark(
        &self,
        facts: &Facts<'_>,
        labels: (&str, &str),
        message: String,
    ) -> Option<Remark> {
        let rule = self.entry.rule.written()?;
        let label = place(facts.policy, self.entry, labels.0);
        let mut remark = Remark::about(rule, label.span, label.text, message);
        let shown = self.by.iter().take(4);
        remark.related.extend(shown.map(|other| place(facts.policy, other, labels.1)));
        Some(remark)
    }
}
