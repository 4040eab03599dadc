//! `wrong-protocol-for-port`: LINT-45, NSG-007.

use super::written::{protocol, rules, title};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Access, Direction, PortItem, PortValue, Protocol, SecurityRule},
    space::Ranges,
};
use std::cell::OnceCell;

pub(super) const LINT: Lint = Lint {
    id: "wrong-protocol-for-port",
    summary: "a well-known port on a protocol that its service does not use",
    page: include_str!("../../rules/lints/wrong-protocol-for-port.md"),
    level: Level::Off,
    since: "0.1.0",
    check: Check::Nsg(check),
};

/// Services that use one protocol, or nearly always do (DNS).
const SERVICES: [(u16, Protocol, &str); 27] = [
    (22, Protocol::Tcp, "SSH"),
    (25, Protocol::Tcp, "SMTP"),
    (53, Protocol::Udp, "DNS"),
    (67, Protocol::Udp, "DHCP"),
    (68, Protocol::Udp, "DHCP"),
    (69, Protocol::Udp, "TFTP"),
    (80, Protocol::Tcp, "HTTP"),
    (110, Protocol::Tcp, "POP3"),
    (123, Protocol::Udp, "NTP"),
    (143, Protocol::Tcp, "IMAP"),
    (161, Protocol::Udp, "SNMP"),
    (162, Protocol::Udp, "SNMP"),
    (445, Protocol::Tcp, "SMB"),
    (500, Protocol::Udp, "IKE"),
    (587, Protocol::Tcp, "SMTP"),
    (636, Protocol::Tcp, "LDAPS"),
    (1433, Protocol::Tcp, "SQL Server"),
    (1434, Protocol::Udp, "the SQL Server browser"),
    (1688, Protocol::Tcp, "KMS"),
    (1812, Protocol::Udp, "RADIUS"),
    (1813, Protocol::Udp, "RADIUS"),
    (3306, Protocol::Tcp, "MySQL"),
    (4500, Protocol::Udp, "IPsec"),
    (5432, Protocol::Tcp, "PostgreSQL"),
    (5671, Protocol::Tcp, "AMQP"),
    (5985, Protocol::Tcp, "WinRM"),
    (5986, Protocol::Tcp, "WinRM"),
];

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let allowed = OnceCell::new();
    let allowed = || allowed.get_or_init(|| allowed_ports(facts));
    let mut remarks = Vec::new();
    for rule in rules(facts).filter(|rule| rule.access.known() == Some(&Access::Allow)) {
        let ports = rule.destination_ports.items.iter();
        remarks.extend(ports.filter_map(|port| remark(allowed, rule, port)));
    }
    remarks
}

/// Ports by direction and protocol.
type Allowed = Vec<((Option<Direction>, Protocol), Ranges<u32>)>;

fn remark<'a>(
    allowed: impl Fn() -> &'a Allowed,
    rule: &SecurityRule,
    item: &PortItem,
) -> Option<Remark> {
    let given = *rule.protocol.known()?;
    let way = rule.direction.known().copied();
    let PortValue::Range(port, last) = item.value else { return None };
    let (_, right, service) = SERVICES.into_iter().find(|(known, ..)| *known == port)?;
    let other = matches!(given, Protocol::Tcp | Protocol::Udp) && given != right;
    if port != last || !other {
        return None;
    }
    let is_allowed = |(key, ports): &((Option<Direction>, Protocol), Ranges<u32>)| {
        *key == (way, right) && ports.contains(u32::from(port))
    };
    if allowed().iter().any(is_allowed) {
        return None;
    }
    let message = format!(
        "{} allows {}/{port}, and {service} uses {}",
        title(rule),
        protocol(given).to_lowercase(),
        protocol(right).to_lowercase()
    );
    let help = format!("write `\"protocol\": \"{}\"`, or `*` for both", protocol(right));
    Some(Remark::about(rule, item.span, "not the protocol of this port", message).help(help))
}

/// The ports that some rule allows, or may.
fn allowed_ports(facts: &Facts<'_>) -> Allowed {
    let ways = [None, Some(Direction::Inbound), Some(Direction::Outbound)];
    let keys = ways.into_iter().flat_map(|way| {
        [Protocol::Tcp, Protocol::Udp].into_iter().map(move |protocol| (way, protocol))
    });
    let ports = |(way, protocol): (Option<Direction>, Protocol)| {
        let is_wanted = |rule: &&SecurityRule| {
            rule.access.known() != Some(&Access::Deny)
                && rule.direction.known().copied() == way
                && rule.protocol.known().is_none_or(|&its| its == protocol || its == Protocol::Any)
        };
        let items = facts.rules().filter(is_wanted).flat_map(|rule| &rule.destination_ports.items);
        items
            .filter_map(|item| match item.value {
                PortValue::Range(low, high) => Some((u32::from(low), u32::from(high))),
                PortValue::Any | PortValue::Unknown(_) => Some((0, u32::from(u16::MAX))),
                PortValue::Invalid { .. } => None,
            })
            .collect()
    };
    keys.map(|key| (key, ports(key))).collect()
}
