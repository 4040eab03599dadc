//! Random lists: what the search says is what counting says.

use super::super::{
    Action, Asked, Coverage, Found, Hit, Host, HostLines, Part, Reached, Reading, Row, Weighed,
};
use super::slow::{Bits, Pool, Slow, SlowRow, and, any, minus, or};
use crate::{
    space::{End, Role, adversarial::Random},
    verdict::Verdict,
};

const LISTS: usize = 25_000;

struct List {
    rows: Vec<Slow>,
    lines: HostLines,
}

impl List {
    fn new(pool: &Pool, random: &mut Random) -> Self {
        let rows: Vec<Slow> = (0..random.below(7)).map(|_| pool.set(random, 3)).collect();
        let lines = HostLines::new(rows.iter().map(|row| Row::exact(row.set.clone())).collect());
        Self { rows, lines }
    }

    fn first(&self, host: &Host, roles: &[Role]) -> Option<usize> {
        (0..self.rows.len()).find(|&at| roles[at] != Role::Ignore && self.rows[at].holds(host))
    }
}

#[test]
fn a_search_finds_what_counting_finds() {
    let mut random = Random::new(1);
    let pool = Pool::new(&mut random, 500);
    let (mut found, mut nothing) = (0, 0);
    for _ in 0..LISTS {
        let list = List::new(&pool, &mut random);
        let asked = pool.set(&mut random, 2);
        let all = [Role::Subtract, Role::Subtract, Role::Stop, Role::Ignore];
        let roles: Vec<Role> = list.rows.iter().map(|_| random.pick(&all, Role::Stop)).collect();
        let end = random.pick(&[End::Stop, End::Pass], End::Pass);
        let mut left = asked.bits.clone();
        let mut is_there = false;
        for (row, &role) in list.rows.iter().zip(&roles) {
            is_there |= role == Role::Stop && any(&and(&left, &row.bits));
            if role != Role::Ignore {
                left = minus(&left, &row.bits);
            }
        }
        is_there |= end == End::Stop && any(&left);
        match list.lines.find(Asked::of(&asked.set), |line| roles[line.row], end) {
            Found::Undecided => panic!("{asked:?} {:?}", list.rows),
            Found::Nothing => {
                assert!(!is_there, "{:?} {:?} {roles:?} {end:?}", asked.written, list.rows);
                nothing += 1;
            }
            Found::Host { host, row } => {
                assert!(asked.holds(&host), "{host} {:?}", asked.written);
                assert_eq!(list.first(&host, &roles), row, "{host} {:?} {roles:?}", list.rows);
                assert!(row.map_or(end == End::Stop, |row| roles[row] == Role::Stop));
                found += 1;
            }
        }
        for host in ["a", "b.a", "c.b", "ab.b.a", "cc.ab"].map(|host| Host::parse(host).unwrap()) {
            let first = list.lines.first_match(&host).map(|line| line.row);
            assert_eq!(first, list.rows.iter().position(|row| row.holds(&host)), "{host}");
        }
    }
    assert!(found > LISTS / 4 && nothing > LISTS / 4, "{found} {nothing}");
}

#[test]
fn two_sets_share_what_counting_says() {
    let mut random = Random::new(2);
    let pool = Pool::new(&mut random, 500);
    for _ in 0..LISTS {
        let (a, b) = (pool.set(&mut random, 2), pool.set(&mut random, 2));
        match a.set.shared(&b.set) {
            Found::Host { host, .. } => assert!(a.holds(&host) && b.holds(&host), "{host}"),
            other => {
                assert_eq!(other, Found::Nothing);
                assert!(!any(&and(&a.bits, &b.bits)), "{:?} {:?}", a.written, b.written);
            }
        }
        match a.set.beyond(&b.set) {
            Found::Host { host, .. } => assert!(a.holds(&host) && !b.holds(&host), "{host}"),
            other => {
                assert_eq!(other, Found::Nothing);
                assert!(!any(&minus(&a.bits, &b.bits)), "{:?} {:?}", a.written, b.written);
            }
        }
    }
}

