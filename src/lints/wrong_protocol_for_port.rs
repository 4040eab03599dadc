//! `wrong-protocol-for-port`: LINT-45, NSG-007.

use super::written::{protocol, rules, title};
use crate::{
    lint::{Facts, Level, Lint, Remark},
    model::{Access, PortItem, PortValue, Protocol, SecurityRule},
};

pub(super) const LINT: Lint = Lint {
    id: "wrong-protocol-for-port",
    summary: "a well-known port on a protocol that its service does not use",
    page: include_str!("../../rules/lints/wrong-protocol-for-port.md"),
    level: Level::Off,
    since: "0.1.0",
    check,
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
    let mut remarks = Vec::new();
    for rule in rules(facts).filter(|rule| rule.access.known() == Some(&Access::Allow)) {
        let ports = rule.destination_ports.items.iter();
        remarks.extend(ports.filter_map(|port| remark(facts, rule, port)));
    }
    remarks
}

fn remark(facts: &Facts<'_>, rule: &SecurityRule, item: &PortItem) -> Option<Remark> {
    let given = *rule.protocol.known()?;
    let PortValue::Range(port, last) = item.value else { return None };
    let (_, right, service) = SERVICES.into_iter().find(|(known, ..)| *known == port)?;
    let other = matches!(given, Protocol::Tcp | Protocol::Udp) && given != right;
    if port != last || !other || is_allowed_elsewhere(facts, rule, port, right) {
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

/// Whether a rule of the same direction allows the port on the protocol that is missing here.
fn is_allowed_elsewhere(
    facts: &Facts<'_>,
    rule: &SecurityRule,
    port: u16,
    right: Protocol,
) -> bool {
    facts.rules().any(|other| {
        other.access.known() != Some(&Access::Deny)
            && other.direction.known() == rule.direction.known()
            && other.protocol.known().is_none_or(|&its| its == right || its == Protocol::Any)
            && other.destination_ports.items.iter().any(|item| match item.value {
                PortValue::Range(low, high) => (low..=high).contains(&port),
                PortValue::Any | PortValue::Unknown(_) => true,
                PortValue::Invalid { .. } => false,
            })
    })
}
