//! Names and ids of resources, be they known or not: what is not known yet has a placeholder, and
//! resources that Terraform links have equal ones.

use super::azure::{Kind, kind_of};
use super::configuration::Target;
use super::plan::{Plan, Resource};
use super::veil::not_known;
use crate::model::names::{normal, placeholder_end};
use crate::template::{SUBSCRIPTION_ID, Text, Value};
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;

/// One name leads to another no further than this.
const MAX_STEPS: usize = 6;

/// Resources by resource group and name, in their normal form.
type Named = BTreeMap<(String, String), Vec<usize>>;

/// Who is who in a plan.
#[derive(Debug)]
pub(super) struct Identities<'p, 'd> {
    pub(super) plan: &'p Plan<'d>,
    /// The subscription of each provider, as far as ids tell.
    subscriptions: BTreeMap<Option<Cow<'d, str>>, String>,
    groups: Named,
    networks: Named,
    firewalls: Named,
    tables: Named,
    /// By id in its normal form.
    ids: BTreeMap<String, usize>,
    /// How many names have led to the one that is looked for.
    steps: Cell<usize>,
}

/// Where a resource is deployed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) subscription: String,
    pub(super) group: String,
}

impl Place {
    /// That of a resource with that id.
    pub(super) fn of_id(id: &str) -> Option<Self> {
        let is = |part: &str, name: &str| part.eq_ignore_ascii_case(name);
        match parts(id).as_slice() {
            ["", first, subscription, second, group, ..]
                if is(first, "subscriptions") && is(second, "resourceGroups") =>
            {
                Some(Self { subscription: (*subscription).to_owned(), group: (*group).to_owned() })
            }
            _ => None,
        }
    }

    fn id(&self, of: &str, name: &str) -> String {
        let Self { subscription, group } = self;
        format!(
            "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network/{of}/{name}"
        )
    }
}

impl<'p, 'd> Identities<'p, 'd> {
    pub(super) fn of(plan: &'p Plan<'d>) -> Self {
        let mut identities = Self {
            plan,
            subscriptions: BTreeMap::new(),
            groups: BTreeMap::new(),
            networks: BTreeMap::new(),
            firewalls: BTreeMap::new(),
            tables: BTreeMap::new(),
            ids: BTreeMap::new(),
            steps: Cell::new(0),
        };
        for (at, resource) in plan.resources.iter().enumerate() {
            let own = matches!(
                kind_of(&resource.kind),
                Some(
                    Kind::Group
                        | Kind::Network
                        | Kind::Interface
                        | Kind::ResourceGroup
                        | Kind::Firewall
                        | Kind::FirewallPolicy
                        | Kind::RouteTable
                        | Kind::IpGroup
                )
            );
            if let Some(place) = identities.known_id(at).filter(|_| own && !resource.is_data) {
                let subscription = place.split('/').nth(2).unwrap_or_default().to_owned();
                identities.subscriptions.entry(resource.provider()).or_insert(subscription);
            }
        }
        for (at, resource) in plan.resources.iter().enumerate() {
            let Some(kind) = kind_of(&resource.kind) else { continue };
            if identities.named(kind).is_none() {
                continue;
            }
            let name = normal(&identities.text(at, "name").text);
            let group = normal(&identities.place(at).group);
            if let Some(list) = identities.named(kind) {
                list.entry((group, name)).or_default().push(at);
            }
        }
        for (at, resource) in plan.resources.iter().enumerate() {
            let kind = kind_of(&resource.kind);
            let has_known_id = matches!(
                kind,
                Some(
                    Kind::Group
                        | Kind::Interface
                        | Kind::Subnet
                        | Kind::Azapi
                        | Kind::Firewall
                        | Kind::IpGroup
                        | Kind::RouteTable
                )
            );
            if has_known_id {
                let id = normal(&identities.id(at));
                identities.ids.entry(id).or_insert(at);
            }
        }
        identities
    }

    /// Those that others refer to by name.
    const fn named(&mut self, kind: Kind) -> Option<&mut Named> {
        match kind {
            Kind::Group => Some(&mut self.groups),
            Kind::Network => Some(&mut self.networks),
            Kind::Firewall => Some(&mut self.firewalls),
            Kind::RouteTable => Some(&mut self.tables),
            _ => None,
        }
    }

    pub(super) fn resource(&self, at: usize) -> Option<&'p Resource<'d>> {
        self.plan.resources.get(at)
    }

