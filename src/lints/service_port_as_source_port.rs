//! `service-port-as-source-port`: LINT-19, NSG-033.

use super::written::{property, rules, sides, title};
use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::{Access, Form, PortValue, Ports, Protocol, SecurityRule},
};

pub(super) const LINT: Lint = Lint {
    id: "service-port-as-source-port",
    summary: "the port of a service where the client's own port goes",
    page: include_str!("../../rules/lints/service-port-as-source-port.md"),
    level: Level::Warning,
    since: "0.1.0",
    check: Check::Nsg(check),
};

/// Services whose clients do come from a port of their own, or whose two ends use the same: FTP
/// data, DNS, DHCP, NTP, `NetBIOS`, SNMP traps, BGP, IKE, syslog, RIP, `DHCPv6`, and over 1023 L2TP,
/// GTP, BFD, NAT traversal of IKE, VXLAN, SIP, multicast DNS.
const BOTH_ENDS: [u16; 25] = [
    20, 53, 67, 68, 123, 137, 138, 161, 162, 179, 500, 514, 520, 546, 547, 1701, 2123, 2152, 3784,
    3785, 4500, 4784, 4789, 5060, 5353,
];

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    rules(facts).filter_map(|rule| remark(facts, rule)).collect()
}

fn remark(facts: &Facts<'_>, rule: &SecurityRule) -> Option<Remark> {
    if rule.access.known() != Some(&Access::Allow) {
        return None;
    }
    let is_udp = match rule.protocol.known()? {
        Protocol::Tcp | Protocol::Any => false,
        Protocol::Udp => true,
        Protocol::Icmp | Protocol::Esp | Protocol::Ah => return None,
    };
    let sources = single_ports(&rule.source_ports)?;
    let is_service = |port: &u16| {
        let same = is_destination(&rule.destination_ports, *port);
        // Over UDP, two machines that use one port for both ends are nothing odd.
        !BOTH_ENDS.contains(port)
            && if is_udp { *port < 1024 && !same } else { *port < 1024 || same }
    };
    if !sources.iter().all(is_service) {
        return None;
    }
    let ports: Vec<String> = sources.iter().map(ToString::to_string).collect();
    let (s, ports) = (if ports.len() == 1 { "" } else { "s" }, ports.join(", "));
    let message = format!("{} matches flows from source port{s} {ports} only", title(rule));
    let [one, destination] = sides(rule).map(|side| property(facts, side.names.port));
    let help = format!(
        "write `\"{one}\": \"*\"`; the port of the service goes into `{destination}`, and replies \
         need no rule"
    );
    let label = "clients come from ephemeral ports";
    Some(Remark::about(rule, rule.source_ports.span, label, message).help(help))
}

/// The ports, if each is one by itself and known.
fn single_ports(ports: &Ports) -> Option<Vec<u16>> {
    if ports.items.is_empty() || ports.form == Form::Several {
        return None;
    }
    let single = ports.items.iter().map(|item| match item.value {
        PortValue::Range(low, high) if low == high => Some(low),
        PortValue::Range(..)
        | PortValue::Any
        | PortValue::Unknown(_)
        | PortValue::Invalid { .. } => None,
    });
    single.collect()
}

fn is_destination(ports: &Ports, port: u16) -> bool {
    ports.items.iter().any(|item| item.value == PortValue::Range(port, port))
}
