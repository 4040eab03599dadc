//! The one search that every question comes down to.
//!
//! Depth first: take the packets of a piece, subtract line after line, and stop at the first
//! packet that reaches a stop line. Pieces that are left to look at are products again, at most
//! five for each subtracted line, and are never kept all at once. The order of subtraction is
//! what makes it fast: lines that differ from the piece in one field only are subtracted first,
//! because they leave one piece.

use std::collections::VecDeque;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use super::cube::{Axes, Axis, PerAxis, Point};
use super::lines::{End, Piece};
use super::value::Value;

/// A set of values of one field, in the form in which an engine searches.
pub(super) trait AxisSet: Sized {
    fn is_empty(&self) -> bool;
    fn and(&self, other: &Self) -> Self;
    fn minus(&self, other: &Self) -> Self;
    fn intersects(&self, other: &Self) -> bool;
    fn relation(&self, other: &Self) -> Relation;
    /// Whether [`Self::relation`] to the other is a matter of nanoseconds.
    fn is_quick(&self, other: &Self) -> bool;
    /// Two halves that are not empty, and how many places there were to cut. `None` if none of
    /// the cutters tells two values of the set apart.
    fn halves<'a>(&self, cutters: impl Iterator<Item = &'a Self>) -> Option<(usize, Self, Self)>
    where
        Self: 'a;
}

/// How a set that is not empty lies to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// No value is in both.
    Apart,
    /// Every value is in the other.
    Inside,
    /// Some values are in the other.
    Across,
}

/// A list of lines in searchable form.
pub(super) trait Engine<V: Value> {
    type Set: AxisSet;

    /// How many lines there are.
    fn len(&self) -> usize;

    /// The sets of a piece; `None` if the list has no such piece.
    fn cube(&self, piece: Piece) -> Option<&PerAxis<Arc<Self::Set>>>;

    /// Calls `visit` with the lines among the first `lines` that may hold packets of the piece,
    /// in order, until it returns false.
    fn each_near(&self, piece: Piece, lines: usize, visit: impl FnMut(usize) -> bool);

    /// The fields in which the piece has values that the line hasn't; `None` if the line holds no
    /// packet of the piece.
    fn uncovered(&self, piece: Piece, line: usize) -> Option<Axes> {
        compare(self.cube(piece)?, self.cube(Piece::Line(line))?, Axes::ALL)
    }

    /// The line as a candidate for a search of the piece.
    fn candidate(&self, piece: Piece, line: usize, stop: bool) -> Option<Candidate<'_, Self::Set>> {
        let cube = self.cube(Piece::Line(line))?;
        Some(Candidate { line, cube, stop, uncovered: self.uncovered(piece, line)? })
    }

    /// Some value of a set.
    fn value(&self, axis: Axis, set: &Self::Set) -> Option<V>;

    /// How many values are in both sets, up to `u128::MAX`.
    fn shared_count(&self, axis: Axis, a: &Self::Set, b: &Self::Set) -> u128;

    /// The first line that holds the packet.
    fn first_match(&self, point: &Point<V>) -> Option<usize>;
}

/// A set that belongs to a line, or one that the search made.
pub(super) enum Held<'a, S> {
    Line(&'a S),
    Made(Rc<S>),
}

impl<S> Clone for Held<'_, S> {
    fn clone(&self) -> Self {
        match self {
            Self::Line(set) => Self::Line(set),
            Self::Made(set) => Self::Made(Rc::clone(set)),
        }
    }
}

impl<S> Deref for Held<'_, S> {
    type Target = S;

    fn deref(&self) -> &S {
        match self {
            Self::Line(set) => set,
            Self::Made(set) => set,
        }
    }
}

