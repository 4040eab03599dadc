//! Resources without their places: what two files say of one resource is the same, wherever it
//! stands in them.

use super::{
    firewall::{
        ApplicationProtocol, ApplicationRule, Ends, Firewall, FirewallAddressItem, FirewallPolicy,
        FirewallPorts, FirewallRule, FirewallSettings, IpGroup, IpGroupRef, NatRule, NetworkRule,
        Protocols, RuleBody, RuleCollection, RuleCollectionGroup, Texts,
    },
    network::Reference,
    route::{Route, RouteTable},
    rule::Condition,
    values::{Fault, FaultKind, Field, PortItem, Unknown},
};
use crate::source::{FileId, Span, Spanned};

/// Something that holds places.
pub trait Unplaced {
    /// Forgets all of them, and how usual words were spelt.
    fn unplace(&mut self);

    /// Whether another one says the same.
    fn says_the_same(&self, other: &Self) -> bool
    where
        Self: Clone + PartialEq,
    {
        let [mut one, mut two] = [self.clone(), other.clone()];
        one.unplace();
        two.unplace();
        one == two
    }
}

impl Unplaced for Span {
    fn unplace(&mut self) {
        *self = Self { file: FileId(0), start: 0, end: 0 };
    }
}

impl<T: Unplaced> Unplaced for Vec<T> {
    fn unplace(&mut self) {
        self.iter_mut().for_each(Unplaced::unplace);
    }
}

impl<T: Unplaced> Unplaced for Option<T> {
    fn unplace(&mut self) {
        self.iter_mut().for_each(Unplaced::unplace);
    }
}

impl<T> Unplaced for Spanned<T> {
    fn unplace(&mut self) {
        self.span.unplace();
    }
}

impl<T> Unplaced for Field<T> {
    fn unplace(&mut self) {
        match self {
            Self::Known(read) => {
                read.span.unplace();
                read.spelt = None;
            }
            Self::Unknown(why) => why.unplace(),
            Self::Invalid { span, .. } => span.unplace(),
            Self::Missing => {}
        }
    }
}

impl Unplaced for Fault {
    fn unplace(&mut self) {
        self.span.unplace();
        if let FaultKind::DuplicateKey { first } = &mut self.kind {
            first.unplace();
        }
    }
}

impl Unplaced for Reference {
    fn unplace(&mut self) {
        match self {
            Self::To(id) => id.unplace(),
            Self::Unknown(why) => why.unplace(),
            Self::None => {}
        }
    }
}

impl Unplaced for IpGroupRef {
    fn unplace(&mut self) {
        match self {
            Self::To(id) => id.unplace(),
            Self::Unknown(why) => why.unplace(),
        }
    }
}

impl Unplaced for RuleBody {
    fn unplace(&mut self) {
        match self {
            Self::Network(rule) => rule.unplace(),
            Self::Application(rule) => rule.unplace(),
            Self::Nat(rule) => rule.unplace(),
            Self::Unread(why) => why.unplace(),
        }
    }
}

/// Forgets the places in these fields.
macro_rules! fields {
    ($($whole:ident: $($field:ident)*;)*) => {$(
        impl Unplaced for $whole {
            fn unplace(&mut self) {
                $(self.$field.unplace();)*
            }
        }
    )*};
}

fields! {
    Unknown: span;
    Condition: span;
    PortItem: span;
    FirewallAddressItem: span;
    Ends: addresses ip_groups opaque unread span;
    Texts: items unknown;
    Protocols: items unread;
    FirewallPorts: items unread span;
    ApplicationProtocol: kind port span;
    NetworkRule: protocols destination fqdns ports;
    ApplicationRule: protocols protocols_unread fqdns fqdn_tags urls web_categories destination
        terminates_tls;
    NatRule: protocols destination ports translated_address translated_fqdn translated_port;
    FirewallRule: name span source body faults;
    RuleCollection: name span kind priority action rules unread condition faults;
    RuleCollectionGroup: name span priority collections unread condition faults;
    FirewallSettings: tier threat_intelligence dns_proxy intrusion_detection tls_inspection
        sql_redirect explicit_proxy explicit_http_port explicit_https_port private_ranges;
    FirewallPolicy: name span base settings listed_groups unread condition faults;
    Firewall: name span policy collections unread settings addresses subnets hub condition faults;
    IpGroup: name span addresses unread condition faults;
    RouteTable: name span gateway_routes_off peering_routes_off subnets unread condition faults;
    Route: name span destination_span next_hop next_hop_address overrides_gateway_routes condition
        faults;
}
