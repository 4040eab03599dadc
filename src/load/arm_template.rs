//! ARM templates (JS-010 to JS-015): alone, exported, compiled from Bicep, nested, and inside of
//! blueprint artifacts and policy definitions.
//!
//! A template can hold rules that nobody can see in it. What stands in the file as an expression
//! (a resource, all resources, a nested template, a type that may be that of a rule) may be a rule
//! of every group in it whose name it does not rule out, and their verdicts are at most `unknown`.
//! A linked template is only noted: every larger template links some, they take names of groups
//! mostly to attach them, and a warning at each would teach people to look away.

use super::Intake;
use super::lists::split_last;
use super::resources::{GROUP, Kind, RULE, Resources, Terms, is_rule, kind_of};
use super::scalar::{Style, excerpt, name};
use crate::document::{self, Node};
use crate::model::names::{Same, compare, normal};
use crate::model::{Condition, Shape};
use crate::source::Spanned;
use crate::template::{Given, RESOURCE_GROUP_NAME, Reading, SUBSCRIPTION_ID, Scope, Value};

pub(super) fn recognizes(root: &Node<'_>) -> bool {
    find(*root).is_some()
}

/// A template and what is around it.
struct Found<'d> {
    template: Node<'d>,
    /// The object that holds the values of its parameters.
    given: Option<Node<'d>>,
    /// The policy definition that it is inside of.
    policy: Option<Node<'d>>,
}

fn find(root: Node<'_>) -> Option<Found<'_>> {
    if is_template(root) {
        return Some(Found { template: root, given: None, policy: None });
    }
    // `properties.template` of a blueprint artifact; `template` of an export over REST.
    let properties = root.get("properties");
    for around in [Some(root), properties].into_iter().flatten() {
        if let Some(template) = around.get("template").filter(|inner| is_template(*inner)) {
            return Some(Found { template, given: around.get("parameters"), policy: None });
        }
        let deployment = ["policyRule", "then", "details", "deployment", "properties"]
            .into_iter()
            .try_fold(around, |node, key| node.get(key));
        if let Some(deployment) = deployment
            && let Some(template) = deployment.get("template").filter(|inner| is_template(*inner))
        {
            let given = deployment.get("parameters");
            return Some(Found { template, given, policy: Some(around) });
        }
    }
    None
}

fn is_template(node: Node<'_>) -> bool {
    let schema = node.get("$schema").and_then(|schema| schema.text());
    if schema.is_some_and(|schema| schema.to_ascii_lowercase().contains("deploymenttemplate.json"))
    {
        return true;
    }
    let Some(resources) = node.get("resources") else { return false };
    let is_container = matches!(resources.kind(), document::Kind::Array | document::Kind::Object);
    if node.get("contentVersion").is_some() {
        return is_container;
    }
    // Pieces of templates: resources know their interface version.
    let deployed =
        |resource: Node<'_>| resource.get("apiVersion").is_some() && resource.get("type").is_some();
    resources.items().chain(resources.members().map(|(_, value)| value)).take(16).any(deployed)
}

pub(super) fn read(root: Node<'_>, intake: &mut Intake<'_>) {
    let Some(Found { template, given, policy }) = find(root) else { return };
    let budget = intake.budget.clone();
    // What stands around the template has parameters of its own, which nobody gave us.
    let outside = match policy {
        Some(policy) => Scope::of_policy(policy, Given::default(), &budget),
        None => Scope::new(root, &budget),
    };
    let given = match (given, policy) {
        (Some(given), _) => Given::by_deployment(&Reading::in_scope(given, &outside)),
        (None, Some(_)) => Given::default(),
        (None, None) => {
            let deployment = intake.parameters.given(template);
            intake.loaded.deployed_with.extend(deployment.used);
            intake.loaded.declared.extend(deployment.declared);
            deployment.given
        }
    };
    let scope = match policy {
        Some(_) => Scope::of_policy(template, given, &budget),
        None => Scope::with_parameters(template, given, &budget),
    };
    let mut resources = Resources::new(intake, Style::of(Shape::Template));
    let mut walk = Walk { resources: &mut resources };
    walk.template(&Reading::in_scope(template, &scope), &Terms::default());
    resources.finish();
}

struct Walk<'w, 'i, 'f> {
    resources: &'w mut Resources<'i, 'f>,
}