/// Those of the given fields in which a cube has values that a line hasn't; `None` if the line has
/// no value of the cube in one of them.
pub(super) fn compare<S: AxisSet>(
    cube: &PerAxis<Arc<S>>,
    line: &PerAxis<Arc<S>>,
    mut axes: Axes,
) -> Option<Axes> {
    let mut uncovered = Axes::default();
    // A quick field may spare the comparison of two service tags.
    for quick in [true, false] {
        for axis in Axis::TELLING {
            let (mine, theirs) = (&**cube.get(axis), &**line.get(axis));
            if !axes.contains(axis) || (quick && !mine.is_quick(theirs)) {
                continue;
            }
            axes.remove(axis);
            if std::ptr::eq(mine, theirs) {
                continue;
            }
            match mine.relation(theirs) {
                Relation::Apart => return None,
                Relation::Across => uncovered.insert(axis),
                Relation::Inside => {}
            }
        }
        if axes.is_empty() {
            break;
        }
    }
    Some(uncovered)
}

/// A product of sets on its way through the list.
pub(super) type Region<'a, S> = PerAxis<Held<'a, S>>;

/// A line that holds packets of a region.
pub(super) struct Candidate<'a, S> {
    pub(super) line: usize,
    pub(super) cube: &'a PerAxis<Arc<S>>,
    pub(super) stop: bool,
    /// The fields in which the region has values that the line hasn't.
    pub(super) uncovered: Axes,
}

impl<S> Clone for Candidate<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Candidate<'_, S> {}

impl<'a, S: AxisSet> Candidate<'a, S> {
    /// Whether the line holds a packet of a region of the cube.
    pub(super) fn meets(&self, region: &Region<'_, S>) -> bool {
        Axis::TELLING.into_iter().all(|axis| {
            !self.uncovered.contains(axis) || self.cube.get(axis).intersects(region.get(axis))
        })
    }

    /// After the region has lost values in one field: whether the line still holds packets of it.
    fn narrow(&mut self, axis: Axis, set: &S) -> bool {
        if !self.uncovered.contains(axis) {
            return true;
        }
        let relation = set.relation(self.cube.get(axis));
        if relation == Relation::Inside {
            self.uncovered.remove(axis);
        }
        relation != Relation::Apart
    }
}

/// A region and the lines that hold packets of it, in order.
pub(super) struct Job<'a, S> {
    pub(super) region: Region<'a, S>,
    pub(super) list: Vec<Candidate<'a, S>>,
    pub(super) end: End,
}

impl<S> Clone for Job<'_, S> {
    fn clone(&self) -> Self {
        Self { region: self.region.clone(), list: self.list.clone(), end: self.end }
    }
}

impl<'a, S> Job<'a, S> {
    /// A search of a whole piece.
    pub(super) fn new(piece: &'a PerAxis<Arc<S>>, list: Vec<Candidate<'a, S>>, end: End) -> Self {
        Self { region: piece.map(|_, set| Held::Line(&**set)), list, end }
    }
}

/// A region from which a line is being subtracted, field by field.
struct Branch<'a, S> {
    job: Job<'a, S>,
    line: &'a PerAxis<Arc<S>>,
    axes: Axes,
}

enum Step<'a, S> {
    Look(Job<'a, S>),
    Subtract(Branch<'a, S>),
}

enum Looked<'a, S> {
    Nothing,
    Found(Region<'a, S>, Option<usize>),
    Subtract(Branch<'a, S>),
}

/// Answer of a search.
pub(super) enum Outcome<'a, S> {
    Nothing,
    /// Every packet of the region reaches the stop line, or the end.
    Found(Region<'a, S>, Option<usize>),
    /// Out of nodes.
    Over,
}

/// Candidates that may wait on the stack of one search, 24 bytes each. Hostile input could ask
/// for gigabytes long before it runs out of nodes.
const WAITING_LIMIT: usize = 4_000_000;

/// Nodes used up by looking at a region with `len` candidates: the work grows with the list.
fn cost(len: usize) -> u64 {
    u64::try_from(len / 64).unwrap_or(u64::MAX).saturating_add(1)
}

/// After a search of the whole region has used up half of the nodes: the attempts on parts of it
/// that share the other half. Proofs that there is no packet seldom get shorter that way; but
/// where there is one, some part may give it away soon.
const ATTEMPTS: u64 = 8;

/// Searches with at most `nodes` nodes and takes those it needed from `nodes`. If half of them
/// don't suffice, cuts the region in two, attempts both halves, and so on with those parts that an
/// attempt leaves undecided. `make` makes the job: twice at most, so that the many searches that
/// end at once need no copy.
pub(super) fn search<'a, S: AxisSet>(
    make: impl Fn() -> Option<Job<'a, S>>,
    nodes: &mut u64,
) -> Option<Outcome<'a, S>> {
    let attempt = |job, nodes: &mut u64, share: u64| {
        let mut given = share.min(*nodes);
        *nodes -= given;
        let outcome = search_once(job, &mut given);
        *nodes += given;
        outcome
    };
    let whole = attempt(make()?, nodes, nodes.div_ceil(2));
    if !matches!(whole, Outcome::Over) {
        return Some(whole);
    }
    let share = nodes.div_ceil(ATTEMPTS);
    let mut open = VecDeque::from([make()?]);
    while let Some(job) = open.pop_front() {
        let Some((low, high)) = halves(&job) else { return Some(Outcome::Over) };
        for half in [low, high] {
            if *nodes == 0 {
                return Some(Outcome::Over);
            }
            match attempt(half.clone(), nodes, share) {
                Outcome::Nothing => {}
                Outcome::Over => open.push_back(half),
                found @ Outcome::Found(..) => return Some(found),
            }
        }
    }
    Some(Outcome::Nothing)
}

