//! What an Azure Firewall does with a flow (azure-semantics part 3): its rules in processing order,
//! as exact sets, and the answer about flows that have an address and, mostly, a host name.
//!
//! [`FirewallView`] puts a firewall, or a policy by itself, in order. [`FirewallView::parts`] answers
//! about a set of flows part by part, which is what paths are made of; [`FirewallView::require`]
//! answers about a row of a profile, and [`FirewallView::trace`] about one flow, rule by rule.

mod answer;
mod classes;
mod find;
mod host_rows;
mod hosts;
mod order;
mod packets;
mod proposal;
mod reasons;
mod requirement;
mod served;
mod sides;
#[cfg(test)]
mod tests;
mod trace;
mod walk;

pub use answer::FirewallPart;
pub use hosts::HostNames;
pub use order::{FirewallEntry, Home, Pass, Says};
pub use proposal::FirewallProposal;
pub(in crate::decide) use requirement::names;
pub use served::Served;
pub use trace::{FirewallField, FirewallStep, FirewallTraced, FirewallTried};

use super::extent::Lexicon;
use crate::{
    model::{Estate, Firewall, FirewallPolicy, FirewallSettings},
    source::Span,
    tags::Catalogue,
};
use hosts::HostList;
use ipnetwork::IpNetwork;
use packets::PacketRow;
use sides::{Grouped, IpGroups};
use std::{collections::BTreeMap, sync::OnceLock};

/// What is put in order.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'m> {
    /// A firewall, with its policy or its classic rules.
    Firewall(&'m Firewall),
    /// A policy that no firewall of the input uses.
    Policy(&'m FirewallPolicy),
}

impl<'m> Subject<'m> {
    /// Its name.
    pub const fn name(self) -> &'m str {
        match self {
            Self::Firewall(firewall) => firewall.name.value.as_str(),
            Self::Policy(policy) => policy.name.value.as_str(),
        }
    }

    /// Where its name stands.
    pub const fn name_span(self) -> Span {
        match self {
            Self::Firewall(firewall) => firewall.name.span,
            Self::Policy(policy) => policy.name.span,
        }
    }

    /// The whole resource.
    pub const fn span(self) -> Span {
        match self {
            Self::Firewall(firewall) => firewall.span,
            Self::Policy(policy) => policy.span,
        }
    }

    /// Its resource id in the normal form.
    pub const fn id(self) -> &'m str {
        match self {
            Self::Firewall(firewall) => &firewall.id,
            Self::Policy(policy) => &policy.id,
        }
    }
}

/// A firewall, ready to be asked.
#[derive(Debug)]
pub struct FirewallView<'m> {
    /// What it is of.
    pub subject: Subject<'m>,
    /// Its policies, the outermost parent first; none where the rules are classic (FW-014).
    pub policies: Vec<&'m FirewallPolicy>,
    /// All rules in processing order (FW-010 to FW-015), what is built in among them.
    pub entries: Vec<FirewallEntry<'m>>,
    lexicon: Lexicon<'m>,
    groups: IpGroups<'m>,
    served: Vec<Served<'m>>,
    v4: OnceLock<Vec<PacketRow<u32>>>,
    v6: OnceLock<Vec<PacketRow<u128>>>,
    hosts: OnceLock<HostList>,
}

/// Azure says of no firewall what tags stand for.
static NO_EXPANSION: BTreeMap<String, Vec<IpNetwork>> = BTreeMap::new();

impl<'m> FirewallView<'m> {
    /// Puts what `subject` does in order; `foreign` says that `tags` are of another cloud (TAG-017).
    pub fn new(
        subject: Subject<'m>,
        estate: &'m Estate,
        tags: &'m Catalogue,
        foreign: bool,
    ) -> Self {
        let lexicon = Lexicon { tags, expanded: &NO_EXPANSION, foreign, around: None };
        let order::Ordered { policies, entries } = order::ordered(subject, estate);
        let served = match subject {
            Subject::Firewall(firewall) => served::served(firewall, estate),
            Subject::Policy(_) => Vec::new(),
        };
        Self {
            subject,
            policies,
            entries,
            lexicon,
            groups: IpGroups::new(&estate.ip_groups, subject.span().file),
            served,
            v4: OnceLock::new(),
            v6: OnceLock::new(),
            hosts: OnceLock::new(),
        }
    }

    /// Every firewall of the input, and every policy that neither a firewall nor another policy of
    /// the input uses.
    pub fn subjects(estate: &'m Estate) -> Vec<Subject<'m>> {
        let firewalls = estate.firewalls.iter().map(Subject::Firewall);
        let is_used = |policy: &&FirewallPolicy| {
            let by_firewall =
                estate.firewalls.iter().any(|it| find::refers(&it.policy, it.span.file, policy));
            by_firewall
                || estate.policies.iter().any(|it| find::refers(&it.base, it.span.file, policy))
        };
        let policies = estate.policies.iter().filter(|it| !is_used(it)).map(Subject::Policy);
        firewalls.chain(policies).collect()
    }

    /// Why it is not known whether it is there at all, if so. Then no verdict on a flow is sure.
    pub fn unread(&self) -> Option<String> {
        let condition = match self.subject {
            Subject::Firewall(firewall) => &firewall.condition,
            Subject::Policy(policy) => &policy.condition,
        };
        let given = condition.as_ref()?;
        Some(format!("it is deployed on the condition {given}"))
    }

    /// The settings that hold: those of the innermost policy, or of the firewall itself.
    pub fn settings(&self) -> Option<&'m FirewallSettings> {
        match (self.policies.last(), self.subject) {
            (Some(policy), _) => Some(&policy.settings),
            (None, Subject::Firewall(firewall)) => Some(&firewall.settings),
            (None, Subject::Policy(_)) => None,
        }
    }

    /// The application rules.
    fn host_list(&self) -> &HostList {
        self.hosts.get_or_init(|| HostList::new(self, None))
    }

    /// The subnets whose routes lead to it, as far as the input says.
    pub fn served(&self) -> &[Served<'m>] {
        &self.served
    }
}

/// Families that a view keeps rows for.
pub(in crate::decide) trait FirewallFamily: Grouped {
    /// The rows.
    fn rows<'v>(view: &'v FirewallView<'_>) -> &'v OnceLock<Vec<PacketRow<Self>>>;
    /// Whether application rules see its flows (FW-073).
    const HAS_NAMES: bool;
}

impl FirewallFamily for u32 {
    fn rows<'v>(view: &'v FirewallView<'_>) -> &'v OnceLock<Vec<PacketRow<Self>>> {
        &view.v4
    }
    const HAS_NAMES: bool = true;
}

impl FirewallFamily for u128 {
    fn rows<'v>(view: &'v FirewallView<'_>) -> &'v OnceLock<Vec<PacketRow<Self>>> {
        &view.v6
    }
    const HAS_NAMES: bool = false;
}
