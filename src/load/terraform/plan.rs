//! The resources of a plan or state, in all its modules, and what is said of each of them in the
//! other parts of the document.

use super::azure::is_of_interest;
use super::configuration::Configuration;
use super::veil::Veil;
use crate::document::{Kind, Node};
use crate::template::Reading;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A resource, or what a data source read.
#[derive(Debug)]
pub(super) struct Resource<'d> {
    /// Its address, such as `module.x.azurerm_network_security_group.nsg["a"]`.
    pub(super) address: Cow<'d, str>,
    /// The address of its module; empty for the root.
    pub(super) module: Cow<'d, str>,
    /// It is read by a data source, and not managed.
    pub(super) is_data: bool,
    /// Its type, such as `azurerm_subnet`.
    pub(super) kind: Cow<'d, str>,
    /// Its key among several of one name, as addresses have it: `0`, `"a"`.
    pub(super) key: Option<&'d str>,
    /// The whole resource.
    pub(super) node: Node<'d>,
    /// Its values; what is not known or secret says so.
    pub(super) values: Reading<'d>,
    /// It is made by this plan.
    pub(super) is_new: bool,
    /// Its piece of the configuration.
    pub(super) config: Option<Node<'d>>,
}

impl<'d> Resource<'d> {
    /// The expression of an attribute, by a path of names and indexes; `None` where the
    /// configuration has none, or is not there.
    pub(super) fn expression(&self, path: &[&str]) -> Option<Node<'d>> {
        let expressions = self.config?.get("expressions")?;
        path.iter().try_fold(expressions, |node, step| match step.parse() {
            Ok(index) if node.kind() == Kind::Array => node.items().nth(index),
            _ => node.get(step),
        })
    }

    /// The key of the provider that it belongs to; one provider has one subscription.
    pub(super) fn provider(&self) -> Option<Cow<'d, str>> {
        self.config?.get("provider_config_key")?.text()
    }
}

/// A rule or route that the plan takes away.
#[derive(Debug)]
pub(super) struct Removed<'d> {
    /// It is a route, and its group a route table.
    pub(super) is_route: bool,
    pub(super) rule: Cow<'d, str>,
    pub(super) group: Cow<'d, str>,
    pub(super) resource_group: Cow<'d, str>,
}

/// Which resources have a name in common: module, whether data, type, name.
pub(super) type Name<'d> = (Cow<'d, str>, bool, Cow<'d, str>, Cow<'d, str>);

/// A plan or state.
#[derive(Debug)]
pub(super) struct Plan<'d> {
    /// The resources that matter, in the order of the document.
    pub(super) resources: Vec<Resource<'d>>,
    /// Where they are, by name and key.
    pub(super) by_name: BTreeMap<Name<'d>, BTreeMap<Option<&'d str>, usize>>,
    /// What they are made of; a state does not say.
    pub(super) configuration: Configuration<'d>,
    /// Rules and routes that are taken away.
    pub(super) removed: Vec<Removed<'d>>,
    /// Changes that wait for a later plan.
    pub(super) deferred: Vec<Node<'d>>,
    /// It is all that the configuration asks for.
    pub(super) is_whole: bool,
}

/// What the document says of changes, by address.
struct Changes<'d> {
    of: BTreeMap<Cow<'d, str>, Node<'d>>,
    is_plan: bool,
}

