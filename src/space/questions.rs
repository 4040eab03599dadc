//! The questions to a list, for either engine.

use super::cube::{PerAxis, Point};
use super::lines::{Coverage, End, Found, Piece, Reached, Removal, Role};
use super::search::{AxisSet, Candidate, Engine, Job, Outcome, Region, search};
use super::value::Value;

/// A question about a whole list may use the nodes of this many searches. Honest lists come
/// nowhere near; it bounds the time that a hostile list of many lines can take.
const SEARCHES_OF_A_LIST: u64 = 16;

/// The nodes that are left for a question.
pub(super) struct Purse {
    each: u64,
    left: u64,
}

impl Purse {
    /// For one search of `each` nodes.
    pub(super) const fn for_one(each: u64) -> Self {
        Self { each, left: each }
    }

    /// For the searches that a question about a whole list consists of.
    pub(super) const fn for_list(each: u64) -> Self {
        Self { each, left: each.saturating_mul(SEARCHES_OF_A_LIST) }
    }

    pub(super) fn search<'a, S: AxisSet>(
        &mut self,
        make: impl Fn() -> Option<Job<'a, S>>,
    ) -> Option<Outcome<'a, S>> {
        let mut nodes = self.each.min(self.left);
        self.left -= nodes;
        let outcome = search(make, &mut nodes);
        self.left += nodes;
        outcome
    }
}

/// What a search is to look for: among the packets of `piece` and the first `lines` lines.
pub(super) struct Plan<R> {
    pub(super) piece: Piece,
    pub(super) lines: usize,
    pub(super) roles: R,
    pub(super) end: End,
}

impl<R: Fn(usize) -> Role> Plan<R> {
    /// The piece and the lines that hold packets of it, up to the first that holds them all.
    /// `None` if the list has no such piece.
    pub(super) fn job<'a, V: Value, E: Engine<V>>(&self, engine: &'a E) -> Option<Job<'a, E::Set>> {
        let cube = engine.cube(self.piece)?;
        let mut list = Vec::new();
        engine.each_near(self.piece, self.lines, |line| {
            let role = (self.roles)(line);
            if role == Role::Ignore {
                return true;
            }
            let candidate = engine.candidate(self.piece, line, role == Role::Stop);
            list.extend(candidate);
            candidate.is_none_or(|candidate| !candidate.uncovered.is_empty())
        });
        Some(Job::new(cube, list, self.end))
    }

    fn find<V: Value, E: Engine<V>>(&self, engine: &E, purse: &mut Purse) -> Found<V> {
        match is_empty(engine, self.piece) {
            None => Found::Undecided,
            Some(true) => Found::Nothing,
            Some(false) => found(engine, purse.search(|| self.job(engine))),
        }
    }
}

/// The answer in packets.
pub(super) fn found<V: Value, E: Engine<V>>(
    engine: &E,
    outcome: Option<Outcome<'_, E::Set>>,
) -> Found<V> {
    match outcome {
        Some(Outcome::Nothing) => Found::Nothing,
        Some(Outcome::Over) | None => Found::Undecided,
        Some(Outcome::Found(region, stop)) => match point(engine, &region) {
            Some(point) => Found::Packet { point, stop },
            None => Found::Undecided,
        },
    }
}

/// A packet of a region that is not empty.
fn point<V: Value, E: Engine<V>>(engine: &E, region: &Region<'_, E::Set>) -> Option<Point<V>> {
    region.try_map(|axis, set| engine.value(axis, set)).map(|PerAxis(values)| Point(values))
}

/// `None` if the list has no such piece.
pub(super) fn is_empty<V: Value, E: Engine<V>>(engine: &E, piece: Piece) -> Option<bool> {
    let cube = engine.cube(piece)?;
    Some(cube.try_map(|axis, set| engine.value(axis, set)).is_none())
}

pub(super) fn find<V: Value, E: Engine<V>>(
    engine: &E,
    nodes: &mut u64,
    piece: Piece,
    roles: impl Fn(usize) -> Role,
    end: End,
) -> Found<V> {
    let mut purse = Purse::for_one(*nodes);
    let found = Plan { piece, lines: engine.len(), roles, end }.find(engine, &mut purse);
    *nodes = purse.left;
    found
}

pub(super) fn redundant<V: Value, E: Engine<V>>(
    engine: &E,
    nodes: u64,
    coverage: &[Coverage<V>],
    action: &impl Fn(usize) -> bool,
    default: bool,
) -> Vec<Removal<V>> {
    let mut purse = Purse::for_list(nodes);
    let is_covered = |line| matches!(coverage.get(line), Some(Coverage::Covered { .. }));
    let mut judge = |line: usize| {
        let alive = match coverage.get(line) {
            Some(Coverage::Covered { .. } | Coverage::Empty) => return Removal::Dead,
            Some(Coverage::Alive { .. }) => true,
            Some(Coverage::Undecided) | None => false,
        };
        let mine = action(line);
        let roles = |other: usize| {
            if other == line || (other < line && is_covered(other)) {
                // A later line that is covered may come alive without this one: it stays.
                Role::Ignore
            } else if other < line || action(other) == mine {
                Role::Subtract
            } else {
                Role::Stop
            }
        };
        let end = if default == mine { End::Pass } else { End::Stop };
        let plan = Plan { piece: Piece::Line(line), lines: engine.len(), roles, end };
        match plan.find(engine, &mut purse) {
            Found::Packet { point, .. } => Removal::Changes { point },
            Found::Nothing if alive => Removal::Nothing,
            // It may be dead.
            Found::Nothing | Found::Undecided => Removal::Undecided,
        }
    };
    (0..engine.len()).map(&mut judge).collect()
}

pub(super) fn reached<V: Value, E: Engine<V>>(
    engine: &E,
    nodes: u64,
    piece: Piece,
) -> Vec<Reached<V>> {
    let plan =
        Plan { piece, lines: engine.len(), roles: |_: usize| Role::Subtract, end: End::Pass };
    let (Some(cube), Some(empty), Some(Job { list: near, .. })) =
        (engine.cube(piece), is_empty(engine, piece), plan.job(engine))
    else {
        return vec![Reached::Undecided { line: None }];
    };
    if empty {
        return Vec::new();
    }
    let mut purse = Purse::for_list(nodes);
    let mut parts = Vec::new();
    // The lines so far that may take a packet: one that takes none is left out from then on.
    let mut list: Vec<Candidate<'_, E::Set>> = Vec::with_capacity(near.len());
    for candidate in near {
        list.push(Candidate { stop: true, ..candidate });
        let outcome = purse.search(|| Some(Job::new(cube, list.clone(), End::Pass)));
        list.pop();
        let line = candidate.line;
        match found(engine, outcome) {
            Found::Nothing => continue,
            Found::Undecided => parts.push(Reached::Undecided { line: Some(line) }),
            Found::Packet { point, .. } => parts.push(Reached::Line { line, point }),
        }
        list.push(candidate);
    }
    match found(engine, purse.search(|| Some(Job::new(cube, list.clone(), End::Stop)))) {
        Found::Nothing => {}
        Found::Undecided => parts.push(Reached::Undecided { line: None }),
        Found::Packet { point, .. } => parts.push(Reached::End { point }),
    }
    parts
}
