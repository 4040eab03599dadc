//! The four answers, and a packet that shows one.

use std::{fmt, net::IpAddr};

/// One end of a packet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlowEnd {
    /// An address.
    Address(IpAddr),
    /// Any address of a service tag whose addresses are not known.
    Tag(String),
}

impl fmt::Display for FlowEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Tag(name) => f.write_str(name),
        }
    }
}

/// A concrete packet that shows the point.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flow {
    /// Source address.
    pub source: IpAddr,
    /// Source port, for protocols that have one.
    pub source_port: Option<u16>,
    /// Destination.
    pub destination: FlowEnd,
    /// Host name asked for, where there is one.
    pub fqdn: Option<String>,
    /// `Tcp`, `Udp`, `Icmp`, `Esp`, `Ah`, or the protocol number.
    pub protocol: String,
    /// Destination port, for protocols that have one.
    pub port: Option<u16>,
}

/// Is every flow of a requirement let through?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// All of them.
    Allowed,
    /// None.
    Blocked,
    /// Some.
    Partial,
    /// It hangs on something that the input does not say.
    Unknown,
}

impl Verdict {
    /// The word for it in every output format.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Blocked => "blocked",
            Self::Partial => "partial",
            Self::Unknown => "unknown",
        }
    }
}