impl<'d> Plan<'d> {
    pub(super) fn of(root: Node<'d>) -> Self {
        let changes = Changes::of(root);
        let mut plan = Self {
            resources: Vec::new(),
            by_name: BTreeMap::new(),
            configuration: Configuration::of(root),
            removed: changes.removed(),
            deferred: deferred(root),
            is_whole: is_whole(root),
        };
        let modules = |of: Option<Node<'d>>| {
            let values = of.and_then(|it| it.get("root_module"));
            values.map(modules).unwrap_or_default()
        };
        let planned = root.get("planned_values").or_else(|| root.get("values"));
        for (module, resource) in modules(planned) {
            plan.add(module, resource, resource.get("values"), &changes);
        }
        let prior = root.get("prior_state").and_then(|it| it.get("values"));
        for (module, resource) in modules(prior) {
            if is_data(resource) {
                plan.add(module, resource, resource.get("values"), &changes);
            }
        }
        if planned.is_none() {
            for resource in changes.of.values() {
                let module = resource.get("module_address").and_then(|it| it.text());
                let after = resource.get("change").and_then(|it| it.get("after"));
                plan.add(module.unwrap_or_default(), *resource, after, &changes);
            }
        }
        plan
    }

    fn add(
        &mut self,
        module: Cow<'d, str>,
        node: Node<'d>,
        values: Option<Node<'d>>,
        changes: &Changes<'d>,
    ) {
        let text = |key: &str| node.get(key).and_then(|it| it.text());
        let Some(values) = values.filter(|it| it.kind() == Kind::Object) else { return };
        let (Some(kind), Some(address)) = (text("type"), text("address")) else { return };
        if !is_of_interest(&kind) {
            return;
        }
        let is_data = is_data(node);
        let name = text("name").unwrap_or_default();
        let place: Name<'d> = (module.clone(), is_data, kind.clone(), name);
        let key = node.get("index").map(|index| index.raw());
        let config = self.configuration.resource(&place);
        let twins = self.by_name.entry(place).or_default();
        if twins.contains_key(&key) {
            // A data source that is read again is in the prior state as well.
            return;
        }
        let change = changes.of.get(&address).and_then(|it| it.get("change"));
        let actions = change.and_then(|it| it.get("actions"));
        let does = |action: &str| {
            let mut list = actions.iter().flat_map(Node::items).filter_map(|it| it.text());
            list.any(|it| it == action)
        };
        if does("delete") && !does("create") {
            return;
        }
        let of_change = |key: &str| change.and_then(|it| it.get(key));
        let veil = Veil {
            address: &address,
            unknown: of_change("after_unknown"),
            sensitive: [node.get("sensitive_values"), of_change("after_sensitive")],
            is_silent: changes.is_plan && !is_data && change.is_none(),
        };
        twins.insert(key, self.resources.len());
        self.resources.push(Resource {
            values: veil.over(values),
            is_new: does("create"),
            address,
            module,
            is_data,
            kind,
            key,
            node,
            config,
        });
    }
}

impl<'d> Changes<'d> {
    fn of(root: Node<'d>) -> Self {
        let list = root.get("resource_changes");
        let mut of = BTreeMap::new();
        for change in list.iter().flat_map(Node::items) {
            // What is left over of a resource that was replaced is on its way out.
            if change.get("deposed").is_some() {
                continue;
            }
            if let Some(address) = change.get("address").and_then(|it| it.text()) {
                of.insert(address, change);
            }
        }
        Self { of, is_plan: list.is_some() || root.get("planned_values").is_some() }
    }

    /// The rules and routes that were, and are no more under that name.
    fn removed(&self) -> Vec<Removed<'d>> {
        let removed = self.of.values().filter_map(|it| {
            let kind = it.get("type").and_then(|it| it.text())?;
            let is_route = kind == super::azure::ROUTE;
            if !is_route && kind != super::azure::RULE {
                return None;
            }
            let change = it.get("change")?;
            let mut actions = change.get("actions")?.items().filter_map(|it| it.text());
            if !actions.any(|it| it == "delete") {
                return None;
            }
            let before = change.get("before")?;
            let text = |key: &str| before.get(key).and_then(|it| it.text());
            let group = if is_route { "route_table_name" } else { "network_security_group_name" };
            Some(Removed {
                is_route,
                rule: text("name")?,
                group: text(group)?,
                resource_group: text("resource_group_name")?,
            })
        });
        removed.collect()
    }
}

/// The changes that Terraform defers to a later plan.
fn deferred(root: Node<'_>) -> Vec<Node<'_>> {
    let list = root.get("deferred_changes");
    list.iter().flat_map(Node::items).filter_map(|it| it.get("resource_change")).collect()
}

/// Whether a plan leaves nothing out: it does with `-target`, where changes wait for others, and
/// after an error.
fn is_whole(root: Node<'_>) -> bool {
    let is = |key: &str, value: bool| root.get(key).and_then(|it| it.as_bool()) == Some(value);
    !is("complete", false) && !is("errored", true) && deferred(root).is_empty()
}

fn is_data(resource: Node<'_>) -> bool {
    resource.get("mode").and_then(|mode| mode.text()).is_some_and(|mode| mode == "data")
}

/// The resources of a module and of all below it, each with the address of its module.
fn modules(root: Node<'_>) -> Vec<(Cow<'_, str>, Node<'_>)> {
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(module) = open.pop() {
        let address = module.get("address").and_then(|it| it.text()).unwrap_or_default();
        let resources = module.get("resources");
        found.extend(resources.iter().flat_map(Node::items).map(|it| (address.clone(), it)));
        let below = module.get("child_modules");
        let first = open.len();
        open.extend(below.iter().flat_map(Node::items));
        if let Some(below) = open.get_mut(first..) {
            below.reverse();
        }
    }
    found
}
