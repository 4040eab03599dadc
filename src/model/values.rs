//! The values of a rule: each one read, unknown with a reason, faulty, or not there. These four
//! never collapse into one another.

use super::few::Few;
use crate::source::Span;
use ipnetwork::IpNetwork;
use std::net::IpAddr;

/// Why a value cannot be known from the input, in words that finish "… is unknown: ".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Where the value stands.
    pub span: Span,
    /// The reason, such as ``the parameter `deny` has no default value``.
    pub reason: Box<str>,
}

/// A value that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub span: Span,
    /// How it was written, where that is not the usual spelling (NSG-022, NSG-023).
    pub spelt: Option<Box<str>>,
}

/// One property of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field<T> {
    /// It is there and makes sense.
    Known(Read<T>),
    /// It is there, and what it is can't be known from the input.
    Unknown(Unknown),
    /// It is there, and it is nothing that Azure knows.
    Invalid {
        /// What was written.
        text: Box<str>,
        /// Where.
        span: Span,
    },
    /// It is not there, or empty (JS-003).
    Missing,
}

impl<T> Field<T> {
    /// The value, where it is known.
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(read) => Some(&read.value),
            Self::Unknown(_) | Self::Invalid { .. } | Self::Missing => None,
        }
    }

    /// Where it was written, if it was.
    pub const fn span(&self) -> Option<Span> {
        match self {
            Self::Known(read) => Some(read.span),
            Self::Unknown(unknown) => Some(unknown.span),
            Self::Invalid { span, .. } => Some(*span),
            Self::Missing => None,
        }
    }
}

/// What a rule does with the flows it decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Lets them through.
    Allow,
    /// Stops them.
    Deny,
}

/// The way a flow goes, seen from the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Towards the machine.
    Inbound,
    /// Away from the machine.
    Outbound,
}

/// The protocols that a security rule can name (NSG-023).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// `*`: every IP protocol (NSG-025).
    Any,
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP, every type (NSG-028).
    Icmp,
    /// ESP.
    Esp,
    /// AH.
    Ah,
}

/// Which of the two spellings of a property was used (NSG-037).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The singular property, such as `destinationPortRange`.
    Singular,
    /// The plural property, such as `destinationPortRanges`.
    Plural,
    /// A shape with one list and no second spelling (PowerShell, effective rules).
    List,
    /// Application security groups.
    Groups,
    /// More than one of them is filled, and Azure takes one (NSG-037).
    Several,
    /// None of them is filled (NSG-038).
    None,
}

/// The ports of one side of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ports {
    /// Which spelling was used.
    pub form: Form,
    /// Each port or range, of all spellings that were filled.
    pub items: Few<PortItem>,
    /// Where the property was written; the rule where it was not.
    pub span: Span,
}

/// One port or range of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortItem {
    /// What it says.
    pub value: PortValue,
    /// Where it was written.
    pub span: Span,
}

/// What a port element says (NSG-029).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortValue {
    /// `*`.
    Any,
    /// A port, or a range with both ends in it.
    Range(u16, u16),
    /// Not known from the input.
    Unknown(Box<str>),
    /// Nothing that Azure takes.
    Invalid {
        /// What was written.
        text: Box<str>,
        /// What is wrong with it.
        fault: PortFault,
    },
}

/// What is wrong with a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortFault {
    /// Several in one string (NSG-032).
    CommaList,
    /// White space in or around it.
    Spaces,
    /// Over 65535.
    TooLarge,
    /// The low end is above the high end.
    Reversed,
    /// Not a number, range or `*`.
    NotAPort,
}

/// The addresses of one side of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// Which spelling was used.
    pub form: Form,
    /// Each address, prefix or tag, of all spellings that were filled.
    pub items: Few<AddressItem>,
    /// The application security groups (NSG-044).
    pub groups: Vec<GroupRef>,
    /// Where the property was written; the rule where it was not.
    pub span: Span,
}

/// One element of an address list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressItem {
    /// What it says.
    pub value: Address,
    /// Where it was written.
    pub span: Span,
}

/// What an address element says (NSG-034).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// `*`.
    Any,
    /// An address or prefix, host bits as written.
    Network(IpNetwork),
    /// Everything else: a service tag, known or not.
    Tag(Box<str>),
    /// Not known from the input.
    Unknown(Box<str>),
    /// An address or a list that Azure does not take.
    Invalid {
        /// What was written.
        text: Box<str>,
        /// What is wrong with it.
        fault: AddressFault,
    },
}

impl Address {
    /// The two ends, as written, of what is meant as a range (`10.0.0.4-10.0.0.9`).
    pub fn range(&self) -> Option<(IpAddr, IpAddr)> {
        match self {
            Self::Invalid { text, fault: AddressFault::Range } => ends(text),
            Self::Any
            | Self::Network(_)
            | Self::Tag(_)
            | Self::Unknown(_)
            | Self::Invalid { .. } => None,
        }
    }
}

/// The ends of `a-b`, if both are addresses.
pub(crate) fn ends(text: &str) -> Option<(IpAddr, IpAddr)> {
    let (low, high) = text.split_once('-')?;
    Some((low.parse().ok()?, high.parse().ok()?))
}

/// What is wrong with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressFault {
    /// Several in one string (NSG-032).
    CommaList,
    /// White space in or around it.
    Spaces,
    /// `a-b`: legal in Azure Firewall, unconfirmed in NSGs (NSG-034). [`Address::range`] has the
    /// two ends.
    Range,
    /// The prefix length is no number, or too long for the family.
    PrefixLength,
    /// Meant as an address and none: a part over 255, too few parts, leading zeros.
    NotAnAddress,
}

/// A reference to an application security group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRef {
    /// The resource id, or as much of it as is known, in lower case: equal groups are equal here.
    pub id: Box<str>,
    /// The last part of the id, as written.
    pub name: Box<str>,
    /// Where it was written.
    pub span: Span,
}

/// Something in the JSON that a person did not mean (NSG-022 to NSG-043 leave no choice to us).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What it is.
    pub kind: FaultKind,
    /// The property it is about, as written.
    pub property: Box<str>,
    /// Where.
    pub span: Span,
}

/// The kinds of [`Fault`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The same key twice in an object; Azure takes the last.
    DuplicateKey {
        /// Where it stood first.
        first: Span,
    },
    /// Another JSON type than the property has.
    WrongType {
        /// What it should be, such as `a number`.
        expected: &'static str,
        /// What it is, such as `an array`.
        found: &'static str,
    },
}
