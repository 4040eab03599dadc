//! [`Lines`] against enumeration of every packet, on thousands of small random lists.

use std::sync::Arc;

use super::super::adversarial::Random;
use super::super::{
    Coverage, Cube, End, Found, Limits, Lines, Piece, Point, Ranges, Reached, Removal, Role, Value,
};

/// Values of each field; the last stands for everything from there to the end of the type.
const SIZES: [usize; 5] = [5, 3, 7, 5, 3];

const BOTH: [usize; 2] = [0, usize::MAX];

/// A cube as one word of truth values for each field.
type Mask = [u32; 5];

fn full() -> Mask {
    SIZES.map(|size| (1 << size) - 1)
}

fn build<V: Value>(mask: &Mask) -> Cube<V> {
    Cube::new(std::array::from_fn(|axis| {
        let value = |place: usize| V::from(u32::try_from(place).unwrap());
        let held = (0..SIZES[axis]).filter(|place| mask[axis] >> place & 1 == 1);
        let pair = |p| (value(p), if p + 1 == SIZES[axis] { V::HIGHEST } else { value(p) });
        Arc::new(held.map(pair).collect::<Ranges<V>>())
    }))
}

fn random_mask(random: &mut Random, percent: u32, allow_empty: bool) -> Mask {
    std::array::from_fn(|axis| {
        if random.chance(35) {
            return full()[axis];
        }
        let held = (0..SIZES[axis]).filter(|_| random.chance(percent));
        let mask = held.fold(0, |mask, place| mask | 1 << place);
        if mask == 0 && !(allow_empty && random.chance(10)) {
            1 << random.index(SIZES[axis])
        } else {
            mask
        }
    })
}

/// Every packet of the small universe, as places of values.
fn packets() -> Vec<[usize; 5]> {
    let mut packets = vec![[0; 5]];
    for (axis, &size) in SIZES.iter().enumerate() {
        packets = packets
            .into_iter()
            .flat_map(|packet| {
                (0..size).map(move |place| {
                    let mut packet = packet;
                    packet[axis] = place;
                    packet
                })
            })
            .collect();
    }
    packets
}

fn place<V: Value>(point: &Point<V>) -> [usize; 5] {
    std::array::from_fn(|axis| {
        let value: u128 = point.0[axis].into();
        usize::try_from(value).unwrap_or(usize::MAX).min(SIZES[axis] - 1)
    })
}

fn holds(mask: &Mask, packet: &[usize; 5]) -> bool {
    (0..5).all(|axis| mask[axis] >> packet[axis] & 1 == 1)
}

/// A small random list, its packets, and what is known about it by enumeration.
struct Policy {
    lines: Vec<Mask>,
    probes: Vec<Mask>,
    packets: Vec<[usize; 5]>,
}

impl Policy {
    fn random(random: &mut Random) -> Self {
        let percent = [30, 50, 70, 85][random.index(4)];
        let lines = (0..random.below(15)).map(|_| random_mask(random, percent, true)).collect();
        let probes = (0..2).map(|_| random_mask(random, 50, true)).collect();
        Self { lines, probes, packets: packets() }
    }

    fn lines<V: Value>(&self, limits: Limits) -> Lines<V> {
        let cubes = |masks: &[Mask]| masks.iter().map(build).collect();
        Lines::with_limits(cubes(&self.lines), cubes(&self.probes), limits)
    }

    fn first_match(&self, packet: &[usize; 5], takes: impl Fn(usize) -> bool) -> Option<usize> {
        (0..self.lines.len()).find(|&line| takes(line) && holds(&self.lines[line], packet))
    }

    fn pieces(&self) -> Vec<(Piece, Mask)> {
        let lines = self.lines.iter().enumerate().map(|(i, mask)| (Piece::Line(i), *mask));
        let probes = self.probes.iter().enumerate().map(|(i, mask)| (Piece::Probe(i), *mask));
        lines.chain(probes).collect()
    }

    /// The packets of a piece.
    fn packets_of(&self, mask: Mask) -> impl Iterator<Item = &[usize; 5]> {
        self.packets.iter().filter(move |packet| holds(&mask, packet))
    }
}

fn limits(ranges_up_to: usize) -> Limits {
    Limits { ranges_up_to, ..Limits::default() }
}

/// Runs a check on many random lists, in both families and both engines.
fn on_random_policies(count: u64, check: impl Fn(&Policy, &Lines<u32>, &mut Random)) {
    for seed in 0..count {
        let policy = Policy::random(&mut Random::new(seed));
        for ranges_up_to in BOTH {
            let lines = policy.lines(limits(ranges_up_to));
            check(&policy, &lines, &mut Random::new(seed));
        }
    }
}

/// Whether a packet reaches a stop line, with the line, or a stop end.
fn reaches(
    policy: &Policy,
    packet: &[usize; 5],
    roles: &[Role],
    end: End,
) -> Option<Option<usize>> {
    match policy.first_match(packet, |line| roles[line] != Role::Ignore) {
        Some(line) => (roles[line] == Role::Stop).then_some(Some(line)),
        None => (end == End::Stop).then_some(None),
    }
}

