//! Groups in the shorthand of the semantics file: `200 Out Allow Tcp *:* -> Storage:443`.

use crate::{
    decide::{Lexicon, NsgPolicy},
    model::{
        Access, Address, AddressItem, Addresses, Built, Direction, Few, Field, Form, GroupRef, Nsg,
        PortItem, PortValue, Ports, Protocol, Read, SecurityRule, Shape, Written,
    },
    source::{FileId, Span, Spanned},
    tags::Catalogue,
};
use std::{collections::BTreeMap, sync::LazyLock};

/// Everything stands at the same place.
pub(crate) const SPAN: Span = Span { file: FileId(0), start: 0, end: 0 };

static EXPANDED: BTreeMap<String, Vec<ipnetwork::IpNetwork>> = BTreeMap::new();

/// The addresses of section 0.1, and the tags that held them when it was written. The list that is
/// compiled in moves on; the examples must not.
const FIXTURES: &[(&str, &str)] = &[
    ("13.69.40.20", "Storage Storage.WestEurope AzureCloud AzureCloud.westeurope"),
    ("13.70.208.20", "Storage Storage.NorthEurope AzureCloud AzureCloud.northeurope"),
    ("52.239.191.5", "Storage"),
    ("20.60.44.5", "Storage AzureCloud"),
    ("4.172.96.200", "AzureBackup AzureCloud AzureCloud.canadacentral"),
    ("4.149.98.200", "AzureActiveDirectory AzureCloud AzureCloud.southcentralus"),
    ("20.190.138.200", "AzureActiveDirectory"),
    ("4.150.240.5", "AzureResourceManager AzureCloud AzureCloud.westus"),
    ("13.69.64.73", "AzureKeyVault AzureKeyVault.WestEurope AzureCloud AzureCloud.westeurope"),
    ("13.107.3.9", "AzureFrontDoor.FirstParty"),
    ("13.107.213.10", "AzureFrontDoor.Frontend"),
    ("23.102.135.246", "AzureCloud AzureCloud.southcentralus"),
];

/// A list of service tags with the fixtures in it.
fn fixtures() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
        let mut tags: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (address, names) in FIXTURES {
            for name in names.split_whitespace() {
                tags.entry(name).or_default().push(format!("{address}/32"));
            }
        }
        let values: Vec<serde_json::Value> = tags
            .iter()
            .map(|(name, prefixes)| {
                let region = match name.rsplit_once('.') {
                    Some(("AzureFrontDoor", _)) | None => String::new(),
                    Some((_, region)) => region.to_lowercase(),
                };
                serde_json::json!({ "name": name, "id": name, "properties": {
                    "changeNumber": 1, "region": region, "regionId": 0, "platform": "Azure",
                    "systemService": "", "addressPrefixes": prefixes,
                    "networkFeatures": ["API", "NSG", "UDR", "FW"] } })
            })
            .collect();
        let file = serde_json::json!({ "changeNumber": 1, "cloud": "Public", "values": values });
        Catalogue::read(file.to_string().as_bytes(), "ServiceTags_Public_20260626.json").unwrap()
    });
    &CATALOGUE
}

/// What words stand for in the examples.
pub(crate) fn lexicon() -> Lexicon<'static> {
    Lexicon { tags: fixtures(), expanded: &EXPANDED, foreign: false, around: None }
}

/// The group in order.
pub(crate) fn policy(nsg: &Nsg) -> NsgPolicy<'_> {
    NsgPolicy::new(nsg, lexicon())
}

/// A group with these rules, in no known region. A rule's name is its number, or what stands
/// before a `=`.
pub(crate) fn nsg(rules: &[&str]) -> Nsg {
    Nsg {
        name: Spanned::new("nsg-app".to_owned(), SPAN),
        id: None,
        key: "".into(),
        location: None,
        span: SPAN,
        shape: Shape::Resource,
        rules: rules.iter().map(|text| rule(text)).collect(),
        built: Built::Whole,
        unread: Vec::new(),
        condition: None,
        subnets: None,
        interfaces: None,
        expanded: BTreeMap::new(),
        faults: Vec::new(),
        again: Vec::new(),
    }
}

fn known<T>(value: T) -> Field<T> {
    Field::Known(Read { value, span: SPAN, spelt: None })
}

/// One rule.
pub(crate) fn rule(text: &str) -> SecurityRule {
    let (name, text) = text.split_once('=').map_or((None, text), |(name, text)| (Some(name), text));
    let words: Vec<&str> = text.split_whitespace().collect();
    let [priority, direction, access, protocol, from, "->", to] = words.as_slice() else {
        panic!("no rule: {text}")
    };
    let (source, source_ports) = from.rsplit_once(':').unwrap();
    let (destination, ports) = to.rsplit_once(':').unwrap();
    SecurityRule {
        name: Spanned::new(name.unwrap_or(priority).to_owned(), SPAN),
        span: SPAN,
        written: Written::Inline,
        iteration: None,
        condition: None,
        description: None,
        access: known(match *access {
            "Allow" => Access::Allow,
            "Deny" => Access::Deny,
            other => panic!("no access: {other}"),
        }),
        direction: known(match *direction {
            "In" => Direction::Inbound,
            "Out" => Direction::Outbound,
            other => panic!("no direction: {other}"),
        }),
        priority: known(priority.parse().unwrap()),
        protocol: known(match *protocol {
            "*" => Protocol::Any,
            "Tcp" => Protocol::Tcp,
            "Udp" => Protocol::Udp,
            "Icmp" => Protocol::Icmp,
            "Esp" => Protocol::Esp,
            "Ah" => Protocol::Ah,
            other => panic!("no protocol: {other}"),
        }),
        source: side(source),
        destination: side(destination),
        source_ports: port_list(source_ports),
        destination_ports: port_list(ports),
        faults: Vec::new(),
        unread: None,
    }
}

fn side(text: &str) -> Addresses {
    if text.starts_with("asg-") {
        let group = |name: &str| GroupRef { id: name.into(), name: name.into(), span: SPAN };
        let groups = text.split(',').map(group).collect();
        return Addresses { form: Form::Groups, items: Few::default(), groups, span: SPAN };
    }
    let item = |text: &str| {
        let value = match text {
            "*" => Address::Any,
            "?" => Address::Unknown("it is not known".into()),
            _ => text.parse().map_or_else(|_| Address::Tag(text.into()), Address::Network),
        };
        AddressItem { value, span: SPAN }
    };
    let items: Vec<AddressItem> = text.split(',').map(item).collect();
    let form = if items.len() == 1 { Form::Singular } else { Form::Plural };
    Addresses { form, items: items.into(), groups: Vec::new(), span: SPAN }
}

fn port_list(text: &str) -> Ports {
    let item = |text: &str| {
        let value = match (text, text.split_once('-')) {
            ("*", _) => PortValue::Any,
            ("?", _) => PortValue::Unknown("it is not known".into()),
            (_, Some((low, high))) => PortValue::Range(low.parse().unwrap(), high.parse().unwrap()),
            (one, None) => PortValue::Range(one.parse().unwrap(), one.parse().unwrap()),
        };
        PortItem { value, span: SPAN }
    };
    let items: Vec<PortItem> = text.split(',').map(item).collect();
    let form = if items.len() == 1 { Form::Singular } else { Form::Plural };
    Ports { form, items: items.into(), span: SPAN }
}
