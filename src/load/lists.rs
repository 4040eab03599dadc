//! Port and address lists of one side of a rule.

use super::addresses::address;
use super::ports::port;
use super::properties::{Entry, Side};
use super::scalar::{Scalar, Style, excerpt, placed, wrong_type};
use crate::model::names::{normal, placeholder_end};
use crate::model::{
    Address, AddressFault, AddressItem, Addresses, Fault, Few, Form, GroupRef, PortFault, PortItem,
    PortValue, Ports, Shape,
};
use crate::source::Span;
use crate::template::{Reading, Value};
use std::borrow::Cow;

/// One element of a list.
enum Element<'d> {
    Text(Cow<'d, str>),
    Unknown(Box<str>),
    /// Of a type that Azure doesn't take.
    Wrong(Box<str>),
}

/// The names of the properties of a side, and where its rule stands.
pub(super) struct Named {
    pub(super) ports: [&'static str; 2],
    pub(super) addresses: [&'static str; 3],
    pub(super) rule: Span,
}

/// Goes through the properties of one side, and takes down what is wrong with them.
pub(super) struct Lists<'f> {
    pub(super) style: Style,
    pub(super) faults: &'f mut Vec<Fault>,
}

impl Lists<'_> {
    pub(super) fn ports(&mut self, side: &Side<'_>, named: &Named) -> Ports {
        let entries = [side.port.as_ref(), side.ports.as_ref()];
        let (items, [singular, plural]) = self.both(entries, named.ports, port_item);
        let form = self.form([singular, plural, Filled::No]);
        let span = place(entries, form, named.rule);
        Ports { form, items, span }
    }

    pub(super) fn addresses(&mut self, side: &Side<'_>, named: &Named) -> Addresses {
        let [singular, plural, group_list] = named.addresses;
        let entries = [side.prefix.as_ref(), side.prefixes.as_ref()];
        let (mut items, [of_singular, of_plural]) =
            self.both(entries, [singular, plural], address_item);
        let list = side.groups.as_ref().map(|entry| &entry.value);
        let (groups, filled_groups) = match list.map(|list| (list, list.value())) {
            // A list that is unknown as a whole may well be empty.
            Some((list, Value::Unknown(unknown))) => {
                let value = Address::Unknown(unknown.reason.to_string().into());
                items.push(AddressItem { value, span: list.span() });
                (Vec::new(), Filled::Perhaps)
            }
            Some((list, _)) => {
                let groups = groups(list, group_list, self.faults);
                let filled = if groups.is_empty() { Filled::No } else { Filled::Yes };
                (groups, filled)
            }
            None => (Vec::new(), Filled::No),
        };
        let form = self.form([of_singular, of_plural, filled_groups]);
        let entries = [side.prefix.as_ref(), side.prefixes.as_ref(), side.groups.as_ref()];
        let span = place(entries, form, named.rule);
        Addresses { form, items, groups, span }
    }

