//! Is every flow of a piece let through? Four answers, each with the rules that decide and a packet
//! that is not let through, or may not be.

use super::{
    extent::Why,
    policy::{Entry, NsgPolicy, Row, Rows},
};
use crate::{
    model::{Access, Direction},
    space::{Axis, Cube, End, Found, Lines, Piece, Point, Ranges, Role},
    verdict::Verdict,
};
use std::sync::Arc;

/// The answer about a piece.
#[derive(Clone, Debug)]
pub struct Decision<V> {
    /// The verdict.
    pub verdict: Verdict,
    /// Places, in the list of entries, of the rules that decide (or may decide) flows of the piece.
    pub deciders: Vec<usize>,
    /// A packet that is stopped, or may be, and the entry that stops it.
    pub stopped: Option<(Point<V>, usize)>,
    /// Where the verdict is `partial`, a packet that is let through.
    pub passed: Option<Point<V>>,
    /// Why the verdict is unknown.
    pub doubts: Vec<Doubt>,
}

/// One reason for an unknown verdict.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// An entry matches or not, for a reason.
    Rule(usize, Why),
    /// The search gave up; the answer is not known, and nothing is claimed.
    Budget,
    /// Only some private sources are let through, and where the group is used is not known.
    Source,
}

/// What is known of the sources of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sources {
    /// The piece is about exactly these sources.
    Exactly,
    /// The machines are somewhere in these sources (design 2: a narrower private source whose
    /// association is unknown gives `unknown`, not `partial`).
    SomeOf,
}

/// At most so many rules are named as deciding a piece: more help nobody, and each costs a search.
const MOST_DECIDERS: usize = 64;

/// So many rules are tried for a packet that settles a question before it is searched for.
const MOST_TRIED: usize = 8;

/// At most so many kinds of source are told apart before the answer is `unknown`.
const MOST_SOURCES: usize = 256;

impl NsgPolicy<'_> {
    /// Decides `piece` in one direction, with every rule that has a part in it.
    pub fn judge<V: Rows>(
        &self,
        direction: Direction,
        piece: &Cube<V>,
        sources: Sources,
    ) -> Decision<V> {
        let field = Field::of(&self.way(direction).entries, self.rows(direction), piece);
        let (decision, list) = field.weigh(piece, sources);
        Decision { deciders: field.deciders(piece, list, |_| true), ..decision }
    }

    /// The rules that have a part in deciding `piece`, as far as they are `wanted`; those who ask
    /// for few are spared a search for each other one.
    pub fn deciders<V: Rows>(
        &self,
        direction: Direction,
        piece: &Cube<V>,
        wanted: impl Fn(&Entry<'_>) -> bool,
    ) -> Vec<usize> {
        let field = Field::of(&self.way(direction).entries, self.rows(direction), piece);
        let wanted = |entry: usize| field.entries.get(entry).is_some_and(&wanted);
        field.deciders(piece, None, wanted)
    }

    /// Decides `piece` in one direction, and leaves out who has a part in it: that takes one search
    /// a rule, and most who ask want to know the verdict.
    pub fn weigh<V: Rows>(
        &self,
        direction: Direction,
        piece: &Cube<V>,
        sources: Sources,
    ) -> Decision<V> {
        Field::of(&self.way(direction).entries, self.rows(direction), piece).weigh(piece, sources).0
    }

    /// The verdict on `piece` and nothing else, for questions whose answer is mostly "partial": two
    /// packets show that, and nothing need be searched.
    pub fn verdict<V: Rows>(&self, direction: Direction, piece: &Cube<V>) -> Verdict {
        let field = Field::of(&self.way(direction).entries, self.rows(direction), piece);
        let meets = |access| field.meets(piece, access);
        if meets(Access::Allow) && meets(Access::Deny) {
            return Verdict::Partial;
        }
        field.weigh(piece, Sources::Exactly).0.verdict
    }
}

