//! One tag of a catalogue.

use std::sync::{Arc, OnceLock};
use std::{fmt, ptr};

use ipnetwork::IpNetwork;
use serde::Serialize;

use super::catalogue::Catalogue;
use super::features::{Documented, Features, Usable};
use super::list::{bounds_v4, bounds_v6, network_v4, network_v6};
use super::packed::{NO_TEXT, Prefixes, Row};
use crate::space::Ranges;

/// What has been worked out about a tag so far.
#[derive(Debug, Default)]
pub(super) struct Cell {
    name: OnceLock<Box<str>>,
    v4: OnceLock<Arc<Ranges<u32>>>,
    v6: OnceLock<Arc<Ranges<u128>>>,
}

/// A tag of a [`Catalogue`]. Cheap to copy; its addresses are decoded when they are first asked
/// for and kept with the catalogue.
#[derive(Clone, Copy)]
pub struct Tag<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) cell: &'a Cell,
    pub(super) row: Row,
}

impl<'a> Tag<'a> {
    /// The name in its official spelling: `Storage.JapanEast`.
    pub fn name(&self) -> &'a str {
        match self.region() {
            None => self.base(),
            Some(region) => {
                self.cell.name.get_or_init(|| format!("{}.{region}", self.base()).into())
            }
        }
    }

    /// The name less its region: `Storage`. Of `AzureFrontDoor.Frontend`, which has none, all of
    /// it (TAG-003).
    pub fn base(&self) -> &'a str {
        self.text(self.row.base).unwrap_or_default()
    }

    /// The region as the name has it: `JapanEast`, `centralfrance` (of `AzureCloud`); nothing for a
    /// tag of all regions.
    pub fn region(&self) -> Option<&'a str> {
        self.text(self.row.region)
    }

    /// Azure's code for the region (`properties.region`): `centralfrance`. Two regional forms of
    /// one tag may share it (TAG-023).
    pub fn region_code(&self) -> Option<&'a str> {
        self.text(self.row.code)
    }

    /// The location of a regional tag as Azure Resource Manager spells it: `francecentral`.
    /// Nothing for a tag of all regions and for a region without a public location (TAG-021).
    pub fn location(&self) -> Option<&'a str> {
        self.text(self.row.location)
    }

    /// The list's `systemService`, where the list gives it: `AzureStorage`.
    pub fn system_service(&self) -> Option<&'a str> {
        self.text(self.row.service)
    }

    /// The tag's own change number, where the list gives it.
    pub fn change_number(&self) -> Option<u64> {
        self.packed()?.change_number
    }

    /// What takes the tag: the list's `networkFeatures`, else the table of the public cloud, else
    /// nothing. Empty: no rule can use it (TAG-006).
    pub fn features(&self) -> Option<Features> {
        Features::from_byte(self.row.features)
    }

    /// What the official table of tags says (Appendix A).
    pub fn documented(&self) -> Documented {
        Documented::from_byte(self.row.documented)
    }

    /// Whether a network security group may name the tag (TAG-006).
    pub fn usable_in_nsg(&self) -> Usable {
        self.usable(Features::NSG)
    }

    /// Whether a route may name the tag.
    pub fn usable_in_route(&self) -> Usable {
        self.usable(Features::UDR)
    }

    /// Whether an Azure Firewall network rule may name the tag, as destination (TAG-012). Where
    /// the official table and the list disagree, the table wins (TAG-013).
    pub fn usable_in_firewall(&self) -> Usable {
        match self.documented().firewall {
            Some(false) => Usable::No,
            // The row of the table is about the tag; whether a regional form exists is the list's.
            Some(true) if self.region().is_none() => Usable::Yes,
            Some(true) | None => self.usable(Features::FW),
        }
    }

    /// The IPv4 addresses, merged.
    pub fn v4(&self) -> &'a Arc<Ranges<u32>> {
        self.cell.v4.get_or_init(|| {
            let prefixes = self.packed().into_iter().flat_map(|packed| packed.v4());
            Arc::new(prefixes.map(bounds_v4).collect())
        })
    }

    /// The IPv6 addresses, merged.
    pub fn v6(&self) -> &'a Arc<Ranges<u128>> {
        self.cell.v6.get_or_init(|| {
            let prefixes = self.packed().into_iter().flat_map(|packed| packed.v6());
            Arc::new(prefixes.map(bounds_v6).collect())
        })
    }

    /// The prefixes as published, IPv4 first, each family in order of address.
    pub fn prefixes(&self) -> Vec<IpNetwork> {
        let Some(packed) = self.packed() else { return Vec::new() };
        packed.v4().filter_map(network_v4).chain(packed.v6().filter_map(network_v6)).collect()
    }

    /// Number of IPv4 and of IPv6 prefixes as published.
    pub fn prefix_counts(&self) -> (u64, u64) {
        self.packed().map_or((0, 0), |packed| (packed.count_v4, packed.count_v6))
    }

    pub(super) fn base_bytes(&self) -> &'a [u8] {
        self.catalogue.packed.text_bytes(self.row.base).unwrap_or_default()
    }

    pub(super) const fn is_regional(&self) -> bool {
        self.row.region != NO_TEXT
    }

    /// Whether the tag is that of a location, in Azure Resource Manager's spelling.
    pub(super) fn is_in(&self, location: &str) -> bool {
        self.location_bytes() == Some(location.as_bytes())
    }

    pub(super) fn location_bytes(&self) -> Option<&'a [u8]> {
        self.catalogue.packed.text_bytes(self.row.location)
    }

    pub(super) fn packed(&self) -> Option<Prefixes<'a>> {
        self.catalogue.packed.prefixes(self.row)
    }

    fn usable(&self, by: Features) -> Usable {
        Usable::from_known(self.features().map(|features| features.contains(by)))
    }

    fn text(&self, id: u16) -> Option<&'a str> {
        self.catalogue.packed.text(id)
    }
}

impl fmt::Debug for Tag<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tag").field(&self.name()).finish()
    }
}

/// Tags are the same if they are the same entry of the same catalogue.
impl PartialEq for Tag<'_> {
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(self.cell, other.cell)
    }
}

impl Eq for Tag<'_> {}

/// How a tag stands to a network, addresses of the network's family alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// The tag holds all of the network.
    Contains,
    /// All of the tag's addresses of that family are in the network, which holds more.
    Within,
    /// They share some addresses, and either holds others.
    Overlaps,
}

/// Addresses in one set and not in another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The IPv4 addresses.
    pub v4: Ranges<u32>,
    /// The IPv6 addresses.
    pub v6: Ranges<u128>,
}

impl Gap {
    /// Whether there is none: the one set is inside the other.
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }
}

/// What of `inner` is outside `outer`; empty if `inner` is a subset.
pub fn gap(inner: Tag<'_>, outer: Tag<'_>) -> Gap {
    Gap { v4: inner.v4().minus(outer.v4()), v6: inner.v6().minus(outer.v6()) }
}
