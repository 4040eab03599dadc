//! Goes through resources of all kinds and takes up what is policy.

use super::Intake;
use super::Unchecked;
use super::estate::{self, Link};
use super::group::{file_name, group, properties};
pub(super) use super::kinds::{GROUP, Kind, RULE, kind_of};
use super::lists::split_last;
use super::merge::{Child, Content, merge};
use super::network::{self, Named, Within};
use super::properties::Properties;
use super::rule::{iteration, of_properties};
use super::scalar::{Style, known, name, title, unknown};
use crate::model::names::normal;
use crate::model::{Built, Condition, Field, Nsg, Reference, SecurityRule, Written};
use crate::source::Spanned;
use crate::template::{Inner, RESOURCE_GROUP_NAME, Reading, SUBSCRIPTION_ID};

/// Built-in rules begin here (NSG-010).
const FIRST_BUILT_IN: i64 = 65_000;

/// Where a resource is deployed, and on what terms; the same for all of one deployment.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    /// The condition of the deployment itself.
    pub(super) condition: Option<Condition>,
    /// The condition that is false, so that nothing is deployed.
    pub(super) idle: Option<Box<str>>,
    /// The resource group, if it is not that of the template.
    pub(super) resource_group: Option<String>,
    /// The subscription, if it is not that of the template.
    pub(super) subscription: Option<String>,
    /// Whether `resourceId` speaks of that resource group, and not of the outer one.
    pub(super) inner: bool,
    /// Why it is not known how often the deployment is made, if a copy loop makes it.
    pub(super) looped: Option<Box<str>>,
    /// The name of the resource that it stands in.
    pub(super) below: Option<Box<str>>,
}

/// All resources of one value of a file.
#[derive(Debug)]
pub(super) struct Resources<'i, 'f> {
    pub(super) intake: &'i mut Intake<'f>,
    pub(super) style: Style,
    groups: Vec<Nsg>,
    ids: Vec<String>,
    children: Vec<Child>,
    links: Vec<Link>,
}

impl<'i, 'f> Resources<'i, 'f> {
    pub(super) const fn new(intake: &'i mut Intake<'f>, style: Style) -> Self {
        Self {
            intake,
            style,
            groups: Vec::new(),
            ids: Vec::new(),
            children: Vec::new(),
            links: Vec::new(),
        }
    }

    /// Puts everything in its place.
    pub(super) fn finish(mut self) -> &'i mut Intake<'f> {
        merge(&mut self.groups, &self.ids, self.children, self.links);
        self.intake.loaded.estate.nsgs.append(&mut self.groups);
        self.intake
    }

    /// Takes up a resource of that kind; of deployments and unknown kinds nothing.
    pub(super) fn take(&mut self, kind: Kind, resource: &Reading<'_>, terms: &Terms) {
        match kind {
            Kind::Group => self.group(resource, terms),
            Kind::Rule => self.child(resource, None, terms),
            Kind::ApplicationGroup => {
                let (name, id) = self.names(resource, "applicationSecurityGroups", terms);
                let group = estate::application_group(name, &id, resource);
                self.intake.loaded.estate.groups.push(group);
            }
            Kind::Interface => {
                let (name, id) = self.names(resource, "networkInterfaces", terms);
                let mut interface =
                    estate::interface(name, normal(&id.value), resource, self.style);
                self.link(estate::link(resource, id, false, self.style), terms);
                for subnet in &mut interface.subnets {
                    *subnet = in_place(subnet, terms).into();
                }
                here(&mut interface.group, terms);
                here(&mut interface.public_address, terms);
                self.intake.loaded.estate.interfaces.push(interface);
            }
            Kind::Network => self.network(resource, terms),
            Kind::Subnet => {
                let (id, named) = self.part_of("virtualNetworks", "subnets", resource, terms);
                self.link(estate::link(resource, id, true, self.style), terms);
                self.subnet(resource, named, terms);
            }
            Kind::Peering => {
                let part = "virtualNetworkPeerings";
                let (_, named) = self.part_of("virtualNetworks", part, resource, terms);
                self.peering(resource, named, terms);
            }
            Kind::RouteTable => self.route_table(resource, terms),
            Kind::Route => self.route(resource, terms),
            Kind::Firewall => {
                self.firewall(resource, terms);
            }
            Kind::FirewallPolicy => {
                self.firewall_policy(resource, terms);
            }
            Kind::RuleCollectionGroup { is_old } => {
                self.rule_collection_group(resource, is_old, terms);
            }
            Kind::IpGroup => {
                self.ip_group(resource, terms);
            }
            Kind::LoadBalancer => {
                let (name, _) = self.names(resource, "loadBalancers", terms);
                self.intake.loaded.estate.load_balancers.push(estate::load_balancer(name));
            }
            Kind::PrivateEndpoint => {
                let (name, id) = self.names(resource, "privateEndpoints", terms);
                let id = normal(&id.value);
                let mut endpoint = estate::private_endpoint(name, id, resource, self.style);
                here(&mut endpoint.subnet, terms);
                endpoint.condition.clone_from(&terms.condition);
                self.intake.loaded.estate.private_endpoints.push(endpoint);
            }
            Kind::Unchecked(what) => self.unchecked(what, resource),
            Kind::Deployment | Kind::Other => {}
        }
    }

