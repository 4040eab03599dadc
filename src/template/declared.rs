//! What a template declares by name: parameters and variables.

use std::collections::BTreeMap;

use crate::document::Node;

/// A parameter or variable, and its name as declared.
#[derive(Debug)]
pub(super) struct Declared<'d> {
    pub(super) name: String,
    pub(super) node: Node<'d>,
}

/// May the parameter be left out? So says the parameter itself or its type.
pub(super) fn is_nullable(parameter: Node<'_>) -> bool {
    parameter.get("nullable").and_then(|node| node.as_bool()).unwrap_or_default()
}

pub(super) fn members(node: Option<Node<'_>>) -> impl Iterator<Item = (String, Node<'_>)> {
    let members = node.into_iter().flat_map(|node| node.members());
    members.map(|(key, node)| (key.text().into_owned(), node))
}

/// What has a name, by name in lower case; of equal names the last counts.
pub(super) fn declared<'d>(
    members: impl Iterator<Item = (String, Node<'d>)>,
) -> BTreeMap<String, Declared<'d>> {
    members.map(|(name, node)| (name.to_lowercase(), Declared { name, node })).collect()
}
