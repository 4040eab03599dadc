//! `default-route-widens-virtual-network`: LINT-22, NSG-053.

use super::{evidence::entry, networks};
use crate::{
    decide::{Endpoint, FlowQuery},
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Direction, Protocol},
    tags::Special,
};

pub(super) const LINT: Lint = Lint {
    id: "default-route-widens-virtual-network",
    summary: "a group relies on built-in rules where a default route makes `VirtualNetwork` everything",
    page: include_str!("../../rules/lints/default-route-widens-virtual-network.md"),
    level: Level::Note,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    widened(facts).into_iter().collect()
}

fn widened(facts: &Facts<'_>) -> Option<Remark> {
    let (subnet, table) = networks::subnets(facts)?
        .into_iter()
        .find_map(|subnet| Some((subnet, networks::default_route(facts, subnet)?)))?;
    // The rule that lets the network in comes before the one that keeps all others out.
    let query = FlowQuery {
        direction: Direction::Inbound,
        source: Endpoint::Tag(Special::Internet.name().to_owned()),
        source_port: None,
        destination: Endpoint::AnyPrivate,
        port: None,
        protocol: Protocol::Any,
    };
    let steps = facts.policy.trace(&query)?.steps;
    let entries = steps.iter().filter_map(|it| entry(facts.policy, Direction::Inbound, it.entry));
    let reached = entries.into_iter().any(|entry| entry.rule.written().is_none());
    if !reached {
        return None;
    }
    let (name, nsg) = (&subnet.name.value, &facts.nsg().name.value);
    let message = format!(
        "`{nsg}` has no inbound deny of its own, and the default route of `{table}` may put every \
         address into `VirtualNetwork` at `{name}`: `AllowVnetInBound` then lets all in"
    );
    Some(
        Remark::on(facts.nsg(), "it ends with the built-in rules", message)
            .also(subnet.span, "this subnet has the default route")
            .help(
                "close the list with an inbound deny of `*` at a high number, after allows that \
                 name the prefixes of the network",
            ),
    )
}