    pub(super) fn unchecked(&mut self, what: &'static str, resource: &Reading<'_>) {
        let span = resource.span();
        self.intake.loaded.unchecked.push(Unchecked { what, span, idle: false });
    }

    /// Takes note of the file whose template a deployment links to.
    pub(super) fn deploys(&mut self, deployment: &Reading<'_>) {
        if let Inner::Own(node, _) = Inner::of(deployment, true)
            && node.span().file != deployment.span().file
        {
            self.intake.loaded.deploys.insert(node.span().file);
        }
    }

    /// Takes note of policy that is not deployed.
    pub(super) fn idle(&mut self, kind: Kind, resource: &Reading<'_>) {
        let what = match kind {
            Kind::Group => "a network security group whose condition is false",
            Kind::Rule => "a security rule whose condition is false",
            Kind::Firewall => "an Azure Firewall whose condition is false",
            Kind::FirewallPolicy => "a firewall policy whose condition is false",
            Kind::RuleCollectionGroup { .. } => "a rule collection group whose condition is false",
            Kind::RouteTable => "a route table whose condition is false",
            _ => return,
        };
        let span = resource.span();
        self.intake.loaded.unchecked.push(Unchecked { what, span, idle: true });
    }

    pub(super) fn link(&mut self, links: impl IntoIterator<Item = Link>, terms: &Terms) {
        for mut link in links {
            link.group = in_place(&link.group, terms);
            self.links.push(link);
        }
    }

    /// A network with all that stands inside of it.
    fn network(&mut self, resource: &Reading<'_>, terms: &Terms) {
        let (name, id) = self.names(resource, "virtualNetworks", terms);
        self.link(estate::subnet_links(resource, &id.value, self.style), terms);
        let id = normal(&id.value);
        let style = self.style;
        for (child, named) in network::children(resource, ("subnets", "subnets"), &id, style) {
            self.subnet(&child, named, terms);
        }
        let part = "virtualNetworkPeerings";
        for (child, named) in network::children(resource, (part, part), &id, style) {
            self.peering(&child, named, terms);
        }
        let within = Within { style, condition: terms.condition.as_ref() };
        let network = network::network(resource, (name, id), within);
        self.intake.loaded.estate.networks.push(network);
    }

    fn subnet(&mut self, resource: &Reading<'_>, named: Named, terms: &Terms) {
        let within = Within { style: self.style, condition: terms.condition.as_ref() };
        let mut subnet = network::subnet(resource, named, within);
        here(&mut subnet.group, terms);
        here(&mut subnet.routes, terms);
        here(&mut subnet.nat_gateway, terms);
        self.intake.loaded.estate.subnets.push(subnet);
    }

    fn peering(&mut self, resource: &Reading<'_>, named: Named, terms: &Terms) {
        let within = Within { style: self.style, condition: terms.condition.as_ref() };
        let mut peering = network::peering(resource, named, within);
        here(&mut peering.remote, terms);
        self.intake.loaded.estate.peerings.push(peering);
    }

    /// The names of what is a part of another resource: a template names it after both, or it
    /// stands in the other one.
    pub(super) fn part_of(
        &self,
        of: &str,
        part: &str,
        resource: &Reading<'_>,
        terms: &Terms,
    ) -> (Spanned<String>, Named) {
        let (name, id) = self.names(resource, of, terms);
        let is_named = resource.get("id").is_none();
        let own = match (split_last(&name.value), &terms.below) {
            (Some(both), _) => Some(both),
            (None, below) => below.as_deref().map(|whole| (whole, name.value.as_str())),
        };
        let id = match own.filter(|_| is_named) {
            Some((whole, own)) => {
                let whole = self.id(of, whole, terms);
                Spanned::new(format!("{whole}/{part}/{own}"), name.span)
            }
            None => id,
        };
        let full = normal(&id.value);
        let whole = split_last(&full).and_then(|(rest, _)| split_last(rest));
        let network = whole.map_or_else(String::new, |(whole, _)| whole.to_owned());
        let own = super::lists::last_part(&name.value).to_owned();
        (id, Named { name: Spanned::new(own, name.span), id: full, network })
    }

