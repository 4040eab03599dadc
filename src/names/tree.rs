//! The patterns of a list in a tree of labels, read from the right, and the search in it.

use super::{
    glob::{Glob, Kind, enter},
    host::{Host, LABEL_BYTES, LONGEST_HOST, LONGEST_LABEL},
    product::{Candidate, Outcome, Product},
};
use crate::space::{End, Role};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// The patterns of the lines of a list. Lines are added in order.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

/// The hosts that end with some labels.
#[derive(Debug)]
struct Node {
    children: BTreeMap<Arc<str>, usize>,
    /// The first line that has a pattern here or below.
    first: usize,
    /// The first of them whose pattern is of another kind than exact and under.
    first_other: usize,
    /// Those with the host of just these labels.
    exact: Same,
    /// Those with all hosts below.
    under: Same,
    /// The lines with other patterns of which these labels are the stem.
    other: Vec<(usize, Arc<Glob>)>,
}

impl Node {
    fn new(first: usize) -> Self {
        Self {
            children: BTreeMap::new(),
            first,
            first_other: usize::MAX,
            exact: Same::default(),
            under: Same::default(),
            other: Vec::new(),
        }
    }
}

/// The lines with one pattern, ascending.
#[derive(Debug, Default)]
struct Same {
    glob: Option<Arc<Glob>>,
    lines: Vec<usize>,
}

impl Same {
    fn add(&mut self, line: usize, glob: &Arc<Glob>) {
        self.glob.get_or_insert_with(|| Arc::clone(glob));
        if self.lines.last() != Some(&line) {
            self.lines.push(line);
        }
    }
}

/// Answer of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Nothing,
    Host(Host),
    Over,
}

/// What to look for: a host of `wanted` that no [`Role::Subtract`] line takes before a
/// [`Role::Stop`] line or the end of the list.
pub(super) struct Query<'q> {
    pub(super) wanted: &'q Glob,
    /// Only lines before this one are there.
    pub(super) lines: usize,
    pub(super) roles: &'q dyn Fn(usize) -> Role,
    /// There is no stop line before this one.
    pub(super) first_stop: usize,
    pub(super) end: End,
}

impl Query<'_> {
    fn is_stop(&self, line: usize) -> bool {
        (self.roles)(line) == Role::Stop
    }

    /// The patterns of the lines that are there and come before `limit`.
    fn near<'t>(
        &self,
        other: &'t [(usize, Arc<Glob>)],
        limit: usize,
    ) -> impl Iterator<Item = (usize, &'t Glob)> {
        let near = other.iter().take_while(move |(line, _)| *line < limit);
        let there = near.filter(|(line, _)| (self.roles)(*line) != Role::Ignore);
        there.map(|(line, glob)| (*line, &**glob))
    }

    /// The first of the lines that is there.
    fn first(&self, lines: &[usize]) -> Option<usize> {
        let near = lines.iter().copied().take_while(|&line| line < self.lines);
        near.into_iter().find(|&line| (self.roles)(line) != Role::Ignore)
    }
}

/// A line that takes whatever no earlier one does, or the end of the list.
#[derive(Clone, Copy)]
struct Rest {
    line: usize,
    stop: bool,
}

impl Rest {
    /// The same, if no line of `lines` comes before.
    fn before(self, query: &Query<'_>, same: &Same) -> Self {
        match query.first(&same.lines) {
            Some(line) if line < self.line => Self { line, stop: query.is_stop(line) },
            _ => self,
        }
    }
}

impl Tree {
    pub(super) fn new() -> Self {
        Self { nodes: vec![Node::new(usize::MAX)] }
    }

    pub(super) fn add(&mut self, line: usize, glob: &Arc<Glob>) {
        let mut at = 0;
        let mut labels = glob.stem.iter();
        loop {
            let new = self.nodes.len();
            let Some(node) = self.nodes.get_mut(at) else { return };
            node.first = node.first.min(line);
            if glob.kind == Kind::Other {
                node.first_other = node.first_other.min(line);
            }
            let Some(label) = labels.next() else {
                match glob.kind {
                    Kind::Exact => node.exact.add(line, glob),
                    Kind::Under => node.under.add(line, glob),
                    Kind::Other => node.other.push((line, Arc::clone(glob))),
                }
                return;
            };
            at = *node.children.entry(Arc::clone(label)).or_insert(new);
            if at == new {
                self.nodes.push(Node::new(line));
            }
        }
    }

