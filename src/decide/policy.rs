//! A group in Azure's evaluation order: one list a direction, built-in rules at its end, each rule
//! as the sets that it surely and perhaps matches.

use super::{
    budget::Budget,
    built_in::{BUILT_IN, BuiltInRule},
    extent::{self, Extent, Lexicon, Why},
    family::Family,
    site::Site,
};
use crate::{
    model::{Access, Built, Direction, Field, Nsg, Protocol, SecurityRule},
    source::Span,
    space::{Cube, Ranges},
    verdict::Verdict,
};
use std::{
    ops::RangeInclusive,
    sync::{Arc, OnceLock},
};

/// The numbers that a customer's rule may have (NSG-004).
pub const PRIORITIES: RangeInclusive<i64> = 100..=4096;

/// A group, ready to be asked.
#[derive(Debug)]
pub struct NsgPolicy<'m> {
    /// The group as written.
    pub nsg: &'m Nsg,
    lexicon: Lexicon<'m>,
    inbound: OneWay<'m>,
    outbound: OneWay<'m>,
    budget: Budget,
    /// Where it is asked about, if that is known.
    pub(super) site: Option<Site<'m>>,
    /// Several lints ask it: whether public addresses are reached.
    pub(super) internet: OnceLock<Verdict>,
}

/// The rules of one direction in the order in which Azure tries them (NSG-003).
#[derive(Debug)]
pub struct OneWay<'m> {
    /// The rules; built-in ones at the end.
    pub entries: Vec<Entry<'m>>,
    v4: OnceLock<Vec<Row<u32>>>,
    v6: OnceLock<Vec<Row<u128>>>,
}

/// One rule in its place.
#[derive(Debug)]
pub struct Entry<'m> {
    /// The rule.
    pub rule: RuleRef<'m>,
    /// Allow or Deny; `None` where that is not known.
    pub access: Option<Access>,
    /// Its number, where known. Rules without one that Azure takes stand first: they may come
    /// before any other.
    pub priority: Option<i64>,
    /// Why it is not sure that the rule stands here, or at all.
    pub why: Option<Why>,
}

/// A rule of the customer, or one of Azure's own.
#[derive(Clone, Copy, Debug)]
pub enum RuleRef<'m> {
    /// Written by the customer.
    Written(&'m SecurityRule),
    /// Added by Azure (NSG-008).
    BuiltIn(&'static BuiltInRule),
}

impl<'m> RuleRef<'m> {
    /// Its name.
    pub const fn name(self) -> &'m str {
        match self {
            Self::Written(rule) => rule.name.value.as_str(),
            Self::BuiltIn(rule) => rule.name,
        }
    }

    /// Where it was written; built-in rules are nowhere.
    pub const fn span(self) -> Option<Span> {
        match self {
            Self::Written(rule) => Some(rule.span),
            Self::BuiltIn(_) => None,
        }
    }

    /// The place to send a reader to: its number, which is what decides, or else its name.
    pub fn mark(self) -> Option<Span> {
        let rule = self.written()?;
        Some(rule.priority.span().unwrap_or(rule.name.span))
    }

    /// The rule, where the customer wrote it.
    pub const fn written(self) -> Option<&'m SecurityRule> {
        match self {
            Self::Written(rule) => Some(rule),
            Self::BuiltIn(_) => None,
        }
    }
}

/// What a rule matches in one address family.
#[derive(Clone, Debug)]
pub struct Row<V> {
    /// What it may match.
    pub perhaps: Cube<V>,
    /// Why that is not what it surely matches; `None` where it is.
    pub why: Option<Why>,
    /// What it matches whatever the unknown parts are, where that is another set than `perhaps`.
    less: Option<Cube<V>>,
}

impl<V> Row<V> {
    /// What the rule matches whatever the unknown parts are; `None` where nothing is sure.
    pub const fn surely(&self) -> Option<&Cube<V>> {
        match self.why {
            None => Some(&self.perhaps),
            Some(_) => self.less.as_ref(),
        }
    }
}

impl<'m> NsgPolicy<'m> {
    /// Puts the rules of `nsg` in order.
    pub fn new(nsg: &'m Nsg, lexicon: Lexicon<'m>) -> Self {
        Self {
            nsg,
            lexicon,
            inbound: OneWay::new(nsg, Direction::Inbound),
            outbound: OneWay::new(nsg, Direction::Outbound),
            budget: Budget::default(),
            site: None,
            internet: OnceLock::new(),
        }
    }

