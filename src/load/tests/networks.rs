//! Virtual networks and what stands in them.

use super::*;
use crate::model::Reference;

#[test]
fn a_network_keeps_its_places_and_knows_what_it_does_not_show() {
    let (file, loaded) = read(Path::new("testdata/azure-cli/ok/virtual-networks.json"));
    let Estate { networks, subnets, peerings, .. } = &loaded.estate;
    let network = networks.first().unwrap();
    assert!(network.id.ends_with("/virtualnetworks/vnet-a"));
    assert_eq!(network.unread, None);
    let prefixes: Vec<String> =
        network.prefixes.known().unwrap().map(|it| it.to_string()).collect();
    assert_eq!(prefixes, ["10.20.0.0/16", "fd00:20::/48"]);
    let [app, db] = subnets.as_slice() else { panic!("two subnets: {subnets:?}") };
    assert_eq!(app.network, network.id);
    assert_eq!(file.position(app.prefixes.items[0].span.start).line, 11);
    assert!(app.group.id().unwrap().ends_with("/networksecuritygroups/nsg-app"));
    assert!(app.routes.id().unwrap().ends_with("/routetables/rt-app"));
    let services: Vec<&str> = app.endpoints.iter().map(|it| it.value.as_str()).collect();
    assert_eq!(services, ["Microsoft.Storage"]);
    assert_eq!((&db.group, &db.routes), (&Reference::None, &Reference::None));
    assert_eq!(db.prefixes.items.len(), 2);
    let peering = peerings.first().unwrap();
    assert_eq!(peering.network, network.id);
    assert_eq!(peering.access.known(), Some(&true));
    assert_eq!(peering.uses_remote_gateways.known(), Some(&true));
    assert!(
        peering
            .remote
            .id()
            .unwrap()
            .ends_with("/rg-hub/providers/microsoft.network/virtualnetworks/vnet-hub")
    );
}

#[test]
fn what_is_unknown_of_a_network_has_its_reason() {
    let resources = r#"
        { "type": "Microsoft.Network/virtualNetworks", "name": "v", "properties": {
            "addressSpace": { "addressPrefixes": ["[parameters('p')]"] },
            "subnets": [{ "name": "s", "properties": { "addressPrefix": "10.0.0.0/33" } }, { "name": "t" }] } },
        { "type": "Microsoft.Network/virtualNetworks/virtualNetworkPeerings", "name": "v/x", "properties": {
            "allowVirtualNetworkAccess": "[parameters('p')]" } },
        { "type": "Microsoft.Network/networkInterfaces", "name": "i", "properties": { "ipConfigurations": [
            { "properties": { "privateIPAddress": "10.0.0.4" } }, { "properties": {} }] } },
        { "type": "Microsoft.Network/routeTables", "name": "r", "properties": { "routes": "[parameters('p')]" } }"#;
    let (_, loaded) = read_text("f", &templates::template(resources));
    let estate = &loaded.estate;
    let reason = |prefixes: &crate::model::Prefixes| {
        assert!(prefixes.known().is_none());
        prefixes.unknown.as_ref().map_or_else(String::new, |it| it.reason.to_string())
    };
    let no_value = "the parameter `p` has no default value";
    assert_eq!(reason(&estate.networks[0].prefixes), no_value);
    assert!(estate.networks[0].unread.is_some());
    assert_eq!(reason(&estate.subnets[0].prefixes), "`10.0.0.0/33` is no prefix");
    assert_eq!(reason(&estate.subnets[1].prefixes), "the subnet does not show its prefix");
    assert_eq!(estate.peerings[0].network, estate.networks[0].id);
    assert_eq!(estate.peerings[0].access.known(), None);
    // One of two configurations has an address that Azure picks.
    assert_eq!(estate.interfaces[0].addresses, []);
    assert_eq!(reason(&estate.routes[0].prefixes), no_value);
}
