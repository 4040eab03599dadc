//! Route tables and their routes, of whatever shape (azure-semantics part 4, JS-018, JS-022).

use super::addresses::address;
use super::firewall::doubts;
use super::group::{duplicate_keys, ids, properties};
use super::lists::last_part;
use super::network::{self, Named, flag};
use super::resources::{Resources, Terms, in_place};
use super::scalar::{Scalar, Style, field, name, named, placed, unknown, wrong_type};
use crate::model::names::normal;
use crate::model::{
    Address, AddressFault, Condition, Fault, NextHop, Route, RouteDestination, RouteTable, Unknown,
};
use crate::source::{Span, Spanned};
use crate::template::{Reading, Value};

impl Resources<'_, '_> {
    pub(super) fn route_table(&mut self, resource: &Reading<'_>, terms: &Terms) {
        let style = self.style;
        let (name, id) = self.names(resource, "routeTables", terms);
        let id = normal(&id.value);
        let inner = properties(resource);
        let span = resource.span();
        let (condition, looped) = doubts(terms, span);
        let mut faults = duplicate_keys(resource);
        if resource.get("properties").is_some() {
            faults.append(&mut duplicate_keys(&inner));
        }
        let routes = inner.get("routes");
        let mut unread = match inner.value() {
            Value::Unknown(why) => Some(unknown(inner.span(), why.reason.to_string())),
            _ => routes.as_ref().and_then(|list| no_list(list, &mut faults)),
        };
        for item in routes.iter().flat_map(Reading::items) {
            match item.value() {
                Value::Object(_) => {
                    let named = Named {
                        name: own_name(&item, style),
                        id: String::new(),
                        network: id.clone(),
                    };
                    let route = route(&item, named, condition.as_ref(), style);
                    self.intake.loaded.estate.table_routes.push(route);
                }
                Value::Null => {}
                Value::Unknown(why) => {
                    unread.get_or_insert_with(|| unknown(item.span(), why.reason.to_string()));
                }
                other => {
                    let found = other.describe();
                    faults.push(wrong_type("routes", "an object", found, item.span()));
                    unread
                        .get_or_insert_with(|| unknown(item.span(), format!("a route is {found}")));
                }
            }
        }
        let all_off = |text: &str| named(text, [("All", true), ("None", false)]);
        let key = ("disablePeeringRoute", "a string");
        let peering = inner.get(key.0);
        let subnets = inner.get("subnets").and_then(|list| ids(&list, style)).unwrap_or_default();
        let in_place =
            |it: Spanned<String>| Spanned::new(in_place(&normal(&it.value), terms), it.span);
        let table = RouteTable {
            name,
            id: id.as_str().into(),
            span,
            gateway_routes_off: flag(inner.get("disableBgpRoutePropagation").as_ref(), style),
            peering_routes_off: field(peering.as_ref(), style, key, &mut faults, all_off),
            subnets: subnets.into_iter().map(in_place).collect(),
            unread: unread.or(looped),
            condition,
            faults,
        };
        let estate = &mut self.intake.loaded.estate;
        estate.route_tables.push(table);
        estate.routes.push(network::routes_of_table(resource, id, style));
    }

    /// A route that is a resource of its own.
    pub(super) fn route(&mut self, resource: &Reading<'_>, terms: &Terms) {
        let (_, named) = self.part_of("routeTables", "routes", resource, terms);
        let style = self.style;
        let (condition, _) = doubts(terms, resource.span());
        let prefixes = network::route(resource, named.network.clone(), style);
        let route = route(resource, named, condition.as_ref(), style);
        let estate = &mut self.intake.loaded.estate;
        estate.table_routes.push(route);
        estate.routes.push(prefixes);
    }
}

