//! What Azure counts (NSG-047, NSG-050).

use super::written::{rules, sides, title};
use crate::{
    lint::{Facts, Remark},
    model::{Address, GroupRef, SecurityRule},
};
use std::collections::BTreeSet;

/// Rules of a group; built-in ones are not counted (NSG-050).
const RULES: usize = 1_000;
/// Addresses, prefixes and tags of one side of a rule (NSG-050).
const ADDRESSES: usize = 4_000;
/// Application security groups of one side of a rule (NSG-047).
const GROUPS_OF_SIDE: usize = 10;
/// Application security groups in all rules of a group (NSG-047).
const GROUPS_OF_NSG: usize = 100;

/// A number that has a limit.
#[derive(Debug)]
pub(super) struct Counted {
    /// Who has how many of what.
    pub(super) text: String,
    /// What to do to have fewer.
    pub(super) help: &'static str,
    count: usize,
    limit: usize,
    remark: Remark,
}

impl Counted {
    /// Whether Azure refuses it.
    pub(super) const fn is_exceeded(&self) -> bool {
        self.count > self.limit
    }

    /// Whether it is 95 % of the limit or more.
    pub(super) const fn is_near(&self) -> bool {
        near(self.count, self.limit)
    }

    /// The remark with that end of its message.
    pub(super) fn remark(self, end: impl FnOnce(usize) -> String) -> Remark {
        let message = format!("{}, {}", self.text, end(self.limit));
        Remark { message, ..self.remark }.help(self.help)
    }
}

/// Whether a count is 95 % of its limit or more.
const fn near(count: usize, limit: usize) -> bool {
    count.saturating_mul(100) >= limit.saturating_mul(95)
}

/// All that is near a limit or over it, as far as it surely counts: what is unknown or deployed on a condition
/// may come to nothing.
pub(super) fn counted(facts: &Facts<'_>) -> Vec<Counted> {
    let sure = || rules(facts).filter(|rule| rule.condition.is_none());
    let nsg = facts.nsg();
    let count = sure().count();
    let mut all = Vec::new();
    // Nearly every group and side holds a handful: words are made only for those that come near.
    if near(count, RULES) {
        all.push(Counted {
            text: format!("`{}` has {count} rules", nsg.name.value),
            help: "join rules that differ in one list only, or remove what `redundant-rule` and \
                   `shadowed-rule` name",
            count,
            limit: RULES,
            remark: Remark::on(nsg, "too much for one group", ""),
        });
    }
    let groups: BTreeSet<&str> = sure()
        .flat_map(sides)
        .flat_map(|side| side.addresses.groups.iter())
        .filter(|group| is_group(group))
        .map(|group| group.id.as_ref())
        .collect();
    if near(groups.len(), GROUPS_OF_NSG) {
        let count = groups.len();
        all.push(Counted {
            text: format!("`{}` names {count} application security groups", nsg.name.value),
            help: "use fewer and wider application security groups",
            count,
            limit: GROUPS_OF_NSG,
            remark: Remark::on(nsg, "too much for one group", ""),
        });
    }
    all.extend(sure().filter(|rule| is_large(rule)).flat_map(of_rule));
    all
}

fn is_large(rule: &SecurityRule) -> bool {
    sides(rule).iter().any(|side| {
        near(side.addresses.items.len(), ADDRESSES)
            || near(side.addresses.groups.len(), GROUPS_OF_SIDE)
    })
}

fn of_rule(rule: &SecurityRule) -> impl Iterator<Item = Counted> {
    sides(rule).into_iter().flat_map(move |side| {
        let items = side.addresses.items.iter();
        let known = items
            .filter(|item| !matches!(item.value, Address::Unknown(_) | Address::Invalid { .. }));
        let addresses = known.count();
        let groups: BTreeSet<&str> = side
            .addresses
            .groups
            .iter()
            .filter(|group| is_group(group))
            .map(|group| group.id.as_ref())
            .collect();
        let label = "all of these";
        [
            Counted {
                text: format!("`{}` of {} holds {addresses}", side.names.prefixes, title(rule)),
                help: "join neighbouring prefixes, or make two rules of it",
                count: addresses,
                limit: ADDRESSES,
                remark: Remark::about(rule, side.addresses.span, label, ""),
            },
            Counted {
                text: format!("`{}` of {} holds {}", side.names.groups, title(rule), groups.len()),
                help: "make two rules of it",
                count: groups.len(),
                limit: GROUPS_OF_SIDE,
                remark: Remark::about(rule, side.addresses.span, label, ""),
            },
        ]
    })
}

fn is_group(group: &GroupRef) -> bool {
    group.id.contains("applicationsecuritygroups/")
}
