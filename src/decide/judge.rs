//! Is every flow of a piece let through? Four answers, each with the rules that decide and a packet
//! that is not let through, or may not be.

use super::{
    budget::Budget,
    extent::Why,
    policy::{Entry, NsgPolicy, Row, Rows},
};
use crate::{
    model::{Access, Direction},
    space::{Axis, Cube, End, Found, Lines, Piece, Point, Ranges, Role},
    verdict::Verdict,
};
use std::{cell::OnceCell, sync::Arc};

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

impl<V> Decision<V> {
    const fn plain(verdict: Verdict) -> Self {
        Self { verdict, deciders: Vec::new(), stopped: None, passed: None, doubts: Vec::new() }
    }
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

/// What there is to say about [`Doubt::Budget`].
pub(super) const TOO_COMPLEX: &str =
    "the rules are too complex: undecided within the search budget of the group";

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
        self.judge_within(self.budget(), direction, piece, sources)
    }

    /// As [`Self::judge`], at the expense of somebody else.
    pub(super) fn judge_within<V: Rows>(
        &self,
        budget: &Budget,
        direction: Direction,
        piece: &Cube<V>,
        sources: Sources,
    ) -> Decision<V> {
        let entries = &self.way(direction).entries;
        let field = Field::of((entries, self.rows(direction)), piece, budget);
        let decision = field.weigh(sources);
        Decision { deciders: field.deciders(|_| true), ..decision }
    }

    /// The rules that have a part in deciding `piece`, as far as they are `wanted`; those who ask
    /// for few are spared a search for each other one.
    pub fn deciders<V: Rows>(
        &self,
        direction: Direction,
        piece: &Cube<V>,
        wanted: impl Fn(&Entry<'_>) -> bool,
    ) -> Vec<usize> {
        let entries = &self.way(direction).entries;
        let field = Field::of((entries, self.rows(direction)), piece, self.budget());
        field.deciders(|entry| field.entries.get(entry).is_some_and(&wanted))
    }

    /// Decides `piece` in one direction, and leaves out who has a part in it: that takes one search
    /// a rule, and most who ask want to know the verdict.
    pub fn weigh<V: Rows>(
        &self,
        direction: Direction,
        piece: &Cube<V>,
        sources: Sources,
    ) -> Decision<V> {
        let entries = &self.way(direction).entries;
        Field::of((entries, self.rows(direction)), piece, self.budget()).weigh(sources)
    }

    /// The verdict on `piece` and nothing else, for questions whose answer is mostly "partial": two
    /// packets show that, and nothing need be searched.
    pub fn verdict<V: Rows>(&self, direction: Direction, piece: &Cube<V>) -> Verdict {
        let entries = &self.way(direction).entries;
        let field = Field::of((entries, self.rows(direction)), piece, self.budget());
        let meets = |access| field.easy(piece, access).is_some();
        if meets(Access::Allow) && meets(Access::Deny) {
            return Verdict::Partial;
        }
        field.weigh(Sources::Exactly).verdict
    }
}

/// The rules that can have a say about a piece.
struct Field<'p, V> {
    entries: &'p [Entry<'p>],
    lines: Vec<Line<'p, V>>,
    piece: &'p Cube<V>,
    budget: &'p Budget,
    /// The lines in searchable form; `None` if they are too many for what is left.
    list: OnceCell<Option<Lines<V>>>,
}

