//! Azure Firewall: firewalls, policies, rule collection groups and IP groups, of whatever shape
//! (azure-semantics part 3, JS-016 to JS-021, JS-032). Each goes into the estate by itself, and
//! refers to the others by their ids.

mod collection;
mod rule;
mod settings;
mod values;

use self::collection::odd_properties;
use self::rule::OLD_FORM;
use self::settings::settings;
use self::values::Values;
use super::group::{duplicate_keys, properties};
use super::network::reference;
use super::resources::{Resources, Terms, here, in_place};
use super::scalar::{Style, known, name, unknown};
use crate::model::names::normal;
use crate::model::{
    AddressFault, Condition, Ends, Firewall, FirewallAddress, FirewallPolicy, IpGroup, IpGroupRef,
    Reference, RuleBody, RuleCollection, RuleCollectionGroup, Shape, Unknown,
};
use crate::source::{Span, Spanned};
use crate::template::{Reading, Value};
use std::net::IpAddr;

/// Why a policy may have more groups than a template shows (incremental deployment leaves them).
const ADDED: &str = "other deployments may add rule collection groups to the policy";

impl Resources<'_, '_> {
    pub(super) fn firewall(&mut self, resource: &Reading<'_>, terms: &Terms) {
        let style = self.style;
        let (name, id) = self.names(resource, "azureFirewalls", terms);
        let inner = properties(resource);
        let mut faults = duplicate_keys(resource);
        let unread = odd_properties(resource, &mut faults);
        let (mut collections, more) = collection::classic(&inner, style, &mut faults);
        in_their_place(&mut collections, terms);
        let (addresses, subnets) = places(&inner, style);
        let [mut policy, mut hub] =
            ["firewallPolicy", "virtualHub"].map(|key| one(&inner, key, style));
        here(&mut policy, terms);
        here(&mut hub, terms);
        let (condition, looped) = doubts(terms, resource.span());
        self.intake.loaded.estate.firewalls.push(Firewall {
            name,
            id: normal(&id.value).into(),
            span: resource.span(),
            policy,
            collections,
            unread: unread.or(more).or(looped),
            settings: settings(&inner, &mut Values { style, faults: &mut faults }),
            addresses,
            subnets: subnets.iter().map(|it| all_in_place(it, terms)).collect(),
            hub,
            condition,
            faults,
        });
    }

    pub(super) fn firewall_policy(&mut self, resource: &Reading<'_>, terms: &Terms) {
        let style = self.style;
        let (name, id) = self.names(resource, "firewallPolicies", terms);
        let inner = properties(resource);
        let span = resource.span();
        let mut faults = duplicate_keys(resource);
        let odd = odd_properties(resource, &mut faults);
        let mut base = one(&inner, "basePolicy", style);
        here(&mut base, terms);
        let (listed_groups, more) = listed(&inner, span, style);
        let (condition, looped) = doubts(terms, span);
        self.intake.loaded.estate.policies.push(FirewallPolicy {
            name,
            id: normal(&id.value).into(),
            span,
            base,
            settings: settings(&inner, &mut Values { style, faults: &mut faults }),
            listed_groups,
            unread: odd.or(looped).or(more),
            condition,
            faults,
        });
    }

    /// A group in any of its forms; `is_old` those that came before groups had their name.
    pub(super) fn rule_collection_group(
        &mut self,
        resource: &Reading<'_>,
        is_old: bool,
        terms: &Terms,
    ) {
        let style = self.style;
        let part = if is_old { "ruleGroups" } else { "ruleCollectionGroups" };
        let (_, named) = self.part_of("firewallPolicies", part, resource, terms);
        let inner = properties(resource);
        let span = resource.span();
        let mut faults = duplicate_keys(resource);
        let odd = odd_properties(resource, &mut faults);
        let (mut collections, more) = if is_old {
            (Vec::new(), Some(unknown(span, OLD_FORM)))
        } else {
            collection::of_group(&inner, style, &mut faults)
        };
        in_their_place(&mut collections, terms);
        let mut values = Values { style, faults: &mut faults };
        let priority = values.number(inner.get("priority").as_ref(), "priority");
        let (condition, looped) = doubts(terms, span);
        self.intake.loaded.estate.rule_collection_groups.push(RuleCollectionGroup {
            name: named.name,
            id: named.id.into(),
            policy: named.network.into(),
            span,
            priority,
            collections,
            unread: odd.or(more).or(looped),
            condition,
            faults,
        });
    }

