//! `url-without-tls-inspection`: LINT-27, FW-062.

use super::firewalls::{has_protocol, rules};
use crate::{
    lint::{Check, Level, Lint, Remark, Whole},
    model::{ApplicationProtocolKind, Field},
};

pub(super) const LINT: Lint = Lint {
    id: "url-without-tls-inspection",
    summary: "URLs over https in a rule that does not look into TLS",
    page: include_str!("../../rules/lints/url-without-tls-inspection.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Estate(check),
};

fn check(facts: &Whole<'_>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for placed in rules(facts.estate) {
        let Some(rule) = placed.application() else { continue };
        let Some(url) = rule.urls.items.iter().find(|url| has_path(&url.value)) else { continue };
        let closed = match &rule.terminates_tls {
            Field::Known(read) => !read.value,
            Field::Missing => true,
            Field::Unknown(_) | Field::Invalid { .. } => false,
        };
        if closed && has_protocol(rule, ApplicationProtocolKind::Https, None) == Some(true) {
            let message = format!(
                "{} filters URLs over https and does not look into TLS: it never sees `{}`",
                placed.title(),
                url.value
            );
            let help =
                "set `terminateTLS` (Premium, with a certificate), or filter by `targetFqdns`";
            remarks.push(placed.remark(url.span, "hidden in TLS", message).help(help));
        }
    }
    remarks
}

/// Whether the URL asks for more than a host name, which is seen without looking into TLS.
fn has_path(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split_once('/').is_some_and(|(_, path)| !path.is_empty() && path != "*")
}
