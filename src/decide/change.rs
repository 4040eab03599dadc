//! What a change of a group does to flows: those that one version lets through and the other stops,
//! exactly, with the rules on both sides that decide them.
//!
//! What is not known in the same way on both sides, such as the members of a group that both
//! name, is taken to be the same there: no change comes of it by itself.

use super::{
    family::{Fixed, TCP, UDP},
    platform::{HOST, METADATA},
    policy::{Entry, NsgPolicy, Row, Rows},
};
use crate::{
    model::{Access, Direction},
    space::{Axis, Cube, End, Found, Lines, Piece, Point, Ranges, Role},
};
use std::{collections::BTreeSet, net::IpAddr, sync::Arc};

/// So many boxes of one pair of rules are made; what is past them is said.
const MOST_BOXES: usize = 64;

/// So many pairs of rules are told of in one direction.
const MOST_PAIRS: usize = 512;

/// Flows that one pair of rules treats differently.
#[derive(Clone, Debug)]
pub struct Change<V> {
    /// The rule that decides them before, by its place among the entries.
    pub before: usize,
    /// The rule that decides them afterwards.
    pub after: usize,
    /// The flows, as boxes that share none.
    pub flows: Vec<Cube<V>>,
    /// There are flows beyond the boxes, which were too many.
    pub more: bool,
    /// One of the flows.
    pub witness: Point<V>,
    /// Whether the change is there whatever is not known; else it may be.
    pub certain: bool,
}

impl<V: Rows> Change<V> {
    /// A flow of the change that looks like one that people know, where there is such.
    pub fn typical(&self) -> Point<V> {
        let Some(flows) = self.flows.first() else { return self.witness };
        let number = |n: u16| V::from(n);
        let address = |text: [u8; 4]| V::integer(IpAddr::from(text));
        let ends = [address([10, 0, 0, 4]), address([8, 8, 8, 8])];
        let pick = |axis: Axis, wanted: &[Option<V>]| {
            let set = flows.axis(axis);
            let known = wanted.iter().copied().flatten().find(|&value| set.contains(value));
            known.or_else(|| set.first())
        };
        let picked = [
            pick(Axis::Source, &ends),
            pick(Axis::SourcePort, &[Some(number(50_000))]),
            pick(Axis::Destination, &[address([8, 8, 8, 8]), address([10, 0, 0, 5])]),
            pick(Axis::DestinationPort, &[Some(number(443)), Some(number(22))]),
            pick(Axis::Protocol, &[Some(number(TCP)), Some(number(UDP))]),
        ];
        let [Some(source), Some(source_port), Some(destination), Some(port), Some(protocol)] =
            picked
        else {
            return self.witness;
        };
        Point([source, source_port, destination, port, protocol])
    }
}

/// All flows of one direction that change from one access to the other.
#[derive(Clone, Debug)]
pub struct Changes<V> {
    /// By the place of the rules, certain ones first.
    pub changes: Vec<Change<V>>,
    /// The search gave up: there may be others.
    pub undecided: bool,
    /// The flows that were looked at.
    pub limit: Cube<V>,
}

/// One rule, in the reading that a question asks for.
struct Line<V> {
    entry: usize,
    cube: Cube<V>,
    /// It does what is asked for.
    takes: bool,
}

/// How rules that are not known exactly are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// What they may do counts against the question: the answer is certain.
    Certain,
    /// What they may do counts for it. What is equally unknown on both sides matches there.
    Matching,
    /// As before, and what is equally unknown on both sides does not match.
    Missing,
}

/// One side of the comparison.
#[derive(Clone, Copy)]
struct Side<'p, V> {
    entries: &'p [Entry<'p>],
    rows: &'p [Row<V>],
    /// Rows that the other side has, too, unknown in the same way.
    alike: &'p [bool],
    /// What is asked for on this side.
    access: Access,
    /// It is the side before the change.
    is_first: bool,
}

