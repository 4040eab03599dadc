//! Virtual networks, subnets, peerings and routes, of whatever shape.

use super::addresses::prefix;
use super::group::properties;
use super::lists::last_part;
use super::scalar::{Scalar, Style, excerpt, known, name, scalar, unknown};
use crate::model::names::normal;
use crate::model::{
    Condition, EndpointPolicies, Field, Peering, Prefixes, Read, Reference, Routes, Shape, Subnet,
    Unknown, VirtualNetwork,
};
use crate::source::{Span, Spanned};
use crate::template::{Reading, Value};

/// The names of a resource: its own and, in their normal form, its id and that of its network.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) name: Spanned<String>,
    pub(super) id: String,
    pub(super) network: String,
}

/// What a network and all that stands inside of it have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct Within<'w> {
    pub(super) style: Style,
    pub(super) condition: Option<&'w Condition>,
}

/// Adds what `text` says to the prefixes.
pub(super) fn add_prefix(prefixes: &mut Prefixes, text: &str, span: Span) {
    match prefix(text) {
        Some(network) => prefixes.items.push(Spanned::new(network, span)),
        None => doubt(prefixes, span, format!("`{text}` is no prefix")),
    }
}

fn doubt(prefixes: &mut Prefixes, span: Span, reason: impl Into<Box<str>>) {
    prefixes.unknown.get_or_insert_with(|| unknown(span, reason));
}

/// The prefixes of a property that holds one or a list of them.
fn add_all(prefixes: &mut Prefixes, reading: Option<&Reading<'_>>, style: Style) {
    let Some(reading) = reading else { return };
    match reading.value() {
        Value::Array(_) => reading.items().for_each(|item| add_one(prefixes, &item, style)),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Object(_)
        | Value::Unknown(_) => add_one(prefixes, reading, style),
    }
}

fn add_one(prefixes: &mut Prefixes, reading: &Reading<'_>, style: Style) {
    let span = reading.span();
    match scalar(reading, style) {
        Scalar::Missing => {}
        Scalar::Text(text) => add_prefix(prefixes, &text, span),
        Scalar::Unknown(reason) => doubt(prefixes, span, reason),
        Scalar::Other(found) => doubt(prefixes, span, format!("the prefix is {found}")),
    }
}

/// The prefixes that stand below `addressPrefixes` in some member.
fn space(inner: &Reading<'_>, key: &str, style: Style) -> Prefixes {
    let mut prefixes = Prefixes::default();
    let list = inner.get(key).and_then(|space| space.get("addressPrefixes"));
    add_all(&mut prefixes, list.as_ref(), style);
    prefixes
}

/// The resource that the member `key` refers to by its id (JS-015).
pub(super) fn reference(inner: &Reading<'_>, key: &str, style: Style) -> Reference {
    let Some(member) = inner.get(key) else { return Reference::None };
    let Some(id) = member.get("id") else { return Reference::None };
    match scalar(&id, style) {
        Scalar::Missing => Reference::None,
        Scalar::Other(found) => {
            Reference::Unknown(unknown(id.span(), format!("the id is {found}")))
        }
        Scalar::Text(_) | Scalar::Unknown(_) => match name(&id, style) {
            Some(id) => Reference::To(Spanned::new(normal(&id.value), id.span)),
            None => Reference::None,
        },
    }
}

/// A network without what stands inside of it.
pub(super) fn network(
    resource: &Reading<'_>,
    (name, id): (Spanned<String>, String),
    within: Within<'_>,
) -> VirtualNetwork {
    let inner = properties(resource);
    let style = within.style;
    let mut prefixes = space(&inner, "addressSpace", style);
    if prefixes.items.is_empty() {
        doubt(&mut prefixes, resource.span(), "the network does not show its address space");
    }
    let span = resource.span();
    VirtualNetwork {
        name,
        id: id.into(),
        span,
        prefixes,
        unread: unread(&inner, span, style),
        location: resource.get("location").and_then(|location| known(&location, style)),
        condition: within.condition.cloned(),
    }
}

