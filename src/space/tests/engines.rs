//! Both engines on lists too long for enumeration, real and hard ones.

use super::super::adversarial::{Maker, Random, Shape};
use super::super::intervals::Intervals;
use super::super::questions::Plan;
use super::super::search::{Outcome, search_once};
use super::super::{
    Axis, Coverage, Cube, End, Found, Limits, Lines, Piece, Point, Reached, Removal, Role, Value,
};

struct Policy<V> {
    cubes: Vec<Cube<V>>,
    allows: Vec<bool>,
    probes: Vec<Cube<V>>,
}

impl<V: Value> Policy<V> {
    fn new(shape: Shape, n: u32, seed: u64) -> Self {
        let maker = Maker::default();
        let (cubes, allows) = maker.list(shape, n, seed).into_iter().unzip();
        Self { cubes, allows, probes: maker.probes(seed) }
    }

    fn lines(&self, limits: Limits) -> Lines<V> {
        Lines::with_limits(self.cubes.clone(), self.probes.clone(), limits)
    }

    fn ranges_and_classes(&self) -> [Lines<V>; 2] {
        [usize::MAX, 0].map(|ranges_up_to| self.lines(Limits { ranges_up_to, ..Limits::default() }))
    }

    fn first_match(&self, point: &Point<V>) -> Option<usize> {
        self.cubes.iter().position(|cube| cube.contains(point))
    }

    fn roles(&self) -> impl Fn(usize) -> Role + '_ {
        |line| if self.allows[line] { Role::Subtract } else { Role::Stop }
    }
}

/// Each verdict as a word; what it claims of packets is checked on the way.
fn coverage<V: Value>(policy: &Policy<V>, coverage: &[Coverage<V>]) -> Vec<&'static str> {
    let verdicts = coverage.iter().enumerate().map(|(line, verdict)| match verdict {
        Coverage::Alive { point } => {
            assert_eq!(policy.first_match(point), Some(line));
            "alive"
        }
        Coverage::Covered { by } => {
            assert!(by.iter().all(|&earlier| earlier < line));
            assert!(
                by.iter().all(|&earlier| policy.cubes[earlier].intersects(&policy.cubes[line]))
            );
            if by.len() == 1 {
                assert!(policy.cubes[line].is_subset(&policy.cubes[by[0]]));
            }
            "covered"
        }
        Coverage::Empty => "empty",
        Coverage::Undecided => "undecided",
    });
    verdicts.collect()
}

fn removals<V: Value>(policy: &Policy<V>, removals: &[Removal<V>]) -> Vec<&'static str> {
    let verdicts = removals.iter().enumerate().map(|(line, removal)| match removal {
        Removal::Changes { point } => {
            assert_eq!(policy.first_match(point), Some(line));
            let others = policy.cubes.iter().enumerate().filter(|&(other, _)| other != line);
            let next = others.into_iter().find(|(_, cube)| cube.contains(point));
            assert_ne!(next.is_some_and(|(next, _)| policy.allows[next]), policy.allows[line]);
            "changes"
        }
        Removal::Nothing => "nothing",
        Removal::Dead => "dead",
        Removal::Undecided => "undecided",
    });
    verdicts.collect()
}

fn reached<V: Value>(policy: &Policy<V>, probe: usize, parts: &[Reached<V>]) -> Vec<Option<usize>> {
    let lines = parts.iter().map(|part| {
        let (line, point) = match part {
            Reached::Line { line, point } => (Some(*line), point),
            Reached::End { point } => (None, point),
            Reached::Undecided { line } => panic!("{line:?} is undecided"),
        };
        assert!(policy.probes[probe].contains(point));
        assert_eq!(policy.first_match(point), line);
        line
    });
    lines.collect()
}

