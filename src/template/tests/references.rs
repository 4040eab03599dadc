//! What a template asks of its own resources.

use super::evaluate_in;

/// A template with a network, deployments and loops.
const TEMPLATE: &str = r#"{
    "parameters": { "site": { "type": "string" }, "off": { "type": "bool", "defaultValue": false },
        "perhaps": { "type": "bool" } },
    "resources": [
        { "type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-05-01", "name": "vnet",
          "location": "westeurope", "tags": { "by": "net" }, "properties": {
            "addressSpace": { "addressPrefixes": ["10.1.0.0/16"] }, "enableDdosProtection": false,
            "subnets": [
                { "name": "one", "properties": { "addressPrefix": "10.1.1.0/24" } },
                { "name": "[parameters('site')]", "properties": { "addressPrefix": "10.1.2.0/24" } }
            ] } },
        { "type": "Microsoft.Network/virtualNetworks", "name": "apart", "location": "West Europe",
          "properties": { "subnets": [] }, "resources": [
            { "type": "subnets", "name": "inner", "properties": { "addressPrefix": "10.2.0.0/24" } } ] },
        { "type": "Microsoft.Network/networkInterfaces", "name": "nic", "properties": { "ipConfigurations": [
            { "name": "a", "properties": { "privateIPAllocationMethod": "Static", "privateIPAddress": "10.1.1.4" } },
            { "name": "b", "properties": { "privateIPAllocationMethod": "Dynamic", "privateIPAddress": "10.1.1.5" } } ] } },
        { "type": "Microsoft.Network/publicIPAddresses", "name": "twin", "properties": {} },
        { "type": "Microsoft.Network/routeTables", "name": "twin", "properties": {} },
        { "type": "Microsoft.Network/publicIPAddresses", "name": "none", "condition": "[parameters('off')]", "properties": {} },
        { "type": "Microsoft.Network/publicIPAddresses", "name": "maybe", "condition": "[parameters('perhaps')]", "properties": {} },
        { "type": "Microsoft.Resources/deployments", "name": "dep", "properties": {
            "expressionEvaluationOptions": { "scope": "inner" },
            "parameters": { "port": { "value": "[add(400, 43)]" }, "password": { "value": "hunter2" } },
            "template": {
                "parameters": { "port": { "type": "int" }, "password": { "type": "secureString" } },
                "variables": { "double": "[mul(parameters('port'), 2)]" },
                "resources": [],
                "outputs": {
                    "port": { "type": "int", "value": "[parameters('port')]" },
                    "double": { "type": "int", "value": "[variables('double')]" },
                    "group": { "type": "string", "value": "[resourceGroup().location]" },
                    "list": { "type": "array", "copy": { "count": 2, "input": "[add(10, copyIndex())]" } },
                    "secret": { "type": "securestring", "value": "[parameters('password')]" },
                    "left": { "type": "int", "condition": "[equals(1, 2)]", "value": 1 }
                } } } },
        { "type": "Microsoft.Resources/deployments", "name": "shared", "resourceGroup": "other", "properties": {
            "template": { "resources": [], "outputs": {
                "site": { "type": "string", "value": "[concat('s-', reference('dep').outputs.port.value)]" } } } } },
        { "type": "Microsoft.Resources/deployments", "name": "linked", "properties": { "templateLink": { "uri": "https://x/y.json" } } },
        { "type": "Microsoft.Resources/deployments", "name": "[concat('round', copyIndex())]", "copy": { "name": "rounds", "count": 3 },
          "properties": { "template": { "resources": [], "outputs": {
              "number": { "type": "int", "value": "[copyIndex('rounds', 1)]" } } } } },
        { "type": "Microsoft.Resources/deployments", "name": "a", "properties": { "template": { "resources": [], "outputs": {
            "x": { "type": "int", "value": "[reference('b').outputs.x.value]" } } } } },
        { "type": "Microsoft.Resources/deployments", "name": "b", "properties": { "template": { "resources": [], "outputs": {
            "x": { "type": "int", "value": "[reference('a').outputs.x.value]" } } } } }
    ] }"#;

/// With symbolic names.
const SYMBOLIC: &str = r#"{
    "languageVersion": "2.0",
    "resources": {
        "hub": { "existing": true, "type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-05-01", "name": "vnet-hub" },
        "net": { "type": "Microsoft.Network/virtualNetworks", "name": "vnet", "properties": { "addressSpace": { "addressPrefixes": ["10.1.0.0/16"] } } },
        "nets": { "type": "Microsoft.Network/virtualNetworks", "copy": { "name": "nets", "count": 2 }, "name": "[concat('v', copyIndex())]",
            "properties": { "addressSpace": { "addressPrefixes": ["[concat('10.', copyIndex(), '.0.0/16')]"] } } },
        "dep": { "type": "Microsoft.Resources/deployments", "name": "d", "properties": {
            "parameters": { "x": { "value": 1 } },
            "template": { "languageVersion": "2.0", "parameters": { "x": { "type": "int" } }, "resources": {},
                "outputs": { "y": { "type": "int", "value": "[add(parameters('x'), 1)]" } } } } }
    } }"#;

fn holds(template: &str, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let (value, why, _) = evaluate_in(template, &format!("[{text}]"));
        assert_eq!((value.as_str(), why), (*expected, None), "{text}");
    }
}

fn is_unknown(template: &str, cases: &[(&str, &str)]) {
    for (text, reason) in cases {
        let (value, why, _) = evaluate_in(template, &format!("[{text}]"));
        assert!(value.starts_with('~'), "{text} is {value}");
        assert_eq!(why.as_deref(), Some(*reason), "{text}");
    }
}

