//! `next-hop-address`: LINT-62, RT-009.

use super::routing::{on_route, title};
use crate::{
    lint::{Check, Level, Lint, Remark, Whole},
    model::{Field, NextHop},
};

pub(super) const LINT: Lint = Lint {
    id: "next-hop-address",
    summary: "an appliance without an address, or an address without an appliance",
    page: include_str!("../../rules/lints/next-hop-address.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Estate(check),
};

fn check(facts: &Whole<'_>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for route in &facts.estate.table_routes {
        let Some(hop) = route.next_hop.known() else { continue };
        let at = route.next_hop.span().unwrap_or(route.span);
        let (message, place, help) = match (hop, &route.next_hop_address) {
            (NextHop::VirtualAppliance, Field::Missing) => (
                format!("{} leads to an appliance and has no address of it", title(route)),
                (at, "no `nextHopIpAddress`"),
                "write the private address of the appliance as `nextHopIpAddress`",
            ),
            (
                NextHop::VirtualNetworkGateway
                | NextHop::VnetLocal
                | NextHop::Internet
                | NextHop::None,
                Field::Known(read),
            ) => (
                format!(
                    "{} has the address {} and leads to no appliance",
                    title(route),
                    read.value
                ),
                (read.span, "only with `VirtualAppliance`"),
                "remove `nextHopIpAddress`, or write `VirtualAppliance` as `nextHopType`",
            ),
            _ => continue,
        };
        remarks.push(on_route(facts.estate, route, place, message).help(help));
    }
    remarks
}