    fn group(&mut self, resource: &Reading<'_>, terms: &Terms) {
        let mut group = group(resource, self.style, self.intake.file);
        group.condition.clone_from(&terms.condition);
        let id = match &group.id {
            Some(id) => normal(&id.value),
            None => normal(&self.id("networkSecurityGroups", &group.name.value, terms)),
        };
        group.key = id.as_str().into();
        self.ids.push(id);
        self.groups.push(group);
    }

    /// The name of a resource and its id, given or made up of what is known.
    pub(super) fn names(
        &self,
        resource: &Reading<'_>,
        of: &str,
        terms: &Terms,
    ) -> (Spanned<String>, Spanned<String>) {
        let id = resource.get("id").and_then(|id| known(&id, self.style));
        let own = resource.get("name").and_then(|reading| title(&reading, self.style));
        let name = own.or_else(|| {
            let id = id.as_ref()?;
            Some(Spanned::new(super::lists::last_part(&id.value).to_owned(), id.span))
        });
        let name = name.unwrap_or_else(|| {
            Spanned::new(file_name(self.intake.file).to_owned(), resource.span())
        });
        let id = id.unwrap_or_else(|| Spanned::new(self.id(of, &name.value, terms), name.span));
        (name, id)
    }

    /// The id that `resourceId` gives for a resource of this deployment.
    fn id(&self, of: &str, name: &str, terms: &Terms) -> String {
        let is_group = of != "applicationSecurityGroups";
        let [subscription, group] =
            [(&terms.subscription, SUBSCRIPTION_ID), (&terms.resource_group, RESOURCE_GROUP_NAME)]
                // Rules refer to their application security groups by `resourceId`.
                .map(|(given, own)| {
                    given.as_deref().filter(|_| is_group || !terms.inner).unwrap_or(own)
                });
        format!(
            "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network/{of}/{name}"
        )
    }

    /// A rule that is a resource of its own: below `parent`, or named after its group.
    pub(super) fn child(
        &mut self,
        resource: &Reading<'_>,
        parent: Option<&Spanned<String>>,
        terms: &Terms,
    ) {
        let mut found = Properties::of(resource);
        let mut rule = of_properties(&mut found, resource.span(), self.style, Written::Child);
        rule.condition.clone_from(&terms.condition);
        rule.iteration = resource.iteration().map(iteration);
        let whole = std::mem::take(&mut rule.name.value);
        let split = split_last(&whole);
        rule.name.value = split.map_or(whole.as_str(), |(_, last)| last).to_owned();
        let group_name = match (parent, split) {
            (Some(parent), _) => parent.clone(),
            (None, Some((group, _))) => Spanned::new(group.to_owned(), rule.name.span),
            (None, None) => Spanned::new(whole.clone(), rule.name.span),
        };
        let is_anywhere = parent.is_none() && split.is_none();
        let group = if is_anywhere {
            self.any_group(&whole, terms)
        } else {
            normal(&self.id("networkSecurityGroups", &group_name.value, terms))
        };
        let content = if let Some(why) = &terms.looped {
            let name = &rule.name.value;
            let reason = format!("rules such as `{name}` are made by a copy loop: {why}");
            Content::Unread(unknown(resource.span(), reason))
        } else if is_anywhere {
            Content::Anywhere(Box::new(rule))
        } else {
            Content::Rule(Box::new(rule))
        };
        let (span, shape) = (resource.span(), self.style.shape);
        self.children.push(Child { group, group_name, span, shape, built: Built::Part, content });
    }

    /// The id of a group of which nothing but its place is known.
    fn any_group(&self, key: &str, terms: &Terms) -> String {
        let name = format!("{{@{}}}", key.replace(['{', '}', '\''], ""));
        normal(&self.id("networkSecurityGroups", &name, terms))
    }

    /// Something that may be, or hold, rules of `group`, or of any group where none is named.
    pub(super) fn perhaps(
        &mut self,
        reason: &str,
        resource: &Reading<'_>,
        group: Option<&Spanned<String>>,
        terms: &Terms,
    ) {
        let span = resource.span();
        let id = match group {
            Some(name) => normal(&self.id("networkSecurityGroups", &name.value, terms)),
            None => self.any_group(&span.start.to_string(), terms),
        };
        self.children.push(Child {
            group: id,
            group_name: group.cloned().unwrap_or_else(|| Spanned::new(String::new(), span)),
            span,
            shape: self.style.shape,
            built: Built::Part,
            content: Content::Perhaps(unknown(span, reason)),
        });
    }

