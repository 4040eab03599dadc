//! Each kind of resource in the words of ARM.

use super::arm::{self, Arm, each, list, reference, text};
use super::assembly::{Assembly, terms};
use super::azure::{Kind, kind_of};
use super::configuration::Target;
use super::plan::Resource;
use super::veil::not_known;
use crate::document::Node;
use crate::load::estate::Link;
use crate::load::resources;
use crate::model::names::normal;
use crate::source::{Span, Spanned};
use crate::template::{Reading, Text, Value};

impl<'d> Assembly<'_, 'd, '_, '_> {
    /// A resource with its id, if that is known, name and location.
    pub(super) fn around(&self, at: usize, resource: &Resource<'d>) -> Arm<'d> {
        let id = self.identities.known_id(at).and_then(|_| resource.values.get("id"));
        Arm::at(resource.node.span())
            .with("id", id)
            .with("name", Some(self.attribute(at, resource, "name")))
            .with("location", resource.values.get("location"))
    }

    /// An attribute that every such resource has: where it is not known, its placeholder.
    pub(super) fn attribute(&self, at: usize, resource: &Resource<'d>, name: &str) -> Reading<'d> {
        let reading = resource.values.get(name);
        let reading =
            reading.filter(|it| matches!(it.value(), Value::Text(text) if text.unknown.is_none()));
        reading.unwrap_or_else(|| text(self.identities.text(at, name), resource.node.span()))
    }

    pub(super) fn put(&mut self, at: usize, kind: resources::Kind, resource: Arm<'d>) {
        let terms = terms(self.identities.place(at));
        self.resources.take(kind, &resource.made(), &terms);
    }

    pub(super) fn simple(&mut self, at: usize, resource: &Resource<'d>, of: &'static str) {
        let kind = resources::kind_of(&format!("Microsoft.Network/{of}"));
        self.put(at, kind, self.around(at, resource));
    }

    pub(super) fn group(&mut self, at: usize, resource: &Resource<'d>) {
        let rules = self.rules(at, resource);
        let properties = Arm::at(resource.values.span()).with("securityRules", rules).made();
        let group = self.around(at, resource).with("properties", Some(properties));
        self.put(at, resources::Kind::Group, group);
    }

    /// The list of rules of a group; `None` where it has none of its own.
    fn rules(&mut self, at: usize, resource: &Resource<'d>) -> Option<Reading<'d>> {
        let written = resource.values.get("security_rule");
        let is_list = |it: &Reading<'_>| matches!(it.value(), Value::Array(_));
        let is_declared = resource.expression(&["security_rule"]).is_some()
            || (resource.is_new && written.as_ref().is_some_and(is_list));
        if !is_declared {
            // Azure shows the rules that are resources of their own in the list as well.
            self.found.insert(resource.node.span());
        }
        let Some(written) = written.filter(|it| !matches!(it.value(), Value::Unknown(_))) else {
            // JS-072. Terraform leaves the list to Azure where the configuration has none, which
            // it need not have where rules are resources of their own.
            let has_rules = || self.owners.values().any(|owner| owner.as_ref() == Ok(&at));
            if resource.is_new && resource.config.is_some() && !is_declared && has_rules() {
                return None;
            }
            let span = resource.node.span();
            let unknown = not_known(&resource.address, "security_rule", span);
            return Some(Reading::made(Value::Unknown(unknown), span));
        };
        let removed = if is_declared { Vec::new() } else { self.removed(at, false) };
        let groups =
            |name: &'static str, list: Reading<'d>| self.groups(at, &["security_rule"], name, list);
        let rules = each(&written, |_, values| {
            let name = values.get("name").and_then(|name| name.text());
            let is_removed = name
                .is_some_and(|name| removed.iter().any(|it| it.eq_ignore_ascii_case(&name.text)));
            (!is_removed).then(|| arm::rule(&values, &groups))
        });
        Some(rules)
    }

    /// The names of rules that the plan takes away from a group, or of routes from a table.
    pub(super) fn removed(&self, group: usize, is_route: bool) -> Vec<&str> {
        let removed = &self.identities.plan.removed;
        if removed.is_empty() {
            return Vec::new();
        }
        let name = normal(&self.identities.text(group, "name").text);
        let place = normal(&self.identities.place(group).group);
        let of_group = removed
            .iter()
            .filter(|it| it.is_route == is_route)
            .filter(|it| normal(&it.group) == name && normal(&it.resource_group) == place);
        of_group.map(|it| it.rule.as_ref()).collect()
    }

    pub(super) fn rule(&mut self, at: usize, resource: &Resource<'d>) {
        let Some(owner) = self.owners.get(&at) else { return };
        let (place, name) = match owner {
            Ok(group) => {
                let name = self.identities.text(*group, "name").text.into_owned();
                (self.identities.place(*group), name)
            }
            Err((place, name)) => (place.clone(), name.clone()),
        };
        let groups = |name: &'static str, list: Reading<'d>| self.groups(at, &[], name, list);
        let rule = arm::rule(&self.whole(resource), &groups);
        let span = resource.values.get("network_security_group_name").map(|it| it.span());
        let name = Spanned::new(name, span.unwrap_or_else(|| resource.node.span()));
        self.resources.child(&rule, Some(&name), &terms(place));
    }

    /// The values of a resource, in the place of the whole.
    fn whole(&self, resource: &Resource<'d>) -> Reading<'d> {
        let values = &resource.values;
        values.clone()
    }

    /// References to application security groups whose ids are not known yet.
    fn groups(
        &self,
        at: usize,
        around: &[&str],
        name: &'static str,
        unknown: Reading<'d>,
    ) -> Reading<'d> {
        let span = unknown.span();
        let is_inline = !around.is_empty();
        let path = if is_inline { around } else { &[name] };
        let targets = self.identities.plan.targets(at, path).unwrap_or_default();
        let is_group = |target: &&Target| {
            let of = self.identities.resource(target.resource).map(|it| kind_of(&it.kind));
            of == Some(Some(Kind::ApplicationGroup))
        };
        let groups: Vec<&Target> = targets.iter().filter(is_group).collect();
        // The rules of one group share their references: which of them has which is not told.
        let is_sure = if is_inline { groups.len() == 1 } else { groups.len() == targets.len() };
        if groups.is_empty() || !is_sure {
            return unknown;
        }
        let id = |target: &&Target| {
            reference(text(Text::known(self.identities.id(target.resource)), span))
        };
        list(groups.iter().map(id).collect(), span)
    }

    /// The id in an attribute, or that of what it refers to.
    fn id_in(&self, at: usize, resource: &Resource<'d>, name: &str) -> Reading<'d> {
        self.attribute(at, resource, name)
    }

    /// A subnet or interface carries a group.
    pub(super) fn carrier(&mut self, at: usize, of: &'static str, is_subnet: bool) {
        let Some(resource) = self.identities.resource(at) else { return };
        let holder = self.identities.text(at, of);
        let group = self.id_in(at, resource, "network_security_group_id");
        if let Some(known) = self.identities.of_id(&holder.text) {
            self.carried.insert(known, group);
            return;
        }
        let group = group.text().map(|text| normal(&text.text)).unwrap_or_default();
        let holder = Spanned::new(holder.text.into_owned(), resource.node.span());
        let link = Link { group, holder, is_subnet };
        self.resources.link([link], &resources::Terms::default());
    }

    /// An interface is in an application security group.
    pub(super) fn member(&mut self, at: usize) {
        let Some(resource) = self.identities.resource(at) else { return };
        let interface = self.identities.text(at, "network_interface_id");
        let group = self.id_in(at, resource, "application_security_group_id");
        match self.identities.of_id(&interface.text) {
            Some(known) => self.memberships.entry(known).or_default().push(reference(group)),
            None if interface.unknown.is_some() => self.has_open_membership = true,
            None => {
                // The interface is managed elsewhere.
                let span = resource.node.span();
                let groups = list(vec![reference(group)], span);
                let inner = Arm::at(span).with("applicationSecurityGroups", Some(groups)).made();
                let part = Arm::at(span).with("properties", Some(inner)).made();
                let parts = list(vec![part], span);
                let properties = Arm::at(span).with("ipConfigurations", Some(parts)).made();
                let interface = Arm::at(span)
                    .with("id", Some(text(interface, span)))
                    .with("properties", Some(properties));
                self.put(at, resources::Kind::Interface, interface);
            }
        }
    }

    /// The group that a resource carries by association, or by an attribute of its own.
    fn carried_group(&self, at: usize, own: Option<Reading<'d>>) -> Option<Reading<'d>> {
        self.carried.get(&at).cloned().or(own).map(reference)
    }

    pub(super) fn interface(&mut self, at: usize, resource: &Resource<'d>) {
        let groups = self.groups_of_interface(at, resource.node.span());
        let parts = resource.values.get("ip_configuration").map(|parts| {
            each(&parts, |index, part| {
                let path = ["ip_configuration", &index.to_string(), "subnet_id"];
                let subnet = self.id_at(at, &path, part.get("subnet_id"));
                let properties = Arm::at(part.span())
                    .with("privateIPAddress", part.get("private_ip_address"))
                    .with("subnet", subnet.map(reference))
                    .with("applicationSecurityGroups", groups.clone())
                    .made();
                let named = Arm::at(part.span()).with("name", part.get("name"));
                Some(named.with("properties", Some(properties)).made())
            })
        });
        let group = self.carried_group(at, resource.values.get("network_security_group_id"));
        let properties = Arm::at(resource.values.span())
            .with("ipConfigurations", parts)
            .with("networkSecurityGroup", group)
            .made();
        let interface = self.around(at, resource).with("properties", Some(properties));
        self.put(at, resources::Kind::Interface, interface);
    }

    fn groups_of_interface(&self, at: usize, span: Span) -> Option<Reading<'d>> {
        if self.has_open_membership {
            let resource = self.identities.resource(at)?;
            let unknown = not_known(&resource.address, "application_security_group_id", span);
            return Some(Reading::made(Value::Unknown(unknown), span));
        }
        self.memberships.get(&at).map(|groups| list(groups.clone(), span))
    }

    /// An id inside of a block, or that of what it refers to.
    pub(super) fn id_at(
        &self,
        at: usize,
        path: &[&str],
        written: Option<Reading<'d>>,
    ) -> Option<Reading<'d>> {
        let written = written?;
        if !matches!(written.value(), Value::Unknown(_)) {
            return Some(written);
        }
        match self.identities.single(at, path) {
            Some(target) if target.attribute.as_deref().is_none_or(|it| it == "id") => {
                let id = self.identities.id(target.resource);
                Some(text(Text::known(id), written.span()))
            }
            _ => Some(written),
        }
    }

    pub(super) fn network(&mut self, at: usize, resource: &Resource<'d>) {
        let values = &resource.values;
        let subnets = values.get("subnet").filter(|list| {
            // Azure will show the subnets that are resources of their own.
            let is_unknown = matches!(list.value(), Value::Unknown(_));
            !is_unknown || resource.expression(&["subnet"]).is_some()
        });
        let subnets = subnets.map(|subnets| {
            each(&subnets, |_, subnet| {
                let group = self.inline_group(at, resource, &subnet).map(reference);
                let table = subnet.get("route_table_id").map(reference);
                let properties = Arm::at(subnet.span())
                    .with("addressPrefix", subnet.get("address_prefix"))
                    .with("addressPrefixes", subnet.get("address_prefixes"))
                    .with("networkSecurityGroup", group)
                    .with("routeTable", table)
                    .made();
                let id = subnet.get("id").filter(|id| !matches!(id.value(), Value::Unknown(_)));
                let named = Arm::at(subnet.span()).with("name", subnet.get("name")).with("id", id);
                Some(named.with("properties", Some(properties)).made())
            })
        });
        // What this plan makes has no subnets and peerings but those of this plan (NSG-052).
        let is_whole = resource.is_new && self.identities.plan.is_whole;
        let none = || list(Vec::new(), resource.node.span());
        let subnets = subnets.or_else(|| (is_whole && self.parted.contains(&at)).then(none));
        let peerings = is_whole.then(none);
        let space = values.get("address_space");
        let space =
            space.map(|list| Arm::at(list.span()).with("addressPrefixes", Some(list)).made());
        let properties = Arm::at(values.span())
            .with("addressSpace", space)
            .with("subnets", subnets)
            .with("virtualNetworkPeerings", peerings)
            .made();
        let network = self.around(at, resource).with("properties", Some(properties));
        self.put(at, resources::Kind::Network, network);
    }

    /// The group of a subnet that stands in its network. Blocks are a set: which of those in the
    /// configuration it is, its name tells, or that there is one.
    fn inline_group(
        &self,
        at: usize,
        resource: &Resource<'d>,
        subnet: &Reading<'d>,
    ) -> Option<Reading<'d>> {
        let written = subnet.get("security_group");
        let blocks = resource.expression(&["subnet"]);
        let blocks: Vec<Node<'d>> = blocks.iter().flat_map(Node::items).collect();
        let name = subnet.get("name").and_then(|name| name.text());
        let is_it = |block: &Node<'d>| {
            let own = block.get("name").and_then(|it| it.get("constant_value")?.text());
            own.is_some() && own == name.as_ref().map(|name| name.text.clone())
        };
        let Some(index) = blocks.iter().position(is_it).or((blocks.len() == 1).then_some(0)) else {
            return written;
        };
        self.id_at(at, &["subnet", &index.to_string(), "security_group"], written)
    }

    pub(super) fn subnet(&mut self, at: usize, resource: &Resource<'d>) {
        let values = &resource.values;
        let id = text(Text::known(self.identities.id(at)), values.span());
        let name = self.below(at, "virtual_network_name", resource);
        let group = self.carried_group(at, values.get("network_security_group_id"));
        let table = self.carried_tables.get(&at).cloned();
        let table = table.or_else(|| values.get("route_table_id")).map(reference);
        let properties = Arm::at(values.span())
            .with("addressPrefix", values.get("address_prefix"))
            .with("addressPrefixes", values.get("address_prefixes"))
            .with("networkSecurityGroup", group)
            .with("routeTable", table)
            .made();
        let subnet = Arm::at(resource.node.span()).with("id", Some(id)).with("name", Some(name));
        self.put(at, resources::Kind::Subnet, subnet.with("properties", Some(properties)));
    }

    pub(super) fn peering(&mut self, at: usize, resource: &Resource<'d>) {
        let values = &resource.values;
        let remote = self.id_in(at, resource, "remote_virtual_network_id");
        let properties = Arm::at(values.span())
            .with("remoteVirtualNetwork", Some(reference(remote)))
            .with("allowVirtualNetworkAccess", values.get("allow_virtual_network_access"))
            .with("allowForwardedTraffic", values.get("allow_forwarded_traffic"))
            .with("useRemoteGateways", values.get("use_remote_gateways"))
            .made();
        let name = self.below(at, "virtual_network_name", resource);
        let peering = Arm::at(resource.node.span()).with("name", Some(name));
        let peering = peering.with("properties", Some(properties));
        let kind = resources::kind_of("Microsoft.Network/virtualNetworks/virtualNetworkPeerings");
        self.put(at, kind, peering);
    }

    /// The name of a child resource: that of its parent, and its own.
    fn below(&self, at: usize, parent: &str, resource: &Resource<'d>) -> Reading<'d> {
        let [parent, own] = [parent, "name"].map(|it| self.identities.text(at, it));
        let span = self.attribute(at, resource, "name").span();
        let unknown = parent.unknown.or(own.unknown);
        text(Text { text: format!("{}/{}", parent.text, own.text).into(), unknown }, span)
    }
}
