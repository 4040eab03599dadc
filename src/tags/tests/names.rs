//! Names: found in any case, told apart from regions, and guessed when misspelt.

use std::net::IpAddr;

use super::{names, small};
use crate::tags::{
    Catalogue, Closeness, Lookup, Relation, Special, gap, is_classic_spelling, known_internal,
    lookup, not_internet_v4, private_v4, private_v6, special,
};

#[test]
fn a_dot_is_no_sign_of_a_region() {
    let catalogue = small();
    let core = catalogue.get("azuremonitor.core").unwrap();
    assert_eq!((core.name(), core.base()), ("AzureMonitor.Core", "AzureMonitor.Core"));
    assert_eq!((core.region(), core.location()), (None, None));
    let west = catalogue.get("AZUREMONITOR.WESTEUROPE").unwrap();
    assert_eq!((west.base(), west.region()), ("AzureMonitor", Some("WestEurope")));
    assert_eq!(west.location(), Some("westeurope"));
    assert_eq!(catalogue.get("AzureMonitor.Mars"), None);
    assert_eq!(names(catalogue.regional_tags("azuremonitor")), ["AzureMonitor.WestEurope"]);
    let storage = ["Storage.FranceCentral", "Storage.WestEurope"];
    assert_eq!(names(catalogue.regional_tags("STORAGE")), storage);
    assert_eq!(catalogue.regional_tags("Stor").count(), 0);
    assert_eq!(catalogue.regional_tags("").count(), 0);
}

#[test]
fn a_region_is_found_by_any_of_its_names() {
    let catalogue = small();
    for location in ["francecentral", "France Central", "FranceCentral", "centralfrance"] {
        let name = |base| catalogue.tag_for_region(base, location).map(|tag| tag.name());
        assert_eq!(name("azurecloud"), Some("AzureCloud.centralfrance"));
        assert_eq!(name("Storage"), Some("Storage.FranceCentral"));
        assert_eq!(name("AzureBackup"), None);
    }
    assert_eq!(catalogue.tag_for_region("Storage", "northeurope2"), None);
    assert_eq!(catalogue.location_of("AzureCloud.centralfrance"), Some("francecentral"));
    assert_eq!(catalogue.location_of("Storage"), None);
    assert_eq!(catalogue.locations(), ["francecentral", "westeurope"]);
}

#[test]
fn addresses_and_networks_are_looked_up_by_family() {
    let catalogue = small();
    let holding = |address: &str| names(catalogue.holding(address.parse().unwrap()));
    assert_eq!(holding("13.69.40.20"), ["AzureCloud", "Storage", "Storage.WestEurope"]);
    assert_eq!(holding("52.239.191.5"), ["Storage"]);
    assert_eq!(holding("20.60.44.5"), ["AzureCloud", "Storage"]);
    assert_eq!(holding("2603:1020:207::1"), ["Storage", "Storage.WestEurope"]);
    assert!(holding("9.9.9.9").is_empty());
    let related = |network: &str| {
        let found = catalogue.overlapping(network.parse().unwrap());
        found.into_iter().map(|(tag, relation)| (tag.name(), relation)).collect::<Vec<_>>()
    };
    let expected = [
        ("AzureCloud", Relation::Overlaps),
        ("Storage", Relation::Overlaps),
        ("StorageSyncService", Relation::Within),
    ];
    assert_eq!(related("20.60.44.0/22"), expected);
    // Equal to the network: it holds all of it.
    assert_eq!(related("20.60.45.1/32").last(), Some(&("StorageSyncService", Relation::Contains)));
    assert_eq!(related("2603::/16").len(), 2);
}

#[test]
fn the_gap_is_what_a_tag_has_outside_another() {
    let catalogue = small();
    let tag = |name| catalogue.get(name).unwrap();
    assert!(gap(tag("Storage.WestEurope"), tag("Storage")).is_empty());
    let outside = gap(tag("Storage"), tag("AzureCloud"));
    assert_eq!(outside.v4.count(), 32);
    assert_eq!(outside.v6, **tag("Storage").v6());
    assert!(!outside.is_empty());
}

