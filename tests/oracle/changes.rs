//! What a change of a group does to packets, against two fates of each packet.

use crate::{
    on_random_groups, slow,
    slow::{Meaning, Packet},
    world::{Dice, Rule, World},
};
use egresslint::{
    decide::{Change, Changes, NsgPolicy, Rows, changes},
    model::{Access, Direction},
    space::Point,
};

/// The group after somebody worked on it: rules gone, moved, turned around, new ones.
fn changed(dice: &mut Dice, rules: &[Rule]) -> Vec<Rule> {
    let mut rules = rules.to_vec();
    for _ in 0..=dice.below(3) {
        let fresh = World::rules(dice);
        let at = dice.below(rules.len().max(1));
        match (dice.below(4), rules.get_mut(at)) {
            (0, Some(_)) => drop(rules.remove(at)),
            (1, Some(rule)) => rule.access = rule.access.map(|access| !access),
            (2, Some(rule)) => {
                rule.priority = rule.priority.map(|_| 2000 + i64::try_from(at).unwrap());
            }
            _ => rules.extend(fresh.into_iter().take(1).map(|rule| Rule {
                name: format!("new{}", dice.below(1000)),
                priority: Some(505 + i64::try_from(dice.below(400)).unwrap()),
                ..rule
            })),
        }
    }
    rules
}

fn point<V: Rows>(packet: &Packet) -> Point<V> {
    Point([
        V::integer(packet.source).unwrap(),
        V::from(packet.source_port),
        V::integer(packet.destination).unwrap(),
        V::from(packet.port),
        V::from(slow::number(packet.protocol)),
    ])
}

fn holds<V: Rows>(change: &Change<V>, point: &Point<V>) -> bool {
    change.flows.iter().any(|flows| flows.contains(point))
}

/// The changes of one kind, and whether they can be held to be complete.
fn all<V: Rows>(
    sides: [&NsgPolicy<'_>; 2],
    direction: Direction,
    from: Access,
) -> Option<Changes<V>> {
    let found = changes::<V>(sides[0], sides[1], direction, from);
    (!found.undecided && !found.changes.iter().any(|change| change.more)).then_some(found)
}

#[derive(Default)]
struct Seen {
    certain: usize,
    perhaps: usize,
}

#[test]
fn a_change_holds_the_packets_whose_fate_changes() {
    let mut seen = Seen::default();
    on_random_groups(6, |dice, given| {
        let direction = given.direction;
        let old: Vec<Rule> = given.order.iter().filter(|rule| !rule.built_in()).cloned().collect();
        let new = changed(dice, &old);
        let groups = [World::nsg(&old), World::nsg(&new)];
        let lexicon = given.policy.lexicon();
        let [before, after] = [0, 1].map(|at| NsgPolicy::new(&groups[at], lexicon));
        let orders = [slow::ordered(&old, direction), slow::ordered(&new, direction)];
        for _ in 0..8 {
            let packet = World::packet(dice, direction);
            if packet.source.is_ipv6() {
                one::<u128>([&before, &after], &orders, &packet, &mut seen);
            } else {
                one::<u32>([&before, &after], &orders, &packet, &mut seen);
            }
        }
        60
    });
    assert!(seen.certain > 200 && seen.perhaps > 200, "{} {}", seen.certain, seen.perhaps);
}

fn one<V: Rows>(
    sides: [&NsgPolicy<'_>; 2],
    orders: &[Vec<Rule>; 2],
    packet: &Packet,
    seen: &mut Seen,
) {
    let direction = orders[0][0].direction;
    let fates = [0, 1].map(|at| slow::fate(&orders[at], packet, &Meaning::Judged));
    let point = point::<V>(packet);
    // Machines have private addresses.
    let own = match direction {
        Direction::Inbound => packet.destination,
        Direction::Outbound => packet.source,
    };
    let own = own.to_string();
    let is_machine =
        ["10.", "172.16.", "192.168.", "fc", "fd"].iter().any(|start| own.starts_with(start));
    let tame = orders.iter().flatten().all(Rule::is_certain)
        && fates.iter().all(|fate| fate.allow != fate.deny);
    for from in [Access::Allow, Access::Deny] {
        let Some(found) = all::<V>(sides, direction, from) else { continue };
        let context = || format!("{packet:?} {from:?}\n{orders:#?}\n{fates:?}\n{found:#?}");
        let [mine, theirs] = [0, 1].map(|at| match (from, at) {
            (Access::Allow, 0) | (Access::Deny, 1) => (fates[at].allow, fates[at].deny),
            _ => (fates[at].deny, fates[at].allow),
        });
        let surely = !mine.1 && !theirs.1;
        if !is_machine {
            assert!(!found.changes.iter().any(|it| holds(it, &point)), "{}", context());
            continue;
        }
        let holders: Vec<_> = found.changes.iter().filter(|it| holds(it, &point)).collect();
        assert!(holders.len() < 2, "told twice: {}", context());
        let certain = holders.iter().any(|change| change.certain);
        assert_eq!(certain, surely, "{}", context());
        if let [change] = holders.as_slice() {
            assert!(mine.0 && theirs.0, "{}", context());
            assert!(fates[0].perhaps.contains(&change.before), "{}", context());
            assert!(fates[1].perhaps.contains(&change.after), "{}", context());
            seen.certain += usize::from(certain);
            seen.perhaps += usize::from(!certain);
        }
        if tame {
            assert_eq!(!holders.is_empty(), surely, "{}", context());
        }
        for change in &found.changes {
            assert!(holds(change, &change.witness), "{}", context());
        }
        // What one way is blocked is opened on the way back.
        let back = match from {
            Access::Allow => Access::Deny,
            Access::Deny => Access::Allow,
        };
        let Some(back) = all::<V>([sides[1], sides[0]], direction, back) else { continue };
        let again: Vec<_> = back.changes.iter().filter(|it| holds(it, &point)).collect();
        assert_eq!(again.len(), holders.len(), "{}\n{back:#?}", context());
        for (one, other) in again.iter().zip(&holders) {
            assert_eq!(one.certain, other.certain, "{}", context());
            if one.certain {
                assert_eq!((one.before, one.after), (other.after, other.before));
            }
        }
    }
}

#[test]
fn a_group_does_not_differ_from_itself() {
    on_random_groups(7, |_, given| {
        let (policy, direction) = (given.policy, given.direction);
        for from in [Access::Allow, Access::Deny] {
            let four = changes::<u32>(policy, policy, direction, from);
            let six = changes::<u128>(policy, policy, direction, from);
            assert!(four.changes.is_empty() && !four.undecided, "{four:#?}\n{:#?}", given.order);
            assert!(six.changes.is_empty() && !six.undecided, "{six:#?}\n{:#?}", given.order);
        }
        400
    });
}
