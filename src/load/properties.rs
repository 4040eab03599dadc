//! The properties of one rule, found in one pass over its members: flat or below `properties`,
//! in whatever case, of equal keys the last.

use crate::document::Kind;
use crate::model::{Fault, FaultKind};
use crate::source::Span;
use crate::template::{Reading, Value};

/// A member as it was found.
#[derive(Clone, Debug)]
pub(super) struct Entry<'d> {
    /// Where its key stands.
    pub(super) key: Span,
    /// Its value.
    pub(super) value: Reading<'d>,
    /// Whether it stands below `properties`.
    inner: bool,
}

/// One side of a rule.
#[derive(Debug, Default)]
pub(super) struct Side<'d> {
    pub(super) prefix: Option<Entry<'d>>,
    pub(super) prefixes: Option<Entry<'d>>,
    pub(super) groups: Option<Entry<'d>>,
    pub(super) port: Option<Entry<'d>>,
    pub(super) ports: Option<Entry<'d>>,
    pub(super) expanded: Option<Entry<'d>>,
}

/// What a rule can say.
#[derive(Debug, Default)]
pub(super) struct Properties<'d> {
    pub(super) name: Option<Entry<'d>>,
    pub(super) id: Option<Entry<'d>>,
    pub(super) properties: Option<Entry<'d>>,
    pub(super) description: Option<Entry<'d>>,
    pub(super) access: Option<Entry<'d>>,
    pub(super) direction: Option<Entry<'d>>,
    pub(super) priority: Option<Entry<'d>>,
    pub(super) protocol: Option<Entry<'d>>,
    pub(super) source: Side<'d>,
    pub(super) destination: Side<'d>,
    /// Keys that stand twice.
    pub(super) faults: Vec<Fault>,
}

/// Every key that [`Properties::place`] knows.
const KEYS: [&str; 20] = [
    "name",
    "id",
    "properties",
    "description",
    "access",
    "direction",
    "priority",
    "protocol",
    "sourceAddressPrefix",
    "sourceAddressPrefixes",
    "sourceApplicationSecurityGroups",
    "sourcePortRange",
    "sourcePortRanges",
    "destinationAddressPrefix",
    "destinationAddressPrefixes",
    "destinationApplicationSecurityGroups",
    "destinationPortRange",
    "destinationPortRanges",
    "expandedSourceAddressPrefix",
    "expandedDestinationAddressPrefix",
];

impl<'d> Properties<'d> {
    /// The properties of `rule`.
    pub(super) fn of(rule: &Reading<'d>) -> Self {
        let mut found = Self::default();
        found.gather(rule, false);
        if let Some(inner) = found.properties.as_ref().map(|entry| entry.value.clone()) {
            found.gather(&inner, true);
        }
        found
    }

    fn gather(&mut self, object: &Reading<'d>, inner: bool) {
        let mut copied = false;
        let mut faults = std::mem::take(&mut self.faults);
        if let Some(node) = object.node().filter(|node| node.kind() == Kind::Object) {
            for (key, value) in node.members() {
                let text = key.text();
                copied |= text.len() == 4 && text.eq_ignore_ascii_case("copy");
                // Exports are half of members that say nothing about the rule's flows.
                if let Some(slot) = self.place(&text) {
                    let entry = Entry { key: key.span(), value: object.beside(value), inner };
                    faults.extend(put(slot, &text, entry));
                }
            }
        } else {
            for member in object.members() {
                copied |= member.key.eq_ignore_ascii_case("copy");
                if let Some(slot) = self.place(&member.key) {
                    let entry = Entry { key: member.key_span, value: member.value, inner };
                    faults.extend(put(slot, &member.key, entry));
                }
            }
        }
        self.faults = faults;
        // Members that a loop makes, or that an unknown part may hold, are there but unnamed.
        let has_more =
            copied || matches!(object.value(), Value::Object(made) if made.rest().is_some());
        for key in KEYS.into_iter().filter(|_| has_more) {
            if let Some(value) = object.get(key)
                && let Some(slot @ None) = self.place(key)
            {
                *slot = Some(Entry { key: value.span(), value, inner });
            }
        }
    }

    fn place(&mut self, key: &str) -> Option<&mut Option<Entry<'d>>> {
        let (source, destination) = (&mut self.source, &mut self.destination);
        let candidates: [(&str, &mut Option<Entry<'d>>); 2] = match key.len() {
            2 => return is(key, "id", &mut self.id),
            4 => return is(key, "name", &mut self.name),
            6 => return is(key, "access", &mut self.access),
            8 => [("priority", &mut self.priority), ("protocol", &mut self.protocol)],
            9 => return is(key, "direction", &mut self.direction),
            10 => return is(key, "properties", &mut self.properties),
            11 => return is(key, "description", &mut self.description),
            15 => return is(key, "sourcePortRange", &mut source.port),
            16 => return is(key, "sourcePortRanges", &mut source.ports),
            19 => return is(key, "sourceAddressPrefix", &mut source.prefix),
            20 => return is(key, "destinationPortRange", &mut destination.port),
            21 => [
                ("sourceAddressPrefixes", &mut source.prefixes),
                ("destinationPortRanges", &mut destination.ports),
            ],
            24 => return is(key, "destinationAddressPrefix", &mut destination.prefix),
            26 => return is(key, "destinationAddressPrefixes", &mut destination.prefixes),
            27 => return is(key, "expandedSourceAddressPrefix", &mut source.expanded),
            31 => return is(key, "sourceApplicationSecurityGroups", &mut source.groups),
            32 => return is(key, "expandedDestinationAddressPrefix", &mut destination.expanded),
            36 => return is(key, "destinationApplicationSecurityGroups", &mut destination.groups),
            _ => return None,
        };
        let (_, slot) = candidates
            .into_iter()
            .find(|(name, _)| *name == key || name.eq_ignore_ascii_case(key))?;
        Some(slot)
    }
}

/// Puts a member into its place; tells if another of its key stood there.
fn put<'d>(slot: &mut Option<Entry<'d>>, key: &str, entry: Entry<'d>) -> Option<Fault> {
    let first = match slot {
        None => None,
        // The name of the rule stands outside; a property of that name means nothing.
        Some(outer) if entry.inner && !outer.inner && is_outer(key) => return None,
        Some(before) if before.inner == entry.inner => Some(before.key),
        Some(_) => None,
    };
    let span = entry.key;
    *slot = Some(entry);
    let first = first.filter(|first| *first != span)?;
    Some(Fault { kind: FaultKind::DuplicateKey { first }, property: key.into(), span })
}

/// The slot, if the key has that name, of whose length it is.
fn is<'a, T>(key: &str, name: &str, slot: &'a mut T) -> Option<&'a mut T> {
    // Nearly every key is spelt as usual, and that is the quickest to tell.
    (key == name || key.eq_ignore_ascii_case(name)).then_some(slot)
}

const fn is_outer(key: &str) -> bool {
    matches!(key.len(), 2 | 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_its_own_place() {
        let text: Vec<String> = KEYS.iter().map(|key| format!("\"{key}\": \"{key}\"")).collect();
        let text = format!("{{{}}}", text.join(","));
        let document = crate::document::Document::parse(crate::source::FileId(0), &text).unwrap();
        let mut found = Properties::of(&Reading::plain(document.root()));
        assert!(found.faults.is_empty());
        for key in KEYS {
            let entry = found.place(key).and_then(|slot| slot.clone()).unwrap();
            assert_eq!(entry.value.text().unwrap().text, key);
        }
    }
}