/// Cuts a region at the median place of the field that has the most places to cut.
fn halves<'a, S: AxisSet>(job: &Job<'a, S>) -> Option<(Job<'a, S>, Job<'a, S>)> {
    let cut = |axis: Axis| {
        let cutters = job.list.iter().filter(|c| c.uncovered.contains(axis));
        job.region.get(axis).halves(cutters.map(|c| &**c.cube.get(axis)))
    };
    let (axis, (_, low, high)) = Axis::TELLING
        .into_iter()
        .filter_map(|axis| Some((axis, cut(axis)?)))
        .max_by_key(|(_, (places, _, _))| *places)?;
    let half = |set: S| {
        let mut list = job.list.clone();
        list.retain_mut(|candidate| candidate.narrow(axis, &set));
        let mut region = job.region.clone();
        region.set(axis, Held::Made(Rc::new(set)));
        Job { region, list, end: job.end }
    };
    Some((half(low), half(high)))
}

pub(super) fn search_once<'a, S: AxisSet>(job: Job<'a, S>, nodes: &mut u64) -> Outcome<'a, S> {
    // A stack of our own: a hostile list would overflow that of the thread.
    let mut waiting = 0;
    let mut stack = vec![Step::Look(job)];
    while let Some(step) = stack.pop() {
        let looked = match step {
            Step::Look(job) => {
                let cost = cost(job.list.len());
                if *nodes < cost || waiting > WAITING_LIMIT {
                    *nodes = nodes.saturating_sub(cost);
                    return Outcome::Over;
                }
                *nodes -= cost;
                look(job)
            }
            Step::Subtract(branch) => {
                waiting -= branch.job.list.len();
                let Some((job, rest)) = split(branch) else { continue };
                if let Some(rest) = rest {
                    waiting += rest.job.list.len();
                    stack.push(Step::Subtract(rest));
                }
                stack.push(Step::Look(job));
                continue;
            }
        };
        match looked {
            Looked::Nothing => {}
            Looked::Found(region, stop) => return Outcome::Found(region, stop),
            Looked::Subtract(branch) => {
                waiting += branch.job.list.len();
                stack.push(Step::Subtract(branch));
            }
        }
    }
    Outcome::Nothing
}

