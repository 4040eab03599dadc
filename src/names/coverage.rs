//! Which rows decide no host, and because of which others.

use super::{
    host::Host,
    lines::{Asked, Found, HostLines, Plan, Reading},
};
use crate::space::{End, Role};

/// Answer of [`HostLines::coverage`] for one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// The row decides this host, or may decide it.
    Alive {
        /// A host of the row that no earlier row takes for sure.
        host: Host,
    },
    /// The earlier rows surely take every host that the row may hold.
    Covered {
        /// Earlier rows, ascending, that together take every host of the row: one row (the first)
        /// where one suffices, else a list from which no row can be left out. Only where the nodes
        /// ran out it may be longer than that.
        by: Vec<usize>,
    },
    /// The row can hold no host.
    Empty,
    /// The search ran out of nodes.
    Undecided,
}

/// The nodes of so many searches may go into a question about a whole list.
const SEARCHES_OF_A_LIST: u64 = 64;

impl HostLines {
    /// Asks of every row whether it decides any host, and if not, which rows take its hosts.
    ///
    /// Only rows for which `blocks` holds take hosts away from later ones, and only those that they
    /// surely hold.
    #[must_use]
    pub fn coverage(&self, blocks: impl Fn(usize) -> bool) -> Vec<Coverage> {
        let mut nodes = super::lines::NODES.saturating_mul(SEARCHES_OF_A_LIST);
        let rows = 0..self.rows().len();
        let mut cover = Cover { lines: self, nodes: &mut nodes, blocks: &blocks };
        rows.map(|row| cover.of(row)).collect()
    }
}

struct Cover<'a> {
    lines: &'a HostLines,
    nodes: &'a mut u64,
    blocks: &'a dyn Fn(usize) -> bool,
}

impl Cover<'_> {
    fn of(&mut self, row: usize) -> Coverage {
        match self.left(row, &|earlier| earlier < row && (self.blocks)(earlier)) {
            Found::Host { host, .. } => return Coverage::Alive { host },
            Found::Undecided => return Coverage::Undecided,
            Found::Nothing => {}
        }
        match self.left(row, &|_| false) {
            Found::Nothing => Coverage::Empty,
            Found::Undecided => Coverage::Undecided,
            Found::Host { host, .. } => Coverage::Covered { by: self.by(row, &host) },
        }
    }

    /// A host of the row that none of the rows for which `is_taken` holds takes for sure.
    fn left(&mut self, row: usize, is_taken: &dyn Fn(usize) -> bool) -> Found {
        let Some(sets) = self.lines.rows().get(row) else { return Found::Undecided };
        let roles = |line: usize| match self.lines.line(line) {
            Some(line) if line.reading != Reading::Perhaps && is_taken(line.row) => Role::Subtract,
            _ => Role::Ignore,
        };
        let lines = self.lines.before(row);
        let plan = Plan { lines, roles: &roles, first_stop: usize::MAX, end: End::Stop };
        self.lines.search(self.nodes, Asked::of(sets.perhaps()), &plan)
    }

    /// The rows that cover a row of which a host is given.
    fn by(&mut self, row: usize, host: &Host) -> Vec<usize> {
        let earlier: Vec<usize> = (0..row).filter(|&earlier| (self.blocks)(earlier)).collect();
        let holds = |lines: &HostLines, row: usize, host: &Host| {
            lines.rows().get(row).is_some_and(|sets| sets.surely().contains(host))
        };
        // A row that covers all covers this host.
        for &one in earlier.iter().filter(|&&one| holds(self.lines, one, host)) {
            if self.left(row, &|other| other == one) == Found::Nothing {
                return vec![one];
            }
        }
        let mut by: Vec<usize> = Vec::new();
        loop {
            match self.left(row, &|other| by.contains(&other)) {
                Found::Nothing => break,
                Found::Host { host, .. } => {
                    let one = earlier.iter().copied().find(|&one| holds(self.lines, one, &host));
                    // Each round takes another row, or the search is wrong.
                    let Some(one) = one.filter(|one| !by.contains(one)) else { return earlier };
                    by.push(one);
                }
                Found::Undecided => return earlier,
            }
        }
        for one in by.clone() {
            if self.left(row, &|other| other != one && by.contains(&other)) == Found::Nothing {
                by.retain(|&other| other != one);
            }
        }
        by.sort_unstable();
        by
    }
}