/// The flows of one direction for which `before` decides `from` and `after` the opposite.
///
/// Flows to the platform's own addresses are left out: groups do not filter them (NSG-060).
pub fn changes<V: Rows>(
    before: &NsgPolicy<'_>,
    after: &NsgPolicy<'_>,
    direction: Direction,
    from: Access,
) -> Changes<V> {
    let entries = (&before.way(direction).entries, &after.way(direction).entries);
    let rows = (before.rows::<V>(direction), after.rows::<V>(direction));
    let alike = |mine: (&[Entry<'_>], &[Row<V>]), theirs: (&[Entry<'_>], &[Row<V>])| {
        let is_there = |(entry, row): (&Entry<'_>, &Row<V>)| {
            row.why.is_some()
                && theirs.0.iter().zip(theirs.1).any(|other| is_alike((entry, row), other))
        };
        mine.0.iter().zip(mine.1).map(is_there).collect::<Vec<bool>>()
    };
    let old_alike = alike((entries.0, rows.0), (entries.1, rows.1));
    let new_alike = alike((entries.1, rows.1), (entries.0, rows.0));
    let old =
        Side { entries: entries.0, rows: rows.0, alike: &old_alike, access: from, is_first: true };
    let new = Side {
        entries: entries.1,
        rows: rows.1,
        alike: &new_alike,
        access: opposite(from),
        is_first: false,
    };
    let limit = filtered(before, after, direction);
    let mut all = Changes { changes: Vec::new(), undecided: false, limit };
    compare((old, new), Reading::Certain, &mut all);
    if rows.0.iter().chain(rows.1).any(|row| row.why.is_some()) {
        for reading in [Reading::Matching, Reading::Missing] {
            compare((old, new), reading, &mut all);
        }
    }
    all
}

const fn opposite(access: Access) -> Access {
    match access {
        Access::Allow => Access::Deny,
        Access::Deny => Access::Allow,
    }
}

