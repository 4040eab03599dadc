//! `missing-service-port`: LINT-11, NSG-030.

use super::evidence::{allowed_tags, lists_port, row, stop};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::SecurityRule,
    tags::Tag,
    verdict::Verdict,
};

pub(super) const LINT: Lint = Lint {
    id: "missing-service-port",
    summary: "a service is allowed on other ports than its own",
    page: include_str!("../../rules/lints/missing-service-port.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

/// Tags whose services answer on one port (section 2.2).
const PORTS: &[(&str, u16)] = &[
    ("AppConfiguration", 443),
    ("AzureActiveDirectory", 443),
    ("AzureBackup", 443),
    ("AzureContainerRegistry", 443),
    ("AzureCosmosDB", 443),
    ("AzureKeyVault", 443),
    ("AzureMonitor", 443),
    ("AzureResourceManager", 443),
    ("AzureSiteRecovery", 443),
    ("GuestAndHybridManagement", 443),
    ("MicrosoftContainerRegistry", 443),
    ("Sql", 1433),
    ("Storage", 443),
];

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let mut said: Vec<&str> = Vec::new();
    let mut remarks = Vec::new();
    for (rule, tag) in allowed_tags(facts) {
        if said.contains(&tag.name()) {
            continue;
        }
        said.push(tag.name());
        remarks.extend(missing(facts, rule, tag));
    }
    remarks
}

fn missing(facts: &Facts<'_>, rule: &SecurityRule, tag: Tag<'_>) -> Option<Remark> {
    let (_, port) = *PORTS.iter().find(|(base, _)| *base == tag.base())?;
    // One that lists the port and comes too late is another fault.
    let listed = allowed_tags(facts).any(|(rule, other)| other == tag && lists_port(rule, port));
    if listed {
        return None;
    }
    // Mostly it is not, and then no packet need be found that shows it.
    if facts.policy.service_verdict(tag.name(), port)? != Verdict::Blocked {
        return None;
    }
    let decision = facts.policy.service(tag.name(), port)?;
    let stop = stop(&decision)?;
    let name = tag.name();
    let message = format!(
        "`{}` allows `{name}` on other ports, and tcp/{port}, the port of the service, is blocked by {}",
        rule.name.value,
        stop.by(facts)
    );
    let remark =
        Remark::about(rule, rule.destination_ports.span, "without the service's port", message)
            .help(format!("add {port} to the ports of `{}`", rule.name.value));
    let remark = Remark { judged: row(facts, name, port), ..remark };
    Some(stop.shown_in(remark, facts))
}
