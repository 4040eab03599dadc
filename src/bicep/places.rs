//! From places in a compiled template back to the Bicep that they were made from.
//!
//! The compiler keeps literal objects and lists member by member, so both sides are walked
//! together. Resources of one type are paired in the order of the text, which is that of the
//! template, and only as long as no literal name says otherwise. A place without a counterpart has
//! that of what it stands in.

use super::syntax::{Declaration, Form, Sort, Source, Value};
use crate::document::{Kind, Node};
use crate::source::Origin;
use std::collections::BTreeMap;
use std::ops::Range;

const DEPLOYMENT: &str = "Microsoft.Resources/deployments";

/// Nested modules go no deeper.
const MAX_DEPTH: usize = 32;

/// A Bicep file and what is in it.
#[derive(Debug)]
pub(super) struct Unit {
    /// Its declarations.
    pub source: Source,
    /// Its modules: the path as written, and which file that is.
    pub modules: BTreeMap<String, usize>,
}

/// Where the pieces of the template `root` come from, which was made from the unit number `file`.
/// Sorted by place, what holds others before them.
pub(super) fn origins(root: Node<'_>, units: &[Unit], file: usize) -> Vec<Origin> {
    let mut walk = Walk { units, found: Vec::new() };
    walk.template(root, file, 0);
    sorted(walk.found)
}

/// Where the values of the compiled parameters file `root` come from.
pub(super) fn given_origins(root: Node<'_>, source: &Source) -> Vec<Origin> {
    let mut walk = Walk { units: &[], found: Vec::new() };
    for (declared, parameter) in source.declarations.iter().filter_map(|declared| {
        let parameter = root.get("parameters")?.get(&declared.symbol)?;
        (declared.sort == Sort::Parameter).then_some((declared, parameter))
    }) {
        walk.keep(parameter, 0, &declared.head);
        if let Some(value) = parameter.get("value") {
            walk.value(value, 0, &declared.value);
        }
    }
    sorted(walk.found)
}

fn sorted(mut found: Vec<Origin>) -> Vec<Origin> {
    found.sort_by_key(|origin| (origin.made.0, std::cmp::Reverse(origin.made.1)));
    found
}

struct Walk<'u> {
    units: &'u [Unit],
    found: Vec<Origin>,
}

impl<'u> Walk<'u> {
    fn template(&mut self, template: Node<'_>, file: usize, depth: usize) {
        let Some(unit) = self.units.get(file).filter(|_| depth < MAX_DEPTH) else { return };
        for declared in &unit.source.declarations {
            match &declared.sort {
                Sort::Variable => self.variable(template, file, declared),
                Sort::Parameter => {
                    let parameter = template.get("parameters");
                    let parameter = parameter.and_then(|it| it.get(&declared.symbol));
                    let Some(parameter) = parameter else { continue };
                    self.keep(parameter, file, &declared.head);
                    if let Some(default) = parameter.get("defaultValue") {
                        self.value(default, file, &declared.value);
                    }
                }
                Sort::Resource { .. } | Sort::Module { .. } | Sort::Using { .. } => {}
            }
        }
        let Some(resources) = template.get("resources") else { return };
        let declared = deployed(&unit.source.declarations);
        for (resource, declared) in pairs(resources, &declared) {
            self.resource(resource, file, declared, depth);
        }
    }

    fn variable(&mut self, template: Node<'_>, file: usize, declared: &Declaration) {
        let Some(variables) = template.get("variables") else { return };
        if let Some(value) = variables.get(&declared.symbol) {
            self.value(value, file, &declared.value);
        } else if let Some(loops) = variables.get("copy") {
            self.loop_of(loops, &declared.symbol, file, &declared.value);
        }
    }

    fn resource(
        &mut self,
        resource: Node<'_>,
        file: usize,
        declared: &'u Declaration,
        depth: usize,
    ) {
        self.keep(resource, file, &declared.head);
        let Some(body) = body(&declared.value) else { return };
        let Form::Object { members, .. } = &body.form else { return };
        if let Sort::Module { path } = &declared.sort {
            let Some(properties) = resource.get("properties") else { return };
            let given = members.iter().find(|(key, _)| key == "params");
            if let (Some(parameters), Some((_, given))) = (properties.get("parameters"), given) {
                self.given(parameters, file, given);
            }
            let unit = self.units.get(file);
            let module = unit.and_then(|unit| unit.modules.get(path)).copied();
            if let (Some(module), Some(template)) = (module, properties.get("template")) {
                self.template(template, module, depth + 1);
            }
            return;
        }
        self.members(resource, file, members);
    }

    /// What is given to the parameters of a module.
    fn given(&mut self, parameters: Node<'_>, file: usize, given: &Value) {
        let Form::Object { members, .. } = &given.form else { return };
        for (key, value) in members {
            if let Some(parameter) = parameters.get(key) {
                self.keep(parameter, file, &value.range);
                if let Some(node) = parameter.get("value") {
                    self.value(node, file, value);
                }
            }
        }
    }

    fn value(&mut self, node: Node<'_>, file: usize, value: &Value) {
        self.keep(node, file, &value.range);
        match (&value.form, node.kind()) {
            (Form::Object { members, .. }, Kind::Object) => self.members(node, file, members),
            (Form::List(items), Kind::Array) if items.len() == node.items().count() => {
                for (node, value) in node.items().zip(items) {
                    self.value(node, file, value);
                }
            }
            _ => {}
        }
    }

