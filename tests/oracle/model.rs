//! The rules of the small world as the engine takes them.

use crate::world::{Rule, World, Written};
use egresslint::{
    model::{
        Access, Address, AddressItem, Addresses, Built, Condition, Few, Field, Form, GroupRef, Nsg,
        PortItem, PortValue, Ports, Read, SecurityRule, Shape, Unknown, Written as How,
    },
    source::{FileId, Span, Spanned},
};
use std::collections::BTreeMap;

const SPAN: Span = Span { file: FileId(0), start: 0, end: 0 };

impl World {
    /// The group as the engine takes it.
    pub(crate) fn nsg(rules: &[Rule]) -> Nsg {
        Nsg {
            name: Spanned::new("random".to_owned(), SPAN),
            id: None,
            key: "".into(),
            location: None,
            span: SPAN,
            shape: Shape::Resource,
            rules: rules.iter().map(model).collect(),
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
}

fn field<T>(value: Option<T>) -> Field<T> {
    match value {
        Some(value) => Field::Known(Read { value, span: SPAN, spelt: None }),
        None => Field::Unknown(Unknown { span: SPAN, reason: "it is not known".into() }),
    }
}

fn model(rule: &Rule) -> SecurityRule {
    let access = rule.access.map(|allow| if allow { Access::Allow } else { Access::Deny });
    SecurityRule {
        name: Spanned::new(rule.name.clone(), SPAN),
        span: SPAN,
        written: How::Inline,
        iteration: None,
        condition: rule.doubted.then(|| Condition { text: "maybe".into(), why: None, span: SPAN }),
        description: None,
        access: field(access),
        direction: field(Some(rule.direction)),
        priority: field(rule.priority),
        protocol: field(rule.protocol),
        source: addresses(&rule.source),
        destination: addresses(&rule.destination),
        source_ports: ports(&rule.source_ports),
        destination_ports: ports(&rule.ports),
        faults: Vec::new(),
        unread: None,
    }
}

fn addresses(side: &Written) -> Addresses {
    match side {
        Written::Groups(names) => {
            let groups = names
                .iter()
                .map(|&name| GroupRef { id: name.into(), name: name.into(), span: SPAN })
                .collect();
            Addresses { form: Form::Groups, items: Few::default(), groups, span: SPAN }
        }
        Written::Words(words) => {
            let items = words.iter().map(|&word| {
                let value = match word {
                    "*" => Address::Any,
                    "?" => Address::Unknown("it is not known".into()),
                    _ => word.parse().map_or_else(|_| Address::Tag(word.into()), Address::Network),
                };
                AddressItem { value, span: SPAN }
            });
            let form = if words.len() == 1 { Form::Singular } else { Form::Plural };
            Addresses { form, items: items.collect(), groups: Vec::new(), span: SPAN }
        }
    }
}

fn ports(words: &[&str]) -> Ports {
    let item = |&word: &&str| {
        let (low, high) = word.split_once('-').unwrap_or((word, word));
        let value = match (word, low.parse(), high.parse()) {
            (_, Ok(low), Ok(high)) => PortValue::Range(low, high),
            ("*", ..) => PortValue::Any,
            _ => PortValue::Unknown("it is not known".into()),
        };
        PortItem { value, span: SPAN }
    };
    let form = if words.len() == 1 { Form::Singular } else { Form::Plural };
    Ports { form, items: words.iter().map(item).collect(), span: SPAN }
}
