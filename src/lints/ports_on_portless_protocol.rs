//! `ports-on-portless-protocol`: LINT-55, NSG-027.

use super::written::{property, protocol, rules, sides, title};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{PortValue, Ports, Protocol, SecurityRule},
};

pub(super) const LINT: Lint = Lint {
    id: "ports-on-portless-protocol",
    summary: "ports in a rule on a protocol that has none",
    page: include_str!("../../rules/lints/ports-on-portless-protocol.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    rules(facts).filter_map(|rule| remark(facts, rule)).collect()
}

fn remark(facts: &Facts<'_>, rule: &SecurityRule) -> Option<Remark> {
    let portless = match *rule.protocol.known()? {
        portless @ (Protocol::Icmp | Protocol::Esp | Protocol::Ah) => protocol(portless),
        Protocol::Any | Protocol::Tcp | Protocol::Udp => return None,
    };
    let side = sides(rule).into_iter().find(|side| is_narrow(side.ports))?;
    let name = property(facts, side.names.port);
    let message = format!("{} asks for ports of {portless}, which has none", title(rule));
    let help = format!(
        "write `\"{name}\": \"*\"` if {portless} is meant, or `Tcp` or `Udp` as protocol if the \
         ports are"
    );
    Some(Remark::about(rule, side.ports.span, "ports of a protocol without", message).help(help))
}

/// Whether the list surely leaves ports out.
fn is_narrow(ports: &Ports) -> bool {
    !ports.items.is_empty()
        && ports.items.iter().all(|item| match item.value {
            PortValue::Range(low, high) => (low, high) != (0, u16::MAX),
            PortValue::Any | PortValue::Unknown(_) | PortValue::Invalid { .. } => false,
        })
}
