//! Brings the resources of a plan together: which rule belongs to which group, and who carries it.

use super::azure::{Kind, kind_of};
use super::identity::{Identities, Place};
use super::instead::DEFERRED;
use super::plan::{Plan, Resource};
use crate::document::Node;
use crate::load::Intake;
use crate::load::resources::{Resources, Terms};
use crate::load::scalar::Style;
use crate::model::{Shape, TerraformAddress, Written};
use crate::source::{Span, Spanned};
use crate::template::Reading;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// All that is made of a plan.
pub(super) struct Assembly<'p, 'd, 'i, 'f> {
    pub(super) identities: Identities<'p, 'd>,
    pub(super) resources: Resources<'i, 'f>,
    /// How many groups there were before.
    first: usize,
    /// The groups of rules that are resources of their own, by rule.
    pub(super) owners: BTreeMap<usize, Result<usize, (Place, String)>>,
    /// The ids of the groups that subnets and interfaces carry.
    pub(super) carried: BTreeMap<usize, Reading<'d>>,
    /// The ids of the application security groups that interfaces are in.
    pub(super) memberships: BTreeMap<usize, Vec<Reading<'d>>>,
    /// Interfaces that can't be told are in groups.
    pub(super) has_open_membership: bool,
    /// Networks with subnets that are resources of their own.
    pub(super) parted: BTreeSet<usize>,
    /// The ids of the route tables that subnets carry.
    pub(super) carried_tables: BTreeMap<usize, Reading<'d>>,
    /// Subnets that are managed elsewhere, with the ids of the tables that they carry.
    pub(super) routed: Vec<(String, Spanned<String>)>,
    /// Collections of rules that are resources of their own, by their firewall.
    pub(super) collections: BTreeMap<usize, Vec<usize>>,
    /// The same of firewalls that are managed elsewhere, by id; with the names of these.
    pub(super) others: BTreeMap<String, (String, Vec<usize>)>,
    /// Prefixes of IP groups that are resources of their own, by their group.
    pub(super) prefixes: BTreeMap<usize, Vec<usize>>,
    /// The names of routes that are resources of their own, by the ids of their tables.
    pub(super) routes: BTreeMap<String, Vec<String>>,
    /// The places of groups whose lists are only what Terraform found in Azure.
    pub(super) found: BTreeSet<Span>,
}

impl<'p, 'd, 'i, 'f> Assembly<'p, 'd, 'i, 'f> {
    pub(super) fn of(plan: &'p Plan<'d>, intake: &'i mut Intake<'f>) -> Self {
        let first = intake.loaded.estate.nsgs.len();
        Self {
            identities: Identities::of(plan),
            resources: Resources::new(intake, Style::of(Shape::Terraform)),
            first,
            owners: BTreeMap::new(),
            carried: BTreeMap::new(),
            memberships: BTreeMap::new(),
            has_open_membership: false,
            parted: BTreeSet::new(),
            carried_tables: BTreeMap::new(),
            routed: Vec::new(),
            collections: BTreeMap::new(),
            others: BTreeMap::new(),
            prefixes: BTreeMap::new(),
            routes: BTreeMap::new(),
            found: BTreeSet::new(),
        }
    }

