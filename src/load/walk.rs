//! Goes through a template as Azure deploys it: every resource, with what stands around it, once
//! for each round of its copy loop; nested templates in their scopes (JS-013). What is done with a
//! resource is up to the [`Visitor`].

use super::resources::{Kind, Terms, kind_of};
use super::scalar::{Style, excerpt, name};
use crate::document::{self, Node};
use crate::model::{Condition, Shape};
use crate::source::Spanned;
use crate::template::{
    Copies, Decided, Inner, RESOURCE_GROUP_NAME, Reading, SUBSCRIPTION_ID, Scope, Text, Value,
    decided,
};

/// A template and what is around it.
pub(super) struct Found<'d> {
    pub(super) template: Node<'d>,
    /// The object that holds the values of its parameters.
    pub(super) given: Option<Node<'d>>,
    /// The policy definition that it is inside of.
    pub(super) policy: Option<Node<'d>>,
}

pub(super) fn find(root: Node<'_>) -> Option<Found<'_>> {
    if is_template(root) {
        return Some(Found { template: root, given: None, policy: None });
    }
    // `properties.mainTemplate` of a version of a template spec.
    let main = root.get("properties").unwrap_or(root).get("mainTemplate");
    if let Some(template) = main.filter(|inner| is_template(*inner)) {
        return Some(Found { template, given: None, policy: None });
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

/// What a list of resources stands in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Parent<'p> {
    /// A template.
    Template,
    /// A network security group, with its name if it has one.
    Group(Option<&'p Spanned<String>>),
    /// A resource of another kind that has children.
    Of(Kind),
    /// Another resource: nothing of ours is a child of it.
    Other,
}

/// A resource in its place: in one round of its loop, if it has one.
#[derive(Debug)]
pub(super) struct Resource<'r, 'd> {
    pub(super) reading: &'r Reading<'d>,
    pub(super) kind: Kind,
    /// Its type as it was written, evaluated.
    pub(super) written_type: &'r Text<'d>,
    pub(super) parent: Parent<'r>,
    pub(super) terms: &'r Terms,
}

/// Something that has a use for resources.
pub(super) trait Visitor {
    /// Whether resources of a kind that holds no policy are of use.
    const TAKES_ALL: bool;

    /// Takes a resource.
    fn resource(&mut self, resource: &Resource<'_, '_>);

    /// Takes note of a resource that is not deployed, because a condition is false.
    fn idle(&mut self, resource: &Resource<'_, '_>, condition: &str);

    /// Takes note of an expression where resources may be.
    fn expression(
        &mut self,
        what: &'static str,
        reading: &Reading<'_>,
        parent: Parent<'_>,
        terms: &Terms,
    );

    /// Takes note of a deployment whose template is in another file.
    fn linked(&mut self, deployment: &Reading<'_>, terms: &Terms);
}

/// Goes through the resources of `template`.
pub(super) fn walk<V: Visitor>(template: &Reading<'_>, visitor: &mut V) {
    Walk { visitor }.template(template, &Terms::default());
}

struct Walk<'v, V> {
    visitor: &'v mut V,
}

/// Where a resource is met.
#[derive(Clone, Copy)]
struct Around<'p> {
    parent: Parent<'p>,
    /// With symbolic names, nested templates have a scope of their own unless they say so.
    symbolic: bool,
    terms: &'p Terms,
}

impl<V: Visitor> Walk<'_, V> {
    fn template(&mut self, template: &Reading<'_>, terms: &Terms) {
        let Some(resources) = template.get("resources") else { return };
        let symbolic = matches!(resources.value(), Value::Object(_));
        self.list(&resources, Around { parent: Parent::Template, symbolic, terms });
    }

    fn list(&mut self, resources: &Reading<'_>, around: Around<'_>) {
        match resources.value() {
            Value::Array(list) => {
                for resource in list.items() {
                    self.resource(&resource, around);
                }
            }
            Value::Object(by_name) => {
                for member in by_name.members() {
                    self.resource(&member.value, around);
                }
            }
            Value::Unknown(_) => {
                let what = "a list of resources that is an expression";
                self.expression(what, resources, around);
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
        }
    }

    /// A resource as it is written.
    fn resource(&mut self, resource: &Reading<'_>, around: Around<'_>) {
        if matches!(resource.value(), Value::Unknown(_)) {
            self.expression("a resource that is an expression", resource, around);
            return;
        }
        // Most resources are of no use, and what they are is written without an expression.
        let is_idle = |kind: Kind| {
            !V::TAKES_ALL && kind == Kind::Other && resource.get("resources").is_none()
        };
        let written = resource.get("type").and_then(|written| written.node());
        if let Some(written) = written.and_then(|node| node.text())
            && !written.starts_with('[')
            && is_idle(kind(&written, around.parent))
        {
            return;
        }
        match resource.copies() {
            Copies::One => self.one(resource, around),
            Copies::Each(rounds) => rounds.iter().for_each(|round| self.one(round, around)),
            Copies::Any(round, unknown) => {
                let looped = Some(unknown.reason.to_string().into());
                let terms = Terms { looped, ..around.terms.clone() };
                self.one(&round, Around { terms: &terms, ..around });
            }
        }
    }

    /// A resource in one round of its loop.
    fn one(&mut self, reading: &Reading<'_>, around: Around<'_>) {
        let Some(written_type) = reading.get("type").and_then(|it| it.text()) else { return };
        let kind = kind(&written_type.text, around.parent);
        let is_reference = reading
            .get("existing")
            .is_some_and(|existing| matches!(existing.value(), Value::Bool(true)));
        let nested = reading.get("resources");
        let is_open = written_type.unknown.is_some();
        let is_idle = kind == Kind::Other && nested.is_none() && !is_open && !V::TAKES_ALL;
        // What belongs to an extension of the language (`import`, `extension`) is none of Azure's.
        let is_foreign = ["import", "extension"].iter().any(|key| reading.get(key).is_some());
        if is_reference || is_idle || is_foreign {
            return;
        }
        let terms = terms(reading, around.terms);
        let (parent, written_type) = (around.parent, &written_type);
        let resource = Resource { reading, kind, written_type, parent, terms: &terms };
        match &terms.idle {
            Some(condition) => self.visitor.idle(&resource, condition),
            None => self.visitor.resource(&resource),
        }
        if kind == Kind::Deployment {
            self.deployment(reading, around.symbolic, terms.clone());
        }
        if let Some(nested) = nested {
            let own_name = reading.get("name");
            let own_name = own_name.and_then(|it| name(&it, Style::of(Shape::Template)));
            let parent = match kind {
                Kind::Group => Parent::Group(own_name.as_ref()),
                Kind::FirewallPolicy | Kind::RouteTable | Kind::Network => Parent::Of(kind),
                // What may be a group is taken for a place where rules may be, of any group.
                _ if is_open => Parent::Template,
                _ => Parent::Other,
            };
            let below = own_name.as_ref().map(|name| name.value.as_str().into());
            // A condition that is false takes out no children: each needs its own.
            let terms = Terms { below, idle: around.terms.idle.clone(), ..terms };
            self.list(&nested, Around { parent, terms: &terms, ..around });
        }
    }

    fn expression(&mut self, what: &'static str, reading: &Reading<'_>, around: Around<'_>) {
        if around.terms.idle.is_none() {
            self.visitor.expression(what, reading, around.parent, around.terms);
        }
    }

    fn deployment(&mut self, deployment: &Reading<'_>, symbolic: bool, mut terms: Terms) {
        let is_inner = terms.inner;
        terms.below = None;
        let text = |key: &str, own: &str, outer: Option<String>| {
            let given = deployment.get(key).and_then(|reading| reading.text());
            let given = given.map(|given| given.text.into_owned());
            // What is deployed to is, in a nested template, what that one is deployed to.
            let is_own = |given: &String| given.is_empty() || (given == own && is_inner);
            given.filter(|given| !is_own(given)).or(outer)
        };
        let scope = text("scope", "", None);
        let (of_scope, group_of_scope) = scope.as_deref().map(within).unwrap_or_default();
        let group = terms.resource_group.take();
        let group = group_of_scope.or(group);
        terms.resource_group = text("resourceGroup", RESOURCE_GROUP_NAME, group);
        let subscription = terms.subscription.take();
        let subscription = of_scope.or(subscription);
        terms.subscription = text("subscriptionId", SUBSCRIPTION_ID, subscription);
        let around = Around { parent: Parent::Template, symbolic, terms: &terms };
        match Inner::of(deployment, symbolic) {
            Inner::None => {}
            Inner::Shared(template) => self.template(&template, &terms),
            Inner::Own(node, given) => {
                let scope = Scope::nested(node, given, deployment);
                let inner = Terms { inner: true, ..terms };
                self.template(&Reading::in_scope(node, &scope), &inner);
            }
            Inner::Expression => {
                self.expression("a nested template that is an expression", deployment, around);
            }
            Inner::Linked(_) if terms.idle.is_none() => self.visitor.linked(deployment, &terms),
            Inner::Linked(_) => {}
        }
    }
}

/// The subscription and the resource group that a deployment with that `scope` goes to: templates
/// of management groups and tenants name them so.
fn within(scope: &str) -> (Option<String>, Option<String>) {
    let mut parts = scope.split('/').skip(1);
    let mut after = |word: &str| {
        let is_it = parts.next().is_some_and(|part| part.eq_ignore_ascii_case(word));
        parts.next().filter(|name| is_it && !name.is_empty()).map(str::to_owned)
    };
    let subscription = after("subscriptions");
    let group = subscription.is_some().then(|| after("resourceGroups")).flatten();
    (subscription, group)
}

/// The kind of a resource; what stands below another one has a type of one word.
fn kind(written: &str, parent: Parent<'_>) -> Kind {
    let below: &[(&str, Kind)] = match parent {
        Parent::Group(_) => &[("securityRules", Kind::Rule)],
        Parent::Of(Kind::FirewallPolicy) => &[
            ("ruleCollectionGroups", Kind::RuleCollectionGroup { is_old: false }),
            ("ruleGroups", Kind::RuleCollectionGroup { is_old: true }),
        ],
        Parent::Of(Kind::RouteTable) => &[("routes", Kind::Route)],
        Parent::Of(Kind::Network) => {
            &[("subnets", Kind::Subnet), ("virtualNetworkPeerings", Kind::Peering)]
        }
        Parent::Of(_) | Parent::Template | Parent::Other => &[],
    };
    let known = below.iter().find(|(name, _)| name.eq_ignore_ascii_case(written));
    known.map_or_else(|| kind_of(written), |(_, kind)| *kind)
}

/// What a resource adds to the terms of its deployment.
fn terms(resource: &Reading<'_>, outer: &Terms) -> Terms {
    let mut terms = outer.clone();
    let Some(condition) = resource.get("condition") else { return terms };
    let text = || excerpt(&condition);
    match decided(resource) {
        Decided::Yes => {}
        // What is around it says first why it is not deployed.
        Decided::No => terms.idle = terms.idle.or_else(|| Some(text())),
        Decided::Open(why) => {
            let why = why.map(|unknown| unknown.reason.to_string().into());
            terms.condition = Some(Condition { text: text(), why, span: condition.span() });
        }
    }
    terms
}
