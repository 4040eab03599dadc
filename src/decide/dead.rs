//! Rules that never decide, and rules that could go: over the union of earlier rules, not pair by
//! pair. Only what is certain counts: a rule that may not be deployed covers nothing, and a set
//! whose members are not known (`VirtualNetwork`, application security groups, unknown tags)
//! stands as a symbol that only itself and `*` cover.

use super::{
    extent::{self, Lexicon},
    family::Family,
    policy::{Entry, NsgPolicy, Row, Rows, RuleRef},
};
use crate::{
    model::{Access, Address, Addresses, Direction, Form, PortValue, Ports, SecurityRule},
    space::{Axis, Coverage, Cube, End, Found, Limits, Lines, Piece, Ranges, Role},
    tags::{Special, special},
};
use std::{collections::BTreeMap, sync::Arc};

/// What is wrong with a rule's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Idle {
    /// Earlier rules take every flow of it.
    Covered {
        /// Places of these rules in the list of entries, ascending.
        by: Vec<usize>,
    },
    /// It decides flows, and without it later rules of the customer would do the same with them.
    Repeated {
        /// Places of the later rules.
        by: Vec<usize>,
    },
    /// The search gave up (see engine limits); nothing is claimed.
    Undecided,
}

/// A rule that is idle, by its place in the list of entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdleRule {
    /// The place of the rule.
    pub entry: usize,
    /// Why it is idle.
    pub idle: Idle,
}

impl NsgPolicy<'_> {
    /// The customer's rules of one direction that decide nothing or repeat others.
    pub fn idle(&self, direction: Direction) -> Vec<IdleRule> {
        let way = &self.way(direction).entries;
        let v4 = answers::<u32>(self.lexicon(), way, self.rows(direction));
        // Without any IPv6 address in the group its networks are taken for IPv4 (design 2).
        if !self.names_ipv6() {
            return v4.into_iter().filter_map(Answer::idle).collect();
        }
        // A rule may be certain in one family only (`0.0.0.0/0`, NSG-041): then nothing is said.
        let mut v6: BTreeMap<usize, State> =
            answers::<u128>(self.lexicon(), way, self.rows(direction))
                .into_iter()
                .map(|answer| (answer.entry, answer.state))
                .collect();
        v4.into_iter()
            .filter_map(|Answer { entry, state }| {
                let state = state.and(v6.remove(&entry)?);
                Answer { entry, state }.idle()
            })
            .collect()
    }
}

/// Nodes that the search about one rule may take. Groups that people write never passed a hundred;
/// the hardest made ones end here with an honest "undecided" instead of after minutes.
const NODES: u64 = 50_000;

/// The searches about all rules together may take that of so many.
const LISTS: u64 = 16;

/// The answer for one entry in one family.
struct Answer {
    entry: usize,
    state: State,
}

enum State {
    /// It decides something that nothing else does.
    Works,
    /// It holds no flow of this family.
    Empty,
    Idle(Idle),
}

impl Answer {
    fn idle(self) -> Option<IdleRule> {
        match self.state {
            State::Works | State::Empty => None,
            State::Idle(idle) => Some(IdleRule { entry: self.entry, idle }),
        }
    }
}

impl State {
    /// A rule is idle if it is in both families; empty in one leaves it to the other.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Empty, state) | (state, Self::Empty) => state,
            (Self::Idle(one), Self::Idle(two)) => Self::Idle(one.and(two)),
            (Self::Works, _) | (_, Self::Works) => Self::Works,
        }
    }
}

impl Idle {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Undecided, _) | (_, Self::Undecided) => Self::Undecided,
            (Self::Covered { by }, Self::Covered { by: more }) => {
                Self::Covered { by: merged(by, more) }
            }
            (Self::Repeated { by }, Self::Repeated { by: more }) => {
                Self::Repeated { by: merged(by, more) }
            }
            (Self::Covered { .. }, Self::Repeated { by })
            | (Self::Repeated { by }, Self::Covered { .. }) => Self::Repeated { by },
        }
    }
}

fn merged(mut one: Vec<usize>, two: Vec<usize>) -> Vec<usize> {
    one.extend(two);
    one.sort_unstable();
    one.dedup();
    one
}

/// The customer's rules whose place and sets are certain, as cubes with symbols.
struct Certain<V> {
    /// Place in the list of entries.
    entry: usize,
    access: Access,
    cube: Cube<V>,
    /// Deployed for sure, so that it takes flows from later rules.
    blocks: bool,
}

