//! What the application rules do with the flows that no network rule
//! took (FW-018, FW-050 to FW-068).

use super::{
    FirewallView, Pass, Says,
    host_rows::{HostRow, anything, infrastructure, row},
    packets::Fits,
    walk::Cut,
};
use crate::{
    decide::extent::Why,
    model::{ApplicationProtocolKind, RuleBody},
    names::{Action, Asked, Found, Host, HostLines, HostSet, Part, Reached, Row, Weighed},
    space::Ranges,
};
use std::{collections::BTreeMap, sync::Arc};

/// The application rules in order.
#[derive(Debug)]
pub(super) struct HostList {
    pub(super) rows: Vec<HostRow>,
    lines: HostLines,
}

/// What flows ask for.
#[derive(Clone, Debug)]
pub struct HostNames {
    /// The names and patterns (`*.x`), as they were given.
    pub(super) patterns: Vec<String>,
    pub(super) set: HostSet,
    /// Hosts that are good examples.
    pub(super) examples: Vec<Host>,
    /// Whether each of the names is asked for by some flow; else some of them may be.
    pub(super) all: bool,
}

impl HostNames {
    /// Names and patterns, each of which is asked for; `None` if one of them is neither.
    #[must_use]
    pub fn of(patterns: &[String]) -> Option<Self> {
        let sets = patterns.iter().map(|it| HostSet::left_star(it).ok());
        let set = sets.collect::<Option<HostSet>>()?;
        Some(Self { patterns: patterns.to_vec(), set, examples: Vec::new(), all: true })
    }

    /// Names that are not known.
    #[must_use]
    pub fn unknown() -> Self {
        Self { patterns: Vec::new(), set: HostSet::all(), examples: Vec::new(), all: false }
    }

    /// The only name, if it is one.
    pub(super) fn single(&self) -> Option<&str> {
        match self.patterns.as_slice() {
            [one] if !one.starts_with('*') => Some(one),
            _ => None,
        }
    }
}

/// What is asked of the application rules, beside the names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) source: u32,
    pub(super) port: u16,
    /// What the client speaks, as far as these rules see it.
    pub(super) kind: Option<ApplicationProtocolKind>,
    /// Whether names of the platform's own may be among those that are asked for.
    pub(super) platform: bool,
}

/// What the application rules do with names.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub(super) weighed: Weighed,
    /// The entries that may decide, in order; the default deny among them.
    pub(super) entries: Vec<usize>,
    pub(super) doubts: Vec<(usize, Why)>,
}

/// What was asked before, and what work is left for more.
#[derive(Debug)]
pub(super) struct HeardBefore {
    answers: BTreeMap<Vec<u8>, Heard>,
    nodes: u64,
}

/// Nodes of all searches for names in one question.
const NODES: u64 = 4_000_000;

/// So many answers name the rules that have a part in them.
const MOST_NAMED: usize = 32;

impl Default for HeardBefore {
    fn default() -> Self {
        Self { answers: BTreeMap::new(), nodes: NODES }
    }
}

/// The protocol that a client of this port is taken to speak: HTTPS, but for the ports of others.
pub(super) const fn kind_of(port: u16) -> Option<ApplicationProtocolKind> {
    match port {
        80 | 8080 => Some(ApplicationProtocolKind::Http),
        1433 => Some(ApplicationProtocolKind::Mssql),
        // iSCSI, of which application rules know nothing.
        3260 => None,
        _ => Some(ApplicationProtocolKind::Https),
    }
}

/// The ports at which [`kind_of`] changes.
pub(super) const KINDS: [u16; 4] = [80, 1433, 3260, 8080];

impl HostList {
    /// The rules of a view. The FQDN tag of a name in `named` holds `names` (FW-066, FW-068).
    pub(super) fn new(view: &FirewallView<'_>, named: Option<(&[String], &HostSet)>) -> Self {
        let mut rows = Vec::new();
        let mut sets = Vec::new();
        for (entry, it) in view.entries.iter().enumerate() {
            let Some((mut row, set)) = (match (it.pass, &it.says) {
                (Pass::Application, Says::Rule(rule)) => match &rule.body {
                    RuleBody::Application(body) => row(view, &rule.source, body),
                    RuleBody::Network(_) | RuleBody::Nat(_) | RuleBody::Unread(_) => None,
                },
                (Pass::Application, Says::Gap(_)) => Some(anything()),
                (Pass::Infrastructure, _) => Some(infrastructure()),
                _ => None,
            }) else {
                continue;
            };
            row.entry = entry;
            row.action = it.action;
            row.why.clone_from(&it.why);
            let set = match named {
                Some((tags, names)) if is_named(&row, tags) => {
                    let surely = [set.surely().clone(), names.clone()].into_iter().collect();
                    Row::between(surely, set.perhaps())
                }
                _ => set,
            };
            rows.push(row);
            sets.push(set);
        }
        Self { rows, lines: HostLines::new(sets) }
    }

