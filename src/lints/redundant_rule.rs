//! `redundant-rule`: LINT-14, NSG-003, NSG-050.

use super::dead::{Dead, Kind, dead};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Address, AddressItem, Direction},
    tags::{Special, special},
};

pub(super) const LINT: Lint = Lint {
    id: "redundant-rule",
    summary: "a rule whose removal changes nothing",
    page: include_str!("../../rules/lints/redundant-rule.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    dead(facts)
        .into_iter()
        .filter_map(|dead| {
            let name = dead.entry.rule.name();
            let by = dead.blockers();
            let one = dead.by.len() == 1;
            let (message, label, level) = match dead.kind {
                Kind::AllowBelowDeny | Kind::Shadowed => return None,
                Kind::Covered => {
                    let verb = if one { "does" } else { "do" };
                    let message = format!("`{name}` never decides: {by} {verb} the same before it");
                    let level = if is_platforms(&dead) { Level::Note } else { Level::Warning };
                    (message, "this rule does the same first", level)
                }
                // Services such as Bastion look for their rules by name of the tag.
                Kind::Repeated if is_platforms(&dead) => return None,
                Kind::Repeated => {
                    let verb = if one { "does" } else { "do" };
                    let message =
                        format!("`{name}` changes nothing: {by} {verb} the same after it");
                    (message, "this rule would take over", Level::Note)
                }
                Kind::Undecided => {
                    let message = format!(
                        "whether `{name}` ever decides was not found out within the search budget"
                    );
                    (message, "", Level::Note)
                }
            };
            let remark = dead.remark(facts, ("it can go", label), message)?.at(level);
            Some(match dead.kind {
                Kind::Undecided => {
                    remark.help("nothing is claimed about this rule; split the group")
                }
                _ => remark.help(format!("remove `{name}`, or say in it what others don't")),
            })
        })
        .collect()
}

/// Services that manage machines look for a rule with their tag and take no other for it
/// (`GatewayManager` at Azure Bastion): such a rule is kept although `Internet` covers it.
fn is_platforms(dead: &Dead<'_, '_>) -> bool {
    dead.entry.rule.written().is_some_and(|rule| {
        let tag = |item: &AddressItem| matches!(&item.value, Address::Tag(tag) if special(tag) != Some(Special::VirtualNetwork));
        rule.direction.known() == Some(&Direction::Inbound) && rule.source.items.iter().any(tag)
    })
}