fn answers<V: Rows>(lexicon: Lexicon<'_>, way: &[Entry<'_>], rows: &[Row<V>]) -> Vec<Answer> {
    let mut symbols = Symbols { lexicon, numbers: BTreeMap::new() };
    let places = way.iter().zip(rows).enumerate();
    let rules: Vec<Certain<V>> =
        places.filter_map(|(at, (entry, row))| symbols.certain(at, entry, row)).collect();
    // A rule of which too little is known may stand between a rule and its heirs.
    let vague = |at: &usize| rules.binary_search_by_key(at, |rule| rule.entry).is_err();
    let last_vague = |access: Access| {
        let written = way.iter().enumerate().filter(|(_, entry)| entry.rule.written().is_some());
        let others = written.filter(|(at, entry)| entry.access != Some(access) && vague(at));
        others.map(|(at, entry)| entry.number().map_or(usize::MAX, |_| at)).max()
    };
    let (denies, allows) = (last_vague(Access::Allow), last_vague(Access::Deny));
    let disturbed = |rule: &Certain<V>| {
        let last = if rule.access == Access::Allow { denies } else { allows };
        last.is_some_and(|last| last > rule.entry)
    };
    let cubes = rules.iter().map(|rule| rule.cube.clone()).collect();
    let limits = Limits { nodes: NODES, ..Limits::default() };
    let list = Lines::with_limits(cubes, Vec::new(), limits);
    let access = |at: usize| rules.get(at).map(|rule| rule.access);
    let coverage = list.coverage(
        |at| rules.get(at).is_some_and(|rule| rule.blocks),
        |line, earlier| access(line) != access(earlier),
    );
    let live = |at: usize| !matches!(coverage.get(at), Some(Coverage::Covered { .. }));
    // What the questions about heirs may use up together.
    let mut nodes = NODES * LISTS;
    let entries = |by: &[usize]| by.iter().filter_map(|&at| Some(rules.get(at)?.entry)).collect();
    coverage
        .iter()
        .enumerate()
        .filter_map(|(at, coverage)| {
            let state = match coverage {
                Coverage::Covered { by } => State::Idle(Idle::Covered { by: entries(by) }),
                Coverage::Undecided => State::Idle(Idle::Undecided),
                Coverage::Empty => State::Empty,
                Coverage::Alive { .. } if rules.get(at).is_some_and(disturbed) => State::Works,
                Coverage::Alive { .. } => match repeated((&list, &mut nodes), &rules, at, live) {
                    Some(by) => State::Idle(Idle::Repeated { by: entries(&by) }),
                    None => State::Works,
                },
            };
            Some(Answer { entry: rules.get(at)?.entry, state })
        })
        .collect()
}

/// The later rules with the same access that would take over all flows of a live rule, if they do.
/// Built-in rules don't count: a deny written out is kept on purpose.
fn repeated<V: Family>(
    (list, nodes): (&Lines<V>, &mut u64),
    rules: &[Certain<V>],
    at: usize,
    live: impl Fn(usize) -> bool,
) -> Option<Vec<usize>> {
    let rule = rules.get(at).filter(|rule| rule.blocks)?;
    let heirs: Vec<usize> = rules
        .iter()
        .enumerate()
        .skip(at + 1)
        .filter(|(_, later)| later.blocks && later.access == rule.access)
        .filter(|(_, later)| later.cube.intersects(&rule.cube))
        .map(|(later, _)| later)
        .collect();
    let is_whole =
        |&&heir: &&usize| rules.get(heir).is_some_and(|later| rule.cube.is_subset(&later.cube));
    let single = heirs.iter().find(is_whole).copied();
    let last = single.or_else(|| heirs.last().copied())?;
    let stops = |later: &Certain<V>| later.access != rule.access || !later.blocks;
    let between = rules.iter().take(last).skip(at + 1);
    if between.filter(|later| stops(later)).any(|later| may_meet(rule, later)) {
        return None;
    }
    let roles = |other: usize| match rules.get(other) {
        _ if other == at => Role::Ignore,
        // A later rule that this one covers would come alive without it.
        _ if other < at && !live(other) => Role::Ignore,
        // An earlier rule that may not be deployed leaves its flows to this one.
        Some(earlier) if other < at && !earlier.blocks => Role::Ignore,
        Some(later) if other > at && stops(later) => Role::Stop,
        _ => Role::Subtract,
    };
    let found = list.find_within(nodes, Piece::Line(at), roles, End::Stop);
    (found == Found::Nothing).then(|| single.map_or(heirs, |heir| vec![heir]))
}

/// Whether two rules may share flows although their symbols don't: who is in `VirtualNetwork` may
/// be in `10.0.0.0/8` too. Where one set holds the other, symbols tell all there is to tell.
fn may_meet<V: Family>(one: &Certain<V>, other: &Certain<V>) -> bool {
    let symbols = &V::fixed().symbols;
    let mut unseen = false;
    let meet = Axis::ALL.into_iter().all(|axis| {
        let (mine, theirs) = (one.cube.axis(axis), other.cube.axis(axis));
        let address = matches!(axis, Axis::Source | Axis::Destination);
        let symbolic = address && (mine.is_subset(symbols) || theirs.is_subset(symbols));
        if symbolic && !mine.is_subset(theirs) && !theirs.is_subset(mine) {
            unseen = true;
            return true;
        }
        mine.intersects(theirs)
    });
    meet && unseen
}

/// Whether a set that a rule spells out takes in addresses that stand for symbols.
fn has_unnamed<V: Family>(set: &Arc<Ranges<V>>) -> bool {
    let fixed = V::fixed();
    !set.is_all() && !Arc::ptr_eq(set, &fixed.internet) && set.intersects(&fixed.symbols)
}

