//! `firewall-without-internet-route`: LINT-64, RT-024.

use super::routing::{default_route, is_firewall_subnet, on_route, title};
use crate::{
    lint::{Check, Level, Lint, Remark, Whole},
    model::NextHop,
};

pub(super) const LINT: Lint = Lint {
    id: "firewall-without-internet-route",
    summary: "the firewall's own subnet sends the Internet elsewhere",
    page: include_str!("../../rules/lints/firewall-without-internet-route.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Estate(check),
};

fn check(facts: &Whole<'_>) -> Vec<Remark> {
    let estate = facts.estate;
    let mut remarks = Vec::new();
    for subnet in estate.subnets.iter().filter(|subnet| is_firewall_subnet(subnet)) {
        // With a management subnet the firewall is built for forced tunnelling.
        let managed = estate.subnets.iter().any(|other| {
            other.network == subnet.network
                && other.name.value.eq_ignore_ascii_case("AzureFirewallManagementSubnet")
        });
        let Some(route) = default_route(estate, subnet).filter(|_| !managed) else { continue };
        let elsewhere = route.next_hop.known().is_some_and(|hop| *hop != NextHop::Internet);
        if elsewhere {
            let place = (route.next_hop.span().unwrap_or(route.span), "not the Internet");
            let message = format!(
                "{} takes the firewall's own way to the Internet: it is on `{}`",
                title(route),
                subnet.name.value
            );
            remarks.push(on_route(estate, route, place, message).also(subnet.name.span, "the subnet").help(
                "send 0.0.0.0/0 to `Internet` here, or give the firewall a management subnet for forced tunnelling",
            ));
        }
    }
    remarks
}
