//! `service-endpoint-past-firewall`: LINT-34, RT-004, RT-022.

use super::routing::{forced, on_subnet};
use crate::lint::{Check, Level, Lint, Remark, Whole};

pub(super) const LINT: Lint = Lint {
    id: "service-endpoint-past-firewall",
    summary: "a service endpoint leads past the appliance of the default route",
    page: include_str!("../../rules/lints/service-endpoint-past-firewall.md"),
    // Often on purpose (FW-078 knows both ways): worth knowing, no fault.
    level: Level::Note,
    since: "0.1.0",
    check: Check::Estate(check),
};

fn check(facts: &Whole<'_>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for subnet in &facts.estate.subnets {
        let Some(first) = subnet.endpoints.first() else { continue };
        let Some(route) = forced(facts.estate, subnet) else { continue };
        let services: Vec<String> =
            subnet.endpoints.iter().map(|service| format!("`{}`", service.value)).collect();
        let message = format!(
            "flows of `{}` to {} go past the appliance of its default route",
            subnet.name.value,
            services.join(", ")
        );
        let remark = on_subnet(subnet, first.span, "a way of its own", message);
        remarks.push(remark.also(route.span, "the default route").help(
            "where the appliance is to see them, turn the endpoint off here, and on at the appliance's subnet",
        ));
    }
    remarks
}