#[test]
fn rows_are_dead_where_counting_finds_no_host() {
    let mut random = Random::new(3);
    let pool = Pool::new(&mut random, 500);
    let (mut covered, mut by_many) = (0, 0);
    for _ in 0..LISTS {
        let list = List::new(&pool, &mut random);
        let blocks: Vec<bool> = list.rows.iter().map(|_| random.chance(90)).collect();
        let coverage = list.lines.coverage(|row| blocks[row]);
        assert_eq!(coverage.len(), list.rows.len());
        for (at, (row, coverage)) in list.rows.iter().zip(&coverage).enumerate() {
            let left = |by: &[usize]| {
                by.iter().fold(row.bits.clone(), |left, &one| minus(&left, &list.rows[one].bits))
            };
            let earlier: Vec<usize> = (0..at).filter(|&one| blocks[one]).collect();
            match coverage {
                Coverage::Undecided => panic!("{:?}", list.rows),
                Coverage::Empty => assert!(!any(&row.bits)),
                Coverage::Alive { host } => {
                    assert!(row.holds(host));
                    assert!(!earlier.iter().any(|&one| list.rows[one].holds(host)), "{host}");
                }
                Coverage::Covered { by } => {
                    assert!(by.is_sorted() && by.iter().all(|one| earlier.contains(one)));
                    assert!(!any(&left(&earlier)) && !any(&left(by)), "{:?}", list.rows);
                    covered += 1;
                    by_many += usize::from(by.len() > 1);
                    for one in by {
                        let rest: Vec<usize> = by.iter().copied().filter(|o| o != one).collect();
                        let rest = rest.iter().map(|&one| list.rows[one].set.clone()).collect();
                        assert_ne!(row.set.beyond(&rest), Found::Nothing, "{by:?} {:?}", list.rows);
                    }
                }
            }
        }
    }
    assert!(covered > 1000 && by_many > 50, "{covered} {by_many}");
}

/// What can happen to hosts: to be let through, to be stopped.
#[derive(Debug)]
struct Can {
    pass: Bits,
    stop: Bits,
}

fn can(asked: &Bits, rows: &[SlowRow], end: Action) -> Can {
    let mut left = asked.clone();
    let nothing = vec![0; asked.len()];
    let mut can = Can { pass: nothing.clone(), stop: nothing };
    let mut may = |hosts: &Bits, action| {
        if action != Action::Deny {
            can.pass = or(&can.pass, hosts);
        }
        if action != Action::Allow {
            can.stop = or(&can.stop, hosts);
        }
    };
    for row in rows {
        let (Part::Surely(action) | Part::Perhaps(action)) = row.part else { continue };
        may(&and(&left, &row.may_hold()), action);
        if matches!(row.part, Part::Surely(_)) {
            left = minus(&left, &row.surely.bits);
        }
    }
    may(&left, end);
    can
}

/// As [`can`], for one host, with the rows that may decide it.
fn can_one(host: &Host, rows: &[SlowRow], end: Action) -> (bool, bool, Vec<Option<usize>>) {
    let mut actions = Vec::new();
    let mut deciders = Vec::new();
    let mut decided = false;
    for (at, row) in rows.iter().enumerate() {
        let (Part::Surely(action) | Part::Perhaps(action)) = row.part else { continue };
        let (may, surely) = row.holds(host);
        if may {
            actions.push(action);
            deciders.push(Some(at));
        }
        if surely && matches!(row.part, Part::Surely(_)) {
            decided = true;
            break;
        }
    }
    if !decided {
        actions.push(end);
        deciders.push(None);
    }
    let pass = actions.iter().any(|&action| action != Action::Deny);
    let stop = actions.iter().any(|&action| action != Action::Allow);
    (pass, stop, deciders)
}

fn verdict(can: &Can) -> Verdict {
    if !any(&can.stop) {
        Verdict::Allowed
    } else if !any(&can.pass) {
        Verdict::Blocked
    } else if any(&minus(&can.pass, &can.stop)) && any(&minus(&can.stop, &can.pass)) {
        Verdict::Partial
    } else {
        Verdict::Unknown
    }
}

/// The verdict with the hosts that the search found, which may be longer than those counted.
fn with_found(mut can: Can, weighed: &Weighed, rows: &[SlowRow], end: Action) -> Verdict {
    for Hit { host, .. } in weighed.stopped.iter().chain(&weighed.passed) {
        let (pass, stop, _) = can_one(host, rows, end);
        can.pass.push(u64::from(pass));
        can.stop.push(u64::from(stop));
    }
    verdict(&can)
}

