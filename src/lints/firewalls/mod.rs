//! The rules of firewalls with what stands around them, for the lints about them.

use crate::{
    lint::{Label, Remark, Subject},
    model::{
        ApplicationProtocolKind, ApplicationRule, Estate, Firewall, FirewallAction,
        FirewallAddressItem, FirewallPolicy, FirewallRule, NetworkRule, RuleBody, RuleCollection,
        RuleCollectionGroup, names::is_global,
    },
    source::Span,
};

/// A rule, its collection, and where that stands.
#[derive(Clone, Copy)]
pub(super) struct Placed<'a> {
    pub(super) rule: &'a FirewallRule,
    pub(super) collection: &'a RuleCollection,
    pub(super) within: Within<'a>,
}

/// What holds a collection.
#[derive(Clone, Copy)]
pub(super) enum Within<'a> {
    /// A firewall with classic rules.
    Firewall(&'a Firewall),
    /// A group of a policy.
    Group(&'a RuleCollectionGroup),
}

/// All rules of the run, in the order of the files.
pub(super) fn rules(estate: &Estate) -> impl Iterator<Item = Placed<'_>> {
    // Where a firewall has a policy, its own collections are left over (FW-003).
    let classic = estate.firewalls.iter().filter(|firewall| firewall.policy.id().is_none());
    let classic = classic.map(|firewall| (Within::Firewall(firewall), &firewall.collections));
    let groups = estate.rule_collection_groups.iter();
    let groups = groups.map(|group| (Within::Group(group), &group.collections));
    classic.chain(groups).flat_map(|(within, collections)| {
        collections.iter().flat_map(move |collection| {
            collection.rules.iter().map(move |rule| Placed { rule, collection, within })
        })
    })
}

impl<'a> Placed<'a> {
    pub(super) const fn application(&self) -> Option<&'a ApplicationRule> {
        match &self.rule.body {
            RuleBody::Application(rule) => Some(rule),
            RuleBody::Network(_) | RuleBody::Nat(_) | RuleBody::Unread(_) => None,
        }
    }

    pub(super) const fn network(&self) -> Option<&'a NetworkRule> {
        match &self.rule.body {
            RuleBody::Network(rule) => Some(rule),
            RuleBody::Application(_) | RuleBody::Nat(_) | RuleBody::Unread(_) => None,
        }
    }

    pub(super) fn does(&self, action: FirewallAction) -> bool {
        self.collection.action.known() == Some(&action)
    }

    /// The addresses of the side of the destination.
    pub(super) fn destinations(&self) -> &'a [FirewallAddressItem] {
        match &self.rule.body {
            RuleBody::Network(rule) => &rule.destination.addresses,
            RuleBody::Application(rule) => &rule.destination.addresses,
            RuleBody::Nat(rule) => &rule.destination.addresses,
            RuleBody::Unread(_) => &[],
        }
    }

    /// The name of the rule for messages, with the round of the copy loop that made it: all rounds
    /// stand in one place.
    pub(super) fn title(&self) -> String {
        let name = &self.rule.name.value;
        match self.rule.iteration.as_deref().filter(|round| round.count > 1) {
            Some(round) => format!(
                "`{name}` (iteration {} of {} of the copy loop `{}`)",
                round.number, round.count, round.name
            ),
            None => format!("`{name}`"),
        }
    }

    /// A remark about the rule, at `span`.
    pub(super) fn remark(&self, span: Span, label: &str, message: String) -> Remark {
        let (kind, name, whole) = match self.within {
            Within::Firewall(it) => ("Microsoft.Network/azureFirewalls", &it.name, it.span),
            Within::Group(it) => {
                ("Microsoft.Network/firewallPolicies/ruleCollectionGroups", &it.name, it.span)
            }
        };
        Remark {
            message,
            rule: Some(self.rule.name.value.clone()),
            subject: Some(Subject { kind, name: name.value.clone(), span: whole }),
            primary: Some(Label { span, text: label.to_owned() }),
            ..Remark::default()
        }
    }
}

/// The policies of which `group` is one: those of its id that it can mean.
pub(super) fn policy_of<'a>(
    estate: &'a Estate,
    group: &RuleCollectionGroup,
) -> Option<&'a FirewallPolicy> {
    policy(estate, &group.policy, group.span)
}

/// The policy that `id`, standing at `place`, means, if it is here once.
pub(super) fn policy<'a>(estate: &'a Estate, id: &str, place: Span) -> Option<&'a FirewallPolicy> {
    let is_it =
        |it: &&FirewallPolicy| *it.id == *id && (is_global(id) || it.span.file == place.file);
    let mut found = estate.policies.iter().filter(is_it);
    found.next().filter(|_| found.next().is_none())
}

/// Whether the rule surely has a protocol of this kind on this port; `None` where that is not known.
pub(super) fn has_protocol(
    rule: &ApplicationRule,
    kind: ApplicationProtocolKind,
    port: Option<i64>,
) -> Option<bool> {
    let mut open = rule.protocols_unread.is_some();
    for protocol in &rule.protocols {
        match (protocol.kind.known(), protocol.port.known(), port) {
            (None, ..) => open = true,
            (Some(found), ..) if *found != kind => {}
            (Some(_), _, None) => return Some(true),
            (Some(_), None, Some(_)) => open = true,
            (Some(_), Some(found), Some(port)) if *found == port => return Some(true),
            (Some(_), Some(_), Some(_)) => {}
        }
    }
    (!open).then_some(false)
}
