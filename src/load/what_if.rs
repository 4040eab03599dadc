//! Results of `az deployment … what-if` (JS-060, JS-061): every resource as it will be. Azure
//! leaves in them what it does not resolve before the deployment, as expressions.

use super::Intake;
use super::lists::{last_part, split_last};
use super::resources::{Kind, Resources, Terms, kind_of, type_of_id};
use super::scalar::Style;
use crate::document::Node;
use crate::model::{Condition, Shape};
use crate::source::Spanned;
use crate::template::{Object, Reading, Scope, Value};
use std::borrow::Cow;

pub(super) fn recognizes(root: &Node<'_>) -> bool {
    lists(*root).into_iter().any(|(list, _)| {
        list.items().next().is_some_and(|change| change.get("changeType").is_some())
    })
}

/// The lists of changes, and whether each of them is only of what may be.
fn lists(root: Node<'_>) -> Vec<(Node<'_>, bool)> {
    let mut lists = Vec::new();
    for around in [Some(root), root.get("properties")].into_iter().flatten() {
        lists.extend(around.get("changes").map(|list| (list, false)));
        lists.extend(around.get("potentialChanges").map(|list| (list, true)));
    }
    lists
}

pub(super) fn read(root: Node<'_>, intake: &mut Intake<'_>) {
    let scope = Scope::new(root, &intake.budget.clone());
    let mut resources = Resources::new(intake, Style::of(Shape::Resource));
    for (list, perhaps) in lists(root) {
        for change in list.items() {
            self::change(change, perhaps, &scope, &mut resources);
        }
    }
    resources.finish();
}

fn change<'d>(
    change: Node<'d>,
    perhaps: bool,
    scope: &Scope<'d>,
    resources: &mut Resources<'_, '_>,
) {
    let Some(written) = change.get("resourceId") else { return };
    let Some(id) = written.text() else { return };
    let kind = type_of_id(&id).map_or(Kind::Other, |it| kind_of(&it));
    let is_there = |node: &Node<'d>| node.members().next().is_some();
    let state = |key: &str| change.get(key).filter(is_there);
    let how = change.get("changeType").and_then(|it| it.text()).unwrap_or_default();
    let resource = match how.to_ascii_lowercase().as_str() {
        "delete" => return,
        "nochange" | "ignore" => state("before").or_else(|| state("after")),
        _ => state("after"),
    };
    let Some(resource) = resource else {
        if kind != Kind::Other {
            let what = "a resource that what-if does not foresee";
            resources.unchecked(what, &Reading::plain(change));
        }
        return;
    };
    let mut terms = Terms::default();
    if perhaps || how.eq_ignore_ascii_case("unsupported") {
        terms.condition = Some(Condition { text: "what-if".into(), span: change.span() });
    }
    let resource = with_id(Reading::in_scope(resource, scope), Reading::plain(written));
    match kind {
        // A rule is known as a resource of its own.
        Kind::Rule => {
            let Some((group, name)) = split_last(&id)
                .and_then(|(rest, _)| split_last(rest))
                .map(|(group, _)| (group, last_part(group).to_owned()))
            else {
                return;
            };
            let mut parts = group.split('/').skip(2).step_by(2).map(str::to_owned);
            (terms.subscription, terms.resource_group) = (parts.next(), parts.next());
            resources.child(&resource, Some(&Spanned::new(name, written.span())), &terms);
        }
        kind => resources.take(kind, &resource, &terms),
    }
}

/// The resource with the id of its change, if it has none.
fn with_id<'d>(resource: Reading<'d>, id: Reading<'d>) -> Reading<'d> {
    if resource.get("id").is_some() {
        return resource;
    }
    let span = resource.span();
    let members = resource.members().map(|it| (it.key, it.value));
    let members: Vec<_> = members.chain([(Cow::Borrowed("id"), id)]).collect();
    match Object::made(members, None) {
        Ok(object) => Reading::made(Value::Object(object), span),
        Err(_) => resource,
    }
}
