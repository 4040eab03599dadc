//! `missing-companion-tag`: LINT-33, TAG-010.

use super::evidence::{allowing_rule, row, stop};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    verdict::Verdict,
};

pub(super) const LINT: Lint = Lint {
    id: "missing-companion-tag",
    summary: "a service is let through, and one that it depends on is not",
    page: include_str!("../../rules/lints/missing-companion-tag.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

/// A tag, its port, the tag it needs besides, and the port there (TAG-010). Azure Backup has a lint
/// of its own; needs that hang on a feature are left out.
const NEEDS: &[(&str, u16, &str, u16)] = &[
    ("MicrosoftContainerRegistry", 443, "AzureFrontDoor.FirstParty", 443),
    ("AzureUpdateDelivery", 443, "AzureFrontDoor.FirstParty", 80),
    ("AzureOpenDatasets", 443, "AzureFrontDoor.Frontend", 443),
    ("AzureOpenDatasets", 443, "Storage", 443),
    ("AzureSiteRecovery", 443, "AzureActiveDirectory", 443),
    ("AzureSiteRecovery", 443, "AzureKeyVault", 443),
    ("AzureSiteRecovery", 443, "EventHub", 443),
    ("AzureSiteRecovery", 443, "GuestAndHybridManagement", 443),
    ("AzureSiteRecovery", 443, "Storage", 443),
    ("AzureKeyVault", 443, "AzureActiveDirectory", 443),
    ("AzureArcInfrastructure", 443, "AzureActiveDirectory", 443),
    ("AzureArcInfrastructure", 443, "AzureResourceManager", 443),
    ("AzureInformationProtection", 443, "AzureActiveDirectory", 443),
    ("AzureInformationProtection", 443, "AzureFrontDoor.Frontend", 443),
    ("AzureInformationProtection", 443, "AzureFrontDoor.FirstParty", 443),
    ("MicrosoftAzureFluidRelay", 443, "AzureFrontDoor.Frontend", 443),
    ("M365ManagementActivityApi", 443, "AzureActiveDirectory", 443),
];

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    NEEDS.iter().filter_map(|&(tag, port, other, there)| {
        let rule = allowing_rule(facts, tag, port)?;
        // A part of it may be the part that is needed.
        if facts.policy.service_verdict(other, there)? != Verdict::Blocked {
            return None;
        }
        let decision = facts.policy.service(other, there)?;
        let stop = stop(&decision)?;
        let message = format!(
            "`{tag}` is let through and `{other}` on tcp/{there}, which it needs too, is blocked by {}",
            stop.by(facts)
        );
        let remark = Remark::about(rule, rule.destination.span, "not enough by itself", message)
            .help(format!("add an outbound allow for `{other}` on tcp/{there} ahead of the deny"));
        let remark = Remark { judged: row(facts, other, there), ..remark };
        Some(stop.shown_in(remark, facts))
    })
    .collect()
}
