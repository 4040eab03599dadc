//! `rules/tags/usable.toml`: the official spelling of tags and regions, and what may use a tag
//! where the list in use doesn't say.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::error::Fault;
use super::features::{Documented, Features};
use super::list::List;

/// The table, by the small letters of the name.
pub(super) struct Table {
    rows: BTreeMap<String, (String, Row)>,
    regions: BTreeMap<String, String>,
}

impl Table {
    /// The table that is compiled into the program.
    pub(super) fn embedded() -> Result<Self, Fault> {
        Self::parse(include_str!("../../rules/tags/usable.toml"))
    }

    fn parse(text: &str) -> Result<Self, Fault> {
        let file: File =
            toml::from_str(text).map_err(|error| Fault::Table { message: error.to_string() })?;
        let low = |name: &str| name.to_ascii_lowercase();
        Ok(Self {
            rows: file.tags.into_iter().map(|(name, row)| (low(&name), (name, row))).collect(),
            regions: file.regions.into_iter().map(|region| (low(&region), region)).collect(),
        })
    }

    /// The official spelling of a tag without a region.
    pub(super) fn spelling(&self, name: &str) -> Option<&str> {
        self.rows.get(&name.to_ascii_lowercase()).map(|(name, _)| name.as_str())
    }

    /// The official spelling of a region behind the dot of every tag but `AzureCloud` (TAG-020).
    pub(super) fn region_spelling(&self, region: &str) -> Option<&str> {
        self.regions.get(&region.to_ascii_lowercase()).map(String::as_str)
    }

    /// Adds to a public list what its file doesn't say. The table is of the public cloud, and
    /// lists differ from cloud to cloud (TAG-017): others stay as they are.
    pub(super) fn complete(&self, list: &mut List) {
        if !list.cloud.eq_ignore_ascii_case("public") {
            return;
        }
        for entry in &mut list.entries {
            let (base, region) = entry.split();
            if let Some((_, row)) = self.rows.get(&base.to_ascii_lowercase()) {
                let features = row.features(region);
                entry.documented = row.documented;
                entry.features = entry.features.or(features);
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    regions: Vec<String>,
    tags: BTreeMap<String, Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// Features of the tag itself.
    features: String,
    /// Features of its regional forms; nothing where none is known.
    regional: Option<String>,
    /// Regions whose form no rule can use.
    #[serde(default)]
    except: Vec<String>,
    /// If given, the only regions known to have the features in `regional`.
    known: Option<Vec<String>>,
    /// The columns of the official table.
    #[serde(default)]
    documented: Documented,
}

impl Row {
    fn features(&self, region: Option<&str>) -> Option<Features> {
        let set = |text: &str| Features::of(text.split_ascii_whitespace());
        let Some(region) = region else {
            return Some(set(&self.features));
        };
        let names = |list: &[String]| list.iter().any(|name| name.eq_ignore_ascii_case(region));
        if names(&self.except) {
            return Some(Features::default());
        }
        if self.known.as_ref().is_some_and(|known| !names(known)) {
            return None;
        }
        self.regional.as_deref().map(set)
    }
}
