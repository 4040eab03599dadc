//! `invalid-enum-value`: NSG-022, NSG-023.

use super::written::{property, rules, shown, title};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Field, SecurityRule},
};

pub(super) const LINT: Lint = Lint {
    id: "invalid-enum-value",
    summary: "an access, direction or protocol that does not exist",
    page: include_str!("../../rules/lints/invalid-enum-value.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    rules(facts)
        .filter(|rule| has_invalid(rule))
        .flat_map(|rule| {
            let access = remark(facts, rule, "access", &rule.access, access);
            let direction = remark(facts, rule, "direction", &rule.direction, direction);
            let protocol = remark(facts, rule, "protocol", &rule.protocol, protocol);
            [access, direction, protocol]
        })
        .flatten()
        .collect()
}

/// Nearly no rule has one, and three remarks that are none take time to carry around.
const fn has_invalid(rule: &SecurityRule) -> bool {
    matches!(rule.access, Field::Invalid { .. })
        || matches!(rule.direction, Field::Invalid { .. })
        || matches!(rule.protocol, Field::Invalid { .. })
}

fn remark<T>(
    facts: &Facts<'_>,
    rule: &SecurityRule,
    name: &'static str,
    field: &Field<T>,
    help: impl Fn(&str) -> &'static str,
) -> Option<Remark> {
    let Field::Invalid { text, span } = field else { return None };
    let name = property(facts, name);
    let message = format!("the `{name}` of {} is {}", title(rule), shown(text));
    let label = format!("no {}", name.to_ascii_lowercase());
    Some(Remark::about(rule, *span, label, message).help(help(&text.to_ascii_lowercase())))
}

fn access(text: &str) -> &'static str {
    match text {
        "accept" | "allowed" | "permit" | "pass" => "write `Allow`",
        "block" | "blocked" | "denied" | "deny all" | "drop" | "reject" => "write `Deny`",
        _ => "write `Allow` or `Deny`",
    }
}

fn direction(text: &str) -> &'static str {
    match text {
        "in" | "ingress" | "incoming" => "write `Inbound`",
        "out" | "egress" | "outgoing" => "write `Outbound`",
        _ => "write `Inbound` or `Outbound`",
    }
}

fn protocol(text: &str) -> &'static str {
    match text {
        "all" | "-1" => "write `*` for every protocol",
        "6" | "http" | "https" | "ssh" | "rdp" | "tls" => {
            "write `Tcp`, and the port in `destinationPortRange`"
        }
        "17" => "write `Udp`",
        "1" | "icmpv4" => "write `Icmp`",
        "50" => "write `Esp`",
        "51" => "write `Ah`",
        "icmpv6" => {
            "NSGs do not filter ICMPv6; write one of `Tcp`, `Udp`, `Icmp`, `Esp`, `Ah`, `*`"
        }
        _ => "write one of `Tcp`, `Udp`, `Icmp`, `Esp`, `Ah`, `*`",
    }
}
