//! Is every host of a set let through? Four answers, each with a host that shows it.

use super::{
    host::Host,
    lines::{Asked, Found, HostLines, Line, Plan, Reading},
};
use crate::{
    space::{End, Role},
    verdict::Verdict,
};

/// What a row, or the end of the list, does to the hosts that it decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It lets them through.
    Allow,
    /// It stops them.
    Deny,
    /// The one or the other.
    Unknown,
}

/// What part a row has in a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The row isn't there.
    Absent,
    /// It decides the hosts that it holds.
    Surely(Action),
    /// Whether it decides any is not known, for reasons that have nothing to do with hosts.
    Perhaps(Action),
}

/// A host and the row that decides it; no row if that is the end of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The host.
    pub host: Host,
    /// The place of the row.
    pub row: Option<usize>,
}

/// Answer of [`HostLines::weigh`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighed {
    /// The verdict on the hosts. For a set without hosts it is `allowed`.
    pub verdict: Verdict,
    /// Where it is `blocked` or `partial`, a host that is surely stopped; where it is `unknown`, one
    /// that is or may be.
    pub stopped: Option<Hit>,
    /// Where it is `partial`, a host that is surely let through; where it is `unknown`, one that is
    /// or may be.
    pub passed: Option<Hit>,
    /// Where the verdict is `unknown`, the rows that leave it so, as far as a search was needed to
    /// tell and did tell; none if the search ran out of nodes.
    pub doubts: Vec<usize>,
    /// Whether a search ran out of nodes before the verdict was known.
    pub undecided: bool,
}

/// Part of the answer of [`HostLines::reached`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reached {
    /// The row decides the host, or may decide it.
    Host(Hit),
    /// The search ran out of nodes for this row, or for the end of the list.
    Undecided(Option<usize>),
}

/// The nodes of so many searches may go into a question about a whole list.
const SEARCHES_OF_A_LIST: u64 = 16;

impl HostLines {
    /// Judges whether the hosts of a set are let through, where each row has its part and the end of
    /// the list does `end`.
    #[must_use]
    pub fn weigh(&self, asked: Asked<'_>, part: impl Fn(usize) -> Part, end: Action) -> Weighed {
        self.weigh_within(&mut super::lines::NODES.saturating_mul(4), asked, part, end)
    }

    /// As [`Self::weigh`], for several questions that share `nodes`.
    #[must_use]
    pub fn weigh_within(
        &self,
        nodes: &mut u64,
        asked: Asked<'_>,
        part: impl Fn(usize) -> Part,
        end: Action,
    ) -> Weighed {
        let scale = Scale { lines: self, asked, part: &part, end };
        let stopped = scale.possible(nodes, Action::Deny);
        if stopped == Found::Nothing {
            return Weighed::plain(Verdict::Allowed);
        }
        let passed = scale.possible(nodes, Action::Allow);
        if stopped == Found::Undecided || passed == Found::Undecided {
            return Weighed { undecided: true, ..Weighed::plain(Verdict::Unknown) };
        }
        let exact = scale.is_exact();
        let sure = |nodes: &mut u64, found: &Found, action| {
            if exact { found.clone() } else { scale.sure(nodes, action) }
        };
        let surely_stopped = sure(nodes, &stopped, Action::Deny);
        if passed == Found::Nothing {
            let stopped = hit(surely_stopped).or_else(|| hit(stopped));
            return Weighed { stopped, ..Weighed::plain(Verdict::Blocked) };
        }
        let surely_passed = sure(nodes, &passed, Action::Allow);
        let undecided = [&surely_stopped, &surely_passed].contains(&&Found::Undecided);
        match (hit(surely_stopped), hit(surely_passed)) {
            (Some(stopped), Some(passed)) => Weighed {
                stopped: Some(stopped),
                passed: Some(passed),
                ..Weighed::plain(Verdict::Partial)
            },
            (surely_stopped, surely_passed) => Weighed {
                stopped: surely_stopped.or_else(|| hit(stopped)),
                passed: surely_passed.or_else(|| hit(passed)),
                doubts: if undecided { Vec::new() } else { scale.doubts(nodes) },
                undecided,
                ..Weighed::plain(Verdict::Unknown)
            },
        }
    }

    /// The rows that decide some host of the set, or may, in order, each with such a host; last the
    /// end of the list, if a host may reach it.
    #[must_use]
    pub fn reached(&self, asked: Asked<'_>, part: impl Fn(usize) -> Part) -> Vec<Reached> {
        let scale = Scale { lines: self, asked, part: &part, end: Action::Unknown };
        let mut nodes = super::lines::NODES.saturating_mul(SEARCHES_OF_A_LIST);
        let mut parts = scale.deciders(&mut nodes, |_| true);
        match scale.first(&mut nodes, None) {
            Found::Nothing => {}
            Found::Host { host, row } => parts.push(Reached::Host(Hit { host, row })),
            Found::Undecided => parts.push(Reached::Undecided(None)),
        }
        parts
    }
}

impl Weighed {
    const fn plain(verdict: Verdict) -> Self {
        Self { verdict, stopped: None, passed: None, doubts: Vec::new(), undecided: false }
    }
}