    /// The elements of both spellings, and whether each of them is filled.
    fn both<T: Item>(
        &mut self,
        [singular, plural]: [Option<&Entry<'_>>; 2],
        [one, many]: [&'static str; 2],
        make: fn(Element<'_>, Span) -> T,
    ) -> (Few<T>, [Filled; 2]) {
        let mut items = Few::default();
        self.single(singular, one, |element, span| items.push(make(element, span)));
        let mut others = Vec::new();
        self.plural(plural, many, |element, span| others.push(make(element, span)));
        let mut others = Few::from(others);
        let filled = [filled(&items), filled(&others)];
        // Effective rules say everything in both spellings (JS-050).
        if self.style.has_lists_only() && !items.is_empty() {
            let news = |item: &&T| items.iter().all(|first| !first.says_the_same(item));
            others = others.iter().filter(news).cloned().collect();
        }
        if items.is_empty() {
            return (others, filled);
        }
        for item in &others {
            items.push(item.clone());
        }
        (items, filled)
    }

    /// The spelling that was used (NSG-037). An unknown one beside another that is filled is
    /// most likely empty.
    fn form(&self, spellings: [Filled; 3]) -> Form {
        let least = if spellings.contains(&Filled::Yes) { Filled::Yes } else { Filled::Perhaps };
        let lists = self.style.has_lists_only();
        match spellings.map(|filled| filled >= least) {
            [false, false, false] => Form::None,
            [false, false, true] => Form::Groups,
            [_, _, false] if lists => Form::List,
            [true, false, false] => Form::Singular,
            [false, true, false] => Form::Plural,
            // Both are unknown: one of them will be empty.
            [true, true, false] if least == Filled::Perhaps => Form::Singular,
            _ => Form::Several,
        }
    }

    /// The elements of a property that takes one value, or a list in shapes with lists only.
    fn single(
        &mut self,
        entry: Option<&Entry<'_>>,
        property: &'static str,
        mut each: impl FnMut(Element<'_>, Span),
    ) {
        let Some(reading) = entry.map(|entry| &entry.value) else { return };
        let (said, span) = placed(reading, self.style);
        match said {
            Scalar::Missing => {}
            Scalar::Text(text) if self.style.shape == Shape::PowerShell => {
                words(reading, &text, |word, span| each(Element::Text(Cow::Borrowed(word)), span));
            }
            Scalar::Text(text) => each(Element::Text(text), span),
            Scalar::Unknown(reason) => each(Element::Unknown(reason), span),
            Scalar::Other(found) => {
                let is_list = reading.is_array();
                if !(is_list && self.style.has_lists_only()) {
                    self.faults.push(wrong_type(property, "a string", found, span));
                }
                if is_list {
                    self.items(reading, property, &mut each);
                } else {
                    each(Element::Wrong(excerpt(reading)), span);
                }
            }
        }
    }

    /// The elements of a property that takes a list.
    fn plural(
        &mut self,
        entry: Option<&Entry<'_>>,
        property: &'static str,
        mut each: impl FnMut(Element<'_>, Span),
    ) {
        let Some(reading) = entry.map(|entry| &entry.value) else { return };
        if reading.is_array() {
            self.items(reading, property, &mut each);
            return;
        }
        let (said, span) = placed(reading, self.style);
        let (element, found) = match said {
            Scalar::Missing => return,
            Scalar::Unknown(reason) => {
                each(Element::Unknown(reason), span);
                return;
            }
            Scalar::Text(text) => (Element::Text(text), "a string"),
            Scalar::Other(found) => (Element::Wrong(excerpt(reading)), found),
        };
        if !self.style.has_lists_only() {
            self.faults.push(wrong_type(property, "an array", found, span));
        }
        each(element, span);
    }

    fn items(
        &mut self,
        list: &Reading<'_>,
        property: &'static str,
        each: &mut impl FnMut(Element<'_>, Span),
    ) {
        for item in list.items() {
            let (said, span) = placed(&item, self.style);
            match said {
                Scalar::Missing => {}
                Scalar::Text(text) => each(Element::Text(text), span),
                Scalar::Unknown(reason) => each(Element::Unknown(reason), span),
                Scalar::Other(found) => {
                    self.faults.push(wrong_type(property, "a string", found, span));
                    each(Element::Wrong(excerpt(&item)), span);
                }
            }
        }
    }
}

/// Whether a spelling of a property holds anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Filled {
    No,
    Perhaps,
    Yes,
}

trait Item: Clone {
    fn is_unknown(&self) -> bool;
    fn says_the_same(&self, other: &Self) -> bool;
}

impl Item for PortItem {
    fn is_unknown(&self) -> bool {
        matches!(self.value, PortValue::Unknown(_))
    }

    fn says_the_same(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Item for AddressItem {
    fn is_unknown(&self) -> bool {
        matches!(self.value, Address::Unknown(_))
    }

    fn says_the_same(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

fn filled<T: Item>(items: &[T]) -> Filled {
    match items {
        [] => Filled::No,
        items if items.iter().all(Item::is_unknown) => Filled::Perhaps,
        _ => Filled::Yes,
    }
}

fn port_item(element: Element<'_>, span: Span) -> PortItem {
    let value = match element {
        Element::Text(text) => port(&text),
        Element::Unknown(reason) => PortValue::Unknown(reason),
        Element::Wrong(text) => PortValue::Invalid { text, fault: PortFault::NotAPort },
    };
    PortItem { value, span }
}

fn address_item(element: Element<'_>, span: Span) -> AddressItem {
    let value = match element {
        Element::Text(text) => address(&text),
        Element::Unknown(reason) => Address::Unknown(reason),
        Element::Wrong(text) => Address::Invalid { text, fault: AddressFault::NotAnAddress },
    };
    AddressItem { value, span }
}

/// `ConvertTo-Json` joins lists beyond its depth with spaces (JS-031).
pub(super) fn words(reading: &Reading<'_>, text: &str, mut each: impl FnMut(&str, Span)) {
    let mut end = 0;
    for word in text.split_whitespace() {
        let start = end + text.get(end..).and_then(|rest| rest.find(word)).unwrap_or(0);
        end = start + word.len();
        let span = reading.node().map_or_else(|| reading.span(), |node| node.text_span(start..end));
        each(word, span);
    }
}

/// The first property that is filled; of a side that says nothing, the first that is written.
fn place<const N: usize>(entries: [Option<&Entry<'_>>; N], form: Form, rule: Span) -> Span {
    let is_empty = |entry: &Entry<'_>| {
        if let Some(text) = entry.value.plain_node().and_then(|node| node.text()) {
            return text.is_empty();
        }
        match entry.value.value() {
            Value::Null => true,
            Value::Text(text) => text.text.is_empty(),
            Value::Array(items) => items.items().next().is_none(),
            Value::Bool(_) | Value::Number(_) | Value::Object(_) | Value::Unknown(_) => false,
        }
    };
    let written = entries.into_iter().flatten();
    let entry = match form {
        Form::None => written.into_iter().next(),
        Form::Singular | Form::Plural | Form::List | Form::Groups | Form::Several => {
            written.into_iter().find(|entry| !is_empty(entry))
        }
    };
    entry.map_or(rule, |entry| entry.value.span())
}

/// References to application security groups (NSG-044). One that is unknown stays as a group of
/// no known name.
pub(super) fn groups(
    list: &Reading<'_>,
    property: &'static str,
    faults: &mut Vec<Fault>,
) -> Vec<GroupRef> {
    match list.value() {
        Value::Null => return Vec::new(),
        Value::Array(_) | Value::Unknown(_) => {}
        other @ (Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Object(_)) => {
            let is_empty = matches!(&other, Value::Text(text) if text.text.is_empty());
            if !is_empty {
                faults.push(wrong_type(property, "an array", other.describe(), list.span()));
            }
            return Vec::new();
        }
    }
    let mut groups = Vec::new();
    for item in list.items() {
        let id = item.get("id");
        match id.as_ref().and_then(Reading::text).filter(|id| !id.text.is_empty()) {
            Some(id) => groups.push(group(&id.text, item.span())),
            None => {
                let found = item.value().describe();
                faults.push(wrong_type(property, "an object with an `id`", found, item.span()));
                groups.push(group(&excerpt(&item), item.span()));
            }
        }
    }
    groups
}

fn group(id: &str, span: Span) -> GroupRef {
    GroupRef { id: normal(id).into(), name: last_part(id).into(), span }
}

/// The last part of an id; slashes inside of placeholders part nothing.
pub(super) fn last_part(id: &str) -> &str {
    split_last(id).map_or(id, |(_, last)| last)
}

/// The text before and after the last slash that is in no placeholder.
pub(super) fn split_last(text: &str) -> Option<(&str, &str)> {
    let mut found = None;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let place = rest.find(['{', '/']).unwrap_or(rest.len());
        let after = rest.get(place..).unwrap_or_default();
        if after.starts_with('/') {
            found = Some(at + place);
        }
        at += place + if after.starts_with('{') { placeholder_end(after) } else { 1 };
    }
    let at = found?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}
