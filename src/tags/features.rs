//! Which parts of Azure networking take a tag: the list's `networkFeatures`, and what the
//! documentation says.

use serde::{Deserialize, Serialize, Serializer};

/// The features of `networkFeatures`, in the order of their bits and of every output.
const NAMES: [&str; 5] = ["API", "NSG", "UDR", "FW", "VSE"];

/// A set of network features (TAG-031). The empty set is what the list writes as `null`: an entry
/// that rules cannot use (TAG-006).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features(u8);

impl Features {
    /// Listed by the discovery API.
    pub const API: Self = Self(1);
    /// Usable in network security groups.
    pub const NSG: Self = Self(1 << 1);
    /// Usable in route tables.
    pub const UDR: Self = Self(1 << 2);
    /// Usable in Azure Firewall.
    pub const FW: Self = Self(1 << 3);
    /// Usable in service endpoint policies.
    pub const VSE: Self = Self(1 << 4);

    /// Whether every feature of `other` is one of these.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The names, in the order API, NSG, UDR, FW, VSE.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES.into_iter().zip(0..).filter(move |&(_, bit)| self.0 >> bit & 1 == 1).map(first)
    }

    /// The set of the features named. Names that are new to this program are left out: none of
    /// ours can be meant.
    pub(super) fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let bit = |name: &str| {
            NAMES.into_iter().zip(0..).find(|(known, _)| known.eq_ignore_ascii_case(name))
        };
        let bits = names.into_iter().filter_map(bit);
        Self(bits.fold(0, |set, (_, bit)| set | 1 << bit))
    }

    /// The byte of the packed form; 255 where the features are not known.
    pub(super) fn byte(features: Option<Self>) -> u8 {
        features.map_or(u8::MAX, |features| features.0)
    }

    /// The reverse of [`Self::byte`].
    pub(super) fn from_byte(byte: u8) -> Option<Self> {
        (byte != u8::MAX).then_some(Self(byte & 31))
    }
}

impl Serialize for Features {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

fn first((name, _): (&'static str, u8)) -> &'static str {
    name
}

/// Whether some kind of rule may use a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Usable {
    /// It may.
    Yes,
    /// It may not: the entry is there, but not for such rules.
    No,
    /// Neither the list nor the documentation says.
    Unlisted,
}

impl Usable {
    /// The answer of a table that may not know the tag.
    pub(super) const fn from_known(known: Option<bool>) -> Self {
        match known {
            Some(true) => Self::Yes,
            Some(false) => Self::No,
            None => Self::Unlisted,
        }
    }
}

/// What the official table of tags says (Appendix A); nothing where it leaves the tag out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Documented {
    /// Whether the tag has regional forms.
    pub regional: Option<bool>,
    /// Whether Azure Firewall takes it (TAG-013).
    pub firewall: Option<bool>,
}

impl Documented {
    /// The byte of the packed form: two bits a column.
    pub(super) fn byte(self) -> u8 {
        let bits = |known: Option<bool>| known.map_or(0, |yes| if yes { 1 } else { 2 });
        bits(self.regional) | bits(self.firewall) << 2
    }

    /// The reverse of [`Self::byte`].
    pub(super) fn from_byte(byte: u8) -> Self {
        let known = |bits: u8| match bits & 3 {
            1 => Some(true),
            2 => Some(false),
            _ => None,
        };
        Self { regional: known(byte), firewall: known(byte >> 2) }
    }
}
