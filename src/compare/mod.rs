//! Two versions of the same policy: what becomes of required endpoints, and which flows are newly
//! blocked or opened at each group that both have.
//!
//! Nothing is decided here: verdicts are those of two runs, and changes of flows those of
//! [`crate::decide::changes`]. What this adds is which element of one version is which of the other, and
//! the words for sets of flows.

mod boxes;
mod flows;
mod pairs;
mod texts;

pub use boxes::FlowBox;
pub use flows::{Decider, FlowChange, Place, Undecided};
pub use pairs::{Root, Subject};

use crate::{
    finding::{Coverage, Report, ScopeKind, Verdict},
    model::{Direction, Estate, Nsg},
    run::{self, Input, Options},
    tags::Catalogue,
};
use pairs::Pairs;

/// One version.
#[derive(Debug)]
pub struct Version {
    /// What was read.
    pub input: Input,
    /// What its paths begin with, each as it was given.
    pub roots: Vec<Root>,
}

/// Which way something turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// It got through and does not any more.
    Blocked,
    /// It got through, and whether it still does is not known.
    Unproved,
    /// It did not get through, or that was not known, and now it does.
    Opened,
}

/// A required endpoint that is treated differently in one place.
#[derive(Clone, Debug)]
pub struct RowChange {
    /// Which way.
    pub turn: Turn,
    /// Its row in the coverage of the old version.
    pub before: Coverage,
    /// Its row in the coverage of the new version.
    pub after: Coverage,
}

/// What has changed.
#[derive(Debug)]
pub struct Comparison {
    /// The old version by itself.
    pub before: Report,
    /// The new version by itself.
    pub after: Report,
    /// Required endpoints, those newly blocked first.
    pub rows: Vec<RowChange>,
    /// Flows, by group, direction and turn.
    pub flows: Vec<FlowChange>,
    /// Groups whose flows could not be compared.
    pub undecided: Vec<Undecided>,
    /// Elements that only the old version has.
    pub gone: Vec<Subject>,
    /// Elements that only the new version has.
    pub added: Vec<Subject>,
    /// How many groups were compared.
    pub compared: usize,
}

impl Comparison {
    /// How many required endpoints turned that way.
    pub fn required(&self, turn: Turn) -> usize {
        self.rows.iter().filter(|row| row.turn == turn && row.after.required).count()
    }

    /// How many changes of flows turned that way.
    pub fn turned(&self, turn: Turn) -> usize {
        self.flows.iter().filter(|change| change.turn == turn).count()
    }
}

/// Judges both versions and compares them.
pub fn compare(before: Version, after: Version, options: &Options, tags: &Catalogue) -> Comparison {
    let (old, old_estate) = run::judge_and_keep(before.input, options, tags);
    let (new, new_estate) = run::judge_and_keep(after.input, options, tags);
    let pairs = Pairs::new(
        subjects(&old_estate, &old, &before.roots),
        subjects(&new_estate, &new, &after.roots),
    );
    let mut flows = Vec::new();
    let mut undecided = Vec::new();
    let sides = [(&old, &old_estate), (&new, &new_estate)];
    let compared = flows::groups(sides, &pairs, (tags, options.cloud), |found| match found {
        Ok(change) => flows.push(change),
        Err(reason) => undecided.push(reason),
    });
    undecided.extend(texts::changed(sides));
    let rows = rows(&old, &new, (&before.roots, &after.roots));
    let (gone, added) = pairs.alone();
    Comparison { before: old, after: new, rows, flows, undecided, gone, added, compared }
}

/// The groups of one version, in the order of the estate.
fn subjects(estate: &Estate, report: &Report, roots: &[Root]) -> Vec<Subject> {
    let file = |nsg: &Nsg| {
        let id = report.sources.author(nsg.span.file);
        report.sources.get(id).map_or("", |file| file.path.as_str())
    };
    let subject = |nsg: &Nsg| {
        Subject::new(ScopeKind::Nsg, &nsg.name.value, file(nsg), roots).known_as(&nsg.key)
    };
    estate.nsgs.iter().map(subject).collect()
}

/// The required endpoints that turned. Rows are told apart by their element, profile and
/// requirement, and rows that are alike in these by their order.
fn rows(old: &Report, new: &Report, roots: (&[Root], &[Root])) -> Vec<RowChange> {
    let elements = |report: &Report, roots: &[Root]| -> Vec<(Subject, usize, usize)> {
        let mut elements: Vec<(Subject, usize, usize)> = Vec::new();
        for (at, row) in report.coverage.iter().enumerate() {
            let subject = Subject::new(row.scope, &row.name, &row.file, roots);
            match elements.last_mut() {
                Some((last, _, end)) if *last == subject => *end = at + 1,
                _ => elements.push((subject, at, at + 1)),
            }
        }
        elements
    };
    let (old_elements, new_elements) = (elements(old, roots.0), elements(new, roots.1));
    let names = |elements: &[(Subject, usize, usize)]| -> Vec<Subject> {
        elements.iter().map(|(subject, ..)| subject.clone()).collect()
    };
    let pairs = Pairs::new(names(&old_elements), names(&new_elements));
    let mut changes = Vec::new();
    for (one, other) in pairs.both() {
        let part = |report: &Report, element: Option<&(Subject, usize, usize)>| {
            let (_, start, end) = element?;
            report.coverage.get(*start..*end).map(<[Coverage]>::to_vec)
        };
        let (Some(before), Some(after)) =
            (part(old, old_elements.get(one)), part(new, new_elements.get(other)))
        else {
            continue;
        };
        changes.extend(turned(before, after));
    }
    changes.sort_by_key(|change| (!change.after.required, change.turn));
    changes
}

/// The rows of one element that turned.
fn turned(before: Vec<Coverage>, mut after: Vec<Coverage>) -> Vec<RowChange> {
    let mut changes = Vec::new();
    for row in before {
        let is_same = |other: &Coverage| {
            (&other.profile, &other.requirement) == (&row.profile, &row.requirement)
        };
        let Some(at) = after.iter().position(is_same) else { continue };
        let other = after.remove(at);
        if let Some(turn) = turn(row.verdict, other.verdict) {
            changes.push(RowChange { turn, before: row, after: other });
        }
    }
    changes
}

/// Which way a verdict turned, if it did.
const fn turn(before: Verdict, after: Verdict) -> Option<Turn> {
    match (before, after) {
        (Verdict::Allowed, Verdict::Blocked | Verdict::Partial)
        | (Verdict::Partial | Verdict::Unknown, Verdict::Blocked) => Some(Turn::Blocked),
        (Verdict::Allowed | Verdict::Partial, Verdict::Unknown) => Some(Turn::Unproved),
        (Verdict::Blocked | Verdict::Partial | Verdict::Unknown, Verdict::Allowed)
        | (Verdict::Blocked, Verdict::Partial) => Some(Turn::Opened),
        (Verdict::Allowed, Verdict::Allowed)
        | (Verdict::Blocked, Verdict::Blocked | Verdict::Unknown)
        | (Verdict::Partial, Verdict::Partial)
        | (Verdict::Unknown, Verdict::Unknown | Verdict::Partial) => None,
    }
}

/// The word for a direction.
pub const fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "inbound",
        Direction::Outbound => "outbound",
    }
}