    /// What the questions to this group may use up together.
    pub(super) const fn budget(&self) -> &Budget {
        &self.budget
    }

    /// The rules of one direction.
    pub const fn way(&self, direction: Direction) -> &OneWay<'m> {
        match direction {
            Direction::Inbound => &self.inbound,
            Direction::Outbound => &self.outbound,
        }
    }

    /// What words stand for in this group.
    pub const fn lexicon(&self) -> Lexicon<'m> {
        self.lexicon
    }

    /// Why rules may exist that are not in the input, if so. Then no verdict on a flow is sure.
    pub fn unread(&self) -> Option<String> {
        if let Some(unknown) = self.nsg.unread.first() {
            return Some(unknown.reason.to_string());
        }
        if let Some(condition) = &self.nsg.condition {
            return Some(format!("the group is deployed on the condition {condition}"));
        }
        (self.nsg.built == Built::Part)
            .then(|| "the group itself is not in the input, only rules of it".to_owned())
    }

    /// Whether anything in the group names an IPv6 address: then IPv6 flows are asked about too.
    pub fn names_ipv6(&self) -> bool {
        self.nsg.rules.iter().any(SecurityRule::names_ipv6)
    }

    /// What the rules of one direction match, entry by entry.
    pub fn rows<V: Rows>(&self, direction: Direction) -> &[Row<V>] {
        let way = self.way(direction);
        V::of(way)
            .get_or_init(|| way.entries.iter().map(|entry| row(self.lexicon, entry)).collect())
    }
}

/// Families that a policy keeps rows for.
pub trait Rows: Family {
    /// The rows of one direction.
    fn of<'a>(way: &'a OneWay<'_>) -> &'a OnceLock<Vec<Row<Self>>>;
}

impl Rows for u32 {
    fn of<'a>(way: &'a OneWay<'_>) -> &'a OnceLock<Vec<Row<Self>>> {
        &way.v4
    }
}

impl Rows for u128 {
    fn of<'a>(way: &'a OneWay<'_>) -> &'a OnceLock<Vec<Row<Self>>> {
        &way.v6
    }
}

impl<'m> OneWay<'m> {
    fn new(nsg: &'m Nsg, direction: Direction) -> Self {
        let written = nsg.rules.iter().filter_map(|rule| Entry::written(rule, direction));
        let built_in =
            BUILT_IN.iter().filter(|rule| rule.direction == direction).map(|rule| Entry {
                rule: RuleRef::BuiltIn(rule),
                access: Some(rule.access),
                priority: Some(rule.priority),
                why: None,
            });
        let mut entries: Vec<Entry<'m>> = written.chain(built_in).collect();
        // Numbers that are unknown or refused first (`None < Some`): such a rule may come before
        // any other.
        entries.sort_by_key(Entry::number);
        doubt_conflicts(&mut entries);
        Self { entries, v4: OnceLock::new(), v6: OnceLock::new() }
    }
}

impl<'m> Entry<'m> {
    /// The number, if Azure takes it (NSG-004).
    pub fn number(&self) -> Option<i64> {
        match self.rule {
            RuleRef::BuiltIn(rule) => Some(rule.priority),
            RuleRef::Written(_) => self.priority.filter(|number| PRIORITIES.contains(number)),
        }
    }

    fn written(rule: &'m SecurityRule, direction: Direction) -> Option<Self> {
        let mut why = rule.condition.as_ref().map(|given| Why::Condition(given.to_string().into()));
        if let Some(unknown) = &rule.unread {
            why = Some(Why::Value(unknown.reason.clone()));
        }
        match &rule.direction {
            Field::Known(read) if read.value != direction => return None,
            Field::Known(_) => {}
            other => why = doubt(other, "a rule without a direction").or(why),
        }
        let access = rule.access.known().copied();
        let priority = rule.priority.known().copied();
        why = doubt(&rule.access, "a rule without an access")
            .or_else(|| doubt(&rule.priority, "a rule without a priority"))
            .or_else(|| doubt(&rule.protocol, "a rule without a protocol"))
            .or(why);
        if priority.is_some_and(|number| !PRIORITIES.contains(&number)) {
            why = Some(Why::Refused("a priority outside 100 to 4096".into()));
        }
        Some(Self { rule: RuleRef::Written(rule), access, priority, why })
    }
}

fn doubt<T>(field: &Field<T>, missing: &str) -> Option<Why> {
    match field {
        Field::Known(_) => None,
        Field::Unknown(unknown) => Some(Why::Value(unknown.reason.clone())),
        Field::Invalid { text, .. } => Some(Why::Refused(format!("`{text}`").into())),
        Field::Missing => Some(Why::Refused(missing.into())),
    }
}

