//! The two address families. The engine is generic over the integer that stands for an address;
//! this is where Azure's words become such integers, and witnesses become addresses again.

use super::around::{Around, Space};
use crate::{
    space::{Ranges, Value},
    tags::{self, Tag},
};
use ipnetwork::IpNetwork;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{
        Arc, LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
};

/// IPv4 as `u32`, IPv6 as `u128`.
pub trait Family: Value {
    /// The address that an integer stands for.
    fn address(self) -> IpAddr;
    /// The integer for an address of this family.
    fn integer(address: IpAddr) -> Option<Self>;
    /// First and last address of a prefix of this family, host bits dropped.
    fn bounds(network: IpNetwork) -> Option<(Self, Self)>;
    /// The prefixes of a tag in this family.
    fn of_tag(tag: &Tag<'_>) -> Arc<Ranges<Self>>;
    /// The sets that every policy uses; on one thread always the same.
    fn fixed() -> &'static Fixed<Self>;
    /// What is around machines, in this family.
    fn space(around: &Around) -> Option<&Space<Self>>;
    /// Addresses that no rule names: they stand for sets whose members are not known.
    fn symbol(number: u16) -> Self;
}

/// Sets that every policy uses, shared so that equal sets are one.
#[derive(Debug)]
pub struct Fixed<V> {
    /// Every address.
    pub any: Arc<Ranges<V>>,
    /// No address.
    pub none: Arc<Ranges<V>>,
    /// Every port.
    pub ports: Arc<Ranges<V>>,
    /// The ports that a client picks from.
    pub ephemeral: Arc<Ranges<V>>,
    /// Every protocol number (NSG-025).
    pub protocols: Arc<Ranges<V>>,
    /// TCP and UDP: what a rule with ports can match (NSG-027).
    pub ported: Arc<Ranges<V>>,
    /// TCP alone.
    pub tcp: Arc<Ranges<V>>,
    /// UDP alone.
    pub udp: Arc<Ranges<V>>,
    /// The private ranges: what `VirtualNetwork` is taken for where no network is known.
    pub private: Arc<Ranges<V>>,
    /// The tag `Internet` (NSG-055, NSG-056).
    pub internet: Arc<Ranges<V>>,
    /// Addresses that stand for symbols, see [`Family::symbol`].
    pub symbols: Arc<Ranges<V>>,
}

impl<V: Family> Fixed<V> {
    fn new(private: Ranges<V>, internet: Ranges<V>, symbols: Ranges<V>) -> Self {
        let number = |n: u16| V::from(n);
        let set = |low, high| Arc::new(Ranges::range(number(low), number(high)));
        Self {
            any: Arc::new(Ranges::all()),
            none: Arc::new(Ranges::empty()),
            ports: set(0, u16::MAX),
            ephemeral: set(1024, u16::MAX),
            protocols: set(0, 255),
            ported: Arc::new([TCP, UDP].into_iter().map(|p| (number(p), number(p))).collect()),
            tcp: set(TCP, TCP),
            udp: set(UDP, UDP),
            private: Arc::new(private),
            internet: Arc::new(internet),
            symbols: Arc::new(symbols),
        }
    }
}

/// So many copies of the fixed sets there are at most.
const COPIES: usize = 64;

/// The fixed sets, once for each thread of a usual run: every rule counts its uses of them, and two
/// threads that count in the same place wait for each other longer than they work.
struct Copies<V>([LazyLock<Fixed<V>>; COPIES]);

impl<V> Copies<V> {
    /// The copy of this thread.
    fn own(&'static self) -> &'static Fixed<V> {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        thread_local!(static OWN: usize = NEXT.fetch_add(1, Ordering::Relaxed) % COPIES);
        let [first, ..] = &self.0;
        self.0.get(OWN.with(|own| *own)).unwrap_or(first)
    }
}

/// IANA protocol numbers.
pub(super) const ICMP: u16 = 1;
/// TCP.
pub(super) const TCP: u16 = 6;
/// UDP.
pub(super) const UDP: u16 = 17;
/// ESP.
pub(super) const ESP: u16 = 50;
/// AH.
pub(super) const AH: u16 = 51;

impl Family for u32 {
    fn address(self) -> IpAddr {
        Ipv4Addr::from(self).into()
    }

    fn integer(address: IpAddr) -> Option<Self> {
        match address {
            IpAddr::V4(v4) => Some(v4.into()),
            IpAddr::V6(_) => None,
        }
    }

    fn bounds(network: IpNetwork) -> Option<(Self, Self)> {
        match network {
            IpNetwork::V4(v4) => Some((v4.network().into(), v4.broadcast().into())),
            IpNetwork::V6(_) => None,
        }
    }

    fn of_tag(tag: &Tag<'_>) -> Arc<Ranges<Self>> {
        Arc::clone(tag.v4())
    }

    fn fixed() -> &'static Fixed<Self> {
        static FIXED: Copies<u32> = Copies(
            [const {
                LazyLock::new(|| {
                    let symbols = Ranges::range(0xf000_0000, 0xffff_fffe);
                    // NSG-056: everything that is neither private nor set aside.
                    let internet = tags::not_internet_v4().complement();
                    Fixed::new(tags::private_v4(), internet, symbols)
                })
            }; COPIES],
        );
        FIXED.own()
    }

    fn space(around: &Around) -> Option<&Space<Self>> {
        around.v4.as_ref()
    }

    // 240.0.0.0/4 is reserved, and no part of `Internet` (NSG-056).
    fn symbol(number: u16) -> Self {
        0xf000_0000 + Self::from(number)
    }
}

impl Family for u128 {
    fn address(self) -> IpAddr {
        Ipv6Addr::from(self).into()
    }

    fn integer(address: IpAddr) -> Option<Self> {
        match address {
            IpAddr::V6(v6) => Some(v6.into()),
            IpAddr::V4(_) => None,
        }
    }

    fn bounds(network: IpNetwork) -> Option<(Self, Self)> {
        match network {
            IpNetwork::V6(v6) => Some((v6.network().into(), v6.broadcast().into())),
            IpNetwork::V4(_) => None,
        }
    }

    fn of_tag(tag: &Tag<'_>) -> Arc<Ranges<Self>> {
        Arc::clone(tag.v6())
    }

    fn fixed() -> &'static Fixed<Self> {
        static FIXED: Copies<u128> = Copies(
            [const {
                LazyLock::new(|| {
                    let symbols = Ranges::range(SYMBOLS_V6, SYMBOLS_V6 + (1 << 112) - 1);
                    // Global unicast, 2000::/3 (RFC 4291); NSG-056 gives no IPv6 list.
                    let internet = Ranges::range(1 << 125, (1 << 126) - 1);
                    Fixed::new(tags::private_v6(), internet, symbols)
                })
            }; COPIES],
        );
        FIXED.own()
    }

    fn space(around: &Around) -> Option<&Space<Self>> {
        around.v6.as_ref()
    }

    fn symbol(number: u16) -> Self {
        SYMBOLS_V6 + Self::from(number)
    }
}

/// `4000::/16` is not assigned to anybody, and no part of global unicast (`2000::/3`).
const SYMBOLS_V6: u128 = 0x4000 << 112;