/// Why there may be subnets or peerings that the network does not show. A template adds to what is
/// there, an export shows all.
fn unread(inner: &Reading<'_>, span: Span, style: Style) -> Option<Unknown> {
    if style.shape == Shape::Template {
        return Some(unknown(span, "other templates may add peerings and subnets to the network"));
    }
    ["subnets", "virtualNetworkPeerings"].into_iter().find_map(|key| {
        let is_list = inner.get(key).is_some_and(|list| {
            matches!(list.value(), Value::Array(_))
                && list.items().all(|item| item.get("name").or_else(|| item.get("id")).is_some())
        });
        (!is_list).then(|| unknown(span, format!("the network does not show its `{key}`")))
    })
}

/// What stands in a list of children, each with its names.
pub(super) fn children<'d>(
    network: &Reading<'d>,
    (list, part): (&str, &str),
    id: &str,
    style: Style,
) -> Vec<(Reading<'d>, Named)> {
    let Some(list) = properties(network).get(list) else { return Vec::new() };
    let named = |child: Reading<'d>| {
        let own = child.get("id").and_then(|own| known(&own, style));
        let own_name = child.get("name").and_then(|it| name(&it, style));
        let name = own_name.or_else(|| {
            let own = own.as_ref()?;
            Some(Spanned::new(last_part(&own.value).to_owned(), own.span))
        })?;
        let full = own.map_or_else(
            || normal(&format!("{id}/{part}/{}", name.value)),
            |own| normal(&own.value),
        );
        Some((child, Named { name, id: full, network: id.to_owned() }))
    };
    list.items().filter_map(named).collect()
}

/// A subnet.
pub(super) fn subnet(resource: &Reading<'_>, named: Named, within: Within<'_>) -> Subnet {
    let style = within.style;
    let inner = properties(resource);
    let mut prefixes = Prefixes::default();
    // Exports may hold both spellings, and then they say the same.
    add_all(&mut prefixes, inner.get("addressPrefixes").as_ref(), style);
    let one = inner.get("addressPrefix");
    let mut single = Prefixes::default();
    add_all(&mut single, one.as_ref(), style);
    for item in single.items {
        if prefixes.items.iter().all(|known| known.value != item.value) {
            prefixes.items.push(item);
        }
    }
    prefixes.unknown = prefixes.unknown.or(single.unknown);
    if prefixes.items.is_empty() {
        doubt(&mut prefixes, resource.span(), "the subnet does not show its prefix");
    }
    let services = inner.get("serviceEndpoints");
    let services = services.iter().flat_map(|list| {
        list.items().filter_map(|item| known(&item.get("service")?, style)).collect::<Vec<_>>()
    });
    Subnet {
        name: named.name,
        id: named.id.into(),
        network: named.network.into(),
        span: resource.span(),
        prefixes,
        group: reference(&inner, "networkSecurityGroup", style),
        routes: reference(&inner, "routeTable", style),
        endpoints: services.collect(),
        nat_gateway: reference(&inner, "natGateway", style),
        default_outbound: flag(inner.get("defaultOutboundAccess").as_ref(), style),
        endpoint_policies: policies(inner.get("privateEndpointNetworkPolicies").as_ref(), style),
        condition: within.condition.cloned(),
    }
}