#[test]
fn what_the_template_says_of_its_resources_is_known() {
    holds(
        TEMPLATE,
        &[
            ("reference('vnet').addressSpace.addressPrefixes[0]", "'10.1.0.0/16'"),
            ("reference('VNET', '2024-05-01').subnets[0].name", "'one'"),
            ("reference('vnet').subnets[1].properties.addressPrefix", "'10.1.2.0/24'"),
            ("length(reference('vnet').subnets)", "2"),
            (
                "reference(resourceId('Microsoft.Network/virtualNetworks', 'vnet')).addressSpace.addressPrefixes[0]",
                "'10.1.0.0/16'",
            ),
            ("reference('vnet', '2024-05-01', 'Full').location", "'westeurope'"),
            ("reference('vnet', '2024-05-01', 'full').tags.by", "'net'"),
            (
                "reference('vnet', '2024-05-01', 'FULL').properties.addressSpace.addressPrefixes[0]",
                "'10.1.0.0/16'",
            ),
            ("reference('apart/inner').addressPrefix", "'10.2.0.0/24'"),
            ("reference('nic').ipConfigurations[0].properties.privateIPAddress", "'10.1.1.4'"),
        ],
    );
}

#[test]
fn outputs_of_deployments_are_known() {
    holds(
        TEMPLATE,
        &[
            ("reference('dep').outputs.port.value", "443"),
            ("reference('dep').outputs.double.value", "886"),
            ("reference('dep').outputs.list.value", "[10 11]"),
            ("contains(reference('dep').outputs, 'left')", "false"),
            (
                "reference(resourceId('Microsoft.Resources/deployments', 'dep')).outputs.port.value",
                "443",
            ),
            ("reference('dep', '2022-09-01', 'Full').properties.outputs.port.value", "443"),
            (
                "reference(resourceId('other', 'Microsoft.Resources/deployments', 'shared')).outputs.site.value",
                "'s-443'",
            ),
            ("reference('round2').outputs.number.value", "3"),
        ],
    );
    let secret = "the output `secret` is a secret, and its value is not read";
    is_unknown(TEMPLATE, &[("reference('dep').outputs.secret.value", secret)]);
}

#[test]
fn symbolic_names_lead_to_resources() {
    holds(
        SYMBOLIC,
        &[
            ("reference('net').addressSpace.addressPrefixes[0]", "'10.1.0.0/16'"),
            ("reference('dep').outputs.y.value", "2"),
            ("reference('nets[1]').addressSpace.addressPrefixes[0]", "'10.1.0.0/16'"),
            (
                "map(references('nets'), lambda('n', lambdaVariables('n').addressSpace.addressPrefixes[0]))",
                "['10.0.0.0/16' '10.1.0.0/16']",
            ),
            ("resourceInfo('hub').name", "'vnet-hub'"),
            ("resourceInfo('hub').type", "'Microsoft.Network/virtualNetworks'"),
            ("resourceInfo('hub').apiVersion", "'2024-05-01'"),
            (
                "equals(resourceInfo('hub').id, resourceId('Microsoft.Network/virtualNetworks', 'vnet-hub'))",
                "true",
            ),
        ],
    );
}

#[test]
fn what_azure_computes_is_unknown_and_names_the_resource() {
    let of = |name: &str| format!("what Azure tells of `{name}` is known only at deployment");
    let [vnet, nic, twin, apart, linked] = ["vnet", "nic", "twin", "apart", "linked"].map(of);
    let elsewhere = "`else` is asked for, and the template does not deploy it";
    is_unknown(
        TEMPLATE,
        &[
            ("reference('vnet').resourceGuid", &vnet),
            ("reference('vnet').enableDdosProtection", &vnet),
            ("reference('vnet').subnets[0].properties.routeTable", &vnet),
            ("reference('nic').ipConfigurations[1].properties.privateIPAddress", &nic),
            // Subnets that are resources of their own come in an order that nobody knows.
            ("reference('apart').subnets", &apart),
            // Azure writes it in its own way.
            ("reference('apart', '2024-05-01', 'Full').location", &apart),
            ("reference('twin').ipAddress", &twin),
            ("reference('linked').outputs.x.value", &linked),
            ("reference('else').ipAddress", elsewhere),
            (
                "reference('none').ipAddress",
                "`none` is asked for, and it is not deployed: its condition is false",
            ),
            ("reference('maybe').ipAddress", "the parameter `perhaps` has no default value"),
            ("reference('a').outputs.x.value", "the value of `it` needs itself"),
            ("reference('dep').outputs.none.value", "there is no property `none`"),
        ],
    );
    is_unknown(
        SYMBOLIC,
        &[
            ("reference('hub').addressSpace", &of("vnet-hub")),
            (
                "reference('vnet').addressSpace",
                "`vnet` is asked for, and the template does not deploy it",
            ),
            ("references('net')", &of("net")),
        ],
    );
}

#[test]
fn a_resource_of_another_group_is_another_resource() {
    let id = "resourceId('else', 'Microsoft.Resources/deployments', 'dep')";
    let (value, why, _) = evaluate_in(TEMPLATE, &format!("[reference({id}).outputs]"));
    assert!(value.starts_with('~') && why.unwrap().ends_with("the template does not deploy it"));
}

#[test]
fn names_that_need_themselves_end() {
    let template = r#"{ "resources": [ { "type": "a.b/c", "name": "[reference('x').y]" } ] }"#;
    let (value, why, _) = evaluate_in(template, "[reference('x').y]");
    assert!(value.starts_with('~') && why.is_some());
}
