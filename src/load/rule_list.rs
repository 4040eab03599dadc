//! A bare list of rules, as kept beside templates: flat, or each with `properties`.

use super::Intake;
use super::envelope::{entries, sample};
use super::group::properties;
use super::resources::{Resources, is_rule};
use super::scalar::Style;
use crate::document::{Kind, Node};
use crate::model::{Built, Shape};
use crate::template::Reading;

pub(super) fn recognizes(root: &Node<'_>) -> bool {
    let is_rule = |node: Node<'_>| is_rule(&properties(&Reading::plain(node)));
    sample(list(*root)).into_iter().any(is_rule)
}

/// The list itself, or `securityRules` of an object that has no more to say.
fn list(root: Node<'_>) -> Node<'_> {
    let inner = root.get("securityRules").filter(|list| list.kind() == Kind::Array);
    inner.unwrap_or(root)
}

pub(super) fn read(root: Node<'_>, intake: &mut Intake<'_>) {
    let list = list(root);
    let built = if list.kind() == Kind::Array { Built::Whole } else { super::shapes::built(root) };
    let mut resources = Resources::new(intake, Style::of(Shape::RuleList));
    for entry in entries(list) {
        resources.loose_rule(&Reading::plain(entry), built);
    }
    resources.finish();
}