fn check_find<V: Value>(policy: &Policy, lines: &Lines<V>, random: &mut Random) -> usize {
    let mut undecided = 0;
    for (piece, mask) in policy.pieces() {
        let roles: Vec<Role> = (0..policy.lines.len())
            .map(|_| [Role::Ignore, Role::Subtract, Role::Subtract, Role::Stop][random.index(4)])
            .collect();
        for end in [End::Stop, End::Pass] {
            match lines.find(piece, |line| roles[line], end) {
                Found::Nothing => {
                    for packet in policy.packets_of(mask) {
                        assert_eq!(reaches(policy, packet, &roles, end), None);
                    }
                }
                Found::Packet { point, stop } => {
                    let packet = place(&point);
                    assert!(holds(&mask, &packet));
                    assert_eq!(reaches(policy, &packet, &roles, end), Some(stop));
                }
                Found::Undecided => undecided += 1,
            }
        }
    }
    undecided
}

#[test]
fn a_packet_is_found_exactly_if_there_is_one() {
    on_random_policies(3_000, |policy, lines, random| {
        assert_eq!(check_find(policy, lines, random), 0);
    });
}

#[test]
fn the_ipv6_family_gives_the_same_answers() {
    for seed in 0..500 {
        let policy = Policy::random(&mut Random::new(seed));
        for ranges_up_to in BOTH {
            let (four, six) = (
                policy.lines::<u32>(limits(ranges_up_to)),
                policy.lines::<u128>(limits(ranges_up_to)),
            );
            assert_eq!(check_find(&policy, &six, &mut Random::new(seed)), 0);
            let pairs = four.coverage(|_| true, |_, _| false).into_iter();
            for pair in pairs.zip(six.coverage(|_| true, |_, _| false)) {
                match pair {
                    (Coverage::Alive { point: a }, Coverage::Alive { point: b }) => {
                        assert_eq!(place(&a), place(&b));
                    }
                    (Coverage::Empty, Coverage::Empty)
                    | (Coverage::Covered { .. }, Coverage::Covered { .. }) => {}
                    pair => panic!("{pair:?}"),
                }
            }
        }
    }
}

#[test]
fn a_search_without_enough_nodes_is_undecided_and_never_wrong() {
    for (nodes, some_decided) in [(0, false), (1, true), (2, true), (5, true)] {
        let mut undecided = 0;
        let mut asked = 0;
        for seed in 0..300 {
            let policy = Policy::random(&mut Random::new(seed));
            for ranges_up_to in BOTH {
                let lines = policy.lines::<u32>(Limits { nodes, ranges_up_to });
                undecided += check_find(&policy, &lines, &mut Random::new(seed));
                asked += policy.pieces().len() * 2;
                check_coverage(&policy, &lines, |_| true);
            }
        }
        assert_eq!(undecided < asked * 9 / 10, some_decided, "{undecided} of {asked}");
        assert!(undecided > 0, "{nodes} nodes never run out");
    }
}

/// Checks every verdict that isn't "undecided"; gives the number of those that are.
fn check_coverage(policy: &Policy, lines: &Lines<u32>, blocks: impl Fn(usize) -> bool) -> usize {
    let coverage = lines.coverage(&blocks, |_, _| false);
    assert_eq!(coverage.len(), policy.lines.len());
    let mut undecided = 0;
    for (line, verdict) in coverage.iter().enumerate() {
        let mask = policy.lines[line];
        let first = |packet: &[usize; 5]| policy.first_match(packet, |j| j < line && blocks(j));
        let is_empty = policy.packets_of(mask).next().is_none();
        match verdict {
            Coverage::Empty => assert!(is_empty),
            Coverage::Undecided => undecided += 1,
            Coverage::Alive { point } => {
                let packet = place(point);
                assert!(holds(&mask, &packet));
                assert_eq!(first(&packet), None);
            }
            Coverage::Covered { by } => {
                assert!(!is_empty);
                assert!(by.iter().all(|&j| j < line && blocks(j)));
                assert!(by.is_sorted_by(|a, b| a < b));
                let covered = |by: &[usize]| {
                    policy.packets_of(mask).all(|p| by.iter().any(|&j| holds(&policy.lines[j], p)))
                };
                assert!(covered(by));
                if undecided == 0 && lines.limits().nodes > 1000 {
                    // Minimal, and a single line wherever one suffices.
                    for left_out in 0..by.len() {
                        let mut fewer = by.clone();
                        fewer.remove(left_out);
                        assert!(!covered(&fewer), "{by:?}");
                    }
                    let is_live = |j: usize| !matches!(coverage[j], Coverage::Covered { .. });
                    let single = (0..line).any(|j| blocks(j) && is_live(j) && covered(&[j]));
                    assert_eq!(by.len() == 1, single);
                }
            }
        }
    }
    undecided
}

#[test]
fn every_line_is_told_alive_or_covered_with_proof() {
    on_random_policies(3_000, |policy, lines, _| {
        assert_eq!(check_coverage(policy, lines, |_| true), 0);
        assert_eq!(check_coverage(policy, lines, |line| line % 3 != 0), 0);
    });
}