/// Sets whose members are not known, by what they are called; each stands for one address.
struct Symbols<'a> {
    lexicon: Lexicon<'a>,
    numbers: BTreeMap<String, u16>,
}

impl Symbols<'_> {
    fn certain<V: Family>(
        &mut self,
        at: usize,
        entry: &Entry<'_>,
        row: &Row<V>,
    ) -> Option<Certain<V>> {
        let RuleRef::Written(rule) = entry.rule else { return None };
        entry.number()?;
        let access = entry.access?;
        if rule.unread.is_some() || rule.direction.known().is_none() {
            return None;
        }
        let cube = match row.why {
            None => self.exact_cube(rule, &row.perhaps)?,
            Some(_) => self.cube(rule)?,
        };
        Some(Certain { entry: at, access, cube, blocks: entry.why.is_none() })
    }

    /// The cube of a rule whose sets are all known: only sides that need a symbol differ.
    fn exact_cube<V: Family>(&mut self, rule: &SecurityRule, cube: &Cube<V>) -> Option<Cube<V>> {
        let mut with_symbols = cube.clone();
        for (axis, side) in [(Axis::Source, &rule.source), (Axis::Destination, &rule.destination)] {
            let set = cube.axis(axis);
            let has_tag = side.items.iter().any(|item| matches!(item.value, Address::Tag(_)));
            if has_tag || has_unnamed(set) {
                with_symbols = with_symbols.with(axis, self.side(side)?);
            }
        }
        Some(with_symbols)
    }

    fn cube<V: Family>(&mut self, rule: &SecurityRule) -> Option<Cube<V>> {
        let source_ports = known_ports(&rule.source_ports)?;
        let ports: Arc<Ranges<V>> = known_ports(&rule.destination_ports)?;
        let every = &V::fixed().ports;
        let with_ports = !(Arc::ptr_eq(&source_ports, every) && Arc::ptr_eq(&ports, every));
        let protocols = extent::protocols::<V>(*rule.protocol.known()?, with_ports);
        if protocols.why.is_some() {
            return None;
        }
        let source = self.side(&rule.source)?;
        let destination = self.side(&rule.destination)?;
        Some(Cube::new([source, source_ports, destination, ports, protocols.surely]))
    }

    fn side<V: Family>(&mut self, side: &Addresses) -> Option<Arc<Ranges<V>>> {
        match side.form {
            Form::None | Form::Several => None,
            Form::Groups => {
                let numbers: Vec<u16> = side
                    .groups
                    .iter()
                    .map(|group| self.number(&group.id))
                    .collect::<Option<_>>()?;
                let points = numbers.into_iter().map(|n| (V::symbol(n), V::symbol(n)));
                Some(Arc::new(points.collect()))
            }
            Form::Singular | Form::Plural | Form::List => {
                if let [only] = side.items.as_slice()
                    && let Address::Tag(name) = &only.value
                    && let Some(symbol) = self.tag(name)?
                {
                    return Some(Arc::new(Ranges::single(V::symbol(symbol))));
                }
                let set = extent::addresses::<V>(self.lexicon, side);
                if set.why.is_some() {
                    return None;
                }
                let symbols = &V::fixed().symbols;
                let odd = has_unnamed(&set.surely);
                Some(if odd { Arc::new(set.surely.minus(symbols)) } else { set.surely })
            }
        }
    }

    /// The symbol for a tag, if it needs one; `None` where the tag acts on other flows than rules
    /// without it (NSG-066), so that nothing can be said.
    #[expect(clippy::option_option, reason = "no symbol and no answer are two things")]
    fn tag(&mut self, name: &str) -> Option<Option<u16>> {
        let expanded = self.lexicon.expanded;
        if !expanded.is_empty() && expanded.contains_key(&name.to_ascii_lowercase()) {
            return Some(None);
        }
        match special(name) {
            Some(Special::VirtualNetwork) => Some(Some(self.number("virtualnetwork")?)),
            Some(Special::Internet | Special::AzureLoadBalancer) => Some(None),
            Some(Special::AzureContainerAppsService) => {
                Some(Some(self.number(&name.to_ascii_lowercase())?))
            }
            Some(_) => None,
            None if !self.lexicon.foreign && self.lexicon.tags.get(name).is_some() => Some(None),
            None => Some(Some(self.number(&name.to_ascii_lowercase())?)),
        }
    }

    fn number(&mut self, name: &str) -> Option<u16> {
        if let Some(known) = self.numbers.get(name) {
            return Some(*known);
        }
        let next = u16::try_from(self.numbers.len()).ok()?;
        self.numbers.insert(name.to_owned(), next);
        Some(next)
    }
}

fn known_ports<V: Family>(list: &Ports) -> Option<Arc<Ranges<V>>> {
    let odd = list
        .items
        .iter()
        .any(|item| matches!(item.value, PortValue::Unknown(_) | PortValue::Invalid { .. }));
    if odd {
        return None;
    }
    let set = extent::ports(list);
    set.why.is_none().then_some(set.surely)
}
