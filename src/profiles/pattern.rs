//! Tags and host names with holes: `Storage.{region}`, `pod01-rec2.{geo}.backup.windowsazure.com`.
//! They stay data here; who knows the region fills them in.

use std::fmt;
use std::net::IpAddr;

use ipnetwork::IpNetwork;
use serde::{Serialize, Serializer};

use super::fault::{HostFlaw, TagFlaw};

const REGION: &str = "{region}";
const GEO: &str = "{geo}";

/// A service tag as a profile writes it; whether such a tag exists is for the catalogue to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagPattern {
    /// The text as written, `{region}` and all.
    pub text: String,
    /// Does it end in `.{region}`?
    pub regional: bool,
}

impl TagPattern {
    /// The tag written as `text`.
    ///
    /// # Errors
    ///
    /// What is wrong with `text` where it can be no tag.
    pub fn parse(text: &str) -> Result<Self, TagFlaw> {
        if text.parse::<IpNetwork>().is_ok() {
            return Err(TagFlaw::IsAddress);
        }
        let (name, regional) = match text.strip_suffix(REGION) {
            Some(front) => (front.strip_suffix('.').ok_or(TagFlaw::Hole)?, true),
            None => (text, false),
        };
        if name.contains(['{', '}']) {
            return Err(TagFlaw::Hole);
        }
        // TAG-003: a dot is not always a region (`AzureFrontDoor.Frontend`), but there is one at
        // most. `AZURE_LOADBALANCER` is the old spelling of `AzureLoadBalancer` (TAG-016).
        let word = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let parts = name.split('.').count() + usize::from(regional);
        if parts > 2 || !name.split('.').all(word) {
            return Err(TagFlaw::Characters);
        }
        Ok(Self { text: text.to_owned(), regional })
    }

    /// The tag without its hole: `Storage` of `Storage.{region}`, else the whole text.
    pub fn global(&self) -> &str {
        let hole = if self.regional { REGION.len() + 1 } else { 0 };
        self.text.len().checked_sub(hole).and_then(|end| self.text.get(..end)).unwrap_or(&self.text)
    }

    /// The tag in the region whose suffix *for this tag* is `suffix`: `JapanEast`, but
    /// `germanywc` for `AzureCloud` (TAG-021). A tag that is not regional stays as it is.
    #[must_use]
    pub fn fill(&self, suffix: &str) -> String {
        if self.regional { format!("{}.{suffix}", self.global()) } else { self.text.clone() }
    }
}

/// A host name, or a pattern of host names: `*` in front stands for one or more labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FqdnPattern {
    /// The text in lower case, holes and all.
    pub text: String,
    /// Is `{region}` (the ARM location, `japaneast`) one of its labels?
    pub regional: bool,
    /// Is `{geo}` (the backup geo code, `jpe`) one of its labels?
    pub geo: bool,
}

impl FqdnPattern {
    /// The pattern written as `text`.
    ///
    /// # Errors
    ///
    /// What is wrong with `text` where it can be no host name.
    pub fn parse(text: &str) -> Result<Self, HostFlaw> {
        if text.parse::<IpAddr>().is_ok() || text.parse::<IpNetwork>().is_ok() {
            return Err(HostFlaw::IsAddress);
        }
        if text.contains(['/', ':', '?', '#']) {
            return Err(HostFlaw::Url);
        }
        let text = text.to_ascii_lowercase();
        let fixed = text.strip_prefix("*.").unwrap_or(&text);
        if text.len() > 253 || !fixed.contains('.') {
            return Err(if text.contains('*') { HostFlaw::Wildcard } else { HostFlaw::Characters });
        }
        for label in fixed.split('.') {
            check_label(label)?;
        }
        let has = |hole| fixed.split('.').any(|label| label == hole);
        Ok(Self { regional: has(REGION), geo: has(GEO), text })
    }

    /// Does it begin with `*.`?
    pub fn is_wildcard(&self) -> bool {
        self.text.starts_with("*.")
    }

    /// The pattern with its holes filled: the ARM location for `{region}`, the backup geo code
    /// for `{geo}`. None where a hole is there and its value is not.
    #[must_use]
    pub fn fill(&self, location: Option<&str>, geo: Option<&str>) -> Option<String> {
        let labels = self.text.split('.').map(|label| match label {
            REGION => location,
            GEO => geo,
            label => Some(label),
        });
        Some(labels.collect::<Option<Vec<_>>>()?.join("."))
    }

    /// Is `host` (in lower case) one of the names? A hole stands for any one label.
    pub fn covers(&self, host: &str) -> bool {
        let mut host = host.rsplit('.');
        let mut labels = self.text.rsplit('.').peekable();
        while let Some(label) = labels.next() {
            let Some(given) = host.next().filter(|given| !given.is_empty()) else { return false };
            if label == "*" && labels.peek().is_none() {
                return host.all(|rest| !rest.is_empty());
            }
            if label != given && label != REGION && label != GEO {
                return false;
            }
        }
        host.next().is_none()
    }
}

