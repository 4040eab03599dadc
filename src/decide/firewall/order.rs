//! The rules of a firewall in processing order: by type, then parent policies before their children,
//! then groups and collections by priority, then as written (FW-010 to FW-015).

use super::{Subject, find};
use crate::{
    decide::extent::Why,
    model::{
        Access, CollectionKind, Condition, Estate, Field, Firewall, FirewallAction, FirewallPolicy,
        FirewallRule, Reference, RuleBody, RuleCollection, RuleCollectionGroup, names::Same,
    },
    source::{FileId, Span},
};
use std::ops::RangeInclusive;

/// The numbers that groups and collections may have (FW-004).
const PRIORITIES: RangeInclusive<i64> = 100..=65_000;

/// The part of the processing that a rule belongs to, in order (FW-010, FW-011).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pass {
    /// NAT rules.
    Dnat,
    /// Network rules.
    Network,
    /// Application rules.
    Application,
    /// The collection of names that Azure itself needs (FW-050).
    Infrastructure,
    /// What is done to flows that nothing matched (FW-019).
    Default,
}

/// One rule in its place.
#[derive(Clone, Debug)]
pub struct FirewallEntry<'m> {
    /// What it is.
    pub says: Says<'m>,
    /// The part of the processing that it belongs to.
    pub pass: Pass,
    /// Where it was written.
    pub home: Home<'m>,
    /// What it does to the flows that it decides; `None` where that is not known. NAT lets through.
    pub action: Option<Access>,
    /// Why it is not sure that the rule stands here, or at all.
    pub why: Option<Why>,
}

/// What an entry is.
#[derive(Clone, Debug)]
pub enum Says<'m> {
    /// A rule as written.
    Rule(&'m FirewallRule),
    /// There may be rules here that the input does not show, for a reason.
    Gap(Box<str>),
    /// Azure's own collection.
    Infrastructure,
    /// The deny at the end.
    Default,
}

/// Where a rule was written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Home<'m> {
    /// The policy; none where the rule is classic.
    pub policy: Option<&'m FirewallPolicy>,
    /// The rule collection group.
    pub group: Option<&'m RuleCollectionGroup>,
    /// The collection.
    pub collection: Option<&'m RuleCollection>,
}

impl<'m> FirewallEntry<'m> {
    /// The rule, where it is one.
    pub const fn rule(&self) -> Option<&'m FirewallRule> {
        match self.says {
            Says::Rule(rule) => Some(rule),
            Says::Gap(_) | Says::Infrastructure | Says::Default => None,
        }
    }

    /// Its name, or words for what it is.
    pub fn name(&self) -> &'m str {
        match &self.says {
            Says::Rule(rule) => rule.name.value.as_str(),
            Says::Gap(_) => "rules that are not in the input",
            Says::Infrastructure => "the infrastructure rules",
            Says::Default => "the default deny",
        }
    }

    /// The priority of its collection, where that is known.
    pub fn priority(&self) -> Option<i64> {
        self.home.collection.and_then(|it| it.priority.known().copied())
    }

    /// The numbers of its group and its collection.
    pub fn path(&self) -> [Option<i64>; 2] {
        [self.home.group.and_then(|it| it.priority.known().copied()), self.priority()]
    }

    /// Where it was written; what is built in is nowhere.
    pub const fn span(&self) -> Option<Span> {
        match self.says {
            Says::Rule(rule) => Some(rule.span),
            Says::Gap(_) | Says::Infrastructure | Says::Default => None,
        }
    }

    /// The place to send a reader to.
    pub const fn mark(&self) -> Option<Span> {
        match self.says {
            Says::Rule(rule) => Some(rule.name.span),
            Says::Gap(_) | Says::Infrastructure | Says::Default => None,
        }
    }
}

/// A firewall in order.
pub(super) struct Ordered<'m> {
    pub(super) policies: Vec<&'m FirewallPolicy>,
    pub(super) entries: Vec<FirewallEntry<'m>>,
}

/// An entry, and what decides where it stands.
struct Placed<'m> {
    key: Key,
    entry: FirewallEntry<'m>,
}

/// Numbers that are unknown or refused come first (`None < Some`): such a rule may stand before any
/// other of its level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    pass: Pass,
    /// The policy, parents first (FW-014).
    level: usize,
    group: (Option<i64>, usize),
    collection: (Option<i64>, usize),
    rule: usize,
}