fn hit(found: Found) -> Option<Hit> {
    match found {
        Found::Host { host, row } => Some(Hit { host, row }),
        Found::Nothing | Found::Undecided => None,
    }
}

/// One question to a list.
struct Scale<'a> {
    lines: &'a HostLines,
    asked: Asked<'a>,
    part: &'a dyn Fn(usize) -> Part,
    end: Action,
}

/// What a line says, with the part of its row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    /// It decides each of its hosts.
    Surely(Action),
    /// It may decide each of its hosts.
    Perhaps(Action),
    Nothing,
}

impl Scale<'_> {
    fn says(&self, line: Line) -> Says {
        match ((self.part)(line.row), line.reading) {
            (Part::Absent, _) | (Part::Perhaps(_), Reading::Surely) => Says::Nothing,
            (Part::Surely(action), Reading::Exact | Reading::Surely) => Says::Surely(action),
            (Part::Surely(action) | Part::Perhaps(action), Reading::Exact | Reading::Perhaps) => {
                Says::Perhaps(action)
            }
        }
    }

    /// Whether all that matters is known.
    fn is_exact(&self) -> bool {
        let is_known = |action| action != Action::Unknown;
        let rows = self.lines.rows().iter().enumerate();
        is_known(self.end)
            && rows.into_iter().all(|(row, sets)| match (self.part)(row) {
                Part::Absent => true,
                Part::Surely(action) => is_known(action) && sets.is_exact(),
                Part::Perhaps(_) => false,
            })
    }

    /// A host that may meet `wanted` first.
    fn possible(&self, nodes: &mut u64, wanted: Action) -> Found {
        let may_be = |action| action == wanted || action == Action::Unknown;
        let role = |line| match self.says(line) {
            Says::Nothing => Role::Ignore,
            Says::Surely(action) if !may_be(action) => Role::Subtract,
            Says::Perhaps(action) if !may_be(action) => Role::Ignore,
            Says::Surely(_) | Says::Perhaps(_) => Role::Stop,
        };
        self.find(nodes, role, may_be(self.end))
    }

    /// A host that meets `wanted` first in every reading.
    fn sure(&self, nodes: &mut u64, wanted: Action) -> Found {
        let role = |line: Line| match (self.says(line), line.reading) {
            (Says::Nothing, _) => Role::Ignore,
            (Says::Surely(action), _) if action == wanted => Role::Stop,
            (Says::Perhaps(action), _) if action == wanted => Role::Ignore,
            (Says::Surely(_) | Says::Perhaps(_), _) => Role::Subtract,
        };
        self.find(nodes, role, self.end == wanted)
    }

    fn find(&self, nodes: &mut u64, role: impl Fn(Line) -> Role, end: bool) -> Found {
        let end = if end { End::Stop } else { End::Pass };
        self.lines.find_within(nodes, self.asked, role, end)
    }

    /// A host that the row (or the end of the list) may decide.
    fn first(&self, nodes: &mut u64, row: Option<usize>) -> Found {
        let roles = |line: usize| match self.lines.line(line).map(|line| (line, self.says(line))) {
            None | Some((_, Says::Nothing)) => Role::Ignore,
            Some((line, _)) if Some(line.row) == row => Role::Stop,
            Some((_, Says::Surely(_))) => Role::Subtract,
            Some((_, Says::Perhaps(_))) => Role::Ignore,
        };
        let (first_stop, lines, end) = match row {
            Some(row) => (self.lines.before(row), self.lines.before(row + 1), End::Pass),
            None => (usize::MAX, usize::MAX, End::Stop),
        };
        let plan = Plan { lines, roles: &roles, first_stop, end };
        self.lines.search(nodes, self.asked, &plan)
    }

    /// The rows for which `counts` holds and that may decide a host of the set.
    fn deciders(&self, nodes: &mut u64, counts: impl Fn(usize) -> bool) -> Vec<Reached> {
        let near = self.lines.near(self.asked.hosts);
        let mut rows: Vec<usize> =
            near.into_iter().filter_map(|line| Some(self.lines.line(line)?.row)).collect();
        rows.dedup();
        rows.retain(|&row| (self.part)(row) != Part::Absent && counts(row));
        let decider = |row| match self.first(nodes, Some(row)) {
            Found::Nothing => None,
            Found::Host { host, row } => Some(Reached::Host(Hit { host, row })),
            Found::Undecided => Some(Reached::Undecided(Some(row))),
        };
        rows.into_iter().filter_map(decider).collect()
    }

    /// The rows that may decide a host, and of which something is not known.
    fn doubts(&self, nodes: &mut u64) -> Vec<usize> {
        let is_doubtful = |row: usize| match (self.part)(row) {
            Part::Absent => false,
            Part::Perhaps(_) | Part::Surely(Action::Unknown) => true,
            Part::Surely(_) => self.lines.rows().get(row).is_some_and(|sets| !sets.is_exact()),
        };
        let found = self.deciders(nodes, is_doubtful).into_iter();
        found
            .filter_map(|part| match part {
                Reached::Host(hit) => hit.row,
                Reached::Undecided(row) => row,
            })
            .collect()
    }
}
