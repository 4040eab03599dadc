//! The snapshot that is compiled in: whole, spelt right, and true to what is known of Azure.

use std::time::Instant;

use super::names;
use crate::tags::catalogue::EMBEDDED;
use crate::tags::{Catalogue, Usable, gap};

fn tag(name: &str) -> crate::tags::Tag<'static> {
    Catalogue::embedded().get(name).unwrap()
}

#[test]
fn the_snapshot_is_whole() {
    let checked = Catalogue::read(EMBEDDED, "rules/tags/public.tags").unwrap();
    assert!(checked.len() > 3_000);
    let catalogue = Catalogue::embedded();
    assert_eq!(catalogue.len(), checked.len());
    assert_eq!(catalogue.cloud(), "Public");
    assert!(catalogue.as_of().is_some());
}

#[test]
fn every_name_is_found_in_any_case_and_is_in_its_own_spelling() {
    let catalogue = Catalogue::embedded();
    for tag in catalogue.iter() {
        let name = tag.name();
        assert_eq!(catalogue.get(&name.to_ascii_lowercase()), Some(tag));
        assert_eq!(catalogue.get(&name.to_ascii_uppercase()), Some(tag));
        assert_ne!(name, name.to_ascii_uppercase());
        assert_eq!(tag.region().is_some(), tag.region_code().is_some());
        if let Some(region) = tag.region() {
            assert_eq!(name, format!("{}.{region}", tag.base()));
            assert!(catalogue.regional_tags(tag.base()).any(|regional| regional == tag));
            let small = region == region.to_ascii_lowercase();
            assert_eq!(small, tag.base() == "AzureCloud", "{name}");
        }
    }
}

#[test]
fn spelling_is_restored() {
    for name in [
        "AzureActiveDirectory.ServiceEndpoint",
        "AzureCloud.centralfrance",
        "AzureCloud.usstagec",
        "AzureFrontDoor.FirstParty",
        "AzureIoTHub.UKSouth",
        "AzureMonitor.Core",
        "AzureMonitorForSAP",
        "EOPExternalPublishedIPs",
        "SCCservice.EastUS2EUAP",
        "Sql",
        "Sql.NorthCentralUSStage",
        "Storage.JapanEast",
        "Storage.SoutheastUS5",
        "Storage.TaiwanNorthwest",
        "Storage.UAENorth",
    ] {
        assert_eq!(Catalogue::embedded().get(name).map(|tag| tag.name()), Some(name));
    }
}

#[test]
fn a_region_of_azurecloud_is_found_by_the_location_of_every_other_tag() {
    let catalogue = Catalogue::embedded();
    for storage in catalogue.regional_tags("Storage") {
        let location = storage.location().unwrap();
        let cloud = catalogue.tag_for_region("AzureCloud", location);
        // TAG-023: entries of a stage have no AzureCloud of their own.
        assert_eq!(cloud.is_none(), storage.name().ends_with("Stage"), "{location}");
        if let Some(cloud) = cloud {
            assert_eq!(cloud.region_code(), storage.region_code());
        }
    }
    assert_eq!(catalogue.location_of("AzureCloud.usstagee"), Some("eastusstg"));
    assert_eq!(catalogue.location_of("AzureCloud.northeurope2"), None);
}

/// Section 0.1 of the semantics file, as far as this snapshot bears it out.
#[test]
fn known_addresses_are_in_the_tags_known_to_hold_them() {
    let holding = |address: &str| names(Catalogue::embedded().holding(address.parse().unwrap()));
    let west = ["AzureCloud", "AzureCloud.westeurope", "Storage", "Storage.WestEurope"];
    assert_eq!(holding("13.69.40.20"), west);
    let north = ["AzureCloud", "AzureCloud.northeurope", "Storage", "Storage.NorthEurope"];
    assert_eq!(holding("13.70.208.20"), north);
    assert_eq!(holding("20.60.44.5"), ["AzureCloud", "Storage"]);
    let backup = ["AzureBackup", "AzureBackup.CanadaCentral"];
    assert!(holding("4.172.96.200").starts_with(&backup));
    let identity = ["AzureActiveDirectory", "AzureCloud", "AzureCloud.southcentralus"];
    assert_eq!(holding("4.149.98.200"), identity);
    assert_eq!(holding("13.107.3.9"), ["AzureFrontDoor.FirstParty"]);
    assert_eq!(holding("13.107.213.10"), ["AzureFrontDoor.Frontend"]);
    let vault = holding("13.69.64.73");
    assert!(vault.contains(&"AzureKeyVault.WestEurope") && vault.contains(&"AzureKeyVault"));
    assert!(holding("4.150.240.5").contains(&"AzureResourceManager.WestUS"));
    assert_eq!(holding("23.102.135.246"), ["AzureCloud", "AzureCloud.southcentralus"]);
    assert!(holding("9.9.9.9").is_empty());
    assert_eq!(holding("2603:1020:207::1"), west);
}

