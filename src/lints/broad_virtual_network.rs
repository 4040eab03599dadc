//! `broad-virtual-network`: LINT-21, NSG-052, NSG-053.

use super::{evidence::list, networks};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Access, Address, Direction},
    tags::{Special, special},
};

pub(super) const LINT: Lint = Lint {
    id: "broad-virtual-network",
    summary: "`VirtualNetwork` is taken for this network alone",
    page: include_str!("../../rules/lints/broad-virtual-network.md"),
    level: Level::Off,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    // Where the input shows all that is around the group, only what is there is told.
    let known = networks::wider(facts);
    if known.as_ref().is_some_and(Vec::is_empty) {
        return Vec::new();
    }
    let counts = match known {
        Some(words) => format!(", which holds {} as well", list(&words)),
        None => ": peered networks, networks behind a gateway and the prefixes of routes count as \
                 that too"
            .to_owned(),
    };
    let allows = facts.rules().filter(|rule| rule.access.known() == Some(&Access::Allow));
    allows
        .filter_map(|rule| {
            let (side, word) = match rule.direction.known()? {
                Direction::Inbound => (&rule.source, "from"),
                Direction::Outbound => (&rule.destination, "to"),
            };
            let item = side.items.iter().find(|item| {
                matches!(&item.value, Address::Tag(tag) if special(tag) == Some(Special::VirtualNetwork))
            })?;
            let name = &rule.name.value;
            let message = format!("`{name}` allows flows {word} `VirtualNetwork`{counts}");
            let help = "name the prefixes of the network that is meant";
            Some(Remark::about(rule, item.span, "more than this network", message).help(help))
        })
        .collect()
}