/// What a list of resources stands in.
#[derive(Clone, Copy, Debug)]
enum Parent<'p> {
    /// A template.
    Template,
    /// A network security group, with its name if it has one.
    Group(Option<&'p Spanned<String>>),
    /// Another resource: rules are never children of it.
    Other,
}

impl Walk<'_, '_, '_> {
    fn template(&mut self, template: &Reading<'_>, terms: &Terms) {
        let Some(resources) = template.get("resources") else { return };
        // With symbolic names, nested templates have a scope of their own unless they say so.
        let symbolic = matches!(resources.value(), Value::Object(_));
        self.list(&resources, Parent::Template, symbolic, terms);
    }

    fn list(&mut self, resources: &Reading<'_>, parent: Parent<'_>, symbolic: bool, terms: &Terms) {
        match resources.value() {
            Value::Array(list) => {
                for resource in list.items() {
                    self.resource(&resource, parent, symbolic, terms);
                }
            }
            Value::Object(by_name) => {
                for member in by_name.members() {
                    self.resource(&member.value, parent, symbolic, terms);
                }
            }
            Value::Unknown(_) => {
                let what = "a list of resources that is an expression";
                self.expression(what, resources, parent, terms);
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
        }
    }

    /// What an expression makes may well be rules, of the group that it stands in or of any.
    fn expression(
        &mut self,
        what: &'static str,
        reading: &Reading<'_>,
        parent: Parent<'_>,
        terms: &Terms,
    ) {
        self.resources.unchecked(what, reading);
        let group = match parent {
            Parent::Other => return,
            Parent::Group(name) => name,
            Parent::Template => None,
        };
        let reason = format!("{what} may hold rules of it");
        self.resources.perhaps(&reason, reading, group, terms);
    }

    fn resource(
        &mut self,
        resource: &Reading<'_>,
        parent: Parent<'_>,
        symbolic: bool,
        outer: &Terms,
    ) {
        if matches!(resource.value(), Value::Unknown(_)) {
            self.expression("a resource that is an expression", resource, parent, outer);
            return;
        }
        let Some(written) = resource.get("type").and_then(|written| written.text()) else { return };
        let is_rule_of_parent = matches!(parent, Parent::Group(_))
            && written.text.eq_ignore_ascii_case("securityRules");
        let kind = if is_rule_of_parent { Kind::Rule } else { kind_of(&written.text) };
        let is_reference = resource
            .get("existing")
            .is_some_and(|existing| matches!(existing.value(), Value::Bool(true)));
        let nested = resource.get("resources");
        let is_open = written.unknown.is_some();
        if is_reference || (kind == Kind::Other && nested.is_none() && !is_open) {
            return;
        }
        let Some(terms) = terms(resource, outer) else { return };
        match kind {
            Kind::Rule => {
                let parent = match parent {
                    Parent::Group(name) if is_rule_of_parent => name,
                    Parent::Group(_) | Parent::Template | Parent::Other => None,
                };
                self.resources.child(resource, parent, &terms);
            }
            Kind::Deployment => self.deployment(resource, symbolic, terms.clone()),
            Kind::Other if is_open => self.open_type(resource, &written.text, parent, &terms),
            kind => self.resources.take(kind, resource, &terms),
        }
        if let Some(nested) = nested {
            let style = self.resources.style;
            let own_name = resource.get("name").and_then(|reading| name(&reading, style));
            let parent = match kind {
                Kind::Group => Parent::Group(own_name.as_ref()),
                // What may be a group is taken for a place where rules may be, of any group.
                _ if is_open => Parent::Template,
                _ => Parent::Other,
            };
            self.list(&nested, parent, symbolic, &terms);
        }
    }

    /// A resource whose type has unknown parts, and so may be a group or a rule of one.
    fn open_type(
        &mut self,
        resource: &Reading<'_>,
        written: &str,
        parent: Parent<'_>,
        terms: &Terms,
    ) {
        let what = "a resource whose type is an expression";
        let written = normal(written);
        let may_be = |kind: &str| compare(&written, &normal(kind)) != Same::No;
        let may_be_group = matches!(parent, Parent::Template) && may_be(GROUP);
        // No rule goes without these properties.
        let inner = resource.get("properties");
        let may_be_rule = inner.is_some_and(|inner| is_rule(&inner))
            && match parent {
                Parent::Template => may_be(RULE),
                Parent::Group(_) => may_be("securityRules"),
                Parent::Other => false,
            };
        if may_be_group || may_be_rule {
            self.resources.unchecked(what, resource);
        }
        if !may_be_rule {
            return;
        }
        let style = self.resources.style;
        let own_name = resource.get("name").and_then(|reading| name(&reading, style));
        let of_name = own_name.as_ref().and_then(|name| {
            let (group, _) = split_last(&name.value)?;
            Some(Spanned::new(group.to_owned(), name.span))
        });
        let group = match parent {
            Parent::Group(name) => name,
            Parent::Template | Parent::Other => of_name.as_ref(),
        };
        self.resources.perhaps(&format!("{what} may be a rule of it"), resource, group, terms);
    }

    fn deployment(&mut self, deployment: &Reading<'_>, symbolic: bool, mut terms: Terms) {
        let is_inner = terms.inner;
        let text = |key: &str, own: &str, outer: Option<String>| {
            let given = deployment.get(key).and_then(|reading| reading.text());
            let given = given.map(|given| given.text.into_owned());
            // What is deployed to is, in a nested template, what that one is deployed to.
            let is_own = |given: &String| given.is_empty() || (given == own && is_inner);
            given.filter(|given| !is_own(given)).or(outer)
        };
        let group = terms.resource_group.take();
        terms.resource_group = text("resourceGroup", RESOURCE_GROUP_NAME, group);
        let subscription = terms.subscription.take();
        terms.subscription = text("subscriptionId", SUBSCRIPTION_ID, subscription);
        let Some(properties) = deployment.get("properties") else { return };
        let Some(template) = properties.get("template") else {
            if properties.get("templateLink").is_some() {
                self.resources.unchecked("a linked template", deployment);
            }
            return;
        };
        let scope = properties
            .get("expressionEvaluationOptions")
            .and_then(|options| options.get("scope"))
            .and_then(|scope| scope.text());
        let is_inner = scope.map_or(symbolic, |scope| scope.text.eq_ignore_ascii_case("inner"));
        if !is_inner {
            self.template(&template, &terms);
            return;
        }
        let node = template.node().filter(|node| node.kind() == document::Kind::Object);
        let Some(node) = node else {
            let what = "a nested template that is an expression";
            self.expression(what, deployment, Parent::Template, &terms);
            return;
        };
        let given = properties.get("parameters");
        let given = given.as_ref().map(Given::by_deployment).unwrap_or_default();
        let scope = Scope::nested(node, given, deployment);
        let inner = Terms { inner: true, ..terms };
        self.template(&Reading::in_scope(node, &scope), &inner);
    }
}

/// What a resource adds to the terms of its deployment; `None` if it is surely not deployed.
fn terms(resource: &Reading<'_>, outer: &Terms) -> Option<Terms> {
    let mut terms = outer.clone();
    terms.looped |= resource.get("copy").is_some();
    let Some(condition) = resource.get("condition") else { return Some(terms) };
    let is_literal = condition.node().is_some_and(|node| {
        node.as_bool().is_some() || node.text().is_some_and(|text| !text.starts_with('['))
    });
    let decided = match condition.value() {
        Value::Bool(decided) => Some(decided),
        Value::Text(text) if text.text.eq_ignore_ascii_case("true") => Some(true),
        Value::Text(text) if text.text.eq_ignore_ascii_case("false") => Some(false),
        Value::Null
        | Value::Number(_)
        | Value::Text(_)
        | Value::Array(_)
        | Value::Object(_)
        | Value::Unknown(_) => None,
    };
    match decided {
        Some(true) => {}
        Some(false) if is_literal => return None,
        // What is not deployed by default must not go unseen: somebody may wish it.
        Some(false) | None => {
            let text = excerpt(&condition);
            terms.condition = Some(Condition { text, span: condition.span() });
        }
    }
    Some(terms)
}
