//! The whole list in use, and the ways into it: by name, by region, by address.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::OnceLock;

use ipnetwork::IpNetwork;

use super::error::{Fault, TagsError};
use super::pack::{PackOptions, known_as, limited, pack_any};
use super::packed::{MAGIC, Packed};
use super::regions;
use super::tag::{Cell, Relation, Tag};
use crate::space::{Ranges, Value};

pub(super) static EMBEDDED: &[u8] = include_bytes!("../../rules/tags/public.tags");

/// A list of service tags of one cloud.
#[derive(Debug)]
pub struct Catalogue {
    pub(super) packed: Packed,
    cells: Box<[Cell]>,
    names: OnceLock<Names>,
    /// The same for regional tags, by base and location.
    regions: OnceLock<Names>,
}

impl Catalogue {
    /// The snapshot of the public cloud that is compiled in.
    pub fn embedded() -> &'static Self {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        // A test reads the file in full, so that a program need not: a header that doesn't fit,
        // the one fault left, would leave a list in which every tag is unknown.
        CATALOGUE.get_or_init(|| {
            let packed = Packed::trusted(Cow::Borrowed(EMBEDDED));
            Self::of(packed.unwrap_or_else(|_| Packed::none()))
        })
    }

    /// A list from a file: the packed form, or one of the forms that [`pack()`](super::pack()) takes. The day of the list is taken from `file_name` if it has one (`_YYYYMMDD`).
    ///
    /// # Errors
    ///
    /// If the file is of another kind, broken, or holds a part of a list only; the error names
    /// `file_name` and the place.
    pub fn read(bytes: &[u8], file_name: &str) -> Result<Self, TagsError> {
        Self::read_any(bytes, file_name).map_err(|fault| fault.in_file(known_as(file_name)))
    }

    fn read_any(bytes: &[u8], file_name: &str) -> Result<Self, Fault> {
        limited(bytes)?;
        let packed = if bytes.starts_with(MAGIC) {
            bytes.to_vec()
        } else {
            pack_any(bytes, &PackOptions { file_name, as_of: None })?
        };
        Packed::checked(Cow::Owned(packed)).map(Self::of)
    }

    fn of(packed: Packed) -> Self {
        let cells = std::iter::repeat_with(Cell::default).take(packed.len()).collect();
        Self { packed, cells, names: OnceLock::new(), regions: OnceLock::new() }
    }

    /// The cloud of the list: `Public`, `AzureGovernment`, … (TAG-017).
    pub fn cloud(&self) -> &str {
        self.packed.cloud()
    }

    /// The day of the list as `YYYY-MM-DD`, where known.
    pub fn as_of(&self) -> Option<&str> {
        self.packed.as_of()
    }

    /// The list's change number (TAG-032), where known.
    pub fn change_number(&self) -> Option<u64> {
        self.packed.change_number()
    }

    /// The name of the file that the list was made from, without folders.
    pub fn source(&self) -> &str {
        self.packed.source()
    }

    /// Number of tags, regional ones included.
    pub const fn len(&self) -> usize {
        self.packed.len()
    }

    /// Whether the list is without tags.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every tag, in the order of the names in small letters.
    pub fn iter(&self) -> impl Iterator<Item = Tag<'_>> {
        (0..self.len()).filter_map(|index| self.tag(index))
    }

    /// The tag of that name, letter case aside (NSG-043).
    pub fn get(&self, name: &str) -> Option<Tag<'_>> {
        let names = self.names.get_or_init(|| Names::of(&self.packed));
        let is_called = |index| {
            let row = self.packed.row(index);
            row.is_some_and(|row| self.packed.is_called(row, name.as_bytes()))
        };
        self.tag(names.with_hash(hash(low(name))).find(|&index| is_called(index))?)
    }

    /// The regional forms of the tag `base`, in the order of their names.
    pub fn regional_tags<'a>(&'a self, base: &str) -> impl Iterator<Item = Tag<'a>> {
        let low = || base.bytes().chain(*b".").map(|byte| byte.to_ascii_lowercase());
        let begins = move |tag: &Tag<'_>| {
            let start = tag.base_bytes().get(..base.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(base.as_bytes()))
        };
        // Others stand between and behind: `AzureMonitor.Core` is a tag of its own (TAG-003).
        let regional =
            move |tag: &Tag<'_>| tag.is_regional() && tag.base_bytes().len() == base.len();
        let first = self.first_not_before(low);
        let tags = (first..self.len()).filter_map(|index| self.tag(index));
        tags.take_while(begins).filter(regional)
    }

    /// The regional form of `base` for a location: `japaneast`, `Japan East`, `JapanEast`, and for
    /// any tag either of `francecentral` and `AzureCloud`'s `centralfrance` (TAG-021).
    pub fn tag_for_region(&self, base: &str, location: &str) -> Option<Tag<'_>> {
        let location = regions::meant(location)?;
        let regions = self.regions.get_or_init(|| {
            let regional = (0..self.len()).filter_map(|index| {
                let tag = self.tag(index).filter(Tag::is_regional)?;
                let location = tag.location_bytes()?.iter().copied();
                Some((place(tag.base_bytes(), location), index))
            });
            Names::sorted(regional)
        });
        let is_meant = |tag: &Tag<'_>| {
            tag.is_regional()
                && tag.base_bytes().eq_ignore_ascii_case(base.as_bytes())
                && tag.is_in(&location)
        };
        let same = regions.with_hash(place(base.as_bytes(), location.bytes()));
        same.filter_map(|index| self.tag(index)).find(is_meant)
    }

    /// The location of a regional tag by its name; nothing for other names.
    pub fn location_of(&self, name: &str) -> Option<&str> {
        self.get(name)?.location()
    }

    /// Every location that a tag of the list has a form for, sorted.
    pub fn locations(&self) -> Vec<&str> {
        let locations = self.iter().filter_map(|tag| tag.location());
        locations.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The tags that hold an address, in the order of their names.
    pub fn holding(&self, address: IpAddr) -> Vec<Tag<'_>> {
        let holds = |tag: &Tag<'_>| match address {
            IpAddr::V4(address) => tag.v4().contains(u32::from(address)),
            IpAddr::V6(address) => tag.v6().contains(u128::from(address)),
        };
        self.iter().filter(holds).collect()
    }

    /// The tags that share an address with a network, in the order of their names.
    pub fn overlapping(&self, network: IpNetwork) -> Vec<(Tag<'_>, Relation)> {
        match network {
            IpNetwork::V4(v4) => {
                let set = Ranges::range(u32::from(v4.network()), u32::from(v4.broadcast()));
                self.related(|tag| relation(tag.v4(), &set))
            }
            IpNetwork::V6(v6) => {
                let set = Ranges::range(u128::from(v6.network()), u128::from(v6.broadcast()));
                self.related(|tag| relation(tag.v6(), &set))
            }
        }
    }

    fn related(&self, relation: impl Fn(Tag<'_>) -> Option<Relation>) -> Vec<(Tag<'_>, Relation)> {
        self.iter().filter_map(|tag| Some((tag, relation(tag)?))).collect()
    }

    fn tag(&self, index: usize) -> Option<Tag<'_>> {
        let (row, cell) = (self.packed.row(index)?, self.cells.get(index)?);
        Some(Tag { catalogue: self, cell, row })
    }

    /// The index of the first tag whose name is not before `name`, which is in small letters.
    fn first_not_before<I: Iterator<Item = u8>>(&self, name: impl Fn() -> I) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            let row = self.packed.row(middle);
            match row.map(|row| self.packed.compare(row, name())) {
                Some(Ordering::Less) => low = middle + 1,
                _ => high = middle,
            }
        }
        low
    }
}

