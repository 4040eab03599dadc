//! Route tables, routes and who carries them, of plans in the words of ARM.

use super::arm::{Arm, each, text};
use super::assembly::Assembly;
use super::plan::Resource;
use super::veil::not_known;
use crate::load::lists::split_last;
use crate::load::resources;
use crate::model::names::normal;
use crate::source::{Span, Spanned};
use crate::template::{Reading, Text, Value};

/// The properties of a route.
const ROUTE: [(&str, &str); 3] = [
    ("address_prefix", "addressPrefix"),
    ("next_hop_type", "nextHopType"),
    ("next_hop_in_ip_address", "nextHopIpAddress"),
];

impl<'d> Assembly<'_, 'd, '_, '_> {
    /// A subnet carries a route table.
    pub(super) fn routed(&mut self, at: usize) {
        let Some(resource) = self.identities.resource(at) else { return };
        let subnet = self.identities.text(at, "subnet_id");
        let table = self.attribute(at, resource, "route_table_id");
        match self.identities.of_id(&subnet.text) {
            Some(known) => {
                self.carried_tables.insert(known, table);
            }
            None => {
                let table = table.text().map(|text| normal(&text.text)).unwrap_or_default();
                let subnet = Spanned::new(normal(&subnet.text), resource.node.span());
                self.routed.push((table, subnet));
            }
        }
    }

    /// Tells tables of the subnets that carry them and are managed elsewhere.
    pub(super) fn attach_tables(&mut self) {
        for (table, subnet) in std::mem::take(&mut self.routed) {
            let tables = &mut self.resources.intake.loaded.estate.route_tables;
            for table in tables.iter_mut().filter(|it| *it.id == *table) {
                table.subnets.push(subnet.clone());
            }
        }
    }

    pub(super) fn route_table(&mut self, at: usize, resource: &Resource<'d>) {
        let values = &resource.values;
        let off = values.get("disable_bgp_route_propagation");
        // Newer versions of the provider say the opposite (JS-071).
        let off =
            off.or_else(|| values.get("bgp_route_propagation_enabled").map(|it| negated(&it)));
        let properties = Arm::at(values.span())
            .with("disableBgpRoutePropagation", off)
            .with("routes", self.routes(at, resource))
            .made();
        let table = self.around(at, resource).with("properties", Some(properties));
        self.put(at, resources::Kind::RouteTable, table);
    }

    /// The list of routes of a table, less those that are resources of their own.
    fn routes(&self, at: usize, resource: &Resource<'d>) -> Option<Reading<'d>> {
        let written = resource.values.get("route");
        let is_list = |it: &Reading<'_>| matches!(it.value(), Value::Array(_));
        let is_declared = resource.expression(&["route"]).is_some()
            || (resource.is_new && written.as_ref().is_some_and(is_list));
        let own = self.routes.get(&normal(&self.identities.id(at)));
        let own = own.map(Vec::as_slice).unwrap_or_default();
        let Some(written) = written.filter(|it| !matches!(it.value(), Value::Unknown(_))) else {
            // As with rules of groups (JS-072).
            if resource.is_new && resource.config.is_some() && !is_declared && !own.is_empty() {
                return None;
            }
            let span = resource.node.span();
            let unknown = not_known(&resource.address, "route", span);
            return Some(Reading::made(Value::Unknown(unknown), span));
        };
        let removed = if is_declared { Vec::new() } else { self.removed(at, true) };
        Some(each(&written, |_, values| {
            let name = values.get("name").and_then(|name| name.text());
            let is =
                |it: &str| name.as_ref().is_some_and(|name| it.eq_ignore_ascii_case(&name.text));
            let is_gone = removed.iter().any(|it| is(it)) || own.iter().any(|it| is(it));
            (!is_gone).then(|| {
                let named = Arm::at(values.span()).with("name", values.get("name"));
                named.with("properties", Some(route(&values))).made()
            })
        }))
    }

    /// Notes in which table a route stands.
    pub(super) fn in_table(&mut self, at: usize) {
        let id = normal(&self.identities.id(at));
        let table = split_last(&id).and_then(|(rest, _)| split_last(rest));
        if let Some((table, _)) = table {
            let name = self.identities.text(at, "name").text.into_owned();
            self.routes.entry(table.to_owned()).or_default().push(name);
        }
    }

    pub(super) fn route(&mut self, at: usize, resource: &Resource<'d>) {
        let span = resource.node.span();
        let id = self.identities.id(at);
        let route = Arm::at(span)
            .with("id", Some(text(Text::known(id), span)))
            .with("name", Some(self.attribute(at, resource, "name")))
            .with("properties", Some(route(&resource.values)));
        self.put(at, resources::Kind::Route, route);
    }
}

fn route<'d>(values: &Reading<'d>) -> Reading<'d> {
    if matches!(values.value(), Value::Unknown(_)) {
        return values.clone();
    }
    let mut made = Arm::at(values.span());
    for (name, to) in ROUTE {
        made = made.with(to, values.get(name));
    }
    made.made()
}

fn negated<'d>(flag: &Reading<'d>) -> Reading<'d> {
    let span: Span = flag.span();
    match flag.value() {
        Value::Bool(value) => Reading::made(Value::Bool(!value), span),
        _ => flag.clone(),
    }
}