/// Whether two rules say the same, as far as that is known.
fn is_alike<V: Rows>(
    (entry, row): (&Entry<'_>, &Row<V>),
    (other, its_row): (&Entry<'_>, &Row<V>),
) -> bool {
    (entry.access, entry.priority, &entry.why) == (other.access, other.priority, &other.why)
        && row.why == its_row.why
        && row.perhaps == its_row.perhaps
        && row.surely() == its_row.surely()
}

impl<'p, V: Rows> Side<'p, V> {
    /// The rules in order, as `reading` has them, within `limit`.
    fn lines(&self, reading: Reading, limit: &Cube<V>) -> Vec<Line<V>> {
        let mut lines = Vec::new();
        for (entry, (row, alike)) in self.rows.iter().zip(self.alike).enumerate() {
            let access = self.entries.get(entry).and_then(|entry| entry.access);
            // What a rule does that is unknown in the same way on both sides is the same there.
            let access = access.or_else(|| {
                let is_for = self.is_first == (reading == Reading::Matching);
                let access = if is_for { self.access } else { opposite(self.access) };
                (*alike && reading != Reading::Certain).then_some(access)
            });
            let (is_for, is_against) =
                (access == Some(self.access), access == Some(opposite(self.access)));
            let whole = Some(&row.perhaps);
            // What it takes, and what it keeps from being taken, whatever else is so.
            let (takes, keeps) = match reading {
                _ if row.why.is_none() => (whole.filter(|_| is_for), whole.filter(|_| !is_for)),
                Reading::Certain => (row.surely().filter(|_| is_for), whole.filter(|_| !is_for)),
                Reading::Matching if *alike => {
                    (whole.filter(|_| !is_against), whole.filter(|_| is_against))
                }
                Reading::Missing if *alike => {
                    (row.surely().filter(|_| !is_against), row.surely().filter(|_| is_against))
                }
                Reading::Matching | Reading::Missing => {
                    (whole.filter(|_| !is_against), row.surely().filter(|_| is_against))
                }
            };
            for (cube, takes) in [(takes, true), (keeps, false)] {
                let Some(cube) = cube else { continue };
                let cube = cube.intersect(limit);
                if !cube.is_empty() {
                    lines.push(Line { entry, cube, takes });
                }
            }
        }
        lines
    }
}

/// Adds the changes that one reading shows and those before do not.
fn compare<V: Rows>(
    (old, new): (Side<'_, V>, Side<'_, V>),
    reading: Reading,
    all: &mut Changes<V>,
) {
    let (old, new) = (old.lines(reading, &all.limit), new.lines(reading, &all.limit));
    let offset = old.len();
    let common = old.iter().zip(&new).take_while(|(one, other)| is_common(one, other)).count();
    let cubes = old.iter().chain(&new).map(|line| line.cube.clone()).collect();
    let list = Lines::new(cubes, Vec::new());
    let mut nodes = list.limits().nodes.saturating_mul(16);
    for (at, line) in old.iter().enumerate().filter(|(_, line)| line.takes) {
        // Rules with which both sides begin change nothing.
        if at < common {
            continue;
        }
        let mut done = BTreeSet::new();
        loop {
            let roles = |place: usize| match place.checked_sub(offset) {
                None if place < at => Role::Subtract,
                None => Role::Ignore,
                Some(other) => {
                    let takes = new.get(other).is_some_and(|line| line.takes);
                    if takes && !done.contains(&other) { Role::Stop } else { Role::Subtract }
                }
            };
            match list.find_within(&mut nodes, Piece::Line(at), roles, End::Pass) {
                Found::Packet { point, stop: Some(stop) } if all.changes.len() < MOST_PAIRS => {
                    let Some(other) = stop.checked_sub(offset) else { break };
                    done.insert(other);
                    let Some(deciding) = new.get(other) else { break };
                    let earlier = old.iter().take(at).chain(new.iter().take(other));
                    let whole = line.cube.intersect(&deciding.cube);
                    let (flows, more) = boxes(whole, earlier.map(|line| &line.cube));
                    let change = Change {
                        before: line.entry,
                        after: deciding.entry,
                        flows,
                        more,
                        witness: point,
                        certain: reading == Reading::Certain,
                    };
                    add(change, all);
                }
                Found::Packet { .. } | Found::Undecided => {
                    all.undecided = true;
                    return;
                }
                Found::Nothing => break,
            }
        }
    }
}

/// Whether a line does the same on both sides: what takes on one side keeps on the other.
fn is_common<V: Rows>(old: &Line<V>, new: &Line<V>) -> bool {
    old.takes != new.takes && old.cube == new.cube
}

/// Adds what is new in a change: flows that an earlier reading has are not told again.
fn add<V: Rows>(mut change: Change<V>, all: &mut Changes<V>) {
    let known: Vec<&Cube<V>> = all.changes.iter().flat_map(|known| &known.flows).collect();
    if !known.iter().any(|known| change.flows.iter().any(|flow| flow.intersects(known))) {
        all.changes.push(change);
        return;
    }
    let mut flows = Vec::new();
    for flow in std::mem::take(&mut change.flows) {
        let (rest, more) = boxes(flow, known.iter().copied());
        flows.extend(rest);
        change.more |= more;
    }
    if let Some(witness) = flows.first().and_then(Cube::witness) {
        all.changes.push(Change { witness, flows, ..change });
    }
}

/// The flows of the machines behind a group that it filters: none to the platform's own addresses
/// (NSG-060).
fn filtered<V: Rows>(
    before: &NsgPolicy<'_>,
    after: &NsgPolicy<'_>,
    direction: Direction,
) -> Cube<V> {
    let Fixed { any, symbols, .. } = V::fixed();
    let (old, new) = (before.machines::<V>().0, after.machines::<V>().0);
    let machines = if old == new { old } else { Arc::new(old.union(&new)) };
    let platform: Ranges<V> = [HOST, METADATA]
        .into_iter()
        .filter_map(|address| V::integer(address.into()))
        .map(|address| (address, address))
        .collect();
    let others = any.minus(symbols);
    let (source, destination) = match direction {
        Direction::Inbound => (Arc::new(others), machines),
        Direction::Outbound => (machines, Arc::new(others.minus(&platform))),
    };
    Cube::full().with(Axis::Source, source).with(Axis::Destination, destination)
}

/// What is left of `whole` without the `others`, as few boxes as merging makes of it; whether there
/// is more, which was left out.
fn boxes<'c, V: Rows>(
    whole: Cube<V>,
    others: impl Iterator<Item = &'c Cube<V>>,
) -> (Vec<Cube<V>>, bool) {
    let mut pieces = vec![whole];
    let mut more = false;
    for other in others {
        if !pieces.iter().any(|piece| piece.intersects(other)) {
            continue;
        }
        pieces = pieces.iter().flat_map(|piece| piece.minus(other)).collect();
        if pieces.len() > MOST_BOXES {
            pieces = merged(pieces);
        }
        if pieces.len() > 4 * MOST_BOXES {
            // What is taken out of pieces that are kept is still right; others are not kept.
            pieces.truncate(MOST_BOXES);
            more = true;
        }
    }
    let mut pieces = merged(pieces);
    more |= pieces.len() > MOST_BOXES;
    pieces.truncate(MOST_BOXES);
    (pieces, more)
}

/// The same flows in fewer boxes, as long as two make one.
fn merged<V: Rows>(mut pieces: Vec<Cube<V>>) -> Vec<Cube<V>> {
    loop {
        let before = pieces.len();
        let mut kept: Vec<Cube<V>> = Vec::with_capacity(before);
        for piece in pieces {
            let whole = kept.iter().enumerate().find_map(|(at, it)| Some((at, it.merged(&piece)?)));
            match whole.and_then(|(at, whole)| Some((kept.get_mut(at)?, whole))) {
                Some((place, whole)) => *place = whole,
                None => kept.push(piece),
            }
        }
        if kept.len() == before {
            return kept;
        }
        pieces = kept;
    }
}
