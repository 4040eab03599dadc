//! The configuration that a plan carries: which values refer to which. Where a plan does not know
//! an id yet, this tells whose id it will be.

use super::plan::{Name, Plan};
use crate::document::Node;
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;

/// So many expressions are followed from one attribute, and no more.
const MAX_FOLLOWED: usize = 200;

/// An expression with more references than this is no reference to anything.
const MAX_REFERENCES: usize = 60;

/// The modules and resources of a configuration.
#[derive(Debug)]
pub(super) struct Configuration<'d> {
    /// By their path of calls, such as `net.rules`; the root has the empty one.
    modules: BTreeMap<String, Node<'d>>,
    /// By path, whether data, type and name.
    resources: BTreeMap<Name<'d>, Node<'d>>,
}

impl<'d> Configuration<'d> {
    pub(super) fn of(root: Node<'d>) -> Self {
        let mut found = Self { modules: BTreeMap::new(), resources: BTreeMap::new() };
        let first = root.get("configuration").and_then(|it| it.get("root_module"));
        let mut open: Vec<(String, Node<'d>)> =
            first.into_iter().map(|it| (String::new(), it)).collect();
        while let Some((path, module)) = open.pop() {
            let resources = module.get("resources");
            for resource in resources.iter().flat_map(Node::items) {
                let text = |key: &str| resource.get(key).and_then(|it| it.text());
                let is_data = text("mode").is_some_and(|mode| mode == "data");
                if let (Some(kind), Some(name)) = (text("type"), text("name")) {
                    found.resources.insert((path.clone().into(), is_data, kind, name), resource);
                }
            }
            let calls = module.get("module_calls");
            for (name, call) in calls.iter().flat_map(Node::members) {
                if let Some(below) = call.get("module") {
                    open.push((join(&path, &name.text()), below));
                }
            }
            found.modules.insert(path, module);
        }
        found
    }

    /// What a resource of that name, in an instance of its module, is made of.
    pub(super) fn resource(&self, (module, is_data, kind, name): &Name<'d>) -> Option<Node<'d>> {
        let path = Steps::of(module).path();
        self.resources.get(&(path.into(), *is_data, kind.clone(), name.clone())).copied()
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The modules on the way to an instance, from the root on, with their keys.
#[derive(Clone, Debug, Default)]
struct Steps<'a>(Vec<(&'a str, Option<&'a str>)>);

impl<'a> Steps<'a> {
    fn of(address: &'a str) -> Self {
        let mut steps = Vec::new();
        let mut rest = address;
        while let Some(after) = rest.strip_prefix("module.") {
            let (name, key, behind) = step(after);
            steps.push((name, key));
            rest = behind;
        }
        Self(steps)
    }

    fn path(&self) -> String {
        self.0.iter().fold(String::new(), |path, (name, _)| join(&path, name))
    }

    fn address(&self) -> String {
        let mut address = String::new();
        for (name, key) in &self.0 {
            address = join(&address, &format!("module.{name}"));
            if let Some(key) = key {
                address.push_str(&format!("[{key}]"));
            }
        }
        address
    }
}

/// The name that a piece of an address begins with, its key if it has one, and what follows.
fn step(text: &str) -> (&str, Option<&str>, &str) {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let Some(inner) = rest.strip_prefix('[') else {
        return (name, None, rest.strip_prefix('.').unwrap_or(rest));
    };
    let length = key_length(inner);
    let (key, behind) = inner.split_at(length);
    let behind = behind.strip_prefix(']').unwrap_or(behind);
    (name, Some(key), behind.strip_prefix('.').unwrap_or(behind))
}

/// How long the key is that `text` begins with: `0`, or a string with whatever in it.
fn key_length(text: &str) -> usize {
    if !text.starts_with('"') {
        return text.find(']').unwrap_or(text.len());
    }
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// An attribute of a resource that an expression refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Which resource of the plan.
    pub(super) resource: usize,
    /// Which attribute; older plans do not say.
    pub(super) attribute: Option<String>,
}

/// Where an expression stands.
struct Scope<'a> {
    /// The address of its module.
    module: &'a str,
    /// The key of the resource or module that it is part of.
    key: Option<&'a str>,
    /// How many more expressions may be followed.
    left: &'a Cell<usize>,
}

impl<'d> Plan<'d> {
    /// What an attribute of a resource refers to, if it refers to attributes of resources of the
    /// plan and nothing else; more than one where it is made of several, or one of several.
    pub(super) fn targets(&self, resource: usize, path: &[&str]) -> Option<Vec<Target>> {
        let from = self.resources.get(resource)?;
        let left = Cell::new(MAX_FOLLOWED);
        let scope = Scope { module: &from.module, key: from.key, left: &left };
        self.resolve(from.expression(path)?, &scope)
    }

    fn resolve(&self, expression: Node<'d>, scope: &Scope<'_>) -> Option<Vec<Target>> {
        scope.left.set(scope.left.get().checked_sub(1)?);
        let texts: Vec<Cow<'d, str>> =
            expression.get("references")?.items().filter_map(|it| it.text()).collect();
        if texts.len() > MAX_REFERENCES {
            return None;
        }
        let mut targets = Vec::new();
        let mut has_own_key = false;
        let mut subjects = Vec::new();
        for text in &texts {
            // `a.b.c` comes with `a.b`, and `each.value.x` with `each.value`.
            let is_part = |other: &&Cow<'_, str>| {
                let rest = other.strip_prefix(text.as_ref());
                rest.is_some_and(|rest| rest.starts_with(['.', '[']))
            };
            match text.as_ref() {
                "each.key" | "count.index" => has_own_key = true,
                _ if texts.iter().any(|other| is_part(&other)) => {}
                other => subjects.push(other),
            }
        }
        let key = scope.key.filter(|_| has_own_key);
        for subject in subjects {
            targets.extend(self.subject(subject, scope, key)?);
        }
        targets.dedup();
        (!targets.is_empty()).then_some(targets)
    }

    /// What one reference leads to; `key` is that which picks one of several.
    fn subject(&self, text: &str, scope: &Scope<'_>, key: Option<&str>) -> Option<Vec<Target>> {
        let left = scope.left;
        if let Some(rest) = text.strip_prefix("var.") {
            let (name, _, behind) = step(rest);
            if !behind.is_empty() {
                return None;
            }
            let mut steps = Steps::of(scope.module);
            let (call, key) = steps.0.pop()?;
            let calls = self.configuration.modules.get(&steps.path())?.get("module_calls")?;
            let expression = calls.get(call)?.get("expressions")?.get(name)?;
            let above = steps.address();
            return self.resolve(expression, &Scope { module: &above, key, left });
        }
        if let Some(rest) = text.strip_prefix("module.") {
            let (call, given, output) = step(rest);
            let (output, _, behind) = step(output);
            if !behind.is_empty() {
                return None;
            }
            let mut steps = Steps::of(scope.module);
            steps.0.push((call, given.or(key)));
            let module = self.configuration.modules.get(&steps.path())?;
            let expression = module.get("outputs")?.get(output)?.get("expression")?;
            let below = steps.address();
            return self.resolve(expression, &Scope { module: &below, key: None, left });
        }
        self.resource(text, scope, key)
    }

    fn resource(&self, text: &str, scope: &Scope<'_>, key: Option<&str>) -> Option<Vec<Target>> {
        let data = text.strip_prefix("data.");
        let (kind, _, rest) = step(data.unwrap_or(text));
        let (name, given, attribute) = step(rest);
        let place: Name<'_> = (scope.module.into(), data.is_some(), kind.into(), name.into());
        let instances = self.by_name.get(&place)?;
        let attribute = (!attribute.is_empty()).then(|| attribute.to_owned());
        let target = |&resource: &usize| Target { resource, attribute: attribute.clone() };
        // Whatever picks one of them may be left out: then it is any.
        match given.or(key).map(|key| instances.get(&Some(key))) {
            Some(Some(one)) => Some(vec![target(one)]),
            _ => Some(instances.values().map(target).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart_whatever_is_in_their_keys() {
        for (address, path, again) in [
            ("", "", ""),
            ("module.a", "a", "module.a"),
            ("module.a[0].module.b[\"x.y]\"]", "a.b", "module.a[0].module.b[\"x.y]\"]"),
            ("module.a[\"q\\\"]\"].module.c", "a.c", "module.a[\"q\\\"]\"].module.c"),
        ] {
            let steps = Steps::of(address);
            assert_eq!((steps.path().as_str(), steps.address().as_str()), (path, again));
        }
        assert_eq!(step("nsg[\"a.b\"].id"), ("nsg", Some("\"a.b\""), "id"));
        assert_eq!(step("nsg"), ("nsg", None, ""));
    }
}