#[test]
fn tags_lie_to_one_another_as_they_are_known_to() {
    let catalogue = Catalogue::embedded();
    for base in ["Storage", "AzureBackup", "AzureCloud", "AzureKeyVault", "Sql"] {
        assert!(catalogue.regional_tags(base).count() > 60);
        for regional in catalogue.regional_tags(base) {
            assert!(gap(regional, tag(base)).is_empty(), "{regional:?}");
        }
    }
    // TAG-008: disjoint.
    assert!(!tag("AzureBackup").v4().intersects(tag("Storage").v4()));
    assert!(!tag("AzureBackup").v4().intersects(tag("AzureActiveDirectory").v4()));
    // TAG-005: all regions together are less than the tag.
    let none = crate::space::Ranges::empty();
    let regions = catalogue.regional_tags("Storage").fold(none, |all, tag| all.union(tag.v4()));
    assert!(regions.count() < tag("Storage").v4().count());
    // TAG-007: AzureCloud is not a superset of every tag.
    assert!(!gap(tag("AzureFrontDoor.FirstParty"), tag("AzureCloud")).is_empty());
}

/// TAG-006 and Appendix A.
#[test]
fn rules_may_use_the_tags_that_they_are_known_to() {
    let nsg = |name| tag(name).usable_in_nsg();
    let yes =
        ["Storage", "Storage.JapanEast", "AzureBackup", "Sql.SouthwestUS", "AzureMonitor.Core"];
    assert!(yes.into_iter().all(|name| nsg(name) == Usable::Yes));
    let no = [
        "AzureBackup.WestEurope",
        "AzureResourceManager.WestUS",
        "AzureActiveDirectory.ServiceEndpoint",
        "DataFactory.AustraliaCentral",
        "Dynamics365ForMarketingEmail.EastUS",
    ];
    assert!(no.into_iter().all(|name| nsg(name) == Usable::No));
    assert_eq!(nsg("Dynamics365ForMarketingEmail.WestEurope"), Usable::Unlisted);
    assert_eq!(tag("GatewayManager").usable_in_firewall(), Usable::No);
    assert_eq!(tag("AzureCloud").usable_in_firewall(), Usable::Yes);
    assert_eq!(tag("AzureCloud").usable_in_route(), Usable::No);
    assert_eq!(tag("ServiceBus.UKSouth").usable_in_firewall(), Usable::No);
    let catalogue = Catalogue::embedded();
    let usable = |base| {
        catalogue.regional_tags(base).any(|regional| regional.usable_in_nsg() == Usable::Yes)
    };
    let bases = catalogue.iter().filter(|tag| tag.region().is_none() && usable(tag.name()));
    assert_eq!(bases.count(), 22);
}

#[test]
fn no_tag_takes_longer_than_a_millisecond_to_decode() {
    let fresh = Catalogue::read(EMBEDDED, "").unwrap();
    let slowest = fresh.iter().map(|tag| {
        let begun = Instant::now();
        let ranges = tag.v4().len() + tag.v6().len();
        (begun.elapsed().as_micros(), ranges, tag.name())
    });
    // A busy machine may stop us at any tag; twenty times the bound is no accident of that kind.
    let slowest = slowest.max().unwrap();
    assert!(slowest.0 < 20_000, "{slowest:?}");
}
