//! What a workload must reach: profiles, read from TOML with the place of every value.
//!
//! A profile is a list of rows, each one destination with its ports, the document that asks for
//! it and that document's date. The built-in ones are `rules/profiles/*.toml`; a user's file has
//! the same form. Host names, tags and prefixes that many rows share stand once in
//! `rules/endpoints/*.toml`, and a row draws them with `endpoints = "storage"`.

mod endpoints;
mod fault;
mod forms;
mod geo;
mod pattern;
mod read;
mod requirement;
mod table;
mod terms;
#[cfg(test)]
mod tests;
mod view;

pub use fault::{Fault, HostFlaw, ProfileError, TagFlaw};
pub use geo::geo_code;
pub use pattern::{FqdnPattern, Origin, TagPattern};
pub use requirement::{Evidence, Form, Profile, Requirement};
pub use terms::{AsOf, Cloud, Clouds, PortRange, Protocol, Severity};
pub use view::{FormView, ProfileView, RequirementView};

use crate::source::FileId;

/// A file of `rules/` that is part of the program.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIn {
    /// Its name: the file's, without `.toml`.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// The file of every place in a built-in profile: it is of no run, so no excerpt is shown of it.
pub const BUILT_IN: FileId = FileId(u32::MAX);

/// The profile that is implied where none is named.
pub const DEFAULT: &str = "azure-backup";

macro_rules! files {
    ($folder:literal: $($name:literal)*) => {
        &[$(BuiltIn {
            name: $name,
            text: include_str!(concat!("../../rules/", $folder, "/", $name, ".toml")),
        }),*]
    };
}

/// Every built-in profile.
pub const PROFILES: &[BuiltIn] = files!("profiles":
    "aks-backup"
    "azure-backup"
    "file-recovery"
    "mabs-dpm"
    "mars"
    "sap-hana-in-vm"
    "sql-in-vm"
    "vm"
    "vm-2019"
    "vm-2019-managed"
    "vm-2019-unencrypted"
    "vm-2019-unmanaged"
);

/// Every endpoint set.
const ENDPOINTS: &[BuiltIn] = files!("endpoints":
    "azure-backup"
    "entra-id"
    "platform"
    "storage"
    "supporting"
);

const LIBRARY: read::Library<'static> = read::Library { profiles: PROFILES, endpoints: ENDPOINTS };

/// The profile written as `text`. All places are in `file`: a row drawn from an extended profile
/// or an endpoint set stands where that was named.
///
/// # Errors
///
/// Every fault of the file, in its order. After a fault of syntax nothing else is looked at.
pub fn read(file: FileId, text: &str) -> Result<Profile, Vec<ProfileError>> {
    LIBRARY.read(file, text)
}

/// The built-in profile `name`; None where there is none. All places are in [`BUILT_IN`].
///
/// # Errors
///
/// As [`read()`]; the profiles as shipped have no faults.
pub fn built_in(name: &str) -> Option<Result<Profile, Vec<ProfileError>>> {
    let file = PROFILES.iter().find(|file| file.name == name)?;
    Some(read(BUILT_IN, file.text))
}

/// The built-in profile that is spelt nearly like `name`, for "did you mean".
pub fn near_name(name: &str) -> Option<&'static str> {
    fault::near(name, PROFILES.iter().map(|file| file.name))
}
