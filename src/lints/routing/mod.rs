//! Subnets, their route tables and routes, for the lints about them.

use crate::{
    lint::{Label, Remark, Subject},
    model::{Estate, NextHop, Route, RouteDestination, RouteTable, Subnet, names::is_global},
    source::Span,
};

const TABLE: &str = "Microsoft.Network/routeTables";
const SUBNET: &str = "Microsoft.Network/virtualNetworks/subnets";

/// The routes of the table that a subnet surely carries.
pub(super) fn routes_of<'a>(
    estate: &'a Estate,
    subnet: &'a Subnet,
) -> impl Iterator<Item = &'a Route> {
    let table = subnet.routes.id();
    let place = subnet.span;
    estate.table_routes.iter().filter(move |route| {
        table.is_some_and(|id| is_same(id, place, &route.table, route.span))
            && route.condition.is_none()
    })
}

/// Whether two ids, standing at two places, surely mean the same resource.
fn is_same(id: &str, place: Span, other: &str, other_place: Span) -> bool {
    id == other && (is_global(id) || place.file == other_place.file)
}

/// The table that has the route.
pub(super) fn table_of<'a>(estate: &'a Estate, route: &Route) -> Option<&'a RouteTable> {
    estate.route_tables.iter().find(|it| is_same(&route.table, route.span, &it.id, it.span))
}

/// The default route of the subnet: 0.0.0.0/0.
pub(super) fn default_route<'a>(estate: &'a Estate, subnet: &'a Subnet) -> Option<&'a Route> {
    routes_of(estate, subnet).find(|route| {
        matches!(route.destination, RouteDestination::Network(network) if network.is_ipv4() && network.prefix() == 0)
    })
}

/// The default route of the subnet, if it leads to an appliance.
pub(super) fn forced<'a>(estate: &'a Estate, subnet: &'a Subnet) -> Option<&'a Route> {
    default_route(estate, subnet)
        .filter(|route| route.next_hop.known() == Some(&NextHop::VirtualAppliance))
}

/// A remark about a route.
pub(super) fn on_route(
    estate: &Estate,
    route: &Route,
    (span, label): (Span, &str),
    message: String,
) -> Remark {
    let table = table_of(estate, route);
    let last = || route.table.rsplit('/').next().unwrap_or_default().to_owned();
    let name = table.map_or_else(last, |table| table.name.value.clone());
    let whole = table.map_or(route.span, |table| table.span);
    Remark {
        message,
        rule: Some(route.name.value.clone()),
        subject: Some(Subject { kind: TABLE, name, span: whole }),
        primary: Some(Label { span, text: label.to_owned() }),
        ..Remark::default()
    }
}

/// A remark about a table.
pub(super) fn on_table(table: &RouteTable, label: &str, message: String) -> Remark {
    Remark {
        message,
        subject: Some(Subject { kind: TABLE, name: table.name.value.clone(), span: table.span }),
        primary: Some(Label { span: table.name.span, text: label.to_owned() }),
        ..Remark::default()
    }
}

/// A remark about a subnet, at `span`.
pub(super) fn on_subnet(subnet: &Subnet, span: Span, label: &str, message: String) -> Remark {
    Remark {
        message,
        subject: Some(Subject { kind: SUBNET, name: subnet.name.value.clone(), span: subnet.span }),
        primary: Some(Label { span, text: label.to_owned() }),
        ..Remark::default()
    }
}

/// Whether this is the subnet in which a firewall stands.
pub(super) fn is_firewall_subnet(subnet: &Subnet) -> bool {
    subnet.name.value.eq_ignore_ascii_case("AzureFirewallSubnet")
}

/// The name of the route for messages, with the round of the copy loop that made it.
pub(super) fn title(route: &Route) -> String {
    let name = &route.name.value;
    match route.iteration.as_deref().filter(|round| round.count > 1) {
        Some(round) => format!(
            "`{name}` (iteration {} of {} of the copy loop `{}`)",
            round.number, round.count, round.name
        ),
        None => format!("`{name}`"),
    }
}