#[test]
fn misspelt_names_bring_up_what_was_meant() {
    let catalogue = Catalogue::embedded();
    let best = |name: &str| catalogue.near(name).first().map(|best| (best.name, best.closeness));
    let cases = [
        ("AzureAD", "AzureActiveDirectory", Closeness::Alias),
        ("AAD", "AzureActiveDirectory", Closeness::Alias),
        ("Entra", "AzureActiveDirectory", Closeness::Alias),
        ("EntraID", "AzureActiveDirectory", Closeness::Alias),
        ("Microsoft-Entra-ID", "AzureActiveDirectory", Closeness::Alias),
        ("MicrosoftEntraID", "AzureActiveDirectory", Closeness::Alias),
        ("KeyVault", "AzureKeyVault", Closeness::Alias),
        ("KeyVault.japaneast", "AzureKeyVault.JapanEast", Closeness::Alias),
        ("Backup", "AzureBackup", Closeness::Alias),
        ("AzureStorage", "Storage", Closeness::Alias),
        ("AzureSQL", "Sql", Closeness::Alias),
        ("ARM", "AzureResourceManager", Closeness::Alias),
        ("VNet", "VirtualNetwork", Closeness::Alias),
        ("LoadBalancer", "AzureLoadBalancer", Closeness::Alias),
        ("AzureBackups", "AzureBackup", Closeness::Slip),
        ("VirtualNetworks", "VirtualNetwork", Closeness::Slip),
        ("Storge.JapanEst", "Storage.JapanEast", Closeness::Slip),
        ("Storage.JapanEsat", "Storage.JapanEast", Closeness::Slip),
        ("AzureFrontDoor.Fronted", "AzureFrontDoor.Frontend", Closeness::Slip),
        ("AzureCloud.francecentral", "AzureCloud.centralfrance", Closeness::Region),
        ("AzureCloud.germanywestcentral", "AzureCloud.germanywc", Closeness::Region),
        ("Storage.centralfrance", "Storage.FranceCentral", Closeness::Region),
        ("Storage.Japan East", "Storage.JapanEast", Closeness::Region),
        ("storage.weurope", "Storage.WestEurope", Closeness::Alias),
        ("STORAGE.JPEAST", "Storage.JapanEast", Closeness::Alias),
        ("Storage.east-japan", "Storage.JapanEast", Closeness::Alias),
        ("Sql.wus2", "Sql.WestUS2", Closeness::Alias),
        ("AzureCloud.gewc", "AzureCloud.germanywc", Closeness::Alias),
        ("Storge.weu", "Storage.WestEurope", Closeness::Slip),
        ("storage.japaneats", "Storage.JapanEast", Closeness::Slip),
        ("Storage.Nowhere", "Storage", Closeness::Weak),
    ];
    for (name, right, closeness) in cases {
        assert_eq!(best(name), Some((right, closeness)), "{name}");
    }
    for name in ["MyServices", "Contoso", "", "Storage", "internet", "日本", &"a".repeat(10_000)]
    {
        let sure = catalogue.near(name).iter().any(|near| near.closeness != Closeness::Weak);
        assert!(!sure, "{name}");
    }
}

#[test]
fn every_alias_stands_for_a_tag_that_is_there() {
    let catalogue = Catalogue::embedded();
    for (alias, right) in crate::tags::near::ALIASES {
        assert!(catalogue.get(right).is_some() || special(right).is_some(), "{alias}");
        let found = catalogue.near(alias);
        let first = found.first().map(|near| (near.name, near.closeness));
        assert_eq!(first, Some((right, Closeness::Alias)), "{alias}");
    }
}

