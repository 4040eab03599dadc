//! The search where any pattern can matter: hosts are written from the right to the left, and all
//! patterns follow at once. A state is where they stand.

use super::{
    glob::{Glob, STAR, enter, step},
    host::{Host, LABEL_BYTES, LONGEST_HOST, LONGEST_LABEL, is_label_byte},
};
use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
};

/// A pattern of a line that may take hosts.
#[derive(Debug)]
pub(super) struct Candidate<'t> {
    pub(super) line: usize,
    /// Whether a host that reaches the line is what the search is for.
    pub(super) stop: bool,
    pub(super) glob: &'t Glob,
    /// Where it stands after the stem of the wanted pattern.
    pub(super) places: Vec<usize>,
}

pub(super) enum Outcome {
    Nothing,
    Host(Host),
    Over,
}

/// So many places of patterns cost as much to move as one node of a search.
const PLACES_OF_A_NODE: u64 = 16;

/// The search for a host of `wanted` that a stop candidate takes first; or, if `rest` is set, none.
pub(super) struct Product<'t> {
    wanted: &'t Glob,
    /// In the order of their lines.
    candidates: Vec<Candidate<'t>>,
    rest: bool,
}

/// Where the patterns stand.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    /// Where the wanted pattern stands.
    wanted: Vec<usize>,
    /// The candidates that are not at their end for good, each with a place; ascending.
    live: Vec<(usize, usize)>,
    /// Whether a host that none of them takes is what the search is for.
    rest: bool,
    /// Whether the next character must be of a label.
    dot: bool,
    /// How long the label is, where that is counted.
    label: usize,
}

/// One character of the hosts that are tried, and the one to its right.
struct Written {
    byte: u8,
    right: Option<usize>,
}

impl<'t> Product<'t> {
    pub(super) const fn new(wanted: &'t Glob, candidates: Vec<Candidate<'t>>, rest: bool) -> Self {
        Self { wanted, candidates, rest }
    }

    /// Searches; each state costs at least one of `nodes`.
    pub(super) fn search(&self, nodes: &mut u64) -> Outcome {
        match self.shortest(nodes, false) {
            Ok(Some(text)) => match Host::reversed(text.iter().copied()) {
                Some(host) => Outcome::Host(host),
                // A label is too long: rare enough to count lengths only now.
                None => self.counted(nodes),
            },
            Ok(None) => Outcome::Nothing,
            Err(Over) => Outcome::Over,
        }
    }

    fn counted(&self, nodes: &mut u64) -> Outcome {
        match self.shortest(nodes, true) {
            Ok(found) => found
                .and_then(|text| Host::reversed(text.iter().copied()))
                .map_or(Outcome::Nothing, Outcome::Host),
            Err(Over) => Outcome::Over,
        }
    }

    /// The characters, from the right, of a shortest text that fits, with labels of any length or
    /// of no more than 63 characters.
    fn shortest(&self, nodes: &mut u64, counted: bool) -> Result<Option<Vec<u8>>, Over> {
        let stem = self.wanted.stem_len();
        let start = Arc::new(self.start());
        let mut seen = BTreeSet::from([Arc::clone(&start)]);
        let mut waiting = VecDeque::from([(start, None, stem)]);
        let mut written: Vec<Written> = Vec::new();
        while let Some((state, last, len)) = waiting.pop_front() {
            if len == LONGEST_HOST {
                // All that is left is as long or longer.
                return Ok(None);
            }
            for byte in self.alphabet(&state) {
                let moved = state.live.len() + state.wanted.len();
                let price = 1 + u64::try_from(moved).unwrap_or(u64::MAX) / PLACES_OF_A_NODE;
                *nodes = nodes.checked_sub(price).ok_or(Over)?;
                let Some(next) = self.next(&state, byte, counted) else { continue };
                let at = written.len();
                let fits = self.fits(&next);
                let next = Arc::new(next);
                if !seen.insert(Arc::clone(&next)) {
                    continue;
                }
                written.push(Written { byte, right: last });
                if fits {
                    return Ok(Some(self.text(&written, at)));
                }
                waiting.push_back((next, Some(at), len + 1));
            }
        }
        Ok(None)
    }

    fn text(&self, written: &[Written], mut at: usize) -> Vec<u8> {
        let mut text = Vec::new();
        while let Some(Written { byte, right }) = written.get(at) {
            text.push(*byte);
            match right {
                Some(right) => at = *right,
                None => break,
            }
        }
        let stem = self.wanted.tokens.iter().take(self.wanted.stem_len());
        stem.copied().chain(text.into_iter().rev()).collect()
    }