    /// Whether a rule names one of the tags.
    pub(super) fn names_any(&self, tags: &[String]) -> bool {
        self.rows.iter().any(|row| is_named(row, tags))
    }

    /// The sources that rules surely name.
    pub(super) fn sources(&self) -> impl Iterator<Item = &Arc<Ranges<u32>>> {
        self.rows.iter().map(|row| &row.source.surely)
    }

    /// The sources and ports that rules tell apart.
    pub(super) fn cuts(&self) -> Vec<Cut<u32>> {
        let ports = |row: &HostRow| -> Arc<Ranges<u32>> {
            let known = row.protocols.iter().filter_map(|(_, port)| *port);
            Arc::new(known.map(|port| (port.into(), port.into())).collect())
        };
        let of_row = |row: &HostRow| {
            let ports = ports(row);
            [&row.source.perhaps, &row.source.surely].map(|it| (Arc::clone(it), Arc::clone(&ports)))
        };
        let none = || Arc::new(Ranges::empty());
        let kinds = KINDS.iter().map(|&port| (none(), Arc::new(Ranges::single(u32::from(port)))));
        self.rows.iter().flat_map(of_row).chain(kinds).collect()
    }

    /// What becomes of names; the same calls are answered once.
    pub(super) fn hear(
        &self,
        names: &HostNames,
        call: Call,
        end: usize,
        before: &mut HeardBefore,
    ) -> Heard {
        let parts: Vec<Part> = self.rows.iter().map(|row| row.part(call)).collect();
        let key: Vec<u8> = parts.iter().map(|part| code(*part)).collect();
        if let Some(known) = before.answers.get(&key) {
            return known.clone();
        }
        let part = |at: usize| parts.get(at).copied().unwrap_or(Part::Absent);
        let asked = Asked { hosts: &names.set, examples: &names.examples };
        let weighed = self.lines.weigh_within(&mut before.nodes, asked, part, Action::Deny);
        let entry = |row: Option<usize>| match row {
            Some(row) => self.rows.get(row).map(|it| it.entry),
            None => Some(end),
        };
        let is_told = before.answers.len() < MOST_NAMED;
        let reached = if is_told { self.lines.reached(asked, part) } else { Vec::new() };
        let entries = reached.into_iter().filter_map(|it| match it {
            Reached::Host(hit) => entry(hit.row),
            Reached::Undecided(_) => None,
        });
        let entries = entries.collect();
        let doubt = |row: &usize| {
            let row = self.rows.get(*row)?;
            Some((row.entry, row.doubt()?))
        };
        let doubts = weighed.doubts.iter().filter_map(doubt).collect();
        let answer = Heard { weighed, entries, doubts };
        before.answers.insert(key, answer.clone());
        answer
    }

    /// The entry of a row; that of the end where there is none.
    pub(super) fn entry(&self, row: Option<usize>, end: usize) -> usize {
        row.and_then(|row| self.rows.get(row)).map_or(end, |row| row.entry)
    }

    /// How much of a call a rule matches, and why that is not known.
    pub(super) fn tried(&self, row: usize, call: Call, names: &HostNames) -> (Fits, Option<Why>) {
        let Some((row, set)) = self.rows.get(row).zip(self.lines.rows().get(row)) else {
            return (Fits::No, None);
        };
        let here = match row.part(call) {
            Part::Absent => return (Fits::No, None),
            Part::Surely(_) => Fits::Yes,
            Part::Perhaps(_) => Fits::Perhaps,
        };
        let holds = if names.set.beyond(set.surely()) == Found::Nothing {
            Fits::Yes
        } else if names.set.shared(set.perhaps()) == Found::Nothing {
            Fits::No
        } else {
            Fits::Perhaps
        };
        (here.and(holds), row.doubt())
    }
}

fn code(part: Part) -> u8 {
    let action = |action| match action {
        Action::Allow => 1,
        Action::Deny => 2,
        Action::Unknown => 3,
    };
    match part {
        Part::Absent => 0,
        Part::Surely(it) => action(it),
        Part::Perhaps(it) => 3 + action(it),
    }
}

fn is_named(row: &HostRow, tags: &[String]) -> bool {
    row.tags.iter().any(|own| tags.iter().any(|tag| tag.eq_ignore_ascii_case(own)))
}
