//! What a name that is in no list was meant to be.

use strsim::osa_distance;

use serde::Serialize;

use super::catalogue::Catalogue;
use super::regions;
use super::shortened;
use super::special::{Special, special};
use super::tag::Tag;

/// Longer names are not compared: the distance takes the product of two lengths, and no tag comes
/// near it.
const MAX_NAME: usize = 80;

/// Most suggestions for one name.
const MAX_SUGGESTIONS: usize = 5;

/// Other names of what a tag stands for: products, abbreviations, old and new names, in small
/// letters and without `azure` or `microsoft` in front.
pub(super) const ALIASES: [(&str, &str); 45] = [
    ("aad", "AzureActiveDirectory"),
    ("aadds", "AzureActiveDirectoryDomainServices"),
    ("acr", "AzureContainerRegistry"),
    ("ad", "AzureActiveDirectory"),
    ("adf", "DataFactory"),
    ("aisearch", "AzureCognitiveSearch"),
    ("akv", "AzureKeyVault"),
    ("apim", "ApiManagement"),
    ("applicationinsights", "AzureMonitor"),
    ("appinsights", "AzureMonitor"),
    ("arc", "AzureArcInfrastructure"),
    ("arcservers", "AzureArcInfrastructure"),
    ("arm", "AzureResourceManager"),
    ("asr", "AzureSiteRecovery"),
    ("automation", "GuestAndHybridManagement"),
    ("avd", "WindowsVirtualDesktop"),
    ("blob", "Storage"),
    ("blobstorage", "Storage"),
    ("dns", "AzurePlatformDNS"),
    ("entra", "AzureActiveDirectory"),
    ("entradomainservices", "AzureActiveDirectoryDomainServices"),
    ("entraid", "AzureActiveDirectory"),
    ("filesync", "StorageSyncService"),
    ("frontdoor", "AzureFrontDoor.Frontend"),
    ("imds", "AzurePlatformIMDS"),
    ("kms", "AzurePlatformLKM"),
    ("lkm", "AzurePlatformLKM"),
    ("loganalytics", "AzureMonitor"),
    ("mcr", "MicrosoftContainerRegistry"),
    ("mde", "MicrosoftDefenderForEndpoint"),
    ("mysql", "Sql"),
    ("postgresql", "Sql"),
    ("recoveryservices", "AzureBackup"),
    ("recoveryservicesvault", "AzureBackup"),
    ("recoveryvault", "AzureBackup"),
    ("sqldatabase", "Sql"),
    ("sqldb", "Sql"),
    ("sqlserver", "Sql"),
    ("storageaccount", "Storage"),
    ("storageaccounts", "Storage"),
    ("synapse", "Sql"),
    ("virtualdesktop", "WindowsVirtualDesktop"),
    ("vnet", "VirtualNetwork"),
    ("windowsupdate", "AzureUpdateDelivery"),
    ("wvd", "WindowsVirtualDesktop"),
];

/// Why a tag is suggested; the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Closeness {
    /// The name is another name of the same thing: `EntraID`, `KeyVault`.
    Alias,
    /// The region is right and written as another tag would have it (TAG-021):
    /// `AzureCloud.francecentral`.
    Region,
    /// So few letters are different that it is surely a slip.
    Slip,
    /// The names look alike and may be about different things.
    Weak,
}

/// A tag that a name may have meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Suggestion<'a> {
    /// The tag, in its official spelling.
    pub name: &'a str,
    /// How sure it is.
    pub closeness: Closeness,
}

/// A suggestion in the making: closeness, letters that differ, tag.
type Ranked<'a> = (Closeness, usize, &'a str);