    fn start(&self) -> State {
        let mut wanted = Vec::new();
        enter(&self.wanted.tokens, self.wanted.stem_len(), |place| wanted.push(place));
        let places = |(at, candidate): (usize, &Candidate<'_>)| {
            candidate.places.iter().map(move |&place| (at, place)).collect::<Vec<_>>()
        };
        let live = self.candidates.iter().enumerate().flat_map(places).collect();
        self.settled(State { wanted, live, rest: self.rest, dot: true, label: 0 })
    }

    /// The state after `byte`; `None` if no host that is left can be what the search is for.
    fn next(&self, state: &State, byte: u8, counted: bool) -> Option<State> {
        let label = if counted && byte != b'.' { state.label + 1 } else { 0 };
        if label > LONGEST_LABEL {
            return None;
        }
        let mut wanted = Vec::new();
        for &place in &state.wanted {
            step(&self.wanted.tokens, place, byte, |place| wanted.push(place));
        }
        if wanted.is_empty() {
            return None;
        }
        wanted.sort_unstable();
        wanted.dedup();
        let mut live = Vec::with_capacity(state.live.len());
        for &(at, place) in &state.live {
            step(self.tokens(at), place, byte, |place| live.push((at, place)));
        }
        live.sort_unstable();
        live.dedup();
        let next = State { wanted, live, rest: state.rest, dot: byte == b'.', label };
        let next = self.settled(next);
        (next.rest || !next.live.is_empty()).then_some(next)
    }

    /// The state without what makes no difference.
    fn settled(&self, mut state: State) -> State {
        // A pattern of which nothing but a star is left takes every host: no later one matters.
        let taken = state.live.iter().position(|&(at, place)| {
            let tokens = self.tokens(at);
            place + 1 == tokens.len() && tokens.last() == Some(&STAR)
        });
        if let Some(&(at, _)) = taken.and_then(|first| state.live.get(first)) {
            state.rest = self.is_stop(at);
            state.live.retain(|&(other, _)| other < at);
        }
        // The last ones, if they do what is done without them.
        let differs = state.live.iter().rposition(|&(at, _)| self.is_stop(at) != state.rest);
        state.live.truncate(differs.map_or(0, |last| last + 1));
        // A star takes whatever a place before it would.
        state.wanted = after_last_star(&self.wanted.tokens, &state.wanted);
        let mut live = Vec::with_capacity(state.live.len());
        for places in state.live.chunk_by(|a, b| a.0 == b.0) {
            let Some(&(at, _)) = places.first() else { continue };
            let tokens = self.tokens(at);
            let star = places.iter().rposition(|&(_, place)| tokens.get(place) == Some(&STAR));
            live.extend(places.iter().skip(star.unwrap_or(0)));
        }
        state.live = live;
        state
    }

    /// Whether the host written so far is what the search is for.
    fn fits(&self, state: &State) -> bool {
        if state.dot || !state.wanted.contains(&self.wanted.tokens.len()) {
            return false;
        }
        let is_at_end = |&&(at, place): &&(usize, usize)| place == self.tokens(at).len();
        match state.live.iter().find(is_at_end) {
            Some(&(at, _)) => self.is_stop(at),
            None => state.rest,
        }
    }

    /// The characters that can make a difference: those that a pattern waits for, one that none
    /// waits for, and the dot.
    fn alphabet(&self, state: &State) -> Vec<u8> {
        let wanted = state.wanted.iter().filter_map(|&place| self.wanted.tokens.get(place));
        let live = state.live.iter().filter_map(|&(at, place)| self.tokens(at).get(place));
        let expected: BTreeSet<u8> =
            wanted.chain(live).copied().filter(|&byte| is_label_byte(byte)).collect();
        let fresh = LABEL_BYTES.iter().find(|byte| !expected.contains(byte));
        let mut alphabet: Vec<u8> = fresh.into_iter().chain(&expected).copied().collect();
        if !state.dot {
            alphabet.push(b'.');
        }
        alphabet
    }

    fn tokens(&self, candidate: usize) -> &'t [u8] {
        self.candidates.get(candidate).map_or(&[], |candidate| &candidate.glob.tokens)
    }

    fn is_stop(&self, candidate: usize) -> bool {
        self.candidates.get(candidate).is_some_and(|candidate| candidate.stop)
    }
}

/// The nodes are used up.
struct Over;

fn after_last_star(tokens: &[u8], places: &[usize]) -> Vec<usize> {
    let star = places.iter().rposition(|&place| tokens.get(place) == Some(&STAR));
    places.iter().skip(star.unwrap_or(0)).copied().collect()
}