/// Why what stands for a list of routes is none.
fn no_list(list: &Reading<'_>, faults: &mut Vec<Fault>) -> Option<Unknown> {
    match list.value() {
        Value::Array(_) | Value::Null => None,
        Value::Text(text) if text.text.is_empty() && text.unknown.is_none() => None,
        Value::Unknown(why) => Some(unknown(list.span(), why.reason.to_string())),
        other => {
            let found = other.describe();
            faults.push(wrong_type("routes", "an array", found, list.span()));
            Some(unknown(list.span(), format!("the list of routes is {found}")))
        }
    }
}

/// The name of a route in a list, be it that of its id.
fn own_name(route: &Reading<'_>, style: Style) -> Spanned<String> {
    let own = route.get("name").and_then(|it| name(&it, style));
    let of_id = || {
        let id = name(&route.get("id")?, style)?;
        Some(Spanned::new(last_part(&id.value).to_owned(), id.span))
    };
    own.or_else(of_id).unwrap_or_else(|| Spanned::new(String::new(), route.span()))
}

fn route(
    reading: &Reading<'_>,
    names: Named,
    condition: Option<&Condition>,
    style: Style,
) -> Route {
    let inner = properties(reading);
    let span = reading.span();
    let mut faults = duplicate_keys(reading);
    if reading.get("properties").is_some() {
        faults.append(&mut duplicate_keys(&inner));
    }
    let (destination, destination_span) = match inner.get("addressPrefix") {
        Some(prefix) => destination(&prefix, style, &mut faults),
        None => (RouteDestination::Missing, span),
    };
    let word = |key: &'static str| (inner.get(key), (key, "a string"));
    let (hop, hop_key) = word("nextHopType");
    let (address, address_key) = word("nextHopIpAddress");
    let parse = |text: &str| Some((text.parse().ok()?, true));
    let found = reading.iteration().filter(|found| !found.of_resources);
    Route {
        name: names.name,
        table: names.network.into(),
        span,
        iteration: found.map(super::rule::iteration),
        destination,
        destination_span,
        next_hop: field(hop.as_ref(), style, hop_key, &mut faults, next_hop),
        next_hop_address: field(address.as_ref(), style, address_key, &mut faults, parse),
        overrides_gateway_routes: flag(inner.get("hasBgpOverride").as_ref(), style),
        condition: condition.cloned(),
        faults,
    }
}

/// RT-028
fn destination(
    prefix: &Reading<'_>,
    style: Style,
    faults: &mut Vec<Fault>,
) -> (RouteDestination, Span) {
    let (said, span) = placed(prefix, style);
    let destination = match said {
        Scalar::Missing => RouteDestination::Missing,
        Scalar::Unknown(reason) => RouteDestination::Unknown(reason),
        Scalar::Other(found) => {
            faults.push(wrong_type("addressPrefix", "a string", found, span));
            let fault = AddressFault::NotAnAddress;
            RouteDestination::Invalid { text: found.into(), fault }
        }
        Scalar::Text(text) => match address(&text) {
            Address::Network(network) => RouteDestination::Network(network),
            Address::Tag(tag) => RouteDestination::Tag(tag),
            Address::Unknown(reason) => RouteDestination::Unknown(reason),
            Address::Any => {
                let fault = AddressFault::NotAnAddress;
                RouteDestination::Invalid { text: text.into(), fault }
            }
            Address::Invalid { text, fault } => RouteDestination::Invalid { text, fault },
        },
    };
    (destination, span)
}

/// RT-008
fn next_hop(text: &str) -> Option<(NextHop, bool)> {
    named(
        text,
        [
            ("VirtualAppliance", NextHop::VirtualAppliance),
            ("Internet", NextHop::Internet),
            ("VnetLocal", NextHop::VnetLocal),
            ("VNetLocal", NextHop::VnetLocal),
            ("None", NextHop::None),
            ("VirtualNetworkGateway", NextHop::VirtualNetworkGateway),
            ("VirtualApplianceEcmp", NextHop::VirtualApplianceEcmp),
        ],
    )
}
