//! A small list in every form, and what the tests share.

mod embedded;
mod forms;
mod hostile;
mod names;

use super::{Catalogue, PackOptions, pack};

/// The addresses of the semantics file's section 0.1 that a few tags suffice for, in prefixes of
/// our own making.
const OFFICIAL: &str = r#"{
  "changeNumber": 901, "cloud": "Public",
  "values": [
    { "name": "Storage", "id": "Storage", "properties": {
        "changeNumber": 43, "region": "", "regionId": 0, "platform": "Azure",
        "systemService": "AzureStorage",
        "addressPrefixes": ["13.69.40.16/28", "20.60.44.0/24", "13.70.208.16/28",
                            "52.239.191.0/28", "2603:1020:207::/48", "2603:1020:206:1::10/124"],
        "networkFeatures": ["API", "NSG", "UDR", "FW", "VSE"] } },
    { "name": "Storage.WestEurope", "id": "Storage.WestEurope", "properties": {
        "changeNumber": 7, "region": "westeurope", "systemService": "AzureStorage",
        "addressPrefixes": ["13.69.40.16/28", "2603:1020:207::/48"],
        "networkFeatures": ["API", "NSG", "UDR", "FW"] } },
    { "name": "Storage.FranceCentral", "id": "Storage.FranceCentral", "properties": {
        "changeNumber": 1, "region": "centralfrance", "systemService": "AzureStorage",
        "addressPrefixes": [], "networkFeatures": ["API", "NSG"] } },
    { "name": "StorageSyncService", "id": "StorageSyncService", "properties": {
        "changeNumber": 1, "region": "", "systemService": "StorageSyncService",
        "addressPrefixes": ["20.60.45.1/32"], "networkFeatures": ["API", "NSG", "NEW"] } },
    { "name": "AzureCloud.centralfrance", "id": "AzureCloud.centralfrance", "properties": {
        "changeNumber": 2, "region": "centralfrance", "systemService": "",
        "addressPrefixes": ["20.43.80.0/24"], "networkFeatures": ["API", "NSG"] } },
    { "name": "AzureCloud", "id": "AzureCloud", "properties": {
        "changeNumber": 3, "region": "", "systemService": "",
        "addressPrefixes": ["13.69.40.0/21", "20.60.44.0/23", "13.69.40.0/22"],
        "networkFeatures": ["NSG", "API"] } },
    { "name": "AzureMonitor", "id": "AzureMonitor", "properties": {
        "changeNumber": 4, "region": "", "addressPrefixes": ["4.1.0.0/16"],
        "networkFeatures": ["API", "NSG", "UDR", "FW"] } },
    { "name": "AzureMonitor.Core", "id": "AzureMonitor.Core", "properties": {
        "changeNumber": 4, "region": "", "addressPrefixes": ["4.1.2.3/32"],
        "networkFeatures": ["NSG", "UDR", "FW"] } },
    { "name": "AzureMonitor.WestEurope", "id": "AzureMonitor.WestEurope", "properties": {
        "changeNumber": 4, "region": "westeurope", "addressPrefixes": ["4.1.3.0/24"],
        "networkFeatures": ["NSG"] } },
    { "name": "AzureBackup.WestEurope", "id": "AzureBackup.WestEurope", "properties": {
        "changeNumber": 5, "region": "westeurope", "systemService": "AzureBackup",
        "addressPrefixes": ["20.61.0.0/24"], "networkFeatures": null } },
    { "name": "AzureBackup", "id": "AzureBackup", "properties": {
        "changeNumber": 5, "region": "", "systemService": "AzureBackup",
        "addressPrefixes": ["20.61.0.0/24", "20.61.1.0/24"],
        "networkFeatures": ["API", "NSG", "UDR", "FW"] } } ] }"#;

/// [`OFFICIAL`] as read from a file.
fn small() -> Catalogue {
    Catalogue::read(OFFICIAL.as_bytes(), "lists/ServiceTags_Public_20260626.json").unwrap()
}

/// [`OFFICIAL`] packed.
fn small_packed() -> Vec<u8> {
    let options = PackOptions { file_name: "ServiceTags_Public_20260626.json", as_of: None };
    pack(OFFICIAL.as_bytes(), &options).unwrap()
}

/// The names of some tags.
fn names<'a>(tags: impl IntoIterator<Item = super::Tag<'a>>) -> Vec<&'a str> {
    tags.into_iter().map(|tag| tag.name()).collect()
}
