//! `next-hop-in-own-subnet`: LINT-61, RT-011.

use super::routing::{on_route, routes_of, title};
use crate::{
    lint::{Check, Level, Lint, Remark, Whole},
    model::NextHop,
};

pub(super) const LINT: Lint = Lint {
    id: "next-hop-in-own-subnet",
    summary: "a route to an appliance that stands in the subnet itself",
    page: include_str!("../../rules/lints/next-hop-in-own-subnet.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Estate(check),
};

fn check(facts: &Whole<'_>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for subnet in &facts.estate.subnets {
        for route in routes_of(facts.estate, subnet) {
            let Some(address) = route.next_hop_address.known() else { continue };
            let inside = subnet.prefixes.items.iter().any(|prefix| prefix.value.contains(*address));
            if inside && route.next_hop.known() == Some(&NextHop::VirtualAppliance) {
                let place =
                    (route.next_hop_address.span().unwrap_or(route.span), "in the subnet itself");
                let message = format!(
                    "{} of `{}` leads to {address}, which is in the same subnet: what the appliance sends comes back to it",
                    title(route),
                    subnet.name.value
                );
                let remark = on_route(facts.estate, route, place, message);
                remarks.push(
                    remark
                        .also(subnet.name.span, "the subnet")
                        .help("put the appliance into a subnet of its own, without this table"),
                );
            }
        }
    }
    remarks
}