/// Does to a region all that leaves one region.
fn look<'a, S: AxisSet>(mut job: Job<'a, S>) -> Looked<'a, S> {
    loop {
        let Some(&first) = job.list.first() else {
            return match job.end {
                End::Stop => Looked::Found(job.region, None),
                End::Pass => Looked::Nothing,
            };
        };
        if first.stop {
            return Looked::Found(inside(&job.region, &first), Some(first.line));
        }
        if let Some(cover) = job.list.iter().position(|c| c.uncovered.is_empty()) {
            // Nothing gets past a line that holds the whole region.
            job.list.truncate(cover + 1);
            job.end = End::Pass;
        }
        if job.end == End::Pass {
            let Some(last_stop) = job.list.iter().rposition(|c| c.stop) else {
                return Looked::Nothing;
            };
            job.list.truncate(last_stop + 1);
            if job.list.iter().filter(|c| c.stop).count() == 1 && !enter_last(&mut job) {
                continue;
            }
        }
        let leading = job.list.iter().position(|c| c.stop).unwrap_or(job.list.len());
        let Some(changed) = subtract_slabs(&mut job, leading) else { return Looked::Nothing };
        if !changed.is_empty() {
            continue;
        }
        // Which of the leading lines goes first makes no difference to the answer.
        let pick = job.list.iter().take(leading).enumerate().min_by_key(|(_, c)| c.uncovered.len());
        let Some((place, &Candidate { cube: line, uncovered: axes, .. })) = pick else {
            return Looked::Nothing;
        };
        job.list.remove(place);
        return Looked::Subtract(Branch { job, line, axes });
    }
}

/// Where only packets of the last line count, leaves the others out. False if that changed the
/// list.
fn enter_last<S: AxisSet>(job: &mut Job<'_, S>) -> bool {
    let Some(last) = job.list.last().copied().filter(|last| !last.uncovered.is_empty()) else {
        return true;
    };
    let region = inside(&job.region, &last);
    job.list.retain_mut(|candidate| {
        let mut axes = Axis::TELLING.into_iter().filter(|&axis| last.uncovered.contains(axis));
        axes.all(|axis| candidate.narrow(axis, region.get(axis)))
    });
    job.region = region;
    false
}

/// Subtracts, among the first `leading` lines, those that leave one region, and gives the fields
/// it changed. `None` if nothing is left of the region.
fn subtract_slabs<S: AxisSet>(job: &mut Job<'_, S>, leading: usize) -> Option<Axes> {
    let mut changed = Axes::default();
    let is_slab = |c: &Candidate<'_, S>| c.uncovered.len() == 1;
    for candidate in job.list.iter().take(leading).filter(|c| is_slab(c)) {
        let Some(axis) = candidate.uncovered.next() else { continue };
        let rest = job.region.get(axis).minus(candidate.cube.get(axis));
        if rest.is_empty() {
            return None;
        }
        job.region.set(axis, Held::Made(Rc::new(rest)));
        changed.insert(axis);
    }
    if !changed.is_empty() {
        let mut place = 0;
        let region = &job.region;
        job.list.retain_mut(|candidate| {
            let slab = place < leading && is_slab(candidate);
            place += 1;
            !slab
                && Axis::TELLING
                    .into_iter()
                    .filter(|&axis| changed.contains(axis))
                    .all(|axis| candidate.narrow(axis, region.get(axis)))
        });
    }
    Some(changed)
}

/// Takes off the part of the region that lies outside the line in the next field; the rest of the
/// region goes on with the fields after it.
fn split<'a, S: AxisSet>(mut branch: Branch<'a, S>) -> Option<(Job<'a, S>, Option<Branch<'a, S>>)> {
    let axis = branch.axes.next()?;
    branch.axes.remove(axis);
    let Branch { job, line, axes } = &mut branch;
    let theirs = line.get(axis);
    let outside = job.region.get(axis).minus(theirs);
    let list = job.list.iter().filter_map(|candidate| {
        let mut candidate = *candidate;
        candidate.narrow(axis, &outside).then_some(candidate)
    });
    let list = list.collect();
    let mut region = job.region.clone();
    region.set(axis, Held::Made(Rc::new(outside)));
    let off = Job { region, list, end: job.end };
    // Inside the line in every field: subtracted.
    if axes.is_empty() {
        return Some((off, None));
    }
    let within = job.region.get(axis).and(theirs);
    job.list.retain_mut(|candidate| candidate.narrow(axis, &within));
    job.region.set(axis, Held::Made(Rc::new(within)));
    Some((off, Some(branch)))
}

/// The part of a region that lies in a line.
fn inside<'a, S: AxisSet>(region: &Region<'a, S>, line: &Candidate<'a, S>) -> Region<'a, S> {
    region.map(|axis, mine| {
        if line.uncovered.contains(axis) {
            Held::Made(Rc::new(mine.and(line.cube.get(axis))))
        } else {
            mine.clone()
        }
    })
}