/// NSG-005: of several rules at one number none is deployed; where they do different things, what
/// the group will do is not known.
fn doubt_conflicts(entries: &mut [Entry<'_>]) {
    for group in entries.chunk_by_mut(|a, b| a.number() == b.number()) {
        let known = group.first().is_some_and(|entry| entry.number().is_some());
        let differ = group
            .iter()
            .any(|entry| group.first().is_some_and(|first| first.access != entry.access));
        if known && differ {
            for entry in group {
                entry.why.get_or_insert(Why::SamePriority);
            }
        }
    }
}

fn row<V: Family>(lexicon: Lexicon<'_>, entry: &Entry<'_>) -> Row<V> {
    let mut row = match entry.rule {
        RuleRef::Written(rule) => written_row(lexicon, rule),
        RuleRef::BuiltIn(rule) => built_in_row(lexicon, rule),
    };
    if let Some(why) = &entry.why {
        row.less = None;
        row.why = Some(why.clone());
    }
    row
}

fn written_row<V: Family>(lexicon: Lexicon<'_>, rule: &SecurityRule) -> Row<V> {
    let fixed = V::fixed();
    let source_ports: Extent<V> = extent::ports(&rule.source_ports);
    let ports: Extent<V> = extent::ports(&rule.destination_ports);
    let all = |extent: &Extent<V>| Arc::ptr_eq(&extent.perhaps, &fixed.ports);
    let with_ports = !(all(&source_ports) && all(&ports));
    let mut protocols: Extent<V> = rule.protocol.known().map_or_else(
        || Extent::unsure(Arc::clone(&fixed.protocols), Why::Value("".into())),
        |&protocol| extent::protocols(protocol, with_ports),
    );
    let surely_all = |extent: &Extent<V>| Arc::ptr_eq(&extent.surely, &fixed.ports);
    let known_all = surely_all(&source_ports) && surely_all(&ports);
    if !with_ports && !known_all {
        // Ports that are not known may turn out to be numbers, and then only TCP and UDP match.
        protocols.surely = Arc::new(protocols.surely.intersection(&fixed.ported));
    }
    let portless =
        matches!(rule.protocol.known(), Some(Protocol::Icmp | Protocol::Esp | Protocol::Ah));
    // NSG-027: such a rule matches nothing or everything of its protocol; ports play no part.
    let (source_ports, ports) = if portless && with_ports {
        protocols.surely = Arc::clone(&fixed.none);
        (Extent::exact(Arc::clone(&fixed.ports)), Extent::exact(Arc::clone(&fixed.ports)))
    } else {
        (source_ports, ports)
    };
    let (source_ports, ports) = if rule.protocol.known().is_none() && with_ports {
        // It may turn out to be one without ports, for which 0 stands (NSG-027).
        (or_none(source_ports), or_none(ports))
    } else {
        (source_ports, ports)
    };
    let source: Extent<V> = extent::addresses(lexicon, &rule.source);
    let destination: Extent<V> = extent::addresses(lexicon, &rule.destination);
    join([source, source_ports, destination, ports, protocols])
}

fn or_none<V: Family>(ports: Extent<V>) -> Extent<V> {
    let none = Ranges::single(V::from(0_u16));
    Extent { perhaps: Arc::new(ports.perhaps.union(&none)), ..ports }
}

fn built_in_row<V: Family>(lexicon: Lexicon<'_>, rule: &BuiltInRule) -> Row<V> {
    let fixed = V::fixed();
    let side = |word: &str| {
        if word == "*" { Extent::exact(Arc::clone(&fixed.any)) } else { extent::tag(lexicon, word) }
    };
    let ports = || Extent::exact(Arc::clone(&fixed.ports));
    join([
        side(rule.source),
        ports(),
        side(rule.destination),
        ports(),
        Extent::exact(Arc::clone(&fixed.protocols)),
    ])
}

fn join<V: Family>(extents: [Extent<V>; 5]) -> Row<V> {
    let why = extents.iter().find_map(|extent| extent.why.clone());
    let [a, b, c, d, e] = extents;
    let perhaps = Cube::new([a.perhaps, b.perhaps, c.perhaps, d.perhaps, e.perhaps]);
    let less = why.as_ref().and_then(|_| {
        let cube = Cube::new([a.surely, b.surely, c.surely, d.surely, e.surely]);
        (!cube.is_empty()).then_some(cube)
    });
    Row { perhaps, why, less }
}
