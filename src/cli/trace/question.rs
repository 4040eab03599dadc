//! From the words of a flow to a question that a group can answer.

use crate::{
    decide::{Endpoint, FlowQuery, protocol_name},
    model::{Direction, Protocol},
    report::clean,
    tags::{Catalogue, Closeness, known_internal, special},
};
use ipnetwork::IpNetwork;
use serde::Serialize;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A flow as it was written, white space around the words gone. Empty and `*` are every value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Words<'t> {
    pub(super) source: &'t str,
    pub(super) source_port: &'t str,
    pub(super) destination: &'t str,
    pub(super) port: &'t str,
    pub(super) protocol: &'t str,
    pub(super) direction: &'t str,
}

/// What is wrong with a flow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::cli) enum Fault {
    #[error("`{0}` is no direction; write `inbound` or `outbound`")]
    Direction(String),
    #[error("`{0}` is no protocol; write tcp, udp, icmp, esp, ah or any")]
    Protocol(String),
    #[error("`{0}` is no port; write one number from 0 to 65535, or `*`")]
    Port(String),
    #[error("{0} has no ports; leave the port out")]
    Portless(&'static str),
    #[error("`{0}` is no address, prefix, service tag or host name")]
    Address(String),
    #[error("one end is IPv4 and the other IPv6; no such flow exists")]
    Families,
    #[error("`{tag}` is no tag of the service tag list; {hint}")]
    UnknownTag { tag: String, hint: String },
    #[error("it has not as many fields as the header: {found}, not {expected}")]
    Fields { found: usize, expected: usize },
    #[error("the field `{column}` is not UTF-8; save the file as UTF-8")]
    NotUtf8 { column: &'static str },
    #[error("{message}")]
    Record { message: String },
}

/// A flow in words that are checked; nothing stands for every value.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Flow {
    /// `inbound` or `outbound`.
    pub(super) direction: &'static str,
    /// An address, a prefix or a service tag.
    pub(super) source: Option<String>,
    /// The port it comes from.
    pub(super) source_port: Option<u16>,
    /// An address, a prefix, a service tag or a host name.
    pub(super) destination: Option<String>,
    /// The port it goes to.
    pub(super) port: Option<u16>,
    /// `Tcp`, …, or `Any`.
    pub(super) protocol: &'static str,
}

/// A flow, and the question about it.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) flow: Flow,
    pub(super) query: Query,
}

/// What a group can be asked.
#[derive(Debug)]
pub(super) enum Query {
    /// Addresses.
    Flow(FlowQuery),
    /// A host name, whose addresses no policy knows, and the rest of the flow.
    Host(String, FlowQuery),
}

/// One end as written.
enum End {
    Any,
    At(Endpoint),
    Host(String),
}

impl Question {
    /// The question about the flow written as `words`.
    pub(super) fn of(words: &Words<'_>, tags: &Catalogue) -> Result<Self, Fault> {
        let direction = direction(words.direction)?;
        let protocol = protocol(words.protocol)?;
        let source_port = port(words.source_port, protocol)?;
        let port = port(words.port, protocol)?;
        let (source, destination) = (end(words.source, tags)?, end(words.destination, tags)?);
        let text = |end: &End, text: &str| (!matches!(end, End::Any)).then(|| clean::line(text));
        let flow = Flow {
            direction: match direction {
                Direction::Inbound => "inbound",
                Direction::Outbound => "outbound",
            },
            source: text(&source, words.source),
            source_port,
            destination: text(&destination, words.destination),
            port,
            protocol: protocol_name(protocol),
        };
        let (ends, host) = match (source, destination) {
            (End::Host(host), _) => (either((End::Any, End::Any), direction)?, Some(host)),
            (source, End::Host(host)) => (either((source, End::Any), direction)?, Some(host)),
            ends => (either(ends, direction)?, None),
        };
        let (source, destination) = ends;
        let query = FlowQuery { direction, source, source_port, destination, port, protocol };
        let query = match host {
            Some(host) => Query::Host(host, query),
            None => Query::Flow(query),
        };
        Ok(Self { flow, query })
    }

    /// The tags that the question names.
    pub(super) fn tags(&self) -> impl Iterator<Item = &str> {
        let ends = match &self.query {
            Query::Flow(query) => vec![&query.source, &query.destination],
            Query::Host(..) => Vec::new(),
        };
        ends.into_iter().filter_map(|end| match end {
            Endpoint::Tag(tag) => Some(tag.as_str()),
            Endpoint::Address(_) | Endpoint::Network(_) | Endpoint::AnyPrivate => None,
        })
    }
}

