//! `fqdn-tag-without-https`: LINT-23, FW-067.

use super::firewalls::{has_protocol, rules};
use crate::{
    lint::{Check, Level, Lint, Remark, Whole},
    model::{ApplicationProtocolKind, FirewallAction},
};

pub(super) const LINT: Lint = Lint {
    id: "fqdn-tag-without-https",
    summary: "an FQDN tag in a rule without https on 443",
    page: include_str!("../../rules/lints/fqdn-tag-without-https.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Estate(check),
};

fn check(facts: &Whole<'_>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for placed in rules(facts.estate) {
        let Some(rule) = placed.application() else { continue };
        let Some(tag) = rule.fqdn_tags.items.first() else { continue };
        let https = has_protocol(rule, ApplicationProtocolKind::Https, Some(443));
        if placed.does(FirewallAction::Allow) && https == Some(false) {
            let message = format!(
                "{} allows the FQDN tag `{}` without https on port 443",
                placed.title(),
                tag.value
            );
            let help = "add the protocol `Https` with port 443: that is what the tags are for";
            remarks.push(placed.remark(tag.span, "needs https", message).help(help));
        }
    }
    remarks
}