    /// The nodes of the labels, from the root as far as there are any, and whether the last label
    /// has one.
    fn path<'t>(&'t self, labels: impl Iterator<Item = &'t str>) -> (Vec<&'t Node>, bool) {
        let mut path: Vec<&Node> = self.nodes.first().into_iter().collect();
        for label in labels {
            let child = path.last().and_then(|node| node.children.get(label));
            match child.and_then(|&at| self.nodes.get(at)) {
                Some(node) => path.push(node),
                None => return (path, false),
            }
        }
        (path, true)
    }

    /// The first line with the host for which `is_there` holds.
    pub(super) fn first_match(
        &self,
        host: &Host,
        is_there: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let (path, whole) = self.path(host.labels());
        // The node of the host itself has no hosts below it to offer.
        let above = path.len() - usize::from(whole);
        let under = path.iter().take(above).flat_map(|node| &node.under.lines);
        let exact = path.last().filter(|_| whole).into_iter().flat_map(|node| &node.exact.lines);
        let simple = under.chain(exact).copied().filter(|&line| is_there(line)).min();
        let limit = simple.unwrap_or(usize::MAX);
        let other = path.iter().flat_map(|node| {
            let near = node.other.iter().take_while(|(line, _)| *line < limit);
            near.filter(|(line, glob)| is_there(*line) && glob.contains(host))
                .map(|(line, _)| *line)
        });
        other.min().or(simple)
    }

    /// The lines that may have a host of `wanted`: all that have, and perhaps others.
    pub(super) fn near(&self, wanted: &Glob) -> Vec<usize> {
        let (path, whole) = self.path(wanted.stem.iter().map(|label| &**label));
        let mut lines = Vec::new();
        for node in &path {
            lines.extend(&node.under.lines);
            lines.extend(node.other.iter().map(|(line, _)| line));
        }
        if let Some(node) = path.last().filter(|_| whole) {
            lines.extend(&node.exact.lines);
            if wanted.kind != Kind::Exact {
                self.each_below(node, usize::MAX, |node| {
                    lines.extend(node.exact.lines.iter().chain(&node.under.lines));
                    lines.extend(node.other.iter().map(|(line, _)| line));
                });
            }
        }
        lines.sort_unstable();
        lines.dedup();
        lines
    }

    /// Every node below that has lines before `limit`.
    fn each_below<'t>(&'t self, node: &'t Node, limit: usize, mut visit: impl FnMut(&'t Node)) {
        let mut waiting = vec![node];
        while let Some(node) = waiting.pop() {
            for child in node.children.values().filter_map(|&at| self.nodes.get(at)) {
                if child.first < limit {
                    visit(child);
                    waiting.push(child);
                }
            }
        }
    }

    /// Searches; each step costs one of `nodes`.
    pub(super) fn search(&self, query: &Query<'_>, nodes: &mut u64) -> Answer {
        let Some(left) = nodes.checked_sub(1) else { return Answer::Over };
        *nodes = left;
        if let Some(host) = query.wanted.host() {
            let is_there = |line| line < query.lines && (query.roles)(line) != Role::Ignore;
            let stop = match self.first_match(&host, is_there) {
                Some(line) => query.is_stop(line),
                None => query.end == End::Stop,
            };
            return if stop { Answer::Host(host) } else { Answer::Nothing };
        }
        let (path, whole) = self.path(query.wanted.stem.iter().map(|label| &**label));
        let end = Rest { line: query.lines, stop: query.end == End::Stop };
        let rest = path.iter().fold(end, |rest, node| rest.before(query, &node.under));
        if !rest.stop && query.first_stop >= rest.line {
            return Answer::Nothing;
        }
        let below = path.last().copied().filter(|_| whole);
        let mut candidates = others(query, &path, rest.line);
        let other_below = below.is_some_and(|node| node.first_other < rest.line);
        let simple = candidates.is_empty() && !other_below;
        if query.wanted.kind == Kind::Under && simple {
            return self.walk(query, rest, below, nodes);
        }
        if let Some(top) = below {
            candidates.extend(self.below(query, top, rest.line));
        }
        candidates.sort_by_key(|candidate| candidate.line);
        match Product::new(query.wanted, candidates, rest.stop).search(nodes) {
            Outcome::Nothing => Answer::Nothing,
            Outcome::Host(host) => Answer::Host(host),
            Outcome::Over => Answer::Over,
        }
    }

    /// Where only names and whole suffixes matter: label by label, the shortest hosts first.
    fn walk(&self, query: &Query<'_>, rest: Rest, top: Option<&Node>, nodes: &mut u64) -> Answer {
        let suffix: Vec<&str> = query.wanted.stem.iter().map(|label| &**label).collect();
        let mut waiting = VecDeque::from([(top, rest, suffix)]);
        while let Some((node, rest, suffix)) = waiting.pop_front() {
            let Some(left) = nodes.checked_sub(1) else { return Answer::Over };
            *nodes = left;
            if !rest.stop && query.first_stop >= rest.line {
                continue;
            }
            let taken: usize = suffix.iter().map(|label| label.len() + 1).sum();
            let room = LONGEST_HOST.saturating_sub(taken);
            if room == 0 {
                continue;
            }
            let host = |label: &str| {
                let labels = [label].into_iter().chain(suffix.iter().rev().copied());
                Host::parse(&labels.collect::<Vec<_>>().join("."))
            };
            if rest.stop
                && let Some(Ok(host)) = fresh(node, room).map(|label| host(&label))
            {
                return Answer::Host(host);
            }
            for (label, child) in node.into_iter().flat_map(|node| &node.children) {
                let Some(child) = self.nodes.get(*child) else { continue };
                if !rest.stop && child.first >= rest.line {
                    continue;
                }
                if rest.before(query, &child.exact).stop
                    && let Ok(host) = host(label)
                {
                    return Answer::Host(host);
                }
                let longer = suffix.iter().copied().chain([&**label]).collect();
                waiting.push_back((Some(child), rest.before(query, &child.under), longer));
            }
        }
        Answer::Nothing
    }

    /// The patterns below that come before `limit`, where they stand after the stem of `wanted`.
    fn below<'t>(&'t self, query: &Query<'_>, top: &'t Node, limit: usize) -> Vec<Candidate<'t>> {
        let start = query.wanted.stem_len();
        let mut candidates = Vec::new();
        let mut add = |line: usize, glob: &'t Glob| {
            let mut places = Vec::new();
            enter(&glob.tokens, start, |place| places.push(place));
            candidates.push(Candidate { line, stop: query.is_stop(line), glob, places });
        };
        self.each_below(top, limit, |node| {
            for same in [&node.exact, &node.under] {
                if let (Some(line), Some(glob)) = (query.first(&same.lines), &same.glob)
                    && line < limit
                {
                    add(line, glob);
                }
            }
            for (line, glob) in query.near(&node.other, limit) {
                add(line, glob);
            }
        });
        candidates
    }
}

