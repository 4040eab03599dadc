//! Lists and single values of firewall rules: what is unknown, and what Azure does not take, stays
//! so, one by one.

use crate::load::addresses::address;
use crate::load::lists::words;
use crate::load::ports::port;
use crate::load::scalar::{
    CUT_OFF, Scalar, Style, excerpt, field, name, named, placed, unknown, wrong_type,
};
use crate::model::names::normal;
use crate::model::{
    Address, AddressFault, ApplicationProtocol, ApplicationProtocolKind, Ends, Fault, Field,
    FirewallAddress, FirewallAddressItem, FirewallPorts, FirewallProtocol, IpGroupRef, PortFault,
    PortItem, PortValue, Protocols, Read, Shape, Texts, Unknown, ends,
};
use crate::source::{Span, Spanned};
use crate::template::{Reading, Value};
use std::borrow::Cow;

/// One element of a list.
pub(super) enum Element<'d> {
    Text(Cow<'d, str>),
    Unknown(Box<str>),
    /// Of a type that Azure doesn't take.
    Wrong(Box<str>),
}

/// The properties of one side of a rule: addresses, IP groups, and what holds nobody knows what.
pub(super) type Side = (&'static str, &'static str, [&'static str; 2]);

/// Reads values, and takes down what is wrong with them.
pub(super) struct Values<'f> {
    pub(super) style: Style,
    pub(super) faults: &'f mut Vec<Fault>,
}

impl Values<'_> {
    /// Goes through a list of single values; gives why there may be others.
    pub(super) fn each(
        &mut self,
        list: Option<&Reading<'_>>,
        property: &'static str,
        mut each: impl FnMut(Element<'_>, &Reading<'_>, Span),
    ) -> Option<Unknown> {
        let reading = list?;
        if reading.is_array() {
            for item in reading.items() {
                let (said, span) = placed(&item, self.style);
                match said {
                    Scalar::Missing => {}
                    Scalar::Text(text) => each(Element::Text(text), &item, span),
                    Scalar::Unknown(reason) => each(Element::Unknown(reason), &item, span),
                    Scalar::Other(found) => {
                        self.faults.push(wrong_type(property, "a string", found, span));
                        each(Element::Wrong(excerpt(&item)), &item, span);
                    }
                }
            }
            return None;
        }
        let (said, span) = placed(reading, self.style);
        match said {
            Scalar::Missing => {}
            Scalar::Unknown(reason) => return Some(unknown(span, reason)),
            // One element, or many, of what was too deep to be a list (JS-031).
            Scalar::Text(text) if self.style.shape == Shape::PowerShell => {
                words(reading, &text, |word, span| {
                    each(Element::Text(Cow::Borrowed(word)), reading, span);
                });
            }
            Scalar::Text(text) => {
                let found = reading.value().describe();
                self.faults.push(wrong_type(property, "an array", found, span));
                each(Element::Text(text), reading, span);
            }
            Scalar::Other(found) => {
                self.faults.push(wrong_type(property, "an array", found, span));
                each(Element::Wrong(excerpt(reading)), reading, span);
            }
        }
        None
    }

    /// Goes through a list of objects; gives why there may be others.
    pub(super) fn objects(
        &mut self,
        list: Option<&Reading<'_>>,
        property: &'static str,
        mut each: impl FnMut(&Reading<'_>, &mut Vec<Fault>),
    ) -> Option<Unknown> {
        let list = list?;
        let span = list.span();
        match list.value() {
            Value::Array(_) => {}
            Value::Null => return None,
            Value::Unknown(reason) => return Some(unknown(span, reason.reason.to_string())),
            other => return self.no_object(&other, (property, "an array"), span),
        }
        let mut unread = None;
        for item in list.items() {
            let why = match item.value() {
                Value::Object(_) => {
                    each(&item, self.faults);
                    continue;
                }
                Value::Unknown(reason) => Some(unknown(item.span(), reason.reason.to_string())),
                other => self.no_object(&other, (property, "an object"), item.span()),
            };
            unread = unread.or(why);
        }
        unread
    }

    /// Something that stands where an object or a list should.
    fn no_object(
        &mut self,
        found: &Value<'_>,
        (property, expected): (&str, &'static str),
        span: Span,
    ) -> Option<Unknown> {
        let reason = match found {
            Value::Text(text) if text.text.is_empty() && text.unknown.is_none() => return None,
            Value::Text(text) if let Some(unknown) = &text.unknown => unknown.reason.to_string(),
            Value::Text(_) if self.style.shape == Shape::PowerShell => CUT_OFF.to_owned(),
            other => {
                let found = other.describe();
                self.faults.push(wrong_type(property, expected, found, span));
                format!("`{property}` holds {found}")
            }
        };
        Some(unknown(span, reason))
    }

    /// A text that has one of a few values.
    pub(super) fn word<T>(
        &mut self,
        reading: Option<&Reading<'_>>,
        property: &'static str,
        parse: impl Fn(&str) -> Option<(T, bool)>,
    ) -> Field<T> {
        field(reading, self.style, (property, "a string"), self.faults, parse)
    }

    pub(super) fn number(
        &mut self,
        reading: Option<&Reading<'_>>,
        property: &'static str,
    ) -> Field<i64> {
        let parse = |text: &str| Some((text.parse().ok()?, true));
        field(reading, self.style, (property, "a number"), self.faults, parse)
    }

    /// One side of a rule (FW-035).
    pub(super) fn ends(&mut self, rule: &Reading<'_>, (own, groups, opaque): Side) -> Ends {
        let mut side = Ends {
            addresses: Vec::new(),
            ip_groups: Vec::new(),
            opaque: Vec::new(),
            unread: None,
            span: rule.span(),
        };
        let list = rule.get(own);
        side.unread = self.addresses(list.as_ref(), own, &mut side.addresses);
        let group_list = rule.get(groups);
        let why = self.ip_groups(group_list.as_ref(), groups, &mut side.ip_groups);
        side.unread = side.unread.or(why);
        let style = self.style;
        for property in opaque {
            let Some(list) = rule.get(property) else { continue };
            let why = self.each(Some(&list), property, |element, item, span| {
                let text = match element {
                    Element::Text(text) => text.into_owned(),
                    Element::Unknown(_) | Element::Wrong(_) => {
                        name(item, style).map_or_else(String::new, |text| text.value)
                    }
                };
                side.opaque.push(Spanned::new(text, span));
            });
            side.unread = side.unread.or(why);
        }
        let is_filled = |list: &Reading<'_>| matches!(list.value(), Value::Array(items) if items.items().next().is_some());
        let lists = || [&list, &group_list].into_iter().flatten();
        let place = lists().find(|list| is_filled(list)).or_else(|| lists().next());
        side.span = place.map_or(side.span, Reading::span);
        side
    }

    /// FW-033
    pub(super) fn addresses(
        &mut self,
        list: Option<&Reading<'_>>,
        property: &'static str,
        to: &mut Vec<FirewallAddressItem>,
    ) -> Option<Unknown> {
        self.each(list, property, |element, _, span| {
            let value = match element {
                Element::Text(text) => firewall_address(&text),
                Element::Unknown(reason) => FirewallAddress::Unknown(reason),
                Element::Wrong(text) => {
                    FirewallAddress::Invalid { text, fault: AddressFault::NotAnAddress }
                }
            };
            to.push(FirewallAddressItem { value, span });
        })
    }

    fn ip_groups(
        &mut self,
        list: Option<&Reading<'_>>,
        property: &'static str,
        to: &mut Vec<IpGroupRef>,
    ) -> Option<Unknown> {
        let style = self.style;
        self.each(list, property, |element, item, span| {
            let group = match element {
                Element::Text(text) => IpGroupRef::To(Spanned::new(normal(&text), span)),
                // An id of which parts are known may well be told from others.
                Element::Unknown(reason) => match name(item, style) {
                    Some(id) if matches!(item.value(), Value::Text(_)) => {
                        IpGroupRef::To(Spanned::new(normal(&id.value), span))
                    }
                    _ => IpGroupRef::Unknown(unknown(span, reason)),
                },
                Element::Wrong(text) => {
                    IpGroupRef::Unknown(unknown(span, format!("`{text}` is no id")))
                }
            };
            to.push(group);
        })
    }

    pub(super) fn texts(&mut self, list: Option<&Reading<'_>>, property: &'static str) -> Texts {
        let mut texts = Texts::default();
        let why = self.each(list, property, |element, _, span| match element {
            Element::Text(text) => texts.items.push(Spanned::new(text.into_owned(), span)),
            Element::Unknown(reason) => texts.unknown.push(unknown(span, reason)),
            Element::Wrong(text) => {
                texts.unknown.push(unknown(span, format!("`{text}` is no text")));
            }
        });
        texts.unknown.extend(why);
        texts
    }

    /// FW-031; PowerShell and classic firewalls have another name for the property.
    pub(super) fn protocols(&mut self, rule: &Reading<'_>) -> Protocols {
        let (list, property) = match rule.get("ipProtocols") {
            Some(list) => (Some(list), "ipProtocols"),
            None => (rule.get("protocols"), "protocols"),
        };
        let mut protocols = Protocols::default();
        protocols.unread = self.each(list.as_ref(), property, |element, _, span| {
            protocols.items.push(match element {
                Element::Text(text) => match protocol(&text) {
                    Some((value, usual)) => {
                        let spelt = (!usual).then(|| Box::from(text.as_ref()));
                        Field::Known(Read { value, span, spelt })
                    }
                    None => Field::Invalid { text: text.into(), span },
                },
                Element::Unknown(reason) => Field::Unknown(unknown(span, reason)),
                Element::Wrong(text) => Field::Invalid { text, span },
            });
        });
        protocols
    }

    /// FW-037
    pub(super) fn ports(&mut self, rule: &Reading<'_>) -> FirewallPorts {
        let property = "destinationPorts";
        let list = rule.get(property);
        let mut items = Vec::new();
        let unread = self.each(list.as_ref(), property, |element, _, span| {
            let value = match element {
                Element::Text(text) => port(&text),
                Element::Unknown(reason) => PortValue::Unknown(reason),
                Element::Wrong(text) => PortValue::Invalid { text, fault: PortFault::NotAPort },
            };
            items.push(PortItem { value, span });
        });
        FirewallPorts { items, unread, span: list.map_or_else(|| rule.span(), |list| list.span()) }
    }

    /// FW-052, FW-053
    pub(super) fn application_protocols(
        &mut self,
        rule: &Reading<'_>,
    ) -> (Vec<ApplicationProtocol>, Option<Unknown>) {
        let style = self.style;
        let mut all = Vec::new();
        let unread = self.objects(rule.get("protocols").as_ref(), "protocols", |item, faults| {
            let mut values = Values { style, faults };
            let kind = item.get("protocolType");
            let kind = values.word(kind.as_ref(), "protocolType", application_protocol);
            let port = values.number(item.get("port").as_ref(), "port");
            all.push(ApplicationProtocol { kind, port, span: item.span() });
        });
        (all, unread)
    }
}

/// What one address text says (FW-033); what an NSG takes for no address may be a range here.
pub(super) fn firewall_address(text: &str) -> FirewallAddress {
    match address(text) {
        Address::Any => FirewallAddress::Any,
        Address::Network(network) => FirewallAddress::Network(network),
        Address::Tag(tag) => FirewallAddress::Tag(tag),
        Address::Unknown(reason) => FirewallAddress::Unknown(reason),
        Address::Invalid { text, fault: AddressFault::Range } => match ends(&text) {
            Some((low, high)) if low.is_ipv4() == high.is_ipv4() => {
                FirewallAddress::Range(low, high)
            }
            _ => FirewallAddress::Invalid { text, fault: AddressFault::NotAnAddress },
        },
        Address::Invalid { text, fault } => FirewallAddress::Invalid { text, fault },
    }
}

/// FW-031
fn protocol(text: &str) -> Option<(FirewallProtocol, bool)> {
    named(
        text,
        [
            ("TCP", FirewallProtocol::Tcp),
            ("UDP", FirewallProtocol::Udp),
            ("Any", FirewallProtocol::Any),
            ("ICMP", FirewallProtocol::Icmp),
        ],
    )
}

/// FW-052
fn application_protocol(text: &str) -> Option<(ApplicationProtocolKind, bool)> {
    named(
        text,
        [
            ("Http", ApplicationProtocolKind::Http),
            ("Https", ApplicationProtocolKind::Https),
            ("Mssql", ApplicationProtocolKind::Mssql),
        ],
    )
}