/// A question to a list.
#[derive(Clone, Copy)]
struct Asking<'l, V> {
    list: &'l Lines<V>,
    piece: Piece,
    cube: &'l Cube<V>,
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
    fn of(
        (entries, rows): (&'p [Entry<'p>], &'p [Row<V>]),
        piece: &'p Cube<V>,
        budget: &'p Budget,
    ) -> Self {
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
        Self { entries, lines, piece, budget, list: OnceCell::new() }
    }

    fn weigh(&self, sources: Sources) -> Decision<V> {
        let whole = self.decide();
        let settled = matches!(whole.verdict, Verdict::Allowed | Verdict::Blocked);
        if sources == Sources::Exactly || settled || whole.doubts.contains(&Doubt::Budget) {
            return whole;
        }
        let unknown = |whole: Decision<V>, doubt: Doubt| {
            let mut doubts = whole.doubts;
            doubts.insert(0, doubt);
            Decision { verdict: Verdict::Unknown, doubts, ..whole }
        };
        let Some(kinds) = self.kinds_of_source() else { return unknown(whole, Doubt::Source) };
        if kinds.len() < 2 {
            return whole;
        }
        let part = |kind| self.piece.clone().with(Axis::Source, Arc::new(Ranges::single(kind)));
        let parts: Vec<Cube<V>> = kinds.into_iter().map(part).collect();
        // One list for all of them: to make it takes longer than to ask it.
        let Some(list) = self.list_for(parts.clone()) else {
            return unknown(whole, Doubt::Budget);
        };
        let mut first = None;
        for (place, cube) in parts.iter().enumerate() {
            let asked = Asking { list: &list, piece: Piece::Probe(place), cube };
            let part = self.decide_in(asked);
            if part.doubts.contains(&Doubt::Budget) {
                return unknown(whole, Doubt::Budget);
            }
            if *first.get_or_insert(part.verdict) != part.verdict {
                return unknown(whole, Doubt::Source);
            }
        }
        Decision { verdict: first.unwrap_or(whole.verdict), ..whole }
    }

    fn access(&self, line: &Line<'_, V>) -> Option<Access> {
        self.entries.get(line.entry)?.access
    }

    /// Representatives of the sources that the rules tell apart; `None` where they are too many.
    fn kinds_of_source(&self) -> Option<Vec<V>> {
        let whole = self.piece.axis(Axis::Source);
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

    fn decide(&self) -> Decision<V> {
        if let Some(decision) = self.unanimous() {
            return decision;
        }
        match self.list() {
            Some(list) => self.decide_in(Asking { list, piece: Piece::Probe(0), cube: self.piece }),
            None => Decision { doubts: vec![Doubt::Budget], ..Decision::plain(Verdict::Unknown) },
        }
    }

    fn decide_in(&self, asked: Asking<'_, V>) -> Decision<V> {
        let denied = self.possible(asked, Access::Deny);
        if denied == Found::Nothing {
            return Decision::plain(Verdict::Allowed);
        }
        // One packet that is easy to find shows as much as a search.
        let allowed = match self.easy(asked.cube, Access::Allow) {
            Some(found) => found,
            None => self.possible(asked, Access::Allow),
        };
        let exact = self.lines.iter().all(|line| line.reading == Reading::Exact)
            && self.lines.iter().all(|line| self.access(line).is_some());
        let (verdict, budget) = match (&denied, &allowed) {
            (Found::Undecided, _) | (_, Found::Undecided) => (Verdict::Unknown, true),
            (_, Found::Nothing) => (Verdict::Blocked, false),
            _ if exact => (Verdict::Partial, false),
            _ => match (self.sure(asked, Access::Deny), self.sure(asked, Access::Allow)) {
                (Found::Packet { .. }, Found::Packet { .. }) => (Verdict::Partial, false),
                (Found::Undecided, _) | (_, Found::Undecided) => (Verdict::Unknown, true),
                _ => (Verdict::Unknown, false),
            },
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
            (false, Verdict::Blocked | Verdict::Partial) => self.surely_stopped(asked),
            _ => None,
        };
        let stopped = stopped.or_else(|| self.stopped(&denied));
        let passed = match verdict {
            Verdict::Partial if exact => self.stopped(&allowed),
            Verdict::Partial => self.stopped(&self.sure(asked, Access::Allow)),
            Verdict::Allowed | Verdict::Blocked | Verdict::Unknown => None,
        };
        let passed = passed.map(|(point, _)| point);
        Decision { stopped, passed, doubts, ..Decision::plain(verdict) }
    }

    /// A packet of the piece that is easily seen to meet `access` for sure; `None` says nothing.
    fn easy(&self, piece: &Cube<V>, access: Access) -> Option<Found<V>> {
        let sure = |line: &Line<'_, V>| {
            line.reading == Reading::Exact && self.access(line) == Some(access)
        };
        let tried = self.lines.iter().enumerate().filter(|(_, line)| sure(line)).take(MOST_TRIED);
        tried.into_iter().find_map(|(at, line)| {
            let shared = piece.intersect(line.cube);
            let is_first = |point: &Point<V>| {
                self.lines.iter().take(at).all(|earlier| !earlier.cube.contains(point))
            };
            let mut points = [shared.witness(), shared.last()].into_iter().flatten();
            points.find(is_first).map(|point| Found::Packet { point, stop: Some(at) })
        })
    }

    fn list(&self) -> Option<&Lines<V>> {
        self.list.get_or_init(|| self.list_for(vec![self.piece.clone()])).as_ref()
    }

    /// The lines in searchable form, to be asked about some pieces.
    fn list_for(&self, pieces: Vec<Cube<V>>) -> Option<Lines<V>> {
        let cubes: Vec<Cube<V>> = self.lines.iter().map(|line| line.cube.clone()).collect();
        self.budget.pay_for_list(&cubes).then(|| Lines::new(cubes, pieces))
    }

    /// Where every rule that has a say does the same thing, there is nothing to search.
    fn unanimous(&self) -> Option<Decision<V>> {
        let piece = self.piece;
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
        Some(Decision { stopped, ..Decision::plain(verdict) })
    }

    /// A packet that may meet `access` first.
    fn possible(&self, asked: Asking<'_, V>, access: Access) -> Found<V> {
        self.find(asked, |line| match (self.access(line), line.reading) {
            (Some(mine), Reading::Exact) if mine != access => Role::Subtract,
            (Some(mine), Reading::Surely) if mine != access => Role::Subtract,
            (Some(mine), _) if mine != access => Role::Ignore,
            (_, Reading::Exact | Reading::Perhaps) => Role::Stop,
            (_, Reading::Surely) => Role::Ignore,
        })
    }

    /// A packet that meets `access` first in every reading.
    fn sure(&self, asked: Asking<'_, V>, access: Access) -> Found<V> {
        self.find(asked, |line| match (self.access(line) == Some(access), line.reading) {
            (true, Reading::Exact | Reading::Surely) => Role::Stop,
            (true, Reading::Perhaps) | (false, Reading::Surely) => Role::Ignore,
            (false, Reading::Exact | Reading::Perhaps) => Role::Subtract,
        })
    }

    fn find(&self, asked: Asking<'_, V>, role: impl Fn(&Line<'_, V>) -> Role) -> Found<V> {
        let roles = |at: usize| self.lines.get(at).map_or(Role::Ignore, &role);
        let Asking { list, piece, .. } = asked;
        self.budget.for_verdicts(|nodes| list.find_within(nodes, piece, roles, End::Pass))
    }

    fn stopped(&self, denied: &Found<V>) -> Option<(Point<V>, usize)> {
        match denied {
            Found::Packet { point, stop } => Some((*point, self.lines.get((*stop)?)?.entry)),
            Found::Nothing | Found::Undecided => None,
        }
    }

    /// A packet that one rule stops for sure: no other may decide it.
    fn surely_stopped(&self, asked: Asking<'_, V>) -> Option<(Point<V>, usize)> {
        let found = self.find(asked, |line| {
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
    fn deciders(&self, wanted: impl Fn(usize) -> bool) -> Vec<usize> {
        match self.lines.as_slice() {
            lines if !lines.iter().any(|line| wanted(line.entry)) => return Vec::new(),
            [only] => return vec![only.entry],
            _ => {}
        }
        let Some(list) = self.list() else { return Vec::new() };
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
            let find = |nodes: &mut u64| list.find_within(nodes, Piece::Probe(0), roles, End::Pass);
            match self.budget.for_deciders(find) {
                Found::Packet { .. } => deciders.push(line.entry),
                // Whether it has a part is not known: it is not named.
                Found::Nothing | Found::Undecided => {}
            }
        }
        deciders
    }
}
