//! The questions to a list, for either engine.

use super::cube::{Axis, PerAxis, Point};
use super::lines::{Coverage, End, Found, Piece, Reached, Removal, Role};
use super::search::{Engine, Outcome, Region, job, search};
use super::value::Value;

/// A packet of a region that is not empty.
fn point<V: Value, E: Engine<V>>(engine: &E, region: &Region<'_, E::Set>) -> Option<Point<V>> {
    region.try_map(|axis, set| engine.value(axis, set)).map(|PerAxis(values)| Point(values))
}

pub(super) fn find<V: Value, E: Engine<V>>(
    engine: &E,
    nodes: u64,
    piece: Piece,
    roles: &impl Fn(usize) -> Role,
    end: End,
) -> Found<V> {
    let mut nodes = nodes;
    let Some(cube) = engine.cube(piece) else { return Found::Undecided };
    if Axis::ALL.iter().any(|&axis| engine.value(axis, cube.get(axis)).is_none()) {
        return Found::Nothing;
    }
    match search(|| job(engine, piece, roles, end), &mut nodes) {
        Some(Outcome::Nothing) => Found::Nothing,
        Some(Outcome::Over) | None => Found::Undecided,
        Some(Outcome::Found(region, stop)) => match point(engine, &region) {
            Some(point) => Found::Packet { point, stop },
            None => Found::Undecided,
        },
    }
}

pub(super) fn coverage<V: Value, E: Engine<V>>(
    engine: &E,
    nodes: u64,
    blocks: &impl Fn(usize) -> bool,
    prefer: &impl Fn(usize, usize) -> bool,
) -> Vec<Coverage<V>> {
    let mut answers: Vec<Coverage<V>> = Vec::with_capacity(engine.len());
    for line in 0..engine.len() {
        let taken = |earlier: usize| {
            let live = !matches!(answers.get(earlier), None | Some(Coverage::Covered { .. }));
            if live && blocks(earlier) { Role::Subtract } else { Role::Ignore }
        };
        let cube = engine.cube(Piece::Line(line));
        let empty = cube.is_none_or(|cube| point_of(engine, cube).is_none());
        let answer = if empty {
            Coverage::Empty
        } else {
            match find(engine, nodes, Piece::Line(line), &taken, End::Stop) {
                Found::Packet { point, .. } => Coverage::Alive { point },
                Found::Undecided => Coverage::Undecided,
                Found::Nothing => {
                    let by = (0..line).filter(|&j| taken(j) == Role::Subtract).collect();
                    let _ = prefer;
                    Coverage::Covered { by }
                }
            }
        };
        answers.push(answer);
    }
    answers
}

fn point_of<V: Value, E: Engine<V>>(
    engine: &E,
    cube: &PerAxis<std::sync::Arc<E::Set>>,
) -> Option<Point<V>> {
    cube.try_map(|axis, set| engine.value(axis, set)).map(|PerAxis(values)| Point(values))
}

pub(super) fn redundant<V: Value, E: Engine<V>>(
    engine: &E,
    nodes: u64,
    coverage: &[Coverage<V>],
    (action, default): (&impl Fn(usize) -> bool, bool),
) -> Vec<Removal<V>> {
    let judge = |line: usize| {
        match coverage.get(line) {
            Some(Coverage::Covered { .. } | Coverage::Empty) => return Removal::Dead,
            Some(Coverage::Alive { .. } | Coverage::Undecided) | None => {}
        }
        let mine = action(line);
        let roles = |other: usize| {
            if other == line {
                Role::Ignore
            } else if other < line {
                // A dead line before this one is dead with or without this one.
                match coverage.get(other) {
                    Some(Coverage::Covered { .. }) => Role::Ignore,
                    _ => Role::Subtract,
                }
            } else if action(other) == mine {
                Role::Subtract
            } else {
                Role::Stop
            }
        };
        let end = if default == mine { End::Pass } else { End::Stop };
        match find(engine, nodes, Piece::Line(line), &roles, end) {
            Found::Nothing => match coverage.get(line) {
                Some(Coverage::Alive { .. }) => Removal::Nothing,
                // Whether the line decides anything is not known.
                _ => Removal::Undecided,
            },
            Found::Packet { point, .. } => Removal::Changes { point },
            Found::Undecided => Removal::Undecided,
        }
    };
    (0..engine.len()).map(judge).collect()
}

pub(super) fn reached<V: Value, E: Engine<V>>(
    engine: &E,
    nodes: u64,
    piece: Piece,
) -> Vec<Reached<V>> {
    let mut parts = Vec::new();
    if engine.cube(piece).is_none() {
        return vec![Reached::Undecided { line: None }];
    }
    let ends = (0..engine.len()).map(Some).chain([None]);
    for stop in ends {
        let roles = |line: usize| match stop {
            Some(stop) if line == stop => Role::Stop,
            Some(stop) if line > stop => Role::Ignore,
            _ => Role::Subtract,
        };
        let end = if stop.is_none() { End::Stop } else { End::Pass };
        match (find(engine, nodes, piece, &roles, end), stop) {
            (Found::Nothing, _) => {}
            (Found::Undecided, line) => parts.push(Reached::Undecided { line }),
            (Found::Packet { point, .. }, Some(line)) => parts.push(Reached::Line { line, point }),
            (Found::Packet { point, .. }, None) => parts.push(Reached::End { point }),
        }
    }
    parts
}