    pub(super) fn run(mut self) {
        let plan = self.identities.plan;
        let all = || plan.resources.iter().enumerate();
        for (at, resource) in all() {
            match kind_of(&resource.kind) {
                Some(Kind::Rule) => {
                    let group = self.identities.group_of(at);
                    self.owners.insert(at, group);
                }
                Some(Kind::Subnet) => self.parted.extend(self.identities.network_of(at)),
                Some(Kind::SubnetAssociation) => self.carrier(at, "subnet_id", true),
                Some(Kind::InterfaceAssociation) => self.carrier(at, "network_interface_id", false),
                Some(Kind::Membership) => self.member(at),
                Some(Kind::RouteTableAssociation) => self.routed(at),
                Some(Kind::FirewallCollection(_)) => self.collect(at),
                Some(Kind::IpGroupPrefix) => self.prefix(at),
                Some(Kind::Route) => self.in_table(at),
                _ => {}
            }
        }
        let mut addresses = Vec::new();
        for (at, resource) in all() {
            let Some(kind) = kind_of(&resource.kind) else { continue };
            self.take(at, kind, resource);
            let (address, span) = (resource.address.as_ref().into(), resource.node.span());
            addresses.push(TerraformAddress { address, span });
        }
        self.defer();
        addresses.sort_by_key(|it| it.span);
        self.other_firewalls();
        self.attach_tables();
        let Self { resources, first, found, .. } = self;
        let loaded = &mut *resources.finish().loaded;
        loaded.estate.addresses.append(&mut addresses);
        for group in loaded.estate.nsgs.iter_mut().skip(first) {
            if found.contains(&group.span) {
                for rule in &mut group.rules {
                    rule.written = Written::Child;
                }
            }
        }
    }

    /// What waits for a later plan is not known, and may be a rule of any group that its own
    /// attributes don't rule out.
    fn defer(&mut self) {
        for change in &self.identities.plan.deferred {
            let text = |of: Node<'d>, key: &str| of.get(key).and_then(|it| it.text());
            let Some(kind) = text(*change, "type").and_then(|it| kind_of(&it)) else { continue };
            let reading = Reading::plain(*change);
            self.resources.unchecked(DEFERRED, &reading);
            if kind == Kind::Rule {
                let after = change.get("change").and_then(|it| it.get("after"));
                let name = after.and_then(|it| it.get("network_security_group_name"));
                let group = name.and_then(|name| Some(Spanned::new(name.text()?, name.span())));
                let place = after.and_then(|it| text(it, "resource_group_name"));
                let terms =
                    Terms { resource_group: place.map(Cow::into_owned), ..Terms::default() };
                let group = group.map(|name| name.map(Cow::into_owned));
                let group = group.filter(|_| terms.resource_group.is_some());
                let address = text(*change, "address").unwrap_or_default();
                let reason = format!("Terraform defers the rule `{address}` to a later plan");
                self.resources.perhaps(&reason, &reading, group.as_ref(), &terms);
            }
        }
    }

    fn take(&mut self, at: usize, kind: Kind, resource: &Resource<'d>) {
        let values = Reading::plain(resource.node);
        match kind {
            Kind::Group => self.group(at, resource),
            Kind::Rule => self.rule(at, resource),
            Kind::Interface => self.interface(at, resource),
            Kind::Network => self.network(at, resource),
            Kind::Subnet => self.subnet(at, resource),
            Kind::ApplicationGroup => self.simple(at, resource, "applicationSecurityGroups"),
            Kind::LoadBalancer => self.simple(at, resource, "loadBalancers"),
            Kind::Peering => self.peering(at, resource),
            Kind::Azapi => self.azapi(at, resource, false),
            Kind::AzapiUpdate => self.azapi(at, resource, true),
            // What a data source reads is not what is deployed.
            Kind::Unchecked(what) if !resource.is_data => self.resources.unchecked(what, &values),
            Kind::Firewall => self.firewall(at, resource),
            Kind::FirewallPolicy => self.firewall_policy(at, resource),
            Kind::RuleCollectionGroup => self.rule_collection_group(at, resource),
            Kind::IpGroup => self.ip_group(at, resource),
            Kind::RouteTable => self.route_table(at, resource),
            Kind::Route => self.route(at, resource),
            Kind::FirewallCollection(_)
            | Kind::IpGroupPrefix
            | Kind::RouteTableAssociation
            | Kind::Unchecked(_)
            | Kind::ResourceGroup
            | Kind::SubnetAssociation
            | Kind::InterfaceAssociation
            | Kind::Membership => {}
        }
    }
}

/// The terms of what is deployed to a place.
pub(super) fn terms(place: Place) -> Terms {
    Terms {
        resource_group: Some(place.group),
        subscription: Some(place.subscription),
        ..Terms::default()
    }
}