    /// A rule of a list without its group (`rule list`, `rule show`): the id names the group.
    /// Built-in rules are left out (NSG-010).
    pub(super) fn loose_rule(&mut self, resource: &Reading<'_>, built: Built) {
        let mut found = Properties::of(resource);
        let id = found.id.as_ref().and_then(|id| name(&id.value, self.style));
        let rule = of_properties(&mut found, resource.span(), self.style, Written::Inline);
        let (group_id, is_built_in) = match &id {
            Some(id) => (group_part(&id.value), has_default_part(&id.value)),
            None => (None, false),
        };
        if is_built_in || is_built_in_priority(&rule) {
            return;
        }
        let (group, group_name) = match (group_id, &id) {
            (Some(group), Some(id)) => {
                let name = super::lists::last_part(group).to_owned();
                (normal(group), Spanned::new(name, id.span))
            }
            _ => {
                let name = file_name(self.intake.file).to_owned();
                (String::new(), Spanned::new(name, resource.span()))
            }
        };
        let (span, shape) = (resource.span(), self.style.shape);
        let content = Content::Rule(Box::new(rule));
        self.children.push(Child { group, group_name, span, shape, built, content });
    }

    /// A resource that says what it is by its type, its id or its properties.
    pub(super) fn any(&mut self, resource: &Reading<'_>, built: Built) {
        let text = |key: &str| {
            let reading = resource.get(key)?;
            Some(reading.text()?.text.into_owned()).filter(|text| !text.is_empty())
        };
        let resource_type = text("type").or_else(|| text("ResourceType"));
        let kind = resource_type
            .or_else(|| type_of_id(&text("id")?))
            .map_or(Kind::Other, |text| kind_of(&text));
        let inner = properties(resource);
        match kind {
            Kind::Rule => self.loose_rule(resource, built),
            Kind::Other if inner.get("securityRules").is_some() => {
                self.group(resource, &Terms::default());
            }
            Kind::Other if is_rule(&inner) => self.loose_rule(resource, built),
            kind => {
                self.take(kind, resource, &Terms::default());
                self.children_in(kind, resource);
            }
        }
    }

    /// Children that an export shows inside of their parent, with names of their own and no ids.
    fn children_in(&mut self, parent: Kind, resource: &Reading<'_>) {
        let Some(list) = resource.get("resources") else { return };
        let (_, id) = self.names(resource, "resources", &Terms::default());
        let mut parts = id.value.split('/').skip(2).step_by(2).map(str::to_owned);
        let terms = Terms {
            subscription: parts.next(),
            resource_group: parts.next(),
            below: Some(super::lists::last_part(&id.value).into()),
            ..Terms::default()
        };
        for child in list.items() {
            let written = child.get("type").and_then(|it| it.text());
            let kind = written.map_or(Kind::Other, |it| kind_of(&it.text));
            let is_of_parent = match kind {
                Kind::RuleCollectionGroup { .. } => parent == Kind::FirewallPolicy,
                Kind::Route => parent == Kind::RouteTable,
                _ => false,
            };
            if is_of_parent {
                self.take(kind, &child, &terms);
            }
        }
    }
}

/// An id of a nested template where `resourceId` speaks of the place that it is deployed to.
pub(super) fn in_place(id: &str, terms: &Terms) -> String {
    let mut id = id.to_owned();
    let places =
        [(&terms.subscription, SUBSCRIPTION_ID), (&terms.resource_group, RESOURCE_GROUP_NAME)];
    for (given, own) in places {
        if let Some(given) = given.as_deref().filter(|_| terms.inner) {
            id = id.replace(&normal(own), &normal(given));
        }
    }
    id
}

/// The same for a reference.
pub(super) fn here(reference: &mut Reference, terms: &Terms) {
    if let Reference::To(id) = reference {
        id.value = in_place(&id.value, terms);
    }
}

/// Whether the properties are those of a rule.
pub(super) fn is_rule(properties: &Reading<'_>) -> bool {
    ["access", "direction"].into_iter().all(|key| properties.get(key).is_some())
}

pub(super) fn is_built_in_priority(rule: &SecurityRule) -> bool {
    match &rule.priority {
        Field::Known(priority) => priority.value >= FIRST_BUILT_IN,
        Field::Unknown(_) | Field::Invalid { .. } | Field::Missing => false,
    }
}

/// The id of the group in the id of a rule.
fn group_part(id: &str) -> Option<&str> {
    let (rest, _) = split_last(id)?;
    let (group, list) = split_last(rest)?;
    let is_list = ["securityRules", "defaultSecurityRules"];
    is_list.into_iter().any(|name| name.eq_ignore_ascii_case(list)).then_some(group)
}

fn has_default_part(id: &str) -> bool {
    id.split('/').any(|part| part.eq_ignore_ascii_case("defaultSecurityRules"))
}

/// The resource type that an id tells: provider, and every second part after it.
pub(super) fn type_of_id(id: &str) -> Option<String> {
    let mut parts = id.split('/');
    parts.find(|part| part.eq_ignore_ascii_case("providers"))?;
    let mut resource_type = parts.next()?.to_owned();
    while let (Some(part), Some(_)) = (parts.next(), parts.next()) {
        resource_type.push('/');
        resource_type.push_str(part);
    }
    Some(resource_type)
}
