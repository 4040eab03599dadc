//! The declared types of parameters, as far as they matter: what is a secret is never read, be it
//! a whole parameter or a part of one, and wherever the type is defined (`definitions`, `$ref`).

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::budget::Budget;
use super::reading::Reading;
use super::unknown::{Limit, Reason, Unknown, named, placeholder};
use super::value::{Array, Object, Value};
use crate::document::Node;
use crate::source::Span;

/// References may lead to each other this often.
const MAX_REFERENCES: usize = 32;

/// Values are looked through for secrets this deep; what is deeper is taken for one.
const MAX_DEPTH: usize = 50;

/// A declared type, and the definitions that it may refer to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type<'d> {
    node: Node<'d>,
    definitions: Option<Node<'d>>,
}

impl<'d> Type<'d> {
    /// The type that `node` declares.
    pub(super) fn of(node: Node<'d>, definitions: Option<Node<'d>>) -> Self {
        let mut found = node;
        for _ in 0..MAX_REFERENCES {
            let reference = found.get("$ref").and_then(|text| text.text());
            let name = reference.as_deref().and_then(|text| text.strip_prefix("#/definitions/"));
            let Some(next) = name.and_then(|name| definitions?.get(name)) else { break };
            found = next;
        }
        Self { node: found, definitions }
    }

    fn beside(self, node: Node<'d>) -> Self {
        Self::of(node, self.definitions)
    }

    fn word(self) -> Option<Cow<'d, str>> {
        self.node.get("type")?.text()
    }

    /// Is it a secret as a whole?
    pub(super) fn is_secret(self) -> bool {
        self.word().is_some_and(|word| word.to_ascii_lowercase().starts_with("secure"))
    }

    /// Are its values strings?
    pub(super) fn is_text(self) -> bool {
        self.word().is_some_and(|word| {
            ["string", "securestring"].iter().any(|text| word.eq_ignore_ascii_case(text))
        })
    }

    /// May it be left out, and is then null?
    pub(super) fn is_nullable(self) -> bool {
        self.node.get("nullable").and_then(|node| node.as_bool()).unwrap_or_default()
    }

    /// The types of the parts that it names: members, elements, and all forms that it may have.
    fn parts(self) -> impl Iterator<Item = Self> {
        let below = |key: &str| self.node.get(key);
        let members = |node: Node<'d>| node.members().map(|(_, node)| node).collect::<Vec<_>>();
        let named = below("properties").map(members).unwrap_or_default();
        let forms = below("discriminator").and_then(|node| node.get("mapping"));
        let forms = forms.map(members).unwrap_or_default();
        let listed = below("prefixItems").into_iter().flat_map(|list| list.items());
        let others = [below("items"), below("additionalProperties")].into_iter().flatten();
        let all = named.into_iter().chain(forms).chain(listed).chain(others);
        all.map(move |node| self.beside(node))
    }

    /// Is a part of it a secret?
    pub(super) fn holds_secret(self) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![self];
        while let Some(next) = open.pop() {
            if next.is_secret() {
                return true;
            }
            if seen.insert(next.node.span().start) {
                open.extend(next.parts());
            }
        }
        false
    }

    /// The forms that a value of it may have.
    fn forms(self) -> Vec<Self> {
        let mapping = self.node.get("discriminator").and_then(|node| node.get("mapping"));
        let forms = mapping.into_iter().flat_map(|mapping| mapping.members());
        std::iter::once(self).chain(forms.map(|(_, node)| self.beside(node))).collect()
    }

    fn member(self, key: &str) -> Option<Self> {
        let named = self.node.get("properties").and_then(|all| all.get(key));
        named.or_else(|| self.node.get("additionalProperties")).map(|node| self.beside(node))
    }

    fn element(self, at: usize) -> Option<Self> {
        let listed = self.node.get("prefixItems").and_then(|list| list.items().nth(at));
        listed.or_else(|| self.node.get("items")).map(|node| self.beside(node))
    }
}

/// A parameter's value is cleared of its secrets.
pub(super) struct Clearing<'b> {
    pub(super) budget: &'b Budget,
    /// Where the parameter is used.
    pub(super) span: Span,
}

impl Clearing<'_> {
    /// `value`, which is shown as `path`, with an unknown value for every secret in it.
    pub(super) fn value<'d>(
        &self,
        value: Value<'d>,
        types: &[Type<'d>],
        path: &str,
        depth: usize,
    ) -> Value<'d> {
        if depth > MAX_DEPTH || types.iter().any(|found| found.is_secret()) {
            return Value::Unknown(self.unknown(Reason::Secret(named(path)), path));
        }
        if !types.iter().any(|found| found.holds_secret()) {
            return value;
        }
        let types: Vec<Type<'d>> = types.iter().flat_map(|found| found.forms()).collect();
        let made = match value {
            Value::Object(object) => self.object(&object, &types, path, depth).map(Value::Object),
            Value::Array(array) => self.array(&array, &types, path, depth).map(Value::Array),
            other => return other,
        };
        made.unwrap_or_else(|limit| Value::Unknown(self.unknown(Reason::Limit(limit), path)))
    }

    fn unknown(&self, reason: Reason, path: &str) -> Unknown {
        Unknown { reason, span: self.span, placeholder: placeholder(path) }
    }

    fn object<'d>(
        &self,
        object: &Object<'d>,
        types: &[Type<'d>],
        path: &str,
        depth: usize,
    ) -> Result<Object<'d>, Limit> {
        let mut members = Vec::new();
        for member in object.members() {
            self.budget.element(members.len())?;
            let inner: Vec<_> = types.iter().filter_map(|it| it.member(&member.key)).collect();
            let path = format!("{path}.{}", member.key);
            members.push((member.key, self.reading(&member.value, &inner, &path, depth)));
        }
        Object::made(members, object.rest().cloned())
    }

    fn array<'d>(
        &self,
        array: &Array<'d>,
        types: &[Type<'d>],
        path: &str,
        depth: usize,
    ) -> Result<Array<'d>, Limit> {
        let mut items = Vec::new();
        for (at, item) in array.items().enumerate() {
            self.budget.element(at)?;
            let inner: Vec<_> = types.iter().filter_map(|it| it.element(at)).collect();
            items.push(self.reading(&item, &inner, &format!("{path}[{at}]"), depth));
        }
        Array::made(items, array.is_open())
    }

    fn reading<'d>(
        &self,
        reading: &Reading<'d>,
        types: &[Type<'d>],
        path: &str,
        depth: usize,
    ) -> Reading<'d> {
        let is_clear = !types.iter().any(|found| found.is_secret() || found.holds_secret());
        if is_clear {
            return reading.clone();
        }
        Reading::made(self.value(reading.value(), types, path, depth + 1), reading.span())
    }
}
