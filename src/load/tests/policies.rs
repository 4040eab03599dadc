//! One policy in every shape, and the odd values in rules.

use super::*;
use crate::model::{
    Access, Address, Addresses, Built, Direction, Fault as ValueFault, FaultKind, Field, Form, Nsg,
    PortValue, Ports, Protocol, SecurityRule,
};

/// What a rule says, without places; `*` as effective rules print it.
fn facts(rule: &SecurityRule) -> String {
    let addresses = |side: &Addresses| -> Vec<String> {
        let text = |address: &Address| match address {
            Address::Any => "0.0.0.0/0".to_owned(),
            Address::Network(network) => network.to_string(),
            Address::Tag(tag) => tag.to_string(),
            other => format!("{other:?}"),
        };
        side.items.iter().map(|item| text(&item.value)).collect()
    };
    let ports = |side: &Ports| -> Vec<PortValue> {
        let value = |value: &PortValue| match value {
            PortValue::Any => PortValue::Range(0, u16::MAX),
            other => other.clone(),
        };
        side.items.iter().map(|item| value(&item.value)).collect()
    };
    format!(
        "{} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {} {} {:?} {:?}",
        rule.name.value.to_lowercase(),
        rule.access.known(),
        rule.direction.known(),
        rule.priority.known(),
        rule.protocol.known(),
        addresses(&rule.source),
        ports(&rule.source_ports),
        addresses(&rule.destination),
        ports(&rule.destination_ports),
        rule.condition,
        rule.source.groups.len(),
        rule.destination.groups.len(),
        rule.faults,
        rule.unread,
    )
}

fn facts_of(nsg: &Nsg) -> Vec<String> {
    // Child resources come after inline rules.
    let mut rules: Vec<&SecurityRule> = nsg.rules.iter().collect();
    rules.sort_by_key(|rule| rule.priority.known().copied());
    rules.into_iter().map(facts).collect()
}

#[test]
fn every_shape_of_one_policy_says_the_same() {
    let model = read(Path::new("testdata/arm-template/ok/same-policy-inline.json")).1;
    let expected = facts_of(&model.estate.nsgs[0]);
    assert_eq!(
        expected[1],
        "out-lists Some(Allow) Some(Outbound) Some(210) Some(Tcp) [\"10.20.1.0/24\"] \
         [Range(0, 65535)] [\"10.20.2.0/24\", \"10.20.4.7/32\"] \
         [Range(443, 443), Range(8440, 8450)] None 0 0 [] None"
    );
    let mut count = 0;
    for reader in READERS {
        for path in test_files(reader.name, "ok") {
            let file_name = path.file_name().unwrap().to_string_lossy().into_owned();
            if !file_name.starts_with("same-policy") {
                continue;
            }
            count += 1;
            let (_, loaded) = read(&path);
            let [nsg] = loaded.estate.nsgs.as_slice() else {
                panic!("{}: {} groups", path.display(), loaded.estate.nsgs.len());
            };
            assert_eq!(facts_of(nsg), expected, "{}", path.display());
            let has_no_name = reader.name == "rule-list";
            let name = if has_no_name { file_name.as_str() } else { "nsg-app" };
            assert_eq!(nsg.name.value, name, "{}", path.display());
            assert_eq!(nsg.built, Built::Whole, "{}", path.display());
            assert_eq!((&nsg.unread[..], &nsg.faults[..]), (&[][..], &[][..]));
            assert_eq!(nsg.condition, None);
        }
    }
    assert_eq!(count, 36);
}

#[test]
fn shapes_tell_what_carries_the_group_and_where_it_is() {
    let subnet = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-net/\
                  providers/Microsoft.Network/virtualNetworks/vnet-a/subnets/snet-app";
    for path in [
        "arm-resource/ok/same-policy.json",
        "azure-cli/ok/same-policy-show.json",
        "powershell/ok/same-policy.json",
        "resource-graph/ok/same-policy.json",
        "effective-nsg/ok/same-policy.json",
    ] {
        let (_, loaded) = read(&Path::new("testdata").join(path));
        let nsg = &loaded.estate.nsgs[0];
        let subnets: Vec<&str> =
            nsg.subnets.as_ref().unwrap().iter().map(|id| id.value.as_str()).collect();
        assert_eq!(subnets, [subnet], "{path}");
        assert!(nsg.id.as_ref().unwrap().value.ends_with("/nsg-app"), "{path}");
    }
}

#[test]
fn rules_without_their_group_are_part_of_one() {
    for path in ["arm-resource/ok/one-rule.json", "azure-cli/ok/rule-show.json"] {
        let (_, loaded) = read(&Path::new("testdata").join(path));
        let nsg = &loaded.estate.nsgs[0];
        assert_eq!((nsg.name.value.as_str(), nsg.built), ("nsg-app", Built::Part), "{path}");
    }
}

#[test]
fn effective_rules_bring_their_own_expansions() {
    let (_, loaded) = read(Path::new("testdata/effective-nsg/ok/same-policy.json"));
    let expanded = &loaded.estate.nsgs[0].expanded;
    let text: Vec<String> =
        expanded.iter().map(|(tag, prefixes)| format!("{tag} {prefixes:?}")).collect();
    let tags: Vec<&str> = expanded.keys().map(String::as_str).collect();
    assert_eq!(tags, ["azurebackup", "internet", "virtualnetwork"], "{text:?}");
    assert_eq!(expanded["azurebackup"], ["4.172.96.192/26".parse().unwrap()]);
    let unchecked: Vec<&str> = loaded.unchecked.iter().map(|it| it.what).collect();
    assert_eq!(unchecked, ["security admin rules"]);
}