    /// FW-070
    pub(super) fn ip_group(&mut self, resource: &Reading<'_>, terms: &Terms) {
        let style = self.style;
        let (name, id) = self.names(resource, "ipGroups", terms);
        let inner = properties(resource);
        let mut faults = duplicate_keys(resource);
        let odd = odd_properties(resource, &mut faults);
        let mut addresses = Vec::new();
        let list = inner.get("ipAddresses");
        let mut values = Values { style, faults: &mut faults };
        let more = values.addresses(list.as_ref(), "ipAddresses", &mut addresses);
        for item in &mut addresses {
            // Groups hold addresses and nothing else.
            if let FirewallAddress::Tag(text) = &item.value {
                let (text, fault) = (text.clone(), AddressFault::NotAnAddress);
                item.value = FirewallAddress::Invalid { text, fault };
            }
        }
        let (condition, looped) = doubts(terms, resource.span());
        self.intake.loaded.estate.ip_groups.push(IpGroup {
            name,
            id: normal(&id.value).into(),
            span: resource.span(),
            addresses,
            unread: odd.or(more).or(looped),
            condition,
            faults,
        });
    }
}

/// What the terms leave open of a resource: whether it is there, and whether it is there once.
pub(super) fn doubts(terms: &Terms, span: Span) -> (Option<Condition>, Option<Unknown>) {
    let looped = terms.looped.as_ref();
    let condition = terms.condition.clone();
    let rounds = looped.map(|why| Condition {
        text: "its copy loop has a round".into(),
        why: Some(why.clone()),
        span,
    });
    let many = looped.map(|why| unknown(span, format!("a copy loop makes it: {why}")));
    (condition.or(rounds), many)
}

/// The resource that a member refers to, if it is known that it refers to one.
fn one(inner: &Reading<'_>, key: &str, style: Style) -> Reference {
    match inner.get(key).map(|it| (it.value(), it.span())) {
        Some((Value::Unknown(why), span)) => {
            Reference::Unknown(unknown(span, why.reason.to_string()))
        }
        _ => reference(inner, key, style),
    }
}

fn all_in_place(id: &Spanned<String>, terms: &Terms) -> Spanned<String> {
    Spanned::new(in_place(&id.value, terms), id.span)
}

/// The ids of IP groups, of a nested template where they mean the place that it is deployed to.
fn in_their_place(collections: &mut [RuleCollection], terms: &Terms) {
    if !terms.inner {
        return;
    }
    let here = |side: &mut Ends| {
        for group in &mut side.ip_groups {
            if let IpGroupRef::To(id) = group {
                id.value = in_place(&id.value, terms);
            }
        }
    };
    for rule in collections.iter_mut().flat_map(|it| &mut it.rules) {
        here(&mut rule.source);
        match &mut rule.body {
            RuleBody::Network(rule) => here(&mut rule.destination),
            RuleBody::Application(rule) => here(&mut rule.destination),
            RuleBody::Nat(rule) => here(&mut rule.destination),
            RuleBody::Unread(_) => {}
        }
    }
}

/// The private addresses of a firewall, as far as they are shown, and its subnets.
fn places(inner: &Reading<'_>, style: Style) -> (Vec<Spanned<IpAddr>>, Vec<Spanned<String>>) {
    let (mut addresses, mut subnets) = (Vec::new(), Vec::<Spanned<String>>::new());
    let mut add = |holder: &Reading<'_>| {
        let address = holder.get("privateIPAddress").and_then(|it| known(&it, style));
        addresses
            .extend(address.and_then(|it| Some(Spanned::new(it.value.parse().ok()?, it.span))));
    };
    let configurations = inner.get("ipConfigurations");
    for configuration in configurations.iter().flat_map(Reading::items) {
        let configuration = properties(&configuration);
        add(&configuration);
        if let Reference::To(subnet) = reference(&configuration, "subnet", style)
            && subnets.iter().all(|known| known.value != subnet.value)
        {
            subnets.push(subnet);
        }
    }
    if let Some(hub) = inner.get("hubIPAddresses") {
        add(&hub);
    }
    (addresses, subnets)
}

/// The groups that an export of a policy lists, and why there may be others.
fn listed(
    inner: &Reading<'_>,
    span: Span,
    style: Style,
) -> (Vec<Spanned<String>>, Option<Unknown>) {
    let list = inner.get("ruleCollectionGroups").or_else(|| inner.get("ruleGroups"));
    let Some(list) = list.filter(|it| matches!(it.value(), Value::Array(_))) else {
        let reason = match style.shape {
            Shape::Template => ADDED,
            _ => "the policy does not show its rule collection groups",
        };
        return (Vec::new(), Some(unknown(span, reason)));
    };
    let mut unread = None;
    let mut ids = Vec::new();
    for item in list.items() {
        let id = item.get("id").or(Some(item)).and_then(|id| name(&id, style));
        match id {
            Some(id) => ids.push(Spanned::new(normal(&id.value), id.span)),
            None => {
                let reason = "an entry in its list of rule collection groups has no id";
                unread = Some(unknown(list.span(), reason));
            }
        }
    }
    if style.shape == Shape::Template {
        unread = Some(unknown(span, ADDED));
    }
    (ids, unread)
}