/// Puts a firewall, or a policy by itself, in order.
pub(super) fn ordered<'m>(subject: Subject<'m>, estate: &'m Estate) -> Ordered<'m> {
    let mut list = List { estate, placed: Vec::new(), policies: Vec::new() };
    match subject {
        Subject::Policy(policy) => list.chain(policy),
        Subject::Firewall(firewall) => match &firewall.policy {
            // FW-003: where there is a policy, classic rules are left over.
            Reference::To(id) => {
                match find::policy(&id.value, firewall.span.file, &estate.policies) {
                    Ok(policy) => list.chain(policy),
                    Err(reason) => list.gap(0, &reason, Home::default()),
                }
            }
            Reference::Unknown(why) => list.gap(0, &why.reason, Home::default()),
            Reference::None => list.classic(firewall),
        },
    }
    let List { mut placed, policies, .. } = list;
    placed.sort_by_key(|it| it.key);
    doubt_conflicts(&mut placed);
    let built_in = |pass, says, action| FirewallEntry {
        says,
        pass,
        home: Home::default(),
        action: Some(action),
        why: None,
    };
    let mut entries: Vec<FirewallEntry<'m>> = placed.into_iter().map(|it| it.entry).collect();
    entries.push(built_in(Pass::Infrastructure, Says::Infrastructure, Access::Allow));
    entries.push(built_in(Pass::Default, Says::Default, Access::Deny));
    Ordered { policies, entries }
}

struct List<'m> {
    estate: &'m Estate,
    placed: Vec<Placed<'m>>,
    policies: Vec<&'m FirewallPolicy>,
}

impl<'m> List<'m> {
    /// A policy below its parents (FW-014).
    fn chain(&mut self, policy: &'m FirewallPolicy) {
        let mut chain = vec![policy];
        let mut missing = None;
        let mut innermost = policy;
        loop {
            let next = match &innermost.base {
                Reference::None => break,
                Reference::To(id) => {
                    find::policy(&id.value, innermost.span.file, &self.estate.policies)
                }
                Reference::Unknown(why) => Err(why.reason.to_string()),
            };
            match next {
                Ok(base) if chain.iter().any(|it| std::ptr::eq(*it, base)) => {
                    let name = &base.name.value;
                    missing = Some(format!("the base policies of `{name}` lead back to itself"));
                    break;
                }
                Ok(base) => {
                    chain.push(base);
                    innermost = base;
                }
                Err(reason) => {
                    missing =
                        Some(format!("the base of policy `{}`: {reason}", innermost.name.value));
                    break;
                }
            }
        }
        chain.reverse();
        if let Some(reason) = missing {
            self.gap(0, &reason, Home::default());
        }
        for (level, policy) in (1..).zip(&chain) {
            self.policy(level, policy);
        }
        self.policies = chain;
    }

    fn policy(&mut self, level: usize, policy: &'m FirewallPolicy) {
        let home = Home { policy: Some(policy), ..Home::default() };
        let of_policy = |group: &RuleCollectionGroup| {
            find::means(&group.policy, group.span.file, &policy.id, policy.span.file)
        };
        let mut seen: Vec<(&str, FileId)> = Vec::new();
        let all = self.estate.rule_collection_groups.iter();
        // A group that stands in several files counts once, as the file of the policy has it.
        let (here, elsewhere): (Vec<_>, Vec<_>) =
            all.partition(|group| group.span.file == policy.span.file);
        for (at, group) in here.into_iter().chain(elsewhere).enumerate() {
            let belongs = of_policy(group);
            let again = |(id, file): &(&str, FileId)| *id == &*group.id && *file != group.span.file;
            if belongs == Same::No || seen.iter().any(again) {
                continue;
            }
            seen.push((&group.id, group.span.file));
            let mut why = on_condition(policy.condition.as_ref());
            if belongs == Same::Perhaps {
                let name = &group.name.value;
                let reason =
                    format!("whether the group `{name}` belongs to the policy is not known");
                why = Some(Why::Value(reason.into()));
            }
            self.group(level, at, Home { group: Some(group), ..home }, why);
        }
        // A template shows the groups that it deploys; that others may add to them holds for all of
        // Azure. One that shows none is about something else.
        if let Some(unread) = policy.unread.as_ref().filter(|_| seen.is_empty()) {
            self.gap(level, &unread.reason, home);
        }
        for listed in &policy.listed_groups {
            let is_here = seen.iter().any(|(id, file)| {
                find::means(&listed.value, policy.span.file, id, *file) == Same::Yes
            });
            if !is_here {
                let name = find::last(&listed.value);
                let reason = format!("the rule collection group `{name}` is not in the input");
                self.gap(level, &reason, home);
            }
        }
    }

