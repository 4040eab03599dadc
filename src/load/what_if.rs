//! Results of `az deployment … what-if` (JS-060, JS-061): every resource as it will be. Azure
//! leaves in them what it does not resolve before the deployment, as expressions.

use super::Intake;
use super::lists::{last_part, split_last};
use super::resources::{Kind, Resources, Terms, kind_of, type_of_id};
use super::scalar::Style;
use crate::document::Node;
use crate::model::{Condition, Shape};
use crate::source::{Span, Spanned};
use crate::template::{Object, Reading, Scope, Value};
use std::borrow::Cow;
use std::collections::BTreeSet;

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
    let shown = shown(root);
    for (list, perhaps) in lists(root) {
        for change in list.items() {
            self::change(change, (perhaps, &shown), &scope, &mut resources);
        }
    }
    resources.finish();
}

fn change<'d>(
    change: Node<'d>,
    (perhaps, shown): (bool, &BTreeSet<String>),
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
        "delete" => {
            if kind == Kind::Rule && shown.contains(&id.to_ascii_lowercase()) {
                deleted_rule(change, &id, written.span(), resources);
            }
            return;
        }
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
        terms.condition =
            Some(Condition { text: "what-if".into(), why: None, span: change.span() });
    }
    let resource = with_id(Reading::in_scope(resource, scope), Reading::plain(written));
    match kind {
        // A rule is known as a resource of its own.
        Kind::Rule => {
            let Some(name) = group_of(&id, &mut terms) else { return };
            resources.child(&resource, Some(&Spanned::new(name, written.span())), &terms);
        }
        kind => resources.take(kind, &resource, &terms),
    }
}

/// The ids of rules in groups that are shown as they were, in lower case.
fn shown(root: Node<'_>) -> BTreeSet<String> {
    let mut shown = BTreeSet::new();
    for change in lists(root).into_iter().flat_map(|(list, _)| list.items()) {
        let how = change.get("changeType").and_then(|it| it.text()).unwrap_or_default();
        let is_as_it_was = ["nochange", "ignore"].iter().any(|it| how.eq_ignore_ascii_case(it));
        let rules = change.get("before").and_then(|it| it.get("properties")?.get("securityRules"));
        let id = change.get("resourceId").and_then(|id| id.text());
        let (Some(rules), Some(id), true) = (rules, id, is_as_it_was) else { continue };
        let names = rules.items().filter_map(|rule| rule.get("name")?.text());
        shown.extend(names.map(|name| format!("{id}/securityRules/{name}").to_ascii_lowercase()));
    }
    shown
}

/// A rule that goes as a resource of its own, while its group is shown as it was, with the rule.
fn deleted_rule(change: Node<'_>, id: &str, place: Span, resources: &mut Resources<'_, '_>) {
    let mut terms = Terms::default();
    let Some(name) = group_of(id, &mut terms) else { return };
    let rule = last_part(id);
    let reason = format!("the deployment deletes the rule `{rule}`, which its group still shows");
    resources.perhaps(&reason, &Reading::plain(change), Some(&Spanned::new(name, place)), &terms);
}

/// The name of the group in the id of a rule; where the group is goes into `terms`.
fn group_of(id: &str, terms: &mut Terms) -> Option<String> {
    let (rest, _) = split_last(id)?;
    let (group, _) = split_last(rest)?;
    let mut parts = group.split('/').skip(2).step_by(2).map(str::to_owned);
    (terms.subscription, terms.resource_group) = (parts.next(), parts.next());
    Some(last_part(group).to_owned())
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
