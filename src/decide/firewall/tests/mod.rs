//! Firewalls made by hand, asked about single flows: the examples of azure-semantics part 3.

mod cases;
mod oracle;
mod order;
mod required;

use super::{FirewallView, HostNames, Subject};
use crate::{
    model::{
        ApplicationProtocol, ApplicationProtocolKind, ApplicationRule, CollectionKind, Ends,
        Estate, Field, Firewall, FirewallAction, FirewallAddress, FirewallAddressItem,
        FirewallPolicy, FirewallPorts, FirewallProtocol, FirewallRule, FirewallSettings, IpGroup,
        IpGroupRef, NetworkRule, PortItem, PortValue, Protocols, Read, Reference, RuleBody,
        RuleCollection, RuleCollectionGroup, Texts, ThreatMode, Tier, Unknown,
    },
    source::{FileId, Span, Spanned},
    space::{Cube, Ranges},
    tags::Catalogue,
    verdict::Verdict,
};
use std::{net::Ipv4Addr, sync::Arc};

pub(super) const HERE: Span = Span { file: FileId(0), start: 0, end: 1 };
const ROOT: &str = "/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/rg/providers/microsoft.network";

pub(super) fn at<T>(value: T) -> Spanned<T> {
    Spanned::new(value, HERE)
}

pub(super) fn known<T>(value: T) -> Field<T> {
    Field::Known(Read { value, span: HERE, spelt: None })
}

pub(super) fn unknown(reason: &str) -> Unknown {
    Unknown { span: HERE, reason: reason.into() }
}

pub(super) fn id(kind: &str, name: &str) -> String {
    format!("{ROOT}/{kind}/{name}")
}

pub(super) fn settings() -> FirewallSettings {
    FirewallSettings {
        tier: known(Tier::Standard),
        threat_intelligence: known(ThreatMode::Alert),
        dns_proxy: Field::Missing,
        intrusion_detection: Field::Missing,
        tls_inspection: Field::Missing,
        sql_redirect: Field::Missing,
        explicit_proxy: Field::Missing,
        explicit_http_port: Field::Missing,
        explicit_https_port: Field::Missing,
        private_ranges: Vec::new(),
    }
}

fn address(text: &str) -> FirewallAddressItem {
    let value = if text == "*" {
        FirewallAddress::Any
    } else if let Some(reason) = text.strip_prefix('?') {
        FirewallAddress::Unknown(reason.into())
    } else if let Ok(network) = text.parse() {
        FirewallAddress::Network(network)
    } else if let Some((low, high)) = text.split_once('-') {
        FirewallAddress::Range(low.parse().unwrap(), high.parse().unwrap())
    } else {
        FirewallAddress::Tag(text.into())
    };
    FirewallAddressItem { value, span: HERE }
}

/// Addresses, tags and `group:NAME`, separated by blanks; nothing for `-`.
pub(super) fn ends(text: &str) -> Ends {
    let mut ends = Ends {
        addresses: Vec::new(),
        ip_groups: Vec::new(),
        opaque: Vec::new(),
        unread: None,
        span: HERE,
    };
    for word in text.split_whitespace().filter(|word| *word != "-") {
        match word.split_once(':') {
            Some(("group", name)) => ends.ip_groups.push(IpGroupRef::To(at(id("ipgroups", name)))),
            Some(("geo", name)) => ends.opaque.push(at(name.to_owned())),
            _ => ends.addresses.push(address(word)),
        }
    }
    ends
}

fn texts(text: &str) -> Texts {
    let items = text.split_whitespace().map(|word| at(word.to_owned())).collect();
    Texts { items, unknown: Vec::new() }
}

fn ports(text: &str) -> FirewallPorts {
    let item = |word: &str| {
        let value = match word.split_once('-') {
            _ if word == "*" => PortValue::Any,
            Some((low, high)) => PortValue::Range(low.parse().unwrap(), high.parse().unwrap()),
            None => word.parse().map(|port| PortValue::Range(port, port)).unwrap(),
        };
        PortItem { value, span: HERE }
    };
    let items = text.split_whitespace().map(item).collect();
    FirewallPorts { items, unread: None, span: HERE }
}