/// The rules that can have a say about a piece.
struct Field<'p, V> {
    entries: &'p [Entry<'p>],
    lines: Vec<Line<'p, V>>,
}

/// One rule, or one of the two readings of a rule that is not known exactly.
struct Line<'p, V> {
    entry: usize,
    row: &'p Row<V>,
    cube: &'p Cube<V>,
    reading: Reading,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Exact,
    Perhaps,
    Surely,
}

impl<'p, V: Rows> Field<'p, V> {
    fn of(entries: &'p [Entry<'p>], rows: &'p [Row<V>], piece: &Cube<V>) -> Self {
        let mut lines = Vec::new();
        for (entry, row) in rows.iter().enumerate() {
            if !row.perhaps.intersects(piece) {
                continue;
            }
            let reading = if row.why.is_none() { Reading::Exact } else { Reading::Perhaps };
            lines.push(Line { entry, row, cube: &row.perhaps, reading });
            let Some(cube) = row.surely() else { continue };
            if reading == Reading::Perhaps && cube.intersects(piece) {
                lines.push(Line { entry, row, cube, reading: Reading::Surely });
            }
            if piece.is_subset(cube) {
                break;
            }
        }
        Self { entries, lines }
    }

    fn access(&self, line: &Line<'_, V>) -> Option<Access> {
        self.entries.get(line.entry)?.access
    }

    /// Representatives of the sources that the rules tell apart; `None` where they are too many.
    fn kinds_of_source(&self, piece: &Cube<V>) -> Option<Vec<V>> {
        let whole = piece.axis(Axis::Source);
        let mut cuts: Vec<V> = whole.iter().map(|(low, _)| low).collect();
        for line in &self.lines {
            let set = line.cube.axis(Axis::Source);
            if whole.is_subset(set) {
                continue;
            }
            for (low, high) in set.iter() {
                cuts.extend(
                    [Some(low), high.next()].into_iter().flatten().filter(|&v| whole.contains(v)),
                );
            }
            if cuts.len() > 2 * MOST_SOURCES {
                return None;
            }
        }
        cuts.sort_unstable();
        cuts.dedup();
        (cuts.len() <= MOST_SOURCES).then_some(cuts)
    }

    /// The decision, and the list that was searched for it, if one was.
    fn weigh(&self, piece: &Cube<V>, sources: Sources) -> (Decision<V>, Option<Lines<V>>) {
        if let Some(decision) = self.unanimous(piece) {
            return (decision, None);
        }
        let list = self.list(vec![piece.clone()]);
        let whole = self.decide(piece, &list, 0);
        let settled = matches!(whole.verdict, Verdict::Allowed | Verdict::Blocked);
        if sources == Sources::Exactly || settled {
            return (whole, Some(list));
        }
        let kinds = self.kinds_of_source(piece);
        if kinds.as_ref().is_some_and(|kinds| kinds.len() < 2) {
            return (whole, Some(list));
        }
        let shared = kinds.and_then(|kinds| self.shared_verdict(piece, kinds));
        let decision = match shared {
            Some(verdict) => Decision { verdict, ..whole },
            None => {
                let mut doubts = whole.doubts;
                doubts.insert(0, Doubt::Source);
                Decision { verdict: Verdict::Unknown, doubts, ..whole }
            }
        };
        (decision, Some(list))
    }

    /// The verdict on every kind of source, if it is one.
    fn shared_verdict(&self, piece: &Cube<V>, kinds: Vec<V>) -> Option<Verdict> {
        let part = |kind| piece.clone().with(Axis::Source, Arc::new(Ranges::single(kind)));
        let parts: Vec<Cube<V>> = kinds.into_iter().map(part).collect();
        let list = self.list(parts.clone());
        let mut verdicts =
            parts.iter().enumerate().map(|(at, part)| self.decide(part, &list, at).verdict);
        let first = verdicts.next()?;
        verdicts.all(|verdict| verdict == first).then_some(first)
    }

    /// Decides `piece`, which is the probe at that place of the list.
    fn decide(&self, piece: &Cube<V>, list: &Lines<V>, probe: usize) -> Decision<V> {
        let denied = self.possible(list, probe, Access::Deny);
        if denied == Found::Nothing {
            return Decision {
                verdict: Verdict::Allowed,
                deciders: Vec::new(),
                stopped: None,
                doubts: Vec::new(),
            };
        }
        let is_allowed = self.meets(piece, Access::Allow);
        let allowed = (!is_allowed).then(|| self.possible(list, probe, Access::Allow));
        let exact = self.lines.iter().all(|line| line.reading == Reading::Exact)
            && self.lines.iter().all(|line| self.access(line).is_some());
        let (verdict, budget) = match (&denied, &allowed) {
            (Found::Undecided, _) | (_, Some(Found::Undecided)) => (Verdict::Unknown, true),
            (_, Some(Found::Nothing)) => (Verdict::Blocked, false),
            _ if exact => (Verdict::Partial, false),
            _ => {
                match (self.sure(list, probe, Access::Deny), self.sure(list, probe, Access::Allow))
                {
                    (Found::Packet { .. }, Found::Packet { .. }) => (Verdict::Partial, false),
                    (Found::Undecided, _) | (_, Found::Undecided) => (Verdict::Unknown, true),
                    _ => (Verdict::Unknown, false),
                }
            }
        };
        let mut doubts = Vec::new();
        if budget {
            doubts.push(Doubt::Budget);
        }
        if verdict == Verdict::Unknown {
            doubts.extend(
                self.lines
                    .iter()
                    .filter_map(|line| Some(Doubt::Rule(line.entry, line.row.why.clone()?))),
            );
            doubts.dedup();
        }
        let stopped = match (exact, verdict) {
            (false, Verdict::Blocked | Verdict::Partial) => self.surely_stopped(list, probe),
            _ => None,
        };
        let stopped = stopped.or_else(|| self.stopped(&denied));
        let passed = match verdict {
            Verdict::Partial if exact => self.stopped(&allowed),
            Verdict::Partial => self.stopped(&self.sure(&list, Access::Allow)),
            Verdict::Allowed | Verdict::Blocked | Verdict::Unknown => None,
        };
        let passed = passed.map(|(point, _)| point);
        Decision { verdict, deciders: Vec::new(), stopped, passed, doubts }
    }

    fn list(&self, probes: Vec<Cube<V>>) -> Lines<V> {
        let cubes = self.lines.iter().map(|line| line.cube.clone()).collect();
        Lines::new(cubes, probes)
    }

    /// Whether a packet of the piece is easily seen to meet `access` for sure; `false` says nothing.
    fn meets(&self, piece: &Cube<V>, access: Access) -> bool {
        let sure = |line: &Line<'_, V>| {
            line.reading == Reading::Exact && self.access(line) == Some(access)
        };
        let tried = self.lines.iter().enumerate().filter(|(_, line)| sure(line)).take(MOST_TRIED);
        tried.into_iter().any(|(at, line)| {
            let shared = piece.intersect(line.cube);
            [shared.witness(), shared.last()].into_iter().flatten().any(|point| {
                self.lines.iter().take(at).all(|earlier| !earlier.cube.contains(&point))
            })
        })
    }

    /// Where every rule that has a say does the same thing, there is nothing to search.
    fn unanimous(&self, piece: &Cube<V>) -> Option<Decision<V>> {
        let first = self.access(self.lines.first()?)?;
        let last = self.lines.last()?;
        let all = self.lines.iter().all(|line| self.access(line) == Some(first));
        if !all || !piece.is_subset(last.row.surely()?) {
            return None;
        }
        let verdict = if first == Access::Allow { Verdict::Allowed } else { Verdict::Blocked };
        let stopped = (first == Access::Deny)
            .then(|| {
                let line = self.lines.first()?;
                Some((piece.intersect(line.cube).witness()?, line.entry))
            })
            .flatten();
        Some(Decision { verdict, deciders: Vec::new(), stopped, passed: None, doubts: Vec::new() })
    }

    /// A packet that may meet `access` first.
    fn possible(&self, list: &Lines<V>, probe: usize, access: Access) -> Found<V> {
        self.find(list, probe, |line| match (self.access(line), line.reading) {
            (Some(mine), Reading::Exact) if mine != access => Role::Subtract,
            (Some(mine), Reading::Surely) if mine != access => Role::Subtract,
            (Some(mine), _) if mine != access => Role::Ignore,
            (_, Reading::Exact | Reading::Perhaps) => Role::Stop,
            (_, Reading::Surely) => Role::Ignore,
        })
    }

    /// A packet that meets `access` first in every reading.
    fn sure(&self, list: &Lines<V>, probe: usize, access: Access) -> Found<V> {
        self.find(list, probe, |line| match (self.access(line) == Some(access), line.reading) {
            (true, Reading::Exact | Reading::Surely) => Role::Stop,
            (true, Reading::Perhaps) | (false, Reading::Surely) => Role::Ignore,
            (false, Reading::Exact | Reading::Perhaps) => Role::Subtract,
        })
    }

    fn find(&self, list: &Lines<V>, probe: usize, role: impl Fn(&Line<'_, V>) -> Role) -> Found<V> {
        let roles = |at: usize| self.lines.get(at).map_or(Role::Ignore, &role);
        list.find(Piece::Probe(probe), roles, End::Pass)
    }

    fn stopped(&self, denied: &Found<V>) -> Option<(Point<V>, usize)> {
        match denied {
            Found::Packet { point, stop } => Some((*point, self.lines.get((*stop)?)?.entry)),
            Found::Nothing | Found::Undecided => None,
        }
    }

    /// A packet that one rule stops for sure: no other may decide it.
    fn surely_stopped(&self, list: &Lines<V>, probe: usize) -> Option<(Point<V>, usize)> {
        let found = self.find(list, probe, |line| {
            match (self.access(line) == Some(Access::Deny), line.reading) {
                (true, Reading::Exact | Reading::Surely) => Role::Stop,
                (true, Reading::Perhaps) if line.row.surely().is_some() => Role::Ignore,
                (_, Reading::Exact | Reading::Perhaps) => Role::Subtract,
                (false, Reading::Surely) => Role::Ignore,
            }
        });
        self.stopped(&found)
    }

    /// The `wanted` entries that some packet of the piece may reach.
    fn deciders(
        &self,
        piece: &Cube<V>,
        searched: Option<Lines<V>>,
        wanted: impl Fn(usize) -> bool,
    ) -> Vec<usize> {
        match self.lines.as_slice() {
            lines if !lines.iter().any(|line| wanted(line.entry)) => return Vec::new(),
            [only] => return vec![only.entry],
            _ => {}
        }
        let list = searched.unwrap_or_else(|| self.list(vec![piece.clone()]));
        let mut deciders = Vec::new();
        for (at, line) in self.lines.iter().enumerate() {
            let again = deciders.last() == Some(&line.entry);
            if line.reading == Reading::Surely || again || !wanted(line.entry) {
                continue;
            }
            if deciders.len() == MOST_DECIDERS {
                break;
            }
            let roles = |other: usize| match self.lines.get(other) {
                _ if other == at => Role::Stop,
                Some(earlier) if other < at && earlier.reading != Reading::Perhaps => {
                    Role::Subtract
                }
                _ => Role::Ignore,
            };
            if list.find(Piece::Probe(0), roles, End::Pass) != Found::Nothing {
                deciders.push(line.entry);
            }
        }
        deciders
    }
}