    fn members(&mut self, node: Node<'_>, file: usize, members: &[(String, Value)]) {
        for (key, value) in members {
            if let Some(node) = node.get(key) {
                self.value(node, file, value);
            } else if let Some(loops) = node.get("copy") {
                self.loop_of(loops, key, file, value);
            }
        }
    }

    /// `name: [for …: value]` has become a loop of that name.
    fn loop_of(&mut self, loops: Node<'_>, name: &str, file: usize, value: &Value) {
        let is_own = |it: &Node<'_>| {
            it.get("name").and_then(|own| own.text()).is_some_and(|own| own == name)
        };
        let Some(made) = loops.items().find(is_own) else { return };
        self.keep(made, file, &value.range);
        if let (Some(input), Form::Loop(inner)) = (made.get("input"), &value.form) {
            self.value(input, file, inner);
        }
    }

    fn keep(&mut self, node: Node<'_>, file: usize, written: &Range<usize>) {
        let span = node.span();
        if let (Ok(start), Ok(end)) = (u32::try_from(written.start), u32::try_from(written.end)) {
            let made = (span.start, span.end);
            self.found.push(Origin { made, file, written: (start, end) });
        }
    }
}

/// A resource or module to be found in the template.
struct Deployed<'u> {
    declared: &'u Declaration,
    /// Its type, with those of the resources that it stands in.
    kind: String,
    /// Its name in a template with symbolic names.
    symbol: String,
}

/// What becomes a resource of the template, in the order of the text.
fn deployed(declarations: &[Declaration]) -> Vec<Deployed<'_>> {
    fn add<'u>(
        declared: &'u Declaration,
        outer: Option<(&str, &str)>,
        all: &mut Vec<Deployed<'u>>,
    ) {
        let own = match &declared.sort {
            Sort::Resource { kind, .. } => kind.as_str(),
            Sort::Module { .. } => DEPLOYMENT,
            Sort::Parameter | Sort::Variable | Sort::Using { .. } => return,
        };
        let (kind, symbol) = match outer {
            // Inside of another one, a type may be given whole or by its last part.
            Some((kind, symbol)) => {
                let last = own.rsplit('/').next().unwrap_or(own);
                (format!("{kind}/{last}"), format!("{symbol}::{}", declared.symbol))
            }
            None => (own.to_owned(), declared.symbol.clone()),
        };
        let body = body(&declared.value);
        let place = all.len();
        if let Some(Value { form: Form::Object { nested, .. }, .. }) = body {
            for inner in nested {
                add(inner, Some((&kind, &symbol)), all);
            }
        }
        if !matches!(declared.sort, Sort::Resource { existing: true, .. }) {
            all.insert(place, Deployed { declared, kind, symbol });
        }
    }
    let mut all = Vec::new();
    for declared in declarations {
        add(declared, None, &mut all);
    }
    // The compiler writes modules behind all resources.
    all.sort_by_key(|it| matches!(it.declared.sort, Sort::Module { .. }));
    all
}

/// The object that says what a resource or module is, in a loop or not.
fn body(value: &Value) -> Option<&Value> {
    match &value.form {
        Form::Object { .. } => Some(value),
        Form::Loop(inner) => body(inner),
        Form::List(_) | Form::Text(_) | Form::Other => None,
    }
}

/// Each resource with the declaration that it was made from.
fn pairs<'d, 'u>(
    resources: Node<'d>,
    declared: &[Deployed<'u>],
) -> Vec<(Node<'d>, &'u Declaration)> {
    if resources.kind() == Kind::Object {
        let named = |(key, node): (crate::document::Key<'d>, Node<'d>)| {
            let declared = declared.iter().find(|it| key.text() == it.symbol)?;
            Some((node, declared.declared))
        };
        return resources.members().filter_map(named).collect();
    }
    let mut by_kind: BTreeMap<String, (Vec<Node<'d>>, Vec<&'u Declaration>)> = BTreeMap::new();
    for node in resources.items() {
        let Some(kind) = node.get("type").and_then(|kind| kind.text()) else { continue };
        by_kind.entry(kind.to_ascii_lowercase()).or_default().0.push(node);
    }
    for it in declared {
        by_kind.entry(it.kind.to_ascii_lowercase()).or_default().1.push(it.declared);
    }
    let mut all = Vec::new();
    for (nodes, declared) in by_kind.into_values() {
        let is_in_order = nodes.len() == declared.len()
            && nodes
                .iter()
                .zip(&declared)
                .all(|(node, declared)| agree(*node, declared) != Some(false));
        if is_in_order {
            all.extend(nodes.into_iter().zip(declared));
            continue;
        }
        for node in nodes {
            let mut same = declared.iter().filter(|it| agree(node, it) == Some(true));
            if let (Some(found), None) = (same.next(), same.next()) {
                all.push((node, *found));
            }
        }
    }
    all
}

/// Whether the name of a resource is that of the declaration; `None` where none is literal.
fn agree(node: Node<'_>, declared: &Declaration) -> Option<bool> {
    let Form::Object { members, .. } = &body(&declared.value)?.form else { return None };
    let (_, name) = members.iter().find(|(key, _)| key == "name")?;
    let Form::Text(written) = &name.form else { return None };
    let made = node.get("name")?.text()?;
    // The name of a child is put together with that of its parent.
    Some(if made.starts_with('[') {
        made.contains(written.as_str())
    } else {
        made.rsplit('/').next() == written.rsplit('/').next()
    })
}