#[test]
fn a_preferred_blocker_is_named_exactly_if_it_decides_packets_of_the_line() {
    on_random_policies(1_000, |policy, lines, random| {
        let action: Vec<bool> = policy.lines.iter().map(|_| random.chance(60)).collect();
        let other = |line: usize, earlier: usize| action[line] != action[earlier];
        let plain = lines.coverage(|_| true, |_, _| false);
        for (line, pair) in lines.coverage(|_| true, other).iter().zip(&plain).enumerate() {
            let (Coverage::Covered { by }, Coverage::Covered { by: needed }) = pair else {
                continue;
            };
            let packets = || policy.packets_of(policy.lines[line]);
            let decides =
                |earlier| packets().any(|p| policy.first_match(p, |_| true) == Some(earlier));
            let preferred: Vec<usize> =
                (0..line).filter(|&earlier| other(line, earlier) && decides(earlier)).collect();
            let mut more = by.iter().filter(|earlier| !needed.contains(earlier));
            if needed.iter().any(|&earlier| other(line, earlier)) || preferred.is_empty() {
                assert_eq!(by, needed);
            } else {
                assert!(more.all(|earlier| preferred.contains(earlier)), "line {line} by {by:?}");
                assert_eq!(by.len(), needed.len() + 1);
            }
        }
    });
}

#[test]
fn a_line_is_redundant_exactly_if_its_removal_changes_no_packet() {
    on_random_policies(2_000, |policy, lines, random| {
        let action: Vec<bool> = policy.lines.iter().map(|_| random.chance(70)).collect();
        let default = random.chance(50);
        let coverage = lines.coverage(|_| true, |_, _| false);
        let removals = lines.redundant(&coverage, |line| action[line], default);
        let verdict = |decider: Option<usize>| decider.map_or(default, |line| action[line]);
        for (line, removal) in removals.iter().enumerate() {
            let decides = |packet: &[usize; 5]| policy.first_match(packet, |_| true) == Some(line);
            let changes = |packet: &[usize; 5]| {
                decides(packet)
                    && verdict(policy.first_match(packet, |j| j != line)) != action[line]
            };
            let alive = policy.packets.iter().any(decides);
            match removal {
                Removal::Changes { point } => assert!(changes(&place(point))),
                Removal::Nothing => assert!(alive && !policy.packets.iter().any(changes)),
                Removal::Dead => assert!(!alive),
                Removal::Undecided => panic!("line {line} is undecided"),
            }
        }
    });
}

#[test]
fn the_lines_a_piece_reaches_are_those_that_decide_a_packet_of_it() {
    on_random_policies(1_000, |policy, lines, _| {
        for (piece, mask) in policy.pieces() {
            let mut expected: Vec<Option<usize>> = policy
                .packets_of(mask)
                .map(|packet| policy.first_match(packet, |_| true))
                .collect();
            // The end of the list comes last.
            expected.sort_unstable_by_key(|line| line.unwrap_or(usize::MAX));
            expected.dedup();
            let parts = lines.reached(piece).into_iter().map(|part| {
                let (line, point) = match part {
                    Reached::Line { line, point } => (Some(line), point),
                    Reached::End { point } => (None, point),
                    Reached::Undecided { line } => panic!("{line:?} is undecided"),
                };
                assert!(holds(&mask, &place(&point)));
                assert_eq!(policy.first_match(&place(&point), |_| true), line);
                line
            });
            assert_eq!(parts.collect::<Vec<_>>(), expected);
        }
    });
}

#[test]
fn the_first_match_of_any_packet_is_found() {
    on_random_policies(500, |policy, lines, random| {
        for packet in &policy.packets {
            let point = Point(std::array::from_fn(|axis| {
                let value = u32::try_from(packet[axis]).unwrap();
                if packet[axis] + 1 == SIZES[axis] && random.chance(50) {
                    u32::MAX - value
                } else {
                    value
                }
            }));
            assert_eq!(lines.first_match(&point), policy.first_match(packet, |_| true));
        }
    });
}

#[test]
fn a_piece_that_the_list_does_not_have_is_undecided() {
    for ranges_up_to in BOTH {
        let lines = Lines::<u32>::with_limits(vec![Cube::full()], Vec::new(), limits(ranges_up_to));
        for piece in [Piece::Line(1), Piece::Probe(0)] {
            assert_eq!(lines.find(piece, |_| Role::Subtract, End::Pass), Found::Undecided);
            assert_eq!(lines.reached(piece), [Reached::Undecided { line: None }]);
        }
    }
}

#[test]
fn lists_can_be_asked_by_several_threads() {
    let policy = Policy::random(&mut Random::new(3));
    for ranges_up_to in BOTH {
        let lines = policy.lines::<u32>(limits(ranges_up_to));
        let alone = lines.coverage(|_| true, |_, _| false);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert_eq!(lines.coverage(|_| true, |_, _| false), alone));
            }
        });
    }
}