/// Asks everything of both engines, checks every packet they name, and compares the verdicts.
fn assert_agreement<V: Value>(shape: Shape, n: u32, seed: u64) {
    let policy = Policy::<V>::new(shape, n, seed);
    let [ranges, classes] = policy.ranges_and_classes();
    let (a, b) =
        (ranges.coverage(|_| true, |_, _| false), classes.coverage(|_| true, |_, _| false));
    let verdicts = coverage(&policy, &a);
    assert_eq!(verdicts, coverage(&policy, &b));
    assert!(!verdicts.contains(&"undecided"), "{shape:?}");
    let allows = |line: usize| policy.allows[line];
    let verdicts = removals(&policy, &ranges.redundant(&a, allows, false));
    assert_eq!(verdicts, removals(&policy, &classes.redundant(&b, allows, false)));
    assert!(!verdicts.contains(&"undecided"), "{shape:?}");
    for probe in 0..policy.probes.len() {
        let piece = Piece::Probe(probe);
        assert_eq!(
            reached(&policy, probe, &ranges.reached(piece)),
            reached(&policy, probe, &classes.reached(piece))
        );
        let found =
            [&ranges, &classes].map(|lines| match lines.find(piece, policy.roles(), End::Stop) {
                Found::Nothing => false,
                Found::Packet { point, stop } => {
                    assert_eq!(policy.first_match(&point), stop);
                    assert!(stop.is_none_or(|line| !policy.allows[line]));
                    true
                }
                Found::Undecided => panic!("{shape:?} is undecided"),
            });
        assert_eq!(found[0], found[1]);
    }
}

#[test]
fn both_engines_agree_on_lists_like_real_ones() {
    for seed in 0..6 {
        assert_agreement::<u32>(Shape::Realistic, 250, seed);
    }
    assert_agreement::<u128>(Shape::Realistic, 250, 6);
}

#[test]
fn hard_lists_end_within_the_budget_with_an_honest_verdict() {
    for shape in Shape::ALL {
        assert_agreement::<u32>(shape, 90, 1);
    }
    assert_agreement::<u128>(Shape::Dense, 60, 2);
}

#[test]
fn a_list_that_needs_more_than_the_budget_is_undecided_soon() {
    for shape in [Shape::Diagonals, Shape::Subsets] {
        let policy = Policy::<u32>::new(shape, 3000, 3);
        let lines = policy.lines(Limits { nodes: 50, ..Limits::default() });
        let verdicts = coverage(&policy, &lines.coverage(|_| true, |_, _| false));
        assert!(verdicts.contains(&"undecided"), "{shape:?}");
        let everything = Piece::Probe(1);
        match lines.find(everything, policy.roles(), End::Stop) {
            Found::Packet { point, stop } => assert_eq!(policy.first_match(&point), stop),
            Found::Nothing => panic!("{shape:?} leaves packets"),
            Found::Undecided => {}
        }
    }
}

#[test]
fn what_half_of_the_nodes_leave_undecided_is_cut_in_two_and_may_be_answered() {
    let mut answered_in_parts = 0;
    for seed in 0..20 {
        let policy = Policy::<u32>::new(Shape::Subsets, 40, seed);
        let engine = Intervals::new(policy.cubes.clone(), policy.probes.clone());
        let everything = Plan {
            piece: Piece::Probe(1),
            lines: policy.cubes.len(),
            roles: |_: usize| Role::Subtract,
            end: End::Stop,
        };
        let mut nodes: u64 = 16;
        while nodes < 20_000 {
            let lines = policy.lines(Limits { nodes, ranges_up_to: usize::MAX });
            let found = lines.find(everything.piece, everything.roles, everything.end);
            let whole = search_once(everything.job(&engine).unwrap(), &mut nodes.div_ceil(2));
            if let Found::Packet { point, .. } = &found {
                assert_eq!(policy.first_match(point), None);
            }
            match whole {
                Outcome::Over => answered_in_parts += u32::from(found != Found::Undecided),
                Outcome::Nothing => assert_eq!(found, Found::Nothing),
                Outcome::Found(..) => assert!(matches!(found, Found::Packet { .. })),
            }
            nodes += nodes / 8;
        }
    }
    assert!(answered_in_parts > 0);
}

#[test]
fn the_first_match_of_packets_that_no_line_mentions_is_found() {
    let mut random = Random::new(9);
    for shape in Shape::ALL {
        let policy = Policy::<u32>::new(shape, 300, 4);
        let [ranges, classes] = policy.ranges_and_classes();
        let witnesses = policy.cubes.iter().filter_map(Cube::witness);
        let mut points: Vec<Point<u32>> = witnesses.collect();
        for _ in 0..2000 {
            let mut point = random.pick(&points, Point([0; 5]));
            let changed = random.index(5);
            let last = policy.cubes[random.index(300)].axis(Axis::ALL[changed]).last();
            point.0[changed] = match random.below(3) {
                0 => random.below(u32::MAX),
                1 => last.unwrap(),
                _ => last.unwrap().saturating_add(1),
            };
            points.push(point);
        }
        for point in &points {
            let expected = policy.first_match(point);
            assert_eq!(ranges.first_match(point), expected);
            assert_eq!(classes.first_match(point), expected);
        }
    }
}
