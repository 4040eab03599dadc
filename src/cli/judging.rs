//! By what policy is judged: profiles, region, cloud.

use super::{
    failure::Failure,
    near::Hint,
    profiles::{self, CloudName},
    terminal,
};
use crate::{
    profiles::{Cloud, DEFAULT},
    run::{Chosen, Options},
    tags::Catalogue,
};
use std::{collections::BTreeSet, env, path::Path, time::SystemTime};

/// What must be reachable, and where.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Judging {
    /// What must be reachable: built-in profiles (`egresslint profiles`) or TOML files (a name with
    /// a slash or ending in `.toml`); may be repeated
    #[arg(long = "profile", value_name = "NAME|FILE", value_delimiter = ',')]
    profiles: Vec<String>,

    /// The region of the machines, such as `japaneast` or `Japan East`; else each group's location
    #[arg(long, value_name = "REGION")]
    region: Option<String>,

    /// The cloud
    #[arg(long, value_name = "CLOUD", value_enum, default_value_t)]
    cloud: CloudName,
}

impl Judging {
    /// The profiles as given: some may be files.
    pub(super) fn given(&self) -> impl Iterator<Item = &Path> {
        self.profiles.iter().map(Path::new)
    }

    /// What a run judges by, with no lint selected or ignored.
    pub(super) fn options(&self, tags: &Catalogue) -> Result<Options, Failure> {
        let cloud = Cloud::from(self.cloud);
        let ours = is_of(cloud, tags);
        if !ours {
            terminal::say_note(&format!(
                "the service tags are those of the cloud {}, not of `{cloud}`; give the right list \
                 with `--service-tags`",
                tags.cloud()
            ));
        }
        let region = match &self.region {
            Some(region) if ours => Some(location(region, tags)?),
            // A list of another cloud knows nothing of the regions of this one.
            Some(region) => Some(squeezed(region)),
            None => None,
        };
        Ok(Options {
            profiles: self.chosen()?,
            region,
            cloud,
            select: Vec::new(),
            ignore: Vec::new(),
            today: today(),
        })
    }

    fn chosen(&self) -> Result<Vec<Chosen>, Failure> {
        if self.profiles.is_empty() {
            let profile = profiles::named(DEFAULT)?;
            return Ok(vec![Chosen { profile, named: false }]);
        }
        let mut given = BTreeSet::new();
        let mut names = BTreeSet::new();
        let mut chosen = Vec::new();
        for name in self.profiles.iter().filter(|&name| given.insert(name)) {
            let profile = profiles::named(name)?;
            if !names.insert(profile.name.value.clone()) {
                return Err(Failure::TwinProfiles { name: profile.name.value });
            }
            chosen.push(Chosen { profile, named: true });
        }
        Ok(chosen)
    }
}

/// Whether the list is that of the cloud (TAG-017).
fn is_of(cloud: Cloud, tags: &Catalogue) -> bool {
    let list = tags.cloud().to_ascii_lowercase();
    match cloud {
        Cloud::Public => list == "public",
        Cloud::UsGov => list.contains("gov"),
        Cloud::China => list.contains("china"),
    }
}

/// The location that a person means: one that some tag of the list has a form for.
fn location(text: &str, tags: &Catalogue) -> Result<String, Failure> {
    let known = tags.locations();
    let plain = squeezed(text);
    if known.binary_search(&plain.as_str()).is_ok() {
        return Ok(plain);
    }
    // The codes of `AzureCloud`, such as `centralfrance` (TAG-021).
    let by_code = tags.tag_for_region("AzureCloud", text).and_then(|tag| tag.location());
    if let Some(location) = by_code {
        return Ok(location.to_owned());
    }
    let otherwise = "`egresslint tags Storage` lists the regions of a tag";
    let hint = Hint::new(&plain, known.iter().copied(), otherwise);
    Err(Failure::UnknownRegion { name: text.to_owned(), hint })
}

/// `japaneast` for `Japan East`.
fn squeezed(text: &str) -> String {
    let letters = text.chars().filter(|letter| !matches!(letter, ' ' | '-' | '_'));
    letters.flat_map(char::to_lowercase).collect()
}

/// Days since 1970-01-01; `SOURCE_DATE_EPOCH` stands in for the clock where builds must be the
/// same on any day (reproducible-builds.org).
fn today() -> Option<u32> {
    let fixed = env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    let seconds: u64 = fixed.or_else(|| {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some(since.as_secs())
    })?;
    u32::try_from(seconds / 86_400).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_known_by_any_of_its_spellings() {
        let tags = Catalogue::embedded();
        for text in ["japaneast", "Japan East", "JapanEast", "japan-east"] {
            assert_eq!(location(text, tags).unwrap(), "japaneast");
        }
        assert_eq!(location("centralfrance", tags).unwrap(), "francecentral");
        let message = location("japaneats", tags).unwrap_err().to_string();
        assert!(message.contains("did you mean `japaneast`?"), "{message}");
    }

    #[test]
    fn a_list_belongs_to_one_cloud() {
        let tags = Catalogue::embedded();
        let clouds = [Cloud::Public, Cloud::UsGov, Cloud::China];
        assert_eq!(clouds.map(|cloud| is_of(cloud, tags)), [true, false, false]);
    }
}