fn rule(name: &str, source: &str, body: RuleBody) -> FirewallRule {
    FirewallRule {
        name: at(name.to_owned()),
        span: HERE,
        iteration: None,
        source: ends(source),
        body,
        faults: Vec::new(),
    }
}

/// `name | sources | destinations | ports | protocols | names`
pub(super) fn net(text: &str) -> FirewallRule {
    let mut words = text.split('|').map(str::trim);
    let mut next = || words.next().unwrap_or_default();
    let (name, source, destination, port) = (next(), next(), next(), next());
    let protocols = next().split_whitespace().map(|word| {
        known(match word {
            "any" => FirewallProtocol::Any,
            "tcp" => FirewallProtocol::Tcp,
            "udp" => FirewallProtocol::Udp,
            "icmp" => FirewallProtocol::Icmp,
            other => panic!("{other}"),
        })
    });
    let body = NetworkRule {
        protocols: Protocols { items: protocols.collect(), unread: None },
        destination: ends(destination),
        fqdns: Texts::default(),
        ports: ports(port),
    };
    let body = RuleBody::Network(NetworkRule { fqdns: texts(next()), ..body });
    rule(name, source, body)
}

/// `name | sources | protocols (Https:443) | hosts | tags | URLs | categories | destinations`
pub(super) fn app(text: &str) -> FirewallRule {
    let mut words = text.split('|').map(str::trim);
    let mut next = || words.next().unwrap_or_default();
    let (name, source) = (next(), next());
    let protocols = next().split_whitespace().map(|word| {
        let (kind, port) = word.split_once(':').unwrap();
        let kind = match kind {
            "Http" => ApplicationProtocolKind::Http,
            "Https" => ApplicationProtocolKind::Https,
            "Mssql" => ApplicationProtocolKind::Mssql,
            other => panic!("{other}"),
        };
        ApplicationProtocol { kind: known(kind), port: known(port.parse().unwrap()), span: HERE }
    });
    let body = ApplicationRule {
        protocols: protocols.collect(),
        protocols_unread: None,
        fqdns: texts(next()),
        fqdn_tags: texts(next()),
        urls: texts(next()),
        web_categories: texts(next()),
        destination: ends(next()),
        terminates_tls: Field::Missing,
    };
    rule(name, source, RuleBody::Application(body))
}

pub(super) fn collection(
    name: &str,
    priority: i64,
    action: FirewallAction,
    rules: Vec<FirewallRule>,
) -> RuleCollection {
    let kind =
        if action == FirewallAction::Dnat { CollectionKind::Nat } else { CollectionKind::Filter };
    RuleCollection {
        name: at(name.to_owned()),
        span: HERE,
        kind: known(kind),
        priority: known(priority),
        action: known(action),
        rules,
        unread: None,
        condition: None,
        faults: Vec::new(),
    }
}

pub(super) fn allow(priority: i64, rules: Vec<FirewallRule>) -> RuleCollection {
    collection(&format!("allow-{priority}"), priority, FirewallAction::Allow, rules)
}

pub(super) fn deny(priority: i64, rules: Vec<FirewallRule>) -> RuleCollection {
    collection(&format!("deny-{priority}"), priority, FirewallAction::Deny, rules)
}

pub(super) fn group(
    policy: &str,
    name: &str,
    priority: i64,
    collections: Vec<RuleCollection>,
) -> RuleCollectionGroup {
    let home = id("firewallpolicies", policy);
    RuleCollectionGroup {
        name: at(name.to_owned()),
        id: format!("{home}/rulecollectiongroups/{name}").into(),
        policy: home.into(),
        span: HERE,
        priority: known(priority),
        collections,
        unread: None,
        condition: None,
        faults: Vec::new(),
    }
}