    /// An attribute as text. What is not known has the placeholder of what it refers to, if that
    /// is all it can be.
    pub(super) fn text(&self, at: usize, attribute: &str) -> Text<'d> {
        let steps = self.steps.get();
        self.steps.set(steps + 1);
        let text = self.text_at(at, attribute, steps < MAX_STEPS);
        self.steps.set(steps);
        text
    }

    fn text_at(&self, at: usize, attribute: &str, may_follow: bool) -> Text<'d> {
        let Some(resource) = self.resource(at) else { return Text::known("") };
        let value = resource.values.get(attribute).map(|reading| reading.value());
        let unknown = match value {
            Some(Value::Text(text)) if !text.text.is_empty() => return text,
            Some(Value::Unknown(unknown)) => unknown,
            _ => not_known(&resource.address, attribute, resource.node.span()),
        };
        // The name of a resource is made of others in ways that only Terraform knows.
        let is_link = attribute != "name" && attribute != "id";
        if is_link
            && may_follow
            && let Some(target) = self.single(at, &[attribute])
        {
            let text = match target.attribute.as_deref().unwrap_or(implied(attribute)) {
                "id" => self.id_text(target.resource),
                other => self.text(target.resource, other),
            };
            // What is known there would be known here, were it no more than a reference.
            if text.unknown.is_some() {
                return text;
            }
        }
        let text = Cow::Owned(unknown.placeholder.clone());
        Text { text, unknown: Some(unknown) }
    }

    /// The one attribute of one resource that an attribute refers to.
    pub(super) fn single(&self, at: usize, path: &[&str]) -> Option<Target> {
        let mut targets = self.plan.targets(at, path)?;
        let one = targets.pop()?;
        targets.is_empty().then_some(one)
    }

    /// The id that Azure gave to the resource.
    pub(super) fn known_id(&self, at: usize) -> Option<String> {
        let id = self.resource(at)?.values.get("id")?;
        match id.value() {
            Value::Text(text) if text.unknown.is_none() && !text.text.is_empty() => {
                Some(text.text.into_owned())
            }
            _ => None,
        }
    }

    /// Where a resource is, or will be.
    pub(super) fn place(&self, at: usize) -> Place {
        if let Some(place) = self.known_id(at).and_then(|id| Place::of_id(&id)) {
            return place;
        }
        let group = self.text(at, "resource_group_name").text.into_owned();
        Place { subscription: self.subscription(at), group }
    }

    fn subscription(&self, at: usize) -> String {
        let provider = self.resource(at).and_then(Resource::provider);
        if let Some(known) = self.subscriptions.get(&provider) {
            return known.clone();
        }
        // Two providers may have two subscriptions.
        match provider.as_deref().filter(|it| it.contains('.')) {
            Some(alias) => format!("{{subscription of {}}}", alias.replace(['{', '}', '\''], "")),
            None => SUBSCRIPTION_ID.to_owned(),
        }
    }

    /// The id that a resource has or will have, with placeholders for what is not known of it.
    pub(super) fn id(&self, at: usize) -> String {
        if let Some(known) = self.known_id(at) {
            return known;
        }
        let Some(resource) = self.resource(at) else { return String::new() };
        let name = self.text(at, "name").text;
        let of = match kind_of(&resource.kind) {
            Some(Kind::Group) => "networkSecurityGroups",
            Some(Kind::ApplicationGroup) => "applicationSecurityGroups",
            Some(Kind::Interface) => "networkInterfaces",
            Some(Kind::Network) => "virtualNetworks",
            Some(Kind::LoadBalancer) => "loadBalancers",
            Some(Kind::Firewall) => "azureFirewalls",
            Some(Kind::FirewallPolicy) => "firewallPolicies",
            Some(Kind::IpGroup) => "ipGroups",
            Some(Kind::RouteTable) => "routeTables",
            Some(Kind::RuleCollectionGroup) => {
                let policy = self.text(at, "firewall_policy_id").text;
                return format!("{policy}/ruleCollectionGroups/{name}");
            }
            Some(Kind::Route) => return format!("{}/routes/{name}", self.table_of(at)),
            Some(Kind::Subnet) => return format!("{}/subnets/{name}", self.network(at)),
            Some(Kind::ResourceGroup) => {
                return format!("/subscriptions/{}/resourceGroups/{name}", self.subscription(at));
            }
            Some(Kind::Azapi) => return self.azapi_id(at, &name),
            _ => return not_known(&resource.address, "id", resource.node.span()).placeholder,
        };
        self.place(at).id(of, &name)
    }

    /// The id of a resource that is described in the words of ARM.
    fn azapi_id(&self, at: usize, name: &str) -> String {
        let Some(resource) = self.resource(at) else { return String::new() };
        let parent = self.text(at, "parent_id").text;
        let kind = self.text(at, "type");
        let kind = kind.text.split('@').next().unwrap_or_default();
        match kind.match_indices('/').count() {
            0 => not_known(&resource.address, "id", resource.node.span()).placeholder,
            1 => format!("{parent}/providers/{kind}/{name}"),
            _ => format!("{parent}/{}/{name}", kind.rsplit('/').next().unwrap_or_default()),
        }
    }

    /// The id of the network that a subnet is part of.
    fn network(&self, subnet: usize) -> String {
        match self.owner(subnet, "virtual_network_name", &self.networks) {
            Ok(network) => self.id(network),
            Err((place, name)) => place.id("virtualNetworks", &name),
        }
    }

    /// The network of the plan that a subnet is part of.
    pub(super) fn network_of(&self, subnet: usize) -> Option<usize> {
        self.owner(subnet, "virtual_network_name", &self.networks).ok()
    }

    /// The id of the table that a route is part of.
    fn table_of(&self, route: usize) -> String {
        match self.owner(route, "route_table_name", &self.tables) {
            Ok(table) => self.id(table),
            Err((place, name)) => place.id("routeTables", &name),
        }
    }

    /// The firewall that rules belong to, or else its id and name.
    pub(super) fn firewall_of(&self, rules: usize) -> Result<usize, (String, String)> {
        self.owner(rules, "azure_firewall_name", &self.firewalls)
            .map_err(|(place, name)| (place.id("azureFirewalls", &name), name))
    }

    /// The group that a rule belongs to, or else its place and name.
    pub(super) fn group_of(&self, rule: usize) -> Result<usize, (Place, String)> {
        self.owner(rule, "network_security_group_name", &self.groups)
    }

    /// The resource that owns another one, by reference or by name.
    fn owner(&self, at: usize, attribute: &str, named: &Named) -> Result<usize, (Place, String)> {
        let name = self.text(at, attribute);
        let place = Place {
            subscription: self.subscription(at),
            group: self.text(at, "resource_group_name").text.into_owned(),
        };
        let same = named.get(&(normal(&place.group), normal(&name.text)));
        let same = same.map(Vec::as_slice).unwrap_or_default();
        if let Some(Target { resource, .. }) = self.single(at, &[attribute])
            && named.values().flatten().any(|&it| it == resource)
            && normal(&self.text(resource, "name").text) == normal(&name.text)
        {
            return Ok(resource);
        }
        let provider = |at: usize| self.resource(at).and_then(Resource::provider);
        let near = || same.iter().copied().filter(|&it| provider(it) == provider(at));
        match (same, near().next()) {
            (&[one], _) => Ok(one),
            (_, Some(one)) if near().count() == 1 => Ok(one),
            _ => Err((place, name.text.into_owned())),
        }
    }

    /// The id of a resource as a text.
    fn id_text(&self, at: usize) -> Text<'d> {
        let Some(resource) = self.resource(at) else { return Text::known("") };
        match self.known_id(at) {
            Some(known) => Text::known(known),
            None => Text {
                text: Cow::Owned(self.id(at)),
                unknown: Some(not_known(&resource.address, "id", resource.node.span())),
            },
        }
    }

    /// The resource with that id.
    pub(super) fn of_id(&self, id: &str) -> Option<usize> {
        self.ids.get(&normal(id)).copied()
    }
}

/// The attribute that is meant where only the resource is named.
fn implied(attribute: &str) -> &'static str {
    if attribute.ends_with("_id") { "id" } else { "name" }
}

/// The parts of an id; slashes inside of placeholders part nothing.
pub(super) fn parts(id: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(rest) = id.get(at..).filter(|rest| !rest.is_empty()) {
        let place = rest.find(['{', '/']).unwrap_or(rest.len());
        let after = rest.get(place..).unwrap_or_default();
        if after.starts_with('/') {
            parts.push(id.get(start..at + place).unwrap_or_default());
            start = at + place + 1;
        }
        at += place + if after.starts_with('{') { placeholder_end(after) } else { 1 };
    }
    parts.push(id.get(start..).unwrap_or_default());
    parts
}