#[test]
fn verdicts_are_those_of_counting() {
    let mut random = Random::new(4);
    let pool = Pool::new(&mut random, 500);
    let mut counts = [0; 4];
    for _ in 0..LISTS {
        let rows: Vec<SlowRow> = (0..random.below(6)).map(|_| pool.row(&mut random)).collect();
        let asked = pool.set(&mut random, 2);
        let end = random.pick(&[Action::Deny, Action::Deny, Action::Allow], Action::Unknown);
        let lines = HostLines::new(rows.iter().map(SlowRow::row).collect());
        let question = Asked::of(&asked.set);
        let weighed = lines.weigh(question, |row| rows[row].part, end);
        assert!(!weighed.undecided);
        let can = can(&asked.bits, &rows, end);
        let verdict = with_found(can, &weighed, &rows, end);
        assert_eq!(weighed.verdict, verdict, "{:?} {rows:#?} {end:?} {weighed:?}", asked.written);
        let unknown = verdict == Verdict::Unknown;
        for hit in weighed.stopped.iter().chain(&weighed.passed) {
            let (_, _, deciders) = can_one(&hit.host, &rows, end);
            assert!(asked.holds(&hit.host) && deciders.contains(&hit.row), "{hit:?}");
        }
        if let Some(Hit { host, .. }) = &weighed.stopped {
            let (pass, stop, _) = can_one(host, &rows, end);
            assert!(stop && (unknown || !pass), "{host}");
        }
        if let Some(Hit { host, .. }) = &weighed.passed {
            let (pass, stop, _) = can_one(host, &rows, end);
            assert!(pass && (unknown || !stop), "{host}");
        }
        assert_eq!(
            weighed.passed.is_some(),
            matches!(verdict, Verdict::Partial | Verdict::Unknown)
        );
        assert_eq!(weighed.stopped.is_none(), verdict == Verdict::Allowed);
        let doubtful = |row: &SlowRow| match row.part {
            Part::Surely(action) => row.perhaps.is_some() || action == Action::Unknown,
            Part::Perhaps(_) | Part::Absent => true,
        };
        assert!(weighed.doubts.iter().all(|&row| unknown && doubtful(&rows[row])));
        assert!(!unknown || !weighed.doubts.is_empty() || end == Action::Unknown);
        counts[match verdict {
            Verdict::Allowed => 0,
            Verdict::Blocked => 1,
            Verdict::Partial => 2,
            Verdict::Unknown => 3,
        }] += 1;
    }
    assert!(counts.iter().all(|&count| count > LISTS / 20), "{counts:?}");
}

#[test]
fn the_rows_reached_are_those_that_decide_a_host() {
    let mut random = Random::new(5);
    let pool = Pool::new(&mut random, 500);
    for _ in 0..LISTS / 5 {
        let rows: Vec<SlowRow> = (0..random.below(6)).map(|_| pool.row(&mut random)).collect();
        let asked = pool.set(&mut random, 2);
        let lines = HostLines::new(rows.iter().map(SlowRow::row).collect());
        let reached = lines.reached(Asked::of(&asked.set), |row| rows[row].part);
        let mut named = Vec::new();
        for part in reached {
            let Reached::Host(hit) = part else { panic!("{rows:?}") };
            let (_, _, deciders) = can_one(&hit.host, &rows, Action::Unknown);
            assert!(asked.holds(&hit.host) && deciders.contains(&hit.row), "{hit:?}");
            named.push(hit.row.unwrap_or(usize::MAX));
        }
        assert!(named.is_sorted());
        let mut left = asked.bits.clone();
        for (at, row) in rows.iter().enumerate() {
            if row.part == Part::Absent {
                continue;
            }
            assert!(named.contains(&at) || !any(&and(&left, &row.may_hold())), "{at} {rows:?}");
            if matches!(row.part, Part::Surely(_)) {
                left = minus(&left, &row.surely.bits);
            }
        }
        assert!(named.contains(&usize::MAX) || !any(&left));
    }
}

#[test]
fn a_row_in_doubt_may_hold_a_host_that_no_line_surely_holds() {
    let all = super::super::HostSet::all();
    let lines = HostLines::new(vec![Row::between(super::super::HostSet::none(), &all)]);
    let host = Host::parse("x.example").unwrap();
    let first = lines.first_match(&host).unwrap();
    assert_eq!((first.row, first.reading), (0, Reading::Perhaps));
}
