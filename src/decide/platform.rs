//! Flows to the platform's own addresses, which groups do not filter unless a rule names the tag
//! of the service (NSG-060 to NSG-066).

use super::policy::NsgPolicy;
use crate::{
    model::{
        Access, Address, Addresses, Direction, Field, Form, PortValue, Ports, Protocol,
        SecurityRule,
    },
    tags::{Special, special},
    verdict::Verdict,
};
use std::net::{IpAddr, Ipv4Addr};

/// `WireServer`, DNS, DHCP and health probes.
pub const HOST: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);
/// The metadata service.
pub const METADATA: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);

/// The ports of the machine agent, never subject to groups (NSG-061).
const WIRE_SERVER: [u16; 3] = [80, 443, 32526];

/// What the platform does with a flow, whatever the other rules say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformAnswer {
    /// The verdict.
    pub verdict: Verdict,
    /// The place of the rule that names the service's tag, if one decides.
    pub entry: Option<usize>,
    /// Why, with the statement's number left to the pages.
    pub reason: &'static str,
}

const UNFILTERED: &str = "the platform's own addresses are outside the reach of groups unless a \
                          rule names the tag of the service";
const WIRE: &str = "the machine agent's traffic to 168.63.129.16 on ports 80, 443 and 32526 is \
                    never subject to groups";
const NAMED: &str = "a rule names the tag of the platform service";
const NARROW: &str = "what a rule on a platform tag does with ports or a protocol of its own is \
                      not documented";
const LICENSING: &str = "the platform lets licensing traffic through whatever the group says, \
                         unless a route sends 0.0.0.0/0 elsewhere, and the routes are not known";

impl NsgPolicy<'_> {
    /// The platform's answer about an outbound flow to one address, if it has one.
    pub fn platform(
        &self,
        destination: IpAddr,
        protocol: Protocol,
        port: Option<u16>,
    ) -> Option<PlatformAnswer> {
        let IpAddr::V4(destination) = destination else { return None };
        let tag = match destination {
            HOST => {
                let agent = protocol == Protocol::Tcp
                    && port.is_some_and(|port| WIRE_SERVER.contains(&port));
                if agent {
                    return Some(PlatformAnswer {
                        verdict: Verdict::Allowed,
                        entry: None,
                        reason: WIRE,
                    });
                }
                Special::AzurePlatformDns
            }
            METADATA => Special::AzurePlatformImds,
            _ => return None,
        };
        let named = self.named(tag, protocol, port);
        Some(named.unwrap_or(PlatformAnswer {
            verdict: Verdict::Allowed,
            entry: None,
            reason: UNFILTERED,
        }))
    }

    /// Whether a flow goes to Windows licensing, which the platform treats apart (NSG-064).
    pub fn licensing(&self, destination: IpAddr, protocol: Protocol, port: Option<u16>) -> bool {
        let hosts = Special::AzurePlatformLkm.fixed().unwrap_or_default();
        protocol == Protocol::Tcp
            && port == Some(1688)
            && hosts.iter().any(|&host| IpAddr::from(host) == destination)
    }

    /// What a stop means for licensing traffic: only a rule on its own tag stops it for sure.
    pub fn licensing_stopped(&self, entry: usize) -> PlatformAnswer {
        let entries = &self.way(Direction::Outbound).entries;
        let own = entries
            .get(entry)
            .and_then(|entry| entry.rule.written())
            .is_some_and(|rule| names(&rule.destination, Special::AzurePlatformLkm));
        if own {
            PlatformAnswer { verdict: Verdict::Blocked, entry: Some(entry), reason: NAMED }
        } else {
            PlatformAnswer { verdict: Verdict::Unknown, entry: Some(entry), reason: LICENSING }
        }
    }

    /// The first rule that names `tag` and may match decides.
    fn named(&self, tag: Special, protocol: Protocol, port: Option<u16>) -> Option<PlatformAnswer> {
        let entries = &self.way(Direction::Outbound).entries;
        entries.iter().enumerate().find_map(|(at, entry)| {
            let rule = entry.rule.written().filter(|rule| names(&rule.destination, tag))?;
            let fits = fit(rule, protocol, port)?;
            let verdict = match (entry.access, entry.why.is_none()) {
                (Some(Access::Allow), true) => Verdict::Allowed,
                (Some(Access::Deny), true) if fits == Fit::Whole => Verdict::Blocked,
                // NSG-062: narrower forms are unconfirmed.
                (Some(Access::Deny), true) if tag == Special::AzurePlatformImds => Verdict::Blocked,
                _ => Verdict::Unknown,
            };
            let reason = if verdict == Verdict::Unknown { NARROW } else { NAMED };
            Some(PlatformAnswer { verdict, entry: Some(at), reason })
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    /// Every protocol and port.
    Whole,
    /// Some of them, this flow's included as far as known.
    Narrow,
}

/// Whether one side names the special tag.
pub fn names(side: &Addresses, tag: Special) -> bool {
    side.items
        .iter()
        .any(|item| matches!(&item.value, Address::Tag(name) if special(name) == Some(tag)))
}

fn fit(rule: &SecurityRule, protocol: Protocol, port: Option<u16>) -> Option<Fit> {
    let whole = matches!(&rule.protocol, Field::Known(read) if read.value == Protocol::Any)
        && whole(&rule.destination_ports)
        && whole(&rule.source_ports);
    if whole {
        return Some(Fit::Whole);
    }
    let protocol_fits = rule
        .protocol
        .known()
        .is_none_or(|&mine| mine == Protocol::Any || protocol == Protocol::Any || mine == protocol);
    let port_fits = rule.destination_ports.form == Form::None
        || rule.destination_ports.items.iter().any(|item| match &item.value {
            PortValue::Any | PortValue::Unknown(_) | PortValue::Invalid { .. } => true,
            PortValue::Range(low, high) => port.is_none_or(|port| (*low..=*high).contains(&port)),
        });
    (protocol_fits && port_fits).then_some(Fit::Narrow)
}

fn whole(list: &Ports) -> bool {
    list.items
        .iter()
        .any(|item| matches!(item.value, PortValue::Any | PortValue::Range(0, u16::MAX)))
}
