//! What a group lets through of a piece, as pieces: what comes next on the path has to know which
//! flows are left.

use super::{
    extent::Why,
    policy::{NsgPolicy, Rows},
};
use crate::{
    model::{Access, Direction},
    space::{Axis, Cube},
};
use std::sync::Arc;

/// More pieces than this help nobody, and the answer is "too complex".
const MOST: usize = 512;

/// What becomes of a part of the flows.
#[derive(Clone, Debug)]
pub(super) struct Part<V> {
    /// The flows.
    pub(super) flows: Cube<V>,
    /// Whether they are let through; `None` where that is not known.
    pub(super) passes: Option<bool>,
    /// The place of the rule that decides them, or may.
    pub(super) entry: usize,
    /// Why it is not known.
    pub(super) why: Option<Why>,
}

/// Flows that no rule has decided for sure yet.
struct Left<V> {
    flows: Cube<V>,
    /// What rules that may match would do, and the first of them.
    maybe: Option<(Option<Access>, usize, Why)>,
}

/// The flows of `whole` that are not in `hole`, as cubes that share none.
pub(super) fn minus<V: Rows>(whole: &Cube<V>, hole: &Cube<V>) -> Vec<Cube<V>> {
    let mut parts = Vec::new();
    let mut rest = whole.clone();
    for axis in Axis::ALL {
        let outside = rest.axis(axis).minus(hole.axis(axis));
        if !outside.is_empty() {
            parts.push(rest.clone().with(axis, Arc::new(outside)));
        }
        let inside = rest.axis(axis).intersection(hole.axis(axis));
        rest = rest.with(axis, Arc::new(inside));
        if rest.is_empty() {
            break;
        }
    }
    parts
}

impl NsgPolicy<'_> {
    /// The flows of `piece` in parts that share none; `None` where they are too many.
    pub(super) fn parts<V: Rows>(
        &self,
        direction: Direction,
        piece: &Cube<V>,
    ) -> Option<Vec<Part<V>>> {
        let entries = &self.way(direction).entries;
        let mut left = vec![Left { flows: piece.clone(), maybe: None }];
        let mut parts = Vec::new();
        for (entry, row) in self.rows::<V>(direction).iter().enumerate() {
            let access = entries.get(entry).and_then(|it| it.access);
            for cell in std::mem::take(&mut left) {
                if !cell.flows.intersects(&row.perhaps) {
                    left.push(cell);
                    continue;
                }
                let outside = minus(&cell.flows, &row.perhaps);
                let again = |flows| Left { flows, maybe: cell.maybe.clone() };
                left.extend(outside.into_iter().map(again));
                let inside = cell.flows.intersect(&row.perhaps);
                let sure = row.surely().filter(|_| access.is_some());
                let sure = sure.map(|cube| inside.intersect(cube)).filter(|it| !it.is_empty());
                if let Some(sure) = &sure {
                    parts.push(settled(sure.clone(), access, entry, cell.maybe.as_ref()));
                }
                let open = match &sure {
                    Some(sure) => minus(&inside, sure),
                    None => vec![inside],
                };
                let why = row.why.clone().unwrap_or_else(|| Why::Value("its access".into()));
                let maybe = match cell.maybe {
                    None => (access, entry, why),
                    Some((before, at, why)) => (before.filter(|_| before == access), at, why),
                };
                left.extend(
                    open.into_iter().map(|flows| Left { flows, maybe: Some(maybe.clone()) }),
                );
            }
            if left.len() + parts.len() > MOST {
                return None;
            }
            if left.is_empty() {
                break;
            }
        }
        // The built-in rules take everything; what is left here no rule is known for.
        let last = entries.len().saturating_sub(1);
        let rest = left.into_iter().map(|cell| {
            let why = cell.maybe.map(|(_, _, why)| why);
            Part { flows: cell.flows, passes: None, entry: last, why }
        });
        parts.extend(rest);
        Some(parts)
    }
}

/// Flows that a rule takes for sure, if none of those before it may have taken them.
fn settled<V>(
    flows: Cube<V>,
    access: Option<Access>,
    entry: usize,
    maybe: Option<&(Option<Access>, usize, Why)>,
) -> Part<V> {
    let passes = access.map(|access| access == Access::Allow);
    match maybe {
        None => Part { flows, passes, entry, why: None },
        // Whichever of the two takes them, they fare the same.
        Some((before, ..)) if *before == access => Part { flows, passes, entry, why: None },
        Some((_, at, why)) => Part { flows, passes: None, entry: *at, why: Some(why.clone()) },
    }
}