impl Fault {
    /// The fault of what looks like a host and is surely a tag with slips on both sides of its dot.
    pub(super) fn of_host(host: &str, tags: &Catalogue) -> Option<Self> {
        let two = host.split('.').count() == 2;
        let sure = two && tags.near(host).iter().any(|one| one.closeness != Closeness::Weak);
        sure.then(|| Self::unknown_tag(host, tags))
    }

    /// The fault of a tag that no list has.
    pub(super) fn unknown_tag(tag: &str, tags: &Catalogue) -> Self {
        let near: Vec<String> =
            tags.near(tag).iter().map(|one| format!("`{}`", one.name)).collect();
        let hint = if near.is_empty() {
            "`egresslint tags` lists them".to_owned()
        } else {
            format!("did you mean {}?", near.join(" or "))
        };
        Self::UnknownTag { tag: clean::line(tag), hint }
    }
}

/// Whether the list, or Azure itself, has a tag of that name.
pub(super) fn is_tag(text: &str, tags: &Catalogue) -> bool {
    special(text).is_some() || known_internal(text).is_some() || tags.get(text).is_some()
}

/// The machine's own end is some private address where it is not said; the other end, any.
fn either(ends: (End, End), direction: Direction) -> Result<(Endpoint, Endpoint), Fault> {
    let (source, destination) = ends;
    let six = is_ipv6(&source).or(is_ipv6(&destination)).unwrap_or(false);
    if is_ipv6(&source).is_some_and(|it| it != six)
        || is_ipv6(&destination).is_some_and(|it| it != six)
    {
        return Err(Fault::Families);
    }
    let far = || {
        let address =
            if six { IpAddr::from(Ipv6Addr::UNSPECIFIED) } else { Ipv4Addr::UNSPECIFIED.into() };
        IpNetwork::new(address, 0).map_or(Endpoint::AnyPrivate, Endpoint::Network)
    };
    let fill = |end: End, own: bool| match end {
        End::At(endpoint) => endpoint,
        End::Any | End::Host(_) if own => Endpoint::AnyPrivate,
        End::Any | End::Host(_) => far(),
    };
    let outbound = direction == Direction::Outbound;
    Ok((fill(source, outbound), fill(destination, !outbound)))
}

fn is_ipv6(end: &End) -> Option<bool> {
    match end {
        End::At(Endpoint::Address(address)) => Some(address.is_ipv6()),
        End::At(Endpoint::Network(network)) => Some(network.is_ipv6()),
        End::At(Endpoint::Tag(_) | Endpoint::AnyPrivate) | End::Any | End::Host(_) => None,
    }
}

fn end(text: &str, tags: &Catalogue) -> Result<End, Fault> {
    if is_any(text) {
        return Ok(End::Any);
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(End::At(Endpoint::Address(address)));
    }
    if text.contains('/')
        && let Ok(network) = text.parse::<IpNetwork>()
    {
        return Ok(End::At(Endpoint::Network(network)));
    }
    if is_tag(text, tags) {
        return Ok(End::At(Endpoint::Tag(text.to_owned())));
    }
    if !is_name(text) {
        return Err(Fault::Address(cut(text)));
    }
    // `Storage.JapanEats` is a tag with a slip, `storage.example.com` a host.
    let base = text.rsplit_once('.').map_or(text, |(base, _)| base);
    let host = text.contains('.') && tags.get(base).is_none() && !is_slip(text, tags);
    Ok(if host { End::Host(text.to_owned()) } else { End::At(Endpoint::Tag(text.to_owned())) })
}

/// Two labels of which the second is a region are a tag with a slip in the first.
fn is_slip(text: &str, tags: &Catalogue) -> bool {
    let region = text.split_once('.').map(|(_, region)| region);
    region.is_some_and(|region| tags.tag_for_region("AzureCloud", region).is_some())
}

/// Whether the text could be a tag or a host name at all.
fn is_name(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'*');
    let numbers = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    text.len() <= 253 && text.bytes().all(fits) && !numbers
}

fn is_any(text: &str) -> bool {
    text.is_empty() || text == "*"
}

fn direction(text: &str) -> Result<Direction, Fault> {
    match text {
        "" => Ok(Direction::Outbound),
        _ if text.eq_ignore_ascii_case("outbound") => Ok(Direction::Outbound),
        _ if text.eq_ignore_ascii_case("inbound") => Ok(Direction::Inbound),
        _ => Err(Fault::Direction(cut(text))),
    }
}

fn protocol(text: &str) -> Result<Protocol, Fault> {
    let all =
        [Protocol::Tcp, Protocol::Udp, Protocol::Icmp, Protocol::Esp, Protocol::Ah, Protocol::Any];
    if is_any(text) {
        return Ok(Protocol::Any);
    }
    let named = |protocol: &Protocol| protocol_name(*protocol).eq_ignore_ascii_case(text);
    all.into_iter().find(named).ok_or_else(|| Fault::Protocol(cut(text)))
}