fn check_label(label: &str) -> Result<(), HostFlaw> {
    if label == REGION || label == GEO {
        return Ok(());
    }
    if label.contains(['{', '}']) {
        return Err(HostFlaw::Hole);
    }
    if label.contains('*') {
        return Err(HostFlaw::Wildcard);
    }
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if label.is_empty() || label.len() > 63 || !label.bytes().all(letters) {
        return Err(HostFlaw::Characters);
    }
    Ok(())
}

/// Where required traffic starts, if not at the machines behind the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A service tag, mostly `VirtualNetwork`.
    Tag(TagPattern),
    /// An address or a prefix.
    Address(IpNetwork),
}

impl fmt::Display for TagPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Display for FqdnPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => tag.fmt(f),
            Self::Address(address) => address.fmt(f),
        }
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_regional_tag_takes_the_suffix_and_another_stays() {
        let storage = TagPattern::parse("Storage.{region}").unwrap();
        assert_eq!((storage.regional, storage.global()), (true, "Storage"));
        assert_eq!(storage.fill("JapanEast"), "Storage.JapanEast");
        let front_door = TagPattern::parse("AzureFrontDoor.FirstParty").unwrap();
        assert_eq!(front_door.fill("JapanEast"), "AzureFrontDoor.FirstParty");
        assert_eq!(front_door.global(), "AzureFrontDoor.FirstParty");
    }

    #[test]
    fn what_is_no_tag_says_why() {
        for (text, flaw) in [
            ("10.0.0.0/8", TagFlaw::IsAddress),
            ("2001:db8::1", TagFlaw::IsAddress),
            ("{region}", TagFlaw::Hole),
            ("Storage{region}", TagFlaw::Hole),
            ("{region}.Storage", TagFlaw::Hole),
            ("Storage.{geo}", TagFlaw::Hole),
            ("Storage.{region}.{region}", TagFlaw::Hole),
            (".{region}", TagFlaw::Characters),
            ("a.b.{region}", TagFlaw::Characters),
            ("a.b.c", TagFlaw::Characters),
            ("Azure Storage", TagFlaw::Characters),
            ("", TagFlaw::Characters),
            ("Storage.", TagFlaw::Characters),
            ("*", TagFlaw::Characters),
        ] {
            assert_eq!(TagPattern::parse(text), Err(flaw), "{text}");
        }
    }

    #[test]
    fn what_is_no_host_says_why() {
        for (text, flaw) in [
            ("10.0.0.1", HostFlaw::IsAddress),
            ("::1", HostFlaw::IsAddress),
            ("10.0.0.0/8", HostFlaw::IsAddress),
            ("https://a.example", HostFlaw::Url),
            ("download.microsoft.com/download/*", HostFlaw::Url),
            ("a.example:443", HostFlaw::Url),
            // backup-requirements 2, row 17: a slip that documents really contain.
            ("*blob.core.windows.net", HostFlaw::Wildcard),
            ("a.*.example", HostFlaw::Wildcard),
            ("*", HostFlaw::Wildcard),
            ("*.com", HostFlaw::Wildcard),
            ("pod{geo}.example.com", HostFlaw::Hole),
            ("{zone}.example.com", HostFlaw::Hole),
            ("localhost", HostFlaw::Characters),
            ("a..example", HostFlaw::Characters),
            ("a.example.", HostFlaw::Characters),
            ("名前.example", HostFlaw::Characters),
            ("a b.example", HostFlaw::Characters),
        ] {
            assert_eq!(FqdnPattern::parse(text), Err(flaw), "{text}");
        }
    }

    #[test]
    fn a_wildcard_covers_every_depth_but_not_its_own_suffix() {
        let blob = FqdnPattern::parse("*.Blob.storage.azure.net").unwrap();
        assert!(blob.covers("md-dlbrhcw4gn5r.z33.blob.storage.azure.net"));
        assert!(blob.covers("x.blob.storage.azure.net"));
        for outside in
            ["blob.storage.azure.net", "evilblob.storage.azure.net", ".blob.storage.azure.net", ""]
        {
            assert!(!blob.covers(outside), "{outside}");
        }
    }

    #[test]
    fn a_hole_is_one_label_and_is_never_left_open() {
        let host = FqdnPattern::parse("pod01-rec2.{geo}.backup.windowsazure.com").unwrap();
        assert!(host.covers("pod01-rec2.jpe.backup.windowsazure.com"));
        assert!(!host.covers("pod01-rec2.a.b.backup.windowsazure.com"));
        assert!(!host.covers("pod01-rec2.backup.windowsazure.com"));
        assert_eq!(host.fill(Some("japaneast"), None), None);
        assert_eq!(
            host.fill(None, Some("jpe")).as_deref(),
            Some("pod01-rec2.jpe.backup.windowsazure.com")
        );
    }
}
