//! What is wrapped around resources: lists, pages of results, recorded answers.

use crate::document::{Kind, Node};

/// How many values of a list are looked at to tell what it is.
const TO_LOOK_AT: usize = 16;

/// The values inside all wrappings, in order.
pub(super) fn entries(root: Node<'_>) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    for body in bodies(root) {
        unwrap(body, usize::MAX, &mut found);
    }
    found
}

/// The first objects inside all wrappings.
pub(super) fn sample(root: Node<'_>) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    for body in bodies(root).into_iter().take(TO_LOOK_AT) {
        unwrap(body, TO_LOOK_AT, &mut found);
    }
    found.retain(|node| node.kind() == Kind::Object);
    found
}

/// Recorded answers (`responses` of API examples, `interactions` of test recordings), or else the
/// value itself.
fn bodies(root: Node<'_>) -> Vec<Node<'_>> {
    let is_container = |body: &Node<'_>| matches!(body.kind(), Kind::Object | Kind::Array);
    if let Some(interactions) = root.get("interactions").filter(|list| list.kind() == Kind::Array) {
        return interactions
            .items()
            .filter_map(|item| item.get("response")?.get("body"))
            .filter(is_container)
            .collect();
    }
    if let Some(responses) = root.get("responses").filter(|map| map.kind() == Kind::Object) {
        // The answers to one request: 200 and 201 say the same.
        let body = responses.members().filter_map(|(_, answer)| answer.get("body"));
        return body.filter(is_container).take(1).collect();
    }
    vec![root]
}

fn unwrap<'d>(body: Node<'d>, limit: usize, found: &mut Vec<Node<'d>>) {
    let list = match body.kind() {
        Kind::Array => Some(body),
        Kind::Object => ["value", "data"]
            .into_iter()
            .filter_map(|key| body.get(key))
            .find(|value| value.kind() == Kind::Array),
        Kind::String | Kind::Number | Kind::Bool | Kind::Null => None,
    };
    let Some(list) = list else {
        found.push(body.get("NewNSG").unwrap_or(body));
        return;
    };
    for item in list.items().take(limit) {
        // Several pages of results: a list of lists.
        match item.kind() {
            Kind::Array => found.extend(item.items().take(limit)),
            _ => found.push(item),
        }
    }
}