fn port(text: &str, protocol: Protocol) -> Result<Option<u16>, Fault> {
    if is_any(text) {
        return Ok(None);
    }
    // `parse` takes a sign, and Azure does not.
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let number = text.parse::<u16>().ok().filter(|_| digits);
    let number = number.ok_or_else(|| Fault::Port(cut(text)))?;
    match protocol {
        Protocol::Tcp | Protocol::Udp | Protocol::Any => Ok(Some(number)),
        // Logs write 0 where there is no port.
        Protocol::Icmp | Protocol::Esp | Protocol::Ah if number == 0 => Ok(None),
        Protocol::Icmp | Protocol::Esp | Protocol::Ah => {
            Err(Fault::Portless(protocol_name(protocol)))
        }
    }
}

/// A value fit for a message.
fn cut(text: &str) -> String {
    clean::line(&text.chars().take(80).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};

    fn query(source: &str, destination: &str, direction: &str) -> Result<Query, Fault> {
        let words = Words { source, destination, direction, ..Words::default() };
        Question::of(&words, Catalogue::embedded()).map(|question| question.query)
    }

    fn ends(source: &str, destination: &str, direction: &str) -> (Endpoint, Endpoint) {
        match query(source, destination, direction) {
            Ok(Query::Flow(query)) => (query.source, query.destination),
            other => panic!("{source} -> {destination}: {other:?}"),
        }
    }

    #[test]
    fn the_machines_own_end_is_private_and_the_other_is_any() {
        let all = |text: &str| Endpoint::Network(text.parse().unwrap());
        assert_eq!(ends("", "*", ""), (Endpoint::AnyPrivate, all("0.0.0.0/0")));
        assert_eq!(ends("*", "", "Inbound"), (all("0.0.0.0/0"), Endpoint::AnyPrivate));
        let own = Endpoint::Address("fd00::4".parse().unwrap());
        assert_eq!(ends("fd00::4", "", "outbound"), (own.clone(), all("::/0")));
        assert_eq!(ends("", "fd00::4", "inbound"), (all("::/0"), own));
        assert_eq!(query("::1", "10.0.0.1", "").unwrap_err(), Fault::Families);
    }

    #[test]
    fn tags_hosts_and_what_is_neither_are_told_apart() {
        for tag in ["storage", "Storage.Mars", "Storag.JapanEast", "Storage", "internet", "Nothing"]
        {
            assert_eq!(ends("", tag, "").1, Endpoint::Tag(tag.to_owned()));
        }
        for host in ["example.com", "storage.example.com", "*.blob.core.windows.net"] {
            assert!(
                matches!(query("", host, ""), Ok(Query::Host(name, _)) if name == host),
                "{host}"
            );
        }
        for neither in ["10.0.0.300", "10.0.0.0/33", "10.0.0.1-10.0.0.9", "a b", "http://x", "1"] {
            assert_eq!(query("", neither, "").unwrap_err(), Fault::Address(neither.to_owned()));
        }
    }

    fn field() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[0-9a-zA-Z.:*/-]{0,12}",
            Just("Storage.JapanEast".to_owned()),
            Just("tcp".to_owned()),
            Just("443".to_owned()),
            Just(String::new()),
        ]
    }

    proptest! {
        #[test]
        fn a_flow_as_it_is_told_asks_the_same_question(
            ends in (field(), field()),
            ports in (field(), field()),
            protocol in prop_oneof![field(), Just("ICMP".to_owned())],
            direction in prop_oneof![Just("inbound"), Just("OUTBOUND"), Just("")],
        ) {
            let words = Words {
                source: &ends.0,
                source_port: &ports.0,
                destination: &ends.1,
                port: &ports.1,
                protocol: &protocol,
                direction,
            };
            let tags = Catalogue::embedded();
            if let Ok(first) = Question::of(&words, tags) {
                let Flow { direction, source, source_port, destination, port, protocol } = &first.flow;
                let number = |port: &Option<u16>| port.map(|it| it.to_string()).unwrap_or_default();
                let (source_port, port) = (number(source_port), number(port));
                let words = Words {
                    source: source.as_deref().unwrap_or_default(),
                    source_port: &source_port,
                    destination: destination.as_deref().unwrap_or_default(),
                    port: &port,
                    protocol,
                    direction,
                };
                let again = Question::of(&words, tags).unwrap();
                assert_eq!(format!("{first:?}"), format!("{again:?}"));
            }
        }
    }
}
