//! `backup-without-companions`: LINT-04, TAG-008, TAG-010.

use super::evidence::{allowing_rule, home, row, stop};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    verdict::Verdict,
};

pub(super) const LINT: Lint = Lint {
    id: "backup-without-companions",
    summary: "Azure Backup is let through, and what it needs besides is not",
    page: include_str!("../../rules/lints/backup-without-companions.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let Some(rule) = allowing_rule(facts, "AzureBackup", 443) else { return Vec::new() };
    let storage = home(facts, "Storage");
    let needed = [storage.as_deref().unwrap_or("Storage"), "AzureActiveDirectory"];
    needed
        .into_iter()
        .filter_map(|tag| {
            let decision = facts.policy.service(tag, 443)?;
            let stop = stop(&decision)?;
            // Without a region, some region of Storage may be the right one.
            if tag == "Storage" && decision.verdict != Verdict::Blocked {
                return None;
            }
            let message = format!(
                "`AzureBackup` is let through on tcp/443 and `{tag}`, which backups need too, is \
                 blocked by {}",
                stop.by(facts)
            );
            let span = rule.destination.span;
            let remark = Remark::about(rule, span, "not enough by itself", message)
                .help(format!("add an outbound allow for `{tag}` on tcp/443 ahead of the deny"));
            let remark = Remark { judged: row(facts, tag, 443), ..remark };
            Some(stop.shown_in(remark, facts))
        })
        .collect()
}