/// NSG-059b
fn policies(reading: Option<&Reading<'_>>, style: Style) -> Field<EndpointPolicies> {
    let Some(reading) = reading else { return Field::Missing };
    let span = reading.span();
    let word = |text: &str| {
        let words = [
            ("Disabled", EndpointPolicies::Disabled),
            ("Enabled", EndpointPolicies::Enabled),
            ("NetworkSecurityGroupEnabled", EndpointPolicies::Groups),
            ("RouteTableEnabled", EndpointPolicies::Routes),
        ];
        words.into_iter().find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|(_, value)| value)
    };
    let value = match scalar(reading, style) {
        Scalar::Missing => return Field::Missing,
        Scalar::Unknown(reason) => return Field::Unknown(unknown(span, reason)),
        Scalar::Text(text) => word(&text),
        Scalar::Other(_) => None,
    };
    value.map_or_else(
        || Field::Invalid { text: excerpt(reading), span },
        |value| Field::Known(Read { value, span, spelt: None }),
    )
}

/// A peering.
pub(super) fn peering(resource: &Reading<'_>, named: Named, within: Within<'_>) -> Peering {
    let style = within.style;
    let inner = properties(resource);
    let access = match inner.get("peerCompleteVnets") {
        // Only some subnets of either side are peered, which are not looked at.
        Some(whole) if !matches!(whole.value(), Value::Bool(true) | Value::Null) => {
            Field::Unknown(unknown(whole.span(), "only some subnets are peered"))
        }
        _ => flag(inner.get("allowVirtualNetworkAccess").as_ref(), style),
    };
    // A state that cannot be read is no connection.
    let state = inner.get("peeringState").map(|state| {
        known(&state, style).unwrap_or_else(|| Spanned::new(String::new(), state.span()))
    });
    Peering {
        name: named.name,
        network: named.network.into(),
        span: resource.span(),
        remote: reference(&inner, "remoteVirtualNetwork", style),
        prefixes: space(&inner, "remoteAddressSpace", style),
        access,
        uses_remote_gateways: flag(inner.get("useRemoteGateways").as_ref(), style),
        state,
        condition: within.condition.cloned(),
    }
}

/// A property that is true or false, be it in quotes.
pub(super) fn flag(reading: Option<&Reading<'_>>, style: Style) -> Field<bool> {
    let Some(reading) = reading else { return Field::Missing };
    let span = reading.span();
    let of_text = |text: &str| match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    };
    let value = match reading.value() {
        Value::Bool(value) => Some(value),
        _ => match scalar(reading, style) {
            Scalar::Missing => return Field::Missing,
            Scalar::Unknown(reason) => return Field::Unknown(unknown(span, reason)),
            Scalar::Text(text) => of_text(&text),
            Scalar::Other(_) => None,
        },
    };
    value.map_or_else(
        || Field::Invalid { text: excerpt(reading), span },
        |value| Field::Known(Read { value, span, spelt: None }),
    )
}

/// The routes that a table lists.
pub(super) fn routes_of_table(resource: &Reading<'_>, id: String, style: Style) -> Routes {
    let mut prefixes = Prefixes::default();
    let inner = properties(resource);
    if let Some(list) = inner.get("routes") {
        match list.value() {
            Value::Array(_) => {
                list.items().for_each(|route| add_route(&mut prefixes, &route, style));
            }
            Value::Null => {}
            other => {
                let reason = match &other {
                    Value::Unknown(unknown) => unknown.reason.to_string(),
                    _ => format!("the list of routes is {}", other.describe()),
                };
                doubt(&mut prefixes, list.span(), reason);
            }
        }
    }
    Routes { table: id.into(), span: resource.span(), prefixes }
}

/// A route that is a resource of its own.
pub(super) fn route(resource: &Reading<'_>, table: String, style: Style) -> Routes {
    let mut prefixes = Prefixes::default();
    add_route(&mut prefixes, resource, style);
    Routes { table: table.into(), span: resource.span(), prefixes }
}

/// NSG-053; a route may name a service tag, too (RT-028).
fn add_route(prefixes: &mut Prefixes, route: &Reading<'_>, style: Style) {
    match properties(route).get("addressPrefix") {
        Some(prefix) => add_one(prefixes, &prefix, style),
        None => doubt(prefixes, route.span(), "a route does not show its prefix"),
    }
}
