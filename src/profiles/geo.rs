//! The short region codes in the host names of Azure Backup (`pod01-rec2.jpe.backup…`).
//!
//! From the list that the product documentation ships (`backup/scripts/geo-code-list.md`,
//! 2021-09-17, D-GEO). Regions opened since are missing: an unknown region has an unknown code.

/// The geo code of an ARM location (`japaneast`, any case): `jpe`. None where the list has none.
pub fn geo_code(location: &str) -> Option<&'static str> {
    GEO_CODES
        .iter()
        .find(|(_, region)| region.eq_ignore_ascii_case(location))
        .map(|&(code, _)| code)
}

/// Geo code and ARM location. The codes of paired regions (`…r`) are no names of their own and
/// are left out, as are the closed German regions and the air-gapped clouds.
const GEO_CODES: &[(&str, &str)] = &[
    ("acl", "australiacentral"),
    ("acl2", "australiacentral2"),
    ("ae", "australiaeast"),
    ("ase", "australiasoutheast"),
    ("bjb", "chinanorth"),
    ("bjb2", "chinanorth2"),
    ("brs", "brazilsouth"),
    ("bse", "brazilsoutheast"),
    ("ccy", "centraluseuap"),
    ("cnc", "canadacentral"),
    ("cne", "canadaeast"),
    ("cus", "centralus"),
    ("ea", "eastasia"),
    ("ecy", "eastus2euap"),
    ("eus", "eastus"),
    ("eus2", "eastus2"),
    ("frc", "francecentral"),
    ("frs", "francesouth"),
    ("gn", "germanynorth"),
    ("gwc", "germanywestcentral"),
    ("inc", "centralindia"),
    ("ins", "southindia"),
    ("inw", "westindia"),
    ("jic", "jioindiacentral"),
    ("jiw", "jioindiawest"),
    ("jpe", "japaneast"),
    ("jpw", "japanwest"),
    ("krc", "koreacentral"),
    ("krs", "koreasouth"),
    ("ncus", "northcentralus"),
    ("ne", "northeurope"),
    ("nwe", "norwayeast"),
    ("nww", "norwaywest"),
    ("san", "southafricanorth"),
    ("saw", "southafricawest"),
    ("scus", "southcentralus"),
    ("sdc", "swedencentral"),
    ("sds", "swedensouth"),
    ("sea", "southeastasia"),
    ("sha", "chinaeast"),
    ("sha2", "chinaeast2"),
    ("szn", "switzerlandnorth"),
    ("szw", "switzerlandwest"),
    ("uac", "uaecentral"),
    ("uan", "uaenorth"),
    ("udc", "usdodcentral"),
    ("ude", "usdodeast"),
    ("uga", "usgovarizona"),
    ("ugi", "usgoviowa"),
    ("ugt", "usgovtexas"),
    ("ugv", "usgovvirginia"),
    ("uks", "uksouth"),
    ("ukw", "ukwest"),
    ("wcus", "westcentralus"),
    ("we", "westeurope"),
    ("wus", "westus"),
    ("wus2", "westus2"),
    ("wus3", "westus3"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_and_locations_are_one_to_one_and_in_order() {
        assert!(GEO_CODES.is_sorted_by(|(a, _), (b, _)| a < b));
        let locations: BTreeSet<_> = GEO_CODES.iter().map(|(_, location)| location).collect();
        assert_eq!(locations.len(), GEO_CODES.len());
        assert!(locations.iter().all(|l| l.bytes().all(|b| b.is_ascii_alphanumeric())));
    }

    #[test]
    fn a_location_in_any_case_has_its_code_and_an_unknown_one_has_none() {
        assert_eq!(geo_code("JapanEast"), Some("jpe"));
        assert_eq!(geo_code("northeurope"), Some("ne"));
        assert_eq!(geo_code("polandcentral"), None);
    }
}