/// The patterns of other kinds on the way to the stem of `wanted` that have hosts beyond it.
fn others<'t>(query: &Query<'_>, path: &[&'t Node], limit: usize) -> Vec<Candidate<'t>> {
    let stem = query.wanted.tokens.iter().take(query.wanted.stem_len());
    let mut candidates = Vec::new();
    for node in path {
        for (line, glob) in query.near(&node.other, limit) {
            let places = glob.after(stem.clone().copied());
            if !places.is_empty() {
                candidates.push(Candidate { line, stop: query.is_stop(line), glob, places });
            }
        }
    }
    candidates
}

/// The first label that no child of the node has, and that leaves `room` for itself.
fn fresh(node: Option<&Node>, room: usize) -> Option<String> {
    let longest = room.min(LONGEST_LABEL);
    let is_new = |label: &String| node.is_none_or(|node| !node.children.contains_key(&**label));
    (0_usize..).map(nth_label).take_while(|label| label.len() <= longest).find(is_new)
}

/// All labels, the shortest first.
fn nth_label(mut number: usize) -> String {
    let mut label = String::new();
    loop {
        let byte = LABEL_BYTES.get(number % LABEL_BYTES.len()).copied().unwrap_or(b'a');
        label.insert(0, char::from(byte));
        match (number / LABEL_BYTES.len()).checked_sub(1) {
            Some(rest) => number = rest,
            None => return label,
        }
    }
}
