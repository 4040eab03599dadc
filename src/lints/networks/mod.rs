//! What lints ask of the networks that a group is used in.

use crate::{
    lint::Facts,
    model::{
        Reference, Subnet, VirtualNetwork,
        names::{is_global, normal},
    },
    source::FileId,
};

/// Whether an id that stands in one file means what has it in the other.
fn is_here(id: &str, one: FileId, other: FileId) -> bool {
    is_global(id) || one == other
}

/// The subnets that carry the group; `None` where one of them is not in the input, or where an
/// interface carries it.
pub(super) fn subnets<'a>(facts: &Facts<'a>) -> Option<Vec<&'a Subnet>> {
    let nsg = facts.nsg();
    if !nsg.interfaces.as_deref().unwrap_or_default().is_empty() {
        return None;
    }
    let subnet = |id: &str| {
        let is_it = |it: &&Subnet| *it.id == *id && is_here(id, it.span.file, nsg.span.file);
        facts.estate.subnets.iter().find(is_it)
    };
    let ids = nsg.subnets.iter().flatten().map(|id| normal(&id.value));
    let found: Vec<&Subnet> = ids.map(|id| subnet(&id)).collect::<Option<_>>()?;
    (!found.is_empty()).then_some(found)
}

/// The name of the route table of a subnet, if it has a default route (NSG-053).
pub(super) fn default_route<'a>(facts: &Facts<'a>, subnet: &'a Subnet) -> Option<&'a str> {
    let Reference::To(id) = &subnet.routes else { return None };
    let mut tables =
        facts.estate.routes.iter().filter(|it| {
            *it.table == *id.value && is_here(&id.value, it.span.file, subnet.span.file)
        });
    let is_default = tables.any(|it| it.prefixes.items.iter().any(|item| item.value.prefix() == 0));
    is_default.then(|| id.value.rsplit('/').next().unwrap_or(&id.value))
}

/// What `VirtualNetwork` holds besides the networks that the group is used in, as words; `None`
/// where the input does not show all of them (NSG-052 to NSG-054).
pub(super) fn wider(facts: &Facts<'_>) -> Option<Vec<String>> {
    let estate = facts.estate;
    let mut words: Vec<String> = Vec::new();
    for subnet in subnets(facts)? {
        let file = subnet.span.file;
        let is_it =
            |it: &&VirtualNetwork| it.id == subnet.network && is_here(&it.id, it.span.file, file);
        let network = estate.networks.iter().find(is_it)?;
        if network.unread.is_some() || network.condition.is_some() {
            return None;
        }
        let inside =
            |id: &str, other: FileId| *id == *network.id && is_here(id, other, network.span.file);
        for peering in estate.peerings.iter().filter(|it| inside(&it.network, it.span.file)) {
            if peering.access.known() != Some(&false) {
                words.push(format!("the peer behind `{}`", peering.name.value));
            }
        }
        for other in estate.subnets.iter().filter(|it| inside(&it.network, it.span.file)) {
            if other.name.value.eq_ignore_ascii_case("GatewaySubnet") {
                words.push("what its gateway learns".to_owned());
            }
            match &other.routes {
                Reference::None => {}
                Reference::To(id) => {
                    let name = id.value.rsplit('/').next().unwrap_or(&id.value);
                    words.push(format!("the prefixes of the routes of `{name}`"));
                }
                Reference::Unknown(_) => return None,
            }
        }
    }
    words.sort();
    words.dedup();
    Some(words)
}