#[test]
fn special_tags_are_known_in_both_spellings_and_are_in_no_list() {
    for tag in Special::ALL {
        assert_eq!(special(&tag.name().to_ascii_uppercase()), Some(tag));
        assert_eq!(Catalogue::embedded().get(tag.name()), None);
    }
    for (classic, tag) in [
        ("INTERNET", Special::Internet),
        ("VIRTUAL_NETWORK", Special::VirtualNetwork),
        ("azure_loadbalancer", Special::AzureLoadBalancer),
    ] {
        assert_eq!(special(classic), Some(tag));
        assert!(is_classic_spelling(classic));
        assert!(!is_classic_spelling(tag.name()));
    }
    assert_eq!(special("Storage"), None);
    assert!(!is_classic_spelling("A_B"));
    assert_eq!(known_internal("corpnetsaw"), Some("CorpNetSaw"));
    assert_eq!(known_internal("Storage"), None);
}

#[test]
fn what_is_private_is_not_the_internet() {
    assert_eq!(private_v4().count(), (1 << 24) + (1 << 20) + (1 << 16));
    assert_eq!(private_v6().count(), 1 << 121);
    assert!(private_v4().is_subset(&not_internet_v4()));
    let outside = |address: [u8; 4]| not_internet_v4().contains(u32::from_be_bytes(address));
    for address in [[168, 63, 129, 16], [169, 254, 169, 254], [100, 127, 1, 1], [224, 0, 0, 1]] {
        assert!(outside(address), "{address:?}");
    }
    for address in [[9, 9, 9, 9], [13, 69, 40, 20], [168, 63, 129, 17], [223, 255, 255, 255]] {
        assert!(!outside(address), "{address:?}");
    }
    // NSG-056 counted by hand: 3 blocks of 2^24 (0, 10, 127), 100.64/10, 169.254/16, 172.16/12,
    // 192.168/16, 224/3 and one address.
    let expected = 3 * (1 << 24) + (1 << 22) + (1 << 16) + (1 << 20) + (1 << 16) + (1 << 29) + 1;
    assert_eq!(not_internet_v4().count(), expected);
}

#[test]
fn queries_are_answered_by_kind() {
    let catalogue = small();
    let Lookup::Tag(facts) = lookup(&catalogue, " storage ") else { panic!("no tag") };
    assert_eq!((facts.name, facts.regional.len(), facts.prefixes.len()), ("Storage", 2, 6));
    assert_eq!(facts.addresses_v4, 16 + 256 + 16 + 16);
    let Lookup::Address { tags, .. } = lookup(&catalogue, "13.69.40.20") else { panic!("none") };
    let prefixes: Vec<_> = tags.iter().map(|held| held.prefix.as_deref()).collect();
    let listed = [Some("13.69.40.0/22"), Some("13.69.40.16/28"), Some("13.69.40.16/28")];
    // NSG-055: and `Internet`, unless a virtual network has it.
    assert_eq!(prefixes, [&listed[..], &[None]].concat());
    let Lookup::Address { tags, .. } = lookup(&catalogue, "168.63.129.16") else { panic!("none") };
    let names: Vec<&str> = tags.iter().map(|held| held.tag).collect();
    assert_eq!(names, ["AzureLoadBalancer", "AzurePlatformDNS"]);
    let Lookup::Network { network, tags } = lookup(&catalogue, "20.61.0.9/23") else {
        panic!("no network")
    };
    assert_eq!((network.as_str(), tags.len()), ("20.61.0.0/23", 3));
    let Lookup::Special { name, addresses, .. } = lookup(&catalogue, "azureplatformdns") else {
        panic!("not special")
    };
    let host: IpAddr = "168.63.129.16".parse().unwrap();
    assert_eq!((name, addresses), ("AzurePlatformDNS", Some(vec![host])));
    assert!(matches!(lookup(&catalogue, "GENEVAACTIONS"), Lookup::Internal { .. }));
    let unknown = serde_json::to_value(lookup(&catalogue, "Storge")).unwrap();
    let near = serde_json::json!([{ "name": "Storage", "closeness": "slip" }]);
    let expected = serde_json::json!({ "kind": "unknown", "query": "Storge", "near": near });
    assert_eq!(unknown, expected);
}
