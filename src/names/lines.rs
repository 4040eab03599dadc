//! An ordered list of sets of hosts, and the questions it answers.

use super::{
    host::Host,
    set::HostSet,
    tree::{Answer, Query, Tree},
};
use crate::space::{End, Role};

/// One row of a list: the hosts that it surely holds, and those that it may hold.
#[derive(Clone, Debug)]
pub struct Row {
    perhaps: HostSet,
    /// `None` where it is the same set.
    surely: Option<HostSet>,
}

impl Row {
    /// A row whose hosts are known.
    #[must_use]
    pub const fn exact(hosts: HostSet) -> Self {
        Self { perhaps: hosts, surely: None }
    }

    /// A row that surely holds the hosts of one set, and may hold those of the other as well. A tag
    /// whose names nobody publishes is a row between none and all.
    #[must_use]
    pub fn between(surely: HostSet, perhaps: &HostSet) -> Self {
        Self {
            perhaps: [surely.clone(), perhaps.clone()].into_iter().collect(),
            surely: Some(surely),
        }
    }

    /// The hosts that the row may hold.
    #[must_use]
    pub const fn perhaps(&self) -> &HostSet {
        &self.perhaps
    }

    /// The hosts that it surely holds.
    #[must_use]
    pub fn surely(&self) -> &HostSet {
        self.surely.as_ref().unwrap_or(&self.perhaps)
    }

    /// Whether both are the same.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        self.surely.is_none()
    }
}

/// Which of its sets a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Both, as they are the same.
    Exact,
    /// The hosts that it may hold.
    Perhaps,
    /// The hosts that it surely holds. This line follows the one of [`Self::Perhaps`].
    Surely,
}

/// A row in one reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The place of the row in the list.
    pub row: usize,
    /// The reading.
    pub reading: Reading,
}

/// The hosts that a question is about.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The hosts.
    pub hosts: &'a HostSet,
    /// Hosts that would be good examples. Those that are not in the set do no harm.
    pub examples: &'a [Host],
}

impl<'a> Asked<'a> {
    /// Any host of the set is as good an example as any other.
    #[must_use]
    pub const fn of(hosts: &'a HostSet) -> Self {
        Self { hosts, examples: &[] }
    }
}

/// Answer of [`HostLines::find`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// There is no such host.
    Nothing,
    /// There is one.
    Host {
        /// The host.
        host: Host,
        /// The row of the stop line it reaches; `None` if it reaches the end.
        row: Option<usize>,
    },
    /// The search ran out of nodes.
    Undecided,
}

/// An ordered list of rows: the first that holds a host decides it.
///
/// Rows carry nothing but hosts. Whoever asks knows what the row at a place stands for, and may
/// leave rows out of each question: one list serves for all of its parts.
#[derive(Debug)]
pub struct HostLines {
    rows: Vec<Row>,
    lines: Vec<Line>,
    tree: Tree,
}

/// Nodes of one search.
pub(super) const NODES: u64 = 200_000;

impl HostLines {
    /// Makes a list.
    #[must_use]
    pub fn new(rows: Vec<Row>) -> Self {
        let mut lines = Vec::with_capacity(rows.len());
        let mut tree = Tree::new();
        for (row, sets) in rows.iter().enumerate() {
            let readings = match &sets.surely {
                None => vec![(Reading::Exact, &sets.perhaps)],
                Some(surely) => {
                    vec![(Reading::Perhaps, &sets.perhaps), (Reading::Surely, surely)]
                }
            };
            for (reading, hosts) in readings {
                for glob in hosts.globs.iter() {
                    tree.add(lines.len(), glob);
                }
                lines.push(Line { row, reading });
            }
        }
        Self { rows, lines, tree }
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The first row that may hold the host, and whether it surely does.
    #[must_use]
    pub fn first_match(&self, host: &Host) -> Option<Line> {
        self.tree.first_match(host, |_| true).and_then(|line| self.line(line))
    }

    /// Looks for a host of the set that avoids every [`Role::Subtract`] line before it and reaches
    /// a [`Role::Stop`] line, or the end if `end` is [`End::Stop`].
    #[must_use]
    pub fn find(&self, asked: Asked<'_>, roles: impl Fn(Line) -> Role, end: End) -> Found {
        self.find_within(&mut NODES.clone(), asked, roles, end)
    }

    /// As [`Self::find`], for several questions that share `nodes`: what one uses up, the next
    /// does not have.
    #[must_use]
    pub fn find_within(
        &self,
        nodes: &mut u64,
        asked: Asked<'_>,
        roles: impl Fn(Line) -> Role,
        end: End,
    ) -> Found {
        let first_stop = self.lines.iter().position(|&line| roles(line) == Role::Stop);
        let of = |line: usize| self.line(line).map_or(Role::Ignore, &roles);
        let plan = Plan {
            lines: self.lines.len(),
            roles: &of,
            first_stop: first_stop.unwrap_or(usize::MAX),
            end,
        };
        self.search(nodes, asked, &plan)
    }

    /// How many lines come before those of the row.
    pub(super) fn before(&self, row: usize) -> usize {
        self.lines.partition_point(|line| line.row < row)
    }

    pub(super) fn line(&self, line: usize) -> Option<Line> {
        self.lines.get(line).copied()
    }

    /// The lines that may have hosts of the set: all that have, and perhaps others.
    pub(super) fn near(&self, hosts: &HostSet) -> Vec<usize> {
        let mut near: Vec<usize> =
            hosts.globs.iter().flat_map(|glob| self.tree.near(glob)).collect();
        near.sort_unstable();
        near.dedup();
        near
    }

    pub(super) fn search(&self, nodes: &mut u64, asked: Asked<'_>, plan: &Plan<'_>) -> Found {
        let mut given = NODES.min(*nodes);
        *nodes -= given;
        let found = self.search_all(&mut given, asked, plan);
        *nodes += given;
        found
    }

    fn search_all(&self, nodes: &mut u64, asked: Asked<'_>, plan: &Plan<'_>) -> Found {
        let examples = asked.examples.iter().filter(|host| asked.hosts.contains(host));
        if let Some(found) = examples.filter_map(|host| self.stopped(host, plan)).next() {
            return found;
        }
        let mut over = false;
        for wanted in asked.hosts.globs.iter() {
            let Plan { lines, roles, first_stop, end } = *plan;
            let query = Query { wanted, lines, roles, first_stop, end };
            match self.tree.search(&query, nodes) {
                Answer::Nothing => {}
                Answer::Over => over = true,
                // That the host is one is checked where it is named.
                Answer::Host(host) => return self.stopped(&host, plan).unwrap_or(Found::Undecided),
            }
        }
        if over { Found::Undecided } else { Found::Nothing }
    }

    /// The host, if it is what the plan looks for.
    fn stopped(&self, host: &Host, plan: &Plan<'_>) -> Option<Found> {
        let is_there = |line| line < plan.lines && (plan.roles)(line) != Role::Ignore;
        let first = self.tree.first_match(host, is_there);
        let stop = match first {
            Some(line) => (plan.roles)(line) == Role::Stop,
            None => plan.end == End::Stop,
        };
        let row = first.and_then(|line| self.line(line)).map(|line| line.row);
        stop.then(|| Found::Host { host: host.clone(), row })
    }
}

/// What a search is to look for, among the first `lines` lines.
pub(super) struct Plan<'p> {
    pub(super) lines: usize,
    pub(super) roles: &'p dyn Fn(usize) -> Role,
    /// There is no stop line before this one.
    pub(super) first_stop: usize,
    pub(super) end: End,
}
