//! The places of what Terraform says is sensitive. It prints secrets as they are, beside a mirror
//! of the values with `true` in their places.

use crate::document::{Key, Kind, Node};
use crate::source::Span;
use std::collections::BTreeMap;

/// The places of all sensitive values of a plan or state.
pub(super) fn of(root: Node<'_>) -> Vec<Span> {
    let mut found = Vec::new();
    for key in ["planned_values", "values"] {
        values(root.get(key), &mut found);
    }
    values(root.get("prior_state").and_then(|it| it.get("values")), &mut found);
    for key in ["resource_changes", "resource_drift", "output_changes"] {
        let Some(list) = root.get(key) else { continue };
        let of_resources = list.items().filter_map(|it| it.get("change"));
        for change in of_resources.chain(list.members().map(|(_, it)| it)) {
            for (value, mark) in [("before", "before_sensitive"), ("after", "after_sensitive")] {
                if let (Some(value), Some(mark)) = (change.get(value), change.get(mark)) {
                    mirrored(value, mark, &mut found);
                }
            }
        }
    }
    variables(root, &mut found);
    found.sort_unstable();
    found.dedup();
    found
}

fn values(values: Option<Node<'_>>, found: &mut Vec<Span>) {
    let Some(values) = values else { return };
    let outputs = values.get("outputs");
    for (_, output) in outputs.iter().flat_map(Node::members) {
        if output.get("sensitive").is_some_and(is_true) {
            scalars(output.get("value"), found);
        }
    }
    let mut modules: Vec<Node<'_>> = values.get("root_module").into_iter().collect();
    while let Some(module) = modules.pop() {
        let resources = module.get("resources");
        for resource in resources.iter().flat_map(Node::items) {
            if let (Some(value), Some(mark)) =
                (resource.get("values"), resource.get("sensitive_values"))
            {
                mirrored(value, mark, found);
            }
        }
        modules.extend(module.get("child_modules").iter().flat_map(Node::items));
    }
}

/// Variables are declared as sensitive in the configuration, and given beside it.
fn variables(root: Node<'_>, found: &mut Vec<Span>) {
    let declared = root.get("configuration").and_then(|it| it.get("root_module"));
    let declared = declared.and_then(|it| it.get("variables"));
    let Some(given) = root.get("variables") else { return };
    for (name, variable) in declared.iter().flat_map(Node::members) {
        if variable.get("sensitive").is_some_and(is_true) {
            scalars(given.get(&name.text()), found);
            scalars(variable.get("default"), found);
        }
    }
}

fn is_true(node: Node<'_>) -> bool {
    node.as_bool() == Some(true)
}

/// The parts of `value` that `mark` has `true` for.
fn mirrored(value: Node<'_>, mark: Node<'_>, found: &mut Vec<Span>) {
    let mut open = vec![(value, mark)];
    while let Some((value, mark)) = open.pop() {
        if is_true(mark) {
            scalars(Some(value), found);
            continue;
        }
        open.extend(value.items().zip(mark.items()));
        let marks: BTreeMap<_, _> = mark.members().map(|(key, mark)| (key.text(), mark)).collect();
        if !marks.is_empty() {
            let of = |(key, value): (Key<'_>, _)| Some((value, *marks.get(&key.text())?));
            open.extend(value.members().filter_map(of));
        }
    }
}

/// The strings and numbers in a value.
fn scalars(value: Option<Node<'_>>, found: &mut Vec<Span>) {
    let mut open: Vec<Node<'_>> = value.into_iter().collect();
    while let Some(node) = open.pop() {
        match node.kind() {
            Kind::String | Kind::Number => found.push(node.span()),
            Kind::Array => open.extend(node.items()),
            Kind::Object => open.extend(node.members().map(|(_, member)| member)),
            Kind::Bool | Kind::Null => {}
        }
    }
}