pub(super) fn policy(name: &str, base: Option<&str>) -> FirewallPolicy {
    let base = base.map(|base| Reference::To(at(id("firewallpolicies", base))));
    FirewallPolicy {
        name: at(name.to_owned()),
        id: id("firewallpolicies", name).into(),
        span: HERE,
        base: base.unwrap_or_default(),
        settings: settings(),
        listed_groups: Vec::new(),
        unread: None,
        condition: None,
        faults: Vec::new(),
    }
}

pub(super) fn firewall(policy: Option<&str>, collections: Vec<RuleCollection>) -> Firewall {
    let policy = policy.map(|name| Reference::To(at(id("firewallpolicies", name))));
    Firewall {
        name: at("fw".to_owned()),
        id: id("azurefirewalls", "fw").into(),
        span: HERE,
        policy: policy.unwrap_or_default(),
        collections,
        unread: None,
        settings: settings(),
        addresses: vec![at("10.10.0.4".parse().unwrap())],
        subnets: Vec::new(),
        hub: Reference::None,
        condition: None,
        faults: Vec::new(),
    }
}

pub(super) fn ip_group(name: &str, addresses: &str) -> IpGroup {
    IpGroup {
        name: at(name.to_owned()),
        id: id("ipgroups", name).into(),
        span: HERE,
        addresses: addresses.split_whitespace().map(address).collect(),
        unread: None,
        condition: None,
        faults: Vec::new(),
    }
}

/// One policy with one group of collections, and a firewall that uses it.
pub(super) fn estate(collections: Vec<RuleCollection>) -> Estate {
    Estate {
        firewalls: vec![firewall(Some("p"), Vec::new())],
        policies: vec![policy("p", None)],
        rule_collection_groups: vec![group("p", "g", 200, collections)],
        ip_groups: vec![
            ip_group("spoke", "10.20.0.0/16 10.30.0.4-10.30.0.9"),
            ip_group("empty", ""),
        ],
        ..Estate::default()
    }
}

pub(super) fn view(estate: &Estate) -> FirewallView<'_> {
    FirewallView::new(Subject::Firewall(&estate.firewalls[0]), estate, Catalogue::embedded(), false)
}

/// `tcp 10.20.1.4 -> 13.69.40.20:443 host`
pub(super) fn ask(estate: &Estate, text: &str) -> (Verdict, Vec<String>) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [protocol, source, "->", target, host @ ..] = words.as_slice() else { panic!("{text}") };
    let (address, port) = target.rsplit_once(':').unwrap_or((target, "0"));
    let number = |text: &str| u32::from(text.parse::<Ipv4Addr>().unwrap());
    let single = |value: u32| Arc::new(Ranges::single(value));
    let protocol = match *protocol {
        "tcp" => 6,
        "udp" => 17,
        "icmp" => 1,
        "esp" => 50,
        other => panic!("{other}"),
    };
    let flows = Cube::new([
        single(number(source)),
        single(50_000),
        single(number(address)),
        single(port.parse().unwrap()),
        single(protocol),
    ]);
    let names = match host {
        [host] => HostNames::of(&[(*host).to_owned()]).unwrap(),
        _ => HostNames::unknown(),
    };
    let view = view(estate);
    let parts = view.parts(&flows, &names).unwrap();
    let [part] = parts.as_slice() else { panic!("{parts:?}") };
    let entries = part.entries.iter().map(|&at| view.entries[at].name().to_owned());
    (part.verdict, entries.collect())
}

#[track_caller]
pub(super) fn check(estate: &Estate, flow: &str, verdict: Verdict, by: &str) {
    let (found, entries) = ask(estate, flow);
    assert_eq!(found, verdict, "{flow}: {entries:?}");
    if !by.is_empty() {
        assert_eq!(entries.last().map(String::as_str), Some(by), "{flow}: {entries:?}");
    }
}
