//! Rule collections: those of classic firewalls, each in the list of its kind, and those of the
//! groups of policies.

use super::rule::{OLD_FORM, Sort, rule};
use super::values::Values;
use crate::load::group::{duplicate_keys, properties};
use crate::load::scalar::{Style, name, named, unknown, wrong_type};
use crate::model::{CollectionKind, Fault, Field, FirewallAction, Read, RuleCollection, Unknown};
use crate::source::Spanned;
use crate::template::{Reading, Value};

/// The lists of classic firewalls (FW-001).
const CLASSIC: [(&str, CollectionKind); 3] = [
    ("natRuleCollections", CollectionKind::Nat),
    ("networkRuleCollections", CollectionKind::Network),
    ("applicationRuleCollections", CollectionKind::Application),
];

/// Collections, and why there may be others.
pub(super) type Found = (Vec<RuleCollection>, Option<Unknown>);

/// The collections that stand in a classic firewall with these properties.
pub(super) fn classic(inner: &Reading<'_>, style: Style, faults: &mut Vec<Fault>) -> Found {
    let mut found: Found = (Vec::new(), None);
    for (property, kind) in CLASSIC {
        let mut values = Values { style, faults };
        let why = values.objects(inner.get(property).as_ref(), property, |item, _| {
            found.0.push(collection(item, Some(kind), style));
        });
        found.1 = found.1.or(why);
    }
    found
}

/// The collections of a group with these properties. PowerShell calls the list after one of them.
pub(super) fn of_group(inner: &Reading<'_>, style: Style, faults: &mut Vec<Fault>) -> Found {
    let list = inner.get("ruleCollections").or_else(|| inner.get("ruleCollection"));
    if list.is_none()
        && let Some(rules) = inner.get("rules")
    {
        return (Vec::new(), Some(unknown(rules.span(), OLD_FORM)));
    }
    let mut collections = Vec::new();
    let mut values = Values { style, faults };
    let unread = values.objects(list.as_ref(), "ruleCollections", |item, _| {
        collections.push(collection(item, None, style));
    });
    (collections, unread)
}

/// One collection: of the kind of its list, or else of that which it says itself.
fn collection(reading: &Reading<'_>, kind: Option<CollectionKind>, style: Style) -> RuleCollection {
    let span = reading.span();
    let mut faults = duplicate_keys(reading);
    let inner = properties(reading);
    let mut unread = odd_properties(reading, &mut faults);
    let sort = match kind {
        Some(CollectionKind::Network) => Some(Sort::Network),
        Some(CollectionKind::Application) => Some(Sort::Application),
        Some(CollectionKind::Nat) => Some(Sort::Nat),
        Some(CollectionKind::Filter) | None => None,
    };
    let mut values = Values { style, faults: &mut faults };
    let kind = match kind {
        Some(value) => Field::Known(Read { value, span, spelt: None }),
        None => {
            values.word(inner.get("ruleCollectionType").as_ref(), "ruleCollectionType", kind_named)
        }
    };
    let priority = values.number(inner.get("priority").as_ref(), "priority");
    let action = action(&inner, &mut values);
    let mut rules = Vec::new();
    let why = values.objects(inner.get("rules").as_ref(), "rules", |item, _| {
        rules.push(rule(item, sort, style));
    });
    unread = unread.or(why);
    let name = reading.get("name").and_then(|it| name(&it, style));
    RuleCollection {
        name: name.unwrap_or_else(|| Spanned::new(String::new(), span)),
        span,
        kind,
        priority,
        action,
        rules,
        unread,
        condition: None,
        faults,
    }
}

/// Takes down what is wrong with `properties`; gives why nothing in them can be read.
pub(super) fn odd_properties(reading: &Reading<'_>, faults: &mut Vec<Fault>) -> Option<Unknown> {
    let inner = reading.get("properties")?;
    match inner.value() {
        Value::Object(_) => {
            faults.append(&mut duplicate_keys(&inner));
            None
        }
        Value::Null => None,
        Value::Unknown(why) => Some(unknown(inner.span(), why.reason.to_string())),
        other @ (Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Array(_)) => {
            let found = other.describe();
            faults.push(wrong_type("properties", "an object", found, inner.span()));
            Some(unknown(inner.span(), format!("the properties are {found}")))
        }
    }
}

/// FW-006
fn kind_named(text: &str) -> Option<(CollectionKind, bool)> {
    named(
        text,
        [
            ("FirewallPolicyFilterRuleCollection", CollectionKind::Filter),
            ("FirewallPolicyNatRuleCollection", CollectionKind::Nat),
        ],
    )
}

/// FW-007
fn action(inner: &Reading<'_>, values: &mut Values<'_>) -> Field<FirewallAction> {
    let Some(holder) = inner.get("action") else { return Field::Missing };
    let parse = |text: &str| {
        named(
            text,
            [
                ("Allow", FirewallAction::Allow),
                ("Deny", FirewallAction::Deny),
                ("DNAT", FirewallAction::Dnat),
                ("Dnat", FirewallAction::Dnat),
                ("SNAT", FirewallAction::Snat),
                ("Snat", FirewallAction::Snat),
            ],
        )
    };
    match holder.value() {
        Value::Object(_) | Value::Unknown(_) => {
            values.word(holder.get("type").as_ref(), "type", parse)
        }
        Value::Null => Field::Missing,
        other => {
            // PowerShell writes the name of a type for what is too deep.
            let read = values.word(Some(&holder), "action", |_| None::<(FirewallAction, bool)>);
            if matches!(read, Field::Invalid { .. }) {
                let found = other.describe();
                values.faults.push(wrong_type("action", "an object", found, holder.span()));
            }
            read
        }
    }
}