    fn group(&mut self, level: usize, at: usize, home: Home<'m>, why: Option<Why>) {
        let Some(group) = home.group else { return };
        let (number, doubt) = number(&group.priority, "a rule collection group");
        let why = doubt.or_else(|| on_condition(group.condition.as_ref())).or(why);
        if let Some(unread) = &group.unread {
            for pass in [Pass::Dnat, Pass::Network, Pass::Application] {
                let key = Key { pass, level, group: (number, at), collection: (None, 0), rule: 0 };
                self.place_gap(key, &unread.reason, home, None);
            }
        }
        for (place, collection) in (1..).zip(&group.collections) {
            let key = Key {
                pass: Pass::Network,
                level,
                group: (number, at),
                collection: (None, place),
                rule: 0,
            };
            self.collection(key, Home { collection: Some(collection), ..home }, why.clone());
        }
    }

    /// FW-001
    fn classic(&mut self, firewall: &'m Firewall) {
        if let Some(unread) = &firewall.unread {
            self.gap(0, &unread.reason, Home::default());
        }
        for (place, collection) in (1..).zip(&firewall.collections) {
            let key = Key {
                pass: Pass::Network,
                level: 0,
                group: (Some(0), 0),
                collection: (None, place),
                rule: 0,
            };
            let home = Home { collection: Some(collection), ..Home::default() };
            self.collection(key, home, None);
        }
    }

    fn collection(&mut self, key: Key, home: Home<'m>, why: Option<Why>) {
        let Some(collection) = home.collection else { return };
        let (number, doubt) = number(&collection.priority, "a rule collection");
        let key = Key { collection: (number, key.collection.1), ..key };
        let why = doubt
            .or_else(|| mixed(collection))
            .or_else(|| on_condition(collection.condition.as_ref()))
            .or(why);
        if let Some(unread) = &collection.unread {
            self.unread_rules(key, home, &unread.reason, 0);
        }
        for (place, rule) in (1..).zip(&collection.rules) {
            let pass = match &rule.body {
                RuleBody::Network(_) => Pass::Network,
                RuleBody::Application(_) => Pass::Application,
                RuleBody::Nat(_) => Pass::Dnat,
                RuleBody::Unread(unread) => {
                    self.unread_rules(key, home, &unread.reason, place);
                    continue;
                }
            };
            let (action, doubt) = action(&collection.action, pass);
            let entry = FirewallEntry {
                says: Says::Rule(rule),
                pass,
                home,
                action,
                why: doubt.or_else(|| why.clone()),
            };
            self.placed.push(Placed { key: Key { pass, rule: place, ..key }, entry });
        }
    }

    /// A collection may have rules that can't be read, of the types that it may hold.
    fn unread_rules(&mut self, key: Key, home: Home<'m>, reason: &str, place: usize) {
        let Some(collection) = home.collection else { return };
        let passes: &[Pass] = match collection.kind.known() {
            Some(CollectionKind::Filter) => &[Pass::Network, Pass::Application],
            Some(CollectionKind::Network) => &[Pass::Network],
            Some(CollectionKind::Application) => &[Pass::Application],
            Some(CollectionKind::Nat) => &[Pass::Dnat],
            None => &[Pass::Dnat, Pass::Network, Pass::Application],
        };
        for &pass in passes {
            let (action, _) = action(&collection.action, pass);
            self.place_gap(Key { pass, rule: place, ..key }, reason, home, action);
        }
    }

    /// A level may have rules that are not here, in any place.
    fn gap(&mut self, level: usize, reason: &str, home: Home<'m>) {
        for pass in [Pass::Dnat, Pass::Network, Pass::Application] {
            let key = Key { pass, level, group: (None, 0), collection: (None, 0), rule: 0 };
            self.place_gap(key, reason, home, None);
        }
    }

    fn place_gap(&mut self, key: Key, reason: &str, home: Home<'m>, action: Option<Access>) {
        let entry = FirewallEntry {
            says: Says::Gap(reason.into()),
            pass: key.pass,
            home,
            action,
            why: Some(Why::Value(reason.into())),
        };
        self.placed.push(Placed { key, entry });
    }
}

