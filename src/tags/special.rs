//! Names that rules may use although no list holds them: computed for each network, or fixed
//! addresses of the platform (section 1.6, NSG-065).

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnetwork::Ipv4Network;
use serde::Serialize;

use super::features::Usable;
use crate::space::Ranges;

/// The host's address: DNS, health probes, the agent's wire server.
const PLATFORM: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);
/// The instance metadata service.
const METADATA: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);
/// The licensing hosts kms.core.windows.net and azkms.core.windows.net.
const LICENSING: [Ipv4Addr; 3] = [
    Ipv4Addr::new(20, 118, 99, 224),
    Ipv4Addr::new(23, 102, 135, 246),
    Ipv4Addr::new(40, 83, 235, 53),
];

/// A tag that is in no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Special {
    /// Public addresses outside the virtual network, Azure's own included (NSG-055).
    Internet,
    /// The address space around the subnet, computed for each (NSG-052).
    VirtualNetwork,
    /// The source of health probes (NSG-057).
    AzureLoadBalancer,
    /// The host's DNS (NSG-062).
    AzurePlatformDns,
    /// The metadata service (NSG-063).
    AzurePlatformImds,
    /// Windows licensing (NSG-064).
    AzurePlatformLkm,
    /// In the official table and not in the list (Appendix A): the addresses are unknown.
    AzureContainerAppsService,
}

impl Special {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Internet,
        Self::VirtualNetwork,
        Self::AzureLoadBalancer,
        Self::AzurePlatformDns,
        Self::AzurePlatformImds,
        Self::AzurePlatformLkm,
        Self::AzureContainerAppsService,
    ];

    /// The name in its official spelling.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Internet => "Internet",
            Self::VirtualNetwork => "VirtualNetwork",
            Self::AzureLoadBalancer => "AzureLoadBalancer",
            Self::AzurePlatformDns => "AzurePlatformDNS",
            Self::AzurePlatformImds => "AzurePlatformIMDS",
            Self::AzurePlatformLkm => "AzurePlatformLKM",
            Self::AzureContainerAppsService => "AzureContainerAppsService",
        }
    }

    /// The addresses behind the tag where they are always the same; nothing where they are
    /// computed or unknown. Those of the licensing tag are the documented hosts': what Azure puts
    /// behind the tag itself is not published (NSG-064).
    pub const fn fixed(self) -> Option<&'static [Ipv4Addr]> {
        match self {
            Self::AzureLoadBalancer | Self::AzurePlatformDns => Some(&[PLATFORM]), // NSG-057, NSG-062
            Self::AzurePlatformImds => Some(&[METADATA]),                          // NSG-063
            Self::AzurePlatformLkm => Some(&LICENSING),                            // NSG-064
            Self::Internet | Self::VirtualNetwork | Self::AzureContainerAppsService => None,
        }
    }

    /// Whether the tag has regional forms (NSG-065, Appendix A).
    pub const fn regional(self) -> bool {
        matches!(self, Self::AzureContainerAppsService)
    }

    /// Whether the tag stands for traffic that leaves, and not for any that comes (NSG-065).
    pub const fn outbound_only(self) -> bool {
        matches!(self, Self::AzurePlatformDns | Self::AzurePlatformImds | Self::AzurePlatformLkm)
    }

    /// Whether a route may name the tag (TAG-014).
    pub const fn usable_in_route(self) -> Usable {
        match self {
            Self::AzureContainerAppsService => Usable::Unlisted,
            _ => Usable::No,
        }
    }

    /// Whether an Azure Firewall rule may name the tag: none of them (TAG-013).
    pub const fn usable_in_firewall(self) -> Usable {
        Usable::No
    }
}

/// The special tag of that name, letter case aside; the classic spellings are read as what they
/// stand for (TAG-016).
pub fn special(name: &str) -> Option<Special> {
    let known = Special::ALL.into_iter().find(|tag| tag.name().eq_ignore_ascii_case(name));
    known.or_else(|| {
        if name.eq_ignore_ascii_case("VIRTUAL_NETWORK") {
            Some(Special::VirtualNetwork)
        } else if name.eq_ignore_ascii_case("AZURE_LOADBALANCER") {
            Some(Special::AzureLoadBalancer)
        } else {
            None
        }
    })
}

/// Whether a special tag is written as the classic deployment model had it (TAG-016): `INTERNET`
/// in capitals, or one of the two with an underscore.
pub fn is_classic_spelling(name: &str) -> bool {
    name == "INTERNET" || (name.contains('_') && special(name).is_some())
}

/// The official spelling of a tag that Microsoft's own subscriptions use and no public list holds:
/// its addresses are unknown, and it is no slip.
pub fn known_internal(name: &str) -> Option<&'static str> {
    const INTERNAL: [&str; 3] = ["CorpNetPublic", "CorpNetSaw", "GenevaActions"];
    INTERNAL.into_iter().find(|known| known.eq_ignore_ascii_case(name))
}

/// The private IPv4 prefixes (RFC 1918): first address and length.
pub const PRIVATE_V4: [(Ipv4Addr, u8); 3] = [
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
];

/// The private IPv6 prefix (RFC 4193): first address and length.
pub const PRIVATE_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7);

/// What `Internet` leaves out besides the virtual network and the private prefixes (NSG-056).
const NOT_PUBLIC: [(Ipv4Addr, u8); 7] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// The private IPv4 addresses: [`PRIVATE_V4`].
pub fn private_v4() -> Ranges<u32> {
    set(&PRIVATE_V4)
}

/// The private IPv6 addresses: [`PRIVATE_V6`].
pub fn private_v6() -> Ranges<u128> {
    let network = ipnetwork::Ipv6Network::new(PRIVATE_V6.0, PRIVATE_V6.1).ok();
    network.map(|n| (u128::from(n.network()), u128::from(n.broadcast()))).into_iter().collect()
}

/// The IPv4 addresses that are never in `Internet`, whatever the virtual network (NSG-056; the
/// full list is not published, and this is the one to assume).
pub fn not_internet_v4() -> Ranges<u32> {
    set(&NOT_PUBLIC).union(&private_v4())
}

fn set(prefixes: &[(Ipv4Addr, u8)]) -> Ranges<u32> {
    let networks =
        prefixes.iter().filter_map(|&(start, length)| Ipv4Network::new(start, length).ok());
    networks.map(|n| (u32::from(n.network()), u32::from(n.broadcast()))).collect()
}
