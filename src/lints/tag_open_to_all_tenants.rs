//! `tag-open-to-all-tenants`: LINT-32, NSG-058.

use super::evidence::{destination_tags, outbound_allows};
use crate::lint::{Check, Facts, Level, Lint, Remark};

pub(super) const LINT: Lint = Lint {
    id: "tag-open-to-all-tenants",
    summary: "an allow for a tag that holds resources of every customer",
    page: include_str!("../../rules/lints/tag-open-to-all-tenants.md"),
    level: Level::Off,
    since: "0.1.0",
    check: Check::Nsg(check),
};

/// Tags behind which anybody can put a resource that takes uploads.
const OPEN: [&str; 8] = [
    "AppService",
    "AzureCloud",
    "AzureCosmosDB",
    "AzureFrontDoor.Frontend",
    "EventHub",
    "ServiceBus",
    "Sql",
    "Storage",
];

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    outbound_allows(facts)
        .filter_map(|rule| {
            let tags = destination_tags(facts, rule);
            let tag = tags.iter().find(|tag| OPEN.contains(&tag.base()))?;
            let (name, tag) = (&rule.name.value, tag.name());
            let message = format!("`{name}` lets data out to resources of any customer in `{tag}`");
            let span = rule.destination.span;
            Some(Remark::about(rule, span, "every tenant's resources", message).help(
                "use private endpoints, or service endpoints with a policy, for resources of your own",
            ))
        })
        .collect()
}