fn on_condition(condition: Option<&Condition>) -> Option<Why> {
    condition.map(|given| Why::Condition(given.to_string().into()))
}

/// A number that Azure takes (FW-004), or why it is not known.
fn number(field: &Field<i64>, whose: &str) -> (Option<i64>, Option<Why>) {
    match field {
        Field::Known(read) if PRIORITIES.contains(&read.value) => (Some(read.value), None),
        Field::Known(read) => {
            let what =
                format!("the priority {} of {whose}: it is outside 100 to 65000", read.value);
            (None, Some(Why::Refused(what.into())))
        }
        Field::Unknown(unknown) => (None, Some(Why::Value(unknown.reason.clone()))),
        Field::Invalid { text, .. } => (None, Some(Why::Refused(format!("`{text}`").into()))),
        Field::Missing => (None, Some(Why::Refused(format!("{whose} without a priority").into()))),
    }
}

/// FW-007
fn action(field: &Field<FirewallAction>, pass: Pass) -> (Option<Access>, Option<Why>) {
    let refused = |what: &str| (None, Some(Why::Refused(what.into())));
    match field {
        Field::Known(read) => match (read.value, pass) {
            (FirewallAction::Allow, Pass::Network | Pass::Application) => {
                (Some(Access::Allow), None)
            }
            (FirewallAction::Deny, Pass::Network | Pass::Application) => (Some(Access::Deny), None),
            (FirewallAction::Dnat, Pass::Dnat) => (Some(Access::Allow), None),
            _ => refused("the action of a collection of other rules"),
        },
        Field::Unknown(unknown) => (None, Some(Why::Value(unknown.reason.clone()))),
        Field::Invalid { text, .. } => refused(&format!("`{text}`")),
        // FW-017: what NAT rules do is never in doubt.
        Field::Missing if pass == Pass::Dnat => (Some(Access::Allow), None),
        Field::Missing => refused("a collection without an action"),
    }
}

/// FW-006: a collection holds rules of one type.
fn mixed(collection: &RuleCollection) -> Option<Why> {
    let kind = |rule: &FirewallRule| match &rule.body {
        RuleBody::Network(_) => Some(CollectionKind::Network),
        RuleBody::Application(_) => Some(CollectionKind::Application),
        RuleBody::Nat(_) => Some(CollectionKind::Nat),
        RuleBody::Unread(_) => None,
    };
    let mut kinds: Vec<CollectionKind> = collection.rules.iter().filter_map(kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let fits = |kind: &CollectionKind| match collection.kind.known() {
        None => true,
        Some(CollectionKind::Filter) => *kind != CollectionKind::Nat,
        Some(own) => own == kind,
    };
    let is_sound = kinds.len() <= 1 && kinds.iter().all(fits);
    (!is_sound).then(|| {
        let name = &collection.name.value;
        Why::Refused(format!("the collection `{name}`: its rules are not of one type").into())
    })
}

/// FW-004: what comes first of two groups, or of two collections of one group, with one number is
/// not known; it makes a difference where they do different things.
fn doubt_conflicts(placed: &mut [Placed<'_>]) {
    let doubt = |chunk: &mut [Placed<'_>], part: fn(&Key) -> (Option<i64>, usize)| {
        let first = chunk.first().map(|it| (part(&it.key), it.entry.action));
        let Some(((Some(_), place), action)) = first else { return };
        let several = chunk.iter().any(|it| part(&it.key).1 != place);
        let differ = chunk.iter().any(|it| it.entry.action != action);
        if several && differ {
            for it in chunk {
                it.entry.why.get_or_insert_with(|| Why::Value(SAME_PRIORITY.into()));
            }
        }
    };
    let by_group = |a: &Placed<'_>, b: &Placed<'_>| {
        let key = |it: &Placed<'_>| (it.key.pass, it.key.level, it.key.group.0);
        key(a) == key(b)
    };
    for chunk in placed.chunk_by_mut(by_group) {
        doubt(chunk, |key| key.group);
    }
    let by_collection = |a: &Placed<'_>, b: &Placed<'_>| {
        let key = |it: &Placed<'_>| (it.key.pass, it.key.level, it.key.group, it.key.collection.0);
        key(a) == key(b)
    };
    for chunk in placed.chunk_by_mut(by_collection) {
        doubt(chunk, |key| key.collection);
    }
}

const SAME_PRIORITY: &str = "another rule has the same priority and another action";