#[test]
fn half_an_expansion_is_none() {
    let text = r#"{"value": [{"networkSecurityGroup": {"id": "/x/nsg"}, "tagMap": {"A": ["1.0.0.0/8", "?"], "B": "x"},
        "effectiveSecurityRules": [{"name": "securityRules/r", "destinationAddressPrefix": "Sql",
        "expandedDestinationAddressPrefix": ["1.2.3.4/33"]}]}]}"#;
    let (_, loaded) = read_text("f", text);
    assert!(loaded.estate.nsgs[0].expanded.is_empty());
}

#[test]
fn odd_values_stay_visible() {
    let (file, loaded) = read(Path::new("testdata/arm-template/err/odd-values.json"));
    let nsg = &loaded.estate.nsgs[0];
    let [odd, not_a_rule, flags] = nsg.rules.as_slice() else { panic!("{}", nsg.rules.len()) };
    let spelt = |spelt: &Option<Box<str>>| spelt.as_deref().map(str::to_owned);
    let Field::Known(access) = &odd.access else { panic!() };
    assert_eq!((access.value, spelt(&access.spelt)), (Access::Allow, Some("allow".into())));
    let Field::Known(direction) = &odd.direction else { panic!() };
    assert_eq!(direction.value, Direction::Outbound);
    assert_eq!(spelt(&direction.spelt), Some("outbound".into()));
    let Field::Known(protocol) = &odd.protocol else { panic!() };
    assert_eq!((protocol.value, spelt(&protocol.spelt)), (Protocol::Any, Some("any".into())));
    assert_eq!(odd.priority.known(), Some(&200));
    assert_eq!(odd.destination_ports.form, Form::Several);
    assert_eq!(odd.destination_ports.items.len(), 4);
    assert_eq!(odd.source.form, Form::Singular);
    assert_eq!(odd.destination.form, Form::Plural);
    let fault = |fault: &ValueFault| {
        let FaultKind::WrongType { expected, found } = &fault.kind else { panic!() };
        let at = file.slice(fault.span.start, fault.span.end).chars().next();
        format!("{} {expected} {found} {at:?}", fault.property)
    };
    let faults = |list: &[ValueFault]| list.iter().map(fault).collect::<Vec<_>>();
    assert_eq!(
        faults(&odd.faults),
        [
            "sourceAddressPrefix a string an array Some('[')",
            "destinationAddressPrefixes an array a string Some('\"')",
        ]
    );
    assert_eq!(&*not_a_rule.unread.as_ref().unwrap().reason, "its properties are a string");
    assert_eq!(faults(&not_a_rule.faults), ["properties an object a string Some('\"')"]);
    assert_eq!(faults(&nsg.faults), ["securityRules an object a string Some('\"')"]);
    assert_eq!(&*nsg.unread[0].reason, "the rule is a string");
    assert!(matches!(&flags.access, Field::Invalid { text, .. } if &**text == "true"));
    assert!(matches!(&flags.priority, Field::Invalid { text, .. } if &**text == "high"));
    assert!(matches!(&flags.protocol, Field::Invalid { text, .. } if &**text == "Gre"));
    assert_eq!(flags.source.form, Form::None);
    assert_eq!(nsg.subnets, None);
}

#[test]
fn a_key_that_stands_twice_counts_as_the_last_and_is_noted() {
    let (file, loaded) = read(Path::new("testdata/arm-template/err/duplicate-key.json"));
    let rule = &loaded.estate.nsgs[0].rules[0];
    assert_eq!(rule.access.known(), Some(&Access::Allow));
    let [fault] = rule.faults.as_slice() else { panic!("{:?}", rule.faults) };
    let FaultKind::DuplicateKey { first } = fault.kind else { panic!() };
    let text = |span: Span| file.slice(span.start, span.end);
    assert_eq!((text(first), text(fault.span)), ("\"access\"", "\"Access\""));
}

#[test]
fn duplicate_keys_of_the_group_are_noted() {
    let text = r#"{"name": "a", "id": "/x/a", "Name": "b", "properties": {"securityRules": [1], "SecurityRules": []}}"#;
    let (_, loaded) = read_text("f", text);
    let nsg = &loaded.estate.nsgs[0];
    let faults: Vec<&str> = nsg.faults.iter().map(|fault| &*fault.property).collect();
    assert_eq!((nsg.name.value.as_str(), faults), ("b", vec!["Name", "SecurityRules"]));
    assert!(nsg.rules.is_empty() && nsg.unread.is_empty());
}

#[test]
fn nothing_filled_in_is_nothing_there() {
    let text = r#"[{"name": "r", "properties": {"access": "", "direction": null, "protocol": "Tcp",
        "sourcePortRange": "", "sourcePortRanges": [], "destinationPortRange": null, "destinationPortRanges": ["", "443"],
        "sourceAddressPrefix": "", "destinationAddressPrefixes": null, "sourceApplicationSecurityGroups": []}}]"#;
    let (_, loaded) = read_text("f", text);
    let rule = &loaded.estate.nsgs[0].rules[0];
    assert_eq!(
        (&rule.access, &rule.direction, &rule.priority),
        (&Field::Missing, &Field::Missing, &Field::Missing)
    );
    assert_eq!((rule.source_ports.form, rule.destination_ports.form), (Form::None, Form::Plural));
    assert_eq!((rule.source.form, rule.destination.form), (Form::None, Form::None));
    assert_eq!((rule.destination_ports.items.len(), rule.faults.len()), (1, 0));
}