/// The places of the tags by a number made of their names: rules name tags by the ten thousand, and
/// the order of the list would take a dozen comparisons for each.
#[derive(Debug)]
struct Names(Box<[(u32, u32)]>);

impl Names {
    fn of(packed: &Packed) -> Self {
        Self::sorted(
            (0..packed.len())
                .filter_map(|index| Some((hash(packed.letters(packed.row(index)?)), index))),
        )
    }

    fn sorted(hashes: impl Iterator<Item = (u32, usize)>) -> Self {
        let narrow = |(hash, index)| Some((hash, u32::try_from(index).ok()?));
        let mut names: Box<[_]> = hashes.filter_map(narrow).collect();
        names.sort_unstable();
        Self(names)
    }

    fn with_hash(&self, hash: u32) -> impl Iterator<Item = usize> {
        let first = self.0.partition_point(|(other, _)| *other < hash);
        let rest = self.0.get(first..).unwrap_or_default().iter();
        rest.take_while(move |(other, _)| *other == hash)
            .filter_map(|(_, index)| usize::try_from(*index).ok())
    }
}

fn low(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().map(|byte| byte.to_ascii_lowercase())
}

/// The number of a base in small letters with a location.
fn place(base: &[u8], location: impl Iterator<Item = u8>) -> u32 {
    hash(base.iter().map(u8::to_ascii_lowercase).chain(*b".").chain(location))
}

/// FNV-1a.
fn hash(bytes: impl Iterator<Item = u8>) -> u32 {
    bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn relation<V: Value>(tag: &Ranges<V>, network: &Ranges<V>) -> Option<Relation> {
    if !tag.intersects(network) {
        None
    } else if network.is_subset(tag) {
        Some(Relation::Contains)
    } else if tag.is_subset(network) {
        Some(Relation::Within)
    } else {
        Some(Relation::Overlaps)
    }
}
