//! Results of `az deployment … what-if` (JS-060, JS-061): every resource as it will be. Azure
//! leaves in them what it does not resolve before the deployment, as expressions.

use super::Intake;
use super::error::{LoadError, LoadFault};
use super::lists::{last_part, split_last};
use super::resources::{Kind, Resources, Terms, kind_of, type_of_id};
use super::scalar::Style;
use crate::document::{Kind as JsonKind, Node};
use crate::model::{Condition, Shape};
use crate::source::{Span, Spanned};
use crate::template::{Array, Object, Reading, Scope, Value};
use std::borrow::Cow;
use std::collections::BTreeSet;

pub(super) fn recognizes(root: &Node<'_>) -> bool {
    let of_changes = |list: Node<'_>| match list.items().next() {
        Some(change) => change.get("changeType").is_some(),
        // Nothing changes: only the answer around the list tells what it is.
        None => list.kind() == JsonKind::Array && root.get("status").is_some(),
    };
    lists(*root).into_iter().any(|(list, _)| of_changes(list))
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

/// What to say of a what-if that did not come to its end.
const FAILED: &str = "this what-if did not succeed, and what it did not come to is not in it: mend \
                      what its `error` says, and give the result of a new one";

/// The status of a what-if that did not succeed (JS-060).
fn failed<'d>(root: Node<'d>) -> Option<Node<'d>> {
    let status = root.get("status")?;
    let text = status.text()?;
    (!text.eq_ignore_ascii_case("succeeded") && !text.is_empty()).then_some(status)
}

pub(super) fn read(root: Node<'_>, intake: &mut Intake<'_>) {
    if let Some(status) = failed(root) {
        let (fault, span) = (LoadFault::Instead(FAILED), Some(status.span()));
        intake.loaded.errors.push(LoadError { fault, span, opener: None });
    }
    let scope = Scope::new(root, &intake.budget.clone());
    let mut resources = Resources::new(intake, Style::of(Shape::Resource));
    let known = Known { shown: shown(root), gone: gone(root) };
    for (list, perhaps) in lists(root) {
        for change in list.items() {
            self::change(change, (perhaps, &known), &scope, &mut resources);
        }
    }
    resources.finish();
}

/// What the whole of the changes tells of parts of resources, by id in lower case.
struct Known {
    /// The rules of groups that are shown as they were.
    shown: BTreeSet<String>,
    /// What is deleted for sure.
    gone: BTreeSet<String>,
}

/// Those of whose parts some are resources of their own.
const LISTS: [&str; 3] = ["securityRules", "subnets", "virtualNetworkPeerings"];

fn change<'d>(
    change: Node<'d>,
    (perhaps, known): (bool, &Known),
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
            let id_in_case = id.to_ascii_lowercase();
            let is_open = known.shown.contains(&id_in_case) && !known.gone.contains(&id_in_case);
            if kind == Kind::Rule && is_open {
                let rule = last_part(&id);
                let what = format!(
                    "the deployment may delete the rule `{rule}`, which its group still shows"
                );
                doubted_rule(change, (&id, written.span()), &what, resources);
            }
            return;
        }
        "nochange" | "ignore" => state("before").or_else(|| state("after")),
        _ => state("after"),
    };
    let Some(resource) = resource else {
        if kind == Kind::Rule {
            let what = "the deployment may write the rule, and what-if does not say how";
            doubted_rule(change, (&id, written.span()), what, resources);
        }
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
    let resource = if is_as_it_was(&how) { less(resource, &id, &known.gone) } else { resource };
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
        let rules = change.get("before").and_then(|it| it.get("properties")?.get("securityRules"));
        let id = change.get("resourceId").and_then(|id| id.text());
        let (Some(rules), Some(id), true) = (rules, id, is_as_it_was(&how)) else { continue };
        let names = rules.items().filter_map(|rule| rule.get("name")?.text());
        shown.extend(names.map(|name| format!("{id}/securityRules/{name}").to_ascii_lowercase()));
    }
    shown
}

/// Whether a change of that type leaves a resource as it was.
fn is_as_it_was(how: &str) -> bool {
    ["nochange", "ignore"].iter().any(|it| how.eq_ignore_ascii_case(it))
}

/// The ids of what is deleted, in lower case.
fn gone(root: Node<'_>) -> BTreeSet<String> {
    let sure = lists(root).into_iter().filter(|(_, perhaps)| !perhaps);
    let changes = sure.flat_map(|(list, _)| list.items());
    let id = |change: Node<'_>| {
        let how = change.get("changeType")?.text()?;
        let is_deleted = how.eq_ignore_ascii_case("delete");
        is_deleted.then(|| change.get("resourceId")?.text().map(|id| id.to_ascii_lowercase()))?
    };
    changes.filter_map(id).collect()
}

/// A resource that is shown as it was, without the parts that go as resources of their own.
fn less<'d>(resource: Reading<'d>, id: &str, gone: &BTreeSet<String>) -> Reading<'d> {
    if gone.is_empty() {
        return resource;
    }
    let Some(mut inner) = resource.get("properties") else { return resource };
    let mut is_less = false;
    for part in LISTS {
        let Some(list) = inner.get(part).filter(Reading::is_array) else { continue };
        let is_gone = |item: &Reading<'d>| {
            let name = item.get("name").and_then(|name| name.text());
            name.is_some_and(|name| {
                gone.contains(&format!("{id}/{part}/{}", name.text).to_ascii_lowercase())
            })
        };
        let kept: Vec<_> = list.items().filter(|item| !is_gone(item)).collect();
        if kept.len() < list.items().count()
            && let Ok(kept) = Array::made(kept, false)
        {
            let kept = Reading::made(Value::Array(kept), list.span());
            inner = with(&inner, part, &kept);
            is_less = true;
        }
    }
    if is_less { with(&resource, "properties", &inner) } else { resource }
}

/// The object with another value for a member that it has.
fn with<'d>(object: &Reading<'d>, key: &str, value: &Reading<'d>) -> Reading<'d> {
    let members = object.members().map(|it| match it.key.eq_ignore_ascii_case(key) {
        true => (it.key, value.clone()),
        false => (it.key, it.value),
    });
    match Object::made(members.collect::<Vec<_>>(), None) {
        Ok(made) => Reading::made(Value::Object(made), object.span()),
        Err(_) => object.clone(),
    }
}

/// A rule that is a resource of its own, of which it is not known what it will be: nor is its group.
fn doubted_rule(
    change: Node<'_>,
    (id, place): (&str, Span),
    reason: &str,
    resources: &mut Resources<'_, '_>,
) {
    let mut terms = Terms::default();
    let Some(name) = group_of(id, &mut terms) else { return };
    resources.perhaps(reason, &Reading::plain(change), Some(&Spanned::new(name, place)), &terms);
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