impl Catalogue {
    /// The tags that `name` may have meant, the likeliest first, at most five; none for a name that
    /// is a tag already.
    pub fn near(&self, name: &str) -> Vec<Suggestion<'_>> {
        let name = name.trim();
        let known = self.get(name).is_some() || special(name).is_some();
        if known || name.is_empty() || name.len() > MAX_NAME || !name.is_ascii() {
            return Vec::new();
        }
        let low = name.to_ascii_lowercase();
        let mut ranked = self.near_whole(&low);
        if let Some((base, region)) = low.split_once('.') {
            self.near_regional(base, region, &mut ranked);
        }
        ranked.sort_unstable();
        let mut found = Vec::<Suggestion<'_>>::new();
        for (closeness, _, name) in ranked {
            if found.len() < MAX_SUGGESTIONS && found.iter().all(|known| known.name != name) {
                found.push(Suggestion { name, closeness });
            }
        }
        found
    }

    /// Tags of all regions near a name in small letters.
    fn near_whole(&self, low: &str) -> Vec<Ranked<'_>> {
        let mut ranked = Vec::new();
        let alias = alias(low).map(|right| right.to_ascii_lowercase());
        let core = core(low);
        let whole = self.iter().filter(|tag| tag.region().is_none()).map(|tag| tag.name());
        for name in whole.chain(Special::ALL.map(Special::name)) {
            let right = name.to_ascii_lowercase();
            if alias.as_ref() == Some(&right) || core_of(&right) == core {
                ranked.push((Closeness::Alias, 0, name));
            } else if let Some((closeness, distance)) = closeness(low, &right) {
                ranked.push((closeness, distance, name));
            }
        }
        ranked
    }

    /// Regional tags near a base and a region in small letters.
    fn near_regional<'a>(&'a self, base: &str, region: &str, ranked: &mut Vec<Ranked<'a>>) {
        let known = self.get(base).map(|tag| (Closeness::Alias, 0, tag.name()));
        let bases = known.map_or_else(|| self.near_whole(base), |known| vec![known]);
        for (sure, letters, base) in bases {
            if let Some(tag) = self.tag_for_region(base, region) {
                let sure = if known.is_some() { Closeness::Region } else { sure };
                ranked.push((sure, letters, tag.name()));
                continue;
            }
            let meant = regions::meant(region).unwrap_or_default();
            let before = ranked.len();
            for tag in self.regional_tags(base) {
                if let Some((closeness, more)) = region_closeness(&meant, tag) {
                    ranked.push((sure.max(closeness), letters + more, tag.name()));
                }
            }
            if ranked.iter().skip(before).all(|(closeness, ..)| *closeness == Closeness::Weak) {
                self.near_shortened(&meant, (sure, letters, base), ranked);
            }
            // A region that is like no other: of all that was written only the tag is known.
            if ranked.is_empty() {
                ranked.push((Closeness::Weak, region.len(), base));
            }
        }
    }

    /// The regional tags whose region is meant by a short form; sure where there is one of them.
    fn near_shortened<'a>(
        &'a self,
        meant: &str,
        (sure, letters, base): Ranked<'a>,
        ranked: &mut Vec<Ranked<'a>>,
    ) {
        // `AzureCloud` writes its regions in small letters, where no word begins.
        let spelling = |tag: Tag<'a>| {
            let location = tag.location()?;
            let spelt = self.tag_for_region(SPELT, location).and_then(|tag| tag.region());
            spelt.or(tag.region())
        };
        let stands = |tag: &Tag<'a>| {
            spelling(*tag).is_some_and(|region| shortened::stands_for(meant, region))
        };
        let found: Vec<Tag<'a>> = self.regional_tags(base).filter(stands).collect();
        let closeness = if found.len() == 1 { Closeness::Alias } else { Closeness::Weak };
        ranked.extend(found.into_iter().map(|tag| (sure.max(closeness), letters, tag.name())));
    }
}

/// A tag with a form for nearly every region, in `PascalCase` (TAG-020).
const SPELT: &str = "Storage";

fn region_closeness(meant: &str, tag: Tag<'_>) -> Option<(Closeness, usize)> {
    closeness(meant, tag.location()?)
}

/// The tag that is meant by another name, in whatever case.
fn alias(low: &str) -> Option<&'static str> {
    let core = core(low);
    ALIASES.iter().find(|(alias, _)| *alias == core).map(|&(_, right)| right)
}

/// A name without what people put in or leave out: maker, hyphens, blanks.
fn core(low: &str) -> String {
    core_of(&low.replace(['-', '_', ' '], "")).to_owned()
}

fn core_of(low: &str) -> &str {
    let rest = low.strip_prefix("microsoft").unwrap_or(low);
    rest.strip_prefix("azure").unwrap_or(rest)
}

/// How close two names in small letters are, and in how many letters they differ; nothing if they
/// have too little in common.
fn closeness(written: &str, right: &str) -> Option<(Closeness, usize)> {
    let (slip, weak) = match written.len() {
        0..4 => (0, 1),
        4..8 => (1, 2),
        length => (2, length / 4 + 1),
    };
    if written.len().abs_diff(right.len()) > weak {
        return None;
    }
    let distance = osa_distance(written, right);
    let sure = if distance <= slip { Closeness::Slip } else { Closeness::Weak };
    (distance <= weak).then_some((sure, distance))
}
